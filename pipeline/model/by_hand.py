"""What an officer wrote into an older summary."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.rules import Cell


@dataclass(frozen=True, slots=True)
class HandLine:
    """What an officer wrote in one line of the list of files of an older summary."""

    unit: str
    """code of the unit of the line; "" where it had none"""
    path: str
    """path of the file of the line; "" where it had none"""
    texts: Mapping[str, str]
    """key of a column -> what was written"""
    sheet: str
    cell: str
    """where it was written"""


@dataclass(frozen=True, slots=True)
class HandName:
    """What an officer wrote between or below the posts of those who sign an older summary."""

    below: str
    """key of the line of posts above it"""
    down: int
    """so many rows below that line"""
    right: bool
    """in the half of those who sign, else in that of who made it"""
    text: str
    sheet: str
    cell: str


class HandEdit(NamedTuple):
    """Something that an officer wrote in an older summary and that the new one does not keep."""

    sheet: str
    cell: str
    text: str


@dataclass(frozen=True, slots=True)
class ByHand:
    """What an officer wrote in an older summary where the program leaves room for it."""

    lines: tuple[HandLine, ...] = ()
    notes: Mapping[Cell, str] = field(default_factory=dict)
    """cell of the form that takes words -> what stands there beside the totals"""
    dotted: Mapping[str, str] = field(default_factory=dict)
    """key of a dotted line above the totals -> the line as it was filled in"""
    names: tuple[HandName, ...] = ()
    """names under the posts of those who sign"""
