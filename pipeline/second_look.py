"""What python-calamine shows as blank or hides, read from the raw parts of a workbook.

calamine gives '' for an Excel error and for a formula never calculated, 1.0 for a boolean in .ods, and tells
no formulas, number formats or hidden rows. Each of these can turn into a silently wrong total, so the caller
asks here which cells are concerned. Addresses are (row, column) from 0, counted in the sheet, not in its used
part.
"""

import posixpath
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from xml.parsers import expat

from pipeline.kinds import (
    BIFF_BOUNDSHEET,
    BIFF_EOF,
    LIMIT,
    Container,
    Kind,
    TooLarge,
    Unreadable,
    biff_records,
)

__all__ = ["SheetFacts", "TooLarge", "Unreadable", "WorkbookFacts", "sheet_facts", "workbook_facts"]

Address = tuple[int, int]
Attributes = dict[str, str]

MOST_CELLS = 1_000_000
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
VIETNAM = timezone(timedelta(hours=7))
FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class SheetFacts:
    """What one sheet holds beside its values; every address is (row, column) from 0.

    `formulas` every cell with a formula of its own; `uncalculated` those without any cached value;
    `zero_cached` those whose cached value is the number 0, which some writers store for want of a result;
    `errors` the Excel errors by their text, with or without a formula; `percents` numbers shown as %.
    Hidden rows and columns are told as far as the sheet is used. `merged` is (row1, column1, row2, column2).
    `blind` (xlsb only): there are errors whose address is not known.
    """

    formulas: frozenset[Address]
    uncalculated: frozenset[Address]
    zero_cached: frozenset[Address]
    errors: Mapping[Address, str]
    booleans: Mapping[Address, bool]
    percents: frozenset[Address]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]
    merged: tuple[tuple[int, int, int, int], ...]
    blind: bool


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What a workbook says of itself; `modified` bears a zone, +07:00 where the file states none."""

    modified: datetime | None
    modified_by: str | None
    macros: bool
    external_links: bool
    embedded_objects: bool


def sheet_facts(source: bytes | Container, kind: Kind, sheet_name: str, *, limit: int = LIMIT) -> SheetFacts:
    """Look again at one sheet of an xlsx, xlsm, xlsb, xls or ods workbook.

    Pass one `Container` for all looks at a file: it is opened once, and `limit` (bytes unpacked) is its own.
    Raises `Unreadable` for a malformed part, an unknown sheet, a part with a document type declaration or a
    sheet in UTF-16, which calamine reads as empty; `TooLarge`, a kind of it, beyond the limit.
    """
    read = {Kind.XLSX: _xlsx, Kind.XLSM: _xlsx, Kind.XLSB: _xlsb, Kind.XLS: _xls, Kind.ODS: _ods}.get(kind)
    if read is None:
        raise Unreadable(f"{kind} is no workbook")
    with _only_unreadable():
        return read(_opened(source, limit), sheet_name).facts()


def workbook_facts(source: bytes | Container, kind: Kind, *, limit: int = LIMIT) -> WorkbookFacts:
    """Look again at a whole workbook; same errors as `sheet_facts`.

    Sources of the date: docProps/core.xml (ECMA-376 part 2), SummaryInformation ([MS-OLEPS]), meta.xml (ODF).
    """
    box = _opened(source, limit)
    with _only_unreadable():
        if kind is Kind.XLS:
            return _xls_workbook(box)
        if kind is Kind.ODS:
            return _ods_workbook(box)
        if kind in (Kind.XLSX, Kind.XLSM, Kind.XLSB):
            return _ooxml_workbook(box)
    raise Unreadable(f"{kind} is no workbook")


def _opened(source: bytes | Container, limit: int) -> Container:
    return source if isinstance(source, Container) else Container(source, limit)


@contextmanager
def _only_unreadable() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except (expat.ExpatError, ValueError, LookupError, ArithmeticError, struct.error) as error:
        raise Unreadable("a part is not what its format says") from error


# What all formats have in common


@dataclass(frozen=True, slots=True)
class _ErrorValue:
    text: str


_Value = None | bool | float | str | _ErrorValue


@dataclass(slots=True)
class _Notes:
    """What has been seen of a sheet so far."""

    formulas: set[Address] = field(default_factory=set)
    uncalculated: set[Address] = field(default_factory=set)
    zero_cached: set[Address] = field(default_factory=set)
    errors: dict[Address, str] = field(default_factory=dict)
    booleans: dict[Address, bool] = field(default_factory=dict)
    percents: set[Address] = field(default_factory=set)
    hidden_rows: list[range] = field(default_factory=list)
    hidden_columns: list[range] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    rows: int = 0
    columns: int = 0
    blind: bool = False

    def use(self, row: int, column: int) -> None:
        """Count the used part of the sheet up to this cell."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, column + 1)

    def note(self, at: Address, value: _Value, *, formula: bool, percent: bool = False) -> None:
        """Note a cell for what it holds; None is no value at all, a text may be empty."""
        if formula:
            self.formulas.add(at)
        if isinstance(value, _ErrorValue):
            self.errors[at] = value.text
        elif isinstance(value, bool):
            self.booleans[at] = value
        elif isinstance(value, float):
            if percent:
                self.percents.add(at)
            if formula and value == 0:
                self.zero_cached.add(at)
        elif value is None and formula:
            self.uncalculated.add(at)

    def facts(self) -> SheetFacts:
        """All that was seen, hidden rows and columns cut to the used part."""
        return SheetFacts(
            formulas=frozenset(self.formulas),
            uncalculated=frozenset(self.uncalculated),
            zero_cached=frozenset(self.zero_cached),
            errors=self.errors,
            booleans=self.booleans,
            percents=frozenset(self.percents),
            hidden_rows=_within(self.hidden_rows, min(self.rows, MOST_ROWS)),
            hidden_columns=_within(self.hidden_columns, min(self.columns, MOST_COLUMNS)),
            merged=tuple(self.merged),
            blind=self.blind,
        )


def _within(ranges: Iterable[range], end: int) -> frozenset[int]:
    spans = [range(span.start, min(span.stop, end)) for span in ranges]
    if sum(map(len, spans)) > MOST_ROWS:
        raise TooLarge("a sheet hides more rows or columns than a sheet has")
    return frozenset(number for span in spans for number in span)


_ERROR_CODES = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_PERCENT_FORMATS = frozenset({9, 10})
_NOT_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]', re.S)


def _error(code: int) -> _ErrorValue:
    return _ErrorValue(_ERROR_CODES.get(code, "#N/A"))


def _is_percent(code: str) -> bool:
    """Whether a format code multiplies by 100: a % that is neither quoted nor escaped (ECMA-376 18.8.31)."""
    return "%" in code and "%" in _NOT_FORMAT.sub("", code)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=VIETNAM)


def _parse(xml: bytes, parser: expat.XMLParserType, start: Callable[[str, Attributes], None]) -> None:
    """Run a parser that expands nothing: a part with a document type declaration is refused."""
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.Parse(xml, True)


def _refuse_doctype(*_: object) -> None:
    raise Unreadable("a part declares a document type")


def _refuse_wide(xml: bytes) -> None:
    """Refuse UTF-16: calamine reads such a part as empty, so nothing it shows of it can be believed."""
    if b"\x00" in xml[:4] or xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("a sheet is written in UTF-16")


def _elements(xml: bytes) -> list[tuple[str, Attributes]]:
    """Every element of a small part: name without prefix, attributes as written."""
    found: list[tuple[str, Attributes]] = []
    _parse(xml, expat.ParserCreate(), lambda name, attributes: found.append((_local(name), attributes)))
    return found


def _texts(xml: bytes) -> dict[str, str]:
    """The text of each element of a small part, by its name without prefix."""
    found: dict[str, list[str]] = {}
    parser = expat.ParserCreate()

    def start(name: str, _: Attributes) -> None:
        parser.CharacterDataHandler = found.setdefault(_local(name), []).append

    def end(_: str) -> None:
        parser.CharacterDataHandler = None

    parser.EndElementHandler = end
    _parse(xml, parser, start)
    return {name: "".join(pieces).strip() for name, pieces in found.items()}


def _local(name: str) -> str:
    return name.rpartition(":")[2]


# xlsx, xlsm: ECMA-376 part 1, chapter 18


@dataclass(frozen=True, slots=True)
class _Relation:
    kind: str
    target: str


def _relations(box: Container, part: str) -> dict[str, _Relation]:
    """Where a part of an Office package points, by id; targets as full names of parts."""
    folder, name = posixpath.split(part)
    found = {}
    for element, attributes in _elements(box.part(posixpath.join(folder, "_rels", f"{name}.rels"))):
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"].replace("\\", "/")
            full = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes["Id"]] = _Relation(posixpath.basename(attributes["Type"]), full)
    return found


def _workbook_part(box: Container, usual: str) -> str:
    if usual in box.members:
        return usual
    return _only(_relations(box, ""), "officeDocument")


def _only(relations: Mapping[str, _Relation], kind: str) -> str:
    return next((relation.target for relation in relations.values() if relation.kind == kind), "")


def _styles(box: Container, relations: Mapping[str, _Relation]) -> bytes:
    """The part that holds the formats; some writers promise one and leave it out."""
    name = _only(relations, "styles")
    return box.part(name) if name.lower() in box.members else b""


def _xlsx(box: Container, sheet_name: str) -> _Notes:
    workbook = _workbook_part(box, "xl/workbook.xml")
    relations = _relations(box, workbook)
    for element, attributes in _elements(box.part(workbook)):
        if element == "sheet" and attributes.get("name") == sheet_name:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            xml = box.part(relations[relation].target)
            _refuse_wide(xml)
            return _SheetXml(_percent_styles(_styles(box, relations))).read(xml)
    raise Unreadable("the sheet is not in the workbook")


_MAYBE_PERCENT = re.compile(rb"""%|&\#|numFmtId\s*=\s*["'](?:9|10)["']|\x00""")


def _percent_styles(xml: bytes) -> frozenset[str]:
    """The cell formats (numbers as written in `s`) that show a percentage."""
    if not _MAYBE_PERCENT.search(xml):
        return frozenset()
    codes = {str(number): True for number in _PERCENT_FORMATS}
    formats: list[str] = []
    section = ""
    for element, attributes in _elements(xml):
        if element in ("numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"):
            section = element
        elif element == "numFmt" and section == "numFmts":
            codes[attributes["numFmtId"]] = _is_percent(attributes["formatCode"])
        elif element == "xf" and section == "cellXfs":
            formats.append(attributes.get("numFmtId", "0"))
    return frozenset(str(index) for index, number in enumerate(formats) if codes.get(number))


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

    def __init__(self, percent_styles: frozenset[str]) -> None:
        self.notes = _Notes()
        self.percent_styles = percent_styles
        self.parser = expat.ParserCreate()
        self.row = -1
        self.cell: Attributes | None = None
        self.at: Address | None = None
        self.formula = self.percent = self.wanted = self.listening = False
        self.text: list[str] | None = None

    def read(self, xml: bytes) -> _Notes:
        _parse(xml, self.parser, self._start)
        self._end_row()
        return self.notes

    def _start(self, name: str, attributes: Attributes) -> None:
        if self.listening:
            self.parser.CharacterDataHandler = None
            self.listening = False
        if ":" in name:
            name = _local(name)
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
            if self.percent_styles and attributes.get("s", "0") in self.percent_styles:
                self.wanted = self.percent = True
        elif name == "f":
            self.wanted = self.formula = self.cell is not None
        else:
            self._other(name, attributes)

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
            if attributes.get("hidden") in _TRUE:
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
            self.notes.note(here, value, formula=self.formula, percent=self.percent)
        self.wanted = self.formula = self.percent = False
        self.text = None

    def _value(self, kind: str | None) -> _Value:
        if kind == "inlineStr":
            return ""
        if self.text is None:
            return _ErrorValue("") if kind == "e" and not self.formula else None
        text = "".join(self.text).strip()
        if kind in ("s", "str", "d"):
            return text
        if not text:
            return None
        if kind == "e":
            return _ErrorValue(text)
        return text in _TRUE if kind == "b" else float(text)


# ods: OpenDocument 1.3 part 3, chapter 9, as LibreOffice and Excel write it


def _ods(box: Container, sheet_name: str) -> _Notes:
    xml = box.part("content.xml")
    _refuse_wide(xml)
    return _ContentXml(sheet_name).read(xml)


_CELLS = ("table:table-cell", "table:covered-table-cell")
_HIDDEN = ("collapse", "filter")
_SHOWN_ERROR = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A)|Err:\d{3}")


def _repeated(attributes: Attributes, name: str) -> int:
    return max(1, min(int(attributes.get(name, "1")), MOST_ROWS))


class _ContentXml:
    """One pass over content.xml, for one table of it.

    Repeated rows and cells are counted, and written out only where they hold something to tell.
    """

    def __init__(self, sheet_name: str) -> None:
        self.notes = _Notes()
        self.sheet_name = sheet_name
        self.parser = expat.ParserCreate()
        self.found = self.inside = False
        self.level = self.table_level = self.cell_level = 0
        self.row = self.column = self.column_definition = 0
        self.row_repeated = 1
        self.told = 0
        self.cell: Attributes = {}
        self.text: list[str] | None = None

    def read(self, xml: bytes) -> _Notes:
        self.parser.EndElementHandler = self._end
        _parse(xml, self.parser, self._start)
        if not self.found:
            raise Unreadable("the sheet is not in the workbook")
        return self.notes

    def _start(self, name: str, attributes: Attributes) -> None:
        self.level += 1
        if not self.inside:
            if name == "table:table" and not self.found and attributes.get("table:name") == self.sheet_name:
                self.found = self.inside = True
                self.table_level = self.level
        elif self.cell_level:
            if name == "text:p" and self.level == self.cell_level + 1:
                self.text = self.text or []
                self.parser.CharacterDataHandler = self.text.append
        elif name in _CELLS:
            self.cell, self.cell_level, self.text = attributes, self.level, None
        elif name == "table:table-row":
            self.column = 0
            self.row_repeated = _repeated(attributes, "table:number-rows-repeated")
            if attributes.get("table:visibility") in _HIDDEN:
                self.notes.hidden_rows.append(range(self.row, self.row + self.row_repeated))
        elif name == "table:table-column":
            self._define_column(attributes)

    def _define_column(self, attributes: Attributes) -> None:
        end = self.column_definition + _repeated(attributes, "table:number-columns-repeated")
        if attributes.get("table:visibility") in _HIDDEN:
            self.notes.hidden_columns.append(range(self.column_definition, end))
        self.column_definition = end

    def _end(self, name: str) -> None:
        if self.inside:
            if self.level == self.cell_level:
                self._close()
            elif name == "text:p" and self.level == self.cell_level + 1:
                self.parser.CharacterDataHandler = None
            elif name == "table:table-row" and not self.cell_level:
                self.row += self.row_repeated
            elif self.level == self.table_level:
                self.inside = False
        self.level -= 1

    def _close(self) -> None:
        cell = self.cell
        columns = _repeated(cell, "table:number-columns-repeated")
        formula = "table:formula" in cell
        if formula or self.text is not None or "office:value-type" in cell:
            self.notes.use(self.row + self.row_repeated - 1, self.column + columns - 1)
            value = self._value(cell, formula)
            percent = cell.get("office:value-type") == "percentage"
            if formula or percent or isinstance(value, bool | _ErrorValue):
                for at in self._addresses(columns):
                    self.notes.note(at, value, formula=formula, percent=percent)
        rows_spanned = _repeated(cell, "table:number-rows-spanned")
        columns_spanned = _repeated(cell, "table:number-columns-spanned")
        if rows_spanned * columns_spanned > 1:
            last = (self.row + rows_spanned - 1, self.column + columns_spanned - 1)
            self.notes.merged.append((self.row, self.column, *last))
        self.column += columns
        self.cell_level = 0

    def _addresses(self, columns: int) -> Iterator[Address]:
        self.told += self.row_repeated * columns
        if self.told > MOST_CELLS:
            raise TooLarge("a sheet repeats more cells than any form holds")
        for row in range(self.row, self.row + self.row_repeated):
            for column in range(self.column, self.column + columns):
                yield row, column

    def _value(self, cell: Attributes, formula: bool) -> _Value:
        text = "".join(self.text or ())
        kind = cell.get("office:value-type")
        if cell.get("calcext:value-type") == "error" or (formula and _SHOWN_ERROR.fullmatch(text)):
            return _ErrorValue(text)
        if kind == "boolean":
            return cell.get("office:boolean-value") == "true"
        if kind in ("float", "percentage", "currency"):
            # LibreOffice stores a boolean result without a number format as a number, shown as a word.
            if formula and text in ("TRUE", "FALSE"):
                return text == "TRUE"
            return float(cell["office:value"]) if "office:value" in cell else None
        # A formula that gives "" is written without type but with an empty paragraph.
        return text if kind is not None or self.text is not None else None


# xls: [MS-XLS], BIFF8 and, as far as it is the same, BIFF5

_BOF, _FORMULA, _STRING, _NUMBER, _RK, _MULRK, _BOOLERR = 0x809, 0x06, 0x207, 0x203, 0x27E, 0xBD, 0x205
_LABEL, _LABELSST, _RSTRING, _BLANK, _MULBLANK = 0x204, 0xFD, 0xD6, 0x201, 0xBE
_ROW, _COLINFO, _MERGEDCELLS, _XF, _FORMAT, _CODEPAGE, _SUPBOOK = 0x208, 0x7D, 0xE5, 0xE0, 0x41E, 0x42, 0x1AE
_CELL_RECORDS = frozenset({_FORMULA, _NUMBER, _RK, _BOOLERR, _LABEL, _LABELSST, _RSTRING})
_BIFF8 = 0x600
_MACRO_SHEET = 1
_OWN_BOOK, _ADD_IN, _OWN_BOOK_SIZE = 0x0401, 0x3A01, 4
_NOT_A_NUMBER = b"\xff\xff"
_TEXT_RESULT, _BOOLEAN_RESULT, _ERROR_RESULT = 0, 1, 2


@dataclass(slots=True)
class _Globals:
    """The first part of an xls stream: its sheets, its number formats, its links."""

    wide: bool = True
    code_page: str = "cp1252"
    sheets: dict[str, int] = field(default_factory=dict)
    formats: dict[int, bool] = field(default_factory=lambda: dict.fromkeys(_PERCENT_FORMATS, True))
    cell_formats: list[int] = field(default_factory=list)
    macro_sheets: bool = False
    external_links: bool = False

    def percent_cell_formats(self) -> frozenset[int]:
        """The numbers of the cell formats that show a percentage."""
        return frozenset(index for index, number in enumerate(self.cell_formats) if self.formats.get(number, False))


def _xls_stream(box: Container) -> bytes:
    stream = box.stream("workbook" if "workbook" in box.entries else "book")
    if stream[:2] != struct.pack("<H", _BOF):
        raise Unreadable("the workbook does not begin where it should")
    return stream


def _xls_globals(stream: bytes) -> _Globals:
    found = _Globals(wide=struct.unpack_from("<H", stream, 4)[0] == _BIFF8)
    for record, at, size in biff_records(stream):
        if record == _XF:
            found.cell_formats.append(struct.unpack_from("<H", stream, at + 2)[0])
        elif record == _FORMAT:
            code = _xls_text(stream, at + 2, found, long_count=found.wide)
            found.formats[struct.unpack_from("<H", stream, at)[0]] = _is_percent(code)
        elif record == _CODEPAGE:
            found.code_page = f"cp{struct.unpack_from('<H', stream, at)[0]}"
        elif record == BIFF_BOUNDSHEET:
            name = _xls_text(stream, at + 6, found, long_count=False)
            found.sheets.setdefault(name, struct.unpack_from("<I", stream, at)[0])
            found.macro_sheets |= stream[at + 5] == _MACRO_SHEET
        elif record == _SUPBOOK:
            first = struct.unpack_from("<H", stream, at + 2)[0]
            found.external_links |= size != _OWN_BOOK_SIZE or first not in (_OWN_BOOK, _ADD_IN)
        elif record == BIFF_EOF:
            break
    return found


def _xls_text(stream: bytes, at: int, book: _Globals, *, long_count: bool) -> str:
    count = struct.unpack_from("<H", stream, at)[0] if long_count else stream[at]
    at += 2 if long_count else 1
    if not book.wide:
        return stream[at : at + count].decode(book.code_page, errors="replace")
    if stream[at] & 1:
        return stream[at + 1 : at + 1 + 2 * count].decode("utf-16-le", errors="replace")
    return stream[at + 1 : at + 1 + count].decode("latin-1")


def _xls(box: Container, sheet_name: str) -> _Notes:
    stream = _xls_stream(box)
    book = _xls_globals(stream)
    if sheet_name not in book.sheets:
        raise Unreadable("the sheet is not in the workbook")
    notes = _Notes()
    percents = book.percent_cell_formats()
    awaited: Address | None = None
    for record, at, size in _xls_sheet_records(stream, book.sheets[sheet_name]):
        if record in _CELL_RECORDS:
            if awaited:
                notes.note(awaited, None, formula=True)
                awaited = None
            row, column, style = struct.unpack_from("<3H", stream, at)
            notes.use(row, column)
            if record == _FORMULA and _text_follows(stream, at):
                awaited = (row, column)
            elif record in (_FORMULA, _BOOLERR) or style in percents:
                value = _xls_value(stream, record, at)
                notes.note((row, column), value, formula=record == _FORMULA, percent=style in percents)
        elif record == _STRING and awaited:
            notes.note(awaited, "", formula=True)
            awaited = None
        else:
            _xls_layout(notes, stream, (record, at, size), percents)
    if awaited:
        notes.note(awaited, None, formula=True)
    return notes


def _xls_sheet_records(stream: bytes, start: int) -> Iterator[tuple[int, int, int]]:
    """The records of one sheet, without those of the charts that stand inside it."""
    depth = 0
    for record, at, size in biff_records(stream, start):
        if record == _BOF:
            depth += 1
        elif depth == 0:
            break
        elif record == BIFF_EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield record, at, size
    raise Unreadable("a sheet does not begin or end where it should")


def _text_follows(stream: bytes, at: int) -> bool:
    """Whether the result of a formula is a text, which the next STRING record holds ([MS-XLS] 2.5.133)."""
    return stream[at + 12 : at + 14] == _NOT_A_NUMBER and stream[at + 6] == _TEXT_RESULT


def _xls_value(stream: bytes, record: int, at: int) -> _Value:
    if record == _BOOLERR:
        return _error(stream[at + 6]) if stream[at + 7] else bool(stream[at + 6])
    if record == _NUMBER or (record == _FORMULA and stream[at + 12 : at + 14] != _NOT_A_NUMBER):
        return float(struct.unpack_from("<d", stream, at + 6)[0])
    if record == _FORMULA:
        if stream[at + 6] == _BOOLEAN_RESULT:
            return bool(stream[at + 8])
        return _error(stream[at + 8]) if stream[at + 6] == _ERROR_RESULT else ""
    # Of an RK number only that it is one matters here: it is never the result of a formula.
    return 1.0 if record == _RK else ""


def _xls_layout(notes: _Notes, stream: bytes, record: tuple[int, int, int], percents: frozenset[int]) -> None:
    kind, at, size = record
    if kind == _ROW:
        row = struct.unpack_from("<H", stream, at)[0]
        if stream[at + 12] & 0x20:
            notes.hidden_rows.append(range(row, row + 1))
    elif kind == _COLINFO:
        first, last, _, _, flags = struct.unpack_from("<5H", stream, at)
        if flags & 1:
            notes.hidden_columns.append(range(first, last + 1))
    elif kind == _MERGEDCELLS:
        for offset in range(at + 2, at + 2 + 8 * struct.unpack_from("<H", stream, at)[0], 8):
            row1, row2, column1, column2 = struct.unpack_from("<4H", stream, offset)
            notes.merged.append((row1, column1, row2, column2))
    elif kind == _MULRK:
        row, first = struct.unpack_from("<2H", stream, at)
        count = (size - 6) // 6
        notes.use(row, first + count - 1)
        for index in range(count if percents else 0):
            if struct.unpack_from("<H", stream, at + 4 + 6 * index)[0] in percents:
                notes.note((row, first + index), 1.0, formula=False, percent=True)


# xlsb: [MS-XLSB]

_BRT_ROW, _BRT_FORMULAS, _BRT_CELLS, _BRT_RICH_TEXT = 0, range(8, 12), range(1, 12), 62
_BRT_RK, _BRT_SHORT_ERROR = 2, 14
_BRT_ERRORS, _BRT_BOOLEANS, _BRT_NUMBERS = (3, 11), (4, 10), (5, 9)
_BRT_COLUMN, _BRT_MERGED, _BRT_SHEET = 60, 176, 156
_BRT_FORMAT, _BRT_XF, _BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS = 44, 47, 617, 618


def _xlsb_records(part: bytes) -> Iterator[tuple[int, int]]:
    """The records of a binary part: (type, where the content begins). Source: [MS-XLSB] 2.1.4."""
    at, end = 0, len(part)
    while at < end:
        kind = part[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (part[at] & 0x7F) << 7
            at += 1
        size = 0
        for shift in (0, 7, 14, 21):
            byte = part[at]
            at += 1
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + size > end:
            raise Unreadable("a record runs past the end of the part")
        yield kind, at
        at += size


def _xlsb_text(part: bytes, at: int) -> tuple[str, int]:
    """A counted text, and where what follows begins."""
    count = struct.unpack_from("<I", part, at)[0]
    end = at + 4 + 2 * count
    return part[at + 4 : end].decode("utf-16-le", errors="replace"), end


def _xlsb(box: Container, sheet_name: str) -> _Notes:
    workbook = _workbook_part(box, "xl/workbook.bin")
    relations = _relations(box, workbook)
    part = box.part(workbook)
    for record, at in _xlsb_records(part):
        if record == _BRT_SHEET:
            relation, end = _xlsb_text(part, at + 8)
            if _xlsb_text(part, end)[0] == sheet_name:
                percents = _xlsb_percents(_styles(box, relations))
                return _xlsb_sheet(box.part(relations[relation].target), percents)
    raise Unreadable("the sheet is not in the workbook")


def _xlsb_percents(part: bytes) -> frozenset[int]:
    book = _Globals()
    inside = False
    for record, at in _xlsb_records(part):
        if record == _BRT_FORMAT:
            book.formats[struct.unpack_from("<H", part, at)[0]] = _is_percent(_xlsb_text(part, at + 2)[0])
        elif record in (_BRT_BEGIN_CELL_XFS, _BRT_END_CELL_XFS):
            inside = record == _BRT_BEGIN_CELL_XFS
        elif record == _BRT_XF and inside:
            book.cell_formats.append(struct.unpack_from("<H", part, at + 2)[0])
    return book.percent_cell_formats()


def _xlsb_sheet(part: bytes, percents: frozenset[int]) -> _Notes:
    notes = _Notes()
    row = 0
    for record, at in _xlsb_records(part):
        if record == _BRT_ROW:
            row = struct.unpack_from("<I", part, at)[0]
            if part[at + 11] & 0x10:
                notes.hidden_rows.append(range(row, row + 1))
        elif record in _BRT_CELLS or record == _BRT_RICH_TEXT:
            column, style = struct.unpack_from("<2I", part, at)
            notes.use(row, column)
            percent = (style & 0xFFFFFF) in percents
            value = _xlsb_value(part, record, at + 8)
            notes.note((row, column), value, formula=record in _BRT_FORMULAS, percent=percent)
        elif record == _BRT_COLUMN:
            first, last, _, _, flags = struct.unpack_from("<4IH", part, at)
            if flags & 1:
                notes.hidden_columns.append(range(first, last + 1))
        elif record == _BRT_MERGED:
            row1, row2, column1, column2 = struct.unpack_from("<4I", part, at)
            notes.merged.append((row1, column1, row2, column2))
        elif record == _BRT_SHORT_ERROR:
            notes.blind = True
    return notes


def _xlsb_value(part: bytes, record: int, at: int) -> _Value:
    if record in _BRT_ERRORS:
        return _error(part[at])
    if record in _BRT_BOOLEANS:
        return bool(part[at])
    if record in _BRT_NUMBERS:
        return float(struct.unpack_from("<d", part, at)[0])
    # As in xls: an RK number is never the result of a formula.
    return 1.0 if record == _BRT_RK else ""


# Facts of the whole workbook


def _ooxml_workbook(box: Container) -> WorkbookFacts:
    members = box.members
    core = "docprops/core.xml"
    if core not in members and "_rels/.rels" in members:
        core = _only(_relations(box, ""), "core-properties")
    said = _texts(box.part(core)) if core.lower() in members else {}
    return WorkbookFacts(
        modified=_moment(said.get("modified")),
        modified_by=said.get("lastModifiedBy") or None,
        macros=any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in members),
        external_links=any("/externallinks/" in name or name.endswith("/connections.xml") for name in members),
        embedded_objects=any("/embeddings/" in name or "/activex/" in name for name in members),
    )


# A table or range drawn from elsewhere, a DDE link, or a formula with a reference 'address'#$Sheet.A1.
_ODF_LINK = re.compile(
    rb"<(?:table:(?:table-source|cell-range-source)|office:dde-source)\b"
    rb"""|table:formula="[^"]*?(?:'|&apos;)\#"""
)
_BASIC_INDEXES = ("script-lb.xml", "script-lc.xml", "/")
_SUMMARY = "\x05summaryinformation"


def _ods_workbook(box: Container) -> WorkbookFacts:
    members = box.members
    said = _texts(box.part("meta.xml")) if "meta.xml" in members else {}
    return WorkbookFacts(
        modified=_moment(said.get("date")),
        modified_by=said.get("creator") or None,
        macros=any(name.startswith(("basic/", "scripts/")) and not name.endswith(_BASIC_INDEXES) for name in members),
        external_links=bool(_ODF_LINK.search(box.part("content.xml"))),
        embedded_objects=_odf_objects(box),
    )


def _odf_objects(box: Container) -> bool:
    """Whether the manifest lists an object that is no chart: a document inside, or an OLE object."""
    if "meta-inf/manifest.xml" not in box.members:
        return False
    for element, attributes in _elements(box.part("META-INF/manifest.xml")):
        path, kind = attributes.get("manifest:full-path", "/"), attributes.get("manifest:media-type", "")
        inside = path != "/" and "opendocument" in kind and not kind.endswith(".chart")
        if element == "file-entry" and (inside or kind.endswith("oleobject")):
            return True
    return False


def _xls_workbook(box: Container) -> WorkbookFacts:
    book = _xls_globals(_xls_stream(box))
    modified, modified_by = _summary(box.stream(_SUMMARY)) if _SUMMARY in box.entries else (None, None)
    return WorkbookFacts(
        modified=modified,
        modified_by=modified_by,
        macros=book.macro_sheets or not box.entries.isdisjoint({"_vba_project_cur", "_vba_project"}),
        external_links=book.external_links,
        embedded_objects=any(name.startswith(("mbd", "lnk")) for name in box.entries),
    )


_CODE_PAGE, _LAST_SAVED_BY, _LAST_SAVED = 1, 8, 13
_MOST_PROPERTIES = 64
_UTF8 = 65001


def _summary(stream: bytes) -> tuple[datetime | None, str | None]:
    """When and by whom a workbook was last saved ([MS-OLEPS] 2.20, [MS-OSHARED] 2.3.3.2.1)."""
    start = struct.unpack_from("<I", stream, 44)[0]
    count = min(struct.unpack_from("<I", stream, start + 4)[0], _MOST_PROPERTIES)
    pairs = (struct.unpack_from("<2I", stream, start + 8 + 8 * index) for index in range(count))
    places = {number: start + offset + 4 for number, offset in pairs}
    modified, name = None, None
    if _LAST_SAVED in places:
        ticks = struct.unpack_from("<Q", stream, places[_LAST_SAVED])[0]
        moment = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
        modified = moment if moment.year >= FIRST_YEAR else None
    if _LAST_SAVED_BY in places:
        at = places[_LAST_SAVED_BY]
        page = struct.unpack_from("<H", stream, places[_CODE_PAGE])[0] if _CODE_PAGE in places else 1252
        raw = stream[at + 4 : at + 4 + struct.unpack_from("<I", stream, at)[0]]
        encoding = "utf-8" if page == _UTF8 else f"cp{page}"
        name = raw.split(b"\x00")[0].decode(encoding, errors="replace").strip() or None
    return modified, name
