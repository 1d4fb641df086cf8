"""Rows whose label is known by its likeness alone: between the neighbours that are sure, or by all its words."""

from collections.abc import Sequence

from pipeline.extract.locate.head import ENOUGH
from pipeline.extract.locate.rivals import holds_number, weigh_rival
from pipeline.extract.locate.shape import Body
from pipeline.extract.locate.words import Labels
from pipeline.extract.similarity import Verdict
from pipeline.findings import codes, finding
from pipeline.model import Fact
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import visible

_MOST = 4
"""a table with hardly a known label is another one, if it has this many times as many rows as the form"""


def match_alike(sheet: Sheet, labels: Labels, body: Body) -> None:
    """Match what is left by similar words, between the neighbours that are sure; else by the whole label alone."""
    taken = set(body.rows.values())
    free_rows = [row for row in body.texts if row not in taken]
    form_rows = len(labels.form.rows)
    if len(body.rows) < min(ENOUGH, form_rows) and len(free_rows) > _MOST * form_rows:
        return
    sure = sorted((row, labels.order[key]) for key, row in body.rows.items())
    unmatched = [row.key for row in labels.form.rows if row.key not in body.rows]
    proposals: dict[str, list[tuple[int, int]]] = {}
    for row in free_rows:
        verdict = _verdict_on(labels, body.texts[row], _window(labels, sure, row, unmatched), unmatched)
        if len(verdict.rivals) > 1:
            _leave_to_rivals(labels, body, row, verdict.rivals)
        elif verdict.key:
            proposals.setdefault(verdict.key, []).append((row, verdict.score))
        elif holds_number(sheet, labels, body.columns, row):
            _look_for_another(sheet, labels, body, row)
    for key, rows in proposals.items():
        if key not in body.doubtful:
            _accept_alike(body, key, rows)


def _window(labels: Labels, sure: Sequence[tuple[int, int]], row: int, unmatched: Sequence[str]) -> list[str]:
    """Rows of the form that may stand at a place, given the rows above and below that are sure."""
    low = max((place for sure_row, place in sure if sure_row < row), default=-1)
    high = min((place for sure_row, place in sure if sure_row > row), default=len(labels.form.rows))
    return [key for key in unmatched if low < labels.order[key] < high]


def _verdict_on(labels: Labels, text: str, window: Sequence[str], unmatched: Sequence[str]) -> Verdict:
    verdict = labels.likeness.closest(text, window)
    return verdict if verdict.key or verdict.rivals else labels.likeness.the_same_mistyped(text, unmatched)


def _look_for_another(sheet: Sheet, labels: Labels, body: Body, row: int) -> None:
    """A row that fits nowhere and holds numbers may be a matched one that stands there twice."""
    again = labels.likeness.the_same_mistyped(body.texts[row], list(body.rows))
    if again.key:
        weigh_rival(sheet, labels, body, again.key, row)
    else:
        _tell_of_blank_rows(sheet, labels, body, row)


def _tell_of_blank_rows(sheet: Sheet, labels: Labels, body: Body, row: int) -> None:
    """Numbers beside words that could be those of a row which holds none: perhaps they are that row's."""
    blank = [key for key, place in body.rows.items() if not holds_number(sheet, labels, body.columns, place)]
    keys = labels.likeness.shares_words(body.texts[row], [key for key in blank if labels.form.by_key[key].kinds])
    if keys:
        text, place = body.texts[row], cell_name(row, body.places[row])
        facts: dict[str, Fact] = {"seen": visible(text), "rivals": labels.titles(keys)}
        body.findings.append(finding(codes.TWO_ROWS_POSSIBLE, cell=place, row=keys[0], found=text, facts=facts))


def _leave_to_rivals(labels: Labels, body: Body, row: int, rivals: Sequence[str]) -> None:
    body.doubtful |= set(rivals)
    facts: dict[str, Fact] = {"seen": visible(body.texts[row]), "rivals": labels.titles(rivals)}
    place = cell_name(row, body.places[row])
    body.findings.append(
        finding(codes.TWO_ROWS_POSSIBLE, cell=place, row=rivals[0], found=body.texts[row], facts=facts)
    )


def _accept_alike(body: Body, key: str, rows: Sequence[tuple[int, int]]) -> None:
    row, score = rows[0]
    place = cell_name(row, body.places[row])
    body.rows[key] = row
    if len(rows) > 1:
        body.doubtful.add(key)
        texts = tuple(visible(body.texts[row]) for row, _ in rows)
        body.findings.append(finding(codes.TWO_ROWS_POSSIBLE, cell=place, row=key, facts={"seen": texts}))
    else:
        facts: dict[str, Fact] = {"seen": visible(body.texts[row]), "score": score}
        body.findings.append(
            finding(codes.ROW_BY_SIMILAR_LABEL, cell=place, row=key, found=body.texts[row], facts=facts)
        )
