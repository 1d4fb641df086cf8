"""The decisions workbook as an officer fills it in: opened by openpyxl, written into by hand, saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.decisions.words import KEY, load_decision_words

WORDS = load_decision_words()
SIGNED = {"reason": "hỏi qua điện thoại", "by": "Lan"}

Line = dict[str, Any]
"""key of a column -> what stands there; with "#" the row"""


def head_of(sheet: Worksheet, kind: str) -> tuple[int, Mapping[str, int]]:
    """Find the heads: their row, and the column of each key."""
    wanted = {column.head: column.key for column in WORDS.sheets[kind].columns}
    for row in sheet.iter_rows(max_row=20):
        places = {wanted[str(cell.value)]: cell.column for cell in row if str(cell.value) in wanted}
        if len(places) == len(wanted):
            return int(row[0].row or 0), {key: int(place or 0) for key, place in places.items()}
    raise AssertionError(f"no heads in {sheet.title}")


def lines_in(book: Path, kind: str = "cells") -> list[Line]:
    """Read the lines of one sheet in which anything stands."""
    workbook = load_workbook(book)
    sheet = workbook[WORDS.sheets[kind].name]
    head, places = head_of(sheet, kind)
    lines = []
    for row in range(head + 1, sheet.max_row + 1):
        line: Line = {key: sheet.cell(row, place).value for key, place in places.items()}
        if any(value is not None for value in line.values()):
            lines.append({"#": row, **{key: value for key, value in line.items() if value is not None}})
    return lines


def edit(book: Path, kind: str, change: Callable[[Worksheet, int, Mapping[str, int]], None]) -> None:
    """Open the workbook, let `change` (sheet, row of the heads, columns) write into one sheet, save."""
    workbook = load_workbook(book)
    sheet = workbook[WORDS.sheets[kind].name]
    change(sheet, *head_of(sheet, kind))
    workbook.save(book)


def fill(book: Path, kind: str, line: Line, **values: Any) -> None:  # noqa: ANN401 - what a cell may hold
    """Write into the columns of one line; an answer is named by its key."""
    answers = WORDS.sheets[kind].answers

    def change(sheet: Worksheet, _head: int, places: Mapping[str, int]) -> None:
        for key, value in values.items():
            sheet.cell(line["#"], places[key]).value = answers.get(value, value) if key == "answer" else value

    edit(book, kind, change)


def add(book: Path, kind: str = "cells", **values: Any) -> None:  # noqa: ANN401
    """Write into the first empty line."""
    taken = {line["#"] for line in lines_in(book, kind)}
    workbook = load_workbook(book)
    head, _ = head_of(workbook[WORDS.sheets[kind].name], kind)
    row = next(row for row in range(head + 1, head + 999) if row not in taken)
    fill(book, kind, {"#": row}, **values)


def line_at(book: Path, cell: str, unit: str = "") -> Line:
    """Find the one line about a cell, "row.measure", of a unit."""
    row, _, measure = cell.rpartition(".")
    found = [line for line in lines_in(book) if f'"{row}","{measure}"' in line[KEY] and unit in line[KEY]]
    assert len(found) == 1, found
    return found[0]
