"""What a run says on the screen: a short account an officer acts on, from the wording data."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.cli.screen.open import Open, open_lines
from pipeline.cli.screen.refusal import refusal
from pipeline.cli.screen.words import words
from pipeline.findings import message, severity_name
from pipeline.findings.group import told_once
from pipeline.model import Consolidation, FileResult, FileStatus
from pipeline.model.languages import Lang
from schemas.form import Form
from schemas.rules import Severity

if TYPE_CHECKING:
    from pipeline.run.definition_trial import Trial

__all__ = ["Lang", "account", "account_of_file", "account_of_form", "refusal", "words"]


def account(consolidation: Consolidation, out: Path, folder: Path, decisions: Path, lang: Lang) -> str:
    """Write the closing account: who is in, who is not, what to ask, where the summary is, what to do next."""
    say = words(lang)["account"]
    found = Open(consolidation)
    lines = [
        say["head"].format(form=consolidation.form.name, office=_office(consolidation)).rstrip(" -"),
        "",
        *open_lines(found, lang),
        "",
        say["final" if consolidation.complete else "provisional"].format(file=out),
    ]
    if consolidation.complete:
        lines.append(_complete(consolidation, len(found.expected), lang))
    if not consolidation.complete or found.of_the_book:
        steps = [*_steps(found, folder, decisions, lang), say["next_run"]]
        lines += ["", say["next"], *(f"{number}. {step}" for number, step in enumerate(steps, 1))]
    return "\n".join(lines)


def account_of_file(result: FileResult, unit: str, form: Form, lang: Lang) -> str:
    """Say what a run would say of one file."""
    say = words(lang)["check"]
    lines = [say["of_unit" if unit else "no_unit"].format(file=result.shown_path, unit=unit)]
    for told in told_once(result.findings):
        where = say["where"].format(where=", ".join(filter(None, (told.sheet, told.cell)))) if told.cell else ""
        severity = severity_name(told.severity, lang)
        lines.append(
            say["line"].format(severity=severity, code=told.code, where=where, message=message(told, form, lang))
        )
    if not result.findings:
        lines.append(say["fine"])
    return "\n".join(lines)


def account_of_form(form: Form, trials: "Sequence[Trial]", lang: Lang) -> str:
    """Say whether the program can read the template that it makes of a form, and which cells it cannot."""
    say = words(lang)["check"]
    lines = []
    for trial in trials:
        which = say[f"form_{trial.way}"]
        counts = {"read": len(form.number_cells) - len(trial.lost), "cells": len(form.number_cells)}
        lines.append(say["form_read"].format(form=form.name, which=which, **counts))
        for cell in trial.lost:
            name = ", ".join(filter(None, (form.by_key[cell.row].title, form.column_by_key[cell.measure].short)))
            lines.append(say["form_lost"].format(cell=name))
        lines += [f"  {told.code}: {message(told, form, lang)}" for told in trial.told]
    return "\n".join(lines)


def _office(consolidation: Consolidation) -> str:
    collector = consolidation.register.collector
    return consolidation.register.office.name or (collector.name if collector else "")


def _complete(consolidation: Consolidation, expected: int, lang: Lang) -> str:
    """Say that every unit is in, and how many warnings the sheet of findings holds."""
    say = words(lang)["account"]
    told = [*consolidation.notes, *(one for file in consolidation.files for one in told_once(file.findings))]
    warnings = sum(one.severity is Severity.WARNING for one in told)
    rows = consolidation.provisional_rows
    lines = [say["complete_warnings" if warnings else "complete"].format(expected=expected, warnings=warnings)]
    lines += [say["provisional_rows"].format(count=rows)] if rows else []
    return " ".join(lines)


def _steps(found: Open, folder: Path, decisions: Path, lang: Lang) -> Iterator[str]:
    """What to do next, before the command is run again."""
    say = words(lang)["account"]
    if found.to_call:
        yield say["next_call"].format(count=len(found.to_call))
        yield say["next_again"].format(folder=folder)
        yield say["next_phone"].format(decisions=decisions)
    if any(unit.unit.code not in found.to_call for unit in found.doubtful):
        yield say["next_mend"]
    if found.questions:
        yield say["next_questions"].format(decisions=decisions)
    if any(file.status is FileStatus.REJECTED for file in found.result.files):
        yield say["next_files"]
    if found.of_the_book:
        yield say["next_book"].format(decisions=decisions)
