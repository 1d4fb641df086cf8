"""What we use of xlsxwriter that it does not promise: an upgrade lands here, and nowhere else.

Tried with xlsxwriter 3.3.1. What would break, and how it would show (`tests/test_xlsxwriter_inside.py`):

- `_check_dimensions`, `_write_string`, `_write_formula`, `_write_url` of a sheet are called for every cell, under every
  public name; renamed, our limits would no longer be asked, and Excel would drop what does not fit.
- `hlink_count` counts the links of a sheet; renamed, writing a link raises.
- `_xml_start_tag_unencoded` writes the tag of a row; renamed, rows of the template no longer grow with their texts.
- `str_table.string_table` and `table` hold texts and cells until the workbook is closed; renamed or of another shape,
  the digest of a summary could not be made, or every summary would look edited on the next run.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.sheet_limits import (
    LONGEST_FORMULA,
    MOST_COLUMNS,
    MOST_LINKS,
    MOST_ROWS,
    SheetLimitError,
)

Value = Any
"""a text, a number, or the result kept with a formula"""


class GuardedSheet(Worksheet):
    """A sheet that takes everything it is given, or raises `SheetLimitError`.

    xlsxwriter leaves out a cell beyond the sheet, a link too many or the end of a text too long, and says so in a
    return code alone.
    """

    def _check_dimensions(self, row: int, col: int, ignore_row: bool = False, ignore_col: bool = False) -> int:
        if not (0 <= row < MOST_ROWS and 0 <= col < MOST_COLUMNS):
            raise SheetLimitError(f"{self.name}: no sheet has row {row + 1}, column {col + 1}")
        code: int = super()._check_dimensions(row, col, ignore_row, ignore_col)
        return code

    def _write_string(self, *args: Any) -> Any:  # noqa: ANN401 - xlsxwriter names its codes one by one
        # Hundreds of thousands of cells come through here: a call less for each is worth a line.
        code = super()._write_string(*args)
        return code and self._taken(code)

    def _write_formula(self, row: int, col: int, formula: str, *rest: Any) -> Any:  # noqa: ANN401
        if len(formula) > LONGEST_FORMULA:
            raise SheetLimitError(f"{self.name}: a formula of {len(formula)} characters")
        return self._taken(super()._write_formula(row, col, formula, *rest))

    def _write_url(self, *args: Any) -> Any:  # noqa: ANN401
        if self.hlink_count >= MOST_LINKS:
            raise SheetLimitError(f"{self.name}: more than {MOST_LINKS} links")
        return self._taken(super()._write_url(*args))

    # The three below also take "A1:B2" for a range; nobody here calls them so.

    def merge_range(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Merge cells, as xlsxwriter does."""
        return self._taken(super().merge_range(*args))

    def data_validation(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Bound what may be typed, as xlsxwriter does."""
        return self._taken(super().data_validation(*args))

    def conditional_format(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Make a look depend on what stands there, as xlsxwriter does."""
        return self._taken(super().conditional_format(*args))

    def _taken(self, code: int) -> int:
        """Hand a return code on; one that says that something was left out is an error."""
        if code:
            raise SheetLimitError(f"{self.name}: xlsxwriter left something out (code {code})")
        return code


class GuardedWorkbook(Workbook):
    """A workbook all of whose sheets are guarded."""

    worksheet_class = GuardedSheet


class GrowingSheet(Worksheet):
    """A sheet of which some rows have a height that is only proposed, so that they grow with what is typed into them.

    Excel keeps a height that a person chose, and fits any other anew when a cell of the row is edited ("customHeight",
    ECMA-376 part 1, 18.3.1.73). The library writes every height as a chosen one; without any, a program that does not
    measure texts while it opens a workbook would cut the labels off.
    """

    def __init__(self) -> None:
        """Make a sheet whose rows all keep their height."""
        super().__init__()
        self._growing: set[int] = set()

    def let_grow(self, row: int) -> None:
        """Let a row, counted from 0, grow with its texts."""
        self._growing.add(row)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        if tag == "row" and dict(attributes)["r"] - 1 in self._growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


def add_growing_sheet(workbook: Workbook, name: str) -> GrowingSheet:
    """Add such a sheet to a workbook."""
    sheet = workbook.add_worksheet(name, GrowingSheet)
    assert isinstance(sheet, GrowingSheet)
    return sheet


class WrittenSheet(NamedTuple):
    """What was written into a sheet of a workbook that is not closed yet."""

    name: str
    rows: list[list[Value]]
    """from the first row and column on, each as long as the longest; "" where nothing is shown"""
    formulas: frozenset[tuple[int, int]]
    """row and column of each cell that holds a formula"""


def written_sheets(workbook: Workbook) -> Iterator[WrittenSheet]:
    """Yield the sheets of a workbook that is being written as they will be read."""
    # A cell holds the place of its text in a table that all sheets share; the table keeps the order of writing.
    texts = list(workbook.str_table.string_table)
    for sheet in workbook.worksheets():
        cells: Mapping[int, Mapping[int, object]] = sheet.table
        yield WrittenSheet(str(sheet.name), _rows(cells, texts), frozenset(_formulas(cells)))


def _rows(cells: Mapping[int, Mapping[int, object]], texts: Sequence[str]) -> list[list[Value]]:
    height = max(cells, default=-1) + 1
    width = 0
    for line in cells.values():
        width = max(width, max(line, default=-1) + 1)
    rows: list[list[Value]] = [[""] * width for _ in range(height)]
    for row, line in cells.items():
        for column, cell in line.items():
            rows[row][column] = _shown_in(cell, texts)
    return rows


def _shown_in(cell: object, texts: Sequence[str]) -> Value:
    """What a cell shows: a text by its place in the table of texts, a number, or the result kept with a formula."""
    place: int | None = getattr(cell, "string", None)
    if place is not None:
        return texts[place]
    return getattr(cell, "number", getattr(cell, "value", ""))


def _formulas(cells: Mapping[int, Mapping[int, object]]) -> Iterator[tuple[int, int]]:
    for row, line in cells.items():
        for column, cell in line.items():
            if hasattr(cell, "formula"):
                yield row, column
