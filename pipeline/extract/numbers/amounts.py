"""One figure to one whole number: its groups of thousands, its decimals, the magnitudes that follow it."""

import re
from itertools import pairwise

from pipeline.extract.numbers.reading import Kind, Reading, read_as, refused
from pipeline.extract.numbers.vocabulary import Vocabulary
from pipeline.extract.numbers.words import NumberWords
from pipeline.findings import codes

GROUP = 3
# Vietnamese telephone numbers have 10 digits and begin with 0; no count is typed so.
_PHONE_DIGITS = 9
_SIGN = re.compile("[.,' ]")


def read_amount(tokens: list[str], at: int, vocabulary: Vocabulary) -> tuple[Reading, int]:
    """Read the figure at `at` with the magnitudes that follow it; return it and where it ends."""
    sizes = _sizes(tokens, at, vocabulary.words)
    if not sizes:
        return _figure(tokens[at], vocabulary.kind), at + 1
    end = at + 2 * len(sizes)
    counts, magnitudes = tokens[at:end:2], tokens[at + 1 : end : 2]
    is_of_money = not vocabulary.words.money_magnitudes.isdisjoint(magnitudes)
    if vocabulary.kind == "count" and is_of_money:
        both = _offered(_figure(counts[0], vocabulary.kind)) + _offered(_scaled(counts[0], sizes[0]))
        return refused(codes.AMBIGUOUS, both), end
    reading = _scaled(counts[0], sizes[0]) if len(sizes) == 1 else _summed(counts, sizes)
    tail = tokens[end] if end < len(tokens) else ""
    is_half = tail in vocabulary.words.half
    if not is_half and not tail[:1].isdecimal():
        return reading, end
    if len(sizes) > 1 or not counts[0].isdecimal() or reading.value is None:
        return refused(codes.AMBIGUOUS), end + 1
    if is_half:
        return read_as(reading.value + sizes[0] // 2, codes.MAGNITUDE_WORD), end + 1
    return _tailed(reading.value, sizes[0], tail, is_last=end + 1 == len(tokens)), end + 1


def _sizes(tokens: list[str], at: int, words: NumberWords) -> list[int]:
    """Return the magnitudes of "1 triệu 500 nghìn" from `at` on."""
    sizes: list[int] = []
    while at + 1 < len(tokens):
        figure, size = tokens[at], tokens[at + 1]
        if not figure[0].isdecimal() or size not in words.magnitudes:
            break
        sizes.append(words.magnitudes[size])
        at += 2
    return sizes


def _offered(reading: Reading) -> tuple[int, ...]:
    return reading.candidates if reading.value is None else (reading.value,)


def _summed(counts: list[str], sizes: list[int]) -> Reading:
    """Add "1 triệu 500 nghìn"; each part must be less than one of the part before it."""
    if not all(count.isdecimal() for count in counts):
        return refused(codes.AMBIGUOUS)
    parts = [int(count) * size for count, size in zip(counts, sizes, strict=True)]
    below = all(part < size for part, size in zip(parts[1:], sizes, strict=False))
    descending = all(lower < upper for upper, lower in pairwise(sizes))
    if not below or not descending:
        return refused(codes.AMBIGUOUS)
    return read_as(sum(parts), codes.MAGNITUDE_WORD)


def _tailed(upper: int, size: int, tail: str, *, is_last: bool) -> Reading:
    """Read "2 triệu 5" as 2 500 000; more digits, or a word after them, leave two readings."""
    if not tail.isdecimal():
        return refused(codes.AMBIGUOUS)
    tenths, ones = upper + int(tail) * size // 10 ** len(tail), upper + int(tail)
    if tenths == ones or (len(tail) == 1 and is_last):
        return read_as(tenths, codes.MAGNITUDE_WORD)
    return refused(codes.AMBIGUOUS, (tenths, ones))


def _scaled(token: str, size: int) -> Reading:
    """Multiply the figure before a magnitude word, with a decimal point or comma in it; exact or an error."""
    parts = _SIGN.split(token)
    signs = "".join(_SIGN.findall(token))
    joined = int("".join(parts))
    is_grouped = _grouped(parts) and len(signs) > 1 and len(set(signs)) == 1
    if not signs or is_grouped:
        return read_as(joined * size, codes.MAGNITUDE_WORD)
    if len(signs) > 1 or signs not in ".,":
        return refused(codes.AMBIGUOUS, (joined * size,))
    value, rest = divmod(joined * size, 10 ** len(parts[1]))
    if len(parts[1]) == GROUP and parts[0].strip("0"):
        # "1.500 triệu" may be 1,5 triệu or 1500 triệu.
        candidates = (joined * size,) if rest else (joined * size, value)
        return refused(codes.AMBIGUOUS, candidates)
    return refused(codes.FRACTION) if rest else read_as(value, codes.MAGNITUDE_WORD)


def _figure(token: str, kind: Kind) -> Reading:
    """Read digits with the signs of their groups; "1.500" is 1 500, "1.5" is not sure to be anything."""
    if token.isdecimal():
        is_phone = len(token) >= _PHONE_DIGITS and token[0] == "0" and token.strip("0")
        if is_phone:
            return refused(codes.AMBIGUOUS, (int(token),))
        return read_as(int(token), codes.NUMBER_AS_TEXT)
    parts = _SIGN.split(token)
    signs = "".join(_SIGN.findall(token))
    joined = int("".join(parts))
    if not _grouped(parts) or len(set(signs)) > 1:
        return _decimal(parts, signs, kind)
    if len(signs) > 1:
        return read_as(joined, codes.GROUPING_REMOVED)
    # No decimal is written with a space, but in a count "12 340" may be two measures.
    if signs in ".," or (signs == " " and kind == "money"):
        return read_as(joined, codes.ONE_THOUSANDS_GROUP)
    pairs = ((int(parts[0]), int(parts[1])),) if signs == " " else ()
    return refused(codes.AMBIGUOUS, (joined,), pairs)


def _grouped(parts: list[str]) -> bool:
    """Whether these are groups of thousands: one to three digits, then three each."""
    first, *rest = parts
    if len(first) > GROUP or first[0] == "0":
        return False
    return all(len(part) == GROUP for part in rest)


def _decimal(parts: list[str], signs: str, kind: Kind) -> Reading:
    """Read or refuse a figure whose last sign may be that of the decimals."""
    *groups, decimals = parts
    joined, whole = int("".join(parts)), int("".join(groups))
    if len(signs) > 1:
        return _with_several_signs(parts, signs)
    lost = lost_group(groups[0], decimals, kind)
    if not decimals.strip("0"):
        candidates = (whole, *lost) if len(decimals) < GROUP else (joined, whole)
        return refused(codes.AMBIGUOUS, candidates)
    is_decimal_comma = signs == "," and len(decimals) < GROUP
    if not whole or is_decimal_comma:
        return refused(codes.FRACTION, lost)
    return refused(codes.AMBIGUOUS, (*lost, joined))


def _with_several_signs(parts: list[str], signs: str) -> Reading:
    """Read "1.500.000,00", whose last sign alone is another one; all else is not sure."""
    *groups, decimals = parts
    joined, whole = int("".join(parts)), int("".join(groups))
    is_grouped = len(groups) > 2 and _grouped(groups) and len(set(signs[:-1])) == 1  # noqa: PLR2004 - two groups
    is_decimal_sign = signs[-1] in ".," and signs[-1] != signs[0]
    if is_grouped and is_decimal_sign and len(decimals) < GROUP:
        if decimals.strip("0"):
            return refused(codes.FRACTION, (whole,))
        return read_as(whole, codes.GROUPING_REMOVED)
    if _grouped(parts):
        return refused(codes.AMBIGUOUS, (joined, whole))
    return refused(codes.AMBIGUOUS, (whole,) if _grouped(groups) else ())


def lost_group(whole: str, decimals: str, kind: Kind) -> tuple[int, ...]:
    """What 1.5 may be: 1 500 with its zeros lost, or 1,5 triệu on a row of money."""
    if len(decimals) > GROUP or not 0 < len(whole) <= GROUP or whole[0] == "0":
        return ()
    thousands = int(whole + decimals.ljust(GROUP, "0"))
    return (thousands, thousands * 1000) if kind == "money" else (thousands,)
