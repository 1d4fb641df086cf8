"""The unit register: who is expected to answer, under whom, and how to reach them; and the office that collects.

A register belongs to no one form. Its columns are `code, name, type, parent, email, aliases, in_total,
valid_from, valid_to, contact, phone, deadline`; English and Vietnamese heads are read, the order of the lines is
the official order. Codes are text: the leading zero of the national list of territories is part of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path

from schemas.definition import DefinitionError, read_csv_rows, read_toml
from schemas.text import fold, tidy

REGISTERS = Path(__file__).parent / "registers"
VIETNAM = timezone(timedelta(hours=7))

_WORDS = read_toml(Path(__file__).parent / "registers.toml")
COLLECTOR_TYPE = _WORDS.text("collector")
_HEADS = {name: _WORDS.table("heads").texts(name) for name in _WORDS.table("heads").values}
FIELDS = list(_HEADS)
_DELIMITERS = (",", ";", "\t")
_YES = frozenset(map(fold, ("", *_WORDS.texts("yes"))))
_NO = frozenset(map(fold, _WORDS.texts("no")))


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


def _collects(unit: Unit) -> bool:
    return fold(unit.type) == fold(COLLECTOR_TYPE)


@dataclass(frozen=True, slots=True)
class Office:
    """The collecting office: what its letters and printed summaries show of it."""

    name: str = ""
    superior_organ: str = ""
    organ: str = ""
    place: str = ""
    sender: str = ""
    receiver: str = ""
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

    @cached_property
    def by_code(self) -> Mapping[str, Unit]:
        """Units by their code."""
        return {unit.code: unit for unit in self.units}

    @cached_property
    def collector(self) -> Unit | None:
        """The office that collects: marked by its type, else the one line that others name as parent."""
        marked = [unit for unit in self.units if _collects(unit)]
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


def shipped_register(name: str) -> Path:
    """Path of a register that comes with the program."""
    return REGISTERS / f"{name}.csv"


def load_register_csv(path: Path, day: date) -> Register:
    """Load a register from a CSV file, cut by comma, semicolon or tab, with the office file beside it if any.

    Raises:
        DefinitionError: names file, line, field, what was found and what is allowed.
    """
    # The sign that cuts the line of heads into the most cells; Excel saves the sign of the regional setting.
    return register_of(path, max((read_csv_rows(path, sign) for sign in _DELIMITERS), key=_heads), day)


def _heads(lines: Sequence[tuple[int, Sequence[str]]]) -> int:
    filled = (cells for _, cells in lines if any(cell.strip() for cell in cells))
    return len(next(filled, ()))


def register_of(path: Path, lines: Sequence[tuple[int, Sequence[str]]], day: date) -> Register:
    """Build a register from (line number, cells), the first non-empty line being the heads."""
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise DefinitionError(path.name, None, "units", "nothing", "a line of heads and a line for each unit")
    places = _columns(path, *filled[0])
    columns = frozenset(places.values())
    padded: dict[str, str] = {}
    units: list[Unit] = []
    seen: dict[str, int] = {}
    for number, cells in filled[1:]:
        stray = [cell for index, cell in enumerate(cells) if cell.strip() and index not in columns]
        if stray:
            raise DefinitionError(path.name, number, "cells", tidy(stray[0]), "nothing outside the named columns")
        unit = _unit(path, number, {name: _cell(cells, places, name) for name in FIELDS}, padded)
        if unit.code in seen:
            raise DefinitionError(
                path.name,
                number,
                "code",
                unit.code,
                "a code of its own (line {other} bears it too)",
                {"other": seen[unit.code]},
            )
        seen[unit.code] = number
        units.append(unit)
    if not units:
        raise DefinitionError(path.name, None, "units", "only heads", "a line for each unit")
    collectors = [unit for unit in units if _collects(unit) and unit.valid_on(day)]
    if len(collectors) > 1:
        second = collectors[1].code
        raise DefinitionError(path.name, seen[second], "type", COLLECTOR_TYPE, "one collecting office at a time")
    return Register(tuple(units), day, load_office(path), padded)


def load_office(register: Path) -> Office:
    """Load the office file beside a register (same name, `.toml`); without one all fields are empty."""
    path = register.with_suffix(".toml")
    if not path.is_file():
        return Office()
    table = read_toml(path)
    names = ["name", "superior_organ", "organ", "place", "sender", "receiver", "returns_to", "email", "signers"]
    table.known(names)
    texts = {name: table.text(name, "") for name in names if name != "signers"}
    return Office(**texts, signers=table.texts("signers"))


def _columns(path: Path, line: int, heads: Sequence[str]) -> Mapping[str, int]:
    spellings = {fold(text): name for name, texts in _HEADS.items() for text in texts}
    places: dict[str, int] = {}
    for index, head in enumerate(heads):
        name = spellings.get(fold(head))
        if name is None and head.strip():
            raise DefinitionError(path.name, line, "heads", head, ", ".join(FIELDS))
        if name in places:
            raise DefinitionError(path.name, line, "heads", head, "each head once")
        if name:
            places[name] = index
    for name in ("code", "name"):
        if name not in places:
            raise DefinitionError(path.name, line, "heads", "no " + name, "at least code and name")
    return places


def _cell(cells: Sequence[str], places: Mapping[str, int], name: str) -> str:
    index = places.get(name)
    return tidy(cells[index]) if index is not None and index < len(cells) else ""


def _unit(path: Path, line: int, cells: Mapping[str, str], padded: dict[str, str]) -> Unit:
    def refuse(name: str, allowed: str) -> DefinitionError:
        return DefinitionError(path.name, line, name, cells[name] or "nothing", allowed)

    code = cells["code"]
    if not code or not fold(code):
        raise refuse("code", "the unit's code, as text")
    if not fold(cells["name"]):
        raise refuse("name", "the unit's name")
    whole = with_leading_zero(code)
    if whole != code:
        padded[code] = whole
    answer = fold(cells["in_total"])
    if answer not in _YES | _NO:
        raise refuse("in_total", "yes or no (có, không)")
    aliases = tuple(text for text in map(tidy, cells["aliases"].replace("|", ";").split(";")) if text)
    deadline = _date(cells["deadline"])
    for name in ("valid_from", "valid_to", "deadline"):
        if cells[name] and _date(cells[name]) is None:
            raise refuse(name, "a date such as 2020-10-11 or 11/10/2020")
    valid_from, valid_to = _date(cells["valid_from"]), _date(cells["valid_to"])
    if valid_from and valid_to and valid_to < valid_from:
        raise refuse("valid_to", "a date not before valid_from")
    return Unit(
        code=whole,
        name=cells["name"],
        type=cells["type"],
        parent=with_leading_zero(cells["parent"]),
        email=cells["email"],
        aliases=aliases,
        in_total=answer in _YES,
        valid_from=valid_from,
        valid_to=valid_to,
        contact=cells["contact"],
        phone=cells["phone"],
        deadline=_end_of(deadline) if deadline else None,
    )


def with_leading_zero(code: str) -> str:
    """Put back the zero that Excel takes from a code of the national list of communes, which has five digits."""
    return "0" + code if len(code) == _DIGITS_WITHOUT_ZERO and code.isdecimal() else code


_DIGITS_WITHOUT_ZERO = 4


def _date(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=VIETNAM).date()
        except ValueError:
            continue
    return None


def _end_of(day: date) -> datetime:
    """Take a return that comes on the tenth as in time where the register says "hạn nộp 10/10"."""
    if day == date.max:
        # Some write the last day of the calendar for "no deadline"; there is none after it.
        return datetime.max.replace(tzinfo=VIETNAM)
    return datetime(day.year, day.month, day.day, tzinfo=VIETNAM) + timedelta(days=1)
