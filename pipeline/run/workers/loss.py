"""What is known of a worker that was lost, and what is told of the file it was at."""

import re
import signal
import sys
from dataclasses import dataclass

from pipeline.findings import codes, finding
from pipeline.model import Finding

_PANIC = re.compile(rb"panicked at (\S+:\d+:\d+)")

if sys.platform == "win32":
    _ENDED_FROM_OUTSIDE: frozenset[int] = frozenset()
    _ALARM = 0
else:
    _ENDED_FROM_OUTSIDE = frozenset({-signal.SIGKILL, -signal.SIGTERM})
    _ALARM = -signal.SIGALRM


@dataclass(frozen=True, slots=True)
class Loss:
    """How a worker was lost."""

    code: int
    noise: bytes
    overdue: bool

    @property
    def by_chance(self) -> bool:
        """It was ended from outside, as by a machine short of memory; the file need not have done it."""
        return self.code in _ENDED_FROM_OUTSIDE and not self.overdue

    @property
    def finding(self) -> Finding:
        """What is told of the file it was at."""
        if self.overdue or self.code == _ALARM:
            return finding(codes.OVER_A_LIMIT, facts={"limit": "time"})
        if self.by_chance or b"memory allocation of" in self.noise:
            return finding(codes.OVER_A_LIMIT, facts={"limit": "memory"})
        return finding(codes.DAMAGED_FILE, facts={"reason": "crashed"})

    @property
    def words(self) -> str:
        """Say for the log where a native reader broke off; the rest of what it wrote may quote a cell."""
        place = next(reversed(list(_PANIC.finditer(self.noise))), None)
        where = f", panic at {place[1].decode('ascii', 'replace')}" if place else ""
        how = "was ended because it took too long" if self.overdue else f"ended with code {self.code}"
        return f"the reading process {how}{where}"
