"""Which sheets of a file hold a return, which a summary, and which only repeat or list what stands elsewhere."""

from collections.abc import Iterable, Iterator
from functools import cache

from pipeline.extract.locate import Labels, locate
from pipeline.extract.own.stamp import STAMPS_ABOVE
from pipeline.extract.own.summary import is_matrix
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.readers.sheets import Sheet
from schemas.text import fold


def find_pages(
    sheets: Iterable[Sheet],
    labels: Labels,
    seen: list[Sheet],
    matrices: list[Sheet],
) -> Iterator[SheetPage]:
    """Find the forms sheet by sheet; the lists of a summary, and the copies behind it, are passed over unread."""
    is_behind = False
    for sheet in sheets:
        if _is_list(sheet) or (is_behind and _is_copy(sheet, labels)):
            matrices += [sheet] if is_matrix(sheet) else []
            continue
        seen.append(sheet)
        pages = [SheetPage(sheet, form) for form in locate(sheet, labels)]
        yield from pages
        is_behind |= any(holds_summary(page, labels) for page in pages)


def repeats_return(page: SheetPage, labels: Labels) -> bool:
    """Tell a copy of a return behind a summary."""
    return fold(page.stamped("kind")) == fold(labels.stamp.kind_copy)


def holds_summary(page: SheetPage, labels: Labels) -> bool:
    """Tell a summary of the level below by its stamp; without one, by the columns that no return has.

    A title is none of its marks: a unit may well call its own return a summary, and its rules hold all the same.
    """
    kind, form = fold(page.stamped("kind")), page.form
    if kind:
        return kind == fold(labels.stamp.kind_summary)
    return form.mark is not None and set(labels.form.measures) <= form.coverage.keys()


def _is_list(sheet: Sheet) -> bool:
    """Tell by its title a sheet of a summary that holds no form, though labels of rows may stand in it."""
    _, _, first = next(sheet.filled(), (0, 0, ""))
    return isinstance(first, str) and fold(first) in _titles_of_lists()


@cache
def _titles_of_lists() -> frozenset[str]:
    words = load_summary_words()
    lists = (key for key in words.of_section("sheets") if key != "totals")
    return frozenset(fold(words(f"{key}.title")) for key in lists)


def _is_copy(sheet: Sheet, labels: Labels) -> bool:
    """Tell by the stamp alone whether a sheet repeats a return."""
    kind, copy = fold(labels.stamp.kind), fold(labels.stamp.kind_copy)
    for row, column, value in sheet.filled():
        if row >= STAMPS_ABOVE:
            return False
        if isinstance(value, str) and fold(value) == kind:
            beside = sheet.value(row, column + 1)
            return isinstance(beside, str) and fold(beside) == copy
    return False
