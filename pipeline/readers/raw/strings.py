"""The texts of xlsx: those that cells share, and those that stand in a cell itself (ECMA-376 part 1, 18.4).

A text is put together of its runs; what only says how to pronounce it is no part of it.
"""

import re
from xml.parsers import expat
from xml.sax.saxutils import unescape

from pipeline.readers.raw.markup import Attributes, local_name, parse

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_SURROGATES = range(0xD800, 0xE000)
"""halves of a letter, none of them a letter by itself"""
_BLANKS = " \t\r\n"


def unescaped(text: str) -> str:
    """Resolve the letters that no XML can hold: `_x000D_` is a carriage return (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPED.sub(_letter, text) if "_x" in text else text


def _letter(escaped: re.Match[str]) -> str:
    number = int(escaped[1], 16)
    return escaped[0] if number in _SURROGATES else chr(number)


def shared_strings(xml: bytes) -> list[str]:
    """All texts of the part that cells share, in their order."""
    if not xml:
        return []
    plain = _plain_strings(xml)
    return _Strings().read(xml) if plain is None else plain


_PLAIN = re.compile(r'<si><t(?: xml:space="preserve")?>([^<\x00-\x08\x0B-\x1F\uFFFE\uFFFF]*)</t></si>')
_TAGS_OF_PLAIN = 4
_HEAD = re.compile(r'\s*(?:<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?[^>]*\?>\s*)?<sst\b[^<>]*>')
_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")
_QUOTES = {"&quot;": '"', "&apos;": "'"}


def _plain_strings(xml: bytes) -> list[str] | None:
    """Read a part of plain texts alone, as nearly every workbook has it, in a fifth of the time; else None."""
    try:
        part = xml.decode()
    except UnicodeDecodeError:
        return None
    head = _HEAD.match(part)
    if head is None or not part.rstrip().endswith("</sst>") or _REFERENCE.search(part):
        return None
    found = _PLAIN.findall(part, head.end())
    # Every sign that begins a tag belongs to one of the texts, but that of the end: nothing else stands there.
    if part.count("<", head.end()) != _TAGS_OF_PLAIN * len(found) + 1:
        return None
    return [_plain(text) for text in found]


def _plain(text: str) -> str:
    if "&" in text:
        text = unescape(text, _QUOTES)
    return unescaped(text)


class RunsOfText:
    """Hears the runs of one text after another, by the handlers of a parser that it is lent."""

    __slots__ = ("is_kept", "is_spoken", "parser", "pieces", "run")

    def __init__(self, parser: expat.XMLParserType) -> None:
        self.parser = parser
        self.pieces: list[str] = []
        self.run: list[str] = []
        self.is_spoken = self.is_kept = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Hear that an element begins."""
        if name == "t" and not self.is_spoken:
            self.is_kept = attributes.get("xml:space") == "preserve"
            self.run = []
            self.parser.CharacterDataHandler = self.run.append
        elif name == "rPh":
            self.is_spoken = True

    def end(self, name: str) -> None:
        """Hear that an element ends."""
        if name == "t" and not self.is_spoken:
            self.parser.CharacterDataHandler = None
            text = "".join(self.run)
            self.pieces.append(text if self.is_kept else text.strip(_BLANKS))
        elif name == "rPh":
            self.is_spoken = False

    def take(self) -> str:
        """The whole text since it was last asked for."""
        text = unescaped("".join(self.pieces))
        self.pieces.clear()
        return text


class _Strings:
    """One pass over the strings that cells share."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        self.runs = RunsOfText(self.parser)
        self.found: list[str] = []

    def read(self, xml: bytes) -> list[str]:
        parse(xml, self.parser, self._start)
        return self.found

    def _start(self, name: str, attributes: Attributes) -> None:
        self.runs.start(local_name(name), attributes)

    def _end(self, name: str) -> None:
        name = local_name(name)
        if name == "si":
            self.found.append(self.runs.take())
        else:
            self.runs.end(name)
