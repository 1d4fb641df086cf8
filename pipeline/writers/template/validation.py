"""What a cell of the blank workbook refuses while it is typed, and the lists it offers."""

from typing import Any

from pipeline.writers.form_layout import boxes_of
from pipeline.writers.formats import Worksheet
from pipeline.writers.template.cell_checks import LARGEST
from pipeline.writers.template.data_layout import DataLayout
from schemas.form import ValueKind
from schemas.register import Unit


def validate_cells(sheet: Worksheet, layout: DataLayout, unit: Unit | None) -> None:
    """Refuse in the cell what is no whole number, and offer lists where one of few answers is meant."""
    for kind in LARGEST:
        _only_whole_numbers(sheet, layout, kind)
    lists = {"source": "source_choices", "blank_means_zero": "blank_choices"}
    if not unit:
        lists["unit_name"] = "unit_names"
    for name, choices in lists.items():
        stamp = layout.stamps[name]
        options = {
            "validate": "list",
            "source": f"={choices}",
            "error_title": layout.words.validation["choice_title"],
            "error_message": layout.words.validation["choice_text"],
        }
        sheet.data_validation(stamp.row, stamp.value, stamp.row, stamp.value, options)


def _only_whole_numbers(sheet: Worksheet, layout: DataLayout, kind: ValueKind) -> None:
    form, texts = layout.form, layout.words.validation
    cells = [cell for cell in form.number_cells if form.by_key[cell.row].kinds[cell.measure] is kind]
    boxes = boxes_of(map(layout.place.at, cells))
    if not boxes:
        return
    title, text = texts[f"{kind.value}_title"], texts[f"{kind.value}_text"]
    options: dict[str, Any] = {
        "validate": "integer",
        "criteria": "between",
        "minimum": 0,
        "maximum": LARGEST[kind],
        "error_title": title,
        "error_message": text,
        # One rule for all boxes, as if it had been set for a selection.
        "other_cells": [list(box) for box in boxes[1:]],
    }
    if kind is ValueKind.MONEY:
        # A prompt covers the cells below: it is spared where the number needs no explaining.
        options |= {"input_title": title, "input_message": text}
    sheet.data_validation(*boxes[0], options)
