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
    return words("issues.place", row=row.short_label, column=column) if column else row.short_label


def cells_of(finding: Finding, returned: Return) -> tuple[Cell, ...]:
    """The cells of the form that a finding stands for, if it stands for many and all of them are of the return."""
    if not finding.places or finding.sheet != returned.sheet:
        return ()
    by_address = {entry.cell: entry.key for entry in returned.entries}
    cells = tuple(by_address[place] for place in finding.places if place in by_address)
    return cells if len(cells) == len(finding.places) else ()


def places_named(form: Form, words: SummaryWords, cells: Sequence[Cell], most: int | None = None) -> str:
    """Names of several places, a row with all its cells by its name alone; beyond `most` the rest is counted."""
    by_row: dict[str, list[Cell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, []).append(cell)
    named: list[tuple[str, int]] = []
    for key, same in by_row.items():
        if len(same) == len(form.by_key[key].kinds):
            named.append((form.by_key[key].short_label, len(same)))
        else:
            named += ((place_named(form, words, cell), 1) for cell in same)
    names = "; ".join(name for name, _ in named[:most])
    rest = sum(count for _, count in named[most:]) if most else 0
    return words("issues.more_places", names=names, count=rest) if rest else names
