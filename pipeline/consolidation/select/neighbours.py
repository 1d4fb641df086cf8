"""Units side by side: a neighbour's file that was copied, by its code or by its figures."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import combinations

from pipeline.consolidation.select.case import Case
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileStatus, Finding
from schemas.register import Register, with_leading_zero

_Figure = tuple[str, str, int]
"""row, measure, value"""
_Stated = tuple[str, Case, frozenset[_Figure]]
"""the code of a unit, a return of it, and the figures above zero in there"""
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
        disagreeing = next((told for told in case.one.findings if told.code == codes.EVIDENCE_DISAGREES), None)
        if code in by_unit and case.one.claim.unit is None and disagreeing:
            evidence = disagreeing.facts.get("evidence", ())
            facts: dict[str, Fact] = {
                "owner": register.by_code[code].name,
                "others": tuple(owner.one.path for owner in by_unit[code]),
                "evidence": tuple(said for said in evidence if not said.startswith("code="))
                if isinstance(evidence, tuple)
                else (),
            }
            copied = finding(codes.SAME_CODE_TWO_UNITS, sheet=case.one.sheet, facts=facts)
            kept = tuple(told for told in case.one.findings if told is not disagreeing)
            case.one = replace(case.one, findings=(copied, *kept))


def tell_same_figures(register: Register, by_unit: Mapping[str, Sequence[Case]]) -> None:
    """Two units with the same figures, but for a few: one of them may have sent its neighbour's file.

    It is asked about once for the pair, at the one that comes later in the register. Of a unit for which nothing
    counts yet, every return that may still count is looked at, and the question stands at the other unit.
    """
    places = {unit.code: place for place, unit in enumerate(register.units)}
    ordered = sorted(by_unit, key=lambda code: places.get(code, len(places)))
    returns = [(code, case) for code in ordered for case in _that_may_count(by_unit[code])]
    stated = [(code, case, some) for code, case in returns if _is_full(some := _figures(case))]
    common = Counter(figure for *_, some in stated for figure in some)
    seen: dict[tuple[_Figure, ...], list[_Stated]] = defaultdict(list)
    told: set[tuple[str, str]] = set()
    for own in stated:
        code, case, figures = own
        keys = list(_keys(figures, common))
        twin = _twin_of(own, (other for key in keys for other in seen[key]))
        for key in keys:
            seen[key].append(own)
        if twin is None or (code, twin[0]) in told:
            continue
        told.add((code, twin[0]))
        asked, other = (own, twin) if case.status is FileStatus.USED else (twin, own)
        if asked[1].status is FileStatus.USED:
            asked[1].told.append(_same_figures(register, asked, other))


def _that_may_count(cases: Sequence[Case]) -> Iterator[Case]:
    """Give the return of a unit that counts, or those of which one will."""
    counted = [case for case in cases if case.status is FileStatus.USED]
    yield from counted or (case for case in cases if case.status is FileStatus.REJECTED and not _is_summed_above(case))


def _is_summed_above(case: Case) -> bool:
    """Tell a return whose figures are in the summary of a unit above it, which may state the same."""
    return any(told.code == codes.PERHAPS_INCLUDED for told in case.told)


def _same_figures(register: Register, own: _Stated, twin: _Stated) -> Finding:
    code, _, other = twin
    facts: dict[str, Fact] = {
        "other_unit": register.by_code[code].name,
        "concerns": (code,),
        "count": len(own[2] & other),
        "stated": max(len(own[2]), len(other)),
    }
    return finding(codes.SAME_FIGURES, facts=facts)


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


def _twin_of(own: _Stated, candidates: Iterable[_Stated]) -> _Stated | None:
    """Find the first return of another unit that states the same as this one, but for a few figures."""
    code, _, figures = own
    compared: set[int] = set()
    for candidate in candidates:
        other, case, stated = candidate
        if other == code or id(case) in compared:
            continue
        compared.add(id(case))
        equal = figures & stated
        if len(equal) >= max(_needed(figures), _needed(stated)) and _is_full(equal):
            return candidate
        if len(compared) == _MOST_COMPARED:
            break
    return None
