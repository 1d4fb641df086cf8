"""The straight line: find, read, recognise, identify, parse; validate, settle, merge. Prints nothing."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.consolidation.select import settle
from pipeline.decisions.accepted import accept_what_was_asked
from pipeline.decisions.answered import answer_questions
from pipeline.decisions.decided import NO_DECISIONS, Decisions
from pipeline.decisions.ended import end_of_lines
from pipeline.decisions.files import rule_on_files
from pipeline.decisions.ruling import Ruling, rule_on_cells
from pipeline.decisions.seen import bound_cells, bound_files, seen_returns
from pipeline.extract.file import ReadingContext, reading_context
from pipeline.findings import codes, finding
from pipeline.model import Consolidation, FileReading, Finding
from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT, Limits
from pipeline.readers.find import OWN_OUTPUT, Found, find_files
from pipeline.run.workers import Log, Plan, Progress, read_all
from schemas.form import Form
from schemas.register import Register

__all__ = ["Progress", "Request", "conclude", "consolidate", "files_under", "read_returns"]


@dataclass(frozen=True, slots=True)
class Request:
    """What a run is asked to do."""

    folder: Path
    form: Form
    register: Register
    own: frozenset[Path] = frozenset()
    """real paths this run writes: never input"""
    strict: bool = False
    limits: Limits = DEFAULT
    decisions: Decisions = NO_DECISIONS
    """what an officer decided, read before the run"""
    workers: int | None = None
    """processes that read; None for as many as the machine and the number of files call for, 0 for none"""
    log: Log = lambda text: None
    """hears of files that cost a reading process or met a fault of the program; nothing that stands in a cell"""


def consolidate(
    request: Request, progress: Progress = lambda done, of: None, found: Sequence[Found] | None = None
) -> Consolidation:
    """Consolidate a folder of returns; `found` are its files where they were listed already.

    Raises:
        RunError: the folder cannot be read or holds no file at all.
    """
    found = files_under(request) if found is None else found
    return conclude(request, *read_returns(request, progress, found))


def read_returns(
    request: Request, progress: Progress, found: Sequence[Found]
) -> tuple[ReadingContext, Sequence[FileReading]]:
    """Read every file: the half that sees one at a time, and does not ask what an officer decided."""
    context = reading_context(request.form, request.register, request.limits)
    return context, read_all(found, context, Plan(request.workers, None, progress, _load_the_rest, request.log))


def files_under(request: Request) -> tuple[Found, ...]:
    """List the files of a run, refusing a folder without any."""
    try:
        found = find_files(request.folder, request.own, request.limits)
    except OSError:
        raise RunError("input_unreadable", {"folder": str(request.folder)}) from None
    if all(one.problem and one.problem.code == OWN_OUTPUT for one in found):
        raise RunError("input_empty", {"folder": str(request.folder)})
    return found


def conclude(request: Request, context: ReadingContext, readings: Sequence[FileReading]) -> Consolidation:
    """Turn what was read into what is known: the half that looks at all returns at once."""
    from pipeline.consolidation.totals import merge  # noqa: PLC0415 - see _load_the_rest

    form, register, decisions = request.form, request.register, request.decisions
    ruling = Ruling()
    decisions = bound_files(decisions, readings)
    ruled = rule_on_files(decisions, readings, register, ruling)
    seen = seen_returns(decisions.last_run, ruled)
    decisions = bound_cells(decisions, seen, form)
    checked = _validated(form, ruled, decisions, ruling)
    settled = settle(form, register, context.unit_names, checked, strict=request.strict)
    counted = [unit.counted for unit in settled.units if unit.counted]
    answered = answer_questions(decisions, settled.files, counted)
    decisions = replace(decisions, refused=(*decisions.refused, *ruling.refused))
    ended = end_of_lines(decisions, seen, answered, counted, form)
    merged = merge(form, register, settled.units, ended.files)
    return Consolidation(
        form=form,
        register=register,
        files=tuple(ended.files),
        units=settled.units,
        totals=merged.totals,
        answered=merged.answered,
        groups=merged.groups,
        notes=(*_notes(register), *ended.notes),
        digest=_digest(form, readings, decisions),
        lines=ended.lines,
    )


def _load_the_rest() -> None:
    """Load what the second half needs, while the first half is at work in other processes."""
    import pipeline.consolidation.totals  # noqa: PLC0415
    import pipeline.consolidation.validate  # noqa: F401, PLC0415


def _validated(form: Form, readings: Sequence[FileReading], decisions: Decisions, ruling: Ruling) -> list[FileReading]:
    """Check all returns in one go, with the cells decided about, and give each file its own back."""
    from pipeline.consolidation.validate import validate  # noqa: PLC0415 - see _load_the_rest

    returns = [one for reading in readings for one in reading.returns]
    decided = validate(form, rule_on_cells(decisions, form, returns, ruling))
    checked = iter(accept_what_was_asked(decisions, decided, returns))
    return [replace(reading, returns=tuple(next(checked) for _ in reading.returns)) for reading in readings]


def _notes(register: Register) -> Iterator[Finding]:
    """Tell of the register itself: what of it was read otherwise than typed, or not read at all."""
    for typed, code in register.padded.items():
        yield finding(codes.LEADING_ZERO, found=typed, facts={"found": typed, "code": code})
    for name in register.further:
        yield finding(codes.REGISTER_SHEET_NOT_READ, sheet=name, facts={"further": name})
    for unit in register.without_parent:
        yield finding(codes.UNKNOWN_PARENT, found=unit.parent, facts={"parent": unit.parent, "name": unit.name})
    if not register.office.name:
        yield finding(codes.OFFICE_UNKNOWN)


def _digest(form: Form, readings: Sequence[FileReading], decisions: Decisions) -> str:
    """Name inputs and decisions of a print in twelve characters: the same on every machine for the same ones."""
    parts = [form.id, form.version, *(f"{one.path}\0{one.sha256}" for one in readings if one.sha256), *decisions.words]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "backslashreplace")).hexdigest()[:12]
