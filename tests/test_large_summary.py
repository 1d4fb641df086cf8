"""The summary of a country: its own program knows it again, and it is a return of the level above."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from benchmarks.returns import write_register, write_returns
from pipeline.decisions.previous_summary import look_back
from pipeline.extract.file import reading_context
from pipeline.model import Claim
from pipeline.model.limits import DEFAULT, OWN_FILES
from pipeline.readers.find import find_files
from pipeline.readers.register import load_register
from pipeline.readers.sheets import read_sheets
from pipeline.run.consolidate import Request, conclude
from pipeline.run.workers import Plan, read_all
from pipeline.run.workers.apart import call_apart
from pipeline.writers.summary import write_summary
from tests.returned import FORM

UNITS = 1_800
SECONDS = 120.0
"""for what takes three at rest"""
ABOVE = """code,name,type,parent,in_total
TREN,Cơ quan cấp trên mẫu,cơ quan tổng hợp,,no
BM,Cơ quan tổng hợp mẫu,thị xã,TREN,yes
"""


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the summary of very many made-up units, all of which sent the same, saved once more by another program."""
    home = tmp_path_factory.mktemp("large")
    register = write_register(home / "units.csv", UNITS)
    write_returns(home / "returns", write_register(home / "one.csv", 1))
    (read,) = read_all(find_files(home / "returns"), reading_context(FORM, register, DEFAULT), Plan(workers=0))
    readings = []
    for unit in register.expected:
        one = replace(read.returns[0], path=f"{unit.code}.xlsx", claim=Claim(unit.code, "code", {}), sha256=unit.code)
        readings.append(replace(read, path=one.path, sha256=one.sha256, returns=(one,)))
    result = conclude(Request(home, FORM, register), reading_context(FORM, register, DEFAULT), readings)
    # All units send the same figures here, which is asked about, and nothing else is.
    assert {told.code for file in result.files for told in file.findings if told.is_open} == {"U008"}
    write_summary(result, home / "written.xlsx", unit_sheets=False)
    with zipfile.ZipFile(home / "written.xlsx") as written, zipfile.ZipFile(home / "saved.xlsx", "w") as saved:
        for name in written.namelist():
            later = rb"\g<1>2026-01-01T00:00:00Z"
            content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", later, written.read(name))
            saved.writestr(name, content, zipfile.ZIP_DEFLATED, 1)
    return home / "saved.xlsx"


def test_a_summary_of_very_many_units_is_known_again_after_another_program_saved_it(summary: Path) -> None:
    register = load_register(FORM, summary.with_name("units.csv"))
    earlier = call_apart(partial(look_back, summary, FORM, register), replace(OWN_FILES, seconds=SECONDS))
    assert (earlier.aside, earlier.edits) == (None, ())


def test_a_summary_of_very_many_units_is_a_return_one_level_up(summary: Path) -> None:
    (summary.parent / "above.csv").write_text(ABOVE, encoding="utf-8")
    (summary.parent / "sent").mkdir()
    (summary.parent / "sent" / summary.name).write_bytes(summary.read_bytes())
    desk = reading_context(FORM, load_register(FORM, summary.with_name("above.csv")), replace(DEFAULT, seconds=SECONDS))
    (read,) = read_all(find_files(summary.parent / "sent"), desk, Plan(workers=1))
    assert read.findings == ()
    (one,) = read.returns
    assert (one.is_summary, one.claim.unit, one.findings) == (True, "BM", ())
    assert {entry.coverage.expected for entry in one.entries if entry.coverage} == {UNITS}


def test_the_made_up_summary_is_longer_than_any_return_may_once_have_been(summary: Path) -> None:
    rows = [len(sheet.rows) for sheet in read_sheets(summary.read_bytes(), DEFAULT)]
    assert max(rows) > 100_000
