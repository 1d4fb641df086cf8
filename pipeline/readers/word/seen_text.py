"""The text of a paragraph of Word as it is shown: what is crossed out or hidden is no digit of the line.

Whether it is, the run says itself, or its character, paragraph or table style, or the defaults of the document
(ECMA-376 part 1, 17.7.2). `strike` and `vanish` are toggle properties: two styles that set one cancel each other out
(17.7.3). What a table style says of its first row or last column alone is not looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.wording import WORDING
from schemas.definition import read_toml

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_GONE = frozenset(
    (WORD + "del", WORD + "moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
"""what was deleted or moved away, and what says again for older programs what stands beside it"""
_ROUND = frozenset(WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
"""what may stand round a row, a cell or a paragraph"""
_TEXTS = frozenset(WORD + name for name in ("t", "tab", "br", "noBreakHyphen"))
_TOGGLES = frozenset({"strike", "vanish"})
_OFF = frozenset({"0", "false", "off", "baseline"})
_STYLES = (("character", "r", "rStyle"), ("paragraph", "p", "pStyle"), ("table", "tbl", "tblStyle"))
"""kinds of style, the nearest to the run first: what bears one, and how it is named there"""

Marks = Mapping[str, bool]
"""properties that set digits apart, as far as they are said: on or off"""


@dataclass(frozen=True, slots=True)
class Styles:
    """What the styles of a document say of its digits."""

    defaults: Marks = field(default_factory=dict)
    by_name: Mapping[tuple[str, str], Marks] = field(default_factory=dict)
    """(kind, id) -> its marks, with those of the styles it is based on; the id "" is the style of what names none"""

    def marks_of(self, kind: str, name: str) -> Marks:
        """What a style says; one that is not there is the one of what names none."""
        return self.by_name.get((kind, name), self.by_name.get((kind, ""), {}))


def children(element: Any, *names: str) -> Iterator[Any]:  # noqa: ANN401
    """Give the children of some names, also where something stands round them."""
    tags = {WORD + name for name in names}
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in _ROUND:
            yield from children(child, *names)


def rows_of(table: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the rows of a table itself, without those that were deleted with changes tracked."""
    return (row for row in children(table, "tr") if row.find(f"{WORD}trPr/{WORD}del") is None)


def paragraphs_of(cell: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the paragraphs of a cell, with those of a table within it."""
    for part in children(cell, "p", "tbl"):
        if part.tag == f"{WORD}p":
            yield part
        else:
            for row in rows_of(part):
                for inner in children(row, "tc"):
                    yield from paragraphs_of(inner)


def styles_of(element: Any) -> Styles:  # noqa: ANN401 - lxml carries no types
    """Read the styles of a document; a style that is based on itself in the end is based on none."""
    found = {
        (style.get(f"{WORD}type", "paragraph"), style.get(f"{WORD}styleId", "")): style
        for style in element.findall(f"{WORD}style")
    }
    marks: dict[tuple[str, str], Marks] = {}
    for name in found:
        line = {name: None}
        while name not in marks and (name := _based_on(found, name)) in found and name not in line:
            line[name] = None
        for each in reversed(line):
            marks.setdefault(each, {**marks.get(_based_on(found, each), {}), **_said(found[each])})
    for name, style in found.items():
        if style.get(f"{WORD}default", "0") not in _OFF:
            marks[name[0], ""] = marks[name]
    defaults = element.find(f"{WORD}docDefaults/{WORD}rPrDefault")
    return Styles({} if defaults is None else _said(defaults), marks)


def _based_on(found: Mapping[tuple[str, str], Any], name: tuple[str, str]) -> tuple[str, str]:
    """Name the style that one is based on, which is of its kind."""
    above = found[name].find(f"{WORD}basedOn")
    return name[0], "" if above is None else above.get(f"{WORD}val", "")


@cache
def _marked_properties() -> Mapping[str, str]:
    """Load the properties of a run that set its digits apart, and how those digits are told: {text}."""
    marked: Mapping[str, str] = read_toml(WORDING / "word_marks.toml").values["marked"]
    return marked


def _said(element: Any) -> Marks:  # noqa: ANN401
    """What the properties of a run or style say themselves."""
    shown, properties = _marked_properties(), element.find(f"{WORD}rPr")
    marks = () if properties is None else properties.iterchildren(*(WORD + name for name in shown))
    return {mark.tag.removeprefix(WORD): mark.get(f"{WORD}val", "1") not in _OFF for mark in marks}


def text_of(paragraph: Any, styles: Styles) -> str:  # noqa: ANN401
    """Text of a paragraph as it is shown: what was deleted with changes tracked is not.

    Digits that are crossed out, hidden, raised or lowered are kept apart from those beside them, and said to be so.
    """
    pieces = []
    for element in _pieces(paragraph):
        tag = element.tag.removeprefix(WORD)
        text = element.text or "" if tag == "t" else {"tab": "\t", "br": "\n"}.get(tag, "-")
        pieces.append(_marked(element, text, styles) if any(map(str.isdecimal, text)) else text)
    return "".join(pieces).strip()


def _pieces(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give what makes up a text as it is shown; the prompt of an empty content control is no text."""
    for child in element:
        if child.tag in _TEXTS:
            control = next(child.iterancestors(f"{WORD}sdt"), None)
            if control is None or control.find(f"{WORD}sdtPr/{WORD}showingPlcHdr") is None:
                yield child
        elif child.tag not in _GONE:
            yield from _pieces(child)


def _marked(element: Any, text: str, styles: Styles) -> str:  # noqa: ANN401
    """Set the digits of a run apart that are not simply part of the line."""
    run = next(element.iterancestors(f"{WORD}r"), element)
    own, of_styles = _said(run), [styles.marks_of(*name) for name in _styles_at(run)]
    for name, shown in _marked_properties().items():
        by_style = _by_style(name, [marks[name] for marks in of_styles if name in marks], styles)
        if own.get(name, by_style):
            return f" {shown.format(text=text.strip())} "
    return text


def _by_style(name: str, said: Sequence[bool], styles: Styles) -> bool:
    """Tell whether a property is on that a run does not say itself; `said` is what its styles say, the nearest first.

    What the defaults turn on, no style toggles off.
    """
    by_default = styles.defaults.get(name, False)
    if name in _TOGGLES:
        return by_default or said.count(True) % 2 == 1
    return said[0] if said else by_default


def _styles_at(run: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Name the styles that a run stands in."""
    for kind, bearer, named in _STYLES:
        tag = WORD + bearer
        element = run if run.tag == tag else next(run.iterancestors(tag), None)
        style = None if element is None else element.find(f"{tag}Pr/{WORD}{named}")
        yield kind, "" if style is None else style.get(f"{WORD}val", "")
