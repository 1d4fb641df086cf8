"""What differs between two returns of one unit, cell by cell, for a person to read."""

from pipeline.model import Entry, Return
from pipeline.settle.words import settle_words
from schemas.form import Form
from schemas.rules import Cell


def contents(one: Return) -> list[tuple[object, ...]]:
    """Say what a return states, so that equal ones are known whatever their bytes are."""
    return [_content(entry) for entry in one.entries]


def _content(entry: Entry) -> tuple[object, ...]:
    said = entry.text if entry.text is not None else (entry.value, entry.found)
    return entry.row, entry.measure, said, entry.coverage


def changes_between(form: Form, older: Return, newer: Return) -> list[str]:
    """List what changed from one return to the next, cell by cell, for a person to read."""
    before = {entry.key: entry for entry in older.entries}
    changes = []
    for entry in newer.entries:
        earlier = before.get(entry.key)
        if earlier and _content(earlier) != _content(entry):
            changes.append(f"{_name(form, entry.key)}: {_said(earlier)} → {_said(entry)}")
    return changes


def _name(form: Form, key: Cell) -> str:
    column = form.column_by_key.get(key.measure)
    short = form.by_key[key.row].short_label
    return f"{short}, {column.short}" if column else short


def _said(entry: Entry) -> str:
    counted = str(entry.value) if entry.value is not None else settle_words().text("blank")
    covered = f" ({entry.coverage.reported}/{entry.coverage.expected})" if entry.coverage else ""
    return (entry.found if entry.found is not None else counted) + covered
