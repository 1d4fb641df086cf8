"""Which return counts, and the ledger: every file has one place, whatever lies in the folder and in whatever order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.consolidation.select import Settled, changes_between, settle
from pipeline.consolidation.select.changes import silent_at
from pipeline.extract.identify import Clues, identify, names_of_register
from pipeline.findings import finding
from pipeline.model import (
    Claim,
    Coverage,
    FileReading,
    FileResult,
    FileStatus,
    Finding,
    Return,
    State,
    Times,
    UnitStatus,
)
from schemas.register import COLLECTOR_TYPE, VIETNAM, Register, Unit
from schemas.rules import Severity
from tests.builders import Typed, cell_of, make_finding, make_register, make_return, shipped_form

FORM = shipped_form()
A, B, C, OUTSIDE, OFFICE = "07132", "07135", "07138", "07999", "206"
NAMES = {A: "Phường Quảng Yên", B: "Phường Đông Mai", C: "Phường Minh Thành"}
NOON = datetime(2020, 10, 5, 12, 0, tzinfo=VIETNAM)
EMPTY: dict[str, Typed] = {}
USED, WITH_ERRORS, SUPERSEDED = FileStatus.USED, FileStatus.USED_WITH_ERRORS, FileStatus.SUPERSEDED
REJECTED, IGNORED = FileStatus.REJECTED, FileStatus.IGNORED


def register_of_three(*others: Unit) -> Register:
    office = Unit(OFFICE, "Thị xã Quảng Yên", COLLECTOR_TYPE, "22", in_total=False)
    units = [Unit(code, name, "phường", OFFICE) for code, name in NAMES.items()]
    return make_register(office, *units, *others)


def hours(count: float) -> datetime:
    return NOON + timedelta(hours=count)


def sent(
    path: str,
    cells: Mapping[str, Typed] | int = 5,
    *,
    unit: str | None = A,
    received: float | None = None,
    modified: float | None = None,
    file: float | None = None,
    findings: Sequence[Finding] = (),
    is_summary: bool = False,
    coverage: tuple[int, int] | None = None,
) -> FileReading:
    """Make a file with one return; a number for `cells` is how many news items it states; times are in hours."""
    stated = {"news_items.quantity": cells} if isinstance(cells, int) else cells
    one = make_return(FORM, stated, unit=unit, path=path, findings=findings, is_summary=is_summary, coverage=coverage)
    times = Times(*(None if hour is None else hours(hour) for hour in (received, modified, file)))
    return FileReading(path, one.sha256, (replace(one, times=times),), (), times)


def without_return(path: str, *codes: str) -> FileReading:
    return FileReading(path, "0" * 64, (), tuple(finding(code) for code in codes))


def settled(*readings: FileReading, register: Register | None = None, strict: bool = False) -> Settled:
    register = register or register_of_three()
    return settle(FORM, register, names_of_register(register), readings, strict=strict)


def statuses(outcome: Settled) -> dict[str, FileStatus]:
    return {result.path: result.status for result in outcome.files}


def entry_of(outcome: Settled, path: str) -> FileResult:
    return next(result for result in outcome.files if result.path == path)


def codes(outcome: Settled, path: str) -> list[str]:
    return [told.code for told in entry_of(outcome, path).findings]


def told(outcome: Settled, path: str, code: str) -> Finding:
    return next(one for one in entry_of(outcome, path).findings if one.code == code)


def status_of(outcome: Settled, unit: str) -> UnitStatus:
    return next(one.status for one in outcome.units if one.unit.code == unit)


def counted(outcome: Settled, unit: str) -> Return | None:
    return next(one.counted for one in outcome.units if one.unit.code == unit)


# The newest counts ----------------------------------------------------------------------------------------------


def test_one_return_of_each_unit_is_used_and_the_others_are_missing() -> None:
    outcome = settled(sent("a.xlsx", unit=A), sent("b.xlsx", unit=B))
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": USED}
    assert [(one.unit.code, one.status, one.file) for one in outcome.units] == [
        (A, UnitStatus.RECEIVED, "a.xlsx"),
        (B, UnitStatus.RECEIVED, "b.xlsx"),
        (C, UnitStatus.MISSING, None),
    ]


@pytest.mark.parametrize(
    ("older", "newer", "why"),
    [
        ({"received": 0, "modified": 9, "file": 9}, {"received": 1, "modified": 0, "file": 0}, "received"),
        ({"modified": 0, "file": 9}, {"modified": 1, "file": 0}, "modified"),
        ({"file": 0}, {"file": 1}, "file"),
        ({"received": 0, "modified": 0, "file": 9}, {"received": 0, "modified": 1, "file": 0}, "modified"),
        ({"received": 9, "modified": 0, "file": 9}, {"modified": 1, "file": 0}, "modified"),
        ({"modified": 9, "file": 0}, {"received": 0, "file": 1}, "file"),
    ],
)
def test_the_newest_counts_by_receipt_then_by_saving_then_by_file_time(
    older: dict[str, float], newer: dict[str, float], why: str
) -> None:
    outcome = settled(sent("a.xlsx", 5, **older), sent("b.xlsx", 6, **newer))  # type: ignore[arg-type]
    assert statuses(outcome) == {"a.xlsx": SUPERSEDED, "b.xlsx": USED}
    assert codes(outcome, "a.xlsx") == ["F010"]
    assert told(outcome, "a.xlsx", "F010").facts == {"other": "b.xlsx", "why": why}
    assert told(outcome, "b.xlsx", "F011").facts["why"] == why
    assert status_of(outcome, A) is UnitStatus.RECEIVED


def test_a_copy_received_earlier_is_not_the_newest_because_two_others_came_together() -> None:
    outcome = settled(
        sent("a.xlsx", 1, received=0, modified=99),
        sent("b.xlsx", 2, received=5, modified=1),
        sent("c.xlsx", 3, received=5, modified=2),
    )
    assert statuses(outcome) == {"a.xlsx": SUPERSEDED, "b.xlsx": SUPERSEDED, "c.xlsx": USED}
    assert told(outcome, "c.xlsx", "F011").facts["why"] == "modified"


def test_moments_are_compared_whatever_their_zone() -> None:
    first = sent("a.xlsx", 5, received=0)
    half_an_hour_later = datetime(2020, 10, 5, 5, 30, tzinfo=UTC)
    (one,) = sent("b.xlsx", 6).returns
    second = FileReading("b.xlsx", one.sha256, (replace(one, times=Times(received=half_an_hour_later)),), ())
    assert statuses(settled(first, second))["b.xlsx"] is USED


def test_differing_copies_are_a_warning_that_names_the_cells_that_differ() -> None:
    outcome = settled(
        sent("a.xlsx", {"news_items.quantity": 5, "publications.quantity": 7, "other_content.note": "x"}, received=0),
        sent("b.xlsx", {"news_items.quantity": 6, "publications.quantity": 7, "books_donated.quantity": 0}, received=1),
    )
    newest = told(outcome, "b.xlsx", "F011")
    assert newest.severity is Severity.WARNING
    assert newest.facts["others"] == ("a.xlsx",)
    assert newest.facts["changes"] == 3
    assert newest.facts["cells"] == (
        "Tin, bài, Số lớp/cuộc: 5 → 6",
        "Số sách huy động, Số lớp/cuộc: trống → 0",
        "Nội dung khác, Ghi chú: x → trống",
    )


def test_what_changed_in_a_summary_shows_the_units_behind_it() -> None:
    older, newer = (
        make_return(FORM, {"news_items.quantity": 0}, is_summary=True, coverage={"news_items.quantity": (count, 19)})
        for count in (18, 19)
    )
    assert changes_between(FORM, older, newer) == ["Tin, bài, Số lớp/cuộc: 0 (18/19) → 0 (19/19)"]


def test_a_summary_of_more_units_is_no_equal_copy() -> None:
    outcome = settled(
        sent("a.xlsx", 0, is_summary=True, coverage=(18, 19), modified=0),
        sent("b.xlsx", 0, is_summary=True, coverage=(19, 19), modified=1),
    )
    assert statuses(outcome) == {"a.xlsx": SUPERSEDED, "b.xlsx": USED}


# Equal copies ---------------------------------------------------------------------------------------------------


def test_equal_copies_are_one_return() -> None:
    outcome = settled(sent("a.xlsx", received=0), sent("b.xlsx", received=3), sent("c/a.xlsx", file=1))
    assert sorted(statuses(outcome).values()) == [SUPERSEDED, SUPERSEDED, USED]
    assert codes(outcome, "a.xlsx") == []
    assert codes(outcome, "b.xlsx") == codes(outcome, "c/a.xlsx") == ["F009"]
    assert told(outcome, "b.xlsx", "F009").facts["other"] == "a.xlsx"


def test_equal_copies_need_no_time_to_choose() -> None:
    outcome = settled(sent("a.xlsx"), sent("b.xlsx"))
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": SUPERSEDED}


def test_going_back_to_the_first_figures_is_the_last_word() -> None:
    outcome = settled(sent("a.xlsx", 5, received=0), sent("b.xlsx", 6, received=1), sent("c.xlsx", 5, received=2))
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": SUPERSEDED, "c.xlsx": SUPERSEDED}
    assert codes(outcome, "b.xlsx") == ["F010"]
    assert codes(outcome, "c.xlsx") == ["F009"]


def test_a_copy_sent_again_after_the_deadline_makes_nobody_late() -> None:
    before, after = -1, 24 * 7
    for first, second in (("a.xlsx", "b.xlsx"), ("b.xlsx", "a.xlsx")):
        outcome = settled(sent(first, received=before), sent(second, received=after))
        assert entry_of(outcome, first).status is USED
        assert entry_of(outcome, first).late is False
        assert entry_of(outcome, second).late is True


def test_the_same_numbers_with_another_note_are_no_equal_copy() -> None:
    outcome = settled(
        sent("a.xlsx", {"news_items.quantity": 5}, received=0),
        sent("b.xlsx", {"news_items.quantity": 5, "news_items.note": "đã gửi báo"}, received=1),
    )
    assert codes(outcome, "b.xlsx") == ["F011"]


# Nobody knows ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({}, {}),
        ({"modified": 0}, {"modified": 0}),
        ({"received": 0}, {"modified": 0}),
        ({"file": 0}, {"file": 59 / 3600}),
        ({"received": 0, "modified": 0, "file": 0}, {"received": 0, "modified": 0, "file": 0}),
    ],
)
def test_without_evidence_neither_copy_counts(first: dict[str, float], second: dict[str, float]) -> None:
    outcome = settled(sent("a.xlsx", 5, **first), sent("b.xlsx", 6, **second))  # type: ignore[arg-type]
    assert statuses(outcome) == {"a.xlsx": REJECTED, "b.xlsx": REJECTED}
    assert codes(outcome, "a.xlsx") == codes(outcome, "b.xlsx") == ["F012"]
    assert told(outcome, "a.xlsx", "F012").facts["others"] == ("b.xlsx",)
    assert status_of(outcome, A) is UnitStatus.MISSING
    assert counted(outcome, A) is None


@pytest.mark.parametrize(
    "name",
    [
        *(
            "PL2 sửa.xlsx",
            "PL2_SUA.xlsx",
            "PL2-bổ sung.xlsx",
            "PL2 - Copy.xlsx",
            "PL2 - Bản sao.xlsx",
            "PL2 final.xlsx",
        ),
        *(
            "PL2 lần 2.xlsx",
            "PL2 (1).xlsx",
            "x.zip!PL2 lan 3.xlsx",
            "PL2 v2.xlsx",
            "PL2 Bản 2.xlsx",
            "PL2 lần thứ 2.xlsx",
        ),
    ],
)
def test_a_correction_that_is_older_by_date_is_left_to_a_person(name: str) -> None:
    outcome = settled(sent(name, 5, received=0), sent("PL2.xlsx", 6, received=1))
    assert set(statuses(outcome).values()) == {REJECTED}
    for path in (name, "PL2.xlsx"):
        assert codes(outcome, path) == ["F013"]
        assert told(outcome, path, "F013").severity is Severity.ERROR
        assert told(outcome, path, "F013").facts["other"] == name


@pytest.mark.parametrize("name", ["PL2 sửa.xlsx", "PL2 (1).xlsx", "PL2 lần 2.xlsx"])
def test_a_correction_that_is_newer_by_date_counts(name: str) -> None:
    outcome = settled(sent(name, 5, received=1), sent("PL2.xlsx", 6, received=0))
    assert statuses(outcome) == {name: USED, "PL2.xlsx": SUPERSEDED}


@pytest.mark.parametrize(
    ("older", "newer", "conflict"),
    [
        ("PL2 lần 3.xlsx", "PL2 lần 2.xlsx", True),
        ("PL2 lần 2.xlsx", "PL2 lần 3.xlsx", False),
        ("PL2 (2).xlsx", "PL2 (1).xlsx", True),
        ("PL2 lần 2.xlsx", "PL2 sửa.xlsx", False),
        ("PL2 sửa.xlsx", "PL2 bổ sung.xlsx", False),
        ("PL2 lần 1.xlsx", "PL2.xlsx", False),
        ("Phụ lục 2.xlsx", "a.xlsx", False),
        ("sửa/PL2.xlsx", "a.xlsx", False),
        ("sửa.zip!PL2.xlsx", "a.xlsx", False),
        ("PL2 (năm 2020).xlsx", "a.xlsx", False),
        ("Sùa.xlsx", "a.xlsx", True),
    ],
)
def test_what_names_say_is_weighed_against_the_dates(older: str, newer: str, conflict: bool) -> None:
    outcome = settled(sent(older, 5, received=0), sent(newer, 6, received=1))
    assert (statuses(outcome)[newer] is REJECTED) is conflict


def test_what_an_equal_copy_calls_itself_counts_too() -> None:
    outcome = settled(sent("a.xlsx", 5, received=0), sent("a sửa.xlsx", 5, received=1), sent("b.xlsx", 6, received=2))
    assert codes(outcome, "a.xlsx") == codes(outcome, "b.xlsx") == ["F013"]


SCHOOL = finding("U012", facts={"evidence": "file=THCS Quang Yen.xlsx", "name": NAMES[A]})


@pytest.mark.parametrize("hour", [-1, 1])
def test_of_a_school_and_its_commune_under_one_code_neither_counts(hour: float) -> None:
    outcome = settled(sent("THCS.xlsx", 5, received=hour, findings=[SCHOOL]), sent("a.xlsx", 6, received=0))
    assert statuses(outcome) == {"THCS.xlsx": REJECTED, "a.xlsx": REJECTED}
    assert told(outcome, "a.xlsx", "F013").facts["school"] == "THCS.xlsx"
    differing = str(told(outcome, "a.xlsx", "F013").facts["cells"])
    assert "5 (THCS.xlsx)" in differing and "6 (a.xlsx)" in differing


def test_a_file_of_a_school_alone_counts_and_is_told() -> None:
    outcome = settled(sent("THCS.xlsx", 5, findings=[SCHOOL]))
    assert statuses(outcome) == {"THCS.xlsx": USED}
    assert told(outcome, "THCS.xlsx", "U012").severity is Severity.WARNING


def test_a_file_of_a_school_that_says_the_same_as_its_commune_is_one_copy_more() -> None:
    for hour in (-1, 1):
        outcome = settled(sent("THCS.xlsx", 5, received=hour, findings=[SCHOOL]), sent("a.xlsx", 5, received=0))
        assert sorted(statuses(outcome).values()) == [SUPERSEDED, USED]
        used = next(path for path, status in statuses(outcome).items() if status is USED)
        assert "U012" not in codes(outcome, used)


def test_of_two_copies_of_one_school_the_newest_counts() -> None:
    pair = [sent(f"THCS {hour}.xlsx", hour, received=hour, findings=[SCHOOL]) for hour in (1, 2)]
    assert statuses(settled(*pair)) == {"THCS 1.xlsx": SUPERSEDED, "THCS 2.xlsx": USED}


def test_an_officer_who_chose_between_a_school_and_its_commune_is_heard() -> None:
    outcome = settled(sent("THCS.xlsx", 5, received=1, findings=[SCHOOL]), chosen(sent("a.xlsx", 6, received=0)))
    assert statuses(outcome) == {"THCS.xlsx": SUPERSEDED, "a.xlsx": USED}


def answering_blanks(reading: FileReading) -> FileReading:
    """Let a return say that its blanks are 0, as the reading settles them then."""
    (one,) = reading.returns
    entries = tuple(
        replace(entry, state=State.READ, value=0) if entry.found is None and entry.key in FORM.number_cells else entry
        for entry in one.entries
    )
    return replace(reading, returns=(replace(one, entries=entries, blank_means_zero=True),))


@pytest.mark.parametrize("answer", [lambda reading: reading, answering_blanks], ids=["blank", "zero"])
@pytest.mark.parametrize("name", ["b.xlsx", "a bo sung.xlsx"])
def test_a_newer_copy_that_is_silent_where_most_figures_were_replaces_nothing_by_itself(
    answer: Callable[[FileReading], FileReading], name: str
) -> None:
    supplement = answer(sent(name, {"news_items.quantity": 4, "seminars.quantity": 9}, received=1))
    outcome = settled(sent("a.xlsx", MANY, received=0), supplement)
    assert statuses(outcome) == {"a.xlsx": REJECTED, name: REJECTED}
    doubt = told(outcome, "a.xlsx", "F036")
    assert doubt.severity is Severity.ERROR
    assert (doubt.facts["newer"], doubt.facts["other"]) == (name, "a.xlsx")
    assert (doubt.facts["count"], doubt.facts["stated"]) == (3, 5)
    assert status_of(outcome, A) is UnitStatus.MISSING
    for preferred in (0, 1):
        pair = [sent("a.xlsx", MANY, received=0), supplement]
        pair[preferred] = chosen(pair[preferred])
        assert statuses(settled(*pair))[pair[preferred].path] is USED


def test_a_newer_copy_that_leaves_a_few_figures_blank_or_at_zero_counts() -> None:
    kept = dict([*MANY.items()][:3])
    for newer in (kept, {**dict.fromkeys(MANY, 0), **kept}):
        assert statuses(settled(sent("a.xlsx", MANY, received=0), sent("b.xlsx", newer, received=1)))["b.xlsx"] is USED


def test_zeros_where_the_other_copy_has_figures_make_it_a_part_and_no_correction() -> None:
    newer = {**dict.fromkeys(MANY, 0), "news_items.quantity": 3}
    outcome = settled(sent("a.xlsx", MANY, received=0), sent("b.xlsx", newer, received=1))
    assert statuses(outcome) == {"a.xlsx": REJECTED, "b.xlsx": REJECTED}
    assert told(outcome, "b.xlsx", "F036").facts["stated"] == len(MANY)


def test_a_second_supplement_is_measured_against_the_whole_return_too() -> None:
    outcome = settled(
        sent("a.xlsx", MANY, received=0),
        sent("b.xlsx", {"news_items.quantity": 4}, received=1),
        sent("c.xlsx", {"news_items.quantity": 4, "seminars.quantity": 9}, received=2),
    )
    assert set(statuses(outcome).values()) == {REJECTED}
    assert told(outcome, "c.xlsx", "F036").facts["other"] == "a.xlsx"


def test_of_three_copies_each_cell_that_differs_is_told_once_with_the_copies_that_differ() -> None:
    news, books = "news_items.quantity", "books_donated.quantity"
    outcome = settled(
        sent("x/PL2.xlsx", {news: 4, books: 293}, received=0),
        sent("PL2 (1).xlsx", {news: 4, books: 400}, received=1),
        sent("PL2 sua.xlsx", {news: 9, books: 400}, received=2),
    )
    assert told(outcome, "PL2 sua.xlsx", "F011").facts["changes"] == 2
    assert sorted(told(outcome, "PL2 sua.xlsx", "F011").facts["cells"]) == [  # type: ignore[arg-type]
        "Số sách huy động, Số lớp/cuộc: 293 (PL2.xlsx) → 400",
        "Tin, bài, Số lớp/cuộc: 4 (PL2 (1).xlsx, PL2.xlsx) → 9",
    ]


def test_copies_of_which_none_counts_are_told_with_what_each_of_them_says() -> None:
    outcome = settled(sent("a/PL2.xlsx", 5), sent("b/PL2.xlsx", 6))
    assert told(outcome, "a/PL2.xlsx", "F012").facts["cells"] == (
        "Tin, bài, Số lớp/cuộc: 5 (a/PL2.xlsx), 6 (b/PL2.xlsx)",
    )
    outcome = settled(sent("PL2 sua.xlsx", 5, received=0), sent("PL2.xlsx", 6, received=1))
    assert told(outcome, "PL2.xlsx", "F013").facts["changes"] == 1


def test_who_chose_a_copy_is_not_asked_again_which_is_the_last() -> None:
    pair = (sent("a.xlsx", 5, received=0), sent("b.xlsx", 6, received=1))
    assert told(settled(*pair), "b.xlsx", "F011").facts["next"] == "ask_last"
    assert "next" not in told(settled(pair[0], chosen(pair[1])), "b.xlsx", "F011").facts


def chosen(reading: FileReading) -> FileReading:
    return replace(reading, returns=tuple(replace(one, preferred=True) for one in reading.returns))


def test_a_copy_equal_to_the_chosen_one_stands_for_it() -> None:
    equals = (sent("a.xlsx", 5, received=0), chosen(sent("b.xlsx", 5, received=1)))
    outcome = settled(*equals, sent("c.xlsx", 6, received=2))
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": SUPERSEDED, "c.xlsx": SUPERSEDED}


@pytest.mark.parametrize("times", [{}, {"received": 0}, {"received": -9}])
def test_the_copy_that_an_officer_chose_counts_whatever_the_times_and_names_say(times: dict[str, float]) -> None:
    outcome = settled(
        chosen(sent("a.xlsx", 5, **times)),  # type: ignore[arg-type]
        sent("b sửa.xlsx", 6, received=-1),
        sent("c.xlsx", 7, received=3),
    )
    assert statuses(outcome) == {"a.xlsx": USED, "b sửa.xlsx": SUPERSEDED, "c.xlsx": SUPERSEDED}
    assert told(outcome, "a.xlsx", "F011").severity is Severity.INFO
    assert told(outcome, "a.xlsx", "F011").facts["why"] == "decision"


def test_two_chosen_copies_that_differ_are_no_choice() -> None:
    outcome = settled(chosen(sent("a.xlsx", 5)), chosen(sent("b.xlsx", 6)))
    assert codes(outcome, "a.xlsx") == ["F012"]


# Good and broken ------------------------------------------------------------------------------------------------


def broken_file(code: str) -> FileReading:
    return FileReading("b Phường Quảng Yên.xlsx", None, (), (finding(code),), Times(hours(9), hours(9), hours(9)))


@pytest.mark.parametrize(
    "newer",
    [
        sent("b.xlsx", EMPTY, received=9),
        sent("b.xlsx", 6, received=9, findings=[finding("F015")]),
        sent("b.xlsx", 6, received=9, unit=None, findings=[finding("U002")]),
        broken_file("F003"),
        broken_file("F004"),
        broken_file("F006"),
    ],
    ids=["empty", "another form", "nobody's", "encrypted", "damaged", "picture"],
)
def test_a_newer_broken_file_never_displaces_an_older_good_one(newer: FileReading) -> None:
    outcome = settled(sent("a.xlsx", 5, received=0, modified=0, file=0), newer)
    assert statuses(outcome)["a.xlsx"] is USED
    assert statuses(outcome)[newer.path] in (REJECTED, IGNORED)
    assert status_of(outcome, A) is UnitStatus.RECEIVED


def test_a_newer_return_with_errors_at_cells_counts_and_the_older_value_is_offered() -> None:
    error = make_finding("V002", "news_items.quantity")
    outcome = settled(
        sent("old.xlsx", {"news_items.quantity": 4, "publications.quantity": 1}, received=-1),
        sent("a.xlsx", {"news_items.quantity": 5, "publications.quantity": 1}, received=0),
        sent("b.xlsx", {"news_items.quantity": "khoảng 6", "publications.quantity": 2}, received=1, findings=[error]),
    )
    assert statuses(outcome) == {"old.xlsx": SUPERSEDED, "a.xlsx": SUPERSEDED, "b.xlsx": WITH_ERRORS}
    assert told(outcome, "b.xlsx", "V002").suggestions == (5,)
    assert status_of(outcome, A) is UnitStatus.RECEIVED_WITH_ERRORS


def test_no_older_value_is_offered_where_the_newer_one_is_sure() -> None:
    warning = make_finding("V022", "news_items.quantity", Severity.WARNING)
    outcome = settled(sent("a.xlsx", 5, received=0), sent("b.xlsx", 6, received=1, findings=[warning]))
    assert told(outcome, "b.xlsx", "V022").suggestions == ()


def test_an_empty_form_is_no_answer() -> None:
    outcome = settled(sent("a.xlsx", EMPTY))
    assert statuses(outcome) == {"a.xlsx": REJECTED}
    assert codes(outcome, "a.xlsx") == ["F008"]
    (missing, *_) = outcome.units
    assert (missing.status, missing.file, missing.counted) == (UnitStatus.MISSING, "a.xlsx", None)


def test_an_empty_form_that_says_blanks_are_zero_is_an_answer() -> None:
    reading = sent("a.xlsx", EMPTY)
    (one,) = reading.returns
    entries = tuple(
        replace(entry, state=State.READ, value=0) if entry.key in FORM.number_cells else entry for entry in one.entries
    )
    answered = replace(reading, returns=(replace(one, entries=entries, blank_means_zero=True),))
    assert statuses(settled(answered)) == {"a.xlsx": USED}


def decided(reading: FileReading) -> FileReading:
    """Let an officer decide that the blanks of a return are 0."""
    (one,) = reading.returns
    entries = tuple(
        replace(entry, state=State.DECIDED, value=0, decided_by="Lan")
        if entry.found is None and entry.key in FORM.number_cells
        else entry
        for entry in one.entries
    )
    return replace(reading, returns=(replace(one, entries=entries),))


def test_an_empty_form_whose_blanks_an_officer_decided_to_be_zero_is_an_answer() -> None:
    outcome = settled(decided(sent("a.xlsx", EMPTY)))
    assert statuses(outcome) == {"a.xlsx": USED}
    assert status_of(outcome, A) is UnitStatus.RECEIVED


@pytest.mark.parametrize("hour", [-1, 1])
def test_beside_a_filled_form_an_empty_one_stays_empty_whatever_was_decided_about_blanks(hour: float) -> None:
    outcome = settled(decided(sent("a.xlsx", 5, received=0)), decided(sent("b.xlsx", EMPTY, received=hour)))
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": REJECTED}
    assert codes(outcome, "b.xlsx") == ["F008"]


def test_strict_keeps_a_return_with_errors_out_and_the_older_one_in() -> None:
    error = make_finding("V001", "news_items.quantity")
    readings = [
        sent("a.xlsx", 5, received=0),
        sent("b.xlsx", {"news_items.quantity": "x"}, received=1, findings=[error]),
    ]
    assert statuses(settled(*readings)) == {"a.xlsx": SUPERSEDED, "b.xlsx": WITH_ERRORS}
    outcome = settled(*readings, strict=True)
    assert statuses(outcome) == {"a.xlsx": USED, "b.xlsx": REJECTED}
    assert codes(outcome, "b.xlsx") == ["F028", "V001"]


def test_strict_leaves_warnings_alone() -> None:
    warning = make_finding("V022", "news_items.quantity", Severity.WARNING, counted=True)
    assert statuses(settled(sent("a.xlsx", findings=[warning]), strict=True)) == {"a.xlsx": USED}


# Whose it is ----------------------------------------------------------------------------------------------------


def test_the_offices_own_summary_is_ignored_with_a_warning() -> None:
    outcome = settled(sent("summary.xlsx", 99, unit=OFFICE, is_summary=True))
    assert statuses(outcome) == {"summary.xlsx": IGNORED}
    assert told(outcome, "summary.xlsx", "F016").severity is Severity.WARNING
    assert {one.status for one in outcome.units} == {UnitStatus.MISSING}


def test_a_form_that_somebody_filled_in_as_the_office_is_not_passed_over_in_silence() -> None:
    outcome = settled(sent("a.xlsx", 99, unit=OFFICE))
    assert statuses(outcome) == {"a.xlsx": REJECTED}
    assert told(outcome, "a.xlsx", "U003").severity is Severity.ERROR


def test_a_return_of_nobody_is_rejected() -> None:
    outcome = settled(sent("a.xlsx", unit=None, findings=[finding("U001")]))
    assert statuses(outcome) == {"a.xlsx": REJECTED}


MANY: dict[str, Typed] = {
    "news_items.quantity": 3,
    "publications.quantity": 14,
    "books_donated.quantity": 15,
    "seminars.quantity": 9,
    "book_fairs.quantity": 2,
}


def many(count: int, first: int = 11, **others: int) -> dict[str, Typed]:
    """State so many figures, each greater than the one before."""
    cells = [f"{cell.row}.{cell.measure}" for cell in FORM.number_cells][:count]
    figures = {cell: first + place for place, cell in enumerate(cells)}
    return {**figures, **{cells[int(place[1:])]: value for place, value in others.items()}}


def told_of_pairs(*figures: Mapping[str, Typed]) -> list[tuple[str, str]]:
    """Name the pairs that are asked about: the file with the question, and the other unit."""
    units = zip((A, B, C), "abc", strict=True)
    outcome = settled(
        *(sent(f"{name}.xlsx", dict(some), unit=unit) for (unit, name), some in zip(units, figures, strict=False))
    )
    assert set(statuses(outcome).values()) == {USED}
    return [
        (file.path, str(told.facts["other_unit"]))
        for file in outcome.files
        for told in file.findings
        if told.code == "U008"
    ]


def test_the_same_figures_of_two_units_are_asked_about_once_and_counted() -> None:
    assert told_of_pairs(many(20), many(20)) == [("b.xlsx", NAMES[A])]
    assert told_of_pairs(many(20), many(20, first=300), many(20)) == [("c.xlsx", NAMES[A])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (many(20), many(20, _3=999)),
        (many(20), many(20, _3=999, _4=998)),
        (many(20), many(18)),
        (many(18), many(20)),
        (many(5), many(5)),
        (many(10, first=1), many(10, first=1)),
        (many(20), many(20, _3=0)),
    ],
)
def test_a_copied_return_with_a_few_figures_changed_is_asked_about(
    one: Mapping[str, Typed], other: Mapping[str, Typed]
) -> None:
    assert told_of_pairs(one, other) == [("b.xlsx", NAMES[A])]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (many(20), many(20, _3=999, _4=998, _5=997)),
        (many(20), many(17)),
        (many(9, first=1), many(9, first=1)),
        (many(4), many(4)),
        (many(5, first=9), many(5, first=9)),
        (many(12, first=1), many(12, first=2)),
        (
            dict.fromkeys(many(20), 0) | {"news_items.quantity": 3},
            dict.fromkeys(many(20), 0) | {"news_items.quantity": 3},
        ),
    ],
)
def test_few_equal_figures_small_ones_or_zeros_are_chance(one: Mapping[str, Typed], other: Mapping[str, Typed]) -> None:
    assert told_of_pairs(one, other) == []


def test_a_unit_outside_the_totals_is_used_and_not_expected() -> None:
    register = register_of_three(Unit(OUTSIDE, "Trường X", "trường", A, in_total=False))
    outcome = settled(sent("x.xlsx", unit=OUTSIDE), register=register)
    assert statuses(outcome) == {"x.xlsx": USED}
    assert [(one.unit.code, one.in_total) for one in outcome.units] == [
        (A, True),
        (B, True),
        (C, True),
        (OUTSIDE, False),
    ]
    assert OUTSIDE not in [one.unit.code for one in settled(register=register).units]


# Pictures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["Phường Quảng Yên.jpg", "07132.pdf", "Phường Quảng Yên/scan.jpg"])
def test_a_picture_beside_a_good_workbook_came_with_it(path: str) -> None:
    outcome = settled(sent("a.xlsx"), without_return(path, "F006"))
    assert statuses(outcome) == {"a.xlsx": USED, path: IGNORED}
    assert codes(outcome, path) == ["F057"]
    assert told(outcome, path, "F057").facts["other"] == "a.xlsx"


@pytest.mark.parametrize("path", ["Phường Quảng Yên bản ký.jpg", "07132 da ky.pdf", "Phường Quảng Yên/signed.pdf"])
def test_a_paper_that_is_called_signed_is_the_signed_copy(path: str) -> None:
    outcome = settled(sent("a.xlsx"), without_return(path, "F006"))
    assert statuses(outcome) == {"a.xlsx": USED, path: IGNORED}
    assert codes(outcome, path) == ["F022"]


def test_a_picture_alone_is_to_be_typed_and_the_unit_told_apart_from_the_silent() -> None:
    outcome = settled(without_return("Phường Quảng Yên.jpg", "F006"))
    assert statuses(outcome) == {"Phường Quảng Yên.jpg": REJECTED}
    assert codes(outcome, "Phường Quảng Yên.jpg") == ["F006"]
    assert [(one.status, one.file) for one in outcome.units] == [
        (UnitStatus.MISSING, "Phường Quảng Yên.jpg"),
        (UnitStatus.MISSING, None),
        (UnitStatus.MISSING, None),
    ]


@pytest.mark.parametrize("code", ["F003", "F004", "F007"])
def test_an_unreadable_file_beside_a_good_workbook_is_no_signed_copy(code: str) -> None:
    outcome = settled(sent("a.xlsx"), without_return("Phường Quảng Yên.xlsx", code))
    assert statuses(outcome)["Phường Quảng Yên.xlsx"] is REJECTED
    assert codes(outcome, "Phường Quảng Yên.xlsx") == [code]


def test_a_paper_of_nobody_known_stays_to_be_typed() -> None:
    outcome = settled(sent("a.xlsx"), without_return("IMG_2041.pdf", "F006"))
    assert statuses(outcome)["IMG_2041.pdf"] is REJECTED


def test_a_picture_beside_a_workbook_that_does_not_count_is_no_signed_copy() -> None:
    outcome = settled(sent("a.xlsx", EMPTY), without_return("Phường Quảng Yên.jpg", "F006"))
    assert codes(outcome, "Phường Quảng Yên.jpg") == ["F006"]


def assigned(reading: FileReading, unit: str) -> FileReading:
    return replace(reading, unit=unit, findings=(*reading.findings, finding("D005", facts={"by": "Lan"})))


def test_a_picture_that_an_officer_gave_to_a_unit_came_with_its_return() -> None:
    outcome = settled(sent("a.xlsx"), assigned(without_return("07135.jpg", "F006"), A))
    assert (entry_of(outcome, "07135.jpg").unit, statuses(outcome)["07135.jpg"]) == (A, IGNORED)
    assert codes(outcome, "07135.jpg") == ["F057", "D005"]


@pytest.mark.parametrize("code", ["F004", "F006", "F017"])
def test_a_file_that_an_officer_gave_to_a_unit_without_a_workbook_is_its_answer_to_be_typed(code: str) -> None:
    outcome = settled(assigned(without_return("IMG_2041.jpg", code), A))
    assert (entry_of(outcome, "IMG_2041.jpg").unit, statuses(outcome)["IMG_2041.jpg"]) == (A, REJECTED)
    assert codes(outcome, "IMG_2041.jpg") == [code, "D005"]
    assert [unit.file for unit in outcome.units] == ["IMG_2041.jpg", None, None]


def test_a_picture_that_an_officer_left_out_stays_with_its_unit() -> None:
    outcome = settled(without_return("Phường Quảng Yên.jpg", "F030"))
    assert statuses(outcome) == {"Phường Quảng Yên.jpg": IGNORED}
    assert entry_of(outcome, "Phường Quảng Yên.jpg").unit == A
    assert status_of(outcome, A) is UnitStatus.MISSING


@pytest.mark.parametrize("code", ["F001", "F021", "F022", "F025", "F032", "F033", "F034", "F035"])
def test_files_that_say_nothing_of_any_unit_are_ignored(code: str) -> None:
    assert statuses(settled(without_return("~$Phường Quảng Yên.xlsx", code))) == {"~$Phường Quảng Yên.xlsx": IGNORED}


@pytest.mark.parametrize(
    "code", ["F002", "F003", "F004", "F005", "F006", "F007", "F017", "F018", "F019", "F020", "F040"]
)
def test_files_that_could_be_a_return_are_rejected(code: str) -> None:
    outcome = settled(without_return("Phường Quảng Yên.xlsx", code))
    assert statuses(outcome) == {"Phường Quảng Yên.xlsx": REJECTED}
    assert entry_of(outcome, "Phường Quảng Yên.xlsx").unit == A


def test_macros_do_not_turn_a_copied_unit_sheet_into_a_rejected_file() -> None:
    assert statuses(settled(without_return("a.xlsm", "F021", "F033"))) == {"a.xlsm": IGNORED}
    assert statuses(settled(without_return("a.xlsm", "F021", "F005"))) == {"a.xlsm": REJECTED}


# Late -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "late"),
    [
        (None, None),
        (datetime(2020, 10, 10, 23, 59, tzinfo=VIETNAM), False),
        (datetime(2020, 10, 11, 0, 0, tzinfo=VIETNAM), True),
        (datetime(2020, 10, 10, 16, 59, tzinfo=UTC), False),
        (datetime(2020, 10, 10, 17, 0, tzinfo=UTC), True),
    ],
)
def test_late_is_said_only_where_a_receipt_time_is_known(received: datetime | None, late: bool | None) -> None:
    reading = sent("a.xlsx", modified=999, file=999)
    (one,) = reading.returns
    reading = replace(reading, returns=(replace(one, times=replace(one.times, received=received)),))
    result = entry_of(settled(reading), "a.xlsx")
    assert result.late is late
    assert [finding.code for finding in result.findings] == (["F031"] if late else [])
    assert result.status is USED


def test_the_time_of_receipt_is_told_in_vietnam() -> None:
    reading = sent("a.xlsx")
    (one,) = reading.returns
    received = datetime(2020, 10, 11, 2, 30, tzinfo=UTC)
    outcome = settled(replace(reading, returns=(replace(one, times=Times(received=received)),)))
    assert told(outcome, "a.xlsx", "F031").facts["received"] == "09:30 11/10/2020"


def test_a_deadline_of_the_units_own_goes_before_the_forms() -> None:
    register = register_of_three()
    own = tuple(
        replace(unit, deadline=datetime(2020, 10, 4, tzinfo=VIETNAM)) if unit.code == A else unit
        for unit in register.units
    )
    outcome = settled(sent("a.xlsx", received=0), sent("b.xlsx", unit=B, received=0), register=make_register(*own))
    assert [result.late for result in outcome.files] == [True, False]


# The ledger -----------------------------------------------------------------------------------------------------


def test_a_workbook_with_several_returns_has_an_entry_for_each() -> None:
    ones = tuple(sent(f"a.xlsx#{name}", unit=unit).returns[0] for name, unit in (("x", A), ("y", B)))
    outcome = settled(FileReading("a.xlsx", "0" * 64, ones, (finding("F024"),)))
    assert statuses(outcome) == {"a.xlsx#x": USED, "a.xlsx#y": USED}
    assert [codes(outcome, path) for path in ("a.xlsx#x", "a.xlsx#y")] == [["F024"], []]


def test_a_summary_that_is_itself_incomplete_is_told() -> None:
    outcome = settled(sent("a.xlsx", is_summary=True, coverage=(17, 19)))
    assert codes(outcome, "a.xlsx") == ["N001"]
    assert told(outcome, "a.xlsx", "N001").facts == {"reported": 17, "expected": 19}


@pytest.mark.parametrize("coverage", [None, (19, 19)])
def test_a_summary_that_does_not_say_how_many_units_stand_behind_it_is_told(coverage: tuple[int, int] | None) -> None:
    whole = settled(sent("a.xlsx", is_summary=True, coverage=coverage))
    assert codes(whole, "a.xlsx") == ([] if coverage else ["N003"])
    (one,) = sent("a.xlsx", is_summary=True, coverage=(19, 19)).returns
    entries = tuple(replace(entry, coverage=None) if entry.value else entry for entry in one.entries)
    partly = settled(FileReading("a.xlsx", one.sha256, (replace(one, entries=entries),), ()))
    assert told(partly, "a.xlsx", "N003").facts == {"count": 1}


# Several levels -------------------------------------------------------------------------------------------------


def register_of_two_levels() -> Register:
    office = Unit("22", "Tỉnh Quảng Ninh", COLLECTOR_TYPE, "", in_total=False)
    town = Unit(OFFICE, "Thị xã Quảng Yên", "thị xã", "22")
    return make_register(office, town, *(Unit(code, name, "phường", OFFICE) for code, name in NAMES.items()))


def test_nothing_of_a_return_that_gave_way_is_said_to_be_counted_or_asked() -> None:
    of_cells = [
        finding("R111", row="classes_total", measure="quantity"),
        finding("V001", row="news_items", measure="quantity"),
    ]
    outcome = settled(
        sent("a.xlsx", 1, findings=of_cells, modified=0), sent("b.xlsx", 2, findings=of_cells, modified=1)
    )

    def of(path: str) -> list[tuple[str, Severity, bool | None]]:
        found = (told(outcome, path, code) for code in ("R111", "V001"))
        return [(one.code, one.severity, one.counted) for one in found]

    left_out = settled(sent("c.xlsx", 1, findings=[*of_cells, finding("F030")]))
    assert told(left_out, "c.xlsx", "R111").severity is Severity.INFO
    assert of("b.xlsx") == [("R111", Severity.ERROR, True), ("V001", Severity.ERROR, False)]
    assert of("a.xlsx") == [("R111", Severity.INFO, False), ("V001", Severity.INFO, False)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_return_below_a_summary_that_counts_is_told_and_not_added_again(order: tuple[int, int]) -> None:
    both = (sent("t.xlsx", unit=OFFICE, is_summary=True, coverage=(3, 3)), sent("a.xlsx", unit=A))
    outcome = settled(*(both[place] for place in order), register=register_of_two_levels())
    assert statuses(outcome) == {"a.xlsx": REJECTED, "t.xlsx": USED}
    assert told(outcome, "a.xlsx", "U010").severity is Severity.ERROR
    assert told(outcome, "a.xlsx", "U010").facts == {"other_unit": "Thị xã Quảng Yên"}
    assert [unit.unit.code for unit in outcome.units] == [OFFICE]


@pytest.mark.parametrize(("coverage", "codes_of_town"), [((3, 3), []), ((2, 3), ["N001"])])
def test_a_summary_that_counts_answers_for_the_units_below_it(
    coverage: tuple[int, int], codes_of_town: list[str]
) -> None:
    town = sent("t.xlsx", unit=OFFICE, is_summary=True, coverage=coverage)
    outcome = settled(town, register=register_of_two_levels())
    assert [(unit.unit.code, unit.status) for unit in outcome.units] == [(OFFICE, UnitStatus.RECEIVED)]
    assert codes(outcome, "t.xlsx") == codes_of_town


def test_without_a_summary_all_units_below_are_expected() -> None:
    outcome = settled(sent("t.xlsx", unit=OFFICE), register=register_of_two_levels())
    assert [unit.unit.code for unit in outcome.units] == [OFFICE, *NAMES]


def test_a_return_below_an_ordinary_one_counts_and_is_told() -> None:
    outcome = settled(sent("t.xlsx", 8, unit=OFFICE), sent("a.xlsx", unit=A), register=register_of_two_levels())
    assert statuses(outcome) == {"a.xlsx": USED, "t.xlsx": USED}
    assert told(outcome, "a.xlsx", "U010").severity is Severity.WARNING


def test_a_summary_that_does_not_count_leaves_the_returns_below_it() -> None:
    summary = sent("t.xlsx", unit=OFFICE, is_summary=True, coverage=(3, 3), findings=[finding("F030")])
    outcome = settled(summary, sent("a.xlsx", unit=A), register=register_of_two_levels())
    assert statuses(outcome) == {"a.xlsx": USED, "t.xlsx": IGNORED}
    assert codes(outcome, "a.xlsx") == []


def test_a_summary_from_a_unit_whose_like_answer_for_themselves_is_told() -> None:
    outcome = settled(sent("a.xlsx", is_summary=True, coverage=(19, 19)), sent("b.xlsx", 8, unit=B))
    assert told(outcome, "a.xlsx", "N004").facts == {"expected": 19}


def test_a_summary_from_a_unit_that_has_units_of_its_own_is_what_is_wanted() -> None:
    register = register_of_three(Unit(OUTSIDE, "Khu 1", "khu", A))
    summary = sent("a.xlsx", is_summary=True, coverage=(19, 19))
    assert codes(settled(summary, sent("b.xlsx", 8, unit=B), register=register), "a.xlsx") == []


def test_a_summary_of_one_unit_is_no_odd_one() -> None:
    outcome = settled(sent("a.xlsx", is_summary=True, coverage=(1, 1)), sent("b.xlsx", 8, unit=B))
    assert codes(outcome, "a.xlsx") == []


def test_a_return_outside_the_totals_is_not_in_the_summary_above_it() -> None:
    register = register_of_two_levels()
    school = Unit(OUTSIDE, "THPT Bạch Đằng", "trường", OFFICE, in_total=False)
    town = sent("t.xlsx", 8, unit=OFFICE, is_summary=True, coverage=(3, 3))
    outcome = settled(town, sent("s.xlsx", unit=OUTSIDE), register=make_register(*register.units, school))
    assert statuses(outcome) == {"s.xlsx": USED, "t.xlsx": USED}
    assert codes(outcome, "s.xlsx") == []


@pytest.mark.parametrize(("typed", "expected"), [(3, ["N002"]), (None, [])])
def test_a_mark_beside_a_blank_total_of_a_summary_marks_no_figure(typed: int | None, expected: list[str]) -> None:
    cells: dict[str, Typed] = {"news_items.quantity": typed, "publications.quantity": 1}
    town = sent("t.xlsx", cells, unit=OFFICE, is_summary=True, coverage=(3, 3))
    marked = [
        replace(entry, provisional=entry.row == "news_items" and entry.measure == "quantity")
        for entry in town.returns[0].entries
    ]
    town = replace(town, returns=(replace(town.returns[0], entries=tuple(marked)),))
    assert codes(settled(town, register=register_of_two_levels()), "t.xlsx") == expected


def test_two_texts_that_nobody_can_read_are_no_equal_copies() -> None:
    outcome = settled(
        sent("a.xlsx", {"news_items.quantity": "khoảng 50"}), sent("b.xlsx", {"news_items.quantity": "60+"})
    )
    assert statuses(outcome) == {"a.xlsx": REJECTED, "b.xlsx": REJECTED}
    assert codes(outcome, "a.xlsx") == ["F012"]


def test_zeros_that_a_newer_copy_leaves_blank_are_no_lost_figures() -> None:
    zeros: dict[str, Typed] = dict.fromkeys(("publications.quantity", "books_donated.quantity", "seminars.quantity"), 0)
    outcome = settled(sent("a.xlsx", {**zeros, "news_items.quantity": 3}, received=0), sent("b.xlsx", 4, received=1))
    assert statuses(outcome) == {"a.xlsx": SUPERSEDED, "b.xlsx": USED}


def test_a_total_that_was_added_up_says_something_though_nothing_was_typed() -> None:
    total = cell_of("classes_total.quantity")
    assert silent_at(make_return(FORM, {}), [total]) == [total]
    computed = make_return(FORM, {str(total): (State.COMPUTED, 5)})
    entries = tuple(replace(entry, found=None) for entry in computed.entries)
    assert silent_at(replace(computed, entries=entries), [total]) == []


def test_of_a_summary_one_thing_is_told_of_its_coverage() -> None:
    town = sent("t.xlsx", {"news_items.quantity": 5, "publications.quantity": 1}, unit=OFFICE, is_summary=True)
    (one,) = town.returns
    entries = tuple(
        replace(entry, coverage=Coverage(2, 3)) if entry.row == "news_items" and entry.measure == "quantity" else entry
        for entry in one.entries
    )
    town = replace(town, returns=(replace(one, entries=entries),))
    assert codes(settled(town, register=register_of_two_levels()), "t.xlsx") == ["N001"]


def test_of_a_summary_that_does_not_count_nothing_is_told_of_its_coverage() -> None:
    outcome = settled(sent("t.xlsx", unit=None, is_summary=True, coverage=(2, 3)))
    assert (statuses(outcome), codes(outcome, "t.xlsx")) == ({"t.xlsx": REJECTED}, [])


def test_a_return_that_counts_stays_with_its_unit_below_a_summary_outside_the_totals() -> None:
    town = replace(register_of_two_levels().by_code[OFFICE], in_total=False)
    others = [unit for unit in register_of_two_levels().units if unit.code != OFFICE]
    summary = sent("t.xlsx", 8, unit=OFFICE, is_summary=True, coverage=(3, 3))
    outcome = settled(summary, sent("a.xlsx", unit=A), register=make_register(*others, town))
    assert statuses(outcome) == {"a.xlsx": USED, "t.xlsx": USED}
    assert A in [unit.unit.code for unit in outcome.units if unit.counted]


def test_a_summary_two_levels_up_holds_a_return_too() -> None:
    province = Unit("22", "Tỉnh Quảng Ninh", "tỉnh", "0")
    units = [unit for unit in register_of_two_levels().units if unit.code != "22"]
    office = Unit("0", "Bộ", COLLECTOR_TYPE, "", in_total=False)
    top = sent("p.xlsx", 8, unit="22", is_summary=True, coverage=(3, 3))
    outcome = settled(
        top, sent("t.xlsx", 7, unit=OFFICE), sent("a.xlsx", unit=A), register=make_register(office, province, *units)
    )
    assert statuses(outcome) == {"a.xlsx": REJECTED, "p.xlsx": USED, "t.xlsx": REJECTED}


def test_a_file_that_was_left_out_is_not_the_file_of_a_missing_unit() -> None:
    outcome = settled(sent("a.xlsx", findings=[finding("F030")]))
    (first, *_) = outcome.units
    assert (first.unit.code, first.status, first.file) == (A, UnitStatus.MISSING, None)


CONTENTS: dict[str, dict[str, Typed]] = {
    "nothing": EMPTY,
    "one": {"news_items.quantity": 1},
    "two": {"news_items.quantity": 2},
    "many": MANY,
}
hour = st.sampled_from([None, None, 0.0, 0.01, 1.0, 2.0, 150.0])
stem = st.sampled_from(["PL2", "PL2 sửa", "PL2 lần 2", "PL2 (1)", "Quảng Yên", "Đông Mai", "Minh Thành lần 3"])
returned = st.fixed_dictionaries(
    {
        "unit": st.sampled_from([A, A, B, C, OUTSIDE, OFFICE, None]),
        "holds": st.sampled_from(sorted(CONTENTS)),
        "received": hour,
        "modified": hour,
        "file": hour,
        "error": st.booleans(),
        "is_summary": st.booleans(),
    }
)
unread = st.sampled_from(["F001", "F002", "F003", "F004", "F005", "F006", "F007", "F017", "F025", "F033"])
folder = st.lists(st.tuples(stem, st.one_of(returned, unread)), max_size=9)


def lying_in(drawn: Sequence[tuple[str, dict[str, Any] | str]]) -> list[FileReading]:
    """Make the files of a drawn folder."""
    made = []
    for number, (name, what) in enumerate(drawn):
        path = f"{number}/{name}.xlsx"
        if isinstance(what, str):
            made.append(without_return(path, what))
            continue
        fields = {field: value for field, value in what.items() if field not in ("holds", "error")}
        findings = [make_finding("V001", "publications.quantity")] if what["error"] else []
        findings += [finding("U001")] if what["unit"] is None else []
        made.append(sent(path, CONTENTS[what["holds"]], findings=findings, **fields))
    return made


WITH_OUTSIDE = register_of_three(Unit(OUTSIDE, "Trường X", "trường", A, in_total=False))


@given(folder, st.booleans())
def test_every_file_has_one_place_and_every_unit_at_most_one_return(drawn: list[Any], strict: bool) -> None:
    readings = lying_in(drawn)
    outcome = settled(*readings, register=WITH_OUTSIDE, strict=strict)
    assert [result.path for result in outcome.files] == sorted(reading.path for reading in readings)
    counts = [sum(result.status is status for result in outcome.files) for status in FileStatus]
    assert sum(counts) == len(readings)
    used = [result.unit for result in outcome.files if result.status in (USED, WITH_ERRORS)]
    assert len(used) == len(set(used))
    assert {None, OFFICE}.isdisjoint(used)
    by_unit = {one.unit.code: one for one in outcome.units}
    assert set(used) == {code for code, one in by_unit.items() if one.counted is not None}
    for one in outcome.units:
        assert (one.status is UnitStatus.MISSING) == (one.counted is None)
        assert one.counted is None or one.file == one.counted.path
    # Whatever is not used says why.
    assert all(result.findings for result in outcome.files if result.status not in (USED, WITH_ERRORS))


@given(folder, st.booleans(), st.randoms(use_true_random=False))
def test_the_order_in_which_files_are_found_makes_no_difference(drawn: list[Any], strict: bool, chance: Random) -> None:
    readings = lying_in(drawn)
    shuffled = chance.sample(readings, len(readings))
    once = settled(*readings, register=WITH_OUTSIDE, strict=strict)
    assert settled(*shuffled, register=WITH_OUTSIDE, strict=strict) == once


def test_a_neighbours_file_with_the_neighbours_code_is_summed_for_neither() -> None:
    copied = sent("Phuong B.xlsx", unit=None)
    one = replace(
        copied.returns[0],
        claim=Claim(None, "none", {"code": A, "file": "Phuong B.xlsx"}),
        findings=(finding("U002"),),
    )
    outcome = settled(sent("a.xlsx"), replace(copied, returns=(one,)))
    by_path = {result.path: result for result in outcome.files}
    assert (by_path["a.xlsx"].status, by_path["Phuong B.xlsx"].status) == (FileStatus.USED, FileStatus.REJECTED)
    assert [told.code for told in by_path["Phuong B.xlsx"].findings] == ["U007"]
    assert by_path["Phuong B.xlsx"].findings[0].facts["others"] == ("a.xlsx",)


def test_a_copied_code_is_told_by_the_names_of_both_units() -> None:
    names = names_of_register(register_of_three())
    claim, findings = identify(Clues(A, "", "Sheet1"), "Phuong Dong Mai.xlsx", names)
    copied = sent("Phuong Dong Mai.xlsx", unit=None)
    copied = replace(copied, returns=(replace(copied.returns[0], claim=claim, findings=findings),))
    outcome = settled(sent("a.xlsx"), copied)
    facts = told(outcome, "Phuong Dong Mai.xlsx", "U007").facts
    assert facts["owner"] == NAMES[A]
    assert facts["evidence"] == (f"file={NAMES[B]} (Phuong Dong Mai.xlsx)",)


def test_an_empty_form_is_told_once() -> None:
    empty = sent("a.xlsx", cells={})
    one = replace(empty.returns[0], findings=(finding("V029", facts={"count": 50}),))
    outcome = settled(replace(empty, returns=(one,)))
    assert [told.code for told in outcome.files[0].findings] == ["F008"]


@pytest.mark.parametrize(
    ("path", "seen", "units"),
    [
        ("PL2 lan 2.xlsx", {"code": A, "name": NAMES[B]}, (A, B)),
        ("Minh Thanh.xlsx", {"code": A}, (A, C)),
        ("PL2.xlsx", {"name": "Phường Đông Nai"}, (B,)),
        ("PL2.xlsx", {}, ()),
    ],
)
def test_a_return_of_nobody_names_the_units_that_it_may_be_of(
    path: str, seen: Mapping[str, str], units: tuple[str, ...]
) -> None:
    nameless = sent(path, unit=None, findings=[finding("U002")])
    one = replace(nameless.returns[0], claim=Claim(None, "none", seen))
    assert entry_of(settled(replace(nameless, returns=(one,))), path).perhaps == units


def test_the_ledger_says_who_filled_a_return_in_whether_it_counts_or_not() -> None:
    counted, empty = sent("a.xlsx"), sent("b.xlsx", EMPTY, unit=B)
    readings = [
        replace(each, returns=(replace(each.returns[0], filled_by="Nguyễn Văn A", phone="0912", source="Bản giấy"),))
        for each in (counted, empty)
    ]
    for result in settled(*readings).files:
        assert (result.filled_by, result.phone, result.source) == ("Nguyễn Văn A", "0912", "Bản giấy")
