"""The records of a binary part of an .xlsb workbook: [MS-XLSB] 2.1.4."""

from collections.abc import Iterator

from pipeline.readers.kinds.container import Unreadable

_SEVEN_BITS = 0x7F
_GOES_ON = 0x80
_SIZE_SHIFTS = (0, 7, 14, 21)


def brt_records(part: bytes) -> Iterator[tuple[int, int, int]]:
    """Walk the records of a part: (type, where its content begins, its size).

    Raises:
        Unreadable: a record runs past the end.
    """
    at, end = 0, len(part)
    while at < end:
        try:
            kind, size, at = _head(part, at)
        except IndexError:
            raise Unreadable("a part ends inside the head of a record") from None
        if at + size > end:
            raise Unreadable("a record runs past the end of the part")
        yield kind, at, size
        at += size


def _head(part: bytes, at: int) -> tuple[int, int, int]:
    """The type and the size of a record, and where its content begins: seven bits a byte, the lowest first."""
    kind = part[at]
    at += 1
    if kind & _GOES_ON:
        kind = kind & _SEVEN_BITS | (part[at] & _SEVEN_BITS) << 7
        at += 1
    size = 0
    for shift in _SIZE_SHIFTS:
        byte = part[at]
        at += 1
        size |= (byte & _SEVEN_BITS) << shift
        if not byte & _GOES_ON:
            break
    return kind, size, at
