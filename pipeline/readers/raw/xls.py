"""Sheets and workbooks of xls: [MS-XLS], BIFF8 and, as far as it is the same, BIFF5."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from pipeline.readers.kinds import BIFF_BOUNDSHEET, BIFF_EOF, Container, Unreadable, biff_records
from pipeline.readers.raw.biff_texts import Span, encoding_of, shared_strings, text_of_bytes, wide_text
from pipeline.readers.raw.facts import (
    Address,
    ErrorValue,
    Notes,
    NumberFormats,
    Value,
    WorkbookFacts,
    error_value,
    known_or_none,
)
from pipeline.readers.raw.xls_marks import Fonts, Text, add_marks
from schemas.register import VIETNAM

FIRST_YEAR = 1980
"""a workbook that says it was saved before has no true date"""

_BOF, _FORMULA, _STRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0x809, 0x06, 0x207, 0x203, 0x27E, 0xBD, 0x205
_LABEL, _LABELSST, _RSTRING, _BLANK, _MULBLANK = 0x204, 0xFD, 0xD6, 0x201, 0xBE
_SST, _CONTINUE = 0xFC, 0x3C
_ROW, _COLINFO, _MERGEDCELLS, _XF, _FORMAT, _CODEPAGE, _SUPBOOK = 0x208, 0x7D, 0xE5, 0xE0, 0x41E, 0x42, 0x1AE
_FONT, _DATEMODE = 0x31, 0x22
_CELL_RECORDS = frozenset({_FORMULA, _NUMBER, _RK, _BOOLERR, _LABEL, _LABELSST, _RSTRING})
_BIFF8 = 0x600
_MACRO_SHEET = 1
_OWN_BOOK, _ADD_IN, _OWN_BOOK_SIZE = 0x0401, 0x3A01, 4
_NOT_A_NUMBER = b"\xff\xff"
_TEXT_RESULT, _BOOLEAN_RESULT, _ERROR_RESULT = 0, 1, 2


@dataclass(slots=True)
class _Globals(NumberFormats):
    """The first part of an xls stream: its sheets, its number formats, its links."""

    wide: bool = True
    code_page: str = "cp1252"
    sheets: dict[str, int] = field(default_factory=dict)
    shared: list[Span] = field(default_factory=list)
    """the records of the texts that cells share"""
    macro_sheets: bool = False
    external_links: bool = False
    fonts: Fonts = field(default_factory=Fonts)
    from_1904: bool = False


def _stream(box: Container) -> bytes:
    stream = box.stream("workbook" if "workbook" in box.entries else "book")
    if stream[:2] != struct.pack("<H", _BOF):
        raise Unreadable("the workbook does not begin where it should")
    return stream


def _globals(stream: bytes) -> _Globals:
    found = _Globals(wide=struct.unpack_from("<H", stream, 4)[0] == _BIFF8)
    is_shared = False
    for record, at, size in biff_records(stream):
        is_shared = record == _SST or (is_shared and record == _CONTINUE)
        if is_shared:
            found.shared.append((at, at + size))
        elif record in (_XF, _FONT, _FORMAT):
            _define_format(found, stream, record, at)
        elif record == _DATEMODE:
            found.from_1904 = stream[at] == 1
        elif record == _CODEPAGE:
            found.code_page = encoding_of(struct.unpack_from("<H", stream, at)[0])
        elif record == BIFF_BOUNDSHEET:
            name = _text(stream, at + 6, found, long_count=False)
            found.sheets.setdefault(name, struct.unpack_from("<I", stream, at)[0])
            found.macro_sheets |= stream[at + 5] == _MACRO_SHEET
        elif record == _SUPBOOK:
            first = struct.unpack_from("<H", stream, at + 2)[0]
            found.external_links |= size != _OWN_BOOK_SIZE or first not in (_OWN_BOOK, _ADD_IN)
        elif record == BIFF_EOF:
            break
    return found


def _define_format(found: _Globals, stream: bytes, record: int, at: int) -> None:
    if record == _XF:
        found.cell_formats.append(struct.unpack_from("<H", stream, at + 2)[0])
        found.fonts.of_cells.append(struct.unpack_from("<H", stream, at)[0])
    elif record == _FONT:
        found.fonts.define(stream, at)
    else:
        code = _text(stream, at + 2, found, long_count=found.wide)
        found.define(struct.unpack_from("<H", stream, at)[0], code)


def _text(stream: bytes, at: int, book: _Globals, *, long_count: bool) -> str:
    count = struct.unpack_from("<H", stream, at)[0] if long_count else stream[at]
    at += 2 if long_count else 1
    if not book.wide:
        return text_of_bytes(stream[at : at + count], book.code_page)
    return wide_text(stream[at + 1 : at + 1 + 2 * count], count, stream[at])


def sheet_names(box: Container) -> list[str]:
    """Name the sheets of a workbook."""
    return list(_globals(_stream(box)).sheets)


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    stream = _stream(box)
    book = _globals(stream)
    if sheet_name not in book.sheets:
        raise Unreadable("the sheet is not in the workbook")
    start = book.sheets[sheet_name]
    notes = _SheetRecords(stream, book).read(start)
    words = Text(book.wide, book.code_page)
    add_marks(notes, stream, _sheet_records(stream, start), book.fonts.struck_formats(), words)
    return notes


class _SheetRecords:
    """One pass over the records of one sheet."""

    def __init__(self, stream: bytes, book: _Globals) -> None:
        self.stream = stream
        self.book = book
        self.strings = shared_strings(stream, book.shared)
        self.percents, self.dresses = book.percent_cell_formats(), book.dressed_cell_formats()
        self.notes = Notes(raw={}, dates_from_1904=book.from_1904)
        self.known: set[Address] = set()
        self.awaited: Address | None = None
        """the cell of a formula whose result is a text, which a record of its own holds"""

    def read(self, start: int) -> Notes:
        for record, at, size in _sheet_records(self.stream, start):
            if record in _CELL_RECORDS:
                self._end_waiting()
                self._cell(record, at)
            elif record == _MULRK:
                self._numbers(at, size)
            elif record in (_BLANK, _MULBLANK):
                self._blanks(record, at, size)
            elif record == _STRING and self.awaited:
                self._hold(self.awaited, _text(self.stream, at, self.book, long_count=True), 0, formula=True)
                self.awaited = None
            else:
                _layout(self.notes, self.stream, record, at)
        self._end_waiting()
        return self.notes

    def _end_waiting(self) -> None:
        if self.awaited:
            self._hold(self.awaited, None, 0, formula=True)
            self.awaited = None

    def _cell(self, record: int, at: int) -> None:
        row, column, style = struct.unpack_from("<3H", self.stream, at)
        self.notes.use(row, column)
        if record == _FORMULA and _text_follows(self.stream, at):
            self.awaited = (row, column)
        else:
            self._hold((row, column), self._value(record, at), style, formula=record == _FORMULA)

    def _hold(self, at: Address, value: Value, style: int, *, formula: bool) -> None:
        """Keep what a cell holds; one that is stored more than once, with all that it holds."""
        if at in self.known:
            self.notes.read_again(at, value)
        else:
            self.known.add(at)
            self.notes.read(at, value)
        percent, dress = style in self.percents, self.dresses.get(style)
        if formula or percent or dress or isinstance(value, bool | ErrorValue):
            self.notes.note(at, value, formula=formula, percent=percent, dress=dress)

    def _numbers(self, at: int, size: int) -> None:
        """Cells beside one another that hold numbers (2.4.174)."""
        row, first = struct.unpack_from("<2H", self.stream, at)
        count = (size - 6) // 6
        self.notes.use(row, first + count - 1)
        for index in range(count):
            style, number = struct.unpack_from("<HI", self.stream, at + 4 + 6 * index)
            self._hold((row, first + index), _short_number(number), style, formula=False)

    def _blanks(self, record: int, at: int, size: int) -> None:
        row, first = struct.unpack_from("<2H", self.stream, at)
        last = first if record == _BLANK else struct.unpack_from("<H", self.stream, at + size - 2)[0]
        for column in range(first, last + 1):
            if (row, column) in self.known:
                self.notes.read_again((row, column), None)
            self.known.add((row, column))

    def _value(self, record: int, at: int) -> Value:
        stream = self.stream
        if record == _LABELSST:
            index: int = struct.unpack_from("<I", stream, at + 6)[0]
            return self.strings[index]
        if record == _RK:
            return _short_number(struct.unpack_from("<I", stream, at + 6)[0])
        if record == _NUMBER:
            return float(struct.unpack_from("<d", stream, at + 6)[0])
        if record == _BOOLERR:
            return error_value(stream[at + 6]) if stream[at + 7] else bool(stream[at + 6])
        return _result(stream, at) if record == _FORMULA else _text(stream, at + 6, self.book, long_count=True)


def _result(stream: bytes, at: int) -> Value:
    """The result of a formula that is no text (2.5.133)."""
    if stream[at + 12 : at + 14] != _NOT_A_NUMBER:
        return float(struct.unpack_from("<d", stream, at + 6)[0])
    if stream[at + 6] == _BOOLEAN_RESULT:
        return bool(stream[at + 8])
    return error_value(stream[at + 8]) if stream[at + 6] == _ERROR_RESULT else ""


def _short_number(number: int) -> float:
    """A number of 30 bits: whole, or the upper half of a double; both may stand for its hundredth (2.5.217)."""
    if number & 2:
        value = float((number >> 2) - (1 << 30 if number & 0x80000000 else 0))
    else:
        value = float(struct.unpack("<d", struct.pack("<Q", (number & 0xFFFFFFFC) << 32))[0])
    return value / 100 if number & 1 else value


def _sheet_records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """The records of one sheet, without those of the charts that stand inside it."""
    depth = 0
    for record, at, size in biff_records(stream, start):
        if record == _BOF:
            depth += 1
        elif depth == 0:
            break
        elif record == BIFF_EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield record, at, size
    raise Unreadable("a sheet does not begin or end where it should")


def _text_follows(stream: bytes, at: int) -> bool:
    """Whether the result of a formula is a text, which the next STRING record holds ([MS-XLS] 2.5.133)."""
    return stream[at + 12 : at + 14] == _NOT_A_NUMBER and stream[at + 6] == _TEXT_RESULT


def _layout(notes: Notes, stream: bytes, record: int, at: int) -> None:
    if record == _ROW:
        row = struct.unpack_from("<H", stream, at)[0]
        if stream[at + 12] & 0x20:
            notes.hidden_rows.append(range(row, row + 1))
    elif record == _COLINFO:
        first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
        if flags & 1:
            notes.hidden_columns.append(range(first, last + 1))
    elif record == _MERGEDCELLS:
        for offset in range(at + 2, at + 2 + 8 * struct.unpack_from("<H", stream, at)[0], 8):
            row1, row2, column1, column2 = struct.unpack_from("<4H", stream, offset)
            notes.merged.append((row1, column1, row2, column2))


_SUMMARY = "\x05summaryinformation"


def look_at_workbook(box: Container) -> WorkbookFacts:
    """Look at the whole workbook."""
    book = _globals(_stream(box))
    return WorkbookFacts(
        modified=known_or_none(partial(_last_saved, box)),
        macros=book.macro_sheets or not box.entries.isdisjoint({"_vba_project_cur", "_vba_project"}),
        external_links=book.external_links,
        embedded_objects=any(name.startswith(("mbd", "lnk")) for name in box.entries),
    )


_LAST_SAVED = 13
_MOST_PROPERTIES = 64


def _last_saved(box: Container) -> datetime | None:
    """When a workbook was last saved ([MS-OLEPS] 2.20, [MS-OSHARED] 2.3.3.2.1)."""
    if _SUMMARY not in box.entries:
        return None
    stream = box.stream(_SUMMARY)
    start = struct.unpack_from("<I", stream, 44)[0]
    count = min(struct.unpack_from("<I", stream, start + 4)[0], _MOST_PROPERTIES)
    pairs = (struct.unpack_from("<2I", stream, start + 8 + 8 * index) for index in range(count))
    place = next((start + offset + 4 for number, offset in pairs if number == _LAST_SAVED), None)
    if place is None:
        return None
    since = timedelta(microseconds=struct.unpack_from("<Q", stream, place)[0] // 10)
    moment = (datetime(1601, 1, 1, tzinfo=UTC) + since).astimezone(VIETNAM)
    return moment if moment.year >= FIRST_YEAR else None
