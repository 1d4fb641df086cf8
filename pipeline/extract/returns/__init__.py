"""The sheets of one file to its returns: recognise each form, say whose it is, parse its cells.

A workbook typed in a legacy font is converted as a whole before it is read. A workbook may hold the forms of several
units; then its own name and folder say nothing about any of them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from pipeline.extract.context import ReadingContext
from pipeline.extract.locate import Labels, locate, told_of_cells
from pipeline.extract.returns.agreement import differing
from pipeline.extract.returns.digests import (
    lines_of_form,
    shown_on_others,
    texts_beside,
    with_others,
)
from pipeline.extract.returns.form_return import return_of
from pipeline.extract.returns.legacy import converted, encoding_of
from pipeline.extract.returns.money_around import multiple_on_others
from pipeline.extract.returns.other_sheets import (
    Words,
    changes_said,
    holds_figure,
    holds_number,
    replaces_figures,
)
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.extract.returns.sheets import find_pages, repeats_return
from pipeline.extract.returns.siblings import those_that_count
from pipeline.extract.returns.summary_totals import told_of_totals
from pipeline.extract.returns.unseen import (
    as_seen,
    own_formulas,
    with_both_readings,
)
from pipeline.findings import codes, finding
from pipeline.model import FileReading, Finding, Return, Shown
from pipeline.readers.book import Book
from pipeline.readers.sheets import Sheet
from schemas.form import Form
from schemas.rules import Severity

__all__ = ["read_forms"]


def read_forms(
    reading: FileReading,
    sheets: Iterable[Sheet],
    book: Book,
    context: ReadingContext,
) -> FileReading:
    """Read every form on the sheets of a file; without one, a finding says what the file is."""
    seen: list[Sheet] = []
    matrices: list[Sheet] = []
    pages = list(find_pages(sheets, context.labels, seen, matrices))
    findings: list[Finding] = []
    encoding = encoding_of(context.labels, seen, pages)
    if encoding:
        pages = list(
            find_pages(
                [converted(sheet, encoding) for sheet in seen],
                context.labels,
                [],
                [],
            )
        )
        findings.append(finding(codes.LEGACY_FONT, facts={"encoding": encoding.value}))
    forms = _looked_at(pages, seen, book, context)
    multiple = multiple_on_others(seen, [page.sheet.name for page in pages], context) if forms else ""
    read: list[Return] = []
    for page in forms:
        returned = return_of(reading, page, book, context, multiple)
        returned = _beside_its_units(returned, matrices, context.form)
        lines = lines_of_form(page, forms, book, reading)
        read.append(
            replace(
                returned,
                shown=Shown(lines, beside=texts_beside(page.facts, context)),
            )
        )
    returns = those_that_count(read, context)
    if returns:
        others = shown_on_others(seen, forms, book, context, reading)
        returns = [replace(returned, shown=with_others(returned.shown, others)) for returned in returns]
    if len(returns) > 1:
        findings.append(finding(codes.SEVERAL_RETURNS, facts={"count": len(returns)}))
    if returns:
        words = Words(context.number_words, context.form)
        findings += _told_of_other_sheets(_without_form(seen, pages), returns, words)
        return replace(reading, returns=tuple(returns), findings=tuple(findings))
    findings.append(_why_none_counts(pages, context.form))
    copies = tuple(return_of(reading, page, book, context) for page in pages)
    return replace(reading, findings=tuple(findings), pages=copies)


def _looked_at(
    pages: Iterable[SheetPage],
    seen: Iterable[Sheet],
    book: Book,
    context: ReadingContext,
) -> list[SheetPage]:
    """Look again at the sheet of every form that is no copy behind a summary."""
    # A font of the days before Unicode is no difference between readers: they are compared before it is converted.
    as_given = {sheet.name: sheet for sheet in seen}
    originals = (page for page in pages if not repeats_return(page, context.labels))
    forms: list[SheetPage] = []
    for _, of_sheet in groupby(originals, lambda page: id(page.sheet)):
        same = list(of_sheet)
        forms += _looked_at_again(same, as_given[same[0].sheet.name], book, context)
    return forms


def _why_none_counts(pages: Sequence[SheetPage], form: Form) -> Finding:
    """Say of a file without a return whether it only repeats some, or holds no form at all."""
    if pages:
        return finding(codes.UNIT_SHEET_COPY)
    return finding(codes.ANOTHER_WORKBOOK, facts={"form": form.name})


def _without_form(sheets: Iterable[Sheet], pages: Iterable[SheetPage]) -> list[Sheet]:
    of_forms = {page.sheet.name for page in pages}
    return [sheet for sheet in sheets if sheet.name not in of_forms]


def _told_of_other_sheets(sheets: Sequence[Sheet], returns: Sequence[Return], words: Words) -> Iterator[Finding]:
    """Tell of sheets that hold no form: texts that correct it, and numbers, for what is blank in it may stand there."""
    for sheet in sheets:
        changes = changes_said(sheet)
        if changes:
            yield replace(told_of_cells(codes.CHANGE_SAID_OUTSIDE, changes), sheet=sheet.name)
    others = [sheet for sheet in sheets if holds_number(sheet, words)]
    if not others:
        return
    zeros = any(known.code == codes.BLANKS_ARE_ZERO for returned in returns for known in returned.findings)
    with_figures = (sheet for sheet in others if holds_figure(sheet, words))
    is_asked = any(zeros or replaces_figures(sheet) for sheet in with_figures)
    names = tuple(sheet.name for sheet in others)
    yield finding(
        codes.SHEET_NOT_READ,
        severity=Severity.WARNING if is_asked else None,
        facts={"others": names},
    )


def _looked_at_again(
    same: Sequence[SheetPage], given: Sheet, book: Book, context: ReadingContext
) -> Sequence[SheetPage]:
    """Look again at the sheet of some forms, and find them anew where it holds what calamine does not show.

    `given` is the sheet as calamine gave it.
    """
    sheet = same[0].sheet
    forms = [page.form for page in same]
    facts = book.look(sheet)
    if facts is None:
        return same
    own = own_formulas(sheet, forms, context.labels, facts)
    unlike = {place: readings for place, readings in differing(given, facts).items() if place not in own}
    seen = as_seen(sheet, facts, own, context.limits, stores_zero=book.stores_zero)
    seen = with_both_readings(seen, unlike, context.limits)
    if seen is not sheet:
        again = [page.form for page in _found_anew(seen, context.labels)]
        forms = again if len(again) == len(forms) else forms
    return [SheetPage(seen, form, facts, own, unlike) for form in forms]


def _found_anew(sheet: Sheet, labels: Labels) -> Iterator[SheetPage]:
    """Find the forms of a sheet once more, without copies behind a summary."""
    for form in locate(sheet, labels):
        page = SheetPage(sheet, form)
        if not repeats_return(page, labels):
            yield page


def _beside_its_units(returned: Return, matrices: Sequence[Sheet], form: Form) -> Return:
    """Hold a summary against the sheet of its units that it came with; several summaries, against none."""
    if not returned.is_summary or len(matrices) != 1:
        return returned
    totals = told_of_totals(form, returned.entries, matrices[0])
    placed = (replace(known, sheet=returned.sheet) for known in totals)
    return replace(returned, findings=(*returned.findings, *placed))
