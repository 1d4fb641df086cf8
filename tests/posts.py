"""Messages as mail programs and servers write them, for tests: letters, bounces, automatic replies, winmail.dat."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

from schemas.register import VIETNAM

OFFICE = "htsd@quangyen.example.vn"
SENT = datetime(2020, 10, 8, 9, 0, tzinfo=VIETNAM)
PIXEL = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89"
    b"\0\0\0\rIDATx\x9cc`\0\2\0\0\1\xe2!\xbc3\0\0\0\0IEND\xaeB`\x82"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PHOTO = b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(200_000)

Attachment = tuple[str, bytes]


def letter(
    text: str = "Em gửi biểu ạ.",
    *attachments: Attachment,
    subject: str = "Nộp biểu",
    sender: str = "Lan <lan@example.vn>",
    sent: datetime = SENT,
    headers: Mapping[str, str] | None = None,
    page: str = "",
) -> EmailMessage:
    """Write a message as a person does."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, OFFICE, subject
    message["Date"] = f"{sent:%a, %d %b %Y %H:%M:%S %z}"
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def logo(
    message: EmailMessage, image: bytes, name: str = "image001.png", cid: str = "", disposition: str = "attachment"
) -> EmailMessage:
    """Put a picture among the words of a message."""
    message.add_attachment(
        image, maintype="image", subtype="png", filename=name, cid=cid or None, disposition=disposition
    )
    return message


def sent_out(text: str = "Phòng gửi mẫu biểu.", *attachments: Attachment, to: str = "xa@example.vn") -> EmailMessage:
    """Write a message of the office to a unit."""
    message = letter(text, *attachments, subject="Mẫu biểu", sender=OFFICE)
    message.replace_header("To", to)
    return message


def report(
    inner: EmailMessage | None,
    address: str = "xa@example.vn",
    action: str = "failed",
    text: str = "550 5.1.1 user unknown",
) -> bytes:
    """Write what a mail server sends about a message (RFC 3464)."""
    parts = [
        "From: MAILER-DAEMON@mx.vn\nTo: htsd@quangyen.vn\nSubject: Undelivered Mail Returned to Sender\n"
        "Date: Mon, 5 Oct 2020 08:00:00 +0700\nAuto-Submitted: auto-replied\nMIME-Version: 1.0\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="BB"\n\n'
        f"--BB\nContent-Type: text/plain; charset=utf-8\n\n{text}\n",
        "--BB\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: 5.1.1\n\n",
    ]
    if inner:
        parts.append(f"--BB\nContent-Type: message/rfc822\n\n{inner.as_string()}\n")
    return ("".join(parts) + "--BB--\n").encode()


def plain_bounce(sender: str, subject: str, text: str) -> bytes:
    """Write a bounce in nothing but words, as older servers do."""
    message = letter(text, subject=subject, sender=sender)
    return message.as_bytes()


# Outlook ---------------------------------------------------------------------------------------------------------


def tnef(*attachments: Attachment) -> bytes:
    """Pack files as Outlook does in winmail.dat ([MS-OXTNEF])."""
    data = struct.pack("<IH", 0x223E9F78, 1)
    for name, content in attachments:
        data += _attribute(2, 0x00069002, bytes(14))
        data += _attribute(2, 0x00018010, b"LONGNA~1.XLS\0")
        data += _attribute(2, 0x0006800F, content)
        data += _attribute(2, 0x00069005, _long_name(name))
    return data


def _attribute(level: int, tag: int, content: bytes) -> bytes:
    return struct.pack("<BII", level, tag, len(content)) + content + struct.pack("<H", sum(content) & 0xFFFF)


def _long_name(name: str) -> bytes:
    """Write two properties: a flag of four bytes, and the name."""
    coded = (name + "\0").encode("utf-16-le")
    head = struct.pack("<I", 2) + struct.pack("<HHI", 0x0003, 0x3714, 0)
    padded = coded + bytes(-len(coded) % 4)
    return head + struct.pack("<HHII", 0x001F, 0x3707, 1, len(coded)) + padded


Streams = dict[str, "bytes | Streams"]


def outlook(
    text: str,
    *attachments: Attachment,
    subject: str = "Nộp biểu",
    message_class: str = "IPM.Note",
    headers: str = "",
    hidden: Sequence[Attachment] = (),
    sent: datetime = SENT,
) -> bytes:
    """Write a message of Outlook; hidden attachments are those that stand in its text."""
    from tests.test_unpack import ole  # noqa: PLC0415 - the writer of OLE files stands with its own tests

    ticks = int((sent - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    streams: Streams = {
        "__properties_version1.0": _long(bytes(32) + struct.pack("<IIQ", 0x0E060040, 6, ticks)),
        "__substg1.0_1000001F": _wide(text),
        "__substg1.0_0037001F": _wide(subject),
        "__substg1.0_001A001F": _wide(message_class),
        "__substg1.0_0C1A001F": _wide("Lan"),
        "__substg1.0_5D01001F": _wide("lan@example.vn"),
    }
    if headers:
        streams["__substg1.0_007D001F"] = _wide(headers)
    for number, (name, content) in enumerate((*attachments, *hidden)):
        flags = struct.pack("<IIQ", 0x7FFE000B, 6, int(number >= len(attachments)))
        streams[f"__attach_version1.0_#{number:08X}"] = {
            "__substg1.0_3707001F": _wide(name),
            "__substg1.0_37010102": _long(content),
            "__properties_version1.0": _long(bytes(8) + flags),
        }
    return ole(streams)


def _wide(text: str) -> bytes:
    return _long(text.encode("utf-16-le"))


def _long(content: bytes) -> bytes:
    """Pad a stream with zeros so that it is no mini stream."""
    return content.ljust(4096, b"\0")
