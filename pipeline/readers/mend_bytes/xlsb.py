"""What calamine passes over in the sheets of .xlsb: [MS-XLSB].

calamine sees neither short cells, which state no column and stand right of the cell before them (SheetJS writes
them), nor cells with a rich text of their own. Both are given as the plain cells that say the same.
"""

from pipeline.readers.kinds import Container, brt_records

_ROW, _CELLS, _TEXT, _RICH_TEXT, _SHORT_CELLS = 0, range(1, 12), 6, 62, range(12, 19)
_SHORT = 11
"""so much lower is the type of the same cell with its column"""
_HEAD, _FLAGS = 8, 1
"""bytes before the value of a cell, and before a text that may be rich"""


def is_misread(box: Container) -> bool:
    """Whether a sheet holds cells that calamine passes over."""
    sheets = [name for name in box.members if is_sheet(name)]
    unseen = {_RICH_TEXT, *_SHORT_CELLS}
    return any(record in unseen for name in sheets for record, _, _ in brt_records(box.part(name)))


def is_sheet(name: str) -> bool:
    """Tell whether a part is a sheet, by its name in lower case."""
    return name.startswith("xl/worksheets/") and name.endswith(".bin")


def with_plain_cells(sheet: bytes) -> bytes:
    """Write the cells that calamine passes over as cells that it sees; all else stays as it is."""
    written = bytearray()
    column, begin = -1, 0
    for record, at, size in brt_records(sheet):
        content = sheet[at : at + size]
        if record == _ROW:
            column = -1
        elif record in _CELLS or record == _RICH_TEXT:
            column = int.from_bytes(content[:4], "little")
        elif record in _SHORT_CELLS:
            column += 1
        if record in _SHORT_CELLS and column > 0:
            written += _record(record - _SHORT, column.to_bytes(4, "little") + content)
        elif record == _RICH_TEXT:
            written += _record(_TEXT, content[:_HEAD] + content[_HEAD + _FLAGS :])
        else:
            written += sheet[begin : at + size]
        begin = at + size
    return bytes(written)


def _record(kind: int, content: bytes) -> bytes:
    size, sized = len(content), bytearray()
    while True:
        size, low = size >> 7, size & 0x7F
        sized.append(low | (0x80 if size else 0))
        if not size:
            return bytes([kind]) + sized + content
