"""What an officer decided about a cell, a file or a unit: frozen values, without how they are read or applied."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pipeline.decisions.keys import FileKey, Stands
from pipeline.decisions.saved import NO_RUN, LastRun, SavedLine
from schemas.rules import Cell


class CellAnswer(StrEnum):
    """What may be decided about a cell."""

    SUGGESTION = "suggestion"
    VALUE = "value"
    ZERO = "zero"
    BLANK = "blank"
    AS_STATED = "as_stated"


class FileAnswer(StrEnum):
    """What may be decided about a file."""

    EXCLUDE = "exclude"
    UNIT = "unit"
    PREFER = "prefer"
    SEEN = "seen"


class Signed(NamedTuple):
    """Who decided and why, and where it is written."""

    by: str
    reason: str
    line: SavedLine


@dataclass(frozen=True, slots=True)
class CellDecision:
    """One cell of one unit."""

    unit: str
    cell: Cell
    stood: tuple[Stands, ...] | None
    """what stood there in the returns that the person had seen; empty where none had come, None in a line not bound"""
    answer: CellAnswer
    value: int | None
    """the number that counts from now on; None for blank and for as stated"""
    asked: frozenset[str] | None
    """keys of the findings that the person saw; None where the line named none"""
    signed: Signed


@dataclass(frozen=True, slots=True)
class FileDecision:
    """One file, or one of the forms in it."""

    file: FileKey | str
    """its key, or its path as typed in a line that is not bound yet"""
    answer: FileAnswer
    unit: str | None
    signed: Signed


@dataclass(frozen=True, slots=True)
class UnitDecision:
    """The blanks of one unit that were asked about are 0."""

    unit: str
    signed: Signed
    blanks: frozenset[Cell] | None = None
    """the cells that were asked about; None in a line not bound yet, which is about all that are blank now"""


class Refused(NamedTuple):
    """A line that cannot be applied."""

    line: SavedLine
    reason: str
    """token of the catalogue's wording"""
    about: tuple[str, Cell] | None = None
    """unit and cell of a line that a person began and answered, so far as it says them"""


@dataclass(frozen=True)
class Decisions:
    """All that can be applied, and the lines that cannot."""

    cells: tuple[CellDecision, ...] = ()
    files: tuple[FileDecision, ...] = ()
    units: tuple[UnitDecision, ...] = ()
    refused: tuple[Refused, ...] = ()
    last_run: LastRun = NO_RUN
    """what the run had seen that wrote into the workbook last"""

    @cached_property
    def by_unit(self) -> Mapping[str, tuple[CellDecision, ...]]:
        """Unit code -> decisions about its cells."""
        found: dict[str, list[CellDecision]] = {}
        for decision in self.cells:
            found.setdefault(decision.unit, []).append(decision)
        return {unit: tuple(decisions) for unit, decisions in found.items()}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What was decided, for the digest of a print: the same decisions in another order say the same."""
        lines = [(d.signed, d.unit, f"{d.cell}", f"{d.answer}", f"{d.value}") for d in self.cells]
        lines += [(d.signed, _name_of(d.file), "", f"{d.answer}", d.unit or "") for d in self.files]
        lines += [(d.signed, d.unit, "", "", "") for d in self.units]
        return tuple(sorted("\0".join((signed.by, signed.reason, *texts)) for signed, *texts in lines))


NO_DECISIONS = Decisions()


def _name_of(file: FileKey | str) -> str:
    return file if isinstance(file, str) else f"{file.sha256}#{file.part}"
