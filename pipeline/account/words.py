"""Wording of the screen in one language, from `wording/console_*.toml`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.languages import Lang
from schemas.definition import read_toml

_WORDING = Path(__file__).parent.parent / "wording"


@cache
def words(lang: Lang) -> Mapping[str, Any]:
    """Wording of the console in one language."""
    return read_toml(_WORDING / f"console_{lang}.toml").values
