"""What an officer wrote in an older summary where the program leaves room: it is kept in the new one."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from pipeline.extract.locate import Labels
from pipeline.extract.own.hand_places import TotalsSheet, find_ledger, find_totals, hand_cells_of_ledger
from pipeline.extract.own.summary import ATTACHMENT, DATE
from pipeline.extract.own.summary_words import SummaryWords
from pipeline.model import ByHand, HandLine, HandName
from pipeline.readers.sheets import CellValue, Sheet, cell_name
from schemas.rules import Cell
from schemas.text import fold, tidy


def read_by_hand(sheets: Mapping[str, Sheet], labels: Labels, words: SummaryWords) -> ByHand:
    """Read notes, remarks, filled lines and names from the sheets of an older summary, by name."""
    ledger = sheets.get(words("sheets.ledger"))
    page = find_totals(sheets.get(words("sheets.totals")), labels)
    return ByHand(
        lines=tuple(_lines(ledger, words)) if ledger else (),
        notes=_notes(page, labels) if page else {},
        dotted=_dotted(page, words) if page else {},
        names=tuple(_names(page)) if page else (),
    )


def _notes(page: TotalsSheet, labels: Labels) -> Mapping[Cell, str]:
    texts = {cell: _text(page.sheet.value(*place)) for cell, place in page.places_for_words(labels).items()}
    return {cell: text for cell, text in texts.items() if text}


def _dotted(page: TotalsSheet, words: SummaryWords) -> Mapping[str, str]:
    """Read the dotted lines that were filled in, whole or in part; the place may be that of another office."""
    blank = {
        ATTACHMENT: fold(words("totals.attachment")),
        DATE: ".*" + fold(words("page.place_and_date", place="")),
    }
    found = {}
    for key, address in page.dotted():
        text = _text(page.sheet.value(*address))
        if not re.fullmatch(blank[key], fold(text)):
            found[key] = text
    return found


def _names(page: TotalsSheet) -> Iterator[HandName]:
    """Read what is written between and below the posts of those who sign."""
    written: dict[tuple[str, int, bool], list[tuple[int, int]]] = {}
    for post, down, right, place in page.names():
        written.setdefault((post, down, right), []).append(place)
    for (post, down, right), places in written.items():
        text = " ".join(_text(page.sheet.value(*place)) for place in places)
        yield HandName(post, down, right, text, page.sheet.name, cell_name(*places[0]))


def _lines(sheet: Sheet, words: SummaryWords) -> Iterator[HandLine]:
    heads = find_ledger(sheet, words)
    written: dict[int, dict[str, str]] = {}
    for row, key, place in hand_cells_of_ledger(sheet, heads, words):
        if text := _text(sheet.value(*place)):
            written.setdefault(row, {})[key] = text
    for row, texts in written.items():
        code, file = (_text(sheet.value(row, heads.columns[key])) for key in ("code", "file"))
        yield HandLine(code, file, texts, sheet.name, cell_name(row, heads.columns[next(iter(texts))]))


def _text(value: CellValue) -> str:
    """Text of a cell that a person filled; a date as it is written here, a whole number without its ".0"."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(value) if isinstance(value, str) else str(value)
