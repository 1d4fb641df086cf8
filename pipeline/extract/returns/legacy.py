"""A workbook typed in a legacy font: known as a whole, and converted as a whole."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.legacy_fonts import LegacyEncoding, convert, detect_legacy
from pipeline.extract.locate import Labels, Located
from pipeline.extract.returns.sheet_page import SheetPage
from pipeline.findings import codes
from pipeline.readers.sheets import CellValue, Sheet

_INFERRED = frozenset({codes.ROW_BY_SIMILAR_LABEL, codes.TWO_ROWS_POSSIBLE})
_PLAIN_SHARE = 3, 4
"""a form with fewer of its rows found than this may be typed in a legacy font"""


def encoding_of(labels: Labels, sheets: Sequence[Sheet], pages: Sequence[SheetPage]) -> LegacyEncoding | None:
    """Ask for the encoding of a whole file, where its labels are not simply those of the form."""
    if pages and all(_is_plain(labels, page.form) for page in pages):
        return None
    texts: list[str] = []
    for sheet in sheets:
        texts += (value for _, _, value in sheet.filled() if isinstance(value, str))
    return detect_legacy(texts, labels.every_text)


def _is_plain(labels: Labels, form: Located) -> bool:
    """Whether most rows were found, and few of them by likeness."""
    found, of = _PLAIN_SHARE
    inferred = 0
    for known in form.findings:
        count = known.facts.get("count", 1)
        if known.code in _INFERRED and isinstance(count, int):
            inferred += count
    return of * (len(form.rows) - inferred) >= found * len(labels.form.rows)


def converted(sheet: Sheet, encoding: LegacyEncoding) -> Sheet:
    """Write every text of a sheet in Unicode."""
    rows = [_converted_row(cells, encoding) for cells in sheet.rows]
    return replace(sheet, rows=rows)


def _converted_row(cells: Sequence[CellValue], encoding: LegacyEncoding) -> list[CellValue]:
    return [convert(value, encoding) if isinstance(value, str) else value for value in cells]
