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
    figures = [_figures(one) for one in returns]
    sums: Counter[Cell] = Counter()
    for some in figures:
        sums.update(some)
    told: list[Return] = []
    for one, own in zip(returns, figures, strict=True):
        others = [other for other in returns if other is not one and not other.is_empty]
        is_total = len(others) >= _FEWEST_PARTS and len(own) >= _FEWEST_FIGURES and _doubled(own) == sums
        told.append(_as_total(one, others, register) if is_total else one)
    return told


def _figures(one: Return) -> Mapping[Cell, int]:
    return {entry.key: entry.value for entry in one.entries if entry.value}


def _doubled(figures: Mapping[Cell, int]) -> Mapping[Cell, int]:
    """What all sheets together state, if one of them adds up the others: each figure twice."""
    return {cell: 2 * value for cell, value in figures.items()}


def _as_total(one: Return, parts: Sequence[Return], register: Register) -> Return:
    """Leave out a total; one that names a unit is told, unless it is that of the unit to which the parts belong."""
    unit = one.claim.unit
    units = [part.claim.unit for part in parts if part.claim.unit]
    if one.is_summary or (unit and all(_is_below(other, unit, register) for other in units)):
        return one
    sheets = tuple(visible(part.sheet) for part in parts)
    code = codes.UNIT_SHEET_OF_SUMS if unit else codes.SHEET_OF_SUMS
    facts: dict[str, Fact] = {"sheets": sheets}
    facts |= {"name": register.by_code[unit].name} if unit else {}
    others = (told for told in one.findings if not told.code.startswith("U"))
    left_out = finding(code, sheet=one.sheet, facts=facts)
    return replace(one, claim=Claim(None, "none", one.claim.seen, one.claim.lines), findings=(left_out, *others))


def _is_below(code: str, upper: str, register: Register) -> bool:
    return any(unit.code == upper for unit in register.above(code))
