"""The rule kind `range`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import some_numbers
from schemas.rules.formula import FormulaCells, FormulaCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(FormRule):
    """A stated, positive number lies between bounds. Outcomes: too_small, too_large. An error leaves the cell out."""

    kind: ClassVar[str] = "range"
    outcomes: ClassVar[tuple[str, ...]] = ("too_small", "too_large")

    cells: tuple[Cell, ...]
    at_least: int
    at_most: int
    times: tuple[int, ...]
    """factors that a number below the bound may lack (thousands, millions)"""

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        cells = some_numbers(table, "cells", names)
        if not cells:
            raise table.refuse("cells", None, "at least one cell")
        at_least = table.whole("at_least", 0)
        at_most = table.whole("at_most")
        if not 0 <= at_least <= at_most:
            raise table.refuse("at_most", at_most, "a whole number not below at_least, which is not below 0")
        times = _factors(table, at_most)
        return cls(**common, cells=cells, at_least=at_least, at_most=at_most, times=times)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        for cell in self.cells:
            at = checked.ref(cell)
            money = "_money" if checked.is_money(cell) else ""
            small = checked.stated([cell], f"AND({at}>0,{at}<{self.at_least})")
            yield FormulaCheck(cell.row, "too_small", small, checked.say("range_too_small" + money))
            large = checked.stated([cell], f"{at}>{self.at_most}")
            yield FormulaCheck(cell.row, "too_large", large, checked.say("range_too_large" + money))


def _factors(table: Table, at_most: int) -> tuple[int, ...]:
    """Take factors that a number may lack; with one above the upper bound no number could be offered."""
    factors = table.values.get("times", [])
    if not isinstance(factors, list) or not all(type(factor) is int and 1 < factor <= at_most for factor in factors):
        raise table.refuse("times", factors, "a list of whole numbers above 1 and not above at_most")
    return tuple(factors)
