"""Messages ready to be pasted: what one unit is asked, and what the whole group is told."""

from collections.abc import Iterator

from pipeline.findings import message
from pipeline.model import Finding, UnitResult, UnitStatus
from pipeline.summary.plan import Plan
from pipeline.summary.words import joined
from schemas.rules import Severity

_MOST_PLACES = 8
"""a message of more places is not read on a phone"""
_MOST_NAMES = 60


def unit_message(plan: Plan, unit: UnitResult) -> str:
    """What to ask one unit; empty where it is asked nothing."""
    words, form = plan.words, plan.result.form
    facts = {
        "sender": sender(plan),
        "unit": unit.unit.name,
        "subject": form.subject,
        "file": unit.file or "",
        "deadline": _deadline(plan, unit),
    }
    errors = [finding for finding in plan.findings_of(unit) if finding.severity is Severity.ERROR]
    if unit.status is UnitStatus.MISSING:
        if not unit.file:
            return words("ledger.message.missing", **facts)
        reason = message(errors[0], form, "vi") if errors else ""
        return words("ledger.message.no_figures", reason=reason, **facts).replace("  ", " ")
    if not errors:
        return ""
    places = "; ".join(_places(plan, errors))
    return words("ledger.message.ask", count=len(errors), places=places, **facts)


def group_message(plan: Plan) -> str:
    """What to tell all units while some are missing; empty when none is."""
    missing = [unit.unit.name for unit in plan.expected if unit.status is UnitStatus.MISSING and not unit.file]
    if not missing:
        return ""
    form = plan.result.form
    return plan.words(
        "ledger.message.group",
        count=len(missing),
        subject=form.subject,
        names=joined(missing, _MOST_NAMES, plan.words),
        deadline=form.deadline_wording,
    )


def sender(plan: Plan) -> str:
    """Who writes: the sender of the office, else its name."""
    office, collector = plan.result.register.office, plan.result.register.collector
    return office.sender or office.name or (collector.name if collector else plan.words("ledger.sender"))


def _places(plan: Plan, errors: list[Finding]) -> Iterator[str]:
    form, words = plan.result.form, plan.words
    for finding in errors[:_MOST_PLACES]:
        row, column = form.by_key.get(finding.row or ""), form.column_by_key.get(finding.measure or "")
        if row is None or column is None:
            yield message(finding, form, "vi").rstrip(".")
        elif finding.found:
            yield words("ledger.message.typed", row=row.title, column=column.short, found=finding.found)
        else:
            reason = message(finding, form, "vi").rstrip(".")
            yield words("ledger.message.told", row=row.title, column=column.short, reason=reason)
    if len(errors) > _MOST_PLACES:
        yield words("ledger.message.more", count=len(errors) - _MOST_PLACES)


def _deadline(plan: Plan, unit: UnitResult) -> str:
    """A unit with a deadline of its own is told that one."""
    if unit.unit.deadline:
        return plan.words("ledger.message.deadline_day", day=unit.unit.deadline.strftime("%d/%m/%Y"))
    return plan.result.form.deadline_wording
