"""Numbers in the column of ordinals that number no row: beside a blank cell they may be what belongs there."""

from pipeline.extract.cells.page import NUMBERS, Page, Seen, as_text
from pipeline.findings import codes, finding
from pipeline.model import State
from pipeline.readers.sheets import cell_name
from schemas.rules import Cell
from schemas.text import fold


def tell_of_ordinals(page: Page) -> None:
    """Tell of a number that stands in the column of ordinals, beside a blank, and is not the number of its row.

    A unit may number the rows anew; then each number follows the one above it.
    """
    key = next((column.key for column in page.form.columns if column.role == "ordinal"), "")
    column = page.located.columns.get(key)
    if column is None or page.source.is_summary:
        return
    before = 0
    for row in page.form.rows:
        line = page.located.rows.get(row.key)
        value = page.sheet.value(line, column) if line is not None else ""
        typed = fold(as_text(value)) if value != "" else ""
        if line is None or not typed.isdecimal():
            continue
        number = int(typed)
        is_of_row = typed == fold(row.stt) or number in (1, before + 1)
        before = number if is_of_row else before
        if is_of_row or (line, column) in page.located.unclaimed:
            continue
        drafts = [page.drafts[Cell(row.key, measure)] for measure, kind in row.kinds.items() if kind in NUMBERS]
        blanks = [draft for draft in drafts if draft.state is State.BLANK and draft.cell]
        if blanks and number:
            page.findings.append(
                finding(codes.NUMBER_AMONG_ORDINALS, cell=cell_name(line, column), row=row.key, found=typed)
            )
            for draft in blanks:
                page.elsewhere.setdefault(draft.key, Seen("", is_plain=True))
