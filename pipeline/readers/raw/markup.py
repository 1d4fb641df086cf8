"""XML parts of a workbook, read without expanding anything: a document type declaration is refused."""

from collections.abc import Callable
from xml.parsers import expat

from pipeline.readers.kinds import Unreadable

Attributes = dict[str, str]


def parse(xml: bytes, parser: expat.XMLParserType, start: Callable[[str, Attributes], None] | None) -> None:
    """Run a parser that expands nothing: a part with a document type declaration is refused.

    Without `start` nothing is asked but whether the part is sound.
    """
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    try:
        parser.Parse(xml, True)
    finally:
        # What a parser calls often holds that parser in turn, and a run looks for no such rings to take them apart.
        parser.StartElementHandler = parser.EndElementHandler = parser.CharacterDataHandler = None


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("a part declares a document type")


def elements(xml: bytes) -> list[tuple[str, Attributes]]:
    """Every element of a small part: name without prefix, attributes as written."""
    found: list[tuple[str, Attributes]] = []
    parse(xml, expat.ParserCreate(), lambda name, attributes: found.append((local_name(name), attributes)))
    return found


def texts(xml: bytes) -> dict[str, str]:
    """The text of each element of a small part, by its name without prefix."""
    found: dict[str, list[str]] = {}
    parser = expat.ParserCreate()

    def start(name: str, _: Attributes) -> None:
        parser.CharacterDataHandler = found.setdefault(local_name(name), []).append

    def end(_: str) -> None:
        parser.CharacterDataHandler = None

    parser.EndElementHandler = end
    parse(xml, parser, start)
    return {name: "".join(pieces).strip() for name, pieces in found.items()}


def local_name(name: str) -> str:
    """Leave out the prefix of a name."""
    return name.rpartition(":")[2]
