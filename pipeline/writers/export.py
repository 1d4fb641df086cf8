"""The machine-readable outputs: the report (JSON) and the long table (CSV or Parquet). Their shape is a contract."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipeline.findings import message
from pipeline.findings.group import told_once
from pipeline.model import Consolidation, FileResult, Finding, Total, UnitResult
from schemas.form import Form
from schemas.rules import Cell

REPORT_VERSION = 1
_HEAD_BYTES = 256
_PARQUET = b"PAR1"
"""Apache Parquet, "File Format": the magic number of a file"""
COLUMNS = (
    "unit_code",
    "unit_name",
    "row",
    "measure",
    "value",
    "state",
    "file",
    "sheet",
    "cell",
    "found",
)
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""what a spreadsheet program may take for the beginning of a formula, also in full width (OWASP, CSV injection)"""


def is_own_output(file: Path) -> bool:
    """Whether a file may be replaced by a report or long table: it is one, or holds nothing."""
    with file.open("rb") as opened:
        head = opened.read(_HEAD_BYTES)
    if not head:
        return True
    match file.suffix.lower():
        case ".json":
            return b'"report_version"' in head
        case ".csv":
            return head.startswith(",".join(COLUMNS).encode("utf-8-sig"))
        case _:
            return head.startswith(_PARQUET)


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
        "files": [_file(form, file, lang) for file in consolidation.files],
        "units": [_unit(unit, consolidation.files) for unit in consolidation.units if unit.in_total],
        "totals": _totals(form, consolidation.totals),
        "notes": [_finding(form, finding, lang) for finding in consolidation.notes],
    }


def _file(form: Form, file: FileResult, lang: str) -> dict[str, Any]:
    return {
        "path": file.path,
        "sha256": file.sha256,
        "unit": file.unit,
        "perhaps": list(file.perhaps),
        "status": file.status.value,
        "late": file.late,
        "findings": [_finding(form, finding, lang) for finding in told_once(file.findings)],
    }


def _unit(unit: UnitResult, files: Sequence[FileResult]) -> dict[str, Any]:
    code = unit.unit.code
    return {
        "code": code,
        "name": unit.unit.name,
        "status": unit.status.value,
        "file": unit.file,
        "perhaps": [file.path for file in files if code in file.perhaps],
    }


def _finding(form: Form, finding: Finding, lang: str) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "row": finding.row,
        "measure": finding.measure,
        "rule": finding.rule,
        "counted": finding.counted,
        "open": finding.is_open,
        "found": finding.found,
        "message": message(finding, form, "en" if lang == "en" else "vi"),
    }


def _totals(form: Form, totals: Mapping[Cell, Total]) -> dict[str, Any]:
    """Totals by row and measure; of a row that is summed every measure is named, null where it takes no number."""
    found: dict[str, Any] = {}
    for row in form.rows:
        of_row = {measure: totals.get(Cell(row.key, measure)) for measure in form.measures}
        if any(of_row.values()):
            found[row.key] = {measure: _total(total) for measure, total in of_row.items()}
    return found


def _total(total: Total | None) -> dict[str, int | None] | None:
    if total is None:
        return None
    return {
        "total": total.value,
        "reported": total.coverage.reported,
        "expected": total.coverage.expected,
    }


def write_long_table(consolidation: Consolidation, out: Path, suffix: str) -> None:
    """Write one line for every input cell of every counted return; `suffix` is ".csv" or ".parquet".

    The values of a row and measure add up to its total: units that are listed without being summed are not in it.
    """
    lines = list(_lines(consolidation))
    if suffix == ".parquet":
        _write_parquet(lines, out)
        return
    # The mark at the start is what Excel knows UTF-8 by.
    with out.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for line in lines:
            writer.writerow([_harmless(cell) for cell in line])


def _lines(consolidation: Consolidation) -> Iterator[tuple[Any, ...]]:
    for unit in consolidation.units:
        counted = unit.counted
        if counted is None or not unit.in_total:
            continue
        path = _as_utf8(counted.path)
        for entry in counted.entries:
            yield (
                unit.unit.code,
                unit.unit.name,
                entry.row,
                entry.measure,
                entry.value if entry.counted else None,
                entry.state.value,
                path,
                counted.sheet,
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

    # The types are stated: a column without any text would else be one of nothing.
    columns = {}
    for index, name in enumerate(COLUMNS):
        kind = pa.int64() if name == "value" else pa.string()
        columns[name] = pa.array([line[index] for line in lines], kind)
    pq.write_table(pa.table(columns), out)
