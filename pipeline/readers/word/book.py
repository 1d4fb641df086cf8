"""A Word document as a `Book`: each of its tables that holds a form is a sheet."""

from collections.abc import Iterator

from pipeline.findings import codes
from pipeline.model.limits import Limits
from pipeline.readers.book import Book, HoldsForm
from pipeline.readers.kinds import Container
from pipeline.readers.sheets import Sheet
from pipeline.readers.word.tables import UnevenTable, read_tables


def word_book(box: Container, limits: Limits) -> Book:
    """Open a document; one with a table whose columns cannot be told gives no sheet at all, and is for a person."""

    def sheets(holds_form: HoldsForm) -> Iterator[Sheet]:
        try:
            yield from list(read_tables(box.data, limits, holds_form))
        except UnevenTable:
            return

    return Book(
        look=lambda sheet: None,
        sheets=sheets,
        format="docx",
        every_value_is_text=True,
        told_as=codes.WORD_TABLE,
    )
