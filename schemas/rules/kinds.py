"""The closed set of rule kinds a form definition may use, with their parameters.

Two sorts: *reading rules* move, refuse or keep what one cell says and are applied while parsing; *return rules*
look at a return as a whole, each one vectorised check. Source of the rules of the shipped form: the letter of
25 September 2020 and the reading of its Phụ lục II in the definition's own comments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    id: str
    severity: Mapping[str, Severity]
    """outcome -> severity; an outcome that is not named here is not told"""
    levels: frozenset[str] = frozenset({"unit", "summary"})
    """of which returns the rule is asked: of units, of summaries of the level below"""


# Reading rules -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EitherColumn(_Named):
    """A number in the other measure column of these rows is meant for the one they take. Outcomes: moved, differ."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesTo(_Named):
    """A number in `cell`, which takes none, belongs to `target`. Outcomes: moved, differ."""

    cell: Cell
    target: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMeasure(_Named):
    """These rows take one measure. Outcomes: extra, optional.

    `extra` is told of a number in a measure that a row does not take, and not summed; `optional` of one that it may
    take, and summed.
    """

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsKeptApart(_Named):
    """Two kinds of thing in one cell of these rows. Outcomes: mixed (not added), added."""

    rows: tuple[str, ...]
    add_up: bool
    """the office adds both kinds, and is told; else a person decides"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(_Named):
    """These rows take no number. Outcome: number."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOnly(_Named):
    """These rows take text; a number there is kept as text. Outcome: number."""

    rows: tuple[str, ...]


# Return rules --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOfParts(_Named):
    """The parts against their total. Outcomes: above, below, below_unexplained (nothing written), computed, open.

    `computed` is told of a blank total that was added up, `open` of one that could not be, a part being in error.
    """

    total: Cell
    parts: tuple[Cell, ...]
    compute_blank: bool
    """a blank total is computed from its parts, if no part is in error"""
    explained_by: tuple[str, ...]
    """rows whose text or note may name what the parts leave out"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAtMostTotal(_Named):
    """No part is larger than its total. Outcome: above, told at the part."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(_Named):
    """Two measures of a row belong together. Outcomes: zero_with, one_blank, fewer."""

    rows: tuple[str, ...]
    measures: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioLimit(_Named):
    """The second measure is at most `limit` times the first. Outcome: over."""

    rows: tuple[str, ...]
    measures: tuple[str, str]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(_Named):
    """A stated, positive number lies between bounds. Outcomes: too_small, too_large. An error leaves the cell out."""

    cells: tuple[Cell, ...]
    at_least: int
    at_most: int
    times: tuple[int, ...]
    """factors that a number below the bound may lack (thousands, millions)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNumber(_Named):
    """The sum of `first` equals `second` in every measure: the same event perhaps counted twice. Outcome: same."""

    first: tuple[str, ...]
    second: str
    needs: str
    """the row of `first` without which the sameness means nothing"""
    measures: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Implies(_Named):
    """Where the condition is positive, one of `then_any` is too. Outcomes: zero (all stated, all 0), blank."""

    if_all: tuple[Cell, ...]
    if_any: tuple[Cell, ...]
    then_any: tuple[Cell, ...]
    subject: str = ""
    """what `then_any` is in a few words, where its rows are too many to be named"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredText(_Named):
    """The named units write about `subject` in one of these rows. Outcome: missing."""

    units: frozenset[str]
    rows: tuple[str, ...]
    words: tuple[str, ...]
    subject: str


ReadingRule = EitherColumn | MovesTo | SingleMeasure | KindsKeptApart | Heading | TextOnly
ReturnRule = SumOfParts | PartAtMostTotal | Pair | RatioLimit | Range | SameNumber | Implies | RequiredText
Rule = ReadingRule | ReturnRule

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "either_column": ("moved", "differ"),
    "moves_to": ("moved", "differ"),
    "single_measure": ("extra", "optional"),
    "kinds_kept_apart": ("mixed", "added"),
    "heading": ("number",),
    "text_only": ("number",),
    "sum_of_parts": ("above", "below", "below_unexplained", "computed", "open"),
    "part_at_most_total": ("above",),
    "pair": ("zero_with", "one_blank", "fewer"),
    "ratio_limit": ("over",),
    "range": ("too_small", "too_large"),
    "same_number": ("same",),
    "implies": ("zero", "blank"),
    "required_text": ("missing",),
}
"""rule kind -> what it can find; one code of the catalogue belongs to each pair"""

_KIND_NAMES = {
    EitherColumn: "either_column",
    MovesTo: "moves_to",
    SingleMeasure: "single_measure",
    KindsKeptApart: "kinds_kept_apart",
    Heading: "heading",
    TextOnly: "text_only",
    SumOfParts: "sum_of_parts",
    PartAtMostTotal: "part_at_most_total",
    Pair: "pair",
    RatioLimit: "ratio_limit",
    Range: "range",
    SameNumber: "same_number",
    Implies: "implies",
    RequiredText: "required_text",
}


def kind_of_rule(rule: Rule) -> str:
    """Name the kind of a rule as the definition writes it."""
    return _KIND_NAMES[type(rule)]
