"""The summary workbook: what the committee signs, and where each of its numbers came from. One file a sheet."""

from pathlib import Path

from pipeline.extract.locate import Labels
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.model import ByHand, Consolidation, HandEdit
from pipeline.writers.formats import new_workbook
from pipeline.writers.summary.fingerprint import keep_digests
from pipeline.writers.summary.free_texts import write_texts
from pipeline.writers.summary.issues import write_issues
from pipeline.writers.summary.ledger import remarks_without_line, write_ledger
from pipeline.writers.summary.matrix import write_matrix
from pipeline.writers.summary.signatures import names_without_place
from pipeline.writers.summary.sources import write_sources
from pipeline.writers.summary.styles import make_styles
from pipeline.writers.summary.summary_book import SummaryBook
from pipeline.writers.summary.summary_plan import plan_summary
from pipeline.writers.summary.totals import write_totals
from pipeline.writers.summary.unit_sheet import write_unit_sheet


def not_kept(consolidation: Consolidation) -> list[HandEdit]:
    """List what an officer wrote in the older summary for which there is no place in the new one."""
    if consolidation.by_hand == ByHand():
        return []
    plan = plan_summary(consolidation, load_summary_words(), load_stamp_words(), unit_sheets=False)
    homeless: list[HandEdit] = []
    for line in remarks_without_line(plan):
        homeless.append(HandEdit(line.sheet, line.cell, "; ".join(line.texts.values())))
    for name in names_without_place(plan):
        homeless.append(HandEdit(name.sheet, name.cell, name.text))
    return homeless


def write_summary(consolidation: Consolidation, out: Path, *, unit_sheets: bool) -> None:
    """Write the summary workbook to `out`, whatever stands there; the same result gives the same bytes.

    It opens on `Tình hình nộp` while something is open, else on `Tổng hợp`. Without unit sheets the matrix holds
    numbers in place of formulas, and nothing leads to a unit.
    """
    plan = plan_summary(consolidation, load_summary_words(), load_stamp_words(), unit_sheets=unit_sheets)
    workbook = new_workbook(out)
    book = SummaryBook(workbook, plan, make_styles(workbook))
    # Sheets stand in the order in which they are added.
    totals = write_totals(book)
    write_matrix(book)
    ledger = write_ledger(book)
    write_issues(book)
    write_texts(book)
    write_sources(book)
    for unit in consolidation.units if unit_sheets else ():
        write_unit_sheet(book, unit)
    # Once every sheet is written: the digest covers them all.
    keep_digests(workbook, Labels(plan.form, plan.stamp, frozenset()), plan.words)
    first_seen = totals if consolidation.complete else ledger
    first_seen.activate()
    workbook.close()
