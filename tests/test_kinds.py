"""A file is what its bytes say it is, and no bytes stop the program."""

import io
import struct
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.readers.kinds import Container, Kind, TooLarge, Unreadable, kind_of
from tests.conftest import Convert

SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
MAIN_TYPE = "application/vnd.{}.main+xml"


def zipped(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def office(main_type: str, *parts: str) -> bytes:
    types = f"<Types><Override PartName='/a' ContentType='{MAIN_TYPE.format(main_type)}'/></Types>"
    return zipped({"[Content_Types].xml": types} | dict.fromkeys(parts, b"x"))


def opendocument(kind: str, manifest: str = "") -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}", "META-INF/manifest.xml": manifest})


def xlsx() -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Mẫu tổng hợp")
    for row in range(55):
        for column in range(10):
            sheet.write_string(row, column, f"Chỉ tiêu {row} {column}")
    book.close()
    return target.getvalue()


def word() -> bytes:
    target = io.BytesIO()
    docx.Document().save(target)
    return target.getvalue()


def ole(stream: str, content: bytes = b"", *, declared: int | None = None) -> bytes:
    """Build the smallest OLE file with one stream at its root ([MS-CFB]), long enough for no mini stream."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    content = content.ljust(4096, b"\0")
    sectors = len(content) // 512

    def entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
        coded = (name + "\0").encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, free, free, child)
        return head + bytes(36) + struct.pack("<IQ", start, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    chain = [table, end, *range(3, 2 + sectors), end]
    fat = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    directory = entry("Root Entry", 5, 1, end, 0) + entry(stream, 2, free, 2, declared or len(content))
    return header + fat + directory.ljust(512, b"\0") + content


BOF = struct.pack("<HH16x", 0x809, 16)
FILEPASS = struct.pack("<HH6x", 0x2F, 6)
MAIL = b"Received: from a by b\r\nFrom: UBND <a@b.vn>\r\nSubject: =?utf-8?q?b=C3=A1o_c=C3=A1o?=\r\n\r\nText\r\n"
WEB_ARCHIVE = b'MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
SAVED_PAGE = b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\r\n"
EXCEL_2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"></Workbook>'
)
SAMPLES: list[tuple[str, bytes, Kind]] = [
    ("a workbook named .xls", xlsx(), Kind.XLSX),
    ("a template", office("openxmlformats-officedocument.spreadsheetml.template"), Kind.XLSX),
    ("macros allowed, none there", office("ms-excel.sheet.macroEnabled"), Kind.XLSX),
    ("macros", office("ms-excel.sheet.macroEnabled", "xl/vbaProject.bin"), Kind.XLSM),
    ("binary workbook", office("ms-excel.sheet.binary.macroEnabled"), Kind.XLSB),
    ("no content types", zipped({"xl/workbook.xml": "<workbook/>"}), Kind.XLSX),
    ("backslashes", zipped({"xl\\workbook.xml": "<workbook/>"}), Kind.XLSX),
    ("a document", word(), Kind.DOCX),
    ("slides", office("openxmlformats-officedocument.presentationml.presentation"), Kind.PPT_OR_OTHER_OFFICE),
    ("ods", opendocument("spreadsheet"), Kind.ODS),
    ("ods without mimetype", zipped({"META-INF/manifest.xml": f'media-type="{SPREADSHEET}"'}), Kind.ODS),
    ("ods with a password", opendocument("spreadsheet", "<manifest:encryption-data/>"), Kind.ENCRYPTED),
    ("odt", opendocument("text"), Kind.ODT),
    ("a drawing", opendocument("graphics"), Kind.PPT_OR_OTHER_OFFICE),
    ("an archive of workbooks", zipped({"phường/a.xlsx": xlsx()}), Kind.ZIP),
    ("an empty archive", zipped({}), Kind.ZIP),
    ("xls", ole("Workbook", BOF), Kind.XLS),
    ("Excel 5", ole("Book", BOF), Kind.XLS),
    ("xls with a password", ole("Workbook", BOF + FILEPASS), Kind.ENCRYPTED),
    ("xlsx with a password", ole("EncryptedPackage"), Kind.ENCRYPTED),
    ("xls without a container", BOF.replace(b"\x10", b"\x08", 1), Kind.OLD_XLS),
    ("Excel 2", b"\x09\x00\x04\x00\x02\x00\x10\x00", Kind.OLD_XLS),
    ("doc", ole("WordDocument"), Kind.DOC),
    ("rtf", rb"{\rtf1\ansi}", Kind.DOC),
    ("ppt", ole("PowerPoint Document"), Kind.PPT_OR_OTHER_OFFICE),
    ("Outlook mail", ole("__properties_version1.0"), Kind.MSG),
    ("some OLE file", ole("Catalog"), Kind.OTHER),
    ("pdf", b"%PDF-1.4\n%\xe2\xe3", Kind.PDF),
    ("png", b"\x89PNG\r\n\x1a\n", Kind.PICTURE),
    ("jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF", Kind.PICTURE),
    ("heic", b"\0\0\0\x18ftypheic", Kind.PICTURE),
    ("rar", b"Rar!\x1a\x07\x01\x00", Kind.RAR),
    ("7z", b"7z\xbc\xaf\x27\x1c\x00\x04", Kind.SEVEN_ZIP),
    ("a page", b"\xef\xbb\xbf\r\n<html xmlns:o='urn'><table>", Kind.HTML),
    ("a page in UTF-16", "<!DOCTYPE html><html>".encode("utf-16"), Kind.HTML),
    ("a bare table", b"<!-- made by x --><table border=1>", Kind.HTML),
    ("xhtml", b"<?xml version='1.0'?><!DOCTYPE html><html>", Kind.HTML),
    ("a web archive", WEB_ARCHIVE, Kind.HTML),
    ("a saved page", SAVED_PAGE, Kind.HTML),
    ("Excel 2003 XML", EXCEL_2003.encode(), Kind.XML_2003),
    ("Excel 2003 XML in UTF-16", EXCEL_2003.encode("utf-16"), Kind.XML_2003),
    ("other XML", b"<?xml version='1.0'?><office:document/>", Kind.OTHER),
    ("csv", "Tên đơn vị;Số lớp\nPhường Hà An;12\n".encode(), Kind.TEXT),
    ("tsv in UTF-16", "Tên đơn vị\tSố lớp\n".encode("utf-16"), Kind.TEXT),
    ("tsv in UTF-16 without a mark", b"T\0e\0n\0\t\x001\0\n\0", Kind.TEXT),
    ("csv in an old encoding", "Sè líp;12\n§¬n vÞ;3\n".encode("cp1252"), Kind.TEXT),
    ("one labelled line", "Subject: Tuần lễ\n".encode(), Kind.TEXT),
    ("mail", MAIL, Kind.EMAIL),
    ("a mailbox", b"From a@b.vn Mon Oct  5 08:00:00 2020\n" + MAIL.replace(b"\r", b""), Kind.MBOX),
    ("nothing", b"", Kind.EMPTY),
    ("only blanks", b"\xef\xbb\xbf \r\n", Kind.EMPTY),
    ("only zeros", bytes(5000), Kind.EMPTY),
    ("half a workbook", xlsx()[:3000], Kind.TRUNCATED),
    ("the start of an OLE file", ole("Workbook", BOF)[:700], Kind.TRUNCATED),
    ("an OLE file without its end", ole("Workbook", BOF)[:-1024], Kind.TRUNCATED),
    ("a program", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", Kind.OTHER),
]


@pytest.mark.parametrize(("data", "kind"), [pytest.param(data, kind, id=name) for name, data, kind in SAMPLES])
@pytest.mark.parametrize("name", ["Phường Hà An.xls", "a.xlsx", "a", "a.pdf"])
def test_the_content_says_what_a_file_is_whatever_its_name(data: bytes, kind: Kind, name: str) -> None:
    assert kind_of(data, name) is kind


@pytest.mark.libreoffice
@pytest.mark.parametrize(("extension", "kind"), [("xls", Kind.XLS), ("ods", Kind.ODS), ("xlsx", Kind.XLSX)])
def test_what_libreoffice_writes_is_told(soffice: Convert, tmp_path: Path, extension: str, kind: Kind) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "source.xlsx")
    written = soffice(tmp_path / "source.xlsx", extension, tmp_path / "out")
    assert kind_of(written.read_bytes(), "a.pdf") is kind


@pytest.mark.parametrize("name", ["~$Hà An.xlsx", "sub/~$a.xls", ".~lock.a.xlsx#"])
def test_a_lock_file_is_told_by_its_name_and_size(name: str) -> None:
    assert kind_of(b"\x05Nguyen".ljust(165), name) is Kind.LOCK_FILE
    assert kind_of(b"", name) is Kind.LOCK_FILE


def test_a_workbook_named_like_a_lock_file_is_not_lost() -> None:
    assert kind_of(xlsx(), "~$Hà An.xlsx") is Kind.XLSX


def test_a_lone_mail_header_is_mail_only_under_a_mail_name() -> None:
    assert kind_of(b"Subject: x\n\ny", "a.eml") is Kind.EMAIL
    assert kind_of(b"Subject: x\n\ny", "a.csv") is Kind.TEXT


def test_a_bomb_is_told_without_unpacking_it() -> None:
    big = zipped({"[Content_Types].xml": bytes(50_000_000), "xl/workbook.xml": "x"})
    box = Container(big, limit=1000)
    assert kind_of(box, "a.xlsx") is Kind.XLSX
    with pytest.raises(TooLarge):
        box.part("[Content_Types].xml")


def test_the_limit_counts_all_parts_together() -> None:
    box = Container(zipped({"a": bytes(600), "b": bytes(600)}), limit=1000)
    assert len(box.part("a")) == 600
    assert len(box.part("A")) == 600
    with pytest.raises(TooLarge):
        box.part("b")


def test_a_missing_or_strangely_packed_part_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        Container(zipped({"a": "x"})).part("b")
    with pytest.raises(Unreadable):
        Container(zipped({"a": "x"}, zipfile.ZIP_LZMA)).part("a")


def test_an_ole_stream_that_claims_more_than_the_file_is_cut_off() -> None:
    assert kind_of(ole("Workbook", BOF, declared=0xFFFFFF00), "a.xls") is Kind.TRUNCATED


def test_an_ole_header_that_claims_endless_tables_ends_at_once() -> None:
    data = bytearray(ole("Workbook", BOF))
    for place in (44, 64, 72):
        endless = bytes(data[:place]) + b"\xff\xff\xff\x7f" + bytes(data[place + 4 :])
        assert kind_of(endless, "a.xls") is Kind.TRUNCATED


@pytest.mark.parametrize("link", [(1, 1), (2, 2), (9, 5)], ids=["directory", "stream", "stream further on"])
def test_an_ole_chain_that_comes_back_to_itself_is_told_before_it_is_followed(
    link: tuple[int, int],
) -> None:
    data = bytearray(ole("Workbook", BOF))
    assert kind_of(bytes(data), "a.xls") is Kind.XLS
    struct.pack_into("<I", data, 512 + 4 * link[0], link[1])
    with pytest.raises(Unreadable):
        Container(bytes(data)).stream("workbook")
    assert kind_of(bytes(data), "a.xls") is Kind.TRUNCATED


def test_an_ole_chain_in_a_ring_ends() -> None:
    data = bytearray(ole("Workbook", BOF))
    data[512 + 4 : 512 + 8] = struct.pack("<I", 1)
    assert kind_of(bytes(data), "a.xls") in Kind
    data = bytearray(ole("Workbook", BOF))
    data[512 + 12 : 512 + 16] = struct.pack("<I", 2)
    assert kind_of(bytes(data), "a.xls") in Kind


STARTS = [data for _, data, _ in SAMPLES]


@settings(max_examples=200)
@given(
    start=st.sampled_from(STARTS),
    cuts=st.lists(st.tuples(st.integers(0, 20_000), st.binary(max_size=8)), max_size=6),
    end=st.integers(0, 20_000),
)
def test_no_bytes_stop_it(start: bytes, cuts: list[tuple[int, bytes]], end: int) -> None:
    data = start
    for place, put in cuts:
        at = place % (len(data) + 1)
        data = data[:at] + put + data[at + len(put) :]
    assert isinstance(kind_of(data[:end] if end % 3 == 0 else data, "a.xlsx"), Kind)


@given(st.binary(max_size=300))
def test_no_short_bytes_stop_it(data: bytes) -> None:
    assert isinstance(kind_of(data, "a"), Kind)
