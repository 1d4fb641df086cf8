"""From saved lines to decisions. A line that cannot be used is told, kept and not applied: nothing is guessed.

What a line is about stands twice: in its hidden key, and in the cells a person sees. Where both are there they must
agree, so that a copied line whose unit was overtyped never changes the wrong cell.
"""

from collections.abc import Iterable
from contextlib import suppress

from pipeline.decisions.choices import Choices, RefusedError
from pipeline.decisions.decided import (
    CellAnswer,
    CellDecision,
    Decisions,
    FileAnswer,
    FileDecision,
    Refused,
    Signed,
    UnitDecision,
)
from pipeline.decisions.keys import FileKey, read_cell_key, read_file_key, read_unit_key
from pipeline.decisions.saved import Look, SavedBook, SavedLine
from pipeline.decisions.words import CELLS, FILES, DecisionWords
from pipeline.extract.cells.number_formats import as_shown
from pipeline.extract.numbers import Kind as NumberKind
from pipeline.extract.numbers import Reading, load_number_words, read_number
from pipeline.findings import codes
from schemas.form import Form, ValueKind
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import visible

_EXACT = (None, codes.GROUPING_REMOVED, codes.NUMBER_AS_TEXT)
"""codes of readings that leave no doubt about a number a person typed"""


def decide(book: SavedBook, form: Form, register: Register, words: DecisionWords) -> Decisions:
    """Make decisions of every line that a person filled."""
    choices = Choices(form, register, words)
    cells: list[CellDecision] = []
    files: list[FileDecision] = []
    units: list[UnitDecision] = []
    refused: list[Refused] = []
    for line in book.lines:
        if not line.speaks:
            continue
        try:
            if line.kind == CELLS:
                cells.append(_cell_decision(line, choices))
            elif line.kind == FILES:
                files.append(_file_decision(line, choices))
            else:
                units.append(_unit_decision(line, choices))
        except RefusedError as refusal:
            refused.append(Refused(line, str(refusal), _about(line, choices)))
    return Decisions(tuple(cells), tuple(files), tuple(units), tuple(refused), book.last_run)


def _about(line: SavedLine, choices: Choices) -> tuple[str, Cell] | None:
    """Say which cell an answer is meant for that a person wrote into a line of their own and that cannot be used."""
    if line.kind != CELLS or line.key or not line.text("answer"):
        return None
    with suppress(RefusedError):
        return choices.unit_of(line.text("unit")), choices.cell_of(line.text("row"), line.text("column"))
    return None


def _signed(line: SavedLine) -> Signed:
    if not line.text("by"):
        raise RefusedError("no_person")
    if not line.text("reason"):
        raise RefusedError("no_reason")
    return Signed(visible(line.text("by")), visible(line.text("reason")), line)


def _answer(line: SavedLine, choices: Choices) -> str:
    text = line.text("answer")
    if not text:
        raise RefusedError("no_answer")
    answer = choices.words.sheets[line.kind].answer_of(text)
    if answer is None:
        raise RefusedError("unknown_answer")
    return answer


def _cell_decision(line: SavedLine, choices: Choices) -> CellDecision:
    answer = CellAnswer(_answer(line, choices))
    if not line.key:
        unit = choices.unit_of(line.text("unit"))
        cell = choices.cell_of(line.text("row"), line.text("column"))
        value = _value(line, answer, (), choices.form.by_key[cell.row].kinds[cell.measure])
        return CellDecision(unit, cell, None, answer, value, None, _signed(line))
    key = read_cell_key(line.key)
    if key is None:
        raise RefusedError("key_changed")
    unit, cell = key.unit, key.cell
    if unit not in choices.register.by_code:
        raise RefusedError("unknown_unit")
    if cell not in choices.form.number_cells:
        raise RefusedError("unknown_row")
    if (choices.unit_of(line.text("unit")), choices.cell_of(line.text("row"), line.text("column"))) != (unit, cell):
        raise RefusedError("key_changed")
    value = _value(line, answer, key.suggestions, choices.form.by_key[cell.row].kinds[cell.measure])
    return CellDecision(unit, cell, key.stood, answer, value, key.codes, _signed(line))


def _value(line: SavedLine, answer: CellAnswer, suggestions: Iterable[int], kind: ValueKind) -> int | None:
    """Find the number that a line sets; a number beside an answer that needs none must not contradict it."""
    typed = _number(line, kind)
    offered = list(suggestions)
    match answer:
        case CellAnswer.VALUE:
            if typed is None:
                raise RefusedError("no_value")
            return typed
        case CellAnswer.SUGGESTION:
            if not offered:
                raise RefusedError("no_suggestion")
            if typed is None and len(offered) > 1:
                raise RefusedError("several_suggestions")
            if typed is not None and typed not in offered:
                raise RefusedError("two_answers")
            return offered[0] if typed is None else typed
        case CellAnswer.ZERO:
            if typed:
                raise RefusedError("two_answers")
            return 0
        case _:
            if typed is not None and not (answer is CellAnswer.AS_STATED and str(typed) == line.text("found")):
                raise RefusedError("two_answers")
            return None


def _number(line: SavedLine, kind: ValueKind) -> int | None:
    """Read the right number as strictly as can be: a decision must not itself need a decision."""
    if "value" not in line.values:
        return None
    sort: NumberKind = "money" if kind is ValueKind.MONEY else "count"
    reading = read_number(line.values["value"], kind=sort, words=load_number_words())
    if reading.value is None or reading.second is not None or reading.code not in _EXACT:
        raise RefusedError("not_a_number")
    look = line.looks.get("value")
    if look and not _shows(look, reading, sort):
        raise RefusedError("shown_otherwise")
    return reading.value


def _shows(look: Look, reading: Reading, kind: NumberKind) -> bool:
    """Tell whether a cell shows the number that stands in it: that is what the person saw and signed."""
    if look.is_percent or look.is_broken_up:
        return False
    if look.dress is None:
        return True
    return bool(look.dress.pattern) and as_shown(reading, look.dress, kind, load_number_words(), ()).value is not None


def _file_decision(line: SavedLine, choices: Choices) -> FileDecision:
    answer = FileAnswer(_answer(line, choices))
    unit = choices.unit_of(line.text("unit")) if line.text("unit") else None
    if answer is FileAnswer.UNIT and unit is None:
        raise RefusedError("no_unit")
    if answer is not FileAnswer.UNIT and unit is not None:
        raise RefusedError("two_answers")
    return FileDecision(_file_of(line), answer, unit, _signed(line))


def _file_of(line: SavedLine) -> FileKey | str:
    if not line.key:
        if not line.text("file"):
            raise RefusedError("unknown_file")
        return line.text("file")
    key = read_file_key(line.key)
    if key is None:
        raise RefusedError("key_changed")
    return key


def _unit_decision(line: SavedLine, choices: Choices) -> UnitDecision:
    _answer(line, choices)
    unit = choices.unit_of(line.text("unit"))
    if not line.key:
        return UnitDecision(unit, _signed(line))
    key = read_unit_key(line.key)
    if key is None or key.unit != unit:
        raise RefusedError("key_changed")
    if key.blanks is None:
        raise RefusedError("blanks_unknown")
    return UnitDecision(unit, _signed(line), key.blanks)
