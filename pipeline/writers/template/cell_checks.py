"""What may be wrong in a single cell of the form, as formulas: what stands there is no number that can be counted."""

from collections.abc import Iterator, Mapping

from pipeline.extract.numbers import load_number_words
from pipeline.extract.numbers.dates import serials_about
from pipeline.extract.numbers.reading import MOST_DIGITS
from pipeline.writers.template.formulas import Check, CheckedForm
from schemas.form import Row, ValueKind
from schemas.rules import Cell, Severity

# What a run refuses as too large is refused here too.
LARGEST: Mapping[ValueKind, int] = {
    ValueKind.COUNT: 10 ** MOST_DIGITS["count"] - 1,
    ValueKind.MONEY: 10 ** MOST_DIGITS["money"] - 1,
}


def checks_of_cells(checked: CheckedForm) -> Iterator[Check]:
    """What may be wrong in each number cell, and in the grey cells of a row."""
    for cell in checked.form.number_cells:
        yield from _of_number(checked, cell)
    for row in checked.form.rows:
        yield from _of_closed(checked, row)


def _of_number(checked: CheckedForm, cell: Cell) -> Iterator[Check]:
    row, at, where = cell.row, checked.ref(cell), checked.where(cell)
    kind = checked.form.by_key[row].kinds[cell.measure]

    def check(severity: Severity, when: str, wording: str, **facts: str) -> Check:
        return Check(row, severity, when, checked.say(wording, **facts))

    # A text cannot be compared with 0, so it is told apart first.
    no_number = f"IF(ISNUMBER({at}),OR({at}<0,{at}<>INT({at})),NOT(ISBLANK({at})))"
    yield check(Severity.ERROR, no_number, "not_whole", where=where)
    large = checked.stated([cell], f"{at}>{LARGEST[kind]}")
    yield check(Severity.ERROR, large, "too_large", where=where)
    # "D" and a figure is a date or a time, "P" and a figure a percentage: pasted cells bring their formats along.
    shown = f'LEFT(CELL("format",{at}),1)'
    dressed = checked.stated([cell], f'OR({shown}="D",{shown}="P")')
    yield check(Severity.ERROR, dressed, "no_plain_number", where=where)
    if kind is ValueKind.COUNT:
        serials = serials_about(checked.form.first_day, checked.form.last_day)
        dated = checked.stated([cell], f"AND({at}>={serials[0]},{at}<={serials[-1]})")
        yield check(Severity.WARNING, dated, "perhaps_date", where=where, number=at)
        unusual = checked.stated([cell], f"{at}>={load_number_words().unusual_count}")
        yield check(Severity.WARNING, unusual, "range_too_large")


def _of_closed(checked: CheckedForm, row: Row) -> Iterator[Check]:
    """A number in a cell that takes none is counted in another or nowhere; nobody typed it there for that."""
    closed = [Cell(row.key, measure) for measure in checked.form.measures if measure not in row.kinds]
    if closed and row.key not in checked.place.spread:
        filled = f"{checked.count('COUNTA', closed)}>0"
        yield Check(row.key, Severity.ERROR, filled, checked.say("closed_filled"))
