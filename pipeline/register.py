"""Which register a run works with: the user's file (CSV or workbook), else the one the form names."""

from datetime import date, datetime
from pathlib import Path

from pipeline.errors import RunError
from pipeline.kinds import Unreadable
from pipeline.limits import DEFAULT
from pipeline.read import CellValue, OverLimit, read_sheets
from schemas.form import Form
from schemas.register import Register, load_register_csv, register_of, shipped_register

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


def load_register(form: Form, file: Path | None) -> Register:
    """Load the register of a run, for the first day of the form's period.

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
    return register


def _from_workbook(path: Path, day: date) -> Register:
    """Read the first sheet that holds anything."""
    try:
        for sheet in read_sheets(path.read_bytes(), DEFAULT):
            if sheet.rows:
                lines = [
                    (number, [_text(value) for value in cells])
                    for number, cells in enumerate(sheet.rows, sheet.first_row + 1)
                ]
                return register_of(path, lines, day)
    except (Unreadable, OverLimit):
        pass
    raise RunError("units_unreadable", {"file": str(path)})


def _text(value: CellValue) -> str:
    """Text of a cell; Excel keeps a code typed as a number as 7132.0, and a date as a moment."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d}"
    return str(value)
