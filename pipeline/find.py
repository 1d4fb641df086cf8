"""Every file under the input folder, in sorted order, each with the reason if it is not to be opened.

Nothing is opened here: a pipe, a device or a link that leads out of the folder is named and left alone.
"""

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
_SYSTEM_FOLDERS = frozenset({"__macosx", ".git", "$recycle.bin", "system volume information"})


@dataclass(frozen=True, slots=True)
class Found:
    """One thing under the input folder."""

    path: str
    """as the report names it: relative to the input folder, with "/" """
    file: Path
    """where its bytes are"""
    modified: datetime | None = None
    problem: Finding | None = None
    """why it is not to be opened"""


def find_files(folder: Path, own: Collection[Path] = ()) -> tuple[Found, ...]:
    """List every file under a folder, sorted by path.

    `own` are real paths that this program writes (summary, decisions, report, data, log): never input.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    home = folder.resolve()
    return tuple(sorted(_walk(folder, "", home, frozenset(own)), key=lambda found: found.path))


def _walk(folder: Path, prefix: str, home: Path, own: frozenset[Path]) -> Iterator[Found]:
    with os.scandir(folder) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    for entry in entries:
        path, file = prefix + display_name(entry.name), Path(entry.path)
        if entry.is_symlink():
            yield from _follow(path, file, home, own)
        elif entry.is_dir(follow_symlinks=False):
            if entry.name.lower() not in _SYSTEM_FOLDERS:
                yield from _walk_safely(path, file, home, own)
        elif file.resolve() not in own:
            yield _file(path, file)


def _walk_safely(path: str, file: Path, home: Path, own: frozenset[Path]) -> Iterator[Found]:
    try:
        yield from _walk(file, path + "/", home, own)
    except OSError as error:
        yield Found(path, file, problem=finding("F018", facts={"reason": _reason(error)}))


def _follow(path: str, file: Path, home: Path, own: frozenset[Path]) -> Iterator[Found]:
    """Links to a file inside the folder are files; all others are named and left alone."""
    try:
        target = file.resolve(strict=True)
    except (OSError, RuntimeError):
        yield Found(path, file, problem=finding("F018", facts={"reason": "dangling_link"}))
        return
    if not target.is_relative_to(home):
        yield Found(path, file, problem=finding("F018", facts={"reason": "link_outside"}))
    elif target.is_dir():
        yield Found(path, file, problem=finding("F018", facts={"reason": "link_to_folder"}))
    elif target not in own:
        yield _file(path, file)


def _file(path: str, file: Path) -> Found:
    name = file.name.lower()
    if name in _SYSTEM_FILES or name.startswith("._"):
        return Found(path, file, problem=finding("F025"))
    try:
        status = file.stat()
    except OSError as error:
        return Found(path, file, problem=finding("F018", facts={"reason": _reason(error)}))
    if not stat.S_ISREG(status.st_mode):
        return Found(path, file, problem=finding("F018", facts={"reason": "not_a_file"}))
    return Found(path, file, datetime.fromtimestamp(status.st_mtime, VIETNAM))


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "no_permission"
    return "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
