"""The tables of a Word document as grids of cells, so that an answer in Word is read like a workbook.

A table that holds a form is a sheet of its own, its first cell A1; the lines round it stand below it, where they move
no address. A table within a cell is read twice: as a sheet, for it may be the form, and as the text of its cell. What
stands round a row, cell or paragraph (a content control, a tracked insertion) is looked through; what was deleted
with changes tracked is not there. Elements: ECMA-376 part 1, 17.4, 17.5 and 17.13.5. The one door to python-docx,
which is loaded only when a document comes.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any
from zipfile import BadZipFile

from pipeline.kinds import Unreadable
from pipeline.limits import Limits
from pipeline.read import CellValue, OverLimit, Sheet
from pipeline.word_text import WORD, Styles, styles_of, text_of

_NAME = "Word {number}"
_DIGITS = re.compile(r"\s*([0-9]{1,15})\s*")
_ROUND = frozenset(WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
"""what may stand round a row, a cell or a paragraph"""


class UnevenTable(Unreadable):
    """The cells of a row do not fill the columns of its table: nobody can tell in which column they stand."""


@dataclass(frozen=True, slots=True)
class _Document:
    """A document that is being read."""

    body: Any
    above: Sequence[str]
    """what its pages bear above the text: their headers"""
    below: Sequence[str]
    styles: Styles
    limits: Limits


def read_tables(
    data: bytes, limits: Limits, holds_form: Callable[[Sheet], bool] = lambda sheet: True
) -> Iterator[Sheet]:
    """Read the tables of a document that hold a form, or all if none does, with what stands round each.

    Plain digits are numbers; merged cells hold their text once. A line belongs to the next such table, and behind the
    last one to that; so do the cells of other tables, each a line of its own.

    Raises:
        UnevenTable: the columns of a table cannot be told.
        Unreadable: the document cannot be opened.
        OverLimit: there are too many tables, or one is too large.
    """
    document = _opened(data, limits)
    blocks = list(_blocks(document, document.body, count(1), holds_form))
    if not any(isinstance(block, Sheet) for block in blocks):
        blocks = list(_blocks(document, document.body, count(1), lambda sheet: True))
    table, above, lines = None, document.above, list(document.above)
    for block in blocks:
        if isinstance(block, str):
            lines.append(block)
            continue
        if table:
            yield _with_lines(table, (), above, limits)
        table, above, lines = block, lines, []
    if table:
        yield _with_lines(table, (*lines, *document.below), above, limits)


def _blocks(
    document: _Document,
    element: Any,  # noqa: ANN401
    numbers: Iterator[int],
    holds_form: Callable[[Sheet], bool],
) -> Iterator[Sheet | str]:
    """Give the tables of a body or cell that hold a form, and what else stands there line by line.

    What stands in a cell of a form is the text of that cell, and no line; a table there may be a form of its own.
    """
    for part in _children(element, "p", "tbl"):
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
        for row in _rows(part):
            for cell in _children(row, "tc"):
                inner = _blocks(document, cell, numbers, holds_form)
                yield from (block for block in inner if not is_form or isinstance(block, Sheet))


def _with_lines(table: Sheet, below: Sequence[str], above: Sequence[str], limits: Limits) -> Sheet:
    """Put the lines round a table below it, where they move no address: first those that do stand there."""
    beside = [""] * (max(map(len, table.rows), default=1) - 1)
    rows = [*table.rows, *([text, *beside] for text in (*below, *above))]
    if len(rows) > limits.rows:
        raise OverLimit("rows", len(rows), limits.rows)
    return replace(table, rows=rows, lines_above=len(above))


def _children(element: Any, *names: str) -> Iterator[Any]:  # noqa: ANN401
    """Give the children of some names, also where something stands round them."""
    tags = {WORD + name for name in names}
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in _ROUND:
            yield from _children(child, *names)


def _rows(table: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the rows of a table itself, without those that were deleted with changes tracked."""
    return (row for row in _children(table, "tr") if row.find(f"{WORD}trPr/{WORD}del") is None)


def _opened(data: bytes, limits: Limits) -> _Document:
    from docx import Document  # noqa: PLC0415 - takes a tenth of a second, and most files are no documents
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        document = Document(io.BytesIO(data))
        styles = styles_of(document.styles.element)
        above, below = (tuple(_margins(document, styles, name)) for name in ("header", "footer"))
        return _Document(document.element.body, above, below, styles, limits)
    except (OpcError, SyntaxError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(str(error)) from None


def _margins(document: Any, styles: Styles, name: str) -> Iterator[str]:  # noqa: ANN401
    """Give the lines of the headers or footers that are shown, each once; the bare number of a page is none."""
    told = set()
    for section in document.sections:
        shown = {
            name: True,
            f"first_page_{name}": section.different_first_page_header_footer,
            f"even_page_{name}": document.settings.odd_and_even_pages_header_footer,
        }
        margins = (getattr(section, kind) for kind, is_shown in shown.items() if is_shown)
        elements = (margin._element for margin in margins if not margin.is_linked_to_previous)
        for line in (text_of(paragraph, styles) for element in elements for paragraph in _paragraphs(element)):
            if line not in told and any(map(str.isalpha, line)):
                told.add(line)
                yield line


def _sheet(name: str, table: Any, document: _Document) -> Sheet:  # noqa: ANN401
    limits = document.limits
    rows: list[list[CellValue]] = []
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    open_spans: dict[int, tuple[int, int]] = {}
    cells = 0
    for line, row in enumerate(_rows(table)):
        values: list[CellValue] = [""] * _left_out(row, "gridBefore")
        for cell in _children(row, "tc"):
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
    text = "\n".join(filter(None, (text_of(paragraph, styles) for paragraph in _paragraphs(cell))))
    digits = _DIGITS.fullmatch(text)
    return int(digits[1]) if digits and (digits[1] == "0" or digits[1][0] != "0") else text


def _paragraphs(cell: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the paragraphs of a cell, with those of a table within it."""
    for part in _children(cell, "p", "tbl"):
        if part.tag == f"{WORD}p":
            yield part
        else:
            for row in _rows(part):
                for inner in _children(row, "tc"):
                    yield from _paragraphs(inner)
