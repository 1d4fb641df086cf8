"""The attachments and the text of a message saved by Outlook (.msg), with the time at which it came.

Format: [MS-OXMSG] 2.2 (storages and streams), [MS-OXPROPS] for the numbers of the properties.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_string

from pipeline.findings import codes, finding
from pipeline.model import Message, MessageKind
from pipeline.model.limits import Limits
from pipeline.readers.find import NO_REPORT
from pipeline.readers.kinds import Container
from pipeline.readers.unpack.message_kinds import Envelope, addresses_of, failed_addresses, kind_of_message
from pipeline.readers.unpack.message_text import own_text, text_of_page
from pipeline.readers.unpack.pictures import is_decoration
from pipeline.readers.unpack.pieces import Budget, Opened, Piece
from schemas.register import VIETNAM
from schemas.text import visible

_ATTACHMENT = "__attach_version1.0_"
_PROPERTIES = "__properties_version1.0"
_STREAM = "__substg1.0_"
_DATA = "__substg1.0_37010102"
_EMBEDDED = "__substg1.0_3701000d"
_NAMES = ("3707", "3704", "3001")
_CLASS, _SUBJECT, _BODY, _PAGE, _HEADERS, _SHOWN_TO = "001a", "0037", "1000", "1013", "007d", "0e04"
_SENDER_NAME, _SENDER_SMTP, _SENDER_ADDRESS = "0c1a", "5d01", "0c1f"
_CONTENT_ID = "3712"
_DELIVERED = 0x0E060040
_SUBMITTED = 0x00390040
_HIDDEN = 0x7FFE000B
_ATTACH_FLAGS = 0x37140003
_STANDS_IN_TEXT = 0x4
_HEADER = 32
_HEADER_WITHIN = 24
_HEADER_OF_ATTACHMENT = 8
_PROPERTY = 16
_LONGEST = 200
_FIRST_DAY = datetime(1601, 1, 1, tzinfo=UTC)


def open_outlook(box: Container, budget: Budget, limits: Limits) -> Opened:
    """Open a message: its attachments in their order, those of messages within it among them.

    What the messages within it say belongs to its text. What lies in one of them that is no answer is told so.

    Raises:
        OverLimit: they are too many or too large.
        Unreadable: a stream is cut off.
    """
    whole = _taken_apart(box, "", budget, limits.depth)
    return Opened(iter(whole.pieces), whole.message)


@dataclass(frozen=True, slots=True)
class _Whole:
    """A message that was taken apart."""

    message: Message
    pieces: list[Piece]


def _taken_apart(box: Container, storage: str, budget: Budget, depth: int) -> _Whole:
    numbers = _numbers(box, storage, _HEADER_WITHIN if storage else _HEADER)
    received = _moment(numbers.get(_DELIVERED) or numbers.get(_SUBMITTED))
    written, shown = _written(box, storage)
    envelope = _envelope(box, storage, written)
    message = Message(
        kind=kind_of_message(envelope),
        sender=envelope.sender,
        subject=envelope.subject,
        sent=_moment(numbers.get(_SUBMITTED)) or received,
        text=own_text(written, envelope.subject),
        recipients=addresses_of(envelope),
        failed=failed_addresses(envelope),
    )
    pieces: list[Piece] = []
    for place in box.children(storage):
        if not place.startswith(_ATTACHMENT):
            continue
        attachment = f"{storage}/{place}".strip("/")
        parts = box.children(attachment)
        if _EMBEDDED in parts and depth:
            inner = _taken_apart(box, f"{attachment}/{_EMBEDDED}", budget, depth - 1)
            pieces += _within(message, inner)
            if message.kind is inner.message.kind is MessageKind.LETTER:
                message = replace(message, text="\n".join(filter(None, (message.text, inner.message.text))))
        elif _DATA in parts:
            data = box.stream(f"{attachment}/{_DATA}")
            budget.take(1, len(data))
            pieces.append(_piece(box, attachment, data, received, shown))
    return _Whole(message, pieces)


def _within(message: Message, inner: _Whole) -> Iterator[Piece]:
    """Give what lies in a message within: a forwarded bounce, or a message of our own, is no answer."""
    kind = inner.message.kind
    is_answer = kind is MessageKind.LETTER and message.kind is not MessageKind.AUTO_REPLY
    why = message.kind if kind is MessageKind.LETTER else kind
    for piece in inner.pieces:
        problem = piece.problem or (None if is_answer else finding(codes.IN_OWN_MESSAGE, facts={"why": why.value}))
        yield replace(piece, problem=problem)


def _piece(box: Container, attachment: str, data: bytes, received: datetime | None, shown: frozenset[str]) -> Piece:
    name = _name(box, attachment)
    numbers = _numbers(box, attachment, _HEADER_OF_ATTACHMENT)
    known_as = _text(box, attachment, _CONTENT_ID).strip("<> ").lower()
    is_marked = bool(numbers.get(_HIDDEN, 0) & 1) or bool(numbers.get(_ATTACH_FLAGS, 0) & _STANDS_IN_TEXT)
    stands_in_text = is_marked or (known_as != "" and known_as in shown)
    is_nothing = _is_picture(data) and is_decoration(data.rstrip(b"\0"), name, stands_in_text=stands_in_text)
    problem = finding(NO_REPORT) if is_nothing else None
    last = attachment.rpartition("/")[2].removeprefix(_ATTACHMENT)
    return Piece(name or last, data, received=received, problem=problem)


def _is_picture(data: bytes) -> bool:
    return data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"\x01\x00\x00\x00"))


def _name(box: Container, attachment: str) -> str:
    names = (_text(box, attachment, name) for name in _NAMES)
    text = next(filter(None, names), "")
    return text.replace("\\", "/").rpartition("/")[2].strip()


def _written(box: Container, storage: str) -> tuple[str, frozenset[str]]:
    """Give the text of a message, and the ids of the pictures that stand in it."""
    page = _text(box, storage, _PAGE) or _page_in_bytes(box, storage)
    from_page, shown = text_of_page(page) if page else ("", frozenset())
    plain = _text(box, storage, _BODY)
    return (plain if plain.strip() else from_page), shown


def _page_in_bytes(box: Container, storage: str) -> str:
    data = _stream(box, storage, f"{_STREAM}{_PAGE}0102")
    for encoding in ("utf-8", "cp1258"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _envelope(box: Container, storage: str, written: str) -> Envelope:
    head = message_from_string(_text(box, storage, _HEADERS).lstrip())
    headers: dict[str, list[str]] = {}
    for name, value in head.items():
        headers.setdefault(name.lower(), []).append(str(value))
    address = _text(box, storage, _SENDER_SMTP) or _text(box, storage, _SENDER_ADDRESS)
    name = _text(box, storage, _SENDER_NAME)
    # Within Exchange an address is a path and says nothing to a person.
    address = address if "@" in address and address != name else ""
    return Envelope(
        headers=headers,
        sender=visible(f"{name} <{address}>".strip() if address else name, _LONGEST),
        subject=visible(_text(box, storage, _SUBJECT).strip(), _LONGEST),
        text=written,
        message_class=_text(box, storage, _CLASS),
        recipients=(_text(box, storage, _SHOWN_TO),),
    )


# Streams and numbers -----------------------------------------------------------------------------------------------


def _text(box: Container, storage: str, number: str) -> str:
    """Give a text by its number: in UTF-16, or in the code page of the sender."""
    data = _stream(box, storage, f"{_STREAM}{number}001f")
    if data:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return _stream(box, storage, f"{_STREAM}{number}001e").decode("cp1258", "replace").rstrip("\0")


def _stream(box: Container, storage: str, name: str) -> bytes:
    return box.stream(f"{storage}/{name}".strip("/")) if name in box.children(storage) else b""


def _numbers(box: Container, storage: str, header: int) -> Mapping[int, int]:
    """Give the properties of fixed size by their tags."""
    stream = _stream(box, storage, _PROPERTIES)
    places = range(header, len(stream) - _PROPERTY + 1, _PROPERTY)
    return dict(struct.unpack_from("<I4xQ", stream, place) for place in places)


def _moment(ticks: int | None) -> datetime | None:
    """Read a time: a count of 100 ns since 1601."""
    try:
        return (_FIRST_DAY + timedelta(microseconds=ticks // 10)).astimezone(VIETNAM) if ticks else None
    except OverflowError:
        return None
