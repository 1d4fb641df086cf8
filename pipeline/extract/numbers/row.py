"""The row of a cell, and whether words beside a figure are words of that row."""

from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.numbers.reading import Kind
from pipeline.extract.numbers.words import NumberWords, plain_words
from schemas.text import fold_words

LONGEST_UNIT = 6
_UNKNOWN_MEASURE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What the row says about the cell: its kind and the words that may stand beside a figure."""

    kind: Kind
    words: NumberWords
    units: frozenset[str]
    printed_units: frozenset[str]
    """units with a sign inside ("quyển/ tờ"), without spaces: their words alone may say something else"""
    currency: frozenset[str]
    """none on a row of counts"""
    pair: tuple[frozenset[str], frozenset[str]] | None


@lru_cache(maxsize=1024)
def row_of(
    kind: Kind,
    words: NumberWords,
    units: tuple[str, ...],
    pair: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> Row:
    """Fold the words of a row once for all its cells; `pair` are the words of its two measures."""
    folded = frozenset(map(fold_words, units)) | words.general_units
    measures = (frozenset(map(fold_words, pair[0])), frozenset(map(fold_words, pair[1]))) if pair else None
    printed = frozenset(plain.replace(" ", "") for plain in plain_words(units) if not plain.replace(" ", "").isalpha())
    currency = words.currency if kind == "money" else frozenset()
    return Row(kind, words, folded, printed, currency, measures)


def made_of(words: tuple[str, ...], vocabulary: frozenset[str]) -> bool:
    """Whether these words are entries of the vocabulary, one after the other ("lượt người")."""
    if not words:
        return True
    return len(words) <= LONGEST_UNIT and any(
        " ".join(words[:end]) in vocabulary and made_of(words[end:], vocabulary) for end in range(1, len(words) + 1)
    )


def measure_of(words: tuple[str, ...], row: Row) -> int | None:
    """Return which measure of the pair the words name: 0, 1, None for no words, -1 for neither."""
    if not words:
        return None
    for number, units in enumerate(row.pair or ()):
        general = row.words.general_units - units
        if made_of(words, units | general) and not made_of(words, general):
            return number
    return _UNKNOWN_MEASURE
