"""`Lỗi và cảnh báo`: every finding, by unit and with errors first: where, what was typed, why, how to mend it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.extract.own.summary_words import SummaryWords
from pipeline.findings import (
    codes,
    how_to_mend,
    message,
    severity_name,
    suggestion_text,
)
from pipeline.findings.group import spans, told_once
from pipeline.model import FileResult, FileStatus, Finding, UnitResult
from pipeline.writers.sheet_limits import MOST_LINKS
from pipeline.writers.summary.place_names import cells_of, place_named, places_named
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted
from pipeline.writers.summary.tables import Table, begin_list
from schemas.form import Form
from schemas.rules import Cell, Severity

_MOST_PLACES = 5
"""so many cells that one finding stands for are named; the column of files holds the addresses of all"""

_ONCE_A_RUN = frozenset({codes.PICTURE_OF_NOBODY})
"""codes that count their files themselves: one line stands for them all"""


class _Issue(NamedTuple):
    finding: Finding
    file: FileResult | None
    unit: UnitResult | None

    @property
    def is_asked(self) -> bool:
        """Whether an answer in the decisions workbook is waited for; what is told of the run is mended elsewhere."""
        return self.file is not None and self.finding.is_question


def write_issues(book: SummaryBook) -> Worksheet:
    """Write the sheet; the place leads to the cell in the unit's sheet, where that sheet shows the same return."""
    plan = book.plan
    issues = list(_issues(plan))
    table = begin_list(book, "issues", _count(plan.words, issues), frozen="unit")
    links = 0
    for issue in issues:
        row = table.begin_line()
        _write_texts(table, row, issue)
        place, target = _place(plan, issue), _target(plan, issue)
        # With one link too many Excel would drop those of the whole sheet.
        if target and links < MOST_LINKS:
            table.link(row, "place", target, place)
            links += 1
        else:
            table.text(row, "place", place)
        table.end_line()
    after = table.end()
    table.text(after + 1, "unit", table.words("issues.legend"), table.styles.note_left)
    return table.sheet


def _count(words: SummaryWords, issues: Sequence[_Issue]) -> str:
    """How many findings there are of each severity; a question is a warning that waits for an answer."""
    if not issues:
        return words("issues.none")
    severities = Counter(issue.finding.severity for issue in issues)
    questions = sum(issue.is_asked for issue in issues)
    return words(
        "issues.count",
        errors=severities[Severity.ERROR],
        questions=questions,
        warnings=severities[Severity.WARNING] - questions,
        infos=severities[Severity.INFO],
    )


def _issues(plan: SummaryPlan) -> Iterator[_Issue]:
    """Findings by unit in official order, then of files of no unit, then of the run as a whole."""
    form = plan.form
    for unit in plan.result.units:
        for file in plan.files_of.get(unit.unit.code, ()):
            for finding in _sorted(form, told_once(file.findings)):
                yield _Issue(finding, file, unit)
    listed: set[str] = set()
    for file in plan.files_without_unit:
        for finding in _sorted(form, told_once(file.findings)):
            if finding.code not in _ONCE_A_RUN or finding.code not in listed:
                yield _Issue(finding, file, None)
            listed.add(finding.code)
    for finding in _sorted(form, plan.result.notes):
        yield _Issue(finding, None, None)


def _sorted(form: Form, findings: Sequence[Finding]) -> list[Finding]:
    """Errors first, then what waits for an answer, and those of one severity in form order: by row, then by column."""
    rows = {key: place for place, key in enumerate(form.by_key)}
    columns = {key: place for place, key in enumerate(form.column_by_key)}

    def place(finding: Finding) -> tuple[int, bool, int, int]:
        # What is about no row stands before what is about the first one.
        row = rows.get(finding.row or "", -1)
        column = columns.get(finding.measure or "", -1)
        return finding.severity.place, not finding.is_question, row, column

    return sorted(findings, key=place)


def _write_texts(table: Table, row: int, issue: _Issue) -> None:
    finding, file, unit = issue
    words, styles = table.words, table.styles
    texts = {
        "unit": _unit_named(table.plan, issue),
        "phone": table.plan.phone_of(unit) if unit else "",
        "found": finding.found or "",
        "message": message(finding, table.plan.form, "vi", cells=""),
        "mend": how_to_mend(finding.code, "vi"),
        "suggestion": suggestion_text(finding, "vi"),
        "where": _where(finding, file),
        "code": finding.code,
    }
    table.number(row, "number", table.lines)
    for key, text in texts.items():
        table.text(row, key, text)
    severity = severity_name(finding.severity, "vi")
    if issue.is_asked:
        severity = words("issues.question")
    table.text(row, "severity", severity, styles.severity[finding.severity])
    answers = {
        True: words("issues.counted_yes"),
        False: words("issues.counted_no"),
        None: "",
    }
    table.text(row, "counted", answers[finding.counted], styles.list_center)


def _unit_named(plan: SummaryPlan, issue: _Issue) -> str:
    """Whose it is: a unit of the list, one that is known but not listed, or why there is none."""
    file = issue.file
    if issue.unit:
        return issue.unit.unit.name
    if file is None:
        return plan.words("issues.general")
    known = plan.result.register.by_code.get(file.unit or "")
    if known:
        return known.name
    if file.status is FileStatus.REJECTED:
        return plan.words("issues.no_unit")
    return plan.words("issues.general")


def _where(finding: Finding, file: FileResult | None) -> str:
    """File, sheet and cells, as far as they are known."""
    path = file.shown_path if file else ""
    return ", ".join(filter(None, (path, finding.sheet, _addresses(finding))))


def _place(plan: SummaryPlan, issue: _Issue) -> str:
    """Where it is in the form: the row if it is about one, else the cells that it stands for."""
    finding, file, unit = issue
    # Only the cells of the return in use have names: of another copy they may lie elsewhere.
    is_in_use = unit is not None and file is not None and unit.file == file.path
    cells: Sequence[Cell] = ()
    if unit and unit.counted and is_in_use and finding.row is None:
        cells = cells_of(finding, unit.counted)
    if cells:
        return places_named(plan.form, plan.words, cells, _MOST_PLACES)
    return place_named(plan.form, plan.words, finding.at)


def _addresses(finding: Finding) -> str:
    """Where it is in the file."""
    return spans(finding.places) or finding.cell or ""


def _target(plan: SummaryPlan, issue: _Issue) -> str:
    """The link to the cell, or nothing where no sheet shows it."""
    finding, file, unit = issue
    if unit is None or file is None or unit.file != file.path:
        return ""
    place = plan.unit_place
    sheet = plan.unit_sheets.get(unit.unit.code)
    if sheet is None or finding.row is None or finding.row not in place.rows:
        return ""
    # What is about the row as a whole leads to its label.
    label = plan.form.column_of("label")
    column = place.columns[label.key] if label else place.first_column
    column = place.columns.get(finding.measure or "", column)
    return f"{quoted(sheet)}!{xl_rowcol_to_cell(place.rows[finding.row], column)}"
