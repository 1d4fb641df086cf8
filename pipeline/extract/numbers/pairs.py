"""Cells with several figures: a pair where the row takes one, else an error that offers them."""

from pipeline.extract.numbers.amounts import GROUP
from pipeline.extract.numbers.figure_items import Item, pairs_of, values_of
from pipeline.extract.numbers.reading import Reading, refused
from pipeline.extract.numbers.vocabulary import Vocabulary, made_of, measure_of
from pipeline.extract.numbers.words import NumberWords
from pipeline.findings import codes


def read_several(head: list[str], items: list[Item], vocabulary: Vocabulary) -> Reading:
    """Read a cell with several figures: a pair where the row takes one, else an error."""
    values, pairs = values_of(items), pairs_of(items)
    if not pairs:
        return _refused_figures(items)
    first, second = items
    if head:
        code = codes.NOT_A_NUMBER if head[0].isalpha() else codes.AMBIGUOUS
        return refused(code, values, pairs)
    if vocabulary.pair and (reading := _read_pair(first, second, vocabulary)):
        return reading
    if first.marks == "-" and not first.words:
        return refused(codes.APPROXIMATE, values, pairs)
    if not first.words and not second.words:
        return refused(codes.AMBIGUOUS, _bare_candidates(first, second), pairs)
    return refused(_code_of_two(first, second, vocabulary), values, pairs)


def _refused_figures(items: list[Item]) -> Reading:
    """Refuse three figures and more, or two of which one cannot be read."""
    values = values_of(items)
    if len(values) == len(items) and any(item.words for item in items):
        return refused(codes.TWO_KINDS, values)
    return refused(codes.AMBIGUOUS, _joined(items))


def _joined(items: list[Item]) -> tuple[int, ...]:
    """Offer "1. 500. 000" without its spaces."""
    if any(item.rest not in ("", ".", ",") for item in items):
        return ()
    if any(len(item.digits) != GROUP for item in items[1:]):
        return ()
    return (int("".join(item.digits for item in items)),)


def _bare_candidates(first: Item, second: Item) -> tuple[int, ...]:
    one, two = first.amount.value or 0, second.amount.value or 0
    if first.marks == "+":
        return one + two, one, two
    if first.marks:
        return one, two
    return (int(first.digits + second.digits),)


def _code_of_two(first: Item, second: Item, vocabulary: Vocabulary) -> str:
    """Say what two figures with words are on a row that cannot take them."""
    one = _without_joiner(first, vocabulary.words)
    two = second.words
    if vocabulary.pair:
        measures = measure_of(one, vocabulary), measure_of(two, vocabulary)
        is_one_kind = measures[0] == measures[1] and measures[0] in (0, 1)
        return codes.TWO_KINDS if is_one_kind else codes.AMBIGUOUS
    if first.marks in ("/", "(") and not _are_units(one, two, vocabulary):
        return codes.PAIR_IN_SINGLE_ROW
    return codes.TWO_KINDS if one and two else codes.AMBIGUOUS


def _are_units(one: tuple[str, ...], two: tuple[str, ...], vocabulary: Vocabulary) -> bool:
    """Whether both figures are counted in words of this row."""
    if not one or not two:
        return False
    return made_of(one, vocabulary.units) and made_of(two, vocabulary.units)


def _without_joiner(item: Item, language: NumberWords) -> tuple[str, ...]:
    words = item.words
    if words and not item.marks and words[-1] in language.joiners:
        return words[:-1]
    return words


def _may_be_second(first: Item, second: Item) -> bool:
    """Tell a number in brackets from the mark of a footnote: it says what it counts, or is as large as the first.

    "12 (340)" and "12 (5 người)" are pairs, "14(1)" is 14 with a mark.
    """
    is_large = len(second.digits) > 1 and (second.amount.value or 0) >= (first.amount.value or 0)
    return bool(second.words) or is_large


def _read_pair(first: Item, second: Item, vocabulary: Vocabulary) -> Reading | None:
    """Split "12 lớp/340 người": by its words, or without them only at a slash or a bracket."""
    one, two = first.amount.value, second.amount.value
    if not (_has_words_first(first) and _has_words_first(second)):
        return None
    measures = (
        measure_of(_without_joiner(first, vocabulary.words), vocabulary),
        measure_of(second.words, vocabulary),
    )
    is_split = _is_split(first, second)
    if is_split and measures in ((None, None), (0, None), (None, 1)):
        return Reading("read", one, two, codes.PAIR_SPLIT)
    is_listed = first.marks in ("", ",", ";", "-", "+", "&") and not second.marks
    if is_split or is_listed:
        if measures == (0, 1):
            return Reading("read", one, two, codes.PAIR_SPLIT)
        if measures == (1, 0):
            return Reading("read", two, one, codes.PAIR_SPLIT)
    return None


def _has_words_first(item: Item) -> bool:
    """Whether no word stands behind a sign: in "12/lớp 340" it belongs to neither figure for sure."""
    return item.rest == "".join(item.words) + item.marks


def _is_split(first: Item, second: Item) -> bool:
    """Whether a slash or brackets part two figures."""
    between = first.marks, second.marks
    if between == ("/", ""):
        return True
    return between == ("(", ")") and _may_be_second(first, second)
