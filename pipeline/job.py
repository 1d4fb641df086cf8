"""One run from the command line: the straight line, with its outputs checked before and written after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.consolidate import Progress, Request, conclude, consolidate
from pipeline.errors import RunError
from pipeline.export import write_long_table, write_report
from pipeline.find import Found
from pipeline.intake import desk_for, take_in
from pipeline.limits import DEFAULT
from pipeline.model import Consolidation, FileResult
from pipeline.outputs import check_targets, write_all
from pipeline.summary import write_summary
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


def do(job: Job, progress: Progress) -> Consolidation:
    """Consolidate and write all outputs, the summary last.

    Raises:
        RunError: something stops the run; nothing is written then.
    """
    _check_usage(job)
    targets = [path for path in (job.data, job.report, job.output) if path]
    check_targets(targets)
    request = Request(
        folder=job.folder,
        form=job.form,
        register=job.register,
        own=frozenset(path.resolve() for path in targets),
        strict=job.strict,
    )
    consolidation = consolidate(request, progress)
    write_all(_writers(job, consolidation))
    return consolidation


def check_files(files: Sequence[Path], form: Form, register: Register) -> tuple[FileResult, ...]:
    """Treat files as a run would, without writing anything.

    Raises:
        RunError: a file does not exist.
    """
    for file in files:
        if not file.is_file():
            raise RunError("check_missing", {"file": str(file)}, exit_code=2)
    desk = desk_for(form, register, DEFAULT)
    readings = [take_in(Found(file.name, file), desk) for file in files]
    request = Request(Path(), form, register)
    return conclude(request, desk, readings).files


def _check_usage(job: Job) -> None:
    if not job.folder.exists():
        raise RunError("input_missing", {"folder": str(job.folder)}, exit_code=2)
    if not job.folder.is_dir():
        raise RunError("input_is_file", {"folder": str(job.folder)}, exit_code=2)
    if job.output.suffix.lower() != ".xlsx":
        raise RunError("output_suffix", {"file": str(job.output)}, exit_code=2)
    if job.data and job.data.suffix.lower() not in _TABLES:
        raise RunError("data_suffix", {"file": str(job.data)}, exit_code=2)
    targets = [path.resolve() for path in (job.data, job.report, job.output) if path]
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
