"""What is written in a document that is no form, as lines: .odt (ODF 1.2, 5.1) and .rtf (RTF 1.9.1).

Nothing here is read as a figure of the summary; the words say whether a document is a report or a correction.
"""

import re
from xml.parsers import expat

from pipeline.readers.kinds import Container, Kind, Unreadable
from pipeline.readers.raw.markup import Attributes, local_name, parse

LONGEST = 20_000
"""so many characters of a document are kept"""
_LINES = frozenset({"p", "h"})
_GAPS = {"tab": "\t", "s": " ", "line-break": "\n"}
_RTF = b"{\\rtf"
_RTF_LONGEST = 4_000_000
_TOKEN = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d{1,6}) ?(?:\\'[0-9a-fA-F]{2}|\?)?|\\([a-z]{1,32})(-?\d{1,10})? ?|\\([^a-z])"
    r"|([{}])|[\r\n]+|([^\\{}\r\n]+)"
)
_UNSEEN_GROUPS = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "themedata", "datastore", "listtable", "rsidtbl"}
)
_SIGNATURE = re.compile(rb"/Type\s*/Sig\b|/ByteRange\s*\[")


def is_signed(data: bytes) -> bool:
    """Tell a PDF that holds a digital signature (ISO 32000-1, 12.8.1)."""
    return bool(_SIGNATURE.search(data))


def text_of_document(box: Container, kind: Kind) -> str:
    """Give the text of a document; nothing where its format is not read here or it is damaged."""
    try:
        if kind is Kind.ODT:
            return _text_of_odt(box.part("content.xml"))[:LONGEST]
        if box.data.startswith(_RTF):
            return _text_of_rtf(box.data[:_RTF_LONGEST].decode("latin-1"))[:LONGEST]
    except (Unreadable, expat.ExpatError):
        return ""
    return ""


def _text_of_odt(xml: bytes) -> str:
    pieces: list[str] = []
    parser = expat.ParserCreate()

    def start(name: str, _: Attributes) -> None:
        pieces.append(_GAPS.get(local_name(name), ""))

    def end(name: str) -> None:
        if local_name(name) in _LINES:
            pieces.append("\n")

    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.append
    parse(xml, parser, start)
    return "".join(pieces).strip()


def _text_of_rtf(code: str) -> str:
    """Give the text between the control words; letters stand as numbers of Unicode or bytes of code page 1258."""
    pieces: list[str] = []
    unseen: list[bool] = [False]
    for coded, letter, word, _, sign, brace, text in _TOKEN.findall(code):
        if brace:
            unseen = [*unseen, unseen[-1]] if brace == "{" else unseen[:-1] or [False]
        elif word in _UNSEEN_GROUPS or sign == "*":
            unseen[-1] = True
        elif not unseen[-1]:
            pieces.append(_piece(coded, letter, word, sign) or text)
    return "".join(pieces).strip()


def _piece(coded: str, letter: str, word: str, sign: str) -> str:
    if coded:
        return bytes.fromhex(coded).decode("cp1258", "replace")
    if letter:
        return chr(int(letter) % 0x10000)
    if word:
        return {"par": "\n", "line": "\n", "row": "\n", "tab": "\t", "cell": "\t"}.get(word, "")
    return sign if sign in "\\{}" else ""
