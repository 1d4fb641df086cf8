"""What a worker does for one file: read it, or open an archive or e-mail and read each file in it.

A file is read by `intake`; here a file that changes under the reader is told besides, and a fault of this program
becomes a finding with a short id.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice

from pipeline.extract.file import ReadingContext, read_bytes, take_in
from pipeline.findings import codes, finding
from pipeline.model import FileReading, Finding, Times
from pipeline.readers.find import Found, reason_of
from pipeline.readers.kinds import Kind
from pipeline.readers.unpack import CONTAINERS, unpacked
from pipeline.run.log import describe_fault
from schemas.text import display_name


@dataclass(frozen=True, slots=True)
class Task:
    """One file to answer for, and what is known of it if a worker was lost at it before."""

    index: int
    """its place in the list of files found"""
    opened: bool = False
    """it is an archive or e-mail, and its members are answered for one by one"""
    answered: int = 0
    """so many members have been answered for"""
    lost: Mapping[int, Finding] = field(default_factory=dict)
    """members not to be tried again, with what is told of them"""
    again: bool = False
    """a worker was ended from outside at this place once"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a file, or of one member of it. Without a reading it says that members will follow."""

    index: int
    reading: FileReading | None
    last: bool
    incident: str = ""
    """for the log: a fault of this program, without anything that stands in a cell"""


def answers(task: Task, found: Found, context: ReadingContext) -> Iterator[Answer]:
    """Read one file: one answer, or for an archive or e-mail one for each member and the last for itself."""
    reading, incident = _read(found, context)
    kind = _container_kind(reading)
    if kind is None:
        yield Answer(task.index, reading, last=True, incident=incident)
        return
    if not task.opened:
        yield Answer(task.index, None, last=False)
    yield from _members(task, found, reading, kind, context)


def _container_kind(reading: FileReading) -> Kind | None:
    """Take from the reader's word that it does not open such files which of them are opened here."""
    told = reading.findings[0] if reading.findings else None
    if told is None or told.code != codes.ARCHIVE_NOT_OPENED:
        return None
    kind = told.facts.get("kind")
    return Kind(kind) if kind in CONTAINERS else None


def _members(task: Task, found: Found, itself: FileReading, kind: Kind, context: ReadingContext) -> Iterator[Answer]:
    try:
        pieces = unpacked(found, found.file.read_bytes(), kind, context.limits, context.own_addresses)
        for place, (member, data) in enumerate(islice(pieces, task.answered, None), task.answered):
            incident = ""
            if member.path == found.path:
                said = (member.problem,) if member.problem else ()
                reading = replace(itself, findings=said, message=member.message)
            elif place in task.lost or data is None or member.problem:
                reading = _not_read(member, data, task.lost.get(place) or member.problem)
            else:
                reading, incident = _read(member, context, data)
            yield Answer(task.index, reading, last=member.path == found.path, incident=incident)
    except OSError as error:
        told = finding(codes.NOT_OPENED, facts={"reason": reason_of(error)})
        yield Answer(task.index, replace(itself, findings=(told,)), last=True)
    # Whatever a false archive brings about concerns the archive alone.
    except Exception as error:
        told, incident = _surprise(found, error)
        yield Answer(task.index, replace(itself, findings=(told,)), last=True, incident=incident)


def _not_read(member: Found, data: bytes | None, problem: Finding | None) -> FileReading:
    digest = None if data is None else hashlib.sha256(data).hexdigest()
    told = (problem,) if problem else ()
    return FileReading(member.path, digest, (), told, _times(member), message=member.message)


def _times(found: Found) -> Times:
    return Times(received=found.received, file=found.modified)


def _read(found: Found, context: ReadingContext, data: bytes | None = None) -> tuple[FileReading, str]:
    """Read one file or member; a fault of this program is a finding for it, with a line for the log."""
    try:
        return (_read_steady(found, context) if data is None else read_bytes(found, data, context)), ""
    except MemoryError:
        return FileReading(
            found.path, None, (), (finding(codes.OVER_A_LIMIT, facts={"limit": "memory"}),), _times(found)
        ), ""
    except Exception as error:
        told, incident = _surprise(found, error)
        return FileReading(found.path, None, (), (told,), _times(found)), incident


def _read_steady(found: Found, context: ReadingContext) -> FileReading:
    """Read a file that nobody writes to meanwhile: half of an old and half of a new workbook is neither."""
    before = _state_of(found)
    reading = take_in(found, context)
    after = _state_of(found)
    if before and after and before != after:
        return FileReading(
            found.path, None, (), (finding(codes.NOT_OPENED, facts={"reason": "changed"}),), reading.times
        )
    return reading


def _state_of(found: Found) -> tuple[int, int, int] | None:
    if found.problem:
        return None
    try:
        status = found.file.stat()
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _surprise(found: Found, error: BaseException) -> tuple[Finding, str]:
    """Tell of a fault of this program: the same fault has the same id. The error's own text may quote a cell."""
    known_as, lines = describe_fault(error)
    text = "\n".join([f"{known_as} {display_name(found.path)}", *(f"  {line}" for line in lines)])
    return finding(codes.UNEXPECTED, facts={"id": known_as}), text
