"""Questions that an officer has answered: asked no more, as long as the same is found in the same file.

They are answered after the returns were settled, for some are asked only when all returns lie side by side.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.decisions.decided import CellAnswer, Decisions, FileAnswer, FileDecision, Signed
from pipeline.decisions.files import part_of
from pipeline.decisions.keys import finding_key
from pipeline.decisions.ruling import matching_of
from pipeline.findings import codes, finding
from pipeline.model import FileResult, Finding, Return


def answer_questions(decisions: Decisions, files: Sequence[FileResult], counted: Sequence[Return]) -> list[FileResult]:
    """Leave out the questions that were answered as seen, and say who answered them."""
    seen = [decision for decision in decisions.files if decision.answer is FileAnswer.SEEN]
    returns = {one.path: one for one in counted}
    return [_with_answers(file, seen, returns.get(file.path), decisions) for file in files]


def _with_answers(
    file: FileResult, seen: Sequence[FileDecision], counted: Return | None, decisions: Decisions
) -> FileResult:
    if not any(told.is_question for told in file.findings):
        return file
    at_cells = _answered_at_cells(counted, decisions) if counted else {}
    about_it = [decision for decision in seen if _is_about(decision, file)]
    kept: list[Finding] = []
    accepted: dict[tuple[str, str], list[str]] = {}
    for told in file.findings:
        signed = _signed_for(told, about_it, at_cells) if told.is_question else None
        if signed is None:
            kept.append(told)
        else:
            accepted.setdefault((signed.by, signed.reason), []).append(finding_key(told))
    for (by, reason), keys in accepted.items():
        kept.append(finding(codes.SEEN_BY_DECISION, facts={"by": by, "reason": reason, "accepted": tuple(keys)}))
    return replace(file, findings=tuple(kept))


def _is_about(decision: FileDecision, file: FileResult) -> bool:
    if isinstance(decision.file, str):
        return decision.file == file.shown_path
    part = part_of(file.path) if file.is_return else ""
    return (decision.file.sha256, decision.file.part) == (file.sha256, part)


def _signed_for(told: Finding, about_it: Sequence[FileDecision], at_cells: Mapping[str, Signed]) -> Signed | None:
    """Find who answered a question: at its cell, or for the file as a whole."""
    key = finding_key(told)
    for decision in about_it:
        # A line of a person's own, not bound to anything yet, answers all that is asked about its file now.
        if isinstance(decision.file, str) or key in decision.file.asked:
            return decision.signed
    return at_cells.get(key)


def _answered_at_cells(counted: Return, decisions: Decisions) -> Mapping[str, Signed]:
    """Name the questions at cells that were found right as stated: key of the finding -> who said so."""
    answered: dict[str, Signed] = {}
    for decided in matching_of(decisions, counted).values():
        for decision in decided:
            if decision.answer is CellAnswer.AS_STATED:
                answered.update(dict.fromkeys(decision.asked or (), decision.signed))
    return answered
