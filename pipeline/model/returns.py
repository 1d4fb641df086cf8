"""What was read from one file, and whose return it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.model.cells import Entry, Finding, State, Unplaced
from pipeline.model.messages import Message
from schemas.rules import Cell
from schemas.text import visible

_SHOWN_PATH = 1_024


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A line around the table that says whose return it is, beside the stamp: "Đơn vị: Trường THCS Đông Mai"."""

    stamp: str
    """what its label is: unit_code, unit_name, unit_line, or filled_by for who filled the form in"""
    text: str
    cell: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Whose return it is, and why."""

    unit: str | None
    """register code, or None while nobody can tell"""
    evidence: str
    """which evidence decided: code, name, sheet, folder, file, decision, none"""
    seen: Mapping[str, str]
    """evidence -> text found there"""
    lines: tuple[UnitLine, ...] = ()
    """further lines that say whose it is"""


@dataclass(frozen=True, slots=True)
class Times:
    """When a return may have come, by the kinds of evidence, best first. Each is aware of its zone."""

    received: datetime | None = None
    modified: datetime | None = None
    file: datetime | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a person sees of a return in its file, as digests of lines ("12:5a0c77f1 13:...")."""

    own: str = ""
    """lines of its own sheet"""
    others: Mapping[str, str] = field(default_factory=dict)
    """name of a sheet that holds no form -> its lines"""
    beside: tuple[str, ...] = ()
    """what headers, footers and boxes of text say on all of these sheets"""


@dataclass(frozen=True, slots=True)
class Return:
    """One filled form of one unit, as read from one sheet of one file."""

    path: str
    """as the report names it: "sub/a.xlsx", "a.zip!b.xlsx"; "a.xlsx#Sheet" where a workbook holds several"""
    sha256: str
    sheet: str
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
    is_changed: bool = False
    """a summary of this very office that does not say any more what was written"""
    preferred: bool = False
    """an officer chose it among the copies of its unit"""
    filled_by: str = ""
    phone: str = ""
    source: str = ""
    shown: Shown = field(default_factory=Shown)

    @property
    def shown_path(self) -> str:
        """Its path for a person: one line, nothing hidden in it, whatever its name is made of."""
        return visible(self.path, _SHOWN_PATH)

    @property
    def is_unfilled(self) -> bool:
        """Whether the unit filled nothing in; an answer that all blanks are 0 is an answer.

        Numbers in columns whose heads were not understood are found nowhere, and the form is not empty.
        """
        unplaced = {finding.unplaced for finding in self.findings}
        is_answered = self.blank_means_zero or unplaced >= {Unplaced.COLUMN, Unplaced.FIGURES}
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
    message: Message | None = None
    """what it says of itself, if it is a message"""
    document: str = ""
    """what is written in a document that holds no form, a line a paragraph"""
    signed: bool = False
    """a document that bears a digital signature"""
    subject: str = ""
    """of the message that brought it"""
    pages: tuple[Return, ...] = ()
    """pages of units out of a summary of ours, in a file that holds no return"""

    @property
    def shown_path(self) -> str:
        """Its path for a person: one line, nothing hidden in it, whatever its name is made of."""
        return visible(self.path, _SHOWN_PATH)
