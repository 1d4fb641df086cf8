"""The blank workbook that units fill in, made from the form definition: one file for all, one stamped for each unit.

What the letter prints stands in columns of its own; beside it a column tells what is wrong in each row, and the
first lines say whether the form is complete. Only input cells are unlocked, without a password. Formulas are those
of Excel 2007, each with the value it has in a blank form, because many readers do not calculate.
"""

import re
from io import BytesIO
from pathlib import Path

from pipeline.extract.own.template import load_template_words
from pipeline.writers.formats import Workbook, make_formats, new_workbook
from pipeline.writers.template.data_layout import lay_out
from pipeline.writers.template.data_sheet import write_data_sheet
from pipeline.writers.template.guide import write_guide
from pipeline.writers.template.stamp_block import name_stamps, write_lists
from pipeline.writers.xlsxwriter_inside import add_growing_sheet
from schemas.form import Form
from schemas.register import Register, Unit
from schemas.text import fold_words


def write_templates(form: Form, register: Register, folder: Path) -> tuple[Path, ...]:
    """Write the blank workbook and one stamped copy for each unit asked; gives the paths, the blank one first.

    Raises:
        OSError: the folder cannot be written to, or a file in it is open elsewhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[Path, Unit | None] = {folder / f"{file_stem(form.id)}.xlsx": None}
    for unit in asked_units(register):
        stem = f"{file_stem(unit.code)}_{file_stem(unit.name)}"
        path = folder / f"{stem}.xlsx"
        # Codes that differ only in punctuation must not share a file.
        number = 2
        while path in targets:
            path = folder / f"{stem}_{number}.xlsx"
            number += 1
        targets[path] = unit
    for path, stamped in targets.items():
        write_template(form, register, path, stamped)
    return tuple(targets)


def write_template(form: Form, register: Register, out: Path, unit: Unit | None = None) -> None:
    """Write one workbook: blank, or stamped with the code and name of a unit. Equal input gives equal bytes.

    It is written beside `out` and then renamed, so that a half-written file never stands under that name.

    Raises:
        OSError: the folder cannot be written to, or the file is open elsewhere.
    """
    buffer = BytesIO()
    workbook = new_workbook(buffer, form.name)
    _write_workbook(workbook, form, register, unit)
    workbook.close()
    beside = out.with_name(f".{out.name}.part")
    try:
        beside.write_bytes(buffer.getvalue())
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def asked_units(register: Register) -> tuple[Unit, ...]:
    """Units that get a copy: all that exist on the form's day, counted in the total or not, less the collector."""
    others = (unit for unit in register.units if unit is not register.collector)
    return tuple(unit for unit in others if unit.valid_on(register.day))


def file_stem(text: str) -> str:
    """Letters of a name that every mail gateway lets through: "Phường Đông Mai" is "Phuong_Dong_Mai"."""
    if re.fullmatch(r"[A-Za-z0-9_-]+", text):
        return text
    return "_".join(word.capitalize() for word in fold_words(text).split()) or "bieu"


def _write_workbook(workbook: Workbook, form: Form, register: Register, unit: Unit | None) -> None:
    words, formats = load_template_words(), make_formats(workbook)
    data = add_growing_sheet(workbook, words.sheets["data"])
    guide = workbook.add_worksheet(words.sheets["guide"])
    lists = workbook.add_worksheet(words.sheets["lists"])
    layout = lay_out(form, formats)
    name_stamps(workbook, data, layout.stamps)
    # A stamped copy bears its name already; a list of a thousand names would only weigh on every reading.
    write_lists(workbook, lists, (unit,) if unit else asked_units(register))
    write_data_sheet(data, layout, unit)
    write_guide(guide, form, register, formats, layout.letter)
