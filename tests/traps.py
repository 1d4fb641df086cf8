"""Files that do to a reading process what a native reader may do to it, whatever way the process was started."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipeline.readers.find import Found

HOARD: list[bytearray] = []


class Trap(type(Path())):  # type: ignore[misc]
    """A path that acts when the reader asks for the size of the file; what it does is the name of its folder."""

    def stat(self, **options: bool) -> os.stat_result:
        """Act, then answer."""
        ACTIONS[self.parent.name](self)
        return super().stat(**options)  # type: ignore[no-any-return]


def trap(folder: Path, what: str, like: Path) -> Found:
    """Make a good file that acts."""
    place = folder / what
    place.mkdir(exist_ok=True)
    file = place / like.name
    file.write_bytes(like.read_bytes())
    return Found(f"trap {what}.xlsx", Trap(file))


def _kill_once(file: Path) -> None:
    marker = file.with_suffix(".killed")
    if not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)


def _hang(file: Path) -> None:
    while True:
        time.sleep(60)


def _take_all_memory(file: Path) -> None:
    while True:
        HOARD.append(bytearray(2**26))


def _hoard(file: Path) -> None:
    HOARD.append(bytearray(200 * 2**20))


def _surprise(file: Path) -> None:
    raise RuntimeError("12345 is what stood in the cell")


def _panic(file: Path) -> None:
    raise BaseException("as a panic that nobody turned into an error")


ACTIONS = {
    "kill": lambda file: os.kill(os.getpid(), signal.SIGKILL),
    "kill_once": _kill_once,
    "abort": lambda file: os.abort(),
    "exit": lambda file: os._exit(0),
    "hang": _hang,
    "memory": _take_all_memory,
    "hoard": _hoard,
    "surprise": _surprise,
    "panic": _panic,
}
