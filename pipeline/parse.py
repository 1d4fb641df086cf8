"""Each located cell to a whole number, a text, blank, or a finding at that cell. Reading rules are applied here.

A reading that changes what was typed is told; what could mean two things is an error and counts nowhere. What
calamine shows as blank but is not (Excel errors, formulas never calculated) comes from the second look.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from pipeline.findings import finding
from pipeline.model import Coverage, Entry, Fact, Finding, State
from pipeline.numbers import Kind as NumberKind
from pipeline.numbers import NumberWords, Reading, read_number
from pipeline.read import CellValue, Sheet, cell_name
from pipeline.recognise import Labels, Located
from pipeline.second_look import SheetFacts
from pipeline.shown import as_shown
from pipeline.stamp import read_coverage
from schemas.form import NOTE, Form, Row, ValueKind
from schemas.rules import (
    Cell,
    EitherColumn,
    Heading,
    KindsKeptApart,
    MovesTo,
    ReadingRule,
    Severity,
    SingleMeasure,
    SumOfParts,
    TextOnly,
)
from schemas.text import fold, tidy, visible

_NUMBERS = (ValueKind.COUNT, ValueKind.MONEY)
_PAIR = 2


@dataclass(frozen=True)
class ReadingRules:
    """The reading rules of a form, by the row they speak of."""

    form: Form

    @cached_property
    def of_row(self) -> Mapping[str, tuple[ReadingRule, ...]]:
        """Row key -> its reading rules."""
        found: dict[str, list[ReadingRule]] = {}
        for rule in self.form.rules:
            if isinstance(rule, MovesTo):
                found.setdefault(rule.cell.row, []).append(rule)
            elif isinstance(rule, EitherColumn | SingleMeasure | KindsKeptApart | Heading | TextOnly):
                for key in rule.rows:
                    found.setdefault(key, []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def pairs(self) -> Mapping[str, tuple[str, str]]:
        """Rows that take two counts, which may be typed into one cell -> their measures."""
        found = {}
        for row in self.form.rows:
            counts = [m for m in self.form.measures if row.kinds.get(m) is ValueKind.COUNT and m not in row.optional]
            if len(counts) == _PAIR and len(row.kinds) == _PAIR:
                found[row.key] = (counts[0], counts[1])
        return found


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a sheet before its cells are read."""

    is_summary: bool
    """the totals of the level below, not one unit's figures"""
    stores_zero: bool
    """the format keeps 0 for a formula that was never calculated (xls), so that a stored 0 says nothing"""
    is_word: bool = False
    """a table of Word: each value is one that was read, and there is nothing behind what it shows"""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one located form says."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    blank_means_zero: bool | None


@dataclass(slots=True)
class _Draft:
    """An entry while its row is being read."""

    key: Cell
    cell: str
    raw: CellValue = ""
    state: State = State.BLANK
    value: int | None = None
    text: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """What every cell is read with: the words of the form, of typed numbers, and the rules of reading."""

    labels: Labels
    words: NumberWords
    rules: ReadingRules


@dataclass(slots=True)
class _Page:
    """One located form being read, with what is said about it so far."""

    sheet: Sheet
    located: Located
    facts: SheetFacts | None
    reader: Reader
    source: Source
    spans: Mapping[tuple[int, int], tuple[int, int, int, int]]
    drafts: dict[Cell, _Draft] = field(default_factory=dict)
    in_notes: set[Cell] = field(default_factory=set)
    """blank cells whose number may stand in the note of their row"""
    findings: list[Finding] = field(default_factory=list)

    @property
    def form(self) -> Form:
        return self.reader.labels.form

    def tell(
        self,
        code: str,
        draft: _Draft,
        told_by: tuple[ReadingRule, str] | None = None,
        suggestions: tuple[int, ...] = (),
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        """Note a finding at a cell; the severity a rule gives its outcome wins over the catalogue's."""
        rule, outcome = told_by or (None, "")
        self.findings.append(
            finding(
                code,
                severity=rule.severity.get(outcome) if rule else None,
                cell=draft.cell or None,
                row=draft.key.row,
                measure=draft.key.measure,
                found=draft.found,
                rule=rule.id if rule else None,
                suggestions=suggestions,
                facts=facts or {},
            )
        )


def parse(
    sheet: Sheet,
    located: Located,
    facts: SheetFacts | None,
    reader: Reader,
    source: Source,
) -> Parsed:
    """Read every input cell of a located form.

    `facts` is the second look at the sheet; None where it was impossible, and then a blank cell is not known to
    be blank.
    """
    merged = sheet.merged or (facts.merged if facts else ())
    columns = [located.columns[key] for key in reader.labels.form.measures if key in located.columns]
    page = _Page(sheet, located, facts, reader, source, _spans(merged, columns))
    for row in page.form.rows:
        _read_row(page, row)
    for row in page.form.rows:
        _place_strays(page, row)
    entries = tuple(_entry(page, draft) for draft in _in_order(page))
    blank_means_zero = _blank_answer(page)
    page.findings = list(_grouped(page.findings))
    return Parsed(*_settle_blanks(page, entries, blank_means_zero), blank_means_zero)


def _spans(
    merged: Iterable[tuple[int, int, int, int]], columns: Sequence[int]
) -> Mapping[tuple[int, int], tuple[int, int, int, int]]:
    """Merged ranges that touch a measure column: address -> range."""
    spans = {}
    for top, left, bottom, right in merged:
        if any(left <= column <= right for column in columns) and bottom - top < _TALLEST and right - left < _TALLEST:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    spans[row, column] = (top, left, bottom, right)
    return spans


_TALLEST = 200
"""a merged range larger than a form is no merged number"""


def _grouped(findings: Sequence[Finding]) -> Iterator[Finding]:
    """Tell a sure reading that stands in many cells once, with its cells; each value still says how it was read."""
    counts = Counter(told.code for told in findings if told.code in _TOLD_ONCE)
    first: set[str] = set()
    for told in findings:
        if counts[told.code] <= _MANY:
            yield told
        elif told.code not in first:
            first.add(told.code)
            cells = tuple(one.cell or "" for one in findings if one.code == told.code)
            yield replace(told, row=None, measure=None, facts={"cells": cells, "count": len(cells)})


_TOLD_ONCE = frozenset({"V018", "V020", "V021", "V022", "V025", "V026", "V027"})
"""readings with one possible meaning"""
_MANY = 3
"""so many cells of one such reading are still told one by one"""


# One row --------------------------------------------------------------------------------------------------------


def _read_row(page: _Page, row: Row) -> None:
    for measure in page.form.measures:
        if Cell(row.key, measure) in page.drafts:
            continue
        draft = _draft(page, row, measure)
        kind = row.kinds.get(measure)
        if kind is ValueKind.TEXT:
            _read_text(page, row, draft)
        elif kind in _NUMBERS:
            _read_figure(page, row, draft)
        page.drafts[draft.key] = draft
    if any(column.role == "note" for column in page.form.columns):
        note = _draft(page, row, NOTE)
        _take_text(note)
        page.drafts[note.key] = note
        _tell_of_figure_in_note(page, row, note)


def _draft(page: _Page, row: Row, measure: str) -> _Draft:
    line, column = page.located.rows.get(row.key), page.located.columns.get(measure)
    if line is None or column is None:
        return _Draft(Cell(row.key, measure), "", state=State.UNREADABLE if measure != NOTE else State.BLANK)
    if measure in row.kinds and (anchor := _anchor(page, row, (line, column))):
        line, column = anchor
    return _Draft(Cell(row.key, measure), cell_name(line, column), page.sheet.value(line, column))


def _anchor(page: _Page, row: Row, address: tuple[int, int]) -> tuple[int, int] | None:
    """Find where the number of a cell stands that is merged over both measures, in a row that takes only one."""
    span = page.spans.get(address)
    if span is None:
        return None
    top, left, bottom, right = span
    alone = sum(left <= page.located.columns.get(key, -1) <= right for key in row.kinds) == 1
    return (top, left) if alone and top == bottom else None


def _take_text(draft: _Draft) -> None:
    text = _as_text(draft.raw)
    if text:
        draft.state, draft.text, draft.found = State.STATED, text, text


def _read_text(page: _Page, row: Row, draft: _Draft) -> None:
    _take_text(draft)
    rule = next((rule for rule in page.reader.rules.of_row.get(row.key, ()) if isinstance(rule, TextOnly)), None)
    is_number = isinstance(draft.raw, int | float) and not isinstance(draft.raw, bool)
    if rule and is_number and draft.found and not page.source.is_summary:
        page.tell("R108", draft, (rule, "number"))


def _tell_of_figure_in_note(page: _Page, row: Row, note: _Draft) -> None:
    """A number in the note of a row whose own cell is blank may be that cell's: told there, and never a zero."""
    if not note.found or page.source.is_summary or not _is_figure(page, row, note):
        return
    blanks = _blanks_of(page, row)
    required = [draft for draft in blanks if draft.key.measure not in row.optional]
    if required:
        facts: dict[str, Fact] = {"found": visible(note.found), "count": 1}
        told = finding("S004", cell=note.cell, row=row.key, measure=required[0].key.measure, found=note.found)
        page.findings.append(replace(told, facts=facts))
        page.in_notes.update(draft.key for draft in blanks)


def _blanks_of(page: _Page, row: Row) -> list[_Draft]:
    drafts = (page.drafts[Cell(row.key, key)] for key, kind in row.kinds.items() if kind in _NUMBERS)
    return [draft for draft in drafts if draft.state is State.BLANK and draft.cell]


def _is_figure(page: _Page, row: Row, note: _Draft) -> bool:
    """Tell a note that is a number, alone or with what it counts ("12 tin"), from a remark that mentions one."""
    if isinstance(note.raw, int | float) and not isinstance(note.raw, bool):
        return note.raw != 0
    if not isinstance(note.raw, str) or _DATE.match(note.raw.strip()):
        return False
    reading = read_number(note.raw, kind=_stray_kind(row), words=page.reader.words)
    if reading.value is not None:
        return reading.value != 0
    text = note.text or ""
    return bool(reading.candidates) and text[:1].isdecimal() and len(text.split()) <= _FEW_WORDS


_DATE = re.compile(r"[0-9]{1,2}([/.-])[0-9]{1,2}\1(?:20)?[0-9]{2}(?![0-9])")
_FEW_WORDS = 4
"""a note of so many words that begins with a number says the number: "12 tin, bài" """


def _as_text(raw: CellValue) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return tidy(raw) if isinstance(raw, str) else str(raw)


def _read_figure(page: _Page, row: Row, draft: _Draft) -> None:
    if not draft.cell:
        return
    address = (page.located.rows[row.key], page.located.columns[draft.key.measure])
    if page.source.is_summary:
        _read_coverage(page, draft, address[0])
    hidden = _hidden_value(page, draft, address)
    if hidden:
        _refuse(page, draft, *hidden)
        return
    if _is_shared(page, row, address):
        draft.found = _as_text(page.sheet.value(*page.spans[address][:2])) or None
        if draft.found:
            _refuse(page, draft, "V003", draft.found)
        return
    pair = page.reader.rules.pairs.get(row.key)
    words = page.form.unit_words
    reading = read_number(
        draft.raw,
        kind="money" if row.kinds[draft.key.measure] is ValueKind.MONEY else "count",
        words=page.reader.words,
        units=words.get(draft.key.measure, ()),
        pair_units=(words.get(pair[0], ()), words.get(pair[1], ())) if pair else None,
    )
    reading = _as_shown(page, row, draft, reading)
    if _in_doubt(page, draft.key):
        _leave_in_doubt(draft, reading)
        if reading.second is not None and row.key not in page.located.doubtful:
            page.tell("V003", draft, suggestions=(reading.value or 0, reading.second))
    elif reading.second is not None and pair:
        _place_pair(page, draft, reading, pair)
    else:
        _take_reading(page, draft, reading)


def _as_shown(page: _Page, row: Row, draft: _Draft, reading: Reading) -> Reading:
    """Weigh a number against what its format shows in its place, as far as the second look told it."""
    dressed = page.facts.dressed if page.facts and not page.source.is_word else {}
    address = (page.located.rows[row.key], page.located.columns[draft.key.measure])
    if dressed and draft.key.measure in row.kinds:
        address = _anchor(page, row, address) or address
    if address not in dressed or isinstance(draft.raw, str):
        return reading
    units = page.form.unit_words.get(draft.key.measure, ())
    return as_shown(reading, dressed[address], _stray_kind(row), page.reader.words, units)


def _read_coverage(page: _Page, draft: _Draft, line: int) -> None:
    """In a summary a formula that shows nothing has no stored value; its coverage says that it is blank."""
    coverage = _coverage(page, draft.key.measure, line)
    if coverage is not None and coverage[0] == 0 and draft.raw in ("", 0):
        draft.raw = ""


def _coverage(page: _Page, measure: str, line: int) -> Coverage | None:
    column = page.located.coverage.get(measure)
    text = page.sheet.value(line, column) if column is not None else ""
    return read_coverage(text) if isinstance(text, str) else None


def _hidden_value(page: _Page, draft: _Draft, address: tuple[int, int]) -> tuple[str, str] | None:
    """Find what calamine does not show at an address: (code, what stands there); None where it shows all."""
    facts = page.facts
    if page.source.is_word:
        return None
    if facts is None or facts.blind:
        return ("V017", "") if draft.raw == "" else None
    if address in facts.errors:
        return "V008", facts.errors[address]
    if address in facts.booleans:
        return "V012", "TRUE" if facts.booleans[address] else "FALSE"
    if address in facts.percents and isinstance(draft.raw, int | float):
        return "V010", f"{draft.raw * 100:g}%"
    return _not_calculated(page, facts, draft, address)


def _not_calculated(page: _Page, facts: SheetFacts, draft: _Draft, address: tuple[int, int]) -> tuple[str, str] | None:
    """Tell a formula without a stored result; in a summary, coverage 0 says that its result is blank."""
    coverage = _coverage(page, draft.key.measure, address[0]) if page.source.is_summary else None
    if coverage is not None and coverage.reported == 0:
        return None
    if address in facts.uncalculated:
        return "V009", "="
    return (
        ("V016", "0")
        if address in facts.zero_cached and draft.raw == 0 and page.source.stores_zero and not page.source.is_summary
        else None
    )


def _is_shared(page: _Page, row: Row, address: tuple[int, int]) -> bool:
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


def _refuse(page: _Page, draft: _Draft, code: str, found: str) -> None:
    draft.state, draft.value, draft.found = State.UNREADABLE, None, found or None
    page.tell(code, draft)


def _in_doubt(page: _Page, cell: Cell) -> bool:
    """Tell whether the row or the column of a cell is in doubt, which is told of it as a whole."""
    return cell.row in page.located.doubtful or cell.measure in page.located.doubtful_measures


def _leave_in_doubt(draft: _Draft, reading: Reading) -> None:
    """The row or column is in doubt and that is told; what stands there is kept, and counts nowhere.

    A blank cell is no blank either: its number may stand in the other row or column, so it is never a zero.
    """
    draft.state = State.UNREADABLE
    if reading.state != "blank":
        draft.found = reading.found or _as_text(draft.raw)


def _take_reading(page: _Page, draft: _Draft, reading: Reading) -> None:
    draft.state, draft.value = State(reading.state), reading.value
    if page.source.is_word and draft.state is State.STATED:
        draft.state = State.READ
    if reading.state != "blank":
        draft.found = visible(reading.found or _as_text(draft.raw))
    if reading.code:
        rule = next((r for r in page.reader.rules.of_row.get(draft.key.row, ()) if isinstance(r, KindsKeptApart)), None)
        facts = {"pairs": tuple(f"{first} / {second}" for first, second in reading.pairs)} if reading.pairs else {}
        page.tell(
            reading.code,
            draft,
            (rule, "mixed") if rule and reading.code == "V013" else None,
            suggestions=reading.candidates,
            facts=facts,
        )
    elif _is_formula(page, draft):
        page.tell("V018", draft, facts={"found": draft.found or ""})


def _is_formula(page: _Page, draft: _Draft) -> bool:
    if page.facts is None or page.source.is_summary or draft.value is None:
        return False
    address = (page.located.rows[draft.key.row], page.located.columns[draft.key.measure])
    return address in page.facts.formulas


def _place_pair(page: _Page, draft: _Draft, reading: Reading, pair: tuple[str, str]) -> None:
    """Put the two numbers of one cell into their two measures, if the other cell does not say otherwise."""
    row = draft.key.row
    other = next(measure for measure in pair if measure != draft.key.measure)
    values = dict(zip(pair, (reading.value, reading.second), strict=True))
    beside = page.sheet.value(page.located.rows[row], page.located.columns.get(other, -1))
    said = read_number(beside, kind="count", words=page.reader.words, units=page.form.unit_words.get(other, ()))
    draft.found = visible(reading.found or _as_text(draft.raw))
    if said.state != "blank" and said.value != values[other]:
        draft.state = State.UNREADABLE
        page.tell("V003", draft, suggestions=tuple(v for v in values.values() if v is not None))
        return
    draft.state, draft.value = State.READ, values[draft.key.measure]
    page.tell(reading.code or "V025", draft)
    target = page.drafts.get(Cell(row, other)) or _draft(page, page.form.by_key[row], other)
    target.state, target.value = State.READ, values[other]
    target.found = target.found or draft.found
    page.drafts[target.key] = target


# Numbers where the row takes none -------------------------------------------------------------------------------


def _place_strays(page: _Page, row: Row) -> None:
    for measure in page.form.measures:
        draft = page.drafts[Cell(row.key, measure)]
        if measure in row.kinds or draft.raw == "" or not draft.cell:
            continue
        if _anchor(page, row, (page.located.rows[row.key], page.located.columns[measure])):
            continue
        reading = read_number(
            draft.raw, kind=_stray_kind(row), words=page.reader.words, units=page.form.unit_words.get(measure, ())
        )
        reading = _as_shown(page, row, draft, reading)
        draft.found = visible(reading.found or _as_text(draft.raw)) or None
        if reading.state == "blank" or reading.value == 0 or draft.found is None:
            continue
        if _in_doubt(page, draft.key):
            page.tell("S004", draft, facts={"found": draft.found, "count": 1})
        else:
            _place_stray(page, row, draft, reading)


def _stray_kind(row: Row) -> NumberKind:
    return "money" if ValueKind.MONEY in row.kinds.values() else "count"


def _place_stray(page: _Page, row: Row, draft: _Draft, reading: Reading) -> None:
    rules = page.reader.rules.of_row.get(row.key, ())
    for rule in rules:
        if isinstance(rule, EitherColumn):
            target = next(m for m in page.form.measures if row.kinds.get(m) in _NUMBERS)
            _move(page, draft, page.drafts[Cell(row.key, target)], reading, rule)
            return
        if isinstance(rule, MovesTo) and rule.cell == draft.key and not _in_doubt(page, rule.target):
            _move(page, draft, page.drafts[rule.target], reading, rule)
            return
        if isinstance(rule, SingleMeasure):
            page.tell("R105", draft, (rule, "extra"))
            return
        if isinstance(rule, Heading):
            page.tell("R107", draft, (rule, "number"))
            return
    page.tell("S004", draft, facts={"found": draft.found or "", "count": 1})


def _move(page: _Page, draft: _Draft, target: _Draft, reading: Reading, rule: EitherColumn | MovesTo) -> None:
    """Move a number to the cell that takes it; where that cell says another number, neither is sure."""
    moved, differ = ("R101", "R102") if isinstance(rule, EitherColumn) else ("R103", "R104")
    facts = {
        "from_measure": page.form.column_by_key[draft.key.measure].short,
        "from_row": page.form.by_key[draft.key.row].title,
    }
    if target.state is State.BLANK and target.cell:
        if reading.code and reading.value is None:
            target.state, target.found = State.UNREADABLE, draft.found
            page.findings.append(
                finding(
                    reading.code,
                    cell=draft.cell,
                    row=target.key.row,
                    measure=target.key.measure,
                    found=draft.found,
                    suggestions=reading.candidates,
                )
            )
            return
        target.state, target.value, target.found, target.cell = (
            State.READ,
            reading.value,
            draft.found,
            draft.cell,
        )
        page.tell(moved, target, (rule, "moved"), facts=facts)
        if reading.code:
            page.tell(reading.code, target, suggestions=reading.candidates)
    elif target.value is None or target.value != reading.value:
        values = (target.found or "", draft.found or "")
        if target.state in (State.STATED, State.READ):
            target.state, target.value = State.UNREADABLE, None
        page.tell(differ, target, (rule, "differ"), facts={**facts, "values": values})


# Entries --------------------------------------------------------------------------------------------------------


def _in_order(page: _Page) -> Iterator[_Draft]:
    has_note = any(column.role == "note" for column in page.form.columns)
    for row in page.form.rows:
        for measure in page.form.measures:
            if measure in row.kinds:
                yield page.drafts[Cell(row.key, measure)]
        if has_note:
            yield page.drafts[Cell(row.key, NOTE)]


def _entry(page: _Page, draft: _Draft) -> Entry:
    coverage = None
    provisional = False
    if page.source.is_summary and draft.cell and draft.key.measure != NOTE:
        line = page.located.rows[draft.key.row]
        coverage = _coverage(page, draft.key.measure, line)
        _refuse_contradiction(page, draft, line, coverage)
        mark = page.sheet.value(line, page.located.mark) if page.located.mark is not None else ""
        provisional = isinstance(mark, str) and fold(mark).startswith(fold(page.reader.labels.stamp.provisional))
    return Entry(
        row=draft.key.row,
        measure=draft.key.measure,
        state=draft.state,
        cell=draft.cell,
        value=draft.value,
        text=draft.text,
        found=draft.found,
        coverage=coverage,
        provisional=provisional,
    )


def _refuse_contradiction(page: _Page, draft: _Draft, line: int, coverage: Coverage | None) -> None:
    """In a summary a number needs units behind it, and units need a number: else neither is sure.

    A coverage that is blank contradicts nothing: how many units stand behind is unknown, and told of the summary.
    """
    kind = page.form.by_key[draft.key.row].kinds.get(draft.key.measure)
    column = page.located.coverage.get(draft.key.measure)
    said = _as_text(page.sheet.value(line, column)) if column is not None else ""
    if kind not in _NUMBERS or not said or draft.state is State.UNREADABLE or _in_doubt(page, draft.key):
        return
    has_units = coverage is not None and coverage.reported > 0
    if coverage is None or has_units == (draft.state is State.BLANK):
        shown = f"{draft.found} ({said})" if draft.found else f"({said})"
        _refuse(page, draft, "V003", visible(shown))


def _blank_answer(page: _Page) -> bool | None:
    stamped = page.located.stamps.get("blank_means_zero")
    if stamped is None:
        return None
    words = page.reader.labels.stamp
    if fold(stamped.text) in map(fold, words.spellings("blank_yes")):
        return True
    return False if fold(stamped.text) in map(fold, words.spellings("blank_no")) else None


def _settle_blanks(
    page: _Page, entries: tuple[Entry, ...], answer: bool | None
) -> tuple[tuple[Entry, ...], tuple[Finding, ...]]:
    """Count blanks as 0 where the unit said so, once for the return; else say how many there are."""
    numbers = set(page.form.number_cells)
    optional = {Cell(row.key, m) for row in page.form.rows for m in row.optional}
    blanks = [e.key for e in entries if e.state is State.BLANK and e.key in numbers and e.cell]
    if page.source.is_summary or not blanks:
        return entries, tuple(page.findings)
    if answer:
        zeroed = set(blanks) - page.in_notes - _totals_to_compute(page.form, entries)
        told = [finding("V028", facts={"count": len(zeroed)})] if zeroed else []
        entries = tuple(_zero(entry) if entry.key in zeroed else entry for entry in entries)
        return entries, (*page.findings, *told)
    open_blanks = [key for key in blanks if key not in optional]
    if not open_blanks:
        return entries, tuple(page.findings)
    severity = Severity.WARNING if answer is False else None
    return entries, (*page.findings, finding("V029", severity=severity, facts={"count": len(open_blanks)}))


def _totals_to_compute(form: Form, entries: Sequence[Entry]) -> set[Cell]:
    """Totals whose parts have figures: left blank they are added up, for "no activity" cannot be meant there."""
    positive = {entry.key for entry in entries if entry.value}
    return {
        rule.total
        for rule in form.rules
        if isinstance(rule, SumOfParts) and rule.compute_blank and positive.intersection(rule.parts)
    }


def _zero(entry: Entry) -> Entry:
    return Entry(entry.row, entry.measure, State.READ, entry.cell, value=0)
