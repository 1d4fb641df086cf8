"""One file through the per-file half: read, locate, identify, parse. Pure, without pandas, fit for a worker.

Whatever the file is, the answer is a `FileReading`: returns, or a finding that says why there are none.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from pipeline.extract.context import ReadingContext, reading_context
from pipeline.extract.locate import locate
from pipeline.extract.returns import Medium, read_forms
from pipeline.findings import codes, finding
from pipeline.model import Fact, FileReading, Finding, Times
from pipeline.model.limits import Limits
from pipeline.readers.find import Found, reason_of
from pipeline.readers.kinds import Container, Kind, TooLarge, Unreadable, kind_of
from pipeline.readers.mend_bytes import bytes_to_read, mended_bytes
from pipeline.readers.raw import (
    SheetFacts,
    WorkbookFacts,
    can_be_blank,
    is_sound,
    sheet_facts,
    workbook_facts,
)
from pipeline.readers.sheets import OverLimit, Sheet, read_sheets
from pipeline.readers.word.document_text import LONGEST, is_signed, text_of_document
from pipeline.readers.word.tables import UnevenTable, read_tables, read_text
from pipeline.readers.zip_check import check_zip
from schemas.form import Form
from schemas.register import VIETNAM

__all__ = ["ReadingContext", "read_bytes", "reading_context", "take_in"]

_WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSM, Kind.XLSB, Kind.XLS, Kind.ODS})
_WORD = Medium(lambda sheet: None, every_value_is_text=True)

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


@dataclass(frozen=True, slots=True)
class _Book:
    """One workbook, opened once for both looks at it."""

    data: bytes
    box: Container
    kind: Kind
    facts: WorkbookFacts


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
        if kind is Kind.DOCX:
            return _read_document(
                FileReading(found.path, digest, (), (), times, subject=found.subject),
                data,
                context,
            )
        if kind not in _WORKBOOKS:
            return _of_paper(
                FileReading(found.path, digest, (), (_told_of_kind(kind),), times),
                box,
                kind,
            )
        book = _Book(data, box, kind, workbook_facts(box, kind))
        times = replace(times, modified=_after_the_letter(book.facts, context.form))
        return _read_workbook(
            FileReading(found.path, digest, (), (), times, subject=found.subject),
            book,
            context,
        )
    except OverLimit as error:
        return FileReading(found.path, digest, (), (_over_limit(error),), times)
    except TooLarge:
        over = finding(
            codes.OVER_A_LIMIT,
            facts={
                "limit": "inflated_bytes",
                "allowed": context.limits.inflated_bytes,
                "measured": "…",
            },
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
    facts: dict[str, Fact] = {
        "limit": error.limit,
        "measured": error.measured,
        "allowed": error.allowed,
    }
    return finding(codes.OVER_A_LIMIT, facts=facts)


def _told_of_kind(kind: Kind) -> Finding:
    return finding(
        _OTHER_KINDS.get(kind, codes.NOT_A_WORKBOOK),
        facts={"kind": kind.value, "reason": kind.value},
    )


def _after_the_letter(book: WorkbookFacts, form: Form) -> datetime | None:
    """Believe a last-modified property only if it lies after the letter: older ones are the template's own."""
    if book.modified is None or book.modified.astimezone(VIETNAM).date() < form.letter_date:
        return None
    return book.modified


def _read_workbook(reading: FileReading, book: _Book, context: ReadingContext) -> FileReading:
    medium = Medium(
        lambda sheet: _second_look(book, sheet),
        book.kind is Kind.XLS,
        format=book.kind.value,
    )
    told = tuple(_told_of_book(book.facts))
    try:
        whole = read_forms(reading, _sheets(book, context.limits), medium, context)
    except Unreadable as error:
        # What every sheet of can be looked at, a person can open: it is not damaged, whatever calamine says of it.
        if isinstance(error, TooLarge) or not is_sound(book.box, book.kind):
            raise
        whole = replace(
            reading,
            findings=(
                finding(
                    codes.WRITTEN_IN_AN_UNKNOWN_WAY,
                    facts={"format": book.kind.value},
                ),
            ),
        )
    return replace(whole, findings=(*told, *whole.findings))


def _sheets(book: _Book, limits: Limits) -> Iterator[Sheet]:
    """Read the sheets; one that seems blank is looked at twice, or what calamine does not see in it would be lost."""
    mended = partial(mended_bytes, book.box, book.kind)
    for sheet in read_sheets(bytes_to_read(book.box, book.kind), limits, mended=mended):
        yield sheet if sheet.rows else _blank(book, sheet, limits)


def _blank(book: _Book, sheet: Sheet, limits: Limits) -> Sheet:
    """Make sure that a sheet is blank; one in UTF-16, of which calamine sees nothing, is read again."""
    if can_be_blank(book.box, book.kind, sheet.name):
        return sheet
    mended = mended_bytes(book.box, book.kind)
    if mended is None:
        raise Unreadable("a sheet is written in UTF-16")
    return next(read_sheets(mended, limits, [sheet.name]))


def _read_document(reading: FileReading, data: bytes, context: ReadingContext) -> FileReading:
    """Read the tables of a Word document; what is no form, or none whose columns can be told, is for a person."""
    try:
        tables = read_tables(data, context.limits, lambda sheet: bool(locate(sheet, context.labels)))
        whole = read_forms(reading, tables, _WORD, context)
    except UnevenTable:
        whole = reading
    if whole.returns:
        return whole
    return replace(
        whole,
        findings=(_told_of_kind(Kind.DOCX),),
        document=read_text(data, context.limits)[:LONGEST],
    )


def _of_paper(reading: FileReading, box: Container, kind: Kind) -> FileReading:
    """Add to a file without figures what tells a report, a signed paper and a correction apart."""
    if kind is Kind.PDF:
        return replace(reading, signed=is_signed(box.data))
    if kind in (Kind.ODT, Kind.DOC):
        return replace(reading, document=text_of_document(box, kind))
    return reading


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
        yield finding(codes.ACTIVE_CONTENT, facts={"what": what})
