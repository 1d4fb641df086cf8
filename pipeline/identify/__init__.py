"""Whose return it is, from evidence in a stated order: stamped code, name cell, sheet name, folder, file name.

The text of a sheet is never searched for names: "CỘNG HÒA" stands at the head of every Vietnamese document, and
"Quảng Yên" is both a town and one of its wards. Where two kinds of evidence name two units, nobody is counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from rapidfuzz.fuzz import ratio

from pipeline.findings import finding
from pipeline.identify.names import Names, bare_name, is_institution, names_of_register
from pipeline.identify.texts import (
    by_code,
    by_name,
    every_unit_in,
    inside,
    is_misprint,
    names_institution,
    of_an_institution,
)
from pipeline.model import Claim, Finding
from schemas.register import Register, Unit
from schemas.rules import Severity
from schemas.text import fold, fold_words, visible

__all__ = ["EVIDENCE", "Names", "bare_name", "identify", "names_of_register", "unit_in_path", "units_named"]

_NEAR = 70
"""a name at least so alike is worth suggesting, never using"""
_SUGGESTED = 3
EVIDENCE = ("code", "name", "sheet", "folder", "file")
"""kinds of evidence, best first"""
_FIRM = ("code", "name")
_CONTRARY = frozenset({"U002", "U004"})
"""codes of what keeps a return from the one unit that its evidence names"""


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
        "code": by_code(code, names.register),
        "name": by_name(name, names) if name else (),
        "sheet": () if of_an_institution((sheet,), names) else inside(sheet, names),
        "folder": by_folder,
        "file": by_file,
    }
    unit_code, told = _weigh(code, name, said, seen, names)
    evidence = next((kind for kind in EVIDENCE if said[kind] == (unit_code,)), "none")
    told = [*_told_of_code(code, said["code"]), *told]
    if unit_code is not None:
        unit = names.register.by_code[unit_code]
        told += [
            *_told_of_unit(unit, evidence, seen, names.register),
            *_told_of_institution(unit, evidence, seen, path, names),
        ]
    if unit_code is None or any(one.code in _CONTRARY for one in told):
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
        return None, [*told, finding("U003", found=visible(unknown), facts=_likeness(unknown, name, names))]
    return (units[0], told) if units else (None, [*told, finding("U001")])


def _is_strange(name: str, found: Sequence[str], units: Sequence[str], names: Names) -> bool:
    """Tell whether a name cell names something that is not the unit which other evidence names."""
    if not name or len(found) == 1:
        return False
    if not units:
        return not found
    return units[0] not in found if found else not is_misprint(name, names.register.by_code[units[0]], names)


def unit_in_path(path: str, names: Names) -> str | None:
    """Find the unit that the folder or the file name bears, for a file that could not be read."""
    return next((codes[0] for codes in _by_path(path, names) if len(codes) == 1), None)


def units_named(claim: Claim, path: str, names: Names) -> tuple[str, ...]:
    """Find every unit that any evidence speaks of, and those whose names are like a name nobody bears.

    For a return of which nobody can tell the unit: so that these are not taken for silent. In register order.
    """
    code, name, sheet = (claim.seen.get(kind, "") for kind in ("code", "name", "sheet"))
    of_name = by_name(name, names) if name else ()
    alike = [unit.code for unit in _alike(name, names)] if name and not of_name else []
    found = {*by_code(code, names.register), *of_name, *alike, *every_unit_in((*_last_names(path), sheet), names)}
    collector = names.register.collector
    return tuple(unit.code for unit in names.register.units if unit.code in found and unit is not collector)


def _folder_and_file(path: str) -> tuple[str, str]:
    folder, _, file = path.replace("!", "/").rpartition("/")
    return folder, file


def _by_path(path: str, names: Names) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Find the units of the last folder and of the file name; neither, where one of them names a school."""
    texts = _last_names(path)
    if of_an_institution(texts, names):
        return (), ()
    return inside(texts[0], names), inside(texts[1], names)


def _last_names(path: str) -> tuple[str, str]:
    """Give the name of the last folder, and that of the file without its ending."""
    folder, file = _folder_and_file(path)
    return folder.rpartition("/")[2], Path(file).stem


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


def _told_of_institution(
    unit: Unit, evidence: str, seen: Mapping[str, str], path: str, names: Names
) -> Iterator[Finding]:
    """A file named as that of a school, in which a commune stands: schools get the form from their commune.

    A school of another commune speaks against the commune; one of the same, or of nobody knows where, is asked about.
    """
    texts = _last_names(path)
    if is_institution(unit) or not names_institution(texts, unit, names):
        return
    kind = "file" if names_institution(texts[1:], unit, names) else "folder"
    named = every_unit_in(texts, names)
    if unit.code in named or not named:
        yield finding("U012", facts={"evidence": f"{kind}={seen[kind]}", "name": unit.name})
        return
    others = tuple(other.name for other in names.register.units if other.code in named)
    said = (f"{evidence}={unit.name} ({seen[evidence]})", f"{kind}={seen[kind]}")
    yield finding("U002", facts={"evidence": said, "units": (unit.name, *others), "kinds": (evidence, kind)})


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


def _likeness(unknown: str, name: str, names: Names) -> dict[str, str | tuple[str, ...]]:
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
