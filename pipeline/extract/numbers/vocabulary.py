"""The words that a row lets stand beside a figure, and whether some words are made of them."""

from dataclasses import dataclass
from functools import lru_cache

from pipeline.extract.numbers.reading import Kind
from pipeline.extract.numbers.words import NumberWords, plain_words
from schemas.text import fold_words

LONGEST_UNIT = 6
_UNKNOWN_MEASURE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
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
def vocabulary_of(
    kind: Kind,
    words: NumberWords,
    units: tuple[str, ...],
    pair: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> Vocabulary:
    """Fold the words of a row once for all its cells; `pair` are the words of its two measures."""
    folded = frozenset(map(fold_words, units)) | words.general_units
    measures = None
    if pair:
        measures = (
            frozenset(map(fold_words, pair[0])),
            frozenset(map(fold_words, pair[1])),
        )
    joined = (plain.replace(" ", "") for plain in plain_words(units))
    printed = frozenset(unit for unit in joined if not unit.isalpha())
    currency = words.currency if kind == "money" else frozenset()
    return Vocabulary(kind, words, folded, printed, currency, measures)


def made_of(words: tuple[str, ...], vocabulary: frozenset[str]) -> bool:
    """Whether these words are entries of the vocabulary, one after the other ("lượt người")."""
    if not words:
        return True
    if len(words) > LONGEST_UNIT:
        return False
    for end in range(1, len(words) + 1):
        if " ".join(words[:end]) in vocabulary and made_of(words[end:], vocabulary):
            return True
    return False


def measure_of(words: tuple[str, ...], vocabulary: Vocabulary) -> int | None:
    """Return which measure of the pair the words name: 0, 1, None for no words, -1 for neither."""
    if not words:
        return None
    for number, units in enumerate(vocabulary.pair or ()):
        general = vocabulary.words.general_units - units
        if made_of(words, units | general) and not made_of(words, general):
            return number
    return _UNKNOWN_MEASURE
