"""The rule kind `moves_to`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import one_cell, one_number


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesTo(FormRule):
    """A number in `cell`, which takes none, belongs to `target`. Outcomes: moved, differ."""

    kind: ClassVar[str] = "moves_to"
    outcomes: ClassVar[tuple[str, ...]] = ("moved", "differ")

    cell: Cell
    target: Cell

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        cell = one_cell(table, "cell", names)
        target = one_number(table, "target", names)
        if cell in names.numbers:
            raise table.refuse("cell", cell, "a cell that takes no number itself")
        return cls(**common, cell=cell, target=target)
