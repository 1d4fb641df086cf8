"""A summary of the level below against itself: its totals beside the line of its own sheets that they are added from.

A total typed over by hand stands alone: the sheet of units by rows of the form goes on to say what they stated.
"""

from collections.abc import Iterator, Sequence

from pipeline.extract.own.summary import find_matrix
from pipeline.findings import codes, finding
from pipeline.model import COUNTED, Entry, Finding
from pipeline.readers.sheets import Sheet
from schemas.form import Form

_ONE_BY_ONE = 9
"""more totals than these that differ are told together"""


def told_of_totals(form: Form, entries: Sequence[Entry], matrix: Sheet) -> Iterator[Finding]:
    """Tell of totals of a summary that are not what its sheet of units by rows of the form adds up to."""
    place = find_matrix(matrix, form)
    if place is None:
        return
    sums = {cell: matrix.value(place.total, column) for cell, column in place.columns.items()}
    differing = [
        (entry, int(added))
        for entry in entries
        if entry.state in COUNTED
        and isinstance(added := sums.get(entry.key), int | float)
        and not isinstance(added, bool)
        and added == int(added)
        and entry.value != added
    ]
    if len(differing) > _ONE_BY_ONE:
        cells = tuple(entry.cell for entry, _ in differing)
        yield finding(
            codes.SUMMARY_AGAINST_ITSELF,
            counted=None,
            facts={"other": matrix.name, "count": len(cells), "cells": cells},
        )
        return
    for entry, added in differing:
        yield finding(
            codes.SUMMARY_AGAINST_ITSELF,
            cell=entry.cell or None,
            row=entry.row,
            measure=entry.measure,
            found=entry.found,
            suggestions=(added,),
            facts={"other": matrix.name, "value": added},
        )
