"""Writing so that nobody ever sees half a file: beside the target, flushed, then renamed; the summary last.

On Windows a workbook that is open in Excel cannot be replaced. That is tried before reading begins, so that
nobody waits for a run whose result cannot be written. Elsewhere nothing holds a file: whoever saves one while a run
is at work is not written over, as long as the run says what it had read there.
"""

import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.model.errors import RunError

_MARK = ".consolidate-"
"""how the name of an unfinished file begins, before the number of the process that writes it"""
_OF_PROCESS = re.compile(re.escape(_MARK) + r"(\d+)-")
_PAUSES = (0.2, 0.5)
"""seconds: on Windows a virus scanner or the indexer holds a new file for a moment"""
_REASONS = {
    errno.ENOSPC: "disk_full",
    errno.EROFS: "read_only_disk",
    errno.EACCES: "no_right",
    errno.EPERM: "no_right",
    errno.ENAMETOOLONG: "name_too_long",
    errno.EIO: "disk_fault",
}
"""what an officer can act on; the system's own words are English"""
_NOTHING_READ: Mapping[Path, Any] = {}


class ChangedMeanwhileError(Exception):
    """A file is not what was read of it any more: somebody saved it since. Nothing was written."""

    def __init__(self, file: Path) -> None:
        """Name the file."""
        super().__init__(file.name)
        self.file = file


def digest_of(file: Path) -> str | None:
    """Give the SHA-256 of what stands in a file now; None where there is none.

    Raises:
        OSError: it is there and cannot be read.
    """
    try:
        with file.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def check_targets(targets: Sequence[Path]) -> None:
    """Make sure that every target can be written and replaced, and remove leftovers of killed runs.

    Raises:
        RunError: a folder is missing or not writable, or a target is open elsewhere or a folder itself.
    """
    for target in targets:
        check_folder(target)
        if not is_replaceable(target):
            raise _held(target)


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
        remove_leftovers(folder)
        _unfinished(folder, "").unlink()
    except OSError as error:
        facts = {"folder": str(folder), "file": target.name, "reason": _REASONS.get(error.errno or 0, "")}
        raise RunError("output_folder_locked", facts) from None


def is_replaceable(target: Path) -> bool:
    """Open an existing target for writing: Windows refuses while Excel holds it."""
    if not target.exists():
        return True
    try:
        with target.open("r+b"):
            return True
    except OSError:
        return False


def remove_leftovers(folder: Path) -> None:
    """Remove the unfinished files of this process and of killed ones; those of another that is at work are not ours."""
    for leftover in folder.glob(f"{_MARK}*"):
        process = _OF_PROCESS.match(leftover.name)
        if leftover.is_file() and not (process and _is_at_work(int(process[1]))):
            # Windows refuses to remove a file that is open.
            with suppress(PermissionError):
                leftover.unlink(missing_ok=True)


def write_all(
    writers: Mapping[Path, Callable[[Path], None]],
    may_stay: Collection[Path] = (),
    begin: Callable[[], None] = lambda: None,
    read: Mapping[Path, str | None] = _NOTHING_READ,
) -> tuple[Path, ...]:
    """Write every output beside its target, then rename them all in the order given.

    Each writer gets the path of an unfinished file in the folder of its target. If one fails, every target is as
    it was before. A target of `may_stay` that somebody opened meanwhile is left as it was; gives those. `begin` is
    called once all is written, before the first is renamed. `read` names files with the digest of what the run had
    read in them, as `digest_of` gives it, whether they are written or not.

    Raises:
        ChangedMeanwhileError: a file of `read` is another now; every target is as it was before.
        RunError: the disk is full or a target cannot be replaced; every older file is still whole.
    """
    unfinished: dict[Path, Path] = {}
    try:
        for target, write in writers.items():
            unfinished[target] = file = _unfinished(target.parent, target.suffix)
            write(file)
            _flush(file)
        return _rename(unfinished, may_stay, begin, read)
    except ChangedMeanwhileError:
        raise
    except Exception as error:
        # A library may wrap the error of the system in one of its own.
        cause = error if isinstance(error, OSError) else error.__context__
        if isinstance(error, RunError) or not isinstance(cause, OSError):
            raise
        raise _why_not_written(cause, target) from None
    finally:
        for file in unfinished.values():
            file.unlink(missing_ok=True)


def _rename(
    unfinished: Mapping[Path, Path],
    may_stay: Collection[Path],
    begin: Callable[[], None],
    read: Mapping[Path, str | None],
) -> tuple[Path, ...]:
    """Rename all in the order given. If one cannot be, what stood in the place of those before it is put back."""
    kept: dict[Path, Path] = {}
    renamed: dict[Path, _Sight] = {}
    stayed: list[Path] = []
    try:
        for target in list(unfinished)[:-1]:
            if target.exists():
                kept[target] = _unfinished(target.parent, target.suffix)
                shutil.copy2(target, kept[target])
        begin()
        seen = {file: _as_read(file, digest) for file, digest in read.items()}
        for target, file in unfinished.items():
            _give_ordinary_rights(file)
            try:
                _replace(file, target, seen)
                renamed[target] = _sight_of(target)
            except OSError as error:
                if target not in may_stay or not isinstance(error, PermissionError):
                    raise _why_not_written(error, target) from None
                stayed.append(target)
    # Whatever ends this, an interrupt too: one output new and another old is neither run.
    except BaseException:
        _put_back(renamed, kept)
        raise
    finally:
        for copy in kept.values():
            copy.unlink(missing_ok=True)
    return tuple(stayed)


_Sight = tuple[int, ...] | None
"""what the system says of a file, by which a look at it costs nothing; None where there is none"""


def _as_read(file: Path, digest: str | None) -> _Sight:
    """Make sure that a file still is what was read; gives how it looks, so that this need not be asked by its bytes."""
    sight = _sight_of(file)
    if digest_of(file) != digest:
        raise ChangedMeanwhileError(file)
    return sight


def _sight_of(file: Path) -> _Sight:
    try:
        status = file.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def _replace(file: Path, target: Path, seen: Mapping[Path, _Sight] = _NOTHING_READ) -> None:
    """Rename a file over another; one that is held for a moment is tried again, and one that was `seen` looked at."""
    for pause in _PAUSES:
        with suppress(PermissionError):
            _replace_once(file, target, seen)
            return
        time.sleep(pause)
    _replace_once(file, target, seen)


def _replace_once(file: Path, target: Path, seen: Mapping[Path, _Sight]) -> None:
    if target in seen and _sight_of(target) != seen[target]:
        raise ChangedMeanwhileError(target)
    file.replace(target)


def _put_back(renamed: Mapping[Path, _Sight], kept: dict[Path, Path]) -> None:
    """Put back what can be; of what cannot, the copy stays beside it. What somebody saved there since stays."""
    for target, sight in renamed.items():
        copy = kept.pop(target, None)
        with suppress(OSError):
            if _sight_of(target) != sight:
                continue
            if copy:
                _replace(copy, target)
            else:
                target.unlink()


def _unfinished(folder: Path, suffix: str) -> Path:
    """Make an empty file whose name says that it is not finished."""
    handle, name = tempfile.mkstemp(prefix=f"{_MARK}{os.getpid()}-", suffix=suffix, dir=folder)
    os.close(handle)
    return Path(name)


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
    if isinstance(error, PermissionError) and target.exists():
        return _held(target)
    return RunError("output_failed", {"file": target.name, "reason": _REASONS.get(error.errno or 0, "")})


def _held(target: Path) -> RunError:
    """Tell a file that is marked as read-only from one that another program holds."""
    if os.access(target, os.W_OK):
        return RunError("output_open_elsewhere", {"file": target.name})
    return RunError("output_read_only", {"file": target.name})
