"""One return on its way to a verdict: whether it may count at all, whatever else its unit sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from pipeline.consolidation.select.words import rank_of
from pipeline.extract.blanks import OPEN_BLANKS
from pipeline.findings import Becomes, codes, codes_that_make, finding
from pipeline.model import Fact, FileReading, FileStatus, Finding, Return, Times
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Severity

_REFUSED = codes_that_make(Becomes.REFUSED)
_EXCLUDED = codes_that_make(Becomes.EXCLUDED)


@dataclass(slots=True)
class Case:
    """One return on its way to a verdict."""

    file: FileReading
    one: Return
    status: FileStatus
    told: list[Finding]
    last: Times
    """its times, or those of its last equal copy"""
    rank: int
    """what its name, or that of an equal copy, says of its place in a row of corrections"""


def judge(form: Form, register: Register, reading: FileReading, one: Return, *, strict: bool) -> Case:
    """Say whether a return may count at all, by what it is and what was told of it."""
    case = Case(reading, one, FileStatus.USED, [], one.times, rank_of(reading.path))
    collector = register.collector
    if any(told.code in _EXCLUDED for told in one.findings):
        case.status = FileStatus.IGNORED
    elif any(told.code in _REFUSED for told in one.findings):
        case.status = FileStatus.REJECTED
    elif collector and one.claim.unit == collector.code and one.is_summary:
        case.status = FileStatus.IGNORED
        case.told += [finding(codes.OWN_SUMMARY), *_told_of_changed_totals(one)]
    elif collector and one.claim.unit == collector.code:
        case.status = FileStatus.REJECTED
        case.told.append(finding(codes.NOT_IN_REGISTER, found=collector.name, facts={"seen": collector.name}))
    elif one.claim.unit is None:
        case.status = FileStatus.REJECTED
    elif one.is_empty:
        case.status = FileStatus.REJECTED
        case.told.append(finding(codes.EMPTY_FORM, sheet=one.sheet))
        case.one = replace(one, findings=tuple(told for told in one.findings if told.code not in OPEN_BLANKS))
    elif strict and any(told.severity is Severity.ERROR for told in one.findings):
        case.status = FileStatus.REJECTED
        case.told.append(finding(codes.KEPT_OUT_BY_STRICT))
    if one.is_summary and case.status is FileStatus.USED:
        case.told += _told_of_summary(one)
    return case


def _told_of_changed_totals(one: Return) -> Iterable[Finding]:
    """Ask about a summary of this office in which somebody typed over what it said, or over a total alone."""
    typed_over = [told for told in one.findings if told.code == codes.SUMMARY_AGAINST_ITSELF]
    count = sum(int(str(told.facts.get("count", 1))) for told in typed_over)
    facts: dict[str, Fact] = {"changes": count} if count else {}
    if cells := tuple(told.cell for told in typed_over if told.cell):
        facts["cells"] = cells
    if count or one.is_changed:
        yield finding(codes.OWN_SUMMARY_CHANGED, sheet=one.sheet, facts=facts)


def pass_over_blank_forms(cases: Iterable[Case], counted: Mapping[str, Case]) -> None:
    """A form of our own in which nothing was filled in is nothing, where the return of its unit counts."""
    for case in cases:
        unit = counted.get(case.one.claim.unit or "")
        is_blank = case.one.is_empty and [told.code for told in case.told] == [codes.EMPTY_FORM]
        is_own = case.one.claim.evidence == "code"
        if unit and is_blank and is_own and all(map(_is_of_layout, case.one.findings)):
            case.status = FileStatus.IGNORED
            case.told = [finding(codes.OWN_FORM_UNFILLED, sheet=case.one.sheet, facts={"other": unit.one.path})]


def _is_of_layout(told: Finding) -> bool:
    """Tell a finding that says nothing of what somebody typed."""
    return told.severity is Severity.INFO and told.found is None and told.cell is None


def _told_of_summary(one: Return) -> Iterable[Finding]:
    """One level up: say which summary is itself incomplete, or leaves open whether it is, once for the file."""
    covered = [entry.coverage for entry in one.entries if entry.coverage]
    expected = max((coverage.expected for coverage in covered), default=0)
    reported = max((coverage.reported for coverage in covered), default=0)
    untold = sum(entry.counted and entry.coverage is None for entry in one.entries)
    if reported < expected:
        yield finding(codes.INCOMPLETE_SUMMARY, sheet=one.sheet, facts={"reported": reported, "expected": expected})
    elif untold:
        yield finding(codes.COVERAGE_UNKNOWN, sheet=one.sheet, facts={"count": untold})
    open_cells = sum(entry.provisional and entry.value is not None for entry in one.entries)
    if open_cells:
        yield finding(codes.PROVISIONAL_CELLS, sheet=one.sheet, facts={"count": open_cells})
