"""What every reader of returns has at hand: the words of form, numbers and units, loaded once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.identify import Names, names_of_register
from pipeline.limits import Limits
from pipeline.numbers import load_number_words
from pipeline.parse import Reader, ReadingRules
from pipeline.recognise import Labels
from pipeline.stamp import load_stamp_words
from pipeline.template_words import printed_texts
from schemas.definition import read_toml
from schemas.form import Form
from schemas.register import Register
from schemas.text import fold

_WORDING = Path(__file__).parent / "wording"


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything a reader of returns has at hand, loaded once for all files."""

    reader: Reader
    names: Names
    limits: Limits

    @property
    def labels(self) -> Labels:
        """The words by which the form is found."""
        return self.reader.labels

    @property
    def form(self) -> Form:
        """The form that is collected."""
        return self.reader.labels.form


def desk_for(form: Form, register: Register, limits: Limits) -> Desk:
    """Load the words and fold the labels and names that every file is read with."""
    stamp = load_stamp_words()
    labels = Labels(form, stamp, furniture_of(form, register))
    return Desk(Reader(labels, load_number_words(), ReadingRules(form)), names_of_register(register), limits)


def furniture_of(form: Form, register: Register) -> frozenset[str]:
    """Folded texts that the template and the summary print around the table: no content of a return."""
    texts: list[str] = [
        *printed_texts(form),
        form.name,
        form.subject,
        form.appendix,
        form.summary_title,
        form.letter_number,
    ]
    texts += [*form.title_lines, *form.references, form.deadline_wording, *(c.head[0] for c in form.columns)]
    office = register.office
    texts += [
        office.name,
        office.superior_organ,
        office.organ,
        office.place,
        office.returns_to,
        *office.signers,
    ]
    for file in ("template.toml", "stamp.toml", "summary.toml"):
        if (_WORDING / file).is_file():
            texts += _texts_in(read_toml(_WORDING / file).values)
    return frozenset(filter(None, (fold(text) for text in texts)))


def _texts_in(values: object) -> Iterator[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, dict):
        for value in values.values():
            yield from _texts_in(value)
    elif isinstance(values, Iterable):
        for value in values:
            yield from _texts_in(value)
