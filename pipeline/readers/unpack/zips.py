"""The files in a .zip, with names in whatever encoding the packer used.

Format: PKWARE's APPNOTE 6.3; Info-ZIP's extra field 0x7075 (Unicode path). Explorer on a Vietnamese Windows writes
names in code page 1258, on an English one in 437, macOS in UTF-8 without saying so.
"""

import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Sequence
from datetime import datetime

from pipeline.findings import codes, finding
from pipeline.model import Finding
from pipeline.model.limits import Limits
from pipeline.readers.find import NO_REPORT, is_of_the_system
from pipeline.readers.kinds import Container, Unreadable
from pipeline.readers.sheets import OverLimit
from pipeline.readers.unpack.pieces import Budget, Opened, Piece
from pipeline.readers.zip_check import check_ratio, check_zip
from schemas.register import VIETNAM

_UTF8_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_UNICODE_PATH = 0x7075
_FIRST_YEAR = 1980
"""a packer that knows no time writes the first day of this year"""
_VIETNAMESE = re.compile(r"[\x20-\x7eÀ-ỹ]+")
_OUTSIDE = re.compile(r"(?:[A-Za-z]:|/)|(?:^|.*/)\.\.(?:/|$)", re.S)


def open_zip(box: Container, budget: Budget, limits: Limits) -> Opened:
    """Open a zip: its files, sorted by name; folders and what systems add to them are passed over.

    Raises:
        OverLimit: too many files, or too large together; nothing was unpacked then.
        Unreadable: the directory is false.
    """
    check_zip(box, limits)
    named = sorted(((_name(info), info) for info in box.listing), key=lambda pair: (pair[0], pair[1].header_offset))
    files = [(name, info) for name, info in named if not name.endswith("/") and not _within_system_folder(name)]
    budget.take(len(files), sum(info.file_size for _, info in files))
    return Opened(_piece(box, name, info, limits) for name, info in files)


def _within_system_folder(name: str) -> bool:
    *folders, _ = name.split("/")
    return any(is_of_the_system(folder, folder=True) for folder in folders)


def _piece(box: Container, name: str, info: zipfile.ZipInfo, limits: Limits) -> Piece:
    modified = _modified(info)
    problem = _problem(name, info, limits)
    if problem:
        return Piece(name, None, modified, problem=problem)
    try:
        check_ratio(info, info.file_size, limits)
        return Piece(name, box.member(info), modified)
    except OverLimit as error:
        facts: dict[str, str | int | tuple[str, ...]] = {
            "limit": error.limit,
            "measured": error.measured,
            "allowed": error.allowed,
        }
        return Piece(name, None, modified, problem=finding(codes.OVER_A_LIMIT, facts=facts))
    except Unreadable:
        return Piece(name, None, modified, problem=finding(codes.DAMAGED_FILE, facts={"reason": "damaged"}))


def _problem(name: str, info: zipfile.ZipInfo, limits: Limits) -> Finding | None:
    if _OUTSIDE.match(name):
        return finding(codes.NOT_OPENED, facts={"reason": "unsafe_name"})
    if is_of_the_system(name.rpartition("/")[2]):
        return finding(NO_REPORT)
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        return finding(codes.NOT_OPENED, facts={"reason": "not_a_file"})
    if info.flag_bits & _ENCRYPTED_FLAG:
        return finding(codes.PASSWORD_NEEDED, facts={"kind": "encrypted"})
    if info.file_size > limits.file_bytes:
        return finding(
            codes.OVER_A_LIMIT, facts={"limit": "file_bytes", "measured": info.file_size, "allowed": limits.file_bytes}
        )
    return None


def _modified(info: zipfile.ZipInfo) -> datetime | None:
    """Take the time that the packer's clock showed; it has no zone."""
    try:
        time = datetime(*info.date_time, tzinfo=VIETNAM)
    except ValueError:
        return None
    return None if (time.year, time.month, time.day) == (_FIRST_YEAR, 1, 1) else time


def _name(info: zipfile.ZipInfo) -> str:
    name = info.filename if info.flag_bits & _UTF8_FLAG else _decoded(info)
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _decoded(info: zipfile.ZipInfo) -> str:
    """Decode a name that does not say its encoding. zipfile took it for code page 437, which loses nothing."""
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    if raw.isascii():
        return info.filename
    stated = _unicode_path(info.extra, raw)
    return stated or _first_that_fits(raw, ("utf-8", "cp1258")) or info.filename


def _first_that_fits(raw: bytes, encodings: Sequence[str]) -> str | None:
    for encoding in encodings:
        try:
            name = unicodedata.normalize("NFC", raw.decode(encoding))
        except UnicodeDecodeError:
            continue
        if encoding == "utf-8" or _VIETNAMESE.fullmatch(name):
            return name
    return None


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """Find the name in UTF-8 that Info-ZIP keeps beside the other one, if it belongs to it."""
    while len(extra) >= 4:  # noqa: PLR2004 - two bytes of kind and two of size
        kind, size = struct.unpack_from("<HH", extra)
        content, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == _UNICODE_PATH and content[:5] == b"\x01" + struct.pack("<I", zlib.crc32(raw)):
            return content[5:].decode("utf-8", "replace")
    return None
