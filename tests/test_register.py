"""The unit register: every file an office may keep it in, and every line that is refused."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.extract.context import reading_context
from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request, conclude
from schemas.definition import DefinitionError
from schemas.form import load_form
from schemas.register import COLLECTOR_TYPE, REGISTERS, Office, Register, load_office, load_register_csv
from schemas.rules import Severity
from tests.builders import make_register, make_unit, shipped_form

DAY = date(2020, 10, 1)
HEADS = "code,name,type,parent,in_total"
TOWN = "206,Thị xã Quảng Yên,cơ quan tổng hợp,22,no"


def written(folder: Path, *lines: str, name: str = "units.csv", encoding: str = "utf-8") -> Path:
    file = folder / name
    file.write_bytes("\r\n".join([*lines, ""]).encode(encoding))
    return file


def loaded(folder: Path, *lines: str, encoding: str = "utf-8") -> Register:
    return load_register(shipped_form(), written(folder, *lines, encoding=encoding))


def workbook(folder: Path, *rows: list[Any], name: str = "units.xlsx", title: str = "Đơn vị") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    file = folder / name
    book.save(file)
    return file


# What is shipped ------------------------------------------------------------------------------------------------


def test_the_town_of_2020_has_its_19_communes_and_wards_in_official_order() -> None:
    register = load_register(shipped_form(), None)
    codes = [unit.code for unit in register.expected]
    assert len(codes) == 19
    assert codes == sorted(codes)
    assert [sum(unit.type == kind for unit in register.expected) for kind in ("phường", "xã")] == [11, 8]
    assert all(len(code) == 5 and code.startswith("07") for code in codes)
    assert {unit.parent for unit in register.expected} == {"206"}
    assert register.collector == register.by_code["206"]


def test_the_province_of_2025_has_its_54_units() -> None:
    register = load_register_csv(REGISTERS / "quang_ninh_2025.csv", date(2025, 10, 1))
    assert len(register.expected) == 54
    kinds = {unit.type for unit in register.expected}
    assert [sum(unit.type == kind for unit in register.expected) for kind in ("phường", "xã", "đặc khu")] == [30, 22, 2]
    assert kinds == {"phường", "xã", "đặc khu"}
    assert register.collector is register.by_code["22"]


@pytest.mark.parametrize(("name", "day"), [("quang_yen_2020", date(2025, 7, 1)), ("quang_ninh_2025", DAY)])
def test_a_shipped_register_holds_only_while_its_units_existed(name: str, day: date) -> None:
    assert load_register_csv(REGISTERS / f"{name}.csv", day).expected == ()


@pytest.mark.parametrize("name", ["quang_yen_2020", "quang_ninh_2025"])
def test_no_address_or_phone_number_is_invented(name: str) -> None:
    register = load_register_csv(REGISTERS / f"{name}.csv", DAY)
    assert not any(unit.email or unit.phone or unit.contact or unit.deadline for unit in register.units)
    assert register.padded == {}


def test_the_office_of_the_letter_is_shipped_beside_its_register() -> None:
    office = load_register(shipped_form(), None).office
    assert office.superior_organ
    assert office.organ
    assert office.signers


# Files that an office keeps ------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_any_sign_that_excel_sets_cells_apart_with_is_read(sign: str, encoding: str, tmp_path: Path) -> None:
    lines = [HEADS, TOWN, "07132,Phường Quảng Yên,phường,206,yes", "07135,Phường Đông Mai,phường,206,yes"]
    register = loaded(tmp_path, *(line.replace(",", sign) for line in lines), encoding=encoding)
    assert [unit.code for unit in register.units] == ["206", "07132", "07135"]
    assert [unit.name for unit in register.expected] == ["Phường Quảng Yên", "Phường Đông Mai"]


def test_a_comma_inside_a_semicolon_file_cuts_nothing(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code;name;aliases", "01;Trường A, B và C;TH A, B|THCS C")
    assert register.units[0].name == "Trường A, B và C"
    assert register.units[0].aliases == ("TH A, B", "THCS C")


def test_aliases_are_set_apart_by_semicolon_or_bar(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code,name,aliases", "01,A,x; y |z", "02,B,", "03,C, ;| ")
    assert [unit.aliases for unit in register.units] == [("x", "y", "z"), (), ()]


def test_vietnamese_heads_are_read(tmp_path: Path) -> None:
    heads = (
        "Mã đơn vị;Tên đơn vị;Loại;Cấp trên;Thư điện tử;Tên khác;Cộng vào tổng;Từ ngày;Đến ngày;"
        "Người liên hệ;Điện thoại;Hạn nộp"
    )
    line = "07132;Phường A;phường;206;a@b.vn;PA;có;01/01/2020;31/12/2020;Bà Lan;0203 123;09/10/2020"
    (unit,) = loaded(tmp_path, heads, line).units
    assert (unit.code, unit.name, unit.type, unit.parent, unit.email) == (
        "07132",
        "Phường A",
        "phường",
        "206",
        "a@b.vn",
    )
    assert (unit.aliases, unit.in_total) == (("PA",), True)
    assert (unit.valid_from, unit.valid_to) == (date(2020, 1, 1), date(2020, 12, 31))
    assert (unit.contact, unit.phone) == ("Bà Lan", "0203 123")
    assert unit.deadline is not None
    assert (unit.deadline.isoformat(), unit.deadline.utcoffset()) == ("2020-10-10T00:00:00+07:00", timedelta(hours=7))


def test_of_two_collecting_offices_the_one_of_the_day_collects(tmp_path: Path) -> None:
    head = "code,name,type,parent,in_total,valid_from,valid_to"
    lines = [
        f"1,Phòng cũ,{COLLECTOR_TYPE},,no,,2020-09-30",
        f"2,Phòng mới,{COLLECTOR_TYPE},,no,2020-10-01,",
        "3,Phường A,phường,1,yes,,",
    ]
    collector = loaded(tmp_path, head, *lines).collector
    assert collector is not None
    assert collector.code == "2"


def test_the_last_day_of_the_calendar_is_a_deadline_that_never_comes(tmp_path: Path) -> None:
    (unit,) = loaded(tmp_path, "code,name,valid_to,deadline", "07132,Phường A,31/12/9999,31/12/9999").units
    assert unit.valid_on(date(2020, 10, 1))
    assert unit.deadline is not None
    assert unit.deadline > datetime(9999, 12, 31, tzinfo=UTC)


def test_heads_may_stand_in_any_order_and_case(tmp_path: Path) -> None:
    (unit,) = loaded(tmp_path, "", "NAME,Code", "Phường A,07132").units
    assert (unit.code, unit.name, unit.in_total) == ("07132", "Phường A", True)


def test_empty_lines_are_passed_over_and_lines_keep_their_order(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code,name", "", "09,Z", ",,", "02,A", "05,M")
    assert [unit.code for unit in register.units] == ["09", "02", "05"]


def test_a_workbook_with_numeric_codes_and_real_dates_is_read(tmp_path: Path) -> None:
    file = workbook(
        tmp_path,
        ["code", "name", "type", "parent", "in_total", "valid_from", "deadline", "phone"],
        [206, "Thị xã Quảng Yên", "cơ quan tổng hợp", 22, "no", None, None, None],
        [7132, "Phường Quảng Yên", "phường", 206, "yes", datetime(2011, 11, 25), datetime(2020, 10, 9), "0203 3"],
        ["07135", "Phường Đông Mai", "phường", 206.0, True, date(2011, 11, 25), None, None],
        [7138, "Phường Minh Thành", "phường", 206, False, "25/11/2011", None, None],
    )
    register = load_register(shipped_form(), file)
    assert [unit.code for unit in register.units] == ["206", "07132", "07135", "07138"]
    assert [unit.parent for unit in register.units] == ["22", "206", "206", "206"]
    assert [unit.in_total for unit in register.units] == [False, True, True, False]
    assert {unit.valid_from for unit in register.units[1:]} == {date(2011, 11, 25)}
    assert register.units[1].deadline is not None
    assert register.units[1].phone == "0203 3"
    assert register.padded == {"7132": "07132", "7138": "07138"}


def test_a_workbook_is_known_by_its_content_not_by_its_name(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["code", "name"], ["01", "A"], name="units.csv")
    assert [unit.code for unit in load_register(shipped_form(), file).units] == ["01"]


def test_the_first_sheet_with_anything_in_it_counts_and_lines_are_those_of_excel(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("thật")
    sheet["B3"], sheet["C3"] = "code", "name"
    sheet["B5"], sheet["C5"] = "01", "A"
    sheet["B6"] = "02"
    book.save(tmp_path / "units.xlsx")
    with pytest.raises(DefinitionError) as refused:
        load_register(shipped_form(), tmp_path / "units.xlsx")
    assert (refused.value.line, refused.value.field) == (6, "name")


# The leading zero -----------------------------------------------------------------------------------------------


def test_a_leading_zero_is_put_back_and_told(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code,name,parent", "7132,A,206", "07135,B,206", "206,C,22", "12345,D,7132")
    assert [unit.code for unit in register.units] == ["07132", "07135", "206", "12345"]
    assert register.units[3].parent == "07132"
    assert register.padded == {"7132": "07132"}
    form = shipped_form()
    desk = reading_context(form, register, DEFAULT)
    notes = conclude(Request(tmp_path, form, register), desk, []).notes
    padded = [note for note in notes if note.code == "U009"]
    assert [(note.found, note.facts["code"]) for note in padded] == [("7132", "07132")]


def test_a_code_with_and_without_its_zero_is_one_code(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, "code,name", "07132,A", "7132,B")
    assert (refused.value.line, refused.value.field, refused.value.found) == (3, "code", "07132")
    assert "(line 2 bears it too)" in str(refused.value)


# What is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "line", "field", "found"),
    [
        (["code,name", "01,A", "01,B"], 3, "code", "01"),
        (["code,name,colour", "01,A,red"], 1, "heads", "colour"),
        (["code,name,tên", "01,A,B"], 1, "heads", "tên"),
        (["code,type", "01,A"], 1, "heads", "no name"),
        (["name,type", "A,B"], 1, "heads", "no code"),
        (["01,Phường A"], 1, "heads", "01"),
        (["code,name", ",A"], 2, "code", "nothing"),
        (["code,name", "01,"], 2, "name", "nothing"),
        (["code,name", "01, . "], 2, "name", "."),
        (["code,name,in_total", "01,A,maybe"], 2, "in_total", "maybe"),
        (["code,name,valid_from", "01,A,2020-13-01"], 2, "valid_from", "2020-13-01"),
        (["code,name,valid_to", "01,A,10/2020"], 2, "valid_to", "10/2020"),
        (["code,name,deadline", "01,A,thứ sáu"], 2, "deadline", "thứ sáu"),
        (["code,name,valid_from,valid_to", "01,A,2020-02-01,2020-01-31"], 2, "valid_to", "2020-01-31"),
        (["code,name", "01,A,B"], 2, "cells", "B"),
        (["code,name", '"01","A\nB"', "02,"], 4, "name", "nothing"),
        (["code,name"], None, "units", "only heads"),
        ([""], None, "units", "nothing"),
        ([HEADS, TOWN, "207,B,Cơ quan tổng hợp,22,no"], 3, "type", "cơ quan tổng hợp"),
    ],
)
def test_a_broken_register_is_refused_with_its_line(
    lines: list[str], line: int | None, field: str, found: str, tmp_path: Path
) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, *lines)
    error = refused.value
    assert (error.file, error.line, error.field, error.found) == ("units.csv", line, field, found)
    assert error.allowed


def test_a_broken_register_in_a_workbook_is_refused_with_its_row(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["code", "name", "in_total"], [7132, "A", "yes"], [7135, "B", "có lẽ"])
    with pytest.raises(DefinitionError) as refused:
        load_register(shipped_form(), file)
    assert (refused.value.file, refused.value.line, refused.value.field) == ("units.xlsx", 3, "in_total")


def test_a_register_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, "code,name", "01,Phường A", encoding="utf-16")
    assert refused.value.field == "encoding"


def test_a_register_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    for file in (tmp_path / "nowhere.csv", tmp_path):
        with pytest.raises(RunError) as refused:
            load_register(shipped_form(), file)
        assert (refused.value.code, refused.value.exit_code) == ("units_missing", 2)


def test_a_workbook_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "units.xlsx"
    file.write_bytes(b"PK\x03\x04" + b"\0" * 100)
    with pytest.raises(RunError) as refused:
        load_register(shipped_form(), file)
    assert (refused.value.code, refused.value.exit_code) == ("units_unreadable", 3)


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError) as refused:
        load_register(shipped_form(), workbook(tmp_path))
    assert refused.value.code == "units_unreadable"


def test_a_register_without_an_expected_unit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError) as refused:
        loaded(tmp_path, f"{HEADS},valid_to", f"{TOWN},", "01,A,xã,206,no,", "02,B,xã,206,yes,2020-09-30")
    assert (refused.value.code, refused.value.exit_code) == ("no_units", 3)


def test_a_form_without_a_register_asks_for_one() -> None:
    with pytest.raises(RunError) as refused:
        load_register(replace(load_form("htsd_2020"), register=""), None)
    assert (refused.value.code, refused.value.exit_code) == ("units_unnamed", 2)


# Who counts -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "counts"),
    [
        *((word, True) for word in ("yes", "", "Có", "1", "x", "TRUE")),
        *((word, False) for word in ("no", "không", "KHÔNG", "0", "false", "sai")),
    ],
)
def test_whether_a_unit_is_summed_is_said_in_either_language(word: str, counts: bool, tmp_path: Path) -> None:
    register = loaded(tmp_path, HEADS, f"01,A,xã,9,{word}", "02,B,xã,9,yes")
    assert register.by_code["01"].in_total is counts
    assert [unit.code for unit in register.expected] == (["01", "02"] if counts else ["02"])


def test_a_unit_is_expected_from_its_first_day_to_its_last(tmp_path: Path) -> None:
    heads = "code,name,valid_from,valid_to"
    lines = ["01,A,2020-10-01,", "02,B,2020-10-02,", "03,C,,2020-10-01", "04,D,,2020-09-30", "05,E,,"]
    assert [unit.code for unit in loaded(tmp_path, heads, *lines).expected] == ["01", "03", "05"]


def test_the_collecting_office_is_known_by_its_type_and_never_expected(tmp_path: Path) -> None:
    register = loaded(tmp_path, HEADS, TOWN.replace(",no", ",yes"), "01,A,xã,206,yes", "02,B,xã,01,yes")
    assert register.collector == register.by_code["206"]
    assert [unit.code for unit in register.expected] == ["01", "02"]


def test_the_collecting_office_is_else_the_one_root_that_is_not_summed(tmp_path: Path) -> None:
    register = loaded(tmp_path, HEADS, "206,Thị xã,huyện,22,no", "01,A,xã,206,yes")
    assert register.collector is register.by_code["206"]


@pytest.mark.parametrize(
    "lines", [["206,Thị xã,huyện,22,yes", "01,A,xã,206,yes"], ["01,A,xã,206,yes", "02,B,xã,206,yes"]]
)
def test_no_office_is_taken_for_the_collecting_one_by_chance(lines: list[str], tmp_path: Path) -> None:
    register = loaded(tmp_path, HEADS, *lines)
    assert register.collector is None
    assert len(register.expected) == 2


def test_of_two_collecting_offices_the_one_of_the_day_counts(tmp_path: Path) -> None:
    heads = HEADS + ",valid_from,valid_to"
    lines = [f"{TOWN},,2019-12-31", "22,Tỉnh,cơ quan tổng hợp,,no,2020-01-01,", "01,A,xã,22,yes,,"]
    register = loaded(tmp_path, heads, *lines)
    assert register.collector is register.by_code["22"]


def test_a_unit_knows_who_answers_to_it() -> None:
    register = make_register(make_unit("1", parent="9"), make_unit("2", parent="1"), make_unit("3", parent="9"))
    assert [unit.code for unit in register.children("9")] == ["1", "3"]


# The office file ------------------------------------------------------------------------------------------------


def test_an_office_file_beside_a_register_is_read(tmp_path: Path) -> None:
    text = 'name = "Phòng GDĐT"\nsigners = ["TRƯỞNG PHÒNG", "Nguyễn Văn A"]\n'
    (tmp_path / "units.toml").write_text(text, encoding="utf-8")
    office = loaded(tmp_path, "code,name", "01,A").office
    assert (office.name, office.signers, office.organ) == ("Phòng GDĐT", ("TRƯỞNG PHÒNG", "Nguyễn Văn A"), "")


def test_what_an_office_file_may_say_is_shown_somewhere() -> None:
    program = "\n".join(
        path.read_text(encoding="utf-8") for path in (Path(__file__).parent.parent / "pipeline").rglob("*.py")
    )
    assert [field.name for field in fields(Office) if f"office.{field.name}" not in program] == []


def test_without_an_office_file_its_fields_are_empty(tmp_path: Path) -> None:
    assert load_office(tmp_path / "units.csv").name == ""


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [('organ = "a"\norgann = "x"\n', "organn", 2), ("name = 3\n", "name", 1), ("x", "syntax", 1)],
)
def test_a_broken_office_file_is_refused(text: str, field: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "units.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, "code,name", "01,A")
    assert (refused.value.file, refused.value.field, refused.value.line) == ("units.toml", field, line)


# What is told rather than passed over -----------------------------------------------------------------------------


def test_codes_of_four_digits_stay_as_typed_in_a_register_of_other_codes(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code,name,parent", "1234,Trường A,77", "0815,Trường B,77")
    assert [unit.code for unit in register.units] == ["1234", "0815"]
    assert register.padded == {}


def test_a_lost_zero_is_put_back_where_the_register_shows_codes_of_five_digits(tmp_path: Path) -> None:
    register = loaded(tmp_path, "code,name,parent", "7132,A,206", "07135,B,206")
    assert [unit.code for unit in register.units] == ["07132", "07135"]
    assert register.padded == {"7132": "07132"}


def test_an_alias_may_name_one_unit_only(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, "code,name,aliases", "01,A,Phường cũ", "02,B,phường CŨ")
    assert (refused.value.line, refused.value.field) == (3, "aliases")


def test_all_that_is_wrong_in_a_register_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError) as refused:
        loaded(tmp_path, "code,name,in_total", "01,A,maybe", ",B,yes", "01,C,yes", "01,D,yes")
    assert [(one.line, one.field) for one in refused.value.every] == [(2, "in_total"), (3, "code"), (5, "code")]


def register_of_two_sheets(folder: Path, *heads: str) -> Register:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["code", "name"], ["01", "A"]):
        sheet.append(row)
    other = book.create_sheet("Trang 2")
    for line in (list(heads), ["02", "B"]):
        other.append(line)
    book.save(folder / "units.xlsx")
    return load_register(shipped_form(), folder / "units.xlsx")


def test_a_further_sheet_with_units_is_told_and_one_of_other_things_is_not(tmp_path: Path) -> None:
    assert register_of_two_sheets(tmp_path, "Mã", "Tên").further == ("Trang 2",)
    assert register_of_two_sheets(tmp_path, "Cách dùng", "Tên tệp").further == ()


def test_a_formula_without_a_result_is_no_yes(tmp_path: Path) -> None:
    file = workbook(tmp_path, ["code", "name", "in_total"], ["01", "A", '=IF(1=1,"no","yes")'])
    with pytest.raises(DefinitionError) as refused:
        load_register(shipped_form(), file)
    assert (refused.value.line, refused.value.found) == (2, "=")


def test_a_parent_that_no_line_bears_is_told_where_others_have_theirs(tmp_path: Path) -> None:
    heads = "code,name,type,parent,in_total"
    register = loaded(tmp_path, heads, TOWN, "07135,A,phường,206,yes", "S2,B,trường,7139,yes")
    assert [unit.code for unit in register.without_parent] == ["S2"]
    tops = loaded(tmp_path, heads, "07135,A,phường,206,yes", "07138,B,phường,206,yes", "S1,C,trường,07135,yes")
    assert tops.without_parent == ()


def test_a_register_of_ones_own_keeps_the_office_of_the_form_where_the_same_office_collects(tmp_path: Path) -> None:
    ours = loaded(tmp_path, HEADS, TOWN, "07135,A,phường,206,yes")
    theirs = loaded(tmp_path, HEADS, "207,Thị xã khác,cơ quan tổng hợp,22,no", "07135,A,phường,207,yes")
    assert ours.office == load_register(shipped_form(), None).office
    assert theirs.office == Office()


def notes_of(register: Register, folder: Path) -> list[str]:
    form = shipped_form()
    result = conclude(Request(folder, form, register), reading_context(form, register, DEFAULT), [])
    return [note.code for note in result.notes if note.severity is not Severity.INFO]


def test_what_a_register_leaves_open_keeps_the_run_open(tmp_path: Path) -> None:
    assert notes_of(register_of_two_sheets(tmp_path, "Mã", "Tên"), tmp_path) == ["U020"]
    heads = "code,name,type,parent,in_total"
    orphan = loaded(tmp_path, heads, TOWN, "07135,A,phường,206,yes", "S2,B,trường,7139,yes")
    assert notes_of(orphan, tmp_path) == ["U021"]
    assert notes_of(loaded(tmp_path, heads, TOWN, "07135,A,phường,206,yes"), tmp_path) == []
