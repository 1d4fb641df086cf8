"""What a sheet says beside its cells: headers and footers of its pages, and boxes of text that lie over it.

ECMA-376 part 1, 18.3.1.46 and 20.5; part 4, 19.1.2.22 for the older drawings; ODF 1.2 part 1, 9.3 and 16.11.
"""

import html
import posixpath
import re
from collections.abc import Iterator

from pipeline.readers.kinds import Container, as_utf8
from pipeline.readers.raw.package import relations_of
from schemas.text import tidy

_PAGE = re.compile(rb"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]+)<")
_CODE = re.compile(r'&(?:"[^"]*"|K[0-9A-Fa-f]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]{1,3}|[A-JL-Za-jl-z])')
"""what sets the letters of a header, or stands for a page, a date or a name in it"""
_LOST_FONT = re.compile(r'(?m)^[\w -]+,(?:Regular|Bold|Italic|Bold Italic)"')
"""what Gnumeric leaves of `&"Times New Roman,Regular"` as words of the header"""
_SHAPE = "txBody"
_PARAGRAPH = re.compile(rb"</(?:\w+:)?p>")
_RUN = re.compile(rb"<(?:\w+:)?t(?:\s[^>]*)?>([^<]*)<")
_OLD_SHAPE = "textbox"
_END_OF_OLD_SHAPE = re.compile(rb"</(?:\w+:)?shape>")
_COMMENT = re.compile(rb"""ObjectType=["']Note["']""")
_ODF_PAGE = """(?:header|footer)(?:-left|-first)?(?![^<>]*:display=["']false["'])"""
_ODF_SHAPE = "(?:text-box|custom-shape|rect)"
_ODF_PARAGRAPH = re.compile(rb"</text:p>")
_ODF_FIELD = re.compile(rb"<text:(page-(?:number|count)|date|time|sheet-name|file-name|title)\b[^<>]*>[^<]*</text:\1>")
_TAG = re.compile(r"<[^>]*>")


def beside_cells(box: Container, sheet: str, xml: bytes) -> tuple[str, ...]:
    """Read the headers, footers and boxes of a sheet of a package, which is named by its part."""
    tail = xml[xml.rfind(b"sheetData") :]
    found = [page_text(html.unescape(_decoded(each))) for each in _PAGE.findall(tail)]
    if b"rawing" in tail or not tail.startswith(b"sheetData"):
        found += _boxes(box, sheet)
    return tuple(dict.fromkeys(filter(None, found)))


def page_text(header: str) -> str:
    """Write a header or footer of Excel as it is read: its left, middle and right part apart, without its codes."""
    parts = re.split(r"&[LCR]", header.replace("&&", "\0"))
    return _without_fonts("\n".join(tidy(_CODE.sub(" ", part).replace("\0", "&")) for part in parts))


def _without_fonts(text: str) -> str:
    return "\n".join(filter(None, map(tidy, _LOST_FONT.sub("", text).split("\n"))))


def _boxes(box: Container, sheet: str) -> Iterator[str]:
    folder, name = posixpath.split(sheet)
    if posixpath.join(folder, "_rels", f"{name}.rels").lower() not in box.members:
        return
    for relation in relations_of(box, sheet).values():
        if relation.target.lower() not in box.members:
            continue
        if relation.kind == "drawing":
            for shape in _elements(as_utf8(box.part(relation.target)), _SHAPE):
                lines = (b"".join(_RUN.findall(line)) for line in _PARAGRAPH.split(shape))
                yield "\n".join(filter(None, (tidy(html.unescape(_decoded(line))) for line in lines)))
        elif relation.kind == "vmlDrawing":
            for shape in _END_OF_OLD_SHAPE.split(as_utf8(box.part(relation.target))):
                if not _COMMENT.search(shape):
                    yield from map(_without_tags, _elements(shape, _OLD_SHAPE))


def beside_cells_of_odf(content: bytes, styles: bytes) -> tuple[str, ...]:
    """Read the headers, footers and boxes of an OpenDocument workbook, of all its sheets."""
    pieces = [_ODF_FIELD.sub(b"", piece) for piece in _elements(styles, _ODF_PAGE)]
    if b"<draw:" in content:
        pieces += _elements(content, _ODF_SHAPE)
    texts = ("\n".join(filter(None, map(_without_tags, _ODF_PARAGRAPH.split(piece)))) for piece in pieces)
    return tuple(dict.fromkeys(filter(None, map(_without_fonts, texts))))


def _elements(xml: bytes, name: str) -> Iterator[bytes]:
    """Give the elements of a name, the innermost of those within one another; in one pass, whatever the bytes are."""
    begins = re.compile(rf"<(?:\w+:)?{name}(?:\s[^<>]*)?(?<!/)>".encode())
    ends = re.compile(rf"</(?:\w+:)?{name}>".encode())
    for piece in ends.split(xml)[:-1]:
        last = 0
        for match in begins.finditer(piece):
            last = match.end()
        if last:
            yield piece[last:]


def _without_tags(piece: bytes) -> str:
    return tidy(html.unescape(_TAG.sub(" ", _decoded(piece))))


def _decoded(piece: bytes) -> str:
    return piece.decode("utf-8", errors="replace")
