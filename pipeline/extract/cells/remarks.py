"""Notes that say another number than the one beside them, or that it counts in thousands."""

import re
from collections.abc import Iterator, Sequence

from pipeline.extract.cells.form_page import (
    NUMBERS,
    Draft,
    FormPage,
    as_text,
    stray_kind,
)
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
from pipeline.model import COUNTED
from pipeline.readers.sheets import CellValue
from schemas.form import Row, ValueKind

_BRACKETED = re.compile(r"[(\[]\s*(\d[\d.,\s]{2,})[)\]]")


def tell_of_other_numbers(page: FormPage) -> None:
    """Tell of each row whose note puts another number in the place of one that counts, or doubts it.

    A note that says one of the numbers of its row, or mentions a part of it, contradicts nothing.
    """
    if page.source.is_summary:
        return
    for row in page.form.rows:
        remarks = list(_remarks_of(page, row))
        if not remarks:
            continue
        if not any(kind in NUMBERS for kind in row.kinds.values()):
            _tell_of_heading(page, row, remarks)
        elif not _says_other_sum(page, row):
            _tell_of_remarks(page, row, remarks)


def _says_other_sum(page: FormPage, row: Row) -> bool:
    """Whether the note of a row was told already: it says another sum of money."""
    return any(known.code == codes.NOTE_SAYS_OTHER_SUM and known.row == row.key for known in page.findings)


def _tell_of_remarks(page: FormPage, row: Row, remarks: Sequence[CellValue]) -> None:
    """Tell of the first remark that puts the numbers of its row in question; one question a row is enough."""
    counted = _counted(page, row)
    if not counted:
        return
    for remark in remarks:
        text = as_text(remark)
        code = _question_of(page, row, remark, counted)
        if code:
            at = counted[0] if code == codes.NOTE_COUNTS_IN_MULTIPLES else _meant(page, counted, text)
            page.tell(code, at, facts={"value": at.value or 0, "note": text})
            return


def _question_of(page: FormPage, row: Row, remark: CellValue, counted: list[Draft]) -> str | None:
    """Give the code for a remark that puts the numbers of its row in question; the gravest first."""
    text = as_text(remark)
    if _says_another(page, row, remark, counted):
        return codes.NOTE_SAYS_OTHER_NUMBER
    if _is_in_multiples(page, row, text):
        return codes.NOTE_COUNTS_IN_MULTIPLES
    return _doubt_of(text, counted)


def _tell_of_heading(page: FormPage, heading: Row, remarks: Sequence[CellValue]) -> None:
    """Tell where the note of a heading doubts the numbers below it, at the first of them."""
    counted: list[Draft] = []
    for row in page.form.rows:
        if row.parent == heading.key:
            counted += (draft for draft in _counted(page, row) if draft.value)
    for text in map(as_text, remarks):
        code = _doubt_of(text, counted)
        if code:
            page.tell(
                code,
                counted[0],
                facts={"value": counted[0].value or 0, "note": text},
            )
            return


def _counted(page: FormPage, row: Row) -> list[Draft]:
    """Give the cells of a row whose number counts."""
    return [draft for draft in page.cells_of(row) if _counts(draft)]


def _counts(draft: Draft) -> bool:
    return draft.value is not None and draft.state in COUNTED and bool(draft.found)


def _remarks_of(page: FormPage, row: Row) -> Iterator[CellValue]:
    """Give the note of a row, and the texts in its line in columns that the form does not have."""
    note = page.note_of(row)
    if note and note.text:
        yield note.raw
    line = page.located.rows.get(row.key)
    for place in page.located.unclaimed:
        value = page.sheet.value(*place)
        if place[0] == line and isinstance(value, str):
            yield value


def _says_another(page: FormPage, row: Row, remark: CellValue, counted: list[Draft]) -> bool:
    """Whether a remark gives another number than those of its row, or calls one of them wrong."""
    text = as_text(remark)
    numbers: set[int] = set()
    if (said := corrected_to(text)) is not None:
        number, behind = said
        size = next(iter(behind.split()), "")
        numbers = {
            *_numbers(page, row, number),
            *_numbers(page, row, f"{number} {size}"),
        }
    elif says_mistake(text):
        return True
    elif (led := number_alone(text)) is not None:
        numbers = {*_numbers(page, row, led)}
    else:
        bare = _without_brackets(text)
        if bare not in page.labels.years:
            numbers = {*_numbers(page, row, remark if bare == text else bare)}
    known = {draft.value for draft in counted}
    # A note may add up the two numbers of its row.
    known.add(sum(draft.value or 0 for draft in counted))
    return bool(numbers) and known.isdisjoint(numbers)


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


def _numbers(page: FormPage, row: Row, raw: CellValue) -> tuple[int, ...]:
    """Read what is a number and nothing else; a 0 says that there is nothing to remark."""
    units: list[str] = []
    for words in page.form.unit_words.values():
        units += words
    reading = read_number(raw, kind=stray_kind(row), words=page.number_words, units=units)
    if reading.value:
        return (reading.value,)
    # A short number in brackets is the mark of a footnote.
    if reading.code == codes.AMBIGUOUS and not str(raw).startswith("("):
        return reading.candidates
    return ()


def _meant(page: FormPage, counted: list[Draft], text: str) -> Draft:
    """Find the number that a note speaks of, by the word behind its own; else the first."""
    correction = corrected_to(text)
    words = (correction[1] if correction else text).split()
    for draft in counted:
        units: set[str] = set()
        for unit in page.units_of(draft.key.measure):
            units.update(unit.split())
        if units.intersection(words[:2]):
            return draft
    return counted[0]


def _is_in_multiples(page: FormPage, row: Row, text: str) -> bool:
    """Whether a note says so of things; what it says of money is told as the unit of money."""
    kinds = {kind for kind in row.kinds.values() if kind in NUMBERS}
    if kinds != {ValueKind.COUNT}:
        return False
    units = [row.unit_of_measure]
    for measure in row.kinds:
        units += page.units_of(measure)
    return counts_in_multiples(text, units)
