"""Which unit a text names: a code, or a name with known words around it, and nothing that is another office."""

import re
from collections.abc import Iterator, Sequence
from itertools import product

from rapidfuzz.fuzz import ratio

from pipeline.extract.identify.chance import is_date, is_of_person
from pipeline.extract.identify.name_words import Words, words_in
from pipeline.extract.identify.names import Names, bare_name, phrases_of, words_of
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
_Hit = tuple[int, int, tuple[str, ...]]
"""a name among words: its first word, its end, and the codes of the units that bear it"""


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
    taken: set[int] = set()
    for start, end, _ in hits:
        taken.update(range(start, end))
    named: set[str] = set()
    for start, end, codes in _widest(hits):
        is_bare = words.folded[start:end] in names.bare
        if is_bare and is_of_person(words, start, taken):
            continue
        named.update(codes)
    units = coded | named
    return tuple(sorted(units)) if len(units) == 1 else ()


def _widest(hits: Sequence[_Hit]) -> Iterator[_Hit]:
    """Give the hits that lie within no other: "Quảng Yên" within "thị xã Quảng Yên" is none of its own."""
    for hit in hits:
        if not any(_within(hit, other) for other in hits):
            yield hit


def places_of_units(words: Words, names: Names) -> Iterator[int]:
    """Give the indexes of all words that belong to names of units."""
    for start, end, _ in _hits(words.folded, names):
        yield from range(start, end)


def _hits(words: tuple[str, ...], names: Names) -> Iterator[_Hit]:
    """Find the longest name that begins at each word."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            codes = names.by_words.get(words[start:end])
            if codes and words[start:end] not in names.shared:
                yield start, end, codes
                break


def _other_places(words: tuple[str, ...], names: Names) -> Iterator[_Hit]:
    """Find names within the name of something else ("thị xã Quảng Yên", "THCS Đông Mai"): a hit without codes."""
    for phrase in (*phrases_of("higher"), *phrases_of("institutions"), *phrases_of("groups_of_units")):
        for start, first in _spans(phrase, words):
            end = _end_of_name(words, first, names)
            # With the word before it, it may be a unit of the register itself.
            if end and words[start:end] not in names.by_words:
                yield start, end, ()
    for phrase in phrases_of("not_names"):
        for start, end in _spans(phrase, words):
            yield start, end, ()


def _end_of_name(words: tuple[str, ...], first: int, names: Names) -> int:
    """Return where the longest name ends that begins at a word; 0 where none does."""
    for end in range(len(words), first, -1):
        if words[first:end] in names.by_words:
            return end
    return 0


def _spans(phrase: tuple[str, ...], words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Find where a phrase stands among words: (first word, end)."""
    if phrase[0] not in words:
        return
    for start in range(len(words) - len(phrase) + 1):
        if words[start : start + len(phrase)] == phrase:
            yield start, start + len(phrase)


def _within(hit: _Hit, other: _Hit) -> bool:
    if hit is other:
        return False
    return other[0] <= hit[0] and hit[1] <= other[1]


def every_unit_in(texts: Sequence[str], names: Names) -> frozenset[str]:
    """Find all units whose code or name stands in texts, also within the name of something else."""
    found: set[str] = set()
    for text in texts:
        found.update(_coded(text, names.register))
        for _, _, codes in _hits(words_in(text).folded, names):
            found.update(codes)
    return frozenset(found)


def by_name(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a name cell means: the whole cell is its name, between known words before and behind it."""
    if found := names.by_name.get(fold(text)):
        return found
    collector = names.register.collector
    if collector and fold(text) == fold(collector.name):
        return (collector.code,)
    for core in _cores(_without_places(tuple(fold_words(text).split()), names)):
        if core in names.by_words:
            return names.by_words[core]
    return ()


def _without_places(words: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """Take higher places from the end: "phường Đông Mai, thị xã Quảng Yên, tỉnh Quảng Ninh".

    They are the collecting office, and above it one that no register names: after a word for a province, or right
    behind the office.
    """
    for phrase in phrases_of("provinces"):
        words = _cut_at_place(phrase, words, names, is_named_behind=True)
    for place in names.places:
        words = _cut_at_place(place, words, names, is_named_behind=False)
    return words


def _cut_at_place(
    phrase: tuple[str, ...], words: tuple[str, ...], names: Names, *, is_named_behind: bool
) -> tuple[str, ...]:
    """Cut words off where a phrase stands behind a name, with the name of a higher place behind it or at its end."""
    for start, end in _spans(phrase, words):
        behind = words[end:]
        if not start or (is_named_behind and not behind):
            continue
        if _may_be_place(behind, names):
            return words[:start]
    return words


def _may_be_place(words: tuple[str, ...], names: Names) -> bool:
    """Whether words may be the name of a place that the register does not hold."""
    if len(words) > _PLACE or not all(map(str.isalpha, words)):
        return False
    return not any(codes for _, _, codes in _hits(words, names))


def _cores(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a name as words, and again each time that a known word before or behind it was taken off."""
    while words:
        yield words
        before = 0
        behind = 0
        for phrase in phrases_of("prefixes"):
            count = len(phrase)
            if words[:count] == phrase:
                before = max(before, count)
            if len(phrase[0]) > _LETTER and words[-count:] == phrase:
                behind = max(behind, count)
        if before:
            words = words[before:]
        elif behind:
            words = words[:-behind]
        else:
            return


def is_misprint(name: str, unit: Unit, names: Names) -> bool:
    """Whether a name is that of a unit but for its code, known words around it and a small slip in one word."""
    typed = fold_words(name).split()
    without_code = tuple(word for word in typed if by_code(word, names.register) != (unit.code,))
    words = _without_places(without_code, names)
    if _names_another(words, unit, (*words_of("institutions"), *words_of("higher"))):
        return False
    own = {tuple(fold_words(bare_name(text, unit.type)).split()) for text in (unit.name, *unit.aliases)}
    return any(_one_slip(core, other) for core, other in product(_cores(words), own))


def _one_slip(words: Sequence[str], others: Sequence[str]) -> bool:
    if len(words) != len(others):
        return False
    apart = [(word, other) for word, other in zip(words, others, strict=True) if word != other]
    if not apart:
        return True
    # A name of one word with a slip in it may be another name.
    if len(apart) > 1 or len(words) == 1:
        return False
    return ratio(*apart[0]) >= _SLIP


def _names_another(words: Sequence[str], unit: Unit, phrases: Sequence[str]) -> bool:
    """Whether words hold one of some phrases that are not in the unit's own name, kind or other spellings."""
    own = [f" {fold_words(text)} " for text in (unit.name, unit.type, *unit.aliases)]
    typed = f" {' '.join(words)} "
    for phrase in phrases:
        whole = f" {phrase} "
        if whole in typed and not any(whole in text for text in own):
            return True
    return False
