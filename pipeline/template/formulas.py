"""Formulas of the blank workbook put together: addresses, ranges, text constants, wordings with numbers in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.form_layout import FormPlace, boxes_of
from pipeline.template_words import TemplateWords
from schemas.form import Form
from schemas.rules import Cell

_LONGEST_CONSTANT = 255
"""Excel refuses a longer text constant within a formula"""


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """A form in its place in the template, with the cell that says whether blanks are zeros."""

    form: Form
    place: FormPlace
    words: TemplateWords
    blanks_are_zero: str
    """the condition, as a formula"""

    def ref(self, cell: Cell) -> str:
        """Address of a cell as a formula names it."""
        row, column = self.place.at(cell)
        return address(row, column)

    def refs(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """Addresses of cells, joined to ranges where they stand below one another."""
        return tuple(map(_range, boxes_of(map(self.place.at, cells))))

    def count(self, function: str, cells: Iterable[Cell]) -> str:
        """COUNT or COUNTA of cells as a formula."""
        refs = self.refs(cells)
        return f"{function}({','.join(refs)})" if refs else "0"

    def total(self, cells: Iterable[Cell]) -> str:
        """Sum of cells as a formula; what is no number counts nothing."""
        return "+".join(f'SUMIF({part},">0")' for part in self.refs(cells))

    def stated(self, cells: Sequence[Cell], condition: str) -> str:
        """A condition that is asked only where every one of the cells holds a number."""
        count = len({self.place.at(cell) for cell in cells})
        return f"IF({self.count('COUNT', cells)}={count},{condition},FALSE)"

    def say(self, wording: str, **facts: str) -> str:
        """A remark as a formula; its facts are formulas."""
        return spelt(self.words.checks[wording], facts)

    def label(self, key: str) -> str:
        """Short label of a row."""
        return self.form.by_key[key].short_label

    def head(self, measure: str) -> str:
        """Head of a measure column."""
        return self.form.column_by_key[measure].head[-1]


def address(row: int, column: int, *, fixed: bool = False) -> str:
    """Address of a cell as Excel shows it, from row and column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def quoted(text: str) -> str:
    """A text constant of a formula, in pieces that Excel accepts."""
    pieces = [text[at : at + _LONGEST_CONSTANT] for at in range(0, len(text), _LONGEST_CONSTANT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def spelt(text: str, facts: Mapping[str, str]) -> str:
    """A wording as a formula: its braces are filled with formulas, never with text."""
    for name, formula in facts.items():
        text = text.replace("{" + name + "}", f"\0{formula}\0")
    parts = text.split("\0")
    # Every second part is a formula; a sum or a difference must be bracketed before "&".
    spelt_parts = (f"({part})" if index % 2 else quoted(part) for index, part in enumerate(parts) if part)
    return "&".join(spelt_parts)


def _range(box: tuple[int, int, int, int]) -> str:
    first, last = address(box[0], box[1]), address(box[2], box[3])
    return first if first == last else f"{first}:{last}"
