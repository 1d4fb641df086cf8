"""The mark beside a row of the totals: whether its numbers are final, why not, and why they do not add up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from pipeline.consolidation.questions import cells_in_question, questions_by_unit
from pipeline.extract.blanks import added_up_for_good, awaited_cells, required_cells
from pipeline.extract.own.summary_words import joined
from pipeline.model import Entry, Finding, State, UnitResult
from pipeline.writers.summary.summary_plan import SummaryPlan
from schemas.form import Row
from schemas.rules import Cell, Severity

_MOST_NAMES = 3
REASONS = ("left_out", "awaited", "error", "computed", "below", "asked")
"""why a number is not final, the gravest first"""


@dataclass(frozen=True)
class RowMarks:
    """What is open at each cell of the form, found once for all rows."""

    plan: SummaryPlan

    @cached_property
    def _names(self) -> Mapping[str, Mapping[Cell, Sequence[str]]]:
        """Reason -> cell -> the units it holds for."""
        found: dict[str, dict[Cell, list[str]]] = {reason: {} for reason in REASONS}
        questions = questions_by_unit(self.plan.result.files)
        for unit in self.plan.expected:
            doubts = self._doubts_of(unit, questions.get(unit.unit.code, ()))
            for cell, entry in self.plan.entries.get(unit.unit.code, {}).items():
                reason = doubts.reason(cell, entry)
                if reason:
                    found[reason].setdefault(cell, []).append(unit.unit.name)
        return found

    def _doubts_of(self, unit: UnitResult, questions: Iterable[Finding]) -> "_Doubts":
        form, findings = self.plan.form, self.plan.findings_of(unit)
        return _Doubts(
            errors={finding.at for finding in findings if finding.severity is Severity.ERROR},
            settled=added_up_for_good(form, findings),
            awaited=awaited_cells(unit.counted) if unit.counted else frozenset(),
            asked=cells_in_question(form, questions),
        )

    @cached_property
    def _left_blank(self) -> Mapping[Cell, Sequence[str]]:
        """Cell -> the units that left it blank and said nothing of it, so that its coverage is not full."""
        required = frozenset(required_cells(self.plan.form))
        found: dict[Cell, list[str]] = {}
        for unit in self.plan.expected:
            counted = unit.counted
            # What a summary of a lower level leaves blank is told there, of the units it lists.
            if counted is None or counted.is_summary:
                continue
            open_cells = required - awaited_cells(counted)
            for cell, entry in self.plan.entries.get(unit.unit.code, {}).items():
                if entry.state is State.BLANK and cell in open_cells:
                    found.setdefault(cell, []).append(unit.unit.name)
        return found

    def of_row(self, row: Row) -> str:
        """The text beside a row; empty where its numbers are final and add up."""
        words, stamp = self.plan.words, self.plan.stamp
        cells = [cell for cell in self.plan.columns if cell.row == row.key]
        totals = [self.plan.result.totals[cell] for cell in cells]
        parts: list[str] = []
        if any(total.provisional for total in totals):
            reasons = "; ".join(self._reasons(cells)) or words("totals.why_other")
            parts.append(f"{stamp.provisional}: {reasons}.")
        # Both numbers of a row may bear the same remark.
        parts += dict.fromkeys(total.remark for total in totals if total.remark)
        names = _names_at(cells, self._left_blank)
        if names:
            parts.append(f"{stamp.left_blank}: {joined(names, _MOST_NAMES, words)}.")
        return "\n".join(parts)

    def _reasons(self, cells: Sequence[Cell]) -> Iterator[str]:
        words = self.plan.words
        # A unit that is missing is missing in every row, so this comes before what concerns this row alone.
        missing = len(self.plan.expected) - self.plan.received
        if missing:
            yield words("totals.why_missing", count=missing)
        for reason in REASONS:
            names = _names_at(cells, self._names[reason])
            if names:
                yield words(f"totals.why_{reason}", names=joined(names, _MOST_NAMES, words))


def _names_at(cells: Iterable[Cell], names: Mapping[Cell, Sequence[str]]) -> list[str]:
    """The units named at any of some cells, each once."""
    found: dict[str, None] = {}
    for cell in cells:
        found |= dict.fromkeys(names.get(cell, ()))
    return list(found)


@dataclass(frozen=True, slots=True)
class _Doubts:
    """The cells of one unit at which something is open."""

    errors: AbstractSet[Cell]
    settled: AbstractSet[Cell]
    """totals of parts that no answer changes any more"""
    awaited: AbstractSet[Cell]
    asked: AbstractSet[Cell]

    def reason(self, cell: Cell, entry: Entry) -> str:
        """Why the number of a cell is not final, the gravest reason alone; empty where it is."""
        if entry.state in (State.UNREADABLE, State.SET_ASIDE):
            return "left_out"
        if cell in self.awaited:
            return "awaited"
        if cell in self.errors and entry.state is not State.DECIDED:
            return "error"
        if entry.state is State.COMPUTED and cell not in self.settled:
            return "computed"
        if entry.provisional:
            return "below"
        return "asked" if cell in self.asked else ""
