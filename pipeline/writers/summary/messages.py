"""Messages ready to be pasted: what one unit is asked, and what the whole group is told."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.extract.own.summary_words import joined
from pipeline.findings import asks_unit, in_brief, request
from pipeline.findings.group import told_once
from pipeline.model import FileStatus, Finding, UnitResult, UnitStatus
from pipeline.writers.summary.summary_plan import SummaryPlan

_MOST_PLACES = 8
"""a message of more places is not read on a phone"""
_MOST_NAMES = 60
_MOST_FILES = 3
_OF_OTHER_FILES = ("others", "other")
"""facts that hold paths of the unit's other copies"""
_PAGE = re.compile(r"(?P<name>.+\.[A-Za-z]{3,4})#(?P<sheet>.+)")
"""a workbook that holds several returns: the sheet of one"""


def unit_message(plan: SummaryPlan, unit: UnitResult) -> str:
    """What to ask one unit; empty where it is asked nothing, or what came may be its own and is to be seen first."""
    words, form = plan.words, plan.form
    facts = {"sender": sender(plan), "unit": unit.unit.name, "subject": form.subject}
    if unit.status is UnitStatus.MISSING and not unit.file:
        if unit.unit.code in plan.perhaps:
            return ""
        return words("ledger.message.missing", deadline=_deadline(plan, unit), **facts)
    asked = [finding for finding in told_once(tuple(_told(plan, unit))) if asks_unit(finding)]
    if not asked:
        return ""
    received = "unusable" if unit.status is UnitStatus.MISSING else "received"
    files = joined(_files(plan, unit, asked), _MOST_FILES, words, "files")
    parts = [
        words(f"ledger.message.{received}", files=files, **facts),
        *_places(plan, [finding for finding in asked if _is_place(finding)]),
        *dict.fromkeys(_sentence(plan, unit, finding) for finding in asked if not _is_place(finding)),
        words("ledger.message.answer"),
    ]
    return " ".join(parts)


def group_message(plan: SummaryPlan) -> str:
    """What to tell all units while some are missing; empty when none is."""
    missing = [
        unit.unit.name
        for unit in plan.expected
        if unit.status is UnitStatus.MISSING and not unit.file and unit.unit.code not in plan.perhaps
    ]
    if not missing:
        return ""
    form = plan.form
    return plan.words(
        "ledger.message.group",
        count=len(missing),
        subject=form.subject,
        names=joined(missing, _MOST_NAMES, plan.words),
        deadline=form.deadline_wording,
    )


def sender(plan: SummaryPlan) -> str:
    """Who writes: the sender of the office, else its name."""
    office, collector = plan.result.register.office, plan.result.register.collector
    return office.sender or office.name or (collector.name if collector else plan.words("ledger.sender"))


def _told(plan: SummaryPlan, unit: UnitResult) -> Iterator[Finding]:
    """What is told of the return that counts; of a unit without one, of all its files that could not be used."""
    if unit.counted:
        yield from plan.findings_of(unit)
        return
    for file in plan.files_of[unit.unit.code]:
        if file.status is FileStatus.REJECTED:
            yield from file.findings


def _files(plan: SummaryPlan, unit: UnitResult, asked: Iterable[Finding]) -> list[str]:
    """Names of the files that are spoken of: without folder and archive, which are of the office."""
    if unit.counted:
        paths = [str(unit.file), *(path for finding in asked for path in _other_copies(plan, finding))]
    else:
        paths = [file.shown_path for file in plan.files_of[unit.unit.code] if file.status is FileStatus.REJECTED]
    return list(dict.fromkeys(_name_of(plan, path) for path in paths))


def _other_copies(plan: SummaryPlan, finding: Finding) -> Iterator[str]:
    """Paths of the unit's other files that a finding is about."""
    for fact in (finding.facts.get(name, ()) for name in _OF_OTHER_FILES):
        paths = fact if isinstance(fact, tuple) else (fact,)
        yield from (path for path in paths if isinstance(path, str) and path in plan.files)


def _name_of(plan: SummaryPlan, path: str) -> str:
    name = path.replace("!", "/").rpartition("/")[2]
    page = _PAGE.fullmatch(name)
    return plan.words("ledger.message.sheet", **page.groupdict()) if page else name


def _is_place(finding: Finding) -> bool:
    """Whether it is about one row of the form; what lists rows is told with its list."""
    return finding.row is not None and "rows" not in finding.facts


def _places(plan: SummaryPlan, findings: Sequence[Finding]) -> Iterator[str]:
    """Name each place with what is wrong there, in one sentence."""
    places = list(dict.fromkeys(_place(plan, finding) for finding in findings))
    more = len(places) - _MOST_PLACES
    if places:
        shown = [*places[:_MOST_PLACES], *([plan.words("ledger.message.more", count=more)] if more > 0 else [])]
        yield plan.words("ledger.message.ask", count=len(places), places="; ".join(shown))


def _place(plan: SummaryPlan, finding: Finding) -> str:
    form, words = plan.form, plan.words
    row = form.by_key.get(finding.row or "")
    label = row.title.rstrip(" ,:") if row else finding.row
    column = form.column_named(finding.at)
    where = words("ledger.message.cell" if column else "ledger.message.row", row=label, column=column)
    told = in_brief(finding, form, "vi")
    return words("ledger.message.place", where=where, told=told) if told else where


def _sentence(plan: SummaryPlan, unit: UnitResult, finding: Finding) -> str:
    """What is wrong with the return as a whole, which of several copies counts, and what the unit is asked for."""
    told = in_brief(finding, plan.form, "vi")
    in_use = ""
    if unit.counted and any(_other_copies(plan, finding)):
        in_use = plan.words("ledger.message.in_use", file=_name_of(plan, str(unit.file)))
    parts = (f"{told[:1].upper()}{told[1:]}." if told else "", in_use, request(finding.code, "vi"))
    return " ".join(filter(None, parts))


def _deadline(plan: SummaryPlan, unit: UnitResult) -> str:
    """A unit with a deadline of its own is told that one."""
    if unit.unit.deadline:
        return plan.words("ledger.message.deadline_day", day=unit.unit.deadline.strftime("%d/%m/%Y"))
    return plan.form.deadline_wording
