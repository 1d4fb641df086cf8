"""A form before it is sent out: can the program read the template that it makes of it?

The template is made as units get it, every number cell is filled with a number of its own, and the file is read as a
return is. A cell that does not come back would be lost in the return of every unit.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.extract.context import ReadingContext, reading_context
from pipeline.extract.file import read_bytes
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.model import FileReading, Finding
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.sheets import cell_name, read_sheets
from pipeline.writers import asked_units, write_template
from schemas.form import Form, ValueKind
from schemas.register import Register
from schemas.rules import Cell, Severity

_SHEET = "xl/worksheets/sheet1.xml"
"""where xlsxwriter keeps the first sheet of a workbook"""
_FIRST = 11
"""the first count that is typed; each cell gets one of its own, so that none can be taken for another"""
_MONEY = 1_000_000
"""by so much the amounts of money are larger: a small one is asked about"""
_CACHED = re.compile(r"(</f>)<v>[^<]*</v>")


class Way(StrEnum):
    """How a filled form comes back."""

    STAMPED = "stamped"
    """as it was made, filled in"""
    UNCALCULATED = "uncalculated"
    """saved by a program that does not calculate, such as a telephone's: no formula has a result"""
    RETYPED = "retyped"
    """without the hidden keys of its rows, as in a table that somebody copied"""


@dataclass(frozen=True, slots=True)
class Trial:
    """What came back of a filled template."""

    way: Way
    lost: tuple[Cell, ...]
    told: tuple[Finding, ...]
    """the errors that the program tells of it, if it loses anything"""


@dataclass(frozen=True, slots=True)
class _Template:
    """The template of one unit, and where its cells stand."""

    data: bytes
    cells: Mapping[Cell, str]
    keys: tuple[str, ...]
    """addresses of the hidden keys"""


def try_form(form: Form, register: Register) -> tuple[Trial, ...]:
    """Fill the template of a form and read it, in each way in which it may come back."""
    context, template, numbers = reading_context(form, register, DEFAULT), _made(form, register), _numbers(form)
    return tuple(_trial(way, _filled(template, numbers, way), numbers, context) for way in Way)


def _made(form: Form, register: Register) -> _Template:
    unit = next(iter(asked_units(register)), None)
    with TemporaryDirectory() as folder:
        out = Path(folder) / "template.xlsx"
        write_template(form, register, out, unit)
        data = out.read_bytes()
    sheet = next(iter(read_sheets(data, DEFAULT)))
    head = load_stamp_words().row_key
    column = next(column for _, column, value in sheet.filled() if value == head)
    lines = range(sheet.first_row, sheet.first_row + len(sheet.rows))
    rows = {sheet.value(row, column): row for row in lines}
    cells = {cell: cell_name(*_place(form, rows[cell.row], cell)) for cell in form.number_cells}
    return _Template(data, cells, tuple(cell_name(rows[row.key], column) for row in form.rows))


def _place(form: Form, line: int, cell: Cell) -> tuple[int, int]:
    columns = [column.key for column in form.columns]
    measures = [columns.index(measure) for measure in form.measures]
    is_merged = cell.row in form.spread and measures[-1] - measures[0] == len(measures) - 1
    return line, measures[0] if is_merged else columns.index(cell.measure)


def _numbers(form: Form) -> Mapping[Cell, int]:
    numbers: dict[Cell, int] = {}
    for place, cell in enumerate(form.number_cells):
        is_money = form.by_key[cell.row].kinds[cell.measure] is ValueKind.MONEY
        numbers[cell] = (_FIRST + place) * (_MONEY if is_money else 1)
    return numbers


def _filled(template: _Template, numbers: Mapping[Cell, int], way: Way) -> bytes:
    with zipfile.ZipFile(io.BytesIO(template.data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    xml = parts[_SHEET].decode("utf-8")
    for cell, address in template.cells.items():
        typed = f"<v>{numbers[cell]}</v>"
        xml = re.sub(rf'<c r="{address}"([^>]*?)/>', rf'<c r="{address}"\1>{typed}</c>', xml, count=1)
    if way is Way.UNCALCULATED:
        xml = _CACHED.sub(r"\1", xml)
    if way is Way.RETYPED:
        for address in template.keys:
            xml = re.sub(rf'<c r="{address}"[^>]*>.*?</c>', "", xml, count=1)
    parts[_SHEET] = xml.encode("utf-8")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def _trial(way: Way, data: bytes, numbers: Mapping[Cell, int], context: ReadingContext) -> Trial:
    name = f"{context.form.id}.xlsx"
    reading = read_bytes(Found(name, Path(name)), data, context)
    read: dict[Cell, int | None] = {}
    for one in reading.returns:
        read |= {entry.key: entry.value for entry in one.entries}
    lost = tuple(cell for cell, number in numbers.items() if read.get(cell) != number)
    return Trial(way, lost, tuple(_errors(reading)) if lost else ())


def _errors(reading: FileReading) -> Iterator[Finding]:
    told = [*reading.findings, *(known for one in reading.returns for known in one.findings)]
    yield from (known for known in told if known.severity is Severity.ERROR)
