"""The figures of a text with what follows each, and the reading of a cell with one of them."""

from dataclasses import dataclass

from pipeline.extract.numbers.amounts import read_amount
from pipeline.extract.numbers.reading import Reading, graver, refused
from pipeline.extract.numbers.vocabulary import Vocabulary, made_of, measure_of
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


def split_items(tokens: list[str], vocabulary: Vocabulary) -> tuple[list[str], list[Item]]:
    """Split a cell into what stands before the first figure and the figures with what follows each."""
    head: list[str] = []
    items: list[Item] = []
    at = 0
    while at < len(tokens):
        token, start = tokens[at], at
        at += 1
        if token[0].isdecimal():
            amount, at = read_amount(tokens, start, vocabulary)
            digits = filter(str.isdecimal, "".join(tokens[start:at]))
            items.append(Item(amount, "".join(digits)))
        elif not items:
            head.append(token)
        else:
            latest = items[-1]
            if token.isalpha():
                latest.words += (token,)
            else:
                latest.marks += token
            latest.rest += token
    return head, items


def values_of(items: list[Item]) -> tuple[int, ...]:
    """Return the numbers of the figures that could be read."""
    return tuple(item.amount.value for item in items if item.amount.value is not None)


def pairs_of(items: list[Item]) -> tuple[tuple[int, int], ...]:
    """Return two figures as a pair, where there are just two and both could be read."""
    values = values_of(items)
    return ((values[0], values[1]),) if len(values) == len(items) == 2 else ()  # noqa: PLR2004 - a pair


def read_one(head: list[str], item: Item, vocabulary: Vocabulary) -> Reading:
    """Read a cell with one figure, by what stands before and after it."""
    code = _beside(item, vocabulary)
    suggested = _suggested(head, item, vocabulary)
    if head == ["-"]:
        return refused(codes.NEGATIVE, suggested)
    if head and not made_of(tuple(head), vocabulary.currency):
        # "(12)" is minus twelve to an accountant, "+12" a change.
        is_sign = head in (["("], ["+"])
        return refused(codes.AMBIGUOUS if is_sign else codes.NOT_A_NUMBER, suggested)
    if code is None:
        return refused(codes.NOT_A_NUMBER if item.words else codes.AMBIGUOUS, suggested)
    amount = graver(item.amount, code)
    return graver(amount, codes.GROUPING_REMOVED) if head else amount


def _beside(item: Item, vocabulary: Vocabulary) -> str | None:
    """Return the code of what follows a figure without changing it; "" for nothing, None for all else."""
    words, marks = item.words, item.marks
    if not words and not marks:
        return ""
    if _is_currency(words, marks, vocabulary):
        return codes.GROUPING_REMOVED
    if item.rest in vocabulary.printed_units:
        return codes.UNIT_WORD_REMOVED
    if words and marks in ("", "()") and made_of(words, vocabulary.units):
        return codes.UNIT_WORD_REMOVED
    # "12 (mười hai)" says its number once more.
    if marks == "()" and vocabulary.words.in_letters.get(" ".join(words), -1) == item.amount.value:
        return codes.UNIT_WORD_REMOVED
    return None


def _is_currency(words: tuple[str, ...], marks: str, vocabulary: Vocabulary) -> bool:
    """Whether a sum ends in its currency, or in the signs that close it."""
    if not vocabulary.currency or marks not in vocabulary.words.closings:
        return False
    return made_of(words, vocabulary.currency)


def _suggested(head: list[str], item: Item, vocabulary: Vocabulary) -> tuple[int, ...]:
    """Offer the figure beside unknown words, unless they show that it is not the number meant."""
    if item.amount.value is None:
        return item.amount.candidates
    if _beside(item, vocabulary) is None and _is_other_number(head, item, vocabulary):
        return ()
    return (item.amount.value,)


def _is_other_number(head: list[str], item: Item, vocabulary: Vocabulary) -> bool:
    """Whether the words beside a figure show that it is not the number meant."""
    words = {*head, *item.words}
    language = vocabulary.words
    sizes = language.no_suggestion | language.magnitudes.keys() | language.currency
    if not words.isdisjoint(sizes):
        return True
    if vocabulary.pair is not None and measure_of(item.words, vocabulary) in (0, 1):
        return True
    # A single letter may be an O or an l typed for a digit.
    is_misspelt = any(len(word) == 1 and word.isalpha() for word in words)
    return is_misspelt or not item.marks.isascii()
