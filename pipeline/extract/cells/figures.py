"""The number cells of a form: each to a whole number, to blank, or to a finding at the cell."""

import re
from dataclasses import replace

from pipeline.extract.cells.page import (
    Draft,
    Page,
    Seen,
    anchor_of,
    as_text,
    coverage_of,
    draft_of,
    is_in_doubt,
    refuse,
    stray_kind,
    unread,
)
from pipeline.extract.cells.shown import as_shown
from pipeline.extract.numbers import Reading, read_number
from pipeline.extract.numbers.dates import DAYS_TO_1904, behind_date, date_of, serials_about
from pipeline.extract.numbers.reading import UNKNOWN
from pipeline.findings import codes
from pipeline.model import Fact, State
from pipeline.readers.sheets import Unseen
from schemas.form import Row, ValueKind
from schemas.rules import Cell, KindsKeptApart
from schemas.text import fold_words, visible


def read_figure(page: Page, row: Row, draft: Draft) -> None:
    """Read the cell of one number."""
    if not draft.cell:
        return
    address = (page.located.rows[row.key], page.located.columns[draft.key.measure])
    if page.source.is_summary:
        _read_coverage(page, draft, address[0])
    if _is_refused_unread(page, draft):
        return
    if _is_shared(page, row, address):
        values = (page.sheet.value(*page.spans[address][:2]), page.sheet.value(*address))
        draft.found = "; ".join(dict.fromkeys(as_text(value) for value in values if value != "")) or None
        if draft.found:
            refuse(page, draft, codes.AMBIGUOUS, draft.found)
        return
    pair = page.reader.rules.pairs.get(row.key)
    words = page.form.unit_words
    reading = unread(page, draft.raw, anchor_of(page, row, address) or address) or read_number(
        draft.raw,
        words=page.reader.words,
        kind="money" if row.kinds[draft.key.measure] is ValueKind.MONEY else "count",
        units=words.get(draft.key.measure, ()),
        pair_units=(words.get(pair[0], ()), words.get(pair[1], ())) if pair else None,
    )
    reading = as_shown_of(page, row, draft, reading)
    if is_in_doubt(page, draft.key):
        _leave_in_doubt(draft, reading)
        if reading.second is not None and row.key not in page.located.doubtful:
            page.tell(codes.AMBIGUOUS, draft, suggestions=(reading.value or 0, reading.second))
    elif reading.second is not None and pair:
        _place_pair(page, draft, reading, pair)
    else:
        _take_reading(page, draft, reading)


def as_shown_of(page: Page, row: Row, draft: Draft, reading: Reading) -> Reading:
    """Weigh a number against what its format shows in its place, as far as the second look told it."""
    dressed = page.facts.dressed if page.facts and not page.source.is_word else {}
    column = page.located.columns.get(draft.key.measure)
    if column is None:
        return reading
    address = (page.located.rows[row.key], column)
    if dressed and draft.key.measure in row.kinds:
        address = anchor_of(page, row, address) or address
    if address not in dressed or isinstance(draft.raw, str):
        return reading
    units = page.form.unit_words.get(draft.key.measure, ())
    return as_shown(reading, dressed[address], stray_kind(row), page.reader.words, units)


def _read_coverage(page: Page, draft: Draft, line: int) -> None:
    """In a summary a formula that shows nothing has no stored value; its coverage says that it is blank."""
    coverage = coverage_of(page, draft.key.measure, line)
    without_result = isinstance(draft.raw, Unseen) and draft.raw.code in _WITHOUT_RESULT
    if coverage is not None and coverage[0] == 0 and (without_result or draft.raw in ("", 0)):
        draft.raw = ""
    elif isinstance(draft.raw, Unseen) and draft.raw.code == codes.STORED_ZERO:
        draft.raw = 0.0


_WITHOUT_RESULT = (codes.NEVER_CALCULATED, codes.STORED_ZERO)
"""a formula never calculated, or one whose stored 0 may be the place of a text"""


def _is_refused_unread(page: Page, draft: Draft) -> bool:
    """Refuse a cell whose number nobody sees, whatever is known of its row, and a blank that may hold one."""
    is_known = page.source.is_word or page.facts is not None
    if isinstance(draft.raw, Unseen):
        refuse(page, draft, draft.raw.code, draft.raw.text)
    elif draft.raw == "" and not is_known:
        refuse(page, draft, codes.BLANK_OR_FORMULA, "", {"format": page.source.format} if page.source.format else None)
    else:
        return False
    return True


def _is_shared(page: Page, row: Row, address: tuple[int, int]) -> bool:
    """Tell whether the cell is merged with one that takes another number, so that nobody knows whose it is."""
    span = page.spans.get(address)
    if span is None:
        return False
    top, left, bottom, right = span
    rows = {line for line in (*page.located.rows.values(), *page.located.label_columns) if top <= line <= bottom}
    measures = {key for key in row.kinds if left <= page.located.columns.get(key, -1) <= right}
    pair = page.reader.rules.pairs.get(row.key)
    if len(rows) == 1 and pair and len(measures) > 1:
        anchor = page.sheet.value(top, left)
        words = page.form.unit_words
        units = (words.get(pair[0], ()), words.get(pair[1], ()))
        if (
            isinstance(anchor, str)
            and read_number(anchor, kind="count", words=page.reader.words, pair_units=units).second is not None
        ):
            return False
    return len(rows) > 1 or len(measures) > 1


def _leave_in_doubt(draft: Draft, reading: Reading) -> None:
    """The row or column is in doubt and that is told; what stands there is kept, and counts nowhere.

    A blank cell is no blank either: its number may stand in the other row or column, so it is never a zero.
    """
    draft.state = State.UNREADABLE
    if reading.state != "blank":
        draft.found = reading.found or as_text(draft.raw)


def _take_reading(page: Page, draft: Draft, reading: Reading) -> None:
    rule = next((r for r in page.reader.rules.of_row.get(draft.key.row, ()) if isinstance(r, KindsKeptApart)), None)
    if rule and rule.add_up:
        reading = _added_up(page, draft, reading)
    if reading.code == UNKNOWN.code:
        _leave_unknown(page, draft)
        return
    draft.state, draft.value = State(reading.state), reading.value
    if page.source.is_word and draft.state is State.STATED:
        draft.state = State.READ
    if reading.state != "blank":
        draft.found = visible(reading.found or as_text(draft.raw))
    if reading.code:
        outcome = _OF_KINDS.get(reading.code)
        page.tell(
            reading.code,
            draft,
            (rule, outcome) if rule and outcome else None,
            suggestions=reading.candidates,
            facts=facts_of(page, draft.key.row, reading),
        )
    elif _is_formula(page, draft):
        page.tell(codes.TYPED_OVER_FORMULA, draft, facts={"value": draft.value or 0})
    _tell_of_serial(page, draft)
    _tell_of_size(page, draft)


def _leave_unknown(page: Page, draft: Draft) -> None:
    """The unit says that there is a figure which it does not know: its cell stays blank, and is never a zero."""
    page.tell(UNKNOWN.code or "", replace(draft, found=visible(as_text(draft.raw))))
    page.elsewhere[draft.key] = Seen("", is_plain=True)


_OF_KINDS = {codes.TWO_KINDS: "mixed", codes.TWO_KINDS_ADDED: "added"}


def _added_up(page: Page, draft: Draft, reading: Reading) -> Reading:
    """Add the numbers of two kinds of thing, if both are counted in words of this column."""
    letters = re.findall("[a-z]+", fold_words(reading.found or as_text(draft.raw)))
    units = {word for said in page.form.unit_words.get(draft.key.measure, ()) for word in fold_words(said).split()}
    if (
        reading.code != codes.TWO_KINDS
        or len(reading.pairs) != 1
        or not units.union(page.reader.words.joiners) >= set(letters)
    ):
        return reading
    return Reading("read", sum(reading.pairs[0]), code=codes.TWO_KINDS_ADDED, found=reading.found)


def _tell_of_serial(page: Page, draft: Draft) -> None:
    """Tell of a count that Excel would store for a day about the time of the form: it may be one, made a number.

    A cell whose number format is fixed keeps it when "5/10" is typed, and shows 44109.
    """
    form = page.form
    is_count = form.by_key[draft.key.row].kinds[draft.key.measure] is ValueKind.COUNT
    serial = (draft.value or 0) + (DAYS_TO_1904 if page.facts and page.facts.dates_from_1904 else 0)
    is_serial = serial in serials_about(form.first_day, form.last_day)
    if not is_count or page.source.is_summary or not is_serial:
        return
    day = date_of(serial)
    candidates, pairs = behind_date(day)
    facts = facts_of(page, draft.key.row, Reading("unreadable", pairs=pairs))
    shown: dict[str, Fact] = {"value": draft.value or 0, "day": f"{day.day:02}/{day.month:02}/{day.year}"}
    page.tell(codes.PERHAPS_A_DATE, draft, suggestions=candidates, facts={**facts, **shown})


def _tell_of_size(page: Page, draft: Draft) -> None:
    """Ask about a count that no unit reaches."""
    is_count = page.form.by_key[draft.key.row].kinds[draft.key.measure] is ValueKind.COUNT
    if is_count and not page.source.is_summary and (draft.value or 0) >= page.reader.words.unusual_count:
        page.tell(codes.IMPROBABLE_COUNT, draft, facts={"value": draft.value or 0})


def facts_of(page: Page, row: str, reading: Reading) -> dict[str, Fact]:
    """Give what a person is told of a reading: the number it gave, or the pairs it may be where the row takes one."""
    if reading.value is not None:
        return {"value": reading.value}
    pair = page.reader.rules.pairs.get(row)
    return {"pairs": tuple(pair_text(page, row, pair, numbers) for numbers in reading.pairs)} if pair else {}


def pair_text(page: Page, row: str, pair: tuple[str, str], numbers: tuple[int, int]) -> str:
    """Say two numbers with what they count: "5 lớp và 10 người"."""
    first, second = (_unit_word(page, row, measure) for measure in pair)
    return page.reader.words.pair.format(first=numbers[0], first_unit=first, second=numbers[1], second_unit=second)


def _unit_word(page: Page, row: str, measure: str) -> str:
    """Find the word for what a measure of a row counts: the one that stands in its unit of measure."""
    printed = f" {fold_words(page.form.by_key[row].unit_of_measure)} "
    named = (word for word in page.form.unit_words.get(measure, ()) if f" {fold_words(word)} " in printed)
    return next(named, page.form.column_by_key[measure].short)


def _is_formula(page: Page, draft: Draft) -> bool:
    if page.facts is None or page.source.is_summary or draft.value is None:
        return False
    address = (page.located.rows[draft.key.row], page.located.columns[draft.key.measure])
    return address in page.facts.formulas


def _place_pair(page: Page, draft: Draft, reading: Reading, pair: tuple[str, str]) -> None:
    """Put the two numbers of one cell into their two measures, if the other cell does not say otherwise."""
    row = draft.key.row
    other = next(measure for measure in pair if measure != draft.key.measure)
    values = dict(zip(pair, (reading.value, reading.second), strict=True))
    place = (page.located.rows[row], page.located.columns.get(other, -1))
    target = page.drafts.get(Cell(row, other)) or draft_of(page, page.form.by_key[row], other)
    beside, units = page.sheet.value(*place), page.form.unit_words.get(other, ())
    said = unread(page, beside, place) or read_number(beside, kind="count", words=page.reader.words, units=units)
    said = as_shown_of(page, page.form.by_key[row], target, said)
    draft.found = visible(reading.found or as_text(draft.raw))
    if said.state != "blank" and said.value != values[other]:
        draft.state = State.UNREADABLE
        page.tell(codes.AMBIGUOUS, draft, suggestions=tuple(v for v in values.values() if v is not None))
        return
    draft.state, draft.value = State.READ, values[draft.key.measure]
    numbers = (values[pair[0]] or 0, values[pair[1]] or 0)
    page.tell(reading.code or codes.PAIR_SPLIT, draft, facts={"value": pair_text(page, row, pair, numbers)})
    target.state, target.value = State.READ, values[other]
    target.found = target.found or draft.found
    page.drafts[target.key] = target
