"""What the summary workbook promises: true live totals, a place for everything, text that stays text, steady bytes."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.consolidation.status import Outcome
from pipeline.consolidation.totals import merge
from pipeline.extract.context import furniture_of
from pipeline.extract.own.stamp import load_stamp_words, read_coverage
from pipeline.extract.own.summary import DERIVED
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.findings import finding, title
from pipeline.findings.group import spans
from pipeline.model import (
    Consolidation,
    FileResult,
    FileStatus,
    Finding,
    Group,
    Return,
    State,
    Times,
    Total,
    UnitResult,
    UnitStatus,
)
from pipeline.writers.summary import issues, write_summary
from pipeline.writers.summary.printed_page import RowHeights, keep_together
from pipeline.writers.summary.summary_plan import MOST_RANGES, SummaryPlan, plan_summary
from schemas.form import Form
from schemas.register import VIETNAM, Office, Register
from schemas.rules import Cell, Severity
from schemas.text import fold
from tests.builders import (
    Typed,
    address,
    cell_of,
    make_register,
    make_result,
    make_return,
    make_unit,
    second_form,
    shipped_form,
)
from tests.conftest import Convert

CONTRACT = ["Tổng hợp", "Theo đơn vị", "Tình hình nộp", "Lỗi và cảnh báo", "Nội dung khác", "Nguồn số liệu"]
WARD, TOWN_WARD, COMMUNE, LATE = "07132", "07135", "07144", "07147"
UNITS = (
    make_unit("206", "Thị xã Quảng Yên", "cơ quan tổng hợp", "22", in_total=False),
    make_unit(WARD, "Phường Quảng Yên"),
    make_unit(COMMUNE, "Xã Sông Khoai", "xã"),
    make_unit(TOWN_WARD, "Phường Đông Mai"),
    make_unit(LATE, "Xã Hiệp Hòa", "xã"),
)
REGISTER = replace(make_register(*UNITS), office=Office(name="Thị xã Quảng Yên", sender="Phòng GD&ĐT"))
FIGURES: Mapping[str, Mapping[str, Typed]] = {
    WARD: {"classes_total.quantity": 5, "class_literacy.quantity": 5, "class_literacy.people": 70},
    COMMUNE: {"classes_total.quantity": 0, "funding_state_budget.quantity": 2_500_000},
    TOWN_WARD: {"classes_total.quantity": 12, "class_literacy.people": "khoảng 50", "news_items.note": "trên loa"},
}
DOUBTFUL = finding(
    "V002", sheet="Mẫu", cell="E20", row="class_literacy", measure="people", found="khoảng 50", counted=False
)


def make_file(one: Return, status: FileStatus | None = None, code: str | None = None) -> FileResult:
    errors = any(told.severity is Severity.ERROR for told in one.findings)
    used = FileStatus.USED_WITH_ERRORS if errors else FileStatus.USED
    unit = code or one.claim.unit
    return FileResult(one.path, one.sha256, unit, status or used, None, one.findings, one.times, is_return=True)


def consolidation(
    figures: Mapping[str, Mapping[str, Typed]],
    *,
    form: Form | None = None,
    register: Register = REGISTER,
    findings: Mapping[str, Sequence[Finding]] | None = None,
    files: Sequence[FileResult] = (),
    paths: Mapping[str, str] | None = None,
) -> Consolidation:
    """Put a run's result together from what each unit typed; a unit without figures is missing."""
    form = form or shipped_form()
    results: list[UnitResult] = []
    ledger = list(files)
    for unit in register.units:
        if unit is register.collector or (unit.code not in figures and not unit.in_total):
            continue
        one = None
        if unit.code in figures:
            path = (paths or {}).get(unit.code, f"{unit.code}.xlsx")
            told = (findings or {}).get(unit.code, ())
            one = make_return(form, figures[unit.code], unit=unit.code, path=path, findings=told)
            ledger.append(make_file(one))
        results.append(make_result(unit, one))
    found = merge(form, register, results)
    ledger.sort(key=lambda file: file.path)
    files, units = tuple(ledger), tuple(results)
    return Consolidation(
        form, register, files, units, found.totals, found.answered, found.groups, notes=(), digest="a1b2c3d4"
    )


def open_case() -> Consolidation:
    """One unit missing, one cell left out."""
    return consolidation(FIGURES, findings={TOWN_WARD: [DOUBTFUL]})


def closed_case() -> Consolidation:
    """Every unit in, nothing to ask."""
    return consolidation(
        {code: {"classes_total.quantity": 3, "news_items.quantity": 2} for code in (WARD, COMMUNE, TOWN_WARD, LATE)}
    )


def write(result: Consolidation, folder: Path, *, unit_sheets: bool = True, name: str = "summary") -> Path:
    path = folder / f"{name}.xlsx"
    write_summary(result, path, unit_sheets=unit_sheets)
    return path


def plan_of(result: Consolidation, *, unit_sheets: bool = True) -> SummaryPlan:
    return plan_summary(result, load_summary_words(), load_stamp_words(), unit_sheets=unit_sheets)


def find(sheet: Worksheet, text: str) -> SheetCell:
    """Find the one cell that holds a text."""
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == text]
    assert len(found) == 1, (text, found)
    assert isinstance(found[0], SheetCell)
    return found[0]


def total_cells(book: Workbook, form: Form) -> dict[Cell, object]:
    """Read the totals of the first sheet by row key and by the head of the measure, as a reader does."""
    sheet = book[CONTRACT[0]]
    keys = find(sheet, load_stamp_words().row_key)
    rows = {sheet.cell(row, keys.column).value: row for row in range(keys.row + 1, sheet.max_row + 1)}
    head_rows = sheet.iter_rows(keys.row, keys.row + 1)
    heads = {cell.value: place for row in head_rows for place, cell in enumerate(row, 1) if cell.value}
    columns = {key: heads[form.column_by_key[key].head[-1]] for key in form.measures}
    return {cell: sheet.cell(rows[cell.row], columns[cell.measure]).value for cell in form.number_cells}


def matrix_row(book: Workbook, result: Consolidation, name: str) -> dict[Cell, object]:
    sheet = book[CONTRACT[1]]
    row = find(sheet, name).row
    return {cell: sheet.cell(row, column + 1).value for cell, column in plan_of(result).columns.items()}


def links_of(sheet: Worksheet) -> dict[str, Hyperlink]:
    """Find the cells that lead somewhere."""
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {cell.coordinate: cell.hyperlink for cell in cells if cell.hyperlink}


def foot_of(sheet: Worksheet) -> list[str]:
    """Read the foot of a printed page: left, middle, right."""
    foot = sheet.oddFooter
    assert foot
    return [str(part.text) if part else "" for part in (foot.left, foot.center, foot.right)]


def list_lines(sheet: Worksheet) -> list[dict[str, object]]:
    """Read a list sheet to lines by head, as far as its filter reaches."""
    first, _, last = (sheet.auto_filter.ref or "").partition(":")
    rows = [[cell.value for cell in row] for row in sheet[first:last]]
    return [dict(zip(map(str, rows[0]), row, strict=True)) for row in rows[1:]]


def sums(result: Consolidation, units: Sequence[str] | None = None) -> dict[Cell, int | None]:
    """Add up by hand what was typed as a number."""
    counted: dict[Cell, list[int]] = {cell: [] for cell in result.form.number_cells}
    for unit in result.units:
        chosen = unit.in_total if units is None else unit.unit.code in units
        for entry in unit.counted.entries if unit.counted and chosen else ():
            if entry.counted and entry.value is not None:
                counted[entry.key].append(entry.value)
    return {cell: sum(values) if values else None for cell, values in counted.items()}


def blank(values: Mapping[Cell, object]) -> dict[Cell, object]:
    """An empty result of a formula is read as nothing."""
    return {cell: None if value == "" else value for cell, value in values.items()}


def test_sheets_stand_in_the_order_of_the_contract_then_one_for_each_unit(tmp_path: Path) -> None:
    book = load_workbook(write(open_case(), tmp_path))
    units = ["07132 Quảng Yên", "07144 Sông Khoai", "07135 Đông Mai", "07147 Hiệp Hòa"]
    assert book.sheetnames == CONTRACT + units


def test_without_unit_sheets_the_matrix_holds_the_numbers(tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path, unit_sheets=False))
    assert book.sheetnames == CONTRACT
    ward = matrix_row(book, result, "Phường Quảng Yên")
    assert ward[cell_of("class_literacy.people")] == 70
    assert not any(isinstance(value, str) and value.startswith("=") for value in ward.values())
    assert all(str(value).startswith("=") for value in matrix_row(book, result, "Tổng cộng").values())


@pytest.mark.parametrize(("case", "opens_on"), [(open_case, CONTRACT[2]), (closed_case, CONTRACT[0])])
def test_it_opens_on_what_is_to_be_done_next(case: object, opens_on: str, tmp_path: Path) -> None:
    assert callable(case)
    book = load_workbook(write(case(), tmp_path))
    assert book.active is not None
    assert book.active.title == opens_on
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == [opens_on]


@pytest.mark.parametrize("case", ["final", "provisional", "open"])
def test_only_a_page_of_final_totals_looks_final(case: str, tmp_path: Path) -> None:
    result = open_case() if case == "open" else closed_case()
    if case == "provisional":
        cell = cell_of("news_items.quantity")
        total = replace(result.totals[cell], provisional=True)
        result = replace(result, totals={**result.totals, cell: total})
        assert result.complete
    book = load_workbook(write(result, tmp_path))
    inks = set()
    for name in CONTRACT[:2]:
        (line,) = (
            c
            for row in book[name].iter_rows(max_row=8)
            for c in row
            if str(c.value).lower().startswith("số liệu") and "/4" in str(c.value)
        )
        inks.add(line.font.color.rgb if line.font.color and line.font.color.type == "rgb" else "")
    assert len(inks) == 1
    assert (inks <= {"", "FF000000"}) is (case == "final")
    assert ("tạm tính" in foot_of(book[CONTRACT[0]])[2].lower()) is (case != "final")


def test_every_total_is_a_formula_whose_cached_value_is_the_sum(tmp_path: Path) -> None:
    result = open_case()
    path = write(result, tmp_path)
    cached, live = load_workbook(path, data_only=True), load_workbook(path)
    assert blank(total_cells(cached, result.form)) == sums(result)
    assert blank(matrix_row(cached, result, "Tổng cộng")) == sums(result)
    assert blank(matrix_row(cached, result, "Cộng các phường")) == sums(result, [WARD, TOWN_WARD])
    assert all(str(value).startswith("=IF(COUNT(") for value in total_cells(live, result.form).values())


def derived_lines(sheet: Worksheet) -> dict[str, dict[str, object]]:
    """Read the lines of derived sums: id -> column letter -> what stands there."""
    lines: dict[str, dict[str, object]] = {}
    for row in sheet.iter_rows():
        key = next((str(cell.value) for cell in row if str(cell.value).startswith(DERIVED)), "")
        if key.removeprefix(DERIVED):
            lines[key.removeprefix(DERIVED)] = {
                cell.column_letter: cell.value for cell in row if isinstance(cell, SheetCell)
            }
    return lines


def test_derived_sums_are_formulas_over_the_totals_and_marked_as_no_rows_of_the_form(tmp_path: Path) -> None:
    money = {"funding_state_budget.quantity": 2_500_000, "funding_other_sources.quantity": 500_000}
    awards = {"awards_collectives.quantity": 4, "awards_individuals.people": 9}
    result = consolidation({WARD: {**money, "awards_collectives.quantity": 1}, COMMUNE: awards})
    path = write(result, tmp_path)
    shown = derived_lines(load_workbook(path, data_only=True)[CONTRACT[0]])
    sheet = load_workbook(path)[CONTRACT[0]]
    formulas = derived_lines(sheet)
    assert {key: line["D"] for key, line in shown.items()} == {"awards_total": 14, "funding_total": 3_000_000}
    rows = {sheet.cell(row, 10).value: row for row in range(1, sheet.max_row + 1)}
    named = {"awards_total": ("D", "awards_collectives", "E", "awards_individuals")}
    left, one, right, other = named["awards_total"]
    assert str(formulas["awards_total"]["D"]).endswith(f"SUM({left}{rows[one]},{right}{rows[other]}))")
    words = load_summary_words()
    assert {line["F"] for line in shown.values()} == {words("totals.derived_open")}
    whole = dict.fromkeys((WARD, COMMUNE, TOWN_WARD, LATE), money)
    final = derived_lines(load_workbook(write(consolidation(whole), tmp_path))[CONTRACT[0]])
    assert final["funding_total"]["F"] == words("totals.derived_mark")


def test_a_derived_sum_of_what_nobody_stated_is_empty(tmp_path: Path) -> None:
    path = write(consolidation({WARD: {"classes_total.quantity": 3}}), tmp_path)
    assert {line["D"] for line in derived_lines(load_workbook(path, data_only=True)[CONTRACT[0]]).values()} == {None}


def test_a_total_nobody_stated_is_empty_and_no_zero(tmp_path: Path) -> None:
    result = open_case()
    values = total_cells(load_workbook(write(result, tmp_path), data_only=True), result.form)
    assert values[cell_of("seminars.quantity")] in (None, "")
    assert values[cell_of("classes_total.quantity")] == 17


def falsified(result: Consolidation) -> Consolidation:
    """Give every total a value that is wrong, so that only a calculation can make it right."""

    def wrong(totals: Mapping[Cell, Total]) -> dict[Cell, Total]:
        return {cell: replace(total, value=(total.value or 0) + 1_000_003) for cell, total in totals.items()}

    groups = tuple(Group(group.kind, group.name, group.units, wrong(group.totals)) for group in result.groups)
    return replace(result, totals=wrong(result.totals), groups=groups)


def two_towns() -> tuple[Register, Mapping[str, Mapping[str, Typed]]]:
    """Wards and communes of two towns, their lines mixed, and a school outside the totals."""
    towns = [
        make_unit(code, name, "thị xã", "22", in_total=False)
        for code, name in (("206", "Thị xã Quảng Yên"), ("205", "Thị xã Đông Triều"))
    ]
    collector = make_unit("22", "Tỉnh Quảng Ninh", "cơ quan tổng hợp", "", in_total=False)
    units = [
        make_unit(
            f"0700{n}", f"{'Phường' if n % 2 else 'Xã'} {n}", "phường" if n % 2 else "xã", "206" if n % 3 else "205"
        )
        for n in range(1, 8)
    ]
    school = make_unit("T1", "Trường Mẫu", "trường", "206", in_total=False)
    figures = {
        unit.code: {"classes_total.quantity": 10**place, "class_literacy.people": 3 * place, "news_items.quantity": 0}
        for place, unit in enumerate(units[:-1])
    }
    return make_register(collector, *towns, *units, school), {**figures, "T1": {"classes_total.quantity": 9_999}}


@pytest.mark.libreoffice
def test_after_recalculation_every_total_is_the_same_number(soffice_recalculating: Convert, tmp_path: Path) -> None:
    register, figures = two_towns()
    result = consolidation(figures, register=register)
    path = write(falsified(result), tmp_path)
    before = total_cells(load_workbook(path, data_only=True), result.form)
    assert before[cell_of("classes_total.quantity")] == 111_111 + 1_000_003
    book = load_workbook(soffice_recalculating(path, "xlsx", tmp_path / "calculated"), data_only=True)
    assert blank(total_cells(book, result.form)) == sums(result)
    assert blank(matrix_row(book, result, "Tổng cộng")) == sums(result)
    names = {"type": "Cộng các {}", "parent": "Cộng {}"}
    assert {group.kind for group in result.groups} == set(names)
    for group in result.groups:
        found = matrix_row(book, result, names[group.kind].format(group.name))
        assert blank(found) == sums(result, group.units), group.name


@pytest.mark.libreoffice
def test_a_unit_sheet_that_is_corrected_moves_the_totals(soffice_recalculating: Convert, tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path))
    place = plan_of(result).unit_place.at(cell_of("class_literacy.people"))
    cell = book["07135 Đông Mai"].cell(place[0] + 1, place[1] + 1)
    assert cell.value == "khoảng 50"
    cell.value = 52
    book.save(tmp_path / "corrected.xlsx")
    again = soffice_recalculating(tmp_path / "corrected.xlsx", "xlsx", tmp_path / "calculated")
    totals = total_cells(load_workbook(again, data_only=True), result.form)
    assert totals[cell_of("class_literacy.people")] == 70 + 52


def test_two_runs_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (write(open_case(), tmp_path, name=name).read_bytes() for name in ("one", "two"))
    assert first == second


HOSTILE = [
    '=HYPERLINK("http://example.org","x")',
    "+1+1",
    "-2",
    "@SUM(1)",
    "{=1+1}",
    "https://example.org/a",
    "mailto:a@example.org",
    "internal:Sheet1!A1",
    "0012",
    "\x01 half \ud800 pair",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_came_from_outside_stays_text(text: str, tmp_path: Path) -> None:
    told = replace(DOUBTFUL, found=text, sheet=text, row="class_literacy")
    figures = {WARD: {"class_literacy.people": text, "news_items.note": text, "other_content.quantity": text}}
    name = text.encode("utf-8", "replace").decode()
    register = replace(REGISTER, units=(UNITS[0], replace(UNITS[1], name=name, phone=text), *UNITS[2:]))
    lost = FileResult(text + "!b", None, None, FileStatus.REJECTED, None, (finding("F005"),))
    result = consolidation(figures, register=register, findings={WARD: [told]}, files=[lost], paths={WARD: name})
    path = write(result, tmp_path)
    book = load_workbook(path)
    formulas = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert all(re.match(r"=(IF\(ISNUMBER\('|IF\(COUNT\(|SUM\()", str(formula)) for formula in formulas)
    links = [link for sheet in book for link in links_of(sheet).values()]
    assert links
    assert all(link.location and not link.target for link in links)
    with zipfile.ZipFile(path) as parts:
        assert not [name for name in parts.namelist() if b'TargetMode="External"' in parts.read(name)]


def test_a_text_longer_than_a_cell_is_cut(tmp_path: Path) -> None:
    result = consolidation({WARD: {"other_content.quantity": "dài " * 10_000}})
    book = load_workbook(write(result, tmp_path))
    longest = max(len(str(cell.value)) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert longest == 32_767


def test_every_sheet_is_set_up_for_print(tmp_path: Path) -> None:
    book = load_workbook(write(open_case(), tmp_path))
    for sheet in book:
        assert sheet.page_setup.paperSize == 9, sheet.title
        assert sheet.page_setup.orientation in ("portrait", "landscape"), sheet.title
        assert sheet.print_title_rows, sheet.title
        left, middle, right = foot_of(sheet)
        assert "a1b2c3d4" in left, sheet.title
        assert "&P/&N" in middle, sheet.title
        assert "3/4" in right, sheet.title
        assert sheet.freeze_panes, sheet.title
    assert book[CONTRACT[0]].page_setup.orientation == "portrait"
    assert book[CONTRACT[1]].print_title_cols == "$A:$D"
    assert all(book[name].auto_filter.ref for name in CONTRACT)


def test_filters_reach_over_the_rows_of_the_form_and_over_all_units_but_not_over_their_total(tmp_path: Path) -> None:
    result = open_case()
    book, form = load_workbook(write(result, tmp_path)), result.form
    totals, matrix = book[CONTRACT[0]], book[CONTRACT[1]]
    keys = find(totals, load_stamp_words().row_key).column
    rows = {totals.cell(row, keys).value: row for row in range(1, totals.max_row + 1)}
    first, last = rows[form.rows[0].key], rows[form.rows[-1].key]
    assert re.findall(r"\d+", str(totals.auto_filter.ref)) == [str(first - 1), str(last)]
    units = [find(matrix, unit.unit.name).row for unit in result.units]
    left, right = str(matrix.auto_filter.ref).split(":")
    assert (int(left[1:]), right[0]) == (min(units) - 1, "D")
    assert max(units) <= int(right[1:]) < find(matrix, load_summary_words()("matrix.total")).row


def test_the_findings_of_a_unit_stand_in_the_order_of_the_form(tmp_path: Path) -> None:
    places = [("class_literacy", "people"), ("class_literacy", "quantity"), ("class_it_staff", "people")]
    told = [finding("V002", row=row, measure=measure, counted=False) for row, measure in places]
    sheet = load_workbook(write(consolidation(FIGURES, findings={TOWN_WARD: told}), tmp_path))[CONTRACT[3]]
    form = shipped_form()
    expected = [(form.by_key[row].short_label, form.column_by_key[measure].short) for row, measure in reversed(places)]
    assert [line["Dòng, cột trong biểu"] for line in list_lines(sheet)] == [", ".join(place) for place in expected]


def test_numbered_groups_are_printed_whole(tmp_path: Path) -> None:
    result = open_case()
    sheet = load_workbook(write(result, tmp_path))[CONTRACT[1]]
    plan = plan_of(result)
    starts = {
        min(column for cell, column in plan.columns.items() if cell.row == row.key)
        for row in result.form.rows
        if row.stt and any(cell.row == row.key for cell in plan.columns)
    }
    numbered = starts | {
        plan.columns[cell_of("book_donors.quantity")],
        plan.columns[cell_of("awards_collectives.quantity")],
        plan.columns[cell_of("funding_state_budget.quantity")],
    }
    breaks = {each.id for each in sheet.col_breaks.brk}
    assert breaks
    assert breaks <= numbered


def test_a_group_that_is_wider_than_a_page_is_printed_smaller(tmp_path: Path) -> None:
    cases = [consolidation({WARD: {"class_it_staff.quantity": number}}) for number in (2, 10**9)]
    sheets = [load_workbook(write(case, tmp_path))[CONTRACT[1]] for case in cases]
    narrow, wide = (int(sheet.page_setup.scale or 100) for sheet in sheets)
    assert 100 > narrow > wide


def test_more_types_of_units_than_a_formula_holds_are_added_up_in_one_block() -> None:
    for count, blocks in ((MOST_RANGES, MOST_RANGES), (MOST_RANGES + 1, 1)):
        units = [make_unit(f"{number:05}", type_=f"loại {number}") for number in range(count)]
        assert len(plan_of(consolidation({}, register=make_register(*units))).spans) == blocks


def test_a_group_wider_than_any_readable_page_goes_on_after_a_row_and_never_between_its_measures(
    tmp_path: Path,
) -> None:
    wide = {f"{row.key}.{measure}": 10**9 for row in shipped_form().rows for measure in row.kinds if row.role != "text"}
    result = consolidation({WARD: wide})
    sheet = load_workbook(write(result, tmp_path))[CONTRACT[1]]
    plan = plan_of(result)
    firsts = {
        min(c for cell, c in plan.columns.items() if cell.row == key) for key in {cell.row for cell in plan.columns}
    }
    breaks = {each.id for each in sheet.col_breaks.brk}
    assert len(breaks) > 3
    assert breaks <= firsts


@pytest.mark.parametrize(
    ("before", "signed", "pages"), [(1200, 100, 0), (1000, 100, 0), (1100, 100, 1), (2250, 120, 2)]
)
def test_those_who_sign_stand_together_on_one_page(before: int, signed: int, pages: int, tmp_path: Path) -> None:
    workbook = xlsxwriter.Workbook(tmp_path / "a.xlsx")
    rows = RowHeights(workbook.add_worksheet())
    rows.sheet.fit_to_pages(1, 0)
    rows.set(0, before)
    rows.set(1, signed)
    keep_together(rows, [141.0], 1, 1)
    rows.sheet.write_string(0, 0, "x")
    workbook.close()
    setup = load_workbook(tmp_path / "a.xlsx").worksheets[0].page_setup
    assert (1 if setup.fitToHeight is None else setup.fitToHeight) == pages


def test_a_missing_unit_has_a_sheet_that_says_so(tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path), data_only=True)
    words = load_summary_words()
    sheet = book["07147 Hiệp Hòa"]
    assert find(sheet, words("unit_sheet.missing"))
    assert set(blank(matrix_row(book, result, "Xã Hiệp Hòa")).values()) == {None}
    line = next(line for line in list_lines(book[CONTRACT[2]]) if line["Mã"] == LATE)
    assert line["Tình trạng"] == words("ledger.unit_status.missing")
    assert "Xã Hiệp Hòa" in str(line["Tin nhắn gửi đơn vị"])


def test_a_cell_left_out_shows_what_was_typed_and_is_in_no_sum(tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path), data_only=True)
    row, column = plan_of(result).unit_place.at(cell_of("class_literacy.people"))
    sheet = book["07135 Đông Mai"]
    typed = sheet.cell(row + 1, column + 1)
    assert (typed.value, typed.data_type) == ("khoảng 50", "s")
    assert typed.fill.fill_type == "solid"
    assert str(sheet.cell(row + 1, plan_of(result).unit_place.last_column + 2).value).startswith("LỖI")
    matrix = matrix_row(book, result, "Phường Đông Mai")
    assert matrix[cell_of("class_literacy.people")] == load_summary_words()("matrix.left_out")
    assert total_cells(book, result.form)[cell_of("class_literacy.people")] == 70


def test_a_computed_total_is_the_sum_of_its_parts_as_a_formula(tmp_path: Path) -> None:
    figures: Mapping[str, Mapping[str, Typed]] = {
        WARD: {
            "classes_total.quantity": (State.COMPUTED, 9),
            "class_literacy.quantity": 4,
            "class_teacher_training.quantity": 5,
        },
        COMMUNE: {"classes_total.quantity": (State.COMPUTED, 9), "class_literacy.quantity": 4},
    }
    result = consolidation(figures)
    path = write(result, tmp_path)
    live, cached = load_workbook(path), load_workbook(path, data_only=True)
    row, column = plan_of(result).unit_place.at(cell_of("classes_total.quantity"))
    assert live["07132 Quảng Yên"].cell(row + 1, column + 1).value == f"=SUM(D{row + 3}:D{row + 14})"
    assert cached["07132 Quảng Yên"].cell(row + 1, column + 1).value == 9
    assert live["07144 Sông Khoai"].cell(row + 1, column + 1).value == 9, "its parts do not add up to it"


def test_a_unit_outside_the_totals_stands_apart(tmp_path: Path) -> None:
    register, figures = two_towns()
    result = consolidation(figures, register=register)
    book = load_workbook(write(result, tmp_path), data_only=True)
    sheet = book[CONTRACT[1]]
    assert (
        find(sheet, "Trường Mẫu").row
        > find(sheet, load_summary_words()("matrix.apart")).row
        > find(sheet, "Tổng cộng").row
    )
    assert matrix_row(book, result, "Trường Mẫu")[cell_of("classes_total.quantity")] == 9_999
    assert total_cells(book, result.form)[cell_of("classes_total.quantity")] == 111_111
    assert "T1 Trường Mẫu" in book.sheetnames or "T1 Mẫu" in book.sheetnames


def test_one_level_up_finds_stamp_coverage_marks_and_names(tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path), data_only=True)
    sheet, stamp = book[CONTRACT[0]], load_stamp_words()
    beside = {
        key: sheet.cell(label.row, label.column + 1).value
        for key in ("form_id", "form_version", "unit_code", "unit_name", "kind")
        for label in [find(sheet, getattr(stamp, key))]
    }
    assert beside == {
        "form_id": "htsd_2020",
        "form_version": "1",
        "unit_code": "206",
        "unit_name": "Thị xã Quảng Yên",
        "kind": stamp.kind_summary,
    }
    for key in ("form_id", "form_version", "unit_code", "unit_name"):
        title, where = next(iter(book.defined_names[key].destinations))
        assert book[title][where].value == beside[key]
    keys, mark = find(sheet, stamp.row_key), find(sheet, stamp.mark)
    assert sheet.column_dimensions[keys.column_letter].hidden
    row = next(row for row in range(1, sheet.max_row) if sheet.cell(row, keys.column).value == "class_literacy")
    people = find(sheet, stamp.coverage_head(result.form.column_by_key["people"].short))
    assert read_coverage(str(sheet.cell(row, people.column).value)) == (1, 4)
    assert str(sheet.cell(row, mark.column).value).startswith(stamp.provisional)
    assert find(book["07132 Quảng Yên"], stamp.kind_copy)


def test_final_rows_bear_no_mark_but_name_who_left_them_blank(tmp_path: Path) -> None:
    result = closed_case()
    sheet, stamp = load_workbook(write(result, tmp_path))[CONTRACT[0]], load_stamp_words()
    mark, keys = find(sheet, stamp.mark), find(sheet, stamp.row_key)
    said = {
        str(sheet.cell(row, keys.column).value): sheet.cell(row, mark.column).value
        for row in range(mark.row + 2, sheet.max_row)
    }
    assert said["classes_total"] is said["news_items"] is None
    assert str(said["publications"]).startswith(stamp.left_blank)
    assert not any(str(text).startswith(stamp.provisional) for text in said.values())


def test_every_finding_has_one_line_with_errors_first_and_a_link_to_its_cell(tmp_path: Path) -> None:
    info = finding("V010", severity=Severity.INFO, row="news_items", measure="quantity", counted=True)
    warning = finding("F014", severity=Severity.WARNING)
    lost = FileResult("x.pdf", None, None, FileStatus.REJECTED, None, (finding("F005"),))
    result = consolidation(FIGURES, findings={TOWN_WARD: [info, warning, DOUBTFUL]}, files=[lost])
    result = replace(result, notes=(finding("F029"),))
    sheet = load_workbook(write(result, tmp_path))[CONTRACT[3]]
    lines = list_lines(sheet)
    assert [line["Mã lỗi"] for line in lines] == ["V002", "F014", "V010", "F005", "F029"]
    assert [line["Đã cộng vào tổng?"] for line in lines][:3] == ["Không", None, "Có"]
    place = plan_of(result).unit_place.at(cell_of("class_literacy.people"))
    targets = {where: link.location for where, link in links_of(sheet).items()}
    assert targets["E5"] == f"'07135 Đông Mai'!E{place[0] + 1}"
    assert len(targets) == 2


def test_beyond_the_limit_of_links_the_place_is_plain_text(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(issues, "MOST_LINKS", 1)
    again = finding("V010", severity=Severity.INFO, row="news_items", measure="quantity", counted=True)
    result = consolidation(FIGURES, findings={TOWN_WARD: [DOUBTFUL, again]})
    sheet = load_workbook(write(result, tmp_path))[CONTRACT[3]]
    assert len(links_of(sheet)) == 1
    assert sheet["E6"].value


def test_every_file_and_every_unit_has_its_line(tmp_path: Path) -> None:
    older = make_return(shipped_form(), {}, unit=WARD, path="old.xlsx")
    twin = replace(older, path="twin.xlsx", findings=(finding("F009"),))
    picture = FileResult("anh.jpg", "e" * 64, LATE, FileStatus.REJECTED, None, (finding("F006"),))
    lock = FileResult("~$a.xlsx", "f" * 64, None, FileStatus.IGNORED, None, (finding("F001"),))
    copies = [make_file(one, FileStatus.SUPERSEDED) for one in (older, twin)]
    result = consolidation(FIGURES, files=[*copies, picture, lock])
    units = [replace(unit, file="anh.jpg") if unit.unit.code == LATE else unit for unit in result.units]
    lines = list_lines(load_workbook(write(replace(result, units=tuple(units)), tmp_path))[CONTRACT[2]])
    words = load_summary_words()
    status = words.texts
    assert sorted(str(line["Tệp"]) for line in lines) == sorted(file.path for file in result.files)
    found = {line["Tệp"]: str(line["Tình trạng"]) for line in lines}
    assert found["old.xlsx"] == status["ledger.file_status.superseded"]
    assert found["twin.xlsx"] == status["ledger.file_status.identical"]
    assert found["anh.jpg"].startswith(status["ledger.unit_status.missing_with_file"])
    assert found["~$a.xlsx"] == words("ledger.file_status.ignored_because", reason=title("F001", "vi"))
    assert found[f"{WARD}.xlsx"] == status["ledger.unit_status.received"]
    assert [line["STT"] for line in lines] == [1, None, None, 2, 3, 4, None]


def ledger_of(result: Consolidation, folder: Path) -> Worksheet:
    return load_workbook(write(result, folder))[CONTRACT[2]]


def below_the_table(sheet: Worksheet) -> dict[str, str]:
    """Read what stands below the list of files: head -> text."""
    last = int(str(sheet.auto_filter.ref).rpartition("N")[2])
    rows = sheet.iter_rows(min_row=last + 1, values_only=True)
    return {str(row[0]): str(row[3]) for row in rows if row[0]}


def test_archives_and_signed_copies_have_words_of_their_own(tmp_path: Path) -> None:
    zipped = FileResult("thư.zip", "a" * 64, None, FileStatus.IGNORED, None, (finding("F032", facts={"count": 1}),))
    paper = FileResult("07132.png", "b" * 64, WARD, FileStatus.IGNORED, None, (finding("F022"),))
    left_out = FileResult("thử.xlsx", "c" * 64, None, FileStatus.IGNORED, None, (finding("F030"),))
    sheet = ledger_of(consolidation(FIGURES, files=[zipped, paper, left_out]), tmp_path)
    words = load_summary_words()
    found = {line["Tệp"]: line for line in list_lines(sheet)}
    assert found["thư.zip"]["Tình trạng"] == words("ledger.file_status.container")
    assert found["07132.png"]["Tình trạng"] == words("ledger.file_status.signed_copy")
    assert found["thử.xlsx"]["Tình trạng"] == words("ledger.file_status.excluded")
    assert found["thư.zip"]["Đơn vị"] is None, "an archive is of no unit, and nobody asks of which"
    line = str(sheet["A2"].value)
    assert all(words(f"ledger.counts.{name}", count=1) in line for name in ("container", "signed_copy", "excluded"))
    assert words("ledger.counts.ignored", count=1) not in line


def test_the_legend_explains_the_words_of_the_table_and_no_others(tmp_path: Path) -> None:
    words = load_summary_words()
    legend = below_the_table(ledger_of(closed_case(), tmp_path))
    assert set(legend) == {words("ledger.late.unknown")}
    lock = FileResult("~$a.xlsx", "f" * 64, None, FileStatus.IGNORED, None, (finding("F001"),))
    legend = below_the_table(ledger_of(replace(open_case(), files=(*open_case().files, lock)), tmp_path))
    assert {words("ledger.unit_status.received_with_errors"), words("ledger.file_status.ignored")} <= set(legend)
    assert words("ledger.file_status.superseded") not in legend


def doubtful_case() -> Consolidation:
    """One unit missing, while a file that may be its own was given to no unit."""
    stray = FileResult("PL2.xlsx", "d" * 64, None, FileStatus.REJECTED, None, (finding("U002"),), perhaps=(LATE,))
    return consolidation(FIGURES, files=[stray])


def test_a_unit_whose_file_may_lie_there_is_told_so_everywhere(tmp_path: Path) -> None:
    result, words = doubtful_case(), load_summary_words()
    book = load_workbook(write(result, tmp_path), data_only=True)
    line = next(line for line in list_lines(book[CONTRACT[2]]) if line["Mã"] == LATE)
    assert line["Tình trạng"] == words("ledger.perhaps_files", files="PL2.xlsx")
    assert line["Tin nhắn gửi đơn vị"] is None
    assert words("ledger.group_message") not in below_the_table(book[CONTRACT[2]])
    assert find(book["07147 Hiệp Hòa"], words("unit_sheet.perhaps", files="PL2.xlsx"))
    state = book[CONTRACT[1]].cell(find(book[CONTRACT[1]], "Xã Hiệp Hòa").row, 4).value
    assert state == words("matrix.state.without_figures")


def test_whoever_reminds_the_group_is_sent_to_the_unassigned_files_first(tmp_path: Path) -> None:
    stray = FileResult("PL2.xlsx", "d" * 64, None, FileStatus.REJECTED, None, (finding("U001"),))
    below = below_the_table(ledger_of(consolidation(FIGURES, files=[stray]), tmp_path))
    words = load_summary_words()
    assert list(below)[:2] == [words("ledger.before_group"), words("ledger.group_message")]
    assert "Xã Hiệp Hòa" in below[words("ledger.group_message")]
    below = below_the_table(ledger_of(consolidation(FIGURES), tmp_path))
    assert words("ledger.before_group") not in below


def test_the_matrix_tells_who_sent_something_from_who_sent_nothing(tmp_path: Path) -> None:
    picture = FileResult("anh.jpg", "e" * 64, LATE, FileStatus.REJECTED, None, (finding("F006"),))
    result = consolidation({WARD: FIGURES[WARD]}, files=[picture])
    units = [replace(unit, file="anh.jpg") if unit.unit.code == LATE else unit for unit in result.units]
    sheet = load_workbook(write(replace(result, units=tuple(units)), tmp_path))[CONTRACT[1]]
    states = {name: sheet.cell(find(sheet, name).row, 4).value for name in ("Xã Hiệp Hòa", "Xã Sông Khoai")}
    words = load_summary_words()
    assert states == {
        "Xã Hiệp Hòa": words("matrix.state.without_figures"),
        "Xã Sông Khoai": words("matrix.state.missing"),
    }


def test_a_return_that_does_not_count_still_says_whom_to_call(tmp_path: Path) -> None:
    empty = FileResult(
        "d.xlsx", "e" * 64, LATE, FileStatus.REJECTED, None, (finding("F008"),), filled_by="Nguyễn Văn A", phone="0912"
    )
    result = consolidation(FIGURES, files=[empty])
    units = [replace(unit, file="d.xlsx") if unit.unit.code == LATE else unit for unit in result.units]
    line = next(
        line for line in list_lines(ledger_of(replace(result, units=tuple(units)), tmp_path)) if line["Mã"] == LATE
    )
    assert (line["Người lập biểu"], line["Điện thoại"]) == ("Nguyễn Văn A", "0912")


@pytest.mark.parametrize(("source", "is_shown"), [("Nhập từ bản giấy", True), ("Tệp của đơn vị", False), ("", False)])
def test_figures_that_the_office_typed_from_paper_are_told(source: str, is_shown: bool, tmp_path: Path) -> None:
    result = consolidation({WARD: FIGURES[WARD]})
    units = [
        replace(unit, counted=replace(unit.counted, source=source)) if unit.counted else unit for unit in result.units
    ]
    book = load_workbook(write(replace(result, units=tuple(units)), tmp_path))
    line = next(line for line in list_lines(book[CONTRACT[2]]) if line["Mã"] == WARD)
    assert ("Nhập từ bản giấy" in str(line["Tình trạng"])) is is_shown
    texts = [str(cell.value) for row in book["07132 Quảng Yên"].iter_rows(max_row=5) for cell in row]
    assert any("Nhập từ bản giấy" in text for text in texts) is is_shown


# On paper -------------------------------------------------------------------------------------------------------


def heights(sheet: Worksheet) -> dict[int, float]:
    return {row: size.height for row, size in sheet.row_dimensions.items() if size.height}


def test_a_message_that_is_not_printed_makes_no_line_of_the_list_higher(tmp_path: Path) -> None:
    rows = [row.key for row in shipped_form().rows if row.key.startswith("class_")]
    errors = [finding("V001", row=row, measure="people", found="x" * 50) for row in rows]
    for name in ("plain", "asked"):
        (tmp_path / name).mkdir()
    plain = heights(ledger_of(consolidation({WARD: FIGURES[WARD]}), tmp_path / "plain"))
    asked = heights(ledger_of(consolidation({WARD: FIGURES[WARD]}, findings={WARD: errors}), tmp_path / "asked"))
    assert asked[5] == plain[5]


def test_every_cell_of_the_sources_has_its_border_and_a_short_name_of_its_row(tmp_path: Path) -> None:
    result = open_case()
    sheet = load_workbook(write(result, tmp_path))[CONTRACT[5]]
    first, _, last = str(sheet.auto_filter.ref).partition(":")
    cells = [cell for row in sheet[first:last] for cell in row]
    assert all(cell.border.right.style for cell in cells)
    names = {line["Dòng"] for line in list_lines(sheet)}
    assert names <= set(result.form.short_names.values())
    columns = {line["Dòng"]: line["Cột"] for line in list_lines(sheet)}
    assert columns[result.form.short_names["funding_state_budget"]] is None
    assert columns[result.form.short_names["news_items"]] == result.form.column_by_key["note"].short


def test_the_way_back_is_not_printed(tmp_path: Path) -> None:
    book = load_workbook(write(open_case(), tmp_path))
    sheet = book["07132 Quảng Yên"]
    (link,) = links_of(sheet)
    assert link == "A1"
    assert str(sheet.print_area).partition("!")[2].startswith("$A$2:")


@pytest.mark.parametrize("is_asked", [True, False])
def test_colours_are_explained_where_a_cell_is_coloured(is_asked: bool, tmp_path: Path) -> None:
    info = finding("V020", row="news_items", measure="quantity", found="1.500")
    beside = finding("R107", row="awards", measure="quantity", found="5")
    told = [info, beside, *([finding("V022", row="news_items", measure="quantity")] if is_asked else [])]
    result = consolidation({WARD: FIGURES[WARD]}, findings={WARD: told})
    texts = [cell.value for row in load_workbook(write(result, tmp_path))["07132 Quảng Yên"] for cell in row]
    assert (load_summary_words()("unit_sheet.legend") in texts) is is_asked


@pytest.mark.parametrize(("letters", "pages"), [(20, 1), (3000, 0)])
def test_a_long_unit_sheet_goes_on_instead_of_shrinking(letters: int, pages: int, tmp_path: Path) -> None:
    result = consolidation({WARD: {"other_content.quantity": "dài " * (letters // 4)}})
    sheet = load_workbook(write(result, tmp_path))["07132 Quảng Yên"]
    height = sheet.page_setup.fitToHeight
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (1 if height is None else height) == pages


# Columns are named where they say something ---------------------------------------------------------------------


def test_a_row_that_takes_one_number_or_text_is_named_without_its_column(tmp_path: Path) -> None:
    errors = [finding("V001", row=row, measure="quantity", found="x") for row in ("news_items", "sports_events")]
    typed = {"news_items.quantity": "x", "sports_events.quantity": "x", "other_content.quantity": "nhiều việc"}
    result = consolidation({WARD: typed}, findings={WARD: errors})
    book = load_workbook(write(result, tmp_path))
    short = result.form.column_by_key["quantity"].short
    places = [str(line["Dòng, cột trong biểu"]) for line in list_lines(book[CONTRACT[3]])]
    assert [short in place for place in places] == [False, True]
    assert [line["Cột"] for line in list_lines(book[CONTRACT[4]])] == [None]
    remarks = [str(cell.value) for row in book["07132 Quảng Yên"] for cell in row if str(cell.value).startswith("LỖI")]
    assert [short in remark for remark in remarks] == [False, True]


def test_cells_that_one_finding_stands_for_are_named_by_row_and_their_addresses_stand_with_the_file(
    tmp_path: Path,
) -> None:
    form = shipped_form()
    typed: dict[str, Typed] = {f"{row}.quantity": "1 buổi" for row in ("news_items", "publications", "seminars")}
    typed |= {"class_literacy.quantity": "1 lớp", "class_literacy.people": "7 người"}
    one = make_return(form, typed)
    told = [
        finding("V026", sheet=one.sheet, cell=entry.cell, row=entry.row, measure=entry.measure, found=entry.found)
        for entry in one.entries
        if f"{entry.row}.{entry.measure}" in typed
    ]
    book = load_workbook(write(consolidation({WARD: typed}, findings={WARD: told}), tmp_path))
    (line,) = [line for line in list_lines(book[CONTRACT[3]]) if line["Mã lỗi"] == "V026"]
    shorts = [form.by_key[row].short_label for row in ("class_literacy", "news_items", "publications", "seminars")]
    places, where = str(line["Dòng, cột trong biểu"]), str(line["Tệp, trang, ô"])
    assert [places.count(short) for short in shorts] == [1, 1, 1, 1]
    assert where.startswith(f"{WARD}.xlsx, {one.sheet}, ")
    assert address(form, "class_literacy.people") in where
    assert address(form, "class_literacy.people") not in str(line["Vì sao phải xem"])
    (remark,) = [
        str(cell.value)
        for row in book["07132 Quảng Yên"]
        for cell in row
        if str(cell.value).startswith(load_summary_words()("unit_sheet.info")) and shorts[0] in str(cell.value)
    ]
    assert [short in remark for short in shorts] == [True] * 4
    assert address(form, "class_literacy.people") not in remark


def test_beyond_a_few_the_cells_of_one_finding_are_counted_and_their_addresses_still_complete(tmp_path: Path) -> None:
    form = shipped_form()
    rows = [row.key for row in form.rows if row.key.startswith("class_") and len(row.kinds) == 2]
    one = make_return(form, {f"{row}.people": "7" for row in rows})
    places = tuple(address(form, f"{row}.people") for row in rows)
    told = finding("V028", sheet=one.sheet, facts={"count": len(rows), "places": places})
    book = load_workbook(write(consolidation({WARD: {}}, findings={WARD: [told]}), tmp_path))
    (line,) = [line for line in list_lines(book[CONTRACT[3]]) if line["Mã lỗi"] == "V028"]
    rest = load_summary_words()("issues.more_places", names="", count=len(rows) - 5)
    assert str(line["Dòng, cột trong biểu"]).endswith(rest)
    assert str(line["Tệp, trang, ô"]).endswith(spans(places))


def test_a_unit_sheet_mends_the_letters_misprints_and_is_not_called_a_blank_form(tmp_path: Path) -> None:
    form = shipped_form()
    texts = {cell.value for row in load_workbook(write(open_case(), tmp_path))["07132 Quảng Yên"] for cell in row}
    assert {row.title for row in form.rows} <= texts
    assert not texts & {*form.title_lines, *(row.label for row in form.rows if row.label != row.title)}
    title = load_summary_words()("unit_sheet.title", form=form.name.upper())
    assert title in texts
    assert fold(title) in furniture_of(form, REGISTER), "in a copy that is sent back it is no content either"


def test_the_legend_of_units_without_figures_covers_a_return_kept_out_as_a_whole(tmp_path: Path) -> None:
    kept_out = replace(make_return(shipped_form(), {}, unit=WARD, path="a.xlsx"), findings=(finding("F028"),))
    result = consolidation({}, files=(make_file(kept_out, FileStatus.REJECTED),))
    units = tuple(replace(one, file="a.xlsx") if one.unit.code == WARD else one for one in result.units)
    texts = [
        str(cell.value)
        for row in load_workbook(write(replace(result, units=units), tmp_path))[CONTRACT[2]]
        for cell in row
    ]
    legend = load_summary_words()("ledger.legend.missing_with_file")
    assert legend in texts
    assert "--strict" in legend


def test_where_answers_are_written_is_said_once_above_the_findings(tmp_path: Path) -> None:
    sheet = load_workbook(write(open_case(), tmp_path))[CONTRACT[3]]
    said = [cell.coordinate for row in sheet for cell in row if ".decisions.xlsx" in str(cell.value)]
    assert said == ["A2"]


def test_received_times_are_shown_in_vietnams_zone(tmp_path: Path) -> None:
    result = consolidation({WARD: {"news_items.quantity": 1}})
    moment = datetime(2020, 10, 8, 23, 30, tzinfo=VIETNAM)
    file = replace(result.files[0], times=Times(received=moment), late=True)
    lines = list_lines(load_workbook(write(replace(result, files=(file,)), tmp_path))[CONTRACT[2]])
    assert lines[0]["Ngày nhận"] == datetime(2020, 10, 8, 23, 30)
    assert lines[0]["Đúng hạn"] == load_summary_words()("ledger.late.yes")


def test_sources_and_texts_name_every_value(tmp_path: Path) -> None:
    result = open_case()
    book = load_workbook(write(result, tmp_path))
    lines = {(line["Đơn vị"], line["Ô"]): line for line in list_lines(book[CONTRACT[5]])}
    typed = sum(len(cells) for cells in FIGURES.values())
    assert len(lines) == typed
    stated = lines["Xã Sông Khoai", address(result.form, "funding_state_budget.quantity")]
    assert (stated["Số đã dùng"], stated["Đơn vị ghi"]) == (2_500_000, "2500000")
    doubtful = lines["Phường Đông Mai", address(result.form, "class_literacy.people")]
    assert (doubtful["Số đã dùng"], doubtful["Đơn vị ghi"]) == (None, "khoảng 50")
    assert doubtful["Cách đọc"] == load_summary_words()("sources.state.unreadable")
    assert [line["Nội dung"] for line in list_lines(book[CONTRACT[4]])] == ["trên loa"]


def test_the_message_to_a_unit_names_row_column_and_what_was_typed(tmp_path: Path) -> None:
    lines = list_lines(load_workbook(write(open_case(), tmp_path))[CONTRACT[2]])
    message = str(next(line for line in lines if line["Mã"] == TOWN_WARD)["Tin nhắn gửi đơn vị"])
    for part in ("Phòng GD&ĐT", "Phường Đông Mai", "07135.xlsx", "Xóa mù chữ", "Người", "khoảng 50"):
        assert part in message
    assert next(line for line in lines if line["Mã"] == WARD)["Tin nhắn gửi đơn vị"] is None


def test_a_form_of_other_columns_and_a_one_row_head_goes_through_unchanged(tmp_path: Path) -> None:
    form = second_form(tmp_path)
    register = make_register(*(make_unit(code, f"Trường {code}", "trường", "") for code in ("A", "B", "C")))
    figures: Mapping[str, Mapping[str, Typed]] = {
        "A": {"everything.trees": (State.COMPUTED, 7), "fruit.trees": 3, "timber.trees": 4, "cost.hectares": 900},
        "B": {"fruit.trees": 5, "fruit.households": 2, "mango.note": "ghép cành"},
    }
    result = consolidation(figures, form=form, register=register)
    path = write(result, tmp_path)
    book, live = load_workbook(path, data_only=True), load_workbook(path)
    assert blank(total_cells(book, form)) == sums(result)
    stamp = load_stamp_words()
    heads = [find(book[CONTRACT[0]], stamp.coverage_head(form.column_by_key[key].short)) for key in form.measures]
    assert len({head.column for head in heads}) == 3
    row, column = plan_of(result).unit_place.at(cell_of("everything.trees"))
    fruit, timber = (plan_of(result).unit_place.rows[key] + 1 for key in ("fruit", "timber"))
    assert live["A A"].cell(row + 1, column + 1).value == f"=SUM(B{fruit},B{timber})"


def test_sheet_names_are_legal_and_unlike_each_other(tmp_path: Path) -> None:
    names = ["Trường [A]: B/C?*\\ rất là dài, dài hơn ba mươi mốt ký tự", "Trường 'B'", "Trường 'b'"]
    units = [make_unit(f"{'X' * 12}", names[0]), make_unit("1", names[1]), make_unit("1 ", names[2])]
    book = load_workbook(write(consolidation({}, register=make_register(*units)), tmp_path))
    found = book.sheetnames[len(CONTRACT) :]
    assert len({name.casefold() for name in found}) == len(units)
    assert all(len(name) <= 31 and not set("[]:*?/\\") & set(name) for name in found)


@pytest.mark.parametrize("unit_sheets", [True, False])
def test_nobody_answered_and_still_a_summary_is_written(unit_sheets: bool, tmp_path: Path) -> None:
    result = consolidation({})
    book = load_workbook(write(result, tmp_path, unit_sheets=unit_sheets), data_only=True)
    assert set(blank(total_cells(book, result.form)).values()) == {None}


def test_without_a_register_line_there_is_still_a_summary(tmp_path: Path) -> None:
    result = consolidation({}, register=make_register())
    assert load_workbook(write(result, tmp_path)).sheetnames == CONTRACT


def test_every_state_has_its_words() -> None:
    texts = load_summary_words().texts
    assert all(f"sources.state.{state}" in texts for state in State)
    assert all(f"ledger.file_status.{outcome}" in texts for outcome in Outcome)
    assert all(f"ledger.counts.{outcome}" in texts for outcome in Outcome)
    assert all(f"ledger.unit_status.{status}" in texts for status in UnitStatus)
    assert all(f"matrix.state.{status}" in texts for status in UnitStatus)
