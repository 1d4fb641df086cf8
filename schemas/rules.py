"""The closed set of rule kinds a form definition may use, with their parameters.

Two sorts: *reading rules* move, refuse or keep what one cell says and are applied while parsing; *return rules*
look at a return as a whole, each one vectorised check. Source of the rules of the shipped form: the letter of
25 September 2020 and the reading of its Phụ lục II in the definition's own comments.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from schemas.definition import Table


class Severity(StrEnum):
    """How much a finding asks of a person."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Cell(NamedTuple):
    """One measure of one row of the form."""

    row: str
    measure: str

    def __str__(self) -> str:
        return f"{self.row}.{self.measure}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    id: str
    severity: Mapping[str, Severity]
    """outcome -> severity; an outcome that is not named here is not told"""
    levels: frozenset[str] = frozenset({"unit", "summary"})
    """of which returns the rule is asked: of units, of summaries of the level below"""


# Reading rules -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EitherColumn(_Named):
    """A number in the other measure column of these rows is meant for the one they take. Outcomes: moved, differ."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesTo(_Named):
    """A number in `cell`, which takes none, belongs to `target`. Outcomes: moved, differ."""

    cell: Cell
    target: Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleMeasure(_Named):
    """These rows take one measure; a number in another is told, not summed. Outcome: extra."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KindsKeptApart(_Named):
    """Two kinds of thing in one cell of these rows are not added. Outcome: mixed."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading(_Named):
    """These rows take no number. Outcome: number."""

    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOnly(_Named):
    """These rows take text; a number there is kept as text. Outcome: number."""

    rows: tuple[str, ...]


# Return rules --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class SumOfParts(_Named):
    """The parts against their total. Outcomes: above, below, below_unexplained (nothing written), computed, open.

    `computed` is told of a blank total that was added up, `open` of one that could not be, a part being in error.
    """

    total: Cell
    parts: tuple[Cell, ...]
    compute_blank: bool
    """a blank total is computed from its parts, if no part is in error"""
    explained_by: tuple[str, ...]
    """rows whose text or note may name what the parts leave out"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartAtMostTotal(_Named):
    """No part is larger than its total. Outcome: above, told at the part."""

    total: Cell
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair(_Named):
    """Two measures of a row belong together. Outcomes: zero_with, one_blank, fewer."""

    rows: tuple[str, ...]
    measures: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioLimit(_Named):
    """The second measure is at most `limit` times the first. Outcome: over."""

    rows: tuple[str, ...]
    measures: tuple[str, str]
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Range(_Named):
    """A stated, positive number lies between bounds. Outcomes: too_small, too_large. An error leaves the cell out."""

    cells: tuple[Cell, ...]
    at_least: int
    at_most: int
    times: tuple[int, ...]
    """factors that a number below the bound may lack (thousands, millions)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SameNumber(_Named):
    """The sum of `first` equals `second` in every measure: the same event perhaps counted twice. Outcome: same."""

    first: tuple[str, ...]
    second: str
    needs: str
    """the row of `first` without which the sameness means nothing"""
    measures: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Implies(_Named):
    """Where the condition is positive, one of `then_any` is too. Outcomes: zero (all stated, all 0), blank."""

    if_all: tuple[Cell, ...]
    if_any: tuple[Cell, ...]
    then_any: tuple[Cell, ...]
    subject: str = ""
    """what `then_any` is in a few words, where its rows are too many to be named"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredText(_Named):
    """The named units write about `subject` in one of these rows. Outcome: missing."""

    units: frozenset[str]
    rows: tuple[str, ...]
    words: tuple[str, ...]
    subject: str


ReadingRule = EitherColumn | MovesTo | SingleMeasure | KindsKeptApart | Heading | TextOnly
ReturnRule = SumOfParts | PartAtMostTotal | Pair | RatioLimit | Range | SameNumber | Implies | RequiredText
Rule = ReadingRule | ReturnRule

OUTCOMES: Mapping[str, tuple[str, ...]] = {
    "either_column": ("moved", "differ"),
    "moves_to": ("moved", "differ"),
    "single_measure": ("extra",),
    "kinds_kept_apart": ("mixed",),
    "heading": ("number",),
    "text_only": ("number",),
    "sum_of_parts": ("above", "below", "below_unexplained", "computed", "open"),
    "part_at_most_total": ("above",),
    "pair": ("zero_with", "one_blank", "fewer"),
    "ratio_limit": ("over",),
    "range": ("too_small", "too_large"),
    "same_number": ("same",),
    "implies": ("zero", "blank"),
    "required_text": ("missing",),
}
"""rule kind -> what it can find; one code of the catalogue belongs to each pair"""

_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "either_column": ("rows",),
    "moves_to": ("cell", "target"),
    "single_measure": ("rows",),
    "kinds_kept_apart": ("rows",),
    "heading": ("rows",),
    "text_only": ("rows",),
    "sum_of_parts": ("total", "parts", "compute_blank", "explained_by"),
    "part_at_most_total": ("total", "parts"),
    "pair": ("rows", "measures"),
    "ratio_limit": ("rows", "measures", "limit"),
    "range": ("cells", "at_least", "at_most", "times"),
    "same_number": ("first", "second", "needs", "measures"),
    "implies": ("if_all", "if_any", "then_any", "subject"),
    "required_text": ("units", "rows", "words", "subject"),
}


@dataclass(frozen=True, slots=True)
class _Names:
    """What a rule may refer to."""

    groups: Mapping[str, tuple[str, ...]]
    measures: Sequence[str]
    numbers: AbstractSet[tuple[str, str]]
    """cells that take a number"""


def load_rules(
    tables: Sequence[Table],
    groups: Mapping[str, tuple[str, ...]],
    measures: Sequence[str],
    numbers: AbstractSet[tuple[str, str]],
) -> tuple[Rule, ...]:
    """Read the `[[rules]]` of a definition.

    `groups` maps every row key and group name to row keys; `numbers` are the cells that take a number.

    Raises:
        DefinitionError: an unknown kind, outcome, row, measure or parameter, or a rule that could never find
            anything, with its line.
    """
    names = _Names(groups, measures, numbers)
    rules: list[Rule] = []
    for table in tables:
        kind = table.choice("kind", tuple(OUTCOMES))
        table.known(("id", "kind", "levels", "severity", *_PARAMETERS[kind]))
        rule = _LOADERS[kind](table, names)
        if any(other.id == rule.id for other in rules):
            raise table.refuse("id", rule.id, "an id that no other rule bears")
        rules.append(rule)
    return tuple(rules)


def kind_of_rule(rule: Rule) -> str:
    """Name the kind of a rule as the definition writes it."""
    return _KIND_NAMES[type(rule)]


def _common(table: Table) -> tuple[str, Mapping[str, Severity], frozenset[str]]:
    kind = table.text("kind")
    severities = table.table("severity")
    for outcome in severities.values:
        if outcome not in OUTCOMES[kind]:
            raise table.refuse("severity", outcome, "one of {allowed}", allowed=", ".join(OUTCOMES[kind]))
        if severities.values[outcome] not in tuple(Severity):
            raise table.refuse("severity", severities.values[outcome], "one of {allowed}", allowed=", ".join(Severity))
    if not severities.values:
        raise table.refuse("severity", None, "at least one of {allowed}", allowed=", ".join(OUTCOMES[kind]))
    levels = table.texts("levels") or ("unit", "summary")
    if not set(levels) <= {"unit", "summary"}:
        raise table.refuse("levels", list(levels), "one of {allowed}", allowed="unit, summary")
    severity = {outcome: Severity(word) for outcome, word in severities.values.items()}
    return table.text("id"), severity, frozenset(levels)


def _rows_or_none(table: Table, field: str, names: _Names) -> tuple[str, ...]:
    keys: list[str] = []
    for name in table.texts(field):
        if name not in names.groups:
            raise table.refuse(field, name, "keys of rows.csv and names of groups")
        keys.extend(names.groups[name])
    return tuple(dict.fromkeys(keys))


def _rows(table: Table, field: str, names: _Names) -> tuple[str, ...]:
    rows = _rows_or_none(table, field, names)
    if not rows:
        raise table.refuse(field, None, "at least one key of rows.csv or name of a group")
    return rows


def _texts(table: Table, field: str) -> tuple[str, ...]:
    texts = table.texts(field)
    if not all(text.strip() for text in texts) or not texts:
        raise table.refuse(field, list(texts), "at least one text, and none of them empty")
    return texts


def _row(table: Table, field: str, names: _Names) -> str:
    name = table.text(field)
    if names.groups.get(name) != (name,):
        raise table.refuse(field, name, "the key of one row")
    return name


def _cells(table: Table, field: str, texts: Sequence[str], names: _Names) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for text in texts:
        name, _, measure = text.partition(".")
        if name not in names.groups or measure not in names.measures:
            raise table.refuse(
                field, text, '"row.measure": a key or group, and one of {measures}', measures=", ".join(names.measures)
            )
        cells.extend(Cell(key, measure) for key in names.groups[name])
    return tuple(dict.fromkeys(cells))


def _cell(table: Table, field: str, names: _Names) -> Cell:
    cells = _cells(table, field, [table.text(field)], names)
    if len(cells) != 1:
        raise table.refuse(field, table.text(field), "one cell, not a group")
    return cells[0]


def _numbers(table: Table, field: str, names: _Names) -> tuple[Cell, ...]:
    """Cells a rule compares: of one that takes no number it could never find anything."""
    cells = _cells(table, field, table.texts(field), names)
    return tuple(_taking_a_number(table, field, cell, names) for cell in cells)


def _number(table: Table, field: str, names: _Names) -> Cell:
    return _taking_a_number(table, field, _cell(table, field, names), names)


def _taking_a_number(table: Table, field: str, cell: Cell, names: _Names) -> Cell:
    if cell not in names.numbers:
        raise table.refuse(field, cell, "cells that take a number")
    return cell


def _two(table: Table, names: _Names) -> tuple[str, str]:
    texts = table.texts("measures")
    if len(texts) != 2 or texts[0] == texts[1] or not set(texts) <= set(names.measures):  # noqa: PLR2004 - a pair is two
        raise table.refuse("measures", list(texts), "two of {measures}", measures=", ".join(names.measures))
    return texts[0], texts[1]


def _pairs(table: Table, field: str, measures: tuple[str, str], names: _Names) -> tuple[str, ...]:
    """Rows that take both measures."""
    rows = _rows(table, field, names)
    for row in rows:
        for measure in measures:
            _taking_a_number(table, field, Cell(row, measure), names)
    return rows


def _load_either_column(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return EitherColumn(id=id_, severity=severity, levels=levels, rows=_rows(table, "rows", names))


def _load_moves_to(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    cell, target = _cell(table, "cell", names), _number(table, "target", names)
    if cell in names.numbers:
        raise table.refuse("cell", cell, "a cell that takes no number itself")
    return MovesTo(id=id_, severity=severity, levels=levels, cell=cell, target=target)


def _load_single_measure(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return SingleMeasure(id=id_, severity=severity, levels=levels, rows=_rows(table, "rows", names))


def _load_kinds_kept_apart(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return KindsKeptApart(id=id_, severity=severity, levels=levels, rows=_rows(table, "rows", names))


def _load_heading(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return Heading(id=id_, severity=severity, levels=levels, rows=_rows(table, "rows", names))


def _load_text_only(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return TextOnly(id=id_, severity=severity, levels=levels, rows=_rows(table, "rows", names))


def _load_sum_of_parts(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    total = _number(table, "total", names)
    parts = _numbers(table, "parts", names)
    if not parts or total in parts:
        raise table.refuse("parts", list(table.texts("parts")), "at least one cell, and not the total itself")
    return SumOfParts(
        id=id_,
        severity=severity,
        levels=levels,
        total=total,
        parts=parts,
        compute_blank=table.truth("compute_blank", False),
        explained_by=_rows_or_none(table, "explained_by", names),
    )


def _load_part_at_most_total(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    total, parts = _number(table, "total", names), _numbers(table, "parts", names)
    if not parts or total in parts:
        raise table.refuse("parts", list(table.texts("parts")), "at least one cell, and not the total itself")
    return PartAtMostTotal(id=id_, severity=severity, levels=levels, total=total, parts=parts)


def _load_pair(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    measures = _two(table, names)
    rows = _pairs(table, "rows", measures, names)
    return Pair(id=id_, severity=severity, levels=levels, rows=rows, measures=measures)


def _load_ratio_limit(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    limit = table.whole("limit")
    if limit < 1:
        raise table.refuse("limit", limit, "a whole number above 0")
    measures = _two(table, names)
    rows = _pairs(table, "rows", measures, names)
    return RatioLimit(id=id_, severity=severity, levels=levels, rows=rows, measures=measures, limit=limit)


def _load_range(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    cells = _numbers(table, "cells", names)
    if not cells:
        raise table.refuse("cells", None, "at least one cell")
    at_least, at_most = table.whole("at_least", 0), table.whole("at_most")
    if not 0 <= at_least <= at_most:
        raise table.refuse("at_most", at_most, "a whole number not below at_least, which is not below 0")
    times = table.values.get("times", [])
    if not isinstance(times, list) or not all(type(factor) is int and factor > 1 for factor in times):
        raise table.refuse("times", times, "a list of whole numbers above 1")
    return Range(
        id=id_,
        severity=severity,
        levels=levels,
        cells=cells,
        at_least=at_least,
        at_most=at_most,
        times=tuple(times),
    )


def _load_same_number(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    measures = _two(table, names)
    first, second = _pairs(table, "first", measures, names), _row(table, "second", names)
    for measure in measures:
        _taking_a_number(table, "second", Cell(second, measure), names)
    needs = _row(table, "needs", names) if "needs" in table.values else first[-1]
    if needs not in first:
        raise table.refuse("needs", needs, "a row that is among first")
    return SameNumber(
        id=id_, severity=severity, levels=levels, first=first, second=second, needs=needs, measures=measures
    )


def _load_implies(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    if_all, if_any, then_any = (_numbers(table, field, names) for field in ("if_all", "if_any", "then_any"))
    if not then_any or bool(if_all) == bool(if_any):
        raise table.refuse("then_any", list(table.texts("then_any")), "cells here, and in one of if_all and if_any")
    subject = table.text("subject", "")
    return Implies(
        id=id_, severity=severity, levels=levels, if_all=if_all, if_any=if_any, then_any=then_any, subject=subject
    )


def _load_required_text(table: Table, names: _Names) -> Rule:
    id_, severity, levels = _common(table)
    return RequiredText(
        id=id_,
        severity=severity,
        levels=levels,
        units=frozenset(_texts(table, "units")),
        rows=_rows(table, "rows", names),
        words=_texts(table, "words"),
        subject=table.text("subject"),
    )


_LOADERS = {
    "either_column": _load_either_column,
    "moves_to": _load_moves_to,
    "single_measure": _load_single_measure,
    "kinds_kept_apart": _load_kinds_kept_apart,
    "heading": _load_heading,
    "text_only": _load_text_only,
    "sum_of_parts": _load_sum_of_parts,
    "part_at_most_total": _load_part_at_most_total,
    "pair": _load_pair,
    "ratio_limit": _load_ratio_limit,
    "range": _load_range,
    "same_number": _load_same_number,
    "implies": _load_implies,
    "required_text": _load_required_text,
}

_KIND_NAMES = {
    EitherColumn: "either_column",
    MovesTo: "moves_to",
    SingleMeasure: "single_measure",
    KindsKeptApart: "kinds_kept_apart",
    Heading: "heading",
    TextOnly: "text_only",
    SumOfParts: "sum_of_parts",
    PartAtMostTotal: "part_at_most_total",
    Pair: "pair",
    RatioLimit: "ratio_limit",
    Range: "range",
    SameNumber: "same_number",
    Implies: "implies",
    RequiredText: "required_text",
}
