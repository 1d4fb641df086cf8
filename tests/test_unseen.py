"""What calamine does not show is seen wherever it stands: beside a number, in a note, beside and below the table."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as XlsxCell

from examples.filling import Typed, fill_in
from pipeline.extract.file import read_bytes
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.findings import message
from pipeline.model import Return, State
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.register import load_register
from pipeline.readers.sheets import OverLimit, Sheet, Unseen, with_cells
from pipeline.writers.template import write_template
from schemas.form import NOTE
from schemas.rules import Severity
from tests.conftest import Convert
from tests.reading import desk, entry
from tests.returned import FIGURES, FORM

UNIT = "07132"
COLLECTIVES, PAIR, BOOKS, NEWS = "awards_collectives", "class_it_staff", "books_donated", "news_items"
TOTAL, TOTAL_PEOPLE, MONEY = "classes_total", "class_participants_total", "funding_state_budget"


def written(folder: Path, typed: Mapping[str, Typed], *, answered: bool = True) -> tuple[Path, Mapping[str, str]]:
    """Fill the template of a unit with its figures, some of them typed otherwise; "#..." is an error of Excel."""
    template, out = folder / "template.xlsx", folder / "a.xlsx"
    register = load_register(FORM, None)
    write_template(FORM, register, template, register.by_code[UNIT])
    stamps = {"blank_means_zero": load_stamp_words().blank_yes} if answered else {}
    places = fill_in(FORM, template, out, {**FIGURES[UNIT], **typed}, stamps)
    workbook = load_workbook(out)
    for cell, value in typed.items():
        place = workbook.worksheets[0][places[cell]]
        if isinstance(value, str) and value.startswith("#") and isinstance(place, XlsxCell):
            place.data_type = "e"
    workbook.save(out)
    return out, places


def read(file: Path) -> Return:
    (one,) = read_bytes(Found(file.name, file), file.read_bytes(), desk()).returns
    return one


def told(one: Return, *codes: str) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(each.code, each.cell, each.row, each.measure) for each in one.findings if each.code in codes]


HIDDEN = ("V008", "V009", "V010", "V012", "V033", "S020")


@pytest.mark.parametrize("is_answered", [True, False])
@pytest.mark.parametrize(("typed", "code"), [("=2+3", "V009"), ("#REF!", "V008")])
def test_a_blank_whose_number_may_be_unseen_in_the_other_column_is_unreadable(
    tmp_path: Path, typed: str, code: str, is_answered: bool
) -> None:
    change: dict[str, Typed] = {f"{COLLECTIVES}.quantity": None, f"{COLLECTIVES}.people": typed}
    file, places = written(tmp_path, change, answered=is_answered)
    one = read(file)
    assert entry(one, COLLECTIVES, "quantity").state is State.UNREADABLE
    assert told(one, *HIDDEN) == [(code, places[f"{COLLECTIVES}.people"], COLLECTIVES, "quantity")]


def test_a_formula_where_a_number_moves_to_another_row_leaves_both_cells_open(tmp_path: Path) -> None:
    change: dict[str, Typed] = {f"{TOTAL}.people": "=100+20", f"{TOTAL_PEOPLE}.people": None, f"{TOTAL}.quantity": None}
    file, places = written(tmp_path, change)
    one = read(file)
    assert entry(one, TOTAL_PEOPLE, "people").state is State.UNREADABLE
    assert entry(one, TOTAL, "quantity").value is None
    assert ("V009", places[f"{TOTAL}.people"], TOTAL_PEOPLE, "people") in told(one, *HIDDEN)
    assert ("V030", places[f"{TOTAL}.quantity"], TOTAL, "quantity") in told(one, "V030")


@pytest.mark.parametrize("typed", ["=25*2", "#N/A"])
def test_a_note_that_cannot_be_read_is_told_and_keeps_its_blank_from_being_a_zero(tmp_path: Path, typed: str) -> None:
    change: dict[str, Typed] = {f"{BOOKS}.quantity": None, f"{BOOKS}.note": typed, f"{NEWS}.note": typed}
    file, places = written(tmp_path, change)
    one = read(file)
    assert entry(one, BOOKS, "quantity").value is None
    assert entry(one, BOOKS, NOTE).state is State.UNREADABLE
    assert entry(one, NEWS, "quantity").value == FIGURES[UNIT][f"{NEWS}.quantity"]
    assert told(one, *HIDDEN) == [("V033", places[f"{row}.note"], row, NOTE) for row in (NEWS, BOOKS)]


def test_a_pair_is_not_written_over_a_formula(tmp_path: Path) -> None:
    change: dict[str, Typed] = {f"{PAIR}.quantity": "12 lớp/340 người", f"{PAIR}.people": "=300+40"}
    file, places = written(tmp_path, change)
    one = read(file)
    assert [entry(one, PAIR, measure).value for measure in ("quantity", "people")] == [None, None]
    assert ("V009", places[f"{PAIR}.people"], PAIR, "people") in told(one, *HIDDEN)
    assert ("V003", places[f"{PAIR}.quantity"], PAIR, "quantity") in told(one, "V003")


def test_what_stands_unseen_around_the_table_is_listed_by_its_address(tmp_path: Path) -> None:
    file, places = written(tmp_path, {f"{NEWS}.quantity": None})
    line = int(places[f"{NEWS}.quantity"][1:])
    workbook = load_workbook(file)
    sheet = workbook.worksheets[0]
    sheet[f"C{line}"], sheet[f"J{line}"], sheet["J70"] = "=4+5", "=1+1", "=3*3"
    workbook.save(file)
    one = read(file)
    (listed,) = [each for each in one.findings if each.code == "S020"]
    assert listed.severity is Severity.WARNING
    assert listed.facts["found"] == (f'C{line} "="', f'J{line} "="', 'J70 "="')
    assert entry(one, NEWS, "quantity").value is None
    assert ("V030", places[f"{NEWS}.quantity"], NEWS, "quantity") in told(one, "V030")


def test_the_formula_that_finds_the_code_of_a_chosen_unit_is_the_templates(tmp_path: Path) -> None:
    register, template, out = load_register(FORM, None), tmp_path / "template.xlsx", tmp_path / "a.xlsx"
    write_template(FORM, register, template, None)
    fill_in(FORM, template, out, FIGURES[UNIT], {"unit_name": register.by_code[UNIT].name})
    one = read(out)
    assert (one.claim.unit, one.claim.seen.get("code")) == (UNIT, None)
    assert told(one, *HIDDEN, "S004", "S005") == []


def test_money_whose_unit_nobody_sees_is_not_counted(tmp_path: Path) -> None:
    file, places = written(tmp_path, {f"{MONEY}.quantity": 15_000})
    workbook = load_workbook(file)
    workbook.worksheets[0][f"C{places[f'{MONEY}.quantity'][1:]}"] = '="nghìn "&"đồng"'
    workbook.save(file)
    one = read(file)
    assert entry(one, MONEY, "quantity").value is None
    assert [row for _, _, row, _ in told(one, "S010")] == [MONEY]


def test_a_formula_beside_a_number_that_needs_no_other_is_listed_and_the_number_counts(tmp_path: Path) -> None:
    file, places = written(tmp_path, {f"{NEWS}.people": "=1+1"})
    one = read(file)
    assert entry(one, NEWS, "quantity").value == FIGURES[UNIT][f"{NEWS}.quantity"]
    assert told(one, *HIDDEN) == [("S020", places[f"{NEWS}.people"], NEWS, "people")]


def test_the_formulas_of_the_template_are_nobodys_numbers(tmp_path: Path) -> None:
    file, _ = written(tmp_path, {})
    assert told(read(file), *HIDDEN, "V016", "S004", "S005") == []


@pytest.mark.parametrize("measure", ["people", "quantity"])
def test_a_percentage_is_no_count_in_whichever_column(tmp_path: Path, measure: str) -> None:
    change: dict[str, Typed] = {f"{COLLECTIVES}.quantity": None}
    file, places = written(tmp_path, {**change, f"{COLLECTIVES}.{measure}": 3})
    workbook = load_workbook(file)
    workbook.worksheets[0][places[f"{COLLECTIVES}.{measure}"]].number_format = "0%"
    workbook.save(file)
    one = read(file)
    found = entry(one, COLLECTIVES, "quantity")
    assert (found.state, found.value, found.found) == (State.UNREADABLE, None, "300%")
    assert told(one, *HIDDEN) == [("V010", places[f"{COLLECTIVES}.{measure}"], COLLECTIVES, "quantity")]


def test_a_percentage_by_a_formula_beside_the_table_is_listed_and_may_be_the_number_of_a_blank(tmp_path: Path) -> None:
    file, places = written(tmp_path, {f"{NEWS}.quantity": None})
    line = places[f"{NEWS}.quantity"][1:]
    with_percent = tmp_path / "b.xlsx"
    workbook = load_workbook(file)
    cell = workbook.worksheets[0][f"J{line}"]
    cell.value, cell.number_format = "=6/2", "0%"
    workbook.save(file)
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(with_percent, "w") as to:
        for name in source.namelist():
            data = source.read(name)
            found = re.subn(rb"(<f>6/2</f>)<v\s*/>|(<f>6/2</f>)<v></v>", rb"<f>6/2</f><v>3</v>", data)
            assert name != part or found[1] == 1
            to.writestr(name, found[0])
    one = read(with_percent)
    assert [each.facts["found"] for each in one.findings if each.code == "S004"] == [(f'J{line} "300%"',)]
    assert entry(one, NEWS, "quantity").value is None
    assert ("V030", places[f"{NEWS}.quantity"], NEWS, "quantity") in told(one, "V030")


@pytest.mark.libreoffice
@pytest.mark.parametrize("ending", ["ods", "xls"])
def test_a_truth_value_is_no_count_in_the_other_column_of_any_format(
    soffice: Convert, tmp_path: Path, ending: str
) -> None:
    change: dict[str, Typed] = {f"{COLLECTIVES}.quantity": None, f"{COLLECTIVES}.people": True}
    file, places = written(tmp_path, change)
    one = read(soffice(file, ending, tmp_path))
    assert entry(one, COLLECTIVES, "quantity").state is State.UNREADABLE
    assert told(one, *HIDDEN) == [("V012", places[f"{COLLECTIVES}.people"], COLLECTIVES, "quantity")]


@pytest.mark.libreoffice
def test_a_zero_stored_for_a_formula_of_an_xls_is_no_zero_in_the_other_column(soffice: Convert, tmp_path: Path) -> None:
    change: dict[str, Typed] = {f"{COLLECTIVES}.quantity": None, f"{COLLECTIVES}.people": "=1*0"}
    file, places = written(tmp_path, change)
    one = read(soffice(file, "xls", tmp_path))
    assert entry(one, COLLECTIVES, "quantity").state is State.UNREADABLE
    assert told(one, "V016") == [("V016", places[f"{COLLECTIVES}.people"], COLLECTIVES, "quantity")]


def test_a_blank_in_a_sheet_that_cannot_be_looked_at_names_the_format_it_is_in(tmp_path: Path) -> None:
    file, places = written(tmp_path, {f"{NEWS}.quantity": None})
    strange = tmp_path / "b.xlsx"
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(strange, "w") as to:
        for name in source.namelist():
            data = source.read(name)
            is_sheet = name == "xl/worksheets/sheet1.xml"
            to.writestr(name, data.replace(b"<worksheet", b"<!DOCTYPE worksheet><worksheet", 1) if is_sheet else data)
    one = read(strange)
    assert entry(one, NEWS, "quantity").state is State.UNREADABLE
    (blank,) = [each for each in one.findings if each.code == "V017" and each.row == NEWS]
    assert (blank.cell, blank.facts) == (places[f"{NEWS}.quantity"], {"format": "xlsx"})
    assert all("xlsb" not in message(blank, FORM, language) for language in ("vi", "en"))


def test_a_sheet_grows_to_what_is_put_into_it_and_not_beyond_the_limits() -> None:
    sheet = Sheet("a", False, 2, 1, [["x"]], ())
    grown = with_cells(sheet, {(0, 0): Unseen("V009", "="), (3, 2): Unseen("V008", "#REF!")}, DEFAULT)
    assert [(row, column, str(value)) for row, column, value in grown.filled()] == [
        (0, 0, "="),
        (2, 1, "x"),
        (3, 2, "#REF!"),
    ]
    with pytest.raises(OverLimit):
        with_cells(sheet, {(2**19, 2**13): Unseen("V009", "=")}, DEFAULT)
