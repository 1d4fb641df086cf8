"""Another form, of other columns, rows, rules and units, goes through the same code: nothing of a form is in code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from examples.filling import Typed
from schemas.form import load_form
from tests.conftest import Convert
from tests.returned import (
    ROOT,
    consolidate,
    lines_of,
    plain_sums,
    report_of,
    reported_totals,
    summary_totals,
    told,
    write_returns,
)

HERE = ROOT / "tests" / "data" / "forms" / "reading_2031"
UNITS = HERE / "units.csv"
FORM = load_form(str(HERE))
NUMBERS = [f"{cell.row}.{cell.measure}" for cell in FORM.number_cells]
AS_FORM = ("--form", HERE, "--units", UNITS)


def figures(sessions: int, readers: int, books: int) -> dict[str, int]:
    """Give a clean return: every cell is filled and the parts add up."""
    parts = {
        f"{row}.{measure}": number + step
        for step, row in enumerate(("reading_room", "mobile_library", "story_hour"))
        for measure, number in (("sessions", sessions), ("readers", readers), ("books", books))
        if (row, measure) != ("story_hour", "books")
    }
    totals = {
        f"all_sessions.{measure}": sum(number for cell, number in parts.items() if cell.endswith(measure))
        for measure in ("sessions", "readers", "books")
    }
    return {**parts, **totals, "new_cards.readers": readers // 2, "cost.sessions": sessions * 100_000}


CLEAN = {"TV-A": figures(2, 40, 90), "TV-B": figures(3, 55, 120), "TV-C": figures(1, 17, 30)}


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_returns(tmp_path_factory.mktemp("second") / "returns", CLEAN, FORM, UNITS)


@pytest.fixture(scope="module")
def outputs(returns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("second-out")
    options = ("--report", folder / "report.json", "--data", folder / "table.csv")
    result = consolidate(returns, folder / "summary.xlsx", *options, *AS_FORM)
    assert result.exit_code == 0, result.output
    assert FORM.name in result.stdout
    return folder


def test_every_cell_of_the_other_form_adds_up(outputs: Path) -> None:
    sums = plain_sums(CLEAN)
    assert set(sums) == set(NUMBERS)
    report = report_of(outputs / "report.json")
    assert report["form"] == {"id": "reading_2031", "version": "3"}
    assert reported_totals(report) == {cell: (sums[cell], 3, 3) for cell in NUMBERS}
    assert summary_totals(outputs / "summary.xlsx", FORM) == sums
    assert [file["findings"] for file in report["files"]] == [[], [], []]
    measures = {line["measure"] for line in lines_of(outputs / "table.csv")}
    assert measures == {"sessions", "readers", "books", "note"}


def test_templates_are_made_for_its_units(tmp_path: Path) -> None:
    assert consolidate("template", tmp_path, *AS_FORM).exit_code == 0
    names = sorted(file.name for file in tmp_path.iterdir())
    assert [name[:4] for name in names] == ["TV-A", "TV-B", "TV-C", "TV-D", "read"]
    texts = {cell.value for row in load_workbook(tmp_path / names[0]).worksheets[0].iter_rows() for cell in row}
    assert {"BIỂU NGÀY HỘI ĐỌC SÁCH", "Số bản sách", "Giờ kể chuyện", "Phòng đọc Sao Mai", "reading_2031"} <= texts


def test_its_rules_find_what_is_wrong(tmp_path: Path) -> None:
    broken: Mapping[str, Typed] = CLEAN["TV-B"] | {
        "reading_room.sessions": 0,
        "mobile_library.books": "độ 30",
        "new_cards.readers": None,
        "cost.sessions": 300,
    }
    computed: Mapping[str, Typed] = CLEAN["TV-C"] | {
        "all_sessions.sessions": None,
        "wishes.sessions": "Xin thêm sách thiếu nhi",
        "story_hour.note": "ngoài trời",
    }
    apart = figures(9, 90, 900)
    typed = {"TV-A": CLEAN["TV-A"], "TV-B": broken, "TV-C": computed, "TV-D": apart}
    returns = write_returns(tmp_path / "returns", typed, FORM, UNITS)
    outputs = [tmp_path / name for name in ("summary.xlsx", "report.json")]
    assert consolidate(returns, outputs[0], "--report", outputs[1], *AS_FORM).exit_code == 1
    report = report_of(outputs[1])
    found = {
        (file["unit"], one["code"], one["row"], one["measure"], one["severity"])
        for file in report["files"]
        for one in file["findings"]
    }
    assert found == {
        ("TV-B", "R121", "reading_room", "sessions", "error"),
        ("TV-B", "R113", "all_sessions", "sessions", "warning"),
        ("TV-B", "V002", "mobile_library", "books", "error"),
        ("TV-B", "R125", "cost", "sessions", "error"),
        ("TV-B", "V029", None, None, "info"),
        ("TV-C", "R114", "all_sessions", "sessions", "info"),
        ("TV-D", "U005", None, None, "info"),
    }
    totals = reported_totals(report)
    a, b, c = (CLEAN[code] for code in ("TV-A", "TV-B", "TV-C"))
    assert totals["mobile_library.books"] == (a["mobile_library.books"] + c["mobile_library.books"], 2, 3)
    assert totals["cost.sessions"] == (a["cost.sessions"] + c["cost.sessions"], 2, 3)
    assert totals["new_cards.readers"] == (a["new_cards.readers"] + c["new_cards.readers"], 2, 3)
    assert totals["all_sessions.sessions"] == (sum(each["all_sessions.sessions"] for each in (a, b, c)), 3, 3)
    assert summary_totals(outputs[0], FORM) == {cell: total for cell, (total, _, _) in totals.items()}


def test_its_summary_is_a_return_one_level_up(outputs: Path, tmp_path: Path) -> None:
    above = tmp_path / "above.csv"
    head = UNITS.read_text(encoding="utf-8").splitlines()[0]
    lines = ("BO,Vụ Thư viện,cơ quan tổng hợp,,,,no,,,,,", "TV,Thư viện Trung tâm,thư viện,BO,,,yes,,,,,")
    above.write_text("\n".join((head, *lines)), encoding="utf-8")
    returns = tmp_path / "returns"
    returns.mkdir()
    (returns / "summary.xlsx").write_bytes((outputs / "summary.xlsx").read_bytes())
    report = tmp_path / "report.json"
    result = consolidate(returns, tmp_path / "up.xlsx", "--report", report, "--form", HERE, "--units", above)
    assert result.exit_code == 0, result.output
    sums = plain_sums(CLEAN)
    assert reported_totals(report_of(report)) == {cell: (sums[cell], 3, 3) for cell in NUMBERS}


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["xls", "ods"])
def test_it_is_read_from_every_format(returns: Path, tmp_path: Path, soffice: Convert, suffix: str) -> None:
    soffice(next(returns.glob("TV-B*")), suffix, tmp_path / "returns")
    report = tmp_path / "report.json"
    consolidate(tmp_path / "returns", tmp_path / "summary.xlsx", "--report", report, *AS_FORM)
    loaded = report_of(report)
    assert [told(file) for file in loaded["files"]] == [[]]
    assert reported_totals(loaded) == {cell: (CLEAN["TV-B"][cell], 1, 3) for cell in NUMBERS}
