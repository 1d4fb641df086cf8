"""Vietnamese text as a person meant it, as a key to compare by, and as something safe to print.

Nothing here knows the form, a file or a library. Text in a legacy font (TCVN3, VNI) must be converted
before it comes here: its "ư" is a soft hyphen, which `tidy` rightly takes for noise in Unicode text.
"""

import re
import unicodedata
from functools import lru_cache
from os import PathLike, fsdecode

# Đ has twins that look the same on screen: Latin eth (other keyboards, OCR) and the African D.
_D_TWINS = {0x00D0: "Đ", 0x0189: "Đ", 0x00F0: "đ", 0x0256: "đ"}
_DASHES = dict.fromkeys((*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D), "-")
_QUOTES = dict.fromkeys((*range(0x2018, 0x201C), 0x02BC, 0x2032), "'") | dict.fromkeys(
    (*range(0x201C, 0x2020), 0x2033), '"'
)
# Characters that take no room on screen: controls that are not white space, soft hyphen, zero-width and
# bidi marks, fillers, variation selectors, BOM, interlinear marks and tags.
_UNSEEN_RANGES = (
    (0x0000, 0x0008),
    (0x000E, 0x001B),
    (0x007F, 0x0084),
    (0x0086, 0x009F),
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0xE0000, 0xE0FFF),
)
_UNSEEN = {code: "" for first, last in _UNSEEN_RANGES for code in range(first, last + 1)}
_REPAIR: dict[int, str] = _D_TWINS | _DASHES | _QUOTES | _UNSEEN
# Characters that surely need no repair; one quick search spares most cells the much slower translation.
_MAY_NEED_REPAIR = re.compile("[^ -~\\n\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u0188\u018a-\u0255\u0300-\u034e\u1e00-\u1eff]")

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_SHAPES = "\u0302\u0306\u031b"
_LOOSE_MARK = re.compile("[\u0300-\u036f]")
_TONE_BEFORE_SHAPE = re.compile(f"([{_TONES}])([{_SHAPES}])")

_LOWER = bytes(range(256)).lower()
_NOT_KEY = bytes(code for code in range(256) if not (chr(code).isascii() and chr(code).isalnum()))
_NOT_WORD = re.compile("[^a-z0-9]+")
# Labels and names are kept in the cache; a pasted page of text must not fill the memory with itself.
_CACHED_LENGTH = 300

_NEW_LINE = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def tidy(text: str) -> str:
    """Return what a person meant to type, on one line.

    Marks are composed (NFC; covers NFD from macOS and UniKey's "tổ hợp", also with the tone typed before
    the hat), eth becomes đ, every Unicode space, tab or line break becomes one space, unseen characters
    go, and typographic dashes and quotes become the ones on the keyboard.
    """
    if _MAY_NEED_REPAIR.search(text):
        text = text.translate(_REPAIR)
    text = unicodedata.normalize("NFC", text)
    if _LOOSE_MARK.search(text):
        text = _hat_before_tone(text)
    return " ".join(text.split())


def _hat_before_tone(text: str) -> str:
    """Compose letters whose tone was typed first: é + circumflex is ế, which NFC alone leaves apart."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", _TONE_BEFORE_SHAPE.sub(r"\2\1", apart))


def fold(text: str) -> str:
    """Return the key two spellings of one label share: only a-z and 0-9.

    Case, marks, tone style (hoà/hòa), Đ/D, spaces and punctuation make no difference.
    """
    return _fold_short(text) if len(text) <= _CACHED_LENGTH else _fold(text)


def fold_words(text: str) -> str:
    """Return the same key as `fold` with its words kept apart by one space each."""
    return _fold_words_short(text) if len(text) <= _CACHED_LENGTH else _fold_words(text)


def _fold(text: str) -> str:
    return _bare(text).encode("ascii", "ignore").translate(_LOWER, _NOT_KEY).decode("ascii")


def _fold_words(text: str) -> str:
    bare = _LOOSE_MARK.sub("", _bare(tidy(text)))
    return _NOT_WORD.sub(" ", bare.lower()).strip()


_fold_short = lru_cache(maxsize=16384)(_fold)
_fold_words_short = lru_cache(maxsize=16384)(_fold_words)


def _bare(text: str) -> str:
    """Take letters and their marks apart; đ has no decomposition in Unicode, so it is named."""
    for letter in "đĐÐðƉɖ":
        text = text.replace(letter, "d")
    return unicodedata.normalize("NFKD", text)


def visible(text: str, limit: int = 200) -> str:
    r"""Return text that can stand in a message: one line, nothing hidden, at most `limit` characters.

    Line breaks show as ⏎, other controls as their pictures (␀, ␉), hidden and bidi characters as
    ``\u{202e}``, bytes that were not UTF-8 as ``\x96``; a cut shows as "…". Letters are never changed.
    """
    if len(text) <= limit and text.isprintable():
        return text
    shown: list[str] = []
    room = limit
    for char in _NEW_LINE.sub("⏎", text[: 2 * limit + 2]):
        piece = char if char.isprintable() else _picture(char)
        room -= len(piece)
        shown.append(piece)
        if room < 0:
            return _cut(shown, limit)
    return "".join(shown)


def _cut(shown: list[str], limit: int) -> str:
    """Drop whole pieces until the text and its "…" fit; a letter goes with its marks."""
    length = sum(map(len, shown))
    half = False
    while shown and (length > limit - 1 or half):
        dropped = shown.pop()
        length -= len(dropped)
        half = unicodedata.combining(dropped[0]) > 0
    return "".join(shown) + "…" if limit > 0 else ""


def _picture(char: str) -> str:
    """Show one character that has no glyph of its own."""
    code = ord(char)
    if code < ord(" "):
        return chr(0x2400 + code)
    if code == 0x7F:  # noqa: PLR2004 - DEL is the one control above the printable ASCII
        return "␡"
    if 0xDC80 <= code <= 0xDCFF:  # noqa: PLR2004 - the range of PEP 383 surrogate escapes
        return f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(char) in _HIDDEN_CATEGORIES:
        return f"\\u{{{code:04x}}}"
    return char


def display_name(name: str | bytes | PathLike[str] | PathLike[bytes], limit: int = 255) -> str:
    """Return a file name that can be printed and written anywhere, with its undecodable bytes shown."""
    return visible(fsdecode(name), limit)
