"""Where the form lies in a grid: found by the words of its head and its labels, never by fixed addresses.

Labels are matched in four steps, each surer than the next: the hidden row key of the template, the exact fold,
a known spelling, and last a similar label within its place in the order (`likeness`). What was inferred is told;
what could be two rows is an error, and neither takes the number.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.findings import finding
from pipeline.likeness import Likeness, likeness_of, without_enumerator
from pipeline.model import Fact, Finding
from pipeline.read import Sheet, cell_name
from pipeline.stamp import StampWords
from schemas.form import Form
from schemas.rules import Severity
from schemas.text import fold, tidy, visible

_HEAD_DEPTH = 3
"""a head and its sub-heads stand in at most this many rows"""
_STAMP_REACH = 8
"""the value of a stamp label stands at most this many columns to its right"""
_ENOUGH = 4
"""with a head above them, this many known labels make a form"""
_NAMED = 12
"""so many addresses or texts are named in one finding"""


@dataclass(frozen=True)
class Labels:
    """The words by which a form is found, folded once."""

    form: Form
    stamp: StampWords
    furniture: frozenset[str]
    """folded texts that template and summary print and that are no content of a return"""

    @cached_property
    def rows(self) -> Mapping[str, str]:
        """Folded label, as printed or mended -> row key."""
        return {fold(text): row.key for row in self.form.rows for text in (row.label, row.label_print) if text}

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Folded other spelling -> row key."""
        aliases = {fold(text): row.key for row in self.form.rows for text in row.aliases}
        return {spelling: key for spelling, key in aliases.items() if spelling not in self.rows}

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Row key -> place in the form."""
        return {row.key: place for place, row in enumerate(self.form.rows)}

    @cached_property
    def heads(self) -> Mapping[str, tuple[str, ...]]:
        """Folded head text -> keys of the columns it may stand over."""
        found: dict[str, list[str]] = {}
        for column in self.form.columns:
            texts = [column.head[-1], *column.aliases, " ".join(column.head)]
            for spelling in dict.fromkeys(map(fold, texts)):
                found.setdefault(spelling, []).append(column.key)
        return {spelling: tuple(keys) for spelling, keys in found.items()}

    @cached_property
    def tops(self) -> Mapping[str, tuple[str, ...]]:
        """Folded upper head text -> keys of the columns below it, in form order."""
        found: dict[str, list[str]] = {}
        for column in self.form.columns:
            if len(column.head) > 1:
                found.setdefault(fold(column.head[0]), []).append(column.key)
        return {spelling: tuple(keys) for spelling, keys in found.items()}

    @cached_property
    def label_heads(self) -> frozenset[str]:
        """Folded spellings of the head over the labels."""
        column = next(column for column in self.form.columns if column.role == "label")
        return frozenset(map(fold, (column.head[-1], *column.aliases)))

    @cached_property
    def stamps(self) -> Mapping[str, str]:
        """Folded stamp label -> its name."""
        names = [
            "form_id",
            "form_version",
            "unit_code",
            "unit_name",
            "kind",
            "filled_by",
            "phone",
            "source",
            "blank_means_zero",
        ]
        return {fold(text): name for name in names for text in self.stamp.spellings(name)}

    @cached_property
    def coverage_heads(self) -> Mapping[str, str]:
        """Folded head of a coverage column -> its measure."""
        columns = self.form.column_by_key
        return {fold(self.stamp.coverage_head(columns[key].short)): key for key in self.form.measures}

    def row_of(self, text: str) -> str | None:
        """Row key that a label means by its exact words or a known spelling, also behind a dash or a number."""
        for key in (fold(text), fold(without_enumerator(text))):
            found = self.rows.get(key) or self.spellings.get(key)
            if found:
                return found
        return None

    @cached_property
    def likeness(self) -> Likeness:
        """What tells the labels of this form apart."""
        return likeness_of(self.form)


@dataclass(frozen=True, slots=True)
class Stamped:
    """The value beside a stamp label, with its place."""

    text: str
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Located:
    """One form in a sheet: which physical row and column is which, zero-based."""

    columns: Mapping[str, int]
    rows: Mapping[str, int]
    first_head_row: int
    last_row: int
    stamps: Mapping[str, Stamped]
    coverage: Mapping[str, int]
    """measure -> column of its coverage, in a summary"""
    mark: int | None
    doubtful: frozenset[str]
    """rows whose place cannot be told: they take no number"""
    findings: tuple[Finding, ...]
    unclaimed: tuple[tuple[int, int], ...] = ()
    """cells that hold something and are no part of the form"""


@dataclass(slots=True)
class _Body:
    """Rows between a head and the next, while they are being matched."""

    head: "_Head"
    first: int
    last: int
    texts: dict[int, str]
    """physical row -> label as typed"""
    rows: dict[str, int] = field(default_factory=dict)
    doubtful: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Head:
    """The head of a form as it was found."""

    first: int
    last: int
    columns: Mapping[str, int]
    altered: bool
    key_column: int | None
    coverage: Mapping[str, int]
    mark: int | None
    clash: tuple[str, ...]
    """columns that two heads claim"""


@dataclass(slots=True)
class _Seen:
    """What the texts of the head rows have told so far."""

    columns: dict[str, int]
    first: int
    last: int
    altered: bool = False
    tops: list[tuple[int, str]] = field(default_factory=list)
    clash: list[str] = field(default_factory=list)
    coverage: dict[str, int] = field(default_factory=dict)
    extra: dict[str, int] = field(default_factory=dict)


def locate(sheet: Sheet, labels: Labels) -> tuple[Located, ...]:
    """Find every filled or blank copy of the form in a sheet; none gives an empty tuple."""
    heads = list(_find_heads(sheet, labels))
    located = []
    for index, head in enumerate(heads):
        last = heads[index + 1].first - 1 if index + 1 < len(heads) else sheet.first_row + len(sheet.rows) - 1
        above = heads[index - 1].last + 1 if index else 0
        body = _match(sheet, labels, head, last)
        if len(body.rows) >= min(_ENOUGH, len(labels.form.rows)):
            located.append(_finish(sheet, labels, body, above))
    return tuple(located)


# The head -------------------------------------------------------------------------------------------------------


def _find_heads(sheet: Sheet, labels: Labels) -> Iterator[_Head]:
    busy = -1
    for row, column, value in sheet.filled():
        if row <= busy or not isinstance(value, str) or fold(value) not in labels.label_heads:
            continue
        head = _read_head(sheet, labels, row, column)
        if head:
            busy = head.last
            yield head


def _read_head(sheet: Sheet, labels: Labels, row: int, label_column: int) -> _Head | None:
    """Read the head that has its label column here; None if no other head stands beside it."""
    label_key = _label_key(labels)
    seen = _Seen({label_key: label_column}, first=row, last=row)
    for line in range(max(row - 1, 0), row + _HEAD_DEPTH):
        if line > row and _is_label_row(sheet, labels, line, label_column):
            break
        for column, text in _texts(sheet, line):
            if line >= row or text not in labels.label_heads:
                _see_head_text(seen, labels, line, column, text)
    inferred = _below_tops(labels, seen.tops, seen.columns)
    columns = seen.columns | inferred
    if set(columns) == {label_key}:
        return None
    return _Head(
        first=seen.first,
        last=seen.last,
        columns=columns,
        altered=seen.altered or bool(inferred),
        key_column=seen.extra.get("key"),
        coverage=seen.coverage,
        mark=seen.extra.get("mark"),
        clash=tuple(seen.clash),
    )


def _see_head_text(seen: _Seen, labels: Labels, line: int, column: int, text: str) -> None:
    """Take one text of the head rows for what it is: a special column, a shared head, or the head of a column."""
    if text == fold(labels.stamp.row_key):
        seen.extra["key"] = column
    elif text == fold(labels.stamp.mark):
        seen.extra["mark"] = column
    elif text in labels.coverage_heads:
        seen.coverage[labels.coverage_heads[text]] = column
    elif text in labels.heads:
        key = next((key for key in labels.heads[text] if key not in seen.columns), labels.heads[text][0])
        if seen.columns.setdefault(key, column) != column:
            seen.clash.append(key)
        seen.altered |= text != fold(labels.form.column_by_key[key].head[-1])
        seen.first, seen.last = min(seen.first, line), max(seen.last, line)
    elif text in labels.tops:
        seen.tops.append((column, text))
        seen.first, seen.last = min(seen.first, line), max(seen.last, line)


def _below_tops(labels: Labels, tops: Sequence[tuple[int, str]], found: Mapping[str, int]) -> dict[str, int]:
    """Where the sub-heads were removed, the columns below a shared head keep their order."""
    inferred: dict[str, int] = {}
    for column, text in tops:
        keys = labels.tops[text]
        if any(key in found for key in keys):
            continue
        taken = {place for key, place in found.items() if key not in keys}
        right = min((place for place in taken if place > column), default=column + len(keys))
        if right - column == len(keys):
            inferred |= {key: column + step for step, key in enumerate(keys)}
    return inferred


def _texts(sheet: Sheet, row: int) -> Iterator[tuple[int, str]]:
    line = row - sheet.first_row
    if 0 <= line < len(sheet.rows):
        for column, value in enumerate(sheet.rows[line], sheet.first_column):
            if isinstance(value, str) and value:
                yield column, fold(value)


def _is_label_row(sheet: Sheet, labels: Labels, row: int, column: int) -> bool:
    value = sheet.value(row, column)
    return isinstance(value, str) and labels.row_of(value) is not None


# The rows -------------------------------------------------------------------------------------------------------


def _match(sheet: Sheet, labels: Labels, head: _Head, last: int) -> _Body:
    column = head.columns[_label_key(labels)]
    texts = {}
    for row in range(head.last + 1, last + 1):
        text = _label_at(sheet, labels, head, row, column)
        if text:
            texts[row] = text
    body = _Body(head, head.last + 1, last, texts)
    claims = _claims(sheet, labels, head, texts)
    _settle_claims(sheet, labels, body, claims)
    _match_alike(sheet, labels, body)
    _match_unlabelled(sheet, labels, body)
    return body


def _label_at(sheet: Sheet, labels: Labels, head: _Head, row: int, column: int) -> str:
    """Read the label of a row; where its cell is empty, a known label elsewhere left of the numbers is one too."""
    value = sheet.value(row, column)
    if isinstance(value, str) and fold(value):
        return tidy(value)
    first_measure = min((head.columns[key] for key in labels.form.measures if key in head.columns), default=column)
    for place in range(sheet.first_column, first_measure):
        text = sheet.value(row, place)
        if isinstance(text, str) and text and labels.row_of(text):
            return tidy(text)
    return ""


def _claims(sheet: Sheet, labels: Labels, head: _Head, texts: Mapping[int, str]) -> dict[str, list[int]]:
    """Which physical rows say, by key or by exact words, that they are which row of the form."""
    claims: dict[str, list[int]] = {}
    for row, text in texts.items():
        key = None
        if head.key_column is not None:
            typed = sheet.value(row, head.key_column)
            key = typed if isinstance(typed, str) and typed in labels.order else None
        by_label = labels.row_of(text)
        for claimed in {key or by_label, by_label or key} - {None}:
            claims.setdefault(str(claimed), []).append(row)
    return claims


def _settle_claims(sheet: Sheet, labels: Labels, body: _Body, claims: Mapping[str, Sequence[int]]) -> None:
    """Give each row of the form its one physical row; two that claim the same row leave it in doubt."""
    owners = Counter(row for rows in claims.values() for row in rows)
    for key, rows in claims.items():
        filled = [row for row in rows if _holds_number(sheet, labels, body.head, row)] if len(rows) > 1 else rows
        chosen = [*filled, *rows][0]
        if len(filled) <= 1 and owners[chosen] == 1:
            body.rows[key] = chosen
        else:
            body.rows[key] = rows[0]
            body.doubtful.add(key)
            places = tuple(cell_name(row, body.head.columns[_label_key(labels)]) for row in rows)
            body.findings.append(finding("S009" if len(rows) > 1 else "S007", row=key, facts={"seen": places}))


def _label_key(labels: Labels) -> str:
    return next(column.key for column in labels.form.columns if column.role == "label")


def _holds_number(sheet: Sheet, labels: Labels, head: _Head, row: int) -> bool:
    places = (head.columns[key] for key in labels.form.measures if key in head.columns)
    return any(not isinstance(value := sheet.value(row, place), str) or fold(value) for place in places)


def _match_alike(sheet: Sheet, labels: Labels, body: _Body) -> None:
    """Match what is left by similar words, between the neighbours that are sure."""
    form, order = labels.form, labels.order
    free_rows = [row for row in body.texts if row not in set(body.rows.values())]
    if not free_rows or len(body.rows) < min(_ENOUGH, len(form.rows)):
        return
    sure = sorted((row, order[key]) for key, row in body.rows.items())
    proposals: dict[str, list[tuple[int, int]]] = {}
    for row in free_rows:
        low = max((place for sure_row, place in sure if sure_row < row), default=-1)
        high = min((place for sure_row, place in sure if sure_row > row), default=len(form.rows))
        window = [form.rows[place].key for place in range(low + 1, high) if form.rows[place].key not in body.rows]
        verdict = labels.likeness.closest(body.texts[row], window)
        for key in verdict.rivals:
            body.doubtful.add(key)
        if len(verdict.rivals) > 1:
            place = cell_name(row, body.head.columns[_label_key(labels)])
            body.findings.append(
                finding(
                    "S007",
                    cell=place,
                    row=verdict.rivals[0],
                    found=body.texts[row],
                    facts={"seen": visible(body.texts[row]), "rivals": _titles(form, verdict.rivals)},
                )
            )
        elif verdict.key:
            proposals.setdefault(verdict.key, []).append((row, verdict.score))
    for key, rows in proposals.items():
        _accept_alike(labels, body, key, rows)


def _accept_alike(labels: Labels, body: _Body, key: str, rows: Sequence[tuple[int, int]]) -> None:
    place = cell_name(rows[0][0], body.head.columns[_label_key(labels)])
    texts = tuple(visible(body.texts[row]) for row, _ in rows)
    body.rows[key] = rows[0][0]
    if len(rows) > 1:
        body.doubtful.add(key)
        body.findings.append(finding("S007", cell=place, row=key, facts={"seen": texts}))
    else:
        facts: dict[str, Fact] = {"seen": texts[0], "score": rows[0][1]}
        body.findings.append(finding("S002", cell=place, row=key, found=body.texts[rows[0][0]], facts=facts))


def _match_unlabelled(sheet: Sheet, labels: Labels, body: _Body) -> None:
    """A row without label takes its place only if one row is missing there and its unit of measure agrees."""
    unit = next((column.key for column in labels.form.columns if column.role == "unit"), None)
    if unit is None or unit not in body.head.columns:
        return
    taken = {row: labels.order[key] for key, row in body.rows.items()}
    for key, place in labels.order.items():
        row_of_form = labels.form.by_key[key]
        if key in body.rows or key in body.doubtful or not row_of_form.unit_of_measure:
            continue
        above = next((row for row, other in taken.items() if other == place - 1), None)
        below = next((row for row, other in taken.items() if other == place + 1), None)
        if above is None or below is None or below - above != 2 or above + 1 in body.texts:  # noqa: PLR2004 - one between
            continue
        said = sheet.value(above + 1, body.head.columns[unit])
        if isinstance(said, str) and fold(said) == fold(row_of_form.unit_of_measure):
            body.rows[key] = above + 1
            cell = cell_name(above + 1, body.head.columns[_label_key(labels)])
            body.findings.append(finding("S002", cell=cell, row=key, facts={"seen": "", "score": 0}))


def _titles(form: Form, keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(form.by_key[key].title for key in keys)


# What is told about the whole -----------------------------------------------------------------------------------


def _finish(sheet: Sheet, labels: Labels, body: _Body, above: int) -> Located:
    head = body.head
    last_row = max(body.rows.values())
    stamps, stamped = _read_stamps(sheet, labels, above, body)
    findings = [
        *_told_of_head(labels, body),
        *body.findings,
        *_told_of_rows(sheet, labels, body),
    ]
    claimed = _claimed(labels, body) | stamped
    unclaimed = tuple(
        (row, column)
        for row, column, value in sheet.filled()
        if above <= row <= body.last and (row, column) not in claimed and not _is_furniture(labels, value)
    )
    return Located(
        columns=head.columns,
        rows=body.rows,
        first_head_row=head.first,
        last_row=last_row,
        stamps=stamps,
        coverage=head.coverage,
        mark=head.mark,
        doubtful=frozenset(body.doubtful),
        findings=tuple(findings),
        unclaimed=unclaimed,
    )


def _is_furniture(labels: Labels, value: object) -> bool:
    return isinstance(value, str) and (not fold(value) or fold(value) in labels.furniture)


def _claimed(labels: Labels, body: _Body) -> set[tuple[int, int]]:
    """Cells that the form itself explains: every cell of its columns in its rows, and its head."""
    head = body.head
    columns = {*head.columns.values(), *head.coverage.values(), head.key_column, head.mark} - {None}
    claimed = {(row, int(column)) for row in body.rows.values() for column in columns if column is not None}
    width = range(max(int(column) for column in columns if column is not None) + 1)
    for row in range(head.first, head.last + 1):
        claimed |= {(row, column) for column in width}
    return claimed


def _read_stamps(
    sheet: Sheet, labels: Labels, above: int, body: _Body
) -> tuple[dict[str, Stamped], set[tuple[int, int]]]:
    """Read what stands beside the stamp labels, above the head or below the last row."""
    stamps: dict[str, Stamped] = {}
    claimed: set[tuple[int, int]] = set()
    last_row = max(body.rows.values())
    rows = [*range(above, body.head.first), *range(last_row + 1, body.last + 1)]
    for row in rows:
        line = row - sheet.first_row
        cells = sheet.rows[line] if 0 <= line < len(sheet.rows) else []
        for column, value in enumerate(cells, sheet.first_column):
            name, behind = _stamp_label(labels, value)
            if name is None:
                continue
            claimed.add((row, column))
            stamped = Stamped(behind, row, column) if behind else _beside(sheet, labels, row, column)
            if stamped and name not in stamps:
                stamps[name] = stamped
                claimed.add((stamped.row, stamped.column))
    return stamps, claimed


def _stamp_label(labels: Labels, value: object) -> tuple[str | None, str]:
    """Name the stamp label of a cell, and what stands behind its colon: "Mã đơn vị: 07135"."""
    if not isinstance(value, str) or not value:
        return None, ""
    if name := labels.stamps.get(fold(value)):
        return name, ""
    label, _, behind = value.partition(":")
    name = labels.stamps.get(fold(label)) if fold(behind) else None
    return name, tidy(behind) if name else ""


def _beside(sheet: Sheet, labels: Labels, row: int, column: int) -> Stamped | None:
    """Find the value of a stamp label: the first text to its right, if that is not the next label."""
    for place in range(column + 1, column + 1 + _STAMP_REACH):
        text = _plain(sheet.value(row, place))
        if text:
            return None if fold(text) in labels.stamps else Stamped(text, row, place)
    return None


def _plain(value: object) -> str:
    """Text of a stamp cell; a code typed as a number loses its ".0"."""
    if isinstance(value, bool):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return tidy(value) if isinstance(value, str) else str(value)


def _told_of_head(labels: Labels, body: _Body) -> Iterator[Finding]:
    head, columns = body.head, labels.form.column_by_key
    for key in labels.form.measures:
        if key not in head.columns:
            yield finding("S006", measure=key, facts={"column": columns[key].short})
        elif key in head.clash:
            yield finding(
                "S006",
                measure=key,
                cell=cell_name(head.last, head.columns[key]),
                facts={"column": columns[key].short},
            )
    if head.altered:
        yield finding("S011", cell=cell_name(head.first, min(head.columns.values())), facts={"how": "words"})


def _told_of_rows(sheet: Sheet, labels: Labels, body: _Body) -> Iterator[Finding]:
    form, order = labels.form, labels.order
    missing = [row.key for row in form.rows if row.key not in body.rows]
    if missing:
        yield finding(
            "S001",
            row=missing[0] if len(missing) == 1 else None,
            facts={"rows": _titles(form, missing), "count": len(missing)},
        )
    places = [order[key] for key, _ in sorted(body.rows.items(), key=lambda item: item[1])]
    if places != sorted(places):
        yield finding("S008")
    spelt = [key for key, row in body.rows.items() if fold(body.texts.get(row, "")) in labels.spellings]
    if spelt:
        yield finding("S012", facts={"count": len(spelt), "rows": _titles(form, spelt)})
    yield from _told_of_strangers(sheet, labels, body)
    yield from _told_of_units(sheet, labels, body)


def _told_of_strangers(sheet: Sheet, labels: Labels, body: _Body) -> Iterator[Finding]:
    """Rows inside the table that the form does not have, where they are numbered or hold numbers."""
    known = set(body.rows.values())
    last = max(known)
    for row, text in body.texts.items():
        if row in known or row > last or fold(text) in labels.furniture:
            continue
        numbers = [
            visible(_plain(value))
            for key in labels.form.measures
            if key in body.head.columns and (value := sheet.value(row, body.head.columns[key])) != ""
        ]
        cell = cell_name(row, body.head.columns[_label_key(labels)])
        facts: dict[str, Fact] = {"seen": visible(text), "numbers": tuple(numbers)}
        yield finding("S003", severity=None if numbers else Severity.INFO, cell=cell, found=text, facts=facts)


def _told_of_units(sheet: Sheet, labels: Labels, body: _Body) -> Iterator[Finding]:
    """A unit of measure that was changed: beside money it may mean thousands, and then no number is sure."""
    unit = next((column.key for column in labels.form.columns if column.role == "unit"), None)
    if unit is None or unit not in body.head.columns:
        return
    for key, row in body.rows.items():
        row_of_form = labels.form.by_key[key]
        said = sheet.value(row, body.head.columns[unit])
        if not isinstance(said, str) or not fold(said) or fold(said) == fold(row_of_form.unit_of_measure):
            continue
        if not row_of_form.unit_of_measure and row_of_form.role == "heading":
            continue
        is_money = any(kind == "vnd" for kind in row_of_form.kinds.values())
        if is_money:
            body.doubtful.add(key)
        yield finding(
            "S010",
            severity=Severity.ERROR if is_money else None,
            cell=cell_name(row, body.head.columns[unit]),
            row=key,
            found=visible(said),
            facts={"seen": visible(said), "expected": row_of_form.unit_of_measure},
        )


def told_of_the_rest(sheet: Sheet, located: Located, own: Collection[tuple[int, int]]) -> Iterator[Finding]:
    """Tell what else stands in the sheet, so that nothing typed is lost: numbers as a warning, texts as a note.

    `own` are cells that a program wrote, such as the text formulas of the template.
    """
    numbers: list[tuple[int, int, str]] = []
    texts: list[tuple[int, int, str]] = []
    rows = set(located.rows.values())
    for row, column in located.unclaimed:
        if (row, column) in own:
            continue
        value = sheet.value(row, column)
        where = f"{cell_name(row, column)}: {visible(_plain(value), 80)}"
        is_number = not isinstance(value, str) or fold(value).isdecimal()
        in_table = located.first_head_row <= row <= located.last_row
        (numbers if is_number and (in_table or row not in rows) else texts).append((row, column, where))
    for code, cells in (("S004", numbers), ("S005", texts)):
        if cells:
            named = tuple(where for _, _, where in cells[:_NAMED])
            yield finding(
                code,
                cell=cell_name(cells[0][0], cells[0][1]),
                found="; ".join(named),
                facts={"found": named, "count": len(cells)},
            )
