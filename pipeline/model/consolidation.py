"""What a whole run found out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.model.by_hand import ByHand
from pipeline.model.cells import Coverage, Finding
from pipeline.model.decided_lines import LineEnd, Place
from pipeline.model.ledger import FileResult, FileStatus, UnitResult, UnitStatus
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell, Severity


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
    by_hand: ByHand = field(default_factory=ByHand)
    """what an officer wrote in the older summary, to be kept in the new one"""
    lines: Mapping[Place, LineEnd] = field(default_factory=dict)
    """lines of the decisions workbook that were not applied, and what they are to say themselves"""

    @property
    def provisional_rows(self) -> int:
        """How many rows of the form bear a total that is not final."""
        return len({cell.row for cell, total in self.totals.items() if total.provisional})

    @property
    def complete(self) -> bool:
        """Every expected unit is in, no file was rejected, nothing is open in what came: exit code 0.

        A summary of the level below that says how many of its units are missing leaves those to be waited for. What
        is told of the run as a whole, such as a decision that was not applied, needs a person even as a warning.
        """
        open_files = (FileStatus.REJECTED, FileStatus.USED_WITH_ERRORS)
        return (
            all(unit.status is UnitStatus.RECEIVED for unit in self.units if unit.in_total)
            and self.answered.reported == self.answered.expected
            and not any(file.status in open_files for file in self.files)
            and not any(told.is_question for file in self.files for told in file.findings)
            and all(note.severity is Severity.INFO for note in self.notes)
        )
