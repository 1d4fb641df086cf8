"""What many cells bear for one reason is told once, with its cells; all else is told where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.findings import LANGUAGES, MISSING, Lang, finding, in_brief, load_catalogue, message
from pipeline.findings.group import spans, told_once
from pipeline.model import Finding
from schemas.rules import Severity
from tests.builders import shipped_form

ROWS = [row.key for row in shipped_form().rows if row.key.startswith("class_") and len(row.kinds) == 2]


def at_cells(code: str, count: int, measure: str = "people", **more: object) -> list[Finding]:
    return [
        finding(code, sheet="Bieu", cell=f"E{16 + place}", row=row, measure=measure, found=f"{place} ca", **more)  # type: ignore[arg-type]
        for place, row in enumerate(ROWS[:count])
    ]


@pytest.mark.parametrize(
    ("code", "most"), [("V001", 4), ("V004", 4), ("V009", 4), ("R122", 4), ("V022", 3), ("V026", 3)]
)
def test_more_than_a_few_of_one_cause_become_one_and_a_few_stay(code: str, most: int) -> None:
    few, many = at_cells(code, most), at_cells(code, most + 1)
    assert told_once(few) == tuple(few)
    (told,) = told_once(many)
    assert (told.code, told.severity, told.counted) == (code, many[0].severity, many[0].counted)
    assert (told.cell, told.row, told.measure) == ("E16", None, "people")
    assert told.facts["places"] == tuple(each.cell for each in many)
    assert told.found == "; ".join(str(each.found) for each in many)


def test_of_what_was_typed_in_many_cells_the_first_is_shown() -> None:
    (told,) = told_once(at_cells("V001", 12))
    assert told.found == "0 ca; 1 ca; 2 ca; 3 ca; 4 ca; …"
    assert "E16:E27" in in_brief(told, shipped_form(), "vi")


def test_a_finding_that_stands_for_many_names_every_cell() -> None:
    said = message(told_once(at_cells("V004", 12))[0], shipped_form(), "vi")
    assert "E16:E27" in said


def test_what_all_of_them_say_is_said_and_what_differs_is_left_to_the_cells() -> None:
    cells = enumerate(at_cells("R101", 6))
    (told,) = told_once([replace(told, facts={"from_measure": "quantity", "value": n}) for n, told in cells])
    assert {"from_measure"} == told.facts.keys() - {"places", "count"}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_whatever_is_put_together_can_be_told_without_what_differs(lang: Lang) -> None:
    for code, entry in load_catalogue().items():
        each = [
            replace(told, found=f"{place}", facts={name: f"{name} {place}" for name in entry.facts - {"from_measure"}})
            for place, told in enumerate(at_cells(code, len(ROWS)))
        ]
        if len(told_once(each)) == 1 and "from_measure" not in entry.facts:
            assert MISSING not in message(told_once(each)[0], shipped_form(), lang).replace("; …", "")


def test_what_differs_in_code_column_severity_or_sheet_is_not_one_cause() -> None:
    apart = [
        *at_cells("V001", 4),
        *at_cells("V004", 4),
        *at_cells("V001", 4, "quantity"),
        *at_cells("V001", 4, severity=Severity.WARNING),
    ]
    assert told_once(apart) == tuple(apart)


def test_findings_keep_their_order_and_those_of_the_file_are_left_alone() -> None:
    first, last = finding("F026"), finding("V028", facts={"count": 3})
    codes = [told.code for told in told_once([first, *at_cells("V004", 6), *at_cells("R111", 6), last])]
    assert codes == ["F026", "V004", *["R111"] * 6, "V028"]


def test_what_is_seen_in_the_line_of_a_row_is_told_once_for_its_cells() -> None:
    row = [
        finding("V030", cell=cell, row=ROWS[0], measure=m, found="3 lớp")
        for cell, m in (("D16", "quantity"), ("E16", "people"))
    ]
    (told,) = told_once(row)
    assert (told.row, told.measure, told.found) == (ROWS[0], None, "3 lớp")
    assert told.facts["places"] == ("D16", "E16")
    every = [finding("V030", cell=f"D{n}", row=key, measure="quantity", found="3 lớp") for n, key in enumerate(ROWS)]
    assert [each.facts["count"] for each in told_once(every)] == [len(ROWS)]


def test_where_only_notes_are_put_together_questions_stay_at_their_cells() -> None:
    mixed = [*at_cells("V026", 6), *at_cells("V004", 6)]
    assert [told.code for told in told_once(mixed, (Severity.INFO,))] == ["V026", *["V004"] * 6]


def test_telling_once_again_changes_nothing() -> None:
    once = told_once([*at_cells("V004", 6), *at_cells("V022", 5)])
    assert told_once(once) == once


def test_every_code_that_is_put_together_is_one_of_the_catalogue() -> None:
    for code in load_catalogue():
        assert len(told_once(at_cells(code, len(ROWS)))) in (1, len(ROWS))


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        (["E16", "E17", "E18", "E20"], "E16:E18, E20"),
        (["E17", "D9", "E16", "D10", "AA3"], "D9:D10, E16:E17, AA3"),
        (["E2"], "E2"),
        ([], ""),
    ],
)
def test_cells_below_one_another_are_named_as_a_range(cells: list[str], named: str) -> None:
    assert spans(cells) == named
