"""The report and the long table: exactly the shape of the contract, and nothing in them that could run."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook

from pipeline import writers
from pipeline.extract.context import reading_context
from pipeline.findings import finding
from pipeline.model import Consolidation, FileReading, Finding, Return, State, Times
from pipeline.model.limits import DEFAULT
from pipeline.run.consolidate import Request, conclude
from pipeline.writers.export import COLUMNS, report_of, write_long_table, write_report
from schemas.form import NOTE, Form
from schemas.register import COLLECTOR_TYPE, VIETNAM, Register, Unit
from tests.builders import Typed, address, make_finding, make_register, make_return, second_form, shipped_form
from tests.returned import FIGURES, consolidate, write_returns
from tests.returned import report_of as load_report

FORM = shipped_form()
OFFICE, A, B, OUTSIDE, C = "206", "07132", "07135", "07136", "07138"
REGISTER = make_register(
    Unit(OFFICE, "Thị xã Quảng Yên", COLLECTOR_TYPE, "22", in_total=False),
    Unit(A, "Phường Quảng Yên", "phường", OFFICE),
    Unit(B, "Phường Đông Mai", "phường", OFFICE),
    Unit(OUTSIDE, "Trường X", "trường", B, in_total=False),
    Unit(C, "Phường Minh Thành", "phường", OFFICE),
)
NOON = datetime(2020, 10, 5, 12, 0, tzinfo=VIETNAM)


def reading(one: Return, *findings: Finding, received: datetime | None = None) -> FileReading:
    times = Times(received=received)
    return FileReading(one.path, one.sha256, (replace(one, times=times),), findings, times)


def concluded(readings: Sequence[FileReading], form: Form = FORM, register: Register = REGISTER) -> Consolidation:
    return conclude(Request(Path(), form, register), reading_context(form, register, DEFAULT), readings)


def of(unit: str, cells: Mapping[str, Typed], path: str = "", findings: Sequence[Finding] = ()) -> Return:
    return make_return(FORM, cells, unit=unit, path=path or f"{unit}.xlsx", findings=findings)


CELLS_OF_A: dict[str, Typed] = {
    "news_items.quantity": 5,
    "publications.quantity": (State.READ, 1500),
    "books_donated.quantity": "khoảng 50",
    "class_literacy.quantity": 2,
    "class_literacy.people": 30,
    "class_it_staff.quantity": 1,
    "class_it_staff.people": 20,
    "funding_state_budget.quantity": 340,
    "seminars.quantity": 0,
    "other_content.quantity": "=1+1",
    "other_content.note": "- họp",
    "seminars.note": "@mọi người",
}


@pytest.fixture(scope="module")
def outcome() -> Consolidation:
    """Conclude a run with something of everything."""
    unreadable = finding(
        "V002", sheet="Mẫu tổng hợp", cell="D25", row="books_donated", measure="quantity", found="khoảng 50"
    )
    readings = [
        reading(of(C, {"news_items.quantity": 7}, "c/=c.xlsx")),
        reading(of(OUTSIDE, {"news_items.quantity": 1000})),
        reading(of(A, CELLS_OF_A, findings=[unreadable]), finding("F021", facts={"what": ("macros",)}), received=NOON),
        reading(of(A, {"news_items.quantity": 4}, "old.xlsx"), received=NOON - timedelta(days=1)),
        FileReading("~$a.xlsx", "0" * 64, (), (finding("F001"),)),
        FileReading("gone.xlsx", None, (), (finding("F018", facts={"reason": "vanished"}),)),
    ]
    return concluded(readings)


# The report -----------------------------------------------------------------------------------------------------


def test_the_report_has_exactly_the_shape_of_the_contract(outcome: Consolidation) -> None:
    report = report_of(outcome, "vi")
    assert list(report) == ["report_version", "form", "files", "units", "totals", "notes"]
    assert report["report_version"] == 1
    assert report["form"] == {"id": "htsd_2020", "version": "1"}
    for file in report["files"]:
        assert list(file) == ["path", "sha256", "unit", "perhaps", "status", "late", "findings"]
        for told in file["findings"]:
            assert set(told) == {
                *("code", "severity", "sheet", "cell", "row", "measure", "rule", "counted", "open", "found", "message"),
            }
    for unit in report["units"]:
        assert list(unit) == ["code", "name", "status", "file", "perhaps"]
    for measures in report["totals"].values():
        assert list(measures) == ["quantity", "people"]
        for total in measures.values():
            assert total is None or list(total) == ["total", "reported", "expected"]


def test_every_value_of_the_report_has_its_type(outcome: Consolidation, tmp_path: Path) -> None:
    write_report(outcome, tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_bytes().decode("utf-8"))
    text_or_null = (str, type(None))
    for file in report["files"]:
        assert isinstance(file["path"], str)
        assert isinstance(file["sha256"], text_or_null)
        assert isinstance(file["unit"], text_or_null)
        assert file["status"] in ("used", "used_with_errors", "superseded", "rejected", "ignored")
        assert file["late"] in (True, False, None)
        for told in file["findings"]:
            assert told["severity"] in ("error", "warning", "info")
            assert all(isinstance(told[key], text_or_null) for key in ("sheet", "cell", "row", "rule", "found"))
            assert told["measure"] in ("quantity", "people", "note", None)
            assert told["counted"] in (True, False, None)
            assert told["message"]
    for unit in report["units"]:
        assert unit["status"] in ("received", "received_with_errors", "missing")
    numbers = [
        number for row in report["totals"].values() for total in row.values() if total for number in total.values()
    ]
    assert all(number is None or type(number) is int for number in numbers)


def test_the_report_says_what_became_of_every_file_and_unit(outcome: Consolidation) -> None:
    report = report_of(outcome, "vi")
    assert [(file["path"], file["unit"], file["status"], file["late"]) for file in report["files"]] == [
        ("07132.xlsx", A, "used_with_errors", False),
        ("07136.xlsx", OUTSIDE, "used", None),
        ("c/=c.xlsx", C, "used", None),
        ("gone.xlsx", None, "rejected", None),
        ("old.xlsx", A, "superseded", False),
        ("~$a.xlsx", None, "ignored", None),
    ]
    assert report["files"][3]["sha256"] is None
    assert [tuple(unit.values()) for unit in report["units"]] == [
        (A, "Phường Quảng Yên", "received_with_errors", "07132.xlsx", []),
        (B, "Phường Đông Mai", "missing", None, []),
        (C, "Phường Minh Thành", "received", "c/=c.xlsx", []),
    ]


def test_a_finding_at_a_cell_says_where_and_what_was_typed(outcome: Consolidation) -> None:
    (told,) = [one for one in report_of(outcome, "vi")["files"][0]["findings"] if one["code"] == "V002"]
    assert told["message"]
    del told["message"]
    assert told == {
        **{"code": "V002", "severity": "error", "sheet": "Mẫu tổng hợp", "cell": "D25", "row": "books_donated"},
        **{"measure": "quantity", "rule": None, "counted": False, "open": True, "found": "khoảng 50"},
    }


def test_a_broken_rule_is_named_in_the_report(outcome: Consolidation) -> None:
    (told,) = [one for one in report_of(outcome, "vi")["files"][0]["findings"] if one["code"] == "R125"]
    assert (told["rule"], told["row"], told["measure"]) == ("R5", "funding_state_budget", "quantity")
    assert told["counted"] is False


def test_totals_tell_blank_from_zero_and_what_a_row_does_not_take(outcome: Consolidation) -> None:
    totals = report_of(outcome, "vi")["totals"]
    assert totals["news_items"] == {"quantity": {"total": 12, "reported": 2, "expected": 3}, "people": None}
    assert totals["seminars"]["quantity"] == {"total": 0, "reported": 1, "expected": 3}
    assert totals["seminars"]["people"] == {"total": None, "reported": 0, "expected": 3}
    assert totals["books_donated"]["quantity"] == {"total": None, "reported": 0, "expected": 3}
    assert totals["funding_state_budget"]["quantity"]["total"] is None
    assert totals["classes_total"]["quantity"] == {"total": 3, "reported": 1, "expected": 3}
    assert totals["awards_individuals"]["quantity"] is None
    assert list(totals) == [row.key for row in FORM.rows if any(cell.row == row.key for cell in FORM.number_cells)]


def test_the_language_changes_messages_alone(outcome: Consolidation) -> None:
    def without_messages(lang: str) -> dict[str, Any]:
        report = report_of(outcome, lang)
        told_of_files = [told for file in report["files"] for told in file["findings"]]
        for told in told_of_files + report["notes"]:
            del told["message"]
        return report

    assert without_messages("vi") == without_messages("en")
    assert report_of(outcome, "vi") != report_of(outcome, "en")


def test_vietnamese_stands_in_the_report_as_it_is_read(outcome: Consolidation, tmp_path: Path) -> None:
    write_report(outcome, tmp_path / "report.json")
    content = (tmp_path / "report.json").read_bytes()
    assert "Phường Đông Mai".encode() in content
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content


def test_a_name_that_no_unicode_stands_for_stops_no_output(tmp_path: Path) -> None:
    odd = concluded([FileReading("a\udc96.xlsx", "0" * 64, (), (finding("F004", facts={"reason": "damaged"}),))])
    write_report(odd, tmp_path / "report.json")
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["files"][0]["path"] == "a\udc96.xlsx"


def test_another_form_has_its_own_measures_in_the_report(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    one = make_return(form, {"citrus.trees": 3, "fruit.hectares": 4}, unit=A, path="a.xlsx")
    totals = report_of(concluded([reading(one)], form), "vi")["totals"]
    assert list(totals["citrus"]) == ["trees", "hectares", "households"]
    assert totals["citrus"]["trees"]["total"] == 3
    assert totals["citrus"]["hectares"] is None


# The long table -------------------------------------------------------------------------------------------------


def table(outcome: Consolidation, folder: Path) -> list[dict[str, str]]:
    write_long_table(outcome, folder / "table.csv", ".csv")
    text = (folder / "table.csv").read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_long_table_begins_with_a_bom_and_its_heads(outcome: Consolidation, tmp_path: Path) -> None:
    write_long_table(outcome, tmp_path / "table.csv", ".csv")
    heads = b"\xef\xbb\xbfunit_code,unit_name,row,measure,value,state,file,sheet,cell,found\r\n"
    assert (tmp_path / "table.csv").read_bytes().startswith(heads)


def test_the_long_table_has_a_line_for_every_input_cell_in_register_and_form_order(
    outcome: Consolidation, tmp_path: Path
) -> None:
    cells = [
        (row.key, measure) for row in FORM.rows for measure in (*FORM.measures, NOTE) if measure in (*row.kinds, NOTE)
    ]
    lines = [(line["unit_code"], line["row"], line["measure"]) for line in table(outcome, tmp_path)]
    assert lines == [(unit, *cell) for unit in (A, C) for cell in cells]


def at(lines: Sequence[dict[str, str]], key: str, unit: str = A) -> dict[str, str]:
    row, _, measure = key.rpartition(".")
    (line,) = [one for one in lines if (one["unit_code"], one["row"], one["measure"]) == (unit, row, measure)]
    return line


@pytest.mark.parametrize(
    ("key", "state", "value", "found"),
    [
        ("news_items.quantity", "stated", "5", "5"),
        ("publications.quantity", "read", "1500", "1500"),
        ("books_donated.quantity", "unreadable", "", "khoảng 50"),
        ("classes_total.quantity", "computed", "3", ""),
        ("funding_state_budget.quantity", "set_aside", "", "340"),
        ("seminars.quantity", "stated", "0", "0"),
        ("seminars.people", "blank", "", ""),
        ("news_items.note", "blank", "", ""),
    ],
)
def test_every_state_of_a_cell_is_told_apart(
    key: str, state: str, value: str, found: str, outcome: Consolidation, tmp_path: Path
) -> None:
    line = at(table(outcome, tmp_path), key)
    assert (line["state"], line["value"], line["found"]) == (state, value, found)
    assert (line["unit_name"], line["file"], line["sheet"]) == ("Phường Quảng Yên", "07132.xlsx", "Mẫu tổng hợp")
    assert line["cell"] == address(FORM, key)


def test_what_an_officer_decided_is_told_as_decided(tmp_path: Path) -> None:
    one = of(A, {"news_items.quantity": (State.DECIDED, 12)})
    line = at(table(concluded([reading(one)]), tmp_path), "news_items.quantity")
    assert (line["state"], line["value"]) == ("decided", "12")


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r", "＝"])
def test_a_text_that_could_run_gets_a_leading_apostrophe(begin: str, tmp_path: Path) -> None:
    typed = f"{begin}cmd|'/c calc'!A1"
    register = make_register(Unit(A, f"{begin}Phường", "phường", OFFICE))
    one = of(A, {"news_items.note": typed, "seminars.note": "a=b"}, f"{begin}a.xlsx")
    lines = table(concluded([reading(one)], register=register), tmp_path)
    line = at(lines, "news_items.note")
    assert (line["found"], line["file"], line["unit_name"]) == (f"'{typed}", f"'{begin}a.xlsx", f"'{begin}Phường")
    assert at(lines, "seminars.note")["found"] == "a=b"


def test_no_cell_of_the_long_table_could_run(outcome: Consolidation, tmp_path: Path) -> None:
    cells = [cell for line in table(outcome, tmp_path) for cell in line.values()]
    assert not [cell for cell in cells if cell[:1] in set("=+-@\t\r")]
    assert Counter(cell[0] for cell in cells if cell)["'"] == 3


def test_line_breaks_and_quotes_stay_inside_their_cell(tmp_path: Path) -> None:
    one = of(A, {"news_items.note": 'dòng 1\ndòng 2, "ngoặc"'})
    assert at(table(concluded([reading(one)]), tmp_path), "news_items.note")["found"] == 'dòng 1\ndòng 2, "ngoặc"'


def test_the_values_of_the_long_table_add_up_to_the_totals(outcome: Consolidation, tmp_path: Path) -> None:
    added: Counter[tuple[str, str]] = Counter()
    for line in table(outcome, tmp_path):
        if line["value"]:
            added[line["row"], line["measure"]] += int(line["value"])
    assert added["news_items", "quantity"] == 12
    for cell, total in outcome.totals.items():
        assert added[cell] == (total.value or 0)


def test_parquet_holds_what_the_csv_holds(outcome: Consolidation, tmp_path: Path) -> None:
    lines = table(outcome, tmp_path)
    write_long_table(outcome, tmp_path / "table.parquet", ".parquet")
    frame = pd.read_parquet(tmp_path / "table.parquet")
    assert tuple(frame.columns) == COLUMNS
    assert pd.api.types.is_numeric_dtype(frame["value"])
    for stored, line in zip(frame.to_dict("records"), lines, strict=True):
        assert str("" if pd.isna(stored["value"]) else int(stored["value"])) == line["value"]
        for name in COLUMNS:
            if name != "value":
                assert stored[name] == line[name].removeprefix("'")


def test_a_run_without_any_return_has_a_table_of_heads_alone(tmp_path: Path) -> None:
    nothing = concluded([])
    assert table(nothing, tmp_path) == []
    write_long_table(nothing, tmp_path / "table.parquet", ".parquet")
    assert len(pd.read_parquet(tmp_path / "table.parquet")) == 0


def test_the_same_result_gives_the_same_bytes(outcome: Consolidation, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write_report(outcome, tmp_path / name / "report.json")
        write_long_table(outcome, tmp_path / name / "table.csv", ".csv")
        write_long_table(outcome, tmp_path / name / "table.parquet", ".parquet")
    for file in (tmp_path / "one").iterdir():
        assert file.read_bytes() == (tmp_path / "two" / file.name).read_bytes()


def test_errors_at_cells_of_a_superseded_return_do_not_reach_the_table(tmp_path: Path) -> None:
    old = of(A, {"news_items.quantity": "x"}, "old.xlsx", [make_finding("V001", "news_items.quantity")])
    new = of(A, {"news_items.quantity": 3}, "new.xlsx")
    lines = table(concluded([reading(old, received=NOON), reading(new, received=NOON + timedelta(hours=1))]), tmp_path)
    assert {line["file"] for line in lines} == {"new.xlsx"}


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a name cannot be made of such letters")
def test_a_program_finds_each_file_by_its_path_in_the_report_whatever_its_name_is_made_of(tmp_path: Path) -> None:
    codes = {"07132": "dòng\nmới.xlsx", "07135": "\u202eslx.xlsx", "07138": os.fsdecode(b"bi\xeau.xlsx")}
    returns = write_returns(tmp_path / "in", {code: FIGURES[code] for code in codes})
    (returns / "sub\t1").mkdir()
    for code, name in codes.items():
        (file,) = returns.glob(f"{code}*")
        file.rename(returns / "sub\t1" / name)
    outputs = {ending: tmp_path / f"out.{ending}" for ending in ("xlsx", "json", "csv", "parquet")}
    for table in ("csv", "parquet"):
        arguments = ("--report", outputs["json"], "--data", outputs[table], "--quiet")
        assert consolidate(returns, outputs["xlsx"], *arguments).exit_code == 1
    files = load_report(outputs["json"])["files"]
    assert {file["unit"] for file in files} == set(codes)
    for file in files:
        content = (returns / file["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    shown = load_workbook(outputs["xlsx"])["Tình hình nộp"]
    paths = [str(cell.value) for row in shown.iter_rows() for cell in row if "sub␉1/" in str(cell.value)]
    assert set(paths) == {"sub␉1/dòng⏎mới.xlsx", "sub␉1/\\u{202e}slx.xlsx", "sub␉1/bi\\xeau.xlsx"}


@pytest.mark.parametrize("name", writers.__all__)
def test_a_public_name_of_the_writers_is_there_when_it_is_asked_for(name: str) -> None:
    assert callable(getattr(writers, name))


def test_no_other_name_of_the_writers_is() -> None:
    with pytest.raises(AttributeError, match="no attribute 'write_letter'"):
        writers.write_letter  # noqa: B018
