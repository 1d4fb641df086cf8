"""The `[[rules]]` of a definition, read into frozen types; one that could never find anything is refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypedDict

from schemas.definition import Faults, Table
from schemas.rules.fields import (
    Names,
    one_cell,
    one_number,
    one_row,
    rows_of_pairs,
    rows_or_none,
    some_numbers,
    some_rows,
    some_texts,
    some_units,
    taking_a_number,
    two_measures,
)
from schemas.rules.kinds import (
    OUTCOMES,
    Cell,
    EitherColumn,
    Heading,
    Implies,
    KindsKeptApart,
    MovesTo,
    Pair,
    PartAtMostTotal,
    Range,
    RatioLimit,
    RequiredText,
    Rule,
    SameNumber,
    Severity,
    SingleMeasure,
    SumOfParts,
    TextOnly,
)

_LEVELS = ("unit", "summary")
_COMMON = ("id", "kind", "levels", "severity")


class _Common(TypedDict):
    """What every rule has."""

    id: str
    severity: Mapping[str, Severity]
    levels: frozenset[str]


def load_rules(tables: Sequence[Table], names: Names) -> tuple[Rule, ...]:
    """Read the `[[rules]]` of a definition.

    Raises:
        DefinitionError: an unknown kind, outcome, row, measure, unit or parameter, or a rule that could never find
            anything, with its line.
    """
    faults = Faults()
    rules: list[Rule] = []
    for table in tables:
        rule = faults.keep(lambda: _rule(table, names, rules))  # noqa: B023 - called at once
        if rule:
            rules.append(rule)
    faults.refuse_any()
    return tuple(rules)


def _rule(table: Table, names: Names, earlier: Sequence[Rule]) -> Rule:
    kind = table.choice("kind", tuple(OUTCOMES))
    load, parameters = _LOADERS[kind]
    table.known((*_COMMON, *parameters))
    rule = load(table, names)
    if any(other.id == rule.id for other in earlier):
        raise table.refuse("id", rule.id, "an id that no other rule bears")
    return rule


def _common(table: Table) -> _Common:
    kind = table.text("kind")
    severities = table.table("severity")
    for outcome in severities.values:
        if outcome not in OUTCOMES[kind]:
            raise table.refuse("severity", outcome, "one of {allowed}", allowed=", ".join(OUTCOMES[kind]))
        if severities.values[outcome] not in tuple(Severity):
            raise table.refuse("severity", severities.values[outcome], "one of {allowed}", allowed=", ".join(Severity))
    if not severities.values:
        raise table.refuse("severity", None, "at least one of {allowed}", allowed=", ".join(OUTCOMES[kind]))
    levels = table.texts("levels") or _LEVELS
    if not set(levels) <= set(_LEVELS):
        raise table.refuse("levels", list(levels), "one of {allowed}", allowed=", ".join(_LEVELS))
    severity = {outcome: Severity(word) for outcome, word in severities.values.items()}
    return _Common(id=table.text("id"), severity=severity, levels=frozenset(levels))


def _either_column(table: Table, names: Names) -> Rule:
    return EitherColumn(**_common(table), rows=some_rows(table, "rows", names))


def _moves_to(table: Table, names: Names) -> Rule:
    common = _common(table)
    cell, target = one_cell(table, "cell", names), one_number(table, "target", names)
    if cell in names.numbers:
        raise table.refuse("cell", cell, "a cell that takes no number itself")
    return MovesTo(**common, cell=cell, target=target)


def _single_measure(table: Table, names: Names) -> Rule:
    return SingleMeasure(**_common(table), rows=some_rows(table, "rows", names))


def _kinds_kept_apart(table: Table, names: Names) -> Rule:
    rows, add_up = some_rows(table, "rows", names), table.truth("add_up", False)
    return KindsKeptApart(**_common(table), rows=rows, add_up=add_up)


def _heading(table: Table, names: Names) -> Rule:
    return Heading(**_common(table), rows=some_rows(table, "rows", names))


def _text_only(table: Table, names: Names) -> Rule:
    return TextOnly(**_common(table), rows=some_rows(table, "rows", names))


def _total_and_parts(table: Table, names: Names) -> tuple[Cell, tuple[Cell, ...]]:
    total, parts = one_number(table, "total", names), some_numbers(table, "parts", names)
    if not parts or total in parts:
        raise table.refuse("parts", list(table.texts("parts")), "at least one cell, and not the total itself")
    return total, parts


def _sum_of_parts(table: Table, names: Names) -> Rule:
    common = _common(table)
    total, parts = _total_and_parts(table, names)
    return SumOfParts(
        **common,
        total=total,
        parts=parts,
        compute_blank=table.truth("compute_blank", False),
        explained_by=rows_or_none(table, "explained_by", names),
    )


def _part_at_most_total(table: Table, names: Names) -> Rule:
    common = _common(table)
    total, parts = _total_and_parts(table, names)
    return PartAtMostTotal(**common, total=total, parts=parts)


def _pair(table: Table, names: Names) -> Rule:
    common = _common(table)
    measures = two_measures(table, names)
    return Pair(**common, rows=rows_of_pairs(table, "rows", measures, names), measures=measures)


def _ratio_limit(table: Table, names: Names) -> Rule:
    common = _common(table)
    limit = table.whole("limit")
    if limit < 1:
        raise table.refuse("limit", limit, "a whole number above 0")
    measures = two_measures(table, names)
    return RatioLimit(**common, rows=rows_of_pairs(table, "rows", measures, names), measures=measures, limit=limit)


def _range(table: Table, names: Names) -> Rule:
    common = _common(table)
    cells = some_numbers(table, "cells", names)
    if not cells:
        raise table.refuse("cells", None, "at least one cell")
    at_least, at_most = table.whole("at_least", 0), table.whole("at_most")
    if not 0 <= at_least <= at_most:
        raise table.refuse("at_most", at_most, "a whole number not below at_least, which is not below 0")
    return Range(**common, cells=cells, at_least=at_least, at_most=at_most, times=_factors(table, at_most))


def _factors(table: Table, at_most: int) -> tuple[int, ...]:
    """Factors that a number may lack; with one above the upper bound no number could be offered."""
    factors = table.values.get("times", [])
    if not isinstance(factors, list) or not all(type(factor) is int and 1 < factor <= at_most for factor in factors):
        raise table.refuse("times", factors, "a list of whole numbers above 1 and not above at_most")
    return tuple(factors)


def _same_number(table: Table, names: Names) -> Rule:
    common = _common(table)
    measures = two_measures(table, names)
    first, second = rows_of_pairs(table, "first", measures, names), one_row(table, "second", names)
    for measure in measures:
        taking_a_number(table, "second", Cell(second, measure), names)
    needs = one_row(table, "needs", names) if "needs" in table.values else first[-1]
    if needs not in first:
        raise table.refuse("needs", needs, "a row that is among first")
    return SameNumber(**common, first=first, second=second, needs=needs, measures=measures)


def _implies(table: Table, names: Names) -> Rule:
    common = _common(table)
    if_all, if_any, then_any = (some_numbers(table, field, names) for field in ("if_all", "if_any", "then_any"))
    if not then_any or bool(if_all) == bool(if_any):
        raise table.refuse("then_any", list(table.texts("then_any")), "cells here, and in one of if_all and if_any")
    return Implies(**common, if_all=if_all, if_any=if_any, then_any=then_any, subject=table.text("subject", ""))


def _required_text(table: Table, names: Names) -> Rule:
    return RequiredText(
        **_common(table),
        units=some_units(table, "units", names),
        rows=some_rows(table, "rows", names),
        words=some_texts(table, "words"),
        subject=table.text("subject"),
    )


_LOADERS: Mapping[str, tuple[Callable[[Table, Names], Rule], tuple[str, ...]]] = {
    "either_column": (_either_column, ("rows",)),
    "moves_to": (_moves_to, ("cell", "target")),
    "single_measure": (_single_measure, ("rows",)),
    "kinds_kept_apart": (_kinds_kept_apart, ("rows", "add_up")),
    "heading": (_heading, ("rows",)),
    "text_only": (_text_only, ("rows",)),
    "sum_of_parts": (_sum_of_parts, ("total", "parts", "compute_blank", "explained_by")),
    "part_at_most_total": (_part_at_most_total, ("total", "parts")),
    "pair": (_pair, ("rows", "measures")),
    "ratio_limit": (_ratio_limit, ("rows", "measures", "limit")),
    "range": (_range, ("cells", "at_least", "at_most", "times")),
    "same_number": (_same_number, ("first", "second", "needs", "measures")),
    "implies": (_implies, ("if_all", "if_any", "then_any", "subject")),
    "required_text": (_required_text, ("units", "rows", "words", "subject")),
}
"""rule kind -> how it is read, and its parameters"""
