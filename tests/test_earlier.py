"""An older summary that a person changed is kept aside, told, and its numbers wait in the decisions workbook."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses
from pipeline.decisions.previous_summary import look_back
from pipeline.extract.own.summary import DERIVED
from pipeline.model.errors import RunError
from pipeline.readers.register import load_register
from schemas.register import shipped_register
from schemas.rules import SumOfParts
from tests.conftest import Convert
from tests.decisions_by_hand import WORDS, fill, lines_in
from tests.returned import FIGURES, FORM, consolidate, lines_of, summary_totals, write_returns

ASKED, SILENT = "07150", "07153"
BOOKS, ABOUT = "books_donated.quantity", "book_donors.people"
REGISTER = load_register(FORM, None)


@pytest.fixture(scope="module")
def returns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the return of one unit with a cell that cannot be read, and a computed total."""
    figures = {**FIGURES[ASKED], ABOUT: "khoảng 50", "classes_total.quantity": None}
    return write_returns(tmp_path_factory.mktemp("made") / "in", {ASKED: figures})


@pytest.fixture(scope="module")
def written(returns: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a first run; shared, so nobody writes into it."""
    folder = tmp_path_factory.mktemp("written")
    consolidate(returns, folder / "summary.xlsx", "--quiet")
    return folder


@pytest.fixture
def desk(written: Path, tmp_path: Path) -> Path:
    """Give a folder with the summary and the decisions of a first run."""
    return Path(shutil.copytree(written, tmp_path / "desk"))


def run(returns: Path, desk: Path, *options: object) -> int:
    return consolidate(returns, desk / "summary.xlsx", "--data", desk / "d.csv", *options).exit_code


def change(summary: Path, write: Callable[[Worksheet], None], sheet: str = ASKED) -> None:
    """Open a summary, write into the sheet whose name begins so, save."""
    workbook = load_workbook(summary)
    write(next(one for one in workbook.worksheets if one.title.startswith(sheet)))
    workbook.save(summary)


def place(sheet: Worksheet, cell: str) -> str:
    """Find a cell of the form in a unit's sheet: the row by its label, the column by its head."""
    row, _, measure = cell.rpartition(".")
    label = FORM.by_key[row].title
    line = next(one.row for cells in sheet.iter_rows() for one in cells if one.value == label)
    column = [one.key for one in FORM.columns].index(measure) + 1
    return str(sheet.cell(line or 0, column).coordinate)


def type_into(cell: str, value: object) -> Callable[[Worksheet], None]:
    def write(sheet: Worksheet) -> None:
        sheet[place(sheet, cell)] = value  # type: ignore[assignment]

    return write


def notes(summary: Path) -> list[str]:
    """Codes of what `Lỗi và cảnh báo` tells of the run as a whole."""
    rows = [[str(cell.value or "") for cell in row] for row in load_workbook(summary)["Lỗi và cảnh báo"].iter_rows()]
    return [row[11] for row in rows if row[1] == "Chung"]


def offered(desk: Path) -> list[dict[str, object]]:
    """Lines of the decisions workbook that were filled in beforehand."""
    return [dict(line) for line in lines_in(desk / "summary.decisions.xlsx") if "answer" in line]


def kept(desk: Path) -> list[str]:
    return sorted(path.name for path in desk.iterdir() if "sửa tay" in path.name)


def test_an_unchanged_summary_is_simply_replaced(returns: Path, desk: Path) -> None:
    run(returns, desk)
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])
    change(desk / "summary.xlsx", lambda _sheet: None)
    run(returns, desk)
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


@pytest.mark.parametrize(("cell", "value"), [(BOOKS, 4321), (ABOUT, 51), (BOOKS, None), (BOOKS, 0)], ids=str)
def test_a_number_typed_into_the_summary_is_kept_told_and_offered_but_not_summed(
    returns: Path, desk: Path, cell: str, value: int | None
) -> None:
    before = summary_totals(desk / "summary.xlsx")
    change(desk / "summary.xlsx", type_into(cell, value))
    changed = (desk / "summary.xlsx").read_bytes()
    run(returns, desk)
    assert summary_totals(desk / "summary.xlsx") == before
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    assert (desk / kept(desk)[0]).read_bytes() == changed
    assert notes(desk / "summary.xlsx") == ["F029"]
    (line,) = (one for one in lines_in(desk / "summary.decisions.xlsx") if "answer" in one)
    answer = WORDS.sheets["cells"].answers["blank" if value is None else "value"]
    assert (line["answer"], line.get("value"), line.get("by")) == (answer, value, None)
    assert line["reason"] == WORDS.sheets["cells"].texts["edited_reason"]


def test_a_number_typed_into_a_sheet_that_still_bears_the_letters_misprints_is_told(returns: Path, desk: Path) -> None:
    """Summaries of earlier versions print the labels of unit sheets as the letter does."""
    misprinted = next(row for row in FORM.rows if row.label != row.title and "quantity" in row.kinds)
    typed: list[str] = []

    def write(sheet: Worksheet) -> None:
        at = place(sheet, f"{misprinted.key}.quantity")
        sheet[at] = 4321
        typed.append(f"{sheet.title}, {at}")
        labels = {row.title: row.label for row in FORM.rows}
        for cell in (cell for cells in sheet.iter_rows() for cell in cells if isinstance(cell, Cell)):
            cell.value = labels.get(str(cell.value), cell.value)

    change(desk / "summary.xlsx", write)
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]


def test_the_offered_line_counts_once_somebody_answers_for_it(returns: Path, desk: Path) -> None:
    book = desk / "summary.decisions.xlsx"
    change(desk / "summary.xlsx", type_into(BOOKS, 4321))
    run(returns, desk)
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["D002"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    (line,) = (one for one in lines_in(book) if "answer" in one)
    fill(book, "cells", line, by="Lan")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == []
    assert summary_totals(desk / "summary.xlsx")[BOOKS] == 4321
    (told,) = (one for one in lines_of(desk / "d.csv") if f"{one['row']}.{one['measure']}" == BOOKS)
    assert (told["value"], told["state"]) == ("4321", "decided")


def test_what_is_kept_is_never_written_over(returns: Path, desk: Path) -> None:
    for value in (1, 2):
        change(desk / "summary.xlsx", type_into(BOOKS, value))
        run(returns, desk)
    assert kept(desk) == ["summary (sửa tay 1).xlsx", "summary (sửa tay 2).xlsx"]
    assert [one["value"] for one in lines_in(desk / "summary.decisions.xlsx") if "value" in one] == [1, 2]


def test_a_total_that_follows_a_changed_part_is_no_change_of_its_own(returns: Path, desk: Path) -> None:
    part = "class_it_staff.quantity"
    rules = (rule for rule in FORM.rules if isinstance(rule, SumOfParts))
    parts = {str(cell) for rule in rules if str(rule.total) == "classes_total.quantity" for cell in rule.parts}

    def write(sheet: Worksheet) -> None:
        total = place(sheet, "classes_total.quantity")
        sheet[place(sheet, part)] = 5
        # What Excel would calculate, since openpyxl does not.
        sheet[total] = 5 + sum(FIGURES[ASKED][key] for key in FIGURES[ASKED] if key in parts - {part})

    change(desk / "summary.xlsx", write)
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]


@pytest.mark.parametrize("value", ["năm mươi", -4, 2.5, "chép tay"], ids=str)
def test_what_is_no_number_is_kept_and_told_but_not_offered(returns: Path, desk: Path, value: object) -> None:
    change(desk / "summary.xlsx", type_into(BOOKS, value))
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    assert [one for one in lines_in(desk / "summary.decisions.xlsx") if "answer" in one] == []


def test_a_form_typed_into_the_sheet_of_a_missing_unit_is_told_once(returns: Path, desk: Path) -> None:
    def write(sheet: Worksheet) -> None:
        for cell, value in FIGURES[SILENT].items():
            sheet[place(sheet, cell)] = value

    change(desk / "summary.xlsx", write, SILENT)
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


def ledger_line(sheet: Worksheet, **wanted: str) -> tuple[int, dict[str, int]]:
    """Find a line of the list of files by unit or file; gives its row and the columns by head."""
    head = next(item.row for row in sheet.iter_rows() for item in row if item.value == "Mã")
    columns = {str(item.value): item.column or 0 for item in sheet[head or 0] if item.value}
    heads = {"code": "Mã", "file": "Tệp"}
    for row in range((head or 0) + 1, sheet.max_row + 1):
        if all(sheet.cell(row, columns[heads[key]]).value == value for key, value in wanted.items()):
            return row, columns
    raise AssertionError(wanted)


def remark(desk: Path, head: str = "Ghi chú của cán bộ", **wanted: str) -> object:
    sheet = load_workbook(desk / "summary.xlsx")["Tình hình nộp"]
    row, columns = ledger_line(sheet, **wanted)
    return sheet.cell(row, columns[head]).value


def write_remark(desk: Path, text: object, head: str = "Ghi chú của cán bộ", **wanted: str) -> None:
    def write(sheet: Worksheet) -> None:
        row, columns = ledger_line(sheet, **wanted)
        sheet.cell(row, columns[head]).value = text  # type: ignore[assignment]

    change(desk / "summary.xlsx", write, "Tình hình nộp")


def test_notes_beside_the_totals_are_kept_on_every_later_run(returns: Path, desk: Path) -> None:
    def write(sheet: Worksheet) -> None:
        sheet[place_of_title(sheet)] = "đã kiểm tra"

    change(desk / "summary.xlsx", write, "Tổng hợp")
    for _ in range(3):
        run(returns, desk)
        sheet = load_workbook(desk / "summary.xlsx")["Tổng hợp"]
        assert sheet[place_of_title(sheet)].value == "đã kiểm tra"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_remarks_in_the_list_of_files_are_kept_on_every_later_run(returns: Path, desk: Path) -> None:
    write_remark(desk, "+ đã gọi", code=ASKED)
    write_remark(desk, datetime(2020, 10, 9), head="Bản giấy ký đóng dấu (số, ngày)", code=ASKED)
    write_remark(desk, "hẹn thứ Năm", code=SILENT)
    for _ in range(3):
        run(returns, desk)
        assert remark(desk, code=ASKED) == "+ đã gọi"
        assert remark(desk, head="Bản giấy ký đóng dấu (số, ngày)", code=ASKED) == "09/10/2020"
        assert remark(desk, code=SILENT) == "hẹn thứ Năm"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_a_remark_on_a_missing_unit_stays_with_it_when_its_file_has_come(
    returns: Path, desk: Path, tmp_path: Path
) -> None:
    write_remark(desk, "hẹn thứ Năm", code=SILENT)
    more = Path(shutil.copytree(returns, tmp_path / "more"))
    for file in write_returns(tmp_path / "late", {SILENT: FIGURES[SILENT]}).iterdir():
        shutil.copy(file, more)
    run(more, desk)
    assert remark(desk, code=SILENT) == "hẹn thứ Năm"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_remarks_on_a_file_that_is_gone_keep_the_older_summary_aside(returns: Path, desk: Path, tmp_path: Path) -> None:
    more = Path(shutil.copytree(returns, tmp_path / "more"))
    (more / "la.pdf").write_bytes(b"%PDF-1.4")
    run(more, desk)
    write_remark(desk, "của ai?", file="la.pdf")
    run(more, desk)
    assert remark(desk, file="la.pdf") == "của ai?"
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


ATTACHED = "(Kèm theo Báo cáo số 12/BC-UBND ngày 10 tháng 10 năm 2020)"
DATED = "Quảng Yên, ngày 10 tháng 10 năm 2020"


def at(sheet: Worksheet, text: str) -> Cell:
    """Find the cell that bears a text, or begins with it."""
    cells = (cell for row in sheet.iter_rows() for cell in row if isinstance(cell, Cell))
    return next(cell for cell in cells if str(cell.value or "").startswith(text))


def texts(summary: Path) -> dict[str, str]:
    sheet = load_workbook(summary)["Tổng hợp"]
    return {str(cell.value): cell.coordinate for row in sheet.iter_rows() for cell in row if cell.value}


def test_dotted_lines_and_names_that_were_filled_in_are_kept_on_every_later_run(returns: Path, desk: Path) -> None:
    def write(sheet: Worksheet) -> None:
        at(sheet, "(Kèm theo Báo cáo số").value = ATTACHED
        at(sheet, "Quảng Yên, ngày").value = DATED
        for post, name in (("PHÓ CHỦ TỊCH UBND", "Vũ Thị Diệu Linh"), ("(Ký, ghi rõ họ tên)", "Lê Thị B")):
            found = at(sheet, post)
            sheet.cell(found.row + 1, found.column).value = name
        found = at(sheet, "(Ký tên, đóng dấu)")
        sheet.cell(found.row + 4, found.column + 1).value = "Nguyễn Văn A"
        # The maker's name may stand beside a post on the right.
        sheet.cell(at(sheet, "PHÓ CHỦ TỊCH UBND").row, 1).value = "0912 345 678"

    written = {ATTACHED, DATED, "Vũ Thị Diệu Linh", "Lê Thị B", "Nguyễn Văn A", "0912 345 678"}
    change(desk / "summary.xlsx", write, "Tổng hợp")
    before = {text: place for text, place in texts(desk / "summary.xlsx").items() if text in written}
    seen = []
    for _ in range(3):
        run(returns, desk)
        seen.append({text: place for text, place in texts(desk / "summary.xlsx").items() if text in written})
    assert seen[0].keys() == written
    assert {text: place[1:] for text, place in seen[0].items()} == {text: place[1:] for text, place in before.items()}
    assert seen[1:] == seen[:1] * 2
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_a_line_that_is_filled_in_half_is_kept_and_so_is_one_in_other_words(returns: Path, desk: Path) -> None:
    half = "Quảng Yên, ngày 10 tháng 10 năm ……"

    def write(sheet: Worksheet) -> None:
        at(sheet, "Quảng Yên, ngày").value = half
        at(sheet, "(Kèm theo Báo cáo số").value = "(Kèm theo Tờ trình số …… ngày …… tháng ……)"

    change(desk / "summary.xlsx", write, "Tổng hợp")
    run(returns, desk)
    assert half in texts(desk / "summary.xlsx")
    assert any("Tờ trình" in text for text in texts(desk / "summary.xlsx"))
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_a_name_under_a_post_that_is_no_more_keeps_the_older_summary(returns: Path, desk: Path, tmp_path: Path) -> None:
    def write(sheet: Worksheet) -> None:
        found = at(sheet, "PHÓ CHỦ TỊCH UBND")
        sheet.cell(found.row + 1, found.column).value = "Vũ Thị Diệu Linh"

    change(desk / "summary.xlsx", write, "Tổng hợp")
    run(returns, desk)
    source = shipped_register("quang_yen_2020")
    units = tmp_path / "units.csv"
    shutil.copy(source, units)
    office = source.with_suffix(".toml").read_text(encoding="utf-8")
    units.with_suffix(".toml").write_text(office.replace(', "PHÓ CHỦ TỊCH UBND"', ""), encoding="utf-8")
    run(returns, desk, "--units", units)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


@pytest.mark.parametrize(
    ("text", "instead"),
    [
        ("BIỂU TỔNG HỢP", "BIỂU TỔNG HỢP LẦN 2"),
        ("TRƯỞNG BAN", "KT. TRƯỞNG BAN"),
        ("Độc lập", "x"),
        ("UBND THỊ XÃ", "y"),
    ],
)
def test_another_text_of_the_printed_page_that_was_changed_keeps_the_older_summary(
    returns: Path, desk: Path, text: str, instead: str
) -> None:
    where = []

    def write(sheet: Worksheet) -> None:
        found = at(sheet, text)
        found.value = instead
        where.append(found.coordinate)

    change(desk / "summary.xlsx", write, "Tổng hợp")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


def test_a_total_that_was_typed_over_is_told_and_the_older_summary_is_kept(returns: Path, desk: Path) -> None:
    where = []

    def write(sheet: Worksheet) -> None:
        where.append(cell_addresses(FORM, sheet)[BOOKS])
        sheet[where[0]] = 350

    change(desk / "summary.xlsx", write, "Tổng hợp")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    assert [one for one in lines_in(desk / "summary.decisions.xlsx") if "answer" in one] == []


def test_a_derived_sum_that_was_typed_over_is_told_and_one_that_was_not_is_no_change(returns: Path, desk: Path) -> None:
    where = []

    def write(sheet: Worksheet) -> None:
        (line,) = (row for row in sheet.iter_rows() if f"{DERIVED}{FORM.derived[0].id}" in [cell.value for cell in row])
        (cell,) = (cell for cell in line if str(cell.value).startswith("="))
        cell.value = 987
        where.append(cell.coordinate)

    change(desk / "summary.xlsx", write, "Tổng hợp")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


def matrix_cell(sheet: Worksheet, name: str, cell: str) -> Cell:
    """Find a cell of the sheet of units by rows of the form, by code or name of its line."""
    line = next(row for row in sheet.iter_rows() if name in [one.value for one in row])
    first = next(place for place, one in enumerate(sheet[6]) if str(one.value).startswith("=IF(ISNUMBER"))
    found = line[first + [str(one) for one in FORM.number_cells].index(cell)]
    assert isinstance(found, Cell)
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [(ASKED, 4321), (ASKED, "năm mươi"), ("Tổng cộng", 4321), ("Cộng các phường", 4321)],
)
def test_a_number_typed_over_in_the_sheet_of_units_is_told(returns: Path, desk: Path, name: str, value: object) -> None:
    def write(sheet: Worksheet) -> None:
        matrix_cell(sheet, name, BOOKS).value = value  # type: ignore[assignment]

    change(desk / "summary.xlsx", write, "Theo đơn vị")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


@pytest.mark.libreoffice
def test_sums_that_follow_a_changed_number_are_no_changes_of_their_own(
    returns: Path, desk: Path, soffice_recalculating: Convert, tmp_path: Path
) -> None:
    change(desk / "summary.xlsx", type_into(BOOKS, 4321))
    shutil.copy(soffice_recalculating(desk / "summary.xlsx", "xlsx", tmp_path / "saved"), desk / "summary.xlsx")
    assert load_workbook(desk / "summary.xlsx", data_only=True)["Tổng hợp"][place_of_books(desk)].value == 4321
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert [one["value"] for one in offered(desk)] == [4321]


def place_of_books(desk: Path) -> str:
    return cell_addresses(FORM, load_workbook(desk / "summary.xlsx")["Tổng hợp"])[BOOKS]


def test_a_total_that_was_not_calculated_anew_is_no_change_of_its_own(returns: Path, desk: Path) -> None:
    change(desk / "summary.xlsx", type_into(BOOKS, 4321))
    where = place_of_books(desk)
    change(desk / "summary.xlsx", lambda sheet: setattr(sheet[where], "value", FIGURES[ASKED][BOOKS]), "Tổng hợp")
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert [one["value"] for one in offered(desk)] == [4321]


NAMESAKES = """code,name,type,parent,in_total
206,Thị xã Quảng Yên,cơ quan tổng hợp,22,no
00001,Phường Một,phường,206,yes
00002,Phường Một,phường,206,yes
T0001,Trường Hai,trường,206,no
"""


@pytest.fixture(scope="module")
def namesakes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the returns of two units of one name and of a school outside the totals, summed once."""
    folder = tmp_path_factory.mktemp("namesakes")
    (folder / "units.csv").write_text(NAMESAKES, encoding="utf-8")
    figures = {code: FIGURES[like] for code, like in (("00001", ASKED), ("00002", SILENT), ("T0001", ASKED))}
    write_returns(folder / "in", figures, register=folder / "units.csv")
    consolidate(folder / "in", folder / "summary.xlsx", "--units", folder / "units.csv", "--quiet")
    return folder


@pytest.mark.parametrize("code", ["00001", "00002"])
def test_units_of_one_name_are_each_held_against_what_they_sent(namesakes: Path, tmp_path: Path, code: str) -> None:
    desk = Path(shutil.copytree(namesakes, tmp_path / "desk"))
    for number, told in ((None, []), (4321, [code])):
        change(desk / "summary.xlsx", type_into(BOOKS, number) if number else lambda _sheet: None, code)
        run(desk / "in", desk, "--units", desk / "units.csv")
        assert notes(desk / "summary.xlsx") == ["F029" for _ in told]
        assert [json.loads(str(one["key"]))[0] for one in offered(desk)] == told


def test_a_number_of_a_unit_that_is_no_more_in_the_register_is_told_and_not_offered(desk: Path) -> None:
    change(desk / "summary.xlsx", type_into(BOOKS, 4321))
    others = replace(REGISTER, units=tuple(unit for unit in REGISTER.units if unit.code != ASKED))
    assert [edit.unit for edit in look_back(desk / "summary.xlsx", FORM, REGISTER).edits] == [ASKED]
    earlier = look_back(desk / "summary.xlsx", FORM, others)
    assert earlier.edits == ()
    assert [(told.code, told.facts["next"]) for told in earlier.told(FORM, others)] == [("F029", "copy")]


def test_a_telephone_typed_into_the_list_of_files_is_told(returns: Path, desk: Path) -> None:
    write_remark(desk, "0988 888 888", head="Điện thoại", code=ASKED)
    run(returns, desk)
    assert notes(desk / "summary.xlsx") == ["F029"]
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]


def place_of_title(sheet: Worksheet) -> str:
    title = FORM.by_key["books_donated"].title
    line = next(one.row for cells in sheet.iter_rows() for one in cells if one.value == title)
    column = [one.key for one in FORM.columns].index("note") + 1
    return str(sheet.cell(line or 0, column).coordinate)


def test_without_unit_sheets_the_matrix_is_compared(returns: Path, tmp_path: Path) -> None:
    run(returns, tmp_path, "--unit-sheets", 0)

    def write(sheet: Worksheet) -> None:
        line = next(row for row in sheet.iter_rows() if ASKED in [cell.value for cell in row])
        first = next(index for index, cell in enumerate(line) if isinstance(cell.value, int) and index > 3)
        line[first + [str(cell) for cell in FORM.number_cells].index(BOOKS)].value = 4321

    change(tmp_path / "summary.xlsx", lambda _sheet: None, "Theo")
    run(returns, tmp_path, "--unit-sheets", 0)
    assert kept(tmp_path) == []
    change(tmp_path / "summary.xlsx", write, "Theo")
    run(returns, tmp_path, "--unit-sheets", 0)
    assert notes(tmp_path / "summary.xlsx") == ["F029"]
    (line,) = (one for one in lines_in(tmp_path / "summary.decisions.xlsx") if "answer" in one)
    assert (line["value"], BOOKS.partition(".")[0] in line["key"]) == (4321, True)


def words_of_row(sheet: Worksheet) -> str:
    """Address of the words that stand beside the totals in the row of other contents."""
    return place(sheet, "other_content.quantity")


def test_the_words_of_a_row_without_numbers_are_kept_on_every_later_run(returns: Path, desk: Path) -> None:
    def write(sheet: Worksheet) -> None:
        sheet[words_of_row(sheet)] = "Tổ chức 3 hội thi đọc sách"

    change(desk / "summary.xlsx", write, "Tổng hợp")
    for _ in range(3):
        run(returns, desk)
        sheet = load_workbook(desk / "summary.xlsx")["Tổng hợp"]
        assert sheet[words_of_row(sheet)].value == "Tổ chức 3 hội thi đọc sách"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_the_day_of_receipt_of_a_unit_without_a_file_is_kept_on_every_later_run(returns: Path, desk: Path) -> None:
    write_remark(desk, datetime(2020, 10, 7), head="Ngày nhận", code=SILENT)
    write_remark(desk, "07/10/2020", head="Ngày nhận", code=ASKED)
    for _ in range(3):
        run(returns, desk)
        assert remark(desk, head="Ngày nhận", code=SILENT) == "07/10/2020"
        assert remark(desk, head="Ngày nhận", code=ASKED) == "07/10/2020"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


LISTS = ["Tình hình nộp", "Lỗi và cảnh báo", "Nguồn số liệu"]


def lines_below_the_head(sheet: Worksheet) -> range:
    """Rows of a list, from the first line below its head to the last."""
    reference = sheet.auto_filter.ref
    first, _, last = str(reference).partition(":")
    return range(sheet[first].row + 1, sheet[last].row + 1)


def sort_downwards(sheet: Worksheet) -> None:
    """Turn the order of the lines of a list, as sorting from Z to A does."""
    rows = lines_below_the_head(sheet)
    values = [[cell.value for cell in sheet[row]] for row in rows]
    assert len(values) > 1
    for row, texts in zip(rows, reversed(values), strict=True):
        for cell, value in zip(sheet[row], texts, strict=True):
            if isinstance(cell, Cell):
                cell.value = value


def filter_lines(sheet: Worksheet) -> None:
    """Hide all lines of a list but the first, as a filter does."""
    first, *others = lines_below_the_head(sheet)
    sheet.auto_filter.add_filter_column(0, [str(sheet.cell(first, 1).value)])
    for row in others:
        sheet.row_dimensions[row].hidden = True


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("write", [sort_downwards, filter_lines])
def test_a_list_that_was_sorted_or_filtered_is_no_change(
    returns: Path, desk: Path, name: str, write: Callable[[Worksheet], None]
) -> None:
    change(desk / "summary.xlsx", write, name)
    run(returns, desk)
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_what_was_typed_into_a_sorted_list_stays_with_its_line(returns: Path, desk: Path) -> None:
    write_remark(desk, "hẹn thứ Năm", code=SILENT)
    change(desk / "summary.xlsx", sort_downwards, "Tình hình nộp")
    run(returns, desk)
    assert remark(desk, code=SILENT) == "hẹn thứ Năm"
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def test_one_content_is_kept_once(returns: Path, desk: Path) -> None:
    change(desk / "summary.xlsx", type_into(BOOKS, 4321))
    changed = (desk / "summary.xlsx").read_bytes()
    run(returns, desk)
    run(returns, desk)
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    (desk / "summary.xlsx").write_bytes(changed)
    run(returns, desk)
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    assert (desk / "summary (sửa tay 1).xlsx").read_bytes() == changed


# A sheet is gone, and a number was corrected -----------------------------------------------------------------------

UNITS = """code,name,type,parent,in_total
206,Thị xã Quảng Yên,cơ quan tổng hợp,22,no
07150,Phường Cộng Hòa,phường,206,yes
"""


@pytest.fixture(scope="module")
def final(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run in which nothing is open: returns, register and summary."""
    folder = tmp_path_factory.mktemp("final")
    (folder / "units.csv").write_text(UNITS, encoding="utf-8")
    write_returns(folder / "in", {ASKED: FIGURES[ASKED]}, register=folder / "units.csv")
    assert exit_of(folder) == 0
    return folder


def exit_of(folder: Path) -> int:
    return consolidate(folder / "in", folder / "summary.xlsx", "--units", folder / "units.csv").exit_code


def deleted(name: str) -> Callable[[Workbook], None]:
    def write(workbook: Workbook) -> None:
        del workbook[name]

    return write


def renamed(name: str) -> Callable[[Workbook], None]:
    def write(workbook: Workbook) -> None:
        workbook[name].title = "Trang tính 1"

    return write


@pytest.mark.parametrize("alter", [deleted, renamed])
@pytest.mark.parametrize("name", ["Nguồn số liệu", "Theo đơn vị", "Lỗi và cảnh báo"])
def test_a_summary_that_was_corrected_and_lost_one_of_its_sheets_is_kept_aside(
    final: Path, tmp_path: Path, alter: Callable[[str], Callable[[Workbook], None]], name: str
) -> None:
    desk = Path(shutil.copytree(final, tmp_path / "desk"))
    workbook = load_workbook(desk / "summary.xlsx")
    alter(name)(workbook)
    type_into(BOOKS, 4321)(next(sheet for sheet in workbook.worksheets if sheet.title.startswith(ASKED)))
    workbook.save(desk / "summary.xlsx")
    changed = (desk / "summary.xlsx").read_bytes()
    assert exit_of(desk) == 1
    assert [(desk / one).read_bytes() for one in kept(desk)] == [changed]
    assert notes(desk / "summary.xlsx") == ["F029"]


def test_a_summary_that_nobody_touched_leaves_the_next_run_final(final: Path, tmp_path: Path) -> None:
    desk = Path(shutil.copytree(final, tmp_path / "desk"))
    assert exit_of(desk) == 0
    assert kept(desk) == []


@pytest.mark.libreoffice
def test_a_summary_saved_again_by_another_program_is_no_change(
    returns: Path, desk: Path, soffice_recalculating: Convert, tmp_path: Path
) -> None:
    shutil.copy(soffice_recalculating(desk / "summary.xlsx", "xlsx", tmp_path / "saved"), desk / "summary.xlsx")
    run(returns, desk)
    assert (kept(desk), notes(desk / "summary.xlsx")) == ([], [])


def other_workbook(path: Path) -> None:
    Workbook().save(path)


def summary_of_another_form(path: Path) -> None:
    workbook = load_workbook(path)
    for row in workbook["Tổng hợp"].iter_rows(max_row=12):
        for cell in row:
            if cell.value == FORM.id:
                cell.value = "htsd_2019"
    workbook.save(path)


def notes_with_a_stamp_far_below(path: Path) -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Tổng hợp"
    for row, texts in enumerate((("Mã biểu", FORM.id), ("Loại", "Tổng hợp")), 40):
        for column, text in enumerate(texts, 1):
            sheet.cell(row, column, text)
    workbook.save(path)


@pytest.mark.parametrize(
    "spoil",
    [
        other_workbook,
        notes_with_a_stamp_far_below,
        summary_of_another_form,
        lambda path: path.write_bytes(b"%PDF-1.4 no workbook"),
    ],
    ids=["another workbook", "notes", "another form", "no workbook"],
)
def test_a_file_that_is_no_summary_of_this_form_is_never_replaced(
    returns: Path, desk: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(desk / "summary.xlsx")
    before = {path: path.read_bytes() for path in desk.iterdir()}
    assert run(returns, desk) == 3
    assert {path: path.read_bytes() for path in desk.iterdir()} == before


def test_nothing_stands_in_the_way_of_a_first_run(tmp_path: Path) -> None:
    assert look_back(tmp_path / "summary.xlsx", FORM, REGISTER).aside is None
    (tmp_path / "summary.xlsx").touch()
    assert look_back(tmp_path / "summary.xlsx", FORM, REGISTER).aside is None
    (tmp_path / "summary.xlsx").write_text("x")
    with pytest.raises(RunError) as refusal:
        look_back(tmp_path / "summary.xlsx", FORM, REGISTER)
    assert refusal.value.exit_code == 3


def row_inserted(workbook: Workbook) -> None:
    sheet = workbook["Tổng hợp"]
    sheet.insert_rows(20)
    sheet["B20"], sheet["D20"] = "Dòng thêm", 77


def typed_at(name: str, cell: str, value: str | int) -> Callable[[Workbook], None]:
    def write(workbook: Workbook) -> None:
        workbook[name][cell].value = value

    return write


def typed_over(text: str, by: str) -> Callable[[Workbook], None]:
    def write(workbook: Workbook) -> None:
        cells = (cell for row in workbook["Tổng hợp"].iter_rows() for cell in row)
        next(cell for cell in cells if cell.value == text).value = by

    return write


def grey_cell(workbook: Workbook) -> None:
    sheet = workbook["Tổng hợp"]
    label = FORM.by_key["publications"].label
    line = next(cell.row for row in sheet.iter_rows() for cell in row if cell.value == label)
    place = [one.key for one in FORM.columns].index("people") + 1
    assert sheet.cell(line or 0, place).value is None
    sheet.cell(line or 0, place).value = 99


def sheet_of_ones_own(workbook: Workbook) -> None:
    workbook.create_sheet("Ghi chú của tôi")["A1"] = "Phường Hà An: 55 lớp"


@pytest.mark.parametrize(
    "write",
    [
        row_inserted,
        grey_cell,
        typed_at("Tổng hợp", "N20", 77),
        typed_over(FORM.by_key["books_donated"].label, "Số sách (cả năm)"),
        typed_at("Lỗi và cảnh báo", "D20", "đã gọi cho đơn vị: 55"),
        typed_at("Nội dung khác", "D12", "lưu ý: thêm 5"),
        typed_at("Theo đơn vị", "C60", 55),
        typed_at("Tình hình nộp", "B60", "đã gọi Hà An 5/10"),
        sheet_of_ones_own,
        typed_at("Tổng hợp", "A7", "Số liệu của 19/19 đơn vị."),
    ],
    ids=["row", "grey", "beside", "label", "issues", "texts", "matrix", "ledger", "own sheet", "state"],
)
def test_whatever_else_was_typed_into_a_sheet_keeps_the_older_summary(
    returns: Path, desk: Path, write: Callable[[Workbook], None]
) -> None:
    workbook = load_workbook(desk / "summary.xlsx")
    write(workbook)
    workbook.save(desk / "summary.xlsx")
    run(returns, desk)
    assert kept(desk) == ["summary (sửa tay 1).xlsx"]
    assert notes(desk / "summary.xlsx") == ["F029"]
    run(returns, desk)
    assert (kept(desk), notes(desk / "summary.xlsx")) == (["summary (sửa tay 1).xlsx"], [])
