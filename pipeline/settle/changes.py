"""What differs between the returns of one unit, cell by cell, for a person to read."""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

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
    """List what changed from one return to the next, cell by cell."""
    return changes_to(form, [older], newer)


def changes_to(form: Form, older: Sequence[Return], newest: Return) -> list[str]:
    """List each cell that changed from any of some older returns, once; of several, those that differ are named."""
    names = _short_names([one.path for one in older])
    before = [{entry.key: entry for entry in one.entries} for one in older]
    changes = []
    for entry in newest.entries:
        earlier = {
            names[one.path]: there[entry.key]
            for one, there in zip(older, before, strict=True)
            if entry.key in there and _content(there[entry.key]) != _content(entry)
        }
        if earlier:
            said = _said_by(earlier) if len(older) > 1 else _said(next(iter(earlier.values())))
            changes.append(f"{name_of(form, entry.key)}: {said} → {_said(entry)}")
    return changes


def differences(form: Form, copies: Sequence[Return]) -> list[str]:
    """List each cell in which copies differ of which none is known to be newer, with what each of them states."""
    names = _short_names([one.path for one in copies])
    stated = {names[one.path]: {entry.key: entry for entry in one.entries} for one in copies}
    differing = []
    for key in [entry.key for entry in copies[0].entries]:
        entries = {name: there[key] for name, there in stated.items() if key in there}
        if len({_content(entry) for entry in entries.values()}) > 1:
            differing.append(f"{name_of(form, key)}: {_said_by(entries)}")
    return differing


def silent_at(one: Return, cells: Sequence[Cell]) -> list[Cell]:
    """Name those of some cells in which nothing was typed and nothing counts; a blank that stands for 0 is one."""
    entries = {entry.key: entry for entry in one.entries}
    return [cell for cell in cells if not (entry := entries.get(cell)) or (entry.found is None and not entry.value)]


def _said_by(entries: Mapping[str, Entry]) -> str:
    """Name each text once, with the copies that bear it."""
    by_text: dict[str, list[str]] = {}
    for name, entry in entries.items():
        by_text.setdefault(_said(entry), []).append(name)
    return ", ".join(f"{said} ({', '.join(names)})" for said, names in by_text.items())


def _short_names(paths: Sequence[str]) -> Mapping[str, str]:
    """Name copies by their last part, or by the whole path where two bear the same name."""
    last = {path: PurePosixPath(path.replace("!", "/")).name for path in paths}
    shared = {name for name in last.values() if list(last.values()).count(name) > 1}
    return {path: path if name in shared else name for path, name in last.items()}


def name_of(form: Form, key: Cell) -> str:
    """Name a cell in a few words."""
    column = form.column_by_key.get(key.measure)
    short = form.by_key[key.row].short_label
    return f"{short}, {column.short}" if column else short


def _said(entry: Entry) -> str:
    counted = str(entry.value) if entry.value is not None else settle_words().text("blank")
    covered = f" ({entry.coverage.reported}/{entry.coverage.expected})" if entry.coverage else ""
    return (entry.found if entry.found is not None else counted) + covered
