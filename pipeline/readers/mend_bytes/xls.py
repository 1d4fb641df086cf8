"""What calamine misreads or refuses in .xls, mended in the stream of the workbook: [MS-XLS].

Each mend takes the stream, changes numbers of a fixed size in it, and never moves a byte.
"""

import struct

from pipeline.readers.kinds import BIFF_BOUNDSHEET, BIFF_EOF, Container, Unreadable, biff_records
from pipeline.readers.mend_bytes.days import LAST_DAY
from pipeline.readers.mend_bytes.ole import MOST_BYTES, compound_file

_XF, _GENERAL, _NUMBER, _SMALLEST_NUMBER = 0xE0, 0, 0x203, 14
_BOF, _CODEPAGE, _FORMULA, _BOOLERR, _LABEL, _RSTRING = 0x809, 0x42, 0x06, 0x205, 0x204, 0xD6
_BIFF8 = 0x600
_UTF16 = 1200
_NAMES = tuple(f"{name}\x00".encode("utf-16-le") for name in ("workbook", "book"))
_ENTRY = 128
"""bytes of a line of the directory of a compound file"""

_OTHER_NUMBERS = {0x8000: 10000, 0x8001: 1252, 0x016F: 1252}
"""code pages that Excel numbers in its own way, Macintosh Roman first (2.4.52), and ASCII"""

_ERRORS = frozenset({0x00, 0x07, 0x0F, 0x17, 0x1D, 0x24, 0x2A, 0x2B})
_NOT_AVAILABLE = 0x2A
_IS_ERROR, _ERROR_RESULT, _NOT_A_NUMBER = b"\x01", b"\x02", b"\xff\xff"


def is_misread(box: Container) -> bool:
    """Whether calamine would take another workbook for this one, or its texts in a wrong encoding.

    calamine takes the first stream called Workbook, or else Book, of the whole directory, where a workbook that
    is embedded has one too (ExcelDataReader, Test_git_issue_411.xls). In BIFF8 a flag of each text says how it is
    written; calamine asks CODEPAGE, in which Perl's Spreadsheet::WriteExcel and its ports write 1252 (tidyverse/readxl,
    mtcars.xls). A text of several fonts of BIFF5 is a record of its own, which calamine passes over.
    """
    lowered = box.data.lower()
    if sum(_lines(lowered, name) for name in _NAMES) != 1:
        return True
    stream = _stream(box)
    if any(number != fit for _, number, fit in _code_pages(stream)):
        return True
    return not _is_wide(stream) and any(record == _RSTRING for record, _, _ in biff_records(stream))


def mended(box: Container) -> bytes | None:
    """Give the workbook alone, in a container of its own and with all mends; None where it is too large for that."""
    stream = _stream(box)
    if len(stream) > MOST_BYTES:
        return None
    changed = bytearray(stream)
    _mend_code_pages(stream, changed)
    _mend_cells(stream, changed)
    _mend_days(stream, changed)
    return compound_file("Workbook", bytes(changed))


def _lines(data: bytes, name: bytes) -> int:
    """Count the lines of a directory that bear a name; they begin at whole multiples of their size."""
    count, at = 0, data.find(name)
    while at >= 0:
        count += at % _ENTRY == 0
        at = data.find(name, at + len(name))
    return count


def _stream(box: Container) -> bytes:
    stream = box.stream("workbook" if "workbook" in box.entries else "book")
    if stream[:2] != struct.pack("<H", _BOF):
        raise Unreadable("the workbook does not begin where it should")
    return stream


def _is_wide(stream: bytes) -> bool:
    return bool(struct.unpack_from("<H", stream, 4)[0] == _BIFF8)


def _code_pages(stream: bytes) -> list[tuple[int, int, int]]:
    """Every CODEPAGE before the first sheet: where it stands, what it says, what it should say."""
    is_wide = _is_wide(stream)
    found = []
    for record, at, _ in biff_records(stream):
        if record == _CODEPAGE:
            number = struct.unpack_from("<H", stream, at)[0]
            found.append((at, number, _UTF16 if is_wide else _OTHER_NUMBERS.get(number, number)))
        elif record in (BIFF_BOUNDSHEET, BIFF_EOF):
            break
    return found


def _mend_code_pages(stream: bytes, changed: bytearray) -> None:
    for at, _, fit in _code_pages(stream):
        struct.pack_into("<H", changed, at, fit)


def _mend_cells(stream: bytes, changed: bytearray) -> None:
    """Make an error that calamine does not know one that it knows, and a text with fonts of BIFF5 a plain one.

    A cell of the one kind is never a number or a text, whichever error it is; one of the other kind begins like a
    plain text (RSTRING, OpenOffice's description of the format, 5.88).
    """
    for record, at, size in biff_records(stream):
        error = _error_place(stream, record, at, size)
        if error and stream[error] not in _ERRORS:
            changed[error] = _NOT_AVAILABLE
        elif record == _RSTRING:
            struct.pack_into("<H", changed, at - 4, _LABEL)


def _mend_days(stream: bytes, changed: bytearray) -> None:
    """Give a number that is a day after all days the first format that is of no days."""
    formats = (struct.unpack_from("<H", stream, at + 2)[0] for record, at, _ in biff_records(stream) if record == _XF)
    plain = next((index for index, number in enumerate(formats) if number == _GENERAL), None)
    if plain is None:
        return
    for record, at, size in biff_records(stream):
        if record in (_NUMBER, _FORMULA) and size >= _SMALLEST_NUMBER:
            value = struct.unpack_from("<d", stream, at + 6)[0]
            if abs(value) > LAST_DAY and stream[at + 12 : at + 14] != _NOT_A_NUMBER:
                struct.pack_into("<H", changed, at + 4, plain)


def _error_place(stream: bytes, record: int, at: int, size: int) -> int | None:
    """Where a cell holds the number of its error (2.4.24, 2.5.133); None for other cells."""
    content = stream[at : at + size]
    if record == _BOOLERR and content[7:8] == _IS_ERROR:
        return at + 6
    if record == _FORMULA and content[12:14] == _NOT_A_NUMBER and content[6:7] == _ERROR_RESULT:
        return at + 8
    return None
