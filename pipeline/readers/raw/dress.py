"""What a number format puts around a number, or leaves out of it (ECMA-376 part 1, 18.8.31).

A cell that holds 15000 may show "15.000 nghìn đồng", "15" or nothing: what the unit saw and signed is not
what is stored. Plain formats, formats of dates and those of signs alone ("1.000 ₫") dress nothing; signs that
make a number above zero look like one below it ("-15", "(15)") do.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Dress:
    """How a format shows a number that is not zero."""

    pattern: str
    """the text that is shown, "#" where the digits stand; empty where nothing is shown"""
    thousands: int = 0
    """how many times the digits shown are divided by 1000"""
    decimals: int = 0
    """digits shown behind the sign of the decimals; told only where they may be taken for a group of thousands"""


_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|\\(?P<escaped>.)|_.|\*(?P<fill>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<told>[^\]]*)\]'
    r"|(?P<end>;)|(?P<digits>General|[0#?][0#?,.]*(?:[Ee][+-]?[0#?]+)?(?: *[0#?]*/[0-9#?]+)?)|(?P<bare>.)",
    re.S,
)
_CONDITION = re.compile("[<>=]")
_NEVER_COUNTED = re.compile(r"=\s*0|<=?\s*0")
_ABOVE_ZERO = re.compile(r"(?:>=?|<>)\s*0(?:\.0*)?$")
"""holds for every number that is looked at"""
_NUMBER_PARTS = 3
"""of the parts of a format a fourth is that of texts"""
_DATE_LETTERS = frozenset("dmyhsDMYHS")
_GROUP = 3
_AFTER_LAST_ZERO = re.compile("[^0]*$")
"""what stands behind the decimals that are always shown: a place before a 0 is one of them, as in `#.##0`"""
_SCALE = re.compile(r"[0#?](,+)(?=\.|$)")


@dataclass(slots=True)
class _Section:
    pattern: str = ""
    condition: str = ""
    thousands: int = 0
    decimals: int = 0
    fraction: bool = False
    date: bool = False

    def dress(self) -> Dress | None:
        decimals = self.decimals if self.decimals == _GROUP else 0
        says_more = self.thousands or decimals or _says_more(self.pattern) or not self.pattern.strip()
        return Dress(self.pattern.strip(), self.thousands, decimals) if says_more and not self.date else None


@lru_cache(maxsize=512)
def dress_of(code: str) -> Dress | None:
    """Tell what a format code adds to a positive number; None where it shows its digits and signs alone."""
    sections = [section for section in _sections(code) if not _NEVER_COUNTED.match(section.condition)]
    if not code or not sections:
        return None
    for section in _for_numbers_above_zero(sections):
        if dress := section.dress():
            return dress
    return None


def _for_numbers_above_zero(sections: list[_Section]) -> Iterator[_Section]:
    """Give the parts of a format that may show a number above zero.

    Which of several conditions holds depends on the number, so any of them may be the one. Behind one condition the
    second of three parts without another is that of numbers below zero.
    """
    if not any(section.condition for section in sections):
        yield sections[0]
        return
    for index, section in enumerate(sections[:_NUMBER_PARTS]):
        is_below_zero = index == 1 and len(sections) >= _NUMBER_PARTS and not section.condition
        if not is_below_zero:
            yield section
        if _ABOVE_ZERO.match(section.condition):
            return


def _sections(code: str) -> list[_Section]:
    sections = [_Section()]
    for token in _TOKEN.finditer(code):
        here, kind = sections[-1], token.lastgroup
        text = token[kind] if kind else ""
        if kind == "end":
            sections.append(_Section())
        elif kind == "told":
            here.condition = here.condition or (text if _CONDITION.match(text) else "")
            here.date |= text.lower().strip("hms") == ""
        elif kind == "digits":
            scale = _SCALE.search(text)
            here.thousands += len(scale[1]) if scale else 0
            # Behind decimals a point no longer groups: `0.0\.000` shows 2 as 2.0.000.
            before = here.pattern if here.fraction else _grouped(here.pattern, text)
            here.pattern = before + "#"
            here.fraction |= "." in text
            here.decimals = 0 if "E" in text.upper() else _decimals(text)
        elif kind == "bare":
            here.date |= text in _DATE_LETTERS
            here.pattern += "#" if text == "@" else text
        else:
            here.pattern += text
    return sections


def _decimals(digits: str) -> int:
    """Count the decimals that are always shown; those of `#.##0,00` end at its comma."""
    shown, _, _ = digits.partition(".")[2].partition(",")
    return len(_AFTER_LAST_ZERO.sub("", shown))


def _grouped(before: str, digits: str) -> str:
    """Leave out a sign that only groups: `#"."##0` shows 15000 as 15.000."""
    grouped = len(digits) == _GROUP and before[-2:-1] == "#" and before[-1:] in ". '\u00a0"
    return before[:-2] if grouped else before


def _says_more(pattern: str) -> bool:
    if pattern.count("#") > 1 or shows_negative(pattern):
        return True
    return any(sign == "%" or sign.isalnum() for sign in pattern)


_MINUS = "-\u2212\u2013\u2011"
_NEGATIVE = re.compile(rf"[{_MINUS}]#|#[{_MINUS}]|\(#\)|\[#\]|<#>")


def shows_negative(pattern: str) -> bool:
    """Whether a number above zero is shown as one below it: with a minus, or in the brackets of accountants.

    The dash of "15.000,-" closes a sum and is none.
    """
    signs = "".join(sign for sign in pattern if sign == "#" or unicodedata.category(sign) not in ("Sc", "Zs"))
    return _NEGATIVE.fullmatch(signs) is not None


_GROUPING = str.maketrans("", "", ".,'\u00a0\u202f ")
_ROOM = "[.,'\u00a0\u202f ]?"
_SCIENTIFIC = re.compile(r"-?\d+(?:[.,]\d+)?[Ee][+-]?\d+")
_MOST_THOUSANDS = 3


def shows_digits_alone(value: float, shown: str) -> bool:
    """Whether a text is a whole number and nothing else, be it grouped: "15,100"."""
    return value.is_integer() and shown.translate(_GROUPING) == str(int(value))


def dress_seen(value: float, shown: str) -> Dress | None:
    """Tell the same from the text that a cell shows, which OpenDocument keeps beside its number."""
    if not value.is_integer() or value <= 0 or shows_digits_alone(value, shown):
        return None
    if not shown.strip():
        return Dress("")
    if _SCIENTIFIC.fullmatch(shown.strip()):
        return None
    for thousands in range(_MOST_THOUSANDS + 1):
        size = 1000**thousands
        for digits in dict.fromkeys((str(int(value // size)), str(round(value / size)))):
            part = "0" if thousands == 0 else r"\d"
            found = re.search(rf"(?<!\d)0*{_ROOM.join(digits)}(?:[.,]({part}+)(?!\d))?", shown)
            if found and (thousands == 0 or digits != "0"):
                pattern = f"{shown[: found.start()]}#{shown[found.end() :]}".strip()
                decimals = _GROUP if thousands == 0 and found[1] == "0" * _GROUP else 0
                return Dress(pattern, thousands, decimals) if thousands or decimals or _says_more(pattern) else None
    return Dress(shown.strip()) if _says_more(shown) else None
