"""Whose return it is: every clue is gathered (`evidence`), and all are weighed here, in one place.

Stamp cells, further lines, the sheet, and the nearest folder, the file or what it came in decide, in that order, where
none of them disagrees; where two of them name two units, nobody is counted. What speaks against the unit with less
weight, or names a part of it, is told and leaves the return open.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from rapidfuzz.fuzz import ratio

from pipeline.extract.identify.evidence import (
    KINDS,
    PLACES,
    Clues,
    Evidence,
    Heading,
    of_headings,
    of_line,
    of_path,
    of_sheet,
    of_stamp,
    of_subject,
    says_to_whom,
    steps_of,
)
from pipeline.extract.identify.names import Names, bare_name, names_of_register
from pipeline.extract.identify.parts import of_another
from pipeline.extract.identify.texts import by_code, by_name, every_unit_in, inside, is_misprint
from pipeline.extract.identify.unused import says_not_to_use, sheet_says_not_to_use
from pipeline.findings import codes, finding
from pipeline.model import Claim, Fact, Finding, UnitLine
from schemas.register import Register, Unit
from schemas.rules import Severity
from schemas.text import fold, fold_words, visible

__all__ = [
    "Clues",
    "Heading",
    "Names",
    "bare_name",
    "identify",
    "names_of_register",
    "names_somebody",
    "says_not_to_use",
    "says_to_whom",
    "sheet_says_not_to_use",
    "unit_in_path",
    "unit_in_text",
    "units_named",
]

_NEAR = 70
"""a name at least so alike is worth suggesting, never using"""
_SUGGESTED = 3
_FIRM = ("code", "name", "line")
_CONTRARY = frozenset({codes.EVIDENCE_DISAGREES, codes.OUTSIDE_REGISTER_DATES})
"""codes of what keeps a return from the one unit that its evidence names"""


def identify(clues: Clues, path: str, names: Names) -> tuple[Claim, tuple[Finding, ...]]:
    """Say whose return it is; `path` is the file's place below the input folder.

    The claim has no unit where there is no evidence, or where it disagrees.
    """
    evidence = _gathered(clues, path, names)
    seen, lines = _seen(clues, path), tuple(clues.lines)
    unit_code, told = _chosen(clues, evidence, names)
    told = [*_told_of_code(clues.code, evidence), *told]
    if unit_code is not None:
        unit = names.register.by_code[unit_code]
        chosen = next(one for one in evidence if one.unit == unit_code and not one.is_only_against)
        told += [*_told_of_unit(unit, chosen, seen, names.register), *_told_against(unit, chosen, evidence, names)]
        if not any(one.code in _CONTRARY for one in told):
            return Claim(unit_code, chosen.kind, seen, lines), tuple(told)
    return Claim(None, "none", seen, lines), tuple(told)


def names_somebody(line: UnitLine, names: Names) -> bool:
    """Tell whether a line around the table names a unit, a part of one or another office, and so is weighed here."""
    return of_line(line, names) is not None


def unit_in_path(path: str, names: Names) -> str | None:
    """Find the unit that the names of the file, or of what it lies in, bear, for a file that could not be read."""
    return next((one.unit for one in sorted(of_path(path, names), key=_rank) if one.unit), None)


def unit_in_text(text: str, names: Names) -> str | None:
    """Find the one unit that a line names, such as the subject of a message."""
    codes = inside(text, names)
    return codes[0] if len(codes) == 1 else None


def units_named(claim: Claim, path: str, names: Names) -> tuple[str, ...]:
    """Find every unit that any evidence speaks of, and those whose names are like a name nobody bears.

    For a return of which nobody can tell the unit: so that these are not taken for silent. In register order.
    """
    code, name, sheet = (claim.seen.get(kind, "") for kind in ("code", "name", "sheet"))
    of_name = by_name(name, names) if name else ()
    alike = [unit.code for unit in _alike(name, names)] if name and not of_name else []
    texts = (*(step.name for step in steps_of(path)), sheet, *(line.text for line in claim.lines))
    found = {*by_code(code, names.register), *of_name, *alike, *every_unit_in(texts, names)}
    collector = names.register.collector
    return tuple(unit.code for unit in names.register.units if unit.code in found and unit is not collector)


# Gathering --------------------------------------------------------------------------------------------------------


def _gathered(clues: Clues, path: str, names: Names) -> tuple[Evidence, ...]:
    """Give all evidence, the best first."""
    further = [*(of_line(line, names) for line in clues.lines), of_subject(clues.subject, names)]
    headings = of_headings(clues.headings, names)
    every = [
        *of_stamp(clues.code, clues.name, names),
        *(one for one in further if one is not None),
        of_sheet(clues.sheet, names),
        *of_path(path, names),
        *headings,
    ]
    return tuple(sorted(every, key=_rank))


def _rank(one: Evidence) -> tuple[bool, int]:
    return one.is_weak, KINDS.index(one.kind)


def _seen(clues: Clues, path: str) -> Mapping[str, str]:
    """Say what was looked at: kind -> text, of several folders the nearest."""
    steps = {step.kind: step.text for step in steps_of(path)}
    typed = {"code": clues.code, "name": clues.name, "sheet": clues.sheet, **steps}
    return {kind: visible(text) for kind, text in typed.items() if text}


# Weighing ---------------------------------------------------------------------------------------------------------


def _chosen(clues: Clues, evidence: Sequence[Evidence], names: Names) -> tuple[str | None, list[Finding]]:
    """Choose the one unit that all evidence names, if none of it disagrees and no stamp cell names a stranger."""
    told: list[Finding] = []
    code, name = clues.code, clues.name
    of_code, of_name = (next((one.units for one in evidence if one.kind == kind), ()) for kind in ("code", "name"))
    if code and not of_code and len(of_name) == 1:
        # The name is plain; the code is of another register, or mistyped.
        told.append(
            finding(
                codes.NOT_IN_REGISTER, severity=Severity.WARNING, found=visible(code), facts={"seen": visible(code)}
            )
        )
        code = ""
    speaking = _speaking(evidence, names.register)
    units = list(dict.fromkeys(one.unit for one in speaking if one.unit))
    if len(units) > 1:
        return None, [
            *told,
            finding(codes.EVIDENCE_DISAGREES, cell=_cell_of(speaking), facts=_disagreement(speaking, names.register)),
        ]
    unknown = code if code and not of_code else name if _is_strange(name, of_name, units, names) else ""
    if unknown:
        return None, [
            *told,
            finding(codes.NOT_IN_REGISTER, found=visible(unknown), facts=_likeness(unknown, name, names)),
        ]
    return (units[0], told) if units else (None, [*told, finding(codes.UNIT_UNKNOWN)])


def _speaking(evidence: Sequence[Evidence], register: Register) -> list[Evidence]:
    """Give the evidence that decides: what has weight, or where nothing has, the nearest name further up.

    A folder named after the office to which a unit answers holds the files of its units, and a line may name it above
    the unit.
    """
    named = [one for one in evidence if one.unit and not one.is_only_against and not _is_form_of_all(one, register)]
    firm = [one for one in named if not one.is_weak]
    above = {unit.code for one in firm if one.unit for unit in register.above(one.unit)}
    firm = [one for one in firm if one.unit not in above or one.kind not in (*PLACES, "line")]
    return firm or named[:1]


def _is_form_of_all(one: Evidence, register: Register) -> bool:
    """Tell a further line that names the collecting office: it stands on the form that all units get."""
    return one.kind == "line" and register.collector is not None and one.unit == register.collector.code


def _is_strange(name: str, found: Sequence[str], units: Sequence[str], names: Names) -> bool:
    """Tell whether a name cell names something that is not the unit which other evidence names."""
    if not name or len(found) == 1:
        return False
    if not units:
        return not found
    return units[0] not in found if found else not is_misprint(name, names.register.by_code[units[0]], names)


def _told_against(unit: Unit, chosen: Evidence, evidence: Sequence[Evidence], names: Names) -> Iterator[Finding]:
    """Tell what speaks against a unit: parts of it, what is a part of another, and what has less weight.

    Schools get the form from their commune, with its stamp in it. A school of another commune speaks against the
    commune; one of the same, or of nobody knows where, is asked about.
    """
    parts = [one for one in evidence if one.part and of_another(one.part, unit)]
    of_others = [one for one in parts if one.units and unit.code not in one.units and not one.is_weak]
    if of_others:
        yield _told_of_part_of_another(unit, chosen, of_others, names.register)
        return
    others = [one for one in evidence if _is_of_other(one, unit, names)]
    for code, against in ((codes.NAMED_AS_INSTITUTION, parts), (codes.EVIDENCE_FOR_ANOTHER, others)):
        if against:
            facts: dict[str, Fact] = {"evidence": tuple(one.said for one in against), "name": unit.name}
            yield finding(code, cell=_cell_of(against), facts=facts)


def _told_of_part_of_another(
    unit: Unit, chosen: Evidence, of_others: Sequence[Evidence], register: Register
) -> Finding:
    named = {code for one in of_others for code in one.units}
    units = tuple(other.name for other in register.units if other.code in named)
    said = (_said(chosen, unit), *(one.said for one in of_others))
    kinds = tuple(dict.fromkeys((chosen.kind, *(one.kind for one in of_others))))
    facts = {"evidence": said, "units": (unit.name, *units), "kinds": kinds}
    return finding(codes.EVIDENCE_DISAGREES, cell=_cell_of(of_others), facts=facts)


def _is_of_other(one: Evidence, unit: Unit, names: Names) -> bool:
    """Tell whether evidence names another unit, or an office that no register holds."""
    register = names.register
    if one.is_stranger:
        return not is_misprint(one.text, unit, names)
    above = (register.collector, *register.above(unit.code))
    return one.unit not in (None, unit.code, *(other.code for other in above if other))


def _cell_of(evidence: Sequence[Evidence]) -> str | None:
    return next((one.cell for one in evidence if one.cell), None)


# Telling ----------------------------------------------------------------------------------------------------------


def _told_of_code(code: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    found = next((one.units for one in evidence if one.kind == "code"), ())
    if found and found[0] != code and fold(code) != fold(found[0]):
        yield finding(codes.LEADING_ZERO, found=visible(code), facts={"found": visible(code), "code": found[0]})


def _told_of_unit(unit: Unit, chosen: Evidence, seen: Mapping[str, str], register: Register) -> Iterator[Finding]:
    if chosen.kind not in _FIRM:
        yield finding(
            codes.UNIT_BY_ONE_EVIDENCE, facts={"evidence": chosen.kind, "seen": visible(chosen.text), "name": unit.name}
        )
    elif "name" in seen and fold(seen["name"]) not in {fold(unit.name), *map(fold, unit.aliases)}:
        yield finding(codes.NAME_SPELT_DIFFERENTLY, facts={"seen": seen["name"], "name": unit.name})
    if not unit.in_total and unit is not register.collector:
        yield finding(codes.LISTED_NOT_ADDED, facts={"name": unit.name})
    if not unit.valid_on(register.day):
        dates = {"valid_from": _day(unit.valid_from), "valid_to": _day(unit.valid_to), "name": unit.name}
        yield finding(codes.OUTSIDE_REGISTER_DATES, facts=dates)


def _said(one: Evidence, unit: Unit) -> str:
    return f"{one.kind}={unit.name} ({visible(one.text)})"


def _disagreement(speaking: Sequence[Evidence], register: Register) -> dict[str, str | tuple[str, ...]]:
    named = [(one, register.by_code[one.unit]) for one in speaking if one.unit]
    changes = [pair for pair in pairwise(named) if pair[0][1] is not pair[1][1]]
    return {
        "evidence": tuple(dict.fromkeys(_said(one, unit) for one, unit in named)),
        "units": tuple(dict.fromkeys(unit.name for _, unit in named)),
        "kinds": tuple(one.kind for pair in changes for one, _ in pair),
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
