"""One level up: the summaries of two towns are returns of their province, read by the same command."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses
from pipeline.extract.context import reading_context
from pipeline.extract.locate import locate
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.returns import read_forms
from pipeline.model import FileReading
from pipeline.model.limits import DEFAULT
from pipeline.readers.book import Book
from pipeline.readers.register import load_register
from pipeline.readers.sheets import read_sheets, with_cells
from schemas.register import shipped_register
from tests.alterations import NOTHING_HIDDEN
from tests.conftest import Convert
from tests.decisions_by_hand import SIGNED, fill, lines_in
from tests.returned import (
    FIGURES,
    FORM,
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
NEWS = "news_items.quantity"
stamp = load_stamp_words()
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
    exit_code, report = rolled_up(room, tmp_path, room / "quang_yen.xlsx", room / "thi_du_thieu.xlsx")
    assert exit_code == 1, "two units are missing one level down"
    sheet = load_workbook(tmp_path / "province.xlsx")["Tổng hợp"]
    assert any("36/38" in str(cell.value) for row in sheet.iter_rows(max_row=10) for cell in row)
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


def altered(room: Path, tmp_path: Path, change: Callable[[Workbook, Worksheet], None]) -> Any:  # noqa: ANN401
    """Change the summary of the complete second town; gives the line of its file, and the totals."""
    workbook = load_workbook(room / "thi_du.xlsx", data_only=True)
    change(workbook, workbook["Tổng hợp"])
    workbook.save(tmp_path / "thi_du.xlsx")
    _, report = rolled_up(room, tmp_path, tmp_path / "thi_du.xlsx")
    return report


def coverage_of(sheet: Worksheet, cell: str) -> Any:  # noqa: ANN401
    """Find the coverage cell of a cell of the form."""
    place = sheet[cell_addresses(FORM, sheet)[cell]]
    head = stamp.coverage_head(FORM.column_by_key[cell.rpartition(".")[2]].short)
    column = next(one.column for row in sheet.iter_rows() for one in row if one.value == head)
    return sheet.cell(place.row, column)


@pytest.mark.parametrize("said", ["0/19", "19/3", "hết", 12])
def test_a_number_that_its_coverage_contradicts_is_an_error_and_not_added(
    room: Path, tmp_path: Path, said: str | int
) -> None:
    def tampered(_: Workbook, sheet: Worksheet) -> None:
        coverage_of(sheet, NEWS).value = said

    report = altered(room, tmp_path, tampered)
    (found,) = [one for one in report["files"][0]["findings"] if one["code"] == "V003"]
    assert (found["row"], found["measure"], found["severity"]) == ("news_items", "quantity", "error")
    assert found["found"].endswith(f"({said})")
    assert reported_totals(report)[NEWS][0] is None


def test_units_that_stated_a_number_which_is_gone_are_an_error(room: Path, tmp_path: Path) -> None:
    def cleared(_: Workbook, sheet: Worksheet) -> None:
        sheet[cell_addresses(FORM, sheet)[NEWS]] = None

    report = altered(room, tmp_path, cleared)
    assert [one["row"] for one in report["files"][0]["findings"] if one["code"] == "V003"] == ["news_items"]
    assert reported_totals(report)[NEWS][:2] == (None, 0)


def test_a_blank_beside_a_coverage_nobody_can_read_is_an_error(room: Path, tmp_path: Path) -> None:
    def tampered(_: Workbook, sheet: Worksheet) -> None:
        coverage_of(sheet, NEWS).value = "chưa rõ"
        sheet[cell_addresses(FORM, sheet)[NEWS]] = None

    report = altered(room, tmp_path, tampered)
    assert [one["row"] for one in report["files"][0]["findings"] if one["code"] == "V003"] == ["news_items"]


def test_a_zero_stored_for_a_total_is_a_zero_where_units_stand_behind_it(room: Path) -> None:
    sheet = next(iter(read_sheets((room / "quang_yen.xlsx").read_bytes(), DEFAULT, ["Tổng hợp"])))
    desk = reading_context(FORM, load_register(FORM, None), DEFAULT)
    (form,) = locate(sheet, desk.labels)
    row, column = form.rows["news_items"], form.columns["quantity"]
    sheet = with_cells(sheet, {(row, column): 0.0}, DEFAULT)
    facts = replace(NOTHING_HIDDEN, formulas=frozenset({(row, column)}), zero_cached=frozenset({(row, column)}))
    book = Book(lambda _: facts, stores_zero=True)
    (one,) = read_forms(FileReading("a.xls", "0" * 64, (), ()), [sheet], book, desk).returns
    assert one.is_summary
    assert next(each.value for each in one.entries if str(each.key) == NEWS) == 0
    assert "V016" not in {told.code for told in one.findings}


def test_a_summary_without_its_coverage_says_so(room: Path, tmp_path: Path) -> None:
    def cleared(_: Workbook, sheet: Worksheet) -> None:
        for cell in NUMBERS:
            coverage_of(sheet, cell).value = None

    report = altered(room, tmp_path, cleared)
    assert told(report["files"][0]) == ["N003"]
    assert reported_totals(report)[NEWS][0] == plain_sums(second_town())[NEWS]


def test_a_total_that_its_own_sheet_of_units_contradicts_is_asked_about(room: Path, tmp_path: Path) -> None:
    def typed_over(_: Workbook, sheet: Worksheet) -> None:
        sheet[cell_addresses(FORM, sheet)[NEWS]] = 9_999

    report = altered(room, tmp_path, typed_over)
    (found,) = [one for one in report["files"][0]["findings"] if one["code"] == "N005"]
    assert (found["row"], found["measure"], found["severity"], found["counted"]) == (
        *NEWS.split("."),
        "warning",
        True,
    )
    assert found["message"].count(f"{plain_sums(second_town())[NEWS]:,}".replace(",", ".")) == 1
    assert reported_totals(report)[NEWS][0] == 9_999
    (line,) = (one for one in lines_in(tmp_path / "province.decisions.xlsx") if '"news_items"' in one["key"])
    fill(tmp_path / "province.decisions.xlsx", "cells", line, answer="suggestion", **SIGNED)
    (tmp_path / "towns" / "thi_du.xlsx").unlink()
    (tmp_path / "towns").rmdir()
    _, report = rolled_up(room, tmp_path, tmp_path / "thi_du.xlsx")
    assert reported_totals(report)[NEWS][0] == plain_sums(second_town())[NEWS]
    assert "N005" not in told(report["files"][0])


def test_a_sheet_of_totals_pasted_from_elsewhere_is_told_once(room: Path, tmp_path: Path) -> None:
    def doubled(_: Workbook, sheet: Worksheet) -> None:
        places = cell_addresses(FORM, sheet)
        for cell in NUMBERS:
            sheet[places[cell]] = int(sheet[places[cell]].value or 0) * 2 + 1

    codes = [one["code"] for one in altered(room, tmp_path, doubled)["files"][0]["findings"]]
    assert codes.count("N005") == 1


@pytest.mark.parametrize("column", [1, 8])
def test_a_sheet_of_units_that_was_rebuilt_is_compared_with_nothing(room: Path, tmp_path: Path, column: int) -> None:
    def rebuilt(workbook: Workbook, _: Worksheet) -> None:
        matrix = workbook["Theo đơn vị"]
        for row in matrix.merged_cells.ranges.copy():
            matrix.unmerge_cells(str(row))
        matrix.insert_cols(column)
        matrix.cell(4, column).value = "Ghi chú"

    assert told(altered(room, tmp_path, rebuilt)["files"][0]) == []


def test_numbers_beside_a_summary_are_told_and_its_own_texts_are_not(room: Path, tmp_path: Path) -> None:
    def beside(_: Workbook, sheet: Worksheet) -> None:
        sheet["N20"] = 777

    assert told(altered(room, tmp_path, beside)["files"][0]) == ["S004@N20"]


def test_a_form_behind_a_summary_is_a_return(room: Path, tmp_path: Path) -> None:
    def behind(workbook: Workbook, _: Worksheet) -> None:
        sheet = workbook.create_sheet("Bổ sung")
        for cell in (cell for row in workbook.worksheets[6].iter_rows() for cell in row if cell.value is not None):
            sheet[cell.coordinate] = "Thị xã Quảng Yên" if cell.value == stamp.kind_copy else cell.value
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.value == stamp.kind:
                cell.value = stamp.unit_name
            elif cell.value in (stamp.unit_code, stamp.unit_name):
                cell.value = None

    report = altered(room, tmp_path, behind)
    assert [file["path"] for file in report["files"]] == ["thi_du.xlsx#Bổ sung", "thi_du.xlsx#Tổng hợp"]


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
