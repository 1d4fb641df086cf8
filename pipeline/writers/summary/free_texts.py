"""`Nội dung khác`: the free texts and notes, by unit and row of the form."""

from xlsxwriter.worksheet import Worksheet

from pipeline.model import Entry, UnitResult
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.tables import begin_list


def write_texts(book: SummaryBook) -> Worksheet:
    """Write the sheet: a line for each text of each counted return."""
    plan = book.plan
    form = plan.form
    entries: list[tuple[UnitResult, Entry]] = []
    for unit in plan.result.units:
        if unit.counted:
            entries += ((unit, entry) for entry in unit.counted.entries if entry.text)
    line = "" if entries else plan.words("texts.none")
    table = begin_list(book, "texts", line, frozen="unit")
    for unit, entry in entries:
        row = table.begin_line()
        table.number(row, "number", table.lines)
        table.text(row, "unit", unit.unit.name)
        table.text(row, "row", form.by_key[entry.row].title)
        table.text(row, "column", form.column_named(entry.key))
        table.text(row, "text", entry.text or "")
        table.end_line()
    table.end()
    return table.sheet
