"""Numbers that an office puts out of their place, or into cells made for something else.

Each leaves the cell of a number blank, or with something in it that is not the number.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from pipeline.readers.sheets import CellValue
from schemas.form import NOTE, ValueKind
from schemas.rules import Cell
from tests.alterations import Alteration, Draft, Line, money_rows, new_column, retype


def taken_out(draft: Draft, rng: Random, most: int) -> list[tuple[Line, dict[str, int]]]:
    """Take the numbers of some rows out of their cells: line -> measure -> number."""
    lines = []
    for line in draft.untouched():
        measures = [m for m in draft.form.measures if isinstance(line.cells.get(m), float)]
        cells = [Cell(line.key, m) for m in measures]
        are_true = all(draft.truth.get(cell) == line.cells[cell.measure] for cell in cells)
        if cells and are_true and not line.cells.get(NOTE):
            lines.append((line, cells))
    taken = []
    for line, cells in rng.sample(lines, min(len(lines), rng.randint(1, most))):
        numbers = {cell.measure: draft.truth[cell] for cell in cells}
        if any(numbers.values()):
            for cell in cells:
                del line.cells[cell.measure]
            taken.append((line, numbers))
    draft.doubt([line.key for line, _ in taken])
    return taken


def _in_words(draft: Draft, numbers: Mapping[str, int], between: str) -> str:
    return between.join(f"{number} {draft.form.unit_words[measure][0]}" for measure, number in numbers.items())


def numbers_in_unit_cells(draft: Draft, rng: Random) -> None:
    """Numbers typed into the cells of the units of measure."""
    if "unit_of_measure" not in draft.columns:
        return
    for line, numbers in taken_out(draft, rng, 8):
        line.cells["unit_of_measure"] = _in_words(draft, numbers, rng.choice(("/", ", ", " - ")))


def numbers_in_notes(draft: Draft, rng: Random) -> None:
    """Numbers told in the notes instead of being typed into their cells."""
    for line, numbers in taken_out(draft, rng, 4):
        said = rng.choice(("Đã tổ chức {}", "{}", "Có {} trong ngày 5/10/2020", "Kết quả: {}"))
        line.cells[NOTE] = said.format(_in_words(draft, numbers, rng.choice((", ", " với ", "/"))))


def numbers_behind_labels(draft: Draft, rng: Random) -> None:
    """Numbers typed behind the labels."""
    for line, numbers in taken_out(draft, rng, 3):
        said = rng.choice((": {}", " ({})", " - {}"))
        line.cells["label"] = f"{line.cells['label']}{said.format(_in_words(draft, numbers, ', '))}"


def numbers_in_the_line_below(draft: Draft, rng: Random) -> None:
    """Numbers told in a line of their own below the label."""
    for line, numbers in taken_out(draft, rng, 3):
        draft.lines.insert(draft.place(line) + 1, Line("extra", {"label": f"+ {_in_words(draft, numbers, '; ')}"}))


def numbers_in_two_parts_below(draft: Draft, rng: Random) -> None:
    """A row left blank, and two lines below it that hold its numbers in two parts."""
    for line, numbers in taken_out(draft, rng, 2):
        first = {measure: float(rng.randint(0, number)) for measure, number in numbers.items()}
        second = {measure: number - first[measure] for measure, number in numbers.items()}
        for part, name in ((second, "Buổi chiều"), (first, "Buổi sáng")):
            draft.lines.insert(draft.place(line) + 1, Line("extra", {"label": f"- {name}", **part}))


def numbers_in_a_column_beside(draft: Draft, rng: Random) -> None:
    """A column of the office's own that holds the numbers of some rows."""
    name = new_column(draft, draft.columns.index(NOTE), "own")
    for line, numbers in taken_out(draft, rng, 3):
        moved = next(measure for measure, number in numbers.items() if number)
        line.cells |= {measure: float(number) for measure, number in numbers.items() if measure != moved}
        line.cells[name] = float(numbers[moved])


def money_in_thousands_by_its_note(draft: Draft, rng: Random) -> None:
    """Money in thousands, the whole sum in its note, in figures or in words."""
    for key in money_rows(draft):
        line, cell = draft.line(key), Cell(key, draft.form.measures[0])
        number = draft.truth.get(cell)
        if line is None or not number or line.cells.get(cell.measure) != float(number):
            continue
        line.cells[cell.measure] = float(number // 1000)
        grouped = f"{number:,}".replace(",", ".")
        line.cells[NOTE] = rng.choice((f"{grouped} đồng", f"Số tiền: {grouped}đ", f"{number // 1000} nghìn đồng"))
        draft.doubt([key])


def money_in_thousands_said_aside(draft: Draft, rng: Random) -> None:
    """Money in thousands, which is said in a cell of the form where nobody expects it."""
    unit = rng.choice(("nghìn đồng", "ngđ", "(ĐVT: 1000đ)", "n.đ"))
    keys = money_rows(draft)
    parent = draft.line(draft.form.by_key[keys[0]].parent)
    texts = draft.line(draft.form.rows[-1].key)
    lines = [line for key in keys if (line := draft.line(key)) is not None]
    if parent is None or texts is None or not lines:
        return
    kind = rng.randrange(4)
    if kind == 0 or "stt" not in draft.columns:
        parent.cells[rng.choice(draft.form.measures)] = unit
    elif kind == 1:
        lines[0].cells["stt"] = unit
    elif kind == 2:
        draft.sheet = "Kinh phi nghin dong"
    else:
        said = f"Kinh phí ở mục 9 tính bằng {rng.choice(('nghìn đồng', 'triệu'))}"
        texts.cells[rng.choice((draft.form.measures[0], NOTE))] = said
    draft.forget(keys)


def counts_that_were_dates(draft: Draft, rng: Random) -> None:
    """Two numbers with a slash, which Excel made a date and a fixed format a number."""

    def typed(cell: Cell, number: int) -> CellValue:
        money = draft.form.by_key[cell.row].kinds[cell.measure] is ValueKind.MONEY
        return float(number) if money else float(rng.randint(43_466, 44_561))

    draft.unsure |= set(retype(draft, rng, 3, typed))


def a_column_of_dates(draft: Draft, rng: Random) -> None:
    """A column of numbers under a format of dates."""
    measure = rng.choice(draft.form.measures)

    def typed(cell: Cell, number: int) -> CellValue:
        is_date = cell.measure == measure and number < 50_000
        return datetime(1900, 1, 1) + timedelta(days=number) if is_date else float(number)

    draft.unsure |= {cell for cell in retype(draft, rng, len(draft.truth), typed) if cell.measure == measure}


MISPLACED: tuple[Alteration, ...] = (
    numbers_in_unit_cells,
    numbers_in_notes,
    numbers_behind_labels,
    numbers_in_the_line_below,
    numbers_in_two_parts_below,
    numbers_in_a_column_beside,
    money_in_thousands_by_its_note,
    money_in_thousands_said_aside,
    counts_that_were_dates,
    a_column_of_dates,
)
"""alterations after which the cell of a number is blank, or holds something else than the number"""
