"""What an officer may type into a number cell, and what is counted of it: each line is a promise."""

import math
import unicodedata
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from pipeline.extract.numbers import Kind, Reading, load_number_words, read_number, sums_in
from pipeline.extract.numbers.dates import date_of, figures_but_dates, serial_of

WORDS = load_number_words()
UNITS = ("người", "quyển", "tờ", "quyển/ tờ", "Tin, bài", "đơn vị", "tấm")
PAIR = (("lớp",), ("người", "học viên"))

# typed, value, code
COUNTS: list[tuple[str, int, str]] = [
    # digits stored as text
    ("12", 12, "V026"),
    ("0", 0, "V026"),
    (" 007 ", 7, "V026"),
    ("00", 0, "V026"),
    ("'12", 12, "V026"),
    ("’12", 12, "V026"),
    ("12.", 12, "V026"),
    ("12;", 12, "V026"),
    ("\u00a012\u00a0", 12, "V026"),
    ("1\u200b2", 12, "V026"),
    ("\ufeff12", 12, "V026"),
    ("1\u00ad2", 12, "V026"),
    ("\n12\n", 12, "V026"),
    ("12345678", 12_345_678, "V026"),
    # digits of other scripts
    ("１２", 12, "V027"),
    ("١٢", 12, "V027"),
    ("۱۲", 12, "V027"),
    ("१२", 12, "V027"),
    ("𝟏𝟐", 12, "V027"),
    ("1２", 12, "V027"),
    ("１２ người", 12, "V022"),
    ("１．５００", 1500, "V024"),
    ("１，５００，０００", 1_500_000, "V020"),
    # groups
    ("1.500", 1500, "V024"),
    ("1,500", 1500, "V024"),
    ("340.000", 340_000, "V024"),
    ("340,000", 340_000, "V024"),
    ("99.999", 99_999, "V024"),
    ("1.500 người", 1500, "V024"),
    ("1.500.", 1500, "V024"),
    ("1.500.000", 1_500_000, "V020"),
    ("1,500,000", 1_500_000, "V020"),
    ("1 500 000", 1_500_000, "V020"),
    ("1\u00a0500\u00a0000", 1_500_000, "V020"),
    ("1\u202f500\u202f000", 1_500_000, "V020"),
    ("1'500'000", 1_500_000, "V020"),
    ("1.500.000 người", 1_500_000, "V022"),
    # a word or a sign for zero
    ("-", 0, "V021"),
    ("–", 0, "V021"),
    ("—", 0, "V021"),
    ("−", 0, "V021"),
    ("không", 0, "V021"),
    ("Không", 0, "V021"),
    ("KHÔNG", 0, "V021"),
    ("khong", 0, "V021"),
    ("Không có", 0, "V021"),
    ("không  có.", 0, "V021"),
    ("KHONG CO", 0, "V021"),
    ("ko", 0, "V021"),
    ("Ko có", 0, "V021"),
    ("k", 0, "V021"),
    ("K", 0, "V021"),
    ("k có", 0, "V021"),
    ("(không)", 0, "V021"),
    ("... không ...", 0, "V021"),
    ("không phát sinh", 0, "V021"),
    ("không tổ chức", 0, "V021"),
    ("không người", 0, "V021"),
    ("không có quyển", 0, "V021"),
    (unicodedata.normalize("NFD", "không có"), 0, "V021"),
    # the unit after the figure
    ("12 người", 12, "V022"),
    ("12người", 12, "V022"),
    ("12 NGƯỜI", 12, "V022"),
    ("12 nguoi", 12, "V022"),
    ("12  người.", 12, "V022"),
    ("12 (người)", 12, "V022"),
    ("0 người", 0, "V022"),
    ("01 quyển", 1, "V022"),
    ("340 lượt người", 340, "V022"),
    ("340 lượt", 340, "V022"),
    ("12 đơn vị", 12, "V022"),
    ("12 \u00d0ơn vị", 12, "V022"),
    ("12\nngười", 12, "V022"),
    (unicodedata.normalize("NFD", "12 người"), 12, "V022"),
    ("5 quyển/ tờ", 5, "V022"),
    ("5 quyển/tờ", 5, "V022"),
    ("5 tin, bài", 5, "V022"),
    ("5 tấm", 5, "V022"),
    # magnitudes
    ("1k", 1000, "V023"),
    ("12 k", 12_000, "V023"),
    ("2 nghìn", 2000, "V023"),
    ("2 ngàn", 2000, "V023"),
    ("2 nghìn người", 2000, "V023"),
    ("2 NGHIN NGUOI", 2000, "V023"),
    ("1,5 nghìn người", 1500, "V023"),
    ("2 nghìn 5", 2500, "V023"),
    ("2 nghìn 500", 2500, "V023"),
    ("2k500", 2500, "V023"),
]

MONEY: list[tuple[str, int, str]] = [
    ("15000000", 15_000_000, "V026"),
    ("0 đ", 0, "V020"),
    ("0 đồng", 0, "V020"),
    ("không đồng", 0, "V021"),
    ("-", 0, "V021"),
    ("1.500.000 đ", 1_500_000, "V020"),
    ("1.500.000đ", 1_500_000, "V020"),
    ("1.500.000₫", 1_500_000, "V020"),
    ("1.500.000 đồng", 1_500_000, "V020"),
    ("1.500.000 Đồng", 1_500_000, "V020"),
    ("1.500.000 dong", 1_500_000, "V020"),
    ("1.500.000 \u00d0", 1_500_000, "V020"),
    ("1,500,000 VNĐ", 1_500_000, "V020"),
    ("1,500,000VND", 1_500_000, "V020"),
    ("1 500 000 đ", 1_500_000, "V020"),
    ("1.500.000 (đồng)", 1_500_000, "V020"),
    ("1.500.000 đồng chẵn", 1_500_000, "V020"),
    ("1.500.000 đồng.", 1_500_000, "V020"),
    ("1.500.000đ/-", 1_500_000, "V020"),
    ("1.500.000,-", 1_500_000, "V020"),
    ("1.500.000.-", 1_500_000, "V020"),
    ("đ 1.500.000", 1_500_000, "V020"),
    ("VNĐ 1.500.000", 1_500_000, "V020"),
    ("1.500.000,00", 1_500_000, "V020"),
    ("1,500,000.00", 1_500_000, "V020"),
    ("1.234.567.890", 1_234_567_890, "V020"),
    ("1500000đ", 1_500_000, "V020"),
    ("500.000", 500_000, "V024"),
    ("500 000", 500_000, "V024"),
    ("500.000 đ", 500_000, "V024"),
    ("340,000 đồng", 340_000, "V024"),
    ("1,5 triệu", 1_500_000, "V023"),
    ("1.5 triệu", 1_500_000, "V023"),
    ("1,50 triệu", 1_500_000, "V023"),
    ("0,5 triệu", 500_000, "V023"),
    ("0,500 triệu", 500_000, "V023"),
    ("1,234567 triệu", 1_234_567, "V023"),
    ("15 triệu", 15_000_000, "V023"),
    ("15 TRIỆU", 15_000_000, "V023"),
    ("15 trieu", 15_000_000, "V023"),
    ("15triệu", 15_000_000, "V023"),
    (unicodedata.normalize("NFD", "15 triệu đồng"), 15_000_000, "V023"),
    ("15 tri\u1eb9\u0302u", 15_000_000, "V023"),
    ("15tr", 15_000_000, "V023"),
    ("15 Tr", 15_000_000, "V023"),
    ("15trđ", 15_000_000, "V023"),
    ("15 tr đ", 15_000_000, "V023"),
    ("15 tr.đ", 15_000_000, "V023"),
    ("15 triệu đồng", 15_000_000, "V023"),
    ("15 triệu đồng chẵn", 15_000_000, "V023"),
    ("2 triệu 5", 2_500_000, "V023"),
    ("2tr5", 2_500_000, "V023"),
    ("2 triệu rưỡi", 2_500_000, "V023"),
    ("2 tỷ 3", 2_300_000_000, "V023"),
    ("3 tỷ", 3_000_000_000, "V023"),
    ("3 tỉ đồng", 3_000_000_000, "V023"),
    ("1,25 tỷ", 1_250_000_000, "V023"),
    ("500k", 500_000, "V023"),
    ("500 nghìn", 500_000, "V023"),
    ("500 ngàn đồng", 500_000, "V023"),
    ("1 triệu 500 nghìn", 1_500_000, "V023"),
    ("1tr500k", 1_500_000, "V023"),
    ("1 tỷ 200 triệu 500 nghìn đồng", 1_200_500_000, "V023"),
    ("1.500.000 nghìn", 1_500_000_000, "V023"),
    ("１５ triệu", 15_000_000, "V023"),
]

# typed, first measure, second measure
PAIRS: list[tuple[str, int, int]] = [
    ("12 lớp/340 người", 12, 340),
    ("12 lớp / 340 người", 12, 340),
    ("12lớp/340người", 12, 340),
    ("12 LỚP/340 NGƯỜI", 12, 340),
    ("12 lop/340 nguoi", 12, 340),
    (unicodedata.normalize("NFD", "12 lớp/340 người"), 12, 340),
    ("12 lớp/340 học viên", 12, 340),
    ("12 lớp/340 lượt người", 12, 340),
    ("12 lớp, 340 người", 12, 340),
    ("12 lớp; 340 người.", 12, 340),
    ("12 lớp 340 người", 12, 340),
    ("12 lớp - 340 người", 12, 340),
    ("12 lớp – 340 người", 12, 340),
    ("12 lớp + 340 người", 12, 340),
    ("12 lớp và 340 người", 12, 340),
    ("12 lớp với 340 người", 12, 340),
    ("12 lớp (340 người)", 12, 340),
    ("12 lớp\n340 người", 12, 340),
    ("340 người/12 lớp", 12, 340),
    ("340 người (12 lớp)", 12, 340),
    ("12 lớp/340", 12, 340),
    ("12/340 người", 12, 340),
    ("12/340", 12, 340),
    ("12 / 340", 12, 340),
    ("12∕340", 12, 340),
    ("12 (340)", 12, 340),
    ("12(340)", 12, 340),
    ("03/120", 3, 120),
    ("0/0", 0, 0),
    ("3/45", 3, 45),
    ("12/1.340", 12, 1340),
    ("12 lớp/1.340 người", 12, 1340),
    ("12 lớp/2 nghìn người", 12, 2000),
    ("１２/３４０", 12, 340),
]

BLANKS = [
    *(
        "",
        " ",
        "\u00a0",
        "\u200b",
        "\ufeff \t\n",
        "\u3000",
        "......",
        ". . . .",
        "____",
        "_ _ _",
        "……",
    ),
    *("..... người", "… đồng"),
]

# code -> texts that are refused with it, on a row of counts that takes one measure
REFUSED: dict[str, list[str]] = {
    "V001": [
        *(
            "abc",
            "chưa có",
            "chưa",
            "O",
            "1O",
            "l2",
            "không rõ",
            "N/A",
            "XII",
            "mười hai",
            "½",
            "quyển",
            "thứ 5",
            ".",
        ),
        *(
            "lớp 12",
            "tổng: 12",
            "=12",
            "12 abc",
            "12 đồng",
            "1.500.000 đ",
            "12 (có danh sách kèm theo)",
            "2 trăm",
        ),
        *(
            "5 chục",
            "100 USD",
            "12 lượt/người",
            "12 người/ngày",
            "2 vạn",
            "/",
            "--",
            "(-)",
            "12 lớp học",
            "nan",
            "inf",
        ),
        *("x 12", "a" * 5000, "1" * 5000),
    ],
    "V002": [
        *(
            "khoảng 50",
            "Khoảng 50 người",
            "KHOANG 50",
            "hơn 200",
            "gần 100",
            "trên 200 người",
            "dưới 10",
            "~50",
            "≈ 50",
        ),
        *(
            "> 100",
            ">100",
            "< 10",
            "≥ 5",
            "50-60",
            "50 - 60",
            "50–60 người",
            "từ 50 đến 60",
            "50 người trở lên",
            "50+",
        ),
        *("ước 50", "xấp xỉ 50", "tối thiểu 20", "vài chục", "hàng trăm", "nhiều", "tầm 30", "trên dưới 50"),
    ],
    "V003": [
        *(
            "1.5",
            "1.50",
            "12.5",
            "1,500.000",
            "1.500,000",
            "1.500,00",
            "1.500.000.00",
            "13/14/2020",
            "1.50.000",
            "1.500.00",
            "1500.000",
            "012.345",
        ),
        *(
            "12.0",
            "12,0",
            "1.5 người",
            "12/340",
            "5/10",
            "12 (340)",
            "3 4",
            "1 500",
            "12 340",
            "1 1/2",
            "12:30",
            "8h30",
        ),
        *(
            "(12)",
            "+12",
            "12,",
            "12-",
            "12/",
            "3, 4",
            "3,4,5",
            "12 + 5",
            "12x3",
            "12²",
            "1̶2̶",
            "5\u20e3",
            "1..500",
            "1.5E+07",
        ),
        *(
            "0912345678",
            "091234567",
            "15 tr",
            "15tr",
            "1.500 nghìn",
            "1\n500\n000",
            "2 nghìn 5 người",
            "1, 500, 000",
            "٣٫٥",
            "1500.000 nghìn",
        ),
    ],
    "V004": [
        *(
            "05/10/2020",
            "5-10-2020",
            "5.10.2020",
            "05/10/20",
            "2020-10-05",
            "2020-10-05 00:00:00",
            "ngày 5/10",
        ),
        *("tháng 10", "ngày 5 tháng 10 năm 2020", "Oct-05", "05-Oct", "Mar-45", "5-Oct-20", "thg 3-45"),
    ],
    "V005": ["-5", "−5", "- 5 người", "-1.500.000", "–12"],
    "V006": [
        *(
            "x",
            "X",
            "xx",
            "(x)",
            "có",
            "CÓ",
            "Co",
            "v",
            "V",
            "✓",
            "✔",
            "✔\ufe0f",
            "√",
            "☑",
            "×",
            "đã thực hiện",
            "Đã tổ chức",
        ),
        *("rồi", "ok", "true", "ｘ"),
    ],
    "V007": ["nt", "NT", "-nt-", "- nt -", "n/t", "''", "’’", '"', "”", "〃", "như trên", "Nhu tren", "'"],
    "V008": [
        "#REF!",
        "#N/A",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#####",
        "Err:502",
        "#ref!",
    ],
    "V010": ["15%", "15 %", "15％", "2,5%", "15 phần trăm", "1‰"],
    "V011": ["100000000", "912.345.678", "12345678901", "10.000.000.000", "123.456.789.012", "99 tỷ", "20 tỷ người"],
    "V013": [
        *(
            "5 quyển, 200 tờ",
            "5 quyển/200 tờ",
            "5 quyển + 200 tờ",
            "5 quyển và 200 tờ",
            "5 quyển 200 tờ",
            "3 lớp + 2 cuộc",
        ),
        *("5 tin; 3 bài; 2 cuộc", "5 lớp tại 3 xã", "5 quyển\n200 tờ"),
    ],
    "V014": ["12 lớp/340 người", "12 lớp (340 người)", "12/340 người", "12 lớp/340"],
    "V015": ["2,5", "2,55", "0,5", "0.5", "0,500", "0.500", "2,5 người", "1,2345678 nghìn", "1.500.000,50"],
}

REFUSED_PAIRS: dict[str, list[str]] = {
    "V001": ["340 người", "12 lớp/người"],
    "V002": ["khoảng 12 lớp/340 người", "12 lớp/hơn 340 người", "12-340"],
    "V003": [
        "12, 340",
        "12 340",
        "12;340",
        "12\n340",
        "12/340/5",
        "1.5/34",
        "12 lớp/1.5 người",
        "340/12 lớp",
        "340 người/12",
        "12/lớp 340",
        "12 lượt/340",
        "12 và/340",
        "12 lớp, 340 người/",
    ],
    "V004": ["5/10/2020", "5/10/45"],
    "V011": ["12 lớp/10.000.000.000 người"],
    "V013": ["12 lớp/3 lớp", "3 lớp, 40 người, 2 cuộc"],
}

REFUSED_MONEY: dict[str, list[str]] = {
    "V001": [
        "15 lớp",
        "3 nghìn tỷ",
        "500k/người",
        "15.000.000đ/người",
        "$100",
        "100 USD",
        "15 triệu (mười lăm triệu)",
    ],
    "V003": [
        *(
            "1.5",
            "1.500 triệu",
            "1.500,000 triệu",
            "1,500 tỷ",
            "2 triệu 50",
            "2 triệu 500",
            "2 triệu 5 đồng",
            "1 triệu 1500 nghìn",
            "1 triệu 1000 nghìn",
            "12/340",
        ),
        *(
            "1 triệu 500.000 đồng",
            "500 nghìn 1 triệu",
            "500 nghìn 0 triệu",
            "1,5 triệu 500 nghìn",
            "1,5 triệu 5",
            "2 triệu 500 nghìn 5",
        ),
    ],
    "V005": ["-1.500.000 đ"],
    "V011": ["1234567890123456", "9.999.999 tỷ"],
    "V015": ["1,5", "1,2345678 triệu", "1.500.000,50 đ"],
}

# typed, kind, candidates, pairs
OFFERS: list[tuple[object, Kind, tuple[int, ...], tuple[tuple[int, int], ...]]] = [
    ("1.5", "count", (1500, 15), ()),
    ("1.50", "count", (1500, 150), ()),
    ("1,500.000", "count", (1_500_000, 1500), ()),
    ("2,5", "count", (2500,), ()),
    ("2,5", "money", (2500, 2_500_000), ()),
    ("khoảng 50", "count", (50,), ()),
    ("50-60", "count", (50, 60), ((50, 60),)),
    ("12/340", "count", (12, 340), ((12, 340),)),
    ("12 lớp/340 người", "count", (12, 340), ((12, 340),)),
    ("3 4", "count", (34,), ((3, 4),)),
    ("12 340", "count", (12_340,), ((12, 340),)),
    ("12 + 5", "count", (17, 12, 5), ((12, 5),)),
    ("1. 500. 000", "count", (1_500_000,), ()),
    ("mười hai", "count", (12,), ()),
    ("hai trăm linh năm", "count", (205,), ()),
    ("15 ngđ", "count", (15, 15_000), ()),
    ("hai mươi mốt người", "count", (21,), ()),
    ("bảy tư", "count", (74,), ()),
    ("-5", "count", (5,), ()),
    ("(12)", "count", (12,), ()),
    ("12 abc", "count", (12,), ()),
    ("1O", "count", (), ()),
    ("O", "count", (0,), ()),
    ("2 trăm", "count", (), ()),
    ("15 tr", "count", (15, 15_000_000), ()),
    ("1.500 triệu", "money", (1_500_000_000, 1_500_000), ()),
    ("2 triệu 500", "money", (2_500_000, 2_000_500), ()),
    ("-1.500.000 đ", "money", (1_500_000,), ()),
    ("05/10/2020", "count", (5, 10), ((5, 10), (10, 5))),
    ("Mar-45", "count", (3, 45), ((3, 45), (45, 3))),
    (1.5, "count", (1500,), ()),
    (340.25, "count", (340_250,), ()),
    (1.5, "money", (1500, 1_500_000), ()),
    (0.15, "count", (), ()),
    (12.3456, "count", (), ()),
    (11.9999999998, "count", (12,), ()),
    (-3.0, "count", (3,), ()),
    (datetime(2020, 10, 5), "count", (5, 10), ((5, 10), (10, 5))),
    (date(2020, 10, 5), "count", (5, 10), ((5, 10), (10, 5))),
    (date(1945, 3, 1), "count", (3, 45), ((3, 45), (1, 3), (3, 1))),
    (date(2020, 10, 1), "count", (1, 10), ((1, 10), (10, 1), (10, 20))),
    (date(2020, 5, 5), "count", (5,), ((5, 5),)),
    (time(3, 45), "count", (3, 45), ((3, 45),)),
    (timedelta(hours=30, minutes=15), "count", (30, 15), ((30, 15),)),
]


def read(value: object, kind: Kind = "count") -> Reading:
    return read_number(value, kind=kind, words=WORDS, units=UNITS)


def read_in_pair_row(value: object) -> Reading:
    return read_number(value, kind="count", words=WORDS, units=("lớp",), pair_units=PAIR)


def refused(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(typed, code) for code, texts in table.items() for typed in texts]


@pytest.mark.parametrize(("typed", "value", "code"), COUNTS)
def test_a_count_typed_so_is_read_and_told(typed: str, value: int, code: str) -> None:
    reading = read(typed)
    assert (reading.state, reading.value, reading.second, reading.code) == ("read", value, None, code)


@pytest.mark.parametrize(("typed", "value", "code"), MONEY)
def test_money_typed_so_is_read_to_the_dong_and_told(typed: str, value: int, code: str) -> None:
    reading = read(typed, "money")
    assert (reading.state, reading.value, reading.second, reading.code) == ("read", value, None, code)


@pytest.mark.parametrize(("typed", "first", "second"), PAIRS)
def test_a_pair_in_a_row_of_pairs_is_split_and_told(typed: str, first: int, second: int) -> None:
    reading = read_in_pair_row(typed)
    assert (reading.state, reading.value, reading.second, reading.code) == ("read", first, second, "V025")


@pytest.mark.parametrize("typed", [typed for typed, _, _ in PAIRS])
def test_a_pair_in_a_row_of_one_measure_is_never_counted(typed: str) -> None:
    assert read(typed).state == "unreadable"


@pytest.mark.parametrize("typed", [None, *BLANKS])
def test_blank_and_the_dots_of_the_printed_form_are_blank_and_not_zero(typed: str | None) -> None:
    assert read(typed) == Reading("blank")


@pytest.mark.parametrize(("typed", "code"), refused(REFUSED))
def test_what_is_no_sure_count_is_refused_with_its_reason(typed: str, code: str) -> None:
    reading = read(typed)
    assert (reading.state, reading.value, reading.second, reading.code) == ("unreadable", None, None, code)


def test_a_general_word_that_a_form_names_for_a_measure_is_of_that_measure() -> None:
    reading = read_number("12 lớp/340 lượt", kind="count", words=WORDS, pair_units=(("lớp",), ("lượt",)))
    assert (reading.value, reading.second, reading.code) == (12, 340, "V025")


@pytest.mark.parametrize(("typed", "code"), refused(REFUSED_PAIRS))
def test_what_is_no_sure_pair_is_refused_with_its_reason(typed: str, code: str) -> None:
    reading = read_in_pair_row(typed)
    assert (reading.state, reading.value, reading.second, reading.code) == ("unreadable", None, None, code)


@pytest.mark.parametrize(("typed", "code"), refused(REFUSED_MONEY))
def test_what_is_no_sure_sum_of_money_is_refused_with_its_reason(typed: str, code: str) -> None:
    reading = read(typed, "money")
    assert (reading.state, reading.value, reading.second, reading.code) == ("unreadable", None, None, code)


@pytest.mark.parametrize(("typed", "kind", "candidates", "pairs"), OFFERS)
def test_an_error_offers_what_may_have_been_meant(
    typed: object, kind: Kind, candidates: tuple[int, ...], pairs: tuple[tuple[int, int], ...]
) -> None:
    reading = read(typed, kind)
    assert (reading.state, reading.candidates, reading.pairs) == ("unreadable", candidates, pairs)


@pytest.mark.parametrize(
    ("value", "kind", "code", "found"),
    [
        (-5, "count", "V005", "-5"),
        (-2.5, "count", "V005", "-2,5"),
        (2.5, "count", "V015", "2,5"),
        (-2.9999999999, "count", "V005", "-2,9999999999"),
        (math.nan, "count", "V011", "#NUM!"),
        (math.inf, "money", "V011", "#NUM!"),
        (12_345_678_901, "count", "V011", "12345678901"),
        (1e300, "money", "V011", "1.00E+300"),
        (10**15, "money", "V011", "1000000000000000"),
        (True, "count", "V012", "TRUE"),
        (False, "money", "V012", "FALSE"),
        (datetime(2020, 10, 5, 13, 0), "count", "V004", "05/10/2020"),
        (time(3, 45), "count", "V004", "03:45"),
        (timedelta(hours=30, minutes=15), "count", "V004", "30:15"),
    ],
)
def test_a_cell_that_holds_no_whole_number_is_refused_with_its_reason(
    value: object, kind: Kind, code: str, found: str
) -> None:
    reading = read(value, kind)
    assert (reading.state, reading.value, reading.code, reading.found) == ("unreadable", None, code, found)
    assert all(number >= 0 for number in reading.candidates)


@pytest.mark.parametrize(
    ("value", "kind", "number"),
    [
        (12, "count", 12),
        (12.0, "count", 12),
        (0, "count", 0),
        (-0.0, "count", 0),
        (1.5e14, "money", 15 * 10**13),
    ],
)
def test_a_whole_number_is_taken_as_stated(value: float, kind: Kind, number: int) -> None:
    assert read(value, kind) == Reading("stated", number)


def test_a_date_in_a_count_cell_is_never_a_number(tmp_path: Path) -> None:
    path = tmp_path / "dates.xlsx"
    with Workbook(path) as workbook:
        sheet = workbook.add_worksheet()
        day, clock = (
            workbook.add_format({"num_format": "d/m/yyyy"}),
            workbook.add_format({"num_format": "h:mm"}),
        )
        for row, (number, shown) in enumerate(
            [(16497, day), (45, day), (59, day), (61, day), (0, clock), (500_000, day)]
        ):
            sheet.write_number(row, 0, number, shown)
    cells = [cells[0] for cells in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]
    readings = [read(cell) for cell in cells]
    assert {(reading.state, reading.code) for reading in readings} == {("unreadable", "V004")}
    assert readings[0].pairs[0] == (3, 45)
    # A count that only looks like a date is offered as it was typed.
    assert [reading.candidates for reading in readings[1:]] == [(45,), (59,), (61,), (0,), (500_000,)]


def test_what_was_typed_is_kept_for_the_reader() -> None:
    assert read("  khoảng\n50 ").found == "khoảng 50"
    assert read("12  Người").found == "12 Người"
    assert read(unicodedata.normalize("NFD", "không")).found == "không"


def test_the_unit_of_another_row_is_not_taken_off() -> None:
    reading = read_number("12 lớp", kind="count", words=WORDS)
    assert (reading.state, reading.code, reading.candidates) == ("unreadable", "V001", (12,))


def test_people_typed_in_the_column_of_classes_are_not_offered_as_classes() -> None:
    assert read_in_pair_row("340 người").candidates == ()


def grouped(value: int, sign: str) -> str:
    return f"{value:,}".replace(",", sign)


@given(st.integers(10**6, 10**12), st.sampled_from([".", ",", " ", "\u00a0", "\u202f"]))
def test_every_number_in_two_or_more_groups_reads_back(value: int, sign: str) -> None:
    reading = read(grouped(value, sign), "money")
    assert (reading.state, reading.value, reading.code) == ("read", value, "V020")


@given(st.integers(0, 10**12), st.sampled_from(["", " ", "đ", " đồng", " VNĐ"]))
def test_plain_digits_read_back_with_or_without_currency(value: int, currency: str) -> None:
    assert read(f"{value}{currency}", "money").value == value


@given(st.integers(0, 10**6 - 1), st.integers(0, 999_999))
def test_millions_with_decimals_are_exact(millions: int, rest: int) -> None:
    text = f"{millions},{rest:06}".rstrip("0").rstrip(",")
    reading = read(f"{text} triệu", "money")
    assert reading.value in (millions * 10**6 + rest, None)
    assert reading.value is not None or len(text.partition(",")[2]) == 3


PIECES = st.sampled_from(
    [
        *"0123456789.,'/-+()%~:;",
        *(" ", "\n", "\u00a0", "12", "340", "500", "000", "２", "²", "\u0301", "…", "#REF!"),
        *("người", "quyển", "lớp", "đ", "triệu", "tr", "k", "nghìn", "tỷ", "rưỡi"),
        *("không", "x", "khoảng", "ngày", "và"),
    ]
)
TYPED = st.one_of(
    st.text(max_size=30),
    st.lists(PIECES, max_size=8).map("".join),
    st.lists(PIECES, max_size=8).map(" ".join),
)
VALUES = st.one_of(
    *(st.none(), TYPED, st.integers(), st.floats(), st.booleans()),
    *(st.dates(), st.datetimes(), st.times(), st.timedeltas()),
)


@given(VALUES, st.sampled_from(["count", "money", "pair"]))
@example("0" * 5000, "count")
@example("a " * 100, "count")
@example("người " * 33, "count")
@example("\ud800", "count")
@example("2 triệu " + "9" * 190, "money")
@example(10**400, "count")
@example(-(10**5000), "count")
def test_whatever_was_typed_is_counted_with_a_word_or_not_counted(value: object, row: str) -> None:
    kind: Kind = "money" if row == "money" else "count"
    reading = read_in_pair_row(value) if row == "pair" else read(value, kind)
    counted = reading.state in ("stated", "read")
    assert (reading.value is not None) == counted
    assert (reading.code is None) == (reading.state in ("stated", "blank"))
    assert (reading.second is not None) == (reading.code == "V025")
    assert not counted or not (reading.candidates or reading.pairs)
    assert reading.found is not None or reading.state in ("stated", "blank")
    if isinstance(value, str):
        assert reading.state != "stated"
    if reading.value is not None:
        assert reading.value >= 0
        assert read(str(reading.value), kind).value == reading.value


@given(TYPED)
def test_case_and_the_form_of_unicode_change_no_reading(typed: str) -> None:
    def told(text: str) -> tuple[str, int | None, str | None]:
        reading = read(text)
        return reading.state, reading.value, reading.code

    plain = "".join(char for char in typed if char.isascii() or "\u00c0" <= char <= "\u1ef9")
    plain = "".join(char for char in plain if char.lower().upper() == char.upper() and len(char.upper()) == 1)
    assert told(unicodedata.normalize("NFD", plain)) == told(unicodedata.normalize("NFC", plain))


@given(TYPED)
def test_no_figure_is_counted_that_the_cell_does_not_show(typed: str) -> None:
    reading = read(typed)
    if reading.state == "read" and reading.code in ("V020", "V022", "V024", "V026", "V027"):
        digits = "".join(str(unicodedata.decimal(char)) for char in typed if char.isdecimal())
        shown = {int(digits), int(digits[:-1] or "0"), int(digits[:-2] or "0")}
        assert reading.value in shown


# Texts that only mention numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("15 triệu đồng", (15_000_000,)),
        ("Bằng chữ: Mười lăm triệu đồng", (15_000_000,)),
        ("Một triệu hai trăm nghìn đồng chẵn", (1_200_000,)),
        ("hai triệu rưỡi", (2_500_000,)),
        ("ủng hộ 1.500.000 đ và 500 nghìn", (1_500_000, 500_000)),
        ("năm 2020 có 12 lớp", ()),
        ("nghìn đồng", ()),
        ("1.500 triệu", ()),
        ("", ()),
    ],
)
def test_the_sums_of_money_in_a_text_are_found_in_figures_and_in_words(text: str, sums: tuple[int, ...]) -> None:
    assert sums_in(text, WORDS) == sums


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Đã mở 3 lớp ngày 5/10/2020, 90 người", (3, 90)),
        ("từ ngày 1 - 5/10", ()),
        ("Kế hoạch 12/KH-UBND năm 2020", ()),
        ("tháng 10/2020; 2020-10-05; 10/2020", ()),
        ("0 lớp", ()),
        ("năm 5 lớp", (5,)),
        ("１２ lớp", (12,)),
    ],
)
def test_dates_and_numbers_of_documents_are_no_figures_of_a_text(text: str, figures: tuple[int, ...]) -> None:
    assert figures_but_dates(text, WORDS) == figures


def test_the_number_under_a_date_leads_back_to_it() -> None:
    assert serial_of(date(2020, 10, 5)) == 44_109
    assert date_of(44_109) == date(2020, 10, 5)


@pytest.mark.parametrize(("typed", "value"), [("5 (năm)", 5), ("12 (mười hai)", 12), ("15 ( mười lăm )", 15)])
def test_a_number_repeated_in_words_is_read_and_told(typed: str, value: int) -> None:
    reading = read(typed, "count")
    assert (reading.value, reading.code) == (value, "V022")


def test_a_number_that_its_words_contradict_is_refused() -> None:
    assert read("5 (sáu)", "count").code == "V001"
