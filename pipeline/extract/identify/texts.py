"""Which unit a text names: a code, or a name with known words around it, and nothing that is another office."""

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.fuzz import ratio

from pipeline.extract.identify.chance import is_date, is_of_person
from pipeline.extract.identify.names import Names, bare_name, phrases_of, words_of
from pipeline.extract.identify.words import Words, words_in
from schemas.register import Register, Unit, with_leading_zero
from schemas.text import fold, fold_words

_SLIP = 80
"""a word of a name so alike is the same word mistyped, if all its other words are right"""
_PLACE = 3
"""the name of a province has at most so many words"""
_LETTER = 2
"""behind a name, an abbreviation of so few letters is no known word"""
_CODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")
_FILE_OF_UNIT = re.compile(r"\d+_[^\W\d]")
"""how the names of the files begin that the program itself makes for the units"""


def _coded(text: str, register: Register) -> frozenset[str]:
    """Find the units whose codes stand in a text.

    A number that may be a year or a day is none ("bieu 0710" is of 7 October), but where the program puts the code.
    """
    found: set[str] = set()
    for match in _CODE.finditer(text):
        is_at_its_place = match.start() == 0 and _FILE_OF_UNIT.match(text)
        if is_at_its_place or not is_date(match[0]):
            found.update(by_code(match[0], register))
    return frozenset(found)


def by_code(code: str, register: Register) -> tuple[str, ...]:
    """Find the unit of a code, also of one that lost its leading zero."""
    for spelling in (code.strip(), with_leading_zero(code.strip())):
        if spelling in register.by_code:
            return (spelling,)
    return ()


def inside(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a sheet, folder or file name bears: a code, and the longest names found in its words.

    Two units found by either, only the bare name that the collecting office bears too, or the name of a person, is no
    evidence.
    """
    coded = _coded(text, names.register)
    words = words_in(text)
    hits = [*_hits(words.folded, names), *_other_places(words.folded, names)]
    widest = [hit for hit in hits if not any(_within(hit, other) for other in hits)]
    taken = {index for start, end, _ in hits for index in range(start, end)}
    named: set[str] = set()
    for start, end, codes in widest:
        is_bare = words.folded[start:end] in names.bare
        if not (is_bare and is_of_person(words, start, taken)):
            named.update(codes)
    units = coded | named
    return tuple(sorted(units)) if len(units) == 1 else ()


def places_of_units(words: Words, names: Names) -> Iterator[int]:
    """Give the indexes of all words that belong to names of units."""
    for start, end, _ in _hits(words.folded, names):
        yield from range(start, end)


def _hits(words: tuple[str, ...], names: Names) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find the longest name that begins at each word: (first word, end, codes)."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            codes = names.by_words.get(words[start:end])
            if codes and words[start:end] not in names.shared:
                yield start, end, codes
                break


def _other_places(words: tuple[str, ...], names: Names) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find names within the name of something else ("thị xã Quảng Yên", "THCS Đông Mai"): a hit without codes."""
    for phrase in (*phrases_of("higher"), *phrases_of("institutions"), *phrases_of("groups_of_units")):
        for start, first in _spans(phrase, words):
            ends = [end for end in range(first + 1, len(words) + 1) if words[first:end] in names.by_words]
            if ends and words[start : ends[-1]] not in names.by_words:
                yield start, ends[-1], ()
    for phrase in phrases_of("not_names"):
        for start, end in _spans(phrase, words):
            yield start, end, ()


def _spans(phrase: tuple[str, ...], words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Find where a phrase stands among words: (first word, end)."""
    if phrase[0] not in words:
        return
    for start in range(len(words) - len(phrase) + 1):
        if words[start : start + len(phrase)] == phrase:
            yield start, start + len(phrase)


def _within(hit: tuple[int, int, object], other: tuple[int, int, object]) -> bool:
    return hit is not other and other[0] <= hit[0] and hit[1] <= other[1]


def every_unit_in(texts: Sequence[str], names: Names) -> frozenset[str]:
    """Find all units whose code or name stands in texts, also within the name of something else."""
    found = {code for text in texts for _, _, codes in _hits(words_in(text).folded, names) for code in codes}
    return frozenset(found).union(*(_coded(text, names.register) for text in texts))


def by_name(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a name cell means: the whole cell is its name, between known words before and behind it."""
    if found := names.by_name.get(fold(text)):
        return found
    collector = names.register.collector
    if collector and fold(text) == fold(collector.name):
        return (collector.code,)
    cores = _cores(_without_places(tuple(fold_words(text).split()), names))
    return next((names.by_words[words] for words in cores if words in names.by_words), ())


def _without_places(words: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """Take higher places from the end: "phường Đông Mai, thị xã Quảng Yên, tỉnh Quảng Ninh".

    They are the collecting office, and above it one that no register names: after a word for a province, or right
    behind the office.
    """
    for phrase in phrases_of("provinces"):
        at = [
            start for start, end in _spans(phrase, words) if start and words[end:] and _may_be_place(words[end:], names)
        ]
        words = words[: at[0]] if at else words
    for place in names.places:
        at = [start for start, end in _spans(place, words) if start and _may_be_place(words[end:], names)]
        words = words[: at[0]] if at else words
    return words


def _may_be_place(words: tuple[str, ...], names: Names) -> bool:
    """Tell whether words may be the name of a place that the register does not hold."""
    is_short = len(words) <= _PLACE and all(map(str.isalpha, words))
    return is_short and not any(codes for _, _, codes in _hits(words, names))


def _cores(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a name as words, and again each time that a known word before or behind it was taken off."""
    around = phrases_of("prefixes")
    while words:
        yield words
        before = [len(phrase) for phrase in around if words[: len(phrase)] == phrase]
        behind = [len(phrase) for phrase in around if len(phrase[0]) > _LETTER and words[-len(phrase) :] == phrase]
        if not before and not behind:
            return
        words = words[max(before) :] if before else words[: -max(behind)]


def is_misprint(name: str, unit: Unit, names: Names) -> bool:
    """Tell whether a name is that of a unit but for its code, known words around it and a small slip in one word."""
    typed = tuple(fold_words(name).split())
    words = _without_places(tuple(word for word in typed if by_code(word, names.register) != (unit.code,)), names)
    if _names_another(words, unit, (*words_of("institutions"), *words_of("higher"))):
        return False
    own = {tuple(fold_words(bare_name(text, unit.type)).split()) for text in (unit.name, *unit.aliases)}
    return any(_one_slip(core, other) for core in _cores(words) for other in own)


def _one_slip(words: Sequence[str], others: Sequence[str]) -> bool:
    if len(words) != len(others):
        return False
    apart = [ratio(word, other) for word, other in zip(words, others, strict=True) if word != other]
    return not apart or (len(apart) == 1 and len(words) > 1 and apart[0] >= _SLIP)


def _names_another(words: Sequence[str], unit: Unit, phrases: Sequence[str]) -> bool:
    """Tell whether words hold one of some phrases that are not in the unit's own name, kind or other spellings."""
    own = [f" {fold_words(text)} " for text in (unit.name, unit.type, *unit.aliases)]
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said and all(f" {phrase} " not in text for text in own) for phrase in phrases)
