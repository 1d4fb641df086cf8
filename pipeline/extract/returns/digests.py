"""What a person sees of a file, as digests of its lines: two copies are one return only if they are seen alike.

Seen are the texts and numbers of every sheet with anything in it, which of them are hidden or dressed by a format, and
what headers, footers and boxes of text say.
Fonts, colours, widths and the order of sheets are not. The template's guide and lists say nothing while nobody changed
them, and its own formulas say nothing that its input cells do not.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zlib import crc32

from pipeline.extract.context import ReadingContext
from pipeline.extract.own.template import is_said_by_formula, load_template_words
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.model import FileReading, Shown
from pipeline.readers.book import Book
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import CellValue, Sheet
from schemas.text import tidy

_Address = tuple[int, int]
_BETWEEN, _MARKED = "\x1f", "\x1e"
"""stand between cells, and behind a cell before what is told of it; no text holds them"""
_EPOCH = datetime(1899, 12, 30)
_DAY = timedelta(days=1)


def lines_of_form(
    page: SheetPage,
    forms: Sequence[SheetPage],
    book: Book,
    reading: FileReading,
) -> str:
    """Digest the sheet of a form, without the lines of the other forms on it."""
    foreign: set[int] = set()
    for other in forms:
        if other.sheet is page.sheet and other.form is not page.form:
            foreign |= {*range(other.form.first_head_row, other.form.last_row + 1)}
    # Programs drop that a column is hidden, and those of the template's keys always are.
    columns, unclaimed = (
        frozenset(page.form.columns.values()),
        frozenset(page.form.unclaimed),
    )
    shown = columns | {column for _, column in unclaimed}
    hides = page.facts and (page.facts.hidden_rows or not page.facts.hidden_columns.isdisjoint(shown))
    hidden = set(_hidden(page.sheet, page.facts)) if hides else set()
    hidden = {place for place in hidden if place[1] in columns or place in unclaimed}
    own = page.own | {*_said_by_formulas(page)}
    return _digest(page.sheet, _marks(page.facts, hidden), foreign, own) + _unseen(page.facts, book, reading)


def _said_by_formulas(page: SheetPage) -> Iterator[_Address]:
    """Find above and beside the form what formulas of the template said before a program dropped them."""
    for row, column, value in page.sheet.filled(range(page.form.first_head_row)):
        if isinstance(value, str) and is_said_by_formula(value):
            yield row, column
    for place in page.form.unclaimed:
        value = page.sheet.value(*place)
        if isinstance(value, str) and is_said_by_formula(value):
            yield place


def texts_beside(facts: SheetFacts | None, context: ReadingContext) -> tuple[str, ...]:
    """Give what headers, footers and boxes of a sheet say, without the foot that the template prints."""
    if facts is None or not facts.beside:
        return ()
    foot = tidy(load_template_words().file["foot"].format(form_id=context.form.id, form_version=context.form.version))
    found = []
    for text in facts.beside:
        # Of "page 3/7" only the stroke is left, and programs part a text into lines each in its own way.
        lines = [line for line in text.split("\n") if line != foot and any(map(str.isalnum, line))]
        found.append(tidy(" ".join(lines)))
    return tuple(filter(None, found))


def shown_on_others(
    sheets: Sequence[Sheet],
    forms: Sequence[SheetPage],
    book: Book,
    context: ReadingContext,
    reading: FileReading,
) -> Shown:
    """Digest the sheets that hold no form."""
    of_forms = {page.sheet.name for page in forms}
    lines: dict[str, str] = {}
    beside: list[str] = []
    for sheet in sheets:
        if sheet.name in of_forms or is_our_own(sheet, context):
            continue
        facts = book.look(sheet)
        beside += texts_beside(facts, context)
        if sheet.rows:
            marks = _marks(facts, {*_hidden(sheet, facts)})
            lines[sheet.name] = _digest(sheet, marks) + _unseen(facts, book, reading)
    return Shown(others=lines, beside=tuple(beside))


def with_others(shown: Shown, others: Shown) -> Shown:
    """Add to what its own sheet shows what the other sheets of the file do."""
    if not (others.others or others.beside):
        return shown
    return replace(
        shown,
        others=others.others,
        beside=tuple(dict.fromkeys((*shown.beside, *others.beside))),
    )


def is_our_own(sheet: Sheet, context: ReadingContext) -> bool:
    """Tell the template's guide and its lists, as long as nobody changed them."""
    names = load_template_words().sheets
    if sheet.name not in (names["guide"], names["lists"]):
        return False
    texts = [_text(value) for _, _, value in sheet.filled()]
    return tuple(texts) == context.guide if sheet.name == names["guide"] else context.choices.issuperset(texts)


def _digest(
    sheet: Sheet,
    marks: Mapping[_Address, str],
    passed_over: AbstractSet[int] = frozenset(),
    own: AbstractSet[_Address] = frozenset(),
) -> str:
    """Digest every line of a sheet with anything in it: "12:5a0c77f1 13:...", with the numbers that Excel shows."""
    left = _BETWEEN * sheet.first_column
    marked = {row for row, _ in (*marks, *own)}
    lines = []
    for row, cells in enumerate(sheet.rows, sheet.first_row):
        if row in passed_over:
            continue
        texts = [_text(value) if value != "" else "" for value in cells]
        if row in marked:
            texts = [*_marked(texts, row, sheet.first_column, marks, own)]
        line = _BETWEEN.join(texts).rstrip(_BETWEEN)
        if line:
            # Broken letters of a file have no UTF-8.
            digest = crc32((left + line).encode("utf-8", "replace"))
            lines.append(f"{row + 1}:{digest:08x}")
    if sheet.hidden and lines:
        lines.insert(0, "hidden")
    return " ".join(lines)


def _marked(
    texts: Sequence[str],
    row: int,
    first: int,
    marks: Mapping[_Address, str],
    own: AbstractSet[_Address],
) -> Iterator[str]:
    for column, text in enumerate(texts, first):
        if (row, column) in own:
            yield ""
        else:
            yield text + marks.get((row, column), "")


def _marks(facts: SheetFacts | None, hidden: AbstractSet[_Address]) -> Mapping[_Address, str]:
    """Say of cells what their value alone does not: what a format makes of it, what is struck out, what is hidden."""
    marks = dict.fromkeys(hidden, f"{_MARKED}hidden")
    if facts:
        for place, dress in facts.dressed.items():
            marks[place] = f"{marks.get(place, '')}{_MARKED}{dress.pattern} {dress.thousands} {dress.decimals}"
        for place, pieces in facts.pieced.items():
            marks[place] = f"{marks.get(place, '')}{_MARKED}{tidy(pieces)}"
        for place in facts.struck:
            marks[place] = f"{marks.get(place, '')}{_MARKED}struck"
        for place, comment in facts.comments.items():
            marks[place] = f"{marks.get(place, '')}{_MARKED}{tidy(comment)}"
    return marks


def _hidden(sheet: Sheet, facts: SheetFacts | None) -> Iterator[_Address]:
    """Give the cells in hidden rows and columns."""
    if facts is None or not (facts.hidden_rows or facts.hidden_columns):
        return
    for row, column, _ in sheet.filled():
        if row in facts.hidden_rows or column in facts.hidden_columns:
            yield row, column


def _unseen(facts: SheetFacts | None, book: Book, reading: FileReading) -> str:
    """What nobody looked at a second time is like nothing but the very same file."""
    if facts or book.every_value_is_text:
        return ""
    return f" ?{reading.sha256}"


def _text(value: CellValue) -> str:
    """Text of a cell; a number to the digits that Excel shows, a date by its day."""
    if isinstance(value, str):
        return _tidied(value)
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return f"{value:.15g}"
    if isinstance(value, date | time | timedelta):
        return f"{_days(value):.10g}"
    return str(value)


def _days(value: date | time | timedelta) -> float:
    """A moment as Excel counts it: days, with the day broken off by its hours."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    elif not isinstance(value, timedelta):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        value = moment - _EPOCH
    return value / _DAY


_tidied = lru_cache(maxsize=4096)(tidy)
