"""The officer of a random round: runs the program each evening, telephones, decides, and is let down by the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openpyxl import load_workbook

from pipeline.decisions.choices import Choices
from pipeline.decisions.words import load_decision_words
from pipeline.model import Consolidation
from pipeline.run.job import Job, do
from schemas.register import Register
from tests.decisions_by_hand import add
from tests.returned import FORM
from tests.rounds import FREE, Office, Round, another_number


@dataclass
class Officer:
    """Whoever consolidates a round: a summary, and a decisions workbook beside it."""

    round_: Round
    register: Register
    home: Path

    @property
    def summary(self) -> Path:
        return self.home / "out.xlsx"

    @property
    def book(self) -> Path:
        return self.home / "out.decisions.xlsx"

    def run(self) -> Consolidation:
        """Run the program as the command does."""
        job = Job(
            folder=self.round_.folder,
            output=self.summary,
            form=FORM,
            register=self.register,
            report=None,
            data=None,
            strict=False,
            unit_sheets=150,
            lang="vi",
            workers=0,
        )
        return do(job, lambda done, of: None)

    def evening(self) -> None:
        """Do one of the things that an officer does after a run."""
        self.round_.rng.choice((*DEEDS, do_nothing))(self)

    def decide(self, office: Office, cell: str, number: int) -> None:
        """Write a number for a cell in a line of one's own."""
        row, _, measure = cell.rpartition(".")
        choices = Choices(FORM, self.register, load_decision_words())
        place = {
            "unit": choices.unit_text(office.code),
            "row": FORM.by_key[row].title,
            "column": FORM.column_by_key[measure].short,
        }
        add(self.book, "cells", **place, answer="value", value=number, reason="hỏi qua điện thoại", by="Lan")


def do_nothing(officer: Officer) -> None:
    """Read the summary and go home."""


def decide_by_telephone(officer: Officer) -> None:
    """Ask an office, and write down what it truly is: of some that have sent nothing yet too."""
    office = officer.round_.rng.choice(officer.round_.offices)
    cell, number = another_number(officer.round_, office)
    office.note("decide_by_telephone")
    officer.decide(office, cell, number)


def decide_in_a_copy_that_is_left_behind(officer: Officer) -> None:
    """Write a decision into a copy that a cloud drive made beside the workbook, and that no run reads."""
    office = officer.round_.rng.choice(officer.round_.offices)
    before = officer.book.read_bytes()
    cell, number = another_number(officer.round_, office)
    office.note("decide_in_a_copy_that_is_left_behind")
    office.told_of_the_run = True
    officer.decide(office, cell, number)
    shutil.move(officer.book, officer.home / "out.decisions-PC-HOA.xlsx")
    officer.book.write_bytes(before)


def type_into_the_summary(officer: Officer) -> None:
    """Correct a number on the page of a unit, where it does not belong."""
    office = officer.round_.rng.choice(officer.round_.offices)
    workbook = load_workbook(officer.summary)
    pages = [name for name in workbook.sheetnames if name.startswith(office.code)]
    if not pages:
        return
    cell = officer.round_.rng.choice(FREE)
    office.truth[cell] += 100
    label = FORM.by_key[cell.rpartition(".")[0]].title
    for row in workbook[pages[0]].iter_rows():
        numbers = [one for one in row if isinstance(one.value, int)]
        if numbers and any(str(one.value) == label for one in row):
            numbers[-1].value = office.truth[cell]
            office.note("type_into_the_summary")
            office.told_of_the_run = True
            workbook.save(officer.summary)
            return
    office.truth[cell] -= 100


DEEDS: tuple[Callable[[Officer], None], ...] = (
    decide_by_telephone,
    decide_in_a_copy_that_is_left_behind,
    type_into_the_summary,
)
