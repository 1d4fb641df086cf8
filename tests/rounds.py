"""Whole rounds made at random: what 5 to 20 offices send in three days, and what each of them means by it.

An `Office` knows its true figures. Each kind of sending writes real files and keeps the truth up to date; a kind that
leaves no sure reading for anybody only has to leave a question. Kinds that ask nothing of anybody are told apart, so
that a round made of these alone has to end complete.
"""

from __future__ import annotations

import io
import os
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape

import docx
from openpyxl import load_workbook

from examples.filling import Typed, cell_addresses
from pipeline.readers.register import load_register
from pipeline.writers.template import asked_units, write_template
from schemas.register import VIETNAM, Register, Unit
from schemas.rules import Cell, SumOfParts
from tests.posts import OFFICE, PDF, PHOTO, PIXEL, letter, logo, report
from tests.returned import FORM, NUMBERS

FIRST_DAY = datetime(2020, 10, 5, 8, 0, tzinfo=VIETNAM)
MONEY = ("funding_state_budget.quantity", "funding_other_sources.quantity")
SUMS = tuple(rule for rule in FORM.rules if isinstance(rule, SumOfParts))
FREE = tuple(
    cell
    for cell in ("news_items.quantity", "publications.quantity", "book_donors.people", "seminars.quantity")
    if cell in NUMBERS
)
"""cells that no rule compares with another"""


def bare(text: str) -> str:
    """Write a name without its marks, as people do in names of files."""
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@cache
def towns_register() -> Register:
    """The wards and communes of the town."""
    return load_register(FORM, None)


@cache
def blank_parts(code: str) -> Mapping[str, bytes]:
    """The parts of the stamped template of a unit."""
    with TemporaryDirectory() as folder:
        out = Path(folder) / "blank.xlsx"
        write_template(FORM, towns_register(), out, towns_register().by_code[code])
        with zipfile.ZipFile(out) as package:
            return {name: package.read(name) for name in package.namelist()}


@cache
def places() -> Mapping[str, str]:
    """Where each cell of the template stands: "row.measure" -> "D16"."""
    code = asked_units(towns_register())[0].code
    return cell_addresses(FORM, load_workbook(io.BytesIO(zipped(blank_parts(code)))).worksheets[0])


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """Pack the parts of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


@dataclass
class Sheet:
    """The data sheet of a stamped template, filled by writing into its XML, as quickly as can be."""

    code: str
    xml: str = ""
    parts: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.parts = dict(blank_parts(self.code))
        self.xml = self.parts["xl/worksheets/sheet1.xml"].decode()

    def put(self, address: str, value: Typed, raw: str = "") -> Sheet:
        """Type into a cell; `raw` is what stands in its element instead."""
        inside, kind = raw, ""
        if not raw and isinstance(value, str):
            inside, kind = f"<is><t>{escape(value)}</t></is>", ' t="inlineStr"'
        elif not raw and value is not None:
            inside = f"<v>{value}</v>"
        cell = re.compile(rf'<c r="{address}"( s="\d+")?(?: t="\w+")?(?:/>|>.*?</c>)')
        self.xml, count = cell.subn(lambda found: f'<c r="{address}"{found[1] or ""}{kind}>{inside}</c>', self.xml, 1)
        if not count:
            self.xml = self._with_cell(address, f'<c r="{address}"{kind}>{inside}</c>')
        return self

    def _with_cell(self, address: str, cell: str) -> str:
        row = re.sub("[A-Z]", "", address)
        found = re.search(rf'<row r="{row}"[^>]*?(?:/>|>.*?</row>)', self.xml)
        if found:
            inner = re.sub(r"</row>$", "", found[0]) if found[0].endswith("</row>") else found[0][:-2] + ">"
            return self.xml.replace(found[0], f"{inner}{cell}</row>", 1)
        return self.xml.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>', 1)

    def fill(self, figures: Mapping[str, Typed]) -> Sheet:
        """Type all figures into their cells."""
        for cell, value in figures.items():
            self.put(places()[cell], value)
        return self

    def data(self) -> bytes:
        """Give the workbook."""
        return zipped({**self.parts, "xl/worksheets/sheet1.xml": self.xml.encode()})


@dataclass
class Office:
    """A unit, what it means to report, and what it has sent so far."""

    unit: Unit
    truth: dict[str, int]
    sent: dict[str, int] = field(default_factory=dict)
    """what stands in its last return"""
    unsure: set[str] = field(default_factory=set)
    """cells of which nobody can tell what it means: where one counts, it must be open"""
    named_otherwise: bool = False
    """its only return is called what does not count; the same figures under the form's own name are its return"""
    told_of_the_run: bool = False
    """what is wrong is told of the run as a whole, such as a decision that no run could read"""
    quiet: bool = True
    """nothing it sent asks anything of anybody"""
    sendings: int = 0
    is_copied: bool = False
    """another unit sent its figures: it does send them itself, or nobody could find them copied"""
    done: list[str] = field(default_factory=list)

    @property
    def code(self) -> str:
        return self.unit.code

    @property
    def name(self) -> str:
        return self.unit.name

    def leave_open(self, *cells: str) -> None:
        """Nobody can tell these cells any more; without any, none of them all."""
        self.unsure.update(cells or NUMBERS)

    def note(self, what: str) -> None:
        """Note something that was done to its figures, and that has to be asked about."""
        self.done.append(what)
        self.quiet = False

    def sheet(self) -> Sheet:
        """Give its form, filled as it was sent last."""
        return Sheet(self.code).fill(self.sent)


@dataclass
class Round:
    """A folder of what came, day by day."""

    folder: Path
    rng: Random
    offices: list[Office]
    day: int = 0
    others: list[str] = field(default_factory=list)
    """what came from nobody in particular"""

    @property
    def now(self) -> datetime:
        """A moment of the day, later each time it is asked for."""
        self._minutes = getattr(self, "_minutes", 0) + self.rng.randint(2, 9)
        return FIRST_DAY + timedelta(days=self.day, minutes=self._minutes)

    def write(self, name: str, content: bytes) -> None:
        """Put a file into the folder, its time being now."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        while path.exists() and path.name != "Thumbs.db":
            path = path.with_name(f"{path.stem} moi{path.suffix}")
        path.write_bytes(content)
        moment = self.now.timestamp()
        os.utime(path, (moment, moment))

    def post(self, message: EmailMessage, name: str = "") -> None:
        """Put a message into the folder."""
        self.write(name or f"thu {len(list(self.folder.rglob('*.eml'))) + 1}.eml", message.as_bytes())

    def mail(self, office: Office, text: str, *attached: tuple[str, bytes], subject: str = "Nộp biểu") -> EmailMessage:
        """Write a message of an office."""
        sender = f"{bare(office.name)} <xa{office.code}@example.vn>"
        return letter(text, *attached, subject=subject, sender=sender, sent=self.now)


Kind = Callable[[Round, Office], None]


# Ways in which a return comes, none of which asks anything -------------------------------------------------------


def file_name(office: Office) -> str:
    return f"{office.code}_{bare(office.name).replace(' ', '_')}.xlsx"


def as_a_file(round_: Round, office: Office, content: bytes) -> None:
    round_.write(file_name(office), content)


def in_its_folder(round_: Round, office: Office, content: bytes) -> None:
    round_.write(f"{office.code} {office.name}/bieu.xlsx", content)


def in_a_mail(round_: Round, office: Office, content: bytes) -> None:
    round_.post(round_.mail(office, "Em gửi biểu ạ.\nTrân trọng,\nLan, ĐT 0912345678", (file_name(office), content)))


def in_a_mail_with_a_logo(round_: Round, office: Office, content: bytes) -> None:
    message = round_.mail(office, "Kính gửi phòng, đơn vị gửi biểu.", (file_name(office), content))
    round_.post(logo(message, PIXEL, cid="<a@b>", disposition="inline"))


def in_an_archive(round_: Round, office: Office, content: bytes) -> None:
    round_.write(f"{bare(office.name)}.zip", zipped({file_name(office): content}))


WAYS = (as_a_file, in_its_folder, in_a_mail, in_a_mail_with_a_logo, in_an_archive)


def send(round_: Round, office: Office, content: bytes | None = None) -> None:
    """Send a return in one of the ways; a second one comes by mail, whose date says which is newer."""
    way = in_a_mail if office.sendings else round_.rng.choice(WAYS)
    office.sendings += 1
    way(round_, office, office.sheet().data() if content is None else content)


# What lies beside and asks nothing -------------------------------------------------------------------------------


def report_document(office: Office, title: str, *lines: str) -> bytes:
    document = docx.Document()
    document.add_paragraph(f"{office.name}\n{title}")
    for line in lines:
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_written_report(round_: Round, office: Office) -> None:
    lines = ("Đơn vị đã tổ chức 12 lớp với 340 người tham gia.", "Kinh phí khoảng 15 triệu đồng.")
    content = report_document(office, "BÁO CÁO Tuần lễ hưởng ứng học tập suốt đời năm 2020", *lines)
    round_.write(f"{office.code} {office.name}/Bao cao.docx", content)


def photographs(round_: Round, office: Office) -> None:
    for number in range(round_.rng.randint(1, 12)):
        round_.write(f"IMG_{round_.rng.randint(1000, 9999)}_{number}.jpg", PHOTO[: 2000 + number])


def the_same_file_again(round_: Round, office: Office) -> None:
    office.named_otherwise = False
    round_.write(file_name(office), office.sheet().data())


def saved_again_by_another_program(round_: Round, office: Office) -> None:
    office.named_otherwise = False
    workbook = load_workbook(io.BytesIO(office.sheet().data()))
    out = io.BytesIO()
    workbook.save(out)
    round_.write(f"{office.code} {office.name}/bieu luu lai.xlsx", out.getvalue())


def an_automatic_reply(round_: Round, office: Office) -> None:
    message = round_.mail(office, "Tôi đang đi công tác đến ngày 12/10.", subject="Trả lời tự động: Mẫu biểu")
    message["Auto-Submitted"] = "auto-replied"
    round_.post(message)


def what_systems_leave(round_: Round, office: Office) -> None:
    if office.done.count("what_systems_leave") > 1:
        return
    round_.write("Thumbs.db", b"x")
    round_.write(f"~${file_name(office)}", b"\x03Lan".ljust(165))
    round_.write(f"{file_name(office)}:Zone.Identifier", b"[ZoneTransfer]\r\nZoneId=3\r\n")


HARMLESS: tuple[Kind, ...] = (
    a_written_report,
    photographs,
    the_same_file_again,
    saved_again_by_another_program,
    an_automatic_reply,
    what_systems_leave,
)


# What changes the truth, or leaves it open -----------------------------------------------------------------------


def another_number(round_: Round, office: Office, cell: str = "") -> tuple[str, int]:
    """Let one figure of an office truly be another."""
    cell = cell or round_.rng.choice(FREE)
    office.truth[cell] += round_.rng.randint(3, 40)
    return cell, office.truth[cell]


def name_of(cell: Cell) -> str:
    return f"{cell.row}.{cell.measure}"


def label_of(cell: str) -> str:
    return FORM.by_key[cell.partition(".")[0]].label


def a_corrected_return(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    office.sent[cell] = number
    send(round_, office)


def a_correction_in_the_text_of_a_mail(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    text = f'Mục "{label_of(cell)}" đơn vị ghi nhầm, số đúng là {number}. Xin đính chính.'
    round_.post(round_.mail(office, text, subject=f"{office.name} đính chính số liệu"))


def a_correction_beside_the_return(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    text = f'Em gửi biểu. Mục "{label_of(cell)}" ghi nhầm, số đúng là {number}.'
    round_.post(round_.mail(office, text, (file_name(office), office.sheet().data())))


def a_correcting_document(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    content = report_document(office, "ĐÍNH CHÍNH", f"{label_of(cell)}: số đúng là {number}.")
    round_.write(f"{office.name} dinh chinh.docx", content)


def a_correcting_scan(round_: Round, office: Office) -> None:
    another_number(round_, office)
    round_.write(f"{bare(office.name)} sua lan 2.pdf", PDF)


def a_note_that_corrects(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    sheet = office.sheet().put(places()[f"{cell.partition('.')[0]}.note"], f"sửa thành {number}")
    send(round_, office, sheet.data())


def two_parts(round_: Round, office: Office) -> None:
    cells = list(office.sent)
    half = set(cells[: len(cells) // 2])
    first = {cell: value if cell in half else 0 for cell, value in office.sent.items()}
    second = {cell: 0 if cell in half else value for cell, value in office.sent.items()}
    office.sent = second
    send(round_, office, Sheet(office.code).fill(first).data())
    send(round_, office)


def with_look(sheet: Sheet, cell: str, *, font: str = "", number_format: str = "") -> Sheet:
    """Give a cell a look of its own: what stands in the element of its font, or the code of its number format."""
    styles = sheet.parts["xl/styles.xml"].decode()
    fonts = len(re.findall(r"<font>", styles.partition("<fonts")[2].partition("</fonts>")[0]))
    looks = len(re.findall(r"<xf ", styles.partition("<cellXfs")[2].partition("</cellXfs>")[0]))
    if number_format:
        code = f'<numFmt numFmtId="199" formatCode="{escape(number_format, {chr(34): "&quot;"})}"/>'
        styles = re.sub(r"<numFmts [^>]*>", lambda found: found[0] + code, styles, count=1)
    styles = styles.replace("</fonts>", f'<font>{font}<sz val="12"/></font></fonts>', 1)
    numbers, letters = ("199" if number_format else "0"), (fonts if font else 0)
    look = f'<xf numFmtId="{numbers}" fontId="{letters}" fillId="0" borderId="0" xfId="0"/>'
    sheet.parts["xl/styles.xml"] = styles.replace("</cellXfs>", f"{look}</cellXfs>", 1).encode()
    sheet.xml = re.sub(rf'(<c r="{places()[cell]}") s="\d+"', rf'\1 s="{looks}"', sheet.xml)
    return sheet


def thousands_by_format(round_: Round, office: Office) -> None:
    cell = round_.rng.choice(MONEY)
    office.truth[cell] *= 1000
    send(round_, office, with_look(office.sheet(), cell, number_format='#,##0" nghìn đồng"').data())


def in_thousands(round_: Round, office: Office) -> None:
    said = round_.rng.choice(("ĐVT: 000đ", "Đơn vị tính: nghìn đồng", "ĐVT: ng.đ", "ĐVT: triệu đồng"))
    for cell in MONEY:
        office.truth[cell] *= 1_000_000 if "triệu" in said else 1000
    send(round_, office, office.sheet().put("F13", said).data())


def a_cell_stored_twice(round_: Round, office: Office) -> None:
    cell = round_.rng.choice(FREE)
    sheet = office.sheet()
    address = places()[cell]
    sheet.xml = re.sub(rf'(<c r="{address}"[^>]*>.*?</c>)', rf'\1<c r="{address}"><v>7777</v></c>', sheet.xml, count=1)
    office.leave_open(cell)
    send(round_, office, sheet.data())


def raw_data_in_a_value(round_: Round, office: Office) -> None:
    cell = round_.rng.choice(FREE)
    sheet = office.sheet().put(places()[cell], None, raw=f"<v><![CDATA[{office.sent[cell]}]]></v>")
    send(round_, office, sheet.data())


def has_sent_anothers(office: Office) -> bool:
    return the_neighbours_file.__name__ in office.done


def the_neighbours_file(round_: Round, office: Office) -> None:
    others = [one for one in round_.offices if one is not office and one.sent and not has_sent_anothers(one)]
    if not others or office.sendings or office.is_copied:
        return
    neighbour = round_.rng.choice(others)
    neighbour.is_copied = True
    neighbour.quiet = False
    office.leave_open()
    copied = dict(neighbour.sent)
    for cell in round_.rng.sample(FREE, round_.rng.randint(0, 2)):
        copied[cell] = copied[cell] + 1
    send(round_, office, Sheet(office.code).fill(copied).data())


NAMES_OF_PARTS = ("Trường THCS {}", "Thôn 5 {}", "Khu 3 {}", "Trường Mầm non {}", "Hội LHPN {}", "TDP 7 {}")


def a_part_for_the_whole(round_: Round, office: Office) -> None:
    if office.sendings:
        return
    office.leave_open()
    place = office.name.partition(" ")[2]
    part = round_.rng.choice(NAMES_OF_PARTS)
    office.sendings += 1
    round_.write(f"{part.format(place)}.xlsx", office.sheet().data())


def a_plan(round_: Round, office: Office) -> None:
    if office.sendings:
        return
    office.named_otherwise = True
    office.sendings += 1
    word = round_.rng.choice(("Kế hoạch", "dự thảo", "nháp", "ước tính", "tạm tính"))
    round_.write(f"{office.name} {word}.xlsx", office.sheet().data())


def a_file_not_to_be_used(round_: Round, office: Office) -> None:
    if office.sendings:
        return
    office.named_otherwise = True
    office.sendings += 1
    folder = round_.rng.choice(("Không dùng", "bỏ", "cũ", "sai", "old"))
    round_.write(f"{folder}/{file_name(office)}", office.sheet().data())


def a_bounce(round_: Round, office: Office) -> None:
    """What came back from a server is no answer, though the form in it is filled."""
    wrong = Sheet(office.code).fill(dict.fromkeys(office.sent, 3)).data()
    ours = letter("Mẫu biểu", (file_name(office), wrong), sender=OFFICE, sent=round_.now)
    round_.write(f"tra lai {office.code}.eml", report(ours, f"xa{office.code}@example.vn"))


def an_addition_outside(round_: Round, office: Office) -> None:
    cell, number = another_number(round_, office)
    said = round_.rng.choice(("Đính chính: {} là {}", "Bổ sung {}: {}", "Đơn vị: xin sửa {} thành {}"))
    sheet = office.sheet().put("B54", said.format(label_of(cell), number))
    send(round_, office, sheet.data())


def a_struck_number(round_: Round, office: Office) -> None:
    cell = round_.rng.choice(FREE)
    office.leave_open(cell)
    send(round_, office, with_look(office.sheet(), cell, font="<strike/>").data())


def about(round_: Round, office: Office) -> None:
    cell = round_.rng.choice(FREE)
    send(round_, office, office.sheet().put(places()[cell], f"khoảng {office.sent[cell]}").data())


def another_ones_name_on_the_sheet(round_: Round, office: Office) -> None:
    other = round_.rng.choice([one for one in round_.offices if one is not office])
    other.quiet = False
    office.leave_open()
    send(round_, office, office.sheet().put("B55", f"Đơn vị: {other.name}").data())


HARMFUL: tuple[Kind, ...] = (
    a_corrected_return,
    a_correction_in_the_text_of_a_mail,
    a_correction_beside_the_return,
    a_correcting_document,
    a_correcting_scan,
    a_note_that_corrects,
    two_parts,
    thousands_by_format,
    in_thousands,
    a_cell_stored_twice,
    raw_data_in_a_value,
    a_bounce,
    an_addition_outside,
    a_struck_number,
    about,
    another_ones_name_on_the_sheet,
)
INSTEAD: tuple[Kind, ...] = (the_neighbours_file, a_part_for_the_whole, a_plan, a_file_not_to_be_used)
"""what comes in place of a return"""


# A whole round ---------------------------------------------------------------------------------------------------


def new_round(folder: Path, rng: Random) -> Round:
    """Choose the offices of a round and what they have to report; no two report alike."""
    units = rng.sample(list(asked_units(towns_register())), rng.randint(5, 15))
    offices = [Office(unit, figures_of(rng)) for unit in sorted(units, key=lambda unit: unit.code)]
    for office in offices:
        office.sent = dict(office.truth)
    folder.mkdir(parents=True, exist_ok=True)
    return Round(folder, rng, offices)


def figures_of(rng: Random) -> dict[str, int]:
    """Make up figures that no rule objects to."""
    figures: dict[str, int] = {}
    for cell in NUMBERS:
        figures[cell] = rng.randint(20, 90) if cell.endswith(".people") else rng.randint(2, 9)
    for rule in SUMS:
        figures[name_of(rule.total)] = sum(figures[name_of(part)] for part in rule.parts)
    for cell in MONEY:
        figures[cell] = rng.randint(1000, 40_000) * 1000
    return figures


def days(round_: Round, *, harmful: bool) -> Iterator[int]:
    """Let three days pass; gives each evening."""
    rng = round_.rng
    for day in range(3):
        round_.day = day
        for office in round_.offices:
            one_day(round_, office, harmful=harmful and rng.random() < 0.3)
        yield day


def one_day(round_: Round, office: Office, *, harmful: bool) -> None:
    """Let an office send what it sends on one day; by the third it has sent its return."""
    rng = round_.rng
    if not office.sendings:
        if round_.day < 2 and rng.random() < 0.4:
            return
        if harmful and rng.random() < 0.3:
            happen(rng.choice(INSTEAD), round_, office)
        if not office.sendings:
            send(round_, office)
    if harmful:
        happen(rng.choice(HARMFUL), round_, office)
        office.quiet = False
    elif rng.random() < 0.3:
        happen(rng.choice(HARMLESS), round_, office)


def happen(kind: Kind, round_: Round, office: Office) -> None:
    """Let a sending happen, and note it."""
    office.done.append(kind.__name__)
    office.quiet = office.quiet and kind in HARMLESS
    kind(round_, office)
