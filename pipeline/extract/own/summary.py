"""Where the tables of a summary's list sheets stand, for whoever reads it back: one level up, or on a later run."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.extract.own.summary_words import load_summary_words
from pipeline.readers.sheets import Sheet
from schemas.form import Form
from schemas.rules import Cell
from schemas.text import fold

_WITHIN = 12
"""the heads stand in one of the first so many rows"""
ORGAN, MOTTO, DATE, TITLE, ATTACHMENT, STATE = (
    f"line.{name}" for name in ("organ", "motto", "date", "title", "attachment", "state")
)
"""keys of the lines above the totals, in the hidden column of row keys"""
DERIVED = "line.derived."
"""how the keys of the lines of derived sums below the totals begin; the id of a sum follows"""
SIGNED = "line.sign."
"""how the keys of the lines of posts below the totals begin; a number follows"""


@dataclass(frozen=True, slots=True)
class Heads:
    """A row of heads; false where not all of them were found in one row."""

    row: int
    columns: Mapping[str, int]
    """key -> column"""

    def __bool__(self) -> bool:
        """Whether all heads stand there."""
        return bool(self.columns)


@dataclass(frozen=True, slots=True)
class Matrix:
    """The sheet of units by rows of the form: its lines of units, and the line that adds them up."""

    sheet: Sheet
    code: int
    """column of the codes of units"""
    name: int
    group: int | None
    """hidden column with the number of the group of a unit, where there is one"""
    columns: Mapping[Cell, int]
    """number cell of the form -> its column"""
    lines: range
    """rows from the first unit to the total"""

    @property
    def total(self) -> int:
        """Row that adds up all units of the totals."""
        return self.lines[-1]

    def is_unit(self, row: int) -> bool:
        """Tell a line of a unit from one that adds up."""
        return self.sheet.value(row, self.code) != ""


def is_left_to_people(key: str, *, right: bool) -> bool:
    """Tell whether a half of a line below the totals is free: posts stand right, who made it in two lines left."""
    return not key or not (right or key in (f"{SIGNED}1", f"{SIGNED}2"))


def find_heads(sheet: Sheet, wanted: Mapping[str, str]) -> Heads:
    """Find the row that bears all the wanted heads, given as key -> text."""
    by_text = {fold(head): key for key, head in wanted.items()}
    rows: dict[int, dict[str, int]] = {}
    for row, column, value in sheet.filled():
        if row > _WITHIN:
            break
        key = by_text.get(fold(value)) if isinstance(value, str) else None
        if key:
            rows.setdefault(row, {}).setdefault(key, column)
    row, columns = max(rows.items(), key=lambda item: len(item[1]), default=(0, {}))
    return Heads(row, columns if len(columns) == len(by_text) else {})


def find_matrix(sheet: Sheet, form: Form) -> Matrix | None:
    """Find the lines and columns of the sheet of units by rows of the form; None where it is another or was rebuilt."""
    words = load_summary_words().of_section("matrix")
    heads = find_heads(sheet, {"code": words["code"], "name": words["unit"]})
    if not heads:
        return None
    code, name = heads.columns["code"], heads.columns["name"]
    after = max(code, name) + 2
    is_grouped = fold(str(sheet.value(heads.row, after))) == fold(words["group"])
    first = after + is_grouped
    columns = {cell: first + place for place, cell in enumerate(form.number_cells)}
    begin = next((row for row in _rows(sheet, heads.row) if sheet.value(row, code) != ""), None)
    total = next((row for row in _rows(sheet, heads.row) if _says(sheet, row, name, words["total"])), None)
    # One column more or less, and no column is known to be that of its cell.
    fits = bool(_head(sheet, heads.row, first + len(columns) - 1)) and not _head(sheet, heads.row, first + len(columns))
    if begin is None or total is None or total <= begin or not fits:
        return None
    return Matrix(sheet, code, name, after if is_grouped else None, columns, range(begin, total + 1))


def is_matrix(sheet: Sheet) -> bool:
    """Tell the sheet of units by rows of the form by its title."""
    _, _, first = next(sheet.filled(), (0, 0, ""))
    return isinstance(first, str) and fold(first) == fold(load_summary_words()("matrix.title"))


def _rows(sheet: Sheet, head: int) -> Iterator[int]:
    yield from range(head + 1, sheet.first_row + len(sheet.rows))


def _says(sheet: Sheet, row: int, column: int, text: str) -> bool:
    value = sheet.value(row, column)
    return isinstance(value, str) and fold(value) == fold(text)


def _head(sheet: Sheet, row: int, column: int) -> str:
    """Head of a column: that of its row of the form, or of its measure below it."""
    return str(sheet.value(row, column)) or str(sheet.value(row + 1, column))
