"""Opens archives and saved e-mails: every file in them, also of those within one another, as bytes with a path.

Nothing is written to disk, so no name from outside is ever used as a path and nothing is left behind.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.find import NO_REPORT, Found
from pipeline.findings import finding
from pipeline.kinds import Container, Kind, Unreadable, kind_of
from pipeline.limits import Limits
from pipeline.model import Finding
from pipeline.read import OverLimit
from pipeline.unpack.mail import mail_pieces, mailbox_pieces
from pipeline.unpack.outlook import outlook_pieces
from pipeline.unpack.pieces import Budget, Piece
from pipeline.unpack.zips import zip_pieces
from pipeline.zip_check import check_zip
from schemas.text import visible

_OPENERS: Mapping[Kind, Callable[[Container, Budget, Limits], Iterator[Piece]]] = {
    Kind.ZIP: zip_pieces,
    Kind.EMAIL: mail_pieces,
    Kind.MBOX: mailbox_pieces,
    Kind.MSG: outlook_pieces,
}
CONTAINERS = frozenset(_OPENERS)
_MAIL = CONTAINERS - {Kind.ZIP}
_NAME_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class _Step:
    """How far the unpacking of one file of the folder has come."""

    budget: Budget
    limits: Limits
    depth: int = 1


def unpacked(found: Found, data: bytes, kind: Kind, limits: Limits) -> Iterator[tuple[Found, bytes | None]]:
    """Give every file within an archive or e-mail in a fixed order, each archive after its members, `found` last.

    A file that is not to be read bears a problem: an archive or e-mail that was opened F032 with the count of its
    files, an e-mail that brings none that may be a report F040. Its bytes are None where it could not be unpacked.
    Whatever the bytes are, nothing is raised but MemoryError.
    """
    yield from _open(found, data, kind, _Step(Budget(limits.members, limits.inflated_bytes), limits))


def _open(found: Found, data: bytes, kind: Kind, step: _Step) -> Iterator[tuple[Found, bytes | None]]:
    if step.depth > step.limits.depth:
        yield replace(found, problem=_over_limit(OverLimit("depth", step.depth, step.limits.depth))), data
        return
    count, reports = 0, 0
    try:
        for piece in _OPENERS[kind](Container(data, step.limits.inflated_bytes), step.budget, step.limits):
            count += 1
            reports += piece.problem is None or piece.problem.code != NO_REPORT
            yield from _look_into(_member(found, piece), piece.data, step)
    except OverLimit as error:
        problem = _over_limit(error)
    except Unreadable:
        problem = finding("F004", facts={"reason": "damaged"})
    else:
        # The text of an e-mail is read by nobody here, and figures may stand in it.
        is_text = kind in _MAIL and not reports
        problem = finding("F040", facts={"kind": kind.value}) if is_text else finding("F032", facts={"count": count})
    yield replace(found, problem=problem), data


def _member(found: Found, piece: Piece) -> Found:
    return Found(
        path=f"{found.path}!{visible(piece.name, _NAME_LENGTH)}",
        file=Path(piece.name.replace("\0", "")),
        modified=piece.modified,
        received=piece.received or found.received,
        problem=piece.problem,
    )


def _look_into(member: Found, data: bytes | None, step: _Step) -> Iterator[tuple[Found, bytes | None]]:
    kind = None if data is None or member.problem else _kind(data, member.file.name, step.limits)
    if data is not None and kind in CONTAINERS:
        yield from _open(member, data, kind, replace(step, depth=step.depth + 1))
    else:
        yield member, data


def _kind(data: bytes, name: str, limits: Limits) -> Kind | None:
    """Tell the kind of a member; one that no reader should open is left to the finding that says so."""
    box = Container(data)
    try:
        check_zip(box, limits)
    except (OverLimit, Unreadable):
        return None
    return kind_of(box, name)


def _over_limit(error: OverLimit) -> Finding:
    return finding("F019", facts={"limit": error.limit, "measured": error.measured, "allowed": error.allowed})
