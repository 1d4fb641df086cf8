"""What a person did with the summary that is about to be replaced, found before anything is written.

A summary is made anew by each run, so it is not the place to correct. Its numbers are held against its own `Nguồn số
liệu`, its lines of text against those that a run writes, its list sheets against the digests kept in it. Where a person
changed any, or added a sheet, the old file is kept beside the new one under another name, and each number of a unit is
offered as a line of the decisions workbook. What was written where the program leaves room for it is carried into the
new summary. A file that is no summary of this form is never replaced.
"""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

from pipeline.decisions.offers import Edit
from pipeline.earlier.around import changed_lines, find_around
from pipeline.earlier.by_hand import read_by_hand, read_phones
from pipeline.earlier.cells import Change, Shown
from pipeline.earlier.compare import find_changes
from pipeline.errors import RunError
from pipeline.findings import finding
from pipeline.kinds import Container, Unreadable
from pipeline.limits import OWN_FILES
from pipeline.model import ByHand, Fact, Finding, HandEdit
from pipeline.read import OverLimit, Sheet, read_sheets
from pipeline.recognise import Labels
from pipeline.stamp import STAMPS_ABOVE, load_stamp_words
from pipeline.summary.fingerprint import differing_sheets
from pipeline.summary.words import Words, load_words
from pipeline.zip_check import check_zip
from schemas.form import Form
from schemas.register import Register
from schemas.text import fold

_SAVED = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)</dcterms:")
_ONE_BY_ONE = 10
"""more changes than these in one sheet are told together"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is to be done about the file that stands at OUTPUT."""

    edits: tuple[Edit, ...] = ()
    """numbers of units' returns that a person set in it"""
    by_hand: ByHand = field(default_factory=ByHand)
    """what a person wrote where the program leaves room"""
    told: tuple[Finding, ...] = ()
    aside: Path | None = None
    """where it is kept, if a person changed it"""


def look_back(output: Path, form: Form, register: Register) -> Earlier:
    """Compare the summary at OUTPUT, if there is one, with what it was when it was written.

    Raises:
        RunError: a file stands there that is no summary of this form by this program.
    """
    try:
        data = output.read_bytes()
    except FileNotFoundError:
        return Earlier()
    except OSError:
        raise RunError("output_open_elsewhere", {"file": output.name}) from None
    if not data:
        return Earlier()
    words = load_words()
    try:
        check_zip(Container(data, OWN_FILES.inflated_bytes), OWN_FILES)
        wanted = None if _saved_by_a_person(data) else (words("sheets.totals"), words("sheets.ledger"))
        sheets = {sheet.name: sheet for sheet in read_sheets(data, OWN_FILES, wanted)}
    except (Unreadable, OverLimit):
        sheets = {}
    summary = load_stamp_words().kind_summary
    if not any(_is_stamped(sheet, form, summary) for sheet in sheets.values()):
        raise RunError("output_not_summary", {"file": output.name})
    labels = Labels(form, load_stamp_words(), frozenset())
    by_hand = read_by_hand(sheets, labels, register.office, words)
    if words("sheets.sources") not in sheets:
        return Earlier(by_hand=by_hand)
    by_hand = replace(by_hand, phones=read_phones(sheets, words))
    changes = [*_changes(sheets, labels, register, words)]
    told = {change.sheet for change in changes}
    others = [*differing_sheets(data, sheets, labels, words), *_sheets_of_a_person(sheets, labels, words)]
    changes += [Change(sheet.name, "", "") for sheet in others if sheet.name not in told]
    if not changes:
        return Earlier(by_hand=by_hand)
    aside = free_name(output)
    edits = tuple(change.edit for change in changes if change.edit)
    return Earlier(edits, by_hand, tuple(_told(changes, aside)), aside)


def _changes(sheets: dict[str, Sheet], labels: Labels, register: Register, words: Words) -> Iterator[Change]:
    """Find what is compared cell by cell."""
    yield from find_changes(sheets, labels, words, register)
    around = find_around(sheets.get(words("sheets.totals")), labels)
    yield from changed_lines(around, register.office, labels.form, words) if around else ()


def _sheets_of_a_person(sheets: dict[str, Sheet], labels: Labels, words: Words) -> Iterator[Sheet]:
    """Find sheets in which something stands and that no run wrote: they have no name of ours and no stamp."""
    own = {text for key, text in words.texts.items() if key.startswith("sheets.")}
    for name, sheet in sheets.items():
        is_filled = next(sheet.filled(), None) is not None
        if is_filled and name not in own and not _is_stamped(sheet, labels.form, labels.stamp.kind_copy):
            yield sheet


def kept_for(lost: Sequence[HandEdit], earlier: Earlier, output: Path) -> Earlier:
    """Keep the older summary aside for what the new one does not hold."""
    aside = earlier.aside or free_name(output)
    changes = [Change(edit.sheet, edit.cell, edit.text, next=edit.next) for edit in lost]
    return replace(earlier, aside=aside, told=(*earlier.told, *_told(changes, aside)))


def _is_stamped(sheet: Sheet, form: Form, kind: str) -> bool:
    """Tell whether a sheet bears the stamp of this form and of one kind."""
    stamp = load_stamp_words()
    wanted = {fold(stamp.kind): fold(kind), fold(stamp.form_id): fold(form.id)}
    for row, column, value in sheet.filled():
        if row >= STAMPS_ABOVE:
            break
        if isinstance(value, str) and fold(value) in wanted:
            beside = sheet.value(row, column + 1)
            if isinstance(beside, str) and fold(beside) == wanted[fold(value)]:
                del wanted[fold(value)]
    return not wanted


def _saved_by_a_person(data: bytes) -> bool:
    """Tell whether any program saved the file after it was made: then its two dates differ (ECMA-376, part 2)."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as box:
            dates = dict(_SAVED.findall(box.read("docProps/core.xml")))
    except (zipfile.BadZipFile, KeyError):
        return True
    return dates.get(b"created") is None or dates.get(b"created") != dates.get(b"modified")


def free_name(output: Path) -> Path:
    """Give the first free name under which an older summary can be kept."""
    number = 1
    while (path := output.with_name(load_words()("page.kept_aside", stem=output.stem, number=number))).exists():
        number += 1
    return path


def _told(changes: Sequence[Change], aside: Path) -> Iterator[Finding]:
    """Tell each change; where a whole sheet was filled in by hand, tell that once."""
    by_sheet: dict[str, list[Change]] = {}
    for change in changes:
        by_sheet.setdefault(change.sheet, []).append(change)
    for sheet, same in by_sheet.items():
        if len(same) > _ONE_BY_ONE:
            value = tuple(f"{change.cell} = {_text(change.value)}" for change in same)
            where = f"{same[0].cell} - {same[-1].cell}"
            facts: dict[str, Fact] = {"value": value, "other": aside.name, "next": same[0].next}
            yield finding("F029", sheet=sheet, cell=where, facts=facts)
            continue
        for change in same:
            facts = {"other": aside.name, "next": change.next}
            if change.cell:
                facts["value"] = _text(change.value) or "blank_cell"
            yield finding("F029", sheet=sheet, cell=change.cell or None, facts=facts)


def _text(value: Shown) -> str:
    return value if isinstance(value, str) else f"{value:g}" if value != int(value) else str(int(value))
