"""Addresses of cells and of ranges of them, as the parts of a workbook write them."""

import re
from collections.abc import Iterator

from pipeline.readers.raw.facts import MOST_COLUMNS, MOST_ROWS, Address

Area = tuple[int, int, int, int]
"""first row, first column, last row, last column, from 0"""

_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})")
_ROW = re.compile(r"\$?([0-9]{1,7})")
_LETTERS = 26


def column_of(letters: str) -> int:
    """Give the number of a column, from 0: "D" is 3."""
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def address_of(reference: str) -> Address | None:
    """Read the address of a cell; None where it is none."""
    match = _REFERENCE.fullmatch(reference)
    return (int(match[2]) - 1, column_of(match[1])) if match else None


def areas_of(references: str) -> Iterator[Area]:
    """Read a list of ranges, "D12 D14:E20 F:F"; what is none is passed over."""
    for reference in references.split():
        first, _, last = reference.rpartition("!")[2].partition(":")
        last = last or first
        top, bottom = address_of(first), address_of(last)
        if top and bottom:
            yield (*top, *bottom)
        elif (left := _COLUMN.fullmatch(first)) and (right := _COLUMN.fullmatch(last)):
            yield 0, column_of(left[1]), MOST_ROWS - 1, column_of(right[1])
        elif (upper := _ROW.fullmatch(first)) and (lower := _ROW.fullmatch(last)):
            yield int(upper[1]) - 1, 0, int(lower[1]) - 1, MOST_COLUMNS - 1


def lies_in(place: Address, area: Area) -> bool:
    """Tell whether a cell lies in a range."""
    return area[0] <= place[0] <= area[2] and area[1] <= place[1] <= area[3]
