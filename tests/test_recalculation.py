"""The summary's formulas alone: LibreOffice works out anew what the program wrote beside them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from benchmarks.returns import write_register, write_returns
from tests.conftest import Convert
from tests.returned import ROOT, consolidate, report_of, reported_totals, summary_totals

pytestmark = pytest.mark.libreoffice

FALSE_NUMBER = 987654321
FALSE_TEXT = "sai"

Formulas = Mapping[tuple[str, str], object]
"""(sheet, address) of a formula -> its value"""


def falsified(summary: Path, out: Path) -> int:
    """Write a false result beside every formula of a workbook; gives how many there were.

    The formulas are then the only place where the true numbers can come from.
    """
    cell = re.compile(rb'(<c r="[A-Z]+[0-9]+"[^>]*?)( t="str")?(>\s*<f>[^<]*</f>)<v>[^<]*</v>')
    count = 0

    def lie(match: re.Match[bytes]) -> bytes:
        nonlocal count
        count += 1
        false = FALSE_TEXT.encode() if match[2] else str(FALSE_NUMBER).encode()
        return match[1] + (match[2] or b"") + match[3] + b"<v>" + false + b"</v>"

    with zipfile.ZipFile(summary) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, cell.sub(lie, content) if name.startswith("xl/worksheets/sheet") else content)
    return count


def values_of_formulas(path: Path, where: Formulas | None = None) -> Formulas:
    """Read the stored results of all formulas of a workbook, or of the given cells; blank is None."""
    shown = load_workbook(path, data_only=True)
    if where is None:
        formulas = load_workbook(path)
        where = {
            (sheet.title, cell.coordinate): None
            for sheet in formulas.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        }
    values = {(sheet, at): shown[sheet][at].value for sheet, at in where}
    return {place: None if value == "" else value for place, value in values.items()}


HUNDRED = pytest.param("a hundred returns", marks=pytest.mark.long)


@pytest.fixture(params=["nineteen clean returns", "samples", HUNDRED])
def summary(request: pytest.FixtureRequest, clean_returns: Path, tmp_path: Path) -> Path:
    returns, units = clean_returns, []
    if request.param == "samples":
        returns = ROOT / "examples" / "returns"
    elif request.param == "a hundred returns":
        returns, units = tmp_path / "returns", ["--units", tmp_path / "units.csv"]
        write_returns(returns, write_register(tmp_path / "units.csv", 100))
    report = tmp_path / "report.json"
    consolidate(returns, tmp_path / "summary.xlsx", "--report", report, "--quiet", *units)
    return tmp_path / "summary.xlsx"


def test_formulas_alone_give_every_number_of_the_report(
    summary: Path, tmp_path: Path, soffice_recalculating: Convert
) -> None:
    written = values_of_formulas(summary)
    lying = tmp_path / "lying.xlsx"
    assert falsified(summary, lying) == len(written) > 1000
    assert set(values_of_formulas(lying, written).values()) <= {FALSE_NUMBER, FALSE_TEXT}
    recalculated = soffice_recalculating(lying, "xlsx", tmp_path / "recalculated")
    expected = {cell: total for cell, (total, _, _) in reported_totals(report_of(tmp_path / "report.json")).items()}
    assert summary_totals(recalculated) == expected
    assert values_of_formulas(recalculated, written) == written
