"""Whatever an office does to its form, every number that is counted is the true one, or its row bears a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

import pytest

from pipeline.extract.returns import read_forms
from pipeline.findings.group import told_once
from pipeline.model import FileReading, Finding, Return, State
from pipeline.readers.book import Book
from schemas.rules import Cell, Severity
from tests import alterations, misplaced, rearranged, unshown
from tests.alterations import Draft, altered, answered, as_sheet, fill
from tests.fuzzing import on_every_core, seeds_for_a_while
from tests.reading import desk

UNIT = "07135"
CLEAR_SHARE = 0.99
LOUDEST = 9
"""so many findings at most for a mildly altered return"""
SHORT_RUN, CLEAR_RUN = 300, range(20_000, 23_000)
_COLUMN_WIDE = {"S006", "S016"}
_REFUSED = {"F015"}
_LISTED = {"S003", "S004", "S017", "S020"}
"""numbers that stand where no row takes them"""

MISPLACED = {each.__name__: each for each in (*misplaced.MISPLACED, *unshown.UNSHOWN)}
ALTERATIONS = {**alterations.ALTERATIONS, **rearranged.REARRANGED, **MISPLACED}
CLEAR = (*alterations.CLEAR, *rearranged.CLEAR)
RANKS = {**dict.fromkeys((*rearranged.LATE, *MISPLACED.values()), 1), **dict.fromkeys(alterations.LATE, 2)}
"""what is done late, because others would take it apart or write over it"""
EARLY = (*alterations.EARLY, *rearranged.EARLY)


@pytest.fixture(scope="session")
def blank(blank_of: Callable[[str], Draft]) -> Draft:
    """The data sheet of the template stamped for one unit."""
    return blank_of(UNIT)


def read_draft(draft: Draft) -> FileReading:
    """Read a draft as a file with one sheet."""
    sheet, facts = as_sheet(draft)
    start = FileReading(draft.path, "0" * 64, (), ())
    return read_forms(start, [sheet], Book(lambda sheet: facts), desk())


@dataclass(slots=True)
class Score:
    """What became of the numbers of one or many drafts."""

    recovered: int = 0
    flagged: int = 0
    wrong_but_flagged: int = 0
    silent: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    """row -> clear numbers that were not recovered"""
    clear: int = 0
    clear_recovered: int = 0
    findings: list[int] = field(default_factory=list)

    @property
    def share(self) -> float:
        return self.clear_recovered / self.clear if self.clear else 1.0


def judge(draft: Draft, reading: FileReading, score: Score) -> None:
    """Compare what was read with what is true, cell by cell."""
    named = those_that_may_count(reading)
    if len(named) != 1:
        told = [*reading.findings, *(each for one in reading.returns for each in one.findings)]
        # Two that name one unit are told when the returns of all units are settled.
        assert len(named) > 1 or any(one.severity is not Severity.INFO for one in told), (draft.done, "nothing said")
        score.flagged += len(draft.truth)
        score.clear += sum(cell not in draft.unsure for cell in draft.truth)
        score.missed.update(cell.row for cell in draft.truth if cell not in draft.unsure)
        return
    (one,) = named
    loud = [each for each in one.findings if each.severity is not Severity.INFO]
    score.findings.append(len(told_once(one.findings)))
    entries = {entry.key: entry for entry in one.entries}
    for cell in draft.form.number_cells:
        entry, true = entries[cell], draft.truth.get(cell)
        value = entry.value if entry.counted else None
        is_flagged = any(_speaks_of(draft, each, cell) for each in loud)
        # Without a column of figures nothing of the table is complete, and that is said.
        is_flagged |= value is None and any(each.code == "S006" for each in loud)
        # A number that is not in its cell, and not taken for a zero, is listed where it stands.
        lost = true != 0 or not one.blank_means_zero
        is_flagged |= entry.state is State.BLANK and lost and any(each.code in _LISTED for each in loud)
        # A zero that nobody typed adds nothing to a sum, whether the answer to the question was found or not.
        is_flagged |= value is None and cell in draft.left_blank
        clear = true is not None and cell not in draft.unsure | draft.left_blank
        score.clear += clear
        if value == true:
            score.recovered += true is not None
            score.clear_recovered += clear
        elif is_flagged:
            score.flagged += 1
            score.wrong_but_flagged += value is not None
            score.missed[str(cell)] += clear
        else:
            score.silent.append(f"{cell}: true {true}, read {value} ({entry.state}, {entry.cell}) after {draft.done}")


def those_that_may_count(reading: FileReading) -> list[Return]:
    """The returns of a file that may count for a unit; of several only those that name one, and are not refused."""
    if len(reading.returns) == 1:
        return list(reading.returns)
    named = [one for one in reading.returns if one.claim.unit and not one.is_empty]
    return [one for one in named if not any(told.code in _REFUSED for told in one.findings)]


def _speaks_of(draft: Draft, told: Finding, cell: Cell) -> bool:
    """Tell whether a finding is about a cell: by its row, as one of several rows, or by the whole column."""
    if told.row == cell.row:
        return True
    if told.row is None and told.code in _COLUMN_WIDE:
        return told.measure == cell.measure
    titles = [told.facts.get(name, ()) for name in ("rows", "rivals")]
    named = any(isinstance(some, tuple) and draft.form.by_key[cell.row].title in some for some in titles)
    return named or (told.code in {"S011", "S014"} and told.severity is Severity.WARNING)


def true_draft(blank: Draft, rng: Random, *, is_answered: bool) -> Draft:
    """A true return, with the answer that its blanks are 0 or without."""
    draft = fill(blank, rng)
    return answered(draft, rng) if is_answered else draft


def random_draft(blank: Draft, seed: int, names: Iterable[str], most: int = 6) -> Draft:
    """A true return with three or more alterations, the same for the same seed; every third says that blank is 0."""
    rng = Random(seed)
    draft = true_draft(blank, rng, is_answered=seed % 3 == 0)
    every = list(names)
    chosen = [ALTERATIONS[name] for name in rng.sample(every, rng.randint(3, most))]
    for alteration in sorted(chosen, key=lambda each: -1 if each in EARLY else RANKS.get(each, 0)):
        draft = altered(draft, alteration, rng)
    return draft


def run(blank: Draft, seeds: Iterable[int], names: Iterable[str]) -> Score:
    score = Score()
    every = list(names)
    for seed in seeds:
        draft = random_draft(blank, seed, every)
        judge(draft, read_draft(draft), score)
    print(f"{len(score.findings)} returns were read as one")
    print(f"recovered {score.recovered}, flagged {score.flagged} ({score.wrong_but_flagged} of them counted)")
    print(f"of {score.clear} clear numbers {score.share:.4f} recovered; least: {score.missed.most_common(5)}")
    return score


def test_a_true_return_is_read_as_it_is_and_hardly_a_cell_is_remarked_on(blank: Draft) -> None:
    for seed in range(20):
        draft = fill(blank, Random(seed))
        score = Score()
        reading = read_draft(draft)
        judge(draft, reading, score)
        assert score.silent == []
        assert score.share == 1
        # Blanks are told of the return as a whole, once, and lead to the first of them.
        at_cells = [told for told in reading.returns[0].findings if told.cell and told.code != "V029"]
        assert len(at_cells) <= len(draft.form.number_cells) / 100


@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize("name", ALTERATIONS)
def test_no_single_alteration_gives_a_wrong_number_unseen(blank: Draft, name: str, is_answered: bool) -> None:
    score = Score()
    for seed in range(12):
        rng = Random(seed)
        draft = altered(true_draft(blank, rng, is_answered=is_answered), ALTERATIONS[name], rng)
        judge(draft, read_draft(draft), score)
    assert score.silent == []


@pytest.mark.parametrize("name", [each.__name__ for each in CLEAR])
def test_an_alteration_that_leaves_no_doubt_loses_nothing_and_is_told_in_a_few_lines(blank: Draft, name: str) -> None:
    score = Score()
    for seed in range(12):
        rng = Random(seed)
        draft = altered(fill(blank, rng), ALTERATIONS[name], rng)
        judge(draft, read_draft(draft), score)
    assert score.share >= CLEAR_SHARE, score.missed
    assert max(score.findings) <= LOUDEST


def test_random_alterations_give_no_wrong_number_unseen(blank: Draft) -> None:
    assert run(blank, range(SHORT_RUN), ALTERATIONS).silent == []


def test_random_alterations_that_leave_no_doubt_lose_next_to_nothing(blank: Draft) -> None:
    score = run(blank, range(SHORT_RUN), [each.__name__ for each in CLEAR])
    assert score.silent == []
    assert score.share >= CLEAR_SHARE


@pytest.mark.long
@on_every_core
def test_very_many_altered_returns_give_no_wrong_number_unseen(blank: Draft, part: int) -> None:
    assert run(blank, seeds_for_a_while(part), ALTERATIONS).silent == []


@pytest.mark.long
def test_thousands_of_returns_altered_without_doubt_lose_next_to_nothing(blank: Draft) -> None:
    score = run(blank, CLEAR_RUN, [each.__name__ for each in CLEAR])
    assert score.silent == []
    assert score.share >= CLEAR_SHARE


def codes_of(one: Return) -> list[str]:
    return [told.code for told in one.findings]
