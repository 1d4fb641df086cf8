"""Print seconds and memory of the program beside the floor and beside plain loops. Run from the folder of the tree.

`python -m benchmarks.run`; with `--against TREE` it compares this tree with another checkout, run by run in turn.
"""

import argparse
import compileall
import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import ROOT, Contestant, Result, interleave, run_once

_PROGRAM, _AGAIN, _FLOOR, _IMPORTS = "consolidate", "the same again", "floor (a)", "imports"
_SLOW_LOOP, _FAST_LOOP = "loop (b)", "loop (c)"
_IMPORTED = "import pandas, pandera.pandas, xlsxwriter"
_ONCE_FROM = 500
"""with so many returns loop (b) takes minutes and is run once"""
_PAIRS = 15


def main() -> None:
    """Measure as the options say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="20,100,1000", help="numbers of returns (default: %(default)s)")
    parser.add_argument("--rounds", type=int, help="runs of each (default: 3, against another tree 15)")
    parser.add_argument("--against", metavar="TREE", type=Path, help="another checkout of this program")
    options = parser.parse_args()
    for tree in filter(None, (ROOT, options.against)):
        for part in ("pipeline", "schemas", "benchmarks"):
            compileall.compile_dir(tree / part, quiet=1)
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}")
    for size in map(int, options.sizes.split(",")):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            home = Path(folder) / "made"
            run_once(["-m", "benchmarks.returns", str(home), str(size)])
            if options.against:
                _compare(home, size, options.against.resolve(), options.rounds or _PAIRS)
            else:
                _measure(home, size, options.rounds or 3)


def _program(home: Path, out: str) -> list[str]:
    return [str(home / "returns"), str(home / out), "--units", str(home / "units.csv")]


def written_by(home: Path, out: str) -> tuple[Path, ...]:
    """Name what a run leaves: the summary, and the decisions workbook that the next run would find."""
    summary = home / out
    return summary, summary.with_name(f"{summary.stem}.decisions.xlsx")


def _measure(home: Path, size: int, rounds: int) -> None:
    results = interleave(
        [
            Contestant(
                _PROGRAM, ["-m", "pipeline.cli", *_program(home, "new.xlsx")], fresh=written_by(home, "new.xlsx")
            ),
            Contestant(_AGAIN, ["-m", "pipeline.cli", *_program(home, "recorded.xlsx")]),
            Contestant(_FLOOR, recorded_floor(home), less=float),
            Contestant(_FAST_LOOP, _loop("calamine", "xlsxwriter", home)),
            Contestant(_SLOW_LOOP, _loop("openpyxl", "openpyxl", home), most=1 if size >= _ONCE_FROM else None),
            Contestant(_IMPORTS, ["-c", _IMPORTED]),
        ],
        rounds,
    )
    _show(f"{size} returns, {rounds} rounds", results)
    _show_ratios(results)


def recorded_floor(home: Path) -> list[str]:
    """Record one run of the program; give the command that makes its calls again, once it proves to do so."""
    calls, recorded, replayed, report = (
        home / name for name in ("calls", "recorded.xlsx", "floor.xlsx", "report.json")
    )
    run_once(["-m", "benchmarks.record", str(calls), *_program(home, recorded.name), "--report", str(report)])
    if any(told["findings"] for told in json.loads(report.read_text(encoding="utf-8"))["files"]):
        sys.exit("The returns are not clean: the program has something to say of them.")
    floor = ["-m", "benchmarks.floor", str(home / "returns"), str(calls), str(replayed)]
    run_once(floor)
    if replayed.read_bytes() != recorded.read_bytes():
        sys.exit("The floor does not write the same workbook: a call to xlsxwriter was not recorded.")
    return floor


def _loop(reader: str, writer: str, home: Path) -> list[str]:
    return ["-m", "benchmarks.loop", reader, writer, str(home / "returns"), str(home / f"{writer}.xlsx")]


def _compare(home: Path, size: int, other: Path, rounds: int) -> None:
    trees = {"this tree": ROOT, "the other tree": other}
    results = interleave(
        [
            Contestant(
                name,
                ["-m", "pipeline.cli", *_program(home, f"{place}.xlsx")],
                tree=tree,
                fresh=written_by(home, f"{place}.xlsx"),
            )
            for place, (name, tree) in enumerate(trees.items())
        ],
        rounds,
    )
    _show(f"{size} returns, {rounds} pairs", results)
    mine, theirs = (results[name].seconds for name in trees)
    slower = sum(one > another for one, another in zip(mine, theirs, strict=True))
    print(f"this tree was the slower one in {slower} of {rounds} pairs")


def _show(title: str, results: Mapping[str, Result]) -> None:
    print(
        f"\n{title}\n{'':16}{'median s':>10}{'least s':>10}{'most s':>10}{'processor s':>13}{'runs':>6}{'peak MB':>10}"
    )
    for name, result in results.items():
        seconds = result.seconds
        print(
            f"{name:16}{result.middle:10.2f}{min(seconds):10.2f}{max(seconds):10.2f}"
            f"{result.processor:13.2f}{len(seconds):6}{result.megabytes:10.0f}"
        )


def _show_ratios(results: Mapping[str, Result]) -> None:
    """Print the figures that have aims; on a busy machine those of processor time are the surer ones."""
    program = results[_PROGRAM]
    print(f"{'':32}{'whole':>8}{'processor':>11}")
    for name, over, under in (
        ("consolidate / floor (a)", program, results[_FLOOR]),
        ("loop (b) / consolidate", results[_SLOW_LOOP], program),
        ("loop (c) / consolidate", results[_FAST_LOOP], program),
    ):
        print(f"{name:32}{over.middle / under.middle:8.2f}{over.processor / under.processor:11.2f}")
    imports = results[_IMPORTS]
    above = program.middle - imports.middle, program.processor - imports.processor
    print(f"{'consolidate above the imports, s':32}{above[0]:8.2f}{above[1]:11.2f}")


if __name__ == "__main__":
    main()
