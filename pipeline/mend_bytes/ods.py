"""What calamine refuses in .ods: OpenDocument 1.3 part 3."""

import re
from collections.abc import Iterator

from pipeline.kinds import Container, as_utf8

_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_MANIFEST = b"""<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.2"/>
"""

_IN_TAG = rb"""(?:[^>"']|"[^"]*"|'[^']*')*?"""
_TOKEN = re.compile(
    rb"(?P<other><!--.*?-->|<\?.*?\?>)"
    rb"|<!\[CDATA\[.*?\]\]>"
    rb"|<(?P<end>/?)text:[ph](?=[\s/>])" + _IN_TAG + rb"(?P<empty>/?)>"
    rb"|(?P<space>(?<=>)[ \t\r\n]+(?=<))",
    re.S,
)


def mended(box: Container) -> dict[str, bytes]:
    """Give the parts that calamine reads, the content of the sheets without the white space between its elements."""
    content = b"".join(_without_space(as_utf8(box.part("content.xml"))))
    return {"mimetype": _TYPE, "META-INF/manifest.xml": _MANIFEST, "content.xml": content}


def _without_space(xml: bytes) -> Iterator[bytes]:
    """Leave out white space, comments and instructions, but nothing within a paragraph: there it is text.

    calamine knows nothing but cells in a row. Gnumeric and SheetJS indent every .ods that they write.
    """
    depth = start = 0
    for token in _TOKEN.finditer(xml):
        if token["space"] or token["other"]:
            if depth == 0:
                yield xml[start : token.start()]
                start = token.end()
        elif token["end"] is not None and not token["empty"]:
            depth += -1 if token["end"] else 1
    yield xml[start:]
