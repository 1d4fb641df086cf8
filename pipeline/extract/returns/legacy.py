"""A workbook typed in a legacy font: known as a whole, and converted as a whole."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.legacy_fonts import LegacyEncoding, convert, detect_legacy
from pipeline.extract.locate import Labels, Located
from pipeline.extract.returns.page import Page
from pipeline.findings import codes
from pipeline.readers.sheets import Sheet

_INFERRED = frozenset({codes.ROW_BY_SIMILAR_LABEL, codes.TWO_ROWS_POSSIBLE})
_PLAIN_SHARE = 3, 4
"""a form with fewer of its rows found than this may be typed in a legacy font"""


def encoding_of(labels: Labels, sheets: Sequence[Sheet], pages: Sequence[Page]) -> LegacyEncoding | None:
    """Ask for the encoding of a whole file, where its labels are not simply those of the form."""
    if pages and all(_is_plain(labels, page.form) for page in pages):
        return None
    texts = [value for sheet in sheets for _, _, value in sheet.filled() if isinstance(value, str)]
    return detect_legacy(texts, labels.every_text)


def _is_plain(labels: Labels, form: Located) -> bool:
    """Tell whether most rows were found, and few of them by likeness."""
    found, of = _PLAIN_SHARE
    counts = [told.facts.get("count", 1) for told in form.findings if told.code in _INFERRED]
    inferred = sum(count for count in counts if isinstance(count, int))
    return of * (len(form.rows) - inferred) >= found * len(labels.form.rows)


def converted(sheet: Sheet, encoding: LegacyEncoding) -> Sheet:
    """Write every text of a sheet in Unicode."""
    rows = [[convert(value, encoding) if isinstance(value, str) else value for value in cells] for cells in sheet.rows]
    return replace(sheet, rows=rows)
