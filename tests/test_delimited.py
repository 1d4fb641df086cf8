"""A return in a text with separators (CSV) gives the figures of its workbook; other texts stay what they are."""

from __future__ import annotations

import csv
import io
import shutil
import unicodedata
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from examples.filling import Typed
from pipeline import Request, load_register
from pipeline import consolidate as run_in_process
from pipeline.extract.file import read_bytes
from pipeline.model import FileReading, State
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.sheets import read_sheets
from tests.conftest import Convert
from tests.posts import letter
from tests.reading import desk, entry
from tests.returned import FORM
from tests.test_unseen import written

MONEY, BOOKS = "funding_state_budget", "books_donated"
TYPED: dict[str, Typed] = {f"{MONEY}.quantity": 15_100_000, f"{BOOKS}.quantity": 1_250}

SCHEMAS = Path(__file__).parent.parent / "schemas"
FORMS, REGISTERS = SCHEMAS / "forms", SCHEMAS / "registers"

ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with its mark": "utf-8-sig",
    "utf-16 with its mark": "utf-16",
    "utf-16 without": "utf-16-le",
    "vietnamese windows": "cp1258",
}


def reading_of(data: bytes, name: str = "bieu.csv") -> FileReading:
    return read_bytes(Found(name, Path(name)), data, desk())


def table_of(folder: Path) -> list[list[str]]:
    """Give a filled template as the lines of a text."""
    file, _ = written(folder, TYPED)
    return grid_of(file)


def grid_of(file: Path) -> list[list[str]]:
    sheet = next(read_sheets(file.read_bytes(), DEFAULT))
    lines = [[""] * (sheet.first_column + max(map(len, sheet.rows))) for _ in range(sheet.first_row + len(sheet.rows))]
    for row, column, value in sheet.filled():
        lines[row][column] = str(int(value)) if isinstance(value, float) else str(value)
    return lines


def text_of(lines: list[list[str]], separator: str = ",", end: str = "\r\n") -> str:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=separator, lineterminator=end).writerows(lines)
    return target.getvalue()


def encoded(text: str, encoding: str) -> bytes:
    if encoding != "cp1258":
        return text.encode(encoding)
    # The code page has vowels with their hats, and tone marks that stand behind a letter.
    found = []
    for sign in text:
        try:
            found.append(sign.encode("cp1258"))
        except UnicodeEncodeError:
            base, mark = _without_tone(sign)
            found.append(base.encode("cp1258", "replace") + mark.encode("cp1258", "replace"))
    return b"".join(found)


def _without_tone(letter: str) -> tuple[str, str]:
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    parts = unicodedata.normalize("NFD", letter)
    tone = "".join(part for part in parts if part in tones)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones)), tone


def assert_is_the_return(reading: FileReading) -> None:
    (one,) = reading.returns
    assert entry(one, MONEY, "quantity").value == TYPED[f"{MONEY}.quantity"]
    assert entry(one, BOOKS, "quantity").value == TYPED[f"{BOOKS}.quantity"]
    assert {each.state for each in one.entries if each.value} == {State.READ}
    assert [told.code for told in one.findings if told.code == "F080"] == ["F080"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_return_in_a_text_gives_its_figures(tmp_path: Path, encoding: str, separator: str) -> None:
    assert_is_the_return(reading_of(encoded(text_of(table_of(tmp_path), separator), ENCODINGS[encoding])))


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_lines_may_end_as_any_system_ends_them(tmp_path: Path, end: str) -> None:
    assert_is_the_return(reading_of(text_of(table_of(tmp_path), ";", end).encode(), "bieu.txt"))


def test_a_first_line_may_state_the_separator_and_is_no_row(tmp_path: Path) -> None:
    table = table_of(tmp_path)
    plain, stated = (reading_of((head + text_of(table, ";")).encode()) for head in ("", "sep=;\r\n"))
    assert_is_the_return(stated)
    assert [each.cell for each in stated.returns[0].entries] == [each.cell for each in plain.returns[0].entries]


@pytest.mark.parametrize("options", ["44,34,76", "59,34,76", "9,34,76", "124,34,76", "59,34,65535"])
def test_a_return_that_libreoffice_exported_gives_its_figures(tmp_path: Path, soffice: Convert, options: str) -> None:
    file, _ = written(tmp_path, TYPED)
    saved = soffice(file, "csv", tmp_path / "saved", f"Text - txt - csv (StarCalc):{options}")
    assert_is_the_return(reading_of(saved.read_bytes()))


def test_a_line_with_a_field_too_many_is_not_read(tmp_path: Path) -> None:
    text = text_of(table_of(tmp_path)).replace("15100000", "15,100,000")
    reading = reading_of(text.encode())
    assert not reading.returns
    assert [told.code for told in reading.findings] == ["F017"]


def without_blank_ends(text: str, separator: str = ",") -> str:
    return "".join(f"{line.rstrip(separator)}\r\n" for line in text.splitlines())


def without_keys(table: list[list[str]]) -> list[list[str]]:
    """Leave the template's last column out, as somebody does who types the table."""
    return [line[:-1] for line in table]


def test_blank_ends_may_be_left_out_where_a_last_column_is_filled(tmp_path: Path) -> None:
    assert_is_the_return(reading_of(without_blank_ends(text_of(table_of(tmp_path))).encode()))


@pytest.mark.parametrize("number", ["15,100", "15,100,000", "151,000"])
def test_a_comma_that_may_stand_within_a_number_is_not_read(tmp_path: Path, number: str) -> None:
    text = without_blank_ends(text_of(without_keys(table_of(tmp_path)))).replace("15100000", number)
    reading = reading_of(text.encode())
    assert not reading.returns
    assert [told.code for told in reading.findings] == ["F017"]


def test_two_numbers_side_by_side_are_two_where_all_lines_are_equally_long(tmp_path: Path) -> None:
    table = without_keys(table_of(tmp_path))
    (line,) = [line for line in table if "1250" in line]
    line[line.index("1250") : line.index("1250") + 2] = ["12", "340"]
    (one,) = reading_of(text_of(table).encode()).returns
    assert entry(one, BOOKS, "quantity").value == 12


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_parts_no_number(tmp_path: Path, separator: str) -> None:
    text = without_blank_ends(text_of(without_keys(table_of(tmp_path)), separator), separator)
    assert_is_the_return(reading_of(text.encode()))


def in_a_zip(text: bytes) -> tuple[str, bytes]:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("bieu.csv", text)
    return "bieu.zip", target.getvalue()


def in_a_mail(text: bytes) -> tuple[str, bytes]:
    return "thu.eml", letter("Em gửi biểu ạ.", ("bieu.csv", text)).as_bytes()


def beside_its_workbook(text: bytes) -> tuple[str, bytes]:
    return "bieu.csv", text


@pytest.mark.parametrize("how", [in_a_zip, in_a_mail, beside_its_workbook])
def test_a_text_counts_once_wherever_it_lies(
    clean_returns: Path, tmp_path: Path, how: Callable[[bytes], tuple[str, bytes]]
) -> None:
    folder = shutil.copytree(clean_returns, tmp_path / "in")
    workbook = min(folder.iterdir())
    expected = totals_of(folder)
    name, content = how(text_of(grid_of(workbook)).encode())
    (folder / name).write_bytes(content)
    if how is not beside_its_workbook:
        workbook.unlink()
    assert totals_of(folder) == expected


def totals_of(folder: Path) -> Mapping[object, int | None]:
    result = run_in_process(Request(folder, FORM, load_register(FORM, None), workers=0))
    assert not [told for file in result.files for told in file.findings if told.is_open]
    return {cell: total.value for cell, total in result.totals.items()}


OTHERS = {
    "a letter": "Kính gửi: Phòng Giáo dục,\nĐơn vị xin gửi báo cáo; số sách tặng: 1.250 quyển.\n",
    "a list of units": "code,name,level,email\n001,Phường Đông Mai,ward,a@b.vn\n002,Phường Minh Thành,ward,c@d.vn\n",
    "an address book": "First Name,Last Name,E-mail Address,Notes\nLan,Nguyễn,lan@example.vn,\n",
    "a long table": "unit_code,unit_name,row,measure,value,state\n001,Đông Mai,books_donated,quantity,1250,stated\n",
    "a list without lines": ",,,,\n;;;\n",
    "one that never ends its quote": '"a,b,c\n1,2,3\n',
}


@pytest.mark.parametrize("file", [FORMS / "htsd_2020" / "rows.csv", REGISTERS / "quang_yen_2020.csv"], ids=str)
def test_a_definition_in_the_folder_is_no_return(file: Path) -> None:
    reading = reading_of(file.read_bytes(), file.name)
    assert not reading.returns
    assert [told.code for told in reading.findings] == ["F017"]


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("ending", [".csv", ".txt", ".tsv"])
def test_a_text_without_the_form_stays_what_it_is(name: str, ending: str) -> None:
    reading = reading_of(OTHERS[name].encode(), f"a{ending}")
    assert not reading.returns
    assert [told.code for told in reading.findings] == ["F017"]
