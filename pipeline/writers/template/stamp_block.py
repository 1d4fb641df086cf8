"""The stamp of the blank workbook: whose return it is, of which form, who filled it in, and what its blanks mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.template import texts_of_lists
from pipeline.writers.formats import (
    Formats,
    Workbook,
    Worksheet,
    lines_needed,
    row_height,
    write_box,
)
from pipeline.writers.template.formulas import address
from schemas.form import Form
from schemas.register import Unit

_STAMP_LINES = (
    ("form_id", "form_version"),
    ("unit_name", "unit_code"),
    ("filled_by", "phone"),
    ("source",),
    ("blank_means_zero",),
)
_NAMED = ("form_id", "form_version", "unit_code", "unit_name", "blank_means_zero")

_WIDTH_OF_PAIRS = 4
"""with so many columns right of the labels, two fields stand side by side"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where the label and the value of a stamp field stand."""

    row: int
    label: int
    value: int
    last: int

    @property
    def at(self) -> str:
        """Fixed address of the value."""
        return address(self.row, self.value, fixed=True)


def place_stamps(form: Form, first_row: int) -> Mapping[str, Stamp]:
    """Lay out the stamp: labels in the form's column of labels, each value in the next cell to the right."""
    label = next(index for index, column in enumerate(form.columns) if column.role == "label")
    last = max(len(form.columns) - 1, label + 1)
    stamps: dict[str, Stamp] = {}
    row = first_row
    has_room_for_pairs = last - label >= _WIDTH_OF_PAIRS
    for fields in _STAMP_LINES:
        if len(fields) > 1 and has_room_for_pairs:
            stamps[fields[0]] = Stamp(row, label, label + 1, last - 2)
            stamps[fields[1]] = Stamp(row, last - 1, last, last)
            row += 1
            continue
        for name in fields:
            stamps[name] = Stamp(row, label, label + 1, last)
            row += 1
    return stamps


def name_stamps(workbook: Workbook, sheet: Worksheet, stamps: Mapping[str, Stamp]) -> None:
    """Give the values their names in the workbook."""
    # A name goes along when rows are inserted above its cell.
    for name in _NAMED:
        workbook.define_name(name, f"='{sheet.name}'!{stamps[name].at}")


def write_lists(workbook: Workbook, sheet: Worksheet, units: Sequence[Unit]) -> None:
    """Write what may be chosen, each list under a name: a list of Excel 2007 cannot name another sheet."""
    for column, (name, texts) in enumerate(texts_of_lists(units).items()):
        sheet.write_string(0, column, name)
        for row, text in enumerate(texts, 1):
            sheet.write_string(row, column, text)
        first = address(1, column, fixed=True)
        # A name has to point at a cell, be the list empty.
        last = address(max(len(texts), 1), column, fixed=True)
        workbook.define_name(name, f"='{sheet.name}'!{first}:{last}")
    sheet.protect()
    sheet.hide()


def write_stamps(
    sheet: Worksheet,
    form: Form,
    stamps: Mapping[str, Stamp],
    formats: Formats,
    unit: Unit | None,
) -> None:
    """Write labels and values. A unit's code and name are constants, as some formats lose the text of a formula."""
    words = load_stamp_words()
    fixed = {"form_id": form.id, "form_version": form.version}
    if unit:
        fixed |= {"unit_code": unit.code, "unit_name": unit.name}
    for name, stamp in stamps.items():
        sheet.write_string(stamp.row, stamp.label, getattr(words, name) + ":", formats.stamp_label)
        box = (stamp.row, stamp.value, stamp.row, stamp.last)
        # The code follows from the name that is chosen, so nobody types it.
        is_open = name not in fixed and name != "unit_code"
        look = formats.open_stamp if is_open else formats.stamp_value
        write_box(sheet, box, fixed.get(name, ""), look)
    if not unit:
        code = stamps["unit_code"]
        place = f"MATCH({stamps['unit_name'].at},unit_names,0)"
        chosen = f'=IF(ISNA({place}),"",INDEX(unit_codes,{place}))'
        sheet.write_formula(code.row, code.value, chosen, formats.stamp_value, "")
    for row in {stamp.row for stamp in stamps.values()}:
        sheet.set_row(row, _height(form, stamps, row, fixed))


def _height(form: Form, stamps: Mapping[str, Stamp], row: int, fixed: Mapping[str, str]) -> float:
    """Height of a stamp row: room for its longest label or value."""
    words = load_stamp_words()
    widths = [column.width for column in form.columns]
    lines = 1
    for name, stamp in stamps.items():
        if stamp.row != row:
            continue
        # A form without columns right of the labels still has a value beside them.
        room = sum(widths[stamp.value : stamp.last + 1]) or widths[-1]
        label = getattr(words, name) + ":"
        lines = max(
            lines,
            lines_needed(label, widths[stamp.label]),
            lines_needed(fixed.get(name, ""), room, bold=True),
        )
    return row_height(lines)
