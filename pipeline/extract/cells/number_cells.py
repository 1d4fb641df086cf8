"""The number cells of a form: each to a whole number, to blank, or to a finding at the cell."""

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.cells.form_page import (
    Draft,
    FormPage,
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
from pipeline.extract.cells.number_formats import as_shown
from pipeline.extract.numbers import Reading, read_number
from pipeline.extract.numbers.dates import (
    DAYS_TO_1904,
    behind_date,
    date_of,
    serials_about,
)
from pipeline.extract.numbers.reading import UNKNOWN
from pipeline.findings import codes
from pipeline.model import Fact, State
from pipeline.readers.sheets import Unseen
from schemas.form import Row, ValueKind
from schemas.rules import Cell, KindsKeptApart
from schemas.text import fold_words, visible


def read_figure(page: FormPage, row: Row, draft: Draft) -> None:
    """Read the cell of one number."""
    if not draft.cell:
        return
    address = (page.located.rows[row.key], page.located.columns[draft.key.measure])
    if page.source.is_summary:
        _read_coverage(page, draft, address[0])
    if _is_refused_unread(page, draft):
        return
    if _is_shared(page, row, address):
        _refuse_shared(page, draft, address)
        return
    pair = page.rules.pairs.get(row.key)
    reading = _reading_of(page, row, draft, address)
    if is_in_doubt(page, draft.key):
        _leave_in_doubt(draft, reading)
        if reading.second is not None and row.key not in page.located.doubtful:
            page.tell(
                codes.AMBIGUOUS,
                draft,
                suggestions=(reading.value or 0, reading.second),
            )
    elif reading.second is not None and pair:
        _place_pair(page, draft, reading, pair)
    else:
        _take_reading(page, draft, reading)


def _reading_of(page: FormPage, row: Row, draft: Draft, address: tuple[int, int]) -> Reading:
    """Read what stands in a cell, and weigh it against what its format shows."""
    pair = page.rules.pairs.get(row.key)
    unseen = unread(page, draft.raw, anchor_of(page, row, address) or address)
    reading = unseen or read_number(
        draft.raw,
        words=page.number_words,
        kind="money" if row.kinds[draft.key.measure] is ValueKind.MONEY else "count",
        units=page.units_of(draft.key.measure),
        pair_units=_units_of_pair(page, pair) if pair else None,
    )
    return as_shown_of(page, row, draft, reading)


def _units_of_pair(page: FormPage, pair: tuple[str, str]) -> tuple[Sequence[str], Sequence[str]]:
    return page.units_of(pair[0]), page.units_of(pair[1])


def _refuse_shared(page: FormPage, draft: Draft, address: tuple[int, int]) -> None:
    """Refuse what stands in a merged cell that several numbers share; a blank one is left as it is."""
    values = (
        page.sheet.value(*page.spans[address][:2]),
        page.sheet.value(*address),
    )
    texts = dict.fromkeys(as_text(value) for value in values if value != "")
    draft.found = "; ".join(texts) or None
    if draft.found:
        refuse(page, draft, codes.AMBIGUOUS, draft.found)


def as_shown_of(page: FormPage, row: Row, draft: Draft, reading: Reading) -> Reading:
    """Weigh a number against what its format shows in its place, as far as the second look told it."""
    column = page.located.columns.get(draft.key.measure)
    if column is None or page.facts is None or page.source.every_value_is_text:
        return reading
    dressed = page.facts.dressed
    if not dressed or isinstance(draft.raw, str):
        return reading
    address = (page.located.rows[row.key], column)
    if draft.key.measure in row.kinds:
        address = anchor_of(page, row, address) or address
    if address not in dressed:
        return reading
    units = page.units_of(draft.key.measure)
    return as_shown(reading, dressed[address], stray_kind(row), page.number_words, units)


def _read_coverage(page: FormPage, draft: Draft, line: int) -> None:
    """In a summary a formula that shows nothing has no stored value; its coverage says that it is blank."""
    coverage = coverage_of(page, draft.key.measure, line)
    without_result = isinstance(draft.raw, Unseen) and draft.raw.code in _WITHOUT_RESULT
    is_of_nobody = coverage is not None and coverage[0] == 0
    if is_of_nobody and (without_result or draft.raw in ("", 0)):
        draft.raw = ""
    elif isinstance(draft.raw, Unseen) and draft.raw.code == codes.STORED_ZERO:
        draft.raw = 0.0


_WITHOUT_RESULT = (codes.NEVER_CALCULATED, codes.STORED_ZERO)
"""a formula never calculated, or one whose stored 0 may be the place of a text"""


def _is_refused_unread(page: FormPage, draft: Draft) -> bool:
    """Refuse a cell whose number nobody sees, whatever is known of its row, and a blank that may hold one."""
    if isinstance(draft.raw, Unseen):
        refuse(page, draft, draft.raw.code, draft.raw.text)
        return True
    is_known = page.source.every_value_is_text or page.facts is not None
    if draft.raw != "" or is_known:
        return False
    facts = {"format": page.source.format} if page.source.format else None
    refuse(page, draft, codes.BLANK_OR_FORMULA, "", facts)
    return True


def _is_shared(page: FormPage, row: Row, address: tuple[int, int]) -> bool:
    """Whether the cell is merged with one that takes another number, so that nobody knows whose it is."""
    span = page.spans.get(address)
    if span is None:
        return False
    top, left, bottom, right = span
    lines = (*page.located.rows.values(), *page.located.label_columns)
    rows = {line for line in lines if top <= line <= bottom}
    measures = {key for key in row.kinds if left <= page.located.columns.get(key, -1) <= right}
    if len(rows) == 1 and len(measures) > 1 and _holds_pair(page, row, (top, left)):
        return False
    return len(rows) > 1 or len(measures) > 1


def _holds_pair(page: FormPage, row: Row, place: tuple[int, int]) -> bool:
    """Whether a cell merged over both measures of a row says both numbers: "12 lớp/340 người"."""
    pair = page.rules.pairs.get(row.key)
    value = page.sheet.value(*place)
    if not pair or not isinstance(value, str):
        return False
    reading = read_number(
        value,
        kind="count",
        words=page.number_words,
        pair_units=_units_of_pair(page, pair),
    )
    return reading.second is not None


def _leave_in_doubt(draft: Draft, reading: Reading) -> None:
    """The row or column is in doubt and that is told; what stands there is kept, and counts nowhere.

    A blank cell is no blank either: its number may stand in the other row or column, so it is never a zero.
    """
    draft.state = State.UNREADABLE
    if reading.state != "blank":
        draft.found = reading.found or as_text(draft.raw)


def _take_reading(page: FormPage, draft: Draft, reading: Reading) -> None:
    rule = _rule_of_kinds(page, draft.key.row)
    if rule and rule.add_up:
        reading = _added_up(page, draft, reading)
    if reading.code == UNKNOWN.code:
        _leave_unknown(page, draft)
        return
    draft.state, draft.value = State(reading.state), reading.value
    # A number in a text was read from it, however plainly it stands there.
    if page.source.every_value_is_text and draft.state is State.STATED:
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


def _rule_of_kinds(page: FormPage, row: str) -> KindsKeptApart | None:
    for rule in page.rules.of_row.get(row, ()):
        if isinstance(rule, KindsKeptApart):
            return rule
    return None


def _leave_unknown(page: FormPage, draft: Draft) -> None:
    """The unit says that there is a figure which it does not know: its cell stays blank, and is never a zero."""
    page.tell(UNKNOWN.code or "", replace(draft, found=visible(as_text(draft.raw))))
    page.elsewhere[draft.key] = Seen("", is_plain=True)


_OF_KINDS = {codes.TWO_KINDS: "mixed", codes.TWO_KINDS_ADDED: "added"}


def _added_up(page: FormPage, draft: Draft, reading: Reading) -> Reading:
    """Add the numbers of two kinds of thing, if both are counted in words of this column."""
    if reading.code != codes.TWO_KINDS or len(reading.pairs) != 1:
        return reading
    units = set(page.number_words.joiners)
    for word in page.units_of(draft.key.measure):
        units.update(fold_words(word).split())
    letters = re.findall("[a-z]+", fold_words(reading.found or as_text(draft.raw)))
    if not units.issuperset(letters):
        return reading
    return Reading(
        "read",
        sum(reading.pairs[0]),
        code=codes.TWO_KINDS_ADDED,
        found=reading.found,
    )


def _tell_of_serial(page: FormPage, draft: Draft) -> None:
    """Tell of a count that Excel would store for a day about the time of the form: it may be one, made a number.

    A cell whose number format is fixed keeps it when "5/10" is typed, and shows 44109.
    """
    form = page.form
    if page.source.is_summary or not _is_count(page, draft):
        return
    value = draft.value or 0
    counts_from_1904 = page.facts is not None and page.facts.dates_from_1904
    serial = value + DAYS_TO_1904 if counts_from_1904 else value
    if serial not in serials_about(form.first_day, form.last_day):
        return
    day = date_of(serial)
    candidates, pairs = behind_date(day)
    facts = facts_of(page, draft.key.row, Reading("unreadable", pairs=pairs))
    shown: dict[str, Fact] = {
        "value": value,
        "day": f"{day.day:02}/{day.month:02}/{day.year}",
    }
    page.tell(
        codes.PERHAPS_A_DATE,
        draft,
        suggestions=candidates,
        facts={**facts, **shown},
    )


def _is_count(page: FormPage, draft: Draft) -> bool:
    return page.form.by_key[draft.key.row].kinds[draft.key.measure] is ValueKind.COUNT


def _tell_of_size(page: FormPage, draft: Draft) -> None:
    """Ask about a count that no unit reaches."""
    if page.source.is_summary or not _is_count(page, draft):
        return
    if (draft.value or 0) >= page.number_words.unusual_count:
        page.tell(codes.IMPROBABLE_COUNT, draft, facts={"value": draft.value or 0})


def facts_of(page: FormPage, row: str, reading: Reading) -> dict[str, Fact]:
    """Give what a person is told of a reading: the number it gave, or the pairs it may be where the row takes one."""
    if reading.value is not None:
        return {"value": reading.value}
    pair = page.rules.pairs.get(row)
    return {"pairs": tuple(pair_text(page, row, pair, numbers) for numbers in reading.pairs)} if pair else {}


def pair_text(page: FormPage, row: str, pair: tuple[str, str], numbers: tuple[int, int]) -> str:
    """Say two numbers with what they count: "5 lớp và 10 người"."""
    first, second = (_unit_word(page, row, measure) for measure in pair)
    return page.number_words.pair.format(first=numbers[0], first_unit=first, second=numbers[1], second_unit=second)


def _unit_word(page: FormPage, row: str, measure: str) -> str:
    """Find the word for what a measure of a row counts: the one that stands in its unit of measure."""
    printed = f" {fold_words(page.form.by_key[row].unit_of_measure)} "
    for word in page.units_of(measure):
        if f" {fold_words(word)} " in printed:
            return word
    return page.form.column_by_key[measure].short


def _is_formula(page: FormPage, draft: Draft) -> bool:
    if page.facts is None or page.source.is_summary or draft.value is None:
        return False
    address = (
        page.located.rows[draft.key.row],
        page.located.columns[draft.key.measure],
    )
    return address in page.facts.formulas


def _place_pair(page: FormPage, draft: Draft, reading: Reading, pair: tuple[str, str]) -> None:
    """Put the two numbers of one cell into their two measures, if the other cell does not say otherwise."""
    row = draft.key.row
    other = pair[1] if draft.key.measure == pair[0] else pair[0]
    values = dict(zip(pair, (reading.value, reading.second), strict=True))
    target = page.drafts.get(Cell(row, other)) or draft_of(page, page.form.by_key[row], other)
    in_other = _reading_of_other(page, target)
    draft.found = visible(reading.found or as_text(draft.raw))
    if in_other.state != "blank" and in_other.value != values[other]:
        draft.state = State.UNREADABLE
        suggestions = tuple(value for value in values.values() if value is not None)
        page.tell(codes.AMBIGUOUS, draft, suggestions=suggestions)
        return
    draft.state, draft.value = State.READ, values[draft.key.measure]
    numbers = (values[pair[0]] or 0, values[pair[1]] or 0)
    page.tell(
        reading.code or codes.PAIR_SPLIT,
        draft,
        facts={"value": pair_text(page, row, pair, numbers)},
    )
    target.state, target.value = State.READ, values[other]
    target.found = target.found or draft.found
    page.drafts[target.key] = target


def _reading_of_other(page: FormPage, target: Draft) -> Reading:
    """Read what stands in the cell of the other number of a pair."""
    row = page.form.by_key[target.key.row]
    place = (
        page.located.rows[row.key],
        page.located.columns.get(target.key.measure, -1),
    )
    beside = page.sheet.value(*place)
    units = page.units_of(target.key.measure)
    reading = unread(page, beside, place) or read_number(beside, kind="count", words=page.number_words, units=units)
    return as_shown_of(page, row, target, reading)
