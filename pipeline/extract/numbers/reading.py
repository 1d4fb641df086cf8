"""What one typed cell says, and how it is said: blank, read with a finding, or refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.findings import codes

Kind = Literal["count", "money"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one typed cell says."""

    state: Literal["stated", "read", "blank", "unreadable"]
    value: int | None = None
    """the number, for stated and read"""
    second: int | None = None
    """the second measure, when one cell held a pair ("12 lớp/340 người")"""
    code: str | None = None
    """finding code; None when nothing is to be told"""
    found: str | None = None
    """what was typed, as text for a person ("khoảng 50", "05/10/2020", "2,5")"""
    candidates: tuple[int, ...] = ()
    """what the typist may have meant, best first; for errors"""
    pairs: tuple[tuple[int, int], ...] = ()
    """candidates that are pairs (a date 3/45 may be 3 lớp / 45 người)"""


# The order in which one reading hides another: the gravest is told.
_GRAVEST = (
    codes.NUMBER_AS_TEXT,
    codes.OTHER_DIGITS,
    codes.GROUPING_REMOVED,
    codes.UNIT_WORD_REMOVED,
    codes.ONE_THOUSANDS_GROUP,
    codes.MAGNITUDE_WORD,
    codes.PAIR_SPLIT,
)
# Vietnam has about 100 million people; a telephone number without its first 0 has nine digits.
MOST_DIGITS: Mapping[Kind, int] = {"count": 8, "money": 15}
BLANK = Reading("blank")
UNKNOWN = Reading("blank", code=codes.FIGURE_UNKNOWN, found="...")
"""a figure that exists and is not known: it is no blank that a unit may have meant as 0"""


def refused(
    code: str,
    candidates: Iterable[int] = (),
    pairs: Iterable[tuple[int, int]] = (),
    found: str | None = None,
) -> Reading:
    """Refuse a cell; what its typist may have meant is offered once, in the order given."""
    return Reading(
        "unreadable",
        None,
        None,
        code,
        found,
        tuple(dict.fromkeys(candidates)),
        tuple(dict.fromkeys(pairs)),
    )


def read_as(value: int, code: str) -> Reading:
    """Count a cell as this number, and tell by the code what was changed."""
    return Reading("read", value, code=code)


def graver(amount: Reading, code: str) -> Reading:
    """Tell of two changes in one cell the graver one; an error stays what it is."""
    if amount.value is None or amount.code is None or not code:
        return amount
    return replace(amount, code=max(amount.code, code, key=_GRAVEST.index))
