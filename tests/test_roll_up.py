"""One level up: the summaries of two towns are returns of their province, read by the same command."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from schemas.register import shipped_register
from tests.conftest import Convert
from tests.returned import (
    FIGURES,
    NUMBERS,
    consolidate,
    copy_of,
    plain_sums,
    report_of,
    reported_totals,
    summary_totals,
    told,
    write_returns,
)

SHIPPED = shipped_register("quang_yen_2020").read_text(encoding="utf-8")
HEAD = SHIPPED.splitlines()[0]
PROVINCE = (
    "22,Tỉnh Quảng Ninh,cơ quan tổng hợp,,,,no,,,,,",
    "206,Thị xã Quảng Yên,thị xã,22,,,yes,,,,,",
    "299,Thị xã Thí Dụ,thị xã,22,,,yes,,,,,",
)
LACKING = ("99186", "99189")
"""two units of the second town, in a case of their own"""


def second_town() -> Mapping[str, Mapping[str, int]]:
    """Give other figures for units of other codes; whatever added up still does."""
    return {code.replace("07", "99", 1): {cell: 2 * n for cell, n in typed.items()} for code, typed in FIGURES.items()}


@pytest.fixture(scope="module")
def room(clean_returns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the registers, the returns of the second town, and the summaries of both towns."""
    folder = tmp_path_factory.mktemp("roll-up")
    (folder / "province.csv").write_text("\n".join((HEAD, *PROVINCE)), encoding="utf-8")
    other = (
        SHIPPED.replace("206,Thị xã Quảng Yên", "299,Thị xã Thí Dụ").replace(",206,", ",299,").replace("\n07", "\n99")
    )
    (folder / "other.csv").write_text(other, encoding="utf-8")
    other_returns = write_returns(folder / "other", second_town(), register=folder / "other.csv")
    incomplete = copy_of(other_returns, folder / "incomplete")
    for file in [file for file in incomplete.iterdir() if file.name.startswith(LACKING)]:
        file.unlink()
    units = ("--units", folder / "other.csv", "--quiet")
    assert consolidate(clean_returns, folder / "quang_yen.xlsx", "--quiet").exit_code == 0
    assert consolidate(other_returns, folder / "thi_du.xlsx", *units).exit_code == 0
    assert consolidate(incomplete, folder / "thi_du_thieu.xlsx", *units).exit_code == 1
    return folder


def rolled_up(room: Path, tmp_path: Path, *summaries: Path) -> tuple[int, Any]:
    """Consolidate summaries into that of the province; gives exit code and report."""
    returns = tmp_path / "towns"
    returns.mkdir()
    for summary in summaries:
        shutil.copy(summary, returns)
    outputs = ("--report", tmp_path / "report.json", "--units", room / "province.csv")
    result = consolidate(returns, tmp_path / "province.xlsx", *outputs)
    return result.exit_code, report_of(tmp_path / "report.json")


def both(second: Mapping[str, Mapping[str, int]]) -> Mapping[str, int]:
    """Add up what the units of both towns typed."""
    return plain_sums({**FIGURES, **second})


def test_two_complete_towns_add_up_and_every_unit_is_covered(room: Path, tmp_path: Path) -> None:
    exit_code, report = rolled_up(room, tmp_path, room / "quang_yen.xlsx", room / "thi_du.xlsx")
    assert exit_code == 0
    assert [(unit["code"], unit["status"]) for unit in report["units"]] == [("206", "received"), ("299", "received")]
    assert {file["path"]: told(file) for file in report["files"]} == {"quang_yen.xlsx": [], "thi_du.xlsx": []}
    sums = both(second_town())
    assert reported_totals(report) == {cell: (sums[cell], 38, 38) for cell in NUMBERS}
    assert summary_totals(tmp_path / "province.xlsx") == sums


def test_an_incomplete_town_is_told_and_its_missing_units_stay_missing(room: Path, tmp_path: Path) -> None:
    _, report = rolled_up(room, tmp_path, room / "quang_yen.xlsx", room / "thi_du_thieu.xlsx")
    files = {file["path"]: told(file) for file in report["files"]}
    assert files["quang_yen.xlsx"] == []
    assert "N001" in files["thi_du_thieu.xlsx"]
    assert [unit["status"] for unit in report["units"]] == ["received", "received"]
    sums = both({code: typed for code, typed in second_town().items() if code not in LACKING})
    assert reported_totals(report) == {cell: (sums[cell], 36, 38) for cell in NUMBERS}


def test_a_town_without_a_summary_is_missing(room: Path, tmp_path: Path) -> None:
    exit_code, report = rolled_up(room, tmp_path, room / "thi_du.xlsx")
    assert exit_code == 1
    assert [unit["status"] for unit in report["units"]] == ["missing", "received"]
    sums = plain_sums(second_town())
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items()} == sums


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_a_summary_that_another_program_saved_is_still_a_return(
    room: Path, tmp_path: Path, soffice_recalculating: Convert, suffix: str
) -> None:
    saved = soffice_recalculating(room / "quang_yen.xlsx", suffix, tmp_path / "saved")
    exit_code, report = rolled_up(room, tmp_path, saved, room / "thi_du.xlsx")
    assert {file["path"]: told(file) for file in report["files"] if file["findings"]} == {}
    assert exit_code == 0
    sums = both(second_town())
    assert reported_totals(report) == {cell: (sums[cell], 38, 38) for cell in NUMBERS}
