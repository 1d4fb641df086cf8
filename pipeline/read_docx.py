"""The tables of a Word document as grids of cells, so that an answer in Word is read like a workbook.

A table is a sheet of its own, its first cell A1; the paragraphs before it stand below it, where they move no
address. The one door to python-docx, which is loaded only when a document comes.
"""

import io
import re
from collections.abc import Iterator
from typing import Any
from zipfile import BadZipFile

from pipeline.kinds import Unreadable
from pipeline.limits import Limits
from pipeline.numbers import load_number_words
from pipeline.read import CellValue, OverLimit, Sheet

_NAME = "Word {number}"
_DIGITS = re.compile(r"\s*([0-9]{1,15})\s*")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read_tables(data: bytes, limits: Limits) -> Iterator[Sheet]:
    """Read the tables of a document one by one. Plain digits are numbers; merged cells hold their text once.

    Raises:
        Unreadable: the document cannot be opened.
        OverLimit: there are too many tables, or one is too large.
    """
    body = _body_of(data)
    before: list[str] = []
    number = 0
    for part in body:
        if part.tag == f"{_WORD}p":
            before.append(_text(part))
        elif part.tag == f"{_WORD}tbl":
            number += 1
            if number > limits.sheets:
                raise OverLimit("sheets", number, limits.sheets)
            yield _sheet(_NAME.format(number=number), part, [text for text in before if text], limits)
            before = []


def _body_of(data: bytes) -> Any:  # noqa: ANN401 - lxml carries no types
    from docx import Document  # noqa: PLC0415 - takes a tenth of a second, and most files are no documents
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        return Document(io.BytesIO(data)).element.body
    except (OpcError, SyntaxError, BadZipFile, KeyError, ValueError, AttributeError) as error:
        raise Unreadable(str(error)) from None


def _sheet(name: str, table: Any, before: list[str], limits: Limits) -> Sheet:  # noqa: ANN401
    rows: list[list[CellValue]] = []
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    open_spans: dict[int, tuple[int, int]] = {}
    cells = 0
    for line, row in enumerate(table.iter(f"{_WORD}tr")):
        values: list[CellValue] = [""] * _before_row(row)
        for cell in row.iterchildren(f"{_WORD}tc"):
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
        cells += len(values)
        if line >= limits.rows or len(values) > limits.columns or cells > limits.cells:
            raise OverLimit("cells", cells, limits.cells)
        rows.append(values)
    width = max(map(len, rows), default=1)
    rows = [[*values, *[""] * (width - len(values))] for values in rows]
    rows += [[text, *[""] * (width - 1)] for text in before]
    return Sheet(name, False, 0, 0, rows, tuple(merged.values()))


def _before_row(row: Any) -> int:  # noqa: ANN401
    """Columns that a row leaves out at its beginning."""
    skipped = row.find(f"{_WORD}trPr/{_WORD}gridBefore")
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
    text = "\n".join(filter(None, (_text(paragraph) for paragraph in cell.iterchildren(f"{_WORD}p"))))
    digits = _DIGITS.fullmatch(text)
    return int(digits[1]) if digits and (digits[1] == "0" or digits[1][0] != "0") else text


def _text(paragraph: Any) -> str:  # noqa: ANN401
    """Text of a paragraph as it is shown: what was deleted with changes tracked is not.

    Digits that are crossed out, hidden, raised or lowered are kept apart from those beside them, and said to be so.
    """
    pieces = []
    for element in paragraph.iter(f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}noBreakHyphen"):
        tag = element.tag.removeprefix(_WORD)
        text = element.text or "" if tag == "t" else {"tab": "\t", "br": "\n"}.get(tag, "-")
        pieces.append(_marked(element.getparent(), text) if any(map(str.isdecimal, text)) else text)
    return "".join(pieces).strip()


def _marked(run: Any, text: str) -> str:  # noqa: ANN401
    """Set the digits of a run apart that are not simply part of the line."""
    shown = load_number_words().marked
    properties = run.find(f"{_WORD}rPr")
    for mark in () if properties is None else properties:
        name, value = mark.tag.removeprefix(_WORD), mark.get(f"{_WORD}val", "1")
        if name in shown and value not in ("0", "false", "off", "baseline"):
            return f" {shown[name].format(text=text.strip())} "
    return text
