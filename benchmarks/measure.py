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
_PER_MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""ru_maxrss counts kilobytes, on macOS bytes"""


class Run(NamedTuple):
    """One run of one process."""

    seconds: float
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


class Result(NamedTuple):
    """The runs of one contestant."""

    seconds: Sequence[float]
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
    return Run(seconds, usage.ru_maxrss / _PER_MEGABYTE, texts[0])


def interleave(contestants: Sequence[Contestant], rounds: int) -> Mapping[str, Result]:
    """Run all contestants in turn, round after round, beginning each round with another one."""
    runs: dict[str, list[Run]] = {one.name: [] for one in contestants}
    for number in range(rounds):
        first = number % len(contestants)
        for one in (*contestants[first:], *contestants[:first]):
            if one.most is None or number < one.most:
                run = run_once(one.command, one.tree)
                runs[one.name].append(run._replace(seconds=run.seconds - one.less(run.said)))
    return {
        name: Result([run.seconds for run in mine], max(run.megabytes for run in mine)) for name, mine in runs.items()
    }
