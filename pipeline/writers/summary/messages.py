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
_SHEET_OF_FILE = re.compile(r"(?P<name>.+\.[A-Za-z]{3,4})#(?P<sheet>.+)")
"""a workbook that holds several returns: the sheet of one"""


def unit_message(plan: SummaryPlan, unit: UnitResult) -> str:
    """What to ask one unit; empty where it is asked nothing, or what came may be its own and is to be seen first."""
    words = plan.words
    facts = {
        "sender": sender(plan),
        "unit": unit.unit.name,
        "subject": plan.form.subject,
    }
    if unit.status is UnitStatus.MISSING and not unit.file:
        # A file that may be its return has come: it is not reminded before somebody has seen that.
        if unit.unit.code in plan.perhaps:
            return ""
        return words("ledger.message.missing", deadline=_deadline(plan, unit), **facts)
    asked = [finding for finding in told_once(tuple(_findings_of(plan, unit))) if asks_unit(finding)]
    if not asked:
        return ""
    received = "unusable" if unit.status is UnitStatus.MISSING else "received"
    files = joined(_files(plan, unit, asked), _MOST_FILES, words, "files")
    of_places = [finding for finding in asked if _is_place(finding)]
    of_the_whole = [finding for finding in asked if not _is_place(finding)]
    parts = [words(f"ledger.message.{received}", files=files, **facts)]
    if of_places:
        parts.append(_places(plan, of_places))
    # Findings of one cause may end in the same sentence, which is said once.
    parts += dict.fromkeys(_sentence(plan, unit, finding) for finding in of_the_whole)
    parts.append(words("ledger.message.answer"))
    return " ".join(parts)


def group_message(plan: SummaryPlan) -> str:
    """What to tell all units while some are missing; empty when none is."""
    missing = [unit.unit.name for unit in plan.expected if _sent_nothing(plan, unit)]
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


def _sent_nothing(plan: SummaryPlan, unit: UnitResult) -> bool:
    """Whether nothing came from a unit, not even a file that may be its own."""
    if unit.status is not UnitStatus.MISSING:
        return False
    return not unit.file and unit.unit.code not in plan.perhaps


def sender(plan: SummaryPlan) -> str:
    """Who writes: the sender of the office, else its name."""
    office, collector = plan.result.register.office, plan.result.register.collector
    known = office.sender or office.name
    if known:
        return known
    return collector.name if collector else plan.words("ledger.sender")


def _findings_of(plan: SummaryPlan, unit: UnitResult) -> Iterator[Finding]:
    """What is told of the return that counts; of a unit without one, of all its files that could not be used."""
    if unit.counted:
        yield from plan.findings_of(unit)
        return
    # None of them counts, so the unit has to hear of all.
    for file in plan.files_of[unit.unit.code]:
        if file.status is FileStatus.REJECTED:
            yield from file.findings


def _files(plan: SummaryPlan, unit: UnitResult, asked: Iterable[Finding]) -> list[str]:
    """Names of the files that are spoken of: without folder and archive, which are of the office."""
    paths: list[str] = []
    if unit.counted:
        paths.append(str(unit.file))
        for finding in asked:
            paths += _other_copies(plan, finding)
    else:
        rejected = (file for file in plan.files_of[unit.unit.code] if file.status is FileStatus.REJECTED)
        paths += (file.shown_path for file in rejected)
    return list(dict.fromkeys(_name_of(plan, path) for path in paths))


def _other_copies(plan: SummaryPlan, finding: Finding) -> Iterator[str]:
    """Paths of the unit's other files that a finding is about."""
    for name in _OF_OTHER_FILES:
        fact = finding.facts.get(name, ())
        paths = fact if isinstance(fact, tuple) else (fact,)
        for path in paths:
            if isinstance(path, str) and path in plan.files:
                yield path


def _name_of(plan: SummaryPlan, path: str) -> str:
    # A "!" stands between an archive and what was found in it.
    name = path.replace("!", "/").rpartition("/")[2]
    found = _SHEET_OF_FILE.fullmatch(name)
    if found is None:
        return name
    return plan.words("ledger.message.sheet", name=found["name"], sheet=found["sheet"])


def _is_place(finding: Finding) -> bool:
    """Whether it is about one row of the form; what lists rows is told with its list."""
    return finding.row is not None and "rows" not in finding.facts


def _places(plan: SummaryPlan, findings: Sequence[Finding]) -> str:
    """Name each place with what is wrong there, in one sentence."""
    places = list(dict.fromkeys(_place(plan, finding) for finding in findings))
    shown = places[:_MOST_PLACES]
    more = len(places) - len(shown)
    if more:
        shown.append(plan.words("ledger.message.more", count=more))
    return plan.words("ledger.message.ask", count=len(places), places="; ".join(shown))


def _place(plan: SummaryPlan, finding: Finding) -> str:
    form, words = plan.form, plan.words
    row = form.by_key.get(finding.row or "")
    label = row.title.rstrip(" ,:") if row else finding.row
    column = form.column_named(finding.at)
    where = words("ledger.message.row", row=label)
    if column:
        where = words("ledger.message.cell", row=label, column=column)
    what = in_brief(finding, form, "vi")
    if not what:
        return where
    return words("ledger.message.place", where=where, told=what)


def _sentence(plan: SummaryPlan, unit: UnitResult, finding: Finding) -> str:
    """What is wrong with the return as a whole, which of several copies counts, and what the unit is asked for."""
    parts: list[str] = []
    what = in_brief(finding, plan.form, "vi")
    if what:
        parts.append(f"{what[:1].upper()}{what[1:]}.")
    if unit.counted and any(_other_copies(plan, finding)):
        parts.append(plan.words("ledger.message.in_use", file=_name_of(plan, str(unit.file))))
    parts.append(request(finding.code, "vi"))
    return " ".join(filter(None, parts))


def _deadline(plan: SummaryPlan, unit: UnitResult) -> str:
    """A unit with a deadline of its own is told that one."""
    if unit.unit.deadline:
        return plan.words("ledger.message.deadline_day", day=unit.unit.deadline.strftime("%d/%m/%Y"))
    return plan.form.deadline_wording
