"""The command from the outside: a folder goes in, four files and an exit code come out."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import click
import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from examples.filling import Typed
from pipeline.cli import main
from pipeline.cli.screen import Lang, words
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.findings import load_catalogue
from schemas.form import FORMS
from schemas.register import REGISTERS
from tests.decisions_by_hand import SIGNED, add, fill, lines_in
from tests.hostile import mail
from tests.returned import (
    FIGURES,
    NUMBERS,
    ROOT,
    consolidate,
    consolidate_really,
    copy_of,
    lines_of,
    plain_sums,
    report_of,
    reported_totals,
    summary_totals,
    sums_of_lines,
    told,
    write_returns,
)
from tests.test_kinds import ole

SAMPLES = ROOT / "examples" / "returns"
OUTPUTS = ("summary.xlsx", "report.json", "table.csv")
OLD_SUMMARY = b"the summary of last week"
BROKEN_LIMITS = (
    *("seconds", "seconds=", "seconds=soon", "seconds=0", "seconds=inf"),
    *("rows=1.5", "hours=1", f"rows={10**30}"),
)


def run_in(folder: Path, returns: Path, *options: object, table: str = "table.csv") -> int:
    """Consolidate into a folder with all outputs; gives the exit code."""
    folder.mkdir(exist_ok=True)
    outputs = ("--report", folder / "report.json", "--data", folder / table)
    return consolidate(returns, folder / "summary.xlsx", *outputs, *options).exit_code


@pytest.fixture(scope="module")
def two_runs(clean_returns: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Run twice on all 19 clean returns: as a process of its own, then within this one."""
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    outputs = ("--report", first / "report.json", "--data", first / "table.csv")
    done = consolidate_really([clean_returns, first / "summary.xlsx", *outputs])
    assert done.returncode == 0, done.stdout.decode()
    assert run_in(second, clean_returns) == 0
    return first, second


# Nineteen clean returns -----------------------------------------------------------------------------------------


def test_report_table_and_summary_add_up_what_was_typed(two_runs: tuple[Path, Path]) -> None:
    folder, _ = two_runs
    sums = plain_sums()
    assert set(sums) == set(NUMBERS)
    assert reported_totals(report_of(folder / "report.json")) == {cell: (sums[cell], 19, 19) for cell in NUMBERS}
    assert summary_totals(folder / "summary.xlsx") == sums
    added, stated = sums_of_lines(lines_of(folder / "table.csv"))
    assert added == sums
    assert stated == dict.fromkeys(NUMBERS, 19)


def test_parquet_holds_what_the_csv_holds(two_runs: tuple[Path, Path], clean_returns: Path, tmp_path: Path) -> None:
    assert run_in(tmp_path, clean_returns, table="table.parquet") == 0
    table = pq.read_table(tmp_path / "table.parquet")
    lines = lines_of(two_runs[0] / "table.csv")
    assert table.column_names == list(lines[0])
    as_text = [
        {name: "" if value is None else str(value) for name, value in line.items()} for line in table.to_pylist()
    ]
    assert as_text == lines
    assert sums_of_lines(table.to_pylist())[0] == plain_sums()


def test_clean_returns_carry_no_finding_but_what_the_letter_asks_of_one_unit(two_runs: tuple[Path, Path]) -> None:
    report = report_of(two_runs[0] / "report.json")
    found = [(file["unit"], one["code"], one["row"]) for file in report["files"] for one in file["findings"]]
    assert found == [("07168", "R130", "other_content")]
    assert [unit["status"] for unit in report["units"]] == ["received"] * 19
    assert [unit["code"] for unit in report["units"]] == list(FIGURES)


@pytest.mark.parametrize("name", OUTPUTS)
def test_the_same_input_gives_the_same_bytes(two_runs: tuple[Path, Path], name: str) -> None:
    first, second = two_runs
    assert (first / name).read_bytes() == (second / name).read_bytes()


def test_the_long_table_names_the_cell_where_each_number_was_typed(
    two_runs: tuple[Path, Path], clean_returns: Path
) -> None:
    lines = [line for line in lines_of(two_runs[0] / "table.csv") if line["unit_code"] == "07168" and line["value"]]
    assert len(lines) == len(NUMBERS)
    workbook = load_workbook(clean_returns / lines[0]["file"])
    for line in lines:
        assert workbook[line["sheet"]][line["cell"]].value == int(line["value"]), line


def test_one_missing_unit_is_exit_1_and_named(clean_returns: Path, tmp_path: Path) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    next(returns.glob("07189*")).unlink()
    result = consolidate(returns, tmp_path / "summary.xlsx", "--report", tmp_path / "report.json")
    assert result.exit_code == 1
    assert "Xã Tiền Phong" in result.stdout
    report = report_of(tmp_path / "report.json")
    assert [unit["code"] for unit in report["units"] if unit["status"] == "missing"] == ["07189"]
    sums = plain_sums({code: typed for code, typed in FIGURES.items() if code != "07189"})
    assert reported_totals(report) == {cell: (sums[cell], 18, 19) for cell in NUMBERS}


# Wrong usage, and what stops a run ------------------------------------------------------------------------------


@pytest.fixture
def desk(clean_returns: Path, tmp_path: Path) -> Iterator[Path]:
    """Give a folder with two returns and an older summary, which has to be whole afterwards."""
    copy_of(clean_returns, tmp_path / "returns", "07132", "07135")
    old = tmp_path / "summary.xlsx"
    old.write_bytes(OLD_SUMMARY)
    before = sorted(tmp_path.rglob("*"))
    yield tmp_path
    assert old.read_bytes() == OLD_SUMMARY
    new = set(tmp_path.rglob("*")) - set(before)
    assert {path for path in new if path.is_file() and "made-by-test" not in path.as_posix()} == set()


def refused(arguments: Sequence[object], exit_code: int) -> str:
    """Run, and hold that it ends with one sentence on standard error, nothing on standard output."""
    done = consolidate(*arguments)
    assert done.exit_code == exit_code, done.output
    assert done.stdout == ""
    assert done.stderr.strip()
    return done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("{desk}/returns", "{desk}/summary.xlsx", "--nonsense"),
        ("{desk}/returns",),
        ("{desk}/nowhere", "{desk}/summary.xlsx"),
        ("{desk}/summary.xlsx", "{desk}/other.xlsx"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--form", "htsd_1999"),
        ("{desk}/returns", "{desk}/summary.csv"),
        ("{desk}/returns", "{desk}/summary"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--data", "{desk}/table.txt"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--report", "{desk}/summary.xlsx"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--report", "{desk}/report.txt"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--lang", "fr"),
        ("{desk}/returns", "{desk}/summary.xlsx", "--units", "{desk}/nowhere.csv"),
        *(("{desk}/returns", "{desk}/summary.xlsx", "--limit", limit) for limit in BROKEN_LIMITS),
        ("check", "{desk}/nowhere.xlsx"),
        ("check", "{desk}/returns"),
    ],
    ids=lambda arguments: " ".join(arguments).replace("{desk}/", ""),
)
def test_wrong_usage_is_exit_2_and_writes_nothing(desk: Path, arguments: tuple[str, ...]) -> None:
    refused(tuple(one.format(desk=desk) for one in arguments), 2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("returns",), "OUTPUT"),
        (("run", "returns", "s.xlsx", "--nonsense"), "--nonsense"),
        (("returns", "s.xlsx", "--unit"), "--units"),
        (("returns", "s.xlsx", "--workers", "x"), "--workers"),
        (("returns", "s.xlsx", "--quiet=3"), "--quiet"),
        (("returns", "s.xlsx", "--unit-sheets", "-3"), "-3"),
        (("returns", "s.xlsx", "--workers", "-1"), "--workers"),
        (("explain", "V001", "V002"), "V002"),
        (("template",), "OUTPUT_DIR"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_wrong_usage_is_told_in_the_language_of_messages(arguments: tuple[str, ...], said: str) -> None:
    for asked, lang in (([], "vi"), (["--lang", "en"], "en"), (["--lang=en"], "en")):
        text = refused((*arguments, *asked), 2)
        wording = words(cast(Lang, lang))["usage"]["wrong"].split("{said}")[0].split("{usage}")[1]
        assert wording.strip() in text
        assert said in text
        assert "Error" not in text
        english = re.compile("missing|invalid|unexpected|such|requires|does not|mean", re.IGNORECASE)
        assert bool(english.search(text)) is (lang == "en")


def test_the_command_alone_shows_its_help() -> None:
    shown = consolidate()
    assert (shown.exit_code, "INPUT OUTPUT" in shown.output) == (2, True)


def test_whoever_stops_the_account_is_not_told_that_nothing_was_written(
    clean_returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.cli.screen.account", stopped)
    done = consolidate(clean_returns, tmp_path / "summary.xlsx")
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "summary.xlsx").is_file()


@pytest.mark.skipif(sys.platform == "win32", reason="signals as POSIX has them")
def test_an_interrupt_while_outputs_are_put_in_their_place_comes_too_late(
    clean_returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def interrupted(self: Path, target: str | Path) -> Path:
        os.kill(os.getpid(), signal.SIGINT)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    heard = signal.getsignal(signal.SIGINT)
    done = consolidate(clean_returns, tmp_path / "summary.xlsx", "--report", tmp_path / "report.json")
    assert done.exit_code == 0
    assert (tmp_path / "summary.xlsx").is_file()
    assert signal.getsignal(signal.SIGINT) is heard


def made(desk: Path, name: str, content: str = "") -> Path:
    """Write a file of the test's own beside the returns."""
    path = desk / "made-by-test" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


def test_an_empty_folder_is_exit_3(desk: Path) -> None:
    (desk / "empty").mkdir()
    assert "empty" in refused((desk / "empty", desk / "summary.xlsx"), 3)


def test_a_broken_register_is_exit_3_and_says_where(desk: Path) -> None:
    shipped = (REGISTERS / "quang_yen_2020.csv").read_text(encoding="utf-8").splitlines()
    shipped[4] = shipped[4].replace(",yes,", ",perhaps,")
    register = made(desk, "units.csv", "\n".join(shipped))
    said = refused((desk / "returns", desk / "summary.xlsx", "--units", register), 3)
    assert all(part in said for part in ("units.csv", "5", "in_total", "perhaps")), said


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("rows.csv", ",vnd,", ",dollar,", ("rows.csv", "dollar")),
        ("form.toml", 'role = "note"', 'role = "notes"', ("form.toml", "notes")),
        ("form.toml", "[letter]", "[letter", ("form.toml",)),
        (
            "form.toml",
            'id = "R8-donors"\nkind = "implies"',
            'id = "R8-donors"\nkind = "wishes"',
            ("form.toml", "kind", "wishes"),
        ),
    ],
)
def test_a_broken_form_is_exit_3_and_says_where(
    desk: Path, file: str, old: str, new: str, named: tuple[str, ...]
) -> None:
    for source in sorted((FORMS / "htsd_2020").iterdir()):
        text = source.read_text(encoding="utf-8")
        assert source.name != file or old in text
        made(desk, source.name, text.replace(old, new, 1) if source.name == file else text)
    said = refused((desk / "returns", desk / "summary.xlsx", "--form", desk / "made-by-test"), 3)
    assert all(part in said for part in named), said


@pytest.mark.parametrize(
    "arguments",
    [
        ("{desk}/nowhere/summary.xlsx",),
        ("{desk}/summary.xlsx", "--report", "{desk}/nowhere/report.json"),
        ("{desk}/summary.xlsx", "--data", "{desk}/nowhere/table.csv"),
        ("{desk}/folder.xlsx",),
        ("{desk}/summary.xlsx", "--report", "{desk}/folder.json"),
        ("{desk}/summary.xlsx/summary.xlsx",),
    ],
    ids=lambda arguments: " ".join(arguments).replace("{desk}/", ""),
)
def test_an_output_that_cannot_be_written_is_exit_3(desk: Path, arguments: tuple[str, ...]) -> None:
    (desk / "folder.xlsx").mkdir()
    (desk / "folder.json").mkdir()
    refused((desk / "returns", *(one.format(desk=desk) for one in arguments)), 3)


@pytest.mark.parametrize(
    ("option", "name"), [("--report", "list.json"), ("--data", "list.csv"), ("--data", "x.parquet")]
)
def test_a_file_of_somebody_elses_is_no_target(desk: Path, option: str, name: str) -> None:
    foreign = made(desk, name, '{"mine": 1}')
    assert name in refused((desk / "returns", desk / "made-by-test" / "s.xlsx", option, foreign), 3)
    assert foreign.read_text(encoding="utf-8") == '{"mine": 1}'


def test_a_decision_that_was_not_applied_keeps_a_run_from_being_complete(clean_returns: Path, tmp_path: Path) -> None:
    assert run_in(tmp_path, clean_returns) == 0
    book = tmp_path / "summary.decisions.xlsx"
    add(book, unit="Phường Đông Mai", row="Xóa mù chữ", column="Người", answer="value", value=7)
    assert run_in(tmp_path, clean_returns) == 1
    assert [one["code"] for one in report_of(tmp_path / "report.json")["notes"]] == ["D002"]
    opened = load_workbook(tmp_path / "summary.xlsx")
    assert opened.active == opened["Tình hình nộp"]


def test_a_failure_while_writing_leaves_every_older_output(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full_disk(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.run.job.write_summary", full_disk)
    report = made(desk, "report.json", '{"report_version": 1, "of": "last week"}')
    said = refused((desk / "returns", desk / "summary.xlsx", "--report", report), 3)
    assert "summary.xlsx" in said
    assert report.read_text(encoding="utf-8") == '{"report_version": 1, "of": "last week"}'


# What lies beside the returns -----------------------------------------------------------------------------------


def test_outputs_within_the_input_folder_are_listed_and_never_input(clean_returns: Path, tmp_path: Path) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    assert run_in(returns, returns) == 0
    assert run_in(returns, returns) == 0
    again = {name: (returns / name).read_bytes() for name in OUTPUTS}
    assert run_in(returns, returns) == 0
    assert {name: (returns / name).read_bytes() for name in OUTPUTS} == again
    report = report_of(returns / "report.json")
    own = [file for file in report["files"] if file["status"] == "ignored"]
    assert {file["path"]: told(file) for file in own} == {
        name: ["F035"] for name in (*OUTPUTS, "summary.decisions.xlsx")
    }
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items()} == plain_sums()


def test_an_older_summary_in_the_folder_is_told_and_not_counted(clean_returns: Path, tmp_path: Path) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    assert consolidate(returns, returns / "old.xlsx").exit_code == 0
    assert run_in(tmp_path, returns) == 0
    report = report_of(tmp_path / "report.json")
    (old,) = (file for file in report["files"] if file["path"].startswith("old.xlsx"))
    assert (old["status"], told(old)) == ("ignored", ["F016"])
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items()} == plain_sums()


def test_a_mail_without_a_file_is_received_and_its_unit_is_known_by_its_name(
    clean_returns: Path, tmp_path: Path
) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    next(returns.glob("07135*")).unlink()
    (returns / "07135 Dong Mai.eml").write_bytes(mail())
    (returns / "07138 Minh Thanh.eml").write_bytes(mail())
    assert run_in(tmp_path, returns) == 1
    report = report_of(tmp_path / "report.json")
    files = {file["path"]: file for file in report["files"]}
    for code, path in (("07135", "07135 Dong Mai.eml"), ("07138", "07138 Minh Thanh.eml")):
        file = files[path]
        assert (file["status"], file["unit"], told(file)) == ("rejected", code, ["F040"])
    units = {unit["code"]: unit for unit in report["units"]}
    assert (units["07135"]["status"], units["07135"]["file"]) == ("missing", "07135 Dong Mai.eml")
    assert units["07138"]["status"] == "received"


def test_a_bad_file_has_its_own_finding_and_the_rest_is_consolidated(clean_returns: Path, tmp_path: Path) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    whole = next(clean_returns.glob("07132*")).read_bytes()
    (returns / "cut.xlsx").write_bytes(whole[: len(whole) // 2])
    (returns / "locked.xlsx").write_bytes(ole("EncryptedPackage"))
    (returns / "empty.xlsx").write_bytes(b"")
    (returns / "words.xls").write_text("đây không phải là bảng tính", encoding="utf-8")
    foreign = Workbook()
    foreign.worksheets[0].append(["Họ và tên", "Chức vụ"])
    foreign.save(returns / "staff.xlsx")
    assert run_in(tmp_path, returns) == 1
    report = report_of(tmp_path / "report.json")
    rejected = {file["path"]: told(file) for file in report["files"] if file["status"] == "rejected"}
    expected = {
        "cut.xlsx": "F004",
        "locked.xlsx": "F003",
        "empty.xlsx": "F002",
        "words.xls": "F017",
        "staff.xlsx": "F005",
    }
    assert rejected == {path: [code] for path, code in expected.items()}
    assert len(report["files"]) == 24
    assert {cell: total for cell, (total, _, _) in reported_totals(report).items()} == plain_sums()


# Options and other commands -------------------------------------------------------------------------------------


def test_quiet_prints_nothing(clean_returns: Path, tmp_path: Path) -> None:
    result = consolidate(clean_returns, tmp_path / "summary.xlsx", "--quiet")
    assert (result.exit_code, result.output) == (0, "")


def test_strict_keeps_every_return_with_an_error_out(tmp_path: Path) -> None:
    assert run_in(tmp_path / "lax", SAMPLES) == 1
    assert run_in(tmp_path / "strict", SAMPLES, "--strict") == 1
    lax, strict = (report_of(tmp_path / name / "report.json") for name in ("lax", "strict"))
    out = {file["path"] for file in lax["files"] if file["status"] == "used_with_errors"}
    assert out
    for before, after in zip(lax["files"], strict["files"], strict=True):
        if before["path"] in out:
            assert (after["status"], "F028" in told(after)) == ("rejected", True)
        else:
            assert (after["status"], told(after)) == (before["status"], told(before))
    lines = [line for line in lines_of(tmp_path / "lax" / "table.csv") if line["file"] not in out]
    sums, stated = sums_of_lines(lines)
    assert reported_totals(strict) == {cell: (sums[cell], stated[cell], 19) for cell in NUMBERS}


def test_english_changes_the_words_and_nothing_else(tmp_path: Path) -> None:
    assert run_in(tmp_path / "vi", SAMPLES) == run_in(tmp_path / "en", SAMPLES, "--lang", "en")
    vi, en = (report_of(tmp_path / name / "report.json") for name in ("vi", "en"))
    for first, second in zip(vi["files"], en["files"], strict=True):
        for one, other in zip(first["findings"], second["findings"], strict=True):
            assert one.pop("message") != other.pop("message")
    assert vi == en
    assert (tmp_path / "vi" / "table.csv").read_bytes() == (tmp_path / "en" / "table.csv").read_bytes()
    said = consolidate(SAMPLES, tmp_path / "summary.xlsx", "--lang", "en")
    assert "Xã Tiền Phong" in said.stdout
    assert said.stdout != consolidate(SAMPLES, tmp_path / "summary.xlsx").stdout


def test_check_says_what_a_run_would_say(clean_returns: Path) -> None:
    clean = next(clean_returns.glob("07132*"))
    fine = consolidate("check", clean)
    assert (fine.exit_code, "Phường Quảng Yên" in fine.stdout) == (0, True)
    broken = consolidate("check", clean, SAMPLES / "07150_Phuong_Cong_Hoa.xlsx", SAMPLES / "Danh sach can bo.xlsx")
    assert broken.exit_code == 1
    codes = ("V002", "V004", "V006", "V007", "V008", "V020", "V022", "F005")
    assert all(code in broken.stdout for code in codes)
    assert "E24" in broken.stdout


def test_check_takes_the_folders_of_a_file_as_a_run_takes_them(
    clean_returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A return without a code is of the unit that its folder names, and of nobody where it lies alone."""
    place = tmp_path / "in" / "Xa Tien An"
    place.mkdir(parents=True)
    book = load_workbook(next(clean_returns.glob("07153*")))
    for name in ("unit_code", "unit_name"):
        ((sheet, cell),) = book.defined_names[name].destinations
        book[sheet][cell] = None
    book.save(place / "bieu.xlsx")
    assert run_in(tmp_path, tmp_path / "in") == 1
    (file,) = report_of(tmp_path / "report.json")["files"]
    assert (file["unit"], "U006" in told(file)) == ("07153", True)
    monkeypatch.chdir(tmp_path / "in")
    paths = (Path("Xa Tien An/bieu.xlsx"), place / "bieu.xlsx", Path("../in/Xa Tien An/bieu.xlsx"))
    for path in paths:
        check = consolidate("check", path)
        assert (check.exit_code, "U006" in check.output) == (0, True), check.output
        assert "Xa Tien An/bieu.xlsx" in check.output
    monkeypatch.chdir(place)
    assert "U001" in consolidate("check", "bieu.xlsx").output


def test_explain_knows_every_code_and_no_other() -> None:
    for code in load_catalogue():
        assert consolidate("explain", code.lower()).stdout.startswith(code)
    everything = consolidate("explain")
    assert everything.exit_code == 0
    assert all(code in everything.stdout for code in load_catalogue())
    unknown = consolidate("explain", "Z999")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "Z999" in unknown.stderr


def test_template_writes_the_blank_form_and_a_copy_for_each_unit(tmp_path: Path) -> None:
    assert consolidate("template", tmp_path / "new" / "forms").exit_code == 0
    names = sorted(file.name for file in (tmp_path / "new" / "forms").iterdir())
    assert len(names) == 20
    assert [name[:5] for name in names[:19]] == list(FIGURES)


def test_a_folder_that_bears_a_commands_name_is_reached_by_run(clean_returns: Path, tmp_path: Path) -> None:
    copy_of(clean_returns, tmp_path / "template", "07132")
    done = consolidate_really(["run", "template", "summary.xlsx", "--quiet"], cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
    assert (tmp_path / "summary.xlsx").is_file()
    assert sorted(path.name for path in (tmp_path / "template").iterdir()) == ["07132_Phuong_Quang_Yen.xlsx"]


# Consoles and pipes ---------------------------------------------------------------------------------------------

STREAMS = [
    {"PYTHONIOENCODING": "cp1252"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "cp1258"},
    {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"LC_ALL": "C"},
]


@pytest.mark.parametrize("env", STREAMS, ids=lambda env: " ".join(f"{name}={value}" for name, value in env.items()))
def test_vietnamese_never_fails_on_a_pipe_of_another_code_page(tmp_path: Path, env: dict[str, str]) -> None:
    explained = consolidate_really(["explain", "V004"], env=env)
    assert (explained.returncode, explained.stdout[:4]) == (0, b"V004")
    wrong = consolidate_really([tmp_path / "khong co", tmp_path / "summary.xlsx"], env=env)
    assert (wrong.returncode, wrong.stdout) == (2, b"")
    assert wrong.stderr.strip()
    assert consolidate_really(["explain", "Đ1"], env=env).returncode == 2
    assert consolidate_really(["--khối"], env=env).returncode == 2


def test_an_account_is_printed_whole_where_letters_lose_their_marks(tmp_path: Path) -> None:
    returns = copy_of(SAMPLES, tmp_path / "returns", "07150", "07168")
    done = consolidate_really([returns, tmp_path / "summary.xlsx"], env={"PYTHONIOENCODING": "cp437"})
    assert done.returncode == 1
    assert b"Xa Tien Phong" in done.stdout
    assert b"summary.xlsx" in done.stdout


def test_a_folder_with_marks_in_its_name_is_no_obstacle(clean_returns: Path, tmp_path: Path) -> None:
    returns = copy_of(clean_returns, tmp_path / "Biểu các xã, phường", "07132")
    env = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = consolidate_really([returns, tmp_path / "Tổng hợp.xlsx"], env=env)
    assert done.returncode == 1
    assert (tmp_path / "Tổng hợp.xlsx").is_file()


def test_the_samples_are_not_changed_by_a_run(tmp_path: Path) -> None:
    returns = tmp_path / "returns"
    shutil.copytree(SAMPLES, returns)
    before = {path: path.read_bytes() for path in returns.rglob("*") if path.is_file()}
    assert run_in(tmp_path / "out", returns) == 1
    assert {path: path.read_bytes() for path in returns.rglob("*") if path.is_file()} == before


def test_a_fault_of_the_program_is_one_sentence_and_an_older_summary_is_whole(
    clean_returns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("khoảng 50")

    assert consolidate(clean_returns, tmp_path / "summary.xlsx").exit_code == 0
    before = (tmp_path / "summary.xlsx").read_bytes()
    monkeypatch.setattr("pipeline.run.job.write_summary", fail)
    outcome = consolidate(clean_returns, tmp_path / "summary.xlsx")
    assert outcome.exit_code == 3
    assert "Traceback" not in outcome.output
    assert (tmp_path / "summary.xlsx").read_bytes() == before
    log = (tmp_path / "summary.consolidate.log").read_text(encoding="utf-8")
    assert "RuntimeError" in log
    assert "khoảng 50" not in log, "the log quotes no cell"


def test_a_total_left_blank_is_added_up_even_where_the_unit_says_that_blanks_are_zero(tmp_path: Path) -> None:
    typed = {"07135": {"class_literacy.quantity": 3, "class_literacy.people": 60}}
    returns = write_returns(tmp_path / "returns", typed, stamps={"blank_means_zero": "Đúng"})
    assert run_in(tmp_path, returns) == 1
    report = report_of(tmp_path / "report.json")
    totals = reported_totals(report)
    assert totals["classes_total.quantity"] == (3, 1, 19)
    assert totals["class_participants_total.people"] == (60, 1, 19)
    assert totals["news_items.quantity"] == (0, 1, 19)
    (file,) = report["files"]
    assert {"R114@D16", "R114@E17", "V028@D18"} <= set(told(file))
    assert file["status"] == "used"


def test_a_unit_that_says_its_figures_are_not_complete_is_not_taken_for_done(
    clean_returns: Path, tmp_path: Path
) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns")
    typed: Mapping[str, Typed] = {**FIGURES["07135"], "news_items.quantity": None}
    no = load_stamp_words().blank_no
    (answer,) = write_returns(tmp_path / "one", {"07135": typed}, stamps={"blank_means_zero": no}).iterdir()
    shutil.copy(answer, returns / answer.name)
    assert run_in(tmp_path, returns) == 1
    report = report_of(tmp_path / "report.json")
    (file,) = [file for file in report["files"] if file["unit"] == "07135"]
    assert (file["status"], told(file)) == ("used_with_errors", ["V035@D30"])
    sheet = load_workbook(tmp_path / "summary.xlsx").worksheets[0]
    said = [
        str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value and "Đông Mai" in str(cell.value)
    ]
    assert len(said) == 1 and said[0].startswith(load_stamp_words().provisional)
    (line,) = lines_in(tmp_path / "summary.decisions.xlsx", "units")
    fill(tmp_path / "summary.decisions.xlsx", "units", line, answer="blank_is_zero", **SIGNED)
    assert run_in(tmp_path, returns) == 0
    assert reported_totals(report_of(tmp_path / "report.json"))["news_items.quantity"][1:] == (19, 19)


@pytest.mark.parametrize(("limit", "allowed"), [("file_bytes=1000", 1000), ("rows=20", 20), ("cells=50", 50)])
def test_every_limit_can_be_changed_for_one_run(clean_returns: Path, tmp_path: Path, limit: str, allowed: int) -> None:
    returns = copy_of(clean_returns, tmp_path / "returns", "07132")
    assert run_in(tmp_path, returns, "--limit", "seconds=2.5", "--limit", limit) == 1
    (file,) = report_of(tmp_path / "report.json")["files"]
    assert (file["status"], told(file)) == ("rejected", ["F019"])
    assert str(allowed) in file["findings"][0]["message"].replace(".", "")
    check = consolidate("check", returns / Path(file["path"]), "--limit", limit)
    assert "F019" in check.output


def test_click_expands_no_argument_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    # There `[ ]`, `%NAME%` and `~` would be expanded: the folder "BC [1]" would be taken for its sibling "BC 1".
    called: list[object] = []
    monkeypatch.setattr(click.Group, "main", lambda self, *args, **extra: called.append(extra["windows_expand_args"]))
    main()
    main.main(args=["--help"])
    assert called == [False, False]
