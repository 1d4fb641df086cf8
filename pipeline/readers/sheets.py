"""Bytes of a workbook to grids of cells with their physical addresses. The one door to python-calamine.

calamine reads xlsx, xlsm, xlsb, xls and ods about 25 times as fast as openpyxl. It builds every cell between the
first and the last used one, so the extent is asked for before a cell is built.
"""

import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineWorkbook, SheetMetadata, SheetTypeEnum, SheetVisibleEnum

from pipeline.findings import codes
from pipeline.model.limits import Limits
from pipeline.readers.kinds import Unreadable

MOST_ROWS, MOST_COLUMNS = 2**20, 2**14
"""of a sheet in any of the formats"""


@dataclass(frozen=True, slots=True)
class Unseen:
    """What a cell holds that calamine gives as blank, or as a number nobody stated. It is never a blank or a number."""

    code: str
    """the finding that says what it is"""
    text: str
    """as a person sees it: "#REF!", "=" for a formula without a result"""

    def __str__(self) -> str:
        """Show it as a person sees it."""
        return self.text


READERS_DIFFER = codes.READERS_DIFFER
"""code of a cell that calamine and the second look saw differently"""

CellValue = str | int | float | bool | datetime | date | time | timedelta | Unseen
"""what a cell holds; "" for a cell without a value"""


_PLAIN_DIGITS = re.compile(r"\s*([0-9]{1,15})\s*")


def value_of_text(text: str) -> CellValue:
    """Take plain digits as a number where a format knows texts alone; a code with a leading zero stays a text."""
    digits = _PLAIN_DIGITS.fullmatch(text)
    return int(digits[1]) if digits and (digits[1] == "0" or digits[1][0] != "0") else text


class OverLimit(Exception):  # noqa: N818 - it tells of the file, not of the program
    """The workbook is beyond a limit: (limit, measured, allowed)."""

    def __init__(self, limit: str, measured: int, allowed: int) -> None:
        """Keep the three figures that the finding names."""
        super().__init__(limit, measured, allowed)
        self.limit, self.measured, self.allowed = limit, measured, allowed


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet as a grid. Addresses are zero-based and physical: row 0 is the row that Excel calls 1."""

    name: str
    hidden: bool
    first_row: int
    first_column: int
    rows: Sequence[Sequence[CellValue]]
    merged: tuple[tuple[int, int, int, int], ...]
    """(first row, first column, last row, last column); empty where the format does not tell (ods)"""
    lines_above: int = 0
    """so many rows at its end are lines that stand above the table in a document of Word"""

    def value(self, row: int, column: int) -> CellValue:
        """Value at a physical address; "" outside the grid."""
        line, place = row - self.first_row, column - self.first_column
        if 0 <= line < len(self.rows) and 0 <= place < len(self.rows[line]):
            return self.rows[line][place]
        return ""

    def filled(self, rows: range | None = None) -> Iterator[tuple[int, int, CellValue]]:
        """Every cell that holds something, in all rows or some: (row, column, value), in reading order."""
        start, stop = (self.first_row, self.first_row + len(self.rows)) if rows is None else (rows.start, rows.stop)
        for line in range(max(start, self.first_row), min(stop, self.first_row + len(self.rows))):
            for place, value in enumerate(self.rows[line - self.first_row], self.first_column):
                if value != "":
                    yield line, place, value


def cell_name(row: int, column: int) -> str:
    """Address as Excel shows it: (11, 3) is "D12"."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def with_cells(sheet: Sheet, cells: Mapping[tuple[int, int], CellValue], limits: Limits) -> Sheet:
    """Put values into a sheet, which grows as far as they stand.

    Raises:
        Unreadable: a cell stands where no sheet has one.
        OverLimit: the sheet becomes too large.
    """
    rows, columns = {row for row, _ in cells}, {column for _, column in cells}
    if sheet.rows:
        rows |= {sheet.first_row, sheet.first_row + len(sheet.rows) - 1}
        columns |= {sheet.first_column, sheet.first_column + max(map(len, sheet.rows)) - 1}
    start, end = (min(rows), min(columns)), (max(rows), max(columns))
    _check_extent(start, end, limits)
    grid = [[sheet.value(row, column) for column in range(start[1], end[1] + 1)] for row in range(start[0], end[0] + 1)]
    for (row, column), value in cells.items():
        grid[row - start[0]][column - start[1]] = value
    return replace(sheet, first_row=start[0], first_column=start[1], rows=grid)


def _no_mend() -> None:
    """Give nothing that could be read in the place of the bytes."""


def read_sheets(
    data: bytes,
    limits: Limits,
    names: Collection[str] | None = None,
    mended: Callable[[], bytes | None] = _no_mend,
) -> Iterator[Sheet]:
    """Read the sheets of a workbook one by one, in their order; charts and macro sheets are passed over.

    `names` bounds them to some. `mended` is asked once, where calamine cannot make sense of the bytes, for others
    that hold the same sheets.

    Raises:
        Unreadable: calamine cannot make sense of the bytes, or of one sheet, nor of the mended ones.
        OverLimit: too many sheets, or a sheet too large to be built.
    """
    try:
        workbook, listed = _opened(data)
    except Unreadable as error:
        workbook, listed = _opened_again(mended, error)
        mended = _no_mend
    if not listed:
        raise Unreadable("a workbook without any sheet")
    if len(listed) > limits.sheets:
        raise OverLimit("sheets", len(listed), limits.sheets)
    for index, meta in enumerate(listed):
        if meta.typ is not SheetTypeEnum.WorkSheet or not (names is None or meta.name in names):
            continue
        hidden = meta.visible is not SheetVisibleEnum.Visible
        try:
            sheet = _read_sheet(workbook, index, hidden, limits)
        except Unreadable as error:
            workbook, _ = _opened_again(mended, error)
            mended = _no_mend
            sheet = _read_sheet(workbook, index, hidden, limits)
        yield sheet


def _opened(data: bytes) -> tuple[CalamineWorkbook, list[SheetMetadata]]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return workbook, workbook.sheets_metadata
    except BaseException as error:
        raise _as_unreadable(error) from None


def _opened_again(
    mended: Callable[[], bytes | None], refused: Unreadable
) -> tuple[CalamineWorkbook, list[SheetMetadata]]:
    """Open the mended bytes; where there are none, what refused the others goes on."""
    data = mended()
    if data is None:
        raise refused
    return _opened(data)


def _read_sheet(workbook: CalamineWorkbook, index: int, hidden: bool, limits: Limits) -> Sheet:
    try:
        sheet = workbook.get_sheet_by_index(index)
        start, end = sheet.start, sheet.end
        if start is None or end is None:
            return Sheet(sheet.name, hidden, 0, 0, [], ())
        _check_extent(start, end, limits)
        rows = sheet.to_python(skip_empty_area=True)
        merged = sheet.merged_cell_ranges or []
    except OverLimit:
        raise
    except BaseException as error:
        raise _as_unreadable(error) from None
    spans = tuple((top[0], top[1], bottom[0], bottom[1]) for top, bottom in merged)
    return Sheet(sheet.name, hidden, start[0], start[1], rows, spans)


def _check_extent(start: tuple[int, int], end: tuple[int, int], limits: Limits) -> None:
    rows, columns = end[0] + 1, end[1] + 1
    if rows > MOST_ROWS or columns > MOST_COLUMNS:
        raise Unreadable("a cell stands where no sheet has one")
    cells = (end[0] - start[0] + 1) * (end[1] - start[1] + 1)
    for limit, measured, allowed in (
        ("rows", rows, limits.rows),
        ("columns", columns, limits.columns),
        ("cells", cells, limits.cells),
    ):
        if measured > allowed:
            raise OverLimit(limit, measured, allowed)


def _as_unreadable(error: BaseException) -> Unreadable:
    """Turn calamine's errors, and the panics of its Rust half, into one. Anything else goes on as it is.

    A panic reaches Python as `PanicException`, a BaseException whose class cannot be imported; after it the same
    process goes on working (PyO3's documented behaviour).
    """
    if (
        isinstance(error, CalamineError | OSError | ValueError | OverflowError)
        or type(error).__name__ == "PanicException"
    ):
        return Unreadable(str(error))
    raise error
