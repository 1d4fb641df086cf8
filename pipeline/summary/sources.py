"""`Nguồn số liệu`: file, sheet, cell, text as typed and reading of every value of every counted return.

The longest sheet, about sixty lines a unit, so a line costs as few calls as it can and bears no link.
"""

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, Return, State, UnitResult
from pipeline.summary.page import Book, write_text
from pipeline.summary.plan import Plan
from pipeline.summary.tables import LIST_FIRST_ROW, begin_list


def write_sources(book: Book) -> Worksheet:
    """Write the sheet; a cell that nobody filled and that counts for nothing has no line."""
    plan, look = book.plan, book.styles.line_text
    table = begin_list(book, "sources", plan.words("sources.count"), frozen="column")
    sheet, places = table.sheet, table.places
    form = plan.result.form
    titles = {row.key: row.title for row in form.rows}
    shorts = {column.key: column.short for column in form.columns}
    states = {state: plan.words(f"sources.state.{state}") for state in State}
    row = LIST_FIRST_ROW
    for unit, counted, entry in _told(plan):
        texts = {
            "unit": unit.unit.name,
            "row": titles[entry.row],
            "column": shorts[entry.measure],
            "found": entry.found,
            "state": states[entry.state],
            "file": counted.path,
            "sheet": counted.sheet,
            "cell": entry.cell,
            "decided_by": entry.decided_by,
            "reason": entry.reason,
        }
        for key, text in texts.items():
            if text:
                write_text(sheet, row, places[key], text, look)
        if entry.counted and entry.value is not None:
            sheet.write_number(row, places["value"], entry.value, book.styles.line_number)
        elif entry.text:
            write_text(sheet, row, places["value"], entry.text, look)
        row += 1
    table.end(row - LIST_FIRST_ROW)
    return sheet


def _told(plan: Plan) -> Iterator[tuple[UnitResult, Return, Entry]]:
    for unit in plan.result.units:
        if unit.counted is None:
            continue
        for entry in unit.counted.entries:
            if entry.found is not None or entry.state is not State.BLANK or entry.text:
                yield unit, unit.counted, entry
