"""The codes: what each is called, how grave it is and what its wording may name, from `wording/findings.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TypedDict, Unpack

from pipeline.model import Fact, Finding, Open, Unplaced
from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.rules import KINDS, Severity

STANDARD_FACTS = frozenset({"unit", "file", "sheet", "cell", "row", "measure", "found", "suggestions", "places"})
"""what any wording may name; the facts of one code are listed with it"""
_FIELDS = (
    "name",
    "severity",
    "open",
    "counted",
    "asked",
    "beside",
    "becomes",
    "grouped",
    "alone",
    "unplaced",
    "facts",
    "rule",
)


class Becomes(StrEnum):
    """What a file or a return becomes in the ledger, where that hangs on one code; see `findings.toml`."""

    IGNORED = "ignored"
    EXCLUDED = "excluded"
    REFUSED = "refused"
    TO_BE_TYPED = "to_be_typed"
    GIVEN = "given"


class Grouped(StrEnum):
    """How far the findings of one code may have one cause; see `findings.toml`."""

    RETURN = "return"
    COLUMN = "column"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code."""

    code: str
    name: str
    severity: Severity
    """the default; a rule of the form may state another"""
    open: Open
    """how long it stays open as a warning; an error is open whatever its code says"""
    counted: bool | None
    """whether a number that bears it is in the sums, unless said otherwise; None where no single number is at stake"""
    rule: tuple[str, str] | None
    """rule kind and outcome"""
    facts: frozenset[str]
    """what its wording may name beside the standard facts"""
    asked: bool
    """whether the unit is asked about it as soon as it is a warning; about an error it always is"""
    beside: bool
    """whether it tells of something that stands beside the form, and that no newer copy takes back by its numbers"""
    becomes: Becomes | None
    """what a file or a return that bears it becomes, if that hangs on this code"""
    grouped: Grouped | None
    """how far several of it may have one cause, and are then shown as one; None where each is shown by itself"""
    alone: int
    """so many of one cause are still shown one by one"""
    unplaced: Unplaced | None
    """what of a return it says was found nowhere in the form"""


class FindingFields(TypedDict, total=False):
    """The fields of a finding beside its code and severity."""

    sheet: str | None
    cell: str | None
    row: str | None
    measure: str | None
    found: str | None
    rule: str | None
    counted: bool | None
    suggestions: tuple[int, ...]
    facts: Mapping[str, Fact]


@cache
def load_catalogue() -> Mapping[str, CatalogueEntry]:
    """Load every code, in the order in which the documents list them.

    Raises:
        DefinitionError: the catalogue is broken; says file, line, field and what is allowed.
    """
    catalogue = read_toml(WORDING / "findings.toml")
    return {code: _entry(code, catalogue.table(code)) for code in catalogue.values}


def _entry(code: str, table: Table) -> CatalogueEntry:
    table.known(_FIELDS)
    kind, _, outcome = table.text("rule", "").partition(".")
    grouped = Grouped(table.choice("grouped", tuple(Grouped))) if "grouped" in table.values else None
    unplaced = Unplaced(table.choice("unplaced", tuple(Unplaced))) if "unplaced" in table.values else None
    return CatalogueEntry(
        code=code,
        name=table.text("name"),
        severity=Severity(table.choice("severity", tuple(Severity))),
        open=Open(table.choice("open", tuple(Open))),
        counted=table.truth("counted", False) if "counted" in table.values else None,
        rule=(kind, outcome) if kind else None,
        facts=frozenset(table.texts("facts")),
        asked=table.truth("asked", False),
        beside=table.truth("beside", False),
        becomes=Becomes(table.choice("becomes", tuple(Becomes))) if "becomes" in table.values else None,
        grouped=grouped,
        alone=table.whole("alone") if grouped else 0,
        unplaced=unplaced,
    )


RULE_CODES: Mapping[tuple[str, str], str] = {
    entry.rule: entry.code for entry in load_catalogue().values() if entry.rule
}
"""(rule kind, outcome) -> code"""
CODES_ACROSS_CELLS = frozenset(code for (kind, _), code in RULE_CODES.items() if KINDS[kind].across_cells)
"""codes of rules that compare cells, or ask about a return as a whole"""


def codes_that_make(becomes: Becomes) -> frozenset[str]:
    """Name the codes of which a file or a return becomes this."""
    return frozenset(entry.code for entry in load_catalogue().values() if entry.becomes is becomes)


def codes_beside() -> frozenset[str]:
    """Name the codes that tell of something that stands beside the form."""
    return frozenset(entry.code for entry in load_catalogue().values() if entry.beside)


def finding(code: str, *, severity: Severity | None = None, **fields: Unpack[FindingFields]) -> Finding:
    """Make a finding, with the severity and the counted of the catalogue unless they are given."""
    entry = load_catalogue()[code]
    fields.setdefault("counted", entry.counted)
    return Finding(code, severity or entry.severity, open=entry.open, unplaced=entry.unplaced, **fields)
