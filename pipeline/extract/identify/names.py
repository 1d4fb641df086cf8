"""The names of the units of a register, and the words that may stand before them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.register import Register, Unit
from schemas.text import fold, fold_words

_Name = TypeVar("_Name", str, tuple[str, ...])
UNIT_NAMES = WORDING / "unit_names.toml"


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """The names of a register, folded once; made once for a run, so that what was found with them may be kept."""

    register: Register
    by_name: Mapping[str, tuple[str, ...]]
    """folded name, with or without the words before it -> codes"""
    by_words: Mapping[tuple[str, ...], tuple[str, ...]]
    """words of a name -> codes, to be found inside a file name"""
    shared: frozenset[tuple[str, ...]]
    """bare names that the collecting office bears too: no evidence without the word before them"""
    bare: frozenset[tuple[str, ...]] = frozenset()
    """names without the word for the kind of unit before them, which persons may bear too"""
    places: tuple[tuple[str, ...], ...] = ()
    """names of the collecting office as words, which may follow the name of a unit"""


def names_of_register(register: Register) -> Names:
    """Fold the names, aliases and prefixed names of every unit that may answer."""
    by_name: dict[str, set[str]] = {}
    by_words: dict[tuple[str, ...], set[str]] = {}
    collector = register.collector
    for unit in register.units:
        if unit is collector:
            continue
        for words in _spellings(unit):
            by_name.setdefault("".join(words), set()).add(unit.code)
            by_words.setdefault(words, set()).add(unit.code)
    shared = {tuple(fold_words(bare_name(collector.name, "")).split())} if collector else set()
    if collector and all(fold(unit.name) != fold(collector.name) for unit in register.units if unit is not collector):
        # "Thị xã Quảng Yên" is the town that collects, never a spelling of its ward "Quảng Yên".
        by_name.pop(fold(collector.name), None)
        by_words.pop(tuple(fold_words(collector.name).split()), None)
    places = {(*phrase, *bare) for phrase in phrases_of("higher") for bare in shared}
    bare = {_bare(unit) for unit in register.units}
    return Names(
        register, _sorted(by_name), _sorted(by_words), frozenset(shared), frozenset(bare), tuple(sorted(places))
    )


def _spellings(unit: Unit) -> Iterator[tuple[str, ...]]:
    """Give the name, the aliases, and the bare name with each word that may stand before it, as folded words."""
    bare = _bare(unit)
    yield bare
    for name in (unit.name, *unit.aliases):
        yield tuple(fold_words(name).split())
    for before in phrases_of(_level(unit)):
        yield (*before, *bare)


def _bare(unit: Unit) -> tuple[str, ...]:
    return tuple(fold_words(bare_name(unit.name, unit.type)).split())


def is_institution(unit: Unit) -> bool:
    """Tell whether a unit is itself a school or an office, so that words for one may stand with its name."""
    return _level(unit) == "institutions"


def _level(unit: Unit) -> str:
    """Name the words that may stand before the bare name of a unit; before a school's, only those of schools."""
    kind = fold_words(unit.type)
    return next((level for level in ("higher", "institutions") if kind in words_of(level)), "prefixes")


def bare_name(name: str, unit_type: str) -> str:
    """Take the word for the kind of unit from the front of a name: "Phường Đông Mai" is "Đông Mai"."""
    words = name.split()
    known = {*words_of("prefixes"), *words_of("higher"), fold_words(unit_type)}
    for count in range(min(len(words) - 1, 6), 0, -1):
        if fold_words(" ".join(words[:count])) in known:
            return " ".join(words[count:])
    return name


def _sorted(found: Mapping[_Name, set[str]]) -> Mapping[_Name, tuple[str, ...]]:
    return {key: tuple(sorted(codes)) for key, codes in found.items() if key}


@cache
def texts_of(level: str) -> tuple[str, ...]:
    """Give the words of one list of the wording as they are written."""
    return read_toml(UNIT_NAMES).texts(level)


@cache
def words_of(level: str) -> tuple[str, ...]:
    """Give the words of one list of the wording, folded."""
    return tuple(map(fold_words, texts_of(level)))


@cache
def phrases_of(level: str) -> tuple[tuple[str, ...], ...]:
    """Give the words of one list of the wording, folded, each as the words it consists of."""
    return tuple(tuple(phrase.split()) for phrase in words_of(level))
