"""A register read from its file, with the office beside it; refused in words where a line is broken."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from schemas.definition import DELIMITERS, DefinitionError, Faults, read_csv_rows, read_toml
from schemas.register.model import (
    CODE_DIGITS,
    COLLECTOR_TYPE,
    WORDS,
    Office,
    Register,
    Unit,
    collects,
    with_leading_zero,
)
from schemas.text import fold, tidy

REGISTERS = Path(__file__).parent.parent / "registers"
VIETNAM = timezone(timedelta(hours=7))

_HEADS = {name: WORDS.table("heads").texts(name) for name in WORDS.table("heads").values}
FIELDS = list(_HEADS)
MOST_UNITS = 1_000_000
"""a sheet of Excel has 1,048,576 rows, some of them above and below the units"""
_YES = frozenset(map(fold, ("", *WORDS.texts("yes"))))
_NO = frozenset(map(fold, WORDS.texts("no")))


def shipped_register(name: str) -> Path:
    """Path of a register that comes with the program."""
    return REGISTERS / f"{name}.csv"


def load_register_csv(path: Path, day: date) -> Register:
    """Load a register from a CSV file, cut by comma, semicolon or tab, with the office file beside it if any.

    Raises:
        DefinitionError: names file, line, field, what was found and what is allowed.
    """
    # The sign that cuts the line of heads into the most cells; Excel saves the sign of the regional setting.
    return register_of(path, max((read_csv_rows(path, sign) for sign in DELIMITERS), key=_heads), day)


def _heads(lines: Sequence[tuple[int, Sequence[str]]]) -> int:
    filled = (cells for _, cells in lines if any(cell.strip() for cell in cells))
    return len(next(filled, ()))


def register_of(path: Path, lines: Sequence[tuple[int, Sequence[str]]], day: date) -> Register:
    """Build a register from (line number, cells), the first non-empty line being the heads."""
    filled = [(number, cells) for number, cells in lines if any(cell.strip() for cell in cells)]
    if not filled:
        raise DefinitionError(path.name, None, "units", "nothing", "a line of heads and a line for each unit")
    places = _columns(path, *filled[0])
    read = [_line(path, number, cells, places) for number, cells in filled[1:]]
    if not read:
        raise DefinitionError(path.name, None, "units", "only heads", "a line for each unit")
    if len(read) > MOST_UNITS:
        raise DefinitionError(path.name, None, "units", str(len(read)), "at most {most} units", {"most": MOST_UNITS})
    restore = _restoring([line.cells["code"] for line in read])
    faults = Faults()
    by_code: dict[str, tuple[_Line, Unit]] = {}
    for line in read:
        unit = faults.keep(lambda: _unit_of_its_own(line, restore, by_code))  # noqa: B023 - called at once
        if unit:
            by_code[unit.code] = line, unit
    collectors = [line for line, unit in by_code.values() if collects(unit) and unit.valid_on(day)]
    faults.add(line.refuse("type", "one collecting office at a time", COLLECTOR_TYPE) for line in collectors[1:])
    faults.add(_aliases_given_twice(by_code.values(), day))
    faults.refuse_any()
    padded = {line.cells["code"]: code for code, (line, _) in by_code.items() if line.cells["code"] != code}
    return Register(tuple(unit for _, unit in by_code.values()), day, load_office(path), padded)


def _restoring(codes: Sequence[str]) -> Callable[[str], str]:
    """Put back the zero that Excel took from a code, where the others show that theirs have five digits.

    In a register of other codes, such as those of schools, four digits are four digits.
    """
    has_five_digits = any(len(code) == CODE_DIGITS and code.isdecimal() for code in codes)
    return with_leading_zero if has_five_digits else str


def _unit_of_its_own(line: "_Line", restore: Callable[[str], str], earlier: Mapping[str, tuple["_Line", Unit]]) -> Unit:
    unit = _unit(line, restore)
    if unit.code in earlier:
        other = earlier[unit.code][0].number
        raise line.refuse("code", "a code of its own (line {other} bears it too)", unit.code, other=other)
    return unit


def _aliases_given_twice(units: Iterable[tuple["_Line", Unit]], day: date) -> Iterator[DefinitionError]:
    """A name that means two units at the same time could give the one the return of the other."""
    owner: dict[str, tuple[_Line, Unit]] = {}
    for line, unit in units:
        for alias in unit.aliases if unit.valid_on(day) else ():
            other = owner.setdefault(fold(alias), (line, unit))
            if other[1].code != unit.code:
                allowed = "a name that no other unit bears (line {other} gives it to {unit})"
                yield line.refuse("aliases", allowed, alias, other=other[0].number, unit=other[1].name)


def load_office(register: Path) -> Office:
    """Load the office file beside a register (same name, `.toml`); without one all fields are empty."""
    path = register.with_suffix(".toml")
    if not path.is_file():
        return Office()
    table = read_toml(path)
    names = ["name", "superior_organ", "organ", "place", "sender", "returns_to", "email", "signers"]
    table.known(names)
    texts = {name: table.text(name, "") for name in names if name != "signers"}
    return Office(**texts, signers=table.texts("signers"))


def has_heads(lines: Sequence[tuple[int, Sequence[str]]]) -> bool:
    """Tell whether the first line that holds anything bears the heads of a register."""
    filled = (cells for _, cells in lines if any(cell.strip() for cell in cells))
    heads = set(map(fold, next(filled, ())))
    return all(heads & set(map(fold, _HEADS[name])) for name in ("code", "name"))


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


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a register: what stands under each of its heads."""

    path: Path
    number: int
    cells: Mapping[str, str]

    def refuse(self, field: str, allowed: str, found: str | None = None, /, **facts: object) -> DefinitionError:
        shown = self.cells[field] or "nothing" if found is None else found
        return DefinitionError(self.path.name, self.number, field, shown, allowed, facts)

    def day(self, field: str) -> date | None:
        """Take a date; an empty cell is none."""
        text = self.cells[field]
        found = _date(text)
        if text and found is None:
            raise self.refuse(field, "a date such as 2020-10-11 or 11/10/2020")
        return found


def _line(path: Path, number: int, cells: Sequence[str], places: Mapping[str, int]) -> _Line:
    columns = frozenset(places.values())
    stray = [cell for index, cell in enumerate(cells) if cell.strip() and index not in columns]
    if stray:
        raise DefinitionError(path.name, number, "cells", tidy(stray[0]), "nothing outside the named columns")
    texts = {name: tidy(cells[index]) for name, index in places.items() if index < len(cells)}
    return _Line(path, number, {name: texts.get(name, "") for name in FIELDS})


def _unit(line: _Line, restore: Callable[[str], str]) -> Unit:
    cells = line.cells
    if not fold(cells["code"]):
        raise line.refuse("code", "the unit's code, as text")
    if not fold(cells["name"]):
        raise line.refuse("name", "the unit's name")
    answer = fold(cells["in_total"])
    if answer not in _YES | _NO:
        raise line.refuse("in_total", "yes or no (có, không)")
    valid_from, valid_to, deadline = (line.day(field) for field in ("valid_from", "valid_to", "deadline"))
    if valid_from and valid_to and valid_to < valid_from:
        raise line.refuse("valid_to", "a date not before valid_from")
    return Unit(
        code=restore(cells["code"]),
        name=cells["name"],
        type=cells["type"],
        parent=restore(cells["parent"]),
        email=cells["email"],
        aliases=tuple(text for text in map(tidy, cells["aliases"].replace("|", ";").split(";")) if text),
        in_total=answer in _YES,
        valid_from=valid_from,
        valid_to=valid_to,
        contact=cells["contact"],
        phone=cells["phone"],
        deadline=_end_of(deadline) if deadline else None,
    )


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
