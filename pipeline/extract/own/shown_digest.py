"""A digest of what a summary shows, kept among its properties: a later run sees by it whether it still says the same.

It covers every cell of every sheet, formulas by their result, but not the places that are left to people. The lines of
a list count as a set, for sorting and filtering change nothing of what it says. Programs save dates, spaces and
characters that do not print in their own ways, so texts are taken without these and dates as numbers.
A second digest leaves the formulas out: some programs save a workbook without any result.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from io import BytesIO

from pipeline.extract.locate import Labels
from pipeline.extract.own.hand_places import Address, hand_places
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.readers.kinds import Container, Kind
from pipeline.readers.raw import sheet_facts
from pipeline.readers.sheets import CellValue, Sheet

SHOWN, TYPED = "consolidate.shown", "consolidate.typed"
_KEPT = re.compile(rb'name="(consolidate\.\w+)"[^>]*>\s*<[^>]*lpwstr[^>]*>([0-9a-f]+)<')
_ESCAPED = re.compile("_x[0-9A-Fa-f]{4}_")
"""how a workbook spells a character that XML cannot hold (ECMA-376, ST_Xstring)"""
_EPOCH = datetime(1899, 12, 30)
_DAY = 86_400
_DIGITS = 5
"""behind the point: of a number of days, less than a second; programs change the last digits of a date"""
_LISTS = ("matrix", "ledger", "issues", "texts", "sources")


def bears_digest(data: bytes) -> bool:
    """Whether a workbook is a summary that kept what it said when it was written."""
    return SHOWN in _kept_in(data)


def is_as_written(data: bytes, sheets: Mapping[str, Sheet], labels: Labels, words: SummaryWords) -> bool:
    """Tell whether a summary still shows what was written; one that bears no digest is not known to."""
    kept = _kept_in(data)
    if kept.get(SHOWN) == joined(sheet_digests(sheets, {}, labels, words)):
        return True
    box = Container(data)
    facts = {name: sheet_facts(box, Kind.XLSX, name) for name in sheets} if TYPED in kept else {}
    if not any(one.uncalculated for one in facts.values()):
        return False
    formulas = {name: one.formulas for name, one in facts.items()}
    return kept[TYPED] == joined(sheet_digests(sheets, formulas, labels, words))


def _kept_in(data: bytes) -> Mapping[str, str]:
    try:
        with zipfile.ZipFile(BytesIO(data)) as box:
            found = _KEPT.findall(box.read("docProps/custom.xml"))
    except (zipfile.BadZipFile, KeyError):
        return {}
    return {name.decode(): digest.decode() for name, digest in found}


def sheet_digests(
    sheets: Mapping[str, Sheet], left_out: Mapping[str, AbstractSet[Address]], labels: Labels, words: SummaryWords
) -> Mapping[str, str]:
    """Digest each sheet: name -> digest, "" where nothing is left of it."""
    kinds = {words(f"sheets.{kind}"): kind for kind in ("totals", *_LISTS)}
    digests = {}
    for name, sheet in sheets.items():
        kind = kinds.get(name, "")
        passed_over = hand_places(kind, sheet, labels, words) | left_out.get(name, frozenset())
        lines = [*_lines(sheet, passed_over, is_list=kind in _LISTS)]
        said = "\n".join([name, *(sorted(lines) if kind in _LISTS else lines)])
        digests[name] = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest() if lines else ""
    return digests


def joined(digests: Mapping[str, str]) -> str:
    """Make one digest of those of the sheets, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(filter(None, digests.values()))).encode()).hexdigest()


def _lines(sheet: Sheet, passed_over: AbstractSet[Address], *, is_list: bool) -> Iterator[str]:
    """Give what each row with anything in it says; with its number, except in a list."""
    rows = {row for row, _ in passed_over}
    for row, cells in enumerate(sheet.rows, sheet.first_row):
        is_whole = row not in rows
        said = [
            f"{column}\0{text}"
            for column, value in enumerate(cells, sheet.first_column)
            if value != "" and (is_whole or (row, column) not in passed_over) and (text := _plain(value))
        ]
        if said:
            yield "\0".join(said if is_list else [str(row), *said])


def _plain(value: CellValue) -> str:
    if isinstance(value, str):
        text = _ESCAPED.sub("", value) if "_x" in value else value
        text = text if text.isprintable() else "".join(filter(str.isprintable, text))
        return text.replace(" ", "")
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
        value = (moment - _EPOCH).total_seconds() / _DAY
    return f"{round(value, _DIGITS):.15g}" if isinstance(value, int | float) else str(value)
