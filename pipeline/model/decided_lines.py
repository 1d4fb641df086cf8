"""What became of a line of the decisions workbook, so far as the workbook itself is to say it."""

from dataclasses import dataclass
from typing import NamedTuple


class Place(NamedTuple):
    """Where a line stands."""

    sheet: str
    row: int
    """counted from 1"""


@dataclass(frozen=True, slots=True)
class LineEnd:
    """What a run has to say to the person who wrote a line that it did not apply."""

    closed: str = ""
    """token of the wording for why nothing is asked there any more; "" of a line that is still open"""
    key: str = ""
    """what a line of the person's own was written about; "" where it is about what stands there now"""
