"""Numbers in the column of ordinals that number no row: beside a blank cell they may be what belongs there."""

from pipeline.extract.cells.form_page import FormPage, Seen, as_text
from pipeline.findings import codes, finding
from pipeline.model import State
from pipeline.readers.sheets import cell_name
from schemas.form import Row
from schemas.text import fold


def tell_of_ordinals(page: FormPage) -> None:
    """Tell of a number that stands in the column of ordinals, beside a blank, and is not the number of its row.

    A unit may number the rows anew; then each number follows the one above it.
    """
    column = _column_of_ordinals(page)
    if column is None or page.source.is_summary:
        return
    before = 0
    for row in page.form.rows:
        line = page.located.rows.get(row.key)
        if line is None:
            continue
        value = page.sheet.value(line, column)
        typed = fold(as_text(value)) if value != "" else ""
        if not typed.isdecimal():
            continue
        number = int(typed)
        if typed == fold(row.stt) or number in (1, before + 1):
            before = number
        elif number and (line, column) not in page.located.unclaimed:
            _tell_of_number(page, row, cell_name(line, column), typed)


def _column_of_ordinals(page: FormPage) -> int | None:
    for column in page.form.columns:
        if column.role == "ordinal":
            return page.located.columns.get(column.key)
    return None


def _tell_of_number(page: FormPage, row: Row, cell: str, typed: str) -> None:
    """Tell of the number where one of its row is blank, and take that blank for no 0."""
    blanks = [draft for draft in page.cells_of(row) if draft.state is State.BLANK and draft.cell]
    if not blanks:
        return
    page.findings.append(finding(codes.NUMBER_AMONG_ORDINALS, cell=cell, row=row.key, found=typed))
    for draft in blanks:
        page.elsewhere.setdefault(draft.key, Seen("", is_plain=True))
