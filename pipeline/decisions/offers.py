"""What a run asks an officer in the decisions workbook: one line for each open question, ready to be filled."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.decisions.choices import Choices
from pipeline.decisions.files import part_of
from pipeline.decisions.keys import Stands, cell_key, cell_text, file_key, finding_key, stands_at, typed_key, unit_key
from pipeline.decisions.ruling import blanks_to_ask_about, is_structural
from pipeline.decisions.words import CELLS, FILES, KEY, UNITS
from pipeline.findings import codes, message, severity_name, suggestion_text
from pipeline.model import Consolidation, Entry, FileResult, FileStatus, Finding, Return, State, UnitResult
from schemas.rules import Cell, Severity

Texts = Mapping[str, str | int]
"""key of a column -> what the program writes there"""

_ASKED = (Severity.ERROR, Severity.WARNING)
_ABOUT_FILES = frozenset(
    {
        codes.OLDER_COPY,
        codes.DIFFERING_COPIES,
        codes.SAME_FIGURES,
        codes.PERHAPS_INCLUDED,
        codes.NAMED_AS_INSTITUTION,
        codes.CHOICE_OUTDATED,
    }
)
"""findings at which a file in use, or one that gave way, is worth a decision"""
_OF_BLANK_FORMS = frozenset({codes.EMPTY_FORM})
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


# Cells -----------------------------------------------------------------------------------------------------------


def cell_offers(result: Consolidation, choices: Choices, edits: Sequence[Edit]) -> Iterator[Offer]:
    """Numbers typed into an older summary, then the cells at which something is open."""
    yield from _edited(result, choices, edits)
    yield from _open_questions(result, choices)


def _open_questions(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each number cell of a counted return at which an error or a warning is open."""
    files = {file.path: file for file in result.files}
    for unit in result.units:
        file = files.get(unit.file or "")
        if file is None or not (unit.counted or any(told.code == codes.KEPT_OUT_BY_STRICT for told in file.findings)):
            continue
        for cell, told in _open_cells(result, unit.counted, file).items():
            entry = entry_of(unit.counted, cell)
            found = next((one.found for one in told if one.found), None)
            stands = stands_at(unit.counted, entry) if unit.counted and entry else Stands(typed_key(found))
            yield _cell_offer(choices, unit.unit.code, cell, stands, told)


def _open_cells(result: Consolidation, one: Return | None, file: FileResult) -> Mapping[Cell, list[Finding]]:
    """Number cells with what is open there, in form order; a row in doubt, or missing, asks for each of its cells."""
    at: dict[Cell, list[Finding]] = {}
    for told in file.findings:
        if told.severity in _ASKED:
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


def entry_of(one: Return | None, cell: Cell) -> Entry | None:
    """Find the entry of a cell."""
    return next((entry for entry in one.entries if entry.key == cell), None) if one else None


def _cell_offer(choices: Choices, unit: str, cell: Cell, stands: Stands, told: Sequence[Finding]) -> Offer:
    gravest = Severity.ERROR if any(one.severity is Severity.ERROR for one in told) else Severity.WARNING
    suggestions = tuple(dict.fromkeys(number for one in told for number in one.suggestions))
    hints = dict.fromkeys(suggestion_text(one, "vi") for one in told)
    texts: dict[str, str | int] = {
        **_place(choices, unit, cell, stands.typed),
        "severity": severity_name(gravest, "vi"),
        "why": "\n".join(dict.fromkeys(message(one, choices.form, "vi") for one in told)),
        "suggestion": "\n".join(filter(None, hints)),
        KEY: cell_key(unit, cell, stands, suggestions, map(finding_key, told)),
    }
    return Offer(texts)


def _place(choices: Choices, unit: str, cell: Cell, typed: str) -> Texts:
    return {
        "unit": choices.unit_text(unit),
        "row": choices.form.by_key[cell.row].title,
        "column": choices.form.column_named(cell),
        "found": typed,
    }


def _edited(result: Consolidation, choices: Choices, edits: Sequence[Edit]) -> Iterator[Offer]:
    """Lines for numbers that were typed into an older summary: filled in but for the name of who decides."""
    words = choices.words.sheets[CELLS]
    counted = {unit.unit.code: unit.counted for unit in result.units}
    for edit in edits:
        one = counted.get(edit.unit)
        entry = entry_of(one, edit.cell)
        if one is None or entry is None:
            continue
        stands = stands_at(one, entry)
        texts = {
            **_place(choices, edit.unit, edit.cell, stands.typed),
            "severity": severity_name(Severity.WARNING, "vi"),
            "why": words.texts["edited_why"],
            "suggestion": "",
            KEY: cell_key(edit.unit, edit.cell, stands, (), None),
        }
        answer = words.answers["blank" if edit.value is None else "value"]
        hand: dict[str, str | int] = {"answer": answer, "reason": words.texts["edited_reason"]}
        if edit.value is not None:
            hand["value"] = edit.value
        yield Offer(texts, hand)


# Files and units -------------------------------------------------------------------------------------------------


def file_offers(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each file that is rejected, gave way to another, or may be another unit's."""
    for file in result.files:
        questions = questions_of_file(result, file)
        if file.sha256 is None or (file.status is FileStatus.IGNORED and not questions):
            continue
        about_it = [told for told in file.findings if told.code in _ABOUT_FILES]
        errors = [told for told in file.findings if told.severity is Severity.ERROR and told.measure is None]
        rejected = file.status is FileStatus.REJECTED
        is_choice = any(told.severity in _ASKED or told.code == codes.OLDER_COPY for told in about_it)
        if not (rejected or is_choice or questions):
            continue
        told = [*(errors if rejected else ()), *about_it, *questions] or list(file.findings[:1])
        yield Offer(
            {
                "file": file.shown_path,
                "now": choices.unit_text(file.unit) if file.unit else "",
                "status": choices.words.sheets[FILES].statuses[file.status],
                "why": "\n".join(dict.fromkeys(message(one, result.form, "vi") for one in told)),
                KEY: key_of_file(result, file, map(finding_key, questions)),
            }
        )


def questions_of_file(result: Consolidation, file: FileResult) -> list[Finding]:
    """Name the open questions about a file that are not asked at a cell of the return that counts."""
    is_counted = any(unit.file == file.path and unit.counted for unit in result.units)
    asked_at = result.form.number_cells if is_counted else ()
    return [told for told in file.findings if told.is_question and told.at not in asked_at]


def key_of_file(result: Consolidation, file: FileResult, asked: Iterable[str] = ()) -> str:
    """Write the hidden key of a file, with the other contents that its unit sent and the questions that are asked."""
    rivals = {
        other.sha256
        for other in result.files
        if other.is_return and file.unit and other.unit == file.unit and other.sha256 not in (None, file.sha256)
    }
    part = part_of(file.path) if file.is_return else ""
    return file_key(str(file.sha256), part, map(str, rivals), asked)


def unit_offers(result: Consolidation, choices: Choices) -> Iterator[Offer]:
    """One line for each unit whose return has blanks, or nothing but blanks, of which nobody knows if they are 0."""
    texts = choices.words.sheets[UNITS].texts
    blank = {file.unit for file in result.files if any(told.code in _OF_BLANK_FORMS for told in file.findings)}
    for unit in result.units:
        count = _open_blanks(result, unit)
        is_blank = unit.counted is None and unit.unit.code in blank
        if count or is_blank:
            blanks = blanks_to_ask_about(unit.counted, result.form) if unit.counted else result.form.number_cells
            phone = (unit.counted.phone if unit.counted else "") or unit.unit.phone
            yield Offer(
                {
                    "unit": choices.unit_text(unit.unit.code),
                    "phone": phone,
                    "why": texts[_why(unit.counted)].format(count=count),
                    KEY: unit_key(unit.unit.code, map(cell_text, blanks)),
                }
            )


def _why(one: Return | None) -> str:
    """Name the text that says why a unit's blanks are asked about."""
    if one is None:
        return "why_blank"
    return "why" if one.blank_means_zero is None else "why_to_come"


def _open_blanks(result: Consolidation, unit: UnitResult) -> int:
    one = unit.counted
    if one is None or one.is_summary or one.blank_means_zero:
        return 0
    required = set(result.form.number_cells) - result.form.optional_cells
    return sum(
        entry.state is State.BLANK and bool(entry.cell) and entry.decided_by is None and entry.key in required
        for entry in one.entries
    )
