"""Reads files in processes that can be lost, so that no file takes the run down with it.

A native reader can panic, abort, hang or ask for all memory; nothing in Python catches that. A worker is a process
behind a pipe that is told which files to read and answers one by one, so it is always known which file it was at
when it was lost: that file gets a finding, a new worker goes on behind it. The clock for each file is kept in this
process (`pool`); the bound on memory is set in the worker (`process`), on Linux, where it binds.

On Linux workers are forked while this process is still light and has one thread: that costs milliseconds, and what
is slow to load is loaded here (`meanwhile`) while they read. Elsewhere, and once there are threads, they are started
anew; all that they are given can be pickled.
"""

import os
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain, count

from pipeline.extract.file import ReadingContext
from pipeline.model import FileReading
from pipeline.readers.find import Found
from pipeline.run.workers.plan import Log, Method, Plan, Progress
from pipeline.run.workers.pool import Pool

__all__ = ["Log", "Method", "Plan", "Progress", "read_all"]

MOST_WORKERS = 4
_FILES_FOR_A_WORKER = 40
"""fewer files are read by one worker before a second one has started"""


def read_all(found: Sequence[Found], context: ReadingContext, plan: Plan | None = None) -> list[FileReading]:
    """Read every file, and every file within an archive or e-mail, in the order of `found`.

    The answer is the same for any number of workers; without any, nothing protects this process. The log hears of
    files that cost a worker or met a fault of the program, and nothing that stands in a cell.
    """
    plan = plan or Plan()
    workers = _enough(len(found)) if plan.workers is None else plan.workers
    with closing(Pool(found, context, plan, workers)) as reading:
        reading.fill()
        plan.meanwhile()
        reading.finish()
        return _with_paths_of_their_own(one for index in range(len(found)) for one in reading.of_file(index))


def _enough(files: int) -> int:
    """Say how many workers a number of files calls for on this machine."""
    processors = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return min(MOST_WORKERS, processors, 1 + files // _FILES_FOR_A_WORKER)


def _with_paths_of_their_own(readings: Iterable[FileReading]) -> list[FileReading]:
    """Number paths that are equal: the ledger goes by path.

    Two files of one name may lie in an archive, and the numbered forms of one sheet be called like another sheet.
    """
    taken: set[str] = set()
    result = []
    for one in readings:
        named = _renamed(one, _free(one.path, taken))
        taken.add(named.path)
        returns = []
        for each in named.returns:
            path = each.path if each.path == named.path else _free(each.path, taken)
            taken.add(path)
            returns.append(replace(each, path=path))
        result.append(replace(named, returns=tuple(returns)))
    return result


def _free(path: str, taken: Collection[str]) -> str:
    numbered = (f"{path} ({number})" for number in count(2))
    return next(one for one in chain([path], numbered) if one not in taken)


def _renamed(reading: FileReading, path: str) -> FileReading:
    if path == reading.path:
        return reading
    returns = tuple(replace(one, path=path + one.path[len(reading.path) :]) for one in reading.returns)
    return replace(reading, path=path, returns=returns)
