"""The floor: import the libraries, read the files with calamine alone, make the very same calls to xlsxwriter.

`python -m benchmarks.floor FOLDER CALLS OUTPUT` prints the seconds that went into fetching the recorded calls.
"""

import sys
from pathlib import Path

import pandas
import pandera.pandas
import xlsxwriter
from python_calamine import CalamineWorkbook

from benchmarks.calls import replay


def read(folder: Path) -> int:
    """Read every sheet of every file; gives how many rows there are."""
    rows = 0
    for file in sorted(folder.iterdir()):
        workbook = CalamineWorkbook.from_path(file)
        rows += sum(len(workbook.get_sheet_by_name(name).to_python()) for name in workbook.sheet_names)
    return rows


if __name__ == "__main__":
    assert pandas and pandera.pandas and xlsxwriter
    assert read(Path(sys.argv[1]))
    print(replay(Path(sys.argv[2]), Path(sys.argv[3])))
