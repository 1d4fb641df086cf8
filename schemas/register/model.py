"""What a register is: its units, and the office that collects."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path

from schemas.definition import read_toml
from schemas.text import fold

WORDS = read_toml(Path(__file__).parent.parent / "registers.toml")
COLLECTOR_TYPE = WORDS.text("collector")
CODE_DIGITS = 5
"""of a code in the national list of communes"""


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the register."""

    code: str
    name: str
    type: str
    parent: str
    email: str = ""
    aliases: tuple[str, ...] = ()
    in_total: bool = True
    valid_from: date | None = None
    valid_to: date | None = None
    contact: str = ""
    phone: str = ""
    deadline: datetime | None = None
    """the moment from which a return of this unit is late: the end of the day that the register names"""

    def valid_on(self, day: date) -> bool:
        """Tell whether the unit existed on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


def collects(unit: Unit) -> bool:
    """Tell whether a unit is the office that collects, by its type."""
    return fold(unit.type) == fold(COLLECTOR_TYPE)


@dataclass(frozen=True, slots=True)
class Office:
    """The collecting office: what its letters and printed summaries show of it."""

    name: str = ""
    superior_organ: str = ""
    organ: str = ""
    place: str = ""
    sender: str = ""
    returns_to: str = ""
    email: str = ""
    signers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Register:
    """All units in official order, on the day the form asks about."""

    units: tuple[Unit, ...]
    day: date
    office: Office = Office()
    padded: Mapping[str, str] = field(default_factory=dict)
    """codes that were read with a leading zero put back: as typed -> as read"""
    further: tuple[str, ...] = ()
    """other sheets of its workbook that look like registers, and were not read"""

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """Units by their code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def collector(self) -> Unit | None:
        """The office that collects: marked by its type, else the one line that others name as parent."""
        marked = [unit for unit in self.units if collects(unit)]
        if marked:
            return next((unit for unit in marked if unit.valid_on(self.day)), marked[0])
        parents = {unit.parent for unit in self.units}
        roots = [unit for unit in self.units if unit.code in parents and unit.parent not in self.by_code]
        return roots[0] if len(roots) == 1 and not roots[0].in_total else None

    @cached_property
    def expected(self) -> tuple[Unit, ...]:
        """Units whose answer is expected and counted, in official order."""
        collector = self.collector
        return tuple(unit for unit in self.units if unit.in_total and unit is not collector and unit.valid_on(self.day))

    @cached_property
    def without_parent(self) -> tuple[Unit, ...]:
        """Units that name a parent which no line bears, while others name one that is there.

        What stands at the top may answer to an office beyond the register, as the one that collects does.
        """
        named = [unit for unit in self.units if unit.parent and unit is not self.collector]
        unknown = tuple(unit for unit in named if unit.parent not in self.by_code)
        tops = {unit.parent for unit in unknown}
        is_the_top = self.collector is None and len(tops) == 1
        return () if is_the_top or len(unknown) == len(named) else unknown

    def children(self, code: str) -> tuple[Unit, ...]:
        """Units that answer to the unit of this code."""
        return tuple(unit for unit in self.units if unit.parent == code)

    def above(self, code: str) -> tuple[Unit, ...]:
        """Units that the unit of this code answers to, the nearest first; a circle is gone round once."""
        found: dict[str, Unit] = {}
        unit = self.by_code.get(code)
        while unit and (unit := self.by_code.get(unit.parent)) and unit.code not in {code, *found}:
            found[unit.code] = unit
        return tuple(found.values())


def with_leading_zero(code: str) -> str:
    """Put back the zero that Excel takes from a code of the national list of communes, which has five digits."""
    return "0" + code if len(code) == CODE_DIGITS - 1 and code.isdecimal() else code
