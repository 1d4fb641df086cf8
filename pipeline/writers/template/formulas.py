"""Formulas of the blank workbook put together: addresses, ranges, text constants, wordings with numbers in them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.extract.own.template import TemplateWords
from pipeline.writers.form_layout import FormPlace, boxes_of
from schemas.form import NOTE, Form, ValueKind
from schemas.rules import Cell, Severity, SumOfParts
from schemas.rules.formula import quoted


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong in a row: the condition and the text, both as formulas without "="."""

    row: str
    severity: Severity
    when: str
    text: str


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
        """Sum of cells as a formula; what is no number counts nothing, and a blank total what its parts add up to."""
        cells = tuple(cells)
        totals = [cell for cell in cells if cell in self.added_up]
        sums = [_sum(part) for part in self.refs(cell for cell in cells if cell not in self.added_up)]
        for cell in totals:
            parts = "+".join(map(_sum, self.refs(self.added_up[cell])))
            sums.append(f"IF({self.is_added_up(cell)},{parts},{_sum(self.ref(cell))})")
        return "+".join(sums) or "0"

    def positive(self, cell: Cell) -> str:
        """That a cell holds a number above 0, its own or that of its parts."""
        return f"{self.total([cell])}>0"

    @property
    def added_up(self) -> Mapping[Cell, Sequence[Cell]]:
        """Totals that a run adds up where they are left blank -> their parts."""
        rules = (rule for rule in self.form.rules if isinstance(rule, SumOfParts))
        return {rule.total: rule.parts for rule in rules if rule.compute_blank}

    def is_of_parts(self, total: Cell) -> str:
        """That a blank total is more than a blank: a part has a figure, or something that may be one."""
        parts = self.added_up[total]
        unsure = f"{self.count('COUNTA', parts)}-{self.count('COUNT', parts)}"
        # A blank that is a 0 adds nothing: only figures above 0 make such a total more than a blank.
        above_zero = "+".join(map(_sum, self.refs(parts)))
        figures = f"IF({self.blanks_are_zero},{above_zero},{self.count('COUNT', parts)})"
        return f"AND(ISBLANK({self.ref(total)}),{figures}+{unsure}>0)"

    def is_added_up(self, total: Cell) -> str:
        """That a run adds up a blank total: its parts are numbers, or blanks that say nothing."""
        return f"AND({self.is_of_parts(total)},{self.known(self.added_up[total])})"

    def is_zero(self, cell: Cell) -> str:
        """That a cell holds 0, is a blank that the unit declared to be 0, or a blank total of parts that are all 0."""
        ways = [f"COUNTIF({self.ref(cell)},0)=1", f"AND({self._is_blank(cell)},{self.blanks_are_zero})"]
        if cell in self.added_up:
            ways.append(f"AND({self.is_added_up(cell)},{self.total([cell])}=0)")
        return f"OR({','.join(ways)})"

    def is_open(self, cell: Cell) -> str:
        """That a cell is blank and nobody said what its blank means."""
        return f"AND({self._is_blank(cell)},NOT({self.blanks_are_zero}))"

    def _is_blank(self, cell: Cell) -> str:
        blank = f"ISBLANK({self.ref(cell)})"
        if cell not in self.added_up:
            return blank
        return f"AND({blank},NOT({self.is_of_parts(cell)}))"

    def known(self, cells: Sequence[Cell]) -> str:
        """That each of the cells is a number or blank."""
        return f"{self.count('COUNTA', cells)}={self.count('COUNT', cells)}"

    def numbers(self, cells: Sequence[Cell]) -> str:
        """How many of the cells hold a number, as a formula; a total that a run adds up holds one."""
        numbers = self.count("COUNT", cells)
        for cell in cells:
            if cell in self.added_up:
                numbers += f"+IF({self.is_added_up(cell)},1,0)"
        return numbers

    def stated(self, cells: Sequence[Cell], condition: str) -> str:
        """A condition that is asked only where every one of the cells holds a number."""
        count = len({self.place.at(cell) for cell in cells})
        return f"IF({self.count('COUNT', cells)}={count},{condition},FALSE)"

    def explanations(self, rows: Iterable[str]) -> Iterator[Cell]:
        """Cells of these rows that may hold an explanation."""
        has_note = NOTE in self.form.column_by_key
        for key in rows:
            kinds = self.form.by_key[key].kinds
            for measure in self.form.measures:
                if kinds.get(measure) is ValueKind.TEXT:
                    yield Cell(key, measure)
            if has_note:
                yield Cell(key, NOTE)

    def is_money(self, cell: Cell) -> bool:
        """Whether a cell takes an amount of money."""
        return self.form.by_key[cell.row].kinds.get(cell.measure) is ValueKind.MONEY

    def say(self, wording: str, **facts: str) -> str:
        """A remark as a formula; its facts are formulas."""
        return spelt(self.words.checks[wording], facts)

    def where(self, cell: Cell) -> str:
        """Which of the numbers of its row a cell is, as a text constant; nothing where the row takes only one."""
        if not self.form.column_named(cell):
            return quoted("")
        return quoted(self.words.checks["where"].format(column=self.head(cell.measure)))

    def label(self, key: str) -> str:
        """Short label of a row."""
        return self.form.by_key[key].short_label

    def head(self, measure: str) -> str:
        """Head of a measure column."""
        return self.form.column_by_key[measure].head[-1]


def address(row: int, column: int, *, fixed: bool = False) -> str:
    """Address of a cell as Excel shows it, from row and column counted from 0."""
    return xl_rowcol_to_cell(row, column, row_abs=fixed, col_abs=fixed)


def spelt(text: str, facts: Mapping[str, str]) -> str:
    """A wording as a formula: its braces are filled with formulas, never with text."""
    for name, formula in facts.items():
        text = text.replace("{" + name + "}", f"\0{formula}\0")
    parts = text.split("\0")
    # Every second part is a formula; a sum or a difference must be bracketed before "&".
    spelt_parts = (f"({part})" if index % 2 else quoted(part) for index, part in enumerate(parts) if part)
    return "&".join(spelt_parts)


def _sum(range_: str) -> str:
    return f'SUMIF({range_},">0")'


def _range(box: tuple[int, int, int, int]) -> str:
    first, last = address(box[0], box[1]), address(box[2], box[3])
    return first if first == last else f"{first}:{last}"
