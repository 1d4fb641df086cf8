"""The hidden keys by which a line of the decisions workbook is known again, whatever becomes of its place."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeGuard

from pipeline.decisions.words import CELLS, FILES
from pipeline.findings import CODES_ACROSS_CELLS, codes
from pipeline.model import Entry, Finding, Open, Return
from schemas.rules import Cell
from schemas.text import visible

_COMPARING = CODES_ACROSS_CELLS | {codes.SUMMARY_AGAINST_ITSELF, codes.NOTE_SAYS_OTHER_SUM}
"""codes of what is asked about numbers of which only one is typed in its cell"""
_ELSEWHERE = codes.BLANK_NUMBER_ELSEWHERE
"""code of what is asked at a blank cell whose number may stand elsewhere in its line"""
_TYPED_LENGTH = 120
_DIGEST_LENGTH = 12


class Stands(NamedTuple):
    """What stands for a cell, as `typed_key` gives it."""

    typed: str
    """in the cell itself"""
    elsewhere: str = ""
    """elsewhere in its line, where the cell is blank"""


@dataclass(frozen=True, slots=True)
class CellKey:
    """By what a line about a cell is known."""

    unit: str
    cell: Cell
    typed: str | None
    """what was typed there when the line was written, as `typed_key` gives it; None where no return had come yet"""
    suggestions: tuple[int, ...]
    codes: frozenset[str] | None
    """keys of the findings that it was written for; None where it stands for all"""
    elsewhere: str | None = ""
    """what stood for a blank cell elsewhere in its line; None in an older key that asks about it without saying it"""

    @property
    def stood(self) -> tuple["Stands", ...]:
        """What stood for the cell when the line was written; empty where it fits nothing that stands there now."""
        return () if self.typed is None or self.elsewhere is None else (Stands(self.typed, self.elsewhere),)


@dataclass(frozen=True, slots=True)
class UnitKey:
    """By what a line about the blanks of a unit is known."""

    unit: str
    blanks: frozenset[Cell] | None
    """cells that were blank when the line was written; None in an older key, which does not say it"""


@dataclass(frozen=True, slots=True)
class FileKey:
    """By what a file is known whatever its name: its content, and the form in it where it holds several."""

    sha256: str
    part: str
    rivals: frozenset[str]
    """other contents that the same unit had sent when the line was written"""
    asked: frozenset[str] = frozenset()
    """keys of the questions that the line asks"""


def typed_key(found: str | None) -> str:
    """Make what was typed fit for a key: one line, nothing hidden; a long text by its beginning and its digest."""
    shown = visible(found or "", 2 * _TYPED_LENGTH)
    if len(shown) <= _TYPED_LENGTH:
        return shown
    digest = hashlib.sha256((found or "").encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{shown[:_TYPED_LENGTH]}#{digest}"


def cell_key(
    unit: str, cell: Cell, stands: Stands | None, suggestions: Iterable[int] = (), codes: Iterable[str] | None = None
) -> str:
    """Write the hidden key of a line about a cell; for no `stands` no return had come yet."""
    told = None if codes is None else sorted(codes)
    typed, elsewhere = stands or (None, "")
    parts: list[object] = [unit, cell.row, cell.measure, typed, list(suggestions), told]
    return _dumped([*parts, elsewhere] if elsewhere else parts)


def stands_at(one: Return, entry: Entry) -> Stands:
    """Say what stands for a cell, fit for a key: in it, or for a blank one elsewhere in its line."""
    return Stands(typed_key(entry.found), "" if entry.found else typed_key(one.elsewhere.get(entry.key)))


def file_key(sha256: str, part: str, rivals: Iterable[str] = (), asked: Iterable[str] = ()) -> str:
    """Write the hidden key of a line about a file; `asked` are keys of the questions that it asks."""
    questions = sorted(set(asked))
    parts: list[object] = [sha256, part, sorted(rivals)]
    return _dumped([*parts, questions] if questions else parts)


def unit_key(unit: str, blanks: Iterable[str]) -> str:
    """Write the hidden key of a line about the blanks of a unit; `blanks` are names of cells."""
    return _dumped([unit, sorted(blanks)])


def cell_text(cell: Cell) -> str:
    """Name a cell in the key of a unit."""
    return f"{cell.row}.{cell.measure}"


def read_cell_key(key: str) -> CellKey | None:
    """Read the key of a line about a cell back; None of one that is none, or whose parts are not what was written."""
    match _loaded(key):
        case [str(unit), str(row), str(measure), str() | None as typed, suggestions, told, *rest]:
            if not _are_numbers(suggestions):
                return None
            if not (told is None or _are_texts(told)) or len(rest) > 1 or not _are_texts(rest):
                return None
            if typed is None and (told or suggestions or rest):
                # The program asks nothing before a return has come.
                return None
            codes = None if told is None else frozenset(told)
            elsewhere = rest[0] if rest else None if codes and _ELSEWHERE in codes else ""
            return CellKey(unit, Cell(row, measure), typed, tuple(suggestions), codes, elsewhere)
    return None


def read_file_key(key: str) -> FileKey | None:
    """Read the key of a line about a file back."""
    match _loaded(key):
        case [str(sha256), str(part), rivals] if _are_texts(rivals):
            return FileKey(sha256, part, frozenset(rivals))
        case [str(sha256), str(part), rivals, asked] if _are_texts(rivals) and _are_texts(asked):
            return FileKey(sha256, part, frozenset(rivals), frozenset(asked))
    return None


def read_unit_key(key: str) -> UnitKey | None:
    """Read the key of a line about a unit back."""
    match _loaded(key):
        case [str(unit)]:
            return UnitKey(unit, None)
        case [str(unit), blanks] if _are_texts(blanks):
            places = (name.rpartition(".") for name in blanks)
            return UnitKey(unit, frozenset(Cell(row, measure) for row, _, measure in places))
    return None


def about(kind: str, key: str) -> tuple[str, ...]:
    """Say what a key is about; empty for a key that is none."""
    if kind == CELLS:
        cell = read_cell_key(key)
        return (cell.unit, *cell.cell, *_named(cell)) if cell else ()
    if kind == FILES:
        file = read_file_key(key)
        return (file.sha256, file.part) if file else ()
    unit = read_unit_key(key)
    return (unit.unit,) if unit else ()


def _named(cell: CellKey) -> tuple[str, str]:
    """Tell a cell of a return that had not come from a blank one."""
    return (_NO_RETURN, "") if cell.typed is None else (cell.typed, cell.elsewhere or "")


_NO_RETURN = "\0"
"""nothing that was typed, for nothing hidden is part of a key"""


def codes_of(key: str) -> frozenset[str] | None:
    """Name the findings that a line about a cell was written for; None where it stands for all."""
    cell = read_cell_key(key)
    return cell.codes if cell else None


def questions_in(key: str) -> frozenset[str]:
    """Name the questions that a line about a file asks."""
    file = read_file_key(key)
    return file.asked if file else frozenset()


def finding_key(told: Finding) -> str:
    """Name a finding in a key: its code, and for one between cells the numbers that it compares.

    A finding that compares others is another question. A question is named by all that was found, so that its answer
    is none to another text at the same place.
    """
    if told.open is Open.UNTIL_ANSWERED:
        return f"{told.code}#{_digest_of(told)}"
    numbers = [str(fact) for _, fact in sorted(told.facts.items()) if isinstance(fact, int)]
    return f"{told.code}:{'/'.join(numbers)}" if numbers and told.code in _COMPARING else told.code


def numbers_in(finding_key: str) -> tuple[str, ...]:
    """Give the numbers that the key of a finding holds."""
    numbers = "" if "#" in finding_key else finding_key.partition(":")[2]
    return tuple(numbers.split("/")) if numbers else ()


def code_in(finding_key: str) -> str:
    """Give the code that the key of a finding begins with."""
    return finding_key.replace("#", ":").partition(":")[0]


def _digest_of(told: Finding) -> str:
    """Digest what was found, and where; which other files it names may change without its being another question."""
    facts = {name: fact for name, fact in told.facts.items() if not isinstance(fact, tuple)}
    found = [told.sheet, told.cell, told.row, told.measure, told.found, sorted(facts.items())]
    return hashlib.sha256(json.dumps(found).encode()).hexdigest()[:_DIGEST_LENGTH]


def _dumped(parts: list[object]) -> str:
    return json.dumps(parts, ensure_ascii=False, separators=(",", ":"))


def _loaded(key: str) -> object:
    try:
        return json.loads(key)
    except (ValueError, RecursionError):
        return None


def _are_texts(part: object) -> TypeGuard[list[str]]:
    return isinstance(part, list) and all(isinstance(text, str) for text in part)


def _are_numbers(part: object) -> TypeGuard[list[int]]:
    return isinstance(part, list) and all(type(number) is int for number in part)
