"""The digests of a summary that is being written, kept among its properties (`extract/own/shown_digest.py`)."""

from collections.abc import Set as AbstractSet

from xlsxwriter.workbook import Workbook

from pipeline.extract.locate import Labels
from pipeline.extract.own.hand_places import Address
from pipeline.extract.own.shown_digest import SHOWN, TYPED, joined, sheet_digests
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.readers.sheets import Sheet
from pipeline.writers.xlsxwriter_inside import written_sheets


def keep_digests(workbook: Workbook, labels: Labels, words: SummaryWords) -> None:
    """Put the digests of a summary that is written, but not closed yet, among the properties of the workbook."""
    sheets: dict[str, Sheet] = {}
    formulas: dict[str, AbstractSet[Address]] = {}
    for written in written_sheets(workbook):
        sheets[written.name] = Sheet(written.name, False, 0, 0, written.rows, ())
        formulas[written.name] = written.formulas
    shown = sheet_digests(sheets, {}, labels, words)
    # Most cells stand on sheets without formulas: these are digested once.
    calculated = {name: sheet for name, sheet in sheets.items() if formulas[name]}
    typed = {**shown, **sheet_digests(calculated, formulas, labels, words)}
    workbook.set_custom_property(SHOWN, joined(shown), "text")
    workbook.set_custom_property(TYPED, joined(typed), "text")
