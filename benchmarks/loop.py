"""What somebody writes in ten lines: read each file into a table, write each table to a sheet, add up, write.

`python -m benchmarks.loop READER WRITER FOLDER OUTPUT`. No finding, no formula, no format, no provenance.
"""

import sys
from pathlib import Path
from typing import Any

import pandas as pd

FIRST_NUMBER_COLUMN, AFTER_LAST = 3, 5


def loop(reader: Any, writer: Any, folder: Path, out: Path) -> None:  # noqa: ANN401 - pandas takes literals
    """Consolidate a folder in the plainest way, by position."""
    total = None
    with pd.ExcelWriter(out, engine=writer) as workbook:
        for file in sorted(folder.iterdir()):
            table = pd.read_excel(file, header=None, engine=reader)
            table.to_excel(workbook, sheet_name=file.stem, header=False, index=False)
            numbers = table.iloc[:, FIRST_NUMBER_COLUMN:AFTER_LAST].apply(pd.to_numeric, errors="coerce")
            total = numbers if total is None else total.add(numbers, fill_value=0)
        if total is not None:
            total.to_excel(workbook, sheet_name="Total", header=False, index=False)


if __name__ == "__main__":
    loop(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
