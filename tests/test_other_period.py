"""Figures of another period or letter, or of a plan, count nowhere in silence; what only looks so asks nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.model import FileResult
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request
from pipeline.run.consolidate import consolidate as run
from schemas.form import Form, load_form
from tests.returned import FORM as WEEK_OF_LEARNING
from tests.returned import copy_of

UNIT = "07135"
ROWS = (("Tổng số lớp", 5), ("Tổng số học viên", 140), ("Số buổi nói chuyện", 3), ("Số sách tặng", 70))
OF_PERIOD = ("F015", "S018")


@dataclass(frozen=True)
class Asked:
    """A periodic form: what its title says, and its days."""

    title: str
    first: date
    last: date
    letter: str = "12/UBND-GD"
    sent: date = date(2025, 8, 15)


FORMS = {
    "month": Asked("BÁO CÁO THỐNG KÊ THÁNG 9 NĂM 2025", date(2025, 9, 1), date(2025, 9, 30)),
    "quarter": Asked("BÁO CÁO THỐNG KÊ QUÝ III NĂM 2025", date(2025, 7, 1), date(2025, 9, 30)),
    "last_quarter": Asked("BÁO CÁO THỐNG KÊ QUÝ IV NĂM 2025", date(2025, 10, 1), date(2025, 12, 31)),
    "week": Asked("WEEKLY EPIDEMIOLOGICAL REPORT, WEEK 36", date(2025, 9, 1), date(2025, 9, 7)),
    "semester": Asked("BÁO CÁO THỐNG KÊ HỌC KỲ I NĂM HỌC 2025-2026", date(2025, 9, 5), date(2026, 1, 15)),
    "half": Asked("BÁO CÁO THỐNG KÊ 6 THÁNG ĐẦU NĂM 2025", date(2025, 1, 1), date(2025, 6, 30)),
    "school_year": Asked("BÁO CÁO THỐNG KÊ NĂM HỌC 2024-2025", date(2024, 9, 5), date(2025, 5, 31)),
    "year": Asked("BÁO CÁO THỐNG KÊ NĂM 2025", date(2025, 1, 1), date(2025, 12, 31)),
    "unnamed": Asked("BÁO CÁO THỐNG KÊ TRUNG TÂM", date(2025, 9, 1), date(2025, 9, 30)),
}


def form_of(folder: Path, asked: Asked) -> Form:
    """Write and load a form of four rows and one measure for a period."""
    reference = f"(Kèm theo Công văn số {asked.letter} ngày {asked.sent:%d/%m/%Y})"
    head = f"""
id = "periodic"
version = "1"
name = "{asked.title.capitalize()}"

[letter]
number = "{asked.letter}"
date = {asked.sent}

[period]
first_day = {asked.first}
last_day = {asked.last}

[deadline]
before = {asked.last.year + 1}-02-10T00:00:00+07:00
wording = "trước ngày 10/02/{asked.last.year + 1}"

[title]
lines = ["{asked.title}"]
references = ["{reference}"]
summary = "TỔNG HỢP {asked.title}"

[[columns]]
key = "label"
role = "label"
head = ["Chỉ tiêu"]

[[columns]]
key = "number"
role = "measure"
head = ["Số lượng"]
"""
    lines = ["key,stt,label,unit_of_measure,parent,role,number,short_label,label_print"]
    lines += [f"row_{at},{at},{label},,,input,count,," for at, (label, _) in enumerate(ROWS, 1)]
    folder.mkdir(parents=True)
    (folder / "form.toml").write_text(head, encoding="utf-8")
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "units.csv").write_text(
        f"code,name,type,parent,in_total,valid_from,valid_to\n{UNIT},Phường Đông Mai,phường,206,yes,2011-11-25,\n",
        encoding="utf-8",
    )
    return load_form(folder)


def returned(
    tmp_path: Path, asked: Asked, lines: Sequence[str], *, name: str = "Dong Mai.xlsx", tab: str = "Sheet1"
) -> FileResult:
    """Read a retyped return without a stamp, under some lines above its table."""
    form = form_of(tmp_path / "form", asked)
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = tab
    for line in ("Đơn vị: Phường Đông Mai", *lines):
        sheet.append([line])
    sheet.append(["Chỉ tiêu", "Số lượng"])
    for row in ROWS:
        sheet.append(list(row))
    file = tmp_path / "in" / name
    file.parent.mkdir(parents=True)
    workbook.save(file)
    register = load_register(form, tmp_path / "form" / "units.csv")
    (result,) = run(Request(folder=tmp_path / "in", form=form, register=register, workers=0)).files
    return result


def of_period(file: FileResult) -> list[str]:
    return [told.code for told in file.findings if told.code in OF_PERIOD]


OTHERS: Mapping[str, Sequence[str]] = {
    "month": ("BÁO CÁO THỐNG KÊ THÁNG 8 NĂM 2025", "Báo cáo tháng tám", "THÁNG 9 NĂM 2024", "Kỳ báo cáo: 08/2025",
              "Tháng 10/2025", "Từ ngày 01/8/2025 đến ngày 31/8/2025", "Bao cao thang 8", "Kỳ báo cáo: Quý II/2025"),
    "quarter": ("BÁO CÁO THỐNG KÊ QUÝ II NĂM 2025", "QUÝ I/2025", "Quý 2", "BÁO CÁO QUÝ IV", "QUÝ III NĂM 2024",
                "BÁO CÁO 6 THÁNG ĐẦU NĂM 2025", "Quý hai năm 2025", "THÁNG 5 NĂM 2025"),
    "last_quarter": ("BÁO CÁO THỐNG KÊ QUÝ I NĂM 2025", "Quý III", "BÁO CÁO 9 THÁNG ĐẦU NĂM"),
    "week": ("WEEKLY EPIDEMIOLOGICAL REPORT, WEEK 35", "Tuần 35", "BÁO CÁO TUẦN 37 NĂM 2025", "Week 35, 2025"),
    "semester": ("BÁO CÁO THỐNG KÊ HỌC KỲ II NĂM HỌC 2024-2025", "Học kỳ II", "HỌC KỲ I NĂM HỌC 2024-2025",
                 "NĂM HỌC 2024-2025", "Học kì 2"),
    "half": ("BÁO CÁO 6 THÁNG CUỐI NĂM 2025", "BÁO CÁO SÁU THÁNG ĐẦU NĂM 2024", "QUÝ III NĂM 2025"),
    "school_year": ("BÁO CÁO THỐNG KÊ NĂM HỌC 2023-2024",),
    "year": ("BÁO CÁO THỐNG KÊ NĂM 2024",),
    "unnamed": ("BÁO CÁO THÁNG 8 NĂM 2025", "BÁO CÁO QUÝ II", "NĂM 2024", "NĂM HỌC 2023-2024"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "title"), [(kind, title) for kind, titles in OTHERS.items() for title in titles])
def test_a_return_titled_with_another_period_is_refused_and_nothing_else_is_told_of_it(
    tmp_path: Path, kind: str, title: str
) -> None:
    file = returned(tmp_path, FORMS[kind], [title])
    assert file.status.value == "rejected"
    (told,) = [told for told in file.findings if told.code != "U006"]
    assert (told.code, told.cell) == ("F015", "A2")


OWN: Mapping[str, Sequence[str]] = {
    "month": ("BÁO CÁO THỐNG KÊ THÁNG 9 NĂM 2025", "Tháng 09/2025", "BÁO CÁO THÁNG CHÍN", "Kỳ báo cáo: 9/2025",
              "Từ ngày 01/9/2025 đến ngày 30/9/2025", "Báo cáo tháng 9 năm 2025 (so với tháng 8 năm 2025)",
              "BÁO CÁO NĂM 2025"),
    "quarter": ("BÁO CÁO THỐNG KÊ QUÝ III NĂM 2025", "Quý 3/2025", "Báo cáo quý ba", "Kết quả quý III (quý II: 4 lớp)",
                "Tháng 7, 8, 9 năm 2025"),
    "last_quarter": ("Quý IV", "BÁO CÁO QUÝ 4/2025"),
    "week": ("WEEK 36", "Tuần 36 (từ 01/9/2025 đến 07/9/2025)", "Weekly report week 36, 2025"),
    "semester": ("HỌC KỲ I NĂM HỌC 2025-2026", "Học kỳ 1", "NĂM HỌC 2025-2026", "HKI"),
    "half": ("BÁO CÁO SÁU THÁNG ĐẦU NĂM", "6 tháng năm 2025", "Nửa đầu năm 2025", "QUÝ I VÀ QUÝ II NĂM 2025"),
    "school_year": ("NĂM HỌC 2024-2025", "Năm học 2024 - 25"),
    "year": ("NĂM 2025", "Báo cáo năm 2025 (năm 2024: 3 lớp)"),
    "unnamed": ("BÁO CÁO THÁNG 9 NĂM 2025", "Năm học 2025-2026", "NĂM 2025"),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "title"), [(kind, title) for kind, titles in OWN.items() for title in titles])
def test_a_return_titled_with_the_period_of_the_form_is_quiet(tmp_path: Path, kind: str, title: str) -> None:
    assert of_period(returned(tmp_path, FORMS[kind], [title])) == []


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("quarter", "BÁO CÁO 9 THÁNG ĐẦU NĂM 2025"),
        ("quarter", "BÁO CÁO THÁNG 9 NĂM 2025"),
        ("quarter", "QUÝ II VÀ QUÝ III NĂM 2025"),
        ("week", "THÁNG 9 NĂM 2025"),
        ("unnamed", "QUÝ III NĂM 2025"),
    ],
)
def test_a_longer_or_shorter_period_that_meets_the_form_s_own_is_asked_about(
    tmp_path: Path, kind: str, title: str
) -> None:
    file = returned(tmp_path, FORMS[kind], [title])
    assert (file.status.value, of_period(file)) == ("used", ["S018"])


@pytest.mark.parametrize(
    "lines",
    [
        (FORMS["month"].title, "Kỳ báo cáo: Tháng 8 năm 2025"),
        ("BÁO CÁO THÁNG 9 NĂM 2025", "(Kèm theo Công văn số 12/UBND-GD ngày 20/8/2024)"),
    ],
)
def test_one_line_against_another_is_asked_about(tmp_path: Path, lines: Sequence[str]) -> None:
    file = returned(tmp_path, FORMS["month"], lines)
    assert (file.status.value, of_period(file)) == ("used", ["S018"])


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Đơn vị mới thành lập tháng 8 năm 2025", []),
        ("Trung tâm có 3 lớp mở từ tháng 5", []),
        ("Đông Mai, ngày 05 tháng 10 năm 2025", []),
        ("(Kèm theo Báo cáo số 05/BC-TTHTCĐ ngày 08/8/2025)", []),
        ("Thực hiện Kế hoạch số 45/KH-UBND ngày 10/01/2024", []),
        ("Căn cứ Công văn số 02/UBND-GD ngày 20/8/2024", []),
        ("(Kèm theo Công văn số 31/UBND-VX ngày 03/10/2025 của UBND phường)", []),
        ("(Kèm theo Công văn số 12/UBND-GD ngày 15/8/2025)", []),
        ("(Kèm theo Công văn số 09/UBND-GD ngày 20/8/2024)", ["F015"]),
        ("(kem theo CV so 12/UBND-GD ngay 15/8/2024)", ["F015"]),
        ("(Kèm theo Công văn số 07/UBND-GD)", ["S018"]),
        ("Người lập: Nguyễn Văn Tuấn, sinh năm 2003", []),
        ("Hưởng ứng tháng Khuyến học", []),
        ("Kính gửi quý vị", []),
    ],
)
def test_numbers_dates_and_letters_of_other_papers_say_nothing(tmp_path: Path, line: str, told: list[str]) -> None:
    assert of_period(returned(tmp_path, FORMS["month"], [line])) == told


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("month", "Dong Mai thang 8.xlsx", ["F015"]),
        ("month", "Đông Mai - Báo cáo tháng 8-2025.xlsx", ["F015"]),
        ("month", "BC_T8_2025_DongMai.xlsx", ["F015"]),
        ("month", "Dong Mai T9.2025.xlsx", []),
        ("month", "Dong Mai thang 9.xlsx", []),
        ("month", "Dong Mai 05.10.2025.xlsx", []),
        ("month", "Thang 8/Dong Mai.xlsx", ["S018"]),
        ("month", "Thang 9/Dong Mai.xlsx", []),
        ("month", "Quý vị gửi/Dong Mai.xlsx", []),
        ("quarter", "Dong Mai quy II.xlsx", ["F015"]),
        ("quarter", "Dong Mai quy III 2025.xlsx", []),
        ("quarter", "Quỹ 2 Dong Mai.xlsx", []),
        ("year", "Tuan 12 Dong Mai.xlsx", ["S018"]),
    ],
)
def test_the_name_of_a_file_or_folder_says_the_period(tmp_path: Path, kind: str, name: str, told: list[str]) -> None:
    assert of_period(returned(tmp_path, FORMS[kind], [], name=name)) == told


@pytest.mark.parametrize(
    ("tab", "told"), [("Tháng 8", ["F015"]), ("T8", ["F015"]), ("T9", []), ("Tháng 9", []), ("Quy 2", ["F015"])]
)
def test_the_name_of_a_sheet_says_the_period(tmp_path: Path, tab: str, told: list[str]) -> None:
    assert of_period(returned(tmp_path, FORMS["month"], [], tab=tab)) == told


# The return of last year, retyped -------------------------------------------------------------------------------------


def test_a_return_that_bears_last_year_s_letter_is_refused(clean_returns: Path, tmp_path: Path) -> None:
    folder = copy_of(clean_returns, tmp_path / "in", UNIT)
    (file,) = folder.iterdir()
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == WEEK_OF_LEARNING.id:
                cell.value = None
            elif isinstance(cell.value, str) and "02/BCĐXDXHHT" in cell.value:
                cell.value = "(Kèm theo Công văn số 05/BCĐXDXHHT ngày 20/9/2019"
    workbook.save(file)
    request = Request(folder=folder, form=WEEK_OF_LEARNING, register=load_register(WEEK_OF_LEARNING, None), workers=0)
    result = run(request)
    assert [told.code for told in result.files[0].findings] == ["F015"]
    assert not any(total.value for total in result.totals.values())
