"""The words themselves, as data: what officers read, and by which their workbooks and messages are understood."""

from pathlib import Path

WORDING = Path(__file__).parent
