"""Sheets of xlsb: [MS-XLSB]."""

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pipeline.readers.kinds import Container, Unreadable, brt_records
from pipeline.readers.raw.beside import beside_cells, page_text
from pipeline.readers.raw.comments import Comment, comments_of
from pipeline.readers.raw.facts import Address, ErrorValue, Notes, NumberFormats, Value, error_value
from pipeline.readers.raw.package import Relation, part_of, relations_of, styles_part, workbook_part

_BRT_ROW, _BRT_FORMULAS, _BRT_CELLS, _BRT_RICH_TEXT = 0, range(8, 12), range(1, 12), 62
_BRT_SHARED_TEXT, _BRT_SHARED_ITEM = 7, 19
_BRT_SHORT_CELLS = range(12, 19)
_SHORT = 11
"""so much lower is the type of the same cell with its column"""
_BRT_COLUMN, _BRT_MERGED, _BRT_SHEET, _BRT_PAGES = 60, 176, 156, 479
_NO_TEXT = b"\xff\xff\xff\xff"
_BRT_FORMAT, _BRT_XF, _BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS = 44, 47, 617, 618
_FLAGS_OF_TEXT = 1
"""bytes before a text that may be rich (2.5.122)"""


def _text(part: bytes, at: int) -> tuple[str, int]:
    """A counted text, and where what follows begins."""
    count = struct.unpack_from("<I", part, at)[0]
    end = at + 4 + 2 * count
    return part[at + 4 : end].decode("utf-16-le", errors="replace"), end


@dataclass(slots=True)
class _Formats(NumberFormats):
    """The formats of a workbook, and which of those of cells strike out."""

    struck: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the parts of a workbook say of the cells of all its sheets."""

    formats: _Formats
    strings: list[str]
    dates_from_1904: bool


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    workbook = workbook_part(box, "xl/workbook.bin")
    relations = relations_of(box, workbook)
    part = box.part(workbook)
    for record, at, _ in brt_records(part):
        if record == _BRT_SHEET:
            relation, end = _text(part, at + 8)
            if _text(part, end)[0] == sheet_name:
                sheet = relations[relation].target
                notes = _Sheet(box.part(sheet), _book(box, relations, part)).read()
                notes.comments.update(comments_of(box, sheet, _comments))
                notes.beside.extend(beside_cells(box, sheet, b""))
                return notes
    raise Unreadable("the sheet is not in the workbook")


def _book(box: Container, relations: Mapping[str, Relation], workbook: bytes) -> _Book:
    formats = _formats(styles_part(box, relations))
    strings = _strings(part_of(box, relations, "sharedStrings"))
    return _Book(formats, strings, _counts_from_1904(workbook))


def _strings(part: bytes) -> list[str]:
    return [_text(part, at + _FLAGS_OF_TEXT)[0] for record, at, _ in brt_records(part) if record == _BRT_SHARED_ITEM]


_BRT_WORKBOOK, _FROM_1904 = 153, 1


def _counts_from_1904(workbook: bytes) -> bool:
    """Tell whether the workbook counts its days from 1904 ([MS-XLSB] 2.4.822)."""
    return any(
        record == _BRT_WORKBOOK and struct.unpack_from("<I", workbook, at)[0] & _FROM_1904
        for record, at, _ in brt_records(workbook)
    )


_BRT_AUTHOR, _BRT_COMMENT, _BRT_COMMENT_TEXT = 632, 635, 637


def _comments(part: bytes) -> Iterator[Comment]:
    """Read the comments of a sheet: their authors, then each with its place and its text ([MS-XLSB] 2.1.7.9)."""
    authors: list[str] = []
    place, author = (0, 0), ""
    for record, at, _ in brt_records(part):
        if record == _BRT_AUTHOR:
            authors.append(_text(part, at)[0])
        elif record == _BRT_COMMENT:
            number, row, _, column = struct.unpack_from("<4I", part, at)
            place, author = (row, column), authors[number] if number < len(authors) else ""
        elif record == _BRT_COMMENT_TEXT:
            yield place, author, _text(part, at + 1)[0]


_BRT_FONT, _STRUCK_OUT = 43, 8


def _formats(part: bytes) -> _Formats:
    book = _Formats()
    inside = False
    fonts = -1
    struck: set[int] = set()
    for record, at, _ in brt_records(part):
        if record == _BRT_FORMAT:
            book.define(struct.unpack_from("<H", part, at)[0], _text(part, at + 2)[0])
        elif record in (_BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS):
            inside = record == _BRT_BEGIN_CELL_XFS
        elif record == _BRT_XF and inside:
            number, font = struct.unpack_from("<2H", part, at + 2)
            book.cell_formats.append(number)
            if font in struck:
                book.struck.add(len(book.cell_formats) - 1)
        elif record == _BRT_FONT:
            fonts += 1
            if struct.unpack_from("<H", part, at + 2)[0] & _STRUCK_OUT:
                struck.add(fonts)
    return book


class _Sheet:
    """One pass over the records of a sheet.

    A short cell states no column: it stands right of the cell before it. SheetJS writes them, and LibreOffice reads
    them so (oox/source/xls, SheetDataContext); [MS-XLSB] does not speak of them.
    """

    def __init__(self, part: bytes, book: _Book) -> None:
        self.part, self.book = part, book
        self.notes = Notes(raw={}, dates_from_1904=book.dates_from_1904)
        self.percents = book.formats.percent_cell_formats()
        self.dresses = book.formats.dressed_cell_formats()
        self.known: set[Address] = set()
        self.row, self.column = 0, -1

    def read(self) -> Notes:
        for record, at, _ in brt_records(self.part):
            if record == _BRT_ROW:
                self._begin_row(at)
            elif record in _BRT_CELLS or record == _BRT_RICH_TEXT:
                self.column = struct.unpack_from("<I", self.part, at)[0]
                self._read_cell(record, at + 4)
            elif record in _BRT_SHORT_CELLS:
                if self.column < 0:
                    raise Unreadable("nobody knows in which column a cell stands")
                self.column += 1
                self._read_cell(record - _SHORT, at)
            else:
                self._read_layout(record, at)
        return self.notes

    def _begin_row(self, at: int) -> None:
        self.row, self.column = struct.unpack_from("<I", self.part, at)[0], -1
        if self.part[at + 11] & 0x10:
            self.notes.hidden_rows.append(range(self.row, self.row + 1))

    def _read_cell(self, record: int, at: int) -> None:
        place = (self.row, self.column)
        self.notes.use(*place)
        style = struct.unpack_from("<I", self.part, at)[0] & 0xFFFFFF
        value = self._value(record, at + 4)
        keep = self.notes.read_again if place in self.known else self.notes.read
        keep(place, value)
        self.known.add(place)
        if style in self.book.formats.struck:
            self.notes.struck.add(place)
        percent, dress = style in self.percents, self.dresses.get(style)
        self.notes.note(place, value, formula=record in _BRT_FORMULAS, percent=percent, dress=dress)

    def _value(self, record: int, at: int) -> Value:
        if record == _BRT_SHARED_TEXT:
            return self.book.strings[int(struct.unpack_from("<I", self.part, at)[0])]
        reader = _READERS.get(record)
        return reader(self.part, at) if reader else None

    def _read_layout(self, record: int, at: int) -> None:
        if record == _BRT_COLUMN:
            first, last, _, _, flags = struct.unpack_from("<4IH", self.part, at)
            if flags & 1:
                self.notes.hidden_columns.append(range(first, last + 1))
        elif record == _BRT_MERGED:
            row1, row2, column1, column2 = struct.unpack_from("<4I", self.part, at)
            self.notes.merged.append((row1, column1, row2, column2))
        elif record == _BRT_PAGES:
            self.notes.beside.extend(filter(None, map(page_text, _pages(self.part, at))))


def _pages(part: bytes, at: int) -> Iterator[str]:
    """Give the headers and footers of a sheet: of all pages, of even ones, of the first one (2.4.31)."""
    at += 2
    for _ in range(6):
        if part[at : at + 4] == _NO_TEXT:
            at += 4
        else:
            text, at = _text(part, at)
            yield text


def _number(part: bytes, at: int) -> float:
    return float(struct.unpack_from("<d", part, at)[0])


def _short_number(part: bytes, at: int) -> float:
    """A number in four bytes: a whole one, or the upper half of a double, perhaps of hundredths (2.5.123)."""
    bits = int(struct.unpack_from("<i", part, at)[0])
    whole = float(bits >> 2) if bits & 2 else _number(bytes(4) + struct.pack("<i", bits & ~3), 0)
    return whole / 100 if bits & 1 else whole


def _boolean(part: bytes, at: int) -> bool:
    return bool(part[at])


def _error(part: bytes, at: int) -> ErrorValue:
    return error_value(part[at])


def _plain_text(part: bytes, at: int) -> str:
    return _text(part, at)[0]


def _rich_text(part: bytes, at: int) -> str:
    return _text(part, at + _FLAGS_OF_TEXT)[0]


_READERS: Mapping[int, Callable[[bytes, int], Value]] = {
    2: _short_number,
    3: _error,
    4: _boolean,
    5: _number,
    6: _plain_text,
    8: _plain_text,
    9: _number,
    10: _boolean,
    11: _error,
    _BRT_RICH_TEXT: _rich_text,
}
"""how the value of a cell is read, by the type of its record: blank cells have none (2.3.2)"""
