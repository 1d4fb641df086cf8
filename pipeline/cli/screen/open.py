"""What a run left open: who is in, who is to be called and about what, and what other files lie there."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.cli.screen.words import words
from pipeline.consolidation.status import Outcome, gravest, outcome_of, perhaps_of, phone_of
from pipeline.findings import asks_unit, codes, message, title
from pipeline.findings.group import told_once
from pipeline.model import Consolidation, FileResult, FileStatus, Finding, UnitResult, UnitStatus
from pipeline.model.languages import Lang
from schemas.form import Form
from schemas.rules import Cell, Severity
from schemas.text import visible

_NAMED = 12
_FEW_UNITS = 5
"""of so many units several places are named; of more the first of each, so that the account stays on one screen"""
_PLACES = 3
"""so many places of a unit are named: the call is about all of them, and the list stands in the summary"""
_INDENT = 14
_TYPED = 60
"""so much of what was typed is shown"""
_OF_THE_BOOK = frozenset(
    {
        codes.DECISION_OUTDATED,
        codes.DECISION_UNREADABLE,
        codes.DECISIONS_OPEN,
        codes.CHOICE_OUTDATED,
        codes.DECISIONS_IN_COPIED_SHEET,
        codes.DECISIONS_ELSEWHERE,
        codes.DECISIONS_ELSEWHERE_UNREADABLE,
        codes.SUMMARY_CHANGED_BY_HAND,
    }
)
"""codes of lines of the decisions workbook that were not applied, and of what belongs there"""
_COUNTED_APART = (
    Outcome.IDENTICAL,
    Outcome.SUPERSEDED,
    Outcome.EXCLUDED,
    Outcome.SIGNED_COPY,
    Outcome.COMPANION,
    Outcome.CONTAINER,
    Outcome.IGNORED,
)


@dataclass(frozen=True)
class Open:
    """What is still open after a run."""

    result: Consolidation

    @cached_property
    def files(self) -> Mapping[str, FileResult]:
        """The ledger by path."""
        return {file.path: file for file in self.result.files}

    @cached_property
    def expected(self) -> Sequence[UnitResult]:
        """The units that are summed."""
        return [unit for unit in self.result.units if unit.in_total]

    @cached_property
    def perhaps(self) -> Mapping[str, Sequence[FileResult]]:
        """Code of a unit of which nothing is known to have come -> files that may be its return."""
        return perhaps_of(self.expected, self.result.files)

    @cached_property
    def silent(self) -> Sequence[UnitResult]:
        """Units of which nothing came."""
        missing = (unit for unit in self.expected if unit.status is UnitStatus.MISSING and unit.file is None)
        return [unit for unit in missing if unit.unit.code not in self.perhaps]

    @cached_property
    def sent(self) -> Sequence[UnitResult]:
        """Units that sent something without usable figures."""
        return [unit for unit in self.expected if unit.status is UnitStatus.MISSING and unit.file is not None]

    @cached_property
    def doubtful(self) -> Sequence[UnitResult]:
        """Units in whose return something is wrong."""
        return [unit for unit in self.expected if unit.status is UnitStatus.RECEIVED_WITH_ERRORS]

    @cached_property
    def to_call(self) -> frozenset[str]:
        """Codes of units that are to be asked something: not of those whose files the office can mend by itself."""
        asked = (unit for unit in (*self.sent, *self.doubtful) if any(map(asks_unit, self.errors(unit))))
        return frozenset(unit.unit.code for unit in (*self.silent, *asked))

    @cached_property
    def besides(self) -> Sequence[UnitResult]:
        """Units that need not be called, but for which a message stands ready: something in their return looks odd.

        One about whose return a question is open is named with that question.
        """
        named = {*self.to_call, *(file.unit for file, _ in self.questions)}
        found = []
        for unit in self.result.units:
            file = self.files.get(unit.file or "") if unit.counted else None
            if file and unit.unit.code not in named and any(map(asks_unit, file.findings)):
                found.append(unit)
        return found

    @cached_property
    def questions(self) -> Sequence[tuple[FileResult, Finding]]:
        """Questions that no officer has answered yet, with the file they are asked about."""
        told = ((file, finding) for file in self.result.files for finding in told_once(file.findings))
        return [(file, one) for file, one in told if one.is_question and one.code not in _OF_THE_BOOK]

    @cached_property
    def of_the_book(self) -> Sequence[tuple[FileResult | None, Finding]]:
        """What is wrong with lines of the decisions workbook, with the file it is told of."""
        told: list[tuple[FileResult | None, Finding]] = [(None, finding) for finding in self.result.notes]
        told += [(file, finding) for file in self.result.files for finding in file.findings]
        return [(file, one) for file, one in told if one.code in _OF_THE_BOOK and one.severity is not Severity.INFO]

    @cached_property
    def rejected(self) -> Mapping[str, Sequence[FileResult]]:
        """Code of a unit -> its files that could not be used."""
        found: dict[str, list[FileResult]] = {}
        for file in self.result.files:
            if file.status is FileStatus.REJECTED and file.unit:
                found.setdefault(file.unit, []).append(file)
        return found

    def errors(self, unit: UnitResult) -> Sequence[Finding]:
        """The errors of the return that counts, or of all that came instead."""
        counted = self.files.get(unit.file or "")
        files = self.rejected.get(unit.unit.code, ()) if unit.counted is None else [counted] if counted else []
        return [told for file in files for told in told_once(file.findings) if told.severity is Severity.ERROR]

    def named(self, unit: UnitResult) -> str:
        """Name of a unit with its telephone number."""
        phone = visible(phone_of(unit, self.files.get(unit.file or "")), _TYPED)
        return f"{unit.unit.name} ({phone})" if phone else unit.unit.name


def open_lines(found: Open, lang: Lang) -> Iterator[str]:
    """Say how many units are in, and then everything that is open, a head for each sort."""
    say = words(lang)["account"]
    yield from _entry(say["received"], [_received(found, lang)])
    yield from _entry(say["missing"], [", ".join(map(found.named, found.silent))] if found.silent else [])
    perhaps = [unit for unit in found.expected if unit.unit.code in found.perhaps]
    yield from _entry(say["perhaps"], _cut([_perhaps(found, unit, lang) for unit in perhaps], lang))
    yield from _entry(say["unusable"], _cut([_unusable(found, unit, lang) for unit in found.sent], lang))
    asked = [unit for unit in found.doubtful if unit.unit.code in found.to_call]
    yield from _entry(say["ask"], _asked(found, asked, lang))
    yield from _entry(say["questions"], _cut(list(_questions(found, lang)), lang))
    yield from _entry(say["besides"], _besides(found, lang))
    others = [unit for unit in found.doubtful if unit.unit.code not in found.to_call]
    yield from _entry(say["mend"], _asked(found, others, lang))
    yield from _entry(say["rejected"], _rejected(found, lang))
    yield from _entry(say["others"], _others(found, lang))
    yield from _entry(say["book"], _cut([_of_the_book(found, *told, lang) for told in found.of_the_book], lang))
    notes = [told for told in found.result.notes if told.code not in _OF_THE_BOOK]
    yield from _entry(say["notes"], _cut([message(told, found.result.form, lang) for told in notes], lang))


def _entry(head: str, texts: Sequence[str]) -> Iterator[str]:
    """Lay out one head with its texts, the first beside it where there is room; nothing where there are none."""
    if not texts:
        return
    if len(head) < _INDENT:
        yield head.ljust(_INDENT) + texts[0]
        texts = texts[1:]
    else:
        yield head
    for text in texts:
        yield " " * _INDENT + text


def _cut(texts: Sequence[str], lang: Lang) -> list[str]:
    more = len(texts) - _NAMED
    return [*texts[:_NAMED], *([words(lang)["account"]["more"].format(count=more)] if more > 0 else [])]


def _received(found: Open, lang: Lang) -> str:
    received = sum(unit.status is not UnitStatus.MISSING for unit in found.expected)
    counts = {"received": received, "expected": len(found.expected), "errors": len(found.doubtful)}
    said = words(lang)["account"]["received_with_errors" if found.doubtful else "received_value"]
    return str(said.format(**counts))


def _perhaps(found: Open, unit: UnitResult, lang: Lang) -> str:
    files = ", ".join(file.shown_path for file in found.perhaps[unit.unit.code])
    return str(words(lang)["account"]["perhaps_line"].format(unit=unit.unit.name, files=files))


def _unusable(found: Open, unit: UnitResult, lang: Lang) -> str:
    files = found.rejected[unit.unit.code]
    why = _why([told for file in files for told in file.findings], lang)
    paths = ", ".join(file.shown_path for file in files)
    return str(words(lang)["account"]["unusable_line"].format(unit=found.named(unit), files=paths, why=why))


def _why(findings: Sequence[Finding], lang: Lang) -> str:
    """Name the gravest thing about a file in a few words."""
    told = gravest(findings)
    return title(told.code, lang) if told else ""


def _asked(found: Open, units: Sequence[UnitResult], lang: Lang) -> list[str]:
    """Name the places that are in doubt, three of each unit; of many units one each, and where the others stand."""
    places = _PLACES if len(units) <= _FEW_UNITS else 1
    lines = [line for unit in units[:_NAMED] for line in _places(found, unit, places, lang)]
    more = len(units) - _NAMED
    return [*lines, *([words(lang)["account"]["ask_more_units"].format(count=more)] if more > 0 else [])]


def _places(found: Open, unit: UnitResult, most: int, lang: Lang) -> Iterator[str]:
    """Name a unit, if it is to be called with its number, and the first places that are in doubt."""
    say = words(lang)["account"]
    lines = list(dict.fromkeys(_place(told, found.result.form, lang) for told in found.errors(unit)))
    name = found.named(unit) if unit.unit.code in found.to_call else unit.unit.name
    more = len(lines) - most
    if more > 0 and most == 1:
        yield say["ask_line_more"].format(unit=name, place=lines[0], count=more)
        return
    yield say["ask_line"].format(unit=name, place=lines[0])
    yield from (f"  {line}" for line in lines[1:most])
    if more > 0:
        yield f"  {say['ask_more'].format(count=more)}"


def _questions(found: Open, lang: Lang) -> Iterator[str]:
    """Name each file with its unit, in a few words what is asked first, and how many questions it has besides."""
    say = words(lang)["account"]
    by_file: dict[str, list[Finding]] = {}
    for file, told in found.questions:
        by_file.setdefault(file.path, []).append(told)
    for path, (first, *others) in by_file.items():
        file = found.files[path]
        unit = found.result.register.by_code.get(file.unit or "")
        about = f"{unit.name} ({file.shown_path})" if unit else file.shown_path
        line = say["question_more" if others else "question_line"]
        yield line.format(about=about, why=_place(first, found.result.form, lang), count=len(others))


def _besides(found: Open, lang: Lang) -> list[str]:
    """Name the units in one line: what they are asked stands in their messages."""
    say, more = words(lang)["account"], len(found.besides) - _NAMED
    units = ", ".join(map(found.named, found.besides[:_NAMED]))
    units = say["more_units"].format(units=units, count=more) if more > 0 else units
    return [say["besides_value"].format(units=units)] if units else []


def _place(told: Finding, form: Form, lang: Lang) -> str:
    where, why = _where(told, form), _said(told, lang)
    return str(words(lang)["account"]["place_line"].format(where=where, why=why)) if where else why


def _where(told: Finding, form: Form) -> str:
    if told.row is None or told.row not in form.by_key:
        return ""
    column = form.column_named(Cell(told.row, told.measure or ""))
    return ", ".join(filter(None, (form.by_key[told.row].short_label, column)))


def _said(told: Finding, lang: Lang) -> str:
    name = title(told.code, lang)
    return f'{name}: "{visible(told.found, _TYPED)}"' if told.found else name


def _rejected(found: Open, lang: Lang) -> list[str]:
    say = words(lang)["account"]
    shown = {file.path for unit in found.sent for file in found.rejected[unit.unit.code]}
    rejected = [file for file in found.result.files if file.status is FileStatus.REJECTED and file.path not in shown]
    return _cut(
        [say["rejected_line"].format(file=file.shown_path, why=_why(file.findings, lang)) for file in rejected], lang
    )


def _others(found: Open, lang: Lang) -> list[str]:
    say = words(lang)["account"]
    outcomes = Counter(map(outcome_of, found.result.files))
    parts = [say[outcome].format(count=outcomes[outcome]) for outcome in _COUNTED_APART if outcomes[outcome]]
    return [say["others_value"].format(parts=", ".join(parts))] if parts else []


def _of_the_book(found: Open, file: FileResult | None, told: Finding, lang: Lang) -> str:
    """Say what is wrong with a line, and of which file and place it is where the message does not."""
    said = message(told, found.result.form, lang)
    unit = found.result.register.by_code.get((file and file.unit) or "")
    where = ", ".join(
        filter(None, (unit.name if unit else file.shown_path if file else "", _where(told, found.result.form)))
    )
    return str(words(lang)["account"]["book_line"].format(where=where, why=said)) if where else said
