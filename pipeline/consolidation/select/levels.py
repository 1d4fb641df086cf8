"""Several levels at once: a summary, and what units below it sent themselves."""

from collections.abc import Mapping, Sequence

from pipeline.consolidation.select.case import Case
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileStatus
from schemas.register import Register
from schemas.rules import Severity
from schemas.text import fold_words


def keep_one_level(register: Register, cases: Sequence[Case]) -> None:
    """Where a summary counts, a return of a unit below it would be added twice: it is told and left out.

    Two ordinary returns one below the other may both be right; that they may not is told.
    """
    counted = {
        case.one.claim.unit: case for case in cases if case.status is FileStatus.USED and _is_summed(register, case)
    }
    for code, case in counted.items():
        above = [counted[unit.code] for unit in register.above(code or "") if unit.code in counted]
        summary = next((upper for upper in above if upper.one.is_summary), None)
        upper = summary or next(iter(above), None)
        if upper is None:
            continue
        facts: dict[str, Fact] = {"other_unit": register.by_code[upper.one.claim.unit or ""].name}
        case.told.append(finding(codes.PERHAPS_INCLUDED, severity=Severity.ERROR if summary else None, facts=facts))
        if summary:
            case.status = FileStatus.REJECTED


def tell_odd_summaries(register: Register, counted: Mapping[str, Case]) -> None:
    """A summary from a unit whose like answer for themselves: nobody knows whose figures it holds."""
    ordinary = {_level(register, code) for code, case in counted.items() if not case.one.is_summary}
    for code, case in counted.items():
        is_odd = case.one.is_summary and _level(register, code) in ordinary and not register.children(code)
        if is_odd and code in register.by_code:
            expected = max((entry.coverage.expected for entry in case.one.entries if entry.coverage), default=0)
            if expected > 1:
                case.told.append(
                    finding(codes.SUMMARY_FOR_ONE_UNIT, sheet=case.one.sheet, facts={"expected": expected})
                )


def _level(register: Register, code: str) -> tuple[str, str] | None:
    unit = register.by_code.get(code)
    return (fold_words(unit.type), unit.parent) if unit else None


def _is_summed(register: Register, case: Case) -> bool:
    unit = register.by_code.get(case.one.claim.unit or "")
    return unit is not None and unit.in_total
