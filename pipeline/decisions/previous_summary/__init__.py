"""What a person did with the summary that is about to be replaced, found before anything is written.

A summary is made anew by each run, so it is not the place to correct. Where it no longer shows what was written, the
old file is kept beside the new one under another name, and each number typed into the sheet of a unit is offered as a
line of the decisions workbook. What was written where the program leaves room for it is carried into the new summary.
A file that is no summary of this form is never replaced.
"""

import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

from pipeline.decisions.offers import Edit
from pipeline.decisions.previous_summary.by_hand import read_by_hand
from pipeline.decisions.previous_summary.edits import find_edits
from pipeline.extract.locate import Labels
from pipeline.extract.own.shown_digest import is_as_written
from pipeline.extract.own.stamp import STAMPS_ABOVE, load_stamp_words
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.findings import codes, finding
from pipeline.model import ByHand, Fact, Finding, HandEdit
from pipeline.model.errors import RunError
from pipeline.model.limits import OWN_FILES
from pipeline.readers.kinds import Container, Unreadable
from pipeline.readers.sheets import OverLimit, Sheet, read_sheets
from pipeline.readers.zip_check import check_zip
from schemas.form import Form
from schemas.register import Register
from schemas.text import fold

_SAVED = re.compile(rb"<dcterms:(created|modified)[^>]*>([^<]*)</dcterms:")
_NAMED = 12
"""so many changes are named, as far as they are known"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is to be done about the file that stands at OUTPUT."""

    edits: tuple[Edit, ...] = ()
    """numbers of units' returns that a person set in it"""
    by_hand: ByHand = field(default_factory=ByHand)
    """what a person wrote where the program leaves room"""
    lost: tuple[HandEdit, ...] = ()
    """what of it has no place any more"""
    aside: Path | None = None
    """where it is kept, if it no longer shows what was written or something of it has no place"""

    def told(self, form: Form, register: Register) -> tuple[Finding, ...]:
        """Say in one sentence that it is kept, and what was found in it as far as that is known."""
        if self.aside is None:
            return ()
        found = [f"{register.by_code[edit.unit].name}, {_said(form, edit)}" for edit in self.edits]
        found += [f"{one.sheet}, {one.cell} = {one.text}" for one in self.lost]
        facts: dict[str, Fact] = {"other": self.aside.name, "next": "decide" if self.edits else "copy"}
        if found:
            facts["value"] = tuple(found[:_NAMED])
        return (finding(codes.SUMMARY_CHANGED_BY_HAND, facts=facts),)


def _said(form: Form, edit: Edit) -> str:
    place = ", ".join(filter(None, (form.short_names[edit.cell.row], form.column_named(edit.cell))))
    return f"{place} = {'' if edit.value is None else edit.value}"


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
    words, labels = load_summary_words(), Labels(form, load_stamp_words(), frozenset())
    is_untouched = not _saved_by_a_person(data)
    try:
        check_zip(Container(data, OWN_FILES.inflated_bytes), OWN_FILES)
        wanted = (words("sheets.totals"), words("sheets.ledger")) if is_untouched else None
        sheets = {sheet.name: sheet for sheet in read_sheets(data, OWN_FILES, wanted)}
        if not any(_is_stamped(sheet, form, load_stamp_words().kind_summary) for sheet in sheets.values()):
            raise RunError("output_not_summary", {"file": output.name})
        earlier = Earlier(by_hand=read_by_hand(sheets, labels, words))
        if is_untouched or is_as_written(data, sheets, labels, words):
            return earlier
    except (Unreadable, OverLimit):
        raise RunError("output_not_summary", {"file": output.name}) from None
    edits = tuple(find_edits(sheets, labels, words, register))
    return replace(earlier, edits=edits, aside=_place_aside(output, data))


def kept_for(lost: Sequence[HandEdit], earlier: Earlier, output: Path) -> Earlier:
    """Keep the older summary aside for what the new one does not hold."""
    return replace(earlier, lost=tuple(lost), aside=earlier.aside or _place_aside(output, output.read_bytes()))


def _place_aside(output: Path, data: bytes) -> Path:
    """Give the first free name under which an older summary can be kept, or the one that holds the same already."""
    number = 1
    while (path := output.with_name(load_summary_words()("page.kept_aside", stem=output.stem, number=number))).exists():
        if path.read_bytes() == data:
            break
        number += 1
    return path


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
