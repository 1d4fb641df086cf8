"""Makes the hostile set: files that a folder of returns may hold and that no run may stop at.

`python -m tests.hostile FOLDER` writes it. Everything is small on disk; what it becomes when a reader believes it
is not. What each kind must come to stands beside it.
"""

from __future__ import annotations

import io
import os
import random
import stat
import struct
import sys
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache
from pathlib import Path

import docx
import openpyxl

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
MEBIBYTE = 2**20
_SUMMED = 256 * MEBIBYTE
"""larger parts bear a false checksum: no reader comes so far"""
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


@dataclass(frozen=True)
class Hostile:
    """One file: what it is called, what is in it, and the codes that its entry in the report bears."""

    name: str
    content: bytes | Callable[[Path], None]
    """its bytes, or what makes it at a path"""
    codes: tuple[str, ...]


# Zips by hand ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """One entry of a zip, stored or deflated already, with whatever its header shall claim."""

    name: str
    packed: bytes
    size: int
    method: int = zipfile.ZIP_DEFLATED
    crc: int = 0
    flags: int = 0
    mode: int = 0
    raw_name: bytes | None = None


def entry(name: str, content: bytes, **claims: int) -> Entry:
    """Deflate a content and describe it truly, but for what is claimed."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(content) + packer.flush()
    return Entry(name, packed, **{"size": len(content), "crc": zlib.crc32(content), **claims})  # type: ignore[arg-type]


def repeated(
    name: str, head: bytes, chunk: bytes, times: int, tail: bytes = b"", *, claimed: int | None = None
) -> Entry:
    """Deflate a chunk over and over without ever holding the whole: each block is the same."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    packed = start + block * times + packer.compress(tail) + packer.flush()
    size = len(head) + len(chunk) * times + len(tail)
    crc = zlib.crc32(head)
    for _ in range(times if size <= _SUMMED else 0):
        crc = zlib.crc32(chunk, crc)
    return Entry(name, packed, min(size, 0xFFFFFFFE) if claimed is None else claimed, crc=zlib.crc32(tail, crc))


def make_zip(entries: Iterable[Entry], *, overlapping: bool = False) -> bytes:
    """Write a zip; with `overlapping` every line of the directory points at the first entry."""
    body, directory, count = bytearray(), bytearray(), 0
    for one in entries:
        name = one.raw_name or one.name.encode()
        sizes = struct.pack("<III", one.crc, len(one.packed), one.size)
        common = struct.pack("<HHHHH", 20, one.flags, one.method, 0x5000, 0x5145) + sizes
        place = 0 if overlapping else len(body)
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + common
        directory += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, one.mode << 16, place) + name
        if not overlapping or not body:
            body += b"PK\x03\x04" + common + struct.pack("<HH", len(name), 0) + name + one.packed
        count += 1
    shown = min(count, 0xFFFF)
    end = struct.pack("<HHHHIIH", 0, 0, shown, shown, len(directory), len(body), 0)
    return bytes(body + directory) + b"PK\x05\x06" + end


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Write an ordinary zip."""
    return make_zip(entry(name, content) for name, content in parts.items())


# Workbooks -------------------------------------------------------------------------------------------------------


def workbook(rows: Iterable[Iterable[object]] = (("Chỉ tiêu", "Số lượng"), ("Sách", 12))) -> bytes:
    """Write a small workbook that is not the form."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))  # type: ignore[union-attr]
    book.save(target)
    return target.getvalue()


def with_parts(book: bytes, *parts: Entry) -> bytes:
    """Replace parts of a workbook, or add them."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        kept = {name: source.read(name) for name in source.namelist()}
    for part in parts:
        kept.pop(part.name, None)
    return make_zip([*(entry(name, content) for name, content in kept.items()), *parts])


def sheet_xml(data: str, dimension: str = "A1:B2") -> bytes:
    """Write the XML of a sheet around its rows."""
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/>'
        f"<sheetData>{data}</sheetData></worksheet>"
    ).encode()


def with_sheet(data: str, dimension: str = "A1:B2") -> bytes:
    """Write a workbook whose sheet holds these rows."""
    return with_parts(workbook(), entry(SHEET, sheet_xml(data, dimension)))


def with_strings(content: bytes) -> bytes:
    """Write a workbook whose one cell takes its text from this part."""
    book = with_sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    types = part_of(book, "[Content_Types].xml").replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        b'spreadsheetml.sharedStrings+xml"/></Types>',
    )
    return with_parts(book, entry("[Content_Types].xml", types), entry(STRINGS, content))


def part_of(book: bytes, name: str) -> bytes:
    """Give one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        return source.read(name)


def strings_bomb() -> bytes:
    """Nest entities so that the text is a billion letters long ("billion laughs")."""
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    return (
        f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY e0 "xxxxxxxxxx">{entities}]>'
        f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>&e9;</t></si></sst>'
    ).encode()


def strings_outside() -> bytes:
    """Name a file outside as the text of a cell."""
    return (
        '<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY out SYSTEM "file:///etc/hostname">]>'
        f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>&out;</t></si></sst>'
    ).encode()


def four_gibibytes(claimed: int | None = None) -> bytes:
    """Hold a sheet that inflates to 4 GiB, which its directory says or denies."""
    head, _, tail = sheet_xml("|").partition(b"|")
    chunk = b"<row/>".ljust(MEBIBYTE)
    return with_parts(workbook(), repeated(SHEET, head, chunk, 4096, tail, claimed=claimed))


def styled_blank_rows(columns: int) -> bytes:
    """Hold a million rows of styled blank cells, as borders drawn down to the end leave them."""
    head, _, tail = sheet_xml("|", "A1:AX1048576").partition(b"|")
    row = b"<row>" + b'<c s="1"/>' * columns + b"</row>"
    return with_parts(workbook(), repeated(SHEET, head, row * 1000, 1000, tail))


def many_entries() -> bytes:
    """Hold 200,000 entries beside those of a workbook."""
    names = (Entry(f"x{number:05x}", b"", 0, zipfile.ZIP_STORED) for number in range(200_000))
    return make_zip([entry("[Content_Types].xml", part_of(workbook(), "[Content_Types].xml")), *names])


def many_sheets(count: int) -> bytes:
    """Hold so many sheets."""
    book, target = openpyxl.Workbook(), io.BytesIO()
    for number in range(count - 1):
        book.create_sheet(f"Xã {number}")
    book.save(target)
    return target.getvalue()


def two_sheets_of_one_name() -> bytes:
    """Hold one sheet for those who look at the first entry, another for those who take the last."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as source:
        kept = [entry(name, source.read(name)) for name in source.namelist()]
    return make_zip([*kept, entry(SHEET, sheet_xml('<row r="1"><c r="A1"><v>999</v></c></row>'))])


def unending_spreadsheet() -> bytes:
    """Repeat a filled cell over more rows and columns than there are."""
    content = (
        b'<?xml version="1.0"?><office:document-content '
        b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        b'<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576">'
        b'<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
        b"</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        b'<manifest:file-entry manifest:full-path="/" manifest:media-type="' + kind + b'"/></manifest:manifest>'
    )
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})


def locked_spreadsheet() -> bytes:
    """Hold an OpenDocument spreadsheet with a password."""
    manifest = b"<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": b"\x01\x02"})


# OLE -------------------------------------------------------------------------------------------------------------


def ole(stream: str, content: bytes = b"", *, links: tuple[int, int, int] = (FREE, FREE, FREE)) -> bytes:
    """Write an OLE file with one stream at its root; `links` are the entries left of, right of and below it."""
    content = content.ljust(4096, b"\0")
    sectors = len(content) // 512

    def line(name: str, kind: int, ends: tuple[int, int, int], start: int, size: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, *ends)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    header = OLE_MAGIC + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    chain = [TABLE, END, *range(3, 2 + sectors), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    directory = line("Root Entry", 5, (FREE, FREE, 1), END, 0) + line(stream, 2, links, 2, len(content))
    return header + table + directory.ljust(512, b"\0") + content


def ole_in_a_ring() -> bytes:
    """Let the directory be followed by itself."""
    data = bytearray(ole("Workbook", BEGIN))
    data[512 + 4 : 512 + 8] = struct.pack("<I", 1)
    return bytes(data)


BEGIN = struct.pack("<HHHHHHII", 0x809, 16, 0x600, 5, 0, 0, 0, 0)
FILEPASS = struct.pack("<HH6x", 0x2F, 6)


# Archives and mail -----------------------------------------------------------------------------------------------


def mail(*attachments: tuple[str, bytes], subject: str = "Báo cáo") -> bytes:
    """Write an e-mail with attachments."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "xa@example.vn", "hdt@example.vn", subject
    message["Date"] = "Thu, 08 Oct 2020 16:40:00 +0700"
    message.set_content("Kính gửi")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def nested(depth: int) -> bytes:
    """Pack a workbook into so many zips."""
    content = workbook()
    for level in range(depth):
        content = zipped({f"{level}.zip" if level else "a.xlsx": content})
    return content


def traversal() -> bytes:
    """Hold members whose names lead out of any folder."""
    names = (
        "../../../../tmp/hostile-was-here.xlsx",
        "/tmp/hostile-was-here.xlsx",
        "C:\\hostile.xlsx",
        "a/../../b.xlsx",
    )
    return zipped(dict.fromkeys(names, workbook()))


def locked_zip() -> bytes:
    """Hold a member that asks for a password."""
    return make_zip([entry("bieu.xlsx", b"\x13" * 400, flags=1)])


def link_in_zip() -> bytes:
    """Hold a symbolic link."""
    return make_zip([entry("bieu.xlsx", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)])


def member_bomb() -> bytes:
    """Hold a member of 1 GiB, and one that its directory calls small."""
    chunk = bytes(MEBIBYTE)
    return make_zip([repeated("lon.xlsx", b"", chunk, 1024), repeated("nho.xlsx", b"", chunk, 512, claimed=20_000)])


# Things that are no files ----------------------------------------------------------------------------------------


def a_link(target: str) -> Callable[[Path], None]:
    """Make a symbolic link."""
    return lambda path: path.symlink_to(target)


def a_large_file(path: Path) -> None:
    """Make a file that is large and takes no room."""
    with path.open("wb") as file:
        file.write(workbook()[:100])
        file.truncate(200 * MEBIBYTE)


# The set ---------------------------------------------------------------------------------------------------------

DAMAGED, LIMIT, NO_WORKBOOK, NOT_OPENED = ("F004",), ("F019",), ("F017",), ("F018",)
ANOTHER = ("F005",)


def _readers_at_their_limits() -> Iterable[Hostile]:
    yield Hostile("bom 4 GiB.xlsx", four_gibibytes(), LIMIT)
    yield Hostile("bom 4 GiB khai nho.xlsx", four_gibibytes(claimed=70_000), LIMIT)
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    yield Hostile("o XFD1048576.xlsx", with_sheet(far), LIMIT)
    yield Hostile("o XFD1048576 khai nho.xlsx", with_sheet(far, "A1"), LIMIT)
    yield Hostile("mot trieu dong co vien.xlsx", styled_blank_rows(50), LIMIT)
    yield Hostile("mot trieu dong 20 cot.xlsx", styled_blank_rows(20), ANOTHER)
    yield Hostile("500 trang.xlsx", many_sheets(500), LIMIT)
    yield Hostile("mot trieu dong mot cot.xlsx", styled_blank_rows(1), ANOTHER)
    yield Hostile("200000 muc.xlsx", many_entries(), LIMIT)
    strings = f'<sst xmlns="{MAIN}" count="4294967295" uniqueCount="4294967295"><si><t>a</t></si></sst>'
    yield Hostile("dem chuoi sai.xlsx", with_strings(strings.encode()), LIMIT)
    many = repeated(STRINGS, f'<sst xmlns="{MAIN}">'.encode(), b"<si><t>" + b"x" * (MEBIBYTE - 16) + b"</t></si>", 1024)
    yield Hostile("chuoi 1 GiB.xlsx", with_parts(with_strings(b"<sst/>"), many), LIMIT)
    yield Hostile("bom thuc the.xlsx", with_strings(strings_bomb()), DAMAGED)
    yield Hostile("thuc the ngoai.xlsx", with_strings(strings_outside()), DAMAGED)
    yield Hostile("lap vo tan.ods", unending_spreadsheet(), DAMAGED)
    deep = "<row>" * 200_000
    yield Hostile("long nhau.xlsx", with_sheet(deep), DAMAGED)
    yield Hostile("dia chi sai.xlsx", with_sheet('<row r="1"><c r="ZZZZZZ99999999999"><v>1</v></c></row>'), DAMAGED)
    index = '<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>'
    yield Hostile("chuoi khong co.xlsx", with_sheet(index), DAMAGED)


def _false_containers() -> Iterable[Hostile]:
    book = workbook()
    for tenth in range(1, 10):
        yield Hostile(f"cut {tenth}.xlsx", book[: len(book) * tenth // 10], DAMAGED)
    names = dict.fromkeys(["[Content_Types].xml", SHEET, "xl/workbook.xml", "xl/styles.xml"])
    same = [entry(name, part_of(book, SHEET)) for name in names]
    yield Hostile("muc chong len nhau.xlsx", make_zip(same, overlapping=True), DAMAGED)
    yield Hostile("hai trang mot ten.xlsx", two_sheets_of_one_name(), DAMAGED)
    yield Hostile("thieu trang.xlsx", without_part(book, SHEET), DAMAGED)
    utf16 = part_of(book, SHEET).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    yield Hostile("trang UTF-16.xlsx", with_parts(book, entry(SHEET, utf16)), ("F005",))
    yield Hostile("vong OLE.xls", ole("Workbook", BEGIN, links=(1, 1, 1)), DAMAGED)
    yield Hostile("vong thu muc OLE.xls", ole_in_a_ring(), DAMAGED)
    yield Hostile("rac OLE.xls", ole("Workbook", random.Random(4).randbytes(4096)), DAMAGED)
    yield Hostile("xls chi co dau.xls", ole("Workbook", BEGIN), DAMAGED)
    yield Hostile("rac.xlsb", with_parts(binary_workbook(), entry("xl/worksheets/sheet1.bin", b"\xff" * 5000)), DAMAGED)
    yield Hostile("ngau nhien.xlsx", random.Random(1).randbytes(20_000), NO_WORKBOOK)
    yield Hostile("rong.xlsx", b"", ("F002",))
    yield Hostile("toan so 0.xlsx", bytes(9000), ("F002",))
    yield Hostile("mat khau.xlsx", ole("EncryptedPackage"), ("F003",))
    yield Hostile("mat khau.xls", ole("Workbook", BEGIN + FILEPASS), ("F003",))
    yield Hostile("mat khau.ods", locked_spreadsheet(), ("F003",))


def without_part(book: bytes, name: str) -> bytes:
    """Leave a part out of a workbook that goes on naming it."""
    with zipfile.ZipFile(io.BytesIO(book)) as source:
        return zipped({one: source.read(one) for one in source.namelist() if one != name})


def binary_workbook() -> bytes:
    """Describe a binary workbook without a sound part in it."""
    types = (
        b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        b'<Override PartName="/xl/workbook.bin" '
        b'ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>'
    )
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        b'Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return zipped(
        {"[Content_Types].xml": types, "xl/workbook.bin": b"\x83\x01\x00", "xl/_rels/workbook.bin.rels": relations}
    )


def _under_false_names() -> Iterable[Hostile]:
    document, target = docx.Document(), io.BytesIO()
    document.add_paragraph("Kính gửi Hội đồng tuần lễ")
    document.save(target)
    yield Hostile("van ban.xlsx", target.getvalue(), ("F006",))
    body = (
        b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        b"<w:body>%s</w:body></w:document>"
    )
    entities = strings_bomb().partition(b"<sst")[0].replace(b"sst", b"w:document")
    bomb = entities + body % b"<w:p><w:r><w:t>&e9;</w:t></w:r></w:p>"
    yield Hostile("van ban bom.docx", with_parts(target.getvalue(), entry("word/document.xml", bomb)), DAMAGED)
    deep = body % (b"<w:tbl><w:tr><w:tc>" * 20_000)
    yield Hostile("van ban long nhau.docx", with_parts(target.getvalue(), entry("word/document.xml", deep)), DAMAGED)
    rows = b"<w:tr>" + b"<w:tc/>" * 100 + b"</w:tr>"
    parts = repeated("word/document.xml", body.partition(b"%s")[0] + b"<w:tbl>", rows * 1000, 300)
    yield Hostile("van ban lon.docx", with_parts(target.getvalue(), parts), DAMAGED)
    yield Hostile("bang html.xls", b"<table><tr><td>12</td></tr></table>", NO_WORKBOOK)
    yield Hostile("trang web.xlsx", b"<!DOCTYPE html><html><body>403</body></html>", NO_WORKBOOK)
    yield Hostile("phan cach.xlsx", "Tên đơn vị;Số lớp\nPhường Hà An;12\n".encode(), NO_WORKBOOK)
    yield Hostile("xml 2003.xls", b'<?xml version="1.0"?><Workbook xmlns="urn:s"></Workbook>', NO_WORKBOOK)
    yield Hostile("chuong trinh.xlsx", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00" * 40, NO_WORKBOOK)
    yield Hostile("anh.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), ("F058",))
    yield Hostile("quet.xls", b"%PDF-1.4\n%\xe2\xe3" + bytes(500), ("F006",))
    yield Hostile("nen.rar", b"Rar!\x1a\x07\x01\x00" + bytes(99), ("F007",))
    yield Hostile("nen.7z", b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(99), ("F007",))
    yield Hostile("~$PL2.xlsx", b"\x05Nguyen".ljust(165), ("F001",))
    yield Hostile("Thumbs.db", ole("Catalog"), ("F025",))


def _archives() -> Iterable[Hostile]:
    yield Hostile("duong dan.zip", traversal(), ("F032",))
    yield Hostile("duong dan.zip!../../../../tmp/hostile-was-here.xlsx", b"", NOT_OPENED)
    yield Hostile("khoa.zip", locked_zip(), ("F032",))
    yield Hostile("khoa.zip!bieu.xlsx", b"", ("F003",))
    yield Hostile("lien ket.zip", link_in_zip(), ("F032",))
    yield Hostile("lien ket.zip!bieu.xlsx", b"", NOT_OPENED)
    yield Hostile("bom.zip", member_bomb(), LIMIT)
    yield Hostile("long nhau.zip", nested(5), ("F032",))
    yield Hostile("long nhau.zip!4.zip!3.zip!2.zip", b"", LIMIT)
    many = make_zip(Entry(f"x{number:05x}.xlsx", b"", 0, zipfile.ZIP_STORED) for number in range(6000))
    yield Hostile("6000 tep.zip", many, LIMIT)
    yield Hostile("thu khong tep.eml", mail(), ("F040",))
    yield Hostile("thu hong.eml", mail(("a.xlsx", workbook())).replace(b"base64", b"base65"), ("F032",))
    parts = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(3000))
    yield Hostile("thu long nhau.eml", b"From: a@b.vn\r\nTo: c@d.vn\r\n" + parts, DAMAGED)


def _no_files() -> Iterable[Hostile]:
    yield Hostile("tep lon.xlsx", a_large_file, LIMIT)
    yield Hostile("thu muc.xlsx", lambda path: path.mkdir(), NOT_OPENED)
    if sys.platform == "win32":
        return
    yield Hostile("ong.xlsx", os.mkfifo, NOT_OPENED)
    yield Hostile("thiet bi.xlsx", a_link("/dev/zero"), NOT_OPENED)
    yield Hostile("dut.xlsx", a_link("khong co.xlsx"), NOT_OPENED)
    yield Hostile("vong.xlsx", a_link("vong.xlsx"), NOT_OPENED)
    yield Hostile("ra ngoai.xlsx", a_link("/etc/hostname"), NOT_OPENED)


ODD_NAMES: tuple[str | bytes, ...] = (
    "=cmd|' -C calc'\n.xlsx",
    "dòng\nmới\ttab.xlsx",
    "a" * 245 + ".xlsx",
    unicodedata.normalize("NFD", "Biểu số liệu đã sửa dấu.xlsx"),
    b"\xff\xfebi\xeau.xlsx",
    "\u202exslx.exe",
    "<script>alert(1)<script>.xlsx",
)
"""names that a good return may bear: a formula, line breaks, 250 bytes, NFD, no UTF-8, letters that turn around"""


@cache
def hostile_set() -> list[Hostile]:
    """Give every file of the set; one whose name holds "!" is a member of an archive before it, with no file."""
    return [
        *_readers_at_their_limits(),
        *_false_containers(),
        *_under_false_names(),
        *_archives(),
        *_no_files(),
    ]


def write_hostile_set(folder: Path) -> dict[str, tuple[str, ...]]:
    """Write the set into a folder and say which codes each path bears."""
    folder.mkdir(parents=True, exist_ok=True)
    expected = {}
    for one in hostile_set():
        expected[one.name] = one.codes
        if "!" in one.name:
            continue
        path = folder / one.name
        if callable(one.content):
            one.content(path)
        else:
            path.write_bytes(one.content)
    return expected


if __name__ == "__main__":
    written = write_hostile_set(Path(sys.argv[1]))
    print(f"{len(written)} kinds")
