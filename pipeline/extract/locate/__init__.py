"""Where the form lies in a grid: found by the words of its head and its labels, never by fixed addresses."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.extract.locate.around import (
    accounts,
    explained,
    is_furniture,
    read_stamps,
    told_of_cells,
    told_of_the_rest,
)
from pipeline.extract.locate.around_words import load_around_words
from pipeline.extract.locate.head import ENOUGH, find_heads
from pipeline.extract.locate.money import is_multiple_of, money_scale, other_sum, stated_amounts
from pipeline.extract.locate.rivals import doubt_parts_of_both
from pipeline.extract.locate.rows import match_rows
from pipeline.extract.locate.shape import Address, Body, Head, Located, Stamped
from pipeline.extract.locate.titles import (
    Titles,
    clue_of_name,
    names_own_period,
    told_of_folders,
    told_of_name,
    told_of_titles,
)
from pipeline.extract.locate.told import told_of_head, told_of_matches, told_of_rows, told_of_strangers, unit_of_money
from pipeline.extract.locate.words import NAMES_UNIT, STAMPS, UNIT_LINE, Labels
from pipeline.findings import codes, finding
from pipeline.model import Fact, Finding
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import fold, visible

__all__ = [
    "STAMPS",
    "UNIT_LINE",
    "Labels",
    "Located",
    "Stamped",
    "Titles",
    "accounts",
    "bears_stamp",
    "clue_of_name",
    "is_multiple_of",
    "load_around_words",
    "locate",
    "stated_amounts",
    "told_of_cells",
    "told_of_folders",
    "told_of_name",
    "told_of_the_rest",
    "told_of_titles",
    "unit_of_money",
]


def locate(sheet: Sheet, labels: Labels) -> tuple[Located, ...]:
    """Find every filled or blank copy of the form in a sheet; none gives an empty tuple."""
    heads = find_heads(sheet, labels)
    if not heads:
        return ()
    bodies = _bodies(sheet, labels, heads)
    named_above = len(bodies) < 2 or _names_stand_above(sheet, labels, bodies[0])  # noqa: PLR2004 - one form
    located = []
    above = 0
    for index, body in enumerate(bodies):
        is_last = index == len(bodies) - 1
        end = max(body.rows.values()) if named_above and not is_last else body.last
        located.append(_finish(sheet, labels, body, range(above, end + 1)))
        above = end + 1
    return tuple(located)


def _bodies(sheet: Sheet, labels: Labels, heads: Sequence[Head]) -> list[Body]:
    """Match the rows below each head; heads without a form below them, and heads printed again, are none."""
    end = sheet.first_row + len(sheet.rows) - 1
    lasts = [*(head.first - 1 for head in heads[1:]), end]
    bodies: list[Body] = []
    for head, last in zip(heads, lasts, strict=True):
        for body in match_rows(sheet, labels, head, last):
            if bodies and _goes_on(labels, bodies[-1], body):
                bodies[-1] = _joined(sheet, labels, bodies[-1], body)
            elif _is_form(labels, body):
                if bodies:
                    doubt_parts_of_both(sheet, labels, bodies[-1], body)
                bodies.append(body)
    if bodies:
        bodies[-1] = replace(bodies[-1], last=end)
    return bodies


def _is_form(labels: Labels, body: Body) -> bool:
    """Tell whether the rows found make a form: a few that are sure, or half of the form retyped."""
    rows = len(labels.form.rows)
    return body.sure >= min(ENOUGH, rows) or 2 * len(body.rows) >= rows


def _goes_on(labels: Labels, before: Body, body: Body) -> bool:
    """Tell whether a table goes on below a head that is printed again on a new page: no row stands there twice."""
    is_beside = before.head.columns[labels.label_key] != body.head.columns[labels.label_key]
    return body.sure > 0 and not is_beside and not before.rows.keys() & body.rows.keys()


def _names_alike(head: Head, again: Head, key: str) -> bool:
    """Tell whether a head printed again names the column of a measure as before; the years below it may be left out."""
    place = again.columns.get(key)
    return place == head.columns.get(key) or (key not in again.chosen and place == head.chosen.get(key))


def _joined(sheet: Sheet, labels: Labels, before: Body, body: Body) -> Body:
    """Read a table whose head is printed again as one; figures that the two heads name in two ways are in doubt."""
    head, again = before.head, body.head
    further = {*before.further_heads, *again.cells, *body.further_heads}
    whole = match_rows(sheet, labels, head, body.last, further)[0]
    whole.doubtful_measures |= before.doubtful_measures
    for key in labels.form.measures:
        if key in body.doubtful_measures and (key in again.divided or key in again.rivals):
            whole.doubtful_measures[key] = body.doubtful_measures[key]
        elif not _names_alike(head, again, key):
            both = (one for one in (head, again) if key in one.columns)
            whole.doubtful_measures[key] = tuple(cell_name(one.last, one.columns[key]) for one in both)
    return whole


def _names_stand_above(sheet: Sheet, labels: Labels, first: Body) -> bool:
    """Tell whether the unit is named above each form of a sheet, as in the template, or below it."""
    above = read_stamps(sheet, labels, range(first.head.first))
    if NAMES_UNIT & above.values.keys():
        return True
    below = read_stamps(sheet, labels, range(max(first.rows.values()) + 1, first.last + 1))
    return not NAMES_UNIT & below.values.keys()


def _finish(sheet: Sheet, labels: Labels, body: Body, region: range) -> Located:
    head = body.head
    last_row = max(body.rows.values())
    read = read_stamps(sheet, labels, [row for row in region if row < head.first or row > last_row])
    stamps, stamped = read.values, read.claimed
    strangers, of_strangers = told_of_strangers(sheet, labels, body)
    claimed = explained(sheet, labels, body) | stamped | of_strangers
    unclaimed = tuple(
        (row, column)
        for row, column, value in sheet.filled(region)
        if (row, column) not in claimed and not is_furniture(labels, value)
    )
    matches = told_of_matches(labels, body.findings)
    findings = [*told_of_head(labels, body), *matches, *told_of_rows(sheet, labels, body), *strangers]
    findings += _told_of_money(sheet, labels, body, {*unclaimed, *stamped, *of_strangers})
    titles = _titles(sheet, labels, body, unclaimed, region)
    findings += told_of_titles(sheet, labels, titles, is_stamped=bears_stamp(labels, stamps))
    return Located(
        columns=body.columns,
        rows=body.rows,
        first_head_row=head.first,
        last_row=last_row,
        stamps=stamps,
        coverage=head.coverage,
        mark=head.mark,
        doubtful=frozenset(body.doubtful),
        findings=tuple(findings),
        unclaimed=unclaimed,
        claimed=frozenset(claimed),
        doubtful_measures=frozenset(body.doubtful_measures),
        label_columns=body.places,
        names_period=names_own_period(sheet, labels, [*titles.above, *titles.printed]),
        lines=tuple(read.lines),
    )


def _told_of_money(sheet: Sheet, labels: Labels, body: Body, others: Collection[Address]) -> Iterator[Finding]:
    """Refuse money that is counted in a multiple of the currency; tell of a line that states another sum of it."""
    keys = sorted((labels.money_rows & body.rows.keys()) - body.doubtful, key=labels.order.__getitem__)
    if not keys:
        return
    scale = money_scale(sheet, labels, body, others)
    if scale:
        for key in keys:
            yield unit_of_money(labels, key, scale.place, scale.text)
            body.doubtful.add(key)
    elif said := other_sum(sheet, labels, body, others):
        line, stated = said
        amounts = tuple(stated_amounts(sheet, labels, body.rows, body.columns))
        facts: dict[str, Fact] = {"said": stated, "line": visible(line.text), "value": sum(amounts)}
        yield finding(codes.ANOTHER_SUM_STATED, cell=cell_name(*line.place), found=visible(line.text), facts=facts)


def _titles(sheet: Sheet, labels: Labels, body: Body, unclaimed: Sequence[Address], region: range) -> Titles:
    """Find the cells that may say of which period the figures are."""
    top = body.head.first
    figures = {body.columns[key] for key in labels.form.measures if key in body.columns}
    heads = range(top, min(body.rows.values()))
    above = sheet.filled(range(region.start, top))
    return Titles(
        above=[place for place in unclaimed if place[0] < top],
        heads=[place for place in unclaimed if place[0] in heads and place[1] in figures],
        printed=[(row, column) for row, column, value in above if is_furniture(labels, value)],
    )


def bears_stamp(labels: Labels, stamps: Mapping[str, Stamped]) -> bool:
    """Tell whether a form says of itself that it is this one."""
    stamped = stamps.get("form_id")
    return stamped is not None and fold(stamped.text) == fold(labels.form.id)
