"""The attachments of a message saved by Outlook (.msg), with the time at which it came.

Format: [MS-OXMSG] 2.2 (storages and streams), [MS-OXPROPS] for the numbers of the properties.
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pipeline.kinds import Container, Unreadable
from pipeline.limits import Limits
from pipeline.unpack.pieces import Budget, Piece
from schemas.register import VIETNAM

_ATTACHMENT = "__attach_version1.0_"
_PROPERTIES = "__properties_version1.0"
_DATA = "__substg1.0_37010102"
_EMBEDDED = "__substg1.0_3701000d"
_NAMES = ("__substg1.0_3707001f", "__substg1.0_3704001f", "__substg1.0_3001001f")
_OLD_NAMES = ("__substg1.0_3707001e", "__substg1.0_3704001e", "__substg1.0_3001001e")
_DELIVERED = 0x0E060040
_SUBMITTED = 0x00390040
_HEADER = 32
_PROPERTY = 16
_FIRST_DAY = datetime(1601, 1, 1, tzinfo=UTC)


def outlook_pieces(box: Container, budget: Budget, limits: Limits) -> Iterator[Piece]:
    """Give the attachments in their order, those of messages within it among them.

    Raises:
        OverLimit: they are too many or too large.
        Unreadable: a stream is cut off.
    """
    yield from _of_message(box, "", budget, limits.depth)


def _of_message(box: Container, storage: str, budget: Budget, depth: int) -> Iterator[Piece]:
    received = _received(box, storage)
    for place in box.children(storage):
        if not place.startswith(_ATTACHMENT):
            continue
        attachment = f"{storage}/{place}".strip("/")
        parts = box.children(attachment)
        if _EMBEDDED in parts and depth:
            yield from _of_message(box, f"{attachment}/{_EMBEDDED}", budget, depth - 1)
        elif _DATA in parts:
            data = box.stream(f"{attachment}/{_DATA}")
            budget.take(1, len(data))
            yield Piece(_name(box, attachment) or place.removeprefix(_ATTACHMENT), data, received=received)


def _name(box: Container, attachment: str) -> str:
    parts = box.children(attachment)
    for name in _NAMES + _OLD_NAMES:
        if name in parts:
            encoding = "utf-16-le" if name in _NAMES else "cp1258"
            text = box.stream(f"{attachment}/{name}").decode(encoding, "replace").rstrip("\0")
            return text.replace("\\", "/").rpartition("/")[2].strip()
    return ""


def _received(box: Container, storage: str) -> datetime | None:
    """Take the time of delivery, else that of sending; both are counts of 100 ns since 1601."""
    try:
        stream = box.stream(f"{storage}/{_PROPERTIES}".strip("/"))
    except Unreadable:
        return None
    header = _HEADER - 8 if storage else _HEADER
    times = {
        tag: value
        for place in range(header, len(stream) - _PROPERTY + 1, _PROPERTY)
        for tag, value in [struct.unpack_from("<I4xQ", stream, place)]
    }
    ticks = times.get(_DELIVERED) or times.get(_SUBMITTED)
    try:
        return (_FIRST_DAY + timedelta(microseconds=ticks // 10)).astimezone(VIETNAM) if ticks else None
    except OverflowError:
        return None
