"""The formats in which a return is read: the one list of them."""

from collections.abc import Callable, Mapping
from functools import partial

from pipeline.model.limits import Limits
from pipeline.readers.book import Book
from pipeline.readers.delimited import text_book
from pipeline.readers.kinds import Container, Kind
from pipeline.readers.word.book import word_book
from pipeline.readers.workbook import WORKBOOKS, open_workbook

_READERS: Mapping[Kind, Callable[[Container, Limits], Book]] = {
    **{kind: partial(open_workbook, kind=kind) for kind in WORKBOOKS},
    Kind.DOCX: word_book,
    Kind.TEXT: text_book,
}


def open_book(box: Container, kind: Kind, limits: Limits) -> Book | None:
    """Open a file that may hold returns; None for a kind that never does.

    Raises:
        Unreadable: the file is not what its format says.
    """
    opened_by = _READERS.get(kind)
    if opened_by is None:
        return None
    return opened_by(box, limits)
