"""Totals against their parts: blank ones added up, stated ones compared."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from pipeline.consolidation.arrays import Figures, Mask, Whole, in_all, in_any
from pipeline.consolidation.checks.inquiry import Inquiry, Outcome, always, numbers, texts, told
from pipeline.model import Return, State
from schemas.rules import PartAtMostTotal, Severity, SumOfParts


def computed_totals(inquiry: Inquiry) -> tuple[Figures, list[Outcome]]:
    """Fill blank totals from their parts, totals of totals too, and tell each.

    A total that could not be computed because a part is in error, or stands elsewhere, is told, and no sure part of
    another total. One that may stay blank and whose parts are all stated asks nothing of anybody.
    """
    unsure = np.zeros(inquiry.figures.value.shape, np.bool_)
    outcomes: list[Outcome] = []
    for rule in _inner_first(inquiry.form.rules):
        figures = inquiry.figures
        total, parts = figures.columns.get(rule.total), figures.places(rule.parts)
        if total is None or not parts:
            continue
        blank = inquiry.asked(rule, [total, *parts]) & figures.blank[:, total] & ~figures.settled[:, total]
        open_parts = unsure | figures.elsewhere | figures.where(State.UNREADABLE, State.SET_ASIDE)
        sure = inquiry.known(parts) & ~in_any(open_parts[:, parts])
        unsure[:, total] = blank & ~sure
        added: Whole = figures.value[:, parts].sum(axis=1)
        filled = blank & sure & in_any(figures.counted[:, parts])
        optional = rule.total in inquiry.form.optional_cells
        whole = in_all(figures.counted[:, parts]) & optional
        facts = numbers(parts=added)
        outcomes.append(Outcome(rule, "computed", rule.total, filled & ~whole, facts))
        outcomes.append(Outcome(rule, "computed", rule.total, filled & whole, facts, told_as=Severity.INFO))
        if not optional:
            outcomes.append(Outcome(rule, "open", rule.total, blank & ~sure, always({})))
        inquiry = replace(inquiry, figures=figures.compute(total, filled, added))
    return inquiry.figures, told(outcomes)


def _inner_first(rules: Sequence[object]) -> list[SumOfParts]:
    """Put the rules whose totals are parts of other totals before those."""
    waiting = [rule for rule in rules if isinstance(rule, SumOfParts) and rule.compute_blank]
    ordered: list[SumOfParts] = []
    while waiting:
        totals = {rule.total for rule in waiting}
        ready = [rule for rule in waiting if totals.isdisjoint(rule.parts)] or waiting
        ordered += ready
        waiting = [rule for rule in waiting if rule not in ready]
    return ordered


def sum_of_parts(rule: SumOfParts, inquiry: Inquiry) -> Iterator[Outcome]:
    """Compare the parts with their total."""
    figures = inquiry.figures
    total, parts = figures.columns.get(rule.total), figures.places(rule.parts)
    if total is None or not parts:
        return
    stated: Whole = figures.value[:, total]
    added: Whole = figures.value[:, parts].sum(axis=1)
    asked = inquiry.asked(rule, [total, *parts]) & inquiry.known(parts) & figures.counted[:, total]
    asked &= in_any(figures.counted[:, parts])
    below = asked & (added < stated)
    explained = _written(inquiry.returns, below, {*rule.explained_by, rule.total.row})
    # A part that is left blank is the reason, and asked for by itself.
    needed = figures.places(part for part in rule.parts if part not in inquiry.form.optional_cells)
    unexplained = below & ~explained & ~in_any(figures.blank[:, needed])
    facts = numbers(parts=added, total=stated)
    because = "no_less" if rule.severity.get("above") is Severity.ERROR else "in_several_rows"
    above = numbers(always({"because": because}), parts=added, total=stated)
    yield Outcome(rule, "above", rule.total, asked & (added > stated), above)
    yield Outcome(rule, "below", rule.total, below & explained, facts)
    yield Outcome(rule, "below_unexplained", rule.total, unexplained, facts)


def part_at_most_total(rule: PartAtMostTotal, inquiry: Inquiry) -> Iterator[Outcome]:
    """Compare each part with its total."""
    figures = inquiry.figures
    total = figures.columns.get(rule.total)
    (title,) = inquiry.titles([rule.total])
    for part in rule.parts:
        for place in figures.places([part]):
            if total is None:
                continue
            stated: Whole = figures.value[:, total]
            both = inquiry.asked(rule, [total, place]) & figures.counted[:, total] & figures.counted[:, place]
            facts = numbers(always({"total_row": title}), total=stated)
            yield Outcome(rule, "above", part, both & (figures.value[:, place] > stated), facts)


def unless_a_part_alone_is_above(outcome: Outcome, others: Sequence[Outcome]) -> Outcome:
    """A part above its total makes the sum of the parts above it too: one is told, not its consequence."""
    if not isinstance(outcome.rule, SumOfParts) or outcome.name != "above":
        return outcome
    broken = outcome.broken
    for other in others:
        same = isinstance(other.rule, PartAtMostTotal) and other.rule.total == outcome.rule.total
        if same and other.severity.place <= outcome.severity.place:
            broken = broken & ~other.broken
    return replace(outcome, broken=broken)


def _written(returns: Sequence[Return], lines: Mask, rows: set[str]) -> Mask:
    """Tell in which of the lines something is written in one of the rows."""
    written = np.zeros(len(returns), np.bool_)
    for line in np.flatnonzero(lines).tolist():
        written[line] = any(True for _ in texts(returns[line], rows))
    return written
