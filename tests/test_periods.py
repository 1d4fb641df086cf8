"""A period is read as a value from however it is spelt, and compared as one; look-alikes are none."""

from __future__ import annotations

import unicodedata
from datetime import date
from itertools import product

import pytest

from pipeline.extract.periods import Kind, Period, letter_in, periods_in
from schemas.text import fold_words

ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
WORDS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
YEARS = (("", None), (" năm 2025", 2025), ("/2025", 2025), (" - 2025", 2025), (" NĂM 2025", 2025), (", 2025", 2025))


def spellings(name: str, number: int) -> list[str]:
    """Every way in which officers write one numbered period."""
    figures = [str(number), f"{number:02}"] if number < 10 else [str(number)]
    if name != "tuần" and number <= len(ROMAN):
        figures.append(ROMAN[number - 1])
    if name != "tuần" and number <= len(WORDS) and number != 5:
        figures.append(WORDS[number - 1])
    return [f"{name} {figure}" for figure in figures]


@pytest.mark.parametrize(
    ("name", "kind", "most"),
    [("tuần", Kind.WEEK, 52), ("tháng", Kind.MONTH, 12), ("quý", Kind.QUARTER, 4), ("học kỳ", Kind.SEMESTER, 2)],
)
def test_a_numbered_period_is_one_value_however_it_is_spelt(name: str, kind: Kind, most: int) -> None:
    for number in range(1, most + 1):
        for spelt, (of_year, year) in product(spellings(name, number), YEARS):
            if kind is Kind.SEMESTER and year:
                continue
            expected = (Period(kind, number, number, year),)
            for text in (spelt + of_year, (spelt + of_year).upper(), f"BÁO CÁO {spelt}{of_year}"):
                assert periods_in(text) == expected, text
                assert periods_in(unicodedata.normalize("NFD", text)) == expected, text
            if "/" not in of_year and "," not in of_year:
                bare = fold_words(spelt + of_year)
                assert periods_in(bare) == expected, bare


def test_no_quarter_is_a_piece_of_another() -> None:
    for first, second in product(range(4), repeat=2):
        same = periods_in(f"quý {ROMAN[first]} năm 2025") == periods_in(f"Quý {second + 1}/2025")
        assert same is (first == second)


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("6 tháng đầu năm", Period(Kind.MONTHS, 1, 6)),
        ("06 tháng đầu năm 2025", Period(Kind.MONTHS, 1, 6, 2025)),
        ("sáu tháng cuối năm 2025", Period(Kind.MONTHS, 7, 12, 2025)),
        ("nửa đầu năm 2025", Period(Kind.MONTHS, 1, 6, 2025)),
        ("9 tháng", Period(Kind.MONTHS, 1, 9)),
        ("9 tháng năm 2025", Period(Kind.MONTHS, 1, 9, 2025)),
        ("10 tháng đầu năm 2025", Period(Kind.MONTHS, 1, 10, 2025)),
        ("học kỳ I năm học 2020-2021", Period(Kind.SEMESTER, 1, 1, 2020)),
        ("HK2 2024-2025", Period(Kind.SEMESTER, 2, 2, 2024)),
        ("HKII", Period(Kind.SEMESTER, 2, 2)),
        ("Học kì II năm 2025", Period(Kind.SEMESTER, 2, 2, 2024)),
        ("NĂM HỌC 2024 - 2025", Period(Kind.SCHOOL_YEAR, year=2024)),
        ("năm học 2024-25", Period(Kind.SCHOOL_YEAR, year=2024)),
        ("NĂM 2025", Period(Kind.YEAR, year=2025)),
        ("T9/2025", Period(Kind.MONTH, 9, 9, 2025)),
        ("T9", Period(Kind.MONTH, 9, 9)),
        ("Q3.2025", Period(Kind.QUARTER, 3, 3, 2025)),
        ("BC_quy_III_2025", Period(Kind.QUARTER, 3, 3, 2025)),
        ("Kỳ báo cáo: 08/2025", Period(Kind.MONTH, 8, 8, 2025)),
        ("Tháng năm năm 2025", Period(Kind.MONTH, 5, 5, 2025)),
        ("Quý I + II", Period(Kind.QUARTER, 1, 2)),
        ("Quý I và quý II năm 2025", Period(Kind.QUARTER, 1, 2, 2025)),
        ("tháng 7, 8, 9", Period(Kind.MONTH, 7, 9)),
        ("từ tháng 1 đến tháng 9 năm 2025", Period(Kind.MONTH, 1, 9, 2025)),
        ("WEEK 35", Period(Kind.WEEK, 35, 35)),
        ("Week 35, 2025", Period(Kind.WEEK, 35, 35, 2025)),
        ("August 2025", Period(Kind.MONTH, 8, 8, 2025)),
        ("từ ngày 01/9/2025 đến ngày 30/9/2025", Period(Kind.DAYS, between=(date(2025, 9, 1), date(2025, 9, 30)))),
        ("từ ngày 1 tháng 9 đến hết ngày 30 tháng 9 năm 2025",
         Period(Kind.DAYS, between=(date(2025, 9, 1), date(2025, 9, 30)))),
        ("1-7/10/2020", Period(Kind.DAYS, between=(date(2020, 10, 1), date(2020, 10, 7)))),
    ],
)  # fmt: skip
def test_what_a_text_names_is_read_as_it_is_meant(text: str, period: Period) -> None:
    assert periods_in(text) == (period,)


@pytest.mark.parametrize(
    "text",
    [
        "Kính gửi: Quý cơ quan",
        "Kính mong quý vị thông cảm",
        "Quỹ 2",
        "tuần lễ hưởng ứng học tập suốt đời",
        "Tuần lễ 1-7/10",
        "Tuần 1/10-7/10",
        "tháng Khuyến học",
        "Tháng hai buổi",
        "mỗi quý một lần",
        "trẻ 6 tháng tuổi",
        "từ 6 tháng tuổi đến 36 tháng tuổi",
        "3 tháng một lần",
        "ngày 10 tháng 10 năm 2020",
        "Đông Mai, ngày     tháng 10 năm 2020",
        "ngày ... tháng ... năm 2020",
        "Ngày 7 tháng 10",
        "9 tháng 10 năm 2020",
        "10.10.2019",
        "đến năm 2030",
        "sinh năm 2003",
        "thành lập năm 2012",
        "so với năm 2019",
        "so với quý II",
        "cùng kỳ tháng 8",
        "năm học 2020",
        "Nguyen Thi Tuan",
        "7/10",
        "quý 5",
        "tuần 99",
        "tháng 13",
    ],
)
def test_what_only_looks_like_a_period_is_none(text: str) -> None:
    assert periods_in(text) == ()


@pytest.mark.parametrize(
    ("text", "number", "day"),
    [
        ("(Kèm theo Công văn số 02/BCĐXDXHHT ngày 25/9/2020", 2, date(2020, 9, 25)),
        ("Kèm theo công văn số: 2/BCĐ-XDXHHT, ngày 25 tháng 9 năm 2020", 2, date(2020, 9, 25)),
        ("(kem theo CV so 02/BCDXDXHHT ngay 25-09-2020)", 2, date(2020, 9, 25)),
        ("Ban hành kèm theo Công văn số 02/BCĐXDXHHT", 2, None),
    ],
)
def test_the_letter_is_read_by_number_symbol_and_day(text: str, number: int, day: date | None) -> None:
    letter = letter_in(text)
    assert letter is not None
    assert (letter.number, letter.symbol, letter.day) == (number, "bcdxdxhht", day)


@pytest.mark.parametrize(
    "text",
    [
        "(Kèm theo Báo cáo số 05/BC-TTHTCĐ ngày 08/10/2020)",
        "Thực hiện Kế hoạch số 45/KH-UBND",
        "Căn cứ Công văn số 02/BCĐXDXHHT ngày 25/9/2020",
        "Số: 12/BC-UBND",
    ],
)
def test_a_paper_that_a_unit_writes_or_refers_to_is_no_letter_of_the_form(text: str) -> None:
    assert letter_in(text) is None
