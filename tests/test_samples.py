"""The kept samples: each file becomes what `examples/expected.csv` says, by code and cell."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Convert
from tests.returned import ROOT, consolidate, lines_of, report_of, reported_totals, summary_totals, told

EXAMPLES = ROOT / "examples"
RETURNS = EXAMPLES / "returns"


def lines_of_examples(name: str) -> list[dict[str, str]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


EXPECTED = lines_of_examples("expected.csv")
TOTALS = lines_of_examples("expected_totals.csv")
COUNTED = [line for line in EXPECTED if line["status"].startswith("used")]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    options = ("--report", folder / "report.json", "--data", folder / "table.csv")
    result = consolidate(RETURNS, folder / "summary.xlsx", *options)
    assert result.exit_code == 1
    return folder


@pytest.fixture(scope="module")
def report(outputs: Path) -> Any:  # noqa: ANN401
    return report_of(outputs / "report.json")


def test_the_samples_are_those_that_are_described() -> None:
    there = {file.relative_to(RETURNS).as_posix() for file in RETURNS.rglob("*") if file.is_file()}
    assert there == {line["path"] for line in EXPECTED}
    assert len(there) >= 20
    assert {Path(path).suffix for path in there} >= {".xlsx", ".xls", ".ods"}


def test_every_file_is_accounted_for_once(report: Any) -> None:  # noqa: ANN401
    assert [file["path"] for file in report["files"]] == sorted(line["path"] for line in EXPECTED)


@pytest.mark.parametrize("line", EXPECTED, ids=lambda line: line["path"])
def test_a_sample_becomes_what_it_is(report: Any, line: dict[str, str]) -> None:  # noqa: ANN401
    (file,) = (file for file in report["files"] if file["path"] == line["path"])
    assert (file["status"], file["unit"] or "") == (line["status"], line["unit"])
    assert told(file) == sorted(line["findings"].split())


def test_the_units_without_figures_are_missing_and_those_with_errors_are_marked(report: Any) -> None:  # noqa: ANN401
    states = {unit["code"]: (unit["status"], unit["file"]) for unit in report["units"]}
    names = {"used": "received", "used_with_errors": "received_with_errors"}
    expected = {line["unit"]: (names[line["status"]], line["path"]) for line in COUNTED}
    assert {code: state for code, state in states.items() if state[0] != "missing"} == expected
    assert {code for code, state in states.items() if state == ("missing", None)} == {"07156", "07189"}
    assert {code for code, state in states.items() if state[0] == "missing" and state[1]} == {"07159", "07171"}


def test_the_totals_are_the_plain_sums_of_what_can_be_read(report: Any, outputs: Path) -> None:  # noqa: ANN401
    expected = {f"{line['row']}.{line['measure']}": (int(line["total"]), int(line["reported"]), 19) for line in TOTALS}
    assert reported_totals(report) == expected
    assert summary_totals(outputs / "summary.xlsx") == {cell: total for cell, (total, _, _) in expected.items()}


def test_the_correction_counts_and_not_what_it_corrects(outputs: Path) -> None:
    lines = lines_of(outputs / "table.csv")
    files = {line["file"] for line in lines if line["unit_code"] == "07147"}
    assert files == {"lan 2/07147_Xa_Hiep_Hoa_sua.xlsx"}


def test_notes_and_texts_reach_the_long_table_as_typed(outputs: Path) -> None:
    texts = {
        (line["row"], line["measure"]): line["found"]
        for line in lines_of(outputs / "table.csv")
        if line["unit_code"] == "07177" and (line["measure"] == "note" or line["row"] == "other_content")
    }
    assert texts["book_fairs", "note"] == "Tổ chức tại nhà văn hóa khu phố (ví dụ)"
    assert texts["other_content", "quantity"] == "Tặng 10 suất quà khuyến học cho học sinh (ví dụ)."


@pytest.mark.libreoffice
@pytest.mark.parametrize("path", ["07150_Phuong_Cong_Hoa.xlsx", "07177_Phuong_Yen_Hai.xlsx"])
def test_one_return_says_the_same_in_every_format(tmp_path: Path, soffice: Convert, path: str) -> None:
    said = []
    for suffix in ("xlsx", "xls", "ods"):
        folder = tmp_path / suffix
        if suffix == "xlsx":
            folder.mkdir()
            shutil.copy(RETURNS / path, folder)
        else:
            soffice(RETURNS / path, suffix, folder)
        outputs = [tmp_path / f"{suffix}.{name}" for name in ("summary.xlsx", "json", "csv")]
        consolidate(folder, outputs[0], "--report", outputs[1], "--data", outputs[2], "--quiet")
        (file,) = report_of(outputs[1])["files"]
        lines = [{**line, "file": ""} for line in lines_of(outputs[2])]
        said.append((told(file), lines))
    assert said[0][1], "the return was read"
    assert said[1] == said[0]
    assert said[2] == said[0]
