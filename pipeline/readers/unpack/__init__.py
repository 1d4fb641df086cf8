"""Opens archives and saved e-mails: every file in them, also of those within one another, as bytes with a path.

Nothing is written to disk, so no name from outside is ever used as a path and nothing is left behind.
"""

from collections.abc import Callable, Generator, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.findings import codes, finding
from pipeline.model import Finding, Message, MessageKind
from pipeline.model.limits import Limits
from pipeline.readers.find import NO_REPORT, Found
from pipeline.readers.kinds import Container, Kind, Unreadable, kind_of
from pipeline.readers.sheets import OverLimit
from pipeline.readers.unpack.mail import open_mail, open_mailbox
from pipeline.readers.unpack.message_facts import facts_of
from pipeline.readers.unpack.outlook import open_outlook
from pipeline.readers.unpack.own_messages import as_our_own
from pipeline.readers.unpack.pieces import Budget, Opened, Piece
from pipeline.readers.unpack.tnef import open_tnef
from pipeline.readers.unpack.zips import open_zip
from pipeline.readers.zip_check import check_zip
from schemas.text import visible

_OPENERS: Mapping[Kind, Callable[[Container, Budget, Limits], Opened]] = {
    Kind.ZIP: open_zip,
    Kind.EMAIL: open_mail,
    Kind.MBOX: open_mailbox,
    Kind.MSG: open_outlook,
    Kind.TNEF: open_tnef,
}
CONTAINERS = frozenset(_OPENERS)
_NAME_LENGTH = 1000
_CAME_BACK = frozenset({MessageKind.BOUNCE, MessageKind.OWN})
"""kinds of messages in which lies what this office sent, and nothing that answers it"""
_CODES = {
    MessageKind.BOUNCE: codes.MESSAGE_BOUNCED,
    MessageKind.AUTO_REPLY: codes.AUTOMATIC_REPLY,
    MessageKind.OWN: codes.OWN_MESSAGE,
}


@dataclass(frozen=True, slots=True)
class _Step:
    """How far the unpacking of one file of the folder has come."""

    budget: Budget
    limits: Limits
    own_addresses: AbstractSet[str]
    """from which this office sends its messages"""
    depth: int = 1
    lies_in: MessageKind | None = None
    """the kind of message around that is no answer, whatever lies in it"""


_Members = Generator[tuple[Found, bytes | None], None, int]
"""gives each file, and in the end how many of them may be a return"""


def unpacked(
    found: Found, data: bytes, kind: Kind, limits: Limits, own_addresses: AbstractSet[str] = frozenset()
) -> Iterator[tuple[Found, bytes | None]]:
    """Give every file within an archive or e-mail in a fixed order, each archive after its members, `found` last.

    A file that is not to be read bears a problem: an archive or e-mail that was opened F032 with the count of its
    files, an e-mail that brings none that may be a report F040, one that nobody wrote as an answer F050 to F052, and
    what lies in such a one F053. Its bytes are None where it could not be unpacked. Whatever the bytes are, nothing
    is raised but MemoryError.
    """
    yield from _open(found, data, kind, _Step(Budget(limits.members, limits.inflated_bytes), limits, own_addresses))


def _open(found: Found, data: bytes, kind: Kind, step: _Step) -> _Members:
    if step.depth > step.limits.depth:
        yield replace(found, problem=_over_limit(OverLimit("depth", step.depth, step.limits.depth))), data
        return 1
    count, reports, message = 0, 0, None
    try:
        opened = _OPENERS[kind](Container(data, step.limits.inflated_bytes), step.budget, step.limits)
        message = as_our_own(opened.message, step.own_addresses) if opened.message else None
        for piece in opened.pieces:
            count += 1
            within = replace(step, lies_in=_lies_in(step, message, piece))
            member = replace(_member(found, piece), subject=message.subject if message else found.subject)
            reports += yield from _look_into(member, piece, within)
    except OverLimit as error:
        problem = _over_limit(error)
    except Unreadable:
        problem = finding(codes.DAMAGED_FILE, facts={"reason": "damaged"})
    else:
        message = replace(message, brings_file=reports > 0) if message else None
        problem = _told(kind, message, count, step)
    yield replace(found, problem=problem, message=message), data
    return 1 if message else reports


def _lies_in(step: _Step, message: Message | None, piece: Piece) -> MessageKind | None:
    """Say in what kind of message a piece lies that is no answer: an automatic reply may bring what it replies to."""
    if step.lies_in or message is None:
        return step.lies_in
    came_back = message.kind in _CAME_BACK or (message.kind is MessageKind.AUTO_REPLY and piece.is_message)
    return message.kind if came_back else None


def _told(kind: Kind, message: Message | None, count: int, step: _Step) -> Finding:
    """Say what became of an archive or message that was opened."""
    said = facts_of(message) if message else {}
    if step.lies_in:
        return finding(codes.IN_OWN_MESSAGE, facts={**said, "why": step.lies_in.value})
    if message and message.kind in _CODES and not (message.kind is MessageKind.AUTO_REPLY and message.brings_file):
        return finding(_CODES[message.kind], facts={**said, "addresses": message.failed, "count": count})
    # The text of an e-mail may hold figures, and is no form.
    if message and not message.brings_file:
        return finding(codes.MAIL_WITHOUT_FILE, facts={**said, "kind": kind.value})
    return finding(codes.CONTAINER, facts={**said, "count": count})


def _member(found: Found, piece: Piece) -> Found:
    is_bearable = len(piece.name) <= _NAME_LENGTH
    name = piece.name if is_bearable else visible(piece.name, _NAME_LENGTH)
    return Found(
        path=f"{found.path}!{name}",
        file=Path(piece.name.replace("\0", "")),
        modified=piece.modified,
        received=piece.received or found.received,
        problem=piece.problem,
    )


def _look_into(member: Found, piece: Piece, step: _Step) -> _Members:
    data = piece.data
    kind = None if data is None or member.problem else _kind(data, member.file.name, step.limits)
    if data is not None and kind in CONTAINERS:
        return (yield from _open(member, data, kind, replace(step, depth=step.depth + 1)))
    if step.lies_in and not member.problem:
        member = replace(member, problem=finding(codes.IN_OWN_MESSAGE, facts={"why": step.lies_in.value}))
    yield member, data
    return int(member.problem is None or member.problem.code != NO_REPORT)


def _kind(data: bytes, name: str, limits: Limits) -> Kind | None:
    """Tell the kind of a member; one that no reader should open is left to the finding that says so."""
    box = Container(data)
    try:
        check_zip(box, limits)
    except (OverLimit, Unreadable):
        return None
    return kind_of(box, name)


def _over_limit(error: OverLimit) -> Finding:
    return finding(
        codes.OVER_A_LIMIT, facts={"limit": error.limit, "measured": error.measured, "allowed": error.allowed}
    )
