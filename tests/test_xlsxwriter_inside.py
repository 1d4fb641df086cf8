"""What is used of xlsxwriter's inside is still as it was: an upgrade that changes it fails here and says so."""

from __future__ import annotations

import ast
import zipfile
from datetime import datetime
from importlib.metadata import version
from io import BytesIO

import pytest
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.formats import new_workbook
from pipeline.writers.xlsxwriter_inside import add_growing_sheet, written_sheets
from tests.test_layout import ROOT, modules_under

DOOR = "pipeline/writers/xlsxwriter_inside.py"
METHODS = ["_check_dimensions", "_write_string", "_write_formula", "_write_url", "_xml_start_tag_unencoded"]
ATTRIBUTES = ["hlink_count", "table"]
OF_BOOK = ["str_table"]
CHANGED = f"xlsxwriter {version('xlsxwriter')} is other inside than {DOOR} believes: read its docstring"


@pytest.mark.parametrize("name", METHODS)
def test_a_sheet_still_does_its_work_by_the_methods_that_are_taken_over(name: str) -> None:
    assert callable(getattr(Worksheet, name, None)), CHANGED


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_a_sheet_still_bears_what_is_looked_at(name: str) -> None:
    assert hasattr(new_workbook(BytesIO()).add_worksheet("x"), name), CHANGED


def test_cells_are_seen_before_the_workbook_is_closed() -> None:
    workbook = new_workbook(BytesIO())
    sheet, other = workbook.add_worksheet("x"), workbook.add_worksheet("y")
    sheet.write_string(0, 0, "first")
    other.write_string(0, 0, "of another sheet")
    sheet.write_string(0, 1, "second")
    sheet.write_number(1, 0, 7)
    sheet.write_blank(1, 1, None, workbook.add_format())
    sheet.write_formula(2, 0, "=A2*2", None, 14)
    sheet.write_datetime(2, 1, datetime(2025, 12, 1), workbook.add_format())
    sheet.write_url(3, 1, "internal:A1", None, "a link")
    seen = {written.name: written for written in written_sheets(workbook)}
    assert seen["x"].rows == [["first", "second"], [7, ""], [14, 45992], ["", "a link"]], CHANGED
    assert seen["x"].formulas == {(2, 0)}, CHANGED
    assert seen["y"].rows == [["of another sheet"]], CHANGED


def test_rows_that_may_grow_have_no_height_of_their_own() -> None:
    buffer = BytesIO()
    workbook = new_workbook(buffer)
    sheet = add_growing_sheet(workbook, "x")
    for row in range(2):
        sheet.set_row(row, 30)
        sheet.write_string(row, 0, "x")
    sheet.let_grow(1)
    workbook.close()
    with zipfile.ZipFile(buffer) as package:
        rows = package.read("xl/worksheets/sheet1.xml").decode().split("<row ")[1:]
    assert ["customHeight" in row.partition(">")[0] for row in rows] == [True, False], CHANGED
    assert all('ht="30"' in row for row in rows), CHANGED


def test_no_other_module_looks_inside_xlsxwriter() -> None:
    inside = {*METHODS, "hlink_count", *OF_BOOK}
    users = set()
    for module in modules_under("pipeline/writers"):
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr in inside:
                users.add(module)
    assert users == {DOOR}
