"""Which lines a run adds to the decisions workbook, and where: one for each open question, ready to be filled.

A line that a person filled is never touched, whatever became of its question. A line of the program that nobody
filled goes when its question is closed; one whose question is still open stays where it is.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.decisions.files import part_of
from pipeline.decisions.keys import about, cell_key, codes_of, file_key, finding_key, typed_key, unit_key
from pipeline.decisions.meaning import CellAnswer, Choices, options
from pipeline.decisions.ruling import is_structural
from pipeline.decisions.saved import SavedBook, SavedLine, SavedSheet
from pipeline.decisions.words import CELLS, FILES, KEY, UNITS, DecisionWords
from pipeline.findings import message, severity_name, suggestion_text
from pipeline.model import Consolidation, Entry, FileResult, FileStatus, Finding, Return, State, UnitResult
from schemas.rules import Cell, Severity
from schemas.text import fold, tidy

Texts = Mapping[str, str | int]
"""key of a column -> what the program writes there"""

_ASKED = (Severity.ERROR, Severity.WARNING)
_ABOUT_FILES = frozenset({"F010", "F011", "U008", "U010", "U012", "D008"})
"""findings at which a file in use, or one that gave way, is worth a decision"""
_OF_BLANK_FORMS = frozenset({"F008"})
_MOST_ABSENT = 12
"""so many cells of rows that are not in the sheet get a line each; of more, the form must be sent again"""


@dataclass(frozen=True, slots=True)
class Offer:
    """One line to be written."""

    texts: Texts
    """with the hidden key"""
    hand: Texts = field(default_factory=dict)
    """columns for a person that are filled in beforehand"""


@dataclass(frozen=True, slots=True)
class Edit:
    """A number that a person typed into an older summary."""

    unit: str
    cell: Cell
    value: int | None
    """None where the cell was cleared"""


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
        touched = any(plan.write or plan.clear or plan.bind for plan in self.sheets.values())
        return not (touched or self.new or self.lists_changed)


FIRST_ROW = 8
"""first line of a new sheet, counted from 1"""


def plan_book(saved: SavedBook, result: Consolidation, words: DecisionWords, edits: Sequence[Edit] = ()) -> BookPlan:
    """Work out what a run changes in the decisions workbook."""
    choices = Choices(result.form, result.register, words)
    offers = {
        CELLS: [*_edited(result, choices, edits), *_cell_offers(result, choices)],
        FILES: list(_file_offers(result, choices)),
        UNITS: list(_unit_offers(result, choices)),
    }
    lists = dict(options(choices, (file.path for file in result.files if file.sha256)))
    sheets = {kind: _plan_sheet(kind, saved.sheets.get(kind), lines, result, choices) for kind, lines in offers.items()}
    return BookPlan(sheets, lists, len(saved.sheets) < len(offers), saved.lists != tuple(lists.values()))


def _plan_sheet(
    kind: str, sheet: SavedSheet | None, offers: Iterable[Offer], result: Consolidation, choices: Choices
) -> SheetPlan:
    lines = sheet.lines if sheet else ()
    first = sheet.head + 1 if sheet else FIRST_ROW
    filled = [line for line in lines if line.filled]
    bind = {line.row: key for line in filled if not line.key and (key := _binding(line, result, choices))}
    same: dict[tuple[str, ...], list[SavedLine]] = {}
    for line in filled:
        same.setdefault(about(kind, line.key), []).append(line)
    subjects = ((about(kind, str(offer.texts[KEY])), offer) for offer in offers)
    wanted = {
        (subject, bool(offer.hand)): offer
        for subject, offer in subjects
        if not _is_covered(kind, offer, same.get(subject, ()))
    }
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
    row = first
    for offer in wanted.values():
        while row in taken:
            row += 1
        write[row] = offer
        clear.discard(row)
        taken.add(row)
    return SheetPlan(first, write, frozenset(clear), bind, max(taken, default=first - 1))


def _is_as_saved(line: SavedLine, texts: Texts) -> bool:
    return all((line.key if key == KEY else line.text(key)) == _read_back(key, text) for key, text in texts.items())


def _read_back(key: str, text: str | int) -> str:
    return str(text) if key == KEY else tidy(str(text))


def _is_covered(kind: str, offer: Offer, same: Sequence[SavedLine]) -> bool:
    """Tell whether lines that a person filled about the same answer it: a cell with new findings gets a new line."""
    if kind != CELLS:
        return bool(same)
    if offer.hand:
        return any(_is_as_saved(line, offer.hand) for line in same)
    seen = [codes_of(line.key) for line in same]
    asked = codes_of(str(offer.texts[KEY])) or frozenset()
    if not seen or None in seen:
        return bool(seen)
    return asked <= frozenset().union(*filter(None, seen))


# Cells -----------------------------------------------------------------------------------------------------------


def _cell_offers(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each number cell of a counted return at which an error or a warning is open."""
    files = {file.path: file for file in result.files}
    for unit in result.units:
        file = files.get(unit.file or "")
        if file is None or not (unit.counted or any(told.code == "F028" for told in file.findings)):
            continue
        for cell, told in _open_cells(result, unit.counted, file).items():
            entry = _entry(unit.counted, cell)
            found = entry.found if entry else next((one.found for one in told if one.found), None)
            yield _cell_offer(choices, unit.unit.code, cell, found, told)


def _open_cells(result: Consolidation, one: Return | None, file: FileResult) -> Mapping[Cell, list[Finding]]:
    """Number cells with what is open there, in form order; a row in doubt, or missing, asks for each of its cells."""
    at: dict[Cell, list[Finding]] = {}
    for told in file.findings:
        if told.severity in _ASKED and told.code != "D001":
            at.setdefault(told.at, []).append(told)
    structural = [told for told in file.findings if is_structural(told)]
    for entry in _left_without_reason(one, at) if structural else ():
        own = [told for told in structural if told.row == entry.row]
        general = [told for told in structural if not told.row and told.measure in (None, entry.measure)]
        at[entry.key] = own or general or structural
    return {cell: at[cell] for cell in result.form.number_cells if cell in at}


def _left_without_reason(one: Return | None, at: Mapping[Cell, list[Finding]]) -> list[Entry]:
    entries = one.entries if one else ()
    left = [entry for entry in entries if entry.state is State.UNREADABLE and entry.key not in at]
    absent = sum(not entry.cell for entry in left)
    return [entry for entry in left if entry.cell or absent <= _MOST_ABSENT]


def _entry(one: Return | None, cell: Cell) -> Entry | None:
    return next((entry for entry in one.entries if entry.key == cell), None) if one else None


def _cell_offer(choices: Choices, unit: str, cell: Cell, found: str | None, told: Sequence[Finding]) -> Offer:
    gravest = Severity.ERROR if any(one.severity is Severity.ERROR for one in told) else Severity.WARNING
    suggestions = tuple(dict.fromkeys(number for one in told for number in one.suggestions))
    hints = dict.fromkeys(suggestion_text(one, "vi") for one in told)
    texts: dict[str, str | int] = {
        **_place(choices, unit, cell, found),
        "severity": severity_name(gravest, "vi"),
        "why": "\n".join(dict.fromkeys(message(one, choices.form, "vi") for one in told)),
        "suggestion": "\n".join(filter(None, hints)),
        KEY: cell_key(unit, cell, found, suggestions, map(finding_key, told)),
    }
    return Offer(texts)


def _place(choices: Choices, unit: str, cell: Cell, found: str | None) -> Texts:
    return {
        "unit": choices.unit_text(unit),
        "row": choices.form.by_key[cell.row].title,
        "column": choices.form.column_named(cell),
        "found": typed_key(found),
    }


def _edited(result: Consolidation, choices: Choices, edits: Sequence[Edit]) -> Iterator[Offer]:
    """Lines for numbers that were typed into an older summary: filled in but for the name of who decides."""
    words = choices.words.sheets[CELLS]
    counted = {unit.unit.code: unit.counted for unit in result.units}
    for edit in edits:
        entry = _entry(counted.get(edit.unit), edit.cell)
        if entry is None:
            continue
        texts = {
            **_place(choices, edit.unit, edit.cell, entry.found),
            "severity": severity_name(Severity.WARNING, "vi"),
            "why": words.texts["edited_why"],
            "suggestion": "",
            KEY: cell_key(edit.unit, edit.cell, entry.found, (), None),
        }
        answer = words.answers["blank" if edit.value is None else "value"]
        hand: dict[str, str | int] = {"answer": answer, "reason": words.texts["edited_reason"]}
        if edit.value is not None:
            hand["value"] = edit.value
        yield Offer(texts, hand)


# Files and units -------------------------------------------------------------------------------------------------


def _file_offers(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each file that is rejected, gave way to another, or may be another unit's."""
    for file in result.files:
        if file.sha256 is None or file.status is FileStatus.IGNORED:
            continue
        about_it = [told for told in file.findings if told.code in _ABOUT_FILES]
        errors = [told for told in file.findings if told.severity is Severity.ERROR and told.measure is None]
        rejected = file.status is FileStatus.REJECTED
        if not rejected and not any(told.severity in _ASKED or told.code == "F010" for told in about_it):
            continue
        told = [*(errors if rejected else ()), *about_it] or list(file.findings[:1])
        yield Offer(
            {
                "file": file.path,
                "now": choices.unit_text(file.unit) if file.unit else "",
                "status": choices.words.sheets[FILES].statuses[file.status],
                "why": "\n".join(dict.fromkeys(message(one, result.form, "vi") for one in told)),
                KEY: _key_of_file(result, file),
            }
        )


def _key_of_file(result: Consolidation, file: FileResult) -> str:
    rivals = {
        other.sha256
        for other in result.files
        if other.is_return and file.unit and other.unit == file.unit and other.sha256 not in (None, file.sha256)
    }
    return file_key(str(file.sha256), part_of(file.path) if file.is_return else "", map(str, rivals))


def _unit_offers(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each unit whose return has blanks, or nothing but blanks, of which nobody knows if they are 0."""
    texts = choices.words.sheets[UNITS].texts
    blank = {file.unit for file in result.files if any(told.code in _OF_BLANK_FORMS for told in file.findings)}
    for unit in result.units:
        count = _open_blanks(result, unit)
        is_blank = unit.counted is None and unit.unit.code in blank
        if count or is_blank:
            phone = (unit.counted.phone if unit.counted else "") or unit.unit.phone
            yield Offer(
                {
                    "unit": choices.unit_text(unit.unit.code),
                    "phone": phone,
                    "why": texts["why_blank"] if is_blank else texts["why"].format(count=count),
                    KEY: unit_key(unit.unit.code),
                }
            )


def _open_blanks(result: Consolidation, unit: UnitResult) -> int:
    one = unit.counted
    if one is None or one.is_summary or one.blank_means_zero:
        return 0
    required = set(result.form.number_cells) - result.form.optional_cells
    return sum(
        entry.state is State.BLANK and bool(entry.cell) and entry.decided_by is None and entry.key in required
        for entry in one.entries
    )


# Lines that a person began ---------------------------------------------------------------------------------------


def _binding(line: SavedLine, result: Consolidation, choices: Choices) -> str:
    """Give a person's own line the key of what it is about now, so that it is told when that changes."""
    if line.kind == FILES:
        files = [file for file in result.files if line.text("file") == file.path and file.sha256]
        return _key_of_file(result, files[0]) if files else ""
    try:
        unit = choices.unit_of(line.text("unit"))
        if line.kind == UNITS:
            return unit_key(unit)
        cell = choices.cell_of(line.text("row"), line.text("column"))
    except ValueError:
        return ""
    one = next((each.counted for each in result.units if each.unit.code == unit), None)
    entry = _entry(one, cell)
    return cell_key(unit, cell, entry.found, (), _accepted(line, result, one, cell, choices)) if one and entry else ""


def _accepted(
    line: SavedLine, result: Consolidation, one: Return, cell: Cell, choices: Choices
) -> tuple[str, ...] | None:
    """Name the findings that a line of a person's own accepted, so that it does not accept what comes later too."""
    if fold(line.text("answer")) != fold(choices.words.sheets[CELLS].answers[CellAnswer.AS_STATED]):
        return None
    told = next((file.findings for file in result.files if file.path == one.path), ())
    applied = [each for each in told if each.code == "D003" and each.at == cell]
    accepted = applied[0].facts.get("accepted", ()) if applied else ()
    return accepted if isinstance(accepted, tuple) else ()
