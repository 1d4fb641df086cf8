"""What python-calamine shows as blank or hides, read from the raw parts of a workbook.

calamine gives '' for an Excel error and for a formula never calculated, 1.0 for a boolean in .ods, and tells
no formulas, number formats or hidden rows. Each of these can turn into a silently wrong total, so the caller
asks here which cells are concerned. Addresses are (row, column) from 0, counted in the sheet, not in its used
part.
"""

import struct
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from xml.parsers import expat

from pipeline.readers.kinds import LIMIT, Container, Kind, TooLarge, Unreadable
from pipeline.readers.raw import ods, package, xls, xlsb, xlsx
from pipeline.readers.raw.dress import Dress
from pipeline.readers.raw.facts import Notes, RawValue, SheetFacts, WorkbookFacts

__all__ = [
    "Dress",
    "RawValue",
    "SheetFacts",
    "TooLarge",
    "Unreadable",
    "WorkbookFacts",
    "can_be_blank",
    "is_sound",
    "sheet_facts",
    "workbook_facts",
]

_SHEETS: Mapping[Kind, Callable[[Container, str], Notes]] = {
    Kind.XLSX: xlsx.look_at_sheet,
    Kind.XLSM: xlsx.look_at_sheet,
    Kind.XLSB: xlsb.look_at_sheet,
    Kind.XLS: xls.look_at_sheet,
    Kind.ODS: ods.look_at_sheet,
}

_NAMES: Mapping[Kind, Callable[[Container], Collection[str]]] = {
    Kind.XLSX: xlsx.sheet_names,
    Kind.XLSM: xlsx.sheet_names,
    Kind.XLS: xls.sheet_names,
    Kind.ODS: ods.sheet_names,
}


def sheet_facts(source: bytes | Container, kind: Kind, sheet_name: str, *, limit: int = LIMIT) -> SheetFacts:
    """Look again at one sheet of an xlsx, xlsm, xlsb, xls or ods workbook.

    Pass one `Container` for all looks at a file: it is opened once, and `limit` (bytes unpacked) is its own.
    Raises `Unreadable` for a malformed part, an unknown sheet or a part with a document type declaration;
    `TooLarge`, a kind of it, beyond the limit.
    """
    look = _SHEETS.get(kind)
    if look is None:
        raise Unreadable(f"{kind} is no workbook")
    with _only_unreadable():
        return look(_opened(source, limit), sheet_name).facts()


def can_be_blank(source: bytes | Container, kind: Kind, sheet_name: str, *, limit: int = LIMIT) -> bool:
    """Tell whether a sheet in which calamine sees no cell may be blank, and not only one that it cannot see.

    Same errors as `sheet_facts`. In the other formats a part that cannot be read is an error of calamine itself.
    """
    if kind not in (Kind.XLSX, Kind.XLSM):
        return True
    with _only_unreadable():
        return xlsx.can_be_blank(_opened(source, limit), sheet_name)


def is_sound(source: bytes | Container, kind: Kind, *, limit: int = LIMIT) -> bool:
    """Tell whether every sheet of a workbook can be looked at again; raises nothing."""
    names = _NAMES.get(kind)
    try:
        box = _opened(source, limit)
        with _only_unreadable():
            found = names(box) if names else ()
        for name in found:
            sheet_facts(box, kind, name)
    except Unreadable:
        return False
    return bool(found)


def workbook_facts(source: bytes | Container, kind: Kind, *, limit: int = LIMIT) -> WorkbookFacts:
    """Look again at a whole workbook; same errors as `sheet_facts`.

    Sources of the date: docProps/core.xml (ECMA-376 part 2), SummaryInformation ([MS-OLEPS]), meta.xml (ODF).
    """
    box = _opened(source, limit)
    with _only_unreadable():
        if kind is Kind.XLS:
            return xls.look_at_workbook(box)
        if kind is Kind.ODS:
            return ods.look_at_workbook(box)
        if kind in (Kind.XLSX, Kind.XLSM, Kind.XLSB):
            return package.look_at_workbook(box)
    raise Unreadable(f"{kind} is no workbook")


def _opened(source: bytes | Container, limit: int) -> Container:
    return source if isinstance(source, Container) else Container(source, limit)


@contextmanager
def _only_unreadable() -> Iterator[None]:
    try:
        yield
    except Unreadable:
        raise
    except (expat.ExpatError, ValueError, LookupError, ArithmeticError, struct.error) as error:
        raise Unreadable("a part is not what its format says") from error
