"""Whose return it is, from evidence in a stated order: stamped code, name cell, sheet name, folder, file name.

The text of a sheet is never searched for names: "CỘNG HÒA" stands at the head of every Vietnamese document, and
"Quảng Yên" is both a town and one of its wards. Where two kinds of evidence name two units, nobody is counted.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

from rapidfuzz.fuzz import ratio

from pipeline.findings import finding
from pipeline.model import Claim, Finding
from schemas.definition import read_toml
from schemas.register import Register, Unit, with_leading_zero
from schemas.rules import Severity
from schemas.text import fold, fold_words, visible

UNIT_NAMES = Path(__file__).parent / "wording" / "unit_names.toml"
_NEAR = 70
"""a name at least so alike is worth suggesting, never using"""
_SUGGESTED = 3
EVIDENCE = ("code", "name", "sheet", "folder", "file")
"""kinds of evidence, best first"""
_FIRM = ("code", "name")
_CODE = re.compile(r"(?<!\d)\d{4,6}(?!\d)")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a register, folded once."""

    register: Register
    by_name: Mapping[str, tuple[str, ...]]
    """folded name, with or without the words before it -> codes"""
    by_words: Mapping[tuple[str, ...], tuple[str, ...]]
    """words of a name -> codes, to be found inside a file name"""
    shared: frozenset[tuple[str, ...]]
    """bare names that the collecting office bears too: no evidence without the word before them"""
    places: tuple[tuple[str, ...], ...] = ()
    """names of the collecting office as words, which may follow the name of a unit"""


def names_of_register(register: Register) -> Names:
    """Fold the names, aliases and prefixed names of every unit that may answer."""
    by_name: dict[str, set[str]] = {}
    by_words: dict[tuple[str, ...], set[str]] = {}
    collector = register.collector
    for unit in register.units:
        if unit is collector:
            continue
        bare = bare_name(unit.name, unit.type)
        prefixes = _prefixes("higher" if fold_words(unit.type) in _prefixes("higher") else "prefixes")
        for name in (unit.name, bare, *unit.aliases, *(f"{prefix} {bare}" for prefix in prefixes)):
            by_name.setdefault(fold(name), set()).add(unit.code)
            by_words.setdefault(tuple(fold_words(name).split()), set()).add(unit.code)
    shared = {tuple(fold_words(bare_name(collector.name, "")).split())} if collector else set()
    if collector and all(fold(unit.name) != fold(collector.name) for unit in register.units if unit is not collector):
        # "Thị xã Quảng Yên" is the town that collects, never a spelling of its ward "Quảng Yên".
        by_name.pop(fold(collector.name), None)
        by_words.pop(tuple(fold_words(collector.name).split()), None)
    places = {(*word.split(), *bare) for word in _prefixes("higher") for bare in shared}
    return Names(register, _sorted(by_name), _sorted(by_words), frozenset(shared), tuple(sorted(places)))


def bare_name(name: str, unit_type: str) -> str:
    """Take the word for the kind of unit from the front of a name: "Phường Đông Mai" is "Đông Mai"."""
    words = name.split()
    known = {*_prefixes("prefixes"), *_prefixes("higher"), fold_words(unit_type)}
    for count in range(min(len(words) - 1, 6), 0, -1):
        if fold_words(" ".join(words[:count])) in known:
            return " ".join(words[count:])
    return name


def identify(code: str, name: str, sheet: str, path: str, names: Names) -> tuple[Claim, tuple[Finding, ...]]:
    """Say whose return it is.

    `code` and `name` are the stamp cells as typed, `sheet` the sheet's name, `path` the file's place below the
    input folder. The claim has no unit where there is no evidence, or where it disagrees.
    """
    register = names.register
    folder, _, file = path.replace("!", "/").rpartition("/")
    seen = {"code": code, "name": name, "sheet": sheet, "folder": folder, "file": file}
    said = {
        "code": _by_code(code, register),
        "name": _by_name(name, names) if name else (),
        "sheet": _inside(sheet, names),
        "folder": _inside(folder.rpartition("/")[2], names),
        "file": _inside(Path(file).stem, names),
    }
    seen = {kind: visible(text) for kind, text in seen.items() if text}
    told: list[Finding] = []
    told += _told_of_code(code, said["code"], names)
    unit_codes = {kind: codes[0] for kind, codes in said.items() if len(codes) == 1}
    units = dict.fromkeys(unit_codes[kind] for kind in EVIDENCE if kind in unit_codes)
    unknown = [text for kind, text in (("code", code), ("name", name)) if text and not said[kind]]
    if unknown == [code] and code and len(said["name"]) == 1:
        # The name is plain; the code is of another register, or mistyped.
        told.append(finding("U003", severity=Severity.WARNING, found=visible(code), facts={"seen": visible(code)}))
        unknown = []
    if (unknown and not code) or (len(unknown) == 1 and units and _spelt_alike(name, next(iter(units)), names)):
        unknown = unknown if not units else []
    if len(units) > 1:
        told.append(finding("U002", facts=_disagreement(unit_codes, seen, register)))
        return Claim(None, "none", seen), tuple(told)
    if unknown:
        told.append(finding("U003", found=visible(unknown[0]), facts=_nearest(unknown[0], name, names)))
        return Claim(None, "none", seen), tuple(told)
    if not units:
        told.append(finding("U001"))
        return Claim(None, "none", seen), tuple(told)
    unit = register.by_code[next(iter(units))]
    evidence = next(kind for kind in EVIDENCE if kind in unit_codes)
    told += _told_of_unit(unit, evidence, seen, register)
    if told and told[-1].code == "U004":
        return Claim(None, "none", seen), tuple(told)
    return Claim(unit.code, evidence, seen), tuple(told)


def unit_in_path(path: str, names: Names) -> str | None:
    """Find the unit that the folder or the file name bears, for a file that could not be read."""
    folder, _, file = path.replace("!", "/").rpartition("/")
    for text in (folder.rpartition("/")[2], Path(file).stem):
        if len(codes := _inside(text, names)) == 1:
            return codes[0]
    return None


def _spelt_alike(name: str, code: str, names: Names) -> bool:
    """Tell whether an unknown name is only another spelling of a unit that other evidence names."""
    unit = names.register.by_code[code]
    return ratio(fold_words(bare_name(name, unit.type)), fold_words(bare_name(unit.name, unit.type))) >= _NEAR


def _told_of_code(code: str, found: Sequence[str], names: Names) -> Iterator[Finding]:
    if code and found and found[0] != code and fold(code) != fold(found[0]):
        yield finding("U009", found=visible(code), facts={"found": visible(code), "code": found[0]})


def _told_of_unit(unit: Unit, evidence: str, seen: Mapping[str, str], register: Register) -> Iterator[Finding]:
    if evidence not in _FIRM:
        yield finding("U006", facts={"evidence": evidence, "seen": seen[evidence], "name": unit.name})
    elif "name" in seen and fold(seen["name"]) not in {fold(unit.name), *map(fold, unit.aliases)}:
        yield finding("U011", facts={"seen": seen["name"], "name": unit.name})
    if not unit.in_total and unit is not register.collector:
        yield finding("U005", facts={"name": unit.name})
    if not unit.valid_on(register.day):
        dates = {"valid_from": _day(unit.valid_from), "valid_to": _day(unit.valid_to), "name": unit.name}
        yield finding("U004", facts=dates)


def _by_code(code: str, register: Register) -> tuple[str, ...]:
    for spelling in (code.strip(), with_leading_zero(code.strip())):
        if spelling in register.by_code:
            return (spelling,)
    return ()


def _inside(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a sheet, folder or file name bears: a code, and the longest names found in its words.

    Two units found by either, or only the bare name that the collecting office bears too, is no evidence.
    """
    coded = {code for number in _CODE.findall(text) for code in _by_code(number, names.register)}
    words = tuple(fold_words(text).split())
    hits = [*_hits(words, names), *_other_places(words, names)]
    widest = [hit for hit in hits if not any(_within(hit, other) for other in hits)]
    units = coded | {code for _, _, codes in widest for code in codes}
    return tuple(sorted(units)) if len(units) == 1 else ()


def _hits(words: tuple[str, ...], names: Names) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find the longest name that begins at each word: (first word, end, codes)."""
    for start in range(len(words)):
        for end in range(len(words), start, -1):
            codes = names.by_words.get(words[start:end])
            if codes and words[start:end] not in names.shared:
                yield start, end, codes
                break


def _other_places(words: tuple[str, ...], names: Names) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Find names within the name of something else ("thị xã Quảng Yên", "THCS Đông Mai"): a hit without codes."""
    for start in range(len(words)):
        for phrase in (*_prefixes("higher"), *_prefixes("institutions")):
            first = start + len(phrase.split())
            if words[start:first] != tuple(phrase.split()):
                continue
            ends = [end for end in range(first + 1, len(words) + 1) if words[first:end] in names.by_words]
            if ends and words[start : ends[-1]] not in names.by_words:
                yield start, ends[-1], ()
        for phrase in _prefixes("not_names"):
            end = start + len(phrase.split())
            if words[start:end] == tuple(phrase.split()):
                yield start, end, ()


def _by_name(text: str, names: Names) -> tuple[str, ...]:
    """Find the unit that a name cell means: the whole cell is its name, between known words before and behind it."""
    if found := names.by_name.get(fold(text)):
        return found
    words = tuple(fold_words(text).split())
    for place in names.places:
        if len(words) > len(place) and words[-len(place) :] == place:
            words = words[: -len(place)]
    before = [tuple(phrase.split()) for phrase in _prefixes("prefixes")]
    while words:
        if found := names.by_words.get(words):
            return found
        lengths = [len(phrase) for phrase in before if words[: len(phrase)] == phrase]
        if not lengths:
            return ()
        words = words[max(lengths) :]
    return ()


def _within(hit: tuple[int, int, object], other: tuple[int, int, object]) -> bool:
    return hit is not other and other[0] <= hit[0] and hit[1] <= other[1]


def _disagreement(
    unit_codes: Mapping[str, str], seen: Mapping[str, str], register: Register
) -> dict[str, str | tuple[str, ...]]:
    named = [(kind, register.by_code[unit_codes[kind]].name) for kind in EVIDENCE if kind in unit_codes]
    units = tuple(dict.fromkeys(name for _, name in named))
    changes = [pair for pair in pairwise(named) if pair[0][1] != pair[1][1]]
    return {
        "evidence": tuple(f"{kind}={name} ({seen[kind]})" for kind, name in named),
        "units": units,
        "kinds": tuple(kind for pair in changes for kind, _ in pair),
    }


def _nearest(unknown: str, name: str, names: Names) -> dict[str, str | tuple[str, ...]]:
    """Suggest the units whose names are most like what was typed; a suggestion is never used."""
    typed = fold_words(bare_name(name or unknown, ""))
    alike = sorted(
        ((ratio(typed, fold_words(bare_name(unit.name, unit.type))), unit) for unit in names.register.expected),
        key=lambda pair: (-pair[0], pair[1].code),
    )
    near = tuple(f"{unit.name} ({unit.code})" for likeness, unit in alike[:_SUGGESTED] if likeness >= _NEAR)
    return {"seen": visible(unknown), "units": near}


def _day(day: object) -> str:
    return "…" if day is None else f"{day:%d/%m/%Y}"


def _sorted(found: Mapping[str, set[str]] | Mapping[tuple[str, ...], set[str]]) -> dict:  # type: ignore[type-arg]
    return {key: tuple(sorted(codes)) for key, codes in found.items() if key}


@cache
def _prefixes(level: str) -> tuple[str, ...]:
    return tuple(fold_words(word) for word in read_toml(UNIT_NAMES).texts(level))
