"""The hidden keys by which a line of the decisions workbook is known again, whatever becomes of its place."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from pipeline.decisions.words import CELLS, FILES
from pipeline.findings import CODES_ACROSS_CELLS
from pipeline.model import Finding
from schemas.rules import Cell
from schemas.text import visible

_COMPARING = CODES_ACROSS_CELLS | {"N005", "V031"}
"""codes of what is asked about numbers of which only one is typed in its cell"""
_TYPED_LENGTH = 120
_DIGEST_LENGTH = 12


@dataclass(frozen=True, slots=True)
class CellKey:
    """By what a line about a cell is known."""

    unit: str
    cell: Cell
    typed: str
    """what was typed there when the line was written, as `typed_key` gives it"""
    suggestions: tuple[int, ...]
    codes: frozenset[str] | None
    """keys of the findings that it was written for; None where it stands for all"""


@dataclass(frozen=True, slots=True)
class FileKey:
    """By what a file is known whatever its name: its content, and the form in it where it holds several."""

    sha256: str
    part: str
    rivals: frozenset[str]
    """other contents that the same unit had sent when the line was written"""


def typed_key(found: str | None) -> str:
    """Make what was typed fit for a key: one line, nothing hidden; a long text by its beginning and its digest."""
    shown = visible(found or "", 2 * _TYPED_LENGTH)
    if len(shown) <= _TYPED_LENGTH:
        return shown
    digest = hashlib.sha256((found or "").encode("utf-8", "surrogatepass")).hexdigest()[:_DIGEST_LENGTH]
    return f"{shown[:_TYPED_LENGTH]}#{digest}"


def cell_key(
    unit: str, cell: Cell, found: str | None, suggestions: Iterable[int] = (), codes: Iterable[str] | None = None
) -> str:
    """Write the hidden key of a line about a cell."""
    told = None if codes is None else sorted(codes)
    return _dumped([unit, cell.row, cell.measure, typed_key(found), list(suggestions), told])


def file_key(sha256: str, part: str, rivals: Iterable[str] = ()) -> str:
    """Write the hidden key of a line about a file."""
    return _dumped([sha256, part, sorted(rivals)])


def unit_key(unit: str) -> str:
    """Write the hidden key of a line about a unit."""
    return _dumped([unit])


def read_cell_key(key: str) -> CellKey | None:
    """Read the key of a line about a cell back; None of one that is none, or whose parts are not what was written."""
    match _loaded(key):
        case [str(unit), str(row), str(measure), str(typed), suggestions, told] if _are_numbers(suggestions):
            if told is None:
                return CellKey(unit, Cell(row, measure), typed, tuple(suggestions), None)
            if _are_texts(told):
                return CellKey(unit, Cell(row, measure), typed, tuple(suggestions), frozenset(told))
    return None


def read_file_key(key: str) -> FileKey | None:
    """Read the key of a line about a file back."""
    match _loaded(key):
        case [str(sha256), str(part), rivals] if _are_texts(rivals):
            return FileKey(sha256, part, frozenset(rivals))
    return None


def read_unit_key(key: str) -> str | None:
    """Read the key of a line about a unit back."""
    match _loaded(key):
        case [str(unit)]:
            return unit
    return None


def about(kind: str, key: str) -> tuple[str, ...]:
    """Say what a key is about; empty for a key that is none."""
    if kind == CELLS:
        cell = read_cell_key(key)
        return (cell.unit, *cell.cell, cell.typed) if cell else ()
    if kind == FILES:
        file = read_file_key(key)
        return (file.sha256, file.part) if file else ()
    unit = read_unit_key(key)
    return () if unit is None else (unit,)


def codes_of(key: str) -> frozenset[str] | None:
    """Name the findings that a line about a cell was written for; None where it stands for all."""
    cell = read_cell_key(key)
    return cell.codes if cell else None


def finding_key(told: Finding) -> str:
    """Name a finding in a key: its code, and for one between cells the numbers that it compares.

    A finding that compares others is another question.
    """
    numbers = [str(fact) for _, fact in sorted(told.facts.items()) if isinstance(fact, int)]
    return f"{told.code}:{'/'.join(numbers)}" if numbers and told.code in _COMPARING else told.code


def numbers_in(finding_key: str) -> tuple[str, ...]:
    """Give the numbers that the key of a finding holds."""
    numbers = finding_key.partition(":")[2]
    return tuple(numbers.split("/")) if numbers else ()


def code_in(finding_key: str) -> str:
    """Give the code that the key of a finding begins with."""
    return finding_key.partition(":")[0]


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
