"""Every file under the input folder, in sorted order, each with the reason if it is not to be opened.

Nothing is opened here: a pipe, a device or a link that leads out of the folder is named and left alone.
"""

import errno
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.findings import codes, finding
from pipeline.model import Finding, Message
from pipeline.model.limits import DEFAULT, Limits
from schemas.register import VIETNAM

# Written by systems, never by a reporting unit.
_SYSTEM_FILES = frozenset(
    {"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "icon\r", ".localized", ".directory", ".nomedia"}
    | {".dropbox", ".dropbox.attr"}
)
_STREAM = re.compile(
    r"[:\uf03a](?:zone\.identifier|smartscreen|afp_afpinfo|afp_resource|com\.apple\.[\w.]+|com\.dropbox\.[\w.]+)"
    r"(?::\$data)?\Z|@syno(?:eastream|resource)\Z"
)
"""a second stream of a file, kept as a file beside it by disks that know no such streams (WSL, Samba, Synology)"""
_FILE_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".zip", ".rar", ".7z", ".eml", ".mbox", ".msg"})
_HELD_BY_ANOTHER_PROGRAM = (32, 33)
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION of Windows, which Python shows as PermissionError"""
OWN_OUTPUT = codes.OWN_OUTPUT
DECISIONS_BOOK = codes.DECISIONS_BOOK
NO_REPORT = codes.NO_REPORT_FILE
"""what systems and mail programs put among the files of people"""
DECISIONS_SUFFIX = ".decisions.xlsx"
"""how the name of a decisions workbook ends: those of other summaries may lie in the folder too"""
_SYSTEM_FOLDERS = frozenset(
    {"__macosx", ".git", "$recycle.bin", "system volume information", "@eadir", "#recycle", ".@__thumb"}
    | {".appledouble", ".trashes", ".spotlight-v100", ".fseventsd", ".temporaryitems", ".documentrevisions-v100"}
    | {".dropbox.cache", "lost+found"}
)


@dataclass(frozen=True, slots=True)
class Found:
    """One thing under the input folder."""

    path: str
    """as the report names it: relative to the input folder, with "/", and otherwise as its name is"""
    file: Path
    """where its bytes are"""
    modified: datetime | None = None
    """time of the file, or of the member as its archive states it"""
    received: datetime | None = None
    """when the e-mail came that brought it"""
    problem: Finding | None = None
    """why it is not to be opened"""
    message: Message | None = None
    """what it says of itself, if it is a message that was opened"""
    subject: str = ""
    """of the message that brought it"""


def find_files(folder: Path, own: Collection[Path] = (), limits: Limits = DEFAULT) -> tuple[Found, ...]:
    """List every file under a folder, sorted by path.

    `own` are real paths that this program writes (summary, decisions, report, data, log): listed, never input. Of
    the limits the one on folders within one another is asked.

    Raises:
        OSError: the folder itself cannot be listed.
    """
    home = folder.resolve()
    where = _Where(home, frozenset(own), limits.folders, {home})
    # Not by recursion, which Python bounds: folders within folders may come from anywhere.
    waiting = [_Folder("", folder)]
    found: list[Found] = []
    while waiting:
        one = waiting.pop()
        inside = list(_look_into(one, where, waiting))
        found += map(_of_the_system, inside) if one.of_system else inside
    return tuple(sorted(found, key=lambda one: one.path))


def find_file(path: str, file: Path) -> Found:
    """Treat one file as a run would that met it under this path."""
    return _file(path, file, _Where(file.parent, frozenset(), 0, set()))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def is_of_the_system(name: str, *, folder: bool = False) -> bool:
    """Tell whether a file or folder is one that systems put among the files of people."""
    plain = name.lower()
    if folder:
        return plain in _SYSTEM_FOLDERS
    return plain in _SYSTEM_FILES or plain.startswith("._") or bool(_STREAM.search(plain))


@dataclass(frozen=True, slots=True)
class _Where:
    """What every step of the walk needs to know."""

    home: Path
    own: frozenset[Path]
    """only a file of such a name is asked whether it is one of them, which takes long on a network drive"""
    depth: int
    """folders within one another that are opened, the input folder not counted"""
    walked: set[Path]
    """real folders, so that a folder that is its own descendant (a junction of Windows) is walked once"""


@dataclass(frozen=True, slots=True)
class _Folder:
    """One folder that waits to be looked into."""

    path: str
    """as the report names it; empty for the input folder itself"""
    place: Path
    depth: int = 0
    of_system: bool = False
    """it, or one that it lies in, was made by a system"""


def _look_into(folder: _Folder, where: _Where, waiting: list[_Folder]) -> Iterator[Found]:
    """Give the files of a folder; the folders in it join those that wait. One that stays closed is told."""
    if not folder.path:
        yield from _inside(folder, where, waiting)
        return
    if folder.place.suffix.lower() in _FILE_SUFFIXES:
        yield _not_opened(folder.path, folder.place, "folder")
    try:
        reason = _why_left(folder, where)
        if reason:
            yield _not_opened(folder.path, folder.place, reason)
        else:
            yield from _inside(folder, where, waiting)
    except OSError as error:
        yield _not_opened(folder.path, folder.place, reason_of(error))


def _why_left(folder: _Folder, where: _Where) -> str:
    real = folder.place.resolve()
    if real in where.walked:
        return "link_to_folder"
    if not real.is_relative_to(where.home):
        return "link_outside"
    where.walked.add(real)
    return "too_deep" if folder.depth > where.depth else ""


def _inside(folder: _Folder, where: _Where, waiting: list[_Folder]) -> Iterator[Found]:
    with os.scandir(folder.place) as listing:
        entries = sorted(listing, key=lambda entry: entry.name)
    prefix = f"{folder.path}/" if folder.path else ""
    folders = []
    for entry in entries:
        path, file = prefix + entry.name, Path(entry.path)
        if entry.is_symlink():
            yield from _follow(path, file, where)
        elif entry.is_dir(follow_symlinks=False):
            of_system = folder.of_system or is_of_the_system(entry.name, folder=True)
            folders.append(_Folder(path, file, folder.depth + 1, of_system))
        else:
            yield _file(path, file, where)
    # The last one to wait is the first to be looked into: that is the order of names.
    waiting += reversed(folders)


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
    elif target in where.own:
        yield Found(path, file, problem=finding(OWN_OUTPUT))
    else:
        yield _file(path, file, where)


def _is_own(file: Path, where: _Where) -> bool:
    """Tell an output of this run, also on a disk that does not tell upper case from lower."""
    alike = [own for own in where.own if _plain(own.name) == _plain(file.name)]
    with suppress(OSError):
        return any(file.samefile(own) for own in alike)
    return False


def _of_the_system(found: Found) -> Found:
    return Found(found.path, found.file, problem=finding(NO_REPORT))


def _file(path: str, file: Path, where: _Where) -> Found:
    if _is_own(file, where):
        return Found(path, file, problem=finding(OWN_OUTPUT))
    if is_of_the_system(file.name):
        return Found(path, file, problem=finding(NO_REPORT))
    if file.name.lower().endswith(DECISIONS_SUFFIX):
        return Found(path, file, problem=finding(DECISIONS_BOOK))
    try:
        status = file.stat()
    except OSError as error:
        return _not_opened(path, file, reason_of(error))
    if not stat.S_ISREG(status.st_mode):
        return _not_opened(path, file, "not_a_file")
    return Found(path, file, datetime.fromtimestamp(status.st_mtime, VIETNAM))


def _not_opened(path: str, file: Path, reason: str) -> Found:
    return Found(path, file, problem=finding(codes.NOT_OPENED, facts={"reason": reason}))


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
