"""A call in a process of its own may be lost; then nothing else is."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

import pipeline.run.workers.apart
from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT
from pipeline.run.log import FaultElsewhereError, describe_fault
from pipeline.run.workers.apart import LostError, call_apart
from tests.returned import consolidate
from tests.test_workers import FAR

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")

QUICK = replace(DEFAULT, seconds=1.0)
SMALL = replace(DEFAULT, memory_bytes=64 * 2**20)


def add(one: int, other: int) -> int:
    return one + other


def refuse() -> None:
    raise RunError("input_empty", {"folder": "x"}, exit_code=2)


def fail() -> None:
    raise KeyError("12345 is what stood in the cell")


def hoard() -> int:
    return len(bytearray(2**30))


@pytest.fixture(params=["fork", "spawn"] if sys.platform == "linux" else ["spawn"])
def _method(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline.run.workers.apart, "may_fork", lambda: request.param == "fork")


@pytest.mark.usefixtures("_method")
def test_what_a_call_gives_comes_back() -> None:
    assert call_apart(partial(add, 2, 3), DEFAULT) == 5
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("_method")
def test_what_stops_a_run_comes_back_whole() -> None:
    with pytest.raises(RunError) as told:
        call_apart(refuse, DEFAULT)
    assert (told.value.code, told.value.facts, told.value.exit_code) == ("input_empty", {"folder": "x"}, 2)


@pytest.mark.usefixtures("_method")
def test_a_fault_comes_back_with_its_place_and_without_content() -> None:
    with pytest.raises(FaultElsewhereError) as told:
        call_apart(fail, DEFAULT)
    _, lines = describe_fault(told.value)
    assert "KeyError" in lines
    assert any(line.startswith("tests/test_apart.py:") and line.endswith(" fail") for line in lines)
    assert not any("12345" in line for line in lines)


def test_a_process_that_dies_or_hangs_is_lost() -> None:
    for end in (os.abort, partial(os._exit, 0), partial(time.sleep, 60)):
        with pytest.raises(LostError):
            call_apart(end, QUICK)
    assert multiprocessing.active_children() == []


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory binds on Linux alone")
def test_a_process_that_outgrows_its_memory_is_lost() -> None:
    with pytest.raises(LostError):
        call_apart(hoard, SMALL)


def test_without_any_process_the_call_is_made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(_: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(multiprocessing.process.BaseProcess, "start", none_left)
    assert call_apart(partial(add, 2, 3), DEFAULT) == 5


@pytest.mark.skipif(sys.platform != "linux", reason="the bound on memory binds on Linux alone")
@pytest.mark.parametrize("name", ["summary.xlsx", "summary.decisions.xlsx"])
def test_a_file_that_kills_its_reader_in_the_place_of_our_own_stops_the_run_and_stays(
    clean_returns: Path, tmp_path: Path, name: str
) -> None:
    shutil.copytree(clean_returns, tmp_path / "input")
    (tmp_path / name).write_bytes(FAR)
    result = consolidate(tmp_path / "input", tmp_path / "summary.xlsx")
    assert result.exit_code == 3
    assert name in result.stderr
    assert (tmp_path / name).read_bytes() == FAR
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(["input", name])


def without_end(depth: int) -> int:
    return without_end(depth + 1) + 1


def test_a_fault_at_the_end_of_a_long_recursion_is_told_in_few_lines_that_name_the_module() -> None:
    with pytest.raises(RecursionError) as fault:
        without_end(0)
    _, lines = describe_fault(fault.value)
    assert len(lines) < 50
    assert lines[-1].startswith("tests/test_apart.py:")
