"""The rule kind `text_only`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import FormRule, Names
from schemas.rules.fields import some_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOnly(FormRule):
    """These rows take text; a number there is kept as text. Outcome: number."""

    kind: ClassVar[str] = "text_only"
    outcomes: ClassVar[tuple[str, ...]] = ("number",)

    rows: tuple[str, ...]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        return cls(**cls.common_fields(table), rows=some_rows(table, "rows", names))
