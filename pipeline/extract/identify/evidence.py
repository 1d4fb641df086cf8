"""Every clue to whose return it is, in one list: what it says, of which unit or of which part of one.

The text of a sheet is never searched for names: "CỘNG HÒA" stands at the head of every Vietnamese document, and
"Quảng Yên" is both a town and one of its wards. Looked at are the stamp cells and further lines that name a unit, who
filled the form in, the names of sheet and file, of every folder above, and of the archives and e-mails it came in.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import PurePosixPath

from pipeline.extract.identify.names import Names, phrases_of
from pipeline.extract.identify.parts import Part, parts_in
from pipeline.extract.identify.texts import by_code, by_name, every_unit_in, inside
from pipeline.extract.identify.words import Words, phrase_at, words_in
from pipeline.model import UnitLine
from schemas.text import visible

KINDS = ("code", "name", "line", "sheet", "folder", "file", "archive", "mail", "maker", "heading")
"""kinds of evidence, best first"""
PLACES = ("sheet", "folder", "file", "archive", "mail")
_MAILS = frozenset({".eml", ".msg", ".mbox", ".mbx", ".emlx"})
_ARCHIVES = frozenset({".zip", ".rar", ".7z"})
_BULLETS = frozenset("-–+*•")
_LIST_ENDS = frozenset(";")
_LONGEST_NAME = 8
"""words of a line that names a school or a hamlet"""
_NUMBER_OF_OURS = re.compile(r"\d{1,4}(\.eml)?")
"""what the program calls an e-mail of a mailbox, or an attachment without a name"""


@dataclass(frozen=True, slots=True)
class Heading:
    """A text above or below the table that no label claims: of the letterhead, or of those who sign."""

    text: str
    cell: str
    is_above: bool


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of a form beside the path of its file."""

    code: str
    """the stamp cell of the code, as typed"""
    name: str
    """the stamp cell of the name, as typed"""
    sheet: str
    """what the sheet is called"""
    lines: Sequence[UnitLine] = ()
    """what else names a unit around the table, and who filled the form in"""
    subject: str = ""
    """the subject of the message it came with"""
    headings: Sequence[Heading] = ()
    """what else stands above and below the table"""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One clue."""

    kind: str
    text: str
    units: tuple[str, ...] = ()
    """register codes of the units that it names"""
    part: Part | None = None
    """a part of a unit that it names; then it speaks for no unit"""
    is_stranger: bool = False
    """it names an office that the register does not hold"""
    is_weak: bool = False
    """it may be about more than this file: told, but never enough to refuse a return"""
    is_only_against: bool = False
    """it stands where others are named too, so that it never makes a return that of its unit"""
    cell: str | None = None

    @property
    def unit(self) -> str | None:
        """The unit that it speaks for."""
        return self.units[0] if len(self.units) == 1 and self.part is None else None

    @property
    def said(self) -> str:
        """What a finding quotes: "file=THCS Dong Mai.xlsx"."""
        return f"{self.kind}={visible(self.text)}"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the path of a file."""

    kind: str
    """folder, archive, mail or file"""
    text: str
    """as it is called"""
    name: str
    """without its ending"""
    is_last: bool
    """the file itself, or what it lies in directly"""


def steps_of(path: str) -> tuple[Step, ...]:
    """Take a path apart: the folders, archives and e-mails above a file, and the file; "a/b.zip!c.xlsx".

    The numbers that the program gives to the e-mails of a mailbox, and to what has no name, are left out.
    """
    pieces = [piece.split("/") for piece in path.split("!")]
    steps: list[tuple[str, str]] = []
    is_in_mail = False
    for depth, piece in enumerate(pieces):
        *folders, last = piece
        suffix = PurePosixPath(last).suffix.lower()
        steps += [("folder", folder) for folder in folders]
        if not (is_in_mail and not folders and _NUMBER_OF_OURS.fullmatch(last)):
            steps.append((_kind(suffix, is_file=depth == len(pieces) - 1), last))
        is_in_mail = suffix in _MAILS
    known = [(kind, text) for kind, text in steps if text]
    return tuple(
        Step(kind, text, _name(kind, text), is_last=index >= len(known) - 2) for index, (kind, text) in enumerate(known)
    )


def _kind(suffix: str, *, is_file: bool) -> str:
    if is_file:
        return "file"
    return "mail" if suffix in _MAILS else "archive" if suffix in _ARCHIVES else "folder"


def _name(kind: str, text: str) -> str:
    return text if kind == "folder" else PurePosixPath(text).stem


def of_stamp(code: str, name: str, names: Names) -> Iterator[Evidence]:
    """Say what the cells of code and name say."""
    if code:
        yield Evidence("code", code, by_code(code, names.register))
    if name:
        yield Evidence("name", name, by_name(name, names))


def of_line(line: UnitLine, names: Names) -> Evidence | None:
    """Say what a further line that names a unit says, or who filled the form in; None where it names nobody."""
    if line.stamp == "filled_by":
        return _of_maker(line, names)
    units = by_code(line.text, names.register) if line.stamp == "unit_code" else by_name(line.text, names)
    if len(units) == 1:
        return Evidence("line", line.text, units, cell=line.cell)
    if units or line.stamp == "unit_code":
        # A name that several units bear is that of one of them; a code of nobody is that of a stranger.
        return Evidence("line", line.text, is_stranger=not units, cell=line.cell)
    parts = _not_addresses(parts_in(line.text, names), words_in(line.text))
    if parts:
        return Evidence("line", line.text, tuple(every_unit_in((line.text,), names)), parts[0], cell=line.cell)
    return _of_other_office(line, names)


def _not_addresses(parts: Sequence[Part], words: Words) -> list[Part]:
    """Leave out the quarter of an address: "UBND phường Đông Mai, khu 3"."""
    return [part for part in parts if part.is_school or part.start == 0 or part.start not in words.starts]


def _of_other_office(line: UnitLine, names: Names) -> Evidence | None:
    """Say whether a line that names no unit names an office of its level ("Xã Bình Dân"), or only the unit's own."""
    text = words_in(line.text)
    if phrase_at(text, 0, "collecting") or phrase_at(text, 0, "not_levels"):
        return None
    first = _prefix(text)
    if not first:
        return Evidence("line", line.text, is_stranger=True, cell=line.cell) if line.stamp == "unit_name" else None
    rest = text.folded[first:]
    while rest and (more := _prefix_of(rest)):
        rest = rest[more:]
    named = every_unit_in((line.text,), names)
    if not rest or len(named) == 1:
        return Evidence("line", line.text, tuple(named), cell=line.cell)
    # "P. Hành chính" is no ward: a single letter may stand for any word.
    return Evidence("line", line.text, is_stranger=True, cell=line.cell) if len(text.folded[0]) > 1 else None


def _prefix(text: Words) -> int:
    """Give how many words at the beginning are known to stand before the name of a unit."""
    return max((phrase_at(text, 0, level) for level in ("prefixes", "higher")), default=0)


def _prefix_of(rest: tuple[str, ...]) -> int:
    return max((len(phrase) for phrase in phrases_of("prefixes") if rest[: len(phrase)] == phrase), default=0)


def _of_maker(line: UnitLine, names: Names) -> Evidence | None:
    """Say whether a part of a unit, or another unit, filled the form in: an office itself, not where a person works."""
    words = words_in(line.text)
    units = by_name(line.text, names)
    if len(units) == 1:
        return Evidence("maker", line.text, units, is_weak=True, is_only_against=True, cell=line.cell)
    start = 0
    while count := phrase_at(words, start, "boards"):
        start += count
    part = next((part for part in parts_in(line.text, names) if part.start == start), None)
    if part is None or _names_person(words, part.start + len(part.phrase.split()), names):
        return None
    named = tuple(every_unit_in((line.text,), names))
    return Evidence("maker", line.text, named, part, is_weak=True, is_only_against=True, cell=line.cell)


def of_headings(headings: Sequence[Heading], names: Names) -> Iterator[Evidence]:
    """Say which units and parts the letterhead and the signatures name, each by a whole line.

    A letterhead goes from the office above down to the one that writes: the last unit that it names is the writer's.
    """
    above = [one for heading in headings if heading.is_above for one in _of_heading(heading, names)]
    yield from above[-1:]
    for heading in headings:
        if not heading.is_above:
            yield from _of_heading(heading, names)


def says_to_whom(text: str) -> bool:
    """Whether a line is followed by the offices to which a paper goes: "Kính gửi:", "Nơi nhận:"."""
    return phrase_at(words_in(text), 0, "to_whom") > 0


def _of_heading(heading: Heading, names: Names) -> Iterator[Evidence]:
    for text in heading.text.splitlines():
        if says_to_whom(text):
            return
        words = words_in(text)
        if not words or text.lstrip()[:1] in _BULLETS or text.rstrip()[-1:] in _LIST_ENDS:
            # One of the offices that get a copy.
            continue
        signed = phrase_at(words, 0, "signed_for")
        units = by_name(" ".join(words.typed[signed:]), names)
        # Below the table a bare name may be that of the person who signs.
        is_office = heading.is_above or signed > 0 or phrase_at(words, 0, "prefixes") > 0
        if len(units) == 1 and is_office:
            yield Evidence("heading", text, units, is_weak=True, is_only_against=True, cell=heading.cell)
        elif not units and heading.is_above and (part := _part_at_start(text, names)):
            named = tuple(every_unit_in((text,), names))
            yield Evidence("heading", text, named, part, is_weak=True, is_only_against=True, cell=heading.cell)


def _part_at_start(text: str, names: Names) -> Part | None:
    """Find the part that a whole line names: "TRƯỜNG THCS ĐÔNG MAI", "Khu phố 3"; a longer line is a sentence."""
    parts = parts_in(text, names)
    if not parts or parts[0].start > 0 or len(words_in(text)) > _LONGEST_NAME:
        return None
    return next((part for part in parts if part.has_name), None)


def _names_person(words: Words, behind: int, names: Names) -> bool:
    """Tell whether a person is named behind the office that filled the form in: "Trường THCS Đông Mai - Lê Thị Hoa"."""
    begins = (index for index in sorted(words.starts) if index > behind)
    return any(phrase_at(words, index, "surnames") or phrase_at(words, index, "titles") for index in begins)


def of_sheet(sheet: str, names: Names) -> Evidence:
    """Say what the name of the sheet says."""
    return _of_name("sheet", sheet, sheet, names)


def of_subject(subject: str, names: Names) -> Evidence | None:
    """Say what the subject of a message says, which may bring the returns of several units."""
    one = _of_name("mail", subject, subject, names)
    is_about_part = one.part is not None and one.part.has_name
    return replace(one, is_weak=True) if is_about_part or one.unit else None


def of_path(path: str, names: Names) -> tuple[Evidence, ...]:
    """Say what the names of the file, of all folders, archives and e-mails above it say, the nearest first.

    Where one of them names a part, none speaks for the unit whose name it bears. Archives and e-mails are often the
    collecting office's own: only a part whose name they say is one, and so with folders further up.
    """
    found: list[Evidence] = []
    for step in reversed(steps_of(path)):
        one = _of_name(step.kind, step.text, step.name, names)
        is_near = step.kind == "file" or (step.kind == "folder" and step.is_last)
        if one.part and not one.part.has_name and not is_near:
            one = Evidence(step.kind, step.text)
        if one.units or one.part:
            found.append(Evidence(one.kind, one.text, one.units, one.part, is_weak=not step.is_last))
    parts = [one for one in found if one.part]
    if not parts:
        return tuple(found)
    # "Minh Thanh/Thôn 5.xlsx" names a hamlet of Minh Thành.
    owners = tuple(sorted({code for one in found if not one.is_weak for code in one.units}))
    return tuple(one if one.units else replace(one, units=owners) for one in parts)


@lru_cache(maxsize=1024)
def _of_name(kind: str, text: str, name: str, names: Names) -> Evidence:
    parts = parts_in(name, names)
    if parts:
        named = next((part for part in parts if part.has_name), parts[0])
        return Evidence(kind, text, tuple(sorted(every_unit_in((name,), names))), named)
    return Evidence(kind, text, inside(name, names))
