"""The rule kind `implies`: its parameters, how the definition writes them, and what such a rule can find."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import Cell, FormRule, Names
from schemas.rules.fields import some_numbers
from schemas.rules.formula import FormulaCells, FormulaCheck, quoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Implies(FormRule):
    """Where the condition is positive, one of `then_any` is too. Outcomes: zero (all stated, all 0), blank."""

    kind: ClassVar[str] = "implies"
    outcomes: ClassVar[tuple[str, ...]] = ("zero", "blank")
    across_cells: ClassVar[bool] = True

    if_all: tuple[Cell, ...]
    if_any: tuple[Cell, ...]
    then_any: tuple[Cell, ...]
    subject: str = ""
    """what `then_any` is in a few words, where its rows are too many to be named"""

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        common = cls.common_fields(table)
        if_all = some_numbers(table, "if_all", names)
        if_any = some_numbers(table, "if_any", names)
        then_any = some_numbers(table, "then_any", names)
        if not then_any or bool(if_all) == bool(if_any):
            raise table.refuse("then_any", list(table.texts("then_any")), "cells here, and in one of if_all and if_any")
        subject = table.text("subject", "")
        return cls(**common, if_all=if_all, if_any=if_any, then_any=then_any, subject=subject)

    def formulas(self, checked: FormulaCells) -> Iterator[FormulaCheck]:
        """Say the rule in the blank workbook."""
        causes = self.if_all or self.if_any
        cause = f"{'AND' if self.if_all else 'OR'}({','.join(map(checked.positive, causes))})"
        unmet = f"{cause},{checked.total(self.then_any)}=0,{checked.known(self.then_any)}"
        all_zero = f"OR({checked.blanks_are_zero},{checked.numbers(self.then_any)}={len(self.then_any)})"
        first, last = self.then_any[0].row, self.then_any[-1].row
        many = "" if first == last else "_many"
        facts = {"label": quoted(checked.label(causes[0].row)), "last": quoted(checked.label(last))}
        for outcome, when in (("zero", all_zero), ("blank", f"NOT({all_zero})")):
            text = checked.say(f"implies_{outcome}{many}", **facts)
            yield FormulaCheck(first, outcome, f"AND({unmet},{when})", text)
