"""The log beside the summary, for whoever looks after the program; it is made only when there is something to say."""

import hashlib
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

LOG_SUFFIX = ".consolidate.log"
"""long enough that nobody's own file bears it: a run begins the log anew"""
_ID_LENGTH = 6
_FRAMES = 40
"""of one error, the last ones: a recursion that never ended would fill the log"""
_ERRORS = 5
"""of a chain of errors, each of which brought the next about, the last ones"""
_STEPS_OF_PATH = 2
"""many modules share their last name with another"""


class FaultElsewhereError(Exception):
    """A fault of this program in another process, as `describe_fault` described it there."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        """Keep the lines; they are the only argument, so that the error can be pickled."""
        super().__init__(lines)
        self.lines = lines


def start_log(file: Path) -> Callable[[str], None]:
    """Begin a log anew and give what adds a line to it. A log that cannot be written stops nothing."""
    with suppress(OSError):
        file.unlink(missing_ok=True)

    def add(text: str) -> None:
        with suppress(OSError), file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text + "\n")

    return add


def describe_fault(error: BaseException) -> tuple[str, tuple[str, ...]]:
    """Describe a fault of this program for the log: (short id, lines). The same fault has the same id.

    The error's own text is left out, because it may quote a cell.
    """
    lines = tuple(_where(error))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:_ID_LENGTH], lines


def _where(error: BaseException | None) -> Iterator[str]:
    for _ in range(_ERRORS):
        if error is None:
            return
        if isinstance(error, FaultElsewhereError):
            yield from error.lines
        yield type(error).__name__
        for frame in traceback.extract_tb(error.__traceback__)[-_FRAMES:]:
            place = "/".join(Path(frame.filename).parts[-_STEPS_OF_PATH:])
            yield f"{place}:{frame.lineno} {frame.name}"
        error = error.__cause__ or error.__context__
