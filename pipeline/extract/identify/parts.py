"""Parts of a unit, and offices beside it that bear its name: schools, hamlets, quarters, branches, unions.

The form is handed down to them with the unit's own stamp in it. Which words name one is data
(`wording/unit_names.toml`); a word that may mean something else counts only before a name or a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.identify.name_words import Words, phrase_at, spans_of, words_in
from pipeline.extract.identify.names import Names, is_institution, words_of
from pipeline.extract.identify.texts import places_of_units
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
    units = frozenset(places_of_units(words, names))
    sections = _indexes_of(words, "sections")
    return tuple(_parts(_Text(words, units, sections)))


def _indexes_of(words: Words, level: str) -> frozenset[int]:
    """Return the indexes of all words that belong to phrases of a list."""
    found: set[int] = set()
    for start, end in spans_of(words, level):
        found.update(range(start, end))
    return frozenset(found)


def of_another(part: Part, unit: Unit) -> bool:
    """Tell whether a part may be one of this unit, or an office beside it, and not the unit itself."""
    if part.is_school and is_institution(unit):
        return False
    own = (f" {fold_words(text)} " for text in (unit.name, unit.type, *unit.aliases))
    return not any(f" {part.phrase} " in text for text in own)


def _parts(text: _Text) -> Iterator[Part]:
    words = text.words
    passed = text.units | text.sections | _indexes_of(words, "not_parts")
    for start in range(len(words)):
        if start in passed:
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
    behind = start + count
    phrase = " ".join(words.folded[start:behind])
    is_sure = phrase not in words_of("uncertain_institutions")
    if phrase in words_of("uncertain_alone"):
        is_sure = behind < len(words) and words.folded[behind].isalpha()
    is_followed = text.names_at(behind)
    if not is_sure and not is_followed and not _is_called(words, start, behind):
        return None
    has_name = is_followed or (start - 1) in text.units
    return Part(phrase, start, is_school=True, has_name=has_name)


def _is_called(words: Words, start: int, behind: int) -> bool:
    """Tell whether "Trường" with its marks is followed by the name of a school, and is no name of a person."""
    if not words.bears_marks(start):
        return False
    if phrase_at(words, behind, "middle_names"):
        return False
    if start not in words.starts and phrase_at(words, start - 1, "surnames"):
        return False
    return all(map(words.is_name, range(behind, behind + _NAME)))


def _other(text: _Text, start: int) -> Part | None:
    """Find a hamlet, a quarter, a branch, a union or an association."""
    words = text.words
    if count := phrase_at(words, start, "unions"):
        return _part(words, start, count)
    if _means_all(words, start):
        return None
    if count := phrase_at(words, start, "branches"):
        return _part(words, start, count)
    if count := _hamlet(text, start):
        return _part(words, start, count)
    return _called(words, start)


def _hamlet(text: _Text, start: int) -> int:
    """Return how many words stand there for a hamlet or a quarter that a name or a number follows; 0 for none."""
    words = text.words
    count = phrase_at(words, start, "hamlets")
    if count and start + count < len(words):
        return count
    count = phrase_at(words, start, "numbered")
    if count and text.is_number(start + count):
        return count
    return 0


def _called(words: Words, start: int) -> Part | None:
    """Find a word that is one only at the beginning and before a name ("Khu Trại Cau"), or with its number."""
    count = phrase_at(words, start, "first_words")
    is_before_name = count and start in words.starts and words.is_name(start + count)
    if not is_before_name:
        return _glued(words, start)
    if not words.is_name(start):
        return None
    return _part(words, start, count)


def _part(words: Words, start: int, count: int) -> Part:
    phrase = " ".join(words.folded[start : start + count])
    return Part(phrase, start, is_school=False, has_name=True)


def _means_all(words: Words, start: int) -> bool:
    """Tell whether all hamlets of the commune are meant: "các thôn", "9 thôn"."""
    if start == 0:
        return False
    before = start - 1
    return words.folded[before].isdecimal() or phrase_at(words, before, "all_of") > 0


def _glued(words: Words, start: int) -> Part | None:
    """Find a word with its number right behind it: "Khu5"."""
    glued = _GLUED.fullmatch(words.folded[start])
    if glued is None:
        return None
    word = words_in(glued[1])
    is_known = any(phrase_at(word, 0, level) == 1 for level in ("hamlets", "numbered", "branches"))
    if not is_known:
        return None
    return Part(glued[1], start, is_school=False, has_name=True)
