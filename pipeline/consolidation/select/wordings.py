"""Words in names and texts of people: with their marks where they were typed with marks, else without."""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.text import fold, tidy

_WORDING = WORDING / "companions.toml"
_WORD = re.compile(r"[^\W_]+")
_SHORT = 2
"""a word of so few letters is matched with its marks alone: "to" is no "tờ" """

Words = tuple[str, ...]
Index = Mapping[str, tuple[Words, ...]]
"""letters of the first word -> phrases that begin with it"""


@cache
def companion_words() -> Table:
    """Load the words once."""
    return read_toml(_WORDING)


def words_in(text: str) -> Words:
    """Give the words of a text as they were typed, in small letters."""
    return tuple(_WORD.findall(tidy(text).lower()))


@cache
def phrases(name: str) -> tuple[Words, ...]:
    """Give one list of the wording, each phrase as its words, the longest first."""
    return tuple(sorted((words_in(text) for text in companion_words().texts(name)), key=len, reverse=True))


def index_of(wanted: Iterable[Words]) -> Index:
    """Put phrases under the letters of their first words, so that a long text is gone through once."""
    found: dict[str, list[Words]] = {}
    for phrase in wanted:
        found.setdefault(fold(phrase[0]), []).append(phrase)
    return {first: tuple(same) for first, same in found.items()}


@cache
def index(name: str) -> Index:
    """Give one list of the wording under the letters of the first words."""
    return index_of(phrases(name))


def places_of(words: Words, wanted: Index) -> list[tuple[int, int]]:
    """Find where one of some phrases stands among words: (first word, end)."""
    return [
        (start, start + len(phrase))
        for start, word in enumerate(words)
        for phrase in wanted.get(fold(word), ())
        if same_words(words[start : start + len(phrase)], phrase)
    ]


def says(words: Words, name: str) -> bool:
    """Tell whether words hold a phrase of one list of the wording."""
    return bool(places_of(words, index(name)))


def same_words(typed: Words, phrase: Words) -> bool:
    """Compare word by word; one that bears no mark may have been typed without any."""
    if typed == phrase:
        return True
    may_be_bare = len(typed) == len(phrase) and sum(map(len, phrase)) > _SHORT
    return may_be_bare and all(map(_same, typed, phrase))


def _same(typed: str, word: str) -> bool:
    return typed == word or (typed.isascii() and typed == fold(word))


def without(words: Words, name: str) -> Words:
    """Leave out the phrases of one list; a single word only as it is written there."""
    for start, end in reversed(places_of(words, index(name))):
        if end - start > 1 or words[start:end] in phrases(name):
            words = (*words[:start], *words[end:])
    return words
