"""The frozen values that pass between the steps. No step's code is here, and no library's types."""

from pipeline.model.by_hand import ByHand, HandEdit, HandLine, HandName
from pipeline.model.cells import COUNTED, Coverage, Entry, Fact, Finding, Open, State, Unplaced
from pipeline.model.consolidation import Consolidation, Group, Total
from pipeline.model.decided_lines import LineEnd, Place
from pipeline.model.errors import RunError
from pipeline.model.languages import LANGUAGES, Lang
from pipeline.model.ledger import FileResult, FileStatus, UnitResult, UnitStatus
from pipeline.model.limits import DEFAULT, Limits
from pipeline.model.messages import Message, MessageKind
from pipeline.model.returns import Claim, FileReading, Return, Shown, Times, UnitLine

__all__ = [
    "COUNTED",
    "DEFAULT",
    "LANGUAGES",
    "ByHand",
    "Claim",
    "Consolidation",
    "Coverage",
    "Entry",
    "Fact",
    "FileReading",
    "FileResult",
    "FileStatus",
    "Finding",
    "Group",
    "HandEdit",
    "HandLine",
    "HandName",
    "Lang",
    "Limits",
    "LineEnd",
    "Message",
    "MessageKind",
    "Open",
    "Place",
    "Return",
    "RunError",
    "Shown",
    "State",
    "Times",
    "Total",
    "UnitLine",
    "UnitResult",
    "UnitStatus",
    "Unplaced",
]
