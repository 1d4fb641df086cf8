"""The kinds of files that are told by their first bytes, or are text."""

import re
from pathlib import PurePath

from pipeline.readers.kinds.kind import Kind

ZIP_EMPTY_MAGIC = b"PK\x05\x06"

_MAGIC = (
    (ZIP_EMPTY_MAGIC, Kind.ZIP),
    (b"Rar!\x1a\x07", Kind.RAR),
    (b"7z\xbc\xaf\x27\x1c", Kind.SEVEN_ZIP),
    (b"\x89PNG", Kind.PICTURE),
    (b"\xff\xd8\xff", Kind.PICTURE),
    (b"GIF8", Kind.PICTURE),
    (b"II*\x00", Kind.PICTURE),
    (b"MM\x00*", Kind.PICTURE),
    (b"{\\rtf", Kind.DOC),
    (b"\x78\x9f\x3e\x22", Kind.TNEF),
    (b"\x09\x00\x04\x00", Kind.OLD_XLS),
    (b"\x09\x02\x06\x00", Kind.OLD_XLS),
    (b"\x09\x04\x06\x00", Kind.OLD_XLS),
    (b"\x09\x08\x08\x00", Kind.OLD_XLS),
    (b"\x09\x08\x10\x00", Kind.OLD_XLS),
)
_PICTURE = re.compile(rb"RIFF.{4}WEBP|.{4}ftyp(?:hei[cfmsx]|hev[cx]|mif1|msf1|avif)|BM.{4}\x00{4}", re.S)
_PDF_WITHIN = 1024


def magic_kind(data: bytes) -> Kind | None:
    """Tell a file by its first bytes."""
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            return kind
    if _PICTURE.match(data):
        return Kind.PICTURE
    return Kind.PDF if b"%PDF-" in data[:_PDF_WITHIN] else None


_WEB_PAGE = re.compile(r"<(?:!doctype\s+html|html|head|body|table|meta|style|div)\b", re.I)
_MARKUP_LEAD = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*", re.S)
_EXCEL_2003 = re.compile(r"<(?:\w+:)?Workbook\b")
_SVG = re.compile(r"<(?:!doctype\s+svg|svg)\b", re.I)
_WORD_2003 = re.compile(r"<(?:\w+:)?wordDocument\b")
_MBOX = re.compile(r"From \S.*\d{4}\s*\n[\w-]+:")
_APPLE_LENGTH = re.compile(r"\A\s*\d{1,12}[ \t]*\r?\n(?=[A-Za-z-]+:)")
"""an .emlx begins with the length of the e-mail that follows"""
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):(?:[ \t]|\r?\n[ \t]|$)")
"""a field of a header; a long value may begin on the next line (RFC 5322, 2.2.3)"""
_MAIL_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "return-path"}
    | {"delivered-to", "reply-to", "content-type", "x-document-type"}
)
_MAIL_EXTENSIONS = frozenset({".eml", ".emlx", ".mht", ".mhtml"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# VISCII, one of the old Vietnamese encodings, has letters on six control bytes.
_CONTROL_SHARE = 20


def text_kind(head: bytes, name: str) -> Kind:
    """Tell a text by its beginning; what is no text is something else."""
    text = _decoded(head)
    if len(_CONTROL.findall(text)) * _CONTROL_SHARE > len(text):
        return Kind.OTHER
    body = text[_end_of_lead(text) :]
    for pattern, kind in ((_WEB_PAGE, Kind.HTML), (_EXCEL_2003, Kind.XML_2003), (_SVG, Kind.PICTURE)):
        if pattern.match(body):
            return kind
    if _WORD_2003.match(body):
        return Kind.PPT_OR_OTHER_OFFICE
    if text.lstrip().startswith("<?xml"):
        return Kind.OTHER
    if _MBOX.match(text):
        return Kind.MBOX
    return _mail_kind(text, name) or _mail_kind(_APPLE_LENGTH.sub("", text), name) or Kind.TEXT


def _end_of_lead(text: str) -> int:
    lead = _MARKUP_LEAD.match(text)
    return lead.end() if lead else 0


def _mail_kind(text: str, name: str) -> Kind | None:
    header_block = re.split(r"\n\s*\n", text.lstrip(), maxsplit=1)[0]
    if not _HEADER.match(header_block):
        return None
    found = {match[1].lower() for line in header_block.splitlines() if (match := _HEADER.match(line))}
    needed = 1 if PurePath(name).suffix.lower() in _MAIL_EXTENSIONS else 2
    if len(found & _MAIL_HEADERS) < needed:
        return None
    flat = header_block.lower()
    saved_page = "multipart/related" in flat and (
        "from" not in found or re.search(r'^from:\s*[<"]saved by', flat, re.M)
    )
    return Kind.HTML if saved_page or "x-document-type: w" in flat else Kind.EMAIL


def _decoded(head: bytes) -> str:
    """Text for recognising only: UTF-16 by its mark or its zero bytes, else a byte a letter."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="replace")
    if head[1::2].count(0) * 2 > len(head) // 2:
        return head.decode("utf-16-le", errors="replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
