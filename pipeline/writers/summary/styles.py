"""Formats that only the summary needs, beside those every workbook shares."""

from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from pipeline.writers.formats import (
    AS_TEXT,
    ERROR_FILL,
    ERROR_INK,
    HEAD_FILL,
    LINK_INK,
    WARNING_FILL,
    WHOLE_NUMBER,
    Formats,
    make_formats,
)
from schemas.rules import Severity

LIST_SIZE = 10
"""size of type in the list sheets, which the decree leaves free"""
GRID_SIZE = 11
"""size of type in the lines of the matrix, which is printed at a smaller scale"""
STAMP_INK = "#7F7F7F"
DATE_AND_TIME = "dd/mm/yyyy hh:mm"


@dataclass(frozen=True, slots=True)
class Styles:
    """Formats of the list sheets (`list_*`) and of the matrix (`grid_*`), and the shared ones in `base`."""

    base: Formats
    organ: Format
    organ_strong: Format
    motto: Format
    italic_right: Format
    open_line: Format
    sign: Format
    sign_hint: Format
    title_left: Format
    title_wrapped: Format
    note_left: Format
    note_open: Format
    note_wrapped: Format
    note_strong: Format
    number_computed: Format
    number_total: Format
    total_center: Format
    total_text: Format
    stamp: Format
    list_head: Format
    list_text: Format
    list_center: Format
    list_number: Format
    list_date: Format
    list_link: Format
    line_text: Format
    line_number: Format
    severity: dict[Severity, Format]
    grid_head: Format
    grid_head_turned: Format
    grid_name: Format
    grid_link: Format
    grid_center: Format
    grid_number: Format
    grid_computed: Format
    grid_left_out: Format
    grid_sum: Format
    grid_sum_name: Format


def make_styles(workbook: Workbook) -> Styles:
    """Make every format of a summary workbook."""

    def add(size: float = LIST_SIZE, **properties: Any) -> Format:  # noqa: ANN401 - of every type
        return workbook.add_format({"font_size": size, "valign": "vcenter", **properties})

    def listed(**properties: Any) -> Format:  # noqa: ANN401
        return add(border=1, text_wrap=True, **{"valign": "top", **properties})

    def grid(**properties: Any) -> Format:  # noqa: ANN401
        return add(**{"size": GRID_SIZE, "border": 1, **properties})

    def figures(**properties: Any) -> Format:  # noqa: ANN401
        return grid(indent=1, **number, **properties)

    text: dict[str, Any] = {"num_format": AS_TEXT, "align": "left"}
    number: dict[str, Any] = {"num_format": WHOLE_NUMBER, "align": "right"}
    link: dict[str, Any] = {"font_color": LINK_INK, "underline": 1}
    head: dict[str, Any] = {
        "bold": True,
        "align": "center",
        "valign": "vcenter",
        "bg_color": HEAD_FILL,
    }
    total: dict[str, Any] = {"bold": True, "bg_color": HEAD_FILL}
    return Styles(
        base=make_formats(workbook),
        organ=add(12, align="center"),
        organ_strong=add(12, align="center", bold=True),
        italic_right=add(12, align="center", italic=True),
        open_line=add(12, align="center", bold=True, font_color=ERROR_INK, text_wrap=True),
        motto=add(12, align="center", bold=True, underline=1),
        sign=add(12, align="center", bold=True),
        sign_hint=add(12, align="center", italic=True),
        title_left=add(13, bold=True),
        title_wrapped=add(13, bold=True, text_wrap=True, align="left"),
        note_left=add(LIST_SIZE, italic=True),
        note_open=add(LIST_SIZE, bold=True, font_color=ERROR_INK),
        note_wrapped=add(LIST_SIZE, italic=True, text_wrap=True, valign="top"),
        note_strong=add(LIST_SIZE, bold=True, text_wrap=True, valign="top"),
        number_computed=add(12, border=1, italic=True, indent=1, **number),
        number_total=add(12, border=1, indent=1, **number),
        total_center=add(11, border=1, align="center", num_format=AS_TEXT),
        total_text=listed(num_format=AS_TEXT, align="left", valign="vcenter"),
        stamp=add(LIST_SIZE, font_color=STAMP_INK, num_format=AS_TEXT, align="left"),
        list_head=listed(**head),
        list_text=listed(**text),
        list_center=listed(num_format=AS_TEXT, align="center"),
        list_number=add(border=1, valign="top", indent=1, **number),
        list_date=listed(num_format=DATE_AND_TIME, align="center"),
        list_link=listed(**link, align="left"),
        line_text=add(border=1, **text),
        line_number=add(border=1, indent=1, **number),
        severity={
            Severity.ERROR: listed(align="center", bold=True, bg_color=ERROR_FILL),
            Severity.WARNING: listed(align="center", bg_color=WARNING_FILL),
            Severity.INFO: listed(align="center"),
        },
        grid_head=grid(size=LIST_SIZE, text_wrap=True, **head),
        grid_head_turned=grid(size=LIST_SIZE, text_wrap=True, rotation=90, **head),
        grid_name=grid(**text),
        grid_link=grid(**link, align="left"),
        grid_center=grid(align="center", num_format=AS_TEXT),
        grid_number=figures(),
        grid_computed=figures(italic=True),
        grid_left_out=grid(align="center", bold=True, bg_color=ERROR_FILL),
        grid_sum=figures(**total),
        grid_sum_name=grid(align="left", **total),
    )
