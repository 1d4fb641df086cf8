"""What every workbook we write has in common: the file, fonts, borders, number formats, page and sheet names.

Page and type follow Phụ lục I of Nghị định 30/2020/NĐ-CP: A4, Times New Roman, black, left margin 30 mm.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.xlsxwriter_inside import GuardedWorkbook

__all__ = [
    "BODY_SIZE",
    "DONE_INK",
    "ERROR_INK",
    "FONT",
    "WARNING_INK",
    "Box",
    "Format",
    "Formats",
    "Workbook",
    "Worksheet",
    "lines_needed",
    "make_formats",
    "new_workbook",
    "row_height",
    "set_foot",
    "set_up_page",
    "sheet_name",
    "write_box",
]

FONT = "Times New Roman"
BODY_SIZE = 12
NORMAL_SIZE = 11
"""size of the default font: Excel measures column widths in its digits"""
WHOLE_NUMBER = "#,##0"
AS_TEXT = 49
"""the built-in format "@"; also what is typed later stays text"""

# Grey says "takes nothing", pale yellow "type here"; both stay light on a black-and-white printer.
CLOSED_FILL = "#D9D9D9"
INPUT_FILL = "#FFFBE0"
HEAD_FILL = "#F2F2F2"
ERROR_FILL = "#F8CBAD"
WARNING_FILL = "#FFE699"
ERROR_INK = "#C00000"
WARNING_INK = "#7F6000"
DONE_INK = "#375623"
LINK_INK = "#0563C1"

Box = tuple[int, int, int, int]
"""first row, first column, last row, last column, counted from 0"""

SHEET_NAME_LENGTH = 31
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_RESERVED_SHEET_NAMES = {"history"}
_MILLIMETRES = 25.4
_A4 = 9


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one workbook. Those of the table have thin borders; `open_*` are unlocked."""

    plain: Format
    small: Format
    strong: Format
    title: Format
    subtitle: Format
    reference: Format
    head: Format
    ordinal: Format
    label: Format
    label_strong: Format
    label_part: Format
    unit: Format
    text: Format
    number: Format
    number_error: Format
    number_warning: Format
    text_error: Format
    text_warning: Format
    closed: Format
    open_number: Format
    open_text: Format
    stamp_label: Format
    stamp_value: Format
    open_stamp: Format
    link: Format
    hidden: Format
    reminder: Format
    """a head repeated on the screen"""
    remark: Format
    """what is wrong in a row, beside it"""
    ink_error: Format
    """for conditional formats: ink alone"""
    ink_warning: Format
    ink_done: Format


def new_workbook(target: Path | BytesIO, title: str = "") -> Workbook:
    """Open a workbook to be written: Times New Roman, equal bytes for equal content, text that stays text.

    Nothing typed by a person becomes a formula, a link or a number on its way through.
    """
    workbook = GuardedWorkbook(
        target if isinstance(target, BytesIO) else str(target),
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {
                "font_name": FONT,
                "font_size": NORMAL_SIZE,
                "font_scheme": "none",
                "font_family": 1,
            },
        },
    )
    # The time of writing would make each file another.
    workbook.set_properties({"title": title, "created": datetime(2020, 1, 1)})
    return workbook


def make_formats(workbook: Workbook) -> Formats:
    """Make every shared format of one workbook."""

    def add(**properties: Any) -> Format:  # noqa: ANN401 - xlsxwriter's properties are of every type
        return workbook.add_format({"font_size": BODY_SIZE, "valign": "vcenter", **properties})

    def cell(**properties: Any) -> Format:  # noqa: ANN401
        return add(**{"border": 1, "text_wrap": True, **properties})

    centred: dict[str, Any] = {"align": "center"}
    number: dict[str, Any] = {
        "num_format": WHOLE_NUMBER,
        "align": "right",
        "indent": 1,
        "text_wrap": False,
    }
    # In a protected sheet nothing can be typed but into these.
    unlocked: dict[str, Any] = {"locked": False, "bg_color": INPUT_FILL}
    return Formats(
        plain=add(text_wrap=True),
        small=add(font_size=10, italic=True, text_wrap=True),
        strong=add(bold=True, text_wrap=True),
        title=add(bold=True, font_size=13, text_wrap=True, **centred),
        subtitle=add(bold=True, text_wrap=True, **centred),
        reference=add(italic=True, text_wrap=True, **centred),
        head=cell(bold=True, bg_color=HEAD_FILL, **centred),
        ordinal=cell(bold=True, **centred),
        label=cell(),
        label_strong=cell(bold=True),
        label_part=cell(indent=1),
        unit=cell(**centred),
        text=cell(num_format=AS_TEXT, align="left"),
        number=cell(**number),
        number_error=cell(bg_color=ERROR_FILL, **number),
        number_warning=cell(bg_color=WARNING_FILL, **number),
        text_error=cell(bg_color=ERROR_FILL, num_format=AS_TEXT, align="left"),
        text_warning=cell(bg_color=WARNING_FILL, num_format=AS_TEXT, align="left"),
        closed=cell(bg_color=CLOSED_FILL),
        open_number=cell(**number, **unlocked),
        open_text=cell(**{"num_format": AS_TEXT, "align": "left", "valign": "top", **unlocked}),
        stamp_label=add(text_wrap=True, align="right"),
        stamp_value=add(bold=True, text_wrap=True, num_format=AS_TEXT, align="left"),
        open_stamp=add(
            bold=True,
            text_wrap=True,
            num_format=AS_TEXT,
            align="left",
            border=1,
            **unlocked,
        ),
        link=add(font_color=LINK_INK, underline=1),
        hidden=add(font_size=NORMAL_SIZE),
        reminder=add(bold=True, font_size=10, bottom=1, text_wrap=True, **centred),
        remark=add(font_size=10, text_wrap=True, align="left", indent=1),
        ink_error=workbook.add_format({"font_color": ERROR_INK}),
        ink_warning=workbook.add_format({"font_color": WARNING_INK}),
        ink_done=workbook.add_format({"font_color": DONE_INK}),
    )


def set_up_page(sheet: Worksheet, *, landscape: bool = False) -> None:
    """Set A4, the decree's margins, one page wide and as many long as needed, the page number in the foot."""
    sheet.set_paper(_A4)
    if landscape:
        sheet.set_landscape()
    else:
        sheet.set_portrait()
    left, right, top, bottom = (size / _MILLIMETRES for size in (30, 15, 20, 20))
    sheet.set_margins(left=left, right=right, top=top, bottom=bottom)
    # 0 is as many pages down as it takes.
    sheet.fit_to_pages(1, 0)


def set_foot(sheet: Worksheet, left: str) -> None:
    """Set the foot of the printed page: a text on the left, page n of N on the right."""
    # "&" begins a command; one that is meant is written twice.
    sheet.set_footer(f'&L&"{FONT},Regular"&9{left.replace("&", "&&")}&R&"{FONT},Regular"&9&P/&N')


def write_box(sheet: Worksheet, box: Box, text: str, look: Format) -> None:
    """Write a text over a box, merged where it is more than one cell; without text the cell is truly blank."""
    # A single cell cannot be merged.
    if box[:2] != box[2:]:
        sheet.merge_range(*box, text, look)
    elif text:
        sheet.write_string(*box[:2], text, look)
    else:
        sheet.write_blank(*box[:2], None, look)


def sheet_name(text: str, taken: Collection[str]) -> str:
    r"""Make a sheet name Excel accepts from any text: at most 31 characters, unlike all those taken.

    Excel takes names for equal that differ in case only, and refuses `[]:*?/\` and an apostrophe at an end.
    """
    wanted = " ".join(_NOT_IN_SHEET_NAMES.sub(" ", text).split())
    wanted = wanted.strip("'")[:SHEET_NAME_LENGTH].strip(" '") or "-"
    used = {name.casefold() for name in taken} | _RESERVED_SHEET_NAMES
    name, number = wanted, 2
    while name.casefold() in used:
        # The name gives way to its number: cut behind the limit, both would be equal again.
        tail = f" ({number})"
        name = wanted[: SHEET_NAME_LENGTH - len(tail)].rstrip(" '") + tail
        number += 1
    return name


# Widths of the letters of Times New Roman in thousandths of its size; Vietnamese marks add none.
_LETTERS = {
    260: " .,;:/ijlt'|!",
    340: "frI()[]-",
    400: 'sJ"',
    450: "acez",
    500: "bdghknopquvxy0123456789",
    610: "BCEFLPRSTZ",
    730: "ADGHKNOQUVXYw",
    790: "m",
    940: "MW",
}
_LETTER_WIDTHS: dict[str, int] = {}
for _width, _letters in _LETTERS.items():
    _LETTER_WIDTHS |= dict.fromkeys(_letters, _width)
_OTHER_LETTER = 600
_BOLD = 1.06
_PIXELS_PER_POINT = 96 / 72
_DIGIT_PIXELS = 7
_CELL_PADDING = 5


@lru_cache(maxsize=8192)
def lines_needed(text: str, width: float, size: float = BODY_SIZE, *, bold: bool = False) -> int:
    """Estimate how many lines a wrapped text takes in a column of `width` characters, rather one too many.

    The same labels and sentences come again on the sheet of every unit, so what was worked out is kept.
    """
    room = width * _DIGIT_PIXELS - _CELL_PADDING
    boldness = _BOLD if bold else 1.0
    scale = size * _PIXELS_PER_POINT / 1000 * boldness
    lines = 0
    for paragraph in text.split("\n"):
        lines += 1
        used = 0.0
        for word in paragraph.split(" "):
            length = scale * sum(map(_letter_width, word))
            if used and used + length > room:
                lines += 1
                used = 0.0
            # A word longer than the column is broken within itself.
            lines += int(length // room) if length > room else 0
            used += length % room + scale * _letter_width(" ")
    return lines


def row_height(lines: int, size: float = BODY_SIZE) -> float:
    """Height in points of a row that shows so many lines, with a little air for stacked Vietnamese marks."""
    return round(lines * size * 1.28 + 3, 2)


@cache
def _letter_width(letter: str) -> int:
    # The stroke of "đ" is no mark that Unicode takes off.
    bare = {"đ": "d", "Đ": "D"}.get(letter) or unicodedata.normalize("NFD", letter)[0]
    return _LETTER_WIDTHS.get(bare, _OTHER_LETTER)
