"""The Vietnamese texts of the blank workbook, and which of them a returned copy still shows."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from pipeline.extract.own.stamp import load_stamp_words
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.form import Column, Form, ValueKind
from schemas.register import Register, Unit

TEMPLATE_WORDS = WORDING / "template.toml"
_FIRST_LETTER = ord("A")


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of the guide: its kind, its texts from left to right, and what the form must have for it."""

    kind: str
    texts: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """Texts by section and name, as the file has them."""

    sheets: Mapping[str, str]
    top: Mapping[str, str]
    status: Mapping[str, str]
    remark: Mapping[str, str]
    checks: Mapping[str, str]
    validation: Mapping[str, str]
    file: Mapping[str, str]
    guide: Sequence[GuideLine]


@cache
def load_template_words() -> TemplateWords:
    """Load the texts once."""
    tables: dict[str, Any] = dict(read_toml(TEMPLATE_WORDS).values)
    guide = tuple(
        GuideLine(line.get("kind", "text"), tuple(line.get("texts") or (line["text"],)), line.get("needs", ""))
        for line in tables.pop("guide")
    )
    return TemplateWords(**tables, guide=guide)


def column_reminder(words: TemplateWords, column: Column, index: int) -> str:
    """The text above a measure column that stays on the screen when the head has scrolled away."""
    return words.top["column"].format(letter=chr(_FIRST_LETTER + index), head=column.head[-1])


def printed_texts(form: Form) -> tuple[str, ...]:
    """Every fixed text of the data sheet that is neither the form's table nor a stamp label.

    A reader finds these in a returned copy and need not tell them as something the unit wrote.
    """
    words = load_template_words()
    texts = [words.top["hint"], words.top["checks"]]
    for index, column in enumerate(form.columns):
        if column.role == "measure":
            texts.append(column_reminder(words, column, index))
    texts += [form.appendix, *form.title_lines, *form.references]
    return tuple(filter(None, texts))


@cache
def _what_formulas_say() -> re.Pattern[str]:
    """What the template's own formulas may say: whether the form is complete, and what is wrong in a row."""
    words = load_template_words()
    checks = "|".join(map(_pattern, words.checks.values()))
    begins = "|".join(map(re.escape, words.remark.values()))
    status = "|".join(map(_pattern, words.status.values()))
    return re.compile(f"{status}|(?:{begins})(?:{checks})")


def _pattern(text: str) -> str:
    return ".*".join(map(re.escape, re.split(r"\{\w+\}", text)))


@lru_cache(maxsize=1024)
def is_said_by_formula(text: str) -> bool:
    """Tell what a formula of the template says; programs that save no formulas leave it as a text."""
    return _what_formulas_say().fullmatch(text) is not None


def guide_lines(form: Form, register: Register, letter: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Give kind and texts of each line of the guide, filled in; those with an unknown fact are left out.

    `letter` is that of the column of checks.
    """
    facts = _guide_facts(form, register, letter)
    for line in load_template_words().guide:
        if texts := _filled(line, facts):
            yield line.kind, texts


def texts_of_lists(units: Sequence[Unit]) -> Mapping[str, Sequence[str]]:
    """Give the lists that a unit may choose from: name of a list -> its texts."""
    words = load_stamp_words()
    return {
        "unit_names": [unit.name for unit in units],
        "unit_codes": [unit.code for unit in units],
        "source_choices": [words.source_file, words.source_paper],
        "blank_choices": [words.blank_yes, words.blank_no],
    }


def _guide_facts(form: Form, register: Register, letter: str) -> Mapping[str, str]:
    """What the guide may name; an empty text is an unknown fact."""
    stamp, office = load_stamp_words(), register.office
    collector, note = register.collector, form.column_of("note")
    kinds = {kind for row in form.rows for kind in row.kinds.values()}
    return {
        "form": form.name,
        "unit_name": stamp.unit_name,
        "letter": letter,
        "receiver": office.returns_to or office.name or (collector.name if collector else ""),
        "email": office.email,
        "deadline": form.deadline_wording,
        "contact": collector.contact if collector else "",
        "phone": collector.phone if collector else "",
        "note": note.head[-1] if note else "",
        "money": "yes" if ValueKind.MONEY in kinds else "",
        "pair": "yes" if len(form.measures) > 1 else "",
    }


def _filled(line: GuideLine, facts: Mapping[str, str]) -> tuple[str, ...]:
    """Texts of a line with its facts; none if one is unknown or the form has no need of it."""
    whole = " ".join(line.texts)
    used = {name for name in facts if "{" + name + "}" in whole}
    if line.needs:
        used.add(line.needs)
    if not all(facts[name] for name in used):
        return ()
    return tuple(text.format_map(facts) for text in line.texts)
