"""Day and month of what is no number: a date that Excel made of a cell, or one that stands in its text."""

import re
from datetime import date

from pipeline.numbers.words import NumberWords

_MONTHS = 12
_DAYS = 31
_DAY_MONTH_YEAR = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)\d{4}([/.-])(\d{1,2})\1(\d{1,2})(?!\d)")


def behind_date(value: date) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return the numbers and the pairs that Excel may have turned into this date.

    Day/month and month/day by the settings of the computer; month/year where no such day exists (3/45 is
    1 March 1945). A year that two digits cannot name comes from a count in a cell formatted as a date.
    """
    if not 1930 <= value.year < 2100:  # noqa: PLR2004 - two digits name years from 1930 on in Excel
        return (_serial(value),), ()
    pairs = [(value.day, value.month), (value.month, value.day)]
    short = value.year % 100
    if value.day == 1 and not 0 < short <= _MONTHS:
        pairs.insert(0 if value.year < 2000 else len(pairs), (value.month, short))  # noqa: PLR2004
    return pairs[0], tuple(pairs)


def _serial(value: date) -> int:
    """Return the number under a date; Excel counts a 29 February 1900 that never was."""
    day = value.toordinal() - date(1899, 12, 30).toordinal()
    return day if day > 60 else day - 1  # noqa: PLR2004 - its serial number


def date_parts(plain: str, words: NumberWords) -> tuple[int, ...] | None:
    """Return day and month of a date in the order typed, as far as they stand there; None for no date."""
    if match := _YEAR_MONTH_DAY.search(plain):
        parts = (int(match[3]), int(match[2]))
    elif match := _DAY_MONTH_YEAR.search(plain):
        parts = (int(match[1]), int(match[3]))
    elif (match := words.month_name.fullmatch(plain)) and (match[1] or match[3]):
        month = words.months[match[2]]
        return (int(match[1]), month) if match[1] else (month, int(match[3]))
    elif words.dated.search(plain):
        return tuple(int(figure) for figure in re.findall(r"\d{1,9}", plain)[:2])
    else:
        return None
    return parts if 0 < min(parts) <= _MONTHS and max(parts) <= _DAYS else None
