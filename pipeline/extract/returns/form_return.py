"""One form on its sheet to one return: its cells, whose it is, and what is told of it."""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.extract.cells import FormPage, Parsed, Source, parse
from pipeline.extract.context import ReadingContext
from pipeline.extract.identify import (
    Clues,
    Heading,
    identify,
    names_somebody,
    says_to_whom,
)
from pipeline.extract.locate import (
    UNIT_LINE,
    Labels,
    Located,
    Stamped,
    Titles,
    bears_stamp,
    told_of_folders,
    told_of_name,
    told_of_the_rest,
    told_of_titles,
)
from pipeline.extract.locate.shape import Address
from pipeline.extract.own.summary import DERIVED
from pipeline.extract.returns.money_around import Around, with_scale_around
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.extract.returns.sheets import holds_summary
from pipeline.extract.returns.siblings import OF_TITLES
from pipeline.findings import codes, finding
from pipeline.model import (
    COUNTED,
    Entry,
    Fact,
    FileReading,
    Finding,
    Return,
    UnitLine,
)
from pipeline.readers.book import Book
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import Sheet, cell_name
from schemas.form import Form
from schemas.text import fold, visible

_ENDINGS = frozenset({".zip", ".eml", ".msg", ".mbox"})
_OF_STAMPS = frozenset({codes.NOT_IN_REGISTER, codes.LEADING_ZERO, codes.NAME_SPELT_DIFFERENTLY})
"""findings of what is typed in a stamp cell"""


def return_of(
    reading: FileReading,
    page: SheetPage,
    book: Book,
    context: ReadingContext,
    on_other_sheets: str = "",
) -> Return:
    """Read the cells of a form, say whose it is, and tell of what else stands on its sheet."""
    sheet, is_summary = page.sheet, holds_summary(page, context.labels)
    names = (_file_name(reading.path), *_folders(reading.path))
    page = with_scale_around(page, Around(names, reading.subject, on_other_sheets), context)
    source = Source(
        is_summary,
        every_value_is_text=book.every_value_is_text,
        format=book.format,
    )
    form_page = FormPage(
        sheet=sheet,
        located=page.form,
        facts=page.facts,
        labels=context.labels,
        number_words=context.number_words,
        rules=context.rules,
        source=source,
    )
    parsed = parse(form_page)
    clues = Clues(
        page.stamped("unit_code"),
        _unit_name(page, context),
        sheet.name,
        _unit_lines(page),
        reading.subject,
        tuple(_headings(page)),
    )
    claim, of_unit = identify(clues, reading.path, context.unit_names)
    findings = [_at_stamp(page, known) for known in of_unit]
    findings += _findings_of_form(reading.path, page, parsed, book, context)
    return Return(
        path=reading.path,
        sha256=reading.sha256 or "",
        sheet=sheet.name,
        is_summary=is_summary,
        claim=claim,
        entries=parsed.entries,
        findings=tuple(replace(known, sheet=known.sheet or sheet.name) for known in findings),
        times=reading.times,
        blank_means_zero=parsed.blank_means_zero,
        elsewhere=parsed.elsewhere,
        filled_by=page.stamped("filled_by"),
        phone=page.stamped("phone"),
        source=page.stamped("source"),
    )


def _findings_of_form(
    path: str,
    page: SheetPage,
    parsed: Parsed,
    book: Book,
    context: ReadingContext,
) -> list[Finding]:
    """Tell of a form all but whose it is: its version, its place, its cells, and what stands beside them."""
    sheet, form = page.sheet, page.form
    labels = context.labels
    findings = [
        *_told_of_version(page, context.form),
        *form.findings,
        *_told_of_hidden(sheet, form, page.facts, parsed.entries),
        *_told_of_readers(page, parsed, book),
        *parsed.findings,
    ]
    is_stamped = bears_stamp(labels, form.stamps)
    if book.told_as:
        numbers = sum(entry.value is not None for entry in parsed.entries)
        findings.insert(0, finding(book.told_as, facts={"count": numbers}))
    if sheet.lines_above:
        above = [place for place in form.unclaimed if place[0] >= _end_of_grid(sheet)]
        findings += told_of_titles(sheet, labels, Titles(above), is_stamped=is_stamped)
    # Of title, file and folder the first that speaks of another period is enough.
    if not _titles_told(findings):
        is_known = form.names_period or is_stamped
        findings += told_of_name(labels, _file_name(path), refuses=not is_known)
    if not _titles_told(findings):
        findings += told_of_folders(labels, _folders(path))
    left = _left_over(page, findings, context)
    return [
        *findings,
        *told_of_the_rest(sheet, replace(form, unclaimed=left), page.own),
    ]


def _titles_told(findings: Iterable[Finding]) -> bool:
    return any(known.code in OF_TITLES for known in findings)


def _left_over(page: SheetPage, findings: Iterable[Finding], context: ReadingContext) -> tuple[Address, ...]:
    """Give the cells that nobody reads, and of which nothing is told yet, in their order."""
    titles = {known.cell for known in findings if known.code in OF_TITLES}
    known_places = {*page.differing, *_weighed(page, context)}
    left: list[Address] = []
    for place in _unread(page, context.labels):
        if place not in known_places and cell_name(*place) not in titles:
            left.append(place)
    return tuple(sorted(left))


def _told_of_readers(page: SheetPage, parsed: Parsed, book: Book) -> Iterator[Finding]:
    """Tell that the sheet was read once only, or where beside the cells of the form its two readers differ."""
    if page.facts is None and not book.every_value_is_text:
        yield finding(
            codes.SHEET_NOT_LOOKED_AT,
            facts={"format": book.format} if book.format else {},
        )
    of_form = {entry.cell for entry in parsed.entries}
    apart: dict[str, str] = {}
    for place in sorted(page.differing):
        cell = cell_name(*place)
        if cell not in of_form:
            apart[cell] = page.differing[place]
    if apart:
        facts: dict[str, Fact] = {"count": len(apart), "places": tuple(apart)}
        found = "; ".join(list(apart.values())[:_MOST_QUOTED])
        yield finding(
            codes.READERS_DIFFER_BESIDE,
            cell=next(iter(apart)),
            found=found,
            facts=facts,
        )


_MOST_QUOTED = 5


def _folders(path: str) -> list[str]:
    """Names of the folders, archives and e-mails around a file, without their endings."""
    *around, _ = path.replace("!", "/").split("/")
    return [_without_ending(name) for name in around]


def _without_ending(name: str) -> str:
    path = PurePosixPath(name)
    return path.stem if path.suffix in _ENDINGS else name


def _file_name(path: str) -> str:
    """The name of the file itself, in an archive or mail too, without folder and ending."""
    return PurePosixPath(path.rpartition("!")[2]).stem


def _unit_name(page: SheetPage, context: ReadingContext) -> str:
    """The name cell; else a line "Đơn vị: ...", but only where it is exactly the name of a unit."""
    name = page.stamped("unit_name")
    if name:
        return name
    line = page.stamped(UNIT_LINE)
    return line if fold(line) in context.unit_names.by_name else ""


def _unit_lines(page: SheetPage) -> tuple[UnitLine, ...]:
    """Give the further lines that may name a unit, and who filled the form in."""
    lines = [_unit_line(line.stamp, line.stamped) for line in page.form.lines]
    maker = page.form.stamps.get("filled_by")
    if maker:
        lines.append(_unit_line("filled_by", maker))
    return tuple(lines)


def _headings(page: SheetPage) -> Iterator[Heading]:
    """Give the texts above and below the table that no label claims, but those below a line that says to whom."""
    form, sheet = page.form, page.sheet
    known = {place for line in form.lines for place in line.places}
    lists_others: set[int] = set()
    for row, column in sorted(form.unclaimed):
        text = sheet.value(row, column)
        is_in_table = form.first_head_row <= row <= form.last_row
        if not isinstance(text, str) or is_in_table or (row, column) in known:
            continue
        if says_to_whom(text):
            lists_others.add(column)
        if column not in lists_others:
            is_above = row < form.first_head_row or row >= _end_of_grid(sheet)
            yield Heading(text, cell_name(row, column), is_above=is_above)


def _end_of_grid(sheet: Sheet) -> int:
    """The row from which on the lines above a table of Word stand, which come after its grid."""
    return sheet.first_row + len(sheet.rows) - sheet.lines_above if sheet.lines_above else _NO_END


_NO_END = 1 << 30


def _unit_line(stamp: str, stamped: Stamped) -> UnitLine:
    return UnitLine(stamp, stamped.text, cell_name(stamped.row, stamped.column))


def _weighed(page: SheetPage, context: ReadingContext) -> AbstractSet[Address]:
    """Cells of further lines that were weighed as evidence of whose return it is; the others are texts like any."""
    weighed: set[Address] = set()
    for line in page.form.lines:
        if names_somebody(_unit_line(line.stamp, line.stamped), context.unit_names):
            weighed.update(line.places)
    return weighed


def _at_stamp(page: SheetPage, known: Finding) -> Finding:
    """Lead what is told of a stamp cell, and quotes it, to the cell."""
    if known.code not in _OF_STAMPS:
        return known
    quoted = known.found or known.facts.get("seen")
    for name in ("unit_code", "unit_name", UNIT_LINE):
        stamp = page.form.stamps.get(name)
        if stamp and visible(stamp.text) == quoted:
            return replace(known, cell=cell_name(stamp.row, stamp.column))
    return known


def _unread(page: SheetPage, labels: Labels) -> Iterator[Address]:
    """Cells that hold something nobody reads: outside the form, or in a column that a summary alone fills.

    What a summary prints above and below its table are texts, and differs from office to office.
    """
    is_summary = holds_summary(page, labels)
    derived = _derived_rows(page.sheet) if is_summary else frozenset()
    for place in page.form.unclaimed:
        if not is_summary or not _is_printed_by_summary(page, place, derived):
            yield place
    yield from _unread_in_columns_of_summary(page, labels, is_summary=is_summary)


def _is_printed_by_summary(page: SheetPage, place: Address, derived: AbstractSet[int]) -> bool:
    """Whether a cell around the table of a summary is a text, or stands in the lines that it derives."""
    sheet, form = page.sheet, page.form
    row, _ = place
    if row > form.last_row and row in derived:
        return True
    value = sheet.value(*place)
    is_text = isinstance(value, str) and not fold(value).isdecimal()
    return is_text and not form.first_head_row <= row <= form.last_row


def _derived_rows(sheet: Sheet) -> AbstractSet[int]:
    return {row for row, _, value in sheet.filled() if isinstance(value, str) and value.startswith(DERIVED)}


def _unread_in_columns_of_summary(page: SheetPage, labels: Labels, *, is_summary: bool) -> Iterator[Address]:
    """Find what stands in the columns of coverage and of marks, and is none."""
    sheet, form = page.sheet, page.form
    marks = tuple(map(fold, (labels.stamp.provisional, labels.stamp.left_blank)))
    for key, row in form.rows.items():
        for measure, column in form.coverage.items():
            is_read = is_summary and measure in labels.form.by_key[key].kinds
            if not is_read and sheet.value(row, column) != "":
                yield row, column
        if form.mark is None:
            continue
        mark = sheet.value(row, form.mark)
        is_mark = is_summary and isinstance(mark, str) and fold(mark).startswith(marks)
        if mark != "" and not is_mark:
            yield row, form.mark


def _told_of_version(page: SheetPage, form: Form) -> Iterator[Finding]:
    form_id = page.stamped("form_id")
    if form_id and fold(form_id) != fold(form.id):
        yield finding(
            codes.DIFFERENT_FORM,
            found=visible(form_id),
            facts={"title": visible(form_id)},
        )
    version = page.stamped("form_version")
    if version and fold(version) != fold(form.version):
        yield finding(
            codes.OTHER_VERSION,
            found=visible(version),
            facts={"version": visible(version), "expected": form.version},
        )


def _told_of_hidden(
    sheet: Sheet, form: Located, facts: SheetFacts | None, entries: Sequence[Entry]
) -> Iterator[Finding]:
    """Hidden figures are read like any other, and asked about: somebody may have meant to leave them out."""
    if sheet.hidden:
        yield finding(codes.HIDDEN_FIGURES, facts={"what": f"hidden_sheet={sheet.name}"})
    if facts is None:
        return
    # What is hidden and adds nothing to a sum needs nobody's attention.
    figures = [entry for entry in entries if entry.value and entry.state in COUNTED]
    hidden = [entry for entry in figures if _is_hidden(form, facts, entry)]
    rows = sorted({form.rows[entry.row] for entry in hidden} & facts.hidden_rows)
    measures = [key for key, column in form.columns.items() if column in facts.hidden_columns]
    measures = [key for key in measures if any(entry.measure == key for entry in hidden)]
    blank = [cell_name(*place) for place in _shown_blank(sheet, form, facts)]
    if hidden or blank:
        places = tuple(dict.fromkeys([*(entry.cell for entry in hidden), *blank]))
        what: dict[str, Fact] = {
            "hidden_row": tuple(str(row + 1) for row in rows),
            "hidden_measure": tuple(measures),
        }
        yield finding(
            codes.HIDDEN_IN_TABLE,
            cell=places[0],
            facts={**what, "shown_blank": tuple(blank), "places": places},
        )


def _is_hidden(form: Located, facts: SheetFacts, entry: Entry) -> bool:
    """Whether an entry stands in a hidden row or column."""
    return form.rows.get(entry.row) in facts.hidden_rows or form.columns.get(entry.measure) in facts.hidden_columns


def _shown_blank(sheet: Sheet, form: Located, facts: SheetFacts) -> Iterator[Address]:
    """Find the cells of the table whose format shows nothing of their number."""
    for place, dress in sorted(facts.dressed.items()):
        is_of_table = place[0] in form.rows.values() and place[1] in form.columns.values()
        if is_of_table and not dress.pattern and sheet.value(*place) not in ("", 0):
            yield place
