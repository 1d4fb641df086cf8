"""A number counts only where two readers saw the same: calamine, and the look at the raw part of the sheet."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import fill_in
from pipeline.extract.file import read_bytes
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.returns.agreement import differing
from pipeline.findings.group import told_once
from pipeline.model import FileReading, Return, State
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.kinds import Container, Kind, kind_of
from pipeline.readers.raw import SheetFacts, sheet_facts
from pipeline.readers.raw.strings import shared_strings
from pipeline.readers.register import load_register
from pipeline.readers.sheets import Sheet, read_sheets
from pipeline.writers.template import write_template
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


# What is stored in another way and says the same


ALIKE = {
    "blanks round a number": '<c r="A70"><v> 12 </v></c>',
    "an exponent": '<c r="A70"><v>1.2E3</v></c><c r="B70"><v>-5e-07</v></c>',
    "sixteen digits": '<c r="A70"><v>0.30000000000000004</v></c><c r="B70"><v>1234567890123456</v></c>',
    "a comma in the place of a number": '<c r="A70"><v>12,5</v></c>',
    "texts of formulas": '<c r="A70" t="str"><f>A1</f><v> a_x000D_b </v></c><c r="B70" t="str"><f>A1</f><v></v></c>',
    "a formula without a result": '<c r="A70"><f>A1</f></c><c r="B70"><f>A1</f><v/></c>',
    "shared formulas": '<c r="A70"><f t="shared" ref="A70:B70" si="0">1+1</f><v>2</v></c>'
    '<c r="B70"><f t="shared" si="0"/><v>2</v></c>',
    "truth values": '<c r="A70" t="b"><v>1</v></c><c r="B70" t="b"><v>false</v></c>',
    "errors": '<c r="A70" t="e"><v>#N/A</v></c><c r="B70" t="e"><f>1/0</f><v>#DIV/0!</v></c>',
    "a day in ISO 8601": '<c r="A70" t="d"><v>2020-10-05</v></c><c r="B70" t="d"><v>2020-10-05T12:30:00</v></c>',
    "a text in the cell": '<c r="A70" t="inlineStr"><is><t xml:space="preserve"> a\n b_x0041_ </t></is></c>',
    "an empty text in the cell": '<c r="A70" t="inlineStr"><is><t></t></is></c><c r="B70" t="inlineStr"><is/></c>',
    "a rich text in the cell": '<c r="A70" t="inlineStr"><is>\n<r><t xml:space="preserve">a </t></r>\n'
    "<r><rPr><b/></rPr><t>b</t></r>\n</is></c>",
    "how a text is spoken": '<c r="A70" t="inlineStr"><is><t>a</t><rPh sb="0" eb="1"><t>b</t></rPh></is></c>',
    "a plain text within a section": '<c r="A70" t="inlineStr"><is><t>a<![CDATA[b]]></t></is></c>',
    "no addresses": '<c><v>1</v></c><c/><c r="E70"><v>3</v></c><c><v>4</v></c>',
    "an address in small letters": '<c r="a70"><v>1</v></c>',
    "cells out of order": '<c r="B70"><v>1</v></c><c r="A70"><v>2</v></c>',
    "a cell twice with the same": '<c r="A70"><v>2</v></c><c r="A70"><v>2</v></c>',
    "a prefix": '<x:c xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" r="A70"><x:v>7</x:v></x:c>',
    "lines between the elements": '\n<c r="A70">\n<f>1</f>\n<v>5</v>\n</c>\n<c r="B70" t="str">\n<v>ab</v>\n</c>\n',
}
SHARED = {
    "a plain text": "<t>a</t>",
    "blanks that count": '<t xml:space="preserve"> a\n\nb </t>',
    "blanks that do not": "<t> a </t>",
    "escapes": "<t>_x0031_2 _x005F_x000D_ _x000d_ _x0001_ _xD83D_</t>",
    "references": "<t>a&#52;&amp;&quot;b</t>",
    "runs": '<r><t>a</t></r>\n<r><rPr><i/></rPr><t xml:space="preserve"> b</t></r><phoneticPr fontId="1"/>',
    "how it is spoken": '<t>a</t><rPh sb="0" eb="1"><t>b</t></rPh>',
    "a comment": "<t>a<!-- -->b</t>",
    "a section": "<t><![CDATA[a<b]]></t>",
    "nothing": "",
    "an empty text": "<t/>",
}


def with_row(cells: str, shared: str = "") -> bytes:
    """Give the return of the trial with one more row, and one more text that cells share."""
    row = f'<row r="70">{cells}</row></sheetData>'.encode()
    one = f"<si>{shared}</si></sst>".encode()
    changes = {SHEET: lambda xml: xml.replace(b"</sheetData>", row), STRINGS: lambda xml: xml.replace(b"</sst>", one)}
    return with_parts(base(), changes)


def alike(data: bytes) -> bool:
    sheet = next(iter(read_sheets(data, DEFAULT)))
    return differing(sheet, sheet_facts(data, Kind.XLSX, sheet.name)) == {}


@pytest.mark.parametrize("how", ALIKE)
def test_what_is_stored_in_another_way_and_says_the_same_is_no_difference(how: str) -> None:
    assert alike(with_row(ALIKE[how]))


@pytest.mark.parametrize("how", SHARED)
def test_a_text_that_cells_share_is_read_alike_however_it_is_written(how: str) -> None:
    count = len(shared_strings(Container(base()).part(STRINGS)))
    assert alike(with_row(f'<c r="A70" t="s"><v>{count}</v></c>', SHARED[how]))


@pytest.mark.parametrize("how", SHARED)
def test_plain_texts_are_read_in_one_step_as_in_many(how: str) -> None:
    plain = f"<sst><si><t>x</t></si><si>{SHARED[how]}</si></sst>".encode()
    with_comment = plain.replace(b"<sst>", b"<sst><!-- -->")
    assert [text.split() for text in shared_strings(plain)] == [text.split() for text in shared_strings(with_comment)]


def test_a_number_where_calamine_sees_none_and_the_other_way_round_are_differences() -> None:
    sheet = Sheet("a", False, 2, 1, [[1.0, ""], ["", 4.0]], ())
    facts = SheetFacts(
        formulas=frozenset(),
        uncalculated=frozenset(),
        zero_cached=frozenset(),
        errors={},
        booleans={},
        percents=frozenset(),
        dressed={},
        hidden_rows=frozenset(),
        hidden_columns=frozenset(),
        merged=(),
        raw={(2, 1): 1.0, (2, 2): 3.0, (9, 9): "x"},
    )
    assert differing(sheet, facts) == {(2, 2): "“” ≠ 3", (9, 9): "“” ≠ “x”", (3, 2): "4 ≠ “”"}


def broken_up(digits: str, address: str, rng: Random) -> str:
    """Write a number in one of the ways that readers understand differently, or in one that they do not."""
    cut = rng.randint(0, len(digits))
    head, tail = digits[:cut], digits[cut:]
    value = rng.choice(
        [
            f"<v>{digits}</v>",
            f"<v> {digits}\n</v>",
            f"<v>{digits}.00</v>",
            f"<v>{head}<!-- -->{tail}</v>",
            f"<v>{head}<![CDATA[{tail}]]></v>",
            f"<v>{head}<?a b?>{tail}</v>",
            "<v>" + "".join(f"&#{ord(digit)};" for digit in digits) + "</v>",
            f"<v>{head}</v><v>{tail}</v>",
            f"<v>{digits}</v><v>{digits}</v>",
            f"<is><t>{head}</t></is><v>{digits}</v>",
            f"<v>{digits}</v><is><t>{digits}</t></is>",
        ]
    )
    kind = ' t="inlineStr"' if "<is>" in value else ""
    cell = f'<c r="{address}" s="17"{kind}>{value}</c>'
    other = f'<c r="{address}" s="17"><v>{rng.choice([digits, digits + "0", "7"])}</v></c>'
    blank = f'<c r="{address}" s="17"/>'
    row = re.sub(r"\D", "", address)
    return rng.choice([cell, cell, cell + other, other + cell, blank + cell, f'{cell}</row><row r="{row}">{other}'])


@pytest.mark.parametrize("seed", range(60))
def test_a_number_that_the_readers_may_see_differently_is_counted_rightly_or_not_at_all(seed: int) -> None:
    rng = Random(seed)
    places = {str(entry.key): entry.cell for entry in the_return(base()).entries}
    changed = rng.sample(sorted(right_values()), rng.randint(1, 5))

    def alter(xml: bytes) -> bytes:
        for cell in changed:
            address = places[cell]
            at = re.compile(rf'<c r="{address}"[^>]*>.*?</c>'.encode())
            written = broken_up(str(right_values()[cell]), address, rng).encode()
            xml = at.sub(lambda _, written=written: written, xml, count=1)  # type: ignore[misc]
        return xml

    one = the_return(with_parts(base(), {SHEET: alter}))
    counted = figures(one)
    assert counted.items() <= right_values().items()
    assert counted.items() >= all_but(*changed).items()
    refused = {places[cell] for cell in changed if cell not in counted}
    assert refused == {cell for code, cell in told(one) if code == "V036"}


def test_two_forms_of_a_sheet_that_is_read_once_are_told_of_it_with_their_blanks_in_one_finding(tmp_path: Path) -> None:
    typed = with_cell(tmp_path, BOOKS, "")
    data = with_parts(typed.read_bytes(), {SHEET: lambda xml: xml.replace(b"<sheetData>", b'<sheetData a="1" a="2">')})
    one = the_return(data)
    assert ("F041", None) in told(one)
    assert ("V017", filled()[1][BOOKS]) in told(one)
    assert len([each for each in told_once(one.findings) if each.code == "V017"]) == 1
