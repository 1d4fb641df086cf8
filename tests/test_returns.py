"""Sheets of one file to its returns: no sheet that holds something is passed over, and no list is taken for a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.findings import message
from pipeline.model import Consolidation, FileResult
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request
from pipeline.run.consolidate import consolidate as run
from tests.builders import cell_of
from tests.returned import FIGURES as TYPED
from tests.returned import FORM, NUMBERS, copy_of

UNIT = "07135"
FIGURES = [f"{row.key}.{measure}" for row in FORM.rows for measure in (*row.kinds, "note")]
Change = Callable[[Workbook, Worksheet], None]


@pytest.fixture
def folder(clean_returns: Path, tmp_path: Path) -> Path:
    """Lay the return of one unit into a folder of its own."""
    return copy_of(clean_returns, tmp_path / "returns", UNIT)


def changed(folder: Path, change: Change) -> Consolidation:
    """Change the workbook in the folder and read it."""
    (file,) = folder.iterdir()
    workbook = load_workbook(file)
    change(workbook, workbook.worksheets[0])
    workbook.save(file)
    return run(Request(folder=folder, form=FORM, register=load_register(FORM, None), workers=0))


def blank_copy(workbook: Workbook, sheet: Worksheet, title: str = "Bổ sung") -> Worksheet:
    """Add a copy of the form without its figures."""
    copy = workbook.copy_worksheet(sheet)
    copy.title = title
    places = cell_addresses(FORM, copy)
    for cell in FIGURES:
        if type(copy[places[cell]]).__name__ != "MergedCell":
            copy[places[cell]] = None
    return copy


def codes(file: FileResult) -> set[str]:
    return {told.code + (f"@{told.cell}" if told.cell else "") for told in file.findings}


def at(result: Consolidation, part: str) -> FileResult:
    return next(file for file in result.files if file.path.endswith(f"#{part}"))


def test_a_truly_blank_copy_beside_a_filled_form_is_no_return(folder: Path) -> None:
    def second(workbook: Workbook, sheet: Worksheet) -> None:
        blank_copy(workbook, sheet)

    result = changed(folder, second)
    assert [file.status.value for file in result.files] == ["used"]


@pytest.mark.parametrize(
    ("title", "is_told"), [("Kết quả", True), ("Bổ sung", True), ("Sheet2", False), ("Mẫu tổng hợp (2)", False)]
)
def test_a_blank_copy_is_named_unless_a_program_named_its_sheet(folder: Path, title: str, is_told: bool) -> None:
    def second(workbook: Workbook, sheet: Worksheet) -> None:
        blank_copy(workbook, sheet, title)

    (file,) = changed(folder, second).files
    assert [told.facts["blank"] for told in file.findings if told.code == "S019"] == ([(title,)] if is_told else [])


def years(workbook: Workbook, sheet: Worksheet) -> None:
    """Name the sheet after last year, and add a blank copy for this one."""
    blank_copy(workbook, sheet, "2020")
    sheet.title = "2019"


def test_figures_on_a_sheet_of_last_year_beside_a_blank_one_of_this_year_do_not_count(folder: Path) -> None:
    result = changed(folder, years)
    assert [file.status.value for file in result.files] == ["rejected", "rejected"]
    assert "F015" in codes(at(result, "2019"))
    assert "F008" in codes(at(result, "2020"))
    assert not any(total.value for total in result.totals.values())


def test_of_two_filled_sheets_the_one_named_after_the_form_s_own_year_counts(folder: Path) -> None:
    def filled(workbook: Workbook, sheet: Worksheet) -> None:
        years(workbook, sheet)
        workbook["2020"][cell_addresses(FORM, sheet)["news_items.quantity"]] = 77

    result = changed(folder, filled)
    assert [at(result, year).status.value for year in ("2019", "2020")] == ["rejected", "used"]
    assert result.totals[cell_of("news_items.quantity")].value == 77


def test_a_blank_sheet_of_last_year_beside_the_filled_one_is_passed_over(folder: Path) -> None:
    def second(workbook: Workbook, sheet: Worksheet) -> None:
        blank_copy(workbook, sheet, "2019")
        sheet.title = "2020"

    (file,) = changed(folder, second).files
    assert codes(file) == set()


def test_a_second_sheet_whose_heads_are_lost_is_an_entry_of_its_own(folder: Path) -> None:
    def second(workbook: Workbook, sheet: Worksheet) -> None:
        copy = workbook.copy_worksheet(sheet)
        copy.title = "Bổ sung"
        copy.unmerge_cells("D14:E14")
        copy["D14"], copy["D15"], copy["E15"] = "SL 1", "abc", "xyz"
        places = cell_addresses(FORM, copy)
        for cell in set(FIGURES) - set(NUMBERS):
            copy[places[cell]] = None

    result = changed(folder, second)
    assert {"S006@A14", "S004@D14"} <= codes(at(result, "Bổ sung"))
    assert at(result, "Bổ sung").status.value == "rejected"


def test_numbers_beside_an_otherwise_blank_copy_are_told(folder: Path) -> None:
    def second(workbook: Workbook, sheet: Worksheet) -> None:
        blank_copy(workbook, sheet)["D60"] = 12

    assert "S004@D60" in codes(at(changed(folder, second), "Bổ sung"))


def test_a_list_of_a_summary_is_no_form_even_where_no_summary_stands_before_it(folder: Path) -> None:
    def listed(workbook: Workbook, sheet: Worksheet) -> None:
        copy = workbook.create_sheet("Nguồn số liệu")
        copy.append(["NGUỒN CỦA TỪNG SỐ LIỆU"])
        copy.append(["Đơn vị", "Dòng", "Cột", "Số đã dùng"])
        for row in FORM.rows:
            copy.append(["Phường Đông Mai", row.label, "Người", 5])

    assert [file.status.value for file in changed(folder, listed).files] == ["used"]


def test_added_columns_named_like_those_of_a_summary_make_no_summary(folder: Path) -> None:
    def added(_: Workbook, sheet: Worksheet) -> None:
        sheet["I14"], sheet["J14"] = "Số đơn vị có số liệu: Số lớp/cuộc", "Số đơn vị có số liệu: Người"
        sheet["I16"], sheet["J18"] = "0/19", "3/19"

    result = changed(folder, added)
    assert "S004@I16" in codes(result.files[0])
    assert {result.totals[cell_of(cell)].coverage.expected for cell in NUMBERS} == {19}


def test_a_summary_stamp_on_a_form_without_coverage_is_told(folder: Path) -> None:
    def stamped(_: Workbook, sheet: Worksheet) -> None:
        sheet["B8"], sheet["C8"] = "Loại:", "Tổng hợp"
        sheet["J20"] = 777

    assert {"N003", "S004@J20"} <= codes(changed(folder, stamped).files[0])


def test_a_title_alone_makes_no_summary_and_switches_no_rule_off(folder: Path) -> None:
    places = cell_addresses(FORM, load_workbook(next(folder.iterdir())).worksheets[0])
    money = places["funding_state_budget.quantity"]

    def titled(_: Workbook, sheet: Worksheet) -> None:
        sheet["A8"] = FORM.summary_title
        sheet[money] = 8200

    result = changed(folder, titled)
    told = codes(result.files[0])
    assert "N003" not in told
    assert any(code.endswith(f"@{money}") and code.startswith("R") for code in told)


def test_hidden_rows_are_told_only_where_they_hold_something(folder: Path) -> None:
    def hidden(_: Workbook, sheet: Worksheet) -> None:
        sheet.row_dimensions[29].hidden = True

    def emptied(_: Workbook, sheet: Worksheet) -> None:
        for column in "DEF":
            sheet[f"{column}29"] = None

    def zeroed(_: Workbook, sheet: Worksheet) -> None:
        sheet["D29"] = 0

    asked = changed(folder, hidden)
    assert "S013@D29" in codes(asked.files[0])
    assert [told.is_open for told in asked.files[0].findings if told.code == "S013"] == [True]
    for quiet in (emptied, zeroed):
        assert not {code for code in codes(changed(folder, quiet).files[0]) if code.startswith("S013")}


def test_figures_on_a_hidden_sheet_are_read_and_the_sheet_is_named(folder: Path) -> None:
    def hidden(workbook: Workbook, sheet: Worksheet) -> None:
        workbook.active = workbook.create_sheet("Trang bìa")
        sheet.sheet_state = "hidden"

    result = changed(folder, hidden)
    (told,) = [told for told in result.files[0].findings if told.code == "F023"]
    assert (told.sheet, told.facts["what"]) == ("Mẫu tổng hợp", "hidden_sheet=Mẫu tổng hợp")
    assert 'trang tính "Mẫu tổng hợp"' in message(told, FORM, "vi")
    assert result.files[0].status.value == "used"
    read = {f"{cell.row}.{cell.measure}": total.value for cell, total in result.totals.items()}
    assert {cell: read[cell] for cell in TYPED[UNIT]} == TYPED[UNIT]


def test_a_number_in_a_row_of_words_is_told_at_its_cell_and_kept_as_words(folder: Path) -> None:
    def numbered(_: Workbook, sheet: Worksheet) -> None:
        sheet[place] = 3

    with_rows = load_workbook(next(folder.iterdir())).worksheets[0]
    place = cell_addresses(FORM, with_rows)["other_content.quantity"]
    result = changed(folder, numbered)
    (told,) = [told for told in result.files[0].findings if told.code == "R108"]
    assert (told.cell, told.row, told.measure, told.counted) == (place, "other_content", "quantity", False)


def test_a_row_without_height_is_told_like_a_hidden_one(folder: Path) -> None:
    (file,) = folder.iterdir()
    parts = {}
    with ZipFile(file) as box:
        parts = {name: box.read(name) for name in box.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = re.sub(rb'<row r="29"[^>]*>', b'<row r="29" ht="0" customHeight="1">', parts[sheet])
    with ZipFile(file, "w") as box:
        for name, part in parts.items():
            box.writestr(name, part)
    result = run(Request(folder=folder, form=FORM, register=load_register(FORM, None), workers=0))
    assert [told.facts["hidden_row"] for told in result.files[0].findings if told.code == "S013"] == [("29",)]


def test_a_unit_that_says_blanks_are_zero_and_has_none_is_told_nothing(folder: Path) -> None:
    def answered(_: Workbook, sheet: Worksheet) -> None:
        places = cell_addresses(FORM, sheet)
        for cell in NUMBERS:
            if sheet[places[cell]].value is None:
                sheet[places[cell]] = 0
        beside = [cell for cell in sheet[7][2:] if type(cell).__name__ != "MergedCell"]
        beside[0].value = load_stamp_words().blank_yes

    result = changed(folder, answered)
    (one,) = [unit.counted for unit in result.units if unit.counted]
    assert one.blank_means_zero
    assert "V028" not in codes(result.files[0])


# Where it is told ----------------------------------------------------------------------------------------------------


def label_of(sheet: Worksheet, key: str) -> str:
    return f"B{coordinate_to_tuple(cell_addresses(FORM, sheet)[f'{key}.note'])[0]}"


def test_what_is_told_of_rows_leads_to_their_labels(folder: Path) -> None:
    places: dict[str, str] = {}

    def spell(_: Workbook, sheet: Worksheet) -> None:
        places["spelt"] = label_of(sheet, "class_literacy")
        sheet[places["spelt"]] = "Xoá mù"
        places["lost"] = label_of(sheet, "seminars")
        places["above"] = label_of(sheet, "heritage_visits")
        row = int(places["lost"][1:])
        for cell in sheet[row]:
            if type(cell).__name__ != "MergedCell":
                cell.value = None

    told = codes(changed(folder, spell).files[0])
    assert {f"S012@{places['spelt']}", f"S001@{places['above']}"} <= told


def test_rows_in_another_order_are_told_at_the_first_that_moved(folder: Path) -> None:
    places: list[str] = []

    def exchange(_: Workbook, sheet: Worksheet) -> None:
        one, other = (int(label_of(sheet, key)[1:]) for key in ("sports_events", "heritage_visits"))
        for column in range(1, sheet.max_column + 1):
            first, second = sheet.cell(one, column), sheet.cell(other, column)
            if "MergedCell" not in {type(first).__name__, type(second).__name__}:
                first.value, second.value = second.value, first.value
        places.append(f"B{one + 1}")

    told = codes(changed(folder, exchange).files[0])
    assert f"S008@{places[0]}" in told


@pytest.mark.parametrize(
    ("stamp", "typed", "code"),
    [
        ("unit_code", "7135", "U009"),
        ("unit_name", "P. Đông Mai", "U011"),
        ("unit_code", "99999", "U003"),
        ("unit_name", "Phường Không Có", "U003"),
    ],
)
def test_what_is_told_of_a_stamp_leads_to_its_cell(stamp: str, typed: str, code: str, folder: Path) -> None:
    places: list[str] = []

    def retype(workbook: Workbook, sheet: Worksheet) -> None:
        cell = sheet[workbook.defined_names[stamp].attr_text.rpartition("!")[2].replace("$", "")]
        cell.value = typed
        places.append(cell.coordinate)

    told = codes(changed(folder, retype).files[0])
    assert f"{code}@{places[0]}" in told
