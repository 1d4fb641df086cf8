"""The sheets of one file to its returns: recognise each form, say whose it is, parse its cells.

A workbook typed in a legacy font is converted as a whole before it is read. A workbook may hold the forms of several
units; then its own name and folder say nothing about any of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.extract.context import Desk
from pipeline.extract.locate import locate, told_of_cells
from pipeline.extract.returns.agreement import differing
from pipeline.extract.returns.around import multiple_on_others
from pipeline.extract.returns.below import told_of_totals
from pipeline.extract.returns.legacy import converted, encoding_of
from pipeline.extract.returns.one import return_of
from pipeline.extract.returns.other_sheets import Words, changes_said, holds_figure, holds_number, replaces_figures
from pipeline.extract.returns.page import Medium, Page
from pipeline.extract.returns.sheets import find_pages, repeats_return
from pipeline.extract.returns.shown import lines_of_form, shown_on_others, texts_beside, with_others
from pipeline.extract.returns.siblings import those_that_count
from pipeline.extract.returns.unseen import as_seen, own_formulas, with_both_readings
from pipeline.findings import codes, finding
from pipeline.model import FileReading, Finding, Return, Shown
from pipeline.readers.sheets import Sheet
from schemas.form import Form
from schemas.rules import Severity

__all__ = ["Medium", "read_forms"]


def read_forms(reading: FileReading, sheets: Iterable[Sheet], medium: Medium, desk: Desk) -> FileReading:
    """Read every form on the sheets of a file; without one, a finding says what the file is."""
    seen: list[Sheet] = []
    matrices: list[Sheet] = []
    pages = list(find_pages(sheets, desk.labels, seen, matrices))
    told: list[Finding] = []
    encoding = encoding_of(desk.labels, seen, pages)
    if encoding:
        pages = list(find_pages([converted(sheet, encoding) for sheet in seen], desk.labels, [], []))
        told.append(finding(codes.LEGACY_FONT, facts={"encoding": encoding.value}))
    originals = (page for page in pages if not repeats_return(page, desk.labels))
    # A font of the days before Unicode is no difference between readers: they are compared before it is converted.
    as_given = {sheet.name: sheet for sheet in seen}
    forms: list[Page] = []
    for _, of_sheet in groupby(originals, lambda page: id(page.sheet)):
        same = list(of_sheet)
        forms += _seen(same, as_given[same[0].sheet.name], medium, desk)
    multiple = multiple_on_others(seen, [page.sheet.name for page in pages], desk) if forms else ""
    read = []
    for page in forms:
        one = _beside_its_units(return_of(reading, page, medium, desk, multiple), matrices, desk.form)
        lines = lines_of_form(page, forms, medium, reading)
        read.append(replace(one, shown=Shown(lines, beside=texts_beside(page.facts, desk))))
    returns = those_that_count(read, desk)
    others = shown_on_others(seen, forms, medium, desk, reading) if returns else Shown()
    returns = [replace(one, shown=with_others(one.shown, others)) for one in returns]
    if len(returns) > 1:
        told.append(finding(codes.SEVERAL_RETURNS, facts={"count": len(returns)}))
    told += _told_of_other_sheets(seen, pages, returns, Words(desk.reader.words, desk.form))
    if not returns:
        told.append(
            finding(codes.UNIT_SHEET_COPY) if pages else finding(codes.ANOTHER_WORKBOOK, facts={"form": desk.form.name})
        )
    copies = tuple(return_of(reading, page, medium, desk) for page in pages) if not returns else ()
    return replace(reading, returns=tuple(returns), findings=tuple(told), pages=copies)


def _told_of_other_sheets(
    sheets: Sequence[Sheet], pages: Sequence[Page], returns: Sequence[Return], words: Words
) -> Iterator[Finding]:
    """Tell of sheets that hold no form: texts that correct it, and numbers, for what is blank in it may stand there."""
    of_forms = {page.sheet.name for page in pages}
    without_form = [sheet for sheet in sheets if sheet.name not in of_forms]
    for sheet in without_form if returns else ():
        if changes := changes_said(sheet):
            yield replace(told_of_cells(codes.CHANGE_SAID_OUTSIDE, changes), sheet=sheet.name)
    others = [sheet for sheet in without_form if holds_number(sheet, words)]
    if returns and others:
        zeros = any(known.code == codes.BLANKS_ARE_ZERO for one in returns for known in one.findings)
        with_figures = [sheet for sheet in others if holds_figure(sheet, words)]
        is_asked = any(zeros or replaces_figures(sheet) for sheet in with_figures)
        names = tuple(sheet.name for sheet in others)
        yield finding(codes.SHEET_NOT_READ, severity=Severity.WARNING if is_asked else None, facts={"others": names})


def _seen(same: Sequence[Page], given: Sheet, medium: Medium, desk: Desk) -> Sequence[Page]:
    """Look again at the sheet of some forms, and find them anew where it holds what calamine does not show.

    `given` is the sheet as calamine gave it.
    """
    sheet, forms = same[0].sheet, [page.form for page in same]
    facts = medium.look(sheet)
    if facts is None:
        return same
    own = own_formulas(sheet, forms, desk.labels, facts)
    unlike = {place: readings for place, readings in differing(given, facts).items() if place not in own}
    seen = as_seen(sheet, facts, own, desk.limits, stores_zero=medium.stores_zero)
    seen = with_both_readings(seen, unlike, desk.limits)
    if seen is not sheet:
        again = [form for form in locate(seen, desk.labels) if not repeats_return(Page(seen, form), desk.labels)]
        forms = again if len(again) == len(forms) else forms
    return [Page(seen, form, facts, own, unlike) for form in forms]


def _beside_its_units(one: Return, matrices: Sequence[Sheet], form: Form) -> Return:
    """Hold a summary against the sheet of its units that it came with; several summaries, against none."""
    if not one.is_summary or len(matrices) != 1:
        return one
    told = (replace(each, sheet=one.sheet) for each in told_of_totals(form, one.entries, matrices[0]))
    return replace(one, findings=(*one.findings, *told))
