"""Sheets of xlsx and xlsm: ECMA-376 part 1, chapter 18."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from xml.parsers import expat

from pipeline.readers.kinds import Container, Unreadable, as_utf8, is_wide
from pipeline.readers.raw.beside import beside_cells
from pipeline.readers.raw.comments import comments_of
from pipeline.readers.raw.conditional import add_marks
from pipeline.readers.raw.dress import Dress, dress_of
from pipeline.readers.raw.facts import (
    PERCENT_FORMATS,
    Address,
    ErrorValue,
    Notes,
    Value,
    is_percent,
)
from pipeline.readers.raw.markup import Attributes, elements, local_name, parse
from pipeline.readers.raw.package import Relation, counts_from_1904, part_of, relations_of, styles_part, workbook_part
from pipeline.readers.raw.pieces import pieced_texts
from pipeline.readers.raw.strings import RunsOfText, shared_strings, unescaped

_READ_AGAIN = 16 * 2**20
"""bytes of a sheet that is parsed though it looks blank"""


def sheet_names(box: Container) -> list[str]:
    """Name the sheets of a workbook."""
    listed = elements(box.part(workbook_part(box, "xl/workbook.xml")))
    return [attributes["name"] for element, attributes in listed if element == "sheet"]


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    part, relations = _part_of_sheet(box, sheet_name)
    xml = as_utf8(box.part(part))
    strings = as_utf8(part_of(box, relations, "sharedStrings"))
    styles = as_utf8(styles_part(box, relations))
    texts, formats = shared_strings(strings), _styles(styles)
    look = _SheetXml(texts, *formats)
    notes = look.read(xml)
    if not look.is_ordered:
        # Only where an address does not follow the one before can a cell be stored twice.
        notes = _SheetXml(texts, *formats, known=set()).read(xml)
    notes.pieced.update(pieced_texts(xml, strings))
    notes.dates_from_1904 = counts_from_1904(as_utf8(box.part(workbook_part(box, "xl/workbook.xml"))))
    notes.comments.update(comments_of(box, part))
    notes.beside.extend(beside_cells(box, part, xml))
    add_marks(notes, xml, styles)
    return notes


def can_be_blank(box: Container, sheet_name: str) -> bool:
    """Tell whether a sheet in which calamine sees no cell may be blank; not in UTF-16, of which it sees nothing.

    A very large one is blank cells that somebody dressed, and is not read as a whole once more.
    """
    part, _ = _part_of_sheet(box, sheet_name)
    if is_wide(box.head(part)):
        return False
    if box.members[part.lower()].file_size <= _READ_AGAIN:
        parse(box.part(part), expat.ParserCreate(), None)
    return True


def _part_of_sheet(box: Container, sheet_name: str) -> tuple[str, Mapping[str, Relation]]:
    """Name the part that holds a sheet; with it, where the workbook points."""
    workbook = workbook_part(box, "xl/workbook.xml")
    relations = relations_of(box, workbook)
    for element, attributes in elements(box.part(workbook)):
        if element == "sheet" and attributes.get("name") == sheet_name:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            return relations[relation].target, relations
    raise Unreadable("the sheet is not in the workbook")


# Formats that the template has, and those a program adds to it, are known to be plain without a look.
_MAYBE_TOLD = re.compile(
    rb"""%|&\#|numFmtId\s*=\s*["'](?:9|10)["']|\x00"""
    rb"""|formatCode\s*=\s*["'](?!(?:General|@|0|0\.00|\#,\#\#0|\#,\#\#0\.00|dd?/mm?/yyyy)["'])"""
)


def _styles(xml: bytes) -> tuple[frozenset[str], dict[str, Dress]]:
    """The cell formats (numbers as written in `s`) that show a percentage, and those that dress a number."""
    if not _MAYBE_TOLD.search(xml):
        return frozenset(), {}
    codes = {str(number): True for number in PERCENT_FORMATS}
    dresses: dict[str, Dress] = {}
    formats: list[str] = []
    section = ""
    for element, attributes in elements(xml):
        if element in ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = element
        elif element == "numFmt" and section == "numFmts":
            number, code = attributes["numFmtId"], attributes["formatCode"]
            codes[number] = is_percent(code)
            if dress := dress_of(code):
                dresses[number] = dress
        elif element == "xf" and section == "cellXfs":
            formats.append(attributes.get("numFmtId", "0"))
    percents = frozenset(str(index) for index, number in enumerate(formats) if codes.get(number))
    return percents, {str(index): dresses[number] for index, number in enumerate(formats) if number in dresses}


_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
_TRUE = ("1", "true")
_TOLD_TYPES = ("e", "b")
_TEXT_TYPES = ("s", "str", "d")
# Rules and extensions behind the cells may hold elements of the same names.
_AFTER_CELLS = frozenset({"sheetData", "conditionalFormatting", "dataValidations", "pageMargins", "extLst"})
_LETTERS = 26


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


@lru_cache(maxsize=32768)
def _address(reference: str) -> Address:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise Unreadable("a cell has no true address")
    return int(match[2]) - 1, _column(match[1])


class _SheetXml:
    """One pass over the XML of one sheet.

    Of elements only their starts are heard, within a text of the cell itself their ends too: a form of 550 cells is
    read in about two milliseconds. A cell or row without an address follows the one before. `known` is given where
    cells may be stored twice, and gathers the addresses of all.
    """

    __slots__ = (
        "at",
        "cell",
        "dressed_styles",
        "formula",
        "has_styles",
        "inline",
        "is_filled",
        "is_ordered",
        "is_valued",
        "known",
        "notes",
        "parser",
        "percent_styles",
        "row",
        "runs",
        "strings",
        "text",
    )

    def __init__(
        self,
        strings: Sequence[str],
        percent_styles: frozenset[str],
        dressed_styles: Mapping[str, Dress],
        known: set[Address] | None = None,
    ) -> None:
        self.notes = Notes(raw={})
        self.strings = strings
        self.percent_styles = percent_styles
        self.dressed_styles = dressed_styles
        self.has_styles = bool(percent_styles or dressed_styles)
        self.known = known
        self.text: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.CharacterDataHandler = self.text.append
        self.runs = RunsOfText(self.parser)
        self.row = -1
        self.cell: Attributes | None = None
        self.at: Address = (-1, -1)
        self.is_ordered = True
        self.formula = self.is_valued = self.is_filled = False
        self.inline: str | None = None

    def read(self, xml: bytes) -> Notes:
        parse(xml, self.parser, self._start)
        self._end_row()
        return self.notes

    def _start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            if self.is_filled:
                self._close()
            at = _address(attributes["r"]) if "r" in attributes else (self.row, self.at[1] + 1)
            if at <= self.at:
                self.is_ordered = False
            self.at, self.cell = at, attributes
            self.is_filled = "t" in attributes or self.known is not None
        elif name == "v":
            # A second value of one cell is heard as a part of the first: it is no number that calamine saw.
            if self.cell is not None and not self.is_valued:
                self.text.clear()
                self.is_valued = self.is_filled = True
        elif name == "f":
            self.formula = self.is_filled = self.cell is not None
        elif ":" in name:
            self._start(local_name(name), attributes)
        elif name == "is" and self.cell is not None:
            self.is_filled = True
            self.parser.StartElementHandler = self._start_inline
            self.parser.EndElementHandler = self._end_inline
        else:
            self._other(name, attributes)

    def _start_inline(self, name: str, attributes: Attributes) -> None:
        self.runs.start(local_name(name), attributes)

    def _end_inline(self, name: str) -> None:
        name = local_name(name)
        if name == "is":
            self.inline = (self.inline or "") + self.runs.take()
            self.parser.StartElementHandler, self.parser.EndElementHandler = self._start, None
            self.parser.CharacterDataHandler = self.text.append
        else:
            self.runs.end(name)

    def _other(self, name: str, attributes: Attributes) -> None:
        if name == "row":
            self._end_row()
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
            self.is_ordered &= (self.row, -1) > self.at
            self.at = (self.row, -1)
            if attributes.get("hidden") in _TRUE or float(attributes.get("ht", "1")) == 0:
                self.notes.hidden_rows.append(range(self.row, self.row + 1))
        elif name == "col":
            if attributes.get("hidden") in _TRUE or float(attributes.get("width", "1")) == 0:
                self.notes.hidden_columns.append(range(int(attributes["min"]) - 1, int(attributes["max"])))
        elif name == "mergeCell":
            first, _, last = attributes["ref"].partition(":")
            self.notes.merged.append(_address(first) + _address(last or first))
        elif name in _AFTER_CELLS:
            self._end_row()

    def _end_row(self) -> None:
        if self.is_filled:
            self._close()
        if self.cell is not None:
            self.notes.use(*self.at)
        self.cell = None

    def _close(self) -> None:
        """Take what the latest cell holds."""
        cell, at = self.cell or {}, self.at
        kind = cell.get("t")
        value = self._value(kind)
        if self.known is not None and at in self.known:
            self.notes.read_again(at, value)
        elif value is not None:
            self.notes.read(at, value)
        if self.known is not None:
            self.known.add(at)
        if self.has_styles or self.formula or kind in _TOLD_TYPES:
            self._note(cell, at, value)
        self.is_filled = self.is_valued = False
        self.inline = None

    def _note(self, cell: Attributes, at: Address, value: Value) -> None:
        style = cell.get("s", "0")
        percent, dress = style in self.percent_styles, self.dressed_styles.get(style)
        if self.formula or percent or dress or cell.get("t") in _TOLD_TYPES:
            self.notes.note(at, value, formula=self.formula, percent=percent, dress=dress)
        self.formula = False

    def _value(self, kind: str | None) -> Value:
        if self.inline is not None:
            return self._inline_value()
        if not self.is_valued:
            return ErrorValue("") if kind == "e" and not self.formula else None
        text = "".join(self.text).strip()
        if not text and kind != "e":
            return "" if kind in _TEXT_TYPES else None
        return self.strings[int(text)] if kind == "s" else _typed(text, kind)

    def _inline_value(self) -> Value:
        """The text that stands in the cell itself; where another value stands beside it, both are kept."""
        value = self.inline or ""
        if self.is_valued:
            self.notes.read(self.at, value)
            self.notes.read_again(self.at, "".join(self.text).strip())
        return value


def _typed(text: str, kind: str | None) -> Value:
    """A value by the type that its cell states; what stands in the place of a number and is none is a text."""
    if kind == "e":
        return ErrorValue(text)
    if kind == "b":
        return text in _TRUE
    if kind in _TEXT_TYPES:
        return unescaped(text)
    try:
        return float(text)
    except ValueError:
        return text
