"""Texts typed for the fonts of the years before Unicode: TCVN3 (".Vn..." fonts) and VNI ("VNI-...").

Such a cell holds Latin-1 characters that only its font shows as Vietnamese: "TËp thÓ" and "Taäp theå" are
"Tập thể". Readers of cell values see no fonts, so the encoding is decided for a whole workbook
(`detect_legacy`), and then for each of its cells whether it is of that encoding at all (`convert`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from itertools import product

from schemas.text import fold


class LegacyEncoding(StrEnum):
    """An encoding in which Vietnamese was typed before Unicode."""

    TCVN3 = "tcvn3"
    VNI = "vni"


# TCVN 5712:1993, VN3: one byte a letter, 0xA1 to 0xFE, "ư" is the soft hyphen. Capitals with a tone have
# no codes: ".VnTimeH" fonts draw the small ones as capitals.
_TCVN3 = dict(
    zip(
        "¡¢£¤¥¦§¨©ª«¬\xad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)

# VNI for Windows: a letter and a mark character after it; a few letters are one character.
_VNI_SINGLES = dict(zip("ñôöíìæóòî", "đơưíìỉĩịỵ", strict=True))
_MARKED_TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
# Letters that take the marks; the marks in the order of the tones; the hat or breve they bring along.
_VNI_MARKS = (
    ("aeouyôö", "øùûõï", ""),
    ("aeo", "âàáåãä", "\u0302"),
    ("a", "êèéúüë", "\u0306"),
)


def _vni_table() -> dict[str, str]:
    """Spell out every VNI letter. A mark of the other case is accepted: Excel's PROPER() makes "Aùnh"."""
    table: dict[str, str] = {}
    for code, letter in _VNI_SINGLES.items():
        table |= {code: letter, code.upper(): letter.upper()}
    for bases, marks, shape in _VNI_MARKS:
        tones = _MARKED_TONES[-len(marks) :]
        for base, (mark, tone) in product(bases, zip(marks, tones, strict=True)):
            letter = unicodedata.normalize("NFC", _VNI_SINGLES.get(base, base) + shape + tone)
            table |= {base + mark: letter, base + mark.upper(): letter}
            table |= {
                base.upper() + mark: letter.upper(),
                base.upper() + mark.upper(): letter.upper(),
            }
    return table


_VNI = _vni_table()
_VNI_MARK_CHARS = "".join(marks for _, marks, _ in _VNI_MARKS)
_VNI_PIECE = re.compile(f"[a-zôö][{_VNI_MARK_CHARS}]|.", re.DOTALL | re.IGNORECASE)
# Windows typography that legacy fonts kept in its place, so it proves nothing.
_NEUTRAL = frozenset("\u00a0–—‘’“”…•")


def from_tcvn3(text: str, *, capitals: bool = False) -> str | None:
    """Return the Unicode text of a TCVN3 text, or None if a character cannot belong to TCVN3.

    With `capitals` the font is known to be one of capitals (its name ends in "H").
    """
    letters: list[str] = []
    for char in text:
        letter = _TCVN3.get(char)
        if letter is None and not _is_common(char):
            return None
        letters.append(letter or char)
    decoded = "".join(letters)
    return decoded.upper() if capitals else decoded


def from_vni(text: str) -> str | None:
    """Return the Unicode text of a VNI text, or None if a character cannot belong to VNI where it stands."""
    letters: list[str] = []
    for piece in _VNI_PIECE.findall(text):
        letter = _VNI.get(piece)
        if letter is None and not _is_common(piece):
            return None
        letters.append(letter or piece)
    return "".join(letters)


def _is_common(char: str) -> bool:
    return char.isascii() or char in _NEUTRAL


def detect_legacy(texts: Sequence[str], known: Collection[str]) -> LegacyEncoding | None:
    """Return the legacy encoding a whole workbook was typed in, or None for Unicode.

    `known` holds the folded labels of the form. An encoding is taken when at least five different labels
    are found only through it, and more than twice as many as stand there in plain Unicode; a few cells never
    decide, because "Cá nhân" is also a readable TCVN3 text ("Cỏ nhõn").
    """
    known = frozenset(known)
    different = dict.fromkeys(texts)
    plain: set[str] = set()
    for text in different:
        plain |= {fold(text)} & known
        if 2 * len(plain) >= len(known):
            return None
    candidates = [text for text in different if not text.isascii()]
    for encoding, decode in _DECODERS.items():
        only_here = {fold(text) for text in map(decode, candidates) if text is not None} & known - plain
        if len(only_here) >= _ENOUGH_LABELS and len(only_here) > 2 * len(plain):
            return encoding
    return None


def convert(text: str, encoding: LegacyEncoding) -> str:
    """Return a cell of a workbook in `encoding` as Unicode, or unchanged if it was typed in Unicode.

    Only words with other than ASCII letters are judged. A text that cannot be of the encoding stays. Else
    the reading with fewer words that look like no Vietnamese syllable wins, and on a draw the typed text.
    Where both readings are possible ("Cá nhân" and "Cỏ nhõn"), the text stays if at least half of the words
    are everyday ones as they stand; so a lone "cá" stays, though it may be the TCVN3 "cỏ". Lost letters
    are never made up.
    """
    if text.isascii():
        return text
    decode = _DECODERS[encoding]
    decoded = decode(text)
    if decoded is None or decoded == text:
        return text
    pairs = list(_judged_words(text, encoding))
    strange_as_typed = sum(not _is_word(word) for word, _ in pairs)
    strange_decoded = sum(not _may_be_word(word, encoding) for _, word in pairs)
    if strange_as_typed or strange_decoded:
        return decoded if strange_decoded < strange_as_typed else text
    everyday = sum(word.lower() in _EVERYDAY[encoding] for word, _ in pairs)
    return text if 2 * everyday >= len(pairs) else decoded


def _judged_words(text: str, encoding: LegacyEncoding) -> Iterator[tuple[str, str]]:
    """Yield each word that changes, as typed and decoded. A sign alone ("·", "§ 5") says nothing.

    Except "®": after a sum of money it is the TCVN3 "đ" for đồng, and hardly ever a trade mark.
    """
    for word in _WORD.findall(text):
        decoded = _DECODERS[encoding](word)
        if decoded is not None and decoded != word and (len(word) > 1 or word.isalpha() or word == "®"):
            yield word, decoded


def _is_word(word: str) -> bool:
    """Tell whether a word can be Unicode Vietnamese as it stands: spelling, place of the tone, and case."""
    word = word.replace("Ð", "Đ").replace("ð", "đ")  # Latin eth, typed for it by other keyboards
    if _ABBREVIATION.fullmatch(word):
        return True
    if not (word.islower() or word.isupper() or word[1:].islower()):
        return False
    onset, rhyme, tones = _split(word)
    return _is_syllable(onset, rhyme, tones) and all(at in _tone_places(onset, rhyme) for at, _ in tones)


def _may_be_word(word: str, encoding: LegacyEncoding) -> bool:
    """Tell whether a decoded word can be Vietnamese; less strict, for old typing was.

    In TCVN3 a lost "ư" is forgiven: "trờng" is what is left of "trường".
    """
    if _ABBREVIATION.fullmatch(word):
        return True
    onset, rhyme, tones = _split(word)
    if _is_syllable(onset, rhyme, tones):
        return True
    return encoding is LegacyEncoding.TCVN3 and rhyme[:1] == "ơ" and _is_syllable(onset, "ư" + rhyme, tones)


def _split(word: str) -> tuple[str, str, list[tuple[int, str]]]:
    """Split a word into its first consonants, the rest without tones, and the tones with their places."""
    letters: list[str] = []
    tones: list[tuple[int, str]] = []
    for at, letter in enumerate(unicodedata.normalize("NFC", word.lower())):
        apart = unicodedata.normalize("NFD", letter)
        tones += [(at, tone) for tone in _TONE.findall(apart)]
        letters.append(unicodedata.normalize("NFC", _TONE.sub("", apart)))
    bare = "".join(letters)
    onset = _ONSET.findall(bare)[0]
    return onset, bare[len(onset) :], tones


def _is_syllable(onset: str, rhyme: str, tones: list[tuple[int, str]]) -> bool:
    """Tell whether the parts make a syllable that Vietnamese spelling allows."""
    if len(tones) > 1 or (_STOP.search(rhyme) and not any(tone in _STOP_TONES for _, tone in tones)):
        return False
    if onset == "gi":
        return "i" + rhyme in _RHYMES or (rhyme in _RHYMES and rhyme[0] not in "iy")
    if onset == "qu":
        return "u" + rhyme in _RHYMES or (rhyme in _RHYMES and rhyme[0] not in "iouôơư")
    return rhyme in _RHYMES and _fits(onset, rhyme)


def _fits(onset: str, rhyme: str) -> bool:
    """Tell whether consonant and vowel are written together: k, gh, ngh before e, ê, i, y; c, g, ng else."""
    if onset in {"k", "gh", "ngh"}:
        return rhyme[0] in "eêiy"
    if onset in {"c", "g", "ng"}:
        return rhyme[0] not in "eêiy"
    if rhyme == "y":
        return onset in {"", "h", "l", "m", "s", "t", "v"}
    return not (rhyme.startswith("yê") and onset) and not (rhyme.startswith("iê") and not onset)


def _tone_places(onset: str, rhyme: str) -> set[int]:
    """Return where in the word its tone may stand, in the old (hòa) or the new style (hoà)."""
    start = len(onset)
    shaped = [at for at, letter in enumerate(rhyme) if letter in "ăâêôơư"]
    if shaped:
        return {start + shaped[-1]}
    vowels = len(_VOWELS.findall(rhyme)[0])
    if rhyme in {"oa", "oe", "uy"}:
        return {start, start + 1}
    if vowels == 0:
        return {start - 1}
    second = vowels > 2 or (vowels == 2 and vowels < len(rhyme))  # noqa: PLR2004 - a count of vowels
    return {start + 1} if second else {start}


_ENOUGH_LABELS = 5
_WORD = re.compile("[A-Za-z\u00a1-\u00ff]+")
_ABBREVIATION = re.compile("[A-ZĐ]+|[bcdđghklmnpqrstvxBCDĐGHKLMNPQRSTVX]+")
_ONSET = re.compile("ngh|ng|nh|gh|gi|kh|ph|qu|th|tr|ch|[bcdđghklmnprstvx]|")
_VOWELS = re.compile("[aeiouy]*")
_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOP = re.compile("(?:c|ch|p|t)$")
_STOP_TONES = {"\u0301", "\u0323"}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# What may follow the first consonants of a syllable, tone taken off.
_RHYMES = _words(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo
    ep et ê êch êm ên ênh êp êt êu i ia ich im in inh ip it iu iêc iêm iên iêng iêp iêt iêu o oc oi om on
    ong op ot ooc oong oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet
    ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uc ui um un ung up ut uân uâng uât uây uê uêch uênh uơ uy
    uya uych uynh uyt uyu uyên uyêt uôc uôi uôm uôn uông uôt ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp
    ươt ươu y yêm yên yêng yêt yêu
    """
)
# Everyday words in Unicode that can also be read as the encoding, and are then rarer or mean nothing. Left
# out, though words: "cô" in VNI (cơ), "mét" (một), "chó" (chú), "sè" (số), "líp" (lớp) in TCVN3 and the like.
_EVERYDAY = {
    LegacyEncoding.TCVN3: _words(
        """
        cá giá khá phá lá xá xã mã nhã ngã dã lã cái lái mái phái thái trái tái gái ái bái bãi lãi mãi rãi
        giãi vãi khám giám cám thám tám xám bám dám lãm hãm án bán cán dán gián khán ngán phán tán ván chán
        hán lán rán thán trán dãn giãn nhãn hãn vãn sáng tháng tráng kháng dáng giáng váng ráng hãng lãng
        vãng hè chè vé nhé rèn nén ném phép chép xét nét rét sét mì gì thì vì bì chì phì trì nhì bí chí phí
        lí trí ví tí thí khí quí xí tìm chìm nhìn gìn mìn tím phím chín tín nín ít mít hít vít trò bò lò dò
        giò hò có nó khó phó gió góc nói gói thói khói nhóm xóm tóm món bón nón ngón bóng nóng sóng phóng
        móng góp sót còn hòn tròn mòn phòng vòng lòng ròng còi vòi hòa tòa lòa hóa khóa xóa rõ võ ngõ gõ dõi
        cõi lõi mù bù phù trù thù cù mùa chùa bùi mùi lùi dùng cùng vùng hùng tùng trùng phùng thùng tú tân
        nhân thân dân cân sân phân vân chân trân gân lân hân ngân mân ân tâm lâm châm thâm trâm ngâm xâm sâm
        râm nhâm mâm âm nâng vâng dâng lâng lê khê mê phê dê thêm êm tên lên trên nên bên thuê khuê huê quê
        cô tô ngô khô lô hô mô xô tôi thôi môi sôi khôi ngôi nôi trôi hôi xôi vôi hôm tôm nhôm ôm môn thôn
        ôn tôn hôn khôn chôn không công thông trông sông nông hông bông tông mông rôn rông lông chông ông
        """
    ),
    LegacyEncoding.VNI: _words(
        """
        trò lò dò hò nó khó phó chó nhóm xóm tóm món bón nón tròn mòn hòn hòa tòa hóa khóa xóa hoà toà hoá
        khoá xoá hoàn toàn toán hoàng ngoài hoài thoát soát tô ngô khô lô hô mô xô vô tôi thôi môi sôi khôi
        ngôi trôi hôm tôm nhôm ôm môn thôn ôn tôn rôn khôn chôn
        """
    ),
}
_DECODERS = {LegacyEncoding.TCVN3: from_tcvn3, LegacyEncoding.VNI: from_vni}
