"""From saved lines to decisions. A line that cannot be used is told, kept and not applied: nothing is guessed.

What a line is about stands twice: in its hidden key, and in the cells a person sees. Where both are there they must
agree, so that a copied line whose unit was overtyped never changes the wrong cell.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from pipeline.decisions.keys import about, parts_of
from pipeline.decisions.saved import SavedBook, SavedLine
from pipeline.decisions.words import CELLS, CHOSEN_BY_HAND, FILES, FILLED_BY_HAND, UNITS, DecisionWords
from pipeline.findings import finding
from pipeline.model import Finding
from pipeline.numbers import load_number_words, read_number
from schemas.form import Form, ValueKind
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import fold, visible

_EXACT = (None, "V020", "V026")
"""codes of readings that leave no doubt about a number a person typed"""


class CellAnswer(StrEnum):
    """What may be decided about a cell."""

    SUGGESTION = "suggestion"
    VALUE = "value"
    ZERO = "zero"
    BLANK = "blank"
    AS_STATED = "as_stated"


class FileAnswer(StrEnum):
    """What may be decided about a file."""

    EXCLUDE = "exclude"
    UNIT = "unit"
    PREFER = "prefer"


class Signed(NamedTuple):
    """Who decided and why, and where it is written."""

    by: str
    reason: str
    line: SavedLine


@dataclass(frozen=True, slots=True)
class CellDecision:
    """One cell of one unit."""

    unit: str
    cell: Cell
    typed: str | None
    """what was typed there when the line was written, as `typed_key` gives it; None in a line not bound yet"""
    answer: CellAnswer
    value: int | None
    """the number that counts from now on; None for blank and for as stated"""
    asked: frozenset[str] | None
    """keys of the findings that the person saw; None where the line named none"""
    signed: Signed


@dataclass(frozen=True, slots=True)
class FileDecision:
    """One file, or one of the forms in it."""

    file: "FileKey | str"
    """its key, or its path as typed in a line that is not bound yet"""
    answer: FileAnswer
    unit: str | None
    signed: Signed


@dataclass(frozen=True, slots=True)
class FileKey:
    """By what a file is known whatever its name: its content, and the form in it where it holds several."""

    sha256: str
    part: str
    rivals: frozenset[str]
    """other contents that the same unit had sent when the line was written"""


@dataclass(frozen=True, slots=True)
class UnitDecision:
    """Every blank of one unit is 0."""

    unit: str
    signed: Signed


@dataclass(frozen=True)
class Decisions:
    """All that can be applied, and what is told about lines that cannot."""

    cells: tuple[CellDecision, ...] = ()
    files: tuple[FileDecision, ...] = ()
    units: tuple[UnitDecision, ...] = ()
    told: tuple[Finding, ...] = ()

    @cached_property
    def by_unit(self) -> Mapping[str, tuple[CellDecision, ...]]:
        """Unit code -> decisions about its cells."""
        found: dict[str, list[CellDecision]] = {}
        for decision in self.cells:
            found.setdefault(decision.unit, []).append(decision)
        return {unit: tuple(decisions) for unit, decisions in found.items()}

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What was decided, for the digest of a print: the same decisions in another order say the same."""
        lines = [(d.signed, d.unit, f"{d.cell}", f"{d.answer}", f"{d.value}") for d in self.cells]
        lines += [(d.signed, _name_of(d.file), "", f"{d.answer}", d.unit or "") for d in self.files]
        lines += [(d.signed, d.unit, "", "", "") for d in self.units]
        return tuple(sorted("\0".join((signed.by, signed.reason, *texts)) for signed, *texts in lines))


NO_DECISIONS = Decisions()


def _name_of(file: FileKey | str) -> str:
    return file if isinstance(file, str) else f"{file.sha256}#{file.part}"


# Lines -----------------------------------------------------------------------------------------------------------


class _RefusedError(ValueError):
    """A line cannot be used; the text is the token of the reason in the catalogue's wording."""


@dataclass(frozen=True)
class Choices:
    """The texts a person chooses from, and what they mean; also read when typed by hand."""

    form: Form
    register: Register
    words: DecisionWords

    @cached_property
    def units(self) -> Mapping[str, str]:
        """Text in the list -> unit code, without the office that collects."""
        collector = self.register.collector
        units = [unit for unit in self.register.units if unit is not collector]
        return {self.words.lists["unit"].format(code=unit.code, name=unit.name): unit.code for unit in units}

    @cached_property
    def rows(self) -> Mapping[str, str]:
        """Text in the list -> key of a row that takes a number."""
        return {row.title: row.key for row in self.form.rows if any(kind.is_number for kind in row.kinds.values())}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        """Text in the list -> measure."""
        return {self.form.column_by_key[measure].short: measure for measure in self.form.measures}

    @cached_property
    def _unit_texts(self) -> Mapping[str, str]:
        return {code: text for text, code in self.units.items()}

    @cached_property
    def _codes_by_name(self) -> Mapping[str, frozenset[str]]:
        """Folded text, code or name -> units that bear it."""
        found: dict[str, set[str]] = {}
        for shown, code in self.units.items():
            for name in (shown, code, self.register.by_code[code].name):
                found.setdefault(fold(name), set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}

    @cached_property
    def _rows_by_label(self) -> Mapping[str, str]:
        labels = {fold(self.form.by_key[key].label): key for key in self.rows.values()}
        return labels | {fold(text): key for text, key in self.rows.items()}

    def unit_text(self, code: str) -> str:
        """Text in the list of a unit."""
        return self._unit_texts.get(code, code)

    def unit_of(self, text: str) -> str:
        """Find the unit a text names: from the list, its code, or its name where only one bears it."""
        codes = self._codes_by_name.get(fold(text), frozenset())
        if len(codes) != 1:
            raise _RefusedError("unknown_unit")
        return next(iter(codes))

    def cell_of(self, row_text: str, column_text: str) -> Cell:
        """Find the cell that a row and a column name; a row with one number needs no column."""
        key = self._rows_by_label.get(fold(row_text))
        if key is None:
            raise _RefusedError("unknown_row")
        takes = [measure for measure, kind in self.form.by_key[key].kinds.items() if kind.is_number]
        columns = {fold(text): measure for text, measure in self.columns.items()}
        measure = columns.get(fold(column_text)) if column_text else takes[0] if len(takes) == 1 else None
        if measure not in takes:
            raise _RefusedError("unknown_measure")
        return Cell(key, str(measure))


def decide(book: SavedBook, form: Form, register: Register, words: DecisionWords) -> Decisions:
    """Make decisions of every line that a person filled."""
    choices = Choices(form, register, words)
    cells: list[CellDecision] = []
    files: list[FileDecision] = []
    units: list[UnitDecision] = []
    told: list[Finding] = []
    for line in book.lines:
        if not _speaks(line):
            continue
        try:
            if line.kind == CELLS:
                cells.append(_cell_decision(line, choices))
            elif line.kind == FILES:
                files.append(_file_decision(line, choices))
            else:
                units.append(_unit_decision(line, choices))
        except _RefusedError as refusal:
            told.append(unusable(line, str(refusal)))
    return Decisions(tuple(cells), tuple(files), tuple(units), tuple(told))


def unusable(line: SavedLine, reason: str) -> Finding:
    """Tell that a line is not applied, at its own place in the decisions workbook."""
    return finding(
        "D002",
        sheet=line.sheet,
        cell=line.places["answer"],
        found=line.text("answer") or None,
        facts={"reason": reason},
    )


def _speaks(line: SavedLine) -> bool:
    """Tell whether a person began to decide; a date or a remark beside the table alone decides nothing."""
    hand = FILLED_BY_HAND[line.kind] - {"day"} | (frozenset() if line.key else CHOSEN_BY_HAND[line.kind])
    return any(column in hand for column in line.values)


def _signed(line: SavedLine) -> Signed:
    if not line.text("by"):
        raise _RefusedError("no_person")
    if not line.text("reason"):
        raise _RefusedError("no_reason")
    return Signed(visible(line.text("by")), visible(line.text("reason")), line)


def _answer(line: SavedLine, choices: Choices) -> str:
    text = line.text("answer")
    if not text:
        raise _RefusedError("no_answer")
    answers = {fold(shown): answer for answer, shown in choices.words.sheets[line.kind].answers.items()}
    if fold(text) not in answers:
        raise _RefusedError("unknown_answer")
    return answers[fold(text)]


def _cell_decision(line: SavedLine, choices: Choices) -> CellDecision:
    answer = CellAnswer(_answer(line, choices))
    if not line.key:
        unit = choices.unit_of(line.text("unit"))
        cell = choices.cell_of(line.text("row"), line.text("column"))
        value = _value(line, answer, (), choices.form.by_key[cell.row].kinds[cell.measure])
        return CellDecision(unit, cell, None, answer, value, None, _signed(line))
    parts = parts_of(line.key, 6)
    if not parts:
        raise _RefusedError("key_changed")
    unit, row, measure, typed, suggestions, codes = parts
    cell = Cell(str(row), str(measure))
    if unit not in choices.register.by_code:
        raise _RefusedError("unknown_unit")
    if cell not in choices.form.number_cells:
        raise _RefusedError("unknown_row")
    if (choices.unit_of(line.text("unit")), choices.cell_of(line.text("row"), line.text("column"))) != (unit, cell):
        raise _RefusedError("key_changed")
    value = _value(line, answer, suggestions, choices.form.by_key[cell.row].kinds[cell.measure])
    return CellDecision(unit, cell, typed, answer, value, None if codes is None else frozenset(codes), _signed(line))


def _value(line: SavedLine, answer: CellAnswer, suggestions: Iterable[int], kind: ValueKind) -> int | None:
    """Find the number that a line sets; a number beside an answer that needs none must not contradict it."""
    typed = _number(line, kind)
    offered = list(suggestions)
    match answer:
        case CellAnswer.VALUE:
            if typed is None:
                raise _RefusedError("no_value")
            return typed
        case CellAnswer.SUGGESTION:
            if not offered:
                raise _RefusedError("no_suggestion")
            if typed is None and len(offered) > 1:
                raise _RefusedError("several_suggestions")
            if typed is not None and typed not in offered:
                raise _RefusedError("two_answers")
            return offered[0] if typed is None else typed
        case CellAnswer.ZERO:
            if typed:
                raise _RefusedError("two_answers")
            return 0
        case _:
            if typed is not None and not (answer is CellAnswer.AS_STATED and str(typed) == line.text("found")):
                raise _RefusedError("two_answers")
            return None


def _number(line: SavedLine, kind: ValueKind) -> int | None:
    """Read the right number as strictly as can be: a decision must not itself need a decision."""
    if "value" not in line.values:
        return None
    reading = read_number(
        line.values["value"], kind="money" if kind is ValueKind.MONEY else "count", words=load_number_words()
    )
    if reading.value is None or reading.second is not None or reading.code not in _EXACT:
        raise _RefusedError("not_a_number")
    return reading.value


def _file_decision(line: SavedLine, choices: Choices) -> FileDecision:
    answer = FileAnswer(_answer(line, choices))
    unit = choices.unit_of(line.text("unit")) if line.text("unit") else None
    if answer is FileAnswer.UNIT and unit is None:
        raise _RefusedError("no_unit")
    if answer is not FileAnswer.UNIT and unit is not None:
        raise _RefusedError("two_answers")
    return FileDecision(_file_of(line), answer, unit, _signed(line))


def _file_of(line: SavedLine) -> FileKey | str:
    if not line.key:
        if not line.text("file"):
            raise _RefusedError("unknown_file")
        return line.text("file")
    parts = parts_of(line.key, 3)
    if not parts:
        raise _RefusedError("key_changed")
    sha256, part, rivals = parts
    return FileKey(str(sha256), str(part), frozenset(map(str, rivals)))


def _unit_decision(line: SavedLine, choices: Choices) -> UnitDecision:
    _answer(line, choices)
    unit = choices.unit_of(line.text("unit"))
    if line.key and about(UNITS, line.key) != (unit,):
        raise _RefusedError("key_changed")
    return UnitDecision(unit, _signed(line))


def options(choices: Choices, paths: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give the lists that a person chooses from: name -> texts."""
    yield "units", tuple(choices.units)
    yield "rows", tuple(choices.rows)
    yield "columns", tuple(choices.columns)
    yield "files", tuple(paths)
    for kind, sheet in choices.words.sheets.items():
        yield f"answers_{kind}", tuple(sheet.answers.values())
