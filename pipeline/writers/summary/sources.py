"""`Nguồn số liệu`: file, sheet, cell, text as typed and reading of every value of every counted return.

The longest sheet, about sixty lines a unit, so a line costs as few calls as it can and bears no link.
"""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from pipeline.model import Return, State
from pipeline.writers.summary.cell_writing import clean_text
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.tables import Table, begin_list
from schemas.rules import Cell


def write_sources(book: SummaryBook) -> Worksheet:
    """Write the sheet; a cell that nobody filled and that counts for nothing has no line."""
    plan = book.plan
    table = begin_list(book, "sources", plan.words("sources.count"), frozen="column")
    form = plan.form
    cells = [Cell(row.key, column.key) for row in form.rows for column in form.columns]
    columns = {cell: form.column_named(cell) for cell in cells}
    for unit in plan.result.units:
        if unit.counted:
            _write_return(table, unit.unit.name, unit.counted, columns)
    table.end()
    return table.sheet


def _write_return(table: Table, name: str, counted: Return, columns: Mapping[Cell, str]) -> None:
    """Write the lines of one return."""
    places, styles = table.places, table.book.styles
    form, words = table.book.plan.form, table.book.plan.words
    look = styles.line_text
    texts = (("unit", name), ("file", counted.shown_path), ("sheet", counted.sheet))
    same = [(places[key], clean_text(text)) for key, text in texts]
    states = {state: words(f"sources.state.{state}") for state in State}
    for entry in counted.entries:
        if entry.found is None and entry.state is State.BLANK and not (entry.text or entry.decided_by):
            continue
        row, sheet = table.begin_line(), table.sheet
        write, blank = sheet.write_string, sheet.write_blank
        for place, text in same:
            write(row, place, text, look)
        write(row, places["row"], form.short_names[entry.row], look)
        write(row, places["state"], states[entry.state], look)
        told: dict[str, str | None] = {"column": columns[entry.key], "cell": entry.cell}
        told |= {"found": entry.found, "decided_by": entry.decided_by, "reason": entry.reason}
        if entry.counted and entry.value is not None:
            sheet.write_number(row, places["value"], entry.value, styles.line_number)
        else:
            told["value"] = entry.text
        for key, said in told.items():
            if said:
                write(row, places[key], clean_text(said), look)
            else:
                blank(row, places[key], None, look)
