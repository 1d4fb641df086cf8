"""The figures of a text with what follows each, and the reading of a cell with one of them."""

from dataclasses import dataclass

from pipeline.extract.numbers.amounts import read_amount
from pipeline.extract.numbers.reading import Reading, graver, refused
from pipeline.extract.numbers.row import Row, made_of, measure_of
from pipeline.findings import codes


@dataclass(slots=True)
class Item:
    """One figure of a cell, and what follows it up to the next."""

    amount: Reading
    digits: str
    words: tuple[str, ...] = ()
    marks: str = ""
    rest: str = ""
    """words and marks in their order, without spaces"""


def split_items(tokens: list[str], row: Row) -> tuple[list[str], list[Item]]:
    """Split a cell into what stands before the first figure and the figures with what follows each."""
    head: list[str] = []
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        token, start = tokens[at], at
        at += 1
        if token[0].isdecimal():
            amount, at = read_amount(tokens, start, row)
            items.append(Item(amount, "".join(filter(str.isdecimal, "".join(tokens[start:at])))))
        elif not items:
            head.append(token)
        else:
            items[-1].words += (token,) if token.isalpha() else ()
            items[-1].marks += "" if token.isalpha() else token
            items[-1].rest += token
    return head, items


def values_of(items: list[Item]) -> tuple[int, ...]:
    """Return the numbers of the figures that could be read."""
    return tuple(item.amount.value for item in items if item.amount.value is not None)


def pairs_of(items: list[Item]) -> tuple[tuple[int, int], ...]:
    """Return two figures as a pair, where there are just two and both could be read."""
    values = values_of(items)
    return ((values[0], values[1]),) if len(values) == len(items) == 2 else ()  # noqa: PLR2004 - a pair


def read_one(head: list[str], item: Item, row: Row) -> Reading:
    """Read a cell with one figure, by what stands before and after it."""
    amount, code = item.amount, _beside(item, row)
    suggested = _suggested(head, item, row)
    if head == ["-"]:
        return refused(codes.NEGATIVE, suggested)
    if head and not made_of(tuple(head), row.currency):
        # "(12)" is minus twelve to an accountant, "+12" a change.
        return refused(codes.AMBIGUOUS if head in (["("], ["+"]) else codes.NOT_A_NUMBER, suggested)
    if code is None:
        return refused(codes.NOT_A_NUMBER if item.words else codes.AMBIGUOUS, suggested)
    return graver(graver(amount, code), codes.GROUPING_REMOVED if head else "")


def _beside(item: Item, row: Row) -> str | None:
    """Return the code of what follows a figure without changing it; "" for nothing, None for all else."""
    words, marks = item.words, item.marks
    if not words and not marks:
        return ""
    if row.currency and marks in row.words.closings and made_of(words, row.currency):
        return codes.GROUPING_REMOVED
    if item.rest in row.printed_units or (words and marks in ("", "()") and made_of(words, row.units)):
        return codes.UNIT_WORD_REMOVED
    if marks == "()" and row.words.in_letters.get(" ".join(words), -1) == item.amount.value:
        return codes.UNIT_WORD_REMOVED
    return None


def _suggested(head: list[str], item: Item, row: Row) -> tuple[int, ...]:
    """Offer the figure beside unknown words, unless they show that it is not the number meant."""
    if item.amount.value is None:
        return item.amount.candidates
    if _beside(item, row) is None:
        words = {*head, *item.words}
        language = row.words
        other_number = words & (language.no_suggestion | language.magnitudes.keys() | language.currency)
        other_cell = row.pair is not None and measure_of(item.words, row) in (0, 1)
        # A single letter may be an O or an l typed for a digit.
        misspelt = any(len(word) == 1 and word.isalpha() for word in words) or not item.marks.isascii()
        if other_number or other_cell or misspelt:
            return ()
    return (item.amount.value,)
