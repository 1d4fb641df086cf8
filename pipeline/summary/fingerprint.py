"""A digest of each list sheet of a summary, kept in the workbook: a later run sees by it whether a person changed more.

It leaves out where officers are invited to write and what a later run compares cell by cell: numbers of units and
sums, telephones, and the lines above and below the totals. Programs save dates, spaces and characters that do not
print in their own ways, so texts are taken without these and dates as numbers.
"""

import hashlib
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from pipeline.read import CellValue, Sheet
from pipeline.read_back import STATE, find_heads, find_matrix
from pipeline.recognise import Labels, locate
from pipeline.summary.words import Words
from schemas.form import NOTE
from schemas.text import fold

_PROPERTY = "consolidate.{kind}"
_KEPT = re.compile(rb'name="consolidate\.(\w+)"[^>]*>\s*<[^>]*lpwstr[^>]*>([0-9a-f]+)<')
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
"""how a workbook spells a character that XML cannot hold (ECMA-376, ST_Xstring)"""
_EPOCH = datetime(1899, 12, 30)
_DAY = 86_400
_LENGTH = 32
_KINDS = ("totals", "matrix", "ledger", "issues", "texts")

_IsFree = Callable[[int, int], bool]


def keep_fingerprints(workbook: Workbook, labels: Labels, words: Words) -> None:
    """Put the digests of a summary that is written, but not closed yet, among the properties of the workbook."""
    texts = list(workbook.str_table.string_table)
    sheets = {str(sheet.name): sheet for sheet in workbook.worksheets()}
    for kind in _KINDS:
        sheet = _as_read(sheets[words(f"sheets.{kind}")], texts)
        workbook.set_custom_property(_PROPERTY.format(kind=kind), _fingerprint(kind, sheet, labels, words), "text")


def differing_sheets(data: bytes, sheets: Mapping[str, Sheet], labels: Labels, words: Words) -> Iterator[Sheet]:
    """Give the list sheets of a summary that are not as they were written; none where no digests were kept."""
    kept = _kept_in(data)
    for kind in _KINDS:
        sheet = sheets.get(words(f"sheets.{kind}"))
        if sheet and kind in kept and kept[kind] != _fingerprint(kind, sheet, labels, words):
            yield sheet


def _kept_in(data: bytes) -> Mapping[str, str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as box:
            found = _KEPT.findall(box.read("docProps/custom.xml"))
    except (zipfile.BadZipFile, KeyError):
        return {}
    return {kind.decode(): digest.decode() for kind, digest in found}


def _fingerprint(kind: str, sheet: Sheet, labels: Labels, words: Words) -> str:
    is_free = _FREE[kind](sheet, labels, words) if kind in _FREE else _is_nowhere
    digest = hashlib.sha256()
    for row, column, value in sheet.filled():
        text = _plain(value)
        if text and not is_free(row, column):
            digest.update(f"{row}\0{column}\0{text}\n".encode("utf-8", "replace"))
    return digest.hexdigest()[:_LENGTH]


def _plain(value: CellValue) -> str:
    if isinstance(value, str):
        return "".join(filter(str.isprintable, _ESCAPED.sub("", value))).replace(" ", "")
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        return str(round((moment - _EPOCH).total_seconds()))
    # A date that was just written is a number of days, which another program may store with its last digits changed.
    return str(round(value * _DAY)) if isinstance(value, int | float) else str(value)


def _is_nowhere(_row: int, _column: int) -> bool:
    return False


def _free_in_totals(sheet: Sheet, labels: Labels, _words: Words) -> _IsFree:
    """Totals and notes, and the lines around the table as far as they are printed."""
    located = locate(sheet, labels)[:1]
    if not located:
        return _is_nowhere
    rows, columns = located[0].rows, located[0].columns
    free = {(rows[key], columns[m]) for key, m in labels.form.number_cells if key in rows and m in columns}
    free |= {(row, columns[NOTE]) for row in rows.values() if NOTE in columns}
    wanted = fold(labels.stamp.row_key)
    keys = next((at for _, at, value in sheet.filled() if isinstance(value, str) and fold(value) == wanted), 0)
    # The line that says whether figures are final is known to a later run by its form alone, not by its numbers.
    ours = {*range(located[0].first_head_row, located[0].last_row + 1)}
    ours |= {row for row, at, value in sheet.filled() if at == keys and value == STATE}
    return lambda row, column: (row, column) in free or (row not in ours and column < keys)


def _free_in_matrix(sheet: Sheet, labels: Labels, _words: Words) -> _IsFree:
    """Numbers of units, and what they add up to."""
    matrix = find_matrix(sheet, labels.form)
    if matrix is None:
        return _is_nowhere
    columns = frozenset(matrix.columns.values())
    # Units outside the totals stand below them.
    rows = {row for row in range(matrix.lines.start, len(sheet.rows) + sheet.first_row) if matrix.is_unit(row)}
    rows |= {*matrix.lines}
    return lambda row, column: row in rows and column in columns


def _free_in_ledger(sheet: Sheet, _labels: Labels, words: Words) -> _IsFree:
    """Paper numbers and remarks, and the telephones of the lines that stand for a unit."""
    heads = find_heads(sheet, {one.key: one.head for one in words.columns["ledger"] if one.key in _OF_LEDGER})
    if not heads:
        return _is_nowhere
    number, phone = heads.columns["number"], heads.columns["phone"]
    by_hand = {heads.columns["paper"], heads.columns["remark"]}

    def is_free(row: int, column: int) -> bool:
        is_phone = column == phone and sheet.value(row, number) != ""
        return row > heads.row and (is_phone or column in by_hand)

    return is_free


_OF_LEDGER = ("number", "phone", "paper", "remark")
_FREE: Mapping[str, Callable[[Sheet, Labels, Words], _IsFree]] = {
    "totals": _free_in_totals,
    "matrix": _free_in_matrix,
    "ledger": _free_in_ledger,
}


def _as_read(sheet: Worksheet, texts: Sequence[str]) -> Sheet:
    """Give a sheet that is being written as it will be read: xlsxwriter holds its cells until the book is closed."""
    cells: Mapping[int, Mapping[int, object]] = sheet.table
    width = max((column + 1 for line in cells.values() for column in line), default=0)
    height = max(cells, default=-1) + 1
    rows = [[_value(cells.get(row, {}).get(column), texts) for column in range(width)] for row in range(height)]
    return Sheet(str(sheet.name), False, 0, 0, rows, ())


def _value(cell: object, texts: Sequence[str]) -> CellValue:
    """What a cell shows: a text by its place in the table of texts, a number, or the result kept with a formula."""
    place: int | None = getattr(cell, "string", None)
    value: CellValue = getattr(cell, "number", getattr(cell, "value", ""))
    return value if place is None else texts[place]
