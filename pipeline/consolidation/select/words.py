"""What the name of a file says of its place in a row of corrections, and the words that settling needs."""

import re
from functools import cache
from pathlib import PurePosixPath

from pipeline.wording import WORDING
from schemas.definition import Table, read_toml
from schemas.text import fold_words

_WORDING = WORDING / "settle.toml"


@cache
def settle_words() -> Table:
    """Load the words once."""
    return read_toml(_WORDING)


@cache
def words_of_pages() -> frozenset[str]:
    """Words of which a header or footer consists that tells the number of its page."""
    return frozenset(map(fold_words, settle_words().texts("pages")))


@cache
def _hints() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Patterns of words that say "corrected", and of those that number the correction."""
    named, numbered = ("|".join(map(fold_words, settle_words().texts(name))) for name in ("corrections", "numbered"))
    return re.compile(rf"\b(?:{named})\b"), re.compile(rf"\b(?:{numbered}) ?(\d{{1,2}})\b")


def rank_of(path: str) -> int:
    """Say which version a file calls itself: 0 for the plain name, 1 "sửa", 2 "lần 2" or "(1)", 3 "lần 3" ..."""
    stem = PurePosixPath(path.rpartition("!")[2]).stem
    named, numbered = _hints()
    words = fold_words(stem)
    numbers = [int(number) for number in numbered.findall(words)]
    numbers += [int(number) + 1 for number in re.findall(r"\((\d{1,2})\)\s*$", stem)]
    return max([number for number in numbers if number > 1], default=1 if named.search(words) else 0)
