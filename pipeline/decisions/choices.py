"""The texts a person chooses from in the decisions workbook, and what they mean; also read when typed by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.decisions.words import LISTS, DecisionWords
from schemas.form import Form
from schemas.register import Register
from schemas.rules import Cell
from schemas.text import fold


class RefusedError(ValueError):
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
            raise RefusedError("unknown_unit")
        return next(iter(codes))

    def cell_of(self, row_text: str, column_text: str) -> Cell:
        """Find the cell that a row and a column name; a row with one number needs no column."""
        key = self._rows_by_label.get(fold(row_text))
        if key is None:
            raise RefusedError("unknown_row")
        takes = [measure for measure, kind in self.form.by_key[key].kinds.items() if kind.is_number]
        columns = {fold(text): measure for text, measure in self.columns.items()}
        measure = columns.get(fold(column_text)) if column_text else takes[0] if len(takes) == 1 else None
        if measure not in takes:
            raise RefusedError("unknown_measure")
        return Cell(key, str(measure))


def options(choices: Choices, files: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    """Give the lists that one chooses from, name -> texts; `files` are paths with the digest of what lies there."""
    lists = {
        "units": tuple(choices.units),
        "rows": tuple(choices.rows),
        "columns": tuple(choices.columns),
        "files": tuple(files),
        "contents": tuple(files.values()),
    }
    answers = {f"answers_{kind}": tuple(sheet.answers.values()) for kind, sheet in choices.words.sheets.items()}
    return {name: (lists | answers)[name] for name in LISTS}
