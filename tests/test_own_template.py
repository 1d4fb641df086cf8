"""A definition is tried before it is sent out: the program reads its own template, or says what it loses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from examples.filling import Typed
from pipeline.findings import message
from pipeline.model import Consolidation, FileStatus
from pipeline.readers.register import NOBODY, load_register
from pipeline.run.consolidate import Request, consolidate
from pipeline.run.definition_trial import Way, try_form
from schemas.definition import DefinitionError
from schemas.form import Form, load_form, shipped_forms
from schemas.rules import Severity
from tests.returned import FIGURES, FORM, write_returns
from tests.returned import consolidate as command
from tests.test_form import altered_form, with_new_row

TOTAL_LIKE_HEAD = Path(__file__).parent / "data" / "forms" / "total_named_like_head"


@pytest.mark.parametrize("name", shipped_forms())
def test_every_shipped_form_is_read_from_its_own_template(name: str) -> None:
    form = load_form(name)
    assert {trial.way: trial.lost for trial in try_form(form, load_register(form, None))} == dict.fromkeys(Way, ())


def test_a_form_without_a_register_is_tried_too() -> None:
    assert all(trial.lost == () for trial in try_form(FORM, NOBODY))


def test_the_command_checks_a_form_and_says_how_many_cells_came_back() -> None:
    done = command("check", "--form", FORM.id)
    assert done.exit_code == 0
    assert done.output.count("57/57") == 3


def test_the_command_refuses_a_form_whose_sum_forgets_a_row(tmp_path: Path) -> None:
    done = command("check", "--form", with_new_row(tmp_path))
    assert done.exit_code == 3
    assert done.output.count("class_digital_skills") == 2


def test_a_table_that_the_program_cannot_read_loses_cells_and_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DefinitionError):
        load_form(TOTAL_LIKE_HEAD)
    monkeypatch.setattr("schemas.form.loading.faults_between", lambda *_: ())
    form = load_form(TOTAL_LIKE_HEAD)
    trials = {trial.way: trial for trial in try_form(form, load_register(form, TOTAL_LIKE_HEAD / "units.csv"))}
    lost = trials[Way.UNCALCULATED]
    assert {cell.measure for cell in lost.lost} == {form.measures[-1]}
    assert "S016" in [told.code for told in lost.told]
    done = command("check", "--form", TOTAL_LIKE_HEAD, "--units", TOTAL_LIKE_HEAD / "units.csv")
    assert done.exit_code == 1
    assert done.output.count(form.column_by_key[form.measures[-1]].short) >= len(lost.lost)


# A form that gains a column -----------------------------------------------------------------------------------------


def with_women(folder: Path, kind: str) -> Form:
    """Add a third column of numbers, "Nữ", to the form of the letter: `kind` is what its cells take."""
    copy = altered_form(folder)
    with (copy / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    place = rows[0].index("people") + 1
    rows[0].insert(place, "women")
    for row in rows[1:]:
        row.insert(place, kind if row[rows[0].index("people")].startswith("count") else "")
    with (copy / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    definition = copy / "form.toml"
    column = '\n[[columns]]\nkey = "women"\nrole = "measure"\nhead = ["Nữ"]\nwidth = 11\n'
    text = definition.read_text(encoding="utf-8")
    note = text.index('[[columns]]\nkey = "note"')
    text = text[:note] + column.lstrip() + "\n" + text[note:]
    rule = '\n[[rules]]\nid = "W"\nkind = "pair"\nrows = ["class_pairs"]\nmeasures = ["women", "people"]\n'
    definition.write_text(text + rule + 'severity = { fewer = "warning" }\n', encoding="utf-8")
    return load_form(copy)


def run(folder: Path, form: Form, figures: dict[str, Typed], made_for: Form) -> Consolidation:
    write_returns(folder / "in", {"07135": figures}, form=made_for)
    return consolidate(Request(folder / "in", form, load_register(form, None), workers=0))


def codes_at(result: Consolidation, row: str) -> list[str]:
    return [told.code for file in result.files for told in file.findings if told.row == row]


@pytest.mark.parametrize("kind", ["count", "count?"])
def test_two_numbers_in_one_cell_are_read_as_before_when_a_form_gains_a_column(tmp_path: Path, kind: str) -> None:
    form = with_women(tmp_path, kind)
    figures = {cell: number for cell, number in FIGURES["07135"].items() if not cell.startswith("class_literacy.")}
    result = run(tmp_path, form, {**figures, "class_literacy.quantity": "12 lớp/340 người"}, form)
    (one,) = [unit.counted for unit in result.units if unit.counted]
    read = {entry.measure: entry.value for entry in one.entries if entry.row == "class_literacy"}
    assert (read["quantity"], read["people"]) == (12, 340)
    assert "V014" not in codes_at(result, "class_literacy")


def test_a_column_all_of_whose_cells_may_stay_blank_rejects_no_return_that_came_without_it(tmp_path: Path) -> None:
    form = with_women(tmp_path, "count?")
    result = run(tmp_path, form, dict(FIGURES["07135"]), FORM)
    told = [one for file in result.files for one in file.findings]
    assert [one.severity for one in told if one.code == "S006"] == [Severity.INFO]
    assert [file.status for file in result.files] == [FileStatus.USED]


def test_a_column_that_must_be_filled_is_missed(tmp_path: Path) -> None:
    form = with_women(tmp_path, "count")
    result = run(tmp_path, form, dict(FIGURES["07135"]), FORM)
    assert Severity.ERROR in [one.severity for file in result.files for one in file.findings if one.code == "S006"]


def test_a_rule_between_two_columns_names_its_own(tmp_path: Path) -> None:
    form = with_women(tmp_path, "count?")
    figures: dict[str, Typed] = {**FIGURES["07135"], "class_it_staff.women": 99, "class_it_staff.people": 41}
    result = run(tmp_path, form, figures, form)
    (told,) = [one for file in result.files for one in file.findings if one.code == "R123"]
    said = message(told, form, "vi")
    assert (told.facts["first_measure"], told.facts["second_measure"]) == ("women", "people")
    assert all(form.column_by_key[measure].short in said for measure in ("women", "people"))
