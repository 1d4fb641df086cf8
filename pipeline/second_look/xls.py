"""Sheets and workbooks of xls: [MS-XLS], BIFF8 and, as far as it is the same, BIFF5."""

import codecs
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from pipeline.kinds import BIFF_BOUNDSHEET, BIFF_EOF, Container, Unreadable, biff_records
from pipeline.second_look.dress import Dress
from pipeline.second_look.facts import (
    Address,
    Notes,
    NumberFormats,
    Value,
    WorkbookFacts,
    error_value,
    known_or_none,
)
from pipeline.second_look.xls_marks import Fonts, Text, add_marks
from schemas.register import VIETNAM

FIRST_YEAR = 1980
"""a workbook that says it was saved before has no true date"""

_BOF, _FORMULA, _STRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0x809, 0x06, 0x207, 0x203, 0x27E, 0xBD, 0x205
_LABEL, _LABELSST, _RSTRING, _BLANK, _MULBLANK = 0x204, 0xFD, 0xD6, 0x201, 0xBE
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
    for record, at, size in biff_records(stream):
        if record == _XF:
            found.cell_formats.append(struct.unpack_from("<H", stream, at + 2)[0])
            found.fonts.of_cells.append(struct.unpack_from("<H", stream, at)[0])
        elif record == _FONT:
            found.fonts.define(stream, at)
        elif record == _DATEMODE:
            found.from_1904 = stream[at] == 1
        elif record == _FORMAT:
            code = _text(stream, at + 2, found, long_count=found.wide)
            found.define(struct.unpack_from("<H", stream, at)[0], code)
        elif record == _CODEPAGE:
            found.code_page = _encoding_of(struct.unpack_from("<H", stream, at)[0])
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


_OTHER_NUMBERS = {0x8000: "mac-roman", 0x8001: "cp1252", 0x016F: "ascii"}


def _encoding_of(number: int) -> str:
    """Name the encoding of the texts of BIFF5 ([MS-XLS] 2.4.52), the usual one for a number that means none."""
    name = _OTHER_NUMBERS.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name


def _text(stream: bytes, at: int, book: _Globals, *, long_count: bool) -> str:
    count = struct.unpack_from("<H", stream, at)[0] if long_count else stream[at]
    at += 2 if long_count else 1
    if not book.wide:
        return stream[at : at + count].decode(book.code_page, errors="replace")
    if stream[at] & 1:
        return stream[at + 1 : at + 1 + 2 * count].decode("utf-16-le", errors="replace")
    return stream[at + 1 : at + 1 + count].decode("latin-1")


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    stream = _stream(box)
    book = _globals(stream)
    if sheet_name not in book.sheets:
        raise Unreadable("the sheet is not in the workbook")
    notes = Notes()
    percents, dresses = book.percent_cell_formats(), book.dressed_cell_formats()
    awaited: Address | None = None
    for record, at, size in _sheet_records(stream, book.sheets[sheet_name]):
        if record in _CELL_RECORDS:
            if awaited:
                notes.note(awaited, None, formula=True)
                awaited = None
            row, column, style = struct.unpack_from("<3H", stream, at)
            notes.use(row, column)
            if record == _FORMULA and _text_follows(stream, at):
                awaited = (row, column)
            elif record in (_FORMULA, _BOOLERR) or style in percents or style in dresses:
                value, percent, dress = _value(stream, record, at), style in percents, dresses.get(style)
                notes.note((row, column), value, formula=record == _FORMULA, percent=percent, dress=dress)
        elif record == _STRING and awaited:
            notes.note(awaited, "", formula=True)
            awaited = None
        else:
            _layout(notes, stream, (record, at, size), percents, dresses)
    if awaited:
        notes.note(awaited, None, formula=True)
    notes.dates_from_1904 = book.from_1904
    words = Text(book.wide, book.code_page)
    add_marks(notes, stream, _sheet_records(stream, book.sheets[sheet_name]), book.fonts.struck_formats(), words)
    return notes


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


def _value(stream: bytes, record: int, at: int) -> Value:
    if record == _BOOLERR:
        return error_value(stream[at + 6]) if stream[at + 7] else bool(stream[at + 6])
    if record == _NUMBER or (record == _FORMULA and stream[at + 12 : at + 14] != _NOT_A_NUMBER):
        return float(struct.unpack_from("<d", stream, at + 6)[0])
    if record == _FORMULA:
        if stream[at + 6] == _BOOLEAN_RESULT:
            return bool(stream[at + 8])
        return error_value(stream[at + 8]) if stream[at + 6] == _ERROR_RESULT else ""
    # Of an RK number only that it is one matters here: it is never the result of a formula.
    return 1.0 if record == _RK else ""


def _layout(
    notes: Notes,
    stream: bytes,
    record: tuple[int, int, int],
    percents: frozenset[int],
    dresses: dict[int, Dress],
) -> None:
    kind, at, size = record
    if kind == _ROW:
        row = struct.unpack_from("<H", stream, at)[0]
        if stream[at + 12] & 0x20:
            notes.hidden_rows.append(range(row, row + 1))
    elif kind == _COLINFO:
        first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
        if flags & 1:
            notes.hidden_columns.append(range(first, last + 1))
    elif kind == _MERGEDCELLS:
        for offset in range(at + 2, at + 2 + 8 * struct.unpack_from("<H", stream, at)[0], 8):
            row1, row2, column1, column2 = struct.unpack_from("<4H", stream, offset)
            notes.merged.append((row1, column1, row2, column2))
    elif kind == _MULRK:
        row, first = struct.unpack_from("<2H", stream, at)
        count = (size - 6) // 6
        notes.use(row, first + count - 1)
        for index in range(count if percents or dresses else 0):
            style = struct.unpack_from("<H", stream, at + 4 + 6 * index)[0]
            dress = dresses.get(style)
            notes.note((row, first + index), 1.0, formula=False, percent=style in percents, dress=dress)


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
