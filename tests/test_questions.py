"""An open question: exit 1, provisional totals where it concerns them, answered once, asked again when it changes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.consolidation.questions import cells_in_question, questions_by_unit
from pipeline.findings import load_catalogue
from pipeline.model import FileResult, FileStatus, Finding, Open
from schemas.rules import Cell, Severity
from tests.builders import shipped_form
from tests.decisions_by_hand import SIGNED, add, fill, lines_in
from tests.returned import FIGURES, consolidate, report_of, told, write_returns

UNITS = {"07135": "Phường Đông Mai", "07138": "Phường Minh Thành", "07132": "Phường Quảng Yên"}
SAME = "07135"
"""whose figures both neighbours send too"""
SEEN = {**SIGNED, "answer": "seen"}


def register_of(folder: Path) -> Path:
    """Write a register of three wards."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{code},{name},phường" for code, name in UNITS.items()]
    path = folder / "units.csv"
    path.write_text("\n".join(["code,name,type", *lines]), encoding="utf-8")
    return path


class Round:
    """Three wards that state the same figures: two of them are asked about."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.units = register_of(folder)
        self.returns = folder / "in"
        self.book = folder / "out.decisions.xlsx"
        self.figures = {code: dict(FIGURES[SAME]) for code in UNITS}
        self.fill()

    def fill(self) -> None:
        """Write the returns of the three."""
        write_returns(self.returns, self.figures, register=self.units)

    def run(self) -> int:
        """Run the command; gives its exit code."""
        out, report = self.folder / "out.xlsx", self.folder / "report.json"
        done = consolidate(self.returns, out, "--units", self.units, "--report", report, "--quiet")
        self.report = report_of(report)
        return done.exit_code

    def codes(self) -> list[str]:
        """Name every finding that is open."""
        return [one["code"] for file in self.report["files"] for one in file["findings"] if one["open"]]


@pytest.fixture
def same_figures(tmp_path: Path) -> Round:
    return Round(tmp_path)


def test_an_open_question_gives_exit_1_and_changes_neither_status_nor_sums(same_figures: Round) -> None:
    assert same_figures.run() == 1
    assert same_figures.codes() == ["U008", "U008"]
    assert {file["status"] for file in same_figures.report["files"]} == {"used"}
    assert {unit["status"] for unit in same_figures.report["units"]} == {"received"}
    total = same_figures.report["totals"]["classes_total"]["quantity"]
    assert total["total"] == sum(figures["classes_total.quantity"] for figures in same_figures.figures.values())


def test_a_question_that_was_answered_as_seen_is_closed_and_says_who_answered(same_figures: Round) -> None:
    same_figures.run()
    lines = lines_in(same_figures.book, "files")
    assert len(lines) == 2
    for line in lines:
        fill(same_figures.book, "files", line, **SEEN)
    assert same_figures.run() == 0
    assert same_figures.codes() == []
    assert sum("D018" in told(file) for file in same_figures.report["files"]) == 2
    assert len(lines_in(same_figures.book, "files")) == 2


def test_one_answer_is_not_the_answer_to_the_other_file(same_figures: Round) -> None:
    same_figures.run()
    fill(same_figures.book, "files", lines_in(same_figures.book, "files")[0], **SEEN)
    assert same_figures.run() == 1
    assert same_figures.codes() == ["U008"]


def test_a_file_that_was_sent_again_is_asked_about_again(same_figures: Round) -> None:
    same_figures.run()
    for line in lines_in(same_figures.book, "files"):
        fill(same_figures.book, "files", line, **SEEN)
    assert same_figures.run() == 0
    for code in UNITS:
        same_figures.figures[code]["news_items.quantity"] += 1
    same_figures.fill()
    assert same_figures.run() == 1
    assert same_figures.codes() == ["U008", "U008"]


def test_a_line_of_ones_own_answers_what_is_asked_about_its_file_now(same_figures: Round) -> None:
    same_figures.run()
    first, second = lines_in(same_figures.book, "files")
    fill(same_figures.book, "files", first, **SEEN)
    add(same_figures.book, "files", file=second["file"], **SEEN)
    assert same_figures.run() == 0
    assert same_figures.run() == 0


def test_without_a_reason_or_a_name_nothing_is_answered(same_figures: Round) -> None:
    same_figures.run()
    for line in lines_in(same_figures.book, "files"):
        fill(same_figures.book, "files", line, answer="seen", by="Lan")
    assert same_figures.run() == 1
    assert same_figures.codes() == ["U008", "U008"]


# Which totals a question makes provisional --------------------------------------------------------------------------


def asked(**fields: str) -> Finding:
    """Make an open question."""
    return Finding("U008", Severity.WARNING, open=Open.UNTIL_ANSWERED, **fields)  # type: ignore[arg-type]


def test_a_question_at_a_cell_concerns_that_cell_one_at_a_row_the_row_and_any_other_the_return() -> None:
    form = shipped_form()
    cell = Cell("book_donors", "people")
    row = {one for one in form.number_cells if one.row == "classes_total"}
    assert cells_in_question(form, [asked(row=cell.row, measure=cell.measure)]) == {cell}
    assert cells_in_question(form, [asked(row="classes_total")]) == row
    assert cells_in_question(form, [asked()]) == set(form.number_cells)
    assert cells_in_question(form, []) == set()


def test_a_file_of_no_known_unit_leaves_open_each_unit_that_it_may_belong_to() -> None:
    question, known = asked(), Finding("U008", Severity.INFO, open=Open.UNTIL_ANSWERED)
    files = [
        FileResult("a", None, "07135", FileStatus.USED, None, (question,)),
        FileResult("b", None, None, FileStatus.REJECTED, None, (question,), perhaps=("07138", "07132")),
        FileResult("c", None, "07150", FileStatus.SUPERSEDED, None, (known,)),
    ]
    assert set(questions_by_unit(files)) == {"07135", "07138", "07132"}


def test_every_error_of_the_catalogue_is_always_open() -> None:
    catalogue = load_catalogue().values()
    assert all(entry.open is Open.ALWAYS for entry in catalogue if entry.severity is Severity.ERROR)


def test_a_question_about_copies_concerns_the_cells_in_which_they_differ() -> None:
    form = shipped_form()
    about_copies = Finding(
        "F011", Severity.WARNING, open=Open.UNTIL_ANSWERED, facts={"differing": ("book_donors.people", "awards.note")}
    )
    assert cells_in_question(form, [about_copies]) == {Cell("book_donors", "people")}


def test_the_same_figures_of_two_units_leave_both_of_them_open() -> None:
    pair = Finding("U008", Severity.WARNING, open=Open.UNTIL_ANSWERED, facts={"concerns": ("07135",)})
    later = FileResult("b", None, "07138", FileStatus.USED, None, (pair,))
    assert set(questions_by_unit([later])) == {"07135", "07138"}


def test_a_file_that_cannot_be_used_leaves_its_unit_open_and_an_error_in_the_return_itself_its_own_cell() -> None:
    broken = Finding("F004", Severity.ERROR, open=Open.ALWAYS)
    files = [
        FileResult("newer.xlsx", None, "07135", FileStatus.REJECTED, None, (broken,)),
        FileResult("used.xlsx", None, "07138", FileStatus.USED, None, (replace(broken, code="V003"),)),
    ]
    assert set(questions_by_unit(files)) == {"07135"}
