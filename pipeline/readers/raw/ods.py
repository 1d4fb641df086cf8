"""Sheets and workbooks of ods: OpenDocument 1.3 part 3, chapter 9, as LibreOffice and Excel write it."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from xml.parsers import expat

from pipeline.readers.kinds import Container, TooLarge, Unreadable, as_utf8
from pipeline.readers.raw.beside import beside_cells_of_odf
from pipeline.readers.raw.dress import dress_seen
from pipeline.readers.raw.facts import (
    MOST_CELLS,
    MOST_ROWS,
    Address,
    ErrorValue,
    Notes,
    RawValue,
    Value,
    WorkbookFacts,
    known_or_none,
    moment_of,
)
from pipeline.readers.raw.markup import Attributes, elements, parse, texts
from pipeline.readers.raw.ods_marks import add_marks


def sheet_names(box: Container) -> list[str]:
    """Name the sheets of a workbook."""
    tables = (attributes for name, attributes in elements(as_utf8(box.part("content.xml"))) if name == "table")
    return [attributes["table:name"] for attributes in tables if "table:name" in attributes]


def look_at_sheet(box: Container, sheet_name: str) -> Notes:
    """Look at one sheet; `Unreadable` where it is not what its format says, or not there."""
    xml = as_utf8(box.part("content.xml"))
    notes = _ContentXml(sheet_name).read(xml)
    styles = as_utf8(box.part("styles.xml")) if "styles.xml" in box.members else b""
    add_marks(notes, sheet_name, xml, styles)
    notes.beside.extend(beside_cells_of_odf(xml, styles))
    return notes


_BREAKS = {"text:tab": "\t", "text:line-break": "\n"}
_NOT_OF_THE_TEXT = ("draw:", "office:annotation")
_MOST_SPACES = 2**15
_APART = "\x00"
"""stands in a text where its pieces part; no XML can hold it"""
_CELL, _COVERED = "table:table-cell", "table:covered-table-cell"
_HIDDEN = ("collapse", "filter")
_SHOWN_ERROR = re.compile(r"#(?:[A-Z][A-Z0-9_/]*[!?]|N/A|GETTING_DATA)|Err:\d{3}")
_NUMBERS = ("float", "percentage", "currency")
_MOMENTS = ("date", "time")


def _is_marked(attributes: Attributes) -> bool:
    """Tell a style that strikes its text out, or raises or lowers it (OpenDocument 1.3 part 3, 20.387 and 20.384)."""
    struck = attributes.get("style:text-line-through-style", "none") != "none"
    return struck or attributes.get("style:text-position", "0%")[:1] != "0"


_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d+)?)?")
_TIME = re.compile(r"PT([01]\d|2[0-3])H([0-5]\d)M([0-5]\d(?:\.\d+)?)S")
_DAY_ZERO = datetime(1899, 12, 30)


def serial_of(moment: str) -> float | str:
    """Give the serial number of a day or of a time of day, as Excel counts them; what is neither, as it is written."""
    if _DAY.fullmatch(moment):
        try:
            return (datetime.fromisoformat(moment) - _DAY_ZERO) / timedelta(days=1)
        except ValueError:
            return moment
    if time := _TIME.fullmatch(moment):
        return (int(time[1]) * 3600 + int(time[2]) * 60 + float(time[3])) / 86400
    return moment


def _repeated(attributes: Attributes, name: str) -> int:
    return max(1, min(int(attributes.get(name, "1")), MOST_ROWS))


class _ContentXml:
    """One pass over content.xml, for one table of it.

    Repeated rows and cells are counted, and written out only where they hold something to tell.
    """

    def __init__(self, sheet_name: str) -> None:
        self.notes = Notes(raw={})
        self.sheet_name = sheet_name
        self.parser = expat.ParserCreate()
        self.found = self.inside = self.is_covered = False
        self.level = self.table_level = self.cell_level = 0
        self.row = self.column = self.column_definition = 0
        self.row_repeated = 1
        self.told = 0
        self.cell: Attributes = {}
        self.text: list[str] | None = None
        self.listening = False
        self.muted = 0
        """level of the open element within a paragraph whose texts are no part of it; 0 where there is none"""
        self.parting: list[int] = []
        """levels of open elements at whose end the text parts"""
        self.style = ""
        self.marked: set[str] = set()
        """styles of text that is struck out, raised or lowered"""

    def read(self, xml: bytes) -> Notes:
        self.parser.EndElementHandler = self._end
        parse(xml, self.parser, self._start)
        if not self.found:
            raise Unreadable("the sheet is not in the workbook")
        return self.notes

    def _start(self, name: str, attributes: Attributes) -> None:
        self.level += 1
        if not self.inside:
            self._start_outside(name, attributes)
        elif self.cell_level:
            self._start_text(name, attributes)
        elif name in (_CELL, _COVERED):
            self.cell, self.cell_level, self.text = attributes, self.level, None
            self.is_covered = name == _COVERED
        elif name == "table:table-row":
            self.column = 0
            self.row_repeated = _repeated(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self.notes.hidden_rows.append(range(self.row, self.row + self.row_repeated))
        elif name == "table:table-column":
            self._define_column(attributes)

    def _start_outside(self, name: str, attributes: Attributes) -> None:
        if name == "table:table" and not self.found and attributes.get("table:name") == self.sheet_name:
            self.found = self.inside = True
            self.table_level = self.level
        elif name == "style:style":
            self.style = attributes.get("style:name", "")
        elif name == "style:text-properties" and _is_marked(attributes):
            self.marked.add(self.style)

    def _start_text(self, name: str, attributes: Attributes) -> None:
        if name == "text:p" and self.level == self.cell_level + 1:
            self.text = [] if self.text is None else [*self.text, "\n"]
            self.parser.CharacterDataHandler = self.text.append
            self.listening = True
        elif self.listening and not self.muted and self.text is not None:
            self._start_in_paragraph(name, attributes, self.text)

    def _start_in_paragraph(self, name: str, attributes: Attributes, text: list[str]) -> None:
        if name.startswith(_NOT_OF_THE_TEXT):
            self.muted = self.level
            self.parser.CharacterDataHandler = None
        elif name == "text:s":
            text.append(" " * min(int(attributes.get("text:c", "1")), _MOST_SPACES))
        elif name in _BREAKS or attributes.get("text:style-name") in self.marked:
            text += (_APART, _BREAKS.get(name, ""))
            self.parting.append(self.level)

    def _define_column(self, attributes: Attributes) -> None:
        end = self.column_definition + _repeated(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in _HIDDEN:
            self.notes.hidden_columns.append(range(self.column_definition, end))
        self.column_definition = end

    def _end(self, name: str) -> None:
        if self.inside:
            if self.text is not None:
                self._end_in_paragraph(self.text)
            if self.level == self.cell_level:
                self._close()
            elif name == "text:p" and self.level == self.cell_level + 1:
                self.parser.CharacterDataHandler = None
                self.listening = False
            elif name == "table:table-row" and not self.cell_level:
                self.row += self.row_repeated
            elif self.level == self.table_level:
                self.inside = False
        self.level -= 1

    def _end_in_paragraph(self, text: list[str]) -> None:
        if self.muted == self.level:
            self.muted = 0
            self.parser.CharacterDataHandler = text.append
        if self.parting and self.parting[-1] == self.level:
            self.parting.pop()
            text.append(_APART)

    def _close(self) -> None:
        cell = self.cell
        columns = _repeated(cell, "table:number-columns-repeated")
        if self.text is not None or "office:value-type" in cell or "table:formula" in cell:
            self.notes.use(self.row + self.row_repeated - 1, self.column + columns - 1)
            self._note(cell, columns)
        rows_spanned = _repeated(cell, "table:number-rows-spanned")
        columns_spanned = _repeated(cell, "table:number-columns-spanned")
        if rows_spanned * columns_spanned > 1:
            last = (self.row + rows_spanned - 1, self.column + columns_spanned - 1)
            self.notes.merged.append((self.row, self.column, *last))
        self.column += columns
        self.cell_level = 0

    def _note(self, cell: Attributes, columns: int) -> None:
        formula = "table:formula" in cell
        value, stored = self._value(cell, formula), self._stored(cell)
        kind = cell.get("office:value-type")
        percent = kind == "percentage"
        shown = None if self.text is None or percent else self._shown()
        dress = dress_seen(value, shown) if isinstance(value, float) and shown is not None else None
        apart = self._apart()
        is_said_twice = kind == "string" and shown and str(stored).split() not in ([], shown.split())
        is_told = formula or percent or dress or isinstance(value, bool | ErrorValue)
        for at in self._addresses(columns):
            self.notes.read(at, stored)
            if is_said_twice:
                self.notes.read_again(at, shown)
            if apart:
                self.notes.pieced[at] = apart
            if is_told:
                self.notes.note(at, value, formula=formula, percent=percent, dress=dress)

    def _addresses(self, columns: int) -> Iterator[Address]:
        self.told += self.row_repeated * columns
        if self.told > MOST_CELLS:
            raise TooLarge("a sheet repeats more cells than any form holds")
        for row in range(self.row, self.row + self.row_repeated):
            for column in range(self.column, self.column + columns):
                yield row, column

    def _apart(self) -> str:
        """The pieces of a text that the eye keeps apart, with spaces between them; "" for a text of one piece."""
        if not self.text or _APART not in self.text:
            return ""
        return " ".join(piece for piece in "".join(self.text).split(_APART) if piece.strip())

    def _stored(self, cell: Attributes) -> RawValue | None:
        """What a cell stores, by the type that it states; a text without a type is one too.

        What a merged cell covers is seen by nobody: ONLYOFFICE leaves texts without a type there.
        """
        kind = cell.get("office:value-type")
        if kind in _NUMBERS:
            return float(cell["office:value"]) if "office:value" in cell else None
        if kind == "boolean":
            return cell.get("office:boolean-value") == "true"
        if kind in _MOMENTS:
            return serial_of(cell.get(f"office:{kind}-value", ""))
        if kind is None:
            return None if self.is_covered else self._shown()
        return cell.get("office:string-value", self._shown())

    def _shown(self) -> str:
        return "".join(self.text or ()).replace(_APART, "")

    def _value(self, cell: Attributes, formula: bool) -> Value:
        text = self._shown()
        kind = cell.get("office:value-type")
        if cell.get("calcext:value-type") == "error" or (formula and _SHOWN_ERROR.fullmatch(text)):
            return ErrorValue(text)
        if kind == "boolean":
            return cell.get("office:boolean-value") == "true"
        if kind in _NUMBERS:
            # LibreOffice stores a boolean as the formula of it with a number, shown as a word or as its format says.
            said = text if text in _BOOLEANS else cell.get("table:formula", "").removeprefix("of:=").removesuffix("()")
            if formula and said in _BOOLEANS:
                return said == "TRUE"
            return float(cell["office:value"]) if "office:value" in cell else None
        # A formula that gives "" is written without type but with an empty paragraph.
        return text if kind is not None or self.text is not None else None


_BOOLEANS = ("TRUE", "FALSE")

# A table or range drawn from elsewhere, a DDE link, or a formula with a reference 'address'#$Sheet.A1.
_ODF_LINK = re.compile(
    rb"<(?:table:(?:table-source|cell-range-source)|office:dde-source)\b"
    rb"""|table:formula="[^"]*?(?:'|&apos;)\#"""
)
_BASIC_INDEXES = ("script-lb.xml", "script-lc.xml", "/")


def look_at_workbook(box: Container) -> WorkbookFacts:
    """Look at the whole workbook."""
    members = box.members
    return WorkbookFacts(
        modified=known_or_none(partial(_modified, box)),
        macros=any(name.startswith(("basic/", "scripts/")) and not name.endswith(_BASIC_INDEXES) for name in members),
        external_links=bool(_ODF_LINK.search(as_utf8(box.part("content.xml")))),
        embedded_objects=_odf_objects(box),
    )


def _modified(box: Container) -> datetime | None:
    said = texts(box.part("meta.xml")) if "meta.xml" in box.members else {}
    return moment_of(said.get("date"))


def _odf_objects(box: Container) -> bool:
    """Whether the manifest lists an object that is no chart: a document inside, or an OLE object."""
    if "meta-inf/manifest.xml" not in box.members:
        return False
    for element, attributes in elements(box.part("META-INF/manifest.xml")):
        path, kind = attributes.get("manifest:full-path", "/"), attributes.get("manifest:media-type", "")
        inside = path != "/" and "opendocument" in kind and not kind.endswith(".chart")
        if element == "file-entry" and (inside or kind.endswith("oleobject")):
            return True
    return False
