"""How the parts of an Office package point at one another: ECMA-376 part 2."""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from pipeline.readers.kinds import Container
from pipeline.readers.raw.facts import WorkbookFacts, known_or_none, moment_of
from pipeline.readers.raw.markup import elements, texts


@dataclass(frozen=True, slots=True)
class Relation:
    """One pointer: what it is for, and the full name of the part."""

    kind: str
    target: str


def relations_of(box: Container, part: str) -> dict[str, Relation]:
    """Where a part of an Office package points, by id; targets as full names of parts."""
    folder, name = posixpath.split(part)
    found = {}
    for element, attributes in elements(box.part(posixpath.join(folder, "_rels", f"{name}.rels"))):
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes["Target"].replace("\\", "/")
            full = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[attributes["Id"]] = Relation(posixpath.basename(attributes["Type"]), full)
    return found


def workbook_part(box: Container, usual: str) -> str:
    """Name the part of the workbook itself: the usual one, or the one that the package points at."""
    if usual in box.members:
        return usual
    return target_of(relations_of(box, ""), "officeDocument")


def target_of(relations: Mapping[str, Relation], kind: str) -> str:
    """Name the first part of a kind; "" where there is none."""
    return next((relation.target for relation in relations.values() if relation.kind == kind), "")


def styles_part(box: Container, relations: Mapping[str, Relation]) -> bytes:
    """The part that holds the formats."""
    return part_of(box, relations, "styles")


def part_of(box: Container, relations: Mapping[str, Relation], kind: str) -> bytes:
    """The first part of a kind; empty where there is none, for some writers promise one and leave it out."""
    name = target_of(relations, kind)
    return box.part(name) if name.lower() in box.members else b""


_FROM_1904 = re.compile(rb"""<(?:\w+:)?workbookPr\b[^>]*\bdate1904\s*=\s*["'](?:1|true)""")


def counts_from_1904(workbook: bytes) -> bool:
    """Tell whether a workbook counts its days from 1904 (ECMA-376 part 1, 18.2.28)."""
    return b"date1904" in workbook and _FROM_1904.search(workbook) is not None


def look_at_workbook(box: Container) -> WorkbookFacts:
    """Look at the whole workbook."""
    members = box.members
    return WorkbookFacts(
        modified=known_or_none(partial(_modified, box)),
        macros=any(name.endswith("vbaproject.bin") or "/macrosheets/" in name for name in members),
        external_links=any("/externallinks/" in name or name.endswith("/connections.xml") for name in members),
        embedded_objects=any("/embeddings/" in name or "/activex/" in name for name in members),
    )


def _modified(box: Container) -> datetime | None:
    core = "docprops/core.xml"
    if core not in box.members and "_rels/.rels" in box.members:
        core = target_of(relations_of(box, ""), "core-properties")
    said = texts(box.part(core)) if core.lower() in box.members else {}
    return moment_of(said.get("modified"))
