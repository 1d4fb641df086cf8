"""One located form while it is read: its cells, what is known of its sheet, and what is said about it so far."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.extract.blanks import counted_in
from pipeline.extract.locate import Labels, Located
from pipeline.extract.numbers import Kind as NumberKind
from pipeline.extract.numbers import NumberWords, Reading, at_fifteen_digits
from pipeline.extract.own.stamp import read_coverage
from pipeline.findings import codes, finding
from pipeline.model import Coverage, Entry, Fact, Finding, State
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import CellValue, Sheet, Unseen, cell_name
from schemas.form import NOTE, Form, Row, ValueKind
from schemas.rules import (
    Cell,
    EitherColumn,
    Heading,
    KindsKeptApart,
    MovesTo,
    Pair,
    ReadingRule,
    SingleMeasure,
    TextOnly,
)
from schemas.text import tidy

NUMBERS = (ValueKind.COUNT, ValueKind.MONEY)
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
            elif isinstance(
                rule,
                EitherColumn | SingleMeasure | KindsKeptApart | Heading | TextOnly,
            ):
                for key in rule.rows:
                    found.setdefault(key, []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def pairs(self) -> Mapping[str, tuple[str, str]]:
        """Rows that take two counts, which may be typed into one cell -> their measures."""
        found: dict[str, tuple[str, str]] = {}
        for row in self.form.rows:
            counts = [measure for measure in self.form.measures if _is_needed_count(row, measure)]
            if len(counts) == _PAIR:
                found[row.key] = (counts[0], counts[1])
            elif len(counts) > _PAIR and row.key in self._of_pair_rules:
                found[row.key] = self._of_pair_rules[row.key]
        return found

    @cached_property
    def _of_pair_rules(self) -> Mapping[str, tuple[str, str]]:
        """Rows whose two numbers a rule compares -> these; of several rules the first says which are the pair."""
        found: dict[str, tuple[str, str]] = {}
        for rule in self.form.rules:
            if not isinstance(rule, Pair):
                continue
            for key in rule.rows:
                kinds = self.form.by_key[key].kinds
                if all(kinds.get(measure) is ValueKind.COUNT for measure in rule.measures):
                    found.setdefault(key, rule.measures)
        return found

    @cached_property
    def counted(self) -> re.Pattern[str]:
        """A number with a word for what is counted, folded: "3 lop"."""
        return counted_in(tuple(word for words in self.form.unit_words.values() for word in words))


def _is_needed_count(row: Row, measure: str) -> bool:
    return row.kinds.get(measure) is ValueKind.COUNT and measure not in row.optional


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a sheet before its cells are read."""

    is_summary: bool
    """the totals of the level below, not one unit's figures"""
    every_value_is_text: bool = False
    """each value is one that was read, and there is nothing behind what it shows, as in a table of Word"""
    format: str = ""
    """what a file of its kind ends with"""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What one located form says."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...]
    blank_means_zero: bool | None
    elsewhere: Mapping[Cell, str]
    """blank cells whose number may stand elsewhere in their line -> what stands there; empty where that is told"""


@dataclass(slots=True)
class Draft:
    """An entry while its row is being read."""

    key: Cell
    cell: str
    raw: CellValue = ""
    state: State = State.BLANK
    value: int | None = None
    text: str | None = None
    found: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be the number of a blank cell."""

    text: str
    """as typed; empty where a finding tells of it already"""
    is_plain: bool
    """it says a number, and does not only mention one"""


@dataclass(slots=True)
class FormPage:
    """One located form being read, with what is said about it so far."""

    sheet: Sheet
    located: Located
    facts: SheetFacts | None
    """the second look at the sheet; None where it was impossible, and then a blank cell is not known to be blank"""
    labels: Labels
    number_words: NumberWords
    rules: ReadingRules
    source: Source
    spans: Mapping[tuple[int, int], tuple[int, int, int, int]] = field(init=False)
    """the merged ranges that touch its figures or notes: address -> range"""
    drafts: dict[Cell, Draft] = field(default_factory=dict)
    elsewhere: dict[Cell, Seen] = field(default_factory=dict)
    """blank cells whose number may stand elsewhere in their line, with what was seen there"""
    strayed: dict[str, str] = field(default_factory=dict)
    """rows with a number in a cell that takes none, which stays theirs -> what stands there, if untold at the row"""
    findings: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find the merged ranges; a format whose grid does not tell them leaves it to the second look."""
        merged = self.sheet.merged or (self.facts.merged if self.facts else ())
        keys = (*self.form.measures, NOTE)
        columns = [self.located.columns[key] for key in keys if key in self.located.columns]
        self.spans = _spans_of(merged, columns)

    @property
    def form(self) -> Form:
        """The form that is collected."""
        return self.labels.form

    def cells_of(self, row: Row) -> list[Draft]:
        """The cells of a row that take a number."""
        return [self.drafts[Cell(row.key, measure)] for measure, kind in row.kinds.items() if kind in NUMBERS]

    def note_of(self, row: Row) -> Draft | None:
        """The cell of a row that takes a note; None in a form without notes."""
        return self.drafts.get(Cell(row.key, NOTE))

    def units_of(self, measure: str) -> Sequence[str]:
        """The words for what a measure counts."""
        return self.form.unit_words.get(measure, ())

    def tell(
        self,
        code: str,
        draft: Draft,
        told_by: tuple[ReadingRule, str] | None = None,
        suggestions: tuple[int, ...] = (),
        facts: Mapping[str, Fact] | None = None,
    ) -> None:
        """Note a finding at a cell; the severity a rule gives its outcome wins over the catalogue's."""
        severity = rule_id = None
        if told_by:
            rule, outcome = told_by
            severity = rule.severity.get(outcome)
            rule_id = rule.id
        self.findings.append(
            finding(
                code,
                severity=severity,
                cell=draft.cell or None,
                row=draft.key.row,
                measure=draft.key.measure,
                found=draft.found,
                rule=rule_id,
                suggestions=suggestions,
                facts=facts or {},
            )
        )


def draft_of(page: FormPage, row: Row, measure: str) -> Draft:
    """Begin the entry of a cell of the form with what stands in its place in the sheet."""
    key = Cell(row.key, measure)
    line = page.located.rows.get(row.key)
    column = page.located.columns.get(measure)
    if line is None or column is None:
        # A note that the sheet has no column for was not written; a number may have been.
        return Draft(key, "", state=State.BLANK if measure == NOTE else State.UNREADABLE)
    if measure in row.kinds:
        line, column = anchor_of(page, row, (line, column)) or (line, column)
    return Draft(key, cell_name(line, column), page.sheet.value(line, column))


def anchor_of(page: FormPage, row: Row, address: tuple[int, int]) -> tuple[int, int] | None:
    """Find where the number of a cell stands that is merged over both measures, in a row that takes only one."""
    span = page.spans.get(address)
    if span is None:
        return None
    top, left, bottom, right = span
    alone = sum(left <= page.located.columns.get(key, -1) <= right for key in row.kinds) == 1
    return (top, left) if alone and top == bottom else None


def as_text(raw: CellValue) -> str:
    """Text of a cell as a person sees it; a number with at most 15 digits, a whole one without its ".0"."""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float):
        shown = raw if raw.is_integer() else at_fifteen_digits(raw)
        return str(int(shown)) if shown.is_integer() else str(shown)
    return tidy(raw) if isinstance(raw, str) else str(raw)


def coverage_of(page: FormPage, measure: str, line: int) -> Coverage | None:
    """In a summary: how many units stand behind the number of a measure in one line of the sheet."""
    column = page.located.coverage.get(measure)
    text = page.sheet.value(line, column) if column is not None else ""
    return read_coverage(text) if isinstance(text, str) else None


def unread(page: FormPage, value: CellValue, place: tuple[int, int]) -> Reading | None:
    """Refuse what calamine does not show at a place, or glues together; None for what may be a number."""
    if isinstance(value, Unseen):
        return Reading("unreadable", code=value.code, found=value.text)
    if page.facts and place in page.facts.struck and value != "":
        return Reading("unreadable", code=codes.CROSSED_OUT, found=as_text(value))
    pieces = page.facts.pieced.get(place, "") if page.facts else ""
    if any(map(str.isdecimal, pieces)):
        return Reading("unreadable", code=codes.AMBIGUOUS, found=pieces)
    return None


def is_in_doubt(page: FormPage, cell: Cell) -> bool:
    """Tell whether the row or the column of a cell is in doubt, which is told of it as a whole."""
    return cell.row in page.located.doubtful or cell.measure in page.located.doubtful_measures


def refuse(
    page: FormPage,
    draft: Draft,
    code: str,
    found: str,
    facts: Mapping[str, Fact] | None = None,
) -> None:
    """Count a cell nowhere, and tell why."""
    draft.state, draft.value, draft.found = State.UNREADABLE, None, found or None
    page.tell(code, draft, facts=facts)


def stray_kind(row: Row) -> NumberKind:
    """What a number means that stands somewhere in a row beside its own cells."""
    return "money" if ValueKind.MONEY in row.kinds.values() else "count"


def _spans_of(
    merged: Iterable[tuple[int, int, int, int]], columns: Sequence[int]
) -> Mapping[tuple[int, int], tuple[int, int, int, int]]:
    """Merged ranges that touch a column of figures or the notes: address -> range."""
    spans = {}
    for top, left, bottom, right in merged:
        touches = any(left <= column <= right for column in columns)
        is_small = bottom - top < _TALLEST and right - left < _TALLEST
        if not (touches and is_small):
            continue
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                spans[row, column] = (top, left, bottom, right)
    return spans


_TALLEST = 200
"""a merged range larger than a form is no merged number"""
