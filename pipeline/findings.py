"""The catalogue of findings: what a code is called, how grave it is, and its wording in two languages.

The codes stand in `wording/findings.toml`, the sentences in `wording/findings_vi.toml` and `findings_en.toml`; a
language is loaded when its first sentence is asked for.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, TypedDict, Unpack, get_args

from pipeline.model import Fact, Finding
from pipeline.told_once import spans
from schemas.definition import Table, read_toml
from schemas.form import Form
from schemas.rules import Severity
from schemas.text import visible

Lang = Literal["vi", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)
WORDING = Path(__file__).parent / "wording"
STANDARD_FACTS = frozenset({"unit", "file", "sheet", "cell", "row", "measure", "found", "suggestions"})
"""what any wording may name; the facts of one code are listed with it"""

_FIELDS = ("name", "severity", "counted", "asked", "becomes", "facts", "rule")
MISSING = "…"
_NAMED_ITEMS = 5
_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class Becomes(StrEnum):
    """What a file or a return becomes in the ledger, where that hangs on one code; see `findings.toml`."""

    IGNORED = "ignored"
    EXCLUDED = "excluded"
    REFUSED = "refused"
    TO_BE_TYPED = "to_be_typed"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One code."""

    code: str
    name: str
    severity: Severity
    """the default; a rule of the form may state another"""
    counted: bool | None
    """whether a number that bears it is in the sums, unless said otherwise; None where no single number is at stake"""
    rule: tuple[str, str] | None
    """rule kind and outcome"""
    facts: frozenset[str]
    """what its wording may name beside the standard facts"""
    asked: bool
    """whether the unit is asked about it as soon as it is a warning; about an error it always is"""
    becomes: Becomes | None
    """what a file or a return that bears it becomes, if that hangs on this code"""


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


class FindingFields(TypedDict, total=False):
    """The fields of a finding beside its code and severity."""

    sheet: str | None
    cell: str | None
    row: str | None
    measure: str | None
    found: str | None
    rule: str | None
    counted: bool | None
    suggestions: tuple[int, ...]
    facts: Mapping[str, Fact]


@cache
def load_catalogue() -> Mapping[str, CatalogueEntry]:
    """Load every code, in the order in which the documents list them.

    Raises:
        DefinitionError: the catalogue is broken; says file, line, field and what is allowed.
    """
    catalogue = read_toml(WORDING / "findings.toml")
    return {code: _entry(code, catalogue.table(code)) for code in catalogue.values}


@cache
def load_wording(lang: Lang) -> Wording:
    """Load one language."""
    tables = dict(read_toml(WORDING / f"findings_{lang}.toml").values)
    words, groups, values = (tables.pop(name) for name in ("words", "groups", "values"))
    return Wording({code: Text(**table) for code, table in tables.items()}, words, groups, values)


def _entry(code: str, table: Table) -> CatalogueEntry:
    table.known(_FIELDS)
    kind, _, outcome = table.text("rule", "").partition(".")
    return CatalogueEntry(
        code=code,
        name=table.text("name"),
        severity=Severity(table.choice("severity", tuple(Severity))),
        counted=table.truth("counted", False) if "counted" in table.values else None,
        rule=(kind, outcome) if kind else None,
        facts=frozenset(table.texts("facts")),
        asked=table.truth("asked", False),
        becomes=Becomes(table.choice("becomes", tuple(Becomes))) if "becomes" in table.values else None,
    )


RULE_CODES: Mapping[tuple[str, str], str] = {
    entry.rule: entry.code for entry in load_catalogue().values() if entry.rule
}
"""(rule kind, outcome) -> code"""
_ACROSS_CELLS = frozenset(
    {"sum_of_parts", "part_at_most_total", "pair", "ratio_limit", "same_number", "implies", "required_text"}
)
CODES_ACROSS_CELLS = frozenset(code for (kind, _), code in RULE_CODES.items() if kind in _ACROSS_CELLS)
"""codes of rules that compare cells, or ask about a return as a whole"""


def codes_that_make(becomes: Becomes) -> frozenset[str]:
    """Name the codes of which a file or a return becomes this."""
    return frozenset(entry.code for entry in load_catalogue().values() if entry.becomes is becomes)


def finding(code: str, *, severity: Severity | None = None, **fields: Unpack[FindingFields]) -> Finding:
    """Make a finding, with the severity and the counted of the catalogue unless they are given."""
    entry = load_catalogue()[code]
    fields.setdefault("counted", entry.counted)
    return Finding(code, severity or entry.severity, **fields)


# The wording of one finding --------------------------------------------------------------------------------------


def title(code: str, lang: Lang) -> str:
    """Name a code in a few words."""
    return load_wording(lang).texts[code].title


def severity_name(severity: Severity, lang: Lang) -> str:
    """Name a severity for a person."""
    return load_wording(lang).words[severity]


def message(finding: Finding, form: Form, lang: Lang) -> str:
    """Say what was found, what is expected and what to do next; where it is, the caller says.

    What was typed is quoted and made visible. A fact that the finding does not carry shows as "…". A finding that
    stands for many cells names them all.
    """
    wording, known = load_wording(lang), _facts(finding, form, lang)
    said = _fill(wording.texts[finding.code].message, known)
    places = finding.facts.get("places")
    if not isinstance(places, tuple):
        return said
    return f"{said} {wording.words['places'].format(count=len(places), cells=spans(places))}"


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
    places = finding.facts.get("places")
    return f"{said} ({wording.words['at'].format(cells=spans(places))})" if isinstance(places, tuple) else said


def suggestion_text(finding: Finding, lang: Lang) -> str:
    """Name the numbers that may have been meant; empty where there is none."""
    words = load_wording(lang).words
    numbers = [grouped(number, lang) for number in finding.suggestions]
    pairs = finding.facts.get("pairs", ())
    numbers += [visible(pair) for pair in pairs] if isinstance(pairs, tuple) else []
    return words["suggestion"].format(numbers=words["or"].join(numbers)) if numbers else ""


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
        if typed is not None:
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
