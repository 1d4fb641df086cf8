"""Files in archives and e-mails are read under their own names and dates, and nothing is ever written."""

from __future__ import annotations

import base64
import builtins
import io
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model.limits import DEFAULT, Limits
from pipeline.readers.find import Found
from pipeline.readers.kinds import Container, Kind, Unreadable, kind_of
from pipeline.readers.sheets import OverLimit
from pipeline.readers.unpack import CONTAINERS, unpacked
from pipeline.readers.unpack.mail import received_time
from pipeline.readers.zip_check import check_zip
from schemas.register import VIETNAM
from tests.hostile import (
    MEBIBYTE,
    Entry,
    entry,
    hostile_set,
    link_in_zip,
    locked_zip,
    make_zip,
    many_entries,
    member_bomb,
    repeated,
    traversal,
    two_sheets_of_one_name,
    workbook,
    zipped,
)

BOOK = workbook()
AT = datetime(2020, 10, 8, 16, 40, tzinfo=VIETNAM)
PLACE = Path("thư mục")


def opened(data: bytes, name: str = "a.zip", limits: Limits = DEFAULT) -> list[tuple[Found, bytes | None]]:
    kind = kind_of(data, name)
    assert kind in CONTAINERS, kind
    return list(unpacked(Found(name, PLACE / name), data, kind, limits))


def shown(data: bytes, name: str = "a.zip", limits: Limits = DEFAULT) -> dict[str, str]:
    """Give each path with what is told of it; "" where it is to be read."""
    return {found.path: told(found) for found, _ in opened(data, name, limits)}


def told(found: Found) -> str:
    if found.problem is None:
        return ""
    facts = found.problem.facts
    detail = facts.get("reason", facts.get("limit", facts.get("count", "")))
    return f"{found.problem.code} {detail}".strip()


# .zip ------------------------------------------------------------------------------------------------------------


def test_members_are_given_sorted_with_folders_in_their_names() -> None:
    data = zipped({"Hà An/b.xlsx": BOOK, "a.xlsx": BOOK, "Hà An/": b"", "__MACOSX/._a.xlsx": b"x", "Thumbs.db": b"x"})
    assert shown(data) == {
        "a.zip!Hà An/b.xlsx": "",
        "a.zip!Thumbs.db": "F025",
        "a.zip!a.xlsx": "",
        "a.zip": "F032 3",
    }
    assert [content for _, content in opened(data)][2] == BOOK


@pytest.mark.parametrize(
    ("raw", "flags", "name"),
    [
        ("Phường Hà An.xlsx".encode(), 0x800, "Phường Hà An.xlsx"),
        ("Phường Hà An.xlsx".encode(), 0, "Phường Hà An.xlsx"),
        ("Phường Tân An.xlsx".replace("ờ", "ơ\u0300").encode("cp1258"), 0, "Phường Tân An.xlsx"),
        ("Xã.xlsx".replace("ã", "a\u0303").encode("cp1258"), 0, "Xã.xlsx"),
        ("für.xlsx".encode("cp437"), 0, "für.xlsx"),
        (b"thu muc\\a.xlsx", 0, "thu muc/a.xlsx"),
    ],
)
def test_a_name_is_read_in_whatever_encoding_it_was_written(raw: bytes, flags: int, name: str) -> None:
    packed = entry("x", BOOK)
    data = make_zip([Entry("x", packed.packed, packed.size, crc=packed.crc, flags=flags, raw_name=raw)])
    assert shown(data) == {f"a.zip!{name}": "", "a.zip": "F032 1"}


def test_the_unicode_name_of_info_zip_wins_if_it_belongs_to_the_other() -> None:
    raw = b"Ph\xe2ng.xlsx"
    for digest, name in ((zlib.crc32(raw), "Phường.xlsx"), (1, None)):
        content = "Phường.xlsx".encode()
        extra = struct.pack("<HHBI", 0x7075, 5 + len(content), 1, digest) + content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            info = zipfile.ZipInfo("Ph_ng.xlsx", (2020, 10, 8, 0, 0, 0))
            info.extra = extra
            archive.writestr(info, BOOK)
        paths = list(shown(target.getvalue().replace(b"Ph_ng.xlsx", raw)))
        assert (f"a.zip!{name}" in paths) is (name is not None)


def test_the_time_of_a_member_is_that_of_the_packer_in_vietnam() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(zipfile.ZipInfo("a.xlsx", (2020, 10, 8, 16, 40, 0)), BOOK)
        archive.writestr(zipfile.ZipInfo("b.xlsx"), BOOK)
    times = [found.modified for found, _ in opened(target.getvalue())]
    assert times == [AT, None, None]


def test_a_name_that_leads_outside_is_told_and_its_file_not_read() -> None:
    assert sorted(shown(traversal()).values()) == ["F018 unsafe_name"] * 4 + ["F032 4"]


def test_what_is_no_readable_file_in_an_archive_is_told() -> None:
    assert shown(locked_zip()) == {"a.zip!bieu.xlsx": "F003", "a.zip": "F032 1"}
    assert shown(link_in_zip()) == {"a.zip!bieu.xlsx": "F018 not_a_file", "a.zip": "F032 1"}
    packed = entry("a.xlsx", BOOK)
    broken = make_zip([Entry("a.xlsx", packed.packed, packed.size, crc=1)])
    assert shown(broken) == {"a.zip!a.xlsx": "F004 damaged", "a.zip": "F032 1"}
    strange = make_zip([Entry("a.xlsx", packed.packed, packed.size, method=99)])
    assert shown(strange) == {"a.zip!a.xlsx": "F004 damaged", "a.zip": "F032 1"}


def test_archives_in_archives_are_opened_to_a_depth() -> None:
    inner = zipped({"c.xlsx": BOOK})
    data = zipped({"b.zip": inner})
    assert shown(data) == {"a.zip!b.zip!c.xlsx": "", "a.zip!b.zip": "F032 1", "a.zip": "F032 1"}
    assert shown(data, limits=Limits(depth=1)) == {"a.zip!b.zip": "F019 depth", "a.zip": "F032 1"}


def test_a_workbook_in_an_archive_is_not_taken_for_an_archive() -> None:
    assert shown(zipped({"b.zip": BOOK})) == {"a.zip!b.zip": "", "a.zip": "F032 1"}


@pytest.mark.parametrize(
    ("limits", "limit"),
    [(Limits(members=2), "members"), (Limits(inflated_bytes=2 * len(BOOK)), "inflated_bytes")],
)
def test_an_archive_over_a_limit_is_not_opened_at_all(limits: Limits, limit: str) -> None:
    assert shown(zipped(dict.fromkeys(("a", "b", "c"), BOOK)), limits=limits) == {"a.zip": f"F019 {limit}"}


def test_the_archives_within_a_file_share_one_limit() -> None:
    inner = zipped({"1.xlsx": BOOK, "2.xlsx": BOOK})
    data = zipped({"b.zip": inner, "c.zip": inner, "d.zip": inner})
    assert shown(data, limits=Limits(members=7)) == {
        "a.zip!b.zip!1.xlsx": "",
        "a.zip!b.zip!2.xlsx": "",
        "a.zip!b.zip": "F032 2",
        "a.zip!c.zip!1.xlsx": "",
        "a.zip!c.zip!2.xlsx": "",
        "a.zip!c.zip": "F032 2",
        "a.zip!d.zip": "F019 members",
        "a.zip": "F032 3",
    }


def test_a_member_over_a_limit_is_told_and_the_others_are_read() -> None:
    big = repeated("big.xlsx", b"", b" " * MEBIBYTE, 20)
    data = make_zip([big, entry("a.xlsx", BOOK)])
    assert shown(data)["a.zip!big.xlsx"] == "F019 ratio"
    assert shown(data, limits=Limits(file_bytes=MEBIBYTE))["a.zip!big.xlsx"] == "F019 file_bytes"
    assert shown(data)["a.zip!a.xlsx"] == ""


def test_a_member_that_unpacks_to_more_than_it_states_is_damaged() -> None:
    small = repeated("nho.xlsx", b"", bytes(MEBIBYTE), 512, claimed=20_000)
    assert shown(make_zip([small]))["a.zip!nho.xlsx"] == "F004 damaged"
    assert shown(member_bomb()) == {"a.zip": "F019 inflated_bytes"}


def test_nothing_is_written_while_an_archive_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = traversal()
    monkeypatch.chdir(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a file was opened")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(os, "open", refuse)
    list(unpacked(Found("a.zip", Path("a.zip")), data, Kind.ZIP, DEFAULT))
    monkeypatch.undo()
    assert list(tmp_path.iterdir()) == []


# The directory of a zip, before any reader opens it --------------------------------------------------------------


def check(data: bytes, limits: Limits = DEFAULT) -> None:
    check_zip(Container(data), limits)


def test_an_ordinary_workbook_passes_and_what_is_no_zip_too() -> None:
    for data in (BOOK, b"", b"PK\x03\x04", BOOK[:900], b"%PDF-1.4", zipped({}), zipped({"a": BOOK, "A": BOOK})):
        check(data)


def test_entries_that_overlap_are_refused() -> None:
    with pytest.raises(Unreadable):
        check(make_zip([entry("a", BOOK), entry("b", BOOK)], overlapping=True))


def test_two_parts_of_one_name_are_refused_also_when_case_or_slash_differ() -> None:
    with pytest.raises(Unreadable):
        check(two_sheets_of_one_name())
    parts = {"xl/workbook.xml": b"<workbook/>", "xl/worksheets/Sheet1.xml": b"x", "xl\\worksheets\\sheet1.xml": b"y"}
    with pytest.raises(Unreadable):
        check(zipped(parts))


def test_a_directory_of_too_many_entries_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    data = many_entries()
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(OverLimit) as caught:
        check(data)
    assert caught.value.limit == "members"


@pytest.mark.parametrize(("claimed", "limit"), [(None, "ratio"), (70_000, "inflated_bytes")])
def test_what_a_workbook_unpacks_to_is_counted_whatever_its_directory_states(claimed: int | None, limit: str) -> None:
    sheet = repeated("xl/worksheets/sheet1.xml", b"<worksheet>", b" " * MEBIBYTE, 400, claimed=claimed)
    with pytest.raises(OverLimit) as caught:
        check(make_zip([entry("xl/workbook.xml", b"<workbook/>"), sheet]))
    assert caught.value.limit == limit
    assert caught.value.measured < 300 * MEBIBYTE


def test_a_part_that_packs_too_well_is_refused() -> None:
    sheet = repeated("xl/worksheets/sheet1.xml", b"<worksheet>", b" " * MEBIBYTE, 30)
    with pytest.raises(OverLimit) as caught:
        check(make_zip([entry("xl/workbook.xml", b"<workbook/>"), sheet]))
    assert caught.value.limit == "ratio"


# E-mail ----------------------------------------------------------------------------------------------------------


def message(*attachments: tuple[str, bytes]) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "xa@example.vn", "Báo cáo"
    mail["Date"] = "Thu, 08 Oct 2020 16:40:00 +0700"
    mail.set_content("Kính gửi")
    for name, content in attachments:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail


def raw_mail(disposition: bytes, content_type: bytes = b"application/octet-stream", head: bytes = b"") -> bytes:
    return (
        head + b"From: a@b.vn\r\nTo: c@d.vn\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: text/plain\r\n\r\nxin chao\r\n--b\r\nContent-Type: " + content_type + b"\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: " + disposition + b"\r\n\r\n"
        + base64.encodebytes(BOOK) + b"\r\n--b--\r\n"
    )  # fmt: skip


def test_attachments_are_read_with_the_time_of_the_mail() -> None:
    data = message(("PL2 Hà An.xlsx", BOOK), ("b.xls", b"x")).as_bytes()
    found = opened(data, "thu.eml")
    assert [(one.path, told(one), one.received) for one, _ in found] == [
        ("thu.eml!PL2 Hà An.xlsx", "", AT),
        ("thu.eml!b.xls", "", AT),
        ("thu.eml", "F032 2", None),
    ]
    assert found[0][1] == BOOK


NAMES = [
    (b'attachment; filename="a.xlsx"', "a.xlsx"),
    (b"attachment; filename*=UTF-8''Ph%C6%B0%E1%BB%9Dng.xlsx", "Phường.xlsx"),
    (b"attachment; filename*0*=UTF-8''Ph%C6%B0; filename*1*=%E1%BB%9Dng.xlsx", "Phường.xlsx"),
    (b'attachment; filename="=?utf-8?B?UGjGsOG7nW5nLnhsc3g=?="', "Phường.xlsx"),
    (b'attachment; filename="=?utf-8?Q?Ph=C6=B0=E1=BB=9Dng.xlsx?="', "Phường.xlsx"),
    (b'attachment;\r\n filename="=?utf-8?B?UGjGsOG7?=\r\n =?utf-8?B?nW5nLnhsc3g=?="', "Phường.xlsx"),
    ('attachment; filename="Phường.xlsx"'.encode(), "Phường.xlsx"),
    ('attachment; filename="Tân An.xlsx"'.encode("cp1258"), "Tân An.xlsx"),
    (b'attachment; filename="=?x-unknown?B?UGg=?="', "=?x-unknown?B?UGg=?="),
    (b'attachment; filename="..\\..\\a.xlsx"', "a.xlsx"),
    (b'attachment; filename="/etc/a.xlsx"', "a.xlsx"),
    (b"attachment", "1"),
]


@pytest.mark.parametrize(("disposition", "name"), NAMES)
def test_a_name_is_read_however_the_sender_coded_it(disposition: bytes, name: str) -> None:
    found = opened(raw_mail(disposition), "thu.eml")
    assert [one.path for one, _ in found] == [f"thu.eml!{name}", "thu.eml"]
    assert found[0][1] == BOOK


def test_a_name_that_only_the_content_type_states_is_read() -> None:
    data = raw_mail(b"attachment", 'application/octet-stream; name="Phường.xlsx"'.encode())
    assert list(shown(data, "thu.eml")) == ["thu.eml!Phường.xlsx", "thu.eml"]


TIMES = [
    (b"Date: Thu, 08 Oct 2020 16:40:00 +0700\r\n", AT),
    (b"Date: Thu, 08 Oct 2020 09:40:00 GMT\r\n", AT),
    (b"Date: Thu, 08 Oct 2020 16:40:00\r\n", AT),
    (b"Date: Thu, 08 Oct 2020 09:40:00 -0000\r\n", AT),
    (b"Received: from x by y; Thu, 08 Oct 2020 16:40:00 +0700 (ICT)\r\nDate: Mon, 05 Oct 2020 08:00:00 +0700\r\n", AT),
    (
        b"Received: from z by mine;\r\n Thu, 8 Oct 2020 16:40:00 +0700\r\n"
        b"Received: from x by z; Wed, 7 Oct 2020 16:40:00 +0700\r\n",
        AT,
    ),
    (b"Received: by nobody\r\nDate: Thu, 08 Oct 2020 16:40:00 +0700\r\n", AT),
    (b"Date: hom qua\r\n", None),
    (b"Date: Thu, 99 Oct 99999 16:40:00 +9999\r\n", None),
    (b"X: y\r\n", None),
]


@pytest.mark.parametrize(("head", "time"), TIMES)
def test_the_time_of_receipt_is_the_last_servers_else_the_senders(head: bytes, time: datetime | None) -> None:
    assert received_time(message_from_bytes(head + b"\r\n")) == time


def test_a_forwarded_mail_is_opened_with_its_own_time() -> None:
    inner = message(("a.xlsx", BOOK))
    outer = message()
    outer.replace_header("Date", "Mon, 12 Oct 2020 08:00:00 +0700")
    outer.add_attachment(inner)
    found = {one.path: one for one, _ in opened(outer.as_bytes(), "thu.eml")}
    assert list(found) == ["thu.eml!Báo cáo.eml!a.xlsx", "thu.eml!Báo cáo.eml", "thu.eml"]
    assert found["thu.eml!Báo cáo.eml!a.xlsx"].received == AT
    assert found["thu.eml!Báo cáo.eml"].received == AT + timedelta(days=3, hours=15, minutes=20)


def test_an_archive_in_a_mail_brings_the_time_of_the_mail() -> None:
    found = {one.path: one for one, _ in opened(message(("b.zip", zipped({"c.xlsx": BOOK}))).as_bytes(), "thu.eml")}
    assert found["thu.eml!b.zip!c.xlsx"].received == AT


def test_a_mail_without_any_file_may_hold_figures_in_its_text() -> None:
    (only,) = [found for found, _ in opened(message().as_bytes(), "thu.eml")]
    assert only.problem
    assert (only.problem.code, only.problem.severity, only.problem.facts["kind"]) == ("F040", "error", "email")
    assert only.problem.facts["lines"] == "Kính gửi"


def test_the_picture_of_a_signature_is_no_file_that_a_mail_brings() -> None:
    mail = message()
    picture = b"\xff\xd8\xff" + bytes(4000)
    mail.add_related(picture, maintype="image", subtype="jpeg", cid="<logo>", disposition="inline", filename="l.jpg")
    assert shown(mail.as_bytes(), "thu.eml") == {"thu.eml!l.jpg": "F025", "thu.eml": "F040"}


def test_the_picture_of_a_signature_is_no_report_and_a_photo_is() -> None:
    mail = message()
    for size, cid in ((4000, "<logo>"), (400_000, "<anh>")):
        image, name = b"\xff\xd8\xff" + bytes(size), f"{size}.jpg"
        mail.add_related(image, maintype="image", subtype="jpeg", cid=cid, disposition="inline", filename=name)
    mail.add_attachment(b"\xff\xd8\xff", maintype="image", subtype="jpeg", filename="nho.jpg")
    assert shown(mail.as_bytes(), "thu.eml") == {
        "thu.eml!4000.jpg": "F025",
        "thu.eml!400000.jpg": "",
        "thu.eml!nho.jpg": "",
        "thu.eml": "F032 3",
    }


def test_the_mails_of_a_mailbox_are_opened_in_their_order() -> None:
    mails = [message((f"{number}.xlsx", BOOK)).as_bytes() for number in (1, 2)]
    data = b"".join(b"From xa@example.vn Thu Oct  8 16:40:00 2020\n" + mail + b"\n\n" for mail in mails)
    assert shown(data, "hop.mbox") == {
        "hop.mbox!0001.eml!1.xlsx": "",
        "hop.mbox!0001.eml": "F032 1",
        "hop.mbox!0002.eml!2.xlsx": "",
        "hop.mbox!0002.eml": "F032 1",
        "hop.mbox": "F032 2",
    }


# Outlook ---------------------------------------------------------------------------------------------------------

FREE, END, TABLE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
Storage = dict[str, "bytes | Storage"]


def ole(tree: Storage) -> bytes:
    """Write an OLE file of storages and streams, every stream padded to 4096 bytes so that none is a mini stream."""
    entries: list[bytes] = []
    content = bytearray()
    sizes: list[int] = []

    def add(name: str, node: bytes | Storage, following: int) -> int:
        place = len(entries)
        entries.append(b"")
        child, start, size = FREE, 0, 0
        if isinstance(node, dict):
            for inner, value in reversed(list(node.items())):
                child = add(inner, value, child)
        else:
            start, size = len(content) // 512, len(node)
            content.extend(node + bytes(-len(node) % 512))
            sizes.append(-(-size // 512))
        kind = 5 if place == 0 else 1 if isinstance(node, dict) else 2
        coded = (name + "\0").encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBBIII", len(coded), kind, 1, FREE, following, child)
        entries[place] = head + bytes(36) + struct.pack("<IQ", start if kind == 2 else END if kind == 5 else 0, size)
        return place

    add("Root Entry", tree, FREE)
    directory = b"".join(entries)
    directory += bytes(-len(directory) % 512)
    first = len(content) // 512
    chain: list[int] = []
    for sectors in [*sizes, len(directory) // 512]:
        chain += [*range(len(chain) + 1, len(chain) + sectors), END]
    tables = -(-(len(chain) + 1) // 128)
    while tables * 128 < len(chain) + tables:
        tables += 1
    places = [len(chain) + number for number in range(tables)]
    fat = struct.pack(f"<{tables * 128}I", *chain, *[TABLE] * tables, *[FREE] * (tables * 128 - len(chain) - tables))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, first, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *places, *[FREE] * (109 - tables))
    return header + bytes(content) + directory + fat


def long(content: bytes) -> bytes:
    """Pad a stream with zeros so that it is no mini stream; names end at the first."""
    return content.ljust(4096, b"\0")


def properties(time: datetime, header: int = 32) -> bytes:
    ticks = int((time - datetime(1601, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1)) * 10
    return long(bytes(header) + struct.pack("<IIQ", 0x0E060040, 6, ticks))


def attachment(name: str, content: bytes) -> Storage:
    return {"__substg1.0_3707001F": long(name.encode("utf-16-le")), "__substg1.0_37010102": long(content)}


def test_attachments_of_an_outlook_message_are_read_with_its_time() -> None:
    inner: Storage = {
        "__properties_version1.0": properties(AT - timedelta(days=1), 24),
        "__attach_version1.0_#00000000": attachment("trong.xlsx", BOOK),
    }
    data = ole(
        {
            "__properties_version1.0": properties(AT),
            "__attach_version1.0_#00000000": attachment("Phường Hà An.xlsx", BOOK),
            "__attach_version1.0_#00000001": {"__substg1.0_3701000D": inner},
        }
    )
    assert kind_of(data, "thu.msg") is Kind.MSG
    found = opened(data, "thu.msg")
    assert [(one.path, told(one), one.received) for one, _ in found] == [
        ("thu.msg!Phường Hà An.xlsx", "", AT),
        ("thu.msg!trong.xlsx", "", AT - timedelta(days=1)),
        ("thu.msg", "F032 2", None),
    ]
    assert found[0][1]
    assert found[0][1].startswith(BOOK)


def test_an_outlook_message_that_is_cut_off_is_damaged() -> None:
    data = ole({"__properties_version1.0": properties(AT), "__attach_version1.0_#00000000": attachment("a", BOOK)})
    for end in range(600, len(data), 700):
        assert list(unpacked(Found("a.msg", PLACE), data[:end], Kind.MSG, DEFAULT))[-1][0].path == "a.msg"


# Whatever the bytes are ------------------------------------------------------------------------------------------


def starts() -> Iterator[tuple[bytes, Kind]]:
    yield zipped({"a.xlsx": BOOK, "b.zip": zipped({"c.xlsx": BOOK})}), Kind.ZIP
    yield raw_mail(NAMES[2][0], head=TIMES[4][0]), Kind.EMAIL
    yield b"From a@b Thu Oct  8 16:40:00 2020\n" + message(("a.xlsx", b"x")).as_bytes(), Kind.MBOX
    yield ole({"__properties_version1.0": properties(AT), "__attach_version1.0_#0": attachment("a", b"x")}), Kind.MSG


@settings(max_examples=300)
@given(
    start=st.sampled_from(list(starts())),
    cuts=st.lists(st.tuples(st.integers(0, 30_000), st.binary(max_size=8)), max_size=6),
    end=st.integers(0, 30_000),
)
def test_no_archive_raises_and_the_last_word_is_its_own(
    start: tuple[bytes, Kind], cuts: list[tuple[int, bytes]], end: int
) -> None:
    data, kind = start
    for place, put in cuts:
        at = place % (len(data) + 1)
        data = data[:at] + put + data[at + len(put) :]
    *members, (itself, _) = unpacked(Found("a", PLACE), data[:end] if end % 3 == 0 else data, kind, DEFAULT)
    assert itself.path == "a"
    assert itself.problem
    assert all(found.path.startswith("a!") for found, _ in members)


def test_the_archives_of_the_hostile_set_are_opened_without_an_error() -> None:
    for one in hostile_set():
        if isinstance(one.content, bytes) and (kind := kind_of(one.content, one.name)) in CONTAINERS:
            assert list(unpacked(Found(one.name, PLACE), one.content, kind, DEFAULT))[-1][0].problem
