"""What differs between the returns of one unit, cell by cell and beside the form, for a person to read."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath

from pipeline.consolidation.select.words import settle_words, words_of_pages
from pipeline.findings import asks_unit, codes, codes_beside
from pipeline.model import Entry, Return
from schemas.form import NOTE, Form
from schemas.rules import Cell, Severity, SumOfParts
from schemas.text import fold_words, visible

_BESIDE = codes_beside()
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def contents(one: Return) -> list[tuple[object, ...]]:
    """Say what a return states, so that equal ones are known whatever their bytes are."""
    return [_content(entry) for entry in one.entries]


def _content(entry: Entry) -> tuple[object, ...]:
    said = entry.text if entry.text is not None else (entry.value, entry.found)
    return entry.row, entry.measure, said, entry.coverage


def is_identical(one: Return, other: Return) -> bool:
    """Tell whether two returns are the same in all that a person reads in their files.

    A table typed into a document of Word lies elsewhere than in a workbook: there the form is compared, as long as
    nothing stands beside it in either.
    """
    if one.blank_means_zero != other.blank_means_zero or contents(one) != contents(other):
        return False
    if _is_typed(one) != _is_typed(other):
        told = (each.code for both in (one, other) for each in both.findings)
        return _BESIDE.isdisjoint(told) and not said_beside(one) and not said_beside(other)
    return one.shown.own == other.shown.own and _others(one) == _others(other)


def _is_typed(one: Return) -> bool:
    return any(told.code in (codes.WORD_TABLE, codes.TEXT_TABLE) for told in one.findings)


def _others(one: Return) -> tuple[object, ...]:
    """All that a file shows beside the cells of the sheet of its form."""
    return _sheets(one), said_beside(one)


def said_beside(one: Return) -> AbstractSet[str]:
    """What headers, footers and boxes of a file say; the word before the number of a page says nothing."""
    return {text for text in one.shown.beside if not words_of_pages().issuperset(fold_words(text).split())}


def _sheets(one: Return) -> list[str]:
    """Lines of the other sheets, whatever their names and order."""
    return sorted(one.shown.others.values())


def seen_beside(one: Return, other: Return) -> list[str]:
    """Name what two files show differently apart from the cells of the form: lines, sheets, texts beside the cells."""
    words = settle_words()
    of_form = {int(entry.cell.lstrip(_LETTERS)) for entry in one.entries if entry.cell}
    lines = sorted(_differing_lines(one, other) - of_form)
    named = [words.text("line").format(sheet=one.sheet, line=line) for line in lines]
    ours, theirs = one.shown.others, other.shown.others
    differing = [name for name in {**ours, **theirs} if ours.get(name) != theirs.get(name)]
    if _sheets(one) != _sheets(other):
        named += [words.text("sheet").format(sheet=name) for name in differing]
    texts = sorted(said_beside(one) ^ said_beside(other))
    named += [words.text("page").format(text=visible(text)) for text in texts]
    return named


def _differing_lines(one: Return, other: Return) -> set[int]:
    """Numbers of the lines of its own sheet that two files show differently."""
    differing = set(one.shown.own.split()) ^ set(other.shown.own.split())
    lines = (line.partition(":")[0] for line in differing)
    return {int(line) for line in lines if line.isdecimal()}


def was_asked_for(form: Form, older: Return, newer: Return) -> bool:
    """Tell whether two returns differ at nothing but what the older one was to be asked about."""
    if _others(older) != _others(newer) or older.blank_means_zero != newer.blank_means_zero:
        return False
    asked = {told.at for told in older.findings if told.severity is Severity.ERROR or asks_unit(told)}
    sums = [rule for rule in form.rules if isinstance(rule, SumOfParts)]
    asked |= {part for rule in sums if rule.total in asked for part in rule.parts}
    rows = {cell.row for cell in asked}
    before = {entry.key: entry for entry in older.entries}
    differing = [entry for entry in newer.entries if _content(entry) != _content(before.get(entry.key, entry))]
    if any(entry.key not in asked and not (entry.measure == NOTE and entry.row in rows) for entry in differing):
        return False
    return _differing_lines(older, newer) <= {int(entry.cell.lstrip(_LETTERS)) for entry in differing if entry.cell}


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


def changed_cells(older: Sequence[Return], newest: Return) -> list[Cell]:
    """Name each cell that differs in any of some older returns."""
    now = {entry.key: _content(entry) for entry in newest.entries}
    then = [{entry.key: _content(entry) for entry in one.entries} for one in older]
    return [cell for cell, content in now.items() if any(there.get(cell, content) != content for there in then)]


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
    """Name those of some cells in which a return states no figure: blank, or 0; what cannot be read may be one."""
    entries = {entry.key: entry for entry in one.entries}
    return [cell for cell in cells if cell not in entries or _says_none(entries[cell])]


def _says_none(entry: Entry) -> bool:
    return entry.value == 0 or (entry.value is None and entry.found is None)


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
