"""One unit in the layout of the form: its figures, what was left out as it was typed, and what must be asked again.

A copy for the officer, never a return: it says so beside `Loại`. Totals of the workbook are formulas to its cells.
"""

from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, State, UnitResult
from pipeline.writers.form_layout import boxes_of, set_widths, write_head, write_labels
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_link, write_stamp, write_text
from pipeline.writers.summary.printed_page import (
    number_width,
    pixels,
    set_up_list,
    text_height,
)
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted
from pipeline.writers.summary.unit_copy import (
    UnitCopy,
    copy_of,
    is_coloured,
    is_open,
    is_text_alone,
    look_of,
    shown,
)
from pipeline.writers.summary.unit_remarks import (
    REMARK_WIDTH,
    write_remarks,
    write_rest,
)
from schemas.form import NOTE, Form, Row
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
    _set_widths(copy)
    sheet.set_column(remark, remark, REMARK_WIDTH)
    _write_top(copy, plan, unit)
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


def _set_widths(copy: UnitCopy) -> None:
    """Set the widths of the form; a column of numbers is made as wide as its longest one needs."""
    form, place = copy.form, copy.place
    set_widths(copy.sheet, form, place)
    for measure in form.measures:
        numbers = [entry.value for entry in copy.entries.values() if entry.measure == measure]
        width = max(form.column_by_key[measure].width, number_width(numbers))
        column = place.columns[measure]
        copy.sheet.set_column(column, column, width)


def _write_top(copy: UnitCopy, plan: SummaryPlan, unit: UnitResult) -> None:
    sheet, words, base = copy.sheet, copy.words, copy.styles.base
    last = copy.place.last_column + 1
    index = words("sheets.ledger")
    write_link(sheet, (0, 0), f"{quoted(index)}!A1", words("page.back", sheet=index), base.link)
    source = _source(plan, unit)
    legend = ""
    if is_coloured(copy):
        legend = words("unit_sheet.legend")
    lines = [
        (words("unit_sheet.title", form=copy.form.name.upper()), base.title),
        (words("unit_sheet.unit", unit=unit.unit.name), base.subtitle),
        (source, base.reference),
        (legend, base.reference),
    ]
    for row, (text, look) in enumerate(lines, 1):
        write_box(sheet, (row, 0, row, last), text, look)
    # The name of a file may take several lines; the legend below it never does.
    width = sum(column.width for column in copy.form.columns) + REMARK_WIDTH
    sheet.set_row(len(lines) - 1, text_height(source, width))


def _source(plan: SummaryPlan, unit: UnitResult) -> str:
    """What file the figures are from, or why there are none; and whether they are summed."""
    parts = [_what_came(plan, unit)]
    if not unit.in_total:
        parts.append(plan.words("unit_sheet.outside"))
    return " ".join(parts)


def _what_came(plan: SummaryPlan, unit: UnitResult) -> str:
    words, counted = plan.words, unit.counted
    if counted:
        status = words(f"ledger.unit_status.{unit.status}")
        source = plan.source_of(counted)
        if source:
            status = words("ledger.from_source", status=status, source=source)
        return words(
            "unit_sheet.source",
            file=counted.shown_path,
            sheet=counted.sheet,
            status=status,
        )
    if unit.file:
        return words("unit_sheet.missing_with_file", file=unit.file)
    if unit.unit.code in plan.perhaps:
        files = ", ".join(file.shown_path for file in plan.perhaps[unit.unit.code])
        return words("unit_sheet.perhaps", files=files)
    return words("unit_sheet.missing")


def _write_row(copy: UnitCopy, row: Row) -> None:
    for key in (*copy.form.measures, NOTE):
        if key in copy.place.columns:
            _write_cell(copy, Cell(row.key, key))
    if is_text_alone(copy, row):
        _widen(copy, row)


def _write_cell(copy: UnitCopy, cell: Cell) -> None:
    row, column = copy.place.at(cell)
    if not is_open(copy, cell):
        copy.sheet.write_blank(row, column, None, copy.styles.base.closed)
        return
    entry = copy.entries.get(cell)
    kind = copy.form.by_key[cell.row].kinds.get(cell.measure)
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
    cell = Cell(row.key, copy.form.measures[0])
    at = copy.place.rows[row.key]
    left, right = copy.place.measures
    look = look_of(copy, cell, is_number=False)
    # Merging writes all its cells, so that the text comes after it.
    copy.sheet.merge_range(at, left, at, right, "", look)
    write_text(copy.sheet, at, left, shown(copy, copy.entries.get(cell)), look)


def _sum_of_parts(copy: UnitCopy, cell: Cell, entry: Entry) -> str:
    """The formula of a computed total, if the parts as they stand here add up to it; else nothing."""
    rule = _computing_rule(copy.form, cell)
    if entry.state is not State.COMPUTED or rule is None:
        return ""
    added = 0
    for part in rule.parts:
        found = copy.entries.get(part)
        if found and found.counted:
            added += found.value or 0
    if added != entry.value:
        return ""
    boxes = boxes_of(copy.place.at(part) for part in rule.parts)
    ranges = [xl_range(*box) for box in boxes]
    return f"=SUM({','.join(ranges)})"


def _computing_rule(form: Form, cell: Cell) -> SumOfParts | None:
    """The rule by which a cell is added up where it is left blank."""
    for rule in form.rules:
        if isinstance(rule, SumOfParts) and rule.compute_blank and rule.total == cell:
            return rule
    return None


def _set_up(sheet: Worksheet, plan: SummaryPlan, end: tuple[int, int], height: float) -> None:
    """Set up for print without the line that leads back: on one page, unless the type would be too small to read."""
    place, form = plan.unit_place, plan.form
    label = form.column_of("label")
    frozen = place.columns[label.key] + 1 if label else 0
    sheet.freeze_panes(place.body, frozen)
    set_up_list(sheet, plan, landscape=False)
    width = sum(map(pixels, [*(column.width for column in form.columns), REMARK_WIDTH]))
    # Fitted to the width, a wide sheet becomes smaller, so that more points go on a page.
    pages = height / (_PAGE_HEIGHT * max(1.0, width / _PAGE_WIDTH))
    pages_down = 1 if pages <= _READABLE else 0
    sheet.fit_to_pages(1, pages_down)
    sheet.repeat_rows(place.head, place.body - 1)
    sheet.print_area(1, 0, *end)
