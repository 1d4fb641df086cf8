"""The tables of a Word document as grids of cells, so that an answer in Word is read like a workbook.

A table that holds a form is a sheet of its own, its first cell A1; the lines round it stand below it, where they move
no address. A table within a cell is read twice: as a sheet, for it may be the form, and as the text of its cell. What
stands round a row, cell or paragraph (a content control, a tracked insertion) is looked through; what was deleted
with changes tracked is not there. Elements: ECMA-376 part 1, 17.4, 17.5 and 17.13.5. The one door to python-docx,
which is loaded only when a document comes.
"""

import io
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from zipfile import BadZipFile

from pipeline.model.limits import Limits
from pipeline.readers.kinds import Unreadable
from pipeline.readers.sheets import CellValue, OverLimit, Sheet, value_of_text
from pipeline.readers.word.margins import Margins, margins_of
from pipeline.readers.word.seen_text import WORD, Styles, children, paragraphs_of, rows_of, styles_of, text_of

_NAME = "Word {number}"


class UnevenTable(Unreadable):
    """The cells of a row do not fill the columns of its table: nobody can tell in which column they stand."""


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that is being read."""

    body: Any
    margins: Sequence[Margins]
    """headers and footers, section by section"""
    styles: Styles
    limits: Limits


@dataclass(frozen=True, slots=True)
class _Section:
    """The part of a document that has headers and footers of its own."""

    margins: Margins
    blocks: Sequence[Sheet | str]


def read_tables(
    data: bytes, limits: Limits, holds_form: Callable[[Sheet], bool] = lambda sheet: True
) -> Iterator[Sheet]:
    """Read the tables of a document that hold a form, or all if none does, with what stands round each.

    Plain digits are numbers; merged cells hold their text once. A line belongs to the next such table, and behind the
    last one to that; so do the cells of other tables, each a line of its own. Headers and footers are those of each
    table in their section.

    Raises:
        UnevenTable: the columns of a table cannot be told.
        Unreadable: the document cannot be opened.
        OverLimit: there are too many tables, or one is too large.
    """
    document = _opened(data, limits)
    sections = list(_sections(document, holds_form))
    if not any(map(_tables_of, sections)):
        sections = list(_sections(document, lambda sheet: True))
    return _with_surroundings(sections, limits)


def read_text(data: bytes, limits: Limits) -> str:
    """Read the lines of a document that holds no form, those in its tables among them.

    Raises:
        Unreadable: the document cannot be opened.
    """
    document = _opened(data, limits)
    lines = (text_of(paragraph, document.styles) for paragraph in document.body.iter(f"{WORD}p"))
    return "\n".join(filter(None, lines))


def _sections(document: _Document, holds_form: Callable[[Sheet], bool]) -> Iterator[_Section]:
    """Read a document section by section: the last paragraph of each but the last says that it ends there."""
    numbers, parts, ended = count(1), list[Any](), 0
    for part in children(document.body, "p", "tbl"):
        parts.append(part)
        if ended < len(document.margins) - 1 and part.find(f"{WORD}pPr/{WORD}sectPr") is not None:
            yield _Section(document.margins[ended], list(_blocks(document, parts, numbers, holds_form)))
            parts, ended = [], ended + 1
    margins = document.margins[ended] if document.margins else Margins()
    yield _Section(margins, list(_blocks(document, parts, numbers, holds_form)))


def _blocks(
    document: _Document, parts: Iterable[Any], numbers: Iterator[int], holds_form: Callable[[Sheet], bool]
) -> Iterator[Sheet | str]:
    """Give the tables of a section or cell that hold a form, and what else stands there line by line.

    What stands in a cell of a form is the text of that cell, and no line; a table there may be a form of its own.
    """
    for part in parts:
        if part.tag == f"{WORD}p":
            if text := text_of(part, document.styles):
                yield text
            continue
        number = next(numbers)
        if number > document.limits.sheets:
            raise OverLimit("sheets", number, document.limits.sheets)
        table = _sheet(_NAME.format(number=number), part, document)
        is_form = holds_form(table)
        if is_form:
            yield table
        for row in rows_of(part):
            for cell in children(row, "tc"):
                inner = _blocks(document, children(cell, "p", "tbl"), numbers, holds_form)
                yield from (block for block in inner if not is_form or isinstance(block, Sheet))


def _tables_of(section: _Section) -> list[Sheet]:
    return [block for block in section.blocks if isinstance(block, Sheet)]


def _with_surroundings(sections: Sequence[_Section], limits: Limits) -> Iterator[Sheet]:
    """Give each table with the lines round it; a header that two sections bear stands there once."""
    waiting: tuple[Sheet, Sequence[str], Sequence[str]] | None = None
    lines: list[str] = []
    for section in sections:
        header, footer = section.margins.header, section.margins.footer
        if not _tables_of(section):
            known = {*lines, *(waiting[1] if waiting else ()), *(waiting[2] if waiting else ())}
            texts = [block for block in section.blocks if isinstance(block, str)]
            lines += [*_but(header, known), *texts, *_but(footer, known)]
            continue
        for block in section.blocks:
            if isinstance(block, str):
                lines.append(block)
                continue
            if waiting:
                yield _with_lines(*waiting, limits)
            waiting, lines = (block, [*_but(header, lines), *lines], footer), []
    if waiting:
        table, above, below = waiting
        yield _with_lines(table, above, [*lines, *_but(below, lines)], limits)


def _but(lines: Iterable[str], known: Collection[str]) -> list[str]:
    return [line for line in lines if line not in known]


def _with_lines(table: Sheet, above: Sequence[str], below: Sequence[str], limits: Limits) -> Sheet:
    """Put the lines round a table below it, where they move no address: first those that do stand there."""
    beside = [""] * (max(map(len, table.rows), default=1) - 1)
    rows = [*table.rows, *([text, *beside] for text in (*below, *above))]
    if len(rows) > limits.rows:
        raise OverLimit("rows", len(rows), limits.rows)
    return replace(table, rows=rows, lines_above=len(above))


def _opened(data: bytes, limits: Limits) -> _Document:
    from docx import Document  # noqa: PLC0415 - takes a tenth of a second, and most files are no documents
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        document = Document(io.BytesIO(data))
        styles = styles_of(document.styles.element)
        return _Document(document.element.body, margins_of(document, styles), styles, limits)
    except (OpcError, SyntaxError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(str(error)) from None


def _sheet(name: str, table: Any, document: _Document) -> Sheet:  # noqa: ANN401
    limits = document.limits
    rows: list[list[CellValue]] = []
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    open_spans: dict[int, tuple[int, int]] = {}
    cells = 0
    for line, row in enumerate(rows_of(table)):
        values: list[CellValue] = [""] * _left_out(row, "gridBefore")
        for cell in children(row, "tc"):
            width, joins_above, opens = _spans(cell)
            column = len(values)
            values += [_value(cell, document.styles), *[""] * (width - 1)]
            start = open_spans.get(column) if joins_above and not opens else None
            top, place = start or (line, column)
            if start is None:
                open_spans[column] = (line, column)
            else:
                values[column] = ""
            if width > 1 or start:
                merged[top, place] = (top, place, line, column + width - 1)
        values += [""] * _left_out(row, "gridAfter")
        cells += len(values)
        if line >= limits.rows or len(values) > limits.columns or cells > limits.cells:
            raise OverLimit("cells", cells, limits.cells)
        rows.append(values)
    width = len(table.findall(f"{WORD}tblGrid/{WORD}gridCol")) or max(map(len, rows), default=1)
    if any(len(values) != width for values in rows):
        raise UnevenTable("a row does not fill the columns of its table")
    return Sheet(name, False, 0, 0, rows, tuple(merged.values()))


def _left_out(row: Any, place: str) -> int:  # noqa: ANN401
    """Columns that a row leaves out at its beginning (gridBefore) or end (gridAfter)."""
    skipped = row.find(f"{WORD}trPr/{WORD}{place}")
    return _number(skipped) if skipped is not None else 0


def _spans(cell: Any) -> tuple[int, bool, bool]:  # noqa: ANN401
    """Width of a cell in columns, whether it is part of one merged downwards, and whether it begins it."""
    span = cell.find(f"{WORD}tcPr/{WORD}gridSpan")
    down = cell.find(f"{WORD}tcPr/{WORD}vMerge")
    width = _number(span) if span is not None else 1
    return max(width, 1), down is not None, down is not None and down.get(f"{WORD}val") == "restart"


def _number(element: Any) -> int:  # noqa: ANN401
    value = element.get(f"{WORD}val") or "1"
    return min(int(value), 64) if value.isdecimal() else 1


def _value(cell: Any, styles: Styles) -> CellValue:  # noqa: ANN401
    text = "\n".join(filter(None, (text_of(paragraph, styles) for paragraph in paragraphs_of(cell))))
    return value_of_text(text)
