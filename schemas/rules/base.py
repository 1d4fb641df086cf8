"""What every kind of rule has: an id, severities of its outcomes, the returns it is asked of, and how it is read."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Self, TypedDict

from schemas.definition import Table

if TYPE_CHECKING:
    from schemas.rules.formula import FormulaCells, FormulaCheck

_LEVELS = ("unit", "summary")


class Severity(StrEnum):
    """How much a finding asks of a person."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"

    @property
    def place(self) -> int:
        """Its place among all of them, the gravest first: 0 is that of an error."""
        return tuple(Severity).index(self)


class Cell(NamedTuple):
    """One measure of one row of the form."""

    row: str
    measure: str

    def __str__(self) -> str:
        return f"{self.row}.{self.measure}"


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule may refer to."""

    groups: Mapping[str, tuple[str, ...]]
    """every row key and group name -> row keys"""
    measures: Sequence[str]
    numbers: AbstractSet[tuple[str, str]]
    """cells that take a number"""
    register: str
    """name of the form's own register; "" where it has none"""
    units: AbstractSet[str] | None
    """codes of that register; None where nothing is known of them"""


class CommonFields(TypedDict):
    """What the definition may say of a rule of any kind."""

    id: str
    severity: Mapping[str, Severity]
    levels: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormRule:
    """A rule of a form; each kind is a class of its own, in a file of its own."""

    kind: ClassVar[str]
    """what the definition calls rules of this kind"""
    outcomes: ClassVar[tuple[str, ...]]
    """what such a rule can find; one code of the catalogue belongs to each"""
    across_cells: ClassVar[bool] = False
    """it compares cells, or asks about a return as a whole, so that an error keeps no number out"""

    id: str
    severity: Mapping[str, Severity]
    """outcome -> severity; an outcome that is not named here is not told"""
    levels: frozenset[str] = frozenset(_LEVELS)
    """of which returns the rule is asked: of units, of summaries of the level below"""

    @classmethod
    def load(cls, table: Table, names: Names) -> Self:
        """Read one rule of this kind.

        Raises:
            DefinitionError: a parameter that is not allowed, or with which the rule could never find anything.
        """
        raise NotImplementedError

    def formulas(self, checked: "FormulaCells") -> "Iterable[FormulaCheck]":
        """Say the rule in the blank workbook; a kind that no formula can say is silent there."""
        return ()

    @classmethod
    def known_fields(cls) -> tuple[str, ...]:
        """Name what the definition may write in a rule of this kind."""
        common = [field.name for field in fields(FormRule)]
        parameters = [field.name for field in fields(cls) if field.name not in common]
        return ("id", "kind", "levels", "severity", *parameters)

    @classmethod
    def common_fields(cls, table: Table) -> CommonFields:
        """Read what every rule has."""
        severities = table.table("severity")
        allowed = ", ".join(cls.outcomes)
        for outcome, severity in severities.values.items():
            if outcome not in cls.outcomes:
                raise table.refuse("severity", outcome, "one of {allowed}", allowed=allowed)
            if severity not in tuple(Severity):
                raise table.refuse("severity", severity, "one of {allowed}", allowed=", ".join(Severity))
        if not severities.values:
            raise table.refuse("severity", None, "at least one of {allowed}", allowed=allowed)

        levels = table.texts("levels") or _LEVELS
        if not set(levels) <= set(_LEVELS):
            raise table.refuse("levels", list(levels), "one of {allowed}", allowed=", ".join(_LEVELS))
        return CommonFields(
            id=table.text("id"),
            severity={outcome: Severity(word) for outcome, word in severities.values.items()},
            levels=frozenset(levels),
        )
