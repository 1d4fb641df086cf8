"""Whole processes measured: seconds from start to end, and the memory of the largest process among them."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
_KILOBYTES = 1024 if sys.platform == "darwin" else 1


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
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=tree,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        said, wrong = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{wrong or said}")
    return Run(seconds, 0.0, said)


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
