"""Comments that people hung on cells: what they say of a number, or of a blank, is weighed like a note."""

from collections.abc import Iterable, Mapping

from pipeline.extract.cells.entries import blank_answer
from pipeline.extract.cells.form_page import Draft, FormPage, Seen
from pipeline.extract.numbers import read_number
from pipeline.extract.numbers.remarks import (
    corrected_to,
    figures_of,
    says_correction,
    says_estimate,
    says_incomplete,
    says_nothing,
)
from pipeline.findings import codes, finding
from pipeline.model import COUNTED, Fact, Finding, State
from pipeline.readers.sheets import cell_name
from schemas.text import fold_words, visible

_LONGEST = 200


def tell_of_comments(page: FormPage) -> None:
    """Tell of the comments of a sheet: those that may concern a figure as questions at their cells, others in a list.

    A blank cell with a comment is no zero, whoever says that blanks are 0.
    """
    comments = page.facts.comments if page.facts else {}
    if not comments:
        return
    rows = {line: key for key, line in page.located.rows.items()}
    listed: dict[str, str] = {}
    for (line, column), comment in sorted(comments.items()):
        text = visible(comment, _LONGEST)
        place = cell_name(line, column)
        drafts = _cells_of(page, rows.get(line, ""))
        at = next(
            (draft for draft in drafts if page.located.columns[draft.key.measure] == column),
            None,
        )
        if _concerns_blank(page, at, comment):
            _ask_at(page, at, place, text)
        elif _concerns_figure(page, comment, drafts):
            stated = next((draft for draft in drafts if draft.value is not None), None)
            _ask_at(page, at or stated or next(iter(drafts), None), place, text)
            _keep_blank(page, drafts)
        else:
            listed[place] = text
    if listed:
        page.findings.append(_list_of(listed))


def _cells_of(page: FormPage, row: str) -> list[Draft]:
    """Give the number cells of a row that its sheet has."""
    if not row:
        return []
    return [draft for draft in page.cells_of(page.form.by_key[row]) if draft.cell]


def _concerns_blank(page: FormPage, at: Draft | None, comment: str) -> bool:
    """Whether a comment stands at a blank that would become 0, and does not say itself that it is none."""
    if at is None or at.state is not State.BLANK or not blank_answer(page):
        return False
    words = page.number_words
    if says_nothing(comment) or read_number(comment, kind="count", words=words).value == 0:
        return False
    return not fold_words(comment).startswith(words.nothing)


def _concerns_figure(page: FormPage, comment: str, drafts: list[Draft]) -> bool:
    """Whether a comment corrects or doubts, names a unit of money, or holds a figure that is none of its row."""
    if says_correction(comment) or corrected_to(comment) or page.labels.scales.of_money(comment):
        return True
    values = {draft.value for draft in drafts if draft.state in COUNTED}
    if values and (says_incomplete(comment) or says_estimate(comment, values)):
        return True
    # A year of the form is no figure of it.
    figures = (figure for figure in figures_of(comment) if str(figure) not in page.labels.years)
    return any(figure not in values for figure in figures)


def _ask_at(page: FormPage, at: Draft | None, place: str, text: str) -> None:
    """Ask about a comment: at the number that it may concern, or of the whole return where it stands at none."""
    if at is None:
        page.findings.append(finding(codes.COMMENT_WITH_FIGURE, cell=place, found=text))
        return
    facts: dict[str, Fact] = {"comment": text, "place": place}
    page.findings.append(
        finding(
            codes.COMMENT_AT_NUMBER,
            cell=at.cell,
            row=at.key.row,
            measure=at.key.measure,
            found=at.found,
            facts=facts,
        )
    )
    _keep_blank(page, [at])


def _keep_blank(page: FormPage, drafts: Iterable[Draft]) -> None:
    """What a comment may say of blank cells makes each more than a 0."""
    for draft in drafts:
        if draft.state is State.BLANK:
            page.elsewhere.setdefault(draft.key, Seen("", is_plain=True))


def _list_of(comments: Mapping[str, str]) -> Finding:
    """List comments that concern no figure."""
    found = "; ".join(f"{cell}: {text}" for cell, text in comments.items())
    facts: dict[str, Fact] = {"places": tuple(comments)} if len(comments) > 1 else {}
    return finding(codes.COMMENTS, cell=next(iter(comments)), found=found, facts=facts)
