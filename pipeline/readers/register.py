"""Which form and register a run works with: their files, as CSV or as workbooks."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT
from pipeline.readers.kinds import Container, Unreadable, kind_of
from pipeline.readers.raw import sheet_facts
from pipeline.readers.sheets import CellValue, OverLimit, Sheet, cell_name, read_sheets
from schemas.definition import DefinitionError
from schemas.form import Form, form_folder, load_form
from schemas.register import (
    Office,
    Register,
    Unit,
    has_heads,
    load_office,
    load_register_csv,
    register_of,
    shipped_register,
)
from schemas.text import fold

NOBODY = Register((Unit("00001", "Đơn vị 1", "đơn vị", ""),), date(2020, 1, 1))
"""a register for trying a form that names none"""
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"
_ROWS_BOOK = "rows.xlsx"

_Line = tuple[int, Sequence[str]]


def load_form_of(name_or_path: str) -> Form:
    """Load a form; its rows may stand in a workbook `rows.xlsx` in place of `rows.csv`.

    Raises:
        DefinitionError: the definition is broken; says all that is wrong.
        FileNotFoundError: there is no such form.
    """
    book = form_folder(name_or_path) / _ROWS_BOOK
    if not book.is_file() or book.with_suffix(".csv").is_file():
        return load_form(name_or_path)
    try:
        lines = next((lines for _, lines in _filled_sheets(book)), None)
    except (Unreadable, OverLimit):
        raise RunError("form_unreadable", {"file": str(book)}) from None
    if lines is not None:
        return load_form(name_or_path, (book, lines))
    raise DefinitionError(book.name, None, "rows", "nothing", "a line for each row of the form")


def load_register(form: Form, file: Path | None) -> Register:
    """Load the register of a run, for the first day of the form's period.

    A register without an office file of its own keeps the office of the form's, where the same office collects.

    Raises:
        RunError: there is no register, the file is missing or unreadable, or no unit is expected.
        DefinitionError: a line is broken; says which and what is allowed.
    """
    if not file and not form.register:
        raise RunError("units_unnamed", {"form": form.name}, exit_code=2)
    path = file or shipped_register(form.register)
    try:
        with path.open("rb") as opened:
            head = opened.read(len(_ZIP))
    except OSError:
        raise RunError("units_missing", {"file": str(path)}, exit_code=2) from None
    register = _from_workbook(path, form.first_day) if head in (_ZIP, _OLE) else load_register_csv(path, form.first_day)
    if not register.expected:
        raise RunError("no_units", {"file": str(path), "day": f"{form.first_day:%d/%m/%Y}"})
    if register.office == Office() and file and form.register:
        register = replace(register, office=_office_of_the_form(form, register))
    return register


def _office_of_the_form(form: Form, register: Register) -> Office:
    """Give the office of the form's own register, if it is the one that collects here too."""
    own = shipped_register(form.register)
    if not own.is_file():
        return Office()
    theirs, ours = load_register_csv(own, form.first_day).collector, register.collector
    is_same = theirs and ours and (theirs.code, fold(theirs.name)) == (ours.code, fold(ours.name))
    return load_office(own) if is_same else Office()


def _from_workbook(path: Path, day: date) -> Register:
    """Read the first sheet that holds anything; further sheets that look like a register are kept to be told."""
    try:
        sheets = list(_filled_sheets(path))
    except (Unreadable, OverLimit):
        sheets = []
    if not sheets:
        raise RunError("units_unreadable", {"file": str(path)})
    (_, lines), *others = sheets
    further = tuple(name for name, found in others if has_heads(found))
    return replace(register_of(path, lines, day), further=further)


def _filled_sheets(path: Path) -> Iterator[tuple[str, Sequence[_Line]]]:
    """Give the sheets of a workbook that hold anything: name, and (number, cells) of each line.

    Raises:
        Unreadable, OverLimit: the workbook cannot be read.
    """
    data = path.read_bytes()
    box = Container(data)
    kind = kind_of(box, path.name)
    for sheet in read_sheets(data, DEFAULT):
        if sheet.rows:
            _refuse_formulas_without_result(path, sheet, sheet_facts(box, kind, sheet.name).uncalculated)
            yield sheet.name, _lines_of(sheet)


def _lines_of(sheet: Sheet) -> list[_Line]:
    return [(number, [_text(value) for value in cells]) for number, cells in enumerate(sheet.rows, sheet.first_row + 1)]


def _refuse_formulas_without_result(path: Path, sheet: Sheet, places: frozenset[tuple[int, int]]) -> None:
    """A formula that was never calculated reads as a blank, and a blank may mean "yes"."""
    if places:
        row, column = min(places)
        raise DefinitionError(
            path.name,
            row + 1,
            f"{sheet.name}, {cell_name(row, column)}",
            "=",
            "a result; the cell holds a formula without one: open the file in Excel and save it",
        )


def _text(value: CellValue) -> str:
    """Text of a cell; Excel keeps a code typed as a number as 7132.0, and a date as a moment."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return str(value)
