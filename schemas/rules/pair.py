"""The rule kind `pair`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import rows_of_pairs, two_measures
from schemas.rules.formula import FormulaCells, FormulaCheck, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(FormRule):
    """Two measures of a row belong together. Outcomes: zero_with, one_blank, fewer."""

    kind: ClassVar[str] = "pair"
    outcomes: ClassVar[tuple[str, ...]] = ("zero_with", "one_blank", "fewer")
    across_cells: ClassVar[bool] = True

    rows: tuple[str, ...]
    measures: tuple[str, str]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        measures = two_measures(table, names)
        rows = rows_of_pairs(table, "rows", measures, names)
        return cls(**common, rows=rows, measures=measures)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        for key in self.rows:
            yield from _pair(checked, self.measures, key)


def _pair(checked: FormulaCells, measures: tuple[str, str], key: str) -> Iterator[FormulaCheck]:
    cells = first, second = Cell(key, measures[0]), Cell(key, measures[1])
    heads = {"first": quoted(checked.head(first.measure)), "second": quoted(checked.head(second.measure))}
    zero_with = f"AND({checked.is_zero(first)},{checked.positive(second)})"
    yield FormulaCheck(key, "zero_with", zero_with, checked.say("pair_zero_with", **heads))
    optional = checked.form.by_key[key].optional
    for stated, blank in (cells, cells[::-1]):
        # The second may be left out where it need not be stated; it is asked for the first all the same.
        if blank == first or blank.measure not in optional:
            when = f"AND({checked.positive(stated)},{checked.is_open(blank)})"
            columns = {"stated": quoted(checked.head(stated.measure)), "blank": quoted(checked.head(blank.measure))}
            yield FormulaCheck(key, "one_blank", when, checked.say("pair_one_blank", **columns))
    high, low = checked.total([first]), checked.total([second])
    some = f"{low}>0" if second.measure in optional else f"OR({checked.is_zero(second)},{low}>0)"
    fewer = f"AND({some},{low}<{high})"
    yield FormulaCheck(key, "fewer", fewer, checked.say("pair_fewer", high=high, low=low, **heads))
