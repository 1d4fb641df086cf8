"""A text with separators (CSV) as a `Book`: one sheet, whose rows are its lines.

Which separator and which encoding it has is nowhere stated. The separator is the one by which the form is found; the
encoding is what the mark at its beginning says, else UTF-8 where it is that throughout, else the code page of
Vietnamese Windows, which writes a tone mark behind its letter.
"""

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from pipeline.findings import codes
from pipeline.model.limits import Limits
from pipeline.readers.book import Book, HoldsForm
from pipeline.readers.kinds import Container
from pipeline.readers.sheets import CellValue, OverLimit, Sheet, value_of_text

_NAME = "CSV"
_SEPARATORS = ",;\t|"
_STATED = re.compile(r'"?sep=([,;\t|])"?[;,\t|]*(?:\r\n|\r|\n)', re.I)
"""the first line by which Excel is told the separator; Excel does not count it as a row"""
_DIFFERING = 2
_GROUPS_BEFORE, _GROUP = re.compile(r"\s*-?[1-9][0-9]{0,2}"), re.compile(r"[0-9]{3}\s*")
"""digits that may be the first group of a number, and one behind it"""
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_HEAD = 4_096
_FIRST_LINES = 2_000
"""so many lines are asked for the form; a longer text without it is a list of something else"""


def text_book(box: Container, limits: Limits) -> Book:
    """Open a text; one in which no separator shows a form gives no sheet."""

    def sheets(holds_form: HoldsForm) -> Iterator[Sheet]:
        text = _decoded(box.data)
        separator = _separator(text, holds_form)
        if separator:
            lines = list(_bounded(_rows(text, separator), limits))
            # Of the separators only a comma stands within numbers too.
            if separator != "," or not (_is_uneven(lines) or _may_part_numbers(lines)):
                yield _sheet(lines)

    return Book(
        look=lambda sheet: None,
        sheets=sheets,
        format="csv",
        every_value_is_text=True,
        needs_heads=True,
        told_as=codes.TEXT_TABLE,
    )


def _decoded(data: bytes) -> str:
    encoding = _encoding(data)
    text = data.decode(encoding, errors="replace").removeprefix("\ufeff")
    return unicodedata.normalize("NFC", text)


def _encoding(data: bytes) -> str:
    if data.startswith(_UTF_16_MARKS):
        return "utf-16"
    head = data[:_HEAD]
    # Without a mark (only Windows leaves it out), every other byte of separators, digits and plain letters is a zero.
    if head[1::2].count(0) * 4 > len(head) // 2:
        return "utf-16-le"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1258"
    return "utf-8"


def _separator(text: str, holds_form: HoldsForm) -> str:
    """Return the separator by which the form is found; empty where none shows it."""
    stated = _STATED.match(text)
    if stated:
        candidates = [stated[1]]
    else:
        # A line of a form has several columns: what stands hardly anywhere parts none.
        head = Counter(text[: _HEAD * 4])
        candidates = sorted(filter(head.get, _SEPARATORS), key=lambda sign: -head[sign])
    for separator in candidates:
        lines = list(islice(_rows(text, separator), _FIRST_LINES))
        if lines and holds_form(_sheet(lines)):
            return separator
    return ""


def _rows(text: str, separator: str) -> Iterator[Sequence[str]]:
    stated = _STATED.match(text)
    lines = io.StringIO(text[stated.end() :] if stated else text, newline="")
    try:
        yield from csv.reader(lines, delimiter=separator)
    except csv.Error:
        # A field longer than any cell of a form: the text is none from here on.
        return


def _bounded(lines: Iterator[Sequence[str]], limits: Limits) -> Iterator[Sequence[str]]:
    cells = 0
    for number, line in enumerate(lines, 1):
        cells += len(line)
        for limit, measured, allowed in (
            ("rows", number, limits.rows),
            ("columns", len(line), limits.columns),
            ("cells", cells, limits.cells),
        ):
            if measured > allowed:
                raise OverLimit(limit, measured, allowed)
        yield line


def _sheet(lines: Sequence[Sequence[str]]) -> Sheet:
    width = max(map(len, lines), default=0)
    rows: list[list[CellValue]] = []
    for line in lines:
        values = [value_of_text(text) for text in line]
        rows.append([*values, *[""] * (width - len(values))])
    return Sheet(_NAME, False, 0, 0, rows, ())


def _may_part_numbers(lines: Sequence[Sequence[str]]) -> bool:
    """Whether a comma may stand within a number: "15,100" is one, or two in neighbouring columns.

    A program that quotes its fields writes all lines equally long. Where blank ends are left out, a line with a parted
    number is as long as others; only one that is filled up to the last column has no field too many.
    """
    widths = {len(line) for line in lines if len(line) > 1}
    if len(widths) < _DIFFERING:
        return False
    for line in lines:
        is_full = len(line) == max(widths) and line[-1].strip() != ""
        for before, behind in pairwise(() if is_full else line):
            if _GROUPS_BEFORE.fullmatch(before) and _GROUP.fullmatch(behind):
                return True
    return False


def _is_uneven(lines: Sequence[Sequence[str]]) -> bool:
    """Whether a line has more fields than most: a number such as 15,100 was parted, and what follows is moved.

    Programs write all lines equally long, or leave out blank fields at the end; none writes one too many.
    """
    widths = Counter(len(line) for line in lines if len(line) > 1)
    usual = max(widths, key=lambda width: (widths[width], width), default=0)
    return any(len(line) > usual and any(line[usual:]) for line in lines)
