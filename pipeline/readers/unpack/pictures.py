"""Which pictures of a message are a logo or a signature: nobody could read a table in them.

Sizes in points stand in the heads of PNG (11.2.2), GIF (section 18) and JPEG (B.2.2, the SOF segments).
"""

import re
import struct

_SMALL_BYTES = 30_000
"""an image of a signature is smaller, a photo of a form is larger"""
_LOW = 300
"""a picture of fewer points in height or width shows no table that can be read"""
_NAMED_BY_OUTLOOK = re.compile(r"image\d{3,}\.(?:png|jpe?g|gif|bmp|emz|wmz)\Z", re.I)
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})


def is_decoration(data: bytes, name: str, *, stands_in_text: bool) -> bool:
    """Tell a logo or signature; `stands_in_text` says that the message shows it among its words.

    Outlook numbers what stands in the text, and keeps that name where nothing else says so.
    """
    if not (stands_in_text or _NAMED_BY_OUTLOOK.match(name)):
        return False
    size = _points(data)
    return len(data) < _SMALL_BYTES or (size is not None and min(size) < _LOW)


def _points(data: bytes) -> tuple[int, int] | None:
    try:
        if data.startswith(b"\x89PNG"):
            wide, high = struct.unpack_from(">II", data, 16)
        elif data.startswith(b"GIF8"):
            wide, high = struct.unpack_from("<HH", data, 6)
        elif data.startswith(b"\xff\xd8"):
            return _points_of_jpeg(data)
        else:
            return None
    except struct.error:
        return None
    return wide, high


def _points_of_jpeg(data: bytes) -> tuple[int, int] | None:
    place = 2
    while place + 9 <= len(data) and data[place] == 0xFF:  # noqa: PLR2004 - what every marker begins with
        marker = data[place + 1]
        if marker in _FRAMES:
            high, wide = struct.unpack_from(">HH", data, place + 5)
            return wide, high
        place += 2 + struct.unpack_from(">H", data, place + 2)[0]
    return None
