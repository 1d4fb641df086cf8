"""What was read as the entries of a return, and what its blanks mean."""

from collections.abc import Iterator, Sequence

from pipeline.extract.blanks import (
    TO_COME,
    no_zeros,
    required_cells,
    told_elsewhere,
    totals_of_parts,
)
from pipeline.extract.cells.form_page import (
    NUMBERS,
    Draft,
    FormPage,
    as_text,
    coverage_of,
    is_in_doubt,
    refuse,
)
from pipeline.findings import codes, finding
from pipeline.model import Coverage, Entry, Fact, Finding, State
from schemas.form import NOTE
from schemas.rules import Cell, Severity
from schemas.text import fold, visible


def in_order(page: FormPage) -> Iterator[Draft]:
    """Give the cells of the form, number and text, row by row."""
    has_note = any(column.role == "note" for column in page.form.columns)
    for row in page.form.rows:
        for measure in page.form.measures:
            if measure in row.kinds:
                yield page.drafts[Cell(row.key, measure)]
        if has_note:
            yield page.drafts[Cell(row.key, NOTE)]


def entry_of(page: FormPage, draft: Draft) -> Entry:
    """Close an entry; in a summary with the units that stand behind it."""
    coverage = None
    provisional = False
    if page.source.is_summary and draft.cell and draft.key.measure != NOTE:
        line = page.located.rows[draft.key.row]
        coverage = coverage_of(page, draft.key.measure, line)
        _refuse_contradiction(page, draft, line, coverage)
        provisional = _is_marked_provisional(page, line)
    return Entry(
        row=draft.key.row,
        measure=draft.key.measure,
        state=draft.state,
        cell=draft.cell,
        value=draft.value,
        text=draft.text,
        found=draft.found,
        coverage=coverage,
        provisional=provisional,
    )


def _is_marked_provisional(page: FormPage, line: int) -> bool:
    """Whether a line of a summary bears the mark of a number that may change."""
    if page.located.mark is None:
        return False
    mark = page.sheet.value(line, page.located.mark)
    return isinstance(mark, str) and fold(mark).startswith(fold(page.labels.stamp.provisional))


def _refuse_contradiction(page: FormPage, draft: Draft, line: int, coverage: Coverage | None) -> None:
    """In a summary a number needs units behind it, and units need a number: else neither is sure.

    A coverage that is blank contradicts nothing: how many units stand behind is unknown, and told of the summary.
    """
    kind = page.form.by_key[draft.key.row].kinds.get(draft.key.measure)
    column = page.located.coverage.get(draft.key.measure)
    typed = as_text(page.sheet.value(line, column)) if column is not None else ""
    if kind not in NUMBERS or not typed:
        return
    if draft.state is State.UNREADABLE or is_in_doubt(page, draft.key):
        return
    has_units = coverage is not None and coverage.reported > 0
    if coverage is None or has_units == (draft.state is State.BLANK):
        shown = f"{draft.found} ({typed})" if draft.found else f"({typed})"
        refuse(page, draft, codes.AMBIGUOUS, visible(shown))


def blank_answer(page: FormPage) -> bool | None:
    """What the unit answered to whether its blanks are 0; None without an answer that is understood."""
    stamped = page.located.stamps.get("blank_means_zero")
    if stamped is None:
        return None
    answer = fold(stamped.text)
    words = page.labels.stamp
    if answer in map(fold, words.spellings("blank_yes")):
        return True
    if answer in map(fold, words.spellings("blank_no")):
        return False
    return None


def settle_blanks(
    page: FormPage, entries: tuple[Entry, ...], answer: bool | None
) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """Count blanks as 0 where the unit said so, once for the return; else say how many there are.

    A blank whose number may stand elsewhere is no 0, and that is told at its row.
    """
    form = page.form
    numbers = set(form.number_cells)
    blanks = [entry for entry in entries if entry.state is State.BLANK and entry.key in numbers and entry.cell]
    if page.source.is_summary or not blanks:
        return entries, tuple(page.findings)
    # Without an answer no blank is taken for 0, and a note that only mentions a number is worth no question.
    seen = {cell: seen.text for cell, seen in page.elsewhere.items() if answer or seen.is_plain}
    findings = [*page.findings, *told_elsewhere(form, entries, seen)]
    totals = totals_of_parts(form, entries, page.elsewhere, zeros=not answer)
    if answer:
        zeroed = {entry.key for entry in blanks} - page.elsewhere.keys() - totals - no_zeros(form, entries)
        cells = [entry.cell for entry in blanks if entry.key in zeroed]
        if cells:
            findings.append(_told_of_blanks(codes.BLANKS_ARE_ZERO, cells))
        return tuple(_zero(entry) if entry.key in zeroed else entry for entry in entries), tuple(findings)
    required = required_cells(form)
    open_cells = [entry.cell for entry in blanks if entry.key in required and entry.key not in totals]
    if open_cells:
        is_begun = any(entry.found is not None for entry in entries)
        are_many = _MOST_OPEN * len(open_cells) > len(required)
        is_asked = answer is None and is_begun and are_many
        code = codes.BLANKS_NOT_STATED if answer is None else TO_COME
        findings.append(_told_of_blanks(code, open_cells, Severity.WARNING if is_asked else None))
    return entries, tuple(findings)


def _told_of_blanks(code: str, places: Sequence[str], severity: Severity | None = None) -> Finding:
    """Tell of blank cells in one finding at the first of them; all are named."""
    facts: dict[str, Fact] = {"count": len(places), "places": tuple(places)}
    return finding(code, severity=severity, cell=places[0], facts=facts)


_MOST_OPEN = 2
"""of more than one required cell in so many being blank, somebody must be asked"""


def _zero(entry: Entry) -> Entry:
    return Entry(entry.row, entry.measure, State.READ, entry.cell, value=0)
