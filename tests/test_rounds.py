"""Whatever offices send in three days, no total is wrong without an open point at that unit and exit 1."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from pipeline.model import Consolidation, UnitResult, UnitStatus
from pipeline.run.consolidate import Request, consolidate
from schemas.register import Register
from schemas.rules import Cell, Severity
from tests.fuzzing import SEED, on_every_core, seeds_for_a_while
from tests.officers import Officer
from tests.returned import FORM
from tests.rounds import Office, Round, days, new_round, towns_register

SHORT_RUN = 50
QUIET_RUN = 10
WITH_OFFICER = 5
"""one of so many rounds is carried out with decisions and hand edits, which takes several runs"""


@dataclass(slots=True)
class Score:
    """What became of many rounds."""

    rounds: int = 0
    numbers: int = 0
    silent: list[str] = field(default_factory=list)
    """wrong numbers beside which nothing is open"""
    lost: list[str] = field(default_factory=list)
    """numbers that are not counted, of which nothing is said"""
    noise: list[str] = field(default_factory=list)
    """questions about units that sent nothing to ask about"""


def register_of(round_: Round) -> Register:
    """Expect the offices of the round, and nobody else."""
    known = towns_register()
    units = [replace(office.unit, email=f"xa{office.code}@example.vn") for office in round_.offices]
    collector = [known.collector] if known.collector else []
    return replace(known, units=(*collector, *units))


def judge(round_: Round, result: Consolidation, score: Score, seed: int) -> None:
    """Compare what is counted with what each office means."""
    score.rounds += 1
    offices = {office.code: office for office in round_.offices}
    for unit in result.units:
        judge_unit(offices[unit.unit.code], unit, result, score, seed)


def judge_unit(office: Office, unit: UnitResult, result: Consolidation, score: Score, seed: int) -> None:
    entries = {entry.key: entry for entry in unit.counted.entries} if unit.counted else {}
    told = [
        one
        for file in result.files
        for one in file.findings
        if concerns(file.unit, file.perhaps, office) or office.code in as_tuple(one.facts.get("concerns"))
    ]
    is_open = not result.complete and (unit.status is not UnitStatus.RECEIVED or any(one.is_open for one in told))
    is_told = office.told_of_the_run and any(one.severity is not Severity.INFO for one in result.notes)
    label = f"seed {seed}: {office.code} {office.name} {office.done}"
    for name, meant in office.truth.items():
        cell = Cell(*name.rpartition(".")[::2])
        entry = entries.get(cell)
        counted = entry.value if entry and entry.counted else None
        score.numbers += 1
        if counted is None:
            if not unit.counted and unit.status is UnitStatus.MISSING:
                continue
            if not any(one.severity is not Severity.INFO for one in told):
                score.lost.append(f"{label}: {cell} is {meant}, nothing counted")
            continue
        may_be_wrong = counted != meant or name in office.unsure or office.named_otherwise
        # A true number whose return is in doubt needs an open point; one that is wrong, the mark at its total too.
        is_marked = is_told or (is_open and (counted == meant or result.totals[cell].provisional))
        if may_be_wrong and not is_marked:
            score.silent.append(f"{label}: {cell} is {meant}, counted {counted}, open {is_open}")
    questions = [one for one in told if one.is_open]
    if office.quiet and questions and not office.unsure:
        score.noise.append(f"{label}: {[(one.code, one.cell) for one in questions]}")


def as_tuple(fact: object) -> tuple[object, ...]:
    return fact if isinstance(fact, tuple) else ()


def concerns(unit: str | None, perhaps: tuple[str, ...], office: Office) -> bool:
    return unit == office.code or (unit is None and office.code in perhaps)


def one_round(seed: int, score: Score, *, harmful: bool = True) -> Consolidation:
    """Let one round happen and judge its end; in some an officer is at work each evening."""
    with TemporaryDirectory() as home:
        round_ = new_round(Path(home) / "in", Random(seed))
        register = register_of(round_)
        officer = Officer(round_, register, Path(home))
        has_officer = harmful and seed % WITH_OFFICER == 0
        for _ in days(round_, harmful=harmful):
            if has_officer and any(round_.folder.iterdir()):
                officer.run()
                officer.evening()
        request = Request(round_.folder, FORM, register, workers=0)
        result = officer.run() if has_officer else consolidate(request)
        judge(round_, result, score, seed)
        return result


def test_no_total_of_a_round_is_wrong_without_an_open_point_at_its_unit() -> None:
    score = Score()
    for seed in range(SEED, SEED + SHORT_RUN):
        one_round(seed, score)
    assert score.silent == []
    assert score.lost == []


def test_a_round_in_which_nobody_sends_anything_odd_is_complete_and_asks_nothing() -> None:
    score = Score()
    for seed in range(SEED, SEED + QUIET_RUN):
        result = one_round(seed, score, harmful=False)
        assert result.complete, (seed, score.noise)
    assert score.silent == score.lost == score.noise == []


@pytest.mark.long
@on_every_core
def test_no_total_of_very_many_rounds_is_wrong_in_silence(part: int) -> None:
    score = Score()
    for seed in seeds_for_a_while(part):
        one_round(seed, score)
    print(f"{score.rounds} rounds, {score.numbers} numbers, {len(score.noise)} questions nobody needed")
    assert score.silent == []
    assert score.lost == []
