"""A plan, a draft or an estimate is told wherever a title or a name says so; words that only look so ask nobody."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.extract.locate.papers import name_says_no_results, title_says_no_results
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request
from pipeline.run.consolidate import consolidate as run
from tests.reading import desk
from tests.returned import FORM, copy_of

UNIT = "07135"


@pytest.mark.parametrize(
    "name",
    [
        "Dong Mai Kế hoạch",
        "Kế hoạch Đông Mai",
        "Minh Thanh (du thao, so uoc tinh)",
        "Minh Thành - dự thảo",
        "Đông Mai_nháp",
        "Dong Mai (nhap)",
        "Dong Mai - nháp",
        "du thao bieu Dong Mai",
        "Dong Mai du kien",
        "Đông Mai số liệu dự kiến",
        "Đông Mai tạm tính",
        "Đông Mai (chưa chính thức)",
        "Dong Mai - chua chinh thuc",
        "Ước thực hiện Đông Mai",
        "KH Đông Mai",
        "Dong Mai KH 2020",
        "Dong Mai KH",
        "Ke hoach Tuan le",
        "KẾ HOẠCH",
        "sơ bộ",
        "07135 draft",
    ],
)
def test_a_name_that_says_plan_draft_or_estimate_is_told(name: str) -> None:
    assert name_says_no_results(name, desk().labels.own_titles)


@pytest.mark.parametrize(
    "name",
    [
        "Hoi KH phuong Minh Thanh",
        "Hội KH phường Đông Mai",
        "Quy KH Dong Mai",
        "Ban KH xã Sông Khoai",
        "45/KH-UBND",
        "Theo 45-KH-UBND Dong Mai",
        "Bao cao theo ke hoach 45-KH-UBND",
        "Kế hoạch số 45-KH-UBND",
        "Kết quả thực hiện Kế hoạch Tuần lễ",
        "KQ thuc hien ke hoach",
        "Dong Mai nhap lieu",
        "Dong Mai nhập số",
        "Phòng Tài chính - Kế hoạch",
        "Hội Khuyến học Đông Mai",
        "khoa học kỹ thuật",
        "Phường Hiệp Hòa (xã Sông Khoai cũ)",
        "Dữ kiện Đông Mai",
        "07135_Phuong_Dong_Mai",
        "Khánh Hòa",
        "2020",
        "Mẫu tổng hợp",
    ],
)
def test_a_name_that_only_looks_so_is_quiet(name: str) -> None:
    assert not name_says_no_results(name, desk().labels.own_titles)


@pytest.mark.parametrize(
    "title",
    [
        "KẾ HOẠCH TỔ CHỨC TUẦN LỄ NĂM 2020",
        "BIỂU SỐ LIỆU DỰ KIẾN",
        "BÁO CÁO KẾT QUẢ TUẦN LỄ (DỰ THẢO)",
        "Số liệu ước tính",
        "Biểu tạm tính, chưa chính thức",
        "(Nháp)",
        "KH tổ chức Tuần lễ",
        "CHỈ TIÊU NĂM 2020",
    ],
)
def test_a_title_that_says_plan_draft_or_estimate_is_told(title: str) -> None:
    assert title_says_no_results(title, desk().labels.own_titles)


@pytest.mark.parametrize(
    "title",
    [
        "BÁO CÁO KẾT QUẢ THỰC HIỆN KẾ HOẠCH TUẦN LỄ",
        "Thực hiện Kế hoạch số 45/KH-UBND ngày 20/9/2020",
        "Kế hoạch số 15/KH-UBND ngày 20/9/2020",
        "Căn cứ Kế hoạch của UBND thị xã",
        "Hội KH phường Minh Thành",
        "Ghi chú: bản giấy dự kiến gửi ngày 12/10",
        "UBND PHƯỜNG ĐÔNG MAI",
        "Phòng Tài chính - Kế hoạch",
    ],
)
def test_a_line_that_only_looks_so_is_quiet(title: str) -> None:
    assert not title_says_no_results(title, desk().labels.own_titles)


def test_a_form_that_asks_for_a_plan_is_not_surprised_by_one() -> None:
    own = ("ke hoach tuan le nam 2020",)
    assert not title_says_no_results("KẾ HOẠCH TUẦN LỄ NĂM 2020", own)
    assert not name_says_no_results("Dong Mai Kế hoạch", own)
    assert title_says_no_results("DỰ THẢO KẾ HOẠCH TUẦN LỄ", own)


@pytest.mark.parametrize(
    ("name", "is_told"),
    [
        ("Dong Mai Kế hoạch.xlsx", True),
        ("Dong Mai (du thao, so uoc tinh).xlsx", True),
        ("Nháp/Dong Mai.xlsx", True),
        ("ke hoach/Dong Mai.xlsx", True),
        ("Hoi KH phuong Dong Mai.xlsx", False),
        ("Gửi lần 1/Dong Mai.xlsx", False),
    ],
)
def test_a_return_named_as_a_plan_counts_and_leaves_the_run_open(
    clean_returns: Path, tmp_path: Path, name: str, is_told: bool
) -> None:
    (file,) = copy_of(clean_returns, tmp_path / "clean", UNIT).iterdir()
    target = tmp_path / "in" / name
    target.parent.mkdir(parents=True)
    shutil.copy(file, target)
    result = run(Request(folder=tmp_path / "in", form=FORM, register=load_register(FORM, None), workers=0))
    (one,) = result.files
    assert one.status.value == "used"
    assert ("S018" in [told.code for told in one.findings]) is is_told
    assert all(told.is_open is is_told for told in one.findings if told.code == "S018")


@pytest.mark.parametrize(("tab", "is_told"), [("Dự thảo", True), ("KH", True), ("Kết quả", False), ("Hội KH", False)])
def test_the_name_of_a_sheet_says_it_too(clean_returns: Path, tmp_path: Path, tab: str, is_told: bool) -> None:
    folder = copy_of(clean_returns, tmp_path / "in", UNIT)
    (file,) = folder.iterdir()
    workbook = load_workbook(file)
    workbook.worksheets[0].title = tab
    workbook.save(file)
    (one,) = run(Request(folder=folder, form=FORM, register=load_register(FORM, None), workers=0)).files
    assert ("S018" in [told.code for told in one.findings]) is is_told
