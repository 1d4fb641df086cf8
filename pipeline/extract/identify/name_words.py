"""The words of a name as typed, with and without their marks, and phrases found among them.

"Trường" is a school and "Trương" a family: what was typed with marks is compared with its marks. Many names of files
are typed without any; there the letters alone are compared.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.extract.identify.names import texts_of
from schemas.text import fold, tidy

_WORD = re.compile(r"[^\W_]+")
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@dataclass(frozen=True, slots=True)
class Words:
    """One text as words; the three tuples are equally long."""

    typed: tuple[str, ...]
    folded: tuple[str, ...]
    marked: tuple[str, ...]
    """in small letters with their marks; the tone at the end, wherever it was typed (hoà, hòa)"""
    starts: frozenset[int]
    """indexes of words before which more than a space or an underscore stands, or nothing"""

    def __len__(self) -> int:
        """Count the words."""
        return len(self.folded)

    def bears_marks(self, index: int) -> bool:
        """Tell whether a word was typed with marks."""
        return self.marked[index] != self.folded[index]

    def is_name(self, index: int) -> bool:
        """Tell whether a word there is written like a name, with a first letter that is large."""
        return index < len(self) and self.typed[index][:1].isupper() and not self.typed[index].isdecimal()


@lru_cache(maxsize=4096)
def words_in(text: str) -> Words:
    """Take a text apart."""
    text = tidy(text)
    found = [match for match in _WORD.finditer(text) if fold(match[0])]
    starts, end = {0}, 0
    for index, match in enumerate(found):
        if text[end : match.start()].strip(" _"):
            starts.add(index)
        end = match.end()
    typed = tuple(match[0] for match in found)
    return Words(typed, tuple(map(fold, typed)), tuple(map(_marked, typed)), frozenset(starts))


def _marked(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.lower())
    tones = [letter for letter in apart if letter in _TONES]
    return "".join([*(letter for letter in apart if letter not in _TONES), *tones])


@dataclass(frozen=True, slots=True)
class Phrase:
    """Some words of the wording."""

    folded: tuple[str, ...]
    marked: tuple[str, ...]

    def stands_at(self, words: Words, start: int) -> bool:
        """Tell whether these words stand there, each with its marks or without any."""
        end = start + len(self.folded)
        if words.folded[start:end] != self.folded:
            return False
        return all(
            not words.bears_marks(index) or words.marked[index] == own
            for index, own in zip(range(start, end), self.marked, strict=True)
        )


@cache
def phrases(level: str) -> Mapping[str, tuple[Phrase, ...]]:
    """Give the phrases of one list of the wording by their first word, the longest first."""
    found: dict[str, list[Phrase]] = {}
    for text in texts_of(level):
        words = words_in(text)
        found.setdefault(words.folded[0], []).append(Phrase(words.folded, words.marked))
    return {first: tuple(sorted(some, key=lambda one: -len(one.folded))) for first, some in found.items()}


def phrase_at(words: Words, start: int, level: str) -> int:
    """Give how many words the longest phrase of a list has that stands there; 0 where none does."""
    if start >= len(words):
        return 0
    some = phrases(level).get(words.folded[start], ())
    return next((len(one.folded) for one in some if one.stands_at(words, start)), 0)


def spans_of(words: Words, level: str) -> Iterator[tuple[int, int]]:
    """Find where phrases of a list stand: (first word, end)."""
    for start in range(len(words)):
        if count := phrase_at(words, start, level):
            yield start, start + count


def ends_with(words: Sequence[str], behind: Sequence[str]) -> bool:
    """Tell whether some words end with others."""
    return len(behind) <= len(words) and tuple(words[len(words) - len(behind) :]) == tuple(behind)
