"""How a worker is started, heard and buried: a process and the three pipes to it."""

import os
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from pipeline.extract.file import ReadingContext
from pipeline.readers.find import Found
from pipeline.run.workers.answers import Task
from pipeline.run.workers.plan import Method
from pipeline.run.workers.process import Line, serve
from pipeline.run.workers.starting import may_fork, without_the_script

_BURIAL_SECONDS = 5.0
_NOISE_BYTES = 64 * 1024
_WORDS_KEPT = 16 * 1024
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ of fcntl(2), which Python does not name in 3.11"""


@dataclass(slots=True, eq=False)
class Worker:
    """A process, the pipes to it, and the tasks it has not answered for, the one under work first."""

    process: BaseProcess
    asked: Connection
    answers: Connection
    noise: Connection
    since: float
    """when it was last heard of, or given something to do"""
    tasks: deque[Task]
    ready: bool = False
    words: bytes = b""
    """the end of what it wrote to its standard error"""

    def give(self, tasks: Sequence[Task]) -> None:
        """Hand over tasks; a worker that is gone by now is noticed when it should answer."""
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.extend(tasks)
        with suppress(OSError):
            self.asked.send(tasks)

    def listen(self) -> None:
        """Keep the end of what it wrote to its standard error; a full pipe would swallow its last words."""
        if sys.platform != "win32":
            with suppress(OSError):
                self.words = (self.words + os.read(self.noise.fileno(), _NOISE_BYTES))[-_WORDS_KEPT:]

    def bury(self) -> int:
        """Wait for its end and give its exit code; one that does not end is ended."""
        self.asked.close()
        self.process.join(_BURIAL_SECONDS)
        if self.process.exitcode is None:
            self.process.kill()
            self.process.join()
        code = self.process.exitcode or 0
        self.listen()
        self.answers.close()
        self.noise.close()
        self.process.close()
        return code


def start(
    found: Sequence[Found],
    context: ReadingContext,
    first: list[Task],
    method: Method | None,
    others: Sequence[Connection],
) -> Worker:
    """Start a process that begins with its first tasks; a forked one lets go of the ends in `others`.

    Raises:
        OSError: no process can be started.
    """
    method = method or ("fork" if may_fork() else "spawn")
    processes = get_context("fork") if method == "fork" else get_context("spawn")
    (far_asked, asked), (heard, far_answers), (noise, far_noise) = (processes.Pipe(duplex=False) for _ in range(3))
    inherited = (*others, asked, heard, noise) if method == "fork" else ()
    line = Line(far_asked, far_answers, far_noise, inherited)
    # A spawned child gets what it works on through its own pipe: a child that dies before it has read the much that
    # `multiprocessing` hands over itself would leave this process writing to nobody for ever.
    given = (found, context, first) if method == "fork" else None
    process = processes.Process(target=serve, args=(line, given), daemon=True)
    try:
        with without_the_script():
            process.start()
    finally:
        for end in (far_asked, far_answers, far_noise):
            end.close()
    if given is None:
        with suppress(OSError):
            asked.send((found, context, first))
    _make_roomy(heard, noise)
    return Worker(process, asked, heard, noise, time.monotonic(), deque(first))


def _make_roomy(heard: Connection, noise: Connection) -> None:
    """Let a worker answer ahead while this process is busy loading, and never wait for what it broke off with."""
    if sys.platform != "win32":
        os.set_blocking(noise.fileno(), False)
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not everywhere

        with suppress(OSError):
            fcntl.fcntl(heard.fileno(), _SET_PIPE_SIZE, _PIPE_BYTES)
