"""A decisions workbook opened: its sheets found by their heads, and the lines in them as two readers see them.

The words of heads, sheets and answers are looked up in one table, `words`, which also knows those of older versions.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.decisions.saved import Look, SavedBook, SavedLine, SavedSheet
from pipeline.decisions.words import KEY, KINDS, DecisionWords, SheetWords
from pipeline.model.errors import RunError
from pipeline.model.limits import OWN_FILES
from pipeline.readers.kinds import Container, Kind, Unreadable, kind_of
from pipeline.readers.raw import SheetFacts, sheet_facts
from pipeline.readers.sheets import CellValue, OverLimit, Sheet, cell_name, read_sheets
from pipeline.readers.zip_check import check_zip
from schemas.text import tidy

_HEAD_WITHIN = 40
"""the head stands in one of the first so many rows"""
_WRITTEN_AS = (Kind.XLSX, Kind.XLSM)
_SAVED_AS = (*_WRITTEN_AS, Kind.XLSB, Kind.XLS, Kind.ODS)


class _Page(NamedTuple):
    """A sheet as both readers see it."""

    sheet: Sheet
    facts: SheetFacts

    def look_of(self, place: tuple[int, int]) -> Look | None:
        """Say how a cell shows what stands in it, if otherwise."""
        facts = self.facts
        is_broken_up = place in facts.pieced or place in facts.struck
        look = Look(facts.dressed.get(place), place in facts.percents, is_broken_up)
        return look if any(look) else None


class _Headed(NamedTuple):
    """A sheet that bears the heads of one kind."""

    kind: str
    page: _Page
    head: int
    """row of the heads, counted from 0"""
    columns: Mapping[str, int]

    @property
    def lines(self) -> Iterator[SavedLine]:
        """Every line that holds anything."""
        sheet = self.page.sheet
        for row in range(self.head + 1, sheet.first_row + len(sheet.rows)):
            line = self._line(row)
            if line.values or line.scribbled:
                yield line

    def _line(self, row: int) -> SavedLine:
        sheet = self.page.sheet
        by_place = {place: key for key, place in self.columns.items()}
        values: dict[str, CellValue] = {}
        looks: dict[str, Look] = {}
        scribbled = False
        for place in range(_width(sheet)):
            value = sheet.value(row, place)
            if value == "" or (isinstance(value, str) and not tidy(value)):
                continue
            key = by_place.get(place)
            if key is None:
                scribbled = True
                continue
            values[key] = value
            look = self.page.look_of((row, place))
            if look:
                looks[key] = look
        places = {key: cell_name(row, place) for key, place in self.columns.items()}
        return SavedLine(self.kind, sheet.name, row + 1, values, places, scribbled, looks)


def read_book(data: bytes, path: str, words: DecisionWords) -> SavedBook:
    """Read the lines that were saved in the workbook at a path.

    Raises:
        RunError: it is no readable decisions workbook. A decision must not be passed over in silence, so nothing is
            done then.
    """
    try:
        pages = _pages_of(data, path, _WRITTEN_AS)
    except (Unreadable, OverLimit):
        raise RunError("decisions_broken", {"file": path}) from None
    known: dict[str, SavedSheet] = {}
    beside: list[SavedLine] = []
    for kind in KINDS:
        rivals = _headed(kind, pages, words.sheets[kind])
        if not rivals:
            continue
        chosen = _chosen(rivals, words.sheets[kind], path)
        known[kind] = _sheet_of(chosen, words.sheets[kind], path)
        for rival in rivals:
            if rival is not chosen:
                beside += rival.lines
    if not known:
        raise RunError("decisions_other", {"file": path})
    lists = next((page.sheet for page in pages if words.is_sheet_of_lists(page.sheet.name)), None)
    return SavedBook(known, _columns_of(lists) if lists else (), tuple(beside))


def lines_of_other(data: bytes, name: str, words: DecisionWords) -> tuple[SavedLine, ...]:
    """Read the lines of any decisions workbook, also one saved in another format; a workbook of other use has none.

    Raises:
        Unreadable: it cannot be read.
        OverLimit: it is too large.
    """
    pages = _pages_of(data, name, _SAVED_AS)
    headed = [one for kind in KINDS for one in _headed(kind, pages, words.sheets[kind])]
    return tuple(line for one in headed for line in one.lines)


def _pages_of(data: bytes, name: str, kinds: Sequence[Kind]) -> list[_Page]:
    """Read every sheet; where a formula shows nothing or an error, "=" stands, so that its cell is not blank."""
    box = Container(data, OWN_FILES.inflated_bytes)
    check_zip(box, OWN_FILES)
    kind = kind_of(box, name)
    if kind not in kinds:
        raise Unreadable(kind.value)
    pages = []
    for sheet in read_sheets(data, OWN_FILES):
        facts = sheet_facts(box, kind, sheet.name)
        pages.append(_Page(_with_formulas(sheet, facts), facts))
    return pages


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


# Sheets by their heads -------------------------------------------------------------------------------------------


def _headed(kind: str, pages: Iterable[_Page], words: SheetWords) -> list[_Headed]:
    """Find the sheets that bear the head over the keys of one kind."""
    found = []
    for page in pages:
        row = _head_row(page.sheet, words)
        if row is not None:
            found.append(_Headed(kind, page, row, _columns(page.sheet, row, words)))
    return found


def _head_row(sheet: Sheet, words: SheetWords) -> int | None:
    for row, _, value in sheet.filled():
        if row >= _HEAD_WITHIN:
            return None
        if isinstance(value, str) and words.column_of(value) == KEY:
            return row
    return None


def _columns(sheet: Sheet, row: int, words: SheetWords) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    for place in range(_width(sheet)):
        text = sheet.value(row, place)
        key = words.column_of(text) if isinstance(text, str) else None
        if key:
            columns.setdefault(key, place)
    return columns


def _chosen(rivals: Sequence[_Headed], words: SheetWords, path: str) -> _Headed:
    """Choose among sheets of the same heads the one that bears the sheet's own name."""
    named = [rival for rival in rivals if words.is_named(rival.page.sheet.name)]
    if len(rivals) > 1 and not named:
        raise RunError("decisions_twice", {"file": path, "sheet": words.name})
    return (named or rivals)[0]


def _sheet_of(chosen: _Headed, words: SheetWords, path: str) -> SavedSheet:
    name = chosen.page.sheet.name
    for column in words.columns:
        if column.key not in chosen.columns:
            raise RunError("decisions_column", {"file": path, "sheet": name, "column": column.head})
    columns = {key: place + 1 for key, place in chosen.columns.items()}
    return SavedSheet(name, chosen.head + 1, columns, tuple(chosen.lines))


def _width(sheet: Sheet) -> int:
    return sheet.first_column + max((len(cells) for cells in sheet.rows), default=0)


def _columns_of(sheet: Sheet) -> tuple[tuple[str, ...], ...]:
    columns = []
    for place in range(_width(sheet)):
        texts = [str(sheet.value(row, place)) for row in range(sheet.first_row + len(sheet.rows))]
        while texts and not texts[-1]:
            texts.pop()
        columns.append(tuple(texts))
    return tuple(columns)
