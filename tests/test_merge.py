"""Totals, coverage and groups: exactly what was counted, and how many stand behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.consolidation.totals import merge
from pipeline.consolidation.validate import keeps_cell_out, validate
from pipeline.model import Coverage, Group, Return, State, Total, UnitResult
from schemas.form import Form
from schemas.register import Register, Unit
from schemas.rules import Severity, SumOfParts
from tests.builders import (
    Typed,
    cell_of,
    make_finding,
    make_register,
    make_result,
    make_return,
    make_unit,
    second_form,
    shipped_form,
)

TOTAL, PEOPLE, NEWS = "classes_total.quantity", "class_participants_total.people", "news_items.quantity"
STAFF, WORKERS = "class_professional_staff.quantity", "class_worker_skills.quantity"
WARDS = (
    make_unit("07132", "Phường Quảng Yên"),
    make_unit("07135", "Phường Đông Mai"),
    make_unit("07144", "Xã Sông Khoai", "xã"),
)


def merged(
    cells: Sequence[dict[str, Typed] | None], units: Sequence[Unit] = WARDS, form: Form | None = None
) -> tuple[dict[str, Total], tuple[Group, ...]]:
    """Merge one return for each unit, None for a missing one; totals by "row.measure"."""
    form = form or shipped_form()
    results = [
        make_result(unit, None if typed is None else make_return(form, typed, unit=unit.code))
        for unit, typed in zip(units, cells, strict=True)
    ]
    found = merge(form, make_register(*units), results)
    totals, groups = found.totals, found.groups
    return {str(cell): total for cell, total in totals.items()}, groups


def summary(cells: dict[str, Typed], coverage: object, **more: object) -> Return:
    return make_return(shipped_form(), cells, unit="206", is_summary=True, coverage=coverage, **more)  # type: ignore[arg-type]


def test_every_number_cell_of_the_form_has_a_total() -> None:
    totals, _ = merged([{}, {}, {}])
    assert list(totals) == [str(cell) for cell in shipped_form().number_cells]


def test_a_total_is_the_sum_of_what_units_stated_with_its_coverage() -> None:
    totals, _ = merged([{NEWS: 3}, {NEWS: 0}, {}])
    assert totals[NEWS] == Total(3, Coverage(2, 3), provisional=False)


def test_a_blank_is_no_zero() -> None:
    totals, _ = merged([{}, {}, {}])
    assert totals[NEWS] == Total(None, Coverage(0, 3), provisional=False)
    totals, _ = merged([{NEWS: 0}, {}, {}])
    assert totals[NEWS] == Total(0, Coverage(1, 3), provisional=False)


def test_a_missing_unit_makes_every_total_provisional() -> None:
    totals, _ = merged([{NEWS: 3}, None, {NEWS: 4}])
    assert totals[NEWS] == Total(7, Coverage(2, 3), provisional=True)
    assert all(total.provisional for total in totals.values())


@pytest.mark.parametrize(
    ("typed", "value", "reported", "provisional"),
    [
        ("khoảng 50", 3, 1, True),
        ((State.SET_ASIDE, 50), 3, 1, True),
        ((State.COMPUTED, 50), 53, 2, True),
        ((State.READ, 50), 53, 2, False),
        ((State.DECIDED, 50), 53, 2, False),
        (None, 3, 1, False),
    ],
)
def test_a_state_decides_what_counts_and_what_is_provisional(
    typed: Typed, value: int, reported: int, provisional: bool
) -> None:
    totals, _ = merged([{NEWS: 3}, {NEWS: typed}, {}])
    assert totals[NEWS] == Total(value, Coverage(reported, 3), provisional)


def test_a_total_that_may_stay_blank_is_final_where_all_its_parts_are_stated() -> None:
    parts = [row.key for row in shipped_form().rows if row.parent == "culture_sport_total"]
    cells: dict[str, Typed] = {f"{row}.{measure}": 20 for row in parts for measure in ("quantity", "people")}
    for typed, provisional in ((cells, False), ({**cells, f"{parts[0]}.quantity": None}, True)):
        (one,) = validate(shipped_form(), [make_return(shipped_form(), typed, unit="07132")])
        found = merge(shipped_form(), make_register(WARDS[0]), [make_result(WARDS[0], one)])
        assert found.totals[cell_of("culture_sport_total.quantity")].provisional is provisional


def test_a_cell_that_a_sheet_does_not_have_makes_its_total_provisional() -> None:
    form = shipped_form()
    results = [make_result(WARDS[0], make_return(form, {NEWS: 3}, without_rows=["publications"]))]
    totals = merge(form, make_register(WARDS[0]), results).totals
    assert totals[cell_of("publications.quantity")] == Total(None, Coverage(0, 1), provisional=True)
    assert not totals[cell_of(NEWS)].provisional


@pytest.mark.parametrize(("severity", "provisional"), [(Severity.ERROR, True), (Severity.WARNING, False)])
def test_a_number_kept_as_stated_with_an_error_is_marked(severity: Severity, provisional: bool) -> None:
    form = shipped_form()
    one = make_return(form, {TOTAL: 3}, findings=[make_finding("R111", TOTAL, severity, counted=True)])
    totals = merge(form, make_register(WARDS[0]), [make_result(WARDS[0], one)]).totals
    assert totals[cell_of(TOTAL)] == Total(3, Coverage(1, 1), provisional)


def test_a_number_that_an_officer_decided_is_final_whatever_the_rules_say_of_it() -> None:
    error = make_finding("R111", TOTAL, counted=True)
    one = make_return(shipped_form(), {TOTAL: (State.DECIDED, 3)}, findings=[error])
    totals = merge(shipped_form(), make_register(WARDS[0]), [make_result(WARDS[0], one)]).totals
    assert totals[cell_of(TOTAL)] == Total(3, Coverage(1, 1), provisional=False)


def test_units_outside_the_totals_are_neither_added_nor_expected() -> None:
    school = make_unit("S1", "THPT Bạch Đằng", "trường", in_total=False)
    totals, groups = merged([{NEWS: 3}, {NEWS: 4}, {NEWS: 5}, {NEWS: 100}], [*WARDS, school])
    assert totals[NEWS] == Total(12, Coverage(3, 3), provisional=False)
    assert "trường" not in [group.name for group in groups]


def test_large_numbers_are_added_exactly() -> None:
    units = [make_unit(str(place)) for place in range(20)]
    high = 2**62 + 1
    totals, groups = merged([{NEWS: high}] * 20, units)
    assert totals[NEWS].value == 20 * high
    assert groups[0].totals[cell_of(NEWS)].value == 20 * high


def test_a_summary_counts_with_the_units_behind_it() -> None:
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    other = make_unit("193", "Thành phố Hạ Long", "thành phố", "22")
    one = summary({NEWS: 30, TOTAL: 5}, {NEWS: (17, 19), TOTAL: (19, 19), PEOPLE: (0, 19)}, provisional=[TOTAL])
    results = [make_result(town, one), make_result(other, make_return(shipped_form(), {NEWS: 2}, unit="193"))]
    totals = merge(shipped_form(), make_register(town, other), results).totals
    assert totals[cell_of(NEWS)] == Total(32, Coverage(18, 20), provisional=False)
    assert totals[cell_of(TOTAL)] == Total(5, Coverage(19, 20), provisional=True)
    assert totals[cell_of(PEOPLE)] == Total(None, Coverage(0, 20), provisional=False)


@pytest.mark.parametrize("coverage", [(3, 3), None])
def test_a_summary_stands_for_the_units_below_it(coverage: tuple[int, int] | None) -> None:
    town, wards = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22"), WARDS
    results = [make_result(town, summary({NEWS: 30}, coverage))]
    totals = merge(shipped_form(), make_register(town, *wards), results).totals
    assert totals[cell_of(NEWS)] == Total(30, Coverage(3 if coverage else 1, 3), provisional=coverage is None)


def test_the_units_below_a_missing_unit_are_expected_once() -> None:
    town, wards = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22"), WARDS
    results = [make_result(town, None), *(make_result(ward, None) for ward in wards)]
    totals = merge(shipped_form(), make_register(town, *wards), results).totals
    assert totals[cell_of(NEWS)].coverage == Coverage(0, 4)


def test_a_number_of_a_summary_without_its_coverage_is_provisional_and_promises_nothing() -> None:
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    one = summary({NEWS: 30, TOTAL: 5}, {NEWS: (17, 19)})
    totals = merge(shipped_form(), make_register(town), [make_result(town, one)]).totals
    assert totals[cell_of(TOTAL)] == Total(5, Coverage(1, 19), provisional=True)


def test_a_blank_total_of_a_summary_that_was_added_up_stays_provisional() -> None:
    parts = [row.key for row in shipped_form().rows if row.parent == "culture_sport_total"]
    cells: dict[str, Typed] = {f"{row}.{measure}": 20 for row in parts for measure in ("quantity", "people")}
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    (one,) = validate(shipped_form(), [summary(cells, (19, 19))])
    total = merge(shipped_form(), make_register(town), [make_result(town, one)]).totals[
        cell_of("culture_sport_total.quantity")
    ]
    assert total == Total(20 * len(parts), Coverage(19, 19), provisional=True)


@pytest.mark.parametrize(("coverage", "answered"), [((17, 19), (18, 20)), ((19, 19), (20, 20)), (None, (2, 2))])
def test_a_summary_answers_for_the_units_behind_it(coverage: tuple[int, int] | None, answered: tuple[int, int]) -> None:
    town, other = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22"), make_unit("193", "Hạ Long", "thành phố", "22")
    results = [
        make_result(town, summary({NEWS: 30}, coverage)),
        make_result(other, make_return(shipped_form(), {NEWS: 2}, unit="193")),
    ]
    assert merge(shipped_form(), make_register(town, other), results).answered == answered
    assert merge(shipped_form(), make_register(town, other), [results[0], make_result(other, None)]).answered == (
        answered[0] - 1,
        answered[1],
    )


def test_coverage_that_says_more_than_all_is_held_to_all() -> None:
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    totals = merge(shipped_form(), make_register(town), [make_result(town, summary({NEWS: 3}, (25, 19)))]).totals
    assert totals[cell_of(NEWS)].coverage == Coverage(19, 19)


def test_a_missing_unit_is_missed_with_all_that_answer_to_it() -> None:
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    outside = make_unit("S1", in_total=False)
    merged_away = replace(make_unit("07999"), valid_to=date(2020, 9, 30))
    register = make_register(town, *WARDS, outside, merged_away)
    totals = merge(shipped_form(), register, [make_result(town, None)]).totals
    assert totals[cell_of(NEWS)] == Total(None, Coverage(0, 3), provisional=True)


def test_groups_stand_in_official_order_with_their_own_totals() -> None:
    _, groups = merged([{NEWS: 3}, None, {NEWS: 5}])
    assert [(group.kind, group.name, group.units) for group in groups] == [
        ("type", "phường", ("07132", "07135")),
        ("type", "xã", ("07144",)),
    ]
    assert groups[0].totals[cell_of(NEWS)] == Total(3, Coverage(1, 2), provisional=True)
    assert groups[1].totals[cell_of(NEWS)] == Total(5, Coverage(1, 1), provisional=False)


def test_several_parents_give_groups_of_their_own_after_the_types() -> None:
    towns = [
        make_unit("206", "Thị xã Quảng Yên", "cơ quan", "22", in_total=False),
        make_unit("193", "Thành phố Hạ Long", "cơ quan", "22", in_total=False),
    ]
    units = [
        make_unit("a", parent="206"),
        make_unit("b", parent="193"),
        make_unit("c", parent="206"),
        make_unit("d", parent=""),
    ]
    form = shipped_form()
    results = [make_result(unit, make_return(form, {NEWS: 2})) for unit in units]
    groups = merge(form, make_register(*towns, *units), results).groups
    assert [(group.kind, group.name, group.units) for group in groups] == [
        ("type", "phường", ("a", "b", "c", "d")),
        ("parent", "Thị xã Quảng Yên", ("a", "c")),
        ("parent", "Thành phố Hạ Long", ("b",)),
        ("parent", "Đơn vị khác", ("d",)),
    ]
    assert groups[1].totals[cell_of(NEWS)].value == 4


def test_one_unit_has_no_groups_and_none_has_no_totals() -> None:
    assert merged([{NEWS: 3}], WARDS[:1])[1] == ()
    totals, groups = merged([], [])
    assert groups == ()
    assert totals[NEWS] == Total(None, Coverage(0, 0), provisional=False)


@pytest.mark.parametrize(
    ("cells", "key", "remark"),
    [
        (
            [{TOTAL: 10, STAFF: 10}, {STAFF: 10, TOTAL: "mười"}, {}],
            TOTAL,
            "Tổng các dòng con là 20, dòng này ghi 10, vì Phường Đông Mai chưa có số ở dòng này.",
        ),
        (
            [{TOTAL: 1000, STAFF: 999}, {TOTAL: 10, STAFF: "mười", WORKERS: 2}, {}],
            TOTAL,
            "Tổng các dòng con là 1.001, dòng này ghi 1.010, vì Phường Đông Mai chưa có số ở dòng con; "
            "Phường Quảng Yên ghi dòng này nhiều hơn các dòng con.",
        ),
        (
            [{TOTAL: 3, STAFF: 4}, {TOTAL: 1, STAFF: 1}, {TOTAL: 9, STAFF: 10}],
            TOTAL,
            "Tổng các dòng con là 15, dòng này ghi 13, vì Phường Quảng Yên, Xã Sông Khoai ghi các dòng con "
            "nhiều hơn dòng này.",
        ),
        ([{TOTAL: 4, STAFF: 4}, {}, None], TOTAL, None),
        ([{TOTAL: 4}, {}, {}], TOTAL, None),
        ([{STAFF: 4}, {}, {}], TOTAL, None),
    ],
    ids=["total left out", "part left out and more", "parts above", "adds up", "no part", "no total"],
)  # fmt: skip
def test_a_total_that_does_not_add_up_says_why(
    cells: list[dict[str, Typed] | None], key: str, remark: str | None
) -> None:
    assert merged(cells)[0][key].remark == remark


@pytest.mark.parametrize(
    ("provisional", "reason"), [([], "nhiều hơn các dòng con"), ([STAFF], "chưa có số ở dòng con")]
)
def test_a_part_that_is_itself_provisional_is_the_reason_why_a_summary_does_not_add_up(
    provisional: list[str], reason: str
) -> None:
    town = make_unit("206", "Thị xã Quảng Yên", "thị xã", "22")
    one = summary({TOTAL: 10, STAFF: 4}, (19, 19), provisional=provisional)
    remark = merge(shipped_form(), make_register(town), [make_result(town, one)]).totals[cell_of(TOTAL)].remark
    assert remark is not None
    assert reason in remark


def test_a_remark_names_three_units_and_counts_the_others() -> None:
    units = [make_unit(str(place), f"Xã {place}") for place in range(5)]
    remark = merged([{TOTAL: 2, STAFF: 1}] * 5, units)[0][TOTAL].remark
    assert remark is not None
    assert "vì Xã 0, Xã 1, Xã 2 và 2 đơn vị khác ghi" in remark


def test_a_group_is_explained_by_its_own_units() -> None:
    _, groups = merged([{TOTAL: 2, STAFF: 2}, {TOTAL: 5, STAFF: 1}, {TOTAL: 1, STAFF: 1}])
    remarks = [group.totals[cell_of(TOTAL)].remark for group in groups]
    assert [remark is None for remark in remarks] == [False, True]


def test_of_two_rules_about_one_total_the_first_explains_it() -> None:
    form = shipped_form()
    parts = SumOfParts(
        id="first", severity={}, total=cell_of(TOTAL), parts=(cell_of(STAFF),), compute_blank=False, explained_by=()
    )
    others = replace(parts, id="second", parts=(cell_of(WORKERS),))
    cells: dict[str, Typed] = {TOTAL: 5, STAFF: 4, WORKERS: 3}
    for rules, said in (((parts, others), "là 4,"), ((others, parts), "là 3,")):
        remark = merged([cells], WARDS[:1], replace(form, rules=rules))[0][TOTAL].remark
        assert remark is not None
        assert said in remark


def test_another_form_with_three_measures_is_added_up(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    totals, _ = merged([{"fruit.hectares": 3, "timber.households": 2}, {"fruit.hectares": 4}, {}], form=form)
    assert totals["fruit.hectares"] == Total(7, Coverage(2, 3), provisional=False)
    assert totals["timber.households"].value == 2
    assert list(totals) == [str(cell) for cell in form.number_cells]


@st.composite
def any_results(draw: st.DrawFn) -> tuple[Register, list[UnitResult]]:
    """Give validated returns of some units, a summary among them now and then, some units missing."""
    form = shipped_form()
    keys = [TOTAL, PEOPLE, STAFF, "class_professional_staff.people", WORKERS, NEWS, "funding_state_budget.quantity"]
    typed = st.one_of(st.none(), st.integers(0, 5), st.integers(0, 10**15), st.just("khoảng 5"))
    code = st.sampled_from([("V001", Severity.ERROR), ("R111", Severity.ERROR), ("V022", Severity.WARNING)])
    units, returns = [], []
    for place in range(draw(st.integers(1, 5))):
        units.append(make_unit(f"{place:05}", type_=draw(st.sampled_from(["phường", "xã"]))))
        told = [
            make_finding(name, draw(st.sampled_from(keys)), severity, counted=None)
            for name, severity in draw(st.lists(code, max_size=2, unique=True))
        ]
        behind = draw(st.one_of(st.none(), st.integers(0, 9)))
        cells = draw(st.dictionaries(st.sampled_from(keys), typed))
        returns.append(
            make_return(form, cells, unit=units[-1].code, findings=told, is_summary=behind is not None,
                        coverage=None if behind is None else (behind, 9))
        )  # fmt: skip
    results = [
        make_result(unit, draw(st.sampled_from([one, one, None])))
        for unit, one in zip(units, validate(form, returns), strict=True)
    ]
    return make_register(*units), results


@settings(max_examples=60)
@given(any_results())
def test_totals_are_the_plain_sums_of_counted_entries(case: tuple[Register, list[UnitResult]]) -> None:
    register, results = case
    found = merge(shipped_form(), register, results)
    totals, groups = found.totals, found.groups
    for lines, given_totals in [([*results], totals)] + [
        ([result for result in results if result.unit.code in group.units], group.totals) for group in groups
    ]:
        entries = [entry for result in lines if result.counted for entry in result.counted.entries]
        for cell, total in given_totals.items():
            stated = [entry.value for entry in entries if entry.key == cell and entry.counted]
            assert total.value == (sum(value or 0 for value in stated) if stated else None)
            assert 0 <= total.coverage.reported <= total.coverage.expected
            assert total.coverage.expected >= len(lines)
            left_out = any(
                entry.key == cell and entry.state in (State.UNREADABLE, State.SET_ASIDE, State.COMPUTED)
                for entry in entries
            )
            missing = any(result.counted is None for result in lines)
            assert total.provisional or not (left_out or missing)


@settings(max_examples=60)
@given(any_results())
def test_no_number_with_an_error_that_keeps_it_out_is_in_a_total(case: tuple[Register, list[UnitResult]]) -> None:
    register, results = case
    totals = merge(shipped_form(), register, results).totals
    for cell, total in totals.items():
        clean = 0
        for result in results:
            findings = result.counted.findings if result.counted else ()
            at = [told for told in findings if (told.row, told.measure) == cell]
            out = any(keeps_cell_out(told.code, told.severity) for told in at)
            entries = [entry for entry in (result.counted.entries if result.counted else ()) if entry.key == cell]
            clean += 0 if out else sum(entry.value or 0 for entry in entries)
            if out:
                assert all(told.counted is not True for told in at)
        assert (total.value or 0) == clean
