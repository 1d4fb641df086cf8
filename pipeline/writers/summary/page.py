"""What stands on every printed page of the summary: the foot, and the line that says whether figures are final."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.findings.group import told_once
from pipeline.model import FileStatus
from pipeline.writers.formats import BODY_SIZE, FONT, lines_needed, row_height, set_up_page
from pipeline.writers.sheet_limits import fitted
from pipeline.writers.summary.plan import Plan
from pipeline.writers.summary.styles import Styles
from schemas.rules import Severity

_HIGHEST_ROW = 409.0
"""points; Excel allows no more"""
_ROW_HEIGHT = 15.0
_PAGE_WIDTH, _PAGE_HEIGHT, _POINTS_A_PIXEL = 467.0, 728.0, 0.75
"""points across and down an upright A4 page within the decree's margins"""
_DIGIT_SHARE, _CELL_AIR = 1.15, 2.5
"""a digit of the table beside one of the default font, which widths are counted in; room at the sides"""
_DIGIT_PIXELS, _CELL_PIXELS = 7, 5
_STAMP_WIDTHS = (12, 24)
_FOOT_LENGTH = 255
_FOOT_FONT = f'&"{FONT},Regular"&9 '
"""the blank keeps a number at the start of a text from being read as part of the size"""
_MARGINS = {"left": 0.6, "right": 0.4, "top": 0.6, "bottom": 0.7}
"""inches; narrower than the decree's, which rules papers and not working lists"""


@dataclass(frozen=True, slots=True)
class Book:
    """The workbook that is being written, what goes where, and the formats."""

    workbook: Workbook
    plan: Plan
    styles: Styles


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
    if before < pages * room:
        rows.sheet.fit_to_pages(1, pages)


def footer(plan: Plan) -> str:
    """Foot of a page: short digest of inputs and decisions, page of pages, n of N units."""
    answered = plan.result.answered
    counts = {"reported": answered.reported, "expected": answered.expected}
    right = plan.words("page.footer_right" if plan.is_final else "page.footer_open", **counts)
    left = plan.words("page.footer_left", digest=plan.result.digest)[: _FOOT_LENGTH // 3]
    middle = plan.words("page.footer_middle", page="\0", pages="\1")
    # In a footer "&" begins a command; one that is meant is written twice.
    left, middle, right = (text.replace("&", "&&") for text in (left, middle, right))
    middle = middle.replace("\0", "&P").replace("\1", "&N")
    return f"&L{_FOOT_FONT}{left}&C{_FOOT_FONT}{middle}&R{_FOOT_FONT}{right}"


def set_up_list(sheet: Worksheet, plan: Plan, *, landscape: bool = True) -> None:
    """Set a working sheet up for print: A4, one page wide, the foot."""
    set_up_page(sheet, landscape=landscape)
    sheet.set_margins(**_MARGINS)
    sheet.set_footer(footer(plan))


def open_line(plan: Plan) -> str:
    """Say whether the figures are final: the line under the title of the first sheet."""
    answered, rows = plan.result.answered, plan.result.provisional_rows
    counts = {"reported": answered.reported, "expected": answered.expected}
    if plan.result.complete:
        return plan.words("totals.closed_but" if rows else "totals.closed", count=rows, **counts)
    parts = [plan.words("totals.open_units", **counts)]
    rejected = sum(file.status is FileStatus.REJECTED for file in plan.result.files)
    notes = sum(finding.severity is not Severity.INFO for finding in plan.result.notes)
    questions = sum(told.is_question for file in plan.result.files for told in told_once(file.findings))
    counted = {"open_cells": plan.open_cells, "open_files": rejected, "open_questions": questions, "open_notes": notes}
    for key, count in counted.items():
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


def write_stamp(
    book: Book, sheet: Worksheet, column: int, unit: tuple[str, str], kind: str
) -> Mapping[str, tuple[int, int]]:
    """Write what form, whose and of which kind the sheet is, beside fixed labels from the first row on.

    `unit` is code and name. Gives the place of each value by the name of its label.
    """
    form, stamp, styles = book.plan.result.form, book.plan.stamp, book.styles
    code, name = unit
    values = {"form_id": form.id, "form_version": form.version, "unit_code": code, "unit_name": name, "kind": kind}
    places: dict[str, tuple[int, int]] = {}
    for row, (key, value) in enumerate(values.items()):
        write_text(sheet, row, column, stamp.spellings(key)[0], styles.stamp)
        write_text(sheet, row, column + 1, value, styles.stamp)
        places[key] = (row, column + 1)
    sheet.set_column(column, column, _STAMP_WIDTHS[0])
    sheet.set_column(column + 1, column + 1, _STAMP_WIDTHS[1])
    return places


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Write a text as a text, whatever it begins with; without text the cell is blank."""
    if text:
        sheet.write_string(row, column, clean_text(text), look)
    else:
        sheet.write_blank(row, column, None, look)


def write_link(sheet: Worksheet, at: tuple[int, int], target: str, text: str, look: Format) -> None:
    """Write a text that leads to a place in this workbook, named as a formula names it.

    xlsxwriter repeats the text in an attribute of the link, where XML has no way to write a control character.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in fitted(text))
    sheet.write_url(*at, f"internal:{target}", look, shown)


def clean_text(text: str) -> str:
    """Give what a cell can hold of a text from outside.

    A text too long for a cell is cut and shows so. Half a surrogate pair, as a broken file name leaves it, cannot be
    written as UTF-8 and is shown as "?".
    """
    text = fitted(text)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
