"""What a form is: its rows, its columns and what each cell takes. Frozen types, without how they are loaded."""

from collections import Counter
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

from schemas.derived import Derived
from schemas.rules import Cell, Rule
from schemas.text import fold

NOTE = "note"


class ValueKind(StrEnum):
    """What a measure cell of a row takes."""

    COUNT = "count"
    """a whole number of things or people, 0 or more"""
    MONEY = "vnd"
    """a whole number of đồng, 0 or more"""
    TEXT = "text"
    """free text, never summed"""

    @property
    def is_number(self) -> bool:
        """Whether it is summed."""
        return self is not ValueKind.TEXT


Role = Literal["total", "input", "heading", "text"]
ROLES: tuple[Role, ...] = ("total", "input", "heading", "text")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form."""

    key: str
    role: str
    head: tuple[str, ...]
    """texts of the head from top to bottom; one text is merged over all head rows"""
    aliases: tuple[str, ...]
    width: float
    short: str
    """name of the column in messages and in the heads of the matrix"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form; with a measure that it takes, an indicator."""

    key: str
    stt: str
    label: str
    """as printed in the letter, misprints kept"""
    unit_of_measure: str
    parent: str
    role: Role
    kinds: Mapping[str, ValueKind]
    """measure -> what it takes; a measure that is absent takes nothing"""
    optional: frozenset[str]
    """measures that may stay blank without remark"""
    short_label: str
    label_print: str
    """label for printed summaries, misprints mended"""
    aliases: tuple[str, ...]

    @property
    def title(self) -> str:
        """The label a person should read."""
        return self.label_print or self.label


@dataclass(frozen=True)
class Form:
    """A form definition. `rows` and `columns` are in the order of the form."""

    id: str
    version: str
    name: str
    subject: str
    register: str
    letter_number: str
    letter_date: date
    first_day: date
    last_day: date
    deadline: datetime
    deadline_wording: str
    appendix: str
    title_lines: tuple[str, ...]
    references: tuple[str, ...]
    summary_title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]
    spread: frozenset[str]
    """rows whose measure cells are one merged cell in the blank form"""
    unit_words: Mapping[str, tuple[str, ...]]
    """measure -> words that may follow a number of it"""
    derived: tuple[Derived, ...] = ()
    """sums shown below the totals of a summary; no rows of the form"""

    @cached_property
    def by_key(self) -> Mapping[str, Row]:
        """Rows by their key."""
        return {row.key: row for row in self.rows}

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Keys of the number columns, in form order."""
        return tuple(column.key for column in self.columns if column.role == "measure")

    @cached_property
    def number_cells(self) -> tuple[Cell, ...]:
        """Every cell that takes a number, in form order."""
        return tuple(
            Cell(row.key, measure)
            for row in self.rows
            for measure in self.measures
            if measure in row.kinds and row.kinds[measure].is_number
        )

    @cached_property
    def optional_cells(self) -> AbstractSet[Cell]:
        """Cells that may stay blank without remark."""
        return frozenset(Cell(row.key, measure) for row in self.rows for measure in row.optional)

    @cached_property
    def column_by_key(self) -> Mapping[str, Column]:
        """Columns by their key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def short_names(self) -> Mapping[str, str]:
        """Key of a row -> its short label; the whole label where another row bears the same short one."""
        times = Counter(fold(row.short_label) for row in self.rows)
        return {row.key: row.short_label if times[fold(row.short_label)] == 1 else row.title for row in self.rows}

    def column_named(self, cell: Cell) -> str:
        """Short name of a cell's column; empty where the row takes one number or one text and so needs no column.

        A note, and a number in a column that its row does not take, are named by their column.
        """
        column, row = self.column_by_key.get(cell.measure), self.by_key.get(cell.row)
        if column is None:
            return ""
        kinds = row.kinds if row else {}
        is_first = cell.measure == next(iter(kinds), None)
        return "" if is_first and (len(kinds) == 1 or set(kinds.values()) == {ValueKind.TEXT}) else column.short

    def column_of(self, role: str) -> Column | None:
        """Find the first column of a role, such as the label or the note column."""
        return next((column for column in self.columns if column.role == role), None)
