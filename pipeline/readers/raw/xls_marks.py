"""What the records of xls say beside the values of cells: fonts that strike out, and comments ([MS-XLS] 2.4)."""

import struct
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from pipeline.readers.raw.beside import page_text
from pipeline.readers.raw.comments import without_name
from pipeline.readers.raw.facts import Address, Notes
from schemas.text import tidy

_OBJ, _TXO, _CONTINUE, _NOTE = 0x5D, 0x1B6, 0x3C, 0x1C
_CELLS = frozenset({0x06, 0x203, 0x27E, 0x205, 0x204, 0xFD, 0xD6})
_MULRK = 0xBD
_PAGES = frozenset({0x14, 0x15})
"""header and footer of the page"""
_STRUCK_OUT = 8
_NEVER_STORED = 4
"""the number of a font that no workbook holds"""


@dataclass(slots=True)
class Fonts:
    """The fonts of a workbook, as far as they strike out, and those of its cell formats."""

    struck: list[bool] = field(default_factory=list)
    of_cells: list[int] = field(default_factory=list)

    def define(self, stream: bytes, at: int) -> None:
        """Take up a font."""
        self.struck.append(bool(struct.unpack_from("<H", stream, at + 2)[0] & _STRUCK_OUT))

    def struck_formats(self) -> frozenset[int]:
        """The cell formats whose font strikes out."""
        if True not in self.struck:
            return frozenset()
        return frozenset(index for index, font in enumerate(self.of_cells) if self._strikes(font))

    def _strikes(self, font: int) -> bool:
        place = font - 1 if font > _NEVER_STORED else font
        return place < len(self.struck) and self.struck[place]


@dataclass(frozen=True, slots=True)
class Text:
    """How the texts of a workbook are stored."""

    wide: bool
    """as in BIFF8: each says by itself how"""
    code_page: str

    def read(self, piece: bytes, is_wide: int) -> str:
        """Read the letters of a text."""
        if not self.wide:
            return piece.decode(self.code_page, errors="replace")
        return piece.decode("utf-16-le" if is_wide & 1 else "latin-1", errors="replace")


def add_marks(
    notes: Notes, stream: bytes, records: Iterable[tuple[int, int, int]], struck: Collection[int], words: Text
) -> None:
    """Note the struck cells of a sheet, and its comments."""
    comments = _Comments(stream, words)
    for record in records:
        if struck and (record[0] in _CELLS or record[0] == _MULRK):
            _note_struck(notes, stream, record, struck)
        comments.hear(record)
        if record[0] in _PAGES and record[2]:
            notes.beside.append(page_text(_header(stream, record, words)))
    notes.comments.update(comments.found())
    notes.beside.extend(comments.of_boxes())


def _header(stream: bytes, record: tuple[int, int, int], words: Text) -> str:
    """Read the header or the footer of a page ([MS-XLS] 2.4.136)."""
    _, at, size = record
    if not words.wide:
        return words.read(stream[at + 1 : at + size], 0)
    return words.read(stream[at + 3 : at + size], stream[at + 2])


class _Comments:
    """The comments of a sheet; their texts stand apart from their places, as those of drawn things."""

    def __init__(self, stream: bytes, words: Text) -> None:
        self.stream = stream
        self.words = words
        self.texts: dict[int, str] = {}
        self.places: dict[Address, tuple[int, str]] = {}
        """cell -> the number of the drawn thing, and who wrote it"""
        self.thing = self.left = 0

    def hear(self, record: tuple[int, int, int]) -> None:
        """Take up a record of the sheet."""
        kind, at, size = record
        if kind == _OBJ:
            self.thing = struct.unpack_from("<H", self.stream, at + 6)[0]
        elif kind == _TXO:
            self.left = struct.unpack_from("<H", self.stream, at + 10)[0]
        elif kind == _CONTINUE and self.left:
            said = self.words.read(self.stream[at + 1 : at + size], self.stream[at])[: self.left]
            self.texts[self.thing] = self.texts.get(self.thing, "") + said
            self.left -= len(said)
        elif kind == _NOTE:
            self._place(at, size)

    def _place(self, at: int, size: int) -> None:
        row, column, _, number, length = struct.unpack_from("<5H", self.stream, at)
        if not self.words.wide:
            # Before BIFF8 the text stands here, and nobody's name.
            number = -len(self.places) - 1
            self.texts[number] = self.words.read(self.stream[at + 6 : at + size], 0)
            self.places[row, column] = number, ""
            return
        is_wide = self.stream[at + 10] & 1
        end = at + 11 + length * (1 + is_wide)
        self.places[row, column] = number, self.words.read(self.stream[at + 11 : end], is_wide)

    def of_boxes(self) -> list[str]:
        """What drawn things say that are the comment of no cell."""
        of_cells = {number for number, _ in self.places.values()}
        return [tidy(text) for number, text in self.texts.items() if number not in of_cells and tidy(text)]

    def found(self) -> dict[Address, str]:
        """The comments: cell -> what it says."""
        said = {
            place: without_name(self.texts.get(number, ""), author) for place, (number, author) in self.places.items()
        }
        return {place: text for place, text in said.items() if text}


def _note_struck(notes: Notes, stream: bytes, record: tuple[int, int, int], struck: Collection[int]) -> None:
    kind, at, size = record
    row, column = struct.unpack_from("<2H", stream, at)
    count = (size - 6) // 6 if kind == _MULRK else 1
    for index in range(count):
        if struct.unpack_from("<H", stream, at + 4 + 6 * index)[0] in struck:
            notes.struck.add((row, column + index))
