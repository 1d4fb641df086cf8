"""The words at fixed places by which template and summary are known again, shared by writers and reader."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

from pipeline.model import Coverage
from pipeline.wording import WORDING
from schemas.definition import read_toml

STAMP_WORDS = WORDING / "stamp.toml"
STAMPS_ABOVE = 12
"""the stamp of a summary, and of the copies in it, stands above this row"""
_COVERAGE = re.compile(r"\s*([0-9]{1,7})\s*/\s*([0-9]{1,7})\s*")


@dataclass(frozen=True, slots=True)
class StampWords:
    """Labels, heads and fixed values. The value of a label stands in the next cell to the right of it."""

    form_id: str
    form_version: str
    unit_code: str
    unit_name: str
    kind: str
    filled_by: str
    phone: str
    source: str
    blank_means_zero: str
    kind_summary: str
    """the value beside `kind` in the sheet that is a return one level up"""
    kind_copy: str
    """the value beside `kind` in a sheet that only repeats a return, and is never read as one"""
    blank_yes: str
    blank_no: str
    source_file: str
    source_paper: str
    row_key: str
    """head of the hidden column that holds the key of each row"""
    coverage: str
    """how the head of a coverage column begins; see `coverage_head`"""
    mark: str
    """head of the column that says which rows are not final"""
    provisional: str
    """how a cell of that column begins where its row is not final"""
    left_blank: str
    """how a line of such a cell begins that names units without a number"""
    accepted: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """name of a field here -> other spellings of it"""

    def spellings(self, name: str) -> tuple[str, ...]:
        """Give every spelling of one word, its own first; compare them folded."""
        own: str = getattr(self, name)
        return (own, *self.accepted.get(name, ()))

    def coverage_head(self, measure: str) -> str:
        """Head of the coverage column of a measure, named by its short name."""
        return f"{self.coverage}: {measure}"


@cache
def load_stamp_words(path: Path = STAMP_WORDS) -> StampWords:
    """Load the shared words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(path)
    names = [item.name for item in fields(StampWords) if item.name != "accepted"]
    table.known([*names, "accepted"])
    accepted = table.table("accepted")
    accepted.known(names)
    return StampWords(
        **{name: table.text(name) for name in names},
        accepted={name: accepted.texts(name) for name in accepted.values},
    )


def coverage_text(coverage: Coverage) -> str:
    """Write how many of how many units stated a value, as a coverage cell holds it: "17/19"."""
    return f"{coverage.reported}/{coverage.expected}"


def read_coverage(text: str) -> Coverage | None:
    """Read a coverage cell back; None where it is no such text, or more units answered than were asked."""
    match = _COVERAGE.fullmatch(text)
    if not match:
        return None
    coverage = Coverage(int(match[1]), int(match[2]))
    return coverage if coverage.reported <= coverage.expected else None
