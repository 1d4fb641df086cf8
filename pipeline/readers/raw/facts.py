"""What is noted of a sheet and of a workbook, whatever their format."""

import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from pipeline.readers.kinds import TooLarge
from pipeline.readers.raw.dress import Dress, dress_of
from schemas.register import VIETNAM

Address = tuple[int, int]
RawValue = float | str | bool
"""what a cell stores: a number (a day by its serial number), a text with its escapes resolved, a truth value"""

MOST_CELLS = 1_000_000
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one sheet holds beside its values; every address is (row, column) from 0.

    `formulas` every cell with a formula of its own; `uncalculated` those without any cached value;
    `zero_cached` those whose cached value is the number 0, which some writers store for want of a result;
    `errors` the Excel errors by their text, with or without a formula; `percents` numbers shown as %;
    `dressed` numbers whose format shows more, less or something else than their digits; `pieced` texts (xlsx, ods)
    of pieces that the eye keeps apart and calamine joins, with a space between them.
    Hidden rows and columns are told as far as the sheet is used. `merged` is (row1, column1, row2, column2).
    `raw` is what this look itself read in each cell that holds a number, a text or a truth value, for comparing it
    with what calamine read; None where the look does not tell. `contradicted` are the cells that are stored more
    than once, or state two contents, with all of these (None is a blank).
    """

    formulas: frozenset[Address]
    uncalculated: frozenset[Address]
    zero_cached: frozenset[Address]
    errors: Mapping[Address, str]
    booleans: Mapping[Address, bool]
    percents: frozenset[Address]
    dressed: Mapping[Address, Dress]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[tuple[int, int, int, int], ...]
    pieced: Mapping[Address, str] = field(default_factory=dict)
    raw: Mapping[Address, RawValue] | None = None
    contradicted: Mapping[Address, tuple[RawValue | None, ...]] = field(default_factory=dict)
    dates_from_1904: bool = False
    """day 0 of the workbook's serial dates is 1 January 1904"""
    struck: frozenset[Address] = frozenset()
    """cells whose whole text a format strikes out"""
    comments: Mapping[Address, str] = field(default_factory=dict)
    """what people wrote into the comment of a cell, without their names"""
    beside: tuple[str, ...] = ()
    """what headers and footers of the page, and boxes of text that lie over the sheet, say"""


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What a workbook says of itself; `modified` bears a zone, +07:00 where the file states none."""

    modified: datetime | None
    macros: bool
    external_links: bool
    embedded_objects: bool


@dataclass(frozen=True, slots=True)
class ErrorValue:
    """An Excel error, by the text that Excel shows."""

    text: str


Value = None | bool | float | str | ErrorValue


@dataclass(slots=True)
class Notes:
    """What has been seen of a sheet so far."""

    formulas: set[Address] = field(default_factory=set)
    uncalculated: set[Address] = field(default_factory=set)
    zero_cached: set[Address] = field(default_factory=set)
    errors: dict[Address, str] = field(default_factory=dict)
    booleans: dict[Address, bool] = field(default_factory=dict)
    percents: set[Address] = field(default_factory=set)
    dressed: dict[Address, Dress] = field(default_factory=dict)
    pieced: dict[Address, str] = field(default_factory=dict)
    struck: set[Address] = field(default_factory=set)
    comments: dict[Address, str] = field(default_factory=dict)
    beside: list[str] = field(default_factory=list)
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    raw: dict[Address, RawValue] | None = None
    """a format that reads the stored values sets this to {} before its first cell"""
    contradicted: dict[Address, tuple[RawValue | None, ...]] = field(default_factory=dict)
    dates_from_1904: bool = False

    def use(self, row: int, column: int) -> None:
        """Count the used part of the sheet up to this cell."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def note(
        self, at: Address, value: Value, *, formula: bool, percent: bool = False, dress: Dress | None = None
    ) -> None:
        """Note a cell for what it holds; None is no value at all, a text may be empty."""
        if formula:
            self.formulas.add(at)
        if isinstance(value, ErrorValue):
            self.errors[at] = value.text
        elif isinstance(value, bool):
            self.booleans[at] = value
        elif isinstance(value, float):
            if percent:
                self.percents.add(at)
            elif dress:
                self.dressed[at] = dress
            if formula and value == 0:
                self.zero_cached.add(at)
        elif value is None and formula:
            self.uncalculated.add(at)

    def read(self, at: Address, value: Value) -> None:
        """Keep what a cell stores; a blank and an error store nothing that could be compared."""
        if self.raw is not None and value is not None and value != "" and not isinstance(value, ErrorValue):
            self.raw[at] = value

    def read_again(self, at: Address, value: Value) -> None:
        """Keep what a cell states a second time: nobody can tell which of two contents is meant."""
        other = self.errors.get(at) if self.raw is None else self.raw.get(at, self.errors.get(at))
        again = value.text if isinstance(value, ErrorValue) else value
        again = None if again == "" else again
        if again != other:
            self.contradicted[at] = (*self.contradicted.get(at, (other,)), again)
        self.read(at, value)

    def facts(self) -> SheetFacts:
        """All that was seen, hidden rows and columns cut to the used part."""
        return SheetFacts(
            formulas=frozenset(self.formulas),
            uncalculated=frozenset(self.uncalculated),
            zero_cached=frozenset(self.zero_cached),
            errors=self.errors,
            booleans=self.booleans,
            percents=frozenset(self.percents),
            dressed=self.dressed,
            hidden_rows=_within(self.hidden_rows, min(self.rows, MOST_ROWS)),
            hidden_columns=_within(self.hidden_columns, min(self.columns, MOST_COLUMNS)),
            merged=tuple(self.merged),
            pieced=self.pieced,
            raw=self.raw,
            contradicted=self.contradicted,
            dates_from_1904=self.dates_from_1904,
            struck=frozenset(self.struck),
            comments=self.comments,
            beside=tuple(dict.fromkeys(self.beside)),
        )


def _within(ranges: Iterable[range], end: int) -> frozenset[int]:
    spans = [range(span.start, min(span.stop, end)) for span in ranges]
    if sum(map(len, spans)) > MOST_ROWS:
        raise TooLarge("a sheet hides more rows or columns than a sheet has")
    return frozenset(number for span in spans for number in span)


_ERROR_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
PERCENT_FORMATS = frozenset({9, 10})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.S)


@dataclass(slots=True)
class NumberFormats:
    """The number formats of a binary workbook, and which cell formats use them."""

    formats: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(PERCENT_FORMATS, True))
    dresses: dict[int, Dress] = field(default_factory=dict)
    cell_formats: list[int] = field(default_factory=list)

    def define(self, number: int, code: str) -> None:
        """Take up a number format by its number and its code."""
        self.formats[number] = is_percent(code)
        if dress := dress_of(code):
            self.dresses[number] = dress

    def percent_cell_formats(self) -> frozenset[int]:
        """The numbers of the cell formats that show a percentage."""
        return frozenset(index for index, number in enumerate(self.cell_formats) if self.formats.get(number, False))

    def dressed_cell_formats(self) -> dict[int, Dress]:
        """The cell formats that dress their numbers, by their numbers."""
        return {i: self.dresses[n] for i, n in enumerate(self.cell_formats) if n in self.dresses}


def error_value(code: int) -> ErrorValue:
    """Give the error that a binary format means by a number ([MS-XLS] 2.5.10)."""
    return ErrorValue(_ERROR_CODES.get(code, "#N/A"))


def is_percent(code: str) -> bool:
    """Whether a format code multiplies by 100: a % that is neither quoted nor escaped (ECMA-376 18.8.31)."""
    return "%" in code and "%" in _NOT_FORMAT.sub("", code)


def moment_of(text: str | None) -> datetime | None:
    """Read a time in ISO 8601; one without a zone is Vietnam's, None is none, and so is one before or after all."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(VIETNAM) if moment.tzinfo else moment.replace(tzinfo=VIETNAM)
    except (ValueError, OverflowError):
        return None


def known_or_none(property_of: Callable[[], datetime | None]) -> datetime | None:
    """Read a property, which is not known where it is broken: no workbook is damaged by its properties.

    Writers leave impossible times there (gnumeric's samples array-intersection.xls, yalta2008.xls).
    """
    try:
        return property_of()
    except TooLarge:
        raise
    except (expat.ExpatError, ValueError, LookupError, ArithmeticError, struct.error):
        return None
