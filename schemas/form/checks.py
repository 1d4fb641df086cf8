"""What a definition may not say although each of its lines is right by itself: rows, rules and heads side by side.

Each of these gave a wrong total or a table that nobody could read: a new row that no sum held, a total that nothing
was compared with, a row that bore the text of a head.
"""

from collections.abc import Iterator, Mapping, Sequence

from schemas.definition import DefinitionError, Table
from schemas.form.model import Column, Row
from schemas.rules import Cell, Rule, SumOfParts
from schemas.text import fold

_EVERY_ROW = (
    "{missing} too, since other rows below {parent} are added up here: name it, or give it another parent in rows.csv"
)
_NO_HEAD = "a label that is not also the head of column {column}: write what is added up, or the head, in more words"
MOST_CELLS = 16_000
"""number cells of a form: a sheet of Excel has 16,384 columns, and the sheet of units by cells a few of its own"""


def faults_between(
    table: Table, lines: Mapping[str, int], columns: Sequence[Column], rows: Sequence[Row], rules: Sequence[Rule]
) -> Iterator[DefinitionError]:
    """Say what in a form contradicts itself; `lines` are those of the rows in rows.csv, by key."""
    sums = [rule for rule in rules if isinstance(rule, SumOfParts)]
    yield from _rows_in_no_sum(table, rows, sums)
    yield from _totals_without_rule(lines, rows, rules)
    yield from _labels_that_are_heads(lines, columns, rows)
    yield from _too_many_cells(lines, rows)


def _rows_in_no_sum(table: Table, rows: Sequence[Row], sums: Sequence[SumOfParts]) -> Iterator[DefinitionError]:
    """A row below others that a sum adds up belongs to that sum, or the total is too small by it."""
    parents = {row.key: row.parent for row in rows}
    rules = {item.values.get("id"): item for item in table.tables("rules")}
    for rule in sums:
        held = {*rule.parts, rule.total}
        families = {(parents[part.row], part.measure) for part in rule.parts if parents[part.row]}
        left_out = [
            Cell(row.key, measure)
            for row in rows
            for measure, kind in row.kinds.items()
            if kind.is_number and (row.parent, measure) in families and Cell(row.key, measure) not in held
        ]
        for cell in left_out:
            yield rules[rule.id].refuse(
                "parts",
                list(rules[rule.id].texts("parts")),
                _EVERY_ROW,
                missing=f"{cell.row}.{cell.measure}",
                parent=parents[cell.row],
            )


def _totals_without_rule(
    lines: Mapping[str, int], rows: Sequence[Row], rules: Sequence[Rule]
) -> Iterator[DefinitionError]:
    ruled = {rule.total.row for rule in rules if isinstance(rule, SumOfParts)}
    for row in rows:
        if row.role == "total" and row.key not in ruled:
            yield DefinitionError(
                "rows.csv",
                lines.get(row.key),
                "role",
                row.role,
                "input, or a rule of kind sum_of_parts in form.toml that says what {row} adds up",
                {"row": row.key},
            )


def _labels_that_are_heads(
    lines: Mapping[str, int], columns: Sequence[Column], rows: Sequence[Row]
) -> Iterator[DefinitionError]:
    """A row that bears the text of a head may be taken for a line of the head, and its numbers for texts."""
    heads: dict[str, Column] = {}
    for column in columns:
        if column.role == "measure":
            heads |= {fold(text): column for text in (*column.head, *column.aliases)}
    for row in rows:
        head = heads.get(fold(row.label))
        if head:
            yield DefinitionError(
                "rows.csv",
                lines.get(row.key),
                "label",
                row.label,
                _NO_HEAD,
                {"column": head.key},
            )


def _too_many_cells(lines: Mapping[str, int], rows: Sequence[Row]) -> Iterator[DefinitionError]:
    count = sum(kind.is_number for row in rows for kind in row.kinds.values())
    if count > MOST_CELLS:
        last = max(lines.values(), default=None)
        facts = {"most": MOST_CELLS}
        yield DefinitionError(
            "rows.csv", last, "rows", f"{count} cells", "at most {most} number cells; divide the form", facts
        )
