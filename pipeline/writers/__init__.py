"""What is written: the summary, the blank form, the report, the long table.

The public names are loaded when first used: xlsxwriter takes its time, and neither `--help` nor a reader needs it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.writers.export import (
        is_own_output,
        report_of,
        write_long_table,
        write_report,
    )
    from pipeline.writers.summary import not_kept, write_summary
    from pipeline.writers.template import (
        asked_units,
        file_stem,
        write_template,
        write_templates,
    )

__all__ = [
    "asked_units",
    "file_stem",
    "is_own_output",
    "not_kept",
    "report_of",
    "write_long_table",
    "write_report",
    "write_summary",
    "write_template",
    "write_templates",
]

_HOMES = {
    "asked_units": "template",
    "file_stem": "template",
    "is_own_output": "export",
    "not_kept": "summary",
    "report_of": "export",
    "write_long_table": "export",
    "write_report": "export",
    "write_summary": "summary",
    "write_template": "template",
    "write_templates": "template",
}


def __getattr__(name: str) -> object:
    """Load the part that a public name lives in (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
