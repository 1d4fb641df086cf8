"""The lines of the decisions workbook as they were saved: what stands in them, and which a person filled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import zip_longest
from typing import NamedTuple

from pipeline.decisions.words import CHOSEN_BY_HAND, FILLED_BY_HAND, KEY, LISTS
from pipeline.readers.raw import Dress
from pipeline.readers.sheets import CellValue
from schemas.text import tidy


class Look(NamedTuple):
    """What a cell shows beside or in place of what stands in it."""

    dress: Dress | None = None
    """a number format that shows more, less or something else than the digits"""
    is_percent: bool = False
    is_broken_up: bool = False
    """it is crossed out, or a text of pieces that the eye keeps apart"""


@dataclass(frozen=True, slots=True)
class SavedLine:
    """One line of one sheet."""

    kind: str
    sheet: str
    """name of the sheet, as it is now"""
    row: int
    """counted from 1, as Excel shows it"""
    values: Mapping[str, CellValue]
    """key of a column -> what stands there; columns without anything are left out"""
    places: Mapping[str, str]
    """key of a column -> address of its cell"""
    scribbled: bool
    """something stands outside the columns of the table"""
    looks: Mapping[str, Look] = field(default_factory=dict)
    """key of a column -> how its cell shows otherwise what stands there, where it does"""

    @property
    def key(self) -> str:
        """What the program wrote to know the line again; empty in a line that a person began."""
        return str(self.values.get(KEY, ""))

    @property
    def filled(self) -> bool:
        """Whether a person wrote in it: such a line is never touched."""
        hand = FILLED_BY_HAND[self.kind] | (frozenset() if self.key else CHOSEN_BY_HAND[self.kind])
        return self.scribbled or any(column in hand for column in self.values)

    @property
    def speaks(self) -> bool:
        """Whether a person began to decide; a date or a remark beside the table alone decides nothing."""
        hand = FILLED_BY_HAND[self.kind] - {"day"} | (frozenset() if self.key else CHOSEN_BY_HAND[self.kind])
        return any(column in hand for column in self.values)

    @property
    def said(self) -> tuple[str, ...]:
        """What a person says in it and where: the same in every copy, whatever the program wrote beside it since."""
        columns = CHOSEN_BY_HAND[self.kind] | FILLED_BY_HAND[self.kind] - {"day"}
        return self.kind, *(self.text(column) for column in sorted(columns))

    def text(self, column: str) -> str:
        """Text of one column on one line; a whole number without its ".0"."""
        value = self.values.get(column, "")
        if isinstance(value, str):
            return tidy(value)
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return f"{value:%d/%m/%Y}" if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True)
class SavedSheet:
    """One sheet of decisions."""

    name: str
    head: int
    """row of the heads, counted from 1"""
    columns: Mapping[str, int]
    """key of a column -> column, counted from 1"""
    lines: tuple[SavedLine, ...]
    """every line that holds anything"""


@dataclass(frozen=True)
class LastRun:
    """What the run had seen that wrote into the workbook last: a person can have answered nothing else."""

    files: Mapping[str, str]
    """path -> SHA-256 of what lay there; "" in an older workbook, which does not say it"""

    @cached_property
    def _contents(self) -> frozenset[str]:
        return frozenset(filter(None, self.files.values()))

    def saw(self, path: str, sha256: str) -> bool:
        """Tell whether it had seen a file, whatever its name was then."""
        return sha256 in self._contents if self._contents else path in self.files


NO_RUN = LastRun({})


@dataclass(frozen=True, slots=True)
class SavedBook:
    """A decisions workbook as it was saved."""

    sheets: Mapping[str, SavedSheet]
    lists: tuple[tuple[str, ...], ...] = ()
    """columns of the hidden sheet of lists, from top to bottom"""
    beside: tuple[SavedLine, ...] = ()
    """lines of further sheets of the same heads, such as a copied one: none of them is applied"""

    @property
    def last_run(self) -> LastRun:
        """What the run had seen that wrote into the workbook last."""
        known = dict(zip(LISTS, self.lists, strict=False))
        return LastRun(dict(zip_longest(known.get("files", ()), known.get("contents", ()), fillvalue="")))

    @property
    def lines(self) -> Iterator[SavedLine]:
        """All lines of all sheets."""
        for sheet in self.sheets.values():
            yield from sheet.lines


NO_BOOK = SavedBook({})
