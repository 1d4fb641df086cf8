"""Type Vietnamese as people did for legacy fonts: the way there, for the tests of the way back.

The tables are written apart from those of the program, letter by letter (a grid of 12 vowels by 6 tones),
so that a wrong letter in one of them shows.
"""

import unicodedata

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")

# Byte values, in hexadecimal, in the order of TONES; "--" is the plain ASCII letter.
_TCVN3_BYTES = """
    a -- B5 B6 B7 B8 B9   ă A8 BB BC BD BE C6   â A9 C7 C8 C9 CA CB
    e -- CC CE CF D0 D1   ê AA D2 D3 D4 D5 D6   i -- D7 D8 DC DD DE
    o -- DF E1 E2 E3 E4   ô AB E5 E6 E7 E8 E9   ơ AC EA EB EC ED EE
    u -- EF F1 F2 F3 F4   ư AD F5 F6 F7 F8 F9   y -- FA FB FC FD FE
"""
_TCVN3_OTHERS = {"đ": 0xAE, "Ă": 0xA1, "Â": 0xA2, "Ê": 0xA3, "Ô": 0xA4, "Ơ": 0xA5, "Ư": 0xA6, "Đ": 0xA7}

# In the same order of tones.
_VNI_SPELLINGS = """
    a a aø aû aõ aù aï     ă aê aè aú aü aé aë    â aâ aà aå aã aá aä
    e e eø eû eõ eù eï     ê eâ eà eå eã eá eä    i i ì æ ó í ò
    o o oø oû oõ où oï     ô oâ oà oå oã oá oä    ơ ô ôø ôû ôõ ôù ôï
    u u uø uû uõ uù uï     ư ö öø öû öõ öù öï     y y yø yû yõ yù î
"""


def _grid(table: str) -> dict[str, str]:
    """Pair each toned vowel with its entry of a grid."""
    entries = table.split()
    pairs: dict[str, str] = {}
    for start in range(0, len(entries), 1 + len(TONES)):
        vowel, *row = entries[start : start + 1 + len(TONES)]
        letters = (unicodedata.normalize("NFC", vowel + tone) for tone in TONES)
        pairs |= dict(zip(letters, row, strict=True))
    return pairs


_TCVN3 = {letter: chr(int(code, 16)) for letter, code in _grid(_TCVN3_BYTES).items() if code != "--"}
_TCVN3 |= {letter: chr(code) for letter, code in _TCVN3_OTHERS.items()}
_VNI = _grid(_VNI_SPELLINGS) | {"đ": "ñ"}
_VNI |= {letter.upper(): spelling.upper() for letter, spelling in _VNI.items()}

LETTERS = sorted(_VNI.keys() - set("aeiouyAEIOUY"))
"""Every Vietnamese letter beyond ASCII, small and capital."""


def to_tcvn3(text: str) -> str:
    """Return the text as typed in TCVN3. A capital with a tone has no code and becomes the small letter."""
    return "".join(
        _TCVN3.get(letter) or _TCVN3.get(letter.lower(), letter) for letter in unicodedata.normalize("NFC", text)
    )


def to_vni(text: str) -> str:
    """Return the text as typed in VNI."""
    return "".join(_VNI.get(letter, letter) for letter in unicodedata.normalize("NFC", text))
