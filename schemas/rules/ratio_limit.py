"""The rule kind `ratio_limit`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import rows_of_pairs, two_measures
from schemas.rules.formula import FormulaCells, FormulaCheck, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioLimit(FormRule):
    """The second measure is at most `limit` times the first. Outcome: over."""

    kind: ClassVar[str] = "ratio_limit"
    outcomes: ClassVar[tuple[str, ...]] = ("over",)
    across_cells: ClassVar[bool] = True

    rows: tuple[str, ...]
    measures: tuple[str, str]
    limit: int

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        limit = table.whole("limit")
        if limit < 1:
            raise table.refuse("limit", limit, "a whole number above 0")
        measures = two_measures(table, names)
        rows = rows_of_pairs(table, "rows", measures, names)
        return cls(**common, rows=rows, measures=measures, limit=limit)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        first, second = (quoted(checked.head(measure)) for measure in self.measures)
        facts = {"first": first, "second": second, "limit": str(self.limit)}
        for key in self.rows:
            cells = [Cell(key, measure) for measure in self.measures]
            one, two = map(checked.ref, cells)
            when = checked.stated(cells, f"AND({one}>0,{two}>{self.limit}*{one})")
            yield FormulaCheck(key, "over", when, checked.say("ratio_over", **facts))
