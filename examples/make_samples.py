"""Make the sample returns: `make samples`. The figures are invented; nobody's real ones are among them.

Each return is a template of this program, filled from `figures.csv` and the changes stated here, then really saved
by LibreOffice as xlsx, xls or ods. Beside them stand `expected.csv`, what each file is and what a run must say of
it, and `expected_totals.csv`, plain sums of what was typed: the tests walk both.

LibreOffice stamps a file with the minute of saving. Afterwards that is replaced by the date stated here: in xlsx
and ods inside the archive, whose members get the date too; in xls inside the property stream. So the samples tell by
themselves which of two returns is the newer, and a second run with the same LibreOffice gives the same xlsx and xls
byte for byte; the order of some attributes of an ods is left to chance by LibreOffice.
"""

import csv
import re
import shutil
import struct
import subprocess
import tempfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import olefile
from openpyxl import Workbook

from examples.filling import Typed, fill_in
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.readers.register import load_register
from pipeline.writers.template import write_template
from schemas.form import Form, load_form

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HERE = Path(__file__).parent
RETURNS = HERE / "returns"
FIGURES = HERE / "figures.csv"
EXPECTED, EXPECTED_TOTALS = HERE / "expected.csv", HERE / "expected_totals.csv"

_STAMPS = {"filled_by": "Số liệu mẫu để chạy thử", "phone": "0000 000 000"}
_STAFF: Sequence[tuple[str, ...]] = (
    ("STT", "Họ và tên", "Chức vụ", "Ngày sinh"),
    ("1", "Người Mẫu Một", "Giám đốc", "01/01/1970"),
    ("2", "Người Mẫu Hai", "Phó Giám đốc", "02/02/1975"),
    ("3", "Người Mẫu Ba", "Giáo viên", "03/03/1980"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of the samples, and what a run must say of it."""

    path: str
    what: str
    status: str
    unit: str = ""
    """register code of the unit whose return it is"""
    modified: str = "2020-10-06T08:00:00"
    findings: Sequence[str] = ()
    """codes, each "CODE" for the file or "CODE row.measure" for a cell"""
    typed: Mapping[str, Typed] = field(default_factory=dict)
    """what differs from the figures of the unit"""
    read_as: Mapping[str, int] = field(default_factory=dict)
    """cells whose typed text is read as a number"""
    stamps: Mapping[str, str] = field(default_factory=dict)
    by_hand: bool = False
    """made from the blank form: the unit was chosen from the list"""
    without_figures: bool = False


SAMPLES = (
    Sample("07132_Phuong_Quang_Yen.xlsx", "clean", "used", "07132"),
    Sample(
        "PL2 DONG MAI.xlsx",
        "named by hand, made from the blank form, the unit chosen from the list",
        "used",
        "07135",
        by_hand=True,
        stamps={"unit_name": "Phường Đông Mai", "unit_code": "07135"},
    ),
    Sample("07138_Phuong_Minh_Thanh.xls", "clean, saved as xls", "used", "07138"),
    Sample("07144_Xa_Song_Khoai.ods", "clean, saved as ods", "used", "07144"),
    Sample(
        "07147_Xa_Hiep_Hoa.xlsx",
        "sent first; a correction follows",
        "superseded",
        "07147",
        "2020-10-06T09:10:00",
        findings=["F010"],
        typed={"books_donated.quantity": 35, "news_items.quantity": 1},
    ),
    Sample(
        "lan 2/07147_Xa_Hiep_Hoa_sua.xlsx",
        "the correction, modified two days later",
        "used",
        "07147",
        "2020-10-08T15:30:00",
        findings=["F011"],
    ),
    Sample(
        "07150_Phuong_Cong_Hoa.xlsx",
        "errors at cells",
        "used_with_errors",
        "07150",
        findings=[
            "V002 class_life_skills_students.people",
            "V004 class_teacher_training.quantity",
            "V006 class_it_staff.quantity",
            "V022 class_professional_staff.quantity",
            "V007 arts_events.quantity",
            "V008 heritage_visits.people",
            "V020 funding_other_sources.quantity",
        ],
        typed={
            "class_life_skills_students.people": "khoảng 50",
            "class_teacher_training.quantity": date(2020, 10, 5),
            "class_it_staff.quantity": "x",
            "class_professional_staff.quantity": "1 lớp",
            "arts_events.quantity": "nt",
            "heritage_visits.people": "=#REF!+1",
            "funding_other_sources.quantity": "1.500.000 đ",
        },
        read_as={"class_professional_staff.quantity": 1, "funding_other_sources.quantity": 1_500_000},
    ),
    Sample(
        "Tien An/07153_Xa_Tien_An.xlsx",
        "rules broken: the parts exceed the total, people without a class",
        "used_with_errors",
        "07153",
        findings=["R111 classes_total.quantity", "R121 class_clc_managers.quantity"],
        typed={"classes_total.quantity": 7, "class_clc_managers.quantity": 0},
    ),
    Sample(
        "Phuong Tan An/anh chup bieu.png",
        "a picture of the paper form: to be typed by hand",
        "rejected",
        "07159",
        findings=["F006"],
    ),
    Sample(
        "hop thu/07162_Phuong_Yen_Giang.xls",
        "blanks, and the unit says that figures are still missing",
        "used_with_errors",
        "07162",
        findings=["V035 news_items.quantity"],
        typed={"news_items.quantity": None, "publications.quantity": None, "seminars.quantity": None},
        stamps={"blank_means_zero": load_stamp_words().blank_no},
    ),
    Sample("Nam Hoa/bieu.ods", "clean, in a folder that bears the unit's name", "used", "07165"),
    Sample(
        "07168_Phuong_Ha_An.xlsx",
        "clean; the talk by border guards that the letter asks of this unit alone is told",
        "used",
        "07168",
        typed={"other_content.quantity": "Mời cán bộ Trạm kiểm soát biên phòng nói chuyện với học sinh (ví dụ)."},
    ),
    Sample(
        "07171_Xa_Cam_La.xlsx",
        "the form came back empty",
        "rejected",
        "07171",
        findings=["F008"],
        without_figures=True,
    ),
    Sample(
        "07174_Phuong_Phong_Hai.xlsx",
        "what is 0 was left blank, and the unit says so",
        "used",
        "07174",
        findings=["V028 class_it_staff.quantity"],
        # People at a fair that took place were not none because nobody counted them.
        typed={"book_fairs.people": None, "book_exhibitions.people": None},
        stamps={"blank_means_zero": load_stamp_words().blank_yes},
    ),
    Sample(
        "07177_Phuong_Yen_Hai.xlsx",
        "notes, other content, and a word for none",
        "used",
        "07177",
        findings=["V021 class_foreign_language_staff.quantity", "V021 class_foreign_language_staff.people"],
        typed={
            "class_foreign_language_staff.quantity": "không",
            "class_foreign_language_staff.people": "-",
            "book_fairs.note": "Tổ chức tại nhà văn hóa khu phố (ví dụ)",
            "heritage_visits.note": "Không tổ chức do thời tiết (ví dụ)",
            "other_content.quantity": "Tặng 10 suất quà khuyến học cho học sinh (ví dụ).",
        },
        read_as={"class_foreign_language_staff.quantity": 0, "class_foreign_language_staff.people": 0},
    ),
    Sample("07180_Xa_Lien_Hoa.xlsx", "clean", "used", "07180"),
    Sample(
        "hop thu/07180_Xa_Lien_Hoa.xlsx",
        "the same file once more, byte for byte",
        "superseded",
        "07180",
        findings=["F009"],
    ),
    Sample("hop thu/07183_Phuong_Phong_Coc.xls", "clean, saved as xls", "used", "07183"),
    Sample("07186_Xa_Lien_Vi.ods", "clean, saved as ods", "used", "07186"),
    Sample(
        "07186_Xa_Lien_Vi_ban_ky.png",
        "a picture of the signed copy of a return that is in",
        "ignored",
        "07186",
        findings=["F022"],
    ),
    Sample("Danh sach can bo.xlsx", "a staff list, not the form", "rejected", findings=["F005"]),
    Sample("~$07132_Phuong_Quang_Yen.xlsx", "left behind by Excel", "ignored", findings=["F001"]),
)
COPY = ("07180_Xa_Lien_Hoa.xlsx", "hop thu/07180_Xa_Lien_Hoa.xlsx")


def main() -> None:
    """Write all samples, and what is expected of them."""
    form = load_form("htsd_2020")
    figures = read_figures()
    shutil.rmtree(RETURNS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as room:
        places = _write_returns(form, figures, Path(room))
        _write_staff_list(Path(room))
        _save_with_libreoffice(Path(room))
    shutil.copyfile(RETURNS / COPY[0], RETURNS / COPY[1])
    for sample in SAMPLES:
        if sample.path.endswith(".png"):
            _write_bytes(sample, _picture())
        elif "~$" in sample.path:
            _write_bytes(sample, _lock_file("Can bo mau"))
    _write_expected(places)
    _write_expected_totals(form, figures)


def read_figures() -> Mapping[str, Mapping[str, int]]:
    """Read what the units type: register code -> "row.measure" -> figure."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    units = [name for name in lines[0] if name not in ("row", "measure")]
    return {unit: {f"{line['row']}.{line['measure']}": int(line[unit]) for line in lines} for unit in units}


def _is_return(sample: Sample) -> bool:
    return bool(sample.unit) and sample.path.endswith((".xlsx", ".xls", ".ods")) and sample.path != COPY[1]


def _saved_as(sample: Sample, room: Path) -> Path:
    """Path of a filled form before LibreOffice saves it: one folder for each format."""
    suffix = Path(sample.path).suffix.removeprefix(".")
    (room / suffix).mkdir(exist_ok=True)
    return room / suffix / f"{SAMPLES.index(sample)}.xlsx"


def _write_returns(form: Form, figures: Mapping[str, Mapping[str, int]], room: Path) -> Mapping[str, str]:
    """Fill a template for every return; gives the address of every cell of the form."""
    register = load_register(form, None)
    places: Mapping[str, str] = {}
    template = room / "template.xlsx"
    for sample in filter(_is_return, SAMPLES):
        write_template(form, register, template, None if sample.by_hand else register.by_code[sample.unit])
        typed = {} if sample.without_figures else {**_typed(sample, figures[sample.unit])}
        stamps = {} if sample.without_figures else {**_STAMPS, **sample.stamps}
        places = fill_in(form, template, _saved_as(sample, room), typed, stamps)
    return places


def _typed(sample: Sample, figures: Mapping[str, int]) -> Mapping[str, Typed]:
    leaves_blank = sample.stamps.get("blank_means_zero") == load_stamp_words().blank_yes
    return {cell: None if leaves_blank and not value else value for cell, value in figures.items()} | dict(sample.typed)


def _write_staff_list(room: Path) -> None:
    workbook = Workbook()
    sheet: Worksheet = workbook.worksheets[0]
    sheet.title = "Danh sách"
    for line in _STAFF:
        sheet.append(line)
    workbook.save(_saved_as(next(sample for sample in SAMPLES if "F005" in sample.findings), room))


# Saving ---------------------------------------------------------------------------------------------------------


def _save_with_libreoffice(room: Path) -> None:
    by_number = {str(number): sample for number, sample in enumerate(SAMPLES)}
    for suffix in ("xlsx", "xls", "ods"):
        saved = room / f"saved-{suffix}"
        convert_all(sorted((room / suffix).glob("*.xlsx")), suffix, saved, room / "profile")
        for file in sorted(saved.iterdir()):
            sample = by_number[file.stem]
            moment = datetime.fromisoformat(sample.modified).replace(tzinfo=UTC)
            _write_bytes(sample, _dated_xls(file, moment) if suffix == "xls" else _dated_zip(file, moment))


def convert_all(files: Iterable[Path], suffix: str, folder: Path, profile: Path) -> None:
    """Save workbooks with LibreOffice in the format of a suffix, all in one run."""
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    command += ["--convert-to", suffix, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=600)


def _dated_zip(file: Path, moment: datetime) -> bytes:
    """Give an xlsx or ods the date of its last change, in its properties and on every member."""
    stated = f"{moment:%Y-%m-%dT%H:%M:%S}"
    dates = re.compile(rb"(<(?:dcterms:created|dcterms:modified|dc:date|meta:creation-date)\b[^>]*>)[^<]*")
    spent = re.compile(rb"(<(?:TotalTime|meta:editing-duration)>)[^<]*")
    out = file.with_suffix(".dated")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename in ("docProps/core.xml", "docProps/app.xml", "meta.xml"):
                zone = b"Z" if member.filename == "docProps/core.xml" else b""
                content = dates.sub(rb"\g<1>" + stated.encode() + zone, content)
                content = spent.sub(rb"\g<1>" + (b"PT0S" if member.filename == "meta.xml" else b"0"), content)
            entry = zipfile.ZipInfo(member.filename, moment.timetuple()[:6])
            entry.compress_type = member.compress_type
            new.writestr(entry, content)
    return out.read_bytes()


def _dated_xls(file: Path, moment: datetime) -> bytes:
    """Give an xls the date of its last change: every file time of the property stream ([MS-OLEPS] 2.20)."""
    name = "\x05SummaryInformation"
    ticks = int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
    file_time = 0x40
    with olefile.OleFileIO(file, write_mode=True) as ole:
        stream = bytearray(ole.openstream(name).read())
        start = struct.unpack_from("<I", stream, 44)[0]
        for index in range(struct.unpack_from("<I", stream, start + 4)[0]):
            at = start + struct.unpack_from("<I", stream, start + 12 + 8 * index)[0]
            if struct.unpack_from("<I", stream, at)[0] == file_time:
                struct.pack_into("<Q", stream, at + 4, ticks)
        ole.write_stream(name, bytes(stream))
    return file.read_bytes()


def _write_bytes(sample: Sample, content: bytes) -> None:
    target = RETURNS / sample.path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def _picture() -> bytes:
    """Make a small grey PNG: the look of a page with a few lines on it."""
    width, height = 42, 60
    lines = (b"\x00" + (b"\x60" if row % 6 == 3 else b"\xf0") * width for row in range(height))  # noqa: PLR2004

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(lines), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _lock_file(user: str) -> bytes:
    """Make what Excel leaves beside an open workbook: its user's name twice, 165 bytes in all."""
    padded = user.ljust(54)
    return bytes([len(user)]) + padded.encode("ascii") + struct.pack("<H", len(user)) + padded.encode("utf-16-le")


# What is expected -----------------------------------------------------------------------------------------------


def _write_expected(places: Mapping[str, str]) -> None:
    with EXPECTED.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "unit", "status", "findings", "what"])
        for sample in sorted(SAMPLES, key=lambda each: each.path):
            codes = []
            for told in sample.findings:
                code, _, cell = told.partition(" ")
                codes.append(f"{code}@{places[cell]}" if cell else code)
            writer.writerow([sample.path, sample.unit, sample.status, " ".join(codes), sample.what])


def _write_expected_totals(form: Form, figures: Mapping[str, Mapping[str, int]]) -> None:
    """Write the plain sums: what cannot be read counts nowhere, a blank does not either unless it means 0."""
    totals: Counter[str] = Counter()
    reported: Counter[str] = Counter()
    for sample in SAMPLES:
        if sample.status not in ("used", "used_with_errors"):
            continue
        for cell, value in {**figures[sample.unit], **sample.typed, **sample.read_as}.items():
            if isinstance(value, int):
                totals[cell] += value
                reported[cell] += 1
    with EXPECTED_TOTALS.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["row", "measure", "total", "reported"])
        for key in form.number_cells:
            cell = f"{key.row}.{key.measure}"
            writer.writerow([key.row, key.measure, totals[cell], reported[cell]])


if __name__ == "__main__":
    main()
