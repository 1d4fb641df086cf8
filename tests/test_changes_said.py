"""A text outside the table that corrects or adds figures is a question; other texts there are listed."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.model import Finding
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request, consolidate
from tests.returned import FIGURES, FORM, write_returns

UNIT = "07135"


def told_of(folder: Path, text: str, address: str = "B55", sheet: str = "") -> list[Finding]:
    """Type a text outside the table of a return, or on another sheet, and read it."""
    returns = write_returns(folder / "in", {UNIT: FIGURES[UNIT]})
    (file,) = returns.iterdir()
    workbook = load_workbook(file)
    (workbook.create_sheet(sheet) if sheet else workbook.worksheets[0])[address] = text
    workbook.save(file)
    result = consolidate(Request(returns, FORM, load_register(FORM, None), workers=0))
    return [told for one in result.files for told in one.findings]


@pytest.mark.parametrize(
    "text",
    [
        "Đính chính: số tin, bài là 1350",
        "Đơn vị: xin sửa Số tin, bài thành 1350",
        "Bổ sung số lượng sách quyên góp: 120 quyển",
        "Mục 4 ghi nhầm, đúng là 1.350",
        "Dinh chinh so sach: 1350 quyen",
        "Ghi chú: thay thế số 12 bằng 15 ở dòng 3",
    ],
)
def test_a_text_that_changes_figures_is_asked_about(tmp_path: Path, text: str) -> None:
    (asked,) = [told for told in told_of(tmp_path, text) if told.code == "S034"]
    assert asked.is_question
    assert asked.cell == "B55"


@pytest.mark.parametrize(
    "text",
    [
        "Người lập biểu: Lan, ĐT 0912345678",
        "Đông Mai, ngày 08 tháng 10 năm 2020",
        "(Kèm theo Báo cáo số 05/BC-TTHTCĐ ngày 08/10/2020)",
        "Ghi chú: số liệu đã kiểm tra, đúng với sổ sách",
        "Đã bổ sung chữ ký theo yêu cầu",
        "Sửa chữa 3 phòng học trong năm",
        "Biểu này thay thế biểu gửi ngày 05/10/2020",
        "Bồi dưỡng 12 giáo viên, 340 người tham gia",
    ],
)
def test_other_texts_ask_nothing(tmp_path: Path, text: str) -> None:
    told = told_of(tmp_path, text)
    assert [one.code for one in told if one.code == "S034"] == []


@pytest.mark.parametrize(
    "text",
    ["Bổ sung: thêm 3 lớp ở khu 5", "Số lớp đúng là 30 (trong biểu ghi nhầm)", "Dinh chinh so sach: 1350 quyen"],
)
def test_a_text_on_another_sheet_that_changes_figures_is_asked_about(tmp_path: Path, text: str) -> None:
    (asked,) = [told for told in told_of(tmp_path, text, "A1", "Ghi chú") if told.code == "S034"]
    assert asked.is_question
    assert (asked.sheet, asked.cell) == ("Ghi chú", "A1")


@pytest.mark.parametrize(
    "text",
    [
        "Thư viện phường bổ sung 120 cuốn sách trong năm",
        "Sửa chữa 3 phòng học: 40 triệu đồng",
        "Thực hiện Kế hoạch số 45/KH-UBND ngày 01/09/2020",
        "Người lập: Nguyễn Thị Lan, ĐT 0912345678",
    ],
)
def test_other_texts_on_another_sheet_ask_nothing(tmp_path: Path, text: str) -> None:
    told = told_of(tmp_path, text, "A1", "Ghi chú")
    assert [one.code for one in told if one.is_question] == []
