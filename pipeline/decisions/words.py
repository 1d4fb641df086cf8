"""The Vietnamese texts and the columns of the decisions workbook, from `wording/decisions.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from schemas.definition import Table, read_toml

DECISION_WORDS = Path(__file__).parent.parent / "wording" / "decisions.toml"

CELLS, FILES, UNITS = "cells", "files", "units"
KINDS = (CELLS, FILES, UNITS)
"""what a sheet decides about, in the order of the sheets"""
KEY = "key"
"""the hidden column by which a line is known again"""
LISTS = ("units", "rows", "columns", "files", *(f"answers_{kind}" for kind in KINDS), "contents")
"""lists on the hidden sheet, in the order of its columns; "contents" says what lay at the path beside it"""
FILLED_BY_HAND: Mapping[str, frozenset[str]] = {
    CELLS: frozenset({"answer", "value", "reason", "by", "day"}),
    FILES: frozenset({"answer", "unit", "reason", "by", "day"}),
    UNITS: frozenset({"answer", "reason", "by", "day"}),
}
CHOSEN_BY_HAND: Mapping[str, frozenset[str]] = {
    CELLS: frozenset({"unit", "row", "column"}),
    FILES: frozenset({"file"}),
    UNITS: frozenset({"unit"}),
}
"""columns that a person fills too in a line that the program did not write"""


class BookColumn(NamedTuple):
    """One column of a sheet."""

    key: str
    head: str
    width: float


@dataclass(frozen=True, slots=True)
class SheetWords:
    """One sheet."""

    name: str
    title: str
    help: tuple[str, ...]
    columns: tuple[BookColumn, ...]
    answers: Mapping[str, str]
    """what may be decided -> how it is worded"""
    texts: Mapping[str, str]
    statuses: Mapping[str, str]

    def head(self, key: str) -> str:
        """Head of one column."""
        return next(column.head for column in self.columns if column.key == key)


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The whole workbook."""

    sheets: Mapping[str, SheetWords]
    lists: Mapping[str, str]
    prompts: Mapping[str, str]
    severity: Mapping[str, str]
    closed: Mapping[str, str]
    """why nothing is asked any more about a line"""


@cache
def load_decision_words() -> DecisionWords:
    """Load the texts once."""
    words = read_toml(DECISION_WORDS)
    sheets = {kind: _sheet(words.table(kind)) for kind in KINDS}
    lists, prompts, severity, closed = (
        words.table(name).words() for name in ("lists", "prompts", "severity", "closed")
    )
    return DecisionWords(sheets, lists, prompts, severity, closed)


def _sheet(table: Table) -> SheetWords:
    columns = table.table("columns").values
    return SheetWords(
        name=table.text("sheet"),
        title=table.text("title"),
        help=table.texts("help"),
        columns=tuple(BookColumn(key, head, float(width)) for key, (head, width) in columns.items()),
        answers=table.table("answers").words(),
        texts={key: text for key, text in table.values.items() if isinstance(text, str)},
        statuses=table.table("status").words(),
    )
