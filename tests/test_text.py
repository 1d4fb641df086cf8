"""What cleaning, comparing and showing Vietnamese text promise."""

import csv
import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from schemas.text import display_name, fold, fold_words, tidy, visible

ROWS = Path(__file__).parent.parent / "schemas" / "forms" / "htsd_2020" / "rows.csv"
with ROWS.open(encoding="utf-8", newline="") as source:
    LABELS = [row["label"] for row in csv.DictReader(source)]

TONES = "\u0300\u0301\u0303\u0309\u0323"


def unikey_composed(text: str) -> str:
    """Spell as UniKey's "Unicode tổ hợp" does: the letter with its hat in one, the tone apart."""
    spelled = []
    for letter in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", letter)
        tone = "".join(mark for mark in apart if mark in TONES)
        spelled.append(unicodedata.normalize("NFC", "".join(m for m in apart if m not in TONES)) + tone)
    return "".join(spelled)


def tone_first(text: str) -> str:
    """Spell each letter with its tone before its hat, an order NFC does not repair."""
    spelled = []
    for letter in unicodedata.normalize("NFC", text):
        apart = unicodedata.normalize("NFD", letter)
        spelled.append(apart[0] + "".join(sorted(apart[1:], key=lambda mark: mark not in TONES)))
    return "".join(spelled)


@pytest.mark.parametrize("label", LABELS)
def test_every_way_to_code_a_label_is_tidied_to_the_same_text(label: str) -> None:
    spellings = [unicodedata.normalize("NFD", label), unikey_composed(label), tone_first(label)]
    assert [tidy(spelling) for spelling in spellings] == [label] * 3


@pytest.mark.parametrize("label", LABELS)
def test_every_way_to_code_a_label_has_the_same_key(label: str) -> None:
    spellings = [
        unicodedata.normalize("NFD", label),
        unikey_composed(label),
        tone_first(label),
        label.upper(),
    ]
    assert {fold(spelling) for spelling in spellings} == {fold(label)}
    assert {fold_words(spelling) for spelling in spellings} == {fold_words(label)}


def test_labels_of_the_form_have_different_keys() -> None:
    assert len({fold(label) for label in LABELS}) == len(LABELS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ðông Mai", "Đông Mai"),
        ("ðồng", "đồng"),
        ("Tập\u00a0thể", "Tập thể"),
        ("  Tập \t\r\n thể\u2003", "Tập thể"),
        ("Tập\u2028thể\x85", "Tập thể"),
        ("\ufeffTập\u200b thể\u200f", "Tập thể"),
        ("Tập \u200b thể", "Tập thể"),
        ("\u202eTập\u2066 thể\u2069", "Tập thể"),
        ("Tập th\u00adể", "Tập thể"),
        ("e\u200b\u0302\u0323", "ệ"),
        ("1–2—3−4\u20115", "1-2-3-4-5"),
        ("“Tập thể” ‘a’", "\"Tập thể\" 'a'"),
        ("a\x00b\x1bc\x7f\x9bd", "abcd"),
        ("12 µm · 3° «x» …", "12 µm · 3° «x» …"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_text_is_tidied_to_what_was_meant(typed: str, meant: str) -> None:
    assert tidy(typed) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hoà", "Hòa"),
        ("thuỷ", "thủy"),
        ("khoẻ", "khỏe"),
        ("Ðông", "ĐÔNG"),
        ("Số tập thể/ cá nhân", "SO TAP THE/CA NHAN"),
        ("quyển/ tờ", "Quyển/tờ"),
        ("TTHTCD", "TTHTCĐ"),
        ("Tập\u00adthể", "tập thể"),
        ("１２", "12"),
    ],
)
def test_spellings_of_one_label_share_a_key(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


def test_the_key_is_plain() -> None:
    assert fold("Số tập thể/ cá nhân (đã tặng) – 12") == "sotapthecanhandatang12"
    assert fold_words("Số tập thể/ cá nhân\n(đã tặng) – 12") == "so tap the ca nhan da tang 12"


@given(st.text())
@example("e\u0301\u0302")
@example("\u2000\u0344")
@example("\u0345\u1fb3\u0301")
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)


@given(st.text())
def test_a_key_is_its_own_key_and_ignores_tidying(text: str) -> None:
    key = fold(text)
    assert key == fold(key) == fold(tidy(text))
    assert not key or (key.isascii() and key.isalnum() and key == key.lower())


@given(st.text())
def test_the_words_of_a_key_joined_are_the_key(text: str) -> None:
    words = fold_words(text)
    assert words.replace(" ", "") == fold(text)
    assert words == " ".join(words.split())


@pytest.mark.parametrize("length", [299, 300, 301, 40_000])
def test_a_long_text_has_a_key_like_any_other(length: int) -> None:
    assert fold("Ộ" * length) == "o" * length
    assert fold_words("Ộ" * length) == "o" * length


@pytest.mark.parametrize("text", [*LABELS, *(unicodedata.normalize("NFD", label) for label in LABELS), "₫ “a” ²"])
def test_ordinary_vietnamese_is_shown_as_it_is(text: str) -> None:
    assert visible(text, 400) == text


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("a\nb\r\nc\rd", "a⏎b⏎c⏎d"),
        ("a\tb\x00\x7f", "a␉b␀␡"),
        ("\u202egpj.exe", "\\u{202e}gpj.exe"),
        ("ng\u00adêi", "ng\\u{00ad}êi"),
        ("\ufeff1\u200b2", "\\u{feff}1\\u{200b}2"),
        ("\x9b31m", "\\u{009b}31m"),
        ("\ud800", "\\u{d800}"),
        ("\U000e0041", "\\u{e0041}"),
    ],
)
def test_what_hides_is_shown(hidden: str, shown: str) -> None:
    assert visible(hidden) == shown


@given(st.text(st.characters()), st.integers(1, 30))
@example("\r\n" * 40, 10)
@example("\u202e" * 40, 1)
def test_what_is_shown_fits_and_hides_nothing(text: str, limit: int) -> None:
    shown = visible(text, limit)
    assert len(shown) <= limit
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    shown.encode("utf-8")


def test_a_cut_is_marked_and_takes_no_half_letter() -> None:
    assert visible("a" * 201) == "a" * 199 + "…"
    assert visible("a" * 200) == "a" * 200
    assert visible("xxe\u0302\u0323yy", 5) == "xx…"
    assert visible("a\u202eb", 5) == "a…"


def test_a_huge_cell_is_cut_without_reading_it_all() -> None:
    assert visible("ộ" * 5_000_000, 10) == "ộ" * 9 + "…"


def test_bytes_of_a_file_name_that_are_no_utf8_are_shown() -> None:
    assert display_name(b"B\xe1o c\xe1o.xlsx") == "B\\xe1o c\\xe1o.xlsx"
    assert display_name("B\udce1o.xlsx") == "B\\xe1o.xlsx"
    assert display_name(PurePosixPath("Báo cáo/Tân An.xlsx")) == "Báo cáo/Tân An.xlsx"
    assert display_name("a\u202excod.exe\n") == "a\\u{202e}xcod.exe⏎"
