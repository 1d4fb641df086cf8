"""The reading context: the words of form, numbers and units, and the limits, loaded once for all files of a run."""

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.extract.cells import ReadingRules
from pipeline.extract.identify import Names, names_of_register
from pipeline.extract.locate import STAMPS, Labels
from pipeline.extract.numbers import Kind as NumberKind
from pipeline.extract.numbers import NumberWords, load_number_words, read_number
from pipeline.extract.own.stamp import load_stamp_words
from pipeline.extract.own.summary_words import load_summary_words
from pipeline.extract.own.template import (
    guide_lines,
    load_template_words,
    printed_texts,
    texts_of_lists,
)
from pipeline.model.limits import Limits
from pipeline.readers.sheets import cell_name
from schemas.form import Form
from schemas.register import Register
from schemas.text import fold, tidy

_SUMMARY_TEXTS = (
    "page.state",
    "page.motto",
    "totals.attachment",
    "totals.maker",
    "totals.maker_hint",
    "totals.signer_hint",
    "unit_sheet.remark",
    "unit_sheet.legend",
)
_NUMBER_KINDS: tuple[NumberKind, ...] = ("count", "money")


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What is known before a file is opened. Whatever reads a part of a file is given what it uses of it."""

    labels: Labels
    """the words by which the form is found"""
    number_words: NumberWords
    """the language of typed numbers"""
    rules: ReadingRules
    """what the form says of the reading of its rows"""
    unit_names: Names
    """the names of the reporting units"""
    limits: Limits
    guide: tuple[str, ...] = ()
    """texts of the guide of the template, in reading order"""
    choices: frozenset[str] = frozenset()
    """texts that may stand in the template's sheet of lists"""
    own_addresses: frozenset[str] = frozenset()
    """from which the collecting office sends its messages, and no unit"""

    @property
    def form(self) -> Form:
        """The form that is collected."""
        return self.labels.form


def reading_context(form: Form, register: Register, limits: Limits) -> ReadingContext:
    """Load the words and fold the labels and names that every file is read with."""
    labels = Labels(form, load_stamp_words(), furniture_of(form, register))
    guide: list[str] = []
    for _, texts in guide_lines(form, register, _column_of_checks(form)):
        guide += map(tidy, texts)
    choices: set[str] = set()
    for name, choosable in texts_of_lists(register.units).items():
        choices.update(map(tidy, (name, *choosable)))
    return ReadingContext(
        labels=labels,
        number_words=load_number_words(),
        rules=ReadingRules(form),
        unit_names=names_of_register(register),
        limits=limits,
        guide=tuple(guide),
        choices=frozenset(choices),
        own_addresses=_own_addresses(register),
    )


def _own_addresses(register: Register) -> frozenset[str]:
    """Give the addresses of the office, in small letters; one that a unit has too says nothing of who wrote."""
    collector = register.collector
    of_units = {unit.email.strip().lower() for unit in register.units if unit is not collector}
    own = {register.office.email, collector.email if collector else ""}
    return frozenset(address.strip().lower() for address in own) - of_units - {""}


def _column_of_checks(form: Form) -> str:
    """Letter of the column in which the template says what is wrong, right of the form."""
    return cell_name(0, len(form.columns)).rstrip("1")


def furniture_of(form: Form, register: Register) -> frozenset[str]:
    """Folded texts that template and summary print around the table: no content of a return.

    Titles, references, hints and the deadline may hold digits; of every other text, one with a digit or one that
    reads as a number ("Không") is what a unit typed, and never furniture.
    """
    known = [
        *printed_texts(form),
        *form.title_lines,
        *form.references,
        form.deadline_wording,
        form.letter_number,
    ]
    known += [form.name, form.subject, form.appendix, form.summary_title]
    known.append(load_summary_words()("unit_sheet.title", form=form.name))
    office = register.office
    others = [
        office.name,
        office.superior_organ,
        office.organ,
        office.place,
        office.returns_to,
        *office.signers,
    ]
    others += [
        *(column.head[0] for column in form.columns),
        *_of_the_data_sheet(),
        *_of_a_summary(),
    ]
    words = load_number_words()
    plain = (text for text in others if not _holds_figure(text, words))
    return frozenset(filter(None, (fold(text) for text in (*known, *plain))))


def _of_the_data_sheet() -> Iterator[str]:
    """Stamp labels, the head of the hidden keys, and what the template's own formulas say without a number."""
    stamp, words = load_stamp_words(), load_template_words()
    for name in STAMPS:
        yield from stamp.spellings(name)
    yield from (stamp.row_key, stamp.mark, stamp.kind_summary, stamp.kind_copy)
    yield from words.status.values()


def _of_a_summary() -> Iterator[str]:
    """What stands around the table on the sheet of totals and on the sheet of a unit."""
    words = load_summary_words()
    for key in _SUMMARY_TEXTS:
        yield words.texts[key]
    yield words("page.back", sheet=words("sheets.ledger"))


def _holds_figure(text: str, words: NumberWords) -> bool:
    if any(map(str.isdecimal, text)):
        return True
    return any(read_number(text, kind=kind, words=words).value is not None for kind in _NUMBER_KINDS)
