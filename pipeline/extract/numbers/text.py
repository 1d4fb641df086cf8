"""Cells that hold text: what the whole text says, what makes it no count, or the figures in it."""

import re
import unicodedata
from dataclasses import replace
from functools import lru_cache

from pipeline.extract.numbers.dates import date_parts
from pipeline.extract.numbers.figure_items import (
    pairs_of,
    read_one,
    split_items,
    values_of,
)
from pipeline.extract.numbers.pairs import read_several
from pipeline.extract.numbers.reading import (
    BLANK,
    MOST_DIGITS,
    UNKNOWN,
    Reading,
    graver,
    read_as,
    refused,
)
from pipeline.extract.numbers.vocabulary import LONGEST_UNIT, Vocabulary, made_of
from pipeline.extract.numbers.words import NumberWords, plain_text
from pipeline.findings import codes
from schemas.text import tidy

_LONGEST_TEXT = 200
# A line break before a figure keeps it apart from the one above, where a space would join a group.
_BREAK = re.compile("[\n\r\t\v\f\x85\u2028\u2029]\\s*(?=\\d)")
TOKEN = re.compile(r"\d{1,3}(?: \d{3})+(?![.,']?\d| \d)|\d+(?:[.,']\d+)*|[a-z]+|\S")
_FIGURE_UNKNOWN = re.compile(r"\. ?\.(?: ?\.)?")
"""two or three dots, of official statistics: there is one, and nobody knows how many; more are the line to write on"""
_EXCEL_ERROR = re.compile(r"#+|#[a-z][a-z0-9/_ ]*[!?]?|err:\d+")


def read_text(text: str, vocabulary: Vocabulary) -> Reading:
    """Read a text as typed; one that is too long for a number is refused unread."""
    if len(text) <= _LONGEST_TEXT:
        return _read_short_text(text, vocabulary)
    # Spaces alone may have made it long.
    typed = tidy(text)
    if len(typed) <= _LONGEST_TEXT:
        return _read_short_text(typed, vocabulary)
    return refused(codes.NOT_A_NUMBER, found=typed)


# Many offices type the same few texts; a return one level up holds each again.
@lru_cache(maxsize=8192)
def _read_short_text(text: str, vocabulary: Vocabulary) -> Reading:
    typed = tidy(text)
    apart = _BREAK.sub("; ", text.strip())
    plain = plain_text(typed if apart == text else tidy(apart))
    digits = ascii_digits(plain)
    reading = (
        _whole_cell(digits, vocabulary) or _no_count(digits, vocabulary.words) or _read_figures(digits, vocabulary)
    )
    if reading.state == "blank":
        return reading
    largest = max(reading.value or 0, reading.second or 0)
    if largest >= 10 ** MOST_DIGITS[vocabulary.kind]:
        return refused(codes.BEYOND_SENSE, found=typed)
    code = codes.OTHER_DIGITS if digits != plain else ""
    return replace(graver(reading, code), found=typed)


def ascii_digits(plain: str) -> str:
    """Write the digits of every script as 0 to 9."""
    if plain.isascii():
        return plain
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in plain)


def _whole_cell(plain: str, vocabulary: Vocabulary) -> Reading | None:
    """Read a cell whose whole text has a meaning of its own: blank, zero, yes, as above."""
    if _FIGURE_UNKNOWN.fullmatch(plain):
        return UNKNOWN
    if not plain or _is_line_to_write_on(plain, vocabulary):
        return BLANK
    words = vocabulary.words
    if plain in words.perhaps_zero:
        return refused(codes.NOT_A_NUMBER, (0,))
    code = words.whole.get(plain) or words.whole.get(plain.strip(" .:;-'\"()"))
    if code == codes.ZERO_WORD:
        return read_as(0, code)
    return refused(code) if code else None


def _is_line_to_write_on(plain: str, vocabulary: Vocabulary) -> bool:
    """Whether a text is the dots of the printed form, with its unit after them or not."""
    after_dots = plain.lstrip("._ ")
    dots = len(plain) - len(after_dots)
    units = vocabulary.units | vocabulary.words.currency
    return dots > 1 and made_of(tuple(after_dots.split()), units)


def _no_count(plain: str, words: NumberWords) -> Reading | None:
    """Refuse an Excel error, a percentage or a date that was typed or pasted as text."""
    if _EXCEL_ERROR.fullmatch(plain):
        return refused(codes.ERROR_VALUE)
    if words.percent.search(plain):
        return refused(codes.PERCENTAGE)
    parts = date_parts(plain, words)
    if parts is None:
        return None
    pairs = tuple(pair for pair in (parts, parts[::-1]) if pair[1:])
    return refused(codes.DATE_IN_NUMBER_CELL, parts, [(pair[0], pair[1]) for pair in pairs])


def _read_figures(plain: str, vocabulary: Vocabulary) -> Reading:
    tokens = TOKEN.findall(_undressed(plain))
    head, items = split_items(tokens, vocabulary)
    if vocabulary.words.approximate.search(plain):
        return refused(codes.APPROXIMATE, values_of(items), pairs_of(items))
    if not items:
        return _read_words(tuple(tokens), vocabulary)
    if len(items) == 1:
        return read_one(head, items[0], vocabulary)
    return read_several(head, items, vocabulary)


def _undressed(plain: str) -> str:
    """Take off the apostrophe that makes a text of a number, and the stop of a sentence."""
    if len(plain) > 1:
        plain = plain.removeprefix("'").lstrip()
    return plain[:-1].rstrip() if plain[-1:] in (".", ";") else plain


def _read_words(tokens: tuple[str, ...], vocabulary: Vocabulary) -> Reading:
    """Read a cell without any figure: "không lớp" is zero; "mười hai" is offered, not counted."""
    for end in range(max(0, len(tokens) - LONGEST_UNIT), len(tokens)):
        number, beside = " ".join(tokens[: end + 1]), tokens[end + 1 :]
        if not made_of(beside, vocabulary.units | vocabulary.currency):
            continue
        # A dash is a zero only where it stands alone.
        if vocabulary.words.whole.get(number) == codes.ZERO_WORD and number[0].isalpha():
            return read_as(0, codes.ZERO_WORD)
        offered = vocabulary.words.in_letters.get(number)
        if offered:
            return refused(codes.NOT_A_NUMBER, (offered,))
    return refused(codes.NOT_A_NUMBER)
