"""The log beside the summary, for whoever looks after the program; it is made only when there is something to say."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

LOG_SUFFIX = ".log"


def start_log(file: Path) -> Callable[[str], None]:
    """Begin a log anew and give what adds a line to it. A log that cannot be written stops nothing."""
    with suppress(OSError):
        file.unlink(missing_ok=True)

    def add(text: str) -> None:
        with suppress(OSError), file.open("a", encoding="utf-8", errors="backslashreplace") as log:
            log.write(text + "\n")

    return add
