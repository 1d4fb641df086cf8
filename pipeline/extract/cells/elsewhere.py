"""Where the number of a blank cell may stand instead: elsewhere in its line, or in a line below that has no row.

Such a blank is no "no activity", whoever says that blanks are 0.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.extract.cells.form_page import (
    Draft,
    FormPage,
    Seen,
    as_text,
    stray_kind,
)
from pipeline.extract.numbers import read_number, sums_in
from pipeline.extract.numbers.dates import figures_but_dates, without_dates
from pipeline.extract.similarity import without_enumerator, without_list_sign
from pipeline.model import State
from pipeline.readers.sheets import CellValue, Unseen
from schemas.form import NOTE, Row, ValueKind
from schemas.rules import Cell
from schemas.text import fold, fold_words, visible

_FEW_WORDS = 4
"""a note of so many words that begins with a number says the number: "12 tin, bài" """


def look_elsewhere(page: FormPage) -> None:
    """Note for each blank cell what may be its number: in its line, or in that of the rows above it."""
    if page.source.is_summary:
        return
    beside: dict[int, list[int]] = {}
    for line, column in page.located.unclaimed:
        beside.setdefault(line, []).append(column)
    for row in page.form.rows:
        blanks = _blanks_of(page, row)
        seen = _seen_for(page, row, beside) if blanks else None
        if seen is not None:
            page.elsewhere |= {draft.key: seen for draft in blanks}
    _look_above(page, beside)
    _look_into_words(page)


def _seen_for(page: FormPage, row: Row, beside: Mapping[int, Sequence[int]]) -> Seen | None:
    """Say what may be the number of the blank cells of a row."""
    texts = tuple(dict.fromkeys(_texts_beside(page, row, beside)))
    if texts:
        return Seen(visible("; ".join(texts)), is_plain=_is_plain(page, row, texts))
    in_other = _in_other_cell(page, row)
    if in_other is None:
        return None
    # What nobody can read may be the number, whatever the unit says of its blanks.
    return Seen(in_other, is_plain=bool(page.strayed.get(row.key)))


def _look_above(page: FormPage, beside: Mapping[int, Sequence[int]]) -> None:
    """Where all cells below a heading or a total are blank, what stands at it may be their numbers.

    That a stated total has no parts is told by its rule.
    """
    form = page.form
    below: dict[str, list[Draft]] = {}
    for row in form.rows:
        if row.role == "input":
            below.setdefault(row.parent, []).extend(page.cells_of(row))
    for key, parts in below.items():
        if key in page.located.rows and _are_blank(parts):
            heading = form.by_key[key]
            texts = [
                *_texts_beside(page, heading, beside),
                *_figures_at(page, heading),
            ]
            _take_from(page, heading, parts, texts)


def _figures_at(page: FormPage, heading: Row) -> Iterator[str]:
    """Give what holds a figure in the cells of a heading that take none."""
    for measure in page.form.measures:
        draft = page.drafts[Cell(heading.key, measure)]
        if measure not in heading.kinds and draft.cell and _holds_figure(page, draft.raw):
            yield as_text(draft.raw)


def _look_into_words(page: FormPage) -> None:
    """A sum of money in a row of words may be that of the rows of money, where no sum stands in them."""
    form = page.form
    money: list[Draft] = []
    for row in form.rows:
        money += (page.drafts[Cell(row.key, key)] for key, kind in row.kinds.items() if kind is ValueKind.MONEY)
    if not _are_blank(money):
        return
    for draft in page.drafts.values():
        text = draft.text or ""
        if draft.key.measure != NOTE and text and sums_in(text, page.number_words):
            _take_from(page, form.by_key[draft.key.row], money, [text])


def _are_blank(cells: Sequence[Draft]) -> bool:
    return all(draft.state is State.BLANK for draft in cells)


def _take_from(page: FormPage, row: Row, blanks: Sequence[Draft], texts: Sequence[str]) -> None:
    """Take what stands at another row for what may be the numbers of blank cells."""
    if not texts:
        return
    quoted = "; ".join(dict.fromkeys(texts))
    seen = Seen(visible(f"{page.form.short_names[row.key]}: {quoted}"), is_plain=False)
    for draft in blanks:
        if draft.cell:
            page.elsewhere.setdefault(draft.key, seen)


def _blanks_of(page: FormPage, row: Row) -> list[Draft]:
    return [draft for draft in page.cells_of(row) if draft.state is State.BLANK and draft.cell]


def _in_other_cell(page: FormPage, row: Row) -> str | None:
    """Find a number of the row that is not read, or out of place, and may be that of a blank cell too.

    Empty where a finding at the row tells of it; None where there is none. A plain number is that of its own cell.
    """
    note = page.note_of(row)
    if row.key in page.strayed or (note and note.state is State.UNREADABLE):
        return page.strayed.get(row.key, "")
    for draft in page.cells_of(row):
        is_unread = draft.state is State.UNREADABLE and draft.found
        if is_unread and not str(draft.found).isdecimal():
            return draft.found if draft.key.measure in page.located.doubtful_measures else ""
    return None


def _texts_beside(page: FormPage, row: Row, beside: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """Give what holds a figure that the form does not print there: note, unit, label, cells beside, lines below."""
    line = page.located.rows[row.key]
    note = _note_of(page, row)
    if _holds_figure(page, note) or (_is_without_number(page, row) and _says_something(page, note)):
        yield as_text(note)
    yield from _further_words_of(page, row, line)
    for column in beside.get(line, ()):
        value = page.sheet.value(line, column)
        if _is_typed(page, (line, column)) and _holds_figure(page, value):
            yield as_text(value)
    yield from _texts_below(page, line)


def _further_words_of(page: FormPage, row: Row, line: int) -> Iterator[str]:
    """Give the unit of measure and the label of a row where they hold a figure that the form does not print."""
    columns = page.located.columns
    unit = page.sheet.value(line, columns.get(page.labels.unit_key or "", -1))
    if isinstance(unit, str) and fold(unit) != fold(row.unit_of_measure) and _holds_figure(page, unit):
        yield as_text(unit)
    label_column = page.located.label_columns.get(line, columns[page.labels.label_key])
    label = page.sheet.value(line, label_column)
    printed = (row.label, row.label_print, *row.aliases)
    if isinstance(label, str) and _further(page, label, printed):
        yield as_text(label)


def _note_of(page: FormPage, row: Row) -> CellValue:
    """Give the note of a row, also one that is merged over several rows; blank where it cannot be read."""
    note = page.note_of(row)
    if note is None or note.state is State.UNREADABLE:
        return ""
    span = page.spans.get((page.located.rows[row.key], page.located.columns.get(NOTE, -1)))
    if note.raw == "" and span and span[1] == span[3]:
        return page.sheet.value(span[0], span[1])
    return note.raw


def _is_without_number(page: FormPage, row: Row) -> bool:
    return all(draft.state is State.BLANK for draft in page.cells_of(row))


def _says_something(page: FormPage, note: CellValue) -> bool:
    """Tell whether the note of a row without a number says more than that there was nothing: "báo cáo sau"."""
    if not isinstance(note, str) or not fold(note):
        return False
    reading = read_number(note, kind="count", words=page.number_words)
    if reading.value == 0 or reading.state == "blank":
        return False
    words = fold_words(note)
    return not words.startswith(page.number_words.nothing) and words not in page.number_words.perhaps_zero


def _texts_below(page: FormPage, line: int) -> Iterator[str]:
    """Give the figures of the lines directly below that are no rows of the form."""
    known, sheet = set(page.located.rows.values()), page.sheet
    for below in range(line + 1, sheet.first_row + len(sheet.rows)):
        cells = sheet.rows[below - sheet.first_row]
        if below in known or not any(value != "" for value in cells):
            return
        for column in range(sheet.first_column, sheet.first_column + len(cells)):
            if _is_figure_below(page, (below, column)):
                yield as_text(sheet.value(below, column))


def _is_figure_below(page: FormPage, place: tuple[int, int]) -> bool:
    """Tell whether a cell below a row holds a figure.

    Under the table only a number in a column of figures is one, and what is counted under the labels: "+ 18 lớp".
    """
    line, column = place
    value = page.sheet.value(line, column)
    role = _role_of(page, column)
    if not _is_typed(page, place) or role == "ordinal":
        return False
    if line > page.located.last_row:
        if isinstance(value, str):
            return role == "label" and _counts(page, value)
        return role == "measure" and _holds_figure(page, value)
    if isinstance(value, str) and column == page.located.label_columns.get(line):
        return _holds_figure(page, without_list_sign(value))
    return _holds_figure(page, value)


def _role_of(page: FormPage, column: int) -> str | None:
    """What a column of the sheet is for; of two columns of the form that share it the last says it."""
    found = None
    for each in page.form.columns:
        if page.located.columns.get(each.key) == column:
            found = each.role
    return found


def _is_typed(page: FormPage, place: tuple[int, int]) -> bool:
    """Tell what a person typed from what a formula of the template says beside the table."""
    facts = page.facts
    if facts is None or place not in facts.formulas or place in facts.percents:
        return True
    value = page.sheet.value(*place)
    return not isinstance(value, str) and value != 0


def _further(page: FormPage, typed: str, printed: Sequence[str]) -> bool:
    """Tell whether a label holds a figure that the form does not print there."""
    own: Counter[int] = Counter()
    for text in printed:
        own |= Counter(_figures(page, text))
    return bool(Counter(_figures(page, without_enumerator(typed))) - own)


def _holds_figure(page: FormPage, value: CellValue) -> bool:
    if isinstance(value, Unseen):
        return True
    if isinstance(value, int | float):
        return value != 0
    return isinstance(value, str) and (bool(_figures(page, value)) or _counts(page, value))


def _figures(page: FormPage, text: str) -> tuple[int, ...]:
    found = figures_but_dates(text, page.number_words)
    return tuple(number for number in found if str(number) not in page.labels.years)


def _is_plain(page: FormPage, row: Row, texts: Sequence[str]) -> bool:
    """Tell what says a number, alone in the note or with what it counts ("Đã mở 3 lớp"), from what mentions one."""
    if any(_counts(page, text) for text in texts):
        return True
    note = page.note_of(row)
    if note is None or isinstance(note.raw, Unseen) or not _holds_figure(page, note.raw):
        return False
    reading = read_number(note.raw, kind=stray_kind(row), words=page.number_words)
    text = note.text or ""
    begins = bool(reading.candidates) and text[:1].isdecimal() and len(text.split()) <= _FEW_WORDS
    return reading.value is not None or begins


def _counts(page: FormPage, text: str) -> bool:
    """Tell whether a text says a number with a word for what is counted."""
    return bool(page.rules.counted.search(fold_words(without_dates(text, page.number_words))))
