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


def write_derived(
    book: SummaryBook,
    rows: RowHeights,
    place: FormPlace,
    mark: int,
    widths: Sequence[float],
) -> int:
    """Write a line for each sum below the table; gives the last row that is taken.

    `mark` is the column of marks, the hidden column of keys stands right of it. A later run and the level above know
    the lines by their keys, and read nothing in them.
    """
    plan, styles, sheet = book.plan, book.styles, rows.sheet
    if not plan.form.derived:
        return place.last_row
    left, right = place.measures
    # An empty row keeps them apart from the form, which is read again one level up.
    at = first = place.last_row + 2
    for at, derived in enumerate(plan.form.derived, first):
        label = derived_label(derived, plan.words)
        write_box(sheet, (at, 0, at, left - 1), label, styles.base.text)
        # It may add unlike measures, so it stands below all of them.
        sheet.merge_range(at, left, at, right, "", styles.number_total)
        formula = sum_formula([xl_rowcol_to_cell(*place.at(cell)) for cell in derived.parts])
        sheet.write_formula(at, left, formula, styles.number_total, _sum_of(plan, derived))
        write_box(sheet, (at, right + 1, at, mark), _mark(plan, derived), styles.total_text)
        write_text(sheet, at, mark + 1, f"{DERIVED}{derived.id}", styles.stamp)
        rows.set(at, text_height(label, sum(widths[:left])) + _AIR)
    return at


def derived_label(derived: Derived, words: SummaryWords) -> str:
    """Name a sum with its unit of measure."""
    if not derived.unit_of_measure:
        return derived.label
    return words("totals.derived_unit", label=derived.label, unit=derived.unit_of_measure)


def _sum_of(plan: SummaryPlan, derived: Derived) -> int | str:
    """What the formula gives: nothing while no part is stated, as in every sum of the summary."""
    totals = (plan.result.totals[cell].value for cell in derived.parts)
    stated = [total for total in totals if total is not None]
    return sum(stated) if stated else ""


def _mark(plan: SummaryPlan, derived: Derived) -> str:
    """The text beside a sum: that it is derived, and whether it is final."""
    if any(plan.result.totals[cell].provisional for cell in derived.parts):
        return plan.words("totals.derived_open")
    return plan.words("totals.derived_mark")
