"""What calamine shows as blank or hides is found, at the address where openpyxl sees it."""

import io
import pickle
import re
import struct
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.cell import coordinate_to_tuple
from xlsxwriter.format import Format

from pipeline.readers.kinds import Container, Kind, kind_of
from pipeline.readers.raw import Dress, SheetFacts, TooLarge, Unreadable, can_be_blank, sheet_facts, workbook_facts
from tests.conftest import Convert

SHEET = "Mẫu tổng hợp"
SHEET_PART = "xl/worksheets/sheet2.xml"
SAVED = datetime(2020, 10, 9, 15, 30, tzinfo=UTC)
Edit = Callable[[str], str]


def write_source(target: Path | io.BytesIO, *, values: bool = True) -> None:
    """Write one of everything, on the second sheet; without values as a program that does not calculate."""
    book = xlsxwriter.Workbook(target)
    book.set_properties({"created": SAVED.replace(tzinfo=None)})
    other = book.add_worksheet("Khác")
    other.write_formula("A1", "=1/0", None, "#DIV/0!")
    sheet = book.add_worksheet(SHEET)
    percent = book.add_format({"num_format": "0.0%"})
    quoted = book.add_format({"num_format": '0" %"'})

    def formula(cell: str, text: str, value: object, style: Format | None = None) -> None:
        sheet.write_formula(cell, text, style, *([value] if values else []))

    formula("B2", "=1+1", 2)
    formula("C2", "=1/0", "#DIV/0!")
    formula("D2", '="a"&"b"', "ab")
    formula("E2", "=1=1", value=True)
    formula("F2", "=5-5", 0)
    formula("G2", "=B2/4", 0.5, percent)
    formula("H2", "=NA()", "#N/A")
    sheet.write_boolean("B3", boolean=True)
    sheet.write_boolean("C3", boolean=False)
    sheet.write_number("D3", 0.12, percent)
    sheet.write_number("E3", 0.34, percent)
    sheet.write_blank("F3", None, percent)
    sheet.write_string("G3", "khoảng 50%", percent)
    sheet.write_number("H3", 12, quoted)
    sheet.merge_range("B5:D6", "Cộng")
    sheet.merge_range("F5:G5", 7)
    sheet.set_row(7, None, None, {"hidden": True})
    sheet.write_number("B8", 3)
    for row in range(10, 13):
        sheet.write_formula(row, 1, "=B2*2", None, 4)
        sheet.write_formula(row, 2, "=B2*2", None, 4)
    sheet.set_column("J:XFD", None, None, {"hidden": True})
    sheet.write_string("K9", "ẩn")
    book.close()


def source(*, values: bool = True) -> bytes:
    target = io.BytesIO()
    write_source(target, values=values)
    return target.getvalue()


SOURCE = source()
"""Written by xlsxwriter, with the true cached values."""


@pytest.fixture(scope="session")
def converted(soffice_recalculating: Convert, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The source as LibreOffice saves it in each format, calculated by it."""
    folder = tmp_path_factory.mktemp("second-look")
    path = folder / "source.xlsx"
    write_source(path)
    formats = ("xlsx", "xls", "ods")
    return {name: soffice_recalculating(path, name, folder / "out").read_bytes() for name in formats}


def look(data: bytes, sheet: str = SHEET) -> SheetFacts:
    box = Container(data)
    return sheet_facts(box, kind_of(box, "a"), sheet)


def at(*cells: str) -> frozenset[tuple[int, int]]:
    return frozenset((row - 1, column - 1) for row, column in map(coordinate_to_tuple, cells))


def as_openpyxl_sees(data: bytes) -> SheetFacts:
    formulas = openpyxl.load_workbook(io.BytesIO(data))[SHEET]
    values = openpyxl.load_workbook(io.BytesIO(data), data_only=True)[SHEET]
    cells = [cell for row in values.iter_rows() for cell in row if isinstance(cell, Cell)]
    places = {cell: (cell.row - 1, cell.column - 1) for cell in cells}
    with_formula = frozenset(places[cell] for cell in cells if formulas.cell(cell.row, cell.column).data_type == "f")
    numbers = {places[c]: c for c in cells if c.data_type == "n" and isinstance(c.value, int | float)}
    hidden_columns = {
        number - 1
        for span in formulas.column_dimensions.values()
        if span.hidden
        for number in range(span.min or 1, min(span.max or 1, values.max_column) + 1)
    }
    return SheetFacts(
        formulas=with_formula,
        uncalculated=frozenset(place for cell, place in places.items() if place in with_formula and cell.value is None),
        zero_cached=frozenset(p for p, cell in numbers.items() if p in with_formula and cell.value == 0),
        errors={places[cell]: str(cell.value) for cell in cells if cell.data_type == "e"},
        booleans={places[cell]: bool(cell.value) for cell in cells if cell.data_type == "b"},
        percents=frozenset(p for p, cell in numbers.items() if re.search(r'%(?!")', cell.number_format)),
        dressed={p: Dress("# %") for p, cell in numbers.items() if '" %"' in cell.number_format},
        hidden_rows=frozenset(row - 1 for row, span in formulas.row_dimensions.items() if span.hidden),
        hidden_columns=frozenset(hidden_columns),
        merged=tuple(
            (r.min_row - 1, r.min_col - 1, r.max_row - 1, r.max_col - 1) for r in formulas.merged_cells.ranges
        ),
        raw={
            place: cell.value
            for cell, place in places.items()
            if isinstance(cell.value, int | float | str) and cell.data_type != "e"
        },
    )


def assert_same(found: SheetFacts, expected: SheetFacts) -> None:
    for name in SheetFacts.__slots__:
        if name == "merged":
            assert sorted(found.merged) == sorted(expected.merged)
        elif name != "raw" or found.raw is not None:
            assert getattr(found, name) == getattr(expected, name), name


def test_the_source_holds_one_of_everything() -> None:
    seen = as_openpyxl_sees(SOURCE)
    assert seen.errors == {(1, 2): "#DIV/0!", (1, 7): "#N/A"}
    assert seen.booleans == {(1, 4): True, (2, 1): True, (2, 2): False}
    assert seen.percents == at("G2", "D3", "E3")
    assert seen.zero_cached == at("F2")
    assert seen.hidden_rows == {7}
    assert seen.hidden_columns == {9, 10}
    assert len(seen.formulas) == 13
    assert sorted(seen.merged) == [(4, 1, 5, 3), (4, 5, 4, 6)]


def test_a_workbook_of_xlsxwriter_is_seen_as_openpyxl_sees_it() -> None:
    assert_same(look(SOURCE), as_openpyxl_sees(SOURCE))


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_every_format_of_libreoffice_tells_the_same(converted: dict[str, bytes], name: str) -> None:
    assert_same(look(converted[name]), as_openpyxl_sees(converted["xlsx"]))


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_an_empty_text_that_was_calculated_is_not_uncalculated(
    soffice_recalculating: Convert, tmp_path: Path, name: str
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet["B2"] = '=IF(TRUE,"","x")'
    book.save(tmp_path / "empty.xlsx")
    facts = look(soffice_recalculating(tmp_path / "empty.xlsx", name, tmp_path / "out").read_bytes(), "Sheet")
    assert facts.formulas == at("B2")
    assert facts.uncalculated == frozenset()


@pytest.mark.libreoffice
def test_a_text_that_libreoffice_stores_as_zero_in_xls_is_told(soffice: Convert, tmp_path: Path) -> None:
    write_source(tmp_path / "source.xlsx")
    data = soffice(tmp_path / "source.xlsx", "xls", tmp_path / "out").read_bytes()
    assert look(data).zero_cached == at("D2", "F2")


def test_a_formula_that_no_program_calculated_is_told() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet["C4"], sheet["D4"], sheet["E4"] = "=SUM(A1:A3)", 5, "=C4"
    target = io.BytesIO()
    book.save(target)
    facts = look(target.getvalue(), "Sheet")
    assert facts.formulas == facts.uncalculated == at("C4", "E4")


def test_a_default_zero_of_a_writer_is_told() -> None:
    facts = look(source(values=False))
    assert facts.zero_cached == at("B2", "C2", "D2", "E2", "F2", "G2", "H2")
    assert facts.uncalculated == frozenset()


def edited(data: bytes, edits: dict[str, Edit], encoding: str = "utf-8") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name in edits:
                text = content.decode()
                changed = edits[name](text)
                assert changed != text or encoding != "utf-8"
                content = changed.encode(encoding)
            new.writestr(name, content)
    return target.getvalue()


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)(?!\?)", r"<\1x:", xml)
    return xml.replace("xmlns=", "xmlns:x=")


def strict(xml: str) -> str:
    xml = xml.replace("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/x/main")
    return xml.replace("http://schemas.openxmlformats.org/officeDocument/2006", "http://purl.oclc.org/x")


def without_addresses(xml: str) -> str:
    """Fill each row from A with empty cells, then take every address away."""

    def row(match: re.Match[str]) -> str:
        cells = dict(re.findall(r'(?s)(?=<c r="([A-Z]+)\d+"[^>]*?(?:/>|>))(<c .*?(?:/>|</c>))', match[2]))
        letters = "ABCDEFGHIJK"
        return match[1] + "".join(cells.get(letter, "<c/>") for letter in letters) + "</row>"

    xml = re.sub(r"(?s)(<row [^>]*>)(.*?)</row>", row, xml)
    return re.sub(r'(<c) r="[A-Z]+\d+"', r"\1", xml)


VARIANTS: dict[str, dict[str, Edit]] = {
    "prefixes": dict.fromkeys((SHEET_PART, "xl/workbook.xml", "xl/styles.xml"), prefixed),
    "strict": dict.fromkeys((SHEET_PART, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"), strict),
    "single quotes": {SHEET_PART: lambda xml: re.sub(r'="([^"]*)"', r"='\1'", xml)},
    "absolute targets": {
        "xl/_rels/workbook.xml.rels": lambda xml: xml.replace('Target="', 'Target="/xl/'),
    },
    "no addresses": {SHEET_PART: without_addresses},
    "comments and line breaks": {
        SHEET_PART: lambda xml: xml.replace("<c ", "\n<!-- <f>1</f> --><c\n").replace("</v>", "\n</v>"),
    },
    "percent as a character reference": {"xl/styles.xml": lambda xml: xml.replace("0.0%", "0.0&#37;")},
    "shared formulas": {
        SHEET_PART: lambda xml: xml.replace("<f>B2*2</f>", '<f t="shared" ref="B11:C13" si="0">B2*2</f>', 1).replace(
            "<f>B2*2</f>", '<f t="shared" si="0"/>'
        ),
    },
    "columns hidden by their width": {
        SHEET_PART: lambda xml: re.sub(r'(<col [^>]*?)width="[^"]*"([^>]*?) hidden="1"', r'\1width="0"\2', xml),
    },
    "formulas behind the cells": {
        SHEET_PART: lambda xml: xml.replace(
            "</worksheet>", '<extLst><ext><f xmlns="x">1</f><v>1</v></ext></extLst></worksheet>'
        ),
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_other_ways_to_write_the_same_sheet_tell_the_same(variant: str) -> None:
    assert_same(look(edited(SOURCE, VARIANTS[variant])), look(SOURCE))


def test_a_shared_formula_stands_in_every_cell_that_shares_it() -> None:
    facts = look(edited(SOURCE, VARIANTS["shared formulas"]))
    assert at("B11", "C11", "B12", "C12", "B13", "C13") <= facts.formulas


@pytest.mark.parametrize("value", ["<v/>", "<v></v>", ""])
def test_an_empty_cached_value_is_none(value: str) -> None:
    data = edited(SOURCE, {SHEET_PART: lambda xml: xml.replace("<f>1+1</f><v>2</v>", f"<f>1+1</f>{value}")})
    assert look(data).uncalculated == at("B2")


def test_an_empty_text_is_a_cached_value() -> None:
    data = edited(SOURCE, {SHEET_PART: lambda xml: xml.replace("<v>ab</v>", "<v></v>")})
    assert look(data).uncalculated == frozenset()


def test_the_facts_pass_between_processes() -> None:
    facts = look(SOURCE)
    assert pickle.loads(pickle.dumps(facts)) == facts


def test_an_error_without_a_formula_is_told() -> None:
    data = edited(SOURCE, {SHEET_PART: lambda xml: xml.replace("<f>1/0</f>", "")})
    facts = look(data)
    assert facts.errors[1, 2] == "#DIV/0!"
    assert (1, 2) not in facts.formulas


def test_a_percent_behind_a_quote_or_backslash_is_a_letter() -> None:
    for code in ('0" %"', r"0\%", "0_%"):
        quoted = code.replace('"', "&quot;")
        data = edited(SOURCE, {"xl/styles.xml": lambda xml, q=quoted: xml.replace("0.0%", q)})  # type: ignore[misc]
        assert look(data).percents == frozenset(), code


def test_a_sheet_in_utf_16_never_passes_for_an_empty_one() -> None:
    data = edited(SOURCE, {SHEET_PART: lambda xml: xml.replace('"UTF-8"', '"UTF-16"')}, encoding="utf-16")
    assert look(data) == look(SOURCE)
    assert not can_be_blank(data, Kind.XLSX, SHEET)


DOCTYPE = '<!DOCTYPE x [<!ENTITY a "1"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("part", [SHEET_PART, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_no_entity_is_expanded(part: str) -> None:
    data = edited(SOURCE, {part: lambda xml: xml.replace("?>", f"?>{DOCTYPE}", 1).replace("<v>2<", "<v>&b;<")})
    with pytest.raises(Unreadable):
        look(data)


def test_a_sheet_beyond_the_limit_is_too_large() -> None:
    data = edited(SOURCE, {SHEET_PART: lambda xml: xml + " " * 5_000_000})
    with pytest.raises(TooLarge):
        sheet_facts(data, Kind.XLSX, SHEET, limit=1_000_000)


def test_a_sheet_that_names_no_part_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        look(edited(SOURCE, {"xl/workbook.xml": lambda xml: xml.replace(" r:id=", " id=")}))


def test_missing_styles_do_not_hide_the_rest() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(SOURCE)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name != "xl/styles.xml":
                new.writestr(name, old.read(name))
    facts = look(target.getvalue())
    assert facts.errors == look(SOURCE).errors
    assert facts.percents == frozenset()


def test_an_unknown_sheet_or_kind_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        look(SOURCE, "Không có")
    for kind in (Kind.PDF, Kind.XLS, Kind.ODS, Kind.XLSB):
        with pytest.raises(Unreadable):
            sheet_facts(SOURCE, kind, SHEET)
    with pytest.raises(Unreadable):
        workbook_facts(SOURCE, Kind.TEXT)


# What a format shows beside the digits

DRESSED = {
    '#,##0" nghìn đồng"': Dress("# nghìn đồng"),
    '0"%"': Dress("#%"),
    '0"00"': Dress("#00"),
    '#,##0" triệu"': Dress("# triệu"),
    "#,##0,": Dress("#", thousands=1),
    '0,,"tr"': Dress("#tr", thousands=2),
    ";;;": Dress(""),
    "#,##0.000": Dress("#", decimals=3),
    '0.000" đ"': Dress("# đ", decimals=3),
    r"0\k": Dress("#k"),
    '"khoảng "0': Dress("khoảng #"),
}
PLAIN = ("General", "0", "0.00", "#,##0", "@", "#,##0;-#,##0;", r'#,##0\ "₫"', "dd/mm/yyyy", '#"."##0')
AMOUNT = 15_000_000


def formatted(target: Path | io.BytesIO) -> None:
    """Write a number under each format, one below the other, and two side by side under the first."""
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet(SHEET)
    for row, code in enumerate((*DRESSED, *PLAIN)):
        style = book.add_format({"num_format": code})
        sheet.write_number(row, 1, AMOUNT, style)
        sheet.write_blank(row, 3, None, style)
        sheet.write_string(row, 4, "15", style)
        if row == 0:
            sheet.write_number(row, 0, AMOUNT, style)
    book.close()


def dressed_expected() -> dict[tuple[int, int], Dress]:
    column = {(row, 1): dress for row, dress in enumerate(DRESSED.values())}
    return column | {(0, 0): column[0, 1]}


def test_a_number_under_a_format_that_says_more_is_told_and_one_under_a_plain_format_is_not() -> None:
    target = io.BytesIO()
    formatted(target)
    assert look(target.getvalue()).dressed == dressed_expected()


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_libreoffice_keeps_what_a_format_says_in_every_format(
    soffice_recalculating: Convert, tmp_path: Path, name: str
) -> None:
    formatted(tmp_path / "made.xlsx")
    data = soffice_recalculating(tmp_path / "made.xlsx", name, tmp_path / "out").read_bytes()
    assert look(data).dressed == dressed_expected()


def test_an_xlsb_number_format_that_says_more_is_told() -> None:
    code = '0" nghìn"'.encode("utf-16-le")
    form = struct.pack("<HI", 10, len(code) // 2) + code
    facts = look(xlsb(styles=record(44, form)))
    assert facts.dressed == dict.fromkeys(at("D3", "E3"), Dress("# nghìn"))


# OpenDocument as others write it


def content(rows: str, columns: str = "", styles: str = "") -> bytes:
    names = " ".join(f'xmlns:{name}="{name}"' for name in ("office", "table", "text", "style", "calcext", "draw"))
    table = f'<table:table table:name="{SHEET}">{columns}{rows}</table:table>'
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {names}>{styles}{table}</office:document-content>")
    return target.getvalue()


def test_repeated_cells_are_told_each_and_empty_ones_cost_nothing() -> None:
    percent = 'office:value-type="percentage" office:value="0.5"'
    facts = look(
        content(
            '<table:table-row table:number-rows-repeated="2" table:visibility="filter">'
            '<table:table-cell/><table:table-cell table:number-columns-repeated="3" ' + percent + "/>"
            "</table:table-row>"
            '<table:table-row table:number-rows-repeated="1048574" table:visibility="collapse">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>',
            '<table:table-column/><table:table-column table:visibility="collapse" '
            'table:number-columns-repeated="16383"/>',
        )
    )
    assert facts.percents == at("B1", "C1", "D1", "B2", "C2", "D2")
    assert facts.hidden_rows == {0, 1}
    assert facts.hidden_columns == {1, 2, 3}


def test_a_sheet_that_repeats_without_end_is_too_large() -> None:
    cell = '<table:table-cell table:number-columns-repeated="16384" table:formula="of:=1"/>'
    with pytest.raises(TooLarge):
        look(content(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>'))


def test_texts_beside_the_value_are_not_its_text() -> None:
    note = "<office:annotation><text:p>#REF!</text:p></office:annotation>"
    shape = "<draw:frame><draw:text-box><text:p>#REF!</text:p></draw:text-box></draw:frame>"
    cell = '<table:table-cell table:formula="of:=1" office:value-type="float" office:value="1">'
    row = f"<table:table-row>{cell}{note}{shape}<text:p>1</text:p></table:table-cell></table:table-row>"
    facts = look(content(row))
    assert facts.formulas == at("A1")
    assert facts.errors == {}


def test_an_error_is_told_where_only_its_text_says_so() -> None:
    cell = '<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0">'
    facts = look(content(f"<table:table-row>{cell}<text:p>#DIV/0!</text:p></table:table-cell></table:table-row>"))
    assert facts.errors == {(0, 0): "#DIV/0!"}
    assert facts.zero_cached == frozenset()


def test_a_truth_value_shown_as_a_word_is_one_whatever_its_formula() -> None:
    cell = '<table:table-cell table:formula="of:=[.B1]&gt;2" office:value-type="float" office:value="1">'
    facts = look(content(f"<table:table-row>{cell}<text:p>TRUE</text:p></table:table-cell></table:table-row>"))
    assert facts.booleans == {(0, 0): True}


def test_a_truth_value_under_a_format_of_numbers_is_one_still() -> None:
    cell = '<table:table-cell table:formula="of:=TRUE()" office:value-type="float" office:value="1">'
    facts = look(content(f"<table:table-row>{cell}<text:p>1</text:p></table:table-cell></table:table-row>"))
    assert facts.booleans == {(0, 0): True}


def test_a_formula_without_type_and_text_is_uncalculated() -> None:
    facts = look(content('<table:table-row><table:table-cell table:formula="of:=1"/></table:table-row>'))
    assert facts.uncalculated == at("A1")


# Texts of pieces


def styled(rows: str) -> bytes:
    styles = "".join(
        f'<style:style style:name="{name}"><style:text-properties {shown}/></style:style>'
        for name, shown in (
            ("raised", 'style:text-position="super 58%"'),
            ("struck", 'style:text-line-through-style="solid"'),
            ("plain", 'style:text-position="0% 100%"'),
        )
    )
    return content(rows, styles=styles)


@pytest.mark.parametrize(
    ("paragraph", "apart"),
    [
        ("1<text:tab/>14", "1 14"),
        ("4<text:line-break/>9", "4 9"),
        ('14<text:span text:style-name="raised">1</text:span>', "14 1"),
        ('<text:span text:style-name="struck">4</text:span>6', "4 6"),
        ('<text:span text:style-name="plain">4</text:span>6', None),
        ("46", None),
    ],
)
def test_pieces_of_a_text_that_calamine_joins_are_told_apart_in_ods(paragraph: str, apart: str | None) -> None:
    note = "<office:annotation><text:p>a<text:tab/>b</text:p></office:annotation>"
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>{paragraph}</text:p></table:table-cell>'
    facts = look(styled(f"<table:table-row>{cell}</table:table-row>"))
    assert facts.pieced == ({(0, 0): apart} if apart else {})


def rich(target: io.BytesIO) -> None:
    """Write rich texts as strings that the cells share: raised, struck out, and merely bold."""
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet(SHEET)
    looks = ({"font_script": 1}, {"font_strikeout": True}, {"bold": True})
    raised, struck, bold = map(book.add_format, looks)
    sheet.write_string(0, 0, "46")
    sheet.write_rich_string(1, 0, "14", raised, "1")
    sheet.write_rich_string(2, 0, struck, "4", "6")
    sheet.write_rich_string(3, 0, bold, "4", "6")
    book.close()


def test_struck_and_raised_pieces_of_a_shared_text_are_told_apart() -> None:
    target = io.BytesIO()
    rich(target)
    assert look(target.getvalue()).pieced == {(1, 0): "14 1", (2, 0): "4 6"}


def test_struck_and_raised_pieces_of_a_text_in_its_cell_are_told_apart() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = SHEET
    raised, struck = InlineFont(vertAlign="superscript"), InlineFont(strike=True)
    book.active["B2"] = CellRichText("14", TextBlock(raised, "1"))
    book.active["B3"] = CellRichText(TextBlock(struck, "4"), "6")
    book.active["B4"] = CellRichText(TextBlock(struck, "46"))
    target = io.BytesIO()
    book.save(target)
    assert look(target.getvalue()).pieced == {(1, 1): "14 1", (2, 1): "4 6", (3, 1): "46"}


# xlsb: no free program writes it, so the records are laid out here after [MS-XLSB]


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(body)
    sized = bytes([size]) if size < 0x80 else bytes([size & 0x7F | 0x80, size >> 7])
    return head + sized + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb_row(number: int, *, hidden: bool = False) -> bytes:
    return record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0x10 if hidden else 0, 0, 0))


def xlsb_cell(kind: int, column: int, value: bytes, style: int = 0, formula: bytes = b"") -> bytes:
    parsed = struct.pack("<HI", 0, len(formula)) + formula + bytes(4) if formula else b""
    return record(kind, struct.pack("<II", column, style) + value + parsed)


def xlsb(extra: bytes = b"", styles: bytes = b"") -> bytes:
    one, error = b"\x1e\x01\x00", b"\x1c\x17"
    cells = [
        xlsb_row(1),
        xlsb_cell(9, 1, struct.pack("<d", 2), formula=one),
        xlsb_cell(11, 2, b"\x17", formula=error),
        xlsb_cell(10, 3, b"\x01", formula=b"\x1d\x01"),
        xlsb_cell(8, 4, wide("ab"), formula=b"\x17\x02\x00" + "ab".encode("utf-16-le")),
        xlsb_cell(9, 5, struct.pack("<d", 0), formula=one),
        xlsb_row(2),
        xlsb_cell(3, 1, b"\x2a"),
        xlsb_cell(4, 2, b"\x00"),
        xlsb_cell(5, 3, struct.pack("<d", 0.5), style=1),
        xlsb_cell(2, 4, struct.pack("<I", 12 << 2 | 2), style=1),
        xlsb_row(4, hidden=True),
        xlsb_cell(5, 7, struct.pack("<d", 3)),
    ]
    column = record(390) + record(60, struct.pack("<4IH", 6, 7, 2000, 0, 1)) + record(391)
    merged = record(177, struct.pack("<I", 1)) + record(176, struct.pack("<4I", 5, 6, 0, 2)) + record(178)
    data = record(145) + b"".join(cells) + extra + record(146)
    sheet = record(129) + record(148, struct.pack("<4I", 1, 4, 1, 7)) + column + data + merged + record(130)
    bundle = struct.pack("<II", 0, 1) + wide("rId1") + wide(SHEET)
    workbook = record(131) + record(143) + record(156, bundle) + record(144) + record(132)
    formats = b"".join(record(47, struct.pack("<HH10xH", 0, number, 1)) for number in (0, 10))
    styles = record(278) + styles + record(617, struct.pack("<I", 2)) + formats + record(618) + record(279)
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    binary = "application/vnd.ms-excel"
    types = "".join(
        f'<Override PartName="{part}" ContentType="{binary}.{kind}"/>'
        for part, kind in (
            ("/xl/workbook.bin", "sheet.binary.macroEnabled.main"),
            ("/xl/worksheets/sheet1.bin", "worksheet"),
            ("/xl/styles.bin", "styles"),
        )
    )

    def relations(*targets: tuple[str, str]) -> str:
        inside = "".join(
            f'<Relationship Id="rId{number}" Type="{office}/{kind}" Target="{target}"/>'
            for number, (kind, target) in enumerate(targets, 1)
        )
        package = "http://schemas.openxmlformats.org/package/2006/relationships"
        return f'<?xml version="1.0"?><Relationships xmlns="{package}">{inside}</Relationships>'

    content_types = "http://schemas.openxmlformats.org/package/2006/content-types"
    defaults = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{content_types}">{defaults}{types}</Types>',
        "_rels/.rels": relations(("officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relations(("worksheet", "worksheets/sheet1.bin"), ("styles", "styles.bin")),
        "xl/workbook.bin": workbook,
        "xl/worksheets/sheet1.bin": sheet,
        "xl/styles.bin": styles,
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def test_an_xlsb_sheet_is_seen_cell_by_cell() -> None:
    facts = look(xlsb())
    assert facts.formulas == at("B2", "C2", "D2", "E2", "F2")
    assert facts.errors == {(1, 2): "#REF!", (2, 1): "#N/A"}
    assert facts.booleans == {(1, 3): True, (2, 2): False}
    assert facts.percents == at("D3", "E3")
    assert facts.zero_cached == at("F2")
    assert facts.uncalculated == frozenset()
    assert facts.hidden_rows == {4}
    assert facts.hidden_columns == {6, 7}
    assert facts.merged == ((5, 0, 6, 2),)
    assert facts.raw == {
        (1, 1): 2,
        (1, 3): True,
        (1, 4): "ab",
        (1, 5): 0,
        (2, 2): False,
        (2, 3): 0.5,
        (2, 4): 12,
        (4, 7): 3,
    }


def test_a_short_cell_of_an_xlsb_stands_right_of_the_cell_before_it() -> None:
    short = [(12, b""), (14, b"\x17"), (15, b"\x01"), (16, struct.pack("<d", 2.5)), (17, wide("ab"))]
    facts = look(xlsb(b"".join(record(kind, bytes(4) + value) for kind, value in short)))
    assert facts.errors[4, 9] == "#REF!"
    assert facts.raw is not None
    assert [facts.raw.get((4, column)) for column in range(7, 13)] == [3, None, None, True, 2.5, "ab"]


def test_a_short_cell_of_an_xlsb_without_one_before_it_is_nowhere() -> None:
    with pytest.raises(Unreadable):
        look(xlsb(xlsb_row(7) + record(14, b"\x00\x00\x00\x00\x17")))


@pytest.mark.parametrize(
    ("bits", "value"), [(1234 << 2 | 3, 12.34), (-5 << 2 | 2, -5), (0x40590000, 100), (0x40590001, 1)]
)
def test_a_short_number_of_an_xlsb_is_read_to_its_last_digit(bits: int, value: float) -> None:
    facts = look(xlsb(xlsb_row(7) + xlsb_cell(2, 1, struct.pack("<i", bits))))
    assert facts.raw is not None
    assert facts.raw[7, 1] == value


@pytest.mark.libreoffice
def test_libreoffice_sees_the_same_in_the_xlsb(soffice: Convert, tmp_path: Path) -> None:
    (tmp_path / "made.xlsb").write_bytes(xlsb())
    seen = as_openpyxl_sees(soffice(tmp_path / "made.xlsb", "xlsx", tmp_path / "out").read_bytes())
    found = look(xlsb())
    assert (found.errors, found.percents) == (seen.errors, seen.percents)
    assert (found.hidden_rows, found.hidden_columns) == (seen.hidden_rows, seen.hidden_columns)
    assert found.merged == seen.merged


# Facts of the workbook


def test_when_an_xlsx_was_saved() -> None:
    assert workbook_facts(SOURCE, Kind.XLSX).modified == SAVED


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2020-10-09T15:30:00Z", SAVED),
        ("2020-10-09T15:30:00", SAVED.replace(tzinfo=timezone(timedelta(hours=7)))),
        ("2020-10-09T17:30:00+02:00", SAVED),
        ("hôm qua", None),
        ("", None),
    ],
)
def test_a_time_without_a_zone_is_vietnamese(text: str, moment: datetime | None) -> None:
    data = edited(SOURCE, {"docProps/core.xml": lambda xml: re.sub(r">2020-[^<]*<", f">{text} <", xml)})
    found = workbook_facts(data, Kind.XLSX).modified
    assert found == moment
    assert found is None or found.tzinfo is not None


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xlsx", "xls", "ods"])
def test_when_each_format_was_saved(converted: dict[str, bytes], name: str) -> None:
    facts = workbook_facts(converted[name], Kind(name))
    assert facts.modified is not None
    assert facts.modified.tzinfo is not None
    # A conversion keeps the time of the source; in ods as the hour of the machine, wherever that stands.
    assert abs(facts.modified - SAVED) < (timedelta(hours=22) if name == "ods" else timedelta(seconds=1))
    assert not (facts.macros or facts.external_links or facts.embedded_objects)


@pytest.mark.parametrize(
    ("part", "field"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/macrosheets/sheet1.xml", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/connections.xml", "external_links"),
        ("xl/embeddings/oleObject1.bin", "embedded_objects"),
        ("xl/activeX/activeX1.xml", "embedded_objects"),
    ],
)
def test_what_could_run_or_fetch_is_told(part: str, field: str) -> None:
    target = io.BytesIO(SOURCE)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(part, "x")
    facts = workbook_facts(target.getvalue(), Kind.XLSM)
    told = {name for name in ("macros", "external_links", "embedded_objects") if getattr(facts, name)}
    assert told == {field}


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["xls", "ods"])
def test_a_link_to_another_workbook_is_told(soffice: Convert, tmp_path: Path, name: str) -> None:
    book = xlsxwriter.Workbook(tmp_path / "link.xlsx")
    book.add_worksheet(SHEET).write_formula("A1", "='[other.xlsx]Sheet1'!A1", None, 5)
    book.close()
    data = soffice(tmp_path / "link.xlsx", name, tmp_path / "out").read_bytes()
    assert workbook_facts(data, Kind(name)).external_links


# Whatever the bytes


def spoiled(data: bytes, changes: list[tuple[int, bytes]]) -> bytes:
    for place, put in changes:
        start = place % (len(data) + 1)
        data = data[:start] + put + data[start + len(put) :]
    return data


def refuses_or_reads(data: bytes, kind: Kind) -> None:
    assert isinstance(kind_of(data, "a"), Kind)
    for look_again in (lambda: sheet_facts(data, kind, SHEET), lambda: workbook_facts(data, kind)):
        try:
            look_again()
        except Unreadable:
            continue


CHANGES = st.lists(st.tuples(st.integers(0, 2**20), st.binary(min_size=1, max_size=6)), max_size=5)
PARTS = [
    "",
    SHEET_PART,
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/_rels/workbook.xml.rels",
    "docProps/core.xml",
]


@settings(max_examples=200)
@given(part=st.sampled_from(PARTS), changes=CHANGES)
def test_a_spoiled_xlsx_is_read_or_unreadable(part: str, changes: list[tuple[int, bytes]]) -> None:
    if part:
        coded: Edit = lambda xml: spoiled(xml.encode(), changes).decode("latin-1")  # noqa: E731
        refuses_or_reads(edited(SOURCE, {part: coded}, encoding="latin-1"), Kind.XLSX)
    else:
        refuses_or_reads(spoiled(SOURCE, changes), Kind.XLSX)


@given(changes=CHANGES)
def test_a_spoiled_xlsb_is_read_or_unreadable(changes: list[tuple[int, bytes]]) -> None:
    refuses_or_reads(spoiled(xlsb(), changes), Kind.XLSB)


@pytest.mark.libreoffice
@settings(max_examples=200)
@given(changes=CHANGES)
def test_a_spoiled_xls_is_read_or_unreadable(converted: dict[str, bytes], changes: list[tuple[int, bytes]]) -> None:
    refuses_or_reads(spoiled(converted["xls"], changes), Kind.XLS)


@pytest.mark.libreoffice
@settings(max_examples=60)
@given(changes=CHANGES)
def test_a_spoiled_ods_is_read_or_unreadable(converted: dict[str, bytes], changes: list[tuple[int, bytes]]) -> None:
    coded: Edit = lambda xml: spoiled(xml.encode(), changes).decode("latin-1")  # noqa: E731
    refuses_or_reads(edited(converted["ods"], {"content.xml": coded}, encoding="latin-1"), Kind.ODS)
