"""Where everything of one summary workbook stands, worked out before a cell is written.

Formulas and links lead from sheet to sheet, so every sheet must know the addresses of the others beforehand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.consolidation import status
from pipeline.extract.own.stamp import StampWords
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.model import (
    Consolidation,
    Entry,
    FileResult,
    FileStatus,
    Finding,
    Group,
    Return,
    UnitResult,
)
from pipeline.writers.form_layout import FormPlace, place_form
from pipeline.writers.formats import sheet_name
from schemas.form import Form
from schemas.rules import Cell, Severity
from schemas.text import fold

MATRIX_FIRST_ROW = 5
"""first row of units in the matrix, from 0: below title, legend and the head of two rows"""
MOST_RANGES = 100
"""a formula of Excel holds 8,192 characters; beyond so many groups the units stand in one block"""


UNIT_LINES = 5
"""lines above the head of a unit sheet: link back, title, unit, source, legend"""


class MatrixLineKind(StrEnum):
    """What a line of the matrix is."""

    UNIT = "unit"
    SUBTOTAL = "subtotal"
    """of the units above it"""
    GATHERED = "gathered"
    """of units of one parent, wherever they stand"""
    TOTAL = "total"
    HEADING = "heading"
    APART = "apart"
    """a unit outside the totals"""


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """One line of the matrix."""

    kind: MatrixLineKind
    row: int
    unit: UnitResult | None = None
    group: Group | None = None
    number: int = 0
    """of a unit: its place in the list; of a gathered group: the number its units bear in the hidden column"""
    span: tuple[int, int] = (0, 0)
    """of a subtotal: first and last row of its units"""


@dataclass(frozen=True)
class SummaryPlan:
    """What is shown, and where. Rows and columns count from 0."""

    result: Consolidation
    words: SummaryWords
    stamp: StampWords
    unit_sheets: Mapping[str, str]
    """unit code -> name of its sheet; empty where none are written"""

    @property
    def form(self) -> Form:
        """The form that was collected."""
        return self.result.form

    @cached_property
    def files(self) -> Mapping[str, FileResult]:
        """The ledger by path."""
        return {file.path: file for file in self.result.files}

    @cached_property
    def entries(self) -> Mapping[str, Mapping[Cell, Entry]]:
        """Unit code -> the entries of its counted return."""
        found = {}
        for unit in self.result.units:
            if unit.counted:
                found[unit.unit.code] = {entry.key: entry for entry in unit.counted.entries}
        return found

    @cached_property
    def expected(self) -> tuple[UnitResult, ...]:
        """The units that are summed, in official order."""
        return tuple(unit for unit in self.result.units if unit.in_total)

    @cached_property
    def received(self) -> int:
        """How many of them are in."""
        return sum(unit.counted is not None for unit in self.expected)

    @cached_property
    def is_final(self) -> bool:
        """Whether every total may be signed: nothing is open, and no total is provisional for another reason."""
        return self.result.complete and not self.result.provisional_rows

    @cached_property
    def gathered(self) -> tuple[Group, ...]:
        """The groups by parent."""
        return tuple(group for group in self.result.groups if group.kind == "parent")

    @cached_property
    def lines(self) -> tuple[MatrixLine, ...]:
        """The lines of the matrix from top to bottom."""
        return tuple(_lines(self))

    @cached_property
    def columns(self) -> Mapping[Cell, int]:
        """The column of the matrix for each number cell of the form."""
        first = self.first_column
        return {cell: first + place for place, cell in enumerate(self.result.form.number_cells)}

    @cached_property
    def first_column(self) -> int:
        """The first column of numbers: after number, code, name, state and, if any, the hidden group."""
        return 5 if self.gathered else 4

    @cached_property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Rows of the summed units in the matrix, as few spans as possible."""
        spans: list[tuple[int, int]] = []
        for line in self.lines:
            if line.kind is not MatrixLineKind.UNIT:
                continue
            first = line.row
            if spans and spans[-1][1] == line.row - 1:
                first, _ = spans.pop()
            spans.append((first, line.row))
        return tuple(spans)

    @cached_property
    def unit_place(self) -> FormPlace:
        """Where the form lies in every unit sheet; no cell is merged, so that each measure has its own."""
        form = self.result.form
        return replace(place_form(form, UNIT_LINES), spread=frozenset())

    def unit_cell(self, code: str, cell: Cell) -> str:
        """Name a cell of a unit's sheet as a formula does: 'name'!D12."""
        return f"{quoted(self.unit_sheets[code])}!{xl_rowcol_to_cell(*self.unit_place.at(cell))}"

    @cached_property
    def open_cells(self) -> int:
        """How many cells of counted returns bear an error."""
        count = 0
        for file in self.result.files:
            if file.status is FileStatus.USED_WITH_ERRORS:
                count += sum(finding.severity is Severity.ERROR for finding in file.findings)
        return count

    @cached_property
    def files_of(self) -> Mapping[str, tuple[FileResult, ...]]:
        """Unit code -> its files, the one that the unit's state rests on first."""
        found: dict[str, list[FileResult]] = {unit.unit.code: [] for unit in self.result.units}
        # A unit says which file its state rests on; whose every other one is says the file.
        named = {unit.file: unit.unit.code for unit in self.result.units if unit.file}
        for file in self.result.files:
            code = named.get(file.path, file.unit)
            if code not in found:
                continue
            if file.path in named:
                found[code].insert(0, file)
            else:
                found[code].append(file)
        return {code: tuple(files) for code, files in found.items()}

    @cached_property
    def files_without_unit(self) -> tuple[FileResult, ...]:
        """Files of which nobody can tell the unit."""
        of_units: set[str] = set()
        for files in self.files_of.values():
            of_units.update(file.path for file in files)
        return tuple(file for file in self.result.files if file.path not in of_units)

    @cached_property
    def perhaps(self) -> Mapping[str, tuple[FileResult, ...]]:
        """Code of a unit of which nothing is known to have come -> files that may be its return."""
        return status.perhaps_of(self.result.units, self.result.files)

    def findings_of(self, unit: UnitResult) -> tuple[Finding, ...]:
        """The findings of the file that the unit's state rests on."""
        file = self.files.get(unit.file or "")
        return file.findings if file else ()

    def phone_of(self, unit: UnitResult) -> str:
        """Where a unit is reached."""
        return status.phone_of(unit, self.files.get(unit.file or ""))

    def filled_by(self, unit: UnitResult) -> str:
        """Who filled the return of a unit in."""
        return status.filled_by(unit, self.files.get(unit.file or ""))

    def source_of(self, counted: Return) -> str:
        """What a return says it was filled from, where that is not the file the unit sent."""
        source = fold(counted.source)
        if not source or source == fold(self.stamp.source_file):
            return ""
        return counted.source


def plan_summary(result: Consolidation, words: SummaryWords, stamp: StampWords, *, unit_sheets: bool) -> SummaryPlan:
    """Name the unit sheets; everything else follows from the result."""
    names: dict[str, str] = {}
    if unit_sheets:
        # No unit may be called like a sheet of the summary.
        taken = set(words.of_section("sheets").values())
        for unit in result.units:
            # The code comes first: it is short, so it is never what the limit of 31 letters cuts off.
            name = sheet_name(f"{unit.unit.code} {short_name(unit)}", taken)
            taken.add(name)
            names[unit.unit.code] = name
    return SummaryPlan(result, words, stamp, names)


def short_name(unit: UnitResult) -> str:
    """A unit's name without the word for its type: "Phường Đông Mai" is "Đông Mai"."""
    parts = unit.unit.name.split()
    length = len(unit.unit.type.split())
    if not 0 < length < len(parts):
        return unit.unit.name
    begins_with_type = fold(" ".join(parts[:length])) == fold(unit.unit.type)
    return " ".join(parts[length:]) if begins_with_type else unit.unit.name


def quoted(sheet: str) -> str:
    """A sheet name as a formula or a link names it."""
    return "'" + sheet.replace("'", "''") + "'"


def sum_formula(ranges: Sequence[str]) -> str:
    """A sum that stays empty while nothing is stated: a total nobody stated is no 0."""
    where = ",".join(ranges)
    return f'=IF(COUNT({where})=0,"",SUM({where}))'


def _blocks(plan: SummaryPlan) -> Iterator[tuple[Group | None, list[UnitResult]]]:
    """The summed units by type, then those of no group; in one block where that says as much."""
    groups = [group for group in plan.result.groups if group.kind == "type"]
    # The subtotal of a single type would repeat the total.
    if not 1 < len(groups) <= MOST_RANGES:
        groups = []
    by_code = {unit.unit.code: unit for unit in plan.expected}
    for group in groups:
        yield group, [by_code.pop(code) for code in group.units if code in by_code]
    yield None, list(by_code.values())


def _lines(plan: SummaryPlan) -> Iterator[MatrixLine]:
    row, number = MATRIX_FIRST_ROW, 0
    for group, units in _blocks(plan):
        first = row
        for unit in units:
            number += 1
            yield MatrixLine(MatrixLineKind.UNIT, row, unit=unit, number=number)
            row += 1
        if group and units:
            yield MatrixLine(MatrixLineKind.SUBTOTAL, row, group=group, span=(first, row - 1))
            row += 1
    for place, group in enumerate(plan.gathered, 1):
        yield MatrixLine(MatrixLineKind.GATHERED, row, group=group, number=place)
        row += 1
    yield MatrixLine(MatrixLineKind.TOTAL, row)
    apart = [unit for unit in plan.result.units if not unit.in_total]
    if apart:
        # One row stays empty, so that nobody takes what follows for a part of the total.
        row += 2
        yield MatrixLine(MatrixLineKind.HEADING, row)
        for place, unit in enumerate(apart, 1):
            yield MatrixLine(MatrixLineKind.APART, row + place, unit=unit, number=place)
