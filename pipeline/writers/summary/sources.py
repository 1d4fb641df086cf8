"""`Nguồn số liệu`: file, sheet, cell, text as typed and reading of every value of every counted return.

The longest sheet, about sixty lines a unit, so a line costs as few calls as it can and bears no link.
"""

from collections.abc import Mapping

from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, Return, State
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
    places, form, look = table.places, table.plan.form, table.styles.line_text
    # What is the same on every line of a return is made ready once.
    same_on_all = (
        (places["unit"], clean_text(name)),
        (places["file"], clean_text(counted.shown_path)),
        (places["sheet"], clean_text(counted.sheet)),
    )
    states = {state: table.words(f"sources.state.{state}") for state in State}
    for entry in counted.entries:
        if _says_nothing(entry):
            continue
        # The list may go on in a further sheet, so the sheet is asked for anew.
        row = table.begin_line()
        sheet = table.sheet
        write = sheet.write_string
        for place, text in same_on_all:
            write(row, place, text, look)
        write(row, places["row"], form.short_names[entry.row], look)
        write(row, places["state"], states[entry.state], look)
        texts = {
            "column": columns[entry.key],
            "cell": entry.cell,
            "found": entry.found,
            "decided_by": entry.decided_by,
            "reason": entry.reason,
        }
        if entry.counted and entry.value is not None:
            sheet.write_number(row, places["value"], entry.value, table.styles.line_number)
        else:
            texts["value"] = entry.text
        for key, shown in texts.items():
            if shown:
                write(row, places[key], clean_text(shown), look)
            else:
                sheet.write_blank(row, places[key], None, look)


def _says_nothing(entry: Entry) -> bool:
    """Whether nobody filled a cell, and it counts for nothing."""
    if entry.found is not None or entry.state is not State.BLANK:
        return False
    return not entry.text and not entry.decided_by
