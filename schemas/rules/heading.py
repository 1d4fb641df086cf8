"""The rule kind `heading`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import FormRule, Names
from schemas.rules.fields import some_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(FormRule):
    """These rows take no number. Outcome: number."""

    kind: ClassVar[str] = "heading"
    outcomes: ClassVar[tuple[str, ...]] = ("number",)

    rows: tuple[str, ...]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        return cls(**cls.common_fields(table), rows=some_rows(table, "rows", names))
