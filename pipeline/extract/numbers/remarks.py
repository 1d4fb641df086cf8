"""What a remark beside a number says of it: another number, that it is wrong, or that it counts in thousands.

The words stand in `wording/remarks.toml`.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, fields
from functools import cache, cached_property, lru_cache

from pipeline.extract.numbers.dates import without_dates
from pipeline.extract.numbers.words import load_number_words
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.text import fold_words, tidy

_WORDING = WORDING / "remarks.toml"
_NUMBER = r"\d+(?:[.,']\d+| \d{3}(?!\d))*"
_GROUP = 3
_NO_DATE = r"(?![\d%]|[/.,-]\d)"
# Vietnamese telephone numbers have ten digits and begin with 0, or with 84.
_PHONE = re.compile(r"(?<![\d.,])(?:\+?84|0)(?:[ .-]?\d){8,9}(?![\d])")
_PHRASES = re.compile(r"[,;.!?\n]|(?<!\w)(?:nhưng|song)(?!\w)")
_MARK = re.compile(r"[(\[]\d{1,2}[)\]]|\*+\d?")
"""the mark of a footnote: "(1)" """


@dataclass(frozen=True)
class RemarkWords:
    """The words of remarks, as typed, in lower case."""

    corrections: tuple[str, ...]
    between: tuple[str, ...]
    becomes: tuple[str, ...]
    alone: tuple[str, ...]
    incomplete: tuple[str, ...]
    not_incomplete: tuple[str, ...]
    made_good: tuple[str, ...]
    estimates: tuple[str, ...]
    estimates_alone: tuple[str, ...]
    approximates: tuple[str, ...]
    mistakes: tuple[str, ...]
    replacements: tuple[str, ...]
    other_words: tuple[str, ...]
    places: tuple[str, ...]
    of_a_quantity: tuple[str, ...]
    counted_sizes: tuple[str, ...]
    harmless: tuple[str, ...]

    @cached_property
    def corrected(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A correction with its number, in words with marks, and in words without."""
        return _correction(self, plain=False), _correction(self, plain=True)

    @cached_property
    def correcting(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Any word of correction, in words with marks, and in words without."""
        said = {*self.corrections, *self.mistakes} - {"thực tế"}
        return _words(said, plain=False), _words(said, plain=True)

    @cached_property
    def mistaken(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word that calls a number wrong, in words with marks, and in words without."""
        return _words(self.mistakes, plain=False), _words(self.mistakes, plain=True)

    @cached_property
    def replacing(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word that offers figures for others, in words with marks, and in words without."""
        return _words(self.replacements, plain=False), _words(self.replacements, plain=True)

    @cached_property
    def unlike(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Words that hold one of correction and say something else."""
        return _words(self.other_words, plain=False), _words(self.other_words, plain=True)

    @cached_property
    def lone(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """What leads a whole remark to its number: "điều chỉnh", "="."""
        return _leading(self.alone, plain=False), _leading(self.alone, plain=True)

    @cached_property
    def unfinished(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word that says that a number is not the whole, in words with marks, and in words without."""
        return _words(self.incomplete, plain=False), _words(self.incomplete, plain=True)

    @cached_property
    def not_unfinished(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """Words that hold one of those and say something else."""
        return _words(self.not_incomplete, plain=False), _words(self.not_incomplete, plain=True)

    @cached_property
    def mended(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word that says that what was missing is in."""
        return _words(self.made_good, plain=False), _words(self.made_good, plain=True)

    @cached_property
    def estimating(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word that calls a number an estimate."""
        return _words(self.estimates, plain=False), _words(self.estimates, plain=True)

    @cached_property
    def about(self) -> tuple[re.Pattern[str], re.Pattern[str]]:
        """A word before a number that is only nearly so, with the number."""
        return _approximate(self.approximates, plain=False), _approximate(self.approximates, plain=True)

    @cached_property
    def pointing(self) -> re.Pattern[str]:
        """A number that says where something stands, folded."""
        return re.compile(rf"(?<![0-9a-z])(?:{_any(map(fold_words, self.places))})(?: so)? ?[0-9]+")

    @cached_property
    def nothing_said(self) -> frozenset[str]:
        """Whole remarks that say nothing of a figure, folded."""
        return frozenset(map(fold_words, self.harmless))


@cache
def load_remark_words() -> RemarkWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    names = [item.name for item in fields(RemarkWords)]
    table.known(names)
    return RemarkWords(**{name: tuple(table.texts(name)) for name in names})


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


def _spelt(words: Iterable[str], *, plain: bool) -> list[str]:
    return [_without_marks(word) if plain else word for word in words]


def _without_marks(word: str) -> str:
    return fold_words(word) or word


def _words(words: Iterable[str], *, plain: bool) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(_spelt(words, plain=plain))})(?!\w)")


def _leading(words: Iterable[str], *, plain: bool) -> re.Pattern[str]:
    return re.compile(rf"[\s(\[]*(?:{_any(_spelt(words, plain=plain))})(?:(?<=\W)|(?!\w))[\s:=]*")


def _approximate(words: Iterable[str], *, plain: bool) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(_spelt(words, plain=plain))})[\s:]*({_NUMBER}){_NO_DATE}")


def _correction(words: RemarkWords, *, plain: bool) -> re.Pattern[str]:
    said, between, becomes = (
        _any(_spelt(some, plain=plain)) for some in (words.corrections, words.between, words.becomes)
    )
    number = rf"{_NUMBER}{_NO_DATE}"
    then = rf"(?:[^\d.;]{{0,20}}?(?<!\w)(?:{becomes})\s*({number}))?"
    return re.compile(
        rf"(?<!\w)(?:{said})(?:(?<=\W)|(?!\w))(?:[\s:=,(\"-]|(?<!\w)(?:{between})(?!\w))*({number}){then}"
    )


def _as_typed(remark: str) -> tuple[str, int]:
    """Give a remark in lower case, and whether its words are spelt with marks (0) or without (1)."""
    typed = tidy(remark).lower()
    spelling = int(typed.isascii())
    return load_remark_words().unlike[spelling].sub(" ", typed), spelling


def corrected_to(remark: str) -> tuple[str, str] | None:
    """Find the number that a remark puts in the place of another: as typed, and what follows it; None without one."""
    typed, spelling = _as_typed(remark)
    match = load_remark_words().corrected[spelling].search(typed)
    if match is None:
        return None
    return match[2] or match[1], typed[match.end() :]


def says_mistake(remark: str) -> bool:
    """Tell whether a remark calls a number wrong."""
    typed, spelling = _as_typed(remark)
    return load_remark_words().mistaken[spelling].search(typed) is not None


def says_correction(remark: str) -> bool:
    """Tell whether a remark holds a word of correction."""
    typed, spelling = _as_typed(remark)
    return load_remark_words().correcting[spelling].search(typed) is not None


def says_replacement(text: str) -> bool:
    """Tell whether a text says that figures beside it replace or complete others."""
    typed, spelling = _as_typed(text)
    return says_correction(text) or load_remark_words().replacing[spelling].search(typed) is not None


def number_alone(remark: str) -> str | None:
    """Give what follows the word of correction that a whole remark begins with, or its "="; None without one."""
    typed, spelling = _as_typed(remark)
    match = load_remark_words().lone[spelling].match(typed)
    if match is None:
        return None
    return typed[match.end() :].strip(" ()[].")


def says_incomplete(remark: str) -> bool:
    """Whether a remark says that the number beside it is not the whole: "còn thiếu 2 trường".

    What a unit lacks is no part of its number ("còn thiếu kinh phí"), nor is what was missing and is in by now.
    """
    typed, spelling = _as_typed(remark)
    words = load_remark_words()
    return any(
        words.unfinished[spelling].search(words.not_unfinished[spelling].sub(" ", phrase))
        and not words.mended[spelling].search(phrase)
        for phrase in _PHRASES.split(typed)
    )


def says_estimate(remark: str, values: Collection[int | None]) -> bool:
    """Whether a remark calls the numbers beside it an estimate: "ước", "số tạm", "khoảng 340 người" beside 340."""
    typed, spelling = _as_typed(remark)
    words = load_remark_words()
    if words.estimating[spelling].search(typed) or _is_alone(typed, words.estimates_alone):
        return True
    # "hơn 50 quyển sách cũ" tells of a part; only the very number of the cell is called inexact.
    inexact = {number for figure in words.about[spelling].findall(typed) for number in _read(figure)}
    return not inexact.isdisjoint(values)


def _is_alone(typed: str, words: Iterable[str]) -> bool:
    """Whether a remark is one of these words, be it in brackets."""
    bare = typed.strip(" ()[].:,;-!?\"'")
    return bare in words or (bare.isascii() and bare in map(_without_marks, words))


def says_nothing(remark: str) -> bool:
    """Tell whether a remark says nothing that concerns a figure: "ok", "đã kiểm tra"."""
    return fold_words(remark) in load_remark_words().nothing_said


# The texts of a form and of its guide come back with every return.
@lru_cache(maxsize=8192)
def figures_of(remark: str) -> tuple[int, ...]:
    """Give the figures of a remark that may be of the form: no dates, documents, telephones, or places in a text."""
    plain = _MARK.sub(" ", _PHONE.sub(" ", tidy(remark)))
    pointed = load_remark_words().pointing
    text = pointed.sub(" ", fold_words(plain)) if pointed.search(fold_words(plain)) else plain
    figures = re.findall(_NUMBER, without_dates(text, load_number_words()))
    return tuple(number for figure in figures for number in _read(figure) if number)


def _read(figure: str) -> Iterator[int]:
    """Read digits with the signs between them: as one number in groups of thousands, else as those that they part."""
    parts = re.split(r"\D", figure)
    if all(len(part) == _GROUP for part in parts[1:]) and len(parts[0]) <= _GROUP:
        yield int("".join(parts))
    else:
        yield from map(int, parts)


def counts_in_multiples(remark: str, units: Iterable[str]) -> bool:
    """Tell whether a remark names a multiple of what is counted as the unit: "nghìn quyển", not "hàng nghìn quyển"."""
    words, numbers = load_remark_words(), load_number_words()
    sizes, things = _any(map(fold_words, words.counted_sizes)), _any({*map(fold_words, units)} - {""})
    if not things:
        return False
    before = {*map(fold_words, words.of_a_quantity), *numbers.no_suggestion}
    before |= {part for spelt in numbers.in_letters for part in spelt.split()}
    folded = fold_words(remark)
    for match in re.finditer(rf"(?<![0-9a-z])(?:{sizes}) (?:{things})(?![0-9a-z])", folded):
        word = (folded[: match.start()].split() or [""])[-1]
        if word not in before and not word[-1:].isdecimal():
            return True
    return False
