"""What a person changed in the numbers of an older summary: held against its own list of sources."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from pipeline.earlier.cells import Block, Change, Seen, Source, change_of, differing, seen_at, shown_of
from pipeline.earlier.sums import changes_of_lines, changes_of_sums, changes_of_totals, read_lines
from pipeline.model import State
from pipeline.read import Sheet
from pipeline.read_back import find_heads, find_matrix
from pipeline.recognise import Labels, Located, locate
from pipeline.summary.words import Words
from schemas.form import NOTE, Form
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import fold


class _Copy(NamedTuple):
    """The sheet of a unit as it is now."""

    sheet: Sheet
    code: str
    name: str
    seen: Mapping[Cell, Seen]


def find_changes(sheets: Mapping[str, Sheet], labels: Labels, words: Words, register: Register) -> Iterator[Change]:
    """Find the numbers and notes that no longer are what they were when the summary was written."""
    form = labels.form
    sources = _sources(sheets.get(words("sheets.sources")), form, words)
    copies = [*_copies(sheets, labels, words)]
    for copy in copies:
        _, changed = differing(copy.seen, sources.get(fold(copy.name), []), form)
        code = copy.code if copy.code in register.by_code else ""
        yield from (change_of(copy.sheet, copy.seen[cell], code, cell, form) for cell in changed)
    sheet = sheets.get(words("sheets.matrix"))
    matrix = find_matrix(sheet, form) if sheet else None
    if matrix is None:
        return
    by_code = {copy.code: {cell: seen.shown for cell, seen in copy.seen.items()} for copy in copies}
    lines = list(read_lines(matrix, sources, by_code, form, words("matrix.left_out")))
    yield from changes_of_lines(matrix, lines, form, register)
    yield from changes_of_sums(matrix, lines)
    if totals := sheets.get(words("sheets.totals")):
        yield from changes_of_totals(totals, matrix, lines, labels)


def _copies(sheets: Mapping[str, Sheet], labels: Labels, words: Words) -> Iterator[_Copy]:
    """Find the sheets of units; the long lists name the rows of the form in every line, and are not searched."""
    own = {text for key, text in words.texts.items() if key.startswith("sheets.")}
    for sheet in (sheet for name, sheet in sheets.items() if name not in own):
        for located in locate(sheet, labels):
            stamps = {name: stamped.text for name, stamped in located.stamps.items()}
            if fold(stamps.get("kind", "")) == fold(labels.stamp.kind_copy):
                seen = _seen(sheet, located, labels.form)
                yield _Copy(sheet, stamps.get("unit_code", ""), stamps.get("unit_name", ""), seen)


def _seen(sheet: Sheet, located: Located, form: Form) -> Mapping[Cell, Seen]:
    return {
        Cell(row.key, key): seen_at(sheet, located.rows[row.key], located.columns[key])
        for row in form.rows
        for key in (*(measure for measure in form.measures if measure in row.kinds), NOTE)
        if row.key in located.rows and key in located.columns
    }


def _sources(sheet: Sheet | None, form: Form, words: Words) -> Mapping[str, list[Block]]:
    """Read the list of sources back: name of a unit -> what stood in its cells; units may share a name."""
    found: dict[str, list[dict[Cell, Source]]] = {}
    if sheet is None:
        return {}
    heads = find_heads(sheet, {column.key: column.head for column in words.columns["sources"]})
    rows = {fold(row.title): row.key for row in form.rows}
    rows |= {fold(name): key for key, name in form.short_names.items()}
    columns = {fold(column.short): column.key for column in form.columns}
    states = {fold(words(f"sources.state.{state}")): state for state in State}
    last = ""
    for line in range(heads.row + 1, sheet.first_row + len(sheet.rows)) if heads else ():
        texts = {key: sheet.value(line, place) for key, place in heads.columns.items()}
        row, column = rows.get(fold(str(texts["row"])), ""), fold(str(texts["column"]))
        only = next(iter(form.by_key[row].kinds), "") if row else ""
        cell = Cell(row, columns.get(column, "") if column else only)
        name = fold(str(texts["unit"]))
        if not (name and cell.row and cell.measure):
            continue
        blocks = found.setdefault(name, [])
        if not blocks or name != last or cell in blocks[-1]:
            blocks.append({})
        last = name
        state = states.get(fold(str(texts["state"])))
        left_out = state in (State.UNREADABLE, State.SET_ASIDE)
        shown = shown_of(texts["found"]) or words("unit_sheet.nothing_shown") if left_out else shown_of(texts["value"])
        blocks[-1][cell] = Source(shown, state is State.COMPUTED)
    return {name: list(blocks) for name, blocks in found.items()}
