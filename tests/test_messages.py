"""What the messages to units promise: they ask the unit, in its own terms, for what it knows, and never in vain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.extract.context import reading_context
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.findings import finding, in_brief, load_wording, request
from pipeline.model import Claim, FileReading, Finding, Return, Times
from pipeline.model.limits import DEFAULT
from pipeline.run.consolidate import Request, conclude
from pipeline.writers.summary.messages import group_message, unit_message
from pipeline.writers.summary.summary_plan import SummaryPlan, plan_summary
from schemas.register import VIETNAM
from schemas.rules import Severity
from tests.builders import Typed, make_register, make_return, make_unit, shipped_form

FORM = shipped_form()
A, B, C = "07132", "07135", "07138"
NAMES = {A: "Phường Quảng Yên", B: "Phường Đông Mai", C: "Phường Minh Thành"}
REGISTER = make_register(
    make_unit("206", "Thị xã Quảng Yên", "cơ quan tổng hợp", "22", in_total=False),
    *(make_unit(code, name) for code, name in NAMES.items()),
)
NOON = datetime(2020, 10, 5, 12, 0, tzinfo=VIETNAM)
WORDS = load_summary_words()
DEADLINE = "11/10/2020"


def a_return(path: str, unit: str | None, cells: Mapping[str, Typed], *findings: Finding) -> Return:
    return make_return(FORM, cells, unit=unit, path=path, findings=findings)


def sent(
    path: str, unit: str | None, cells: Mapping[str, Typed] | int, *findings: Finding, hour: int = 0
) -> FileReading:
    """Make a file with one return; a number is how many news items it states."""
    one = a_return(path, unit, {"news_items.quantity": cells} if isinstance(cells, int) else cells, *findings)
    times = Times(received=NOON + timedelta(hours=hour))
    return FileReading(path, one.sha256, (replace(one, times=times),), (), times)


def without_return(path: str, code: str, kind: str = "picture") -> FileReading:
    return FileReading(path, "0" * 64, (), (finding(code, facts={"kind": kind, "reason": "damaged"}),))


def plan_of(*readings: FileReading, strict: bool = False) -> SummaryPlan:
    asked = Request(Path("input"), FORM, REGISTER, strict=strict)
    result = conclude(asked, reading_context(FORM, REGISTER, DEFAULT), readings)
    return plan_summary(result, WORDS, load_stamp_words(), unit_sheets=False)


def to_unit(plan: SummaryPlan, code: str) -> str:
    return unit_message(plan, next(unit for unit in plan.result.units if unit.unit.code == code))


def at(code: str, key: str, **fields: object) -> Finding:
    row, _, measure = key.partition(".")
    return finding(code, row=row, measure=measure, **fields)  # type: ignore[arg-type]


# What is wrong, and where ---------------------------------------------------------------------------------------


def test_a_number_that_could_not_be_read_is_quoted_with_its_row_and_column() -> None:
    error = at("V002", "class_literacy.people", found="khoảng 50")
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error)), A)
    for part in ("Thị xã Quảng Yên", NAMES[A], "a.xlsx", '"Xóa mù chữ"', "Người", '"khoảng 50"'):
        assert part in told
    assert told.endswith(WORDS("ledger.message.answer"))


def test_a_rule_says_what_does_not_agree_and_not_only_what_was_typed() -> None:
    error = at("R111", "classes_total.quantity", found="7", facts={"parts": 12, "total": 7})
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error)), A)
    assert in_brief(error, FORM, "vi") in told
    assert "12" in told
    assert load_wording("vi").words["typed"].format(found="7") not in told


def test_a_part_above_its_total_names_both_numbers() -> None:
    facts = {"total": 340, "total_row": "class_participants_total"}
    error = at("R115", "class_literacy.people", found="5000", facts=facts)
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error)), A)
    assert "5000" in told
    assert "340" in told


def test_a_row_that_takes_one_number_is_named_without_a_column() -> None:
    error = at("R125", "funding_state_budget.quantity", found="15", facts={"limit": 10000})
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error)), A)
    assert '"15"' in told
    assert FORM.column_by_key["quantity"].short not in told


def test_one_place_told_twice_is_one_place() -> None:
    twice = [finding("S007", row="class_it_staff", cell=cell, found="Bồi dưỡng") for cell in ("B19", "B20")]
    told = to_unit(plan_of(sent("a.xlsx", A, 5, *twice)), A)
    title = FORM.by_key["class_it_staff"].title
    assert told.count(title) == 1
    assert WORDS("ledger.message.ask", count=1, places="").rstrip(" .:") in told


def test_more_places_than_a_telephone_shows_are_counted() -> None:
    rows = [row.key for row in FORM.rows if row.key.startswith("class_") and "people" in row.kinds][:11]
    errors = [at("V001", f"{row}.people", found="x") for row in rows]
    told = to_unit(plan_of(sent("a.xlsx", A, 5, *errors)), A)
    assert WORDS("ledger.message.more", count=3) in told
    assert told.count('"x"') == 8


def test_rows_that_are_missing_are_listed_and_asked_for() -> None:
    titles = tuple(FORM.by_key[key].title for key in ("class_literacy", "news_items"))
    error = finding("S001", facts={"rows": titles, "count": 2})
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error)), A)
    assert all(title in told for title in titles)
    assert request("S001", "vi") in told
    assert told.count(request("S001", "vi")) == 1


# Never in vain --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["V009", "V016", "V017"])
def test_what_the_office_mends_by_itself_makes_no_message(code: str) -> None:
    error = at(code, "news_items.quantity", found="=")
    plan = plan_of(sent("a.xlsx", A, 5, error))
    assert plan.open_cells == 1
    assert to_unit(plan, A) == ""


def test_a_clean_return_and_a_mild_warning_make_no_message() -> None:
    mild = at("V022", "news_items.quantity", found="5 tin")
    plan = plan_of(sent("a.xlsx", A, 5), sent("b.xlsx", B, 6, mild))
    assert to_unit(plan, A) == to_unit(plan, B) == ""


def test_copies_that_differ_are_asked_about_though_one_of_them_counts() -> None:
    plan = plan_of(sent("old/a.xlsx", A, 5, hour=1), sent("new/a sua.xlsx", A, 6, hour=2))
    told = to_unit(plan, A)
    assert request("F011", "vi") in told
    assert "tệp a sua.xlsx, a.xlsx" in told


def test_of_copies_that_differ_the_one_that_counts_is_named_before_the_question() -> None:
    plan = plan_of(sent("old/a.xlsx", A, 5, hour=1), sent("new/a sua.xlsx", A, 6, hour=2))
    in_use = WORDS("ledger.message.in_use", file="a sua.xlsx")
    assert f"{in_use} {request('F011', 'vi')}" in to_unit(plan, A)
    undecided = plan_of(sent("a/x.xlsx", A, 5), sent("b/y.xlsx", A, 6))
    assert WORDS("ledger.message.in_use", file="").rstrip(" .") not in to_unit(undecided, A)


def test_blanks_that_the_unit_must_explain_are_asked_about() -> None:
    blanks = finding("V029", severity=Severity.WARNING, facts={"count": 40})
    told = to_unit(plan_of(sent("a.xlsx", A, 5, blanks)), A)
    assert request("V029", "vi") in told
    assert "40" in told


# Files that could not be used -----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["F002", "F003", "F004", "F005", "F006", "F017", "F019"])
def test_of_a_file_that_could_not_be_used_the_unit_is_told_its_part_and_not_the_officers(code: str) -> None:
    told = to_unit(plan_of(without_return("07132 Quang Yen.xlsx", code)), A)
    text = load_wording("vi").texts[code]
    assert text.unit in told
    assert text.mend not in told
    assert text.message not in told
    assert "sổ quyết định" not in told


def test_a_unit_is_asked_once_for_each_thing_of_all_its_files() -> None:
    plan = plan_of(
        without_return("07132 a.png", "F006"),
        without_return("07132 b.png", "F006"),
        without_return("07132 c.xlsx", "F003"),
    )
    told = to_unit(plan, A)
    assert told.count(request("F006", "vi")) == 1
    assert told.count(request("F003", "vi")) == 1
    assert "07132 a.png" in told
    assert "07132 c.xlsx" in told


def test_copies_of_which_none_is_known_to_be_newer_are_named_and_asked_about() -> None:
    plan = plan_of(sent("a/x.xlsx", A, 5), sent("b/y.xlsx", A, 6))
    told = to_unit(plan, A)
    assert request("F012", "vi") in told
    assert "tệp x.xlsx, y.xlsx" in told


def test_a_file_of_which_the_program_is_to_blame_is_asked_of_nobody() -> None:
    assert to_unit(plan_of(without_return("07132 a.xlsx", "F020")), A) == ""


def test_of_a_return_kept_out_by_strict_the_places_are_asked() -> None:
    error = at("V002", "class_literacy.people", found="khoảng 50")
    told = to_unit(plan_of(sent("a.xlsx", A, 5, error), strict=True), A)
    assert '"khoảng 50"' in told


# Names and dates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("Tien An/07132.xlsx", "(tệp 07132.xlsx)"),
        ("thu.eml!Biểu Hoàng Tân.xlsx", "(tệp Biểu Hoàng Tân.xlsx)"),
        ("a/b.zip!c/d.xlsx", "(tệp d.xlsx)"),
        ("PL2.xlsx#Đông Mai", "(tệp PL2.xlsx trang Đông Mai)"),
    ],
)
def test_a_file_is_named_without_the_folders_of_the_office(path: str, shown: str) -> None:
    error = at("V002", "class_literacy.people", found="khoảng 50")
    assert shown in to_unit(plan_of(sent(path, A, 5, error)), A)


def test_the_day_of_an_answer_is_left_to_the_officer() -> None:
    error = at("V002", "class_literacy.people", found="khoảng 50")
    plan = plan_of(sent("a.xlsx", A, 5, error), without_return("07135.png", "F006"))
    for code in (A, B):
        assert to_unit(plan, code).endswith(WORDS("ledger.message.answer"))
        assert DEADLINE not in to_unit(plan, code)
    assert DEADLINE in to_unit(plan, C), "who sent nothing is told the deadline"


# Nobody is reminded whose file lies there -----------------------------------------------------------------------


def with_a_file_of_nobody(*perhaps: str) -> SummaryPlan:
    """One unit answered, and one file was given to nobody which names these."""
    stray = replace(
        a_return("PL2.xlsx", None, {"news_items.quantity": 5}, finding("U002")), claim=Claim(None, "none", {})
    )
    plan = plan_of(sent("a.xlsx", A, 5), FileReading("PL2.xlsx", stray.sha256, (stray,), ()))
    files = [replace(file, perhaps=perhaps) if file.path == "PL2.xlsx" else file for file in plan.result.files]
    return replace(plan, result=replace(plan.result, files=tuple(files)))


@pytest.mark.parametrize("unit", [B, C])
def test_a_unit_whose_file_may_lie_there_gets_no_reminder(unit: str) -> None:
    plan = with_a_file_of_nobody(A, unit)
    assert to_unit(plan, unit) == ""
    assert NAMES[unit] not in group_message(plan)
    assert to_unit(plan, C if unit == B else B) != ""


def test_a_file_that_names_nobody_keeps_nobody_from_being_reminded() -> None:
    plan = with_a_file_of_nobody()
    assert NAMES[B] in to_unit(plan, B)
    assert all(NAMES[code] in group_message(plan) for code in (B, C))
