"""The sheets of one file to its returns: recognise each form, say whose it is, parse its cells.

A workbook typed in a legacy font is converted as a whole before it is read. A workbook may hold the forms of several
units; then its own name and folder say nothing about any of them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import PurePosixPath

from pipeline.below import told_of_totals
from pipeline.desk import Desk
from pipeline.findings import finding
from pipeline.identify import identify
from pipeline.legacy_text import LegacyEncoding, convert, detect_legacy
from pipeline.model import Entry, Fact, FileReading, Finding, Return
from pipeline.parse import Source, parse
from pipeline.read import Sheet, cell_name
from pipeline.read_back import DERIVED, is_matrix
from pipeline.recognise import (
    UNIT_LINE,
    Labels,
    Located,
    bears_stamp,
    locate,
    told_of_name,
    told_of_the_rest,
    told_of_titles,
)
from pipeline.second_look import SheetFacts
from pipeline.siblings import OF_TITLES, those_that_count
from pipeline.stamp import STAMPS_ABOVE, SUMMARY_WORDS
from pipeline.unseen import as_seen, own_formulas
from schemas.definition import read_toml
from schemas.form import Form
from schemas.text import fold, visible

_INFERRED = frozenset({"S002", "S007"})
_PLAIN_SHARE = 3, 4
"""a form with fewer of its rows found than this may be typed in a legacy font"""
_OF_STAMPS = frozenset({"U003", "U009", "U011"})
"""findings of what is typed in a stamp cell"""


@dataclass(frozen=True, slots=True)
class Medium:
    """What the kind of a file means for the reading of its cells."""

    look: Callable[[Sheet], SheetFacts | None]
    """the second look at a sheet; None where it is impossible, and then a blank cell is not known to be blank"""
    stores_zero: bool = False
    """the format keeps 0 for a formula that was never calculated (xls)"""
    is_word: bool = False
    """every number is a text of a Word table"""
    format: str = ""
    """what a file of this kind ends with: "xlsx" """


@dataclass(frozen=True, slots=True)
class _Page:
    """One form of a file on its sheet."""

    sheet: Sheet
    form: Located
    facts: SheetFacts | None = None
    """what the second look told of the sheet; None where it was impossible, or not made yet"""
    own: AbstractSet[tuple[int, int]] = frozenset()
    """formulas that the template wrote around the form"""

    def stamped(self, name: str) -> str:
        """What stands beside a stamp label, as typed."""
        stamped = self.form.stamps.get(name)
        return stamped.text if stamped else ""


def read_forms(reading: FileReading, sheets: Iterable[Sheet], medium: Medium, desk: Desk) -> FileReading:
    """Read every form on the sheets of a file; without one, a finding says what the file is."""
    seen: list[Sheet] = []
    matrices: list[Sheet] = []
    pages = list(_pages(sheets, desk.labels, seen, matrices))
    told: list[Finding] = []
    encoding = _encoding(desk.labels, seen, pages)
    if encoding:
        pages = list(_pages([_converted(sheet, encoding) for sheet in seen], desk.labels, [], []))
        told.append(finding("F027", facts={"encoding": encoding.value}))
    originals = (page for page in pages if not _repeats(page, desk.labels))
    forms = [
        page for _, same in groupby(originals, lambda page: id(page.sheet)) for page in _seen(list(same), medium, desk)
    ]
    read = [_beside_its_units(_return_of(reading, page, medium, desk), matrices, desk.form) for page in forms]
    returns = those_that_count(read, desk)
    if len(returns) > 1:
        told.append(finding("F024", facts={"count": len(returns)}))
    if not returns:
        told.append(finding("F033") if pages else finding("F005", facts={"form": desk.form.name}))
    return replace(reading, returns=tuple(returns), findings=tuple(told))


def _pages(sheets: Iterable[Sheet], labels: Labels, seen: list[Sheet], matrices: list[Sheet]) -> Iterator[_Page]:
    """Find the forms sheet by sheet; the lists of a summary, and the copies behind it, are passed over unread."""
    is_behind = False
    for sheet in sheets:
        if _is_list(sheet) or (is_behind and _is_copy(sheet, labels)):
            matrices += [sheet] if is_matrix(sheet) else []
            continue
        seen.append(sheet)
        pages = [_Page(sheet, form) for form in locate(sheet, labels)]
        yield from pages
        is_behind |= any(_is_summary(page, labels) for page in pages)


def _repeats(page: _Page, labels: Labels) -> bool:
    """Tell a copy of a return behind a summary."""
    return fold(page.stamped("kind")) == fold(labels.stamp.kind_copy)


def _seen(same: Sequence[_Page], medium: Medium, desk: Desk) -> Sequence[_Page]:
    """Look again at the sheet of some forms, and find them anew where it holds what calamine does not show."""
    sheet, forms = same[0].sheet, [page.form for page in same]
    facts = medium.look(sheet)
    if facts is None:
        return same
    own = own_formulas(sheet, forms, desk.labels, facts)
    seen = as_seen(sheet, facts, own, desk.limits, stores_zero=medium.stores_zero)
    if seen is not sheet:
        again = [form for form in locate(seen, desk.labels) if not _repeats(_Page(seen, form), desk.labels)]
        forms = again if len(again) == len(forms) else forms
    return [_Page(seen, form, facts, own) for form in forms]


def _beside_its_units(one: Return, matrices: Sequence[Sheet], form: Form) -> Return:
    """Hold a summary against the sheet of its units that it came with; several summaries, against none."""
    if not one.is_summary or len(matrices) != 1:
        return one
    told = (replace(each, sheet=one.sheet) for each in told_of_totals(form, one.entries, matrices[0]))
    return replace(one, findings=(*one.findings, *told))


def _is_list(sheet: Sheet) -> bool:
    """Tell by its title a sheet of a summary that holds no form, though labels of rows may stand in it."""
    _, _, first = next(sheet.filled(), (0, 0, ""))
    return isinstance(first, str) and fold(first) in _titles_of_lists()


@cache
def _titles_of_lists() -> frozenset[str]:
    words = read_toml(SUMMARY_WORDS)
    lists = (key for key in words.table("sheets").values if key != "totals")
    return frozenset(fold(words.table(key).text("title")) for key in lists)


def _is_copy(sheet: Sheet, labels: Labels) -> bool:
    """Tell by the stamp alone whether a sheet repeats a return."""
    kind, copy = fold(labels.stamp.kind), fold(labels.stamp.kind_copy)
    for row, column, value in sheet.filled():
        if row >= STAMPS_ABOVE:
            return False
        if isinstance(value, str) and fold(value) == kind:
            beside = sheet.value(row, column + 1)
            return isinstance(beside, str) and fold(beside) == copy
    return False


def _is_summary(page: _Page, labels: Labels) -> bool:
    """Tell a summary of the level below by its stamp; without one, by its title or the columns that no return has."""
    kind, form = fold(page.stamped("kind")), page.form
    if kind:
        return kind == fold(labels.stamp.kind_summary)
    has_columns = form.mark is not None and set(labels.form.measures) <= form.coverage.keys()
    return has_columns or _bears_title(page, fold(labels.form.summary_title))


def _bears_title(page: _Page, title: str) -> bool:
    """Tell whether the title of a summary stands above the table: it was copied from one without its stamp."""
    for row, _, value in page.sheet.filled():
        if row >= page.form.first_head_row:
            return False
        if isinstance(value, str) and fold(value) == title:
            return True
    return False


# Legacy fonts -----------------------------------------------------------------------------------------------------


def _encoding(labels: Labels, sheets: Sequence[Sheet], pages: Sequence[_Page]) -> LegacyEncoding | None:
    """Ask for the encoding of a whole file, where its labels are not simply those of the form."""
    if pages and all(_is_plain(labels, page.form) for page in pages):
        return None
    texts = [value for sheet in sheets for _, _, value in sheet.filled() if isinstance(value, str)]
    return detect_legacy(texts, labels.every_text)


def _is_plain(labels: Labels, form: Located) -> bool:
    """Tell whether most rows were found, and few of them by likeness."""
    found, of = _PLAIN_SHARE
    counts = [told.facts.get("count", 1) for told in form.findings if told.code in _INFERRED]
    inferred = sum(count for count in counts if isinstance(count, int))
    return of * (len(form.rows) - inferred) >= found * len(labels.form.rows)


def _converted(sheet: Sheet, encoding: LegacyEncoding) -> Sheet:
    rows = [[convert(value, encoding) if isinstance(value, str) else value for value in cells] for cells in sheet.rows]
    return replace(sheet, rows=rows)


# One return -------------------------------------------------------------------------------------------------------


def _return_of(reading: FileReading, page: _Page, medium: Medium, desk: Desk) -> Return:
    sheet, form, facts = page.sheet, page.form, page.facts
    is_summary = _is_summary(page, desk.labels)
    source = Source(is_summary, is_word=medium.is_word, format=medium.format)
    parsed = parse(sheet, form, facts, desk.reader, source)
    findings = [
        *_told_of_version(page, desk.form),
        *form.findings,
        *_told_of_hidden(sheet, form, facts, parsed.entries),
        *parsed.findings,
    ]
    if medium.is_word:
        numbers = sum(entry.value is not None for entry in parsed.entries)
        findings.insert(0, finding("F026", facts={"count": numbers}))
        # The paragraphs before a table stand below it in its grid.
        below = [place for place in form.unclaimed if place[0] > form.last_row]
        findings += told_of_titles(sheet, desk.labels, below, is_stamped=bears_stamp(desk.labels, form.stamps))
    if not any(told.code in OF_TITLES for told in findings):
        findings += told_of_name(desk.labels, _file_name(reading.path), refuses=False)
    titles = {told.cell for told in findings if told.code in OF_TITLES}
    unread = _unread(page, desk.labels, is_summary=is_summary)
    rest = replace(form, unclaimed=tuple(sorted(place for place in unread if cell_name(*place) not in titles)))
    findings += told_of_the_rest(sheet, rest, page.own)
    claim, told = identify(page.stamped("unit_code"), _unit_name(page, desk), sheet.name, reading.path, desk.names)
    told = tuple(_at_stamp(page, one) for one in told)
    return Return(
        path=reading.path,
        sha256=reading.sha256 or "",
        sheet=sheet.name,
        is_summary=is_summary,
        claim=claim,
        entries=parsed.entries,
        findings=tuple(replace(one, sheet=one.sheet or sheet.name) for one in (*told, *findings)),
        times=reading.times,
        blank_means_zero=parsed.blank_means_zero,
        elsewhere=parsed.elsewhere,
        filled_by=page.stamped("filled_by"),
        phone=page.stamped("phone"),
        source=page.stamped("source"),
    )


def _file_name(path: str) -> str:
    """The name of the file itself, in an archive or mail too, without folder and ending."""
    return PurePosixPath(path.rpartition("!")[2]).stem


def _unit_name(page: _Page, desk: Desk) -> str:
    """The name cell; else a line "Đơn vị: ...", but only where it is exactly the name of a unit."""
    line = page.stamped(UNIT_LINE)
    return page.stamped("unit_name") or (line if fold(line) in desk.names.by_name else "")


def _at_stamp(page: _Page, told: Finding) -> Finding:
    """Lead what is told of a stamp cell, and quotes it, to the cell."""
    said = told.found or told.facts.get("seen")
    stamps = (page.form.stamps.get(name) for name in ("unit_code", "unit_name", UNIT_LINE))
    found = next((stamp for stamp in stamps if stamp and visible(stamp.text) == said), None)
    if told.code not in _OF_STAMPS or found is None:
        return told
    return replace(told, cell=cell_name(found.row, found.column))


def _unread(page: _Page, labels: Labels, *, is_summary: bool) -> Iterator[tuple[int, int]]:
    """Cells that hold something nobody reads: outside the form, or in a column that a summary alone fills.

    What a summary prints above and below its table are texts, and differs from office to office.
    """
    sheet, form = page.sheet, page.form
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


def _told_of_version(page: _Page, form: Form) -> Iterator[Finding]:
    said = page.stamped("form_id")
    if said and fold(said) != fold(form.id):
        yield finding("F015", found=visible(said), facts={"title": visible(said)})
    version = page.stamped("form_version")
    if version and fold(version) != fold(form.version):
        yield finding("F014", found=visible(version), facts={"version": visible(version), "expected": form.version})


def _told_of_hidden(
    sheet: Sheet, form: Located, facts: SheetFacts | None, entries: Sequence[Entry]
) -> Iterator[Finding]:
    """Hidden figures are read like any other, and told: somebody may have meant to leave them out."""
    if sheet.hidden:
        yield finding("F023", facts={"what": f"hidden_sheet={sheet.name}"})
    if facts is None:
        return
    filled = [entry for entry in entries if entry.found is not None]
    with_figures, measured = {entry.row for entry in filled}, {entry.measure for entry in filled}
    rows = sorted(row for key, row in form.rows.items() if key in with_figures and row in facts.hidden_rows)
    measures = [key for key, column in form.columns.items() if key in measured and column in facts.hidden_columns]
    blank = [
        cell_name(row, column)
        for (row, column), dress in sorted(facts.dressed.items())
        if not dress.pattern and row in form.rows.values() and column in form.columns.values()
        if sheet.value(row, column) not in ("", 0)
    ]
    if rows or measures or blank:
        keys = {key for key, row in form.rows.items() if row in rows}
        hidden = [entry.cell for entry in filled if entry.row in keys or entry.measure in measures]
        places = tuple(dict.fromkeys([*hidden, *blank]))
        what: dict[str, Fact] = {"hidden_row": tuple(str(row + 1) for row in rows), "hidden_measure": tuple(measures)}
        yield finding("S013", cell=places[0], facts={**what, "shown_blank": tuple(blank), "places": places})
