"""Texts of a form: notes, rows of text, and sums of money in a note that the number beside it contradicts."""

from collections.abc import Iterator

from pipeline.extract.cells.page import Draft, Page, as_text, refuse
from pipeline.extract.numbers import read_number, sums_in
from pipeline.findings import codes
from pipeline.model import COUNTED, Fact, State
from pipeline.readers.sheets import READERS_DIFFER, Unseen
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell, TextOnly


def take_text(page: Page, draft: Draft) -> None:
    """Take what stands in a cell as a text; a text that the file does not hold is told, and no blank."""
    text = as_text(draft.raw)
    if isinstance(draft.raw, Unseen):
        refuse(page, draft, draft.raw.code if draft.raw.code == READERS_DIFFER else codes.TEXT_NOT_SHOWN, text)
        return
    if text:
        draft.state, draft.text, draft.found = State.STATED, text, text


def read_text(page: Page, row: Row, draft: Draft) -> None:
    """Read a cell of text; a number in it is told, and never summed."""
    take_text(page, draft)
    rule = next((rule for rule in page.reader.rules.of_row.get(row.key, ()) if isinstance(rule, TextOnly)), None)
    is_number = isinstance(draft.raw, int | float) and not isinstance(draft.raw, bool)
    if rule and is_number and draft.found and not page.source.is_summary:
        page.tell(codes.NUMBER_IN_TEXT_ROW, draft, (rule, "number"))


def tell_of_other_sums(page: Page) -> None:
    """Tell where a text in a row of money says another sum than its cell: perhaps it is counted in thousands.

    A smaller sum may be a part of it, unless it is all that the text says.
    """
    for row in () if page.source.is_summary else page.form.rows:
        for measure, kind in row.kinds.items():
            draft = page.drafts[Cell(row.key, measure)]
            if kind is not ValueKind.MONEY or draft.value is None or draft.state not in COUNTED:
                continue
            for text in _texts_beside(page, row):
                said = _other_sum(page, text, draft.value)
                if said is not None:
                    facts: dict[str, Fact] = {"value": draft.value, "said": said, "note": text}
                    page.tell(codes.NOTE_SAYS_OTHER_SUM, draft, suggestions=(said,), facts=facts)
                    break


def _texts_beside(page: Page, row: Row) -> Iterator[str]:
    """Give the note of a row, and what stands in its line in columns that the form does not have."""
    note = page.drafts.get(Cell(row.key, NOTE))
    if note and note.text:
        yield note.text
    line = page.located.rows.get(row.key)
    for place in page.located.unclaimed:
        value = page.sheet.value(*place)
        if place[0] == line and isinstance(value, str):
            yield as_text(value)


def _other_sum(page: Page, text: str, value: int) -> int | None:
    words = page.reader.words
    sums = sums_in(text, words)
    whole = read_number(text.rpartition(":")[2], kind="money", words=words).value
    alone = sums[0] if len(sums) == 1 and whole == sums[0] else None
    if not sums or value in (*sums, sum(sums)):
        return None
    return max(sums) if max(sums) > value else alone
