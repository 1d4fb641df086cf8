"""Reads files in processes that can be lost, so that no file takes the run down with it.

A native reader can panic, abort, hang or ask for all memory; nothing in Python catches that. A worker is a process
behind a pipe that is told which files to read and answers one by one, so it is always known which file it was at
when it was lost: that file gets a finding, a new worker goes on behind it. The clock for each file is kept here;
the bound on memory is set in the worker, on Linux, where it binds.

On Linux workers are forked while this process is still light and has one thread: that costs milliseconds, and what
is slow to load is loaded here (`meanwhile`) while they read. Elsewhere, and once there are threads, they are started
anew; all that they are given can be pickled.
"""

import math
import os
import pickle
import re
import signal
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Literal

from pipeline.bounds import may_fork
from pipeline.find import Found
from pipeline.findings import finding
from pipeline.intake import Desk
from pipeline.model import FileReading, Finding, Times
from pipeline.worker import RETIRED, Answer, Line, Task, answers, serve

Method = Literal["fork", "spawn"]
Progress = Callable[[int, int], None]
"""called with (files done, files in all)"""
Log = Callable[[str], None]
"""called with lines for the person who looks after the program"""

MOST_WORKERS = 4
_FILES_FOR_A_WORKER = 40
"""fewer files are read by one worker before a second one has started"""
_AHEAD = 128
"""files that a worker has been given and not answered for, so that it never waits for this process"""
_START_SECONDS = 60.0
_FAILED_STARTS = 2
_LOSSES_OF_AN_ARCHIVE = 5
"""an archive at whose members so many workers were lost is left"""
_BURIAL_SECONDS = 5.0
_NOISE_BYTES = 64 * 1024
_WORDS_KEPT = 16 * 1024
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ of fcntl(2), which Python does not name in 3.11"""
_PANIC = re.compile(rb"panicked at (\S+:\d+:\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """How files are read, and who hears of it."""

    workers: int | None = None
    """processes; None for as many as the machine and the number of files call for; 0 to read in this process"""
    method: Method | None = None
    """how a process is started; None for the best that is sound here"""
    progress: Progress = lambda done, of: None
    meanwhile: Callable[[], None] = lambda: None
    """called once while the workers read: to load what this process needs later"""
    log: Log = lambda text: None


def read_all(found: Sequence[Found], desk: Desk, plan: Plan | None = None) -> list[FileReading]:
    """Read every file, and every file within an archive or e-mail, in the order of `found`.

    The answer is the same for any number of workers; without any, nothing protects this process. The log hears of
    files that cost a worker or met a fault of the program, and nothing that stands in a cell.
    """
    plan = plan or Plan()
    with closing(_Reading(found, desk, plan)) as reading:
        reading.fill()
        plan.meanwhile()
        reading.finish()
        return _with_paths_of_their_own(one for index in range(len(found)) for one in reading.of_file(index))


def _enough(files: int) -> int:
    """Say how many workers a number of files calls for on this machine."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(MOST_WORKERS, processors, 1 + files // _FILES_FOR_A_WORKER)


def _with_paths_of_their_own(readings: Iterable[FileReading]) -> list[FileReading]:
    """Number paths that are equal, such as two files of one name in an archive: the ledger goes by path."""
    seen: Counter[str] = Counter()
    result = []
    for one in readings:
        seen[one.path] += 1
        result.append(_renamed(one, f"{one.path} ({seen[one.path]})") if seen[one.path] > 1 else one)
    return result


def _renamed(reading: FileReading, path: str) -> FileReading:
    returns = tuple(replace(one, path=path + one.path[len(reading.path) :]) for one in reading.returns)
    return replace(reading, path=path, returns=returns)


@dataclass(slots=True, eq=False)
class _Worker:
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


class _Reading:
    """One run over a list of files: what waits, who reads, what was answered."""

    def __init__(self, found: Sequence[Found], desk: Desk, plan: Plan) -> None:
        self._found, self._desk, self._plan = found, desk, plan
        self._wanted = _enough(len(found)) if plan.workers is None else plan.workers
        self._waiting = deque(Task(index) for index in range(len(found)))
        self._answers: list[list[FileReading]] = [[] for _ in found]
        self._done = 0
        self._workers: list[_Worker] = []
        self._failed_starts = 0

    def fill(self) -> None:
        """Keep as many workers as are wanted, each with files ahead; equal shares while there are few."""
        while self._waiting and len(self._workers) < self._wanted and self._failed_starts < _FAILED_STARTS:
            missing = self._wanted - len(self._workers)
            self._start_one(self._next(-(-len(self._waiting) // missing)))
        for worker in self._workers:
            if self._waiting and worker.ready and len(worker.tasks) <= _AHEAD // 2:
                worker.give(self._next(-(-len(self._waiting) // (2 * len(self._workers)))))

    def finish(self) -> None:
        """Wait until every file is answered for."""
        while self._done < len(self._found):
            self.fill()
            if not self._workers:
                self._read_here()
                return
            for worker in self._with_news():
                self._hear(worker)
            self._end_the_overdue()

    def of_file(self, index: int) -> list[FileReading]:
        """Give what was read of one file: itself, then its members by path."""
        *members, itself = self._answers[index]
        return [itself, *sorted(members, key=lambda one: one.path)]

    def close(self) -> None:
        """End every worker, at once if the run was interrupted."""
        for worker in self._workers:
            if worker.tasks:
                worker.process.kill()
        for worker in self._workers:
            worker.bury()
        self._workers.clear()

    def _next(self, count: int) -> list[Task]:
        return [self._waiting.popleft() for _ in range(min(count, _AHEAD, len(self._waiting)))]

    def _start_one(self, first: list[Task]) -> None:
        others = [end for one in self._workers for end in (one.asked, one.answers, one.noise)]
        try:
            self._workers.append(_start(self._found, self._desk, first, self._plan.method, others))
        except OSError:
            self._failed_starts = _FAILED_STARTS
            self._waiting.extendleft(reversed(first))

    def _read_here(self) -> None:
        while self._waiting:
            task = self._waiting.popleft()
            for answer in answers(task, self._found[task.index], self._desk):
                self._take(answer)

    def _with_news(self) -> list[_Worker]:
        first = min(self._deadline(worker) for worker in self._workers)
        patience = None if first == math.inf else max(0.0, first - time.monotonic())
        ready = set(wait([worker.answers for worker in self._workers], patience))
        return [worker for worker in self._workers if worker.answers in ready]

    def _deadline(self, worker: _Worker) -> float:
        if not worker.tasks:
            return math.inf
        return worker.since + (self._desk.limits.seconds if worker.ready else _START_SECONDS)

    def _hear(self, worker: _Worker) -> None:
        try:
            answer: Answer | None = pickle.loads(worker.answers.recv_bytes())
        except (EOFError, OSError):
            self._lose(worker, overdue=False)
            return
        worker.since, worker.ready = time.monotonic(), True
        if answer is None:
            return
        worker.listen()
        task = worker.tasks[0]
        if answer.last:
            worker.tasks.popleft()
        else:
            read = task.answered + (answer.reading is not None)
            worker.tasks[0] = replace(task, opened=True, answered=read, again=False)
        self._take(answer)

    def _take(self, answer: Answer) -> None:
        if answer.incident:
            self._plan.log(answer.incident)
        if answer.reading:
            self._answers[answer.index].append(answer.reading)
        if answer.last:
            self._done += 1
            self._plan.progress(self._done, len(self._found))

    def _end_the_overdue(self) -> None:
        now = time.monotonic()
        for worker in list(self._workers):
            # What it answered while this process was busy counts before its time is called up.
            if now >= self._deadline(worker) and not worker.answers.poll():
                worker.process.kill()
                self._lose(worker, overdue=True)

    def _lose(self, worker: _Worker, *, overdue: bool) -> None:
        """Go on without a worker: the file it was at is told, or tried once more, and the others wait again."""
        self._workers.remove(worker)
        code, tasks = worker.bury(), worker.tasks
        if not worker.ready:
            self._failed_starts += 1
        elif tasks and code != RETIRED:
            self._blame(tasks.popleft(), _Loss(code, worker.words, overdue))
        self._waiting.extendleft(reversed(tasks))

    def _blame(self, task: Task, loss: "_Loss") -> None:
        if loss.by_chance and not task.again:
            self._waiting.append(replace(task, again=True))
            return
        found = self._found[task.index]
        self._plan.log(f"{found.path}: {loss.words}")
        if task.opened and task.answered not in task.lost and len(task.lost) < _LOSSES_OF_AN_ARCHIVE:
            self._waiting.append(replace(task, lost={**task.lost, task.answered: loss.finding}, again=False))
            return
        times = Times(received=found.received, file=found.modified)
        self._take(Answer(task.index, FileReading(found.path, None, (), (loss.finding,), times), last=True))


if sys.platform == "win32":
    _ENDED_FROM_OUTSIDE: frozenset[int] = frozenset()
    _ALARM = 0
else:
    _ENDED_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM})
    _ALARM = -signal.SIGALRM


@dataclass(frozen=True, slots=True)
class _Loss:
    """How a worker was lost."""

    code: int
    noise: bytes
    overdue: bool

    @property
    def by_chance(self) -> bool:
        """It was ended from outside, as by a machine short of memory; the file need not have done it."""
        return self.code in _ENDED_FROM_OUTSIDE and not self.overdue

    @property
    def finding(self) -> Finding:
        """What is told of the file it was at."""
        if self.overdue or self.code == _ALARM:
            return finding("F019", facts={"limit": "time"})
        if self.by_chance or b"memory allocation of" in self.noise:
            return finding("F019", facts={"limit": "memory"})
        return finding("F004", facts={"reason": "crashed"})

    @property
    def words(self) -> str:
        """Say for the log where a native reader broke off; the rest of what it wrote may quote a cell."""
        place = next(reversed(list(_PANIC.finditer(self.noise))), None)
        where = f", panic at {place[1].decode('ascii', 'replace')}" if place else ""
        how = "was ended because it took too long" if self.overdue else f"ended with code {self.code}"
        return f"the reading process {how}{where}"


# How a worker is started -----------------------------------------------------------------------------------------


def _start(
    found: Sequence[Found], desk: Desk, first: list[Task], method: Method | None, others: Sequence[Connection]
) -> _Worker:
    method = method or ("fork" if may_fork() else "spawn")
    context = get_context("fork") if method == "fork" else get_context("spawn")
    (far_asked, asked), (heard, far_answers), (noise, far_noise) = (context.Pipe(duplex=False) for _ in range(3))
    inherited = (*others, asked, heard, noise) if method == "fork" else ()
    line = Line(far_asked, far_answers, far_noise, inherited)
    # A spawned child gets what it works on through its own pipe: a child that dies before it has read the much that
    # `multiprocessing` hands over itself would leave this process writing to nobody for ever.
    given = (found, desk, first) if method == "fork" else None
    process = context.Process(target=serve, args=(line, given), daemon=True)
    try:
        process.start()
    finally:
        for end in (far_asked, far_answers, far_noise):
            end.close()
    if given is None:
        with suppress(OSError):
            asked.send((found, desk, first))
    _make_roomy(heard, noise)
    return _Worker(process, asked, heard, noise, time.monotonic(), deque(first))


def _make_roomy(heard: Connection, noise: Connection) -> None:
    """Let a worker answer ahead while this process is busy loading, and never wait for what it broke off with."""
    if sys.platform != "win32":
        os.set_blocking(noise.fileno(), False)
    if sys.platform == "linux":
        import fcntl  # noqa: PLC0415 - not everywhere

        with suppress(OSError):
            fcntl.fcntl(heard.fileno(), _SET_PIPE_SIZE, _PIPE_BYTES)
