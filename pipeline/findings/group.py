"""One cause is told once: what is said of many cells of a return for one reason becomes one finding with its cells.

The findings of a return keep to their cells, for each of these is decided, coloured and left out by itself. This is
asked where they are told to a person: in the report, in the list of issues, in messages and on the screen.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from pipeline.findings.catalogue import Grouped, load_catalogue
from pipeline.model import Fact, Finding
from schemas.rules import Severity

_SHOWN = 5
"""so much of what was typed is shown"""
_ADDRESS = re.compile("([A-Z]+)([0-9]+)")
_Cause = tuple[object, ...]


def told_once(findings: Sequence[Finding], severities: Collection[Severity] = tuple(Severity)) -> tuple[Finding, ...]:
    """Give the findings with one in the place of those of one cause, as far as they are of these severities."""
    lines = list(_gathered(findings, severities, _in_a_line))
    return tuple(_gathered(lines, severities, _in_a_return))


def spans(cells: Sequence[str]) -> str:
    """Name cells by their addresses, those below one another as one range: "E16:E27, E30"."""
    apart = [match.groups() for match in map(_ADDRESS.fullmatch, cells) if match]
    ordered = sorted((len(column), column, int(row)) for column, row in apart)
    starts = [0, *(at for at, (one, other) in enumerate(pairwise(ordered), 1) if not _follows(one, other))]
    ranges = [(ordered[start], ordered[end - 1]) for start, end in pairwise([*starts, len(ordered)])] if apart else []
    return ", ".join(
        f"{first[1]}{first[2]}" + (f":{last[1]}{last[2]}" if last != first else "") for first, last in ranges
    )


def _follows(one: tuple[int, str, int], other: tuple[int, str, int]) -> bool:
    return one[1] == other[1] and one[2] + 1 == other[2]


def _gathered(
    findings: Sequence[Finding],
    severities: Collection[Severity],
    cause_of: Callable[[Finding], tuple[_Cause, int] | None],
) -> Iterator[Finding]:
    """Give one finding for each cause that more than so many bear, at the place of the first."""
    asked = [cause_of(told) if told.cell and told.row and told.severity in severities else None for told in findings]
    together: dict[_Cause, list[Finding]] = {}
    for told, cause in zip(findings, asked, strict=True):
        if cause:
            together.setdefault(cause[0], []).append(told)
    for told, cause in zip(findings, asked, strict=True):
        same = together.get(cause[0], []) if cause else []
        if cause is None or len(same) <= cause[1]:
            yield told
        elif told is same[0]:
            yield _one_of(same)


def _in_a_line(finding: Finding) -> tuple[_Cause, int] | None:
    """What is seen in the line of a row concerns each of its cells."""
    if load_catalogue()[finding.code].grouped is not Grouped.LINE:
        return None
    return (finding.code, finding.severity, finding.sheet, finding.row), 1


def _in_a_return(finding: Finding) -> tuple[_Cause, int] | None:
    entry = load_catalogue()[finding.code]
    if entry.grouped is None:
        return None
    cause = (finding.code, finding.severity, finding.sheet, finding.counted)
    if entry.grouped is Grouped.COLUMN:
        return (*cause, finding.measure), entry.alone
    return cause, entry.alone


def _one_of(same: Sequence[Finding]) -> Finding:
    """Make the finding that stands for several; what only one of them says is left to its cell."""
    places = tuple(place for told in same for place in told.places or (told.cell or "",))
    alike = {name: fact for name, fact in same[0].facts.items() if all(told.facts.get(name) == fact for told in same)}
    facts: dict[str, Fact] = {**alike, "places": places, "count": len(places)}
    rows, measures = {told.row for told in same}, {told.measure for told in same}
    found = list(dict.fromkeys(told.found for told in same if told.found))
    return replace(
        same[0],
        row=same[0].row if len(rows) == 1 else None,
        measure=same[0].measure if len(measures) == 1 else None,
        found="; ".join([*found[:_SHOWN], *(["…"] if len(found) > _SHOWN else [])]) or None,
        suggestions=(),
        facts=facts,
    )
