"""Which return counts for each unit: the newest valid one; who is missing, late or in conflict.

Valid is a return that was read, whose unit is known and that is not empty. Errors at cells do not make it invalid.
A newer broken file never displaces an older good one, because only valid returns are compared.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.consolidation.select.case import Case, judge, pass_over_blank_forms
from pipeline.consolidation.select.changes import changes_between
from pipeline.consolidation.select.companions import Companions
from pipeline.consolidation.select.copies import choose
from pipeline.consolidation.select.ledger import results_of_others, results_of_returns, unit_results
from pipeline.consolidation.select.levels import keep_one_level, tell_odd_summaries
from pipeline.consolidation.select.neighbours import tell_copied_codes, tell_same_figures
from pipeline.consolidation.select.unwanted import tell_unwanted
from pipeline.extract.identify import Names
from pipeline.model import FileReading, FileResult, FileStatus, UnitResult
from schemas.form import Form
from schemas.register import Register

__all__ = ["Settled", "changes_between", "settle"]


@dataclass(frozen=True, slots=True)
class Settled:
    """The ledger of files and the state of every unit."""

    files: tuple[FileResult, ...]
    units: tuple[UnitResult, ...]


def settle(form: Form, register: Register, names: Names, readings: Sequence[FileReading], *, strict: bool) -> Settled:
    """Decide which return of each unit counts, and give every file its place in the ledger."""
    cases = [judge(form, register, reading, one, strict=strict) for reading in readings for one in reading.returns]
    by_unit: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        if case.status is FileStatus.USED and case.one.claim.unit:
            by_unit[case.one.claim.unit].append(case)
    tell_copied_codes(register, by_unit, cases)
    for rivals in by_unit.values():
        choose(form, rivals)
    keep_one_level(register, cases)
    counted = {case.one.claim.unit: case for case in cases if case.status is FileStatus.USED and case.one.claim.unit}
    pass_over_blank_forms(cases, counted)
    tell_odd_summaries(register, counted)
    tell_same_figures(register, by_unit)
    tell_unwanted(names, counted)
    files = [
        *results_of_returns(form, names, cases),
        *results_of_others(Companions(form, names, readings, cases, counted)),
    ]
    files.sort(key=lambda result: result.path)
    return Settled(tuple(files), tuple(unit_results(register, counted, files)))
