"""Open questions by the unit and the cells they concern: until they are answered, those totals are provisional.

A question that names a row concerns that row of its unit, one that names a cell that cell, one about copies the cells
in which they differ, one about two units each of them; any other concerns the whole return. A file of which nobody
knows the unit leaves open what each unit that it may belong to has stated. A file that is not used is an open point of
its unit as long as anything is open in it: it may be the correction of the return that counts.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from pipeline.model import FileResult, FileStatus, Finding
from schemas.form import Form
from schemas.rules import Cell


def questions_by_unit(files: Iterable[FileResult]) -> Mapping[str, tuple[Finding, ...]]:
    """Gather the open questions of all files: unit code -> what is asked about it."""
    asked: dict[str, list[Finding]] = {}
    for file in files:
        units = (file.unit,) if file.unit else file.perhaps
        for told in file.findings:
            if told.is_question or (told.is_open and file.status is FileStatus.REJECTED):
                for unit in dict.fromkeys((*units, *_others_concerned(told))):
                    asked.setdefault(unit, []).append(told)
    return {unit: tuple(questions) for unit, questions in asked.items()}


def _others_concerned(told: Finding) -> tuple[str, ...]:
    """Give the codes of units that a finding concerns beside that of its file.

    One unit may have copied the other; a message may speak of any of the returns that came in it.
    """
    codes = told.facts.get("concerns", ())
    return codes if isinstance(codes, tuple) else ()


def cells_in_question(form: Form, questions: Iterable[Finding]) -> AbstractSet[Cell]:
    """Name the number cells of a unit that its open questions concern."""
    cells: set[Cell] = set()
    for told in questions:
        cells |= _concerned(form, told)
    return cells


def _concerned(form: Form, told: Finding) -> AbstractSet[Cell]:
    if told.at in form.number_cells:
        return {told.at}
    differing = told.facts.get("differing", ())
    if isinstance(differing, tuple) and differing:
        return {cell for cell in form.number_cells if f"{cell.row}.{cell.measure}" in differing}
    of_row = {cell for cell in form.number_cells if cell.row == told.row}
    return of_row or set(form.number_cells)
