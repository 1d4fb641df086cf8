"""The grid of a sheet as a person sees it: with what calamine gives as blank or as another value.

An Excel error, a formula never calculated, a truth value of .ods or a percentage may hold a number of the unit, or
stand for one, wherever it is typed. So it is put into the grid before the form is read, not asked for cell by cell.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from pipeline.extract.locate import Labels, Located
from pipeline.extract.locate.shape import Address
from pipeline.extract.own.template import column_reminder, load_template_words
from pipeline.findings import codes
from pipeline.model.limits import Limits
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import READERS_DIFFER, CellValue, Sheet, Unseen, with_cells
from schemas.text import fold


def as_seen(sheet: Sheet, facts: SheetFacts, own: AbstractSet[Address], limits: Limits, *, stores_zero: bool) -> Sheet:
    """Put what a sheet holds and calamine does not show into its grid; where all is shown, the same sheet is given.

    `own` are formulas of the template, which nobody needs to see. `stores_zero` tells that the format keeps 0 for a
    formula that was never calculated (xls). Raises what `with_cells` does.
    """
    seen = dict(_unseen(sheet, facts, stores_zero=stores_zero))
    # A truth value that is shown needs no change; in Python it equals a number all the same.
    rest = {
        place: value
        for place, value in seen.items()
        if place not in own and (value != (given := sheet.value(*place)) or type(value) is not type(given))
    }
    return with_cells(sheet, rest, limits) if rest else sheet


def with_both_readings(sheet: Sheet, differing: Mapping[Address, str], limits: Limits) -> Sheet:
    """Put both readings where the two readers of a sheet differ, in the place of the one that calamine gave."""
    readings: dict[Address, CellValue] = {place: Unseen(READERS_DIFFER, both) for place, both in differing.items()}
    return with_cells(sheet, readings, limits) if readings else sheet


def _unseen(sheet: Sheet, facts: SheetFacts, *, stores_zero: bool) -> Iterator[tuple[Address, CellValue]]:
    for place in facts.zero_cached if stores_zero else ():
        if sheet.value(*place) in (0, ""):
            yield place, Unseen(codes.STORED_ZERO, "0")
    for place in facts.percents:
        value = sheet.value(*place)
        if isinstance(value, int | float):
            yield place, f"{value * 100:g}%"
    yield from facts.booleans.items()
    for place in facts.uncalculated:
        yield place, Unseen(codes.NEVER_CALCULATED, "=")
    for place, text in facts.errors.items():
        yield place, Unseen(codes.ERROR_VALUE, text)


def own_formulas(sheet: Sheet, forms: Sequence[Located], labels: Labels, facts: SheetFacts) -> AbstractSet[Address]:
    """Find the formulas that the template writes around its form: what is wrong, what is open, and the unit's code.

    They stand under the head of the column of remarks, left of the reminders above the table, and beside the labels
    of the stamp.
    """
    own: set[Address] = set()
    above = 0
    for form in forms:
        remarks = _columns_under(sheet, form, fold(load_template_words().top["checks"]))
        own |= {(row, column) for row, column in facts.formulas if above <= row <= form.last_row and column in remarks}
        tops = {place for place in facts.formulas if above <= place[0] < form.first_head_row}
        own |= {place for place in tops if _is_stamped(sheet, labels, place) or _is_status(sheet, labels, place)}
        above = form.last_row + 1
    return own


def _columns_under(sheet: Sheet, form: Located, head: str) -> AbstractSet[int]:
    first, last = (max(row - sheet.first_row, 0) for row in (form.first_head_row, min(form.rows.values())))
    return {
        column
        for line in sheet.rows[first:last]
        for column, value in enumerate(line, sheet.first_column)
        if isinstance(value, str) and fold(value) == head
    }


def _is_stamped(sheet: Sheet, labels: Labels, place: Address) -> bool:
    beside = sheet.value(place[0], place[1] - 1)
    return isinstance(beside, str) and fold(beside) in labels.stamps


def _is_status(sheet: Sheet, labels: Labels, place: Address) -> bool:
    """Tell the line that says what is open: the reminders of the columns of figures stand to its right."""
    row, column = place
    words, columns = load_template_words(), enumerate(labels.form.columns)
    reminders = {fold(column_reminder(words, each, index)) for index, each in columns if each.role == "measure"}
    line = sheet.rows[row - sheet.first_row] if 0 <= row - sheet.first_row < len(sheet.rows) else []
    right = line[max(column + 1 - sheet.first_column, 0) :]
    return any(isinstance(value, str) and fold(value) in reminders for value in right)
