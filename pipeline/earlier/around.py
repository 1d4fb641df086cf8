"""The lines around the table of `Tổng hợp` in an older summary, known by their keys in its hidden column.

Some are dotted and meant to be filled in, and names are written below the posts of those who sign: these are kept.
Whatever else a person wrote there is told.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.earlier.cells import Change
from pipeline.model import HandName
from pipeline.read import Sheet, cell_name
from pipeline.read_back import ATTACHMENT, DATE, DERIVED, MOTTO, ORGAN, SIGNED, STATE, TITLE, is_left_to_people
from pipeline.recognise import Labels, Located, locate
from pipeline.summary.derived import derived_label
from pipeline.summary.totals import place_and_date
from pipeline.summary.words import Words
from schemas.form import Form
from schemas.register import Office
from schemas.text import fold, tidy

_DOTTED = "…"
_STATES = ("totals.open", "totals.closed", "totals.closed_but")


@dataclass(frozen=True, slots=True)
class Around:
    """The sheet of totals, and which of its rows are lines of the program."""

    sheet: Sheet
    located: Located
    width: int
    """column of the keys: what stands to the left of it is printed"""
    keys: Mapping[int, str]
    """row -> key of its line"""

    def texts(self, row: int) -> Iterator[tuple[int, str]]:
        """What is written in a row: column and text."""
        for column in range(self.width):
            value = self.sheet.value(row, column)
            text = tidy(value) if isinstance(value, str) else str(value)
            if text:
                yield column, text

    @property
    def posts(self) -> list[int]:
        """Rows of posts of those who sign."""
        return [row for row, key in self.keys.items() if key.startswith(SIGNED)]

    def is_name(self, row: int, column: int, *, right: bool) -> bool:
        """Tell whether a text is a name under a post, in the right half or in the left."""
        middle = max((at for post in self.posts for at, _ in self.texts(post)), default=0)
        is_free = is_left_to_people(self.keys.get(row, ""), right=right)
        return any(post < row for post in self.posts) and is_free and (column >= middle) is right

    @property
    def below(self) -> range:
        """Rows below the table."""
        return range(self.located.last_row + 1, self.sheet.first_row + len(self.sheet.rows))


def find_around(sheet: Sheet | None, labels: Labels) -> Around | None:
    """Find the lines around the totals; None where the sheet or its keys are gone."""
    located = locate(sheet, labels)[:1] if sheet else ()
    if sheet is None or not located:
        return None
    wanted = fold(labels.stamp.row_key)
    column = next((c for _, c, value in sheet.filled() if isinstance(value, str) and fold(value) == wanted), None)
    if column is None:
        return None
    rows = range(sheet.first_row + len(sheet.rows))
    values = {row: str(sheet.value(row, column)) for row in rows}
    keys = {row: key for row, key in values.items() if key.startswith((SIGNED, DERIVED)) or key in _ABOVE}
    return Around(sheet, located[0], column, keys) if keys else None


_ABOVE = frozenset({ORGAN, MOTTO, DATE, TITLE, ATTACHMENT, STATE})


def filled_lines(around: Around, office: Office, words: Words) -> Mapping[str, str]:
    """Read the dotted lines that were filled in, whole or in part."""
    templates = _templates(office, words)
    found = {}
    for row, key in around.keys.items():
        text = next((text for column, text in reversed([*around.texts(row)]) if _is_at(key, column)), "")
        if key in templates and _is_filled(text, templates[key]):
            found[key] = text
    return found


def _templates(office: Office, words: Words) -> Mapping[str, str]:
    return {ATTACHMENT: words("totals.attachment"), DATE: place_and_date(office, words)}


def _is_at(key: str, column: int) -> bool:
    """The date stands in the right half of its line, the attachment over the whole width."""
    return column > 0 or key != DATE


def _is_filled(text: str, template: str) -> bool:
    """Tell a line that a person filled from a dotted one, also from that of an office of another name."""
    is_dotted = _DOTTED in text and not any(map(str.isdecimal, text))
    return bool(text) and not is_dotted and fold(text) != fold(template)


def written_names(around: Around) -> Iterator[HandName]:
    """Read what is written between and below the posts of those who sign."""
    for row in around.below:
        above = [post for post in around.posts if post < row]
        for right in (False, True) if above else ():
            said = [(column, text) for column, text in around.texts(row) if around.is_name(row, column, right=right)]
            if said:
                text = " ".join(text for _, text in said)
                place = cell_name(row, said[0][0])
                yield HandName(around.keys[above[-1]], row - above[-1], right, text, around.sheet.name, place)


def changed_lines(around: Around, office: Office, form: Form, words: Words) -> Iterator[Change]:
    """Tell texts above and below the table that are neither the program's own nor kept."""
    own = {fold(text) for text in _own_texts(office, form, words) if text}
    sums = _derived_sums(around, form)
    kept = {*filled_lines(around, office, words).values()}
    for row in (*range(around.located.first_head_row), *around.below):
        for column, text in around.texts(row):
            is_state = around.keys.get(row) == STATE and _is_state(text, words)
            is_name = any(around.is_name(row, column, right=right) for right in (False, True))
            is_sum = row in sums and around.sheet.value(row, column) == sums[row]
            if not (fold(text) in own or text in kept or is_state or is_name or is_sum):
                yield Change(around.sheet.name, cell_name(row, column), text, next="copy")


def _derived_sums(around: Around, form: Form) -> Mapping[int, float]:
    """What the lines of derived sums show, as their parts stand in the table: row -> sum."""
    located, sums = around.located, {}
    lines = {key: row for row, key in around.keys.items()}
    for one in form.derived:
        places = [(located.rows.get(cell.row, -1), located.columns.get(cell.measure, -1)) for cell in one.parts]
        values = [value for place in places if isinstance(value := around.sheet.value(*place), int | float)]
        if values and f"{DERIVED}{one.id}" in lines:
            sums[lines[f"{DERIVED}{one.id}"]] = sum(values)
    return sums


def _own_texts(office: Office, form: Form, words: Words) -> Iterator[str]:
    yield from (office.superior_organ, office.organ, *office.signers, form.summary_title)
    yield from _templates(office, words).values()
    yield from map(words, ("page.state", "page.motto", "totals.maker", "totals.maker_hint", "totals.signer_hint"))
    yield from map(words, ("totals.derived_mark", "totals.derived_open"))
    yield from (derived_label(one, words) for one in form.derived)


def _is_state(text: str, words: Words) -> bool:
    """Tell the line that says whether the figures are final, whatever its numbers were."""
    patterns = (re.sub(r"\\\{\w+\\\}", ".*", re.escape(words.texts[key])) for key in _STATES)
    return any(re.fullmatch(pattern, text) for pattern in patterns)
