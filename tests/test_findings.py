"""The catalogue of findings: complete in both languages, one code for each outcome, and fit to be read."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.blanks import required_cells
from pipeline.extract.numbers import load_number_words, read_number
from pipeline.extract.numbers.reading import Kind as NumberKind
from pipeline.findings import (
    LANGUAGES,
    RULE_CODES,
    STANDARD_FACTS,
    Lang,
    Text,
    asks_unit,
    codes,
    finding,
    in_brief,
    load_catalogue,
    load_wording,
    message,
    request,
    suggestion_text,
    title,
)
from pipeline.findings import catalogue as catalogue_module
from pipeline.findings.explain import UnknownCodeError, as_markdown, explain, explain_all
from pipeline.model import Finding, Open
from pipeline.model.limits import Limits
from pipeline.readers.kinds import Kind
from pipeline.wording import WORDING
from schemas.definition import DefinitionError
from schemas.form import Form, load_form
from schemas.rules import OUTCOMES, Severity

ROOT = Path(__file__).parent.parent
CODES = sorted(load_catalogue())
BOTH = pytest.mark.parametrize("lang", LANGUAGES)
VIETNAMESE_MARK = re.compile("[\u0300-\u036f]|đ")
# What an officer would not know, and what only Python says.
STRANGE_WORDS = re.compile(
    r"\b(pars(?:e|ing)|regex|sha256|hash|int|str|float|NoneType|null|dict|tuple|exception|traceback|NaN|"
    r"sheet1|boolean|cache|encoding error|unicodedecode\w*|undefined)\b"
)


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("htsd_2020")


def sentences(text: Text) -> dict[str, str]:
    return {name: getattr(text, name) for name in ("title", "message", "why", "example", "mend")}


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", text))


def test_a_code_is_a_letter_and_three_digits_with_a_name_of_its_own() -> None:
    catalogue = load_catalogue()
    assert [code for code in catalogue if not re.fullmatch(r"[FUSVRND]\d{3}", code)] == []
    assert [code for code, entry in catalogue.items() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", entry.name)] == []
    assert [name for name, times in Counter(entry.name for entry in catalogue.values()).items() if times > 1] == []


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("becomes = 'excluded'", "becomes = 'gone'", "becomes"),
        ("becomes = 'excluded'", "become = 'excluded'", "become"),
        ("name = 'excluded_by_decision'\nseverity = 'info'", "name = 'x'\nseverity = 'grave'", "severity"),
    ],
)
def test_a_broken_catalogue_is_refused_with_its_line(
    old: str, new: str, field: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (WORDING / "findings.toml").read_text(encoding="utf-8")
    broken = text.replace(old, new)
    assert broken != text
    (tmp_path / "findings.toml").write_text(broken, encoding="utf-8")
    monkeypatch.setattr(catalogue_module, "WORDING", tmp_path)
    with pytest.raises(DefinitionError) as refused:
        load_catalogue.__wrapped__()
    line = broken[: broken.index(new)].count("\n") + 1 + new.count("\n")
    assert (refused.value.file, refused.value.line, refused.value.field) == ("findings.toml", line, field)


@BOTH
def test_every_code_is_complete(lang: Lang) -> None:
    wording = load_wording(lang)
    assert sorted(wording.texts) == CODES
    assert {code[0] for code in CODES} == wording.groups.keys()
    assert [(c, name) for c, text in wording.texts.items() for name, said in sentences(text).items() if not said] == []


def test_both_languages_say_the_same_things() -> None:
    vi, en = load_wording("vi"), load_wording("en")
    assert vi.words.keys() == en.words.keys()
    assert {name: set(words) for name, words in vi.values.items()} == {n: set(words) for n, words in en.values.items()}
    assert [code for code in CODES if bool(vi.texts[code].unit) is not bool(en.texts[code].unit)] == []
    differing = [c for c in CODES if placeholders(vi.texts[c].message) != placeholders(en.texts[c].message)]
    assert differing == []


def test_every_outcome_of_a_rule_has_exactly_one_code() -> None:
    pairs = [(kind, outcome) for kind, outcomes in OUTCOMES.items() for outcome in outcomes]
    assert sorted(RULE_CODES) == sorted(pairs)
    named = [entry.rule for entry in load_catalogue().values() if entry.rule]
    assert len(named) == len(set(named)) == len(pairs)


@BOTH
def test_a_message_names_only_facts_that_its_code_may_carry(lang: Lang) -> None:
    for code, text in load_wording(lang).texts.items():
        assert placeholders(text.message) <= STANDARD_FACTS | load_catalogue()[code].facts, code
        others = " ".join(said for name, said in sentences(text).items() if name != "message") + text.unit
        assert not re.search(r"[{}]", others), code


@BOTH
@pytest.mark.parametrize("code", CODES)
def test_a_finding_without_facts_can_be_told(code: str, lang: Lang, form: Form) -> None:
    told = message(finding(code), form, lang)
    assert not re.search(r"[{}\[\]]", told)
    assert told.endswith((".", '."'))
    assert "  " not in told


@BOTH
def test_no_word_is_one_that_an_officer_would_not_know(lang: Lang) -> None:
    for code, text in load_wording(lang).texts.items():
        prose = " ".join((*sentences(text).values(), text.unit))
        assert not STRANGE_WORDS.search(re.sub(r"\{\w+\}", "", prose)), code


def test_vietnamese_is_composed_and_bears_its_marks() -> None:
    for code, text in load_wording("vi").texts.items():
        for name, said in sentences(text).items():
            assert said == unicodedata.normalize("NFC", said), (code, name)
            if name != "example":
                assert VIETNAMESE_MARK.search(unicodedata.normalize("NFD", said).lower()), (code, name)


@BOTH
def test_every_kind_of_file_has_a_name(lang: Lang) -> None:
    assert {kind.value for kind in Kind} == load_wording(lang).values["kind"].keys()


@BOTH
def test_every_token_that_a_step_writes_has_words(lang: Lang) -> None:
    values = load_wording(lang).values
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "pipeline").rglob("*.py"))
    for name in ("reason", "how", "limit", "encoding", "what"):
        tokens = set(re.findall(rf'"{name}": "(\w+)"', source))
        assert tokens <= values[name].keys(), name


@BOTH
def test_every_token_that_has_words_is_written_by_some_step(lang: Lang) -> None:
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "pipeline").rglob("*.py"))]
    texts = (node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant))
    # "token=text" carries a text that somebody typed.
    written = {text.partition("=")[0] for text in texts if isinstance(text, str)}
    written |= {limit.name for limit in fields(Limits)}
    values = load_wording(lang).values
    assert {name: words.keys() - written for name, words in values.items() if words.keys() - written} == {}


def code_named(node: ast.expr) -> str | None:
    """Give the code that an argument names, such as `codes.LOCK_FILE`."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "codes":
        return str(getattr(codes, node.attr))
    return None


def test_every_fact_that_a_step_states_is_listed_with_its_code() -> None:
    stated: dict[str, set[str]] = {}
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and call.args and (code := code_named(call.args[0])):
                given = [word.value for word in call.keywords if word.arg == "facts"]
                keys = [key for facts in given if isinstance(facts, ast.Dict) for key in facts.keys]
                names = {str(key.value) for key in keys if isinstance(key, ast.Constant)}
                stated.setdefault(code, set()).update(names)
    assert len(stated) > 20
    unknown = {code: names - STANDARD_FACTS - load_catalogue()[code].facts for code, names in stated.items()}
    assert {code: names for code, names in unknown.items() if names} == {}


def test_severity_and_counted_come_from_the_catalogue_unless_given() -> None:
    assert finding("V001") == Finding("V001", Severity.ERROR, counted=False, open=Open.ALWAYS)
    assert finding("V022", cell="D1").counted is True
    assert finding("F001").counted is None
    assert finding("R128", severity=Severity.ERROR).severity is Severity.ERROR
    assert finding("V022", counted=None).counted is None


def test_an_error_in_reading_a_cell_is_never_counted() -> None:
    catalogue = load_catalogue().values()
    read = [entry for entry in catalogue if entry.code.startswith("V") and entry.severity is Severity.ERROR]
    assert len(read) > 15
    assert {entry.counted for entry in read} == {False}


def test_what_was_typed_is_quoted_and_made_visible(form: Form) -> None:
    told = finding("V001", row="book_donors", measure="people", found="khoảng\n50\u202e")
    for lang in LANGUAGES:
        assert '"khoảng⏎50\\u{202e}"' in message(told, form, lang)


def test_numbers_are_grouped_as_the_language_does(form: Form) -> None:
    told = finding("R111", facts={"parts": 1500000, "total": 1234})
    assert "1.500.000" in message(told, form, "vi")
    assert "1.234" in message(told, form, "vi")
    assert "1,500,000" in message(told, form, "en")


def test_keys_of_the_form_are_told_by_their_labels(form: Form) -> None:
    moved = finding(
        "R103", row="class_participants_total", measure="people", facts={"from_row": "classes_total", "value": 340}
    )
    told = message(moved, form, "vi")
    assert f'"{form.by_key["classes_total"].title}"' in told
    assert f'"{form.by_key["class_participants_total"].title}"' in told
    assert form.column_by_key["people"].short in message(finding("R105", measure="people"), form, "vi")


def test_a_row_of_another_form_is_told_as_it_is(form: Form) -> None:
    assert '"gone_row"' in message(finding("S007", row="gone_row"), form, "vi")


@BOTH
def test_tokens_of_the_program_are_put_into_words(lang: Lang, form: Form) -> None:
    values = load_wording(lang).values
    assert values["kind"]["pdf"] in message(finding("F006", facts={"kind": "pdf"}), form, lang)
    evidence = ("code=Phường Đông Mai (07132)", "file=CONG HOA.xlsx")
    told = message(finding("U002", facts={"evidence": evidence}), form, lang)
    assert f'{values["evidence"]["code"]} "Phường Đông Mai (07132)"' in told
    assert f'{values["evidence"]["file"]} "CONG HOA.xlsx"' in told


def test_a_part_whose_fact_is_missing_is_left_out(form: Form) -> None:
    assert message(finding("V024", found="1.500"), form, "en").startswith('The unit wrote "1.500". ')
    assert "read as 1,500." in message(finding("V024", found="1.500", facts={"value": 1500}), form, "en")


def test_a_fact_that_must_be_there_and_is_not_shows_as_an_ellipsis(form: Form) -> None:
    assert '"…"' in message(finding("V001"), form, "vi")


def test_a_long_list_is_cut_and_says_how_many_more(form: Form) -> None:
    others = tuple(f"bieu {number}.xlsx" for number in range(1, 13))
    told = message(finding("F012", facts={"others": others}), form, "vi")
    assert "bieu 5.xlsx" in told
    assert "bieu 6.xlsx" not in told
    assert "7" in told


@given(st.text(max_size=300))
def test_nothing_typed_outside_is_read_as_a_template(form: Form, typed: str) -> None:
    told = finding("F012", found=typed, facts={"others": (typed, "{found} [x {y}] {0.__class__}")})
    for lang in LANGUAGES:
        said = message(told, form, lang)
        assert "{found} [x {y}] {0.__class__}" in said
        assert "\n" not in said
        assert "\u202e" not in said


def test_suggestions_name_numbers_and_pairs() -> None:
    told = finding("V004", suggestions=(340, 340000), facts={"pairs": ("3 / 45",)})
    assert suggestion_text(told, "vi") == "Có thể là 340; 340.000; 3 / 45"
    assert suggestion_text(told, "en") == "Perhaps 340; 340,000; 3 / 45"
    told = finding("V004", suggestions=(340, 340000))
    assert suggestion_text(told, "vi") == "Có thể là 340 hoặc 340.000"
    assert suggestion_text(finding("V001"), "vi") == ""


@pytest.mark.parametrize(
    ("lang", "claim"),
    [("vi", r"và cộng|được cộng|lấy số|Không cần làm gì\."), ("en", r"(and|was) added(?! up)|Nothing to do\.")],
)
def test_no_wording_of_a_reading_says_that_its_number_counts(lang: Lang, claim: str) -> None:
    """Its return may be kept out; whether the number is in the total is said beside it."""
    texts = load_wording(lang).texts
    readings = [code for code, entry in load_catalogue().items() if entry.counted and code[0] in "SVR"]
    said = {code: f"{texts[code].message} {texts[code].mend}" for code in readings}
    assert [code for code, text in said.items() if re.search(claim, text)] == []


# Examples ---------------------------------------------------------------------------------------------------------

_TYPED = re.compile('"([^"]+)"')
MONEY_EXAMPLES = frozenset({"V020", "V023"})
PAIR_EXAMPLES = frozenset({"V025"})
OF_MORE_THAN_A_TEXT = frozenset(
    {
        *("V004", "V026", "V028", "V029", "V030", "V031", "V032", "V033", "V034", "V035"),
        *("V043", "V044", "V045", "V046", "V048", "V049", "V050"),
    }
)
"""examples that quote an answer, a note, a row or a number, or need what stands beside them"""


@BOTH
def test_what_an_example_of_a_reading_quotes_is_read_with_that_code(lang: Lang, form: Form) -> None:
    quantity, people = form.unit_words["quantity"], form.unit_words["people"]
    tried = 0
    for code, text in load_wording(lang).texts.items():
        if not code.startswith("V") or code in OF_MORE_THAN_A_TEXT:
            continue
        pair = (quantity, people) if code in PAIR_EXAMPLES else None
        kind: NumberKind = "money" if code in MONEY_EXAMPLES else "count"
        for typed in _TYPED.findall(text.example):
            units = people if "người" in text.example.partition('"')[0] else quantity
            reading = read_number(typed, kind=kind, words=load_number_words(), units=units, pair_units=pair)
            assert reading.code == code, (code, typed, reading)
            tried += 1
    assert tried > 12


def test_the_cells_of_an_example_of_blanks_are_those_of_the_form(form: Form) -> None:
    said = {
        code: [int(n) for n in re.findall(r"[0-9]+", load_wording("vi").texts[code].example)]
        for code in ("V028", "V029")
    }
    assert sum(said["V028"]) == len(form.number_cells)
    assert sum(said["V029"]) == len(required_cells(form))


# What a unit is asked --------------------------------------------------------------------------------------------


@BOTH
def test_whatever_a_unit_may_be_asked_about_is_said_to_it_in_a_few_words(lang: Lang, form: Form) -> None:
    for code, text in load_wording(lang).texts.items():
        typed = "khoảng 50" if code.startswith("V") else None
        told = in_brief(finding(code, found=typed), form, lang)
        assert bool(told) >= bool(text.unit), code
        assert placeholders(text.brief) <= STANDARD_FACTS | load_catalogue()[code].facts, code
        assert not told.endswith("."), code
        assert told == "" or told[0].islower() or not told[0].isalpha(), code


def test_what_is_said_to_a_unit_names_the_same_facts_in_both_languages() -> None:
    vi, en = load_wording("vi").texts, load_wording("en").texts
    assert [code for code in CODES if placeholders(vi[code].brief) != placeholders(en[code].brief)] == []


def test_a_unit_is_never_given_the_steps_of_the_officer() -> None:
    officer = re.compile(
        r"sổ quyết định|thư mục|chạy lại|đơn vị bạn|hỏi (lại )?đơn vị|gọi đơn vị|nhờ đơn vị", re.IGNORECASE
    )
    for code, text in load_wording("vi").texts.items():
        assert not officer.search(f"{text.brief} {text.unit}"), code
        assert text.unit == "" or text.unit.startswith(("Xin", "Lần sau xin")), code


@pytest.mark.parametrize("code", ["V009", "V016", "V017", "F018", "F020"])
def test_what_the_office_mends_by_itself_is_asked_of_nobody(code: str) -> None:
    assert finding(code).severity is Severity.ERROR
    assert not asks_unit(finding(code))
    assert request(code, "vi") == ""


@pytest.mark.parametrize("code", ["F011", "U008", "S018", "N001"])
def test_some_warnings_are_asked_of_the_unit_and_no_info_is(code: str) -> None:
    assert asks_unit(finding(code))
    assert not asks_unit(finding(code, severity=Severity.INFO))
    assert not asks_unit(finding("V022"))
    assert asks_unit(finding("V022", severity=Severity.ERROR))


def test_blanks_are_asked_about_where_the_unit_left_so_many_that_it_is_a_warning() -> None:
    assert not asks_unit(finding("V029", severity=Severity.INFO))
    assert asks_unit(finding("V029", severity=Severity.WARNING))


def test_no_key_of_a_table_and_no_option_stands_in_what_officers_read() -> None:
    strange = re.compile(r"in_total|valid_from|valid_to|--\w+|\binput\b|summary\.\w")
    texts = load_wording("vi").texts.items()
    assert [
        (c, n)
        for c, text in texts
        for n, said in sentences(text).items()
        if strange.search(re.sub(r"\{\w+\}", "", said))
    ] == []


@BOTH
@pytest.mark.parametrize("code", CODES)
def test_explain_tells_the_whole_of_a_code(code: str, lang: Lang) -> None:
    wording, entry = load_wording(lang), load_catalogue()[code]
    text = wording.texts[code]
    told = explain(code.lower(), lang)
    counted = {True: "counted_true", False: "counted_false", None: "counted_none"}[entry.counted]
    parts = [code, title(code, lang), text.why, text.example, text.mend, text.unit, wording.words[counted]]
    assert [part for part in parts if part not in told] == []
    assert wording.words[entry.severity] in told


@BOTH
def test_an_unknown_code_is_answered_with_the_near_ones(lang: Lang) -> None:
    with pytest.raises(UnknownCodeError) as refused:
        explain("V0004", lang)
    assert '"V0004"' in str(refused.value)
    assert "V004" in str(refused.value)
    with pytest.raises(UnknownCodeError, match="consolidate explain"):
        explain("không có", lang)


@BOTH
def test_the_table_of_codes_lists_each_once(lang: Lang) -> None:
    listed = re.findall(r"^  ([A-Z]\d{3})  ", explain_all(lang), re.MULTILINE)
    assert sorted(listed) == CODES


def test_the_documentation_is_current() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == as_markdown()


def test_no_wording_is_loaded_before_it_is_asked_for() -> None:
    code = (
        "from pipeline.findings import finding, load_wording\n"
        "finding('V001')\n"
        "print(load_wording.cache_info().currsize)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "0"
