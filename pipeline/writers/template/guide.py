"""The second sheet of the blank workbook: in half a page how to fill it in, and where to send it."""

from pipeline.extract.own.template import guide_lines
from pipeline.writers.formats import (
    Format,
    Formats,
    Worksheet,
    lines_needed,
    row_height,
    set_up_page,
    write_box,
)
from schemas.form import Form
from schemas.register import Register

_WIDTHS = (30, 32, 36)
_WHOLE_WIDTH = sum(_WIDTHS)


def write_guide(sheet: Worksheet, form: Form, register: Register, formats: Formats, letter: str) -> None:
    """Write the guide; `letter` is that of the column of checks."""
    looks = {
        "title": formats.title,
        "subtitle": formats.subtitle,
        "section": formats.strong,
        "text": formats.plain,
        "example_head": formats.head,
        "example": formats.text,
    }
    row = 0
    for row, (kind, texts) in enumerate(guide_lines(form, register, letter)):
        _write_line(sheet, row, texts, looks[kind])
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    set_up_page(sheet)
    sheet.print_area(0, 0, row, len(_WIDTHS) - 1)
    # Without a password: it keeps from typing where nothing is read, and locks nobody out.
    sheet.protect()


def _write_line(sheet: Worksheet, row: int, texts: tuple[str, ...], look: Format) -> None:
    """Write one text over the whole width, or several side by side."""
    size, bold = float(look.font_size), bool(look.bold)
    if len(texts) == 1:
        write_box(sheet, (row, 0, row, len(_WIDTHS) - 1), texts[0], look)
        lines = lines_needed(texts[0], _WHOLE_WIDTH, size, bold=bold)
    else:
        lines = 1
        for column, (text, width) in enumerate(zip(texts, _WIDTHS, strict=False)):
            sheet.write_string(row, column, text, look)
            lines = max(lines, lines_needed(text, width, size, bold=bold))
    sheet.set_row(row, row_height(lines, size))
