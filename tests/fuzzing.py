"""How long a long random run goes on, and with which seeds: `make fuzz SEED=1 MINUTES=5`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import count
from time import monotonic

import pytest

SEED = int(os.environ.get("FUZZ_SEED", "20200925"))
MINUTES = float(os.environ.get("FUZZ_MINUTES", "15"))
CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

on_every_core = pytest.mark.parametrize("part", range(CORES))
"""a long test that is run once on every core at the same time, each with seeds of its own"""


def seeds_for_a_while(part: int) -> Iterator[int]:
    """Give the seeds of one part until its time is over."""
    until = monotonic() + 60 * MINUTES
    for seed in count(SEED + part, CORES):
        if monotonic() > until:
            return
        yield seed
