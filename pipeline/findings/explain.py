"""The catalogue of findings as text: what `consolidate explain` says, and docs/findings.md."""

from collections.abc import Iterator
from difflib import get_close_matches

from pipeline.findings import CatalogueEntry, Lang, Wording, load_catalogue, load_wording, title
from schemas.rules import Severity
from schemas.text import visible

_NEAR_CODES = 5


class UnknownCodeError(LookupError):
    """There is no such code; the text says so in words and names those that are near."""


def explain(code: str, lang: Lang) -> str:
    """Say on several lines what a code means, why it matters and how it is mended.

    Raises:
        UnknownCodeError: there is no such code; its text names the near ones.
    """
    wording, catalogue = load_wording(lang), load_catalogue()
    entry = catalogue.get(code.strip().upper())
    if entry is None:
        raise UnknownCodeError(_unknown(code, wording))
    return "\n".join([f"{entry.code}  {title(entry.code, lang)}", "", *_lines(entry, wording)])


def _lines(entry: CatalogueEntry, wording: Wording) -> Iterator[str]:
    words, text = wording.words, wording.texts[entry.code]
    counted = {True: "counted_true", False: "counted_false", None: "counted_none"}[entry.counted]
    yield f"{words['severity']}: {words[entry.severity]} ({words[entry.severity + '_means']})"
    yield f"{words['counted']}: {words[counted]}"
    yield f"{words['open']}: {words['open_' + entry.open]}"
    yield f"{words['why']}: {text.why}"
    yield f"{words['example']}: {text.example}"
    yield f"{words['mend']}: {text.mend}"
    if text.unit:
        yield f"{words['unit']}: {text.unit}"


def _unknown(code: str, wording: Wording) -> str:
    wanted, codes = code.strip().upper(), list(load_catalogue())
    near = get_close_matches(wanted, codes, _NEAR_CODES, 0.5)
    near = near or [known for known in codes if wanted[:1] == known[0]][:_NEAR_CODES]
    lines = [wording.words["unknown"].format(code=visible(code, 20))]
    if near:
        named = "; ".join(f"{known} ({wording.texts[known].title})" for known in near)
        lines.append(wording.words["near"].format(codes=named))
    return "\n".join([*lines, wording.words["list"]])


def explain_all(lang: Lang) -> str:
    """List every code with its severity and title, by what they are about."""
    wording = load_wording(lang)
    width = max(len(wording.words[severity]) for severity in Severity)
    lines: list[str] = []
    for letter, heading in wording.groups.items():
        lines += ["", heading] if lines else [heading]
        lines += [
            f"  {entry.code}  {wording.words[entry.severity]:<{width}}  {wording.texts[entry.code].title}"
            for entry in load_catalogue().values()
            if entry.code.startswith(letter)
        ]
    return "\n".join(lines)


_PREFACE = """# Findings

Made from `pipeline/wording/findings*.toml` by `make golden`; change the wording there.

A finding is one thing to tell a person about one file or one cell. The severity here is the default: a rule of
a form may state another. *Added* says whether a number that bears the finding is in the sums; `-` stands where
no single number is at stake. *Open* says how long it keeps a run from being complete: `never`, `until_answered` by
an officer, or `always`, until it is mended or decided; an error is open whatever its code says. In a message
`{name}` is filled in, and a part in `[brackets]` is left out where its fact is not known.

| code | severity | added | open | meaning | ý nghĩa |
| --- | --- | --- | --- | --- | --- |"""


def as_markdown() -> str:
    """Write docs/findings.md: an index, and a section for each code in both languages."""
    catalogue, groups = load_catalogue().values(), load_wording("en").groups
    lines = [_PREFACE, *map(_index_row, catalogue)]
    for letter, heading in groups.items():
        lines += ["", f"## {heading}"]
        for entry in catalogue:
            if entry.code.startswith(letter):
                lines += ["", *_section(entry)]
    return "\n".join(lines) + "\n"


def _index_row(entry: CatalogueEntry) -> str:
    words = load_wording("en").words
    counted = {True: words["yes"], False: words["no"], None: "-"}[entry.counted]
    titles = f"{title(entry.code, 'en')} | {title(entry.code, 'vi')}"
    return f"| [{entry.code}](#{entry.code.lower()}) | {entry.severity} | {counted} | {entry.open} | {titles} |"


def _section(entry: CatalogueEntry) -> Iterator[str]:
    yield from (f"### {entry.code}", "", _origin(entry))
    for lang in ("en", "vi"):
        wording = load_wording(lang)
        text = wording.texts[entry.code]
        yield from ("", f"**{text.title}**", "", f"- {wording.words['message']}: `{text.message}`")
        yield from (f"- {line}" for line in _lines(entry, wording))


def _origin(entry: CatalogueEntry) -> str:
    parts = [f"`{entry.name}`"]
    if entry.rule:
        parts.append(f"rule kind `{entry.rule[0]}`, outcome `{entry.rule[1]}`")
    if entry.facts:
        parts.append("facts " + ", ".join(f"`{fact}`" for fact in sorted(entry.facts)))
    return "; ".join(parts)
