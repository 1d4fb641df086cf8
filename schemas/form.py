"""The form definition: rows, columns and rules of one form, loaded from its folder into frozen types.

A form is a folder `schemas/forms/<id>/` with `form.toml` and `rows.csv`. Everything that depends on the form
(template, reading, checks, summary) derives from the values here; no row, label or unit stands in code.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

from schemas.definition import DefinitionError, Table, read_csv_rows, read_toml
from schemas.rules import Cell, Rule, load_rules
from schemas.text import fold, tidy

FORMS = Path(__file__).parent / "forms"
NOTE = "note"
_HEAD_ROWS = 2
_WIDEST = 120


class ValueKind(StrEnum):
    """What a measure cell of a row takes."""

    COUNT = "count"
    """a whole number of things or people, 0 or more"""
    MONEY = "vnd"
    """a whole number of đồng, 0 or more"""
    TEXT = "text"
    """free text, never summed"""


Role = Literal["total", "input", "heading", "text"]
ROLES: tuple[Role, ...] = ("total", "input", "heading", "text")
COLUMN_ROLES = ("ordinal", "label", "unit", "measure", "note")
ROW_FIELDS = ("key", "stt", "label", "unit_of_measure", "parent", "role", "short_label", "label_print")


_TABLES: Mapping[str, tuple[str, ...]] = {
    "letter": ("number", "date"),
    "period": ("first_day", "last_day"),
    "deadline": ("before", "wording"),
    "title": ("appendix", "lines", "references", "summary"),
    "template": ("spread",),
}
_FIELDS = (
    *("id", "version", "name", "subject", "register", *_TABLES),
    *("columns", "groups", "unit_words", "aliases", "rules"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the form."""

    key: str
    role: str
    head: tuple[str, ...]
    """texts of the head from top to bottom; one text is merged over all head rows"""
    aliases: tuple[str, ...]
    width: float
    short: str
    """name of the column in messages and in the heads of the matrix"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the form; with a measure that it takes, an indicator."""

    key: str
    stt: str
    label: str
    """as printed in the letter, misprints kept"""
    unit_of_measure: str
    parent: str
    role: Role
    kinds: Mapping[str, ValueKind]
    """measure -> what it takes; a measure that is absent takes nothing"""
    optional: frozenset[str]
    """measures that may stay blank without remark"""
    short_label: str
    label_print: str
    """label for printed summaries, misprints mended"""
    aliases: tuple[str, ...]

    @property
    def title(self) -> str:
        """The label a person should read."""
        return self.label_print or self.label


@dataclass(frozen=True)
class Form:
    """A form definition. `rows` and `columns` are in the order of the form."""

    id: str
    version: str
    name: str
    subject: str
    register: str
    letter_number: str
    letter_date: date
    first_day: date
    last_day: date
    deadline: datetime
    deadline_wording: str
    appendix: str
    title_lines: tuple[str, ...]
    references: tuple[str, ...]
    summary_title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    rules: tuple[Rule, ...]
    spread: frozenset[str]
    """rows whose measure cells are one merged cell in the blank form"""
    unit_words: Mapping[str, tuple[str, ...]]
    """measure -> words that may follow a number of it"""

    @cached_property
    def by_key(self) -> Mapping[str, Row]:
        """Rows by their key."""
        return {row.key: row for row in self.rows}

    @cached_property
    def measures(self) -> tuple[str, ...]:
        """Keys of the number columns, in form order."""
        return tuple(column.key for column in self.columns if column.role == "measure")

    @cached_property
    def number_cells(self) -> tuple[Cell, ...]:
        """Every cell that takes a number, in form order."""
        return tuple(
            Cell(row.key, measure)
            for row in self.rows
            for measure in self.measures
            if row.kinds.get(measure) in (ValueKind.COUNT, ValueKind.MONEY)
        )

    @cached_property
    def column_by_key(self) -> Mapping[str, Column]:
        """Columns by their key."""
        return {column.key: column for column in self.columns}

    @cached_property
    def short_names(self) -> Mapping[str, str]:
        """Key of a row -> its short label; the whole label where another row bears the same short one."""
        times = Counter(fold(row.short_label) for row in self.rows)
        return {row.key: row.short_label if times[fold(row.short_label)] == 1 else row.title for row in self.rows}

    def column_named(self, cell: Cell) -> str:
        """Short name of a cell's column; empty where the row takes one number or one text and so needs no column.

        A note, and a number in a column that its row does not take, are named by their column.
        """
        column, row = self.column_by_key.get(cell.measure), self.by_key.get(cell.row)
        if column is None:
            return ""
        kinds = row.kinds if row else {}
        is_first = cell.measure == next(iter(kinds), None)
        return "" if is_first and (len(kinds) == 1 or set(kinds.values()) == {ValueKind.TEXT}) else column.short

    def column_of(self, role: str) -> Column | None:
        """Find the first column of a role, such as the label or the note column."""
        return next((column for column in self.columns if column.role == role), None)


def load_form(name_or_path: str | Path) -> Form:
    """Load a form by the name of a shipped one or by the path of its folder.

    Raises:
        DefinitionError: the definition is broken; says file, line, field and what is allowed.
        FileNotFoundError: there is no such form.
    """
    folder = form_folder(name_or_path)
    table = read_toml(folder / "form.toml")
    table.known(_FIELDS)
    for name, fields in _TABLES.items():
        table.table(name).known(fields)
    columns = _load_columns(table)
    measures = [column.key for column in columns if column.role == "measure"]
    rows = _load_rows(folder / "rows.csv", measures, table.table("aliases"))
    groups = _load_groups(table.table("groups"), rows)
    numbers = {(row.key, measure) for row in rows for measure, kind in row.kinds.items() if kind is not ValueKind.TEXT}
    period, deadline, title = table.table("period"), table.table("deadline"), table.table("title")
    letter = table.table("letter")
    return Form(
        id=table.text("id"),
        version=table.text("version"),
        name=table.text("name"),
        subject=table.text("subject", table.text("name")),
        register=table.text("register", ""),
        letter_number=letter.text("number", ""),
        letter_date=_day(letter, "date"),
        first_day=_day(period, "first_day"),
        last_day=_last_day(period),
        deadline=_moment(deadline, "before"),
        deadline_wording=deadline.text("wording"),
        appendix=title.text("appendix", ""),
        title_lines=title.texts("lines"),
        references=title.texts("references"),
        summary_title=title.text("summary"),
        columns=columns,
        rows=rows,
        rules=load_rules(table.tables("rules"), groups, measures, numbers),
        spread=_known_rows(table.table("template"), "spread", groups),
        unit_words=_unit_words(table.table("unit_words"), measures),
    )


def form_folder(name_or_path: str | Path) -> Path:
    """Find the folder of a form: a path that holds form.toml, else the name of a shipped form."""
    for folder in (Path(name_or_path), FORMS / str(name_or_path)):
        if (folder / "form.toml").is_file():
            return folder
    raise FileNotFoundError(str(name_or_path))


def shipped_forms() -> tuple[str, ...]:
    """Names of the forms that come with the program, sorted."""
    return tuple(sorted(folder.name for folder in FORMS.iterdir() if (folder / "form.toml").is_file()))


def _load_columns(table: Table) -> tuple[Column, ...]:
    columns: list[Column] = []
    for item in table.tables("columns"):
        item.known(["key", "role", "head", "aliases", "width", "short"])
        key = item.text("key")
        if not key.isidentifier() or any(column.key == key for column in columns):
            raise item.refuse("key", key, "a name of its own made of letters, digits and _")
        head = item.texts("head")
        if not 1 <= len(head) <= _HEAD_ROWS:
            raise item.refuse("head", list(head), "one or two texts")
        role = item.choice("role", COLUMN_ROLES)
        if (role == "note") != (key == NOTE):
            raise item.refuse("key", key, '"note" for the column of notes, and for no other')
        if role == "measure" and key in ROW_FIELDS:
            raise item.refuse("key", key, "a name that no other column of rows.csv bears")
        if role != "measure" and any(column.role == role for column in columns):
            raise item.refuse("role", role, "each role but measure once")
        short = item.text("short", head[-1])
        columns.append(Column(key, role, head, item.texts("aliases"), _width(item), short))
    for role in ("label", "measure"):
        if not any(column.role == role for column in columns):
            raise table.refuse("columns", None, "at least one column of role {role}", role=role)
    return tuple(columns)


def _width(item: Table) -> float:
    width = item.values.get("width", 12)
    if isinstance(width, bool) or not isinstance(width, int | float) or not 1 <= width <= _WIDEST:
        raise item.refuse("width", width, "a width in characters, 1 to 120")
    return float(width)


def _load_rows(path: Path, measures: Sequence[str], aliases: Table) -> tuple[Row, ...]:
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


def _load_groups(table: Table, rows: Sequence[Row]) -> Mapping[str, tuple[str, ...]]:
    """Names that stand for rows: every row for itself, and each group for the rows of its members."""
    groups: dict[str, tuple[str, ...]] = {row.key: (row.key,) for row in rows}
    for name in table.values:
        if name in groups:
            raise table.refuse(name, name, "a name that no row bears")
        members = table.texts(name)
        for member in members:
            if member not in groups:
                raise table.refuse(name, member, "keys of rows.csv and groups named above")
        groups[name] = tuple(key for member in members for key in groups[member])
    return groups


def _known_rows(table: Table, field: str, groups: Mapping[str, tuple[str, ...]]) -> frozenset[str]:
    keys: set[str] = set()
    for name in table.texts(field):
        if name not in groups:
            raise table.refuse(field, name, "keys of rows.csv and names of groups")
        keys.update(groups[name])
    return frozenset(keys)


def _unit_words(table: Table, measures: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    table.known(measures)
    return {measure: table.texts(measure) for measure in measures}


def _day(table: Table, field: str) -> date:
    value = table.values.get(field)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise table.refuse(field, value, "a date such as 2020-09-25")
    return value


def _last_day(period: Table) -> date:
    last = _day(period, "last_day")
    if last < _day(period, "first_day"):
        raise period.refuse("last_day", last, "a day not before first_day")
    return last


def _moment(table: Table, field: str) -> datetime:
    value = table.values.get(field)
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise table.refuse(field, value, "a moment with its zone such as 2020-10-11T00:00:00+07:00")
    return value
