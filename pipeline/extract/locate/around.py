"""What stands around a form: the stamp beside its fixed labels, and everything else, so that nothing typed is lost."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

from pipeline.extract.locate.shape import Address, Body, Located, NameLine, Stamped
from pipeline.extract.locate.words import NAMES_UNIT, UNIT_LINE, Labels
from pipeline.extract.numbers.remarks import figures_of, says_incomplete, says_replacement
from pipeline.extract.own.template import is_said_by_formula
from pipeline.findings import codes, finding
from pipeline.model import Fact, Finding
from pipeline.readers.sheets import CellValue, Sheet, Unseen, cell_name
from schemas.text import fold, tidy, visible

_REACH = 8
"""the value of a stamp label stands at most this many columns to its right"""
_LONGEST_ORDINAL = 5
_LARGEST_ORDINAL = 99
_LONGEST_LABEL = 4
"""words of a label before the name of a unit"""


@dataclass(slots=True)
class Stamps:
    """What stands beside the stamp labels."""

    values: dict[str, Stamped] = field(default_factory=dict)
    lines: list[NameLine] = field(default_factory=list)
    """further lines that may name a unit, not claimed yet"""
    claimed: set[Address] = field(default_factory=set)
    """cells that labels and values take"""


def read_stamps(sheet: Sheet, labels: Labels, rows: Sequence[int]) -> Stamps:
    """Read what stands beside the stamp labels in some rows, and which cells that takes."""
    found = Stamps()
    for row in rows:
        line = row - sheet.first_row
        cells = sheet.rows[line] if 0 <= line < len(sheet.rows) else []
        for column, value in enumerate(cells, sheet.first_column):
            name, behind = _stamp_label(labels, value)
            if name is not None:
                stamped = Stamped(behind, row, column) if behind else _beside(sheet, labels, row, column)
                _take_stamp(found, labels, name, stamped, (row, column))
    return found


def _take_stamp(found: Stamps, labels: Labels, name: str, stamped: Stamped | None, label: Address) -> None:
    """Take the value beside a label for its stamp, or where there is one already for a further line.

    A unit of measure behind "Đơn vị:" is claimed; anything else there is left to whoever knows the units.
    """
    if name == UNIT_LINE and (stamped is None or labels.is_measure(stamped.text)):
        found.claimed |= {label, (stamped.row, stamped.column)} if stamped else set()
        return
    if stamped and (name == UNIT_LINE or name in found.values):
        places = (label, (stamped.row, stamped.column))
        found.lines += [NameLine(name, stamped, places)] if name in NAMES_UNIT else []
        if name == UNIT_LINE:
            found.values.setdefault(name, stamped)
            return
    elif stamped:
        found.values[name] = stamped
        found.claimed.add((stamped.row, stamped.column))
    if stamped is None or label != (stamped.row, stamped.column) or found.values.get(name) == stamped:
        found.claimed.add(label)


def _stamp_label(labels: Labels, value: object) -> tuple[str | None, str]:
    """Name the stamp label of a cell, and what stands behind its colon: "Mã đơn vị: 07135".

    A word for a level or a part ("Phường: Minh Thành", "Thôn: 5") is part of what the line names.
    """
    if not isinstance(value, str) or not value:
        return None, ""
    if name := labels.stamps.get(fold(value)):
        return name, ""
    label, colon, behind = value.replace("：", ":", 1).partition(":")
    if not colon:
        return _line_without_colon(labels, value)
    name = labels.stamps.get(fold(label))
    if name is None and fold(label) in labels.unit_lines:
        name = UNIT_LINE
    if name is None and fold(label) in labels.level_lines and fold(behind):
        return UNIT_LINE, tidy(value.replace(":", " ", 1))
    if name is None or (not fold(behind) and name != UNIT_LINE):
        return None, ""
    return name, tidy(behind) if fold(behind) else ""


def _line_without_colon(labels: Labels, text: str) -> tuple[str | None, str]:
    """Take a line that begins with "Đơn vị" and goes on without a colon: "Đơn vị Trường THCS Đông Mai"."""
    words = text.split()
    for count in range(min(len(words) - 1, _LONGEST_LABEL), 0, -1):
        label = fold(" ".join(words[:count]))
        if label in labels.unit_labels:
            return UNIT_LINE, tidy(" ".join(words[count:]).lstrip("-–. "))
        if label in labels.unit_lines:
            break
    return None, ""


def _beside(sheet: Sheet, labels: Labels, row: int, column: int) -> Stamped | None:
    """Find the value of a stamp label: the first text to its right, if that is not the next label."""
    for place in range(column + 1, column + 1 + _REACH):
        text = plain(sheet.value(row, place))
        if text:
            return None if fold(text) in labels.stamps else Stamped(text, row, place)
    return None


def plain(value: CellValue) -> str:
    """Text of a cell for a person; a code typed as a number loses its ".0"."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(value) if isinstance(value, str) else str(value)


def is_figure(value: CellValue) -> bool:
    """Tell whether a cell holds a number, or a text with one."""
    return not isinstance(value, str) or any(map(str.isdecimal, value))


def explained(sheet: Sheet, labels: Labels, body: Body) -> set[Address]:
    """Cells that the form itself explains: its head, and in its rows the cells of its columns."""
    head = body.head
    columns = [(key, column) for key, column in body.columns.items() if key != labels.label_key]
    columns += [("", column) for column in (*head.coverage.values(), *([] if head.mark is None else [head.mark]))]
    if head.key_column is not None:
        columns.append(("key", head.key_column))
    claimed = {*head.cells, *body.further_heads}
    rows = set(body.rows.values())
    claimed.update(place for place in body.places.items() if place[0] in rows)
    roles = {column.key: column.role for column in labels.form.columns}
    told_elsewhere = [column for name, column in columns if roles.get(name, name) in ("measure", "note", "")]
    compared = [(roles.get(name, name), column) for name, column in columns if column not in told_elsewhere]
    for column in told_elsewhere:
        claimed.update(zip(body.rows.values(), repeat(column)))
    for key, row in body.rows.items():
        cells = sheet.rows[row - sheet.first_row]
        for role, column in compared:
            place = column - sheet.first_column
            if place < len(cells) and cells[place] != "" and _is_of_the_form(labels, key, role, cells[place]):
                claimed.add((row, column))
    return claimed


def _is_of_the_form(labels: Labels, key: str, role: str, value: CellValue) -> bool:
    """Tell whether what stands in the ordinal, unit or key cell of a row belongs there."""
    if role == "ordinal":
        if isinstance(value, str):
            folded = fold(value)
            return len(folded) <= _LONGEST_ORDINAL and not (folded.isdecimal() and int(folded) > _LARGEST_ORDINAL)
        return isinstance(value, int | float) and 0 <= value <= _LARGEST_ORDINAL
    if role == "unit":
        # What stands there beside money is told as a unit of measure, be it a number ("1000") or a word.
        return bool(labels.form.by_key[key].unit_of_measure) and (isinstance(value, str) or key in labels.money_rows)
    return isinstance(value, str) and value in labels.order


def told_of_the_rest(sheet: Sheet, located: Located, own: Collection[Address]) -> Iterator[Finding]:
    """Tell what else stands in the sheet, so that nothing typed is lost: texts as a note, all else as a warning.

    `own` are cells that a program wrote, such as the text formulas of the template.
    """
    numbers: dict[str, str] = {}
    unseen: dict[str, str] = {}
    texts: dict[str, str] = {}
    changes: dict[str, str] = {}
    # What stands in a row of the form is held against its number.
    rows = set(located.rows.values())
    for row, column in located.unclaimed:
        if (row, column) in own:
            continue
        value = sheet.value(row, column)
        text = str(value).upper() if isinstance(value, bool) else plain(value)
        in_table = located.first_head_row <= row <= located.last_row
        is_number = not isinstance(value, str) or fold(value).isdecimal()
        is_number |= in_table and isinstance(value, str) and any(map(str.isdecimal, value))
        is_change = not is_number and isinstance(value, str) and says_replacement(value) and bool(figures_of(value))
        if isinstance(value, str) and row not in rows and not is_said_by_formula(value):
            is_change |= says_incomplete(value)
        said = changes if is_change else texts
        kind = unseen if isinstance(value, Unseen) else numbers if is_number and not is_change else said
        kind[cell_name(row, column)] = visible(text, 80)
    for code, cells in (
        (codes.NUMBER_OUTSIDE, numbers),
        (codes.UNSEEN_OUTSIDE, unseen),
        (codes.CHANGE_SAID_OUTSIDE, changes),
        (codes.TEXT_OUTSIDE, texts),
    ):
        if cells:
            yield told_of_cells(code, cells)


def told_of_cells(code: str, typed: Mapping[str, str]) -> Finding:
    """Tell of cells in one finding that carries every one of them; its sentence names the first few and counts them."""
    facts: dict[str, Fact] = {"found": tuple(f'{cell} "{text}"' for cell, text in typed.items())}
    return finding(
        code,
        cell=next(iter(typed)),
        found="; ".join(f"{cell}: {text}" for cell, text in typed.items()),
        facts=facts | ({"places": tuple(typed)} if len(typed) > 1 else {}),
    )


def accounts(sheet: Sheet, labels: Labels, located: Sequence[Located]) -> Mapping[Address, str]:
    """Say of every cell that holds something what it is counted as: form, stamp, furniture or rest."""
    said: dict[Address, str] = {}
    for form in located:
        stamps = {(stamped.row, stamped.column) for stamped in form.stamps.values()}
        said |= dict.fromkeys(form.unclaimed, "rest")
        said |= {place: "stamp" if place in stamps else "form" for place in form.claimed}
    for row, column, value in sheet.filled():
        if (row, column) not in said and isinstance(value, str) and is_furniture(labels, value):
            said[row, column] = "furniture"
    return said


def is_furniture(labels: Labels, value: CellValue) -> bool:
    """Tell whether a text is none of the unit's: printed by template or summary, a row key, or without a letter."""
    if not isinstance(value, str):
        return False
    folded = fold(value)
    return not folded or folded in labels.furniture or value.strip() in labels.order
