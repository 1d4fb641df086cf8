"""Rounds of an office: decisions written before, beside and after returns, through the command itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from examples.filling import Typed
from pipeline.decisions.words import KEY
from tests.decisions_by_hand import SIGNED, WORDS, add, fill, lines_in
from tests.returned import FIGURES, FORM, consolidate, report_of, reported_totals, write_returns

UNITS = {"07132": "Phường Quảng Yên", "07135": "Phường Đông Mai", "07138": "Phường Minh Thành"}
LATE, OTHER = "07138", "07135"
CELL = "books_donated.quantity"
ROW = FORM.by_key["books_donated"].title
STATED, BY_PHONE, CORRECTED = 1271, 1300, 1288
GREY = "FF8C8C8C"


class Round:
    """Three wards, one of which may be late, and the officer's workbooks beside the summary."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.returns = folder, folder / "in"
        self.book = folder / "out.decisions.xlsx"
        self.units = folder / "units.csv"
        lines = [f"{code},{name},phường" for code, name in UNITS.items()]
        self.units.write_text("\n".join(["code,name,type", *lines]), encoding="utf-8")
        self.send("07132")
        self.send(OTHER)

    def send(self, code: str, name: str = "", **changes: Typed) -> Path:
        """Put the return of a unit among the others, some cells typed otherwise."""
        figures: dict[str, dict[str, Typed]] = {code: {**FIGURES[code], CELL: STATED}}
        figures[code].update({cell.replace("__", "."): typed for cell, typed in changes.items()})
        made = write_returns(self.folder / "made", figures, register=self.units)
        (file,) = made.iterdir()
        to = self.returns / (name or file.name)
        to.parent.mkdir(exist_ok=True)
        shutil.move(file, to)
        return to

    def run(self, *options: object) -> int:
        """Run the command; gives its exit code."""
        report = self.folder / "r.json"
        out = self.folder / "out.xlsx"
        done = consolidate(self.returns, out, "--units", self.units, "--report", report, "--quiet", *options)
        self.report: Any = report_of(report)
        return done.exit_code

    def counted(self, code: str = LATE) -> int | None:
        """What counts at the cell for a unit: the total of all less that of the others."""
        total, stated, _ = reported_totals(self.report)[CELL]
        others = [unit for unit in UNITS if unit != code]
        if total is None or stated < len(UNITS):
            return None
        return total - len(others) * STATED

    def codes(self, code: str = LATE) -> set[str]:
        """Codes that are told of the files of a unit."""
        files = [file for file in self.report["files"] if file["unit"] == code]
        return {told["code"] for file in files for told in file["findings"]}

    def notes(self) -> list[str]:
        """Codes that are told of the run as a whole."""
        return [note["code"] for note in self.report["notes"]]

    def write(self, kind: str = "cells", **values: Any) -> None:  # noqa: ANN401
        """Write a line of the officer's own."""
        about = {"unit": f"{LATE} {UNITS[LATE]}"} | ({"row": ROW} if kind == "cells" else {})
        add(self.book, kind, **{**about, **SIGNED, **values})

    def closed(self, kind: str = "cells") -> Mapping[int, str]:
        """Rows that are shown in grey, and what they say."""
        sheet = load_workbook(self.book)[WORDS.sheets[kind].name]
        grey = {}
        for line in lines_in(self.book, kind):
            color = sheet.cell(line["#"], 1).font.color
            if color is not None and color.rgb == GREY:
                grey[line["#"]] = str(line["why"])
        return grey


@pytest.fixture
def office(tmp_path: Path) -> Round:
    """Give an office after its first run, while one ward is still missing."""
    office = Round(tmp_path)
    assert office.run() == 1
    return office


# A line and what was seen when it was written ---------------------------------------------------------------------


@pytest.mark.parametrize("runs_between", [0, 1, 2])
def test_a_number_written_before_the_return_came_is_asked_again_when_it_comes(office: Round, runs_between: int) -> None:
    office.write(answer="value", value=BY_PHONE)
    for _ in range(runs_between):
        assert office.run() == 1
        assert office.notes() == ["D002"]
    office.send(LATE)
    for _ in range(2):
        assert office.run() == 1
        assert (office.counted(), "D001" in office.codes(), "D003" in office.codes()) == (STATED, True, False)
    first, again = lines_in(office.book)
    assert (first["value"], again["found"], again.get("answer")) == (BY_PHONE, str(STATED), None)
    fill(office.book, "cells", again, answer="as_stated", **SIGNED)
    assert office.run() == 0
    assert (office.counted(), "D001" in office.codes()) == (STATED, False)
    assert office.closed() == {first["#"]: WORDS.closed["decided_elsewhere"]}


def test_a_number_written_before_the_return_came_is_closed_when_the_return_says_the_same(office: Round) -> None:
    office.write(answer="value", value=BY_PHONE)
    office.run()
    office.send(LATE, books_donated__quantity=BY_PHONE)
    for _ in range(2):
        assert office.run() == 0
        assert (office.counted(), "D001" in office.codes(), office.notes()) == (BY_PHONE, False, [])
        assert list(office.closed().values()) == [WORDS.closed["states_value"]]


def test_a_number_written_after_the_return_was_seen_counts(office: Round) -> None:
    office.send(LATE)
    assert office.run() == 0
    office.write(answer="value", value=BY_PHONE)
    for _ in range(2):
        assert office.run() == 0
        assert (office.counted(), office.codes()) == (BY_PHONE, {"D003"})
    assert office.closed() == {}


def test_a_number_written_before_a_corrected_return_came_is_not_put_over_it(office: Round) -> None:
    sent = office.send(LATE)
    office.run()
    office.write(answer="value", value=BY_PHONE)
    sent.unlink()
    office.send(LATE, "lan 2.xlsx", books_donated__quantity=CORRECTED)
    assert office.run() == 1
    assert (office.counted(), "D001" in office.codes()) == (CORRECTED, True)


def test_a_number_counts_in_a_corrected_return_that_says_the_same_at_its_cell(office: Round) -> None:
    sent = office.send(LATE)
    office.run()
    office.write(answer="value", value=BY_PHONE)
    office.send(LATE, "lan 2.xlsx", book_fairs__quantity=77)
    assert sent.exists()
    office.run()
    assert (office.counted(), "D001" in office.codes()) == (BY_PHONE, False)


def test_an_answer_that_lacked_its_name_is_as_old_as_it_is(office: Round) -> None:
    office.write(answer="value", value=BY_PHONE, by=None)
    office.run()
    office.send(LATE)
    office.run()
    (line,) = lines_in(office.book)
    fill(office.book, "cells", line, by="Lan")
    assert office.run() == 1
    assert (office.counted(), "D001" in office.codes()) == (STATED, True)


@pytest.mark.parametrize("runs_between", [0, 1])
def test_blanks_are_not_made_zero_by_a_line_written_before_the_return_came(office: Round, runs_between: int) -> None:
    office.write("units", answer="blank_is_zero")
    for _ in range(runs_between):
        office.run()
    office.send(LATE, books_donated__quantity=None)
    for _ in range(2):
        assert office.run() == 1
        assert (office.counted(), "D006" in office.codes(), office.notes()) == (None, False, ["D001"])
    first, again = lines_in(office.book, "units")
    fill(office.book, "units", again, answer="blank_is_zero", **SIGNED)
    assert office.run() == 0
    assert office.counted() == 0
    assert office.closed("units") == {first["#"]: WORDS.closed["no_blanks"]}


def test_a_line_about_blanks_is_closed_when_the_return_leaves_none(office: Round) -> None:
    office.write("units", answer="blank_is_zero")
    office.run()
    office.send(LATE)
    assert office.run() == 0
    assert list(office.closed("units").values()) == [WORDS.closed["no_blanks"]]


def test_a_file_that_lies_where_another_was_decided_about_is_not_left_out_unseen(office: Round) -> None:
    file = office.send(LATE)
    office.run()
    add(office.book, "files", file=file.name, answer="exclude", **SIGNED)
    file.unlink()
    office.send(LATE, books_donated__quantity=CORRECTED)
    assert office.run() == 1
    assert (office.counted(), office.notes()) == (CORRECTED, ["D002"])


# A line that was not applied --------------------------------------------------------------------------------------


def test_a_decision_that_fits_no_more_keeps_a_round_open(office: Round) -> None:
    sent = office.send(LATE)
    office.run()
    office.write(answer="value", value=BY_PHONE)
    assert office.run() == 0
    office.send(LATE, "Minh Thanh lan 2.xlsx", books_donated__quantity=CORRECTED)
    assert sent.exists()
    assert office.run() == 1
    assert (office.counted(), "D001" in office.codes()) == (CORRECTED, True)


def test_a_line_about_what_the_unit_has_mended_is_closed_and_says_so(office: Round) -> None:
    sent = office.send(LATE, books_donated__quantity="khoảng 1300")
    office.run()
    (line,) = lines_in(office.book)
    fill(office.book, "cells", line, answer="value", value=BY_PHONE, **SIGNED)
    assert office.run() == 0
    asked = sent.read_bytes()
    sent.unlink()
    office.send(LATE, books_donated__quantity=CORRECTED)
    assert office.run() == 0
    assert (office.counted(), office.codes()) == (CORRECTED, {"D009"})
    assert office.closed() == {line["#"]: WORDS.closed["not_asked"]}
    sent.write_bytes(asked)
    assert office.run() == 0
    assert (office.counted(), office.closed()) == (BY_PHONE, {})


def test_a_line_that_somebody_began_is_closed_with_its_question(office: Round) -> None:
    sent = office.send(LATE, books_donated__quantity="khoảng 1300")
    office.run()
    (line,) = lines_in(office.book)
    fill(office.book, "cells", line, answer="value", value=BY_PHONE)
    assert office.run() == 1
    assert office.notes() == ["D002"]
    sent.unlink()
    office.send(LATE, books_donated__quantity=CORRECTED)
    assert office.run() == 0
    assert (office.notes(), list(office.closed().values())) == ([], [WORDS.closed["not_asked"]])


def test_a_line_about_a_file_is_closed_when_the_file_is_gone(office: Round) -> None:
    office.send(LATE)
    stray = office.returns / "anh.txt"
    stray.write_text("không phải biểu", encoding="utf-8")
    office.run()
    (line,) = lines_in(office.book, "files")
    fill(office.book, "files", line, answer="exclude", **SIGNED)
    assert office.run() == 0
    stray.unlink()
    assert office.run() == 0
    assert (office.notes(), list(office.closed("files").values())) == ([], [WORDS.closed["file_gone"]])


def test_a_choice_among_copies_is_open_when_another_copy_came(office: Round) -> None:
    first = office.send(LATE)
    office.send(LATE, "lan 2.xlsx", books_donated__quantity=CORRECTED)
    office.run()
    line = next(line for line in lines_in(office.book, "files") if line["file"] == first.name)
    fill(office.book, "files", line, answer="prefer", **SIGNED)
    office.run()
    assert (office.counted(), "D007" in office.codes()) == (STATED, True)
    office.send(LATE, "lan 3.xlsx", books_donated__quantity=BY_PHONE)
    assert office.run() == 1
    assert (office.counted(), "D008" in office.codes()) == (BY_PHONE, True)


def test_nothing_is_asked_about_decisions_that_hold(office: Round) -> None:
    office.send(LATE, books_donated__quantity="khoảng 1300")
    office.run()
    (line,) = lines_in(office.book)
    fill(office.book, "cells", line, answer="value", value=BY_PHONE, **SIGNED)
    assert office.run() == 0
    before = office.book.read_bytes()
    assert (office.run(), office.book.read_bytes(), office.notes()) == (0, before, [])
    assert line[KEY]
