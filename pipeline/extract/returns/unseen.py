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
from pipeline.readers.sheets import (
    READERS_DIFFER,
    CellValue,
    Sheet,
    Unseen,
    with_cells,
)
from schemas.text import fold


def as_seen(
    sheet: Sheet,
    facts: SheetFacts,
    own: AbstractSet[Address],
    limits: Limits,
    *,
    stores_zero: bool,
) -> Sheet:
    """Put what a sheet holds and calamine does not show into its grid; where all is shown, the same sheet is given.

    `own` are formulas of the template, which nobody needs to see. `stores_zero` tells that the format keeps 0 for a
    formula that was never calculated (xls). Raises what `with_cells` does.
    """
    changed: dict[Address, CellValue] = {}
    for place, value in _unseen(sheet, facts, stores_zero=stores_zero):
        if place not in own:
            changed[place] = value
    # A truth value that is shown needs no change; in Python it equals a number all the same.
    rest = {place: value for place, value in changed.items() if _is_another(sheet.value(*place), value)}
    return with_cells(sheet, rest, limits) if rest else sheet


def _is_another(given: CellValue, value: CellValue) -> bool:
    return value != given or type(value) is not type(given)


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
        for row, column in facts.formulas:
            place = (row, column)
            if not above <= row <= form.last_row:
                continue
            if column in remarks or (row < form.first_head_row and _is_of_stamp(sheet, labels, place)):
                own.add(place)
        above = form.last_row + 1
    return own


def _columns_under(sheet: Sheet, form: Located, head: str) -> AbstractSet[int]:
    """Find the columns with this head in the lines of heads."""
    first = max(form.first_head_row - sheet.first_row, 0)
    last = max(min(form.rows.values()) - sheet.first_row, 0)
    found: set[int] = set()
    for line in sheet.rows[first:last]:
        for column, value in enumerate(line, sheet.first_column):
            if isinstance(value, str) and fold(value) == head:
                found.add(column)
    return found


def _is_of_stamp(sheet: Sheet, labels: Labels, place: Address) -> bool:
    """Whether a formula above the table stands beside a label of the stamp, or says what is open."""
    return _is_stamped(sheet, labels, place) or _is_status(sheet, labels, place)


def _is_stamped(sheet: Sheet, labels: Labels, place: Address) -> bool:
    beside = sheet.value(place[0], place[1] - 1)
    return isinstance(beside, str) and fold(beside) in labels.stamps


def _is_status(sheet: Sheet, labels: Labels, place: Address) -> bool:
    """Whether this is the line that says what is open: the reminders of the columns of figures stand to its right."""
    row, column = place
    words = load_template_words()
    reminders = set()
    for index, each in enumerate(labels.form.columns):
        if each.role == "measure":
            reminders.add(fold(column_reminder(words, each, index)))
    at = row - sheet.first_row
    line = sheet.rows[at] if 0 <= at < len(sheet.rows) else []
    right = line[max(column + 1 - sheet.first_column, 0) :]
    return any(isinstance(value, str) and fold(value) in reminders for value in right)
