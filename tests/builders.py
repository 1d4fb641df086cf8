"""Returns and units made from a few cells, and a second form unlike the shipped one, for tests of any step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.model import (
    COUNTED,
    Claim,
    Coverage,
    Entry,
    Finding,
    Return,
    State,
    Times,
    UnitResult,
    UnitStatus,
)
from schemas.form import NOTE, Form, ValueKind, load_form
from schemas.register import Register, Unit
from schemas.rules import Cell, Severity

FIRST_ROW = 7
NUMBERS = (ValueKind.COUNT, ValueKind.MONEY)

Typed = int | str | tuple[State, int | None] | None
"""a number as stated; a text, which in a number cell is unreadable; a state with its number; blank"""


@cache
def shipped_form() -> Form:
    """Give the form of the letter."""
    return load_form("htsd_2020")


def cell_of(key: str) -> Cell:
    """Turn "row.measure" into a cell."""
    row, _, measure = key.rpartition(".")
    return Cell(row, measure)


def address(form: Form, key: str) -> str:
    """Say where a cell stands in the sheets that `make_return` imagines."""
    cell = cell_of(key)
    column = [each.key for each in form.columns].index(cell.measure)
    return f"{chr(ord('A') + column)}{FIRST_ROW + [row.key for row in form.rows].index(cell.row)}"


def make_return(
    form: Form,
    cells: Mapping[str, Typed],
    *,
    unit: str | None = "07132",
    path: str = "a.xlsx",
    findings: Sequence[Finding] = (),
    is_summary: bool = False,
    coverage: Mapping[str, tuple[int, int]] | tuple[int, int] | None = None,
    provisional: Sequence[str] = (),
    without_rows: Sequence[str] = (),
) -> Return:
    """Make a return from what was typed: "row.measure" or "row.note" -> number, text, state with number, None.

    Every other cell of the form is blank. `coverage` is that of each cell of a summary, or one for all of them;
    the rows of `without_rows` are not in the sheet.
    """
    keys = [
        f"{row.key}.{measure}"
        for row in form.rows
        for measure in (*form.measures, NOTE)
        if measure in (*row.kinds, NOTE)
    ]
    assert set(cells) <= set(keys), set(cells) - set(keys)
    entries = []
    for key in keys:
        shares = coverage.get(key) if isinstance(coverage, Mapping) else coverage
        place = "" if cell_of(key).row in without_rows else address(form, key)
        share = Coverage(*shares) if shares and cell_of(key) in form.number_cells else None
        entries.append(_entry(form, cell_of(key), cells.get(key), place, share, key in provisional))
    return Return(
        path=path,
        sha256=path.encode().hex().ljust(64, "0")[:64],
        sheet="Mẫu tổng hợp",
        is_summary=is_summary,
        claim=Claim(unit, "code" if unit else "none", {}),
        entries=tuple(entries),
        findings=tuple(findings),
        times=Times(),
    )


def _entry(form: Form, cell: Cell, typed: Typed, place: str, coverage: Coverage | None, provisional: bool) -> Entry:
    number = cell.measure != NOTE and form.by_key[cell.row].kinds[cell.measure] in NUMBERS
    match typed:
        case None:
            return Entry(*cell, State.BLANK, place, coverage=coverage)
        case str() if number:
            return Entry(*cell, State.UNREADABLE, place, found=typed, coverage=coverage)
        case str():
            return Entry(*cell, State.STATED, place, text=typed, found=typed)
        case (state, value):
            counts = value if state in COUNTED else None
            return Entry(*cell, state, place, value=counts, found=None if value is None else str(value))
        case _:
            found = str(typed)
            return Entry(*cell, State.STATED, place, typed, found=found, coverage=coverage, provisional=provisional)


def entry_at(one: Return, key: str) -> Entry:
    """Find the entry of a cell."""
    return next(entry for entry in one.entries if entry.key == cell_of(key))


def make_finding(code: str, key: str, severity: Severity = Severity.ERROR, counted: bool | None = False) -> Finding:
    """Make a finding at a cell, as the reading of cells tells it."""
    return Finding(code, severity, row=cell_of(key).row, measure=cell_of(key).measure, counted=counted)


def make_unit(code: str, name: str = "", type_: str = "phường", parent: str = "206", in_total: bool = True) -> Unit:
    """Make a line of a register."""
    return Unit(code=code, name=name or f"Đơn vị {code}", type=type_, parent=parent, in_total=in_total)


def make_register(*units: Unit) -> Register:
    """Make a register of units on the first day of the shipped form."""
    return Register(units, date(2020, 10, 1))


def make_result(unit: Unit, counted: Return | None) -> UnitResult:
    """Say where a unit stands, given the return that counts, if one does."""
    errors = counted is not None and any(told.severity is Severity.ERROR for told in counted.findings)
    status = UnitStatus.RECEIVED_WITH_ERRORS if errors else UnitStatus.RECEIVED
    return UnitResult(
        unit=unit,
        status=status if counted else UnitStatus.MISSING,
        file=counted.path if counted else None,
        counted=counted,
        in_total=unit.in_total,
    )


SECOND_FORM = """
id = "trees_2031"
version = "2"
name = "Tết trồng cây"

[letter]
number = "15/KH-UBND"
date = 2031-01-10

[period]
first_day = 2031-02-01
last_day = 2031-02-28

[deadline]
before = 2031-03-05T00:00:00+07:00
wording = "trước ngày 05/3/2031"

[title]
lines = ["BIỂU TRỒNG CÂY"]
summary = "BIỂU TỔNG HỢP TRỒNG CÂY"

[[columns]]
key = "label"
role = "label"
head = ["Loại cây"]

[[columns]]
key = "trees"
role = "measure"
head = ["Số cây"]

[[columns]]
key = "hectares"
role = "measure"
head = ["Diện tích (ha)"]

[[columns]]
key = "households"
role = "measure"
head = ["Số hộ"]

[[columns]]
key = "note"
role = "note"
head = ["Ghi chú"]

[groups]
kinds = ["fruit", "timber"]

[[rules]]
id = "TREES"
kind = "sum_of_parts"
total = "everything.trees"
parts = ["kinds.trees"]
compute_blank = true
severity = { above = "error", below = "warning", below_unexplained = "warning", computed = "info" }

[[rules]]
id = "FRUIT"
kind = "sum_of_parts"
total = "fruit.trees"
parts = ["citrus.trees", "mango.trees"]
compute_blank = true
severity = { above = "error", computed = "info" }

[[rules]]
id = "HOUSES"
kind = "pair"
rows = ["kinds"]
measures = ["trees", "households"]
severity = { zero_with = "warning", one_blank = "info" }

[[rules]]
id = "HECTARES"
kind = "range"
cells = ["kinds.hectares"]
at_least = 2
at_most = 500
times = [10]
severity = { too_small = "warning", too_large = "error" }

[[rules]]
id = "DENSE"
kind = "ratio_limit"
rows = ["kinds"]
measures = ["hectares", "trees"]
limit = 5000
severity = { over = "error" }
"""
SECOND_ROWS = """
key,stt,label,unit_of_measure,parent,role,trees,hectares,households,short_label,label_print
everything,I,Tổng số cây,cây,,total,count,count,,,
fruit,1,Cây ăn quả,cây,everything,input,count,count,count,,
citrus,,Cam quýt,cây,fruit,input,count,,count?,,
mango,,Xoài,cây,fruit,input,count,,,,
timber,2,Cây lấy gỗ,cây,everything,input,count,count,count?,,
cost,II,Kinh phí,đồng,,input,,vnd,,,
""".lstrip()


def second_form(folder: Path) -> Form:
    """Write and load a form of three measures, with totals of totals and other severities."""
    (folder / "form.toml").write_text(SECOND_FORM, encoding="utf-8")
    (folder / "rows.csv").write_text(SECOND_ROWS, encoding="utf-8")
    return load_form(folder)
