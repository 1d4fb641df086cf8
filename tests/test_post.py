"""Messages are told apart before anything in them counts, and what lies in them is read by its kind."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest

from tests.hostile import zipped
from tests.posts import OFFICE, PIXEL, letter, logo, outlook, plain_bounce, report, sent_out, tnef
from tests.test_unpack import BOOK, opened, shown, told

CORPUS = Path(__file__).parent / "corpus" / "trial"

# Kinds ------------------------------------------------------------------------------------------------------------


def codes(data: bytes, name: str = "thu.eml") -> dict[str, str]:
    """Give each path with the code that is told of it; "" where it is to be read."""
    return {path.partition("!")[2] or "itself": said.partition(" ")[0] for path, said in shown(data, name).items()}


FORM = ("07132_Phuong_Quang_Yen.xlsx", BOOK)
QMAIL = (
    "Hi. This is the qmail-send program at mx.example.vn.\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\n\n<xa@example.vn>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
    "--- Below this line is a copy of the message.\n\nTo: khac@example.vn\n\nSố sách: 1.350 quyển\n"
)
POSTFIX = (
    "This is the mail system at host mx.example.vn.\n\nI'm sorry to have to inform you that your message could not\n"
    "be delivered to one or more recipients.\n\n<xa@example.vn>: host mx said: 550 user unknown\n"
)
GMAIL = "Your message wasn't delivered to xa@example.vn because the address couldn't be found."
EXCHANGE = "Microsoft Outlook <MicrosoftExchange329e71ec88ae@example.vn>"
EXIM = {"X-Failed-Recipients": "xa@example.vn"}
BOUNCES = [
    report(sent_out("Phòng gửi mẫu biểu.", FORM)),
    report(None),
    plain_bounce("MAILER-DAEMON@mx.example.vn", "failure notice", QMAIL),
    plain_bounce("Mail Delivery System <MAILER-DAEMON@mx.vn>", "Undelivered Mail Returned to Sender", POSTFIX),
    plain_bounce("Mail Delivery Subsystem <mailer-daemon@googlemail.com>", "Failure", GMAIL),
    plain_bounce("postmaster@example.vn", "Undeliverable: Mẫu biểu", "Delivery has failed: xa@example.vn"),
    plain_bounce(EXCHANGE, "Không gửi được: Mẫu biểu", "xa@example.vn"),
    letter("It could not be delivered.", subject="Mail failed", sender="Mailer-Daemon@mx", headers=EXIM).as_bytes(),
]


@pytest.mark.parametrize("data", BOUNCES)
def test_a_bounce_is_known_whoever_wrote_it_and_names_the_address_that_failed(data: bytes) -> None:
    *inside, (itself, _) = opened(data, "thu.eml")
    assert itself.problem
    assert (itself.problem.code, itself.problem.facts["addresses"]) == ("F050", ("xa@example.vn",))
    assert all(found.problem and found.problem.code == "F053" for found, _ in inside)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_report_that_nothing_failed_is_no_bounce(action: str) -> None:
    assert codes(report(None, action=action)) == {"itself": "F051"}


def test_a_bounce_of_outlook_is_known_by_its_class() -> None:
    data = outlook(
        "Delivery has failed to xa@example.vn", FORM, message_class="REPORT.IPM.Note.NDR", subject="Undeliverable"
    )
    assert codes(data, "thu.msg") == {FORM[0]: "F053", "itself": "F050"}


@pytest.mark.parametrize(
    "subject", ["Failure notice", "Undeliverable: Mẫu biểu", "Không gửi được biểu qua mạng, em gửi lại"]
)
def test_a_person_who_writes_the_words_of_a_server_has_written_a_letter(subject: str) -> None:
    assert codes(letter("User unknown", FORM, subject=subject).as_bytes()) == {FORM[0]: "", "itself": "F032"}


def test_a_bounce_that_somebody_passed_on_is_one() -> None:
    outer = letter("Em chuyển anh xem")
    inner = letter(
        "x", FORM, subject="Undelivered Mail", sender="MAILER-DAEMON@mx", headers={"X-Failed-Recipients": "a@b.vn"}
    )
    outer.add_attachment(inner)
    found = codes(outer.as_bytes())
    assert found == {f"Undelivered Mail.eml!{FORM[0]}": "F053", "Undelivered Mail.eml": "F050", "itself": "F032"}


AUTOMATIC = [
    (CORPUS / "mail" / "7_ooo.eml").read_bytes(),
    letter("Tôi đi công tác", headers={"Auto-Submitted": "auto-replied"}).as_bytes(),
    letter("Tôi đi công tác", headers={"Auto-Submitted": "auto-generated"}).as_bytes(),
    letter("Tôi đi công tác", headers={"X-Autoreply": "yes"}).as_bytes(),
    letter("Tôi đi công tác", headers={"Precedence": "auto_reply"}).as_bytes(),
    letter("Tôi đi công tác", subject="Trả lời tự động: Mẫu biểu").as_bytes(),
    letter("Tôi đi công tác", subject="[Trả lời tự động] Mẫu biểu").as_bytes(),
    letter("I am away", subject="Out of Office: form").as_bytes(),
    letter("I am away", subject="Automatic reply: Mẫu biểu").as_bytes(),
]


@pytest.mark.parametrize("data", AUTOMATIC)
def test_an_automatic_reply_is_known(data: bytes) -> None:
    assert codes(data) == {"itself": "F051"}


def test_an_automatic_reply_of_outlook_is_known_by_its_class() -> None:
    data = outlook("Tôi đi công tác", message_class="IPM.Note.Rules.OofTemplate.Microsoft", subject="Mẫu biểu")
    assert codes(data, "thu.msg") == {"itself": "F051"}
    assert codes(outlook("Đã đọc", message_class="REPORT.IPM.Note.IPNRN"), "thu.msg") == {"itself": "F051"}


@pytest.mark.parametrize("subject", ["Re: Trả lời tự động: Mẫu biểu", "Báo cáo tự động hóa", "Auto", "Nộp biểu"])
def test_an_ordinary_subject_makes_no_automatic_reply(subject: str) -> None:
    assert codes(letter("Em gửi", subject=subject, headers={"Auto-Submitted": "no"}).as_bytes()) == {"itself": "F040"}


def test_what_a_scanner_sends_by_itself_is_read() -> None:
    scan = letter("Scan", ("a.xlsx", BOOK), headers={"Auto-Submitted": "auto-generated"})
    assert codes(scan.as_bytes()) == {"a.xlsx": "", "itself": "F032"}


def test_the_message_that_an_automatic_reply_answers_is_no_answer() -> None:
    outer = letter("Tôi đi công tác", headers={"Auto-Submitted": "auto-replied"})
    outer.add_attachment(sent_out("Phòng gửi mẫu", FORM))
    assert codes(outer.as_bytes())[f"Mẫu biểu.eml!{FORM[0]}"] == "F053"


def test_what_came_in_a_message_of_our_own_never_counts() -> None:
    own = sent_out("Phòng gửi mẫu", FORM)
    own["X-Consolidate-Round"] = "htsd_2020"
    assert codes(own.as_bytes()) == {FORM[0]: "F053", "itself": "F052"}
    outer = letter("Em gửi lại thư của phòng")
    outer.add_attachment(own)
    assert codes(outer.as_bytes()) == {f"Mẫu biểu.eml!{FORM[0]}": "F053", "Mẫu biểu.eml": "F052", "itself": "F032"}
    data = outlook("Phòng gửi mẫu", FORM, headers="X-Consolidate-Round: htsd_2020\r\n")
    assert codes(data, "thu.msg") == {FORM[0]: "F053", "itself": "F052"}


def test_an_archive_in_a_message_of_our_own_is_opened_and_none_of_its_files_counts() -> None:
    own = sent_out("Phòng gửi mẫu", ("bieu.zip", zipped({"a.xlsx": BOOK, "b.xlsx": BOOK})))
    own["X-Consolidate-Round"] = "htsd_2020"
    found = codes(own.as_bytes())
    assert found == {"bieu.zip!a.xlsx": "F053", "bieu.zip!b.xlsx": "F053", "bieu.zip": "F053", "itself": "F052"}


# What they say ----------------------------------------------------------------------------------------------------


def lines(data: bytes, name: str = "thu.eml") -> str:
    """Give what a message says, without what it quotes."""
    itself, _ = opened(data, name)[-1]
    assert itself.message
    return itself.message.text


QUOTED = [
    "Vào Th 5, 8 thg 10, 2020 vào lúc 09:00 Phòng <a@b.vn> đã viết:\n> Số sách 1.350 quyển",
    "Vào Th 5, 8 thg 10, 2020 vào lúc 09:00 Phòng\n<a@b.vn> đã viết:\n> Số sách 1.350 quyển",
    "Vào 09:00, Th 5, 8 thg 10, 2020 Phòng <a@b.vn> đã viết:\nSố sách 1.350 quyển",
    "On Thu, Oct 8, 2020 at 9:00 AM Phòng <a@b.vn> wrote:\n> Số sách 1.350 quyển",
    "-----Original Message-----\nFrom: a@b.vn\nSố sách 1.350 quyển",
    "________________________________\nTừ: a@b.vn\nĐã gửi: 8/10/2020\nĐến: c@d.vn\nSố sách 1.350 quyển",
    "From: a@b.vn\nSent: Thursday\nTo: c@d.vn\nSubject: x\n\nSố sách 1.350 quyển",
    "> Số sách 1.350 quyển",
]


@pytest.mark.parametrize("quoted", QUOTED)
def test_an_older_message_that_is_quoted_is_not_what_its_writer_wrote(quoted: str) -> None:
    said = lines(letter(f"Em gửi biểu ạ.\n\n{quoted}\n").as_bytes())
    assert "Em gửi biểu ạ." in said
    assert "1.350" not in said


def test_what_stands_between_quoted_lines_is_written_by_the_writer() -> None:
    said = lines(letter("On Thu, Oct 8, 2020 Phòng <a@b.vn> wrote:\n> Mục 4?\nSố đúng là 1.350\n> Cảm ơn").as_bytes())
    assert "Số đúng là 1.350" in said


def test_a_message_that_was_passed_on_keeps_what_its_sender_wants_to_be_read() -> None:
    text = "---------- Forwarded message ---------\nFrom: a@b.vn\nDate: Thu\nTo: c@d.vn\n\nSố đúng là 1.350"
    assert "1.350" in lines(letter(text, subject="Biểu").as_bytes())
    assert "1.350" in lines(letter("Từ: a\nNgày: 8/10\n\nSố đúng là 1.350", subject="Fwd: Biểu").as_bytes())


def test_a_page_is_read_without_its_quotation() -> None:
    page = (
        "<html><style>p{}</style><p>Số đúng là <b>1.350</b></p><div class=gmail_quote>Vào a đã viết:<p>77 lớp</p></div>"
    )
    said = lines(letter("", page=page).as_bytes())
    assert "Số đúng là 1.350" in said
    assert "77" not in said


def test_the_text_of_an_outlook_message_is_read() -> None:
    data = outlook("Số sách đúng là 1.350 quyển", subject="Đính chính")
    assert lines(data, "thu.msg") == "Số sách đúng là 1.350 quyển"
    itself, _ = opened(data, "thu.msg")[-1]
    assert itself.problem
    assert itself.problem.facts["subject"] == "Đính chính"
    assert itself.problem.facts["sender"] == "Lan <lan@example.vn>"


# Pictures among words ---------------------------------------------------------------------------------------------

LARGE_LOGO = PIXEL[:16] + b"\0\0\x02\x58\0\0\0\x78" + bytes(40_000)
"""600 x 120 points in 40 kB"""


@pytest.mark.parametrize("image", [PIXEL, LARGE_LOGO])
@pytest.mark.parametrize("marks", [{"cid": "<logo>", "disposition": "inline"}, {"disposition": "inline"}, {}])
def test_a_logo_is_no_file_that_a_message_brings(image: bytes, marks: dict[str, str]) -> None:
    assert codes(logo(letter("Số đúng là 1.350"), image, **marks).as_bytes()) == {
        "image001.png": "F025",
        "itself": "F040",
    }


@pytest.mark.parametrize("image", [PIXEL, LARGE_LOGO])
def test_a_picture_that_a_page_shows_is_no_file_though_it_is_attached(image: bytes) -> None:
    message = letter("Số đúng là 1.350", page='<p>Số đúng là 1.350</p><img src="cid:ky@ten">')
    assert codes(logo(message, image, "ky ten.png", cid="<ky@ten>").as_bytes())["ky ten.png"] == "F025"


@pytest.mark.parametrize("image", [PIXEL, LARGE_LOGO])
def test_a_hidden_picture_of_outlook_is_no_file(image: bytes) -> None:
    hidden = [("ky ten.png", image), ("image001.png", image)]
    found = codes(outlook("Số đúng là 1.350", hidden=hidden), "thu.msg")
    assert found == {"ky ten.png": "F025", "image001.png": "F025", "itself": "F040"}


def test_a_photo_that_stands_among_the_words_is_a_file() -> None:
    photo = PIXEL[:16] + b"\0\0\x10\0\0\0\x0c\0" + bytes(400_000)
    found = codes(logo(letter("Biểu đây ạ"), photo, "image002.png", cid="<anh>", disposition="inline").as_bytes())
    assert found == {"image002.png": "", "itself": "F032"}
    assert codes(letter("Biểu đây ạ", ("nho.png", PIXEL)).as_bytes())["nho.png"] == ""


# How they are packed ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["base64 ", "BASE64", "base64\t", "base64 (of Lotus)", " base64;"])
def test_the_name_of_a_transfer_encoding_is_read_whatever_stands_round_it(encoding: str) -> None:
    data = letter("Em gửi", ("a.xlsx", BOOK)).as_bytes().replace(b"Encoding: base64", f"Encoding: {encoding}".encode())
    assert opened(data, "thu.eml")[0][1] == BOOK


@pytest.mark.parametrize("encoding", ["base64", "quoted-printable", "8bit"])
def test_a_forwarded_message_is_opened_however_it_is_coded(encoding: str) -> None:
    inner = letter("Em gửi", ("a.xlsx", BOOK)).as_bytes()
    coded = {"base64": base64.encodebytes(inner), "quoted-printable": quopri.encodestring(inner), "8bit": inner}[
        encoding
    ]
    data = (
        b"From: a@b.vn\nTo: c@d.vn\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=BB\n\n--BB\n"
        b"Content-Type: message/rfc822\nContent-Transfer-Encoding: " + encoding.encode()
        + b'\nContent-Disposition: attachment; filename="bc.eml"\n\n' + coded + b"\n--BB--\n"
    )  # fmt: skip
    found = opened(data, "thu.eml")
    assert [one.path for one, _ in found] == ["thu.eml!bc.eml!a.xlsx", "thu.eml!bc.eml", "thu.eml"]
    assert found[0][1] == BOOK


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("off", [0, 7])
def test_a_message_of_apple_mail_is_read(ends: str, off: int) -> None:
    mail = letter("Em gửi", ("a.xlsx", BOOK)).as_bytes()
    plist = b'<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict/></plist>'
    data = f"{len(mail) + off}{ends}".encode() + mail + plist
    found = opened(data, "thu.emlx")
    assert [one.path for one, _ in found] == ["thu.emlx!a.xlsx", "thu.emlx"]
    assert found[0][1] == BOOK


def test_what_outlook_packs_into_winmail_dat_is_read() -> None:
    packed = tnef(("Phường Hà An.xlsx", BOOK), ("anh.jpg", b"\xff\xd8\xff"))
    found = opened(letter("kèm", ("winmail.dat", packed)).as_bytes(), "thu.eml")
    assert [(one.path, told(one)) for one, _ in found] == [
        ("thu.eml!winmail.dat!Phường Hà An.xlsx", ""),
        ("thu.eml!winmail.dat!anh.jpg", ""),
        ("thu.eml!winmail.dat", "F032 2"),
        ("thu.eml", "F032 1"),
    ]
    assert found[0][1] == BOOK
    assert next(one.path for one, _ in opened(packed, "winmail.dat")) == "winmail.dat!Phường Hà An.xlsx"


def test_an_empty_winmail_dat_brings_nothing() -> None:
    data = (CORPUS / "mail" / "8_winmail.eml").read_bytes()
    assert codes(data) == {"winmail.dat": "F032", "itself": "F040"}


def test_a_winmail_dat_that_is_cut_off_is_damaged_or_gives_what_is_whole() -> None:
    packed = tnef(("a.xlsx", BOOK))
    for end in range(6, len(packed), 97):
        assert all(one.problem for one, _ in opened(packed[:end], "winmail.dat"))


def test_the_office_is_no_machine() -> None:
    assert codes(letter("Gửi lại biểu", FORM, sender=OFFICE).as_bytes()) == {FORM[0]: "", "itself": "F032"}
