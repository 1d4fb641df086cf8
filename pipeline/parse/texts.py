"""Texts of a form: notes, rows of text, and numbers that stand in the note of a row whose own cell is blank."""

import re
from dataclasses import replace

from pipeline.findings import finding
from pipeline.model import Fact, State
from pipeline.numbers import read_number
from pipeline.parse.page import NUMBERS, Draft, Page, as_text, stray_kind
from schemas.form import Row
from schemas.rules import Cell, TextOnly
from schemas.text import visible


def take_text(draft: Draft) -> None:
    """Take what stands in a cell as a text."""
    text = as_text(draft.raw)
    if text:
        draft.state, draft.text, draft.found = State.STATED, text, text


def read_text(page: Page, row: Row, draft: Draft) -> None:
    """Read a cell of text; a number in it is told, and never summed."""
    take_text(draft)
    rule = next((rule for rule in page.reader.rules.of_row.get(row.key, ()) if isinstance(rule, TextOnly)), None)
    is_number = isinstance(draft.raw, int | float) and not isinstance(draft.raw, bool)
    if rule and is_number and draft.found and not page.source.is_summary:
        page.tell("R108", draft, (rule, "number"))


def tell_of_figure_in_note(page: Page, row: Row, note: Draft) -> None:
    """A number in the note of a row whose own cell is blank may be that cell's: told there, and never a zero."""
    if not note.found or page.source.is_summary or not _is_figure(page, row, note):
        return
    blanks = _blanks_of(page, row)
    required = [draft for draft in blanks if draft.key.measure not in row.optional]
    if required:
        facts: dict[str, Fact] = {"found": visible(note.found), "count": 1}
        told = finding("S004", cell=note.cell, row=row.key, measure=required[0].key.measure, found=note.found)
        page.findings.append(replace(told, facts=facts))
        page.in_notes.update(draft.key for draft in blanks)


def _blanks_of(page: Page, row: Row) -> list[Draft]:
    drafts = (page.drafts[Cell(row.key, key)] for key, kind in row.kinds.items() if kind in NUMBERS)
    return [draft for draft in drafts if draft.state is State.BLANK and draft.cell]


def _is_figure(page: Page, row: Row, note: Draft) -> bool:
    """Tell a note that is a number, alone or with what it counts ("12 tin"), from a remark that mentions one."""
    if isinstance(note.raw, int | float) and not isinstance(note.raw, bool):
        return note.raw != 0
    if not isinstance(note.raw, str) or _DATE.match(note.raw.strip()):
        return False
    reading = read_number(note.raw, kind=stray_kind(row), words=page.reader.words)
    if reading.value is not None:
        return reading.value != 0
    text = note.text or ""
    return bool(reading.candidates) and text[:1].isdecimal() and len(text.split()) <= _FEW_WORDS


_DATE = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:20)?[0-9]{2}(?![0-9])")
_FEW_WORDS = 4
"""a note of so many words that begins with a number says the number: "12 tin, bài" """
