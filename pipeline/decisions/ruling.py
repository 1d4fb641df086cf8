"""The officer's decisions about cells and units applied, before the rules are asked.

A decision about a cell holds for every return of its unit in which the same was typed; one that no longer fits is
told and not applied. An applied decision takes the place of the findings it answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from pipeline.decisions.decided import CellAnswer, CellDecision, Decisions, Refused, Signed, UnitDecision
from pipeline.decisions.keys import cell_text, stands_at
from pipeline.extract.blanks import no_zeros, told_elsewhere, totals_of_parts, with_places, without_decided
from pipeline.findings import codes, finding
from pipeline.model import COUNTED, Entry, Fact, Finding, Return, State
from schemas.form import Form
from schemas.rules import Cell, Severity

BLANK_FACT = "blank_cell"
"""token of the wording for a cell in which nothing stands"""


@dataclass(slots=True)
class Ruling:
    """What came of applying decisions, beside the changed values themselves."""

    refused: list[Refused] = field(default_factory=list)

    def refuse(self, signed: Iterable[Signed], reason: str) -> None:
        """Set aside lines that cannot be applied, each once."""
        for one in signed:
            problem = Refused(one.line, reason)
            if problem not in self.refused:
                self.refused.append(problem)


def signed_facts(signed: Signed) -> dict[str, Fact]:
    """Name who decided and why, for the wording."""
    return {"by": signed.by, "reason": signed.reason}


def rule_on_cells(decisions: Decisions, form: Form, returns: Sequence[Return], ruling: Ruling) -> list[Return]:
    """Set, blank or accept the cells that were decided about, before the rules are asked."""
    ruled = []
    for one in returns:
        matching = matching_of(decisions, one)
        decided = _with_cells(one, matching, form, ruling) if matching else one
        for decision in decisions.units:
            if decision.unit == one.claim.unit and not one.is_summary:
                decided = _with_blanks_as_zero(decided, decision, form)
        ruled.append(decided)
    return ruled


Matching = Mapping[Cell, Sequence[CellDecision]]


def matching_of(decisions: Decisions, one: Return) -> Matching:
    """Find the decisions that fit a return: same unit and cell, and the same typed there, and for it, as was seen."""
    asked = decisions.by_unit.get(one.claim.unit or "", ())
    if not asked:
        return {}
    typed = {entry.key: stands_at(one, entry) for entry in one.entries}
    found: dict[Cell, list[CellDecision]] = {}
    for decision in asked:
        if typed.get(decision.cell) in (decision.stood or ()):
            found.setdefault(decision.cell, []).append(decision)
    return found


def _with_cells(one: Return, matching: Matching, form: Form, ruling: Ruling) -> Return:
    entries = {entry.key: entry for entry in one.entries}
    told: list[Finding] = []
    answered: set[Cell] = set()
    for cell, decisions in matching.items():
        ruled = _ruled_entry(entries[cell], decisions, ruling)
        if ruled is None:
            continue
        entries[cell], decision = ruled
        if decision.answer is not CellAnswer.AS_STATED:
            answered.add(cell)
        told.append(_told_of(one, entries[cell], decision))
    kept = [known for known in one.findings if known.at not in answered]
    changed = replace(one, entries=tuple(entries[entry.key] for entry in one.entries), findings=(*kept, *told))
    return _without_settled_rows(without_decided(changed), form)


def _ruled_entry(entry: Entry, decisions: Sequence[CellDecision], ruling: Ruling) -> tuple[Entry, CellDecision] | None:
    """Apply what was decided about one cell; different answers for it are told, and none of them is applied."""
    setting = [decision for decision in decisions if decision.answer is not CellAnswer.AS_STATED]
    if len({(decision.answer is CellAnswer.BLANK, decision.value) for decision in setting}) > 1:
        ruling.refuse((decision.signed for decision in setting), "two_answers")
        return None
    decision = (setting or decisions)[0]
    signed = replace(entry, decided_by=decision.signed.by, reason=decision.signed.reason)
    if decision.answer is CellAnswer.BLANK:
        return replace(signed, state=State.BLANK, value=None, left_blank=True), decision
    if decision.answer is not CellAnswer.AS_STATED:
        return replace(signed, state=State.DECIDED, value=decision.value), decision
    if entry.state is State.BLANK:
        return signed, decision
    if entry.state not in COUNTED or entry.value is None:
        ruling.refuse((one.signed for one in decisions), "not_one_number")
        return None
    return replace(signed, state=State.DECIDED), decision


def _told_of(one: Return, entry: Entry, decision: CellDecision) -> Finding:
    facts: dict[str, Fact] = {
        **signed_facts(decision.signed),
        "value": BLANK_FACT if entry.value is None else entry.value,
    }
    return told_at(codes.VALUE_BY_DECISION, one, entry, entry.counted, facts)


def is_structural(told: Finding) -> bool:
    """Tell whether a finding is an error about rows or columns as a whole, which leaves their cells unreadable."""
    return told.severity is Severity.ERROR and told.code.startswith("S") and not (told.row and told.measure)


def _without_settled_rows(one: Return, form: Form) -> Return:
    """Leave out errors about rows and columns once every cell that they keep from being read was decided."""
    told_at = {told.at for told in one.findings}
    numbers = set(form.number_cells)
    left = any(
        entry.state is State.UNREADABLE and entry.key in numbers and entry.key not in told_at for entry in one.entries
    )
    if left:
        return one
    return replace(one, findings=tuple(told for told in one.findings if not is_structural(told)))


def blanks_to_ask_about(one: Return, form: Form) -> AbstractSet[Cell]:
    """Name the blanks that are 0 if somebody says so: no totals of stated parts, no number that stands elsewhere."""
    numbers = set(form.number_cells) - totals_of_parts(form, one.entries, one.elsewhere) - no_zeros(form, one.entries)
    blank = (entry for entry in one.entries if entry.state is State.BLANK and entry.cell and entry.decided_by is None)
    return {entry.key for entry in blank if entry.key in numbers} - one.elsewhere.keys()


def _with_blanks_as_zero(one: Return, decision: UnitDecision, form: Form) -> Return:
    """Count the blanks that were asked about as 0; one that came to be blank later stays blank, and told."""
    blanks = blanks_to_ask_about(one, form)
    zeroed = blanks if decision.blanks is None else blanks & decision.blanks
    signed = decision.signed
    spared = [replace(each, sheet=one.sheet) for each in told_elsewhere(form, one.entries, one.elsewhere)]
    kept = [known for known in one.findings if known.code != codes.BLANK_NUMBER_ELSEWHERE]
    if not zeroed:
        return replace(one, findings=(*kept, *spared))
    entries = tuple(
        replace(entry, state=State.DECIDED, value=0, decided_by=signed.by, reason=signed.reason)
        if entry.key in zeroed
        else entry
        for entry in one.entries
    )
    asked = tuple(sorted(map(cell_text, zeroed)))
    told = finding(
        codes.BLANKS_BY_DECISION, sheet=one.sheet, facts={**signed_facts(signed), "count": len(zeroed), "asked": asked}
    )
    open_places = {entry.cell for entry in one.entries if entry.key in blanks - zeroed}
    kept = [left for known in kept if (left := with_places(known, open_places))]
    return replace(one, entries=entries, findings=(*kept, told, *spared))


def told_at(code: str, one: Return, entry: Entry, counted: bool | None, facts: Mapping[str, Fact]) -> Finding:
    """Tell something of a decision at the cell it is about."""
    return finding(
        code,
        sheet=one.sheet,
        cell=entry.cell or None,
        row=entry.row,
        measure=entry.measure,
        found=entry.found,
        counted=counted,
        facts=facts,
    )
