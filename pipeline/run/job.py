"""One run from the command line: the straight line, with its outputs checked before and written after."""

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.decisions.elsewhere import is_of_another_summary, lines_elsewhere, name_of, other_books
from pipeline.decisions.meaning import decide
from pipeline.decisions.opened import read_book
from pipeline.decisions.plan import BookPlan, plan_book
from pipeline.decisions.previous_summary import Earlier, kept_for, look_back
from pipeline.decisions.saved import NO_BOOK, SavedBook
from pipeline.decisions.words import load_decision_words
from pipeline.extract.file import reading_context
from pipeline.findings import codes, finding
from pipeline.model import Consolidation, FileResult, Finding
from pipeline.model.errors import RunError
from pipeline.model.limits import DEFAULT, OWN_FILES, Limits
from pipeline.readers.find import DECISIONS_BOOK, DECISIONS_SUFFIX, Found, find_file
from pipeline.run.consolidate import Progress, Request, conclude, files_under, read_returns
from pipeline.run.log import LOG_SUFFIX, describe_fault, start_log
from pipeline.run.outputs import (
    ChangedMeanwhileError,
    check_folder,
    check_targets,
    digest_of,
    is_replaceable,
    remove_leftovers,
    write_all,
)
from pipeline.run.workers import Log, read_all
from pipeline.run.workers.apart import LostError, call_apart
from pipeline.writers import is_own_output, not_kept, write_long_table, write_report, write_summary
from schemas.definition import DefinitionError
from schemas.form import Form
from schemas.register import Register

_TABLES = (".csv", ".parquet")


@dataclass(frozen=True, slots=True)
class Job:
    """What the command line asks for."""

    folder: Path
    output: Path
    form: Form
    register: Register
    report: Path | None
    data: Path | None
    strict: bool
    unit_sheets: int
    lang: str
    decisions: Path | None = None
    """the officer's decisions, if not beside the summary"""
    workers: int | None = None
    """processes that read; None for as many as are called for"""
    limits: Limits = DEFAULT
    """what one file of the folder may cost"""

    @property
    def log(self) -> Path:
        """Where the person who looks after the program finds what a run met with; made only when there is something."""
        return self.output.with_name(self.output.stem + LOG_SUFFIX)

    @property
    def decisions_book(self) -> Path:
        """Where the officer's decisions are."""
        return self.decisions or self.output.with_name(self.output.stem + DECISIONS_SUFFIX)


def do(job: Job, progress: Progress, begin: Callable[[], None] = lambda: None) -> Consolidation:
    """Consolidate and write all outputs, the summary last; `begin` is called before the first is put in its place.

    Raises:
        RunError: something stops the run; nothing is written then.
    """
    _check_usage(job)
    log = start_log(job.log)
    try:
        return _do(job, progress, begin, log)
    except (RunError, DefinitionError):
        raise
    except Exception as error:
        known_as, lines = describe_fault(error)
        log("\n".join([known_as, *(f"  {line}" for line in lines)]))
        raise RunError("fault", {"id": known_as, "log": job.log.name}) from None
    except KeyboardInterrupt:
        # It may have come between the making of a file and the line that would have remembered it.
        for folder in {path.parent for path in (job.data, job.report, job.output, job.decisions_book) if path}:
            remove_leftovers(folder)
        raise


def _do(job: Job, progress: Progress, begin: Callable[[], None], log: Log) -> Consolidation:
    targets = [path for path in (job.data, job.report, job.output) if path]
    check_targets(targets)
    for target in (job.report, job.data):
        if target and target.exists() and not is_own_output(target):
            raise RunError("output_foreign", {"file": target.name})
    check_folder(job.decisions_book)
    decided = _read_decisions(job)
    request = Request(
        folder=job.folder,
        form=job.form,
        register=job.register,
        own=frozenset(path.resolve() for path in (*targets, job.decisions_book, job.log)),
        strict=job.strict,
        limits=job.limits,
        workers=job.workers,
        log=log,
    )
    # A folder without files is told before anything is said of the older summary.
    found = files_under(request)
    before = _look_beside(job, found, decided)
    context, readings = read_returns(request, progress, found)
    for is_last in _TRIES:
        decisions = decide(before.decided.saved, job.form, job.register, load_decision_words())
        consolidation = conclude(replace(request, decisions=decisions), context, readings)
        try:
            return _write(job, consolidation, before, begin)
        except ChangedMeanwhileError as change:
            if is_last:
                raise RunError("changed_meanwhile", {"file": change.file.name}) from None
        before = _look_beside(job, found, _read_decisions(job))
    raise AssertionError("the last try either writes or stops the run")


_TRIES = (False, False, True)
"""what a person saved while the returns were read is read again, but not without end"""


@dataclass(frozen=True, slots=True)
class _Decided:
    """The decisions workbook as it was read: what is to be written goes into these bytes, and over no others."""

    data: bytes | None
    """None where there was none"""
    saved: SavedBook

    @property
    def digest(self) -> str | None:
        """What `digest_of` gave of it."""
        return None if self.data is None else hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class _Seen:
    """The older summary as it was when it was looked at."""

    digest: str | None
    """None where there was none"""
    earlier: Earlier


@dataclass(frozen=True, slots=True)
class _Before:
    """What people wrote beside the returns, as this run knows it."""

    decided: _Decided
    summary: _Seen
    elsewhere: tuple[Finding, ...]
    """decisions in other places"""


def _with_earlier(consolidation: Consolidation, earlier: Earlier, output: Path) -> tuple[Consolidation, Earlier]:
    """Keep what an officer wrote in the older summary, and tell what was changed there; it stays if all is not kept."""
    consolidation = replace(consolidation, by_hand=earlier.by_hand)
    lost = not_kept(consolidation)
    if lost:
        earlier = kept_for(lost, earlier, output)
    told = earlier.told(consolidation.form, consolidation.register)
    return replace(consolidation, notes=(*consolidation.notes, *told)), earlier


def _write(job: Job, consolidation: Consolidation, before: _Before, begin: Callable[[], None]) -> Consolidation:
    """Write all outputs; gives the result with what is to be told of a decisions workbook that is open elsewhere.

    Raises:
        ChangedMeanwhileError: somebody saved the decisions workbook or the older summary since; nothing was written.
    """
    consolidation = replace(consolidation, notes=(*consolidation.notes, *before.elsewhere))
    consolidation, earlier = _with_earlier(consolidation, before.summary.earlier, job.output)
    plan = plan_book(before.decided.saved, consolidation, load_decision_words(), earlier.edits)
    is_open = not plan.changes_nothing and not is_replaceable(job.decisions_book)
    if is_open:
        consolidation = _with_open_decisions(consolidation)
    writers: dict[Path, Callable[[Path], None]] = {}
    read = {job.decisions_book: before.decided.digest, job.output: before.summary.digest}
    if not (plan.changes_nothing or is_open):
        writers[job.decisions_book] = lambda out: _write_decisions(before.decided, plan, out)
    if earlier.aside and not earlier.aside.exists():
        writers[earlier.aside] = lambda out: _copy(job.output, out)
        # Whoever took the free name meanwhile keeps what was written under it.
        read[earlier.aside] = None
    stayed = write_all({**writers, **_writers(job, consolidation)}, [job.decisions_book], begin, read)
    return _with_open_decisions(consolidation) if stayed else consolidation


def _read_decisions(job: Job) -> _Decided:
    """Read the officer's decisions; one that is being saved at this very moment is waited for.

    Raises:
        RunError: the workbook is there and cannot be read, or no reader survives it.
    """
    book = job.decisions_book
    for is_last in _TRIES:
        try:
            data = book.read_bytes()
        except FileNotFoundError:
            return _Decided(None, NO_BOOK)
        except OSError:
            raise RunError("decisions_broken", {"file": str(book)}) from None
        try:
            return _Decided(data, _lines_of(data, book))
        except RunError:
            time.sleep(_A_MOMENT)
            if is_last or digest_of(book) == hashlib.sha256(data).hexdigest():
                raise
    raise AssertionError("the last try either reads or stops the run")


_A_MOMENT = 0.3
"""seconds: programs write a workbook in several steps"""


def _lines_of(data: bytes, book: Path) -> SavedBook:
    try:
        return call_apart(partial(read_book, data, str(book), load_decision_words()), OWN_FILES)
    except LostError:
        raise RunError("decisions_broken", {"file": str(book)}) from None


def _look_beside(job: Job, found: Sequence[Found], decided: _Decided) -> _Before:
    """Look at the older summary, and for decisions that were written in another place than the workbook."""
    words = load_decision_words()
    outputs = (job.data, job.report, job.output, job.decisions_book, job.log)
    own = [path.resolve() for path in outputs if path]
    books = other_books((job.decisions_book.parent, job.output.parent), own, words)
    inside = [one.file.resolve() for one in found if one.problem and one.problem.code == DECISIONS_BOOK]
    books += [file for file in inside if file not in books and not is_of_another_summary(file, own)]
    elsewhere: tuple[Finding, ...] = ()
    if books or decided.saved.beside:
        try:
            elsewhere = call_apart(partial(lines_elsewhere, books, decided.saved, words), OWN_FILES)
        except LostError:
            elsewhere = tuple(
                finding(codes.DECISIONS_ELSEWHERE_UNREADABLE, facts={"other": name_of(book)}) for book in books
            )
    return _Before(decided, _look_back(job), elsewhere)


def _look_back(job: Job) -> _Seen:
    """Look at the summary that is about to be replaced; what no reader survives is no summary of ours."""
    try:
        # Asked before it is looked at: if somebody saves it between the two, it is another one when all is written.
        digest = digest_of(job.output)
        if digest is None:
            return _Seen(None, Earlier())
        return _Seen(digest, call_apart(partial(look_back, job.output, job.form, job.register), OWN_FILES))
    except OSError:
        raise RunError("output_open_elsewhere", {"file": job.output.name}) from None
    except LostError:
        raise RunError("output_not_summary", {"file": job.output.name}) from None


def _with_open_decisions(consolidation: Consolidation) -> Consolidation:
    return replace(consolidation, notes=(*consolidation.notes, finding(codes.DECISIONS_OPEN)))


def _write_decisions(decided: _Decided, plan: BookPlan, out: Path) -> None:
    # Imported here: openpyxl is slow to import, and a run that changes nothing in the workbook does not need it.
    from pipeline.decisions.book import write_book  # noqa: PLC0415

    write_book(out, decided.data, decided.saved, plan, load_decision_words())


def _copy(file: Path, out: Path) -> None:
    try:
        shutil.copyfile(file, out)
    except FileNotFoundError:
        raise ChangedMeanwhileError(file) from None


def check_files(files: Sequence[Path], form: Form, register: Register, limits: Limits) -> tuple[FileResult, ...]:
    """Treat files as a run without decisions would, without writing anything.

    Raises:
        RunError: a file does not exist, or is a folder.
    """
    for file in files:
        if file.is_dir():
            raise RunError("check_folder", {"file": str(file)}, exit_code=2)
        if not file.is_file():
            raise RunError("check_missing", {"file": str(file)}, exit_code=2)
    context = reading_context(form, register, limits)
    readings = read_all([find_file(_path_in_folder(file), file) for file in files], context)
    request = Request(Path(), form, register)
    return conclude(request, context, readings).files


def _path_in_folder(file: Path) -> str:
    """Say where a file would lie under an input folder: as given, seen from here.

    Of a file elsewhere the nearest folder alone is kept: those above it, such as a person's own, say nothing of whose
    return it is.
    """
    here = Path.cwd()
    inside = file.relative_to(here) if file.is_relative_to(here) else file
    steps = (file.parent.resolve().name, file.name) if inside.anchor or ".." in inside.parts else inside.parts
    return "/".join(step for step in steps if step)


def _check_usage(job: Job) -> None:
    if not job.folder.exists():
        raise RunError("input_missing", {"folder": str(job.folder)}, exit_code=2)
    if not job.folder.is_dir():
        raise RunError("input_is_file", {"folder": str(job.folder)}, exit_code=2)
    if job.output.suffix.lower() != ".xlsx":
        raise RunError("output_suffix", {"file": str(job.output)}, exit_code=2)
    if job.decisions_book.suffix.lower() != ".xlsx":
        raise RunError("decisions_suffix", {"file": str(job.decisions_book)}, exit_code=2)
    if job.report and job.report.suffix.lower() != ".json":
        raise RunError("report_suffix", {"file": str(job.report)}, exit_code=2)
    if job.data and job.data.suffix.lower() not in _TABLES:
        raise RunError("data_suffix", {"file": str(job.data)}, exit_code=2)
    targets = [path.resolve() for path in (job.data, job.report, job.output, job.decisions_book) if path]
    for target in targets:
        if targets.count(target) > 1:
            raise RunError("output_same", {"file": str(target.name)}, exit_code=2)


def _writers(job: Job, consolidation: Consolidation) -> Mapping[Path, Callable[[Path], None]]:
    expected = sum(unit.in_total for unit in consolidation.units)
    writers: dict[Path, Callable[[Path], None]] = {}
    if job.data:
        suffix = job.data.suffix.lower()
        writers[job.data] = lambda out: write_long_table(consolidation, out, suffix)
    if job.report:
        writers[job.report] = lambda out: write_report(consolidation, out, job.lang)
    writers[job.output] = lambda out: write_summary(consolidation, out, unit_sheets=expected <= job.unit_sheets)
    return writers
