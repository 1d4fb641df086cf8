"""What a person changed in the numbers of an older summary: its unit sheets against its own list of sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from pipeline.decisions.offers import Edit
from pipeline.model import State
from pipeline.read import CellValue, Sheet, cell_name
from pipeline.read_back import find_heads
from pipeline.recognise import Labels, Located, locate
from pipeline.summary.words import Words
from schemas.form import NOTE, Form
from schemas.register import Register
from schemas.rules import Cell, SumOfParts
from schemas.text import fold, tidy

Shown = float | str
"""what a cell shows: a number, a text, or "" """


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a person changed."""

    sheet: str
    cell: str
    value: Shown
    edit: Edit | None = None
    """None where no number of a unit is concerned, or what was typed is no whole number"""


@dataclass(frozen=True, slots=True)
class _Source:
    """One line of `Nguồn số liệu`: what stood in a cell of a unit's sheet when the summary was written."""

    shown: Shown
    computed: bool


class _Seen(NamedTuple):
    """One cell as it is now."""

    shown: Shown
    at: str
    """its address"""


_Block = Mapping[Cell, _Source]


def find_changes(sheets: Mapping[str, Sheet], labels: Labels, words: Words, register: Register) -> Iterator[Change]:
    """Find the numbers and notes of units that no longer are what they were when the summary was written."""
    sources = _sources(sheets.get(words("sheets.sources")), labels.form, words)
    copies = 0
    for sheet in sheets.values():
        for located in locate(sheet, labels):
            kind = located.stamps.get("kind")
            if kind and fold(kind.text) == fold(labels.stamp.kind_copy):
                copies += 1
                yield from _changes_of_unit(sheet, located, sources, labels.form, register)
    if not copies:
        yield from _changes_of_matrix(sheets.get(words("sheets.matrix")), sources, labels.form, words, register)


def _sources(sheet: Sheet | None, form: Form, words: Words) -> Mapping[str, list[_Block]]:
    """Read the list of sources back: name of a unit -> what stood in its cells; units may share a name."""
    found: dict[str, list[dict[Cell, _Source]]] = {}
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
        shown = _shown(texts["found"]) or words("unit_sheet.nothing_shown") if left_out else _shown(texts["value"])
        blocks[-1][cell] = _Source(shown, state is State.COMPUTED)
    return {name: list(blocks) for name, blocks in found.items()}


def _shown(value: CellValue) -> Shown:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return str(value)
    return tidy(value) if isinstance(value, str) else float(value)


def _changes_of_unit(
    sheet: Sheet, located: Located, sources: Mapping[str, list[_Block]], form: Form, register: Register
) -> Iterator[Change]:
    stamps = {name: stamped.text for name, stamped in located.stamps.items()}
    code, name = stamps.get("unit_code", ""), stamps.get("unit_name", "")
    seen = {
        Cell(row.key, key): _seen(sheet, located.rows[row.key], located.columns[key])
        for row in form.rows
        for key in (*(measure for measure in form.measures if measure in row.kinds), NOTE)
        if row.key in located.rows and key in located.columns
    }
    for cell in _differing(seen, sources.get(fold(name), []), form):
        yield _change(sheet, seen[cell], code if code in register.by_code else "", cell, form)


def _changes_of_matrix(
    sheet: Sheet | None, sources: Mapping[str, list[_Block]], form: Form, words: Words, register: Register
) -> Iterator[Change]:
    """Compare the matrix where it holds the numbers themselves: a summary without unit sheets."""
    heads = find_heads(sheet, {"code": words("matrix.code"), "unit": words("matrix.unit")}) if sheet else None
    if sheet is None or not heads:
        return
    first = max(heads.columns.values()) + 2
    grouped = fold(str(sheet.value(heads.row, first))) == fold(words("matrix.group"))
    columns = {cell: first + grouped + place for place, cell in enumerate(form.number_cells)}
    left_out = words("matrix.left_out")
    for row in range(heads.row + 1, sheet.first_row + len(sheet.rows)):
        code = str(sheet.value(row, heads.columns["code"]))
        if code not in register.by_code:
            continue
        name = str(sheet.value(row, heads.columns["unit"]))
        seen = {cell: _seen(sheet, row, column) for cell, column in columns.items()}
        blocks = [
            {
                cell: replace(source, shown=left_out) if isinstance(source.shown, str) and source.shown else source
                for cell, source in block.items()
            }
            for block in sources.get(fold(name), [])
        ]
        for cell in _differing(seen, blocks, form):
            yield _change(sheet, seen[cell], code, cell, form)


def _seen(sheet: Sheet, row: int, column: int) -> _Seen:
    return _Seen(_shown(sheet.value(row, column)), cell_name(row, column))


def _change(sheet: Sheet, seen: _Seen, code: str, cell: Cell, form: Form) -> Change:
    return Change(sheet.name, seen.at, seen.shown, _edit(code, cell, seen.shown, form))


def _differing(seen: Mapping[Cell, _Seen], blocks: Sequence[_Block], form: Form) -> list[Cell]:
    """Name the cells that show something else than they did; of units that share a name, the nearest one is meant."""
    return min(([cell for cell in seen if _differs(cell, seen, block, form)] for block in blocks or ({},)), key=len)


def _differs(cell: Cell, seen: Mapping[Cell, _Seen], block: _Block, form: Form) -> bool:
    source = block.get(cell, _Source("", computed=False))
    shown = seen[cell].shown
    if shown == source.shown:
        return False
    # A formula whose result was not stored shows nothing; one whose parts were changed shows their sum.
    return not (source.computed and shown in ("", _sum_of_parts(cell, seen, form)))


def _sum_of_parts(cell: Cell, seen: Mapping[Cell, _Seen], form: Form) -> float | None:
    """What a computed total is now: its formula follows a part that a person changed."""
    rule = next((rule for rule in form.rules if isinstance(rule, SumOfParts) and rule.total == cell), None)
    parts = [seen[part].shown for part in rule.parts if part in seen] if rule else []
    return sum(part for part in parts if isinstance(part, float)) if rule else None


def _edit(code: str, cell: Cell, value: Shown, form: Form) -> Edit | None:
    if not code or cell not in form.number_cells:
        return None
    if value == "":
        return Edit(code, cell, None)
    if isinstance(value, float) and value >= 0 and value.is_integer():
        return Edit(code, cell, int(value))
    return None
