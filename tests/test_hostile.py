"""Whatever lies in the folder, the good returns are added exactly and every file has its own reason."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import ODD_NAMES, entry, hostile_set, with_parts, write_hostile_set
from tests.returned import FIGURES, ROOT, plain_sums, report_of, reported_totals, summary_totals, write_returns

SECONDS = 60
GIBIBYTE_IN_KB = 2**20
NO_REASON = {"F032"}


@dataclass(frozen=True)
class Run:
    """One run over the hostile set and 19 good returns."""

    report: Any
    totals: dict[str, int | None]
    exit_code: int
    seconds: float
    most_memory: int
    """in kB, of the process that took most"""
    said: str
    expected: dict[str, tuple[str, ...]]
    good: set[str]
    folder: Path


def processes_of(pid: int) -> Iterator[int]:
    """Give a process and those it started."""
    yield pid
    try:
        for line in (Path("/proc") / str(pid) / "task" / str(pid) / "children").read_text().split():
            yield from processes_of(int(line))
    except OSError:
        return


def peak_memory(pid: int) -> int:
    try:
        told = (Path("/proc") / str(pid) / "status").read_text()
    except OSError:
        return 0
    return int(told.partition("VmHWM:")[2].split()[0]) if "VmHWM:" in told else 0


def rename_oddly(folder: Path) -> None:
    """Give good returns names that are hard to print, to sort or to write down."""
    for file, name in zip(sorted(folder.iterdir()), ODD_NAMES, strict=False):
        file.rename(folder / os.fsdecode(name))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    if not sys.platform.startswith("linux"):
        pytest.skip("links, pipes and limits of memory as Linux has them")
    folder, outputs = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("outputs")
    write_returns(folder, FIGURES)
    first, second = sorted(folder.iterdir())[-2:]
    rename_oddly(folder)
    good = {path.name for path in folder.iterdir()}
    expected = write_hostile_set(folder)
    expected |= with_active_content(folder, first, second)
    command = [sys.executable, "-m", "pipeline.cli", folder, outputs / "s.xlsx", "--report", outputs / "r.json"]
    began, most = time.monotonic(), 0
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (outputs / "said").open("w+b") as said:
        process = subprocess.Popen([str(one) for one in command], env=environment, stdout=said, stderr=said)
        while process.poll() is None:
            most = max(most, *map(peak_memory, processes_of(process.pid)))
            time.sleep(0.02)
        seconds = time.monotonic() - began
        said.seek(0)
        text = said.read().decode("utf-8")
    print(f"{seconds:.1f} s, {most / 1024:.0f} MiB, {len(expected)} hostile entries")
    report = report_of(outputs / "r.json")
    totals = dict(summary_totals(outputs / "s.xlsx"))
    return Run(report, totals, process.returncode, seconds, most, text, expected, good, folder)


def with_active_content(folder: Path, first: Path, second: Path) -> dict[str, tuple[str, ...]]:
    """Copy good returns and add macros and links: they say the same, so one of each pair counts."""
    macros = entry("xl/vbaProject.bin", b"Sub AutoOpen()")
    links = entry("xl/externalLinks/externalLink1.xml", b"<externalLink/>")
    (folder / "zz macro.xlsm").write_bytes(with_parts(first.read_bytes(), macros))
    (folder / "zz lien ket.xlsx").write_bytes(with_parts(second.read_bytes(), links))
    return {"zz macro.xlsm": ("F009",), "zz lien ket.xlsx": ("F009",)}


def test_the_hostile_set_has_at_least_forty_kinds() -> None:
    names = [one.name for one in hostile_set()]
    assert len(names) == len(set(names))
    assert len([name for name in names if "!" not in name and not name.startswith("cut ")]) >= 40


def test_the_totals_are_exact_among_hostile_files(run: Run) -> None:
    sums = plain_sums()
    assert {cell: total for cell, (total, _, _) in reported_totals(run.report).items()} == sums
    assert run.totals == sums
    assert {(reported, of) for _, reported, of in reported_totals(run.report).values()} == {(19, 19)}


def test_every_hostile_file_has_its_own_reason(run: Run) -> None:
    found = {file["path"]: tuple(one["code"] for one in file["findings"]) for file in run.report["files"]}
    of_copies = {path for path, codes in run.expected.items() if codes == ("F009",)}
    wrong = {path: found.get(path) for path, codes in run.expected.items() if found.get(path) != codes}
    assert {path: codes for path, codes in wrong.items() if path not in of_copies} == {}
    assert all("F009" in found[path] for path in of_copies)


def test_every_file_is_accounted_for_once(run: Run) -> None:
    paths = [file["path"] for file in run.report["files"]]
    assert len(paths) == len(set(paths))
    members = [path for path in paths if "!" in path]
    assert len(members) >= 10
    assert len(paths) - len(members) == len(list(run.folder.iterdir()))


def test_nothing_hostile_is_used(run: Run) -> None:
    used = [file["path"] for file in run.report["files"] if file["status"].startswith("used")]
    assert len(used) == 19
    assert not set(used) & {path for path, codes in run.expected.items() if codes != ("F009",)}


def test_the_run_ends_in_time_and_within_its_memory(run: Run) -> None:
    assert run.exit_code == 1
    assert run.seconds < SECONDS
    assert 0 < run.most_memory < GIBIBYTE_IN_KB


def test_no_native_reader_speaks_to_the_officer(run: Run) -> None:
    for word in ("Traceback", "panicked", "memory allocation", "thread '", "Error"):
        assert word not in run.said


def test_no_name_from_outside_is_printed_raw(run: Run) -> None:
    assert not any(letter in run.said for letter in "\u202e\x07\x1b\t")


def test_no_member_is_written_anywhere(run: Run) -> None:
    assert not Path("/tmp/hostile-was-here.xlsx").exists()
    assert not (run.folder.parent / "b.xlsx").exists()


def test_nothing_outside_the_folder_is_read(run: Run) -> None:
    host = Path("/etc/hostname")
    secret = host.read_text().strip() if host.is_file() else ""
    assert not secret or all(secret != one["found"] for file in run.report["files"] for one in file["findings"])


def test_the_set_is_small_on_disk(tmp_path: Path) -> None:
    write_hostile_set(tmp_path / "set")
    used = sum(path.lstat().st_blocks * 512 for path in (tmp_path / "set").rglob("*"))
    shutil.rmtree(tmp_path / "set")
    assert used < 40 * 2**20
