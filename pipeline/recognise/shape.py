"""What is known of a form in a sheet: its head, its rows, and what stands around them. Addresses are zero-based."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model import Finding

Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stamped:
    """The value beside a stamp label, with its place."""

    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a form as it was found."""

    first: int
    last: int
    columns: Mapping[str, int]
    rivals: Mapping[str, tuple[int, ...]]
    """column key -> further places that bear the same head"""
    cells: frozenset[Address]
    """head cells that were understood"""
    altered: bool
    """a known other spelling stands there"""
    inferred: bool
    """a column was found by likeness or by order"""
    key_column: int | None
    coverage: Mapping[str, int]
    mark: int | None


@dataclass(slots=True)
class Body:
    """Rows between a head and the next, while they are being matched."""

    head: Head
    first: int
    last: int
    texts: dict[int, str]
    """physical row -> label as typed"""
    places: dict[int, int]
    """physical row -> column of its label"""
    rows: dict[str, int] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    doubtful_measures: set[str] = field(default_factory=set)
    columns: dict[str, int] = field(default_factory=dict)
    """those of the head, less what two heads claim"""
    further_heads: set[Address] = field(default_factory=set)
    """cells of the head printed again within the table"""
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Located:
    """One form in a sheet: which physical row and column is which."""

    columns: Mapping[str, int]
    rows: Mapping[str, int]
    first_head_row: int
    last_row: int
    stamps: Mapping[str, Stamped]
    coverage: Mapping[str, int]
    """measure -> column of its coverage, in a summary"""
    mark: int | None
    doubtful: frozenset[str]
    """rows whose place or unit cannot be told: they take no number"""
    findings: tuple[Finding, ...]
    unclaimed: tuple[Address, ...] = ()
    """cells that hold something and are no part of the form"""
    claimed: frozenset[Address] = frozenset()
    """cells that the form explains"""
    doubtful_measures: frozenset[str] = frozenset()
    """measures whose column cannot be told: they take no number"""
    label_columns: Mapping[int, int] = field(default_factory=dict)
    """physical row -> column of its label"""
