"""Writing so that nobody ever sees half a file: beside the target, flushed, then renamed; the summary last.

On Windows a workbook that is open in Excel cannot be replaced. That is tried before reading begins, so that
nobody waits for a run whose result cannot be written.
"""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.errors import RunError

_MARK = ".consolidate-"
"""how the name of an unfinished file begins, before the number of the process that writes it"""
_OF_PROCESS = re.compile(re.escape(_MARK) + r"(\d+)-")


def check_targets(targets: Sequence[Path]) -> None:
    """Make sure that every target can be written and replaced, and remove leftovers of killed runs.

    Raises:
        RunError: a folder is missing or not writable, or a target is open elsewhere or a folder itself.
    """
    for target in targets:
        check_folder(target)
        if not is_replaceable(target):
            raise RunError("output_open_elsewhere", {"file": target.name})


def check_folder(target: Path) -> None:
    """Make sure that a file can be written where the target is, and remove leftovers of killed runs.

    Raises:
        RunError: its folder is missing or not writable, or the target is a folder itself.
    """
    folder = target.parent
    try:
        if not folder.is_dir():
            raise RunError("output_folder_missing", {"folder": str(folder), "file": target.name})
        if target.is_dir():
            raise RunError("output_is_folder", {"file": str(target)})
        _remove_leftovers(folder)
        _unfinished(folder, "").unlink()
    except OSError:
        raise RunError("output_folder_locked", {"folder": str(folder), "file": target.name}) from None


def is_replaceable(target: Path) -> bool:
    """Open an existing target for writing: Windows refuses while Excel holds it."""
    if not target.exists():
        return True
    try:
        with target.open("r+b"):
            return True
    except OSError:
        return False


def write_all(writers: Mapping[Path, Callable[[Path], None]], may_stay: Collection[Path] = ()) -> tuple[Path, ...]:
    """Write every output beside its target, then rename them all in the order given.

    Each writer gets the path of an unfinished file in the folder of its target. If one fails, every target is as
    it was before. A target of `may_stay` that somebody opened meanwhile is left as it was; gives those.

    Raises:
        RunError: the disk is full or a target cannot be replaced; every older file is still whole.
    """
    unfinished: dict[Path, Path] = {}
    try:
        for target, write in writers.items():
            unfinished[target] = file = _unfinished(target.parent, target.suffix)
            write(file)
            _flush(file)
        return _rename(unfinished, may_stay)
    except Exception as error:
        # A library may wrap the error of the system in one of its own.
        cause = error if isinstance(error, OSError) else error.__context__
        if isinstance(error, RunError) or not isinstance(cause, OSError):
            raise
        raise _why_not_written(cause, target) from None
    finally:
        for file in unfinished.values():
            file.unlink(missing_ok=True)


def _rename(unfinished: Mapping[Path, Path], may_stay: Collection[Path]) -> tuple[Path, ...]:
    """Rename all in the order given. If one cannot be, what stood in the place of those before it is put back."""
    kept: dict[Path, Path] = {}
    renamed: list[Path] = []
    stayed: list[Path] = []
    try:
        for target in list(unfinished)[:-1]:
            if target.exists():
                kept[target] = _unfinished(target.parent, target.suffix)
                shutil.copy2(target, kept[target])
        for target, file in unfinished.items():
            _give_ordinary_rights(file)
            try:
                file.replace(target)
                renamed.append(target)
            except OSError as error:
                if target not in may_stay or not isinstance(error, PermissionError):
                    raise _why_not_written(error, target) from None
                stayed.append(target)
    except (RunError, OSError):
        _put_back(renamed, kept)
        raise
    finally:
        for copy in kept.values():
            copy.unlink(missing_ok=True)
    return tuple(stayed)


def _put_back(renamed: Sequence[Path], kept: Mapping[Path, Path]) -> None:
    for target in renamed:
        if target in kept:
            kept[target].replace(target)
        else:
            target.unlink()


def _unfinished(folder: Path, suffix: str) -> Path:
    """Make an empty file whose name says that it is not finished."""
    handle, name = tempfile.mkstemp(prefix=f"{_MARK}{os.getpid()}-", suffix=suffix, dir=folder)
    os.close(handle)
    return Path(name)


def _remove_leftovers(folder: Path) -> None:
    """Remove what killed runs left; the unfinished files of another run that is still at work are not ours."""
    for leftover in folder.glob(f"{_MARK}*"):
        process = _OF_PROCESS.match(leftover.name)
        if leftover.is_file() and not (process and _is_at_work(int(process[1]))):
            # Windows refuses to remove a file that is open.
            with suppress(PermissionError):
                leftover.unlink(missing_ok=True)


def _is_at_work(process: int) -> bool:
    """Tell whether another process of this number is alive. Windows is not asked: there signal 0 would end it."""
    if process == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


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
