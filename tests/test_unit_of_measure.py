"""Money in thousands or millions is refused however and wherever it is said; what only looks so asks nobody."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import EmailMessage
from itertools import product
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from examples.filling import cell_addresses
from pipeline.model import Consolidation
from pipeline.readers.raw.beside import beside_cells_of_odf
from pipeline.readers.register import load_register
from pipeline.run.consolidate import Request
from pipeline.run.consolidate import consolidate as run
from tests.builders import cell_of
from tests.conftest import Convert
from tests.reading import desk
from tests.returned import FORM, copy_of

UNIT = "07135"
MONEY = ("funding_state_budget.quantity", "funding_other_sources.quantity")
STATED = (15_100_000, 12_000_000)


def spelt() -> Iterator[str]:
    """Every usual spelling of a multiple of đồng, as the phrase that stands for a unit of measure."""
    currencies = ("đ", "đồng", "VNĐ", "vnd", "ĐỒNG")
    for size, currency in product(("nghìn", "ngàn", "triệu", "Nghìn", "tỷ"), currencies):
        yield f"{size} {currency}"
    for figure, currency in product(("000", "1000", "1.000", "1 000", "1.000.000"), currencies):
        yield f"{figure}{currency}"
        yield f"{figure} {currency}"
    yield from ("ng.đ", "ngđ", "ng.đồng", "n.đ", "nđ", "ngh.đ", "tr.đ", "trđ", "tr.đồng", "Tr.đ", "kđ", "k đồng")
    yield from ("một nghìn đồng", "một triệu đồng", "1 nghìn đồng", "1 triệu đ", "'000 đồng", "10^3 đồng", "10³ đ")
    yield from ("nghin dong", "ngan dong", "trieu dong", "NGHIN DONG", "thousand VND", "million VND")


BEHIND_LABEL = ("k", "K", "nghìn", "ngàn", "triệu", "tr", "000", "1000", "1.000", "một nghìn", "1 triệu", "ng", "x1000")
LABELS = ("ĐVT", "Đơn vị tính", "Đơn vị", "Đvt", "Đ/v tính", "DVT", "Don vi tinh", "Đơn vị tiền")


@pytest.mark.parametrize("phrase", sorted(set(spelt())))
def test_every_spelling_is_a_multiple_of_the_currency(phrase: str) -> None:
    scales = desk().labels.scales
    assert scales.of_money(phrase)
    for text in (f"({phrase})", f"Kinh phí ({phrase})", f"ĐVT: {phrase}", f"Đơn vị tính là {phrase}"):
        assert scales.of_money(text), text
    assert scales.is_size(phrase)


@pytest.mark.parametrize(("label", "size"), list(product(LABELS, BEHIND_LABEL)))
def test_a_size_behind_the_words_for_a_unit_of_measure_is_one(label: str, size: str) -> None:
    scales = desk().labels.scales
    for text in (f"{label}: {size}", f"{label} {size}", f"({label}: {size})", f"{label}:{size}"):
        assert scales.of_money(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Đơn vị: Phường Đông Mai",
        "Đơn vị: Trường Tiểu học Đông Mai",
        "Đơn vị: Tr. THCS Đông Mai",
        "Đơn vị: Thôn 5",
        "Đơn vị tính: đồng",
        "ĐVT: lớp, người",
        "Mã đơn vị: 000123",
        "Mã: 000",
        "SĐT: 0912.000.000",
        "15.000đ",
        "15 000 đồng",
        "15 triệu đồng",
        "mười lăm triệu đồng",
        "Bằng chữ: Mười lăm triệu một trăm nghìn đồng",
        "Bằng chữ: Một nghìn đồng chẵn",
        "hỗ trợ một triệu đồng",
        "Lớp K",
        "Khu K",
        "Người lập: Ng. Đ. Nam",
        "Tỷ lệ người tham gia",
        "ngân sách",
        "tính theo ngân hàng",
        "đơn vị nghìn người",
        "Ngày 10 tháng 10 năm 2020",
        "Không có thì ghi 000 vào ô",
        "vài triệu đồng",
        "1.000 người",
        "Trần Thị Ngân, Đồng Mai",
        "ngõ 1000 đường Nguyễn Trãi",
        "5 tr",
    ],
)
def test_what_only_looks_like_a_multiple_is_none(text: str) -> None:
    assert not desk().labels.scales.of_money(text)


# In the form, and around it -------------------------------------------------------------------------------------------


def read_with(clean: Path, tmp_path: Path, **cells: str | int) -> Consolidation:
    """Read the clean return of one unit with both amounts stated and some cells changed."""
    folder = copy_of(clean, tmp_path / "in", UNIT)
    (file,) = folder.iterdir()
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    places = cell_addresses(FORM, sheet)
    for key, value in zip(MONEY, STATED, strict=True):
        sheet[places[key]] = value
    change(sheet, cells)
    workbook.save(file)
    return read(folder)


def read(folder: Path) -> Consolidation:
    return run(Request(folder=folder, form=FORM, register=load_register(FORM, None), workers=0))


def change(sheet: Worksheet, cells: dict[str, str | int]) -> None:
    places = cell_addresses(FORM, sheet)
    for name, value in cells.items():
        if name == "tab":
            sheet.title = str(value)
        elif name == "below":
            sheet[f"A{sheet.max_row + 2}"] = value
        else:
            sheet[places.get(name.replace("__", "."), name)] = value


def money_told(result: Consolidation) -> list[tuple[str, str | None]]:
    (file,) = result.files
    return [(told.code, told.row) for told in file.findings if told.code in ("S010", "S026", "S027")]


def counted(result: Consolidation) -> list[int | None]:
    return [result.totals[cell_of(key)].value for key in MONEY]


REFUSED = [("S010", key.partition(".")[0]) for key in MONEY]


@pytest.mark.parametrize(
    "phrase", ["ĐVT: 000đ", "Đơn vị tính: 000 đồng", "ĐVT: ng.đ", "Đơn vị tính: một nghìn đồng", "ĐVT: k"]
)
@pytest.mark.parametrize("place", ["H3", "H40", "below", "other_content__quantity", "tab"])
def test_money_is_refused_where_a_unit_of_measure_says_a_multiple(
    clean_returns: Path, tmp_path: Path, phrase: str, place: str
) -> None:
    text = phrase.replace(":", "") if place == "tab" else phrase
    result = read_with(clean_returns, tmp_path, **{place: text})
    assert money_told(result) == REFUSED
    assert counted(result) == [None, None]


@pytest.mark.parametrize(
    ("stated", "line", "told"),
    [
        (STATED, "Tổng kinh phí: 27.100.000 đồng", []),
        (STATED, "Bằng chữ: Hai mươi bảy triệu một trăm nghìn đồng", []),
        (STATED, "Bằng chữ: Mười lăm triệu một trăm nghìn đồng", []),
        (STATED, "Tổng kinh phí: 29.100.000 đồng", [("S026", None)]),
        (STATED, "Bằng chữ: Hai mươi chín triệu đồng", [("S026", None)]),
        (STATED, "Mỗi lớp chi 500.000 đồng tiền nước", []),
        ((15100, 12000), "Bằng chữ: Mười lăm triệu một trăm nghìn đồng", REFUSED),
        ((15100, 12000), "Tổng kinh phí: 27.100.000 đồng", REFUSED),
        ((15100, 12000), "Kinh phí là 27,1 triệu đồng", REFUSED),
        ((15, 12), "Bằng chữ: Mười lăm triệu đồng", REFUSED),
    ],
)
def test_a_sum_in_a_line_is_held_against_the_amounts(
    clean_returns: Path, tmp_path: Path, stated: tuple[int, int], line: str, told: list[tuple[str, str | None]]
) -> None:
    cells = {key.replace(".", "__"): amount for key, amount in zip(MONEY, stated, strict=True)}
    result = read_with(clean_returns, tmp_path, below=line, **cells)
    assert money_told(result) == told
    assert counted(result) == ([None, None] if told == REFUSED else list(stated))


@pytest.mark.parametrize("line", ["Đơn vị: Phường Đông Mai", "SĐT: 0912.000.000", "Đơn vị tính: đồng", "Lớp K"])
def test_a_line_that_says_no_multiple_refuses_nothing(clean_returns: Path, tmp_path: Path, line: str) -> None:
    result = read_with(clean_returns, tmp_path, below=line)
    assert money_told(result) == []
    assert counted(result) == list(STATED)


# Around the sheet -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Dong Mai (nghin dong).xlsx", REFUSED),
        ("Đông Mai nghìn đồng.xlsx", REFUSED),
        ("Dong Mai - ĐVT nghìn đồng.xlsx", REFUSED),
        ("07135_000d.xlsx", REFUSED),
        ("Dong Mai (trđ).xlsx", REFUSED),
        ("Dong Mai DVT 1000d.xlsx", REFUSED),
        ("Dong Mai (nghìn).xlsx", [("S027", REFUSED[0][1])]),
        ("Dong Mai - trieu.xlsx", [("S027", REFUSED[0][1])]),
        ("Tran Thi Ngan Dong Mai.xlsx", []),
        ("Ngân - Đông Mai.xlsx", []),
        ("Nguyen Thi Ngan.xlsx", []),
        ("07135_000.xlsx", []),
        ("Lop K Dong Mai.xlsx", []),
        ("Dong Mai 1000 nam Thang Long.xlsx", []),
    ],
)
def test_the_name_of_a_file_may_say_it(
    clean_returns: Path, tmp_path: Path, name: str, told: list[tuple[str, str | None]]
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    file.rename(file.with_name(name))
    result = read(tmp_path / "in")
    assert [each for each in money_told(result) if each[0] != "S027"] == [each for each in told if each[0] != "S027"]
    assert [code for code, _ in money_told(result)] == [code for code, _ in told]
    assert counted(result) == ([None, None] if told == REFUSED else list(STATED))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Đơn vị tính: nghìn đồng", "S010"),
        ('&"Arial,Bold"&12ĐVT: 000đ', "S010"),
        ("(Triệu)", "S027"),
        ("Trang &P/&N", None),
        ("htsd_2020, phiên bản 1", None),
        ("UBND phường Đông Mai", None),
    ],
)
@pytest.mark.parametrize("place", ["oddHeader", "oddFooter", "firstHeader"])
def test_the_head_or_foot_of_the_page_may_say_it(
    clean_returns: Path, tmp_path: Path, text: str, code: str | None, place: str
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    workbook = load_workbook(file)
    getattr(workbook.worksheets[0], place).right.text = text
    workbook.save(file)
    assert [told for told, _ in money_told(read(tmp_path / "in"))] == {"S010": ["S010"] * 2, None: []}.get(code, [code])


DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><xdr:twoCellAnchor><xdr:sp><xdr:txBody><a:bodyPr/>
<a:p><a:r><a:rPr lang="vi-VN"/><a:t>Lưu ý</a:t></a:r></a:p><a:p><a:r><a:t>ĐVT: ngh</a:t></a:r><a:r><a:t>ìn đồng</a:t>
</a:r></a:p></xdr:txBody></xdr:sp></xdr:twoCellAnchor></xdr:wsDr>"""
VML = """<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape type="#_x0000_t202"><v:textbox style="mso">
<div style="text-align:left"><font face="Arial">Đơn vị tính: 1.000 đ</font></div></v:textbox></v:shape></xml>"""


@pytest.mark.parametrize(
    ("kind", "part", "content", "element"),
    [
        ("drawing", "xl/drawings/drawing9.xml", DRAWING, '<drawing r:id="rBox"/>'),
        ("vmlDrawing", "xl/drawings/vmlDrawing9.vml", VML, '<legacyDrawing r:id="rBox"/>'),
    ],
)
def test_a_box_of_text_over_the_sheet_may_say_it(
    clean_returns: Path, tmp_path: Path, kind: str, part: str, content: str, element: str
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    with ZipFile(file) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    sheet, rels = "xl/worksheets/sheet1.xml", "xl/worksheets/_rels/sheet1.xml.rels"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relation = f'<Relationship Id="rBox" Type="{office}/{kind}" Target="/{part}"/>'
    empty = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
    parts[rels] = parts.get(rels, empty).replace(b"</Relationships>", relation.encode() + b"</Relationships>")
    there = element.replace("r:id", f'xmlns:r="{office}" r:id').encode()
    parts[sheet] = parts[sheet].replace(b"</worksheet>", there + b"</worksheet>")
    parts[part] = content.encode()
    with ZipFile(file, "w") as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    result = read(tmp_path / "in")
    assert money_told(result) == REFUSED
    assert counted(result) == [None, None]


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("Báo cáo Tuần lễ (ĐVT: nghìn đồng)", REFUSED),
        ("Gửi biểu, số tiền tính bằng triệu đồng", REFUSED),
        ("Gửi biểu của phường Đông Mai", []),
        ("Quyết toán 15 triệu đồng tiền nước", []),
    ],
)
def test_the_subject_of_the_mail_may_say_it(
    clean_returns: Path, tmp_path: Path, subject: str, told: list[tuple[str, str | None]]
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dongmai@example.vn", "phong@example.vn", subject
    message.set_content("Em gửi biểu.")
    message.add_attachment(file.read_bytes(), maintype="application", subtype="octet-stream", filename=file.name)
    (tmp_path / "in" / "thu.eml").write_bytes(message.as_bytes())
    file.unlink()
    result = read(tmp_path / "in")
    found = [(each.code, each.row) for one in result.files for each in one.findings if each.code in ("S010", "S027")]
    assert found == told


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ("Nghìn đồng", REFUSED),
        ("nghin dong", REFUSED),
        ("ĐVT nghìn đồng/Lần 2", REFUSED),
        ("Số liệu (triệu đồng).zip", REFUSED),
        ("07135 nghìn đồng", REFUSED),
        ("Nghìn", [("S027", None)]),
        ("Đông Mai", []),
        ("Triệu Đông", []),
        ("Xã Đông Ngàn", []),
        ("Ủng hộ 500 nghìn đồng", []),
    ],
)
def test_a_folder_or_archive_around_a_file_may_say_it(
    clean_returns: Path, tmp_path: Path, names: str, told: list[tuple[str, str | None]]
) -> None:
    read_with(clean_returns, tmp_path)
    folder = tmp_path / "in"
    (file,) = folder.iterdir()
    if names.endswith(".zip"):
        with ZipFile(folder / names, "w") as box:
            box.write(file, file.name)
        file.unlink()
    else:
        (folder / names).mkdir(parents=True)
        file.rename(folder / names / file.name)
    result = read(folder)
    assert [(each.code, each.row) for one in result.files for each in one.findings if each.code in MONEY_CODES] == told
    assert counted(result) == ([None, None] if told == REFUSED else list(STATED))


MONEY_CODES = ("S010", "S026", "S027")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Số liệu tính bằng nghìn đồng", ["S027"]),
        ("ĐVT: triệu đồng", ["S027"]),
        ("(nghìn đồng)", ["S027"]),
        ("Hội Cựu giáo chức ủng hộ 500 nghìn đồng", []),
        ("Mỗi suất quà một trăm nghìn đồng", []),
        ("Đơn vị tính: đồng", []),
        ("Phường Đông Mai", []),
    ],
)
def test_another_sheet_of_the_workbook_may_say_it(
    clean_returns: Path, tmp_path: Path, text: str, told: list[str]
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    workbook = load_workbook(file)
    workbook.create_sheet("Ghi chú")["B2"] = text
    workbook.save(file)
    result = read(tmp_path / "in")
    assert [code for code, _ in money_told(result)] == told
    assert counted(result) == list(STATED)


def test_the_name_of_another_sheet_may_say_it(clean_returns: Path, tmp_path: Path) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    workbook = load_workbook(file)
    workbook.create_sheet("Nghìn đồng")
    workbook.save(file)
    assert [code for code, _ in money_told(read(tmp_path / "in"))] == ["S027"]


def test_a_ward_whose_name_reads_like_a_multiple_is_a_ward() -> None:
    scales = desk().labels.scales
    assert scales.of_name("Trieu Dong")
    assert not scales.of_name("Trieu Dong", {"trieudong"})


def test_pages_and_boxes_of_opendocument_are_read() -> None:
    styles = (
        "<style:master-page><style:header><text:p>Lưu hành nội bộ</text:p><text:p>ĐVT: "
        "<text:span>nghìn</text:span> đồng</text:p></style:header><style:footer/></style:master-page>"
    )
    content = "<table:shapes><draw:frame><draw:text-box><text:p>Tính bằng triệu</text:p></draw:text-box></draw:frame>"
    found = beside_cells_of_odf(content.encode(), styles.encode())
    assert [desk().labels.scales.of_money(text) for text in found] == [True, True]


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_the_head_of_the_page_is_read_in_other_formats_too(
    clean_returns: Path, tmp_path: Path, soffice: Convert, suffix: str
) -> None:
    read_with(clean_returns, tmp_path)
    (file,) = (tmp_path / "in").iterdir()
    workbook = load_workbook(file)
    header = workbook.worksheets[0].oddHeader
    assert header is not None
    header.center.text = "Đơn vị tính: nghìn đồng"
    workbook.save(file)
    soffice(file, suffix, tmp_path / "in")
    file.unlink()
    assert money_told(read(tmp_path / "in")) == REFUSED
