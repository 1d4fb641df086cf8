"""What stands around a whole sheet and says what its money is counted in: its pages, its boxes, its file, its mail."""

from collections.abc import Iterator
from dataclasses import replace

from pipeline.extract.locate import Labels, is_multiple_of, stated_amounts, unit_of_money
from pipeline.extract.returns.page import Page
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileReading, Finding
from pipeline.readers.sheets import cell_name
from schemas.text import visible


def with_scale_around(page: Page, reading: FileReading, name: str, labels: Labels) -> Page:
    """Refuse the money of a form whose page, boxes, file or mail say that it is counted in thousands or millions.

    Where they only may say so, it is told and the figures count. What the sheet itself says goes before.
    """
    form = page.form
    keys = sorted((labels.money_rows & form.rows.keys()) - form.doubtful, key=labels.order.__getitem__)
    if not keys:
        return page
    place = form.rows[keys[0]], form.columns.get(labels.form.measures[0], form.columns[labels.label_key])
    texts = (*(page.facts.beside if page.facts else ()), reading.subject)
    said = _clear(page, labels, texts, name)
    if said:
        told = [unit_of_money(labels, key, (form.rows[key], place[1]), said) for key in keys]
        return replace(page, form=replace(form, doubtful=form.doubtful | {*keys}, findings=(*form.findings, *told)))
    told = list(_perhaps(labels, (*texts, name), keys[0], cell_name(*place)))
    return replace(page, form=replace(form, findings=(*form.findings, *told)))


def _clear(page: Page, labels: Labels, texts: tuple[str, ...], name: str) -> str:
    """Find a text that says a multiple of the currency, or a sum that is one of what the form states."""
    amounts = stated_amounts(page.sheet, labels, page.form.rows, page.form.columns)
    for text in filter(None, texts):
        if labels.scales.of_money(text) or is_multiple_of(amounts, text):
            return text
    return name if labels.scales.of_name(name) else ""


def _perhaps(labels: Labels, texts: tuple[str, ...], key: str, cell: str) -> Iterator[Finding]:
    """Tell of the first text that says a size, and not of what."""
    said = next((text for text in texts if text and labels.scales.is_bare(text)), "")
    if said:
        facts: dict[str, Fact] = {"seen": visible(said), "expected": labels.form.by_key[key].unit_of_measure}
        yield finding(codes.PERHAPS_IN_MULTIPLES, cell=cell, found=visible(said), facts=facts)
