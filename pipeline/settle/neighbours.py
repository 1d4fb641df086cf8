"""Units side by side: a neighbour's file that was copied, by its code or by its figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.findings import finding
from pipeline.settle.case import Case
from schemas.register import Register, with_leading_zero

_SAME_FIGURES = 5
"""so many equal figures above zero from two units are no chance"""


def tell_copied_codes(by_unit: Mapping[str, Sequence[Case]], cases: Sequence[Case]) -> None:
    """Name the neighbour whose file was copied: another return bears the code that this one's name contradicts."""
    for case in cases:
        owners = by_unit.get(with_leading_zero(case.one.claim.seen.get("code", "")), ())
        if owners and case.one.claim.unit is None and any(told.code == "U002" for told in case.one.findings):
            others = tuple(owner.one.path for owner in owners)
            copied = finding("U007", sheet=case.one.sheet, facts={"others": others})
            kept = tuple(told for told in case.one.findings if told.code != "U002")
            case.one = replace(case.one, findings=(copied, *kept))


def tell_same_figures(register: Register, counted: Mapping[str, Case]) -> None:
    """Two units with exactly the same figures: one of them may have sent its neighbour's file."""
    by_content: dict[tuple[object, ...], list[Case]] = defaultdict(list)
    for case in counted.values():
        figures = tuple((entry.key, entry.value) for entry in case.one.entries if entry.value)
        if len(figures) >= _SAME_FIGURES:
            by_content[figures].append(case)
    for twins in by_content.values():
        for case in twins if len(twins) > 1 else ():
            theirs = {other.one.claim.unit for other in twins if other is not case}
            others = [unit.name for unit in register.units if unit.code in theirs]
            case.told.append(finding("U008", facts={"other_unit": ", ".join(others)}))
