"""Rules over all returns at once: each outcome at its cell, and what becomes of the number there."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consolidation.validate import keeps_cell_out, validate
from pipeline.findings import load_catalogue, message
from pipeline.model import Finding, Return, State
from schemas.form import Form
from schemas.rules import OUTCOMES, Implies, Severity
from tests.builders import Typed, address, cell_of, entry_at, make_finding, make_return, second_form, shipped_form

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
TOTAL, PEOPLE = "classes_total.quantity", "class_participants_total.people"
STAFF, WORKERS = "class_professional_staff", "class_worker_skills"
BUDGET, OTHER_MONEY = "funding_state_budget.quantity", "funding_other_sources.quantity"
TALKS, SEMINARS, CULTURE = "lifelong_learning_talks", "seminars", "culture_sport_total"
CLASSES = [row.key for row in shipped_form().rows if row.key.startswith("class_") and len(row.kinds) == 2]
CONTESTS = ("history_culture_contests", "book_contests", TALKS)

# What was typed; the code told, where, by which rule, how gravely, and whether the number there is counted.
# A cell typed to give one outcome alone keeps the other rules of the form content.
Told = tuple[str, str, str, Severity, bool | None]
CASES: dict[str, tuple[dict[str, Typed], list[Told]]] = {
    "sum_of_parts.above": (
        {TOTAL: 3, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40},
        [("R111", TOTAL, "R1", ERROR, True)],
    ),
    "sum_of_parts.above people": (
        {
            TOTAL: 2, f"{STAFF}.quantity": 1, f"{STAFF}.people": 30,
            f"{WORKERS}.quantity": 1, f"{WORKERS}.people": 30, PEOPLE: 40,
        },
        [("R111", PEOPLE, "R3", WARNING, True)],
    ),
    "sum_of_parts.below": (
        {TOTAL: 5, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, f"{STAFF}.note": "1 lớp lý luận"},
        [("R112", TOTAL, "R1", INFO, True)],
    ),
    "sum_of_parts.below, text row": (
        {"reading_events_total.quantity": 5, "book_fairs.quantity": 4, "other_content.quantity": "1 cuộc thi khác"},
        [("R112", "reading_events_total.quantity", "R4-reading", INFO, True)],
    ),
    "sum_of_parts.below, note at the total": (
        {TOTAL: 5, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, "classes_total.note": "có 1 lớp khác"},
        [("R112", TOTAL, "R1", INFO, True)],
    ),
    "sum_of_parts.below_unexplained": (
        {
            **{f"{row}.{measure}": 0 for row in CLASSES for measure in ("quantity", "people")},
            TOTAL: 5, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, "news_items.note": "báo Quảng Ninh",
        },
        [("R113", TOTAL, "R1", WARNING, True)],
    ),
    "sum_of_parts.computed": (
        {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40},
        [("R114", TOTAL, "R1", WARNING, True)],
    ),
    "sum_of_parts.computed, a total that may stay blank": (
        {
            **{f"{row}.quantity": 0 for row in ("book_fairs", "book_exhibitions", *CONTESTS)},
            **{f"{row}.people": 0 for row in CONTESTS},
        },
        [("R114", "reading_events_total.quantity", "R4-reading", INFO, True)],
    ),
    "sum_of_parts.computed, that may stay blank, of some parts": (
        {"book_fairs.quantity": 2},
        [("R114", "reading_events_total.quantity", "R4-reading", WARNING, True)],
    ),
    "sum_of_parts.open": (
        {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, f"{WORKERS}.quantity": "khoảng 2"},
        [("R131", TOTAL, "R1", WARNING, None)],
    ),
    "part_at_most_total.above": (
        {TOTAL: 4, f"{STAFF}.quantity": 4, f"{STAFF}.people": 50, PEOPLE: 40},
        [("R115", f"{STAFF}.people", "R2", ERROR, True)],
    ),
    "pair.zero_with": (
        {f"{TALKS}.quantity": 0, f"{TALKS}.people": 20, "reading_events_total.quantity": 0},
        [("R121", f"{TALKS}.quantity", "P", ERROR, True)],
    ),
    "pair.one_blank second": (
        {f"{TALKS}.quantity": 2, "reading_events_total.quantity": 2},
        [("R122", f"{TALKS}.people", "P", WARNING, None)],
    ),
    "pair.one_blank first": ({f"{TALKS}.people": 20}, [("R122", f"{TALKS}.quantity", "P", WARNING, None)]),
    "pair.fewer": (
        {f"{TALKS}.quantity": 20, f"{TALKS}.people": 2, "reading_events_total.quantity": 20},
        [("R123", f"{TALKS}.people", "P", WARNING, True)],
    ),
    "pair.fewer, nobody": (
        {f"{TALKS}.quantity": 3, f"{TALKS}.people": 0, "reading_events_total.quantity": 3},
        [("R123", f"{TALKS}.people", "P", WARNING, True)],
    ),
    "pair.zero_with, where people may stay blank": (
        {f"{SEMINARS}.quantity": 0, f"{SEMINARS}.people": 12},
        [("R121", f"{SEMINARS}.quantity", "P-single", WARNING, True)],
    ),
    "pair.one_blank, where people may stay blank": (
        {f"{SEMINARS}.people": 12},
        [("R122", f"{SEMINARS}.quantity", "P-single", WARNING, None)],
    ),
    "pair.one_blank, where both may stay blank": (
        {f"{CULTURE}.people": 12},
        [("R122", f"{CULTURE}.quantity", "P-single", WARNING, None)],
    ),
    "pair.fewer, where people may stay blank": (
        {f"{SEMINARS}.quantity": 12, f"{SEMINARS}.people": 2},
        [("R123", f"{SEMINARS}.people", "P-single", WARNING, True)],
    ),
    "ratio_limit.over": (
        {f"{TALKS}.quantity": 2, f"{TALKS}.people": 601, "reading_events_total.quantity": 2},
        [("R124", f"{TALKS}.people", "P-ratio", WARNING, True)],
    ),
    "ratio_limit.over, mass event": (
        {"sports_events.quantity": 1, "sports_events.people": 2000, "culture_sport_total.quantity": 1},
        [("R124", "sports_events.people", "P-ratio-mass", INFO, True)],
    ),
    "range.too_small": ({BUDGET: 340}, [("R125", BUDGET, "R5", ERROR, False)]),
    "range.too_large": ({BUDGET: 1_000_000_001}, [("R126", BUDGET, "R5", WARNING, True)]),
    "same_number.same": (
        {
            f"{TALKS}.quantity": 2, f"{TALKS}.people": 80, "reading_events_total.quantity": 2,
            f"{SEMINARS}.quantity": 2, f"{SEMINARS}.people": 80,
        },
        [("R127", f"{SEMINARS}.quantity", "R7-seminars", WARNING, True)],
    ),
    "same_number.same, own parts and the talks": (
        {
            f"{TALKS}.quantity": 2, f"{TALKS}.people": 80, "reading_events_total.quantity": 2,
            "sports_events.quantity": 1, "sports_events.people": 50,
            f"{CULTURE}.quantity": 3, f"{CULTURE}.people": 130, "other_content.quantity": "đã ghi chú",
        },
        [
            ("R127", f"{CULTURE}.quantity", "R7-culture", WARNING, True),
            ("R112", f"{CULTURE}.quantity", "R4-culture", INFO, True),
        ],
    ),
    "implies.blank, activities": (
        {BUDGET: 20_000, OTHER_MONEY: 20_000},
        [("R129", TOTAL, "R5-idle", WARNING, None)],
    ),
    "implies.zero, activities": (
        {
            **{f"{cell.row}.{cell.measure}": 0 for cell in shipped_form().number_cells},
            BUDGET: 20_000, OTHER_MONEY: 20_000,
        },
        [("R128", TOTAL, "R5-idle", WARNING, True)],
    ),
    "implies.zero": ({TOTAL: 0, PEOPLE: 40}, [("R128", TOTAL, "R6-people", ERROR, True)]),
    "implies.zero, several": (
        {"books_donated.quantity": 10, "book_donors.quantity": 0, "book_donors.people": 0},
        [("R128", "book_donors.quantity", "R8-donors", WARNING, True)],
    ),
    "implies.blank": ({TOTAL: 3}, [("R129", PEOPLE, "R6-classes", WARNING, None)]),
    "implies.blank, any of": (
        {"book_donors.people": 7},
        [("R129", "books_donated.quantity", "R8-books", WARNING, None)],
    ),
    "implies.blank, one of them 0": (
        {"books_donated.quantity": 10, "book_donors.quantity": 0},
        [("R129", "book_donors.quantity", "R8-donors", WARNING, True)],
    ),
}  # fmt: skip


def told(one: Return) -> list[Told]:
    return [
        (each.code, f"{each.row}.{each.measure}", each.rule or "", each.severity, each.counted) for each in one.findings
    ]


def codes_at(one: Return, key: str) -> list[str]:
    return [each.code for each in one.findings if (each.row, each.measure) == cell_of(key)]


def checked(cells: dict[str, Typed], *, form: Form | None = None, **more: object) -> Return:
    one = make_return(form or shipped_form(), cells, **more)  # type: ignore[arg-type]
    return validate(form or shipped_form(), [one])[0]


@pytest.mark.parametrize("name", CASES)
def test_each_outcome_is_told_once_at_its_cell(name: str) -> None:
    cells, expected = CASES[name]
    one = checked(cells)
    assert told(one) == expected
    key = expected[0][1]
    assert one.findings[0].cell == address(shipped_form(), key)
    assert one.findings[0].sheet == one.sheet
    assert one.findings[0].found == entry_at(one, key).found


def test_every_outcome_of_a_return_rule_has_a_case() -> None:
    reading = {"either_column", "moves_to", "single_measure", "kinds_kept_apart", "heading", "text_only"}
    wanted = {f"{kind}.{name}" for kind, names in OUTCOMES.items() if kind not in reading for name in names}
    assert {name.partition(",")[0].split()[0] for name in CASES} | {"required_text.missing"} == wanted


def test_a_return_without_a_flaw_is_returned_as_it_came() -> None:
    cells: dict[str, Typed] = {
        TOTAL: 5, PEOPLE: 100, f"{STAFF}.quantity": 3, f"{STAFF}.people": 60, f"{WORKERS}.quantity": 2,
        f"{WORKERS}.people": 40, BUDGET: 15_000_000, "books_donated.quantity": 10, "book_donors.people": 4,
        "reading_events_total.quantity": 0, f"{TALKS}.quantity": 0, f"{TALKS}.people": 0,
    }  # fmt: skip
    one = make_return(shipped_form(), cells)
    assert validate(shipped_form(), [one])[0] is one


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        (
            {TOTAL: 3, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40},
            {"parts": 4, "total": 3, "because": "no_less"},
        ),
        (
            {TOTAL: 4, f"{STAFF}.quantity": 4, f"{STAFF}.people": 50, PEOPLE: 40},
            {"total": 40, "total_row": "Tổng số người tham gia, trong đó:"},
        ),
        ({f"{TALKS}.quantity": 2, f"{TALKS}.people": 601, "reading_events_total.quantity": 2},
         {"first": 2, "second": 601, "limit": 300}),
        ({TOTAL: 3}, {"condition": ("Các lớp bồi dưỡng, tập huấn tổ chức trong Tuần lễ",),
                      "expected": ("Tổng số người tham gia, trong đó:",)}),
    ],
)  # fmt: skip
def test_a_finding_names_the_numbers_and_rows_it_speaks_of(cells: dict[str, Typed], facts: dict[str, object]) -> None:
    assert dict(checked(cells).findings[0].facts) == facts


def test_every_row_that_is_spoken_of_is_named_once() -> None:
    one = checked({"books_donated.quantity": 10, "book_donors.quantity": 0, "book_donors.people": 0})
    assert one.findings[0].facts["expected"] == ("Số tập thể/ cá nhân tặng sách",)


def test_every_finding_can_be_put_into_words() -> None:
    carried: dict[str, set[str]] = {}
    for cells, _ in CASES.values():
        for each in checked(cells).findings:
            carried.setdefault(each.code, set()).update(each.facts)
            assert "…" not in message(each, shipped_form(), "vi")
    assert carried == {code: load_catalogue()[code].facts for code in carried}


def test_a_limit_is_reached_without_a_finding() -> None:
    at_limits: list[dict[str, Typed]] = [
        {BUDGET: 10_000},
        {BUDGET: 1_000_000_000},
        {BUDGET: 0},
        {f"{TALKS}.quantity": 2, f"{TALKS}.people": 600, "reading_events_total.quantity": 2},
        {f"{TALKS}.quantity": 2, f"{TALKS}.people": 2, "reading_events_total.quantity": 2},
        {TOTAL: 4, f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40},
    ]
    assert [told(checked(cells)) for cells in at_limits] == [[]] * len(at_limits)


def test_too_small_an_amount_is_kept_as_typed_and_left_out_with_suggestions() -> None:
    one = checked({BUDGET: 340})
    entry = entry_at(one, BUDGET)
    assert (entry.state, entry.value, entry.found, entry.counted) == (State.SET_ASIDE, None, "340", False)
    assert one.findings[0].suggestions == (340_000, 340_000_000)
    assert dict(one.findings[0].facts) == {"limit": 10_000}


def test_only_suggestions_within_the_bounds_are_made() -> None:
    assert checked({BUDGET: 2_500}).findings[0].suggestions == (2_500_000,)
    assert checked({BUDGET: 5}).findings[0].suggestions == (5_000_000,)


def test_a_blank_total_is_computed_from_its_stated_parts() -> None:
    one = checked({f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, f"{WORKERS}.quantity": 1, f"{WORKERS}.people": 5})
    assert (entry_at(one, TOTAL).state, entry_at(one, TOTAL).value) == (State.COMPUTED, 5)
    assert (entry_at(one, PEOPLE).state, entry_at(one, PEOPLE).value) == (State.COMPUTED, 45)
    assert told(one) == [("R114", TOTAL, "R1", WARNING, True), ("R114", PEOPLE, "R3", WARNING, True)]


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        ({f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, f"{WORKERS}.quantity": "khoảng 2"}, ["R131"]),
        (
            {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40, f"{WORKERS}.quantity": (State.SET_ASIDE, 2)},
            ["R131"],
        ),
        ({TOTAL: "nhiều", f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}, []),
        ({}, []),
    ],
    ids=["unreadable part", "part set aside", "unreadable total", "no part"],
)
def test_no_total_is_computed_where_a_part_is_in_error_or_none_is_stated(
    cells: dict[str, Typed], codes: list[str]
) -> None:
    one = checked(cells)
    assert entry_at(one, TOTAL).state in (State.BLANK, State.UNREADABLE)
    assert codes_at(one, TOTAL) == codes


def test_no_total_is_computed_where_the_number_of_a_part_may_stand_elsewhere() -> None:
    cells: dict[str, Typed] = {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}
    one = replace(make_return(shipped_form(), cells), elsewhere={cell_of(f"{WORKERS}.quantity"): "3 lớp"})
    (one,) = validate(shipped_form(), [one])
    assert entry_at(one, TOTAL).state is State.BLANK
    assert told(one) == [("R131", TOTAL, "R1", WARNING, None)]


def test_a_cell_that_an_officer_left_blank_is_neither_asked_for_nor_added_up() -> None:
    cells: dict[str, Typed] = {f"{STAFF}.quantity": 4, "books_donated.quantity": 9}
    one = make_return(shipped_form(), cells)
    blank = {cell_of(key) for key in (TOTAL, f"{STAFF}.people", "book_donors.quantity", "book_donors.people")}
    decided = tuple(replace(entry, left_blank=True) if entry.key in blank else entry for entry in one.entries)
    (one,) = validate(shipped_form(), [replace(one, entries=decided)])
    assert told(one) == []
    assert entry_at(one, TOTAL).state is State.BLANK


def test_a_blank_whose_number_may_stand_elsewhere_is_asked_for_once() -> None:
    key = f"{TALKS}.people"
    cells: dict[str, Typed] = {f"{TALKS}.quantity": 2, "reading_events_total.quantity": 2}
    one = checked(cells, findings=[make_finding("V030", key, WARNING, counted=False)])
    assert codes_at(one, key) == ["V030"]


def test_a_total_that_was_added_up_is_told_beside_what_its_line_may_hold() -> None:
    cells: dict[str, Typed] = {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}
    one = checked(cells, findings=[make_finding("V030", TOTAL, WARNING, counted=None)])
    assert entry_at(one, TOTAL).state is State.COMPUTED
    assert codes_at(one, TOTAL) == ["V030", "R114"]


def test_an_event_is_not_suspected_where_one_of_its_numbers_is_not_known() -> None:
    cells = CASES["same_number.same, own parts and the talks"][0]
    for typed, expected in ((0, ["R127"]), ("khoảng 2", [])):
        one = checked({**cells, "arts_events.quantity": typed})
        assert [code for code in codes_at(one, f"{CULTURE}.quantity") if code == "R127"] == expected


def test_a_total_that_is_larger_is_not_asked_about_while_a_part_is_blank() -> None:
    cells = dict(CASES["sum_of_parts.below_unexplained"][0])
    assert codes_at(checked(cells), TOTAL) == ["R113"]
    assert codes_at(checked({**cells, f"{WORKERS}.quantity": None}), TOTAL) == []


def test_a_total_that_may_be_less_than_its_parts_is_not_called_impossible() -> None:
    for name, because in (("sum_of_parts.above", "no_less"), ("sum_of_parts.above people", "in_several_rows")):
        assert checked(CASES[name][0]).findings[0].facts["because"] == because


def test_what_is_said_of_an_event_counted_twice_names_numbers_that_stand_there() -> None:
    twice = checked(CASES["same_number.same, own parts and the talks"][0])
    (each,) = [each for each in twice.findings if each.code == "R127"]
    named = (each.facts["second"], each.facts["other_row"], each.facts["part"], each.facts["beside"])
    assert named == (3, shipped_form().by_key[TALKS].title, 2, "children")


def test_many_rows_are_spoken_of_in_the_words_of_the_form() -> None:
    for name in ("implies.zero, activities", "implies.blank, activities"):
        (each,) = [each for each in checked(CASES[name][0]).findings if each.rule == "R5-idle"]
        assert "subject" in each.facts
        assert "expected" not in each.facts


def test_one_event_typed_a_column_too_far_is_told_also_where_blanks_are_zero() -> None:
    for row in ("book_fairs", "book_exhibitions", SEMINARS):
        one = checked({f"{row}.quantity": (State.READ, 0), f"{row}.people": 12})
        assert "R121" in codes_at(one, f"{row}.quantity")


def test_no_people_at_an_event_that_need_not_count_them_are_not_too_few() -> None:
    assert told(checked({f"{SEMINARS}.quantity": 5, f"{SEMINARS}.people": (State.READ, 0)})) == []


def test_no_sum_rule_runs_without_a_stated_part() -> None:
    assert codes_at(checked({TOTAL: 3, PEOPLE: 20}), TOTAL) == []
    assert codes_at(checked({TOTAL: 3, PEOPLE: 20, "classes_total.note": "3 lớp kỹ năng"}), TOTAL) == []


def test_the_parts_of_a_row_that_is_not_in_the_sheet_are_not_taken_for_blank() -> None:
    one = checked({f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}, without_rows=[WORKERS])
    assert entry_at(one, TOTAL).state is State.BLANK
    assert told(one) == [("R131", TOTAL, "R1", WARNING, None)]
    missing_total = checked({f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}, without_rows=["classes_total"])
    assert told(missing_total) == []


@pytest.mark.parametrize(
    "cells",
    [
        {f"{SEMINARS}.quantity": 0, f"{TALKS}.people": "20 ng"},
        {"reading_events_total.quantity": 0, f"{TALKS}.quantity": 0, f"{TALKS}.people": "20 ng"},
        {f"{TALKS}.quantity": "hai", f"{TALKS}.people": 20},
        {TOTAL: "ba", PEOPLE: 20},
        {TOTAL: 2, PEOPLE: "đông"},
        {"books_donated.quantity": 20, "book_donors.quantity": "x"},
        {"books_donated.quantity": "x", "book_donors.quantity": 3},
        {TOTAL: 2, f"{STAFF}.quantity": 3, f"{STAFF}.people": 30, f"{WORKERS}.quantity": "?", PEOPLE: 30},
    ],
)
def test_a_rule_that_needs_an_unreadable_cell_is_silent(cells: dict[str, Typed]) -> None:
    assert told(checked(cells)) == []


def test_a_rule_that_needs_an_amount_left_out_is_silent() -> None:
    one = checked({BUDGET: 340, OTHER_MONEY: 20_000})
    assert told(one) == [("R125", BUDGET, "R5", ERROR, False)]


def test_the_sum_is_not_told_where_a_part_alone_is_above_the_total() -> None:
    one = checked({TOTAL: 2, f"{STAFF}.quantity": 2, f"{STAFF}.people": 50, PEOPLE: 40})
    assert told(one) == [("R115", f"{STAFF}.people", "R2", ERROR, True)]


def test_a_sum_as_grave_as_its_part_above_the_total_is_its_consequence_too() -> None:
    form = shipped_form()
    rules = tuple(replace(rule, severity={"above": ERROR}) if rule.id == "R3" else rule for rule in form.rules)
    one = make_return(form, {TOTAL: 2, f"{STAFF}.quantity": 2, f"{STAFF}.people": 50, PEOPLE: 40})
    (found,) = validate(replace(form, rules=rules), [one])
    assert told(found) == [("R115", f"{STAFF}.people", "R2", ERROR, True)]


def test_a_blank_that_the_unit_declared_to_be_zero_counts_as_zero() -> None:
    one = checked({TOTAL: (State.READ, 0), PEOPLE: 20})
    assert told(one) == [("R128", TOTAL, "R6-people", ERROR, True)]


def test_a_warning_never_hides_an_error_at_the_same_cell_with_the_same_code() -> None:
    (idle,) = (rule for rule in shipped_form().rules if isinstance(rule, Implies) and rule.id == "R5-idle")
    zeros: dict[str, Typed] = {str(cell): 0 for cell in idle.then_any}
    one = checked({**zeros, PEOPLE: 40, BUDGET: 20_000, OTHER_MONEY: 20_000})
    assert [item for item in told(one) if item[0] == "R128"] == [("R128", TOTAL, "R6-people", ERROR, True)]


def test_talks_counted_again_with_their_own_total_are_told() -> None:
    one = checked({
        f"{TALKS}.quantity": 2, f"{TALKS}.people": 80, "reading_events_total.quantity": 2,
        "sports_events.quantity": 1, "sports_events.people": 50,
        f"{CULTURE}.quantity": 3, f"{CULTURE}.people": 130, "other_content.quantity": "đã ghi chú",
    })  # fmt: skip
    assert ("R127", f"{CULTURE}.quantity", "R7-culture", WARNING, True) in told(one)


@pytest.mark.parametrize(
    "change",
    [{f"{SEMINARS}.people": 81}, {f"{SEMINARS}.people": None}, {f"{TALKS}.people": 0, f"{SEMINARS}.people": 0}],
)
def test_the_same_event_is_suspected_only_where_both_measures_agree_and_people_came(
    change: dict[str, Typed],
) -> None:
    same: dict[str, Typed] = CASES["same_number.same"][0]
    assert "R127" not in [each.code for each in checked({**same, **change}).findings]


@pytest.mark.parametrize(
    ("unit", "cells", "expected"),
    [
        ("07168", {TOTAL: 0}, ["R130"]),
        ("07132", {TOTAL: 0}, []),
        ("07168", {TOTAL: 0, "other_content.quantity": "Mời Đồn BIÊN PHÒNG Hà An báo cáo"}, []),
        ("07168", {TOTAL: 0, "seminars.note": "tuyên truyền luật biên gioi"}, []),
        ("07168", {TOTAL: 0, "news_items.note": "biên phòng"}, ["R130"]),
        ("07168", {}, []),
    ],
    ids=["missing", "another unit", "in the text row", "in a note", "elsewhere", "empty form"],
)
def test_a_text_is_asked_of_the_named_units_alone(unit: str, cells: dict[str, Typed], expected: list[str]) -> None:
    one = checked(cells, unit=unit)
    assert codes_at(one, "other_content.quantity") == expected
    assert [each.counted for each in one.findings] == [None] * len(expected)


def test_a_summary_is_not_asked_what_only_units_are_asked() -> None:
    cells: dict[str, Typed] = {
        BUDGET: 340,
        f"{TALKS}.quantity": 2,
        f"{TALKS}.people": 9_000,
        "reading_events_total.quantity": 2,
    }
    assert told(checked(cells, is_summary=True, coverage=(19, 19))) == []


def test_cells_of_a_summary_with_unequal_coverage_are_not_compared() -> None:
    cells: dict[str, Typed] = {
        TOTAL: 3, f"{STAFF}.quantity": 4, f"{STAFF}.people": 3, PEOPLE: 2, "books_donated.quantity": 5,
        "book_donors.quantity": 0, "book_donors.people": 0,
    }  # fmt: skip
    keys = [f"{cell.row}.{cell.measure}" for cell in shipped_form().number_cells]
    uneven = {key: (place % 19, 19) for place, key in enumerate(keys)}
    assert told(checked(cells, is_summary=True, coverage=uneven)) == []
    even = told(checked(cells, is_summary=True, coverage=(17, 19)))
    assert [(code, key) for code, key, *_ in even] == [
        ("R111", TOTAL), ("R115", f"{STAFF}.people"), ("R123", f"{STAFF}.people"), ("R128", "book_donors.quantity"),
    ]  # fmt: skip


def test_a_blank_total_of_a_summary_is_not_computed_from_parts_of_other_units() -> None:
    cells: dict[str, Typed] = {f"{STAFF}.quantity": 4, f"{STAFF}.people": 40, PEOPLE: 40}
    keys = [f"{cell.row}.{cell.measure}" for cell in shipped_form().number_cells]
    coverage = {key: ((0, 19) if key == TOTAL else (17, 19)) for key in keys}
    assert entry_at(checked(cells, is_summary=True, coverage=coverage), TOTAL).state is State.BLANK


@pytest.mark.parametrize("code", ["V001", "V004", "V010", "R102", "R104", "R125", "S009"])
def test_an_error_at_a_cell_keeps_its_number_out(code: str) -> None:
    one = checked({"news_items.quantity": 12}, findings=[make_finding(code, "news_items.quantity", counted=True)])
    assert keeps_cell_out(code, ERROR)
    assert entry_at(one, "news_items.quantity").state is State.SET_ASIDE
    assert [(each.code, each.counted) for each in one.findings] == [(code, False)]


@pytest.mark.parametrize(
    ("code", "severity"),
    [("V018", WARNING), ("V020", INFO), ("R125", WARNING), ("R111", ERROR), ("R115", ERROR), ("R128", ERROR)],
)
def test_a_lesser_finding_or_one_between_cells_keeps_nothing_out(code: str, severity: Severity) -> None:
    key = "news_items.quantity"
    one = checked({key: 12}, findings=[make_finding(code, key, severity, counted=True)])
    assert not keeps_cell_out(code, severity)
    assert (entry_at(one, key).value, one.findings[0].counted) == (12, True)


def test_what_an_officer_decided_is_neither_left_out_nor_asked_for_its_range() -> None:
    one = checked({BUDGET: (State.DECIDED, 340)}, findings=[make_finding("V001", BUDGET)])
    assert (entry_at(one, BUDGET).state, entry_at(one, BUDGET).value) == (State.DECIDED, 340)
    assert [each.code for each in one.findings] == ["V001"]


def test_an_earlier_finding_at_a_cell_left_out_no_longer_says_that_it_counts() -> None:
    one = checked({BUDGET: 340}, findings=[make_finding("V020", BUDGET, INFO, counted=True)])
    assert [(each.code, each.counted) for each in one.findings] == [("V020", False), ("R125", False)]


def test_asking_twice_changes_nothing() -> None:
    form = shipped_form()
    once = validate(form, [make_return(form, cells) for cells, _ in CASES.values()])
    assert validate(form, once) == once


def test_a_broken_number_of_our_own_reading_is_never_passed_on() -> None:
    for value in (-1, 2.5):
        one = make_return(shipped_form(), {"news_items.quantity": (State.STATED, value)})  # type: ignore[dict-item]
        with pytest.raises(AssertionError):
            validate(shipped_form(), [one])


def test_no_return_is_no_trouble() -> None:
    assert validate(shipped_form(), []) == ()


def test_another_form_with_three_measures_is_asked_its_own_rules(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    one = checked(
        {
            "citrus.trees": 40_000, "mango.trees": 60_000, "timber.trees": 5, "fruit.hectares": 1,
            "timber.hectares": 501, "timber.households": None, "fruit.households": None,
        },
        form=form,
    )  # fmt: skip
    assert told(one) == [
        ("R114", "everything.trees", "TREES", INFO, True),
        ("R124", "fruit.trees", "DENSE", ERROR, True),
        ("R114", "fruit.trees", "FRUIT", INFO, True),
        ("R125", "fruit.hectares", "HECTARES", WARNING, True),
        ("R122", "fruit.households", "HOUSES", INFO, None),
        ("R126", "timber.hectares", "HECTARES", ERROR, False),
    ]
    assert entry_at(one, "everything.trees").value == 100_005
    assert entry_at(one, "timber.hectares").value is None
    assert one.findings[3].suggestions == (10,)


def test_a_total_of_totals_is_not_computed_where_a_part_of_its_part_is_in_error(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    unsure = checked({"citrus.trees": 4, "mango.trees": "nhiều", "timber.trees": 5}, form=form)
    assert entry_at(unsure, "everything.trees").state is State.BLANK
    sure = checked({"citrus.trees": 4, "mango.trees": "nhiều", "fruit.trees": 6, "timber.trees": 5}, form=form)
    assert entry_at(sure, "everything.trees").value == 11


def test_an_outcome_without_a_severity_is_not_told(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    assert told(checked({"citrus.trees": 4, "fruit.trees": 5}, form=form))[0][0] == "R114"
    assert codes_at(checked({"citrus.trees": 4, "fruit.trees": 5}, form=form), "fruit.trees") == []


NUMBER = st.one_of(
    st.none(), st.integers(0, 6), st.integers(0, 10**15), st.sampled_from(["khoảng 50", "5/10"]),
    st.tuples(st.sampled_from([State.READ, State.DECIDED, State.SET_ASIDE, State.COMPUTED]), st.integers(0, 400)),
)  # fmt: skip


@st.composite
def any_return(draw: st.DrawFn) -> Return:
    form = shipped_form()
    keys = [f"{cell.row}.{cell.measure}" for cell in form.number_cells]
    cells = draw(st.dictionaries(st.sampled_from(keys), NUMBER, max_size=len(keys)))
    note = draw(st.sampled_from([None, "có thêm 1 lớp"]))
    at = draw(st.sampled_from(keys))
    code, severity = draw(st.sampled_from([("V001", ERROR), ("V022", WARNING), ("R102", ERROR), ("V020", INFO)]))
    findings = draw(st.lists(st.just(make_finding(code, at, severity, counted=None)), max_size=1))
    summary = draw(st.booleans())
    coverage = (draw(st.integers(0, 19)), 19) if summary else None
    one = make_return(
        form, {**cells, "other_content.quantity": note}, findings=findings, is_summary=summary, coverage=coverage
    )
    return replace(one, path=draw(st.sampled_from("abcdef")))


def without_counted(finding: Finding) -> Finding:
    return replace(finding, counted=None)


@settings(max_examples=60)
@given(st.lists(any_return(), max_size=4))
def test_validation_drops_nothing_and_says_truly_what_counts(returns: list[Return]) -> None:
    after = validate(shipped_form(), returns)
    assert len(after) == len(returns)
    for old, new in zip(returns, after, strict=True):
        kept = new.findings[: len(old.findings)]
        assert [without_counted(each) for each in kept] == [without_counted(each) for each in old.findings]
        assert replace(new, entries=old.entries, findings=old.findings) == old
        added = new.findings[len(old.findings) :]
        assert max(Counter((each.row, each.measure, each.code) for each in new.findings).values(), default=1) == 1
        for before, entry in zip(old.entries, new.entries, strict=True):
            if entry != before:
                assert entry.state in (State.SET_ASIDE, State.COMPUTED)
                assert before.counted if entry.state is State.SET_ASIDE else before.state is State.BLANK
                assert replace(entry, state=before.state, value=before.value) == before
            at = [each for each in new.findings if (each.row, each.measure) == entry.key]
            if entry.state is not State.DECIDED and any(keeps_cell_out(each.code, each.severity) for each in at):
                assert not entry.counted
            assert {each.counted for each in at if each in added} <= {None, entry.counted}


@settings(max_examples=30)
@given(st.lists(any_return(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_and_company_of_returns_do_not_matter(returns: list[Return], random: object) -> None:
    order = list(range(len(returns)))
    random.shuffle(order)  # type: ignore[attr-defined]
    together = validate(shipped_form(), returns)
    assert validate(shipped_form(), [returns[place] for place in order]) == tuple(together[place] for place in order)
    assert validate(shipped_form(), returns[:1]) == together[:1]
