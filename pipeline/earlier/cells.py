"""Cells of an older summary: what they show now, what stood in them when it was written, and what a person changed."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.decisions.offers import Edit
from pipeline.read import CellValue, Sheet, cell_name
from schemas.form import Form
from schemas.rules import Cell, SumOfParts
from schemas.text import tidy

Shown = float | str
"""what a cell shows: a number, a text, or "" """


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a person changed, or a sheet."""

    sheet: str
    cell: str
    """empty where it is only known that the sheet is not as it was written"""
    value: Shown
    edit: Edit | None = None
    """None where no number of a unit is concerned, or what was typed is no whole number"""
    next: str = "copy"
    """token of the wording for what can be done with it"""


@dataclass(frozen=True, slots=True)
class Source:
    """One line of `Nguồn số liệu`: what stood in a cell of a unit's sheet when the summary was written."""

    shown: Shown
    computed: bool


class Seen(NamedTuple):
    """One cell as it is now."""

    shown: Shown
    at: str
    """its address"""


Block = Mapping[Cell, Source]
"""what stood in the cells of one unit"""


def shown_of(value: CellValue) -> Shown:
    """Say what a cell shows."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return str(value)
    return tidy(value) if isinstance(value, str) else float(value)


def seen_at(sheet: Sheet, row: int, column: int) -> Seen:
    """Say what stands at a place."""
    return Seen(shown_of(sheet.value(row, column)), cell_name(row, column))


def change_of(sheet: Sheet, seen: Seen, code: str, cell: Cell, form: Form) -> Change:
    """Make a change of a cell of a unit; a whole number becomes a line of the decisions workbook."""
    edit = _edit(code, cell, seen.shown, form)
    return Change(sheet.name, seen.at, seen.shown, edit, "decide" if edit else "copy")


def _edit(code: str, cell: Cell, value: Shown, form: Form) -> Edit | None:
    if not code or cell not in form.number_cells:
        return None
    if value == "":
        return Edit(code, cell, None)
    if isinstance(value, float) and value >= 0 and value.is_integer():
        return Edit(code, cell, int(value))
    return None


def differing(
    seen: Mapping[Cell, Seen],
    blocks: Sequence[Block],
    form: Form,
    explained: Mapping[Cell, AbstractSet[Shown]] | None = None,
) -> tuple[Block, list[Cell]]:
    """Name the cells that show something else than they did; of units that share a name, the nearest one is meant.

    Gives with them what stood there. What else a cell may show without a person's doing is `explained`.
    """
    may_show = explained or {}
    asked = [cell for cell in seen if seen[cell].shown not in may_show.get(cell, ())]
    found = [(block, [cell for cell in asked if _differs(cell, seen, block, form)]) for block in blocks or ({},)]
    return min(found, key=lambda pair: len(pair[1]))


def _differs(cell: Cell, seen: Mapping[Cell, Seen], block: Block, form: Form) -> bool:
    source = block.get(cell, Source("", computed=False))
    shown = seen[cell].shown
    if shown == source.shown:
        return False
    # A formula whose result was not stored shows nothing; one whose parts were changed shows their sum.
    return not (source.computed and shown in ("", _sum_of_parts(cell, seen, form)))


def _sum_of_parts(cell: Cell, seen: Mapping[Cell, Seen], form: Form) -> float | None:
    """What a computed total is now: its formula follows a part that a person changed."""
    rule = next((rule for rule in form.rules if isinstance(rule, SumOfParts) and rule.total == cell), None)
    parts = [seen[part].shown for part in rule.parts if part in seen] if rule else []
    return sum(part for part in parts if isinstance(part, float)) if rule else None
