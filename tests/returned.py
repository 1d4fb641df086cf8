"""Folders of filled returns, the command run on them, and its outputs read back by other libraries than it uses."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click.testing
from openpyxl import load_workbook

from examples.filling import Typed, cell_addresses, fill_in
from examples.make_samples import read_figures
from pipeline.cli import main
from pipeline.readers.register import load_register
from pipeline.writers.template import asked_units, file_stem, write_template
from schemas.form import Form, load_form

ROOT = Path(__file__).parent.parent
FORM = load_form("htsd_2020")
FIGURES = read_figures()
NUMBERS = [f"{cell.row}.{cell.measure}" for cell in FORM.number_cells]


def write_returns(
    folder: Path,
    figures: Mapping[str, Mapping[str, Typed]],
    form: Form = FORM,
    register: Path | None = None,
    stamps: Mapping[str, str] | None = None,
) -> Path:
    """Fill a stamped template for every unit that has figures."""
    folder.mkdir(parents=True, exist_ok=True)
    units = load_register(form, register)
    template = folder / "template.xlsx"
    for unit in asked_units(units):
        if unit.code in figures:
            write_template(form, units, template, unit)
            fill_in(form, template, folder / f"{unit.code}_{file_stem(unit.name)}.xlsx", figures[unit.code], stamps)
    template.unlink()
    return folder


def copy_of(folder: Path, to: Path, *codes: str) -> Path:
    """Copy the returns of some units, or of all, into a folder of one's own."""
    to.mkdir(parents=True, exist_ok=True)
    for file in sorted(folder.iterdir()):
        if not codes or file.name.startswith(codes):
            shutil.copy(file, to)
    return to


def plain_sums(figures: Mapping[str, Mapping[str, int]] = FIGURES) -> Mapping[str, int]:
    """Add up what was typed."""
    sums: Counter[str] = Counter()
    for typed in figures.values():
        sums.update(typed)
    return sums


def consolidate(*arguments: object) -> click.testing.Result:
    """Run the command within this process; what it does not catch itself fails the test."""
    result = click.testing.CliRunner().invoke(main, [str(one) for one in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    assert "Traceback" not in result.output
    return result


def consolidate_really(
    arguments: Sequence[object], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a process of its own, its streams being pipes."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "PYTHONIO", "PYTHONUTF8"))}
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.cli", *map(str, arguments)],
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **(env or {})},
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert b"Traceback" not in done.stdout + done.stderr, done.stderr.decode("utf-8", "replace")
    return done


def report_of(path: Path) -> Any:  # noqa: ANN401 - the shape of JSON
    """Load a report."""
    return json.loads(path.read_text(encoding="utf-8"))


def reported_totals(report: Any) -> Mapping[str, tuple[int | None, int, int]]:  # noqa: ANN401
    """Totals of a report: "row.measure" -> total, units that stated it, units expected."""
    return {
        f"{row}.{measure}": (one["total"], one["reported"], one["expected"])
        for row, measures in report["totals"].items()
        for measure, one in measures.items()
        if one is not None
    }


def told(file: Mapping[str, Any]) -> list[str]:
    """Findings of a file of the report, sorted: "V002@E24" at a cell, "F011" of the file."""
    return sorted(one["code"] + (f"@{one['cell']}" if one["cell"] else "") for one in file["findings"])


def summary_totals(path: Path, form: Form = FORM) -> Mapping[str, int | None]:
    """Numbers that `Tổng hợp` shows, as a program that does not calculate reads them."""
    workbook = load_workbook(path, data_only=True)
    sheet = workbook["Tổng hợp"]
    places = cell_addresses(form, sheet)
    cells = [f"{cell.row}.{cell.measure}" for cell in form.number_cells]
    shown = {cell: sheet[places[cell]].value for cell in cells}
    workbook.close()
    return {cell: None if value in (None, "") else int(value) for cell, value in shown.items()}


def lines_of(path: Path) -> list[dict[str, str]]:
    """Lines of a long table in CSV."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def sums_of_lines(lines: Sequence[Mapping[str, Any]]) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """Sum of the values of each cell over a long table, and how many lines state one."""
    sums: Counter[str] = Counter()
    stated: Counter[str] = Counter()
    for line in lines:
        if line["value"] not in (None, ""):
            cell = f"{line['row']}.{line['measure']}"
            sums[cell] += int(line["value"])
            stated[cell] += 1
    return sums, stated
