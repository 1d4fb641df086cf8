"""The attachments in a winmail.dat, in which Outlook packs what it sends to others.

Format: [MS-OXTNEF] 2.1 (a row of attributes, each with its level, tag and length) and 2.4 (properties within one).
"""

import struct
from collections.abc import Iterator

from pipeline.model.limits import Limits
from pipeline.readers.kinds import Container, Unreadable
from pipeline.readers.unpack.pieces import Budget, Opened, Piece

_SIGNATURE = 0x223E9F78
_START = 6
_ATTRIBUTE = struct.Struct("<BII")
_OF_ATTACHMENT = 2
_BEGINS = 0x00069002
_TITLE = 0x00018010
_DATA = 0x0006800F
_PROPERTIES = 0x00069005
_LONG_NAME, _SHOWN_NAME, _OBJECT = 0x3707, 0x3001, 0x3701
_SIZES = {0x02: 4, 0x03: 4, 0x04: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE = frozenset({0x0D, 0x1E, 0x1F, 0x102})
_MANY = 0x1000
_FIRST_NAMED = 0x8000
_NAMED_BY_TEXT = 1
_OF_INTERFACE = 16
"""an object begins with the id of its interface; a message within is a winmail.dat behind it"""


def open_tnef(box: Container, budget: Budget, _limits: Limits) -> Opened:
    """Open a winmail.dat.

    Raises:
        OverLimit: its files are too many or too large.
        Unreadable: it is not what its format says.
    """
    try:
        pieces = list(_pieces(box.data))
    except struct.error as error:
        raise Unreadable("an attribute is cut off") from error
    budget.take(len(pieces), sum(len(piece.data or b"") for piece in pieces))
    return Opened(iter(pieces))


def _pieces(data: bytes) -> Iterator[Piece]:
    if struct.unpack_from("<I", data)[0] != _SIGNATURE:
        raise Unreadable("no winmail.dat")
    name, content, number = "", None, 0
    for tag, value in (*_attributes(data), (_BEGINS, b"")):
        if tag == _BEGINS:
            if content is not None:
                number += 1
                yield Piece(name or str(number), content)
            name, content = "", None
        elif tag == _TITLE:
            name = name or _text(value, is_wide=False)
        elif tag == _DATA:
            content = value
        elif tag == _PROPERTIES:
            stated = dict(_properties(value))
            name = stated.get(_LONG_NAME, b"").decode("utf-8") or name or stated.get(_SHOWN_NAME, b"").decode("utf-8")
            inner = stated.get(_OBJECT, b"")[_OF_INTERFACE:]
            content = inner if content is None and inner else content


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and content of the attributes of attachments; one that runs past the end says the file is cut off."""
    place = _START
    while place + _ATTRIBUTE.size <= len(data):
        level, tag, length = _ATTRIBUTE.unpack_from(data, place)
        if not level:
            return
        place += _ATTRIBUTE.size
        if place + length > len(data):
            raise Unreadable("an attribute runs past the end")
        if level == _OF_ATTACHMENT:
            yield tag, data[place : place + length]
        # The sum of its bytes follows.
        place += length + 2


def _properties(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give id and first value of each property; texts in UTF-8."""
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _ in range(count):
        kind, number = struct.unpack_from("<HH", data, place)
        place = _behind_name(data, place + 4, number)
        base = kind & ~_MANY
        if base not in _VARIABLE and base not in _SIZES:
            return
        values = 1
        if kind & _MANY or base in _VARIABLE:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        first = b""
        for index in range(values):
            length = _SIZES.get(base, 0)
            if base in _VARIABLE:
                (length,) = struct.unpack_from("<I", data, place)
                place += 4
            if place + length > len(data):
                raise Unreadable("a property runs past the end")
            first = data[place : place + length] if index == 0 else first
            place += length + -length % 4
        is_text = base in (0x1E, 0x1F)
        yield number, _text(first, is_wide=base == 0x1F).encode("utf-8", "replace") if is_text else first  # noqa: PLR2004


def _behind_name(data: bytes, place: int, number: int) -> int:
    """Pass over the name that a property bears whose number is the file's own."""
    if number < _FIRST_NAMED:
        return place
    (kind, length) = struct.unpack_from("<II", data, place + 16)
    place += 24
    return place + length + -length % 4 if kind == _NAMED_BY_TEXT else place


def _text(value: bytes, *, is_wide: bool) -> str:
    text = value.decode("utf-16-le" if is_wide else "cp1258", "replace").rstrip("\0")
    return text.replace("\\", "/").rpartition("/")[2].strip()
