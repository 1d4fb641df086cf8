"""One process that reads files and may be lost: the bounds it sets itself, and how its answers are sent."""

import io
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from dataclasses import fields as dataclass_fields
from functools import partial
from multiprocessing.connection import Connection
from operator import attrgetter
from typing import Any

from pipeline.extract.file import ReadingContext
from pipeline.model import Entry, FileReading, Finding, Return
from pipeline.readers.find import Found
from pipeline.run.workers.answers import Answer, Task, answers
from pipeline.run.workers.bounds import bound_memory, bound_time, leave_to_parent, memory, tidy

RETIRED = 75
"""exit code of a worker that goes of its own accord between two files"""


@dataclass(frozen=True, slots=True)
class Line:
    """The ends of the pipes that a worker holds, and those it inherited and must let go of.

    Were the latter kept, no worker would notice that its parent is gone.
    """

    tasks: Connection
    answers: Connection
    noise: Connection
    inherited: Sequence[Connection] = ()


Given = tuple[Sequence[Found], ReadingContext, Sequence[Task]]
"""what a worker works on: the files, the context, its first tasks"""


def serve(line: Line, given: Given | None) -> None:
    """Answer for the tasks given, or first received, then for those that come, until the pipe is closed."""
    for end in line.inherited:
        end.close()
    found, context, first = given or line.tasks.recv()
    leave_to_parent(line.noise)
    most = bound_memory(context.limits.memory_bytes)
    # A pipe that breaks means that the parent is gone.
    with suppress(EOFError, OSError):
        line.answers.send_bytes(_packed(None))
        tasks = list(first)
        while True:
            for task in tasks:
                bound_time(context.limits.seconds)
                for answer in answers(task, found[task.index], context):
                    line.answers.send_bytes(_packed(answer))
                    bound_time(context.limits.seconds)
                tidy()
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
