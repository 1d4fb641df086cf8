"""Where files and units stand, finer than their status, in the terms that the screen and the summary share."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from pipeline.findings import codes
from pipeline.model import FileResult, FileStatus, Finding, UnitResult, UnitStatus


class Outcome(StrEnum):
    """What became of a file: its status, and why it gave way or was passed over where a person asks that."""

    USED = "used"
    USED_WITH_ERRORS = "used_with_errors"
    IDENTICAL = "identical"
    """says the same as the return that counts"""
    SUPERSEDED = "superseded"
    """an older copy"""
    EXCLUDED = "excluded"
    """left out by decision"""
    CONTAINER = "container"
    """an archive or e-mail; the files in it are told one by one"""
    SIGNED_COPY = "signed_copy"
    """the paper of a return that counts"""
    COMPANION = "companion"
    """came with a return: a picture, a report, a paper"""
    REJECTED = "rejected"
    IGNORED = "ignored"
    """says nothing of any unit's figures"""


_BY_CODE: Mapping[str, Outcome] = {
    codes.IDENTICAL_COPY: Outcome.IDENTICAL,
    codes.SIGNED_COPY: Outcome.SIGNED_COPY,
    codes.CAME_WITH_RETURN: Outcome.COMPANION,
    codes.PICTURE_OF_NOBODY: Outcome.COMPANION,
    codes.EXCLUDED_BY_DECISION: Outcome.EXCLUDED,
    codes.CONTAINER: Outcome.CONTAINER,
}


def outcome_of(file: FileResult) -> Outcome:
    """Say what became of a file."""
    if file.status in (FileStatus.SUPERSEDED, FileStatus.IGNORED):
        return next((_BY_CODE[told.code] for told in file.findings if told.code in _BY_CODE), Outcome(file.status))
    return Outcome(file.status)


def gravest(findings: Iterable[Finding]) -> Finding | None:
    """The first of the gravest findings: the one that decided about a file."""
    return min(findings, key=lambda told: told.severity.place, default=None)


def unassigned(files: Iterable[FileResult]) -> tuple[FileResult, ...]:
    """Files that must not be passed over and of which nobody can tell the unit."""
    return tuple(file for file in files if file.status is FileStatus.REJECTED and file.unit is None)


def perhaps_of(units: Iterable[UnitResult], files: Iterable[FileResult]) -> Mapping[str, tuple[FileResult, ...]]:
    """Code of a unit of which nothing is known to have come -> files that may be its return.

    Such a unit must not be told that it is missing.
    """
    silent = {unit.unit.code for unit in units if unit.status is UnitStatus.MISSING and unit.file is None}
    found: dict[str, list[FileResult]] = {}
    for file in unassigned(files):
        for code in silent.intersection(file.perhaps):
            found.setdefault(code, []).append(file)
    return {code: tuple(files) for code, files in found.items()}


def phone_of(unit: UnitResult, file: FileResult | None) -> str:
    """Where a unit is reached: by the number in its return, whether that counts or not, else by the register's."""
    return (file.phone if file else "") or (unit.counted.phone if unit.counted else "") or unit.unit.phone


def filled_by(unit: UnitResult, file: FileResult | None) -> str:
    """Who filled the return of a unit in, whether it counts or not."""
    return (file.filled_by if file else "") or (unit.counted.filled_by if unit.counted else "")
