"""What stands on every printed page of the summary: the foot, and the line that says whether figures are final."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from xlsxwriter.worksheet import Worksheet

from pipeline.findings.group import told_once
from pipeline.model import FileStatus
from pipeline.writers.formats import (
    BODY_SIZE,
    FONT,
    lines_needed,
    row_height,
    set_up_page,
)
from pipeline.writers.summary.summary_plan import SummaryPlan
from schemas.rules import Severity

_HIGHEST_ROW = 409.0
"""points; Excel allows no more"""
_ROW_HEIGHT = 15.0
_PAGE_WIDTH, _PAGE_HEIGHT, _POINTS_A_PIXEL = 467.0, 728.0, 0.75
"""points across and down an upright A4 page within the decree's margins"""
_DIGIT_SHARE, _CELL_AIR = 1.15, 2.5
"""a digit of the table beside one of the default font, which widths are counted in; room at the sides"""
_DIGIT_PIXELS, _CELL_PIXELS = 7, 5
_FOOT_LENGTH = 255
_FOOT_FONT = f'&"{FONT},Regular"&9 '
"""the blank keeps a number at the start of a text from being read as part of the size"""
_MARGINS = {"left": 0.6, "right": 0.4, "top": 0.6, "bottom": 0.7}
"""inches; narrower than the decree's, which rules papers and not working lists"""


@dataclass(slots=True)
class RowHeights:
    """The heights in points that the rows of a sheet were given; of the others it is Excel's own."""

    sheet: Worksheet
    given: dict[int, float] = field(default_factory=dict)

    def set(self, row: int, height: float) -> None:
        """Make a row so high."""
        self.sheet.set_row(row, height)
        self.given[row] = height

    def between(self, first: int, last: int) -> float:
        """Height of some rows together."""
        return sum(self.given.get(row, _ROW_HEIGHT) for row in range(first, last + 1))


def keep_together(rows: RowHeights, widths: Iterable[float], first: int, last: int) -> None:
    """Print the last rows of an upright sheet that is made to fit the width of A4 on one page, smaller if need be.

    `widths` are those of all printed columns. Manual breaks count for nothing where a sheet is made to fit.
    """
    room = _PAGE_HEIGHT * max(1.0, sum(map(pixels, widths)) * _POINTS_A_PIXEL / _PAGE_WIDTH)
    before, whole = rows.between(0, first - 1), rows.between(0, last)
    pages = int(whole // room)
    # They begin on one page and end on the next: the whole is made to fit on as many as come before.
    if before < pages * room:
        rows.sheet.fit_to_pages(1, pages)


def footer(plan: SummaryPlan) -> str:
    """Foot of a page: short digest of inputs and decisions, page of pages, n of N units."""
    answered = plan.result.answered
    counts = {"reported": answered.reported, "expected": answered.expected}
    right = plan.words("page.footer_open", **counts)
    if plan.is_final:
        right = plan.words("page.footer_right", **counts)
    left = plan.words("page.footer_left", digest=plan.result.digest)[: _FOOT_LENGTH // 3]
    middle = plan.words("page.footer_middle", page="\0", pages="\1")
    # In a footer "&" begins a command; one that is meant is written twice.
    left, middle, right = (text.replace("&", "&&") for text in (left, middle, right))
    middle = middle.replace("\0", "&P").replace("\1", "&N")
    return f"&L{_FOOT_FONT}{left}&C{_FOOT_FONT}{middle}&R{_FOOT_FONT}{right}"


def set_up_list(sheet: Worksheet, plan: SummaryPlan, *, landscape: bool = True) -> None:
    """Set a working sheet up for print: A4, one page wide, the foot."""
    set_up_page(sheet, landscape=landscape)
    sheet.set_margins(**_MARGINS)
    sheet.set_footer(footer(plan))


def open_line(plan: SummaryPlan) -> str:
    """Whether the figures are final, in words: the line under the title of the first sheet."""
    answered, rows = plan.result.answered, plan.result.provisional_rows
    counts = {"reported": answered.reported, "expected": answered.expected}
    if plan.result.complete and rows:
        return plan.words("totals.closed_but", count=rows, **counts)
    if plan.result.complete:
        return plan.words("totals.closed", **counts)
    parts = [plan.words("totals.open_units", **counts)]
    questions = 0
    for file in plan.result.files:
        questions += sum(finding.is_question for finding in told_once(file.findings))
    what_is_open = {
        "open_cells": plan.open_cells,
        "open_files": sum(file.status is FileStatus.REJECTED for file in plan.result.files),
        "open_questions": questions,
        "open_notes": sum(finding.severity is not Severity.INFO for finding in plan.result.notes),
    }
    for key, count in what_is_open.items():
        if count:
            parts.append(plan.words(f"totals.{key}", count=count))
    return plan.words("totals.open", parts=", ".join(parts))


@lru_cache(maxsize=8192)
def text_height(text: str, width: float, size: float = BODY_SIZE, *, bold: bool = False) -> float:
    """Height in points of a row that shows a text in a column; the same texts come again for many units."""
    return min(row_height(lines_needed(text, width, size, bold=bold), size), _HIGHEST_ROW)


def number_width(values: Iterable[int | None]) -> float:
    """Characters across a column that shows the longest of these numbers, which else appears as ####."""
    longest = max((len(f"{value:,}") for value in values if value is not None), default=0)
    return longest * _DIGIT_SHARE + _CELL_AIR


def pixels(width: float) -> int:
    """How wide a column of so many characters is at full size, at 96 pixels to the inch."""
    return int(width * _DIGIT_PIXELS) + _CELL_PIXELS
