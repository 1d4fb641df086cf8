"""What looks like a unit's name or code by chance: dates, and the names of persons."""

from collections.abc import Set as AbstractSet

from pipeline.extract.identify.name_words import Words, phrase_at

_DAYS, _MONTHS = 31, 12
_YEARS = range(15, 41)
"""the last two digits of years in which forms are filled in"""
_LONG_DATE = 6
_SHORT_DATE = 4
_BETWEEN = 2
"""a person has at most so many names between the family name and the given one that a unit bears too"""


def is_date(number: str) -> bool:
    """Tell whether a number may be a day: a year, a day and a month ("0710"), or both with a year ("071020")."""
    if len(number) == _SHORT_DATE:
        return number[:2] in ("19", "20") or _is_day(number[:2], number[2:])
    if len(number) == _LONG_DATE:
        first, middle, last = number[:2], number[2:4], number[4:]
        return _is_day_of_year(first, middle, last) or _is_day_of_year(middle, last, first)
    return False


def _is_day_of_year(first: str, second: str, year: str) -> bool:
    return int(year) in _YEARS and _is_day(first, second)


def _is_day(first: str, second: str) -> bool:
    """Whether two numbers are a day and a month, whichever stands first."""
    low, high = sorted((int(first), int(second)))
    return 1 <= low <= _MONTHS and high <= _DAYS


def is_of_person(words: Words, start: int, taken: AbstractSet[int]) -> bool:
    """Tell whether the unit's name that begins at a word is the given name of a person: "Nguyễn Thị Minh Thanh".

    `taken` are the indexes of words that belong to names of units; none of them is a family name.
    """
    first = max(start - _BETWEEN - 1, 0)
    surnames = (index for index in range(first, start) if index not in taken)
    return any(_begins_person(words, surname, start) for surname in surnames)


def _begins_person(words: Words, surname: int, start: int) -> bool:
    """Tell whether a person's name begins at one word and goes on to another, with nothing but a space between."""
    between = range(surname + 1, start)
    apart = any(index in words.starts for index in (*between, start))
    if apart or not phrase_at(words, surname, "surnames") or phrase_at(words, surname, "not_surnames"):
        return False
    if phrase_at(words, surname + 1, "middle_names"):
        return True
    if not all(words.folded[index].isalpha() for index in between):
        return False
    if phrase_at(words, surname, "plain_surnames"):
        return True
    if words.bears_marks(surname):
        return all(words.is_name(index) for index in (surname, *between))
    return surname in words.starts and not between
