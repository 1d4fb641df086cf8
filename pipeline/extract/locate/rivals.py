"""Which of two physical rows counts that claim one row of the form, and which of two columns, if any."""

from collections.abc import Mapping, Sequence

from pipeline.extract.locate.around import is_figure
from pipeline.extract.locate.head import ENOUGH
from pipeline.extract.locate.shape import Body, Claim
from pipeline.extract.locate.words import Labels
from pipeline.findings import codes, finding
from pipeline.model import Fact
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import fold, visible


def holds_number(sheet: Sheet, labels: Labels, columns: Mapping[str, int], row: int) -> bool:
    """Tell whether anything stands in the figure cells of a row."""
    places = (columns[key] for key in labels.form.measures if key in columns)
    return any(not isinstance(value := sheet.value(row, place), str) or fold(value) for place in places)


def settle_labels(sheet: Sheet, labels: Labels, body: Body, claims: Sequence[Claim]) -> None:
    """Give each row of the form its one physical row; two that hold numbers leave it in doubt."""
    by_label: dict[str, list[Claim]] = {}
    for claim in claims:
        by_label.setdefault(str(claim.label), []).append(claim)
    for key, rivals in by_label.items():
        rows = [claim.row for claim in rivals]
        if len(rows) == 1:
            body.rows[key] = rows[0]
            continue
        filled = [row for row in rows if holds_number(sheet, labels, body.columns, row)]
        keyed = [claim.row for claim in rivals if claim.key]
        body.rows[key] = [*filled, *keyed, *rows][0]
        place = cell_name(body.rows[key], body.places[body.rows[key]])
        if len(filled) > 1:
            body.doubtful.add(key)
            body.twins.update(rows)
            seen = tuple(cell_name(row, body.places[row]) for row in rows)
            body.findings.append(finding(codes.ROW_TWICE, cell=place, row=key, facts={"seen": seen}))
        elif filled:
            body.findings.append(finding(codes.ROW_BY_SIMILAR_LABEL, cell=place, row=key, found=body.texts[filled[0]]))


def tell_of_copied_key(sheet: Sheet, labels: Labels, body: Body, claim: Claim) -> None:
    """A row that bears the key of a matched one beside other words: perhaps its numbers are that row's.

    Where the matched row has no key of its own, it may be the copy, and neither is sure; where it has, and numbers, the
    other was copied from it with its key.
    """
    key = str(claim.key)
    own = body.rows.get(key, claim.row)
    if key in body.doubtful or own == claim.row or not labels.form.by_key[key].kinds:
        return
    if not holds_number(sheet, labels, body.columns, claim.row):
        return
    text, place = body.texts.get(claim.row, ""), body.label_cell(labels, claim.row)
    if not holds_number(sheet, labels, body.columns, own):
        facts: dict[str, Fact] = {"seen": visible(text)} if text else {}
        body.findings.append(finding(codes.TWO_ROWS_POSSIBLE, cell=place, row=key, found=text or None, facts=facts))
    elif not _bears_key(sheet, body, own, key):
        _doubt_both(labels, body, key, claim.row)


def weigh_rival(sheet: Sheet, labels: Labels, body: Body, key: str, row: int) -> None:
    """A further row that is a matched one in other words: whichever holds numbers counts, and neither if both do.

    A blank one changes nothing, but is told where it bears the key of the row and the matched one does not.
    """
    own = body.rows[key]
    if key in body.doubtful:
        return
    if not holds_number(sheet, labels, body.columns, row):
        if _bears_key(sheet, body, row, key) and not _bears_key(sheet, body, own, key):
            body.findings.append(
                finding(codes.ROW_BY_SIMILAR_LABEL, cell=body.label_cell(labels, own), row=key, found=body.texts[own])
            )
    elif holds_number(sheet, labels, body.columns, own):
        _doubt_both(labels, body, key, row)
    else:
        body.rows[key] = row
        body.findings.append(
            finding(codes.ROW_BY_SIMILAR_LABEL, cell=body.label_cell(labels, row), row=key, found=body.texts[row])
        )


def _bears_key(sheet: Sheet, body: Body, row: int, key: str) -> bool:
    return body.head.key_column is not None and sheet.value(row, body.head.key_column) == key


def _doubt_both(labels: Labels, body: Body, key: str, row: int) -> None:
    seen = (body.label_cell(labels, body.rows[key]), body.label_cell(labels, row))
    body.doubtful.add(key)
    body.twins.add(row)
    body.findings.append(finding(codes.ROW_TWICE, cell=seen[0], row=key, facts={"seen": seen}))


def doubt_parts_of_both(sheet: Sheet, labels: Labels, before: Body, body: Body) -> None:
    """Where two tables of a sheet share some rows, yet less than half, the second may be the rest of the first.

    The number of a row that stands in both may then be either one's.
    """
    shared = [key for key in before.rows if key in body.rows and key not in before.doubtful]
    if 2 * len(shared) >= len(body.rows):
        return
    for key in shared:
        is_filled = any(holds_number(sheet, labels, one.columns, one.rows[key]) for one in (before, body))
        if labels.form.by_key[key].kinds and is_filled:
            seen = (before.label_cell(labels, before.rows[key]), body.label_cell(labels, body.rows[key]))
            before.doubtful.add(key)
            before.findings.append(finding(codes.ROW_TWICE, cell=seen[0], row=key, facts={"seen": seen}))


def settle_columns(sheet: Sheet, labels: Labels, body: Body) -> None:
    """Where two columns bear one head, the one that holds figures counts; where both do, neither.

    Where words divide what stands below a head, or a column without a head stands beside it and holds as much, nobody
    knows which one is meant.
    """
    for key, further in body.head.rivals.items():
        places = (body.columns[key], *further)
        filled = [place for place in places if _figures(sheet, body, place)]
        if len(filled) == 1:
            body.columns[key] = filled[0]
        elif filled and key in labels.form.measures:
            _doubt_measure(body, key, further)
    for key, divided in body.head.divided.items():
        if any(_figures(sheet, body, place) for place in divided):
            _doubt_measure(body, key, divided)
    for key, beside in body.head.bare.items():
        if key in body.columns and (equals := _as_full(sheet, body, key, beside)):
            _doubt_measure(body, key, equals)


def _as_full(sheet: Sheet, body: Body, key: str, beside: Sequence[int]) -> list[int]:
    """Find the columns beside a measure, themselves no column of the form, that hold half as many figures or more."""
    least = max(ENOUGH, _figures(sheet, body, body.columns[key]) // 2)
    known = body.columns.values()
    return [place for place in beside if place not in known and _figures(sheet, body, place) >= least]


def _doubt_measure(body: Body, key: str, further: Sequence[int]) -> None:
    places = dict.fromkeys((body.columns[key], *further))
    body.doubtful_measures[key] = tuple(cell_name(body.head.last, place) for place in places)


def _figures(sheet: Sheet, body: Body, column: int) -> int:
    return sum(is_figure(sheet.value(row, column)) for row in body.rows.values())
