"""The words of periods and letters from `wording/periods.toml`, and texts made comparable with them."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.extract.periods.period import Kind
from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.text import fold_words, tidy

_LEADER = re.compile(r"(?:[.…,/–-]\s?){3,}")
_WORDING = WORDING / "periods.toml"
_TABLES = {
    "kinds": ("week", "month", "quarter", "semester"),
    "short": ("week", "month", "quarter"),
    "phrases": (
        *("year", "school_year", "first_part", "last_part", "first_half", "last_half"),
        *("day", "from", "to", "and"),
    ),
    "not_of_the_figures": ("before", "after"),
    "lines": ("titles",),
    "references": ("start", "carrying_out", "documents", "number_of", "letters", "with"),
}


@dataclass(frozen=True)
class PeriodWords:
    """The words, well spelt and in small letters, by the tables of the file."""

    lists: Mapping[str, Mapping[str, tuple[str, ...]]]
    numbers: Mapping[str, int]
    month_names: Mapping[str, int]

    def pattern(self, table: str, name: str) -> str:
        """The pattern of any of the words of a list, with their marks or without any."""
        return any_of(self.lists[table][name])

    def spelt(self, kind: Kind) -> str:
        """The pattern of the words for a kind of period."""
        return self.pattern("kinds", kind.value)


def any_of(texts: Iterable[str]) -> str:
    """Write the pattern of any of some phrases, each word of them with its marks or without any, the longest first."""
    patterns = (r"\s+".join(map(_word, plain(text).split())) for text in sorted(texts, key=len, reverse=True))
    return f"(?:{'|'.join(patterns)})"


def _word(word: str) -> str:
    bare = fold_words(word)
    return re.escape(word) if bare == word else f"(?:{re.escape(word)}|{re.escape(bare)})"


def plain(text: str) -> str:
    """Write a text on one line in small letters, an underline as the space for which it stands in names."""
    words = " ".join(tidy(text).lower().replace("_", " ").split())
    # A printed leader says nothing, and would only make the search in it long.
    return _LEADER.sub(" … ", words)


@cache
def load_period_words() -> PeriodWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    table.known([*_TABLES, "numbers", "month_names"])
    lists = {}
    for name, fields in _TABLES.items():
        part = table.table(name)
        part.known(fields)
        lists[name] = {field: part.texts(field) for field in fields}
    return PeriodWords(lists, _numbers(table.table("numbers")), _numbers(table.table("month_names")))


def _numbers(table: Table) -> Mapping[str, int]:
    numbers = {}
    for word, number in table.values.items():
        if not isinstance(number, int):
            raise table.refuse(word, number, "a whole number")
        numbers[word] = number
    return numbers
