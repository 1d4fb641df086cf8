"""One file through the per-file half: read, recognise, identify, parse. Pure, without pandas, fit for a worker.

Whatever the file is, the answer is a `FileReading`: returns, or a finding that says why there are none.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from pipeline.extract.context import ReadingContext, reading_context
from pipeline.extract.locate import locate
from pipeline.extract.own.shown_digest import bears_digest, is_as_written
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.extract.returns import read_forms
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileReading, Finding, Times
from pipeline.model.limits import Limits
from pipeline.readers.book import Book
from pipeline.readers.find import Found, reason_of
from pipeline.readers.formats import open_book
from pipeline.readers.kinds import Container, Kind, TooLarge, Unreadable, kind_of
from pipeline.readers.raw import WorkbookFacts
from pipeline.readers.sheets import OverLimit, Sheet
from pipeline.readers.word.document_text import LONGEST, is_signed, text_of_document
from pipeline.readers.word.tables import read_text
from pipeline.readers.zip_check import check_zip
from schemas.form import Form, ValueKind
from schemas.register import VIETNAM

__all__ = ["ReadingContext", "read_bytes", "reading_context", "take_in"]

# What is no workbook: the code that says so. Kinds that are not named here are not a workbook either (F017).
_OTHER_KINDS = {
    Kind.LOCK_FILE: codes.LOCK_FILE,
    Kind.EMPTY: codes.EMPTY_FILE,
    Kind.ENCRYPTED: codes.PASSWORD_NEEDED,
    Kind.TRUNCATED: codes.DAMAGED_FILE,
    Kind.PICTURE: codes.TO_BE_TYPED,
    Kind.PDF: codes.TO_BE_TYPED,
    Kind.DOC: codes.TO_BE_TYPED,
    Kind.DOCX: codes.TO_BE_TYPED,
    Kind.ODT: codes.TO_BE_TYPED,
    Kind.RAR: codes.ARCHIVE_NOT_OPENED,
    Kind.SEVEN_ZIP: codes.ARCHIVE_NOT_OPENED,
    Kind.ZIP: codes.ARCHIVE_NOT_OPENED,
    Kind.EMAIL: codes.ARCHIVE_NOT_OPENED,
    Kind.MBOX: codes.ARCHIVE_NOT_OPENED,
    Kind.MSG: codes.ARCHIVE_NOT_OPENED,
    Kind.TNEF: codes.ARCHIVE_NOT_OPENED,
}


def take_in(found: Found, context: ReadingContext) -> FileReading:
    """Read one file that was found."""
    if found.problem:
        return FileReading(found.path, None, (), (found.problem,), Times(file=found.modified))
    try:
        data = _bytes_of(found.file, context.limits)
    except OverLimit as error:
        return FileReading(found.path, None, (), (_over_limit(error),), Times(file=found.modified))
    except OSError as error:
        problem = finding(codes.NOT_OPENED, facts={"reason": reason_of(error)})
        return FileReading(found.path, None, (), (problem,), Times(file=found.modified))
    return read_bytes(found, data, context)


def read_bytes(found: Found, data: bytes, context: ReadingContext) -> FileReading:
    """Read the bytes of one file; nothing is raised for what they hold."""
    digest = hashlib.sha256(data).hexdigest()
    times = Times(received=found.received, file=found.modified)
    try:
        box = Container(data, context.limits.inflated_bytes)
        check_zip(box, context.limits)
        kind = kind_of(box, found.file.name)
        book = open_book(box, kind, context.limits)
        if book and book.facts:
            times = replace(times, modified=_after_the_letter(book.facts, context.form))
        reading = FileReading(found.path, digest, (), (), times)
        if book is None:
            return _of_paper(_without_return(reading, kind), box, kind, context.limits)
        whole = _read_book(replace(reading, subject=found.subject), book, context)
        whole = _with_changes_of_ours(whole, box, book, context)
        has_answer = whole.returns or not book.every_value_is_text
        return whole if has_answer else _of_paper(_without_return(whole, kind), box, kind, context.limits)
    except OverLimit as error:
        return FileReading(found.path, digest, (), (_over_limit(error),), times)
    except TooLarge:
        over = finding(
            codes.OVER_A_LIMIT,
            facts={"limit": "inflated_bytes", "allowed": context.limits.inflated_bytes, "measured": "…"},
        )
        return FileReading(found.path, digest, (), (over,), times)
    except Unreadable:
        damaged = finding(codes.DAMAGED_FILE, facts={"reason": "damaged"})
        return FileReading(found.path, digest, (), (damaged,), times)


def _bytes_of(file: Path, limits: Limits) -> bytes:
    size = file.stat().st_size
    if size > limits.file_bytes:
        raise OverLimit("file_bytes", size, limits.file_bytes)
    return file.read_bytes()


def _over_limit(error: OverLimit) -> Finding:
    facts: dict[str, Fact] = {"limit": error.limit, "measured": error.measured, "allowed": error.allowed}
    return finding(codes.OVER_A_LIMIT, facts=facts)


def _without_return(reading: FileReading, kind: Kind) -> FileReading:
    """Say of a file that holds no return what it is."""
    code = _OTHER_KINDS.get(kind, codes.NOT_A_WORKBOOK)
    return replace(reading, findings=(finding(code, facts={"kind": kind.value, "reason": kind.value}),))


def _after_the_letter(book: WorkbookFacts, form: Form) -> datetime | None:
    """Believe a last-modified property only if it lies after the letter: older ones are the template's own."""
    if book.modified is None or book.modified.astimezone(VIETNAM).date() < form.letter_date:
        return None
    return book.modified


def _read_book(reading: FileReading, book: Book, context: ReadingContext) -> FileReading:
    try:
        whole = read_forms(reading, book.sheets(lambda sheet: _holds_form(sheet, book, context)), book, context)
    except Unreadable as error:
        # What every sheet of can be looked at, a person can open: it is not damaged, whatever calamine says of it.
        if isinstance(error, TooLarge) or not book.is_sound():
            raise
        whole = replace(reading, findings=(finding(codes.WRITTEN_IN_AN_UNKNOWN_WAY, facts={"format": book.format}),))
    if book.facts is None:
        return whole
    return replace(whole, findings=(*_told_of_book(book.facts), *whole.findings))


def _with_changes_of_ours(reading: FileReading, box: Container, book: Book, context: ReadingContext) -> FileReading:
    """Ask the digest of a summary of this very office whether it still says what was written."""
    collector = context.unit_names.register.collector
    is_ours = any(one.is_summary and collector and one.claim.unit == collector.code for one in reading.returns)
    if not is_ours or not bears_digest(box.data):
        return reading
    sheets = {sheet.name: sheet for sheet in book.sheets(lambda sheet: False)}
    if is_as_written(box.data, sheets, context.labels, load_summary_words()):
        return reading
    changed = tuple(replace(one, is_changed=True) if one.is_summary else one for one in reading.returns)
    return replace(reading, returns=changed)


def _of_paper(reading: FileReading, box: Container, kind: Kind, limits: Limits) -> FileReading:
    """Add to a file without figures what tells a report, a signed paper and a correction apart."""
    if kind is Kind.DOCX:
        return replace(reading, document=read_text(box.data, limits)[:LONGEST])
    if kind is Kind.TEXT:
        # A letter, a list or anything else: it says of itself no more than its name does.
        return replace(reading, subject="", pages=())
    if kind is Kind.PDF:
        return replace(reading, signed=is_signed(box.data))
    return replace(reading, document=text_of_document(box, kind)) if kind in (Kind.ODT, Kind.DOC) else reading


def _holds_form(sheet: Sheet, book: Book, context: ReadingContext) -> bool:
    forms = locate(sheet, context.labels)
    if not book.needs_heads:
        return bool(forms)
    kinds = {pair for row in context.form.rows for pair in row.kinds.items()}
    of_numbers = {measure for measure, kind in kinds if kind is not ValueKind.TEXT}
    return any(not of_numbers.isdisjoint(form.columns) for form in forms)


def _told_of_book(book: WorkbookFacts) -> Iterator[Finding]:
    named = (
        ("macros", book.macros),
        ("external_links", book.external_links),
        ("embedded_objects", book.embedded_objects),
    )
    what = tuple(name for name, there in named if there)
    if what:
        yield finding(codes.ACTIVE_CONTENT, facts={"what": what})
