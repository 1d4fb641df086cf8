"""What people wrote into the comments of cells of xlsx, xlsm and xlsb.

ECMA-376 part 1, 18.7; [MS-XLSX] 2.6.205 for those with answers, which Excel stores a second time as an ordinary
comment that asks to update Excel; [MS-XLSB] 2.1.7.9.
"""

import html
import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self
from xml.parsers import expat

from pipeline.readers.kinds import Container
from pipeline.readers.raw.facts import Address
from pipeline.readers.raw.markup import Attributes, local_name, parse
from pipeline.readers.raw.package import Relation, relations_of
from pipeline.readers.raw.places import address_of
from schemas.text import tidy

Comment = tuple[Address, str, str]
"""where it hangs, who wrote it, what it says"""
_STORED_TWICE = "tc="
"""how the author of the second copy of a comment with answers begins"""
_ANSWERED = re.compile(r"[^\n:]+:\n {4}")
"""what stands before each text of that copy"""
_BETWEEN = " | "


def comments_of(
    box: Container, sheet: str, binary: Callable[[bytes], Iterable[Comment]] | None = None
) -> Mapping[Address, str]:
    """Read the comments of a sheet, which is named by its part: address -> what people wrote.

    `binary` reads a part of xlsb.
    """
    folder, name = posixpath.split(sheet)
    if posixpath.join(folder, "_rels", f"{name}.rels").lower() not in box.members:
        return {}
    relations = [each for each in relations_of(box, sheet).values() if each.target.lower() in box.members]
    threads = _Threads().read_all(box, _of_kind(relations, "threadedComment"))
    plain: dict[Address, str] = {}
    for part in _of_kind(relations, "comments"):
        data = box.part(part)
        listed = binary(data) if binary else _Comments().read(data).found
        for reference, author, text in listed:
            plain[reference] = _without_author(text, author)
    if not _of_kind(relations, "comments"):
        for part in _of_kind(relations, "vmlDrawing"):
            plain |= _drawn_comments(box.part(part))
    return {place: text for place, text in {**plain, **threads}.items() if text}


def _of_kind(relations: Sequence[Relation], kind: str) -> list[str]:
    return [each.target for each in relations if each.kind.lower() == kind.lower()]


def _without_author(text: str, author: str) -> str:
    """Leave out the name that Excel writes above what a person types, and the notice above a copy for old programs."""
    if author.startswith(_STORED_TWICE):
        texts = _ANSWERED.split(text.replace("\r\n", "\n"))
        return _BETWEEN.join(filter(None, map(tidy, texts[1:] or texts)))
    return without_name(text, author)


def without_name(text: str, author: str) -> str:
    """Leave out the name of its author before a comment: "Nguyễn Văn A:" and a line break."""
    typed, name = tidy(text), tidy(author)
    return tidy(typed.removeprefix(f"{name}:")) if name else typed


class _Comments:
    """One pass over a part of ordinary comments: (place, author, text)."""

    def __init__(self) -> None:
        self.found: list[Comment] = []
        self.authors: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.place: Address | None = None
        self.author = ""
        self.text: list[str] = []
        self.listening = False

    def read(self, xml: bytes) -> Self:
        parse(xml, self.parser, self._start)
        return self

    def _start(self, name: str, attributes: Attributes) -> None:
        name = local_name(name)
        if name == "comment":
            number = int(attributes.get("authorId", "-1"))
            self.author = self.authors[number] if 0 <= number < len(self.authors) else ""
            self.place, self.text = address_of(attributes.get("ref", "")), []
        elif name == "author":
            self.text = []
        self.listening = name in ("t", "author")

    def _text(self, text: str) -> None:
        if self.listening:
            self.text.append(text)

    def _end(self, name: str) -> None:
        self.listening = False
        if local_name(name) == "author":
            self.authors.append("".join(self.text))
        elif local_name(name) == "comment" and self.place:
            self.found.append((self.place, self.author, "".join(self.text)))


class _Threads:
    """One pass over the comments with answers: the texts of a cell in their order."""

    def __init__(self) -> None:
        self.texts: dict[Address, list[str]] = {}

    def read_all(self, box: Container, parts: Sequence[str]) -> Mapping[Address, str]:
        for part in parts:
            self._read(box.part(part))
        return {place: _BETWEEN.join(texts) for place, texts in self.texts.items()}

    def _read(self, xml: bytes) -> None:
        parser = expat.ParserCreate()
        here: list[str] = []

        def start(name: str, attributes: Attributes) -> None:
            nonlocal here
            if local_name(name) == "threadedComment":
                place = address_of(attributes.get("ref", ""))
                here = self.texts.setdefault(place, []) if place else []
            elif local_name(name) == "text":
                here.append("")
                parser.CharacterDataHandler = heard

        def heard(text: str) -> None:
            here[-1] += text

        def end(name: str) -> None:
            if local_name(name) == "text":
                here[-1] = tidy(here[-1])
                parser.CharacterDataHandler = None

        parser.EndElementHandler = end
        parse(xml, parser, start)


_SHAPE = re.compile(r"</(?:\w+:)?shape>")
_NOTE = re.compile(r"""<((?:\w+:)?ClientData)\b[^>]*ObjectType=["']Note["'].*?</\1>""", re.S)
_BOX = re.compile(r"<((?:\w+:)?textbox)\b.*?</\1>", re.S)
_TAG = re.compile(r"<[^>]*>")


def _drawn_comments(vml: bytes) -> dict[Address, str]:
    """Find the comments that only their drawing holds; it is often no sound XML, and so is looked at as a text."""
    found: dict[Address, str] = {}
    for shape in _SHAPE.split(vml.decode("utf-8", errors="replace")):
        note, box = _NOTE.search(shape), _BOX.search(shape)
        if note and box:
            row, column = (re.search(rf"<(?:\w+:)?{name}>\s*(\d+)", note[0]) for name in ("Row", "Column"))
            text = tidy(html.unescape(_TAG.sub(" ", box[0])))
            if row and column and text:
                found[int(row[1]), int(column[1])] = text
    return found
