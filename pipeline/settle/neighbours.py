"""Units side by side: a neighbour's file that was copied, by its code or by its figures."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipeline.findings import finding
from pipeline.model import Fact
from pipeline.settle.case import Case
from schemas.register import Register, with_leading_zero

_Figure = tuple[str, str, int]
"""row, measure, value"""
_SHARE = 0.9
"""of the figures above zero of the fuller of two returns so many must be equal"""
_MANY = 10
_LARGE, _LARGE_ONES = 10, 5
"""and there must be so many of them, or so many that are at least so large: small schools all state a 1 or a 2"""


def tell_copied_codes(register: Register, by_unit: Mapping[str, Sequence[Case]], cases: Sequence[Case]) -> None:
    """Name the neighbour whose file was copied: another return bears the code that this one's name contradicts."""
    for case in cases:
        code = with_leading_zero(case.one.claim.seen.get("code", ""))
        disagreeing = next((told for told in case.one.findings if told.code == "U002"), None)
        if code in by_unit and case.one.claim.unit is None and disagreeing:
            evidence = disagreeing.facts.get("evidence", ())
            facts: dict[str, Fact] = {
                "owner": register.by_code[code].name,
                "others": tuple(owner.one.path for owner in by_unit[code]),
                "evidence": tuple(said for said in evidence if not said.startswith("code="))
                if isinstance(evidence, tuple)
                else (),
            }
            copied = finding("U007", sheet=case.one.sheet, facts=facts)
            kept = tuple(told for told in case.one.findings if told is not disagreeing)
            case.one = replace(case.one, findings=(copied, *kept))


def tell_same_figures(register: Register, counted: Mapping[str, Case]) -> None:
    """Two units with the same figures, but for a few: one of them may have sent its neighbour's file.

    It is asked about once for the pair, at the one that comes later in the register. Of a return only those figures
    are looked up that fewest others state: two returns that agree as far as is asked for share one of these.
    """
    order = {unit.code: place for place, unit in enumerate(register.units)}
    stated = {code: figures for code, case in counted.items() if _is_full(figures := _figures(case))}
    common = Counter(figure for figures in stated.values() for figure in figures)
    seen: dict[_Figure, list[str]] = defaultdict(list)
    for code in sorted(stated, key=lambda code: order.get(code, len(order))):
        figures = stated[code]
        rarest = sorted(figures, key=lambda figure: (common[figure], figure))[: len(figures) - _needed(figures) + 1]
        twin = _twin_of(figures, (other for figure in rarest for other in seen[figure]), stated)
        if twin:
            equal = len(figures & stated[twin])
            facts: dict[str, Fact] = {
                "other_unit": register.by_code[twin].name,
                "count": equal,
                "stated": max(len(figures), len(stated[twin])),
            }
            counted[code].told.append(finding("U008", facts=facts))
        for figure in rarest:
            seen[figure].append(code)


def _figures(case: Case) -> frozenset[_Figure]:
    return frozenset((*entry.key, entry.value) for entry in case.one.entries if entry.value)


def _needed(figures: AbstractSet[_Figure]) -> int:
    """Count the figures that must be equal, if the other return states no more of them."""
    return math.ceil(_SHARE * len(figures))


def _is_full(figures: AbstractSet[_Figure]) -> bool:
    """Tell whether figures are so many, or so large, that another unit hardly has the same by chance."""
    return len(figures) >= _MANY or sum(value >= _LARGE for *_, value in figures) >= _LARGE_ONES


def _twin_of(
    figures: AbstractSet[_Figure], candidates: Iterable[str], stated: Mapping[str, AbstractSet[_Figure]]
) -> str | None:
    """Find the first of some returns that states the same as another, but for a few figures."""
    compared: set[str] = set()
    for code in candidates:
        if code in compared:
            continue
        compared.add(code)
        equal = figures & stated[code]
        is_enough = len(equal) >= max(_needed(figures), _needed(stated[code]))
        if is_enough and _is_full(equal):
            return code
    return None
