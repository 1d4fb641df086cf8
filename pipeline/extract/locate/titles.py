"""What titles, and the names of sheet and file, say of the figures: that they are another period's, or no results."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from pipeline.extract.locate.around_words import load_around_words
from pipeline.extract.locate.papers import begins_as_title, lines_of, name_says_no_results, title_says_no_results
from pipeline.extract.locate.shape import Address
from pipeline.extract.locate.words import Labels
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.extract.periods import Bearing, Kind, Period, begins_with_period, periods_in
from pipeline.findings import codes, finding
from pipeline.model import Finding
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import fold_words, visible

REFUSED, TOLD = codes.DIFFERENT_FORM, codes.TITLE_OF_OTHER_FIGURES


@dataclass(frozen=True, slots=True)
class Clue:
    """What one line or name says of the period of the figures."""

    cell: str | None
    text: str
    years: Bearing = Bearing.NOTHING
    """what the years in it mean for the form"""
    period: Bearing = Bearing.NOTHING
    """what its weeks, months, quarters and the like mean"""
    letter: Bearing = Bearing.NOTHING
    """what the letter means that the form came with"""
    names_year: bool = False
    """its own period bears a year"""

    @property
    def is_other(self) -> bool:
        """Whether it says that this is another period's form."""
        return Bearing.OTHER in (self.years, self.period, self.letter)

    @property
    def asks(self) -> bool:
        """Whether it leaves open which period this is."""
        return Bearing.ASK in (self.years, self.period, self.letter)


@dataclass(frozen=True, slots=True)
class Titles:
    """Cells that may say of which period the figures of a table are."""

    above: Sequence[Address]
    """lines above the table"""
    heads: Sequence[Address] = ()
    """words over its figures that are no head of the form"""
    printed: Sequence[Address] = ()
    """lines above the table that the form itself prints there"""


def told_of_titles(sheet: Sheet, labels: Labels, places: Titles, *, is_stamped: bool) -> Iterator[Finding]:
    """Tell once that the title says that this is another year's form, a plan, or the figures of another period.

    The name of the sheet is a title too. A form that bears its stamp, or its own period in another line, is the
    right one: what says otherwise is told, and the figures are counted.
    """
    titles, over = _lines(sheet, places.above), _lines(sheet, places.heads)
    clues = [clue_of_line(labels, *line) for line in titles]
    own = [*clues, *(clue_of_line(labels, *line) for line in _lines(sheet, places.printed))]
    says_year = any(clue.years is Bearing.OWN or clue.names_year for clue in own)
    for clue in clues:
        if clue.years is Bearing.OTHER and not says_year:
            yield _told(TOLD if is_stamped else REFUSED, clue.cell, clue.text)
            return
    others = [clue for clue in clues if Bearing.OTHER in (clue.period, clue.letter)]
    if others:
        is_outweighed = any(_outweighs(clue, others[0]) for clue in own)
        yield _told(TOLD if is_stamped or is_outweighed else REFUSED, others[0].cell, others[0].text)
        return
    plans = [line for line in (*titles, *over) if title_says_no_results(line[1], labels.own_titles)]
    plans = [line for line in plans if not _our_open_line().match(line[1])]
    asked = [(clue.cell, clue.text) for clue in clues if clue.asks]
    if plans or asked:
        yield _told(TOLD, *[*plans, *asked][0])
    elif over_other := _of_other_periods(labels, over):
        yield _told(TOLD, *over_other)
    elif not (says_year and other_years_in_name(labels, sheet.name)):
        is_own = any(clue.period is Bearing.OWN for clue in own)
        yield from told_of_name(labels, sheet.name, refuses=not is_stamped and not is_own)


@cache
def _our_open_line() -> re.Pattern[str]:
    """The line of a summary that says how many units are in: a summary one level below is provisional by its marks."""
    words = load_summary_words()
    head = words.texts["totals.open"].partition("{")[0]
    counted = words("totals.open_units", reported="0", expected="0")
    return re.compile(re.escape(head) + re.escape(counted).replace("0", r"\d+"))


def _outweighs(own: Clue, other: Clue) -> bool:
    """Tell whether a line says the form's own period as clearly as another line says another one."""
    if other.letter is Bearing.OTHER:
        return own.years is Bearing.OWN or own.names_year
    return own.period is Bearing.OWN


def _of_other_periods(labels: Labels, over: Sequence[tuple[str, str]]) -> tuple[str, str] | None:
    """Find the words over the figures that name another period, where none of them names the form's own."""
    clues = [(line, _bearings(labels, periods_in(line[1]))[1]) for line in over]
    if any(bearing is Bearing.OWN for _, bearing in clues):
        return None
    return next((line for line, bearing in clues if bearing in (Bearing.OTHER, Bearing.ASK)), None)


def clue_of_line(labels: Labels, cell: str | None, text: str) -> Clue:
    """Say what a line above the table says of the period.

    A year is taken from any line; a week, a month or a quarter only from a title or a line of period, for in any
    other it may be that of anything. A part that refers to a paper says nothing but which letter the form came with.
    """
    letter = labels.own_period.bearing_of_letter(text)
    years: list[Period] = []
    finer: list[Period] = []
    for line in lines_of(text):
        periods = periods_in(line)
        is_title = bool(periods) and (line.isupper() or begins_as_title(line) or begins_with_period(line))
        years += (period for period in periods if period.kind is Kind.YEAR)
        finer += (period for period in periods if is_title and period.kind is not Kind.YEAR)
    of_years, of_period = _bearings(labels, (*years, *finer))
    names_year = of_period is Bearing.OWN and any(period.year for period in finer)
    return Clue(cell, text, of_years, of_period, letter, names_year)


def _bearings(labels: Labels, periods: Sequence[Period]) -> tuple[Bearing, Bearing]:
    """Weigh years and finer periods of one text, each for itself; its own beside another is a comparison."""
    own = labels.own_period
    years = [own.bearing(period) for period in periods if period.kind is Kind.YEAR]
    finer = [own.bearing(period) for period in periods if period.kind is not Kind.YEAR]
    return _weightiest(years), _weightiest(finer)


def _weightiest(bearings: Sequence[Bearing]) -> Bearing:
    for bearing in (Bearing.OWN, Bearing.OTHER, Bearing.ASK):
        if bearing in bearings:
            return bearing
    return Bearing.NOTHING


def clue_of_name(labels: Labels, name: str) -> Clue:
    """Say what the name of a sheet, file or folder says of the period."""
    years, period = _bearings(labels, periods_in(name))
    in_name = years_in_name(name)
    if in_name:
        years = Bearing.OWN if in_name & labels.years else Bearing.OTHER
    return Clue(None, name, years, period)


def told_of_name(labels: Labels, name: str, *, refuses: bool) -> Iterator[Finding]:
    """Tell that the name of a sheet or file says so: "2019", "Quý II", "Kế hoạch"; whether it refuses the form."""
    clue = clue_of_name(labels, name)
    if clue.is_other:
        yield _told(REFUSED if refuses else TOLD, None, name)
    elif clue.asks or name_says_no_results(name, labels.own_titles):
        yield _told(TOLD, None, name)


def names_own_period(sheet: Sheet, labels: Labels, above: Sequence[Address]) -> bool:
    """Tell whether a line above the table, or the name of the sheet, says the form's own period or letter."""
    clues = [clue_of_line(labels, *line) for line in _lines(sheet, above)]
    clues.append(clue_of_name(labels, sheet.name))
    return any(Bearing.OWN in (clue.years, clue.period, clue.letter) for clue in clues)


def told_of_folders(labels: Labels, names: Sequence[str]) -> Iterator[Finding]:
    """Tell that a folder or an archive around a file bears the name of another period, or of no results."""
    for name in names:
        clue = clue_of_name(labels, name)
        is_period = fold_words(name).isdecimal() or begins_with_period(name)
        if (clue.is_other and is_period) or name_says_no_results(name, labels.own_titles):
            yield _told(TOLD, None, name)
            return


def other_years_in_name(labels: Labels, name: str) -> bool:
    """Tell whether a name holds a year, and none in which the form is collected."""
    years = years_in_name(name)
    return bool(years) and not years & labels.years


def years_in_name(name: str) -> set[str]:
    """Find the years that a name of a sheet or file holds."""
    return set(load_around_words().year_in_name.findall(fold_words(name)))


def _lines(sheet: Sheet, places: Sequence[Address]) -> list[tuple[str, str]]:
    values = ((cell_name(*place), sheet.value(*place)) for place in sorted(places))
    return [(cell, value) for cell, value in values if isinstance(value, str)]


def _told(code: str, cell: str | None, text: str) -> Finding:
    said = visible(text)
    return finding(code, cell=cell, found=said, facts={"title": said})
