"""What a blank cell may mean: nothing, no activity, or a number that stands elsewhere or has to be added up."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import lru_cache

from pipeline.findings import RULE_CODES, codes, finding
from pipeline.model import Entry, Finding, Return, State
from schemas.form import Form
from schemas.rules import Cell, Severity, SumOfParts
from schemas.text import fold_words

TO_COME = codes.FIGURES_TO_COME
OPEN_BLANKS = frozenset({codes.BLANKS_NOT_STATED, TO_COME})
"""codes that tell once of all blanks of a return without a meaning, or with figures still to come"""


def required_cells(form: Form) -> tuple[Cell, ...]:
    """Number cells that may not stay blank without remark."""
    return tuple(cell for cell in form.number_cells if cell not in form.optional_cells)


def totals_of_parts(
    form: Form,
    entries: Iterable[Entry],
    elsewhere: Collection[Cell],
    *,
    zeros: bool = False,
) -> AbstractSet[Cell]:
    """Totals that are more than a blank where nothing stands in them: a part has a figure, or may have one.

    They are added up from their parts, or stay open where a part is not sure. With `zeros` a 0 is a figure.
    """
    with_figure = set(elsewhere)
    for entry in entries:
        is_zero = zeros and entry.value == 0
        if entry.value or is_zero or entry.state is State.UNREADABLE:
            with_figure.add(entry.key)
    rules = [rule for rule in form.rules if isinstance(rule, SumOfParts) and rule.compute_blank]
    totals: set[Cell] = set()
    # A total may be a part of another.
    for _ in rules:
        for rule in rules:
            if not with_figure.isdisjoint(rule.parts) or not totals.isdisjoint(rule.parts):
                totals.add(rule.total)
    return totals


def no_zeros(form: Form, entries: Iterable[Entry]) -> AbstractSet[Cell]:
    """Cells that may stay blank and are no 0 where they do: their row, or a row below it, states a number above 0.

    People at an exhibition that took place were not none because nobody counted them.
    """
    stated = {entry.key for entry in entries if entry.value}
    rows = {cell.row for cell in stated}
    below = {Cell(form.by_key[cell.row].parent, cell.measure) for cell in stated}
    return {cell for cell in form.optional_cells if cell.row in rows or cell in below}


def added_up_for_good(form: Form, findings: Iterable[Finding]) -> AbstractSet[Cell]:
    """Totals that may stay blank and were added up from parts that are all stated: nothing about them is open."""
    code = RULE_CODES["sum_of_parts", "computed"]
    cells = {known.at for known in findings if known.code == code and known.severity is Severity.INFO}
    return cells & form.optional_cells


def awaited_cells(returned: Return) -> AbstractSet[Cell]:
    """Cells for which the unit itself said that figures are still to come, and nobody decided since."""
    places: set[str] = set()
    for known in returned.findings:
        if known.code == TO_COME:
            places.update(known.places)
    return {entry.key for entry in returned.entries if entry.cell in places}


def without_decided(returned: Return) -> Return:
    """Tell of open blanks no more where an officer decided about them."""
    open_places = {entry.cell for entry in returned.entries if entry.decided_by is None}
    findings = (with_places(known, open_places) for known in returned.findings)
    return replace(returned, findings=tuple(left for left in findings if left))


def with_places(known: Finding, places: AbstractSet[str]) -> Finding | None:
    """Leave those places in a finding about open blanks that are open still; without any it is closed."""
    left = tuple(place for place in known.places if place in places)
    if known.code not in OPEN_BLANKS or left == known.places:
        return known
    if not left:
        return None
    return replace(
        known,
        cell=left[0],
        facts={**known.facts, "count": len(left), "places": left},
    )


@lru_cache(maxsize=64)
def counted_in(words: Iterable[str]) -> re.Pattern[str]:
    """Make the pattern of a number with one of these words for what is counted, in a folded text: "3 lop"."""
    folded = {*map(fold_words, words)} - {""}
    if not folded:
        return re.compile("(?!)")
    units = "|".join(sorted(map(re.escape, folded), key=len, reverse=True))
    return re.compile(rf"(?<![0-9a-z])[0-9]+ (?:{units})(?![0-9a-z])")


def told_elsewhere(form: Form, entries: Iterable[Entry], seen: Mapping[Cell, str]) -> Iterator[Finding]:
    """Tell of blank cells that were not taken for 0, because their number may stand elsewhere in their line.

    A cell that may stay blank is told of where no other cell of its row is, and hardly matters beside a number,
    unless what stands there is counted in its own words ("120 người").
    """
    listed = list(entries)
    blanks = [entry for entry in listed if entry.state is State.BLANK and seen.get(entry.key)]
    asked = {entry.row for entry in blanks if entry.key not in form.optional_cells}
    stated = {entry.row for entry in listed if entry.value is not None}
    for entry in blanks:
        is_optional = entry.key in form.optional_cells
        if is_optional and entry.row in asked:
            continue
        text = seen[entry.key]
        is_own = counted_in(form.unit_words.get(entry.measure, ())).search(fold_words(text))
        hardly_matters = is_optional and entry.row in stated and not is_own
        yield finding(
            codes.BLANK_NUMBER_ELSEWHERE,
            severity=Severity.INFO if hardly_matters else None,
            cell=entry.cell or None,
            row=entry.row,
            measure=entry.measure,
            found=text,
        )
