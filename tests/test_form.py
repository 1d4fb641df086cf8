"""The form as data: what is loaded, what is refused and in which words, and that no code knows the shipped form."""

from __future__ import annotations

import ast
import csv
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from pipeline.findings import RULE_CODES
from pipeline.readers.register import load_form_of
from schemas.definition import DefinitionError, read_toml, shown
from schemas.form import FORMS, Form, ValueKind, load_form, shipped_forms
from schemas.register import REGISTERS, load_register_csv
from schemas.rules import (
    OUTCOMES,
    Cell,
    EitherColumn,
    Implies,
    KindsKeptApart,
    MovesTo,
    Range,
    RatioLimit,
    RequiredText,
    Severity,
    SingleMeasure,
    SumOfParts,
    kind_of_rule,
)
from schemas.text import fold
from tests.builders import second_form, shipped_form

ROOT = Path(__file__).parent.parent
LABELS = Path(__file__).parent / "data" / "letter_labels.txt"
ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Give a copy of the shipped form that a test may break."""
    return Path(shutil.copytree(FORMS / "htsd_2020", tmp_path / "form"))


# What is refused ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Breakage:
    """One way to break a definition, and where it is told."""

    what: str
    old: str
    new: str
    field: str
    at: str | None
    """text that begins the line which is named; None where no line can be"""
    file: str = "form.toml"
    """the file that is changed"""


def rows_break(what: str, old: str, new: str, field: str, at: str | None) -> Breakage:
    return Breakage(what, old, new, field, at, "rows.csv")


TOP = [
    Breakage("no TOML", 'version = "1"', "version = ", "syntax", "version ="),
    Breakage("an id that is a number", 'id = "htsd_2020"', "id = 2020", "id", "id = 2020"),
    Breakage("an empty id", 'id = "htsd_2020"', 'id = " "', "id", 'id = " "'),
    Breakage("no version", 'version = "1"\n', "", "version", None),
    Breakage("a misspelt field", "subject = ", "subjekt = ", "subjekt", "subjekt"),
    Breakage("a misspelt table", "[unit_words]", "[unit_word]", "unit_word", "[unit_word]"),
    Breakage("a misspelt field of a table", "references = [", "refrences = [", "refrences", "refrences"),
    Breakage("a date in quotes", "date = 2020-09-25", 'date = "2020-09-25"', "date", 'date = "2020'),
    Breakage(
        "a moment for a day", "first_day = 2020-10-01", "first_day = 2020-10-01T00:00:00", "first_day", "first_day"
    ),
    Breakage("no last day", "last_day = 2020-10-07\n", "", "last_day", "[period]"),
    Breakage("an end before the beginning", "last_day = 2020-10-07", "last_day = 2020-09-30", "last_day", "last_day"),
    Breakage(
        "a deadline without zone",
        "before = 2020-10-11T00:00:00+07:00",
        "before = 2020-10-11T00:00:00",
        "before",
        "before",
    ),
    Breakage(
        "a deadline that is a day", "before = 2020-10-11T00:00:00+07:00", "before = 2020-10-11", "before", "before"
    ),
    Breakage("no title of the summary", 'summary = "BIỂU', 'sumary = "BIỂU', "sumary", "sumary"),
    Breakage("lines of the title that are one text", 'lines = ["MẪU', 'lines = "MẪU" # ["', "lines", "lines ="),
]
COLUMNS = [
    Breakage("a column key with a space", 'key = "quantity"', 'key = "so luong"', "key", 'key = "so luong"'),
    Breakage("a column twice", 'key = "people"', 'key = "quantity"', "key", 'key = "quantity"@2'),
    Breakage("a column without key", 'key = "unit_of_measure"\n', "", "key", "[[columns]]@3"),
    Breakage("an unknown role", 'role = "unit"', 'role = "units"', "role", 'role = "units"'),
    Breakage("a second column of labels", 'role = "ordinal"', 'role = "label"', "role", 'role = "label"@2'),
    Breakage("no column of labels", 'role = "label"', 'role = "ordinal"', "role", 'role = "ordinal"@2'),
    Breakage("a column without head", 'head = ["Ghi chú"]', "head = []", "head", "head = []"),
    Breakage("a head of three rows", 'head = ["Ghi chú"]', 'head = ["a", "b", "c"]', "head", 'head = ["a"'),
    Breakage("no width for a column", "width = 46", "width = 0", "width", "width = 0"),
    Breakage("a width in words", "width = 46", 'width = "wide"', "width", 'width = "wide"'),
    Breakage("notes under another key", 'key = "note"', 'key = "remark"', "key", 'key = "remark"'),
    Breakage("a number column called note", 'key = "people"', 'key = "note"', "key", 'key = "note"'),
    Breakage("a number column called like a row field", 'key = "people"', 'key = "parent"', "key", 'key = "parent"'),
    Breakage("an unknown field of a column", "width = 46", "widht = 46", "widht", "widht"),
]
ROWS = [
    rows_break("an unknown column", "stt,label", "stt,labels", "columns", "key,stt"),
    rows_break("a missing measure", ",quantity,people,", ",quantity,", "columns", "key,stt"),
    rows_break("a cell too few", "class_literacy,,", "class_literacy,", "row", "class_literacy"),
    rows_break("a key twice", "arts_events,", "sports_events,", "key", "sports_events@2"),
    rows_break("a key with a dash", "arts_events,", "arts-events,", "key", "arts-events"),
    rows_break("a row without label", ",Xóa mù chữ,lớp/người", ",,lớp/người", "label", "class_literacy"),
    rows_break(
        "an unknown role",
        "classes_total,input,count,count,Xóa",
        "classes_total,entry,count,count,Xóa",
        "role",
        "class_literacy",
    ),
    rows_break(
        "a parent below its child",
        "lớp/người,classes_total,input,count,count,Ngoại",
        "lớp/người,funding,input,count,count,Ngoại",
        "parent",
        "class_foreign",
    ),
    rows_break("an unknown kind of number", "input,vnd,,Ngân", "input,usd,,Ngân", "quantity", "funding_state"),
    rows_break(
        "two question marks",
        'total,count?,count?,"Cuộc',
        'total,count??,count?,"Cuộc',
        "quantity",
        "reading_events_total",
    ),
    rows_break("a number in a heading", "heading,,,Kinh phí", "heading,count,,Kinh phí", "quantity", "funding,9"),
    rows_break("a number in a row of texts", "text,text,text,Nội", "text,count,text,Nội", "quantity", "other_content"),
    rows_break(
        "a text in a row of numbers", 'input,count,,"Tin, bài"', 'input,text,,"Tin, bài"', "quantity", "news_items"
    ),
    rows_break("a row that takes nothing", "input,,count,Khen cá", "input,,,Khen cá", "role", "awards_individuals"),
    rows_break("a label twice", ",Hoạt động văn nghệ,", ",Hoạt động thể dục thể thao,", "label", "arts_events"),
    Breakage(
        "an alias of no row", "[aliases]\n", '[aliases]\nclass_of_2020 = ["x"]\n', "class_of_2020", "class_of_2020"
    ),
    Breakage(
        "an alias that is another row's label",
        "class_literacy = [",
        'class_literacy = ["Hoạt động văn nghệ", ',
        "class_literacy",
        "class_literacy =",
    ),
    Breakage(
        "an alias that two rows bear",
        "class_literacy = [",
        'class_literacy = ["Ngân sách", ',
        "funding_state_budget",
        "funding_state_budget =",
    ),
    Breakage(
        "aliases that are no list",
        'seminars = ["Tổ chức hội thảo, sinh hoạt chuyên đề"]',
        "seminars = 7",
        "seminars",
        "seminars = 7",
    ),
]
DERIVED = [
    Breakage(
        "a derived sum of no row", '"awards_individuals.people"]', '"awards.people"]', "parts", 'parts = ["awards_coll'
    ),
    Breakage(
        "a derived sum of one cell",
        'parts = ["money.quantity"]',
        'parts = ["seminars.people"]',
        "parts",
        'parts = ["sem',
    ),
    Breakage("a derived sum twice", 'id = "funding_total"', 'id = "awards_total"', "id", 'id = "awards_total"@2'),
    Breakage("a derived sum without a label", 'label = "Tổng kinh phí', 'title = "Tổng kinh phí', "title", "title ="),
]
GROUPS = [
    Breakage("a group called like a row", "culture_parts = [", "seminars = [", "seminars", "seminars = ["),
    Breakage(
        "a group of an unknown row",
        '"sports_events", "arts_events", "heritage_visits"]',
        '"sport_events"]',
        "culture_parts",
        "culture_parts =",
    ),
    Breakage("a merged row that is none", 'spread = ["funding_state_budget"', 'spread = ["fund"', "spread", "spread ="),
    Breakage("words for a measure that is none", 'people = ["người"', 'persons = ["người"', "persons", "persons ="),
]
RULES = [
    Breakage("an unknown kind", 'kind = "single_measure"', 'kind = "single"', "kind", 'kind = "single"'),
    Breakage("a rule without kind", 'kind = "single_measure"\n', "", "kind", "[[rules]]@3"),
    Breakage("a rule without id", 'id = "R2"\n', "", "id", "[[rules]]@9"),
    Breakage("a rule id twice", 'id = "R2"', 'id = "R1"', "id", 'id = "R1"@2'),
    Breakage(
        "a parameter of another kind",
        'rows = ["publications"]',
        'rows = ["publications"]\nlimit = 3',
        "limit",
        "limit = 3",
    ),
    Breakage("an unknown outcome", "severity = { mixed =", "severity = { mixt =", "severity", "severity = { mixt"),
    Breakage(
        "an unknown severity",
        'severity = { mixed = "error", added = "warning" }',
        'severity = { mixed = "grave", added = "warning" }',
        "severity",
        'severity = { mixed = "grave"',
    ),
    Breakage(
        "a severity that is no table",
        'severity = { mixed = "error", added = "warning" }',
        'severity = "error"',
        "severity",
        'severity = "error"',
    ),
    Breakage(
        "a rule that tells nothing",
        'severity = { mixed = "error", added = "warning" }',
        "severity = {}",
        "severity",
        "severity = {}",
    ),
    Breakage("an unknown level", 'levels = ["unit"]', 'levels = ["town"]', "levels", 'levels = ["town"]'),
    Breakage("an unknown row", 'rows = ["publications"]', 'rows = ["publication"]', "rows", 'rows = ["publication"]'),
    Breakage("a rule that adds maybe", "add_up = false", 'add_up = "maybe"', "add_up", 'add_up = "maybe"'),
    Breakage("a rule on no row", 'rows = ["publications"]', "rows = []", "rows", "rows = []"),
    Breakage("a rule without rows", 'rows = ["publications"]\n', "", "rows", "[[rules]]@5"),
    Breakage(
        "a cell without measure", 'total = "classes_total.quantity"', 'total = "classes_total"', "total", "total ="
    ),
    Breakage(
        "a cell of an unknown measure",
        'total = "classes_total.quantity"',
        'total = "classes_total.money"',
        "total",
        "total =",
    ),
    Breakage(
        "a total that takes no number",
        'total = "classes_total.quantity"',
        'total = "classes_total.people"',
        "total",
        "total =",
    ),
    Breakage(
        "a group for a total", 'total = "classes_total.quantity"', 'total = "class_parts.quantity"', "total", "total ="
    ),
    Breakage("a sum without parts", 'parts = ["class_parts.quantity"]', "parts = []", "parts", "parts = []"),
    Breakage(
        "a total among its parts",
        'parts = ["class_parts.quantity"]',
        'parts = ["classes_total.quantity"]',
        "parts",
        "parts =",
    ),
    Breakage(
        "a part that takes no number",
        'parts = ["class_parts.quantity"]',
        'parts = ["awards.quantity"]',
        "parts",
        "parts =",
    ),
    Breakage("yes for true", "compute_blank = true", 'compute_blank = "no"', "compute_blank", "compute_blank ="),
    Breakage(
        "an explanation in no row",
        'explained_by = ["other_content", "class_parts"]',
        'explained_by = ["elsewhere"]',
        "explained_by",
        "explained_by =",
    ),
    Breakage(
        "one measure for a pair",
        'measures = ["quantity", "people"]',
        'measures = ["quantity"]',
        "measures",
        "measures =",
    ),
    Breakage(
        "the same measure twice",
        'measures = ["quantity", "people"]',
        'measures = ["people", "people"]',
        "measures",
        "measures =",
    ),
    Breakage(
        "a pair in a row that takes one measure",
        'rows = ["class_parts", "event_pairs"]',
        'rows = ["news_items"]',
        "rows",
        'rows = ["news_items"]',
    ),
    Breakage("a limit of nothing", "limit = 300", "limit = 0", "limit", "limit = 0"),
    Breakage("a limit beyond any number", "limit = 300", f"limit = {10**22}", "limit", f"limit = {10**22}"),
    Breakage("a limit that is no whole number", "limit = 300", "limit = 300.5", "limit", "limit = 300.5"),
    Breakage("a range without upper end", "at_most = 1000000000\n", "", "at_most", "[[rules]]@17"),
    Breakage("a range upside down", "at_most = 1000000000", "at_most = 10", "at_most", "at_most = 10"),
    Breakage("a range from below zero", "at_least = 10000", "at_least = -1", "at_most", "at_most ="),
    Breakage("a range of no cell", 'cells = ["money.quantity"]', "cells = []", "cells", "cells = []"),
    Breakage("a factor of one", "times = [1000, 1000000]", "times = [1]", "times", "times = [1]"),
    Breakage("a factor beyond its bound", "times = [1000, 1000000]", "times = [1000000001]", "times", "times = [1000"),
    Breakage("a factor that is true", "times = [1000, 1000000]", "times = [true]", "times", "times = [true]"),
    Breakage(
        "a number compared with itself alone",
        'first = ["lifelong_learning_talks"]',
        "first = []",
        "first",
        "first = []",
    ),
    Breakage("a group for one row", 'second = "seminars"', 'second = "culture_parts"', "second", "second ="),
    Breakage(
        "a needed row that is not added", 'needs = "lifelong_learning_talks"', 'needs = "seminars"', "needs", "needs ="
    ),
    Breakage(
        "a condition without consequence",
        'then_any = ["activities.quantity"]',
        "then_any = []",
        "then_any",
        "then_any = []",
    ),
    Breakage(
        "a consequence without condition",
        'if_all = ["books_donated.quantity"]\n',
        "",
        "then_any",
        'then_any = ["book_donors.quantity", ',
    ),
    Breakage(
        "a number moved from where it belongs",
        'cell = "classes_total.people"',
        'cell = "classes_total.quantity"',
        "cell",
        "cell =",
    ),
    Breakage(
        "a number moved to where none belongs",
        'target = "class_participants_total.people"',
        'target = "awards.people"',
        "target",
        "target =",
    ),
    Breakage("a text asked of nobody in the register", '["07168"]', '["07168", "07999"]', "units", "units = ["),
    Breakage("a text asked of no unit", 'units = ["07168"]', "units = []", "units", "units = []"),
    Breakage("a text without its words", 'words = ["biên phòng", "biên giới"]', 'words = [""]', "words", "words ="),
    Breakage("a text about nothing", 'subject = "mời', 'subjekt = "mời', "subjekt", "subjekt ="),
]
BREAKAGES = [*TOP, *COLUMNS, *ROWS, *GROUPS, *RULES, *DERIVED]


def line_number(file: Path, at: str) -> int:
    """Find the line that begins with a text; "text@2" is the second such line."""
    start, _, nth = at.partition("@")
    lines = file.read_text(encoding="utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if line.startswith(start)][int(nth or 1) - 1]


@pytest.mark.parametrize("broken", BREAKAGES, ids=lambda broken: broken.what)
def test_a_broken_definition_is_refused_with_file_line_field_and_what_is_allowed(broken: Breakage, copy: Path) -> None:
    file = copy / broken.file
    text = file.read_text(encoding="utf-8")
    assert broken.old in text
    file.write_text(text.replace(broken.old, broken.new, 1), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_form(copy)
    error = refused.value
    assert error.file == broken.file
    assert error.field == broken.field
    assert error.line == (line_number(file, broken.at) if broken.at else None)
    assert error.found
    assert error.allowed
    assert not re.search(r"\bNone\b|\bTrue\b|\bFalse\b|['{}]|object|\bdict\b|\bstr\b", str(error))


def test_what_was_found_is_named(copy: Path) -> None:
    file = copy / "rows.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("input,vnd,,Ngân", "input,usd,,Ngân"), encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_form(copy)
    assert refused.value.found == "usd"
    assert str(refused.value).startswith("rows.csv, line 36, quantity: ")


@pytest.mark.parametrize("name", ["form.toml", "rows.csv"])
def test_a_definition_that_is_not_utf8_is_refused(name: str, copy: Path) -> None:
    (copy / name).write_bytes((copy / name).read_text(encoding="utf-8").encode("utf-16"))
    with pytest.raises(DefinitionError) as refused:
        load_form(copy)
    assert (refused.value.file, refused.value.field) == (name, "encoding")


def test_a_definition_without_its_rows_is_refused(copy: Path) -> None:
    (copy / "rows.csv").unlink()
    with pytest.raises(DefinitionError) as refused:
        load_form(copy)
    assert (refused.value.file, refused.value.field) == ("rows.csv", "file")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "key,stt,label,unit_of_measure,parent,role,quantity,people,short_label,label_print\n",
        "key,stt,label,unit_of_measure,parent,role,quantity,people,short_label,label_print\na,1,A,,,heading,,,,\n",
    ],
)
def test_a_form_without_rows_is_refused(text: str, copy: Path) -> None:
    (copy / "rows.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        load_form(copy)
    assert refused.value.file == "rows.csv"


def test_a_file_saved_by_a_spreadsheet_program_loads_the_same(copy: Path) -> None:
    for name in ("form.toml", "rows.csv"):
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (copy / "rows.csv").write_bytes((copy / "rows.csv").read_bytes() + b",,,,,,,,,\r\n\r\n")
    assert load_form(copy) == shipped_form()


def test_a_form_that_is_nowhere_is_told_by_its_name() -> None:
    with pytest.raises(FileNotFoundError, match="htsd_1999"):
        load_form("htsd_1999")


@pytest.mark.parametrize(
    ("found", "said"),
    [(None, "nothing"), (True, "true"), ([1, False], "[1, false]"), ({"a": 1, "b": 2}, "a table of a, b"), ("x", "x")],
)
def test_what_was_found_is_said_in_the_words_of_the_file(found: object, said: str) -> None:
    assert shown(found) == said


def test_a_field_missing_in_one_table_is_not_looked_for_in_the_next(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('# comment\n[one]\nother = 1\n\n[two]\nname = "x"\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_toml(file).table("one").text("name")
    assert refused.value.line == 2


def test_a_text_where_a_table_belongs_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('# comment\none = "x"\ntwo = 3\n', encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        read_toml(file).table("one")
    assert (refused.value.line, refused.value.found) == (2, "x")
    with pytest.raises(DefinitionError) as refused:
        read_toml(file).tables("two")
    assert (refused.value.line, refused.value.found) == (3, "3")


# The shipped form -----------------------------------------------------------------------------------------------


def test_the_form_of_the_letter_is_shipped() -> None:
    assert "htsd_2020" in shipped_forms()


def test_labels_are_verbatim_those_of_the_letter() -> None:
    printed = LABELS.read_text(encoding="utf-8").splitlines()
    assert len(printed) == 37
    assert [row.label for row in shipped_form().rows] == printed


def test_ten_rows_bear_a_number_as_in_the_letter() -> None:
    assert [row.stt for row in shipped_form().rows if row.stt] == [str(number) for number in range(1, 11)]


@pytest.mark.parametrize(
    ("cell", "is_named"),
    [
        ("class_literacy.quantity", True),
        ("class_literacy.people", True),
        ("reading_events_total.quantity", True),
        ("classes_total.quantity", False),
        ("class_participants_total.people", False),
        ("funding_state_budget.quantity", False),
        ("other_content.quantity", False),
        ("other_content.people", True),
        ("news_items.people", True),
        ("awards.quantity", True),
        ("news_items.note", True),
    ],
)
def test_a_cell_is_named_by_its_column_only_where_its_row_does_not_name_it(cell: str, is_named: bool) -> None:
    form = load_form("htsd_2020")
    row, _, measure = cell.partition(".")
    assert form.column_named(Cell(row, measure)) == (form.column_by_key[measure].short if is_named else "")


def test_no_two_rows_bear_one_short_name() -> None:
    form = load_form("htsd_2020")
    assert len({fold(name) for name in form.short_names.values()}) == len(form.rows)
    same = tuple(replace(row, short_label="Cá nhân") if row.parent else row for row in form.rows)
    twice = replace(form, rows=same)
    assert len({fold(name) for name in twice.short_names.values()}) == len(form.rows)


def test_misprints_are_mended_in_print_only() -> None:
    rows = {row.key: row for row in shipped_form().rows}
    assert rows["book_exhibitions"].label.startswith("Trung bày")
    assert rows["book_exhibitions"].title.startswith("Trưng bày")
    assert rows["class_literacy"].title == rows["class_literacy"].label


def test_heads_are_those_of_the_letter() -> None:
    assert [column.head for column in shipped_form().columns] == [
        ("STT",),
        ("Các hoạt động",),
        ("Đơn vị",),
        ("Số lượng", "Số lớp/số cuộc thi"),
        ("Số lượng", "Người"),
        ("Ghi chú",),
    ]


def test_the_deadline_is_the_end_of_the_tenth_in_vietnam() -> None:
    form = shipped_form()
    assert form.deadline == datetime(2020, 10, 10, 17, 0, tzinfo=UTC)
    assert form.deadline.utcoffset() == timedelta(hours=7)
    assert (form.letter_date, form.letter_number) == (date(2020, 9, 25), "02/BCĐXDXHHT")
    assert (form.first_day, form.last_day) == (date(2020, 10, 1), date(2020, 10, 7))


def test_every_row_takes_what_the_letter_has_room_for() -> None:
    form = shipped_form()
    count, money, text = ValueKind.COUNT, ValueKind.MONEY, ValueKind.TEXT
    kinds = {row.key: tuple(row.kinds.get(measure) for measure in form.measures) for row in form.rows}
    single = ["classes_total", "news_items", "publications", "books_donated", "awards_collectives"]
    assert {key for key, kind in kinds.items() if kind == (count, None)} == set(single)
    assert {key for key, kind in kinds.items() if kind == (None, count)} == {
        "class_participants_total",
        "awards_individuals",
    }
    assert {key for key, kind in kinds.items() if kind == (money, None)} == {
        "funding_state_budget",
        "funding_other_sources",
    }
    assert {key for key, kind in kinds.items() if kind == (None, None)} == {"book_drive", "awards", "funding"}
    assert kinds["other_content"] == (text, text)
    assert sum(kind == (count, count) for kind in kinds.values()) == 24


# Rule id -> kind and severities, from the reading of the letter with its later severities.
RULES_OF_THE_LETTER = {
    "R1": (
        "sum_of_parts",
        {"above": ERROR, "below": INFO, "below_unexplained": WARNING, "computed": WARNING, "open": WARNING},
    ),
    "R2": ("part_at_most_total", {"above": ERROR}),
    "R3": (
        "sum_of_parts",
        {"above": WARNING, "below": INFO, "below_unexplained": WARNING, "computed": WARNING, "open": WARNING},
    ),
    "R4-reading": (
        "sum_of_parts",
        {"above": WARNING, "below": INFO, "below_unexplained": WARNING, "computed": WARNING},
    ),
    "R4-culture": (
        "sum_of_parts",
        {"above": WARNING, "below": INFO, "below_unexplained": WARNING, "computed": WARNING},
    ),
    "R5": ("range", {"too_small": ERROR, "too_large": WARNING}),
    "R5-idle": ("implies", {"zero": WARNING, "blank": WARNING}),
    "R6-move": ("moves_to", {"moved": INFO, "differ": ERROR}),
    "R6-people": ("implies", {"zero": ERROR}),
    "R6-classes": ("implies", {"zero": WARNING, "blank": WARNING}),
    "R7-seminars": ("same_number", {"same": WARNING}),
    "R7-culture": ("same_number", {"same": WARNING}),
    "R8-donors": ("implies", {"zero": WARNING, "blank": WARNING}),
    "R8-books": ("implies", {"zero": WARNING, "blank": WARNING}),
    "P": ("pair", {"zero_with": ERROR, "one_blank": WARNING, "fewer": WARNING}),
    "P-single": ("pair", {"zero_with": WARNING, "one_blank": WARNING, "fewer": WARNING}),
    "P-ratio": ("ratio_limit", {"over": WARNING}),
    "P-ratio-mass": ("ratio_limit", {"over": INFO}),
    "C": ("single_measure", {"extra": WARNING}),
    "C-people": ("single_measure", {"optional": WARNING}),
    "A": ("kinds_kept_apart", {"mixed": ERROR, "added": WARNING}),
    "X": ("either_column", {"moved": INFO, "differ": ERROR}),
    "H": ("heading", {"number": WARNING}),
    "T": ("text_only", {"number": INFO}),
    "HA-AN": ("required_text", {"missing": INFO}),
}


def test_every_rule_of_the_letter_is_there_with_its_severity() -> None:
    found = {rule.id: (kind_of_rule(rule), dict(rule.severity)) for rule in shipped_form().rules}
    assert found == RULES_OF_THE_LETTER


def rule_of(form: Form, id_: str) -> object:
    return next(rule for rule in form.rules if rule.id == id_)


def test_the_parts_of_the_first_row_are_the_twelve_kinds_of_class() -> None:
    form = shipped_form()
    rule = rule_of(form, "R1")
    assert isinstance(rule, SumOfParts)
    assert rule.parts == tuple(Cell(row.key, "quantity") for row in form.rows[2:14])
    assert Cell("class_participants_total", "quantity") not in rule.parts


def test_money_is_asked_about_below_ten_thousand_and_above_a_milliard() -> None:
    rule = rule_of(shipped_form(), "R5")
    assert isinstance(rule, Range)
    assert (rule.at_least, rule.at_most, rule.times) == (10_000, 1_000_000_000, (1_000, 1_000_000))


def test_a_high_ratio_is_an_info_for_mass_events_and_a_warning_for_classes() -> None:
    form = shipped_form()
    limits = [rule for rule in form.rules if isinstance(rule, RatioLimit)]
    asked = {row: rule.severity["over"] for rule in limits for row in rule.rows}
    mass = {"class_life_skills_students", "sports_events", "arts_events"}
    assert {row for row, severity in asked.items() if severity is INFO} == mass
    paired = {row.key for row in form.rows if row.key.startswith("class_") and len(row.kinds) == 2}
    assert paired <= set(asked)


def test_limits_of_plausibility_are_not_asked_of_summaries() -> None:
    form = shipped_form()
    plausibility = ("ratio_limit", "range", "same_number", "required_text")
    assert all(rule.levels == {"unit"} for rule in form.rules if kind_of_rule(rule) in plausibility)
    assert all("summary" in rule.levels for rule in form.rules if kind_of_rule(rule) == "sum_of_parts")


def test_border_guards_are_asked_of_one_ward_alone() -> None:
    rule = rule_of(shipped_form(), "HA-AN")
    assert isinstance(rule, RequiredText)
    assert rule.units == {"07168"}


def test_a_period_may_be_one_day(copy: Path) -> None:
    file = copy / "form.toml"
    first = shipped_form().first_day.isoformat()
    text = re.sub("(?m)^last_day = .*$", f"last_day = {first}", file.read_text(encoding="utf-8"))
    file.write_text(text, encoding="utf-8")
    form = load_form(copy)
    assert form.first_day == form.last_day


def test_a_unit_of_a_rule_is_read_with_its_leading_zero_as_everywhere(copy: Path) -> None:
    file = copy / "form.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["07168"]', '["7168"]'), encoding="utf-8")
    rule = rule_of(load_form(copy), "HA-AN")
    assert isinstance(rule, RequiredText)
    assert rule.units == {"07168"}


@pytest.mark.parametrize("register", ["", "a_register_of_our_own"])
def test_units_of_a_register_that_is_not_shipped_are_taken_as_they_stand(register: str, copy: Path) -> None:
    file = copy / "form.toml"
    text = file.read_text(encoding="utf-8").replace('["07168"]', '["TH-01"]')
    file.write_text(re.sub("(?m)^register = .*$", f'register = "{register}"', text), encoding="utf-8")
    rule = rule_of(load_form(copy), "HA-AN")
    assert isinstance(rule, RequiredText)
    assert rule.units == {"TH-01"}


def test_people_beside_a_single_count_of_fairs_and_exhibitions_are_told() -> None:
    rule = rule_of(shipped_form(), "C-people")
    assert isinstance(rule, SingleMeasure)
    assert set(rule.rows) == {"book_fairs", "book_exhibitions"}


def test_two_kinds_are_added_only_where_the_definition_says_so() -> None:
    rule = rule_of(shipped_form(), "A")
    assert isinstance(rule, KindsKeptApart)
    assert rule.add_up is False


def test_the_derived_sums_of_the_district_are_awards_and_money() -> None:
    parts = {one.id: set(map(str, one.parts)) for one in shipped_form().derived}
    assert parts == {
        "awards_total": {"awards_collectives.quantity", "awards_individuals.people"},
        "funding_total": {"funding_state_budget.quantity", "funding_other_sources.quantity"},
    }


def test_awards_and_money_may_stand_in_either_column() -> None:
    rule = rule_of(shipped_form(), "X")
    assert isinstance(rule, EitherColumn)
    assert set(rule.rows) == {
        "awards_collectives",
        "awards_individuals",
        "funding_state_budget",
        "funding_other_sources",
    }


def test_people_in_the_first_row_move_to_the_row_of_participants() -> None:
    rule = rule_of(shipped_form(), "R6-move")
    assert isinstance(rule, MovesTo)
    assert (rule.cell, rule.target) == (Cell("classes_total", "people"), Cell("class_participants_total", "people"))


def test_money_without_any_activity_is_asked_for_both_sources_together() -> None:
    rule = rule_of(shipped_form(), "R5-idle")
    assert isinstance(rule, Implies)
    assert len(rule.if_all) == 2
    assert rule.if_any == ()


def test_every_outcome_of_every_rule_kind_has_one_code() -> None:
    assert set(RULE_CODES) == {(kind, outcome) for kind, outcomes in OUTCOMES.items() for outcome in outcomes}
    assert len(set(RULE_CODES.values())) == len(RULE_CODES)


def test_another_form_loads_by_the_same_code(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    assert form.measures == ("trees", "hectares", "households")
    assert Cell("cost", "hectares") in form.number_cells
    assert form.by_key["citrus"].optional == {"households"}
    assert form.subject == form.name


# No code knows the shipped form ---------------------------------------------------------------------------------


def code_files() -> list[Path]:
    return sorted([*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "schemas").glob("*.py")])


def spoken(file: Path) -> Iterator[str]:
    """Give every name and every text in the code of a file; docstrings and comments explain and do nothing."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    said = [node.body for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    explained = {id(one.value) for body in said for one in body if isinstance(one, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explained:
            yield node.value
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.keyword):
            yield node.arg or ""


def of_the_shipped_form() -> list[str]:
    form = shipped_form()
    registers = [load_register_csv(path, date(2020, 10, 1)) for path in REGISTERS.glob("*.csv")]
    names = [*(row.key for row in form.rows), *form.measures, form.letter_number, form.name]
    names += [text for row in form.rows for text in (row.label, row.title, row.short_label)]
    return [*names, *(unit.name for register in registers for unit in register.units)]


def test_no_row_label_measure_or_unit_of_the_form_stands_in_code() -> None:
    names = "|".join(re.escape(name) for name in sorted(of_the_shipped_form(), key=len, reverse=True))
    known = re.compile(rf"(?<!\w)(?:{names})(?!\w)")
    hits = {
        f"{file.relative_to(ROOT).as_posix()}: {found[0]}"
        for file in code_files()
        for text in spoken(file)
        if (found := known.search(text))
    }
    assert hits == set()


def test_the_search_for_the_form_in_code_would_find_it(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text('"""classes_total"""\nx = row["classes_total"].seminars\n', encoding="utf-8")
    assert {"classes_total", "seminars"} <= set(spoken(file))
    assert list(spoken(file)).count("classes_total") == 1


def test_only_the_default_of_the_command_line_names_the_shipped_form() -> None:
    ids = {file.relative_to(ROOT).as_posix() for file in code_files() if shipped_form().id in spoken(file)}
    assert ids <= {"pipeline/cli/__init__.py"}


# What a definition may not say although each line is right by itself ------------------------------------------------


def altered_form(folder: Path, *changes: tuple[str, str, str]) -> Path:
    """Copy the form of the letter with texts of its files replaced: (file, old, new)."""
    copy = folder / "form"
    shutil.copytree(FORMS / "htsd_2020", copy)
    for name, old, new in changes:
        text = (copy / name).read_text(encoding="utf-8")
        assert old in text, old
        (copy / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def refused(folder: Path) -> list[tuple[str, int | None, str]]:
    """Name file, line and field of all that is wrong."""
    with pytest.raises(DefinitionError) as error:
        load_form(folder)
    return [(one.file, one.line, one.field) for one in error.value.every]


LITERACY = "class_literacy,"


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.startswith(text))


def with_new_row(folder: Path) -> Path:
    """Add a row below others that a sum adds up, and name it in no sum."""
    copy = altered_form(folder)
    rows = copy / "rows.csv"
    lines = rows.read_text(encoding="utf-8").splitlines(keepends=True)
    head = lines[0].strip().split(",")
    cells = {"key": "class_digital_skills", "label": "Lớp kỹ năng số", "parent": "classes_total", "role": "input"}
    cells |= {"quantity": "count", "people": "count"}
    place = next(number for number, line in enumerate(lines) if line.startswith(LITERACY))
    lines.insert(place, ",".join(cells.get(name, "") for name in head) + "\n")
    rows.write_text("".join(lines), encoding="utf-8")
    return copy


def test_a_row_below_others_that_are_added_up_has_to_be_in_their_sum(tmp_path: Path) -> None:
    found = refused(with_new_row(tmp_path))
    assert {(file, field) for file, _, field in found} == {("form.toml", "parts")}
    assert len(found) == 2


def test_a_total_needs_a_rule_that_says_what_it_adds_up(tmp_path: Path) -> None:
    copy = altered_form(tmp_path, ("rows.csv", ",input,", ",total,"))
    ((file, line, field),) = refused(copy)
    assert (file, field) == ("rows.csv", "role")
    assert line is not None


def test_a_row_may_not_bear_the_text_of_a_head(tmp_path: Path) -> None:
    copy = altered_form(tmp_path)
    head = next(column.head[0] for column in load_form("htsd_2020").columns if column.role == "measure")
    rows = copy / "rows.csv"
    text = rows.read_text(encoding="utf-8")
    label = load_form("htsd_2020").by_key["class_literacy"].label
    rows.write_text(text.replace(label, head, 1), encoding="utf-8")
    assert ("rows.csv", line_of(copy, "rows.csv", LITERACY), "label") in refused(copy)


def test_an_alias_stands_there_once(tmp_path: Path) -> None:
    alias = load_form("htsd_2020").by_key["class_literacy"].aliases[0]
    copy = altered_form(
        tmp_path, ("form.toml", f'class_literacy = ["{alias}"', f'class_literacy = ["{alias}", "{alias}"')
    )
    assert refused(copy) == [("form.toml", line_of(copy, "form.toml", "class_literacy ="), "class_literacy")]


def test_more_cells_than_a_sheet_of_units_has_columns_are_refused(tmp_path: Path) -> None:
    copy = altered_form(tmp_path)
    rows = copy / "rows.csv"
    lines = rows.read_text(encoding="utf-8").splitlines()
    cells = {"role": "input", "quantity": "count", "people": "count"}
    for number in range(8_000):
        one = {**cells, "key": f"more_{number}", "label": f"Dòng thêm {number}"}
        lines.append(",".join(one.get(name, "") for name in lines[0].split(",")))
    rows.write_text("\n".join(lines), encoding="utf-8")
    assert ("rows.csv", len(lines), "rows") in refused(copy)


def test_all_that_is_wrong_in_a_definition_is_told_at_once(tmp_path: Path) -> None:
    copy = altered_form(
        tmp_path, ("form.toml", "limit = 300", "limit = 0"), ("form.toml", "at_least = 10000", "at_least = -1")
    )
    assert len(refused(copy)) == 2
    rows = altered_form(tmp_path / "other")
    text = (rows / "rows.csv").read_text(encoding="utf-8")
    (rows / "rows.csv").write_text(text.replace(",count,", ",number,", 3), encoding="utf-8")
    found = refused(rows)
    assert len(found) > 1
    assert {file for file, _, _ in found} == {"rows.csv"}


def test_rows_cut_by_semicolons_are_read_as_those_cut_by_commas(tmp_path: Path) -> None:
    copy = altered_form(tmp_path)
    rows = copy / "rows.csv"
    with rows.open(encoding="utf-8", newline="") as file:
        lines = list(csv.reader(file))
    with rows.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(lines)
    assert load_form(copy).rows == load_form("htsd_2020").rows


def test_rows_may_stand_in_a_workbook(tmp_path: Path) -> None:
    copy = altered_form(tmp_path)
    workbook = Workbook()
    sheet = workbook.create_sheet("Các dòng", 0)
    with (copy / "rows.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.reader(file):
            sheet.append(line)
    workbook.save(copy / "rows.xlsx")
    (copy / "rows.csv").unlink()
    assert load_form_of(str(copy)).rows == load_form("htsd_2020").rows
