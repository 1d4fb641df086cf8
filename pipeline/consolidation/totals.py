"""Totals with their coverage, over all units that are summed and over each group of them.

A blank is not a zero: it lowers the coverage and adds nothing. A cell that an error leaves out, that was
computed, or whose unit is missing makes the total provisional.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline.consolidation.arrays import Figures, Mask, Whole, figures_of, in_any
from pipeline.consolidation.questions import cells_in_question, questions_by_unit
from pipeline.extract.blanks import added_up_for_good, awaited_cells
from pipeline.model import Coverage, FileResult, Finding, Group, State, Total, UnitResult
from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell, Severity, SumOfParts

_WORDING = WORDING / "merge.toml"
_LOW_BITS = 32


@dataclass(frozen=True, slots=True)
class _Pool:
    """The units that are summed, a line each, missing ones too."""

    form: Form
    members: Sequence[UnitResult]
    figures: Figures
    reported: Whole
    expected: Whole
    open: Mask
    """cells about which something is not settled"""


@dataclass(frozen=True, slots=True)
class Merged:
    """The sums over all returns that count."""

    totals: Mapping[Cell, Total]
    """every number cell of the form"""
    answered: Coverage
    """how many of the expected units answered, those behind a summary of the level below included"""
    groups: tuple[Group, ...]


def merge(form: Form, register: Register, units: Sequence[UnitResult], files: Sequence[FileResult] = ()) -> Merged:
    """Add up every number cell of the form over the units that are summed, and over their groups.

    A unit counts once for each cell in what is expected; a summary of the level below counts with the units
    behind it, and a missing unit that has units below it in the register counts with those. Groups are the
    types of units in official order, if there is more than one unit, then the parents, if there are several.
    What is asked in `files` about a unit, and not answered yet, makes the totals it concerns provisional.
    """
    members = [unit for unit in units if unit.in_total]
    pool = _pool(form, register, members, questions_by_unit(files))
    everybody = np.ones(len(members), np.bool_)
    groups = tuple(
        Group(
            kind,
            name,
            tuple(members[line].unit.code for line in np.flatnonzero(lines).tolist()),
            _totals(pool, lines),
        )
        for kind, name, lines in _groups(register, members)
    )
    return Merged(_totals(pool, everybody), _answered(pool), groups)


def _answered(pool: _Pool) -> Coverage:
    """Count the answers: a return is one, and a summary as many as stand behind its best covered number."""
    is_in = np.array([member.counted is not None for member in pool.members], np.bool_)
    reported = np.where(pool.figures.is_summary, pool.reported.max(axis=1, initial=0), is_in)
    expected = pool.expected.max(axis=1, initial=0)
    return Coverage(int(reported.sum()), int(expected.sum()))


def _pool(
    form: Form, register: Register, members: Sequence[UnitResult], questions: Mapping[str, Sequence[Finding]]
) -> _Pool:
    figures = figures_of(form, [member.counted for member in members])
    listed = {member.unit.code for member in members}
    weight = np.array([_units_behind(register, listed, member) for member in members], np.int64)[:, None]
    counted, covered = figures.counted, figures.expected >= 0
    # A cell of a summary that lost its n/N still stands for as many units as the other cells of that summary.
    behind = np.maximum(figures.expected.max(axis=1, initial=-1, keepdims=True), weight)
    expected = np.where(covered, figures.expected, np.where(figures.is_summary[:, None], behind, weight))
    reported = np.where(counted, np.where(covered, np.minimum(figures.reported, expected), 1), 0)
    unsure = figures.where(State.SET_ASIDE, State.UNREADABLE, State.COMPUTED) | figures.absent | figures.provisional
    unsure &= ~_added_up_for_good(form, figures, members)
    unsure |= (figures.is_summary[:, None] & counted & ~covered) | _in_error(figures, members)
    unsure |= _awaited(figures, members)
    unsure |= _in_question(form, figures, members, questions)
    return _Pool(form, members, figures, reported, expected, unsure)


def _units_behind(register: Register, listed: Collection[str], member: UnitResult) -> int:
    """How many answers a unit that is missing, or a summary without its n/N, stands for.

    The units below a missing one are not expected twice where they are expected themselves.
    """
    if member.counted is not None and not member.counted.is_summary:
        return 1
    below = [unit for unit in register.children(member.unit.code) if unit.in_total and unit.valid_on(register.day)]
    if member.counted is None:
        below = [unit for unit in below if unit.code not in listed]
    return len(below) or 1


def _in_error(figures: Figures, members: Sequence[UnitResult]) -> Mask:
    """Where an error is told, also if the number is kept as stated; not where an officer decided."""
    mask = np.zeros(figures.value.shape, np.bool_)
    for line, member in enumerate(members):
        for told in member.counted.findings if member.counted else ():
            if told.severity is Severity.ERROR:
                mask[line, figures.places([told.at])] = True
    return mask & ~figures.where(State.DECIDED)


def _awaited(figures: Figures, members: Sequence[UnitResult]) -> Mask:
    """Where a unit said itself that figures are still to come."""
    mask = np.zeros(figures.value.shape, np.bool_)
    for line, member in enumerate(members):
        if member.counted:
            mask[line, figures.places(awaited_cells(member.counted))] = True
    return mask


def _in_question(
    form: Form, figures: Figures, members: Sequence[UnitResult], questions: Mapping[str, Sequence[Finding]]
) -> Mask:
    """Where a question about a unit is not answered yet."""
    mask = np.zeros(figures.value.shape, np.bool_)
    for line, member in enumerate(members):
        asked = questions.get(member.unit.code)
        if asked:
            mask[line, figures.places(cells_in_question(form, asked))] = True
    return mask


def _added_up_for_good(form: Form, figures: Figures, members: Sequence[UnitResult]) -> Mask:
    """Where a blank total was added up about which nothing is open."""
    mask = np.zeros(figures.value.shape, np.bool_)
    for line, member in enumerate(members):
        if member.counted and not member.counted.is_summary:
            mask[line, figures.places(added_up_for_good(form, member.counted.findings))] = True
    return mask


def _groups(register: Register, members: Sequence[UnitResult]) -> Iterator[tuple[str, str, Mask]]:
    if len(members) < 2:  # noqa: PLR2004 - one unit has no groups
        return
    for name, lines in _grouped(members, lambda member: member.unit.type):
        yield "type", name, lines
    parents = _grouped(members, lambda member: member.unit.parent)
    for code, lines in parents if len(parents) > 1 else ():
        known = register.by_code.get(code)
        yield "parent", known.name if known else code, lines


def _grouped(members: Sequence[UnitResult], key: Callable[[UnitResult], str]) -> list[tuple[str, Mask]]:
    """Lines of the members by a text of theirs, in order of first appearance; nothing if none has one."""
    texts = [key(member) for member in members]
    if not any(texts):
        return []
    unnamed = _wording().table("groups").text("unnamed")
    return [(text or unnamed, np.array([text == own for own in texts])) for text in dict.fromkeys(texts)]


def _totals(pool: _Pool, lines: Mask) -> Mapping[Cell, Total]:
    figures = pool.figures
    stated = in_any(figures.counted[lines].T)
    # Two halves, since thousands of large sums may not fit 64 bits together; they meet in Python's numbers.
    high = (figures.value[lines] >> _LOW_BITS).sum(axis=0).tolist()
    low = (figures.value[lines] & ((1 << _LOW_BITS) - 1)).sum(axis=0).tolist()
    reported = pool.reported[lines].sum(axis=0).tolist()
    expected = pool.expected[lines].sum(axis=0).tolist()
    open_ = in_any(pool.open[lines].T)
    values = {
        cell: (high[place] << _LOW_BITS) + low[place] if stated[place] else None
        for cell, place in figures.columns.items()
    }
    remarks = _remarks(pool, lines, values)
    return {
        cell: Total(
            value=values[cell],
            coverage=Coverage(reported[place], expected[place]),
            provisional=bool(open_[place]),
            remark=remarks.get(cell),
        )
        for cell, place in figures.columns.items()
    }


def _remarks(pool: _Pool, lines: Mask, values: Mapping[Cell, int | None]) -> Mapping[Cell, str]:
    """Say of each total that does not add up with its parts why that is so."""
    remarks: dict[Cell, str] = {}
    for rule in pool.form.rules:
        if not isinstance(rule, SumOfParts) or rule.total in remarks:
            continue
        total = values.get(rule.total)
        stated = [value for value in (values.get(part) for part in rule.parts) if value is not None]
        if total is not None and stated and sum(stated) != total:
            reasons = _reasons(pool, lines, rule, sum(stated) > total)
            remarks[rule.total] = _sentence(sum(stated), total, reasons)
    return remarks


def _reasons(pool: _Pool, lines: Mask, rule: SumOfParts, above: bool) -> Mapping[str, Sequence[str]]:
    """Why the parts are above or below their total: kind of reason -> names of the units it is so of."""
    figures = pool.figures
    total, parts = figures.columns[rule.total], figures.places(rule.parts)
    gap = figures.value[:, parts].sum(axis=1) - figures.value[:, total]
    if above:
        concerned = lines & (gap > 0)
        missing = pool.reported[:, total] < pool.reported[:, parts].max(axis=1)
        kinds = {"total_missing": concerned & missing, "parts_above": concerned & ~missing}
    else:
        concerned = lines & (gap < 0)
        left_out = ~figures.counted & ~figures.blank | figures.provisional
        missing = in_any(left_out[:, parts])
        kinds = {"part_missing": concerned & missing, "parts_below": concerned & ~missing}
    return {
        kind: [pool.members[line].unit.name for line in np.flatnonzero(of_kind).tolist()]
        for kind, of_kind in kinds.items()
        if of_kind.any()
    }


def _sentence(parts: int, total: int, reasons: Mapping[str, Sequence[str]]) -> str:
    wording, known = _wording(), _wording().table("reasons")
    texts = [known.text(kind).format(units=_names(names)) for kind, names in reasons.items()]
    between = wording.text("between_reasons")
    return wording.text("remark").format(parts=_shown(parts), total=_shown(total), reasons=between.join(texts))


def _names(names: Sequence[str]) -> str:
    wording = _wording().table("units")
    most = wording.whole("named")
    shown = wording.text("between").join(names[:most])
    return wording.text("others").format(units=shown, count=len(names) - most) if len(names) > most else shown


def _shown(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@cache
def _wording() -> Table:
    return read_toml(_WORDING)
