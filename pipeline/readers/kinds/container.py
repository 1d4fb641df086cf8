"""The parts of a zip or OLE file: its directory opened at most once, nothing believed that it says of sizes."""

import struct
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from io import BytesIO
from typing import Any

import olefile

LIMIT = 64 * 1024 * 1024
HEAD = 16 * 1024


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
            opened = olefile.OleFileIO(BytesIO(self.data))
            _refuse_rings(opened)
            return opened
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


def _refuse_rings(opened: Any) -> None:  # noqa: ANN401 - olefile is untyped
    """Refuse chains of sectors that come back to themselves: a native reader follows them until its memory ends."""
    opened.loadminifat()
    streams = [entry for entry in opened.direntries if entry and entry.entry_type == olefile.STGTY_STREAM]
    large = [entry.isectStart for entry in streams if not entry.is_minifat]
    _walk(opened.fat, [opened.first_dir_sector, opened.first_mini_fat_sector, opened.root.isectStart, *large])
    _walk(opened.minifat, [entry.isectStart for entry in streams if entry.is_minifat])


def _walk(table: Sequence[int], starts: Iterable[int]) -> None:
    """Follow every chain to its end, and one that joins another no further than there."""
    ended: set[int] = set()
    for start in starts:
        sector, way = start, set[int]()
        while sector < len(table) and sector not in ended:
            if sector in way:
                raise Unreadable("a chain of sectors has no end")
            way.add(sector)
            sector = table[sector]
        ended |= way


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
