"""Writing so that nobody ever sees half a file: beside the target, flushed, then renamed; the summary last.

On Windows a workbook that is open in Excel cannot be replaced. That is tried before reading begins, so that
nobody waits for a run whose result cannot be written.
"""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.errors import RunError

_MARK = ".consolidate-"
"""how the name of an unfinished file begins; whatever bears it is a leftover of a run that was killed"""


def check_targets(targets: Sequence[Path]) -> None:
    """Make sure that every target can be written and replaced, and remove leftovers of killed runs.

    Raises:
        RunError: a folder is missing or not writable, or a target is open elsewhere or a folder itself.
    """
    for target in targets:
        folder = target.parent
        if not folder.is_dir():
            raise RunError("output_folder_missing", {"folder": str(folder), "file": target.name})
        if target.is_dir():
            raise RunError("output_is_folder", {"file": str(target)})
        _remove_leftovers(folder)
        try:
            handle, name = tempfile.mkstemp(prefix=_MARK, dir=folder)
            os.close(handle)
            Path(name).unlink()
        except OSError:
            raise RunError("output_folder_locked", {"folder": str(folder), "file": target.name}) from None
        _check_replaceable(target)


def write_all(writers: Mapping[Path, Callable[[Path], None]]) -> None:
    """Write every output beside its target, then rename them all in the order given.

    Each writer gets the path of an unfinished file in the folder of its target. If one fails, nothing is renamed.

    Raises:
        RunError: the disk is full or a target cannot be replaced; every older file is still whole.
    """
    unfinished: dict[Path, Path] = {}
    try:
        for target, write in writers.items():
            handle, name = tempfile.mkstemp(prefix=_MARK, suffix=target.suffix, dir=target.parent)
            os.close(handle)
            unfinished[target] = Path(name)
            write(Path(name))
            _flush(Path(name))
        for target, file in unfinished.items():
            _give_ordinary_rights(file)
            file.replace(target)
    except OSError as error:
        raise _why_not_written(error, target) from None
    finally:
        for file in unfinished.values():
            file.unlink(missing_ok=True)


def _remove_leftovers(folder: Path) -> None:
    for leftover in folder.glob(f"{_MARK}*"):
        if leftover.is_file():
            leftover.unlink(missing_ok=True)


def _check_replaceable(target: Path) -> None:
    """Open an existing target for writing: Windows refuses while Excel holds it."""
    if not target.exists():
        return
    try:
        with target.open("r+b"):
            pass
    except OSError:
        raise RunError("output_open_elsewhere", {"file": target.name}) from None


def _flush(file: Path) -> None:
    with file.open("r+b") as handle:
        os.fsync(handle.fileno())


def _give_ordinary_rights(file: Path) -> None:
    """Give an output the rights that any new file of this person has; a temporary file is private at first."""
    umask = os.umask(0)
    os.umask(umask)
    file.chmod(0o666 & ~umask)


def _why_not_written(error: OSError, target: Path) -> RunError:
    if isinstance(error, PermissionError):
        return RunError("output_open_elsewhere", {"file": target.name})
    return RunError("output_failed", {"file": target.name, "reason": error.strerror or ""})
