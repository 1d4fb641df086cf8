"""The words by which a form is found, folded once for all files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache, cached_property
from pathlib import Path
from unicodedata import digit

from pipeline.likeness import Likeness, likeness_of, without_enumerator
from pipeline.numbers import load_number_words
from pipeline.read import CellValue
from pipeline.stamp import StampWords
from schemas.definition import read_toml
from schemas.form import Form, ValueKind
from schemas.text import fold, fold_words

UNIT_LINE = "unit_line"
"""stamp of a line "Đơn vị: ...", which may name whose return it is or what money is counted in"""
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
_GROUP = 3
_THOUSANDS = "1(?: ?000){1,3}"
_POWER = re.compile(r"(?<![0-9])10 ?(?:\^ ?([369])|([³⁶⁹]))")
_PARTS = re.compile(r"[()\[\]:;\n]")
"""what stands on both sides of one of these is not read as one phrase"""
_SCALES = (1_000, 1_000_000, 1_000_000_000)
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")
_WORDING = Path(__file__).parent.parent / "wording" / "around.toml"


def _one_of(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _without_powers(text: str) -> str:
    """Write "10^3" and "10³" as 1000."""
    return _POWER.sub(lambda power: f"1{'000' * (digit(power[1] or power[2]) // _GROUP)}", text)


@dataclass(frozen=True)
class AroundWords:
    """What the texts around a table may say of its figures, folded; see wording/around.toml."""

    counted_in: tuple[str, ...]
    between: tuple[str, ...]
    not_sizes: tuple[str, ...]
    before_size: tuple[str, ...]
    year: str
    not_before_year: tuple[str, ...]
    month: str
    no_results: tuple[str, ...]
    other_period: tuple[str, ...]
    number_of: str
    results: tuple[str, ...]
    references: tuple[str, ...]
    carrying_out: tuple[str, ...]
    documents: tuple[str, ...]
    plain_sheets: tuple[str, ...]

    @cached_property
    def named_year(self) -> re.Pattern[str]:
        """The year of the figures in a title: "năm 2020"."""
        before = "".join(rf"(?<!{re.escape(word)} )" for word in self.not_before_year)
        return re.compile(rf"{before}{self.year} (20[0-9]{{2}})(?![0-9])")

    @cached_property
    def dated(self) -> re.Pattern[str]:
        """A date of signing: "tháng 10 năm 2021"."""
        return re.compile(rf"{self.month} [0-9]{{1,2}} {self.year} 20[0-9]{{2}}")

    @cached_property
    def other_figures(self) -> re.Pattern[str]:
        """A title that says that its figures are no results, or those of another period."""
        plans, periods = _one_of(self.no_results), _one_of(self.other_period)
        return re.compile(rf"^(?:{plans})(?![0-9a-z])(?! {self.number_of}\b)|\b(?:{periods})(?![0-9a-z])")

    @cached_property
    def year_of_results(self) -> re.Pattern[str]:
        """The head of the column that holds the results of a year: "Năm 2020", "Thực hiện 2020"."""
        return re.compile(rf"(?:(?:{_one_of(self.results)}) )*(?:{self.year} )?20[0-9]{{2}}")

    @cached_property
    def year_in_name(self) -> re.Pattern[str]:
        """A year in the name of a sheet or file, "HTSD 2020", but not that of a date, "10.10.2020"."""
        return re.compile(r"(?<!\b[0-9] )(?<!\b[0-9]{2} )(?<![0-9a-z])20[0-9]{2}(?![0-9a-z])")

    @cached_property
    def reference(self) -> re.Pattern[str]:
        """A line that refers to a document: "Căn cứ ...", "Thực hiện Quyết định ...", "Báo cáo số 15 ..."."""
        start, doing, documents = map(_one_of, (self.references, self.carrying_out, self.documents))
        return re.compile(rf"^(?:{start}|(?:{doing}) (?:{documents}))\b|\b(?:{documents}) {self.number_of} [0-9]")

    def is_plain_sheet(self, name: str) -> bool:
        """Tell whether a program named a sheet: "Sheet1", "Sheet 2", "Trang tính1 (2)"."""
        return re.fullmatch(rf"(?:{_one_of(self.plain_sheets)})(?: ?[0-9]+)*", fold_words(name)) is not None


@cache
def load_around_words() -> AroundWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    names = [item.name for item in fields(AroundWords)]
    table.known(names)

    def several(name: str) -> tuple[str, ...]:
        return tuple(map(fold_words, table.texts(name)))

    return AroundWords(
        counted_in=several("counted_in"),
        between=several("between"),
        not_sizes=several("not_sizes"),
        before_size=several("before_size"),
        year=fold_words(table.text("year")),
        not_before_year=several("not_before_year"),
        month=fold_words(table.text("month")),
        no_results=several("no_results"),
        other_period=several("other_period"),
        number_of=fold_words(table.text("number_of")),
        results=several("results"),
        references=several("references"),
        carrying_out=several("carrying_out"),
        documents=several("documents"),
        plain_sheets=several("plain_sheets"),
    )


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
        """Folded words of the unit column, which before a colon may also name the reporting unit."""
        return frozenset(map(fold, self._unit_words))

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

    def money_scale(self, text: str) -> bool:
        """Tell whether a text says a multiple of the currency: "nghìn đồng", "1.000 đ", "x1000", "ĐVT: triệu".

        A sum of money is none, in figures ("15 triệu đồng") or in words ("mười triệu đồng").
        """
        if self.named_scale(text):
            return True
        return any(self._is_scale_in(fold_words(part)) for part in _PARTS.split(_without_powers(text)))

    def _is_scale_in(self, words: str) -> bool:
        before = ((words[: match.start()].split() or [""])[-1] for match in self._money_scale.finditer(words))
        return any(not word[-1:].isdecimal() and word not in self._of_a_sum for word in before)

    @cached_property
    def _money_scale(self) -> re.Pattern[str]:
        words = load_number_words()
        sizes = _one_of(words.magnitudes)
        money = _one_of({fold_words(word) for word in words.currency})
        multiple = rf"(?:(?:{sizes}) |{_THOUSANDS} ?)(?:{money})|x ?{_THOUSANDS}"
        return re.compile(rf"(?<![0-9a-z])(?:{multiple})(?![0-9a-z])")

    @cached_property
    def _of_a_sum(self) -> frozenset[str]:
        """Words after which a size belongs to a sum of money."""
        words = load_number_words()
        spelt = {word for number in words.in_letters for word in number.split()}
        return frozenset({*spelt, *map(fold_words, words.no_suggestion), *load_around_words().before_size} - {""})

    @cached_property
    def _named_scale(self) -> re.Pattern[str]:
        around = load_around_words()
        units = _one_of({*map(fold_words, self._unit_words), *around.counted_in} - {""})
        counted = {fold_words(word) for words in self.form.unit_words.values() for word in words}
        between, others = _one_of(around.between), _one_of({*around.not_sizes, *counted} - {""})
        sizes = f"(?:{_one_of(self.sizes)}|{_THOUSANDS})"
        return re.compile(
            rf"(?<![0-9a-z])(?:{units}) (?:(?:{between}) )?{sizes}(?![0-9a-z])(?! (?:{others})(?![0-9a-z]))"
        )

    def named_scale(self, text: str) -> bool:
        """Tell whether a text names a multiple as what is counted in: "ĐVT: triệu", "số liệu tính theo nghìn"."""
        return bool(self._named_scale.search(fold_words(_without_powers(text))))

    def is_scale(self, value: CellValue) -> bool:
        """Tell whether what stands beside the words for a unit of measure is a size: 1000, "1.000", "triệu"."""
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value in _SCALES
        words = fold_words(value) if isinstance(value, str) else ""
        return bool(words) and (words in self.sizes or re.fullmatch(_THOUSANDS, words) is not None)

    @cached_property
    def sizes(self) -> frozenset[str]:
        """Words of size that stand alone for a unit of money: "nghìn", "triệu", "trđ"."""
        return frozenset(size for size in load_number_words().magnitudes if len(size) > 1)

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
    def years(self) -> frozenset[str]:
        """The years that the form itself may name: those of its days and of its letter."""
        return frozenset(str(day.year) for day in (self.form.first_day, self.form.last_day, self.form.letter_date))

    @cached_property
    def likeness(self) -> Likeness:
        """What tells the labels of this form apart."""
        return likeness_of(self.form)
