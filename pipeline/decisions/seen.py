"""Lines of a person's own, bound to what that person can have seen: what the run before this one had read.

A line that the program wrote says in its key what it was asked about. One that a person began says only where it is
meant. Whoever wrote it before a return came, or before a corrected one did, has not seen what stands there now, so it
must not decide about that. The workbook holds what the run had seen that wrote into it last.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.decisions.decided import CellDecision, Decisions, FileDecision, UnitDecision
from pipeline.decisions.files import part_of
from pipeline.decisions.keys import FileKey, Stands, stands_at
from pipeline.decisions.ruling import blanks_to_ask_about
from pipeline.decisions.saved import LastRun
from pipeline.model import FileReading, Return
from schemas.form import Form
from schemas.rules import Cell

SeenReturns = Mapping[str, Sequence[Return]]
"""code of a unit -> its returns that the last run had seen too"""


def seen_returns(last_run: LastRun, readings: Iterable[FileReading]) -> SeenReturns:
    """Find the returns that whoever wrote in the workbook can have known."""
    seen: dict[str, list[Return]] = {}
    for reading in readings:
        for one in reading.returns:
            if one.claim.unit and last_run.saw(one.shown_path, one.sha256):
                seen.setdefault(one.claim.unit, []).append(one)
    return seen


def bound_files(decisions: Decisions, readings: Iterable[FileReading]) -> Decisions:
    """Bind a file named by its path to what lay there when the line was written, if something else does now."""
    now: dict[str, str | None] = {reading.shown_path: reading.sha256 for reading in readings}
    files = tuple(_bound_file(decision, decisions.last_run, now) for decision in decisions.files)
    return replace(decisions, files=files)


def bound_cells(decisions: Decisions, seen: SeenReturns, form: Form) -> Decisions:
    """Bind cells and blanks of units to what stood in the returns that were seen."""
    cells = tuple(_bound_cell(decision, seen) for decision in decisions.cells)
    units = tuple(_bound_blanks(decision, seen, form) for decision in decisions.units)
    return replace(decisions, cells=cells, units=units)


def what_stood(seen: SeenReturns, unit: str, cell: Cell) -> tuple[Stands, ...]:
    """Say what stood for a cell in the returns that were seen; empty where none had come."""
    stood = []
    for one in seen.get(unit, ()):
        stood += [stands_at(one, entry) for entry in one.entries if entry.key == cell]
    return tuple(stood)


def _bound_cell(decision: CellDecision, seen: SeenReturns) -> CellDecision:
    if decision.stood is not None:
        return decision
    return replace(decision, stood=what_stood(seen, decision.unit, decision.cell))


def _bound_blanks(decision: UnitDecision, seen: SeenReturns, form: Form) -> UnitDecision:
    if decision.blanks is not None:
        return decision
    blank: set[Cell] = set()
    for one in seen.get(decision.unit, ()):
        blank |= blanks_to_ask_about(one, form)
    return replace(decision, blanks=frozenset(blank))


def _bound_file(decision: FileDecision, last_run: LastRun, now: Mapping[str, str | None]) -> FileDecision:
    if isinstance(decision.file, FileKey):
        return decision
    then = last_run.files.get(decision.file, "")
    path = decision.file.partition("#")[0]
    if not then or now.get(path, now.get(decision.file)) == then:
        return decision
    return replace(decision, file=FileKey(then, part_of(decision.file), frozenset()))
