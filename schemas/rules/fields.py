"""The fields of a rule that name rows, cells, measures and units of the form, each refused where it names none."""

from collections.abc import Sequence

from schemas.definition import Table
from schemas.register import with_leading_zero
from schemas.rules.base import Cell, Names


def rows_or_none(table: Table, field: str, names: Names) -> tuple[str, ...]:
    """Take keys of rows and names of groups; absent is empty."""
    keys: list[str] = []
    for name in table.texts(field):
        if name not in names.groups:
            raise table.refuse(field, name, "keys of rows.csv and names of groups")
        keys.extend(names.groups[name])
    return tuple(dict.fromkeys(keys))


def some_rows(table: Table, field: str, names: Names) -> tuple[str, ...]:
    """Take keys of rows and names of groups, at least one."""
    rows = rows_or_none(table, field, names)
    if not rows:
        raise table.refuse(field, None, "at least one key of rows.csv or name of a group")
    return rows


def one_row(table: Table, field: str, names: Names) -> str:
    """Take the key of one row."""
    name = table.text(field)
    if names.groups.get(name) != (name,):
        raise table.refuse(field, name, "the key of one row")
    return name


def some_texts(table: Table, field: str) -> tuple[str, ...]:
    """Take at least one text, none of them empty."""
    texts = table.texts(field)
    if not all(text.strip() for text in texts) or not texts:
        raise table.refuse(field, list(texts), "at least one text, and none of them empty")
    return texts


def some_units(table: Table, field: str, names: Names) -> frozenset[str]:
    """Take codes of units: of one that the form's register does not hold a rule could never find anything."""
    codes = {code: with_leading_zero(code.strip()) for code in some_texts(table, field)}
    for typed, code in codes.items():
        if names.units is not None and code not in names.units:
            raise table.refuse(field, typed, "codes of the register {register}", register=names.register)
    return frozenset(codes.values())


def one_cell(table: Table, field: str, names: Names) -> Cell:
    """Take one cell of the form, whether it takes a number or not."""
    cells = _cells(table, field, [table.text(field)], names)
    if len(cells) != 1:
        raise table.refuse(field, table.text(field), "one cell, not a group")
    return cells[0]


def some_numbers(table: Table, field: str, names: Names) -> tuple[Cell, ...]:
    """Take cells that a rule compares: of one that takes no number it could never find anything."""
    cells = _cells(table, field, table.texts(field), names)
    return tuple(taking_a_number(table, field, cell, names) for cell in cells)


def one_number(table: Table, field: str, names: Names) -> Cell:
    """Take one cell that takes a number."""
    return taking_a_number(table, field, one_cell(table, field, names), names)


def taking_a_number(table: Table, field: str, cell: Cell, names: Names) -> Cell:
    """Refuse a cell that takes no number."""
    if cell not in names.numbers:
        raise table.refuse(field, cell, "cells that take a number")
    return cell


def total_and_parts(table: Table, names: Names) -> tuple[Cell, tuple[Cell, ...]]:
    """Take a total and the parts that are compared with it."""
    total = one_number(table, "total", names)
    parts = some_numbers(table, "parts", names)
    if not parts or total in parts:
        raise table.refuse("parts", list(table.texts("parts")), "at least one cell, and not the total itself")
    return total, parts


def two_measures(table: Table, names: Names) -> tuple[str, str]:
    """Take two different measures."""
    texts = table.texts("measures")
    if len(texts) != 2 or texts[0] == texts[1] or not set(texts) <= set(names.measures):  # noqa: PLR2004 - a pair is two
        raise table.refuse("measures", list(texts), "two of {measures}", measures=", ".join(names.measures))
    return texts[0], texts[1]


def rows_of_pairs(table: Table, field: str, measures: tuple[str, str], names: Names) -> tuple[str, ...]:
    """Take rows that take both measures."""
    rows = some_rows(table, field, names)
    for row in rows:
        for measure in measures:
            taking_a_number(table, field, Cell(row, measure), names)
    return rows


def _cells(table: Table, field: str, texts: Sequence[str], names: Names) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for text in texts:
        name, _, measure = text.partition(".")
        if name not in names.groups or measure not in names.measures:
            raise table.refuse(
                field, text, '"row.measure": a key or group, and one of {measures}', measures=", ".join(names.measures)
            )
        cells.extend(Cell(key, measure) for key in names.groups[name])
    return tuple(dict.fromkeys(cells))
