"""From a folder of returns to one summary. What a script uses has its public name here.

The names are loaded when they are first asked for: the command starts without what it does not need.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.model.errors import RunError
    from pipeline.readers.register import load_register
    from pipeline.run.consolidate import Request, consolidate
    from pipeline.writers.export import write_report
    from pipeline.writers.summary import write_summary
    from schemas.form import load_form

__all__ = ["Request", "RunError", "consolidate", "load_form", "load_register", "write_report", "write_summary"]

_HOME = {
    "Request": "pipeline.run.consolidate",
    "RunError": "pipeline.model.errors",
    "consolidate": "pipeline.run.consolidate",
    "load_form": "schemas.form",
    "load_register": "pipeline.readers.register",
    "write_report": "pipeline.writers.export",
    "write_summary": "pipeline.writers.summary",
}
"""public name -> the module that holds it"""


def __getattr__(name: str) -> object:
    """Load a public name."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
