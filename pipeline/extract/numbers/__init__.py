"""Read one typed cell to a whole number, or say why it cannot be one.

The rule throughout: a cell with one possible reading is read, and what was changed is told; a cell with two
is an error that offers both. Only integers are computed with, so no sum of money is ever rounded.
"""

from collections.abc import Sequence

from pipeline.extract.numbers.money_sums import sums_in
from pipeline.extract.numbers.reading import BLANK, Kind, Reading
from pipeline.extract.numbers.text import read_text
from pipeline.extract.numbers.typed import (
    at_fifteen_digits,
    read_date,
    read_fraction,
    read_whole,
)
from pipeline.extract.numbers.vocabulary import vocabulary_of
from pipeline.extract.numbers.words import NumberWords, load_number_words
from pipeline.findings import codes

__all__ = [
    "Kind",
    "NumberWords",
    "Reading",
    "at_fifteen_digits",
    "load_number_words",
    "read_number",
    "sums_in",
]


def read_number(
    value: object,
    *,
    kind: Kind,
    words: NumberWords,
    units: Sequence[str] = (),
    pair_units: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Reading:
    """Read one cell as calamine gave it to a whole number of things, or of dong.

    `units` are the words that may follow a figure without changing it: those of this very measure, or
    "340 người" would count as classes. `pair_units` are the words of the first and the second measure where
    one cell may hold both; `value` is then the first and `second` the second, whatever their order in the
    cell. Never raises for a value; errors of Excel and percent formats are seen only where they are text.
    """
    if value is None or value == "":
        return BLANK
    if isinstance(value, bool):
        return Reading(
            "unreadable",
            code=codes.TRUE_OR_FALSE,
            found="TRUE" if value else "FALSE",
        )
    if isinstance(value, int):
        return read_whole(value, kind)
    if isinstance(value, float):
        return read_whole(int(value), kind) if value.is_integer() else read_fraction(value, kind)
    if isinstance(value, str):
        pair = None
        if pair_units:
            pair = (tuple(pair_units[0]), tuple(pair_units[1]))
        return read_text(value, vocabulary_of(kind, words, tuple(units), pair))
    return read_date(value)
