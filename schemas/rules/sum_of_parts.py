"""The rule kind `sum_of_parts`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import rows_or_none, total_and_parts
from schemas.rules.formula import FormulaCells, FormulaCheck
from schemas.rules.part_at_most_total import PartAtMostTotal


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOfParts(FormRule):
    """The parts against their total. Outcomes: above, below, below_unexplained (nothing written), computed, open.

    `computed` is told of a blank total that was added up, `open` of one that could not be, a part being in error.
    """

    kind: ClassVar[str] = "sum_of_parts"
    outcomes: ClassVar[tuple[str, ...]] = ("above", "below", "below_unexplained", "computed", "open")
    across_cells: ClassVar[bool] = True

    total: Cell
    parts: tuple[Cell, ...]
    compute_blank: bool
    """a blank total is computed from its parts, if no part is in error"""
    explained_by: tuple[str, ...]
    """rows whose text or note may name what the parts leave out"""

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        total, parts = total_and_parts(table, names)
        return cls(
            **common,
            total=total,
            parts=parts,
            compute_blank=table.truth("compute_blank", False),
            explained_by=rows_or_none(table, "explained_by", names),
        )

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        total, parts, row = checked.ref(self.total), checked.total(self.parts), self.total.row
        facts = {"sum": parts, "total": f"N({total})"}
        above = checked.stated([self.total], f"AND({parts}>{total},{_no_part_above(checked, self)})")
        yield FormulaCheck(row, "above", above, checked.say("sum_above", **facts))
        needed = [cell for cell in self.parts if cell not in checked.form.optional_cells]
        # While parts are still to be typed, a smaller sum is no news.
        typed = f"{checked.count('COUNT', needed or self.parts)}>={len(needed) or 1}"
        whole = f"OR({checked.blanks_are_zero},{typed})"
        rows = dict.fromkeys((*self.explained_by, row))
        silent = f"{checked.count('COUNTA', checked.explanations(rows))}=0"
        smaller = f"AND({whole},{checked.known(self.parts)},{parts}<{total},{silent})"
        below = checked.stated([self.total], smaller)
        yield FormulaCheck(row, "below_unexplained", below, checked.say("sum_below_unexplained", **facts))
        if self.compute_blank:
            yield from _blank_total(checked, self)


def _blank_total(checked: FormulaCells, rule: SumOfParts) -> Iterator[FormulaCheck]:
    """What is said of a total left blank; nothing of one that may stay so and whose parts are all there."""
    added_up, text = checked.is_added_up(rule.total), checked.say("sum_computed", sum=checked.total(rule.parts))
    if rule.total in checked.form.optional_cells:
        stated = f"{checked.count('COUNT', rule.parts)}={len(rule.parts)}"
        added_up = f"AND({added_up},NOT(OR({checked.blanks_are_zero},{stated})))"
    else:
        unsure = f"AND({checked.is_of_parts(rule.total)},NOT({checked.known(rule.parts)}))"
        yield FormulaCheck(rule.total.row, "open", unsure, checked.say("sum_open"))
    yield FormulaCheck(rule.total.row, "computed", added_up, text)


def _no_part_above(checked: FormulaCells, rule: SumOfParts) -> str:
    """That no part alone is above the total, where a rule tells this at the part: its consequence is not told."""
    parts = [
        cell
        for other in checked.form.rules
        if isinstance(other, PartAtMostTotal) and other.total == rule.total and "above" in other.severity
        for cell in other.parts
    ]
    if not parts:
        return "TRUE"
    total = checked.ref(rule.total)
    above = "+".join(f'COUNTIF({part},">"&{total})' for part in checked.refs(parts))
    return f"OR(ISBLANK({total}),{above}=0)"
