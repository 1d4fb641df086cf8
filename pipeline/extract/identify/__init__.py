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
_MAY_NAME_ABOVE = (*PLACES, "line")
"""kinds of evidence that may name the office above a unit beside the unit"""
_CONTRARY = frozenset({codes.EVIDENCE_DISAGREES, codes.OUTSIDE_REGISTER_DATES})
"""codes of what keeps a return from the one unit that its evidence names"""


def identify(clues: Clues, path: str, names: Names) -> tuple[Claim, tuple[Finding, ...]]:
    """Say whose return it is; `path` is the file's place below the input folder.

    The claim has no unit where there is no evidence, or where it disagrees.
    """
    evidence = _gathered(clues, path, names)
    seen = _looked_at(clues, path)
    lines = tuple(clues.lines)
    nobody = Claim(None, "none", seen, lines)

    unit_code, of_choice = _chosen(clues, evidence, names)
    findings = [*_findings_of_code(clues.code, evidence), *of_choice]
    if unit_code is None:
        return nobody, tuple(findings)

    unit = names.register.by_code[unit_code]
    chosen = _best_for(unit_code, evidence)
    findings.extend(_findings_of_unit(unit, chosen, seen, names.register))
    findings.extend(_findings_against(unit, chosen, evidence, names))
    if any(each.code in _CONTRARY for each in findings):
        return nobody, tuple(findings)
    return Claim(unit_code, chosen.kind, seen, lines), tuple(findings)


def names_somebody(line: UnitLine, names: Names) -> bool:
    """Whether a line around the table names a unit, a part of one or another office, and so is weighed here."""
    return of_line(line, names) is not None


def unit_in_path(path: str, names: Names) -> str | None:
    """Find the unit that the names of the file, or of what it lies in, bear, for a file that could not be read."""
    for evidence in sorted(of_path(path, names), key=_rank):
        if evidence.unit:
            return evidence.unit
    return None


def unit_in_text(text: str, names: Names) -> str | None:
    """Find the one unit that a line names, such as the subject of a message."""
    units = inside(text, names)
    return units[0] if len(units) == 1 else None


def units_named(claim: Claim, path: str, names: Names) -> tuple[str, ...]:
    """Find every unit that any evidence speaks of, and those whose names are like a name nobody bears.

    For a return of which nobody can tell the unit: so that these are not taken for silent. In register order.
    """
    register = names.register
    texts = [step.name for step in steps_of(path)]
    texts.append(claim.seen.get("sheet", ""))
    texts.extend(line.text for line in claim.lines)

    found = set(every_unit_in(texts, names))
    found.update(by_code(claim.seen.get("code", ""), register))
    found.update(_units_of_name(claim.seen.get("name", ""), names))

    expected = (unit for unit in register.units if unit is not register.collector)
    return tuple(unit.code for unit in expected if unit.code in found)


def _units_of_name(name: str, names: Names) -> tuple[str, ...]:
    """Return the units that a name cell means, or else those that it may mean."""
    if not name:
        return ()
    return by_name(name, names) or tuple(unit.code for unit in _alike(name, names))


# Gathering --------------------------------------------------------------------------------------------------------


def _gathered(clues: Clues, path: str, names: Names) -> tuple[Evidence, ...]:
    """Return all evidence, the best first."""
    evidence = list(of_stamp(clues.code, clues.name, names))
    for line in clues.lines:
        if (of_this_line := of_line(line, names)) is not None:
            evidence.append(of_this_line)
    if (of_mail := of_subject(clues.subject, names)) is not None:
        evidence.append(of_mail)
    evidence.append(of_sheet(clues.sheet, names))
    evidence.extend(of_path(path, names))
    evidence.extend(of_headings(clues.headings, names))
    return tuple(sorted(evidence, key=_rank))


def _rank(evidence: Evidence) -> tuple[bool, int]:
    return evidence.is_weak, KINDS.index(evidence.kind)


def _looked_at(clues: Clues, path: str) -> Mapping[str, str]:
    """Return what was looked at: kind -> text, of several folders the nearest."""
    texts = {"code": clues.code, "name": clues.name, "sheet": clues.sheet}
    for step in steps_of(path):
        texts[step.kind] = step.text
    return {kind: visible(text) for kind, text in texts.items() if text}


# Weighing ---------------------------------------------------------------------------------------------------------


def _chosen(clues: Clues, evidence: Sequence[Evidence], names: Names) -> tuple[str | None, list[Finding]]:
    """Choose the one unit that all evidence names, if none of it disagrees and no stamp cell names a stranger."""
    findings: list[Finding] = []
    code = clues.code
    of_code = _units_of_kind("code", evidence)
    of_name = _units_of_kind("name", evidence)
    is_stranger = bool(code) and not of_code
    if is_stranger and len(of_name) == 1:
        # The name is plain; the code is of another register, or mistyped.
        findings.append(_code_beside_a_plain_name(code))
        is_stranger = False

    speaking = _speaking(evidence, names.register)
    units = list(dict.fromkeys(each.unit for each in speaking if each.unit))
    if len(units) > 1:
        facts = _disagreement(speaking, names.register)
        findings.append(finding(codes.EVIDENCE_DISAGREES, cell=_cell_of(speaking), facts=facts))
        return None, findings

    unknown = ""
    if is_stranger:
        unknown = code
    elif _is_strange(clues.name, of_name, units, names):
        unknown = clues.name
    if unknown:
        likeness = _likeness(unknown, clues.name, names)
        findings.append(finding(codes.NOT_IN_REGISTER, found=visible(unknown), facts=likeness))
        return None, findings

    if not units:
        findings.append(finding(codes.UNIT_UNKNOWN))
        return None, findings
    return units[0], findings


def _units_of_kind(kind: str, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    """Return the units that the first clue of a kind names."""
    for each in evidence:
        if each.kind == kind:
            return each.units
    return ()


def _best_for(unit_code: str, evidence: Sequence[Evidence]) -> Evidence:
    """Return the best clue that makes a return that of a unit."""
    return next(each for each in evidence if each.unit == unit_code and not each.is_only_against)


def _speaking(evidence: Sequence[Evidence], register: Register) -> list[Evidence]:
    """Return the evidence that decides: what has weight, or where nothing has, the nearest name further up.

    A folder named after the office to which a unit answers holds the files of its units, and a line may name it above
    the unit.
    """
    named = [each for each in evidence if _may_decide(each, register)]
    firm = [each for each in named if not each.is_weak]
    above: set[str] = set()
    for each in firm:
        if each.unit:
            above.update(unit.code for unit in register.above(each.unit))
    firm = [each for each in firm if each.unit not in above or each.kind not in _MAY_NAME_ABOVE]
    return firm or named[:1]


def _may_decide(evidence: Evidence, register: Register) -> bool:
    if not evidence.unit or evidence.is_only_against:
        return False
    return not _is_form_of_all(evidence, register)


def _is_form_of_all(evidence: Evidence, register: Register) -> bool:
    """True where a further line names the collecting office: it stands on the form that all units get."""
    collector = register.collector
    return evidence.kind == "line" and collector is not None and evidence.unit == collector.code


def _is_strange(name: str, found: Sequence[str], units: Sequence[str], names: Names) -> bool:
    """Whether a name cell names something that is not the unit which other evidence names."""
    if not name or len(found) == 1:
        return False
    if not units:
        return not found
    if found:
        return units[0] not in found
    return not is_misprint(name, names.register.by_code[units[0]], names)


def _findings_against(unit: Unit, chosen: Evidence, evidence: Sequence[Evidence], names: Names) -> Iterator[Finding]:
    """Tell what speaks against a unit: parts of it, what is a part of another, and what has less weight.

    Schools get the form from their commune, with its stamp in it. A school of another commune speaks against the
    commune; one of the same, or of nobody knows where, is asked about.
    """
    parts = [each for each in evidence if each.part and of_another(each.part, unit)]
    of_others = [part for part in parts if _is_part_of_other(part, unit)]
    if of_others:
        yield _part_of_another(unit, chosen, of_others, names.register)
        return
    if parts:
        yield _against(codes.NAMED_AS_INSTITUTION, unit, parts)
    others = [each for each in evidence if _is_of_other(each, unit, names)]
    if others:
        yield _against(codes.EVIDENCE_FOR_ANOTHER, unit, others)


def _is_part_of_other(part: Evidence, unit: Unit) -> bool:
    if part.is_weak or not part.units:
        return False
    return unit.code not in part.units


def _against(code: str, unit: Unit, evidence: Sequence[Evidence]) -> Finding:
    facts: dict[str, Fact] = {
        "evidence": tuple(each.quoted for each in evidence),
        "name": unit.name,
    }
    return finding(code, cell=_cell_of(evidence), facts=facts)


def _part_of_another(unit: Unit, chosen: Evidence, of_others: Sequence[Evidence], register: Register) -> Finding:
    named: set[str] = set()
    for part in of_others:
        named.update(part.units)
    others = [other.name for other in register.units if other.code in named]
    facts = {
        "evidence": (_quoted_for(chosen, unit), *(part.quoted for part in of_others)),
        "units": (unit.name, *others),
        "kinds": tuple(dict.fromkeys(each.kind for each in (chosen, *of_others))),
    }
    return finding(codes.EVIDENCE_DISAGREES, cell=_cell_of(of_others), facts=facts)


def _is_of_other(evidence: Evidence, unit: Unit, names: Names) -> bool:
    """Whether evidence names another unit, or an office that no register holds."""
    if evidence.is_stranger:
        return not is_misprint(evidence.text, unit, names)
    if evidence.unit is None or evidence.unit == unit.code:
        return False
    # An office above the unit is named on its letterhead and on the folders of its mail.
    register = names.register
    above = {office.code for office in register.above(unit.code)}
    if register.collector:
        above.add(register.collector.code)
    return evidence.unit not in above


def _cell_of(evidence: Sequence[Evidence]) -> str | None:
    for each in evidence:
        if each.cell:
            return each.cell
    return None


# Findings ---------------------------------------------------------------------------------------------------------


def _code_beside_a_plain_name(code: str) -> Finding:
    typed = visible(code)
    return finding(
        codes.NOT_IN_REGISTER,
        severity=Severity.WARNING,
        found=typed,
        facts={"seen": typed},
    )


def _findings_of_code(code: str, evidence: Sequence[Evidence]) -> Iterator[Finding]:
    found = _units_of_kind("code", evidence)
    if not found or fold(code) == fold(found[0]):
        return
    typed = visible(code)
    yield finding(codes.LEADING_ZERO, found=typed, facts={"found": typed, "code": found[0]})


def _findings_of_unit(unit: Unit, chosen: Evidence, seen: Mapping[str, str], register: Register) -> Iterator[Finding]:
    if chosen.kind not in _FIRM:
        facts = {"evidence": chosen.kind, "seen": visible(chosen.text), "name": unit.name}
        yield finding(codes.UNIT_BY_ONE_EVIDENCE, facts=facts)
    elif "name" in seen and fold(seen["name"]) not in _folded_names(unit):
        yield finding(codes.NAME_SPELT_DIFFERENTLY, facts={"seen": seen["name"], "name": unit.name})
    if not unit.in_total and unit is not register.collector:
        yield finding(codes.LISTED_NOT_ADDED, facts={"name": unit.name})
    if not unit.valid_on(register.day):
        dates = {"valid_from": _day(unit.valid_from), "valid_to": _day(unit.valid_to), "name": unit.name}
        yield finding(codes.OUTSIDE_REGISTER_DATES, facts=dates)


def _folded_names(unit: Unit) -> frozenset[str]:
    return frozenset(fold(name) for name in (unit.name, *unit.aliases))


def _quoted_for(evidence: Evidence, unit: Unit) -> str:
    return f"{evidence.kind}={unit.name} ({visible(evidence.text)})"


def _disagreement(speaking: Sequence[Evidence], register: Register) -> dict[str, str | tuple[str, ...]]:
    named = [(each, register.by_code[each.unit]) for each in speaking if each.unit]
    kinds: list[str] = []
    for (evidence, unit), (following, another) in pairwise(named):
        if unit is not another:
            kinds.extend((evidence.kind, following.kind))
    return {
        "evidence": tuple(dict.fromkeys(_quoted_for(each, unit) for each, unit in named)),
        "units": tuple(dict.fromkeys(unit.name for _, unit in named)),
        "kinds": tuple(kinds),
    }


def _likeness(unknown: str, name: str, names: Names) -> dict[str, str | tuple[str, ...]]:
    """Suggest the units whose names are most like what was typed; a suggestion is never used."""
    near = tuple(f"{unit.name} ({unit.code})" for unit in _alike(name or unknown, names))
    return {"seen": visible(unknown), "units": near}


def _alike(name: str, names: Names) -> list[Unit]:
    """Find the expected units whose names are most like a name, the likest first."""
    typed = fold_words(bare_name(name, ""))
    alike: list[tuple[float, Unit]] = []
    for unit in names.register.expected:
        likeness = ratio(typed, fold_words(bare_name(unit.name, unit.type)))
        alike.append((likeness, unit))
    alike.sort(key=lambda pair: (-pair[0], pair[1].code))
    return [unit for likeness, unit in alike[:_SUGGESTED] if likeness >= _NEAR]


def _day(day: object) -> str:
    return "…" if day is None else f"{day:%d/%m/%Y}"
