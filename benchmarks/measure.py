"""Whole processes measured: seconds from start to end, and the memory of the largest process among them."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_AS_INSTALLED = Path(__file__).parent / "as_installed"
"""hides what only the tests need, and libraries load where they find it"""
_PER_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""ru_maxrss counts kilobytes, on macOS bytes"""


class Run(NamedTuple):
    """One run of one process."""

    seconds: float
    processor: float
    """seconds of processor time, of all its processes"""
    megabytes: float
    said: str


class Contestant(NamedTuple):
    """Something that is run again and again."""

    name: str
    command: Sequence[str]
    most: int | None = None
    """rounds that it takes part in; None for all"""
    less: Callable[[str], float] = lambda said: 0.0
    """seconds that are none of its work, from what it printed"""
    tree: Path = ROOT
    fresh: Sequence[Path] = ()
    """files that are removed before each run: what it wrote itself, so that every run is a first one"""


class Result(NamedTuple):
    """The runs of one contestant."""

    seconds: Sequence[float]
    processor: float
    megabytes: float

    @property
    def middle(self) -> float:
        """Median of the seconds."""
        return median(self.seconds)


def run_once(command: Sequence[str], tree: Path = ROOT) -> Run:
    """Run a command of this Python to its end, from the folder of a checkout.

    Raises:
        RuntimeError: it failed; the message is what it wrote to standard error.
    """
    # Settings of this shell, such as one that forbids bytecode, are none of an officer's.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    environment["PYTHONPATH"] = str(_AS_INSTALLED)
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as wrong:
        started = time.perf_counter()
        process = subprocess.Popen([sys.executable, *command], cwd=tree, env=environment, stdout=said, stderr=wrong)
        # wait4 tells the memory of this child and of the processes it waited for, not of all children so far.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (said, wrong):
            stream.seek(0)
            texts.append(stream.read().decode("utf-8", "replace"))
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{texts[1] or texts[0]}")
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / _PER_MEGABYTE, texts[0])


def interleave(contestants: Sequence[Contestant], rounds: int) -> Mapping[str, Result]:
    """Run all contestants in turn, round after round, beginning each round with another one."""
    runs: dict[str, list[Run]] = {one.name: [] for one in contestants}
    for number in range(rounds):
        first = number % len(contestants)
        for one in (*contestants[first:], *contestants[:first]):
            if one.most is None or number < one.most:
                for file in one.fresh:
                    file.unlink(missing_ok=True)
                run = run_once(one.command, one.tree)
                less = one.less(run.said)
                runs[one.name].append(run._replace(seconds=run.seconds - less, processor=run.processor - less))
    return {
        name: Result(
            [run.seconds for run in mine],
            median(run.processor for run in mine),
            max(run.megabytes for run in mine),
        )
        for name, mine in runs.items()
    }
