"""Numbers on the sheets of a file that hold no form: what is blank in its form may stand there."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.extract.numbers import Kind, NumberWords, read_number
from pipeline.extract.numbers.remarks import (
    figures_of,
    says_correction,
    says_replacement,
)
from pipeline.extract.own.template import load_template_words
from pipeline.readers.sheets import CellValue, Sheet, cell_name
from schemas.form import Form
from schemas.text import fold, tidy, visible

_YEARS = range(1900, 2100)
_PHONE = 10**8
"""a telephone number that lost its first 0 is no smaller"""
_LIST_OF_CODES = "unit_codes"
"""the name of the list of codes in the template, which stands above it"""
_LONGEST = 60
"""a text that says a number alone is no longer"""
_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Words:
    """What typed numbers are read with."""

    language: NumberWords
    form: Form

    def number(self, value: CellValue) -> int:
        """Read a cell that holds a number alone, be it typed as a text ("1350 quyển"); 0 for all else."""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return 0
        if isinstance(value, float) and not value.is_integer():
            return 1
        if isinstance(value, str) and not _may_be_number(value):
            return 0
        return self._whole_number(value)

    def _whole_number(self, value: CellValue) -> int:
        units: list[str] = []
        for words in self.form.unit_words.values():
            units += words
        for kind in _KINDS:
            reading = read_number(value, kind=kind, words=self.language, units=units)
            if reading.value:
                return reading.value
        return 0


_KINDS: tuple[Kind, ...] = ("count", "money")


def _may_be_number(text: str) -> bool:
    return len(text) <= _LONGEST and any(map(str.isdecimal, text))


def holds_number(sheet: Sheet, words: Words) -> bool:
    """Tell whether any number above 0 stands on a sheet."""
    return any(words.number(value) for _, value in _typed(sheet))


def replaces_figures(sheet: Sheet) -> bool:
    """Tell whether a sheet says, by its name or in a cell, that its figures correct or complete others."""
    return says_replacement(sheet.name) or any(map(says_replacement, texts_typed(sheet)))


def changes_said(sheet: Sheet) -> Mapping[str, str]:
    """Find the texts of a sheet that say of a figure that it is wrong, or add one to the form: cell -> text.

    Lists and stories of activities are full of things that were added ("bổ sung 120 cuốn sách"): what adds figures
    to the form says so before a colon.
    """
    found = {}
    for row, column, value in _typed_at(sheet):
        if isinstance(value, str) and figures_of(value) and _changes(value):
            found[cell_name(row, column)] = visible(tidy(value), _LONGEST_QUOTE)
    return found


def texts_typed(sheet: Sheet) -> Iterator[str]:
    """Give the texts of a sheet, without those of the template."""
    return (value for _, value in _typed(sheet) if isinstance(value, str))


def _changes(text: str) -> bool:
    before, colon, _ = text.partition(":")
    return says_correction(text) or (bool(colon) and says_replacement(before))


def _typed(sheet: Sheet) -> Iterator[tuple[int, CellValue]]:
    """Give what was typed on a sheet with its columns."""
    return ((column, value) for _, column, value in _typed_at(sheet))


def _typed_at(sheet: Sheet) -> Iterator[tuple[int, int, CellValue]]:
    """Give the cells of a sheet with their places, without the texts of the template: its guide, its list of codes."""
    columns_of_codes: set[int] = set()
    guide: Collection[str] = ()
    for row, column, value in sheet.filled():
        text = fold(value) if isinstance(value, str) else ""
        if text and text == _texts_of_guide()[0]:
            guide = _texts_of_guide()
        elif value == _LIST_OF_CODES:
            columns_of_codes.add(column)
        elif column not in columns_of_codes and not (text and text in guide):
            yield row, column, value


@cache
def _texts_of_guide() -> tuple[str, ...]:
    """The texts of the template's guide, folded; the title of the sheet comes first."""
    texts: list[str] = []
    for line in load_template_words().guide:
        texts += map(fold, line.texts)
    return tuple(texts)


def holds_figure(sheet: Sheet, words: Words) -> bool:
    """Tell whether a number stands on a sheet that may be one of the form.

    The running numbers of a list, years of birth and telephone numbers are none.
    """
    running: dict[int, int] = {}
    for column, value in _typed(sheet):
        number = words.number(value)
        is_figure = number and number not in _YEARS and number < _PHONE
        if not is_figure:
            continue
        if number != running.get(column, 0) + 1:
            return True
        running[column] = number
    return False
