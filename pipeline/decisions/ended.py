"""Lines that were not applied: still open and told, or closed because nothing is asked there any more.

A line stays open while its question does: while no return of its unit counts, or its cell bears a finding, or the
person who wrote it asked about that cell unasked. It is closed, and the workbook says so, once the return that counts
states what was decided, another line decides the cell, or what it was asked about is gone.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.decisions.decided import CellAnswer, CellDecision, Decisions, Refused, UnitDecision
from pipeline.decisions.keys import (
    cell_key,
    cell_text,
    read_cell_key,
    read_file_key,
    read_unit_key,
    stands_at,
    unit_key,
)
from pipeline.decisions.ruling import BLANK_FACT, blanks_to_ask_about, matching_of, told_at
from pipeline.decisions.saved import SavedLine
from pipeline.decisions.seen import SeenReturns, what_stood
from pipeline.decisions.words import CELLS, FILES
from pipeline.findings import codes, finding
from pipeline.model import Entry, Fact, FileResult, Finding, LineEnd, Place, Return, State
from schemas.form import Form
from schemas.rules import Cell, Severity

NO_RETURN_FACT = "no_return"
"""token of the wording for what a line was written about before anything had come"""
_ABOUT_ANOTHER_PLACE = frozenset({"key_changed", "unknown_unit", "unknown_row", "unknown_measure", "unknown_file"})
"""reasons by which nobody knows what a line is about"""


class Ended(NamedTuple):
    """What is told of the lines that were not applied."""

    files: list[FileResult]
    notes: tuple[Finding, ...]
    lines: Mapping[Place, LineEnd]
    """what those lines are to say themselves"""


@dataclass(frozen=True, slots=True)
class _Now:
    """What a run knows at its end, as far as it concerns lines."""

    form: Form
    files: Sequence[FileResult]
    returns: Mapping[str, Return]
    """code of a unit -> the return that counts"""
    told: Mapping[str, AbstractSet[Cell]]
    """path of a file -> cells at which an error or a warning is told"""

    def states(self, one: Return, entry: Entry) -> bool:
        """Tell whether a return states a number that nobody has to look at."""
        return entry.counted and entry.key not in self.told.get(one.path, ())


class _Outcome(NamedTuple):
    """What became of one line that was not applied."""

    line: SavedLine
    told: Finding | None = None
    at: str = ""
    """path of the file at which it is told; "" for the run as a whole"""
    closed: str = ""
    """token of the wording for why it is closed"""
    key: str = ""
    """what a line of a person's own was written about"""


def end_of_lines(
    decisions: Decisions,
    seen: SeenReturns,
    files: Sequence[FileResult],
    counted: Sequence[Return],
    form: Form,
) -> Ended:
    """Tell of the lines that were not applied, each at its place, and close those about which nothing is asked."""
    asked = (Severity.ERROR, Severity.WARNING)
    told = {file.path: {one.at for one in file.findings if one.severity in asked} for file in files}
    now = _Now(form, files, {str(one.claim.unit): one for one in counted}, told)
    outcomes = [
        *_of_cells(decisions, now),
        *_of_units(decisions.units, now),
        *(_of_refused(refused, now) for refused in decisions.refused),
    ]
    at_files: dict[str, list[Finding]] = {}
    notes: list[Finding] = []
    for outcome in outcomes:
        if outcome.told and outcome.at:
            at_files.setdefault(outcome.at, []).append(outcome.told)
        elif outcome.told and outcome.told not in notes:
            notes.append(outcome.told)
    ends = {Place(one.line.sheet, one.line.row): LineEnd(one.closed, one.key) for one in outcomes}
    ends |= _keys_of_begun(decisions.refused, seen, now)
    with_told = [replace(file, findings=(*file.findings, *at_files.get(file.path, ()))) for file in files]
    return Ended(with_told, tuple(notes), ends)


def unusable(line: SavedLine, reason: str) -> Finding:
    """Tell that a line is not applied, at its own place in the decisions workbook."""
    return finding(
        codes.DECISION_UNREADABLE,
        sheet=line.sheet,
        cell=line.places["answer"],
        found=line.text("answer") or None,
        facts={"reason": reason},
    )


# Cells -----------------------------------------------------------------------------------------------------------


def _of_cells(decisions: Decisions, now: _Now) -> Iterator[_Outcome]:
    """Find the decisions about cells of a counted return in which something else stands, or of no return."""
    for unit, asked in decisions.by_unit.items():
        one = now.returns.get(unit)
        entries = {entry.key: entry for entry in one.entries} if one else {}
        fits = matching_of(decisions, one) if one else {}
        for decision in asked:
            applied = fits.get(decision.cell, ())
            line = decision.signed.line
            if one is None:
                yield _Outcome(line, unusable(line, "no_return"), key=_key_of(decision))
            elif decision not in applied:
                yield _of_cell(decision, one, entries[decision.cell], bool(applied), now)


def _of_cell(decision: CellDecision, one: Return, entry: Entry, is_decided: bool, now: _Now) -> _Outcome:
    line, key = decision.signed.line, _key_of(decision)
    if _says_as_decided(entry, decision):
        return _Outcome(line, closed="states_value", key=key)
    if is_decided:
        return _Outcome(line, closed="decided_elsewhere", key=key)
    if decision.asked and now.states(one, entry):
        told = _told_of(codes.DECISION_CLOSED, one, entry, decision) if decision.value is not None else None
        return _Outcome(line, told, one.path, "not_asked", key)
    return _Outcome(line, _told_of(codes.DECISION_OUTDATED, one, entry, decision), one.path, key=key)


def _says_as_decided(entry: Entry, decision: CellDecision) -> bool:
    """Tell whether the return now says what was decided, so that there is nothing to tell."""
    if decision.answer is CellAnswer.BLANK:
        return entry.state is State.BLANK and not entry.found
    return decision.value is not None and entry.counted and entry.value == decision.value


def _told_of(code: str, one: Return, entry: Entry, decision: CellDecision) -> Finding:
    was = "".join(decision.stood[-1]) if decision.stood else NO_RETURN_FACT
    now = "".join(stands_at(one, entry))
    facts: dict[str, Fact] = {"was": was or BLANK_FACT, "now": now or BLANK_FACT}
    if code == codes.DECISION_CLOSED:
        facts["value"] = decision.value or 0
    return told_at(code, one, entry, entry.counted if entry.found else None, facts)


def _key_of(decision: CellDecision) -> str:
    """Write the key of a person's own line: what had been seen of its cell when it was written."""
    if decision.signed.line.key:
        return ""
    codes = () if decision.answer is CellAnswer.AS_STATED else None
    return cell_key(decision.unit, decision.cell, decision.stood[-1] if decision.stood else None, (), codes)


# Units -----------------------------------------------------------------------------------------------------------


def _of_units(decisions: Sequence[UnitDecision], now: _Now) -> Iterator[_Outcome]:
    """Find the decisions about blanks that made none 0."""
    for decision in decisions:
        line = decision.signed.line
        one = now.returns.get(decision.unit)
        key = "" if line.key else unit_key(decision.unit, map(cell_text, decision.blanks or ()))
        if one is None:
            yield _Outcome(line, unusable(line, "no_return"), key=key)
        elif not _made_zero(decision, one):
            is_open = _has_open_blanks(one, now.form)
            told = _told_of_blanks(decision) if is_open else None
            yield _Outcome(line, told, closed="" if is_open else "no_blanks", key=key)


def _made_zero(decision: UnitDecision, one: Return) -> bool:
    signed = (decision.signed.by, decision.signed.reason)
    asked = [entry for entry in one.entries if entry.key in (decision.blanks or ())]
    return any((entry.decided_by, entry.reason) == signed for entry in asked)


def _has_open_blanks(one: Return, form: Form) -> bool:
    return not one.blank_means_zero and bool(blanks_to_ask_about(one, form) - form.optional_cells)


def _told_of_blanks(decision: UnitDecision) -> Finding:
    """Tell at the line itself that its unit left other cells blank than those that were asked about."""
    line = decision.signed.line
    was = BLANK_FACT if decision.blanks else NO_RETURN_FACT
    facts: dict[str, Fact] = {"was": was, "now": BLANK_FACT}
    return finding(
        codes.DECISION_OUTDATED, sheet=line.sheet, cell=line.places["answer"], found=line.text("answer"), facts=facts
    )


# Lines that could not be used ------------------------------------------------------------------------------------


def _of_refused(refused: Refused, now: _Now) -> _Outcome:
    line = refused.line
    closed = _why_closed(refused, now)
    return _Outcome(line, closed=closed) if closed else _Outcome(line, unusable(line, refused.reason))


def _why_closed(refused: Refused, now: _Now) -> str:
    """Say why nothing is asked any more about what a refused line was written for; "" while it is."""
    line = refused.line
    if line.kind == FILES:
        return "file_gone" if _is_gone(line, now) else ""
    if not line.key or refused.reason in _ABOUT_ANOTHER_PLACE:
        return ""
    if line.kind == CELLS:
        return _why_cell_is_closed(line, now)
    key = read_unit_key(line.key)
    one = now.returns.get(key.unit) if key else None
    return "" if one is None or _has_open_blanks(one, now.form) else "no_blanks"


def _why_cell_is_closed(line: SavedLine, now: _Now) -> str:
    key = read_cell_key(line.key)
    one = now.returns.get(key.unit) if key else None
    if key is None or one is None:
        return ""
    for entry in one.entries:
        if entry.key == key.cell and now.states(one, entry):
            if line.values.get("value") == entry.value:
                return "states_value"
            return "not_asked" if key.codes else ""
    return ""


def _is_gone(line: SavedLine, now: _Now) -> bool:
    """Tell whether a file that was asked about is not there any more, nor anything else that it may have become.

    A file that takes its place, or that counts although another was preferred to it, is one to look at.
    """
    key = read_file_key(line.key)
    if key is None:
        return False
    counted = {one.sha256 for one in now.returns.values()}
    contents = {file.sha256 for file in now.files}
    paths = {file.shown_path for file in now.files}
    return key.sha256 not in contents and line.text("file") not in paths and not key.rivals & counted


def _keys_of_begun(refused: Sequence[Refused], seen: SeenReturns, now: _Now) -> Mapping[Place, LineEnd]:
    """Bind lines that a person began and that cannot be used yet: their answer may be older than the return."""
    ends = {}
    for line, _, about in refused:
        if about is None:
            continue
        unit, cell = about
        one = now.returns.get(unit)
        stood = what_stood(seen, unit, cell)
        stands = {stands_at(one, entry) for entry in one.entries if entry.key == cell} if one else set()
        if not stands & set(stood):
            ends[Place(line.sheet, line.row)] = LineEnd(key=cell_key(unit, cell, stood[-1] if stood else None))
    return ends
