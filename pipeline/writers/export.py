"""The machine-readable outputs: the report (JSON) and the long table (CSV or Parquet). Their shape is a contract."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline.findings import message
from pipeline.findings.group import told_once
from pipeline.model import Consolidation, FileResult, Finding, Total
from schemas.rules import Cell

REPORT_VERSION = 1
_HEAD_BYTES = 256
_PARQUET = b"PAR1"
"""Apache Parquet, "File Format": the magic number of a file"""
COLUMNS = ("unit_code", "unit_name", "row", "measure", "value", "state", "file", "sheet", "cell", "found")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""what a spreadsheet program may take for the beginning of a formula, also in full width (OWASP, CSV injection)"""


def is_own_output(file: Path) -> bool:
    """Tell whether a file may be replaced by a report or long table: it is one, or holds nothing."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if file.suffix.lower() == ".json":
        return not head or b'"report_version"' in head
    if file.suffix.lower() == ".csv":
        return not head or head.startswith(",".join(COLUMNS).encode("utf-8-sig"))
    return not head or head.startswith(_PARQUET)


def write_report(consolidation: Consolidation, out: Path, lang: str = "vi") -> None:
    """Write the report of a run as JSON in UTF-8; messages are in `lang`, everything else is the same in all."""
    text = json.dumps(report_of(consolidation, lang), ensure_ascii=False, indent=1)
    # Half a surrogate, from a name that no Unicode stands for, is written as the escape that JSON has for it.
    out.write_text(text + "\n", encoding="utf-8", errors="backslashreplace", newline="\n")


def report_of(consolidation: Consolidation, lang: str) -> dict[str, Any]:
    """Build the report as plain data, as the README describes it."""
    form = consolidation.form
    return {
        "report_version": REPORT_VERSION,
        "form": {"id": form.id, "version": form.version},
        "files": [_file(consolidation, result, lang) for result in consolidation.files],
        "units": [
            {
                "code": one.unit.code,
                "name": one.unit.name,
                "status": one.status.value,
                "file": one.file,
                "perhaps": [file.path for file in consolidation.files if one.unit.code in file.perhaps],
            }
            for one in consolidation.units
            if one.in_total
        ],
        "totals": {
            row.key: {measure: _total(consolidation.totals.get(Cell(row.key, measure))) for measure in form.measures}
            for row in form.rows
            if any(Cell(row.key, measure) in consolidation.totals for measure in form.measures)
        },
        "notes": [_finding(consolidation, told, lang) for told in consolidation.notes],
    }


def _file(consolidation: Consolidation, result: FileResult, lang: str) -> dict[str, Any]:
    return {
        "path": result.path,
        "sha256": result.sha256,
        "unit": result.unit,
        "perhaps": list(result.perhaps),
        "status": result.status.value,
        "late": result.late,
        "findings": [_finding(consolidation, told, lang) for told in told_once(result.findings)],
    }


def _finding(consolidation: Consolidation, told: Finding, lang: str) -> dict[str, Any]:
    return {
        "code": told.code,
        "severity": told.severity.value,
        "sheet": told.sheet,
        "cell": told.cell,
        "row": told.row,
        "measure": told.measure,
        "rule": told.rule,
        "counted": told.counted,
        "open": told.is_open,
        "found": told.found,
        "message": message(told, consolidation.form, "en" if lang == "en" else "vi"),
    }


def _total(total: Total | None) -> dict[str, int | None] | None:
    if total is None:
        return None
    return {"total": total.value, "reported": total.coverage.reported, "expected": total.coverage.expected}


def write_long_table(consolidation: Consolidation, out: Path, suffix: str) -> None:
    """Write one line for every input cell of every counted return; `suffix` is ".csv" or ".parquet".

    The values of a row and measure add up to its total: units that are listed without being summed are not in it.
    """
    lines = list(_lines(consolidation))
    if suffix == ".parquet":
        _write_parquet(lines, out)
        return
    with out.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows([_harmless(cell) for cell in line] for line in lines)


def _lines(consolidation: Consolidation) -> Iterator[tuple[Any, ...]]:
    for one in consolidation.units:
        if one.counted is None or not one.in_total:
            continue
        for entry in one.counted.entries:
            unit = one.unit
            yield (
                unit.code,
                unit.name,
                entry.row,
                entry.measure,
                entry.value if entry.counted else None,
                entry.state.value,
                _as_utf8(one.counted.path),
                one.counted.sheet,
                entry.cell,
                entry.found or "",
            )


def _as_utf8(path: str) -> str:
    """Write a path so that every program can read the table: bytes of a name that are no letters show as escapes."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")


def _harmless(cell: object) -> object:
    """Keep a text from being taken for a formula by the program that opens the table."""
    if isinstance(cell, str) and cell.startswith(_DANGEROUS):
        return "'" + cell
    return "" if cell is None else cell


def _write_parquet(lines: list[tuple[Any, ...]], out: Path) -> None:
    # Imported here: pyarrow is large and only this output needs it.
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    types = {name: pa.int64() if name == "value" else pa.string() for name in COLUMNS}
    table = pa.table(
        {name: pa.array([line[index] for line in lines], types[name]) for index, name in enumerate(COLUMNS)}
    )
    pq.write_table(table, out)
