"""The summary workbook: what the committee signs, and where each of its numbers came from. One file a sheet."""

from pathlib import Path

from pipeline.model import Consolidation, HandLine
from pipeline.stamp import load_stamp_words
from pipeline.summary.issues import write_issues
from pipeline.summary.ledger import remarks_without_line, write_ledger
from pipeline.summary.matrix import write_matrix
from pipeline.summary.page import Book
from pipeline.summary.plan import make_plan
from pipeline.summary.sources import write_sources
from pipeline.summary.styles import make_styles
from pipeline.summary.texts import write_texts
from pipeline.summary.totals import write_totals
from pipeline.summary.unit_sheet import write_unit_sheet
from pipeline.summary.words import load_words
from pipeline.workbook_formats import new_workbook


def homeless_remarks(consolidation: Consolidation) -> list[HandLine]:
    """What an officer wrote in the older summary about files and units that the new one does not list."""
    return remarks_without_line(make_plan(consolidation, load_words(), load_stamp_words(), unit_sheets=False))


def write_summary(consolidation: Consolidation, out: Path, *, unit_sheets: bool) -> None:
    """Write the summary workbook to `out`, whatever stands there; the same result gives the same bytes.

    It opens on `Tình hình nộp` while something is open, else on `Tổng hợp`. Without unit sheets the matrix holds
    numbers in place of formulas, and nothing leads to a unit.
    """
    plan = make_plan(consolidation, load_words(), load_stamp_words(), unit_sheets=unit_sheets)
    workbook = new_workbook(out)
    book = Book(workbook, plan, make_styles(workbook))
    totals = write_totals(book)
    write_matrix(book)
    ledger = write_ledger(book)
    write_issues(book)
    write_texts(book)
    write_sources(book)
    for unit in consolidation.units if unit_sheets else ():
        write_unit_sheet(book, unit)
    (totals if consolidation.complete else ledger).activate()
    workbook.close()
