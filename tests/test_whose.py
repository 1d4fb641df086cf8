"""Whose return it is, weighed on both sides: what names another unit or a part of one is asked about, the rest not."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from email.message import EmailMessage
from mailbox import mbox
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses
from pipeline.extract.identify import Clues, identify, names_of_register, says_not_to_use
from pipeline.model import UnitLine
from pipeline.writers.template import write_template
from schemas.register import load_register_csv, shipped_register
from tests.builders import make_register, make_unit, shipped_form
from tests.decisions_by_hand import SIGNED, fill, lines_in
from tests.hostile import without_part
from tests.returned import FIGURES, consolidate, report_of, reported_totals, write_returns

NAMES = names_of_register(load_register_csv(shipped_register("quang_yen_2020"), shipped_form().first_day))
QUANG_YEN, DONG_MAI, MINH_THANH = "07132", "07135", "07138"
UNITS = {QUANG_YEN: "Phường Quảng Yên", DONG_MAI: "Phường Đông Mai", MINH_THANH: "Phường Minh Thành"}
FILES = {code: f"{code}.xlsx" for code in UNITS}
BOOKS = "books_donated.quantity"


# What a name, a line, and who filled it in say ----------------------------------------------------------------------


def weighed(
    path: str = "tra_loi.xlsx",
    sheet: str = "Mẫu tổng hợp",
    line: str = "",
    maker: str = "",
    names: Any = NAMES,  # noqa: ANN401 - the names of any register
    code: str = DONG_MAI,
) -> list[str]:
    """Name what is told of a form with the stamp of a unit."""
    lines = [UnitLine("unit_line", line, "A8")] if line else []
    lines += [UnitLine("filled_by", maker, "C5")] if maker else []
    _, told = identify(Clues(code, names.register.by_code[code].name, sheet, lines), path, names)
    return [one.code for one in told]


PARTS = (
    "Thôn 5 Đông Mai",
    "Thon 5 - Dong Mai",
    "Khu 5",
    "Khu 5 Đông Mai",
    "khu 3 dong mai",
    "TDP 7",
    "TDP7 Dong Mai",
    "Tổ dân phố Đông Mai",
    "Tổ dân phố số 3",
    "To dan pho 3",
    "Tổ 4 Đông Mai",
    "Xóm 6",
    "Xóm Đình - Đông Mai",
    "Ấp 3",
    "Khối 7 Đông Mai",
    "Khu phố 2",
    "Khu dân cư số 4",
    "Khu Trại Cau",
    "Thôn Trại Thành",
    "thon Yen Son",
    "Khu5_DongMai",
    "Trường MG Đông Mai",
    "Trường Mẫu giáo Hoa Hồng",
    "MG Đông Mai",
    "MG Hoa Lan",
    "MN Hoa Sen",
    "MN Đông Mai",
    "TH Đông Mai",
    "TH Kim Đồng",
    "Truong TH Kim Dong",
    "THCS Đông Mai",
    "Truong THCS Dong Mai",
    "TH&THCS Đông Mai",
    "PTDTBT Đông Mai",
    "Trường PTDTBT TH Ba Chẽ",
    "PTDTNT",
    "Nhóm trẻ Sao Mai",
    "Nhom tre tu thuc Dong Mai",
    "Hội LHPN Đông Mai",
    "Hội LHPN",
    "Hoi phu nu phuong Dong Mai",
    "Hội Nông dân phường Đông Mai",
    "Hội CCB phường Đông Mai",
    "Hội Người cao tuổi",
    "Đoàn TN Đông Mai",
    "Đoàn thanh niên phường Đông Mai",
    "Doan phuong Dong Mai",
    "MTTQ Đông Mai",
    "UBMTTQ phường Đông Mai",
    "Trường Lê Lợi",
    "Truong Le Loi",
    "Trường Lê Lợi - Đông Mai",
    "BC Trường Hoa Phượng Đỏ",
    "Công đoàn phường Đông Mai",
    "Trạm y tế",
    "Công an phường Đông Mai",
    "Chi hội khuyến học thôn 5",
    "Chi nhánh Đông Mai",
    "Điểm trường Đông Mai",
    "HTX Đông Mai",
    "Đông Mai (thôn 5)",
    "Đông Mai - Tổ 3",
    "Hội chữ thập đỏ",
    "Trường Đông Mai",
)
ORDINARY = (
    "07135_Phuong_Dong_Mai",
    "Đông Mai",
    "Đông Mai lần 2",
    "Dong Mai lan 2 (1)",
    "Hội Khuyến học phường Đông Mai",
    "Hoi KH phuong Dong Mai",
    "TTHTCĐ Phường Đông Mai",
    "UBND phường Đông Mai",
    "Văn phòng HĐND-UBND phường Đông Mai",
    "VP UBND Dong Mai",
    "PL2 DONG MAI",
    "TH so lieu HTSD",
    "Tổng hợp các thôn Đông Mai",
    "Bieu tong hop 9 thon Dong Mai",
    "Truong Van A",
    "Trương Văn Nam",
    "Truong Thi Lan Dong Mai",
    "Nguyễn Văn Trường",
    "Phạm Trường Giang",
    "Truong Giang",
    "Tong hop TH thang 10",
    "Nông thôn mới Đông Mai",
    "Khu vuc phia Bac",
    "bieu 0710",
    "Bao cao so 45 Dong Mai",
    "Dong Mai 07.10.2020",
    "Tuan le HTSD Dong Mai",
    "Phường Đông Mai (xã Sông Khoai cũ)",
    "Dong Mai bản 2",
    "Ban ky Dong Mai",
    "to trinh Dong Mai",
    "Chuyen mon THCS - Dong Mai",
    "tra loi Phong GD",
    "Mẫu tổng hợp",
    "Sheet1",
    "Tờ khai 3 Đông Mai",
    "Bản chính thức",
    "Đội ngũ",
    "Toan bo",
    "BC khuyến học",
    "Kinh phi",
    "DM",
)


@pytest.mark.parametrize("name", PARTS)
def test_a_part_of_a_unit_in_the_name_of_sheet_file_or_folder_is_asked_about(name: str) -> None:
    assert weighed(path=f"{name}.xlsx") == ["U012"]
    assert weighed(path=f"{name}/bieu.xlsx") == ["U012"]
    assert weighed(sheet=name) == ["U012"]


@pytest.mark.parametrize("name", ORDINARY)
def test_a_name_that_sounds_like_that_of_a_part_is_asked_nothing(name: str) -> None:
    assert weighed(path=f"{name}.xlsx") == []
    assert weighed(path=f"{name}/bieu.xlsx") == []
    assert weighed(sheet=name) == []


@pytest.mark.parametrize(
    "path",
    [
        "THCS Dong Mai/lan 1/a.xlsx",
        "THCS Dong Mai.zip!bieu/x.xlsx",
        "Trường TH Lê Lợi/lan 1/a.xlsx",
        "Thôn 5/lan 1/x.xlsx",
        "Khu 3.zip!a.xlsx",
        "Thu THCS Dong Mai.eml!a.xlsx",
        "x/Hội LHPN/y/z/a.xlsx",
    ],
)
def test_folders_further_up_archives_and_mails_name_a_part_too(path: str) -> None:
    assert weighed(path=path) == ["U012"]


@pytest.mark.parametrize(
    "path",
    [
        "Truong hoc/a.xlsx",
        "Truong hoc/x/a.xlsx",
        "Phòng GD/a.xlsx",
        "Phong GD/THCS/x/Dong Mai/a.xlsx",
        "hop thu THCS.zip!a.xlsx",
        "Chuyen mon THCS.mbox!0001.eml!a.xlsx",
        "HTSD THCS Quang Yen.zip!a.xlsx",
        "07.10/a.xlsx",
        "0710/a.xlsx",
        "Các trường/a.xlsx",
        "hop thu/lan 2/a.xlsx",
        "cum Minh Thanh/a.xlsx",
    ],
)
def test_folders_and_archives_of_the_collecting_office_are_asked_nothing(path: str) -> None:
    assert weighed(path=path) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("Minh Thanh/lan 1/a.xlsx", "U013"),
        ("Minh Thanh.zip!x/a.xlsx", "U013"),
        ("Minh Thanh/a.xlsx", "U002"),
        ("Minh Thanh/Thôn 5.xlsx", "U002"),
        ("Thôn 5 Minh Thành.xlsx", "U002"),
    ],
)
def test_another_unit_is_told_and_the_nearer_its_name_the_more_it_weighs(path: str, code: str) -> None:
    assert weighed(path=path) == [code]


@pytest.mark.parametrize(
    "line",
    [
        "Trường THCS Đông Mai",
        "Thôn 5",
        "Thôn 5, phường Đông Mai",
        "Hội LHPN phường Đông Mai",
        "Khu 5",
        "Trường Lê Lợi",
        "TH Đông Mai",
        "Phường Đông Mai - Trường THCS",
        "PTDTBT Đông Mai",
    ],
)
def test_a_line_that_names_a_part_is_asked_about(line: str) -> None:
    assert weighed(line=line) == ["U012"]


@pytest.mark.parametrize("line", ["Phường Minh Thành", "Trường TH Minh Thành", "UBND phường Minh Thành", "Minh Thành"])
def test_a_line_that_names_the_neighbour_keeps_the_return_out(line: str) -> None:
    assert weighed(line=line) == ["U002"]


@pytest.mark.parametrize("line", ["Phường Hạ Long", "Xã Bình Dân", "UBND xã Bình Dân"])
def test_a_line_that_names_an_office_of_no_register_is_asked_about(line: str) -> None:
    assert weighed(line=line) == ["U013"]


@pytest.mark.parametrize(
    "line",
    [
        "Phường Đông Mai",
        "TTHTCĐ phường Đông Mai",
        "Hội Khuyến học phường Đông Mai",
        "Văn phòng HĐND-UBND",
        "UBND phường Đông Mai, khu 3",
        "Hội Khuyến học",
        "TTHTCĐ",
        "UBND Phường",
        "Phường Đông Maii",
        "Thị xã Quảng Yên",
        "Phòng GD&ĐT thị xã Quảng Yên",
        "P. GD&ĐT",
        "xin đính chính số sách là 1350",
        "Phường Đông Mai, thị xã Quảng Yên, tỉnh Quảng Ninh",
        "Ban chỉ đạo XDXHHT phường Đông Mai",
    ],
)
def test_a_line_of_the_offices_that_write_the_report_together_is_asked_nothing(line: str) -> None:
    assert weighed(line=line) == []


@pytest.mark.parametrize(
    "maker",
    [
        "Trường THCS Đông Mai",
        "THCS Đông Mai",
        "BGH Trường TH Đông Mai",
        "Trường Lê Lợi",
        "Thôn 5",
        "Hội LHPN phường Đông Mai",
        "MN Hoa Sen",
        "Trường TH Minh Thành",
    ],
)
def test_a_part_that_filled_the_form_in_is_asked_about(maker: str) -> None:
    assert weighed(maker=maker) == ["U012"]


def test_another_unit_that_filled_the_form_in_is_asked_about() -> None:
    assert weighed(maker="Phường Minh Thành") == ["U013"]


@pytest.mark.parametrize(
    "maker",
    [
        "Trần Văn Nam - Trường TH Đông Mai",
        "Trần Văn Nam",
        "Nguyễn Thị Lan, Trường MN Đông Mai",
        "Cô Lan - TH Đông Mai",
        "Trương Văn Nam",
        "Trường THCS Đông Mai - Trần Văn Nam",
        "Trường THCS Đông Mai (Lê Thị Hoa)",
        "Trường THCS Đông Mai: cô Hoa",
        "GV Trường THCS Đông Mai",
        "Hiệu trưởng trường THCS",
        "Hội Khuyến học phường Đông Mai",
        "TTHTCĐ",
        "Nguyễn Thị Minh Thành",
        "Trường Giang",
        "Phạm Văn Trường",
        "VP UBND",
        "Giám đốc TTHTCĐ",
    ],
)
def test_a_person_who_filled_the_form_in_may_work_anywhere(maker: str) -> None:
    assert weighed(maker=maker) == []


# Names and numbers by chance ----------------------------------------------------------------------------------------


def named_by(path: str) -> str | None:
    """Say whose a form without any stamp is by its path."""
    return identify(Clues("", "", "Sheet1"), path, NAMES)[0].unit


@pytest.mark.parametrize(
    "path",
    [
        "Nguyen Thi Minh Thanh.xlsx",
        "Trần Minh Thành.xlsx",
        "Le Minh Thanh.xlsx",
        "Nguyễn Văn Tân An/a.xlsx",
        "Phạm Hà An.xlsx",
    ],
)
def test_the_name_of_a_person_names_no_unit(path: str) -> None:
    assert named_by(path) is None


@pytest.mark.parametrize(
    "path",
    [
        "BAO CAO MINH THANH.xlsx",
        "Báo cáo Minh Thành.xlsx",
        "Tuan le Minh Thanh.xlsx",
        "Hồ sơ Minh Thành.xlsx",
        "ho so Minh Thanh.xlsx",
        "Nguyen Van A - Minh Thanh.xlsx",
        "dinh chinh Minh Thanh.xlsx",
        "làm lại Minh Thành.xlsx",
        "lam lai Minh Thanh.xlsx",
        "Nguyễn Thị Lan phường Minh Thành.xlsx",
        "Minh Thanh/0710/bieu.xlsx",
        "Minh Thanh.zip!a/b.xlsx",
        "07138_0710.xlsx",
    ],
)
def test_words_before_a_name_that_are_no_family_name_change_nothing(path: str) -> None:
    assert named_by(path) == MINH_THANH


def test_a_day_and_a_number_of_the_program_are_no_code() -> None:
    names = names_of_register(
        make_register(
            make_unit("00001", "Phường Phúc Xá"),
            make_unit("00710", "Phường Thử Nghiệm"),
            make_unit("071020", "Phường Đồng Xuân"),
        )
    )
    for path in ("bieu 0710.xlsx", "hop thu.mbox!0001.eml!bieu.xlsx", "thu.msg!1!bieu.xlsx", "bieu 071020.xlsx"):
        assert identify(Clues("", "", "Sheet1"), path, names)[0].unit is None, path
    assert identify(Clues("", "", "Sheet1"), "00710 bieu.xlsx", names)[0].unit == "00710"
    assert identify(Clues("", "", "Sheet1"), "071020_Don_vi.xlsx", names)[0].unit == "071020"


# Registers in which a unit bears the name of a school ----------------------------------------------------------------

SCHOOLS = names_of_register(
    make_register(
        make_unit("1", "Trường THCS Lê Lợi", "trường THCS"),
        make_unit("2", "Trường TH Kim Đồng", "trường tiểu học"),
        make_unit("3", "Phường Lê Lợi"),
        make_unit("4", "Xã Trường Sơn", "xã"),
        make_unit("5", "Thôn 5", "thôn", parent="4"),
    )
)


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("1", "Truong THCS Le Loi.xlsx"),
        ("1", "THCS Lê Lợi/lan 2/bieu.xlsx"),
        ("2", "TH Kim Dong.xlsx"),
        ("2", "Trường Tiểu học/bieu.xlsx"),
        ("3", "Phường Lê Lợi.xlsx"),
        ("3", "07135 Le Loi.xlsx"),
        ("4", "Trường Sơn.xlsx"),
        ("4", "xa Truong Son lan 2.xlsx"),
        ("5", "Thon 5.xlsx"),
        ("5", "Xã Trường Sơn/Thôn 5.xlsx"),
    ],
)
def test_the_own_name_of_a_unit_is_no_part_of_it(code: str, path: str) -> None:
    assert weighed(path=path, names=SCHOOLS, code=code) == []


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("3", "Trường Lê Lợi - bieu.xlsx"),
        ("3", "THPT Lê Lợi.xlsx"),
        ("4", "Trường THCS Trường Sơn.xlsx"),
        ("4", "Thôn 7 Trường Sơn.xlsx"),
        ("1", "Công đoàn trường.xlsx"),
    ],
)
def test_a_part_of_a_unit_that_bears_such_a_name_is_asked_about(code: str, path: str) -> None:
    assert weighed(path=path, names=SCHOOLS, code=code) == ["U012"]


# Files that are not to be used ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "Không dùng/a.xlsx",
        "Khong dung/Dong Mai.xlsx",
        "old/a.xlsx",
        "sai/a.xlsx",
        "cũ/x.xlsx",
        "cu/x.xlsx",
        "bo/x.xlsx",
        "Bỏ/a.xlsx",
        "backup/x.xlsx",
        "Biểu cũ/x/a.xlsx",
        "a.zip!old/b.xlsx",
        "Dong Mai cũ.xlsx",
        "Dong Mai cu.xlsx",
        "Dong Mai (cu).xlsx",
        "Dong Mai old.xlsx",
        "Dong Mai - bỏ.xlsx",
        "Dong Mai_sai.xlsx",
        "Dong Mai sai (2).xlsx",
        "Dong Mai bi sai.xlsx",
        "Dong Mai.bak.xlsx",
        "Backup of Dong Mai.xlsx",
        "07135_Phuong_Dong_Mai_cu.xlsx",
        "Đông Mai không dùng.xlsx",
        "KHONG DUNG - Dong Mai.xlsx",
        "Đông Mai bản cũ.xlsx",
        "Phường Đông Mai cũ.xlsx",
    ],
)
def test_a_folder_or_name_that_says_not_to_use_the_file_is_heard(path: str) -> None:
    assert says_not_to_use(path, NAMES)


@pytest.mark.parametrize(
    "path",
    [
        "Phường Hiệp Hòa (xã Sông Khoai cũ).xlsx",
        "Phuong Hiep Hoa (xa Song Khoai cu).xlsx",
        "07147_Phuong_Hiep_Hoa_xa_Song_Khoai_cu.xlsx",
        "Xã Đông Mai (cũ là xã X).xlsx",
        "Danh sach can bo.xlsx",
        "Khu dan cu.xlsx",
        "dan cu/a.xlsx",
        "toan bo.xlsx",
        "noi bo/a.xlsx",
        "Chi bộ.xlsx",
        "Dong Mai sua sai.xlsx",
        "Đông Mai sửa sai.xlsx",
        "Dong Mai dinh chinh sai so.xlsx",
        "Đông Mai đã sửa lỗi.xlsx",
        "Đông Mai bổ sung.xlsx",
        "backup.zip!a.xlsx",
        "Golden/a.xlsx",
    ],
)
def test_words_that_only_sound_so_are_not(path: str) -> None:
    assert says_not_to_use(path, NAMES) is None


# The same through the command ----------------------------------------------------------------------------------------

Change = Callable[[Workbook, Worksheet], None]


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("register") / "units.csv"
    lines = ["code,name,type,parent,in_total", "206,Thị xã Quảng Yên,cơ quan tổng hợp,22,no"]
    lines += [f"{code},{name},phường,206,yes" for code, name in UNITS.items()]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def returned(tmp_path_factory: pytest.TempPathFactory, register: Path) -> Path:
    """Three returns as they should be, each called by the code of its unit."""
    folder = tmp_path_factory.mktemp("returned")
    write_returns(folder, {code: FIGURES[code] for code in UNITS}, register=register)
    for file in list(folder.iterdir()):
        file.rename(folder / f"{file.name[:5]}.xlsx")
    return folder


class Round:
    """One round of the three units, changed as a test says."""

    def __init__(self, folder: Path, returned: Path, register: Path) -> None:
        self.folder, self.returned, self.register = folder, returned, register
        self.input = folder / "in"
        self.input.mkdir()
        self.exit_code = -1

    def put(self, code: str, path: str, change: Change | None = None) -> None:
        """Put the return of a unit under a name, changed."""
        target = self.input / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if change is None:
            shutil.copy(self.returned / FILES[code], target)
            return
        workbook = load_workbook(self.returned / FILES[code])
        change(workbook, workbook.worksheets[0])
        workbook.save(target)

    def put_others(self, code: str) -> None:
        """Put the returns of all but one unit as they are."""
        for other in UNITS:
            if other != code:
                self.put(other, FILES[other])

    def run(self) -> Mapping[str, list[str]]:
        """Run the command; gives what was told of each file."""
        out, report = self.folder / "out.xlsx", self.folder / "report.json"
        done = consolidate(self.input, out, "--units", self.register, "--report", report, "--quiet")
        self.exit_code, self.report = done.exit_code, report_of(report)
        return {file["path"]: [one["code"] for one in file["findings"]] for file in self.report["files"]}

    def file(self, path: str) -> Any:  # noqa: ANN401 - the shape of JSON
        """Give what the report says of a file."""
        return next(file for file in self.report["files"] if file["path"] == path)

    def books(self) -> tuple[int | None, int, int]:
        """Give the total of donated books, with how many units stated it."""
        return reported_totals(self.report)[BOOKS]


@pytest.fixture
def a_round(tmp_path: Path, returned: Path, register: Path) -> Round:
    return Round(tmp_path, returned, register)


def typed(**cells: str) -> Change:
    """Type texts into cells."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        for cell, text in cells.items():
            sheet[cell] = text

    return change


def named(title: str) -> Change:
    """Name the sheet."""

    def change(_: Workbook, sheet: Worksheet) -> None:
        sheet.title = title

    return change


TOTAL = sum(FIGURES[code][BOOKS] for code in UNITS)
PART = [
    (FILES[DONG_MAI], typed(A8="Đơn vị: Trường THCS Đông Mai"), "A8"),
    (FILES[DONG_MAI], typed(A8="Đơn vị:", B8="Thôn 5"), "B8"),
    (FILES[DONG_MAI], typed(A54="Đơn vị: Trường THCS Đông Mai"), "A54"),
    (FILES[DONG_MAI], typed(B54="Tên đơn vị", C54="Trường TH Đông Mai"), "C54"),
    (FILES[DONG_MAI], typed(A8="Thôn: 5"), "A8"),
    (FILES[DONG_MAI], typed(A8="Đơn vị Trường THCS Đông Mai"), "A8"),
    (FILES[DONG_MAI], typed(A8="ĐƠN VỊ BÁO CÁO : TRƯỜNG THCS ĐÔNG MAI"), "A8"),
    (FILES[DONG_MAI], typed(C5="Trường THCS Đông Mai"), "C5"),
    (FILES[DONG_MAI], named("THCS Đông Mai"), None),
    ("Thôn 5 Đông Mai.xlsx", None, None),
    ("Truong THCS Dong Mai/lan 1/07135_Phuong_Dong_Mai.xlsx", None, None),
]


@pytest.mark.parametrize(("path", "change", "cell"), PART)
def test_the_return_of_a_part_counts_and_leaves_its_unit_open(
    a_round: Round, path: str, change: Change | None, cell: str | None
) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, path, change)
    assert a_round.run()[path] == ["U012"]
    (told,) = a_round.file(path)["findings"]
    assert (a_round.exit_code, told["open"], told["cell"]) == (1, True, cell)
    assert a_round.books() == (TOTAL, 3, 3)


@pytest.mark.parametrize(
    "text", ["Đơn vị: Phường Minh Thành", "Mã đơn vị: 07138", "Tên đơn vị: Phường Minh Thành", "Phường: Minh Thành"]
)
@pytest.mark.parametrize("cell", ["A8", "A54"])
def test_a_line_of_the_neighbour_keeps_the_return_out(a_round: Round, cell: str, text: str) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, "bieu.xlsx", typed(**{cell: text}))
    assert a_round.run()["bieu.xlsx"] == ["U002"]
    assert a_round.file("bieu.xlsx")["status"] == "rejected"
    assert a_round.books() == (TOTAL - FIGURES[DONG_MAI][BOOKS], 2, 3)


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (typed(A8="Đơn vị: Phường Đông Mai"), []),
        (typed(A8="Đơn vị: Hội Khuyến học phường Đông Mai"), []),
        (typed(A8="Đơn vị: TTHTCĐ Phường Đông Mai"), []),
        (typed(A8="Đơn vị: UBND phường Đông Mai, khu 3"), []),
        (typed(A8="Đơn vị tính: đồng"), []),
        (typed(A8="ĐVT: lớp, người, đồng"), []),
        (typed(A8="Mã đơn vị: 07135"), []),
        (typed(C5="Trần Văn Nam - Trường TH Đông Mai"), []),
        (typed(A8="Đơn vị: gửi lại sau"), ["S005"]),
        (typed(A8="Đơn vị: Xã hội hóa giáo dục"), ["S005"]),
        (typed(A8="Đơn vị có nhu cầu liên hệ Phòng GD"), ["S005"]),
        (typed(A8="Địa chỉ: Khu 3, phường Đông Mai"), ["S005"]),
    ],
)
def test_ordinary_lines_ask_nothing_and_none_is_lost(a_round: Round, change: Change, codes: list[str]) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], change)
    assert a_round.run()[FILES[DONG_MAI]] == codes
    assert (a_round.exit_code, a_round.books()) == (0, (TOTAL, 3, 3))


def test_each_name_of_a_part_is_told_at_its_file(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    for name in PARTS:
        a_round.put(DONG_MAI, f"{name}.xlsx")
    told = a_round.run()
    assert [name for name in PARTS if "U012" not in told[f"{name}.xlsx"]] == []
    assert (a_round.exit_code, a_round.books()) == (1, (TOTAL, 3, 3))


def test_ordinary_names_ask_nothing(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    for name in ORDINARY:
        a_round.put(DONG_MAI, f"{name}.xlsx")
    told = a_round.run()
    assert {code for name in ORDINARY for code in told[f"{name}.xlsx"]} <= {"F009"}
    assert (a_round.exit_code, a_round.books()) == (0, (TOTAL, 3, 3))


def test_an_answer_closes_the_question_about_a_part(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, "Thôn 5 Đông Mai.xlsx")
    a_round.run()
    book = a_round.folder / "out.decisions.xlsx"
    (line,) = lines_in(book, "files")
    fill(book, "files", line, **SIGNED, answer="seen")
    assert a_round.run()["Thôn 5 Đông Mai.xlsx"] == ["D018"]
    assert a_round.exit_code == 0


@pytest.mark.parametrize("path", ["Không dùng/07135.xlsx", "old/x/07135.xlsx", "07135 cũ.xlsx", "Đông Mai sai.xlsx"])
def test_a_file_that_is_not_to_be_used_is_never_the_only_one_in_silence(a_round: Round, path: str) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, path)
    assert a_round.run()[path] == ["U014"]
    assert (a_round.exit_code, a_round.books()) == (1, (TOTAL, 3, 3))


def test_a_copy_put_aside_beside_the_one_in_use_asks_nothing(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI])
    a_round.put(DONG_MAI, "old/07135.xlsx")
    told = a_round.run()
    assert (told[FILES[DONG_MAI]], a_round.exit_code) == ([], 0)


# Several returns in one workbook -------------------------------------------------------------------------------------


def sheets_of(returned: Path, codes: Sequence[str], sums: str | None, stamp: Sequence[str] = ("", "")) -> Workbook:
    """Put the returns of some units into one workbook, with a sheet that adds them up under a stamp."""
    workbook = load_workbook(returned / FILES[codes[0]])
    first = workbook.worksheets[0]
    first.title = codes[0]
    parts: list[Any] = [first]
    for code in codes[1:]:
        sheet = workbook.copy_worksheet(first)
        sheet.title = code
        other = load_workbook(returned / FILES[code]).worksheets[0]
        for row in other.iter_rows():
            for cell in row:
                sheet[cell.coordinate].value = cell.value
        parts.append(sheet)
    if sums:
        total = workbook.copy_worksheet(first)
        total.title = sums
        total["C4"], total["F4"] = stamp
        for row in total.iter_rows(min_row=16, max_row=51, min_col=4, max_col=5):
            for cell in row:
                values = [part[cell.coordinate].value for part in parts]
                numbers = [value for value in values if isinstance(value, int)]
                cell.value = sum(numbers) if numbers else None
    return workbook


def test_a_sheet_that_adds_up_the_others_is_a_total_and_no_unit(a_round: Round) -> None:
    workbook = sheets_of(a_round.returned, [QUANG_YEN, DONG_MAI], "Tổng cụm")
    workbook.save(a_round.input / "Phường Minh Thành gửi cả cụm.xlsx")
    told = a_round.run()
    assert told["Phường Minh Thành gửi cả cụm.xlsx#Tổng cụm"] == ["U015"]
    assert a_round.file("Phường Minh Thành gửi cả cụm.xlsx#Tổng cụm")["status"] == "ignored"
    assert a_round.books() == (TOTAL - FIGURES[MINH_THANH][BOOKS], 2, 3)


def test_a_sheet_of_sums_with_the_stamp_of_a_unit_is_left_out_and_asked_about(a_round: Round) -> None:
    workbook = sheets_of(a_round.returned, [QUANG_YEN, DONG_MAI], "Minh Thành", (UNITS[MINH_THANH], MINH_THANH))
    workbook.save(a_round.input / "ca cum.xlsx")
    assert a_round.run()["ca cum.xlsx#Minh Thành"] == ["U016"]
    assert a_round.books() == (TOTAL - FIGURES[MINH_THANH][BOOKS], 2, 3)


def test_a_sheet_without_a_name_among_named_ones_does_not_take_the_unit_of_the_file(a_round: Round) -> None:
    workbook = sheets_of(a_round.returned, [QUANG_YEN, DONG_MAI, MINH_THANH], None)
    sheet = workbook[MINH_THANH]
    sheet.title, sheet["C4"], sheet["F4"] = "Sheet3", None, None
    workbook.save(a_round.input / "Phường Minh Thành.xlsx")
    assert a_round.run()["Phường Minh Thành.xlsx#Sheet3"] == ["U001"]
    assert a_round.books() == (TOTAL - FIGURES[MINH_THANH][BOOKS], 2, 3)


def test_two_forms_of_a_part_in_one_workbook_are_asked_about(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    workbook = sheets_of(a_round.returned, [DONG_MAI, QUANG_YEN], None)
    again = workbook[QUANG_YEN]
    again.title, again["C4"], again["F4"] = "Lan 2", UNITS[DONG_MAI], DONG_MAI
    workbook.save(a_round.input / "THCS Đông Mai.xlsx")
    told = a_round.run()
    assert all("U012" in told[f"THCS Đông Mai.xlsx#{sheet}"] for sheet in (DONG_MAI, "Lan 2"))


def test_three_units_in_one_workbook_are_three_returns(a_round: Round) -> None:
    sheets_of(a_round.returned, list(UNITS), None).save(a_round.input / "ca cum.xlsx")
    a_round.run()
    assert (a_round.exit_code, a_round.books()) == (0, (TOTAL, 3, 3))


# A mailbox, the subject of a message, and a neighbour's figures -----------------------------------------------


def message_with(data: bytes, subject: str) -> EmailMessage:
    """Write a message with a form."""
    message = EmailMessage()
    message["From"], message["To"] = "Trường THCS Minh Thành <c2minhthanh@example.vn>", "pgd@example.vn"
    message["Subject"], message["Date"] = subject, "Mon, 05 Oct 2020 08:00:00 +0700"
    message.set_content("Em gửi biểu.")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="bieu.xlsx")
    return message


@pytest.mark.parametrize(
    ("subject", "codes"),
    [
        ("Trường THCS Đông Mai nộp biểu", ["U012"]),
        ("Thôn 5 gửi số liệu", ["U012"]),
        ("Phường Minh Thành nộp biểu", ["U013"]),
        ("Phường Đông Mai nộp biểu", []),
        ("Gửi chuyên môn THCS: biểu tuần lễ", []),
        ("Biểu HTSĐ 2020", []),
        ("Các trường gửi biểu", []),
    ],
)
def test_the_subject_of_a_message_is_weighed_and_its_sender_is_not(
    a_round: Round, subject: str, codes: list[str]
) -> None:
    a_round.put_others(DONG_MAI)
    data = (a_round.returned / FILES[DONG_MAI]).read_bytes()
    (a_round.input / "1.eml").write_bytes(message_with(data, subject).as_bytes())
    assert a_round.run()["1.eml!bieu.xlsx"] == codes
    assert a_round.books() == (TOTAL, 3, 3)


def test_the_number_of_a_message_in_a_mailbox_is_the_code_of_nobody(tmp_path: Path, returned: Path) -> None:
    register = tmp_path / "hanoi.csv"
    lines = ["code,name,type", "00001,Phường Phúc Xá,phường", "00710,Phường Thử Nghiệm,phường"]
    register.write_text("\n".join(lines), encoding="utf-8")
    a_round = Round(tmp_path, returned, register)
    a_round.put(DONG_MAI, "bieu 0710.xlsx", typed(C4="", F4=""))
    data = (a_round.input / "bieu 0710.xlsx").read_bytes()
    message = message_with(data, "Gui bieu")
    box = mbox(a_round.input / "hop thu.mbox")
    box.add(message)
    box.close()
    told = a_round.run()
    assert told["bieu 0710.xlsx"] == told["hop thu.mbox!0001.eml!bieu.xlsx"] == ["U001"]
    assert a_round.books()[1:] == (0, 2)


def test_a_neighbours_return_is_found_where_none_of_the_neighbours_copies_counts(a_round: Round) -> None:
    def copied(_: Workbook, sheet: Worksheet) -> None:
        sheet["C4"], sheet["F4"] = UNITS[MINH_THANH], MINH_THANH

    def changed(_: Workbook, sheet: Worksheet) -> None:
        sheet[cell_addresses(shipped_form(), sheet)[BOOKS]] = 987

    a_round.put_others(MINH_THANH)
    a_round.put(DONG_MAI, FILES[MINH_THANH], copied)
    other = f"{UNITS[DONG_MAI]} khac.xlsx"
    a_round.put(DONG_MAI, other, changed)
    # Without the day on which it was saved nothing says which of the two copies is newer.
    path = a_round.input / other
    path.write_bytes(without_part(path.read_bytes(), "docProps/core.xml"))
    told = a_round.run()
    assert "F012" in told[FILES[DONG_MAI]]
    assert "U008" in told[FILES[MINH_THANH]]
    assert a_round.exit_code == 1


def test_a_neighbours_return_with_one_number_changed_is_asked_about_once(a_round: Round) -> None:
    def copied(_: Workbook, sheet: Worksheet) -> None:
        sheet["C4"], sheet["F4"] = UNITS[MINH_THANH], MINH_THANH
        sheet[cell_addresses(shipped_form(), sheet)[BOOKS]] = 987

    a_round.put_others(MINH_THANH)
    a_round.put(DONG_MAI, FILES[MINH_THANH], copied)
    told = a_round.run()
    assert told == {FILES[QUANG_YEN]: [], FILES[DONG_MAI]: [], FILES[MINH_THANH]: ["U008"]}
    assert (a_round.exit_code, a_round.books()) == (1, (TOTAL - FIGURES[MINH_THANH][BOOKS] + 987, 3, 3))


# Letterheads and signatures ------------------------------------------------------------------------------------------

HEADED = [
    ({"H1": "UBND PHƯỜNG MINH THÀNH"}, "U013"),
    ({"H1": "UBND PHƯỜNG MINH THÀNH\nTRUNG TÂM HỌC TẬP CỘNG ĐỒNG"}, "U013"),
    ({"H1": "UBND THỊ XÃ QUẢNG YÊN", "H2": "TTHTCĐ PHƯỜNG MINH THÀNH"}, "U013"),
    ({"H1": "Minh Thành"}, "U013"),
    ({"E56": "TM. UBND PHƯỜNG MINH THÀNH"}, "U013"),
    ({"E56": "T/M UBND phường Minh Thành\nCHỦ TỊCH"}, "U013"),
    ({"E56": "PHƯỜNG MINH THÀNH"}, "U013"),
    ({"H1": "KHU PHỐ 3"}, "U012"),
    ({"H1": "TRƯỜNG THCS ĐÔNG MAI"}, "U012"),
    ({"H1": "Thôn 5"}, "U012"),
]


@pytest.mark.parametrize(("cells", "code"), HEADED, ids=lambda value: str(value)[:40])
def test_another_ones_letterhead_or_signature_is_asked_about(a_round: Round, cells: dict[str, str], code: str) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], typed(**cells))
    told = a_round.run()[FILES[DONG_MAI]]
    assert [one for one in told if one.startswith("U")] == [code]
    assert (a_round.exit_code, a_round.books()) == (1, (TOTAL, 3, 3))


def test_a_line_that_says_another_locality_keeps_the_return_out(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], typed(H1="Địa phương: Phường Minh Thành"))
    assert "U002" in a_round.run()[FILES[DONG_MAI]]
    assert a_round.exit_code == 1


QUIET_HEADS = [
    {"H1": "UBND THỊ XÃ QUẢNG YÊN\nPHÒNG GIÁO DỤC VÀ ĐÀO TẠO"},
    {"H1": "UBND TỈNH QUẢNG NINH"},
    {"H1": "UBND THỊ XÃ QUẢNG YÊN", "H2": "UBND PHƯỜNG ĐÔNG MAI"},
    {"H1": "UBND PHƯỜNG ĐÔNG MAI", "H2": "TRUNG TÂM HỌC TẬP CỘNG ĐỒNG"},
    {"H1": "HỘI KHUYẾN HỌC PHƯỜNG ĐÔNG MAI"},
    {"H1": "VĂN PHÒNG HĐND-UBND PHƯỜNG ĐÔNG MAI"},
    {"H1": "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"},
    {"E54": "Đông Mai, ngày 08 tháng 10 năm 2020"},
    {"E54": "Minh Thành, ngày 08 tháng 10 năm 2020"},
    {"B54": "Nơi nhận:", "B55": "UBND phường Minh Thành", "B56": "Phường Đông Mai"},
    {"B54": "Nơi nhận:\n- UBND phường Minh Thành;\n- Lưu: VT."},
    {"B54": "- UBND phường Minh Thành;"},
    {"H1": "Kính gửi: UBND phường Minh Thành"},
    {"H1": "Kính gửi:", "H2": "UBND phường Minh Thành"},
    {"E56": "TM. UBND PHƯỜNG ĐÔNG MAI", "E60": "Minh Thành"},
    {"E60": "Nguyễn Minh Thành"},
    {"H1": "Phường Đông Mai (xã Minh Thành cũ)"},
    {"H1": "Biểu tổng hợp số liệu các trường"},
    {"E56": "HIỆU TRƯỞNG", "E60": "Trần Văn Nam - Trường TH Đông Mai"},
]


@pytest.mark.parametrize("cells", QUIET_HEADS, ids=lambda value: " ".join(value.values())[:40])
def test_ones_own_letterhead_those_above_it_and_who_gets_a_copy_are_quiet(
    a_round: Round, cells: dict[str, str]
) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], typed(**cells))
    told = a_round.run()[FILES[DONG_MAI]]
    assert [one for one in told if one.startswith("U")] == []
    assert a_round.books() == (TOTAL, 3, 3)


@pytest.mark.parametrize("sheet", ["Cũ", "Không dùng", "Sai", "Backup", "(mẫu trắng)"])
def test_a_return_on_a_sheet_that_is_said_not_to_be_used_is_asked_about(a_round: Round, sheet: str) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], named(sheet))
    assert "U014" in a_round.run()[FILES[DONG_MAI]]
    assert a_round.exit_code == 1


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("HLHPN phường Đông Mai.xlsx", "U012"),
        ("Đông Mai (ước).xlsx", "S018"),
        ("Đông Mai thử.xlsx", "S018"),
        ("TEST/Đông Mai.xlsx", "S018"),
        ("Đông Mai (mẫu trắng).xlsx", "U014"),
        ("Phường Đông Mai - quy ước.xlsx", ""),
        ("thu 1/Dong Mai.xlsx", ""),
        ("Đông Mai thử nghiệm lần đầu.xlsx", ""),
    ],
)
def test_a_name_of_a_trial_an_estimate_or_another_office_is_asked_about(a_round: Round, name: str, code: str) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, name)
    told = [one for one in a_round.run()[name] if one in ("U012", "U013", "U014", "S018", "F015")]
    assert told == ([code] if code else [])


def test_a_return_on_a_sheet_called_a_draft_is_asked_about(a_round: Round) -> None:
    a_round.put_others(DONG_MAI)
    a_round.put(DONG_MAI, FILES[DONG_MAI], named("Nháp"))
    codes = a_round.run()[FILES[DONG_MAI]]
    assert "S018" in codes
    assert "U014" not in codes
    assert a_round.exit_code == 1


@pytest.mark.parametrize(("unit", "blank"), [("", "F008"), (DONG_MAI, "F059")])
def test_a_blank_form_that_is_called_so_is_not_said_not_to_be_used(a_round: Round, unit: str, blank: str) -> None:
    register = load_register_csv(a_round.register, shipped_form().first_day)
    for code in UNITS:
        a_round.put(code, FILES[code])
    name = "Đông Mai (mẫu trắng).xlsx"
    write_template(shipped_form(), register, a_round.input / name, register.by_code.get(unit))
    codes = a_round.run()[name]
    assert blank in codes
    assert "U014" not in codes
    assert a_round.books() == (TOTAL, 3, 3)
