"""What the formats of xlsx say beside the number format of a cell: struck out whole, or dressed under a condition.

ECMA-376 part 1, 18.3.1.18 (conditional formatting), 18.8.14 (what it changes), 18.8.35 (strike); [MS-XLSX] 2.6.49 for
conditions that an extension holds. A format of a table style changes no number format and strikes nothing out.
"""

import re
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import Self
from xml.parsers import expat

from pipeline.readers.raw.dress import Dress, dress_of
from pipeline.readers.raw.facts import Address, Notes, is_percent
from pipeline.readers.raw.markup import Attributes, elements, local_name, parse
from pipeline.readers.raw.places import Area, address_of, areas_of, lies_in

_EXTENDED = re.compile(rb"<x14:dxf>.*?<(?:x14:)?(?:numFmt|strike)\b", re.S)
_OFF = ("0", "false")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a conditional format changes in how a cell looks."""

    code: str = ""
    """of a number format; empty where it stays"""
    struck: bool = False


def add_marks(notes: Notes, sheet: bytes, styles: bytes) -> None:
    """Note the cells that are struck out whole, and those that a conditional format may dress.

    Most workbooks have no format of these kinds, and their cells are not looked through.
    """
    struck = _struck_styles(styles) if b"strike" in styles else frozenset()
    changes = _changes(styles) if _may_change(styles) else {}
    if not (struck or changes or _EXTENDED.search(sheet)):
        return
    seen = _SheetMarks(struck).read(sheet)
    notes.struck |= seen.struck
    for rule in seen.rules:
        change = rule.own or changes.get(rule.format)
        if change:
            _apply(notes, rule, change, seen.numbers)


def _may_change(styles: bytes) -> bool:
    """Tell whether a conditional format may change a number format or strike out; every workbook is asked this."""
    start = max(styles.find(b"dxfs"), 0)
    return styles.find(b"numFmt", start) >= 0 or styles.find(b"strike", start) >= 0


def _struck_styles(styles: bytes) -> frozenset[str]:
    """The cell formats, as written in `s`, whose font is struck out."""
    struck: set[int] = set()
    fonts = formats = -1
    found: set[str] = set()
    section = ""
    for element, attributes in elements(styles):
        if element in ("fonts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = element
        elif element == "font" and section == "fonts":
            fonts += 1
        elif element == "strike" and section == "fonts" and attributes.get("val") not in _OFF:
            struck.add(fonts)
        elif element == "xf" and section == "cellXfs":
            formats += 1
            if int(attributes.get("fontId", "0")) in struck:
                found.add(str(formats))
    return frozenset(found)


def _changes(styles: bytes) -> dict[str, _Change]:
    """The changes that conditional formats may make, by their number; those alone that matter here."""
    found: dict[str, _Change] = {}
    number = -1
    inside = False
    for element, attributes in elements(styles):
        if element in ("dxfs", "tableStyles", "extLst"):
            inside = element == "dxfs"
        elif inside and element == "dxf":
            number += 1
        elif inside and (change := _changed(element, attributes)):
            found[str(number)] = _joined(found.get(str(number)), change)
    return found


def _changed(element: str, attributes: Attributes) -> _Change | None:
    if element == "numFmt":
        return _Change(code=attributes.get("formatCode", ""))
    if element == "strike" and attributes.get("val") not in _OFF:
        return _Change(struck=True)
    return None


def _joined(one: _Change | None, other: _Change) -> _Change:
    return _Change(one.code or other.code, one.struck or other.struck) if one else other


@dataclass(slots=True)
class _Rule:
    """One condition with the cells it is asked of."""

    kind: str
    operator: str
    format: str
    areas: list[Area]
    formulas: list[str] = field(default_factory=list)
    own: _Change | None = None
    """what a condition of an extension changes; the others name it by its number"""

    def may_hold(self, value: float) -> bool:
        """Tell whether the condition may hold for a number: a formula that is no plain number always may."""
        if self.kind == "containsBlanks":
            return False
        try:
            limits = [float(formula) for formula in self.formulas]
        except ValueError:
            return self.kind != "expression" or self.formulas[0].strip().upper() != "FALSE"
        if self.kind == "expression" and limits:
            return limits[0] != 0
        if self.kind != "cellIs" or not limits:
            return True
        if self.operator in ("between", "notBetween"):
            is_between = min(limits) <= value <= max(limits)
            return is_between == (self.operator == "between")
        compare = _OPERATORS.get(self.operator)
        return compare is None or bool(compare(value, limits[0]))


_OPERATORS = {
    "equal": eq,
    "notEqual": ne,
    "greaterThan": gt,
    "greaterThanOrEqual": ge,
    "lessThan": lt,
    "lessThanOrEqual": le,
}


def _apply(notes: Notes, rule: _Rule, change: _Change, numbers: dict[Address, float]) -> None:
    dress: Dress | None = dress_of(change.code)
    shows_percent = is_percent(change.code)
    if not (dress or shows_percent or change.struck):
        return
    for place, value in numbers.items():
        if not any(lies_in(place, area) for area in rule.areas) or not rule.may_hold(value):
            continue
        if change.struck:
            notes.struck.add(place)
        if shows_percent:
            notes.percents.add(place)
        elif dress:
            notes.dressed.setdefault(place, dress)


class _SheetMarks:
    """One pass over a sheet: its numbers, its struck cells and its conditional formats."""

    def __init__(self, struck_styles: frozenset[str]) -> None:
        self.struck_styles = struck_styles
        self.struck: set[Address] = set()
        self.numbers: dict[Address, float] = {}
        self.rules: list[_Rule] = []
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.row = self.column = -1
        self.kind = ""
        self.areas: list[Area] = []
        self.waiting: list[_Rule] = []
        """rules of an extension, whose cells are named behind them"""
        self.text: list[str] = []

    def read(self, xml: bytes) -> Self:
        parse(xml, self.parser, self._start)
        return self

    def _start(self, name: str, attributes: Attributes) -> None:
        name, self.text = local_name(name), []
        if name == "row":
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.column = -1
        elif name == "c":
            self._start_cell(attributes)
        elif name == "conditionalFormatting":
            self.areas = list(areas_of(attributes.get("sqref", "")))
            self.waiting = []
        elif name == "cfRule":
            kind, operator = attributes.get("type", ""), attributes.get("operator", "")
            rule = _Rule(kind, operator, attributes.get("dxfId", ""), self.areas)
            self.rules.append(rule)
            self.waiting.append(rule)
        elif self.waiting and (change := _changed(name, attributes)):
            self.waiting[-1].own = _joined(self.waiting[-1].own, change)

    def _start_cell(self, attributes: Attributes) -> None:
        place = address_of(attributes.get("r", "")) or (self.row, self.column + 1)
        self.row, self.column = place
        self.kind = attributes.get("t", "n")
        if attributes.get("s", "0") in self.struck_styles:
            self.struck.add(place)

    def _text(self, text: str) -> None:
        self.text.append(text)

    def _end(self, name: str) -> None:
        name, text = local_name(name), "".join(self.text).strip()
        self.text = []
        if name == "v" and self.kind == "n" and text:
            self.numbers[self.row, self.column] = float(text)
        elif name in ("formula", "f") and self.waiting and text:
            self.waiting[-1].formulas.append(text)
        elif name == "sqref":
            for rule in self.waiting:
                rule.areas = list(areas_of(text))
        elif name == "conditionalFormatting":
            self.waiting = []
