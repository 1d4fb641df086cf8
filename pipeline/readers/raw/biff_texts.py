"""The texts of xls: those that cells share, and those of single records ([MS-XLS] 2.5.293 to 2.5.296)."""

import codecs
import struct
from collections.abc import Sequence

from pipeline.readers.kinds import Unreadable

Span = tuple[int, int]
"""where the content of a record begins in the stream, and where it ends"""

_WIDE, _EXTENDED, _RICH = 0x01, 0x04, 0x08
_BYTES_A_RUN = 4

_OTHER_NUMBERS = {0x8000: "mac-roman", 0x8001: "cp1252", 0x016F: "ascii"}
_USUAL = "cp1252"


def encoding_of(number: int) -> str:
    """Name the encoding of the texts of BIFF5 (2.4.52), the usual one for a number that means none."""
    name = _OTHER_NUMBERS.get(number, f"cp{number}")
    try:
        codecs.lookup(name)
    except LookupError:
        return _USUAL
    return name


def text_of_bytes(content: bytes, encoding: str) -> str:
    """Read a text of one byte a letter; a byte that means no letter there is the control character of its number."""
    text = content.decode(encoding, errors="surrogateescape")
    if text.isascii():
        return text
    return "".join(chr(ord(letter) & 0xFF) if "\udc80" <= letter <= "\udcff" else letter for letter in text)


def wide_text(content: bytes, count: int, flags: int) -> str:
    """Read so many letters of BIFF8, of two bytes each or one."""
    if flags & _WIDE:
        return content[: 2 * count].decode("utf-16-le", errors="replace")
    return content[:count].decode("latin-1")


def shared_strings(stream: bytes, spans: Sequence[Span]) -> list[str]:
    """All texts that cells share, in their order; `spans` are those of SST and of the CONTINUE records behind it."""
    if not spans:
        return []
    start = spans[0][0]
    count = struct.unpack_from("<I", stream, start + 4)[0]
    strings = _Strings(stream, [(start + 8, spans[0][1]), *spans[1:]])
    return [strings.read() for _ in range(min(count, len(stream)))]


class _Strings:
    """Reads one text after another out of records that may end within one (2.4.265, 2.4.58)."""

    def __init__(self, stream: bytes, spans: Sequence[Span]) -> None:
        self.stream = stream
        self.spans = iter(spans)
        self.at, self.end = next(self.spans)

    def read(self) -> str:
        if self.at == self.end:
            self._go_on()
        count, flags = struct.unpack_from("<HB", self.stream, self._pass(3))
        runs = struct.unpack_from("<H", self.stream, self._pass(2))[0] if flags & _RICH else 0
        extension = struct.unpack_from("<I", self.stream, self._pass(4))[0] if flags & _EXTENDED else 0
        text = self._letters(count, flags)
        self._pass_over(_BYTES_A_RUN * runs + extension)
        return text

    def _pass(self, size: int) -> int:
        """Pass so many bytes, which one record holds; where they began."""
        begin = self.at
        self.at += size
        if self.at > self.end:
            raise Unreadable("a shared text is cut off")
        return begin

    def _go_on(self) -> None:
        following = next(self.spans, None)
        if following is None:
            raise Unreadable("a shared text is cut off")
        self.at, self.end = following

    def _letters(self, count: int, flags: int) -> str:
        """The letters of a text; where it goes on in another record, a byte there says how."""
        pieces = []
        while True:
            size = 2 if flags & _WIDE else 1
            there = min(count, (self.end - self.at) // size)
            begin = self._pass(size * there)
            pieces.append(wide_text(self.stream[begin : self.at], there, flags))
            count -= there
            if not count:
                return "".join(pieces)
            self._go_on()
            flags = self.stream[self._pass(1)]

    def _pass_over(self, size: int) -> None:
        """Pass over fonts and pronunciation, which may go on in another record."""
        while size > self.end - self.at:
            size -= self.end - self.at
            self._go_on()
        self.at += size
