"""Every file under the input folder, in sorted order, each with the reason if it is not to be opened.

Nothing is opened here: a pipe, a device or a link that leads out of the folder is named and left alone.
"""

import errno
import os
import stat
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.findings import finding
from pipeline.model import Finding
from schemas.register import VIETNAM
from schemas.text import display_name

# Written by systems, never by a reporting unit.
_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "icon\r"})
_FILE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", ".rar", ".7z", ".eml", ".mbox", ".msg"})
_HELD_BY_ANOTHER_PROGRAM = (32, 33)
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows, which Python shows as PermissionError"""
OWN_OUTPUT = "F035"
DECISIONS_SUFFIX = ".decisions.xlsx"
"""how the name of a decisions workbook ends: those of other summaries may lie in the folder too"""
_SYSTEM_FOLDERS = frozenset({"__macosx", ".git", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Found:
    """One thing under the input folder."""

    path: str
    """as the report names it: relative to the input folder, with "/" """
    file: Path
    """where its bytes are"""
    modified: datetime | None = None
    """time of the file, or of the member as its archive states it"""
    received: datetime | None = None
    """when the e-mail came that brought it"""
    problem: Finding | None = None
    """why it is not to be opened"""


def find_files(folder: Path, own: Collection[Path] = ()) -> tuple[Found, ...]:
    """List every file under a folder, sorted by path.

    `own` are real paths that this program writes (summary, decisions, report, data, log): listed, never input.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    home = folder.resolve()
    return tuple(sorted(_walk(folder, "", _Where(home, frozenset(own), {home})), key=lambda found: found.path))


def is_of_the_system(name: str, *, folder: bool = False) -> bool:
    """Tell whether a file or folder is one that systems put among the files of people."""
    plain = name.lower()
    return plain in _SYSTEM_FOLDERS if folder else plain in _SYSTEM_FILES or plain.startswith("._")


@dataclass(frozen=True, slots=True)
class _Where:
    """What every step of the walk needs to know."""

    home: Path
    own: frozenset[Path]
    walked: set[Path]
    """real folders, so that a folder that is its own descendant (a junction of Windows) is walked once"""


def _walk(folder: Path, prefix: str, where: _Where) -> Iterator[Found]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        path, file = prefix + display_name(entry.name), Path(entry.path)
        if entry.is_symlink():
            yield from _follow(path, file, where)
        elif entry.is_dir(follow_symlinks=False):
            inside = _walk_inside(path, file, where)
            yield from map(_of_the_system, inside) if is_of_the_system(entry.name, folder=True) else inside
        else:
            yield _file(path, file, where)


def _walk_inside(path: str, folder: Path, where: _Where) -> Iterator[Found]:
    if folder.suffix.lower() in _FILE_SUFFIXES:
        yield _not_opened(path, folder, "folder")
    try:
        real = folder.resolve()
        if real in where.walked:
            yield _not_opened(path, folder, "link_to_folder")
        elif not real.is_relative_to(where.home):
            yield _not_opened(path, folder, "link_outside")
        else:
            where.walked.add(real)
            yield from _walk(folder, path + "/", where)
    except OSError as error:
        yield _not_opened(path, folder, reason_of(error))


def _follow(path: str, file: Path, where: _Where) -> Iterator[Found]:
    """Links to a file inside the folder are files; all others are named and left alone."""
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        yield _not_opened(path, file, _reason_of_link(error))
        return
    if not target.is_relative_to(where.home):
        yield _not_opened(path, file, "link_outside")
    elif target.is_dir():
        yield _not_opened(path, file, "link_to_folder")
    else:
        yield _file(path, file, where)


def _of_the_system(found: Found) -> Found:
    return Found(found.path, found.file, problem=finding("F025"))


def _file(path: str, file: Path, where: _Where) -> Found:
    if file.resolve() in where.own:
        return Found(path, file, problem=finding(OWN_OUTPUT))
    if is_of_the_system(file.name):
        return Found(path, file, problem=finding("F025"))
    if file.name.lower().endswith(DECISIONS_SUFFIX):
        return Found(path, file, problem=finding("F034"))
    try:
        status = file.stat()
    except OSError as error:
        return _not_opened(path, file, reason_of(error))
    if not stat.S_ISREG(status.st_mode):
        return _not_opened(path, file, "not_a_file")
    return Found(path, file, datetime.fromtimestamp(status.st_mtime, VIETNAM))


def _not_opened(path: str, file: Path, reason: str) -> Found:
    return Found(path, file, problem=finding("F018", facts={"reason": reason}))


def reason_of(error: OSError) -> str:
    """Say why a file or folder cannot be opened, in a word of the catalogue."""
    if getattr(error, "winerror", None) in _HELD_BY_ANOTHER_PROGRAM:
        return "in_use"
    if isinstance(error, PermissionError):
        return "no_permission"
    return "vanished" if isinstance(error, FileNotFoundError) else "unreadable"


def _reason_of_link(error: Exception) -> str:
    """Python tells a ring of links as RuntimeError before 3.13 and as an OSError since."""
    if isinstance(error, RuntimeError) or (isinstance(error, OSError) and error.errno == errno.ELOOP):
        return "link_ring"
    return "no_permission" if isinstance(error, PermissionError) else "dangling_link"
