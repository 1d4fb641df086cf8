"""The rule kind `required_text`: its parameters, how the definition writes them, and what such a rule can find."""

from dataclasses import dataclass
from typing import ClassVar, Self

from schemas.definition import Table
from schemas.rules.base import FormRule, Names
from schemas.rules.fields import some_rows, some_texts, some_units


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredText(FormRule):
    """The named units write about `subject` in one of these rows. Outcome: missing."""

    kind: ClassVar[str] = "required_text"
    outcomes: ClassVar[tuple[str, ...]] = ("missing",)
    across_cells: ClassVar[bool] = True

    units: frozenset[str]
    rows: tuple[str, ...]
    words: tuple[str, ...]
    subject: str

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind."""
        return cls(
            **cls.common_fields(table),
            units=some_units(table, "units", names),
            rows=some_rows(table, "rows", names),
            words=some_texts(table, "words"),
            subject=table.text("subject"),
        )
