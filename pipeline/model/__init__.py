"""The frozen values that pass between the steps. No step's code is here, and no library's types."""

from pipeline.model.by_hand import ByHand, HandEdit, HandLine, HandName
from pipeline.model.cells import COUNTED, Coverage, Entry, Fact, Finding, Open, State
from pipeline.model.consolidation import Consolidation, Group, Total
from pipeline.model.decided_lines import LineEnd, Place
from pipeline.model.ledger import FileResult, FileStatus, UnitResult, UnitStatus
from pipeline.model.messages import Message, MessageKind
from pipeline.model.returns import Claim, FileReading, Return, Shown, Times, UnitLine

__all__ = [
    "COUNTED",
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
    "LineEnd",
    "Message",
    "MessageKind",
    "Open",
    "Place",
    "Return",
    "Shown",
    "State",
    "Times",
    "Total",
    "UnitLine",
    "UnitResult",
    "UnitStatus",
]
