"""The frozen values that pass between the steps. No step's code is here, and no library's types."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from schemas.form import Form
from schemas.register import Register, Unit
from schemas.rules import Cell, Severity

Fact = str | int | tuple[str, ...]
"""what a finding's wording may be filled with"""


class State(StrEnum):
    """How the value of a cell came to be; kept through to coverage, so that blank is never taken for 0."""

    STATED = "stated"
    """exactly what was typed"""
    READ = "read"
    """a reading that changed what was typed"""
    COMPUTED = "computed"
    """a blank total, added up from its parts"""
    DECIDED = "decided"
    """set by the officer in the decisions workbook"""
    BLANK = "blank"
    """nothing was typed"""
    UNREADABLE = "unreadable"
    """something was typed that is no sure number"""
    SET_ASIDE = "set_aside"
    """a number was read, and a finding keeps it out of the sums"""


COUNTED = frozenset({State.STATED, State.READ, State.COMPUTED, State.DECIDED})


class Coverage(NamedTuple):
    """How many of the expected units stated a value."""

    reported: int
    expected: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One input cell of one return: what was typed and what counts."""

    row: str
    measure: str
    """key of a measure column, or "note" """
    state: State
    cell: str
    """where it stands in the sheet, as Excel shows it ("D12"); "" where the sheet has no such cell"""
    value: int | None = None
    """the number that counts; None where nothing is counted"""
    text: str | None = None
    """a note or a text row, tidied"""
    found: str | None = None
    """as typed, for a person; None where nothing was typed"""
    coverage: Coverage | None = None
    """in a summary of the level below: how many units stand behind the value"""
    provisional: bool = False
    """in a summary of the level below: the cell bore the mark of an open question"""
    decided_by: str | None = None
    reason: str | None = None
    left_blank: bool = False
    """an officer decided that nothing counts here"""

    @property
    def key(self) -> Cell:
        """The cell of the form this entry fills."""
        return Cell(self.row, self.measure)

    @property
    def counted(self) -> bool:
        """Whether a number goes into the sums."""
        return self.value is not None and self.state in COUNTED


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell a person about one file or one cell. Its wording is in the catalogue, by code."""

    code: str
    severity: Severity
    sheet: str | None = None
    cell: str | None = None
    row: str | None = None
    measure: str | None = None
    found: str | None = None
    rule: str | None = None
    counted: bool | None = None
    """whether the value at this cell is in the sums; None where no value is at stake"""
    suggestions: tuple[int, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """what else the wording names: sums, limits, other files, names of units"""

    @property
    def at(self) -> Cell:
        """The cell of the form that it is told at; "" stands for what it names none of."""
        return Cell(self.row or "", self.measure or "")


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose return it is, and why."""

    unit: str | None
    """register code, or None while nobody can tell"""
    evidence: str
    """which evidence decided: code, name, sheet, folder, file, decision, none"""
    seen: Mapping[str, str]
    """evidence -> text found there"""


@dataclass(frozen=True, slots=True)
class Times:
    """When a return may have come, by the kinds of evidence, best first. Each is aware of its zone."""

    received: datetime | None = None
    modified: datetime | None = None
    file: datetime | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """One filled form of one unit, as read from one sheet of one file."""

    path: str
    """as the report names it: "sub/a.xlsx", "a.zip!b.xlsx"; "a.xlsx#Sheet" where a workbook holds several"""
    sha256: str
    sheet: str
    form_version: str | None
    is_summary: bool
    """a "Tổng hợp" of this program: the totals of the level below"""
    claim: Claim
    entries: tuple[Entry, ...]
    """every cell of the form that takes something, in form order: for each row its measures, then its note"""
    findings: tuple[Finding, ...]
    times: Times
    blank_means_zero: bool | None = None
    elsewhere: Mapping[Cell, str] = field(default_factory=dict)
    """blank cells whose number may stand elsewhere in their line, never a zero -> what stands there, if untold"""
    preferred: bool = False
    """an officer chose it among the copies of its unit"""
    filled_by: str = ""
    phone: str = ""
    source: str = ""

    @property
    def is_unfilled(self) -> bool:
        """Whether the unit filled nothing in; an answer that all blanks are 0 is an answer.

        Numbers in columns whose heads were not understood are found nowhere, and the form is not empty.
        """
        told = {one.code for one in self.findings}
        is_answered = self.blank_means_zero or {"S004", "S006"} <= told
        return not is_answered and all(entry.found is None for entry in self.entries)

    @property
    def is_empty(self) -> bool:
        """Whether nobody filled anything in: neither the unit nor an officer who decided for it."""
        return self.is_unfilled and all(entry.state is not State.DECIDED for entry in self.entries)


@dataclass(frozen=True, slots=True)
class FileReading:
    """What one file under the input folder gave. A file without returns carries a finding that says why."""

    path: str
    sha256: str | None
    returns: tuple[Return, ...]
    findings: tuple[Finding, ...]
    times: Times = Times()
    unit: str | None = None
    """the unit that an officer gave a file without returns to"""


class FileStatus(StrEnum):
    """What became of a file."""

    USED = "used"
    USED_WITH_ERRORS = "used_with_errors"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    IGNORED = "ignored"


class UnitStatus(StrEnum):
    """Where an expected unit stands."""

    RECEIVED = "received"
    RECEIVED_WITH_ERRORS = "received_with_errors"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FileResult:
    """One line of the ledger: one return, or one file without any."""

    path: str
    sha256: str | None
    unit: str | None
    status: FileStatus
    late: bool | None
    findings: tuple[Finding, ...]
    times: Times = Times()
    is_return: bool = False
    """whether the form was recognised in it"""
    perhaps: tuple[str, ...] = ()
    """codes of the units that something in or on it names, while nobody can tell whose return it is"""
    filled_by: str = ""
    phone: str = ""
    source: str = ""
    """what the return says of who filled it in, where, and from what"""


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit that is expected, or listed without being summed, and its return if one counts."""

    unit: Unit
    status: UnitStatus
    file: str | None
    """path of the counted return; for a missing unit, of a file that came without usable figures"""
    counted: Return | None
    """the return that counts, its entries settled; None for a missing unit"""
    in_total: bool = True


@dataclass(frozen=True, slots=True)
class Total:
    """One cell of the form over all units that are summed."""

    value: int | None
    """None where no unit stated a value"""
    coverage: Coverage
    provisional: bool
    """something about it is still open: an error left a cell out, a part was computed, a unit is missing"""
    remark: str | None = None
    """why it does not add up with its parts, in words for the printed form"""


@dataclass(frozen=True, slots=True)
class Group:
    """Units that share a type or a parent, with their totals."""

    kind: str
    """type or parent"""
    name: str
    units: tuple[str, ...]
    totals: Mapping[Cell, Total]


@dataclass(frozen=True, slots=True)
class HandLine:
    """What an officer wrote in one line of the list of files of an older summary."""

    unit: str
    """code of the unit of the line; "" where it had none"""
    path: str
    """path of the file of the line; "" where it had none"""
    texts: Mapping[str, str]
    """key of a column -> what was written"""
    sheet: str
    cell: str
    """where it was written"""


@dataclass(frozen=True, slots=True)
class HandName:
    """What an officer wrote between or below the posts of those who sign an older summary."""

    below: str
    """key of the line of posts above it"""
    down: int
    """so many rows below that line"""
    right: bool
    """in the half of those who sign, else in that of who made it"""
    text: str
    sheet: str
    cell: str


class HandEdit(NamedTuple):
    """Something that an officer changed in an older summary and that the new one does not keep."""

    sheet: str
    cell: str
    text: str
    next: str
    """token of the wording for what can be done with it"""


@dataclass(frozen=True, slots=True)
class ByHand:
    """What an officer wrote in an older summary where the program leaves room for it."""

    lines: tuple[HandLine, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    """row key -> note beside its totals"""
    dotted: Mapping[str, str] = field(default_factory=dict)
    """key of a dotted line above the totals -> the line as it was filled in"""
    names: tuple[HandName, ...] = ()
    """names under the posts of those who sign"""
    phones: Mapping[str, HandEdit] = field(default_factory=dict)
    """code of a unit -> its telephone as it stands in a list of files that a person saved"""


@dataclass(frozen=True, slots=True)
class Consolidation:
    """Everything a run found out; the summary, the report and the console show nothing that is not here."""

    form: Form
    register: Register
    files: tuple[FileResult, ...]
    """the ledger, sorted by path: found = used + used_with_errors + superseded + rejected + ignored"""
    units: tuple[UnitResult, ...]
    """the expected units in official order, then units outside the totals that sent a return"""
    totals: Mapping[Cell, Total]
    """every number cell of the form"""
    answered: Coverage
    """how many of the expected units answered; a summary of the level below stands for the units behind it"""
    groups: tuple[Group, ...]
    """subtotals: the types of units in their order, then the parents if there are several"""
    notes: tuple[Finding, ...]
    """findings that belong to no file: about the register, the decisions, an older summary"""
    digest: str
    """short hash of all inputs and decisions, for the footer of a print"""
    by_hand: ByHand = ByHand()
    """what an officer wrote in the older summary, to be kept in the new one"""

    @property
    def provisional_rows(self) -> int:
        """How many rows of the form bear a total that is not final."""
        return len({cell.row for cell, total in self.totals.items() if total.provisional})

    @property
    def complete(self) -> bool:
        """Every expected unit is in, no file was rejected, no error is open in a return that counts: exit code 0.

        A summary of the level below that says how many of its units are missing leaves those to be waited for. What
        is told of the run as a whole, such as a decision that was not applied, needs a person even as a warning.
        """
        open_files = (FileStatus.REJECTED, FileStatus.USED_WITH_ERRORS)
        return (
            all(unit.status is UnitStatus.RECEIVED for unit in self.units if unit.in_total)
            and self.answered.reported == self.answered.expected
            and not any(file.status in open_files for file in self.files)
            and all(note.severity is Severity.INFO for note in self.notes)
        )
