"""Filling a blank form as an officer does: the template, figures typed into its cells, saved by openpyxl.

Where a cell lies is read from the template itself: rows by the hidden column of row keys, columns in the form's
order, the stamp by its labels.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.extract.own.stamp import load_stamp_words
from schemas.form import Form

Typed = int | float | str | date | None
"""what is typed into a cell; None leaves it blank"""


def fill_in(
    form: Form, template: Path, out: Path, typed: Mapping[str, Typed], stamps: Mapping[str, str] | None = None
) -> Mapping[str, str]:
    """Fill a template and save it as `out`; gives the address of every cell of the form.

    `typed` goes by "row.measure", "row.note" for the note; `stamps` by the name of a stamp word ("unit_name").
    """
    workbook = load_workbook(template)
    sheet = workbook.worksheets[0]
    places = cell_addresses(form, sheet)
    for name, text in (stamps or {}).items():
        sheet[_stamp_address(sheet, name)] = text
    for cell, value in typed.items():
        sheet[places[cell]] = value
        if isinstance(value, date):
            # Excel gives the cell this look by itself when it takes what was typed for a date.
            sheet[places[cell]].number_format = "dd/mm/yyyy"
    workbook.save(out)
    return places


def cell_addresses(form: Form, sheet: Worksheet) -> Mapping[str, str]:
    """Find where each cell of the form stands: "row.measure" -> "D16"."""
    head = next(cell for row in sheet.iter_rows() for cell in row if cell.value == load_stamp_words().row_key)
    rows = {
        str(row[0].value): row[0].row
        for row in sheet.iter_rows(min_row=head.row + 1, min_col=head.column, max_col=head.column)
        if row[0].value
    }
    return {
        f"{key}.{column.key}": sheet.cell(line, index).coordinate
        for key, line in rows.items()
        for index, column in enumerate(form.columns, 1)
    }


def _stamp_address(sheet: Worksheet, name: str) -> str:
    label = str(getattr(load_stamp_words(), name)) + ":"
    found = next(cell for row in sheet.iter_rows() for cell in row if cell.value == label)
    return str(sheet.cell(found.row, found.column + 1).coordinate)
