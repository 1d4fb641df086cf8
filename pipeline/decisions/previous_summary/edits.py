"""Numbers of units that a person typed into an older summary: held against its own list of sources."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.decisions.offers import Edit
from pipeline.extract.locate import Labels, locate
from pipeline.extract.own.stamp import STAMPS_ABOVE
from pipeline.extract.own.summary import find_heads, find_matrix
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.model import State
from pipeline.readers.sheets import CellValue, Sheet
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell, SumOfParts
from schemas.text import fold, tidy

Figures = Mapping[Cell, CellValue]
"""what stands in the number cells of one unit; "" for nothing"""


def find_edits(sheets: Mapping[str, Sheet], labels: Labels, words: SummaryWords, register: Register) -> Iterator[Edit]:
    """Find the numbers of units that are no longer what they were; none without the list of what they were."""
    sources = _sources(sheets, labels.form, words)
    figures = _of_copies(sheets, labels) or _of_matrix(sheets.get(words("sheets.matrix")), labels.form)
    for (code, name), now in figures.items():
        blocks = sources.get(fold(name), [{}] if sources else [])
        # Units may share a name; the nearest one is meant.
        differing = [[cell for cell in now if _differs(cell, now, block, labels.form)] for block in blocks]
        for cell in min(differing, key=len, default=[]) if code in register.by_code else ():
            value = now[cell]
            if value == "" or (isinstance(value, float) and value >= 0 and value.is_integer()):
                yield Edit(code, cell, int(value) if isinstance(value, float) else None)


def _differs(cell: Cell, now: Figures, before: Figures, form: Form) -> bool:
    if now[cell] == before.get(cell, ""):
        return False
    # A computed total follows its parts, and shows nothing where its formula was saved without a result.
    rules = (rule for rule in form.rules if isinstance(rule, SumOfParts) and rule.total == cell)
    parts = [now.get(part, "") for rule in rules for part in rule.parts]
    is_sum = bool(parts) and now[cell] in ("", sum(part for part in parts if isinstance(part, float)))
    return not is_sum


def _of_copies(sheets: Mapping[str, Sheet], labels: Labels) -> Mapping[tuple[str, str], Figures]:
    """Read the sheets of units: code and name -> what stands there."""
    found: dict[tuple[str, str], Figures] = {}
    wanted = fold(labels.stamp.kind_copy)
    for sheet in sheets.values():
        for located in locate(sheet, labels) if _may_hold_form(sheet, wanted) else ():
            stamps = {name: stamped.text for name, stamped in located.stamps.items()}
            rows, columns = located.rows, located.columns
            cells = (cell for cell in labels.form.number_cells if cell.row in rows and cell.measure in columns)
            figures = {cell: _shown(sheet.value(rows[cell.row], columns[cell.measure])) for cell in cells}
            found[stamps.get("unit_code", ""), stamps.get("unit_name", "")] = figures
    return found


def _may_hold_form(sheet: Sheet, stamp: str) -> bool:
    """The long lists name the rows of the form in every line, and are not searched."""
    return any(isinstance(value, str) and fold(value) == stamp for _, _, value in sheet.filled(range(STAMPS_ABOVE)))


def _of_matrix(sheet: Sheet | None, form: Form) -> Mapping[tuple[str, str], Figures]:
    """Read the sheet of units by rows of the form, which holds the numbers where units have no sheets."""
    matrix = find_matrix(sheet, form) if sheet else None
    if matrix is None or sheet is None:
        return {}
    lines = (row for row in range(matrix.lines.start, sheet.first_row + len(sheet.rows)) if matrix.is_unit(row))
    return {
        (str(sheet.value(row, matrix.code)), str(sheet.value(row, matrix.name))): {
            cell: _shown(sheet.value(row, column)) for cell, column in matrix.columns.items()
        }
        for row in lines
    }


def _shown(value: CellValue) -> CellValue:
    if isinstance(value, str):
        return tidy(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def _sources(sheets: Mapping[str, Sheet], form: Form, words: SummaryWords) -> Mapping[str, Sequence[Figures]]:
    """Read the list of sources back, whatever its sheet is called: name of a unit -> what stood in its cells."""
    wanted = {column.key: column.head for column in words.columns["sources"]}
    found_in = [(one, at) for one in sheets.values() if (at := find_heads(one, wanted))][:1]
    if not found_in:
        return {}
    sheet, heads = found_in[0]
    rows = {fold(row.title): row.key for row in form.rows} | {fold(name): key for key, name in form.short_names.items()}
    columns = {fold(column.short): column.key for column in form.columns}
    left_out = {fold(words(f"sources.state.{state}")) for state in (State.UNREADABLE, State.SET_ASIDE)}
    found: dict[str, list[dict[Cell, CellValue]]] = {}
    last = ""
    for line in range(heads.row + 1, sheet.first_row + len(sheet.rows)):
        texts = {key: sheet.value(line, place) for key, place in heads.columns.items()}
        name, row, column = (fold(str(texts[key])) for key in ("unit", "row", "column"))
        key = rows.get(row, "")
        only = next(iter(form.by_key[key].kinds), "") if key else ""
        cell = Cell(key, columns.get(column, "") if column else only)
        if not (name and cell.row and cell.measure):
            continue
        blocks = found.setdefault(name, [])
        # The cells of a unit stand one below the other; where one comes again, another unit of the name begins.
        if name != last or cell in blocks[-1]:
            blocks.append({})
        last = name
        is_left_out = fold(str(texts["state"])) in left_out
        blocks[-1][cell] = _shown(texts["found"] if is_left_out else texts["value"])
    return found
