"""`Theo đơn vị`: units by rows of the form, with subtotals; what the totals of the first sheet are added from."""

from collections.abc import Callable, Mapping

from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.model import COUNTED, Entry, State, Total, UnitResult, UnitStatus
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_link, write_text
from pipeline.writers.summary.printed_page import open_line, pixels, set_up_list
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import (
    MATRIX_FIRST_ROW,
    MatrixLine,
    MatrixLineKind,
    SummaryPlan,
    quoted,
    sum_formula,
)
from schemas.rules import Cell

_HEAD = MATRIX_FIRST_ROW - 2
_NUMBER, _CODE, _NAME, _STATE, _GROUP = range(5)
_FIXED_WIDTHS = (4.5, 6.5, 17.5, 9.5)
_HEAD_HEIGHTS = (80.0, 68.0)
_LINE_HEIGHT = 17.0
_NARROWEST, _AIR = 4.8, 1.6
_PAGE_PIXELS = 740
"""across a landscape A4 page at full size, at 96 to the inch, less a quarter: widths are counted in the default font,
and a program that lacks it draws every column that much wider"""
_SMALLEST_SCALE, _FULL_SCALE = 55, 100
_Sums = Callable[[int], str] | None


def write_matrix(book: SummaryBook) -> Worksheet:
    """Write the sheet; a number is a live formula to the unit's sheet where there is one."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.words("sheets.matrix"))
    # What stands above the repeated columns is printed on every page, and must fit above them.
    sheet.merge_range(0, _NUMBER, 1, _STATE, plan.words("matrix.title"), styles.title_wrapped)
    sheet.write_string(1, plan.first_column, open_line(plan), styles.note_left if plan.is_final else styles.note_open)
    _write_head(book, sheet)
    for line in plan.lines:
        sheet.set_row(line.row, _LINE_HEIGHT)
        _WRITERS[line.kind](book, sheet, line)
    legend = ["left_out", "computed", "blank", *(["links"] if plan.unit_sheets else [])]
    for row, name in enumerate(legend, plan.lines[-1].row + 2):
        sheet.write_string(row, plan.first_column, plan.words(f"matrix.legend.{name}"), styles.note_left)
    _set_up(sheet, plan)
    return sheet


def _write_head(book: SummaryBook, sheet: Worksheet) -> None:
    """A row of the form that takes several measures has its name above them; one that takes one, above it alone."""
    plan, styles = book.plan, book.styles
    form = plan.form
    names = ["number", "code", "unit", "status", *(["group"] if plan.gathered else [])]
    for column, name in enumerate(names):
        write_box(sheet, (_HEAD, column, _HEAD + 1, column), plan.words(f"matrix.{name}"), styles.grid_head)
    for row in form.rows:
        places = {cell.measure: column for cell, column in plan.columns.items() if cell.row == row.key}
        if len(places) == 1:
            (column,) = places.values()
            write_box(sheet, (_HEAD, column, _HEAD + 1, column), row.short_label, styles.grid_head_turned)
        elif places:
            box = (_HEAD, min(places.values()), _HEAD, max(places.values()))
            write_box(sheet, box, row.short_label, styles.grid_head)
            for measure, column in places.items():
                short = form.column_by_key[measure].short
                sheet.write_string(_HEAD + 1, column, short, styles.grid_head_turned)
    for place, height in enumerate(_HEAD_HEIGHTS):
        sheet.set_row(_HEAD + place, height)


def _write_unit(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan, styles = book.plan, book.styles
    unit = line.unit
    assert unit is not None
    code = unit.unit.code
    sheet.write_number(line.row, _NUMBER, line.number, styles.grid_center)
    sheet.write_string(line.row, _CODE, code, styles.grid_center)
    if code in plan.unit_sheets:
        target = f"{quoted(plan.unit_sheets[code])}!A1"
        write_link(sheet, (line.row, _NAME), target, unit.unit.name, styles.grid_link)
    else:
        sheet.write_string(line.row, _NAME, unit.unit.name, styles.grid_name)
    write_text(sheet, line.row, _STATE, _state(plan, unit), styles.grid_center)
    if plan.gathered and line.kind is MatrixLineKind.UNIT:
        number = next((place for place, group in enumerate(plan.gathered, 1) if code in group.units), 0)
        sheet.write_number(line.row, _GROUP, number, styles.grid_center)
    _write_figures(book, sheet, line.row, unit)


def _state(plan: SummaryPlan, unit: UnitResult) -> str:
    """Tell a unit of which nothing came from one that sent something, as the list of files does."""
    came = unit.status is UnitStatus.MISSING and (unit.file or unit.unit.code in plan.perhaps)
    return plan.words("matrix.state.without_figures" if came else f"matrix.state.{unit.status}")


def _write_figures(book: SummaryBook, sheet: Worksheet, row: int, unit: UnitResult) -> None:
    plan, styles = book.plan, book.styles
    code = unit.unit.code
    entries: Mapping[Cell, Entry] = plan.entries.get(code, {})
    left_out = plan.words("matrix.left_out")
    looks = dict.fromkeys(COUNTED, styles.grid_number) | {State.COMPUTED: styles.grid_computed}
    for cell, column in plan.columns.items():
        entry = entries.get(cell)
        state = entry.state if entry else State.BLANK
        shown: int | str = entry.value if entry and entry.counted and entry.value is not None else ""
        look = looks.get(state, styles.grid_number)
        if state in (State.UNREADABLE, State.SET_ASIDE):
            shown, look = left_out, styles.grid_left_out
        if code in plan.unit_sheets:
            source = plan.unit_cell(code, cell)
            instead = left_out if shown == left_out else ""
            formula = f'=IF(ISNUMBER({source}),{source},"{instead}")'
            sheet.write_formula(row, column, formula, look, shown)
        elif isinstance(shown, int):
            sheet.write_number(row, column, shown, look)
        else:
            write_text(sheet, row, column, shown, look)


def _write_subtotal(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan = book.plan
    assert line.group is not None
    _write_name(book, sheet, line.row, plan.words("matrix.subtotal_type", name=line.group.name))

    def formula(column: int) -> str:
        return sum_formula([xl_range(line.span[0], column, line.span[1], column)])

    _write_sums(book, sheet, line.row, line.group.totals, formula)


def _write_gathered(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    """Units of one parent stand among others, so they are picked by the number in the hidden column."""
    plan = book.plan
    assert line.group is not None
    _write_name(book, sheet, line.row, plan.words("matrix.subtotal_parent", name=line.group.name))
    first, last = plan.spans[0][0] + 1, plan.spans[-1][1] + 1
    group = xl_col_to_name(_GROUP)
    where = f"${group}${first}:${group}${last}"

    def formula(column: int) -> str:
        name = xl_col_to_name(column)
        figures = f"{name}${first}:{name}${last}"
        counted = f'COUNTIFS({where},{line.number},{figures},">=0")'
        return f'=IF({counted}=0,"",SUMIF({where},{line.number},{figures}))'

    _write_sums(book, sheet, line.row, line.group.totals, formula)


def _write_total(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan = book.plan
    _write_name(book, sheet, line.row, plan.words("matrix.total"))

    def formula(column: int) -> str:
        return sum_formula([xl_range(first, column, last, column) for first, last in plan.spans])

    _write_sums(book, sheet, line.row, plan.result.totals, formula if plan.spans else None)


def _write_heading(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan, styles = book.plan, book.styles
    sheet.write_string(line.row, _NUMBER, plan.words("matrix.apart"), styles.title_left)


_WRITERS: Mapping[MatrixLineKind, Callable[[SummaryBook, Worksheet, MatrixLine], None]] = {
    MatrixLineKind.UNIT: _write_unit,
    MatrixLineKind.SUBTOTAL: _write_subtotal,
    MatrixLineKind.GATHERED: _write_gathered,
    MatrixLineKind.TOTAL: _write_total,
    MatrixLineKind.HEADING: _write_heading,
    MatrixLineKind.APART: _write_unit,
}


def _write_name(book: SummaryBook, sheet: Worksheet, row: int, name: str) -> None:
    plan, styles = book.plan, book.styles
    for column in range(plan.first_column):
        sheet.write_blank(row, column, None, styles.grid_sum_name)
    sheet.write_string(row, _NAME, name, styles.grid_sum_name)


def _write_sums(book: SummaryBook, sheet: Worksheet, row: int, totals: Mapping[Cell, Total], sums: _Sums) -> None:
    """Write one formula a column; `sums` makes it for a column, or is None where there is nothing to add."""
    look = book.styles.grid_sum
    for cell, column in book.plan.columns.items():
        total = totals.get(cell)
        cached = "" if total is None or total.value is None else total.value
        if sums:
            sheet.write_formula(row, column, sums(column), look, cached)
        else:
            sheet.write_blank(row, column, None, look)


def _set_up(sheet: Worksheet, plan: SummaryPlan) -> None:
    widths = {column: _width(plan, cell) for cell, column in plan.columns.items()}
    for column, width in enumerate(_FIXED_WIDTHS):
        sheet.set_column(column, column, width)
    if plan.gathered:
        sheet.set_column(_GROUP, _GROUP, _FIXED_WIDTHS[_NUMBER], None, {"hidden": True})
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    sheet.freeze_panes(MATRIX_FIRST_ROW, plan.first_column)
    # The buttons would lie over the turned heads of the figures; a total is not to be filtered away.
    total = next(line.row for line in plan.lines if line.kind is MatrixLineKind.TOTAL)
    sheet.autofilter(_HEAD + 1, _NUMBER, total - 1, _STATE)
    set_up_list(sheet, plan)
    sheet.repeat_rows(_HEAD, _HEAD + 1)
    sheet.repeat_columns(_NUMBER, _STATE)
    _break_pages(sheet, plan, widths)


def _width(plan: SummaryPlan, cell: Cell) -> float:
    """Characters for the largest number of a column: its total, or that of a unit outside the totals."""
    apart = (plan.entries.get(unit.unit.code, {}).get(cell) for unit in plan.result.units if not unit.in_total)
    values = [plan.result.totals[cell].value, *(entry.value for entry in apart if entry)]
    return max(_NARROWEST, max(len(f"{value or 0:,}") for value in values) + _AIR)


def _break_pages(sheet: Worksheet, plan: SummaryPlan, widths: Mapping[int, float]) -> None:
    """Print whole numbered groups of the form on a page, as many as it holds; manual breaks need a fixed scale.

    A group that no readable scale gets onto one page goes on after one of its rows, never between two measures.
    """
    groups = _groups(plan, by_number=True)
    across = {column: pixels(width) for column, width in widths.items()}
    fixed = sum(map(pixels, _FIXED_WIDTHS))
    widest = max(sum(across[column] for column in group) for group in groups)
    scale = min(_FULL_SCALE, max(_SMALLEST_SCALE, _FULL_SCALE * _PAGE_PIXELS // (fixed + widest)))
    space = _FULL_SCALE * _PAGE_PIXELS // scale - fixed
    blocks = groups if widest <= space else _groups(plan, by_number=False)
    breaks: list[int] = []
    used = 0
    for block in blocks:
        width = sum(across[column] for column in block)
        if used and used + width > space:
            breaks.append(block[0])
            used = 0
        used += width
    sheet.set_print_scale(scale)
    sheet.set_v_pagebreaks(breaks)


def _groups(plan: SummaryPlan, *, by_number: bool) -> list[list[int]]:
    """Columns of each numbered row of the form with the rows under it, or of each row alone."""
    groups: list[list[int]] = []
    for row in plan.form.rows:
        columns = [column for cell, column in plan.columns.items() if cell.row == row.key]
        if row.stt or not groups or not by_number:
            groups.append([])
        groups[-1] += columns
    return [group for group in groups if group]
