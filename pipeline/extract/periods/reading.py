"""A text to the periods that it names: "quý III/2020", "6 tháng đầu năm", "tuần 36", "học kỳ I năm học 2020-2021"."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache, lru_cache

from pipeline.extract.periods.period import Kind, Period
from pipeline.extract.periods.period_words import any_of, load_period_words, plain
from schemas.text import fold_words

_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_LONGEST = 500
_MONTHS = 12
_HALF = 6
_ACCUMULATED = (3, 6, 9)
"""so many months are a period of their own also where no word says from when they count"""
_FIVE = 5
_START = r"(?<![\w/])"
_END = r"(?!\w)"
_YEAR = r"20[0-9]{2}(?![0-9])"
_SIGNS = r"[\s.,/–-]*"
_BLANK = r"[\s.…]*"
_DAY = r"0?[1-9]|[12][0-9]|3[01]"
_MONTH = r"0?[1-9]|1[0-2]"
_DATE = re.compile(rf"(?<![\w/.-])({_DAY})([/.-])({_MONTH})\2({_YEAR})")
_SHORT_DATE = re.compile(rf"(?<![\w/.-])(?:{_DAY})/(?:{_MONTH})(?![\w/])")
_CUT = "\N{BULLET}"
"""stands in a text for what was taken out of it"""
_NO_DATE = rf"(?!\s*[-/.–]\s*(?:[0-9]{{1,2}}(?![0-9])|{_CUT}))"
_ALONE_IN_FIGURES = re.compile(rf"(?:^|(?<=:))\s*(?P<first>{_MONTH})[/-](?P<year>{_YEAR})\s*$")
""""08/2025" where nothing else stands, or behind "Kỳ báo cáo:" """
_KINDS = (Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.SEMESTER)
_Read = Callable[[re.Match[str]], Period | None]


def periods_in(text: str) -> tuple[Period, ...]:
    """Find the periods that a text names, each once; a date, an age and the year of another thing are none.

    "Quý I và II" is one period of two quarters, "từ 01/9/2025 đến 30/9/2025" one of days.
    """
    return _read(text)[0]


def begins_with_period(text: str) -> bool:
    """Tell whether a period is the first thing that a text says: "Tháng 8 năm 2025", "Từ 01/8 đến 31/8/2025"."""
    return bool(periods_in(text)) and _since().sub("", _read(text)[1], count=1).startswith(_CUT)


@cache
def _since() -> re.Pattern[str]:
    words = load_period_words()
    return re.compile(
        rf"^\W*?(?:{words.pattern('phrases', 'from')}\s+)?(?:{words.pattern('phrases', 'day')}\s+)?(?={_CUT})"
    )


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[tuple[Period, ...], str]:
    """Find the periods of a text; with them, what is left of it without them. A page of text is no title."""
    if len(text) > _LONGEST:
        return (), text
    words = _with_short_dates(plain(text))
    found: list[Period] = []
    words = _taken(_spans(), _span, words, found)
    words = _SHORT_DATE.sub(_CUT, _DATE.sub(_CUT, words))
    for pattern, read in _sorts():
        words = _taken(pattern, read, words, found)
    possible = [period for period in found if period.is_possible]
    return tuple(dict.fromkeys(possible)), words


def dates_in(text: str) -> tuple[date, ...]:
    """Find the whole dates of a text: "ngày 25/9/2020", "ngày 25 tháng 9 năm 2020"."""
    found: list[date] = []
    for match in _DATE.finditer(_with_short_dates(plain(text))):
        day = _day(match[1], match[3], match[4])
        if day is not None:
            found.append(day)
    return tuple(found)


def _taken(pattern: re.Pattern[str], read: _Read, words: str, found: list[Period]) -> str:
    """Find the periods of one sort, and cut their words out so that no part of them is found again."""

    def take(match: re.Match[str]) -> str:
        is_range = bool(match.groupdict().get("more"))
        if not _is_of_another_thing(words, match, is_range=is_range):
            period = read(match)
            if period is not None:
                found.append(period)
        return _CUT

    return pattern.sub(take, words)


@cache
def _others() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    words = load_period_words()
    before, after = words.pattern("not_of_the_figures", "before"), words.pattern("not_of_the_figures", "after")
    since = words.pattern("phrases", "from")
    return (
        re.compile(rf"{_START}(?:{before})\s*$"),
        re.compile(rf"\s*(?:{after}){_END}"),
        re.compile(rf"{_START}(?:{since})\s*$"),
    )


def _is_of_another_thing(words: str, match: re.Match[str], *, is_range: bool) -> bool:
    """Tell whether the words around a period say that it is not that of the figures."""
    before, after, since = _others()
    if after.match(words, match.end()):
        return True
    ahead = words[: match.start()]
    if not before.search(ahead):
        return False
    # Before a range, "từ" is only how the range begins.
    is_start_of_range = is_range and since.search(ahead)
    return not is_start_of_range


# Dates ------------------------------------------------------------------------------------------------------------


def _with_short_dates(words: str) -> str:
    """Write "ngày 25 tháng 9 năm 2020" as 25/9/2020, and cut out a date that was not filled in."""
    return _spelt_date().sub(_short, words)


@cache
def _spelt_date() -> re.Pattern[str]:
    words = load_period_words()
    day, month, year = words.pattern("phrases", "day"), words.spelt(Kind.MONTH), words.pattern("phrases", "year")
    of_year = rf"(?:{_BLANK},?{_BLANK}(?:{year}){_BLANK}(?P<year>{_YEAR})?)"
    blank = rf"(?:{day})\s*:?{_BLANK}(?P<day>{_DAY}|){_BLANK},?\s*(?:{month}){_BLANK}(?P<month>{_MONTH}|)"
    bare = rf"(?P<bare_day>{_DAY})\s*(?:{month})\s*(?P<bare_month>{_MONTH})"
    return re.compile(
        rf"{_START}(?:{blank}{_END}{of_year}?|{bare}{_END}{of_year.replace('?P<year>', '?P<bare_year>')}?)"
    )


def _short(match: re.Match[str]) -> str:
    day, month, year = (match[name] or match[f"bare_{name}"] for name in ("day", "month", "year"))
    if not day or not month:
        return _CUT
    if not year:
        return f" {day}/{month} "
    return f" {day}/{month}/{year} "


def _day(day: str, month: str, year: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@cache
def _spans() -> re.Pattern[str]:
    words = load_period_words()
    until, day = words.pattern("phrases", "to"), words.pattern("phrases", "day")
    sign = r"[/.-]"
    return re.compile(
        rf"(?<![\w/.-])(?P<day>{_DAY})(?:{sign}(?P<month>{_MONTH})(?:{sign}(?P<year>{_YEAR}))?)?"
        rf"\s*(?P<more>{until}|-|–)\s*(?:{day})?\s*"
        rf"(?P<last_day>{_DAY}){sign}(?P<last_month>{_MONTH}){sign}(?P<last_year>{_YEAR})"
    )


def _span(match: re.Match[str]) -> Period | None:
    last = _day(match["last_day"], match["last_month"], match["last_year"])
    first = _day(match["day"], match["month"] or match["last_month"], match["year"] or match["last_year"])
    if first is None or last is None or first > last:
        return None
    return Period(Kind.DAYS, between=(first, last))


# Numbered periods -------------------------------------------------------------------------------------------------


@cache
def _sorts() -> tuple[tuple[re.Pattern[str], _Read], ...]:
    """Every other sort of phrase with what it means, in the order in which they are looked for."""
    return (
        (_months_pattern(), _months),
        *((_numbered_pattern(kind), _numbered_reader(kind)) for kind in _KINDS),
        *((_short_pattern(kind), _numbered_reader(kind)) for kind in (Kind.WEEK, Kind.MONTH, Kind.QUARTER)),
        (_halves_pattern(), _half),
        (_named_month_pattern(), _named_month),
        (_school_year_pattern(), _school_year),
        (_year_pattern(), _year),
        (_ALONE_IN_FIGURES, _month_in_figures),
    )


@cache
def _numeral() -> str:
    """A number in figures, in Roman figures or as a word."""
    words = load_period_words()
    year = words.pattern("phrases", "year")
    spelt = any_of(word for word, number in words.numbers.items() if number != _FIVE)
    # "năm" is five and year, so it is a number only before another "năm".
    five = any_of(word for word, number in words.numbers.items() if number == _FIVE)
    # "tháng hai" is February, "tháng hai buổi" is none.
    alone = rf"{five}(?=\s+{year})|{spelt}(?=\s*(?:$|[,;:.)\]/–-]|{_CUT}|{year}|{_YEAR}))"
    roman = "|".join(sorted(_ROMAN, key=len, reverse=True))
    return rf"(?:0?[1-9]|[1-5][0-9]|{roman}|{alone}){_END}"


@cache
def _of_year() -> str:
    words = load_period_words()
    school, year = words.pattern("phrases", "school_year"), words.pattern("phrases", "year")
    until = r"(?:\s*[-–/]\s*(?P<until>20[0-9]{2}|[0-9]{2})(?![0-9]))?"
    return rf"(?:{_SIGNS}(?:của\s+)?(?:(?P<school>{school})|{year})?{_SIGNS}(?P<year>{_YEAR}){until})"


def _numbered_pattern(kind: Kind) -> re.Pattern[str]:
    words = load_period_words()
    name = words.spelt(kind)
    joined = rf"[,+&–-]|{words.pattern('phrases', 'and')}|{words.pattern('phrases', 'to')}"
    more = rf"(?P<more>(?:\s*(?:{joined})\s*(?:(?:{name})\s*)?{_numeral()})*)"
    return re.compile(rf"{_START}(?:{name})\s*:?\s*(?P<first>{_numeral()}){more}{_NO_DATE}{_of_year()}?")


def _short_pattern(kind: Kind) -> re.Pattern[str]:
    """What is short for a kind, "T9/2025", "Q3.2025": only with a year behind it, or where nothing else stands."""
    name = any_of(load_period_words().lists["short"][kind.value])
    number = rf"(?P<first>{_numeral()}){_NO_DATE}"
    return re.compile(rf"{_START}(?:{name})\.?\s?{number}(?:{_of_year()}|(?<=^.)(?=$)|(?<=^..)(?=$)|(?<=^...)(?=$))")


def _numbered_reader(kind: Kind) -> _Read:
    def read(match: re.Match[str]) -> Period | None:
        first = _number(match["first"])
        rest = [_number(each) for each in re.findall(_numeral(), match.groupdict().get("more") or "")]
        last = max([first, *rest])
        return Period(kind, min([first, *rest]), last, _year_of_numbered(kind, first, match))

    return read


def _year_of_numbered(kind: Kind, first: int, match: re.Match[str]) -> int | None:
    """Return the year behind a number, of a semester that in which its school year began."""
    year = _year_in(match)
    if match["school"] or match["until"]:
        is_known = kind is Kind.SEMESTER and match["until"]
        return year if is_known else None
    if kind is Kind.SEMESTER and year is not None and first > 1:
        # "Học kỳ II năm 2021" is of the school year 2020-2021.
        return year - 1
    return year


def _year_in(match: re.Match[str]) -> int | None:
    return int(match["year"]) if match["year"] else None


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text in _ROMAN:
        return _ROMAN.index(text) + 1
    return _spelt_numbers()[fold_words(text)]


@cache
def _spelt_numbers() -> dict[str, int]:
    return {fold_words(word): number for word, number in load_period_words().numbers.items()}


# Months of a year, halves, years -----------------------------------------------------------------------------------


def _months_pattern() -> re.Pattern[str]:
    words = load_period_words()
    first, last = words.pattern("phrases", "first_part"), words.pattern("phrases", "last_part")
    spelt = any_of(words.numbers)
    part = rf"(?:\s+(?:(?P<from_start>{first})|(?P<to_end>{last})){_END})?"
    behind = r"(?!\s*[0-9]{1,2}(?![0-9]))"
    month = words.spelt(Kind.MONTH)
    return re.compile(
        rf"{_START}(?<![0-9]\s)(?P<count>0?[1-9]|1[0-2]|{spelt})\s+{month}{_END}{behind}{part}{_of_year()}?"
    )


def _months(match: re.Match[str]) -> Period | None:
    count = _number(match["count"])
    year = None if match["school"] else _year_in(match)
    if match["to_end"]:
        return Period(Kind.MONTHS, _MONTHS + 1 - count, _MONTHS, year)
    is_meant = match["from_start"] or match["year"] or count in _ACCUMULATED
    if not is_meant:
        return None
    return Period(Kind.MONTHS, 1, count, year)


def _halves_pattern() -> re.Pattern[str]:
    words = load_period_words()
    first, last = words.pattern("phrases", "first_half"), words.pattern("phrases", "last_half")
    return re.compile(rf"{_START}(?:(?P<from_start>{first})|{last}){_END}{_of_year()}?")


def _half(match: re.Match[str]) -> Period | None:
    year = _year_in(match)
    if match["from_start"]:
        return Period(Kind.MONTHS, 1, _HALF, year)
    return Period(Kind.MONTHS, _HALF + 1, _MONTHS, year)


def _named_month_pattern() -> re.Pattern[str]:
    return re.compile(rf"{_START}(?P<name>{any_of(load_period_words().month_names)}),?\s+(?P<year>{_YEAR})")


def _named_month(match: re.Match[str]) -> Period | None:
    number = load_period_words().month_names[match["name"]]
    return Period(Kind.MONTH, number, number, int(match["year"]))


def _school_year_pattern() -> re.Pattern[str]:
    name = load_period_words().pattern("phrases", "school_year")
    return re.compile(
        rf"{_START}{name}\s*:?\s*(?P<year>{_YEAR})(?:\s*[-–/]\s*(?P<until>20[0-9]{{2}}|[0-9]{{2}})(?![0-9]))?"
    )


def _school_year(match: re.Match[str]) -> Period | None:
    """Which years "năm học 2020" means, with one year alone, nobody can tell."""
    return Period(Kind.SCHOOL_YEAR, year=int(match["year"])) if match["until"] else None


def _year_pattern() -> re.Pattern[str]:
    return re.compile(rf"{_START}{load_period_words().pattern('phrases', 'year')}\s*:?\s*(?P<year>{_YEAR})")


def _month_in_figures(match: re.Match[str]) -> Period | None:
    number = int(match["first"])
    return Period(Kind.MONTH, number, number, int(match["year"]))


def _year(match: re.Match[str]) -> Period | None:
    return Period(Kind.YEAR, year=int(match["year"]))
