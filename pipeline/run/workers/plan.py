"""What is asked of the reading of files: how many processes, how they are started, who hears of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Method = Literal["fork", "spawn"]
Progress = Callable[[int, int], None]
"""called with (files done, files in all)"""
Log = Callable[[str], None]
"""called with lines for the person who looks after the program"""


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
