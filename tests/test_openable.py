"""What a person can open is read, or told at its cell; nothing of it is called damaged, and nothing is made up.

The cases stand in corpus/trial, their right numbers in the tables beside them; those of a kind that differ by a word
or an encoding are made from them here.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pytest

from pipeline.extract.file import read_bytes
from pipeline.model import FileReading, Return
from pipeline.readers.find import Found
from pipeline.readers.kinds import Container, Kind, biff_records
from pipeline.readers.mend_bytes import bytes_to_read, mended_bytes
from pipeline.readers.mend_bytes.ole import compound_file
from tests.reading import desk
from tests.test_unpack import Storage, ole

TRIAL = Path(__file__).parent / "corpus" / "trial"
SPILL = "c15a_error_value_spill.xlsx"
PERL = "c32_xls_written_by_perl_writeexcel.xls"
SHEET = "xl/worksheets/sheet1.xml"
ERROR_CELL = '<c r="E33" s="17" t="e"><f>X</f><v>#SPILL!</v></c>'
DONORS, DONORS_CELL = "book_donors.people", "E33"

Figures = dict[str, int]


def case(name: str) -> bytes:
    """Give the bytes of a case; a large one is kept packed."""
    packed = TRIAL / f"{name}.gz"
    return gzip.decompress(packed.read_bytes()) if packed.exists() else (TRIAL / name).read_bytes()


@cache
def right_values(name: str = "base_values.csv") -> Figures:
    """Give the numbers that a case states."""
    with (TRIAL / name).open(encoding="utf-8-sig", newline="") as file:
        return {f"{line['row']}.{line['measure']}": int(line["value"]) for line in csv.DictReader(file)}


def reading_of(data: bytes, name: str = "bieu.xlsx") -> FileReading:
    return read_bytes(Found(name, Path(name)), data, desk())


def the_return(data: bytes, name: str = "bieu.xlsx") -> Return:
    (one,) = reading_of(data, name).returns
    return one


def figures(one: Return) -> Figures:
    """Give the numbers that a return counts."""
    counted = {str(entry.key): entry.value for entry in one.entries if entry.counted}
    return {cell: value for cell, value in counted.items() if value is not None}


def told(one: Return) -> set[tuple[str, str | None]]:
    return {(each.code, each.cell) for each in one.findings}


def with_parts(data: bytes, changes: Mapping[str, Callable[[bytes], bytes]], more: Mapping[str, bytes] = {}) -> bytes:
    """Change parts of a zip, and put more into it."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for info in source.infolist():
            content = source.read(info)
            archive.writestr(info.filename, changes.get(info.filename, bytes)(content))
        for name, content in more.items():
            archive.writestr(name, content)
    return target.getvalue()


def replaced(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replace a text that stands once."""

    def change(part: bytes) -> bytes:
        assert part.count(old.encode()) == 1, old
        return part.replace(old.encode(), new.encode())

    return change


def with_error_cell(cell: str) -> bytes:
    """Put another cell in the place of the one with the error."""
    return with_parts(case(SPILL), {SHEET: replaced(ERROR_CELL, cell)})


def sound_workbook() -> bytes:
    """Give the form with every number of the table, as LibreOffice saved it."""
    return with_error_cell('<c r="E33" s="17"><v>263</v></c>')


def test_the_workbook_that_cases_are_made_from_is_read_as_it_stands() -> None:
    data = sound_workbook()
    assert bytes_to_read(Container(data), Kind.XLSX) is data
    assert figures(the_return(data)) == right_values()


# Errors of newer programs ----------------------------------------------------------------------------------------

NEWER_ERRORS = [
    *("#SPILL!", "#CALC!", "#FIELD!", "#GETTING_DATA", "#ERROR!", "#BUSY!", "#CONNECT!", "#PYTHON!"),
    *("#BLOCKED!", "#UNKNOWN!", "#EXTERNAL!", "#TIMEOUT!", "Err:508", "#n/a", "#LỖI!"),
]
"""ECMA-376 18.18.11 has #GETTING_DATA; the rest is Excel's since 2018, Google's and LibreOffice's"""


def without_donors() -> Figures:
    return {cell: value for cell, value in right_values().items() if cell != DONORS}


@pytest.mark.parametrize("word", NEWER_ERRORS)
def test_a_newer_error_is_told_at_its_cell_and_the_rest_counts(word: str) -> None:
    one = the_return(with_error_cell(ERROR_CELL.replace("#SPILL!", word)))
    assert figures(one) == without_donors()
    assert told(one) == {("V008", DONORS_CELL)}
    (error,) = one.findings
    assert error.found == word


@pytest.mark.parametrize(
    "cell",
    [
        '<c t="e" s="17" r="E33"><v>#SPILL!</v></c>',
        "<c r='E33' t='e' s='17'><f>A1&gt;\"x\"</f><v>#SPILL!</v></c>",
        '<c r="E33" s="17" t="e" vm="1"><f t="array" ref="E33">X</f><v xml:space="preserve">#SPILL!</v></c>',
        '<c r="E33"\n s = "17"\n t = "e"  >\n <f/>\n <v>#SPILL!</v>\n</c>',
        '<c r="E33" s="17" t="e"><v>#SPILL!</v><extLst><ext uri="x"/></extLst></c>',
    ],
)
def test_an_error_is_seen_however_its_cell_is_written(cell: str) -> None:
    one = the_return(with_error_cell(cell))
    assert figures(one) == without_donors()
    assert told(one) == {("V008", DONORS_CELL)}


@pytest.mark.parametrize("address", ["B33", "F33", "G33", "A60", "C20", "E60", "B8"])
def test_a_newer_error_is_told_like_an_older_one_wherever_it_stands(address: str) -> None:
    """In a label, a note, beside or below the table, over the stamp: what is told hangs on the place alone."""

    def with_error_at(word: str) -> Return:
        def change(part: bytes) -> bytes:
            row = address[1:]
            cell = f'<c r="{address}" t="e"><v>{word}</v></c>'
            changed, count = re.subn(rf'<c r="{address}"(?: [^>]*/>| [^>]*[^/]>.*?</c>)', cell, part.decode(), count=1)
            if not count:
                changed = changed.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>')
            return changed.encode()

        return the_return(with_parts(sound_workbook(), {SHEET: change}))

    newer, older = with_error_at("#SPILL!"), with_error_at("#REF!")
    assert figures(newer) == figures(older)
    assert told(newer) == told(older)


def test_an_error_without_its_word_is_no_blank() -> None:
    one = the_return(with_error_cell('<c r="E33" s="17" t="e"><v></v></c>'))
    assert figures(one) == without_donors()
    assert told(one) == {("V008", DONORS_CELL)}


@pytest.mark.parametrize("number", ["84912345678", "1E+15", "-84912345678"])
def test_a_number_that_is_a_day_after_all_days_costs_its_cell_alone(number: str) -> None:
    """A telephone number in a cell for a day; Excel shows #####."""

    def with_style(part: bytes) -> bytes:
        return part.replace(b"</cellXfs>", b'<xf numFmtId="14" applyNumberFormat="1"/></cellXfs>')

    with zipfile.ZipFile(io.BytesIO(sound_workbook())) as archive:
        styles = archive.read("xl/styles.xml").decode()
    style = styles.partition("<cellXfs")[2].partition("</cellXfs>")[0].count("<xf ")
    cell = f'<c r="E33" s="{style}"><v>{number}</v></c>'
    changes = {SHEET: replaced(ERROR_CELL, cell), "xl/styles.xml": with_style}
    one = the_return(with_parts(case(SPILL), changes))
    assert figures(one) == without_donors()
    assert {cell for _, cell in told(one)} == {DONORS_CELL}


def test_a_text_that_looks_like_an_error_is_a_text() -> None:
    quiet = '<c r="F33" t="str"><f>"#SPILL!"</f><v>#SPILL!</v></c>'
    change = {SHEET: lambda part: part.replace(b'<c r="F33" s="19"/>', quiet.encode())}
    one = the_return(with_parts(case(SPILL), change))
    (note,) = [entry for entry in one.entries if entry.cell == "F33"]
    assert note.found == "#SPILL!"
    assert figures(one) == without_donors()


# Macro sheets ----------------------------------------------------------------------------------------------------

MACRO_SHEET = (
    b'<?xml version="1.0"?><xm:macrosheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    b'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><sheetData><row r="1"><c r="A1" t="b">'
    b"<f>RETURN()</f><v>1</v></c></row></sheetData></xm:macrosheet>"
)
_RELATION = "http://schemas.microsoft.com/office/2006/relationships/{kind}"


@pytest.mark.parametrize("kind", ["xlMacrosheet", "xlIntlMacrosheet"])
@pytest.mark.parametrize("target", ["macrosheets/sheet1.xml", "/xl/macrosheets/sheet1.xml"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_macro_sheet_beside_the_form_is_told_and_the_form_is_read(kind: str, target: str, is_first: bool) -> None:
    sheet = '<sheet name="Macro1" sheetId="9" state="hidden" r:id="rId90"/>'
    relation = f'<Relationship Id="rId90" Type="{_RELATION.format(kind=kind)}" Target="{target}"/>'
    listed = ("<sheets>", f"<sheets>{sheet}") if is_first else ("</sheets>", f"{sheet}</sheets>")
    changes = {
        "xl/workbook.xml": replaced(*listed),
        "xl/_rels/workbook.xml.rels": replaced("</Relationships>", f"{relation}</Relationships>"),
    }
    reading = reading_of(with_parts(sound_workbook(), changes, {"xl/macrosheets/sheet1.xml": MACRO_SHEET}), "a.xlsm")
    (one,) = reading.returns
    assert figures(one) == right_values()
    assert [(each.code, each.facts["what"]) for each in reading.findings] == [("F021", ("macros",))]


# UTF-16 ----------------------------------------------------------------------------------------------------------


def test_a_workbook_of_excel_for_phones_is_read() -> None:
    one = the_return(case("c33_all_parts_utf16.xlsx"))
    assert figures(one) == right_values("c33_values.csv")


def in_utf16(part: bytes, encoding: str, *, mark: bool) -> bytes:
    text = re.sub(r'encoding="[^"]*"', 'encoding="UTF-16"', part.decode("utf-8-sig"))
    return (("\ufeff" if mark else "") + text).encode(encoding)


ALL_PARTS = {"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml", "xl/workbook.xml"}
ALL_PARTS |= {"xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml"}
ALL_PARTS |= {SHEET, "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"}


@pytest.mark.parametrize("parts", [ALL_PARTS, {SHEET}, {"xl/sharedStrings.xml"}, {"xl/workbook.xml"}], ids=len)
@pytest.mark.parametrize("mark", [True, False])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_parts_in_utf_16_are_read(encoding: str, mark: bool, parts: set[str]) -> None:
    change = {name: lambda part: in_utf16(part, encoding, mark=mark) for name in parts}
    one = the_return(with_parts(sound_workbook(), change))
    assert figures(one) == right_values()


def test_an_error_in_a_part_in_utf_16_is_told_at_its_cell() -> None:
    one = the_return(with_parts(case(SPILL), {SHEET: lambda part: in_utf16(part, "utf-16-le", mark=True)}))
    assert figures(one) == without_donors()
    assert told(one) == {("V008", DONORS_CELL)}


def test_a_broken_part_in_utf_16_is_damaged() -> None:
    change = {SHEET: lambda part: in_utf16(part, "utf-16-le", mark=True)[:-3]}
    assert [each.code for each in reading_of(with_parts(sound_workbook(), change)).findings] == ["F004"]


# OpenDocument ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["c19_ods_written_by_gnumeric.ods", "c20_ods_written_by_sheetjs.ods"])
def test_ods_of_programs_that_indent_it_is_read(name: str) -> None:
    one = the_return(case(name), name)
    assert figures(one) == right_values()
    assert told(one) == set()


def test_a_number_in_cdata_is_read() -> None:
    one = the_return(case("c17_ods_cdata_text.ods"), "a.ods")
    assert figures(one) == right_values()
    assert told(one) == {("V026", "E21")}


def compact_ods() -> bytes:
    """Give the form as LibreOffice saved it in .ods, all on one line."""
    change = {"content.xml": replaced("<![CDATA[124]]>", "124")}
    return with_parts(case("c17_ods_cdata_text.ods"), change)


def indented(xml: bytes, space: str, *, comments: bool = False) -> bytes:
    """Indent as printers of XML do: nothing within a paragraph is touched."""
    pieces = re.split(r"(<text:p\b[^>]*[^/]>.*?</text:p>|<[^>]*>)", xml.decode(), flags=re.S)
    between = f"{space}<!-- <text:p> 9 -->{space}" if comments else space
    return between.join(piece for piece in pieces if piece.strip()).encode()


@pytest.mark.parametrize("comments", [False, True])
@pytest.mark.parametrize("space", ["\n", "\n    ", "\r\n\t", " "])
def test_an_indented_ods_is_read(space: str, comments: bool) -> None:
    change = {"content.xml": lambda xml: indented(xml, space, comments=comments)}
    plain, data = compact_ods(), with_parts(compact_ods(), change)
    assert data != plain
    one = the_return(data, "a.ods")
    assert figures(one) == right_values()
    assert told(one) == told(the_return(plain, "a.ods"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_an_ods_in_utf_16_is_read(encoding: str) -> None:
    change = {"content.xml": lambda xml: in_utf16(xml, encoding, mark=True)}
    assert figures(the_return(with_parts(compact_ods(), change), "a.ods")) == right_values()


def mended_content(content: str) -> str:
    data = with_parts(compact_ods(), {"content.xml": lambda _: content.encode()})
    mended = mended_bytes(Container(data), Kind.ODS)
    assert mended is not None
    with zipfile.ZipFile(io.BytesIO(mended)) as archive:
        return archive.read("content.xml").decode()


def test_space_within_a_paragraph_is_kept() -> None:
    words = "<text:span>hai</text:span> <text:span>lớp</text:span>\n &lt; "
    paragraph = f"<text:p>{words} <text:p>a</text:p> </text:p>"
    xml = f"<a>\n <b></b> <?x y?>\n<text:p></text:p> <!-- <text:p> -->{paragraph}<!-- x --> <b> </b></a>"
    assert mended_content(xml) == f"<a><b></b><text:p></text:p>{paragraph}<b></b></a>"


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("<![CDATA[ <text:p> ]]>", " &lt;text:p&gt; "),
        ("12<text:line-break/>34", "12\n34"),
        ("12<text:tab></text:tab>34", "12\t34"),
        ("12<draw:g><draw:frame><text:p>9</text:p></draw:frame></draw:g>34", "1234"),
    ],
)
def test_what_calamine_would_leave_out_is_written_out(typed: str, plain: str) -> None:
    cell = '<table:table-cell a="&lt;&amp;"><draw:g><text:p>8</text:p></draw:g><text:p>{}</text:p></table:table-cell>'
    without_shape = cell.replace("<draw:g><text:p>8</text:p></draw:g>", "")
    assert mended_content(cell.format(typed)) == without_shape.format(plain)


# .xls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["c30_xls_book_with_embedded_workbook.xls", "c31_xls_embedded_workbook_listed_first.xls"]
)
def test_a_workbook_inside_a_workbook_is_never_taken_for_it(name: str) -> None:
    one = the_return(case(name), name)
    assert figures(one) == right_values()


def test_texts_of_biff8_are_read_whatever_code_page_it_says() -> None:
    assert figures(the_return(case(PERL), PERL)) == right_values()


def stream_of(data: bytes) -> bytes:
    box = Container(data)
    return box.stream("workbook" if "workbook" in box.entries else "book")


def every_number_doubled(stream: bytes) -> bytes:
    """Give another workbook like this one: it must never be taken for it."""
    changed = bytearray(stream)
    for record, at, _ in biff_records(stream):
        if record == 0x203:
            struct.pack_into("<d", changed, at + 6, 2 * struct.unpack_from("<d", stream, at + 6)[0])
    return bytes(changed)


def with_code_page(stream: bytes, number: int) -> bytes:
    changed = bytearray(stream)
    for record, at, _ in biff_records(stream):
        if record == 0x42:
            struct.pack_into("<H", changed, at, number)
    return bytes(changed)


@pytest.mark.parametrize("code_page", [1200, 1252, 1258, 437, 65001, 32768, 0])
def test_a_code_page_changes_no_text_of_biff8(code_page: int) -> None:
    data = compound_file("Workbook", with_code_page(stream_of(case(PERL)), code_page))
    assert figures(the_return(data, "a.xls")) == right_values()


@pytest.mark.parametrize("own", ["Workbook", "Book", "WORKBOOK"])
@pytest.mark.parametrize("inner", ["Workbook", "Book"])
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("code_page", [1200, 1252])
def test_only_the_workbook_at_the_root_counts(own: str, inner: str, is_first: bool, code_page: int) -> None:
    stream = with_code_page(stream_of(case(PERL)), code_page)
    embedded: Storage = {"MBD0018F2A7": {inner: every_number_doubled(stream), "\x01Ole": bytes(4096)}}
    root: Storage = {**embedded, own: stream} if is_first else {own: stream, **embedded}
    reading = reading_of(ole(root), "a.xls")
    (one,) = reading.returns
    assert figures(one) == right_values()
    assert [each.code for each in reading.findings] == ["F021"]


def test_a_workbook_of_two_versions_gives_the_newer() -> None:
    stream = with_code_page(stream_of(case(PERL)), 1200)
    data = ole({"Book": every_number_doubled(stream), "Workbook": stream})
    assert figures(the_return(data, "a.xls")) == right_values()


def test_a_cell_that_xls_stores_twice_is_an_error_and_the_rest_counts() -> None:
    stream = with_code_page(stream_of(case(PERL)), 1200)
    for record, at, _ in biff_records(stream):
        if record == 0x203 and struct.unpack_from("<d", stream, at + 6)[0] == right_values()[DONORS]:
            again = stream[at - 4 : at + 6] + struct.pack("<d", 999)
            # Behind the last cell of the only sheet, so that nothing else moves.
            end = stream.rindex(struct.pack("<HH", 0x0A, 0))
            stream = stream[:end] + again + stream[end:]
            break
    one = the_return(compound_file("Workbook", stream), "a.xls")
    assert figures(one) == without_donors()
    (unlike,) = [each for each in one.findings if each.code == "V036"]
    assert unlike.found == "263 ≠ 999"


def test_a_plain_xls_is_not_written_anew() -> None:
    data = compound_file("Workbook", with_code_page(stream_of(case(PERL)), 1200))
    assert bytes_to_read(Container(data), Kind.XLS) is data


@pytest.mark.parametrize("size", [1, 4095, 4096, 4097, 4096 * 1021, 4096 * 1022, 4096 * 1023, 9_000_000])
def test_a_compound_file_gives_back_its_stream(size: int) -> None:
    stream = bytes(range(251)) * (size // 251 + 1)
    box = Container(compound_file("Workbook", stream[:size]))
    assert box.stream("workbook")[:size] == stream[:size]
    assert len(box.stream("workbook")) == max(size, 4096)


def test_an_error_of_xls_without_a_name_is_told_at_its_cell() -> None:
    stream = with_code_page(stream_of(case(PERL)), 1200)
    for record, at, _ in biff_records(stream):
        row, column = struct.unpack_from("<2H", stream, at) if record == 0x203 else (0, 0)
        if record == 0x203 and struct.unpack_from("<d", stream, at + 6)[0] == right_values()[DONORS]:
            style = stream[at + 4 : at + 6]
            error = struct.pack("<4H", 0x205, 8, row, column) + style + bytes((0x33, 1))
            filler = struct.pack("<HH", 0x1FF, 2) + bytes(2)
            stream = stream[: at - 4] + error + filler + stream[at + 14 :]
            break
    one = the_return(compound_file("Workbook", stream), "a.xls")
    assert figures(one) == without_donors()
    assert {code for code, _ in told(one)} >= {"V008"}


# Properties ------------------------------------------------------------------------------------------------------

SUMMARY = "\x05SummaryInformation"


def summary_information(ticks: int, *, offset: int = 48, count: int = 1) -> bytes:
    """Write a property set that holds the time last saved ([MS-OLEPS] 2.20)."""
    header = struct.pack("<HHI16xI16xI", 0xFFFE, 0, 2, 1, offset)
    return (header + struct.pack("<4I", 0, count, 13, 16) + struct.pack("<IQ", 64, ticks)).ljust(4096, b"\0")


BROKEN_SETS = {
    "after all": summary_information(2**63 - 1),
    "far after all": summary_information(2**64 - 1),
    "in the last hour": summary_information(2650467743999999999),
    "begins nowhere": summary_information(0, offset=2**31),
    "more than there are": summary_information(0, count=2**31),
    "zeros": bytes(4096),
    "noise": bytes(range(256)) * 16,
}


@pytest.mark.parametrize("properties", BROKEN_SETS.values(), ids=BROKEN_SETS)
def test_an_xls_is_read_whatever_its_properties_say(properties: bytes) -> None:
    stream = with_code_page(stream_of(case(PERL)), 1200)
    one = the_return(ole({"Workbook": stream, SUMMARY: properties}), "a.xls")
    assert figures(one) == right_values()
    assert one.times.modified is None


TIMES = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2020-13-45T99:00:00Z", "1.10.2020", "-2020-10-01", ""]
NO_XML = b"<a><b></a>"


def properties_with(text: str, element: str) -> Callable[[bytes], bytes]:
    return lambda part: re.sub(rf"(<{element}[^>]*>)[^<]*", rf"\g<1>{text}", part.decode()).encode()


@pytest.mark.parametrize("text", TIMES)
def test_a_workbook_is_read_whatever_time_it_says(text: str) -> None:
    xlsx = with_parts(sound_workbook(), {"docProps/core.xml": properties_with(text, "dcterms:modified")})
    ods = with_parts(compact_ods(), {"meta.xml": properties_with(text, "dc:date")})
    for data in (xlsx, ods):
        one = the_return(data, "a")
        assert figures(one) == right_values()
        assert one.times.modified is None


def test_a_workbook_is_read_whose_properties_are_broken() -> None:
    xlsx = with_parts(sound_workbook(), {"docProps/core.xml": lambda _: NO_XML})
    ods = with_parts(compact_ods(), {"meta.xml": lambda _: NO_XML})
    for data in (xlsx, ods):
        assert figures(the_return(data, "a")) == right_values()


# What calamine cannot read, and no mend helps --------------------------------------------------------------------


def test_a_sound_workbook_that_cannot_be_read_is_not_called_damaged() -> None:
    """A type of cell that nobody knows; openpyxl reads the rest."""
    reading = reading_of(with_error_cell('<c r="E33" s="17" t="zz"><v>263</v></c>'))
    assert [each.code for each in reading.findings] == ["F044"]
    assert reading.returns == ()


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_half_a_sheet_is_damaged(share: float) -> None:
    for data in (sound_workbook(), compact_ods()):
        name = SHEET if data == sound_workbook() else "content.xml"
        cut = with_parts(data, {name: lambda part: part[: int(len(part) * share)]})
        assert [each.code for each in reading_of(cut).findings] == ["F004"]
