"""What a rule needs of the form in a workbook to say itself as a formula of Excel 2007, and what it says."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from schemas.rules.base import Cell

if TYPE_CHECKING:
    from schemas.form import Form

_LONGEST_CONSTANT = 255
"""Excel refuses a longer text constant within a formula"""


class FormulaCheck(NamedTuple):
    """What a rule may find at one row: the condition and the text, both as formulas without "="."""

    row: str
    outcome: str
    when: str
    text: str


class FormulaCells(Protocol):
    """The cells of a form as formulas name them; the template's writer knows where they stand."""

    @property
    def form(self) -> "Form":
        """The form."""

    @property
    def blanks_are_zero(self) -> str:
        """That the unit declared its blanks to be zeros."""

    def ref(self, cell: Cell) -> str:
        """Address of a cell."""

    def refs(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """Addresses of cells, joined to ranges where they stand below one another."""

    def count(self, function: str, cells: Iterable[Cell]) -> str:
        """COUNT or COUNTA of cells."""

    def total(self, cells: Iterable[Cell]) -> str:
        """Sum of cells."""

    def positive(self, cell: Cell) -> str:
        """That a cell holds a number above 0."""

    def is_of_parts(self, total: Cell) -> str:
        """That a blank total is more than a blank."""

    def is_added_up(self, total: Cell) -> str:
        """That a run adds up a blank total."""

    def is_zero(self, cell: Cell) -> str:
        """That a cell means 0."""

    def is_open(self, cell: Cell) -> str:
        """That a cell is blank and nobody said what its blank means."""

    def known(self, cells: Sequence[Cell]) -> str:
        """That each of the cells is a number or blank."""

    def numbers(self, cells: Sequence[Cell]) -> str:
        """How many of the cells hold a number."""

    def stated(self, cells: Sequence[Cell], condition: str) -> str:
        """A condition that is asked only where every one of the cells holds a number."""

    def explanations(self, rows: Iterable[str]) -> Iterable[Cell]:
        """Cells of rows that may hold an explanation."""

    def is_money(self, cell: Cell) -> bool:
        """Whether a cell takes an amount of money."""

    def say(self, wording: str, **facts: str) -> str:
        """A remark of template.toml; its facts are formulas."""

    def where(self, cell: Cell) -> str:
        """Which of the numbers of its row a cell is, as a text constant."""

    def label(self, key: str) -> str:
        """Short label of a row."""

    def head(self, measure: str) -> str:
        """Head of a measure column."""


def quoted(text: str) -> str:
    """A text constant of a formula, in pieces that Excel accepts."""
    pieces = [text[at : at + _LONGEST_CONSTANT] for at in range(0, len(text), _LONGEST_CONSTANT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)
