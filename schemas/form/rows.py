"""The rows of a form, read from its `rows.csv`: one line for each row of the form, in its order."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from schemas.definition import DefinitionError, Table, read_csv_rows
from schemas.form.model import ROLES, Row, ValueKind
from schemas.text import fold, tidy

ROW_FIELDS = ("key", "stt", "label", "unit_of_measure", "parent", "role", "short_label", "label_print")
"""columns of the file beside the measures of the form"""


def load_rows(path: Path, measures: Sequence[str], aliases: Table) -> tuple[Row, ...]:
    """Read the rows of a form; `aliases` are the other spellings of their labels, from `form.toml`.

    Raises:
        DefinitionError: names file, line, field, what was found and what is allowed.
    """
    lines = read_csv_rows(path)
    head = lines[0][1] if lines else []
    wanted = [*ROW_FIELDS, *measures]
    if sorted(head) != sorted(wanted):
        raise DefinitionError(
            path.name, 1, "columns", ", ".join(head), "the heads {heads}", {"heads": ", ".join(wanted)}
        )
    records: list[_Line] = []
    rows: list[Row] = []
    for line, cells in lines[1:]:
        if not any(cells):
            continue
        if len(cells) != len(head):
            raise DefinitionError(path.name, line, "row", str(len(cells)), "{count} cells", {"count": len(head)})
        records.append(_Line(path, line, dict(zip(head, cells, strict=True))))
        rows.append(_row(records[-1], measures, {row.key for row in rows}, aliases))
    if all(row.role in ("heading", "text") for row in rows):
        raise DefinitionError(path.name, None, "rows", "no row that takes a number", "a line for each row of the form")
    for field in aliases.values:
        if field not in {row.key for row in rows}:
            raise aliases.refuse(field, field, "keys of rows.csv")
    _refuse_shared_labels(records, rows, aliases)
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of rows.csv."""

    path: Path
    number: int
    cells: Mapping[str, str]

    def refuse(self, field: str, allowed: str, /, **facts: object) -> DefinitionError:
        return DefinitionError(self.path.name, self.number, field, self.cells[field] or "nothing", allowed, facts)


def _row(line: _Line, measures: Sequence[str], earlier: AbstractSet[str], aliases: Table) -> Row:
    cells, refuse = line.cells, line.refuse
    key, role = cells["key"], cells["role"]
    if not key.isidentifier() or key in earlier:
        raise refuse("key", "a key of its own made of letters, digits and _")
    if not fold(cells["label"]):
        raise refuse("label", "the label as printed on the form")
    if role not in ROLES:
        raise refuse("role", "one of {allowed}", allowed=", ".join(ROLES))
    if cells["parent"] and cells["parent"] not in earlier:
        raise refuse("parent", "the key of a row above, or nothing")
    kinds = {measure: _kind(line, measure) for measure in measures if cells[measure]}
    if not kinds and role != "heading":
        raise refuse("role", "heading for a row that takes nothing")
    return Row(
        key=key,
        stt=cells["stt"],
        label=tidy(cells["label"]),
        unit_of_measure=cells["unit_of_measure"],
        parent=cells["parent"],
        role=next(known for known in ROLES if known == role),
        kinds=kinds,
        optional=frozenset(measure for measure in kinds if cells[measure].endswith("?")),
        short_label=cells["short_label"] or cells["label"],
        label_print=cells["label_print"],
        aliases=aliases.texts(key),
    )


def _kind(line: _Line, measure: str) -> ValueKind:
    role, kind = line.cells["role"], line.cells[measure].removesuffix("?")
    if kind not in tuple(ValueKind):
        raise line.refuse(measure, "count, vnd or text, with ? where it may stay blank, or nothing")
    if role == "heading" or (role == "text") != (kind == ValueKind.TEXT):
        raise line.refuse(measure, "nothing in a heading, text in a row of texts, a number in any other")
    return ValueKind(kind)


def _refuse_shared_labels(lines: Sequence[_Line], rows: Sequence[Row], aliases: Table) -> None:
    """A spelling that means two rows could put a number into the wrong one."""
    owner: dict[str, str] = {}
    for line, row in zip(lines, rows, strict=True):
        for field in ("label", "label_print"):
            text = line.cells[field]
            if text and (other := owner.setdefault(fold(text), row.key)) != row.key:
                raise line.refuse(field, "a spelling that row {other} does not also bear", other=other)
    for row in rows:
        for alias in row.aliases:
            if (other := owner.setdefault(fold(alias), row.key)) != row.key:
                raise aliases.refuse(row.key, alias, "a spelling that row {other} does not also bear", other=other)
