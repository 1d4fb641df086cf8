"""Which return counts for each unit: the newest valid one; who is missing, late or in conflict.

Valid is a return that was read, whose unit is known and that is not empty. Errors at cells do not make it invalid.
A newer broken file never displaces an older good one, because only valid returns are compared.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from pipeline.findings import finding
from pipeline.identify import Names, unit_in_path
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
from schemas.form import Form
from schemas.register import Register, Unit
from schemas.rules import Cell, Severity
from schemas.text import fold_words

_IGNORED = frozenset({"F001", "F016", "F022", "F025", "F030", "F032", "F033"})
"""codes of files that say nothing about any unit's figures"""
_TO_BE_TYPED = frozenset({"F006"})
_REFUSED = frozenset({"F015"})
"""codes of a return that is none of this form"""
_EXCLUDED = frozenset({"F030"})
"""codes of a return that an officer left out"""
_FILE_TIME_STEP = timedelta(minutes=1)
"""file times closer than this are what copying a folder leaves, not evidence"""
_CHANGES_NAMED = 12
_SAME_FIGURES = 5
"""so many equal figures above zero from two units are no chance"""
_LATER = re.compile(
    r"\b(?:sua|sua lai|bo sung|dieu chinh|lan [2-9]|ban [2-9]|v[2-9]|moi|final|cuoi)\b|\(\d\)|\bcopy\b|_\d$"
)


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

    @property
    def time(self) -> Times:
        return self.one.times


def settle(form: Form, register: Register, names: Names, readings: Sequence[FileReading], *, strict: bool) -> Settled:
    """Decide which return of each unit counts, and give every file its place in the ledger."""
    cases = [_judge(form, register, reading, one, strict=strict) for reading in readings for one in reading.returns]
    by_unit: dict[str, list[_Case]] = defaultdict(list)
    for case in cases:
        if case.status is FileStatus.USED and case.one.claim.unit:
            by_unit[case.one.claim.unit].append(case)
    for rivals in by_unit.values():
        _choose(form, rivals)
    counted = {case.one.claim.unit: case for case in cases if case.status is FileStatus.USED and case.one.claim.unit}
    _tell_same_figures(register, counted)
    files = [
        *_results_of_returns(form, register, cases),
        *_results_of_others(names, readings, counted),
    ]
    files.sort(key=lambda result: result.path)
    return Settled(tuple(files), tuple(_unit_results(register, counted, files)))


def _judge(form: Form, register: Register, reading: FileReading, one: Return, *, strict: bool) -> _Case:
    case = _Case(reading, one, FileStatus.USED, [])
    collector = register.collector
    if any(told.code in _EXCLUDED for told in one.findings):
        case.status = FileStatus.IGNORED
    elif any(told.code in _REFUSED for told in one.findings):
        case.status = FileStatus.REJECTED
    elif collector and one.claim.unit == collector.code:
        case.status = FileStatus.IGNORED
        case.told.append(finding("F016"))
    elif one.claim.unit is None:
        case.status = FileStatus.REJECTED
    elif one.is_empty:
        case.status = FileStatus.REJECTED
        case.told.append(finding("F008", sheet=one.sheet))
    elif strict and any(told.severity is Severity.ERROR for told in one.findings):
        case.status = FileStatus.REJECTED
        case.told.append(finding("F028"))
    if one.is_summary and case.status is FileStatus.USED:
        case.told += _told_of_summary(one)
    return case


def _told_of_summary(one: Return) -> Iterable[Finding]:
    """One level up: say which summary is itself incomplete, once for the file."""
    covered = [entry.coverage for entry in one.entries if entry.coverage]
    expected = max((coverage.expected for coverage in covered), default=0)
    reported = max((coverage.reported for coverage in covered), default=0)
    if reported < expected:
        yield finding("N001", sheet=one.sheet, facts={"reported": reported, "expected": expected})
    open_cells = sum(entry.provisional and entry.value is not None for entry in one.entries)
    if open_cells:
        yield finding("N002", sheet=one.sheet, facts={"count": open_cells})


# Several returns of one unit ------------------------------------------------------------------------------------


def _choose(form: Form, rivals: list[_Case]) -> None:
    """Leave one of a unit's returns in use: equal ones are one, the newest of differing ones counts."""
    distinct = _without_equals(rivals)
    if len(distinct) < 2:  # noqa: PLR2004 - one return needs no choice
        return
    why, newest = _newest(distinct)
    if newest is None:
        for case in distinct:
            others = tuple(other.one.path for other in distinct if other is not case)
            case.status = FileStatus.REJECTED
            case.told.append(finding("F012", facts={"others": others}))
        return
    older = [case for case in distinct if case is not newest]
    decided = newest.one.preferred
    against = next((case for case in older if _says_later(case) and not _says_later(newest) and not decided), None)
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
    for case in sorted(rivals, key=lambda case: case.one.path):
        twin = next((kept for kept in distinct if _says_the_same(kept.one, case.one)), None)
        if twin is None:
            distinct.append(case)
        else:
            case.status = FileStatus.SUPERSEDED
            case.told.append(finding("F009", facts={"other": twin.one.path}))
            times, preferred = _later(twin.one.times, case.one.times), twin.one.preferred or case.one.preferred
            twin.one = replace(twin.one, times=times, preferred=preferred)
    return distinct


def _says_the_same(one: Return, other: Return) -> bool:
    if (
        one.sha256 == other.sha256
        and one.sheet == other.sheet
        and one.path.partition("#")[2] == other.path.partition("#")[2]
    ):
        return True
    return [_content(entry) for entry in one.entries] == [_content(entry) for entry in other.entries]


def _content(entry: Entry) -> tuple[str, str, object]:
    return entry.row, entry.measure, entry.text if entry.text is not None else (entry.value, entry.found)


def _later(one: Times, other: Times) -> Times:
    """Equal copies came as late as the last of them."""
    kinds = ("received", "modified", "file")
    pairs = {kind: [time for time in (getattr(one, kind), getattr(other, kind)) if time] for kind in kinds}
    return Times(**{kind: max(times, default=None) for kind, times in pairs.items()})


def _newest(cases: Sequence[_Case]) -> tuple[str, _Case | None]:
    """Find the one an officer chose, else the newest by the first kind of time that all have and that differs."""
    chosen = [case for case in cases if case.one.preferred]
    if len(chosen) == 1:
        return "decision", chosen[0]
    kinds = (("received", timedelta(0)), ("modified", timedelta(0)), ("file", _FILE_TIME_STEP))
    for kind, step in kinds:
        dated = [(time, case) for case in cases if (time := getattr(case.one.times, kind)) is not None]
        if len(dated) < len(cases):
            continue
        dated.sort(key=lambda pair: pair[0], reverse=True)
        gap: timedelta = dated[0][0] - dated[1][0]
        if gap > step:
            return kind, dated[0][1]
    return "", None


def _says_later(case: _Case) -> bool:
    """Tell whether the file's name calls itself a correction: "sửa", "lần 2", "(1)"."""
    stem = PurePosixPath(case.one.path.partition("#")[0]).stem
    marked = re.search(r"\(\d\)\s*$", stem)
    return bool(marked) or bool(_LATER.search(fold_words(stem)))


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
    return entry.found if entry.found is not None else "0" if entry.value == 0 else "trống"


def _with_older_values(newest: Return, older: Sequence[Return]) -> Return:
    """Offer the older value where the newer return has an error at the cell."""
    values: dict[Cell, int] = {}
    for one in older:
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


def _tell_same_figures(register: Register, counted: Mapping[str, _Case]) -> None:
    """Two units with exactly the same figures: one of them may have sent its neighbour's file."""
    by_content: dict[tuple[object, ...], list[_Case]] = defaultdict(list)
    for case in counted.values():
        figures = tuple((entry.key, entry.value) for entry in case.one.entries if entry.value)
        if len(figures) >= _SAME_FIGURES:
            by_content[figures].append(case)
    for twins in by_content.values():
        for case in twins if len(twins) > 1 else ():
            others = [register.by_code[str(other.one.claim.unit)].name for other in twins if other is not case]
            case.told.append(finding("U008", facts={"other_unit": ", ".join(others)}))


# The ledger -----------------------------------------------------------------------------------------------------


def _results_of_returns(form: Form, register: Register, cases: Sequence[_Case]) -> Iterable[FileResult]:
    first: set[str] = set()
    for case in cases:
        of_file = case.file.findings if case.file.path not in first else ()
        first.add(case.file.path)
        unit = register.by_code.get(case.one.claim.unit or "")
        late = _is_late(form, unit, case.one.times.received)
        told = (*of_file, *case.told, *case.one.findings, *_told_of_lateness(form, unit, case, late))
        status = case.status
        if status is FileStatus.USED and any(one.severity is Severity.ERROR for one in told):
            status = FileStatus.USED_WITH_ERRORS
        yield FileResult(
            case.one.path, case.one.sha256, case.one.claim.unit, status, late, told, case.one.times, is_return=True
        )


def _is_late(form: Form, unit: Unit | None, received: datetime | None) -> bool | None:
    """Late is said only where a receipt time is known; a deadline of the unit's own goes before the form's."""
    if received is None:
        return None
    return received >= ((unit.deadline if unit else None) or form.deadline)


def _told_of_lateness(form: Form, unit: Unit | None, case: _Case, late: bool | None) -> Iterable[Finding]:
    if late and case.one.times.received:
        deadline = (unit.deadline if unit else None) or form.deadline
        facts = {"received": f"{case.one.times.received:%H:%M %d/%m/%Y}", "deadline": f"{deadline:%d/%m/%Y}"}
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
    by_path = {result.path: result for result in files}
    expected = register.expected
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
