"""The ledger: every file has one place in it, and the state of every unit follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.consolidation.select.case import Case
from pipeline.consolidation.select.companions import OF_NOBODY_KNOWN, Companions
from pipeline.consolidation.select.pages import changed_pages
from pipeline.extract.identify import Names, unit_in_path, units_named
from pipeline.findings import Becomes, codes, codes_beside, codes_that_make, finding
from pipeline.model import FileResult, FileStatus, Finding, UnitResult, UnitStatus
from schemas.form import Form
from schemas.register import VIETNAM, Register, Unit
from schemas.rules import Severity

_OF_NOBODY = codes_that_make(Becomes.IGNORED)
_IGNORED = _OF_NOBODY | codes_that_make(Becomes.EXCLUDED)
"""codes of files that ask nothing of anybody; what an officer left out is still somebody's"""
_GIVEN = codes_that_make(Becomes.GIVEN)
_BESIDE = codes_beside()
_Gist = tuple[str, str | None, tuple[tuple[str, str], ...]]
_ANOTHER_FORM = codes.DIFFERENT_FORM
_OF_CONTENT = frozenset("SVRN")
"""first letters of codes about what stands in a form"""


def results_of_returns(form: Form, names: Names, cases: Sequence[Case]) -> Iterable[FileResult]:
    """Give each return its line, with everything that is told of it."""
    first: set[str] = set()
    held = {
        case.one.claim.unit or "": {*map(_gist, case.one.findings)} for case in cases if case.status is FileStatus.USED
    }
    for case in cases:
        of_file = case.file.findings if case.file.path not in first else ()
        first.add(case.file.path)
        unit = names.register.by_code.get(case.one.claim.unit or "")
        late = _is_late(form, unit, case.one.times.received)
        status = case.status
        findings = case.one.findings
        if status is not FileStatus.USED:
            known = held.get(case.one.claim.unit or "", set())
            findings = tuple(_of_no_sum(status, known, told) for told in findings)
        of_return = _without_noise((*case.told, *findings))
        told = (*of_file, *of_return, *_told_of_lateness(form, unit, case, late))
        if status is FileStatus.USED and any(one.severity is Severity.ERROR for one in told):
            status = FileStatus.USED_WITH_ERRORS
        claim = case.one.claim
        yield FileResult(
            path=case.one.path,
            sha256=case.one.sha256,
            unit=claim.unit,
            status=status,
            late=late,
            findings=told,
            times=case.one.times,
            is_return=True,
            perhaps=() if claim.unit else units_named(claim, case.one.path, names),
            filled_by=case.one.filled_by,
            phone=case.one.phone,
            source=case.one.source,
        )


def _without_noise(told: Sequence[Finding]) -> Sequence[Finding]:
    """Of another form only that it is another one is told: its rows and rules are none of this form's."""
    if all(each.code != _ANOTHER_FORM for each in told):
        return told
    return [each for each in told if each.code[0] not in _OF_CONTENT]


def _of_no_sum(status: FileStatus, known: set[_Gist], told: Finding) -> Finding:
    """Say of a finding that no number of its return is counted; of its form, a copy that gave way asks nobody.

    What stands beside the form is not taken back by the numbers of another copy: it is told unless that one holds it
    too.
    """
    is_held = told.code in _BESIDE and _gist(told) not in known
    asks_nobody = status is FileStatus.IGNORED or (status is FileStatus.SUPERSEDED and not is_held)
    severity = Severity.INFO if asks_nobody and told.code[0] in _OF_CONTENT else told.severity
    return replace(told, severity=severity, counted=None if told.counted is None else False)


def _gist(told: Finding) -> _Gist:
    """What a finding says, wherever in the sheet it does."""
    return told.code, told.found, tuple(sorted((key, str(fact)) for key, fact in told.facts.items() if key != "places"))


def _is_late(form: Form, unit: Unit | None, received: datetime | None) -> bool | None:
    """Late is said only where a receipt time is known; a deadline of the unit's own goes before the form's."""
    if received is None:
        return None
    return received >= ((unit.deadline if unit else None) or form.deadline)


def _told_of_lateness(form: Form, unit: Unit | None, case: Case, late: bool | None) -> Iterable[Finding]:
    if late and case.one.times.received:
        deadline = (unit.deadline if unit else None) or form.deadline
        facts = {
            "received": f"{case.one.times.received.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
            "deadline": f"{deadline:%d/%m/%Y}",
        }
        yield finding(codes.LATE, facts=facts)


def results_of_others(companions: Companions) -> Iterable[FileResult]:
    """Files without any return: why, and of whom they are: by decision, else by folder and file name."""
    results = list(_booked(companions))
    count = sum(told.code == OF_NOBODY_KNOWN for result in results for told in result.findings)
    for result in results:
        told = (
            replace(one, facts={**one.facts, "count": count}) if one.code == OF_NOBODY_KNOWN else one
            for one in result.findings
        )
        yield replace(result, findings=tuple(told))


def _booked(companions: Companions) -> Iterable[FileResult]:
    for reading in companions.readings:
        if reading.returns:
            continue
        is_of_nobody = {told.code for told in reading.findings} <= _OF_NOBODY and not reading.message
        unit = None if is_of_nobody else reading.unit or unit_in_path(reading.path, companions.names)
        if changed := changed_pages(companions.form, reading, companions.counted):
            unit, told = changed
            yield FileResult(reading.path, reading.sha256, unit, FileStatus.IGNORED, None, told, reading.times)
            continue
        booked = companions.booked(reading, unit)
        status = FileStatus.IGNORED if {one.code for one in booked.told} <= _IGNORED | _GIVEN else FileStatus.REJECTED
        yield FileResult(
            reading.path,
            reading.sha256,
            booked.unit,
            status,
            None,
            booked.told,
            reading.times,
            perhaps=booked.perhaps,
        )


def unit_results(register: Register, counted: Mapping[str, Case], files: Sequence[FileResult]) -> Iterable[UnitResult]:
    """List the units that are expected and those outside the totals that answered.

    A unit without a return of its own that counts is not expected where the summary of a unit above it counts: its
    figures are in there, and how many of such units are in is what the summary's coverage says.
    """
    by_path = {result.path: result for result in files}
    summaries = {code for code, case in counted.items() if case.one.is_summary}
    expected = [
        unit
        for unit in register.expected
        if unit.code in counted or not any(upper.code in summaries for upper in register.above(unit.code))
    ]
    listed = [unit for unit in register.units if not unit.in_total and unit.code in counted]
    yield from (_unit_result(unit, counted.get(unit.code), by_path, files) for unit in (*expected, *listed))


def _unit_result(
    unit: Unit, case: Case | None, by_path: Mapping[str, FileResult], files: Sequence[FileResult]
) -> UnitResult:
    if case is None:
        rejected = (one.path for one in files if one.unit == unit.code and one.status is FileStatus.REJECTED)
        return UnitResult(unit, UnitStatus.MISSING, next(rejected, None), None, unit.in_total)
    with_errors = by_path[case.one.path].status is FileStatus.USED_WITH_ERRORS
    status = UnitStatus.RECEIVED_WITH_ERRORS if with_errors else UnitStatus.RECEIVED
    return UnitResult(unit, status, case.one.path, case.one, unit.in_total)
