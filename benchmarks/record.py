"""Run the program once and keep the calls it makes to xlsxwriter.

`python -m benchmarks.record CALLS ARGUMENT...`: the arguments are those of the program.
"""

import functools
import pickle
import sys
from collections.abc import Callable
from inspect import isfunction
from pathlib import Path
from typing import IO, Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from benchmarks.calls import WORKBOOK, Call, Look
from pipeline.cli import main

_BATCH = 5_000


class Recorder:
    """Notes every call from outside to a workbook and its sheets; what xlsxwriter calls itself is not noted."""

    def __init__(self, file: IO[bytes]) -> None:
        """Write to a file, batch by batch."""
        self.file = file
        self.batch: list[Call] = []
        self.sheets: dict[int, int] = {}
        self.looks: dict[int, Look] = {}
        self.inside = False

    def watch(self) -> None:
        """Replace the public methods of workbook and sheet by ones that note their calls."""
        build = Workbook.__init__

        def built(own: Workbook, filename: Any = None, options: Any = None) -> None:  # noqa: ANN401
            self._write(options or {})
            self._unnoted(build, own, filename, options)

        for owner in (Workbook, Worksheet):
            for name in dir(owner):
                method = getattr(owner, name)
                if isfunction(method) and not name.startswith("_"):
                    setattr(owner, name, self._noting(method, name))
        setattr(Workbook, "__init__", built)  # noqa: B010 - a type checker refuses the plain assignment

    def _noting(self, method: Callable[..., Any], name: str) -> Callable[..., Any]:
        @functools.wraps(method)
        def noted(own: object, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as xlsxwriter has them
            if self.inside:
                return method(own, *arguments, **named)
            sheet = self.sheets.get(id(own), WORKBOOK)
            plain = tuple(self._plain(one) for one in arguments)
            self.batch.append(Call(sheet, name, plain, {key: self._plain(one) for key, one in named.items()}))
            result = self._unnoted(method, own, *arguments, **named)
            if isinstance(result, Worksheet):
                self.sheets[id(result)] = len(self.sheets)
            elif isinstance(result, Format):
                self.looks[id(result)] = Look(len(self.looks))
            if len(self.batch) == _BATCH or isinstance(result, Worksheet | Format) or name == "close":
                self._write(self.batch)
                self.batch = []
            return result

        return noted

    def _unnoted(self, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        self.inside = True
        try:
            return method(*arguments, **named)
        finally:
            self.inside = False

    def _plain(self, value: object) -> Any:  # noqa: ANN401
        if isinstance(value, dict):
            return {name: self._plain(one) for name, one in value.items()}
        return self.looks[id(value)] if isinstance(value, Format) else value

    def _write(self, values: object) -> None:
        pickle.dump(values, self.file, pickle.HIGHEST_PROTOCOL)


if __name__ == "__main__":
    with Path(sys.argv[1]).open("wb") as calls:
        Recorder(calls).watch()
        main(sys.argv[2:])
