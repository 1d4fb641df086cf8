"""The workers of one run: what waits to be read, who reads it, what was answered, what becomes of a lost file."""

import math
import pickle
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from multiprocessing.connection import wait

from pipeline.extract.file import ReadingContext
from pipeline.model import FileReading, Times
from pipeline.readers.find import Found
from pipeline.run.workers.answers import Answer, Task, answers
from pipeline.run.workers.loss import Loss
from pipeline.run.workers.plan import Plan
from pipeline.run.workers.process import RETIRED
from pipeline.run.workers.start import Worker, start
from schemas.text import display_name

_PATIENCE = 3600.0
"""seconds after which the workers are looked at though nothing is heard; the system waits for no time of any length"""
_AHEAD = 128
"""files that a worker has been given and not answered for, so that it never waits for this process"""
_START_SECONDS = 60.0
_FAILED_STARTS = 2
_LOSSES_OF_AN_ARCHIVE = 5
"""an archive at whose members so many workers were lost is left"""


class Pool:
    """One run over a list of files: what waits, who reads, what was answered."""

    def __init__(self, found: Sequence[Found], context: ReadingContext, plan: Plan, workers: int) -> None:
        self._found, self._context, self._plan = found, context, plan
        self._wanted = workers
        self._waiting = deque(Task(index) for index in range(len(found)))
        self._answers: list[list[FileReading]] = [[] for _ in found]
        self._done = 0
        self._workers: list[Worker] = []
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
            self._workers.append(start(self._found, self._context, first, self._plan.method, others))
        except OSError:
            self._failed_starts = _FAILED_STARTS
            self._waiting.extendleft(reversed(first))

    def _read_here(self) -> None:
        if self._wanted:
            self._plan.log("no reading process could be started: files are read without protection")
        while self._waiting:
            task = self._waiting.popleft()
            for answer in answers(task, self._found[task.index], self._context):
                self._take(answer)

    def _with_news(self) -> list[Worker]:
        first = min(self._deadline(worker) for worker in self._workers)
        patience = None if first == math.inf else min(max(0.0, first - time.monotonic()), _PATIENCE)
        ready = set(wait([worker.answers for worker in self._workers], patience))
        return [worker for worker in self._workers if worker.answers in ready]

    def _deadline(self, worker: Worker) -> float:
        if not worker.tasks:
            return math.inf
        return worker.since + (self._context.limits.seconds if worker.ready else _START_SECONDS)

    def _hear(self, worker: Worker) -> None:
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

    def _lose(self, worker: Worker, *, overdue: bool) -> None:
        """Go on without a worker: the file it was at is told, or tried once more, and the others wait again."""
        self._workers.remove(worker)
        code, tasks = worker.bury(), worker.tasks
        if not worker.ready:
            self._failed_starts += 1
        elif tasks and code != RETIRED:
            self._blame(tasks.popleft(), Loss(code, worker.words, overdue))
        self._waiting.extendleft(reversed(tasks))

    def _blame(self, task: Task, loss: Loss) -> None:
        if loss.by_chance and not task.again:
            self._waiting.append(replace(task, again=True))
            return
        found = self._found[task.index]
        self._plan.log(f"{display_name(found.path)}: {loss.words}")
        if task.opened and task.answered not in task.lost and len(task.lost) < _LOSSES_OF_AN_ARCHIVE:
            self._waiting.append(replace(task, lost={**task.lost, task.answered: loss.finding}, again=False))
            return
        times = Times(received=found.received, file=found.modified)
        self._take(Answer(task.index, FileReading(found.path, None, (), (loss.finding,), times), last=True))
