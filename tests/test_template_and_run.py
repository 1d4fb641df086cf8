"""What the blank workbook says of itself while it is filled is what a run says of it when it comes back.

A template is filled in many ways, calculated by LibreOffice, and then read by the program: its status line and the
remarks beside its rows stand against the findings at the same rows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from examples.filling import Typed, cell_addresses, fill_in
from pipeline.extract.context import reading_context
from pipeline.extract.numbers.dates import serials_about
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.template import load_template_words
from pipeline.model import Finding, State
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request, conclude
from pipeline.run.workers import read_all
from pipeline.writers.template import write_template
from schemas.rules import Severity
from tests.conftest import ConvertAll
from tests.returned import FIGURES, FORM

WORDS, STAMP = load_template_words(), load_stamp_words()
REGISTER = load_register(FORM, None)
UNIT = "07135"
CLEAN: Mapping[str, Typed] = FIGURES[UNIT]
BLANK: Mapping[str, Typed] = dict.fromkeys(CLEAN)
ZERO: Mapping[str, Typed] = dict.fromkeys(CLEAN, 0)
HALF: Mapping[str, Typed] = {cell: None for place, cell in enumerate(CLEAN) if place % 2}
PARTS = ("sports_events", "arts_events", "heritage_visits")
CLASSES: Mapping[str, Typed] = {
    cell: 0 for cell in CLEAN if cell.startswith("class_") and cell.endswith("people") and "total" not in cell
}
CONTACT = {"filled_by": "Nguyễn Văn A", "phone": "0912 345 678"}
NEWS = "news_items.quantity"
ABOVE = ""
"""in place of a row: what is said of the lines above the form"""
BLANKS = "V029"
NOT_SEEN = {"V018"}
"""what Excel 2007 has no function for: a formula in a number cell"""
TOTALS = {row.key for row in FORM.rows if row.role == "total"}
OPTIONAL = {row.key for row in FORM.rows if row.optional}
MOVED_FROM = {"class_participants_total": ("classes_total",)}
"""rows to which a run moves a number from another row"""
DATE_LIKE = serials_about(FORM.first_day, FORM.last_day)[0]


@dataclass(frozen=True)
class Case:
    """One way to fill the form: what differs from a clean return, and what is answered above it."""

    typed: Mapping[str, Typed] = field(default_factory=dict)
    zero: bool | None = None
    """the answer to whether blanks are 0"""
    stamped: bool = True
    unit_name: str = ""
    contact: bool = True
    formats: Mapping[str, str] = field(default_factory=dict)
    """number formats that were pasted with the figures"""


def both(*rows: str) -> dict[str, int]:
    """Sum of the two measures of some rows in the clean return."""
    return {measure: sum(FIGURES[UNIT][f"{row}.{measure}"] for row in rows) for measure in ("quantity", "people")}


def counted_twice(total: str, *rows: str) -> dict[str, Typed]:
    return {f"{total}.{measure}": value for measure, value in both(*rows).items()}


NAMED: dict[str, Case] = {
    # How much is filled in, and what the unit says of its blanks.
    "clean": Case(),
    "empty, not stamped": Case(BLANK, stamped=False),
    "empty": Case(BLANK),
    "empty, blanks are 0": Case(BLANK, zero=True),
    "empty, blanks are not 0": Case(BLANK, zero=False),
    "not stamped": Case(stamped=False),
    "unit chosen": Case(stamped=False, unit_name="Phường Đông Mai"),
    "unit typed otherwise": Case(stamped=False, unit_name="P. Đông Mai"),
    "half": Case(HALF),
    "half, blanks are 0": Case(HALF, zero=True),
    "half, blanks are not 0": Case(HALF, zero=False),
    "clean, blanks are 0": Case(zero=True),
    "clean, blanks are not 0": Case(zero=False),
    "one figure": Case({**BLANK, "news_items.quantity": 0}),
    "one figure, blanks are 0": Case({**BLANK, "news_items.quantity": 3}, zero=True),
    "all 0": Case(ZERO),
    "nobody to call": Case(contact=False),
    # What a number cell holds.
    "words": Case({"class_literacy.people": "khoảng 50"}),
    "number as text": Case({"class_literacy.people": "12"}),
    "number with its unit": Case({"class_literacy.people": "12 người"}),
    "fraction": Case({"class_literacy.people": 12.5}),
    "below 0": Case({"class_literacy.people": -3}),
    "date": Case({NEWS: date(2020, 10, 5)}, formats={NEWS: "[$-42A]dd/mm/yyyy"}),
    "date of long ago": Case({NEWS: date(1945, 3, 1)}, formats={NEWS: "[$-42A]dd/mm/yyyy"}),
    "date as number": Case({NEWS: DATE_LIKE}),
    "number before the dates of the form's years": Case({NEWS: DATE_LIKE - 1}),
    "money like a date": Case({"funding_state_budget.quantity": DATE_LIKE}),
    "percentage": Case({NEWS: 1}, formats={NEWS: "0%"}),
    "word for 0": Case({"class_literacy.quantity": "không", "class_literacy.people": "không"}),
    "space": Case({"class_literacy.quantity": " ", "class_literacy.people": None}),
    "error value": Case({"awards_collectives.quantity": "=1/0"}),
    "formula": Case({"classes_total.quantity": "=10+14"}),
    "most digits of a count": Case({"awards_individuals.people": 99_999_999}),
    "too many digits of a count": Case({"awards_individuals.people": 100_000_000}),
    "too many digits of money": Case({"funding_state_budget.quantity": 10**15}),
    "money in words": Case({"funding_state_budget.quantity": "15 triệu"}),
    "small money": Case({"funding_state_budget.quantity": 15}),
    "large money": Case({"funding_state_budget.quantity": 15_000_000_000}),
    "money on a heading": Case({"funding.quantity": 15_000_000}),
    "people beside news": Case({"news_items.people": 12}),
    "people beside classes": Case({"classes_total.people": 12}),
    "collectives in the other column": Case({"awards_collectives.quantity": None, "awards_collectives.people": 4}),
    # Totals and their parts.
    "total below its parts": Case({"classes_total.quantity": 3}),
    "total above its parts": Case({"classes_total.quantity": 99}),
    "total above its parts, explained": Case(
        {"classes_total.quantity": 99, "other_content.quantity": "2 lớp chính trị"}
    ),
    "totals blank": Case({"classes_total.quantity": None, "class_participants_total.people": None}),
    "totals blank, blanks are 0": Case(
        {"classes_total.quantity": None, "class_participants_total.people": None}, zero=True
    ),
    "total blank, a part in words": Case({"classes_total.quantity": None, "class_literacy.quantity": "vài lớp"}),
    "total blank, its parts 0": Case(
        {"classes_total.quantity": None} | {f"{cell.removesuffix('people')}quantity": 0 for cell in CLASSES}
    ),
    "optional totals blank": Case(
        {f"{row}.{m}": None for row in ("reading_events_total", "culture_sport_total") for m in ("quantity", "people")}
    ),
    "optional total blank, and a part": Case({"reading_events_total.quantity": None, "book_fairs.quantity": None}),
    "optional total blank, and a part, blanks are 0": Case(
        {"reading_events_total.quantity": None, "book_fairs.quantity": None}, zero=True
    ),
    "total alone, blanks are 0": Case({**BLANK, "classes_total.quantity": 5}, zero=True),
    "part above its total": Case({"class_literacy.people": 5000}),
    "people in several classes": Case({"class_participants_total.people": 600}),
    "people without a class": Case({"class_participants_total.people": 6000}),
    "reading total below": Case({"reading_events_total.quantity": 2}),
    "reading total above": Case({"reading_events_total.quantity": 200}),
    "optional people blank": Case(
        {"book_fairs.people": None, "book_exhibitions.people": None, "seminars.people": None}
    ),
    # Numbers that belong together.
    "people, no event": Case({"book_fairs.quantity": 0, "book_fairs.people": 50}),
    "people, events blank": Case({"book_fairs.quantity": None, "book_fairs.people": 50}),
    "fairs, nobody": Case({"book_fairs.people": 0}),
    "fairs, and people beside them": Case({"book_fairs.quantity": 2, "book_fairs.people": 79}),
    "people of a total, the total blank": Case(
        {"culture_sport_total.quantity": None, "culture_sport_total.people": 431}
    ),
    "people of a total, all its parts 0": Case(
        {f"{row}.{measure}": 0 for row in PARTS for measure in ("quantity", "people")}
        | {"culture_sport_total.quantity": None, "culture_sport_total.people": 431}
    ),
    "people, no class": Case({"class_literacy.quantity": 0}),
    "class, people blank": Case({"class_literacy.people": None}),
    "class, nobody": Case({"class_literacy.people": 0}),
    "fewer people than classes": Case({"class_literacy.quantity": 50, "classes_total.quantity": 80}),
    "many people in a class": Case({"class_literacy.people": 400, "class_participants_total.people": 1300}),
    "many people at an event": Case({"sports_events.people": 4000, "culture_sport_total.people": 5000}),
    "participants, no class": Case({"classes_total.quantity": 0}),
    "classes, no participants": Case({"class_participants_total.people": 0, **CLASSES}),
    "classes, participants blank": Case({"class_participants_total.people": None, **dict.fromkeys(CLASSES)}),
    "money, nothing done": Case(
        {**ZERO, "funding_state_budget.quantity": 10**6, "funding_other_sources.quantity": 10**6}
    ),
    "money, nothing said": Case(
        {**BLANK, "funding_state_budget.quantity": 10**6, "funding_other_sources.quantity": 10**6}
    ),
    "state money, nothing done": Case({**ZERO, "funding_state_budget.quantity": 10**6}),
    "books, no donor": Case({"book_donors.quantity": 0, "book_donors.people": 0}),
    "books, donors blank": Case({"book_donors.quantity": None, "book_donors.people": None}),
    "donors, no book": Case({"books_donated.quantity": 0}),
    "talks told twice": Case(
        {"lifelong_learning_talks.quantity": 3, "lifelong_learning_talks.people": 150}
        | {"seminars.quantity": 3, "seminars.people": 150}
    ),
    "talks in the total of culture": Case(
        {**counted_twice("culture_sport_total", *PARTS, "lifelong_learning_talks"), "culture_sport_total.note": "gộp"}
    ),
}


def at_random(seed: int) -> Case:
    """A clean return with every third cell typed anew, most of them small, blank or 0."""
    chance = random.Random(seed)
    typed: dict[str, Typed] = {
        cell: chance.choice([None, None, 0, 0, 1, 2, 40, 700, 20_000, 5_000_000])
        for cell in CLEAN
        if chance.random() < 1 / 3
    }
    return Case(typed, zero=chance.choice([None, True, False]))


CASES = NAMED | {f"at random, {seed}": at_random(seed) for seed in range(20)}


@dataclass(frozen=True)
class Told:
    """What one filled form says, and what a run says of it."""

    status: str
    remarks: Mapping[str, str]
    """row -> remark"""
    findings: tuple[Finding, ...]
    blank: int | None
    """required cells that a run holds for blank; None where no return of a unit is counted"""

    @property
    def state(self) -> str:
        """Which of the status lines stands there."""
        return next(name for name, text in WORDS.status.items() if _pattern(text).fullmatch(self.status))

    def number(self, name: str) -> int:
        """A number that the status line names."""
        match = _pattern(WORDS.status[self.state]).fullmatch(self.status)
        assert match
        return int(match[name])

    def rows(self, *severities: Severity) -> set[str]:
        """Rows at which a run finds something of these severities."""
        return {told.row for told in self.findings if told.row and told.severity in severities}

    def marked(self, *names: str) -> set[str]:
        """Rows whose remark begins as one of these."""
        return {
            row for row, text in self.remarks.items() if text.startswith(tuple(WORDS.remark[name] for name in names))
        }


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>\\w+)", re.escape(text)))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, soffice_recalculating_all: ConvertAll) -> Mapping[str, Told]:
    folder = tmp_path_factory.mktemp("filled")
    blank, stamped = folder / "blank.xlsx", folder / "stamped.xlsx"
    write_template(FORM, REGISTER, blank)
    write_template(FORM, REGISTER, stamped, REGISTER.by_code[UNIT])
    filled = []
    for number, case in enumerate(CASES.values()):
        filled.append(folder / f"{number}.xlsx")
        _fill(case, stamped if case.stamped else blank, filled[-1])
    calculated = soffice_recalculating_all(filled, "xlsx", folder / "out")
    return {name: _told(path) for name, path in zip(CASES, calculated, strict=True)}


def _fill(case: Case, template: Path, out: Path) -> None:
    stamps = dict(CONTACT) if case.contact else {}
    if case.zero is not None:
        stamps["blank_means_zero"] = STAMP.blank_yes if case.zero else STAMP.blank_no
    if case.unit_name:
        stamps["unit_name"] = case.unit_name
    fill_in(FORM, template, out, {**CLEAN, **case.typed}, stamps)
    if case.formats:
        workbook = load_workbook(out)
        places = cell_addresses(FORM, workbook.worksheets[0])
        for cell, number_format in case.formats.items():
            workbook.worksheets[0][places[cell]].number_format = number_format
        workbook.save(out)


def _told(path: Path) -> Told:
    sheet = load_workbook(path, data_only=True).worksheets[0]
    letter = len(FORM.columns) + 1
    lines = {cell.split(".")[0]: sheet[at].row for cell, at in cell_addresses(FORM, sheet).items()}
    remarks = {row: str(sheet.cell(line, letter).value or "") for row, line in {ABOVE: 2, **lines}.items()}
    desk = reading_context(FORM, REGISTER, DEFAULT)
    result = conclude(Request(Path(), FORM, REGISTER), desk, read_all([Found(path.name, path)], desk))
    (file,) = result.files
    counted = next((unit.counted for unit in result.units if unit.counted), None)
    required = {cell for cell in FORM.number_cells if cell.measure not in FORM.by_key[cell.row].optional}
    blank = sum(entry.state is State.BLANK and entry.key in required for entry in counted.entries) if counted else None
    return Told(str(sheet["A2"].value), {row: text for row, text in remarks.items() if text}, file.findings, blank)


pytestmark = pytest.mark.libreoffice


def wrong(told: Mapping[str, Told], say: Callable[[Told], Collection[str]]) -> Mapping[str, Collection[str]]:
    """Cases in which something is to be said against the form."""
    return {name: found for name, one in told.items() if (found := say(one))}


def test_a_form_that_calls_itself_done_has_no_error_and_no_open_blank_in_a_run(told: Mapping[str, Told]) -> None:
    def against(one: Told) -> Collection[str]:
        grave = [finding.code for finding in one.findings if finding.severity is Severity.ERROR]
        blank = [finding.code for finding in one.findings if finding.code == BLANKS]
        return {"done": grave + blank, "nothing": grave + blank, "look": grave}.get(one.state, [])

    assert {one.state for one in told.values()} == set(WORDS.status)
    assert wrong(told, against) == {}


def test_an_error_of_a_run_stands_beside_its_row_in_the_form(told: Mapping[str, Told]) -> None:
    def against(one: Told) -> Collection[str]:
        beside = one.marked("error")
        return {row for row in one.rows(Severity.ERROR) if not {row, *MOVED_FROM.get(row, ())} & beside}

    assert sum(len(one.rows(Severity.ERROR)) for one in told.values()) > 20
    assert wrong(told, against) == {}


def test_a_warning_of_a_run_stands_beside_its_row_in_the_form(told: Mapping[str, Told]) -> None:
    def against(one: Told) -> Collection[str]:
        warned = {(finding.row, finding.code) for finding in one.findings if finding.severity is Severity.WARNING}
        seen = {(row, code) for row, code in warned if row and code not in NOT_SEEN}
        # The form asks for a blank part, not for the total above it, and for no total that may stay blank.
        spared = {(row, "R113") for row in TOTALS if one.blank} | {(row, "R114") for row in TOTALS & OPTIONAL}
        return {f"{code} {row}" for row, code in seen - spared if row not in one.remarks}

    assert wrong({name: one for name, one in told.items() if not one.marked("error")}, against) == {}


def test_a_form_without_errors_warns_of_nothing_that_a_run_does_not(told: Mapping[str, Told]) -> None:
    def against(one: Told) -> Collection[str]:
        return one.marked("warning") - one.rows(Severity.WARNING) - {ABOVE}

    sound = {name: one for name, one in told.items() if not one.marked("error") and "date" not in name}
    assert wrong(sound, against) == {}


def test_what_the_form_refuses_is_told_in_a_run_or_read_there(told: Mapping[str, Told]) -> None:
    def against(one: Told) -> Collection[str]:
        told_of = one.rows(*Severity) | {row for target in one.rows(*Severity) for row in MOVED_FROM.get(target, ())}
        return one.marked("error") - told_of

    assert wrong({name: one for name, one in told.items() if name != "space"}, against) == {}


def test_blank_cells_are_counted_alike(told: Mapping[str, Told]) -> None:
    counted = {
        name: (one.number("blanks") if one.state in ("open", "no_unit") else 0, one.blank)
        for name, one in told.items()
        if one.blank is not None and not one.marked("error")
    }
    assert len(counted) > 30
    assert {name: both for name, both in counted.items() if both[0] != both[1]} == {}
    assert (told["one figure"].number("blanks"), told["totals blank"].state) == (
        told["empty"].number("blanks") - 1,
        "look",
    )


def test_the_status_line_counts_what_stands_in_the_column_of_remarks(told: Mapping[str, Told]) -> None:
    for name, one in told.items():
        if one.state in ("open", "no_unit"):
            assert one.number("errors") == len(one.marked("error")), name
        else:
            assert not one.marked("error"), name
        if one.state == "look":
            assert one.number("warnings") == len(one.marked("warning")), name
        assert one.state != "done" or not one.remarks, name


def test_no_remark_names_a_number_that_stands_elsewhere(told: Mapping[str, Told]) -> None:
    """The talks are three, the total of culture is nine: it is the talks and its own parts together."""
    row = "culture_sport_total"
    talks = FORM.by_key["lifelong_learning_talks"].short_label
    twice, other = told["talks told twice"].remarks, told["talks in the total of culture"].remarks
    assert twice == {"seminars": WORDS.remark["warning"] + WORDS.checks["same_same"].format(label=talks)}
    assert other == {row: WORDS.remark["warning"] + WORDS.checks["same_same_parts"].format(label=talks)}


def test_a_number_among_the_dates_of_the_forms_years_is_questioned_and_money_is_not(told: Mapping[str, Told]) -> None:
    serials = serials_about(FORM.first_day, FORM.last_day)
    assert (serials[0], serials[-1]) == (43466, 44561)
    questioned = told["date as number"]
    assert (questioned.state, set(questioned.remarks)) == ("look", {"news_items"})
    assert str(DATE_LIKE) in questioned.remarks["news_items"]
    others = ("number before the dates of the form's years", "money like a date")
    assert {name: told[name].state for name in others} == dict.fromkeys(others, "done")


def test_a_form_of_zeros_is_asked_about_and_can_be_sent(told: Mapping[str, Told]) -> None:
    assert told["empty, blanks are 0"].state == "nothing"
    assert told["all 0"].state == "done"


def test_name_and_phone_are_asked_for_once_figures_are_there(told: Mapping[str, Told]) -> None:
    assert (told["nobody to call"].state, set(told["nobody to call"].remarks)) == ("look", {ABOVE})
    assert told["empty"].remarks == {}
