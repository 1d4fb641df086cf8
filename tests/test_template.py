"""The blank workbook: what the letter prints, what may be typed, and what the form says of itself."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.extract.numbers import load_number_words, read_number
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.template import load_template_words, printed_texts
from pipeline.writers.template import asked_units, write_template, write_templates
from pipeline.writers.template.cell_checks import LARGEST
from schemas.form import FORMS, Form, ValueKind, load_form
from schemas.register import Register, Unit, load_register_csv, shipped_register
from schemas.rules import Cell
from schemas.rules.formula import quoted
from tests.conftest import Convert

ROOT = Path(__file__).parent.parent
WORDS = load_template_words()
STAMP = load_stamp_words()
DATA = WORDS.sheets["data"]

Typed = str | int | float | None

# Excel 2007 knows these; a newer one would show #NAME? in an old office.
EXCEL_2007 = {
    "AND",
    "CELL",
    "COUNT",
    "COUNTA",
    "COUNTIF",
    "IF",
    "INDEX",
    "INT",
    "ISBLANK",
    "ISNA",
    "ISNUMBER",
    "LEFT",
    "LEN",
    "MATCH",
    "N",
    "NOT",
    "OR",
    "SUMIF",
    "SUMPRODUCT",
}


@cache
def the_form() -> Form:
    return load_form("htsd_2020")


@cache
def the_register() -> Register:
    form = the_form()
    return load_register_csv(shipped_register(form.register), form.first_day)


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("blank") / "blank.xlsx"
    write_template(the_form(), the_register(), path)
    return path


@pytest.fixture(scope="module")
def sheet(blank: Path) -> Worksheet:
    return load_workbook(blank)[DATA]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ...]:
    return write_templates(the_form(), the_register(), tmp_path_factory.mktemp("copies"))


def row_keys(sheet: Worksheet) -> dict[str, int]:
    """Row key -> row, as the hidden column says."""
    column = next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == STAMP.row_key)
    head = next(cell.row for cell in sheet[get_column_letter(column)] if cell.value == STAMP.row_key)
    return {str(cell.value): cell.row for cell in sheet[get_column_letter(column)][head:] if cell.value}


def place(form: Form, sheet: Worksheet, cell: Cell) -> str:
    measure = form.measures[0] if cell.row in form.spread else cell.measure
    column = next(index for index, column in enumerate(form.columns, 1) if column.key == measure)
    return f"{get_column_letter(column)}{row_keys(sheet)[cell.row]}"


def named(workbook: Workbook, name: str) -> SheetCell:
    """The cell a name of the workbook points at."""
    title, at = next(iter(workbook.defined_names[name].destinations))
    cell = workbook[title][at.replace("$", "")]
    assert isinstance(cell, SheetCell)
    return cell


def beside(sheet: Worksheet, label: str) -> SheetCell:
    """The cell to the right of a label of the stamp."""
    cell = next(cell for row in sheet.iter_rows() for cell in row if cell.value == label + ":")
    value = sheet.cell(cell.row, cell.column + 1)
    assert isinstance(value, SheetCell)
    return value


def formulas(sheet: Worksheet) -> dict[str, str]:
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }


# What the letter prints -------------------------------------------------------------------------------------------


def test_labels_and_units_of_measure_stand_verbatim_in_the_order_of_the_letter(sheet: Worksheet) -> None:
    with (FORMS / "htsd_2020" / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = row_keys(sheet)
    assert list(keys) == [row["key"] for row in rows]
    first = min(keys.values())
    printed = [
        tuple(sheet.cell(first + index, column).value or "" for column in (1, 2, 3)) for index in range(len(rows))
    ]
    assert printed == [(row["stt"], row["label"], row["unit_of_measure"]) for row in rows]


def test_the_head_has_two_rows_merged_as_in_the_letter(sheet: Worksheet) -> None:
    top = min(row_keys(sheet).values()) - 2
    upper = [sheet.cell(top, column).value for column in range(1, 7)]
    lower = [sheet.cell(top + 1, column).value for column in range(1, 7)]
    assert upper == ["STT", "Các hoạt động", "Đơn vị", "Số lượng", None, "Ghi chú"]
    assert lower == [None, None, None, "Số lớp/số cuộc thi", "Người", None]
    merged = {str(box) for box in sheet.merged_cells.ranges}
    assert {f"{letter}{top}:{letter}{top + 1}" for letter in "ABCF"} | {f"D{top}:E{top}"} <= merged


def test_titles_and_references_stand_above_the_head_in_their_order(sheet: Worksheet) -> None:
    form = the_form()
    above = [cell.value for cell in sheet["A"] if cell.row < min(row_keys(sheet).values()) and cell.value]
    lines = [form.appendix, *form.title_lines, *form.references]
    assert [text for text in above if text in lines] == lines


def test_every_other_fixed_text_is_one_a_reader_can_know(sheet: Worksheet) -> None:
    """Nothing on the sheet may be taken for something the unit wrote."""
    keys = row_keys(sheet)
    head = range(min(keys.values()) - 2, min(keys.values()))
    stamps = {getattr(STAMP, name) + ":" for name in STAMP.__slots__ if isinstance(getattr(STAMP, name), str)}
    known = {*printed_texts(the_form()), *stamps, the_form().id, the_form().version}
    unknown = [
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.value and not str(cell.value).startswith("=") and cell.value not in known
        if cell.row not in head and cell.row not in keys.values()
    ]
    assert unknown == []


def test_the_page_is_a4_portrait_one_page_wide_with_the_head_on_every_page(sheet: Worksheet) -> None:
    keys = row_keys(sheet)
    top, last = min(keys.values()) - 2, max(keys.values())
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "portrait")
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${top}:${top + 1}"
    assert re.fullmatch(rf".*\$A\$3:\$F\${last}", str(sheet.print_area))
    assert {cell.font.name for row in sheet.iter_rows() for cell in row} == {"Times New Roman"}


def test_what_stays_on_the_screen_leaves_room_for_the_rows(sheet: Worksheet) -> None:
    assert sheet.freeze_panes == "A3"
    frozen = sum(sheet.row_dimensions[row].height or 15 for row in (1, 2))
    assert frozen < 60


def test_every_status_has_a_colour_and_is_told_by_its_words_as_well(sheet: Worksheet) -> None:
    begins = {
        rule.text: rule.dxf.font.color.rgb
        for area in sheet.conditional_formatting
        if "A2" in str(area.sqref)
        for rule in area.rules
    }
    coloured = {
        name: [ink for text, ink in begins.items() if said.startswith(text)] for name, said in WORDS.status.items()
    }
    assert {name: len(inks) for name, inks in coloured.items()} == dict.fromkeys(WORDS.status, 1)
    assert len({inks[0] for inks in coloured.values()}) == 3, "open, to be looked at, done"


def test_money_rows_and_free_text_have_one_merged_cell_over_the_measures(sheet: Worksheet) -> None:
    keys = row_keys(sheet)
    merged = {str(box) for box in sheet.merged_cells.ranges}
    below = {f"D{keys[key]}:E{keys[key]}" for key in keys}
    assert merged & below == {f"D{keys[key]}:E{keys[key]}" for key in the_form().spread}


# Whose it is ------------------------------------------------------------------------------------------------------


def test_names_of_the_workbook_point_at_the_stamp(blank: Path) -> None:
    workbook = load_workbook(blank)
    form = the_form()
    assert (named(workbook, "form_id").value, named(workbook, "form_version").value) == (form.id, form.version)
    for name in ("form_id", "form_version", "unit_code", "unit_name", "blank_means_zero"):
        cell = named(workbook, name)
        assert cell.parent is workbook[DATA]
        assert cell.offset(0, -1).value == getattr(STAMP, name) + ":", "the value stands next to its label"


def test_the_unit_is_chosen_from_all_units_of_the_register(blank: Path) -> None:
    workbook = load_workbook(blank)
    choices = {
        name: [cell[0].value for cell in workbook[title][at.replace("$", "")]]
        for name in ("unit_names", "unit_codes")
        for title, at in workbook.defined_names[name].destinations
    }
    units = asked_units(the_register())
    assert len(units) == 19
    assert choices == {"unit_names": [unit.name for unit in units], "unit_codes": [unit.code for unit in units]}
    assert workbook[WORDS.sheets["lists"]].sheet_state == "hidden"
    lists = {
        str(rule.sqref).split(":")[0]: rule.formula1
        for rule in workbook[DATA].data_validations.dataValidation
        if rule.type == "list"
    }
    assert lists[named(workbook, "unit_name").coordinate] == "unit_names"
    assert lists[named(workbook, "blank_means_zero").coordinate] == "blank_choices"


def test_a_stamped_copy_differs_from_the_blank_in_its_stamp_alone(blank: Path, copies: tuple[Path, ...]) -> None:
    assert copies[0].read_bytes() == blank.read_bytes()
    units = asked_units(the_register())
    assert len(copies) == len(units) + 1
    plain = load_workbook(blank)
    stamp = {named(plain, "unit_code").coordinate, named(plain, "unit_name").coordinate}
    for unit, path in zip(units, copies[1:], strict=True):
        stamped = load_workbook(path)
        assert (named(stamped, "unit_code").value, named(stamped, "unit_name").value) == (unit.code, unit.name)
        assert named(stamped, "unit_code").data_type == "s", "a formula's text is lost in an old format"
        assert all(named(stamped, name).protection.locked for name in ("unit_code", "unit_name"))
        differences = {place for place in differing(plain, stamped) if place[0] != WORDS.sheets["lists"]}
        assert differences == {(DATA, at) for at in stamp}


def test_a_stamped_copy_carries_no_list_of_the_other_units(copies: tuple[Path, ...]) -> None:
    units = asked_units(the_register())
    lists = load_workbook(copies[1])[WORDS.sheets["lists"]]
    texts = {cell.value for row in lists.iter_rows() for cell in row}
    assert not texts & {text for unit in units[1:] for text in (unit.code, unit.name)}


def differing(one: Workbook, two: Workbook) -> set[tuple[str, str]]:
    assert one.sheetnames == two.sheetnames
    return {
        (title, cell.coordinate)
        for title in one.sheetnames
        for row in one[title].iter_rows()
        for cell in row
        if cell.value != two[title][cell.coordinate].value
    }


def test_file_names_pass_every_mail_gateway_and_are_never_shared(tmp_path: Path) -> None:
    twins = tuple(Unit(code, "Xã Đông Hải", "xã", "") for code in ("A.1", "A 1", "A-1"))
    paths = write_templates(the_form(), Register(twins, the_form().first_day), tmp_path)
    names = [path.name for path in paths]
    assert len(set(names)) == 4
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+\.xlsx", name) for name in names)
    assert sorted(names) == sorted(path.name for path in tmp_path.iterdir())


def test_the_copy_of_a_unit_is_named_by_code_and_name(copies: tuple[Path, ...]) -> None:
    assert copies[0].name == "htsd_2020.xlsx"
    assert "07135_Phuong_Dong_Mai.xlsx" in [path.name for path in copies]


# What may be typed ------------------------------------------------------------------------------------------------


def test_input_cells_are_unlocked_and_nothing_else_is(blank: Path) -> None:
    workbook, form = load_workbook(blank), the_form()
    sheet = workbook[DATA]
    keys = row_keys(sheet)
    inputs = {place(form, sheet, Cell(row.key, measure)) for row in form.rows for measure in row.kinds}
    inputs |= {f"F{row}" for row in keys.values()}
    inputs |= {named(workbook, name).coordinate for name in ("unit_name", "blank_means_zero")}
    answers = {getattr(STAMP, name) + ":" for name in ("filled_by", "phone", "source")}
    inputs |= {
        f"{get_column_letter((cell.column or 0) + 1)}{cell.row}"
        for row in sheet.iter_rows()
        for cell in row
        if cell.value in answers
    }
    unlocked = {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, SheetCell) and not cell.protection.locked
    }
    assert unlocked == inputs


def test_sheets_are_protected_without_a_password_and_tab_goes_through_the_inputs(blank: Path) -> None:
    workbook = load_workbook(blank)
    for sheet in workbook:
        assert sheet.protection.sheet
        assert not sheet.protection.password
    assert workbook[DATA].protection.selectLockedCells
    assert not workbook[DATA].protection.selectUnlockedCells


def test_every_count_and_money_cell_refuses_all_but_whole_numbers_in_vietnamese(sheet: Worksheet) -> None:
    form = the_form()
    found: dict[str, tuple[str, str]] = {}
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "whole":
            assert (rule.operator or "between", rule.formula1) == ("between", "0")
            assert rule.errorStyle in (None, "stop")
            refused = str(rule.errorTitle), str(rule.formula2)
            found |= {f"{get_column_letter(c)}{r}": refused for r, c in cells_of(rule.sqref)}
    most = {ValueKind.COUNT: "99999999", ValueKind.MONEY: "999999999999999"}
    expected = {
        place(form, sheet, cell): (WORDS.validation[f"{kind.value}_title"], most[kind])
        for cell in form.number_cells
        for kind in [form.by_key[cell.row].kinds[cell.measure]]
    }
    assert found == expected


def test_a_cell_takes_the_numbers_that_a_run_takes() -> None:
    words = load_number_words()
    kinds: dict[ValueKind, Literal["count", "money"]] = {ValueKind.COUNT: "count", ValueKind.MONEY: "money"}
    for kind, largest in LARGEST.items():
        assert read_number(largest, kind=kinds[kind], words=words).value == largest
        assert read_number(largest + 1, kind=kinds[kind], words=words).code == "V011"


def test_no_range_of_what_a_cell_refuses_is_listed_twice(blank: Path) -> None:
    with zipfile.ZipFile(blank) as package:
        text = package.read("xl/worksheets/sheet1.xml").decode()
    ranges = [ref for sqref in re.findall(r'<dataValidation [^>]*sqref="([^"]*)"', text) for ref in sqref.split()]
    assert ranges
    assert len(ranges) == len(set(ranges))


def cells_of(ranges: object) -> Iterator[tuple[int, int]]:
    for box in ranges.ranges:  # type: ignore[attr-defined]
        yield from box.cells


def test_messages_keep_to_the_lengths_of_excel() -> None:
    for name, text in WORDS.validation.items():
        assert 0 < len(text) <= (32 if name.endswith("_title") else 255)


def test_number_cells_show_thousands_and_free_text_stays_text(sheet: Worksheet) -> None:
    form = the_form()
    for row in form.rows:
        for measure, kind in row.kinds.items():
            wanted = "@" if kind is ValueKind.TEXT else "#,##0"
            assert sheet[place(form, sheet, Cell(row.key, measure))].number_format == wanted
    assert {sheet[f"F{row}"].number_format for row in row_keys(sheet).values()} == {"@"}


def test_a_row_grows_with_its_note_and_free_text_has_room_from_the_start(blank: Path, sheet: Worksheet) -> None:
    with zipfile.ZipFile(blank) as package:
        text = package.read("xl/worksheets/sheet1.xml").decode()
    heights = {
        int(number): (float(height), bool(chosen))
        for number, height, chosen in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"( customHeight="1")?', text)
    }
    texts = [key for key, row in the_form().by_key.items() if ValueKind.TEXT in row.kinds.values()]
    for key, row in row_keys(sheet).items():
        height, chosen = heights[row]
        assert chosen == (key in texts), f"{key}: Excel fits a row that nobody gave a height, and no merged cells"
        assert height >= (8 * 12 * 1.15 if key in texts else 15), key
    written = [sheet[f"F{row}"] for row in row_keys(sheet).values()]
    written += [sheet[f"D{row_keys(sheet)[key]}"] for key in texts]
    assert {(cell.alignment.vertical, cell.alignment.wrap_text) for cell in written} == {("top", True)}
    assert sheet.protection.formatRows is False, "who wants more room may draw a row higher"


def test_a_cell_that_takes_nothing_is_grey_and_empty(sheet: Worksheet) -> None:
    form = the_form()
    for row in form.rows:
        for measure in form.measures:
            if measure not in row.kinds and row.key not in form.spread:
                cell = sheet[place(form, sheet, Cell(row.key, measure))]
                assert (cell.value, cell.fill.fgColor.rgb, cell.protection.locked) == (None, "FFD9D9D9", True)


# Formulas ---------------------------------------------------------------------------------------------------------


def test_formulas_use_only_functions_of_excel_2007_and_never_text(blank: Path, copies: tuple[Path, ...]) -> None:
    for path in (blank, copies[1]):
        for sheet in load_workbook(path):
            for at, formula in formulas(sheet).items():
                bare = re.sub(r'"[^"]*"', "", formula)
                used = set(re.findall(r"([A-Z][A-Z0-9._]*)\(", bare))
                assert used <= EXCEL_2007, at
                assert len(formula) < 8192, at
                assert all(len(text) <= 255 for text in re.findall(r'"((?:[^"]|"")*)"', formula)), at
                assert deepest(bare) <= 64, at


def deepest(formula: str) -> int:
    depth = most = 0
    for letter in formula:
        depth += (letter == "(") - (letter == ")")
        most = max(most, depth)
    return most


def test_a_text_constant_longer_than_excel_takes_is_joined_from_pieces() -> None:
    assert quoted("a" * 256) == '"' + "a" * 255 + '"&"a"'
    assert quoted('b"c') == '"b""c"'


@pytest.mark.libreoffice
def test_cached_values_are_what_a_program_that_calculates_finds(
    blank: Path, tmp_path: Path, soffice_recalculating: Convert
) -> None:
    false = tmp_path / "false.xlsx"
    falsify(blank, false)
    sheet = load_workbook(blank)[DATA]
    cached, lies = (load_workbook(path, data_only=True)[DATA] for path in (blank, false))
    truth = load_workbook(soffice_recalculating(false, "xlsx", tmp_path / "out"), data_only=True)[DATA]
    places = formulas(sheet)
    assert len(places) > 25
    assert all(lies[at].value == 7 for at in places), "the proof: every cached value was made false"
    assert {at: cached[at].value or "" for at in places} == {at: truth[at].value or "" for at in places}


def falsify(source: Path, target: Path) -> None:
    """Copy a workbook with 7 as the cached value of every formula."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = re.sub(r"</f><v>[^<]*</v>", "</f><v>7</v>", data.decode())
                data = re.sub(r'(<c r="[A-Z0-9]+"(?: s="\d+")?) t="str"><f>', r"\1><f>", text).encode()
            new.writestr(name, data)


# What the form says of itself -------------------------------------------------------------------------------------


def fill(form: Form, sheet: Worksheet, values: Mapping[Cell, Typed]) -> None:
    for cell, value in values.items():
        sheet[place(form, sheet, cell)] = value


def a_complete_return(form: Form) -> dict[Cell, Typed]:
    """Two classes or events of ninety people in each row, with totals that agree."""
    values: dict[Cell, Typed] = {}
    for cell in form.number_cells:
        kind = form.by_key[cell.row].kinds[cell.measure]
        values[cell] = 15_000_000 if kind is ValueKind.MONEY else 2 if cell.measure == "quantity" else 90
    values[Cell("classes_total", "quantity")] = 24
    values[Cell("class_participants_total", "people")] = 1080
    values[Cell("reading_events_total", "quantity")] = 10
    values[Cell("culture_sport_total", "quantity")] = 6
    values[Cell("seminars", "quantity")] = 1
    values |= {Cell(row, "people"): 0 for row in ("book_fairs", "book_exhibitions")}
    return values


def sign(sheet: Worksheet) -> None:
    """Say who filled the form in."""
    beside(sheet, STAMP.filled_by).value = "Nguyễn Văn A"
    beside(sheet, STAMP.phone).value = "0912 345 678"


Edit = Callable[[Workbook, Worksheet], None]


def calculated(source: Path, edit: Edit, folder: Path, convert: Convert) -> Worksheet:
    """The data sheet after a person filled it and Excel, here LibreOffice, calculated it."""
    workbook = load_workbook(source)
    edit(workbook, workbook[DATA])
    folder.mkdir()
    workbook.save(folder / "filled.xlsx")
    return load_workbook(convert(folder / "filled.xlsx", "xlsx", folder / "out"), data_only=True)[DATA]


def remarks(sheet: Worksheet, letter: str = "G") -> dict[str, str]:
    """Row key -> "error" or "warning", where the column of remarks says something."""
    begins = {WORDS.remark[name]: name for name in ("error", "warning")}
    found = {key: sheet[f"{letter}{row}"].value or "" for key, row in row_keys(sheet).items()}
    return {
        key: next(name for begin, name in begins.items() if text.startswith(begin))
        for key, text in found.items()
        if text
    }


def status(name: str, **facts: object) -> str:
    return WORDS.status[name].format(letter="G", **facts)


@pytest.mark.libreoffice
def test_a_complete_form_says_that_it_is_done(blank: Path, tmp_path: Path, soffice_recalculating: Convert) -> None:
    def edit(workbook: Workbook, sheet: Worksheet) -> None:
        named(workbook, "unit_name").value = "Xã Hiệp Hòa"
        sign(sheet)
        fill(the_form(), sheet, a_complete_return(the_form()))

    sheet = calculated(blank, edit, tmp_path / "done", soffice_recalculating)
    assert (sheet["A2"].value, remarks(sheet)) == (status("done"), {})
    assert "07147" in [cell.value for row in sheet.iter_rows(max_row=8) for cell in row], "the code fills itself in"


@pytest.mark.libreoffice
def test_blanks_are_open_until_the_unit_says_that_they_are_zero(
    copies: tuple[Path, ...], tmp_path: Path, soffice_recalculating: Convert
) -> None:
    def edit(answer: str | None, value: int | None) -> Edit:
        def apply(workbook: Workbook, sheet: Worksheet) -> None:
            named(workbook, "blank_means_zero").value = answer
            sign(sheet)
            fill(the_form(), sheet, {Cell("news_items", "quantity"): value})

        return apply

    needed = sum(cell.measure not in the_form().by_key[cell.row].optional for cell in the_form().number_cells)
    cases = {
        "unanswered": (edit(None, 3), status("open", blanks=needed - 1, errors=0)),
        "no": (edit(STAMP.blank_no, 3), status("open", blanks=needed - 1, errors=0)),
        "yes": (edit(STAMP.blank_yes, 3), status("done")),
        "nothing": (edit(STAMP.blank_yes, None), status("nothing")),
    }
    for name, (change, expected) in cases.items():
        sheet = calculated(copies[1], change, tmp_path / name, soffice_recalculating)
        assert sheet["A2"].value == expected, name


@pytest.mark.libreoffice
def test_a_blank_declared_to_be_zero_is_compared_as_zero(
    copies: tuple[Path, ...], tmp_path: Path, soffice_recalculating: Convert
) -> None:
    def edit(workbook: Workbook, sheet: Worksheet) -> None:
        named(workbook, "blank_means_zero").value = STAMP.blank_yes
        typed = {("class_literacy", "quantity"): 1, ("class_literacy", "people"): 20, ("arts_events", "people"): 50}
        fill(the_form(), sheet, {Cell(*at): value for at, value in typed.items()})

    sheet = calculated(copies[1], edit, tmp_path / "zero", soffice_recalculating)
    assert remarks(sheet) == {
        "classes_total": "warning",
        "class_participants_total": "warning",
        "arts_events": "error",
    }, "a blank total is added up in a run, so it is no 0 that its parts exceed"
    assert sheet["A2"].value == status("open", blanks=0, errors=1)


@pytest.mark.libreoffice
def test_a_broken_rule_is_told_in_its_row_errors_before_warnings(
    blank: Path, tmp_path: Path, soffice_recalculating: Convert
) -> None:
    broken: dict[tuple[str, str], tuple[Typed, str]] = {
        ("classes_total", "quantity"): (10, "error"),
        ("class_literacy", "people"): (5000, "error"),
        ("class_it_staff", "quantity"): (0, "error"),
        ("class_worker_skills", "people"): (1, "warning"),
        ("class_teacher_training", "quantity"): ("12 lớp", "error"),
        ("class_rural_vocational", "people"): ("=1/0", "error"),
        ("class_universal_education", "people"): (None, "warning"),
        ("class_professional_staff", "quantity"): (1.5, "error"),
        ("class_general_education", "people"): (601, "warning"),
        ("books_donated", "quantity"): (0, "warning"),
        ("reading_events_total", "quantity"): (9, "warning"),
        ("culture_sport_total", "quantity"): (7, "warning"),
        ("funding_state_budget", "quantity"): (340, "error"),
        ("funding_other_sources", "quantity"): (1_000_000_001, "warning"),
        ("seminars", "quantity"): (2, "warning"),
        ("book_fairs", "people"): (90, "warning"),
        ("class_life_skills_students", "people"): (900, ""),
    }

    def edit(workbook: Workbook, sheet: Worksheet) -> None:
        named(workbook, "unit_name").value = "Xã Hiệp Hòa"
        fill(the_form(), sheet, a_complete_return(the_form()))
        fill(the_form(), sheet, {Cell(*at): value for at, (value, _) in broken.items()})

    sheet = calculated(blank, edit, tmp_path / "broken", soffice_recalculating)
    expected = {row: severity for (row, _), (_, severity) in broken.items() if severity}
    assert remarks(sheet) == expected
    errors = sum(severity == "error" for severity in expected.values())
    assert sheet["A2"].value == status("open", blanks=1, errors=errors)


@pytest.mark.libreoffice
def test_warnings_alone_do_not_keep_a_form_from_being_sent(
    copies: tuple[Path, ...], tmp_path: Path, soffice_recalculating: Convert
) -> None:
    def edit(workbook: Workbook, sheet: Worksheet) -> None:
        values = a_complete_return(the_form()) | {Cell("classes_total", "quantity"): 25}
        blank = [Cell("class_participants_total", "people"), Cell("reading_events_total", "quantity")]
        sign(sheet)
        fill(the_form(), sheet, values | dict.fromkeys(blank))
        sheet[f"F{row_keys(sheet)['class_literacy']}"] = "còn 1 lớp giáo dục pháp luật"

    sheet = calculated(copies[1], edit, tmp_path / "look", soffice_recalculating)
    assert remarks(sheet) == {"class_participants_total": "warning"}, (
        "a note explains why parts leave one class out, and a total that may stay blank is not asked for"
    )
    assert sheet["A2"].value == status("look", warnings=1)


# The guide --------------------------------------------------------------------------------------------------------


def test_the_guide_names_receiver_mailbox_and_deadline_and_fills_every_brace(blank: Path) -> None:
    guide = load_workbook(blank)[WORDS.sheets["guide"]]
    texts = " ".join(str(cell.value) for row in guide.iter_rows() for cell in row if cell.value)
    office = the_register().office
    assert all(fact in texts for fact in (office.returns_to, office.email, the_form().deadline_wording))
    assert "{" not in texts


def test_what_the_guide_calls_right_is_read_as_a_number_and_what_it_calls_wrong_is_not_plain() -> None:
    words, form = load_number_words(), load_form("htsd_2020")
    units = tuple(word for some in form.unit_words.values() for word in some)
    tables = [line.texts for line in WORDS.guide if line.kind == "example" and line.needs != "pair"]
    assert len(tables) >= 3
    for _, right, wrong in tables:
        assert (read_number(right, kind="money", words=words).state, right.isdecimal()) == ("read", True), right
        for typed in wrong.split("; "):
            reading = read_number(typed, kind="money", words=words, units=units)
            assert reading.state == "unreadable" or reading.code, typed


def test_the_guide_takes_half_a_page_at_most(blank: Path) -> None:
    guide = load_workbook(blank)[WORDS.sheets["guide"]]
    heights = [guide.row_dimensions[row].height for row in range(1, guide.max_row + 1)]
    assert None not in heights
    inch, point, padding = 25.4, 72, 5
    pixels = sum(guide.column_dimensions[letter].width * 7 + padding for letter in "ABC")
    margins = guide.page_margins
    width = (210 / inch - margins.left - margins.right) * point
    height = (297 / inch - margins.top - margins.bottom) * point
    assert sum(filter(None, heights)) * min(1, width / (pixels * 0.75)) <= height / 2


# Files ------------------------------------------------------------------------------------------------------------


def test_the_blank_workbook_in_the_repository_is_the_one_the_code_makes(blank: Path) -> None:
    kept = ROOT / "input_templates" / "htsd_2020.xlsx"
    assert kept.read_bytes() == blank.read_bytes(), "renew it: make golden"


def test_two_runs_write_the_same_bytes(blank: Path, tmp_path: Path) -> None:
    write_template(the_form(), the_register(), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == blank.read_bytes()


def test_a_file_that_cannot_be_replaced_stays_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "blank.xlsx"
    target.write_bytes(b"older")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_template(the_form(), the_register(), target)
    assert target.read_bytes() == b"older"
    assert [path.name for path in tmp_path.iterdir()] == ["blank.xlsx"]


# Another form -----------------------------------------------------------------------------------------------------

OTHER_FORM = """
id = "library_2031"
version = "3"
name = "Thống kê thư viện"
[letter]
date = 2031-01-05
[period]
first_day = 2031-02-01
last_day = 2031-02-28
[deadline]
before = 2031-03-10T00:00:00+07:00
wording = "trước ngày 10/3/2031"
[title]
lines = ["THỐNG KÊ THƯ VIỆN"]
summary = "TỔNG HỢP THƯ VIỆN"
[[columns]]
key = "label"
role = "label"
head = ["Nội dung"]
width = 30
[[columns]]
key = "start"
role = "measure"
head = ["Đầu kỳ"]
[[columns]]
key = "more"
role = "measure"
head = ["Tăng"]
[[columns]]
key = "end"
role = "measure"
head = ["Cuối kỳ"]
[template]
spread = ["remarks"]
[[rules]]
id = "S"
kind = "sum_of_parts"
total = "books.end"
parts = ["novels.end", "textbooks.end"]
severity = { above = "error", below_unexplained = "warning" }
[[rules]]
id = "P"
kind = "pair"
rows = ["readers"]
measures = ["start", "end"]
severity = { fewer = "warning" }
"""
OTHER_ROWS = """key,stt,label,unit_of_measure,parent,role,start,more,end,short_label,label_print
books,I,Sách,,,total,count,count,count,,
novels,,Truyện,,books,input,count,count?,count,,
textbooks,,Sách giáo khoa,,books,input,count,count?,count,,
readers,II,Bạn đọc,,,input,count,,count,,
remarks,III,Ý kiến khác,,,text,text,text,text,,
"""


@pytest.fixture
def other(tmp_path: Path) -> tuple[Form, Path]:
    folder = tmp_path / "library_2031"
    folder.mkdir()
    (folder / "form.toml").write_text(OTHER_FORM, encoding="utf-8")
    (folder / "rows.csv").write_text(OTHER_ROWS, encoding="utf-8")
    (tmp_path / "units.csv").write_text("code,name\nT1,Trường A\nT2,Trường B\n", encoding="utf-8")
    form = load_form(folder)
    register = load_register_csv(tmp_path / "units.csv", form.first_day)
    path = tmp_path / "library.xlsx"
    write_template(form, register, path)
    return form, path


def test_another_form_makes_its_own_template(other: tuple[Form, Path]) -> None:
    form, path = other
    workbook = load_workbook(path)
    sheet = workbook[DATA]
    keys = row_keys(sheet)
    assert list(keys) == ["books", "novels", "textbooks", "readers", "remarks"]
    head = min(keys.values()) - 1
    assert [sheet.cell(head, column).value for column in range(1, 5)] == ["Nội dung", "Đầu kỳ", "Tăng", "Cuối kỳ"]
    assert [sheet.cell(row, 1).value for row in keys.values()] == [row.label for row in form.rows]
    assert f"B{keys['remarks']}:D{keys['remarks']}" in {str(box) for box in sheet.merged_cells.ranges}
    assert named(workbook, "form_id").value == "library_2031"
    assert sheet[f"C{keys['readers']}"].protection.locked


@pytest.mark.libreoffice
def test_the_rules_of_another_form_speak_in_its_template(
    other: tuple[Form, Path], tmp_path: Path, soffice_recalculating: Convert
) -> None:
    form, path = other
    values: dict[Cell, Typed] = dict.fromkeys(form.number_cells, 5)
    values |= {Cell("readers", "end"): 4}

    def edit(workbook: Workbook, sheet: Worksheet) -> None:
        named(workbook, "unit_name").value = "Trường B"
        fill(form, sheet, values)

    sheet = calculated(path, edit, tmp_path / "other", soffice_recalculating)
    assert remarks(sheet, "E") == {"books": "error", "readers": "warning"}
    assert sheet["A2"].value == WORDS.status["open"].format(letter="E", blanks=0, errors=1)
