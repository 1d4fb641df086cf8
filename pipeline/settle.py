"""Which return counts for each unit: the newest valid one; who is missing, late or in conflict.

Valid is a return that was read, whose unit is known and that is not empty. Errors at cells do not make it invalid.
A newer broken file never displaces an older good one, because only valid returns are compared.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path, PurePosixPath

from pipeline.findings import finding
from pipeline.identify import Names, unit_in_path, units_named
from pipeline.model import (
    Entry,
    Fact,
    FileReading,
    FileResult,
    FileStatus,
    Finding,
    Return,
    Times,
    UnitResult,
    UnitStatus,
)
from schemas.definition import Table, read_toml
from schemas.form import Form
from schemas.register import VIETNAM, Register, Unit, with_leading_zero
from schemas.rules import Cell, Severity
from schemas.text import fold_words

_IGNORED = frozenset({"F001", "F016", "F021", "F022", "F025", "F030", "F032", "F033", "F035", "F034"})
"""codes of files that say nothing about any unit's figures"""
_TO_BE_TYPED = frozenset({"F006"})
_REFUSED = frozenset({"F015"})
"""codes of a return that is none of this form"""
_EXCLUDED = frozenset({"F030"})
"""codes of a return that an officer left out"""
_OF_EMPTY = frozenset({"V029"})
"""codes that say again what the empty form already says"""
_STEPS = {"received": timedelta(0), "modified": timedelta(0), "file": timedelta(minutes=1)}
"""kinds of time, best first, and how far apart they must be: file times closer than a minute are what copying leaves"""
_OF_CONTENT = frozenset("SVRN")
"""first letters of codes about what stands in a form"""
_CHANGES_NAMED = 12
_SAME_FIGURES = 5
"""so many equal figures above zero from two units are no chance"""
_WORDING = Path(__file__).parent / "wording" / "settle.toml"


@dataclass(frozen=True, slots=True)
class Settled:
    """The ledger of files and the state of every unit."""

    files: tuple[FileResult, ...]
    units: tuple[UnitResult, ...]


@dataclass(slots=True)
class _Case:
    """One return on its way to a verdict."""

    file: FileReading
    one: Return
    status: FileStatus
    told: list[Finding]
    last: Times
    """its times, or those of its last equal copy"""
    rank: int
    """what its name, or that of an equal copy, says of its place in a row of corrections"""


def settle(form: Form, register: Register, names: Names, readings: Sequence[FileReading], *, strict: bool) -> Settled:
    """Decide which return of each unit counts, and give every file its place in the ledger."""
    cases = [_judge(form, register, reading, one, strict=strict) for reading in readings for one in reading.returns]
    by_unit: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        if case.status is FileStatus.USED and case.one.claim.unit:
            by_unit[case.one.claim.unit].append(case)
    _tell_copied_codes(by_unit, cases)
    for rivals in by_unit.values():
        _choose(form, rivals)
    _keep_one_level(register, cases)
    counted = {case.one.claim.unit: case for case in cases if case.status is FileStatus.USED and case.one.claim.unit}
    _tell_odd_summaries(register, counted)
    _tell_same_figures(register, counted)
    files = [
        *_results_of_returns(form, names, cases),
        *_results_of_others(names, readings, counted),
    ]
    files.sort(key=lambda result: result.path)
    return Settled(tuple(files), tuple(_unit_results(register, counted, files)))


def _judge(form: Form, register: Register, reading: FileReading, one: Return, *, strict: bool) -> _Case:
    case = _Case(reading, one, FileStatus.USED, [], one.times, _rank(reading.path))
    collector = register.collector
    if any(told.code in _EXCLUDED for told in one.findings):
        case.status = FileStatus.IGNORED
    elif any(told.code in _REFUSED for told in one.findings):
        case.status = FileStatus.REJECTED
    elif collector and one.claim.unit == collector.code and one.is_summary:
        case.status = FileStatus.IGNORED
        case.told.append(finding("F016"))
    elif collector and one.claim.unit == collector.code:
        case.status = FileStatus.REJECTED
        case.told.append(finding("U003", found=collector.name, facts={"seen": collector.name}))
    elif one.claim.unit is None:
        case.status = FileStatus.REJECTED
    elif one.is_empty:
        case.status = FileStatus.REJECTED
        case.told.append(finding("F008", sheet=one.sheet))
        case.one = replace(one, findings=tuple(told for told in one.findings if told.code not in _OF_EMPTY))
    elif strict and any(told.severity is Severity.ERROR for told in one.findings):
        case.status = FileStatus.REJECTED
        case.told.append(finding("F028"))
    if one.is_summary and case.status is FileStatus.USED:
        case.told += _told_of_summary(one)
    return case


def _told_of_summary(one: Return) -> Iterable[Finding]:
    """One level up: say which summary is itself incomplete, or leaves open whether it is, once for the file."""
    covered = [entry.coverage for entry in one.entries if entry.coverage]
    expected = max((coverage.expected for coverage in covered), default=0)
    reported = max((coverage.reported for coverage in covered), default=0)
    untold = sum(entry.counted and entry.coverage is None for entry in one.entries)
    if reported < expected:
        yield finding("N001", sheet=one.sheet, facts={"reported": reported, "expected": expected})
    elif untold:
        yield finding("N003", sheet=one.sheet, facts={"count": untold})
    open_cells = sum(entry.provisional and entry.value is not None for entry in one.entries)
    if open_cells:
        yield finding("N002", sheet=one.sheet, facts={"count": open_cells})


def _tell_copied_codes(by_unit: Mapping[str, Sequence[_Case]], cases: Sequence[_Case]) -> None:
    """Name the neighbour whose file was copied: another return bears the code that this one's name contradicts."""
    for case in cases:
        owners = by_unit.get(with_leading_zero(case.one.claim.seen.get("code", "")), ())
        if owners and case.one.claim.unit is None and any(told.code == "U002" for told in case.one.findings):
            others = tuple(owner.one.path for owner in owners)
            copied = finding("U007", sheet=case.one.sheet, facts={"others": others})
            kept = tuple(told for told in case.one.findings if told.code != "U002")
            case.one = replace(case.one, findings=(copied, *kept))


# Several returns of one unit ------------------------------------------------------------------------------------


def _choose(form: Form, rivals: list[_Case]) -> None:
    """Leave one of a unit's returns in use: equal ones are one, the newest of differing ones counts."""
    distinct = _without_equals(rivals)
    if len(distinct) < 2:  # noqa: PLR2004 - one return needs no choice
        return
    why, (newest, *older) = _newest_first(distinct)
    if not why:
        for case in distinct:
            others = tuple(other.one.path for other in distinct if other is not case)
            case.status = FileStatus.REJECTED
            case.told.append(finding("F012", facts={"others": others}))
        return
    decided = newest.one.preferred
    against = next((case for case in older if _named_later(case, newest) and not decided), None)
    if against:
        hint = PurePosixPath(against.one.path).name
        for case in distinct:
            case.status = FileStatus.REJECTED
            case.told.append(finding("F013", facts={"other": against.one.path, "hint": hint}))
        return
    changes = [change for case in older for change in changes_between(form, case.one, newest.one)]
    facts: dict[str, Fact] = {
        "why": why,
        "others": tuple(case.one.path for case in older),
        "changes": len(changes),
        "cells": tuple(changes[:_CHANGES_NAMED]),
    }
    newest.told.append(finding("F011", severity=Severity.INFO if decided else None, facts=facts))
    newest.one = _with_older_values(newest.one, [case.one for case in older])
    for case in older:
        case.status = FileStatus.SUPERSEDED
        case.told.append(finding("F010", facts={"other": newest.one.path, "why": why}))


def _without_equals(rivals: list[_Case]) -> list[_Case]:
    """Keep one of each set of returns that say the same; byte-identical or not, they are one return."""
    distinct: list[_Case] = []
    for case in sorted(rivals, key=_came):
        twin = next((kept for kept in distinct if _contents(kept.one) == _contents(case.one)), None)
        if twin is None:
            distinct.append(case)
        else:
            case.status = FileStatus.SUPERSEDED
            case.told.append(finding("F009", facts={"other": twin.one.path}))
            twin.last, twin.rank = _later(twin.last, case.last), max(twin.rank, case.rank)
            twin.one = replace(twin.one, preferred=twin.one.preferred or case.one.preferred)
    return distinct


def _came(case: _Case) -> tuple[datetime, str]:
    """Order equal copies: the first one received stands for them all, so that no copy makes it late."""
    return case.one.times.received or datetime.max.replace(tzinfo=UTC), case.one.path


def _contents(one: Return) -> list[tuple[object, ...]]:
    return [_content(entry) for entry in one.entries]


def _content(entry: Entry) -> tuple[object, ...]:
    said = entry.text if entry.text is not None else (entry.value, entry.found)
    return entry.row, entry.measure, said, entry.coverage


def _later(one: Times, other: Times) -> Times:
    """Equal copies came as late as the last of them."""
    kinds = ("received", "modified", "file")
    pairs = {kind: [time for time in (getattr(one, kind), getattr(other, kind)) if time] for kind in kinds}
    return Times(**{kind: max(times, default=None) for kind, times in pairs.items()})


def _newest_first(cases: Sequence[_Case]) -> tuple[str, list[_Case]]:
    """Put the one an officer chose first, else order by the kinds of time that all have; "" if neither tells."""
    kinds = [kind for kind in _STEPS if all(getattr(case.last, kind) for case in cases)]
    ordered = sorted(cases, key=lambda case: [getattr(case.last, kind) for kind in kinds], reverse=True)
    if sum(case.one.preferred for case in cases) == 1:
        return "decision", sorted(ordered, key=lambda case: not case.one.preferred)
    first, second = ordered[0].last, ordered[1].last
    why = (kind for kind in kinds if getattr(first, kind) - getattr(second, kind) > _STEPS[kind])
    return next(why, ""), ordered


@cache
def _words() -> Table:
    return read_toml(_WORDING)


@cache
def _hints() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of words that say "corrected", and of those that number the correction."""
    named, numbered = ("|".join(map(fold_words, _words().texts(name))) for name in ("corrections", "numbered"))
    return re.compile(rf"\b(?:{named})\b"), re.compile(rf"\b(?:{numbered}) ?(\d{{1,2}})\b")


def _rank(path: str) -> int:
    """Say which version a file calls itself: 0 for the plain name, 1 "sửa", 2 "lần 2" or "(1)", 3 "lần 3" ..."""
    stem = PurePosixPath(path.rpartition("!")[2]).stem
    named, numbered = _hints()
    words = fold_words(stem)
    numbers = [int(number) for number in numbered.findall(words)]
    numbers += [int(number) + 1 for number in re.findall(r"\((\d{1,2})\)\s*$", stem)]
    return max([number for number in numbers if number > 1], default=1 if named.search(words) else 0)


def _named_later(older: _Case, newest: _Case) -> bool:
    """Tell whether the names say the opposite of the times; a correction without number may be any of them."""
    return older.rank > 0 and (newest.rank == 0 or older.rank > newest.rank > 1)


def changes_between(form: Form, older: Return, newer: Return) -> list[str]:
    """List what changed from one return to the next, cell by cell, for a person to read."""
    before = {entry.key: entry for entry in older.entries}
    changes = []
    for entry in newer.entries:
        earlier = before.get(entry.key)
        if earlier and _content(earlier) != _content(entry):
            changes.append(f"{_name(form, entry.key)}: {_said(earlier)} → {_said(entry)}")
    return changes


def _name(form: Form, key: Cell) -> str:
    column = form.column_by_key.get(key.measure)
    short = form.by_key[key.row].short_label
    return f"{short}, {column.short}" if column else short


def _said(entry: Entry) -> str:
    counted = str(entry.value) if entry.value is not None else _words().text("blank")
    covered = f" ({entry.coverage.reported}/{entry.coverage.expected})" if entry.coverage else ""
    return (entry.found if entry.found is not None else counted) + covered


def _with_older_values(newest: Return, older: Sequence[Return]) -> Return:
    """Offer the value of the next older return that has one, where the newest has an error at the cell."""
    values: dict[Cell, int] = {}
    for one in reversed(older):
        values |= {entry.key: entry.value for entry in one.entries if entry.value is not None}
    findings = tuple(
        replace(told, suggestions=(*told.suggestions, values[key]))
        if told.severity is Severity.ERROR
        and told.row
        and told.measure
        and (key := Cell(told.row, told.measure)) in values
        and values[key] not in told.suggestions
        else told
        for told in newest.findings
    )
    return replace(newest, findings=findings)


# Several levels -------------------------------------------------------------------------------------------------


def _keep_one_level(register: Register, cases: Sequence[_Case]) -> None:
    """Where a summary counts, a return of a unit below it would be added twice: it is told and left out.

    Two ordinary returns one below the other may both be right; that they may not is told.
    """
    counted = {
        case.one.claim.unit: case for case in cases if case.status is FileStatus.USED and _is_summed(register, case)
    }
    for code, case in counted.items():
        above = [counted[unit.code] for unit in register.above(code or "") if unit.code in counted]
        summary = next((upper for upper in above if upper.one.is_summary), None)
        upper = summary or next(iter(above), None)
        if upper is None:
            continue
        facts: dict[str, Fact] = {"other_unit": register.by_code[upper.one.claim.unit or ""].name}
        case.told.append(finding("U010", severity=Severity.ERROR if summary else None, facts=facts))
        if summary:
            case.status = FileStatus.REJECTED


def _tell_odd_summaries(register: Register, counted: Mapping[str, _Case]) -> None:
    """A summary from a unit whose like answer for themselves: nobody knows whose figures it holds."""
    ordinary = {_level(register, code) for code, case in counted.items() if not case.one.is_summary}
    for code, case in counted.items():
        is_odd = case.one.is_summary and _level(register, code) in ordinary and not register.children(code)
        if is_odd and code in register.by_code:
            expected = max((entry.coverage.expected for entry in case.one.entries if entry.coverage), default=0)
            if expected > 1:
                case.told.append(finding("N004", sheet=case.one.sheet, facts={"expected": expected}))


def _level(register: Register, code: str) -> tuple[str, str] | None:
    unit = register.by_code.get(code)
    return (fold_words(unit.type), unit.parent) if unit else None


def _is_summed(register: Register, case: _Case) -> bool:
    unit = register.by_code.get(case.one.claim.unit or "")
    return unit is not None and unit.in_total


def _tell_same_figures(register: Register, counted: Mapping[str, _Case]) -> None:
    """Two units with exactly the same figures: one of them may have sent its neighbour's file."""
    by_content: dict[tuple[object, ...], list[_Case]] = defaultdict(list)
    for case in counted.values():
        figures = tuple((entry.key, entry.value) for entry in case.one.entries if entry.value)
        if len(figures) >= _SAME_FIGURES:
            by_content[figures].append(case)
    for twins in by_content.values():
        for case in twins if len(twins) > 1 else ():
            theirs = {other.one.claim.unit for other in twins if other is not case}
            others = [unit.name for unit in register.units if unit.code in theirs]
            case.told.append(finding("U008", facts={"other_unit": ", ".join(others)}))


# The ledger -----------------------------------------------------------------------------------------------------


def _results_of_returns(form: Form, names: Names, cases: Sequence[_Case]) -> Iterable[FileResult]:
    first: set[str] = set()
    for case in cases:
        of_file = case.file.findings if case.file.path not in first else ()
        first.add(case.file.path)
        unit = names.register.by_code.get(case.one.claim.unit or "")
        late = _is_late(form, unit, case.one.times.received)
        status = case.status
        findings = case.one.findings if status is FileStatus.USED else map(_of_no_sum(status), case.one.findings)
        told = (*of_file, *case.told, *findings, *_told_of_lateness(form, unit, case, late))
        if status is FileStatus.USED and any(one.severity is Severity.ERROR for one in told):
            status = FileStatus.USED_WITH_ERRORS
        yield FileResult(
            case.one.path,
            case.one.sha256,
            case.one.claim.unit,
            status,
            late,
            told,
            case.one.times,
            is_return=True,
            perhaps=() if case.one.claim.unit else units_named(case.one.claim, case.one.path, names),
            filled_by=case.one.filled_by,
            phone=case.one.phone,
            source=case.one.source,
        )


def _of_no_sum(status: FileStatus) -> Callable[[Finding], Finding]:
    """Say of a finding that no number of its return is counted; a copy that gave way asks nothing of anybody."""
    gave_way = status in (FileStatus.SUPERSEDED, FileStatus.IGNORED)

    def changed(told: Finding) -> Finding:
        severity = Severity.INFO if gave_way and told.code[0] in _OF_CONTENT else told.severity
        return replace(told, severity=severity, counted=None if told.counted is None else False)

    return changed


def _is_late(form: Form, unit: Unit | None, received: datetime | None) -> bool | None:
    """Late is said only where a receipt time is known; a deadline of the unit's own goes before the form's."""
    if received is None:
        return None
    return received >= ((unit.deadline if unit else None) or form.deadline)


def _told_of_lateness(form: Form, unit: Unit | None, case: _Case, late: bool | None) -> Iterable[Finding]:
    if late and case.one.times.received:
        deadline = (unit.deadline if unit else None) or form.deadline
        facts = {
            "received": f"{case.one.times.received.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
            "deadline": f"{deadline:%d/%m/%Y}",
        }
        yield finding("F031", facts=facts)


def _results_of_others(
    names: Names, readings: Sequence[FileReading], counted: Mapping[str, _Case]
) -> Iterable[FileResult]:
    """Files without any return: why, and of whom they may be, by folder and file name."""
    for reading in readings:
        if reading.returns:
            continue
        codes = {told.code for told in reading.findings}
        unit = None if codes <= _IGNORED else unit_in_path(reading.path, names)
        told = reading.findings
        if unit is not None and codes & _TO_BE_TYPED and unit in counted:
            told = (finding("F022", facts={"other": counted[unit].one.path}),)
        status = FileStatus.IGNORED if {one.code for one in told} <= _IGNORED else FileStatus.REJECTED
        yield FileResult(reading.path, reading.sha256, unit, status, None, told, reading.times)


def _unit_results(
    register: Register, counted: Mapping[str, _Case], files: Sequence[FileResult]
) -> Iterable[UnitResult]:
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
    for unit in (*expected, *listed):
        in_total = unit.in_total
        case = counted.get(unit.code)
        if case is None:
            sent = next(
                (one.path for one in files if one.unit == unit.code and one.status is FileStatus.REJECTED), None
            )
            yield UnitResult(unit, UnitStatus.MISSING, sent, None, in_total)
            continue
        with_errors = by_path[case.one.path].status is FileStatus.USED_WITH_ERRORS
        status = UnitStatus.RECEIVED_WITH_ERRORS if with_errors else UnitStatus.RECEIVED
        yield UnitResult(unit, status, case.one.path, case.one, in_total)
