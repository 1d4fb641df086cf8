"""The rules that look at a return as a whole, each asked once of all returns.

Where a rule needs a cell that is unreadable, set aside or not in the sheet, it is silent: that is told
already. In a summary of the level below, cells behind which different numbers of units stand are not
compared.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np

from pipeline.blanks import is_optional
from pipeline.figures import Figures, Mask, Whole, in_all, in_any
from pipeline.model import Fact, Return, State
from schemas.form import NOTE, Form, ValueKind
from schemas.rules import (
    Cell,
    Implies,
    Pair,
    PartAtMostTotal,
    Range,
    RatioLimit,
    RequiredText,
    ReturnRule,
    SameNumber,
    Severity,
    SumOfParts,
)
from schemas.text import fold

_GRAVITY = tuple(Severity)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule can find at one cell, and in which returns it does."""

    rule: ReturnRule
    name: str
    cell: Cell
    """where it is told"""
    broken: Mask
    """one for each return"""
    facts: Callable[[int], Mapping[str, Fact]]
    """line of a return -> what the wording names"""
    suggestions: Callable[[int], tuple[int, ...]] = lambda _line: ()
    told_as: Severity | None = None
    """a severity that this outcome has whatever the rule says"""

    @property
    def severity(self) -> Severity:
        """How much it asks of a person."""
        return self.told_as or self.rule.severity[self.name]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What the rules are asked of: the same returns as figures and as read."""

    form: Form
    returns: Sequence[Return]
    figures: Figures

    def asked(self, rule: ReturnRule, places: Sequence[int]) -> Mask:
        """Tell of which returns a rule is asked that compares the cells at these places."""
        figures = self.figures
        level = np.where(figures.is_summary, "summary" in rule.levels, "unit" in rule.levels)
        reported = figures.reported[:, list(places)]
        return np.asarray(level & in_all(reported == reported[:, :1]), np.bool_)

    def known(self, places: Sequence[int]) -> Mask:
        """Tell where every one of these cells is a counted number or truly blank."""
        figures = self.figures
        return in_all((figures.counted | figures.blank)[:, list(places)])

    def titles(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """Name the rows of cells."""
        return tuple(self.form.by_key[row].title for row in dict.fromkeys(cell.row for cell in cells))


def ranges(inquiry: Inquiry) -> list[Outcome]:
    """Ask the rules on single numbers. What an officer decided is not asked again."""
    return _told(chain.from_iterable(_range(rule, inquiry) for rule in inquiry.form.rules if isinstance(rule, Range)))


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
        optional = is_optional(inquiry.form, rule.total)
        whole = in_all(figures.counted[:, parts]) & optional
        facts = _numbers(parts=added)
        outcomes.append(Outcome(rule, "computed", rule.total, filled & ~whole, facts))
        outcomes.append(Outcome(rule, "computed", rule.total, filled & whole, facts, told_as=Severity.INFO))
        if not optional:
            outcomes.append(Outcome(rule, "open", rule.total, blank & ~sure, _always({})))
        inquiry = replace(inquiry, figures=figures.compute(total, filled, added))
    return inquiry.figures, _told(outcomes)


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


def comparisons(inquiry: Inquiry) -> list[Outcome]:
    """Ask the rules that compare cells, and the rules on texts."""
    rules = [rule for rule in inquiry.form.rules if type(rule) in _COMPARISONS]
    outcomes = _told(chain.from_iterable(_COMPARISONS[type(rule)](rule, inquiry) for rule in rules))
    return [_unless_a_part_alone_is_above(outcome, outcomes) for outcome in outcomes]


def _told(outcomes: Iterator[Outcome] | list[Outcome]) -> list[Outcome]:
    return [outcome for outcome in outcomes if outcome.name in outcome.rule.severity]


def _range(rule: Range, inquiry: Inquiry) -> Iterator[Outcome]:
    figures = inquiry.figures
    decided = figures.where(State.DECIDED)
    for cell in rule.cells:
        for place in figures.places([cell]):
            value: Whole = figures.value[:, place]
            asked = inquiry.asked(rule, [place]) & figures.counted[:, place] & ~decided[:, place] & (value > 0)

            def times(line: int, value: Whole = value) -> tuple[int, ...]:
                meant = (int(value[line]) * factor for factor in rule.times)
                return tuple(number for number in meant if rule.at_least <= number <= rule.at_most)

            low, high = {"limit": rule.at_least}, {"limit": rule.at_most}
            yield Outcome(rule, "too_small", cell, asked & (value < rule.at_least), _always(low), times)
            yield Outcome(rule, "too_large", cell, asked & (value > rule.at_most), _always(high))


def _sum_of_parts(rule: SumOfParts, inquiry: Inquiry) -> Iterator[Outcome]:
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
    needed = figures.places(part for part in rule.parts if not is_optional(inquiry.form, part))
    unexplained = below & ~explained & ~in_any(figures.blank[:, needed])
    facts = _numbers(parts=added, total=stated)
    because = "no_less" if rule.severity.get("above") is Severity.ERROR else "in_several_rows"
    above = _numbers(_always({"because": because}), parts=added, total=stated)
    yield Outcome(rule, "above", rule.total, asked & (added > stated), above)
    yield Outcome(rule, "below", rule.total, below & explained, facts)
    yield Outcome(rule, "below_unexplained", rule.total, unexplained, facts)


def _part_at_most_total(rule: PartAtMostTotal, inquiry: Inquiry) -> Iterator[Outcome]:
    figures = inquiry.figures
    total = figures.columns.get(rule.total)
    (title,) = inquiry.titles([rule.total])
    for part in rule.parts:
        for place in figures.places([part]):
            if total is None:
                continue
            stated: Whole = figures.value[:, total]
            both = inquiry.asked(rule, [total, place]) & figures.counted[:, total] & figures.counted[:, place]
            facts = _numbers(_always({"total_row": title}), total=stated)
            yield Outcome(rule, "above", part, both & (figures.value[:, place] > stated), facts)


def _pair(rule: Pair, inquiry: Inquiry) -> Iterator[Outcome]:
    figures = inquiry.figures
    for one, other in _pairs(rule, figures):
        left, right = figures.columns[one], figures.columns[other]
        first, second = figures.value[:, left], figures.value[:, right]
        asked = inquiry.asked(rule, [left, right])
        both = asked & figures.counted[:, left] & figures.counted[:, right]
        facts = _numbers(first=first, second=second)
        # Where the second may stay blank, none is no fewer; a second without the first is asked for all the same.
        none = (second == 0) & is_optional(inquiry.form, other)
        yield Outcome(rule, "zero_with", one, both & (first == 0) & (second > 0), facts)
        yield Outcome(rule, "fewer", other, both & (first > 0) & (second < first) & ~none, facts)
        open_blank = figures.blank & ~figures.settled
        yield Outcome(rule, "one_blank", one, asked & open_blank[:, left] & (second > 0), _always({}))
        if not is_optional(inquiry.form, other):
            yield Outcome(rule, "one_blank", other, asked & open_blank[:, right] & (first > 0), _always({}))


def _ratio_limit(rule: RatioLimit, inquiry: Inquiry) -> Iterator[Outcome]:
    figures = inquiry.figures
    for one, other in _pairs(rule, figures):
        left, right = figures.columns[one], figures.columns[other]
        first, second = figures.value[:, left], figures.value[:, right]
        asked = inquiry.asked(rule, [left, right]) & figures.counted[:, left] & figures.counted[:, right]
        # The same as second > limit * first in whole numbers, without a product that could overflow.
        over = asked & (first > 0) & ((second - 1) // rule.limit >= first)
        facts = _numbers(_always({"limit": rule.limit}), first=first, second=second)
        yield Outcome(rule, "over", other, over, facts)


def _pairs(rule: Pair | RatioLimit, figures: Figures) -> Iterator[tuple[Cell, Cell]]:
    for row in rule.rows:
        one, other = (Cell(row, measure) for measure in rule.measures)
        if one in figures.columns and other in figures.columns:
            yield one, other


def _same_number(rule: SameNumber, inquiry: Inquiry) -> Iterator[Outcome]:
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
    facts = _numbers(_always(named), first=added[0], second=second[0], part=part)
    yield Outcome(rule, "same", needed[0], same, facts)


def _implies(rule: Implies, inquiry: Inquiry) -> Iterator[Outcome]:
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
    facts = _always({"condition": inquiry.titles((*rule.if_all, *rule.if_any)), **named})
    at = next(cell for cell in rule.then_any if cell in figures.columns)
    yield Outcome(rule, "zero", at, unmet & in_all(figures.counted[:, expected]), facts)
    yield Outcome(rule, "blank", at, unmet & ~stated, facts)


def _required_text(rule: RequiredText, inquiry: Inquiry) -> Iterator[Outcome]:
    words = [fold(word) for word in rule.words]
    asked = inquiry.asked(rule, [])
    missing = np.zeros(len(inquiry.returns), np.bool_)
    for line, one in enumerate(inquiry.returns):
        if asked[line] and one.claim.unit in rule.units and not one.is_empty:
            written = [fold(text) for text in _texts(one, rule.rows)]
            missing[line] = not any(word in text for word in words for text in written)
    row = inquiry.form.by_key[rule.rows[0]]
    measures = (measure for measure in inquiry.form.measures if row.kinds.get(measure) is ValueKind.TEXT)
    at = Cell(row.key, next(measures, NOTE))
    yield Outcome(rule, "missing", at, missing, _always({"subject": rule.subject}))


_COMPARISONS: Mapping[type, Callable[[Any, Inquiry], Iterator[Outcome]]] = {
    SumOfParts: _sum_of_parts,
    PartAtMostTotal: _part_at_most_total,
    Pair: _pair,
    RatioLimit: _ratio_limit,
    SameNumber: _same_number,
    Implies: _implies,
    RequiredText: _required_text,
}


def _unless_a_part_alone_is_above(outcome: Outcome, others: Sequence[Outcome]) -> Outcome:
    """A part above its total makes the sum of the parts above it too: one is told, not its consequence."""
    if not isinstance(outcome.rule, SumOfParts) or outcome.name != "above":
        return outcome
    broken = outcome.broken
    for other in others:
        same = isinstance(other.rule, PartAtMostTotal) and other.rule.total == outcome.rule.total
        if same and _GRAVITY.index(other.severity) <= _GRAVITY.index(outcome.severity):
            broken = broken & ~other.broken
    return replace(outcome, broken=broken)


def _written(returns: Sequence[Return], lines: Mask, rows: set[str]) -> Mask:
    """Tell in which of the lines something is written in one of the rows."""
    written = np.zeros(len(returns), np.bool_)
    for line in np.flatnonzero(lines).tolist():
        written[line] = any(True for _ in _texts(returns[line], rows))
    return written


def _texts(one: Return, rows: Sequence[str] | set[str]) -> Iterator[str]:
    return (entry.text for entry in one.entries if entry.text and entry.row in rows)


def _always(facts: Mapping[str, Fact]) -> Callable[[int], Mapping[str, Fact]]:
    return lambda _line: facts


def _numbers(
    others: Callable[[int], Mapping[str, Fact]] = lambda _line: {}, **columns: Whole
) -> Callable[[int], Mapping[str, Fact]]:
    return lambda line: {**others(line), **{name: int(column[line]) for name, column in columns.items()}}
