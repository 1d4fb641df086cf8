"""What a saved message says of itself: of what kind it is, who sent it when, and what is written in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is, before anything in it counts."""

    LETTER = "letter"
    """written by a person: what came with it may be a return, and its text an answer"""
    BOUNCE = "bounce"
    """a mail server gives back what could not be delivered"""
    AUTO_REPLY = "auto_reply"
    """written by a program: out of office, read receipt"""
    OWN = "own"
    """sent by this program itself, and come back or kept"""


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    kind: MessageKind
    sender: str = ""
    """as it stands there, name and address"""
    subject: str = ""
    sent: datetime | None = None
    text: str = ""
    """what its writer wrote, without the older messages quoted below, a line each"""
    recipients: tuple[str, ...] = ()
    """addresses that it was sent to, as far as it names any"""
    failed: tuple[str, ...] = ()
    """addresses that a bounce could not deliver to"""
    brings_file: bool = False
    """something in it may be a return; a logo or a signature is nothing"""
