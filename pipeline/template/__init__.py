"""The blank workbook that units fill in, made from the form definition: one file for all, one stamped for each unit.

What the letter prints stands in columns of its own; beside it a column tells what is wrong in each row, and the
first lines say whether the form is complete. Only input cells are unlocked, without a password. Formulas are those
of Excel 2007, each with the value it has in a blank form, because many readers do not calculate.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from pipeline.form_layout import (
    FormPlace,
    boxes_of,
    place_form,
    set_widths,
    title_lines,
    write_head,
    write_labels,
    write_lines,
)
from pipeline.stamp import StampWords, load_stamp_words
from pipeline.template.checks import (
    LARGEST,
    checks_of,
    row_formula,
    status_formula,
    status_of_blank,
)
from pipeline.template.formulas import CheckedForm, address
from pipeline.template.guide import write_guide
from pipeline.template.stamp_block import Stamp, name_stamps, place_stamps, write_lists, write_stamps
from pipeline.template_words import TemplateWords, column_reminder, load_template_words
from pipeline.workbook_formats import (
    Box,
    Format,
    Formats,
    Workbook,
    Worksheet,
    lines_needed,
    make_formats,
    new_workbook,
    row_height,
    set_foot,
    set_up_page,
    write_box,
)
from schemas.form import Form, ValueKind
from schemas.register import Register, Unit
from schemas.text import fold_words

HINT_ROW, STATUS_ROW, STAMP_ROW = 0, 1, 2
_CHECKS_WIDTH = 70
_TELLING = 6
"""so many letters tell one status from another"""


@dataclass(frozen=True, slots=True)
class _Page:
    """What is needed to write the data sheet."""

    form: Form
    place: FormPlace
    words: TemplateWords
    stamp_words: StampWords
    stamps: Mapping[str, Stamp]
    first_title: int
    formats: Formats

    @property
    def checks(self) -> int:
        """Column of what is wrong in each row."""
        return self.place.last_column + 1

    @property
    def keys(self) -> int:
        """Hidden column of the row keys."""
        return self.place.last_column + 2

    @property
    def letter(self) -> str:
        """Letter of the column of checks."""
        return address(0, self.checks).rstrip("1")


def write_templates(form: Form, register: Register, folder: Path) -> tuple[Path, ...]:
    """Write the blank workbook and one stamped copy for each unit asked; gives the paths, the blank one first.

    Raises:
        OSError: the folder cannot be written to, or a file in it is open elsewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[Path, Unit | None] = {folder / f"{file_stem(form.id)}.xlsx": None}
    for unit in asked_units(register):
        stem = f"{file_stem(unit.code)}_{file_stem(unit.name)}"
        path = folder / f"{stem}.xlsx"
        # Codes that differ only in punctuation must not share a file.
        number = 2
        while path in targets:
            path, number = folder / f"{stem}_{number}.xlsx", number + 1
        targets[path] = unit
    for path, stamped in targets.items():
        write_template(form, register, path, stamped)
    return tuple(targets)


def write_template(form: Form, register: Register, out: Path, unit: Unit | None = None) -> None:
    """Write one workbook: blank, or stamped with the code and name of a unit. Equal input gives equal bytes.

    It is written beside `out` and then renamed, so that a half-written file never stands under that name.

    Raises:
        OSError: the folder cannot be written to, or the file is open elsewhere.
    """
    buffer = BytesIO()
    workbook = new_workbook(buffer, form.name)
    _write_workbook(workbook, form, register, unit)
    workbook.close()
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(buffer.getvalue())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def asked_units(register: Register) -> tuple[Unit, ...]:
    """Units that get a copy: all that exist on the form's day, counted in the total or not, less the collector."""
    return tuple(unit for unit in register.units if unit is not register.collector and unit.valid_on(register.day))


def file_stem(text: str) -> str:
    """Letters of a name that every mail gateway lets through: "Phường Đông Mai" is "Phuong_Dong_Mai"."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return text
    return "_".join(word.capitalize() for word in fold_words(text).split()) or "bieu"


def _write_workbook(workbook: Workbook, form: Form, register: Register, unit: Unit | None) -> None:
    words, formats = load_template_words(), make_formats(workbook)
    data, guide, lists = (workbook.add_worksheet(words.sheets[name]) for name in ("data", "guide", "lists"))
    page = _lay_out(form, words, formats)
    name_stamps(workbook, data, page.stamps)
    # A stamped copy bears its name already; a list of a thousand names would only weigh on every reading.
    write_lists(workbook, lists, (unit,) if unit else asked_units(register))
    _write_top(data, page, unit)
    write_stamps(data, form, page.stamps, formats, unit)
    _write_form(data, page)
    _write_checks(data, page)
    _validate(data, page, unit)
    _set_up(data, page, unit)
    write_guide(guide, form, register, formats, page.letter)


def _lay_out(form: Form, words: TemplateWords, formats: Formats) -> _Page:
    stamps = place_stamps(form, STAMP_ROW)
    first_title = max(stamp.row for stamp in stamps.values()) + 2
    place = place_form(form, first_title + len(title_lines(form, formats)))
    return _Page(form, place, words, load_stamp_words(), stamps, first_title, formats)


def _write_top(sheet: Worksheet, page: _Page, unit: Unit | None) -> None:
    """Write what stays on the screen: the hint, the status line, and what each measure column is."""
    words, place, formats = page.words, page.place, page.formats
    write_box(sheet, (HINT_ROW, 0, HINT_ROW, place.last_column), words.top["hint"], formats.small)
    checked = _checked(page)
    code = page.stamps["unit_code"]
    remarks = f"{address(place.body, page.checks)}:{address(place.last_row, page.checks)}"
    status = status_formula(checked, code.at, remarks, page.letter)
    now = status_of_blank(page.form, words, page.letter, unit_known=unit is not None)
    last = max(place.measures[0] - 1, 0)
    if last:
        sheet.merge_range(STATUS_ROW, 0, STATUS_ROW, last, "", formats.strong)
    sheet.write_formula(STATUS_ROW, 0, status, formats.strong, now)
    begins = {page.words.status["done"][:_TELLING]: formats.ink_done}
    begins |= {page.words.status["look"][:_TELLING]: formats.ink_warning}
    begins |= {page.words.status["open"][:_TELLING]: formats.ink_error}
    _colour(sheet, (STATUS_ROW, 0, STATUS_ROW, last), begins)
    for index, column in enumerate(page.form.columns):
        if column.role == "measure":
            reminder = column_reminder(words, column, index)
            sheet.write_string(STATUS_ROW, index, reminder, formats.reminder)
    width = sum(column.width for column in page.form.columns[: last + 1])
    lines = max(lines_needed(text, width, bold=True) for text in words.status.values())
    sheet.set_row(STATUS_ROW, row_height(max(lines, 2)))


def _checked(page: _Page) -> CheckedForm:
    answer = page.stamps["blank_means_zero"].at
    return CheckedForm(page.form, page.place, page.words, f'{answer}="{page.stamp_words.blank_yes}"')


def _write_form(sheet: Worksheet, page: _Page) -> None:
    """Write the form as printed in the letter, and an input cell wherever a row takes something."""
    form, place, formats = page.form, page.place, page.formats
    write_lines(sheet, form, place, page.first_title, title_lines(form, formats))
    write_head(sheet, form, place, formats)
    write_labels(sheet, form, place, formats)
    for row in form.rows:
        at = place.rows[row.key]
        if row.key in place.spread:
            box = (at, place.measures[0], at, place.measures[1])
            write_box(sheet, box, "", _input_look(next(iter(row.kinds.values()), None), formats))
        else:
            for measure in form.measures:
                look = _input_look(row.kinds.get(measure), formats)
                sheet.write_blank(at, place.columns[measure], None, look)
        for column in form.columns:
            if column.role == "note":
                sheet.write_blank(at, place.columns[column.key], None, formats.open_text)


def _input_look(kind: ValueKind | None, formats: Formats) -> Format:
    if kind is None:
        return formats.closed
    return formats.open_text if kind is ValueKind.TEXT else formats.open_number


def _write_checks(sheet: Worksheet, page: _Page) -> None:
    """Write beside each row what is wrong in it, and its key in a hidden column."""
    place, formats = page.place, page.formats
    head = (place.head, page.checks, place.body - 1, page.checks)
    write_box(sheet, head, page.words.top["checks"], formats.head)
    sheet.write_string(place.body - 1, page.keys, page.stamp_words.row_key, formats.hidden)
    for key, checks in checks_of(_checked(page)).items():
        row = place.rows[key]
        sheet.write_string(row, page.keys, key, formats.hidden)
        if checks:
            sheet.write_formula(row, page.checks, row_formula(checks, page.words), formats.remark, "")
    sheet.set_column(page.checks, page.checks, _CHECKS_WIDTH)
    sheet.set_column(page.keys, page.keys, None, None, {"hidden": True})
    box = (place.body, page.checks, place.last_row, page.checks)
    remark = page.words.remark
    _colour(sheet, box, {remark["error"]: formats.ink_error, remark["warning"]: formats.ink_warning})


def _colour(sheet: Worksheet, box: Box, inks: Mapping[str, Format]) -> None:
    """Colour texts by how they begin; the words say the same without the colour."""
    for begins, ink in inks.items():
        sheet.conditional_format(*box, {"type": "text", "criteria": "begins with", "value": begins, "format": ink})


def _validate(sheet: Worksheet, page: _Page, unit: Unit | None) -> None:
    """Refuse in the cell what is no whole number, and offer lists where one of few answers is meant."""
    texts = page.words.validation
    for kind in (ValueKind.COUNT, ValueKind.MONEY):
        cells = [cell for cell in page.form.number_cells if page.form.by_key[cell.row].kinds[cell.measure] is kind]
        boxes = boxes_of(map(page.place.at, cells))
        if boxes:
            title, text = texts[f"{kind.value}_title"], texts[f"{kind.value}_text"]
            options = {
                "validate": "integer",
                "criteria": "between",
                "minimum": 0,
                "maximum": LARGEST,
                "error_title": title,
                "error_message": text,
                "other_cells": [list(box) for box in boxes],
            }
            # A prompt covers the cells below: it is spared where the number needs no explaining.
            prompt = {"input_title": title, "input_message": text} if kind is ValueKind.MONEY else {}
            sheet.data_validation(*boxes[0], {**options, **prompt})
    lists = {"source": "source_choices", "blank_means_zero": "blank_choices"}
    if not unit:
        lists["unit_name"] = "unit_names"
    for name, choices in lists.items():
        stamp = page.stamps[name]
        sheet.data_validation(
            stamp.row,
            stamp.value,
            stamp.row,
            stamp.value,
            {
                "validate": "list",
                "source": f"={choices}",
                "error_title": texts["choice_title"],
                "error_message": texts["choice_text"],
            },
        )


def _set_up(sheet: Worksheet, page: _Page, unit: Unit | None) -> None:
    """Set widths, print area, protection, and what is selected when the workbook opens."""
    form, place = page.form, page.place
    set_widths(sheet, form, place)
    set_up_page(sheet)
    sheet.print_area(STAMP_ROW, 0, place.last_row, place.last_column)
    sheet.repeat_rows(place.head, place.body - 1)
    set_foot(sheet, page.words.file["foot"].format(form_id=form.id, form_version=form.version))
    # Only the top stays: with the head in it a small screen would show no more than a few rows.
    sheet.freeze_panes(STATUS_ROW + 1, 0)
    sheet.protect("", {"select_locked_cells": False, "format_rows": True})
    first = page.stamps["filled_by" if unit else "unit_name"]
    sheet.set_selection(first.row, first.value, first.row, first.value)
