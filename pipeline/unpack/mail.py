"""The attachments of a saved e-mail (.eml) and of a mailbox (.mbox), with the time at which it came.

Names come coded (RFC 2047, RFC 2231), doubly coded, or raw in UTF-8 or code page 1258. The parser of the standard
library is used with its older policy: the newer one meets malformed headers with errors of many types. The time is
that of the topmost `Received` line, written by the last server on the way, else the sender's `Date` (RFC 5322).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime

from pipeline.find import NO_REPORT
from pipeline.findings import finding
from pipeline.kinds import Container, Unreadable
from pipeline.limits import Limits
from pipeline.model import Finding
from pipeline.unpack.pieces import Budget, Piece
from schemas.register import VIETNAM

_SEPARATOR = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[\w-]+:)")
_RAW_ENCODINGS = ("utf-8", "cp1258", "latin-1")
_DECORATION_BYTES = 30_000
"""an image of a signature is smaller, a photo of a form is larger"""
_NO_REPORTS = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"text/calendar", "text/vcard", "text/x-vcard"}
)
_SUBJECT_LENGTH = 80


def mailbox_pieces(box: Container, budget: Budget, limits: Limits) -> Iterator[Piece]:
    """Give the e-mails of a mailbox, numbered in their order.

    Raises:
        OverLimit: there are too many.
        Unreadable: there is none.
    """
    starts = [match.span() for match in _SEPARATOR.finditer(box.data)]
    if not starts:
        raise Unreadable("no e-mail begins in this mailbox")
    budget.take(len(starts), 0)
    ends = [start for start, _ in starts[1:]] + [len(box.data)]
    for number, ((_, start), end) in enumerate(zip(starts, ends, strict=True), 1):
        yield Piece(f"{number:04d}.eml", box.data[start:end])


def mail_pieces(box: Container, budget: Budget, limits: Limits) -> Iterator[Piece]:
    """Give the attachments of an e-mail in their order; an e-mail forwarded in it is one of them.

    Raises:
        OverLimit: they are too many or too large.
        Unreadable: its structure cannot be followed.
    """
    try:
        message = message_from_bytes(box.data)
        pieces = [_piece(part, number) for number, part in enumerate(_attachments(message), 1)]
    except MemoryError:
        raise
    # The parser meets garbage with errors of many types, RecursionError on parts within parts among them.
    except Exception as error:
        raise Unreadable("the e-mail cannot be taken apart") from error
    budget.take(len(pieces), sum(len(piece.data or b"") for piece in pieces))
    received = received_time(message)
    for piece in pieces:
        yield Piece(piece.name, piece.data, received=received, problem=piece.problem)


def _attachments(message: Message) -> Iterator[Message]:
    """Walk to every part that is a file; the text of the e-mail itself is none."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, Message):
                yield from _attachments(part)
    elif message.get_content_maintype() != "text" or _name_of(message) or _disposition(message) == "attachment":
        yield message


def _disposition(part: Message) -> str:
    return (_readable(part, "Content-Disposition").partition(";")[0]).strip().lower()


def _piece(part: Message, number: int) -> Piece:
    name = _name_of(part)
    inner = part.get_payload()
    forwarded = inner[0] if isinstance(inner, list) and inner else None
    if part.get_content_type() == "message/rfc822" and isinstance(forwarded, Message):
        subject = re.sub(r"[\\/\s]+", " ", _plain(_readable(forwarded, "Subject")))[:_SUBJECT_LENGTH].strip()
        return Piece(name or f"{subject or number}.eml", forwarded.as_bytes())
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    return Piece(name or str(number), data, problem=_no_report(part, len(data)))


def _no_report(part: Message, size: int) -> Finding | None:
    inline_image = (
        part.get_content_maintype() == "image"
        and _disposition(part) != "attachment"
        and "Content-ID" in part
        and size < _DECORATION_BYTES
    )
    return finding(NO_REPORT) if inline_image or part.get_content_type() in _NO_REPORTS else None


def received_time(message: Message) -> datetime | None:
    """Say when an e-mail came; None where nothing that it states is a time."""
    lines = [str(line).rpartition(";")[2] for line in message.get_all("Received", [])]
    times = (_time(line) for line in [*lines, str(message.get("Date", ""))])
    return next((time for time in times if time), None)


def _time(text: str) -> datetime | None:
    """Read a time; one without a zone is Vietnam's, except that -0000 means UTC (RFC 5322, 3.3)."""
    try:
        time = parsedate_to_datetime(" ".join(text.split()))
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC if "-0000" in text else VIETNAM)
        return time.astimezone(VIETNAM)
    # Among others IndexError and OverflowError: the text is whatever the sender's program wrote.
    except Exception:
        return None


# Names -----------------------------------------------------------------------------------------------------------


def _name_of(part: Message) -> str:
    """Give the last step of the name that the sender's program stated; "" where there is none."""
    for header in ("Content-Disposition", "Content-Type"):
        if part.get(header) is not None:
            part.replace_header(header, _readable(part, header))
    return _plain(part.get_filename() or "").replace("\\", "/").rpartition("/")[2].strip()


def _readable(part: Message, header: str) -> str:
    """Give a header as text, with bytes that no encoding is stated for decoded."""
    raw = next((value for name, value in part.raw_items() if name.lower() == header.lower()), "")
    text = str(raw)
    try:
        unknown = text.encode("ascii", "surrogateescape")
    except UnicodeEncodeError:
        return text
    for encoding in _RAW_ENCODINGS:
        try:
            return unknown.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text


def _plain(text: str) -> str:
    """Decode the coded words of RFC 2047, which many programs also use where RFC 2231 asks for its own."""
    if "=?" not in text:
        return text
    try:
        return str(make_header(decode_header(text)))
    # An encoding that nobody knows (LookupError), broken base64 and more.
    except Exception:
        return text
