"""Parts of a unit, and offices beside it that bear its name: schools, hamlets, quarters, branches, unions.

The form is handed down to them with the unit's own stamp in it. Which words name one is data
(`wording/unit_names.toml`); a word that may mean something else counts only before a name or a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.identify.names import Names, is_institution, words_of
from pipeline.extract.identify.texts import places_of_units
from pipeline.extract.identify.words import Words, phrase_at, spans_of, words_in
from schemas.register import Unit
from schemas.text import fold_words

_NUMBER = re.compile(r"\d{1,2}[a-z]?|x{0,2}(?:ix|iv|v?i{1,3}|v|x)")
_GLUED = re.compile(r"([a-z]+)(\d{1,2}[a-z]?)")
_NAME = 2
"""a school is called by at least so many words, a person named Trường by one"""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a unit that a text names."""

    phrase: str
    """the word for it, folded: "thcs" """
    start: int
    is_school: bool
    """a school or an office, which a register may hold as a unit of its own"""
    has_name: bool
    """it is said which one: "THCS Lê Lợi", "Thôn 5"; not so in "THCS" """


@dataclass(frozen=True, slots=True)
class _Text:
    """A text in which the names of units and of sections of the collecting office are known."""

    words: Words
    units: frozenset[int]
    sections: frozenset[int]

    def names_at(self, index: int) -> bool:
        """Tell whether a unit, a number, or somebody whom schools are called after, is named there."""
        if index in self.units or self.is_number(index):
            return True
        return any(phrase_at(self.words, index, level) for level in ("school_names", "plain_surnames"))

    def is_number(self, index: int) -> bool:
        """Tell whether a small number stands there, be it in Roman figures, or "số" and one behind it."""
        index += phrase_at(self.words, index, "number_of")
        return index < len(self.words) and _NUMBER.fullmatch(self.words.folded[index]) is not None


def parts_in(text: str, names: Names) -> tuple[Part, ...]:
    """Find every part that a text names."""
    words = words_in(text)
    sections = frozenset(index for span in spans_of(words, "sections") for index in range(*span))
    read = _Text(words, frozenset(places_of_units(words, names)), sections)
    return tuple(_parts(read))


def of_another(part: Part, unit: Unit) -> bool:
    """Tell whether a part may be one of this unit, or an office beside it, and not the unit itself."""
    if part.is_school and is_institution(unit):
        return False
    own = (f" {fold_words(text)} " for text in (unit.name, unit.type, *unit.aliases))
    return not any(f" {part.phrase} " in text for text in own)


def _parts(text: _Text) -> Iterator[Part]:
    words = text.words
    passed = {index for span in spans_of(words, "not_parts") for index in range(*span)}
    for start in range(len(words)):
        if start in text.units or start in text.sections or start in passed:
            continue
        found = _school(text, start) or _other(text, start)
        if found:
            yield found


def _school(text: _Text, start: int) -> Part | None:
    """Find a school or an office."""
    words = text.words
    count = phrase_at(words, start, "institutions")
    if not count:
        return None
    phrase, behind = " ".join(words.folded[start : start + count]), start + count
    is_sure = phrase not in words_of("uncertain_institutions")
    if phrase in words_of("uncertain_alone"):
        is_sure = behind < len(words) and words.folded[behind].isalpha()
    if is_sure or text.names_at(behind) or _is_called(words, start, behind):
        has_name = text.names_at(behind) or (start - 1) in text.units
        return Part(phrase, start, is_school=True, has_name=has_name)
    return None


def _is_called(words: Words, start: int, behind: int) -> bool:
    """Tell whether "Trường" with its marks is followed by the name of a school, and is no name of a person."""
    follows = range(behind, behind + _NAME)
    is_person = phrase_at(words, behind, "middle_names") or (
        start not in words.starts and phrase_at(words, start - 1, "surnames")
    )
    return words.bears_marks(start) and not is_person and all(map(words.is_name, follows))


def _other(text: _Text, start: int) -> Part | None:
    """Find a hamlet, a quarter, a branch, a union or an association."""
    words = text.words
    if count := phrase_at(words, start, "unions") or phrase_at(words, start, "branches"):
        is_all = _means_all(words, start) and not phrase_at(words, start, "unions")
        return None if is_all else _part(text, start, count, has_name=True)
    if _means_all(words, start):
        return None
    if (count := phrase_at(words, start, "hamlets")) and start + count < len(words):
        return _part(text, start, count, has_name=True)
    if (count := phrase_at(words, start, "numbered")) and text.is_number(start + count):
        return _part(text, start, count, has_name=True)
    if (count := phrase_at(words, start, "first_words")) and start in words.starts and words.is_name(start + count):
        return _part(text, start, count, has_name=True) if words.is_name(start) else None
    return _glued(text, start)


def _part(text: _Text, start: int, count: int, *, has_name: bool) -> Part:
    phrase = " ".join(text.words.folded[start : start + count])
    return Part(phrase, start, is_school=False, has_name=has_name)


def _means_all(words: Words, start: int) -> bool:
    """Tell whether all hamlets of the commune are meant: "các thôn", "9 thôn"."""
    before = start - 1
    return before >= 0 and (words.folded[before].isdecimal() or phrase_at(words, before, "all_of") > 0)


def _glued(text: _Text, start: int) -> Part | None:
    """Find a word with its number right behind it: "Khu5"."""
    glued = _GLUED.fullmatch(text.words.folded[start])
    if glued is None:
        return None
    word = words_in(glued[1])
    known = any(phrase_at(word, 0, level) == 1 for level in ("hamlets", "numbered", "branches"))
    return Part(glued[1], start, is_school=False, has_name=True) if known else None
