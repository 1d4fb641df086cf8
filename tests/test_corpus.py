"""Walk the corpus of altered returns: each file gives the numbers, units, cells and findings of its index."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract.file import read_bytes
from pipeline.extract.locate import accounts, locate
from pipeline.extract.locate.around import is_furniture
from pipeline.extract.returns.agreement import differing
from pipeline.extract.returns.unseen import as_seen, own_formulas
from pipeline.model import FileReading, Return
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.kinds import Container, Kind, kind_of
from pipeline.readers.raw import sheet_facts
from pipeline.readers.sheets import read_sheets
from schemas.rules import Severity
from tests.reading import desk

CORPUS = Path(__file__).parent / "corpus"
LARGEST = 40_000
CASES: list[dict[str, Any]] = tomllib.loads((CORPUS / "index.toml").read_text(encoding="utf-8"))["files"]


def read_case(case: dict[str, Any]) -> FileReading:
    path = CORPUS / "files" / case["file"]
    return read_bytes(Found(case["sent_as"], path), path.read_bytes(), desk())


def wrong_numbers(one: Return, wanted: dict[str, Any]) -> list[str]:
    """Say which numbers differ from what was meant: clear ones must be read, at their cell; others may be told."""
    wrong = []
    loud = [told for told in one.findings if told.severity is not Severity.INFO]
    rows_told = {told.row for told in loud}
    columns_told = {told.measure for told in loud if told.row is None}
    for entry in one.entries:
        if entry.key not in desk().form.number_cells:
            continue
        cell, value = str(entry.key), entry.value if entry.counted else None
        if cell in wanted["numbers"]:
            true, place = wanted["numbers"][cell]
            if (value, entry.cell) != (true, place):
                wrong.append(f"{cell} at {place}: {true}, read {value} at {entry.cell}")
        elif value is not None and value != wanted["perhaps"].get(cell, [None])[0]:
            is_told = entry.row in rows_told or entry.measure in columns_told
            wrong += [] if is_told else [f"{cell}: read {value} at {entry.cell}, and nothing said"]
    return wrong


def test_the_corpus_holds_what_its_index_names_and_no_more() -> None:
    files = sorted((CORPUS / "files").iterdir())
    assert [path.name for path in files] == sorted(case["file"] for case in CASES)
    assert len(files) >= 60
    assert max(path.stat().st_size for path in files) < LARGEST
    assert len({case["saved_by"] for case in CASES}) == 6


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["file"]))
def test_an_altered_return_gives_what_its_index_says(case: dict[str, Any]) -> None:
    reading = read_case(case)
    assert [one.claim.unit or "" for one in reading.returns] == [one["unit"] for one in case["returns"]]
    for one, wanted in zip(reading.returns, case["returns"], strict=True):
        assert wrong_numbers(one, wanted) == []
    told = {told.code for told in (*reading.findings, *(each for one in reading.returns for each in one.findings))}
    assert set(case["codes"]) <= told


# The sheet of a Word document or of a legacy font is not read as it stands in the file.
AS_THEY_STAND = [case for case in CASES if case["saved_by"] != "word" and "F027" not in case["codes"]]


@pytest.mark.parametrize("case", AS_THEY_STAND, ids=lambda case: str(case["file"]))
def test_every_cell_of_a_form_is_counted_as_something(case: dict[str, Any]) -> None:
    data = (CORPUS / "files" / case["file"]).read_bytes()
    kind = kind_of(Container(data), case["file"])
    for given in read_sheets(data, DEFAULT):
        facts, labels = sheet_facts(data, kind, given.name), desk().labels
        own = own_formulas(given, locate(given, labels), labels, facts)
        assert differing(given, facts) == {}
        sheet = as_seen(given, facts, own, DEFAULT, stores_zero=kind is Kind.XLS)
        located = locate(sheet, labels)
        said = accounts(sheet, desk().labels, located)
        filled = {(row, column): value for row, column, value in sheet.filled()}
        if located:
            assert [place for place in filled if place not in said] == []
            of_the_form = [place for place, what in said.items() if what == "form" and place in filled]
            rest = [place for form in located for place in form.unclaimed]
            assert len(filled) == len(of_the_form) + len(rest) + sum(
                said[place] in ("stamp", "furniture") for place in filled
            )
            assert not any(is_furniture(desk().labels, filled[place]) for place in rest)
