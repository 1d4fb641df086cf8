"""All returns against the rules of their form, at once; every failure becomes a finding at its cell.

pandera is asked lazily and once. Its own text is never shown: a failure is only a column and a line, and
these lead back to the rule, the return and the cell.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pandera.pandas as pa

from pipeline.consolidation.arrays import STATES, Figures, Mask, figures_of
from pipeline.consolidation.checks import Inquiry, Outcome, comparisons, computed_totals, ranges
from pipeline.findings import CODES_ACROSS_CELLS, RULE_CODES, codes, finding
from pipeline.model import Entry, Finding, Return, State
from schemas.form import NOTE, Form
from schemas.frames import checks_schema, numbers_schema
from schemas.rules import Cell, RequiredText, Severity, kind_of_rule

_OF_BLANKS = frozenset({"one_blank", "blank"})
"""outcomes that ask for the number of a blank cell; where it may stand elsewhere, it is asked for already"""
_Changes = Mapping[Cell, tuple[State, int | None]]


def keeps_cell_out(code: str, severity: Severity) -> bool:
    """Decide whether a finding at a cell keeps the number there out of every sum.

    An error at a cell does: a reading that is not sure, or a number out of its range. An error between cells
    does not, since nobody can say which of them is wrong: the numbers stay as stated and the finding says so.
    """
    return severity is Severity.ERROR and code not in CODES_ACROSS_CELLS


def validate(form: Form, returns: Sequence[Return]) -> tuple[Return, ...]:
    """Ask every rule of every return; give the returns with findings added and entries settled.

    Nothing that was there is dropped. An entry changes only where an error keeps it out (state set_aside) or
    where a blank total was added up from its parts (state computed). Earlier findings at such a cell then say
    rightly whether its number is counted. New findings stand in form order, one for each cell and code.

    Raises:
        AssertionError: a counted number is not a whole number of 0 or more, a defect of the reading.
    """
    if not returns:
        return ()
    read = figures_of(form, returns)
    _assert_whole_numbers(read)
    figures = read.set_aside(_kept_out(read, returns))
    outcomes = ranges(Inquiry(form, returns, figures))
    figures = figures.set_aside(_out_of_range(figures, outcomes))
    figures, computed = computed_totals(Inquiry(form, returns, figures))
    outcomes += computed + comparisons(Inquiry(form, returns, figures))
    told = _failures(outcomes, len(returns))
    changed = _changes(form, read, figures)
    places = _places(form)
    return tuple(
        _settled(one, line, told.get(line, ()), changed.get(line, {}), places) for line, one in enumerate(returns)
    )


def _assert_whole_numbers(figures: Figures) -> None:
    numbers = pd.DataFrame({"value": figures.value[figures.counted]})
    try:
        numbers_schema().validate(numbers)
    except pa.errors.SchemaError as error:
        raise AssertionError("a counted number is not a whole number of 0 or more") from error


def _kept_out(figures: Figures, returns: Sequence[Return]) -> Mask:
    """Counted cells that an earlier finding keeps out; what an officer decided stays."""
    mask = np.zeros(figures.value.shape, np.bool_)
    for line, one in enumerate(returns):
        for told in one.findings:
            if keeps_cell_out(told.code, told.severity):
                mask[line, figures.places([told.at])] = True
    return mask & figures.counted & ~figures.where(State.DECIDED)


def _out_of_range(figures: Figures, outcomes: Sequence[Outcome]) -> Mask:
    mask = np.zeros(figures.value.shape, np.bool_)
    for outcome in outcomes:
        if keeps_cell_out(_code(outcome), outcome.severity):
            mask[:, figures.columns[outcome.cell]] |= outcome.broken
    return mask


def _failures(outcomes: Sequence[Outcome], count: int) -> Mapping[int, Sequence[Outcome]]:
    """Run the checks and lead each failure back: line of the return -> what broke there.

    The frame has a column for each code. The outcomes that share a code lie below each other in it, one block
    of `count` lines each, padded with true: pandera takes far longer over many columns than over many lines.
    """
    by_code: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        by_code[_code(outcome)].append(outcome)
    height = max((len(same) for same in by_code.values()), default=0)
    columns: dict[str, Mask] = {}
    for code, same in by_code.items():
        block = np.ones((height, count), np.bool_)
        block[: len(same)] = ~np.array([outcome.broken for outcome in same])
        columns[code] = block.ravel()
    lines: dict[int, list[Outcome]] = defaultdict(list)
    try:
        checks_schema(tuple(columns)).validate(pd.DataFrame(columns), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases
        for code, index in zip(cases["check"].tolist(), cases["index"].tolist(), strict=True):
            block_number, line = divmod(int(index), count)
            lines[line].append(by_code[code][block_number])
    return lines


def _changes(form: Form, before: Figures, after: Figures) -> Mapping[int, _Changes]:
    changes: dict[int, dict[Cell, tuple[State, int | None]]] = defaultdict(dict)
    for line, column in zip(*np.nonzero(before.state != after.state), strict=True):
        state = STATES[after.state[line, column]]
        value = int(after.value[line, column]) if state is State.COMPUTED else None
        changes[int(line)][form.number_cells[column]] = state, value
    return changes


def _settled(
    one: Return,
    line: int,
    broken: Sequence[Outcome],
    changed: _Changes,
    places: Mapping[Cell, int],
) -> Return:
    if not broken and not changed:
        return one
    entries = tuple(_changed(entry, changed) for entry in one.entries)
    at = {entry.key: entry for entry in entries}
    earlier = tuple(replace(told, counted=at[told.at].counted) if told.at in changed else told for told in one.findings)
    known = {(told.at, told.code) for told in earlier}
    new = {}
    for outcome in sorted(broken, key=lambda each: (places[each.cell], each.severity.place)):
        key = outcome.cell, _code(outcome)
        is_asked = outcome.name in _OF_BLANKS and (outcome.cell, codes.BLANK_NUMBER_ELSEWHERE) in known
        if key not in known and key not in new and not is_asked:
            new[key] = _finding(one, line, outcome, at.get(outcome.cell))
    return replace(one, entries=entries, findings=(*earlier, *new.values()))


def _changed(entry: Entry, changed: _Changes) -> Entry:
    if not changed or entry.key not in changed:
        return entry
    state, value = changed[entry.key]
    return replace(entry, state=state, value=value)


def _finding(one: Return, line: int, outcome: Outcome, entry: Entry | None) -> Finding:
    """Make the finding of an outcome; beside a blank cell or a text no number is at stake."""
    number = entry is not None and entry.state is not State.BLANK and not isinstance(outcome.rule, RequiredText)
    return finding(
        _code(outcome),
        severity=outcome.severity,
        sheet=one.sheet,
        cell=(entry.cell or None) if entry else None,
        row=outcome.cell.row,
        measure=outcome.cell.measure,
        found=entry.found if entry else None,
        rule=outcome.rule.id,
        counted=entry.counted if entry and number else None,
        suggestions=outcome.suggestions(line),
        facts=dict(outcome.facts(line)),
    )


def _code(outcome: Outcome) -> str:
    return RULE_CODES[kind_of_rule(outcome.rule), outcome.name]


def _places(form: Form) -> Mapping[Cell, int]:
    cells = (Cell(row.key, measure) for row in form.rows for measure in (*form.measures, NOTE))
    return {cell: place for place, cell in enumerate(cells)}
