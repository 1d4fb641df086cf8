"""Cells with several figures: a pair where the row takes one, else an error that offers them."""

from pipeline.extract.numbers.amounts import GROUP
from pipeline.extract.numbers.figures import Item, pairs_of, values_of
from pipeline.extract.numbers.reading import Reading, refused
from pipeline.extract.numbers.row import Row, made_of, measure_of
from pipeline.extract.numbers.words import NumberWords
from pipeline.findings import codes


def read_several(head: list[str], items: list[Item], row: Row) -> Reading:
    """Read a cell with several figures: a pair where the row takes one, else an error."""
    values, pairs = values_of(items), pairs_of(items)
    if not pairs:
        worded = len(values) == len(items) and any(item.words for item in items)
        return refused(codes.TWO_KINDS, values) if worded else refused(codes.AMBIGUOUS, _joined(items))
    first, second = items
    if head:
        return refused(codes.NOT_A_NUMBER if head[0].isalpha() else codes.AMBIGUOUS, values, pairs)
    if row.pair and (reading := _read_pair(first, second, row)):
        return reading
    if first.marks == "-" and not first.words:
        return refused(codes.APPROXIMATE, values, pairs)
    if not first.words and not second.words:
        return refused(codes.AMBIGUOUS, _bare_candidates(first, second), pairs)
    return refused(_code_of_two(first, second, row), values, pairs)


def _joined(items: list[Item]) -> tuple[int, ...]:
    """Offer "1. 500. 000" without its spaces."""
    spaced = all(item.rest in ("", ".", ",") for item in items)
    spaced = spaced and all(len(item.digits) == GROUP for item in items[1:])
    return (int("".join(item.digits for item in items)),) if spaced else ()


def _bare_candidates(first: Item, second: Item) -> tuple[int, ...]:
    one, two = first.amount.value or 0, second.amount.value or 0
    if first.marks == "+":
        return one + two, one, two
    return (int(first.digits + second.digits),) if not first.marks else (one, two)


def _code_of_two(first: Item, second: Item, row: Row) -> str:
    """Say what two figures with words are on a row that cannot take them."""
    one, two = _without_joiner(first, row.words), second.words
    if row.pair:
        measures = measure_of(one, row), measure_of(two, row)
        return codes.TWO_KINDS if measures[0] == measures[1] and measures[0] in (0, 1) else codes.AMBIGUOUS
    of_this_row = bool(one) and bool(two) and made_of(one, row.units) and made_of(two, row.units)
    if first.marks in ("/", "(") and not of_this_row:
        return codes.PAIR_IN_SINGLE_ROW
    return codes.TWO_KINDS if one and two else codes.AMBIGUOUS


def _without_joiner(item: Item, language: NumberWords) -> tuple[str, ...]:
    words = item.words
    return words[:-1] if words and not item.marks and words[-1] in language.joiners else words


def _may_be_second(first: Item, second: Item) -> bool:
    """Tell a number in brackets from the mark of a footnote: it says what it counts, or is as large as the first.

    "12 (340)" and "12 (5 người)" are pairs, "14(1)" is 14 with a mark.
    """
    is_large = len(second.digits) > 1 and (second.amount.value or 0) >= (first.amount.value or 0)
    return bool(second.words) or is_large


def _read_pair(first: Item, second: Item, row: Row) -> Reading | None:
    """Split "12 lớp/340 người": by its words, or without them only at a slash or a bracket."""
    one, two = first.amount.value, second.amount.value
    measures = measure_of(_without_joiner(first, row.words), row), measure_of(second.words, row)
    if any(item.rest != "".join(item.words) + item.marks for item in (first, second)):
        # "12/lớp 340": the word after the sign belongs to neither figure for sure.
        return None
    between = first.marks, second.marks
    split = between == ("/", "") or (between == ("(", ")") and _may_be_second(first, second))
    if split and measures in ((None, None), (0, None), (None, 1)):
        return Reading("read", one, two, codes.PAIR_SPLIT)
    if split or (first.marks in ("", ",", ";", "-", "+", "&") and not second.marks):
        if measures == (0, 1):
            return Reading("read", one, two, codes.PAIR_SPLIT)
        if measures == (1, 0):
            return Reading("read", two, one, codes.PAIR_SPLIT)
    return None
