"""Which unit a text names: a code, or a name with known words around it, and nothing that is another office."""

import re
from collections.abc import Iterator, Sequence

from rapidfuzz.fuzz import ratio

from pipeline.identify.names import Names, bare_name, certain_institutions, words_of
from schemas.register import Register, Unit, with_leading_zero
from schemas.text import fold, fold_words

_SLIP = 80
"""a word of a name so alike is the same word mistyped, if all its other words are right"""
_CODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")


def by_code(code: str, register: Register) -> tuple[str, ...]:
    """Find the unit of a code, also of one that lost its leading zero."""
    for spelling in (code.strip(), with_leading_zero(code.strip())):
        if spelling in register.by_code:
            return (spelling,)
    return ()


def inside(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a sheet, folder or file name bears: a code, and the longest names found in its words.

    Two units found by either, or only the bare name that the collecting office bears too, is no evidence.
    """
    coded = {code for number in _CODE.findall(text) for code in by_code(number, names.register)}
    words = tuple(fold_words(text).split())
    hits = [*_hits(words, names), *_other_places(words, names)]
    widest = [hit for hit in hits if not any(_within(hit, other) for other in hits)]
    units = coded | {code for _, _, codes in widest for code in codes}
    return tuple(sorted(units)) if len(units) == 1 else ()


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
    for start in range(len(words)):
        for phrase in (*words_of("higher"), *words_of("institutions")):
            first = start + len(phrase.split())
            if words[start:first] != tuple(phrase.split()):
                continue
            ends = [end for end in range(first + 1, len(words) + 1) if words[first:end] in names.by_words]
            if ends and words[start : ends[-1]] not in names.by_words:
                yield start, ends[-1], ()
        for phrase in words_of("not_names"):
            end = start + len(phrase.split())
            if words[start:end] == tuple(phrase.split()):
                yield start, end, ()


def _within(hit: tuple[int, int, object], other: tuple[int, int, object]) -> bool:
    return hit is not other and other[0] <= hit[0] and hit[1] <= other[1]


def of_an_institution(texts: Sequence[str], names: Names) -> bool:
    """Tell whether texts that bear a unit's name also name a school or an office that is not the unit."""
    units = [names.register.by_code[code] for text in texts for code in inside(text, names)]
    words = [word for text in texts for word in fold_words(text).split()]
    return any(_names_another(words, unit, certain_institutions()) for unit in units)


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
    """Take the name of the collecting office from the end: "phường Đông Mai, thị xã Quảng Yên"."""
    for place in names.places:
        if len(words) > len(place) and words[-len(place) :] == place:
            words = words[: -len(place)]
    return words


def _cores(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a name as words, and again each time that a known word before it was taken off."""
    before = [tuple(phrase.split()) for phrase in words_of("prefixes")]
    while words:
        yield words
        lengths = [len(phrase) for phrase in before if words[: len(phrase)] == phrase]
        if not lengths:
            return
        words = words[max(lengths) :]


def is_misprint(name: str, unit: Unit, names: Names) -> bool:
    """Tell whether a name is that of a unit but for known words around it and one small slip in one word."""
    words = _without_places(tuple(fold_words(name).split()), names)
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
