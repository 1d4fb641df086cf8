"""The rule kind `part_at_most_total`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import total_and_parts
from schemas.rules.formula import FormulaCells, FormulaCheck, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAtMostTotal(FormRule):
    """No part is larger than its total. Outcome: above, told at the part."""

    kind: ClassVar[str] = "part_at_most_total"
    outcomes: ClassVar[tuple[str, ...]] = ("above",)
    across_cells: ClassVar[bool] = True

    total: Cell
    parts: tuple[Cell, ...]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        total, parts = total_and_parts(table, names)
        return cls(**common, total=total, parts=parts)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        total = checked.ref(self.total)
        facts = {"label": quoted(checked.label(self.total.row)), "total": total}
        for part in self.parts:
            when = checked.stated([part, self.total], f"{checked.ref(part)}>{total}")
            yield FormulaCheck(part.row, "above", when, checked.say("part_above", where=checked.where(part), **facts))
