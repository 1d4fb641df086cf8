"""`Theo đơn vị`: units by rows of the form, with subtotals; what the totals of the first sheet are added from."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name, xl_range
from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, State, Total, UnitResult, UnitStatus
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_link, write_text
from pipeline.writers.summary.printed_page import open_line, pixels, set_up_list
from pipeline.writers.summary.styles import Styles
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
_LEFT_OUT = (State.UNREADABLE, State.SET_ASIDE)
_Sums = Callable[[int], str] | None


def write_matrix(book: SummaryBook) -> Worksheet:
    """Write the sheet; a number is a live formula to the unit's sheet where there is one."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.words("sheets.matrix"))
    # What stands above the repeated columns is printed on every page, and must fit above them.
    sheet.merge_range(0, _NUMBER, 1, _STATE, plan.words("matrix.title"), styles.title_wrapped)
    note = styles.note_left if plan.is_final else styles.note_open
    sheet.write_string(1, plan.first_column, open_line(plan), note)
    _write_head(book, sheet)
    for line in plan.lines:
        sheet.set_row(line.row, _LINE_HEIGHT)
        _WRITERS[line.kind](book, sheet, line)
    legend = ["left_out", "computed", "blank"]
    if plan.unit_sheets:
        legend.append("links")
    for row, name in enumerate(legend, plan.lines[-1].row + 2):
        sheet.write_string(
            row,
            plan.first_column,
            plan.words(f"matrix.legend.{name}"),
            styles.note_left,
        )
    _set_up(sheet, plan)
    return sheet


def _write_head(book: SummaryBook, sheet: Worksheet) -> None:
    """A row of the form that takes several measures has its name above them; one that takes one, above it alone."""
    plan, styles = book.plan, book.styles
    form = plan.form
    names = ["number", "code", "unit", "status"]
    if plan.gathered:
        names.append("group")
    for column, name in enumerate(names):
        write_box(
            sheet,
            (_HEAD, column, _HEAD + 1, column),
            plan.words(f"matrix.{name}"),
            styles.grid_head,
        )
    for row in form.rows:
        heads: dict[int, str] = {}
        for cell, column in plan.columns.items():
            if cell.row == row.key:
                heads[column] = form.column_by_key[cell.measure].short
        if heads:
            _write_row_head(sheet, row.short_label, heads, styles)
    for place, height in enumerate(_HEAD_HEIGHTS):
        sheet.set_row(_HEAD + place, height)


def _write_row_head(sheet: Worksheet, label: str, heads: Mapping[int, str], styles: Styles) -> None:
    """Write the head of one row of the form; `heads` says what stands above each of its columns."""
    first, last = min(heads), max(heads)
    if len(heads) == 1:
        write_box(sheet, (_HEAD, first, _HEAD + 1, first), label, styles.grid_head_turned)
        return
    write_box(sheet, (_HEAD, first, _HEAD, last), label, styles.grid_head)
    for column, head in heads.items():
        sheet.write_string(_HEAD + 1, column, head, styles.grid_head_turned)


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
        sheet.write_number(line.row, _GROUP, _group_number(plan, code), styles.grid_center)
    _write_figures(book, sheet, line.row, unit)


def _group_number(plan: SummaryPlan, code: str) -> int:
    """The number by which the line of a gathered group picks its units; 0 for a unit of none."""
    for number, group in enumerate(plan.gathered, 1):
        if code in group.units:
            return number
    return 0


def _state(plan: SummaryPlan, unit: UnitResult) -> str:
    """What became of a unit's return: one of which nothing came is no unit that sent something without figures."""
    something_came = unit.file or unit.unit.code in plan.perhaps
    if unit.status is UnitStatus.MISSING and something_came:
        return plan.words("matrix.state.without_figures")
    return plan.words(f"matrix.state.{unit.status}")


def _write_figures(book: SummaryBook, sheet: Worksheet, row: int, unit: UnitResult) -> None:
    """Write the figures of a unit; one that is left out shows a mark, never a number."""
    plan, code = book.plan, unit.unit.code
    entries: Mapping[Cell, Entry] = plan.entries.get(code, {})
    left_out = plan.words("matrix.left_out")
    for cell, column in plan.columns.items():
        entry = entries.get(cell)
        look = _look_of(book.styles, entry)
        shown, instead = _figure(entry), ""
        if entry and entry.state in _LEFT_OUT:
            shown = instead = left_out
        if code in plan.unit_sheets:
            # Where nothing was counted, that sheet shows what was typed: only a number goes over.
            source = plan.unit_cell(code, cell)
            formula = f'=IF(ISNUMBER({source}),{source},"{instead}")'
            sheet.write_formula(row, column, formula, look, shown)
        elif isinstance(shown, int):
            sheet.write_number(row, column, shown, look)
        else:
            write_text(sheet, row, column, shown, look)


def _figure(entry: Entry | None) -> int | str:
    if entry is None or entry.value is None or not entry.counted:
        return ""
    return entry.value


def _look_of(styles: Styles, entry: Entry | None) -> Format:
    if entry is None:
        return styles.grid_number
    if entry.state in _LEFT_OUT:
        return styles.grid_left_out
    if entry.state is State.COMPUTED:
        return styles.grid_computed
    return styles.grid_number


def _write_subtotal(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan = book.plan
    assert line.group is not None
    _write_name(book, sheet, line.row, plan.words("matrix.subtotal_type", name=line.group.name))

    def formula(column: int) -> str:
        return sum_formula([xl_range(line.span[0], column, line.span[1], column)])

    _write_sums(book, sheet, line.row, line.group.totals, formula)


def _write_gathered(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    """Write the line of the units of one parent: they stand among others, and are picked by the hidden numbers."""
    plan = book.plan
    assert line.group is not None
    _write_name(
        book,
        sheet,
        line.row,
        plan.words("matrix.subtotal_parent", name=line.group.name),
    )
    first, last = plan.spans[0][0] + 1, plan.spans[-1][1] + 1
    group = xl_col_to_name(_GROUP)
    where = f"${group}${first}:${group}${last}"

    def formula(column: int) -> str:
        name = xl_col_to_name(column)
        figures = f"{name}${first}:{name}${last}"
        # A sum alone would give 0 where nobody stated anything.
        counted = f'COUNTIFS({where},{line.number},{figures},">=0")'
        return f'=IF({counted}=0,"",SUMIF({where},{line.number},{figures}))'

    _write_sums(book, sheet, line.row, line.group.totals, formula)


def _write_total(book: SummaryBook, sheet: Worksheet, line: MatrixLine) -> None:
    plan = book.plan
    _write_name(book, sheet, line.row, plan.words("matrix.total"))

    def formula(column: int) -> str:
        return sum_formula([xl_range(first, column, last, column) for first, last in plan.spans])

    sums = formula if plan.spans else None
    _write_sums(book, sheet, line.row, plan.result.totals, sums)


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


def _write_sums(
    book: SummaryBook,
    sheet: Worksheet,
    row: int,
    totals: Mapping[Cell, Total],
    sums: _Sums,
) -> None:
    """Write one formula a column; `sums` makes it for a column, or is None where there is nothing to add."""
    look = book.styles.grid_sum
    for cell, column in book.plan.columns.items():
        total = totals.get(cell)
        cached: int | str = ""
        if total and total.value is not None:
            cached = total.value
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
    values = [plan.result.totals[cell].value]
    for unit in plan.result.units:
        entry = plan.entries.get(unit.unit.code, {}).get(cell)
        if entry and not unit.in_total:
            values.append(entry.value)
    longest = max(len(f"{value or 0:,}") for value in values)
    return max(_NARROWEST, longest + _AIR)


def _break_pages(sheet: Worksheet, plan: SummaryPlan, widths: Mapping[int, float]) -> None:
    """Print whole numbered groups of the form on a page, as many as it holds; manual breaks need a fixed scale.

    A group that no readable scale gets onto one page goes on after one of its rows, never between two measures.
    """
    groups = _groups(plan, by_number=True)
    across = {column: pixels(width) for column, width in widths.items()}
    fixed = sum(map(pixels, _FIXED_WIDTHS))
    widest = max(_width_of(group, across) for group in groups)
    # Excel takes a scale in whole per cents.
    scale = _FULL_SCALE * _PAGE_PIXELS // (fixed + widest)
    scale = min(_FULL_SCALE, max(_SMALLEST_SCALE, scale))
    space = _FULL_SCALE * _PAGE_PIXELS // scale - fixed
    blocks = groups
    if widest > space:
        blocks = _groups(plan, by_number=False)
    sheet.set_print_scale(scale)
    sheet.set_v_pagebreaks(_breaks(blocks, across, space))


def _breaks(blocks: Sequence[Sequence[int]], across: Mapping[int, int], space: int) -> list[int]:
    """The columns that begin a page, where each page takes as many blocks as fit into the space."""
    breaks: list[int] = []
    used = 0
    for block in blocks:
        width = _width_of(block, across)
        if used and used + width > space:
            breaks.append(block[0])
            used = 0
        used += width
    return breaks


def _width_of(columns: Iterable[int], across: Mapping[int, int]) -> int:
    return sum(across[column] for column in columns)


def _groups(plan: SummaryPlan, *, by_number: bool) -> list[list[int]]:
    """Columns of each numbered row of the form with the rows under it, or of each row alone."""
    groups: list[list[int]] = []
    for row in plan.form.rows:
        columns = [column for cell, column in plan.columns.items() if cell.row == row.key]
        begins_group = row.stt or not by_number
        if begins_group or not groups:
            groups.append([])
        groups[-1] += columns
    return [group for group in groups if group]
