"""What a run says on the screen: a short account an officer acts on, from the wording data."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pipeline.errors import RunError
from pipeline.findings import message, severity_name, title
from pipeline.model import Consolidation, FileResult, FileStatus, Finding, UnitResult, UnitStatus
from schemas.definition import DefinitionError, read_toml
from schemas.form import Form
from schemas.rules import Severity
from schemas.text import visible

Lang = Literal["vi", "en"]
_WORDING = Path(__file__).parent / "wording"
_NAMED = 12
_INDENT = 14
_TYPED = 60
"""so much of what was typed is shown"""


@cache
def words(lang: Lang) -> Mapping[str, Any]:
    """Wording of the console in one language."""
    return read_toml(_WORDING / f"console_{lang}.toml").values


def account(consolidation: Consolidation, out: Path, folder: Path, decisions: Path, lang: Lang) -> str:
    """Write the closing account: who is in, who is not, what to ask, where the summary is, what to do next."""
    say = words(lang)["account"]
    expected = [unit for unit in consolidation.units if unit.in_total]
    lines = [
        say["head"].format(form=consolidation.form.name, office=_office(consolidation)).rstrip(" -"),
        "",
        *_states(consolidation, expected, lang),
        "",
        say["final" if consolidation.complete else "provisional"].format(file=out),
    ]
    if consolidation.complete:
        lines.append(_complete(consolidation, len(expected), lang))
    else:
        lines += ["", *_next_steps(consolidation, expected, folder, decisions, lang)]
    return "\n".join(lines)


def refusal(error: RunError | DefinitionError, lang: Lang) -> str:
    """Say in one sentence why a run was not done."""
    say = words(lang)["errors"]
    if isinstance(error, DefinitionError):
        line = say["definition_line"].format(line=error.line) if error.line else ""
        phrases = words(lang).get("phrases", {})
        allowed, found = (phrases.get(text, text) for text in (error.allowed, error.found))
        allowed = allowed.format(**error.facts) if error.facts else allowed
        parts = {"file": error.file, "field": error.field, "found": visible(found), "allowed": allowed}
        return str(say["prefix"] + say["definition"].format(line=line, **parts))
    return str(say["prefix"] + say[error.code].format(**error.facts))


def account_of_file(result: FileResult, unit: str, form: Form, lang: Lang) -> str:
    """Say what a run would say of one file."""
    say = words(lang)["check"]
    lines = [say["of_unit" if unit else "no_unit"].format(file=result.path, unit=unit)]
    for told in result.findings:
        where = say["where"].format(where=", ".join(filter(None, (told.sheet, told.cell)))) if told.cell else ""
        severity = severity_name(told.severity, lang)
        lines.append(
            say["line"].format(severity=severity, code=told.code, where=where, message=message(told, form, lang))
        )
    if not result.findings:
        lines.append(say["fine"])
    return "\n".join(lines)


def _office(consolidation: Consolidation) -> str:
    collector = consolidation.register.collector
    return consolidation.register.office.name or (collector.name if collector else "")


def _states(consolidation: Consolidation, expected: Sequence[UnitResult], lang: Lang) -> Iterator[str]:
    say = words(lang)["account"]
    received = [unit for unit in expected if unit.status is not UnitStatus.MISSING]
    errors = sum(unit.status is UnitStatus.RECEIVED_WITH_ERRORS for unit in received)
    counts = {"received": len(received), "expected": len(expected), "errors": errors}
    yield from _entry(say["received"], [say["received_with_errors" if errors else "received_value"].format(**counts)])
    missing = [unit for unit in expected if unit.status is UnitStatus.MISSING]
    silent = [_with_phone(unit) for unit in missing if unit.file is None]
    if silent:
        yield from _entry(say["missing"], [", ".join(silent)])
    by_path = {result.path: result for result in consolidation.files}
    sent = [unit for unit in missing if unit.file is not None]
    if sent:
        yield from _entry(say["unusable"], [_unusable(unit, by_path[str(unit.file)], lang) for unit in sent])
    yield from _to_ask(consolidation, received, by_path, lang)
    shown = {unit.file for unit in sent}
    rejected = [one for one in consolidation.files if one.status is FileStatus.REJECTED and one.path not in shown]
    if rejected:
        texts = [say["rejected_line"].format(file=one.path, why=_why(one, lang)) for one in rejected[:_NAMED]]
        more = len(rejected) - _NAMED
        yield from _entry(say["rejected"], [*texts, *([say["ask_more"].format(count=more)] if more > 0 else [])])
    yield from _others(consolidation, lang)
    if consolidation.notes:
        yield from _entry(
            say["notes"], [message(told, consolidation.form, lang) for told in consolidation.notes[:_NAMED]]
        )


def _entry(head: str, texts: Sequence[str]) -> Iterator[str]:
    """Lay out one head with its texts, the first beside it where there is room."""
    if len(head) < _INDENT and texts:
        yield head.ljust(_INDENT) + texts[0]
        texts = texts[1:]
    else:
        yield head
    for text in texts:
        yield " " * _INDENT + text


def _with_phone(unit: UnitResult) -> str:
    return f"{unit.unit.name} ({unit.unit.phone})" if unit.unit.phone else unit.unit.name


def _unusable(unit: UnitResult, result: FileResult, lang: Lang) -> str:
    return str(
        words(lang)["account"]["unusable_line"].format(unit=unit.unit.name, file=result.path, why=_why(result, lang))
    )


def _why(result: FileResult, lang: Lang) -> str:
    """Name the gravest thing about a file in a few words."""
    order = (Severity.ERROR, Severity.WARNING, Severity.INFO)
    gravest = min(result.findings, key=lambda told: order.index(told.severity), default=None)
    return title(gravest.code, lang) if gravest else ""


def _to_ask(
    consolidation: Consolidation,
    received: Sequence[UnitResult],
    by_path: Mapping[str, FileResult],
    lang: Lang,
) -> Iterator[str]:
    say = words(lang)["account"]
    texts = [
        say["ask_line"].format(unit=unit.unit.name, where=_where(told, consolidation.form), why=_said(told, lang))
        for unit in received
        for told in by_path[str(unit.file)].findings
        if told.severity is Severity.ERROR
    ]
    if texts:
        more = len(texts) - _NAMED
        yield from _entry(say["ask"], [*texts[:_NAMED], *([say["ask_more"].format(count=more)] if more > 0 else [])])


def _where(told: Finding, form: Form) -> str:
    if told.row is None:
        return told.sheet or ""
    column = form.column_by_key.get(told.measure or "")
    return ", ".join(filter(None, (form.by_key[told.row].short_label, column.short if column else "")))


def _said(told: Finding, lang: Lang) -> str:
    name = title(told.code, lang)
    return f'{name}: "{visible(told.found, _TYPED)}"' if told.found else name


def _others(consolidation: Consolidation, lang: Lang) -> Iterator[str]:
    say = words(lang)["account"]
    superseded = [one for one in consolidation.files if one.status is FileStatus.SUPERSEDED]
    identical = sum(any(told.code == "F009" for told in one.findings) for one in superseded)
    ignored = [one for one in consolidation.files if one.status is FileStatus.IGNORED]
    excluded = sum(any(told.code == "F030" for told in one.findings) for one in ignored)
    counts = {
        "identical": identical,
        "older": len(superseded) - identical,
        "excluded": excluded,
        "ignored": len(ignored) - excluded,
    }
    parts = ", ".join(say[name].format(count=count) for name, count in counts.items() if count)
    if parts:
        yield from _entry(say["others"], [say["others_value"].format(parts=parts)])


def _complete(consolidation: Consolidation, expected: int, lang: Lang) -> str:
    say = words(lang)["account"]
    used = [one for one in consolidation.files if one.status is FileStatus.USED]
    warnings = sum(told.severity is Severity.WARNING for one in used for told in one.findings)
    rows = consolidation.provisional_rows
    lines = [say["complete_warnings" if warnings else "complete"].format(expected=expected, warnings=warnings)]
    lines += [say["provisional_rows"].format(count=rows)] if rows else []
    return " ".join(lines)


def _next_steps(
    consolidation: Consolidation, expected: Sequence[UnitResult], folder: Path, decisions: Path, lang: Lang
) -> Iterator[str]:
    say = words(lang)["account"]
    to_call = sum(unit.status is not UnitStatus.RECEIVED for unit in expected)
    steps = []
    if to_call:
        steps += [say["next_call"].format(count=to_call), say["next_again"].format(folder=folder)]
        steps.append(say["next_phone"].format(decisions=decisions))
    if any(one.status is FileStatus.REJECTED for one in consolidation.files):
        steps.append(say["next_files"])
    steps.append(say["next_run"])
    yield say["next"]
    yield from (f"{number}. {step}" for number, step in enumerate(steps, 1))
