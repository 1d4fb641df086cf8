"""Comments that people hung on cells: what they say of a number, or of a blank, is weighed like a note."""

from collections.abc import Iterable, Mapping

from pipeline.extract.cells.entries import blank_answer
from pipeline.extract.cells.page import NUMBERS, Draft, Page, Seen
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
from schemas.rules import Cell
from schemas.text import fold_words, visible

_LONGEST = 200


def tell_of_comments(page: Page) -> None:
    """Tell of the comments of a sheet: those that may concern a figure as questions at their cells, others in a list.

    A blank cell with a comment is no zero, whoever says that blanks are 0.
    """
    comments = page.facts.comments if page.facts else {}
    if not comments:
        return
    rows = {line: key for key, line in page.located.rows.items()}
    listed: dict[str, str] = {}
    for (line, column), said in sorted(comments.items()):
        text = visible(said, _LONGEST)
        place = cell_name(line, column)
        drafts = _cells_of(page, rows.get(line, ""))
        at = next((draft for draft in drafts if page.located.columns[draft.key.measure] == column), None)
        if _concerns_blank(page, at, said):
            _ask_at(page, at, place, text)
        elif _concerns_figure(page, said, drafts):
            stated = next((draft for draft in drafts if draft.value is not None), None)
            _ask_at(page, at or stated or next(iter(drafts), None), place, text)
            _keep_blank(page, drafts)
        else:
            listed[place] = text
    if listed:
        page.findings.append(_list_of(listed))


def _cells_of(page: Page, row: str) -> list[Draft]:
    """Give the number cells of a row that its sheet has."""
    kinds = page.form.by_key[row].kinds if row else {}
    drafts = [page.drafts[Cell(row, measure)] for measure, kind in kinds.items() if kind in NUMBERS]
    return [draft for draft in drafts if draft.cell]


def _concerns_blank(page: Page, at: Draft | None, said: str) -> bool:
    """Tell whether a comment stands at a blank that would become 0, and does not say itself that it is none."""
    if at is None or at.state is not State.BLANK or not blank_answer(page) or says_nothing(said):
        return False
    words = page.reader.words
    is_zero = read_number(said, kind="count", words=words).value == 0
    return not is_zero and not fold_words(said).startswith(words.nothing)


def _concerns_figure(page: Page, said: str, drafts: list[Draft]) -> bool:
    """Whether a comment corrects or doubts, names a unit of money, or holds a figure that is none of its row."""
    if says_correction(said) or corrected_to(said) or page.reader.labels.scales.of_money(said):
        return True
    values = {draft.value for draft in drafts if draft.state in COUNTED}
    if values and (says_incomplete(said) or says_estimate(said, values)):
        return True
    years = page.reader.labels.years
    return any(figure not in values and str(figure) not in years for figure in figures_of(said))


def _ask_at(page: Page, at: Draft | None, place: str, text: str) -> None:
    """Ask about a comment: at the number that it may concern, or of the whole return where it stands at none."""
    if at is None:
        page.findings.append(finding(codes.COMMENT_WITH_FIGURE, cell=place, found=text))
        return
    facts: dict[str, Fact] = {"comment": text, "place": place}
    page.findings.append(
        finding(
            codes.COMMENT_AT_NUMBER, cell=at.cell, row=at.key.row, measure=at.key.measure, found=at.found, facts=facts
        )
    )
    _keep_blank(page, [at])


def _keep_blank(page: Page, drafts: Iterable[Draft]) -> None:
    """What a comment may say of blank cells makes each more than a 0."""
    for draft in drafts:
        if draft.state is State.BLANK:
            page.elsewhere.setdefault(draft.key, Seen("", is_plain=True))


def _list_of(comments: Mapping[str, str]) -> Finding:
    """List comments that concern no figure."""
    found = "; ".join(f"{cell}: {text}" for cell, text in comments.items())
    facts: dict[str, Fact] = {"places": tuple(comments)} if len(comments) > 1 else {}
    return finding(codes.COMMENTS, cell=next(iter(comments)), found=found, facts=facts)
