"""A compound file with one stream in it: [MS-CFB]."""

import struct

_SECTOR = 4096
_NUMBERS_A_SECTOR = _SECTOR // 4
_FREE, _END, _TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NO_ENTRY = 0xFFFFFFFF
_TABLES_IN_HEADER = 109
_STREAM, _ROOT, _BLACK = 2, 5, 1
_SMALL = 4096
"""a shorter stream lives in another table, which is never written here"""

MOST_BYTES = (_TABLES_IN_HEADER * _NUMBERS_A_SECTOR - _TABLES_IN_HEADER - 2) * _SECTOR
"""of a stream, so that no table of tables is needed"""


def compound_file(name: str, stream: bytes) -> bytes:
    """Write a stream into a compound file of version 4; a short one is filled up with zeros.

    Sectors: the tables, the directory, one for the small streams that there are none of (some readers want a
    start for them), the stream.
    """
    content = stream.ljust(_SMALL, b"\x00")
    sectors = -(-len(content) // _SECTOR)
    tables = 1
    while tables + 2 + sectors > tables * _NUMBERS_A_SECTOR:
        tables += 1
    directory, small, first = tables, tables + 1, tables + 2
    chain = [_TABLE] * tables + [_END, _END] + [*range(first + 1, first + sectors), _END]
    chain += [_FREE] * (tables * _NUMBERS_A_SECTOR - len(chain))
    entries = _entry("Root Entry", _ROOT, small, 0, child=1) + _entry(name, _STREAM, first, len(content))
    parts = (
        _header(tables, directory).ljust(_SECTOR, b"\x00"),
        struct.pack(f"<{len(chain)}I", *chain),
        entries.ljust(_SECTOR, b"\x00"),
        bytes(_SECTOR),
        content.ljust(sectors * _SECTOR, b"\x00"),
    )
    return b"".join(parts)


def _header(tables: int, directory: int) -> bytes:
    """Section 2.2: no table of small sectors, no table of tables beyond the header."""
    numbers = [*range(tables), *[_FREE] * (_TABLES_IN_HEADER - tables)]
    return b"".join(
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            bytes(16),
            struct.pack("<5H6x", 0x3E, 4, 0xFFFE, 12, 6),
            struct.pack("<4I", 1, tables, directory, 0),
            struct.pack("<5I", _SMALL, _END, 0, _END, 0),
            struct.pack(f"<{_TABLES_IN_HEADER}I", *numbers),
        )
    )


def _entry(name: str, kind: int, start: int, size: int, child: int = _NO_ENTRY) -> bytes:
    """Section 2.6.1: one line of the directory, without brothers."""
    written = (name + "\x00").encode("utf-16-le")
    return b"".join(
        (
            written.ljust(64, b"\x00"),
            struct.pack("<HBB3I", len(written), kind, _BLACK, _NO_ENTRY, _NO_ENTRY, child),
            bytes(36),
            struct.pack("<IQ", start, size),
        )
    )
