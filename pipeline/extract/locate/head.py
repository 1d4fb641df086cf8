"""Where a form begins: by the words of its head, else by a column of its labels with heads above them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from rapidfuzz.fuzz import ratio

from pipeline.extract.locate.division import (
    below_tops,
    divide,
    head_texts,
    leave_out_other_years,
    names_other_year,
    year_numbers,
)
from pipeline.extract.locate.shape import Address, Head, Seen
from pipeline.extract.locate.words import Labels
from pipeline.readers.sheets import Sheet
from schemas.text import fold

_DEPTH = 3
"""a head and its sub-heads stand in at most this many rows"""
_ABOVE_LABELS = 6
"""where the head over the labels is not known, the others stand at most this far above the first label"""
ENOUGH = 4
"""this many known labels make a form"""
_ALIKE = 88
"""a head so alike is one mistyped: one letter more or less in five, one wrong letter in nine"""
_CONFUSED = 80
"""a further head so alike may be the same one mistyped: then nobody knows which column is meant"""


def find_heads(sheet: Sheet, labels: Labels) -> list[Head]:
    """Find every head in a sheet; labels without one, or above the first, say themselves where a form is."""
    heads: list[Head] = []
    known: list[Address] = []
    label_heads = labels.label_heads
    busy = -1
    for row, column, value in sheet.filled():
        if row <= busy or not isinstance(value, str):
            continue
        if fold(value) in label_heads:
            head = _read_head(sheet, labels, range(max(row - 1, 0), row + _DEPTH), row, column)
            if len(head.columns) > 1:
                busy = head.last
                heads.append(head)
        elif not heads and labels.row_of(value):
            known.append((row, column))
    if not heads or _holds_figure(sheet, known):
        heads[:0] = _head_over_labels(sheet, labels, known, heads)
    return list(_with_heads_again(sheet, labels, heads))


def _holds_figure(sheet: Sheet, known: Sequence[Address]) -> bool:
    """Tell whether a number stands right of any known label: what lists them without is no table."""
    rows = ((sheet.rows[row - sheet.first_row], column - sheet.first_column) for row, column in known)
    return any(not isinstance(value, str) for values, label in rows for value in values[label + 1 :])


def _head_over_labels(sheet: Sheet, labels: Labels, known: Sequence[Address], below: Sequence[Head]) -> Iterator[Head]:
    """Find a head by the column of most labels, or that of a head below; the lines above them hold the other heads."""
    columns = Counter(column for _, column in known)
    if not columns:
        return
    column, count = columns.most_common(1)[0]
    if count >= min(ENOUGH, len(labels.form.rows)):
        column = next((place for head in below if (place := head.columns[labels.label_key]) in columns), column)
        first = min(row for row, place in known if place == column)
        lines = [line for line in range(max(first - _ABOVE_LABELS, 0), first) if _has_heads(sheet, labels, line)]
        yield _read_head(sheet, labels, lines, first, column)


def _with_heads_again(sheet: Sheet, labels: Labels, heads: Sequence[Head]) -> Iterator[Head]:
    """Find the heads printed again under another word over the labels: they may name the columns anew."""
    end = sheet.first_row + len(sheet.rows)
    for head, below in zip(heads, [*(head.first for head in heads[1:]), end], strict=False):
        yield head
        column = head.columns[labels.label_key]
        lines = [line for line in range(head.last + 1, below) if _is_head_again(sheet, labels, line, column)]
        for _, group in groupby(enumerate(lines), lambda item: item[1] - item[0]):
            run = [line for _, line in group]
            again = _read_head(sheet, labels, run, run[-1] + 1, column)
            words = {(line, column) for line in run if sheet.value(line, column) != ""}
            if all(key in again.columns for key in labels.form.measures):
                yield replace(again, cells=again.cells | words)


def _is_head_again(sheet: Sheet, labels: Labels, line: int, label_column: int) -> bool:
    """Tell a line of heads within a table from its rows."""
    if not all(isinstance(value, str) for value in sheet.rows[line - sheet.first_row]):
        return False
    label = sheet.value(line, label_column)
    is_row = isinstance(label, str) and labels.row_of(label) is not None
    return not is_row and _has_heads(sheet, labels, line)


def _has_heads(sheet: Sheet, labels: Labels, line: int) -> bool:
    """Tell a line of heads from a row of the table, whose unit of measure may be the word of one head."""
    words = [text for _, text in head_texts(sheet, line)]
    return sum(text in labels.heads or text in labels.tops for text in words) > 1


def _read_head(sheet: Sheet, labels: Labels, lines: Sequence[int], row: int, label_column: int) -> Head:
    """Read the head on some lines, its label column being known; `row` is a line of the head, or the one below it."""
    seen = _texts_of_head(sheet, labels, lines, row, label_column)
    inferred = _mistyped(labels, seen)
    named = set(seen.columns)
    leave_out_other_years(sheet, labels, seen)
    divide(sheet, labels, seen)
    below = below_tops(sheet, labels, seen, named)
    seen.columns |= below
    return Head(
        first=seen.first,
        last=seen.last,
        columns=seen.columns,
        rivals={key: tuple(places) for key, places in seen.rivals.items()},
        divided=seen.divided,
        bare=seen.bare,
        chosen=seen.chosen,
        cells=frozenset(seen.cells),
        altered=seen.altered,
        inferred=inferred or bool(below),
        key_column=seen.special.get("key"),
        coverage=seen.coverage,
        mark=seen.special.get("mark"),
    )


def _texts_of_head(sheet: Sheet, labels: Labels, lines: Sequence[int], row: int, label_column: int) -> Seen:
    """Take every text of the lines of a head, and of those between it and the first row, for what it is."""
    is_head_row = row in lines
    seen = Seen({labels.label_key: label_column}, first=row, last=row if is_head_row else row - 1)
    if is_head_row:
        seen.cells.add((row, label_column))
        lines = [line for line in lines if line >= row or not _is_row(sheet, labels, line)]
    lines = list(takewhile(lambda line: line <= row or not _is_body(sheet, labels, line, label_column), lines))
    for line in lines:
        for column, text in head_texts(sheet, line):
            if line >= row or text not in labels.label_heads:
                _see(seen, labels, line, column, text)
    for line in _sub_lines(sheet, labels, max(lines, default=row - 1) + 1, label_column):
        _see_below(sheet, seen, labels, line)
    return seen


def _sub_lines(sheet: Sheet, labels: Labels, start: int, label_column: int) -> Iterator[int]:
    """Find the lines between the head and the first row of the table; they may divide its columns."""
    end = min(start + _DEPTH, sheet.first_row + len(sheet.rows))
    return takewhile(lambda line: not _is_body(sheet, labels, line, label_column), range(start, end))


def _see_below(sheet: Sheet, seen: Seen, labels: Labels, line: int) -> None:
    """Take a line below the head: it may divide the columns of figures, or name them and the program's own anew."""
    measures = set(labels.form.measures)
    others = {column for key, column in seen.columns.items() if key not in measures}
    for column, text in head_texts(sheet, line):
        is_named = text in labels.special_heads or measures.intersection(labels.heads.get(text, ()))
        if column not in others and is_named:
            _see(seen, labels, line, column, text)
        else:
            seen.others.append((line, column, text))


def _see(seen: Seen, labels: Labels, line: int, column: int, text: str) -> None:
    """Take one text of the head rows for what it is: a special column, a shared head, or the head of a column."""
    if text in labels.special_heads:
        seen.special[labels.special_heads[text]] = column
        seen.cells.add((line, column))
    elif text in labels.coverage_heads:
        seen.coverage[labels.coverage_heads[text]] = column
        seen.cells.add((line, column))
    elif text in labels.heads:
        key = next((key for key in labels.heads[text] if key not in seen.columns), labels.heads[text][0])
        if seen.columns.setdefault(key, column) != column:
            seen.rivals.setdefault(key, []).append(column)
        seen.lines.setdefault(column, line)
        seen.altered |= text != labels.own_heads[key]
        seen.take(line, column)
    elif text in labels.tops:
        seen.tops.append((column, text))
        seen.take(line, column)
    else:
        seen.others.append((line, column, text))


def _mistyped(labels: Labels, seen: Seen) -> bool:
    """Find the heads that are missing among the texts not understood, each by one text alone."""
    found = False
    taken = set(seen.columns.values())
    for key in (key for key in labels.own_heads if key not in seen.columns):
        alike = {place for place in _like(labels, seen, key, _ALIKE) if place[1] not in taken}
        if len({column for _, column in alike}) == 1:
            line, column = max(alike)
            seen.columns[key], seen.lines[column] = column, line
            seen.take(line, column)
            taken.add(column)
            found = True
    for key in labels.form.measures:
        further = {column: line for line, column in _like(labels, seen, key, _CONFUSED) if column not in taken}
        if key in seen.columns and further:
            seen.rivals.setdefault(key, []).extend(sorted(further))
            seen.lines |= further
    return found


def _like(labels: Labels, seen: Seen, key: str, least: int) -> set[Address]:
    spellings = [spelling for spelling, keys in labels.heads.items() if key in keys]
    return {
        (line, column)
        for line, column, text in seen.others
        if max(ratio(text, spelling) for spelling in spellings) >= least and not names_other_year(labels, text)
    }


def _is_body(sheet: Sheet, labels: Labels, row: int, label_column: int) -> bool:
    """Tell whether a line below the first of the head is a row of the table: it has a label, or a number."""
    label = sheet.value(row, label_column)
    if isinstance(label, str) and fold(label) and fold(label) not in labels.heads:
        return True
    return _is_row(sheet, labels, row)


def _is_row(sheet: Sheet, labels: Labels, row: int) -> bool:
    """Tell whether a line holds the label of a row, or a number that is no year over a column."""
    line = row - sheet.first_row
    values = sheet.rows[line] if 0 <= line < len(sheet.rows) else []
    years = year_numbers(sheet, row)
    return any(
        labels.row_of(value) is not None if isinstance(value, str) else column not in years
        for column, value in enumerate(values, sheet.first_column)
        if value != ""
    )
