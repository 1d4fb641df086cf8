"""Several returns of one unit: equal ones are one, of differing ones the newest counts, if anything says which."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.consolidation.select.case import Case
from pipeline.consolidation.select.changes import (
    changed_cells,
    changes_to,
    differences,
    is_identical,
    name_of,
    seen_beside,
    silent_at,
    was_asked_for,
)
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileStatus, Return, Times
from schemas.form import Form
from schemas.rules import Cell, Severity

_STEPS = {"received": timedelta(0), "modified": timedelta(0), "file": timedelta(minutes=1)}
"""kinds of time, best first, and how far apart they must be: file times closer than a minute are what copying leaves"""
_CHANGES_NAMED = 12
_NO_CORRECTION = 3
"""so many figures that are gone, and a third of all, are no correction"""
_OF_INSTITUTION = frozenset({codes.NAMED_AS_INSTITUTION, codes.EVIDENCE_FOR_ANOTHER})
"""codes that say that a copy may be that of a school, or of another unit"""


def choose(form: Form, rivals: list[Case]) -> None:
    """Leave one of a unit's returns in use: equal ones are one, the newest of differing ones counts.

    None of them counts where nothing says which is newer, or where something speaks against the newest.
    """
    distinct = _without_equals(_filled(rivals))
    if len(distinct) < 2:  # noqa: PLR2004 - one return needs no choice
        return
    why, (newest, *older) = _newest_first(distinct)
    if not why:
        for case in distinct:
            others = tuple(other.one.path for other in distinct if other is not case)
            _refuse([case], codes.NO_NEWER_COPY, {"others": others, **_differing(form, distinct)})
        return
    if not newest.one.preferred and (doubt := _doubt(form, newest, older)):
        _refuse(distinct, *doubt)
    else:
        _take(form, newest, older, why)


def _take(form: Form, newest: Case, older: Sequence[Case], why: str) -> None:
    """Let one return count, say what differs in the others, and offer their values where it has errors."""
    facts: dict[str, Fact] = {"why": why, "others": tuple(case.one.path for case in older)}
    before = [case.one for case in older]
    changes = changes_to(form, before, newest.one)
    if changes:
        facts |= {"changes": len(changes), "cells": tuple(changes[:_CHANGES_NAMED])}
    beside = dict.fromkeys(said for case in older for said in seen_beside(case.one, newest.one))
    if beside:
        facts["beside"] = tuple(beside)[:_CHANGES_NAMED]
    else:
        facts["differing"] = tuple(f"{cell.row}.{cell.measure}" for cell in changed_cells(before, newest.one))
    if newest.one.preferred or all(was_asked_for(form, case.one, newest.one) for case in older):
        newest.told.append(finding(codes.DIFFERING_COPIES, severity=Severity.INFO, facts=facts))
    else:
        newest.told.append(finding(codes.DIFFERING_COPIES, facts={**facts, "next": "ask_last"}))
    newest.one = _with_older_values(newest.one, [case.one for case in older])
    for case in older:
        case.status = FileStatus.SUPERSEDED
        case.told.append(finding(codes.OLDER_COPY, facts={"other": newest.one.path, "why": why}))


def _filled(rivals: list[Case]) -> list[Case]:
    """Leave out forms that nobody filled and whose blanks an officer decided to be 0, where another copy is filled."""
    blank = [case for case in rivals if case.one.is_unfilled]
    if len(blank) == len(rivals):
        return rivals
    _refuse(blank, codes.EMPTY_FORM, {})
    return [case for case in rivals if case not in blank]


def _refuse(cases: Sequence[Case], code: str, facts: Mapping[str, Fact]) -> None:
    for case in cases:
        case.status = FileStatus.REJECTED
        case.told.append(finding(code, facts=facts))


def _doubt(form: Form, newest: Case, older: Sequence[Case]) -> tuple[str, Mapping[str, Fact]] | None:
    """Find what speaks against taking the newest copy for the return of the unit: code and facts of its finding."""
    every = [newest, *older]
    against = next((case for case in older if _named_later(case, newest)), None)
    if against:
        return codes.NAME_AGAINST_EVIDENCE, {"other": against.one.path, **_differing(form, every)}
    schools = [case for case in every if _is_of_institution(case)]
    if schools and len(schools) < len(every):
        return codes.NAME_AGAINST_EVIDENCE, {"school": schools[0].one.path, **_differing(form, every)}
    for case in older:
        stated = [entry.key for entry in case.one.entries if entry.counted and entry.value]
        silent = silent_at(newest.one, stated)
        if _are_too_many(len(silent), len(stated)):
            named = tuple(name_of(form, key) for key in silent)
            paths = {"newer": newest.one.path, "other": case.one.path}
            return codes.NEWER_COPY_MOSTLY_BLANK, {
                **paths,
                "count": len(silent),
                "stated": len(stated),
                "cells": named[:_CHANGES_NAMED],
            }
    return None


def _are_too_many(silent: int, stated: int) -> bool:
    """Tell a part of a return from a correction, which takes few of the figures back."""
    return 2 * silent > stated or (silent >= _NO_CORRECTION and 3 * silent > stated)


def _is_of_institution(case: Case) -> bool:
    return any(told.code in _OF_INSTITUTION for told in case.one.findings)


def _differing(form: Form, cases: Sequence[Case]) -> Mapping[str, Fact]:
    """Say in which cells copies differ of which none counts."""
    named = differences(form, [case.one for case in cases])
    return {"changes": len(named), "cells": tuple(named[:_CHANGES_NAMED])}


def _without_equals(rivals: list[Case]) -> list[Case]:
    """Keep one of each set of returns that say the same; byte-identical or not, they are one return."""
    distinct: list[Case] = []
    for case in sorted(rivals, key=_came):
        twin = next((kept for kept in distinct if is_identical(kept.one, case.one)), None)
        if twin is None:
            distinct.append(case)
        else:
            case.status = FileStatus.SUPERSEDED
            case.told.append(finding(codes.IDENTICAL_COPY, facts={"other": twin.one.path}))
            twin.last, twin.rank = _later(twin.last, case.last), max(twin.rank, case.rank)
            twin.one = _standing_for(twin, case)
    return distinct


def _standing_for(kept: Case, equal: Case) -> Return:
    """Let a copy stand for an equal one too: what an officer chose, and what only one of them is called, is of both."""
    one = replace(kept.one, preferred=kept.one.preferred or equal.one.preferred)
    if _is_of_institution(equal):
        return one
    return replace(one, findings=tuple(told for told in one.findings if told.code not in _OF_INSTITUTION))


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
        replace(told, suggestions=(*told.suggestions, values[told.at]))
        if told.severity is Severity.ERROR and told.at in values and values[told.at] not in told.suggestions
        else told
        for told in newest.findings
    )
    return replace(newest, findings=findings)
