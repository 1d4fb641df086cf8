"""Decisions that were written in another place than the workbook of this summary, and so are not applied.

OneDrive, Google Drive and Dropbox put a copy beside a workbook that two people saved; an officer renames a summary,
saves the workbook in another format, or copies a sheet of it. What a person wrote there is told, unless the workbook of
this summary says the same. The workbook of another summary is that summary's own.
"""

import zipfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.decisions.opened import lines_of_other
from pipeline.decisions.saved import SavedBook, SavedLine
from pipeline.decisions.words import DecisionWords
from pipeline.findings import codes, finding
from pipeline.model import Finding
from pipeline.readers.find import DECISIONS_SUFFIX
from pipeline.readers.kinds import Unreadable
from pipeline.readers.sheets import OverLimit
from schemas.text import display_name, fold

_SUFFIXES = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"})
_SUMMARY_SUFFIX = ".xlsx"
_MARKS = ("list_answers_cells", "list_answers_files")
"""names of lists that every decisions workbook bears, whatever its file is called"""
_PARTS_WITH_NAMES = ("xl/workbook.xml", "xl/workbook.bin", "content.xml")
_LOOKED_AT_BYTES = 4_000_000
_TEMPORARY = ("~", ".")
"""how the names begin of what a program puts beside a file that is open in it"""


def other_books(folders: Iterable[Path], own: Collection[Path], words: DecisionWords) -> list[Path]:
    """List the workbooks in some folders that may be decisions workbooks, but for those of other summaries.

    `own` are the real paths of the run's outputs. A file is asked for its name, and where that says nothing for what
    it holds.
    """
    found: dict[Path, None] = {}
    for folder in {folder.resolve() for folder in folders}:
        with suppress(OSError):
            for file in sorted(folder.iterdir()):
                if file not in own and _may_be_one(file, own, words):
                    found[file] = None
    return sorted(found)


def _may_be_one(file: Path, own: Collection[Path], words: DecisionWords) -> bool:
    is_workbook = file.suffix.lower() in _SUFFIXES and not file.name.startswith(_TEMPORARY) and file.is_file()
    if not is_workbook or is_of_another_summary(file, own):
        return False
    return _is_named_so(file, words) or _bears_our_lists(file)


def is_of_another_summary(file: Path, own: Collection[Path]) -> bool:
    """Tell whether another summary lies there whose decisions workbook this is."""
    if not file.name.lower().endswith(DECISIONS_SUFFIX):
        return False
    summary = file.with_name(file.name[: -len(DECISIONS_SUFFIX)] + _SUMMARY_SUFFIX)
    return summary.is_file() and summary.resolve() not in own


def _is_named_so(file: Path, words: DecisionWords) -> bool:
    name = fold(file.stem)
    return any(fold(word) in name for word in words.names_of_files)


def _bears_our_lists(file: Path) -> bool:
    """Look for the names of our lists where a format keeps names."""
    with suppress(OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError):
        if not zipfile.is_zipfile(file):
            with file.open("rb") as handle:
                return _holds_a_mark(handle.read(_LOOKED_AT_BYTES))
        with zipfile.ZipFile(file) as box:
            for name in _PARTS_WITH_NAMES:
                if name in box.namelist():
                    with box.open(name) as part:
                        return _holds_a_mark(part.read(_LOOKED_AT_BYTES))
    return False


def _holds_a_mark(data: bytes) -> bool:
    return any(mark.encode(encoding) in data for mark in _MARKS for encoding in ("utf-8", "utf-16-le"))


def lines_elsewhere(books: Iterable[Path], ours: SavedBook, words: DecisionWords) -> tuple[Finding, ...]:
    """Tell of other workbooks, and of further sheets in ours, in which a person decided what ours does not say."""
    known = {line.said for line in ours.lines}
    return (*_in_copied_sheets(ours, known), *_in_other_books(books, known, words))


def _in_copied_sheets(ours: SavedBook, known: Collection[tuple[str, ...]]) -> Iterator[Finding]:
    for sheet in dict.fromkeys(line.sheet for line in ours.beside):
        count = _count_of_new([line for line in ours.beside if line.sheet == sheet], known)
        if count:
            yield finding(codes.DECISIONS_IN_COPIED_SHEET, sheet=sheet, facts={"count": count})


def _in_other_books(
    books: Iterable[Path], known: Collection[tuple[str, ...]], words: DecisionWords
) -> Iterator[Finding]:
    for book in books:
        try:
            count = _count_of_new(lines_of_other(book.read_bytes(), book.name, words), known)
        except (OSError, Unreadable, OverLimit):
            # Only a file that calls itself one is doubtful: what else cannot be read was never taken for one.
            if _is_named_so(book, words):
                yield finding(codes.DECISIONS_ELSEWHERE_UNREADABLE, facts={"other": name_of(book)})
            continue
        if count:
            yield finding(codes.DECISIONS_ELSEWHERE, facts={"other": name_of(book), "count": count})


def name_of(book: Path) -> str:
    """Name a workbook by its folder too: it may lie beside the summary, or among the returns."""
    return display_name(f"{book.parent.name}/{book.name}")


def _count_of_new(lines: Iterable[SavedLine], known: Collection[tuple[str, ...]]) -> int:
    return sum(line.speaks and line.said not in known for line in lines)
