"""Where the lines of a run go in the decisions workbook, and which of the old ones go.

A line that a person filled is never touched, whatever became of its question. A line of the program that nobody
filled goes when its question is closed; one whose question is still open stays where it is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from pipeline.decisions.choices import Choices, options
from pipeline.decisions.decided import CellAnswer
from pipeline.decisions.keys import (
    about,
    cell_key,
    cell_text,
    codes_of,
    questions_in,
    read_unit_key,
    stands_at,
    unit_key,
)
from pipeline.decisions.offers import Edit, Offer, Texts, cell_offers, entry_of, file_offers, key_of_file, unit_offers
from pipeline.decisions.ruling import blanks_to_ask_about
from pipeline.decisions.saved import SavedBook, SavedLine, SavedSheet
from pipeline.decisions.words import CELLS, FILES, KEY, UNITS, DecisionWords
from pipeline.findings import codes
from pipeline.model import Consolidation, FileResult, LineEnd, Place, Return
from schemas.rules import Cell
from schemas.text import tidy


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """What is to be written into one sheet. Rows count from 1, the first one below the head is `first`."""

    first: int
    write: Mapping[int, Offer]
    clear: frozenset[int]
    bind: Mapping[int, str]
    """rows that a person began and that get their key now"""
    last: int
    """last row in which anything stands afterwards"""
    close: Mapping[int, str] = field(default_factory=dict)
    """rows about which nothing is asked any more, and why"""
    reopen: frozenset[int] = frozenset()
    """rows that were closed and are not"""


@dataclass(frozen=True, slots=True)
class BookPlan:
    """What is to be written into the workbook."""

    sheets: Mapping[str, SheetPlan]
    lists: Mapping[str, tuple[str, ...]]
    new: bool
    """a sheet or the workbook itself is not there yet"""
    lists_changed: bool

    @property
    def changes_nothing(self) -> bool:
        """Whether the workbook already is as it should be."""
        plans = self.sheets.values()
        touched = any(plan.write or plan.clear or plan.bind or plan.close or plan.reopen for plan in plans)
        return not (touched or self.new or self.lists_changed)


FIRST_ROW = 8
"""first line of a new sheet, counted from 1"""


def plan_book(saved: SavedBook, result: Consolidation, words: DecisionWords, edits: Sequence[Edit] = ()) -> BookPlan:
    """Work out what a run changes in the decisions workbook."""
    choices = Choices(result.form, result.register, words)
    offers = {
        CELLS: list(cell_offers(result, choices, edits)),
        FILES: list(file_offers(result, choices)),
        UNITS: list(unit_offers(result, choices)),
    }
    lists = options(choices, {file.shown_path: file.sha256 for file in result.files if file.sha256})
    sheets = {kind: _plan_sheet(kind, saved.sheets.get(kind), lines, result, choices) for kind, lines in offers.items()}
    return BookPlan(sheets, lists, len(saved.sheets) < len(offers), saved.lists != tuple(lists.values()))


def _plan_sheet(
    kind: str, sheet: SavedSheet | None, offers: Iterable[Offer], result: Consolidation, choices: Choices
) -> SheetPlan:
    lines = sheet.lines if sheet else ()
    first = sheet.head + 1 if sheet else FIRST_ROW
    filled = [line for line in lines if line.filled]
    bind = {line.row: key for line in filled if not line.key and (key := _binding(line, result, choices))}
    texts = choices.words.closed
    closed = {line.row: texts[end.closed] for line in filled if (end := _end_of(line, result)) and end.closed}
    says = {line.row: line.text("why") for line in filled}
    wanted = _wanted(kind, filled, offers)
    write: dict[int, Offer] = {}
    clear: set[int] = set()
    for line in lines:
        if line.filled:
            continue
        offer = wanted.pop((about(kind, line.key), False), None)
        if offer is None:
            clear.add(line.row)
        elif not _is_as_saved(line, offer.texts):
            write[line.row] = offer
    taken = {line.row for line in lines} - clear
    free = (row for row in count(first) if row not in taken)
    added = dict(zip(free, wanted.values(), strict=False))
    last = max((*taken, *added), default=first - 1)
    return SheetPlan(
        first,
        write | added,
        frozenset(clear - added.keys()),
        bind,
        last,
        close={row: text for row, text in closed.items() if says[row] != text},
        reopen=frozenset(row for row, text in says.items() if text in texts.values() and row not in closed),
    )


def _end_of(line: SavedLine, result: Consolidation) -> LineEnd | None:
    return result.lines.get(Place(line.sheet, line.row))


def _wanted(
    kind: str, filled: Iterable[SavedLine], offers: Iterable[Offer]
) -> dict[tuple[tuple[str, ...], bool], Offer]:
    """Find the offers that no line of a person answers, by what they are about and whether a person's part is in."""
    same: dict[tuple[str, ...], list[SavedLine]] = {}
    for line in filled:
        same.setdefault(about(kind, line.key), []).append(line)
    subjects = ((about(kind, str(offer.texts[KEY])), offer) for offer in offers)
    return {
        (subject, bool(offer.hand)): offer
        for subject, offer in subjects
        if not _is_covered(kind, offer, same.get(subject, ()))
    }


def _is_as_saved(line: SavedLine, texts: Texts) -> bool:
    return all((line.key if key == KEY else line.text(key)) == _read_back(key, text) for key, text in texts.items())


def _read_back(key: str, text: str | int) -> str:
    return str(text) if key == KEY else tidy(str(text))


def _is_covered(kind: str, offer: Offer, same: Sequence[SavedLine]) -> bool:
    """Tell whether lines that a person filled about the same answer it: a cell with new findings gets a new line."""
    if kind == UNITS:
        return _are_covered(str(offer.texts[KEY]), same)
    if kind == FILES:
        answered = frozenset().union(*(questions_in(line.key) for line in same))
        return bool(same) and questions_in(str(offer.texts[KEY])) <= answered
    if offer.hand:
        return any(_is_as_saved(line, offer.hand) for line in same)
    seen = [codes_of(line.key) for line in same]
    asked = codes_of(str(offer.texts[KEY])) or frozenset()
    if not seen or None in seen:
        return bool(seen)
    return asked <= frozenset().union(*filter(None, seen))


def _are_covered(key: str, same: Sequence[SavedLine]) -> bool:
    """Tell whether the blanks of a unit are all asked about in lines that a person filled."""
    asked = read_unit_key(key)
    lines = [known.blanks for line in same if (known := read_unit_key(line.key)) and known.blanks is not None]
    return bool(asked and asked.blanks is not None and lines and asked.blanks <= frozenset().union(*lines))


# Lines that a person began ---------------------------------------------------------------------------------------


def _binding(line: SavedLine, result: Consolidation, choices: Choices) -> str:
    """Give a person's own line the key of what it is about now, so that it is told when that changes.

    One that was not applied was written about something else, or before anything had come.
    """
    end = _end_of(line, result)
    if end and end.key:
        return end.key
    if line.kind == FILES:
        files = [file for file in result.files if line.text("file") == file.shown_path and file.sha256]
        return key_of_file(result, files[0], _answered(files[0])) if files else ""
    try:
        unit = choices.unit_of(line.text("unit"))
        if line.kind == UNITS:
            return _binding_of_blanks(unit, result)
        cell = choices.cell_of(line.text("row"), line.text("column"))
    except ValueError:
        return ""
    one = next((each.counted for each in result.units if each.unit.code == unit), None)
    entry = entry_of(one, cell)
    if one is None or entry is None:
        return ""
    accepted = _accepted(line, result, one, cell, choices)
    return cell_key(unit, cell, stands_at(one, entry), (), accepted)


def _answered(file: FileResult) -> tuple[str, ...]:
    """Name the questions about a file that were answered as seen."""
    answered: set[str] = set()
    for told in file.findings:
        accepted = told.facts.get("accepted", ()) if told.code == codes.SEEN_BY_DECISION else ()
        answered.update(accepted if isinstance(accepted, tuple) else ())
    return tuple(answered)


def _binding_of_blanks(unit: str, result: Consolidation) -> str:
    """Name the blanks that a person's own line made 0, or of one that is not applied yet those that are open."""
    one = next((each.counted for each in result.units if each.unit.code == unit), None)
    if one is None:
        return ""
    told = next((file.findings for file in result.files if file.path == one.path), ())
    for applied in (each for each in told if each.code == codes.BLANKS_BY_DECISION):
        asked = applied.facts.get("asked", ())
        return unit_key(unit, asked if isinstance(asked, tuple) else ())
    return unit_key(unit, map(cell_text, blanks_to_ask_about(one, result.form)))


def _accepted(
    line: SavedLine, result: Consolidation, one: Return, cell: Cell, choices: Choices
) -> tuple[str, ...] | None:
    """Name the findings that a line of a person's own accepted, so that it does not accept what comes later too."""
    if choices.words.sheets[CELLS].answer_of(line.text("answer")) != CellAnswer.AS_STATED:
        return None
    told = next((file.findings for file in result.files if file.path == one.path), ())
    applied = [each for each in told if each.code == codes.VALUE_BY_DECISION and each.at == cell]
    accepted = applied[0].facts.get("accepted", ()) if applied else ()
    return accepted if isinstance(accepted, tuple) else ()
