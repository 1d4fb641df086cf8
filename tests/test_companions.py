"""What comes with a return is booked as what it is, through the command: quiet, a question, or no answer at all."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook

from pipeline import Request, load_register
from pipeline import consolidate as run_in_process
from pipeline.consolidation.questions import questions_by_unit
from pipeline.consolidation.select.corrections import quoted_figures, words_of_form
from tests.conftest import Convert
from tests.decisions_by_hand import SIGNED, fill, lines_in
from tests.posts import OFFICE, PDF, PHOTO, PIXEL, SENT, letter, logo, outlook, report, sent_out, tnef
from tests.returned import FORM, consolidate, copy_of, report_of, reported_totals, told, write_returns

CORPUS = Path(__file__).parent / "corpus" / "trial"
UNITS = {
    "07132": ("Phường Quảng Yên", "quangyen@example.vn"),
    "07135": ("Phường Đông Mai", "dongmai@example.vn"),
    "07138": ("Phường Minh Thành", "minhthanh@example.vn"),
}
HEAD = "code,name,type,email"


class Round:
    """Three wards whose returns are in, and what lies beside them."""

    def __init__(self, returns: Path, folder: Path) -> None:
        self.folder = folder
        self.input = copy_of(returns, folder / "in", *UNITS)
        self.units = folder / "units.csv"
        lines = [f"{code},{name},phường,{email}" for code, (name, email) in UNITS.items()]
        self.units.write_text("\n".join([HEAD, *lines]), encoding="utf-8")

    def add(self, name: str, content: bytes | EmailMessage) -> None:
        """Put a file into the folder, which may lie in folders of its own."""
        path = self.input / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.as_bytes())

    def form_of(self, code: str) -> bytes:
        """Give the filled form of a unit."""
        return next(self.input.glob(f"{code}*")).read_bytes()

    def take_out(self, code: str) -> bytes:
        """Take the form of a unit out of the folder."""
        path = next(self.input.glob(f"{code}*"))
        content = path.read_bytes()
        path.unlink()
        return content

    def run(self) -> int:
        """Run the command; gives its exit code."""
        done = consolidate(
            self.input, self.folder / "out.xlsx", "--units", self.units, "--report", self.folder / "report.json"
        )
        self.report = report_of(self.folder / "report.json")
        return done.exit_code

    def file(self, path: str) -> Any:  # noqa: ANN401 - the shape of JSON
        """Give what the report says of a file."""
        (file,) = (file for file in self.report["files"] if file["path"] == path)
        return file

    def says(self, path: str) -> tuple[str, str | None, list[str]]:
        """Give status, unit and codes of a file."""
        file = self.file(path)
        return file["status"], file["unit"], told(file)

    def missing(self) -> list[str]:
        """Name the units that are not in."""
        return [unit["code"] for unit in self.report["units"] if unit["status"] == "missing"]


@pytest.fixture
def three(clean_returns: Path, tmp_path: Path) -> Round:
    return Round(clean_returns, tmp_path)


def document(*lines: str, table: Iterable[Iterable[str]] = ()) -> bytes:
    """Write a Word document."""
    written = Document()
    for line in lines:
        written.add_paragraph(line)
    rows = [list(row) for row in table]
    if rows:
        made = written.add_table(len(rows), len(rows[0]))
        for line, row in zip(made.rows, rows, strict=True):
            for cell, text in zip(line.cells, row, strict=True):
                cell.text = text
    target = io.BytesIO()
    written.save(target)
    return target.getvalue()


REPORT = document(
    "ỦY BAN NHÂN DÂN PHƯỜNG ĐÔNG MAI",
    "BÁO CÁO",
    "Kết quả tổ chức Tuần lễ hưởng ứng học tập suốt đời năm 2020",
    "Phường đã mở 12 lớp với 340 người tham gia, huy động 1.350 quyển sách, bổ sung 200 quyển cho thư viện.",
    "Kinh phí: 15.100.000 đồng. Cơ sở vật chất còn thiếu 2 phòng học; cần sửa chữa 3 phòng.",
)


# Corrections are asked about --------------------------------------------------------------------------------------

CORRECTING = document("Phường Minh Thành xin đính chính: số sách huy động là 1.350 quyển, không phải 1.271.")
RTF = rb"{\rtf1\ansi Ph\u432?\u7901?ng \u272?\u244?ng Mai \u273?\'ednh ch\'ednh: 1.350 quy\u7875?n}"
NAMES = [
    ("Dong Mai sua lan 2.pdf", PDF),
    ("Đông Mai (đã sửa).jpg", PHOTO),
    ("07135 bieu thay the.jpg", PHOTO),
    ("Dong Mai dinh chinh.docx", CORRECTING),
    ("Dong Mai bo sung so lieu.pdf", PDF),
    ("Dong Mai dinh chinh.rtf", RTF),
    ("Dong Mai v2.pdf", PDF),
    ("Dong Mai gui lai da ky.pdf", PDF),
    ("Bao cao Dong Mai (sua).docx", REPORT),
    ("Dong Mai.docx", CORRECTING),
    ("Dong Mai.rtf", RTF),
    ("Dong Mai/van ban.docx", document("Số sách huy động của phường là 1.350 quyển.")),
    ("Bao cao Dong Mai.docx", document("BÁO CÁO", "Mục 4 biểu ghi nhầm, số đúng là 1.350 quyển.")),
]


@pytest.mark.parametrize(("name", "content"), NAMES, ids=[name for name, _ in NAMES])
def test_a_paper_that_says_it_corrects_is_a_question_at_its_unit(three: Round, name: str, content: bytes) -> None:
    three.add(name, content)
    assert three.run() == 1
    assert three.says(name) == ("ignored", "07135", ["F056"])
    assert three.missing() == []


PLACES = ["Dong Mai/dinh chinh/1.jpg", "Đính chính/Dong Mai.jpg", "Dong Mai sửa lại/bieu.pdf"]


@pytest.mark.parametrize("name", PLACES)
def test_a_folder_that_says_correction_says_it_of_what_lies_in_it(three: Round, name: str) -> None:
    three.add(name, PDF if name.endswith("pdf") else PHOTO)
    assert three.run() == 1
    assert three.says(name) == ("ignored", "07135", ["F056"])


def test_an_archive_that_says_correction_says_it_of_what_lies_in_it(three: Round) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("bieu.jpg", PHOTO)
    three.add("Dong Mai dinh chinh.zip", target.getvalue())
    assert three.run() == 1
    assert three.says("Dong Mai dinh chinh.zip!bieu.jpg")[2] == ["F056"]


@pytest.mark.parametrize("folder", ["lan 2", "bo sung", "Lần 1", "sửa chữa trường"])
def test_a_folder_of_the_office_says_nothing_of_what_lies_in_it(three: Round, folder: str) -> None:
    three.add(f"{folder}/Dong Mai.jpg", PHOTO)
    assert three.run() == 0
    assert three.says(f"{folder}/Dong Mai.jpg")[2] == ["F057"]


def test_a_report_in_a_folder_of_corrections_is_a_report(three: Round) -> None:
    three.add("dinh chinh/Bao cao Dong Mai.docx", REPORT)
    assert three.run() == 0


def test_a_letter_that_takes_the_form_back_is_a_question_with_its_words(three: Round) -> None:
    said = "Biểu đã nộp còn thiếu số liệu khu 3, phường sẽ gửi sau."
    three.add("Dong Mai.docx", document(said))
    three.add("Bao cao Dong Mai.docx", REPORT)
    assert three.run() == 1
    assert three.says("Dong Mai.docx") == ("ignored", "07135", ["F056"])
    assert said[:40] in three.file("Dong Mai.docx")["findings"][0]["message"]
    assert three.says("Bao cao Dong Mai.docx")[2] == ["F057"]


@pytest.mark.parametrize("name", ["Dong Mai ban chuan.pdf", "Đông Mai bản chính thức.jpg"])
def test_a_paper_called_the_one_that_holds_is_a_question(three: Round, name: str) -> None:
    three.add(name, PDF if name.endswith("pdf") else PHOTO)
    assert three.run() == 1
    assert three.says(name) == ("ignored", "07135", ["F056"])


@pytest.mark.parametrize("name", ["Bao cao Dong Mai ban chinh thuc.docx", "Dong Mai van ban chinh thuc.docx"])
def test_another_paper_that_is_called_so_is_quiet(three: Round, name: str) -> None:
    three.add(name, REPORT)
    assert three.run() == 0


def test_a_paper_called_so_that_came_with_an_earlier_mail_is_quiet(three: Round) -> None:
    form = ("07135 Dong Mai.xlsx", three.take_out("07135"))
    three.add("thu.eml", letter("Em gửi ạ.", ("Dong Mai ban chuan.pdf", PDF)))
    three.add("sau.eml", letter("Em gửi biểu ạ.", form, sent=SENT + timedelta(days=2)))
    assert three.run() == 0


def test_the_question_quotes_the_words_that_speak_of_figures(three: Round) -> None:
    three.add("Minh Thanh dinh chinh.docx", CORRECTING)
    three.run()
    (asked,) = three.file("Minh Thanh dinh chinh.docx")["findings"]
    assert "1.350 quyển, không phải 1.271" in asked["message"]
    assert asked["open"]


def test_a_paper_whose_message_says_so_is_a_question_at_the_unit_that_the_subject_names(three: Round) -> None:
    mail = letter("Gửi lại biểu đã sửa.", ("07132 bieu.pdf", PDF), subject="Phường Quảng Yên gửi lại biểu đã sửa")
    three.add("gui lai.eml", mail)
    assert three.run() == 1
    assert three.says("gui lai.eml!07132 bieu.pdf") == ("ignored", "07132", ["F056"])


@pytest.mark.parametrize("subject", ["Phường Đông Mai", "Nộp biểu"])
@pytest.mark.parametrize("text", ["Gửi lại biểu đã sửa ạ.", "Biểu có điều chỉnh, mong anh thay bản cũ."])
def test_a_nameless_paper_belongs_to_whom_subject_or_address_names(three: Round, subject: str, text: str) -> None:
    three.add("thu.eml", letter(text, ("scan.pdf", PDF), subject=subject, sender="X <dongmai@example.vn>"))
    assert three.run() == 1
    assert three.says("thu.eml!scan.pdf") == ("ignored", "07135", ["F056"])


@pytest.mark.parametrize(
    ("name", "text"),
    [("Dong Mai.pdf", "Em gửi ạ"), ("Dong Mai bieu.jpg", "Em gửi ạ"), ("Dong Mai.jpg", "Em gửi bảng số liệu ạ")],
)
def test_a_paper_of_the_table_that_came_after_the_return_is_a_question(three: Round, name: str, text: str) -> None:
    three.add("thu.eml", letter("Em gửi biểu ạ.", ("07135 Dong Mai.xlsx", three.take_out("07135"))))
    three.add("sau.eml", letter(text, (name, PDF if name.endswith("pdf") else PHOTO), sent=SENT + timedelta(days=2)))
    assert three.run() == 1
    assert three.says(f"sau.eml!{name}")[2] == ["F056"]


MESSAGES = [
    "Em gửi biểu. Mục 4 số sách ghi nhầm, số đúng là 1.350 quyển ạ.",
    "Em gửi biểu. Muc 4 ghi nham, so dung la 1350",
    "Biểu kèm theo. Phường mở 12 lớp, 340 người.",
    "Em gửi biểu ạ. Số sách huy động: 1350",
    "Dòng 12 sửa thành 45 giúp em.",
    "Trân trọng.\nP/S: kinh phí là 15 triệu đồng",
]


@pytest.mark.parametrize("text", MESSAGES)
def test_figures_in_the_text_of_a_message_are_a_question_though_a_form_is_attached(three: Round, text: str) -> None:
    three.add("Dong Mai.eml", letter(text, ("07135_Phuong_Dong_Mai.xlsx", three.take_out("07135"))))
    assert three.run() == 1
    assert three.says("Dong Mai.eml") == ("ignored", "07135", ["F032", "F054"])
    assert three.says("Dong Mai.eml!07135_Phuong_Dong_Mai.xlsx")[0] == "used"


@pytest.mark.parametrize("name", ["Dong Mai.msg", "Dong Mai.eml"])
def test_a_logo_does_not_hide_the_text_of_a_message(three: Round, name: str) -> None:
    text = "Số sách đúng là 1.350 quyển"
    if name.endswith("msg"):
        content = outlook(text, ("image001.png", PIXEL), subject="Đính chính")
    else:
        content = logo(
            letter(text), PIXEL[:16] + b"\0\0\x02\x58\0\0\0\x78" + bytes(40_000), cid="<l>", disposition="inline"
        ).as_bytes()
    three.add(name, content)
    assert three.run() == 1
    assert three.says(name) == ("rejected", "07135", ["F040"])
    assert three.says(f"{name}!image001.png") == ("ignored", None, ["F025"])


def test_a_message_is_shown_with_its_sender_date_subject_and_first_lines(three: Round) -> None:
    three.add("thu.eml", letter("Số sách là 1.350 quyển", subject="Đính chính", sender="Lan <dongmai@example.vn>"))
    three.run()
    assert three.says("thu.eml")[1] == "07135"
    message = three.file("thu.eml")["findings"][0]["message"]
    assert all(
        said in message for said in ("Lan <dongmai@example.vn>", "09:00 08/10/2020", "Đính chính", "1.350 quyển")
    )


# And these are quiet ----------------------------------------------------------------------------------------------


QUIET = [
    ("Bao cao Dong Mai.docx", REPORT, "F057"),
    ("Dong Mai.docx", REPORT, "F057"),
    ("Dong Mai.pdf", PDF, "F057"),
    ("Phường Đông Mai.jpg", PHOTO, "F057"),
    ("Dong Mai/anh bo sung.jpg", PHOTO, "F057"),
    ("Dong Mai/Hội nghị lần 2.jpg", PHOTO, "F057"),
    ("Dong Mai/Ảnh sửa chữa thư viện.jpg", PHOTO, "F057"),
    ("Dong Mai/Bổ sung sách cho thư viện.jpg", PHOTO, "F057"),
    ("Dong Mai/sua hoc duong.pdf", PDF, "F057"),
    ("Dong Mai/Kế hoạch số 15 Tuần lễ.docx", document("Dự kiến mở 12 lớp, 340 người"), "F057"),
    ("Dong Mai/ban ky.pdf", PDF, "F022"),
    ("Dong Mai/bieu da ky dong dau.pdf", PDF, "F022"),
    ("Dong Mai/bieu.pdf", PDF + b"<</Type /Sig /ByteRange [0 1 2 3]>>", "F022"),
]


@pytest.mark.parametrize(("name", "content", "code"), QUIET, ids=[name for name, _, _ in QUIET])
def test_what_the_letter_asks_for_besides_the_form_is_quiet(three: Round, name: str, content: bytes, code: str) -> None:
    three.add(name, content)
    assert three.run() == 0
    assert three.says(name) == ("ignored", "07135", [code])


def test_twelve_photographs_without_a_name_hold_nothing_up(three: Round) -> None:
    for number in range(12):
        three.add(f"IMG_{2041 + number}.jpg", PHOTO + bytes(number))
    assert three.run() == 0
    assert all(three.says(f"IMG_{2041 + number}.jpg") == ("ignored", None, ["F058"]) for number in range(12))


def test_photographs_in_the_message_of_a_return_belong_to_its_unit(three: Round) -> None:
    photos = [(f"IMG_{number}.jpg", PHOTO) for number in range(3)]
    three.add(
        "thu.eml", letter("Em gửi biểu và ảnh ạ.", ("bieu.xlsx", three.take_out("07135")), ("scan.pdf", PDF), *photos)
    )
    assert three.run() == 0
    for name in ("scan.pdf", "IMG_0.jpg", "IMG_2.jpg"):
        assert three.says(f"thu.eml!{name}") == ("ignored", "07135", ["F057"])


@pytest.mark.parametrize("subject", ["Nộp biểu", "Gửi lại biểu", "Đính chính biểu"])
def test_the_scan_that_comes_in_the_message_of_a_return_is_quiet(three: Round, subject: str) -> None:
    form = three.take_out("07135")
    three.add(
        "thu.eml", letter("Em gửi biểu và bản scan ạ.", ("bieu.xlsx", form), ("Dong Mai.pdf", PDF), subject=subject)
    )
    assert three.run() == 0


def test_the_same_form_sent_again_is_quiet(three: Round) -> None:
    mail = letter(
        "Em gửi lại biểu, phòng nhận được chưa ạ?", ("bieu.xlsx", three.form_of("07135")), subject="Gửi lại biểu"
    )
    three.add("gui lai.eml", mail)
    assert three.run() == 0


ORDINARY = [
    "Em gửi biểu ạ.",
    "Kính gửi Phòng GD&ĐT, Phường Đông Mai gửi Phụ lục II, 02 file và 12 ảnh kèm theo.",
    "Em gửi biểu.\nTrân trọng,\nNguyễn Văn A - Trường Tiểu học 2 - ĐT 0912345678\nSố 12 đường Trần Phú, khu 3",
    "Gửi phòng biểu Tuần lễ hưởng ứng học tập suốt đời năm 2020 (kèm Công văn số 02/BCĐXDXHHT ngày 25/9/2020).",
    "Em gửi biểu.\n--\nThis e-mail is confidential. Delete it within 24 hours. Tel: +84 203 3875 123",
    "Em gửi biểu.\n\nVào Th 5, 8 thg 10, 2020 vào lúc 09:00 Phòng <a@b.vn> đã viết:\n> Mục 4 số sách 1.350 quyển",
    "Em gửi lại biểu đã sửa ạ.",
    "Em gửi biểu lúc 16h40 ngày 08/10, trước hạn 11/10/2020 ạ.",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_an_ordinary_message_with_a_form_is_quiet(three: Round, text: str) -> None:
    three.add("thu.eml", letter(text, ("bieu.xlsx", three.take_out("07135"))))
    assert three.run() == 0
    assert three.says("thu.eml") == ("ignored", None, ["F032"])


@pytest.mark.parametrize(
    "text", ["Phường đã nhận được công văn, cảm ơn phòng ạ.", "Cho em hỏi gửi biểu vào hộp thư nào ạ?"]
)
def test_a_message_that_asks_or_thanks_is_quiet(three: Round, text: str) -> None:
    three.add("Dong Mai.eml", letter(text))
    assert three.run() == 0
    assert three.says("Dong Mai.eml") == ("ignored", "07135", ["F055"])


@pytest.mark.parametrize(
    "text",
    [
        "Phường không có hoạt động nào, cảm ơn phòng.",
        "Cảm ơn phòng, số sách là 1350",
        "Đã nhận. Mười hai lớp ạ",
        "Kính gửi",
        "",
    ],
)
def test_a_message_that_may_be_an_answer_in_words_is_not(three: Round, text: str) -> None:
    three.add("Dong Mai.eml", letter(text))
    assert three.run() == 1
    assert three.says("Dong Mai.eml") == ("rejected", "07135", ["F040"])


# What came back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["quangyen@example.vn", "xa@x"])
def test_a_bounce_says_who_never_got_the_form_and_nothing_in_it_counts(three: Round, address: str) -> None:
    form = ("07132_Phuong_Quang_Yen.xlsx", three.take_out("07132"))
    three.add("bounce.eml", report(sent_out("Phòng gửi mẫu biểu.", form), address))
    assert three.run() == 1
    assert three.says("bounce.eml") == ("ignored", "07132", ["F050"])
    (bounced,) = three.file("bounce.eml")["findings"]
    assert (bounced["severity"], "Phường Quảng Yên" in bounced["message"]) == ("warning", True)
    inside = [file for file in three.report["files"] if file["path"].startswith("bounce.eml!")]
    assert [(file["status"], told(file)) for file in inside] == [("ignored", ["F053"])] * 2
    assert three.missing() == ["07132"]
    assert reported_totals(three.report)["classes_total.quantity"][1:] == (2, 3)


def test_a_bounce_to_a_unit_that_is_in_asks_nothing(three: Round) -> None:
    three.add("bounce.eml", report(sent_out("Phòng nhắc nộp biểu: 12 lớp, 340 người."), "quangyen@example.vn"))
    assert three.run() == 0
    (bounced,) = three.file("bounce.eml")["findings"]
    assert (bounced["code"], bounced["severity"]) == ("F050", "info")


def test_an_automatic_reply_is_quiet_unless_figures_stand_in_it(three: Round) -> None:
    three.add("ooo.eml", (CORPUS / "mail" / "7_ooo.eml").read_bytes())
    three.add(
        "vang mat.eml", letter("Tôi vắng mặt từ 5/10 đến 12/10. Việc gấp gọi 0912345678.", subject="Trả lời tự động")
    )
    assert three.run() == 0
    assert three.says("ooo.eml") == three.says("vang mat.eml") == ("ignored", None, ["F051"])
    three.add("Dong Mai.eml", letter("Mục 4 số đúng là 1.350 quyển", subject="Trả lời tự động: biểu"))
    assert three.run() == 1
    assert three.says("Dong Mai.eml") == ("ignored", "07135", ["F051", "F054"])


def test_a_message_of_our_own_is_no_answer_filled_or_not(three: Round) -> None:
    own = sent_out("Nhắc nộp biểu: mục 4 số sách 1.350 quyển", ("07135.xlsx", three.take_out("07135")))
    own["X-Consolidate-Round"] = "htsd_2020"
    three.add("da gui.eml", own)
    assert three.run() == 1
    assert three.says("da gui.eml") == ("ignored", None, ["F052"])
    assert three.says("da gui.eml!07135.xlsx") == ("ignored", None, ["F053"])
    assert three.missing() == ["07135"]


def test_a_blank_form_of_our_own_is_nothing_where_the_return_is_in(three: Round, tmp_path: Path) -> None:
    write_returns(tmp_path / "blank", {"07135": {}}, register=three.units)
    (blank,) = (tmp_path / "blank").iterdir()
    three.add("mau trong.xlsx", blank.read_bytes())
    assert three.run() == 0
    assert three.says("mau trong.xlsx")[0] == "ignored"
    assert "F059" in three.says("mau trong.xlsx")[2]
    three.take_out("07135")
    assert three.run() == 1
    assert "F008" in three.says("mau trong.xlsx")[2]
    assert three.missing() == ["07135"]


def test_a_blank_form_in_which_something_was_written_is_told(three: Round, tmp_path: Path) -> None:
    write_returns(tmp_path / "blank", {"07135": {}}, register=three.units)
    (blank,) = (tmp_path / "blank").iterdir()
    workbook = load_workbook(blank)
    workbook["Mẫu tổng hợp"]["H30"] = "xem bản giấy"
    workbook.save(blank)
    three.add("mau trong.xlsx", blank.read_bytes())
    assert three.run() == 1


ASKED = [
    "Biểu kèm theo. Sách:1350quyển",
    "Em gửi 12lớp",
    "Phường mở mười hai lớp",
    "Phường xin đính chính lại trong biểu đã gửi ngày hôm qua, số\nliệu sách là 1.350",
]
NOTHING = [
    "Em gửi hai biểu, hai bản giống nhau ạ",
    "Tệp 2.5MB ạ, Báo cáo Số: 05/BC-UBND",
    "Em dạy lớp 4A, gửi biểu lúc 16:40 ngày 8/10 trong dịch COVID-19",
]


@pytest.mark.parametrize("text", [*ASKED, *NOTHING])
def test_figures_are_seen_however_they_are_written(text: str) -> None:
    assert bool(quoted_figures(words_of_form(FORM), text)) is (text in ASKED)


def test_the_subject_of_a_message_is_read_like_its_text(three: Round) -> None:
    form = ("bieu.xlsx", three.take_out("07135"))
    three.add("thu.eml", letter("Em gửi ạ", form, subject="Phường Đông Mai: số sách đúng là 1.350"))
    assert three.run() == 1
    assert three.says("thu.eml") == ("ignored", "07135", ["F032", "F054"])


def test_many_photographs_that_came_later_are_those_that_the_letter_asks_for(three: Round) -> None:
    three.add("thu.eml", letter("Em gửi biểu ạ.", ("07135.xlsx", three.take_out("07135"))))
    photos = [(f"Dong Mai {number}.jpg", PHOTO) for number in range(6)]
    later = SENT + timedelta(days=2)
    three.add("anh.eml", letter("Em gửi bổ sung ảnh theo mẫu biểu ạ", *photos, sent=later, subject="Ảnh bổ sung"))
    assert three.run() == 0


def test_an_officer_who_has_seen_the_question_is_asked_no_more(three: Round) -> None:
    three.add("Dong Mai sua lan 2.pdf", PDF)
    assert three.run() == 1
    book = three.folder / "out.decisions.xlsx"
    (line,) = lines_in(book, "files")
    fill(book, "files", line, **{**SIGNED, "answer": "seen"})
    assert three.run() == 0
    assert three.says("Dong Mai sua lan 2.pdf")[2] == ["D018"]


# How it is packed -------------------------------------------------------------------------------------------------


def test_returns_are_read_from_whatever_programs_pack_them_into(three: Round) -> None:
    form = three.take_out("07135")
    mail = letter("Em gửi", ("07135.xlsx", form)).as_bytes()
    three.add("winmail.eml", letter("kèm", ("winmail.dat", tnef(("07135.xlsx", form)))))
    three.add("apple.emlx", f"{len(mail)}\n".encode() + mail + b'<?xml version="1.0"?><plist/>')
    three.add("lotus.eml", mail.replace(b"Encoding: base64", b"Encoding: base64 "))
    assert three.run() == 0
    found = [
        three.says(path)
        for path in ("apple.emlx!07135.xlsx", "lotus.eml!07135.xlsx", "winmail.eml!winmail.dat!07135.xlsx")
    ]
    assert [status for status, _, _ in found].count("used") == 1
    assert [codes for _, _, codes in found].count(["F009"]) == 2


BESIDE = [
    "07135_Phuong_Dong_Mai.xlsx:Zone.Identifier",
    "07135_Phuong_Dong_Mai.xlsx\uf03aZone.Identifier",
    "@eaDir/07135_Phuong_Dong_Mai.xlsx@SynoEAStream",
    "07135_Phuong_Dong_Mai.xlsx@SynoResource",
    "._07135_Phuong_Dong_Mai.xlsx",
    ".DS_Store",
    "desktop.ini",
    "Thumbs.db",
    ".@__thumb/07135.jpg",
    "#recycle/07135.xlsx",
]


@pytest.mark.parametrize("name", BESIDE)
def test_what_file_systems_keep_beside_a_file_is_passed_over(three: Round, name: str) -> None:
    three.add(name, b"[ZoneTransfer]\r\nZoneId=3\r\n")
    assert three.run() == 0
    (found,) = (file for file in three.report["files"] if told(file) == ["F025"])
    assert found["status"] == "ignored"


def test_an_archive_with_a_return_and_photographs_is_one_unit_s(three: Round) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        packed.writestr("bieu.xlsx", three.take_out("07135"))
        packed.writestr("anh/IMG_1.jpg", PHOTO)
        packed.writestr("Bao cao.docx", REPORT)
    three.add("goi.zip", target.getvalue())
    assert three.run() == 0
    assert three.says("goi.zip!anh/IMG_1.jpg") == three.says("goi.zip!Bao cao.docx") == ("ignored", "07135", ["F057"])


def test_a_message_that_the_office_itself_passed_on_is_read(three: Round) -> None:
    three.add("chuyen.eml", letter("Chuyển biểu", ("07135.xlsx", three.take_out("07135")), sender=OFFICE))
    assert three.run() == 0


# What a message says of the return that it brings -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Biểu này chỉ có số liệu của 2 khu, khu còn lại em gửi sau.",
        "Em gửi biểu, tuy nhiên còn thiếu số liệu khu 3, em gửi sau ạ.",
        "Báo cáo em gửi sau ạ, biểu còn thiếu số liệu thôn 5.",
        "Số liệu trong biểu là tạm tính ạ.",
        "So lieu chua chinh thuc, em gui sau a.",
        "Biểu này là của năm ngoái, năm nay không thay đổi ạ.",
        "Em gửi nhầm, mai em gửi lại ạ.",
        "E gui nham file, c bo file nay giup e.",
        "Chị ơi bỏ qua file đính kèm, em gửi nhầm ạ.",
    ],
)
def test_a_message_that_takes_back_what_it_brings_is_a_question(three: Round, text: str) -> None:
    three.add("thu.eml", letter(text, ("bieu.xlsx", three.take_out("07135"))))
    assert three.run() == 1
    assert three.says("thu.eml") == ("ignored", "07135", ["F032", "F075"])


def units_asked(three: Round) -> set[str]:
    """Name the units of which anything is open."""
    result = run_in_process(Request(three.input, FORM, load_register(FORM, three.units), workers=0))
    return set(questions_by_unit(result.files))


def brought_by(three: Round, text: str, *beside: tuple[str, bytes]) -> EmailMessage:
    """Let one message bring the forms of two units, from an address that nobody knows."""
    forms = [(f"bieu {code}.xlsx", three.take_out(code)) for code in ("07135", "07138")]
    return letter(text, *forms, *beside, sender="cum truong <cum@example.vn>")


@pytest.mark.parametrize(
    "text", ["Số lớp phải là 50 ạ.", "Em gửi biểu, tuy nhiên còn thiếu số liệu khu 3, em gửi sau ạ."]
)
def test_what_a_message_says_that_brings_two_returns_leaves_both_open(three: Round, text: str) -> None:
    three.add("thu.eml", brought_by(three, text))
    assert units_asked(three) == {"07135", "07138"}
    assert three.run() == 1
    assert three.missing() == []


def test_a_correcting_paper_beside_two_returns_leaves_both_open(three: Round) -> None:
    three.add("thu.eml", brought_by(three, "Em gửi biểu ạ.", ("dinh chinh.pdf", PDF)))
    assert units_asked(three) == {"07135", "07138"}
    assert three.run() == 1


@pytest.mark.parametrize("beside", [("anh.jpg", PHOTO), ("bao cao.docx", b"")], ids=["picture", "report"])
def test_a_picture_or_a_report_beside_two_returns_leaves_none_open(three: Round, beside: tuple[str, bytes]) -> None:
    name, content = beside
    three.add("thu.eml", brought_by(three, "Em gửi biểu ạ.", (name, content or REPORT)))
    assert units_asked(three) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Hôm trước em gửi nhầm file, nay em gửi lại biểu đúng ạ.",
        "Em gửi nhầm địa chỉ nên giờ em gửi lại ạ.",
        "Em gửi biểu thay cho biểu cũ ạ. Biểu cũ chị bỏ file giúp em.",
        "Em gửi biểu, báo cáo em gửi sau ạ. Ảnh còn thiếu em bổ sung sau.",
        "Bản giấy chưa có dấu, lãnh đạo đi họp, em gửi sau ạ.",
        "Nếu còn thiếu gì chị báo em nhé.",
        "Năm nay số lớp tăng so với năm trước.",
        "Em gửi biểu, có gì cần bổ sung phòng báo lại em ạ.",
    ],
)
def test_a_message_that_tells_of_other_things_takes_nothing_back(three: Round, text: str) -> None:
    three.add("thu.eml", letter(text, ("bieu.xlsx", three.take_out("07135"))))
    assert three.run() == 0
    assert three.says("thu.eml") == ("ignored", None, ["F032"])


@pytest.mark.parametrize(
    "text",
    [
        "Số lớp phải là 50 ạ.",
        "Số lớp là 50, trong file em ghi 5.",
        "E gui bieu, so lop thuc te la 50",
        "Tổng số học viên: 3400",
    ],
)
def test_a_figure_behind_what_it_is_the_number_of_is_a_figure(three: Round, text: str) -> None:
    three.add("thu.eml", letter(text, ("bieu.xlsx", three.take_out("07135"))))
    assert three.run() == 1
    assert three.says("thu.eml") == ("ignored", "07135", ["F032", "F054"])


# What this office sent itself, without the mark of the program -------------------------------------------------------


OFFICE_KEYS = ("name", "superior_organ", "organ", "place", "sender", "returns_to", "email", "signers")


def of_office(three: Round) -> None:
    """Give the register of the round an office with an address."""
    described = {**dict.fromkeys(OFFICE_KEYS, '""'), "email": f'"{OFFICE}"', "signers": "[]"}
    lines = [f"{key} = {value}" for key, value in described.items()]
    three.units.with_suffix(".toml").write_text("\n".join(lines), encoding="utf-8")


def test_what_lies_in_a_message_that_the_office_sent_never_counts(three: Round) -> None:
    of_office(three)
    three.add("da gui/nhac.eml", sent_out("Phòng gửi lại biểu.", ("07135.xlsx", three.take_out("07135"))))
    three.add("da gui/thu.eml", sent_out("Đề nghị nộp biểu, dòng 3 sửa thành 45."))
    assert three.run() == 1
    assert three.missing() == ["07135"]
    assert three.says("da gui/nhac.eml!07135.xlsx") == ("ignored", None, ["F053"])
    assert three.says("da gui/thu.eml") == ("ignored", None, ["F052"])


@pytest.mark.parametrize("how", ["passed on", "to itself", "of a unit"])
def test_what_somebody_else_wrote_counts_though_the_office_sent_it(three: Round, how: str) -> None:
    of_office(three)
    sent = sent_out("Chuyển biểu.", ("07135.xlsx", three.take_out("07135")))
    if how == "passed on":
        sent.replace_header("Subject", "Fwd: Phường Đông Mai nộp biểu")
    elif how == "to itself":
        sent.replace_header("To", f"Phòng <{OFFICE}>")
    else:
        three.units.write_text(
            three.units.read_text(encoding="utf-8").replace(UNITS["07135"][1], OFFICE), encoding="utf-8"
        )
    three.add("thu.eml", sent)
    three.run()
    assert three.missing() == []


# A summary of this office in the input folder -------------------------------------------------------------------------


@pytest.mark.parametrize("is_changed", [False, True])
def test_a_summary_of_ours_is_asked_about_only_where_a_total_was_typed_over(three: Round, is_changed: bool) -> None:
    three.units.write_text(
        three.units.read_text(encoding="utf-8") + "\n206,Thị xã Quảng Yên,cơ quan tổng hợp,", encoding="utf-8"
    )
    three.run()
    summary = (three.folder / "out.xlsx").read_bytes()
    three.add("tong hop.xlsx", typed_over(summary) if is_changed else summary)
    assert three.run() == int(is_changed)
    status, _, codes = three.says("tong hop.xlsx")
    assert status == "ignored"
    assert ("F016" in codes, "F076" in codes) == (True, is_changed)


@pytest.mark.parametrize("how", ["LibreOffice", "openpyxl"])
def test_a_summary_of_ours_is_known_by_what_it_shows_whoever_saved_it(three: Round, soffice: Convert, how: str) -> None:
    three.units.write_text(
        three.units.read_text(encoding="utf-8") + "\n206,Thị xã Quảng Yên,cơ quan tổng hợp,", encoding="utf-8"
    )
    three.run()
    out = three.folder / "out.xlsx"
    saved = soffice(out, "xlsx", three.folder / "saved") if how == "LibreOffice" else changed_by_openpyxl(out)
    three.add("tong hop.xlsx", saved.read_bytes())
    assert three.run() == int(how == "openpyxl")
    status, _, codes = three.says("tong hop.xlsx")
    assert status == "ignored"
    assert ("F016" in codes, "F076" in codes) == (True, how == "openpyxl")


def changed_by_openpyxl(summary: Path) -> Path:
    """Change a figure wherever it stands, as somebody does who wants nothing to contradict it."""
    workbook = load_workbook(summary, data_only=True)
    figures = [cell.value for row in workbook["Theo đơn vị"].iter_rows() for cell in row]
    figure = max(value for value in figures if isinstance(value, int))
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value == figure:
                    cell.value = figure + 1
    changed = summary.with_name("changed.xlsx")
    workbook.save(changed)
    return changed


def typed_over(summary: bytes) -> bytes:
    """Type a number over the first total with a formula, as a person does, and leave all else."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(summary)) as given, zipfile.ZipFile(changed, "w") as written:
        sheet = load_workbook(io.BytesIO(summary)).sheetnames.index("Tổng hợp") + 1
        for name in given.namelist():
            content = given.read(name)
            if name == f"xl/worksheets/sheet{sheet}.xml":
                content = re.sub(rb"<f>[^<]*SUM[^<]*</f><v>[1-9]\d*</v>", b"<v>98765</v>", content, count=1)
            written.writestr(name, content)
    return changed.getvalue()


@pytest.mark.parametrize(
    ("text", "is_ordinary"),
    [
        ("Biểu hôm qua em gửi nhầm, chị bỏ giúp em nhé. Cảm ơn chị.", False),
        ("Cảm ơn chị, biểu chưa chính thức, em sẽ gửi bản chính sau.", False),
        ("Phường đã nhận được công văn, sẽ gửi biểu sau ạ.", True),
        ("Bản giấy chưa đủ chữ ký, em sẽ gửi sau ạ. Cảm ơn chị.", True),
    ],
)
def test_a_message_that_takes_back_an_earlier_one_is_no_ordinary_one(
    three: Round, text: str, is_ordinary: bool
) -> None:
    three.add("thu.eml", letter(text, sender=UNITS["07135"][1]))
    assert three.run() == int(not is_ordinary)
    assert three.says("thu.eml")[2] == ["F055" if is_ordinary else "F040"]
