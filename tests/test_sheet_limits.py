"""Past a limit of Excel nothing is cut without a word: the list goes on in a further sheet, or writing raises."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.formats import new_workbook
from pipeline.writers.sheet_limits import (
    LONGEST_FORMULA,
    LONGEST_TEXT,
    MOST_COLUMNS,
    MOST_LINKS,
    MOST_ROWS,
    SheetLimitError,
    fitted,
)
from pipeline.writers.summary import tables
from tests.returned import FIGURES, consolidate, write_returns

LONG = "x" * (LONGEST_TEXT + 1)
BEYOND: dict[str, Callable[[Worksheet], object]] = {
    "a row": lambda sheet: sheet.write_string(MOST_ROWS, 0, "x"),
    "a column": lambda sheet: sheet.write_number(0, MOST_COLUMNS, 1),
    "a blank": lambda sheet: sheet.write_blank(0, MOST_COLUMNS, None, Format()),
    "a formula there": lambda sheet: sheet.write_formula(MOST_ROWS, 0, "=1"),
    "a text": lambda sheet: sheet.write_string(0, 0, LONG),
    "a text of letters that take two units": lambda sheet: sheet.write_string(0, 0, "𝒙" * (LONGEST_TEXT // 2 + 1)),
    "a formula": lambda sheet: sheet.write_formula(0, 0, "=" + "1+" * (LONGEST_FORMULA // 2) + "1"),
    "the text of a link": lambda sheet: sheet.write_url(0, 0, "internal:A1", None, LONG),
    "merged cells": lambda sheet: sheet.merge_range(0, MOST_COLUMNS - 1, 0, MOST_COLUMNS, "x"),
    "the width of a column": lambda sheet: sheet.set_column(MOST_COLUMNS, MOST_COLUMNS, 9),
    "the height of a row": lambda sheet: sheet.set_row(MOST_ROWS, 20),
    "a rule for what is typed": lambda sheet: sheet.data_validation(MOST_ROWS, 0, MOST_ROWS, 0, {"validate": "any"}),
    "a look": lambda sheet: sheet.conditional_format(
        MOST_ROWS, 0, MOST_ROWS, 0, {"type": "text", "criteria": "begins with", "value": "x"}
    ),
    "a filter": lambda sheet: sheet.autofilter(0, 0, MOST_ROWS, 1),
}


@pytest.mark.parametrize("what", BEYOND)
def test_whoever_writes_past_a_limit_of_a_sheet_hears_of_it(what: str) -> None:
    sheet = new_workbook(BytesIO()).add_worksheet("x")
    with pytest.raises(SheetLimitError):
        BEYOND[what](sheet)


def test_one_link_more_than_a_sheet_holds_is_heard_of() -> None:
    sheet = new_workbook(BytesIO()).add_worksheet("x")
    for row in range(MOST_LINKS):
        sheet.write_url(row, 0, "internal:A1", None, "x")
    with pytest.raises(SheetLimitError):
        sheet.write_url(MOST_LINKS, 0, "internal:A1", None, "x")


def test_the_last_cell_of_a_sheet_can_be_written() -> None:
    sheet = new_workbook(BytesIO()).add_worksheet("x")
    assert sheet.write_string(MOST_ROWS - 1, MOST_COLUMNS - 1, "x" * LONGEST_TEXT) == 0


@given(st.text(max_size=60), st.integers(4, 40))
def test_a_fitted_text_is_whole_or_ends_in_a_mark_and_always_fits(text: str, most: int) -> None:
    kept = fitted(text, most)
    assert len(kept.encode("utf-16-le", "surrogatepass")) <= 2 * most
    assert kept == text or (kept.endswith("…") and text.startswith(kept[:-1]))
    if len(text.encode("utf-16-le", "surrogatepass")) <= 2 * most:
        assert kept == text


def test_a_list_that_outgrows_its_sheet_goes_on_in_further_ones_with_every_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = ("07132", "07135", "07138")
    returns = write_returns(tmp_path / "in", {code: FIGURES[code] for code in codes})
    whole, parted = tmp_path / "whole.xlsx", tmp_path / "parted.xlsx"
    consolidate(returns, whole, "--quiet")
    monkeypatch.setattr(tables, "LAST_LINE", tables.LIST_HEAD + 50)
    consolidate(returns, parted, "--quiet")
    expected, found = load_workbook(whole), load_workbook(parted)
    parts = [name for name in found.sheetnames if name.startswith("Nguồn số liệu")]
    assert parts == ["Nguồn số liệu", *(f"Nguồn số liệu ({number})" for number in range(2, len(parts) + 1))]
    assert len(parts) > 3
    lines = [
        row for name in parts for row in found[name].iter_rows(min_row=tables.LIST_FIRST_ROW + 1, values_only=True)
    ]
    assert lines == list(expected["Nguồn số liệu"].iter_rows(min_row=tables.LIST_FIRST_ROW + 1, values_only=True))
    assert all(found[name].auto_filter.ref for name in parts)
