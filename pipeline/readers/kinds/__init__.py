"""What a file is, told by its content, and its directory opened at most once.

Returns arrive under wrong extensions: a web page named .xls, an .xlsx named .xls, a workbook behind a
password. The name is asked only for lock files and, in plain text, whether a lone mail header means mail.
"""

from pathlib import PurePath

from pipeline.readers.kinds.binary import brt_records
from pipeline.readers.kinds.container import HEAD, LIMIT, Container, TooLarge, Unreadable, biff_records
from pipeline.readers.kinds.kind import Kind
from pipeline.readers.kinds.office import BIFF_BOUNDSHEET, BIFF_EOF, ole_kind, zip_kind
from pipeline.readers.kinds.plain import magic_kind, text_kind
from pipeline.readers.kinds.wide import as_utf8, is_wide

__all__ = [
    "BIFF_BOUNDSHEET",
    "BIFF_EOF",
    "LIMIT",
    "ZIP_MAGIC",
    "Container",
    "Kind",
    "TooLarge",
    "Unreadable",
    "as_utf8",
    "biff_records",
    "brt_records",
    "is_wide",
    "kind_of",
]

LOCK_FILE_SIZE = 1024
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
            return zip_kind(box)
        if data.startswith(OLE_MAGIC):
            return ole_kind(box)
    except Unreadable:
        return Kind.TRUNCATED
    return magic_kind(data) or text_kind(data[:HEAD], name)
