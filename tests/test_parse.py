"""Each cell to a number, a text, blank or a finding; merged cells, doubt, Word and legacy fonts included."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from docx import Document
from docx.table import _Cell
from openpyxl.utils.cell import coordinate_to_tuple

from pipeline.extract.blanks import OPEN_BLANKS
from pipeline.extract.context import ReadingContext, reading_context
from pipeline.extract.file import read_bytes
from pipeline.extract.numbers import load_number_words, read_number
from pipeline.extract.returns import read_forms
from pipeline.findings import load_wording, message, suggestion_text
from pipeline.findings.group import told_once
from pipeline.model import FileReading, Return, State
from pipeline.model.limits import DEFAULT
from pipeline.readers.book import Book
from pipeline.readers.find import Found
from pipeline.readers.raw import Dress, SheetFacts
from pipeline.readers.sheets import Sheet
from pipeline.readers.word.tables import read_tables
from schemas.register import load_register_csv, shipped_register
from schemas.rules import Cell, KindsKeptApart, Severity
from schemas.text import fold
from tests.alterations import NOTHING_HIDDEN, Draft, Line, as_sheet, fill
from tests.builders import shipped_form
from tests.reading import desk, entry

UNIT = "07135"
PAIR, SINGLE, PEOPLE_ONLY, MONEY = "class_literacy", "news_items", "class_participants_total", "funding_state_budget"
OTHER_PAIR, COLLECTIVES = "class_universal_education", "awards_collectives"
Change = Callable[[Draft], None]


@pytest.fixture
def draft(blank_of: Callable[[str], Draft]) -> Draft:
    return fill(blank_of(UNIT), Random(5), blanks=0)


def type_in(draft: Draft, row: str, **values: object) -> None:
    line = draft.line(row)
    assert line is not None
    for name, value in values.items():
        line.cells.pop(name, None)
        if value is not None:
            line.cells[name] = value  # type: ignore[assignment]


def read(draft: Draft, facts: SheetFacts | None = NOTHING_HIDDEN) -> Return:
    start = FileReading("a.xlsx", "0" * 64, (), ())
    (one,) = read_forms(start, [as_sheet(draft)[0]], Book(lambda sheet: facts), desk()).returns
    return one


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


def test_a_number_merged_over_a_pair_is_nobodys_also_where_only_the_second_look_tells_of_merged_cells(
    draft: Draft,
) -> None:
    merge(draft, PAIR, 12.0)
    sheet, facts = as_sheet(draft)
    start, book = FileReading("a.ods", "0" * 64, (), ()), Book(lambda _: replace(facts, merged=sheet.merged))
    (one,) = read_forms(start, [replace(sheet, merged=())], book, desk()).returns
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [None, None]
    assert {code for code, _ in at(one, PAIR)} == {"V003"}


def test_a_pair_is_not_written_over_another_number(draft: Draft) -> None:
    type_in(draft, PAIR, quantity="12 lớp/340 người", people=200.0)
    one = read(draft)
    assert entry(one, PAIR, "quantity").value is None
    assert entry(one, PAIR, "people").value == 200
    assert at(one, PAIR) == [("V003", "quantity")]


def test_a_pair_is_not_written_over_a_number_whose_format_shows_another(draft: Draft) -> None:
    type_in(draft, PAIR, quantity="12 lớp/340 người", people=340.0)
    line = draft.line(PAIR)
    assert line is not None
    place = (draft.place(line), draft.columns.index("people"))
    one = read(draft, replace(NOTHING_HIDDEN, dressed={place: Dress("# nghìn")}))
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [None, None]
    assert at(one, PAIR) == [("V003", "quantity"), ("V003", "people")]


def test_a_number_merged_over_two_rows_is_neithers(draft: Draft) -> None:
    merge(draft, "class_universal_education", 12.0, below=PAIR)
    one = read(draft)
    for row in ("class_universal_education", PAIR):
        assert entry(one, row, "people").value is None
        assert ("V003", "people") in at(one, row)


# Blanks that a unit says are zero -------------------------------------------------------------------------------------


FAIRS, LEAFLETS = "book_fairs", "publications"


@pytest.mark.parametrize(
    ("events", "people", "is_told"), [(2, 79, True), (2, 0, False), (0, 79, False), (2, None, False)]
)
def test_people_beside_a_single_count_are_added_and_told(
    draft: Draft, events: int, people: int | None, is_told: bool
) -> None:
    type_in(draft, FAIRS, quantity=float(events), people=None if people is None else float(people))
    one = read(draft)
    told = [each for each in one.findings if each.code == "R132"]
    assert [(each.cell, each.rule, each.counted) for each in told] == [
        (entry(one, FAIRS, "people").cell, "C-people", True)
    ] * is_told
    assert entry(one, FAIRS, "people").value == people


def adding_desk() -> ReadingContext:
    """The form as an office has it that adds both kinds."""
    form = shipped_form()
    rules = tuple(replace(rule, add_up=True) if isinstance(rule, KindsKeptApart) else rule for rule in form.rules)
    return reading_context(
        replace(form, rules=rules), load_register_csv(shipped_register(form.register), form.first_day), DEFAULT
    )


@pytest.mark.parametrize(
    ("typed", "code", "value"),
    [
        ("5 quyển, 200 tờ", "V034", 205),
        ("5 quyển và 5 tờ", "V034", 10),
        ("5 quyển, 200 người", "V013", None),
        ("5 quyển, 200 tờ, 3 bài", "V013", None),
    ],
)
def test_two_kinds_are_added_where_the_office_has_them_added(
    draft: Draft, typed: str, code: str, value: int | None
) -> None:
    type_in(draft, LEAFLETS, quantity=typed)
    assert [each.code for each in read(draft).findings if each.row == LEAFLETS] == ["V013"]
    start = FileReading("a.xlsx", "0" * 64, (), ())
    (one,) = read_forms(start, [as_sheet(draft)[0]], Book(lambda _: NOTHING_HIDDEN), adding_desk()).returns
    (told,) = [each for each in one.findings if each.row == LEAFLETS]
    assert (told.code, told.rule, told.counted) == (code, "A", value is not None)
    assert entry(one, LEAFLETS, "quantity").value == value
    assert value is None or str(value) in message(told, desk().form, "vi")


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


def test_a_unit_that_says_its_figures_are_not_complete_is_held_to_it(draft: Draft) -> None:
    answer_yes(draft)
    words = desk().labels.stamp
    yes, no = words.spellings("blank_yes")[0], words.spellings("blank_no")[0]
    for line in draft.lines:
        line.cells = {name: no if value == yes else value for name, value in line.cells.items()}
    type_in(draft, SINGLE, quantity=None)
    (told,) = [told for told in read(draft).findings if told.code in OPEN_BLANKS]
    assert (told.code, told.severity, told.facts["count"]) == ("V035", Severity.ERROR, 1)


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
    (told,) = [told for told in one.findings if told.code == "V030"]
    line = draft.line(SINGLE)
    assert line is not None
    where = (told.severity, told.cell, told.row, told.measure, told.found)
    assert where == (Severity.WARNING, f"D{draft.place(line) + 1}", SINGLE, "quantity", str(note).removesuffix(".0"))
    assert entry(one, SINGLE, "quantity").value is None
    assert one.elsewhere == {Cell(SINGLE, "quantity"): told.found}


@pytest.mark.parametrize("note", ["không", "0", "-", "chưa tổ chức", "Không tổ chức do dịch", "Hoãn sang năm sau"])
def test_a_note_that_there_was_nothing_leaves_a_blank_cell_to_the_units_answer(draft: Draft, note: str) -> None:
    type_in(draft, SINGLE, quantity=None, note=note)
    answer_yes(draft)
    one = read(draft)
    assert at(one, SINGLE) == []
    assert entry(one, SINGLE, "quantity").value == 0


NO_FIGURES = ("Ngày 5/10 và tháng 11", "Kế hoạch 12/KH-UBND năm 2020", "năm học 2019-2020", "Có danh sách kèm theo")


@pytest.mark.parametrize("note", NO_FIGURES)
def test_a_note_without_a_figure_says_nothing_of_a_blank_beside_a_number(draft: Draft, note: str) -> None:
    type_in(draft, PAIR, people=None, note=note)
    answer_yes(draft)
    one = read(draft)
    assert ("V030", "people") not in at(one, PAIR)
    assert entry(one, PAIR, "people").value == 0


@pytest.mark.parametrize(
    "note",
    [
        *("Năm 2019 có 12 tin", "Đợt 1", "đã mở 3 lớp, 90 người dự ngày 5/10/2020", "2020 tin", *NO_FIGURES),
        *(
            "ba lớp",
            "một trăm tin",
            "đang tổng hợp, báo cáo sau",
            "xem phụ lục",
            "chưa thống kê",
            "không có số liệu",
            "½",
        ),
    ],
)
def test_a_note_of_a_row_without_a_number_keeps_its_blank_cell_from_being_a_zero(draft: Draft, note: str) -> None:
    type_in(draft, SINGLE, quantity=None, note=note)
    answer_yes(draft)
    one = read(draft)
    assert at(one, SINGLE) == [("V030", "quantity")]
    assert entry(one, SINGLE, "quantity").value is None


AWARD_ROWS = ("awards_collectives", "awards_individuals")
MONEY_ROWS = ("funding_state_budget", "funding_other_sources")
SPORT_ROWS = ("sports_events", "arts_events", "heritage_visits")
ABOVE: dict[str, tuple[Sequence[str], Change]] = {
    "note of a heading": (AWARD_ROWS, lambda draft: type_in(draft, "awards", note="5 tập thể, 11 cá nhân")),
    "number in a heading": (AWARD_ROWS, lambda draft: type_in(draft, "awards", quantity=16.0)),
    "sum in the note of a heading": (MONEY_ROWS, lambda draft: type_in(draft, "funding", note="15.500.000 đồng")),
    "sum in a row of words": (
        MONEY_ROWS,
        lambda draft: type_in(draft, "other_content", quantity="Xã hội hóa 15.000.000 đồng"),
    ),
    "note of a total": (
        SPORT_ROWS,
        lambda draft: type_in(draft, "culture_sport_total", note="3 cuộc thể thao, 4 văn nghệ"),
    ),
}


@pytest.mark.parametrize("place", ABOVE)
def test_blanks_whose_numbers_may_stand_at_the_row_above_them_are_no_zeros(draft: Draft, place: str) -> None:
    rows, change = ABOVE[place]
    for row in rows:
        type_in(draft, row, quantity=None, people=None)
    change(draft)
    answer_yes(draft)
    one = read(draft)
    cells = [cell for cell in desk().form.number_cells if cell.row in rows]
    asked = {(told.row, told.measure) for told in one.findings if told.code == "V030"}
    for cell in cells:
        if cell.measure == "quantity" or cell.row in AWARD_ROWS:
            assert entry(one, *cell).value is None
            assert cell in asked


def test_a_note_merged_over_two_rows_is_that_of_both(draft: Draft) -> None:
    first, second = draft.line(SINGLE), draft.line("publications")
    assert first is not None and second is not None
    type_in(draft, SINGLE, note="12 tin bài, 150 tờ rơi")
    type_in(draft, "publications", quantity=None)
    draft.merges.append((first, "note", second, "note"))
    answer_yes(draft)
    one = read(draft)
    assert at(one, "publications") == [("V030", "quantity")]
    assert entry(one, "publications", "quantity").value is None


def test_people_that_need_not_be_counted_are_not_none_where_something_took_place(draft: Draft) -> None:
    type_in(draft, "book_fairs", quantity=3.0, people=None)
    type_in(draft, "book_exhibitions", quantity=None, people=None)
    answer_yes(draft)
    one = read(draft)
    assert entry(one, "book_fairs", "people").value is None
    assert entry(one, "book_exhibitions", "people").value == 0


def test_without_an_answer_a_note_is_told_only_where_it_says_a_number(draft: Draft) -> None:
    type_in(draft, SINGLE, quantity=None, note="Đợt 1")
    type_in(draft, PAIR, quantity=None, people=None, note="Đã mở 3 lớp, 90 người dự")
    one = read(draft)
    assert at(one, SINGLE) == []
    assert at(one, PAIR) == [("V030", "quantity"), ("V030", "people")]


def test_a_number_of_its_row_in_a_note_is_a_remark_and_another_one_a_question(draft: Draft) -> None:
    type_in(draft, SINGLE, quantity=12.0, note="12 tin")
    answer_yes(draft)
    assert at(read(draft), SINGLE) == []
    type_in(draft, SINGLE, note="15 tin")
    assert at(read(draft), SINGLE) == [("V045", "quantity")]


def put_below(draft: Draft, row: str, **cells: object) -> None:
    line = draft.line(row)
    assert line is not None
    draft.lines.insert(draft.place(line) + 1, Line("extra", cells))  # type: ignore[arg-type]


@pytest.mark.parametrize(("below", "is_told"), [("+ 18 lớp; 24 người", True), ("Hai lớp mở trong năm 2020", False)])
def test_a_line_under_the_table_is_that_of_its_last_row_where_it_counts_something(
    draft: Draft, below: str, is_told: bool
) -> None:
    last = draft.line(PAIR)
    assert last is not None
    draft.lines.remove(last)
    draft.lines.insert(draft.place(draft.rows()[-1]) + 1, last)
    put_below(draft, PAIR, label=below)
    type_in(draft, PAIR, quantity=None, people=None)
    answer_yes(draft)
    one = read(draft)
    assert at(one, PAIR) == ([("V030", "quantity"), ("V030", "people")] if is_told else [])
    assert entry(one, PAIR, "people").value == (None if is_told else 0)


def put_beside(draft: Draft, row: str, value: float) -> None:
    line = draft.line(row)
    assert line is not None
    draft.columns.append("own")
    line.cells["own"] = value


ELSEWHERE: dict[str, Change] = {
    "unit of measure": lambda draft: type_in(draft, OTHER_PAIR, unit_of_measure="3 lớp/90 người"),
    "number in the unit of measure": lambda draft: type_in(draft, OTHER_PAIR, unit_of_measure=3.0),
    "label": lambda draft: type_in(draft, OTHER_PAIR, label="Phổ cập giáo dục (tiểu học, THCS): 3 lớp"),
    "line below": lambda draft: put_below(draft, OTHER_PAIR, label="+ 3 lớp, 90 người"),
    "number first in the line below": lambda draft: put_below(draft, OTHER_PAIR, label="+ 33 người"),
    "parts below": lambda draft: put_below(draft, OTHER_PAIR, label="- Buổi sáng", quantity=3.0),
    "numbers below": lambda draft: put_below(draft, OTHER_PAIR, quantity=3.0, people=90.0),
    "beside": lambda draft: put_beside(draft, OTHER_PAIR, 3.0),
    "a truth value beside": lambda draft: put_beside(draft, OTHER_PAIR, True),
}


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_blank_whose_number_stands_elsewhere_in_its_line_or_below_it_is_no_zero(draft: Draft, place: str) -> None:
    type_in(draft, OTHER_PAIR, quantity=None, people=None)
    ELSEWHERE[place](draft)
    answer_yes(draft)
    one = read(draft)
    for measure in ("quantity", "people"):
        assert entry(one, OTHER_PAIR, measure).value is None
        assert ("V030", measure) in at(one, OTHER_PAIR)
    (told,) = [told for told in told_once(one.findings) if told.code == "V030"]
    assert told.row == OTHER_PAIR
    assert "V028" not in {told.code for told in one.findings}


@pytest.mark.parametrize(
    "change",
    [
        lambda draft: type_in(draft, PAIR, label="12) Xóa mù chữ"),
        lambda draft: put_below(draft, PAIR, label="Học viên mới biết chữ"),
        lambda draft: put_below(draft, PAIR),
        lambda draft: type_in(draft, PAIR, unit_of_measure="Lớp, người"),
    ],
    ids=["enumerator", "words below", "nothing below", "other words for the unit"],
)
def test_what_holds_no_figure_leaves_a_blank_to_the_units_answer(draft: Draft, change: Change) -> None:
    type_in(draft, PAIR, quantity=None, people=None)
    change(draft)
    answer_yes(draft)
    one = read(draft)
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [0, 0]
    assert one.elsewhere == {}


def test_a_blank_beside_a_cell_nobody_can_read_is_no_zero(draft: Draft) -> None:
    type_in(draft, PAIR, quantity="khoảng 5 lớp, 163 người", people=None)
    answer_yes(draft)
    one = read(draft)
    assert entry(one, PAIR, "people").value is None
    assert {measure for _, measure in at(one, PAIR)} == {"quantity"}


def test_a_blank_beside_a_number_out_of_place_is_no_zero(draft: Draft) -> None:
    type_in(draft, SINGLE, quantity=None, people=12.0)
    answer_yes(draft)
    one = read(draft)
    assert entry(one, SINGLE, "quantity").value is None
    assert at(one, SINGLE) == [("R105", "people")]


def test_people_told_in_the_note_of_a_row_that_need_not_count_them_are_told(draft: Draft) -> None:
    for note, severity in (("Hội sách 2 ngày", Severity.INFO), ("có 120 người", Severity.WARNING)):
        type_in(draft, "book_fairs", people=None, note=note)
        answer_yes(draft)
        one = read(draft)
        assert entry(one, "book_fairs", "people").value is None
        assert [told.severity for told in one.findings if told.code == "V030"] == [severity]


def test_a_blank_total_is_no_zero_where_a_part_is_not_sure(draft: Draft) -> None:
    classes = [row.key for row in desk().form.rows if row.key.startswith("class_") and len(row.kinds) == 2]
    for row in classes:
        type_in(draft, row, quantity=None, people=None, note=None)
    type_in(draft, "classes_total", quantity=None)
    type_in(draft, PEOPLE_ONLY, people=None)
    type_in(draft, PAIR, quantity="khoảng 5", people=None, note="100 người")
    answer_yes(draft)
    one = read(draft)
    assert [entry(one, row, measure).state for row, measure in TOTALS] == [State.BLANK] * 2
    type_in(draft, PAIR, quantity=None, note=None)
    assert [entry(read(draft), row, measure).value for row, measure in TOTALS] == [0, 0]


TOTALS = (("classes_total", "quantity"), (PEOPLE_ONLY, "people"))


def test_blank_totals_that_will_be_added_up_are_not_among_the_open_blanks(draft: Draft) -> None:
    type_in(draft, "classes_total", quantity=None)
    assert "V029" not in {told.code for told in read(draft).findings}
    type_in(draft, SINGLE, quantity=None)
    assert [told.facts["count"] for told in read(draft).findings if told.code == "V029"] == [1]


@pytest.mark.parametrize("code", ["V028", "V029"])
def test_blanks_are_told_at_the_first_of_them_and_every_one_is_named(draft: Draft, code: str) -> None:
    places = [entry(read(draft), row, "quantity").cell for row in (SINGLE, "seminars")]
    type_in(draft, SINGLE, quantity=None)
    type_in(draft, "seminars", quantity=None)
    if code == "V028":
        answer_yes(draft)
    (told,) = [told for told in read(draft).findings if told.code == code]
    assert told.cell == places[0]
    said = message(told, desk().form, "vi")
    assert [place for place in places if place not in said] == []


def test_a_form_left_blank_for_the_most_part_must_be_asked_about(draft: Draft) -> None:
    cells = [cell for cell in desk().form.number_cells if cell.measure not in desk().form.by_key[cell.row].optional]
    counts = {}
    for kept in (len(cells) // 2 + 1, len(cells) // 2 - 1):
        for cell in cells[kept:]:
            type_in(draft, cell.row, **{cell.measure: None})
        (told,) = [told for told in read(draft).findings if told.code == "V029"]
        counts[kept] = told.severity
    assert list(counts.values()) == [Severity.INFO, Severity.WARNING]


def second_people_column(draft: Draft) -> str:
    """Insert a second column "Người" right of the first; gives its name."""
    column = "people again"
    draft.columns.insert(draft.columns.index("people") + 1, column)
    head = next(line for line in draft.lines if fold(str(line.cells.get("people", ""))) == "nguoi")
    head.cells[column] = head.cells["people"]
    return column


# Doubt and grouping -----------------------------------------------------------------------------------------------


def test_nothing_is_moved_to_a_cell_in_doubt(draft: Draft) -> None:
    line = draft.line(PEOPLE_ONLY)
    assert line is not None
    draft.lines.insert(draft.lines.index(line) + 1, replace(line, cells={**line.cells, "people": 7.0}))
    type_in(draft, "classes_total", people=340.0)
    one = read(draft)
    assert ("S004", "people") in at(one, "classes_total")
    assert ("S009", None) in at(one, PEOPLE_ONLY)
    assert entry(one, PEOPLE_ONLY, "people").value is None
    assert "R104" not in {told.code for told in one.findings}


def test_a_pair_in_a_column_in_doubt_is_told_with_both_its_numbers(draft: Draft) -> None:
    doubled = second_people_column(draft)
    line = draft.line("class_it_staff")
    assert line is not None
    line.cells[doubled] = line.cells["people"]
    type_in(draft, PAIR, people="12 lớp/340 người")
    one = read(draft)
    (told,) = [told for told in one.findings if told.row == PAIR and told.code == "V003"]
    assert (told.measure, told.suggestions) == ("people", (12, 340))


def test_a_row_in_doubt_moves_no_number_out_of_the_wrong_column(draft: Draft) -> None:
    type_in(draft, MONEY, unit_of_measure="nghìn đồng", quantity=None, people=15_000.0)
    draft.merges.clear()
    one = read(draft)
    assert entry(one, MONEY, "quantity").value is None
    assert ("S010", None) in at(one, MONEY)
    assert ("S004", "people") in at(one, MONEY)


MOVED = [
    (COLLECTIVES, "people", COLLECTIVES, "quantity", "R101"),
    ("classes_total", "people", PEOPLE_ONLY, "people", "R103"),
]


@pytest.mark.parametrize("typed", [0.0, "0", "không", "-"])
@pytest.mark.parametrize(("row", "measure", "to_row", "to_measure", "code"), MOVED)
def test_a_zero_in_the_wrong_cell_is_moved_to_the_blank_one_that_takes_it(
    draft: Draft, row: str, measure: str, to_row: str, to_measure: str, code: str, typed: object
) -> None:
    type_in(draft, to_row, **{to_measure: None})
    type_in(draft, row, **{measure: typed})
    one, line = read(draft), draft.line(row)
    assert line is not None
    moved = entry(one, to_row, to_measure)
    assert (moved.value, moved.state, moved.cell) == (0, State.READ, f"E{draft.place(line) + 1}")
    assert (code, to_measure) in at(one, to_row)


@pytest.mark.parametrize(("row", "measure", "to_row", "to_measure", "code"), MOVED)
def test_a_zero_beside_a_number_says_only_that_nothing_belongs_there(
    draft: Draft, row: str, measure: str, to_row: str, to_measure: str, code: str
) -> None:
    type_in(draft, to_row, **{to_measure: 12.0})
    type_in(draft, row, **{measure: 0.0})
    one = read(draft)
    assert entry(one, to_row, to_measure).value == 12
    assert at(one, row) == at(one, to_row) == []


def test_the_same_sure_reading_in_many_cells_is_told_once_with_its_cells(draft: Draft) -> None:
    rows = [row.key for row in desk().form.rows if row.key.startswith("class_")][2:]
    for row in rows:
        type_in(draft, row, quantity="12 lớp")
    one = read(draft)
    assert all(at(one, row) == [("V022", "quantity")] for row in rows)
    (told,) = [told for told in told_once(one.findings) if told.code == "V022"]
    assert told.facts["places"] == tuple(entry(one, row, "quantity").cell for row in rows)
    assert all(entry(one, row, "quantity").state is State.READ for row in rows)


@pytest.mark.parametrize(
    ("code", "typed"),
    [("V004", datetime(2020, 10, 5)), ("V001", "12 cháu"), ("V003", "5,0"), ("V010", "85%")],
)
def test_one_cause_in_a_column_is_told_once_and_every_cell_stays_unreadable(
    draft: Draft, code: str, typed: object
) -> None:
    rows = [row.key for row in desk().form.rows if row.key.startswith("class_")][2:]
    for row in rows:
        type_in(draft, row, people=typed)
    one = read(draft)
    assert {entry(one, row, "people").state for row in rows} == {State.UNREADABLE}
    (told,) = [told for told in told_once(one.findings) if told.code == code]
    assert (told.row, told.measure, told.cell) == (None, "people", entry(one, rows[0], "people").cell)
    assert told.facts["count"] == len(rows)


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
    assert [each.cell for each in one.findings if each.code == "S013"] == [place.cell] * (not dress.pattern)


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


def dressed_at(draft: Draft, row: str, measure: str, dress: Dress) -> Return:
    row_number, column = coordinate_to_tuple(entry(read(draft), row, measure).cell)
    return read(draft, replace(NOTHING_HIDDEN, dressed={(row_number - 1, column - 1): dress}))


@pytest.mark.parametrize(
    ("value", "codes", "offered"), [(2.0, ["V003"], (2, 2000)), (999.0, ["V003"], (999, 999_000)), (15_000.0, [], ())]
)
def test_a_small_number_with_three_decimals_may_be_a_thousand_times_as_much(
    draft: Draft, value: float, codes: list[str], offered: tuple[int, ...]
) -> None:
    type_in(draft, PAIR, people=value)
    one = dressed_at(draft, PAIR, "people", Dress("#", decimals=3))
    assert [code for code, _ in at(one, PAIR)] == codes
    assert entry(one, PAIR, "people").value == (None if codes else value)
    assert [told.suggestions for told in one.findings if told.row == PAIR] == [offered] * len(codes)


def test_pieces_of_a_text_are_no_number_that_anybody_wrote(draft: Draft) -> None:
    type_in(draft, PAIR, people="141")
    type_in(draft, PEOPLE_ONLY, people=None)
    merge(draft, PEOPLE_ONLY, "46")
    places = {}
    for row, apart in ((PAIR, "14 1"), (PEOPLE_ONLY, "4 6")):
        line, column = coordinate_to_tuple(entry(read(draft), row, "people").cell)
        places[line - 1, column - 1] = apart
    one = read(draft, replace(NOTHING_HIDDEN, pieced=places))
    for row, apart in ((PAIR, "14 1"), (PEOPLE_ONLY, "4 6")):
        assert (entry(one, row, "people").value, entry(one, row, "people").found) == (None, apart)
        assert at(one, row) == [("V003", "people")]


def test_an_error_in_a_cell_merged_over_both_columns_is_no_blank(draft: Draft) -> None:
    merge(draft, PEOPLE_ONLY, None)
    answer_yes(draft)
    line, column = coordinate_to_tuple(entry(read(draft), PEOPLE_ONLY, "people").cell)
    one = read(draft, replace(NOTHING_HIDDEN, errors={(line - 1, column - 1): "#REF!"}))
    assert at(one, PEOPLE_ONLY) == [("V008", "people")]


def test_a_number_under_a_merged_cell_is_listed_and_the_blank_above_it_is_no_zero(draft: Draft) -> None:
    merge(draft, MONEY, None)
    type_in(draft, MONEY, people=7_000_000.0)
    answer_yes(draft)
    one = read(draft)
    line = draft.line(MONEY)
    assert line is not None
    (told,) = [told for told in one.findings if told.row == MONEY]
    assert (told.code, told.cell, told.found) == ("S004", f"E{draft.place(line) + 1}", "7000000")
    assert entry(one, MONEY, "quantity").value is None


def test_a_number_under_the_merged_cells_of_a_pair_is_listed(draft: Draft) -> None:
    merge(draft, PAIR, None)
    type_in(draft, PAIR, people=340.0)
    one = read(draft)
    assert ("V003", "people") in at(one, PAIR)
    assert entry(one, PAIR, "people").found == "340"


def test_what_stands_twice_in_a_merged_cell_is_listed_once(draft: Draft) -> None:
    merge(draft, MONEY, 7_000_000.0)
    type_in(draft, MONEY, people=7_000_000.0)
    assert at(read(draft), MONEY) == []


# Numbers that something else contradicts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "note", "offered"),
    [
        (15_000.0, "15 triệu đồng", 15_000_000),
        (20_000.0, "Hai mươi triệu đồng", 20_000_000),
        (10_000.0, "Bằng chữ: Mười triệu đồng", 10_000_000),
        (0.0, "đã chi 500 nghìn", 500_000),
        (15_000_000.0, "1.500.000 đồng", 1_500_000),
        (15_000_000.0, "15 triệu đồng", None),
        (15_000_000.0, "10 triệu đồng và 5 triệu đồng", None),
        (15_000_000.0, "Công ty A ủng hộ một triệu đồng, còn lại vận động", None),
        (15_000_000.0, "năm 2020", None),
    ],
)
def test_a_note_that_says_another_sum_than_its_cell_is_told(
    draft: Draft, value: float, note: str, offered: int | None
) -> None:
    type_in(draft, MONEY, quantity=value, note=note)
    one = read(draft)
    told = [
        (told.code, told.measure, told.severity, told.counted, told.suggestions)
        for told in one.findings
        if told.row == MONEY
    ]
    assert told == ([("V031", "quantity", Severity.WARNING, True, (offered,))] if offered else [])
    assert all(told.is_question for told in one.findings if told.code == "V031")
    assert entry(one, MONEY, "quantity").value == value


def test_a_sum_beside_the_table_is_held_against_the_money_of_its_row(draft: Draft) -> None:
    type_in(draft, MONEY, quantity=15_000.0)
    draft.columns.append("own")
    line = draft.line(MONEY)
    assert line is not None
    line.cells["own"] = "15 triệu đồng"
    assert at(read(draft), MONEY) == [("V031", "quantity")]


@pytest.mark.parametrize(
    ("value", "is_told"), [(43_465, False), (43_466, True), (44_109, True), (44_561, True), (44_562, False)]
)
def test_a_count_that_excel_would_store_for_a_day_about_then_may_be_a_date(
    draft: Draft, value: int, is_told: bool
) -> None:
    type_in(draft, PAIR, quantity=1.0, people=float(value))
    one = read(draft)
    told = [(told.code, told.severity, told.counted) for told in one.findings if told.row == PAIR]
    assert told == [("V032", Severity.WARNING, True)] * is_told
    assert all(told.is_question for told in one.findings if told.code == "V032")
    assert entry(one, PAIR, "people").value == value


def test_money_is_never_taken_for_a_date(draft: Draft) -> None:
    type_in(draft, MONEY, quantity=44_109.0)
    assert at(read(draft), MONEY) == []


# What is said of a reading ----------------------------------------------------------------------------------------

READINGS: list[tuple[str, str, dict[str, object], str]] = [
    ("V020", MONEY, {"quantity": "1.500.000 đ"}, "1.500.000"),
    ("V022", PAIR, {"quantity": "12 lớp"}, "12"),
    ("V023", MONEY, {"quantity": "1,5 triệu"}, "1.500.000"),
    ("V024", MONEY, {"quantity": "15.000"}, "15.000"),
    ("V025", PAIR, {"quantity": "12/340", "people": None}, "12 lớp và 340 người"),
    ("V027", PAIR, {"quantity": "１２"}, "12"),
    ("R101", MONEY, {"quantity": None, "people": 15_000_000.0}, "15.000.000"),
    ("R103", "classes_total", {"people": 340.0}, "340"),
]


@pytest.mark.parametrize(("code", "row", "typed", "shown"), READINGS)
def test_how_a_cell_was_read_is_shown_where_that_is_told(
    draft: Draft, code: str, row: str, typed: dict[str, object], shown: str
) -> None:
    draft.merges.clear()
    type_in(draft, row, **typed)
    if code == "R103":
        type_in(draft, PEOPLE_ONLY, people=None)
    (told,) = [told for told in read(draft).findings if told.code == code]
    assert "value" in told.facts
    assert shown in message(told, desk().form, "vi")


def test_every_code_whose_wording_shows_a_reading_is_among_those_tried() -> None:
    texts = load_wording("vi").texts
    shows = {code for code, text in texts.items() if "{value}" in text.message and code[0] in "VR"}
    assert shows <= {code for code, *_ in READINGS} | {
        "V018",
        "V031",
        "V032",
        "V034",
        "V045",
        "V046",
        "V048",
        "V049",
        "V050",
    }


def test_a_pair_is_offered_in_its_words_and_only_where_the_row_takes_one(draft: Draft) -> None:
    type_in(draft, PAIR, quantity=datetime(2020, 10, 5))
    type_in(draft, SINGLE, quantity=datetime(2020, 10, 5))
    offered = {told.row: suggestion_text(told, "vi") for told in read(draft).findings if told.code == "V004"}
    assert "5 lớp và 10 người" in offered[PAIR]
    assert "và" not in offered[SINGLE]


# Legacy fonts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["tcvn3", "vni"])
def test_a_workbook_in_a_legacy_font_gives_numbers_notes_and_one_finding(draft: Draft, encoding: str) -> None:
    type_in(draft, PAIR, note="Phối hợp với Hội Phụ nữ", quantity="12 lớp")
    draft.encoding = encoding
    start = FileReading("a.xls", "0" * 64, (), ())
    reading = read_forms(start, [as_sheet(draft)[0]], Book(lambda sheet: NOTHING_HIDDEN), desk())
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
    (one,) = read_forms(start, [sheet], Book(lambda sheet: facts), desk()).returns
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


def mark(cell: _Cell, *runs: tuple[str, str]) -> None:
    """Write a cell of Word in runs, each with a property of its font."""
    for run in list(cell.paragraphs[0].runs):
        run._r.getparent().remove(run._r)
    for text, name in runs:
        run = cell.paragraphs[0].add_run(text)
        if name:
            setattr(run.font, name, True)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        ((("2", "strike"), ("3", "")), "(gạch bỏ: 2) 3"),
        ((("2", "double_strike"), ("3", "")), "(gạch bỏ: 2) 3"),
        ((("7", "hidden"), ("15", "")), "(ẩn: 7) 15"),
        ((("114", ""), ("1", "superscript")), "114 1"),
        ((("7", "strike"),), "(gạch bỏ: 7)"),
    ],
)
def test_digits_of_word_that_are_crossed_out_hidden_or_raised_are_not_glued_to_others(
    runs: tuple[tuple[str, str], ...], found: str
) -> None:
    document = Document()
    table = document.add_table(1, 2)
    mark(table.cell(0, 0), *runs)
    mark(table.cell(0, 1), ("1", "bold"), ("2", ""), (" lớp", "strike"))
    buffer = io.BytesIO()
    document.save(buffer)
    (sheet,) = read_tables(buffer.getvalue(), DEFAULT)
    assert sheet.rows == [[found, "12 lớp"]]
    assert read_number(found, kind="count", words=load_number_words()).value is None


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
