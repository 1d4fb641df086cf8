"""What offices do to a form before they send it back, each as a function from one true return to an altered one.

A `Draft` is a return as a person sees it: named columns, lines, and what is truly meant at each cell. An alteration
gives a new draft; where it leaves the meaning of a cell open to anybody, the cell is put among `unsure`. Whatever
was done, a number that is counted must be the true one, or its row must bear a finding.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import pairwise
from random import Random

from pipeline.extract.own.stamp import load_stamp_words
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import CellValue, Sheet, Unseen
from schemas.form import NOTE, Form, ValueKind
from schemas.rules import Cell, SingleMeasure
from schemas.text import fold, fold_words
from tests.legacy_encoders import to_tcvn3, to_vni

TABLE = ("head", "row", "extra")
"""kinds of lines between the head and the last row of the form"""
ENCODERS: Mapping[str, Callable[[str], str]] = {"tcvn3": to_tcvn3, "vni": to_vni}


@dataclass(slots=True)
class Line:
    """One line of a sheet."""

    kind: str
    """top, said (above too, but never left out), head, row, extra or below"""
    cells: dict[str, CellValue]
    """name of a column -> what stands there; an empty cell may be absent"""
    key: str = ""
    """the row of the form it truly is"""
    hidden: bool = False


@dataclass(slots=True)
class Draft:
    """A return while it is being altered."""

    form: Form
    columns: list[str]
    """names from left to right; those of the form, "checks", "row_key", and what was added"""
    lines: list[Line]
    truth: dict[Cell, int]
    """every number the unit means to report"""
    unsure: set[Cell] = field(default_factory=set)
    """cells whose number nobody can tell for sure any more"""
    left_blank: set[Cell] = field(default_factory=set)
    """cells that mean 0 because the unit says that its blanks do"""
    copied: set[str] = field(default_factory=set)
    """rows that stand there twice: the copy is as good as the row"""
    merges: list[tuple[Line, str, Line, str]] = field(default_factory=list)
    sheet: str = "Mẫu tổng hợp"
    path: str = "tra_loi.xlsx"
    encoding: str = ""
    done: list[str] = field(default_factory=list)

    def rows(self) -> list[Line]:
        """The lines that truly are rows of the form."""
        return [line for line in self.lines if line.kind == "row"]

    def line(self, key: str) -> Line | None:
        """The line of a row, if it is still there."""
        return next((line for line in self.lines if line.kind == "row" and line.key == key), None)

    def untouched(self) -> list[Line]:
        """Rows that stand there once, with the label as printed."""
        return [
            line
            for line in self.rows()
            if line.key not in self.copied and line.cells.get("label") == self.form.by_key[line.key].label
        ]

    def place(self, line: Line) -> int:
        """Where a line stands."""
        return next(index for index, one in enumerate(self.lines) if one is line)

    def cells_of(self, keys: Iterable[str]) -> set[Cell]:
        """Every number cell of some rows."""
        wanted = set(keys)
        return {cell for cell in self.form.number_cells if cell.row in wanted}

    def forget(self, keys: Iterable[str]) -> None:
        """Nobody can tell the numbers of these rows any more."""
        for cell in self.cells_of(keys):
            self.truth.pop(cell, None)
            self.unsure.add(cell)

    def doubt(self, keys: Iterable[str]) -> None:
        """The numbers of these rows are true, but it need not be plain that they are."""
        self.unsure |= self.cells_of(keys)


Alteration = Callable[[Draft, Random], None]


def altered(draft: Draft, alteration: Alteration, rng: Random) -> Draft:
    """Apply one alteration; the draft itself stays as it is."""
    twins = {id(line): replace(line, cells=dict(line.cells)) for line in draft.lines}
    fresh = copy(draft)
    fresh.columns = list(draft.columns)
    fresh.lines = [twins[id(line)] for line in draft.lines]
    fresh.truth, fresh.unsure, fresh.copied = dict(draft.truth), set(draft.unsure), set(draft.copied)
    fresh.left_blank = set(draft.left_blank)
    fresh.merges = [
        (twins[id(top)], left, twins[id(bottom)], right)
        for top, left, bottom, right in draft.merges
        if id(top) in twins and id(bottom) in twins
    ]
    fresh.done = [*draft.done, alteration.__name__]
    alteration(fresh, rng)
    return fresh


# From a template to a draft and from a draft to a sheet -----------------------------------------------------------


def blank_draft(form: Form, sheet: Sheet, formulas: Collection[tuple[int, int]] = ()) -> Draft:
    """Take the data sheet of a blank template apart; what its formulas show is left out."""
    names = [*(column.key for column in form.columns), "checks", "row_key"]
    key_column = len(names) - 1
    grid = [[*line, *[""] * (len(names) - len(line))] for line in sheet.rows]
    first = next(index for index, line in enumerate(grid) if line[key_column] in form.by_key)
    lines = []
    for index, line in enumerate(grid):
        kind = "row" if index >= first else "head" if index >= first - 2 else "top"
        cells = {
            name: value
            for column, (name, value) in enumerate(zip(names, line, strict=True))
            if value != "" and (index, column) not in formulas
        }
        lines.append(Line(kind, cells, str(line[key_column]) if kind == "row" else ""))
    draft = Draft(form, names, lines, {})
    for top, left, bottom, right in sheet.merged:
        if top >= first - 2 and right < len(names) and bottom < len(lines):
            draft.merges.append((lines[top], names[left], lines[bottom], names[right]))
    return draft


def fill(draft: Draft, rng: Random, blanks: float = 0.2) -> Draft:
    """Fill a draft in as a true return: whole numbers, some zeros, some blanks, a few notes."""
    singles = {key for rule in draft.form.rules if isinstance(rule, SingleMeasure) for key in rule.rows}

    def filled_in(draft: Draft, rng: Random) -> None:
        for cell in draft.form.number_cells:
            line = draft.line(cell.row)
            if line is None or rng.random() < blanks:
                continue
            money = draft.form.by_key[cell.row].kinds[cell.measure] is ValueKind.MONEY
            number = rng.randrange(1, 400) * 50_000 if money else rng.choice((0, *range(1, 60), *range(60, 900, 7)))
            if cell.row in singles and cell.measure in draft.form.by_key[cell.row].optional:
                # What a row of one count need not state is told wherever it is more than 0.
                number = 0
            draft.truth[cell] = number
            line.cells[cell.measure] = float(number)
        for line in rng.sample(draft.rows(), 2):
            line.cells[NOTE] = rng.choice(("Phối hợp với Hội Phụ nữ", "Có danh sách kèm theo", "Đợt 1 và đợt 2"))
        other = draft.line(draft.form.rows[-1].key)
        if other is not None and rng.random() < 0.5:
            other.cells[draft.form.measures[0]] = "Tổ chức thi viết chữ đẹp cho các cháu"

    fresh = altered(draft, filled_in, rng)
    fresh.done = []
    return fresh


def answered(draft: Draft, rng: Random) -> Draft:
    """Answer that blanks are 0, and leave most zeros blank."""

    def blanks_are_zero(draft: Draft, rng: Random) -> None:
        words = load_stamp_words()
        for line in draft.lines:
            for name, value in tuple(line.cells.items()):
                if line.kind == "top" and isinstance(value, str) and fold(value) == fold(words.blank_means_zero):
                    line.cells[draft.columns[draft.columns.index(name) + 1]] = words.blank_yes
        for line in draft.rows():
            for measure in draft.form.by_key[line.key].kinds:
                cell = Cell(line.key, measure)
                is_zero = draft.truth.get(cell, 0) == 0 and cell in draft.form.number_cells
                if is_zero and (cell not in draft.truth or rng.random() < 0.8):
                    line.cells.pop(measure, None)
                    draft.truth[cell] = 0
                    draft.left_blank.add(cell)

    fresh = altered(draft, blanks_are_zero, rng)
    fresh.done = ["answered"]
    return fresh


class Percent(float):
    """A number that its cell shows as a percentage."""


def as_sheet(draft: Draft) -> tuple[Sheet, SheetFacts]:
    """Lay a draft out as a reader sees it, with what the second look would tell."""
    place = {name: index for index, name in enumerate(draft.columns)}
    typed = ENCODERS.get(draft.encoding, str)
    grid: list[list[CellValue]] = []
    for line in draft.lines:
        cells: list[CellValue] = [""] * len(draft.columns)
        for name, value in line.cells.items():
            if name in place:
                cells[place[name]] = _typed(value, typed) if isinstance(value, str) and name != "row_key" else value
        grid.append(cells)
    merged = []
    standing = {id(line) for line in draft.lines}
    for top, left, bottom, right in draft.merges:
        if left in place and right in place and {id(top), id(bottom)} <= standing:
            first, last = place[left], place[right]
            # Columns that were moved apart were not moved with a cell that spans them.
            if 0 <= last - first <= 1:
                merged.append((draft.place(top), first, draft.place(bottom), last))
    hidden = frozenset(index for index, line in enumerate(draft.lines) if line.hidden)
    facts = _without_the_unshown(grid)
    sheet = Sheet(draft.sheet, False, 0, 0, grid, tuple(merged))
    return sheet, replace(facts, hidden_rows=hidden)


def _without_the_unshown(grid: list[list[CellValue]]) -> SheetFacts:
    """Leave in a grid what calamine gives of it (in an .ods); gives what the second look tells of the rest."""
    cells = {(row, column): value for row, line in enumerate(grid) for column, value in enumerate(line)}
    errors = {place: one.text for place, one in cells.items() if isinstance(one, Unseen) and one.code == "V008"}
    uncalculated = {place for place, one in cells.items() if isinstance(one, Unseen) and one.code == "V009"}
    booleans = {place: one for place, one in cells.items() if isinstance(one, bool)}
    percents = {place for place, one in cells.items() if isinstance(one, Percent)}
    for row, column in (*errors, *uncalculated):
        grid[row][column] = ""
    for row, column in (*booleans, *percents):
        grid[row][column] = float(cells[row, column])  # type: ignore[arg-type]
    return replace(
        NOTHING_HIDDEN,
        formulas=frozenset(uncalculated),
        uncalculated=frozenset(uncalculated),
        errors=errors,
        booleans=booleans,
        percents=frozenset(percents),
    )


def _typed(text: str, encoder: Callable[[str], str]) -> str:
    """Type a text for its font; those of the days before Unicode had no character without width."""
    return text if encoder is str else encoder(text.replace("\u200b", ""))


NOTHING_HIDDEN = SheetFacts(
    formulas=frozenset(),
    uncalculated=frozenset(),
    zero_cached=frozenset(),
    errors={},
    booleans={},
    percents=frozenset(),
    dressed={},
    hidden_rows=frozenset(),
    hidden_columns=frozenset(),
    merged=(),
)


# Rows -------------------------------------------------------------------------------------------------------------


def _insert(draft: Draft, at: int, line: Line) -> None:
    draft.lines.insert(at, line)


def _in_table(draft: Draft, rng: Random) -> int:
    places = [index for index, line in enumerate(draft.lines) if line.kind == "row"]
    return rng.choice(places) if places else len(draft.lines)


def blank_rows_inside(draft: Draft, rng: Random) -> None:
    """Blank lines between the rows."""
    for _ in range(rng.randint(1, 4)):
        _insert(draft, _in_table(draft, rng), Line("extra", {}))


def blank_rows_before(draft: Draft, rng: Random) -> None:
    """The table moved down."""
    for _ in range(rng.randint(1, 5)):
        _insert(draft, 0, Line("top", {}))


def delete_empty_rows(draft: Draft, rng: Random) -> None:
    """Rows without any number deleted, as "nothing to report"."""
    filled_in = (*draft.form.measures, NOTE)
    empty = [line for line in draft.untouched() if all(line.cells.get(name, "") == "" for name in filled_in)]
    for line in rng.sample(empty, min(len(empty), rng.randint(1, 4))):
        draft.lines.remove(line)


def delete_filled_row(draft: Draft, rng: Random) -> None:
    """A row with numbers deleted."""
    for line in rng.sample(draft.untouched(), min(1, len(draft.untouched()))):
        draft.lines.remove(line)
        draft.forget([line.key])


def move_section(draft: Draft, rng: Random) -> None:
    """A numbered group moved as a whole to another place."""
    heads = [row.key for row in draft.form.rows if not row.parent]
    wanted = rng.choice(heads)
    keys = {wanted} | {row.key for row in draft.form.rows if row.parent == wanted}
    group = [line for line in draft.rows() if line.key in keys]
    if not group or draft.line(wanted) is None:
        return
    rest = [line for line in draft.lines if line not in group]
    starts = [index for index, line in enumerate(rest) if line.kind == "row" and line.key in heads]
    at = rng.choice([*starts, len(rest)]) if starts else len(rest)
    draft.lines[:] = [*rest[:at], *group, *rest[at:]]


def shuffle_rows(draft: Draft, rng: Random) -> None:
    """All rows sorted anew; a label that says little without its group is then open."""
    lines = draft.rows()
    places = [draft.place(line) for line in lines]
    rng.shuffle(lines)
    for place, line in zip(places, lines, strict=True):
        draft.lines[place] = line
    labels = {row.key: set(fold_words(row.label).split()) for row in draft.form.rows}
    draft.doubt(key for key in labels if any(key != other and labels[key] <= labels[other] for other in labels))


def swap_similar_rows(draft: Draft, rng: Random) -> None:
    """The rows whose labels are most alike put into another order."""
    lines = [line for key in similar_rows(draft.form) if (line := draft.line(key)) is not None]
    places = sorted(draft.place(line) for line in lines)
    rng.shuffle(lines)
    for place, line in zip(places, lines, strict=True):
        draft.lines[place] = line


def similar_rows(form: Form) -> tuple[str, ...]:
    """Rows whose labels share their first five words with another."""
    starts: dict[str, list[str]] = {}
    for row in form.rows:
        starts.setdefault(" ".join(fold_words(row.label).split()[:6]), []).append(row.key)
    return tuple(key for keys in starts.values() if len(keys) > 2 for key in keys)


def duplicate_row(draft: Draft, rng: Random) -> None:
    """A row copied with its numbers, and one of them changed."""
    line = rng.choice(draft.rows())
    twin = Line("extra", dict(line.cells))
    for measure in draft.form.measures:
        if isinstance(twin.cells.get(measure), float):
            twin.cells[measure] = float(rng.randint(1, 500))
    _insert(draft, draft.place(line) + rng.randint(0, 1), twin)
    draft.doubt([line.key])
    for measure in draft.form.measures:
        if isinstance(line.cells.get(measure), float):
            draft.truth.pop(Cell(line.key, measure), None)
    draft.copied.add(line.key)


def duplicate_label(draft: Draft, rng: Random) -> None:
    """A row copied without its numbers."""
    line = rng.choice(draft.rows())
    kept = {name: value for name, value in line.cells.items() if name not in (*draft.form.measures, NOTE)}
    _insert(draft, draft.place(line) + rng.randint(0, 1), Line("extra", kept))
    draft.doubt([line.key])
    draft.copied.add(line.key)


_NEW_ACTIVITIES = (
    "Lớp lý luận chính trị cho đảng viên mới",
    "Cộng",
    "Tổng cộng",
    "Tuyên truyền phòng chống đuối nước",
    "Bồi dưỡng nâng cao trình độ tin học cho học sinh",
    "Bồi dưỡng nâng cao trình độ cho cán bộ",
    "Hội sách lưu động",
    "Thi vẽ tranh",
    "Kinh phí xã hội hóa",
    "Sinh hoạt chuyên đề",
    "Hoạt động văn nghệ, thể thao chào mừng",
    "Ngân sách xã",
    "Số sách tặng học sinh nghèo",
    "Cá nhân được biểu dương",
)


def _numbers(draft: Draft, rng: Random) -> dict[str, CellValue]:
    return {measure: float(rng.randint(1, 90)) for measure in draft.form.measures}


def insert_unknown_row(draft: Draft, rng: Random) -> None:
    """A row of an activity that the form does not have."""
    cells: dict[str, CellValue] = {"label": rng.choice(_NEW_ACTIVITIES), **_numbers(draft, rng)}
    _insert(draft, _in_table(draft, rng), Line("extra", cells))


def insert_by_copying(draft: Draft, rng: Random) -> None:
    """A row copied, key and all, and given the name and numbers of another activity."""
    line = rng.choice(draft.rows())
    cells = {**line.cells, "label": rng.choice(_NEW_ACTIVITIES), **_numbers(draft, rng)}
    _insert(draft, draft.place(line) + 1, Line("extra", cells))
    draft.doubt([line.key])


def put_another_in_its_place(draft: Draft, rng: Random) -> None:
    """A row deleted and one of a like name put in its place."""
    for line in rng.sample(draft.untouched(), min(1, len(draft.untouched()))):
        cells: dict[str, CellValue] = {**line.cells, "label": rng.choice(_NEW_ACTIVITIES), **_numbers(draft, rng)}
        if rng.random() < 0.5:
            cells.pop("row_key", None)
        draft.lines[draft.place(line)] = Line("extra", cells)
        draft.forget([line.key])


def subtotals(draft: Draft, rng: Random) -> None:
    """Lines that add up a group."""
    for _ in range(rng.randint(1, 3)):
        cells: dict[str, CellValue] = {"label": rng.choice(("Cộng", "Tổng cộng", "Cộng mục 1")), **_numbers(draft, rng)}
        _insert(draft, _in_table(draft, rng), Line("extra", cells))


def split_into_kinds(draft: Draft, rng: Random) -> None:
    """Under a row with two kinds of donors, a line for each kind: their names are those of two other rows."""
    names = [row for row in draft.form.rows if row.parent and len(fold_words(row.label).split()) <= 2]
    line = rng.choice(draft.rows())
    at = draft.place(line) + 1
    for row in rng.sample(names, min(2, len(names))):
        _insert(draft, at, Line("extra", {"label": row.label, **_numbers(draft, rng)}))
        draft.doubt([row.key])


def hide_rows(draft: Draft, rng: Random) -> None:
    """Rows hidden."""
    for line in rng.sample(draft.rows(), 2):
        line.hidden = True


# Columns and head -------------------------------------------------------------------------------------------------


def _keep_top(draft: Draft, before: Sequence[str]) -> None:
    """Lines above and below the table do not follow its columns."""
    moved = dict(zip(before, draft.columns, strict=False))
    for line in draft.lines:
        if line.kind not in TABLE:
            line.cells = {moved.get(name, name): value for name, value in line.cells.items()}


def new_column(draft: Draft, at: int, name: str) -> str:
    """Add a column that the form does not have; gives the name by which it goes."""
    name = f"{name}{len(draft.columns)}"
    draft.columns.insert(at, name)
    return name


def blank_columns(draft: Draft, rng: Random) -> None:
    """Blank columns before, between and behind."""
    for _ in range(rng.randint(1, 3)):
        new_column(draft, rng.randint(0, len(draft.columns)), "blank")
    doubt_without_sub_heads(draft)


def move_note(draft: Draft, rng: Random) -> None:
    """The column of notes moved."""
    if NOTE in draft.columns:
        before = list(draft.columns)
        draft.columns.remove(NOTE)
        draft.columns.insert(rng.randint(0, len(draft.columns)), NOTE)
        _keep_top(draft, before)
        doubt_without_sub_heads(draft)


def reorder_columns(draft: Draft, rng: Random) -> None:
    """The columns of the form in another order, each with its head."""
    before = list(draft.columns)
    names = [name for name in draft.columns if name in draft.form.column_by_key]
    places = [draft.columns.index(name) for name in names]
    rng.shuffle(names)
    for place, name in zip(places, names, strict=True):
        draft.columns[place] = name
    _keep_top(draft, before)
    doubt_without_sub_heads(draft)


def doubt_without_sub_heads(draft: Draft) -> None:
    """Without sub-heads nobody knows the columns of figures, once they do not stand side by side in their order."""
    places = [draft.columns.index(measure) for measure in draft.form.measures]
    if places != list(range(places[0], places[0] + len(places))) and not _sub_heads(draft):
        draft.doubt(draft.form.by_key)


def add_column(draft: Draft, rng: Random) -> None:
    """A column of figures that the form does not have, under a head of its own."""
    name = new_column(draft, rng.randint(0, len(draft.columns)), "added")
    heads = [line for line in draft.lines if line.kind == "head"]
    if heads:
        doubt_without_sub_heads(draft)
        heads[-1].cells[name] = rng.choice(("Nữ", "Kế hoạch", "So với năm trước", "Tỷ lệ", "Số buổi"))
    for line in rng.sample(draft.rows(), 5):
        line.cells[name] = float(rng.randint(1, 99))


def second_people_column(draft: Draft, rng: Random) -> None:
    """A second column under the same head as one of the form, with other figures."""
    measure = rng.choice(draft.form.measures)
    name = new_column(draft, rng.randint(0, len(draft.columns)), "second")
    for line in draft.lines:
        if line.kind == "head" and measure in line.cells:
            line.cells[name] = line.cells[measure]
    for line in rng.sample(draft.rows(), 5):
        line.cells[name] = float(rng.randint(1, 99))
    for cell in draft.form.number_cells:
        if cell.measure == measure:
            draft.unsure.add(cell)
            draft.truth.pop(cell, None)


def another_form_beside(draft: Draft, rng: Random) -> None:
    """The form of another unit to the right, under the same heads."""
    names = {key: new_column(draft, len(draft.columns), f"{key}_beside") for key in draft.form.column_by_key}
    for line in draft.lines:
        if line.kind in TABLE:
            line.cells |= {names[key]: value for key, value in line.cells.items() if key in names}
    for line in draft.rows():
        for measure in draft.form.measures:
            if isinstance(line.cells.get(measure), float):
                line.cells[names[measure]] = float(rng.randint(1, 500))
    draft.forget(draft.form.by_key)


def _sub_heads(draft: Draft) -> list[str]:
    """Texts of the sub-heads that still stand there."""
    subs = {fold(column.head[-1]) for column in draft.form.columns if len(column.head) > 1}
    return [
        str(value)
        for line in draft.lines
        if line.kind == "head"
        for value in line.cells.values()
        if isinstance(value, str) and fold(value) in subs
    ]


def flatten_head(draft: Draft, rng: Random) -> None:
    """The two rows of the head made one."""
    heads = [line for line in draft.lines if line.kind == "head"]
    if len(heads) < 2:
        return
    first, second = heads[0], heads[-1]
    for column in draft.form.columns:
        if len(column.head) > 1 and fold(str(second.cells.get(column.key, ""))) == fold(column.head[-1]):
            first.cells[column.key] = rng.choice((column.head[-1], f"{column.head[0]} ({column.head[-1]})"))
            second.cells.pop(column.key)
    first.cells |= second.cells
    draft.lines.remove(second)
    draft.merges[:] = [merge for merge in draft.merges if not {id(first), id(second)} & {id(merge[0]), id(merge[2])}]


def remove_sub_head(draft: Draft, rng: Random) -> None:
    """The lower row of the head deleted: only the shared head says where the figures stand."""
    heads = [line for line in draft.lines if line.kind == "head"]
    if len(heads) < 2:
        return
    if "row_key" in heads[-1].cells:
        heads[0].cells["row_key"] = heads[-1].cells["row_key"]
    draft.lines.remove(heads[-1])
    draft.merges[:] = [merge for merge in draft.merges if heads[-1] not in (merge[0], merge[2])]
    doubt_without_sub_heads(draft)


def misspell_head(draft: Draft, rng: Random) -> None:
    """One head with a misprint."""
    heads = [
        (line, name)
        for line in draft.lines
        if line.kind == "head"
        for name, value in line.cells.items()
        if name in draft.form.column_by_key and isinstance(value, str)
    ]
    if heads:
        line, name = rng.choice(heads)
        line.cells[name] = mistyped(str(line.cells[name]), rng, 1)
        draft.doubt(draft.form.by_key)


def remove_head(draft: Draft, rng: Random) -> None:
    """The whole head deleted."""
    draft.merges.clear()
    draft.lines[:] = [line for line in draft.lines if line.kind != "head"]
    draft.doubt(draft.form.by_key)


def merge_single_figures(draft: Draft, rng: Random) -> None:
    """The two figure cells of a row merged, where the row takes one figure."""
    left, right = _measure_ends(draft)
    if draft.columns.index(right) - draft.columns.index(left) > 1:
        return
    single = [
        line
        for line in draft.rows()
        if len(draft.form.by_key[line.key].kinds) == 1
        and id(line) not in _merged(draft)
        and ValueKind.TEXT not in draft.form.by_key[line.key].kinds.values()
    ]
    for line in rng.sample(single, min(3, len(single))):
        (measure,) = draft.form.by_key[line.key].kinds
        value = line.cells.pop(measure, "")
        if line.cells.get(right if measure == left else left, "") != "":
            continue
        line.cells[left] = value
        draft.merges.append((line, left, line, right))


def merge_pair(draft: Draft, rng: Random) -> None:
    """The two figure cells of a pair row merged, both figures in one."""
    left, right = _measure_ends(draft)
    if draft.columns.index(right) - draft.columns.index(left) > 1:
        return
    merged = _merged(draft)
    pairs = [key for key in _pairs(draft) if (line := draft.line(key)) is not None and id(line) not in merged]
    for key in rng.sample(pairs, min(2, len(pairs))):
        line = draft.line(key)
        values = [draft.truth[Cell(key, measure)] for measure in draft.form.measures]
        if line is None or any(line.cells.get(m) != float(v) for m, v in zip(draft.form.measures, values, strict=True)):
            continue
        words = [draft.form.unit_words[measure][0] for measure in draft.form.measures]
        line.cells[left] = "/".join(f"{value} {word}" for value, word in zip(values, words, strict=True))
        line.cells.pop(right, None)
        draft.merges.append((line, left, line, right))


def _merged(draft: Draft) -> set[int]:
    """Lines with a merged cell, by their identity: ranges do not overlap."""
    return {id(line) for merge in draft.merges for line in (merge[0], merge[2])}


def _measure_ends(draft: Draft) -> tuple[str, str]:
    names = sorted(draft.form.measures, key=draft.columns.index)
    return names[0], names[-1]


def _pairs(draft: Draft) -> list[str]:
    rows = draft.form.by_key.values()
    return [
        row.key
        for row in rows
        if len(row.kinds) == len(draft.form.measures)
        and set(row.kinds.values()) == {ValueKind.COUNT}
        and not row.optional
        and all(Cell(row.key, measure) in draft.truth for measure in draft.form.measures)
    ]


def merge_down(draft: Draft, rng: Random) -> None:
    """One figure merged over two rows."""
    merged = _merged(draft)
    pairs = [
        (upper, lower, measure)
        for upper, lower in pairwise(draft.lines)
        for measure in draft.form.measures
        if upper.kind == lower.kind == "row"
        and isinstance(upper.cells.get(measure), float)
        and not {id(upper), id(lower)} & merged
    ]
    for upper, lower, measure in rng.sample(pairs, min(1, len(pairs))):
        lower.cells.pop(measure, None)
        draft.merges.append((upper, measure, lower, measure))
        for key in (upper.key, lower.key):
            draft.truth.pop(Cell(key, measure), None)
            draft.unsure.add(Cell(key, measure))


# Labels -----------------------------------------------------------------------------------------------------------


def _relabel(
    draft: Draft, rng: Random, count: int, change: Callable[[str], str], *, printed: bool = False
) -> list[Line]:
    """Change some labels; with `printed` only those that still are as the form has them."""
    lines = [
        line
        for line in draft.rows()
        if line.cells.get("label")
        and line.key not in draft.copied
        and (not printed or line.cells["label"] == draft.form.by_key[line.key].label)
    ]
    chosen = rng.sample(lines, min(count, len(lines)))
    for line in chosen:
        line.cells["label"] = change(str(line.cells["label"]))
    return chosen


def mistyped(text: str, rng: Random, count: int) -> str:
    """Type a text with some letters left out, doubled, swapped or wrong."""
    letters = list(text)
    for _ in range(count):
        at = rng.choice([index for index, letter in enumerate(letters) if letter.isalpha()] or [0])
        kind = rng.randrange(4)
        if kind == 0 and len(letters) > 3:
            del letters[at]
        elif kind == 1:
            letters.insert(at, letters[at])
        elif kind == 2 and at + 1 < len(letters):
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        else:
            letters[at] = rng.choice("bcdghiklmnoprstuvxy")
    return "".join(letters)


def misspell_labels(draft: Draft, rng: Random) -> None:
    """Labels retyped with one to three letters wrong."""
    for line in _relabel(draft, rng, rng.randint(1, 5), lambda text: mistyped(text, rng, rng.randint(1, 3))):
        if len(fold(str(line.cells["label"]))) < 25:
            draft.doubt([line.key])


def misspell_similar_labels(draft: Draft, rng: Random) -> None:
    """The labels that are most alike retyped with letters wrong."""
    for key in similar_rows(draft.form):
        line = draft.line(key)
        if line is not None and line.cells.get("label") and key not in draft.copied:
            line.cells["label"] = mistyped(str(line.cells["label"]), rng, rng.randint(1, 2))
            draft.doubt([key])


def shorten_labels(draft: Draft, rng: Random) -> None:
    """Labels cut after a few words."""
    for line in _relabel(draft, rng, 3, lambda text: " ".join(text.split()[: rng.randint(3, 8)]), printed=True):
        draft.doubt([line.key])


def shorten_similar_labels(draft: Draft, rng: Random) -> None:
    """The labels that are most alike shortened to what sets them apart, or further."""
    for key in similar_rows(draft.form):
        line = draft.line(key)
        if line is not None and line in draft.untouched():
            words = draft.form.by_key[key].label.split()
            line.cells["label"] = rng.choice(
                (draft.form.by_key[key].short_label, " ".join(words[: rng.randint(5, 9)]), " ".join(words[5:]))
            )
            draft.doubt([key])


def drop_brackets(draft: Draft, rng: Random) -> None:
    """What stands in brackets left out."""
    for line in _relabel(draft, rng, 40, lambda text: text.partition("(")[0].strip() or text, printed=True):
        if line.cells["label"] != draft.form.by_key[line.key].label:
            draft.doubt([line.key])


def upper_case(draft: Draft, rng: Random) -> None:
    """Labels in capitals."""
    _relabel(draft, rng, rng.randint(1, 40), str.upper)


def hyphenate(draft: Draft, rng: Random) -> None:
    """A dash before labels."""
    _relabel(draft, rng, rng.randint(1, 40), lambda text: "- " + text)


def enumerate_labels(draft: Draft, rng: Random) -> None:
    """A number or letter before labels."""
    marks = ("1.1. ", "a) ", "1) ", "+ ", "c. ", "12. ", "(2) ", "1/ ", "a/ ", "1- ", "II. ", "IV ", "1.1 ", "3 ", "o ")
    _relabel(draft, rng, rng.randint(1, 40), lambda text: rng.choice(marks) + text)


def mend_misprints(draft: Draft, rng: Random) -> None:
    """Labels as they should have been printed, or another known spelling."""
    for line in draft.rows():
        row = draft.form.by_key[line.key]
        spellings = [*filter(None, [row.label_print]), *row.aliases]
        if spellings and line.cells.get("label") == row.label:
            line.cells["label"] = rng.choice(spellings)


def decomposed(draft: Draft, rng: Random) -> None:
    """Letters and marks apart, as macOS and some keyboards write them."""
    for line in draft.lines:
        for name, value in line.cells.items():
            if isinstance(value, str) and name != "row_key":
                line.cells[name] = unicodedata.normalize("NFD", value)


def without_marks(draft: Draft, rng: Random) -> None:
    """Labels without any mark."""
    _relabel(draft, rng, rng.randint(1, 6), lambda text: fold_words(text) or text)


def spaces_within(draft: Draft, rng: Random) -> None:
    """Line breaks, double and unbroken spaces in labels."""
    gaps = ("\n", "  ", "\u00a0", " \u200b")
    _relabel(draft, rng, rng.randint(1, 40), lambda text: rng.choice(gaps).join(text.split()))


def tcvn3(draft: Draft, rng: Random) -> None:
    """All words typed for a TCVN3 font."""
    draft.encoding = "tcvn3"


def vni(draft: Draft, rng: Random) -> None:
    """All words typed for a VNI font."""
    draft.encoding = "vni"


def swap_labels_alone(draft: Draft, rng: Random) -> None:
    """The labels of two rows exchanged, their figures and keys left where they are."""
    one, other = rng.sample(draft.rows(), 2)
    one.cells["label"], other.cells["label"] = other.cells.get("label", ""), one.cells.get("label", "")
    meant, blank = dict(draft.truth), set(draft.left_blank)
    draft.forget([one.key, other.key])
    if "row_key" not in draft.columns or "row_key" not in one.cells or "row_key" not in other.cells:
        # Without keys the labels are all there is, and they say that the rows were exchanged.
        for key, line in ((one.key, other), (other.key, one)):
            for cell in draft.cells_of([key]):
                if Cell(line.key, cell.measure) in meant:
                    draft.truth[cell] = meant[Cell(line.key, cell.measure)]
                there = Cell(line.key, cell.measure)
                if there in blank or (blank and there not in draft.form.number_cells):
                    draft.truth[cell] = 0
                    draft.left_blank.add(cell)


def rename_activity(draft: Draft, rng: Random) -> None:
    """A row used for another activity: its label overwritten, its key left."""
    for line in rng.sample(draft.untouched(), min(1, len(draft.untouched()))):
        line.cells["label"] = rng.choice(_NEW_ACTIVITIES)
        draft.forget([line.key])


def erase_label(draft: Draft, rng: Random) -> None:
    """A label deleted."""
    for line in _relabel(draft, rng, 1, lambda text: "", printed=True):
        draft.doubt([line.key])


def labels_in_first_column(draft: Draft, rng: Random) -> None:
    """Labels typed into the column of numbers, with the number before them."""
    for line in rng.sample(draft.rows(), 4):
        if line.cells.get("label") and "stt" in draft.columns:
            line.cells["stt"] = line.cells.pop("label")
            if draft.columns.index("stt") > min(draft.columns.index(m) for m in draft.form.measures):
                draft.doubt([line.key])


def number_in_label(draft: Draft, rng: Random) -> None:
    """A figure typed behind a label."""
    for line in _relabel(draft, rng, 1, lambda text: f"{text}: {rng.randint(1, 30)} lớp"):
        draft.doubt([line.key])


def no_ordinals(draft: Draft, rng: Random) -> None:
    """The numbers of the groups deleted."""
    for line in draft.rows():
        if line.cells.get("label"):
            line.cells.pop("stt", None)


def other_ordinals(draft: Draft, rng: Random) -> None:
    """Every row numbered anew."""
    for number, line in enumerate(draft.rows(), 1):
        if not line.cells.get("label"):
            continue
        line.cells["stt"] = rng.choice((float(number), str(number)))


# Keys, stamp, surroundings ----------------------------------------------------------------------------------------


def values_only(draft: Draft, rng: Random) -> None:
    """The table pasted as values: no keys, no remarks, no stamp."""
    draft.columns[:] = [name for name in draft.columns if name not in ("row_key", "checks")]
    draft.lines[:] = [line for line in draft.lines if line.kind != "top"]
    for line in draft.lines:
        line.cells.pop("row_key", None)
        line.cells.pop("checks", None)


def without_keys(draft: Draft, rng: Random) -> None:
    """The hidden keys of some rows deleted."""
    for line in rng.sample(draft.rows(), rng.randint(1, len(draft.rows()))):
        line.cells.pop("row_key", None)


def shifted_keys(draft: Draft, rng: Random) -> None:
    """Cells inserted or deleted beside the hidden keys, which stay where they were."""
    lines = [line for line in draft.lines if line.kind in ("row", "extra")]
    keys = [line.cells.get("row_key", "") for line in lines]
    step = rng.choice((-2, -1, 1, 2))
    start = rng.randrange(max(len(lines) // 3, 1))
    for index, line in enumerate(lines):
        if index >= start:
            other = index - step
            line.cells["row_key"] = keys[other] if start <= other < len(keys) else ""
    draft.doubt(draft.form.by_key)


_REMARKS = (
    "Số liệu tính đến ngày 05/10/2020",
    "Quảng Yên, ngày 09 tháng 10 năm 2020",
    "NGƯỜI LẬP BIỂU",
    "Đề nghị cấp trên quan tâm hỗ trợ kinh phí",
    "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    "Cá nhân",
    "Tập thể",
)


def text_above(draft: Draft, rng: Random) -> None:
    """Lines of text above the table."""
    for _ in range(rng.randint(1, 3)):
        _insert(draft, 0, Line("top", {rng.choice(draft.columns): rng.choice(_REMARKS)}))


def text_below(draft: Draft, rng: Random) -> None:
    """Lines of text below the table."""
    for _ in range(rng.randint(1, 3)):
        draft.lines.append(Line("below", {rng.choice(draft.columns): rng.choice(_REMARKS)}))


def text_beside(draft: Draft, rng: Random) -> None:
    """Words beside the table."""
    name = new_column(draft, len(draft.columns), "beside")
    rng.choice(draft.rows()).cells[name] = "(chưa kể lớp của trường)"


def numbers_beside(draft: Draft, rng: Random) -> None:
    """Figures beside and below the table."""
    name = new_column(draft, len(draft.columns), "beside")
    rng.choice(draft.rows()).cells[name] = float(rng.randint(1, 300))
    draft.lines.append(Line("below", {rng.choice(draft.columns): float(rng.randint(1, 300))}))


def pasted_below_another_table(draft: Draft, rng: Random) -> None:
    """Another table of the office above the form, with heads of the same words."""
    names = draft.columns[:4]
    head = Line("top", dict(zip(names, ("STT", "Họ và tên", "Đơn vị", "Số lượng"), strict=False)))
    body = [
        Line("top", dict(zip(names, (float(number), "Nguyễn Văn A", "Tổ 3", 12.0), strict=False)))
        for number in range(1, rng.randint(2, 6))
    ]
    draft.lines[:0] = [head, *body, Line("top", {})]


def rename_sheet(draft: Draft, rng: Random) -> None:
    """The sheet under another name."""
    draft.sheet = rng.choice(("Sheet1", "Phu luc 2", "Đông Mai", "PL II", "bieu"))


# Units of measure -------------------------------------------------------------------------------------------------


def money_rows(draft: Draft) -> list[str]:
    """Rows of money."""
    return [row.key for row in draft.form.rows if ValueKind.MONEY in row.kinds.values()]


def money_in_thousands(draft: Draft, rng: Random) -> None:
    """Money stated in thousands or millions, which is said in one place or another."""
    unit = rng.choice(("nghìn đồng", "triệu đồng", "1.000 đồng", "Triệu đ", "ngàn đồng", "tr.đ", "1000đ"))
    keys = money_rows(draft)
    lines = [line for key in keys if (line := draft.line(key)) is not None]
    kind = rng.randrange(5) if "unit_of_measure" in draft.columns else rng.randrange(1, 5)
    if not lines:
        return
    if kind == 0:
        for line in lines:
            line.cells["unit_of_measure"] = unit
    elif kind == 1:
        for line in lines:
            line.cells["label"] = f"{line.cells.get('label', '')} ({unit})"
    elif kind == 2:
        parent = draft.line(draft.form.by_key[keys[0]].parent)
        (parent or lines[0]).cells["label"] = f"{(parent or lines[0]).cells.get('label', '')} (ĐVT: {unit})"
    elif kind == 3:
        _insert(draft, 0, Line("said", {draft.columns[-1]: f"Đơn vị tính: {unit}"}))
    else:
        for line in lines:
            line.cells[NOTE] = f"Đơn vị: {unit}"
    draft.forget(keys)


def other_unit_words(draft: Draft, rng: Random) -> None:
    """Units of measure in other words."""
    for line in rng.sample(draft.rows(), 3):
        if ValueKind.MONEY not in draft.form.by_key[line.key].kinds.values():
            line.cells["unit_of_measure"] = rng.choice(("Lớp, người", "cái", "buổi", ""))
            draft.doubt([line.key])


# Typed values -----------------------------------------------------------------------------------------------------


def retype(draft: Draft, rng: Random, count: int, change: Callable[[Cell, int], CellValue]) -> list[Cell]:
    """Type some of the true numbers in another way; gives their cells."""
    cells = []
    for cell, number in draft.truth.items():
        line = draft.line(cell.row)
        if line is not None and line.cells.get(cell.measure) == float(number):
            cells.append(cell)
    chosen = rng.sample(cells, min(count, len(cells)))
    for cell in chosen:
        line = draft.line(cell.row)
        if line is not None:
            line.cells[cell.measure] = change(cell, draft.truth[cell])
    return chosen


def numbers_as_text(draft: Draft, rng: Random) -> None:
    """Numbers stored as text."""
    retype(draft, rng, rng.randint(1, 8), lambda cell, number: rng.choice((f"{number}", f" {number} ", f"'{number}")))


def numbers_with_units(draft: Draft, rng: Random) -> None:
    """Numbers with the word for what they count."""

    def typed(cell: Cell, number: int) -> CellValue:
        money = draft.form.by_key[cell.row].kinds[cell.measure] is ValueKind.MONEY
        if money:
            grouped = f"{number:,}".replace(",", ".")
            return rng.choice((f"{grouped} đ", f"{grouped} đồng", f"{number} VNĐ", f"{number}đ"))
        return f"{number} {draft.form.unit_words[cell.measure][0]}"

    retype(draft, rng, rng.randint(1, 5), typed)


def numbers_nobody_can_read(draft: Draft, rng: Random) -> None:
    """Words and dates where a number should stand."""

    def typed(cell: Cell, number: int) -> CellValue:
        return rng.choice(
            (f"khoảng {number}", "x", "nt", f"{number}%", f"{number}*", datetime(2020, 10, 5), 0.5, f"{number}-9")
        )

    draft.unsure |= set(retype(draft, rng, rng.randint(1, 4), typed))


def zeros_in_words(draft: Draft, rng: Random) -> None:
    """Nothing, in words."""
    for cell in draft.form.number_cells:
        line = draft.line(cell.row)
        if draft.truth.get(cell) == 0 and line is not None and line.cells.get(cell.measure) == 0.0:
            line.cells[cell.measure] = rng.choice(("không", "-", "Không có", "ko"))


CLEAR: tuple[Alteration, ...] = (
    blank_rows_inside,
    blank_rows_before,
    delete_empty_rows,
    move_section,
    swap_similar_rows,
    shuffle_rows,
    insert_unknown_row,
    subtotals,
    hide_rows,
    blank_columns,
    move_note,
    reorder_columns,
    add_column,
    flatten_head,
    remove_sub_head,
    merge_single_figures,
    merge_pair,
    misspell_labels,
    upper_case,
    hyphenate,
    enumerate_labels,
    mend_misprints,
    decomposed,
    without_marks,
    spaces_within,
    tcvn3,
    vni,
    no_ordinals,
    other_ordinals,
    values_only,
    without_keys,
    text_above,
    text_below,
    text_beside,
    numbers_beside,
    pasted_below_another_table,
    rename_sheet,
    numbers_as_text,
    numbers_with_units,
    zeros_in_words,
    labels_in_first_column,
    drop_brackets,
    misspell_similar_labels,
    shorten_similar_labels,
)
"""alterations whose meaning is plain to a person, but for the cells they put among `unsure`"""

OPEN: tuple[Alteration, ...] = (
    delete_filled_row,
    duplicate_row,
    duplicate_label,
    insert_by_copying,
    put_another_in_its_place,
    split_into_kinds,
    second_people_column,
    another_form_beside,
    misspell_head,
    remove_head,
    merge_down,
    shorten_labels,
    swap_labels_alone,
    rename_activity,
    erase_label,
    number_in_label,
    shifted_keys,
    money_in_thousands,
    other_unit_words,
    numbers_nobody_can_read,
)
"""alterations after which some number is open to doubt"""

EARLY: tuple[Alteration, ...] = (values_only, without_keys)
"""what these leave out must not have been evidence of what others did"""
LATE: tuple[Alteration, ...] = (merge_single_figures, merge_pair, merge_down, tcvn3, vni)
"""what these join is not taken apart by others"""
ALTERATIONS: Mapping[str, Alteration] = {each.__name__: each for each in (*CLEAR, *OPEN)}
