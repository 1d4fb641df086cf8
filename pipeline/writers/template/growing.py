"""A sheet whose rows grow with what is typed into them."""

from collections.abc import Sequence
from typing import Any

from pipeline.writers.formats import Workbook, Worksheet


class GrowingSheet(Worksheet):
    """A sheet of which some rows have a height that is only proposed.

    Excel keeps a height that a person chose, and fits any other anew when a cell of the row is edited ("customHeight",
    ECMA-376 part 1, 18.3.1.73). The library writes every height as a chosen one; without any, a program that does not
    measure texts while it opens a workbook would cut the labels off.
    """

    def __init__(self) -> None:
        """Make a sheet whose rows all keep their height."""
        super().__init__()
        self._growing: set[int] = set()

    def let_grow(self, row: int) -> None:
        """Let a row, counted from 0, grow with its texts."""
        self._growing.add(row)

    def _xml_start_tag_unencoded(self, tag: str, attributes: Sequence[tuple[str, Any]] = ()) -> None:
        if tag == "row" and dict(attributes)["r"] - 1 in self._growing:
            attributes = [pair for pair in attributes if pair[0] != "customHeight"]
        super()._xml_start_tag_unencoded(tag, attributes)


def add_growing_sheet(workbook: Workbook, name: str) -> GrowingSheet:
    """Add such a sheet to a workbook."""
    sheet = workbook.add_worksheet(name, GrowingSheet)
    assert isinstance(sheet, GrowingSheet)
    return sheet
