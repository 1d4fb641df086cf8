"""The officer's decisions, through the command itself: filled in by hand, applied, kept, shown, never guessed."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import Typed, cell_addresses
from pipeline.decisions.words import KEY
from pipeline.run.outputs import is_replaceable
from tests.conftest import Convert
from tests.decisions_by_hand import SIGNED, WORDS, add, edit, fill, line_at, lines_in
from tests.returned import (
    FIGURES,
    FORM,
    consolidate,
    lines_of,
    report_of,
    reported_totals,
    summary_totals,
    told,
    write_returns,
)

ASKED, OTHER = "07150", "07153"
ABOUT = "book_donors.people"
LODGED = "news_items.quantity"
PART, TOTAL = "class_it_staff.quantity", "classes_total.quantity"
MONEY = "funding_state_budget.quantity"
TYPED: Mapping[str, Typed] = {ABOUT: "khoảng 50", LODGED: "12 lớp", MONEY: 500}
"""an error with one suggestion, a warning that is counted, an amount set aside with several suggestions"""


def returns_of(folder: Path, changes: Mapping[str, Mapping[str, Typed]]) -> Path:
    """Write the returns of two units, some cells typed otherwise."""
    figures: dict[str, dict[str, Typed]] = {
        code: {**FIGURES[code], **changes.get(code, {})} for code in sorted({ASKED, OTHER} | set(changes))
    }
    return write_returns(folder, figures)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of returns with the three questions; shared, so nobody writes into it."""
    return returns_of(tmp_path_factory.mktemp("made") / "in", {ASKED: TYPED})


class Desk:
    """An officer's folder: returns below, the summary and its decisions beside each other."""

    def __init__(self, folder: Path, returns: Path) -> None:
        self.folder, self.returns = folder, folder / "in"
        shutil.copytree(returns, self.returns)
        self.book = folder / "summary.decisions.xlsx"
        self.summary = folder / "summary.xlsx"

    def run(self, *options: object) -> int:
        outputs = ("--report", self.folder / "r.json", "--data", self.folder / "d.csv")
        return consolidate(self.returns, self.summary, *outputs, *options).exit_code

    @property
    def report(self) -> Any:  # noqa: ANN401 - the shape of JSON
        return report_of(self.folder / "r.json")

    @property
    def totals(self) -> Mapping[str, tuple[int | None, int, int]]:
        return reported_totals(self.report)

    def told(self, unit: str = ASKED) -> list[str]:
        """Codes of the files of a unit, without places."""
        return sorted(
            finding["code"] for file in self.report["files"] if file["unit"] == unit for finding in file["findings"]
        )

    def status(self, unit: str = ASKED) -> str:
        return next(str(one["status"]) for one in self.report["units"] if one["code"] == unit)

    def line(self, cell: str, unit: str = ASKED) -> Mapping[str, str]:
        """Line of a cell in the long table."""
        row, _, measure = cell.rpartition(".")
        return next(
            one
            for one in lines_of(self.folder / "d.csv")
            if (one["unit_code"], one["row"], one["measure"]) == (unit, row, measure)
        )

    def notes(self) -> list[tuple[str, str]]:
        """Code and place of what `Lỗi và cảnh báo` tells of the run as a whole."""
        sheet = load_workbook(self.summary)["Lỗi và cảnh báo"]
        heads = {str(cell.value): cell.column or 0 for cell in sheet[4]}
        rows = range(5, sheet.max_row + 1)
        return [
            (str(sheet.cell(row, heads["Mã lỗi"]).value), str(sheet.cell(row, heads["Tệp, trang, ô"]).value or ""))
            for row in rows
            if sheet.cell(row, heads["Đơn vị"]).value == "Chung"
        ]


@pytest.fixture
def desk(tmp_path: Path, made: Path) -> Desk:
    """Give a folder after the first run: the decisions workbook is there and nobody has written in it."""
    desk = Desk(tmp_path, made)
    assert desk.run() == 1
    return desk


# Lines ----------------------------------------------------------------------------------------------------------


def test_a_line_waits_for_every_open_error_and_warning_at_a_number(desk: Desk) -> None:
    lines = lines_in(desk.book)
    assert [(line["unit"][:5], line["found"], line["severity"]) for line in lines] == [
        (ASKED, "12 lớp", "Cảnh báo"),
        (ASKED, "khoảng 50", "Lỗi"),
        (ASKED, "500", "Lỗi"),
    ]
    assert all(line["why"] and line[KEY] for line in lines)
    assert not any(key in line for line in lines for key in ("answer", "value", "reason", "by", "day"))


def test_untouched_decisions_change_nothing_and_two_runs_give_the_same_bytes(desk: Desk, made: Path) -> None:
    before = {path.name: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()}
    assert desk.run() == 1
    assert {path.name: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()} == before
    again = Desk(desk.folder / "again", made)
    assert again.run() == 1
    assert {path.name: path.read_bytes() for path in again.folder.iterdir() if path.is_file()} == before


def test_the_workbook_is_never_a_return(desk: Desk) -> None:
    beside = desk.returns / "summary.xlsx"
    assert consolidate(desk.returns, beside, "--report", desk.folder / "r.json").exit_code == 1
    assert consolidate(desk.returns, beside, "--report", desk.folder / "r.json").exit_code == 1
    own = [file for file in desk.report["files"] if "summary" in file["path"]]
    assert [(file["path"], file["status"], told(file)) for file in own] == [
        ("summary.decisions.xlsx", "ignored", ["F035"]),
        ("summary.xlsx", "ignored", ["F035"]),
    ]
    shutil.copy(desk.book, desk.returns / "old.decisions.xlsx")
    assert desk.run() == 1
    (old,) = (file for file in desk.report["files"] if file["path"] == "old.decisions.xlsx")
    assert (old["status"], told(old)) == ("ignored", ["F034"])


def test_any_text_of_a_return_is_known_again_and_never_becomes_a_formula(tmp_path: Path) -> None:
    typed = {ABOUT: "“50” – ‘khoảng’\u00a0\u202e?", LODGED: "+x"}
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: typed}))
    desk.run()
    written = desk.book.read_bytes()
    desk.run()
    assert desk.book.read_bytes() == written
    sheet = load_workbook(desk.book)[WORDS.sheets["cells"].name]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "+x" in [cell.value for cell in cells]
    for cell in typed:
        fill(desk.book, "cells", line_at(desk.book, cell), answer="value", value=48, **SIGNED)
    desk.run()
    assert [desk.line(cell)["value"] for cell in typed] == ["48", "48"]


# Cells ----------------------------------------------------------------------------------------------------------


def test_a_right_value_counts_and_is_shown_with_its_reason_and_name(desk: Desk) -> None:
    before = desk.totals[ABOUT]
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    desk.run()
    assert desk.totals[ABOUT] == ((before[0] or 0) + 48, before[1] + 1, before[2])
    assert summary_totals(desk.summary)[ABOUT] == desk.totals[ABOUT][0]
    line = desk.line(ABOUT)
    assert (line["value"], line["state"], line["found"]) == ("48", "decided", "khoảng 50")
    assert "V002" not in desk.told() and "D003" in desk.told()
    sources = load_workbook(desk.summary)["Nguồn số liệu"]
    shown = [[cell.value for cell in row] for row in sources.iter_rows()]
    assert [row for row in shown if "khoảng 50" in row and SIGNED["by"] in row and SIGNED["reason"] in row]
    sheet = next(sheet for sheet in load_workbook(desk.summary).worksheets if sheet.title.startswith(ASKED))
    remarks = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert SIGNED["reason"] in remarks and SIGNED["by"] in remarks


@pytest.mark.parametrize(
    ("cell", "answer", "value", "counts", "state"),
    [
        (ABOUT, "suggestion", None, "50", "decided"),
        (ABOUT, "zero", None, "0", "decided"),
        (ABOUT, "blank", None, "", "blank"),
        (LODGED, "as_stated", None, "12", "decided"),
        (LODGED, "value", 11, "11", "decided"),
        (MONEY, "suggestion", 500_000, "500000", "decided"),
        (MONEY, "as_stated", None, "500", "decided"),
    ],
)
def test_each_answer_says_what_counts(
    desk: Desk, cell: str, answer: str, value: int | None, counts: str, state: str
) -> None:
    fill(desk.book, "cells", line_at(desk.book, cell), answer=answer, value=value, **SIGNED)
    desk.run()
    line = desk.line(cell)
    assert (line["value"], line["state"]) == (counts, state)
    code = {ABOUT: "V002", LODGED: "V022", MONEY: "R125"}[cell]
    assert code not in desk.told() and "D003" in desk.told()
    assert desk.notes() == []


def test_a_unit_whose_questions_are_all_decided_is_received(desk: Desk) -> None:
    for cell, answer in ((ABOUT, "suggestion"), (LODGED, "as_stated"), (MONEY, "as_stated")):
        fill(desk.book, "cells", line_at(desk.book, cell), answer=answer, **SIGNED)
    assert desk.status() == "received_with_errors"
    desk.run()
    assert desk.status() == "received"
    assert not {"V002", "V022", "R125"} & set(desk.told())


def test_a_decided_value_takes_part_in_the_rules(desk: Desk) -> None:
    place = {"unit": "07150 Phường Cộng Hòa", "row": FORM.by_key["class_it_staff"].title, "column": "Số lớp/cuộc"}
    add(desk.book, **place, answer="value", value=FIGURES[ASKED][TOTAL] + 100, **SIGNED)
    desk.run()
    assert desk.line(PART)["state"] == "decided"
    assert "R111" in desk.told()
    assert "R111" in line_at(desk.book, TOTAL)[KEY]


def test_an_error_between_counted_cells_can_be_accepted_and_stays_accepted(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {TOTAL: 1}}))
    desk.run()
    assert ("R111" in desk.told(), desk.status()) == (True, "received_with_errors")
    fill(desk.book, "cells", line_at(desk.book, TOTAL), answer="as_stated", **SIGNED)
    for _ in range(2):
        desk.run()
        assert ("R111" in desk.told(), desk.status()) == (False, "received")
        assert desk.line(TOTAL)["value"] == "1"


def test_what_the_officer_has_not_seen_is_not_accepted_with_the_rest(tmp_path: Path) -> None:
    lodged = {TOTAL: f"{FIGURES[ASKED][TOTAL]} lớp"}
    first = returns_of(tmp_path / "first", {ASKED: lodged})
    desk = Desk(tmp_path / "desk", first)
    desk.run()
    fill(desk.book, "cells", line_at(desk.book, TOTAL), answer="as_stated", **SIGNED)
    desk.run()
    assert "V022" not in desk.told()
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "second", {ASKED: {**lodged, PART: 9_000}}), desk.returns)
    desk.run()
    assert "R111" in desk.told() and "V022" not in desk.told()
    assert ['"R111:' in line[KEY] for line in lines_in(desk.book) if "classes_total" in line[KEY]] == [False, True]


@pytest.mark.parametrize("own_line", [False, True])
def test_an_error_between_cells_is_accepted_only_with_the_numbers_that_it_compared(
    tmp_path: Path, own_line: bool
) -> None:
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {TOTAL: 1}}))
    desk.run()
    if own_line:
        place = {"unit": "07150 Phường Cộng Hòa", "row": FORM.by_key["classes_total"].title, "column": "Số lớp/cuộc"}
        add(desk.book, **place, answer="as_stated", **SIGNED)
    else:
        fill(desk.book, "cells", line_at(desk.book, TOTAL), answer="as_stated", **SIGNED)
    for _ in range(2):
        desk.run()
        assert ("R111" in desk.told(), desk.status(), desk.line(TOTAL)["state"]) == (False, "received", "decided")
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {TOTAL: 1, PART: 9_000}}), desk.returns)
    for _ in range(2):
        desk.run()
        assert {"R111", "D001"} <= set(desk.told()) and "D003" not in desk.told()
        assert (desk.status(), desk.line(TOTAL)["state"]) == ("received_with_errors", "stated")
    asked = [line for line in lines_in(desk.book) if "classes_total" in line[KEY] and "answer" not in line]
    fill(desk.book, "cells", asked[0], answer="as_stated", **SIGNED)
    desk.run()
    assert not {"R111", "D001"} & set(desk.told())
    assert (len(asked), desk.status()) == (1, "received")


def test_a_computed_total_is_accepted_only_for_the_parts_it_was_added_from(tmp_path: Path) -> None:
    blank: dict[str, Typed] = {TOTAL: None}
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: blank}))
    desk.run()
    fill(desk.book, "cells", line_at(desk.book, TOTAL), answer="as_stated", **SIGNED)
    desk.run()
    assert ("R114" in desk.told(), desk.line(TOTAL)["state"]) == (False, "decided")
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {**blank, PART: 9_000}}), desk.returns)
    desk.run()
    assert {"R114", "D001"} <= set(desk.told())
    assert desk.line(TOTAL)["state"] == "computed"


def test_as_stated_needs_a_number_that_was_read(desk: Desk) -> None:
    line = line_at(desk.book, ABOUT)
    fill(desk.book, "cells", line, answer="as_stated", **SIGNED)
    desk.run()
    assert "V002" in desk.told() and desk.line(ABOUT)["state"] == "unreadable"
    assert desk.notes() == [("D002", f"Số liệu, H{line['#']}")]


# Lines that cannot be used --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "value", "value": 48, "reason": "hỏi lại"},
        {"answer": "value", "value": 48, "by": "Lan"},
        {"answer": "value", **SIGNED},
        {"answer": "value", "value": "khoảng 48", **SIGNED},
        {"answer": "value", "value": -3, **SIGNED},
        {"answer": "value", "value": 2.5, **SIGNED},
        {"answer": "value", "value": "1.500", **SIGNED},
        {"answer": "value", "value": True, **SIGNED},
        {"answer": "suggestion", "value": 51, **SIGNED},
        {"answer": "zero", "value": 7, **SIGNED},
        {"answer": "blank", "value": 7, **SIGNED},
        {"answer": "chắc là 48", **SIGNED},
        {"value": 48, **SIGNED},
        {"reason": "hỏi lại"},
        {"answer": "value", "value": 48, **SIGNED, "unit": "07153 Xã Tiền An"},
        {"answer": "value", "value": 48, **SIGNED, "row": "Xóa mù chữ"},
        {"answer": "value", "value": 48, **SIGNED, KEY: "[]"},
    ],
    ids=str,
)
def test_a_line_that_cannot_be_used_is_told_kept_and_not_applied(desk: Desk, wrong: Mapping[str, Any]) -> None:
    before = desk.totals
    line = line_at(desk.book, ABOUT)
    fill(desk.book, "cells", line, **wrong)
    written = next(one for one in lines_in(desk.book) if one["#"] == line["#"])
    desk.run()
    assert desk.totals == before
    assert "V002" in desk.told() and "D003" not in desk.told()
    assert desk.notes() == [("D002", f"Số liệu, H{line['#']}")]
    assert next(one for one in lines_in(desk.book) if one["#"] == line["#"]) == written


@pytest.mark.parametrize(
    "spoil",
    [
        lambda parts: [*parts[:4], 5, parts[5]],
        lambda parts: [[parts[0]], *parts[1:]],
        lambda parts: [*parts[:5], 7],
        lambda parts: [*parts[:4], ["a"], parts[5]],
        lambda parts: [*parts[:3], None, *parts[4:]],
        lambda parts: {"unit": parts[0]},
        lambda parts: parts[:5],
    ],
)
def test_a_line_whose_hidden_key_was_changed_is_told_and_not_applied(
    desk: Desk, spoil: Callable[[list[object]], object]
) -> None:
    line = line_at(desk.book, ABOUT)
    key = json.dumps(spoil(json.loads(line[KEY])), ensure_ascii=False)
    fill(desk.book, "cells", line, **{KEY: key}, answer="value", value=48, **SIGNED)
    assert desk.run() == 1
    assert [code for code, _ in desk.notes()] == ["D002"]
    assert desk.line(ABOUT)["state"] == "unreadable"


def test_several_suggestions_need_the_number_that_is_meant(desk: Desk) -> None:
    fill(desk.book, "cells", line_at(desk.book, MONEY), answer="suggestion", **SIGNED)
    desk.run()
    assert [code for code, _ in desk.notes()] == ["D002"]
    assert desk.line(MONEY)["state"] == "set_aside"


def test_two_different_answers_for_one_cell_are_both_told_and_neither_is_applied(desk: Desk) -> None:
    line = line_at(desk.book, ABOUT)
    fill(desk.book, "cells", line, answer="value", value=48, **SIGNED)
    add(desk.book, unit=line["unit"], row=line["row"], column=line["column"], answer="value", value=49, **SIGNED)
    desk.run()
    assert [code for code, _ in desk.notes()] == ["D002", "D002"]
    assert desk.line(ABOUT)["state"] == "unreadable"


def test_an_unsigned_decision_never_changes_a_total(desk: Desk) -> None:
    before = desk.totals
    chance = random.Random(3)
    for line in lines_in(desk.book):
        answer = chance.choice(list(WORDS.sheets["cells"].answers))
        fill(desk.book, "cells", line, answer=answer, value=chance.choice([None, 5]), reason="chưa rõ", day="09/10")
    desk.run()
    assert desk.totals == before


# What a person wrote stays --------------------------------------------------------------------------------------


def test_sorted_lines_decide_the_same(desk: Desk) -> None:
    for cell, value in ((ABOUT, 48), (LODGED, 11)):
        fill(desk.book, "cells", line_at(desk.book, cell), answer="value", value=value, **SIGNED)
    desk.run()
    expected = desk.totals

    def turn_round(sheet: Worksheet, head: int, places: Mapping[str, int]) -> None:
        width = range(1, len(places) + 1)
        lines = [[sheet.cell(row, place).value for place in width] for row in range(head + 1, head + 8)]
        for row, values in enumerate(reversed(lines), head + 1):
            for place, value in zip(width, values, strict=True):
                sheet.cell(row, place).value = value

    edit(desk.book, "cells", turn_round)
    sorted_lines = lines_in(desk.book)
    desk.run()
    assert desk.totals == expected
    assert lines_in(desk.book) == sorted_lines


def test_a_decision_survives_a_corrected_return(desk: Desk, tmp_path: Path) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    desk.run()
    filled = line_at(desk.book, ABOUT)
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {**TYPED, LODGED: 12, MONEY: 500_000}}), desk.returns)
    desk.run()
    assert desk.line(ABOUT)["value"] == "48"
    assert lines_in(desk.book) == [filled]


def test_a_decision_about_a_cell_that_changed_is_told_and_not_applied(desk: Desk, tmp_path: Path) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    desk.run()
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {**TYPED, ABOUT: "trên 60"}}), desk.returns)
    desk.run()
    assert {"D001", "V002"} <= set(desk.told()) and "D003" not in desk.told()
    assert desk.line(ABOUT)["state"] == "unreadable"
    assert [line["found"] for line in lines_in(desk.book) if "book_donors" in line[KEY]] == ["khoảng 50", "trên 60"]


def test_a_corrected_return_that_says_what_was_decided_leaves_nothing_to_tell(desk: Desk, tmp_path: Path) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {**TYPED, ABOUT: 48}}), desk.returns)
    desk.run()
    assert not {"D001", "D003", "V002"} & set(desk.told())
    assert desk.line(ABOUT)["state"] == "stated"


def test_a_decision_about_a_blank_holds_only_while_the_same_stands_elsewhere_for_it(tmp_path: Path) -> None:
    cell = "books_donated.quantity"
    noted: dict[str, Typed] = {cell: None, "books_donated.note": "850 quyển"}
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: noted}))
    desk.run()
    fill(desk.book, "cells", line_at(desk.book, cell), answer="value", value=850, **SIGNED)
    desk.run()
    assert (desk.line(cell)["value"], "D001" in desk.told()) == ("850", False)
    for number, note in enumerate(("1.900 quyển", None)):
        shutil.rmtree(desk.returns)
        returns = returns_of(tmp_path / f"next {number}", {ASKED: {**noted, "books_donated.note": note}})
        shutil.copytree(returns, desk.returns)
        desk.run()
        assert (desk.line(cell)["state"], "D001" in desk.told(), "D003" in desk.told()) == ("blank", True, False)
        assert ("V030" in desk.told()) is bool(note)
        assert len([line for line in lines_in(desk.book) if "books_donated" in line[KEY]]) == 2


def test_a_decision_of_a_unit_without_a_return_waits_and_is_told(desk: Desk) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    filled = line_at(desk.book, ABOUT)
    for file in desk.returns.glob(f"{ASKED}*"):
        file.unlink()
    desk.run()
    assert desk.notes() == [("D002", f"Số liệu, H{filled['#']}")]
    assert lines_in(desk.book) == [filled]


def test_lines_without_a_person_go_when_their_question_is_closed(desk: Desk, tmp_path: Path) -> None:
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {}), desk.returns)
    desk.run()
    assert lines_in(desk.book) == []


def test_a_persons_own_line_is_applied_and_known_again_by_what_stood_in_the_cell(desk: Desk, tmp_path: Path) -> None:
    cell = "books_donated.quantity"
    row = FORM.by_key["books_donated"].title
    add(desk.book, unit="07150 Phường Cộng Hòa", row=row, answer="value", value=7_000, **SIGNED)
    desk.run()
    assert (desk.line(cell)["value"], desk.line(cell)["state"]) == ("7000", "decided")
    assert f'"{FIGURES[ASKED]["books_donated.quantity"]}"' in line_at(desk.book, cell)[KEY]
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: {**TYPED, cell: 7_777}}), desk.returns)
    desk.run()
    assert desk.line(cell)["value"] == "7777"
    assert "D001" in desk.told()


def test_notes_comments_colours_and_formulas_of_a_person_stay(desk: Desk, tmp_path: Path) -> None:
    def scribble(sheet: Worksheet, head: int, places: Mapping[str, int]) -> None:
        sheet.cell(head + 2, places["day"]).value = "gọi lại chiều 09/10"
        sheet.cell(head + 2, places["found"]).comment = Comment("đã gọi một lần", "Lan")
        sheet.cell(head + 1, len(places) + 2).value = "xem lại"
        sheet.cell(head + 3, places["value"]).value = "=250000*2"
        sheet.column_dimensions["A"].width = 33

    edit(desk.book, "cells", scribble)
    head = lines_in(desk.book)[0]["#"] - 1
    shutil.rmtree(desk.returns)
    changes = {ASKED: {"book_fairs.quantity": "x"}, OTHER: {ABOUT: "khoảng 9"}}
    shutil.copytree(returns_of(tmp_path / "next", changes), desk.returns)
    desk.run()
    sheet = load_workbook(desk.book)[WORDS.sheets["cells"].name]
    assert sheet.cell(head + 1, 15).value == "xem lại"
    assert sheet.cell(head + 2, 12).value == "gọi lại chiều 09/10"
    comment = sheet.cell(head + 2, 5).comment
    assert comment is not None and comment.text.endswith("đã gọi một lần")
    assert sheet.cell(head + 3, 9).value == "=250000*2"
    assert sheet.column_dimensions["A"].width == 33
    assert len(lines_in(desk.book)) == 3 + 2


def test_the_lists_to_choose_from_reach_the_empty_lines(desk: Desk) -> None:
    workbook = load_workbook(desk.book)
    sheet = workbook[WORDS.sheets["cells"].name]
    lists = {str(one.formula1).lstrip("="): str(one.sqref) for one in sheet.data_validations.dataValidation}
    assert {"list_answers_cells", "list_units", "list_rows", "list_columns"} <= lists.keys()
    assert lists["list_answers_cells"].startswith("H8:H")
    hidden = workbook[WORDS.lists["sheet"]]
    assert hidden.sheet_state == "hidden"
    assert sheet.column_dimensions["M"].hidden
    target = workbook.defined_names["list_answers_cells"].attr_text or ""
    cells = hidden[target.partition("!")[2].replace("$", "")]
    assert [row[0].value for row in cells] == list(WORDS.sheets["cells"].answers.values())


@pytest.mark.libreoffice
def test_a_workbook_saved_by_another_program_decides_the_same(desk: Desk, soffice: Convert, tmp_path: Path) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    saved = soffice(desk.book, "xlsx", tmp_path / "saved")
    shutil.copy(saved, desk.book)
    desk.run()
    assert desk.line(ABOUT)["value"] == "48"
    assert desk.notes() == []
    sheet = load_workbook(desk.book)[WORDS.sheets["cells"].name]
    assert sheet.column_dimensions["M"].hidden
    assert len(sheet.data_validations.dataValidation) >= 5


# Files ----------------------------------------------------------------------------------------------------------


def copy_return(desk: Desk, unit: str, name: str) -> Path:
    (file,) = desk.returns.glob(f"{unit}*")
    target = desk.returns / name
    target.parent.mkdir(exist_ok=True)
    shutil.copy(file, target)
    return target


def retype(file: Path, cell: str, value: Typed, day: int = 6) -> None:
    """Change one cell of a return, and the day on which it says that it was saved."""
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    sheet[cell_addresses(FORM, sheet)[cell]] = value
    workbook.save(file)
    members = {name: zipfile.ZipFile(file).read(name) for name in zipfile.ZipFile(file).namelist()}
    with zipfile.ZipFile(file, "w") as saved:
        for name, content in members.items():
            moment = rb"\g<1>2020-10-%02dT08:00:00Z" % day
            saved.writestr(name, re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", moment, content))
    os.utime(file, (1_600_000_000, 1_600_000_000))


def file_line(desk: Desk, path: str) -> dict[str, Any]:
    return next(line for line in lines_in(desk.book, "files") if line["file"] == path)


def status_of(desk: Desk, path: str) -> tuple[str, list[str]]:
    (file,) = (one for one in desk.report["files"] if one["path"] == path)
    return file["status"], sorted({finding["code"] for finding in file["findings"]})


def test_a_file_that_is_no_return_is_left_out_by_decision(desk: Desk) -> None:
    other = Workbook()
    other["Sheet"]["A1"] = "Danh sách cán bộ"
    other.save(desk.returns / "Danh sach.xlsx")
    desk.run()
    assert status_of(desk, "Danh sach.xlsx")[0] == "rejected"
    fill(desk.book, "files", file_line(desk, "Danh sach.xlsx"), answer="exclude", **SIGNED)
    desk.run()
    assert status_of(desk, "Danh sach.xlsx") == ("ignored", ["F030"])
    (desk.returns / "Danh sach.xlsx").rename(desk.returns / "Ten khac.xlsx")
    desk.run()
    assert status_of(desk, "Ten khac.xlsx") == ("ignored", ["F030"])


def test_a_return_left_out_is_summed_nowhere(desk: Desk) -> None:
    (path,) = (file["path"] for file in desk.report["files"] if file["unit"] == OTHER)
    add(desk.book, "files", file=path, answer="exclude", **SIGNED)
    desk.run()
    assert status_of(desk, path) == ("ignored", ["F030"])
    assert desk.status(OTHER) == "missing"
    assert desk.totals["books_donated.quantity"][:2] == (FIGURES[ASKED]["books_donated.quantity"], 1)


def test_an_unknown_return_is_given_to_its_unit(tmp_path: Path) -> None:
    stamps = {"unit_code": "", "unit_name": ""}
    folder = write_returns(tmp_path / "in", {ASKED: FIGURES[ASKED]}, stamps=stamps)
    (file,) = folder.iterdir()
    file.rename(folder / "PL2.xlsx")
    desk = Desk(tmp_path / "desk", folder)
    desk.run()
    assert status_of(desk, "PL2.xlsx") == ("rejected", ["U001"])
    fill(desk.book, "files", file_line(desk, "PL2.xlsx"), answer="unit", unit="07150 Phường Cộng Hòa", **SIGNED)
    desk.run()
    assert (desk.status(), desk.told()) == ("received", ["D005"])
    assert desk.totals["books_donated.quantity"][0] == FIGURES[ASKED]["books_donated.quantity"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"answer": "unit", **SIGNED},
        {"answer": "unit", "unit": "Xã Không Có", **SIGNED},
        {"answer": "exclude", "unit": "07150 Phường Cộng Hòa", **SIGNED},
        {"answer": "exclude", "by": "Lan"},
    ],
    ids=str,
)
def test_a_line_about_a_file_that_cannot_be_used_is_told(desk: Desk, wrong: Mapping[str, Any]) -> None:
    (path,) = (file["path"] for file in desk.report["files"] if file["unit"] == OTHER)
    before = desk.totals
    add(desk.book, "files", file=path, **wrong)
    desk.run()
    assert desk.totals == before
    assert [code for code, _ in desk.notes()] == ["D002"]


def test_the_chosen_copy_counts_until_a_newer_one_comes(desk: Desk) -> None:
    cell = "books_donated.quantity"
    for name, value, day in (("lan 1/a.xlsx", 111, 6), ("lan 2/b.xlsx", 222, 8)):
        retype(copy_return(desk, OTHER, name), cell, value, day)
    for file in desk.returns.glob(f"{OTHER}*"):
        file.unlink()
    desk.run()
    assert desk.line(cell, OTHER)["value"] == "222"
    fill(desk.book, "files", file_line(desk, "lan 1/a.xlsx"), answer="prefer", **SIGNED)
    desk.run()
    assert desk.line(cell, OTHER)["value"] == "111"
    assert "D007" in desk.told(OTHER) and desk.status(OTHER) == "received"
    (desk.returns / "lan 3").mkdir()
    retype(Path(shutil.copy(desk.returns / "lan 2/b.xlsx", desk.returns / "lan 3/c.xlsx")), cell, 333, 9)
    desk.run()
    assert desk.line(cell, OTHER)["value"] == "333"
    assert "D008" in desk.told(OTHER) and "D007" not in desk.told(OTHER)


def test_a_copy_is_chosen_where_nobody_knows_which_is_newer(desk: Desk) -> None:
    cell = "books_donated.quantity"
    for name, value in (("lan 1/a.xlsx", 111), ("lan 2/b.xlsx", 222)):
        retype(copy_return(desk, OTHER, name), cell, value)
    for file in desk.returns.glob(f"{OTHER}*"):
        file.unlink()
    desk.run()
    assert desk.status(OTHER) == "missing"
    fill(desk.book, "files", file_line(desk, "lan 1/a.xlsx"), answer="prefer", **SIGNED)
    desk.run()
    assert (desk.line(cell, OTHER)["value"], desk.status(OTHER)) == ("111", "received")


def test_a_paper_is_given_to_its_unit(desk: Desk) -> None:
    (desk.returns / "IMG_2041.pdf").write_bytes(b"%PDF-1.4 of no unit")
    (desk.returns / "IMG_2042.pdf").write_bytes(b"%PDF-1.4 of another")
    desk.run()
    assert status_of(desk, "IMG_2041.pdf") == ("rejected", ["F006"])
    fill(desk.book, "files", file_line(desk, "IMG_2041.pdf"), answer="unit", unit="07150 Phường Cộng Hòa", **SIGNED)
    fill(desk.book, "files", file_line(desk, "IMG_2042.pdf"), answer="unit", unit="07189 Xã Tiền Phong", **SIGNED)
    desk.run()
    assert desk.notes() == []
    assert status_of(desk, "IMG_2041.pdf") == ("ignored", ["D005", "F057"])
    assert status_of(desk, "IMG_2042.pdf") == ("rejected", ["D005", "F006"])
    units = {unit["code"]: (unit["status"], unit["file"]) for unit in desk.report["units"]}
    assert units["07189"] == ("missing", "IMG_2042.pdf")


def test_what_is_nobodys_answer_is_given_to_no_unit(desk: Desk) -> None:
    (desk.returns / "~$a.xlsx").write_bytes(b"\x03Lan" + b" " * 100)
    desk.run()
    assert status_of(desk, "~$a.xlsx")[0] == "ignored"
    add(desk.book, "files", file="~$a.xlsx", answer="unit", unit="07150 Phường Cộng Hòa", **SIGNED)
    desk.run()
    assert status_of(desk, "~$a.xlsx") == ("ignored", ["F001"])
    assert "D002" in [code for code, _ in desk.notes()]


# Units ----------------------------------------------------------------------------------------------------------


def test_an_empty_form_counts_as_zero_once_an_officer_says_so(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: dict.fromkeys(FIGURES[ASKED])}))
    desk.run()
    assert (desk.status(), desk.told()) == ("missing", ["F008"])
    (line,) = lines_in(desk.book, "units")
    fill(desk.book, "units", line, answer="blank_is_zero", **SIGNED)
    desk.run()
    assert (desk.status(), desk.told(), desk.notes()) == ("received", ["D006"], [])
    assert {one[1] for one in desk.totals.values()} == {2}
    assert {desk.line(cell)["value"] for cell in (TOTAL, LODGED, MONEY)} == {"0"}


def test_a_decision_about_a_unit_without_a_return_is_told(desk: Desk) -> None:
    add(desk.book, "units", unit="07189 Xã Tiền Phong", answer="blank_is_zero", **SIGNED)
    desk.run()
    assert [code for code, _ in desk.notes()] == ["D002"]


def test_blanks_of_a_unit_are_zero_by_decision_and_nothing_else_of_it_changes(tmp_path: Path) -> None:
    blank = {"news_items.quantity": None, "publications.quantity": None}
    total: dict[str, Typed] = {TOTAL: None}
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {**blank, **total}}))
    desk.run()
    (line,) = lines_in(desk.book, "units")
    before = desk.totals
    fill(desk.book, "units", line, answer="blank_is_zero", **SIGNED)
    desk.run()
    assert "D006" in desk.told() and "V029" not in desk.told()
    for cell in blank:
        assert (desk.line(cell)["value"], desk.line(cell)["state"]) == ("0", "decided")
        assert desk.totals[cell][:2] == (before[cell][0], before[cell][1] + 1)
    assert desk.line(TOTAL)["state"] == "computed"
    assert {cell: one for cell, one in desk.totals.items() if cell not in blank} == {
        cell: one for cell, one in before.items() if cell not in blank
    }


def test_a_decision_about_blanks_is_about_those_that_were_blank_when_it_was_asked_for(tmp_path: Path) -> None:
    asked, later, more = "news_items.quantity", "publications.quantity", "seminars.quantity"
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {asked: None}}))
    desk.run()
    (line,) = lines_in(desk.book, "units")
    fill(desk.book, "units", line, answer="blank_is_zero", **SIGNED)
    desk.run()
    assert desk.line(asked)["value"] == "0"
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: dict.fromkeys((asked, later, more))}), desk.returns)
    desk.run()
    assert [desk.line(cell)["state"] for cell in (asked, later, more)] == ["decided", "blank", "blank"]
    (told,) = (one for file in desk.report["files"] for one in file["findings"] if one["code"] == "V029")
    assert told["cell"] in {desk.line(cell)["cell"] for cell in (later, more)}
    assert "D006" in desk.told()
    filled, again = lines_in(desk.book, "units")
    assert filled["#"] == line["#"]
    fill(desk.book, "units", again, answer="blank_is_zero", **SIGNED)
    desk.run()
    assert {desk.line(cell)["value"] for cell in (asked, later, more)} == {"0"}
    assert ("V029" in desk.told(), len(lines_in(desk.book, "units"))) == (False, 2)


def test_a_persons_own_line_about_blanks_is_bound_to_those_that_it_made_zero(tmp_path: Path) -> None:
    asked, later = "news_items.quantity", "publications.quantity"
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {asked: None}}))
    desk.run()
    (line,) = lines_in(desk.book, "units")
    fill(desk.book, "units", line, answer="blank_is_zero", **{KEY: None}, **SIGNED)
    desk.run()
    assert f'["{ASKED}",["{asked}"]]' == lines_in(desk.book, "units")[0][KEY]
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", {ASKED: dict.fromkeys((asked, later))}), desk.returns)
    desk.run()
    assert [desk.line(cell)["state"] for cell in (asked, later)] == ["decided", "blank"]


def test_an_older_line_that_does_not_say_which_blanks_it_asked_about_is_told_and_asked_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {"news_items.quantity": None}}))
    desk.run()
    (line,) = lines_in(desk.book, "units")
    fill(desk.book, "units", line, answer="blank_is_zero", **{KEY: f'["{ASKED}"]'}, **SIGNED)
    desk.run()
    assert [code for code, _ in desk.notes()] == ["D002"]
    assert desk.line("news_items.quantity")["state"] == "blank"
    assert len(lines_in(desk.book, "units")) == 2


def test_a_decision_about_blanks_spares_what_the_reading_spares_and_tells_it(tmp_path: Path) -> None:
    changes: dict[str, Typed] = {LODGED: None, "news_items.note": "Đợt 1", "publications.quantity": None}
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: changes}))
    desk.run()
    assert "V030" not in desk.told()
    (line,) = lines_in(desk.book, "units")
    fill(desk.book, "units", line, answer="blank_is_zero", **SIGNED)
    desk.run()
    assert (desk.line("publications.quantity")["value"], desk.line(LODGED)["state"]) == ("0", "blank")
    assert {"D006", "V030"} <= set(desk.told())
    fill(desk.book, "cells", line_at(desk.book, LODGED), answer="value", value=7, **SIGNED)
    desk.run()
    assert (desk.line(LODGED)["value"], "V030" in desk.told()) == ("7", False)


def test_a_cell_decided_to_be_blank_is_not_asked_for_again(tmp_path: Path) -> None:
    people = "heritage_visits.people"
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: {people: None}}))
    desk.run()
    assert "R122" in desk.told()
    fill(desk.book, "cells", line_at(desk.book, people), answer="blank", **SIGNED)
    desk.run()
    assert "R122" not in desk.told()


def test_each_cell_of_a_cause_that_is_told_once_is_decided_by_itself(tmp_path: Path) -> None:
    cells = [cell for cell in FIGURES[ASKED] if cell.endswith(".people") and cell.startswith("class_")][:8]
    dates: dict[str, Typed] = dict.fromkeys(cells, "05/10/2020")
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {ASKED: dates}))
    desk.run()
    assert desk.told().count("V004") == 1
    (told_of,) = [one for file in desk.report["files"] for one in file["findings"] if one["code"] == "V004"]
    assert (told_of["row"], told_of["measure"], told_of["cell"]) == (None, "people", desk.line(cells[0])["cell"])
    assert {desk.line(cell)["state"] for cell in cells} == {"unreadable"}
    lines = [line for cell in cells if (line := line_at(desk.book, cell))]
    assert len(lines) == len(cells)
    fill(desk.book, "cells", line_at(desk.book, cells[2]), answer="value", value=40, **SIGNED)
    desk.run()
    assert (desk.line(cells[2])["value"], desk.told().count("V004")) == ("40", 1)
    assert desk.totals[cells[2]][1] == 2
    sheet = next(sheet for sheet in load_workbook(desk.summary).worksheets if sheet.title.startswith(ASKED))
    shown = Counter(row[0].row for row in sheet.iter_rows() for cell in row if "05/10/2020" in str(cell.value))
    # As it was typed, and in the remark beside it; the decided one in the remark alone.
    assert sorted(shown.values()) == [1, *[2] * (len(cells) - 1)]


# The workbook itself --------------------------------------------------------------------------------------------


def test_decisions_stand_where_they_are_named(tmp_path: Path, made: Path) -> None:
    desk = Desk(tmp_path, made)
    named = tmp_path / "so quyet dinh.xlsx"
    assert desk.run("--decisions", named) == 1
    assert named.is_file() and not desk.book.exists()
    fill(named, "cells", line_at(named, ABOUT), answer="value", value=48, **SIGNED)
    desk.run("--decisions", named)
    assert desk.line(ABOUT)["value"] == "48"
    assert desk.run("--decisions", tmp_path / "so.csv") == 2
    assert desk.run("--decisions", desk.summary) == 2


def as_other_workbook(book: Path) -> None:
    other = Workbook()
    other.save(book)


def without_a_column(book: Path) -> None:
    def rename(sheet: Worksheet, head: int, places: Mapping[str, int]) -> None:
        sheet.cell(head, places["reason"]).value = "Ghi chú"

    edit(book, "cells", rename)


@pytest.mark.parametrize(
    "spoil",
    [lambda book: book.write_bytes(b"not a workbook"), as_other_workbook, without_a_column],
    ids=["broken", "another workbook", "a column is gone"],
)
def test_decisions_that_cannot_be_read_stop_the_run_and_nothing_is_written(desk: Desk, spoil: Any) -> None:  # noqa: ANN401
    spoil(desk.book)
    before = {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()}
    (desk.returns / "them.txt").write_text("một tệp nữa")
    assert desk.run() == 3
    assert {path: path.read_bytes() for path in desk.folder.iterdir() if path.is_file()} == before


def test_a_renamed_sheet_of_decisions_still_decides(desk: Desk) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    workbook = load_workbook(desk.book)
    workbook[WORDS.sheets["cells"].name].title = "So lieu cua toi"
    workbook.save(desk.book)
    desk.run()
    assert desk.line(ABOUT)["value"] == "48"


@pytest.mark.parametrize("when", ["before the run", "during the run"])
def test_an_open_workbook_still_decides_but_gets_no_line(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    held = desk.book.read_bytes()
    changes = {ASKED: {ABOUT: "khoảng 50", "book_fairs.quantity": "x"}}
    shutil.rmtree(desk.returns)
    shutil.copytree(returns_of(tmp_path / "next", changes), desk.returns)
    true_replace = Path.replace

    def refuse(path: Path, target: Path) -> Path:
        if Path(target) == desk.book:
            raise PermissionError(13, "in use")
        return true_replace(path, target)

    monkeypatch.setattr(Path, "replace", refuse)
    if when == "before the run":
        monkeypatch.setattr("pipeline.run.job.is_replaceable", lambda path: path != desk.book and is_replaceable(path))
    result = consolidate(
        desk.returns, desk.summary, "--report", desk.folder / "r.json", "--data", desk.folder / "d.csv"
    )
    assert result.exit_code == 1
    assert desk.book.read_bytes() == held
    assert desk.line(ABOUT)["value"] == "48"
    assert "Sổ quyết định đang mở" in result.output
    assert ("D004", "") in desk.notes() or when == "during the run"
    monkeypatch.undo()
    desk.run()
    assert any('"book_fairs"' in line[KEY] for line in lines_in(desk.book))


def test_the_digest_of_a_print_changes_with_a_decision(desk: Desk) -> None:
    def foot() -> str:
        footer = load_workbook(desk.summary)["Tổng hợp"].oddFooter
        return str(footer.left.text) if footer else ""

    before = foot()
    assert before
    fill(desk.book, "cells", line_at(desk.book, ABOUT), answer="value", value=48, **SIGNED)
    desk.run()
    decided = foot()
    assert decided != before
    desk.run()
    assert foot() == decided


def test_rows_that_are_missing_are_decided_cell_by_cell_and_then_their_error_is_closed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", returns_of(tmp_path / "in", {}))
    (file,) = desk.returns.glob(f"{ASKED}*")
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    (row,) = (cell.row for cells in sheet.iter_rows() for cell in cells if cell.value == "news_items")
    for cells in sheet.iter_rows(min_row=row, max_row=row):
        for cell in cells:
            cell.value = None
    workbook.save(file)
    desk.run()
    assert "S001" in desk.told()
    fill(desk.book, "cells", line_at(desk.book, "news_items.quantity"), answer="value", value=5, **SIGNED)
    desk.run()
    assert (desk.line("news_items.quantity")["value"], desk.status()) == ("5", "received")
    assert "S001" not in desk.told()


def test_the_words_of_the_workbook_fit_each_other() -> None:
    heads = [column.head for sheet in WORDS.sheets.values() for column in sheet.columns if column.key == KEY]
    assert len(set(heads)) == len(WORDS.sheets)
    assert len({sheet.name for sheet in WORDS.sheets.values()}) == len(WORDS.sheets)
