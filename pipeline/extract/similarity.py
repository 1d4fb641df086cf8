"""Which row of the form a retyped label means, or that nobody can tell.

Three labels of the first form are 0.87 to 0.92 alike as strings, so a best ratio alone would swap them. Words are
weighed by how few labels hold them, and a row is taken only if the words that set it apart from each of its
neighbours in meaning are there, and none that set the neighbour apart.
"""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.fuzz import ratio

from schemas.form import Form
from schemas.text import fold_words

_WHOLE = 0.86
"""as strings so alike, a label is the row's own with misprints"""
_WORDS = 0.85
"""so much of what was typed, by weight, must be words of the row"""
_REACH = 0.34
"""so much of the row, by weight, must have been typed"""
_LEAD = 0.08
"""the best row is better than the next by so much"""
_KIN = 0.45
"""rows that share so much of their weight can be taken for each other"""
_MISTYPED = 79
"""two words of four letters or more that are so alike are one word mistyped"""
_SHORT_WORD = 3
_LIKELY = 0.78
"""as strings so alike, a label may be that of the row which its hidden key names"""
_MISPRINTED = 0.9
"""as strings so alike, a long label is the row's own also out of its place"""
_LONG = 12
"""letters of a long label"""
_DOTTED = r"\d{1,2}(?:[.,]\d{1,2})+"
_BULLET = r"(?:[^\w\s(\"'“‘]+\s*|o\s+)"
_LISTED = rf"(?:{_DOTTED}|\d{{1,3}})[a-zđ]?|[a-zđA-ZĐ]\d{{0,2}}|[ivxIVX]{{2,5}}"
_CLOSED = rf"\(?(?:{_LISTED})\s?[.)\]/:-]+\s*"
_BEFORE_SPACE = rf"{_DOTTED}\s*(?=[^\W\d])|(?:\d{{1,2}}|[IVX]{{1,5}})\s+"
_ENUMERATOR = re.compile(rf"^\s*(?:{_BULLET}|{_BEFORE_SPACE}|{_CLOSED})(?=\S{{2}})")
"""a bullet of any shape, "1.", "1.2)", "(a)", "a/", "1a.", "II-", or a bare number before a space: "1.1 ", "IV " """


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a label means: one row, or none, or several that could be meant."""

    key: str | None
    score: int
    """likeness in percent"""
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Spelling:
    """One way to write a row's label, as words."""

    words: frozenset[str]
    joined: str


@dataclass(frozen=True, slots=True)
class _Score:
    """How like a label is to a row: as a whole, and by the share of its words that are words of the row."""

    score: float
    words: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """What tells the labels of one form apart."""

    spellings: Mapping[str, tuple[_Spelling, ...]]
    weights: Mapping[str, float]
    kin: Mapping[str, tuple[str, ...]]
    """row -> rows that could be taken for it"""

    def closest(self, label: str, window: Sequence[str]) -> Verdict:
        """Find the row of `window` that a label means; every row of the form may object."""
        typed = tuple(dict.fromkeys(fold_words(without_enumerator(label)).split()))
        if not typed or not window:
            return Verdict(None, 0)
        scores = {key: self._score(typed, key) for key in self.spellings}
        able = sorted((key for key in window if scores[key].enough), key=lambda key: -scores[key].score)
        if not able:
            return Verdict(None, 0)
        best = able[0]
        score = scores[best].score
        near = tuple(
            key
            for key in able
            if key == best or (score - scores[key].score < _LEAD and not self._set_apart(typed, best, key))
        )
        if len(near) > 1:
            return Verdict(None, round(100 * score), near)
        no_better_words = any(key != best and scores[key].words >= scores[best].words for key in window)
        doubts = (
            no_better_words and score < _WHOLE,
            any(scores[key].score > score for key in scores if key not in window),
            not all(self._set_apart(typed, best, other) for other in self.kin[best]),
        )
        return Verdict(None if any(doubts) else best, round(100 * score))

    def fits(self, label: str, key: str) -> Verdict:
        """Tell whether a label can be that of a row which something else names too: no other row is as like it."""
        verdict = self.closest(label, [key])
        if verdict.key:
            return verdict
        folded = fold_words(without_enumerator(label))
        scores = self._wholes(folded)
        others = max((score for other, score in scores.items() if other != key), default=0.0)
        fits = scores[key] >= _LIKELY and scores[key] - others >= _LEAD / 2
        return Verdict(key if fits else None, round(100 * scores[key]))

    def shares_words(self, label: str, keys: Sequence[str]) -> tuple[str, ...]:
        """Find the rows of `keys` whose words a label is made of, so that it may be any of them, cut short."""
        typed = tuple(dict.fromkeys(fold_words(without_enumerator(label)).split()))
        return tuple(key for key in keys if typed and self._score(typed, key).words >= _WORDS)

    def _wholes(self, folded: str) -> dict[str, float]:
        """Likeness of a label to each row as a whole string."""
        return {
            key: max(ratio(folded, spelling.joined) for spelling in spellings) / 100
            for key, spellings in self.spellings.items()
        }

    def the_same_mistyped(self, label: str, window: Sequence[str]) -> Verdict:
        """Find the row of `window` whose whole label this is but for misprints, wherever it stands.

        No other row of the form may be as like it, and a label of few letters is never found so.
        """
        folded = fold_words(without_enumerator(label))
        typed = tuple(dict.fromkeys(folded.split()))
        if len(folded) < _LONG or not window:
            return Verdict(None, 0)
        scores = self._wholes(folded)
        best = max(scores, key=lambda key: scores[key])
        alone = all(key == best or self._set_apart(typed, best, key) for key in (*self.kin[best], *window))
        sure = scores[best] >= _MISPRINTED and best in window and alone
        return Verdict(best if sure else None, round(100 * scores[best]))

    def _score(self, typed: Sequence[str], key: str) -> "_Score":
        """Likeness of a label to a row, and whether it is enough to mean it."""
        best, most, enough = 0.0, 0.0, False
        for spelling in self.spellings[key]:
            whole = ratio(" ".join(typed), spelling.joined) / 100
            said = sum(self._weight(word) for word in typed)
            meant = sum(self._weight(word) for word in spelling.words)
            found = [match for word in typed if (match := _matching(word, spelling.words))]
            words = sum(self._weight(word) for word in found) / said
            reach = sum(self._weight(word) for word in set(found)) / meant
            score = max(whole, 0.7 * min(words, 1.0) + 0.3 * min(reach, 1.0))
            best, most = max(best, score), max(most, words)
            enough |= whole >= _WHOLE or (words >= _WORDS and reach >= _REACH)
        return _Score(best, most, enough)

    def _set_apart(self, typed: Sequence[str], key: str, other: str) -> bool:
        """Tell whether the typed words speak for a row and against one that could be taken for it."""
        own = frozenset().union(*(spelling.words for spelling in self.spellings[key]))
        others = frozenset().union(*(spelling.words for spelling in self.spellings[other]))
        for_it, against = own - others, others - own
        if any(_matching(word, against) and not _matching(word, own) for word in typed):
            return False
        return not for_it or any(_matching(word, for_it) and not _matching(word, others) for word in typed)

    def _weight(self, word: str) -> float:
        return self.weights.get(word, 1.0)


def likeness_of(form: Form) -> Likeness:
    """Work out, once for a form, what its labels share and what sets them apart."""
    spellings = {
        row.key: tuple(
            _Spelling(frozenset(words.split()), words)
            for text in dict.fromkeys((row.label, row.label_print, row.short_label, *row.aliases))
            if (words := fold_words(text))
        )
        for row in form.rows
    }
    holders = Counter(word for rows in spellings.values() for word in frozenset().union(*(s.words for s in rows)))
    weights = {word: 0.15 + math.log(len(spellings) / count) for word, count in holders.items()}
    kin = {
        key: tuple(other for other in spellings if other != key and _shared(spellings[key], spellings[other], weights))
        for key in spellings
    }
    return Likeness(spellings, weights, kin)


@lru_cache(maxsize=8192)
def without_enumerator(label: str) -> str:
    """Drop a dash, number or letter that lists a label: "- Xóa mù chữ", "1.2. Xóa mù chữ", "a) Xóa mù chữ"."""
    bare = _ENUMERATOR.sub("", label, count=1)
    return label if bare == label else without_enumerator(bare)


def without_list_sign(text: str) -> str:
    """Drop the same from a line that is no label, but no bare number: in "+ 33 người" it counts something."""
    bare = without_enumerator(text)
    return text if text.removesuffix(bare).rstrip()[-1:].isdecimal() else bare


def _shared(ones: Sequence[_Spelling], others: Sequence[_Spelling], weights: Mapping[str, float]) -> bool:
    """Tell whether two rows can be taken for each other: much of the weight of the lighter one is shared."""
    for one in ones:
        for other in others:
            common = sum(weights[word] for word in one.words & other.words)
            lighter = min(sum(weights[word] for word in words) for words in (one.words, other.words))
            if lighter and (common / lighter >= _KIN or ratio(one.joined, other.joined) >= 100 * _KIN + 20):
                return True
    return False


@lru_cache(maxsize=65536)
def _matching(word: str, words: frozenset[str]) -> str | None:
    """Find the word meant: itself, else the one it mistypes; short words must be exact."""
    if word in words:
        return word
    if len(word) <= _SHORT_WORD:
        return None
    alike = [(ratio(word, other), other) for other in words if len(other) > _SHORT_WORD]
    best = max(alike, default=(0.0, ""))
    return best[1] if best[0] >= _MISTYPED else None
