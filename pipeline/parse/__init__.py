"""Each located cell to a whole number, a text, blank, or a finding at that cell. Reading rules are applied here.

A reading that changes what was typed is told; what could mean two things is an error and counts nowhere. What
calamine shows as blank but is not (Excel errors, formulas never calculated) comes from the second look.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.model import Finding
from pipeline.parse.entries import blank_answer, entry_of, in_order, settle_blanks
from pipeline.parse.figures import read_figure
from pipeline.parse.page import NUMBERS, Page, Parsed, Reader, ReadingRules, Source, draft_of, spans_of
from pipeline.parse.strays import place_strays
from pipeline.parse.texts import read_text, take_text, tell_of_figure_in_note
from pipeline.read import Sheet
from pipeline.recognise import Located
from pipeline.second_look import SheetFacts
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell

__all__ = ["Parsed", "Reader", "ReadingRules", "Source", "parse"]


def parse(
    sheet: Sheet,
    located: Located,
    facts: SheetFacts | None,
    reader: Reader,
    source: Source,
) -> Parsed:
    """Read every input cell of a located form.

    `facts` is the second look at the sheet; None where it was impossible, and then a blank cell is not known to
    be blank.
    """
    merged = sheet.merged or (facts.merged if facts else ())
    columns = [located.columns[key] for key in reader.labels.form.measures if key in located.columns]
    page = Page(sheet, located, facts, reader, source, spans_of(merged, columns))
    for row in page.form.rows:
        _read_row(page, row)
    for row in page.form.rows:
        place_strays(page, row)
    entries = tuple(entry_of(page, draft) for draft in in_order(page))
    blank_means_zero = blank_answer(page)
    page.findings = list(_grouped(page.findings))
    return Parsed(*settle_blanks(page, entries, blank_means_zero), blank_means_zero)


def _grouped(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Tell a sure reading that stands in many cells once, with its cells; each value still says how it was read."""
    counts = Counter(told.code for told in findings if told.code in _TOLD_ONCE)
    first: set[str] = set()
    for told in findings:
        if counts[told.code] <= _MANY:
            yield told
        elif told.code not in first:
            first.add(told.code)
            cells = tuple(one.cell or "" for one in findings if one.code == told.code)
            yield replace(told, row=None, measure=None, facts={"cells": cells, "count": len(cells)})


_TOLD_ONCE = frozenset({"V018", "V020", "V021", "V022", "V025", "V026", "V027"})
"""readings with one possible meaning"""
_MANY = 3
"""so many cells of one such reading are still told one by one"""


def _read_row(page: Page, row: Row) -> None:
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
        take_text(note)
        page.drafts[note.key] = note
        tell_of_figure_in_note(page, row, note)
