"""The findings in words, in two languages: `wording/findings_vi.toml` and `findings_en.toml`.

A language is loaded when its first sentence is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipeline.findings.catalogue import load_catalogue
from pipeline.findings.group import spans
from pipeline.model import Fact, Finding
from pipeline.model.languages import Lang
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.form import Form
from schemas.rules import Severity
from schemas.text import visible

MISSING = "…"
_NAMED_ITEMS = 5
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Text:
    """The wording of one code in one language."""

    title: str
    message: str
    """{name} is filled in; a part in [brackets] is left out where one of its names is not known"""
    why: str
    example: str
    mend: str
    """the next step of the officer"""
    unit: str = ""
    """what the reporting unit is asked for; empty where it is asked nothing"""
    brief: str = ""
    """what is wrong, said to the unit in a few words; filled in as the message is"""


@dataclass(frozen=True, slots=True)
class Wording:
    """One language."""

    texts: Mapping[str, Text]
    words: Mapping[str, str]
    groups: Mapping[str, str]
    """first letter of a code -> what such codes are about"""
    values: Mapping[str, Mapping[str, str]]
    """fact -> token that the program writes -> words"""


@cache
def load_wording(lang: Lang) -> Wording:
    """Load one language."""
    tables = dict(read_toml(WORDING / f"findings_{lang}.toml").values)
    words, groups, values = (tables.pop(name) for name in ("words", "groups", "values"))
    return Wording({code: Text(**table) for code, table in tables.items()}, words, groups, values)


def title(code: str, lang: Lang) -> str:
    """Name a code in a few words."""
    return load_wording(lang).texts[code].title


def severity_name(severity: Severity, lang: Lang) -> str:
    """Name a severity for a person."""
    return load_wording(lang).words[severity]


def message(finding: Finding, form: Form, lang: Lang, *, cells: str | None = None) -> str:
    """Say what was found, what is expected and what to do next; where it is, the caller says.

    What was typed is quoted and made visible. A fact that the finding does not carry shows as "…". A finding that
    stands for many cells names them all: as they are called in the file, or by what the caller says of them.
    """
    wording, known = load_wording(lang), _facts(finding, form, lang)
    said = _fill(wording.texts[finding.code].message, known)
    if not finding.places:
        return said
    if cells is None:
        cells = wording.words["places"].format(count=len(finding.places), cells=spans(finding.places))
    return f"{said} {cells}".rstrip()


def how_to_mend(code: str, lang: Lang) -> str:
    """Say the next step of the officer."""
    return load_wording(lang).texts[code].mend


def asks_unit(finding: Finding) -> bool:
    """Whether there is something to ask the unit for: about some errors the office itself knows what to do."""
    if not load_wording("vi").texts[finding.code].unit:
        return False
    is_asked = finding.severity is Severity.WARNING and load_catalogue()[finding.code].asked
    return finding.severity is Severity.ERROR or is_asked


def request(code: str, lang: Lang) -> str:
    """Say what the unit is asked for."""
    return load_wording(lang).texts[code].unit


def in_brief(finding: Finding, form: Form, lang: Lang) -> str:
    """Say to the unit what is wrong, in a few words; where nothing better is known, what it typed."""
    wording = load_wording(lang)
    template = wording.texts[finding.code].brief or (wording.words["typed"] if finding.found else "")
    said = _fill(template, _facts(finding, form, lang))
    return f"{said} ({wording.words['at'].format(cells=spans(finding.places))})" if finding.places else said


def suggestion_text(finding: Finding, lang: Lang) -> str:
    """Name the numbers that may have been meant; empty where there is none."""
    words = load_wording(lang).words
    numbers = [grouped(number, lang) for number in finding.suggestions]
    pairs = finding.facts.get("pairs", ())
    said = [visible(pair) for pair in pairs] if isinstance(pairs, tuple) else []
    # A pair joins its two numbers by a word of its own.
    between = words["or_pair" if said else "or"]
    return words["suggestion"].format(numbers=between.join([*numbers, *said])) if numbers or said else ""


def grouped(number: int, lang: Lang) -> str:
    """Write a whole number with its thousands apart: 1.500.000 in Vietnamese, 1,500,000 in English."""
    text = f"{number:,}"
    return text.replace(",", ".") if lang == "vi" else text


def _fill(template: str, known: Mapping[str, str]) -> str:
    """Fill a template; what is filled in is never read as a template itself."""
    kept = _OPTIONAL.sub(lambda part: part[1] if known.keys() >= set(_PLACEHOLDER.findall(part[1])) else "", template)
    return _PLACEHOLDER.sub(lambda place: known.get(place[1], MISSING), kept)


def _facts(finding: Finding, form: Form, lang: Lang) -> dict[str, str]:
    wording = load_wording(lang)
    shown = {name: _shown(name, fact, form, wording, lang) for name, fact in finding.facts.items()}
    for name in ("sheet", "cell", "found"):
        typed = getattr(finding, name)
        # What was typed in many cells is carried whole; a fact of this name is what the sentence says of it.
        if typed is not None and name not in finding.facts:
            shown[name] = visible(typed)
    if finding.row:
        shown["row"] = _in_form("row", finding.row, form)
    if finding.measure:
        shown["measure"] = _in_form("measure", finding.measure, form)
    numbers = [grouped(number, lang) for number in finding.suggestions]
    shown["suggestions"] = wording.words["or"].join(numbers)
    return {name: text for name, text in shown.items() if text}


def _shown(name: str, fact: Fact, form: Form, wording: Wording, lang: Lang) -> str:
    if isinstance(fact, int):
        return grouped(fact, lang)
    if isinstance(fact, str):
        return _in_form(name, _in_words(name, fact, wording), form)
    items = [_in_form(name, _in_words(name, item, wording), form) for item in fact[:_NAMED_ITEMS]]
    rest = len(fact) - len(items)
    return "; ".join([*items, wording.words["more"].format(count=rest)] if rest else items)


def _in_words(name: str, text: str, wording: Wording) -> str:
    """Put a token of the program into words; "token=text" keeps the text, quoted."""
    tokens = wording.values.get(name, {})
    token, equals, said = text.partition("=")
    if token in tokens:
        return f'{tokens[token]} "{visible(said)}"' if equals else tokens[token]
    return visible(text)


def _in_form(name: str, text: str, form: Form) -> str:
    """Name a row by its printed label and a column by its short name, where the form has them."""
    if name.endswith("row") and text in form.by_key:
        return form.by_key[text].title
    if name.endswith(("measure", "what")) and text in form.column_by_key:
        return form.column_by_key[text].short
    return visible(text)
