"""Calls to xlsxwriter as data: kept in a file by `record`, made again by `floor` in a process that does no more."""

import gc
import pickle
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter

WORKBOOK = -1


class Look(int):
    """A format among the arguments of a call, by its number in the order of making."""


class Call(NamedTuple):
    """One call from outside to a workbook or to one of its sheets."""

    sheet: int
    """number of the sheet, or WORKBOOK"""
    name: str
    arguments: tuple[Any, ...]
    named: dict[str, Any]


class Replayed(NamedTuple):
    """The workbook that is being made again, with the sheets and formats it has so far."""

    workbook: Any
    sheets: list[Any]
    looks: list[Any]

    def ready(self, call: Call) -> tuple[Callable[..., Any], list[Any], dict[str, Any]]:
        """Put the sheet and the formats of this workbook into a call."""
        own = self.workbook if call.sheet == WORKBOOK else self.sheets[call.sheet]
        return (
            getattr(own, call.name),
            [self._real(one) for one in call.arguments],
            {name: self._real(one) for name, one in call.named.items()},
        )

    def _real(self, value: object) -> Any:  # noqa: ANN401 - as xlsxwriter has them
        if isinstance(value, Look):
            return self.looks[value]
        if isinstance(value, dict):
            return {name: self._real(one) for name, one in value.items()}
        return value


def replay(recorded: Path, out: Path) -> float:
    """Make recorded calls again, into another workbook; gives the seconds that went into fetching them."""
    fetching = 0.0
    batches = _load(recorded)
    replayed = Replayed(xlsxwriter.Workbook(str(out), next(batches)), [], [])
    while True:
        started = time.perf_counter()
        gc.disable()
        batch = next(batches, None)
        calls = [replayed.ready(call) for call in batch or ()]
        gc.enable()
        fetching += time.perf_counter() - started
        if batch is None:
            return fetching
        result = None
        for method, arguments, named in calls:
            result = method(*arguments, **named)
        # Whatever makes a sheet or a format ends its batch.
        if batch[-1].name == "add_worksheet":
            replayed.sheets.append(result)
        elif batch[-1].name == "add_format":
            replayed.looks.append(result)


def _load(recorded: Path) -> Iterator[Any]:
    with recorded.open("rb") as file:
        while file.peek(1):
            yield pickle.load(file)
