"""What is read as one: a form on its sheet."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from pipeline.extract.locate import Located
from pipeline.readers.raw import SheetFacts
from pipeline.readers.sheets import Sheet


@dataclass(frozen=True, slots=True)
class SheetPage:
    """One form of a file on its sheet."""

    sheet: Sheet
    form: Located
    facts: SheetFacts | None = None
    """what the second look told of the sheet; None where it was impossible, or not made yet"""
    own: AbstractSet[tuple[int, int]] = frozenset()
    """formulas that the template wrote around the form"""
    differing: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """cells of the sheet that its two readers saw differently, with both readings"""

    def stamped(self, name: str) -> str:
        """What stands beside a stamp label, as typed."""
        stamped = self.form.stamps.get(name)
        return stamped.text if stamped else ""
