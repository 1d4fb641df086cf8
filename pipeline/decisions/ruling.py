"""The officer's decisions applied: files before anything is settled, cells before the rules are asked.

A decision about a cell holds for every return of its unit in which the same was typed; one that no longer fits is
told and not applied. An applied decision takes the place of the findings it answers.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.decisions.meaning import (
    CellAnswer,
    CellDecision,
    Decisions,
    FileAnswer,
    FileDecision,
    FileKey,
    Signed,
    typed_key,
    unusable,
)
from pipeline.findings import finding
from pipeline.model import COUNTED, Claim, Entry, Fact, FileReading, FileResult, FileStatus, Finding, Return, State
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell, Severity, SumOfParts

BLANK_FACT = "blank_cell"
"""token of the wording for a cell in which nothing stands"""
_ABOUT_THE_UNIT = frozenset({"U001", "U002", "U003", "U004", "U005", "U006", "U007", "U011"})


@dataclass(slots=True)
class Ruling:
    """What came of applying decisions, beside the changed values themselves."""

    told: list[Finding] = field(default_factory=list)

    def refuse(self, signed: Iterable[Signed], reason: str) -> None:
        """Tell of lines that cannot be applied, each once."""
        for one in signed:
            problem = unusable(one.line, reason)
            if problem not in self.told:
                self.told.append(problem)


# Files -----------------------------------------------------------------------------------------------------------


def rule_on_files(
    decisions: Decisions, readings: Sequence[FileReading], register: Register, ruling: Ruling
) -> list[FileReading]:
    """Leave out, give to a unit, or prefer the files that were decided about."""
    by_form: dict[tuple[str, str], list[FileDecision]] = {}
    for decision in decisions.files:
        forms = _forms_of(decision.file, readings)
        if not forms:
            ruling.refuse([decision.signed], "unknown_file")
        for form in forms:
            by_form.setdefault(form, []).append(decision)
    if not by_form:
        return list(readings)
    agreed = {form: same for form, same in by_form.items() if _agree(same, ruling)}
    ruled = [_ruled(reading, agreed, register, ruling) for reading in readings]
    return _with_preferred(ruled, agreed, ruling)


def part_of(path: str) -> str:
    """Name the form within a file that holds several; empty where it holds one."""
    return path.partition("#")[2]


def _forms_of(file: FileKey | str, readings: Sequence[FileReading]) -> set[tuple[str, str]]:
    """Find what a decision is about: (sha256, part) of each file or form that it names."""
    found = set()
    for reading in readings:
        sha256 = reading.sha256 or ""
        parts = {part_of(one.path): one.path for one in reading.returns} or {"": reading.path}
        for part, path in parts.items():
            if file in (path, reading.path) if isinstance(file, str) else (sha256, part) == _form(file):
                found.add((sha256, part))
    return {form for form in found if form[0]}


def _form(file: FileKey) -> tuple[str, str]:
    return file.sha256, file.part


def _agree(decisions: Sequence[FileDecision], ruling: Ruling) -> bool:
    """Tell whether decisions about one file can stand together; if not, none is applied."""
    answers = {decision.answer for decision in decisions}
    units = {decision.unit for decision in decisions if decision.unit}
    if len(units) > 1 or (FileAnswer.EXCLUDE in answers and len(answers) > 1):
        ruling.refuse((decision.signed for decision in decisions), "two_answers")
        return False
    return True


_ByForm = Mapping[tuple[str, str], Sequence[FileDecision]]


def _ruled(reading: FileReading, by_form: _ByForm, register: Register, ruling: Ruling) -> FileReading:
    sha256 = reading.sha256 or ""
    if not reading.returns:
        decisions = by_form.get((sha256, ""), ())
        excluded = next((decision for decision in decisions if decision.answer is FileAnswer.EXCLUDE), None)
        if excluded:
            return replace(reading, findings=(_left_out(excluded.signed),))
        ruling.refuse((decision.signed for decision in decisions), "no_form_in_file")
        return reading
    returns = tuple(
        _ruled_return(one, by_form.get((sha256, part_of(one.path)), ()), register) for one in reading.returns
    )
    all_out = all(one.findings and one.findings[0].code == "F030" for one in returns)
    return replace(reading, returns=returns, findings=() if all_out else reading.findings)


def _ruled_return(one: Return, decisions: Sequence[FileDecision], register: Register) -> Return:
    for decision in decisions:
        if decision.answer is FileAnswer.EXCLUDE:
            return replace(one, findings=(_left_out(decision.signed),))
    given = next((decision for decision in decisions if decision.answer is FileAnswer.UNIT), None)
    if given is None or given.unit is None:
        return one
    unit = register.by_code[given.unit]
    told = [finding("D005", sheet=one.sheet, facts=_facts(given.signed))]
    if not unit.in_total:
        told.append(finding("U005", sheet=one.sheet, facts={"name": unit.name}))
    kept = (known for known in one.findings if known.code not in _ABOUT_THE_UNIT)
    return replace(one, claim=Claim(unit.code, "decision", one.claim.seen), findings=(*told, *kept))


def _left_out(signed: Signed) -> Finding:
    return finding("F030", facts=_facts(signed))


def _facts(signed: Signed) -> dict[str, Fact]:
    return {"by": signed.by, "reason": signed.reason}


def _with_preferred(readings: list[FileReading], by_form: _ByForm, ruling: Ruling) -> list[FileReading]:
    """Mark the copies that an officer chose, unless two are chosen for one unit or a newer copy has come since."""
    every = ((form, decision) for form, same in by_form.items() for decision in same)
    chosen = {form: decision for form, decision in every if decision.answer is FileAnswer.PREFER}
    if not chosen:
        return readings
    rivals: dict[str, dict[tuple[str, str], str]] = {}
    for reading in readings:
        for one in reading.returns:
            if one.claim.unit and not one.is_empty and not any(told.code == "F030" for told in one.findings):
                rivals.setdefault(one.claim.unit, {})[one.sha256, part_of(one.path)] = one.path
    preferred: dict[tuple[str, str], Finding] = {}
    for forms in rivals.values():
        ours = {form: chosen[form] for form in forms if form in chosen}
        if len(ours) > 1:
            ruling.refuse((decision.signed for decision in ours.values()), "two_answers")
            continue
        for form, decision in ours.items():
            preferred[form] = _choice(form, decision, forms)
    return [
        replace(reading, returns=tuple(_preferred(one, preferred) for one in reading.returns)) for reading in readings
    ]


def _choice(form: tuple[str, str], decision: FileDecision, forms: Mapping[tuple[str, str], str]) -> Finding:
    others = {other: path for other, path in forms.items() if other != form}
    known = decision.file.rivals if isinstance(decision.file, FileKey) else {sha256 for sha256, _ in others}
    new = tuple(path for (sha256, _), path in others.items() if sha256 not in known)
    if new:
        return finding("D008", facts={"others": new})
    return finding("D007", facts=_facts(decision.signed))


def _preferred(one: Return, preferred: Mapping[tuple[str, str], Finding]) -> Return:
    told = preferred.get((one.sha256, part_of(one.path)))
    if told is None:
        return one
    told = replace(told, sheet=one.sheet)
    return replace(one, preferred=told.code == "D007", findings=(*one.findings, told))


# Cells -----------------------------------------------------------------------------------------------------------


def rule_on_cells(decisions: Decisions, form: Form, returns: Sequence[Return], ruling: Ruling) -> list[Return]:
    """Set, blank or accept the cells that were decided about, before the rules are asked."""
    units = {decision.unit: decision.signed for decision in decisions.units}
    ruled = []
    for one in returns:
        matching = _matching(decisions, one)
        decided = _with_cells(one, matching, form, ruling) if matching else one
        signed = units.get(one.claim.unit or "")
        ruled.append(_with_blanks_as_zero(decided, signed, form) if signed and not one.is_summary else decided)
    return ruled


def accept_what_was_asked(decisions: Decisions, returns: Sequence[Return]) -> list[Return]:
    """Drop, after the rules were asked, what an officer asked about and found right as stated."""
    return [_with_accepted(one, _matching(decisions, one)) for one in returns]


_Matching = Mapping[Cell, Sequence[CellDecision]]


def _matching(decisions: Decisions, one: Return) -> _Matching:
    """Find the decisions that fit a return: same unit, same cell, and the same typed there as when decided."""
    asked = decisions.by_unit.get(one.claim.unit or "", ())
    if not asked:
        return {}
    typed = {entry.key: typed_key(entry.found) for entry in one.entries}
    found: dict[Cell, list[CellDecision]] = {}
    for decision in asked:
        if decision.typed is None or decision.typed == typed.get(decision.cell):
            found.setdefault(decision.cell, []).append(decision)
    return found


def _with_cells(one: Return, matching: _Matching, form: Form, ruling: Ruling) -> Return:
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
    kept = [known for known in one.findings if Cell(known.row or "", known.measure or "") not in answered]
    changed = replace(one, entries=tuple(entries[entry.key] for entry in one.entries), findings=(*kept, *told))
    return _without_settled_rows(changed, form)


def _ruled_entry(entry: Entry, decisions: Sequence[CellDecision], ruling: Ruling) -> tuple[Entry, CellDecision] | None:
    """Apply what was decided about one cell; different answers for it are told, and none of them is applied."""
    setting = [decision for decision in decisions if decision.answer is not CellAnswer.AS_STATED]
    if len({(decision.answer is CellAnswer.BLANK, decision.value) for decision in setting}) > 1:
        ruling.refuse((decision.signed for decision in setting), "two_answers")
        return None
    decision = (setting or decisions)[0]
    signed = replace(entry, decided_by=decision.signed.by, reason=decision.signed.reason)
    if decision.answer is CellAnswer.BLANK:
        return replace(signed, state=State.BLANK, value=None), decision
    if decision.answer is not CellAnswer.AS_STATED:
        return replace(signed, state=State.DECIDED, value=decision.value), decision
    if entry.state is State.BLANK:
        return signed, decision
    if entry.state not in COUNTED or entry.value is None:
        ruling.refuse((one.signed for one in decisions), "not_one_number")
        return None
    return replace(signed, state=State.DECIDED), decision


def _told_of(one: Return, entry: Entry, decision: CellDecision) -> Finding:
    facts: dict[str, Fact] = {**_facts(decision.signed), "value": BLANK_FACT if entry.value is None else entry.value}
    return _at("D003", one, entry, entry.counted, facts)


def is_structural(told: Finding) -> bool:
    """Tell whether a finding is an error about rows or columns as a whole, which leaves their cells unreadable."""
    return told.severity is Severity.ERROR and told.code.startswith("S") and not (told.row and told.measure)


def _without_settled_rows(one: Return, form: Form) -> Return:
    """Leave out errors about rows and columns once every cell that they keep from being read was decided."""
    told_at = {Cell(told.row or "", told.measure or "") for told in one.findings}
    numbers = set(form.number_cells)
    left = any(
        entry.state is State.UNREADABLE and entry.key in numbers and entry.key not in told_at for entry in one.entries
    )
    if left:
        return one
    return replace(one, findings=tuple(told for told in one.findings if not is_structural(told)))


def _with_accepted(one: Return, matching: _Matching) -> Return:
    accepted = {
        cell: decisions
        for cell, decisions in matching.items()
        if any(decision.answer is CellAnswer.AS_STATED for decision in decisions)
    }
    if not accepted:
        return one
    signed = {entry.key for entry in one.entries if entry.decided_by}
    computed = {
        entry.key: entry.value for entry in one.entries if entry.state is State.COMPUTED and entry.key in accepted
    }
    entries = tuple(replace(entry, state=State.DECIDED) if entry.key in computed else entry for entry in one.entries)
    kept = (told for told in one.findings if not _is_accepted(told, accepted, signed))
    return replace(one, findings=tuple(_with_number(told, computed) for told in kept), entries=entries)


def _with_number(told: Finding, computed: Mapping[Cell, int | None]) -> Finding:
    """Name the number in a decision about a blank total, which was added up only after the decision was applied."""
    cell = Cell(told.row or "", told.measure or "")
    value = computed.get(cell)
    if told.code != "D003" or value is None:
        return told
    return replace(told, counted=True, facts={**told.facts, "value": value})


def _is_accepted(told: Finding, accepted: _Matching, signed: set[Cell]) -> bool:
    cell = Cell(told.row or "", told.measure or "")
    if cell not in accepted or cell not in signed or told.code.startswith("D"):
        return False
    asked = [decision for decision in accepted[cell] if decision.answer is CellAnswer.AS_STATED]
    return any(decision.codes is None or told.code in decision.codes for decision in asked)


def _with_blanks_as_zero(one: Return, signed: Signed, form: Form) -> Return:
    # A blank total is not 0 while its parts are stated; it is added up from them.
    totals = {rule.total for rule in form.rules if isinstance(rule, SumOfParts) and rule.compute_blank}
    numbers = set(form.number_cells) - totals
    blanks = {
        entry.key
        for entry in one.entries
        if entry.state is State.BLANK and entry.cell and entry.decided_by is None and entry.key in numbers
    }
    if not blanks:
        return one
    entries = tuple(
        replace(entry, state=State.DECIDED, value=0, decided_by=signed.by, reason=signed.reason)
        if entry.key in blanks
        else entry
        for entry in one.entries
    )
    told = finding("D006", sheet=one.sheet, facts={**_facts(signed), "count": len(blanks)})
    findings = (*(known for known in one.findings if known.code != "V029"), told)
    return replace(one, entries=entries, findings=findings)


# After settling --------------------------------------------------------------------------------------------------


def tell_what_no_longer_fits(
    decisions: Decisions, files: Sequence[FileResult], counted: Sequence[Return], ruling: Ruling
) -> list[FileResult]:
    """Tell of decisions about cells of a counted return in which something else is typed now, or of no return."""
    returns = {one.claim.unit: one for one in counted}
    outdated: dict[str, list[Finding]] = {}
    for unit, asked in decisions.by_unit.items():
        one = returns.get(unit)
        if one is None:
            ruling.refuse((decision.signed for decision in asked), "no_return")
            continue
        entries = {entry.key: entry for entry in one.entries}
        fits = _matching(decisions, one)
        for decision in asked:
            entry = entries[decision.cell]
            if decision not in fits.get(decision.cell, ()) and not _says_as_decided(entry, decision):
                outdated.setdefault(one.path, []).append(_outdated(one, entry, decision))
    return [
        replace(file, findings=(*file.findings, *outdated[file.path]))
        if file.path in outdated and file.status in (FileStatus.USED, FileStatus.USED_WITH_ERRORS)
        else file
        for file in files
    ]


def _says_as_decided(entry: Entry, decision: CellDecision) -> bool:
    """Tell whether the corrected return now says what was decided, so that there is nothing to tell."""
    return decision.value is not None and entry.counted and entry.value == decision.value


def _outdated(one: Return, entry: Entry, decision: CellDecision) -> Finding:
    facts: dict[str, Fact] = {"was": decision.typed or BLANK_FACT, "now": typed_key(entry.found) or BLANK_FACT}
    return _at("D001", one, entry, entry.counted if entry.found else None, facts)


def _at(code: str, one: Return, entry: Entry, counted: bool | None, facts: Mapping[str, Fact]) -> Finding:
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
