"""The rule kind `same_number`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import one_row, rows_of_pairs, taking_a_number, two_measures
from schemas.rules.formula import FormulaCells, FormulaCheck, quoted

if TYPE_CHECKING:
    from schemas.form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNumber(FormRule):
    """The sum of `first` equals `second` in every measure: the same event perhaps counted twice. Outcome: same."""

    kind: ClassVar[str] = "same_number"
    outcomes: ClassVar[tuple[str, ...]] = ("same",)
    across_cells: ClassVar[bool] = True

    first: tuple[str, ...]
    second: str
    needs: str
    """the row of `first` without which the sameness means nothing"""
    measures: tuple[str, str]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        measures = two_measures(table, names)
        first = rows_of_pairs(table, "first", measures, names)
        second = one_row(table, "second", names)
        for measure in measures:
            taking_a_number(table, "second", Cell(second, measure), names)

        needs = first[-1]
        if "needs" in table.values:
            needs = one_row(table, "needs", names)
        if needs not in first:
            raise table.refuse("needs", needs, "a row that is among first")
        return cls(**common, first=first, second=second, needs=needs, measures=measures)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        seconds = [Cell(self.second, measure) for measure in self.measures]
        needed = [*seconds, *(Cell(self.needs, measure) for measure in self.measures)]
        firsts = [[Cell(key, second.measure) for key in self.first] for second in seconds]
        equal = [f"{checked.total(first)}={checked.ref(second)}" for first, second in zip(firsts, seconds, strict=True)]
        positive = [f"{checked.ref(cell)}>0" for cell in needed]
        known = [checked.known(first) for first in firsts]
        when = checked.stated(needed, f"AND({','.join((*positive, *known, *equal))})")
        text = checked.say(_what_is_the_same(checked.form, self), label=quoted(checked.label(self.needs)))
        yield FormulaCheck(self.second, "same", when, text)


def _what_is_the_same(form: "Form", rule: SameNumber) -> str:
    """Name the wording: the number is that of one other row, of the row's own parts and one other, or of several."""
    others = [form.by_key[key] for key in rule.first if key != rule.needs]
    if not others:
        return "same_same"
    return "same_same_parts" if all(row.parent == rule.second for row in others) else "same_same_many"
