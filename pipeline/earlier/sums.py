"""What a person changed where an older summary adds up: the sheet of units by rows of the form, and the totals."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipeline.earlier.cells import Block, Change, Seen, Shown, change_of, differing, seen_at
from pipeline.read import CellValue, Sheet
from pipeline.read_back import Matrix
from pipeline.recognise import Labels, locate
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import fold

Copies = Mapping[str, Mapping[Cell, Shown]]
"""code of a unit -> what its sheet shows now"""


class Line(NamedTuple):
    """One unit in the sheet of units by rows of the form."""

    row: int
    group: CellValue
    """number of its group in the hidden column"""
    seen: Mapping[Cell, Seen]
    block: Block
    """what stood there"""
    changed: Sequence[Cell]


def read_lines(
    matrix: Matrix, sources: Mapping[str, Sequence[Block]], copies: Copies, form: Form, left_out: str
) -> Iterator[Line]:
    """Read the lines of units, those outside the totals too.

    Where units have sheets of their own, the cells are formulas that follow these; else they hold the numbers. Units
    that share a name stand in the order of their sources, if nothing else tells them apart.
    """
    sheet = matrix.sheet
    met: Counter[str] = Counter()
    for row in range(matrix.lines.start, sheet.first_row + len(sheet.rows)):
        if not matrix.is_unit(row):
            continue
        seen = {cell: seen_at(sheet, row, column) for cell, column in matrix.columns.items()}
        name = fold(str(sheet.value(row, matrix.name)))
        blocks = [_as_shown(block, left_out) for block in sources.get(name, ())]
        blocks = [*blocks[met[name] :], *blocks[: met[name]]]
        met[name] += 1
        copy = copies.get(str(sheet.value(row, matrix.code)), {})
        explained = {cell: {"", left_out, copy.get(cell, "")} for cell in seen} if copies else None
        group = sheet.value(row, matrix.group) if matrix.group is not None else ""
        yield Line(row, group, seen, *differing(seen, blocks, form, explained))


def _as_shown(block: Block, left_out: str) -> Block:
    """A cell that was left out shows a mark in place of what was typed."""
    return {
        cell: replace(source, shown=left_out) if isinstance(source.shown, str) and source.shown else source
        for cell, source in block.items()
    }


def changes_of_lines(matrix: Matrix, lines: Sequence[Line], form: Form, register: Register) -> Iterator[Change]:
    """Tell numbers of units that are neither what they were nor what the sheets of the units show."""
    for line in lines:
        code = str(matrix.sheet.value(line.row, matrix.code))
        for cell in line.changed if code in register.by_code else ():
            yield change_of(matrix.sheet, line.seen[cell], code, cell, form)


def changes_of_sums(matrix: Matrix, lines: Sequence[Line]) -> Iterator[Change]:
    """Tell sums in the sheet of units that are neither what they were nor what the units now add up to."""
    summed = {line.row: line for line in lines if line.row < matrix.total}
    groups = [[line for line in summed.values() if line.group == number] for number in _groups(summed.values())]
    above: list[Line] = []
    for row in matrix.lines:
        if row in summed:
            above.append(summed[row])
            continue
        of_row = [[*summed.values()]] if row == matrix.total else [above, *groups]
        for cell, column in matrix.columns.items():
            yield from _changed_sum(matrix.sheet, seen_at(matrix.sheet, row, column), cell, of_row)
        above = []


def _groups(lines: Iterable[Line]) -> list[CellValue]:
    return list(dict.fromkeys(line.group for line in lines))


def changes_of_totals(totals: Sheet, matrix: Matrix, lines: Sequence[Line], labels: Labels) -> Iterator[Change]:
    """Tell totals that are neither what they were nor what the units now add up to."""
    summed = [line for line in lines if line.row < matrix.total]
    for located in locate(totals, labels)[:1]:
        for cell in labels.form.number_cells:
            if cell.row in located.rows and cell.measure in located.columns:
                seen = seen_at(totals, located.rows[cell.row], located.columns[cell.measure])
                yield from _changed_sum(totals, seen, cell, [summed])


def _changed_sum(sheet: Sheet, seen: Seen, cell: Cell, of: Sequence[Sequence[Line]]) -> Iterator[Change]:
    now = [_added(line.seen[cell].shown for line in lines) for lines in of]
    before = [_added(line.block[cell].shown for line in lines if cell in line.block) for lines in of]
    if seen.shown != "" and seen.shown not in (*now, *before):
        yield Change(sheet.name, seen.at, seen.shown, next="total")


def _added(shown: Iterable[Shown]) -> float:
    return sum((number for number in shown if isinstance(number, float)), 0.0)
