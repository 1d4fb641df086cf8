"""The only builder of pandera schemas: what a frame of numbers and a frame of rule outcomes must hold.

Nothing is ever coerced: coercing loses the line, and with it the way back to file and cell. The index of a
frame is what leads back, so whoever builds a frame chooses an index that can be undone.
"""

from collections.abc import Sequence

import pandera.pandas as pa
from pandas import Series


def checks_schema(names: Sequence[str]) -> pa.DataFrameSchema:
    """Build the schema of a frame with one boolean column for each name, true where all is well.

    Each column has one check that bears its name, so that `failure_cases` gives name and line. A check on one
    column is told once; a check on a frame would be repeated for every column of it.
    """
    return pa.DataFrameSchema(
        {name: pa.Column(bool, pa.Check(_holds, error=name), nullable=False) for name in names}, strict=True
    )


def numbers_schema() -> pa.DataFrameSchema:
    """Build the schema of the frame of counted numbers: column `value`, whole numbers, 0 or more.

    What units typed wrongly never gets this far. A violation is a defect of the reading itself.
    """
    return pa.DataFrameSchema({"value": pa.Column("int64", pa.Check.ge(0), nullable=False)}, strict=True)


def _holds(column: "Series[bool]") -> "Series[bool]":
    return column
