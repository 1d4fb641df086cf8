"""The kinds of files that are a zip or an OLE file, told by the parts within."""

import re

from pipeline.readers.kinds.container import Container, TooLarge, Unreadable, biff_records
from pipeline.readers.kinds.kind import Kind

BIFF_FILEPASS = 0x002F
BIFF_BOUNDSHEET = 0x0085
BIFF_EOF = 0x000A

_OVERRIDE = re.compile(rb"<(?:\w+:)?Override\b[^>]*>")
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


def zip_kind(box: Container) -> Kind:
    """Tell what a zip is."""
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
    """Tell it by the type of the main part itself, then by the parts that are there.

    A type that stands for all parts of an ending says nothing as long as one of these speaks: SheetJS names
    that of a binary workbook for every "bin" in each workbook that it writes.
    """
    types = _head_or_nothing(box, "[content_types].xml").replace(b"\x00", b"")
    of_parts = b"".join(_OVERRIDE.findall(types))
    return _kind_by_types(of_parts) or _kind_by_parts(box) or _kind_by_types(types) or Kind.ZIP


def _kind_by_types(types: bytes) -> Kind | None:
    main_type = _MAIN_TYPE.search(types)
    if main_type is None:
        return None
    said = main_type[1].lower()
    return next((kind for marker, kind in _OOXML_FAMILIES if marker in said), Kind.PPT_OR_OTHER_OFFICE)


def _kind_by_parts(box: Container) -> Kind | None:
    return next((kind for part, kind in _OOXML_PARTS if part in box.members), None)


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


def ole_kind(box: Container) -> Kind:
    """Tell what an OLE file is."""
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
