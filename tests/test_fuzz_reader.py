"""Altered copies of real workbooks, by the thousand: each ends in values or in a finding, none in a surprise.

What is altered: bytes anywhere, the length, parts of a zip (swapped, dropped, renamed), tags and attributes of their
XML, records of an .xls. Every input is made from its number, so that one that fails can be made again.
"""

from __future__ import annotations

import io
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.extract.file import reading_context
from pipeline.findings import load_catalogue
from pipeline.model import FileReading
from pipeline.model.limits import DEFAULT
from pipeline.readers.find import Found
from pipeline.readers.register import load_register
from pipeline.run.workers import Plan, read_all
from tests.returned import FORM, ROOT

INPUTS = 20_000
SOME_INPUTS = 250
BATCH = 500
SECONDS = 5.0
SAMPLES = ROOT / "examples" / "returns"
FORMATS = {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".docx"}

NASTY = (
    b"",
    b"-1",
    b"0",
    b"4294967295",
    b"18446744073709551616",
    b"1e309",
    b"NaN",
    b"A1:XFD1048576",
    b"XFD1048576",
    b"ZZZZ0",
    b"../../x",
    b"s",
    b"e",
    b"str",
    b"true",
    b"&amp;&lt;",
    b"&x;",
    "\u1ea1\u0323\u202e".encode(),
    b"\xff\xfe",
    b"x" * 70_000,
)
_ATTRIBUTE = re.compile(rb'\b[\w:]{1,40}="[^"]*"')
_TAG = re.compile(rb"<[^<>]{1,400}>")
_TEXT = re.compile(rb">[^<>]+<")

Mutation = Callable[[bytes, random.Random], bytes]


def flip_bytes(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 5, 20, 200))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def flip_bits_near(data: bytes, chance: random.Random) -> bytes:
    """Change bytes close together, as in one record or header."""
    changed, place = bytearray(data), chance.randrange(len(data))
    for _ in range(chance.randrange(1, 9)):
        changed[(place + chance.randrange(64)) % len(changed)] ^= 1 << chance.randrange(8)
    return bytes(changed)


def change_length(data: bytes, chance: random.Random) -> bytes:
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    how = chance.randrange(3)
    if how == 0:
        return data[:end]
    return data[:start] + data[end:] if how == 1 else data[:end] + data[start:]


def alter_parts(data: bytes, chance: random.Random) -> bytes:
    """Alter the parts of a zip, and pack them again soundly; what is no zip has its bytes flipped."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
    # A zip that was altered before fails with errors of many types.
    except Exception:
        return flip_bits_near(data, chance)
    names = list(parts)
    one, other = chance.choice(names), chance.choice(names)
    how = chance.randrange(8)
    if how == 0:
        parts[one], parts[other] = parts[other], parts[one]
    elif how == 1:
        del parts[one]
    elif how == 2:
        parts[chance.choice((one.upper(), "/" + one, one.replace("/", "\\"), one + "x"))] = parts.pop(one)
    else:
        chosen = chance.choice(
            [name for name in names if "sheet" in name or "content" in name or "tring" in name] or names
        )
        parts[chosen] = alter_xml(parts[chosen], chance)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name or "x", content)
    return target.getvalue()


def alter_xml(content: bytes, chance: random.Random) -> bytes:
    """Alter attributes, texts and now and then tags; what holds none has its bytes flipped."""
    for _ in range(chance.choice((1, 1, 3, 10))):
        pattern = chance.choices((_ATTRIBUTE, _TEXT, _TAG), (6, 3, 1))[0]
        places = [match.span() for match in pattern.finditer(content)]
        if not places:
            return flip_bytes(content, chance) if content else b"\x00"
        (start, end), (other, last) = chance.choice(places), chance.choice(places)
        altered_part = _altered(content[start:end], content[other:last], pattern, chance)
        content = content[:start] + altered_part + content[end:]
    return content


def _altered(found: bytes, other: bytes, pattern: re.Pattern[bytes], chance: random.Random) -> bytes:
    """Alter one place, or put there what stands at another one: most of it is still sound XML, and means another thing.

    A tag is mostly left as one that no longer matches: how far a reader gets with broken XML is asked too.
    """
    nasty = chance.choice(NASTY)
    if pattern is _TAG:
        return chance.choice((b"", found + found, found.replace(b"/", b""), b"<" + nasty + b">", found * 50, other))
    if pattern is _TEXT:
        return chance.choice((b">" + nasty + b"<", other))
    name, _, _ = found.partition(b"=")
    _, _, value = other.partition(b"=")
    return chance.choice((b"", name + b'="' + nasty + b'"', name + b'="' + nasty + b'"', name + b"=" + value, other))


# Bytes changed in a zip are found out by its checksums: what is packed again soundly gets further into the readers.
MUTATIONS: Sequence[Mutation] = (flip_bytes, flip_bits_near, change_length, *[alter_parts] * 12)


def altered(seeds: Sequence[bytes], number: int) -> bytes:
    """Make an input from its number."""
    chance = random.Random(number)
    data = chance.choice(seeds)
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        data = chance.choice(MUTATIONS)(data, chance) or b"\x00"
    return data


def read_altered(folder: Path, numbers: range) -> Counter[str]:
    """Read inputs in batches, hold each to its promise, and count how they ended."""
    seeds = [path.read_bytes() for path in sorted(SAMPLES.rglob("*")) if path.suffix.lower() in FORMATS]
    assert len(seeds) >= 10
    desk = reading_context(FORM, load_register(FORM, None), replace(DEFAULT, seconds=SECONDS))
    ends: Counter[str] = Counter()
    for first in range(numbers.start, numbers.stop, BATCH):
        batch = range(first, min(first + BATCH, numbers.stop))
        found = []
        for number in batch:
            file = folder / f"{number % BATCH}.xlsx"
            file.write_bytes(altered(seeds, number))
            found.append(Found(f"{number}.xlsx", file))
        lines: list[str] = []
        read = read_all(found, desk, Plan(workers=2, log=lines.append))
        assert len(read) >= len(found)
        ends["workers lost"] += sum("reading process" in line for line in lines)
        for one in read:
            ends[_end_of(one)] += 1
        surprises = [line for line in lines if "reading process" not in line]
        assert surprises == [], "\n".join(surprises)
    return ends


def _end_of(reading: FileReading) -> str:
    codes = [one.code for one in (*reading.findings, *(told for one in reading.returns for told in one.findings))]
    assert set(codes) <= load_catalogue().keys()
    if reading.returns:
        assert all(entry.state for one in reading.returns for entry in one.entries)
        return "values and findings" if codes else "values"
    assert codes, reading.path
    return codes[0]


def test_an_altered_workbook_ends_in_values_or_a_finding(tmp_path: Path) -> None:
    ends = read_altered(tmp_path, range(SOME_INPUTS))
    assert sum(ends.values()) - ends["workers lost"] >= SOME_INPUTS
    assert ends["values"] + ends["values and findings"] > 0
    assert ends["F004"] > 0


@pytest.mark.long
def test_twenty_thousand_altered_workbooks_end_in_values_or_a_finding(tmp_path: Path) -> None:
    began = time.monotonic()
    ends = read_altered(tmp_path, range(SOME_INPUTS, SOME_INPUTS + INPUTS))
    print(f"{INPUTS} inputs in {time.monotonic() - began:.0f} s: {dict(ends.most_common())}")
    assert sum(ends.values()) - ends["workers lost"] >= INPUTS
