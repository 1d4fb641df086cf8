"""Refusing a broken definition in words: which file, which line, which field, what was found, what is allowed."""

import csv
import dataclasses
import io
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

_HEAD = r"\s*\[\[?[\s\w.\"-]+\]\]?\s*(?:#|$)"
"""the line that begins a table of a TOML file"""


DELIMITERS = (",", ";", "\t")
"""what cuts a line of a CSV file: Excel writes the sign of the regional setting"""

_BEYOND = 10**15
"""a workbook keeps no more digits of a number, and numbers up to here can be compared with those of any cell"""


@dataclass(eq=False)
class DefinitionError(Exception):
    """A form definition, register or office file that cannot be used. Stops the run."""

    # Not frozen: Python itself sets the traceback of an exception that passes through a context manager.
    file: str
    line: int | None
    field: str
    found: str
    allowed: str
    """in English; another language has its own words for it, found by these"""
    facts: Mapping[str, object] = dataclasses.field(default_factory=dict)
    """what fills the {names} in `allowed`"""
    others: "tuple[DefinitionError, ...]" = ()
    """what else is wrong in the same definition"""

    @property
    def every(self) -> "tuple[DefinitionError, ...]":
        """All that is wrong, this one first."""
        return (self, *(one for other in self.others for one in other.every))

    def __str__(self) -> str:
        return "\n".join(one.sentence for one in self.every)

    @property
    def sentence(self) -> str:
        """Say what is wrong at this one place."""
        line = f", line {self.line}" if self.line else ""
        allowed = self.allowed.format(**self.facts) if self.facts else self.allowed
        return f'{self.file}{line}, {self.field}: found "{self.found}". Allowed: {allowed}.'


T = TypeVar("T")


class Faults:
    """What is wrong in a definition, gathered so that whoever mends it is told all at once."""

    def __init__(self) -> None:
        """Begin without any."""
        self._found: list[DefinitionError] = []

    def keep(self, load: Callable[[], T]) -> T | None:
        """Load one part; what is wrong with it is kept, and gives nothing."""
        try:
            return load()
        except DefinitionError as error:
            self._found.append(error)
            return None

    def add(self, errors: Iterable[DefinitionError]) -> None:
        """Take up what was found otherwise."""
        self._found += errors

    def refuse_any(self) -> None:
        """Raise what was found, all in one; nothing where all is right."""
        if self._found:
            first, *others = self._found
            raise dataclasses.replace(first, others=tuple(others))


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table with what is needed to name the line of any field in it."""

    file: Path
    values: Mapping[str, Any]
    within: "Table | None" = None
    name: str = ""
    """the field of the table around it that holds this one"""
    number: int | None = None
    """which one of an array of tables it is"""

    def refuse(self, field: str, found: object, allowed: str, /, **facts: object) -> DefinitionError:
        """Build the error for one field; the caller raises it. The facts fill the {names} in what is allowed."""
        return DefinitionError(self.file.name, self._line_of(field), field, shown(found), allowed, facts)

    def text(self, field: str, default: str | None = None) -> str:
        """Take a text field; without a default it must stand there and say something."""
        value = self.values.get(field, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.refuse(field, value, "a text in quotes")
        return value

    def texts(self, field: str) -> tuple[str, ...]:
        """Take a list of texts; absent is empty."""
        value = self.values.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refuse(field, value, "a list of texts in quotes")
        return tuple(value)

    def words(self) -> Mapping[str, str]:
        """Take all fields of this table, each a text."""
        return {field: self.text(field, "") for field in self.values}

    def whole(self, field: str, default: int | None = None) -> int:
        """Take a whole number."""
        value = self.values.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.refuse(field, value, "a whole number")
        if abs(value) >= _BEYOND:
            raise self.refuse(field, value, "a whole number of at most 15 digits")
        return value

    def choice(self, field: str, allowed: Sequence[str]) -> str:
        """Take one of the allowed words."""
        value = self.text(field)
        if value not in allowed:
            raise self.refuse(field, value, "one of {allowed}", allowed=", ".join(allowed))
        return value

    def known(self, fields: Sequence[str]) -> None:
        """Refuse a field that means nothing here: most often a misspelt one."""
        for field in self.values:
            if field not in fields:
                raise self.refuse(field, field, "only the fields {fields}", fields=", ".join(fields))

    def table(self, field: str) -> "Table":
        """Take a table within this one; absent is empty."""
        value = self.values.get(field, {})
        if not isinstance(value, dict):
            raise self.refuse(field, value, "a table [{name}]", name=field)
        return Table(self.file, value, self, field)

    def tables(self, field: str) -> tuple["Table", ...]:
        """Take an array of tables `[[field]]`."""
        value = self.values.get(field, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.refuse(field, value, "tables headed [[{name}]]", name=field)
        return tuple(Table(self.file, item, self, field, number) for number, item in enumerate(value))

    def truth(self, field: str, default: bool) -> bool:
        """Take true or false."""
        value = self.values.get(field, default)
        if not isinstance(value, bool):
            raise self.refuse(field, value, "true or false")
        return value

    def _line_of(self, field: str) -> int | None:
        """Find the line of a field of this table; without one, that of the table's own head.

        Looked for only when something is refused: a definition of a hundred tables is loaded in every run.
        """
        name = re.escape(field)
        first = self._first_line()
        end = next((line for line in _lines_matching(self.file, _HEAD) if line > first), None)
        for line in _lines_matching(self.file, rf"\s*{name}\s*="):
            if first <= line and (end is None or line < end):
                return line
        if first > 1:
            return first
        return next(iter(_lines_matching(self.file, rf"\s*\[+\s*{name}\s*\]+")), None)

    def _first_line(self) -> int:
        """Find the line of this table's own head."""
        if self.within is None:
            return 1
        if self.number is None:
            return self.within._line_of(self.name) or self.within._first_line()
        heads = _lines_matching(self.file, rf"\s*\[\[\s*{re.escape(self.name)}\s*\]\]")
        return heads[self.number] if self.number < len(heads) else 1


def read_toml(path: Path) -> Table:
    """Read a TOML file, refusing a file that is none with the line at which it stops being one."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return Table(path, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        named = re.search(r"line (\d+)", str(error))
        line = int(named[1]) if named else text.count("\n") + 1
        raise DefinitionError(path.name, line, "syntax", str(error), "valid TOML") from None
    except UnicodeDecodeError:
        raise DefinitionError(path.name, None, "encoding", "bytes that are not UTF-8", "UTF-8") from None
    except OSError as error:
        raise DefinitionError(path.name, None, "file", error.strerror or "unreadable", "a readable file") from None


def read_csv_rows(path: Path, delimiter: str = ",") -> list[tuple[int, list[str]]]:
    """Read a CSV file to (line number, cells); quoted line breaks keep the number of the line they began on."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise DefinitionError(path.name, None, "encoding", "bytes that are not UTF-8", "CSV saved as UTF-8") from None
    except OSError as error:
        raise DefinitionError(path.name, None, "file", error.strerror or "unreadable", "a readable file") from None
    # Not splitlines: it also splits at the vertical tab and U+2028, which a cell may hold.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        raise DefinitionError(path.name, line, "syntax", "a line that is no CSV", "CSV saved as UTF-8") from None
    return rows


def shown(found: object) -> str:
    """Say what stands in a field in the words of the file, not of Python."""
    if found is None:
        return "nothing"
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, list | tuple):
        return "[" + ", ".join(shown(item) for item in found) + "]"
    if isinstance(found, dict):
        return "a table of " + ", ".join(found)
    return str(found)


def _lines_matching(file: Path, pattern: str) -> list[int]:
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError:
        return []
    return [number for number, line in enumerate(lines, 1) if re.match(pattern, line)]
