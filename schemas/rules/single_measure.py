"""The rule kind `single_measure`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import some_rows
from schemas.rules.formula import FormulaCells, FormulaCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMeasure(FormRule):
    """These rows take one measure. Outcomes: extra, optional.

    `extra` is told of a number in a measure that a row does not take, and not summed; `optional` of one that it may
    take, and summed.
    """

    kind: ClassVar[str] = "single_measure"
    outcomes: ClassVar[tuple[str, ...]] = ("extra", "optional")

    rows: tuple[str, ...]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        return cls(**cls.common_fields(table), rows=some_rows(table, "rows", names))

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        for row in map(checked.form.by_key.__getitem__, self.rows):
            own = [Cell(row.key, measure) for measure in row.kinds if measure not in row.optional]
            for measure in (measure for measure in row.kinds if measure in row.optional):
                stated = f"OR({','.join(map(checked.positive, own))})"
                when = f"AND({stated},{checked.positive(Cell(row.key, measure))})"
                text = checked.say("single_optional", where=checked.where(Cell(row.key, measure)))
                yield FormulaCheck(row.key, "optional", when, text)
