"""What offices do to the table as a whole: heads divided, printed again or renamed, tables and blocks copied.

As in `tests/alterations.py` each is a function from one true return to an altered one. The true figures stay in the
columns of the form's own measures; what else an office writes beside or above them is another figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from pipeline.readers.sheets import CellValue
from schemas.form import NOTE, ValueKind
from schemas.rules import Cell
from schemas.text import fold
from tests.alterations import Alteration, Draft, Line, doubt_without_sub_heads, new_column

_LABEL, _ORDINAL, _UNIT = "label", "stt", "unit_of_measure"


def heads_of(draft: Draft) -> list[Line]:
    """Lines of the head, as far as they are still there."""
    return [line for line in draft.lines if line.kind == "head"]


def _doubt_measures(draft: Draft, measures: Sequence[str]) -> None:
    draft.unsure |= {cell for cell in draft.form.number_cells if cell.measure in measures}


def _other_figures(draft: Draft, measure: str, name: str, rng: Random) -> None:
    """Write into a column a figure beside each true one, and never the same."""
    for line in draft.rows():
        value = line.cells.get(measure)
        if isinstance(value, float):
            line.cells[name] = value + rng.randint(1, 9)


def _copy(draft: Draft, line: Line, kind: str, rng: Random) -> Line:
    """Copy a row without its key and with other figures."""
    copied = Line(kind, {name: value for name, value in line.cells.items() if name != "row_key"})
    for measure in draft.form.measures:
        value = copied.cells.get(measure)
        if isinstance(value, float):
            copied.cells[measure] = value + rng.randint(1, 9)
    return copied


# Heads divided ------------------------------------------------------------------------------------------------------


def _divide(draft: Draft, rng: Random, measure: str, words: tuple[CellValue, CellValue]) -> bool:
    """Put other figures left of those of a measure, both below its head and each below a word; the true ones right."""
    top = fold(draft.form.column_by_key[measure].head[0])
    headed = [line for line in heads_of(draft) if measure in line.cells]
    if all(fold(str(line.cells[measure])) == top for line in headed):
        return False
    again = [line for line in draft.lines if line.kind == "extra" and isinstance(line.cells.get(measure), str)]
    left = new_column(draft, draft.columns.index(measure), "left")
    for line in (*headed, *again):
        line.cells[left] = line.cells.pop(measure)
    draft.merges[:] = [
        merge for merge in draft.merges if not {measure} & {merge[1], merge[3]} or merge[0] not in headed
    ]
    if rng.random() < 0.5:
        draft.merges.append((headed[-1], left, headed[-1], measure))
    below = _below_heads(draft, headed[-1])
    below.cells |= {left: words[0], measure: words[1]}
    _other_figures(draft, measure, left, rng)
    return True


def _below_heads(draft: Draft, line: Line) -> Line:
    """The line below the head of a column, a new one if there is none."""
    heads = heads_of(draft)
    if line is not heads[-1]:
        return heads[-1]
    below = Line("head", {})
    draft.lines.insert(draft.place(line) + 1, below)
    return below


def years_below_heads(draft: Draft, rng: Random) -> None:
    """The figures of last year beside those of this one, the years in a line below the heads."""
    style = rng.choice(("Năm {}", "{}", "NĂM {}", "Thực hiện năm {}", "number"))
    last, this = (float(year) if style == "number" else style.format(year) for year in (2019, 2020))
    for measure in rng.sample(draft.form.measures, rng.randint(1, len(draft.form.measures))):
        _divide(draft, rng, measure, (last, this))


def words_below_heads(draft: Draft, rng: Random) -> None:
    """A plan, a part or another year beside the figures, told apart by words below the heads."""
    pairs = (
        ("Kế hoạch", "Thực hiện"),
        ("KH 2020", "Kết quả"),
        ("Nữ", "Tổng số"),
        ("Năm trước", "Năm nay"),
        ("Kế hoạch 2020", "Thực hiện 2020"),
        ("", "Tổng số"),
    )
    for measure in rng.sample(draft.form.measures, rng.randint(1, len(draft.form.measures))):
        if _divide(draft, rng, measure, rng.choice(pairs)):
            _doubt_measures(draft, [measure])


def column_without_head(draft: Draft, rng: Random) -> None:
    """The head of a measure over two columns, without a word that says which is which."""
    measure = rng.choice(draft.form.measures)
    if _divide(draft, rng, measure, ("", "")):
        _doubt_measures(draft, [measure])


def years_above_heads(draft: Draft, rng: Random) -> None:
    """Both columns of figures twice, one pair below last year and one below this year, or below other words."""
    heads, measures = heads_of(draft), draft.form.measures
    first = draft.columns.index(measures[0])
    if len(heads) < 2 or draft.columns[first : first + len(measures)] != list(measures):
        return
    if any(measure not in heads[-1].cells for measure in measures):
        return
    last, this = rng.choice((("Năm 2019", "Năm 2020"), ("Cùng kỳ 2019", "Năm nay"), ("Kế hoạch năm 2020", "Thực hiện")))
    names = {measure: new_column(draft, first, measure) for measure in reversed(measures)}
    draft.merges[:] = [merge for merge in draft.merges if merge[0].kind != "head"]
    for measure, name in names.items():
        heads[-1].cells[name] = heads[-1].cells[measure]
        _other_figures(draft, measure, name, rng)
    heads[0].cells |= {names[measures[0]]: last, measures[0]: this}
    if "2019" not in last:
        _doubt_measures(draft, measures)


def quarters(draft: Draft, rng: Random) -> None:
    """The quarters of the year before the column that adds them up."""
    heads, measure = heads_of(draft), draft.form.measures[0]
    if not heads or measure not in heads[-1].cells:
        return
    for quarter in ("Quý I", "Quý II", "Quý III", "Quý IV"):
        name = new_column(draft, draft.columns.index(measure), "quarter")
        heads[-1].cells[name] = quarter
        for line in draft.rows():
            line.cells[name] = float(rng.randint(0, 3))
    doubt_without_sub_heads(draft)


# Heads renamed, numbered and printed again --------------------------------------------------------------------------


def number_columns(draft: Draft, rng: Random) -> None:
    """A line below the head that numbers the columns."""
    heads = heads_of(draft)
    names = [name for name in draft.columns if name in draft.form.column_by_key]
    if heads:
        style = rng.choice(("({})", "{}", "number", "letter"))
        numbers: list[CellValue] = [style.format(number) for number in range(1, len(names) + 1)]
        if style in ("number", "letter"):
            numbers = [float(number) if style == "number" else "ABCDEFGH"[number] for number in range(len(names))]
        draft.lines.insert(draft.place(heads[-1]) + 1, Line("extra", dict(zip(names, numbers, strict=True))))


def rename_label_head(draft: Draft, rng: Random) -> None:
    """Another word over the labels."""
    for line in heads_of(draft):
        if _LABEL in line.cells:
            line.cells[_LABEL] = rng.choice(("Tên hoạt động", "Các chỉ tiêu", "Nội dung báo cáo", "DANH MỤC"))


def rename_measure_heads(draft: Draft, rng: Random) -> None:
    """Other words over the figures."""
    names = {draft.form.measures[0]: ("SL", "Lớp/cuộc", "Cuộc"), draft.form.measures[1]: ("Tham gia", "Lượt", "HV")}
    for line in heads_of(draft):
        if all(measure in line.cells for measure in names):
            line.cells |= {measure: rng.choice(words) for measure, words in names.items()}
            draft.doubt(draft.form.by_key)


def one_column_for_figures(draft: Draft, rng: Random) -> None:
    """One column for both figures, "5/120" in it."""
    left, right = draft.form.measures
    if not {left, right} <= set(draft.columns):
        return
    for line in heads_of(draft):
        line.cells.pop(right, None)
        line.cells |= {left: rng.choice(("Số lượng", "Kết quả"))} if left in line.cells else {}
    for line in draft.rows():
        figures = {m: value for m in (left, right) if isinstance(value := line.cells.pop(m, ""), float)}
        if figures and len(draft.form.by_key[line.key].kinds) > 1:
            for measure in {left, right} - figures.keys():
                draft.truth[Cell(line.key, measure)] = 0
            figures = {measure: figures.get(measure, 0.0) for measure in (left, right)}
        line.cells[left] = "/".join(f"{value:.0f}" for value in figures.values())
    draft.doubt(draft.form.by_key)


def print_head_again(draft: Draft, rng: Random) -> None:
    """The head printed again on the next page, often with one heading left out or in another word."""
    at = draft.place(rng.choice(draft.rows()[4:]))
    lines = [
        {key: line.cells[key] for key in line.cells if key in draft.form.column_by_key} for line in heads_of(draft)
    ]
    kind = rng.choice(("", NOTE, _UNIT, _ORDINAL, _LABEL))
    for cells in reversed(lines):
        if kind == _LABEL and _LABEL in cells:
            cells[_LABEL] = "Nội dung"
        else:
            cells.pop(kind, None)
        draft.lines.insert(at, Line("extra", cells))


def exchange_measures_on_next_page(draft: Draft, rng: Random) -> None:
    """The head printed again with its two measures exchanged, and the figures below it too."""
    left, right = draft.form.measures
    heads = heads_of(draft)
    is_divided = any(name.startswith("left") for name in draft.columns)
    if is_divided or not any(left in line.cells and right in line.cells for line in heads):
        return
    rows = draft.rows()[rng.randint(6, len(draft.rows()) - 4) :]
    at = draft.place(rows[0])
    for line in reversed(heads):
        cells = {name: value for name, value in line.cells.items() if name in draft.form.column_by_key}
        if left in cells and right in cells:
            cells[left], cells[right] = cells[right], cells[left]
        draft.lines.insert(at, Line("extra", cells))
    draft.merges[:] = [merge for merge in draft.merges if merge[0] not in rows]
    for line in rows:
        figures = {left: line.cells.pop(right, ""), right: line.cells.pop(left, "")}
        line.cells |= {measure: value for measure, value in figures.items() if value != ""}
    draft.doubt(draft.form.by_key)


def exchange_measures(draft: Draft, rng: Random) -> None:
    """The two columns of figures exchanged, heads and all."""
    places = [draft.columns.index(measure) for measure in draft.form.measures]
    for place, measure in zip(reversed(places), draft.form.measures, strict=True):
        draft.columns[place] = measure
    doubt_without_sub_heads(draft)


# Columns of words ---------------------------------------------------------------------------------------------------


def drop_unit_column(draft: Draft, rng: Random) -> None:
    """The column of units of measure deleted; often each unit stands behind its label instead."""
    if _UNIT not in draft.columns:
        return
    is_kept_behind = rng.random() < 0.5
    for line in draft.untouched() if is_kept_behind else ():
        unit = draft.form.by_key[line.key].unit_of_measure
        line.cells[_LABEL] = f"{line.cells[_LABEL]} ({unit})" if unit else line.cells[_LABEL]
    draft.columns.remove(_UNIT)
    for line in draft.lines:
        line.cells.pop(_UNIT, None)


def units_in_labels(draft: Draft, rng: Random) -> None:
    """Each unit of measure behind its label too."""
    for line in draft.untouched():
        unit = draft.form.by_key[line.key].unit_of_measure
        line.cells[_LABEL] = f"{line.cells[_LABEL]} ({unit})" if unit else line.cells[_LABEL]


def ordinals_in_labels(draft: Draft, rng: Random) -> None:
    """The column of ordinals deleted, and the number of each group put before its label."""
    if _ORDINAL not in draft.columns:
        return
    for line in draft.rows():
        ordinal = line.cells.pop(_ORDINAL, "")
        label = line.cells.get(_LABEL, "")
        if isinstance(ordinal, str) and label:
            line.cells[_LABEL] = (
                f"{ordinal}{rng.choice(('. ', ' ', ') '))}{label}" if ordinal.isdecimal() else f"- {label}"
            )
    draft.columns.remove(_ORDINAL)
    for line in draft.lines:
        line.cells.pop(_ORDINAL, None)


def roman_ordinals(draft: Draft, rng: Random) -> None:
    """The groups numbered in Roman numerals."""
    numerals = iter(("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"))
    for line in draft.rows():
        if line.cells.get(_ORDINAL, "") != "" and not draft.form.by_key[line.key].parent:
            line.cells[_ORDINAL] = next(numerals, "")


def parts_in_a_column_of_their_own(draft: Draft, rng: Random) -> None:
    """The labels of the parts in a column right of those of the groups."""
    name = new_column(draft, draft.columns.index(_LABEL) + 1, "parts")
    if rng.random() < 0.5:
        for line in heads_of(draft)[:1]:
            line.cells[name] = "Trong đó"
    for line in draft.rows():
        if draft.form.by_key[line.key].parent and _LABEL in line.cells:
            line.cells[name] = line.cells.pop(_LABEL)


_SHORTER = (
    (("cán bộ, công chức, viên chức", "CBCCVC"), ("Bồi dưỡng", "BD")),
    (("cho", "dành cho"),),
    (("Bồi dưỡng", "Lớp bồi dưỡng"), ("Phổ", "Lớp phổ"), ("Học nghề", "Lớp học nghề"), ("Xóa", "Lớp xóa")),
    (("Hoạt động", "HĐ"), ("Sinh hoạt", "SH"), ("học tập", "HT")),
)


def abbreviate_everywhere(draft: Draft, rng: Random) -> None:
    """The same words shortened, or put in, in every label."""
    for line in draft.untouched():
        label = str(line.cells[_LABEL])
        for word, other in rng.choice(_SHORTER):
            label = label.replace(word, other)
        if label != line.cells[_LABEL]:
            line.cells[_LABEL] = label
            draft.doubt([line.key])


def labels_on_two_rows(draft: Draft, rng: Random) -> None:
    """Long labels broken into two rows, the figures beside the first half or the second."""
    is_beside_second = rng.random() < 0.5
    long = [line for line in draft.untouched() if len(str(line.cells[_LABEL]).split()) > 7]
    for line in rng.sample(long, min(len(long), rng.choice((1, 4, 10)))):
        words = str(line.cells[_LABEL]).split()
        half = len(words) // 2
        line.cells[_LABEL] = " ".join(words[:half])
        second = Line("extra", {_LABEL: " ".join(words[half:])})
        for name in (*draft.form.measures, _UNIT) if is_beside_second else ():
            second.cells |= {name: line.cells.pop(name)} if name in line.cells else {}
        draft.lines.insert(draft.place(line) + 1, second)
        draft.doubt([line.key])


def dittos(draft: Draft, rng: Random) -> None:
    """The beginning that some labels share replaced by a sign for "the same"."""
    for key in ("class_foreign_language_staff", "class_it_staff"):
        for line in (line for line in draft.untouched() if line.key == key):
            shared = "Bồi dưỡng nâng cao trình độ"
            line.cells[_LABEL] = str(line.cells[_LABEL]).replace(shared, rng.choice(('"', "-nt-", "...")))
            draft.doubt([key])


# Rows and tables ----------------------------------------------------------------------------------------------------


def total_at_the_end(draft: Draft, rng: Random) -> None:
    """A total below the last row of figures."""
    lines = [line for line in draft.rows() if ValueKind.TEXT not in draft.form.by_key[line.key].kinds.values()]
    label = rng.choice(("Tổng cộng", "Cộng", "Tổng kinh phí"))
    cells: dict[str, CellValue] = {_LABEL: label, draft.form.measures[0]: float(rng.randint(100, 999))}
    draft.lines.insert(draft.place(lines[-1]) + 1, Line("extra", cells))


def two_rows_under_one_label(draft: Draft, rng: Random) -> None:
    """The figures of a row on two lines, its label merged over both."""
    pairs = [line for line in draft.rows() if all(isinstance(line.cells.get(m), float) for m in draft.form.measures)]
    for line in rng.sample(pairs, min(2, len(pairs))):
        second = Line("extra", {measure: float(rng.randint(1, 9)) for measure in draft.form.measures})
        draft.lines.insert(draft.place(line) + 1, second)
        draft.merges.append((line, _LABEL, second, _LABEL))
        draft.forget([line.key])


def _classes(draft: Draft) -> list[Line]:
    first = draft.form.rows[0].key
    return [line for line in draft.untouched() if draft.form.by_key[line.key].parent == first]


def _block(draft: Draft, rng: Random, lines: Sequence[Line], kind: str) -> list[Line]:
    """Write rows once more with other figures; the form's own are the true ones."""
    draft.copied |= {line.key for line in lines}
    draft.doubt([line.key for line in lines])
    return [_copy(draft, line, kind, rng) for line in lines]


def block_of_a_school_above(draft: Draft, rng: Random) -> None:
    """Some rows once more for one school, above those of the form."""
    lines = _classes(draft)
    lines = rng.sample(lines, min(len(lines), rng.choice((3, 12))))
    block = _block(draft, rng, lines, "extra")
    at = draft.place(draft.rows()[0])
    draft.lines[at:at] = [Line("extra", {_LABEL: "A. Trường THCS"}), *block, Line("extra", {_LABEL: "B. Toàn phường"})]


def block_of_a_school_with_labels_of_its_own(draft: Draft, rng: Random) -> None:
    """Some rows once more for one school under the printed labels; the form's own bear their keys and other words."""
    short = {"class_foreign_language_staff": "Lớp tiếng Anh cho cán bộ", "class_it_staff": "Lớp máy tính cho cán bộ"}
    lines = [line for line in draft.untouched() if line.key in short and "row_key" in line.cells]
    if "row_key" not in draft.columns:
        return
    block = _block(draft, rng, lines, "extra")
    for line in lines:
        line.cells[_LABEL] = short[line.key]
    at = draft.place(draft.rows()[0])
    draft.lines[at:at] = [Line("extra", {_LABEL: "Trong đó: Trường THCS"}), *block]


def block_of_a_school_below(draft: Draft, rng: Random) -> None:
    """Some rows once more for one school, below the table."""
    block = _block(draft, rng, _classes(draft), "below")
    draft.lines += [Line("below", {_LABEL: "Trong đó của trường học"}), *block]


def blank_table_below(draft: Draft, rng: Random) -> None:
    """The blank table once more below the filled one."""
    program = {"row_key", "checks"}
    for line in (*heads_of(draft), *draft.rows()):
        left_out = program if line.kind == "head" else {*program, *draft.form.measures, NOTE}
        draft.lines.append(Line("below", {name: value for name, value in line.cells.items() if name not in left_out}))


def table_of_last_year_below(draft: Draft, rng: Random) -> None:
    """The table of last year below that of this one, under a title of its own or none."""
    title = rng.choice(("SỐ LIỆU NĂM 2019", "KẾ HOẠCH", ""))
    draft.lines.append(Line("below", {draft.columns[0]: title} if title else {}))
    draft.lines += [_copy(draft, line, "below", rng) for line in (*heads_of(draft), *draft.rows())]
    draft.doubt(draft.form.by_key)


# Around the table ---------------------------------------------------------------------------------------------------


def refer_to_a_document(draft: Draft, rng: Random) -> None:
    """A line above the table that names a document of another year."""
    said = (
        "Căn cứ Kế hoạch số 12 năm 2019 của UBND thị xã",
        "Thực hiện Đề án xây dựng xã hội học tập năm 2013",
        "(Kèm theo Báo cáo số 15 năm 2021)",
        "Mẫu ban hành năm 2018",
    )
    draft.lines.insert(0, Line("top", {draft.columns[0]: rng.choice(said)}))


def name_sheet_and_file(draft: Draft, rng: Random) -> None:
    """The sheet named after its year, and the file after its campaign."""
    draft.sheet = rng.choice(("2020", "Năm 2020", "Kết quả", "Sheet2"))
    draft.path = rng.choice(("BC Tuan le HTSD nam 2020.xlsx", "bao cao 10.10.2020.xlsx"))


CLEAR: tuple[Alteration, ...] = (
    years_below_heads,
    quarters,
    number_columns,
    rename_label_head,
    print_head_again,
    exchange_measures,
    units_in_labels,
    ordinals_in_labels,
    roman_ordinals,
    parts_in_a_column_of_their_own,
    total_at_the_end,
    blank_table_below,
    refer_to_a_document,
    name_sheet_and_file,
)
"""alterations whose meaning is plain to a person"""

OPEN: tuple[Alteration, ...] = (
    words_below_heads,
    column_without_head,
    years_above_heads,
    rename_measure_heads,
    one_column_for_figures,
    exchange_measures_on_next_page,
    drop_unit_column,
    abbreviate_everywhere,
    labels_on_two_rows,
    dittos,
    two_rows_under_one_label,
    block_of_a_school_above,
    block_of_a_school_with_labels_of_its_own,
    block_of_a_school_below,
    table_of_last_year_below,
)
"""alterations after which some number is open to doubt"""

EARLY: tuple[Alteration, ...] = (drop_unit_column, rename_measure_heads, one_column_for_figures)
"""what these leave out must not have been evidence of what others did"""
LATE: tuple[Alteration, ...] = (
    years_below_heads,
    words_below_heads,
    column_without_head,
    years_above_heads,
    parts_in_a_column_of_their_own,
    two_rows_under_one_label,
    exchange_measures_on_next_page,
    blank_table_below,
    table_of_last_year_below,
)
"""what these put side by side is not taken apart by others"""
REARRANGED: Mapping[str, Alteration] = {each.__name__: each for each in (*CLEAR, *OPEN)}
