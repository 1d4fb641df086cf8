"""Workbooks that a person can open and python-calamine refuses or misreads, made readable for it in memory.

Only calamine is given the mended bytes. The raw look goes on to read the file's own, and what the two see is
compared cell by cell: a mend that went wrong is a difference, never another number. In a file that calamine reads
nothing is looked for but what it is known to read wrongly or to pass over, in .xls, .xlsb and .ods.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from xml.parsers import expat

from pipeline.readers.kinds import Container, Kind, TooLarge, Unreadable
from pipeline.readers.mend_bytes import ods, ooxml, xls, xlsb

_OOXML = frozenset({Kind.XLSX, Kind.XLSM, Kind.XLSB})
_MISREAD: Mapping[Kind, Callable[[Container], bool]] = {
    Kind.XLS: xls.is_misread,
    Kind.XLSB: xlsb.is_misread,
    Kind.ODS: ods.is_misread,
}
"""whether calamine would read a file of a kind wrongly, or pass cells over"""


def bytes_to_read(box: Container, kind: Kind) -> bytes:
    """Give what calamine is to read: the file's own bytes, unless it is known to misread them.

    Raises:
        Unreadable: the file is broken, or would have to be mended and is too large for that.
        TooLarge: it is beyond the limit of the container.
    """
    if not _is_misread(box, kind):
        return box.data
    mended = mended_bytes(box, kind)
    if mended is None:
        raise Unreadable("it would be read wrongly, and cannot be mended")
    return mended


def _is_misread(box: Container, kind: Kind) -> bool:
    try:
        asked = _MISREAD.get(kind)
        return asked is not None and asked(box)
    except struct.error as error:
        raise Unreadable("a record is shorter than it says") from error


def mended_bytes(box: Container, kind: Kind) -> bytes | None:
    """Give a workbook that calamine refused with all that is known mended, or None where nothing can be done.

    Raises:
        TooLarge: it is beyond the limit of the container.
    """
    try:
        if kind is Kind.XLS:
            return xls.mended(box)
        if kind is Kind.ODS:
            return _zipped(ods.mended(box))
        return _zipped(ooxml.mended(box)) if kind in _OOXML else None
    except TooLarge:
        raise
    except (Unreadable, expat.ExpatError, struct.error):
        return None


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack parts without pressing them: they are read once and thrown away."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()
