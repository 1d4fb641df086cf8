"""The printed form in a sheet: where its cells lie, and its title, head and labels as the letter prints them.

Template, summary and unit sheets draw the form through these functions, so that all look alike and a reader
finds the same rows and columns in each. Rows and columns are counted from 0.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.writers.formats import (
    Box,
    Format,
    Formats,
    Worksheet,
    lines_needed,
    row_height,
    write_box,
)
from schemas.form import Column, Form, Row, ValueKind
from schemas.rules import Cell

TEXT_LINES = 4
"""a row for free text has room for so many lines"""


@dataclass(frozen=True, slots=True)
class FormPlace:
    """Where one form lies in a sheet."""

    columns: Mapping[str, int]
    """key of a column -> column"""
    rows: Mapping[str, int]
    """key of a row -> row"""
    head: int
    """first row of the head"""
    head_rows: int
    spread: frozenset[str]
    """rows whose measure cells are one merged cell"""
    measures: tuple[int, int]
    """first and last measure column"""

    @property
    def body(self) -> int:
        """First row below the head."""
        return self.head + self.head_rows

    @property
    def last_row(self) -> int:
        """Last row of the form."""
        return max(self.rows.values())

    @property
    def first_column(self) -> int:
        """First column of the form."""
        return min(self.columns.values())

    @property
    def last_column(self) -> int:
        """Last column of the form."""
        return max(self.columns.values())

    def at(self, cell: Cell) -> tuple[int, int]:
        """Row and column of a cell; a merged cell is at its first column, whichever measure it takes."""
        column = self.measures[0] if cell.row in self.spread else self.columns[cell.measure]
        return self.rows[cell.row], column


def place_form(form: Form, head: int, first_column: int = 0) -> FormPlace:
    """Lay out a form whose head begins in row `head`."""
    columns = {column.key: first_column + index for index, column in enumerate(form.columns)}
    head_rows = max(len(column.head) for column in form.columns)
    measures = sorted(columns[key] for key in form.measures)
    # Only cells that touch one another can be merged.
    side_by_side = measures[-1] - measures[0] == len(measures) - 1
    return FormPlace(
        columns=columns,
        rows={row.key: head + head_rows + index for index, row in enumerate(form.rows)},
        head=head,
        head_rows=head_rows,
        spread=form.spread if side_by_side else frozenset(),
        measures=(measures[0], measures[-1]),
    )


def title_lines(form: Form, formats: Formats) -> tuple[tuple[str, Format], ...]:
    """Appendix, title and references of the letter, each a line with its format."""
    lines: list[tuple[str, Format]] = []
    if form.appendix:
        lines.append((form.appendix, formats.subtitle))
    lines += ((line, formats.title) for line in form.title_lines)
    lines += ((line, formats.reference) for line in form.references)
    return tuple(lines)


def write_lines(
    sheet: Worksheet,
    form: Form,
    place: FormPlace,
    first: int,
    lines: Sequence[tuple[str, Format]],
) -> int:
    """Write lines over the whole width of the form, from row `first` on; gives the row after them."""
    width = sum(column.width for column in form.columns)
    for row, (text, look) in enumerate(lines, first):
        write_box(sheet, (row, place.first_column, row, place.last_column), text, look)
        # No program fits the height of merged cells by itself.
        size, bold = float(look.font_size), bool(look.bold)
        sheet.set_row(row, row_height(lines_needed(text, width, size, bold=bold), size))
    return first + len(lines)


def set_widths(sheet: Worksheet, form: Form, place: FormPlace) -> None:
    """Set the widths of the form's columns."""
    for column in form.columns:
        index = place.columns[column.key]
        sheet.set_column(index, index, column.width)


def write_head(sheet: Worksheet, form: Form, place: FormPlace, formats: Formats) -> None:
    """Write the head: a single text is merged over its rows, equal upper texts side by side into one cell."""
    last = place.body - 1
    for group in _head_groups(form.columns):
        left, right = place.columns[group[0].key], place.columns[group[-1].key]
        upper = group[0].head[0]
        if len(group[0].head) == 1:
            write_box(sheet, (place.head, left, last, right), upper, formats.head)
            continue
        write_box(sheet, (place.head, left, place.head, right), upper, formats.head)
        for column in group:
            sheet.write_string(last, place.columns[column.key], column.head[-1], formats.head)
    for row in range(place.head_rows):
        sheet.set_row(place.head + row, row_height(_head_lines(form, place.head_rows, row)))


def _head_groups(columns: Sequence[Column]) -> Iterator[list[Column]]:
    """Columns side by side that share an upper text; every other column by itself."""
    group: list[Column] = []
    for column in columns:
        shares_upper_text = bool(group) and len(column.head) > 1 and column.head[0] == group[-1].head[0]
        if shares_upper_text:
            group.append(column)
            continue
        if group:
            yield group
        group = [column]
    yield group


def _head_lines(form: Form, head_rows: int, row: int) -> int:
    """Lines of one row of the head; a text over two rows has room enough in them together."""
    if row < head_rows - 1:
        return 1
    needed: list[int] = []
    for column in form.columns:
        rows_above = head_rows - len(column.head)
        needed.append(lines_needed(column.head[-1], column.width, bold=True) - rows_above)
    return max(needed)


def write_labels(
    sheet: Worksheet,
    form: Form,
    place: FormPlace,
    formats: Formats,
    *,
    mended: bool = False,
) -> None:
    """Write number, label and unit of measure of every row and set its height.

    Labels are verbatim as in the letter; `mended` takes those for printed summaries, without its misprints.
    """
    for row in form.rows:
        at = place.rows[row.key]
        shown = {
            "ordinal": (row.stt, formats.ordinal),
            "label": (row.title if mended else row.label, _label_look(row, formats)),
            "unit": (row.unit_of_measure, formats.unit),
        }
        lines = TEXT_LINES if ValueKind.TEXT in row.kinds.values() else 1
        for column in form.columns:
            if column.role not in shown:
                continue
            text, look = shown[column.role]
            # An empty one is written too, for its borders.
            sheet.write(at, place.columns[column.key], text or None, look)
            lines = max(
                lines,
                lines_needed(text, column.width - look.indent, bold=bool(look.bold)),
            )
        sheet.set_row(at, row_height(lines))


def _label_look(row: Row, formats: Formats) -> Format:
    if row.stt:
        return formats.label_strong
    return formats.label_part if row.parent else formats.label


def boxes_of(cells: Iterable[tuple[int, int]]) -> tuple[Box, ...]:
    """Join cells (row, column) that stand below one another to boxes, column by column."""
    boxes: list[Box] = []
    for column, row in sorted((column, row) for row, column in set(cells)):
        top = row
        if boxes and boxes[-1][1:3] == (column, row - 1):
            top = boxes.pop()[0]
        boxes.append((top, column, row, column))
    return tuple(boxes)
