"""A period of figures as a value: week, month, quarter, months of a year, semester, school year, year, or two days."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

_MONTHS = 12
_QUARTER = 3
_WEEK = 7
_WEEKS = 52
_Month = tuple[int, int]
"""a month, and how many years after that in which the whole began"""
_SCHOOL_YEAR = (8, 0), (7, 1)
_SEMESTERS = {1: ((8, 0), (1, 1)), 2: ((1, 1), (7, 1)), 3: ((5, 1), (8, 1))}
"""semester -> month in which it begins, and in which it ends"""


class Kind(StrEnum):
    """What sort of period it is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    SEMESTER = "semester"
    MONTHS = "months"
    """the first months of a year, or its last ones"""
    DAYS = "days"
    SCHOOL_YEAR = "school_year"
    YEAR = "year"


NUMBERED = frozenset({Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.SEMESTER})
WHOLE_YEARS = frozenset({Kind.YEAR, Kind.SCHOOL_YEAR})
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Period:
    """One period as a text names it; what it leaves unsaid is not filled in."""

    kind: Kind
    first: int = 0
    """number of the week, month, quarter or semester; of several that are named together the first"""
    last: int = 0
    """number of the last of them; the same where one is named"""
    year: int | None = None
    """that in which a school year begins; None where the text names none"""
    between: Days | None = None
    """the two days, of the kind that is two days"""

    def days(self, year: int) -> Days:
        """First and last day, in the given year where the text names none."""
        if self.between is not None:
            return self.between
        at = self.year if self.year is not None else year
        if self.kind is Kind.WEEK:
            return _monday(at, self.first), _monday(at, self.last) + timedelta(_WEEK - 1)
        begins, ends = self._months()
        return _of_months(at + begins[1], begins[0], at + ends[1], ends[0])

    def _months(self) -> tuple[_Month, _Month]:
        """First and last month, each with the number of years after the first."""
        match self.kind:
            case Kind.MONTH | Kind.MONTHS:
                return (self.first, 0), (self.last, 0)
            case Kind.QUARTER:
                return ((self.first - 1) * _QUARTER + 1, 0), (self.last * _QUARTER, 0)
            case Kind.SEMESTER:
                return _SEMESTERS[self.first][0], _SEMESTERS[self.last][1]
            case Kind.SCHOOL_YEAR:
                return _SCHOOL_YEAR
            case _:
                return (1, 0), (_MONTHS, 0)

    @property
    def is_possible(self) -> bool:
        """Whether there is such a week, month, quarter or semester, and several stand in their order."""
        most = {Kind.WEEK: _WEEKS + 1, Kind.QUARTER: _MONTHS // _QUARTER, Kind.SEMESTER: len(_SEMESTERS)}
        if self.kind in WHOLE_YEARS or self.kind is Kind.DAYS:
            return True
        return 1 <= self.first <= self.last <= most.get(self.kind, _MONTHS)


def days_apart(these: Days, those: Days) -> int:
    """Say how many days lie between two spans of days; 0 where they meet."""
    return max((those[0] - these[1]).days, (these[0] - those[1]).days, 0)


def _monday(year: int, week: int) -> date:
    """Give the first day of a week of a year, as ISO 8601 counts them."""
    return date.fromisocalendar(year, 1, 1) + timedelta(_WEEK * (week - 1))


def _of_months(year: int, first: int, until: int, last: int) -> Days:
    return date(year, first, 1), date(until, last, monthrange(until, last)[1])
