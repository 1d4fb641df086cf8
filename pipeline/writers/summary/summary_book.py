"""The summary workbook while it is written: what every sheet of it needs."""

from dataclasses import dataclass

from xlsxwriter.workbook import Workbook

from pipeline.writers.summary.styles import Styles
from pipeline.writers.summary.summary_plan import SummaryPlan


@dataclass(frozen=True, slots=True)
class SummaryBook:
    """The workbook that is being written, what goes where, and the formats."""

    workbook: Workbook
    plan: SummaryPlan
    styles: Styles
