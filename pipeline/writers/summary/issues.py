"""`Lỗi và cảnh báo`: every finding, by unit and with errors first: where, what was typed, why, how to mend it."""

from collections.abc import Iterator
from typing import NamedTuple

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.findings import codes, how_to_mend, message, severity_name, suggestion_text
from pipeline.findings.group import spans, told_once
from pipeline.model import FileResult, FileStatus, Finding, UnitResult
from pipeline.writers.sheet_limits import MOST_LINKS
from pipeline.writers.summary.place_names import cells_of, place_named, places_named
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted
from pipeline.writers.summary.tables import Table, begin_list
from schemas.rules import Severity

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
    asked = sum(issue.is_asked for issue in issues)
    counts = {f"{severity}s": sum(issue.finding.severity is severity for issue in issues) for severity in Severity}
    counts |= {"questions": asked, "warnings": counts["warnings"] - asked}
    line = plan.words("issues.count", **counts) if issues else plan.words("issues.none")
    table = begin_list(book, "issues", line, frozen="unit")
    links = 0
    for issue in issues:
        row = table.begin_line()
        _write_texts(table, row, issue)
        place, target = _place(plan, issue), _target(plan, issue)
        if target and links < MOST_LINKS:
            table.link(row, "place", target, place)
            links += 1
        else:
            table.text(row, "place", place)
        table.end_line()
    after = table.end()
    table.text(after + 1, "unit", plan.words("issues.legend"), book.styles.note_left)
    return table.sheet


def _issues(plan: SummaryPlan) -> Iterator[_Issue]:
    """Findings by unit in official order, then of files of no unit, then of the run as a whole."""
    units = {unit.unit.code: unit for unit in plan.result.units}
    for code, unit in units.items():
        for file in plan.files_of.get(code, ()):
            yield from (_Issue(finding, file, unit) for finding in _sorted(plan, told_once(file.findings)))
    listed: set[str] = set()
    for file in plan.files_without_unit:
        for finding in _sorted(plan, told_once(file.findings)):
            if finding.code not in _ONCE_A_RUN or finding.code not in listed:
                yield _Issue(finding, file, None)
            listed.add(finding.code)
    yield from (_Issue(finding, None, None) for finding in _sorted(plan, plan.result.notes))


def _sorted(plan: SummaryPlan, findings: tuple[Finding, ...]) -> list[Finding]:
    """Errors first, then what waits for an answer, and those of one severity in form order: by row, then by column."""
    form = plan.form
    rows = {key: place for place, key in enumerate(form.by_key)}
    columns = {key: place for place, key in enumerate(form.column_by_key)}

    def place(finding: Finding) -> tuple[int, bool, int, int]:
        row, column = rows.get(finding.row or "", -1), columns.get(finding.measure or "", -1)
        return finding.severity.place, not finding.is_question, row, column

    return sorted(findings, key=place)


def _write_texts(table: Table, row: int, issue: _Issue) -> None:
    finding, file, unit = issue
    plan, styles = table.book.plan, table.book.styles
    form, words = plan.form, plan.words
    known = plan.result.register.by_code.get((file and file.unit) or "")
    is_open = file is not None and file.status is FileStatus.REJECTED
    nobody = known.name if known else words("issues.no_unit" if is_open else "issues.general")
    where = (file.shown_path if file else "", finding.sheet or "", _addresses(finding))
    texts = {
        "unit": unit.unit.name if unit else nobody,
        "phone": plan.phone_of(unit) if unit else "",
        "found": finding.found or "",
        "message": message(finding, form, "vi", cells=""),
        "mend": how_to_mend(finding.code, "vi"),
        "suggestion": suggestion_text(finding, "vi"),
        "where": ", ".join(part for part in where if part),
        "code": finding.code,
    }
    table.number(row, "number", table.lines)
    for key, text in texts.items():
        table.text(row, key, text)
    severity = words("issues.question") if issue.is_asked else severity_name(finding.severity, "vi")
    table.text(row, "severity", severity, styles.severity[finding.severity])
    answers = {True: words("issues.counted_yes"), False: words("issues.counted_no"), None: ""}
    table.text(row, "counted", answers[finding.counted], styles.list_center)


def _place(plan: SummaryPlan, issue: _Issue) -> str:
    """Where it is in the form: the row if it is about one, else the cells that it stands for."""
    form, words = plan.form, plan.words
    finding, file, unit = issue
    counted = unit.counted if unit and file and unit.file == file.path else None
    cells = cells_of(finding, counted) if counted and finding.row is None else ()
    return places_named(form, words, cells, _MOST_PLACES) if cells else place_named(form, words, finding.at)


def _addresses(finding: Finding) -> str:
    """Where it is in the file."""
    return spans(finding.places) or finding.cell or ""


def _target(plan: SummaryPlan, issue: _Issue) -> str:
    """The link to the cell, or nothing where no sheet shows it."""
    finding, file, unit = issue
    place = plan.unit_place
    if unit is None or file is None or unit.file != file.path or unit.unit.code not in plan.unit_sheets:
        return ""
    if finding.row is None or finding.row not in place.rows:
        return ""
    label = plan.form.column_of("label")
    column = place.columns.get(finding.measure or "", place.columns[label.key] if label else place.first_column)
    sheet = quoted(plan.unit_sheets[unit.unit.code])
    return f"{sheet}!{xl_rowcol_to_cell(place.rows[finding.row], column)}"
