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

from pipeline.extract.identify.name_words import Words, phrase_at, words_in
from pipeline.extract.identify.names import Names, phrases_of
from pipeline.extract.identify.parts import Part, parts_in
from pipeline.extract.identify.texts import by_code, by_name, every_unit_in, inside
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
    def quoted(self) -> str:
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
    known = [(kind, text) for kind, text in _kinds_and_texts(path) if text]
    steps: list[Step] = []
    for index, (kind, text) in enumerate(known):
        # The last two are the file and what it lies in.
        is_last = index >= len(known) - 2
        steps.append(Step(kind, text, _name(kind, text), is_last=is_last))
    return tuple(steps)


def _kinds_and_texts(path: str) -> Iterator[tuple[str, str]]:
    containers = path.split("!")
    is_in_mail = False
    for depth, place in enumerate(containers, 1):
        *folders, last = place.split("/")
        suffix = PurePosixPath(last).suffix.lower()
        for folder in folders:
            yield "folder", folder
        is_number_of_ours = is_in_mail and not folders and _NUMBER_OF_OURS.fullmatch(last)
        if not is_number_of_ours:
            yield _kind(suffix, is_file=depth == len(containers)), last
        is_in_mail = suffix in _MAILS


def _kind(suffix: str, *, is_file: bool) -> str:
    if is_file:
        return "file"
    if suffix in _MAILS:
        return "mail"
    if suffix in _ARCHIVES:
        return "archive"
    return "folder"


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
    is_code = line.stamp == "unit_code"
    units = by_code(line.text, names.register) if is_code else by_name(line.text, names)
    if len(units) == 1:
        return Evidence("line", line.text, units, cell=line.cell)
    if units or is_code:
        # A name that several units bear is that of one of them; a code of nobody is that of a stranger.
        return Evidence("line", line.text, is_stranger=not units, cell=line.cell)
    parts = _not_addresses(parts_in(line.text, names), words_in(line.text))
    if parts:
        owners = tuple(every_unit_in((line.text,), names))
        return Evidence("line", line.text, owners, parts[0], cell=line.cell)
    return _of_other_office(line, names)


def _not_addresses(parts: Sequence[Part], words: Words) -> list[Part]:
    """Leave out the quarter of an address: "UBND phường Đông Mai, khu 3"."""
    kept: list[Part] = []
    for part in parts:
        is_behind_a_sign = part.start > 0 and part.start in words.starts
        if part.is_school or not is_behind_a_sign:
            kept.append(part)
    return kept


def _of_other_office(line: UnitLine, names: Names) -> Evidence | None:
    """Say whether a line that names no unit names an office of its level ("Xã Bình Dân"), or only the unit's own."""
    text = words_in(line.text)
    if phrase_at(text, 0, "collecting") or phrase_at(text, 0, "not_levels"):
        return None
    stranger = Evidence("line", line.text, is_stranger=True, cell=line.cell)
    first = _prefix(text)
    if not first:
        return stranger if line.stamp == "unit_name" else None
    rest = _without_prefixes(text.folded[first:])
    named = every_unit_in((line.text,), names)
    if not rest or len(named) == 1:
        return Evidence("line", line.text, tuple(named), cell=line.cell)
    # "P. Hành chính" is no ward: a single letter may stand for any word.
    is_one_letter = len(text.folded[0]) <= 1
    return None if is_one_letter else stranger


def _prefix(text: Words) -> int:
    """Give how many words at the beginning are known to stand before the name of a unit."""
    return max(phrase_at(text, 0, "prefixes"), phrase_at(text, 0, "higher"))


def _without_prefixes(words: tuple[str, ...]) -> tuple[str, ...]:
    """Take all words off the beginning that are known to stand before the name of a unit."""
    while words and (count := _longest_prefix(words)):
        words = words[count:]
    return words


def _longest_prefix(words: tuple[str, ...]) -> int:
    longest = 0
    for phrase in phrases_of("prefixes"):
        if words[: len(phrase)] == phrase:
            longest = max(longest, len(phrase))
    return longest


def _of_maker(line: UnitLine, names: Names) -> Evidence | None:
    """Say whether a part of a unit, or another unit, filled the form in: an office itself, not where a person works."""
    words = words_in(line.text)
    units = by_name(line.text, names)
    if len(units) == 1:
        return _weak_against("maker", line.text, units, None, line.cell)
    part = _part_of_maker(line.text, words, names)
    if part is None:
        return None
    behind = part.start + len(part.phrase.split())
    if _names_person(words, behind):
        return None
    owners = tuple(every_unit_in((line.text,), names))
    return _weak_against("maker", line.text, owners, part, line.cell)


def _part_of_maker(text: str, words: Words, names: Names) -> Part | None:
    """Find the part that a line begins with, behind words for its board."""
    start = 0
    while count := phrase_at(words, start, "boards"):
        start += count
    for part in parts_in(text, names):
        if part.start == start:
            return part
    return None


def _weak_against(kind: str, text: str, units: tuple[str, ...], part: Part | None, cell: str | None) -> Evidence:
    return Evidence(
        kind,
        text,
        units,
        part,
        is_weak=True,
        is_only_against=True,
        cell=cell,
    )


def of_headings(headings: Sequence[Heading], names: Names) -> Iterator[Evidence]:
    """Say which units and parts the letterhead and the signatures name, each by a whole line.

    A letterhead goes from the office above down to the one that writes: the last unit that it names is the writer's.
    """
    above: list[Evidence] = []
    below: list[Evidence] = []
    for heading in headings:
        place = above if heading.is_above else below
        place.extend(_of_heading(heading, names))
    yield from above[-1:]
    yield from below


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
            yield _weak_against("heading", text, units, None, heading.cell)
        if units or not heading.is_above:
            continue
        part = _part_at_start(text, names)
        if part is not None:
            owners = tuple(every_unit_in((text,), names))
            yield _weak_against("heading", text, owners, part, heading.cell)


def _part_at_start(text: str, names: Names) -> Part | None:
    """Find the part that a whole line names: "TRƯỜNG THCS ĐÔNG MAI", "Khu phố 3"; a longer line is a sentence."""
    parts = parts_in(text, names)
    if not parts or parts[0].start > 0:
        return None
    if len(words_in(text)) > _LONGEST_NAME:
        return None
    return _with_name(parts)


def _with_name(parts: Sequence[Part]) -> Part | None:
    """Return the first part of which it is said which one it is."""
    for part in parts:
        if part.has_name:
            return part
    return None


def _names_person(words: Words, behind: int) -> bool:
    """Whether a person is named behind the office that filled the form in: "Trường THCS Đông Mai - Lê Thị Hoa"."""
    for index in words.starts:
        if index <= behind:
            continue
        if phrase_at(words, index, "surnames") or phrase_at(words, index, "titles"):
            return True
    return False


def of_sheet(sheet: str, names: Names) -> Evidence:
    """Say what the name of the sheet says."""
    return _of_name("sheet", sheet, sheet, names)


def of_subject(subject: str, names: Names) -> Evidence | None:
    """Say what the subject of a message says, which may bring the returns of several units."""
    evidence = _of_name("mail", subject, subject, names)
    is_about_part = evidence.part is not None and evidence.part.has_name
    if not is_about_part and not evidence.unit:
        return None
    return replace(evidence, is_weak=True)


def of_path(path: str, names: Names) -> tuple[Evidence, ...]:
    """Say what the names of the file, of all folders, archives and e-mails above it say, the nearest first.

    Where one of them names a part, none speaks for the unit whose name it bears. Archives and e-mails are often the
    collecting office's own: only a part whose name they say is one, and so with folders further up.
    """
    found: list[Evidence] = []
    for step in reversed(steps_of(path)):
        evidence = _of_name(step.kind, step.text, step.name, names)
        part = evidence.part
        if part and not part.has_name and not _is_near(step):
            continue
        if evidence.units or part:
            found.append(replace(evidence, is_weak=not step.is_last))
    parts = [evidence for evidence in found if evidence.part]
    if not parts:
        return tuple(found)
    # "Minh Thanh/Thôn 5.xlsx" names a hamlet of Minh Thành.
    owners = _owners(found)
    return tuple(part if part.units else replace(part, units=owners) for part in parts)


def _is_near(step: Step) -> bool:
    """True of the file, and of the folder in which it lies."""
    if step.kind == "folder":
        return step.is_last
    return step.kind == "file"


def _owners(found: Sequence[Evidence]) -> tuple[str, ...]:
    units: set[str] = set()
    for evidence in found:
        if not evidence.is_weak:
            units.update(evidence.units)
    return tuple(sorted(units))


@lru_cache(maxsize=1024)
def _of_name(kind: str, text: str, name: str, names: Names) -> Evidence:
    parts = parts_in(name, names)
    if not parts:
        return Evidence(kind, text, inside(name, names))
    owners = sorted(every_unit_in((name,), names))
    return Evidence(kind, text, tuple(owners), _with_name(parts) or parts[0])
