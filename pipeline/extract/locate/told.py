"""What is told of a located form as a whole: its head, its rows, its units of measure. One cause is told once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.extract.locate.around import is_figure, plain
from pipeline.extract.locate.shape import Address, Body
from pipeline.extract.locate.words import Labels
from pipeline.extract.numbers import load_number_words
from pipeline.extract.numbers.dates import figures_but_dates
from pipeline.extract.similarity import without_list_sign
from pipeline.findings import codes, finding
from pipeline.model import Fact, Finding
from pipeline.readers.sheets import Sheet, Unseen, cell_name
from schemas.form import Form
from schemas.rules import Severity
from schemas.text import fold, visible

_APART = 4
"""more strange rows, rows of similar words or units of measure than this are told in one finding"""
_ALIKE = codes.ROW_BY_SIMILAR_LABEL


def told_of_head(labels: Labels, body: Body) -> Iterator[Finding]:
    """Tell which column of figures is missing or stands there twice, and what of the head was inferred."""
    head, columns = body.head, labels.form.column_by_key
    cell = cell_name(max(head.first, 0), min(head.columns.values()))
    for key in labels.form.measures:
        facts: dict[str, Fact] = {"column": columns[key].short}
        if key not in head.columns:
            severity = Severity.INFO if _may_stay_blank(labels.form, key) else None
            yield finding(codes.COLUMN_MISSING, severity=severity, measure=key, cell=cell, facts=facts)
        elif key in body.doubtful_measures:
            places = body.doubtful_measures[key]
            yield finding(codes.COLUMN_TWICE, measure=key, cell=places[0], facts={**facts, "seen": places})
    if head.inferred or any(key not in body.doubtful_measures for key in head.rivals):
        yield finding(codes.HEAD_CHANGED, severity=Severity.WARNING, cell=cell, facts={"how": "order"})
    elif head.altered:
        yield finding(codes.HEAD_CHANGED, cell=cell, facts={"how": "words"})


def _may_stay_blank(form: Form, measure: str) -> bool:
    """Tell whether no row asks for a number in this column: a return without it lacks nothing."""
    return all(cell in form.optional_cells for cell in form.number_cells if cell.measure == measure)


def told_of_rows(sheet: Sheet, labels: Labels, body: Body) -> Iterator[Finding]:
    """Tell what is missing, in another order or spelt in another way; all rows of one kind in one finding."""
    form, order = labels.form, labels.order
    missing = [row.key for row in form.rows if row.key not in body.rows]
    if missing:
        facts: dict[str, Fact] = {"rows": labels.titles(missing), "count": len(missing)}
        row = missing[0] if len(missing) == 1 else None
        yield finding(codes.ROW_MISSING, cell=_above(labels, body, missing[0]), row=row, facts=facts)
    down = sorted(body.rows.items(), key=lambda item: item[1])
    moved = next((row for (one, _), (other, row) in pairwise(down) if order[other] < order[one]), None)
    if moved is not None:
        yield finding(codes.ROWS_IN_OTHER_ORDER, cell=body.label_cell(labels, moved))
    spelt = [key for key, row in body.rows.items() if fold(body.texts.get(row, "")) in labels.spellings]
    if spelt:
        cells = tuple(body.label_cell(labels, body.rows[key]) for key in spelt)
        yield finding(codes.OTHER_SPELLINGS, cell=cells[0], facts={"places": cells})
    yield from _told_of_units(sheet, labels, body)


def _above(labels: Labels, body: Body, key: str) -> str:
    """Name the label below which a row of the form should stand; the head, where none of the form is above it."""
    above = [other for other in body.rows if labels.order[other] < labels.order[key]]
    if not above:
        return cell_name(max(body.head.first, 0), min(body.head.columns.values()))
    return body.label_cell(labels, body.rows[max(above, key=lambda other: labels.order[other])])


def told_of_matches(labels: Labels, findings: Sequence[Finding]) -> Iterator[Finding]:
    """Tell what was found while rows were matched; more than a few rows of similar words in one finding."""
    alike = [told for told in findings if told.code == _ALIKE and told.row]
    for told in findings:
        if told.code != _ALIKE or len(alike) <= _APART:
            yield told
        elif told is alike[0]:
            texts = tuple(visible(one.found) for one in alike if one.found)
            rows = labels.titles(one.row for one in alike if one.row)
            facts: dict[str, Fact] = {"rows": rows, "count": len(alike), "seen": texts}
            yield replace(told, row=None, found="; ".join(texts), facts=facts)


def told_of_strangers(sheet: Sheet, labels: Labels, body: Body) -> tuple[list[Finding], set[Address]]:
    """Tell of rows inside the table that the form does not have; gives the cells that this accounts for."""
    known = set(body.rows.values())
    last = max(known)
    measures = [body.columns[key] for key in labels.form.measures if key in body.columns]
    beside = [column for key, column in body.columns.items() if key not in (*labels.form.measures, "note")]
    told: list[tuple[str, str, tuple[str, ...]]] = []
    claimed: set[Address] = set()
    for row, text in body.texts.items():
        if row in known or row > last or fold(text) in labels.furniture:
            continue
        values = [(column, value) for column in measures if (value := sheet.value(row, column)) != ""]
        numbers = tuple(visible(plain(value)) for _, value in values)
        if row not in body.twins:
            told.append((cell_name(row, body.places[row]), text, numbers))
        claimed |= {(row, column) for column in (body.places[row], *beside, *measures)}
    unnamed = _unnamed_rows(sheet, labels, body, measures)
    claimed |= {place for places in unnamed.values() for place in places}
    return [*_strangers(told), *_told_of_unnamed(sheet, labels, body, unnamed)], claimed


def _unnamed_rows(
    sheet: Sheet, labels: Labels, body: Body, measures: Sequence[int]
) -> Mapping[int, tuple[Address, ...]]:
    """Find the rows inside the table that bear no label and hold numbers: row -> places of the numbers.

    Those over which a cell of the last row is merged belong to the table too.
    """
    known = {*body.rows.values(), *body.texts}
    last = max(body.rows.values())
    below = [bottom for top, _, bottom, _ in sheet.merged if top == last]
    rows = range(min(body.rows.values()) + 1, max([last, *below]) + 1)
    places = {
        row: tuple((row, column) for column in measures if is_figure(sheet.value(row, column)))
        for row in rows
        if row not in known
    }
    heads = {row for row, _ in body.further_heads}
    return {row: found for row, found in places.items() if found and row not in heads}


def _told_of_unnamed(
    sheet: Sheet, labels: Labels, body: Body, unnamed: Mapping[int, tuple[Address, ...]]
) -> Iterator[Finding]:
    """Tell of numbers without a label, and which rows they stand between."""
    titles = {row: labels.form.by_key[key].title for key, row in body.rows.items()}
    apart = [[row] for row in unnamed] if len(unnamed) <= _APART else [list(unnamed)]
    for rows in apart:
        near = []
        for row in rows:
            near += [titles[max(other for other in titles if other < row)]]
            near += [titles[min(below)]] if (below := [other for other in titles if other > row]) else []
        numbers = tuple(visible(plain(sheet.value(*place))) for row in rows for place in unnamed[row])
        facts: dict[str, Fact] = {"rows": tuple(dict.fromkeys(near)), "numbers": numbers}
        facts |= {"count": len(rows)} if len(rows) > 1 else {}
        yield finding(
            codes.ROW_WITHOUT_LABEL, cell=cell_name(*unnamed[rows[0]][0]), found="; ".join(numbers), facts=facts
        )


def _strangers(told: Sequence[tuple[str, str, tuple[str, ...]]]) -> Iterator[Finding]:
    with_numbers = [one for one in told if one[2] or _says_figure(one[1])]
    without = [one for one in told if one not in with_numbers]
    for group, severity in ((with_numbers, None), (without, Severity.INFO)):
        if len(group) > _APART:
            texts = tuple(visible(text) for _, text, _ in group)
            numbers = tuple(number for _, _, some in group for number in some)
            facts: dict[str, Fact] = {"seen": texts, "count": len(group)}
            facts |= {"numbers": numbers} if numbers else {}
            yield finding(codes.EXTRA_ROW, severity=severity, cell=group[0][0], found="; ".join(texts), facts=facts)
            continue
        for cell, text, some in group:
            facts = {"seen": visible(text)}
            facts |= {"numbers": some} if some else {}
            yield finding(codes.EXTRA_ROW, severity=severity, cell=cell, found=text, facts=facts)


def _says_figure(label: str) -> bool:
    """Tell whether a label holds a figure beside its own number: "- 5 lớp, 248 người"."""
    return bool(figures_but_dates(without_list_sign(label), load_number_words()))


def _told_of_units(sheet: Sheet, labels: Labels, body: Body) -> Iterator[Finding]:
    """A unit of measure that was changed: beside money it may mean thousands, and then no number is sure."""
    column = body.columns.get(labels.unit_key or "")
    if column is None:
        return
    changed = []
    for key, row in body.rows.items():
        expected = labels.form.by_key[key].unit_of_measure
        said = sheet.value(row, column)
        text = plain(said)
        is_blank = not fold(text) and not isinstance(said, Unseen)
        if not expected or is_blank or fold(text) == fold(expected) or key in body.doubtful:
            continue
        if key in labels.money_rows:
            body.doubtful.add(key)
            yield unit_of_money(labels, key, (row, column), text)
        elif isinstance(said, str):
            changed.append((key, row, visible(said), expected))
    if len(changed) > _APART:
        facts: dict[str, Fact] = {
            "seen": tuple(dict.fromkeys(said for _, _, said, _ in changed)),
            "expected": tuple(dict.fromkeys(expected for *_, expected in changed)),
            "count": len(changed),
        }
        yield finding(codes.UNIT_OF_MEASURE_CHANGED, cell=cell_name(changed[0][1], column), facts=facts)
        return
    for key, row, said, expected in changed:
        yield finding(
            codes.UNIT_OF_MEASURE_CHANGED,
            cell=cell_name(row, column),
            row=key,
            found=said,
            facts={"seen": said, "expected": expected},
        )


def unit_of_money(labels: Labels, key: str, place: Address, said: str) -> Finding:
    """Make the finding that the money of a row is counted in something else."""
    seen = visible(said)
    facts: dict[str, Fact] = {"seen": seen, "expected": labels.form.by_key[key].unit_of_measure}
    cell = cell_name(*place)
    return finding(
        codes.UNIT_OF_MEASURE_CHANGED,
        severity=Severity.ERROR,
        cell=cell,
        row=key,
        found=seen,
        counted=False,
        facts=facts,
    )
