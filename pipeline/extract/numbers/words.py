"""The language of typed numbers: its words, and the spelling they are compared by."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pipeline.findings import codes
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.text import fold_words, tidy


@dataclass(frozen=True, slots=True, eq=False)
class NumberWords:
    """The language of typed numbers. Every word is folded: lower case, without marks."""

    whole: Mapping[str, str]
    """text of a whole cell -> the code of what it says"""
    perhaps_zero: frozenset[str]
    nothing: tuple[str, ...]
    """how a note begins that says why there is no number"""
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
    calendar: re.Pattern[str]
    """a day, a month or a year with the word before it"""
    month_name: re.Pattern[str]
    months: Mapping[str, int]
    in_letters: Mapping[str, int]
    no_suggestion: frozenset[str]
    unusual_count: int
    """a count from which on a unit is asked about it"""
    shown: str
    """how a number is told together with what its format shows: {value}, {shown}"""
    pair: str
    """how two numbers of one cell are told: {first}, {first_unit}, {second}, {second_unit}"""


_FULL_WIDTH_SIGNS = [chr(code) for code in (*range(0xFF01, 0xFF10), *range(0xFF1A, 0xFF5F))]
_LOOKALIKES = str.maketrans("₫≈≃∼≥≤⁄∕", "d~~~><//") | str.maketrans(
    {"…": "...", "‥": ".."} | {sign: chr(ord(sign) - 0xFEE0) for sign in _FULL_WIDTH_SIGNS}
)
# Only a letter sheds its marks: a digit with one was struck out, or is a picture of a digit.
_LETTER_MARKS = re.compile("(?<=[a-z])[\u0300-\u036f]+")

_Spelt = list[tuple[int, str]]
"""numbers with the words for them"""


@cache
def load_number_words() -> NumberWords:
    """Load the words of typed numbers from `wording/number_words.toml`."""
    path = WORDING / "number_words.toml"
    data = read_toml(path).values
    whole, units, approximate = data["whole"], data["units"], data["approximate"]
    months = {name: number for number, name in enumerate(data["dates"]["months"], 1)}
    before = _any_of(approximate["before"])
    after = _any_of(approximate["after"])
    vague = _any_of(approximate["vague"])
    dates = _any_of(data["dates"]["words"])
    years = _any_of(data["dates"]["years"])
    names = "|".join(months)
    return NumberWords(
        whole=_codes_of_whole(whole),
        perhaps_zero=plain_words(whole["perhaps_zero"]),
        nothing=tuple(map(fold_words, data["notes"]["nothing"])),
        magnitudes={fold_words(word): size for word, size in data["magnitudes"].items()},
        money_magnitudes=plain_words(data["magnitude_use"]["only_money"]),
        half=plain_words(data["magnitude_use"]["half"]),
        currency=plain_words(data["currency"]["words"]),
        closings=frozenset(data["currency"]["closings"]),
        general_units=plain_words(units["general"]),
        joiners=plain_words(units["joiners"]),
        approximate=re.compile(rf"[~<>]|\d ?\+$|{before}[ :]*(?=\d)|\d.*{after}$|^\D*{vague}\D*$"),
        percent=re.compile(rf"[%‰]|{_any_of(data['percent']['words'])}"),
        dated=re.compile(rf"{dates}[ .]*\d"),
        calendar=re.compile(rf"{dates}[ .]*\d+(?:[ ]?[-/.][ ]?\d+)*|{years}[ .:]*(?:19|20)\d\d(?:[ ]?-[ ]?20\d\d)?"),
        month_name=re.compile(rf"(?:(\d+)[-/])?({names})(?:[-/](\d+))?"),
        months=months,
        in_letters=_numbers_in_letters(data["in_letters"]),
        no_suggestion=plain_words(data["no_suggestion"]["words"]),
        unusual_count=data["unusual"]["count"],
        shown=data["shown"]["found"],
        pair=data["shown"]["pair"],
    )


def _codes_of_whole(whole: Mapping[str, Any]) -> dict[str, str]:
    """Give the code of what each text of a whole cell says."""
    code_of = {
        "zero": codes.ZERO_WORD,
        "yes": codes.YES_MARK,
        "ditto": codes.DITTO_MARK,
    }
    found: dict[str, str] = {}
    for key, code in code_of.items():
        for word in whole[key]:
            found[plain_text(tidy(word))] = code
    return found


def plain_text(typed: str) -> str:
    """Fold case, marks and look-alikes, keeping every other sign: a "," or a "²" changes a number."""
    text = typed.lower()
    if text.isascii():
        return text
    text = _LETTER_MARKS.sub("", unicodedata.normalize("NFD", text.replace("đ", "d")))
    return text if text.isascii() else text.translate(_LOOKALIKES)


def plain_words(texts: Iterable[str]) -> frozenset[str]:
    """Spell the words of a list as those of a cell are spelt."""
    return frozenset(plain_text(tidy(text)) for text in texts)


def _any_of(texts: Iterable[str]) -> str:
    """Match any of these as whole words, the longest first; a digit may touch them."""
    words = sorted(plain_words(texts), key=len, reverse=True)
    return f"(?<![a-z])(?:{'|'.join(map(re.escape, words))})(?![a-z])"


def _numbers_in_letters(data: Mapping[str, Any]) -> dict[str, int]:
    """Spell 1 to 999, in every way the words allow."""
    ones: _Spelt = []
    for figure, word in enumerate(data["ones"], 1):
        ones.append((figure, word))
    ones.append((7, data["seven"]))
    below_hundred = [*ones, *_tens(data, ones)]
    after_hundreds = [each for each in below_hundred if each[0] >= 10]  # noqa: PLR2004 - two figures
    for odd in data["before_ones"]:
        after_hundreds += ((number, f"{odd} {word}") for number, word in ones)
    numbers = {word: number for number, word in below_hundred}
    for figure, word in ones:
        hundred = f"{word} {data['hundred']}"
        numbers[hundred] = 100 * figure
        for less, below in after_hundreds:
            numbers[f"{hundred} {below}"] = 100 * figure + less
    return {fold_words(word): number for word, number in numbers.items()}


def _tens(data: Mapping[str, Any], ones: _Spelt) -> Iterator[tuple[int, str]]:
    """Spell 10 to 99: "mười lăm", "hai mươi mốt", and without the word for ten "hai mốt"."""
    fives = [(5, word) for word in data["five_after_ten"]]
    yield 10, data["ten"]
    for figure, word in (*ones, *fives):
        yield 10 + figure, f"{data['ten']} {word}"
    only_after_tens = [
        *fives,
        (1, data["one_after_tens"]),
        (4, data["four_after_tens"]),
    ]
    for tens, word in ones[1:]:
        yield 10 * tens, f"{word} {data['tens']}"
        for figure, last in (*ones, *only_after_tens):
            yield 10 * tens + figure, f"{word} {data['tens']} {last}"
        for figure, last in only_after_tens:
            yield 10 * tens + figure, f"{word} {last}"
