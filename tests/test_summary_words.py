"""Every text that the summary asks for stands in `summary.toml` and is given its facts: a misspelt key fails here."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from pipeline.consolidation.status import Outcome
from pipeline.extract.own import summary_words
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.model import State, UnitStatus
from pipeline.writers.summary.row_marks import REASONS
from schemas.definition import DefinitionError
from schemas.rules import Severity
from tests.test_layout import ROOT, modules_under

WORDS = load_summary_words()
SHEETS = list(WORDS.of_section("sheets"))
LISTS = list(WORDS.columns)
EXPLAINED = [
    f"{section}.{key}"
    for section in ("unit_status", "file_status", "late")
    for key in WORDS.of_section(f"ledger.{section}")
    if f"ledger.legend.{key}" in WORDS.texts
]
# Texts that are asked for by a key put together: what it begins with, what follows, what it ends with.
FAMILIES: Mapping[tuple[str, str], Iterable[str]] = {
    ("sheets.", ""): SHEETS,
    ("", ".title"): LISTS,
    ("joined.", ""): ["units", "files"],
    ("totals.", ""): ["open_cells", "open_files", "open_questions", "open_notes"],
    ("totals.why_", ""): REASONS,
    ("matrix.", ""): ["number", "code", "unit", "status", "group"],
    ("matrix.legend.", ""): ["left_out", "computed", "blank", "links"],
    ("matrix.state.", ""): UnitStatus,
    ("sources.state.", ""): State,
    ("unit_sheet.", ""): Severity,
    ("ledger.counts.", ""): Outcome,
    ("ledger.file_status.", ""): Outcome,
    ("ledger.file_status.", "_because"): [Outcome.REJECTED, Outcome.IGNORED],
    ("ledger.unit_status.", ""): UnitStatus,
    ("ledger.message.", ""): ["unusable", "received"],
    ("ledger.late.", ""): ["yes", "no", "unknown"],
    ("ledger.", ""): EXPLAINED,
    ("ledger.legend.", ""): WORDS.of_section("ledger.legend"),
}


def asked_for(*rooms: str) -> Iterator[tuple[str, ast.Call]]:
    """Give every call of the words by its place."""
    for module in modules_under(*rooms):
        for node in ast.walk(ast.parse((ROOT / module).read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "words":
                yield f"{module}:{node.lineno}", node


CALLS = [(place, call) for place, call in asked_for("pipeline/writers/summary") if call.args]


def texts_of(key: ast.expr) -> Iterator[str]:
    """Give the keys that an expression may stand for, as far as they are written out."""
    match key:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp():
            yield from texts_of(key.body)
            yield from texts_of(key.orelse)
        case ast.JoinedStr():
            parts = [str(part.value) if isinstance(part, ast.Constant) else "\0" for part in key.values]
            begin, _, end = "".join(parts).partition("\0")
            assert (begin, end) in FAMILIES, "say in FAMILIES which keys this may be"
            yield from (f"{begin}{one}{end}" for one in FAMILIES[begin, end])


@pytest.mark.parametrize(("place", "call"), CALLS, ids=[place for place, _ in CALLS])
def test_every_text_that_is_asked_for_is_there_and_is_given_its_facts(place: str, call: ast.Call) -> None:
    given = {fact.arg for fact in call.keywords}
    for key in texts_of(call.args[0]):
        assert key in WORDS.texts, f"{place}: summary.toml has no {key}"
        needed = {name for _, name, _, _ in string.Formatter().parse(WORDS.texts[key]) if name}
        assert None in given or needed <= given, f"{place}: {key} is not given {needed - given}"


def test_there_are_calls_to_be_looked_at() -> None:
    assert len(CALLS) > 80


@pytest.mark.parametrize("line", ["width = 5", 'head = ["STT", "5"]', "head = []"])
def test_what_is_neither_text_nor_column_is_refused_when_loaded(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "summary.toml"
    path.write_text(f"[ledger]\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(summary_words, "SUMMARY_WORDS", path)
    with pytest.raises(DefinitionError) as refused:
        load_summary_words.__wrapped__()
    assert refused.value.line == 2
