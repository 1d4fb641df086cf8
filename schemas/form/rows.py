"""The rows of a form, read from its `rows.csv`: one line for each row of the form, in its order."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path

from schemas.definition import DELIMITERS, DefinitionError, Faults, Table, read_csv_rows
from schemas.form.model import ROLES, Row, ValueKind
from schemas.text import fold, tidy

ROW_FIELDS = ("key", "stt", "label", "unit_of_measure", "parent", "role", "short_label", "label_print")
"""columns of the file beside the measures of the form"""


Lines = Sequence[tuple[int, Sequence[str]]]
"""(line number, cells), the first line being the heads"""


def rows_of(
    path: Path, lines: Lines, measures: Sequence[str], aliases: Table
) -> tuple[tuple[Row, ...], Mapping[str, int]]:
    """Make the rows of a form, with the line that each stands in.

    `aliases` are the other spellings of their labels, from `form.toml`.

    Raises:
        DefinitionError: names file, line, field, what was found and what is allowed, all that is wrong at once.
    """
    head = list(lines[0][1]) if lines else []
    wanted = [*ROW_FIELDS, *measures]
    if sorted(head) != sorted(wanted):
        raise DefinitionError(
            path.name, 1, "columns", ", ".join(head), "the heads {heads}", {"heads": ", ".join(wanted)}
        )
    faults = Faults()
    records: list[_Line] = []
    rows: list[Row] = []
    keys: set[str] = set()
    for line, cells in lines[1:]:
        if not any(cells):
            continue
        record = faults.keep(lambda: _record(path, line, head, cells))  # noqa: B023 - called at once
        row = faults.keep(lambda: _row(record, measures, keys, aliases)) if record else None  # noqa: B023
        if record:
            keys.add(record.cells["key"])
        if record and row:
            records.append(record)
            rows.append(row)
    faults.refuse_any()
    if all(row.role in ("heading", "text") for row in rows):
        raise DefinitionError(path.name, None, "rows", "no row that takes a number", "a line for each row of the form")
    for field in aliases.values:
        if field not in {row.key for row in rows}:
            raise aliases.refuse(field, field, "keys of rows.csv")
    faults.add(_shared_labels(records, rows, aliases))
    faults.refuse_any()
    return tuple(rows), {row.key: record.number for row, record in zip(rows, records, strict=True)}


def read_rows_csv(path: Path) -> Lines:
    """Read the lines of rows.csv, cut by comma, semicolon or tab, as the regional setting of Excel has it."""
    return max((read_csv_rows(path, sign) for sign in DELIMITERS), key=_heads)


def _heads(lines: Lines) -> int:
    return len(lines[0][1]) if lines else 0


def _record(path: Path, line: int, head: Sequence[str], cells: Sequence[str]) -> "_Line":
    if len(cells) != len(head):
        raise DefinitionError(path.name, line, "row", str(len(cells)), "{count} cells", {"count": len(head)})
    return _Line(path, line, dict(zip(head, cells, strict=True)))


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


def _shared_labels(lines: Sequence[_Line], rows: Sequence[Row], aliases: Table) -> Iterator[DefinitionError]:
    """A spelling that means two rows could put a number into the wrong one."""
    owner: dict[str, str] = {}
    for line, row in zip(lines, rows, strict=True):
        for field in ("label", "label_print"):
            text = line.cells[field]
            if text and (other := owner.setdefault(fold(text), row.key)) != row.key:
                yield line.refuse(field, "a spelling that row {other} does not also bear", other=other)
    for row in rows:
        for alias in _twice(row.aliases):
            yield aliases.refuse(row.key, alias, "each spelling once")
        for alias in row.aliases:
            if (other := owner.setdefault(fold(alias), row.key)) != row.key:
                yield aliases.refuse(row.key, alias, "a spelling that row {other} does not also bear", other=other)


def _twice(texts: Sequence[str]) -> Iterator[str]:
    """Give the texts that stand there more than once."""
    for place, text in enumerate(texts):
        if tidy(text) in map(tidy, texts[:place]):
            yield text
