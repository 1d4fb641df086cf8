"""What calamine refuses in .xlsx, .xlsm and .xlsb: ECMA-376."""

import re

from pipeline.kinds import Container, as_utf8
from pipeline.mend_bytes import xlsb

_NOT_AVAILABLE = b"#N/A"
_KNOWN_ERRORS = frozenset({b"#NULL!", b"#DIV/0!", b"#VALUE!", b"#REF!", b"#NAME?", b"#NUM!", _NOT_AVAILABLE})
_IN_TAG = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*?"""
_ERROR_CELL = re.compile(
    rb"(<(?:\w+:)?c\b" + _IN_TAG + rb"""\bt\s*=\s*["']e["']""" + _IN_TAG + rb"(?<!/)>"
    rb"(?:(?!</?(?:\w+:)?(?:c|v)\b).)*<(?:\w+:)?v\b" + _IN_TAG + rb">)([^<]*)(?=<)",
    re.S,
)
_MACRO_SHEET = re.compile(rb"""(\bType\s*=\s*["'])[^"']*/xl(?:Intl)?Macrosheet(?=["'])""", re.I)
_CHART_SHEET = rb"\1http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet"
_AFTER_VALUE = re.compile(rb"(</(?:\w+:)?(?:v|is|f)>\s*)<((?:\w+:)?extLst)\b.*?</\2>(?=\s*</(?:\w+:)?c>)", re.S)
_UNREAD = ("docprops/", "xl/media/", "xl/drawings/", "xl/charts/", "xl/embeddings/", "xl/theme/", "customxml/")


def mended(box: Container) -> dict[str, bytes]:
    """Give the parts that calamine reads, with all mends."""
    parts = {}
    for name, info in box.members.items():
        is_xml = name.endswith((".xml", ".rels"))
        if name.startswith(_UNREAD) or not (is_xml or name.endswith(".bin")):
            continue
        part = as_utf8(box.part(name)) if is_xml else box.part(name)
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            part = _known_cells(part)
        elif xlsb.is_sheet(name):
            part = xlsb.with_plain_cells(part)
        elif name.startswith("xl/_rels/"):
            part = _known_sheets(part)
        parts[info.filename.replace("\\", "/")] = part
    return parts


def _known_cells(sheet: bytes) -> bytes:
    """Make every error that calamine does not know one that it knows, and leave out extensions of cells.

    It refuses the whole sheet for one. Newer programs write #SPILL!, #CALC!, #FIELD!, #GETTING_DATA (18.18.11),
    Google's #ERROR!; the raw look says which it is. Of a cell calamine knows the formula and the value alone, though
    it may be followed by an extension (18.3.1.4).
    """
    return _ERROR_CELL.sub(_known_error, _AFTER_VALUE.sub(rb"\1", sheet))


def _known_error(cell: re.Match[bytes]) -> bytes:
    return cell[1] + (cell[2] if cell[2] in _KNOWN_ERRORS else _NOT_AVAILABLE)


def _known_sheets(relations: bytes) -> bytes:
    """Let a macro sheet of Excel 4 pass for a chart, which is passed over too: calamine knows no such relation.

    Seen in Apache POI, 64420.xlsm.
    """
    return _MACRO_SHEET.sub(_CHART_SHEET, relations)
