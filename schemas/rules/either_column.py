"""The rule kind `either_column`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import FormRule, Names
from schemas.rules.fields import some_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class EitherColumn(FormRule):
    """A number in the other measure column of these rows is meant for the one they take. Outcomes: moved, differ."""

    kind: ClassVar[str] = "either_column"
    outcomes: ClassVar[tuple[str, ...]] = ("moved", "differ")

    rows: tuple[str, ...]

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        return cls(**cls.common_fields(table), rows=some_rows(table, "rows", names))
