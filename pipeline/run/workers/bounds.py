"""The bounds that a process sets itself which may be lost at a file: its noise, its time, its memory."""

import faulthandler
import gc
import os
import signal
import sys
from multiprocessing.connection import Connection

_ORPHAN_FACTOR = 3
"""a process whose parent is gone ends by itself after so many times the time for a file"""
_LONGEST = 1e9
"""seconds; no timer counts further by far"""
_MUCH = 2_000
"""values that hold others, more than were there before: so many are looked through in a millisecond"""
_KEPT_SHARE = 4
"""a process that keeps more than this part of its memory after a file is replaced"""


def leave_to_parent(noise: Connection | None = None) -> None:
    """Leave interrupts, which reach every process of a console, and the console itself to the parent.

    `noise` hears what a native reader writes when it breaks off.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _send_noise_to(noise)
    # What was inherited is never looked through for garbage, so its pages stay shared.
    gc.freeze()


def _send_noise_to(noise: Connection | None) -> None:
    """Let a native reader that breaks off write into a pipe, and briefly: the officer's console is not for it."""
    os.environ["RUST_BACKTRACE"] = "0"
    faulthandler.disable()
    if noise is None or sys.platform == "win32":
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    else:
        os.dup2(noise.fileno(), 2)
        os.set_blocking(2, False)


def tidy() -> None:
    """Let go of what was left in rings, once there is much of it: the program looks for none of that by itself.

    The reading of a workbook leaves none; a library that opens an .xls or a Word file does.
    """
    if gc.get_count()[0] > _MUCH:
        gc.collect()


def bound_time(seconds: float) -> None:
    """Make sure that this process does not outlive its parent in a loop that never ends; the parent is quicker."""
    if sys.platform != "win32":
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, min(seconds * _ORPHAN_FACTOR, _LONGEST))


def bound_memory(allowed: int) -> int:
    """Bound the address space, and say how much of it may stay taken after a file.

    Where the system does not tell, that is a number that no use exceeds.
    """
    if sys.platform != "linux":
        return sys.maxsize
    import resource  # noqa: PLC0415 - not everywhere

    used = memory()
    resource.setrlimit(resource.RLIMIT_AS, (used + allowed, resource.RLIM_INFINITY))
    return used + allowed // _KEPT_SHARE


def memory() -> int:
    """Give the size of this process's address space; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0
    with open("/proc/self/statm", "rb") as told:  # noqa: PTH123 - asked after every file
        return int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
