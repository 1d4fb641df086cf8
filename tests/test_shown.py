"""What a cell shows, and what people wrote beside it, is weighed wherever it is said; look-alikes stay quiet."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import Typed
from pipeline.extract.file import read_bytes
from pipeline.extract.numbers import load_number_words, read_number
from pipeline.extract.numbers.remarks import corrected_to, counts_in_multiples, figures_of, says_correction
from pipeline.model import FileReading, Return, State
from pipeline.readers.find import Found
from pipeline.readers.kinds import Kind
from pipeline.readers.raw import sheet_facts
from pipeline.readers.raw.dress import Dress, dress_of
from schemas.rules import Severity
from tests.conftest import Convert
from tests.reading import desk, entry
from tests.returned import FORM
from tests.test_second_look import SHEET as XLSB_SHEET
from tests.test_second_look import record, wide, xlsb
from tests.test_unseen import written

TRIAL = Path(__file__).parent / "corpus" / "trial"
MONEY, BOOKS, PAIR, FAIRS = "funding_state_budget", "books_donated", "class_it_staff", "book_fairs"
BOOKS_CELL, MONEY_CELL = f"{BOOKS}.quantity", f"{MONEY}.quantity"

Places = Mapping[str, str]
Change = Callable[[Workbook, Worksheet, Places], None]


def reading_of(file: Path) -> FileReading:
    return read_bytes(Found(file.name, file), file.read_bytes(), desk())


def the_return(file: Path) -> Return:
    (one,) = reading_of(file).returns
    return one


def changed(folder: Path, change: Change, typed: Mapping[str, Typed] | None = None, *, answered: bool = True) -> Path:
    """Fill a template, and change the workbook as a person does in Excel."""
    file, places = written(folder, typed or {}, answered=answered)
    book = load_workbook(file)
    change(book, book.worksheets[0], places)
    book.save(file)
    return file


def codes(one: Return, *asked: str) -> list[tuple[str, str | None]]:
    """Name findings with their rows; all but the usual ones where none are asked for."""
    usual = {"V028", "V029", "S013"}
    return [(told.code, told.row) for told in one.findings if (told.code in asked if asked else told.code not in usual)]


# Inputs of the trial --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "code", "cell"),
    [
        ("c21_conditional_number_format_thousands.xlsx", "V003", "D50"),
        ("c22_date_1904_turned_into_a_number.xlsx", "V032", "D34"),
        ("c23_three_dots_blank_means_zero.xlsx", "V042", "E33"),
        ("c24_footnote_mark_taken_for_a_pair.xlsx", "V003", "D33"),
        ("r14_onlyoffice_number_format.ods", "V003", "D50"),
    ],
)
def test_what_the_trial_found_silent_is_told_at_its_cell(name: str, code: str, cell: str) -> None:
    one = the_return(TRIAL / name)
    (told,) = [told for told in one.findings if told.code == code and told.cell == cell]
    value = next(each.value for each in one.entries if each.cell == cell)
    assert value == (42648 if code == "V032" else None)
    assert told.severity is (Severity.ERROR if code == "V003" else Severity.WARNING)


# Number formats ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["#.##0", "0.0#0", "0.##0", "#,##0.0#0", "0.000", "#.##0,00", "#.##0;[Red]-#.##0"])
def test_a_format_that_always_shows_three_decimals_is_one_of_thousands_lost(code: str) -> None:
    assert dress_of(code) == Dress("#", decimals=3)


@pytest.mark.parametrize("code", ["0.0\\.000", "#,##0.\\000", "0.00\\.000"])
def test_a_point_behind_decimals_groups_nothing(code: str) -> None:
    dress = dress_of(code)
    assert dress is not None
    assert dress.pattern.count("#") > 1


NEGATIVE = ["-0", "(0)", "(#,##0)", '"-"0', "\\-#,##0", "0-", "[Red](0)", "(#,##0);(#,##0)", "[>100]0;(0)", "(₫#,##0)"]


@pytest.mark.parametrize("code", NEGATIVE)
def test_a_number_above_zero_that_is_shown_as_one_below_is_not_counted(tmp_path: Path, code: str) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places[BOOKS_CELL]].number_format = code

    one = the_return(changed(tmp_path, change, {BOOKS_CELL: 12}))
    assert codes(one) == [("V003", BOOKS)]
    assert entry(one, BOOKS, "quantity").value is None


@pytest.mark.parametrize("code", [";;;", '""', '"";"";""', '"";-0;0', '[>=0]"";0'])
def test_a_number_that_its_format_does_not_show_is_open(tmp_path: Path, code: str) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places[BOOKS_CELL]].number_format = code

    one = the_return(changed(tmp_path, change, {BOOKS_CELL: 12}))
    (hidden,) = [each for each in one.findings if each.code == "S013"]
    assert hidden.is_open
    assert entry(one, BOOKS, "quantity").value == 12
    assert not [each for each in the_return(changed(tmp_path, change, {BOOKS_CELL: 0})).findings if each.code == "S013"]


ACCOUNTING = [
    '_(* #,##0_);_(* (#,##0);_(* "-"??_);_(@_)',
    '_-* #,##0\\ _₫_-;\\-* #,##0\\ _₫_-;_-* "-"??\\ _₫_-;_-@_-',
    '#,##0;(#,##0);"-"',
    "#,##0_);[Red](#,##0)",
    '[>0]0;(0);"-"',
    "[<0](0);0",
    '[=0]"-";0',
    "[>=1000]0;-0;0",
    "0;;",
    "+0;-0",
    '#,##0",-"',
]


@pytest.mark.parametrize("code", ACCOUNTING)
def test_the_signs_of_numbers_below_zero_and_of_zero_are_no_matter(code: str) -> None:
    assert dress_of(code) is None


@pytest.mark.parametrize(
    "code", ["#,##0", "0", "0.##", "0.###", "#.###", "0.00", '#"."##0', "0\\.000", "#,##0\\ [$₫-42A]"]
)
def test_a_plain_format_dresses_nothing(code: str) -> None:
    assert dress_of(code) is None


@pytest.mark.parametrize(("value", "is_sure"), [(2, False), (999, False), (1264, True), (0, True)])
def test_the_format_of_a_vietnamese_hand_is_told_below_a_thousand_only(
    tmp_path: Path, value: int, *, is_sure: bool
) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places[BOOKS_CELL]].number_format = "#.##0"

    one = the_return(changed(tmp_path, change, {BOOKS_CELL: value}))
    assert (entry(one, BOOKS, "quantity").value == value) is is_sure
    assert [code for code, row in codes(one, "V003") if row == BOOKS] == ([] if is_sure else ["V003"])


def number_format(code: str) -> DifferentialStyle:
    return DifferentialStyle(numFmt=NumberFormat(numFmtId=300, formatCode=code))


THOUSANDS = '#,##0" nghìn đồng"'
RULES = {
    "always": (Rule(type="expression", formula=["TRUE"]), THOUSANDS, True),
    "a formula that may hold": (Rule(type="expression", formula=["$D50>1"]), THOUSANDS, True),
    "a comparison that holds": (Rule(type="cellIs", operator="greaterThan", formula=["1000"]), THOUSANDS, True),
    "shown times a hundred": (Rule(type="expression", formula=["TRUE"]), "0%", True),
    "a comparison that does not": (Rule(type="cellIs", operator="lessThan", formula=["1000"]), THOUSANDS, False),
    "never": (Rule(type="expression", formula=["FALSE"]), THOUSANDS, False),
    "a blank": (Rule(type="containsBlanks", formula=["LEN(TRIM(D50))=0"]), THOUSANDS, False),
    "a plain format": (Rule(type="expression", formula=["TRUE"]), "#,##0", False),
}


@pytest.mark.parametrize("name", RULES)
def test_a_number_format_inside_a_conditional_format_is_weighed_where_it_may_hold(tmp_path: Path, name: str) -> None:
    rule, code, is_told = RULES[name]
    rule.dxf = number_format(code)

    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet.conditional_formatting.add(f"A1:B3 {places[MONEY_CELL]}", rule)

    one = the_return(changed(tmp_path, change, {MONEY_CELL: 15_100_000}))
    assert (entry(one, MONEY, "quantity").value is None) is is_told
    assert entry(one, "funding_other_sources", "quantity").value is not None


def test_a_conditional_number_format_on_other_cells_or_in_a_table_style_concerns_no_figure(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        elsewhere = Rule(type="expression", formula=["TRUE"])
        elsewhere.dxf = number_format(THOUSANDS)
        sheet.conditional_formatting.add("J1:K20", elsewhere)

    file = changed(tmp_path, change)
    parts = parts_of(file)
    inside = b'<tableStyle name="x" count="1"><tableStyleElement type="wholeTable" dxfId="0"/></tableStyle>'
    table_styles = b'<tableStyles count="1">' + inside + b"</tableStyles>"
    parts["xl/styles.xml"] = re.sub(rb"<tableStyles[^>]*/>", table_styles, parts["xl/styles.xml"])
    pack(file, parts)
    assert codes(the_return(file)) == []


def parts_of(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as package:
        return {name: package.read(name) for name in package.namelist()}


def pack(file: Path, parts: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)


@pytest.mark.parametrize(("shown_as", "value"), [(THOUSANDS, None), ("#,##0", 15_100), ('#,##0" đồng"', 15_100)])
def test_a_conditional_number_format_is_weighed_in_an_ods_of_libreoffice(
    tmp_path: Path, soffice: Convert, shown_as: str, value: int | None
) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        rule = Rule(type="cellIs", operator="greaterThan", formula=["1"])
        rule.dxf = number_format(shown_as)
        sheet.conditional_formatting.add(places[MONEY_CELL], rule)
        sheet[places[MONEY_CELL]].number_format = "#,##0"

    file = changed(tmp_path, change, {MONEY_CELL: 15_100})
    one = the_return(soffice(file, "ods", tmp_path / "saved"))
    assert entry(one, MONEY, "quantity").value == value
    assert (("V003", MONEY) in codes(one)) == (value is None)


def test_a_conditional_format_of_an_extension_names_its_own_number_format(tmp_path: Path) -> None:
    file, places = written(tmp_path, {MONEY_CELL: 15_100})
    parts = parts_of(file)
    extension = (
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:conditionalFormattings>'
        '<x14:conditionalFormatting><x14:cfRule type="expression" priority="1"><xm:f>Other!A1=1</xm:f><x14:dxf>'
        '<numFmt numFmtId="300" formatCode="#,##0&quot; nghìn đồng&quot;"/></x14:dxf></x14:cfRule>'
        f"<xm:sqref>{places[MONEY_CELL]}</xm:sqref></x14:conditionalFormatting></x14:conditionalFormattings></ext></extLst>"
    )
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</worksheet>", extension + "</worksheet>").encode()
    pack(file, parts)
    one = the_return(file)
    assert entry(one, MONEY, "quantity").value is None
    assert ("V003", MONEY) in codes(one)


# Ods --------------------------------------------------------------------------------------------------------------

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "style", "text", "table")
)
_MORE = (
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)
_KILO = (
    '<number:number-style style:name="N1"><number:number number:min-integer-digits="1" number:grouping="true"/>'
    "<number:text> nghìn đồng</number:text></number:number-style>"
)


def ods(cells: str, styles: str = "", automatic: str = "", behind: str = "") -> bytes:
    """Make the parts of an ods that a look at its sheet needs: two cells in a row."""
    content = (
        f"<office:document-content {_NAMES} {_MORE}><office:automatic-styles>{automatic}</office:automatic-styles>"
        f'<office:body><office:spreadsheet><table:table table:name="Biểu 1">'
        f"<table:table-row>{cells}</table:table-row>{behind}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("content.xml", content)
        package.writestr("styles.xml", f"<office:document-styles {_NAMES} {_MORE}>{styles}</office:document-styles>")
    return data.getvalue()


def number_cell(style: str, value: str = "15100", shown: str = "15100") -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="float" office:value="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def style(name: str, data: str = "", parent: str = "", inside: str = "") -> str:
    said = f' style:data-style-name="{data}"' if data else ""
    said += f' style:parent-style-name="{parent}"' if parent else ""
    return f'<style:style style:name="{name}" style:family="table-cell"{said}>{inside}</style:style>'


_DRESSED = Dress("# nghìn đồng")
_HELD = '<style:map style:condition="cell-content()&gt;=1000" style:apply-style-name="kilo"/>'
_NOT_HELD = '<style:map style:condition="cell-content()&lt;1000" style:apply-style-name="kilo"/>'
_CONDITIONAL = (
    "<calcext:conditional-formats><calcext:conditional-format "
    "calcext:target-range-address=\"'Biểu 1'.A1:'Biểu 1'.A5\"><calcext:condition "
    'calcext:apply-style-name="kilo" calcext:value="&gt;=1000" calcext:base-cell-address="x"/>'
    "</calcext:conditional-format></calcext:conditional-formats>"
)
_ENCODED = style("kilo_5f_1", "N1").replace("style:family", 'style:display-name="kilo_1" style:family')
ODS = {
    "style of the book": ((number_cell("kilo"), _KILO + style("kilo", "N1")), _DRESSED),
    "style made from it": ((number_cell("ce1"), _KILO + style("kilo", "N1"), style("ce1", parent="kilo")), _DRESSED),
    "condition of a style": (
        (number_cell("ce1"), _KILO + style("kilo", "N1") + style("ce1", inside=_HELD)),
        _DRESSED,
    ),
    "conditional format": (
        (number_cell("ce1"), _KILO + style("kilo", "N1"), style("ce1"), _CONDITIONAL),
        _DRESSED,
    ),
    "conditional format by the shown name of a style": (
        (number_cell("ce1", shown="15,100"), _KILO + _ENCODED, style("ce1"), _CONDITIONAL.replace("kilo", "kilo_1")),
        _DRESSED,
    ),
    "conditional format beside an automatic style of its name": (
        (
            number_cell("ce1", shown="15.100"),
            _KILO + _ENCODED,
            style("kilo_1") + style("ce1"),
            _CONDITIONAL.replace("kilo", "kilo_1"),
        ),
        _DRESSED,
    ),
    "condition of a style on a grouped text": (
        (number_cell("ce1", shown="15\u00a0100"), _KILO + style("kilo", "N1") + style("ce1", inside=_HELD)),
        _DRESSED,
    ),
    "condition that does not hold for a grouped text": (
        (number_cell("ce1", shown="15,100"), _KILO + style("kilo", "N1") + style("ce1", inside=_NOT_HELD)),
        None,
    ),
    "condition that does not hold": (
        (number_cell("ce1"), _KILO + style("kilo", "N1") + style("ce1", inside=_NOT_HELD)),
        None,
    ),
    "plain format": (
        (
            number_cell("ce1"),
            '<number:number-style style:name="N2"><number:number number:grouping="true"/></number:number-style>'
            + style("ce1", "N2"),
        ),
        None,
    ),
    "a text that shows all": ((number_cell("kilo", shown="15.100"), _KILO + style("kilo", "N1")), None),
    "no number": (
        (
            '<table:table-cell table:style-name="kilo" office:value-type="string"><text:p>x</text:p>'
            "</table:table-cell>",
            _KILO + style("kilo", "N1"),
        ),
        None,
    ),
}


@pytest.mark.parametrize("name", ODS)
def test_the_style_of_an_ods_dresses_a_number_whose_text_is_bare(name: str) -> None:
    parts, dress = ODS[name]
    facts = sheet_facts(ods(*parts), Kind.ODS, "Biểu 1")
    assert facts.dressed == ({(0, 0): dress} if dress else {})


ENDINGS = ["xlsx", *(pytest.param(ending, marks=pytest.mark.libreoffice) for ending in ("ods", "xls"))]

# Struck out -------------------------------------------------------------------------------------------------------


def strike(_: Workbook, sheet: Worksheet, places: Places) -> None:
    for cell in (BOOKS_CELL, f"{PAIR}.quantity"):
        sheet[places[cell]].font = Font(strike=True)
    sheet[places[f"{PAIR}.note"]].font = Font(strike=True)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_number_that_is_crossed_out_as_a_whole_does_not_count(
    request: pytest.FixtureRequest, tmp_path: Path, ending: str
) -> None:
    typed: dict[str, Typed] = {BOOKS_CELL: 1264, f"{BOOKS}.note": "1350", f"{PAIR}.quantity": None, f"{PAIR}.people": 0}
    file = changed(tmp_path, strike, typed)
    if ending != "xlsx":
        soffice: Convert = request.getfixturevalue("soffice")
        file = soffice(file, ending, tmp_path)
    one = the_return(file)
    assert entry(one, BOOKS, "quantity").value is None
    # A blank that is struck out, and a note, say nothing; the struck number is told once.
    assert codes(one, "V043", "V045", "V003") == [("V043", BOOKS)]
    assert entry(one, PAIR, "quantity").state is not State.UNREADABLE


# Comments ---------------------------------------------------------------------------------------------------------


def commented(
    folder: Path, cell: str, text: str, typed: Mapping[str, Typed] | None = None, *, answered: bool = True
) -> Path:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places.get(cell, cell)].comment = Comment(text, "Nguyễn Văn A")

    return changed(folder, change, typed, answered=answered)


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn A:\nsửa thành 1350",
        "1350",
        "Ghi nhầm, xin đính chính",
        "tính bằng nghìn đồng",
        "sua lai 1.350 quyen",
    ],
)
def test_a_comment_that_may_correct_a_number_is_asked_about_at_its_cell(tmp_path: Path, text: str) -> None:
    one = the_return(commented(tmp_path, BOOKS_CELL, text, {BOOKS_CELL: 1264}))
    assert codes(one) == [("V044", BOOKS)]
    assert entry(one, BOOKS, "quantity").value == 1264


@pytest.mark.parametrize(
    "text", ["đã kiểm tra", "OK", "1264 quyển", "ngày 05/10/2020", "LH: 0912 345 678", "Xem trang 2", "Sữa chua", "(1)"]
)
def test_a_comment_that_says_no_other_figure_is_only_listed(tmp_path: Path, text: str) -> None:
    one = the_return(commented(tmp_path, BOOKS_CELL, text, {BOOKS_CELL: 1264}))
    assert codes(one) == [("S023", None)]


def test_a_comment_that_is_only_the_name_of_its_author_says_nothing(tmp_path: Path) -> None:
    assert codes(the_return(commented(tmp_path, BOOKS_CELL, "Nguyễn Văn A:\n", {BOOKS_CELL: 1264}))) == []


@pytest.mark.parametrize(("text", "is_zero"), [("báo cáo sau", False), ("đã kiểm tra", True), ("không tổ chức", True)])
def test_a_blank_with_a_comment_is_no_zero(tmp_path: Path, text: str, *, is_zero: bool) -> None:
    cell = f"{FAIRS}.quantity"
    one = the_return(commented(tmp_path, cell, text, {cell: None, f"{FAIRS}.people": None}))
    assert entry(one, FAIRS, "quantity").value == (0 if is_zero else None)
    assert codes(one, "V044", "S023") == [("S023", None) if is_zero else ("V044", FAIRS)]


def test_a_comment_at_the_label_of_a_row_keeps_its_blanks_from_being_zeros(tmp_path: Path) -> None:
    blank: dict[str, Typed] = {f"{FAIRS}.quantity": None, f"{FAIRS}.people": None}
    _, places = written(tmp_path, blank)
    label = "B" + places[f"{FAIRS}.quantity"][1:]
    one = the_return(commented(tmp_path, label, "đã tổ chức 3 cuộc", blank))
    assert entry(one, FAIRS, "quantity").value is None
    assert codes(one, "V044") == [("V044", FAIRS)]


@pytest.mark.parametrize(("text", "code"), [("Tính cả 3 lớp của xã cũ", "S022"), ("Phòng GD&ĐT", "S023")])
def test_a_comment_beside_no_row_is_asked_about_where_it_holds_a_figure(tmp_path: Path, text: str, code: str) -> None:
    assert codes(the_return(commented(tmp_path, "A1", text))) == [(code, None)]


@pytest.mark.libreoffice
@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_comments_of_other_formats_are_read(soffice: Convert, tmp_path: Path, ending: str) -> None:
    file = commented(tmp_path, BOOKS_CELL, "Nguyễn Văn A:\nsửa thành 1350", {BOOKS_CELL: 1264})
    assert codes(the_return(soffice(file, ending, tmp_path))) == [("V044", BOOKS)]


_THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="{cell}" dT="2020-10-09T02:00:00.00" personId="{{1}}" id="{{A}}"><text>Sửa thành 1350</text>'
    '</threadedComment><threadedComment ref="{cell}" dT="2020-10-09T03:00:00.00" personId="{{2}}" id="{{B}}" '
    'parentId="{{A}}"><text>Đã báo anh Hòa</text></threadedComment></ThreadedComments>'
)
_RELATION = (
    '<Relationship Id="rT" Target="../threadedComments/threadedComment1.xml" '
    'Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"/>'
)
_COPY = (
    "[Threaded comment]\n\nYour version of Excel allows you to read this threaded comment; however, any edits to it "
    "will get removed if the file is opened in a newer version of Excel. Learn more: "
    "https://go.microsoft.com/fwlink/?linkid=870924\n\nComment:\n    Sửa thành 1350\nReply:\n    Đã báo anh Hòa"
)


@pytest.mark.parametrize("has_thread", [True, False])
def test_a_comment_with_answers_is_told_once_without_the_notice_for_old_programs(
    tmp_path: Path, *, has_thread: bool
) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places[BOOKS_CELL]].comment = Comment(_COPY, "tc={A}")

    file = changed(tmp_path, change, {BOOKS_CELL: 1264})
    parts = parts_of(file)
    if has_thread:
        stored = next(data for name, data in parts.items() if "comments" in name and name.endswith(".xml"))
        cell = re.search(rb'<comment ref="([A-Z0-9]+)"', stored)
        assert cell
        parts["xl/threadedComments/threadedComment1.xml"] = _THREAD.format(cell=cell[1].decode()).encode()
        relations = "xl/worksheets/_rels/sheet1.xml.rels"
        parts[relations] = parts[relations].replace(b"</Relationships>", _RELATION.encode() + b"</Relationships>")
        pack(file, parts)
    one = the_return(file)
    (told,) = [told for told in one.findings if told.code == "V044"]
    assert told.facts["comment"] == "Sửa thành 1350 | Đã báo anh Hòa"
    assert codes(one) == [("V044", BOOKS)]


def test_a_comment_that_only_its_drawing_holds_is_read(tmp_path: Path) -> None:
    file = commented(tmp_path, BOOKS_CELL, "x", {BOOKS_CELL: 1264})
    parts = parts_of(file)
    drawing = next(name for name in parts if name.endswith(".vml"))
    text = b'<ns0:textbox><div style="text-align:left"><font>S&#7917;a th\xc3\xa0nh 1350</font><br></div></ns0:textbox>'
    parts[drawing] = re.sub(rb"<ns0:textbox\b.*?</ns0:textbox>", text, parts[drawing], flags=re.S)
    del parts["xl/comments/comment1.xml"]
    relations = "xl/worksheets/_rels/sheet1.xml.rels"
    parts[relations] = re.sub(rb"<Relationship [^>]*comment1.xml[^>]*/>", b"", parts[relations])
    parts["[Content_Types].xml"] = re.sub(rb"<Override [^>]*comment1.xml[^>]*/>", b"", parts["[Content_Types].xml"])
    pack(file, parts)
    assert codes(the_return(file)) == [("V044", BOOKS)]


def test_the_template_and_its_sheets_bear_no_comment_that_is_told(tmp_path: Path) -> None:
    file, _ = written(tmp_path, {})
    reading = reading_of(file)
    assert [told.code for told in reading.findings] == []
    assert codes(reading.returns[0]) == []


# Notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "code"),
    [
        ("1350", "V045"),
        (1350, "V045"),
        ("1.350 quyển", "V045"),
        ("sửa thành 1350", "V045"),
        ("Sửa 1264 thành 1350", "V045"),
        ("đúng là: 1.350", "V045"),
        ("Thực tế có 1350 quyển", "V045"),
        ("thuc te 1350", "V045"),
        ("ghi nhầm", "V045"),
        ("đúng: 1.350", "V045"),
        ("Đúng:1350", "V045"),
        ("1350 mới đúng", "V045"),
        ("nhầm, 1350", "V045"),
        ("điều chỉnh lên 1350", "V045"),
        ("(1350)", "V045"),
        ("điều chỉnh 1350", "V045"),
        ("Điều chỉnh: 1.350 quyển", "V045"),
        ("dieu chinh 1350", "V045"),
        ("'=1350", "V045"),
        ("-> 1350", "V045"),
        ("còn thiếu 2 trường", "V049"),
        ("Con thieu 2 truong", "V049"),
        ("chưa tính trường THCS Đông Mai", "V049"),
        ("Chưa kể 3 khu", "V049"),
        ("2 trường chưa báo cáo", "V049"),
        ("thiếu số liệu khu 5", "V049"),
        ("đã tính trường A, chưa tính trường B", "V049"),
        ("sẽ bổ sung sau", "V049"),
        ("ước", "V050"),
        ("(Ước)", "V050"),
        ("uoc", "V050"),
        ("tạm", "V050"),
        ("tạm tính", "V050"),
        ("số liệu tạm, chưa chính thức", "V050"),
        ("khoảng 1264 quyển", "V050"),
        ("ước: 1.264", "V050"),
        ("nghìn quyển", "V046"),
        ("ĐVT: nghìn cuốn", "V046"),
    ],
)
def test_a_note_that_says_another_number_than_its_row_is_asked_about(tmp_path: Path, note: Typed, code: str) -> None:
    file, places = written(tmp_path, {BOOKS_CELL: 1264})
    book = load_workbook(file)
    sheet = book.worksheets[0]
    cell = sheet["F" + places[BOOKS_CELL][1:]]
    cell.value = note.removeprefix("'") if isinstance(note, str) else note
    cell.data_type = "s" if isinstance(note, str) else "n"
    book.save(file)
    one = the_return(file)
    assert codes(one) == [(code, BOOKS)]
    assert entry(one, BOOKS, "quantity").value == 1264


@pytest.mark.parametrize(
    "note",
    [
        "1264",
        "Thực tế 1264 quyển",
        "sửa 1350 thành 1264",
        "Trong đó 350 quyển sách giáo khoa",
        "(1)",
        "2020",
        "đã kiểm tra",
        "Kính gửi quý vị",
        "sửa chữa 3 phòng đọc",
        "tặng sữa 20 hộp",
        "thực tế giảm 2 đợt so với kế hoạch",
        "ngày 05/10/2020",
        "Theo Báo cáo số 05/BC-TTHTCĐ ngày 08/10/2020",
        "hàng nghìn quyển",
        "hơn 1 nghìn quyển sách cũ",
        "LH: 0912345678",
        "không",
        "(2020)",
        "(12)",
        "đúng 2 đợt",
        "đúng tiến độ",
        "tránh nhầm lẫn giữa 2 trường",
        "đã tính cả 2 trường mới",
        "Đã bổ sung 2 trường còn thiếu",
        "không còn thiếu trường nào",
        "mong ước của học sinh",
        "hương ước, quy ước của khu",
        "2 trường tham gia",
        "tặng thiếu nhi 2 trường",
        "Tết thiếu niên",
        "thieu nhi 2 truong",
        "còn thiếu kinh phí",
        "thiếu giáo viên",
        "chưa đủ điều kiện mở thêm",
        "tạm dừng vì dịch",
        "khoảng 350 quyển sách giáo khoa",
        "dự kiến tổ chức thêm 2 đợt",
        "điều chỉnh 1264",
        "điều chỉnh thời gian",
        "=",
    ],
)
def test_a_note_that_says_no_other_number_is_a_note(tmp_path: Path, note: str) -> None:
    one = the_return(written(tmp_path, {BOOKS_CELL: 1264, f"{BOOKS}.note": note})[0])
    assert codes(one) == []


@pytest.mark.parametrize("comment", ["chưa tính trường THCS", "ước", "số tạm"])
def test_a_comment_that_doubts_its_number_is_a_question(tmp_path: Path, comment: str) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[places[BOOKS_CELL]].comment = Comment(comment, "Lan")

    assert codes(the_return(changed(tmp_path, change, {BOOKS_CELL: 1264}))) == [("V044", BOOKS)]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Ghi chú: còn thiếu số liệu 2 trường", ["S034"]),
        ("(Chưa tính trường THCS Đông Mai)", ["S034"]),
        ("Khó khăn: còn thiếu kinh phí", []),
        ("Đã tặng quà thiếu nhi 2 trường", []),
        ("Đã tính cả 2 trường mới", []),
    ],
)
def test_a_line_below_the_table_that_says_that_figures_are_missing_is_a_question(
    tmp_path: Path, line: str, told: list[str]
) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet[f"B{sheet.max_row + 2}"] = line

    assert [code for code, _ in codes(the_return(changed(tmp_path, change, {BOOKS_CELL: 12})), "S034")] == told


def test_a_note_at_a_heading_doubts_the_numbers_below_it(tmp_path: Path) -> None:
    heading = next(row for row in FORM.rows if not row.kinds and any(each.parent == row.key for each in FORM.rows))
    child = next(row for row in FORM.rows if row.parent == heading.key and row.kinds)
    typed: dict[str, Typed] = {f"{child.key}.{next(iter(child.kinds))}": 12}

    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        place = places[next(iter(typed))]
        sheet[f"F{int(place[1:]) - 1}"] = "chưa tính 2 trường"

    assert codes(the_return(changed(tmp_path, change, typed)), "V049") == [("V049", child.key)]


def test_a_note_beside_a_zero_doubts_nothing(tmp_path: Path) -> None:
    typed: dict[str, Typed] = {BOOKS_CELL: 0, f"{BOOKS}.note": "chưa có báo cáo"}
    assert codes(the_return(written(tmp_path, typed)[0]), "V049", "V050") == []


@pytest.mark.parametrize(("note", "is_told"), [("thực tế 15 triệu đồng", False), ("thực tế 16 triệu đồng", True)])
def test_a_note_about_money_is_compared_with_its_size(tmp_path: Path, note: str, *, is_told: bool) -> None:
    one = the_return(written(tmp_path, {MONEY_CELL: 15_000_000, f"{MONEY}.note": note})[0])
    assert bool(codes(one, "V031", "V045")) is is_told
    assert len(codes(one, "V031", "V045")) < 2


def test_a_note_is_told_at_the_measure_whose_word_it_names(tmp_path: Path) -> None:
    typed: dict[str, Typed] = {f"{PAIR}.quantity": 3, f"{PAIR}.people": 90, f"{PAIR}.note": "thực tế 120 người"}
    (told,) = [told for told in the_return(written(tmp_path, typed)[0]).findings if told.code == "V045"]
    assert told.measure == "people"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sửa thành 15", "15"),
        ("Sửa 12 thành 15", "15"),
        ("đúng là 1 350 quyển", "1 350"),
        ("thực tế ngày 5/10", None),
        ("thực tế đạt 95%", None),
        ("sửa chữa 3 phòng", None),
        ("Tặng sữa 20 hộp", None),
        ("Thực hiện Kế hoạch số 45/KH-UBND", None),
    ],
)
def test_the_number_that_corrects_is_found_by_the_words_before_it(text: str, number: str | None) -> None:
    said = corrected_to(text)
    assert (said[0] if said else None) == number


def test_words_are_compared_with_their_marks_where_they_bear_any() -> None:
    assert says_correction("xin đính chính")
    assert says_correction("xin dinh chinh")
    assert not says_correction("tặng sữa")
    assert not says_correction("sửa chữa nhà")


def test_dates_documents_telephones_and_places_in_a_text_are_no_figures() -> None:
    quiet = ("0912 345 678", "+84912345678", "Xem mục 4", "trang 2", "ngày 05/10/2020", "số 05/BC-TTHTCĐ", "(1)")
    assert {text: figures_of(text) for text in quiet} == dict.fromkeys(quiet, ())
    assert figures_of("1.350 quyển") == (1350,)


def test_a_size_is_a_unit_of_count_only_where_it_counts_by_itself() -> None:
    units = ("quyển", "cuốn")
    assert all(counts_in_multiples(text, units) for text in ("nghìn quyển", "ĐVT: trăm cuốn", "tính theo nghìn quyển"))
    quiet = ("hàng nghìn quyển", "vài trăm cuốn", "1 nghìn quyển", "hai nghìn quyển", "nghìn đồng", "quyển")
    assert not any(counts_in_multiples(text, units) for text in quiet)


# Dots, brackets, sizes --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["...", "…", " … ", ". . .", ".."])
@pytest.mark.parametrize("answered", [True, False])
def test_three_dots_are_a_figure_that_is_not_known_and_never_a_zero(
    tmp_path: Path, typed: str, *, answered: bool
) -> None:
    one = the_return(written(tmp_path, {f"{FAIRS}.quantity": typed, f"{FAIRS}.people": None}, answered=answered)[0])
    assert entry(one, FAIRS, "quantity").value is None
    assert codes(one, "V042") == [("V042", FAIRS)]


@pytest.mark.parametrize("typed", ["....", "……", "………………", ". . . .", "____", ".... cuộc"])
def test_a_longer_row_of_dots_is_the_line_to_write_on(tmp_path: Path, typed: str) -> None:
    one = the_return(written(tmp_path, {f"{FAIRS}.quantity": typed, f"{FAIRS}.people": None})[0])
    assert entry(one, FAIRS, "quantity").value == 0
    assert codes(one, "V042") == []


@pytest.mark.parametrize(
    ("typed", "pair"),
    [
        ("12 (340)", (12, 340)),
        ("12(340)", (12, 340)),
        ("12 (5 người)", (12, 5)),
        ("12 lớp (340 người)", (12, 340)),
        ("12/340", (12, 340)),
        ("14(1)", None),
        ("14 (2)", None),
        ("340 (12)", None),
        ("3(9)", None),
    ],
)
def test_a_bare_number_in_brackets_is_a_second_figure_only_where_it_can_be(
    typed: str, pair: tuple[int, int] | None
) -> None:
    units = (("lớp",), ("người",))
    reading = read_number(typed, kind="count", words=load_number_words(), units=("lớp",), pair_units=units)
    assert ((reading.value, reading.second) if reading.value else None) == pair
    assert pair is not None or reading.code == "V003"


@pytest.mark.parametrize(
    ("value", "code"),
    [(912_345_678, "V011"), (100_000_000, "V011"), (99_999_999, "V048"), (1_000_000, "V048"), (999_999, None)],
)
def test_a_count_beyond_what_a_unit_or_a_country_has_is_told(tmp_path: Path, value: int, code: str | None) -> None:
    one = the_return(written(tmp_path, {BOOKS_CELL: value})[0])
    assert [told for told, row in codes(one, "V011", "V048") if row == BOOKS] == ([code] if code else [])
    assert entry(one, BOOKS, "quantity").value == (None if code == "V011" else value)


def test_a_sum_of_money_of_the_size_of_a_telephone_number_is_one(tmp_path: Path) -> None:
    assert entry(the_return(written(tmp_path, {MONEY_CELL: 912_345_678})[0]), MONEY, "quantity").value == 912_345_678


# Days from 1904 ---------------------------------------------------------------------------------------------------


def from_1904(book: Workbook, sheet: Worksheet, places: Places) -> None:
    book.epoch = CALENDAR_MAC_1904
    sheet[places[BOOKS_CELL]] = 42_648


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_day_of_a_workbook_of_1904_that_became_a_number_is_asked_about(
    request: pytest.FixtureRequest, tmp_path: Path, ending: str
) -> None:
    file = changed(tmp_path, from_1904)
    if ending != "xlsx":
        soffice: Convert = request.getfixturevalue("soffice")
        file = soffice(file, ending, tmp_path)
    (told,) = [told for told in the_return(file).findings if told.code == "V032"]
    assert (told.row, told.facts["day"]) == (BOOKS, "06/10/2020")


@pytest.mark.parametrize(("serial", "is_told"), [(42_648, False), (44_110, True)])
def test_a_day_of_an_ordinary_workbook_counts_from_1900(tmp_path: Path, serial: int, *, is_told: bool) -> None:
    one = the_return(written(tmp_path, {BOOKS_CELL: serial})[0])
    assert bool(codes(one, "V032")) is is_told


# Other places -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ordinal", "code"),
    [("1350", "S004"), (1350, "S004"), (12, "S024"), ("12", "S024"), ("a", None), ("-", None), (None, None)],
)
def test_a_number_in_the_column_of_ordinals_beside_a_blank_is_told(
    tmp_path: Path, ordinal: Typed, code: str | None
) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        sheet["A" + places[f"{FAIRS}.quantity"][1:]] = ordinal

    one = the_return(changed(tmp_path, change, {f"{FAIRS}.quantity": None, f"{FAIRS}.people": None}))
    assert [told for told, _ in codes(one, "S004", "S024")] == ([code] if code else [])
    assert entry(one, FAIRS, "quantity").value == (None if code else 0)


def test_rows_that_a_unit_numbered_anew_are_no_question(tmp_path: Path) -> None:
    def change(_: Workbook, sheet: Worksheet, places: Places) -> None:
        rows = sorted({int(re.sub("[A-Z]", "", place)) for place in places.values()})
        for number, row in enumerate(range(rows[0], rows[-1] + 1), 1):
            sheet[f"A{row}"] = number

    blank: dict[str, Typed] = {f"{FAIRS}.quantity": None, f"{FAIRS}.people": None}
    assert codes(the_return(changed(tmp_path, change, blank)), "S024", "S004") == []


SHEETS: dict[str, tuple[list[list[Typed]], str | None]] = {
    "a number as a text": ([["Số sách", "1350 quyển"]], "warning"),
    "a number": ([["Số sách", 1350]], "warning"),
    "money as a text": ([["Kinh phí", "15.100.000 đ"]], "warning"),
    "names and years of birth": ([["STT", "Họ tên", "Năm sinh"], [1, "A", 1985], [2, "B", "1990"]], "info"),
    "telephones": ([["A", "0912345678"], ["B", "0912 345 679"]], None),
    "words": ([["Kế hoạch số 45/KH-UBND"], ["ngày 05/10/2020"]], None),
}


@pytest.mark.parametrize("name", SHEETS)
def test_numbers_on_another_sheet_are_told_as_texts_too_and_asked_about_beside_zeros(tmp_path: Path, name: str) -> None:
    lines, severity = SHEETS[name]

    def change(book: Workbook, _: Worksheet, __: Places) -> None:
        sheet = book.create_sheet("Bổ sung")
        for line in lines:
            sheet.append(line)

    blank: dict[str, Typed] = {f"{FAIRS}.quantity": None, f"{FAIRS}.people": None}
    told = {one.code: one.severity.value for one in reading_of(changed(tmp_path, change, blank)).findings}
    assert told.get("S021") == severity


@pytest.mark.parametrize(
    ("name", "label", "is_asked"),
    [("Bổ sung", "Số sách", True), ("Trang 4", "Đính chính: số sách", True), ("Chi tiết", "Số sách", False)],
)
def test_figures_on_another_sheet_that_correct_those_of_the_form_are_asked_about(
    tmp_path: Path, name: str, label: str, *, is_asked: bool
) -> None:
    def change(book: Workbook, _: Worksheet, __: Places) -> None:
        book.create_sheet(name).append([label, "1350 quyển"])

    reading = reading_of(changed(tmp_path, change, answered=False))
    (told,) = [told for told in reading.findings if told.code == "S021"]
    assert told.is_question is is_asked


# Xlsb: no free program writes its comments ------------------------------------------------------------------------


def test_struck_fonts_and_comments_of_xlsb_are_read() -> None:
    struck_font = record(611, struct.pack("<I", 1)) + record(43, struct.pack("<HH", 220, 8) + bytes(20)) + record(612)
    with zipfile.ZipFile(io.BytesIO(xlsb(styles=struck_font))) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    place = struct.pack("<5I", 0, 2, 2, 4, 4) + bytes(16)
    text = b"\x00" + wide("Nguyễn Văn A:\nsửa thành 12")
    parts["xl/comments1.bin"] = record(632, wide("Nguyễn Văn A")) + record(635, place) + record(637, text)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    relation = f'<Relationship Id="rId1" Target="../comments1.bin" Type="{kind}"/>'
    parts["xl/worksheets/_rels/sheet1.bin.rels"] = f"<Relationships>{relation}</Relationships>".encode()
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    facts = sheet_facts(data.getvalue(), Kind.XLSB, XLSB_SHEET)
    assert facts.comments == {(2, 4): "sửa thành 12"}
    assert (2, 4) in facts.struck
