"""What a period or a letter named in a return means for a form: its own, another one, or one to ask about."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cached_property

from pipeline.extract.periods.letters import Letter, letter_in, number_of
from pipeline.extract.periods.period import NUMBERED, WHOLE_YEARS, Days, Kind, Period, days_apart
from pipeline.extract.periods.reading import periods_in
from schemas.form import Form

_WITHOUT_NUMBER = WHOLE_YEARS | {Kind.DAYS}
_ONE_WEEK = 7
_WELL_AFTER = timedelta(days=90)
"""a letter of later than so long after the deadline is not that of this round"""


class Bearing(StrEnum):
    """What a period or a letter says of whether these are the figures that the form asks for."""

    OWN = "own"
    OTHER = "other"
    """of another period"""
    ASK = "ask"
    """perhaps of another period: a longer or a shorter one that meets the form's own"""
    NOTHING = "nothing"


@dataclass(frozen=True)
class OwnPeriod:
    """The period and the letter of a form, as its definition gives them."""

    form: Form

    @cached_property
    def named(self) -> frozenset[Period]:
        """The periods that the titles of the form name, finer than a year."""
        return frozenset(each for each in self._in_titles if each.kind not in _WITHOUT_NUMBER)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that the form may name: those of its days, its letter and its titles."""
        form = self.form
        years = {form.first_day.year, form.last_day.year, form.letter_date.year}
        for period in self._in_titles:
            if period.kind is not Kind.SCHOOL_YEAR and period.year:
                years.add(period.year)
        return frozenset(years)

    @cached_property
    def _in_titles(self) -> tuple[Period, ...]:
        form = self.form
        found: list[Period] = []
        for title in (form.name, form.subject, form.summary_title, *form.title_lines):
            found.extend(periods_in(title))
        return tuple(found)

    @cached_property
    def _school_years(self) -> frozenset[int]:
        years: set[int] = set()
        for period in self._in_titles:
            if period.kind in (Kind.SCHOOL_YEAR, Kind.SEMESTER) and period.year:
                years.add(period.year)
        return frozenset(years)

    @property
    def _days(self) -> Days:
        return self.form.first_day, self.form.last_day

    def bearing(self, said: Period) -> Bearing:
        """Say what a period means that a return names as that of its figures."""
        if said.kind is Kind.YEAR:
            return Bearing.OWN if said.year in self.years else Bearing.OTHER
        if said.kind is Kind.SCHOOL_YEAR:
            return self._of_school_year(said)
        if said.kind is Kind.DAYS:
            return self._by_days_alone(said)
        if self.named:
            return self._against_named(said)
        return self._against_days(said)

    def _of_school_year(self, said: Period) -> Bearing:
        if self._school_years:
            return Bearing.OWN if said.year in self._school_years else Bearing.OTHER
        return self._by_days_alone(said)

    def _by_days_alone(self, said: Period) -> Bearing:
        """Say what a period means that can only speak against the form: one that meets its days proves nothing."""
        if days_apart(self._days_of(said), self._days):
            return Bearing.OTHER
        return Bearing.NOTHING

    def _against_named(self, said: Period) -> Bearing:
        """Compare with the periods that the titles of the form name: by number where they are of one kind."""
        if said.year is not None and not self._may_be_of(said.year, said):
            return Bearing.OTHER
        if any(self._is_same(said, own) for own in self.named):
            return Bearing.OWN
        days = self._days_of(said)
        if all(days_apart(days, self._days_of(own)) > _slack(said) for own in self.named):
            return Bearing.OTHER
        # Another month than the month of the form is another period, even within the quarter that it names too.
        is_one = said.first == said.last and said.kind in NUMBERED
        if is_one and any(own.kind is said.kind for own in self.named):
            return Bearing.OTHER
        return Bearing.ASK

    def _may_be_of(self, year: int, said: Period) -> bool:
        if said.kind is not Kind.SEMESTER:
            return year in self.years
        if self._school_years:
            return year in self._school_years
        # A school year lies in two calendar years.
        return year in self.years or year + 1 in self.years

    def _is_same(self, said: Period, own: Period) -> bool:
        are_years_known = said.year is not None and own.year is not None
        if are_years_known and said.year != own.year:
            return False
        if said.kind is own.kind:
            return (said.first, said.last) == (own.first, own.last)
        return self._days_of(said) == self._days_of(own)

    def _against_days(self, said: Period) -> Bearing:
        """Compare with the days of the form, where its titles name no period."""
        days = self._days_of(said)
        if days_apart(days, self._days) > _slack(said):
            return Bearing.OTHER
        if days == self._days:
            return Bearing.OWN
        if said.kind not in (Kind.WEEK, Kind.MONTH):
            return Bearing.ASK
        slack = timedelta(days=_slack(said))
        first, last = self._days
        is_within = days[0] - slack <= first and last <= days[1] + slack
        return Bearing.NOTHING if is_within else Bearing.ASK

    def _days_of(self, said: Period) -> Days:
        """Days of a period; where it names no year, in that year of the form in which they come nearest."""
        if said.year is not None:
            return said.days(said.year)
        years = {day.year for day in self._days}
        if said.kind is Kind.SEMESTER:
            # It may be of the school year that began the year before.
            years.add(min(years) - 1)
        return min(map(said.days, years), key=lambda days: days_apart(days, self._days))

    # The letter ----------------------------------------------------------------------------------------------------

    @cached_property
    def letter(self) -> Letter | None:
        """The letter of the collector that the form answers."""
        return number_of(self.form.letter_number, self.form.letter_date)

    def bearing_of_letter(self, text: str) -> Bearing:
        """Say what a line "Kèm theo Công văn số ..." means, if that is what a text is."""
        named, own = letter_in(text), self.letter
        if named is None or own is None:
            return Bearing.NOTHING
        first = self.form.letter_date
        is_collectors = named.symbol == own.symbol
        is_number_same = is_collectors and named.number == own.number
        if is_number_same and named.day in (None, first):
            return Bearing.OWN
        if named.day is None:
            return Bearing.ASK if is_collectors else Bearing.NOTHING
        last = self.form.deadline.date() + _WELL_AFTER
        if first <= named.day <= last:
            return Bearing.NOTHING
        if is_collectors or named.day.year not in self.years:
            return Bearing.OTHER
        return Bearing.ASK


def _slack(said: Period) -> int:
    """How many days off a period may be: not every office counts weeks alike."""
    return _ONE_WEEK if said.kind is Kind.WEEK else 0
