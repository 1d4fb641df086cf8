"""The rule kind `kinds_kept_apart`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import FormRule, Names
from schemas.rules.fields import some_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsKeptApart(FormRule):
    """Two kinds of thing in one cell of these rows. Outcomes: mixed (not added), added."""

    kind: ClassVar[str] = "kinds_kept_apart"
    outcomes: ClassVar[tuple[str, ...]] = ("mixed", "added")

    rows: tuple[str, ...]
    add_up: bool
    """the office adds both kinds, and is told; else a person decides"""

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        rows = some_rows(table, "rows", names)
        add_up = table.truth("add_up", False)
        return cls(**cls.common_fields(table), rows=rows, add_up=add_up)
