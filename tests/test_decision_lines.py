"""What single lines of the decisions workbook mean, and what becomes of them: without a run, by their own parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.decisions.accepted import accept_what_was_asked
from pipeline.decisions.choices import Choices
from pipeline.decisions.decided import (
    CellAnswer,
    CellDecision,
    Decisions,
    FileAnswer,
    FileDecision,
    Signed,
    UnitDecision,
)
from pipeline.decisions.ended import end_of_lines
from pipeline.decisions.files import rule_on_files
from pipeline.decisions.keys import FileKey, Stands, about, cell_key, codes_of, file_key, finding_key, unit_key
from pipeline.decisions.meaning import decide
from pipeline.decisions.plan import plan_book
from pipeline.decisions.ruling import Ruling, rule_on_cells
from pipeline.decisions.saved import NO_BOOK, SavedBook, SavedLine, SavedSheet
from pipeline.decisions.seen import bound_cells
from pipeline.decisions.words import CELLS, FILES, KEY, UNITS, load_decision_words
from pipeline.extract.context import reading_context
from pipeline.findings import finding
from pipeline.model import Consolidation, FileReading, FileResult, FileStatus, Return, State
from pipeline.model.limits import DEFAULT
from pipeline.run.consolidate import Request, conclude
from schemas.register import Unit
from schemas.rules import Severity
from tests.builders import (
    Typed,
    cell_of,
    entry_at,
    make_finding,
    make_register,
    make_return,
    make_unit,
    shipped_form,
)

FORM, WORDS = shipped_form(), load_decision_words()
A, B = make_unit("07132", "Phường Quảng Yên"), make_unit("07135", "Phường Đông Mai")
NEWS, MONEY, TOTAL = "news_items.quantity", "funding_state_budget.quantity", "classes_total.quantity"
REGISTER = make_register(A, B, make_unit("1", "Xã Hà An", "xã"), make_unit("2", "Xã Hà An", "xã"))
CHOICES = Choices(FORM, REGISTER, WORDS)
BY = {"by": "Lan", "reason": "hỏi qua điện thoại"}


def line(kind: str, **values: object) -> SavedLine:
    """Make a line as it is read back; an answer is named by its key, a unit by its code."""
    texts = dict(values)
    if "answer" in texts:
        texts["answer"] = WORDS.sheets[kind].answers[str(texts["answer"])]
    if str(texts.get("unit", "")) in REGISTER.by_code:
        texts["unit"] = CHOICES.unit_text(str(texts["unit"]))
    places = {column.key: "A9" for column in WORDS.sheets[kind].columns}
    return SavedLine(kind, WORDS.sheets[kind].name, 9, texts, places, scribbled=False)  # type: ignore[arg-type]


def about_cell(key: str, suggestions: Sequence[int] = (), **values: object) -> SavedLine:
    """Make a line of the program about a cell, as far as a person filled it."""
    cell = cell_of(key)
    place = {"unit": A.code, "row": FORM.by_key[cell.row].title, "column": FORM.column_named(cell)}
    hidden = cell_key(A.code, cell, Stands("12 lớp"), suggestions, ["V020"])
    return line(CELLS, **{KEY: hidden, **place, **BY, **values})


def book_of(*lines: SavedLine) -> SavedBook:
    columns = {kind: [column.key for column in words.columns] for kind, words in WORDS.sheets.items()}
    return SavedBook(
        {
            kind: SavedSheet(
                WORDS.sheets[kind].name,
                7,
                {key: place for place, key in enumerate(columns[kind], 1)},
                tuple(each for each in lines if each.kind == kind),
            )
            for kind in columns
        }
    )


def decided(one: SavedLine) -> Decisions:
    return decide(book_of(one), FORM, REGISTER, WORDS)


def reasons(one: SavedLine) -> list[str]:
    """Why a line is not applied: reasons of D002."""
    return [each.reason for each in decided(one).refused]


# What a line means ----------------------------------------------------------------------------------------------


def test_a_line_about_a_cell_is_read_back_as_it_was_written() -> None:
    (decision,) = decided(about_cell(NEWS, answer="value", value=12.0)).cells
    assert (decision.unit, decision.cell, decision.stood) == (A.code, cell_of(NEWS), (Stands("12 lớp"),))
    assert (decision.answer, decision.value, decision.asked) == (CellAnswer.VALUE, 12, frozenset({"V020"}))


@pytest.mark.parametrize(
    ("suggestions", "value", "reason"),
    [
        ((), None, "no_suggestion"),
        ((1, 2), None, "several_suggestions"),
        ((1, 2), 3, "two_answers"),
        ((1,), 3, "two_answers"),
    ],
)
def test_a_suggestion_is_taken_only_where_one_is_meant(
    suggestions: Sequence[int], value: int | None, reason: str
) -> None:
    typed: dict[str, object] = {} if value is None else {"value": value}
    assert reasons(about_cell(NEWS, suggestions, answer="suggestion", **typed)) == [reason]
    (decision,) = decided(about_cell(NEWS, (1, 2), answer="suggestion", value=2)).cells
    assert decision.value == 2


@pytest.mark.parametrize("typed", ["1.500", "12 lớp", "khoảng 5", "5/6", -1, 1.5])
def test_a_number_of_a_decision_must_not_itself_need_one(typed: object) -> None:
    assert reasons(about_cell(NEWS, answer="value", value=typed)) == ["not_a_number"]


def test_a_number_beside_an_answer_that_needs_none_contradicts_it() -> None:
    for answer in ("zero", "blank", "as_stated"):
        assert reasons(about_cell(NEWS, answer=answer, value=4)) == ["two_answers"]
    assert reasons(about_cell(NEWS, answer="as_stated", value=12, found="12")) == []


@pytest.mark.parametrize(("unit", "expected"), [("Phường Đông Mai", [B.code]), ("Xã Hà An", []), ("Xã Lạ", [])])
def test_a_unit_named_by_hand_is_the_one_unit_of_that_name(unit: str, expected: list[str]) -> None:
    typed = line(CELLS, unit=unit, row=FORM.by_key["news_items"].title, answer="value", value=3, **BY)
    assert [each.unit for each in decided(typed).cells] == expected
    assert reasons(typed) == ([] if expected else ["unknown_unit"])


@pytest.mark.parametrize("kind", [CELLS, UNITS])
def test_a_copied_line_whose_unit_was_overtyped_changes_neither_unit(kind: str) -> None:
    if kind == CELLS:
        overtyped = replace(
            about_cell(NEWS, answer="zero"),
            values={**about_cell(NEWS, answer="zero").values, "unit": CHOICES.unit_text(B.code)},
        )
    else:
        overtyped = line(UNITS, **{KEY: unit_key(A.code, [])}, unit=B.code, answer="blank_is_zero", **BY)
    assert reasons(overtyped) == ["key_changed"]
    assert decided(overtyped) == replace(Decisions(), refused=decided(overtyped).refused)


@pytest.mark.parametrize("key", ["classes_total.people", "other_content.quantity", "gone.quantity"])
def test_a_line_about_a_cell_that_takes_no_number_now_is_told(key: str) -> None:
    cell = cell_of(key)
    hidden = cell_key(A.code, cell, Stands("5"), (), ["V020"])
    written = line(CELLS, **{KEY: hidden}, unit=A.code, row="Lớp", column="Người", answer="zero", **BY)
    assert reasons(written) == ["unknown_row"]


@pytest.mark.parametrize(("answer", "unit", "reason"), [("unit", "", "no_unit"), ("exclude", B.code, "two_answers")])
def test_a_unit_belongs_to_the_answer_that_gives_a_file_to_one(answer: str, unit: str, reason: str) -> None:
    given = {"unit": unit} if unit else {}
    assert reasons(line(FILES, **{KEY: file_key("ab", "")}, answer=answer, **given, **BY)) == [reason]


def test_the_key_of_a_finding_between_cells_holds_what_it_compares() -> None:
    compared = replace(make_finding("R111", TOTAL), facts={"parts": 12, "total": 10})
    assert finding_key(compared) == "R111:12/10"
    assert finding_key(replace(make_finding("V002", TOTAL), facts={"limit": 3})) == "V002"


@pytest.mark.parametrize("kind", [CELLS, FILES, UNITS])
@pytest.mark.parametrize("key", ["", "x", "[]", "5", '["a","b","c","d"]', "[" * 10_000, '[["07132"]]'])
def test_what_is_no_key_is_about_nothing(kind: str, key: str) -> None:
    assert about(kind, key) == ()


# What it does ---------------------------------------------------------------------------------------------------


def signed(kind: str = CELLS) -> Signed:
    return Signed(BY["by"], BY["reason"], line(kind))


def stated(key: str, asked: frozenset[str] | None, answer: CellAnswer = CellAnswer.AS_STATED) -> CellDecision:
    return CellDecision(A.code, cell_of(key), None, answer, None, asked, signed())


def bound(decisions: Decisions, one: Return) -> Decisions:
    """Bind lines to a return that whoever wrote them had seen."""
    return bound_cells(decisions, {A.code: [one]}, FORM)


def ruled(decisions: Decisions, one: Return) -> Return:
    (found,) = rule_on_cells(bound(decisions, one), FORM, [one], Ruling())
    return found


@pytest.mark.parametrize(("is_summary", "state"), [(False, State.DECIDED), (True, State.BLANK)])
def test_blanks_of_a_summary_are_never_made_zero(is_summary: bool, state: State) -> None:
    decisions = Decisions(units=(UnitDecision(A.code, signed(UNITS)),))
    one = ruled(decisions, make_return(FORM, {TOTAL: 3}, unit=A.code, is_summary=is_summary))
    assert entry_at(one, NEWS).state is state
    assert (entry_at(one, TOTAL).state, entry_at(one, TOTAL).value) == (State.STATED, 3)


def accepted(told: Mapping[str, str], asked: frozenset[str], *more: CellDecision) -> tuple[Return, list[str]]:
    """Accept findings at the total of classes that bear these numbers now; the return, and the codes told there."""
    before = make_return(FORM, {TOTAL: 3}, unit=A.code)
    decisions = bound(Decisions(cells=(stated(TOTAL, asked), *more)), before)
    findings = tuple(
        replace(make_finding(code, TOTAL), facts={"parts": int(number)}) if number else make_finding(code, TOTAL)
        for code, number in told.items()
    )
    one = ruled(decisions, before)
    (one,) = accept_what_was_asked(decisions, [replace(one, findings=(*one.findings, *findings))], [before])
    return one, sorted(each.code for each in one.findings if each.at == cell_of(TOTAL))


def test_what_was_accepted_is_dropped_and_what_compares_other_numbers_is_told_anew() -> None:
    one, codes = accepted({"R111": "5"}, frozenset({"R111:5"}))
    assert (codes, entry_at(one, TOTAL).decided_by) == (["D003"], "Lan")
    one, codes = accepted({"R111": "6"}, frozenset({"R111:5"}))
    assert (codes, entry_at(one, TOTAL).decided_by) == (["D001", "R111"], None)
    assert entry_at(one, TOTAL).state is State.STATED


def test_a_number_stays_decided_while_anything_that_was_accepted_holds() -> None:
    one, codes = accepted({"R111": "6", "R121": ""}, frozenset({"R111:5", "R121"}))
    assert (codes, entry_at(one, TOTAL).decided_by) == (["D001", "D003", "R111"], "Lan")


def test_a_number_that_another_line_sets_too_stays_decided() -> None:
    value = replace(stated(TOTAL, None, CellAnswer.VALUE), value=3)
    one, codes = accepted({"R111": "6"}, frozenset({"R111:5"}), value)
    assert (entry_at(one, TOTAL).state, entry_at(one, TOTAL).decided_by) == (State.DECIDED, "Lan")
    assert {"D001", "D003", "R111"} <= set(codes)


@pytest.mark.parametrize(
    ("typed", "codes"), [((State.STATED, 48), []), ((State.SET_ASIDE, 48), ["D001"]), ((State.STATED, 47), ["D001"])]
)
def test_a_decision_is_outdated_unless_the_return_now_counts_what_it_says(typed: Typed, codes: list[str]) -> None:
    one = make_return(FORM, {NEWS: typed}, unit=A.code)
    decision = replace(stated(NEWS, None, CellAnswer.VALUE), value=48, stood=(Stands("khoảng 50"),))
    file = FileResult(one.path, one.sha256, A.code, FileStatus.USED, None, ())
    ended = end_of_lines(Decisions(cells=(decision,)), {}, [file], [one], FORM)
    assert [each.code for each in ended.files[0].findings] == codes
    assert [end.closed for end in ended.lines.values()] == ([""] if codes else ["states_value"])


def test_what_is_right_as_stated_must_be_a_number_and_hides_nothing_before_the_rules_are_asked() -> None:
    doubt = make_finding("V020", NEWS, Severity.INFO)
    ruling = Ruling()
    decisions = Decisions(cells=(stated(NEWS, None), stated(MONEY, None)))
    one = make_return(FORM, {NEWS: 12, MONEY: "khoảng 5"}, unit=A.code, findings=[doubt, make_finding("V002", MONEY)])
    (found,) = rule_on_cells(bound(decisions, one), FORM, [one], ruling)
    assert [each.code for each in found.findings] == ["V020", "V002", "D003"]
    assert (entry_at(found, NEWS).state, entry_at(found, MONEY).state) == (State.DECIDED, State.UNREADABLE)
    assert [each.reason for each in ruling.refused] == ["not_one_number"]


def test_two_answers_for_one_cell_are_both_told_and_neither_is_applied() -> None:
    ruling = Ruling()
    zero = replace(stated(NEWS, None, CellAnswer.ZERO), value=0)
    blank = replace(stated(NEWS, None, CellAnswer.BLANK), signed=Signed("Hoa", "khác", line(CELLS)))
    one = make_return(FORM, {NEWS: 12}, unit=A.code)
    (found,) = rule_on_cells(bound(Decisions(cells=(zero, blank)), one), FORM, [one], ruling)
    assert entry_at(found, NEWS).state is State.STATED
    assert {each.reason for each in ruling.refused} == {"two_answers"}


@pytest.mark.parametrize(("decided_cells", "left"), [([NEWS], ["S006"]), ([NEWS, MONEY], [])])
def test_an_error_of_a_whole_column_is_closed_with_the_last_of_its_cells(
    decided_cells: Sequence[str], left: Sequence[str]
) -> None:
    column = replace(make_finding("S006", NEWS), row=None)
    one = make_return(FORM, {NEWS: "x", MONEY: "x"}, unit=A.code, findings=[column])
    values = tuple(replace(stated(key, None, CellAnswer.VALUE), value=50_000) for key in decided_cells)
    found = ruled(Decisions(cells=values), one)
    assert [each.code for each in found.findings if each.code != "D003"] == left


# Files ----------------------------------------------------------------------------------------------------------


def about_file(path: str, answer: FileAnswer, unit: str | None = None, rivals: Sequence[str] = ()) -> FileDecision:
    return FileDecision(FileKey(sha_of(path), "", frozenset(map(sha_of, rivals))), answer, unit, signed(FILES))


def sha_of(path: str) -> str:
    return make_return(FORM, {}, path=path).sha256


def filed(*returns: Return) -> list[FileReading]:
    return [FileReading(one.path, one.sha256, (one,), ()) for one in returns]


def after(decisions: Sequence[FileDecision], readings: Sequence[FileReading]) -> tuple[list[FileReading], list[object]]:
    """The files after decisions about them, and why some of these are not applied."""
    ruling = Ruling()
    found = rule_on_files(Decisions(files=tuple(decisions)), readings, SCHOOLS, ruling)
    return found, [each.reason for each in ruling.refused]


SCHOOL = make_unit("T1", "Trường Mẫu", "trường", in_total=False)
SCHOOLS = make_register(A, B, SCHOOL)


def test_a_file_that_is_given_to_two_units_stays_where_it_was() -> None:
    two = [about_file("a.xlsx", FileAnswer.UNIT, code) for code in (A.code, B.code)]
    (found,), reasons = after(two, filed(make_return(FORM, {NEWS: 3}, unit=None)))
    assert (found.returns[0].claim.unit, set(reasons)) == (None, {"two_answers"})


@pytest.mark.parametrize(("unit", "codes"), [(A, ["D005"]), (SCHOOL, ["D005", "U005"])])
def test_a_file_given_to_a_unit_outside_the_totals_says_that_it_is_not_added(unit: Unit, codes: list[str]) -> None:
    given = about_file("a.xlsx", FileAnswer.UNIT, unit.code)
    (found,), _ = after([given], filed(make_return(FORM, {NEWS: 3}, unit=None)))
    assert found.returns[0].claim.unit == unit.code
    assert [each.code for each in found.returns[0].findings] == codes


@pytest.mark.parametrize(("code", "unit"), [("F006", A.code), ("F001", None)])
def test_what_is_nobodys_answer_is_given_to_nobody(code: str, unit: str | None) -> None:
    picture = FileReading("a.jpg", sha_of("a.jpg"), (), (finding(code),))
    (found,), reasons = after([about_file("a.jpg", FileAnswer.UNIT, A.code)], [picture])
    assert (found.unit, reasons) == (unit, [] if unit else ["no_form_in_file"])


@pytest.mark.parametrize(
    ("rivals", "cells", "code"), [(["b.xlsx"], {NEWS: 4}, "D007"), ([], {NEWS: 4}, "D008"), ([], {}, "D007")]
)
def test_a_choice_among_copies_holds_until_another_filled_copy_comes(
    rivals: Sequence[str], cells: dict[str, Typed], code: str
) -> None:
    copies = filed(make_return(FORM, {NEWS: 3}), make_return(FORM, cells, path="b.xlsx"))
    found, _ = after([about_file("a.xlsx", FileAnswer.PREFER, rivals=rivals)], copies)
    assert [each.code for each in found[0].returns[0].findings] == [code]
    assert [one.preferred for file in found for one in file.returns] == [code == "D007", False]


# What is asked --------------------------------------------------------------------------------------------------


def concluded(*returns: Return) -> Consolidation:
    request = Request(Path(), FORM, REGISTER)
    readings = [FileReading(one.path, one.sha256, (one,), ()) for one in returns]
    return conclude(request, reading_context(FORM, REGISTER, DEFAULT), readings)


def asked(result: Consolidation, kind: str) -> list[tuple[str, ...]]:
    """What the lines are about that a first run writes."""
    plan = plan_book(NO_BOOK, result, WORDS)
    return [about(kind, str(offer.texts[KEY])) for _, offer in sorted(plan.sheets[kind].write.items())]


@pytest.mark.parametrize(("is_summary", "answer", "count"), [(False, None, 1), (True, None, 0), (False, True, 0)])
def test_only_a_unit_that_left_its_blanks_open_is_asked_whether_they_are_zero(
    is_summary: bool, answer: bool | None, count: int
) -> None:
    one = make_return(FORM, {NEWS: 3}, unit=A.code, is_summary=is_summary, coverage=(3, 3) if is_summary else None)
    result = concluded(replace(one, blank_means_zero=answer))
    assert len(asked(result, UNITS)) == count


def test_a_decision_that_no_longer_fits_is_asked_again_in_a_line_of_its_own() -> None:
    result = concluded(make_return(FORM, {NEWS: 3}, unit=A.code))
    outdated = make_finding("D001", NEWS, Severity.WARNING)
    files = tuple(replace(file, findings=(*file.findings, outdated)) for file in result.files)
    assert len(asked(replace(result, files=files), CELLS)) == len(asked(result, CELLS)) + 1


@pytest.mark.parametrize(("gone", "is_asked"), [(6, True), (7, False)])
def test_cells_of_rows_that_are_not_in_the_sheet_are_asked_one_by_one_only_while_they_are_few(
    gone: int, is_asked: bool
) -> None:
    rows = [row.key for row in FORM.rows if len(row.kinds) == 2][:gone]
    one = make_return(FORM, {NEWS: 3}, unit=A.code, without_rows=rows)
    entries = tuple(
        replace(entry, state=State.UNREADABLE) if entry.row in rows and entry.measure in FORM.measures else entry
        for entry in one.entries
    )
    told = dict(zip(rows, ["S001", "S003"] * gone, strict=False))
    missing = tuple(replace(make_finding(code, f"{row}.quantity"), measure=None) for row, code in told.items())
    result = concluded(replace(one, entries=entries, findings=missing))
    lines = [line for line in asked(result, CELLS) if line[1] in rows]
    assert len(lines) == (2 * gone if is_asked else 0)
    offers = plan_book(NO_BOOK, result, WORDS).sheets[CELLS].write.values()
    named = {about(CELLS, key)[1]: codes_of(key) for key in (str(offer.texts[KEY]) for offer in offers)}
    assert {row: named[row] for row in rows if row in named} == {
        row: frozenset({told[row]}) for row in rows if is_asked
    }


def saved_as_written(result: Consolidation, **hand: str) -> SavedBook:
    """The workbook as a first run leaves it; with what a person writes into every line about a cell."""
    lines = []
    for kind, plan in plan_book(NO_BOOK, result, WORDS).sheets.items():
        for row, offer in plan.write.items():
            texts = {key: text for key, text in offer.texts.items() if text != ""}
            lines.append(replace(line(kind, **texts, **(hand if kind == CELLS else {})), row=row))
    return book_of(*lines)


def with_doubts(*codes: str, key: str = NEWS) -> Consolidation:
    doubts = [make_finding(code, key) for code in codes]
    return concluded(make_return(FORM, {key: "khoảng 5"}, unit=A.code, findings=doubts))


def test_a_second_run_has_nothing_to_write() -> None:
    result = with_doubts("V002")
    again = plan_book(saved_as_written(result), result, WORDS).sheets
    assert [(plan.write, plan.clear, plan.bind) for plan in again.values()] == [({}, frozenset(), {})] * 3


def test_a_line_whose_question_is_closed_makes_room_for_the_next_one() -> None:
    first, second = with_doubts("V002"), with_doubts("V002", key=MONEY)
    saved = saved_as_written(first)
    (row,) = (each.row for each in saved.lines if each.kind == CELLS)
    plan = plan_book(saved, second, WORDS).sheets[CELLS]
    assert {at: about(CELLS, str(offer.texts[KEY]))[1] for at, offer in plan.write.items()} == {
        row: "funding_state_budget"
    }
    assert (plan.clear, plan.last) == (frozenset(), row)


@pytest.mark.parametrize(("codes", "count"), [(("V002",), 0), (("V002", "V003"), 1)])
def test_a_cell_is_asked_about_again_only_for_what_a_person_has_not_seen(codes: tuple[str, ...], count: int) -> None:
    saved = saved_as_written(with_doubts("V002"), **BY)
    assert len(plan_book(saved, with_doubts(*codes), WORDS).sheets[CELLS].write) == count


def test_a_line_that_stands_for_all_that_is_told_of_a_cell_is_the_answer_to_it() -> None:
    hidden = cell_key(A.code, cell_of(NEWS), Stands("khoảng 5"), (), None)
    own = line(CELLS, **{KEY: hidden}, unit=A.code, row=FORM.by_key["news_items"].title, answer="zero", **BY)
    assert plan_book(book_of(own), with_doubts("V002", "V003"), WORDS).sheets[CELLS].write == {}


def test_a_file_that_was_left_out_is_no_question() -> None:
    ignored = FileReading("~$a.xlsx", sha_of("~$a.xlsx"), (), (finding("F001"),))
    broken = FileReading("b.xlsx", sha_of("b.xlsx"), (), (finding("F004"),))
    result = conclude(Request(Path(), FORM, REGISTER), reading_context(FORM, REGISTER, DEFAULT), [ignored, broken])
    assert asked(result, FILES) == [(sha_of("b.xlsx"), "")]
