"""What is known of a form in a sheet: its head, its rows, and what stands around them. Addresses are zero-based."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.extract.locate.words import Labels
from pipeline.model import Finding
from pipeline.readers.sheets import cell_name

Address = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stamped:
    """The value beside a stamp label, with its place."""

    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class NameLine:
    """A further line that may name a unit: "Đơn vị: Trường THCS Đông Mai"."""

    stamp: str
    """what its label is"""
    stamped: Stamped
    places: tuple[Address, ...]
    """cells of the label and of what it names"""


@dataclass(slots=True)
class Seen:
    """What the texts of the head rows have told so far."""

    columns: dict[str, int]
    first: int
    last: int
    lines: dict[int, int] = field(default_factory=dict)
    """column -> line of the head of the form that stands over it"""
    rivals: dict[str, list[int]] = field(default_factory=dict)
    divided: dict[str, tuple[int, ...]] = field(default_factory=dict)
    bare: dict[str, tuple[int, ...]] = field(default_factory=dict)
    chosen: dict[str, int] = field(default_factory=dict)
    cells: set[Address] = field(default_factory=set)
    altered: bool = False
    tops: list[tuple[int, str]] = field(default_factory=list)
    others: list[tuple[int, int, str]] = field(default_factory=list)
    """texts not understood: line, column, folded"""
    coverage: dict[str, int] = field(default_factory=dict)
    special: dict[str, int] = field(default_factory=dict)

    def take(self, line: int, column: int) -> None:
        """Note that the cell is part of the head."""
        self.cells.add((line, column))
        self.first, self.last = min(self.first, line), max(self.last, line)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a form as it was found."""

    first: int
    last: int
    columns: Mapping[str, int]
    rivals: Mapping[str, tuple[int, ...]]
    """column key -> further places that bear the same head"""
    divided: Mapping[str, tuple[int, ...]]
    """measure -> places that words below its head set apart; where any of them holds figures, none is sure"""
    bare: Mapping[str, tuple[int, ...]]
    """measure -> places right of its own that no other head stands over"""
    chosen: Mapping[str, int]
    """measure -> place of its head, where a year below it named another"""
    cells: frozenset[Address]
    """head cells that were understood"""
    altered: bool
    """a known other spelling stands there"""
    inferred: bool
    """a column was found by likeness or by order"""
    key_column: int | None
    coverage: Mapping[str, int]
    mark: int | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One physical row, and which row of the form it says it is."""

    row: int
    key: str | None
    """by its hidden key"""
    label: str | None
    """by its words"""


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
    sure: int = 0
    """so many rows were found by their key or by known words"""
    doubtful: set[str] = field(default_factory=set)
    twins: set[int] = field(default_factory=set)
    """physical rows told as a second one of a row that is doubtful for it"""
    doubtful_measures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """measure -> cells of the columns that may be it"""
    columns: dict[str, int] = field(default_factory=dict)
    """those of the head, less what two heads claim"""
    further_heads: set[Address] = field(default_factory=set)
    """cells of the head printed again within the table"""
    findings: list[Finding] = field(default_factory=list)

    def label_cell(self, labels: Labels, row: int) -> str:
        """Give the address of the label of a physical row."""
        return cell_name(row, self.places.get(row, self.columns[labels.label_key]))


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
    names_period: bool = False
    """a line above the table or the name of the sheet says the form's own period, or its letter"""
    lines: tuple[NameLine, ...] = ()
    """further lines that may name a unit; their cells are unclaimed"""
