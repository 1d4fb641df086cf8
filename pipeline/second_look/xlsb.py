"""Sheets of xlsb: [MS-XLSB]."""

import struct
from collections.abc import Iterator

from pipeline.kinds import Container, Unreadable
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
                formats = _formats(styles_part(box, relations))
                return _sheet(box.part(relations[relation].target), formats)
    raise Unreadable("the sheet is not in the workbook")


def _formats(part: bytes) -> NumberFormats:
    book = NumberFormats()
    inside = False
    for record, at in _records(part):
        if record == _BRT_FORMAT:
            book.define(struct.unpack_from("<H", part, at)[0], _text(part, at + 2)[0])
        elif record in (_BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS):
            inside = record == _BRT_BEGIN_CELL_XFS
        elif record == _BRT_XF and inside:
            book.cell_formats.append(struct.unpack_from("<H", part, at + 2)[0])
    return book


def _sheet(part: bytes, formats: NumberFormats) -> Notes:
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
