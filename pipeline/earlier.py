"""What a person changed in the summary that is about to be replaced, found before anything is written.

A summary is made anew by each run, so it is not the place to correct. Numbers typed over in its unit sheets are
compared with its own `Nguồn số liệu`; the old file is then kept beside the new one under another name, and each
number is offered as a line of the decisions workbook. A file that is no summary of this form is never replaced.
"""

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from pipeline.decisions.offers import Edit
from pipeline.errors import RunError
from pipeline.findings import finding
from pipeline.kinds import Container, Unreadable
from pipeline.limits import OWN_FILES
from pipeline.model import Finding, State
from pipeline.read import CellValue, OverLimit, Sheet, cell_name, read_sheets
from pipeline.recognise import Labels, Located, locate
from pipeline.stamp import load_stamp_words
from pipeline.summary.words import Words, load_words
from pipeline.zip_check import check_zip
from schemas.form import NOTE, Form
from schemas.register import Register
from schemas.rules import Cell, SumOfParts
from schemas.text import fold, tidy

_SAVED = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)</dcterms:")
_ONE_BY_ONE = 10
"""more changes than these in one sheet are told together"""
_STAMPS_ABOVE = 12
"""the stamp of a summary stands in one of the first so many rows"""
_KEPT = "{stem} (sửa tay {number}).xlsx"

Shown = float | str
"""what a cell shows: a number, a text, or "" """


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is to be done about the file that stands at OUTPUT."""

    edits: tuple[Edit, ...] = ()
    """numbers of units' returns that a person set in it"""
    told: tuple[Finding, ...] = ()
    aside: Path | None = None
    """where it is kept, if a person changed it"""


@dataclass(frozen=True, slots=True)
class _Change:
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


def look_back(output: Path, form: Form, register: Register) -> Earlier:
    """Compare the summary at OUTPUT, if there is one, with what it was when it was written.

    Raises:
        RunError: a file stands there that is no summary of this form by this program.
    """
    try:
        data = output.read_bytes()
    except FileNotFoundError:
        return Earlier()
    except OSError:
        raise RunError("output_open_elsewhere", {"file": output.name}) from None
    if not data:
        return Earlier()
    words, stamp = load_words(), load_stamp_words()
    try:
        check_zip(Container(data, OWN_FILES.inflated_bytes), OWN_FILES)
        ours = any(_is_summary(sheet, form) for sheet in read_sheets(data, OWN_FILES))
        if ours and not _saved_by_a_person(data):
            return Earlier()
        sheets = {sheet.name: sheet for sheet in read_sheets(data, OWN_FILES)} if ours else {}
    except (Unreadable, OverLimit):
        ours = False
    if not ours:
        raise RunError("output_not_summary", {"file": output.name})
    labels = Labels(form, stamp, frozenset())
    changes = [*_changes(sheets, labels, words, register)]
    if not changes:
        return Earlier()
    aside = _free_name(output)
    edits = tuple(change.edit for change in changes if change.edit)
    return Earlier(edits, tuple(_told(changes, aside)), aside)


def _is_summary(sheet: Sheet, form: Form) -> bool:
    stamp = load_stamp_words()
    wanted = {fold(stamp.kind): fold(stamp.kind_summary), fold(stamp.form_id): fold(form.id)}
    for row, column, value in sheet.filled():
        if row >= _STAMPS_ABOVE:
            break
        if isinstance(value, str) and fold(value) in wanted:
            beside = sheet.value(row, column + 1)
            if isinstance(beside, str) and fold(beside) == wanted[fold(value)]:
                del wanted[fold(value)]
    return not wanted


def _saved_by_a_person(data: bytes) -> bool:
    """Tell whether any program saved the file after it was made: then its two dates differ (ECMA-376, part 2)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as box:
            dates = dict(_SAVED.findall(box.read("docProps/core.xml")))
    except (zipfile.BadZipFile, KeyError):
        return True
    return dates.get(b"created") is None or dates.get(b"created") != dates.get(b"modified")


def _free_name(output: Path) -> Path:
    number = 1
    while (path := output.with_name(_KEPT.format(stem=output.stem, number=number))).exists():
        number += 1
    return path


def _told(changes: Sequence[_Change], aside: Path) -> Iterator[Finding]:
    """Tell each change; where a whole sheet was filled in by hand, tell that once."""
    by_sheet: dict[str, list[_Change]] = {}
    for change in changes:
        by_sheet.setdefault(change.sheet, []).append(change)
    for sheet, same in by_sheet.items():
        if len(same) > _ONE_BY_ONE:
            value = tuple(f"{change.cell} = {_text(change.value)}" for change in same)
            where = f"{same[0].cell} - {same[-1].cell}"
            yield finding("F029", sheet=sheet, cell=where, facts={"value": value, "other": aside.name})
            continue
        for change in same:
            facts = {"value": _text(change.value) or "blank_cell", "other": aside.name}
            yield finding("F029", sheet=sheet, cell=change.cell, facts=facts)


def _text(value: Shown) -> str:
    return value if isinstance(value, str) else f"{value:g}" if value != int(value) else str(int(value))


# Comparing -------------------------------------------------------------------------------------------------------


def _changes(sheets: Mapping[str, Sheet], labels: Labels, words: Words, register: Register) -> Iterator[_Change]:
    sources = _sources(sheets.get(words("sheets.sources")), labels.form, words)
    copies = 0
    for sheet in sheets.values():
        for located in locate(sheet, labels):
            kind = located.stamps.get("kind")
            if kind and fold(kind.text) == fold(labels.stamp.kind_copy):
                copies += 1
                yield from _changes_of_unit(sheet, located, sources, labels.form, register)
            elif sheet.name == words("sheets.totals"):
                yield from _notes_by_hand(sheet, located)
    if not copies:
        yield from _changes_of_matrix(sheets.get(words("sheets.matrix")), sources, labels.form, words, register)
    yield from _remarks_by_hand(sheets.get(words("sheets.ledger")), words)


def _sources(sheet: Sheet | None, form: Form, words: Words) -> Mapping[str, list[_Block]]:
    """Read the list of sources back: name of a unit -> what stood in its cells; units may share a name."""
    found: dict[str, list[dict[Cell, _Source]]] = {}
    if sheet is None:
        return {}
    heads = _heads(sheet, {column.key: column.head for column in words.columns["sources"]})
    rows = {fold(row.title): row.key for row in form.rows}
    columns = {fold(column.short): column.key for column in form.columns}
    states = {fold(words(f"sources.state.{state}")): state for state in State}
    last = ""
    for line in range(heads.row + 1, sheet.first_row + len(sheet.rows)) if heads else ():
        texts = {key: sheet.value(line, place) for key, place in heads.columns.items()}
        cell = Cell(rows.get(fold(str(texts["row"])), ""), columns.get(fold(str(texts["column"])), ""))
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


@dataclass(frozen=True, slots=True)
class _Heads:
    row: int
    columns: Mapping[str, int]

    def __bool__(self) -> bool:
        return bool(self.columns)


def _heads(sheet: Sheet, wanted: Mapping[str, str]) -> _Heads:
    """Find the row that bears all the wanted heads: key -> column."""
    by_text = {fold(head): key for key, head in wanted.items()}
    rows: dict[int, dict[str, int]] = {}
    for row, column, value in sheet.filled():
        if row > _STAMPS_ABOVE:
            break
        key = by_text.get(fold(value)) if isinstance(value, str) else None
        if key:
            rows.setdefault(row, {}).setdefault(key, column)
    row, columns = max(rows.items(), key=lambda item: len(item[1]), default=(0, {}))
    return _Heads(row, columns if len(columns) == len(by_text) else {})


def _shown(value: CellValue) -> Shown:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return str(value)
    return tidy(value) if isinstance(value, str) else float(value)


def _changes_of_unit(
    sheet: Sheet, located: Located, sources: Mapping[str, list[_Block]], form: Form, register: Register
) -> Iterator[_Change]:
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
) -> Iterator[_Change]:
    """Compare the matrix where it holds the numbers themselves: a summary without unit sheets."""
    heads = _heads(sheet, {"code": words("matrix.code"), "unit": words("matrix.unit")}) if sheet else None
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


def _change(sheet: Sheet, seen: _Seen, code: str, cell: Cell, form: Form) -> _Change:
    return _Change(sheet.name, seen.at, seen.shown, _edit(code, cell, seen.shown, form))


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


# What the summary leaves to a person ------------------------------------------------------------------------------


def _notes_by_hand(sheet: Sheet, located: Located) -> Iterator[_Change]:
    """Notes written beside the totals, which the program leaves blank."""
    column = located.columns.get(NOTE)
    for row in sorted(located.rows.values()) if column is not None else ():
        assert column is not None
        text = _shown(sheet.value(row, column))
        if text != "":
            yield _Change(sheet.name, cell_name(row, column), text)


def _remarks_by_hand(sheet: Sheet | None, words: Words) -> Iterator[_Change]:
    """Paper numbers and remarks in the list of files, whose columns are there to be filled by hand."""
    columns = {
        column.key: column.head for column in words.columns["ledger"] if column.key in ("paper", "remark", "code")
    }
    heads = _heads(sheet, columns) if sheet else None
    if sheet is None or not heads:
        return
    for row in range(heads.row + 1, sheet.first_row + len(sheet.rows)):
        for key in ("paper", "remark"):
            text = _shown(sheet.value(row, heads.columns[key]))
            if text != "":
                yield _Change(sheet.name, cell_name(row, heads.columns[key]), text)
