"""A table of Word is read as it is shown: through content controls and tracked changes, or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.table import Table

from pipeline.find import Found
from pipeline.intake import read_bytes
from pipeline.limits import DEFAULT
from pipeline.model import FileReading
from pipeline.read import CellValue
from pipeline.read_docx import UnevenTable, read_tables
from schemas.rules import Cell
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
