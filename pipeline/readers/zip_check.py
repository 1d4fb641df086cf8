"""Looks at the directory of a zip before any reader opens it: what would hang, abort or mislead them is refused.

python-calamine 0.9.1 does not end on entries that overlap, aborts on a sheet of 4 GiB, and of two entries with one
name takes the last without a word. Format: PKWARE's APPNOTE 6.3, parts 4.3.7, 4.3.12 and 4.3.16.
"""

import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from pipeline.model.limits import RATIO_FROM, Limits
from pipeline.readers.kinds import ZIP_MAGIC, Container, Unreadable
from pipeline.readers.sheets import OverLimit

_END_OF_DIRECTORY = b"PK\x05\x06"
_END_SIZE = 22
_COMMENT_SIZE = 2**16
_ENTRY_BYTES = 512
"""a generous entry of a directory; real ones are about 100 bytes"""
_LOCAL_HEADER = 30
_BEST_RATIO = 1032
"""no deflate stream unpacks to more bytes for each of its own (zlib's technical notes)"""
_CHUNK = 2**20
_WORKBOOK_PARTS = ("[content_types].xml", "xl/workbook.xml", "xl/workbook.bin", "content.xml", "mimetype")


def check_zip(box: Container, limits: Limits) -> None:
    """Let a zip pass, and anything that is none; what is cut off or no zip after all the next step tells.

    Raises:
        OverLimit: too many entries, or a workbook that unpacks to too much, whatever its directory states.
        Unreadable: entries that overlap, or two parts of a workbook with one name.
    """
    if not box.data.startswith(ZIP_MAGIC):
        return
    _check_directory_size(box.data, limits)
    try:
        listing = box.listing
    except Unreadable:
        return
    if len(listing) > limits.members:
        raise OverLimit("members", len(listing), limits.members)
    _check_places(listing)
    if any(part in box.members for part in _WORKBOOK_PARTS):
        _check_names(listing)
        _check_sizes(box.data, listing, limits)


def _check_directory_size(data: bytes, limits: Limits) -> None:
    """Refuse a directory of far too many entries before it is read."""
    place = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - _COMMENT_SIZE - _END_SIZE))
    if place < 0 or place + _END_SIZE > len(data):
        return
    count, size = struct.unpack_from("<HI", data, place + 10)
    if count > limits.members or limits.members * _ENTRY_BYTES < size <= len(data):
        raise OverLimit("members", max(count, size // _ENTRY_BYTES), limits.members)


def _check_places(listing: Sequence[zipfile.ZipInfo]) -> None:
    places = sorted((info.header_offset, info.compress_size) for info in listing)
    if any(start + _LOCAL_HEADER + size > following for (start, size), (following, _) in pairwise(places)):
        raise Unreadable("entries overlap")


def _check_names(listing: Sequence[zipfile.ZipInfo]) -> None:
    names = Counter(info.filename.replace("\\", "/").lower() for info in listing)
    if any(times > 1 for times in names.values()):
        raise Unreadable("two parts have one name")


def _check_sizes(data: bytes, listing: Sequence[zipfile.ZipInfo], limits: Limits) -> None:
    """Count what a workbook unpacks to. The sizes in its directory may be false; those it is packed to are not."""
    for info in listing:
        check_ratio(info, info.file_size, limits)
    if sum(info.compress_size for info in listing) * _BEST_RATIO <= limits.inflated_bytes:
        return
    left = limits.inflated_bytes
    for info in listing:
        size = inflated_size(data, info, left)
        if size > left:
            raise OverLimit("inflated_bytes", limits.inflated_bytes + size - left, limits.inflated_bytes)
        check_ratio(info, size, limits)
        left -= size


def check_ratio(info: zipfile.ZipInfo, size: int, limits: Limits) -> None:
    """Refuse a large part that unpacks to very many times its packed size.

    Raises:
        OverLimit: it does.
    """
    ratio = size // max(1, info.compress_size)
    if size > RATIO_FROM and ratio > limits.ratio:
        raise OverLimit("ratio", ratio, limits.ratio)


def inflated_size(data: bytes, info: zipfile.ZipInfo, most: int) -> int:
    """Count the bytes that a deflated part unpacks to, stopping soon after `most`; a stored one is as it is.

    Raises:
        Unreadable: it does not unpack.
    """
    if info.compress_type != zipfile.ZIP_DEFLATED:
        return info.compress_size
    try:
        name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
        start = info.header_offset + _LOCAL_HEADER + name + extra
        packed = memoryview(data)[start : start + info.compress_size]
        unpack, size = zlib.decompressobj(-zlib.MAX_WBITS), 0
        for place in range(0, len(packed), _CHUNK):
            rest: bytes | memoryview = packed[place : place + _CHUNK]
            while rest and size <= most:
                size += len(unpack.decompress(rest, _CHUNK))
                rest = unpack.unconsumed_tail
    except (struct.error, zlib.error) as error:
        raise Unreadable(f"{info.filename} cannot be unpacked") from error
    return size
