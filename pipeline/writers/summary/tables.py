"""The frame of a list sheet: title, a line below it, heads, widths, filter, frozen head, print set-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.extract.own.summary_words import SummaryWords
from pipeline.writers.sheet_limits import MOST_ROWS
from pipeline.writers.summary.cell_writing import write_link, write_text
from pipeline.writers.summary.printed_page import set_up_list, text_height
from pipeline.writers.summary.styles import LIST_SIZE, Styles
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan

LIST_HEAD = 3
LIST_FIRST_ROW = LIST_HEAD + 1
LAST_LINE = MOST_ROWS - 101
"""row of the last line of a list; below it there is room for a legend"""


@dataclass(slots=True)
class Table:
    """A list sheet that is being written, line by line."""

    workbook: Workbook
    plan: SummaryPlan
    words: SummaryWords
    styles: Styles
    name: str
    """by which the wording knows the list"""
    frozen: str
    """key of the last column that stays in sight"""
    places: Mapping[str, int]
    """key of a column -> column"""
    widths: Mapping[str, float]
    """key of a column -> width in characters"""
    sheet: Worksheet = field(init=False)
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
        write_text(self.sheet, row, self.places[key], text, look or self.styles.list_text)

    def link(self, row: int, key: str, target: str, text: str) -> None:
        """Write a text that leads to another place in the workbook."""
        write_link(self.sheet, (row, self.places[key]), target, text, self.styles.list_link)
        self.height = max(self.height, text_height(text, self.widths[key], LIST_SIZE))

    def number(self, row: int, key: str, number: int, look: Format | None = None) -> None:
        """Write a number in one column of a line."""
        self.sheet.write_number(row, self.places[key], number, look or self.styles.list_center)

    def begin_line(self) -> int:
        """Take the next row; where the sheet is full, the list goes on in a further one."""
        # A list of all values of a thousand units is longer than a sheet.
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
        before = self.sheet.name
        self.end()
        self.part += 1
        title = self.words(f"sheets.{self.name}")
        self.begin_sheet(f"{title} ({self.part})", self.words("lists.continued", sheet=before))

    def begin_sheet(self, sheet_name: str, line: str) -> None:
        """Begin a sheet of the list: title, a line below it, heads; set up for the screen and for print."""
        styles, columns, places = (
            self.styles,
            self.words.columns[self.name],
            self.places,
        )
        sheet = self.workbook.add_worksheet(sheet_name)
        sheet.write_string(0, 0, self.words(f"{self.name}.title"), styles.title_left)
        write_text(sheet, 1, 0, line, styles.note_left)
        height = 0.0
        for key, head, width in columns:
            sheet.set_column(places[key], places[key], width)
            sheet.write_string(LIST_HEAD, places[key], head, styles.list_head)
            height = max(height, text_height(head, width, LIST_SIZE, bold=True))
        sheet.set_row(LIST_HEAD, height)
        sheet.freeze_panes(LIST_FIRST_ROW, places[self.frozen] + 1)
        set_up_list(sheet, self.plan)
        sheet.repeat_rows(LIST_HEAD)
        self.sheet, self.row = sheet, LIST_HEAD


def begin_list(book: SummaryBook, name: str, line: str, *, frozen: str) -> Table:
    """Write what stands above the lines of a list; the columns up to `frozen` stay in sight."""
    words = book.plan.words
    columns = words.columns[name]
    table = Table(
        workbook=book.workbook,
        plan=book.plan,
        words=words,
        styles=book.styles,
        name=name,
        frozen=frozen,
        places={column.key: place for place, column in enumerate(columns)},
        widths={column.key: column.width for column in columns},
    )
    table.begin_sheet(words(f"sheets.{name}"), line)
    return table
