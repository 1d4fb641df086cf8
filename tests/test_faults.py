"""Whatever happens to the machine, a summary is the whole old one or the whole new one, and nothing else is left."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import pipeline.run.workers.answers
from pipeline.extract.file import ReadingContext, take_in
from pipeline.model import FileReading
from pipeline.readers.find import Found
from tests.conftest import skip
from tests.hostile import mail as mail_bytes
from tests.hostile import zipped as zipped_bytes
from tests.returned import (
    FIGURES,
    ROOT,
    consolidate,
    consolidate_really,
    plain_sums,
    report_of,
    reported_totals,
    summary_totals,
    told,
    write_returns,
)

CODES = sorted(FIGURES)[:5]
MOMENTS = 50
SIZES = 20

linux = pytest.mark.skipif(sys.platform != "linux", reason="signals and mounts as Linux has them")


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_returns(tmp_path_factory.mktemp("returns"), {code: FIGURES[code] for code in CODES})


@pytest.fixture(scope="module")
def fewer_returns(returns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fewer")
    for file in sorted(returns.iterdir())[1:]:
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def old_summary(fewer_returns: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return summary_of(fewer_returns, tmp_path_factory.mktemp("old"))


@pytest.fixture(scope="module")
def new_summary(returns: Path, old_summary: bytes, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("new")
    (folder / "s.xlsx").write_bytes(old_summary)
    return summary_of(returns, folder)


def summary_of(folder: Path, outputs: Path) -> bytes:
    done = consolidate_really([folder, outputs / "s.xlsx"])
    assert done.returncode == 1, done.stderr
    return (outputs / "s.xlsx").read_bytes()


def run_and_stop(folder: Path, outputs: Path, how: signal.Signals, after: float | None = None) -> bool:
    """Start a run and stop it after so many seconds, else while it writes; say whether it was still running."""
    command = [sys.executable, "-m", "pipeline.cli", folder, outputs / "s.xlsx", "--report", outputs / "r.json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [str(one) for one in command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        if after is not None:
            time.sleep(after)
        while after is None and process.poll() is None and not leftovers(outputs):
            time.sleep(0.001)
        running = process.poll() is None
        # Ctrl-C reaches every process of a console, a kill only the one it names.
        with suppress(ProcessLookupError):
            os.kill(-process.pid if how is signal.SIGINT else process.pid, how)
    return running


def stop_at(
    moments: list[float | None], how: signal.Signals, returns: Path, folder: Path, allowed: tuple[bytes, bytes]
) -> int:
    """Stop runs at moments, given as parts of a whole run or None for while it writes; say how many were running."""
    began = time.monotonic()
    summary_of(returns, folder)
    whole = time.monotonic() - began
    stopped = 0
    for moment in moments:
        (folder / "s.xlsx").write_bytes(allowed[0])
        stopped += run_and_stop(returns, folder, how, None if moment is None else moment * whole)
        assert (folder / "s.xlsx").read_bytes() in allowed
        if how is signal.SIGINT:
            assert leftovers(folder) == []
    (folder / "s.xlsx").write_bytes(allowed[0])
    assert summary_of(returns, folder) == allowed[1]
    assert leftovers(folder) == []
    return stopped


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


@linux
@pytest.mark.parametrize(("how", "times"), [(signal.SIGKILL, 5), (signal.SIGINT, 3)])
def test_a_run_that_is_stopped_at_any_moment_leaves_a_whole_summary(
    returns: Path, old_summary: bytes, new_summary: bytes, tmp_path: Path, how: signal.Signals, times: int
) -> None:
    # How many have ended by themselves depends on what else the machine does; the one that writes has not.
    moments = [None, *((place + 0.5) / times for place in range(times))]
    assert stop_at(moments, how, returns, tmp_path, (old_summary, new_summary)) >= 1


@linux
@pytest.mark.long
def test_a_run_that_is_killed_at_many_random_moments_leaves_a_whole_summary(
    returns: Path, old_summary: bytes, new_summary: bytes, tmp_path: Path
) -> None:
    chance = random.Random()
    moments: list[float | None] = [chance.uniform(0, 1) for _ in range(MOMENTS)]
    stopped = stop_at(moments, signal.SIGKILL, returns, tmp_path, (old_summary, new_summary))
    print(f"{stopped} of {MOMENTS} runs were killed before they ended")
    assert stopped > MOMENTS // 2


@pytest.mark.parametrize("nth", range(1, 7))
def test_an_interrupt_just_after_a_file_is_made_leaves_no_file(
    nth: int, returns: Path, old_summary: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as the file that tries whether the folder can be written to, before anything remembers its name."""
    make = tempfile.mkstemp
    made = 0

    def make_and_stop(**options: str | Path) -> tuple[int, str]:
        nonlocal made
        made += 1
        handle, name = make(**options)  # type: ignore[call-overload]
        if made == nth:
            os.close(handle)
            raise KeyboardInterrupt
        return handle, name

    (tmp_path / "s.xlsx").write_bytes(old_summary)
    monkeypatch.setattr(tempfile, "mkstemp", make_and_stop)
    assert consolidate(returns, tmp_path / "s.xlsx", "--report", tmp_path / "r.json").exit_code == 3
    assert made == nth
    assert leftovers(tmp_path) == []
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"s.xlsx": old_summary}


def test_a_fault_of_the_program_at_one_file_costs_that_file_alone(
    returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(found: Found, desk: ReadingContext) -> FileReading:
        if found.path.startswith(CODES[0]):
            raise ValueError("123456 is what stood in the cell")
        return take_in(found, desk)

    monkeypatch.setattr(pipeline.run.workers.answers, "take_in", fail)
    outputs = [tmp_path / "s.xlsx", "--report", tmp_path / "r.json", "--workers", "0"]
    assert consolidate(returns, *outputs).exit_code == 1
    report = report_of(tmp_path / "r.json")
    (lost,) = [file for file in report["files"] if file["path"].startswith(CODES[0])]
    assert (lost["status"], told(lost)) == ("rejected", ["F020"])
    log = (tmp_path / "s.consolidate.log").read_text(encoding="utf-8")
    assert lost["findings"][0]["message"].count(log.split()[0]) == 1
    assert "test_faults.py" in log
    assert "123456" not in log
    sums = plain_sums({code: FIGURES[code] for code in CODES[1:]})
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items() if total} == {
        cell: total for cell, total in sums.items() if total
    }
    monkeypatch.undo()
    consolidate(returns, *outputs)
    assert not (tmp_path / "s.consolidate.log").exists()


def test_returns_in_archives_and_mails_are_added_and_late_ones_are_told(returns: Path, tmp_path: Path) -> None:
    files = sorted(returns.iterdir())
    folder = tmp_path / "in"
    folder.mkdir()
    zipped = {f"gửi/{file.name}": file.read_bytes() for file in files[:3]}
    mails = {"kip": "Thu, 08 Oct 2020 16:40:00 +0700", "muon": "Mon, 30 Nov 2020 08:00:00 +0700"}
    (folder / "nen.zip").write_bytes(zipped_bytes(zipped))
    for (name, date), file in zip(mails.items(), files[3:], strict=True):
        mail = mail_bytes((file.name, file.read_bytes())).replace(b"Thu, 08 Oct 2020 16:40:00 +0700", date.encode())
        (folder / f"{name}.eml").write_bytes(mail)
    outputs = [tmp_path / "s.xlsx", "--report", tmp_path / "r.json", "--workers", "0"]
    consolidate(folder, *outputs)
    report = report_of(tmp_path / "r.json")
    sums = plain_sums({code: FIGURES[code] for code in CODES})
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items() if total} == {
        cell: total for cell, total in sums.items() if total
    }
    late = {file["path"].partition("!")[0]: file["late"] for file in report["files"] if "!" in file["path"]}
    assert late == {"nen.zip": None, "kip.eml": False, "muon.eml": True}


# A disk of one's own ---------------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """Give a folder where small disks can be mounted, and unmount what was."""
    place = tmp_path / "disk"
    place.mkdir()
    if not mounted(place, "size=64k"):
        skip("a small disk can be mounted by root alone")
    yield place
    subprocess.run(["umount", str(place)], check=False, capture_output=True)


def mounted(place: Path, options: str) -> bool:
    subprocess.run(["umount", str(place)], check=False, capture_output=True)
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def fill_disks(kilobytes: list[int], returns: Path, disk: Path, allowed: tuple[bytes, bytes]) -> list[int]:
    """Run on disks of these sizes and give the exit codes."""
    codes = []
    for size in kilobytes:
        assert mounted(disk, f"size={size}k")
        (disk / "s.xlsx").write_bytes(allowed[0])
        done = consolidate_really([returns, disk / "s.xlsx", "--report", disk / "r.json", "--data", disk / "d.csv"])
        codes.append(done.returncode)
        assert (disk / "s.xlsx").read_bytes() == allowed[done.returncode == 1], size
        assert leftovers(disk) == [], size
        if done.returncode == 3:
            assert [path.name for path in disk.iterdir()] == ["s.xlsx"]
            assert len(done.stderr.decode("utf-8").strip().splitlines()) == 1
    return codes


@linux
def test_a_full_disk_leaves_the_old_summary_and_says_so_in_one_sentence(
    returns: Path, old_summary: bytes, new_summary: bytes, disk: Path
) -> None:
    least = len(old_summary) // 1024 + 8
    sizes = [least, least + 60, least + 4000]
    assert fill_disks(sizes, returns, disk, (old_summary, new_summary)) == [3, 3, 1]


@linux
@pytest.mark.long
def test_a_disk_may_be_full_at_any_byte(returns: Path, old_summary: bytes, new_summary: bytes, disk: Path) -> None:
    least = len(old_summary) // 1024 + 4
    sizes = [least + 24 * step for step in range(SIZES)]
    codes = fill_disks(sizes, returns, disk, (old_summary, new_summary))
    print(dict(zip(sizes, codes, strict=True)))
    assert set(codes) == {1, 3}


@linux
def test_a_folder_that_is_read_only_is_told_and_left_as_it_was(returns: Path, old_summary: bytes, disk: Path) -> None:
    assert mounted(disk, "size=4m")
    (disk / "s.xlsx").write_bytes(old_summary)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True, capture_output=True)
    done = consolidate_really([returns, disk / "s.xlsx"])
    assert done.returncode == 3
    assert len(done.stderr.decode("utf-8").strip().splitlines()) == 1
    assert (disk / "s.xlsx").read_bytes() == old_summary
    assert [path.name for path in disk.iterdir()] == ["s.xlsx"]


def test_the_summaries_compared_here_differ(old_summary: bytes, new_summary: bytes, tmp_path: Path) -> None:
    for name, content in (("old", old_summary), ("new", new_summary)):
        (tmp_path / f"{name}.xlsx").write_bytes(content)
    assert summary_totals(tmp_path / "old.xlsx") != summary_totals(tmp_path / "new.xlsx")
