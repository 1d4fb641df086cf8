"""A sheet whose figures are the sums of those on the other sheets of its workbook: a total, not one unit more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.findings import codes, finding
from pipeline.model import Claim, Fact, Return
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import visible

_FEWEST_FIGURES = 5
"""so many figures that are all sums of the others are no chance"""
_FEWEST_PARTS = 2


def totals_apart(returns: Sequence[Return], register: Register) -> list[Return]:
    """Take the unit from a sheet that adds up the others; one that names no unit needs nobody's attention."""
    figures = [_figures(returned) for returned in returns]
    sums: Counter[Cell] = Counter()
    for of_sheet in figures:
        sums.update(of_sheet)
    found: list[Return] = []
    for returned, own in zip(returns, figures, strict=True):
        others = [other for other in returns if other is not returned and not other.is_empty]
        is_large = len(others) >= _FEWEST_PARTS and len(own) >= _FEWEST_FIGURES
        if is_large and _doubled(own) == sums:
            found.append(_as_total(returned, others, register))
        else:
            found.append(returned)
    return found


def _figures(returned: Return) -> Mapping[Cell, int]:
    return {entry.key: entry.value for entry in returned.entries if entry.value}


def _doubled(figures: Mapping[Cell, int]) -> Mapping[Cell, int]:
    """What all sheets together state, if one of them adds up the others: each figure twice."""
    return {cell: 2 * value for cell, value in figures.items()}


def _as_total(returned: Return, parts: Sequence[Return], register: Register) -> Return:
    """Leave out a total; one that names a unit is told, unless it is that of the unit to which the parts belong."""
    unit = returned.claim.unit
    units = [part.claim.unit for part in parts if part.claim.unit]
    if returned.is_summary:
        return returned
    if unit and all(_is_below(other, unit, register) for other in units):
        return returned
    facts: dict[str, Fact] = {"sheets": tuple(visible(part.sheet) for part in parts)}
    code = codes.SHEET_OF_SUMS
    if unit:
        code = codes.UNIT_SHEET_OF_SUMS
        facts["name"] = register.by_code[unit].name
    left_out = finding(code, sheet=returned.sheet, facts=facts)
    others = (known for known in returned.findings if not known.code.startswith("U"))
    claim = Claim(None, "none", returned.claim.seen, returned.claim.lines)
    return replace(returned, claim=claim, findings=(left_out, *others))


def _is_below(code: str, upper: str, register: Register) -> bool:
    return any(unit.code == upper for unit in register.above(code))
