"""One file through the per-file half: read, recognise, identify, parse. Pure, without pandas, fit for a worker.

Whatever the file is, the answer is a `FileReading`: returns, or a finding that says why there are none.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pipeline.find import Found, reason_of
from pipeline.findings import finding
from pipeline.identify import Names, identify, names_of_register
from pipeline.kinds import Container, Kind, TooLarge, Unreadable, kind_of
from pipeline.limits import Limits
from pipeline.model import Fact, FileReading, Finding, Return, Times
from pipeline.numbers import load_number_words
from pipeline.parse import Reader, ReadingRules, Source, parse
from pipeline.read import OverLimit, Sheet, read_sheets
from pipeline.recognise import Labels, Located, locate, told_of_the_rest
from pipeline.second_look import SheetFacts, WorkbookFacts, sheet_facts, workbook_facts
from pipeline.stamp import load_stamp_words
from pipeline.template_words import printed_texts
from pipeline.zip_check import check_zip
from schemas.definition import read_toml
from schemas.form import Form
from schemas.register import VIETNAM, Register
from schemas.text import fold, visible

_WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSM, Kind.XLSB, Kind.XLS, Kind.ODS})
_WORDING = Path(__file__).parent / "wording"

# What is no workbook: the code that says so. Kinds that are not named here are not a workbook either (F017).
_OTHER_KINDS = {
    Kind.LOCK_FILE: "F001",
    Kind.EMPTY: "F002",
    Kind.ENCRYPTED: "F003",
    Kind.TRUNCATED: "F004",
    Kind.PICTURE: "F006",
    Kind.PDF: "F006",
    Kind.DOC: "F006",
    Kind.DOCX: "F006",
    Kind.ODT: "F006",
    Kind.RAR: "F007",
    Kind.SEVEN_ZIP: "F007",
    Kind.ZIP: "F007",
    Kind.EMAIL: "F007",
    Kind.MBOX: "F007",
    Kind.MSG: "F007",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a reader of returns has at hand, loaded once for all files."""

    reader: Reader
    names: Names
    limits: Limits

    @property
    def labels(self) -> Labels:
        """The words by which the form is found."""
        return self.reader.labels

    @property
    def form(self) -> Form:
        """The form that is collected."""
        return self.reader.labels.form


@dataclass(frozen=True, slots=True)
class _Book:
    """One workbook, opened once for both looks at it."""

    data: bytes
    box: Container
    kind: Kind
    facts: WorkbookFacts


def desk_for(form: Form, register: Register, limits: Limits) -> Desk:
    """Load the words and fold the labels and names that every file is read with."""
    stamp = load_stamp_words()
    labels = Labels(form, stamp, furniture_of(form, register))
    return Desk(Reader(labels, load_number_words(), ReadingRules(form)), names_of_register(register), limits)


def furniture_of(form: Form, register: Register) -> frozenset[str]:
    """Folded texts that the template and the summary print around the table: no content of a return."""
    texts: list[str] = [
        *printed_texts(form),
        form.name,
        form.subject,
        form.appendix,
        form.summary_title,
        form.letter_number,
    ]
    texts += [*form.title_lines, *form.references, form.deadline_wording, *(c.head[0] for c in form.columns)]
    office = register.office
    texts += [
        office.name,
        office.superior_organ,
        office.organ,
        office.place,
        office.returns_to,
        *office.signers,
    ]
    for file in ("template.toml", "stamp.toml", "summary.toml"):
        if (_WORDING / file).is_file():
            texts += _texts_in(read_toml(_WORDING / file).values)
    return frozenset(filter(None, (fold(text) for text in texts)))


def _texts_in(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from _texts_in(value)
    elif isinstance(values, Iterable):
        for value in values:
            yield from _texts_in(value)


def take_in(found: Found, desk: Desk) -> FileReading:
    """Read one file that was found."""
    if found.problem:
        return FileReading(found.path, None, (), (found.problem,), Times(file=found.modified))
    try:
        data = _bytes_of(found.file, desk.limits)
    except OverLimit as error:
        return FileReading(found.path, None, (), (_over_limit(error),), Times(file=found.modified))
    except OSError as error:
        problem = finding("F018", facts={"reason": reason_of(error)})
        return FileReading(found.path, None, (), (problem,), Times(file=found.modified))
    return read_bytes(found, data, desk)


def read_bytes(found: Found, data: bytes, desk: Desk) -> FileReading:
    """Read the bytes of one file; nothing is raised for what they hold."""
    digest = hashlib.sha256(data).hexdigest()
    times = Times(received=found.received, file=found.modified)
    try:
        box = Container(data, desk.limits.inflated_bytes)
        check_zip(box, desk.limits)
        kind = kind_of(box, found.file.name)
        if kind not in _WORKBOOKS:
            return FileReading(found.path, digest, (), (_told_of_kind(kind),), times)
        book = _Book(data, box, kind, workbook_facts(box, kind))
        times = replace(times, modified=_after_the_letter(book.facts, desk.form))
        return _read_workbook(FileReading(found.path, digest, (), (), times), book, desk)
    except OverLimit as error:
        return FileReading(found.path, digest, (), (_over_limit(error),), times)
    except TooLarge:
        over = finding(
            "F019", facts={"limit": "inflated_bytes", "allowed": desk.limits.inflated_bytes, "measured": "…"}
        )
        return FileReading(found.path, digest, (), (over,), times)
    except Unreadable:
        damaged = finding("F004", facts={"reason": "damaged"})
        return FileReading(found.path, digest, (), (damaged,), times)


def _bytes_of(file: Path, limits: Limits) -> bytes:
    size = file.stat().st_size
    if size > limits.file_bytes:
        raise OverLimit("file_bytes", size, limits.file_bytes)
    return file.read_bytes()


def _over_limit(error: OverLimit) -> Finding:
    facts: dict[str, Fact] = {"limit": error.limit, "measured": error.measured, "allowed": error.allowed}
    return finding("F019", facts=facts)


def _told_of_kind(kind: Kind) -> Finding:
    return finding(_OTHER_KINDS.get(kind, "F017"), facts={"kind": kind.value, "reason": kind.value})


def _after_the_letter(book: WorkbookFacts, form: Form) -> datetime | None:
    """Believe a last-modified property only if it lies after the letter: older ones are the template's own."""
    if book.modified is None or book.modified.astimezone(VIETNAM).date() < form.letter_date:
        return None
    return book.modified


def _read_workbook(reading: FileReading, book: _Book, desk: Desk) -> FileReading:
    returns: list[Return] = []
    copies = 0
    for sheet in read_sheets(book.data, desk.limits):
        located = locate(sheet, desk.labels)
        if not located:
            continue
        facts = _second_look(book, sheet)
        for form in located:
            if _stamped(form, "kind") == fold(desk.labels.stamp.kind_copy):
                copies += 1
            else:
                returns.append(_return_of(reading, sheet, form, (facts, book.kind), desk))
        if returns and returns[-1].is_summary:
            break
    told = list(_told_of_book(book.facts))
    if len(returns) > 1:
        told.append(finding("F024", facts={"count": len(returns)}))
        returns = [
            replace(one, path=f"{reading.path}#{name}") for one, name in zip(returns, _parts(returns), strict=True)
        ]
    if not returns:
        told.append(finding("F033") if copies else finding("F005", facts={"form": desk.form.name}))
    return replace(reading, returns=tuple(returns), findings=tuple(told))


def _parts(returns: list[Return]) -> list[str]:
    """Name each return of a workbook by its sheet, numbered where a sheet holds several."""
    names = [one.sheet for one in returns]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: index + 1].count(name)})"
        for index, name in enumerate(names)
    ]


def _second_look(book: _Book, sheet: Sheet) -> SheetFacts | None:
    """Look again at the raw sheet; where that is impossible, blanks are not known to be blank."""
    try:
        return sheet_facts(book.box, book.kind, sheet.name)
    except TooLarge:
        raise
    except Unreadable:
        return None


def _told_of_book(book: WorkbookFacts) -> Iterator[Finding]:
    named = (
        ("macros", book.macros),
        ("external_links", book.external_links),
        ("embedded_objects", book.embedded_objects),
    )
    what = tuple(name for name, there in named if there)
    if what:
        yield finding("F021", facts={"what": what})


def _stamped(form: Located, name: str) -> str:
    stamped = form.stamps.get(name)
    return fold(stamped.text) if stamped else ""


def _return_of(
    reading: FileReading, sheet: Sheet, form: Located, look: tuple[SheetFacts | None, Kind], desk: Desk
) -> Return:
    facts, kind = look
    stamp, stamps = desk.labels.stamp, form.stamps
    is_summary = _stamped(form, "kind") == fold(stamp.kind_summary)
    parsed = parse(sheet, form, facts, desk.reader, Source(is_summary, kind is Kind.XLS))
    texts = {name: stamped.text for name, stamped in stamps.items()}
    claim, told = identify(texts.get("unit_code", ""), texts.get("unit_name", ""), sheet.name, reading.path, desk.names)
    findings = [
        *told,
        *_told_of_version(texts, desk.form),
        *form.findings,
        *_told_of_hidden(sheet, form, facts),
        *parsed.findings,
    ]
    if not is_summary:
        # LibreOffice stores 0 in an .xls for a formula that shows a text.
        own = facts.formulas if facts else frozenset()
        zeros = facts.zero_cached if facts and kind is Kind.XLS else frozenset()
        findings += told_of_the_rest(
            sheet, form, {place for place in own if isinstance(sheet.value(*place), str)} | zeros
        )
    return Return(
        path=reading.path,
        sha256=reading.sha256 or "",
        sheet=sheet.name,
        form_version=texts.get("form_version"),
        is_summary=is_summary,
        claim=claim,
        entries=parsed.entries,
        findings=tuple(replace(one, sheet=one.sheet or sheet.name) for one in findings),
        times=reading.times,
        blank_means_zero=parsed.blank_means_zero,
        filled_by=texts.get("filled_by", ""),
        phone=texts.get("phone", ""),
        source=texts.get("source", ""),
    )


def _told_of_version(texts: dict[str, str], form: Form) -> Iterator[Finding]:
    said = texts.get("form_id", "")
    if said and fold(said) != fold(form.id):
        yield finding("F015", found=visible(said), facts={"title": visible(said)})
    version = texts.get("form_version", "")
    if version and fold(version) != fold(form.version):
        yield finding("F014", found=visible(version), facts={"version": visible(version), "expected": form.version})


def _told_of_hidden(sheet: Sheet, form: Located, facts: SheetFacts | None) -> Iterator[Finding]:
    """Hidden figures are read like any other, and told: somebody may have meant to leave them out."""
    if sheet.hidden:
        yield finding("F023", facts={"what": sheet.name})
    if facts is None:
        return
    rows = sorted(row for row in form.rows.values() if row in facts.hidden_rows)
    measures = [key for key, column in form.columns.items() if column in facts.hidden_columns]
    if rows or measures:
        what = (*(str(row + 1) for row in rows), *measures)
        yield finding("S013", facts={"what": what})
