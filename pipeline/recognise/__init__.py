"""Where the form lies in a grid: found by the words of its head and its labels, never by fixed addresses."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.read import Sheet
from pipeline.recognise.around import (
    accounts,
    explained,
    is_furniture,
    money_scale,
    read_stamps,
    told_of_the_rest,
    told_of_title,
    told_of_year,
)
from pipeline.recognise.head import ENOUGH, find_heads
from pipeline.recognise.rows import match_rows
from pipeline.recognise.shape import Body, Head, Located, Stamped
from pipeline.recognise.told import told_of_head, told_of_rows, told_of_strangers, unit_of_money
from pipeline.recognise.words import STAMPS, UNIT_LINE, Labels

__all__ = [
    "STAMPS",
    "UNIT_LINE",
    "Labels",
    "Located",
    "Stamped",
    "accounts",
    "locate",
    "told_of_the_rest",
    "told_of_year",
]

_WHOSE = ("unit_code", "unit_name")


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
    enough = min(ENOUGH, len(labels.form.rows))
    found = [
        body
        for head, last in zip(heads, lasts, strict=True)
        for body in match_rows(sheet, labels, head, last)
        if len(body.rows) >= enough
    ]
    if len(found) < 2:  # noqa: PLR2004 - nothing to join
        return [_down_to(found[0], end)] if found else []
    joined = [found[0]]
    for body in found[1:]:
        before = joined[-1]
        if before.columns == body.columns and not before.rows.keys() & body.rows.keys():
            joined[-1] = _joined(sheet, labels, before, body)
        else:
            joined.append(body)
    joined[-1] = _down_to(joined[-1], end)
    return joined


def _down_to(body: Body, last: int) -> Body:
    return replace(body, last=last)


def _joined(sheet: Sheet, labels: Labels, before: Body, body: Body) -> Body:
    """Read a table whose head is printed again on a new page as one."""
    whole = match_rows(sheet, labels, before.head, body.last)[0]
    whole.further_heads |= {*before.further_heads, *body.head.cells, *body.further_heads}
    return whole


def _names_stand_above(sheet: Sheet, labels: Labels, first: Body) -> bool:
    """Tell whether the unit is named above each form of a sheet, as in the template, or below it."""
    stamps, _ = read_stamps(sheet, labels, range(first.head.first))
    if any(name in stamps for name in (*_WHOSE, UNIT_LINE)):
        return True
    below, _ = read_stamps(sheet, labels, range(max(first.rows.values()) + 1, first.last + 1))
    return not any(name in below for name in (*_WHOSE, UNIT_LINE))


def _finish(sheet: Sheet, labels: Labels, body: Body, region: range) -> Located:
    head = body.head
    last_row = max(body.rows.values())
    stamps, stamped = read_stamps(sheet, labels, [row for row in region if row < head.first or row > last_row])
    strangers, of_strangers = told_of_strangers(sheet, labels, body)
    claimed = explained(sheet, labels, body) | stamped | of_strangers
    unclaimed = tuple(
        (row, column)
        for row, column, value in sheet.filled()
        if row in region and (row, column) not in claimed and not is_furniture(labels, value)
    )
    findings = [*told_of_head(labels, body), *body.findings, *told_of_rows(sheet, labels, body), *strangers]
    scale = money_scale(sheet, labels, body, {*unclaimed, *stamped, *of_strangers})
    if scale:
        for key in sorted((labels.money_rows & body.rows.keys()) - body.doubtful, key=labels.order.__getitem__):
            findings.append(unit_of_money(labels, key, *scale))
            body.doubtful.add(key)
    above = range(region.start, head.first)
    findings += told_of_year(sheet, labels.form, above, unclaimed)
    findings += told_of_title(sheet, labels, above, unclaimed)
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
    )
