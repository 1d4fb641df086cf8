"""What calamine refuses in .xlsx, .xlsm and .xlsb: ECMA-376."""

import re

from pipeline.readers.kinds import Container, as_utf8
from pipeline.readers.mend_bytes import xlsb
from pipeline.readers.mend_bytes.days import LAST_DAY

_NOT_AVAILABLE = b"#N/A"
_KNOWN_ERRORS = frozenset({b"#NULL!", b"#DIV/0!", b"#VALUE!", b"#REF!", b"#NAME?", b"#NUM!", _NOT_AVAILABLE})
_CELL = rb"<(?:\w+:)?c\b"
_IN_TAG = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*?"""
_ON_TO_THE_VALUE = _IN_TAG + rb"(?<!/)>(?:(?!</?(?:\w+:)?[cv]\b).)*<(?:\w+:)?v\b" + _IN_TAG + rb">"
_VALUE = rb"([^<]*)(?=<)"
_IS_ERROR = rb"""\bt\s*=\s*["']e["']"""
_STYLE = rb"""\s+s\s*=\s*["']\d+["']"""
_ERROR_CELL = re.compile(b"(" + _CELL + _IN_TAG + _IS_ERROR + _ON_TO_THE_VALUE + b")" + _VALUE, re.S)
_STYLED_CELL = re.compile(b"(" + _CELL + _IN_TAG + b")" + _STYLE + b"(" + _ON_TO_THE_VALUE + b")" + _VALUE, re.S)
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
    """Mend the cells for one of which calamine refuses the whole sheet.

    Errors it does not know become one that it knows: newer programs write #SPILL!, #CALC!, #FIELD!, #GETTING_DATA
    (18.18.11), Google's #ERROR!; the raw look says which it is. Of a cell calamine knows the formula and the value
    alone, though an extension may follow (18.3.1.4). A number that is a day after all days is given without style.
    """
    plain = _AFTER_VALUE.sub(rb"\1", sheet)
    return _STYLED_CELL.sub(_known_number, _ERROR_CELL.sub(_known_error, plain))


def _known_error(cell: re.Match[bytes]) -> bytes:
    return cell[1] + (cell[2] if cell[2] in _KNOWN_ERRORS else _NOT_AVAILABLE)


def _known_number(cell: re.Match[bytes]) -> bytes:
    try:
        is_a_day = abs(float(cell[3])) <= LAST_DAY
    except ValueError:
        is_a_day = True
    return cell[0] if is_a_day else cell[1] + cell[2] + cell[3]


def _known_sheets(relations: bytes) -> bytes:
    """Let a macro sheet of Excel 4 pass for a chart, which is passed over too: calamine knows no such relation.

    Seen in Apache POI, 64420.xlsm.
    """
    return _MACRO_SHEET.sub(_CHART_SHEET, relations)
