"""What the sheet of one unit shows in each cell, and in which colour."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.findings.group import told_once
from pipeline.model import Entry, Finding, Return, State, UnitResult
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell, Severity

_LEFT_OUT = (State.UNREADABLE, State.SET_ASIDE)
_COLOURED = (Severity.ERROR, Severity.WARNING)


class UnitCopy(NamedTuple):
    """What is needed to draw the sheet of one unit."""

    book: SummaryBook
    sheet: Worksheet
    counted: Return | None
    entries: Mapping[Cell, Entry]
    findings: Mapping[Cell, Sequence[Finding]]
    """by the cell they are told at; those of no row of the form under an empty cell"""


def copy_of(book: SummaryBook, sheet: Worksheet, unit: UnitResult) -> UnitCopy:
    """Gather what is shown of one unit."""
    entries = book.plan.entries.get(unit.unit.code, {})
    return UnitCopy(book, sheet, unit.counted, entries, _by_cell(book.plan, unit))


def _by_cell(plan: SummaryPlan, unit: UnitResult) -> Mapping[Cell, Sequence[Finding]]:
    found: dict[Cell, list[Finding]] = {}
    # What many cells bear and nobody is asked about stands once below the form, all else beside its row.
    for finding in told_once(plan.findings_of(unit), (Severity.INFO,)):
        known = finding.row in plan.unit_place.rows
        cell = finding.at if known else Cell("", "")
        found.setdefault(cell, []).append(finding)
    return found


def is_coloured(copy: UnitCopy) -> bool:
    """Whether any cell of the sheet is coloured."""
    if any(entry.state in _LEFT_OUT for entry in copy.entries.values()):
        return True
    told = (finding for cell, found in copy.findings.items() if is_open(copy, cell) for finding in found)
    return any(finding.severity in _COLOURED for finding in told)


def is_open(copy: UnitCopy, cell: Cell) -> bool:
    """Whether a cell takes something, or something stands in it."""
    row = copy.book.plan.form.by_key.get(cell.row)
    return row is not None and (cell.measure in row.kinds or cell.measure == NOTE or cell in copy.entries)


def look_of(copy: UnitCopy, cell: Cell, *, is_number: bool) -> Format:
    """The format of a cell: what is to be asked about is coloured, a computed total in italics."""
    base, entry = copy.book.styles.base, copy.entries.get(cell)
    severities = {finding.severity for finding in copy.findings.get(cell, ())}
    if entry and entry.state in _LEFT_OUT:
        return base.text_error
    if Severity.ERROR in severities:
        return base.number_error if is_number else base.text_error
    if Severity.WARNING in severities:
        return base.number_warning if is_number else base.text_warning
    if not is_number:
        return base.text
    return copy.book.styles.number_computed if entry and entry.state is State.COMPUTED else base.number


def shown(copy: UnitCopy, entry: Entry | None) -> str:
    """What stands in a cell that holds no number: the text, or what was typed where it could not be counted."""
    if entry is None:
        return ""
    if entry.state in _LEFT_OUT:
        return entry.found or copy.book.plan.words("unit_sheet.nothing_shown")
    return entry.text or ""


def is_text_alone(copy: UnitCopy, row: Row) -> bool:
    """Whether a row takes text only, and has it in the first measure at most: it is given the width of all."""
    place, (_, *others) = copy.book.plan.unit_place, copy.book.plan.form.measures
    side_by_side = place.measures[1] - place.measures[0] == len(others)
    if not others or not side_by_side or set(row.kinds.values()) != {ValueKind.TEXT}:
        return False
    return not any(shown(copy, copy.entries.get(Cell(row.key, measure))) for measure in others)
