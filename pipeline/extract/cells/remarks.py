"""Notes that say another number than the one beside them, or that it counts in thousands."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.cells.page import NUMBERS, Draft, Page, as_text, stray_kind
from pipeline.extract.numbers import read_number
from pipeline.extract.numbers.remarks import (
    corrected_to,
    counts_in_multiples,
    number_alone,
    says_estimate,
    says_incomplete,
    says_mistake,
)
from pipeline.findings import codes
from pipeline.model import COUNTED, Fact
from pipeline.readers.sheets import CellValue
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell

_BRACKETED = re.compile(r"[(\[]\s*(\d[\d.,\s]{2,})[)\]]")


def tell_of_other_numbers(page: Page) -> None:
    """Tell of each row whose note puts another number in the place of one that counts, or calls it wrong.

    A note that says one of the numbers of its row, or mentions a part of it, contradicts nothing.
    """
    for row in () if page.source.is_summary else page.form.rows:
        remarks = list(_remarks_of(page, row))
        if remarks and not any(kind in NUMBERS for kind in row.kinds.values()):
            _tell_of_heading(page, row, remarks)
            continue
        counted = _counted(page, row) if remarks else []
        if not counted or any(told.code == codes.NOTE_SAYS_OTHER_SUM and told.row == row.key for told in page.findings):
            continue
        for raw in remarks:
            text = as_text(raw)
            if _says_another(page, row, raw, counted):
                at = _meant(page, counted, text)
                facts: dict[str, Fact] = {"value": at.value or 0, "note": text}
                page.tell(codes.NOTE_SAYS_OTHER_NUMBER, at, facts=facts)
                break
            if _is_in_multiples(page, row, text):
                page.tell(
                    codes.NOTE_COUNTS_IN_MULTIPLES, counted[0], facts={"value": counted[0].value or 0, "note": text}
                )
                break
            code = _doubt_of(text, counted)
            if code:
                at = _meant(page, counted, text)
                page.tell(code, at, facts={"value": at.value or 0, "note": text})
                break


def _tell_of_heading(page: Page, heading: Row, remarks: Sequence[CellValue]) -> None:
    """Tell where the note of a heading doubts the numbers below it, at the first of them."""
    below = [row for row in page.form.rows if row.parent == heading.key]
    counted = [draft for row in below for draft in _counted(page, row) if draft.value]
    for text in map(as_text, remarks):
        code = _doubt_of(text, counted)
        if code:
            page.tell(code, counted[0], facts={"value": counted[0].value or 0, "note": text})
            return


def _counted(page: Page, row: Row) -> list[Draft]:
    """Give the cells of a row whose number counts."""
    drafts = [page.drafts[Cell(row.key, measure)] for measure, kind in row.kinds.items() if kind in NUMBERS]
    return [draft for draft in drafts if draft.value is not None and draft.state in COUNTED and draft.found]


def _remarks_of(page: Page, row: Row) -> Iterator[CellValue]:
    """Give the note of a row, and the texts in its line in columns that the form does not have."""
    note = page.drafts.get(Cell(row.key, NOTE))
    if note and note.text:
        yield note.raw
    line = page.located.rows.get(row.key)
    for place in page.located.unclaimed:
        value = page.sheet.value(*place)
        if place[0] == line and isinstance(value, str):
            yield value


def _says_another(page: Page, row: Row, raw: CellValue, counted: list[Draft]) -> bool:
    text = as_text(raw)
    values = {draft.value for draft in counted}
    known = values | {sum(draft.value or 0 for draft in counted)}
    if (said := corrected_to(text)) is not None:
        number, behind = said
        size = next(iter(behind.split()), "")
        numbers = {*_numbers(page, row, number), *_numbers(page, row, f"{number} {size}")}
        return bool(numbers) and known.isdisjoint(numbers)
    if says_mistake(text):
        return True
    if (led := number_alone(text)) is not None:
        numbers = {*_numbers(page, row, led)}
        return bool(numbers) and known.isdisjoint(numbers)
    bare = _without_brackets(text)
    alone = () if bare in page.reader.labels.years else _numbers(page, row, bare if bare != text else raw)
    return bool(alone) and not known.intersection(alone)


def _doubt_of(text: str, counted: list[Draft]) -> str | None:
    """Give the code for a note that calls the numbers of its row incomplete, or an estimate."""
    if not any(draft.value for draft in counted):
        return None
    if says_incomplete(text):
        return codes.NOTE_SAYS_INCOMPLETE
    if says_estimate(text, [draft.value for draft in counted]):
        return codes.NOTE_SAYS_ESTIMATE
    return None


def _without_brackets(text: str) -> str:
    """Give what stands in brackets that hold a whole note, unless it is short enough for the mark of a footnote."""
    bracketed = _BRACKETED.fullmatch(text.strip())
    return bracketed[1] if bracketed else text


def _numbers(page: Page, row: Row, raw: CellValue) -> tuple[int, ...]:
    """Read what is a number and nothing else; a 0 says that there is nothing to remark."""
    units = tuple(word for words in page.form.unit_words.values() for word in words)
    reading = read_number(raw, kind=stray_kind(row), words=page.reader.words, units=units)
    if reading.value:
        return (reading.value,)
    return reading.candidates if reading.code == codes.AMBIGUOUS and not str(raw).startswith("(") else ()


def _meant(page: Page, counted: list[Draft], text: str) -> Draft:
    """Find the number that a note speaks of, by the word behind its own; else the first."""
    said = corrected_to(text)
    words = (said[1] if said else text).split()
    for draft in counted:
        units = {part for unit in page.form.unit_words.get(draft.key.measure, ()) for part in unit.split()}
        if units.intersection(words[:2]):
            return draft
    return counted[0]


def _is_in_multiples(page: Page, row: Row, text: str) -> bool:
    """Tell whether a note says so of things; what it says of money is told as the unit of money."""
    kinds = {kind for kind in row.kinds.values() if kind in NUMBERS}
    if kinds != {ValueKind.COUNT}:
        return False
    units = [word for measure in row.kinds for word in page.form.unit_words.get(measure, ())]
    return counts_in_multiples(text, [*units, row.unit_of_measure])
