"""One cell of a return: what was typed, what counts, and what is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from schemas.rules import Cell, Severity

Fact = str | int | tuple[str, ...]
"""what a finding's wording may be filled with"""


class State(StrEnum):
    """How the value of a cell came to be; kept through to coverage, so that blank is never taken for 0."""

    STATED = "stated"
    """exactly what was typed"""
    READ = "read"
    """a reading that changed what was typed"""
    COMPUTED = "computed"
    """a blank total, added up from its parts"""
    DECIDED = "decided"
    """set by the officer in the decisions workbook"""
    BLANK = "blank"
    """nothing was typed"""
    UNREADABLE = "unreadable"
    """something was typed that is no sure number"""
    SET_ASIDE = "set_aside"
    """a number was read, and a finding keeps it out of the sums"""


class Open(StrEnum):
    """How long something that was told stays open, which is one attribute of each code of the catalogue."""

    NEVER = "never"
    """to be known: nobody has to answer"""
    UNTIL_ANSWERED = "until_answered"
    """a question: an officer answers it once"""
    ALWAYS = "always"
    """an error: it is mended, or decided"""


COUNTED = frozenset({State.STATED, State.READ, State.COMPUTED, State.DECIDED})


class Coverage(NamedTuple):
    """How many of the expected units stated a value."""

    reported: int
    expected: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One input cell of one return: what was typed and what counts."""

    row: str
    measure: str
    """key of a measure column, or "note" """
    state: State
    cell: str
    """where it stands in the sheet, as Excel shows it ("D12"); "" where the sheet has no such cell"""
    value: int | None = None
    """the number that counts; None where nothing is counted"""
    text: str | None = None
    """a note or a text row, tidied"""
    found: str | None = None
    """as typed, for a person; None where nothing was typed"""
    coverage: Coverage | None = None
    """in a summary of the level below: how many units stand behind the value"""
    provisional: bool = False
    """in a summary of the level below: the cell bore the mark of an open question"""
    decided_by: str | None = None
    reason: str | None = None
    left_blank: bool = False
    """an officer decided that nothing counts here"""

    @property
    def key(self) -> Cell:
        """The cell of the form this entry fills."""
        return Cell(self.row, self.measure)

    @property
    def counted(self) -> bool:
        """Whether a number goes into the sums."""
        return self.value is not None and self.state in COUNTED


class Unplaced(StrEnum):
    """What a finding says of a return was found nowhere in the form."""

    COLUMN = "column"
    """a column of the form"""
    FIGURES = "figures"
    """figures, which stand outside the form"""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to tell a person about one file or one cell. Its wording is in the catalogue, by code."""

    code: str
    severity: Severity
    sheet: str | None = None
    cell: str | None = None
    row: str | None = None
    measure: str | None = None
    found: str | None = None
    rule: str | None = None
    counted: bool | None = None
    """whether the value at this cell is in the sums; None where no value is at stake"""
    suggestions: tuple[int, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """what else the wording names: sums, limits, other files, names of units"""
    open: Open = Open.NEVER
    """what the catalogue says of its code; whether this one is open, `is_open` tells"""
    unplaced: Unplaced | None = None
    """what of a return was found nowhere in the form; from the catalogue too"""

    @property
    def is_question(self) -> bool:
        """Whether it stays open until an officer has answered; what was lowered to be known only asks nobody."""
        return self.open is Open.UNTIL_ANSWERED and self.severity is not Severity.INFO

    @property
    def is_open(self) -> bool:
        """Whether a person has to do something about it."""
        return self.severity is Severity.ERROR or self.is_question

    @property
    def at(self) -> Cell:
        """The cell of the form that it concerns; "" stands for a row or a measure that it does not name."""
        return Cell(self.row or "", self.measure or "")

    @property
    def places(self) -> tuple[str, ...]:
        """Every cell of the sheet that it stands for, where it names them all; else none."""
        places = self.facts.get("places", ())
        return places if isinstance(places, tuple) else ()
