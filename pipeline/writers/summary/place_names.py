"""What a place of the form is called on the sheets of the summary: by row and column, for its address is the file's."""

from collections.abc import Sequence

from pipeline.extract.own.summary_words import SummaryWords
from pipeline.model import Finding, Return
from schemas.form import Form
from schemas.rules import Cell


def place_named(form: Form, words: SummaryWords, cell: Cell) -> str:
    """Short name of a row with that of its column; one of both where the other is not known or needed."""
    row, column = form.by_key.get(cell.row), form.column_named(cell)
    if row is None:
        return column
    if not column:
        return row.short_label
    return words("issues.place", row=row.short_label, column=column)


def cells_of(finding: Finding, returned: Return) -> tuple[Cell, ...]:
    """The cells of the form that a finding stands for, if it stands for many and all of them are of the return."""
    if not finding.places or finding.sheet != returned.sheet:
        return ()
    by_address = {entry.cell: entry.key for entry in returned.entries}
    if not by_address.keys() >= set(finding.places):
        return ()
    return tuple(by_address[place] for place in finding.places)


def places_named(form: Form, words: SummaryWords, cells: Sequence[Cell], most: int | None = None) -> str:
    """Names of several places, a row with all its cells by its name alone; beyond `most` the rest is counted."""
    by_row: dict[str, list[Cell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    named: list[tuple[str, int]] = []
    for key, of_row in by_row.items():
        if len(of_row) == len(form.by_key[key].kinds):
            named.append((form.by_key[key].short_label, len(of_row)))
        else:
            named += ((place_named(form, words, cell), 1) for cell in of_row)
    names = "; ".join(name for name, _ in named[:most])
    if most is None or len(named) <= most:
        return names
    # A row that goes unnamed counts with all its cells.
    rest = sum(count for _, count in named[most:])
    return words("issues.more_places", names=names, count=rest)
