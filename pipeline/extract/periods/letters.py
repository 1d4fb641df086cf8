"""The letter that a form was sent out by, as a form prints it: "Kèm theo Công văn số 02/BCĐXDXHHT ngày 25/9/2020"."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from pipeline.extract.periods.period_words import load_period_words, plain
from pipeline.extract.periods.reading import dates_in
from schemas.text import fold

_NUMBER = r"(?P<number>[0-9]{1,5})\s*/\s*(?P<symbol>[^\W_][\w./-]*(?:\s?-\s?[^\W_]+)*)"
_LONGEST = 500
_LEADING = re.compile(_NUMBER)


@dataclass(frozen=True, slots=True)
class Letter:
    """Number, symbol and day of a letter."""

    number: int
    symbol: str
    """folded: "bcdxdxhht" """
    day: date | None


def number_of(number: str, day: date) -> Letter | None:
    """Take a letter's number apart: "02/BCĐXDXHHT"; None where it is no such number."""
    match = _LEADING.match(plain(number))
    return Letter(int(match["number"]), fold(match["symbol"]), day) if match else None


@lru_cache(maxsize=2048)
def letter_in(text: str) -> Letter | None:
    """Find the letter that a form came with; what a unit sends with it is a report, and none."""
    match = _line().search(plain(text[:_LONGEST]))
    if not match:
        return None
    days = dates_in(text[:_LONGEST])
    return Letter(int(match["number"]), fold(match["symbol"]), days[0] if days else None)


@cache
def _line() -> re.Pattern[str]:
    words = load_period_words()
    start, letter = words.pattern("references", "with"), words.pattern("references", "letters")
    return re.compile(rf"(?<!\w){start}\s+{letter}\s*(?:{words.pattern('references', 'number_of')})?\s*:?\s*{_NUMBER}")


@lru_cache(maxsize=2048)
def is_reference(text: str) -> bool:
    """Tell whether a text only refers to a paper: "Căn cứ ...", "Thực hiện Kế hoạch ...", "Báo cáo số 15 ..."."""
    return bool(_reference().search(plain(text[:_LONGEST])))


@cache
def _reference() -> re.Pattern[str]:
    words = load_period_words()
    start, doing = words.pattern("references", "start"), words.pattern("references", "carrying_out")
    documents, number = words.pattern("references", "documents"), words.pattern("references", "number_of")
    return re.compile(rf"^\W*(?:{start}|{doing}\s+{documents})(?!\w)|(?<!\w){documents}\s+{number}\s*:?\s*[0-9]")
