"""A number against what its format shows of it: the unit read and signed what the cell shows.

A cell with 15000 under the format `#,##0" nghìn đồng"` says "15.000 nghìn đồng". Shown text is read by the
rules of typed text; where that gives the stored number too, it is counted, else both are offered.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.numbers import Kind, NumberWords, Reading, read_number
from pipeline.extract.numbers.reading import refused
from pipeline.extract.numbers.words import plain_text
from pipeline.findings import codes
from pipeline.readers.raw import Dress
from pipeline.readers.raw.dress import shows_negative
from schemas.text import tidy

_THOUSAND = 1000
_WORD = re.compile("[a-z]+")
_DIGIT_OR_PERCENT = re.compile("[0-9%]")


def as_shown(
    reading: Reading,
    dress: Dress,
    kind: Kind,
    words: NumberWords,
    units: Sequence[str],
) -> Reading:
    """Give the reading of a whole number above 0 once more, now that its format is known.

    Words that change the size, signs of a number below zero, digits, % and a scaling comma refuse it (V003, with the
    stored number and the one shown); a currency on a row of money changes nothing; other words are told (V022) and it
    counts. A format that shows nothing is told of the whole return and not here. A number below a thousand with three
    decimals is refused too: 2 shown as 2.000 is what is left of "2.000" typed where the point is that of decimals.
    """
    if not reading.value or reading.value < 0 or not dress.pattern:
        return reading
    if not dress.thousands:
        if dress.decimals and reading.value < _THOUSAND:
            return _with_decimals(reading.value, dress, words)
        if dress.pattern == "#":
            return reading
    value = reading.value
    size = _THOUSAND**dress.thousands
    digits = round(value / size) if dress.thousands else value
    said = read_number(
        dress.pattern.replace("#", str(digits), 1),
        kind=kind,
        words=words,
        units=units,
    )
    if said.value == value and said.code == codes.GROUPING_REMOVED:
        return reading
    found = words.shown.format(value=value, shown=_text_shown(dress, digits))
    literal = plain_text(tidy(dress.pattern.replace("#", " ")))
    is_divided = dress.thousands > 0
    if said.value == value or not (is_divided or _changes(dress, literal, said, words)):
        return replace(reading, state="read", code=codes.UNIT_WORD_REMOVED, found=found)
    return refused(codes.AMBIGUOUS, (value, *_meant(digits, literal, said, words)), found=found)


def _text_shown(dress: Dress, digits: int) -> str:
    """What the cell shows; digits that are parted by others cannot be told one by one."""
    if dress.pattern.count("#") == 1:
        return dress.pattern.replace("#", f"{digits:,}".replace(",", "."))
    return dress.pattern.replace("#", "…")


def _with_decimals(value: int, dress: Dress, words: NumberWords) -> Reading:
    shown = dress.pattern.replace("#", f"{value},{'0' * dress.decimals}", 1)
    return refused(
        codes.AMBIGUOUS,
        (value, value * _THOUSAND),
        found=words.shown.format(value=value, shown=shown),
    )


def _changes(dress: Dress, literal: str, said: Reading, words: NumberWords) -> bool:
    """Whether what is shown may be another number than the stored one."""
    if dress.pattern.count("#") != 1 or shows_negative(dress.pattern):
        return True
    if said.code in (
        codes.APPROXIMATE,
        codes.PERCENTAGE,
    ) or _DIGIT_OR_PERCENT.search(literal):
        return True
    sizes = words.magnitudes.keys() | words.no_suggestion
    return not sizes.isdisjoint(_WORD.findall(literal))


def _meant(digits: int, literal: str, said: Reading, words: NumberWords) -> tuple[int, ...]:
    if said.value is not None:
        return (said.value,)
    size = 1
    for word in _WORD.findall(literal):
        size *= words.magnitudes.get(word, 1)
    return (*said.candidates, digits * size)
