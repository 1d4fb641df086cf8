"""The sums below the totals that are no rows of the form: marked as such, live formulas over the totals above them."""

from collections.abc import Sequence

from xlsxwriter.utility import xl_rowcol_to_cell

from pipeline.extract.own.summary import DERIVED
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.writers.form_layout import FormPlace
from pipeline.writers.formats import write_box
from pipeline.writers.summary.cell_writing import write_text
from pipeline.writers.summary.printed_page import RowHeights, text_height
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import SummaryPlan, sum_formula
from schemas.derived import Derived

_AIR = 2.0


def write_derived(book: SummaryBook, rows: RowHeights, place: FormPlace, mark: int, widths: Sequence[float]) -> int:
    """Write a line for each sum below the table; gives the last row that is taken.

    `mark` is the column of marks, the hidden column of keys stands right of it. A later run and the level above know
    the lines by their keys, and read nothing in them.
    """
    plan, styles, sheet = book.plan, book.styles, rows.sheet
    if not plan.form.derived:
        return place.last_row
    left, right = place.measures
    at = first = place.last_row + 2
    for at, one in enumerate(plan.form.derived, first):
        label = derived_label(one, plan.words)
        write_box(sheet, (at, 0, at, left - 1), label, styles.base.text)
        sheet.merge_range(at, left, at, right, "", styles.number_total)
        parts = [total.value for cell in one.parts if (total := plan.result.totals[cell]).value is not None]
        formula = sum_formula([xl_rowcol_to_cell(*place.at(cell)) for cell in one.parts])
        sheet.write_formula(at, left, formula, styles.number_total, sum(parts) if parts else "")
        write_box(sheet, (at, right + 1, at, mark), _mark(plan, one), styles.total_text)
        write_text(sheet, at, mark + 1, f"{DERIVED}{one.id}", styles.stamp)
        rows.set(at, text_height(label, sum(widths[:left])) + _AIR)
    return at


def derived_label(one: Derived, words: SummaryWords) -> str:
    """Name a sum with its unit of measure."""
    return words("totals.derived_unit", label=one.label, unit=one.unit_of_measure) if one.unit_of_measure else one.label


def _mark(plan: SummaryPlan, one: Derived) -> str:
    """Say that a sum is derived, and whether it is final."""
    is_final = not any(plan.result.totals[cell].provisional for cell in one.parts)
    return plan.words("totals.derived_mark" if is_final else "totals.derived_open")
