"""How a text says that money is counted in a multiple of the currency: "nghìn đồng", "ĐVT: triệu", "x1000"."""

import re
from dataclasses import dataclass
from functools import cached_property
from unicodedata import digit

from pipeline.numbers import load_number_words
from pipeline.read import CellValue
from pipeline.recognise.around_words import load_around_words, one_of
from schemas.text import fold_words

_GROUP = 3
_THOUSANDS = "1(?: ?000){1,3}"
_POWER = re.compile(r"(?<![0-9])10 ?(?:\^ ?([369])|([³⁶⁹]))")
_PARTS = re.compile(r"[()\[\]:;\n]")
"""what stands on both sides of one of these is not read as one phrase"""
_SIZES = (1_000, 1_000_000, 1_000_000_000)


def _without_powers(text: str) -> str:
    """Write "10^3" and "10³" as 1000."""
    return _POWER.sub(lambda power: f"1{'000' * (digit(power[1] or power[2]) // _GROUP)}", text)


@dataclass(frozen=True)
class Scales:
    """The multiples that the texts around a table may name."""

    unit_words: frozenset[str]
    """folded words over the column of units of measure"""
    counted: frozenset[str]
    """folded words for what the form counts, in number or in people"""

    def of_money(self, text: str) -> bool:
        """Tell whether a text says a multiple of the currency: "nghìn đồng", "1.000 đ", "x1000", "ĐVT: triệu".

        A sum of money is none, in figures ("15 triệu đồng") or in words ("mười triệu đồng").
        """
        if self.named(text):
            return True
        return any(self._is_in(fold_words(part)) for part in _PARTS.split(_without_powers(text)))

    def _is_in(self, words: str) -> bool:
        before = ((words[: match.start()].split() or [""])[-1] for match in self._money_pattern.finditer(words))
        return any(not word[-1:].isdecimal() and word not in self._of_a_sum for word in before)

    @cached_property
    def _money_pattern(self) -> re.Pattern[str]:
        words = load_number_words()
        sizes = one_of(words.magnitudes)
        money = one_of({fold_words(word) for word in words.currency})
        multiple = rf"(?:(?:{sizes}) |{_THOUSANDS} ?)(?:{money})|x ?{_THOUSANDS}"
        return re.compile(rf"(?<![0-9a-z])(?:{multiple})(?![0-9a-z])")

    @cached_property
    def _of_a_sum(self) -> frozenset[str]:
        """Words after which a size belongs to a sum of money."""
        words = load_number_words()
        spelt = {word for number in words.in_letters for word in number.split()}
        return frozenset({*spelt, *map(fold_words, words.no_suggestion), *load_around_words().before_size} - {""})

    @cached_property
    def _named_pattern(self) -> re.Pattern[str]:
        around = load_around_words()
        units = one_of({*self.unit_words, *around.counted_in} - {""})
        between, others = one_of(around.between), one_of({*around.not_sizes, *self.counted} - {""})
        sizes = f"(?:{one_of(self.sizes)}|{_THOUSANDS})"
        return re.compile(
            rf"(?<![0-9a-z])(?:{units}) (?:(?:{between}) )?{sizes}(?![0-9a-z])(?! (?:{others})(?![0-9a-z]))"
        )

    def named(self, text: str) -> bool:
        """Tell whether a text names a multiple as what is counted in: "ĐVT: triệu", "số liệu tính theo nghìn"."""
        return bool(self._named_pattern.search(fold_words(_without_powers(text))))

    def is_size(self, value: CellValue) -> bool:
        """Tell whether what stands beside the words for a unit of measure is a size: 1000, "1.000", "triệu"."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value in _SIZES
        words = fold_words(value) if isinstance(value, str) else ""
        return bool(words) and (words in self.sizes or re.fullmatch(_THOUSANDS, words) is not None)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """Words of size that stand alone for a unit of money: "nghìn", "triệu", "trđ"."""
        return frozenset(size for size in load_number_words().magnitudes if len(size) > 1)
