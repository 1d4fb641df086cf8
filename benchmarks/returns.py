"""Made-up returns to measure with: a register of numbered sample units, and one clean filled template for each.

One stamped template is written by the program itself; every return is that workbook with another name, code and
numbers in the cells of its sheet, so thousand of them take seconds and each is what a unit would send back.
"""

import os
import re
import sys
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from pathlib import Path
from random import Random
from typing import NamedTuple
from xml.sax.saxutils import escape

from pipeline.extract.file import reading_context
from pipeline.extract.locate import locate
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.model.limits import DEFAULT
from pipeline.readers.register import load_register
from pipeline.readers.sheets import cell_name, read_sheets
from pipeline.writers.template import write_template
from schemas.form import Form, ValueKind, load_form
from schemas.register import COLLECTOR_TYPE, Register, Unit
from schemas.rules import Cell, SingleMeasure, SumOfParts
from schemas.text import fold

FORM = "htsd_2020"
_COLLECTOR = "BM"
_TYPES = ("phường mẫu", "xã mẫu")
_SHEET, _STRINGS, _CORE = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/core.xml"
_STAMPED = ("unit_code", "unit_name", "filled_by", "phone", "source", "blank_means_zero")
_STATUS = re.compile(r'(<c r="A2"[^>]*><f>.*?"([^"]*)"\)*</f><v>)[^<]*')
_CONSTANT = re.compile(r'<c r="([A-Z]+[0-9]+)"( s="[0-9]+")(?: t="s"><v>[0-9]+</v></c>|/>)')
_CUT = "\0"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class _Master(NamedTuple):
    """The stamped template, taken apart so that a return is put together with one join."""

    parts: Mapping[str, bytes]
    """parts that are the same in every return"""
    sheet: Sequence[str]
    """pieces of the data sheet; every second one names what is filled in there"""
    strings: Sequence[str]
    """shared strings, as XML"""
    places: Mapping[str, int]
    """text of a shared string -> its number"""
    own: Mapping[str, int]
    """code and name of the first unit, as numbers of shared strings"""
    core: str


def write_register(path: Path, count: int) -> Register:
    """Write a register of `count` numbered sample units under one collecting office, and load it."""
    lines = ["code,name,type,parent,in_total", f"{_COLLECTOR},Cơ quan tổng hợp mẫu,{COLLECTOR_TYPE},,no"]
    first = max(1, count // 3)
    for number in range(1, count + 1):
        kind = _TYPES[number > first]
        lines.append(f"{_COLLECTOR}{number:05},Đơn vị mẫu {number:05},{kind},{_COLLECTOR},yes")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_register(load_form(FORM), path)


def write_returns(folder: Path, register: Register) -> None:
    """Write one clean return, all cells filled in, for each unit of a register."""
    form = load_form(FORM)
    folder.mkdir(parents=True)
    units = register.expected
    master = _master(form, register, units[0], folder / "master.xlsx")
    received = (form.deadline - timedelta(days=2)).timestamp()
    for number, unit in enumerate(units):
        path = folder / f"{unit.code}.xlsx"
        _write_return(path, master, form, unit, number)
        os.utime(path, (received, received))


def numbers_of(form: Form, number: int) -> Mapping[Cell, int]:
    """Numbers of the `number`-th return: sums equal their parts, people are several to each event.

    People beside the single count of a row, which would be told, are none.
    """
    single = {row for rule in form.rules if isinstance(rule, SingleMeasure) for row in rule.rows}
    values: dict[Cell, int] = {}
    # No two units may state the same: they would be asked about.
    chance = Random(number)
    for line, cell in enumerate(form.number_cells):
        events = chance.randint(2, 12)
        if form.by_key[cell.row].kinds[cell.measure] is ValueKind.MONEY:
            values[cell] = (500 + number) * 10_000
        elif cell.measure == form.measures[0]:
            values[cell] = events
        elif cell.row in single and cell.measure in form.by_key[cell.row].optional:
            values[cell] = 0
        else:
            values[cell] = values.get(Cell(cell.row, form.measures[0]), events) * (12 + line)
    for rule in form.rules:
        if isinstance(rule, SumOfParts):
            values[rule.total] = sum(values[part] for part in rule.parts)
    return values


def _master(form: Form, register: Register, unit: Unit, path: Path) -> _Master:
    write_template(form, register, path, unit)
    context = reading_context(form, register, DEFAULT)
    sheet = next(read_sheets(path.read_bytes(), DEFAULT))
    (located,) = locate(sheet, context.labels)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    path.unlink()
    first = located.columns[form.measures[0]]
    wanted = {
        cell_name(located.rows[cell.row], first if cell.row in form.spread else located.columns[cell.measure]): cell
        for cell in form.number_cells
    }
    names = {place: f"{cell.row}.{cell.measure}" for place, cell in wanted.items()}
    words = load_stamp_words()
    labels = {fold(spelling): name for name in _STAMPED for spelling in words.spellings(name)}
    for row, column, text in sheet.filled():
        name = labels.get(fold(str(text).removesuffix(":")))
        if name and row < located.first_head_row:
            names[cell_name(row, column + 1)] = name
    strings = re.findall(r"<si>.*?</si>", parts.pop(_STRINGS).decode(), re.DOTALL)
    places = {re.sub(r"<[^>]+>", "", string): place for place, string in enumerate(strings)}
    return _Master(
        parts={name: content for name, content in parts.items() if name not in (_SHEET, _CORE)},
        sheet=_pieces(_with_status(parts[_SHEET].decode()), names),
        strings=strings,
        places=places,
        own={"unit_code": places[unit.code], "unit_name": places[unit.name]},
        core=parts[_CORE].decode(),
    )


def _with_status(sheet: str) -> str:
    """Put what the status line says of a full form, the last text in its formula, in place of what it says now."""
    sheet, count = _STATUS.subn(lambda line: line[1] + line[2], sheet, count=1)
    assert count == 1
    return sheet


def _pieces(sheet: str, names: Mapping[str, str]) -> list[str]:
    """Cut the sheet at the cells that are filled in: XML, name of the cell, XML, and so on."""

    def opened(cell: re.Match[str]) -> str:
        name = names.get(cell[1])
        if name is None:
            return cell[0]
        kind = ' t="s"' if name in _STAMPED else ""
        return f'<c r="{cell[1]}"{cell[2]}{kind}><v>{_CUT}{name}{_CUT}</v></c>'

    pieces = _CONSTANT.sub(opened, sheet).split(_CUT)
    assert set(pieces[1::2]) == set(names.values()), set(names.values()) - set(pieces[1::2])
    return pieces


def _write_return(path: Path, master: _Master, form: Form, unit: Unit, number: int) -> None:
    words = load_stamp_words()
    strings = list(master.strings)
    filled = {}
    for name, text in (("unit_code", unit.code), ("unit_name", unit.name)):
        # Where the template lists all units its text is there already; else that of the first unit makes room.
        filled[name] = master.places.get(text, master.own[name])
        strings[filled[name]] = _string(text)
    new = [f"Người lập mẫu {number}", f"0203 000 {number:04}", words.source_file, words.blank_yes]
    for name, text in zip(_STAMPED[2:], new, strict=True):
        filled[name] = master.places.get(text, len(strings))
        strings += [_string(text)] if filled[name] == len(strings) else []
    filled |= {f"{row}.{measure}": value for (row, measure), value in numbers_of(form, number).items()}
    sheet = [str(filled[piece]) if place % 2 else piece for place, piece in enumerate(master.sheet)]
    head = f'{_XML}<sst xmlns="{_MAIN}" count="{len(strings)}" uniqueCount="{len(strings)}">'
    saved = form.deadline - timedelta(days=3, minutes=number)
    core = re.sub(r"(<dcterms:modified[^>]*>)[^<]*", rf"\g<1>{saved.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", master.core)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in master.parts.items():
            archive.writestr(name, content)
        archive.writestr(_SHEET, "".join(sheet))
        archive.writestr(_STRINGS, head + "".join(strings) + "</sst>")
        archive.writestr(_CORE, core)


def _string(text: str) -> str:
    return f"<si><t>{escape(text)}</t></si>"


if __name__ == "__main__":
    home = Path(sys.argv[1])
    home.mkdir(parents=True)
    write_returns(home / "returns", write_register(home / "units.csv", int(sys.argv[2])))
