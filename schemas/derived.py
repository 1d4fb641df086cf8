"""Sums that the level above asks for and the form has no row for: shown below the totals of a summary, never read."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from schemas.definition import Table
from schemas.rules import Cell

_FIELDS = ("id", "label", "unit_of_measure", "parts")


@dataclass(frozen=True, slots=True)
class Derived:
    """One sum of cells of the form."""

    id: str
    label: str
    unit_of_measure: str
    parts: tuple[Cell, ...]


def load_derived(
    tables: Sequence[Table], groups: Mapping[str, tuple[str, ...]], numbers: AbstractSet[tuple[str, str]]
) -> tuple[Derived, ...]:
    """Read the `[[derived]]` of a definition.

    `groups` maps every row key and group name to row keys; `numbers` are the cells that take a number.

    Raises:
        DefinitionError: an id that is no name of its own, no label, or parts that take no number, with its line.
    """
    found: list[Derived] = []
    for table in tables:
        table.known(_FIELDS)
        key = table.text("id")
        if not key.isidentifier() or any(other.id == key for other in found):
            raise table.refuse("id", key, "a name of its own made of letters, digits and _")
        found.append(
            Derived(key, table.text("label"), table.text("unit_of_measure", ""), _parts(table, groups, numbers))
        )
    return tuple(found)


def _parts(
    table: Table, groups: Mapping[str, tuple[str, ...]], numbers: AbstractSet[tuple[str, str]]
) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for text in table.texts("parts"):
        name, _, measure = text.partition(".")
        cells += [Cell(key, measure) for key in groups.get(name, ())]
        if name not in groups or not set(cells) <= numbers:
            raise table.refuse("parts", text, "cells that take a number")
    if len(set(cells)) < 2:  # noqa: PLR2004 - a sum of one cell is that cell
        raise table.refuse("parts", list(table.texts("parts")), "at least two different cells")
    return tuple(dict.fromkeys(cells))
