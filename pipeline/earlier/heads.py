"""Where the table of a list sheet begins in an older summary: the row that bears all its heads."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.read import Sheet
from schemas.text import fold

_WITHIN = 12
"""the heads stand in one of the first so many rows"""


@dataclass(frozen=True, slots=True)
class Heads:
    """A row of heads; false where not all of them were found in one row."""

    row: int
    columns: Mapping[str, int]
    """key -> column"""

    def __bool__(self) -> bool:
        """Whether all heads stand there."""
        return bool(self.columns)


def find_heads(sheet: Sheet, wanted: Mapping[str, str]) -> Heads:
    """Find the row that bears all the wanted heads, given as key -> text."""
    by_text = {fold(head): key for key, head in wanted.items()}
    rows: dict[int, dict[str, int]] = {}
    for row, column, value in sheet.filled():
        if row > _WITHIN:
            break
        key = by_text.get(fold(value)) if isinstance(value, str) else None
        if key:
            rows.setdefault(row, {}).setdefault(key, column)
    row, columns = max(rows.items(), key=lambda item: len(item[1]), default=(0, {}))
    return Heads(row, columns if len(columns) == len(by_text) else {})
