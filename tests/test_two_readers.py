"""A number counts only where two readers saw the same: calamine, and the look at the raw part of the sheet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import fill_in
from pipeline.find import Found
from pipeline.intake import read_bytes
from pipeline.kinds import kind_of
from pipeline.limits import DEFAULT
from pipeline.model import FileReading, Return, State
from pipeline.read import read_sheets
from pipeline.register import load_register
from pipeline.returns.agreement import differing
from pipeline.second_look import sheet_facts
from pipeline.stamp import load_stamp_words
from pipeline.template import write_template
from schemas.rules import Severity
from tests.reading import desk, entry
from tests.returned import FIGURES, FORM
from tests.test_openable import (
    DONORS,
    DONORS_CELL,
    ERROR_CELL,
    SPILL,
    case,
    figures,
    right_values,
    the_return,
    with_parts,
)

UNIT = "07132"
BOOKS, NEWS, MONEY = "books_donated.quantity", "news_items.quantity", "funding_state_budget.quantity"
SHEET, STRINGS, TYPES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"


@cache
def filled() -> tuple[bytes, dict[str, str]]:
    """A return with every figure of a unit, whose blanks are 0, as openpyxl saves it, and where each figure stands."""
    with TemporaryDirectory() as name:
        template, out = Path(name) / "template.xlsx", Path(name) / "a.xlsx"
        register = load_register(FORM, None)
        write_template(FORM, register, template, register.by_code[UNIT])
        stamps = {"blank_means_zero": load_stamp_words().blank_yes}
        places = fill_in(FORM, template, out, FIGURES[UNIT], stamps)
        return out.read_bytes(), dict(places)


def altered(tmp_path: Path, part: str, alter: Callable[[str], str]) -> Path:
    """Write one part of the return anew."""
    path, out = tmp_path / "given.xlsx", tmp_path / "altered.xlsx"
    path.write_bytes(filled()[0])
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as to:
        for name in source.namelist():
            data = source.read(name)
            if name == part:
                before = data.decode()
                after = alter(before)
                assert after != before
                data = after.encode()
            to.writestr(name, data)
    return out


def with_cell(tmp_path: Path, cell: str, content: str, *, kind: str = "") -> Path:
    """Write what stands in one cell of the return anew."""

    def alter(xml: str) -> str:
        address = filled()[1][cell]
        said = f' t="{kind}"' if kind else ""
        return re.sub(
            rf'<c r="{address}"( s="\d+")?[^>]*?(?:/>|>.*?</c>)',
            lambda found: f'<c r="{address}"{found[1] or ""}{said}>{content}</c>',
            xml,
        )

    return altered(tmp_path, SHEET, alter)


def read(file: Path) -> FileReading:
    return read_bytes(Found(file.name, file), file.read_bytes(), desk())


def read_return(file: Path) -> Return:
    (one,) = read(file).returns
    return one


def told(one: Return) -> list[tuple[str, str | None]]:
    """Give what is told of the readers."""
    codes = ("V017", "V036", "V037", "F041")
    return [(finding.code, finding.cell) for finding in one.findings if finding.code in codes]


DIFFERENT = {
    "a section of plain text": ("<v><![CDATA[2345]]></v>", ""),
    "a character reference": ("<v>23&#52;5</v>", ""),
    "a comment": ("<v>23<!-- -->45</v>", ""),
    "a value behind a text": ("<is><t>2345</t></is><v>2345</v>", "inlineStr"),
    "a value beside another text": ("<v>23</v><is><t>2345</t></is>", "inlineStr"),
    "two values": ("<v>23</v><v>45</v>", ""),
}


@pytest.mark.parametrize("how", DIFFERENT)
def test_a_cell_that_the_readers_see_differently_is_an_error_and_counts_nowhere(tmp_path: Path, how: str) -> None:
    content, kind = DIFFERENT[how]
    one = read_return(with_cell(tmp_path, BOOKS, content, kind=kind))
    found = entry(one, *BOOKS.split("."))
    assert (found.state, found.value) == (State.UNREADABLE, None)
    assert "≠" in (found.found or "")
    assert told(one) == [("V036", found.cell)]
    assert entry(one, *NEWS.split(".")).value == FIGURES[UNIT][NEWS]


def test_a_cell_that_is_stored_twice_is_an_error_with_both_contents(tmp_path: Path) -> None:
    place = filled()[1][BOOKS]
    content = f'<v>2345</v></c><c r="{place}"><v>999</v>'
    one = read_return(with_cell(tmp_path, BOOKS, content))
    found = entry(one, *BOOKS.split("."))
    assert (found.value, found.found) == (None, "2345 ≠ 999")
    assert told(one) == [("V036", place)]


def test_a_cell_that_is_stored_twice_with_the_same_number_counts(tmp_path: Path) -> None:
    content = f'<v>2345</v></c><c r="{filled()[1][BOOKS]}"><v>2345</v>'
    one = read_return(with_cell(tmp_path, BOOKS, content))
    assert entry(one, *BOOKS.split(".")).value == 2345
    assert told(one) == []


@pytest.mark.parametrize("stored", ["2344.9999999999995", "2345.0000000000005"])
def test_a_number_is_read_to_the_fifteen_digits_that_excel_shows(tmp_path: Path, stored: str) -> None:
    one = read_return(with_cell(tmp_path, BOOKS, f"<v>{stored}</v>"))
    found = entry(one, *BOOKS.split("."))
    assert (found.state, found.value, found.found) == (State.STATED, 2345, "2345")
    assert told(one) == []


BROKEN = {
    "an attribute twice": lambda xml: xml.replace("<sheetData>", '<sheetData a="1" a="2">'),
    "bytes after the end": lambda xml: xml + "<x",
    "a control character": lambda xml: xml.replace("</sheetData>", "<!-- \x0b --></sheetData>"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_sheet_that_is_read_only_once_is_told_whether_or_not_a_cell_is_blank(tmp_path: Path, how: str) -> None:
    one = read_return(altered(tmp_path, SHEET, BROKEN[how]))
    assert told(one) == [("F041", None)]
    assert entry(one, *NEWS.split(".")).value == FIGURES[UNIT][NEWS]


def test_a_workbook_whose_content_types_speak_of_every_bin_is_looked_at_as_what_it_is(tmp_path: Path) -> None:
    said = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    default = f'<Default Extension="bin" ContentType="{said}"/>'
    one = read_return(altered(tmp_path, TYPES, lambda xml: re.sub("(<Types[^>]*>)", rf"\1{default}", xml)))
    assert told(one) == []


def test_a_text_beside_the_numbers_that_the_readers_see_differently_is_told_at_its_cell(tmp_path: Path) -> None:
    def alter(xml: str) -> str:
        return re.sub(r'<c r="A9"[^>]*>.*?</c>', '<c r="A9" t="str"><v>a</v></c><c r="A9" t="str"><v>b</v></c>', xml)

    one = read_return(altered(tmp_path, SHEET, alter))
    assert told(one) == [("V037", "A9")]


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_day_agrees_with_its_serial_number_in_either_system(tmp_path: Path, is_1904: bool) -> None:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append([date(2020, 10, 5), datetime(2020, 10, 5, 2, 57, 46, 667000), time(18), timedelta(days=1, hours=12)])
    book.save(tmp_path / "days.xlsx")
    assert compared(tmp_path / "days.xlsx") == {}


def compared(file: Path) -> Mapping[tuple[int, int], str]:
    """Compare what the readers see in the first sheet of a file."""
    data = file.read_bytes()
    sheet = next(iter(read_sheets(data, DEFAULT)))
    return differing(sheet, sheet_facts(data, kind_of(data, file.name), sheet.name))


# The cases of the trial: what other programs wrote, and what was made of one of their files


SHEETJS, SHEETJS_BINARY = "c01_sheetjs_written_money_in_thousands.xlsx", "c29_07135_sheetjs_written.xlsb"
ANY_BIN = b'<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
STRUCK = "<is><r><rPr><strike/></rPr><t>4</t></r><r><t>6</t></r></is>"


def base() -> bytes:
    """Give the return of the trial as it was before its cases were made of it."""
    people = f'<c r="{DONORS_CELL}" s="17"><v>{right_values()[DONORS]}</v></c>'
    return with_parts(case(SPILL), {SHEET: lambda xml: xml.replace(ERROR_CELL.encode(), people.encode())})


def with_content(address: str, content: str, *, kind: str = "", count: int = 1) -> bytes:
    """Give the return of the trial with other contents of one cell."""
    said = f' t="{kind}"' if kind else ""
    cell = f'<c r="{address}" s="17"{said}>{content}</c>'.encode()
    at = re.compile(rf'<c r="{address}"[^>]*>.*?</c>|<c r="{address}"[^>]*/>'.encode())
    return with_parts(base(), {SHEET: lambda xml: at.sub(lambda _: cell * count, xml, count=1)})


def all_but(*cells: str) -> dict[str, int]:
    return {cell: value for cell, value in right_values().items() if cell not in cells}


def test_the_return_of_the_trial_is_read_as_it_was_filled_in() -> None:
    one = the_return(base())
    assert figures(one) == right_values()
    assert told(one) == []


@pytest.mark.parametrize("answer", ["", "Đúng"])
@pytest.mark.parametrize(
    ("cell", "address", "content", "kind"),
    [
        ("book_donors.quantity", "D33", "<v><![CDATA[14]]></v>", ""),
        ("books_donated.quantity", "D34", "<v>23&#52;5</v>", ""),
        ("books_donated.quantity", "D34", "<v>23<!-- -->45</v>", ""),
        ("seminars.quantity", "D45", "<is><t>13</t></is><v>13</v>", "inlineStr"),
        ("books_donated.quantity", "D34", '<v>2345</v></c><c r="D34"><v>999</v>', ""),
        ("books_donated.quantity", "D34", '<v>2345</v></c></row><row r="34"><c r="D34"><v>999</v>', ""),
    ],
    ids=["c08", "c10", "c11", "c12", "c13", "c14"],
)
def test_a_case_is_an_error_at_its_cell_and_everything_else_counts(
    cell: str, address: str, content: str, kind: str, answer: str
) -> None:
    data = with_content(address, content, kind=kind)
    if answer:
        at = re.compile(b'<c r="C7"[^>]*>.*?</c>|<c r="C7"[^>]*/>')
        said = f'<c r="C7" t="inlineStr"><is><t>{answer}</t></is></c>'.encode()
        data = with_parts(data, {SHEET: lambda xml: at.sub(said, xml)})
    one = the_return(data)
    assert told(one) == [("V036", address)]
    assert figures(one).items() >= all_but(cell).items()
    assert cell not in figures(one)


def test_whole_numbers_with_a_residue_count_as_excel_shows_them() -> None:
    one = the_return(with_content("D34", "<v>2344.9999999999995</v>"))
    assert (figures(one), told(one)) == (right_values(), [])
    money = the_return(with_content("D50", "<f>1.1*3*1000000</f><v>3300000.0000000005</v>"))
    assert figures(money)["funding_state_budget.quantity"] == 3_300_000
    assert ("V018", "D50") in [(each.code, each.cell) for each in money.findings]


def test_money_that_shows_thousands_in_a_file_of_sheetjs_is_not_counted() -> None:
    one = the_return(case(SHEETJS))
    assert figures(one) == all_but("funding_state_budget.quantity")
    assert [(each.code, each.cell) for each in one.findings if each.severity is Severity.ERROR] == [("V003", "D50")]
    assert told(one) == []


@pytest.mark.parametrize(("content", "kind", "code"), [(STRUCK, "inlineStr", "V003"), ("<v>3</v>", "", "V010")])
def test_what_a_cell_shows_is_seen_beside_a_type_for_every_bin(content: str, kind: str, code: str) -> None:
    data = with_content("D45", content, kind=kind)
    data = with_parts(data, {TYPES: lambda xml: re.sub(b"(<Types[^>]*>)", rb"\1" + ANY_BIN, xml)})
    if code == "V010":
        percent = re.compile(rb'(<xf numFmtId=")\d+(")')
        data = with_parts(data, {"xl/styles.xml": lambda xml: percent.sub(rb"\g<1>9\2", xml)})
    one = the_return(data)
    assert (code, "D45") in [(each.code, each.cell) for each in one.findings]
    assert "seminars.quantity" not in figures(one)


def test_the_short_cells_of_an_xlsb_of_sheetjs_are_read() -> None:
    one = the_return(case(SHEETJS_BINARY), "bieu.xlsb")
    assert figures(one) == right_values()
    assert told(one) == []
