"""The attachments and the text of a saved e-mail (.eml, .emlx), and the e-mails of a mailbox (.mbox).

Names come coded (RFC 2047, RFC 2231), doubly coded, or raw in UTF-8 or code page 1258. The parser of the standard
library is used with its older policy: the newer one meets malformed headers with errors of many types. The time is
that of the topmost `Received` line, written by the last server on the way, else the sender's `Date` (RFC 5322).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as EmailMessage
from email.utils import parsedate_to_datetime

from pipeline.findings import finding
from pipeline.model import Message
from pipeline.model.limits import Limits
from pipeline.readers.find import NO_REPORT
from pipeline.readers.kinds import Container, Unreadable
from pipeline.readers.unpack.message_kinds import Envelope, addresses_of, failed_addresses, kind_of_message
from pipeline.readers.unpack.message_text import own_text, text_of_page
from pipeline.readers.unpack.pictures import is_decoration
from pipeline.readers.unpack.pieces import Budget, Opened, Piece
from schemas.register import VIETNAM
from schemas.text import visible

_SEPARATOR = re.compile(rb"(?:\A|(?<=\n))From [^\r\n]*\d{4}[^\r\n]*\r?\n(?=[\w-]+:)")
_RAW_ENCODINGS = ("utf-8", "cp1258", "latin-1")
_APPLE_LENGTH = re.compile(rb"\A\s*(\d{1,12})[ \t]*\r?\n(?=[A-Za-z-]+:)")
_ENCODING = re.compile(r"\s*([\w-]+)")
_CODED_MESSAGE = "application/x-coded-message"
_FORWARDED_TYPE = re.compile(rb"message/(?:rfc822|global)(?=[;\s])", re.I)
_CODED = re.compile(rb"^content-transfer-encoding:\s*(?:base64|quoted-printable)", re.I | re.M)
_LONGEST_HEAD = 2_000
"""the head of a part is shorter"""
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_FORWARDED = frozenset({"message/rfc822", "message/global"})
_TEXTS = frozenset({"text/plain", "text/html", "text/enriched"})
_OF_SERVERS = frozenset(
    {"message/delivery-status", "message/disposition-notification", "message/feedback-report"}
    | {"message/global-delivery-status", "message/global-headers", "text/rfc822-headers"}
)
_NO_REPORTS = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
    | {"text/calendar", "text/vcard", "text/x-vcard"}
)
_SUBJECT_LENGTH = 80
_LONGEST_SUBJECT = 200
_SENDER_LENGTH = 120


def open_mailbox(box: Container, budget: Budget, _limits: Limits) -> Opened:
    """Open the e-mails of a mailbox, numbered in their order.

    Raises:
        OverLimit: there are too many.
        Unreadable: there is none.
    """
    starts = [match.span() for match in _SEPARATOR.finditer(box.data)]
    if not starts:
        raise Unreadable("no e-mail begins in this mailbox")
    budget.take(len(starts), 0)
    ends = [start for start, _ in starts[1:]] + [len(box.data)]
    places = enumerate(zip(starts, ends, strict=True), 1)
    return Opened(Piece(f"{number:04d}.eml", box.data[start:end]) for number, ((_, start), end) in places)


def open_mail(box: Container, budget: Budget, _limits: Limits) -> Opened:
    """Open an e-mail: its attachments in their order, an e-mail forwarded in it being one of them, and what it says.

    Raises:
        OverLimit: they are too many or too large.
        Unreadable: its structure cannot be followed.
    """
    try:
        message = message_from_bytes(_with_coded_messages_whole(_of_apple(box.data)))
        _mend_encodings(message)
        texts = _texts_of(message)
        parts = list(_attachments(message))
        pieces = [_piece(part, number, texts.pictures) for number, part in enumerate(parts, 1)]
        envelope = _envelope(message, texts.all_of_it)
    except MemoryError:
        raise
    # The parser meets garbage with errors of many types, RecursionError on parts within parts among them.
    except Exception as error:
        raise Unreadable("the e-mail cannot be taken apart") from error
    budget.take(len(pieces), sum(len(piece.data or b"") for piece in pieces))
    received = received_time(message)
    said = Message(
        kind=kind_of_message(envelope),
        sender=envelope.sender,
        subject=envelope.subject,
        sent=_time(str(message.get("Date", ""))) or received,
        text=own_text(texts.all_of_it, envelope.subject),
        recipients=addresses_of(envelope),
        failed=failed_addresses(envelope),
    )
    return Opened((replace(piece, received=received) for piece in pieces), said)


def _of_apple(data: bytes) -> bytes:
    """Take the e-mail out of an .emlx: its length stands in the first line, and a property list behind it."""
    length = _APPLE_LENGTH.match(data)
    if not length:
        return data
    end = length.end() + int(length[1])
    # Some copies count their line ends otherwise: then the list stays behind the last part, where nobody reads it.
    return data[length.end() : end] if data[end : end + 5] == b"<?xml" else data[length.end() :]


def _with_coded_messages_whole(data: bytes) -> bytes:
    """Name a forwarded e-mail that is coded by another type: the parser would take its code for the e-mail itself.

    RFC 2046 allows no code there, and programs write it all the same.
    """
    pieces, done = [], 0
    for place in _FORWARDED_TYPE.finditer(data):
        before = data[max(done, place.start() - _LONGEST_HEAD) : place.start()]
        behind = data[place.end() : place.end() + _LONGEST_HEAD]
        if _CODED.search(_BLANK_LINE.split(before)[-1]) or _CODED.search(_BLANK_LINE.split(behind)[0]):
            pieces += [data[done : place.start()], _CODED_MESSAGE.encode()]
            done = place.end()
    return b"".join([*pieces, data[done:]]) if pieces else data


def _mend_encodings(message: EmailMessage) -> None:
    """Leave of a transfer encoding its name alone: "base64 " and "base64 (note)" are base64 (RFC 2045, 6.1)."""
    for part in message.walk():
        stated = part.get("Content-Transfer-Encoding")
        name = _ENCODING.match(str(stated or ""))
        if name and name[1] != str(stated):
            part.replace_header("Content-Transfer-Encoding", name[1])


# What is written in it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Texts:
    """What stands in an e-mail to be read."""

    all_of_it: str
    pictures: frozenset[str]
    """ids of pictures that stand in the text"""


def _texts_of(message: EmailMessage) -> _Texts:
    """Gather the text of an e-mail; of a part that is there twice, as plain text and as a page, the plain one."""
    plain: list[str] = []
    pages: list[str] = []
    pictures: frozenset[str] = frozenset()
    for part in _text_parts(message):
        written = _decoded(part)
        if part.get_content_type() == "text/html":
            page, shown = text_of_page(written)
            pages.append(page)
            pictures |= shown
        else:
            plain.append(written)
    said = "\n".join(plain)
    return _Texts(said if said.strip() else "\n".join(pages), pictures)


def _text_parts(message: EmailMessage) -> Iterator[EmailMessage]:
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, EmailMessage):
                yield from _text_parts(part)
    elif message.get_content_type() in _TEXTS and not _is_attachment(message):
        yield message


def _decoded(part: EmailMessage) -> str:
    """Decode a text in the encoding that it states, else in the first that fits."""
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    stated = part.get_content_charset("")
    for encoding in filter(None, (stated, *_RAW_ENCODINGS)):
        try:
            return data.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            continue
    return data.decode("utf-8", "replace")


def _envelope(message: EmailMessage, text: str) -> Envelope:
    headers: dict[str, list[str]] = {}
    for name, value in message.raw_items():
        headers.setdefault(name.lower(), []).append(str(value))
    statuses = []
    recipients: list[str] = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            groups = (group for group in part.get_payload() if isinstance(group, EmailMessage))
            statuses += [{name.lower(): str(value) for name, value in group.items()} for group in groups]
        elif part is not message and "To" in part:
            recipients.append(_plain(_readable(part, "To")))
    return Envelope(
        headers=headers,
        sender=visible(_plain(_readable(message, "From")), _SENDER_LENGTH),
        subject=visible(_plain(_readable(message, "Subject")).strip(), _LONGEST_SUBJECT),
        text=text,
        statuses=statuses,
        report_type=str(message.get_param("report-type", "")) if _is_report(message) else "",
        recipients=tuple(recipients),
    )


def _is_report(message: EmailMessage) -> bool:
    return message.get_content_type() == "multipart/report"


# Attachments -------------------------------------------------------------------------------------------------------


def _attachments(message: EmailMessage) -> Iterator[EmailMessage]:
    """Walk to every part that is a file; the text of the e-mail itself is none, nor what servers report of it."""
    if message.get_content_maintype() == "multipart" and message.is_multipart():
        for part in message.get_payload():
            if isinstance(part, EmailMessage):
                yield from _attachments(part)
    elif message.get_content_type() not in _OF_SERVERS and _is_attachment(message):
        yield message


def _is_attachment(part: EmailMessage) -> bool:
    return part.get_content_maintype() != "text" or bool(_name_of(part)) or _disposition(part) == "attachment"


def _disposition(part: EmailMessage) -> str:
    return (_readable(part, "Content-Disposition").partition(";")[0]).strip().lower()


def _piece(part: EmailMessage, number: int, shown: frozenset[str]) -> Piece:
    name = _name_of(part)
    inner = part.get_payload()
    if part.get_content_type() in _FORWARDED and isinstance(inner, list) and isinstance(inner[0], EmailMessage):
        return _forwarded(inner[0], name, number)
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    if part.get_content_type() == _CODED_MESSAGE:
        return Piece(name or f"{number}.eml", data.lstrip(), is_message=True)
    is_nothing = part.get_content_type() in _NO_REPORTS or _is_decoration(part, data, name, shown)
    return Piece(name or str(number), data, problem=finding(NO_REPORT) if is_nothing else None)


def _forwarded(forwarded: EmailMessage, name: str, number: int) -> Piece:
    subject = re.sub(r"[\\/\s]+", " ", _plain(_readable(forwarded, "Subject")))[:_SUBJECT_LENGTH].strip()
    return Piece(name or f"{subject or number}.eml", forwarded.as_bytes(), is_message=True)


def _is_decoration(part: EmailMessage, data: bytes, name: str, shown: frozenset[str]) -> bool:
    """Tell the logo or signature that stands in the text of an e-mail from a photo of the form."""
    if part.get_content_maintype() != "image":
        return False
    known_as = str(part.get("Content-ID", "")).strip("<> ").lower()
    stands_in_text = (bool(known_as) and _disposition(part) != "attachment") or _disposition(part) == "inline"
    return is_decoration(data, name, stands_in_text=stands_in_text or known_as in shown)


def received_time(message: EmailMessage) -> datetime | None:
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


def _name_of(part: EmailMessage) -> str:
    """Give the last step of the name that the sender's program stated; "" where there is none."""
    for header in ("Content-Disposition", "Content-Type"):
        if part.get(header) is not None:
            part.replace_header(header, _readable(part, header))
    return _plain(part.get_filename() or "").replace("\\", "/").rpartition("/")[2].strip()


def _readable(part: EmailMessage, header: str) -> str:
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
