"""The hidden keys by which a line of the decisions workbook is known again, whatever becomes of its place."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pipeline.decisions.words import CELLS, FILES, UNITS
from pipeline.findings import CODES_ACROSS_CELLS
from pipeline.model import Finding
from schemas.rules import Cell
from schemas.text import visible

_COMPARING = CODES_ACROSS_CELLS | {"N005", "V031"}
"""codes of what is asked about numbers of which only one is typed in its cell"""
_TYPED_LENGTH = 120
_DIGEST_LENGTH = 12


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


def about(kind: str, key: str) -> tuple[str, ...]:
    """Say what a key is about; empty for a key that is none."""
    parts = parts_of(key, {CELLS: 6, FILES: 3, UNITS: 1}[kind])
    return tuple(map(str, parts[: {CELLS: 4, FILES: 2, UNITS: 1}[kind]])) if parts else ()


def codes_of(key: str) -> frozenset[str] | None:
    """Name the findings that a line about a cell was written for; None where it stands for all."""
    parts = parts_of(key, 6)
    return frozenset(map(str, parts[5])) if parts and parts[5] is not None else None


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


def parts_of(key: str, length: int) -> list[Any]:
    """Read the parts of a key back; none of a key that is none, or whose parts are not what was written there."""
    try:
        parts = json.loads(key)
    except (ValueError, RecursionError):
        return []
    if not isinstance(parts, list) or len(parts) != length:
        return []
    fits = (fit(part) for fit, part in zip(_FITTING[length], parts, strict=True))
    return parts if all(fits) else []


def _is_text(part: object) -> bool:
    return isinstance(part, str)


def _are_texts(part: object) -> bool:
    return isinstance(part, list) and all(map(_is_text, part))


def _are_texts_or_none(part: object) -> bool:
    return part is None or _are_texts(part)


def _are_numbers(part: object) -> bool:
    return isinstance(part, list) and all(type(number) is int for number in part)


_FITTING: Mapping[int, Sequence[Callable[[object], bool]]] = {
    6: (_is_text, _is_text, _is_text, _is_text, _are_numbers, _are_texts_or_none),
    3: (_is_text, _is_text, _are_texts),
    1: (_is_text,),
}
"""number of parts -> what each of them is; see the keys above"""
