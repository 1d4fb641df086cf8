"""The Vietnamese texts of the summary workbook, from `wording/summary.toml`: written by it, and known again by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from pipeline.wording import WORDING
from schemas.definition import Table, read_toml

SUMMARY_WORDS = WORDING / "summary.toml"


class ListColumn(NamedTuple):
    """One column of a list sheet."""

    key: str
    head: str
    width: float


@dataclass(frozen=True, slots=True)
class SummaryWords:
    """Texts by their place in the file, such as "totals.open", and the columns of the list sheets."""

    texts: Mapping[str, str]
    columns: Mapping[str, tuple[ListColumn, ...]]

    def __call__(self, key: str, /, **facts: object) -> str:
        """Give one text with its places filled in."""
        return self.texts[key].format_map(facts)

    def of_section(self, section: str) -> Mapping[str, str]:
        """Texts of one section by their name in it."""
        begin = f"{section}."
        return {key.removeprefix(begin): text for key, text in self.texts.items() if key.startswith(begin)}


@cache
def load_summary_words() -> SummaryWords:
    """Load the texts once.

    Raises:
        DefinitionError: the file holds something that is neither a text nor a column.
    """
    texts: dict[str, str] = {}
    columns: dict[str, list[ListColumn]] = {}
    for section, key, value, table in _leaves(read_toml(SUMMARY_WORDS)):
        match value:
            case str():
                texts[f"{section}{key}"] = value
            case [str() as head, int() | float() as width]:
                name = section.partition(".")[0]
                columns.setdefault(name, []).append(ListColumn(key, head, float(width)))
            case _:
                raise table.refuse(key, value, 'a text, or a column: ["head", width]')
    return SummaryWords(texts, {name: tuple(found) for name, found in columns.items()})


def _leaves(table: Table, section: str = "") -> Iterator[tuple[str, str, object, Table]]:
    """Give all that is no table: the sections it stands in, each with a point behind it, its key, value and table."""
    for key, value in table.values.items():
        if isinstance(value, dict):
            yield from _leaves(table.table(key), f"{section}{key}.")
        else:
            yield section, key, value, table


def joined(names: Sequence[str], most: int, words: SummaryWords, what: str = "units") -> str:
    """Names in one line; where there are more than `most`, the rest is counted: as `units` or as `files`."""
    if len(names) <= most:
        return ", ".join(names)
    shown = ", ".join(names[: most - 1])
    return words(f"joined.{what}", names=shown, count=len(names) - most + 1)
