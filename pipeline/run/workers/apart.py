"""One function called in a process of its own: what it opens may break a reader, and then only the call is lost.

The older summary and the decisions workbook are opened by the same native reader as the returns, and anybody may
have put something else in their place.
"""

from collections.abc import Callable
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import TypeVar

from pipeline.model.errors import RunError
from pipeline.model.limits import Limits
from pipeline.run.log import FaultElsewhereError, describe_fault
from pipeline.run.workers.bounds import bound_memory, bound_time, leave_to_parent
from pipeline.run.workers.starting import may_fork, without_the_script

T = TypeVar("T")


class LostError(Exception):
    """The process died, took too long or outgrew its memory."""


def call_apart(function: Callable[[], T], limits: Limits) -> T:
    """Call a function that can be pickled, with a result that can be, within the seconds and memory of the limits.

    Where no process can be started, it is called here.

    Raises:
        LostError: the process was lost.
        RunError: the function raised it.
        FaultElsewhereError: the function raised anything else.
    """
    context = get_context("fork") if may_fork() else get_context("spawn")
    heard, far = context.Pipe(duplex=False)
    process = context.Process(target=_answer, args=(function, limits, far), daemon=True)
    try:
        with without_the_script():
            process.start()
    except OSError:
        heard.close()
        return function()
    finally:
        far.close()
    try:
        answer = heard.recv() if heard.poll(limits.seconds) else None
    except EOFError:
        answer = None
    finally:
        process.kill()
        process.join()
        process.close()
        heard.close()
    if answer is None:
        raise LostError
    (result, error) = answer
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _answer(function: Callable[[], object], limits: Limits, answer: Connection) -> None:
    leave_to_parent()
    bound_memory(limits.memory_bytes)
    bound_time(limits.seconds)
    # Nothing is answered where there is no memory left, or nobody who listens.
    with suppress(MemoryError, OSError):
        answer.send(_outcome(function))


def _outcome(function: Callable[[], object]) -> tuple[object, Exception | None]:
    try:
        return function(), None
    except (MemoryError, OSError):
        raise
    except RunError as error:
        return None, error
    except Exception as error:
        return None, FaultElsewhereError(describe_fault(error)[1])
