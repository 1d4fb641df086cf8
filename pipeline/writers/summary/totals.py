"""`Tổng hợp`: the form itself with the totals of all units; signed and sent on, and a return one level up.

A reader one level up finds: the stamp beside its labels, the form by its head and labels or by the hidden column
of row keys, how many units stand behind a number in the column headed `Số đơn vị có số liệu: …` of its measure,
and in the column of marks which rows are not final.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.extract.own.stamp import coverage_text
from pipeline.extract.own.summary import ATTACHMENT, DATE, MOTTO, ORGAN, STATE, TITLE
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.writers.form_layout import (
    FormPlace,
    place_form,
    set_widths,
    write_head,
    write_labels,
)
from pipeline.writers.formats import set_up_page, write_box
from pipeline.writers.summary.cell_writing import write_stamp, write_text
from pipeline.writers.summary.derived import write_derived
from pipeline.writers.summary.printed_page import (
    RowHeights,
    footer,
    keep_together,
    number_width,
    open_line,
    text_height,
)
from pipeline.writers.summary.row_marks import RowMarks
from pipeline.writers.summary.signatures import write_signatures
from pipeline.writers.summary.styles import LIST_SIZE, Styles
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted, sum_formula
from schemas.form import NOTE, Column, Form, Row
from schemas.register import Office
from schemas.rules import Cell

# The form lends the columns of coverage and marks some of its width.
_WIDTH_KEPT: Mapping[str, float] = {"label": 0.96, "measure": 0.85, "note": 0.65}
_COVERAGE_WIDTH, _MARK_WIDTH = 9.5, 21.0
_ORGAN_ROWS = 4
_LEFT_SHARE = 0.4
_AIR = 2.0
_DEFINED_NAMES = ("form_id", "form_version", "unit_code", "unit_name")


@dataclass(frozen=True, slots=True)
class _TotalsLayout:
    """Where things stand in the sheet."""

    form: Form
    """with the widths it has here"""
    place: FormPlace
    coverage: Mapping[str, int]
    """measure -> column of its coverage"""
    mark: int
    key: int

    @property
    def widths(self) -> tuple[float, ...]:
        """Characters across each printed column."""
        coverage = (_COVERAGE_WIDTH for _ in self.coverage)
        return (*(column.width for column in self.form.columns), *coverage, _MARK_WIDTH)

    @property
    def width(self) -> float:
        """Characters across the printed part."""
        return sum(self.widths)

    @property
    def middle(self) -> int:
        """The column at which the right half of head and signatures begins: past two fifths of the width."""
        used = 0.0
        for place, column in enumerate(self.form.columns, 1):
            used += column.width
            if used > _LEFT_SHARE * self.width:
                return place
        return 1


def write_totals(book: SummaryBook) -> Worksheet:
    """Write the sheet; each total is a live formula over the column of its cell in the matrix."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.words("sheets.totals"))
    rows, top = RowHeights(sheet), list(_top_lines(plan, styles))
    layout = _layout(plan, _ORGAN_ROWS + len(top) + 1)
    _set_widths(sheet, layout)
    _write_organ(book, rows, layout)
    for row, (key, text, look) in enumerate(top, _ORGAN_ROWS):
        write_box(sheet, (row, 0, row, layout.mark), text, look)
        write_text(sheet, row, layout.key, key, styles.stamp)
        rows.set(row, text_height(text, layout.width, float(look.font_size), bold=True))
    write_head(sheet, layout.form, layout.place, styles.base)
    write_labels(sheet, layout.form, layout.place, styles.base, mended=True)
    _write_extra_heads(book, rows, layout)
    marks = RowMarks(plan)
    for form_row in layout.form.rows:
        _write_row(book, rows, layout, form_row, marks.of_row(form_row))
    # Head and signatures share one line between left and right, as on a letter.
    halves = ((0, layout.middle - 1), (layout.middle, layout.mark))
    after = write_derived(book, rows, layout.place, layout.mark, layout.widths)
    last = write_signatures(book, sheet, after + 2, halves, layout.key)
    _write_stamp(book, sheet, layout)
    _set_up(sheet, plan, layout, last)
    keep_together(rows, layout.widths, after + 1, last)
    return sheet


def _layout(plan: SummaryPlan, head: int) -> _TotalsLayout:
    form = plan.form
    # A merged cell holds one number; a row that takes several keeps its cells apart.
    spread = frozenset(key for key in form.spread if len(_cells(form, key)) < 2)  # noqa: PLR2004
    columns: list[Column] = []
    for column in form.columns:
        kept = column.width * _WIDTH_KEPT.get(column.role, 1.0)
        columns.append(replace(column, width=max(kept, _needed(plan, column, spread))))
    narrow = replace(form, columns=tuple(columns), spread=spread)
    place = place_form(narrow, head)
    after = place.last_column + 1
    coverage = {measure: after + step for step, measure in enumerate(form.measures)}
    mark = after + len(coverage)
    return _TotalsLayout(narrow, place, coverage, mark, mark + 1)


def _needed(plan: SummaryPlan, column: Column, spread: frozenset[str]) -> float:
    """Characters that the largest total of a column takes."""
    values: list[int | None] = []
    for cell, total in plan.result.totals.items():
        if cell.measure == column.key and cell.row not in spread:
            values.append(total.value)
    return number_width(values)


def _cells(form: Form, row: str) -> list[Cell]:
    return [cell for cell in form.number_cells if cell.row == row]


def _set_widths(sheet: Worksheet, layout: _TotalsLayout) -> None:
    set_widths(sheet, layout.form, layout.place)
    for column in layout.coverage.values():
        sheet.set_column(column, column, _COVERAGE_WIDTH)
    sheet.set_column(layout.mark, layout.mark, _MARK_WIDTH)
    # Hidden: people go by the labels, a later run and the level above by the keys.
    sheet.set_column(layout.key, layout.key, None, None, {"hidden": True})


def _write_organ(book: SummaryBook, rows: RowHeights, layout: _TotalsLayout) -> None:
    """Organ on the left, the state's name and motto on the right, as the decree places them."""
    plan, styles, sheet = book.plan, book.styles, rows.sheet
    office, words = plan.result.register.office, plan.words
    left = sum(column.width for column in layout.form.columns[: layout.middle])
    # A dotted line that an officer filled in by hand stays filled in.
    date = plan.result.by_hand.dotted.get(DATE) or place_and_date(office, words)
    lines = (
        (
            ORGAN,
            office.superior_organ,
            styles.organ,
            words("page.state"),
            styles.organ_strong,
        ),
        (MOTTO, office.organ, styles.organ_strong, words("page.motto"), styles.motto),
        (DATE, "", styles.organ, date, styles.italic_right),
    )
    for row, (key, organ, organ_look, state, state_look) in enumerate(lines):
        write_box(sheet, (row, 0, row, layout.middle - 1), organ, organ_look)
        write_box(sheet, (row, layout.middle, row, layout.mark), state, state_look)
        write_text(sheet, row, layout.key, key, styles.stamp)
        rows.set(row, text_height(organ, left, bold=True))


def place_and_date(office: Office, words: SummaryWords) -> str:
    """The dotted line for place and date, to be filled in by hand."""
    return words("page.place_and_date", place=office.place or words("page.place_unknown"))


def _top_lines(plan: SummaryPlan, styles: Styles) -> Iterator[tuple[str, str, Format]]:
    """Yield key, text and look of each line between the organ and the table."""
    attachment = plan.result.by_hand.dotted.get(ATTACHMENT) or plan.words("totals.attachment")
    yield TITLE, plan.form.summary_title, styles.base.title
    yield ATTACHMENT, attachment, styles.base.reference
    yield (
        STATE,
        open_line(plan),
        styles.base.subtitle if plan.is_final else styles.open_line,
    )


def _write_extra_heads(book: SummaryBook, rows: RowHeights, layout: _TotalsLayout) -> None:
    stamp, styles, sheet = book.plan.stamp, book.styles, rows.sheet
    first, last = layout.place.head, layout.place.body - 1
    height = 0.0
    for measure, column in layout.coverage.items():
        head = stamp.coverage_head(layout.form.column_by_key[measure].short)
        write_box(sheet, (first, column, last, column), head, styles.list_head)
        height = max(height, text_height(head, _COVERAGE_WIDTH, LIST_SIZE, bold=True))
    write_box(sheet, (first, layout.mark, last, layout.mark), stamp.mark, styles.list_head)
    write_text(sheet, first, layout.key, stamp.row_key, styles.stamp)
    for row in range(first, last + 1):
        rows.set(row, max(height / layout.place.head_rows, _heads_height(layout)) + _AIR)


def _heads_height(layout: _TotalsLayout) -> float:
    """What the form's own heads need in each row of the head."""
    heights: list[float] = []
    for column in layout.form.columns:
        # A text that no other stands above has all the rows of the head together.
        rows = layout.place.head_rows - len(column.head) + 1
        heights.append(text_height(column.head[-1], column.width, bold=True) / rows)
    return max(heights)


def _write_row(book: SummaryBook, rows: RowHeights, layout: _TotalsLayout, row: Row, mark: str) -> None:
    plan, styles, sheet = book.plan, book.styles, rows.sheet
    at, form, place = layout.place.rows[row.key], layout.form, layout.place
    by_hand = plan.result.by_hand.notes
    texts = {key: by_hand.get(Cell(row.key, key), "") for key in (*form.measures, NOTE)}
    if row.key in place.spread:
        # Merging writes all its cells, so that what stands in them comes after it.
        sheet.merge_range(at, place.measures[0], at, place.measures[1], "", styles.number_total)
    for measure in form.measures:
        if texts[measure] or row.key not in place.spread:
            write_text(sheet, at, place.columns[measure], texts[measure], styles.base.text)
        sheet.write_blank(at, layout.coverage[measure], None, styles.total_center)
    note = form.column_of("note")
    if note:
        write_text(sheet, at, place.columns[note.key], texts[NOTE], styles.base.text)
    for cell in _cells(form, row.key):
        _write_total(book, sheet, layout, cell)
    write_text(sheet, at, layout.mark, mark, styles.total_text)
    write_text(sheet, at, layout.key, row.key, styles.stamp)
    rows.set(at, max(_heights(layout, row, mark, texts)))


def _write_total(book: SummaryBook, sheet: Worksheet, layout: _TotalsLayout, cell: Cell) -> None:
    """Write one total, and beside the table how many units stand behind it."""
    plan, styles = book.plan, book.styles
    total = plan.result.totals[cell]
    row, column = layout.place.at(cell)
    if plan.spans:
        cached = "" if total.value is None else total.value
        sheet.write_formula(row, column, _formula(plan, cell), styles.number_total, cached)
    write_text(
        sheet,
        row,
        layout.coverage[cell.measure],
        coverage_text(total.coverage),
        styles.total_center,
    )


def _formula(plan: SummaryPlan, cell: Cell) -> str:
    matrix = quoted(plan.words("sheets.matrix"))
    column = plan.columns[cell]
    ranges = [xl_range(first, column, last, column) for first, last in plan.spans]
    return sum_formula([f"{matrix}!{where}" for where in ranges])


def _heights(layout: _TotalsLayout, row: Row, mark: str, texts: Mapping[str, str]) -> Iterator[float]:
    yield text_height(mark, _MARK_WIDTH, LIST_SIZE)
    for column in layout.form.columns:
        if column.role == "label":
            is_indented = row.parent and not row.stt
            width = column.width - 1 if is_indented else column.width
            yield text_height(row.title, width, bold=bool(row.stt))
        elif column.role == "unit":
            yield text_height(row.unit_of_measure, column.width)
        elif texts.get(column.key):
            yield text_height(texts[column.key], column.width)


def _write_stamp(book: SummaryBook, sheet: Worksheet, layout: _TotalsLayout) -> None:
    """Outside the printed part: what a reader one level up needs, and the workbook's names that point at it."""
    plan = book.plan
    register = plan.result.register
    collector = register.collector
    unit = ("", register.office.name)
    if collector:
        unit = (collector.code, collector.name)
    places = write_stamp(book, sheet, layout.key + 1, unit, plan.stamp.kind_summary)
    name = quoted(plan.words("sheets.totals"))
    for key in _DEFINED_NAMES:
        where = xl_rowcol_to_cell(*places[key], row_abs=True, col_abs=True)
        book.workbook.define_name(key, f"={name}!{where}")


def _set_up(sheet: Worksheet, plan: SummaryPlan, layout: _TotalsLayout, last: int) -> None:
    label = layout.form.column_of("label")
    frozen = layout.place.columns[label.key] + 1 if label else 0
    sheet.freeze_panes(layout.place.body, frozen)
    sheet.autofilter(layout.place.body - 1, 0, layout.place.last_row, layout.mark)
    set_up_page(sheet)
    sheet.set_footer(footer(plan))
    # The names of organ and state are printed once, the head of the table on every page.
    sheet.repeat_rows(layout.place.head, layout.place.body - 1)
    sheet.print_area(0, 0, last, layout.mark)
