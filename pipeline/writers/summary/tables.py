"""The frame of a list sheet: title, a line below it, heads, widths, filter, frozen head, print set-up."""

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.sheet_limits import MOST_ROWS
from pipeline.writers.summary.cell_writing import write_link, write_text
from pipeline.writers.summary.printed_page import set_up_list, text_height
from pipeline.writers.summary.styles import LIST_SIZE
from pipeline.writers.summary.summary_book import SummaryBook

LIST_HEAD = 3
LIST_FIRST_ROW = LIST_HEAD + 1
LAST_LINE = MOST_ROWS - 101
"""row of the last line of a list; below it there is room for a legend"""


@dataclass(slots=True)
class Table:
    """A list sheet that is being written, line by line."""

    book: SummaryBook
    name: str
    """by which the wording knows the list"""
    frozen: str
    """key of the last column that stays in sight"""
    sheet: Worksheet
    places: Mapping[str, int]
    """key of a column -> column"""
    widths: Mapping[str, float]
    """key of a column -> width in characters"""
    height: float = 0.0
    """points that the texts of the current line need"""
    row: int = LIST_HEAD
    """of the current line"""
    lines: int = 0
    """so many were begun, on all sheets of the list"""
    part: int = 1
    """which of these sheets is being written"""

    def text(self, row: int, key: str, text: str, look: Format | None = None) -> None:
        """Write a text in one column of a line."""
        self.text_unprinted(row, key, text, look)
        self.height = max(self.height, text_height(text, self.widths[key], LIST_SIZE))

    def text_unprinted(self, row: int, key: str, text: str, look: Format | None = None) -> None:
        """Write a text of a column that is not printed: the line is not made higher for it, as paper would show."""
        write_text(self.sheet, row, self.places[key], text, look or self.book.styles.list_text)

    def link(self, row: int, key: str, target: str, text: str) -> None:
        """Write a text that leads to another place in the workbook."""
        write_link(self.sheet, (row, self.places[key]), target, text, self.book.styles.list_link)
        self.height = max(self.height, text_height(text, self.widths[key], LIST_SIZE))

    def number(self, row: int, key: str, number: int, look: Format | None = None) -> None:
        """Write a number in one column of a line."""
        self.sheet.write_number(row, self.places[key], number, look or self.book.styles.list_center)

    def begin_line(self) -> int:
        """Take the next row; where the sheet is full, the list goes on in a further one."""
        if self.row + 1 > LAST_LINE:
            self._go_on()
        self.row += 1
        self.lines += 1
        return self.row

    def end_line(self) -> None:
        """Make a line as high as its texts need: not every program does so by itself."""
        self.sheet.set_row(self.row, self.height)
        self.height = 0.0

    def end(self) -> int:
        """Set the filter over all lines, once it is known how many there are; gives the row after them."""
        self.sheet.autofilter(LIST_HEAD, 0, self.row, max(self.places.values()))
        return self.row + 1

    def _go_on(self) -> None:
        """Go on in a further sheet, which says where the list began."""
        words, first = self.book.plan.words, self.sheet.name
        self.end()
        self.part += 1
        name = f"{words(f'sheets.{self.name}')} ({self.part})"
        self.sheet = _begun_sheet(self.book, self.name, name, words("lists.continued", sheet=first), self.frozen)
        self.row = LIST_HEAD


def begin_list(book: SummaryBook, name: str, line: str, *, frozen: str) -> Table:
    """Write what stands above the lines of a list; the columns up to `frozen` stay in sight."""
    words = book.plan.words
    columns = words.columns[name]
    return Table(
        book=book,
        name=name,
        frozen=frozen,
        sheet=_begun_sheet(book, name, words(f"sheets.{name}"), line, frozen),
        places={column.key: place for place, column in enumerate(columns)},
        widths={column.key: column.width for column in columns},
    )


def _begun_sheet(book: SummaryBook, name: str, sheet_name: str, line: str, frozen: str) -> Worksheet:
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(sheet_name)
    sheet.write_string(0, 0, plan.words(f"{name}.title"), styles.title_left)
    write_text(sheet, 1, 0, line, styles.note_left)
    columns = plan.words.columns[name]
    places = {column.key: place for place, column in enumerate(columns)}
    for key, head, width in columns:
        sheet.set_column(places[key], places[key], width)
        sheet.write_string(LIST_HEAD, places[key], head, styles.list_head)
    sheet.set_row(LIST_HEAD, max(text_height(head, width, LIST_SIZE, bold=True) for _, head, width in columns))
    sheet.freeze_panes(LIST_FIRST_ROW, places[frozen] + 1)
    set_up_list(sheet, plan)
    sheet.repeat_rows(LIST_HEAD)
    return sheet
