"""What the recovery of texts from TCVN3 and VNI promises: they come back, and Unicode is never harmed."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.legacy_fonts import LegacyEncoding, convert, detect_legacy, from_tcvn3, from_vni
from schemas.text import fold
from tests.legacy_encoders import LETTERS, to_tcvn3, to_vni

ROWS = Path(__file__).parent.parent / "schemas" / "forms" / "htsd_2020" / "rows.csv"
with ROWS.open(encoding="utf-8", newline="") as source:
    FORM_ROWS = list(csv.DictReader(source))
LABELS = [row["label"] for row in FORM_ROWS]
KNOWN = frozenset(map(fold, LABELS))
WORDS = sorted({word for row in FORM_ROWS for word in re.findall(r"[^\W\d_]+", row["label"])})


def listed(text: str) -> list[str]:
    return [part.strip() for part in text.split("|")]


UNITS = listed(
    """
    Phường Quảng Yên|Phường Đông Mai|Phường Minh Thành|Xã Sông Khoai|Xã Hiệp Hòa|Phường Cộng Hòa|Xã Tiền An|
    Xã Hoàng Tân|Phường Tân An|Phường Yên Giang|Phường Nam Hoà|Phường Hà An|Xã Cẩm La|Phường Phong Hải|
    Phường Yên Hải|Xã Liên Hòa|Phường Phong Cốc|Xã Liên Vị|Xã Tiền Phong
    """
)
# Texts of Latin-1 characters alone, which both encodings could be taken for.
TYPED_IN_UNICODE = listed(
    """
    Cá nhân|không|Không|KHÔNG|không có|Ghi chú|GHI CHÚ|Tân An|Hà An|Hoàng Tân|Nam Hoà|Hòa|Hoà Bình|Liên Hòa|
    Sông Khoai|Minh Thành|Cô Tô|THÔN|thôn|xã|Xã Tân An|Công an|tên|Tháng|phòng|nhóm|nhà văn hóa|văn hoá|khóa|
    năm|có|Có|bán trú|góp sách|môn|Lê Thanh|ông Hùng|bà Lê|Tám|chín|tôi|Ðông Mai|HÐND|© 2020|½|§ 5|30 × 4|
    25°C|m²|£|Kinh phí|trên|dân quân|trang trí|thông tin|công nhân|tính|Công văn
    """
)

ENCODERS: dict[LegacyEncoding, Callable[[str], str]] = {
    LegacyEncoding.TCVN3: to_tcvn3,
    LegacyEncoding.VNI: to_vni,
}
both = pytest.mark.parametrize("encoding", LegacyEncoding)


def same(encoding: LegacyEncoding, text: str, expected: str) -> bool:
    """Compare; TCVN3 has no capitals with a tone, so there without regard to case."""
    return text.lower() == expected.lower() if encoding is LegacyEncoding.TCVN3 else text == expected


def test_the_alphabet_of_the_tests_is_whole() -> None:
    assert len(LETTERS) == 134
    assert len({to_vni(letter) for letter in LETTERS}) == len(LETTERS)


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_comes_back_from_tcvn3(letter: str) -> None:
    decoded = from_tcvn3(to_tcvn3(letter))
    assert decoded == (letter if letter in "ĂÂÊÔƠƯĐ" else letter.lower())
    assert from_tcvn3(to_tcvn3(letter), capitals=True) == letter.upper()


@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_comes_back_from_vni(letter: str) -> None:
    assert from_vni(to_vni(letter)) == letter


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Ñòa chí Quaûng Yeân", "Địa chí Quảng Yên"),
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", "Độc lập - Tự do - Hạnh phúc"),
        ("Aùnh", "Ánh"),
    ],
)
def test_known_vni_texts_are_read(typed: str, meant: str) -> None:
    assert from_vni(typed) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", "Độc lập - Tự do - Hạnh phúc"),
        ("TËp thÓ", "Tập thể"),
        ("b\xe5i d\xad\xecng", "bồi dưỡng"),
    ],
)
def test_known_tcvn3_texts_are_read(typed: str, meant: str) -> None:
    assert from_tcvn3(typed) == meant


@pytest.mark.parametrize("text", ["ế", "Đ", "a\u0301", "€", "¯", "\x96", "à", "Ú", "ă"])
def test_a_character_outside_tcvn3_refuses_the_text(text: str) -> None:
    assert from_tcvn3(f"Båi {text}") is None


@pytest.mark.parametrize("text", ["ế", "Đ", "a\u0301", "€", "§", "\x96", "Cá", "hâ", "ê", "iù", "ôâ", "eé"])
def test_a_character_outside_vni_or_out_of_place_refuses_the_text(text: str) -> None:
    assert from_vni(f"Boài {text}") is None


def test_the_typography_of_windows_refuses_nothing() -> None:
    assert from_tcvn3("“TËp thÓ” – 1…\u00a0") == "“Tập thể” – 1…\u00a0"
    assert from_vni("“Taäp theå” – 1…\u00a0") == "“Tập thể” – 1…\u00a0"


@both
@pytest.mark.parametrize("text", [*LABELS, *UNITS])
def test_every_label_and_unit_comes_back(text: str, encoding: LegacyEncoding) -> None:
    converted = convert(ENCODERS[encoding](text), encoding)
    assert same(encoding, converted, text)
    assert fold(converted) == fold(text)


@both
@pytest.mark.parametrize("text", [*TYPED_IN_UNICODE, *LABELS, *UNITS])
def test_what_was_typed_in_unicode_stays(text: str, encoding: LegacyEncoding) -> None:
    assert convert(text, encoding) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("líp", "lớp"),
        ("cã", "có"),
        ("sè", "số"),
        ("Sè cuéc", "Số cuộc"),
        ("Ên phÈm", "ấn phẩm"),
        ("500.000 ®", "500.000 đ"),
        ("1.500.000®", "1.500.000đ"),
        ("12 líp/340 ng\xadêi", "12 lớp/340 người"),
        ("UBND-H§ND", "UBND-HĐND"),
        ("§T: 0203", "ĐT: 0203"),
        ("tr\xadêng THCS Lª Lîi", "trường THCS Lê Lợi"),
    ],
)
def test_short_tcvn3_cells_are_read(typed: str, meant: str) -> None:
    assert convert(typed, LegacyEncoding.TCVN3) == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Sôn", "Sơn"), ("chôi", "chơi"), ("Cô sôû", "Cơ sở"), ("HÑND", "HĐND"), ("500.000 ñ", "500.000 đ")],
)
def test_short_vni_cells_are_read(typed: str, meant: str) -> None:
    assert convert(typed, LegacyEncoding.VNI) == meant


def test_a_lone_word_that_is_everyday_in_unicode_stays_as_typed() -> None:
    assert convert("cá", LegacyEncoding.TCVN3) == "cá"
    assert convert("nhá cá", LegacyEncoding.TCVN3) == "nhá cá"


@pytest.mark.parametrize(
    ("typed", "read"),
    [("trêng", "trờng"), ("Båi dìng", "Bồi dỡng"), ("tr-êng", "tr-ờng"), ("th viÖn", "th viện")],
)
def test_a_lost_letter_is_not_made_up_and_spoils_no_other(typed: str, read: str) -> None:
    assert convert(typed, LegacyEncoding.TCVN3) == read


syllables = st.sampled_from([*WORDS, *(word for unit in UNITS for word in unit.split())])
cased = st.one_of(syllables, syllables.map(str.lower), syllables.map(str.upper), syllables.map(str.title))
phrases = st.lists(cased, min_size=3, max_size=12).map(" ".join)


@given(text=phrases)
def test_any_phrase_comes_back(text: str) -> None:
    assert from_tcvn3(to_tcvn3(text), capitals=True) == text.upper()
    assert from_vni(to_vni(text)) == text


@both
def test_nearly_every_word_of_the_form_comes_back_alone(encoding: LegacyEncoding) -> None:
    encode = ENCODERS[encoding]
    lost = [word for word in WORDS if not same(encoding, convert(encode(word), encoding), word)]
    # "dùng", the TCVN3 "dựng", is the everyday word of the two.
    assert lost == (["dựng"] if encoding is LegacyEncoding.TCVN3 else [])


@both
@given(words=st.lists(syllables.filter(lambda word: word != "dựng"), max_size=12))
def test_any_phrase_in_a_legacy_workbook_is_converted(words: list[str], encoding: LegacyEncoding) -> None:
    text = " ".join(words)
    assert same(encoding, convert(ENCODERS[encoding](text), encoding), text)


@both
@given(words=st.lists(syllables, min_size=1, max_size=12))
def test_any_phrase_in_unicode_stays_in_a_legacy_workbook(words: list[str], encoding: LegacyEncoding) -> None:
    text = " ".join([*words, "Ấn phẩm"])
    assert convert(text, encoding) == text


@both
@given(text=st.text())
def test_no_text_breaks_the_conversion_and_plain_text_is_never_changed(text: str, encoding: LegacyEncoding) -> None:
    converted = convert(text, encoding)
    if text.isascii() or any(char > "\xff" and char.isalpha() for char in text):
        assert converted == text


@both
@given(text=st.text(st.sampled_from([*map(chr, range(0x20, 0x100)), "…", "ế"])))
def test_converting_twice_harms_nothing_that_was_recovered(text: str, encoding: LegacyEncoding) -> None:
    converted = convert(text, encoding)
    if any(char > "\xff" and char.isalpha() for char in converted):
        assert convert(converted, encoding) == converted


@both
def test_a_workbook_in_a_legacy_encoding_is_found(encoding: LegacyEncoding) -> None:
    texts = [ENCODERS[encoding](text) for text in [*LABELS, *UNITS]]
    assert detect_legacy([*texts, "12", "không", "Ghi chú"], KNOWN) is encoding


def test_a_workbook_that_lost_its_soft_hyphens_is_still_found() -> None:
    for lost in ("", "-"):
        texts = [to_tcvn3(label).replace("\xad", lost) for label in LABELS]
        assert detect_legacy(texts, KNOWN) is LegacyEncoding.TCVN3


@given(st.lists(st.sampled_from([*LABELS, *UNITS, *TYPED_IN_UNICODE, *WORDS])))
def test_unicode_texts_are_never_taken_for_legacy(texts: list[str]) -> None:
    assert detect_legacy(texts, KNOWN) is None


@both
def test_a_few_cells_never_decide(encoding: LegacyEncoding) -> None:
    encode = ENCODERS[encoding]
    assert detect_legacy([encode(label) for label in LABELS[:4]], KNOWN) is None
    assert detect_legacy([encode(LABELS[0])] * 40, KNOWN) is None
    assert detect_legacy([encode(label) for label in LABELS[:5]], KNOWN) is encoding


@both
def test_a_workbook_half_in_unicode_is_left_as_it_is(encoding: LegacyEncoding) -> None:
    texts = [*LABELS[:15], *map(ENCODERS[encoding], LABELS[15:])]
    assert detect_legacy(texts, KNOWN) is None


def test_nothing_to_compare_with_decides_nothing() -> None:
    assert detect_legacy([], KNOWN) is None
    assert detect_legacy([to_vni(label) for label in LABELS], frozenset()) is None
