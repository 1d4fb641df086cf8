"""Rounds of an office: decisions written before, beside and after returns, through the command itself."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.styles import Font

from examples.filling import Typed
from pipeline.decisions.words import KEY, OlderWords, SheetWords
from tests.conftest import Convert
from tests.decisions_by_hand import SIGNED, WORDS, Line, add, fill, head_of, lines_in
from tests.returned import FIGURES, FORM, consolidate, report_of, reported_totals, write_returns

UNITS = {"07132": "Phường Quảng Yên", "07135": "Phường Đông Mai", "07138": "Phường Minh Thành"}
LATE, OTHER = "07138", "07135"
CELL = "books_donated.quantity"
ROW = FORM.by_key["books_donated"].title
STATED, BY_PHONE, CORRECTED = 1271, 1300, 1288
GREY = "FF8C8C8C"


FIRST_SENT = 1_602_000_000
"""7 October 2020, as a file's time"""


class Round:
    """Three wards, one of which may be late, and the officer's workbooks beside the summary."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.returns = folder, folder / "in"
        self.book = folder / "out.decisions.xlsx"
        self.units = folder / "units.csv"
        self.hours = 0
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
        # An hour apart: which of two copies is newer must not hang on the second in which a test saved them.
        self.hours += 1
        moment = FIRST_SENT + 3600 * self.hours
        os.utime(to, (moment, moment))
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
        """Codes of what is told of decisions in the run as a whole."""
        return [note["code"] for note in self.report["notes"] if note["code"].startswith("D")]

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


# Decisions in another place ---------------------------------------------------------------------------------------

CONFLICTS = [
    "out.decisions-PC-HOA.xlsx",
    "out.decisions (1).xlsx",
    "out.decisions (Bản sao xung đột của Lan 2026-11-30).xlsx",
    "out.decisions (Lan's conflicted copy 2026-11-30).xlsx",
    "Copy of out.decisions.xlsx",
    "bang cu.decisions.xlsx",
    "so cua toi.xlsx",
]


@pytest.fixture
def settled(office: Round) -> Round:
    """Give an office in which every return is in and nothing is open."""
    office.send(LATE)
    assert office.run() == 0
    return office


def filled_copy(office: Round, to: Path) -> Path:
    """Make a copy of the decisions workbook in which somebody wrote a line."""
    to.parent.mkdir(exist_ok=True)
    ours = office.book.read_bytes()
    office.write(answer="value", value=BY_PHONE)
    shutil.move(office.book, to)
    office.book.write_bytes(ours)
    return to


@pytest.mark.parametrize("name", CONFLICTS)
def test_lines_in_another_decisions_workbook_are_told_until_they_are_brought_over(settled: Round, name: str) -> None:
    other = filled_copy(settled, settled.folder / name)
    before = other.read_bytes()
    assert settled.run() == 1
    assert (settled.notes(), settled.counted(), other.read_bytes()) == (["D011"], STATED, before)
    settled.write(answer="value", value=BY_PHONE)
    assert settled.run() == 0
    assert (settled.notes(), settled.counted()) == ([], BY_PHONE)


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_a_decisions_workbook_saved_in_another_format_is_told(
    settled: Round, soffice: Convert, suffix: str, tmp_path: Path
) -> None:
    other = filled_copy(settled, tmp_path / "other" / "out.decisions.xlsx")
    soffice(other, suffix, settled.folder)
    assert settled.run() == 1
    assert settled.notes() == ["D011"]


def test_a_filled_decisions_workbook_among_the_returns_is_told(settled: Round) -> None:
    filled_copy(settled, settled.returns / "cu" / "out.decisions.xlsx")
    assert settled.run() == 1
    assert settled.notes() == ["D011"]


def test_a_summary_that_was_renamed_does_not_lose_its_decisions_in_silence(settled: Round) -> None:
    settled.write(answer="value", value=BY_PHONE)
    assert settled.run() == 0
    settled.book.rename(settled.folder / "Bảng tổng hợp.decisions.xlsx")
    assert settled.run() == 1
    assert (settled.notes(), settled.counted()) == (["D011"], STATED)


def test_a_mistyped_decisions_workbook_does_not_lose_decisions_in_silence(settled: Round) -> None:
    settled.write(answer="value", value=BY_PHONE)
    assert settled.run("--decisions", settled.folder / "out.decision.xlsx") == 1
    assert settled.notes() == ["D011"]


def test_lines_in_a_copied_sheet_are_told(settled: Round) -> None:
    workbook = load_workbook(settled.book)
    sheet = workbook.copy_worksheet(workbook[WORDS.sheets["cells"].name])
    sheet.title = "Số liệu (2)"
    workbook.save(settled.book)
    assert (settled.run(), settled.notes()) == (0, [])
    workbook = load_workbook(settled.book)
    head, places = head_of(workbook["Số liệu (2)"], "cells")
    line: Line = {"unit": f"{LATE} {UNITS[LATE]}", "row": ROW, "answer": "ghi số đúng", "value": BY_PHONE, **SIGNED}
    for key, value in line.items():
        workbook["Số liệu (2)"].cell(head + 1, places[key]).value = value
    workbook.save(settled.book)
    assert (settled.run(), settled.notes(), settled.counted()) == (1, ["D010"], STATED)


def test_a_decisions_workbook_that_cannot_be_read_is_told_where_it_calls_itself_one(settled: Round) -> None:
    (settled.folder / "out.decisions (1).xlsx").write_bytes(b"PK\x03\x04 nothing")
    (settled.folder / "khac.xlsx").write_bytes(b"PK\x03\x04 nothing")
    assert (settled.run(), settled.notes()) == (1, ["D012"])


def test_other_workbooks_that_ask_nothing_stay_quiet(settled: Round) -> None:
    # An empty copy, a copy of what ours says too, the lock of Excel, and a workbook of another summary with its own.
    shutil.copy(settled.book, settled.folder / "out.decisions - Copy.xlsx")
    filled_copy(settled, settled.folder / "quy 3.decisions.xlsx")
    shutil.copy(settled.folder / "out.xlsx", settled.folder / "quy 3.xlsx")
    (settled.folder / "~$out.decisions (1).xlsx").write_bytes(b"\x03Lan" + bytes(160))
    settled.write(answer="value", value=BY_PHONE)
    shutil.copy(settled.book, settled.folder / "out.decisions-PC-HOA.xlsx")
    for _ in range(2):
        assert (settled.run(), settled.notes()) == (0, [])


def test_a_sheet_of_notes_in_the_decisions_workbook_stays_quiet(settled: Round) -> None:
    workbook = load_workbook(settled.book)
    notes = workbook.create_sheet("Ghi chú của Lan")
    notes.append(["Đơn vị", "Số đúng", "Lý do"])
    notes.append([f"{LATE} {UNITS[LATE]}", BY_PHONE, "sẽ gọi lại"])
    workbook.save(settled.book)
    assert (settled.run(), settled.notes()) == (0, [])


@pytest.mark.libreoffice
def test_a_decisions_workbook_saved_again_or_sorted_stays_quiet(settled: Round, soffice: Convert) -> None:
    settled.write(answer="value", value=BY_PHONE)
    settled.write(unit=f"{OTHER} {UNITS[OTHER]}", answer="value", value=BY_PHONE)
    assert settled.run() == 0
    shutil.copy(soffice(settled.book, "xlsx", settled.folder / "saved"), settled.book)
    assert (settled.run(), settled.notes()) == (0, [])
    first, second = lines_in(settled.book)
    swap(settled.book, first, second)
    assert (settled.run(), settled.notes(), settled.counted()) == (0, [], 2 * BY_PHONE - STATED)


def swap(book: Path, one: Line, other: Line) -> None:
    """Put each of two lines in the place of the other."""
    for line, row in ((one, other["#"]), (other, one["#"])):
        fill(book, "cells", {"#": row}, **{key: value for key, value in line.items() if key != "#"})


# What a cell of the workbook shows ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "pattern", "counts"),
    [
        (2, "0.000", False),
        (13, '0"05"', False),
        (13, '#,##0" nghìn"', False),
        (3, "0%", False),
        (13, ";;;", False),
        (1300, "#,##0", True),
        (1300, "General", True),
        (1300, "@", True),
        (1300, '#,##0" quyển"', True),
        (13, "0.00", True),
    ],
)
def test_a_number_counts_only_as_it_is_shown(settled: Round, number: int, pattern: str, counts: bool) -> None:
    settled.write(answer="value", value=number)
    (line,) = lines_in(settled.book)
    workbook = load_workbook(settled.book)
    sheet = workbook[WORDS.sheets["cells"].name]
    _, places = head_of(sheet, "cells")
    sheet.cell(line["#"], places["value"]).number_format = pattern
    workbook.save(settled.book)
    assert settled.run() == (0 if counts else 1)
    assert (settled.notes(), settled.counted()) == (([], number) if counts else (["D002"], STATED))


def test_a_number_that_is_crossed_out_decides_nothing(settled: Round) -> None:
    settled.write(answer="value", value=BY_PHONE)
    (line,) = lines_in(settled.book)
    workbook = load_workbook(settled.book)
    sheet = workbook[WORDS.sheets["cells"].name]
    _, places = head_of(sheet, "cells")
    sheet.cell(line["#"], places["value"]).font = Font(strike=True)
    workbook.save(settled.book)
    assert (settled.run(), settled.notes(), settled.counted()) == (1, ["D002"], STATED)


# Words that changed ---------------------------------------------------------------------------------------------------


def test_a_workbook_of_older_words_is_read_by_the_same_keys(settled: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    settled.write(answer="value", value=BY_PHONE)
    cells = WORDS.sheets["cells"]
    words = {**WORDS.sheets, "cells": reworded(cells)}
    monkeypatch.setattr("pipeline.run.job.load_decision_words", lambda: replace(WORDS, sheets=words))
    assert (settled.run(), settled.notes(), settled.counted()) == (0, [], BY_PHONE)
    assert load_workbook(settled.book).sheetnames == [*(sheet.name for sheet in WORDS.sheets.values()), "Danh sách"]


def reworded(words: SheetWords) -> SheetWords:
    """Say everything in other words, the present ones being those of an older version."""
    columns = tuple(column._replace(head=f"{column.head} mới") for column in words.columns)
    answers = {answer: f"{text} mới" for answer, text in words.answers.items()}
    older = OlderWords(
        (words.name,),
        {column.head: column.key for column in words.columns},
        {text: answer for answer, text in words.answers.items()},
    )
    return replace(words, name="Số liệu mới", columns=columns, answers=answers, older=older)


# The trial's own workbooks, as an earlier version wrote them ----------------------------------------------------------

TRIAL = Path(__file__).parent / "corpus" / "trial" / "decisions"


def test_a_copy_left_by_onedrive_is_told(settled: Round) -> None:
    shutil.copy(TRIAL / "09.decisions.xlsx", settled.book)
    shutil.copy(TRIAL / "09.decisions-PC-HOA.xlsx", settled.folder / "out.decisions-PC-HOA.xlsx")
    assert (settled.run(), settled.notes(), settled.counted(OTHER)) == (1, ["D011"], STATED)


def test_a_decision_of_an_earlier_version_that_fits_no_more_keeps_a_round_open(settled: Round) -> None:
    shutil.copy(TRIAL / "12.decisions.xlsx", settled.book)
    settled.send(OTHER, "Dong Mai lan 2.xlsx", books_donated__quantity=1400)
    assert settled.run() == 1
    assert (settled.counted(OTHER), "D001" in settled.codes(OTHER)) == (1400, True)


def test_a_line_of_an_earlier_version_without_a_key_is_as_old_as_its_list_of_files(office: Round) -> None:
    shutil.copy(TRIAL / "09.decisions-PC-HOA.xlsx", office.book)
    (line,) = lines_in(office.book)
    fill(office.book, "cells", line, unit=f"{LATE} {UNITS[LATE]}", value=BY_PHONE)
    office.send(LATE, "lan dau.xlsx")
    assert (office.run(), office.counted(), "D001" in office.codes()) == (1, STATED, True)


def test_a_decision_that_an_earlier_version_had_bound_still_counts(settled: Round) -> None:
    shutil.copy(TRIAL / "07.decisions.xlsx", settled.book)
    assert (settled.run(), settled.counted()) == (0, BY_PHONE)
