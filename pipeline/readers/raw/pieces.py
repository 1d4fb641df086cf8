"""Texts of xlsx cells that are put together of pieces: a struck 4 before a 6 reads 46 (ECMA-376 part 1, 18.4).

calamine joins the runs of a rich text. Where one is struck out, raised or lowered and another is not, the digits of
both are no number that anybody wrote.
"""

import re
from collections.abc import Mapping
from itertools import groupby
from typing import Self
from xml.parsers import expat

from pipeline.readers.raw.facts import Address
from pipeline.readers.raw.markup import Attributes, local_name, parse

_MARKED = re.compile(rb"<(?:[A-Za-z0-9]+:)?(?:strike|vertAlign)\b")
_STRUCK = "strike"
_NOT_MARKED = ("0", "false", "baseline")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = 26


def pieced_texts(sheet: bytes, strings: bytes) -> Mapping[Address, str]:
    """Find the cells of a sheet whose text has pieces of different marks: address -> the pieces, apart.

    `strings` are the strings that the cells share. Most workbooks hold no such mark, and are not looked through.
    """
    shared = _Strings().read(strings).found if _MARKED.search(strings) else {}
    return _Cells(shared).read(sheet).found if shared or _MARKED.search(sheet) else {}


class _Runs:
    """One pass over a part, hearing the runs of its rich texts."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.pieces: list[tuple[str, str]] = []
        self.marked = ""
        self.listening = self.spoken = False

    def read(self, xml: bytes) -> Self:
        """Go through a part."""
        parse(xml, self.parser, self._start)
        return self

    def _start(self, name: str, attributes: Attributes) -> None:
        name = local_name(name)
        if name in ("si", "is"):
            self.pieces = []
        elif name == "r":
            self.marked = ""
        elif name in (_STRUCK, "vertAlign") and attributes.get("val", "1") not in _NOT_MARKED:
            self.marked = self.marked or name
        elif name == "rPh":
            self.spoken = True
        self.listening = name == "t" and not self.spoken

    def _text(self, text: str) -> None:
        if self.listening:
            self.pieces.append((self.marked, text))

    def _end(self, name: str) -> None:
        self.listening = False
        if local_name(name) == "rPh":
            self.spoken = False

    def _apart(self) -> str:
        """The pieces with a space where the mark changes; empty where it never does, unless all is struck out."""
        groups = ["".join(text for _, text in same) for _, same in groupby(self.pieces, key=lambda piece: piece[0])]
        all_struck = len(groups) == 1 and self.pieces[0][0] == _STRUCK
        return " ".join(groups) if len(groups) > 1 or all_struck else ""


class _Strings(_Runs):
    """The shared strings: number -> pieces."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[int, str] = {}
        self.number = 0

    def _end(self, name: str) -> None:
        super()._end(name)
        if local_name(name) == "si":
            if apart := self._apart():
                self.found[self.number] = apart
            self.number += 1


class _Cells(_Runs):
    """The cells of a sheet: address -> pieces."""

    def __init__(self, shared: Mapping[int, str]) -> None:
        super().__init__()
        self.shared = shared
        self.found: dict[Address, str] = {}
        self.cell: Attributes = {}
        self.value: list[str] | None = None

    def _start(self, name: str, attributes: Attributes) -> None:
        super()._start(name, attributes)
        if local_name(name) == "c":
            self.cell = attributes
        self.value = [] if local_name(name) == "v" and self.cell.get("t") == "s" else None

    def _text(self, text: str) -> None:
        super()._text(text)
        if self.value is not None:
            self.value.append(text)

    def _end(self, name: str) -> None:
        super()._end(name)
        if local_name(name) == "v" and self.value:
            number = "".join(self.value).strip()
            self._note(self.shared.get(int(number), "") if number.isdecimal() else "")
        elif local_name(name) == "is":
            self._note(self._apart())
        self.value = None

    def _note(self, apart: str) -> None:
        # Writers of rich text state the address of each cell.
        place = _REFERENCE.fullmatch(self.cell.get("r", ""))
        if apart and place:
            column = 0
            for letter in place[1]:
                column = column * _LETTERS + ord(letter) - ord("A") + 1
            self.found[int(place[2]) - 1, column - 1] = apart
