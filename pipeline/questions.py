"""Open questions by the unit and the cells they concern: until they are answered, those totals are provisional.

A question that names a row concerns that row of its unit, one that names a cell that cell, one about copies the cells
in which they differ; any other concerns the whole return. A file of which nobody knows the unit leaves open what each
unit that it may belong to has stated.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

from pipeline.model import FileResult, Finding
from schemas.form import Form
from schemas.rules import Cell


def questions_by_unit(files: Iterable[FileResult]) -> Mapping[str, tuple[Finding, ...]]:
    """Gather the open questions of all files: unit code -> what is asked about it."""
    asked: dict[str, list[Finding]] = {}
    for file in files:
        questions = [told for told in file.findings if told.is_question]
        units = [file.unit] if file.unit else file.perhaps
        for unit in units if questions else ():
            asked.setdefault(unit, []).extend(questions)
    return {unit: tuple(questions) for unit, questions in asked.items()}


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
