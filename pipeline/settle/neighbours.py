"""Units side by side: a neighbour's file that was copied, by its code or by its figures."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import combinations

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
_RARE = 50
"""a figure that no more returns state is looked up by itself"""
_TOGETHER = 3
_MOST_COMPARED = 200
"""in a crowd of returns that state little but a 1 or a 2 no more are compared with one"""


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

    It is asked about once for the pair, at the one that comes later in the register.
    """
    places = {unit.code: place for place, unit in enumerate(register.units)}
    codes = sorted(counted, key=lambda code: places.get(code, len(places)))
    figures = {code: some for code in codes if _is_full(some := _figures(counted[code]))}
    common = Counter(figure for some in figures.values() for figure in some)
    seen: dict[tuple[_Figure, ...], list[str]] = defaultdict(list)
    for code, own in figures.items():
        keys = list(_keys(own, common))
        twin = _twin_of(own, (other for key in keys for other in seen[key]), figures)
        if twin:
            facts: dict[str, Fact] = {
                "other_unit": register.by_code[twin].name,
                "other_code": twin,
                "count": len(own & figures[twin]),
                "stated": max(len(own), len(figures[twin])),
            }
            counted[code].told.append(finding("U008", facts=facts))
        for key in keys:
            seen[key].append(code)


def _figures(case: Case) -> frozenset[_Figure]:
    return frozenset((*entry.key, entry.value) for entry in case.one.entries if entry.value)


def _keys(figures: AbstractSet[_Figure], common: Mapping[_Figure, int]) -> Iterator[tuple[_Figure, ...]]:
    """Give what a return is looked up by: it shares one of these with each return that agrees as far as is asked for.

    Its figures are put in an order that is the same for all, the rarest first. Of two such returns the first figure
    that both state is among the first few of each, and the first three are among the next. Figures that many state,
    such as a 1 or a 2 of small schools, tell little by themselves: three of them together are looked up.
    """
    ordered = sorted(figures, key=lambda figure: (common[figure], figure))
    others = len(figures) - _needed(figures)
    yield from ((figure,) for figure in ordered[: others + 1] if common[figure] <= _RARE)
    yield from combinations((figure for figure in ordered[: others + _TOGETHER] if common[figure] > _RARE), _TOGETHER)


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
        if len(equal) >= max(_needed(figures), _needed(stated[code])) and _is_full(equal):
            return code
        if len(compared) == _MOST_COMPARED:
            break
    return None
