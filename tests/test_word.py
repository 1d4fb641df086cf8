"""A table of Word is read as it is shown: through content controls and tracked changes, or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as DocumentObject
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Inches
from docx.table import Table

from pipeline.extract.file import read_bytes
from pipeline.model import FileReading, Finding
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.sheets import CellValue, OverLimit
from pipeline.readers.word.tables import UnevenTable, read_tables
from schemas.form import ValueKind
from schemas.rules import Cell
from tests.legacy_encoders import to_tcvn3
from tests.reading import desk
from tests.returned import FIGURES, FORM

UNIT, ROW = "07132", "class_worker_skills"
QUANTITY, PEOPLE, NOTE = 3, 4, 5
HEAD_ROWS = 2
Change = Callable[[Table], None]


def form_in(document: object) -> Table:
    """Put the form with the figures of a unit into a document or cell."""
    table: Table = document.add_table(HEAD_ROWS + len(FORM.rows), len(FORM.columns))  # type: ignore[attr-defined]
    for index, column in enumerate(FORM.columns):
        table.cell(0, index).text = column.head[0]
        table.cell(1, index).text = column.head[-1] if len(column.head) > 1 else ""
    for index, row in enumerate(FORM.rows, HEAD_ROWS):
        cells = table.rows[index].cells
        cells[0].text, cells[1].text, cells[2].text = row.stt, row.label, row.unit_of_measure
        for place, measure in ((QUANTITY, "quantity"), (PEOPLE, "people")):
            number = FIGURES[UNIT].get(f"{row.key}.{measure}")
            cells[place].text = "" if number is None else str(number)
    return table


def bytes_of(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def sent(change: Change) -> FileReading:
    """Read a document whose form was changed in some way."""
    document = Document()
    document.add_paragraph("Đơn vị báo cáo: Phường Quảng Yên")
    change(form_in(document))
    return read_bytes(Found("a.docx", Path("a.docx")), bytes_of(document), desk())


def numbers(reading: FileReading) -> dict[str, int | None]:
    (one,) = reading.returns
    return {str(each.key): each.value for each in one.entries if each.counted and each.value is not None}


def line(table: Table) -> BaseOxmlElement:
    element: BaseOxmlElement = table.rows[HEAD_ROWS + [row.key for row in FORM.rows].index(ROW)]._tr
    return element


def cell(table: Table, place: int = QUANTITY) -> BaseOxmlElement:
    element: BaseOxmlElement = line(table).findall(qn("w:tc"))[place]
    return element


def put_round(element: BaseOxmlElement, *names: str) -> None:
    """Put elements round one, the outermost first."""
    outer = inner = OxmlElement(names[0])
    for name in names[1:]:
        inner.append(OxmlElement(name))
        inner = inner[-1]
    element.getparent().replace(element, outer)
    inner.append(element)


ROUND = [("w:sdt", "w:sdtContent"), ("w:customXml",), ("w:sdt", "w:sdtContent", "w:sdt", "w:sdtContent")]


@pytest.mark.parametrize("names", ROUND)
@pytest.mark.parametrize("what", ["row", "cell", "paragraph", "table"])
def test_what_stands_round_a_row_cell_or_paragraph_moves_no_number(names: tuple[str, ...], what: str) -> None:
    def change(table: Table) -> None:
        inside = {"row": line(table), "cell": cell(table), "paragraph": cell(table)[-1], "table": table._tbl}
        put_round(inside[what], *names)

    assert numbers(sent(change)) == numbers(sent(lambda table: None))


@pytest.mark.parametrize("name", ["w:ins", "w:smartTag", "w:moveTo"])
def test_what_was_inserted_or_tagged_is_read(name: str) -> None:
    reading = sent(lambda table: put_round(cell(table)[-1][-1], name))
    assert numbers(reading) == numbers(sent(lambda table: None))


def runs(*parts: str) -> Change:
    """Write the cell of a number in these parts of its paragraph."""

    def change(table: Table) -> None:
        paragraph = cell(table)[-1]
        for run in list(paragraph):
            paragraph.remove(run)
        for part in parts:
            paragraph.append(parse_xml(part.replace(" w:is", f" {nsdecls('w')}", 1)))

    return change


RUN = "<w:r><w:t>{0}</w:t></w:r>"


@pytest.mark.parametrize(
    "gone",
    [
        '<w:del w:is w:id="1" w:author="a"><w:r><w:delText>9</w:delText><w:tab/></w:r></w:del>',
        '<w:moveFrom w:is w:id="1" w:author="a"><w:r><w:t>9</w:t></w:r></w:moveFrom>',
        "<w:sdt w:is><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>"
        "<w:r><w:t>Bấm vào đây 9</w:t></w:r></w:sdtContent></w:sdt>",
    ],
)
def test_what_was_deleted_or_is_only_a_prompt_is_not_read(gone: str) -> None:
    kept = '<w:ins w:is w:id="2" w:author="a"><w:r><w:t>3</w:t></w:r></w:ins>'
    assert numbers(sent(runs(gone, kept)))[str(Cell(ROW, "quantity"))] == 3
    assert str(Cell(ROW, "quantity")) not in numbers(sent(runs(gone)))


def test_a_row_deleted_with_changes_tracked_is_no_row() -> None:
    def change(table: Table) -> None:
        twin = parse_xml(line(table).xml)
        line(table).addnext(twin)
        twin.get_or_add_trPr().append(OxmlElement("w:del"))

    assert numbers(sent(change)) == numbers(sent(lambda table: None))


@pytest.mark.parametrize("place", [QUANTITY, PEOPLE, NOTE])
def test_a_form_whose_cells_do_not_fill_a_row_is_to_be_typed_and_never_shifted(place: int) -> None:
    reading = sent(lambda table: line(table).remove(cell(table, place)))
    assert reading.returns == ()
    assert [told.code for told in reading.findings] == ["F006"]


def test_columns_that_a_row_leaves_out_at_its_end_are_told_in_the_file_and_shift_nothing() -> None:
    def change(table: Table) -> None:
        row = line(table)
        row.remove(cell(table, NOTE))
        left_out = OxmlElement("w:gridAfter")
        left_out.set(qn("w:val"), "1")
        row.get_or_add_trPr().append(left_out)

    assert numbers(sent(change)) == numbers(sent(lambda table: None))


def test_rows_of_a_table_within_a_cell_are_no_rows_of_the_form() -> None:
    def change(table: Table) -> None:
        inner = table.rows[HEAD_ROWS].cells[NOTE].add_table(2, 1)
        inner.cell(0, 0).text, inner.cell(1, 0).text = "Đợt 1", "Đợt 2"

    reading = sent(change)
    assert numbers(reading) == numbers(sent(lambda table: None))
    (one,) = reading.returns
    assert {each.code for each in one.findings} == {"F026"}
    first = FORM.rows[0].key
    assert next(each.text for each in one.entries if each.key == Cell(first, "note")) == "Đợt 1 Đợt 2"
    assert [each.cell for each in one.entries if each.key == Cell(ROW, "quantity")] == [
        f"D{HEAD_ROWS + 1 + [row.key for row in FORM.rows].index(ROW)}"
    ]


def test_a_form_within_a_cell_of_another_table_is_read() -> None:
    document = Document()
    document.add_paragraph("Đơn vị báo cáo: Phường Quảng Yên")
    form_in(document.add_table(1, 1).cell(0, 0))
    reading = read_bytes(Found("a.docx", Path("a.docx")), bytes_of(document), desk())
    assert numbers(reading) == numbers(sent(lambda table: None))
    assert [one.claim.unit for one in reading.returns] == [UNIT]


def rows_of(change: Change) -> list[list[CellValue]]:
    document = Document()
    table = document.add_table(2, 2)
    for index, text in enumerate("abcd"):
        table.cell(index // 2, index % 2).text = text
    change(table)
    (sheet,) = read_tables(bytes_of(document), DEFAULT)
    return [list(row) for row in sheet.rows]


def test_a_text_that_stands_twice_for_older_programs_is_read_once() -> None:
    def change(table: Table) -> None:
        compatible = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        run, inner = OxmlElement("w:r"), RUN.format("12")
        both = parse_xml(
            f'<mc:AlternateContent xmlns:mc="{compatible}" {nsdecls("w")}>'
            f"<mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent>"
        )
        run.append(both)
        table.cell(0, 0).paragraphs[0]._p.append(run)

    assert rows_of(change) == [["a12", "b"], ["c", "d"]]


def test_a_table_without_a_grid_is_as_wide_as_its_rows() -> None:
    def without_grid(table: Table) -> None:
        grid = table._tbl.tblGrid
        for column in list(grid):
            grid.remove(column)

    assert rows_of(without_grid) == [["a", "b"], ["c", "d"]]

    def uneven(table: Table) -> None:
        without_grid(table)
        table.rows[1]._tr.remove(table.rows[1]._tr.findall(qn("w:tc"))[1])

    with pytest.raises(UnevenTable):
        rows_of(uneven)


# What stands round the table ---------------------------------------------------------------------------------------

THOUSANDS = "Kinh phí tính bằng nghìn đồng"
MONEY = [row.key for row in FORM.rows if ValueKind.MONEY in row.kinds.values()]


def written(write: Callable[[DocumentObject], None]) -> FileReading:
    """Read a document whose form is followed, and headed, by something else."""
    document = Document()
    document.add_paragraph("Đơn vị báo cáo: Phường Quảng Yên")
    form_in(document)
    write(document)
    return read_bytes(Found("a.docx", Path("a.docx")), bytes_of(document), desk())


def told(reading: FileReading, code: str) -> list[Finding]:
    (one,) = reading.returns
    return [finding for finding in one.findings if finding.code == code]


def below(document: DocumentObject) -> None:
    document.add_paragraph(f"{THOUSANDS}. Chưa kể 3 lớp của trường.")


def in_a_table(document: DocumentObject) -> None:
    document.add_table(1, 2).cell(0, 1).text = THOUSANDS


def below_a_table(document: DocumentObject) -> None:
    document.add_table(1, 2).cell(0, 1).text = "Người lập"
    below(document)


def between_tables(document: DocumentObject) -> None:
    below(document)
    document.add_table(1, 2).cell(0, 1).text = "Người lập"


def in_a_table_above(document: DocumentObject) -> None:
    document.element.body.insert(0, document.add_table(1, 1)._tbl)
    document.tables[0].cell(0, 0).text = THOUSANDS


def in_the_header(document: DocumentObject) -> None:
    document.sections[0].header.paragraphs[0].text = THOUSANDS


def in_the_footer(document: DocumentObject) -> None:
    document.sections[0].footer.add_table(1, 1, Inches(5)).cell(0, 0).text = THOUSANDS


def in_the_header_of_the_first_page(document: DocumentObject) -> None:
    document.sections[0].different_first_page_header_footer = True
    document.sections[0].first_page_header.paragraphs[0].text = THOUSANDS


ROUND_THE_TABLE = [
    below,
    in_a_table,
    below_a_table,
    between_tables,
    in_a_table_above,
    in_the_header,
    in_the_footer,
    in_the_header_of_the_first_page,
]


@pytest.mark.parametrize("write", ROUND_THE_TABLE)
def test_what_money_is_counted_in_is_seen_wherever_the_document_says_it(
    write: Callable[[DocumentObject], None],
) -> None:
    reading = written(write)
    assert [one.row for one in told(reading, "S010")] == MONEY
    assert not {str(Cell(key, "quantity")) for key in MONEY} & numbers(reading).keys()


def test_words_below_the_table_and_in_other_tables_are_listed_and_move_no_number() -> None:
    def write(document: DocumentObject) -> None:
        document.add_paragraph("Các lớp mở tại trường học")
        table = document.add_table(2, 2)
        table.cell(0, 0).text, table.cell(0, 1).text, table.cell(1, 0).text = "Lớp khác", "47", FORM.rows[0].label

    reading = written(write)
    assert numbers(reading) == numbers(sent(lambda table: None))
    end = HEAD_ROWS + len(FORM.rows)
    (texts,) = told(reading, "S005")
    (figures,) = told(reading, "S004")
    assert (texts.cell, figures.cell) == (f"A{end + 1}", f"A{end + 3}")
    assert texts.facts["places"] == (f"A{end + 1}", f"A{end + 2}", f"A{end + 4}")
    assert figures.facts["found"] == (f'A{end + 3} "47"',)


def test_a_line_below_the_table_is_no_title_of_it() -> None:
    plan = "Kế hoạch năm 2021: mở thêm lớp"

    def over(document: DocumentObject) -> None:
        document.element.body.insert(0, document.add_paragraph(plan)._p)

    def beneath(document: DocumentObject) -> None:
        document.add_paragraph(plan)

    assert told(written(over), "F015")
    assert not told(written(beneath), "F015")


def test_a_header_that_is_not_shown_and_the_number_of_a_page_are_told_nowhere() -> None:
    def write(document: DocumentObject) -> None:
        document.settings.odd_and_even_pages_header_footer = False
        document.sections[0].even_page_header.paragraphs[0].text = THOUSANDS
        document.sections[0].footer.paragraphs[0].text = "- 1 -"

    assert [one.code for one in written(write).returns[0].findings] == ["F026"]


def test_a_header_of_several_sections_is_listed_once() -> None:
    def write(document: DocumentObject) -> None:
        for section in (document.sections[0], document.add_section()):
            section.header.is_linked_to_previous = False
            section.header.paragraphs[0].text = "Tuần lễ học tập"

    (texts,) = told(written(write), "S005")
    assert texts.cell == f"A{HEAD_ROWS + len(FORM.rows) + 1}"
    assert "places" not in texts.facts


def test_a_header_is_that_of_every_form_of_its_section_and_of_no_other() -> None:
    def write(document: DocumentObject) -> None:
        document.add_paragraph("Đơn vị báo cáo: Phường Đông Mai")
        form_in(document)
        document.sections[0].header.paragraphs[0].text = THOUSANDS
        section = document.add_section()
        section.header.is_linked_to_previous = False
        section.header.paragraphs[0].text = "Đơn vị báo cáo: Phường Minh Thành"
        form_in(document)

    returns = written(write).returns
    assert [one.claim.unit for one in returns] == [UNIT, "07135", "07138"]
    assert [{each.row for each in one.findings if each.code == "S010"} for one in returns] == [
        {*MONEY},
        {*MONEY},
        set(),
    ]


def test_lines_round_a_table_are_held_to_the_limit_of_rows() -> None:
    document = Document()
    document.add_table(1, 1)
    document.add_paragraph("Hết")
    with pytest.raises(OverLimit):
        list(read_tables(bytes_of(document), replace(DEFAULT, rows=1)))


def test_lines_between_the_forms_of_two_units_are_those_above_the_second() -> None:
    def write(document: DocumentObject) -> None:
        document.add_paragraph("Đơn vị báo cáo: Phường Đông Mai")
        form_in(document)
        document.add_paragraph("Hết")

    reading = written(write)
    assert [(one.sheet, one.claim.unit) for one in reading.returns] == [("Word 1", UNIT), ("Word 2", "07135")]
    first, second = ([each.found for each in one.findings if each.code == "S005"] for one in reading.returns)
    assert first == []
    assert second == [f"A{HEAD_ROWS + len(FORM.rows) + 1}: Hết"]


def test_a_document_in_a_legacy_font_is_read_with_what_stands_below_its_table() -> None:
    def write(document: DocumentObject) -> None:
        below(document)
        cells = (cell for row in document.tables[0].rows for cell in row.cells)
        for paragraph in (*document.paragraphs, *(each for cell in cells for each in cell.paragraphs)):
            paragraph.text = to_tcvn3(paragraph.text)

    reading = written(write)
    assert "F027" in [one.code for one in reading.findings]
    assert [one.row for one in told(reading, "S010")] == MONEY
    assert numbers(reading).keys() == numbers(written(below)).keys()


# What styles cross out or hide -------------------------------------------------------------------------------------


Prepare = Callable[[DocumentObject], None]


def styled(*parts: tuple[str, str], paragraph: str = "", prepare: Prepare | None = None) -> CellValue:
    """Read a cell written in runs of text and character style; the styles are named after what they set."""
    document = Document()
    styles = document.styles
    for name, kind in (("Gach", WD_STYLE_TYPE.CHARACTER), ("DoanGach", WD_STYLE_TYPE.PARAGRAPH)):
        styles.add_style(name, kind).font.strike = True
    styles.add_style("HaiGach", WD_STYLE_TYPE.CHARACTER).font.double_strike = True
    styles.add_style("DoanHaiGach", WD_STYLE_TYPE.PARAGRAPH).font.double_strike = True
    styles.add_style("An", WD_STYLE_TYPE.CHARACTER).font.hidden = True
    styles.add_style("Mu", WD_STYLE_TYPE.CHARACTER).font.superscript = True
    styles.add_style("TheoGach", WD_STYLE_TYPE.CHARACTER).base_style = styles["Gach"]
    lifted = styles.add_style("KhongGach", WD_STYLE_TYPE.CHARACTER)
    lifted.base_style, lifted.font.strike = styles["Gach"], False
    styles.add_style("TheoDoanGach", WD_STYLE_TYPE.PARAGRAPH).base_style = styles["DoanGach"]
    table = document.add_table(1, 1)
    line = table.cell(0, 0).paragraphs[0]
    if paragraph:
        line.style = styles[paragraph]
    for text, style in parts:
        line.add_run(text, style or None)
    if prepare:
        prepare(document)
    (sheet,) = read_tables(bytes_of(document), DEFAULT)
    return sheet.rows[0][0]


@pytest.mark.parametrize(
    ("parts", "paragraph", "found"),
    [
        ((("150", "Gach"), ("95", "")), "", "(gạch bỏ: 150) 95"),
        ((("150", "TheoGach"), ("95", "")), "", "(gạch bỏ: 150) 95"),
        ((("150", "KhongGach"), ("95", "")), "", 15095),
        ((("150", "HaiGach"), ("95", "")), "", "(gạch bỏ: 150) 95"),
        ((("850", ""), ("9", "An")), "", "850 (ẩn: 9)"),
        ((("114", ""), ("1", "Mu")), "", "114 1"),
        ((("12", ""),), "DoanGach", "(gạch bỏ: 12)"),
        ((("12", ""),), "TheoDoanGach", "(gạch bỏ: 12)"),
        ((("12", "Gach"),), "DoanGach", 12),
        ((("12", "HaiGach"),), "DoanHaiGach", "(gạch bỏ: 12)"),
        ((("12", ""),), "", 12),
    ],
)
def test_digits_that_a_style_crosses_out_or_hides_are_not_glued_to_others(
    parts: tuple[tuple[str, str], ...], paragraph: str, found: CellValue
) -> None:
    assert styled(*parts, paragraph=paragraph) == found


def test_what_a_run_says_itself_stands_over_its_styles() -> None:
    def lift(document: DocumentObject) -> None:
        document.tables[0].cell(0, 0).paragraphs[0].runs[0].font.strike = False

    assert styled(("12", "Gach"), paragraph="DoanGach", prepare=lift) == 12
    assert styled(("12", "Gach"), prepare=lift) == 12


def test_digits_are_crossed_out_by_the_defaults_of_a_document_its_plain_style_or_that_of_a_table() -> None:
    def by_default(document: DocumentObject) -> None:
        properties = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
        properties.append(OxmlElement("w:strike"))

    def by_normal(document: DocumentObject) -> None:
        document.styles["Normal"].font.strike = True

    def by_table(document: DocumentObject) -> None:
        style = document.styles.add_style("BangGach", WD_STYLE_TYPE.TABLE)
        style.font.strike = True
        document.tables[0].style = style

    for prepare in (by_default, by_normal, by_table):
        assert styled(("12", ""), prepare=prepare) == "(gạch bỏ: 12)"
    assert styled(("12", "Gach"), prepare=by_default) == "(gạch bỏ: 12)"


def test_styles_based_on_each_other_end_nowhere_and_stop_nothing() -> None:
    def in_a_ring(document: DocumentObject) -> None:
        styles = document.styles
        styles["Gach"].base_style = styles["TheoGach"]

    assert styled(("12", "Gach"), prepare=in_a_ring) == "(gạch bỏ: 12)"


def test_a_number_crossed_out_by_a_style_is_not_counted() -> None:
    def write(document: DocumentObject) -> None:
        document.styles.add_style("Gach", WD_STYLE_TYPE.CHARACTER).font.strike = True
        table = document.tables[0]
        paragraph = table.cell(HEAD_ROWS + [row.key for row in FORM.rows].index(ROW), QUANTITY).paragraphs[0]
        paragraph.runs[0].text = "95"
        paragraph.insert_paragraph_before().add_run("150", "Gach")

    reading = written(write)
    assert str(Cell(ROW, "quantity")) not in numbers(reading)
    assert [(one.row, one.measure) for one in told(reading, "V003")] == [(ROW, "quantity")]
