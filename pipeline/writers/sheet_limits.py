"""What a sheet of Excel can hold: nothing is cut without a word.

The sheets that we write raise past a limit (`xlsxwriter_inside`), so that whoever writes asks first or goes on
elsewhere.

Limits: "Excel specifications and limits", Microsoft Support; for links, the note on 65,530 in xlsxwriter's `write_url`.
"""

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_LINKS = 65_530
"""a sheet; beyond it Excel drops all of them"""
LONGEST_TEXT = 32_767
"""UTF-16 units in a cell"""
LONGEST_FORMULA = 8_192
"""characters, the sign of equality among them"""


class SheetLimitError(Exception):
    """Something was about to be written that no sheet of Excel can hold."""


def fitted(text: str, most: int = LONGEST_TEXT) -> str:
    """Cut a text to what a cell holds, in UTF-16 units, and show by "…" that it was cut."""
    # No letter takes more than two units, so that short texts need not be counted.
    if 2 * len(text) <= most or _units(text) <= most:
        return text
    kept = text[: most - 1]
    while _units(kept) > most - 1:
        kept = kept[: len(kept) - max(1, (_units(kept) - most + 1) // 2)]
    return kept + "…"


def _units(text: str) -> int:
    return len(text) + sum(letter > "\uffff" for letter in text)
