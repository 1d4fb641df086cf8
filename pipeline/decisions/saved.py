"""The lines of the decisions workbook as they were saved: what stands in them, and which a person filled."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import zip_longest

from pipeline.decisions.words import CHOSEN_BY_HAND, FILLED_BY_HAND, KEY, KINDS, LISTS, DecisionWords, SheetWords
from pipeline.errors import RunError
from pipeline.kinds import Container, Kind, Unreadable, kind_of
from pipeline.limits import OWN_FILES
from pipeline.read import CellValue, OverLimit, Sheet, cell_name, read_sheets
from pipeline.second_look import SheetFacts, sheet_facts
from pipeline.zip_check import check_zip
from schemas.text import fold, tidy

_HEAD_WITHIN = 40
"""the head stands in one of the first so many rows"""


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

    @property
    def key(self) -> str:
        """What the program wrote to know the line again; empty in a line that a person began."""
        return str(self.values.get(KEY, ""))

    @property
    def filled(self) -> bool:
        """Whether a person wrote in it: such a line is never touched."""
        hand = FILLED_BY_HAND[self.kind] | (frozenset() if self.key else CHOSEN_BY_HAND[self.kind])
        return self.scribbled or any(column in hand for column in self.values)

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


def read_book(data: bytes, path: str, words: DecisionWords) -> SavedBook:
    """Read the lines that were saved in the workbook at a path.

    Raises:
        RunError: it is no readable decisions workbook. A decision must not be passed over in silence, so nothing is
            done then.
    """
    try:
        sheets = _read_all(data, path)
    except (Unreadable, OverLimit):
        raise RunError("decisions_broken", {"file": path}) from None
    found = {kind: _find(kind, sheets, words.sheets[kind], path) for kind in KINDS}
    known = {kind: sheet for kind, sheet in found.items() if sheet}
    if not known:
        raise RunError("decisions_other", {"file": path})
    lists = next((sheet for sheet in sheets if sheet.name == words.lists["sheet"]), None)
    return SavedBook(known, _columns(lists) if lists else ())


def _read_all(data: bytes, name: str) -> list[Sheet]:
    """Read every sheet; where a formula shows nothing or an error, "=" stands, so that its cell is not blank."""
    box = Container(data, OWN_FILES.inflated_bytes)
    check_zip(box, OWN_FILES)
    kind = kind_of(box, name)
    if kind not in (Kind.XLSX, Kind.XLSM):
        raise Unreadable(kind.value)
    return [_with_formulas(sheet, sheet_facts(box, kind, sheet.name)) for sheet in read_sheets(data, OWN_FILES)]


def _with_formulas(sheet: Sheet, facts: SheetFacts) -> Sheet:
    unseen = {place for place in (*facts.formulas, *facts.errors) if sheet.value(*place) == ""}
    if not unseen:
        return sheet
    last = max(sheet.first_row + len(sheet.rows) - 1, *(row for row, _ in unseen))
    width = max(_width(sheet), *(column + 1 for _, column in unseen))
    rows: list[list[CellValue]] = [
        ["=" if (row, column) in unseen else sheet.value(row, column) for column in range(width)]
        for row in range(last + 1)
    ]
    return replace(sheet, first_row=0, first_column=0, rows=rows)


def _find(kind: str, sheets: list[Sheet], words: SheetWords, path: str) -> SavedSheet | None:
    """Find the sheet of one kind by the head over its keys; of several, the one that bears the sheet's own name."""
    rivals = [(sheet, row) for sheet in sheets if (row := _head_row(sheet, words)) is not None]
    named = [rival for rival in rivals if rival[0].name == words.name]
    if len(rivals) > 1 and not named:
        raise RunError("decisions_twice", {"file": path, "sheet": words.name})
    if not rivals:
        return None
    sheet, row = (named or rivals)[0]
    heads = {fold(column.head): column.key for column in words.columns}
    columns: dict[str, int] = {}
    for place in range(_width(sheet)):
        text = sheet.value(row, place)
        key = heads.get(fold(text)) if isinstance(text, str) else None
        if key:
            columns.setdefault(key, place)
    for column in words.columns:
        if column.key not in columns:
            raise RunError("decisions_column", {"file": path, "sheet": sheet.name, "column": column.head})
    lines = tuple(_lines(kind, sheet, row, columns))
    return SavedSheet(sheet.name, row + 1, {key: place + 1 for key, place in columns.items()}, lines)


def _width(sheet: Sheet) -> int:
    return sheet.first_column + max((len(cells) for cells in sheet.rows), default=0)


def _head_row(sheet: Sheet, words: SheetWords) -> int | None:
    wanted = fold(words.head(KEY))
    for row, _, value in sheet.filled():
        if row >= _HEAD_WITHIN:
            return None
        if isinstance(value, str) and fold(value) == wanted:
            return row
    return None


def _lines(kind: str, sheet: Sheet, head: int, columns: Mapping[str, int]) -> Iterator[SavedLine]:
    by_place = {place: key for key, place in columns.items()}
    for row in range(head + 1, sheet.first_row + len(sheet.rows)):
        values: dict[str, CellValue] = {}
        scribbled = False
        for place in range(_width(sheet)):
            value = sheet.value(row, place)
            if value == "" or (isinstance(value, str) and not tidy(value)):
                continue
            if place in by_place:
                values[by_place[place]] = value
            else:
                scribbled = True
        if values or scribbled:
            places = {key: cell_name(row, place) for key, place in columns.items()}
            yield SavedLine(kind, sheet.name, row + 1, values, places, scribbled)


def _columns(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    columns = []
    for place in range(_width(sheet)):
        texts = [str(sheet.value(row, place)) for row in range(sheet.first_row + len(sheet.rows))]
        while texts and not texts[-1]:
            texts.pop()
        columns.append(tuple(texts))
    return tuple(columns)
