"""What the rules are asked of, and what one of them can find at one cell."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.consolidation.arrays import Figures, Mask, Whole, in_all
from pipeline.model import Fact, Return
from schemas.form import Form
from schemas.rules import Cell, ReturnRule, Severity


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


def told(outcomes: Iterator[Outcome] | list[Outcome]) -> list[Outcome]:
    """Leave out what the rule of the form gives no severity."""
    return [outcome for outcome in outcomes if outcome.name in outcome.rule.severity]


def texts(one: Return, rows: Sequence[str] | set[str]) -> Iterator[str]:
    """Give the texts of a return in some rows."""
    return (entry.text for entry in one.entries if entry.text and entry.row in rows)


def always(facts: Mapping[str, Fact]) -> Callable[[int], Mapping[str, Fact]]:
    """Give the same facts for every return."""
    return lambda _line: facts


def numbers(
    others: Callable[[int], Mapping[str, Fact]] = lambda _line: {}, **columns: Whole
) -> Callable[[int], Mapping[str, Fact]]:
    """Give whole numbers, one for each return, as facts; beside others."""
    return lambda line: {**others(line), **{name: int(column[line]) for name, column in columns.items()}}
