"""`Tình hình nộp`: one table, a line for every file and for every unit without one, and what to tell each unit."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from xlsxwriter.worksheet import Worksheet

from pipeline.findings import message
from pipeline.model import ByHand, FileResult, FileStatus, HandLine, UnitResult, UnitStatus
from pipeline.summary.messages import group_message, unit_message
from pipeline.summary.page import Book, clean_text, text_height
from pipeline.summary.plan import Plan, quoted
from pipeline.summary.styles import LIST_SIZE
from pipeline.summary.tables import LIST_FIRST_ROW, MOST_LINKS, Table, begin_list
from pipeline.workbook_formats import write_box
from schemas.register import VIETNAM
from schemas.rules import Severity

_FILLED_BY_HAND = ("paper", "remark")
_BETWEEN_REMARKS = "; "


class _Line(NamedTuple):
    unit: UnitResult | None
    file: FileResult | None
    number: int
    """place of the unit in the list; 0 on its further lines"""

    @property
    def known_by(self) -> tuple[str, str]:
        """Code of its unit and path of its file, as the sheet shows them."""
        return self.unit.unit.code if self.unit else "", clean_text(self.file.path) if self.file else ""


def write_ledger(book: Book) -> Worksheet:
    """Write the sheet, with the message to the group and the legend of the states below the table."""
    plan = book.plan
    lines = list(_lines(plan))
    statuses = Counter(file.status for file in plan.result.files)
    line = plan.words(
        "ledger.count",
        reported=plan.received,
        expected=len(plan.expected),
        files=len(plan.result.files),
        **{status.value: statuses[status] for status in FileStatus},
    )
    table = begin_list(book, "ledger", line, frozen="unit")
    placed, _ = _placed(plan.result.by_hand, lines)
    for row, told in enumerate(lines, LIST_FIRST_ROW):
        _write_line(table, row, told, placed.get(row - LIST_FIRST_ROW, {}))
        table.end_line(row)
    last = _write_below(table, table.end(len(lines)) + 1)
    # The messages are for pasting; on paper they would leave the table no room.
    table.sheet.print_area(0, 0, last, table.places["phone"])
    return table.sheet


def _lines(plan: Plan) -> Iterator[_Line]:
    for number, unit in enumerate(plan.result.units, 1):
        files = plan.files_of[unit.unit.code]
        if unit.file is None:
            yield _Line(unit, None, number)
        for place, file in enumerate(files):
            yield _Line(unit, file, number if place == 0 and unit.file else 0)
    for file in plan.files_without_unit:
        yield _Line(None, file, 0)


def _placed(by_hand: ByHand, lines: Sequence[_Line]) -> tuple[Mapping[int, Mapping[str, str]], list[HandLine]]:
    """Find for what an officer wrote the line of the same unit and file, else of the file, else the first of the unit.

    Gives place of a line -> column -> text, and what no line stands for any more.
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
        texts = placed.setdefault(place, {})
        for key, text in written.texts.items():
            texts[key] = _BETWEEN_REMARKS.join(filter(None, (texts.get(key), text)))
    return placed, homeless


def remarks_without_line(plan: Plan) -> list[HandLine]:
    """What an officer wrote in the older summary for files and units that are not listed any more."""
    return _placed(plan.result.by_hand, list(_lines(plan)))[1]


def _write_line(table: Table, row: int, line: _Line, by_hand: Mapping[str, str]) -> None:
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
    table.text(row, "file", file.path if file else "")
    _write_received(table, row, file)
    _write_counts(table, row, line)
    table.text(row, "filled_by", main.counted.filled_by if main and main.counted else "")
    table.text(row, "phone", plan.phone_of(main) if main else "")
    table.text(row, "message", unit_message(plan, main) if main else "")
    for key in _FILLED_BY_HAND:
        table.text(row, key, by_hand.get(key, ""))


def _write_unit(table: Table, row: int, line: _Line) -> None:
    plan = table.book.plan
    if line.unit is None:
        known = plan.result.register.by_code.get((line.file and line.file.unit) or "")
        table.text(row, "unit", known.name if known else plan.words("ledger.no_unit"))
        return
    name, code = line.unit.unit.name, line.unit.unit.code
    if not line.unit.in_total:
        name = f"{name} ({plan.words('ledger.outside')})"
    if 0 < line.number < MOST_LINKS and code in plan.unit_sheets:
        table.link(row, "unit", f"{quoted(plan.unit_sheets[code])}!A1", name)
    else:
        table.text(row, "unit", name)


def _write_received(table: Table, row: int, file: FileResult | None) -> None:
    plan, styles = table.book.plan, table.book.styles
    moment = file.times.received if file else None
    if moment:
        local = moment.astimezone(VIETNAM).replace(tzinfo=None, microsecond=0)
        table.sheet.write_datetime(row, table.places["received"], local, styles.list_date)
    else:
        table.text(row, "received", "", styles.list_date)
    word = {True: "yes", False: "no", None: "unknown"}[file.late] if file and file.is_return else ""
    table.text(row, "late", plan.words(f"ledger.late.{word}") if word else "", styles.list_center)


def _write_counts(table: Table, row: int, line: _Line) -> None:
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


def _status(plan: Plan, line: _Line) -> str:
    words, unit, file = plan.words, line.unit, line.file
    if unit and line.number and unit.counted:
        return words(f"ledger.unit_status.{unit.status}")
    reason = _reason(plan, file) if file else ""
    if unit and line.number and unit.status is UnitStatus.MISSING:
        if file is None:
            return words("ledger.unit_status.missing")
        told = words("ledger.unit_status.missing_with_file")
        return f"{told}. {reason}" if reason else told
    assert file is not None
    used = plan.files.get(unit.file or "") if unit else None
    if file.status is FileStatus.SUPERSEDED and used and used.sha256 == file.sha256:
        return words("ledger.file_status.identical")
    because = f"ledger.file_status.{file.status}_because"
    if reason and because in words.texts:
        return words(because, reason=reason)
    return words(f"ledger.file_status.{file.status}")


def _reason(plan: Plan, file: FileResult) -> str:
    """The finding that decided about the file: the first error, else the first of all."""
    told = sorted(file.findings, key=lambda finding: finding.severity is not Severity.ERROR)
    return message(told[0], plan.result.form, "vi") if told else ""


def _write_below(table: Table, row: int) -> int:
    """Write message to the group and legend; gives the last row."""
    plan, look = table.book.plan, table.book.styles.note_wrapped
    first, last = table.places["status"], table.places["phone"]
    width = sum(column.width for column in plan.words.columns["ledger"][first : last + 1])
    for name, text in _told_below(plan):
        write_box(table.sheet, (row, 0, row, first - 1), name, table.book.styles.note_strong)
        write_box(table.sheet, (row, first, row, last), text, look)
        table.sheet.set_row(row, text_height(text, width, LIST_SIZE))
        row += 1
    return row


def _told_below(plan: Plan) -> Iterator[tuple[str, str]]:
    words = plan.words
    told = group_message(plan)
    if told:
        yield words("ledger.group_message"), told
    for key, name in (
        ("received_with_errors", "unit_status.received_with_errors"),
        ("missing_with_file", "unit_status.missing_with_file"),
        ("superseded", "file_status.superseded"),
        ("rejected", "file_status.rejected"),
        ("ignored", "file_status.ignored"),
        ("late_unknown", "late.unknown"),
    ):
        yield words(f"ledger.{name}"), words(f"ledger.legend.{key}")
