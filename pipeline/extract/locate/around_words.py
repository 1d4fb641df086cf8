"""What the texts around a table may say of its figures, from `wording/around.toml`."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache, cached_property

from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.text import fold_words

_WORDING = WORDING / "around.toml"


def one_of(words: Iterable[str]) -> str:
    """Write the pattern of any of some words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@dataclass(frozen=True)
class AroundWords:
    """What the texts around a table may say of its figures, folded; see wording/around.toml."""

    counted_in: tuple[str, ...]
    between: tuple[str, ...]
    not_sizes: tuple[str, ...]
    before_size: tuple[str, ...]
    year: str
    results: tuple[str, ...]
    plain_sheets: tuple[str, ...]
    unit_labels: tuple[str, ...]
    level_labels: tuple[str, ...]

    @cached_property
    def year_of_results(self) -> re.Pattern[str]:
        """The head of the column that holds the results of a year: "Năm 2020", "Thực hiện 2020"."""
        return re.compile(rf"(?:(?:{one_of(self.results)}) )*(?:{self.year} )?20[0-9]{{2}}")

    @cached_property
    def year_in_name(self) -> re.Pattern[str]:
        """A year in the name of a sheet or file, "HTSD 2020", but not that of a date, "10.10.2020"."""
        return re.compile(r"(?<!\b[0-9] )(?<!\b[0-9]{2} )(?<![0-9a-z])20[0-9]{2}(?![0-9a-z])")

    def is_plain_sheet(self, name: str) -> bool:
        """Tell whether a program named a sheet: "Sheet1", "Sheet 2", "Trang tính1 (2)"."""
        return re.fullmatch(rf"(?:{one_of(self.plain_sheets)})(?: ?[0-9]+)*", fold_words(name)) is not None


@cache
def load_around_words() -> AroundWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    names = [item.name for item in fields(AroundWords)]
    table.known(names)

    def several(name: str) -> tuple[str, ...]:
        return tuple(map(fold_words, table.texts(name)))

    return AroundWords(
        counted_in=several("counted_in"),
        between=several("between"),
        not_sizes=several("not_sizes"),
        before_size=several("before_size"),
        year=fold_words(table.text("year")),
        results=several("results"),
        plain_sheets=several("plain_sheets"),
        unit_labels=several("unit_labels"),
        level_labels=several("level_labels"),
    )
