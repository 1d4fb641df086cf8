"""What one file may cost. One table, so that every limit is known, documented and can be changed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one file. A real return has about 60 rows and 30 kB; these leave room for the oddest of them."""

    file_bytes: int = 64 * 2**20
    """size of the file on disk"""
    inflated_bytes: int = 256 * 2**20
    """size of any one part of a zipped workbook, counted while inflating"""
    rows: int = 100_000
    """last used row of a sheet; the summary of a province has one line for every value of every town"""
    columns: int = 2_000
    """last used column of a sheet"""
    cells: int = 4_000_000
    """cells of a sheet from its first used one to its last"""
    sheets: int = 400
    """sheets of a workbook"""


DEFAULT = Limits()
