"""Several returns of one unit: equal ones are one, of differing ones the newest counts, if anything says which."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from pipeline.findings import finding
from pipeline.model import Fact, FileStatus, Return, Times
from pipeline.settle.case import Case
from pipeline.settle.changes import changes_between, contents
from schemas.form import Form
from schemas.rules import Cell, Severity

_STEPS = {"received": timedelta(0), "modified": timedelta(0), "file": timedelta(minutes=1)}
"""kinds of time, best first, and how far apart they must be: file times closer than a minute are what copying leaves"""
_CHANGES_NAMED = 12


def choose(form: Form, rivals: list[Case]) -> None:
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


def _without_equals(rivals: list[Case]) -> list[Case]:
    """Keep one of each set of returns that say the same; byte-identical or not, they are one return."""
    distinct: list[Case] = []
    for case in sorted(rivals, key=_came):
        twin = next((kept for kept in distinct if contents(kept.one) == contents(case.one)), None)
        if twin is None:
            distinct.append(case)
        else:
            case.status = FileStatus.SUPERSEDED
            case.told.append(finding("F009", facts={"other": twin.one.path}))
            twin.last, twin.rank = _later(twin.last, case.last), max(twin.rank, case.rank)
            twin.one = replace(twin.one, preferred=twin.one.preferred or case.one.preferred)
    return distinct


def _came(case: Case) -> tuple[datetime, str]:
    """Order equal copies: the first one received stands for them all, so that no copy makes it late."""
    return case.one.times.received or datetime.max.replace(tzinfo=UTC), case.one.path


def _later(one: Times, other: Times) -> Times:
    """Equal copies came as late as the last of them."""
    kinds = ("received", "modified", "file")
    pairs = {kind: [time for time in (getattr(one, kind), getattr(other, kind)) if time] for kind in kinds}
    return Times(**{kind: max(times, default=None) for kind, times in pairs.items()})


def _newest_first(cases: Sequence[Case]) -> tuple[str, list[Case]]:
    """Put the one an officer chose first, else order by the kinds of time that all have; "" if neither tells."""
    kinds = [kind for kind in _STEPS if all(getattr(case.last, kind) for case in cases)]
    ordered = sorted(cases, key=lambda case: [getattr(case.last, kind) for kind in kinds], reverse=True)
    if sum(case.one.preferred for case in cases) == 1:
        return "decision", sorted(ordered, key=lambda case: not case.one.preferred)
    first, second = ordered[0].last, ordered[1].last
    why = (kind for kind in kinds if getattr(first, kind) - getattr(second, kind) > _STEPS[kind])
    return next(why, ""), ordered


def _named_later(older: Case, newest: Case) -> bool:
    """Tell whether the names say the opposite of the times; a correction without number may be any of them."""
    return older.rank > 0 and (newest.rank == 0 or older.rank > newest.rank > 1)


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
