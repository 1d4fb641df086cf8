"""The mark beside a row of the totals: whether its numbers are final, why not, and why they do not add up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.consolidation.questions import cells_in_question, questions_by_unit
from pipeline.extract.blanks import added_up_for_good, awaited_cells, required_cells
from pipeline.extract.own.summary_words import joined
from pipeline.model import State, Total
from pipeline.writers.summary.summary_plan import SummaryPlan
from schemas.form import Row
from schemas.rules import Cell, Severity

_MOST_NAMES = 3


@dataclass(frozen=True)
class RowMarks:
    """What is open at each cell of the form, found once for all rows."""

    plan: SummaryPlan

    @cached_property
    def _names(self) -> Mapping[str, Mapping[Cell, Sequence[str]]]:
        """Reason -> cell -> the units it holds for."""
        found: dict[str, dict[Cell, list[str]]] = {key: {} for key in REASONS}
        form = self.plan.form
        questions = questions_by_unit(self.plan.result.files)
        for unit in self.plan.expected:
            name = unit.unit.name
            entries = self.plan.entries.get(unit.unit.code, {})
            errors = {finding.at for finding in self.plan.findings_of(unit) if finding.severity is Severity.ERROR}
            settled = added_up_for_good(form, self.plan.findings_of(unit))
            awaited = awaited_cells(unit.counted) if unit.counted else frozenset()
            asked = cells_in_question(form, questions.get(unit.unit.code, ()))
            for cell, entry in entries.items():
                if entry.state in (State.UNREADABLE, State.SET_ASIDE):
                    reason = "left_out"
                elif cell in awaited:
                    reason = "awaited"
                elif cell in errors and entry.state is not State.DECIDED:
                    reason = "error"
                elif entry.state is State.COMPUTED and cell not in settled:
                    reason = "computed"
                elif entry.provisional:
                    reason = "below"
                elif cell in asked:
                    reason = "asked"
                else:
                    continue
                found[reason].setdefault(cell, []).append(name)
        return found

    @cached_property
    def _left_blank(self) -> Mapping[Cell, Sequence[str]]:
        """Cell -> the units that left it blank and said nothing of it, so that its coverage is not full."""
        required = frozenset(required_cells(self.plan.form))
        found: dict[Cell, list[str]] = {}
        for unit in self.plan.expected:
            one = unit.counted
            open_cells = required - awaited_cells(one) if one and not one.is_summary else frozenset()
            for cell, entry in self.plan.entries.get(unit.unit.code, {}).items():
                if entry.state is State.BLANK and cell in open_cells:
                    found.setdefault(cell, []).append(unit.unit.name)
        return found

    def of_row(self, row: Row) -> str:
        """The text beside a row; empty where its numbers are final and add up."""
        totals = self.plan.result.totals
        cells = [cell for cell in self.plan.columns if cell.row == row.key]
        told = [totals[cell] for cell in cells]
        parts = list(dict.fromkeys(total.remark for total in told if total.remark))
        if any(total.provisional for total in told):
            reasons = "; ".join(self._reasons(cells, told)) or self.plan.words("totals.why_other")
            parts.insert(0, f"{self.plan.stamp.provisional}: {reasons}.")
        names = list(dict.fromkeys(name for cell in cells for name in self._left_blank.get(cell, ())))
        if names:
            parts.append(f"{self.plan.stamp.left_blank}: {joined(names, _MOST_NAMES, self.plan.words)}.")
        return "\n".join(parts)

    def _reasons(self, cells: Sequence[Cell], totals: Sequence[Total]) -> Iterator[str]:
        words = self.plan.words
        missing = len(self.plan.expected) - self.plan.received
        if missing:
            yield words("totals.why_missing", count=missing)
        for reason in REASONS:
            names = list(dict.fromkeys(name for cell in cells for name in self._names[reason].get(cell, ())))
            if names:
                yield words(f"totals.why_{reason}", names=joined(names, _MOST_NAMES, words))


REASONS = ("left_out", "awaited", "error", "computed", "below", "asked")
