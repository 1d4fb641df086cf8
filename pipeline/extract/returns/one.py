"""One form on its sheet to one return: its cells, whose it is, and what is told of it."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import PurePosixPath

from pipeline.extract.cells import Parsed, Source, parse
from pipeline.extract.context import Desk
from pipeline.extract.identify import Clues, Heading, identify, names_somebody, says_to_whom
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
from pipeline.extract.returns.around import Around, with_scale_around
from pipeline.extract.returns.page import Medium, Page
from pipeline.extract.returns.sheets import holds_summary
from pipeline.extract.returns.siblings import OF_TITLES
from pipeline.findings import codes, finding
from pipeline.model import COUNTED, Entry, Fact, FileReading, Finding, Return, UnitLine
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import Sheet, cell_name
from schemas.form import Form
from schemas.text import fold, visible

_ENDINGS = frozenset({".zip", ".eml", ".msg", ".mbox"})
_OF_STAMPS = frozenset({codes.NOT_IN_REGISTER, codes.LEADING_ZERO, codes.NAME_SPELT_DIFFERENTLY})
"""findings of what is typed in a stamp cell"""


def return_of(reading: FileReading, page: Page, medium: Medium, desk: Desk, on_other_sheets: str = "") -> Return:
    """Read the cells of a form, say whose it is, and tell of what else stands on its sheet."""
    sheet, is_summary = page.sheet, holds_summary(page, desk.labels)
    names = (_file_name(reading.path), *_folders(reading.path))
    page = with_scale_around(page, Around(names, reading.subject, on_other_sheets), desk)
    source = Source(is_summary, is_word=medium.is_word, format=medium.format)
    parsed = parse(sheet, page.form, page.facts, desk.reader, source)
    clues = Clues(
        page.stamped("unit_code"),
        _unit_name(page, desk),
        sheet.name,
        _unit_lines(page),
        reading.subject,
        tuple(_headings(page)),
    )
    claim, of_unit = identify(clues, reading.path, desk.names)
    told = [_at_stamp(page, one) for one in of_unit]
    told += _told(reading.path, page, parsed, medium, desk)
    return Return(
        path=reading.path,
        sha256=reading.sha256 or "",
        sheet=sheet.name,
        is_summary=is_summary,
        claim=claim,
        entries=parsed.entries,
        findings=tuple(replace(one, sheet=one.sheet or sheet.name) for one in told),
        times=reading.times,
        blank_means_zero=parsed.blank_means_zero,
        elsewhere=parsed.elsewhere,
        filled_by=page.stamped("filled_by"),
        phone=page.stamped("phone"),
        source=page.stamped("source"),
    )


def _told(path: str, page: Page, parsed: Parsed, medium: Medium, desk: Desk) -> list[Finding]:
    """Tell of a form all but whose it is: its version, its place, its cells, and what stands beside them."""
    sheet, form = page.sheet, page.form
    findings = [
        *_told_of_version(page, desk.form),
        *form.findings,
        *_told_of_hidden(sheet, form, page.facts, parsed.entries),
        *_told_of_readers(page, parsed, medium),
        *parsed.findings,
    ]
    if medium.is_word:
        numbers = sum(entry.value is not None for entry in parsed.entries)
        findings.insert(0, finding(codes.WORD_TABLE, facts={"count": numbers}))
        above = [place for place in form.unclaimed if place[0] >= _end_of_grid(sheet)]
        findings += told_of_titles(sheet, desk.labels, Titles(above), is_stamped=bears_stamp(desk.labels, form.stamps))
    if not any(told.code in OF_TITLES for told in findings):
        is_known = form.names_period or bears_stamp(desk.labels, form.stamps)
        findings += told_of_name(desk.labels, _file_name(path), refuses=not is_known)
    if not any(told.code in OF_TITLES for told in findings):
        findings += told_of_folders(desk.labels, _folders(path))
    titles = {told.cell for told in findings if told.code in OF_TITLES}
    known = {*page.differing, *_weighed(page, desk)}
    unread = (place for place in _unread(page, desk.labels) if cell_name(*place) not in titles and place not in known)
    return [*findings, *told_of_the_rest(sheet, replace(form, unclaimed=tuple(sorted(unread))), page.own)]


def _told_of_readers(page: Page, parsed: Parsed, medium: Medium) -> Iterator[Finding]:
    """Tell that the sheet was read once only, or where beside the cells of the form its two readers differ."""
    if page.facts is None and not medium.is_word:
        yield finding(codes.SHEET_NOT_LOOKED_AT, facts={"format": medium.format} if medium.format else {})
    of_form = {entry.cell for entry in parsed.entries}
    beside = {cell_name(*place): page.differing[place] for place in sorted(page.differing)}
    apart = {cell: readings for cell, readings in beside.items() if cell not in of_form}
    if apart:
        facts: dict[str, Fact] = {"count": len(apart), "places": tuple(apart)}
        found = "; ".join(list(apart.values())[:_MOST_QUOTED])
        yield finding(codes.READERS_DIFFER_BESIDE, cell=next(iter(apart)), found=found, facts=facts)


_MOST_QUOTED = 5


def _folders(path: str) -> list[str]:
    """Names of the folders, archives and e-mails around a file, without their endings."""
    *around, _ = path.replace("!", "/").split("/")
    return [PurePosixPath(name).stem if PurePosixPath(name).suffix in _ENDINGS else name for name in around]


def _file_name(path: str) -> str:
    """The name of the file itself, in an archive or mail too, without folder and ending."""
    return PurePosixPath(path.rpartition("!")[2]).stem


def _unit_name(page: Page, desk: Desk) -> str:
    """The name cell; else a line "Đơn vị: ...", but only where it is exactly the name of a unit."""
    line = page.stamped(UNIT_LINE)
    return page.stamped("unit_name") or (line if fold(line) in desk.names.by_name else "")


def _unit_lines(page: Page) -> tuple[UnitLine, ...]:
    """Give the further lines that may name a unit, and who filled the form in."""
    lines = [_unit_line(line.stamp, line.stamped) for line in page.form.lines]
    maker = page.form.stamps.get("filled_by")
    return (*lines, *([_unit_line("filled_by", maker)] if maker else []))


def _headings(page: Page) -> Iterator[Heading]:
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


def _weighed(page: Page, desk: Desk) -> AbstractSet[Address]:
    """Cells of further lines that were weighed as evidence of whose return it is; the others are texts like any."""
    known = (line for line in page.form.lines if names_somebody(_unit_line(line.stamp, line.stamped), desk.names))
    return {place for line in known for place in line.places}


def _at_stamp(page: Page, told: Finding) -> Finding:
    """Lead what is told of a stamp cell, and quotes it, to the cell."""
    said = told.found or told.facts.get("seen")
    stamps = (page.form.stamps.get(name) for name in ("unit_code", "unit_name", UNIT_LINE))
    found = next((stamp for stamp in stamps if stamp and visible(stamp.text) == said), None)
    if told.code not in _OF_STAMPS or found is None:
        return told
    return replace(told, cell=cell_name(found.row, found.column))


def _unread(page: Page, labels: Labels) -> Iterator[tuple[int, int]]:
    """Cells that hold something nobody reads: outside the form, or in a column that a summary alone fills.

    What a summary prints above and below its table are texts, and differs from office to office.
    """
    sheet, form, is_summary = page.sheet, page.form, holds_summary(page, labels)
    derived = {row for row, _, value in sheet.filled() if isinstance(value, str) and value.startswith(DERIVED)}
    for row, column in form.unclaimed:
        if is_summary and row in derived and row > form.last_row:
            continue
        value = sheet.value(row, column)
        is_number = not isinstance(value, str) or fold(value).isdecimal()
        if not is_summary or is_number or form.first_head_row <= row <= form.last_row:
            yield row, column
    marks = tuple(map(fold, (labels.stamp.provisional, labels.stamp.left_blank)))
    for key, row in form.rows.items():
        for measure, column in form.coverage.items():
            is_read = is_summary and measure in labels.form.by_key[key].kinds
            if sheet.value(row, column) != "" and not is_read:
                yield row, column
        said = sheet.value(row, form.mark) if form.mark is not None else ""
        is_mark = is_summary and isinstance(said, str) and fold(said).startswith(marks)
        if form.mark is not None and said != "" and not is_mark:
            yield row, form.mark


def _told_of_version(page: Page, form: Form) -> Iterator[Finding]:
    said = page.stamped("form_id")
    if said and fold(said) != fold(form.id):
        yield finding(codes.DIFFERENT_FORM, found=visible(said), facts={"title": visible(said)})
    version = page.stamped("form_version")
    if version and fold(version) != fold(form.version):
        yield finding(
            codes.OTHER_VERSION, found=visible(version), facts={"version": visible(version), "expected": form.version}
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
        what: dict[str, Fact] = {"hidden_row": tuple(str(row + 1) for row in rows), "hidden_measure": tuple(measures)}
        yield finding(
            codes.HIDDEN_IN_TABLE, cell=places[0], facts={**what, "shown_blank": tuple(blank), "places": places}
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
