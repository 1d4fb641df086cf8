"""Each cell to a number, a text, blank or a finding; merged cells, doubt, Word and legacy fonts included."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

import pytest
from docx import Document
from openpyxl.utils.cell import coordinate_to_tuple

from pipeline.desk import Desk, desk_for
from pipeline.find import Found
from pipeline.intake import read_bytes
from pipeline.kinds import Kind
from pipeline.limits import DEFAULT
from pipeline.model import Entry, FileReading, Return, State
from pipeline.read import Sheet, read_sheets
from pipeline.read_docx import read_tables
from pipeline.returns import Medium, read_forms
from pipeline.second_look import Dress, SheetFacts, sheet_facts
from pipeline.template import write_template
from schemas.register import load_register_csv, shipped_register
from schemas.rules import Cell, Severity
from schemas.text import fold
from tests.alterations import NOTHING_HIDDEN, Draft, as_sheet, blank_draft, fill
from tests.builders import shipped_form

UNIT = "07135"
PAIR, SINGLE, PEOPLE_ONLY, MONEY = "class_literacy", "news_items", "class_participants_total", "funding_state_budget"
Change = Callable[[Draft], None]


@cache
def desk() -> Desk:
    form = shipped_form()
    return desk_for(form, load_register_csv(shipped_register(form.register), form.first_day), DEFAULT)


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Draft:
    path = tmp_path_factory.mktemp("template") / "blank.xlsx"
    register = desk().names.register
    write_template(desk().form, register, path, register.by_code[UNIT])
    data = path.read_bytes()
    sheet = next(iter(read_sheets(data, DEFAULT)))
    return blank_draft(desk().form, sheet, sheet_facts(data, Kind.XLSX, sheet.name).formulas)


@pytest.fixture
def draft(blank: Draft) -> Draft:
    return fill(blank, Random(5), blanks=0)


def type_in(draft: Draft, row: str, **values: object) -> None:
    line = draft.line(row)
    assert line is not None
    for name, value in values.items():
        line.cells.pop(name, None)
        if value is not None:
            line.cells[name] = value  # type: ignore[assignment]


def read(draft: Draft, facts: SheetFacts | None = NOTHING_HIDDEN) -> Return:
    start = FileReading("a.xlsx", "0" * 64, (), ())
    (one,) = read_forms(start, [as_sheet(draft)[0]], Medium(lambda sheet: facts), desk()).returns
    return one


def entry(one: Return, row: str, measure: str) -> Entry:
    return next(each for each in one.entries if each.key == Cell(row, measure))


def at(one: Return, row: str) -> list[tuple[str, str | None]]:
    return [(told.code, told.measure) for told in one.findings if told.row == row]


def merge(draft: Draft, row: str, value: object, below: str = "") -> None:
    upper, lower = draft.line(row), draft.line(below or row)
    assert upper is not None
    assert lower is not None
    left, right = ("people", "people") if below else ("quantity", "people")
    type_in(draft, row, **{left: value, **({} if below else {right: None})})
    draft.merges.append((upper, left, lower, right))


# Merged cells -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "measure"), [(SINGLE, "quantity"), (PEOPLE_ONLY, "people"), (MONEY, "quantity")])
def test_a_number_merged_over_both_columns_is_that_of_the_one_measure_the_row_takes(
    draft: Draft, row: str, measure: str
) -> None:
    merge(draft, row, 20_000.0)
    one = read(draft)
    line = draft.line(row)
    assert line is not None
    assert (entry(one, row, measure).value, entry(one, row, measure).cell) == (20_000, f"D{draft.place(line) + 1}")
    assert at(one, row) == []


def test_a_number_merged_over_both_columns_of_a_pair_is_nobodys(draft: Draft) -> None:
    merge(draft, PAIR, 12.0)
    one = read(draft)
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [None, None]
    assert {code for code, _ in at(one, PAIR)} == {"V003"}


def test_a_pair_typed_into_its_merged_cells_is_split_and_told(draft: Draft) -> None:
    merge(draft, PAIR, "12 lớp/340 người")
    one = read(draft)
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [12, 340]
    assert at(one, PAIR) == [("V025", "quantity")]


def test_a_number_merged_over_two_rows_is_neithers(draft: Draft) -> None:
    merge(draft, "class_universal_education", 12.0, below=PAIR)
    one = read(draft)
    for row in ("class_universal_education", PAIR):
        assert entry(one, row, "people").value is None
        assert ("V003", "people") in at(one, row)


# Blanks that a unit says are zero -------------------------------------------------------------------------------------


def answer_yes(draft: Draft) -> None:
    words = desk().labels.stamp
    question = fold(words.spellings("blank_means_zero")[0])
    for line in draft.lines:
        for name, value in line.cells.items():
            if isinstance(value, str) and fold(value) == question:
                beside = draft.columns[draft.columns.index(name) + 1 :]
                place = next((column for column in beside if line.cells.get(column, "") != ""), beside[0])
                line.cells[place] = words.spellings("blank_yes")[0]
                return
    pytest.fail("the question is not there")


def test_a_blank_cell_of_a_doubtful_row_is_never_a_zero(draft: Draft) -> None:
    answer_yes(draft)
    line = draft.line(PAIR)
    assert line is not None
    again = replace(line, cells={**line.cells, "quantity": ""})
    draft.lines.insert(draft.lines.index(line) + 1, again)
    type_in(draft, PAIR, people=None)
    one = read(draft)
    assert ("S009", None) in at(one, PAIR)
    assert one.blank_means_zero
    for measure in ("quantity", "people"):
        assert (entry(one, PAIR, measure).state, entry(one, PAIR, measure).value) == (State.UNREADABLE, None)


def test_a_blank_cell_of_a_doubtful_measure_is_never_a_zero(draft: Draft) -> None:
    answer_yes(draft)
    doubled = second_people_column(draft)
    for row in (PAIR, "class_it_staff"):
        line = draft.line(row)
        assert line is not None
        line.cells[doubled] = line.cells.pop("people")
    one = read(draft)
    assert [told.measure for told in one.findings if told.code == "S016"] == ["people"]
    assert entry(one, PAIR, "people").state is State.UNREADABLE


@pytest.mark.parametrize("note", [12.0, "12", "12 tin", "12 tin, bài"])
@pytest.mark.parametrize("answered", [False, True])
def test_a_number_in_the_note_of_a_blank_row_is_told_there_and_is_no_zero(
    draft: Draft, note: object, answered: bool
) -> None:
    type_in(draft, SINGLE, quantity=None, note=note)
    if answered:
        answer_yes(draft)
    one = read(draft)
    (told,) = [told for told in one.findings if told.code == "S004"]
    line = draft.line(SINGLE)
    assert line is not None
    where = (told.severity, told.cell, told.row, told.measure)
    assert where == (Severity.WARNING, f"F{draft.place(line) + 1}", SINGLE, "quantity")
    assert entry(one, SINGLE, "quantity").value is None


@pytest.mark.parametrize("note", ["Năm 2019 có 12 tin", "không", "10/10/2020", "0"])
def test_a_remark_that_only_mentions_a_number_leaves_a_blank_cell_to_the_units_answer(draft: Draft, note: str) -> None:
    type_in(draft, SINGLE, quantity=None, note=note)
    answer_yes(draft)
    one = read(draft)
    assert "S004" not in {told.code for told in one.findings}
    assert entry(one, SINGLE, "quantity").value == 0


def test_a_number_in_the_note_of_a_filled_row_is_a_remark(draft: Draft) -> None:
    type_in(draft, SINGLE, note="12 tin")
    assert at(read(draft), SINGLE) == []


def second_people_column(draft: Draft) -> str:
    """Insert a second column "Người" right of the first; gives its name."""
    column = "people again"
    draft.columns.insert(draft.columns.index("people") + 1, column)
    head = next(line for line in draft.lines if fold(str(line.cells.get("people", ""))) == "nguoi")
    head.cells[column] = head.cells["people"]
    return column


# Doubt and grouping -----------------------------------------------------------------------------------------------


def test_a_row_in_doubt_moves_no_number_out_of_the_wrong_column(draft: Draft) -> None:
    type_in(draft, MONEY, unit_of_measure="nghìn đồng", quantity=None, people=15_000.0)
    draft.merges.clear()
    one = read(draft)
    assert entry(one, MONEY, "quantity").value is None
    assert ("S010", None) in at(one, MONEY)
    assert ("S004", "people") in at(one, MONEY)


def test_the_same_sure_reading_in_many_cells_is_told_once_with_its_cells(draft: Draft) -> None:
    rows = [row.key for row in desk().form.rows if row.key.startswith("class_")][2:]
    for row in rows:
        type_in(draft, row, quantity="12 lớp")
    one = read(draft)
    (told,) = [told for told in one.findings if told.code == "V022"]
    cells = told.facts["cells"]
    assert isinstance(cells, tuple)
    assert len(cells) == told.facts["count"] == len(rows)
    assert all(entry(one, row, "quantity").state is State.READ for row in rows)


def test_a_few_readings_are_told_each_at_its_cell(draft: Draft) -> None:
    type_in(draft, PAIR, quantity="12 lớp")
    assert at(read(draft), PAIR) == [("V022", "quantity")]


@pytest.mark.parametrize(
    ("dress", "value", "codes", "counted", "offered"),
    [
        (Dress("# nghìn đồng"), 15_000, ["V003"], None, (15_000, 15_000_000)),
        (Dress("# triệu"), 15, ["V003"], None, (15, 15_000_000)),
        (Dress("#00"), 15, ["V003"], None, (15, 1500)),
        (Dress("#%"), 12, ["V003"], None, (12,)),
        (Dress("#", thousands=1), 15_000, ["V003"], None, (15_000, 15)),
        (Dress("# nghìn", thousands=1), 15_000, ["V022"], 15_000, ()),
        (Dress("# lớp"), 15, ["V022"], 15, ()),
        (Dress("# đồng"), 15_000, [], 15_000, ()),
        (Dress(""), 15, [], 15, ()),
    ],
)
def test_a_number_whose_format_shows_another_one_is_not_counted(
    draft: Draft, dress: Dress, value: int, codes: list[str], counted: int | None, offered: tuple[int, ...]
) -> None:
    type_in(draft, MONEY, quantity=value)
    plain = read(draft)
    place = entry(plain, MONEY, "quantity")
    assert (place.state, place.value) == (State.STATED, value)
    row, column = coordinate_to_tuple(place.cell)
    one = read(draft, replace(NOTHING_HIDDEN, dressed={(row - 1, column - 1): dress}))
    told = [each for each in one.findings if each.row == MONEY and each.measure == "quantity"]
    assert [each.code for each in told if each.code[0] == "V"] == codes
    assert entry(one, MONEY, "quantity").value == counted
    assert [each.cell for each in told if each.code == "V003"] == [place.cell] * bool(offered)
    assert next((each.suggestions for each in told if each.code == "V003"), ()) == offered
    assert [each.facts["what"] for each in one.findings if each.code == "S013"] == [(place.cell,)] * (not dress.pattern)


def test_a_number_in_the_unit_column_is_told_with_its_address(draft: Draft) -> None:
    type_in(draft, PAIR, unit_of_measure=45.0)
    one = read(draft)
    line = draft.line(PAIR)
    assert line is not None
    (told,) = [told for told in one.findings if told.code == "S004"]
    assert told.cell == f"C{draft.place(line) + 1}"


def test_a_blank_cell_is_not_known_to_be_blank_without_a_second_look(draft: Draft) -> None:
    type_in(draft, PAIR, quantity=None)
    assert ("V017", "quantity") in at(read(draft, facts=None), PAIR)


# Legacy fonts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_workbook_in_a_legacy_font_gives_numbers_notes_and_one_finding(draft: Draft, encoding: str) -> None:
    type_in(draft, PAIR, note="Phối hợp với Hội Phụ nữ", quantity="12 lớp")
    draft.encoding = encoding
    start = FileReading("a.xls", "0" * 64, (), ())
    reading = read_forms(start, [as_sheet(draft)[0]], Medium(lambda sheet: NOTHING_HIDDEN), desk())
    (one,) = reading.returns
    assert [(told.code, told.facts) for told in reading.findings] == [("F027", {"encoding": encoding})]
    assert entry(one, PAIR, "note").text == "Phối hợp với Hội Phụ nữ"
    assert entry(one, PAIR, "quantity").value == 12
    assert one.claim.unit == UNIT


def test_unicode_cells_in_a_legacy_workbook_stay(draft: Draft) -> None:
    draft.encoding = "tcvn3"
    sheet, facts = as_sheet(draft)
    row = next(index for index, line in enumerate(draft.lines) if line.key == PAIR)
    rows = [list(cells) for cells in sheet.rows]
    rows[row][5] = "Xã đã tổ chức ở thôn Đông"
    start = FileReading("a.xls", "0" * 64, (), ())
    sheet = Sheet(sheet.name, False, 0, 0, rows, sheet.merged)
    (one,) = read_forms(start, [sheet], Medium(lambda sheet: facts), desk()).returns
    assert entry(one, PAIR, "note").text == "Xã đã tổ chức ở thôn Đông"


# Word -------------------------------------------------------------------------------------------------------------


def word(draft: Draft, *, title: str = "Kết quả Tuần lễ năm 2020") -> bytes:
    document = Document()
    document.add_paragraph("Đơn vị báo cáo: Phường Đông Mai")
    document.add_paragraph(title)
    lines = [line for line in draft.lines if line.kind in ("head", "row")]
    names = draft.columns[:6]
    table = document.add_table(len(lines), len(names))
    for row, line in enumerate(lines):
        for column, name in enumerate(names):
            value = line.cells.get(name, "")
            table.cell(row, column).text = str(int(value)) if isinstance(value, float) else str(value)
    table.cell(0, 3).merge(table.cell(0, 4))
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_table_is_read_and_every_value_is_marked_as_read(draft: Draft) -> None:
    reading = read_bytes(Found("tra_loi.docx", Path("tra_loi.docx")), word(draft), desk())
    (one,) = reading.returns
    assert one.claim.unit == UNIT
    counted = [each for each in one.entries if each.counted]
    assert {each.key: each.value for each in counted} == draft.truth
    assert {each.state for each in counted} == {State.READ}
    (told,) = [told for told in one.findings if told.code == "F026"]
    assert told.facts["count"] == len(draft.truth)


def test_an_address_in_word_is_that_of_the_table(draft: Draft) -> None:
    type_in(draft, PAIR, quantity="khoảng 50")
    (one,) = read_bytes(Found("a.docx", Path("a.docx")), word(draft), desk()).returns
    line = draft.line(PAIR)
    assert line is not None
    row = draft.place(line) - min(draft.place(each) for each in draft.lines if each.kind == "head") + 1
    (told,) = [told for told in one.findings if told.code == "V002"]
    assert (told.sheet, told.cell) == ("Word 1", f"D{row}")


def test_a_word_table_under_the_title_of_another_year_is_another_form(draft: Draft) -> None:
    data = word(draft, title="Kết quả Tuần lễ năm 2021")
    (one,) = read_bytes(Found("a.docx", Path("a.docx")), data, desk()).returns
    assert "F015" in [told.code for told in one.findings]


def test_a_letter_in_word_without_the_form_is_to_be_looked_at() -> None:
    document = Document()
    document.add_paragraph("Kính gửi: Phòng GD&ĐT")
    buffer = io.BytesIO()
    document.save(buffer)
    reading = read_bytes(Found("cv.docx", Path("cv.docx")), buffer.getvalue(), desk())
    assert [told.code for told in reading.findings] == ["F006"]


def test_merged_cells_of_word_hold_their_text_once() -> None:
    document = Document()
    table = document.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(1, 1)).text = "12"
    table.cell(2, 2).text = "007"
    buffer = io.BytesIO()
    document.save(buffer)
    (sheet,) = read_tables(buffer.getvalue(), DEFAULT)
    assert sheet.rows == [[12, "", ""], ["", "", ""], ["", "", "007"]]
    assert sheet.merged == ((0, 0, 1, 1),)


def test_a_damaged_word_file_is_named_damaged(draft: Draft) -> None:
    data = word(draft)
    reading = read_bytes(
        Found("a.docx", Path("a.docx")), data.replace(b"word/document.xml", b"word/documenx.xml"), desk()
    )
    assert reading.returns == ()
    assert len(reading.findings) == 1
