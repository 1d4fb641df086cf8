"""The Vietnamese texts and the columns of the decisions workbook, from `wording/decisions.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.text import fold

DECISION_WORDS = WORDING / "decisions.toml"

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
class OlderWords:
    """How a sheet was worded by older versions, whose workbooks are read all the same."""

    names: tuple[str, ...]
    heads: Mapping[str, str]
    """head -> key of the column"""
    answers: Mapping[str, str]
    """text -> what is decided"""


@dataclass(frozen=True)
class SheetWords:
    """One sheet."""

    name: str
    title: str
    help: tuple[str, ...]
    columns: tuple[BookColumn, ...]
    answers: Mapping[str, str]
    """what may be decided -> how it is worded"""
    older: OlderWords
    texts: Mapping[str, str]
    statuses: Mapping[str, str]

    def is_named(self, sheet: str) -> bool:
        """Tell whether a sheet bears the name that this one has, or had."""
        return fold(sheet) in {fold(name) for name in (self.name, *self.older.names)}

    def column_of(self, head: str) -> str | None:
        """Find the column of a head, as it is worded or was."""
        return self._by_head.get(fold(head))

    def answer_of(self, text: str) -> str | None:
        """Find what is decided by a text, as it is worded or was."""
        answers = {fold(older): answer for older, answer in self.older.answers.items()}
        answers |= {fold(shown): answer for answer, shown in self.answers.items()}
        return answers.get(fold(text))

    @cached_property
    def _by_head(self) -> Mapping[str, str]:
        heads = {fold(older): key for older, key in self.older.heads.items()}
        return heads | {fold(column.head): column.key for column in self.columns}


@dataclass(frozen=True, slots=True)
class DecisionWords:
    """The whole workbook."""

    sheets: Mapping[str, SheetWords]
    lists: Mapping[str, str]
    prompts: Mapping[str, str]
    severity: Mapping[str, str]
    closed: Mapping[str, str]
    """why nothing is asked any more about a line"""
    names_of_files: tuple[str, ...]
    """words by which a file calls itself a decisions workbook"""
    older_lists: tuple[str, ...]
    """names that the sheet of lists had"""

    def is_sheet_of_lists(self, sheet: str) -> bool:
        """Tell whether a sheet bears the name that the one of lists has, or had."""
        return sheet in (self.lists["sheet"], *self.older_lists)


@cache
def load_decision_words() -> DecisionWords:
    """Load the texts once."""
    words = read_toml(DECISION_WORDS)
    older = words.table("older")
    sheets = {kind: _sheet(words.table(kind), older.table(kind)) for kind in KINDS}
    lists, prompts, severity, closed = (
        words.table(name).words() for name in ("lists", "prompts", "severity", "closed")
    )
    files, older_lists = words.table("files_elsewhere").texts("names"), older.texts("lists")
    return DecisionWords(sheets, lists, prompts, severity, closed, files, older_lists)


def _sheet(table: Table, older: Table) -> SheetWords:
    columns = table.table("columns").values
    return SheetWords(
        name=table.text("sheet"),
        title=table.text("title"),
        help=table.texts("help"),
        columns=tuple(BookColumn(key, head, float(width)) for key, (head, width) in columns.items()),
        answers=table.table("answers").words(),
        texts={key: text for key, text in table.values.items() if isinstance(text, str)},
        statuses=table.table("status").words(),
        older=OlderWords(older.texts("names"), older.table("heads").words(), older.table("answers").words()),
    )
