"""What an archive or e-mail is taken apart into, and how much it may come to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pipeline.model import Finding, Message
from pipeline.readers.sheets import OverLimit


@dataclass(frozen=True, slots=True)
class Piece:
    """One file in an archive or e-mail. Its name is for people: it is never used as a path."""

    name: str
    data: bytes | None
    """None where it was not unpacked; then a problem says why"""
    modified: datetime | None = None
    received: datetime | None = None
    problem: Finding | None = None
    is_message: bool = False
    """an e-mail within an e-mail"""


@dataclass(frozen=True, slots=True)
class Opened:
    """An archive or message that was opened."""

    pieces: Iterator[Piece]
    message: Message | None = None


class Budget:
    """What all archives within one file of the folder may come to together; copies of one archive cannot evade it."""

    def __init__(self, members: int, size: int) -> None:
        """Start with so many files and bytes."""
        self._members, self._size = members, size
        self._left = (members, size)

    def take(self, members: int, size: int) -> None:
        """Count files and bytes before they are unpacked.

        Raises:
            OverLimit: they are too many.
        """
        left = self._left[0] - members, self._left[1] - size
        if left[0] < 0:
            raise OverLimit("members", self._members - left[0], self._members)
        if left[1] < 0:
            raise OverLimit("inflated_bytes", self._size - left[1], self._size)
        self._left = left
