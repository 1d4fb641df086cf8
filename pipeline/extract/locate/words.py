"""The words by which a form is found, folded once for all files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from pipeline.extract.locate.around_words import load_around_words
from pipeline.extract.locate.scales import Scales
from pipeline.extract.numbers import load_number_words
from pipeline.extract.own.stamp import StampWords
from pipeline.extract.periods import OwnPeriod
from pipeline.extract.similarity import Likeness, likeness_of, without_enumerator
from schemas.form import Form, ValueKind
from schemas.text import fold, fold_words

UNIT_LINE = "unit_line"
"""stamp of a line "Đơn vị: ...", which may name whose return it is or what money is counted in"""
NAMES_UNIT = frozenset({"unit_code", "unit_name", UNIT_LINE})
"""stamps that say whose return it is"""
STAMPS = (
    "form_id",
    "form_version",
    "unit_code",
    "unit_name",
    "kind",
    "filled_by",
    "phone",
    "source",
    "blank_means_zero",
)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")


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
    def every_text(self) -> frozenset[str]:
        """Folded labels, heads and stamp labels: by them the encoding of a whole workbook is decided."""
        return frozenset((*self.rows, *self.spellings, *self.heads, *self.tops, *self.stamps))

    @cached_property
    def order(self) -> Mapping[str, int]:
        """Row key -> place in the form."""
        return {row.key: place for place, row in enumerate(self.form.rows)}

    @cached_property
    def label_key(self) -> str:
        """Key of the column of labels."""
        return next(column.key for column in self.form.columns if column.role == "label")

    @cached_property
    def unit_key(self) -> str | None:
        """Key of the column of units of measure, if the form has one."""
        return next((column.key for column in self.form.columns if column.role == "unit"), None)

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
    def own_heads(self) -> Mapping[str, str]:
        """Column key -> its folded head as printed."""
        return {column.key: fold(column.head[-1]) for column in self.form.columns}

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
        column = self.form.column_by_key[self.label_key]
        return frozenset(map(fold, (column.head[-1], *column.aliases)))

    @cached_property
    def special_heads(self) -> Mapping[str, str]:
        """Folded head of a column that a program wrote -> what it holds: the keys, or the marks of a summary."""
        return {fold(self.stamp.row_key): "key", fold(self.stamp.mark): "mark"}

    @cached_property
    def stamps(self) -> Mapping[str, str]:
        """Folded stamp label -> its name."""
        return {fold(text): name for name in STAMPS for text in self.stamp.spellings(name)}

    @cached_property
    def unit_lines(self) -> frozenset[str]:
        """Folded words of the unit column, which before a colon may also name the reporting unit, and others."""
        return frozenset(map(fold, (*self._unit_words, *load_around_words().unit_labels)))

    @cached_property
    def unit_labels(self) -> frozenset[str]:
        """Folded words that name the reporting unit also without a colon."""
        return frozenset(map(fold, load_around_words().unit_labels))

    @cached_property
    def level_lines(self) -> frozenset[str]:
        """Folded words for a level or a part, which before a colon name the reporting unit with what follows."""
        return frozenset(map(fold, load_around_words().level_labels))

    @cached_property
    def _measure_words(self) -> frozenset[str]:
        """Folded words of which units of measure consist."""
        numbers = load_number_words()
        counted = (word for words in self.form.unit_words.values() for word in words)
        texts = (*(row.unit_of_measure for row in self.form.rows), *counted, *numbers.currency, *numbers.magnitudes)
        return frozenset(word for text in texts for word in fold_words(text).split())

    def is_measure(self, text: str) -> bool:
        """Tell whether a text consists of units of measure and sizes alone: "đồng", "lớp/người", "1.000 đ"."""
        return all(word.isdecimal() or word in self._measure_words for word in fold_words(text).split())

    @cached_property
    def coverage_heads(self) -> Mapping[str, str]:
        """Folded head of a coverage column -> its measure."""
        columns = self.form.column_by_key
        return {fold(self.stamp.coverage_head(columns[key].short)): key for key in self.form.measures}

    @cached_property
    def bare(self) -> frozenset[str]:
        """Rows whose label says little by itself: all its words stand in another label ("Tập thể").

        They are matched only at their place, because an office may list the same words elsewhere.
        """
        words = {row.key: frozenset(fold_words(row.label).split()) for row in self.form.rows}
        return frozenset(
            row.key
            for row in self.form.rows
            if row.parent and any(row.key != other and words[row.key] <= words[other] for other in words)
        )

    @cached_property
    def money_rows(self) -> frozenset[str]:
        """Rows that take money."""
        return frozenset(row.key for row in self.form.rows if ValueKind.MONEY in row.kinds.values())

    @cached_property
    def scales(self) -> Scales:
        """How a text says that money is counted in a multiple of the currency."""
        counted = {fold_words(word) for words in self.form.unit_words.values() for word in words}
        return Scales(frozenset({*map(fold_words, self._unit_words)} - {""}), frozenset(counted))

    @property
    def _unit_words(self) -> tuple[str, ...]:
        column = self.form.column_by_key.get(self.unit_key or "")
        return (column.head[-1], *column.aliases) if column else ()

    def row_of(self, text: str) -> str | None:
        """Row key that a label means by its exact words or a known spelling.

        Before it may stand a dash or a number, and behind it the unit of measure of its row in brackets.
        """
        found = self._row_of(text)
        if found or not (behind := _IN_BRACKETS.search(text)):
            return found
        key = self._row_of(text[: behind.start()])
        return key if key and fold(self.form.by_key[key].unit_of_measure) == fold(behind[1]) else None

    def _row_of(self, text: str) -> str | None:
        folded = fold(text)
        found = self.rows.get(folded) or self.spellings.get(folded)
        if found:
            return found
        bare = fold(without_enumerator(text))
        return self.rows.get(bare) or self.spellings.get(bare) if bare != folded else None

    def titles(self, keys: Iterable[str]) -> tuple[str, ...]:
        """The printed labels of some rows."""
        return tuple(self.form.by_key[key].title for key in keys)

    def root_of(self, key: str) -> str:
        """The numbered row that a row stands under; itself if it stands under none."""
        row = self.form.by_key[key]
        return self.root_of(row.parent) if row.parent else key

    @cached_property
    def own_titles(self) -> tuple[str, ...]:
        """Folded words of the titles of the form itself: what they say is no surprise."""
        form = self.form
        return tuple(
            map(fold_words, (form.name, form.subject, form.summary_title, *form.title_lines, *form.references))
        )

    @cached_property
    def own_period(self) -> OwnPeriod:
        """The period that the form asks for, and its letter."""
        return OwnPeriod(self.form)

    @cached_property
    def years(self) -> frozenset[str]:
        """The years that the form itself may name."""
        return frozenset(map(str, self.own_period.years))

    @cached_property
    def likeness(self) -> Likeness:
        """What tells the labels of this form apart."""
        return likeness_of(self.form)
