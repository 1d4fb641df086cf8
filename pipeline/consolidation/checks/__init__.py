"""The rules that look at a return as a whole, each asked once of all returns.

Where a rule needs a cell that is unreadable, set aside or not in the sheet, it is silent: that is told
already. In a summary of the level below, cells behind which different numbers of units stand are not
compared.
"""

from collections.abc import Iterator
from itertools import chain

from pipeline.consolidation.arrays import Whole
from pipeline.consolidation.checks.inquiry import Inquiry, Outcome, always, told
from pipeline.consolidation.checks.pairs import implies, pair, ratio_limit, required_text, same_number
from pipeline.consolidation.checks.sums import (
    computed_totals,
    part_at_most_total,
    sum_of_parts,
    unless_a_part_alone_is_above,
)
from pipeline.model import State
from schemas.rules import Implies, Pair, PartAtMostTotal, Range, RatioLimit, RequiredText, Rule, SameNumber, SumOfParts

__all__ = ["Inquiry", "Outcome", "comparisons", "computed_totals", "ranges"]


def ranges(inquiry: Inquiry) -> list[Outcome]:
    """Ask the rules on single numbers. What an officer decided is not asked again."""
    return told(chain.from_iterable(_range(rule, inquiry) for rule in inquiry.form.rules if isinstance(rule, Range)))


def comparisons(inquiry: Inquiry) -> list[Outcome]:
    """Ask the rules that compare cells, and the rules on texts."""
    outcomes = told(chain.from_iterable(_compared(rule, inquiry) for rule in inquiry.form.rules))
    return [unless_a_part_alone_is_above(outcome, outcomes) for outcome in outcomes]


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
            yield Outcome(rule, "too_small", cell, asked & (value < rule.at_least), always(low), times)
            yield Outcome(rule, "too_large", cell, asked & (value > rule.at_most), always(high))


def _compared(rule: Rule, inquiry: Inquiry) -> Iterator[Outcome]:
    match rule:
        case SumOfParts():
            yield from sum_of_parts(rule, inquiry)
        case PartAtMostTotal():
            yield from part_at_most_total(rule, inquiry)
        case Pair():
            yield from pair(rule, inquiry)
        case RatioLimit():
            yield from ratio_limit(rule, inquiry)
        case SameNumber():
            yield from same_number(rule, inquiry)
        case Implies():
            yield from implies(rule, inquiry)
        case RequiredText():
            yield from required_text(rule, inquiry)
