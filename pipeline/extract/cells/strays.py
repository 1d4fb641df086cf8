"""Numbers where a row takes none: moved to the cell they belong to where a rule says so, else told."""

from pipeline.extract.cells.form_page import (
    NUMBERS,
    Draft,
    FormPage,
    anchor_of,
    as_text,
    is_in_doubt,
    stray_kind,
    unread,
)
from pipeline.extract.cells.number_cells import as_shown_of
from pipeline.extract.numbers import Reading, read_number
from pipeline.findings import codes, finding
from pipeline.model import Fact, State
from pipeline.readers.sheets import Unseen, cell_name
from schemas.form import Row
from schemas.rules import Cell, EitherColumn, Heading, MovesTo, SingleMeasure
from schemas.text import visible


def place_strays(page: FormPage, row: Row) -> None:
    """Find a place for the numbers of a row in cells that take none."""
    for measure in page.form.measures:
        draft = page.drafts[Cell(row.key, measure)]
        if measure in row.kinds or draft.raw == "" or not draft.cell:
            continue
        place = (page.located.rows[row.key], page.located.columns[measure])
        if anchor_of(page, row, place) is None:
            _place_what_stands_there(page, row, draft, place)


def _place_what_stands_there(page: FormPage, row: Row, draft: Draft, place: tuple[int, int]) -> None:
    units = page.units_of(draft.key.measure)
    reading = unread(page, draft.raw, place) or read_number(
        draft.raw, kind=stray_kind(row), words=page.number_words, units=units
    )
    reading = as_shown_of(page, row, draft, reading)
    draft.found = visible(reading.found or as_text(draft.raw)) or None
    if reading.state == "blank" or draft.found is None:
        return
    if reading.value == 0:
        _place_zero(page, row, draft, reading)
    elif is_in_doubt(page, draft.key):
        page.strayed[row.key] = ""
        _list(page, draft)
    else:
        _place_stray(page, row, draft, reading)


def tell_of_covered(page: FormPage, row: Row) -> None:
    """Tell of a number under a merged cell, which nobody sees and the cell itself does not say."""
    line = page.located.rows.get(row.key)
    if line is None or not row.kinds:
        return
    for measure in page.form.measures:
        column = page.located.columns.get(measure, -1)
        anchor = anchor_of(page, row, (line, column))
        if anchor is None or anchor == (line, column):
            continue
        value = page.sheet.value(line, column)
        if value not in ("", page.sheet.value(*anchor)):
            page.strayed[row.key] = ""
            _list(
                page,
                Draft(
                    Cell(row.key, measure),
                    cell_name(line, column),
                    value,
                    found=visible(as_text(value)),
                ),
            )


def _place_zero(page: FormPage, row: Row, draft: Draft, reading: Reading) -> None:
    """Move a 0 to the cell that takes it and is blank; beside a number it says only that nothing belongs there."""
    target, rule = _target_of(page, row, draft)
    if target and rule and target.state is State.BLANK and not is_in_doubt(page, draft.key):
        _move(page, draft, target, reading, rule)


def _target_of(page: FormPage, row: Row, draft: Draft) -> tuple[Draft, EitherColumn | MovesTo] | tuple[None, None]:
    """Find the cell that takes what stands in this one, and the rule that says so."""
    for rule in page.rules.of_row.get(row.key, ()):
        if isinstance(rule, EitherColumn):
            measure = next(key for key in page.form.measures if row.kinds.get(key) in NUMBERS)
            return page.drafts[Cell(row.key, measure)], rule
        if isinstance(rule, MovesTo) and rule.cell == draft.key and not is_in_doubt(page, rule.target):
            return page.drafts[rule.target], rule
    return None, None


def _place_stray(page: FormPage, row: Row, draft: Draft, reading: Reading) -> None:
    target, moves = _target_of(page, row, draft)
    if target and moves:
        _move(page, draft, target, reading, moves)
        if reading.value is None and target.key.row != row.key:
            page.strayed[row.key] = draft.found or ""
        return
    rules = page.rules.of_row.get(row.key, ())
    page.strayed[row.key] = ""
    for rule in () if isinstance(draft.raw, Unseen) else rules:
        if isinstance(rule, SingleMeasure):
            page.tell(codes.EXTRA_MEASURE, draft, (rule, "extra"))
            return
        if isinstance(rule, Heading):
            page.tell(codes.NUMBER_IN_HEADING, draft, (rule, "number"))
            return
    _list(page, draft)


def _list(page: FormPage, draft: Draft) -> None:
    """Tell of what stands in a place that takes no number, by its address."""
    code = codes.UNSEEN_OUTSIDE if isinstance(draft.raw, Unseen) else codes.NUMBER_OUTSIDE
    page.tell(code, draft, facts={"found": f'{draft.cell} "{draft.found or ""}"'})


def _move(
    page: FormPage,
    draft: Draft,
    target: Draft,
    reading: Reading,
    rule: EitherColumn | MovesTo,
) -> None:
    """Move a number to the cell that takes it; where that cell says another number, neither is sure."""
    facts: dict[str, Fact] = {
        "from_measure": page.form.column_by_key[draft.key.measure].short,
        "from_row": page.form.by_key[draft.key.row].title,
    }
    is_of_column = isinstance(rule, EitherColumn)
    if target.state is State.BLANK and target.cell:
        if reading.code and reading.value is None:
            _refuse_moved(page, draft, target, reading)
            return
        target.state, target.value = State.READ, reading.value
        target.found, target.cell = draft.found, draft.cell
        value = reading.value or 0
        moved = codes.MOVED_COLUMN if is_of_column else codes.MOVED_ROW
        page.tell(moved, target, (rule, "moved"), facts={**facts, "value": value})
        if reading.code:
            page.tell(
                reading.code,
                target,
                suggestions=reading.candidates,
                facts={"value": value},
            )
    elif target.value is None or target.value != reading.value:
        values = (target.found or "", draft.found or "")
        if target.state in (State.STATED, State.READ):
            target.state, target.value = State.UNREADABLE, None
        differ = codes.COLUMNS_DIFFER if is_of_column else codes.ROWS_DIFFER
        page.tell(differ, target, (rule, "differ"), facts={**facts, "values": values})


def _refuse_moved(page: FormPage, draft: Draft, target: Draft, reading: Reading) -> None:
    """What cannot be read is told at the cell that would take it, where it stands."""
    target.state, target.found = State.UNREADABLE, draft.found
    page.findings.append(
        finding(
            reading.code or "",
            cell=draft.cell,
            row=target.key.row,
            measure=target.key.measure,
            found=draft.found,
            suggestions=reading.candidates,
        )
    )
