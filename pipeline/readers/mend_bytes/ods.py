"""What calamine refuses or misreads in .ods: OpenDocument 1.3 part 3."""

from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.readers.kinds import Container, as_utf8
from pipeline.readers.raw.markup import Attributes, parse

_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"/>
"""
_MISREAD = (b"<text:tab", b"<text:line-break", b"<draw:", b"<![CDATA[")
_WRITTEN_OUT = {"text:tab": "\t", "text:line-break": "\n"}
_PARAGRAPHS = ("text:p", "text:h")
_CELLS = ("table:table-cell", "table:covered-table-cell")


def is_misread(box: Container) -> bool:
    """Whether calamine would leave out a part of a text, or take the text of a shape for one of a cell.

    It passes over tabs, line breaks and CDATA (miachm/SODS#79), so that "12", a line break and "34" become 1234; and a
    text of a cell is to it whatever stands in the cell.
    """
    content = box.part("content.xml")
    return any(sign in content for sign in _MISREAD)


def mended(box: Container) -> dict[str, bytes]:
    """Give the parts that calamine reads, the content of the sheets written anew so that it reads all of it."""
    content = _Content().rewrite(as_utf8(box.part("content.xml")))
    return {"mimetype": _TYPE, "META-INF/manifest.xml": _MANIFEST, "content.xml": content}


class _Content:
    """Writes content.xml anew: the same elements and texts, but no white space, comments or shapes between them.

    calamine knows nothing but cells in a row; Gnumeric and SheetJS indent every .ods that they write. Within a
    paragraph white space is text.
    """

    def __init__(self) -> None:
        self.written: list[str] = []
        self.level = self.paragraphs = 0
        self.cell_level = self.passed_over = 0
        """levels of the open cell, and of the open element that is passed over; 0 where there is none"""

    def rewrite(self, xml: bytes) -> bytes:
        parser = expat.ParserCreate()
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parse(xml, parser, self._start)
        return "".join(self.written).encode()

    def _start(self, name: str, attributes: Attributes) -> None:
        self.level += 1
        if self.passed_over:
            return
        if name in _WRITTEN_OUT or (self.cell_level and name.startswith("draw:")):
            self.passed_over = self.level
            self.written.append(_WRITTEN_OUT.get(name, ""))
            return
        if name in _PARAGRAPHS:
            self.paragraphs += 1
        elif name in _CELLS and not self.cell_level:
            self.cell_level = self.level
        said = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
        self.written.append(f"<{name}{said}>")

    def _end(self, name: str) -> None:
        if not self.passed_over:
            self.written.append(f"</{name}>")
            self.paragraphs -= name in _PARAGRAPHS
        if self.level == self.passed_over:
            self.passed_over = 0
        elif self.level == self.cell_level:
            self.cell_level = 0
        self.level -= 1

    def _text(self, text: str) -> None:
        if not self.passed_over and (self.paragraphs or not text.isspace()):
            self.written.append(escape(text))
