"""Texts of a form: notes, rows of text, and sums of money in a note that the number beside it contradicts."""

from collections.abc import Iterator

from pipeline.extract.cells.form_page import Draft, FormPage, as_text, refuse
from pipeline.extract.numbers import read_number, sums_in
from pipeline.findings import codes
from pipeline.model import COUNTED, Fact, State
from pipeline.readers.sheets import READERS_DIFFER, Unseen
from schemas.form import Row, ValueKind
from schemas.rules import Cell, TextOnly


def take_text(page: FormPage, draft: Draft) -> None:
    """Take what stands in a cell as a text; a text that the file does not hold is told, and no blank."""
    text = as_text(draft.raw)
    if isinstance(draft.raw, Unseen):
        refuse(
            page,
            draft,
            draft.raw.code if draft.raw.code == READERS_DIFFER else codes.TEXT_NOT_SHOWN,
            text,
        )
        return
    if text:
        draft.state, draft.text, draft.found = State.STATED, text, text


def read_text(page: FormPage, row: Row, draft: Draft) -> None:
    """Read a cell of text; a number in it is told, and never summed."""
    take_text(page, draft)
    is_number = isinstance(draft.raw, int | float) and not isinstance(draft.raw, bool)
    if not is_number or not draft.found or page.source.is_summary:
        return
    for rule in page.rules.of_row.get(row.key, ()):
        if isinstance(rule, TextOnly):
            page.tell(codes.NUMBER_IN_TEXT_ROW, draft, (rule, "number"))
            return


def tell_of_other_sums(page: FormPage) -> None:
    """Tell where a text in a row of money says another sum than its cell: perhaps it is counted in thousands.

    A smaller sum may be a part of it, unless it is all that the text says.
    """
    if page.source.is_summary:
        return
    for row in page.form.rows:
        for measure, kind in row.kinds.items():
            draft = page.drafts[Cell(row.key, measure)]
            if kind is ValueKind.MONEY and draft.value is not None and draft.state in COUNTED:
                _tell_of_first_other_sum(page, row, draft, draft.value)


def _tell_of_first_other_sum(page: FormPage, row: Row, draft: Draft, value: int) -> None:
    for text in _texts_beside(page, row):
        said = _other_sum(page, text, value)
        if said is not None:
            facts: dict[str, Fact] = {"value": value, "said": said, "note": text}
            page.tell(codes.NOTE_SAYS_OTHER_SUM, draft, suggestions=(said,), facts=facts)
            return


def _texts_beside(page: FormPage, row: Row) -> Iterator[str]:
    """Give the note of a row, and what stands in its line in columns that the form does not have."""
    note = page.note_of(row)
    if note and note.text:
        yield note.text
    line = page.located.rows.get(row.key)
    for place in page.located.unclaimed:
        value = page.sheet.value(*place)
        if place[0] == line and isinstance(value, str):
            yield as_text(value)


def _other_sum(page: FormPage, text: str, value: int) -> int | None:
    """Give the sum of a text that the value of its row contradicts; None where none does."""
    words = page.number_words
    sums = sums_in(text, words)
    if not sums or value in (*sums, sum(sums)):
        return None
    if max(sums) > value:
        return max(sums)
    # A smaller sum may be a part, unless the text says nothing else.
    whole = read_number(text.rpartition(":")[2], kind="money", words=words).value
    return sums[0] if len(sums) == 1 and whole == sums[0] else None
