"""One unit in the layout of the form: its figures, what was left out as it was typed, and what must be asked again.

A copy for the officer, never a return: it says so beside `Loại`. Totals of the workbook are formulas to its cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.findings import message
from pipeline.form_layout import boxes_of, set_widths, write_head, write_labels
from pipeline.model import Entry, Finding, State, UnitResult
from pipeline.summary.page import Book, number_width, set_up_list, text_height, write_link, write_stamp, write_text
from pipeline.summary.plan import Plan, quoted
from pipeline.summary.styles import LIST_SIZE
from pipeline.workbook_formats import write_box
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell, Severity, SumOfParts

_REMARK_WIDTH = 44.0
_LEFT_OUT = (State.UNREADABLE, State.SET_ASIDE)


class _Copy(NamedTuple):
    """What is needed to draw the sheet of one unit."""

    book: Book
    sheet: Worksheet
    entries: Mapping[Cell, Entry]
    findings: Mapping[Cell, Sequence[Finding]]
    """by the cell they are told at; those of no row of the form under an empty cell"""


def write_unit_sheet(book: Book, unit: UnitResult) -> Worksheet:
    """Write the sheet of one unit; a missing unit has an empty one, so that its figures have a place."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.unit_sheets[unit.unit.code])
    form, place = plan.result.form, plan.unit_place
    copy = _Copy(book, sheet, plan.entries.get(unit.unit.code, {}), _by_cell(plan, unit))
    remark = place.last_column + 1
    set_widths(sheet, form, place)
    for measure in form.measures:
        numbers = (entry.value for entry in copy.entries.values() if entry.measure == measure)
        width = max(form.column_by_key[measure].width, number_width(numbers))
        sheet.set_column(place.columns[measure], place.columns[measure], width)
    sheet.set_column(remark, remark, _REMARK_WIDTH)
    _write_top(book, sheet, unit)
    write_head(sheet, form, place, styles.base)
    head = (place.head, remark, place.body - 1, remark)
    write_box(sheet, head, plan.words("unit_sheet.remark"), styles.base.head)
    write_labels(sheet, form, place, styles.base)
    for row in form.rows:
        for key in (*form.measures, NOTE):
            if key in place.columns:
                _write_cell(copy, Cell(row.key, key))
        if _is_text_alone(copy, row):
            _widen(copy, row)
        _write_remarks(copy, row, remark)
    last = _write_rest(copy, remark)
    write_stamp(book, sheet, remark + 2, (unit.unit.code, unit.unit.name), plan.stamp.kind_copy)
    _set_up(sheet, plan, (last, remark))
    return sheet


def _write_top(book: Book, sheet: Worksheet, unit: UnitResult) -> None:
    plan, styles = book.plan, book.styles
    words, form = plan.words, plan.result.form
    last = plan.unit_place.last_column + 1
    index = words("sheets.ledger")
    back = words("page.back", sheet=index)
    write_link(sheet, (0, 0), f"{quoted(index)}!A1", back, styles.base.link)
    source = _source(plan, unit)
    lines = [
        *((line, styles.base.title) for line in form.title_lines),
        (words("unit_sheet.unit", unit=unit.unit.name), styles.base.subtitle),
        (source, styles.base.reference),
        (words("unit_sheet.legend") if unit.counted else "", styles.base.reference),
    ]
    for row, (text, look) in enumerate(lines, 1):
        write_box(sheet, (row, 0, row, last), text, look)
    width = sum(column.width for column in form.columns) + _REMARK_WIDTH
    sheet.set_row(len(lines) - 1, text_height(source, width))


def _source(plan: Plan, unit: UnitResult) -> str:
    words = plan.words
    if unit.counted:
        status = words(f"ledger.unit_status.{unit.status}")
        told = words("unit_sheet.source", file=unit.counted.path, sheet=unit.counted.sheet, status=status)
    elif unit.file:
        told = words("unit_sheet.missing_with_file", file=unit.file)
    else:
        told = words("unit_sheet.missing")
    return told if unit.in_total else f"{told} {words('unit_sheet.outside')}"


def _by_cell(plan: Plan, unit: UnitResult) -> Mapping[Cell, Sequence[Finding]]:
    found: dict[Cell, list[Finding]] = {}
    for finding in plan.findings_of(unit):
        known = finding.row in plan.unit_place.rows
        cell = Cell(finding.row or "", finding.measure or "") if known else Cell("", "")
        found.setdefault(cell, []).append(finding)
    return found


def _write_cell(copy: _Copy, cell: Cell) -> None:
    row, column = copy.book.plan.unit_place.at(cell)
    entry = copy.entries.get(cell)
    kind = copy.book.plan.result.form.by_key[cell.row].kinds.get(cell.measure)
    if kind is None and cell.measure != NOTE and entry is None:
        copy.sheet.write_blank(row, column, None, copy.book.styles.base.closed)
        return
    look = _look(copy, cell, is_number=kind in (ValueKind.COUNT, ValueKind.MONEY))
    if entry is None or entry.value is None or not entry.counted:
        write_text(copy.sheet, row, column, _shown(copy, entry), look)
        return
    formula = _sum_of_parts(copy, cell, entry)
    if formula:
        copy.sheet.write_formula(row, column, formula, look, entry.value)
    else:
        copy.sheet.write_number(row, column, entry.value, look)


def _is_text_alone(copy: _Copy, row: Row) -> bool:
    """Whether a row takes text only, and has it in the first measure at most: it is given the width of all."""
    place, (_, *others) = copy.book.plan.unit_place, copy.book.plan.result.form.measures
    side_by_side = place.measures[1] - place.measures[0] == len(others)
    if not others or not side_by_side or set(row.kinds.values()) != {ValueKind.TEXT}:
        return False
    return not any(_shown(copy, copy.entries.get(Cell(row.key, measure))) for measure in others)


def _widen(copy: _Copy, row: Row) -> None:
    place, cell = copy.book.plan.unit_place, Cell(row.key, copy.book.plan.result.form.measures[0])
    at, (left, right) = place.rows[row.key], place.measures
    look = _look(copy, cell, is_number=False)
    copy.sheet.merge_range(at, left, at, right, "", look)
    write_text(copy.sheet, at, left, _shown(copy, copy.entries.get(cell)), look)


def _look(copy: _Copy, cell: Cell, *, is_number: bool) -> Format:
    base, entry = copy.book.styles.base, copy.entries.get(cell)
    severities = {finding.severity for finding in copy.findings.get(cell, ())}
    if entry and entry.state in _LEFT_OUT:
        return base.text_error
    if Severity.ERROR in severities:
        return base.number_error if is_number else base.text_error
    if Severity.WARNING in severities:
        return base.number_warning if is_number else base.text_warning
    if not is_number:
        return base.text
    return copy.book.styles.number_computed if entry and entry.state is State.COMPUTED else base.number


def _shown(copy: _Copy, entry: Entry | None) -> str:
    """What stands in a cell that holds no number: the text, or what was typed where it could not be counted."""
    if entry is None:
        return ""
    if entry.state in _LEFT_OUT:
        return entry.found or copy.book.plan.words("unit_sheet.nothing_shown")
    return entry.text or ""


def _sum_of_parts(copy: _Copy, cell: Cell, entry: Entry) -> str:
    """The formula of a computed total, if the parts as they stand here add up to it; else nothing."""
    if entry.state is not State.COMPUTED:
        return ""
    rules = (rule for rule in copy.book.plan.result.form.rules if isinstance(rule, SumOfParts))
    rule = next((rule for rule in rules if rule.total == cell and rule.compute_blank), None)
    if rule is None:
        return ""
    parts = [copy.entries[part] for part in rule.parts if part in copy.entries]
    if sum(part.value or 0 for part in parts if part.counted) != entry.value:
        return ""
    boxes = boxes_of(copy.book.plan.unit_place.at(part) for part in rule.parts)
    return f"=SUM({','.join(xl_range(*box) for box in boxes)})"


def _write_remarks(copy: _Copy, row: Row, column: int) -> None:
    """Say beside the row what is to be looked at, and make the row high enough for all its texts."""
    cells = [Cell(row.key, key) for key in (*copy.book.plan.result.form.measures, NOTE)]
    texts = [
        *(_remark(copy, told) for cell in (*cells, Cell(row.key, "")) for told in copy.findings.get(cell, ())),
        *(_decision(copy, copy.entries[cell]) for cell in cells if cell in copy.entries and not _is_told(copy, cell)),
    ]
    text = "\n".join(text for text in texts if text)
    at = copy.book.plan.unit_place.rows[row.key]
    write_text(copy.sheet, at, column, text, copy.book.styles.total_text)
    copy.sheet.set_row(at, max(text_height(text, _REMARK_WIDTH, LIST_SIZE), *_heights(copy, row)))


def _heights(copy: _Copy, row: Row) -> Iterator[float]:
    """What each text of a row needs."""
    form = copy.book.plan.result.form
    wide = _is_text_alone(copy, row)
    for column in form.columns:
        if column.role == "label":
            indent = 1 if row.parent and not row.stt else 0
            yield text_height(row.label, column.width - indent, bold=bool(row.stt))
        elif column.role == "unit":
            yield text_height(row.unit_of_measure, column.width)
        elif column.role in ("measure", NOTE):
            width = sum(form.column_by_key[key].width for key in form.measures) if wide else column.width
            yield text_height(_shown(copy, copy.entries.get(Cell(row.key, column.key))), width)


def _remark(copy: _Copy, finding: Finding) -> str:
    words, form = copy.book.plan.words, copy.book.plan.result.form
    severity = words(f"unit_sheet.{finding.severity}")
    told = message(finding, form, "vi")
    column = form.column_by_key.get(finding.measure or "")
    if column is None:
        return words("unit_sheet.mark_row", severity=severity, message=told)
    return words("unit_sheet.mark", severity=severity, column=column.short, message=told)


def _is_told(copy: _Copy, cell: Cell) -> bool:
    """Tell whether a decision about the cell stands among its remarks already; zeros for all blanks do not."""
    return any(told.code == "D003" for told in copy.findings.get(cell, ()))


def _decision(copy: _Copy, entry: Entry) -> str:
    if entry.state is not State.DECIDED:
        return ""
    column = copy.book.plan.result.form.column_by_key[entry.measure].short
    reason = " - ".join(part for part in (entry.reason, entry.decided_by) if part)
    return copy.book.plan.words("unit_sheet.decided", column=column, reason=reason)


def _write_rest(copy: _Copy, column: int) -> int:
    """Say below the form what is told of the file or of the form as a whole; gives the last row."""
    row = last = copy.book.plan.unit_place.last_row
    look = copy.book.styles.base.plain
    width = sum(item.width for item in copy.book.plan.result.form.columns) + _REMARK_WIDTH
    for row, finding in enumerate(copy.findings.get(Cell("", ""), ()), last + 2):
        text = _remark(copy, finding)
        write_box(copy.sheet, (row, 0, row, column), text, look)
        copy.sheet.set_row(row, text_height(text, width))
    return row


def _set_up(sheet: Worksheet, plan: Plan, end: tuple[int, int]) -> None:
    place, label = plan.unit_place, plan.result.form.column_of("label")
    sheet.freeze_panes(place.body, place.columns[label.key] + 1 if label else 0)
    set_up_list(sheet, plan, landscape=False)
    sheet.fit_to_pages(1, 1)
    sheet.repeat_rows(place.head, place.body - 1)
    sheet.print_area(0, 0, *end)
