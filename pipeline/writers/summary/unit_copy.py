"""What the sheet of one unit shows in each cell, and in which colour."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.extract.own.summary_words import SummaryWords
from pipeline.findings.group import told_once
from pipeline.model import Entry, Finding, Return, State, UnitResult
from pipeline.writers.form_layout import FormPlace
from pipeline.writers.summary.styles import Styles
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan
from schemas.form import NOTE, Form, Row, ValueKind
from schemas.rules import Cell, Severity

_LEFT_OUT = (State.UNREADABLE, State.SET_ASIDE)
_COLOURED = (Severity.ERROR, Severity.WARNING)
OF_NO_ROW = Cell("", "")
"""under which the findings are kept that are about no row of the form"""


class UnitCopy(NamedTuple):
    """What is needed to draw the sheet of one unit."""

    sheet: Worksheet
    form: Form
    place: FormPlace
    words: SummaryWords
    styles: Styles
    counted: Return | None
    entries: Mapping[Cell, Entry]
    findings: Mapping[Cell, Sequence[Finding]]
    """by the cell they are told at; those of no row of the form under `OF_NO_ROW`"""


def copy_of(book: SummaryBook, sheet: Worksheet, unit: UnitResult) -> UnitCopy:
    """Gather what is shown of one unit."""
    plan = book.plan
    return UnitCopy(
        sheet=sheet,
        form=plan.form,
        place=plan.unit_place,
        words=plan.words,
        styles=book.styles,
        counted=unit.counted,
        entries=plan.entries.get(unit.unit.code, {}),
        findings=_by_cell(plan, unit),
    )


def _by_cell(plan: SummaryPlan, unit: UnitResult) -> Mapping[Cell, Sequence[Finding]]:
    found: dict[Cell, list[Finding]] = {}
    # What many cells bear and nobody is asked about stands once below the form, all else beside its row.
    for finding in told_once(plan.findings_of(unit), (Severity.INFO,)):
        cell = OF_NO_ROW
        if finding.row in plan.unit_place.rows:
            cell = finding.at
        found.setdefault(cell, []).append(finding)
    return found


def is_coloured(copy: UnitCopy) -> bool:
    """Whether any cell of the sheet is coloured."""
    if any(entry.state in _LEFT_OUT for entry in copy.entries.values()):
        return True
    return any(finding.severity in _COLOURED for finding in _told_at_cells(copy))


def _told_at_cells(copy: UnitCopy) -> Iterator[Finding]:
    for cell, findings in copy.findings.items():
        if is_open(copy, cell):
            yield from findings


def is_open(copy: UnitCopy, cell: Cell) -> bool:
    """Whether a cell takes something, or something stands in it."""
    row = copy.form.by_key.get(cell.row)
    if row is None:
        return False
    takes_something = cell.measure in row.kinds or cell.measure == NOTE
    return takes_something or cell in copy.entries


def look_of(copy: UnitCopy, cell: Cell, *, is_number: bool) -> Format:
    """The format of a cell: what is to be asked about is coloured, a computed total in italics."""
    base = copy.styles.base
    entry = copy.entries.get(cell)
    severities = {finding.severity for finding in copy.findings.get(cell, ())}
    # A figure that is left out stands there as it was typed, so it is shown as a text whatever the cell takes.
    if entry and entry.state in _LEFT_OUT:
        return base.text_error
    if is_number:
        return _look_of_number(copy.styles, entry, severities)
    if Severity.ERROR in severities:
        return base.text_error
    if Severity.WARNING in severities:
        return base.text_warning
    return base.text


def _look_of_number(styles: Styles, entry: Entry | None, severities: set[Severity]) -> Format:
    if Severity.ERROR in severities:
        return styles.base.number_error
    if Severity.WARNING in severities:
        return styles.base.number_warning
    if entry and entry.state is State.COMPUTED:
        return styles.number_computed
    return styles.base.number


def shown(copy: UnitCopy, entry: Entry | None) -> str:
    """What stands in a cell that holds no number: the text, or what was typed where it could not be counted."""
    if entry is None:
        return ""
    if entry.state in _LEFT_OUT:
        return entry.found or copy.words("unit_sheet.nothing_shown")
    return entry.text or ""


def is_text_alone(copy: UnitCopy, row: Row) -> bool:
    """Whether a row takes text only, and has it in the first measure at most: it is given the width of all."""
    first, last = copy.place.measures
    others = copy.form.measures[1:]
    side_by_side = last - first == len(others)
    if not others or not side_by_side:
        return False
    if set(row.kinds.values()) != {ValueKind.TEXT}:
        return False
    return not any(shown(copy, copy.entries.get(Cell(row.key, measure))) for measure in others)
