"""Read one typed cell to a whole number, or say why it cannot be one.

The rule throughout: a cell with one possible reading is read, and what was changed is told; a cell with two
is an error that offers both. Only integers are computed with, so no sum of money is ever rounded.
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from itertools import pairwise
from math import isfinite
from pathlib import Path
from typing import Any, Literal

from schemas.text import fold_words, tidy

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


@dataclass(frozen=True, slots=True, eq=False)
class NumberWords:
    """The language of typed numbers. Every word is folded: lower case, without marks."""

    whole: Mapping[str, str]
    """text of a whole cell -> the code of what it says"""
    perhaps_zero: frozenset[str]
    magnitudes: Mapping[str, int]
    money_magnitudes: frozenset[str]
    """magnitudes that may be something else after a count"""
    half: frozenset[str]
    currency: frozenset[str]
    closings: frozenset[str]
    general_units: frozenset[str]
    joiners: frozenset[str]
    approximate: re.Pattern[str]
    percent: re.Pattern[str]
    dated: re.Pattern[str]
    month_name: re.Pattern[str]
    months: Mapping[str, int]
    in_letters: Mapping[str, int]
    no_suggestion: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class _Row:
    """What the row says about the cell: its kind and the words that may stand beside a figure."""

    kind: Kind
    words: NumberWords
    units: frozenset[str]
    printed_units: frozenset[str]
    """units with a sign inside ("quyển/ tờ"), without spaces: their words alone may say something else"""
    currency: frozenset[str]
    """none on a row of counts"""
    pair: tuple[frozenset[str], frozenset[str]] | None


@dataclass(slots=True)
class _Item:
    """One figure of a cell, and what follows it up to the next."""

    amount: Reading
    digits: str
    words: tuple[str, ...] = ()
    marks: str = ""
    rest: str = ""
    """words and marks in their order, without spaces"""


# The order in which one reading hides another: the gravest is told.
_GRAVEST = ("V026", "V027", "V020", "V022", "V024", "V023", "V025")
_MOST_DIGITS: Mapping[Kind, int] = {"count": 10, "money": 15}
_LONGEST_TEXT = 200
_LONGEST_UNIT = 6
# Vietnamese telephone numbers have 10 digits and begin with 0; no count is typed so.
_PHONE_DIGITS = 9
_GROUP = 3
# What is left over when Excel adds fractions up to a whole.
_NOISE = 1e-6

_BLANK = Reading("blank")

_FULL_WIDTH_SIGNS = [chr(code) for code in (*range(0xFF01, 0xFF10), *range(0xFF1A, 0xFF5F))]
_LOOKALIKES = str.maketrans("₫≈≃∼≥≤⁄∕", "d~~~><//") | str.maketrans(
    {"…": "...", "‥": ".."} | {sign: chr(ord(sign) - 0xFEE0) for sign in _FULL_WIDTH_SIGNS}
)
# Only a letter sheds its marks: a digit with one was struck out, or is a picture of a digit.
_LETTER_MARKS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# A line break before a figure keeps it apart from the one above, where a space would join a group.
_BREAK = re.compile("[\n\r\t\v\f\x85\u2028\u2029]\\s*(?=\\d)")
_TOKEN = re.compile(r"\d{1,3}(?: \d{3})+(?![.,']?\d| \d)|\d+(?:[.,']\d+)*|[a-z]+|\S")
_SIGN = re.compile("[.,' ]")
_EXCEL_ERROR = re.compile(r"#+|#[a-z][a-z0-9/_ ]*[!?]?|err:\d+")
_DAY_MONTH_YEAR = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(?:\d{4}|\d{2})(?!\d)")
_YEAR_MONTH_DAY = re.compile(r"(?<!\d)\d{4}([/.-])(\d{1,2})\1(\d{1,2})(?!\d)")
_MONTHS = 12
_DAYS = 31
_UNKNOWN_MEASURE = -1


def read_number(
    value: object,
    *,
    kind: Kind,
    words: NumberWords,
    units: Sequence[str] = (),
    pair_units: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Reading:
    """Read one cell as calamine gave it to a whole number of things, or of dong.

    `units` are the words that may follow a figure without changing it: those of this very measure, or
    "340 người" would count as classes. `pair_units` are the words of the first and the second measure where
    one cell may hold both; `value` is then the first and `second` the second, whatever their order in the
    cell. Never raises for a value; errors of Excel and percent formats are seen only where they are text.
    """
    if value is None or value == "":
        return _BLANK
    if isinstance(value, bool):
        return Reading("unreadable", code="V012", found="TRUE" if value else "FALSE")
    if isinstance(value, int):
        return _whole(value, kind)
    if isinstance(value, float):
        return _whole(int(value), kind) if value.is_integer() else _fractional(value, kind)
    if isinstance(value, str):
        pair = (tuple(pair_units[0]), tuple(pair_units[1])) if pair_units else None
        return _read_text(value, _row(kind, words, tuple(units), pair))
    return _read_date(value)


@cache
def load_number_words() -> NumberWords:
    """Load the words of typed numbers from `wording/number_words.toml`."""
    path = Path(__file__).with_name("wording") / "number_words.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    whole, units, approximate = data["whole"], data["units"], data["approximate"]
    codes = {"zero": "V021", "yes": "V006", "ditto": "V007"}
    months = {name: number for number, name in enumerate(data["dates"]["months"], 1)}
    before, after, vague = (_any_of(approximate[key]) for key in ("before", "after", "vague"))
    dates = _any_of(data["dates"]["words"])
    names = "|".join(months)
    return NumberWords(
        whole={_plain(tidy(word)): code for key, code in codes.items() for word in whole[key]},
        perhaps_zero=_plain_words(whole["perhaps_zero"]),
        magnitudes={fold_words(word): size for word, size in data["magnitudes"].items()},
        money_magnitudes=_plain_words(data["magnitude_use"]["only_money"]),
        half=_plain_words(data["magnitude_use"]["half"]),
        currency=_plain_words(data["currency"]["words"]),
        closings=frozenset(data["currency"]["closings"]),
        general_units=_plain_words(units["general"]),
        joiners=_plain_words(units["joiners"]),
        approximate=re.compile(rf"[~<>]|\d ?\+$|{before}[ :]*(?=\d)|\d.*{after}$|^\D*{vague}\D*$"),
        percent=re.compile(rf"[%‰]|{_any_of(data['percent']['words'])}"),
        dated=re.compile(rf"{dates}[ .]*\d"),
        month_name=re.compile(rf"(?:(\d+)[-/])?({names})(?:[-/](\d+))?"),
        months=months,
        in_letters=_numbers_in_letters(data["in_letters"]),
        no_suggestion=_plain_words(data["no_suggestion"]["words"]),
    )


def _plain_words(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(tidy(text)) for text in texts)


def _any_of(texts: Iterable[str]) -> str:
    """Match any of these as whole words, the longest first; a digit may touch them."""
    words = sorted(_plain_words(texts), key=len, reverse=True)
    return f"(?<![a-z])(?:{'|'.join(map(re.escape, words))})(?![a-z])"


def _numbers_in_letters(data: Mapping[str, Any]) -> dict[str, int]:
    """Spell 1 to 99, in every way the words allow."""
    spelt = [(figure, word) for figure, word in enumerate(data["ones"], 1)] + [(7, data["seven"])]
    last = [*spelt, *((5, word) for word in data["five_after_ten"])]
    after_tens = [*last, (1, data["one_after_tens"]), (4, data["four_after_tens"])]
    numbers = {word: figure for figure, word in spelt} | {data["ten"]: 10}
    numbers |= {f"{data['ten']} {word}": 10 + figure for figure, word in last}
    for figure, word in spelt[1:]:
        numbers[f"{word} {data['tens']}"] = 10 * figure
        numbers |= {f"{word} {data['tens']} {one}": 10 * figure + unit for unit, one in after_tens}
        numbers |= {f"{word} {one}": 10 * figure + unit for unit, one in after_tens[len(spelt) :]}
    return {fold_words(word): number for word, number in numbers.items()}


@lru_cache(maxsize=1024)
def _row(
    kind: Kind,
    words: NumberWords,
    units: tuple[str, ...],
    pair: tuple[tuple[str, ...], tuple[str, ...]] | None,
) -> _Row:
    folded = frozenset(map(fold_words, units)) | words.general_units
    measures = (frozenset(map(fold_words, pair[0])), frozenset(map(fold_words, pair[1]))) if pair else None
    printed = frozenset(plain.replace(" ", "") for plain in _plain_words(units) if not plain.replace(" ", "").isalpha())
    currency = words.currency if kind == "money" else frozenset()
    return _Row(kind, words, folded, printed, currency, measures)


def _error(
    code: str, candidates: Iterable[int] = (), pairs: Iterable[tuple[int, int]] = (), found: str | None = None
) -> Reading:
    return Reading("unreadable", None, None, code, found, tuple(dict.fromkeys(candidates)), tuple(dict.fromkeys(pairs)))


def _read(value: int, code: str) -> Reading:
    return Reading("read", value, code=code)


def _graver(amount: Reading, code: str) -> Reading:
    """Tell of two changes in one cell the graver one; an error stays what it is."""
    if amount.value is None or amount.code is None or not code:
        return amount
    return replace(amount, code=max(amount.code, code, key=_GRAVEST.index))


# Cells that hold a number or a date


@lru_cache(maxsize=8192)
def _whole(value: int, kind: Kind) -> Reading:
    if value < 0:
        return _error("V005", (-value,), found=_shown(value))
    if value >= 10 ** _MOST_DIGITS[kind]:
        return _error("V011", found=_shown(value))
    return Reading("stated", value)


def _shown(value: int) -> str:
    return str(value) if abs(value) < 10**20 else f"{Decimal(value):.2E}"


def _fractional(value: float, kind: Kind) -> Reading:
    """Refuse a fraction; 1.5 may be the "1.500" that a program with other settings took for a decimal."""
    if not isfinite(value):
        return _error("V011", found="#NUM!")
    shown = repr(value)
    code = "V005" if value < 0 else "V015"
    whole, _, decimals = shown.partition(".")
    candidates = _lost_group(whole, decimals, kind) if decimals.isdecimal() and whole.isdecimal() else ()
    if value > 0 and abs(value - round(value)) < _NOISE:
        candidates = (round(value),)
    return _error(code, candidates, found=shown.replace(".", ","))


def _lost_group(whole: str, decimals: str, kind: Kind) -> tuple[int, ...]:
    """What 1.5 may be: 1 500 with its zeros lost, or 1,5 triệu on a row of money."""
    if len(decimals) > _GROUP or not 0 < len(whole) <= _GROUP or whole[0] == "0":
        return ()
    thousands = int(whole + decimals.ljust(_GROUP, "0"))
    return (thousands, thousands * 1000) if kind == "money" else (thousands,)


def _read_date(value: object) -> Reading:
    """Refuse a date or a time; offer the "3/45" or the count that Excel may have made it from."""
    if isinstance(value, date):
        return _error("V004", *_behind_date(value), found=f"{value.day:02}/{value.month:02}/{value.year}")
    if value == time():
        # A cell that holds 0 and is formatted as a date comes as midnight.
        return _error("V004", (0,), found="00:00")
    if isinstance(value, time):
        return _slashed("V004", value.hour, value.minute, f"{value.hour:02}:{value.minute:02}")
    if isinstance(value, timedelta):
        hours, minutes = divmod(value // timedelta(minutes=1), 60)
        return _slashed("V004", hours, minutes, f"{hours:02}:{minutes:02}")
    return _error("V001", found=tidy(str(value)))


def _behind_date(value: date) -> tuple[tuple[int, ...], tuple[tuple[int, int], ...]]:
    """Return the numbers and the pairs that Excel may have turned into this date.

    Day/month and month/day by the settings of the computer; month/year where no such day exists (3/45 is
    1 March 1945). A year that two digits cannot name comes from a count in a cell formatted as a date.
    """
    if not 1930 <= value.year < 2100:  # noqa: PLR2004 - two digits name years from 1930 on in Excel
        return (_serial(value),), ()
    pairs = [(value.day, value.month), (value.month, value.day)]
    short = value.year % 100
    if value.day == 1 and not 0 < short <= _MONTHS:
        pairs.insert(0 if value.year < 2000 else len(pairs), (value.month, short))  # noqa: PLR2004
    return pairs[0], tuple(pairs)


def _serial(value: date) -> int:
    """Return the number under a date; Excel counts a 29 February 1900 that never was."""
    day = value.toordinal() - date(1899, 12, 30).toordinal()
    return day if day > 60 else day - 1  # noqa: PLR2004 - its serial number


def _slashed(code: str, first: int, second: int, found: str | None = None) -> Reading:
    """Refuse two figures in one cell, and offer both."""
    return _error(code, (first, second), ((first, second),), found)


# Cells that hold text


def _read_text(text: str, row: _Row) -> Reading:
    if len(text) <= _LONGEST_TEXT:
        return _read_short_text(text, row)
    typed = tidy(text)
    return _read_short_text(typed, row) if len(typed) <= _LONGEST_TEXT else _error("V001", found=typed)


# Many offices type the same few texts; a return one level up holds each again.
@lru_cache(maxsize=8192)
def _read_short_text(text: str, row: _Row) -> Reading:
    typed = tidy(text)
    apart = _BREAK.sub("; ", text.strip())
    plain = _plain(typed if apart == text else tidy(apart))
    digits = _ascii_digits(plain)
    reading = _whole_cell(digits, row) or _no_count(digits, row.words) or _read_figures(digits, row)
    if reading.state == "blank":
        return reading
    if max(reading.value or 0, reading.second or 0) >= 10 ** _MOST_DIGITS[row.kind]:
        return _error("V011", found=typed)
    return replace(_graver(reading, "V027" if digits != plain else ""), found=typed)


def _plain(typed: str) -> str:
    """Fold case, marks and look-alikes, keeping every other sign: a "," or a "²" changes a number."""
    text = typed.lower()
    if text.isascii():
        return text
    text = _LETTER_MARKS.sub("", unicodedata.normalize("NFD", text.replace("đ", "d")))
    return text if text.isascii() else text.translate(_LOOKALIKES)


def _ascii_digits(plain: str) -> str:
    """Write the digits of every script as 0 to 9."""
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)


def _whole_cell(plain: str, row: _Row) -> Reading | None:
    """Read a cell whose whole text has a meaning of its own: blank, zero, yes, as above."""
    after_dots = plain.lstrip("._ ")
    dots = len(plain) - len(after_dots)
    if not plain or (dots > 1 and _made_of(tuple(after_dots.split()), row.units | row.words.currency)):
        # The dots of the printed form, with its unit after them or not.
        return _BLANK
    if plain in row.words.perhaps_zero:
        return _error("V001", (0,))
    code = row.words.whole.get(plain) or row.words.whole.get(plain.strip(" .:;-'\"()"))
    if code == "V021":
        return _read(0, code)
    return _error(code) if code else None


def _no_count(plain: str, words: NumberWords) -> Reading | None:
    """Refuse an Excel error, a percentage or a date that was typed or pasted as text."""
    if _EXCEL_ERROR.fullmatch(plain):
        return _error("V008")
    if words.percent.search(plain):
        return _error("V010")
    parts = _date_parts(plain, words)
    if parts is None:
        return None
    pairs = tuple(pair for pair in (parts, parts[::-1]) if pair[1:])
    return _error("V004", parts, [(pair[0], pair[1]) for pair in pairs])


def _date_parts(plain: str, words: NumberWords) -> tuple[int, ...] | None:
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


def _read_figures(plain: str, row: _Row) -> Reading:
    tokens = _TOKEN.findall(_undressed(plain))
    head, items = _items(tokens, row)
    if row.words.approximate.search(plain):
        return _error("V002", _values(items), _pairs(items))
    if not items:
        return _read_words(tuple(tokens), row)
    if len(items) == 1:
        return _read_one(head, items[0], row)
    return _read_several(head, items, row)


def _undressed(plain: str) -> str:
    """Take off the apostrophe that makes a text of a number, and the stop of a sentence."""
    if len(plain) > 1:
        plain = plain.removeprefix("'").lstrip()
    return plain[:-1].rstrip() if plain[-1:] in (".", ";") else plain


def _items(tokens: list[str], row: _Row) -> tuple[list[str], list[_Item]]:
    """Split a cell into what stands before the first figure and the figures with what follows each."""
    head: list[str] = []
    items: list[_Item] = []
    at = 0
    while at < len(tokens):
        token, start = tokens[at], at
        at += 1
        if token[0].isdecimal():
            amount, at = _amount(tokens, start, row)
            items.append(_Item(amount, "".join(filter(str.isdecimal, "".join(tokens[start:at])))))
        elif not items:
            head.append(token)
        else:
            items[-1].words += (token,) if token.isalpha() else ()
            items[-1].marks += "" if token.isalpha() else token
            items[-1].rest += token
    return head, items


def _values(items: list[_Item]) -> tuple[int, ...]:
    return tuple(item.amount.value for item in items if item.amount.value is not None)


def _pairs(items: list[_Item]) -> tuple[tuple[int, int], ...]:
    values = _values(items)
    return ((values[0], values[1]),) if len(values) == len(items) == 2 else ()  # noqa: PLR2004 - a pair


def _made_of(words: tuple[str, ...], vocabulary: frozenset[str]) -> bool:
    """Whether these words are entries of the vocabulary, one after the other ("lượt người")."""
    if not words:
        return True
    return len(words) <= _LONGEST_UNIT and any(
        " ".join(words[:end]) in vocabulary and _made_of(words[end:], vocabulary) for end in range(1, len(words) + 1)
    )


def _read_words(tokens: tuple[str, ...], row: _Row) -> Reading:
    """Read a cell without any figure: "không lớp" is zero; "mười hai" is offered, not counted."""
    for end in range(max(0, len(tokens) - _LONGEST_UNIT), len(tokens)):
        said, beside = " ".join(tokens[: end + 1]), tokens[end + 1 :]
        zero = row.words.whole.get(said) == "V021" and said[0].isalpha()
        offered = row.words.in_letters.get(said)
        if (zero or offered) and _made_of(beside, row.units | row.currency):
            return _read(0, "V021") if zero else _error("V001", (offered or 0,))
    return _error("V001")


def _read_one(head: list[str], item: _Item, row: _Row) -> Reading:
    """Read a cell with one figure, by what stands before and after it."""
    amount, code = item.amount, _beside(item, row)
    suggested = _suggested(head, item, row)
    if head == ["-"]:
        return _error("V005", suggested)
    if head and not _made_of(tuple(head), row.currency):
        # "(12)" is minus twelve to an accountant, "+12" a change.
        return _error("V003" if head in (["("], ["+"]) else "V001", suggested)
    if code is None:
        return _error("V001" if item.words else "V003", suggested)
    return _graver(_graver(amount, code), "V020" if head else "")


def _beside(item: _Item, row: _Row) -> str | None:
    """Return the code of what follows a figure without changing it; "" for nothing, None for all else."""
    words, marks = item.words, item.marks
    if not words and not marks:
        return ""
    if row.currency and marks in row.words.closings and _made_of(words, row.currency):
        return "V020"
    if item.rest in row.printed_units or (words and marks in ("", "()") and _made_of(words, row.units)):
        return "V022"
    return None


def _suggested(head: list[str], item: _Item, row: _Row) -> tuple[int, ...]:
    """Offer the figure beside unknown words, unless they show that it is not the number meant."""
    if item.amount.value is None:
        return item.amount.candidates
    if _beside(item, row) is None:
        words = {*head, *item.words}
        language = row.words
        other_number = words & (language.no_suggestion | language.magnitudes.keys() | language.currency)
        other_cell = row.pair is not None and _measure(item.words, row) in (0, 1)
        # A single letter may be an O or an l typed for a digit.
        misspelt = any(len(word) == 1 and word.isalpha() for word in words) or not item.marks.isascii()
        if other_number or other_cell or misspelt:
            return ()
    return (item.amount.value,)


def _read_several(head: list[str], items: list[_Item], row: _Row) -> Reading:
    """Read a cell with several figures: a pair where the row takes one, else an error."""
    values, pairs = _values(items), _pairs(items)
    if not pairs:
        worded = len(values) == len(items) and any(item.words for item in items)
        return _error("V013", values) if worded else _error("V003", _joined(items))
    first, second = items
    if head:
        return _error("V001" if head[0].isalpha() else "V003", values, pairs)
    if row.pair and (reading := _read_pair(first, second, row)):
        return reading
    if first.marks == "-" and not first.words:
        return _error("V002", values, pairs)
    if not first.words and not second.words:
        return _error("V003", _bare_candidates(first, second), pairs)
    return _error(_code_of_two(first, second, row), values, pairs)


def _joined(items: list[_Item]) -> tuple[int, ...]:
    """Offer "1. 500. 000" without its spaces."""
    spaced = all(item.rest in ("", ".", ",") for item in items)
    spaced = spaced and all(len(item.digits) == _GROUP for item in items[1:])
    return (int("".join(item.digits for item in items)),) if spaced else ()


def _bare_candidates(first: _Item, second: _Item) -> tuple[int, ...]:
    one, two = first.amount.value or 0, second.amount.value or 0
    if first.marks == "+":
        return one + two, one, two
    return (int(first.digits + second.digits),) if not first.marks else (one, two)


def _code_of_two(first: _Item, second: _Item, row: _Row) -> str:
    """Say what two figures with words are on a row that cannot take them."""
    one, two = _without_joiner(first, row.words), second.words
    if row.pair:
        measures = _measure(one, row), _measure(two, row)
        return "V013" if measures[0] == measures[1] and measures[0] in (0, 1) else "V003"
    of_this_row = bool(one) and bool(two) and _made_of(one, row.units) and _made_of(two, row.units)
    if first.marks in ("/", "(") and not of_this_row:
        return "V014"
    return "V013" if one and two else "V003"


def _measure(words: tuple[str, ...], row: _Row) -> int | None:
    """Return which measure of the pair the words name: 0, 1, None for no words, -1 for neither."""
    if not words:
        return None
    for number, units in enumerate(row.pair or ()):
        general = row.words.general_units - units
        if _made_of(words, units | general) and not _made_of(words, general):
            return number
    return _UNKNOWN_MEASURE


def _without_joiner(item: _Item, language: NumberWords) -> tuple[str, ...]:
    words = item.words
    return words[:-1] if words and not item.marks and words[-1] in language.joiners else words


def _read_pair(first: _Item, second: _Item, row: _Row) -> Reading | None:
    """Split "12 lớp/340 người": by its words, or without them only at a slash or a bracket."""
    one, two = first.amount.value, second.amount.value
    measures = _measure(_without_joiner(first, row.words), row), _measure(second.words, row)
    if any(item.rest != "".join(item.words) + item.marks for item in (first, second)):
        # "12/lớp 340": the word after the sign belongs to neither figure for sure.
        return None
    between = first.marks, second.marks
    split = between in (("/", ""), ("(", ")"))
    if split and measures in ((None, None), (0, None), (None, 1)):
        return Reading("read", one, two, "V025")
    if split or (first.marks in ("", ",", ";", "-", "+", "&") and not second.marks):
        if measures == (0, 1):
            return Reading("read", one, two, "V025")
        if measures == (1, 0):
            return Reading("read", two, one, "V025")
    return None


# Figures


def _amount(tokens: list[str], at: int, row: _Row) -> tuple[Reading, int]:
    """Read the figure at `at` with the magnitudes that follow it; return it and where it ends."""
    sizes = _sizes(tokens, at, row.words)
    if not sizes:
        return _figure(tokens[at], row.kind), at + 1
    end = at + 2 * len(sizes)
    counts, magnitudes = tokens[at:end:2], tokens[at + 1 : end : 2]
    if row.kind == "count" and not row.words.money_magnitudes.isdisjoint(magnitudes):
        both = _offered(_figure(counts[0], row.kind)) + _offered(_scaled(counts[0], sizes[0]))
        return _error("V003", both), end
    reading = _scaled(counts[0], sizes[0]) if len(sizes) == 1 else _summed(counts, sizes)
    tail = tokens[end] if end < len(tokens) else ""
    if tail not in row.words.half and not tail[:1].isdecimal():
        return reading, end
    if len(sizes) > 1 or not counts[0].isdecimal() or reading.value is None:
        return _error("V003"), end + 1
    if tail in row.words.half:
        return _read(reading.value + sizes[0] // 2, "V023"), end + 1
    return _tailed(reading.value, sizes[0], tail, is_last=end + 1 == len(tokens)), end + 1


def _sizes(tokens: list[str], at: int, words: NumberWords) -> list[int]:
    """Return the magnitudes of "1 triệu 500 nghìn" from `at` on."""
    sizes: list[int] = []
    while at + 1 < len(tokens) and tokens[at][0].isdecimal() and tokens[at + 1] in words.magnitudes:
        sizes.append(words.magnitudes[tokens[at + 1]])
        at += 2
    return sizes


def _offered(reading: Reading) -> tuple[int, ...]:
    return reading.candidates if reading.value is None else (reading.value,)


def _summed(counts: list[str], sizes: list[int]) -> Reading:
    """Add "1 triệu 500 nghìn"; each part must be less than one of the part before it."""
    if not all(count.isdecimal() for count in counts):
        return _error("V003")
    parts = [int(count) * size for count, size in zip(counts, sizes, strict=True)]
    below = all(part < size for part, size in zip(parts[1:], sizes, strict=False))
    descending = all(lower < upper for upper, lower in pairwise(sizes))
    return _read(sum(parts), "V023") if below and descending else _error("V003")


def _tailed(upper: int, size: int, tail: str, *, is_last: bool) -> Reading:
    """Read "2 triệu 5" as 2 500 000; more digits, or a word after them, leave two readings."""
    if not tail.isdecimal():
        return _error("V003")
    tenths, ones = upper + int(tail) * size // 10 ** len(tail), upper + int(tail)
    if tenths == ones or (len(tail) == 1 and is_last):
        return _read(tenths, "V023")
    return _error("V003", (tenths, ones))


def _scaled(token: str, size: int) -> Reading:
    """Multiply the figure before a magnitude word, with a decimal point or comma in it; exact or an error."""
    parts = _SIGN.split(token)
    signs = "".join(_SIGN.findall(token))
    joined = int("".join(parts))
    if not signs or (_grouped(parts) and len(signs) > 1 and len(set(signs)) == 1):
        return _read(joined * size, "V023")
    if len(signs) > 1 or signs not in ".,":
        return _error("V003", (joined * size,))
    value, rest = divmod(joined * size, 10 ** len(parts[1]))
    if len(parts[1]) == _GROUP and parts[0].strip("0"):
        # "1.500 triệu" may be 1,5 triệu or 1500 triệu.
        return _error("V003", (joined * size, *(() if rest else (value,))))
    return _error("V015") if rest else _read(value, "V023")


def _figure(token: str, kind: Kind) -> Reading:
    """Read digits with the signs of their groups; "1.500" is 1 500, "1.5" is not sure to be anything."""
    if token.isdecimal():
        phone = len(token) >= _PHONE_DIGITS and token[0] == "0" and token.strip("0")
        return _error("V003", (int(token),)) if phone else _read(int(token), "V026")
    parts = _SIGN.split(token)
    signs = "".join(_SIGN.findall(token))
    joined = int("".join(parts))
    if not _grouped(parts) or len(set(signs)) > 1:
        return _decimal(parts, signs, kind)
    if len(signs) > 1:
        return _read(joined, "V020")
    # No decimal is written with a space, but in a count "12 340" may be two measures.
    if signs in ".," or (signs == " " and kind == "money"):
        return _read(joined, "V024")
    return _error("V003", (joined,), ((int(parts[0]), int(parts[1])),) if signs == " " else ())


def _grouped(parts: list[str]) -> bool:
    """Whether these are groups of thousands: one to three digits, then three each."""
    first, *rest = parts
    return len(first) <= _GROUP and first[0] != "0" and all(len(part) == _GROUP for part in rest)


def _decimal(parts: list[str], signs: str, kind: Kind) -> Reading:
    """Read or refuse a figure whose last sign may be that of the decimals."""
    *groups, decimals = parts
    joined, whole = int("".join(parts)), int("".join(groups))
    zeros = not decimals.strip("0")
    if len(signs) > 1:
        sure = len(groups) > 2 and _grouped(groups) and len(set(signs[:-1])) == 1 and len(decimals) < _GROUP  # noqa: PLR2004
        if sure and signs[-1] in ".," and signs[-1] != signs[0]:
            return _read(whole, "V020") if zeros else _error("V015", (whole,))
        return _error("V003", (joined, whole) if _grouped(parts) else (whole,) if _grouped(groups) else ())
    lost = _lost_group(groups[0], decimals, kind)
    if zeros:
        return _error("V003", (whole, *lost) if len(decimals) < _GROUP else (joined, whole))
    if not whole or (signs == "," and len(decimals) < _GROUP):
        return _error("V015", lost)
    return _error("V003", (*lost, joined))
