"""Reading in this process: the desk that every return is read at, the blank sheet of a unit, one entry."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pipeline.extract.context import ReadingContext, reading_context
from pipeline.model import Entry, Return
from pipeline.model.limits import DEFAULT
from pipeline.readers.kinds import Kind
from pipeline.readers.raw import sheet_facts
from pipeline.readers.register import load_register
from pipeline.readers.sheets import read_sheets
from pipeline.writers.template import write_template
from schemas.rules import Cell
from tests.alterations import Draft, blank_draft
from tests.builders import shipped_form


@cache
def desk() -> ReadingContext:
    """Give the desk of the form of the letter and its register."""
    return reading_context(shipped_form(), load_register(shipped_form(), None), DEFAULT)


def blank_sheet(folder: Path, unit: str) -> Draft:
    """Make the data sheet of the template stamped for one unit, by way of a file in a folder."""
    path, register = folder / f"{unit}.xlsx", desk().unit_names.register
    write_template(desk().form, register, path, register.by_code[unit])
    data = path.read_bytes()
    sheet = next(iter(read_sheets(data, DEFAULT)))
    return blank_draft(desk().form, sheet, sheet_facts(data, Kind.XLSX, sheet.name).formulas)


def entry(one: Return, row: str, measure: str) -> Entry:
    """Find one cell of the form in a return."""
    return next(each for each in one.entries if each.key == Cell(row, measure))
