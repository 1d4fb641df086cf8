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
            elif isinstance(rule, EitherColumn | SingleMeasure | KindsKeptApart | Heading | TextOnly):
                for key in rule.rows:
                    found.setdefault(key, []).append(rule)
        return {key: tuple(rules) for key, rules in found.items()}

    @cached_property
    def pairs(self) -> Mapping[str, tuple[str, str]]:
        """Rows that take two counts, which may be typed into one cell -> their measures."""
        found: dict[str, tuple[str, str]] = {}
        for row in self.form.rows:
            counts = [m for m in self.form.measures if row.kinds.get(m) is ValueKind.COUNT and m not in row.optional]
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


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a sheet before its cells are read."""

    is_summary: bool
    """the totals of the level below, not one unit's figures"""
    is_word: bool = False
    """a table of Word: each value is one that was read, and there is nothing behind what it shows"""
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


@dataclass(frozen=True, slots=True)
class Reader:
    """What every cell is read with: the words of the form, of typed numbers, and the rules of reading."""

    labels: Labels
    words: NumberWords
    rules: ReadingRules


@dataclass(slots=True)
class Page:
    """One located form being read, with what is said about it so far."""

    sheet: Sheet
    located: Located
    facts: SheetFacts | None
    reader: Reader
    source: Source
    spans: Mapping[tuple[int, int], tuple[int, int, int, int]]
    drafts: dict[Cell, Draft] = field(default_factory=dict)
    elsewhere: dict[Cell, Seen] = field(default_factory=dict)
    """blank cells whose number may stand elsewhere in their line, with what was seen there"""
    strayed: dict[str, str] = field(default_factory=dict)
    """rows with a number in a cell that takes none, which stays theirs -> what stands there, if untold at the row"""
    findings: list[Finding] = field(default_factory=list)

    @property
    def form(self) -> Form:
        """The form that is collected."""
        return self.reader.labels.form

    def tell(
        self,
        code: str,
        draft: Draft,
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


def draft_of(page: Page, row: Row, measure: str) -> Draft:
    """Begin the entry of a cell of the form with what stands in its place in the sheet."""
    line, column = page.located.rows.get(row.key), page.located.columns.get(measure)
    if line is None or column is None:
        return Draft(Cell(row.key, measure), "", state=State.UNREADABLE if measure != NOTE else State.BLANK)
    if measure in row.kinds and (anchor := anchor_of(page, row, (line, column))):
        line, column = anchor
    return Draft(Cell(row.key, measure), cell_name(line, column), page.sheet.value(line, column))


def anchor_of(page: Page, row: Row, address: tuple[int, int]) -> tuple[int, int] | None:
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


def coverage_of(page: Page, measure: str, line: int) -> Coverage | None:
    """In a summary: how many units stand behind the number of a measure in one line of the sheet."""
    column = page.located.coverage.get(measure)
    text = page.sheet.value(line, column) if column is not None else ""
    return read_coverage(text) if isinstance(text, str) else None


def unread(page: Page, value: CellValue, place: tuple[int, int]) -> Reading | None:
    """Refuse what calamine does not show at a place, or glues together; None for what may be a number."""
    if isinstance(value, Unseen):
        return Reading("unreadable", code=value.code, found=value.text)
    if page.facts and place in page.facts.struck and value != "":
        return Reading("unreadable", code=codes.CROSSED_OUT, found=as_text(value))
    pieces = page.facts.pieced.get(place, "") if page.facts else ""
    return Reading("unreadable", code=codes.AMBIGUOUS, found=pieces) if any(map(str.isdecimal, pieces)) else None


def is_in_doubt(page: Page, cell: Cell) -> bool:
    """Tell whether the row or the column of a cell is in doubt, which is told of it as a whole."""
    return cell.row in page.located.doubtful or cell.measure in page.located.doubtful_measures


def refuse(page: Page, draft: Draft, code: str, found: str, facts: Mapping[str, Fact] | None = None) -> None:
    """Count a cell nowhere, and tell why."""
    draft.state, draft.value, draft.found = State.UNREADABLE, None, found or None
    page.tell(code, draft, facts=facts)


def stray_kind(row: Row) -> NumberKind:
    """What a number means that stands somewhere in a row beside its own cells."""
    return "money" if ValueKind.MONEY in row.kinds.values() else "count"


def spans_of(
    merged: Iterable[tuple[int, int, int, int]], columns: Sequence[int]
) -> Mapping[tuple[int, int], tuple[int, int, int, int]]:
    """Merged ranges that touch a column of figures or the notes: address -> range."""
    spans = {}
    for top, left, bottom, right in merged:
        if any(left <= column <= right for column in columns) and bottom - top < _TALLEST and right - left < _TALLEST:
            for row in range(top, bottom + 1):
                for column in range(left, right + 1):
                    spans[row, column] = (top, left, bottom, right)
    return spans


_TALLEST = 200
"""a merged range larger than a form is no merged number"""
