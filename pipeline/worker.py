"""One process that reads files and may be lost: what it does for a file, and the bounds it sets itself.

A file is read by `intake`; here an archive or e-mail is opened besides, a file that changes under the reader is told,
and a fault of this program becomes a finding with a short id.
"""

import hashlib
import io
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from dataclasses import fields as dataclass_fields
from functools import partial
from itertools import islice
from multiprocessing.connection import Connection
from operator import attrgetter
from typing import Any

from pipeline.bounds import bound_memory, bound_time, leave_to_parent, memory
from pipeline.find import Found, reason_of
from pipeline.findings import finding
from pipeline.intake import Desk, read_bytes, take_in
from pipeline.kinds import Kind
from pipeline.model import Entry, FileReading, Finding, Return, Times
from pipeline.runlog import describe_fault
from pipeline.unpack import CONTAINERS, unpacked

RETIRED = 75
"""exit code of a worker that goes of its own accord between two files"""


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


def answers(task: Task, found: Found, desk: Desk) -> Iterator[Answer]:
    """Read one file: one answer, or for an archive or e-mail one for each member and the last for itself."""
    reading, incident = _read(found, desk)
    kind = _container_kind(reading)
    if kind is None:
        yield Answer(task.index, reading, last=True, incident=incident)
        return
    if not task.opened:
        yield Answer(task.index, None, last=False)
    yield from _members(task, found, reading, kind, desk)


def _container_kind(reading: FileReading) -> Kind | None:
    """Take from the reader's word that it does not open such files which of them are opened here."""
    told = reading.findings[0] if reading.findings else None
    if told is None or told.code != "F007":
        return None
    kind = told.facts.get("kind")
    return Kind(kind) if kind in CONTAINERS else None


def _members(task: Task, found: Found, itself: FileReading, kind: Kind, desk: Desk) -> Iterator[Answer]:
    try:
        pieces = unpacked(found, found.file.read_bytes(), kind, desk.limits)
        for place, (member, data) in enumerate(islice(pieces, task.answered, None), task.answered):
            incident = ""
            if member.path == found.path:
                reading = replace(itself, findings=(member.problem,) if member.problem else ())
            elif place in task.lost or data is None or member.problem:
                reading = _not_read(member, data, task.lost.get(place) or member.problem)
            else:
                reading, incident = _read(member, desk, data)
            yield Answer(task.index, reading, last=member.path == found.path, incident=incident)
    except OSError as error:
        told = finding("F018", facts={"reason": reason_of(error)})
        yield Answer(task.index, replace(itself, findings=(told,)), last=True)
    # Whatever a false archive brings about concerns the archive alone.
    except Exception as error:
        told, incident = _surprise(found, error)
        yield Answer(task.index, replace(itself, findings=(told,)), last=True, incident=incident)


def _not_read(member: Found, data: bytes | None, problem: Finding | None) -> FileReading:
    digest = None if data is None else hashlib.sha256(data).hexdigest()
    return FileReading(member.path, digest, (), (problem,) if problem else (), _times(member))


def _times(found: Found) -> Times:
    return Times(received=found.received, file=found.modified)


def _read(found: Found, desk: Desk, data: bytes | None = None) -> tuple[FileReading, str]:
    """Read one file or member; a fault of this program is a finding for it, with a line for the log."""
    try:
        return (_read_steady(found, desk) if data is None else read_bytes(found, data, desk)), ""
    except MemoryError:
        return FileReading(found.path, None, (), (finding("F019", facts={"limit": "memory"}),), _times(found)), ""
    except Exception as error:
        told, incident = _surprise(found, error)
        return FileReading(found.path, None, (), (told,), _times(found)), incident


def _read_steady(found: Found, desk: Desk) -> FileReading:
    """Read a file that nobody writes to meanwhile: half of an old and half of a new workbook is neither."""
    before = _state_of(found)
    reading = take_in(found, desk)
    after = _state_of(found)
    if before and after and before != after:
        return FileReading(found.path, None, (), (finding("F018", facts={"reason": "changed"}),), reading.times)
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
    text = "\n".join([f"{known_as} {found.path}", *(f"  {line}" for line in lines)])
    return finding("F020", facts={"id": known_as}), text


# The process -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """The ends of the pipes that a worker holds, and those it inherited and must let go of.

    Were the latter kept, no worker would notice that its parent is gone.
    """

    tasks: Connection
    answers: Connection
    noise: Connection
    inherited: Sequence[Connection] = ()


Given = tuple[Sequence[Found], Desk, Sequence[Task]]
"""what a worker works on: the files, the desk, its first tasks"""


def serve(line: Line, given: Given | None) -> None:
    """Answer for the tasks given, or first received, then for those that come, until the pipe is closed."""
    for end in line.inherited:
        end.close()
    found, desk, first = given or line.tasks.recv()
    leave_to_parent(line.noise)
    most = bound_memory(desk.limits.memory_bytes)
    # A pipe that breaks means that the parent is gone.
    with suppress(EOFError, OSError):
        line.answers.send_bytes(_packed(None))
        tasks = list(first)
        while True:
            for task in tasks:
                bound_time(desk.limits.seconds)
                for answer in answers(task, found[task.index], desk):
                    line.answers.send_bytes(_packed(answer))
                    bound_time(desk.limits.seconds)
                if memory() > most:
                    sys.exit(RETIRED)
            bound_time(0)
            tasks = line.tasks.recv()


def _rebuilt(kind: type, fields: Callable[[Any], tuple[Any, ...]], value: object) -> tuple[type, tuple[Any, ...]]:
    return kind, fields(value)


_SHORT_CUTS: Mapping[type, Callable[[Any], tuple[type, tuple[Any, ...]]]] = {
    kind: partial(_rebuilt, kind, attrgetter(*(one.name for one in dataclass_fields(kind))))
    for kind in (Answer, Entry, FileReading, Finding, Return)
}
"""A frozen dataclass with slots pickles itself field by field in Python; this takes a third of the time."""


def _packed(answer: Answer | None) -> bytes:
    packed = io.BytesIO()
    pickler = pickle.Pickler(packed, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _SHORT_CUTS
    pickler.dump(answer)
    return packed.getvalue()
