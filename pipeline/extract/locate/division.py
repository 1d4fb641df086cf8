"""A head that is not alone over its figures: words below divide it, a year says whose they are, two share one head."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from pipeline.extract.locate.around_words import load_around_words
from pipeline.extract.locate.shape import Seen
from pipeline.extract.locate.words import Labels
from pipeline.readers.sheets import Sheet
from schemas.text import fold, fold_words

_YEAR = re.compile("(?<![0-9])20[0-9]{2}(?![0-9])")
_YEARS = range(2000, 2100)
_LETTERS = re.compile("[a-z]{2}")
"""what is no word numbers the columns: "(1)", "A" """
_WIDEST = 4
"""so many columns at most stand under one head, where neither its merged cell nor a next head says how many"""


def year_numbers(sheet: Sheet, row: int) -> Mapping[int, str]:
    """Find the years that head the columns of a line as numbers: column -> year. One alone is a figure."""
    line = row - sheet.first_row
    values = sheet.rows[line] if 0 <= line < len(sheet.rows) else []
    years = {
        column: f"{value:g}"
        for column, value in enumerate(values, sheet.first_column)
        if isinstance(value, int | float) and value in _YEARS
    }
    return years if len(years) > 1 else {}


def head_texts(sheet: Sheet, row: int) -> Iterator[tuple[int, str]]:
    """Read what may be heads in a line: its texts, and the years that stand there as numbers, folded."""
    line = row - sheet.first_row
    if not 0 <= line < len(sheet.rows):
        return
    years = year_numbers(sheet, row)
    for column, value in enumerate(sheet.rows[line], sheet.first_column):
        if isinstance(value, str) and value:
            yield column, fold(value)
        elif column in years:
            yield column, years[column]


def names_other_year(labels: Labels, text: str) -> bool:
    """Tell whether a folded head names a year, and none in which the form is collected."""
    years = set(_YEAR.findall(text))
    return bool(years) and not years & labels.years


def leave_out_other_years(sheet: Sheet, labels: Labels, seen: Seen) -> None:
    """A column under a head of another year is not the form's, whatever its sub-head says; the next of its name is."""
    others: set[int] = set()
    measures = {place for key in labels.form.measures for place in _places(seen, key)}
    for line, column, text in seen.others:
        if line < seen.first or not _YEAR.search(text):
            continue
        over = {place for place in measures if seen.lines[place] > line}
        reach = range(column, _end_of_year(sheet, over, line, column))
        if column in over:
            seen.cells.add((line, column))
        if names_other_year(labels, text):
            others |= over.intersection(reach)
    for key in (key for key in labels.form.measures if key in seen.columns):
        _keep(seen, key, [place for place in _places(seen, key) if place not in others])


def divide(sheet: Sheet, labels: Labels, seen: Seen) -> None:
    """Where words below a head of figures divide its column, the one under the form's own year is meant, or none."""
    for key in (key for key in labels.form.measures if key in seen.columns):
        starts = _places(seen, key)
        places = [place for start in starts if (place := _of_this_year(sheet, labels, seen, key, start)) is not None]
        if places and places[0] != starts[0]:
            seen.chosen[key] = starts[0]
        _keep(seen, key, places)


def _places(seen: Seen, key: str) -> list[int]:
    """Find all columns that bear the head of one of the form."""
    return [*([seen.columns[key]] if key in seen.columns else []), *seen.rivals.get(key, [])]


def _keep(seen: Seen, key: str, places: Sequence[int]) -> None:
    """Let a measure have these columns, the first of them until it is known which."""
    seen.altered |= bool(places) and list(places) != _places(seen, key)
    seen.columns.pop(key)
    seen.rivals.pop(key, None)
    if places:
        seen.columns[key] = places[0]
    if places[1:]:
        seen.rivals[key] = list(places[1:])


def _of_this_year(sheet: Sheet, labels: Labels, seen: Seen, key: str, start: int) -> int | None:
    """Find the column of this year below a head; where that is not plain, note which ones words set apart."""
    places = range(start, _end(sheet, seen, start, seen.lines[start]))
    below = _words_below(seen, places, seen.lines[start])
    seen.bare[key] = (*seen.bare.get(key, ()), *(place for place in places[1:] if place not in below))
    words = {column: _text(sheet, line, column) for column, line in below.items()}
    if not words.keys() - {start}:
        return None if names_other_year(labels, words.get(start, "")) else start
    for column, line in below.items():
        seen.take(line, column)
    own = [column for column, text in words.items() if labels.years & set(_YEAR.findall(text))]
    is_plain = len(own) == 1 and start in words and below[own[0]] == max(below.values())
    if is_plain and load_around_words().year_of_results.fullmatch(words[own[0]]):
        return own[0]
    seen.divided[key] = (*seen.divided.get(key, ()), *sorted(words))
    return start


def _words_below(seen: Seen, places: range, head_line: int) -> dict[int, int]:
    """Find the words below a head of figures: column -> line of the last of them."""
    return {
        column: line
        for line, column, text in sorted(seen.others)
        if line > head_line and column in places and (_LETTERS.search(text) or _YEAR.search(text))
    }


def _end(sheet: Sheet, seen: Seen, start: int, line: int) -> int:
    """Find the first column right of a head that it does not stand over."""
    for top, left, _, right in sheet.merged:
        if (top, left) == (line, start):
            return right + 1
    taken = {*seen.columns.values(), *seen.special.values(), *seen.coverage.values()}
    taken |= {place for places in seen.rivals.values() for place in places}
    taken |= {column for at, column in seen.cells if at <= line}
    taken |= {column for at, column, _ in seen.others if seen.first <= at <= line}
    return min((column for column in taken if column > start), default=start + _WIDEST)


def _text(sheet: Sheet, line: int, column: int) -> str:
    value = sheet.value(line, column)
    return fold_words(value) if isinstance(value, str) else f"{value:g}"


def _end_of_year(sheet: Sheet, over: set[int], line: int, column: int) -> int:
    """Find the first column right of a year that it does not stand over: over heads it reaches to the next text."""
    for top, left, _, right in sheet.merged:
        if (top, left) == (line, column):
            return right + 1
    if column not in over:
        return column + 1
    texts = {place for place, _ in head_texts(sheet, line)}
    return min((place for place in texts if place > column), default=max(over) + 1)


def _is_bare(sheet: Sheet, seen: Seen, label_column: int, column: int) -> bool:
    """Tell whether nothing stands below a shared head in a column: neither another word nor the number of a year."""
    if any(place == column and line > seen.first for line, place, _ in seen.others):
        return False
    below = sheet.value(seen.last + 1, column)
    is_year = isinstance(below, int | float) and below in _YEARS
    return not is_year or sheet.value(seen.last + 1, label_column) != ""


def below_tops(sheet: Sheet, labels: Labels, seen: Seen, named: Collection[str]) -> dict[str, int]:
    """Where sub-heads were removed, the columns below a shared head keep their order.

    A sub-head that says something not understood ("Kế hoạch", "Nam") is another column, and none is inferred.

    A shared head that stands there once reaches as far as its cell is merged, else to the next column that bears a
    head of any kind. One that was written over each of its columns names them in their order. What was `named` and left
    out for its year is not looked for again.
    """
    inferred: dict[str, int] = {}
    for text in dict.fromkeys(text for _, text in seen.tops):
        keys = labels.tops[text]
        starts = sorted({column for column, other in seen.tops if other == text})
        last = _reach(sheet, seen, keys, starts[-1])
        places = range(starts[0], last)
        is_one = len(starts) == 1 or (len(starts) == len(keys) and last == starts[-1] + 1)
        missing = [key for key in keys if key not in seen.columns and key not in named]
        free = [place for place in places if place not in seen.columns.values()]
        is_bare = all(_is_bare(sheet, seen, seen.columns[labels.label_key], place) for place in free)
        if not is_bare or not is_one or len(places) != len(keys):
            continue
        if len(free) == len(missing) and len(missing) in (1, len(keys)):
            inferred |= dict(zip(missing, free, strict=True))
    return inferred


def _reach(sheet: Sheet, seen: Seen, keys: Sequence[str], column: int) -> int:
    """Find the first column right of a shared head that it does not stand over."""
    for top, start, _, end in sheet.merged:
        if (top, start) == (seen.first, column):
            return end + 1
    taken = {place for key, place in seen.columns.items() if key not in keys}
    taken |= {*seen.special.values(), *seen.coverage.values()}
    taken |= {place for line, place, _ in seen.others if line == seen.first}
    return min((place for place in taken if place > column), default=column + len(keys))
