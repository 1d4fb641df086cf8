"""Make the kept corpus anew: `python -m tests.corpus.make_corpus`. It needs LibreOffice; the files are kept in git.

Each case is a true return of one unit, altered as an office alters it and saved by one program. What must come out
stands in `index.toml` beside the files; it is written from what was truly meant, never from what was read.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from zlib import crc32

import xlsxwriter
from docx import Document
from openpyxl import Workbook

from pipeline.model.limits import DEFAULT
from pipeline.readers.kinds import Kind
from pipeline.readers.raw import sheet_facts
from pipeline.readers.sheets import CellValue, cell_name, read_sheets
from pipeline.writers.template import write_template
from schemas.form import Form, load_form
from schemas.register import Register, load_register_csv, shipped_register
from schemas.rules import Cell
from tests import alterations as alter
from tests.alterations import Alteration, Draft, Line, altered, as_sheet, blank_draft, fill

FOLDER = Path(__file__).parent
FILES = FOLDER / "files"
INDEX = FOLDER / "index.toml"
UNIT, OTHER_UNIT = "07135", "07138"
PROGRAMS = ("openpyxl", "xlsxwriter", "libreoffice xlsx", "libreoffice xls", "libreoffice ods")


@dataclass(slots=True)
class Case:
    """One file of the corpus."""

    name: str
    steps: Sequence[Alteration]
    codes: Sequence[str] = ()
    """findings that must be told"""
    program: str = ""
    second: str = ""
    """how a second form stands in the same workbook: sheet, below; or blank for none"""
    path: str = ""
    seed: int = 0
    unit: str | None = UNIT
    drafts: list[Draft] = field(default_factory=list)


# Alterations that are made for a file only ------------------------------------------------------------------------


def total_as_formula(draft: Draft, rng: Random) -> None:
    """A total typed as a formula over its parts."""
    key = draft.form.rows[0].key
    line = draft.line(key)
    first, last = (draft.place(one) + 1 for one in (draft.rows()[2], draft.rows()[13]))
    if line is not None:
        measure = draft.form.measures[0]
        parts = [cell for cell in draft.truth if cell.measure == measure and _is_part(draft, cell.row, first, last)]
        line.cells[measure] = f"=SUM(D{first}:D{last})"
        draft.truth[Cell(key, measure)] = sum(draft.truth[cell] for cell in parts)
        draft.unsure.add(Cell(key, measure))


def _is_part(draft: Draft, key: str, first: int, last: int) -> bool:
    line = draft.line(key)
    return line is not None and first <= draft.place(line) + 1 <= last


def another_year(draft: Draft, rng: Random) -> None:
    """A title of another year over the stamped form of this one."""
    draft.lines.insert(0, Line("top", {draft.columns[0]: "BIỂU TỔNG HỢP TUẦN LỄ HƯỞNG ỨNG HỌC TẬP SUỐT ĐỜI NĂM 2021"}))


def another_form(draft: Draft, rng: Random) -> None:
    """The code of another form in the stamp."""
    for line in draft.lines:
        for name, value in line.cells.items():
            if value == draft.form.id:
                line.cells[name] = "htsd_2023"


def code_of_a_neighbour(draft: Draft, rng: Random) -> None:
    """A neighbour's file filled in, its code and name left; the file bears the right name."""
    draft.path = "BC TTHTCD Minh Thanh.xlsx"


def no_stamp(draft: Draft, rng: Random) -> None:
    """The lines of the stamp deleted."""
    draft.lines[:] = [line for line in draft.lines if line.kind != "top" or "Mã" not in str(line.cells)]


# The cases --------------------------------------------------------------------------------------------------------


def cases() -> list[Case]:
    """Every case of the corpus, in the order of the index."""
    made = [Case(f"{one.__name__}", [one], CODES.get(one.__name__, ())) for one in (*alter.CLEAR, *alter.OPEN)]
    made += [Case("_and_".join(one.__name__ for one in steps), steps, codes) for steps, codes in MIXED]
    made += [
        Case("total_never_calculated", [total_as_formula], ["V009"], "openpyxl"),
        Case("total_stored_as_zero", [total_as_formula], ["V018"], "xlsxwriter"),
        Case("total_as_formula", [total_as_formula], ["V018"], "libreoffice ods"),
        Case("another_year", [another_year], ["S018"]),
        Case("another_form", [another_form], ["F015"]),
        Case("code_of_a_neighbour", [code_of_a_neighbour], ["U002"], path="BC TTHTCD Minh Thanh", unit=None),
        Case("known_by_file_name", [no_stamp, alter.rename_sheet], ["U006"], path="PL2_P. Đông Mai", seed=3),
        Case("two_sheets", [], ["F024"], second="sheet"),
        Case("one_below_the_other", [], ["F024"], second="below"),
        Case("word_table", [], ["F026"], "word"),
        Case("word_table_altered", [alter.misspell_similar_labels, alter.numbers_with_units], ["F026"], "word"),
    ]
    for case in made:
        # By its name, so that a new case leaves the others as they are.
        number = crc32(case.name.encode())
        case.seed = case.seed or number % 10_000
        case.program = case.program or PROGRAMS[number % len(PROGRAMS)]
    return made


CODES: Mapping[str, Sequence[str]] = {
    "swap_similar_rows": ["S008"],
    "insert_unknown_row": ["S003"],
    "subtotals": ["S003"],
    "add_column": ["S004"],
    "flatten_head": ["S011"],
    "remove_sub_head": ["S011"],
    "misspell_labels": ["S002"],
    "tcvn3": ["F027"],
    "vni": ["F027"],
    "numbers_beside": ["S004"],
    "text_below": ["S005"],
    "misspell_similar_labels": ["S002"],
    "delete_filled_row": ["S001"],
    "duplicate_row": ["S009"],
    "insert_by_copying": ["S003"],
    "second_people_column": ["S016"],
    "remove_head": ["S006"],
    "merge_down": ["V003"],
    "swap_labels_alone": ["S015"],
    "rename_activity": ["S007"],
    "shifted_keys": ["S014"],
    "money_in_thousands": ["S010"],
}
MIXED: Sequence[tuple[Sequence[Alteration], Sequence[str]]] = (
    ((alter.values_only, alter.reorder_columns, alter.swap_similar_rows, alter.misspell_similar_labels), ["S002"]),
    ((alter.blank_rows_inside, alter.blank_columns, alter.move_note, alter.upper_case), []),
    ((alter.delete_empty_rows, alter.hyphenate, alter.text_above, alter.vni), ["F027"]),
    ((alter.pasted_below_another_table, alter.flatten_head, alter.numbers_as_text, alter.tcvn3), ["F027"]),
    ((alter.without_keys, alter.misspell_labels, alter.insert_unknown_row, alter.enumerate_labels), ["S002", "S003"]),
)


# Making -----------------------------------------------------------------------------------------------------------


def _blank(form: Form, register: Register, unit: str) -> Draft:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "blank.xlsx"
        write_template(form, register, path, register.by_code[unit])
        data = path.read_bytes()
    sheet = next(iter(read_sheets(data, DEFAULT)))
    return blank_draft(form, sheet, sheet_facts(data, Kind.XLSX, sheet.name).formulas)


def _drafts(case: Case, form: Form, register: Register) -> list[Draft]:
    units = [UNIT, *([OTHER_UNIT] if case.second else [])]
    drafts = []
    for index, unit in enumerate(units):
        rng = Random(1000 * case.seed + index)
        draft = fill(_blank(form, register, unit), rng)
        for step in case.steps:
            draft = altered(draft, step, rng)
        if case.second == "sheet":
            draft.sheet = register.by_code[unit].name
        drafts.append(draft)
    return drafts


def _grid(drafts: Sequence[Draft]) -> tuple[list[list[CellValue]], list[tuple[int, int, int, int]], list[int]]:
    """Cells, merged ranges and hidden rows of one sheet; several drafts stand below each other."""
    grid: list[list[CellValue]] = []
    merged: list[tuple[int, int, int, int]] = []
    hidden: list[int] = []
    for draft in drafts:
        sheet, facts = as_sheet(draft)
        top = len(grid)
        merged += [(top + first, left, top + last, right) for first, left, last, right in sheet.merged]
        hidden += [top + row for row in facts.hidden_rows]
        grid += [*map(list, sheet.rows), []]
    return grid, merged, hidden


def _sheets(case: Case) -> list[list[Draft]]:
    return [case.drafts] if case.second == "below" else [[draft] for draft in case.drafts]


def _plain(value: CellValue) -> CellValue:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _by_openpyxl(case: Case, path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for drafts in _sheets(case):
        grid, merged, hidden = _grid(drafts)
        sheet = book.create_sheet(drafts[0].sheet)
        for row, cells in enumerate(grid, 1):
            for column, value in enumerate(cells, 1):
                if value != "":
                    sheet.cell(row, column).value = _plain(value)
        for first, left, last, right in merged:
            if (first, left) != (last, right):
                sheet.merge_cells(start_row=first + 1, start_column=left + 1, end_row=last + 1, end_column=right + 1)
        for row in hidden:
            sheet.row_dimensions[row + 1].hidden = True
    book.save(path)


def _by_xlsxwriter(case: Case, path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        dated = book.add_format({"num_format": "dd/mm/yyyy"})
        for drafts in _sheets(case):
            grid, merged, hidden = _grid(drafts)
            sheet = book.add_worksheet(drafts[0].sheet)
            for first, left, last, right in merged:
                if (first, left) != (last, right):
                    sheet.merge_range(first, left, last, right, "")
            for row, cells in enumerate(grid):
                for column, value in enumerate(cells):
                    if isinstance(value, datetime):
                        sheet.write_datetime(row, column, value, dated)
                    elif value != "":
                        sheet.write(row, column, _plain(value))
            for row in hidden:
                sheet.set_row(row, None, None, {"hidden": True})


def _by_word(case: Case, path: Path) -> None:
    document = Document()
    draft = case.drafts[0]
    sheet, _ = as_sheet(draft)
    first = next(index for index, line in enumerate(draft.lines) if line.kind == "head")
    for cells in sheet.rows[:first]:
        texts = [str(value) for value in cells if value != ""]
        for index, text in enumerate(texts):
            if text.endswith(":"):
                document.add_paragraph(" ".join(texts[index : index + 2]))
            elif not index or not texts[index - 1].endswith(":"):
                document.add_paragraph(text)
    width = len(draft.form.columns)
    table = document.add_table(len(sheet.rows) - first, width)
    for row, cells in enumerate(sheet.rows[first:]):
        for column, value in enumerate(cells[:width]):
            table.cell(row, column).text = str(_plain(value))
    document.save(str(path))


WRITERS: Mapping[str, Callable[[Case, Path], None]] = {
    "openpyxl": _by_openpyxl,
    "xlsxwriter": _by_xlsxwriter,
    "word": _by_word,
}


def _write(made: Sequence[Case], work: Path) -> None:
    """Write every file; those of LibreOffice are saved by it from one that openpyxl wrote."""
    waiting: dict[str, list[Path]] = defaultdict(list)
    for case in made:
        suffix = "docx" if case.program == "word" else "xlsx"
        writer = WRITERS.get(case.program)
        if writer:
            writer(case, FILES / f"{case.name}.{suffix}")
        else:
            path = work / f"{case.name}.xlsx"
            _by_openpyxl(case, path)
            waiting[case.program.split()[-1]].append(path)
    for suffix, paths in waiting.items():
        options = [f"-env:UserInstallation={(work / 'profile').as_uri()}", "--headless", "--norestore"]
        command = ["soffice", *options, "--convert-to", suffix, "--outdir", str(FILES), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=600)


def _file_of(case: Case) -> str:
    suffixes = {"word": "docx", "libreoffice xls": "xls", "libreoffice ods": "ods"}
    return f"{case.name}.{suffixes.get(case.program, 'xlsx')}"


def _entry(case: Case) -> str:
    done = [str(step.__doc__).splitlines()[0] for step in case.steps]
    done += {"sheet": ["A second form on a second sheet."], "below": ["A second form below the first."]}.get(
        case.second, []
    )
    lines = [
        "[[files]]",
        f'file = "{_file_of(case)}"',
        f'saved_by = "{case.program}"',
        f'sent_as = "{case.path or case.name}{Path(_file_of(case)).suffix}"',
        f"done = {_texts(done)}",
        f"codes = {_texts(case.codes)}",
    ]
    top = 0
    for index, draft in enumerate(case.drafts):
        unit = case.unit if index == 0 else OTHER_UNIT
        if unit is not None and "values_only" in draft.done:
            unit = None
        lines += ["", "[[files.returns]]", f'unit = "{unit or ""}"', *_numbers(draft, case, top)]
        top += len(draft.lines) + 1 if case.second == "below" else 0
    return "\n".join(lines) + "\n"


def _numbers(draft: Draft, case: Case, top: int) -> list[str]:
    """What must be counted, each with its cell; and what is open, which is told or right."""
    clear = {cell: number for cell, number in draft.truth.items() if cell not in draft.unsure}
    of_word = (
        next(index for index, line in enumerate(draft.lines) if line.kind == "head") if case.program == "word" else 0
    )
    spans = {
        (id(line), measure): left
        for line, left, _, right in draft.merges
        for measure in (left, right)
        if line.key and len(draft.form.by_key[line.key].kinds) == 1
    }
    lines = []
    for name, cells in (("numbers", clear), ("perhaps", {c: n for c, n in draft.truth.items() if c not in clear})):
        shown = []
        for cell, number in cells.items():
            line = draft.line(cell.row)
            place = ""
            if line is not None:
                column = spans.get((id(line), cell.measure), cell.measure)
                place = cell_name(top + draft.place(line) - of_word, draft.columns.index(column))
            shown.append(f'  "{cell}" = [{number}, "{place}"],')
        lines += [f"[files.returns.{name}]", *(line.strip().rstrip(",") for line in shown)]
    return lines


def _texts(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def main() -> None:
    """Write the files and their index."""
    form = load_form("htsd_2020")
    register = load_register_csv(shipped_register(form.register), form.first_day)
    made = cases()
    for case in made:
        case.drafts = _drafts(case, form, register)
    shutil.rmtree(FILES, ignore_errors=True)
    FILES.mkdir()
    with tempfile.TemporaryDirectory() as work:
        _write(made, Path(work))
    INDEX.write_text("\n".join(map(_entry, made)), encoding="utf-8")


if __name__ == "__main__":
    main()
