"""Units side by side: a neighbour's file that was copied, by its code or by its figures."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.findings import finding
from pipeline.model import Fact
from pipeline.settle.case import Case
from schemas.register import Register, with_leading_zero

_SAME_FIGURES = 5
"""so many equal figures above zero from two units are no chance"""


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
