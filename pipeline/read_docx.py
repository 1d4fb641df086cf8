"""The tables of a Word document as grids of cells, so that an answer in Word is read like a workbook.

A table is a sheet of its own, its first cell A1; the paragraphs before it stand below it, where they move no
address. A table within a cell is read twice: as a sheet, for it may be the form, and as the text of its cell. What
stands round a row, cell or paragraph (a content control, a tracked insertion) is looked through; what was deleted
with changes tracked is not there. Elements: ECMA-376 part 1, 17.4, 17.5 and 17.13.5. The one door to python-docx,
which is loaded only when a document comes.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any
from zipfile import BadZipFile

from pipeline.kinds import Unreadable
from pipeline.limits import Limits
from pipeline.numbers import load_number_words
from pipeline.read import CellValue, OverLimit, Sheet

_NAME = "Word {number}"
_DIGITS = re.compile(r"\s*([0-9]{1,15})\s*")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ROUND = frozenset(_WORD + name for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
"""what may stand round a row, a cell or a paragraph"""
_GONE = frozenset(
    (_WORD + "del", _WORD + "moveFrom", "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)
"""what was deleted or moved away, and what says again for older programs what stands beside it"""
_TEXTS = frozenset(_WORD + name for name in ("t", "tab", "br", "noBreakHyphen"))


class UnevenTable(Unreadable):
    """The cells of a row do not fill the columns of its table: nobody can tell in which column they stand."""


def read_tables(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """Read the tables of a document one by one. Plain digits are numbers; merged cells hold their text once.

    Raises:
        UnevenTable: the columns of a table cannot be told.
        Unreadable: the document cannot be opened.
        OverLimit: there are too many tables, or one is too large.
    """
    for number, (table, before) in enumerate(_tables(_body_of(data), ()), 1):
        if number > limits.sheets:
            raise OverLimit("sheets", number, limits.sheets)
        yield _sheet(_NAME.format(number=number), table, before, limits)


def _tables(element: Any, before: Sequence[str]) -> Iterator[tuple[Any, Sequence[str]]]:  # noqa: ANN401
    """Give each table of a body or cell with the texts before it, and then the tables within its cells."""
    for part in _children(element, "p", "tbl"):
        if part.tag == f"{_WORD}p":
            text = _text(part)
            before = (*before, text) if text else before
            continue
        yield part, before
        for row in _rows(part):
            for cell in _children(row, "tc"):
                yield from _tables(cell, before)
        before = ()


def _children(element: Any, *names: str) -> Iterator[Any]:  # noqa: ANN401
    """Give the children of some names, also where something stands round them."""
    tags = {_WORD + name for name in names}
    for child in element:
        if child.tag in tags:
            yield child
        elif child.tag in _ROUND:
            yield from _children(child, *names)


def _rows(table: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the rows of a table itself, without those that were deleted with changes tracked."""
    return (row for row in _children(table, "tr") if row.find(f"{_WORD}trPr/{_WORD}del") is None)


def _body_of(data: bytes) -> Any:  # noqa: ANN401 - lxml carries no types
    from docx import Document  # noqa: PLC0415 - takes a tenth of a second, and most files are no documents
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        return Document(io.BytesIO(data)).element.body
    except (OpcError, SyntaxError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(str(error)) from None


def _sheet(name: str, table: Any, before: Sequence[str], limits: Limits) -> Sheet:  # noqa: ANN401
    rows: list[list[CellValue]] = []
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    open_spans: dict[int, tuple[int, int]] = {}
    cells = 0
    for line, row in enumerate(_rows(table)):
        values: list[CellValue] = [""] * _left_out(row, "gridBefore")
        for cell in _children(row, "tc"):
            width, joins_above, opens = _spans(cell)
            column = len(values)
            values += [_value(cell), *[""] * (width - 1)]
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
    width = len(table.findall(f"{_WORD}tblGrid/{_WORD}gridCol")) or max(map(len, rows), default=1)
    if any(len(values) != width for values in rows):
        raise UnevenTable("a row does not fill the columns of its table")
    rows += [[text, *[""] * (width - 1)] for text in before]
    return Sheet(name, False, 0, 0, rows, tuple(merged.values()))


def _left_out(row: Any, place: str) -> int:  # noqa: ANN401
    """Columns that a row leaves out at its beginning (gridBefore) or end (gridAfter)."""
    skipped = row.find(f"{_WORD}trPr/{_WORD}{place}")
    return _number(skipped) if skipped is not None else 0


def _spans(cell: Any) -> tuple[int, bool, bool]:  # noqa: ANN401
    """Width of a cell in columns, whether it is part of one merged downwards, and whether it begins it."""
    span = cell.find(f"{_WORD}tcPr/{_WORD}gridSpan")
    down = cell.find(f"{_WORD}tcPr/{_WORD}vMerge")
    width = _number(span) if span is not None else 1
    return max(width, 1), down is not None, down is not None and down.get(f"{_WORD}val") == "restart"


def _number(element: Any) -> int:  # noqa: ANN401
    value = element.get(f"{_WORD}val") or "1"
    return min(int(value), 64) if value.isdecimal() else 1


def _value(cell: Any) -> CellValue:  # noqa: ANN401
    text = "\n".join(filter(None, map(_text, _paragraphs(cell))))
    digits = _DIGITS.fullmatch(text)
    return int(digits[1]) if digits and (digits[1] == "0" or digits[1][0] != "0") else text


def _paragraphs(cell: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give the paragraphs of a cell, with those of a table within it."""
    for part in _children(cell, "p", "tbl"):
        if part.tag == f"{_WORD}p":
            yield part
        else:
            for row in _rows(part):
                for inner in _children(row, "tc"):
                    yield from _paragraphs(inner)


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """Text of a paragraph as it is shown: what was deleted with changes tracked is not.

    Digits that are crossed out, hidden, raised or lowered are kept apart from those beside them, and said to be so.
    """
    pieces = []
    for element in _pieces(paragraph):
        tag = element.tag.removeprefix(_WORD)
        text = element.text or "" if tag == "t" else {"tab": "\t", "br": "\n"}.get(tag, "-")
        pieces.append(_marked(element.getparent(), text) if any(map(str.isdecimal, text)) else text)
    return "".join(pieces).strip()


def _pieces(element: Any) -> Iterator[Any]:  # noqa: ANN401
    """Give what makes up a text as it is shown; the prompt of an empty content control is no text."""
    for child in element:
        if child.tag in _TEXTS:
            control = next(child.iterancestors(f"{_WORD}sdt"), None)
            if control is None or control.find(f"{_WORD}sdtPr/{_WORD}showingPlcHdr") is None:
                yield child
        elif child.tag not in _GONE:
            yield from _pieces(child)


def _marked(run: Any, text: str) -> str:  # noqa: ANN401
    """Set the digits of a run apart that are not simply part of the line."""
    shown = load_number_words().marked
    properties = run.find(f"{_WORD}rPr")
    for mark in () if properties is None else properties:
        name, value = mark.tag.removeprefix(_WORD), mark.get(f"{_WORD}val", "1")
        if name in shown and value not in ("0", "false", "off", "baseline"):
            return f" {shown[name].format(text=text.strip())} "
    return text
