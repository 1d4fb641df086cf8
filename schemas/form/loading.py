"""A form definition read from its folder: `form.toml` and `rows.csv`, refused in words where they are broken."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from pathlib import Path

from schemas.definition import Faults, Table, read_toml
from schemas.derived import load_derived
from schemas.form.checks import faults_between
from schemas.form.model import NOTE, Column, Form, Row
from schemas.form.rows import ROW_FIELDS, Lines, read_rows_csv, rows_of
from schemas.register import load_register_csv, shipped_register
from schemas.rules import Names, Rule, load_rules

FORMS = Path(__file__).parent.parent / "forms"
_HEAD_ROWS = 2
_WIDEST = 120
_COLUMN_ROLES = ("ordinal", "label", "unit", "measure", "note")


_TABLES: Mapping[str, tuple[str, ...]] = {
    "letter": ("number", "date"),
    "period": ("first_day", "last_day"),
    "deadline": ("before", "wording"),
    "title": ("appendix", "lines", "references", "summary"),
    "template": ("spread",),
}
_FIELDS = (
    *("id", "version", "name", "subject", "register", *_TABLES),
    *("columns", "groups", "unit_words", "aliases", "rules", "derived"),
)


def load_form(name_or_path: str | Path, rows_file: tuple[Path, Lines] | None = None) -> Form:
    """Load a form by the name of a shipped one or by the path of its folder.

    `rows_file` gives path and lines of a workbook of rows, which stands in the place of rows.csv.

    Raises:
        DefinitionError: the definition is broken; says file, line, field and what is allowed, all that is wrong.
        FileNotFoundError: there is no such form.
    """
    folder = form_folder(name_or_path)
    table = read_toml(folder / "form.toml")
    table.known(_FIELDS)
    for name, fields in _TABLES.items():
        table.table(name).known(fields)
    columns = _load_columns(table)
    measures = [column.key for column in columns if column.role == "measure"]
    path, read = rows_file or (folder / "rows.csv", read_rows_csv(folder / "rows.csv"))
    rows, lines = rows_of(path, read, measures, table.table("aliases"))
    groups = _load_groups(table.table("groups"), rows)
    rules = _load_rules(table, rows, groups, measures)
    faults = Faults()
    faults.add(faults_between(table, lines, columns, rows, rules))
    faults.refuse_any()
    letter, period, deadline, title = (table.table(name) for name in ("letter", "period", "deadline", "title"))
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
        rules=rules,
        spread=_known_rows(table.table("template"), "spread", groups),
        unit_words=_unit_words(table.table("unit_words"), measures),
        derived=load_derived(table.tables("derived"), groups, _numbers(rows)),
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
        role = item.choice("role", _COLUMN_ROLES)
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


def _load_rules(
    table: Table, rows: Sequence[Row], groups: Mapping[str, tuple[str, ...]], measures: Sequence[str]
) -> tuple[Rule, ...]:
    tables = table.tables("rules")
    # The register is read only where a rule names units of it.
    units = _codes(table) if any("units" in rule.values for rule in tables) else None
    return load_rules(tables, Names(groups, measures, _numbers(rows), table.text("register", ""), units))


def _numbers(rows: Sequence[Row]) -> AbstractSet[tuple[str, str]]:
    """Name the cells that take a number."""
    return {(row.key, measure) for row in rows for measure, kind in row.kinds.items() if kind.is_number}


def _codes(table: Table) -> AbstractSet[str] | None:
    """Codes of the register that the form names; None where the program ships no such register."""
    name = table.text("register", "")
    path = shipped_register(name)
    if not name or not path.is_file():
        return None
    return load_register_csv(path, _day(table.table("period"), "first_day")).by_code.keys()


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
