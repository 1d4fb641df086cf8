"""Two readers at one cell: what calamine gave of a sheet, against what the second look read in the same file itself.

A number counts only where both saw the same. The same are numbers that agree in the 15 digits which Excel shows, a
day and its serial number, and texts that differ in white space alone. Neither reader is ever preferred.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from math import nan

from pipeline.extract.locate.shape import Address
from pipeline.extract.numbers import at_fifteen_digits
from pipeline.readers.raw import RawValue, SheetFacts
from pipeline.readers.sheets import CellValue, Sheet
from schemas.text import visible

_DAY_ZERO, _DAY_ZERO_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)
_FIRST_SURE_DAY = 61
"""serial number of 1 March 1900: before it Excel counts a day that there never was"""
_HALF_A_SECOND = 0.5 / 86400
_UNLIKE = " ≠ "


def differing(sheet: Sheet, facts: SheetFacts) -> Mapping[Address, str]:
    """Find the cells at which the readers do not agree: address -> both readings, as a person is shown them.

    A blank is shown as “”.
    """
    if facts.raw is None:
        return {}
    unlike = dict(_unlike(sheet, facts.raw, dates_from_1904=facts.dates_from_1904))
    if len(facts.raw) != _count_filled(sheet):
        unlike.update(_seen_by_calamine_alone(sheet, facts.raw))
    for place, contents in facts.contradicted.items():
        unlike[place] = _UNLIKE.join(dict.fromkeys(map(_shown, contents)))
    return unlike


def _unlike(sheet: Sheet, raw: Mapping[Address, RawValue], *, dates_from_1904: bool) -> Iterator[tuple[Address, str]]:
    rows, first_row, first_column = sheet.rows, sheet.first_row, sheet.first_column
    line_of: Sequence[CellValue] = ()
    latest = -1
    for place, stored in raw.items():
        row, column = place
        if row != latest:
            latest = row
            line_of = rows[row - first_row] if 0 <= row - first_row < len(rows) else ()
        index = column - first_column
        given = line_of[index] if 0 <= index < len(line_of) else ""
        if given != stored and not _agree(given, stored, dates_from_1904=dates_from_1904):
            yield place, f"{_shown(given)}{_UNLIKE}{_shown(stored)}"


def _count_filled(sheet: Sheet) -> int:
    return sum(len(line) - line.count("") for line in sheet.rows)


def _seen_by_calamine_alone(sheet: Sheet, raw: Mapping[Address, RawValue]) -> Iterator[tuple[Address, str]]:
    for row, column, value in sheet.filled():
        if (row, column) not in raw and not (isinstance(value, str) and not value.split()):
            yield (row, column), f"{_shown(value)}{_UNLIKE}{_shown(None)}"


def _agree(given: CellValue, stored: RawValue, *, dates_from_1904: bool) -> bool:
    """Tell whether two values that are not equal mean the same."""
    if isinstance(given, str):
        # A number with blanks around it is a text to calamine.
        text = stored if isinstance(stored, str) else repr(stored).removesuffix(".0")
        return given.split() == text.split()
    if isinstance(stored, str):
        # A day or a time may be stored as a text of ISO 8601.
        return isinstance(given, date | time) and stored.startswith(given.isoformat())
    if isinstance(given, int | float):
        return at_fifteen_digits(given) == at_fifteen_digits(stored)
    day_zero = _DAY_ZERO_1904 if dates_from_1904 else _DAY_ZERO
    return stored < _FIRST_SURE_DAY or abs(_serial(given, day_zero) - stored) <= _HALF_A_SECOND


def _serial(given: CellValue, day_zero: datetime) -> float:
    """Give the number by which a sheet stores a day or a time; what is neither has none."""
    if isinstance(given, timedelta):
        return given / timedelta(days=1)
    if isinstance(given, date):
        moment = given if isinstance(given, datetime) else datetime.combine(given, time())
        return (moment - day_zero) / timedelta(days=1)
    return nan


def _shown(value: CellValue | None) -> str:
    """A reading as a person is shown it: a text in its quotes, a number to its last digit."""
    if value is None:
        return "“”"
    if isinstance(value, float):
        return f"{value:.17g}"
    if isinstance(value, str):
        return f"“{visible(value)}”"
    return str(value)
