"""What the formats of ods say beside what its cells show: OpenDocument 1.3 part 3, chapters 16 and 20.

A cell keeps the text that it shows, but some writers (ONLYOFFICE) keep the bare number there and the format in
styles.xml. So both are asked, and a conditional format too: no known writer keeps the text as a condition shows it.
"""

import re
from dataclasses import dataclass, field
from operator import eq, ge, gt, le, lt, ne
from typing import Self
from xml.parsers import expat

from pipeline.readers.raw.comments import without_name
from pipeline.readers.raw.dress import Dress, dress_of, shows_digits_alone
from pipeline.readers.raw.facts import MOST_CELLS, MOST_ROWS, Address, Notes
from pipeline.readers.raw.markup import Attributes, parse
from pipeline.readers.raw.places import areas_of, lies_in

_FORMATS = ("number:number-style", "number:currency-style", "number:percentage-style")
_CELLS = ("table:table-cell", "table:covered-table-cell")
_FROM_1904 = re.compile(rb"""<table:null-date\b[^>]*table:date-value="1904""")
_MARKS = re.compile(rb"office:annotation|text-line-through|<style:map|calcext:conditional-format\b")
_THOUSAND = 1000
_CONDITION = re.compile(r"(?:value|cell-content)\(\)\s*(<=|>=|!=|<|>|=)\s*(-?[0-9.]+)")
_BARE = re.compile(r"(<=|>=|!=|<|>|=)?\s*(-?[0-9.]+)")
_SHEET = re.compile(r"\$?(?:'(?:[^']|'')*'|[^\s:.']*)\.")
"""the name of a sheet before the address of a cell"""
_FARTHEST = 10_000
"""so many equal rows or columns with something in them are looked at"""
_OPERATORS = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "!=": ne}


def add_marks(notes: Notes, sheet_name: str, content: bytes, styles: bytes) -> None:
    """Note what a format dresses or strikes out though the text of the cell does not show it, and the comments."""
    notes.dates_from_1904 = _FROM_1904.search(content) is not None
    book = _Styles()
    book.read(styles)
    book.read(content)
    if not (book.says_something() or _MARKS.search(content)):
        return
    seen = _Table(sheet_name, book).read(content)
    notes.comments.update(seen.comments)
    for place, cell in seen.cells.items():
        if any(book.is_struck(style) for style in (cell.style, *cell.conditional)):
            notes.struck.add(place)
        if dress := _dress_of(cell, book):
            notes.dressed.setdefault(place, dress)


def _dress_of(cell: "_Cell", book: "_Styles") -> Dress | None:
    """Return what the styles of a cell put around its number, as far as its text does not show it already."""
    if cell.value is None:
        return None
    # LibreOffice keeps the text as the cell's own style groups it ("15,100"), and not as a conditional style does.
    if not cell.text or shows_digits_alone(cell.value, cell.text):
        for style in cell.conditional:
            if dress := book.dress(style, cell.value):
                return dress
    if cell.shows_bare_number():
        return book.dress(cell.style, cell.value)
    return None


@dataclass(slots=True)
class _Style:
    """A style of cells: what it is made from, and what it changes."""

    parent: str
    format: str
    struck: bool | None = None
    maps: list[tuple[str, str]] = field(default_factory=list)
    """condition -> style that holds under it"""


@dataclass(slots=True)
class _Format:
    """A number format, written as a format code of Excel."""

    code: str = ""
    maps: list[tuple[str, str]] = field(default_factory=list)


class _Styles:
    """The styles and number formats of a workbook, from both parts that hold them."""

    def __init__(self) -> None:
        self.styles: dict[str, _Style] = {}
        self.formats: dict[str, _Format] = {}
        self.by_shown_name: dict[str, str] = {}
        """name of a style as a person sees it -> the encoded one, where they differ: "Kiểu_1" is "Kiểu_5f_1"."""
        self.style: _Style | None = None
        self.format: _Format | None = None
        self.text: list[str] | None = None

    def read(self, xml: bytes) -> None:
        """Go through a part; the tables behind its styles hold none."""
        if not xml:
            return
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        parse(xml, self.parser, self._start)

    def says_something(self) -> bool:
        """Tell whether any format dresses a number, or strikes it out."""
        struck = any(style.struck for style in self.styles.values())
        return struck or any(dress_of(each.code) for each in self.formats.values())

    def is_struck(self, name: str) -> bool:
        """Tell whether a style strikes out, be it by what it is made from."""
        for style in self._with_parents(name):
            if style.struck is not None:
                return style.struck
        return False

    def dress(self, name: str, value: float) -> Dress | None:
        """Tell what a style puts around a number."""
        formats = (style.format for style in self._with_parents(name))
        number = self.formats.get(next(filter(None, formats), ""))
        if number is None:
            return None
        for condition, other in number.maps:
            if may_hold(condition, value) and other in self.formats:
                return dress_of(self.formats[other].code)
        return dress_of(number.code)

    def conditional(self, name: str, value: float) -> list[str]:
        """Name the styles that may hold in the place of one because of what the cell says."""
        return [other for style in self._with_parents(name) for said, other in style.maps if may_hold(said, value)]

    def _with_parents(self, name: str) -> list[_Style]:
        found: list[_Style] = []
        while (style := self.styles.get(name)) and style not in found:
            found.append(style)
            name = style.parent
        return found

    def _start(self, name: str, attributes: Attributes) -> None:
        if name in ("style:style", "style:default-style"):
            self._start_style(attributes)
        elif name in _FORMATS:
            self.format = self.formats[attributes.get("style:name", "")] = _Format()
        elif name == "style:map":
            said = attributes.get("style:condition", ""), attributes.get("style:apply-style-name", "")
            (self.format or self.style or _Format()).maps.append(said)
        elif name == "style:text-properties" and self.style:
            if (line := attributes.get("style:text-line-through-style")) is not None:
                self.style.struck = line != "none"
        elif self.format:
            self._start_of_format(self.format, name, attributes)

    def _start_style(self, attributes: Attributes) -> None:
        self.style = _Style(attributes.get("style:parent-style-name", ""), attributes.get("style:data-style-name", ""))
        if attributes.get("style:family") == "table-cell":
            name = attributes.get("style:name", "")
            self.styles[name] = self.style
            if shown_name := attributes.get("style:display-name"):
                self.by_shown_name[shown_name] = name

    def _start_of_format(self, number: _Format, name: str, attributes: Attributes) -> None:
        if name in ("number:text", "number:currency-symbol"):
            self.text = []
            self.parser.CharacterDataHandler = self.text.append
        elif name == "number:number":
            number.code += _digits(attributes)
        elif name == "number:scientific-number":
            number.code += "0E+00"
        elif name == "number:fraction":
            number.code += "# ?/?"

    def _end(self, name: str) -> None:
        if name in _FORMATS:
            self.format = None
        elif name in ("style:style", "style:default-style"):
            self.style = None
        elif self.text is not None and self.format:
            said = "".join(self.text).replace('"', "")
            # A % of a format multiplies; one of its other texts does not.
            plain = name == "number:currency-symbol" or said in "-()"
            self.format.code += (f"[${said}]" if plain else f'"{said}"') if said else ""
            self.text = self.parser.CharacterDataHandler = None


def _digits(attributes: Attributes) -> str:
    grouped = attributes.get("number:grouping") == "true"
    whole = "#,##0" if grouped else "0" if int(attributes.get("number:min-integer-digits", "1")) else "#"
    decimals = attributes.get("number:min-decimal-places") or attributes.get("number:decimal-places", "0")
    scale, size = "", float(attributes.get("number:display-factor", "1"))
    while size >= _THOUSAND:
        scale, size = scale + ",", size / _THOUSAND
    return whole + scale + (f".{'0' * int(decimals)}" if int(decimals) else "")


def may_hold(condition: str, value: float) -> bool:
    """Tell whether a condition may hold for a number; one that is more than a comparison may."""
    match = _CONDITION.fullmatch(condition.strip()) or _BARE.fullmatch(condition.strip())
    return match is None or bool(_OPERATORS[match[1] or "="](value, float(match[2])))


@dataclass(slots=True)
class _Cell:
    style: str
    conditional: list[str]
    """the styles that may hold in the place of its own"""
    value: float | None
    text: str

    def shows_bare_number(self) -> bool:
        """Whether the text of a cell is its number alone, as a writer leaves it that does not dress it."""
        try:
            return self.value is not None and float(self.text) == self.value
        except ValueError:
            return not self.text


class _Table:
    """One pass over a table: the cells with a number or a comment, and the styles that hold for them."""

    def __init__(self, sheet_name: str, book: _Styles) -> None:
        self.sheet_name = sheet_name
        self.book = book
        self.cells: dict[Address, _Cell] = {}
        self.comments: dict[Address, str] = {}
        self.parser = expat.ParserCreate()
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.level = self.table_level = self.cell_level = 0
        self.row = self.column = 0
        self.rows = 1
        self.row_style = ""
        self.column_styles: list[tuple[int, str]] = []
        """(first column behind, style of the cells up to it)"""
        self.cell: Attributes = {}
        self.text: list[str] = []
        self.remark: dict[str, list[str]] | None = None
        self.into: list[str] | None = None
        self.conditions: list[tuple[str, str, str]] = []
        self.areas = ""
        self.is_done = False

    def read(self, xml: bytes) -> Self:
        parse(xml, self.parser, self._start)
        for areas, condition, style in self.conditions:
            ranges = list(areas_of(_SHEET.sub("", areas)))
            for place, cell in self.cells.items():
                if any(lies_in(place, area) for area in ranges) and may_hold(condition, cell.value or 0):
                    cell.conditional.insert(0, style)
        return self

    def _start(self, name: str, attributes: Attributes) -> None:
        self.level += 1
        if name == "table:table" and not self.table_level and attributes.get("table:name") == self.sheet_name:
            self.table_level = self.level
        elif not self.table_level or self.is_done:
            return
        elif self.cell_level:
            self._start_inside(name)
        elif name in _CELLS:
            self.cell, self.cell_level, self.text, self.remark = attributes, self.level, [], None
        elif name == "table:table-row":
            self.column = 0
            self.rows = _repeated(attributes, "table:number-rows-repeated")
            self.row_style = attributes.get("table:default-cell-style-name", "")
        elif name == "table:table-column":
            end = self.column_styles[-1][0] if self.column_styles else 0
            end += _repeated(attributes, "table:number-columns-repeated")
            self.column_styles.append((end, attributes.get("table:default-cell-style-name", "")))
        elif name == "calcext:conditional-format":
            self.areas = attributes.get("calcext:target-range-address", "")
        elif name == "calcext:condition":
            shown_name = attributes.get("calcext:apply-style-name", "")
            style = self.book.by_shown_name.get(shown_name, shown_name)
            self.conditions.append((self.areas, attributes.get("calcext:value", ""), style))

    def _start_inside(self, name: str) -> None:
        if name == "office:annotation":
            self.remark = {"author": [], "text": []}
        elif self.remark is not None:
            if name == "text:p" and self.remark["text"]:
                self.remark["text"].append("\n")
            part = "author" if name == "dc:creator" else "text" if name.startswith("text:") else ""
            self.into = self.remark.get(part)
        elif name == "text:p" and self.level == self.cell_level + 1:
            self.into = self.text

    def _text(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)

    def _end(self, name: str) -> None:
        if self.cell_level and self.level == self.cell_level:
            self._close()
        elif name in ("text:p", "dc:creator", "dc:date"):
            self.into = None
        elif name == "office:annotation":
            self._end_remark()
        elif name == "table:table-row" and not self.cell_level:
            self.row += self.rows
        elif self.table_level and self.level == self.table_level:
            self.is_done = True
        self.level -= 1

    def _end_remark(self) -> None:
        self.into = None
        remark = self.remark or {"author": [], "text": []}
        text = without_name("".join(remark["text"]), "".join(remark["author"]))
        if text and not self.is_done:
            self.comments[self.row, self.column] = text
        self.remark = None

    def _close(self) -> None:
        columns = _repeated(self.cell, "table:number-columns-repeated")
        if "office:value" in self.cell or self.text:
            value = float(self.cell["office:value"]) if "office:value" in self.cell else None
            for column in range(self.column, self.column + min(columns, _FARTHEST)):
                self._take(column, value)
        self.column += columns
        self.cell_level = 0

    def _take(self, column: int, value: float | None) -> None:
        below = next((style for end, style in self.column_styles if column < end), "")
        style = self.cell.get("table:style-name") or self.row_style or below
        conditional: list[str] = []
        if value is not None:
            conditional = self.book.conditional(style, value)
        for row in range(self.row, self.row + min(self.rows, _FARTHEST)):
            if len(self.cells) == MOST_CELLS:
                return
            self.cells[row, column] = _Cell(style, [*conditional], value, "".join(self.text))


def _repeated(attributes: Attributes, name: str) -> int:
    return max(1, min(int(attributes.get(name, "1")), MOST_ROWS))
