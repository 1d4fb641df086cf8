"""Sheets of xlsb: [MS-XLSB]."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.kinds import Container, Unreadable
from pipeline.second_look.comments import Comment, comments_of
from pipeline.second_look.facts import (
    Notes,
    NumberFormats,
    Value,
    error_value,
)
from pipeline.second_look.package import relations_of, styles_part, workbook_part

_BRT_ROW, _BRT_FORMULAS, _BRT_CELLS, _BRT_RICH_TEXT = 0, range(8, 12), range(1, 12), 62
_BRT_RK, _BRT_SHORT_ERROR = 2, 14
_BRT_ERRORS, _BRT_BOOLEANS, _BRT_NUMBERS = (3, 11), (4, 10), (5, 9)
_BRT_COLUMN, _BRT_MERGED, _BRT_SHEET = 60, 176, 156
_BRT_FORMAT, _BRT_XF, _BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS = 44, 47, 617, 618


def _records(part: bytes) -> Iterator[tuple[int, int]]:
    """The records of a binary part: (type, where the content begins). Source: [MS-XLSB] 2.1.4."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + size > end:
            raise Unreadable("a record runs past the end of the part")
        yield kind, at
        at += size


def _text(part: bytes, at: int) -> tuple[str, int]:
    """A counted text, and where what follows begins."""
    count = struct.unpack_from("<I", part, at)[0]
    end = at + 4 + 2 * count
    return part[at + 4 : end].decode("utf-16-le", errors="replace"), end


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    workbook = workbook_part(box, "xl/workbook.bin")
    relations = relations_of(box, workbook)
    part = box.part(workbook)
    for record, at in _records(part):
        if record == _BRT_SHEET:
            relation, end = _text(part, at + 8)
            if _text(part, end)[0] == sheet_name:
                sheet = relations[relation].target
                notes = _sheet(box.part(sheet), _formats(styles_part(box, relations)))
                notes.dates_from_1904 = _counts_from_1904(part)
                notes.comments.update(comments_of(box, sheet, _comments))
                return notes
    raise Unreadable("the sheet is not in the workbook")


_BRT_WORKBOOK, _FROM_1904 = 153, 1


def _counts_from_1904(workbook: bytes) -> bool:
    """Tell whether the workbook counts its days from 1904 ([MS-XLSB] 2.4.822)."""
    return any(
        record == _BRT_WORKBOOK and struct.unpack_from("<I", workbook, at)[0] & _FROM_1904
        for record, at in _records(workbook)
    )


_BRT_AUTHOR, _BRT_COMMENT, _BRT_COMMENT_TEXT = 632, 635, 637


def _comments(part: bytes) -> Iterator[Comment]:
    """Read the comments of a sheet: their authors, then each with its place and its text ([MS-XLSB] 2.1.7.9)."""
    authors: list[str] = []
    place, author = (0, 0), ""
    for record, at in _records(part):
        if record == _BRT_AUTHOR:
            authors.append(_text(part, at)[0])
        elif record == _BRT_COMMENT:
            number, row, _, column = struct.unpack_from("<4I", part, at)
            place, author = (row, column), authors[number] if number < len(authors) else ""
        elif record == _BRT_COMMENT_TEXT:
            yield place, author, _text(part, at + 1)[0]


_BRT_FONT, _STRUCK_OUT = 43, 8


@dataclass(slots=True)
class _Formats(NumberFormats):
    """The formats of a workbook, and which of those of cells strike out."""

    struck: set[int] = field(default_factory=set)


def _formats(part: bytes) -> _Formats:
    book = _Formats()
    inside = False
    fonts = -1
    struck: set[int] = set()
    for record, at in _records(part):
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


def _sheet(part: bytes, formats: _Formats) -> Notes:
    notes = Notes()
    percents, dresses = formats.percent_cell_formats(), formats.dressed_cell_formats()
    row = 0
    for record, at in _records(part):
        if record == _BRT_ROW:
            row = struct.unpack_from("<I", part, at)[0]
            if part[at + 11] & 0x10:
                notes.hidden_rows.append(range(row, row + 1))
        elif record in _BRT_CELLS or record == _BRT_RICH_TEXT:
            column, style = struct.unpack_from("<2I", part, at)
            notes.use(row, column)
            style &= 0xFFFFFF
            if style in formats.struck:
                notes.struck.add((row, column))
            percent, dress = style in percents, dresses.get(style)
            value = _value(part, record, at + 8)
            notes.note((row, column), value, formula=record in _BRT_FORMULAS, percent=percent, dress=dress)
        elif record == _BRT_COLUMN:
            first, last, _, _, flags = struct.unpack_from("<4IH", part, at)
            if flags & 1:
                notes.hidden_columns.append(range(first, last + 1))
        elif record == _BRT_MERGED:
            row1, row2, column1, column2 = struct.unpack_from("<4I", part, at)
            notes.merged.append((row1, column1, row2, column2))
        elif record == _BRT_SHORT_ERROR:
            notes.blind = True
    return notes


def _value(part: bytes, record: int, at: int) -> Value:
    if record in _BRT_ERRORS:
        return error_value(part[at])
    if record in _BRT_BOOLEANS:
        return bool(part[at])
    if record in _BRT_NUMBERS:
        return float(struct.unpack_from("<d", part, at)[0])
    # As in xls: an RK number is never the result of a formula.
    return 1.0 if record == _BRT_RK else ""
