"""The number cells of many returns as arrays, so that every rule and every sum runs once over all of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from pipeline.model import COUNTED, Coverage, Entry, Return, State
from schemas.form import Form
from schemas.rules import Cell

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]

STATES = tuple(State)
NO_COVERAGE = Coverage(-1, -1)
_NUMBER_OF = {state: number for number, state in enumerate(STATES)}
_ABSENT = -1
_COUNTED = tuple(_NUMBER_OF[state] for state in STATES if state in COUNTED)


@dataclass(frozen=True, slots=True)
class Figures:
    """One line for each return, one column for each number cell of the form, in their orders.

    `coverage` is NO_COVERAGE, and `provisional` false, for cells that no summary of the level below stated.
    """

    columns: Mapping[Cell, int]
    value: Whole
    """0 where nothing is counted"""
    state: NDArray[np.int8]
    reported: Whole
    expected: Whole
    provisional: Mask
    settled: Mask
    """cells that an officer decided to leave blank"""
    elsewhere: Mask
    """blank cells whose number may stand elsewhere in the return"""
    is_summary: Mask
    """one for each return"""

    @property
    def counted(self) -> Mask:
        """Where a number goes into the sums."""
        return np.isin(self.state, _COUNTED)

    @property
    def blank(self) -> Mask:
        """Where the sheet has the cell and nothing was typed."""
        return self.where(State.BLANK)

    @property
    def absent(self) -> Mask:
        """Where the sheet has no such cell, or there is no return."""
        return np.asarray(self.state == _ABSENT, np.bool_)

    def where(self, *states: State) -> Mask:
        """Where the cells have one of these states."""
        return np.isin(self.state, [_NUMBER_OF[state] for state in states])

    def places(self, cells: Iterable[Cell]) -> list[int]:
        """Columns of those of the cells that take a number."""
        return [self.columns[cell] for cell in cells if cell in self.columns]

    def set_aside(self, cells: Mask) -> "Figures":
        """Leave the cells out of every sum."""
        return replace(
            self,
            value=np.where(cells, 0, self.value),
            state=np.where(cells, np.int8(_NUMBER_OF[State.SET_ASIDE]), self.state),
        )

    def compute(self, column: int, lines: Mask, values: Whole) -> "Figures":
        """Fill the cells of one column with numbers added up from others."""
        value, state = self.value.copy(), self.state.copy()
        value[lines, column] = values[lines]
        state[lines, column] = _NUMBER_OF[State.COMPUTED]
        return replace(self, value=value, state=state)


def figures_of(form: Form, returns: Sequence[Return | None]) -> Figures:
    """Lay the number cells of returns out as arrays; None stands for a unit that sent no return.

    The numbers keep the type they have: one that is not whole shows in the type of the array.
    """
    columns = {cell: place for place, cell in enumerate(form.number_cells)}
    shape = (len(returns), len(columns))
    values: list[int] = []
    states: list[int] = []
    coverages: dict[tuple[int, int], Coverage] = {}
    provisional: list[tuple[int, int]] = []
    settled: list[tuple[int, int]] = []
    elsewhere: list[tuple[int, int]] = []
    for line, one in enumerate(returns):
        line_values, line_states = [0] * len(columns), [_ABSENT] * len(columns)
        for entry in one.entries if one else ():
            place = columns.get((entry.row, entry.measure))  # type: ignore[call-overload]
            if place is None:
                continue
            line_states[place], line_values[place] = _read(entry)
            if entry.coverage is not None:
                coverages[line, place] = entry.coverage
            if entry.provisional:
                provisional.append((line, place))
            if entry.left_blank:
                settled.append((line, place))
        elsewhere += ((line, columns[cell]) for cell in (one.elsewhere if one else ()))
        values += line_values
        states += line_states
    reported, expected = np.full(shape, NO_COVERAGE.reported), np.full(shape, NO_COVERAGE.expected)
    for at, coverage in coverages.items():
        reported[at], expected[at] = coverage
    return Figures(
        columns=columns,
        value=(np.array(values) if values else np.zeros(0, np.int64)).reshape(shape),
        state=np.array(states, np.int8).reshape(shape),
        reported=reported,
        expected=expected,
        provisional=_mask(shape, provisional),
        settled=_mask(shape, settled),
        elsewhere=_mask(shape, elsewhere),
        is_summary=np.array([one is not None and one.is_summary for one in returns], np.bool_),
    )


def in_all(mask: Mask) -> Mask:
    """Tell of which lines it is so in every column."""
    return np.asarray(mask.all(axis=1), np.bool_)


def in_any(mask: Mask) -> Mask:
    """Tell of which lines it is so in one column or more."""
    return np.asarray(mask.any(axis=1), np.bool_)


def _read(entry: Entry) -> tuple[int, int]:
    if entry.state in COUNTED:
        if entry.value is None:
            return _NUMBER_OF[State.UNREADABLE], 0
        return _NUMBER_OF[entry.state], entry.value
    if entry.state is State.BLANK and not entry.cell:
        return _ABSENT, 0
    return _NUMBER_OF[entry.state], 0


def _mask(shape: tuple[int, int], places: Sequence[tuple[int, int]]) -> Mask:
    mask = np.zeros(shape, np.bool_)
    for at in places:
        mask[at] = True
    return mask
