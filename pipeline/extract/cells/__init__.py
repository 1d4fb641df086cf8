"""Each located cell to a whole number, a text, blank, or a finding at that cell. Reading rules are applied here.

A reading that changes what was typed is told; what could mean two things is an error and counts nowhere. What
calamine shows as blank but is not (Excel errors, formulas never calculated) comes from the second look.
"""

from pipeline.extract.cells.comments import tell_of_comments
from pipeline.extract.cells.elsewhere import look_elsewhere
from pipeline.extract.cells.entries import (
    blank_answer,
    entry_of,
    in_order,
    settle_blanks,
)
from pipeline.extract.cells.extras import tell_of_extras
from pipeline.extract.cells.form_page import (
    NUMBERS,
    FormPage,
    Parsed,
    ReadingRules,
    Source,
    draft_of,
)
from pipeline.extract.cells.number_cells import read_figure
from pipeline.extract.cells.ordinals import tell_of_ordinals
from pipeline.extract.cells.remarks import tell_of_other_numbers
from pipeline.extract.cells.strays import place_strays, tell_of_covered
from pipeline.extract.cells.texts import read_text, take_text, tell_of_other_sums
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell

__all__ = ["FormPage", "Parsed", "ReadingRules", "Source", "parse"]


def parse(page: FormPage) -> Parsed:
    """Read every input cell of a located form."""
    for row in page.form.rows:
        _read_row(page, row)
    for row in page.form.rows:
        place_strays(page, row)
        tell_of_extras(page, row)
        tell_of_covered(page, row)
    look_elsewhere(page)
    tell_of_other_sums(page)
    tell_of_other_numbers(page)
    tell_of_ordinals(page)
    tell_of_comments(page)
    entries = tuple(entry_of(page, draft) for draft in in_order(page))
    blank_means_zero = blank_answer(page)
    elsewhere = {cell: seen.text for cell, seen in page.elsewhere.items()}
    return Parsed(*settle_blanks(page, entries, blank_means_zero), blank_means_zero, elsewhere)


def _read_row(page: FormPage, row: Row) -> None:
    for measure in page.form.measures:
        if Cell(row.key, measure) in page.drafts:
            continue
        draft = draft_of(page, row, measure)
        kind = row.kinds.get(measure)
        if kind is ValueKind.TEXT:
            read_text(page, row, draft)
        elif kind in NUMBERS:
            read_figure(page, row, draft)
        page.drafts[draft.key] = draft
    if any(column.role == "note" for column in page.form.columns):
        note = draft_of(page, row, NOTE)
        take_text(page, note)
        page.drafts[note.key] = note
