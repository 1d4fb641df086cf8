"""Sheets of xlsx and xlsm: ECMA-376 part 1, chapter 18."""

import re
from collections.abc import Mapping
from functools import lru_cache
from xml.parsers import expat

from pipeline.kinds import Container, Unreadable, as_utf8, is_wide
from pipeline.second_look.dress import Dress, dress_of
from pipeline.second_look.facts import (
    PERCENT_FORMATS,
    Address,
    ErrorValue,
    Notes,
    Value,
    is_percent,
)
from pipeline.second_look.markup import Attributes, elements, local_name, parse
from pipeline.second_look.package import Relation, part_of, relations_of, styles_part, workbook_part
from pipeline.second_look.pieces import pieced_texts

_READ_AGAIN = 16 * 2**20
"""bytes of a sheet that is parsed though it looks blank"""


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    part, relations = _part_of_sheet(box, sheet_name)
    xml = as_utf8(box.part(part))
    notes = _SheetXml(*_styles(styles_part(box, relations))).read(xml)
    notes.pieced.update(pieced_texts(xml, as_utf8(part_of(box, relations, "sharedStrings"))))
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
# Rules and extensions behind the cells may hold elements of the same names.
_AFTER_CELLS = frozenset({"sheetData", "conditionalFormatting", "dataValidations", "pageMargins", "extLst"})
_LETTERS = 26


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _address(reference: str) -> Address:
    match = _REFERENCE.fullmatch(reference)
    if not match:
        raise Unreadable("a cell has no true address")
    return int(match[2]) - 1, _column(match[1])


class _SheetXml:
    """One pass over the XML of one sheet.

    Only starts of elements are heard, and text only inside the value of a cell that matters: a form of
    550 cells is read in about a millisecond. A cell or row without an address follows the one before.
    """

    __slots__ = (
        *(
            "at",
            "cell",
            "dress",
            "dressed_styles",
            "formula",
            "listening",
            "notes",
            "parser",
            "percent",
            "percent_styles",
            "row",
            "text",
        ),
        "wanted",
    )

    def __init__(self, percent_styles: frozenset[str], dressed_styles: dict[str, Dress]) -> None:
        self.notes = Notes()
        self.percent_styles = percent_styles
        self.dressed_styles = dressed_styles
        self.dress: Dress | None = None
        self.parser = expat.ParserCreate()
        self.row = -1
        self.cell: Attributes | None = None
        self.at: Address | None = None
        self.formula = self.percent = self.wanted = self.listening = False
        self.text: list[str] | None = None

    def read(self, xml: bytes) -> Notes:
        parse(xml, self.parser, self._start)
        self._end_row()
        return self.notes

    def _start(self, name: str, attributes: Attributes) -> None:
        if self.listening:
            self.parser.CharacterDataHandler = None
            self.listening = False
        if ":" in name:
            name = local_name(name)
        if name == "v":
            if self.wanted:
                self._listen()
        elif name == "c":
            if self.wanted:
                self._close()
            self.at = None if "r" in attributes else self._next()
            self.cell = attributes
            if attributes.get("t") in _TOLD_TYPES:
                self.wanted = True
            if self.percent_styles or self.dressed_styles:
                self._style(attributes.get("s", "0"))
        elif name == "f":
            self.wanted = self.formula = self.cell is not None
        else:
            self._other(name, attributes)

    def _style(self, style: str) -> None:
        self.percent, self.dress = style in self.percent_styles, self.dressed_styles.get(style)
        self.wanted = self.wanted or self.percent or self.dress is not None

    def _listen(self) -> None:
        self.text = []
        self.parser.CharacterDataHandler = self.text.append
        self.listening = True

    def _other(self, name: str, attributes: Attributes) -> None:
        if self.wanted:
            self._close()
        if name == "row":
            self._end_row()
            self.row = int(attributes["r"]) - 1 if "r" in attributes else self.row + 1
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

    def _here(self) -> Address | None:
        """The address of the latest cell of this row, worked out only where it is needed."""
        if self.at is None and self.cell is not None:
            self.at = _address(self.cell["r"])
        return self.at

    def _next(self) -> Address:
        before = self._here()
        return (self.row, before[1] + 1 if before else 0)

    def _end_row(self) -> None:
        if self.wanted:
            self._close()
        here = self._here()
        if here:
            self.notes.use(*here)
        self.at = self.cell = None

    def _close(self) -> None:
        here = self._here()
        if here and self.cell is not None:
            value = self._value(self.cell.get("t"))
            self.notes.note(here, value, formula=self.formula, percent=self.percent, dress=self.dress)
        self.wanted = self.formula = self.percent = False
        self.dress = None
        self.text = None

    def _value(self, kind: str | None) -> Value:
        if kind == "inlineStr":
            return ""
        if self.text is None:
            return ErrorValue("") if kind == "e" and not self.formula else None
        text = "".join(self.text).strip()
        if kind in ("s", "str", "d"):
            return text
        if not text:
            return None
        if kind == "e":
            return ErrorValue(text)
        return text in _TRUE if kind == "b" else float(text)
