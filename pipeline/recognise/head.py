"""Where a form begins: by the words of its head, else by a column of its labels with heads above them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.fuzz import ratio

from pipeline.read import Sheet
from pipeline.recognise.shape import Address, Head
from pipeline.recognise.words import Labels
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
_YEAR = re.compile("(?<![0-9])20[0-9]{2}(?![0-9])")


@dataclass(slots=True)
class _Seen:
    """What the texts of the head rows have told so far."""

    columns: dict[str, int]
    first: int
    last: int
    rivals: dict[str, list[int]] = field(default_factory=dict)
    cells: set[Address] = field(default_factory=set)
    altered: bool = False
    tops: list[tuple[int, str]] = field(default_factory=list)
    others: list[tuple[int, int, str]] = field(default_factory=list)
    coverage: dict[str, int] = field(default_factory=dict)
    special: dict[str, int] = field(default_factory=dict)

    def take(self, line: int, column: int) -> None:
        """Note that the cell is part of the head."""
        self.cells.add((line, column))
        self.first, self.last = min(self.first, line), max(self.last, line)


def find_heads(sheet: Sheet, labels: Labels) -> list[Head]:
    """Find every head in a sheet; where there is none, the labels themselves say where a form is."""
    heads: list[Head] = []
    known: list[Address] = []
    label_heads, rows, spellings = labels.label_heads, labels.rows, labels.spellings
    busy = -1
    for row, column, value in sheet.filled():
        if row <= busy or not isinstance(value, str):
            continue
        text = fold(value)
        if text in label_heads:
            head = _read_head(sheet, labels, range(max(row - 1, 0), row + _DEPTH), row, column)
            if len(head.columns) > 1:
                busy = head.last
                heads.append(head)
        elif not heads and (text in rows or text in spellings):
            known.append((row, column))
    return heads or list(_head_over_labels(sheet, labels, known))


def _head_over_labels(sheet: Sheet, labels: Labels, known: Sequence[Address]) -> Iterator[Head]:
    """Find a head by the column that holds most labels; the lines above them hold the other heads."""
    columns = Counter(column for _, column in known)
    if not columns:
        return
    column, count = columns.most_common(1)[0]
    if count >= min(ENOUGH, len(labels.form.rows)):
        first = min(row for row, place in known if place == column)
        lines = [line for line in range(max(first - _ABOVE_LABELS, 0), first) if _has_heads(sheet, labels, line)]
        yield _read_head(sheet, labels, lines, first, column)


def _has_heads(sheet: Sheet, labels: Labels, line: int) -> bool:
    """Tell a line of heads from a row of the table, whose unit of measure may be the word of one head."""
    words = [text for _, text in _texts(sheet, line)]
    return sum(text in labels.heads or text in labels.tops for text in words) > 1


def _read_head(sheet: Sheet, labels: Labels, lines: Sequence[int], row: int, label_column: int) -> Head:
    """Read the head on some lines, its label column being known; `row` is a line of the head, or the one below it."""
    is_head_row = row in lines
    seen = _Seen({labels.label_key: label_column}, first=row, last=row if is_head_row else row - 1)
    if is_head_row:
        seen.cells.add((row, label_column))
    for line in lines:
        if line > row and _is_body(sheet, labels, line, label_column):
            break
        for column, text in _texts(sheet, line):
            if line >= row or text not in labels.label_heads:
                _see(seen, labels, line, column, text)
    inferred = _mistyped(labels, seen)
    _leave_out_other_years(sheet, labels, seen)
    below = _below_tops(sheet, labels, seen)
    seen.columns |= below
    return Head(
        first=seen.first,
        last=seen.last,
        columns=seen.columns,
        rivals={key: tuple(places) for key, places in seen.rivals.items()},
        cells=frozenset(seen.cells),
        altered=seen.altered,
        inferred=inferred or bool(below),
        key_column=seen.special.get("key"),
        coverage=seen.coverage,
        mark=seen.special.get("mark"),
    )


def _see(seen: _Seen, labels: Labels, line: int, column: int, text: str) -> None:
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
        seen.altered |= text != labels.own_heads[key]
        seen.take(line, column)
    elif text in labels.tops:
        seen.tops.append((column, text))
        seen.take(line, column)
    else:
        seen.others.append((line, column, text))


def _mistyped(labels: Labels, seen: _Seen) -> bool:
    """Find the heads that are missing among the texts not understood, each by one text alone."""
    found = False
    taken = set(seen.columns.values())
    for key in (key for key in labels.own_heads if key not in seen.columns):
        alike = {place for place in _like(labels, seen, key, _ALIKE) if place[1] not in taken}
        if len({column for _, column in alike}) == 1:
            line, column = max(alike)
            seen.columns[key] = column
            seen.take(line, column)
            taken.add(column)
            found = True
    for key in labels.form.measures:
        further = {column for _, column in _like(labels, seen, key, _CONFUSED)} - taken
        if key in seen.columns and further:
            seen.rivals.setdefault(key, []).extend(sorted(further))
    return found


def _like(labels: Labels, seen: _Seen, key: str, least: int) -> set[Address]:
    spellings = [spelling for spelling, keys in labels.heads.items() if key in keys]
    return {
        (line, column)
        for line, column, text in seen.others
        if max(ratio(text, spelling) for spelling in spellings) >= least and not _names_other_year(labels, text)
    }


def _names_other_year(labels: Labels, text: str) -> bool:
    """Tell whether a folded head names a year, and none in which the form is collected."""
    years = set(_YEAR.findall(text))
    return bool(years) and not years & labels.years


def _leave_out_other_years(sheet: Sheet, labels: Labels, seen: _Seen) -> None:
    """A column under a head of another year is not the form's, whatever its sub-head says."""
    others: set[int] = set()
    for line, column, text in seen.others:
        if seen.first <= line <= seen.last and _names_other_year(labels, text):
            ends = [end for top, start, _, end in sheet.merged if (top, start) == (line, column)]
            others.update(range(column, max(ends, default=column) + 1))
    for key in labels.form.measures:
        if seen.columns.get(key) in others:
            del seen.columns[key]


def _is_bare(sheet: Sheet, seen: _Seen, label_column: int, column: int) -> bool:
    """Tell whether nothing stands below a shared head in a column: neither another word nor the number of a year."""
    if any(place == column and line > seen.first for line, place, _ in seen.others):
        return False
    below = sheet.value(seen.last + 1, column)
    is_year = isinstance(below, int | float) and bool(_YEAR.fullmatch(f"{below:g}"))
    return not is_year or sheet.value(seen.last + 1, label_column) != ""


def _below_tops(sheet: Sheet, labels: Labels, seen: _Seen) -> dict[str, int]:
    """Where sub-heads were removed, the columns below a shared head keep their order.

    A sub-head that says something not understood ("Kế hoạch", "Nam") is another column, and none is inferred.

    A shared head that stands there once reaches as far as its cell is merged, else to the next column that bears a
    head of any kind. One that was written over each of its columns names them in their order.
    """
    inferred: dict[str, int] = {}
    for text in dict.fromkeys(text for _, text in seen.tops):
        keys = labels.tops[text]
        starts = sorted({column for column, other in seen.tops if other == text})
        last = _reach(sheet, seen, keys, starts[-1])
        places = range(starts[0], last)
        is_one = len(starts) == 1 or (len(starts) == len(keys) and last == starts[-1] + 1)
        missing = [key for key in keys if key not in seen.columns]
        free = [place for place in places if place not in seen.columns.values()]
        is_bare = all(_is_bare(sheet, seen, seen.columns[labels.label_key], place) for place in free)
        if not is_bare or not is_one or len(places) != len(keys):
            continue
        if len(free) == len(missing) and len(missing) in (1, len(keys)):
            inferred |= dict(zip(missing, free, strict=True))
    return inferred


def _reach(sheet: Sheet, seen: _Seen, keys: Sequence[str], column: int) -> int:
    """Find the first column right of a shared head that it does not stand over."""
    for top, start, _, end in sheet.merged:
        if (top, start) == (seen.first, column):
            return end + 1
    taken = {place for key, place in seen.columns.items() if key not in keys}
    taken |= {*seen.special.values(), *seen.coverage.values()}
    taken |= {place for line, place, _ in seen.others if line == seen.first}
    return min((place for place in taken if place > column), default=column + len(keys))


def _texts(sheet: Sheet, row: int) -> Iterator[tuple[int, str]]:
    line = row - sheet.first_row
    if 0 <= line < len(sheet.rows):
        for column, value in enumerate(sheet.rows[line], sheet.first_column):
            if isinstance(value, str) and value:
                yield column, fold(value)


def _is_body(sheet: Sheet, labels: Labels, row: int, label_column: int) -> bool:
    """Tell whether a line below the first of the head is a row of the table: it has a label, or a number."""
    label = sheet.value(row, label_column)
    if isinstance(label, str) and fold(label) and fold(label) not in labels.heads:
        return True
    line = row - sheet.first_row
    values = sheet.rows[line] if 0 <= line < len(sheet.rows) else []
    return any(labels.row_of(value) is not None if isinstance(value, str) else True for value in values if value != "")
