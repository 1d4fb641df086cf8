"""How a text says that money is counted in a multiple of the currency: "nghìn đồng", "ĐVT: triệu", "000đ", "x1000"."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from unicodedata import digit

from pipeline.extract.locate.around_words import load_around_words, one_of
from pipeline.extract.numbers import load_number_words
from pipeline.extract.periods import plain
from pipeline.readers.sheets import CellValue
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.text import fold, fold_words, tidy

_WORDING = WORDING / "scales.toml"
_GROUP = 3
_POWER = re.compile(r"(?<![0-9])10 ?(?:\^ ?([369])|([³⁶⁹]))")
_PARTS = re.compile(r"[()\[\]:;\n]|\s[-–]\s")
"""what stands on both sides of one of these is not read as one phrase"""
_BRACKETS = re.compile(r"\(([^()]{1,20})\)")
_ANY = "zz"
"""stands for a word that is no size"""
_PARTS_OF_NAME = re.compile(r"\s+[-–]\s+|[_()\[\]{};,+|\n]+")
_CODE_OR_YEAR = re.compile(r"0\d*|(?:19|20)\d\d")
_SIZES = (1_000, 1_000_000, 1_000_000_000)
_START, _END = "(?<![0-9a-z])", "(?![0-9a-z])"


@lru_cache(maxsize=4096)
def _prepared(text: str) -> str:
    """Write "10^3" and "10³" as 1000, and leave out words that only their marks tell from a size."""
    unlike = _unlike().sub(_ANY, tidy(text)) if not text.isascii() else text
    return _POWER.sub(lambda power: f"1{'000' * (digit(power[1] or power[2]) // _GROUP)}", unlike)


@cache
def _unlike() -> re.Pattern[str]:
    words = read_toml(_WORDING).texts("unlike")
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(words)})(?!\w)")


@dataclass(frozen=True, slots=True)
class ScaleWords:
    """The words of size, folded; see wording/scales.toml."""

    sizes: tuple[str, ...]
    short: tuple[str, ...]
    one: tuple[str, ...]
    figures: tuple[str, ...]
    unit_words: tuple[str, ...]
    sums: tuple[str, ...]
    bare: tuple[str, ...]
    currency: tuple[str, ...]
    """these two with their marks"""


@cache
def load_scale_words() -> ScaleWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    names = tuple(ScaleWords.__slots__)
    table.known([*names, "unlike"])
    folded = {name: tuple(map(fold_words, table.texts(name))) for name in names}
    return ScaleWords(**{**folded, "bare": table.texts("bare"), "currency": table.texts("currency")})


@dataclass(frozen=True)
class Scales:
    """The multiples that the texts around a table may name."""

    unit_words: frozenset[str]
    """folded words over the column of units of measure"""
    counted: frozenset[str]
    """folded words for what the form counts, in number or in people"""

    def of_money(self, text: str) -> bool:
        """Tell whether a text says a multiple of the currency: "nghìn đồng", "000đ", "x1000", "ĐVT: triệu".

        A sum of money is none, in figures ("15 triệu đồng") or in words ("mười triệu đồng").
        """
        return _says_money(self, text)

    def _says_money(self, text: str) -> bool:
        if self.named(text) or self._whole.fullmatch(fold_words(_prepared(text))):
            return True
        if any(self._whole.fullmatch(fold_words(inside)) for inside in _BRACKETS.findall(_prepared(text))):
            return True
        return any(self._is_in(fold_words(part)) for part in _PARTS.split(_prepared(text)))

    def holds_short(self, text: str) -> bool:
        """Tell whether a size stands in brackets, be it a single letter: "Kinh phí (k)"."""
        short = load_scale_words().short
        return any(fold_words(inside) in short for inside in _BRACKETS.findall(text))

    def of_name(self, name: str, places: Collection[str] = ()) -> bool:
        """Tell whether the name of a file or folder says a multiple of the currency.

        Words without marks count only as a whole part between signs: a person may be called Ngân, and a ward Đông Mai.
        `places` are folded names of units, which are no multiple: a ward may be called Triệu Đông.
        """
        parts = [fold_words(part) for part in _PARTS_OF_NAME.split(_prepared(name))]
        parts = [part for part in parts if fold(part) not in places]
        if self.named(name) or any(self._whole.fullmatch(part) for part in parts):
            return True
        typed = plain(name)
        return any(self._is_no_sum(typed[: match.start()]) for match in self._marked_pattern.finditer(typed))

    def _is_no_sum(self, before: str) -> bool:
        """Whether what stands before a multiple makes no sum of it; a code or a year counts nothing."""
        word = (before.split() or [""])[-1]
        if word.isdecimal():
            return _CODE_OR_YEAR.fullmatch(word) is not None
        return fold_words(word) not in self._of_a_sum

    @cached_property
    def _marked_pattern(self) -> re.Pattern[str]:
        words = load_scale_words()
        sizes = "|".join(size for size in words.bare if not size.isascii())
        return re.compile(rf"(?<!\w)(?:{sizes})\s+(?:{'|'.join(words.currency)})(?!\w)")

    def is_bare(self, text: str) -> bool:
        """Tell whether a text, or a part of it between signs, is a size and no more: "Đông Mai (nghìn)"."""
        return any(plain(part) in load_scale_words().bare for part in _PARTS_OF_NAME.split(text))

    def is_size_alone(self, text: str) -> bool:
        """Tell whether a text, or what stands in its brackets, is one of the words of size: "(triệu)"."""
        return any(fold_words(part) in self.sizes for part in (text, *_BRACKETS.findall(text)))

    def _is_in(self, words: str) -> bool:
        before = ((words[: match.start()].split() or [""])[-1] for match in self._money_pattern.finditer(words))
        return any(not word[-1:].isdecimal() and word not in self._of_a_sum for word in before)

    @cached_property
    def _money(self) -> str:
        return one_of({fold_words(word) for word in load_number_words().currency})

    @cached_property
    def _figures(self) -> str:
        return one_of(load_scale_words().figures)

    @cached_property
    def _money_pattern(self) -> re.Pattern[str]:
        """A multiple of the currency within a phrase; one of a short size only at its end, for names are short too."""
        sizes, short = one_of(self.sizes), one_of(load_scale_words().short)
        ones = one_of(figure for figure in load_scale_words().figures if figure.startswith("1"))
        multiple = rf"(?:(?:{sizes}) ?|(?:{self._figures}) ?)(?:{self._money})|x ?(?:{ones})"
        at_end = rf"(?:{short}) ?(?:{self._money})$"
        return re.compile(rf"{_START}(?:(?:{multiple}){_END}|{at_end})")

    @cached_property
    def _whole(self) -> re.Pattern[str]:
        """A phrase that says a multiple of the currency and no more: "một nghìn đồng", "tr.đ", "1000 đ"."""
        words = load_scale_words()
        sizes, one = one_of((*self.sizes, *words.short)), one_of(words.one)
        return re.compile(rf"(?:(?:{one}) )?(?:(?:{sizes}) ?|(?:{self._figures}) ?)(?:{self._money})")

    @cached_property
    def _of_a_sum(self) -> frozenset[str]:
        """Words after which a size belongs to a sum of money."""
        words = load_number_words()
        spelt = {word for number in words.in_letters for word in number.split()}
        return frozenset({*spelt, *map(fold_words, words.no_suggestion), *load_around_words().before_size} - {""})

    @cached_property
    def _named_pattern(self) -> re.Pattern[str]:
        around, words = load_around_words(), load_scale_words()
        units = one_of({*self.unit_words, *words.unit_words} - {""})
        phrases = one_of({*self.unit_words, *words.unit_words, *around.counted_in} - {""})
        between, others = one_of(around.between), one_of({*around.not_sizes, *self.counted} - {""})
        one, short = one_of(words.one), one_of(words.short)
        thousands = r"1(?: ?000){1,3}"
        long = one_of(self.sizes - {*words.short})
        size = rf"(?:(?:{one}) )?(?:{long}|{thousands}){_END}(?! (?:{others}){_END})"
        # Short words and noughts are sizes only behind the very words for a unit, and with no other word behind them.
        alone = rf"(?:(?:{one}) )?(?:{short}|{self._figures})(?: ?(?:{self._money}))?$"
        middle = rf" (?:(?:{between}) )?"
        return re.compile(rf"{_START}(?:(?:{phrases}){middle}{size}|(?:{units}){middle}{alone})")

    def named(self, text: str) -> bool:
        """Tell whether a text names a multiple as what is counted in: "ĐVT: triệu", "số liệu tính theo nghìn"."""
        return _names_multiple(self, text)

    def is_size(self, value: CellValue) -> bool:
        """Tell whether what stands beside the words for a unit of measure is a size: 1000, "1.000", "triệu", "k"."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value in _SIZES
        words = fold_words(_prepared(value)) if isinstance(value, str) else ""
        known = load_scale_words()
        sizes = (*self.sizes, *known.short, *known.figures)
        without_one = words.partition(" ")[2] if words.partition(" ")[0] in known.one else words
        return bool(words) and (words in sizes or without_one in sizes or self._whole.fullmatch(words) is not None)

    def is_unit_label(self, text: str) -> bool:
        """Tell whether a text is the words for a unit of measure, and no more."""
        folded = fold(text)
        return any(fold(word) == folded for word in (*self.unit_words, *load_scale_words().unit_words))

    def says_sum(self, text: str) -> bool:
        """Tell whether a line states a sum of money: "Bằng chữ: ...", "Tổng kinh phí: ..."."""
        return self._sum_pattern.match(fold_words(text)) is not None

    @cached_property
    def _sum_pattern(self) -> re.Pattern[str]:
        return re.compile(rf"(?:{one_of(load_scale_words().sums)}){_END}")

    @cached_property
    def sizes(self) -> frozenset[str]:
        """Words of size that stand alone for a unit of money: "nghìn", "triệu", "trđ"."""
        words = load_scale_words()
        long = (size for size in load_number_words().magnitudes if len(size) > 1)
        return frozenset({*map(fold_words, long), *words.sizes} - {*words.short} | {"tr"})


# The labels and heads of a form are asked about in every return: what was answered is kept.


@lru_cache(maxsize=4096)
def _says_money(scales: Scales, text: str) -> bool:
    return scales._says_money(text)


@lru_cache(maxsize=4096)
def _names_multiple(scales: Scales, text: str) -> bool:
    return bool(scales._named_pattern.search(fold_words(_prepared(text))))
