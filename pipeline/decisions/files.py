"""Decisions about files, applied before anything is settled: left out, given to a unit, preferred to other copies."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.decisions.decided import Decisions, FileAnswer, FileDecision, Signed
from pipeline.decisions.keys import FileKey
from pipeline.decisions.ruling import Ruling, signed_facts
from pipeline.findings import codes, finding
from pipeline.model import Claim, FileReading, Finding, Return
from schemas.register import Register

_ABOUT_THE_UNIT = frozenset(
    {
        codes.UNIT_UNKNOWN,
        codes.EVIDENCE_DISAGREES,
        codes.NOT_IN_REGISTER,
        codes.OUTSIDE_REGISTER_DATES,
        codes.LISTED_NOT_ADDED,
        codes.UNIT_BY_ONE_EVIDENCE,
        codes.SAME_CODE_TWO_UNITS,
        codes.NAME_SPELT_DIFFERENTLY,
        codes.NAMED_AS_INSTITUTION,
        codes.EVIDENCE_FOR_ANOTHER,
        codes.SHEET_OF_SUMS,
        codes.UNIT_SHEET_OF_SUMS,
    }
)
_OF_NO_UNIT = frozenset(
    {
        codes.LOCK_FILE,
        codes.NO_REPORT_FILE,
        codes.CONTAINER,
        codes.UNIT_SHEET_COPY,
        codes.DECISIONS_BOOK,
        codes.OWN_OUTPUT,
        codes.MESSAGE_BOUNCED,
        codes.AUTOMATIC_REPLY,
        codes.OWN_MESSAGE,
        codes.IN_OWN_MESSAGE,
    }
)
"""codes of files that are nobody's answer, so that no unit can be given one"""


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
        shown = reading.shown_path
        parts = {part_of(one.path): one.shown_path for one in reading.returns} or {"": shown}
        for part, path in parts.items():
            if file in (path, shown) if isinstance(file, str) else (sha256, part) == _form(file):
                found.add((sha256, part))
    return {form for form in found if form[0]}


def _form(file: FileKey) -> tuple[str, str]:
    return file.sha256, file.part


def _agree(decisions: Sequence[FileDecision], ruling: Ruling) -> bool:
    """Tell whether decisions about one file can stand together; if not, none is applied."""
    # Whoever has seen what is asked may still give the file to a unit, prefer it or leave it out.
    answers = {decision.answer for decision in decisions} - {FileAnswer.SEEN}
    units = {decision.unit for decision in decisions if decision.unit}
    if len(units) > 1 or (FileAnswer.EXCLUDE in answers and len(answers) > 1):
        ruling.refuse((decision.signed for decision in decisions), "two_answers")
        return False
    return True


_ByForm = Mapping[tuple[str, str], Sequence[FileDecision]]


def _ruled(reading: FileReading, by_form: _ByForm, register: Register, ruling: Ruling) -> FileReading:
    sha256 = reading.sha256 or ""
    if not reading.returns:
        return _ruled_alone(reading, by_form.get((sha256, ""), ()), ruling)
    returns = tuple(
        _ruled_return(one, by_form.get((sha256, part_of(one.path)), ()), register) for one in reading.returns
    )
    all_out = all(one.findings and one.findings[0].code == codes.EXCLUDED_BY_DECISION for one in returns)
    return replace(reading, returns=returns, findings=() if all_out else reading.findings)


def _ruled_alone(reading: FileReading, decisions: Sequence[FileDecision], ruling: Ruling) -> FileReading:
    """Rule on a file without returns: a picture, a paper or a file that cannot be read may still be a unit's answer."""
    for decision in decisions:
        if decision.answer is FileAnswer.EXCLUDE:
            return replace(reading, findings=(_left_out(decision.signed),))
    is_of_nobody = {told.code for told in reading.findings} <= _OF_NO_UNIT
    given = [decision for decision in decisions if decision.answer is FileAnswer.UNIT and not is_of_nobody]
    unusable = [one for one in decisions if one not in given and one.answer is not FileAnswer.SEEN]
    ruling.refuse((decision.signed for decision in unusable), "no_form_in_file")
    if not given:
        return reading
    told = finding(codes.UNIT_BY_DECISION, facts=signed_facts(given[0].signed))
    return replace(reading, unit=given[0].unit, findings=(*reading.findings, told))


def _ruled_return(one: Return, decisions: Sequence[FileDecision], register: Register) -> Return:
    for decision in decisions:
        if decision.answer is FileAnswer.EXCLUDE:
            return replace(one, findings=(_left_out(decision.signed),))
    given = next((decision for decision in decisions if decision.answer is FileAnswer.UNIT), None)
    if given is None or given.unit is None:
        return one
    unit = register.by_code[given.unit]
    told = [finding(codes.UNIT_BY_DECISION, sheet=one.sheet, facts=signed_facts(given.signed))]
    if not unit.in_total:
        told.append(finding(codes.LISTED_NOT_ADDED, sheet=one.sheet, facts={"name": unit.name}))
    kept = (known for known in one.findings if known.code not in _ABOUT_THE_UNIT)
    return replace(one, claim=Claim(unit.code, "decision", one.claim.seen), findings=(*told, *kept))


def _left_out(signed: Signed) -> Finding:
    return finding(codes.EXCLUDED_BY_DECISION, facts=signed_facts(signed))


def _with_preferred(readings: list[FileReading], by_form: _ByForm, ruling: Ruling) -> list[FileReading]:
    """Mark the copies that an officer chose, unless two are chosen for one unit or a newer copy has come since."""
    every = ((form, decision) for form, same in by_form.items() for decision in same)
    chosen = {form: decision for form, decision in every if decision.answer is FileAnswer.PREFER}
    if not chosen:
        return readings
    rivals: dict[str, dict[tuple[str, str], str]] = {}
    for reading in readings:
        for one in reading.returns:
            if (
                one.claim.unit
                and not one.is_empty
                and not any(told.code == codes.EXCLUDED_BY_DECISION for told in one.findings)
            ):
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
        return finding(codes.CHOICE_OUTDATED, facts={"others": new})
    return finding(codes.COPY_BY_DECISION, facts=signed_facts(decision.signed))


def _preferred(one: Return, preferred: Mapping[tuple[str, str], Finding]) -> Return:
    told = preferred.get((one.sha256, part_of(one.path)))
    if told is None:
        return one
    told = replace(told, sheet=one.sheet)
    return replace(one, preferred=told.code == codes.COPY_BY_DECISION, findings=(*one.findings, told))
