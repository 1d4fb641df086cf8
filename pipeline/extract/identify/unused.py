"""Whether a folder, a file or a sheet is called as one that is not to be used: "Không dùng", "cũ", "old", "backup"."""

from pipeline.extract.identify.evidence import steps_of
from pipeline.extract.identify.name_words import Words, phrase_at, words_in
from pipeline.extract.identify.names import Names
from pipeline.extract.identify.texts import places_of_units


def says_not_to_use(path: str, names: Names) -> str | None:
    """Give the name of the folder or file that says so; None where nothing does.

    The last words of a name are asked, and those with which the name of a file begins. The name of an archive or of
    an e-mail says nothing of what is in it.
    """
    for step in steps_of(path):
        if step.kind == "folder" and _ends_so(words_in(step.name), names):
            return step.text
        if step.kind == "file":
            words = words_in(step.name)
            if _begins_so(words) or _ends_so(words, names):
                return step.text
    return None


def sheet_says_not_to_use(sheet: str, names: Names) -> bool:
    """Whether a sheet is called so."""
    words = words_in(sheet)
    return _begins_so(words) or _ends_so(words, names)


def _ends_so(words: Words, names: Names) -> bool:
    """Tell whether the last words say so; a number behind them ("cũ 2", "old (1)") changes nothing."""
    end = len(words)
    while end and words.folded[end - 1].isdecimal():
        end -= 1
    for start in range(end):
        if phrase_at(words, start, "not_used") == end - start and not _is_corrected(words, start):
            return True
    last = end - 1
    if last < 0 or phrase_at(words, last, "not_used_if_marked") != 1:
        return False
    if not words.bears_marks(last):
        return end == 1 or _stands_apart(words, last, names)
    return not (_is_corrected(words, last) or _is_former_place(words, last, names))


def _begins_so(words: Words) -> bool:
    """Tell whether a name begins so, and goes on with something else: "Không dùng - Đông Mai", "Backup of Đông Mai"."""
    count = phrase_at(words, 0, "not_used_first")
    is_short = count == 1 and phrase_at(words, 0, "not_used_if_marked")
    return count > 0 and (not is_short or words.bears_marks(0) or count in words.starts)


def _stands_apart(words: Words, last: int, names: Names) -> bool:
    """Tell whether a word without marks stands in brackets, behind a sign, or right behind the name of a unit."""
    is_behind_unit = last - 1 in set(places_of_units(words, names)) and not _is_former_place(words, last, names)
    return last in words.starts or is_behind_unit


def _is_corrected(words: Words, start: int) -> bool:
    """Tell whether the word before turns it into another: "sửa sai"."""
    return any(
        phrase_at(words, before, "not_used_after") == start - before for before in range(max(start - 2, 0), start)
    )


def _is_former_place(words: Words, last: int, names: Names) -> bool:
    """Tell whether a former place is named so behind the unit: "Phường Hiệp Hòa (xã Sông Khoai cũ)"."""
    level = next((index for index in range(last - 1, -1, -1) if phrase_at(words, index, "places")), 0)
    return any(index < level for index in places_of_units(words, names))
