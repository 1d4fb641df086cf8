"""`Tình hình nộp`: one table, a line for every file and for every unit without one, and what to tell each unit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.status import Outcome, gravest, outcome_of, unassigned
from pipeline.findings import title
from pipeline.model import (
    ByHand,
    FileResult,
    FileStatus,
    HandLine,
    Return,
    UnitResult,
    UnitStatus,
)
from pipeline.writers.formats import write_box
from pipeline.writers.sheet_limits import MOST_LINKS
from pipeline.writers.summary.cell_writing import clean_text
from pipeline.writers.summary.messages import group_message, unit_message
from pipeline.writers.summary.printed_page import text_height
from pipeline.writers.summary.styles import LIST_SIZE
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, quoted
from pipeline.writers.summary.tables import Table, begin_list
from schemas.register import VIETNAM
from schemas.rules import Severity

_BETWEEN_REMARKS = "; "


class _LedgerLine(NamedTuple):
    unit: UnitResult | None
    file: FileResult | None
    number: int
    """place of the unit in the list; 0 on its further lines"""

    @property
    def known_by(self) -> tuple[str, str]:
        """Code of its unit and path of its file, as the sheet shows them."""
        code = self.unit.unit.code if self.unit else ""
        path = clean_text(self.file.shown_path) if self.file else ""
        return code, path


def write_ledger(book: SummaryBook) -> Worksheet:
    """Write the sheet, with the message to the group and the legend of the states below the table."""
    plan = book.plan
    lines = list(_lines(plan))
    table = begin_list(book, "ledger", _count(plan), frozen="unit")
    placed, _ = _placed(plan.result.by_hand, lines)
    for place, line in enumerate(lines):
        _write_line(table, table.begin_line(), line, placed.get(place, {}))
        table.end_line()
    last = _write_below(table, table.end() + 1, lines)
    # The messages are for pasting; on paper they would leave the table no room.
    table.sheet.print_area(0, 0, last, table.places["phone"])
    return table.sheet


def _count(plan: SummaryPlan) -> str:
    """How many units are in, and how many files of each sort there are."""
    words, files = plan.words, plan.result.files
    reported, expected = plan.received, len(plan.expected)
    if not files:
        return words("ledger.count_none", reported=reported, expected=expected)
    outcomes = Counter(map(outcome_of, files))
    found = [outcome for outcome in Outcome if outcomes[outcome]]
    parts = [words(f"ledger.counts.{outcome}", count=outcomes[outcome]) for outcome in found]
    return words(
        "ledger.count",
        reported=reported,
        expected=expected,
        files=len(files),
        parts=", ".join(parts),
    )


def _lines(plan: SummaryPlan) -> Iterator[_LedgerLine]:
    for number, unit in enumerate(plan.result.units, 1):
        # The line with the number stands for the unit: that of the file its state rests on, else one without a file.
        unnumbered = plan.files_of[unit.unit.code]
        if unit.file is None:
            yield _LedgerLine(unit, None, number)
        elif unnumbered:
            yield _LedgerLine(unit, unnumbered[0], number)
            unnumbered = unnumbered[1:]
        for file in unnumbered:
            yield _LedgerLine(unit, file, 0)
    for file in plan.files_without_unit:
        yield _LedgerLine(None, file, 0)


def _placed(by_hand: ByHand, lines: Sequence[_LedgerLine]) -> tuple[Mapping[int, Mapping[str, str]], list[HandLine]]:
    """Find for what an officer wrote the line of the same unit and file, else of the file, else the first of the unit.

    Gives place of a line -> column -> text, and what no line stands for any more. A day of receipt stands where no
    e-mail tells another.
    """
    exact = {line.known_by: place for place, line in enumerate(lines)}
    by_path = {path: place for (_, path), place in exact.items() if path}
    by_unit = {line.known_by[0]: place for place, line in enumerate(lines) if line.number}
    placed: dict[int, dict[str, str]] = {}
    homeless = []
    for written in by_hand.lines:
        place = by_path.get(written.path, by_unit.get(written.unit))
        place = exact.get((written.unit, written.path), place)
        if place is None:
            homeless.append(written)
            continue
        if "received" in written.texts and _moment(lines[place].file):
            homeless.append(written)
        # Lines of two files may have become one: then both their remarks stand on it.
        texts = placed.setdefault(place, {})
        for key, text in written.texts.items():
            texts[key] = _BETWEEN_REMARKS.join(filter(None, (texts.get(key), text)))
    return placed, homeless


def remarks_without_line(plan: SummaryPlan) -> list[HandLine]:
    """What an officer wrote in the older summary for files and units that are not listed any more."""
    return _placed(plan.result.by_hand, list(_lines(plan)))[1]


def _write_line(table: Table, row: int, line: _LedgerLine, by_hand: Mapping[str, str]) -> None:
    unit, file, plan = line.unit, line.file, table.plan
    center = table.styles.list_center
    if line.number:
        table.number(row, "number", line.number)
    else:
        table.text(row, "number", "", center)
    table.text(row, "code", unit.unit.code if unit else "", center)
    _write_unit(table, row, line)
    table.text(row, "status", _status(plan, line))
    table.text(row, "file", file.shown_path if file else "")
    _write_received(table, row, file, by_hand.get("received", ""))
    _write_counts(table, row, line)
    filled_by = phone = message = ""
    if unit and line.number:
        filled_by = plan.filled_by(unit)
        phone = plan.phone_of(unit)
        message = unit_message(plan, unit)
    table.text(row, "filled_by", filled_by)
    table.text(row, "phone", phone)
    table.text(row, "paper", by_hand.get("paper", ""))
    table.text_unprinted(row, "message", message)
    table.text_unprinted(row, "remark", by_hand.get("remark", ""))


def _write_unit(table: Table, row: int, line: _LedgerLine) -> None:
    if line.unit is None:
        table.text(row, "unit", _of_no_unit(table.plan, line.file))
        return
    name = line.unit.unit.name
    if not line.unit.in_total:
        name = f"{name} ({table.words('ledger.outside')})"
    sheet = table.plan.unit_sheets.get(line.unit.unit.code)
    # A unit is linked on one of its lines, so there are never more links than units.
    if sheet is not None and 0 < line.number < MOST_LINKS:
        table.link(row, "unit", f"{quoted(sheet)}!A1", name)
    else:
        table.text(row, "unit", name)


def _of_no_unit(plan: SummaryPlan, file: FileResult | None) -> str:
    """What stands in the column of units beside a file of no unit in the list."""
    if file is None:
        return ""
    known = plan.result.register.by_code.get(file.unit or "")
    if known:
        return known.name
    if file.status is FileStatus.REJECTED:
        return plan.words("ledger.no_unit")
    return ""


def _write_received(table: Table, row: int, file: FileResult | None, by_hand: str) -> None:
    """Write when the file came, by its e-mail or by hand, and whether that was in time."""
    look = table.styles.list_date
    moment = _moment(file)
    if moment:
        table.sheet.write_datetime(row, table.places["received"], moment, look)
    else:
        table.text(row, "received", by_hand, look)
    in_time = ""
    if file and file.is_return:
        answer = {True: "yes", False: "no", None: "unknown"}[file.late]
        in_time = table.words(f"ledger.late.{answer}")
    table.text(row, "late", in_time, table.styles.list_center)


def _moment(file: FileResult | None) -> datetime | None:
    """When a file came, as the clock on the wall said; None where no e-mail tells."""
    if file is None or file.times.received is None:
        return None
    # Excel knows no time zones.
    return file.times.received.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)


def _write_counts(table: Table, row: int, line: _LedgerLine) -> None:
    """Cells filled in and cells to be asked about, of the return that counts."""
    look = table.styles.list_number
    returned = line.unit.counted if line.unit and line.number else None
    if returned is None or line.file is None:
        for key in ("filled", "open"):
            table.text(row, key, "", look)
        return
    table.number(row, "filled", sum(entry.found is not None for entry in returned.entries), look)
    errors = sum(finding.severity is Severity.ERROR for finding in line.file.findings)
    table.number(row, "open", errors, look)


def _status(plan: SummaryPlan, line: _LedgerLine) -> str:
    """What became of a unit, on the line that bears its number; on all others what became of the file."""
    unit, file = line.unit, line.file
    if unit and line.number and unit.counted:
        return _status_of_return(plan, unit, unit.counted, file)
    if file is None:
        assert unit is not None
        return _status_without_file(plan, unit)
    reason = gravest(file.findings)
    because = title(reason.code, "vi") if reason else ""
    if unit and line.number and unit.status is UnitStatus.MISSING:
        return plan.words("ledger.missing_because", reason=because)
    outcome = outcome_of(file)
    if because and outcome in (Outcome.REJECTED, Outcome.IGNORED):
        return plan.words(f"ledger.file_status.{outcome}_because", reason=because)
    return plan.words(f"ledger.file_status.{outcome}")


def _status_of_return(plan: SummaryPlan, unit: UnitResult, counted: Return, file: FileResult | None) -> str:
    words = plan.words
    status = words(f"ledger.unit_status.{unit.status}")
    if file and any(finding.is_question for finding in file.findings):
        status = words("ledger.asked", status=status)
    source = plan.source_of(counted)
    if source:
        status = words("ledger.from_source", status=status, source=source)
    return status


def _status_without_file(plan: SummaryPlan, unit: UnitResult) -> str:
    found = ", ".join(file.shown_path for file in plan.perhaps.get(unit.unit.code, ()))
    if found:
        return plan.words("ledger.perhaps_files", files=found)
    return plan.words("ledger.unit_status.missing")


def _write_below(table: Table, row: int, lines: Sequence[_LedgerLine]) -> int:
    """Write message to the group and legend; gives the last row."""
    plan, look = table.plan, table.styles.note_wrapped
    first, last = table.places["status"], table.places["phone"]
    # The text runs over these columns.
    width = sum(column.width for column in plan.words.columns["ledger"][first : last + 1])
    for name, text in (*_to_the_group(plan), *_legend(plan, lines)):
        write_box(table.sheet, (row, 0, row, first - 1), name, table.styles.note_strong)
        write_box(table.sheet, (row, first, row, last), text, look)
        table.sheet.set_row(row, text_height(text, width, LIST_SIZE))
        row += 1
    return row


def _to_the_group(plan: SummaryPlan) -> Iterator[tuple[str, str]]:
    message = group_message(plan)
    if not message:
        return
    # Whoever is reminded may have sent one of the files of no unit.
    count = len(unassigned(plan.result.files))
    if count:
        yield (
            plan.words("ledger.before_group"),
            plan.words("ledger.see_first", count=count),
        )
    yield plan.words("ledger.group_message"), message


def _legend(plan: SummaryPlan, lines: Sequence[_LedgerLine]) -> Iterator[tuple[str, str]]:
    """Explain the words that stand in the table, and no others."""
    shown = {_unit_word(line.unit) for line in lines if line.unit and line.number}
    shown |= {f"file_status.{outcome_of(line.file)}" for line in lines if line.file and not line.number}
    if plan.perhaps:
        shown.add("unit_status.perhaps")
    if any(line.file and line.file.is_return and line.file.late is None for line in lines):
        shown.add("late.unknown")
    for key in _EXPLAINED:
        if key in shown:
            name = key.partition(".")[2]
            yield plan.words(f"ledger.{key}"), plan.words(f"ledger.legend.{name}")


def _unit_word(unit: UnitResult) -> str:
    if unit.status is UnitStatus.MISSING and unit.file:
        return "unit_status.missing_with_file"
    return f"unit_status.{unit.status}"


# Words of the table that need explaining, in the order in which they are explained.
_EXPLAINED = (
    f"unit_status.{UnitStatus.RECEIVED_WITH_ERRORS}",
    "unit_status.missing_with_file",
    "unit_status.perhaps",
    f"file_status.{Outcome.SUPERSEDED}",
    f"file_status.{Outcome.REJECTED}",
    f"file_status.{Outcome.SIGNED_COPY}",
    f"file_status.{Outcome.COMPANION}",
    f"file_status.{Outcome.CONTAINER}",
    f"file_status.{Outcome.IGNORED}",
    "late.unknown",
)
