"""Day and month of what is no number: a date that Excel made of a cell, or one that stands in its text."""

import re
from datetime import date
from functools import lru_cache

from pipeline.extract.numbers.words import NumberWords, plain_text
from schemas.text import tidy

_DAY_ZERO = date(1899, 12, 30).toordinal()
DAYS_TO_1904 = 1462
"""so much smaller is the number of a day in a workbook that counts from 1904"""
_MONTHS = 12
_DAYS = 31
_DAY_MONTH_YEAR = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)\d{4}([/.-])(\d{1,2})\1(\d{1,2})(?!\d)")
_MONTH_YEAR = re.compile(r"(?<!\d)\d{1,2}[/-]20\d{2}(?!\d)")
_DOCUMENT = re.compile(r"\d+(?:/20\d{2})?/[a-z]{2,}-[a-z]+")


def behind_date(value: date) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return the numbers and the pairs that Excel may have turned into this date.

    Day/month and month/day by the settings of the computer; month/year where no such day exists (3/45 is
    1 March 1945). A year that two digits cannot name comes from a count in a cell formatted as a date.
    """
    if not 1930 <= value.year < 2100:  # noqa: PLR2004 - two digits name years from 1930 on in Excel
        return (serial_of(value),), ()
    pairs = [(value.day, value.month), (value.month, value.day)]
    short = value.year % 100
    if value.day == 1 and not 0 < short <= _MONTHS:
        pairs.insert(0 if value.year < 2000 else len(pairs), (value.month, short))  # noqa: PLR2004
    return pairs[0], tuple(pairs)


def serial_of(value: date) -> int:
    """Return the number under a date; Excel counts a 29 February 1900 that never was."""
    day = value.toordinal() - _DAY_ZERO
    return day if day > 60 else day - 1  # noqa: PLR2004 - its serial number


@lru_cache(maxsize=8)
def serials_about(first: date, last: date) -> range:
    """Return the numbers under the dates of the years of a period, the year before and the year after included.

    A date typed by mistake ("5/10") is one of the year in which a form is filled; a cell with a number format shows
    and keeps its number alone.
    """
    return range(
        serial_of(date(first.year - 1, 1, 1)),
        serial_of(date(last.year + 1, 12, 31)) + 1,
    )


def date_of(serial: int) -> date:
    """Return the date that Excel shows for a number; one after February 1900."""
    return date.fromordinal(serial + _DAY_ZERO)


def figures_but_dates(text: str, words: NumberWords) -> tuple[int, ...]:
    """Return the numbers above 0 of a text that are no part of a date and not the number of a document.

    So "Đã tổ chức 3 lớp ngày 5/10/2020 theo Kế hoạch 12/KH-UBND" holds 3 alone.
    """
    figures = map(int, re.findall(r"\d{1,18}", without_dates(text, words)))
    return tuple(number for number in figures if number)


def without_dates(text: str, words: NumberWords) -> str:
    """Leave dates and the numbers of documents out of a text; it comes in the spelling that words are compared by."""
    plain = plain_text(tidy(text))
    for calendar in (
        _YEAR_MONTH_DAY,
        _DAY_MONTH_YEAR,
        _MONTH_YEAR,
        words.calendar,
        _DOCUMENT,
    ):
        plain = calendar.sub(" ", plain)
    return plain


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
