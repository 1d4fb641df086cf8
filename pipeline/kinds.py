"""What a file is, told by its content, and its directory opened at most once.

Returns arrive under wrong extensions: a web page named .xls, an .xlsx named .xls, a workbook behind a
password. The name is asked only for lock files and, in plain text, whether a lone mail header means mail.
"""

import re
import struct
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from io import BytesIO
from pathlib import PurePath
from typing import Any

import olefile

LIMIT = 64 * 1024 * 1024
HEAD = 16 * 1024
LOCK_FILE_SIZE = 1024
ZIP_MAGIC = b"PK\x03\x04"
ZIP_EMPTY_MAGIC = b"PK\x05\x06"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BIFF_FILEPASS = 0x002F
BIFF_BOUNDSHEET = 0x0085
BIFF_EOF = 0x000A


class Kind(StrEnum):
    """What a file is, whatever it is called.

    `XLSX` covers strict files, templates and an .xlsm without macros; `DOC` covers RTF; `HTML` covers a web
    archive; `OLD_XLS` is a bare BIFF stream, from before Excel 5; `TRUNCATED` is cut off, or too damaged to
    open at all; `EMPTY` holds no byte but blanks or zeros, as a download that broke off leaves it.
    """

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    OLD_XLS = "old_xls"
    ODS = "ods"
    ENCRYPTED = "encrypted"
    DOCX = "docx"
    DOC = "doc"
    ODT = "odt"
    PPT_OR_OTHER_OFFICE = "ppt_or_other_office"
    PDF = "pdf"
    PICTURE = "picture"
    HTML = "html"
    XML_2003 = "xml_2003"
    TEXT = "text"
    ZIP = "zip"
    RAR = "rar"
    SEVEN_ZIP = "seven_zip"
    EMAIL = "email"
    MBOX = "mbox"
    MSG = "msg"
    LOCK_FILE = "lock_file"
    EMPTY = "empty"
    TRUNCATED = "truncated"
    OTHER = "other"


class Unreadable(ValueError):  # noqa: N818 - it tells of the file, not of the program
    """A container or one of its parts is not what its format says."""


class TooLarge(Unreadable):
    """A file would unpack to more than the limit given."""


class Container:
    """The bytes of one zip or OLE file, its directory read once and its parts kept once read.

    `limit` bounds in bytes what all parts together may unpack to. Names are compared without case and with
    `/`. Every method raises `Unreadable` where the file is broken, `TooLarge` where it is too big, nothing
    else.
    """

    def __init__(self, data: bytes, limit: int = LIMIT) -> None:
        """Keep the bytes; nothing is opened before it is asked for."""
        self.data = data
        self._left = limit
        self._parts: dict[str, bytes] = {}

    @cached_property
    def _zip(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(BytesIO(self.data))
        # zipfile meets garbage with errors of half a dozen types, struct.error among them.
        except Exception as error:
            raise Unreadable("the zip directory cannot be read") from error

    @cached_property
    def listing(self) -> tuple[zipfile.ZipInfo, ...]:
        """The directory of a zip as it stands, equal names and all."""
        return tuple(self._zip.infolist())

    @cached_property
    def members(self) -> dict[str, zipfile.ZipInfo]:
        """The parts of a zip by name, in lower case; of two with one name the last, as calamine takes it."""
        return {info.filename.replace("\\", "/").lower(): info for info in self.listing}

    @cached_property
    def _ole(self) -> olefile.OleFileIO:
        try:
            _refuse_false_sizes(self.data)
            return olefile.OleFileIO(BytesIO(self.data))
        # olefile meets garbage with errors of any type, RecursionError on a crooked tree among them.
        except Exception as error:
            raise Unreadable("the OLE directory cannot be read") from error

    @cached_property
    def entries(self) -> frozenset[str]:
        """The streams and storages at the root of an OLE file, in lower case."""
        return frozenset(self._ole.root.kids_dict)

    def head(self, name: str, size: int = HEAD) -> bytes:
        """The first bytes of a part of a zip, without unpacking the rest."""
        return self._inflate(name, size)

    def part(self, name: str) -> bytes:
        """A whole part of a zip."""
        name = name.lower()
        if name not in self._parts:
            content = self._inflate(name, self._left + 1)
            if len(content) > self._left:
                raise TooLarge(f"{name} unpacks to more than the limit")
            self._left -= len(content)
            self._parts[name] = content
        return self._parts[name]

    def member(self, info: zipfile.ZipInfo) -> bytes:
        """A whole member of a zip by its line of the directory, never more than that line states; not kept."""
        return self._unpack(info, info.file_size + 1)

    def _inflate(self, name: str, size: int) -> bytes:
        info = self.members.get(name.lower())
        if info is None:
            raise Unreadable(f"{name} is missing")
        return self._unpack(info, size)

    def _unpack(self, info: zipfile.ZipInfo, size: int) -> bytes:
        # The other methods unpack a whole block at once, which no bound holds; no office program writes them.
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable(f"{info.filename} is packed in an unknown way")
        try:
            with self._zip.open(info) as stream:
                return stream.read(size)
        # Among others zlib.error, EOFError, RuntimeError (password), BadZipFile (checksum).
        except Exception as error:
            raise Unreadable(f"{info.filename} cannot be unpacked") from error

    def children(self, storage: str = "") -> tuple[str, ...]:
        """The streams and storages within a storage of an OLE file, in lower case and order; none if it is not there.

        A storage is named by its path with `/`, the root by "".
        """
        try:
            return tuple(sorted(self._way_to(storage)[-1].kids_dict))
        except Unreadable:
            return ()

    def _way_to(self, name: str) -> list[Any]:
        """Give the entries of an OLE directory from its root down to a name."""
        way = [self._ole.root]
        for step in filter(None, name.split("/")):
            entry = way[-1].kids_dict.get(step)
            if entry is None:
                raise Unreadable(f"{name} is missing")
            way.append(entry)
        return way

    def stream(self, name: str) -> bytes:
        """A whole stream of an OLE file by its path with `/`; one that is cut off is unreadable."""
        if name not in self._parts:
            way = self._way_to(name)
            entry = way[-1]
            # olefile walks a chain as long as the directory says, also round a ring: check the sizes first.
            if max(entry.size, self._ole.root.size) > len(self.data):
                raise Unreadable(f"{name} is cut off")
            if entry.size > self._left:
                raise TooLarge(f"{name} is larger than the limit")
            try:
                content: bytes = self._ole.openstream([step.name for step in way[1:]]).read()
            except Exception as error:
                raise Unreadable(f"{name} cannot be read") from error
            if len(content) < entry.size:
                raise Unreadable(f"{name} is cut off")
            self._left -= len(content)
            self._parts[name] = content
        return self._parts[name]


def _refuse_false_sizes(data: bytes) -> None:
    """Refuse an OLE header that counts more table sectors than the file has bytes for ([MS-CFB] 2.2)."""
    (shift,) = struct.unpack_from("<H", data, 30)
    counts = (
        struct.unpack_from("<I", data, 44) + struct.unpack_from("<I", data, 64) + struct.unpack_from("<I", data, 72)
    )
    if shift not in (9, 12) or max(counts) << shift > len(data):
        raise Unreadable("the OLE header is false")


def biff_records(stream: bytes, start: int = 0) -> Iterator[tuple[int, int, int]]:
    """Walk the records of an xls stream: (type, where its content begins, its size), to the end of the bytes.

    Raises `Unreadable` where a record runs past the end. Source: [MS-XLS] 2.1.4.
    """
    end = len(stream)
    unpack = struct.Struct("<HH").unpack_from
    while start + 4 <= end:
        kind, size = unpack(stream, start)
        start += 4
        if start + size > end:
            raise Unreadable("a record runs past the end of the stream")
        yield kind, start, size
        start += size


def kind_of(source: bytes | Container, name: str) -> Kind:
    """Tell what a file is by its content; never raises, and unpacks a few kilobytes at most.

    A `Container` passed instead of bytes is left opened for the steps that follow.
    """
    box = source if isinstance(source, Container) else Container(source)
    data = box.data
    if len(data) < LOCK_FILE_SIZE and PurePath(name).name.startswith(("~$", ".~lock.")):
        return Kind.LOCK_FILE
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"):
        return Kind.EMPTY
    try:
        if data.startswith(ZIP_MAGIC):
            return _zip_kind(box)
        if data.startswith(OLE_MAGIC):
            return _ole_kind(box)
    except Unreadable:
        return Kind.TRUNCATED
    return _magic_kind(data) or _text_kind(data[:HEAD], name)


_MAIN_TYPE = re.compile(rb"""ContentType\s*=\s*["']application/vnd\.([\w.-]+)\.main(?:\+xml)?["']""", re.I)
_OOXML_FAMILIES = (
    (b"sheet.binary", Kind.XLSB),
    (b"spreadsheetml", Kind.XLSX),
    (b"ms-excel", Kind.XLSX),
    (b"wordprocessingml", Kind.DOCX),
    (b"ms-word", Kind.DOCX),
)
_OOXML_PARTS = (
    ("xl/workbook.xml", Kind.XLSX),
    ("xl/workbook.bin", Kind.XLSB),
    ("word/document.xml", Kind.DOCX),
    ("ppt/presentation.xml", Kind.PPT_OR_OTHER_OFFICE),
)
_ODF_TYPES = (
    (b"application/vnd.oasis.opendocument.spreadsheet", Kind.ODS),
    (b"application/vnd.oasis.opendocument.text", Kind.ODT),
    (b"application/vnd.oasis.opendocument", Kind.PPT_OR_OTHER_OFFICE),
    (b"application/vnd.sun.xml", Kind.PPT_OR_OTHER_OFFICE),
    (b"application/epub", Kind.OTHER),
)


def _zip_kind(box: Container) -> Kind:
    members = box.members
    if "mimetype" in members or "meta-inf/manifest.xml" in members:
        manifest = _head_or_nothing(box, "meta-inf/manifest.xml")
        if b"encryption-data" in manifest:
            return Kind.ENCRYPTED
        described = _head_or_nothing(box, "mimetype") or manifest
        for marker, kind in _ODF_TYPES:
            if marker in described:
                return kind
    kind = _ooxml_kind(box)
    if kind is Kind.XLSX and any(name.endswith("vbaproject.bin") for name in members):
        return Kind.XLSM
    if kind is Kind.ZIP and any(name.endswith(".iwa") for name in members):
        return Kind.PPT_OR_OTHER_OFFICE
    return kind


def _ooxml_kind(box: Container) -> Kind:
    types = _head_or_nothing(box, "[content_types].xml")
    for main_type in _MAIN_TYPE.findall(types.replace(b"\x00", b"")):
        for marker, kind in _OOXML_FAMILIES:
            if marker in main_type.lower():
                return kind
        return Kind.PPT_OR_OTHER_OFFICE
    for part, kind in _OOXML_PARTS:
        if part in box.members:
            return kind
    return Kind.ZIP


def _head_or_nothing(box: Container, name: str) -> bytes:
    try:
        return box.head(name)
    except Unreadable:
        return b""


_OLE_ENTRIES = (
    ("encryptedpackage", Kind.ENCRYPTED),
    ("workbook", Kind.XLS),
    ("book", Kind.XLS),
    ("worddocument", Kind.DOC),
    ("powerpoint document", Kind.PPT_OR_OTHER_OFFICE),
    ("visiodocument", Kind.PPT_OR_OTHER_OFFICE),
    ("__properties_version1.0", Kind.MSG),
)


def _ole_kind(box: Container) -> Kind:
    for entry, kind in _OLE_ENTRIES:
        if entry in box.entries:
            return Kind.ENCRYPTED if kind is Kind.XLS and _has_filepass(box, entry) else kind
    return Kind.OTHER


def _has_filepass(box: Container, entry: str) -> bool:
    """Whether a workbook stream is encrypted: FILEPASS then stands before any sheet ([MS-XLS] 2.4.117)."""
    try:
        stream = box.stream(entry)
    except TooLarge:
        return False
    for record, _, _ in biff_records(stream):
        if record in (BIFF_FILEPASS, BIFF_BOUNDSHEET, BIFF_EOF):
            return record == BIFF_FILEPASS
    return False


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
    (b"\x09\x00\x04\x00", Kind.OLD_XLS),
    (b"\x09\x02\x06\x00", Kind.OLD_XLS),
    (b"\x09\x04\x06\x00", Kind.OLD_XLS),
    (b"\x09\x08\x08\x00", Kind.OLD_XLS),
    (b"\x09\x08\x10\x00", Kind.OLD_XLS),
)
_PICTURE = re.compile(rb"RIFF.{4}WEBP|.{4}ftyp(?:hei[cfmsx]|hev[cx]|mif1|msf1|avif)|BM.{4}\x00{4}", re.S)
_PDF_WITHIN = 1024


def _magic_kind(data: bytes) -> Kind | None:
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
_HEADER = re.compile(r"([A-Za-z][A-Za-z0-9-]*):[ \t]")
_MAIL_HEADERS = frozenset(
    {"from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "return-path"}
    | {"delivered-to", "reply-to", "content-type", "x-document-type"}
)
_MAIL_EXTENSIONS = frozenset({".eml", ".mht", ".mhtml"})
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\ufffe\uffff]")
# VISCII, one of the old Vietnamese encodings, has letters on six control bytes.
_CONTROL_SHARE = 20


def _text_kind(head: bytes, name: str) -> Kind:
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
    return Kind.MBOX if _MBOX.match(text) else _mail_kind(text, name) or Kind.TEXT


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
