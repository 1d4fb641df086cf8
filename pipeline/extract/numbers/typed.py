"""Cells that hold a number or a date, as calamine gives them."""

from datetime import date, time, timedelta
from decimal import Decimal
from functools import lru_cache
from math import isfinite

from pipeline.extract.numbers.amounts import lost_group
from pipeline.extract.numbers.dates import behind_date
from pipeline.extract.numbers.reading import MOST_DIGITS, Kind, Reading, refused
from pipeline.findings import codes
from schemas.text import tidy

# What is left over when Excel adds fractions up to a whole.
_NOISE = 1e-6


@lru_cache(maxsize=8192)
def read_whole(value: int, kind: Kind) -> Reading:
    """Take a whole number as it stands; refuse one below zero or with too many digits."""
    if value < 0:
        return refused(codes.NEGATIVE, (-value,), found=_shown(value))
    if value >= 10 ** MOST_DIGITS[kind]:
        return refused(codes.BEYOND_SENSE, found=_shown(value))
    return Reading("stated", value)


def _shown(value: int) -> str:
    return str(value) if abs(value) < 10**20 else f"{Decimal(value):.2E}"


def at_fifteen_digits(value: float) -> float:
    """Round a number to the digits that Excel shows and compares: 2344.9999999999995 is 2345 to everybody there."""
    return float(f"{value:.15g}")


def read_fraction(value: float, kind: Kind) -> Reading:
    """Refuse a fraction; 1.5 may be the "1.500" that a program with other settings took for a decimal."""
    if not isfinite(value):
        return refused(codes.BEYOND_SENSE, found="#NUM!")
    value = at_fifteen_digits(value)
    if value.is_integer():
        return read_whole(int(value), kind)
    shown = repr(value)
    code = codes.NEGATIVE if value < 0 else codes.FRACTION
    whole, _, decimals = shown.partition(".")
    candidates = lost_group(whole, decimals, kind) if decimals.isdecimal() and whole.isdecimal() else ()
    if value > 0 and abs(value - round(value)) < _NOISE:
        candidates = (round(value),)
    return refused(code, candidates, found=shown.replace(".", ","))


def read_date(value: object) -> Reading:
    """Refuse a date or a time; offer the "3/45" or the count that Excel may have made it from."""
    if isinstance(value, date):
        return refused(
            codes.DATE_IN_NUMBER_CELL,
            *behind_date(value),
            found=f"{value.day:02}/{value.month:02}/{value.year}",
        )
    if value == time():
        # A cell that holds 0 and is formatted as a date comes as midnight.
        return refused(codes.DATE_IN_NUMBER_CELL, (0,), found="00:00")
    if isinstance(value, time):
        return _slashed(
            codes.DATE_IN_NUMBER_CELL,
            value.hour,
            value.minute,
            f"{value.hour:02}:{value.minute:02}",
        )
    if isinstance(value, timedelta):
        hours, minutes = divmod(value // timedelta(minutes=1), 60)
        return _slashed(codes.DATE_IN_NUMBER_CELL, hours, minutes, f"{hours:02}:{minutes:02}")
    return refused(codes.NOT_A_NUMBER, found=tidy(str(value)))


def _slashed(code: str, first: int, second: int, found: str | None = None) -> Reading:
    """Refuse two figures in one cell, and offer both."""
    return refused(code, (first, second), ((first, second),), found)
