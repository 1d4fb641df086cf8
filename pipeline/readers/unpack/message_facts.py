"""What is shown of a message wherever it is listed: who sent it when, its subject, and its first lines."""

from pipeline.model import Fact, Message
from schemas.register import VIETNAM
from schemas.text import visible

_LINES = 200


def facts_of(message: Message) -> dict[str, Fact]:
    """Give what the wording of a message may name; what it does not say is left out."""
    sent = f"{message.sent.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if message.sent else ""
    facts: dict[str, Fact] = {
        "sender": message.sender,
        "sent": sent,
        "subject": message.subject,
        "lines": visible(" / ".join(message.text.splitlines()), _LINES),
    }
    return {name: fact for name, fact in facts.items() if fact}
