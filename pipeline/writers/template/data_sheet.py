"""The data sheet of the blank workbook: what stays on the screen, the stamp, the form, what is wrong in each row."""

from collections.abc import Mapping

from pipeline.extract.own.template import TemplateWords, column_reminder
from pipeline.writers.form_layout import (
    set_widths,
    title_lines,
    write_head,
    write_labels,
    write_lines,
)
from pipeline.writers.formats import (
    Format,
    Formats,
    Worksheet,
    lines_needed,
    row_height,
    set_foot,
    set_up_page,
    write_box,
)
from pipeline.writers.template.checks import checks_of, row_formula
from pipeline.writers.template.data_layout import (
    HINT_ROW,
    STAMP_ROW,
    STATUS_ROW,
    DataLayout,
    colour,
)
from pipeline.writers.template.stamp_block import write_stamps
from pipeline.writers.template.status_line import (
    contact_formula,
    status_formula,
    status_of_blank,
)
from pipeline.writers.template.validation import validate_cells
from pipeline.writers.xlsxwriter_inside import GrowingSheet
from schemas.form import Row, ValueKind
from schemas.register import Unit

_CHECKS_WIDTH = 70
_TELLING = 6
"""so many letters tell one status from another"""
_TEXT_LINES = 10
"""so much room has a row for free text: its cells are merged, and such a row never grows by itself"""


def write_data_sheet(sheet: GrowingSheet, layout: DataLayout, unit: Unit | None) -> None:
    """Write the sheet, blank or stamped with a unit."""
    _write_top(sheet, layout, unit)
    write_stamps(sheet, layout.form, layout.stamps, layout.formats, unit)
    _write_form(sheet, layout)
    _write_checks(sheet, layout)
    validate_cells(sheet, layout, unit)
    _set_up(sheet, layout, unit)


def _write_top(sheet: Worksheet, layout: DataLayout, unit: Unit | None) -> None:
    """Write what stays on the screen: the hint, the status line, and what each measure column is."""
    words, place, formats = layout.words, layout.place, layout.formats
    write_box(
        sheet,
        (HINT_ROW, 0, HINT_ROW, place.last_column),
        words.top["hint"],
        formats.small,
    )
    # The status stands over the labels; over each measure stands its reminder.
    last = max(place.measures[0] - 1, 0)
    if last:
        sheet.merge_range(STATUS_ROW, 0, STATUS_ROW, last, "", formats.strong)
    status = status_formula(layout.checked, layout.stamps["unit_code"].at, layout.remarks, layout.letter)
    now = status_of_blank(layout.form, words, layout.letter, unit_known=unit is not None)
    sheet.write_formula(STATUS_ROW, 0, status, formats.strong, now)
    colour(sheet, (STATUS_ROW, 0, STATUS_ROW, last), _inks_of_status(words, formats))
    for index, column in enumerate(layout.form.columns):
        if column.role == "measure":
            reminder = column_reminder(words, column, index)
            sheet.write_string(STATUS_ROW, index, reminder, formats.reminder)
    width = sum(column.width for column in layout.form.columns[: last + 1])
    lines = max(lines_needed(text, width, bold=True) for text in words.status.values())
    sheet.set_row(STATUS_ROW, row_height(max(lines, 2)))


def _inks_of_status(words: TemplateWords, formats: Formats) -> Mapping[str, Format]:
    """How each status begins, before any number in it -> its ink."""
    inks = {
        "done": formats.ink_done,
        "look": formats.ink_warning,
        "nothing": formats.ink_warning,
        "open": formats.ink_error,
    }
    found: dict[str, Format] = {}
    for name, ink in inks.items():
        before_number = words.status[name].partition("{")[0]
        found[before_number[:_TELLING]] = ink
    return found


def _write_form(sheet: GrowingSheet, layout: DataLayout) -> None:
    """Write the form as printed in the letter, and an input cell wherever a row takes something."""
    form, place, formats = layout.form, layout.place, layout.formats
    write_lines(sheet, form, place, layout.first_title, title_lines(form, formats))
    write_head(sheet, form, place, formats)
    write_labels(sheet, form, place, formats)
    for row in form.rows:
        at = place.rows[row.key]
        if ValueKind.TEXT in row.kinds.values():
            sheet.set_row(at, row_height(_TEXT_LINES))
        else:
            sheet.let_grow(at)
        _write_input_cells(sheet, layout, row)
        for column in form.columns:
            if column.role == "note":
                sheet.write_blank(at, place.columns[column.key], None, formats.open_text)


def _write_input_cells(sheet: Worksheet, layout: DataLayout, row: Row) -> None:
    """Write the cells of a row's measures, empty: one merged cell, or one for each; grey where it takes nothing."""
    place, formats = layout.place, layout.formats
    at = place.rows[row.key]
    if row.key in place.spread:
        # A row is merged only where all it takes is one thing.
        kind = next(iter(row.kinds.values()), None)
        first, last = place.measures
        write_box(sheet, (at, first, at, last), "", _input_look(kind, formats))
        return
    for measure in layout.form.measures:
        look = _input_look(row.kinds.get(measure), formats)
        sheet.write_blank(at, place.columns[measure], None, look)


def _input_look(kind: ValueKind | None, formats: Formats) -> Format:
    if kind is None:
        return formats.closed
    if kind is ValueKind.TEXT:
        return formats.open_text
    return formats.open_number


def _write_checks(sheet: Worksheet, layout: DataLayout) -> None:
    """Write beside each row what is wrong in it, and its key in a hidden column; on top what is missing above it."""
    place, formats, checked = layout.place, layout.formats, layout.checked
    head = (place.head, layout.checks, place.body - 1, layout.checks)
    write_box(sheet, head, layout.words.top["checks"], formats.head)
    sheet.write_string(place.body - 1, layout.keys, layout.stamp_words.row_key, formats.hidden)
    contact = contact_formula(checked, layout.stamps, layout.stamp_words)
    sheet.write_formula(STATUS_ROW, layout.checks, contact, formats.remark, "")
    for key, checks in checks_of(checked).items():
        row = place.rows[key]
        sheet.write_string(row, layout.keys, key, formats.hidden)
        if checks:
            sheet.write_formula(
                row,
                layout.checks,
                row_formula(checks, layout.words),
                formats.remark,
                "",
            )
    sheet.set_column(layout.checks, layout.checks, _CHECKS_WIDTH)
    sheet.set_column(layout.keys, layout.keys, None, None, {"hidden": True})
    remark = layout.words.remark
    inks = {remark["error"]: formats.ink_error, remark["warning"]: formats.ink_warning}
    for first, last in ((STATUS_ROW, STATUS_ROW), (place.body, place.last_row)):
        colour(sheet, (first, layout.checks, last, layout.checks), inks)


def _set_up(sheet: Worksheet, layout: DataLayout, unit: Unit | None) -> None:
    """Set widths, print area, protection, and what is selected when the workbook opens."""
    form, place = layout.form, layout.place
    set_widths(sheet, form, place)
    set_up_page(sheet)
    sheet.print_area(STAMP_ROW, 0, place.last_row, place.last_column)
    sheet.repeat_rows(place.head, place.body - 1)
    set_foot(
        sheet,
        layout.words.file["foot"].format(form_id=form.id, form_version=form.version),
    )
    # Only the top stays: with the head in it a small screen would show no more than a few rows.
    sheet.freeze_panes(STATUS_ROW + 1, 0)
    sheet.protect("", {"select_locked_cells": False, "format_rows": True})
    first = layout.stamps["filled_by" if unit else "unit_name"]
    sheet.set_selection(first.row, first.value, first.row, first.value)
