"""What stops a whole run. Problems in the data never do; they are findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class RunError(Exception):
    """A run that cannot be done. `code` names its wording in wording/console_*.toml, `facts` fill it."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = 3
    """3: nothing was written, an older summary is untouched; 2: the command was used wrongly"""

    def __str__(self) -> str:
        return f"{self.code} {dict(self.facts)}"
