"""What every reader of returns gives, whatever the format: one `Book`.

A format is one file that makes a `Book`, a line in `formats.py`, and its words; nothing behind them asks for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.readers.raw import SheetFacts, WorkbookFacts
from pipeline.readers.sheets import Sheet

HoldsForm = Callable[[Sheet], bool]
"""whether a form is found on a sheet"""


def _no_sheets(holds_form: HoldsForm) -> Iterator[Sheet]:
    yield from ()


@dataclass(frozen=True, slots=True)
class Book:
    """A file that may hold returns, and what its format means for the reading of its cells."""

    look: Callable[[Sheet], SheetFacts | None]
    """the second look at a sheet; None where it is impossible, and then a blank cell is not known to be blank"""
    sheets: Callable[[HoldsForm], Iterator[Sheet]] = _no_sheets
    """the sheets one by one; a text gives those alone that hold a form, or that nothing tells from one.
    Raises `Unreadable` and `OverLimit`."""
    format: str = ""
    """what a file of this kind ends with: "xlsx" """
    facts: WorkbookFacts | None = None
    """what the whole file says of itself"""
    stores_zero: bool = False
    """the format keeps 0 for a formula that was never calculated (xls)"""
    every_value_is_text: bool = False
    """every number is a text that was read as one, and nothing is hidden behind a blank or a format"""
    needs_heads: bool = False
    """labels of rows without a head of a column of numbers are no form there, but a list of what the form asks"""
    told_as: str = ""
    """code of the finding that says that figures were read from such a file; empty for a workbook"""
    is_sound: Callable[[], bool] = lambda: False
    """whether a person can open what `sheets` could not read"""
