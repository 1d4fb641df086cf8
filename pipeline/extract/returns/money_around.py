"""What stands around a whole sheet and says what its money is counted in.

Its pages and boxes, the file, the folders and archives that it lies in, its mail, and the other sheets of the workbook.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.extract.context import ReadingContext
from pipeline.extract.locate import (
    Labels,
    is_multiple_of,
    stated_amounts,
    unit_of_money,
)
from pipeline.extract.returns.digests import is_our_own
from pipeline.extract.returns.other_sheets import texts_typed
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.findings import codes, finding
from pipeline.model import Fact, Finding
from pipeline.readers.sheets import Sheet, cell_name
from schemas.text import visible

_LONGEST = 120
"""a text that names a unit of measure is no longer; a story is not looked through"""


@dataclass(frozen=True, slots=True)
class Around:
    """What a person reads around a sheet."""

    names: tuple[str, ...]
    """of the file, and of the folders, archives and e-mails around it"""
    subject: str
    """of its e-mail"""
    on_other_sheets: str
    """the first text of another sheet, or its name, that says a multiple of the currency"""


def multiple_on_others(sheets: Sequence[Sheet], with_forms: Iterable[str], context: ReadingContext) -> str:
    """Find a text on the sheets without a form that says a multiple of the currency: "tính bằng nghìn đồng"."""
    scales, known = context.labels.scales, set(with_forms)
    for sheet in sheets:
        if sheet.name in known or is_our_own(sheet, context):
            continue
        if scales.of_name(sheet.name, context.unit_names.by_name):
            return sheet.name
        for text in texts_typed(sheet):
            if len(text) <= _LONGEST and scales.of_money(text):
                return text
    return ""


def with_scale_around(page: SheetPage, around: Around, context: ReadingContext) -> SheetPage:
    """Refuse the money of a form around which something says that it is counted in thousands or millions.

    Where something only may say so, it is told and the figures count: a size alone, or another sheet, whose words may
    be meant for its own figures. What the sheet itself says goes before.
    """
    form, labels = page.form, context.labels
    keys = sorted(
        (labels.money_rows & form.rows.keys()) - form.doubtful,
        key=labels.order.__getitem__,
    )
    if not keys:
        return page
    place = (
        form.rows[keys[0]],
        form.columns.get(labels.form.measures[0], form.columns[labels.label_key]),
    )
    amounts = stated_amounts(page.sheet, labels, form.rows, form.columns)
    texts = (*(page.facts.beside if page.facts else ()), around.subject)
    said = _clear(labels, amounts, texts) or _clear_name(around.names, context)
    if said:
        told = [unit_of_money(labels, key, (form.rows[key], place[1]), said) for key in keys]
        return replace(
            page,
            form=replace(
                form,
                doubtful=form.doubtful | {*keys},
                findings=(*form.findings, *told),
            ),
        )
    perhaps = _size_alone(labels, (*texts, *around.names))
    if not perhaps and any(amounts):
        perhaps = around.on_other_sheets
    if not perhaps:
        return page
    return replace(
        page,
        form=replace(
            form,
            findings=(
                *form.findings,
                _perhaps(labels, perhaps, keys[0], cell_name(*place)),
            ),
        ),
    )


def _clear(labels: Labels, amounts: Sequence[int], texts: Iterable[str]) -> str:
    """Find a text that says a multiple of the currency, or a sum that is one of what the form states."""
    for text in filter(None, texts):
        if labels.scales.of_money(text) or is_multiple_of(amounts, text):
            return text
    return ""


def _clear_name(names: Iterable[str], context: ReadingContext) -> str:
    """Find a name that says a multiple of the currency, and is not that of a unit: a ward may be called Triệu Đông."""
    for name in names:
        if context.labels.scales.of_name(name, context.unit_names.by_name):
            return name
    return ""


def _size_alone(labels: Labels, texts: Iterable[str]) -> str:
    """Find the first text that says a size, and not of what."""
    for text in filter(None, texts):
        if labels.scales.is_bare(text):
            return text
    return ""


def _perhaps(labels: Labels, said: str, key: str, cell: str) -> Finding:
    facts: dict[str, Fact] = {
        "seen": visible(said),
        "expected": labels.form.by_key[key].unit_of_measure,
    }
    return finding(codes.PERHAPS_IN_MULTIPLES, cell=cell, found=visible(said), facts=facts)
