"""What comes with a return is booked as what it is: a message, a picture, a report, a paper, a correction.

The letter asks every unit for a written report and pictures, so these alone are quiet, whatever figures a report tells.
What says that figures change is a question to an officer, with the words that say so: a name or subject that speaks of
a correction, a text with figures beside words of the form, a paper of the table that came after the return.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath

from pipeline.consolidation.select.case import Case
from pipeline.consolidation.select.corrections import (
    FormWords,
    is_ordinary,
    quoted_corrections,
    quoted_figures,
    quoted_reserves,
    says_changed,
    says_correction,
    words_of_form,
)
from pipeline.consolidation.select.wordings import says, without, words_in
from pipeline.extract.identify import Names, unit_in_path, unit_in_text
from pipeline.findings import Becomes, codes, codes_that_make, finding
from pipeline.model import Fact, FileReading, Finding, Message, MessageKind
from schemas.form import Form
from schemas.register import Unit
from schemas.rules import Severity
from schemas.text import visible

OF_NOBODY_KNOWN = codes.PICTURE_OF_NOBODY
"""code of pictures and reports whose unit nobody can tell"""
_TO_BE_TYPED = codes_that_make(Becomes.TO_BE_TYPED)
_CAME_BACK = frozenset({codes.IN_OWN_MESSAGE})
"""borne of what this office sent itself"""
_OF_MESSAGES = frozenset(
    {codes.CONTAINER, codes.MAIL_WITHOUT_FILE, codes.MESSAGE_BOUNCED, codes.AUTOMATIC_REPLY, codes.OWN_MESSAGE}
)
_READ = frozenset({codes.CONTAINER, codes.AUTOMATIC_REPLY})
"""borne of messages whose text is read beside the files that they bring"""
_ADDRESS = re.compile(r"[\w.+=%-]+@[\w.-]+\w")
_FEW = 3
"""so many pictures in a message may be the table itself; more are those that the letter asks for"""
_MAIL_FACTS = ("sender", "sent", "subject", "lines")
_LATER = timedelta(hours=12)
"""a paper that came so much after the return was not sent along with it"""
_NEAR_THE_TOP = 15
"""a report says that it is one in so many lines"""
_LONGEST_TITLE = 12
"""words of a line that may be the title of a report"""
_DOCUMENTS = frozenset({"doc", "docx", "odt"})


@dataclass(frozen=True, slots=True)
class Booked:
    """What a file without a return was found to be."""

    unit: str | None
    told: tuple[Finding, ...]
    perhaps: tuple[str, ...] = ()
    """units that it may concern, where nobody can tell which"""


@dataclass(frozen=True)
class Companions:
    """All that lies beside the returns of a run."""

    form: Form
    names: Names
    readings: Sequence[FileReading]
    cases: Sequence[Case]
    counted: Mapping[str, Case]
    """code of a unit -> the return of it that counts"""

    def booked(self, reading: FileReading, unit: str | None) -> Booked:
        """Say what a file without a return is; `unit` is whose it is by decision, or by its folder or name."""
        borne = {told.code for told in reading.findings}
        if reading.message and borne <= _OF_MESSAGES:
            return self._message(reading, reading.message, unit)
        if not borne & _TO_BE_TYPED:
            return Booked(None if borne & _CAME_BACK else unit, reading.findings)
        unit = unit or self._unit_around(reading.path)
        told = self._companion(reading, unit)
        kept = tuple(one for one in reading.findings if told is None or one.code not in _TO_BE_TYPED)
        return Booked(unit, (*((told,) if told else ()), *kept), () if unit else self._perhaps_corrected(reading))

    # Messages -----------------------------------------------------------------------------------------------------

    def _message(self, reading: FileReading, message: Message, unit: str | None) -> Booked:
        if message.kind is MessageKind.BOUNCE:
            return self._bounce(reading, message)
        unit = unit or self._unit_inside(reading.path) or self._unit_named(message)
        if message.kind is MessageKind.LETTER and not message.brings_file:
            is_asked = not is_ordinary(self._words, _written(message))
            return Booked(
                unit,
                reading.findings
                if is_asked
                else (_in_place_of(reading, codes.MAIL_WITHOUT_FILE, codes.ORDINARY_MESSAGE),),
            )
        is_read = any(told.code in _READ for told in reading.findings) and message.kind is not MessageKind.OWN
        asked = tuple(self._asked(reading, message)) if is_read else ()
        return Booked(unit if asked else None, (*asked, *reading.findings))

    def _asked(self, reading: FileReading, message: Message) -> Iterator[Finding]:
        """Ask about figures in a message, and about what it says of the return that came in it."""
        quoted = {codes.FIGURES_IN_MESSAGE: quoted_figures(self._words, _written(message))}
        units = self._units_in.get(reading.path, frozenset())
        if units:
            quoted[codes.MESSAGE_TAKES_BACK] = quoted_reserves(_written(message))
        # Of several returns nobody can tell which one the message means.
        concerned: dict[str, Fact] = {"concerns": tuple(sorted(units))} if len(units) > 1 else {}
        for code, quotes in quoted.items():
            if quotes:
                facts = {"quote": quotes, **concerned, **_said_by(reading)}
                yield finding(code, found="; ".join(quotes), facts=facts)

    def _bounce(self, reading: FileReading, message: Message) -> Booked:
        """Say whose address failed: the register knows it, else a form in the message that bears the unit's name."""
        units = {code for address in message.failed for code in self._by_address.get(address, ())}
        if not units:
            inside = (one.path for one in self.readings if one.path.startswith(f"{reading.path}!"))
            units = {code for path in inside if (code := unit_in_path(path, self.names))}
        if len(units) != 1:
            return Booked(None, reading.findings)
        (code,) = units
        severity = Severity.INFO if code in self.counted else None
        told = (
            replace(one, severity=severity or one.severity, facts={**one.facts, "name": self._unit(code).name})
            if one.code == codes.MESSAGE_BOUNCED
            else one
            for one in reading.findings
        )
        return Booked(code, tuple(told))

    def _unit_named(self, message: Message) -> str | None:
        """The unit that the subject names, else the one whose address the register knows: whom it may concern."""
        addresses = _ADDRESS.findall(message.sender.lower())
        units = {code for address in addresses for code in self._by_address.get(address, ())}
        return unit_in_text(message.subject, self.names) or (next(iter(units)) if len(units) == 1 else None)

    # Pictures and papers ------------------------------------------------------------------------------------------

    def _companion(self, reading: FileReading, unit: str | None) -> Finding | None:
        """Say what a picture or paper is; None where it is still to be typed by hand."""
        kind = _kind_of(reading)
        letter = self._letter_around(reading.path)
        brought = self._brought_with(reading.path)
        why, quotes = self._correction(reading, kind, None if unit in brought else letter)
        if unit is None:
            is_known = kind == "picture" or _is_report(reading)
            return finding(OF_NOBODY_KNOWN, facts={"what": _booked_as(reading, kind)}) if is_known and not why else None
        case = self.counted.get(unit)
        if case is None:
            return None
        if not why and unit not in brought and self._shows_table(reading, kind, letter) and _came_after(reading, case):
            why, quotes = "later", ()
        if not why and unit not in brought and _is_called_final(reading) and not _came_with(reading, case):
            why, quotes = "named_correction", (visible(_name_of(reading.path)),)
        facts: dict[str, Fact] = {"other": case.one.path, **(_said_by(letter) if letter else {})}
        if why:
            quote: dict[str, Fact] = {"quote": quotes} if quotes else {}
            return finding(
                codes.CORRECTION_BESIDE_RETURN, facts={**facts, **quote, "why": why, "what": _booked_as(reading, kind)}
            )
        if reading.signed or says(words_in(_name_of(reading.path)), "signed"):
            return finding(codes.SIGNED_COPY, facts={"other": case.one.path})
        return finding(codes.CAME_WITH_RETURN, facts={"other": case.one.path, "what": _booked_as(reading, kind)})

    def _perhaps_corrected(self, reading: FileReading) -> tuple[str, ...]:
        """Units whose returns came in one message with a paper that corrects one of them, and does not say which."""
        why, _ = self._correction(reading, _kind_of(reading), self._letter_around(reading.path))
        return tuple(sorted(self._brought_with(reading.path))) if why else ()

    def _correction(self, reading: FileReading, kind: str, letter: FileReading | None) -> tuple[str, tuple[str, ...]]:
        """Find what says that a paper changes figures, and the words: its name, its message, its own text."""
        is_picture = kind == "picture"
        name = _name_of(reading.path)
        if says_correction(name, of_picture=is_picture):
            quotes = quoted_figures(self._words, reading.document)
            return "named_correction", quotes or (visible(name),)
        if place := self._place_of_corrections(reading):
            return "named_correction", (visible(place),)
        message = letter.message if letter else None
        if letter and is_picture and self._pictures_in.get(letter.path, 0) > _FEW:
            message = None
        if message and says_correction(message.subject, of_picture=is_picture):
            return "subject_correction", (message.subject,)
        if message and says_correction(message.text, of_picture=is_picture) and not _is_report(reading):
            return "text_correction", (visible(message.text),)
        if quotes := self._of_document(reading):
            return "says_correction", quotes
        return "", ()

    def _place_of_corrections(self, reading: FileReading) -> str:
        """Name the folder or archive that says of what lies in it that it was corrected.

        A report stays a report there, and where a return lies there too, that is the correction.
        """
        if _is_report(reading):
            return ""
        for place in _all_places_around(reading.path):
            is_message = place in self._letters
            if not is_message and not self._units_in.get(place) and says_changed(_name_of(place)):
                return _name_of(place)
        return ""

    def _of_document(self, reading: FileReading) -> tuple[str, ...]:
        """Quote a document: all that is beside figures where it calls itself a correction, else what corrects one.

        A report tells figures and is no correction; what is neither a report nor another paper, and tells some or
        takes a form back, is not known to be harmless.
        """
        top = " ".join(reading.document.splitlines()[:3])
        calls_itself = says(words_in(top), "wrong")
        if not calls_itself and (_is_report(reading) or says(words_in(_name_of(reading.path)), "papers")):
            return quoted_corrections(self._words, reading.document)
        return quoted_figures(self._words, reading.document) or quoted_reserves(reading.document)

    def _shows_table(self, reading: FileReading, kind: str, letter: FileReading | None) -> bool:
        """Tell whether a paper may show the table: a PDF that is no report, a picture that is said to."""
        if kind == "pdf":
            is_other = _is_report(reading) or says(words_in(_name_of(reading.path)), "papers")
            return not (is_other or reading.signed or _is_signed_by_name(reading.path))
        said = [_name_of(reading.path)]
        if letter and letter.message and self._pictures_in.get(letter.path, 0) <= _FEW:
            said += [letter.message.subject, letter.message.text]
        return kind == "picture" and any(says(words_in(text), "table") for text in said)

    # Who lies beside whom -----------------------------------------------------------------------------------------

    @cached_property
    def _words(self) -> FormWords:
        return words_of_form(self.form)

    @cached_property
    def _by_address(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for unit in self.names.register.units:
            if unit.email and unit is not self.names.register.collector:
                found.setdefault(unit.email.strip().lower(), []).append(unit.code)
        return {address: tuple(borne) for address, borne in found.items()}

    @cached_property
    def _pictures_in(self) -> Mapping[str, int]:
        """Path of a message -> how many pictures it brings."""
        return Counter(
            letter.path
            for reading in self.readings
            if _kind_of(reading) == "picture" and (letter := self._letter_around(reading.path))
        )

    @cached_property
    def _letters(self) -> Mapping[str, FileReading]:
        return {one.path: one for one in self.readings if one.message}

    @cached_property
    def _units_in(self) -> Mapping[str, frozenset[str]]:
        """Path of a message, archive or folder -> units whose returns lie in it."""
        found: dict[str, set[str]] = {}
        for case in self.cases:
            if case.one.claim.unit:
                for place in _places_around(case.file.path):
                    found.setdefault(place, set()).add(case.one.claim.unit)
        return {place: frozenset(units) for place, units in found.items()}

    def _unit(self, code: str) -> Unit:
        return self.names.register.by_code[code]

    def _unit_inside(self, path: str) -> str | None:
        units = self._units_in.get(path, frozenset())
        return next(iter(units)) if len(units) == 1 else None

    def _unit_around(self, path: str) -> str | None:
        """The one unit whose returns lie in the same message, archive or folder, else the one its message names."""
        for place in _places_around(path):
            if unit := self._unit_inside(place):
                return unit
        letter = self._letter_around(path)
        return self._unit_named(letter.message) if letter and letter.message else None

    def _letter_around(self, path: str) -> FileReading | None:
        return next((self._letters[place] for place in _places_around(path) if place in self._letters), None)

    def _brought_with(self, path: str) -> frozenset[str]:
        """Units whose returns came in the same message: such a return is the correction, if there is one."""
        letter = self._letter_around(path)
        return self._units_in.get(letter.path, frozenset()) if letter else frozenset()


def _written(message: Message) -> str:
    return f"{message.subject}.\n{message.text}"


def _places_around(path: str) -> Iterable[str]:
    """Give the archives and messages around a file, the nearest first, then its folder."""
    parts = path.split("!")
    for end in range(len(parts) - 1, 0, -1):
        yield "!".join(parts[:end])
    folder = parts[0].rpartition("/")[0]
    if folder:
        yield folder


def _all_places_around(path: str) -> Iterator[str]:
    """Give the archives around a file and every folder, also those within an archive."""
    for match in re.finditer(r"[!/]", path):
        yield path[: match.start()]


def _name_of(path: str) -> str:
    return PurePosixPath(path.rpartition("!")[2]).stem


def _kind_of(reading: FileReading) -> str:
    kinds = (told.facts.get("kind") for told in reading.findings if told.code in _TO_BE_TYPED)
    return str(next(kinds, ""))


def _booked_as(reading: FileReading, kind: str) -> str:
    """Say what a companion is: report, picture, paper, or a document that nobody can tell more of."""
    if kind == "picture":
        return "picture"
    if _is_report(reading):
        return "report"
    return "document" if kind in _DOCUMENTS else "paper"


def _is_report(reading: FileReading) -> bool:
    """Tell a written report by its name, or by a title near its beginning."""
    if says(words_in(_name_of(reading.path)), "report"):
        return True
    titles = [words_in(line) for line in reading.document.splitlines()[:_NEAR_THE_TOP]]
    return any(says(title, "report") for title in titles if len(title) <= _LONGEST_TITLE)


def _is_signed_by_name(path: str) -> bool:
    return says(words_in(_name_of(path)), "signed")


def _came_after(reading: FileReading, case: Case) -> bool:
    """Tell whether a file came in a later message than the return that counts, as far as both times are known."""
    came, before = reading.times.received, _time_of(case)
    return came is not None and before is not None and came - before > _LATER


def _came_with(reading: FileReading, case: Case) -> bool:
    """Tell whether a file is known to have come before the return that counts, or along with it."""
    came, before = reading.times.received, _time_of(case)
    return came is not None and before is not None and came - before <= _LATER


def _is_called_final(reading: FileReading) -> bool:
    """Tell a paper that its name calls the one that holds; a report and a scan with the stamp are that anyway."""
    words = without(words_in(_name_of(reading.path)), "not_corrections")
    is_other = _is_report(reading) or reading.signed or says(words, "signed") or says(words, "papers")
    return says(words, "called_final") and not is_other


def _time_of(case: Case) -> datetime | None:
    return case.last.received or case.last.modified


def _said_by(reading: FileReading) -> dict[str, Fact]:
    facts = next((told.facts for told in reading.findings if "sender" in told.facts), {})
    return {name: facts[name] for name in _MAIL_FACTS if name in facts}


def _in_place_of(reading: FileReading, code: str, other: str) -> Finding:
    facts = next((told.facts for told in reading.findings if told.code == code), {})
    return finding(other, facts={name: facts[name] for name in _MAIL_FACTS if name in facts})
