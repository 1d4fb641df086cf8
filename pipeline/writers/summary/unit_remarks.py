"""What is to be looked at in the sheet of one unit: beside its row, or below the form."""

from collections.abc import Iterator

from pipeline.findings import codes, message
from pipeline.model import Entry, Finding, State
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_text
from pipeline.writers.summary.place_names import cells_of, places_named
from pipeline.writers.summary.printed_page import text_height
from pipeline.writers.summary.styles import LIST_SIZE
from pipeline.writers.summary.unit_copy import OF_NO_ROW, UnitCopy, is_text_alone, shown
from schemas.form import NOTE, Row
from schemas.rules import Cell

REMARK_WIDTH = 44.0


def write_remarks(copy: UnitCopy, row: Row, column: int) -> float:
    """Write beside the row what is to be looked at; return the height that the row needs for all its texts."""
    text = "\n".join(filter(None, _remarks(copy, row)))
    at = copy.place.rows[row.key]
    write_text(copy.sheet, at, column, text, copy.styles.total_text)
    height = max(text_height(text, REMARK_WIDTH, LIST_SIZE), *_heights(copy, row))
    copy.sheet.set_row(at, height)
    return height


def _remarks(copy: UnitCopy, row: Row) -> Iterator[str]:
    """What is said of the cells of a row and of the row as a whole, then the decisions about its cells."""
    cells = [Cell(row.key, key) for key in (*copy.form.measures, NOTE)]
    for cell in (*cells, Cell(row.key, "")):
        for finding in copy.findings.get(cell, ()):
            yield _remark(copy, finding)
    for cell in cells:
        # The reason of a decision is shown once, with the finding that tells of it or alone.
        entry = copy.entries.get(cell)
        if entry and not _is_told(copy, cell):
            yield _decision(copy, entry)


def _heights(copy: UnitCopy, row: Row) -> Iterator[float]:
    """What each text of a row needs."""
    form = copy.form
    is_wide = is_text_alone(copy, row)
    for column in form.columns:
        if column.role == "label":
            is_indented = row.parent and not row.stt
            width = column.width - 1 if is_indented else column.width
            yield text_height(row.title, width, bold=bool(row.stt))
        elif column.role == "unit":
            yield text_height(row.unit_of_measure, column.width)
        elif column.role in ("measure", NOTE):
            width = column.width
            if is_wide:
                # Its one text runs over all measures.
                width = sum(form.column_by_key[key].width for key in form.measures)
            yield text_height(shown(copy, copy.entries.get(Cell(row.key, column.key))), width)


def _remark(copy: UnitCopy, finding: Finding) -> str:
    words, form = copy.words, copy.form
    severity = words(f"unit_sheet.{finding.severity}")
    told = message(finding, form, "vi", cells=_cells_named(copy, finding))
    column = form.column_named(finding.at)
    if not column:
        return words("unit_sheet.mark_row", severity=severity, message=told)
    return words("unit_sheet.mark", severity=severity, column=column, message=told)


def _cells_named(copy: UnitCopy, finding: Finding) -> str | None:
    """The cells that a finding stands for, by the names of rows and columns; None where their addresses will do."""
    cells = cells_of(finding, copy.counted) if copy.counted else ()
    if not cells:
        return None
    names = places_named(copy.form, copy.words, cells)
    return copy.words("unit_sheet.cells", count=len(cells), names=names)


def _is_told(copy: UnitCopy, cell: Cell) -> bool:
    """Whether a decision about the cell stands among its remarks already; zeros for all blanks do not."""
    return any(finding.code == codes.VALUE_BY_DECISION for finding in copy.findings.get(cell, ()))


def _decision(copy: UnitCopy, entry: Entry) -> str:
    if entry.state is not State.DECIDED:
        return ""
    reason = " - ".join(filter(None, (entry.reason, entry.decided_by)))
    column = copy.form.column_named(entry.key)
    if not column:
        return copy.words("unit_sheet.decided_row", reason=reason)
    return copy.words("unit_sheet.decided", column=column, reason=reason)


def write_rest(copy: UnitCopy, column: int) -> tuple[int, float]:
    """Write below the form what is told of the file or of the form as a whole; gives the last row and the height."""
    row = copy.place.last_row
    width = sum(item.width for item in copy.form.columns) + REMARK_WIDTH
    used = 0.0
    for row, finding in enumerate(copy.findings.get(OF_NO_ROW, ()), copy.place.last_row + 2):
        text = _remark(copy, finding)
        height = text_height(text, width)
        write_box(copy.sheet, (row, 0, row, column), text, copy.styles.base.plain)
        copy.sheet.set_row(row, height)
        used += height
    return row, used
