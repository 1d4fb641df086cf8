"""What the money of a form is counted in: a multiple of the currency that is said anywhere around it, or in it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from pipeline.extract.locate.around import is_figure, plain
from pipeline.extract.locate.shape import Address, Body
from pipeline.extract.locate.words import Labels
from pipeline.extract.numbers import load_number_words, read_number, sums_in
from pipeline.readers.sheets import CellValue, Sheet
from schemas.form import ValueKind
from schemas.text import fold

_REACH = 8
"""the words for a unit of measure stand at most this many columns left of it"""
_MULTIPLES = (1_000, 1_000_000, 1_000_000_000)
_MOST_AMOUNTS = 8
"""of more amounts only the sum of all is looked for"""


@dataclass(frozen=True, slots=True)
class Said:
    """A text that says something of the money, and where it stands."""

    place: Address
    text: str


def money_scale(sheet: Sheet, labels: Labels, body: Body, others: Collection[Address]) -> Said | None:
    """Find a text that says that money is counted in thousands or millions: its place and what it says.

    Looked at are the texts that are no part of the form, its head, the name of the sheet, every cell of the rows of
    money and of the rows above them, the rows of text, and any note that names it as the unit of measure ("tính theo
    nghìn"); the unit of measure of each row of money is compared by itself. A sum that is a thousand or a million
    times what the form states says it too.
    """
    beside = list(_beside_money(sheet, labels, body))
    said = list(_texts(labels, [*_around(sheet, labels, body, others), *beside]))
    found = [one for one in said if labels.scales.of_money(one.text) or labels.scales.is_size_alone(one.text)]
    found += (one for one in _texts(labels, beside) if labels.scales.holds_short(one.text))
    found += (Said(place, plain(sheet.value(*place))) for place in others if _is_scale(sheet, labels, place))
    amounts = stated_amounts(sheet, labels, body.rows, body.columns)
    found += (one for one in said if _is_apart(labels, body, one) and is_multiple_of(amounts, one.text))
    return min(found, key=lambda one: (one.place, one.text), default=None)


def other_sum(sheet: Sheet, labels: Labels, body: Body, others: Collection[Address]) -> tuple[Said, int] | None:
    """Find a line that states a sum of money which the form's own amounts do not come to; with it, the sum."""
    amounts = stated_amounts(sheet, labels, body.rows, body.columns)
    for one in _texts(labels, [(place, sheet.value(*place)) for place in sorted(others)]):
        is_line = _is_apart(labels, body, one) and labels.scales.says_sum(one.text)
        sums = _sums_in(one.text) if is_line else ()
        if sums and not {*sums, sum(sums)} & _sums_of(amounts):
            return one, sums[0]
    return None


def stated_amounts(sheet: Sheet, labels: Labels, rows: Mapping[str, int], columns: Mapping[str, int]) -> Sequence[int]:
    """Read the amounts that the rows of money state, each in its first number."""
    amounts = []
    places = [columns[key] for key in labels.form.measures if key in columns]
    for key in labels.money_rows & rows.keys():
        values = (sheet.value(rows[key], column) for column in places)
        readings = (read_number(value, kind="money", words=load_number_words()).value for value in values)
        amount = next((value for value in readings if value is not None), None)
        amounts += [amount] if amount is not None else []
    return amounts


def is_multiple_of(amounts: Sequence[int], text: str) -> bool:
    """Tell whether a text states a sum that is a thousand or a million times an amount, or the sum of them."""
    if not any(amounts) or not any(map(str.isalpha, text)):
        return False
    stated = {amount * multiple for amount in {*amounts, sum(amounts)} if amount for multiple in _MULTIPLES}
    sums = _sums_in(text)
    return bool(stated & {*sums, sum(sums)}) and not {*sums, sum(sums)} & {*amounts, sum(amounts)}


@lru_cache(maxsize=4096)
def _sums_in(text: str) -> tuple[int, ...]:
    """Find the sums of money in a text; those of the form itself come again in every return."""
    return tuple(sums_in(text, load_number_words()))


def _is_apart(labels: Labels, body: Body, said: Said) -> bool:
    """Tell whether a text stands in no row of money; one that does is held against the amount of its own row."""
    return said.place[0] not in {body.rows[key] for key in labels.money_rows & body.rows.keys()}


def _sums_of(amounts: Sequence[int]) -> set[int]:
    """Every sum of some of the amounts; a line may add up a part of them."""
    if len(amounts) > _MOST_AMOUNTS:
        return {*amounts, sum(amounts)}
    sizes = range(1, len(amounts) + 1)
    return {sum(some) for size in sizes for some in combinations(amounts, size)}


def _texts(labels: Labels, cells: Sequence[tuple[Address, CellValue]]) -> Iterator[Said]:
    """Give the texts that are no label or head of the form itself."""
    for place, text in cells:
        if isinstance(text, str) and text and not _is_printed(labels, text):
            yield Said(place, text)


def _around(
    sheet: Sheet, labels: Labels, body: Body, others: Collection[Address]
) -> Iterator[tuple[Address, CellValue]]:
    for place in (*others, *body.head.cells):
        yield place, sheet.value(*place)
    yield (max(body.head.first, 0), body.columns[labels.label_key]), sheet.name


def _beside_money(sheet: Sheet, labels: Labels, body: Body) -> Iterator[tuple[Address, CellValue]]:
    """Give the cells of the form that may say what money is counted in, with what stands there."""
    parents = {labels.form.by_key[key].parent for key in labels.money_rows}
    note = body.columns.get("note")
    for key, row in body.rows.items():
        if key in labels.money_rows or key in parents:
            yield from _of_money_row(sheet, labels, body, key)
            continue
        kinds = labels.form.by_key[key].kinds
        texts = [body.columns.get(name) for name, kind in kinds.items() if kind is ValueKind.TEXT]
        for column in (*texts, note):
            text = sheet.value(row, column) if column is not None else ""
            if column is not None and isinstance(text, str) and text and (texts or labels.scales.named(text)):
                yield (row, column), text


def _of_money_row(sheet: Sheet, labels: Labels, body: Body, key: str) -> Iterator[tuple[Address, CellValue]]:
    """Give every cell of a row of money, or of the row above such rows, but an amount in its own cell."""
    row = body.rows[key]
    for name, column in body.columns.items():
        place = (row, body.places.get(row, column) if name == labels.label_key else column)
        text = sheet.value(*place)
        if not (key in labels.money_rows and name in labels.form.measures and is_figure(text)):
            yield place, text


def _is_scale(sheet: Sheet, labels: Labels, place: Address) -> bool:
    """Tell whether a cell holds a size and the next thing to its left says that it is the unit of measure."""
    row, column = place
    if not labels.scales.is_size(sheet.value(row, column)):
        return False
    values = (sheet.value(row, left) for left in range(column - 1, column - 1 - _REACH, -1))
    beside = next((value for value in values if value != ""), "")
    return isinstance(beside, str) and labels.scales.is_unit_label(beside)


def _is_printed(labels: Labels, text: str) -> bool:
    """Tell whether a text is a label or head of the form itself."""
    folded = fold(text)
    return folded in labels.rows or folded in labels.heads or folded in labels.tops
