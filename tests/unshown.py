"""What calamine does not show, put where an office puts it: into the cell of a number, and anywhere else.

An Excel error, a formula never calculated, a truth value and a percentage may each stand for the number of a row, in
its own cell, in the other column, in the note, beside or below.
"""

from __future__ import annotations

from random import Random

from pipeline.readers.sheets import CellValue, Unseen
from schemas.form import NOTE, ValueKind
from schemas.rules import Cell
from tests.alterations import Alteration, Draft, Line, Percent, new_column, retype
from tests.misplaced import taken_out


def _unshown(rng: Random) -> CellValue:
    error = rng.choice(("#REF!", "#VALUE!", "#N/A", "#DIV/0!"))
    return rng.choice(
        (Unseen("V009", "="), Unseen("V009", "="), Unseen("V008", error), True, Percent(rng.randint(1, 9)))
    )


def _hidden(rng: Random) -> CellValue:
    """Something that may be a number, and of which nothing is known."""
    return rng.choice((Unseen("V009", "="), Unseen("V008", "#REF!")))


def unshown_numbers(draft: Draft, rng: Random) -> None:
    """Formulas, errors, truth values and percentages in the cells of numbers."""
    draft.unsure |= set(retype(draft, rng, rng.randint(1, 4), lambda cell, number: _unshown(rng)))


def unshown_in_the_other_column(draft: Draft, rng: Random) -> None:
    """A number that is a formula, in the column that its row does not take, its own cell left blank."""
    for line, numbers in taken_out(draft, rng, 4):
        closed = [measure for measure in draft.form.measures if measure not in draft.form.by_key[line.key].kinds]
        for measure, number in numbers.items():
            line.cells[closed[0] if closed else measure] = _unshown(rng) if closed else float(number)


def unshown_in_a_note(draft: Draft, rng: Random) -> None:
    """The numbers of a row in its note, by a formula."""
    for line, _ in taken_out(draft, rng, 4):
        line.cells[NOTE] = _hidden(rng)


def unshown_in_the_unit_cell(draft: Draft, rng: Random) -> None:
    """The numbers of a row in the cell of its unit of measure, by a formula."""
    for line, _ in taken_out(draft, rng, 3) if "unit_of_measure" in draft.columns else ():
        line.cells["unit_of_measure"] = _hidden(rng)


def unshown_beside(draft: Draft, rng: Random) -> None:
    """The numbers of a row in a column of the office's own, by a formula."""
    name = new_column(draft, rng.randint(draft.columns.index(draft.form.measures[0]), len(draft.columns)), "own")
    for line, _ in taken_out(draft, rng, 3):
        line.cells[name] = _hidden(rng)


def unshown_in_the_line_below(draft: Draft, rng: Random) -> None:
    """The numbers of a row in a line of their own below it, by formulas."""
    for line, numbers in taken_out(draft, rng, 3):
        below: dict[str, CellValue] = {measure: _hidden(rng) for measure in numbers}
        draft.lines.insert(draft.place(line) + 1, Line("extra", {**below, "label": rng.choice(("", "+ Cộng"))}))


def unshown_beside_a_pair(draft: Draft, rng: Random) -> None:
    """Both numbers of a row typed into one cell, and a formula in the other."""
    words = draft.form.unit_words
    for line, numbers in taken_out(draft, rng, 4):
        if len(numbers) < len(draft.form.measures) or line.key not in _pairs(draft):
            line.cells |= {measure: float(number) for measure, number in numbers.items()}
            continue
        kept, other = rng.sample(draft.form.measures, 2)
        line.cells[kept] = "/".join(f"{numbers[m]} {words[m][0]}" for m in draft.form.measures)
        line.cells[other] = _unshown(rng)


def _pairs(draft: Draft) -> set[str]:
    count = ValueKind.COUNT
    return {row.key for row in draft.form.rows if [*row.kinds.values()] == [count, count] and not row.optional}


def unshown_beside_numbers(draft: Draft, rng: Random) -> None:
    """Formulas in cells that take no number, in notes, and around the table; every number where it belongs."""
    lines = [line for line in draft.untouched() if not line.cells.get(NOTE)]
    for line in rng.sample(lines, min(len(lines), 2)):
        line.cells[NOTE] = _hidden(rng)
        draft.doubt([line.key])
    for line in rng.sample(lines, min(len(lines), 2)):
        closed = [m for m in draft.form.measures if m not in draft.form.by_key[line.key].kinds]
        if closed:
            line.cells[closed[0]] = _hidden(rng)
            draft.doubt([line.key])
            draft.unsure |= {Cell(row.key, m) for row in draft.form.rows for m in row.kinds if row.parent == line.key}
    draft.lines.append(Line("below", {rng.choice(draft.columns): _hidden(rng)}))
    draft.lines.insert(0, Line("top", {rng.choice(draft.columns): _hidden(rng)}))


UNSHOWN: tuple[Alteration, ...] = (
    unshown_numbers,
    unshown_in_the_other_column,
    unshown_in_a_note,
    unshown_in_the_unit_cell,
    unshown_beside,
    unshown_in_the_line_below,
    unshown_beside_a_pair,
    unshown_beside_numbers,
)
"""alterations after which something stands in the sheet that calamine does not show"""
