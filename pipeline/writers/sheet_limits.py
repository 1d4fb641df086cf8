"""What a sheet of Excel can hold, and the one door by which ours are written: nothing is cut without a word.

xlsxwriter leaves out a cell beyond the sheet, a link too many or the end of a text too long, and says so in a return
code alone. A `GuardedSheet` raises instead, so that whoever writes asks first or goes on elsewhere.

Limits: "Excel specifications and limits", Microsoft Support; for links, the note on 65,530 in xlsxwriter's `write_url`.
"""

from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_LINKS = 65_530
"""a sheet; beyond it Excel drops all of them"""
LONGEST_TEXT = 32_767
"""UTF-16 units in a cell"""
LONGEST_FORMULA = 8_192
"""characters, the sign of equality among them"""


class SheetLimitError(Exception):
    """Something was about to be written that no sheet of Excel can hold."""


class GuardedSheet(Worksheet):
    """A sheet that takes everything it is given, or raises `SheetLimitError`."""

    def _check_dimensions(self, row: int, col: int, ignore_row: bool = False, ignore_col: bool = False) -> int:
        if not (0 <= row < MOST_ROWS and 0 <= col < MOST_COLUMNS):
            raise SheetLimitError(f"{self.name}: no sheet has row {row + 1}, column {col + 1}")
        return int(super()._check_dimensions(row, col, ignore_row, ignore_col))

    def _write_string(self, *args: Any) -> Any:  # noqa: ANN401 - xlsxwriter names its codes one by one
        return self._taken(super()._write_string(*args))

    def _write_formula(self, row: int, col: int, formula: str, *rest: Any) -> Any:  # noqa: ANN401
        if len(formula) > LONGEST_FORMULA:
            raise SheetLimitError(f"{self.name}: a formula of {len(formula)} characters")
        return self._taken(super()._write_formula(row, col, formula, *rest))

    def _write_url(self, *args: Any) -> Any:  # noqa: ANN401
        if self.hlink_count >= MOST_LINKS:
            raise SheetLimitError(f"{self.name}: more than {MOST_LINKS} links")
        return self._taken(super()._write_url(*args))

    # The three below also take "A1:B2" for a range; nobody here calls them so.

    def merge_range(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Merge cells, as xlsxwriter does."""
        return self._taken(super().merge_range(*args))

    def data_validation(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Bound what may be typed, as xlsxwriter does."""
        return self._taken(super().data_validation(*args))

    def conditional_format(self, *args: Any) -> Any:  # type: ignore[override]  # noqa: ANN401
        """Make a look depend on what stands there, as xlsxwriter does."""
        return self._taken(super().conditional_format(*args))

    def _taken(self, code: int) -> int:
        """Hand a return code on; one that says that something was left out is an error."""
        if code:
            raise SheetLimitError(f"{self.name}: xlsxwriter left something out (code {code})")
        return code


class GuardedWorkbook(Workbook):
    """A workbook all of whose sheets are guarded."""

    worksheet_class = GuardedSheet


def fitted(text: str, most: int = LONGEST_TEXT) -> str:
    """Cut a text to what a cell holds, in UTF-16 units, and show by "…" that it was cut."""
    if 2 * len(text) <= most or _units(text) <= most:
        return text
    kept = text[: most - 1]
    while _units(kept) > most - 1:
        kept = kept[: len(kept) - max(1, (_units(kept) - most + 1) // 2)]
    return kept + "…"


def _units(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)
