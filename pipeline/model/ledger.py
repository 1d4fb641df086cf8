"""What became of every file, and where every unit stands."""

from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.model.cells import Finding
from pipeline.model.returns import Return, Times
from schemas.register import Unit
from schemas.text import visible

_SHOWN_PATH = 1_024


class FileStatus(StrEnum):
    """What became of a file."""

    USED = "used"
    USED_WITH_ERRORS = "used_with_errors"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"
    IGNORED = "ignored"


class UnitStatus(StrEnum):
    """Where an expected unit stands."""

    RECEIVED = "received"
    RECEIVED_WITH_ERRORS = "received_with_errors"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FileResult:
    """One line of the ledger: one return, or one file without any."""

    path: str
    """the true one, whatever it is made of: a program finds the file by it"""
    sha256: str | None
    unit: str | None
    status: FileStatus
    late: bool | None
    findings: tuple[Finding, ...]
    times: Times = field(default_factory=Times)
    is_return: bool = False
    """whether the form was recognised in it"""
    perhaps: tuple[str, ...] = ()
    """codes of the units that something in or on it names, while nobody can tell whose return it is"""
    filled_by: str = ""
    phone: str = ""
    source: str = ""
    """what the return says of who filled it in, where, and from what"""

    @property
    def shown_path(self) -> str:
        """Its path for a person: one line, nothing hidden in it, whatever its name is made of."""
        return visible(self.path, _SHOWN_PATH)


@dataclass(frozen=True, slots=True)
class UnitResult:
    """One unit that is expected, or listed without being summed, and its return if one counts."""

    unit: Unit
    status: UnitStatus
    file: str | None
    """path of the counted return; for a missing unit, of a file that came without usable figures"""
    counted: Return | None
    """the return that counts, its entries settled; None for a missing unit"""
    in_total: bool = True
