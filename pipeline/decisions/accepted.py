"""What an officer asked about and found right as stated: dropped after the rules were asked, as long as it is the same.

A finding between cells is accepted with the numbers that it compared. When these change, it is told anew, the decision
is told to be outdated, and a number that was kept for its sake alone is no decided one any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.decisions.decided import CellAnswer, CellDecision, Decisions
from pipeline.decisions.keys import code_in, finding_key, numbers_in, typed_key
from pipeline.decisions.ruling import BLANK_FACT, matching_of, told_at
from pipeline.findings import codes
from pipeline.model import Entry, Fact, Finding, Return, State
from schemas.rules import Cell


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What decisions that a cell is right as stated mean for what is told of it now."""

    dropped: tuple[Finding, ...]
    changed: Mapping[str, str]
    """key of a finding that is told anew -> the key under which it was accepted"""
    is_undone: bool
    """nothing is left for the sake of which the number was kept"""


def accept_what_was_asked(decisions: Decisions, returns: Sequence[Return], read: Sequence[Return]) -> list[Return]:
    """Drop accepted findings from returns that the rules were asked of; `read` are the same before any decision."""
    return [_with_accepted(one, before, decisions) for one, before in zip(returns, read, strict=True)]


def _with_accepted(one: Return, before: Return, decisions: Decisions) -> Return:
    signed = {entry.key for entry in one.entries if entry.decided_by}
    verdicts = {
        cell: _verdict(one, cell, decided)
        for cell, decided in matching_of(decisions, one).items()
        if cell in signed and any(decision.answer is CellAnswer.AS_STATED for decision in decided)
    }
    if not verdicts:
        return one
    originals = {entry.key: entry for entry in before.entries}
    entries = tuple(_settled(entry, originals[entry.key], verdicts.get(entry.key)) for entry in one.entries)
    return replace(one, entries=entries, findings=tuple(_told(replace(one, entries=entries), verdicts)))


def _verdict(one: Return, cell: Cell, decided: Sequence[CellDecision]) -> _Verdict:
    told = [each for each in one.findings if each.at == cell and not each.code.startswith("D")]
    asked = [decision for decision in decided if decision.answer is CellAnswer.AS_STATED]
    known = {key for decision in asked for key in decision.asked or ()}
    is_for_all = any(decision.asked is None for decision in asked)
    dropped = tuple(each for each in told if is_for_all or finding_key(each) in known)
    was = {code_in(key): key for key in known}
    changed = {finding_key(each): was[each.code] for each in told if each not in dropped and each.code in was}
    left = known - set(changed.values())
    is_undone = bool(changed) and not left and len(asked) == len(decided)
    return _Verdict(dropped, changed, is_undone)


def _settled(entry: Entry, before: Entry, verdict: _Verdict | None) -> Entry:
    """A computed total that was accepted is decided; a number that was kept for what has changed is as it was read."""
    if verdict is None:
        return entry
    if verdict.is_undone:
        state = before.state if entry.state is State.DECIDED else entry.state
        return replace(entry, state=state, decided_by=None, reason=None)
    return replace(entry, state=State.DECIDED) if entry.state is State.COMPUTED else entry


def _told(one: Return, verdicts: Mapping[Cell, _Verdict]) -> Iterator[Finding]:
    entries = {entry.key: entry for entry in one.entries}
    for told in one.findings:
        verdict = verdicts.get(told.at)
        if verdict is None:
            yield told
        elif told.code == codes.VALUE_BY_DECISION and not verdict.is_undone:
            yield _with_number(told, entries[told.at], verdict)
        elif told.code != codes.VALUE_BY_DECISION and told not in verdict.dropped:
            yield told
    for cell, verdict in verdicts.items():
        for now, was in verdict.changed.items():
            yield _outdated(one, entries[cell], was, now)


def _with_number(told: Finding, entry: Entry, verdict: _Verdict) -> Finding:
    """Name what was accepted, and the number of a blank total that was added up only after the decision was applied."""
    facts: dict[str, Fact] = {**told.facts, "accepted": tuple(map(finding_key, verdict.dropped))}
    if entry.value is None:
        return replace(told, facts=facts)
    return replace(told, counted=entry.counted, facts={**facts, "value": entry.value})


def _outdated(one: Return, entry: Entry, was: str, now: str) -> Finding:
    typed = typed_key(entry.found) or BLANK_FACT
    facts: dict[str, Fact] = {"was": typed, "now": typed, "compared": numbers_in(was), "compares": numbers_in(now)}
    return told_at(codes.DECISION_OUTDATED, one, entry, entry.counted, facts)
