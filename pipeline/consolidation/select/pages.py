"""The page of a unit out of a summary of ours that came back: held against the return of the unit that counts."""

from collections.abc import Mapping

from pipeline.consolidation.select.case import Case
from pipeline.consolidation.select.changes import name_of
from pipeline.consolidation.select.words import settle_words
from pipeline.findings import codes, finding
from pipeline.model import Entry, Fact, FileReading, Finding, Return
from schemas.form import Form

_COPY = codes.UNIT_SHEET_COPY
_NAMED = 12


def changed_pages(
    form: Form, reading: FileReading, counted: Mapping[str, Case]
) -> tuple[str, tuple[Finding, ...]] | None:
    """Tell in which cells a page shows something else than the return in use, with the code of its unit."""
    for page in reading.pages:
        unit = page.claim.unit or ""
        changes = _changes(form, page, counted[unit].one) if unit in counted else []
        if changes:
            facts: dict[str, Fact] = {
                "other": counted[unit].one.path,
                "changes": len(changes),
                "cells": tuple(changes[:_NAMED]),
            }
            others = (told for told in reading.findings if told.code != _COPY)
            return unit, (finding(codes.UNIT_PAGE_CHANGED, sheet=page.sheet, facts=facts), *others)
    return None


def _changes(form: Form, page: Return, counted: Return) -> list[str]:
    shown = {entry.key: entry for entry in page.entries if entry.cell}
    differing = [entry for entry in counted.entries if entry.key in shown and not _shows(shown[entry.key], entry)]
    return [f"{name_of(form, entry.key)}: {_said(entry)} → {_said(shown[entry.key])}" for entry in differing]


def _shows(page: Entry, entry: Entry) -> bool:
    """Tell whether a cell of the page shows what its summary wrote: a number that counts, else what was typed."""
    if entry.counted:
        return page.value == entry.value
    if entry.found is not None and page.found is None:
        # A cell whose content nobody sees, such as a formula without result, has a word or nothing there.
        return entry.value is None
    return (page.found or "") == (entry.found or "") or (page.text or "") == (entry.text or "") != ""


def _said(entry: Entry) -> str:
    if entry.counted:
        return str(entry.value)
    return entry.found if entry.found is not None else settle_words().text("blank")
