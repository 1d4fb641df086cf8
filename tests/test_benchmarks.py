"""What the measurement promises: each run is a first one, into an empty place."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Contestant, interleave
from benchmarks.returns import write_register, write_returns
from benchmarks.run import recorded_floor, written_by
from tests.returned import consolidate

FIRST_ONLY = "import sys, pathlib\nfor name in sys.argv[1:]:\n    pathlib.Path(name).touch(exist_ok=False)"


def test_what_a_run_left_is_gone_before_the_next(tmp_path: Path) -> None:
    files = (tmp_path / "a", tmp_path / "b")
    contestant = Contestant("first", ["-c", FIRST_ONLY, *map(str, files)], fresh=files)
    results = interleave([contestant], 3)
    assert len(results["first"].seconds) == 3


def test_all_that_a_run_leaves_is_known(tmp_path: Path) -> None:
    write_returns(tmp_path / "returns", write_register(tmp_path / "units.csv", 2))
    before = set(tmp_path.iterdir())
    consolidate(tmp_path / "returns", tmp_path / "new.xlsx", "--units", tmp_path / "units.csv")
    assert set(tmp_path.iterdir()) - before == set(written_by(tmp_path, "new.xlsx"))


def test_the_floor_makes_the_very_calls_of_the_program(tmp_path: Path) -> None:
    write_returns(tmp_path / "returns", write_register(tmp_path / "units.csv", 2))
    command = recorded_floor(tmp_path)
    assert (tmp_path / "floor.xlsx").read_bytes() == (tmp_path / "recorded.xlsx").read_bytes()
    assert "benchmarks.floor" in command
