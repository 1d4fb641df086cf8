"""Two readers of .xls and .ods see the same in what programs write, and differ where a file says two things."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.extract.returns.agreement import differing
from pipeline.model.limits import DEFAULT
from pipeline.readers.kinds import Container, Kind, kind_of
from pipeline.readers.mend_bytes import bytes_to_read, mended_bytes
from pipeline.readers.mend_bytes.ole import compound_file
from pipeline.readers.raw import RawValue, SheetFacts, TooLarge, Unreadable, sheet_facts
from pipeline.readers.raw.biff_texts import shared_strings
from pipeline.readers.sheets import cell_name, read_sheets
from tests.conftest import ConvertAll, skip

Readings = dict[str, str]


def looks(data: bytes) -> Iterator[tuple[SheetFacts, Readings]]:
    """Read every sheet twice: what the second look saw, and where the two differ."""
    box = Container(data)
    kind = kind_of(box, "a")
    mended = partial(mended_bytes, box, kind)
    for sheet in read_sheets(bytes_to_read(box, kind), DEFAULT, mended=mended):
        facts = sheet_facts(box, kind, sheet.name)
        yield facts, {cell_name(*place): both for place, both in differing(sheet, facts).items()}


def only_look(data: bytes) -> tuple[dict[str, RawValue], Readings]:
    ((facts, unlike),) = looks(data)
    assert facts.raw is not None
    return {cell_name(*place): value for place, value in facts.raw.items()}, unlike


# Files of other programs -----------------------------------------------------------------------------------------

BOOKS, SHEETS_A_BOOK = 4, 50
TEXTS = ["Phường Đông Mai", "a  b", "  trước", "sau  ", "dòng 1\ndòng 2", "giữa\ttab", "12", "1.500", "'", '<&>"']
TEXTS += ["Ấp 5 – “x”", "é" * 300, "𝒳 😀", "#REF!", "#SPILL!", "TRUE", "=1+1", " ", "x" * 9000, "đ" * 5000, "_x0041_"]
FORMULAS = ["=1+1", '="a"&"b"', "=1/0", "=NA()", "=1=1", '=""', '="x"&CHAR(10)&"y"', "=0.1+0.2", "=1/3", "=5-5"]
NUMBERS = [
    0,
    1 / 3,
    124599.99999999999,
    1e-300,
    12345678901234567890,
    -5,
    0.29,
    1e15 + 0.3,
    536870912,
    -536870913,
    84912345678,
]
FORMATS = ["General", "0.00", "dd/mm/yyyy", "hh:mm", "0%", "[h]:mm:ss", "#,##0", "@", '#,##0" nghìn đồng"']
DAYS = ["dd/mm/yyyy", "hh:mm", "[h]:mm:ss", "d/m"]


def random_book(path: Path, rng: Random) -> None:
    """Write a workbook in which every kind of cell stands somewhere, beside hidden rows, merged cells and shapes."""
    book = xlsxwriter.Workbook(path)
    formats = [book.add_format({"num_format": code}) for code in FORMATS]
    days = [book.add_format({"num_format": code}) for code in DAYS]
    bold, struck = book.add_format({"bold": True}), book.add_format({"font_strikeout": True})
    for index in range(SHEETS_A_BOOK):
        sheet = book.add_worksheet(f"Trang {index}")
        for _ in range(rng.randint(1, 60)):
            place = rng.randint(0, 50), rng.randint(0, 12)
            _write_any(sheet, place, rng, formats, days, (bold, struck))
    book.close()


def _write_any(
    sheet: Worksheet,
    place: tuple[int, int],
    rng: Random,
    formats: Sequence[Format],
    days: Sequence[Format],
    fonts: tuple[Format, Format],
) -> None:
    row, column = place
    small = rng.randint(-99, 10**6) / rng.choice((1, 1, 10, 100, 3))
    day = datetime(1990, 1, 1) + timedelta(seconds=rng.randint(0, 10**9))
    text = rng.choice(TEXTS) + rng.choice(("", f" {rng.randint(0, 999)}"))
    ways: list[Callable[[], object]] = [
        lambda: sheet.write_number(row, column, small, rng.choice(formats)),
        lambda: sheet.write_number(row, column, rng.choice(NUMBERS), rng.choice(formats)),
        lambda: sheet.write_datetime(row, column, day, rng.choice(days)),
        lambda: sheet.write_boolean(row, column, rng.random() < 1 / 2),
        lambda: sheet.write_formula(row, column, rng.choice(FORMULAS)),
        lambda: sheet.write_rich_string(row, column, "a ", fonts[0], "đậm ", fonts[1], "gạch", "  cuối"),
        lambda: sheet.write_blank(row, column, None, fonts[0]),
        lambda: sheet.write_comment(row, column, "ghi chú\ndòng hai 345"),
        lambda: sheet.write_url(row, column, "http://a.vn/x", string="liên kết"),
        lambda: sheet.insert_textbox(row, column, "hộp 12"),
        lambda: sheet.set_row(row, None, None, {"hidden": True}),
    ]
    ways += [lambda: sheet.write_string(row, column, text, rng.choice([None, *formats]))] * 6
    rng.choice(ways)()


@pytest.fixture(scope="module")
def random_books(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Give workbooks of two hundred random sheets."""
    folder = tmp_path_factory.mktemp("books")
    paths = [folder / f"{index}.xlsx" for index in range(BOOKS)]
    for index, path in enumerate(paths):
        random_book(path, Random(index))
    return paths


def compare_all(paths: Sequence[Path]) -> tuple[int, int, list[tuple[str, Readings]]]:
    """Count sheets and cells, and name every sheet of which two readers saw different things."""
    sheets = cells = 0
    unlike = []
    for path in paths:
        for facts, readings in looks(path.read_bytes()):
            sheets += 1
            cells += len(facts.raw or ())
            if readings:
                unlike.append((path.name, readings))
    return sheets, cells, unlike


@pytest.mark.libreoffice
@pytest.mark.parametrize("to", ["xls", "ods"])
def test_two_hundred_random_sheets_of_libreoffice_are_the_same_to_both_readers(
    random_books: list[Path], soffice_recalculating_all: ConvertAll, tmp_path: Path, to: str
) -> None:
    sheets, cells, unlike = compare_all(soffice_recalculating_all(random_books, to, tmp_path))
    assert unlike == []
    assert sheets == BOOKS * SHEETS_A_BOOK
    assert cells > 5 * sheets


@pytest.mark.parametrize("to", ["xls", "ods"])
def test_random_sheets_of_gnumeric_are_the_same_to_both_readers(
    random_books: list[Path], tmp_path: Path, to: str
) -> None:
    if not shutil.which("ssconvert"):
        skip("Gnumeric is absent here")
    made = [tmp_path / f"{path.stem}.{to}" for path in random_books[:2]]
    for path, target in zip(random_books, made, strict=False):
        subprocess.run(["ssconvert", path, target], check=True, capture_output=True)
    sheets, cells, unlike = compare_all(made)
    assert unlike == []
    assert cells > 5 * sheets


# .xls by hand ----------------------------------------------------------------------------------------------------

BIFF5, BIFF8 = 0x500, 0x600
NUMBER, RK, MULRK, BOOLERR, LABEL, LABELSST, RSTRING = 0x203, 0x27E, 0xBD, 0x205, 0x204, 0xFD, 0xD6
FORMULA, STRING, BLANK, MULBLANK, SST, CONTINUE = 0x06, 0x207, 0x201, 0xBE, 0xFC, 0x3C


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def cell(kind: int, column: int, content: bytes) -> bytes:
    """Write a cell of the first row."""
    return record(kind, struct.pack("<3H", 0, column, 0) + content)


def number(column: int, value: float) -> bytes:
    return cell(NUMBER, column, struct.pack("<d", value))


def label(column: int, text: str, kind: int = LABEL) -> bytes:
    return cell(kind, column, struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))


def xls(*cells: bytes, shared: Sequence[bytes] = (), version: int = BIFF8, code_page: int = 1200) -> bytes:
    """Write a workbook of one sheet."""
    begin = record(0x809, struct.pack("<HH12x", version, 5))
    ahead = record(0x42, struct.pack("<H", code_page))
    name = b"\x01\x00S" if version == BIFF8 else b"\x01S"
    end = record(0x0A, b"")
    size = len(begin + ahead) + 4 + 6 + len(name) + sum(map(len, shared)) + len(end)
    listed = record(0x85, struct.pack("<IH", size, 0) + name)
    sheet = record(0x809, struct.pack("<HH12x", version, 0x10)) + b"".join(cells) + end
    return compound_file("Workbook", begin + ahead + listed + b"".join(shared) + end + sheet)


WHOLE = st.integers(-(2**29), 2**29 - 1)


@given(st.lists(st.tuples(WHOLE, st.booleans()), min_size=1, max_size=9))
def test_short_numbers_are_read_as_the_other_reader_does(numbers: list[tuple[int, bool]]) -> None:
    coded = [(whole << 2 | 2 | is_hundredth) & 0xFFFFFFFF for whole, is_hundredth in numbers]
    several = struct.pack("<2H", 0, 0) + b"".join(struct.pack("<HI", 0, each) for each in coded)
    row = record(MULRK, several + struct.pack("<H", len(coded) - 1))
    single = cell(RK, len(coded), struct.pack("<I", coded[0]))
    raw, unlike = only_look(xls(row, single))
    wanted = [whole / 100 if is_hundredth else whole for whole, is_hundredth in numbers]
    assert list(raw.values()) == [*wanted, wanted[0]]
    assert unlike == {}


@given(st.floats(allow_nan=False, allow_infinity=False), st.booleans())
def test_short_numbers_of_the_upper_half_are_read_too(value: float, is_hundredth: bool) -> None:
    upper = struct.unpack("<Q", struct.pack("<d", value))[0] >> 32 & 0xFFFFFFFC
    (kept,) = struct.unpack("<d", struct.pack("<Q", upper << 32))
    raw, unlike = only_look(xls(cell(RK, 0, struct.pack("<I", upper | is_hundredth))))
    assert raw == {"A1": kept / 100 if is_hundredth else kept}
    assert unlike == {}


LETTERS = st.text(st.characters(codec="utf-16", exclude_characters="\0", max_codepoint=0xFFFF), max_size=40)
SHARED = st.lists(st.tuples(LETTERS, st.integers(0, 3), st.integers(0, 9)), min_size=1, max_size=12)


def coded_text(text: str) -> tuple[bytes, int]:
    try:
        return text.encode("latin-1"), 0
    except UnicodeEncodeError:
        return text.encode("utf-16-le"), 1


def shared_records(texts: Sequence[tuple[str, int, int]], most: int) -> list[bytes]:
    """Write texts with so many fonts and bytes of pronunciation, going on in a record whenever one is full.

    What stands ahead of the letters is never parted; letters that go on say once more how they are written.
    """
    parts = [struct.pack("<2I", len(texts), len(texts))]

    def room(least: int) -> int:
        if most - len(parts[-1]) < least:
            parts.append(b"")
        return most - len(parts[-1])

    for text, runs, extension in texts:
        letters, is_wide = coded_text(text)
        head = struct.pack("<HB", len(text), is_wide | (8 if runs else 0) | (4 if extension else 0))
        head += struct.pack("<H", runs) if runs else b""
        head += struct.pack("<I", extension) if extension else b""
        room(len(head))
        parts[-1] += head
        while letters:
            if most - len(parts[-1]) < 1 + is_wide:
                parts.append(bytes([is_wide]))
            size = (most - len(parts[-1])) // (1 + is_wide) * (1 + is_wide)
            parts[-1] += letters[:size]
            letters = letters[size:]
        behind = b"\x07" * (4 * runs + extension)
        while behind:
            size = room(1)
            parts[-1] += behind[:size]
            behind = behind[size:]
    return [record(CONTINUE if index else SST, part) for index, part in enumerate(parts)]


@given(SHARED, st.integers(16, 60))
def test_shared_texts_are_read_over_any_number_of_records(texts: list[tuple[str, int, int]], most: int) -> None:
    cells = [cell(LABELSST, index, struct.pack("<I", index)) for index in range(len(texts))]
    raw, unlike = only_look(xls(*cells, shared=shared_records(texts, most)))
    assert list(raw.values()) == [text for text, _, _ in texts if text]
    assert unlike == {}


@given(st.binary(max_size=80), st.integers(1, 3))
def test_noise_in_place_of_shared_texts_ends(noise: bytes, spans: int) -> None:
    step = len(noise) // spans + 1
    places = [(begin, min(begin + step, len(noise))) for begin in range(0, len(noise), step)]
    with suppress(Unreadable, struct.error):
        shared_strings(noise, places)


TWICE = {
    "two numbers": (number(0, 5), number(0, 7)),
    "a number and a text": (number(0, 5), label(0, "7")),
    "a number and an error": (number(0, 5), cell(BOOLERR, 0, b"\x17\x01")),
    "an error and a number": (cell(BOOLERR, 0, b"\x17\x01"), number(0, 5)),
    "a number and a blank": (number(0, 5), cell(BLANK, 0, b"")),
    "a number among blanks": (number(0, 5), record(MULBLANK, struct.pack("<5H", 0, 0, 0, 0, 1))),
    "short numbers": (number(0, 5), record(MULRK, struct.pack("<2HHIH", 0, 0, 0, 7 << 2 | 2, 0))),
}


@pytest.mark.parametrize("cells", TWICE.values(), ids=TWICE)
def test_a_cell_of_xls_that_is_stored_twice_differs(cells: tuple[bytes, bytes]) -> None:
    _, unlike = only_look(xls(*cells, number(2, 3)))
    assert list(unlike) == ["A1"]


def test_a_cell_that_is_stored_twice_with_the_same_number_is_no_question() -> None:
    raw, unlike = only_look(xls(number(0, 5), number(0, 5), label(1, "a"), label(1, "a")))
    assert raw == {"A1": 5.0, "B1": "a"}
    assert unlike == {}


def formula(column: int, result: bytes) -> bytes:
    return cell(FORMULA, column, result + struct.pack("<HIH", 0, 0, 0))


def test_results_of_formulas_are_read() -> None:
    said = record(STRING, struct.pack("<HB", 3, 1) + "Mở ".encode("utf-16-le"))
    cells = [
        formula(0, struct.pack("<d", 2.5)),
        formula(1, b"\x00\x00\x00\x00\x00\x00\xff\xff") + said,
        formula(2, b"\x01\x00\x01\x00\x00\x00\xff\xff"),
        formula(3, b"\x02\x00\x17\x00\x00\x00\xff\xff"),
        formula(4, b"\x03\x00\x00\x00\x00\x00\xff\xff"),
    ]
    raw, unlike = only_look(xls(*cells))
    assert raw == {"A1": 2.5, "B1": "Mở ", "C1": True}
    assert unlike == {}


def test_cells_behind_a_chart_are_no_blanks() -> None:
    chart = record(0x809, struct.pack("<HH12x", BIFF8, 0x20)) + record(0x0A, b"")
    raw, unlike = only_look(xls(number(0, 5), chart, number(1, 7)))
    assert raw == {"A1": 5.0, "B1": 7.0}
    assert unlike == {}


@pytest.mark.parametrize(("code_page", "encoding"), [(1258, "cp1258"), (1252, "cp1252"), (0x8001, "cp1252")])
def test_texts_of_biff5_are_read_with_and_without_fonts(code_page: int, encoding: str) -> None:
    coded = "Số 5 é".encode(encoding, errors="replace") + b"\x81"
    counted = struct.pack("<H", len(coded)) + coded
    fonts = b"\x02\x00\x01\x03\x02"
    data = xls(cell(LABEL, 0, counted), cell(RSTRING, 1, counted + fonts), version=BIFF5, code_page=code_page)
    raw, unlike = only_look(data)
    assert raw["A1"] == raw["B1"] == coded[:-1].decode(encoding) + "\x81"
    assert unlike == {}


# .ods by hand ----------------------------------------------------------------------------------------------------

_NAMESPACES = "".join(
    f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in {"office": "office", "table": "table", "text": "text", "draw": "drawing"}.items()
)
_TEXT = '<table:table-cell office:value-type="string"{attributes}>{content}</table:table-cell>'


def ods(rows: str) -> bytes:
    """Write a spreadsheet of one table."""
    content = (
        f'<?xml version="1.0"?><office:document-content{_NAMESPACES}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return target.getvalue()


def row(*cells: str) -> str:
    return f"<table:table-row>{''.join(cells)}</table:table-row>"


def text(content: str, attributes: str = "") -> str:
    return _TEXT.format(content=content, attributes=attributes)


def value(kind: str, stored: str, content: str = "") -> str:
    name = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}.get(kind, "value")
    return f'<table:table-cell office:value-type="{kind}" office:{name}="{stored}">{content}</table:table-cell>'


P = "<text:p>{}</text:p>".format
NOTE = "<office:annotation><text:p>ghi chú 9</text:p></office:annotation>"

ONE_CELL: Mapping[str, tuple[str, RawValue]] = {
    "spans": (text(P("một <text:span>hai</text:span> <text:a>ba</text:a>")), "một hai ba"),
    "spaces": (text(P('a<text:s text:c="3"/>b<text:s/>c')), "a   b c"),
    "tab": (text(P("12<text:tab/>34")), "12\t34"),
    "line break": (text(P("12<text:line-break/>34")), "12\n34"),
    "paragraphs": (text(P("a") + P("") + P("b")), "a\n\nb"),
    "annotation": (text(NOTE + P("12")), "12"),
    "shape": (text(f"<draw:frame>{P('9')}</draw:frame>" + P("12")), "12"),
    "shape within": (text(P(f"1<draw:frame>{P('9')}</draw:frame>2")), "12"),
    "CDATA": (text(P("<![CDATA[1]]>2<![CDATA[4]]>")), "124"),
    "references": (text(P("&lt;&#52;&amp;")), "<4&"),
    "a text of its own": (text(P("12"), ' office:string-value="12"'), "12"),
    "an error of LibreOffice": (text(P("#REF!"), ' office:string-value="" table:formula="of:=A2"'), ""),
    "number": (value("float", "12.5", P("12,5")), 12.5),
    "number of many digits": (value("float", "2344.9999999999995", P("2345")), 2344.9999999999995),
    "percentage": (value("percentage", "0.5", P("50%")), 0.5),
    "currency": (value("currency", "5", P("5 đ")), 5.0),
    "truth": (value("boolean", "true", P("ĐÚNG")), True),
    "day": (value("date", "2020-10-06", P("6/10")), 44110.0),
    "moment": (value("date", "2020-10-06T12:00:00.0", P("6/10")), 44110.5),
    "time": (value("time", "PT06H00M00S", P("6:00")), 0.25),
    "duration": (value("time", "PT100H30M00S", P("100:30")), "PT100H30M00S"),
    "no day": (value("date", "2020-13-45", P("?")), "2020-13-45"),
}


@pytest.mark.parametrize(("content", "stored"), ONE_CELL.values(), ids=ONE_CELL)
def test_a_cell_of_ods_is_the_same_to_both_readers(content: str, stored: RawValue) -> None:
    raw, unlike = only_look(ods(row(content)))
    assert raw == ({"A1": stored} if stored != "" else {})
    assert unlike == {}


UNLIKE = {
    "a text without a type": f"<table:table-cell>{P('12')}</table:table-cell>",
    "two texts": text(P("12"), ' office:string-value="13"'),
    "a number that is a text": '<table:table-cell office:value-type="string" office:value="5"><text:p>7</text:p>'
    "</table:table-cell>",
    "a text that is a number": '<table:table-cell office:value-type="float" office:string-value="7" office:value="5">'
    "<text:p>5</text:p></table:table-cell>",
}


@pytest.mark.parametrize("content", UNLIKE.values(), ids=UNLIKE)
def test_a_cell_of_ods_that_says_two_things_differs(content: str) -> None:
    _, unlike = only_look(ods(row(content, value("float", "3"))))
    assert list(unlike) == ["A1"]


def test_repeated_and_covered_cells_stand_where_both_readers_see_them() -> None:
    blank = '<table:table-cell table:number-columns-repeated="3"/>'
    merged = text(P("gộp"), ' table:number-columns-spanned="3"')
    covered = f"<table:covered-table-cell>{P('không thấy')}</table:covered-table-cell>"
    several = value("float", "7").replace(" office:value-type", ' table:number-columns-repeated="2" office:value-type')
    empty = '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
    twice = row(several).replace("<table:table-row", '<table:table-row table:number-rows-repeated="2"')
    rows = empty + row(blank, several, text(P("a"))) + row(merged, covered, covered, several) + empty + twice
    raw, unlike = only_look(ods(rows))
    sevens = ["D4", "E4", "D5", "E5", "A9", "B9", "A10", "B10"]
    assert raw == {**dict.fromkeys(sevens, 7.0), "F4": "a", "A5": "gộp"}
    assert unlike == {}


def test_a_text_that_is_repeated_without_end_is_over_a_limit() -> None:
    cell_ = text(P("a"), ' table:number-columns-repeated="16384"')
    data = ods(row(cell_).replace("<table:table-row", '<table:table-row table:number-rows-repeated="1000"'))
    with pytest.raises(TooLarge):
        sheet_facts(data, Kind.ODS, "S")


def test_spaces_without_end_are_bounded() -> None:
    facts = sheet_facts(ods(row(text(P('a<text:s text:c="2000000000"/>b')))), Kind.ODS, "S")
    assert facts.raw is not None
    assert len(str(facts.raw[0, 0])) < 2**16
