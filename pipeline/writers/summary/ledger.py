"""`Tình hình nộp`: one table, a line for every file and for every unit without one, and what to tell each unit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from pipeline.consolidation.status import Outcome, gravest, outcome_of, unassigned
from pipeline.findings import title
from pipeline.model import ByHand, FileResult, FileStatus, HandLine, UnitResult, UnitStatus
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
        return self.unit.unit.code if self.unit else "", clean_text(self.file.shown_path) if self.file else ""


def write_ledger(book: SummaryBook) -> Worksheet:
    """Write the sheet, with the message to the group and the legend of the states below the table."""
    plan = book.plan
    lines = list(_lines(plan))
    table = begin_list(book, "ledger", _count(plan), frozen="unit")
    placed, _ = _placed(plan.result.by_hand, lines)
    for place, told in enumerate(lines):
        _write_line(table, table.begin_line(), told, placed.get(place, {}))
        table.end_line()
    last = _write_below(table, table.end() + 1, lines)
    # The messages are for pasting; on paper they would leave the table no room.
    table.sheet.print_area(0, 0, last, table.places["phone"])
    return table.sheet


def _count(plan: SummaryPlan) -> str:
    """How many units are in, and how many files of each sort there are."""
    outcomes = Counter(map(outcome_of, plan.result.files))
    parts = [plan.words(f"ledger.counts.{one}", count=outcomes[one]) for one in Outcome if outcomes[one]]
    counted = {"reported": plan.received, "expected": len(plan.expected), "files": len(plan.result.files)}
    return plan.words("ledger.count" if parts else "ledger.count_none", parts=", ".join(parts), **counted)


def _lines(plan: SummaryPlan) -> Iterator[_LedgerLine]:
    for number, unit in enumerate(plan.result.units, 1):
        files = plan.files_of[unit.unit.code]
        if unit.file is None:
            yield _LedgerLine(unit, None, number)
        for place, file in enumerate(files):
            yield _LedgerLine(unit, file, number if place == 0 and unit.file else 0)
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
        place = exact.get((written.unit, written.path), by_path.get(written.path, by_unit.get(written.unit)))
        if place is None:
            homeless.append(written)
            continue
        if "received" in written.texts and _moment(lines[place].file):
            homeless.append(written)
        texts = placed.setdefault(place, {})
        for key, text in written.texts.items():
            texts[key] = _BETWEEN_REMARKS.join(filter(None, (texts.get(key), text)))
    return placed, homeless


def remarks_without_line(plan: SummaryPlan) -> list[HandLine]:
    """What an officer wrote in the older summary for files and units that are not listed any more."""
    return _placed(plan.result.by_hand, list(_lines(plan)))[1]


def _write_line(table: Table, row: int, line: _LedgerLine, by_hand: Mapping[str, str]) -> None:
    unit, file, plan = line.unit, line.file, table.book.plan
    main = unit if line.number else None
    center = table.book.styles.list_center
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
    table.text(row, "filled_by", plan.filled_by(main) if main else "")
    table.text(row, "phone", plan.phone_of(main) if main else "")
    table.text(row, "paper", by_hand.get("paper", ""))
    table.text_unprinted(row, "message", unit_message(plan, main) if main else "")
    table.text_unprinted(row, "remark", by_hand.get("remark", ""))


def _write_unit(table: Table, row: int, line: _LedgerLine) -> None:
    plan = table.book.plan
    if line.unit is None:
        table.text(row, "unit", _of_no_unit(plan, line.file))
        return
    name, code = line.unit.unit.name, line.unit.unit.code
    if not line.unit.in_total:
        name = f"{name} ({plan.words('ledger.outside')})"
    if 0 < line.number < MOST_LINKS and code in plan.unit_sheets:
        table.link(row, "unit", f"{quoted(plan.unit_sheets[code])}!A1", name)
    else:
        table.text(row, "unit", name)


def _of_no_unit(plan: SummaryPlan, file: FileResult | None) -> str:
    """What stands in the column of units beside a file of no unit in the list."""
    known = plan.result.register.by_code.get((file and file.unit) or "")
    is_open = file is not None and file.status is FileStatus.REJECTED
    return known.name if known else plan.words("ledger.no_unit") if is_open else ""


def _write_received(table: Table, row: int, file: FileResult | None, by_hand: str) -> None:
    plan, styles = table.book.plan, table.book.styles
    moment = _moment(file)
    if moment:
        table.sheet.write_datetime(row, table.places["received"], moment, styles.list_date)
    else:
        table.text(row, "received", by_hand, styles.list_date)
    word = {True: "yes", False: "no", None: "unknown"}[file.late] if file and file.is_return else ""
    table.text(row, "late", plan.words(f"ledger.late.{word}") if word else "", styles.list_center)


def _moment(file: FileResult | None) -> datetime | None:
    """When a file came, as the clock on the wall said; None where no e-mail tells."""
    moment = file.times.received if file else None
    return moment.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0) if moment else None


def _write_counts(table: Table, row: int, line: _LedgerLine) -> None:
    """Cells filled in and cells to be asked about, of the return that counts."""
    look = table.book.styles.list_number
    returned = line.unit.counted if line.unit and line.number else None
    if returned is None or line.file is None:
        for key in ("filled", "open"):
            table.text(row, key, "", look)
        return
    table.number(row, "filled", sum(entry.found is not None for entry in returned.entries), look)
    errors = sum(finding.severity is Severity.ERROR for finding in line.file.findings)
    table.number(row, "open", errors, look)


def _status(plan: SummaryPlan, line: _LedgerLine) -> str:
    words, unit, file = plan.words, line.unit, line.file
    if unit and line.number and unit.counted:
        status = words(f"ledger.unit_status.{unit.status}")
        if file and any(told.is_question for told in file.findings):
            status = words("ledger.asked", status=status)
        source = plan.source_of(unit.counted)
        return words("ledger.from_source", status=status, source=source) if source else status
    if file is None:
        assert unit is not None
        found = ", ".join(file.shown_path for file in plan.perhaps.get(unit.unit.code, ()))
        return words("ledger.perhaps_files", files=found) if found else words("ledger.unit_status.missing")
    reason = gravest(file.findings)
    because = title(reason.code, "vi") if reason else ""
    if unit and line.number and unit.status is UnitStatus.MISSING:
        return words("ledger.missing_because", reason=because)
    outcome = outcome_of(file)
    if because and outcome in (Outcome.REJECTED, Outcome.IGNORED):
        return words(f"ledger.file_status.{outcome}_because", reason=because)
    return words(f"ledger.file_status.{outcome}")


def _write_below(table: Table, row: int, lines: Sequence[_LedgerLine]) -> int:
    """Write message to the group and legend; gives the last row."""
    plan, look = table.book.plan, table.book.styles.note_wrapped
    first, last = table.places["status"], table.places["phone"]
    width = sum(column.width for column in plan.words.columns["ledger"][first : last + 1])
    for name, text in (*_to_the_group(plan), *_legend(plan, lines)):
        write_box(table.sheet, (row, 0, row, first - 1), name, table.book.styles.note_strong)
        write_box(table.sheet, (row, first, row, last), text, look)
        table.sheet.set_row(row, text_height(text, width, LIST_SIZE))
        row += 1
    return row


def _to_the_group(plan: SummaryPlan) -> Iterator[tuple[str, str]]:
    told, count = group_message(plan), len(unassigned(plan.result.files))
    if told and count:
        yield plan.words("ledger.before_group"), plan.words("ledger.see_first", count=count)
    if told:
        yield plan.words("ledger.group_message"), told


def _legend(plan: SummaryPlan, lines: Sequence[_LedgerLine]) -> Iterator[tuple[str, str]]:
    """Explain the words that stand in the table, and no others."""
    units = [line.unit for line in lines if line.unit and line.number]
    others = {outcome_of(line.file) for line in lines if line.file and not line.number}
    shown = {
        "unit_status.received_with_errors": any(u.status is UnitStatus.RECEIVED_WITH_ERRORS for u in units),
        "unit_status.missing_with_file": any(u.status is UnitStatus.MISSING and u.file for u in units),
        "unit_status.perhaps": bool(plan.perhaps),
        **{f"file_status.{outcome}": outcome in others for outcome in _EXPLAINED},
        "late.unknown": any(line.file and line.file.is_return and line.file.late is None for line in lines),
    }
    for key, is_shown in shown.items():
        if is_shown:
            yield plan.words(f"ledger.{key}"), plan.words(f"ledger.legend.{key.partition('.')[2]}")


_EXPLAINED = (
    Outcome.SUPERSEDED,
    Outcome.REJECTED,
    Outcome.SIGNED_COPY,
    Outcome.COMPANION,
    Outcome.CONTAINER,
    Outcome.IGNORED,
)
