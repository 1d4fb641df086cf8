"""The form is found by its words wherever it stands, and what is not sure is told, never guessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from random import Random

import pytest

from pipeline.extract.locate import accounts, locate
from pipeline.extract.returns import read_forms
from pipeline.extract.returns.unseen import as_seen, own_formulas
from pipeline.findings import load_wording, message
from pipeline.model import FileReading, Return
from pipeline.model.limits import DEFAULT
from pipeline.readers.book import Book
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import CellValue, Sheet, Unseen, cell_name
from schemas.rules import Cell, Severity
from tests import alterations as alter
from tests.alterations import ALTERATIONS, NOTHING_HIDDEN, Draft, Line, altered, as_sheet, fill
from tests.reading import desk, entry
from tests.unshown import UNSHOWN

UNIT, NEIGHBOUR = "07135", "07138"
ALIKE = ("class_professional_staff", "class_foreign_language_staff", "class_it_staff")


@pytest.fixture
def draft(blank_of: Callable[[str], Draft]) -> Draft:
    return fill(blank_of(UNIT), Random(7), blanks=0)


def read_sheets_of(sheets: Iterable[Sheet], path: str = "tra_loi.xlsx") -> FileReading:
    return read_forms(FileReading(path, "0" * 64, (), ()), sheets, Book(lambda sheet: NOTHING_HIDDEN), desk())


def read_one(draft: Draft) -> Return:
    (one,) = read_sheets_of([as_sheet(draft)[0]]).returns
    return one


def changed(draft: Draft, change: Callable[[Draft], None]) -> Return:
    def alteration(draft: Draft, rng: Random) -> None:
        change(draft)

    return read_one(altered(draft, alteration, Random(0)))


def codes(one: Return) -> list[str]:
    return [told.code for told in one.findings]


def row_findings(one: Return, row: str) -> list[str]:
    return [told.code for told in one.findings if told.row == row]


def line_of(draft: Draft, key: str) -> Line:
    line = draft.line(key)
    assert line is not None
    return line


def relabelled(draft: Draft, labels: dict[str, str], *, keys: bool = True) -> Return:
    def change(draft: Draft) -> None:
        for key, label in labels.items():
            line_of(draft, key).cells["label"] = label
        for line in draft.rows() if not keys else ():
            line.cells.pop("row_key")

    return changed(draft, change)


# The three rows that are most alike -------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [True, False])
def test_similar_rows_that_change_places_keep_their_numbers(draft: Draft, keys: bool) -> None:
    def change(draft: Draft) -> None:
        lines = [line_of(draft, key) for key in ALIKE]
        places = [draft.place(line) for line in lines]
        for place, line in zip(places, reversed(lines), strict=True):
            draft.lines[place] = line
        for line in draft.rows() if not keys else ():
            line.cells.pop("row_key")

    one = changed(draft, change)
    for key in ALIKE:
        assert entry(one, key, "people").value == draft.truth[Cell(key, "people")]
    assert "S008" in codes(one)


def test_similar_rows_misspelt_are_told_and_never_taken_for_each_other(draft: Draft) -> None:
    labels = {
        ALIKE[0]: "Bồi dưõng nâng cao trình dộ chuyen mon nghịep vụ cho cán bộ, công chức, viên chức (các câp)",
        ALIKE[1]: "Bồi dưỡng nâng cao trình độ ngọai ngũ cho cán bộ công chúc viên chức (cac cap)",
        ALIKE[2]: "Bồi dưỡng nâng cao trình đô tin hoc cho cán bộ,công chức viên chức các câps",
    }
    one = relabelled(draft, labels, keys=False)
    for key in ALIKE:
        assert entry(one, key, "quantity").value == draft.truth[Cell(key, "quantity")]
    assert row_findings(one, ALIKE[2]) == ["S002"]


def test_a_similar_row_cut_short_of_what_sets_it_apart_takes_no_number(draft: Draft) -> None:
    one = relabelled(draft, dict.fromkeys(ALIKE, "Bồi dưỡng nâng cao trình độ cho cán bộ"), keys=False)
    for key in ALIKE:
        assert entry(one, key, "quantity").value is None
    assert {told.code for told in one.findings if told.severity is Severity.ERROR} <= {"S007", "S001", "S009"}


def test_a_label_cut_short_of_what_sets_its_row_apart_from_kin_is_no_row(draft: Draft) -> None:
    short = "Bồi dưỡng nâng cao trình độ cho cán bộ, công chức, viên chức (các cấp)"
    verdict = desk().labels.likeness.closest(short, [ALIKE[2]])
    assert (verdict.key, verdict.score > 0) == (None, True)
    one = relabelled(draft, {ALIKE[2]: short}, keys=False)
    assert entry(one, ALIKE[2], "quantity").value is None


def test_a_label_more_like_a_row_that_stands_elsewhere_is_not_the_missing_one(draft: Draft) -> None:
    label = "Tổ chức hoạt động văn nghệ"
    verdict = desk().labels.likeness.closest(label, ["culture_sport_total"])
    assert (verdict.key, verdict.score > 0) == (None, True)
    one = relabelled(draft, {"culture_sport_total": label}, keys=False)
    assert entry(one, "culture_sport_total", "quantity").value is None
    assert "S001" in codes(one)


def test_labels_alone_shifted_against_keys_units_and_numbers_count_for_no_row(draft: Draft) -> None:
    rows = draft.form.rows
    keys = [row.key for row in rows[rows.index(draft.form.by_key["news_items"]) :][:9]]
    labels = [draft.form.by_key[key].label for key in keys]
    one = relabelled(draft, dict(zip(keys, ["", *labels[:-1]], strict=True)))
    assert ("S014" in codes(one), codes(one).count("S015")) == (False, 1)
    assert not any(each.counted for each in one.entries if each.row in keys and each.measure != "note")


def test_a_label_that_says_little_is_no_row_in_another_group(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        line = line_of(draft, "awards_collectives")
        draft.lines.remove(line)
        other = Line("extra", {"label": line.cells["label"], "quantity": 5.0})
        draft.lines.insert(draft.place(line_of(draft, "class_it_staff")), other)
        for each in draft.rows():
            each.cells.pop("row_key")

    one = changed(draft, change)
    assert entry(one, "awards_collectives", "quantity").value is None
    assert {"S001", "S003"} <= set(codes(one))


def test_the_labels_of_two_rows_exchanged_against_their_keys_count_for_neither(draft: Draft) -> None:
    form = desk().form
    one = relabelled(draft, {ALIKE[0]: form.by_key[ALIKE[1]].label, ALIKE[1]: form.by_key[ALIKE[0]].label})
    assert [entry(one, key, "people").value for key in ALIKE[:2]] == [None, None]
    assert codes(one).count("S015") == 1
    assert entry(one, ALIKE[2], "people").value == draft.truth[Cell(ALIKE[2], "people")]


# Rows -------------------------------------------------------------------------------------------------------------


def test_keys_shifted_beside_their_rows_are_set_aside_and_told_once(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        keys = [line.cells["row_key"] for line in draft.rows()]
        for line, key in zip(draft.rows(), ["", *keys], strict=False):
            line.cells["row_key"] = key

    one = changed(draft, change)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert codes(one).count("S014") == 1


def test_a_row_used_for_another_activity_is_not_counted_for_its_key(draft: Draft) -> None:
    one = relabelled(draft, {"class_literacy": "Lớp lý luận chính trị cho đảng viên"})
    assert entry(one, "class_literacy", "people").value is None
    assert row_findings(one, "class_literacy") == ["S007"]


def test_names_of_awards_listed_under_the_donors_are_no_awards(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        at = draft.place(line_of(draft, "book_donors")) + 1
        for label in ("Cá nhân", "Tập thể"):
            draft.lines.insert(at, Line("extra", {"label": label, "quantity": 5.0, "people": 6.0}))
        for key in ("awards_collectives", "awards_individuals"):
            for measure in ("quantity", "people"):
                line_of(draft, key).cells.pop(measure, None)

    one = changed(draft, change)
    assert entry(one, "awards_collectives", "quantity").value is None
    assert entry(one, "awards_individuals", "people").value is None
    assert codes(one).count("S003") == 2


def test_a_row_that_stands_there_twice_with_numbers_counts_for_neither(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        line = line_of(draft, "books_donated")
        draft.lines.insert(draft.place(line), Line("extra", {**line.cells, "quantity": 1.0}))

    one = changed(draft, change)
    assert entry(one, "books_donated", "quantity").value is None
    assert codes(one) == ["S009"]


def test_numbers_in_a_row_without_label_are_told_with_the_rows_around_them(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        draft.lines.insert(draft.place(line_of(draft, "sports_events")) + 1, Line("extra", {"quantity": 9.0}))

    (told,) = [told for told in changed(draft, change).findings if told.code == "S017"]
    titles = desk().form.by_key
    assert told.facts["rows"] == (titles["sports_events"].title, titles["arts_events"].title)
    assert told.facts["numbers"] == ("9",)


def test_many_missing_rows_are_told_in_one_finding(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        draft.lines[:] = [line for line in draft.lines if not line.key.startswith("class_")]

    one = changed(draft, change)
    (told,) = [told for told in one.findings if told.code == "S001"]
    assert told.facts["count"] == 13
    first = line_of(draft, "classes_total")
    assert told.cell == cell_name(draft.place(first), draft.columns.index("label"))
    assert len(one.findings) < 10


def test_a_row_with_its_key_and_a_row_with_its_label_count_for_neither(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        line = line_of(draft, ALIKE[2])
        copied = {name: value for name, value in line.cells.items() if name != "row_key"}
        line.cells["label"] = "Lớp máy tính cho cán bộ"
        at = draft.place(line_of(draft, "classes_total"))
        draft.lines[at:at] = [
            Line("extra", {"label": "Trong đó: Trường THCS"}),
            Line("extra", {**copied, "people": 3.0}),
        ]

    one = changed(draft, change)
    assert entry(one, ALIKE[2], "people").value is None
    (told,) = [told for told in one.findings if told.row == ALIKE[2]]
    own = draft.place(line_of(draft, ALIKE[2])) + 1
    assert (told.code, told.facts["seen"]) == ("S009", ("B17", f"B{own + 2}"))
    assert f"B{own + 2}" not in [told.cell for told in one.findings if told.code == "S003"]


def test_a_row_with_its_label_that_counts_for_a_blank_one_with_its_key_is_told(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        line = line_of(draft, "class_literacy")
        copied = {name: value for name, value in line.cells.items() if name != "row_key"}
        line.cells = {"row_key": "class_literacy", "label": "Xóa mù chử"}
        draft.lines.insert(draft.place(line_of(draft, "classes_total")), Line("extra", copied))

    one = changed(draft, change)
    assert entry(one, "class_literacy", "people").value == draft.truth[Cell("class_literacy", "people")]
    assert row_findings(one, "class_literacy") == ["S002"]


@pytest.mark.parametrize(
    "mark",
    ["1/ ", "a/ ", "1- ", "a- ", "1: ", "II. ", "VIII. ", "IV ", "1.1 ", "1.1.1 ", "1 ", "(a) ", "1,2. ", "o ", "→ "],
)
@pytest.mark.parametrize("keys", [True, False])
def test_what_lists_a_label_is_no_part_of_it(draft: Draft, mark: str, keys: bool) -> None:
    labels = {row.key: mark + row.label for row in draft.form.rows}
    one = relabelled(draft, labels, keys=keys)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert codes(one) == []


@pytest.mark.parametrize("keys", [True, False])
def test_the_unit_of_measure_in_brackets_behind_a_label_is_no_part_of_it(draft: Draft, keys: bool) -> None:
    labels = {row.key: f"{row.label} ({row.unit_of_measure})" for row in draft.form.rows if row.unit_of_measure}
    assert codes(relabelled(draft, labels, keys=keys)) == []


def test_another_unit_of_money_behind_a_label_is_told(draft: Draft) -> None:
    label = draft.form.by_key["funding_state_budget"].label
    one = relabelled(draft, {"funding_state_budget": f"{label} (nghìn đồng)"})
    assert "S010" in row_findings(one, "funding_state_budget")
    assert entry(one, "funding_state_budget", "quantity").value is None


def test_a_table_whose_labels_were_all_retyped_is_found_below_its_head(draft: Draft) -> None:
    labels = {row.key: f"Lớp {row.label}" if row.parent else f"{row.label} trong kỳ" for row in draft.form.rows}
    one = relabelled(draft, labels, keys=False)
    counted = {each.key: each.value for each in one.entries if each.counted}
    assert len(counted) > len(draft.truth) / 2
    assert counted.items() <= draft.truth.items()


def test_more_than_four_rows_of_similar_labels_are_told_in_one_finding(draft: Draft) -> None:
    keys = [row.key for row in draft.form.rows if row.parent and len(row.label) > 40][:5]
    labels = {key: f"{draft.form.by_key[key].label} phường" for key in keys}
    (told,) = [told for told in relabelled(draft, labels).findings if told.code == "S002"]
    assert (told.row, told.facts["count"]) == (None, 5)
    assert told.facts["rows"] == tuple(draft.form.by_key[key].title for key in keys)
    fewer = relabelled(draft, {key: labels[key] for key in keys[:4]})
    assert [told.row for told in fewer.findings if told.code == "S002"] == keys[:4]


# Columns and units ------------------------------------------------------------------------------------------------


def test_the_keys_are_found_though_both_lines_of_the_head_are_retyped(draft: Draft) -> None:
    def retype(draft: Draft) -> None:
        heads = {"Các hoạt động": "Tên hoạt động", "Người": "Nsười"}
        for line in draft.lines:
            for name, value in line.cells.items() if line.kind == "head" else ():
                line.cells[name] = heads.get(str(value), value)
        line_of(draft, "class_it_staff").cells["label"] = "Lớp máy tính cho cán bộ"

    one = changed(draft, retype)
    assert row_findings(one, "class_it_staff") == ["S007"]


def test_a_pair_in_one_cell_is_read_where_the_other_column_is_missing(draft: Draft) -> None:
    pair = Cell("class_life_skills_students", "people")

    def drop(draft: Draft) -> None:
        line_of(draft, pair.row).cells["quantity"] = "12 lớp/340 người"
        draft.columns.remove(pair.measure)

    one = changed(draft, drop)
    assert (entry(one, *pair).value, entry(one, pair.row, "quantity").value) == (340, 12)
    assert {"V025", "S006"} <= set(codes(one))


def test_two_columns_under_one_head_count_for_neither_and_leave_the_other_measure(draft: Draft) -> None:
    one = read_one(altered(draft, alter.second_people_column, Random(3)))
    (told,) = [told for told in one.findings if told.code == "S016"]
    other = next(measure for measure in desk().form.measures if measure != told.measure)
    assert not any(each.counted for each in one.entries if each.measure == told.measure)
    assert entry(one, "class_literacy", other).value == draft.truth[Cell("class_literacy", other)]


@pytest.mark.parametrize(
    "said",
    [
        "Đơn vị tính: nghìn đồng",
        "ĐVT: triệu",
        "(Đơn vị: 1.000 đồng)",
        "Kinh phí tính bằng triệu đồng",
        "Kinh phí (trđ)",
    ],
)
def test_money_in_thousands_counts_nowhere_wherever_it_is_said(draft: Draft, said: str) -> None:
    one = changed(draft, lambda draft: draft.lines.insert(0, Line("top", {"note": said})))
    for row in ("funding_state_budget", "funding_other_sources"):
        assert entry(one, row, "quantity").value is None
        assert row_findings(one, row) == ["S010"]


@pytest.mark.parametrize("size", [1000.0, 1_000_000, "1.000", "1.000.000", "nghìn", "Triệu"])
@pytest.mark.parametrize("label", ["Đơn vị tính", "ĐVT:", "Đơn vị:"])
def test_a_size_beside_the_words_for_the_unit_of_measure_counts_money_nowhere(
    draft: Draft, label: str, size: CellValue
) -> None:
    one = changed(draft, lambda draft: draft.lines.insert(0, Line("top", {"people": label, "note": size})))
    assert row_findings(one, "funding_state_budget") == ["S010"]
    assert entry(one, "funding_state_budget", "quantity").value is None


def test_the_unit_that_sends_a_form_is_no_size(draft: Draft) -> None:
    one = changed(draft, lambda draft: draft.lines.insert(0, Line("top", {"people": "Đơn vị:", "note": "07135"})))
    assert "S010" not in codes(one)


def test_a_sum_of_millions_in_a_remark_is_no_unit_of_measure(draft: Draft) -> None:
    remark = "Huy động thêm 15 triệu đồng và 2.000.000 đồng tiền sách"
    one = changed(draft, lambda draft: draft.lines.insert(0, Line("top", {"note": remark})))
    assert entry(one, "funding_state_budget", "quantity").value is not None
    assert "S010" not in codes(one)


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("funding_state_budget", "số liệu tính theo nghìn"),
        ("funding_other_sources", "Đơn vị tính: triệu đồng"),
        ("news_items", "ĐVT: triệu đồng"),
        ("news_items", "kinh phí ghi bằng triệu"),
    ],
)
def test_a_note_that_names_a_multiple_of_money_counts_the_money_nowhere(draft: Draft, row: str, note: str) -> None:
    one = changed(draft, lambda draft: line_of(draft, row).cells.update(note=note))
    told = [(each.row, each.cell, each.counted) for each in one.findings if each.code == "S010"]
    cell = f"F{draft.place(line_of(draft, row)) + 1}"
    assert told == [("funding_state_budget", cell, False), ("funding_other_sources", cell, False)]
    assert entry(one, "funding_state_budget", "quantity").value is None


SUMS = [
    *("chi theo tỷ lệ", "ghi theo ngân sách xã", "15 triệu đồng của ngân hàng", "tính theo nghìn lượt"),
    *("Bằng chữ: Mười triệu đồng", "Công ty A ủng hộ một triệu đồng", "khoảng vài triệu đồng", "hàng trăm triệu đồng"),
    *("mỗi suất trị giá năm trăm nghìn đồng", "hai trăm linh năm triệu đồng", "mấy chục triệu đồng"),
]


@pytest.mark.parametrize("note", SUMS)
@pytest.mark.parametrize("row", ["funding_state_budget", "other_content"])
def test_a_sum_or_words_that_only_look_like_a_size_are_no_unit_of_measure(draft: Draft, row: str, note: str) -> None:
    one = changed(draft, lambda draft: line_of(draft, row).cells.update(note=note))
    assert "S010" not in codes(one)


def test_a_sum_in_words_below_the_table_is_no_unit_of_measure(draft: Draft) -> None:
    said = "Tổng kinh phí: Mười bốn triệu đồng chẵn"
    assert "S010" not in codes(changed(draft, lambda draft: draft.lines.append(Line("below", {"label": said}))))


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("other_content", "quantity", "Kinh phí ở mục 9 tính bằng nghìn đồng"),
        ("other_content", "quantity", "Kinh phí năm (triệu đồng) ghi ở mục 9"),
        ("other_content", "note", "Kinh phí: nghìn đồng"),
        ("seminars", "note", "Kinh phí: đơn vị nghìn đồng"),
        ("funding", "unit_of_measure", "nghìn đồng"),
        ("funding", "quantity", "nghìn đồng"),
        ("funding", "people", "(ĐVT: 1000đ)"),
        ("funding", "label", "Kinh phí (ngđ)"),
        ("funding", "label", "Kinh phí (n.đ)"),
        ("funding", "label", "Kinh phí (k)"),
        ("funding", "label", "Kinh phí (x1000)"),
        ("funding", "note", "10^3 đồng"),
        ("funding", "note", "10³ đ"),
        ("funding_state_budget", "stt", "ngđ"),
    ],
)
def test_money_in_thousands_is_heard_in_every_cell_that_may_say_so(
    draft: Draft, row: str, column: str, said: str
) -> None:
    one = changed(draft, lambda draft: line_of(draft, row).cells.update({column: said}))
    for money in ("funding_state_budget", "funding_other_sources"):
        assert entry(one, money, "quantity").value is None
        assert "S010" in row_findings(one, money)


def test_money_in_thousands_is_heard_in_the_name_of_the_sheet(draft: Draft) -> None:
    draft.sheet = "Bieu (nghin dong)"
    assert entry(read_one(draft), "funding_state_budget", "quantity").value is None


def test_money_typed_with_its_currency_is_no_unit_of_measure(draft: Draft) -> None:
    for typed in ("1.000.000 đồng", "1.000.000 đ", "5 triệu"):
        row = line_of(draft, "funding_state_budget")
        row.cells["quantity"] = typed
        one = read_one(draft)
        assert "S010" not in codes(one)
        assert entry(one, "funding_state_budget", "quantity").value


def test_a_line_of_its_own_that_tells_figures_is_a_warning(draft: Draft) -> None:
    def told_of(label: str) -> list[str]:
        def change(draft: Draft) -> None:
            at = draft.place(line_of(draft, "news_items"))
            draft.lines.insert(at, Line("extra", {"label": label}))

        return [told.severity for told in changed(draft, change).findings if told.code == "S003"]

    assert told_of("+ 5 lớp, 248 người") == [Severity.WARNING]
    assert told_of("- 33 người") == [Severity.WARNING]
    assert told_of("1. Trong đó có lớp học tối") == [Severity.INFO]


def test_a_number_as_the_unit_of_measure_of_money_is_another_unit(draft: Draft) -> None:
    row = "funding_state_budget"
    one = changed(draft, lambda draft: line_of(draft, row).cells.update(unit_of_measure=1000.0))
    assert row_findings(one, row) == ["S010"]
    assert "S004" not in codes(one)
    assert entry(one, row, "quantity").value is None


# Heads that say something else --------------------------------------------------------------------------------------


def with_sub_heads(draft: Draft, *heads: CellValue) -> Return:
    def change(draft: Draft) -> None:
        line = next(line for line in draft.lines if "Người" in line.cells.values() and line.kind != "row")
        measures = desk().form.measures
        for measure, head in zip(measures, heads, strict=True):
            line.cells[measure] = head

    return changed(draft, change)


@pytest.mark.parametrize(
    "heads",
    [
        ("Kế hoạch", "Thực hiện"),
        ("Nam", "Nữ"),
        ("Số lớp/số cuộc thi năm 2019", "Số lớp/số cuộc thi năm 2020"),
        (2019.0, 2020.0),
    ],
)
def test_sub_heads_that_say_something_else_are_never_overruled_by_their_order(
    draft: Draft, heads: tuple[CellValue, CellValue]
) -> None:
    one = with_sub_heads(draft, *heads)
    assert [told.measure for told in one.findings if told.code == "S006"] == list(desk().form.measures)
    assert not any(each.value is not None for each in one.entries)
    assert "S004" in codes(one)
    assert not one.is_empty


def test_a_form_whose_figures_nobody_sees_under_heads_nobody_knows_is_not_empty(draft: Draft) -> None:
    for line in draft.rows():
        for measure in (*draft.form.measures, "note"):
            if line.cells.pop(measure, "") != "" and measure != "note":
                line.cells[measure] = Unseen("V009", "=")
    heads = {"quantity": "Nam", "people": "Nữ"}
    label_head(draft).cells.update(heads)
    next(line for line in reversed(draft.lines) if line.kind == "head").cells.update(heads)
    sheet, facts = as_sheet(draft)
    (one,) = read_forms(FileReading("a.xlsx", "0" * 64, (), ()), [sheet], Book(lambda _: facts), desk()).returns
    assert {"S006", "S020"} <= set(codes(one))
    assert not one.is_empty


def test_one_sub_head_not_understood_leaves_the_other_measure(draft: Draft) -> None:
    one = with_sub_heads(draft, "Kế hoạch", "Người")
    assert [told.measure for told in one.findings if told.code == "S006"] == ["quantity"]
    cell = Cell("class_literacy", "people")
    assert entry(one, *(cell.row, cell.measure)).value == draft.truth[cell]


def test_blank_sub_heads_are_known_by_their_order_and_told(draft: Draft) -> None:
    one = with_sub_heads(draft, "", "")
    assert "S006" not in codes(one)
    assert "S011" in codes(one)
    cell = Cell("class_literacy", "quantity")
    assert entry(one, cell.row, cell.measure).value == draft.truth[cell]


def divided(draft: Draft, measure: str, left: CellValue, right: CellValue, *, upper: bool = False) -> Return:
    """Put other figures left of those of a measure, below its head, and a word below or above each column."""

    def change(draft: Draft) -> None:
        name = alter.new_column(draft, draft.columns.index(measure), "left")
        heads = [line for line in draft.lines if line.kind == "head"]
        for line in heads:
            line.cells |= {name: line.cells.pop(measure)} if measure in line.cells else {}
        for line in draft.rows():
            if isinstance(value := line.cells.get(measure), float):
                line.cells[name] = value + 1
        below = Line("head", {name: left, measure: right})
        draft.lines.insert(draft.place(heads[0 if upper else -1]) + 1, below)

    return changed(draft, change)


@pytest.mark.parametrize(
    ("left", "right"),
    [("Năm 2019", "Năm 2020"), ("2019", "2020"), (2019.0, 2020.0), ("Cùng kỳ", "Thực hiện 2020"), ("KH", "2020")],
)
@pytest.mark.parametrize("measure", ["quantity", "people"])
def test_of_columns_below_one_head_that_of_the_form_s_own_year_counts(
    draft: Draft, measure: str, left: CellValue, right: CellValue
) -> None:
    one = divided(draft, measure, left, right)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert "S016" not in codes(one)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Kế hoạch", "Thực hiện"),
        ("Nữ", "Tổng số"),
        ("Năm trước", "Năm nay"),
        ("KH 2020", "Kết quả"),
        ("Kế hoạch 2020", "Thực hiện 2020"),
        ("", "Tổng số"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("measure", ["quantity", "people"])
def test_columns_below_one_head_that_no_year_tells_apart_count_for_neither(
    draft: Draft, measure: str, left: str, right: str
) -> None:
    one = divided(draft, measure, left, right)
    column = draft.columns.index(measure)
    (told,) = [told for told in one.findings if told.code == "S016"]
    assert told.measure == measure
    assert told.facts["seen"] == tuple(cell_name(15 if left or right else 14, place) for place in (column, column + 1))
    assert not any(each.counted for each in one.entries if each.measure == measure)
    assert any(each.counted for each in one.entries if each.measure != measure)


def test_years_below_heads_are_seen_where_the_word_over_the_labels_is_another_too(draft: Draft) -> None:
    renamed = altered(draft, lambda draft, rng: label_head(draft).cells.update(label="Tên hoạt động"), Random(0))
    one = divided(renamed, "people", "Năm 2019", "Năm 2020")
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth


def label_head(draft: Draft) -> Line:
    return next(line for line in draft.lines if line.kind == "head" and "label" in line.cells)


@pytest.mark.parametrize(("last", "this"), [("Năm 2019", "Năm 2020"), ("Cùng kỳ 2019", "Năm nay"), (2019.0, 2020.0)])
def test_of_two_pairs_of_columns_under_two_years_that_of_the_form_counts(
    draft: Draft, last: CellValue, this: CellValue
) -> None:
    def change(draft: Draft) -> None:
        heads = [line for line in draft.lines if line.kind == "head"]
        left, right = draft.form.measures
        names = {right: alter.new_column(draft, 3, "last"), left: alter.new_column(draft, 3, "last")}
        for line in (heads[-1], *draft.rows()):
            line.cells |= {names[name]: line.cells[name] for name in names if name in line.cells}
        for line in draft.rows():
            line.cells |= {
                name: value + 1 for name in names.values() if isinstance(value := line.cells.get(name), float)
            }
        heads[0].cells |= {names[left]: last, left: this}

    one = changed(draft, change)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert "S016" not in codes(one)


def test_a_word_for_a_plan_over_the_figures_is_told(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        label_head(draft).cells["quantity"] = "Kế hoạch"

    (told,) = [told for told in changed(draft, change).findings if told.code == "S018"]
    assert told.cell == "D14"


# What stands beside the table ---------------------------------------------------------------------------------------


def typed_beside(draft: Draft, value: CellValue) -> tuple[Return, str]:
    """Read a form with a value right of a row; gives the return and the cell of the value."""
    draft.columns.append("beside")
    line = line_of(draft, "class_literacy")
    line.cells["beside"] = value
    return read_one(draft), cell_name(draft.place(line), len(draft.columns) - 1)


@pytest.mark.parametrize("typed", ["12", "15.000.000", "15000000", "(12)", "12 lớp (mười hai)", 12.0])
def test_a_number_beside_the_table_is_told_also_where_the_guide_has_it_as_an_example(
    draft: Draft, typed: CellValue
) -> None:
    one, cell = typed_beside(draft, typed)
    assert [told.cell for told in one.findings if told.code == "S004"] == [cell]


def test_every_number_beside_the_table_stands_in_the_report_with_its_address(draft: Draft) -> None:
    draft.columns.append("beside")
    lines = draft.rows()[:30]
    for number, line in enumerate(lines, 101):
        line.cells["beside"] = float(number)
    (told,) = [told for told in read_one(draft).findings if told.code == "S004"]
    cells = [cell_name(draft.place(line), len(draft.columns) - 1) for line in lines]
    assert told.cell == cells[0]
    assert str(told.found).split("; ") == [f"{cell}: {number}" for number, cell in enumerate(cells, 101)]
    said = message(told, desk().form, "vi")
    assert f"{cells[0]}:{cells[-1]}" in said
    assert "130" not in said
    assert load_wording("vi").words["more"].format(count=25) in said


def test_a_word_for_zero_beside_the_table_is_told(draft: Draft) -> None:
    one, cell = typed_beside(draft, "Không")
    assert [told.cell for told in one.findings if told.code == "S005"] == [cell]


@pytest.mark.parametrize("is_formula", [True, False])
def test_a_text_beside_the_table_is_told_also_where_a_formula_says_it(draft: Draft, is_formula: bool) -> None:
    said = "Số liệu đã đối chiếu với các khu"
    top = altered(draft, lambda draft, rng: draft.lines.insert(0, Line("top", {"stt": said})), Random(0))
    sheet, facts = as_sheet(top)
    facts = replace(facts, formulas=frozenset({(0, 0)} if is_formula else ()))
    (one,) = read_forms(FileReading("a.xlsx", "0" * 64, (), ()), [sheet], Book(lambda _: facts), desk()).returns
    assert [told.cell for told in one.findings if told.code == "S005"] == ["A1"]


def test_no_furniture_reads_as_a_number() -> None:
    assert not desk().labels.furniture & {"12", "15000000", "khong", "muoihai", "dung", "chua", "co"}


def test_a_row_key_is_furniture_wherever_it_stands(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        draft.columns.append("beside")
        for line in draft.rows():
            line.cells["beside"] = line.cells.pop("row_key", "")

    one = changed(draft, change)
    assert not {"S004", "S005"} & set(codes(one))


def under_title(draft: Draft, title: str, *, is_stamped: bool) -> Return:
    def change(draft: Draft) -> None:
        for line in draft.lines if not is_stamped else ():
            line.cells = {name: value for name, value in line.cells.items() if value != draft.form.id}
        draft.lines.insert(0, Line("top", {"stt": title}))

    return changed(draft, change)


@pytest.mark.parametrize(
    ("title", "is_another"),
    [
        ("BIỂU TỔNG HỢP TUẦN LỄ HƯỞNG ỨNG HỌC TẬP SUỐT ĐỜI NĂM 2021", True),
        ("Kết quả Tuần lễ năm 2019", True),
        ("Kết quả thực hiện Tuần lễ năm 2019", True),
        ("Biểu số 2: Kết quả Tuần lễ năm 2019", True),
        ("Kết quả Tuần lễ năm 2020 (so với năm 2019)", False),
        ("Quảng Yên, ngày 10 tháng 10 năm 2021", False),
        ("Năm học 2020-2021", False),
        ("Năm học 2019-2020", True),
        ("Đề án xây dựng xã hội học tập đến năm 2030", False),
        ("Căn cứ Kế hoạch số 12 năm 2019 của UBND thị xã", False),
        ("Thực hiện Quyết định số 89 năm 2013 của Thủ tướng", False),
        ("(Kèm theo Báo cáo số 15 năm 2021)", False),
        ("Mẫu ban hành năm 2018", False),
    ],
)
def test_the_title_of_another_year_is_another_form_and_only_told_beside_the_stamp(
    draft: Draft, title: str, is_another: bool
) -> None:
    for is_stamped, code in ((False, "F015"), (True, "S018")):
        told = under_title(draft, title, is_stamped=is_stamped).findings
        cells = [(each.code, each.cell) for each in told if each.code in ("F015", "S018")]
        assert cells == ([(code, "A1")] if is_another else [])


def test_a_title_that_is_told_is_not_told_again_as_a_text(draft: Draft) -> None:
    assert codes(under_title(draft, "Kết quả Tuần lễ năm 2019", is_stamped=True)) == ["S018"]


@pytest.mark.parametrize(
    ("name", "code"),
    [("2019", "S018"), ("HTSD 2021", "S018"), ("Kế hoạch", "S018"), ("2020", None), ("2019-2020", None), ("PL2", None)],
)
def test_the_name_of_a_sheet_is_a_title(draft: Draft, name: str, code: str | None) -> None:
    (one,) = read_sheets_of([replace(as_sheet(draft)[0], name=name)]).returns
    assert [(told.code, told.found) for told in one.findings] == ([(code, name)] if code else [])


def test_a_sheet_named_after_another_year_and_without_the_stamp_is_another_form(draft: Draft) -> None:
    pasted = as_sheet(altered(draft, alter.values_only, Random(0)))[0]
    (one,) = read_sheets_of([replace(pasted, name="2019")]).returns
    assert "F015" in codes(one)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Bao cao Tuan le HTSD nam 2019 - P Dong Mai.xlsx", "F015"),
        ("goi.zip!Ke hoach Tuan le.xlsx", "S018"),
        ("07135 Dong Mai 10.10.2019.xlsx", None),
        ("2019/07135 Dong Mai.xlsx", "S018"),
        ("Thang 10 gui ve/07135 Dong Mai.xlsx", None),
    ],
)
def test_the_name_of_a_file_refuses_a_form_without_a_period(draft: Draft, path: str, code: str | None) -> None:
    (one,) = read_sheets_of([as_sheet(altered(draft, alter.values_only, Random(0)))[0]], path).returns
    assert [told.code for told in one.findings if told.code in ("F015", "S018")] == ([code] if code else [])


@pytest.mark.parametrize(
    ("title", "is_told"),
    [
        ("KẾ HOẠCH TỔ CHỨC TUẦN LỄ NĂM 2020", True),
        ("Số liệu dự kiến", True),
        ("6 tháng đầu năm 2020", True),
        ("Báo cáo Quý III năm 2020", True),
        ("Kế hoạch số 15/KH-UBND ngày 20/9/2020", False),
        ("Thực hiện Kế hoạch của UBND thị xã", False),
        ("Kính gửi: Quý cơ quan", False),
        ("Ngày 7 tháng 10", False),
    ],
)
def test_the_title_of_a_plan_or_of_another_period_is_told(draft: Draft, title: str, is_told: bool) -> None:
    one = changed(draft, lambda draft: draft.lines.insert(0, Line("top", {"stt": title})))
    assert ("S018" in codes(one)) is is_told
    assert entry(one, "news_items", "quantity").value == draft.truth[Cell("news_items", "quantity")]


# Several forms, several sheets ------------------------------------------------------------------------------------


def stacked(*drafts: Draft) -> Sheet:
    rows: list[list[CellValue]] = []
    for draft in drafts:
        rows += [*map(list, as_sheet(draft)[0].rows), ["", ""]]
    return Sheet("Bieu", False, 0, 0, rows, ())


def test_two_forms_one_below_the_other_are_two_returns(blank_of: Callable[[str], Draft]) -> None:
    drafts = [fill(blank_of(unit), Random(index)) for index, unit in enumerate((UNIT, NEIGHBOUR))]
    reading = read_sheets_of([stacked(*drafts)])
    assert [one.claim.unit for one in reading.returns] == [UNIT, NEIGHBOUR]
    assert [one.path for one in reading.returns] == ["tra_loi.xlsx#Bieu (1)", "tra_loi.xlsx#Bieu (2)"]
    for one, draft in zip(reading.returns, drafts, strict=True):
        assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert [told.code for told in reading.findings] == ["F024"]


def test_a_table_that_begins_anew_without_a_head_is_a_second_return(blank_of: Callable[[str], Draft]) -> None:
    first, second = (fill(blank_of(UNIT), Random(seed), blanks=0) for seed in (1, 2))
    second.lines[:] = second.rows()
    reading = read_sheets_of([stacked(first, second)])
    assert len(reading.returns) == 2
    for one, draft in zip(reading.returns, (first, second), strict=True):
        assert {each.key: each.value for each in one.entries if each.counted} == draft.truth


def test_a_head_printed_again_on_the_next_page_does_not_cut_the_form(draft: Draft) -> None:
    def change(draft: Draft) -> None:
        heads = [replace(line, cells=dict(line.cells)) for line in draft.lines if line.kind == "head"]
        at = draft.place(line_of(draft, "book_drive"))
        draft.lines[at:at] = heads

    one = changed(draft, change)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth


@pytest.mark.parametrize(
    ("name", "text"),
    [("stt", ""), ("note", ""), ("unit_of_measure", ""), ("label", "Nội dung"), ("label", "Tên hoạt động")],
)
@pytest.mark.parametrize("row", ["book_drive", "funding_state_budget"])
def test_a_head_printed_again_in_part_or_in_other_words_does_not_cut_the_form(
    draft: Draft, row: str, name: str, text: str
) -> None:
    def change(draft: Draft) -> None:
        heads = [Line("extra", dict(line.cells)) for line in draft.lines if line.kind == "head"]
        heads[0].cells[name] = text
        at = draft.place(line_of(draft, row))
        draft.lines[at:at] = heads

    one = changed(draft, change)
    assert {each.key: each.value for each in one.entries if each.counted} == draft.truth
    assert [told.code for told in one.findings if told.severity is not Severity.INFO] == []


@pytest.mark.parametrize("label", ["Các hoạt động", "Tên hoạt động"])
@pytest.mark.parametrize("row", ["book_drive", "funding_state_budget"])
def test_measures_exchanged_below_a_head_printed_again_count_nowhere(draft: Draft, row: str, label: str) -> None:
    left, right = draft.form.measures

    def change(draft: Draft) -> None:
        label_head(draft).cells["label"] = label
        heads = [Line("extra", dict(line.cells)) for line in draft.lines if line.kind == "head"]
        at = draft.place(line_of(draft, row))
        for line in (heads[-1], *draft.lines[at:]):
            line.cells[left], line.cells[right] = line.cells.get(right, ""), line.cells.get(left, "")
        draft.merges.clear()
        draft.lines[at:at] = heads

    one = changed(draft, change)
    assert [told.measure for told in one.findings if told.code == "S016"] == [left, right]
    assert not any(each.counted for each in one.entries)


def test_an_upper_table_under_another_word_over_its_labels_is_not_passed_over(draft: Draft) -> None:
    plan = altered(draft, alter.values_only, Random(0))
    for line in plan.rows():
        for measure in plan.form.measures:
            if isinstance(value := line.cells.get(measure), float):
                line.cells[measure] = value * 3
    results = altered(draft, lambda draft, rng: label_head(draft).cells.update(label="Tên hoạt động"), Random(0))
    first, second = read_sheets_of([stacked(results, plan)]).returns
    assert {each.key: each.value for each in first.entries if each.counted} == draft.truth
    assert first.claim.unit == UNIT
    assert second.claim.unit is None


@pytest.mark.parametrize("is_answered", [False, True])
def test_another_sheet_with_numbers_is_told_and_asked_about_where_blanks_are_zero(
    blank_of: Callable[[str], Draft], is_answered: bool
) -> None:
    draft = fill(blank_of(UNIT), Random(1))
    if is_answered:
        draft = alter.answered(draft, Random(1))
    further = Sheet("Kinh phí", False, 0, 0, [["Ngân sách nhà nước", 12_000_000.0]], ())
    words = Sheet("Danh sách", False, 0, 0, [["Nguyễn Văn An", "Tổ 1"]], ())
    reading = read_sheets_of([as_sheet(draft)[0], further, words])
    (told,) = [told for told in reading.findings if told.code == "S021"]
    assert told.facts["others"] == ("Kinh phí",)
    assert told.severity is (Severity.WARNING if is_answered else Severity.INFO)


def test_hundreds_of_tables_one_below_the_other_are_each_found(blank_of: Callable[[str], Draft]) -> None:
    """More than Python calls may be nested, where each table below were one more; a run has seconds for a file."""
    sheet, _ = as_sheet(blank_of("07132"))
    (form,) = locate(sheet, desk().labels)
    table = list(sheet.rows[min(form.rows.values()) - sheet.first_row : form.last_row + 1 - sheet.first_row])
    most = 1100
    below = replace(sheet, rows=[*sheet.rows[: form.last_row + 1 - sheet.first_row], *table * (most - 1)], merged=())
    found = locate(below, desk().labels)
    assert len(found) == most
    for number, one in enumerate(found):
        assert one.rows == {key: row + number * len(table) for key, row in form.rows.items()}


def test_forms_of_several_units_are_named_by_their_sheets_and_not_by_the_file(blank_of: Callable[[str], Draft]) -> None:
    sheets = []
    for seed, name in enumerate(("Đông Mai", "P. Minh Thành")):
        draft = altered(fill(blank_of(UNIT), Random(seed)), alter.values_only, Random(0))
        sheets.append(replace(as_sheet(draft)[0], name=name))
    reading = read_sheets_of(sheets, "Cong Hoa.xlsx")
    assert [one.claim.unit for one in reading.returns] == [UNIT, NEIGHBOUR]
    assert all("U002" not in codes(one) for one in reading.returns)


def test_of_two_forms_one_that_writes_a_name_nobody_bears_is_not_that_of_the_file(
    blank_of: Callable[[str], Draft], draft: Draft
) -> None:
    stranger = fill(blank_of(UNIT), Random(3))
    said: dict[CellValue, CellValue] = {desk().unit_names.register.by_code[UNIT].name: "Phường Cộng Hoaf", UNIT: ""}
    for line in stranger.lines:
        line.cells = {key: said.get(value, value) for key, value in line.cells.items()}
    alone = read_sheets_of([as_sheet(stranger)[0]], "Cong Hoa.xlsx")
    assert [one.claim.unit for one in alone.returns] == ["07150"]
    sheets = [as_sheet(draft)[0], replace(as_sheet(stranger)[0], name="Sheet2")]
    reading = read_sheets_of(sheets, "Cong Hoa.xlsx")
    assert [one.claim.unit for one in reading.returns] == [UNIT, None]


def test_a_blank_copy_beside_a_filled_form_is_no_return(blank_of: Callable[[str], Draft], draft: Draft) -> None:
    empty = altered(blank_of(UNIT), alter.values_only, Random(0))
    reading = read_sheets_of([as_sheet(draft)[0], replace(as_sheet(empty)[0], name="Sheet2")])
    assert [one.path for one in reading.returns] == ["tra_loi.xlsx"]


# Nothing lost -----------------------------------------------------------------------------------------------------


def seen(sheet: Sheet, facts: SheetFacts) -> Sheet:
    """Put into a sheet what calamine does not show."""
    own = own_formulas(sheet, locate(sheet, desk().labels), desk().labels, facts)
    return as_seen(sheet, facts, own, DEFAULT, stores_zero=False)


def test_the_parts_of_an_altered_sheet_add_up_to_the_sheet(blank_of: Callable[[str], Draft]) -> None:
    unshown = {each.__name__: each for each in UNSHOWN}
    every = {name: each for name, each in {**ALTERATIONS, **unshown}.items() if name not in ("tcvn3", "vni")}
    for seed in range(120):
        rng = Random(seed)
        draft = fill(blank_of(UNIT), rng)
        for name in (*rng.sample(sorted(every), 4), rng.choice(list(unshown))):
            draft = altered(draft, every[name], rng)
        sheet = seen(*as_sheet(draft))
        located = locate(sheet, desk().labels)
        assert located, draft.done
        said = accounts(sheet, desk().labels, located)
        filled = [(row, column) for row, column, _ in sheet.filled()]
        assert [place for place in filled if place not in said] == [], draft.done
