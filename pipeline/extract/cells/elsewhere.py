"""Where the number of a blank cell may stand instead: elsewhere in its line, or in a line below that has no row.

Such a blank is no "no activity", whoever says that blanks are 0.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pipeline.extract.cells.page import NUMBERS, Draft, Page, Seen, as_text, stray_kind
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


def look_elsewhere(page: Page) -> None:
    """Note for each blank cell what may be its number: in its line, or in that of the rows above it."""
    if page.source.is_summary:
        return
    beside: dict[int, list[int]] = {}
    for line, column in page.located.unclaimed:
        beside.setdefault(line, []).append(column)
    for row in page.form.rows:
        blanks = _blanks_of(page, row)
        if not blanks:
            continue
        texts = tuple(dict.fromkeys(_texts_beside(page, row, beside)))
        if texts:
            seen = Seen(visible("; ".join(texts)), is_plain=_is_plain(page, row, texts))
            page.elsewhere |= {draft.key: seen for draft in blanks}
        elif (told := _in_other_cell(page, row)) is not None:
            # What nobody can read may be the number, whatever the unit says of its blanks.
            seen = Seen(told, is_plain=bool(page.strayed.get(row.key)))
            page.elsewhere |= {draft.key: seen for draft in blanks}
    _look_above(page, beside)


def _look_above(page: Page, beside: Mapping[int, Sequence[int]]) -> None:
    """Where all cells below a heading or a total are blank, what stands at it may be their numbers.

    So may a sum of money in a row of words, where no sum stands in its own row. That a stated total has no parts is
    told by its rule.
    """
    form, drafts = page.form, page.drafts
    below: dict[str, list[Draft]] = {}
    for row in form.rows:
        if row.role == "input":
            below.setdefault(row.parent, []).extend(_numbers_of(page, row))
    for key, parts in below.items():
        if key in page.located.rows and _are_blank(parts):
            row = form.by_key[key]
            own = [drafts[Cell(key, measure)] for measure in form.measures if measure not in row.kinds]
            figures = [as_text(draft.raw) for draft in own if draft.cell and _holds_figure(page, draft.raw)]
            _take_from(page, row, parts, [*_texts_beside(page, row, beside), *figures])
    money = [
        drafts[Cell(row.key, key)] for row in form.rows for key, kind in row.kinds.items() if kind is ValueKind.MONEY
    ]
    if _are_blank(money):
        for draft in drafts.values():
            text = "" if draft.key.measure == NOTE else draft.text or ""
            if text and sums_in(text, page.reader.words):
                _take_from(page, form.by_key[draft.key.row], money, [text])


def _are_blank(cells: Sequence[Draft]) -> bool:
    return all(draft.state is State.BLANK for draft in cells)


def _take_from(page: Page, row: Row, blanks: Sequence[Draft], texts: Sequence[str]) -> None:
    """Take what stands at another row for what may be the numbers of blank cells."""
    if texts:
        seen = Seen(visible(f"{page.form.short_names[row.key]}: {'; '.join(dict.fromkeys(texts))}"), is_plain=False)
        for draft in blanks:
            if draft.cell:
                page.elsewhere.setdefault(draft.key, seen)


def _blanks_of(page: Page, row: Row) -> list[Draft]:
    return [draft for draft in _numbers_of(page, row) if draft.state is State.BLANK and draft.cell]


def _numbers_of(page: Page, row: Row) -> list[Draft]:
    return [page.drafts[Cell(row.key, key)] for key, kind in row.kinds.items() if kind in NUMBERS]


def _in_other_cell(page: Page, row: Row) -> str | None:
    """Find a number of the row that is not read, or out of place, and may be that of a blank cell too.

    Empty where a finding at the row tells of it; None where there is none. A plain number is that of its own cell.
    """
    note = page.drafts.get(Cell(row.key, NOTE))
    if row.key in page.strayed or (note and note.state is State.UNREADABLE):
        return page.strayed.get(row.key, "")
    unread = [draft for draft in _numbers_of(page, row) if draft.state is State.UNREADABLE and draft.found]
    found = next((draft for draft in unread if not str(draft.found).isdecimal()), None)
    if found is None:
        return None
    return found.found if found.key.measure in page.located.doubtful_measures else ""


def _texts_beside(page: Page, row: Row, beside: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """Give what holds a figure that the form does not print there: note, unit, label, cells beside, lines below."""
    line, columns = page.located.rows[row.key], page.located.columns
    note = _note_of(page, row)
    if _holds_figure(page, note) or (_is_without_number(page, row) and _says_something(page, note)):
        yield as_text(note)
    unit = page.sheet.value(line, columns.get(page.reader.labels.unit_key or "", -1))
    if isinstance(unit, str) and fold(unit) != fold(row.unit_of_measure) and _holds_figure(page, unit):
        yield as_text(unit)
    label = page.sheet.value(line, page.located.label_columns.get(line, columns[page.reader.labels.label_key]))
    printed = (row.label, row.label_print, *row.aliases)
    if isinstance(label, str) and _further(page, label, printed):
        yield as_text(label)
    for column in beside.get(line, ()):
        if _is_typed(page, (line, column)) and _holds_figure(page, page.sheet.value(line, column)):
            yield as_text(page.sheet.value(line, column))
    yield from _texts_below(page, line)


def _note_of(page: Page, row: Row) -> CellValue:
    """Give the note of a row, also one that is merged over several rows; blank where it cannot be read."""
    note = page.drafts.get(Cell(row.key, NOTE))
    if note is None or note.state is State.UNREADABLE:
        return ""
    span = page.spans.get((page.located.rows[row.key], page.located.columns.get(NOTE, -1)))
    return page.sheet.value(span[0], span[1]) if note.raw == "" and span and span[1] == span[3] else note.raw


def _is_without_number(page: Page, row: Row) -> bool:
    return all(draft.state is State.BLANK for draft in _numbers_of(page, row))


def _says_something(page: Page, note: CellValue) -> bool:
    """Tell whether the note of a row without a number says more than that there was nothing: "báo cáo sau"."""
    if not isinstance(note, str) or not fold(note):
        return False
    reading = read_number(note, kind="count", words=page.reader.words)
    words = fold_words(note)
    is_nothing = reading.value == 0 or reading.state == "blank" or words.startswith(page.reader.words.nothing)
    return not is_nothing and words not in page.reader.words.perhaps_zero


def _texts_below(page: Page, line: int) -> Iterator[str]:
    """Give the figures of the lines directly below that are no rows of the form."""
    known, sheet = set(page.located.rows.values()), page.sheet
    for below in range(line + 1, sheet.first_row + len(sheet.rows)):
        cells = sheet.rows[below - sheet.first_row]
        if below in known or not any(value != "" for value in cells):
            return
        for column in range(sheet.first_column, sheet.first_column + len(cells)):
            if _is_figure_below(page, (below, column)):
                yield as_text(sheet.value(below, column))


def _is_figure_below(page: Page, place: tuple[int, int]) -> bool:
    """Tell whether a cell below a row holds a figure.

    Under the table only a number in a column of figures is one, and what is counted under the labels: "+ 18 lớp".
    """
    line, column = place
    value, columns = page.sheet.value(line, column), page.located.columns
    roles = {columns[each.key]: each.role for each in page.form.columns if each.key in columns}
    if not _is_typed(page, place) or roles.get(column) == "ordinal":
        return False
    if line > page.located.last_row:
        if isinstance(value, str):
            return roles.get(column) == "label" and _counts(page, value)
        return roles.get(column) == "measure" and _holds_figure(page, value)
    if isinstance(value, str) and column == page.located.label_columns.get(line):
        return _holds_figure(page, without_list_sign(value))
    return _holds_figure(page, value)


def _is_typed(page: Page, place: tuple[int, int]) -> bool:
    """Tell what a person typed from what a formula of the template says beside the table."""
    facts = page.facts
    if facts is None or place not in facts.formulas or place in facts.percents:
        return True
    value = page.sheet.value(*place)
    return not isinstance(value, str) and value != 0


def _further(page: Page, typed: str, printed: Sequence[str]) -> bool:
    """Tell whether a label holds a figure that the form does not print there."""
    own: Counter[int] = Counter()
    for text in printed:
        own |= Counter(_figures(page, text))
    return bool(Counter(_figures(page, without_enumerator(typed))) - own)


def _holds_figure(page: Page, value: CellValue) -> bool:
    if isinstance(value, Unseen):
        return True
    if isinstance(value, int | float):
        return value != 0
    return isinstance(value, str) and (bool(_figures(page, value)) or _counts(page, value))


def _figures(page: Page, text: str) -> tuple[int, ...]:
    found = figures_but_dates(text, page.reader.words)
    return tuple(number for number in found if str(number) not in page.reader.labels.years)


def _is_plain(page: Page, row: Row, texts: Sequence[str]) -> bool:
    """Tell what says a number, alone in the note or with what it counts ("Đã mở 3 lớp"), from what mentions one."""
    if any(_counts(page, text) for text in texts):
        return True
    note = page.drafts.get(Cell(row.key, NOTE))
    if note is None or isinstance(note.raw, Unseen) or not _holds_figure(page, note.raw):
        return False
    reading = read_number(note.raw, kind=stray_kind(row), words=page.reader.words)
    text = note.text or ""
    begins = bool(reading.candidates) and text[:1].isdecimal() and len(text.split()) <= _FEW_WORDS
    return reading.value is not None or begins


def _counts(page: Page, text: str) -> bool:
    """Tell whether a text says a number with a word for what is counted."""
    return bool(page.reader.rules.counted.search(fold_words(without_dates(text, page.reader.words))))
