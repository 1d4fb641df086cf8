"""How a process of its own is started: forked where that is sound, else anew and without the script that runs."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType


def may_fork() -> bool:
    """A fork is sound while there is one thread, those of native libraries counted."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(list(Path("/proc/self/task").iterdir())) == 1


@contextmanager
def without_the_script() -> Iterator[None]:
    """Hide the script that runs while a process is started anew.

    Else that process would first run the script again, up to its end where nothing in it asks for its name, as no
    script of a user of this library has to. A process that reads needs nothing of it.
    """
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
