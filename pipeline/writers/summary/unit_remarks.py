"""What is to be looked at in the sheet of one unit: beside its row, or below the form."""

from collections.abc import Iterator

from pipeline.findings import codes, message
from pipeline.model import Entry, Finding, State
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_text
from pipeline.writers.summary.place_names import cells_of, places_named
from pipeline.writers.summary.printed_page import text_height
from pipeline.writers.summary.styles import LIST_SIZE
from pipeline.writers.summary.unit_copy import UnitCopy, is_text_alone, shown
from schemas.form import NOTE, Row
from schemas.rules import Cell

REMARK_WIDTH = 44.0


def write_remarks(copy: UnitCopy, row: Row, column: int) -> float:
    """Say beside the row what is to be looked at, and make the row high enough for all its texts; gives its height."""
    cells = [Cell(row.key, key) for key in (*copy.book.plan.form.measures, NOTE)]
    texts = [
        *(_remark(copy, told) for cell in (*cells, Cell(row.key, "")) for told in copy.findings.get(cell, ())),
        *(_decision(copy, copy.entries[cell]) for cell in cells if cell in copy.entries and not _is_told(copy, cell)),
    ]
    text = "\n".join(text for text in texts if text)
    at = copy.book.plan.unit_place.rows[row.key]
    write_text(copy.sheet, at, column, text, copy.book.styles.total_text)
    height = max(text_height(text, REMARK_WIDTH, LIST_SIZE), *_heights(copy, row))
    copy.sheet.set_row(at, height)
    return height


def _heights(copy: UnitCopy, row: Row) -> Iterator[float]:
    """What each text of a row needs."""
    form = copy.book.plan.form
    wide = is_text_alone(copy, row)
    for column in form.columns:
        if column.role == "label":
            indent = 1 if row.parent and not row.stt else 0
            yield text_height(row.title, column.width - indent, bold=bool(row.stt))
        elif column.role == "unit":
            yield text_height(row.unit_of_measure, column.width)
        elif column.role in ("measure", NOTE):
            width = sum(form.column_by_key[key].width for key in form.measures) if wide else column.width
            yield text_height(shown(copy, copy.entries.get(Cell(row.key, column.key))), width)


def _remark(copy: UnitCopy, finding: Finding) -> str:
    words, form = copy.book.plan.words, copy.book.plan.form
    severity = words(f"unit_sheet.{finding.severity}")
    column = form.column_named(finding.at)
    cells = cells_of(finding, copy.counted) if copy.counted else ()
    named = words("unit_sheet.cells", count=len(cells), names=places_named(form, words, cells)) if cells else None
    told = message(finding, form, "vi", cells=named)
    return words("unit_sheet.mark" if column else "unit_sheet.mark_row", severity=severity, column=column, message=told)


def _is_told(copy: UnitCopy, cell: Cell) -> bool:
    """Tell whether a decision about the cell stands among its remarks already; zeros for all blanks do not."""
    return any(told.code == codes.VALUE_BY_DECISION for told in copy.findings.get(cell, ()))


def _decision(copy: UnitCopy, entry: Entry) -> str:
    if entry.state is not State.DECIDED:
        return ""
    column = copy.book.plan.form.column_named(entry.key)
    reason = " - ".join(part for part in (entry.reason, entry.decided_by) if part)
    key = "unit_sheet.decided" if column else "unit_sheet.decided_row"
    return copy.book.plan.words(key, column=column, reason=reason)


def write_rest(copy: UnitCopy, column: int) -> tuple[int, float]:
    """Say below the form what is told of the file or of the form as a whole; gives the last row and the height."""
    row = last = copy.book.plan.unit_place.last_row
    look = copy.book.styles.base.plain
    width = sum(item.width for item in copy.book.plan.form.columns) + REMARK_WIDTH
    used = 0.0
    for row, finding in enumerate(copy.findings.get(Cell("", ""), ()), last + 2):
        text = _remark(copy, finding)
        height = text_height(text, width)
        write_box(copy.sheet, (row, 0, row, column), text, look)
        copy.sheet.set_row(row, height)
        used += height
    return row, used
