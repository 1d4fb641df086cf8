"""The frame of a list sheet: title, a line below it, heads, widths, filter, frozen head, print set-up."""

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.summary.page import Book, set_up_list, text_height, write_link, write_text
from pipeline.summary.styles import LIST_SIZE

LIST_HEAD = 3
LIST_FIRST_ROW = LIST_HEAD + 1
MOST_LINKS = 65_530
"""links a sheet may hold; beyond it Excel drops all of them"""


@dataclass(slots=True)
class Table:
    """A list sheet that is being written, line by line."""

    book: Book
    sheet: Worksheet
    places: Mapping[str, int]
    """key of a column -> column"""
    widths: Mapping[str, float]
    """key of a column -> width in characters"""
    height: float = 0.0
    """points that the texts of the current line need"""

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

    def end_line(self, row: int) -> None:
        """Make a line as high as its texts need: not every program does so by itself."""
        self.sheet.set_row(row, self.height)
        self.height = 0.0

    def end(self, lines: int) -> int:
        """Set the filter over all lines, once it is known how many there are; gives the row after them."""
        last = LIST_HEAD + lines
        self.sheet.autofilter(LIST_HEAD, 0, last, max(self.places.values()))
        return last + 1


def begin_list(book: Book, name: str, line: str, *, frozen: str) -> Table:
    """Write what stands above the lines of a list; the columns up to `frozen` stay in sight."""
    plan, styles = book.plan, book.styles
    sheet = book.workbook.add_worksheet(plan.words(f"sheets.{name}"))
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
    return Table(book, sheet, places, {column.key: column.width for column in columns})
