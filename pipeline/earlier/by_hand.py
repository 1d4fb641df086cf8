"""What an officer wrote in an older summary where the program leaves room: it is kept in the new one.

Room is left for notes beside the totals of `Tổng hợp`, in its dotted lines and under the posts of those who sign, and
for the number of the signed paper and remarks in the list of files of `Tình hình nộp`.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from pipeline.earlier.around import filled_lines, find_around, written_names
from pipeline.model import ByHand, HandEdit, HandLine
from pipeline.read import CellValue, Sheet, cell_name
from pipeline.read_back import find_heads
from pipeline.recognise import Labels, locate
from pipeline.summary.words import Words
from schemas.form import NOTE
from schemas.register import Office
from schemas.text import tidy

HAND_COLUMNS = ("paper", "remark")
_KNOWN_BY = ("code", "file")


def read_by_hand(sheets: Mapping[str, Sheet], labels: Labels, office: Office, words: Words) -> ByHand:
    """Read notes, remarks, filled lines and names from the sheets of an older summary, by name."""
    ledger, totals = sheets.get(words("sheets.ledger")), sheets.get(words("sheets.totals"))
    around = find_around(totals, labels)
    return ByHand(
        lines=tuple(_lines(ledger, words)) if ledger else (),
        notes=_notes(totals, labels) if totals else {},
        dotted=filled_lines(around, office, words) if around else {},
        names=tuple(written_names(around)) if around else (),
    )


def read_phones(sheets: Mapping[str, Sheet], words: Words) -> Mapping[str, HandEdit]:
    """Read the telephones of the units from the list of files; only beside the new ones it is told who wrote them."""
    ledger = sheets.get(words("sheets.ledger"))
    wanted = {one.key: one.head for one in words.columns["ledger"] if one.key in ("number", "code", "phone")}
    heads = find_heads(ledger, wanted) if ledger else None
    found: dict[str, HandEdit] = {}
    if ledger is None or not heads:
        return found
    for row in range(heads.row + 1, ledger.first_row + len(ledger.rows)):
        said = {key: _text(ledger.value(row, column)) for key, column in heads.columns.items()}
        if said["number"] and said["code"]:
            place = cell_name(row, heads.columns["phone"])
            found[said["code"]] = HandEdit(ledger.name, place, said["phone"], "register")
    return found


def _notes(sheet: Sheet, labels: Labels) -> Mapping[str, str]:
    found = {}
    for located in locate(sheet, labels)[:1]:
        column = located.columns.get(NOTE)
        for key, row in located.rows.items() if column is not None else ():
            assert column is not None
            if text := _text(sheet.value(row, column)):
                found[key] = text
    return found


def _lines(sheet: Sheet, words: Words) -> Iterator[HandLine]:
    wanted = {one.key: one.head for one in words.columns["ledger"] if one.key in (*HAND_COLUMNS, *_KNOWN_BY)}
    heads = find_heads(sheet, wanted)
    for row in range(heads.row + 1, sheet.first_row + len(sheet.rows)) if heads else ():
        said = {key: _text(sheet.value(row, column)) for key, column in heads.columns.items()}
        texts = {key: said[key] for key in HAND_COLUMNS if said[key]}
        if texts:
            place = cell_name(row, heads.columns[next(iter(texts))])
            yield HandLine(said["code"], said["file"], texts, sheet.name, place)


def _text(value: CellValue) -> str:
    """Text of a cell that a person filled; a date as it is written here, a whole number without its ".0"."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(value) if isinstance(value, str) else str(value)
