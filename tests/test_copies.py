"""Copies of one return: identical only in all that a person reads in them, and then one return without a question."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses, fill_in
from pipeline.extract.file import read_bytes
from pipeline.model import Consolidation, FileResult, Times
from pipeline.readers.find import find_file
from pipeline.run.consolidate import Request, conclude
from pipeline.writers.summary import write_summary
from pipeline.writers.template import write_template
from schemas.register import VIETNAM
from tests.conftest import Convert, skip
from tests.hostile import zipped
from tests.reading import desk
from tests.returned import FIGURES, FORM

UNIT = "07135"
NOON = datetime(2020, 10, 5, 12, 0, tzinfo=VIETNAM)
FIRST, SECOND = "07135 lan 1.xlsx", "07135 lan 2.xlsx"
BOOKS, SEMINARS = "books_donated.quantity", "seminars.quantity"
Write = Callable[[Workbook, Worksheet], None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the return of one unit."""
    folder, register = tmp_path_factory.mktemp("made"), desk().unit_names.register
    write_template(FORM, register, folder / "template.xlsx", register.by_code[UNIT])
    fill_in(FORM, folder / "template.xlsx", folder / "made.xlsx", FIGURES["07150"])
    return folder / "made.xlsx"


def with_change(file: Path, write: Write) -> bytes:
    workbook = load_workbook(file)
    write(workbook, workbook.worksheets[0])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def concluded(folder: Path, files: Mapping[str, bytes]) -> Consolidation:
    """Read some files as those of a run that came one after the other."""
    readings = []
    for number, (name, data) in enumerate(files.items()):
        file = folder / name
        file.write_bytes(data)
        reading = read_bytes(find_file(name, file), data, desk())
        times = Times(received=NOON + timedelta(hours=number))
        returns = tuple(replace(one, times=times) for one in reading.returns)
        readings.append(replace(reading, times=times, returns=returns))
    register = desk().unit_names.register
    return conclude(Request(folder, FORM, register), desk(), readings)


def told(result: Consolidation, name: str) -> dict[str, str]:
    """Codes of a file with their severity."""
    return {each.code: each.severity for each in line_of(result, name).findings}


def line_of(result: Consolidation, name: str) -> FileResult:
    return next(file for file in result.files if file.path == name)


def asks(result: Consolidation) -> bool:
    return any(each.is_question for file in result.files for each in file.findings)


def place(sheet: Worksheet, cell: str) -> str:
    return cell_addresses(FORM, sheet)[cell]


# What is a difference -------------------------------------------------------------------------------------------


def added_row(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet["B60"], sheet["D60"], sheet["E60"] = "Lớp lý luận chính trị", 2, 80


def line_of_correction(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet["B58"] = "Đính chính: số sách là 1350"


def figure_beside(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet[f"J{place(sheet, BOOKS)[1:]}"] = 1350


def another_sheet(workbook: Workbook, _sheet: Worksheet) -> None:
    workbook.create_sheet("Bổ sung")["A1"] = "1350 quyển"


def other_label(_workbook: Workbook, sheet: Worksheet) -> None:
    row = place(sheet, BOOKS)[1:]
    sheet[f"B{row}"] = f"{sheet[f'B{row}'].value} (cả năm)"


def hidden_row(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[int(place(sheet, BOOKS)[1:])].hidden = True


def still_missing(_workbook: Workbook, sheet: Worksheet) -> None:
    question = next(cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("Các ô để trống"))
    sheet[f"C{question.row}"] = "Chưa, còn thiếu số liệu"


def changed_guide(workbook: Workbook, _sheet: Worksheet) -> None:
    workbook["Hướng dẫn"]["A30"] = "Số sách đúng là 1350"


def comment_at_a_cell(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet[place(sheet, BOOKS)].comment = Comment("đúng là 1350", "Nguyễn Văn A")


def struck_number(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet[place(sheet, BOOKS)].font = Font(strike=True)


def print_on(pages: HeaderFooterItem | None, **texts: str | None) -> None:
    """Set parts of a header or footer."""
    for part, text in texts.items():
        getattr(pages, part).text = text


def header_of_words(_workbook: Workbook, sheet: Worksheet) -> None:
    print_on(sheet.oddHeader, center="Bổ sung: số sách là 1350")


def footer_of_another_sheet(workbook: Workbook, _sheet: Worksheet) -> None:
    print_on(workbook.create_sheet("Sheet1").oddFooter, left="Số sách là 1350")


DIFFERENCES = [
    header_of_words,
    footer_of_another_sheet,
    comment_at_a_cell,
    struck_number,
    added_row,
    line_of_correction,
    figure_beside,
    another_sheet,
    other_label,
    hidden_row,
    still_missing,
    changed_guide,
]


@pytest.mark.parametrize("write", DIFFERENCES)
def test_a_copy_that_shows_anything_else_is_no_identical_one_and_is_a_question(
    made: Path, tmp_path: Path, write: Write
) -> None:
    result = concluded(tmp_path, {FIRST: made.read_bytes(), SECOND: with_change(made, write)})
    assert "F011" in told(result, SECOND)
    assert "F009" not in told(result, FIRST) | told(result, SECOND)
    assert line_of(result, SECOND).status.startswith("used")
    assert asks(result)


DRAWING = """<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor>
<xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>60</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:from>
<xdr:to><xdr:col>4</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>64</xdr:row><xdr:rowOff>0</xdr:rowOff></xdr:to>
<xdr:sp macro="" textlink=""><xdr:nvSpPr><xdr:cNvPr id="2" name="TextBox 1"/><xdr:cNvSpPr txBox="1"/></xdr:nvSpPr>
<xdr:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1000000" cy="500000"/></a:xfrm><a:prstGeom prst="rect"/></xdr:spPr>
<xdr:txBody><a:bodyPr/><a:p><a:r><a:t>Ghi chú của </a:t></a:r><a:r><a:t>phường:</a:t></a:r></a:p>
<a:p><a:r><a:t>{text}</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"""
RELATIONS = """<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship
 Id="rBox" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/drawing"
 Target="../drawings/drawing9.xml"/></Relationships>"""
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = """<Override PartName="/xl/drawings/drawing9.xml"
 ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/></Types>"""


def with_box(file: Path, text: str) -> bytes:
    """Lay a box of text over the sheet of the form."""
    with zipfile.ZipFile(file) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    sheet, types = "xl/worksheets/sheet1.xml", "[Content_Types].xml"
    assert "xl/worksheets/_rels/sheet1.xml.rels" not in parts
    drawing = f'</headerFooter><drawing xmlns:r="{OFFICE}" r:id="rBox"/>'
    parts[sheet] = parts[sheet].replace(b"</headerFooter>", drawing.encode())
    parts[types] = parts[types].replace(b"</Types>", TYPE.encode())
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = RELATIONS.encode()
    parts["xl/drawings/drawing9.xml"] = DRAWING.format(text=text).encode()
    return zipped(parts)


def test_a_box_of_text_over_the_sheet_is_a_difference_and_is_named(made: Path, tmp_path: Path) -> None:
    with_another = with_box(made, "số sách là 1350")
    for older in (made.read_bytes(), with_box(made, "số sách là 1530")):
        result = concluded(tmp_path, {FIRST: older, SECOND: with_another})
        (asked,) = [each for each in line_of(result, SECOND).findings if each.code == "F011"]
        assert "số sách là 1350" in str(asked.facts["beside"])
        assert asked.is_question
    same = concluded(tmp_path, {FIRST: with_another, SECOND: with_another + b"\0"})
    assert told(same, SECOND) == {"F009": "info"}


def test_a_copy_that_says_that_figures_are_missing_leaves_the_totals_open(made: Path, tmp_path: Path) -> None:
    blank = with_change(made, lambda _workbook, sheet: setattr(sheet[place(sheet, SEMINARS)], "value", None))
    (tmp_path / "blank.xlsx").write_bytes(blank)
    result = concluded(tmp_path, {FIRST: blank, SECOND: with_change(tmp_path / "blank.xlsx", still_missing)})
    assert told(result, SECOND)["V035"] == "error"
    assert not result.complete


def test_what_only_the_older_copy_holds_beside_the_form_keeps_its_severity(made: Path, tmp_path: Path) -> None:
    alone = concluded(tmp_path, {FIRST: with_change(made, added_row)})
    beside = {code: severity for code, severity in told(alone, FIRST).items() if code in ("S003", "S004")}
    assert "warning" in beside.values()
    result = concluded(tmp_path, {FIRST: with_change(made, added_row), SECOND: made.read_bytes()})
    assert line_of(result, FIRST).status == "superseded"
    assert beside.items() <= told(result, FIRST).items()


def text_of_correction(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet["B58"] = "Đính chính: số sách tặng là 1350"


def comment_outside(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet["B58"].comment = Comment("Tính cả 3 lớp của xã cũ", "Nguyễn Văn A")


def number_among_ordinals(_workbook: Workbook, sheet: Worksheet) -> None:
    sheet[f"A{place(sheet, BOOKS)[1:]}"] = 1350


@pytest.mark.parametrize(
    ("write", "codes"),
    [(text_of_correction, {"S034"}), (comment_outside, {"S022"}), (number_among_ordinals, {"S004", "S024"})],
)
def test_what_only_the_older_copy_says_outside_the_table_is_still_asked(
    made: Path, tmp_path: Path, write: Write, codes: set[str]
) -> None:
    with_more = with_change(made, write)
    result = concluded(tmp_path, {FIRST: with_more, SECOND: made.read_bytes()})
    warned = {code for code, severity in told(result, FIRST).items() if severity == "warning"}
    assert warned & codes
    # What both hold is asked about once.
    same = concluded(tmp_path, {FIRST: with_more, SECOND: with_change(made, write)})
    assert told(same, SECOND)["F009"] == "info"
    assert {told(same, SECOND)[code] for code in warned & codes} == {"info"}
    (tmp_path / "with_more.xlsx").write_bytes(with_more)
    other = with_change(
        tmp_path / "with_more.xlsx", lambda _, sheet: setattr(sheet[place(sheet, SEMINARS)], "value", 17)
    )
    newer = concluded(tmp_path, {FIRST: with_more, SECOND: other})
    assert {told(newer, FIRST)[code] for code in warned & codes} == {"info"}
    assert {told(newer, SECOND)[code] for code in warned & codes} == {"warning"}


# What is none ---------------------------------------------------------------------------------------------------


def as_it_is(_workbook: Workbook, _sheet: Worksheet) -> None:
    """Saved once more, without any stored result of a formula."""


def other_dress(_workbook: Workbook, sheet: Worksheet) -> None:
    cell = sheet[place(sheet, BOOKS)]
    cell.font, cell.fill = Font(name="Arial", size=20, color="FF0000"), PatternFill("solid", fgColor="FFFF00")
    sheet.column_dimensions["B"].width = 12
    sheet.row_dimensions[20].height = 40
    sheet.freeze_panes = None
    sheet.print_area = "A1:E20"


def other_order(workbook: Workbook, _sheet: Worksheet) -> None:
    workbook.move_sheet("Hướng dẫn", -1)


def without_our_sheets(workbook: Workbook, _sheet: Worksheet) -> None:
    del workbook["Hướng dẫn"]


def blank_sheet(workbook: Workbook, _sheet: Worksheet) -> None:
    workbook.create_sheet("Sheet1")


def other_author(workbook: Workbook, _sheet: Worksheet) -> None:
    workbook.properties.creator = "Nguyễn Thị B"


def typed_as_text(_workbook: Workbook, sheet: Worksheet) -> None:
    row = place(sheet, BOOKS)[1:]
    sheet[f"B{row}"] = f"  {sheet[f'B{row}'].value} "


def without_our_foot(_workbook: Workbook, sheet: Worksheet) -> None:
    print_on(sheet.oddFooter, left=None, right=None)


def numbered_pages(_workbook: Workbook, sheet: Worksheet) -> None:
    print_on(sheet.oddHeader, center="Trang &P / &N")
    print_on(sheet.oddFooter, center="&D &T &F &A")


LOOK_ALIKES = [
    without_our_foot,
    numbered_pages,
    as_it_is,
    other_dress,
    other_order,
    without_our_sheets,
    blank_sheet,
    other_author,
    typed_as_text,
]


@pytest.mark.parametrize("write", LOOK_ALIKES)
def test_a_copy_that_a_person_reads_alike_is_identical_and_asks_nothing(
    made: Path, tmp_path: Path, write: Write
) -> None:
    result = concluded(tmp_path, {FIRST: made.read_bytes(), SECOND: with_change(made, write)})
    assert told(result, SECOND)["F009"] == "info"
    assert set(told(result, FIRST)) & {"F009", "F011"} == set()
    assert not asks(result)


def test_a_correction_of_nothing_but_what_was_asked_about_is_no_question(made: Path, tmp_path: Path) -> None:
    asked = with_change(made, lambda _workbook, sheet: setattr(sheet[place(sheet, BOOKS)], "value", "khoảng 50"))
    result = concluded(tmp_path, {FIRST: asked, SECOND: made.read_bytes()})
    assert told(result, SECOND)["F011"] == "info"
    other = with_change(made, lambda _workbook, sheet: setattr(sheet[place(sheet, SEMINARS)], "value", 17))
    assert told(concluded(tmp_path, {FIRST: asked, SECOND: other}), SECOND)["F011"] == "warning"


def converted(file: Path, kind: str, folder: Path) -> bytes:
    folder.mkdir(exist_ok=True)
    out = folder / f"saved.{kind}"
    flavour = {"xls": ["-T", "Gnumeric_Excel:excel_biff8"]}.get(kind, [])
    subprocess.run(["ssconvert", *flavour, str(file), str(out)], check=True, capture_output=True, timeout=120)
    return out.read_bytes()


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_copy_saved_again_by_libreoffice_is_identical(
    made: Path, tmp_path: Path, soffice: Convert, kind: str
) -> None:
    saved = soffice(made, kind, tmp_path / "saved").read_bytes()
    result = concluded(tmp_path, {FIRST: made.read_bytes(), f"07135 lan 2.{kind}": saved})
    assert "F009" in told(result, f"07135 lan 2.{kind}")
    assert not asks(result)


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_words_of_its_own_beside_the_cells_are_the_same_in_a_copy_saved_again(
    made: Path, tmp_path: Path, soffice: Convert, kind: str
) -> None:
    def write(_workbook: Workbook, sheet: Worksheet) -> None:
        print_on(sheet.oddHeader, center='&"Times New Roman,Bold"&12 Bổ sung: số sách là 1350', right="Trang &P")

    changed = tmp_path / "changed.xlsx"
    changed.write_bytes(with_change(made, write))
    changed.write_bytes(with_box(changed, "số sách là 1350"))
    saved = soffice(changed, kind, tmp_path / "saved").read_bytes()
    result = concluded(tmp_path, {FIRST: changed.read_bytes(), f"07135 lan 2.{kind}": saved})
    assert "F009" in told(result, f"07135 lan 2.{kind}")
    assert not asks(result)
    other = concluded(tmp_path, {FIRST: made.read_bytes(), f"07135 lan 2.{kind}": saved})
    assert told(other, f"07135 lan 2.{kind}")["F011"] == "warning"


@pytest.mark.libreoffice
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_copy_saved_again_by_gnumeric_is_identical(made: Path, tmp_path: Path, kind: str) -> None:
    if not shutil.which("ssconvert"):
        skip("Gnumeric (ssconvert) is absent")
    saved = converted(made, kind, tmp_path / "saved")
    result = concluded(tmp_path, {FIRST: made.read_bytes(), f"07135 lan 2.{kind}": saved})
    assert "F009" in told(result, f"07135 lan 2.{kind}")
    assert not asks(result)


# The page of a unit that came back ------------------------------------------------------------------------------


def page_of(summary: Path, write: Callable[[Worksheet], None]) -> bytes:
    """Cut the page of the unit out of a summary, with something written into it."""
    workbook = load_workbook(summary)
    for sheet in workbook.worksheets:
        if not sheet.title.startswith(UNIT):
            workbook.remove(sheet)
    write(workbook.worksheets[0])
    buffer = BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("number", [None, 1350])
def test_a_page_of_a_unit_is_held_against_the_return_in_use(made: Path, tmp_path: Path, number: int | None) -> None:
    write_summary(concluded(tmp_path, {FIRST: made.read_bytes()}), tmp_path / "summary.xlsx", unit_sheets=True)

    def write(sheet: Worksheet) -> None:
        if number is not None:
            title = FORM.by_key["books_donated"].title
            row = next(cell.row for line in sheet.iter_rows() for cell in line if cell.value == title)
            sheet.cell(row, [one.key for one in FORM.columns].index("quantity") + 1).value = number

    page = page_of(tmp_path / "summary.xlsx", write)
    result = concluded(tmp_path, {FIRST: made.read_bytes(), "trang.xlsx": page})
    assert set(told(result, "trang.xlsx")) == ({"F033"} if number is None else {"F061"})
    assert asks(result) == (number is not None)
    if number is not None:
        line = line_of(result, "trang.xlsx")
        assert line.unit == UNIT
        assert [str(said).endswith("→ 1350") for said in line.findings[0].facts["cells"]] == [True]  # type: ignore[union-attr]
