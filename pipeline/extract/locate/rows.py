"""Which physical row is which row of the form.

Labels are matched in four steps, each surer than the next: the hidden row key of the template, the exact fold, a
known spelling, and last a similar label within its place in the order (`likeness`). What was inferred is told; what
could be two rows is an error, and neither takes the number. A key whose label says something else proves nothing:
rows are copied with their hidden key and given another activity.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.extract.locate.alike import match_alike
from pipeline.extract.locate.head import ENOUGH
from pipeline.extract.locate.rivals import settle_columns, settle_labels, tell_of_copied_key, weigh_rival
from pipeline.extract.locate.shape import Address, Body, Claim, Head
from pipeline.extract.locate.words import Labels
from pipeline.extract.similarity import Verdict
from pipeline.findings import codes, finding
from pipeline.model import Fact
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import fold, tidy, visible

_SHIFTED = 4
"""so many rows whose keys are off by the same step were shifted, not exchanged"""
_ONE_BETWEEN = 2


def match_rows(
    sheet: Sheet, labels: Labels, head: Head, last: int, further_heads: Collection[Address] = ()
) -> list[Body]:
    """Match the rows below a head, down to `last`; a table that begins anew without a head is a second body.

    `further_heads` are cells of the head printed again within the table, which are no labels.
    """
    texts, places = _labels_below(sheet, labels, head, last, further_heads)
    claims = list(_claims(sheet, labels, head, texts, last))
    bodies: list[Body] = []
    # What is read of a row is the same for each table on the sheet: hundreds of them may follow one another.
    while True:
        start = _second_start(labels, claims)
        end = last if start is None else start - 1
        own = [row for row in range(head.last + 1, end + 1) if row in texts]
        body = Body(
            head,
            head.last + 1,
            end,
            {row: texts[row] for row in own},
            {row: places[row] for row in own},
            columns=dict(head.columns),
            further_heads=set(further_heads),
        )
        _match(sheet, labels, body, [claim for claim in claims if claim.row <= end])
        bodies.append(body)
        if start is None:
            return bodies
        claims = [claim for claim in claims if claim.row >= start]
        head = replace(head, first=start, last=end, cells=frozenset(), altered=False, inferred=True, coverage={})


# What the rows say ------------------------------------------------------------------------------------------------


def _labels_below(
    sheet: Sheet, labels: Labels, head: Head, last: int, further_heads: Collection[Address]
) -> tuple[dict[int, str], dict[int, int]]:
    """Find the label of each row below a head: row -> label as typed, row -> its column."""
    texts: dict[int, str] = {}
    places: dict[int, int] = {}
    column = head.columns[labels.label_key]
    for row in range(head.last + 1, last + 1):
        value = sheet.value(row, column)
        if (row, column) in further_heads:
            continue
        if isinstance(value, str) and fold(value):
            texts[row], places[row] = tidy(value), column
        elif (place := _label_elsewhere(sheet, labels, head, row)) is not None:
            texts[row], places[row] = tidy(str(sheet.value(row, place))), place
    return texts, places


def _label_elsewhere(sheet: Sheet, labels: Labels, head: Head, row: int) -> int | None:
    """Where the label cell of a row is empty, a known label in another column that takes no figure is its label."""
    line = row - sheet.first_row
    if not 0 <= line < len(sheet.rows):
        return None
    figures = {head.columns[key] for key in (*labels.form.measures, "note") if key in head.columns}
    for column, value in enumerate(sheet.rows[line], sheet.first_column):
        if isinstance(value, str) and value and column not in figures and labels.row_of(value):
            return column
    return None


def _claims(sheet: Sheet, labels: Labels, head: Head, texts: Mapping[int, str], last: int) -> Iterator[Claim]:
    key_column = head.key_column
    for row in range(head.last + 1, last + 1):
        key = None
        if key_column is not None:
            typed = sheet.value(row, key_column)
            key = typed if isinstance(typed, str) and typed in labels.order else None
        text = texts.get(row)
        label = labels.row_of(text) if text else None
        if key or label:
            yield Claim(row, key, label)


def _second_start(labels: Labels, claims: Sequence[Claim]) -> int | None:
    """Find where the labels begin anew: half of the form stands there twice, first one table, then the other."""
    rows: dict[str, list[int]] = {}
    for claim in claims:
        if claim.label and claim.label not in labels.bare:
            rows.setdefault(claim.label, []).append(claim.row)
    twice = [places for places in rows.values() if len(places) > 1]
    if len(twice) < ENOUGH or 2 * len(twice) < len(labels.form.rows):
        return None
    start = min(places[1] for places in twice)
    ends_before = max(places[0] for places in twice)
    return start if ends_before < start else None


# Matching ---------------------------------------------------------------------------------------------------------


def _match(sheet: Sheet, labels: Labels, body: Body, claims: Sequence[Claim]) -> None:
    claims = _without_shifted_keys(sheet, labels, body, claims)
    claims = _without_contradictions(labels, body, claims)
    sure = [claim for claim in claims if claim.label and claim.label not in labels.bare]
    bare = [claim for claim in claims if claim.label in labels.bare]
    by_key = [claim for claim in claims if not claim.label]
    settle_labels(sheet, labels, body, sure)
    settle_labels(sheet, labels, body, [claim for claim in bare if _stands_in_its_place(labels, body, claim)])
    _tell_headless(labels, body, bare)
    _match_by_key(sheet, labels, body, by_key)
    body.sure = len(body.rows)
    match_alike(sheet, labels, body)
    _match_unlabelled(sheet, labels, body)
    settle_columns(sheet, labels, body)


def _without_shifted_keys(sheet: Sheet, labels: Labels, body: Body, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Where cells were inserted or deleted beside the hidden keys, these are off by one step: the labels count."""
    against = [claim for claim in claims if claim.key and claim.label and claim.key != claim.label]
    if len(against) < _SHIFTED:
        return claims
    own = {claim.label: claim.row for claim in claims if claim.label}
    steps = Counter(own[claim.key] - claim.row for claim in against if claim.key in own)
    agreeing = sum(claim.key is not None and claim.key == claim.label for claim in claims)
    uniform = bool(steps) and steps.most_common(1)[0][1] == sum(steps.values()) >= _SHIFTED
    if not (uniform or len(against) > agreeing) or _units_fit_keys(sheet, labels, body, against):
        return claims
    cell = cell_name(against[0].row, body.head.key_column or 0)
    body.findings.append(finding(codes.KEYS_SET_ASIDE, cell=cell, facts={"count": len(against)}))
    wrong = {claim.row for claim in against}
    return [replace(claim, key=None) if claim.row in wrong else claim for claim in claims if claim.label]


def _units_fit_keys(sheet: Sheet, labels: Labels, body: Body, against: Sequence[Claim]) -> bool:
    """Tell whether the units of measure side with the keys: then the labels alone were shifted."""
    column = body.columns.get(labels.unit_key or "")
    if column is None:
        return False
    for claim in against:
        said = sheet.value(claim.row, column)
        of_key, of_label = (fold(labels.form.by_key[key or ""].unit_of_measure) for key in (claim.key, claim.label))
        if of_key != of_label and isinstance(said, str) and fold(said) == of_key:
            return True
    return False


def _without_contradictions(labels: Labels, body: Body, claims: Sequence[Claim]) -> list[Claim]:
    """A row whose key and label name two rows is neither for sure: both take no number."""
    against = [claim for claim in claims if claim.key and claim.label and claim.key != claim.label]
    if against:
        named = {key: claim.row for claim in against for key in (claim.key, claim.label) if key}
        for key, row in named.items():
            body.rows[key] = row
        body.rows |= {str(claim.label): claim.row for claim in against}
        body.doubtful |= set(named)
        cell = cell_name(against[0].row, body.places[against[0].row])
        titles = labels.titles(sorted(named, key=labels.order.__getitem__))
        body.findings.append(finding(codes.KEY_AGAINST_LABEL, cell=cell, facts={"rows": titles, "count": len(named)}))
    doubtful = body.doubtful
    return [claim for claim in claims if claim not in against and not ({claim.key, claim.label} - {None}) & doubtful]


def _stands_in_its_place(labels: Labels, body: Body, claim: Claim) -> bool:
    """Tell whether a label that says little stands where its row does: in its group, or between its neighbours."""
    key = str(claim.label)
    above = max(((row, other) for other, row in body.rows.items() if row < claim.row), default=None)
    below = min(((row, other) for other, row in body.rows.items() if row > claim.row), default=None)
    if above and labels.root_of(above[1]) == labels.root_of(key):
        return True
    low = labels.order[above[1]] if above else -1
    high = labels.order[below[1]] if below else len(labels.order)
    return low < labels.order[key] < high


def _tell_headless(labels: Labels, body: Body, bare: Sequence[Claim]) -> None:
    """A label that says little was matched, and the row it stands under is not there: it may be another list."""
    for claim in bare:
        key = str(claim.label)
        is_matched = body.rows.get(key) == claim.row and key not in body.doubtful
        if is_matched and claim.key is None and labels.form.by_key[key].parent not in body.rows:
            place = cell_name(claim.row, body.places[claim.row])
            body.findings.append(finding(codes.ROW_BY_SIMILAR_LABEL, cell=place, row=key, found=body.texts[claim.row]))


def _match_by_key(sheet: Sheet, labels: Labels, body: Body, claims: Sequence[Claim]) -> None:
    """Rows whose key is known and whose words are not: the words must at least be like those of the row."""
    keys = Counter(claim.key for claim in claims)
    for claim in claims:
        key = str(claim.key)
        text = body.texts.get(claim.row, "")
        if key in body.rows or key in body.doubtful:
            if text and labels.likeness.fits(text, key).key:
                weigh_rival(sheet, labels, body, key, claim.row)
            else:
                tell_of_copied_key(sheet, labels, body, claim)
            continue
        verdict = labels.likeness.fits(text, key) if text else Verdict(key, 0)
        place = body.label_cell(labels, claim.row)
        if keys[key] == 1 and verdict.key == key:
            body.rows[key] = claim.row
            facts: dict[str, Fact] = {"seen": visible(text), "score": verdict.score} if text else {}
            body.findings.append(
                finding(codes.ROW_BY_SIMILAR_LABEL, cell=place, row=key, found=text or None, facts=facts)
            )
        elif keys[key] > 1 or text:
            body.rows[key] = claim.row
            body.doubtful.add(key)
            facts = {"seen": visible(text)} if text else {}
            body.findings.append(finding(codes.TWO_ROWS_POSSIBLE, cell=place, row=key, found=text or None, facts=facts))


def _match_unlabelled(sheet: Sheet, labels: Labels, body: Body) -> None:
    """A row without label takes its place only if one row is missing there and its unit of measure agrees."""
    column = body.columns.get(labels.unit_key or "")
    if column is None or len(body.rows) == len(labels.order):
        return
    taken = {labels.order[key]: row for key, row in body.rows.items()}
    for key, place in labels.order.items():
        unit = labels.form.by_key[key].unit_of_measure
        above, below = taken.get(place - 1), taken.get(place + 1)
        if key in body.rows or key in body.doubtful or not unit or above is None or below is None:
            continue
        if below - above != _ONE_BETWEEN or above + 1 in body.texts:
            continue
        said = sheet.value(above + 1, column)
        if isinstance(said, str) and fold(said) == fold(unit):
            body.rows[key] = above + 1
            cell = cell_name(above + 1, body.columns[labels.label_key])
            body.findings.append(finding(codes.ROW_BY_SIMILAR_LABEL, cell=cell, row=key))
