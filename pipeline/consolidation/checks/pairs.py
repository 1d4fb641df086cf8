"""Numbers and texts that belong together: the two of a row, the same event told twice, one that implies another."""

from collections.abc import Iterator
from itertools import chain

import numpy as np

from pipeline.consolidation.arrays import Figures, Whole, in_all, in_any
from pipeline.consolidation.checks.inquiry import Inquiry, Outcome, always, numbers, texts
from pipeline.model import Fact
from schemas.form import NOTE, ValueKind
from schemas.rules import Cell, Implies, Pair, RatioLimit, RequiredText, SameNumber
from schemas.text import fold


def pair(rule: Pair, inquiry: Inquiry) -> Iterator[Outcome]:
    """Ask whether the two numbers of a row belong together."""
    figures = inquiry.figures
    for one, other in _pairs(rule, figures):
        left, right = figures.columns[one], figures.columns[other]
        first, second = figures.value[:, left], figures.value[:, right]
        asked = inquiry.asked(rule, [left, right])
        both = asked & figures.counted[:, left] & figures.counted[:, right]
        columns = always({"first_measure": one.measure, "second_measure": other.measure})
        facts = numbers(first=first, second=second)
        named = numbers(columns, first=first, second=second)
        # Where the second may stay blank, none is no fewer; a second without the first is asked for all the same.
        none = (second == 0) & (other in inquiry.form.optional_cells)
        yield Outcome(rule, "zero_with", one, both & (first == 0) & (second > 0), facts)
        yield Outcome(rule, "fewer", other, both & (first > 0) & (second < first) & ~none, named)
        open_blank = figures.blank & ~figures.settled
        yield Outcome(rule, "one_blank", one, asked & open_blank[:, left] & (second > 0), always({}))
        if other not in inquiry.form.optional_cells:
            yield Outcome(rule, "one_blank", other, asked & open_blank[:, right] & (first > 0), always({}))


def ratio_limit(rule: RatioLimit, inquiry: Inquiry) -> Iterator[Outcome]:
    """Ask whether the second number of a row is too many times the first."""
    figures = inquiry.figures
    for one, other in _pairs(rule, figures):
        left, right = figures.columns[one], figures.columns[other]
        first, second = figures.value[:, left], figures.value[:, right]
        asked = inquiry.asked(rule, [left, right]) & figures.counted[:, left] & figures.counted[:, right]
        # The same as second > limit * first in whole numbers, without a product that could overflow.
        over = asked & (first > 0) & ((second - 1) // rule.limit >= first)
        facts = numbers(always({"limit": rule.limit}), first=first, second=second)
        yield Outcome(rule, "over", other, over, facts)


def _pairs(rule: Pair | RatioLimit, figures: Figures) -> Iterator[tuple[Cell, Cell]]:
    for row in rule.rows:
        one, other = (Cell(row, measure) for measure in rule.measures)
        if one in figures.columns and other in figures.columns:
            yield one, other


def same_number(rule: SameNumber, inquiry: Inquiry) -> Iterator[Outcome]:
    """Ask whether an event was told in two rows."""
    figures = inquiry.figures
    needed = [Cell(row, measure) for row in (rule.second, rule.needs) for measure in rule.measures]
    first = [figures.places(Cell(row, measure) for row in rule.first) for measure in rule.measures]
    if not all(cell in figures.columns for cell in needed):
        return
    everything = [*chain.from_iterable(first), *figures.places(needed)]
    positive = in_all((figures.counted & (figures.value > 0))[:, figures.places(needed)])
    same = inquiry.asked(rule, everything) & inquiry.known(everything) & positive
    added = [figures.value[:, places].sum(axis=1) for places in first]
    second = [figures.value[:, place] for place in figures.places(needed[: len(rule.measures)])]
    for ours, theirs in zip(added, second, strict=True):
        same &= ours == theirs
    (title,) = inquiry.titles(needed[-1:])
    others = [inquiry.form.by_key[row].parent for row in rule.first if row != rule.needs]
    beside = "children" if set(others) == {rule.second} else "others"
    named: dict[str, Fact] = {"other_row": title, "beside": beside} if others else {"same_row": title}
    part: Whole = figures.value[:, figures.columns[needed[len(rule.measures)]]]
    facts = numbers(always(named), first=added[0], second=second[0], part=part)
    yield Outcome(rule, "same", needed[0], same, facts)


def implies(rule: Implies, inquiry: Inquiry) -> Iterator[Outcome]:
    """Ask whether a number comes without the one that goes with it."""
    figures = inquiry.figures
    condition, expected = figures.places((*rule.if_all, *rule.if_any)), figures.places(rule.then_any)
    if not expected or len(condition) < max(len(rule.if_all), 1):
        return
    positive = figures.counted & (figures.value > 0)
    met = in_all(positive[:, condition]) if rule.if_all else in_any(positive[:, condition])
    unmet = inquiry.asked(rule, [*condition, *expected]) & met & inquiry.known(expected)
    unmet &= ~in_any(positive[:, expected])
    stated = in_all((figures.counted | figures.settled)[:, expected])
    named = {"subject": rule.subject} if rule.subject else {"expected": inquiry.titles(rule.then_any)}
    facts = always({"condition": inquiry.titles((*rule.if_all, *rule.if_any)), **named})
    at = next(cell for cell in rule.then_any if cell in figures.columns)
    yield Outcome(rule, "zero", at, unmet & in_all(figures.counted[:, expected]), facts)
    yield Outcome(rule, "blank", at, unmet & ~stated, facts)


def required_text(rule: RequiredText, inquiry: Inquiry) -> Iterator[Outcome]:
    """Ask whether a unit wrote of what is asked of it alone."""
    words = [fold(word) for word in rule.words]
    asked = inquiry.asked(rule, [])
    missing = np.zeros(len(inquiry.returns), np.bool_)
    for line, one in enumerate(inquiry.returns):
        if asked[line] and one.claim.unit in rule.units and not one.is_empty:
            written = [fold(text) for text in texts(one, rule.rows)]
            missing[line] = not any(word in text for word in words for text in written)
    row = inquiry.form.by_key[rule.rows[0]]
    measures = (measure for measure in inquiry.form.measures if row.kinds.get(measure) is ValueKind.TEXT)
    at = Cell(row.key, next(measures, NOTE))
    yield Outcome(rule, "missing", at, missing, always({"subject": rule.subject}))
