"""`Nguồn số liệu`: file, sheet, cell, text as typed and reading of every value of every counted return.

The longest sheet, about sixty lines a unit, so a line costs as few calls as it can and bears no link.
"""

from xlsxwriter.worksheet import Worksheet

from pipeline.model import Return, State
from pipeline.summary.page import Book, clean_text
from pipeline.summary.tables import LIST_FIRST_ROW, Table, begin_list


def write_sources(book: Book) -> Worksheet:
    """Write the sheet; a cell that nobody filled and that counts for nothing has no line."""
    plan = book.plan
    table = begin_list(book, "sources", plan.words("sources.count"), frozen="column")
    row = LIST_FIRST_ROW
    for unit in plan.result.units:
        if unit.counted:
            row = _write_return(table, row, unit.unit.name, unit.counted)
    table.end(row - LIST_FIRST_ROW)
    return table.sheet


def _write_return(table: Table, row: int, name: str, counted: Return) -> int:
    """Write the lines of one return from `row` on; gives the row after them."""
    sheet, places, styles = table.sheet, table.places, table.book.styles
    form, words = table.book.plan.result.form, table.book.plan.words
    write, look = sheet.write_string, styles.line_text
    name, path, page = clean_text(name), clean_text(counted.path), clean_text(counted.sheet)
    states = {state: words(f"sources.state.{state}") for state in State}
    for entry in counted.entries:
        if entry.found is None and entry.state is State.BLANK and not (entry.text or entry.decided_by):
            continue
        write(row, places["unit"], name, look)
        write(row, places["row"], form.by_key[entry.row].title, look)
        write(row, places["column"], form.column_by_key[entry.measure].short, look)
        write(row, places["state"], states[entry.state], look)
        write(row, places["file"], path, look)
        write(row, places["sheet"], page, look)
        if entry.counted and entry.value is not None:
            sheet.write_number(row, places["value"], entry.value, styles.line_number)
        told = {"cell": entry.cell, "found": entry.found, "decided_by": entry.decided_by, "reason": entry.reason}
        if not entry.counted and entry.text:
            told["value"] = entry.text
        for key, text in told.items():
            if text:
                write(row, places[key], clean_text(text), look)
        row += 1
    return row
