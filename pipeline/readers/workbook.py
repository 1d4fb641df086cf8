"""A workbook as a `Book`: its grids by calamine, its raw parts for the second look."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from pipeline.model.limits import Limits
from pipeline.readers.book import Book, HoldsForm
from pipeline.readers.kinds import Container, Kind, TooLarge, Unreadable
from pipeline.readers.mend_bytes import bytes_to_read, mended_bytes
from pipeline.readers.raw import SheetFacts, can_be_blank, is_sound, sheet_facts, workbook_facts
from pipeline.readers.sheets import Sheet, read_sheets

WORKBOOKS = frozenset({Kind.XLSX, Kind.XLSM, Kind.XLSB, Kind.XLS, Kind.ODS})
"""the kinds that calamine reads"""


def open_workbook(box: Container, limits: Limits, kind: Kind) -> Book:
    """Open a workbook once for both looks at it.

    Raises:
        Unreadable: its parts are not what the format says.
    """
    file = _File(box, kind, limits)
    return Book(
        look=file.look,
        sheets=file.sheets,
        format=kind.value,
        facts=workbook_facts(box, kind),
        stores_zero=kind is Kind.XLS,
        is_sound=partial(is_sound, box, kind),
    )


@dataclass(frozen=True, slots=True)
class _File:
    box: Container
    kind: Kind
    limits: Limits

    def sheets(self, holds_form: HoldsForm) -> Iterator[Sheet]:
        """Read the sheets; one that seems to be blank is looked at, for nobody may see what stands in it."""
        mended = partial(mended_bytes, self.box, self.kind)
        for sheet in read_sheets(bytes_to_read(self.box, self.kind), self.limits, mended=mended):
            yield sheet if sheet.rows else self._blank(sheet)

    def _blank(self, sheet: Sheet) -> Sheet:
        """Make sure that a sheet is blank; one in UTF-16, of which calamine sees nothing, is read again."""
        if can_be_blank(self.box, self.kind, sheet.name):
            return sheet
        mended = mended_bytes(self.box, self.kind)
        if mended is None:
            raise Unreadable("a sheet is written in UTF-16")
        return next(read_sheets(mended, self.limits, [sheet.name]))

    def look(self, sheet: Sheet) -> SheetFacts | None:
        """Look again at the raw sheet; where that is impossible, blanks are not known to be blank."""
        try:
            return sheet_facts(self.box, self.kind, sheet.name)
        except TooLarge:
            raise
        except Unreadable:
            return None
