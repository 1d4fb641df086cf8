"""Where a summary leaves room for what officers write by hand: it is carried on, and is no change of the summary.

On `Tổng hợp` these are the notes, the rows of words, the dotted lines above the table and the names below the posts
of those who sign; in `Tình hình nộp` the signed paper, remarks, and the day of receipt where no e-mail tells it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.extract.locate import Labels, Located, locate
from pipeline.extract.own.summary import ATTACHMENT, DATE, SIGNED, Heads, find_heads, is_left_to_people
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.readers.sheets import Sheet
from schemas.form import NOTE
from schemas.rules import Cell
from schemas.text import fold

HAND_COLUMNS = ("paper", "remark", "received")
_OF_LEDGER = ("number", "code", "file", "late", *HAND_COLUMNS)
Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class TotalsSheet:
    """The sheet of totals, and which of its rows are lines of the program."""

    sheet: Sheet
    located: Located
    width: int
    """column of the keys: what stands to the left of it is printed"""
    keys: Mapping[int, str]
    """row -> key of its line"""

    @property
    def below(self) -> range:
        """Rows below the table."""
        return range(self.located.last_row + 1, self.sheet.first_row + len(self.sheet.rows))

    def places_for_words(self, labels: Labels) -> Mapping[Cell, Address]:
        """Where words may stand beside the totals: notes, and rows that take no number."""
        rows, columns = self.located.rows, self.located.columns
        taken = {*labels.form.number_cells}
        cells = (Cell(row, key) for row in rows for key in (*labels.form.measures, NOTE) if key in columns)
        words = (cell for cell in cells if cell.measure == NOTE or _takes_words(labels, cell))
        return {cell: (rows[cell.row], columns[cell.measure]) for cell in words if cell not in taken}

    def names(self) -> Iterator[tuple[str, int, bool, Address]]:
        """Give the cells that names are written in: key of the post above, rows below it, whether right, address."""
        posts = {row: key for row, key in self.keys.items() if key.startswith(SIGNED)}
        middle = max((column for row in posts for column in range(self.width) if self._says(row, column)), default=0)
        for row in self.below:
            above = [post for post in posts if post < row]
            for column in range(self.width) if above else ():
                right = column >= middle
                if self._says(row, column) and is_left_to_people(self.keys.get(row, ""), right=right):
                    yield posts[above[-1]], row - above[-1], right, (row, column)

    def dotted(self) -> Iterator[tuple[str, Address]]:
        """Give the cells of the dotted lines; the date stands in the right half of its line."""
        for row, key in self.keys.items():
            for column in range(self.width) if key in (ATTACHMENT, DATE) else ():
                if self._says(row, column) and (column > 0 or key != DATE):
                    yield key, (row, column)

    def _says(self, row: int, column: int) -> bool:
        return self.sheet.value(row, column) != ""


def _takes_words(labels: Labels, cell: Cell) -> bool:
    kind = labels.form.by_key[cell.row].kinds.get(cell.measure)
    return kind is not None and not kind.is_number


def find_totals(sheet: Sheet | None, labels: Labels) -> TotalsSheet | None:
    """Find the table and the lines around it; None where either is gone."""
    located = locate(sheet, labels)[:1] if sheet else ()
    if sheet is None or not located:
        return None
    wanted = fold(labels.stamp.row_key)
    column = next((c for _, c, value in sheet.filled() if isinstance(value, str) and fold(value) == wanted), None)
    if column is None:
        return None
    values = {row: sheet.value(row, column) for row in range(sheet.first_row + len(sheet.rows))}
    keys = {row: str(value) for row, value in values.items() if value != ""}
    return TotalsSheet(sheet, located[0], column, keys)


def find_ledger(sheet: Sheet, words: SummaryWords) -> Heads:
    """Find the columns of the list of files that are carried on, and those that say of whom a line is."""
    return find_heads(sheet, {one.key: one.head for one in words.columns["ledger"] if one.key in _OF_LEDGER})


def hand_cells_of_ledger(sheet: Sheet, heads: Heads, words: SummaryWords) -> Iterator[tuple[int, str, Address]]:
    """Give the cells of the list of files that are left to people: row, key of the column, address."""
    columns = heads.columns
    for row in range(heads.row + 1, sheet.first_row + len(sheet.rows)) if heads else ():
        nobody_knows = sheet.value(row, columns["late"]) == words("ledger.late.unknown")
        is_room = nobody_knows or sheet.value(row, columns["file"]) == ""
        for key in HAND_COLUMNS:
            if key != "received" or is_room:
                yield row, key, (row, columns[key])


def hand_places(kind: str, sheet: Sheet, labels: Labels, words: SummaryWords) -> frozenset[Address]:
    """Give every cell of a sheet that is left to people."""
    if kind == "ledger":
        return frozenset(place for _, _, place in hand_cells_of_ledger(sheet, find_ledger(sheet, words), words))
    page = find_totals(sheet, labels) if kind == "totals" else None
    if page is None:
        return frozenset()
    names = (place for _, _, _, place in page.names())
    dotted = (place for _, place in page.dotted())
    return frozenset((*page.places_for_words(labels).values(), *names, *dotted))
