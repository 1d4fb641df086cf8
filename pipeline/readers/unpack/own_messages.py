"""Messages that this office sent itself, and that bear no mark of the program: copies from its folder of sent mail."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipeline.model import Message, MessageKind
from pipeline.readers.unpack.message_kinds import addresses_in
from pipeline.readers.unpack.message_text import is_forward


def as_our_own(message: Message, addresses: AbstractSet[str]) -> Message:
    """Know by its sender a message that this office sent itself.

    What was passed on is what somebody else wrote, and what the office sent to itself alone comes from a scanner or a
    telephone, so neither is taken for one.
    """
    is_sent = not addresses.isdisjoint(addresses_in([message.sender]))
    is_kept = bool(message.recipients) and set(message.recipients) <= addresses
    is_ours = is_sent and not is_kept and not is_forward(message.subject, message.text)
    return replace(message, kind=MessageKind.OWN) if is_ours and message.kind is MessageKind.LETTER else message
