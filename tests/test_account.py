"""What the command says on the screen: the facts an officer acts on, in both languages, and never in Python's words."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from pipeline.cli.screen import Lang, account, account_of_file, refusal, words
from pipeline.extract.context import reading_context
from pipeline.findings import finding, title
from pipeline.model import Claim, Consolidation, FileReading, Finding, Times
from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT
from pipeline.run.consolidate import Request, conclude
from schemas.definition import DefinitionError
from schemas.register import COLLECTOR_TYPE, VIETNAM, Unit, load_register_csv
from schemas.rules import Severity
from tests.builders import Typed, make_register, make_return, shipped_form

ROOT = Path(__file__).parent.parent
LANGUAGES: tuple[Lang, ...] = ("vi", "en")
FORM = shipped_form()
OFFICE, A, B, C, D = "206", "07132", "07135", "07138", "07144"
NAMES = {A: "Phường Quảng Yên", B: "Phường Đông Mai", C: "Phường Minh Thành", D: "Xã Sông Khoai"}
REGISTER = make_register(
    Unit(OFFICE, "Thị xã Quảng Yên", COLLECTOR_TYPE, "22", in_total=False),
    *(Unit(code, name, "phường", OFFICE, phone="0203 111" if code == D else "") for code, name in NAMES.items()),
)
OUT, FOLDER, DECISIONS = Path("output/summary.xlsx"), Path("input"), Path("output/summary.decisions.xlsx")
NOON = datetime(2020, 10, 5, 12, 0, tzinfo=VIETNAM)
PYTHON = re.compile(
    r"\bNone\b|\bTrue\b|\bFalse\b|Traceback|Exception|\bError\(|<class|\bdict\b|\{\w*\}|Errno|object at"
)


def sent(path: str, unit: str, cells: Mapping[str, Typed], *findings: Finding, hour: int = 0) -> FileReading:
    one = make_return(FORM, cells, unit=unit, path=path, findings=findings)
    times = Times(received=NOON + timedelta(hours=hour))
    return FileReading(path, one.sha256, (replace(one, times=times),), (), times)


def unread(path: str, code: str) -> FileReading:
    return FileReading(path, "0" * 64, (), (finding(code, facts={"kind": "picture", "reason": "damaged"}),))


def concluded(*readings: FileReading) -> Consolidation:
    return conclude(Request(FOLDER, FORM, REGISTER), reading_context(FORM, REGISTER, DEFAULT), readings)


def told(consolidation: Consolidation, lang: Lang) -> str:
    return account(consolidation, OUT, FOLDER, DECISIONS, lang)


GOOD: dict[str, Typed] = {"news_items.quantity": 5}


def complete() -> Consolidation:
    return concluded(*(sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in NAMES))


def unfinished() -> Consolidation:
    error = finding("V002", row="class_literacy", measure="people", found="khoảng 50", cell="E20", sheet="Biểu")
    return concluded(
        sent("a.xlsx", A, {**GOOD, "class_literacy.people": "khoảng 50"}, error, hour=2),
        sent("old.xlsx", A, {"news_items.quantity": 4}, hour=1),
        sent("again.xlsx", A, {**GOOD, "class_literacy.people": "khoảng 50"}, hour=3),
        sent("b.xlsx", B, {"news_items.quantity": 6}),
        unread("Minh Thành/ảnh.jpg", "F006"),
        unread("lạ.xlsx", "F005"),
        unread("~$b.xlsx", "F001"),
    )


# Exit 0 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_complete_run_says_so_with_the_count_and_where_the_summary_is(lang: Lang) -> None:
    consolidation = complete()
    assert consolidation.complete
    text = told(consolidation, lang)
    lines = text.splitlines()
    assert (FORM.name in lines[0], "Thị xã Quảng Yên" in lines[0]) == (True, True)
    assert "4/4" in text
    assert str(OUT) in text
    assert str(DECISIONS) not in text
    assert not PYTHON.search(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_warnings_of_a_complete_run_are_counted(lang: Lang) -> None:
    warning = finding("V022", row="news_items", measure="quantity")
    readings = [sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}, warning) for code in NAMES]
    consolidation = concluded(*readings)
    assert consolidation.complete
    last = told(consolidation, lang).splitlines()[-1]
    assert re.findall(r"\d+", last) == ["4", "4", "4"]


# Exit 1 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_unfinished_run_names_everything_that_needs_a_person(lang: Lang) -> None:
    consolidation = unfinished()
    assert not consolidation.complete
    text = told(consolidation, lang)
    assert "2/4" in text
    assert "Xã Sông Khoai (0203 111)" in text
    assert f"Phường Minh Thành: Minh Thành/ảnh.jpg - {title('F006', lang)}" in text
    assert f'Phường Quảng Yên: Xóa mù chữ, Người - {title("V002", lang)}: "khoảng 50"' in text
    assert f"lạ.xlsx - {title('F005', lang)}" in text
    for path in (OUT, FOLDER, DECISIONS):
        assert str(path) in text
    assert not PYTHON.search(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_other_files_are_counted_by_what_became_of_them(lang: Lang) -> None:
    say = words(lang)["account"]
    (line,) = [line for line in told(unfinished(), lang).splitlines() if line.startswith(say["others"])]
    assert all(say[name].format(count=1) in line for name in ("identical", "superseded", "ignored"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_figures_are_called_provisional_until_nothing_is_open(lang: Lang) -> None:
    provisional = words(lang)["account"]["provisional"].format(file=OUT)
    assert provisional in told(unfinished(), lang)
    assert provisional not in told(complete(), lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_is_told_once_missing_or_with_its_unusable_file(lang: Lang) -> None:
    lines = told(unfinished(), lang).splitlines()
    assert sum("Phường Minh Thành" in line for line in lines) == 1
    assert sum("ảnh.jpg" in line for line in lines) == 1
    assert sum("Xã Sông Khoai" in line for line in lines) == 1


@pytest.mark.parametrize("lang", LANGUAGES)
def test_steps_are_numbered_and_name_how_many_units_to_call(lang: Lang) -> None:
    text = told(unfinished(), lang)
    steps = re.findall(r"^(\d)\. ", text, re.MULTILINE)
    assert steps == [str(number) for number in range(1, len(steps) + 1)]
    (first,) = re.findall(r"^1\. (.*)$", text, re.MULTILINE)
    assert re.findall(r"\d+", first) == ["3"]


def test_a_rejected_file_alone_keeps_a_run_from_being_complete() -> None:
    readings = [sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in NAMES]
    consolidation = concluded(*readings, unread("lạ.xlsx", "F005"))
    assert not consolidation.complete
    text = told(consolidation, "vi")
    assert "4/4" in text
    assert "lạ.xlsx" in text
    assert str(DECISIONS) not in text


def test_a_rejected_file_is_told_with_the_gravest_thing_about_it() -> None:
    found = (finding("F021", facts={"what": ("macros",)}), finding("F005", facts={"form": FORM.name}))
    text = told(concluded(FileReading("lạ.xlsm", "0" * 64, (), found)), "vi")
    assert f"lạ.xlsm - {title('F005', 'vi')}" in text


def crowded(path: str, unit: str, count: int) -> FileReading:
    """A return with so many errors."""
    rows = [row.key for row in FORM.rows if row.key.startswith("class_") and "people" in row.kinds][:count]
    errors = [finding("V001", row=row, measure="people", found="x") for row in rows]
    return sent(path, unit, {f"{row}.people": "x" for row in rows}, *errors)


def test_a_unit_with_many_errors_hides_no_other_unit() -> None:
    consolidation = concluded(crowded("a.xlsx", A, 12), crowded("b.xlsx", B, 12), crowded("c.xlsx", C, 2))
    text = told(consolidation, "en")
    assert all(NAMES[code] in text for code in NAMES)
    assert text.count(title("V001", "en")) == 3 + 3 + 2
    assert text.count(words("en")["account"]["ask_more"].format(count=9)) == 2
    assert re.findall(r"^1\. .*?(\d+)", text, re.MULTILINE) == ["4"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_account_of_many_units_with_errors_and_questions_stays_on_one_screen(lang: Lang) -> None:
    codes = [f"{number:05}" for number in range(1, 21)]
    units = [Unit(code, f"Phường {code}", "phường", OFFICE) for code in codes]
    register = make_register(Unit(OFFICE, "Thị xã", COLLECTOR_TYPE, "22", in_total=False), *units)
    questions = [finding("S018", facts={"title": str(number)}) for number in range(5)]
    readings = []
    for code in codes:
        reading = crowded(f"{code}.xlsx", code, 12)
        one = reading.returns[0]
        readings.append(replace(reading, returns=(replace(one, findings=(*one.findings, *questions)),)))
    result = conclude(Request(FOLDER, FORM, register), reading_context(FORM, register, DEFAULT), readings)
    text = told(result, lang)
    assert len(text.splitlines()) < 45
    say = words(lang)["account"]
    assert say["ask_more_units"].format(count=8) in text
    assert text.count(say["question_more"].partition("{count}")[2]) == 12


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_to_be_called_is_named_with_the_telephone_number_of_its_return(lang: Lang) -> None:
    reading = crowded("a.xlsx", A, 1)
    one = replace(reading.returns[0], phone="0912 345 678")
    empty = replace(sent("d.xlsx", D, {}).returns[0], phone="0988 111 222")
    consolidation = concluded(
        replace(reading, returns=(one,)), FileReading("d.xlsx", empty.sha256, (empty,), ()), sent("b.xlsx", B, GOOD)
    )
    text = told(consolidation, lang)
    assert f"{NAMES[A]} (0912 345 678)" in text
    assert f"{NAMES[D]} (0988 111 222)" in text, "the number in the return goes before that of the register"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_the_office_can_mend_is_no_call(lang: Lang) -> None:
    error = finding("V009", row="news_items", measure="quantity", found="=")
    good = [sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in (B, C, D)]
    text = told(concluded(sent("a.xlsx", A, {"news_items.quantity": "="}, error), *good), lang)
    say = words(lang)["account"]
    (line,) = [line for line in text.splitlines() if line.startswith(say["mend"])]
    assert NAMES[A] in line
    assert say["next_mend"] in text
    assert say["ask"] not in text
    assert say["next_call"].partition("{")[0] not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_that_is_only_asked_about_a_warning_is_on_the_screen_and_no_call(lang: Lang) -> None:
    warning = finding("V029", severity=Severity.WARNING, facts={"count": 40})
    good = [sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in (B, C)]
    say = words(lang)["account"]
    for more in ([], [sent("d.xlsx", D, {"news_items.quantity": 4})]):
        text = told(concluded(sent("a.xlsx", A, GOOD, warning), *good, *more), lang)
        assert [NAMES[A] in line for line in text.splitlines() if line.startswith(say["besides"])] == [True]
        assert text.count(NAMES[A]) == 1
        assert (say["next_call"].format(count=1) in text) is not bool(more)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_that_is_called_is_not_asked_besides(lang: Lang) -> None:
    warning = finding("V029", severity=Severity.WARNING, facts={"count": 40})
    error = finding("V002", row="class_literacy", measure="people", found="khoảng 50")
    text = told(concluded(sent("a.xlsx", A, GOOD, warning, error)), lang)
    assert words(lang)["account"]["besides"] not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_whose_content_was_used_is_never_called_no_report(lang: Lang) -> None:
    good = [sent(f"thư.zip!{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in NAMES]
    consolidation = concluded(*good, unread("thư.zip", "F032"), unread("07132_Phường Quảng Yên.png", "F006"))
    assert consolidation.complete
    say = words(lang)["account"]
    (line,) = [line for line in told(consolidation, lang).splitlines() if line.startswith(say["others"])]
    assert say["container"].format(count=1) in line
    assert say["companion"].format(count=1) in line
    assert say["ignored"].partition("}")[2] not in line


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_unit_whose_file_may_lie_there_is_not_called_silent(lang: Lang) -> None:
    stray = replace(sent("PL2.xlsx", A, GOOD).returns[0], claim=Claim(None, "none", {}), findings=(finding("U002"),))
    result = concluded(FileReading("PL2.xlsx", stray.sha256, (stray,), ()))
    text = told(replace(result, files=(replace(result.files[0], perhaps=(B, C)),)), lang)
    say = words(lang)["account"]
    (silent,) = [line for line in text.splitlines() if line.startswith(say["missing"])]
    assert NAMES[A] in silent
    assert NAMES[B] not in silent
    assert NAMES[C] not in silent
    for code in (B, C):
        assert say["perhaps_line"].format(unit=NAMES[code], files="PL2.xlsx") in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_decision_that_was_not_applied_has_its_head_and_a_step(lang: Lang) -> None:
    refused = finding("D002", sheet="Số liệu", cell="K9", facts={"reason": "no_person"})
    text = told(replace(complete(), notes=(refused,)), lang)
    say = words(lang)["account"]
    assert any(line.startswith(say["book"]) for line in text.splitlines())
    assert not any(line.startswith(say["notes"]) for line in text.splitlines())
    assert say["next_book"].format(decisions=DECISIONS) in text
    assert say["next_call"].partition("{")[0] not in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_choice_of_copies_that_no_longer_holds_is_a_step_even_where_every_unit_is_in(lang: Lang) -> None:
    outdated = finding("D008", facts={"others": ("b.xlsx",)})
    good = [sent(f"{code}.xlsx", code, {"news_items.quantity": int(code)}) for code in (B, C, D)]
    consolidation = concluded(sent("a.xlsx", A, GOOD, outdated), *good)
    assert not consolidation.complete
    text = told(consolidation, lang)
    say = words(lang)["account"]
    assert say["next_book"].format(decisions=DECISIONS) in text
    assert say["next_questions"].format(decisions=DECISIONS) not in text


def test_a_decision_that_no_longer_fits_is_told_with_its_unit_and_place() -> None:
    outdated = finding("D001", row="class_literacy", measure="people", facts={"was": "khoảng 50", "now": "52"})
    text = told(concluded(sent("a.xlsx", A, GOOD, outdated)), "vi")
    (line,) = [line for line in text.splitlines() if "khoảng 50" in line]
    assert all(part in line for part in (NAMES[A], "Xóa mù chữ", "Người"))


def test_a_row_of_one_number_is_named_without_a_column() -> None:
    errors = [
        finding("V001", row=row, measure="quantity", found="x") for row in ("funding_state_budget", "sports_events")
    ]
    cells: dict[str, Typed] = {"funding_state_budget.quantity": "x", "sports_events.quantity": "x"}
    text = told(concluded(sent("a.xlsx", A, cells, *errors)), "vi")
    short = FORM.column_by_key["quantity"].short
    assert f"{FORM.by_key['funding_state_budget'].short_label} - " in text
    assert f"{FORM.by_key['sports_events'].short_label}, {short} - " in text


def test_what_was_typed_cannot_write_on_the_screen() -> None:
    error = finding("V001", row="news_items", measure="quantity", found="1\n\x1b[2J\u202e" + "x" * 500)
    text = told(concluded(sent("a.xlsx", A, {"news_items.quantity": "x"}, error)), "vi")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert max(map(len, text.splitlines())) < 250


def test_a_code_whose_zero_was_put_back_is_told() -> None:
    register = replace(REGISTER, padded={"7132": "07132"})
    consolidation = conclude(Request(FOLDER, FORM, register), reading_context(FORM, register, DEFAULT), [])
    for lang in LANGUAGES:
        assert any("7132" in line and "07132" in line for line in told(consolidation, lang).splitlines())


# One file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_file_is_told_with_code_and_cell(lang: Lang) -> None:
    (result,) = [one for one in unfinished().files if one.path == "a.xlsx"]
    text = account_of_file(result, NAMES[A], FORM, lang)
    assert text.splitlines()[0] == f"a.xlsx: {NAMES[A]}"
    (line,) = [line for line in text.splitlines() if "V002" in line]
    assert "(Biểu, E20)" in line
    assert not PYTHON.search(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_file_without_findings_is_fine(lang: Lang) -> None:
    (result,) = [one for one in concluded(sent("b.xlsx", B, GOOD)).files if one.path == "b.xlsx"]
    assert account_of_file(result, "", FORM, lang).splitlines() == ["b.xlsx", words(lang)["check"]["fine"]]


# What stops a run -----------------------------------------------------------------------------------------------


def calls_of(name: str, *folders: str) -> Iterator[ast.Call]:
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield node


def run_errors() -> dict[str, set[str]]:
    """Give every code that stops a run with the facts that every place which raises it gives."""
    found: dict[str, set[str]] = {}
    for call in calls_of("RunError", "pipeline"):
        code = ast.literal_eval(call.args[0])
        given = call.args[1] if len(call.args) > 1 else None
        if isinstance(given, ast.Name):
            continue
        facts = {ast.literal_eval(key) for key in given.keys if key} if isinstance(given, ast.Dict) else set()
        found[code] = found.get(code, facts) & facts
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_that_stops_a_run_is_found_by_the_search() -> None:
    assert {"output_open_elsewhere", "units_missing", "input_empty", "interrupted", "no_units"} <= set(run_errors())
    assert run_errors()["output_open_elsewhere"] == {"file"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_code_that_stops_a_run_has_its_wording_and_its_facts(lang: Lang) -> None:
    say = words(lang)["errors"]
    for code, facts in run_errors().items():
        assert code in say
        assert placeholders(say[code]) <= facts, code
        text = refusal(RunError(code, dict.fromkeys(facts, "x")), lang)
        assert text.startswith(say["prefix"])
        assert not PYTHON.search(text)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_wording_is_kept_that_nothing_uses(lang: Lang) -> None:
    named = {ast.literal_eval(call.args[0]) for call in calls_of("RunError", "pipeline")}
    assert set(words(lang)["errors"]) - named == {"prefix", "definition", "definition_line"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("line", [None, 7])
def test_a_broken_definition_is_told_with_its_place(lang: Lang, line: int | None) -> None:
    text = refusal(DefinitionError("units.csv", line, "in_total", "maybe\x1b", "yes or no (có, không)"), lang)
    assert "units.csv" in text
    assert "in_total" in text
    assert '"maybe' in text
    assert "\x1b" not in text
    assert ("7" in text) is (line is not None)
    assert not PYTHON.search(text)


def phrases_of(file: str) -> set[str]:
    """Give every fixed text in which a module or a package says what was found or what is allowed."""
    found: set[str] = set()
    parts = sorted((ROOT / file).rglob("*.py")) or [(ROOT / file).with_suffix(".py")]
    for node in (node for part in parts for node in ast.walk(ast.parse(part.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            # DefinitionError(file, line, field, found, allowed, facts), refuse(field, [found,] allowed, **facts)
            said = {"DefinitionError": node.args[3:5], "refuse": node.args[1:]}.get(name, [])
            found |= {one.value for one in said if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    return found


@pytest.mark.parametrize("file", ["definition", "form", "rules", "register"])
def test_whatever_a_definition_may_hold_is_said_in_vietnamese(file: str) -> None:
    said = phrases_of(f"schemas/{file}")
    assert len(said) > 8
    assert said <= set(words("vi")["phrases"])


def test_a_column_of_the_register_is_named_as_an_officer_may_have_named_it() -> None:
    text = refusal(DefinitionError("units.csv", 3, "in_total", "maybe", "yes or no (có, không)"), "vi")
    assert "Cộng vào tổng" in text


def test_a_broken_register_is_told_in_vietnamese(tmp_path: Path) -> None:
    known = words("vi")["phrases"]
    (tmp_path / "units.csv").write_text("code,name\n01,A\n01,B\n", encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_register_csv(tmp_path / "units.csv", FORM.first_day)
    text = refusal(refused.value, "vi")
    assert known["a code of its own (line {other} bears it too)"].format(other=2) in text
    assert "(line 2 bears it too)" in refusal(refused.value, "en")
    assert "(line 2 bears it too)" in str(refused.value)


# The wording files ----------------------------------------------------------------------------------------------


def console(lang: Lang) -> dict[str, Any]:
    return tomllib.loads((ROOT / f"pipeline/wording/console_{lang}.toml").read_text(encoding="utf-8"))


def texts_of(tables: Mapping[str, Any]) -> dict[str, str]:
    """Give every text with its place; what was said in English in the first place needs no English."""
    return {
        f"{table}.{key}": text
        for table, texts in tables.items()
        if table not in ("phrases", "command_line")
        for key, text in texts.items()
    }


def test_both_languages_say_the_same_things_of_the_same_facts() -> None:
    vietnamese, english = texts_of(console("vi")), texts_of(console("en"))
    assert vietnamese.keys() == english.keys()
    assert {key: placeholders(text) for key, text in vietnamese.items()} == {
        key: placeholders(text) for key, text in english.items()
    }


def test_phrases_keep_their_facts_in_translation() -> None:
    for english, vietnamese in console("vi")["phrases"].items():
        assert placeholders(english) == placeholders(vietnamese)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_wording_speaks_of_python(lang: Lang) -> None:
    texts: Sequence[str] = list(texts_of(console(lang)).values())
    forbidden = re.compile(r"\bNone\b|\bTrue\b|Traceback|Exception|\bPython\b|\bstderr\b")
    assert [text for text in texts if forbidden.search(text) or not text.strip()] == []
