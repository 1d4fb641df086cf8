"""The Vietnamese texts of the summary workbook, from `wording/summary.toml`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipeline.extract.own.stamp import SUMMARY_WORDS
from schemas.definition import read_toml


class ListColumn(NamedTuple):
    """One column of a list sheet."""

    key: str
    head: str
    width: float


@dataclass(frozen=True, slots=True)
class Words:
    """Texts by their place in the file, such as "totals.open", and the columns of the list sheets."""

    texts: Mapping[str, str]
    columns: Mapping[str, tuple[ListColumn, ...]]

    def __call__(self, key: str, /, **facts: object) -> str:
        """Give one text with its places filled in."""
        return self.texts[key].format_map(facts)


@cache
def load_words() -> Words:
    """Load the texts once."""
    texts: dict[str, str] = {}
    columns: dict[str, tuple[ListColumn, ...]] = {}
    _collect("", read_toml(SUMMARY_WORDS).values, texts, columns)
    return Words(texts, columns)


def _collect(
    place: str, table: Mapping[str, object], texts: dict[str, str], columns: dict[str, tuple[ListColumn, ...]]
) -> None:
    found: list[ListColumn] = []
    for key, value in table.items():
        if isinstance(value, dict):
            _collect(f"{place}{key}.", value, texts, columns)
        elif isinstance(value, list):
            head, width = value
            found.append(ListColumn(key, str(head), float(width)))
        else:
            texts[place + key] = str(value)
    if found:
        columns[place.split(".", maxsplit=1)[0]] = tuple(found)


def joined(names: Sequence[str], most: int, words: Words, what: str = "units") -> str:
    """Names in one line; where there are more than `most`, the rest is counted: as `units` or as `files`."""
    if len(names) <= most:
        return ", ".join(names)
    shown = ", ".join(names[: most - 1])
    return words(f"joined.{what}", names=shown, count=len(names) - most + 1)
