"""One unit in the layout of the form: its figures, what was left out as it was typed, and what must be asked again.

A copy for the officer, never a return: it says so beside `Loại`. Totals of the workbook are formulas to its cells.
"""

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, State, UnitResult
from pipeline.writers.form_layout import boxes_of, set_widths, write_head, write_labels
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_link, write_stamp, write_text
from pipeline.writers.summary.printed_page import number_width, pixels, set_up_list, text_height
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted
from pipeline.writers.summary.unit_copy import UnitCopy, copy_of, is_coloured, is_open, is_text_alone, look_of, shown
from pipeline.writers.summary.unit_remarks import REMARK_WIDTH, write_remarks, write_rest
from schemas.form import NOTE, Row
from schemas.rules import Cell, SumOfParts

_READABLE = 1.25
"""a form so much longer than its page is made to fit; a longer one goes on the next page"""
_PAGE_WIDTH, _PAGE_HEIGHT = 698, 748
"""of an upright A4 page within its margins: pixels across, points down"""
_LINE = 15.0
"""points of a line of the top"""


def write_unit_sheet(book: SummaryBook, unit: UnitResult) -> Worksheet:
    """Write the sheet of one unit; a missing unit has an empty one, so that its figures have a place."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.unit_sheets[unit.unit.code])
    form, place = plan.form, plan.unit_place
    copy = copy_of(book, sheet, unit)
    remark = place.last_column + 1
    set_widths(sheet, form, place)
    for measure in form.measures:
        numbers = (entry.value for entry in copy.entries.values() if entry.measure == measure)
        width = max(form.column_by_key[measure].width, number_width(numbers))
        sheet.set_column(place.columns[measure], place.columns[measure], width)
    sheet.set_column(remark, remark, REMARK_WIDTH)
    _write_top(copy, unit)
    write_head(sheet, form, place, styles.base)
    head = (place.head, remark, place.body - 1, remark)
    write_box(sheet, head, plan.words("unit_sheet.remark"), styles.base.head)
    write_labels(sheet, form, place, styles.base, mended=True)
    for row in form.rows:
        _write_row(copy, row)
    height = sum(write_remarks(copy, row, remark) for row in form.rows)
    last, below = write_rest(copy, remark)
    write_stamp(book, sheet, remark + 2, (unit.unit.code, unit.unit.name), plan.stamp.kind_copy)
    _set_up(sheet, plan, (last, remark), place.body * _LINE + height + below)
    return sheet


def _write_top(copy: UnitCopy, unit: UnitResult) -> None:
    sheet, plan, styles = copy.sheet, copy.book.plan, copy.book.styles
    words, form = plan.words, plan.form
    last = plan.unit_place.last_column + 1
    index = words("sheets.ledger")
    back = words("page.back", sheet=index)
    write_link(sheet, (0, 0), f"{quoted(index)}!A1", back, styles.base.link)
    source = _source(plan, unit)
    lines = [
        (words("unit_sheet.title", form=form.name.upper()), styles.base.title),
        (words("unit_sheet.unit", unit=unit.unit.name), styles.base.subtitle),
        (source, styles.base.reference),
        (words("unit_sheet.legend") if is_coloured(copy) else "", styles.base.reference),
    ]
    for row, (text, look) in enumerate(lines, 1):
        write_box(sheet, (row, 0, row, last), text, look)
    width = sum(column.width for column in form.columns) + REMARK_WIDTH
    sheet.set_row(len(lines) - 1, text_height(source, width))


def _source(plan: SummaryPlan, unit: UnitResult) -> str:
    words = plan.words
    if unit.counted:
        status, source = words(f"ledger.unit_status.{unit.status}"), plan.source_of(unit.counted)
        status = words("ledger.from_source", status=status, source=source) if source else status
        told = words("unit_sheet.source", file=unit.counted.shown_path, sheet=unit.counted.sheet, status=status)
    elif unit.file:
        told = words("unit_sheet.missing_with_file", file=unit.file)
    elif unit.unit.code in plan.perhaps:
        files = ", ".join(file.shown_path for file in plan.perhaps[unit.unit.code])
        told = words("unit_sheet.perhaps", files=files)
    else:
        told = words("unit_sheet.missing")
    return told if unit.in_total else f"{told} {words('unit_sheet.outside')}"


def _write_row(copy: UnitCopy, row: Row) -> None:
    for key in (*copy.book.plan.form.measures, NOTE):
        if key in copy.book.plan.unit_place.columns:
            _write_cell(copy, Cell(row.key, key))
    if is_text_alone(copy, row):
        _widen(copy, row)


def _write_cell(copy: UnitCopy, cell: Cell) -> None:
    row, column = copy.book.plan.unit_place.at(cell)
    entry = copy.entries.get(cell)
    kind = copy.book.plan.form.by_key[cell.row].kinds.get(cell.measure)
    if not is_open(copy, cell):
        copy.sheet.write_blank(row, column, None, copy.book.styles.base.closed)
        return
    look = look_of(copy, cell, is_number=kind is not None and kind.is_number)
    if entry is None or entry.value is None or not entry.counted:
        write_text(copy.sheet, row, column, shown(copy, entry), look)
        return
    formula = _sum_of_parts(copy, cell, entry)
    if formula:
        copy.sheet.write_formula(row, column, formula, look, entry.value)
    else:
        copy.sheet.write_number(row, column, entry.value, look)


def _widen(copy: UnitCopy, row: Row) -> None:
    place, cell = copy.book.plan.unit_place, Cell(row.key, copy.book.plan.form.measures[0])
    at, (left, right) = place.rows[row.key], place.measures
    look = look_of(copy, cell, is_number=False)
    copy.sheet.merge_range(at, left, at, right, "", look)
    write_text(copy.sheet, at, left, shown(copy, copy.entries.get(cell)), look)


def _sum_of_parts(copy: UnitCopy, cell: Cell, entry: Entry) -> str:
    """The formula of a computed total, if the parts as they stand here add up to it; else nothing."""
    if entry.state is not State.COMPUTED:
        return ""
    rules = (rule for rule in copy.book.plan.form.rules if isinstance(rule, SumOfParts))
    rule = next((rule for rule in rules if rule.total == cell and rule.compute_blank), None)
    if rule is None:
        return ""
    parts = [copy.entries[part] for part in rule.parts if part in copy.entries]
    if sum(part.value or 0 for part in parts if part.counted) != entry.value:
        return ""
    boxes = boxes_of(copy.book.plan.unit_place.at(part) for part in rule.parts)
    return f"=SUM({','.join(xl_range(*box) for box in boxes)})"


def _set_up(sheet: Worksheet, plan: SummaryPlan, end: tuple[int, int], height: float) -> None:
    """Set up for print without the line that leads back: on one page, unless the type would be too small to read."""
    place, form = plan.unit_place, plan.form
    label = form.column_of("label")
    sheet.freeze_panes(place.body, place.columns[label.key] + 1 if label else 0)
    set_up_list(sheet, plan, landscape=False)
    width = sum(map(pixels, [*(column.width for column in form.columns), REMARK_WIDTH]))
    pages = height / (_PAGE_HEIGHT * max(1.0, width / _PAGE_WIDTH))
    sheet.fit_to_pages(1, 1 if pages <= _READABLE else 0)
    sheet.repeat_rows(place.head, place.body - 1)
    sheet.print_area(1, 0, *end)
