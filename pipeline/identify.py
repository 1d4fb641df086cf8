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
_SLIP = 80
"""a word of a name so alike is the same word mistyped, if all its other words are right"""
_SHORT = 2
"""an abbreviation of so few letters may mean something else"""
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
        prefixes = _prefixes(_level(unit))
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


def _level(unit: Unit) -> str:
    """Name the words that may stand before the bare name of a unit; before a school's, only those of schools."""
    kind = fold_words(unit.type)
    return next((level for level in ("higher", "institutions") if kind in _prefixes(level)), "prefixes")


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
    folder, file = _folder_and_file(path)
    typed = {"code": code, "name": name, "sheet": sheet, "folder": folder, "file": file}
    seen = {kind: visible(text) for kind, text in typed.items() if text}
    by_folder, by_file = _by_path(path, names)
    said = {
        "code": _by_code(code, names.register),
        "name": _by_name(name, names) if name else (),
        "sheet": () if _of_an_institution((sheet,), names) else _inside(sheet, names),
        "folder": by_folder,
        "file": by_file,
    }
    unit_code, told = _weigh(code, name, said, seen, names)
    evidence = next((kind for kind in EVIDENCE if said[kind] == (unit_code,)), "none")
    told = [*_told_of_code(code, said["code"]), *told]
    if unit_code is None:
        return Claim(None, "none", seen), tuple(told)
    told += _told_of_unit(names.register.by_code[unit_code], evidence, seen, names.register)
    if told and told[-1].code == "U004":
        return Claim(None, "none", seen), tuple(told)
    return Claim(unit_code, evidence, seen), tuple(told)


def _weigh(
    code: str, name: str, said: Mapping[str, tuple[str, ...]], seen: Mapping[str, str], names: Names
) -> tuple[str | None, list[Finding]]:
    """Choose the one unit that all evidence names, if none of it disagrees and no stamp cell names a stranger."""
    sure = {kind: codes[0] for kind, codes in said.items() if len(codes) == 1}
    units = list(dict.fromkeys(sure[kind] for kind in EVIDENCE if kind in sure))
    told: list[Finding] = []
    if code and not said["code"] and "name" in sure:
        # The name is plain; the code is of another register, or mistyped.
        told.append(finding("U003", severity=Severity.WARNING, found=visible(code), facts={"seen": visible(code)}))
        code = ""
    if len(units) > 1:
        return None, [*told, finding("U002", facts=_disagreement(sure, seen, names.register))]
    unknown = code if code and not said["code"] else name if _is_strange(name, said["name"], units, names) else ""
    if unknown:
        return None, [*told, finding("U003", found=visible(unknown), facts=_nearest(unknown, name, names))]
    return (units[0], told) if units else (None, [*told, finding("U001")])


def _is_strange(name: str, found: Sequence[str], units: Sequence[str], names: Names) -> bool:
    """Tell whether a name cell names something that is not the unit which other evidence names."""
    if not name or len(found) == 1:
        return False
    if not units:
        return not found
    return units[0] not in found if found else not _is_misprint(name, names.register.by_code[units[0]], names)


def unit_in_path(path: str, names: Names) -> str | None:
    """Find the unit that the folder or the file name bears, for a file that could not be read."""
    return next((codes[0] for codes in _by_path(path, names) if len(codes) == 1), None)


def units_named(claim: Claim, path: str, names: Names) -> tuple[str, ...]:
    """Find every unit that any evidence names, and those whose names are like a name nobody bears.

    For a return of which nobody can tell the unit: so that these are not taken for silent.
    """
    code, name, sheet = (claim.seen.get(kind, "") for kind in ("code", "name", "sheet"))
    by_name = _by_name(name, names) if name else ()
    by_sheet = () if _of_an_institution((sheet,), names) else _inside(sheet, names)
    alike = tuple(unit.code for unit in _alike(name, names)) if name and not by_name else ()
    evidence = (_by_code(code, names.register), by_name, by_sheet, *_by_path(path, names), alike)
    return tuple(dict.fromkeys(code for codes in evidence for code in codes))


def _folder_and_file(path: str) -> tuple[str, str]:
    folder, _, file = path.replace("!", "/").rpartition("/")
    return folder, file


def _by_path(path: str, names: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the units of the last folder and of the file name; neither, where one of them names a school."""
    folder, file = _folder_and_file(path)
    texts = (folder.rpartition("/")[2], Path(file).stem)
    if _of_an_institution(texts, names):
        return (), ()
    return _inside(texts[0], names), _inside(texts[1], names)


def _of_an_institution(texts: Sequence[str], names: Names) -> bool:
    """Tell whether texts that bear a unit's name also name a school or an office that is not the unit."""
    units = [names.register.by_code[code] for text in texts for code in _inside(text, names)]
    words = [word for text in texts for word in fold_words(text).split()]
    return any(_names_another(words, unit, _certain_institutions()) for unit in units)


def _is_misprint(name: str, unit: Unit, names: Names) -> bool:
    """Tell whether a name is that of a unit but for known words around it and one small slip in one word."""
    words = _without_places(tuple(fold_words(name).split()), names)
    if _names_another(words, unit, (*_prefixes("institutions"), *_prefixes("higher"))):
        return False
    own = {tuple(fold_words(bare_name(text, unit.type)).split()) for text in (unit.name, *unit.aliases)}
    return any(_one_slip(core, other) for core in _cores(words) for other in own)


def _one_slip(words: Sequence[str], others: Sequence[str]) -> bool:
    if len(words) != len(others):
        return False
    apart = [ratio(word, other) for word, other in zip(words, others, strict=True) if word != other]
    return not apart or (len(apart) == 1 and len(words) > 1 and apart[0] >= _SLIP)


def _names_another(words: Sequence[str], unit: Unit, phrases: Sequence[str]) -> bool:
    """Tell whether words hold one of some phrases that are not in the unit's own name, kind or other spellings."""
    own = [f" {fold_words(text)} " for text in (unit.name, unit.type, *unit.aliases)]
    said = f" {' '.join(words)} "
    return any(f" {phrase} " in said and all(f" {phrase} " not in text for text in own) for phrase in phrases)


def _told_of_code(code: str, found: Sequence[str]) -> Iterator[Finding]:
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
    collector = names.register.collector
    if collector and fold(text) == fold(collector.name):
        return (collector.code,)
    cores = _cores(_without_places(tuple(fold_words(text).split()), names))
    return next((names.by_words[words] for words in cores if words in names.by_words), ())


def _without_places(words: tuple[str, ...], names: Names) -> tuple[str, ...]:
    """Take the name of the collecting office from the end: "phường Đông Mai, thị xã Quảng Yên"."""
    for place in names.places:
        if len(words) > len(place) and words[-len(place) :] == place:
            words = words[: -len(place)]
    return words


def _cores(words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Give a name as words, and again each time that a known word before it was taken off."""
    before = [tuple(phrase.split()) for phrase in _prefixes("prefixes")]
    while words:
        yield words
        lengths = [len(phrase) for phrase in before if words[: len(phrase)] == phrase]
        if not lengths:
            return
        words = words[max(lengths) :]


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
    near = tuple(f"{unit.name} ({unit.code})" for unit in _alike(name or unknown, names))
    return {"seen": visible(unknown), "units": near}


def _alike(name: str, names: Names) -> list[Unit]:
    """Find the expected units whose names are most like a name, the likest first."""
    typed = fold_words(bare_name(name, ""))
    alike = sorted(
        ((ratio(typed, fold_words(bare_name(unit.name, unit.type))), unit) for unit in names.register.expected),
        key=lambda pair: (-pair[0], pair[1].code),
    )
    return [unit for likeness, unit in alike[:_SUGGESTED] if likeness >= _NEAR]


def _day(day: object) -> str:
    return "…" if day is None else f"{day:%d/%m/%Y}"


def _sorted(found: Mapping[str, set[str]] | Mapping[tuple[str, ...], set[str]]) -> dict:  # type: ignore[type-arg]
    return {key: tuple(sorted(codes)) for key, codes in found.items() if key}


@cache
def _certain_institutions() -> tuple[str, ...]:
    """Words that name an institution wherever they stand; "TH" alone may also be "tổng hợp"."""
    return tuple(
        phrase for phrase in _prefixes("institutions") if len(phrase) > _SHORT and phrase != fold_words("trường")
    )


@cache
def _prefixes(level: str) -> tuple[str, ...]:
    return tuple(fold_words(word) for word in read_toml(UNIT_NAMES).texts(level))
