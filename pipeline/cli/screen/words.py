"""Wording of the screen in one language, from `wording/console_*.toml`."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pipeline.model.languages import Lang
from pipeline.wording import WORDING
from schemas.definition import read_toml


@cache
def words(lang: Lang) -> Mapping[str, Any]:
    """Wording of the console in one language."""
    return read_toml(WORDING / f"console_{lang}.toml").values
