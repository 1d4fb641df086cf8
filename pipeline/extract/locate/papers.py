"""What kind of paper a title or a name says that it is: results, or a plan, a draft, an estimate."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from pipeline.extract.periods import any_of, is_reference, load_period_words, plain
from pipeline.wording import WORDING
from schemas.definition import read_toml
from schemas.text import fold_words

_WORDING = WORDING / "papers.toml"
_LISTS = (
    "no_results",
    "only_first",
    "only_last",
    "not_last_behind",
    "lead",
    "short",
    "not_short_behind",
    "carried_out",
)
_BETWEEN = re.compile(r"[\n()\[\]{};|]+")
"""what stands on both sides of one of these is not read as one phrase"""
_PARTS_OF_NAME = re.compile(r"\s+[-–]\s+|[_()\[\]{};,+|]+")
_LONGEST = 500
"""a longer text is no title"""
_START = r"(?<![\w/–-])"
_END = r"(?![\w/–-])"


@dataclass(frozen=True)
class PaperWords:
    """The words of papers that hold no results; see wording/papers.toml."""

    lists: dict[str, tuple[str, ...]]
    number_of: str

    @cached_property
    def marked(self) -> re.Pattern[str]:
        """Any of the words, with its marks."""
        phrases = "|".join(map(re.escape, self.lists["no_results"]))
        return re.compile(rf"{_START}(?:{phrases})(?!\w){self._no_number}")

    @property
    def _no_number(self) -> str:
        """No number of a paper may follow; a year may."""
        return rf"(?!\s+(?:{any_of([self.number_of])}\s*:?\s*[0-9]|[0-9]{{1,3}}(?![0-9])))"

    @cached_property
    def first(self) -> re.Pattern[str]:
        """Any of the words where a text begins with it, whether its marks are typed or not."""
        phrases = any_of((*self.lists["no_results"], *self.lists["only_first"]))
        lead = any_of(self.lists["lead"])
        return re.compile(rf"\W*(?:{lead}\s+)*{phrases}(?!\w){self._no_number}")

    @cached_property
    def last(self) -> re.Pattern[str]:
        """Any of the words where a text ends with it."""
        return re.compile(rf"{_START}(?P<said>{any_of(self.lists['no_results'])})\W*$")

    @cached_property
    def only_last(self) -> re.Pattern[str]:
        """The words that count at the end of a name alone."""
        phrases = "|".join(map(re.escape, self.lists["only_last"]))
        others = any_of(self.lists["not_last_behind"])
        return re.compile(rf"(?P<before>(?:(?<!\w){others}\s+)?){_START}(?:{phrases})\W*[0-9]{{0,2}}\W*$")

    @cached_property
    def short(self) -> re.Pattern[str]:
        """The short word at the beginning or the end of a text, or before a year."""
        short = any_of(self.lists["short"])
        return re.compile(
            rf"^\W*{short}{_END}(?!\s*ubnd)|{_START}(?<![0-9]\s){short}(?=\W*$|\s+(?:năm\s+|nam\s+)?20[0-9]{{2}})"
        )

    @cached_property
    def not_short(self) -> re.Pattern[str]:
        """What before the short word makes it another one."""
        return re.compile(rf"(?<!\w){any_of(self.lists['not_short_behind'])}\s*$")

    @cached_property
    def carried_out(self) -> re.Pattern[str]:
        """What before a plan says that it is carried out, or only referred to."""
        return re.compile(rf"(?<!\w){any_of(self.lists['carried_out'])}[\s-]*(?:các\s+)?$")

    @cached_property
    def titles(self) -> re.Pattern[str]:
        """The words with which a title begins."""
        return re.compile(rf"\W*{load_period_words().pattern('lines', 'titles')}(?!\w)")


@cache
def load_paper_words() -> PaperWords:
    """Load the words.

    Raises:
        DefinitionError: a word is missing or unknown; says which.
    """
    table = read_toml(_WORDING)
    table.known([*_LISTS, "number_of"])
    return PaperWords({name: table.texts(name) for name in _LISTS}, table.text("number_of"))


def begins_as_title(text: str) -> bool:
    """Tell whether a text begins as the titles of such forms do: "BÁO CÁO ...", "Biểu số 2: ..."."""
    return load_paper_words().titles.match(plain(text)) is not None


def lines_of(text: str) -> Iterator[str]:
    """Give the parts of a text that are read as one phrase each, but those that only refer to a paper."""
    for part in _BETWEEN.split(text[:_LONGEST]):
        if part.strip() and not is_reference(part):
            yield part


def title_says_no_results(text: str, own: Iterable[str]) -> bool:
    """Tell whether a title says so of its figures; `own` are the folded titles of the form, which may be a plan."""
    return any(_line_says_so(line, own) for line in lines_of(text))


def _line_says_so(line: str, own: Iterable[str]) -> bool:
    words, said = load_paper_words(), plain(line)
    first = words.first.match(said)
    if first and not _is_own(first[0], own):
        return True
    short = words.short.match(said)
    if short and short.start() == 0:
        return True
    last = words.last.search(said)
    is_title = words.titles.match(said) is not None
    inside = list(words.marked.finditer(said)) if is_title else [last] if last and words.marked.search(said) else []
    return any(_is_meant(words, said, match) and not _is_own(match[0], own) for match in inside)


def name_says_no_results(name: str, own: Iterable[str]) -> bool:
    """Tell whether the name of a sheet, file or folder says so."""
    words, own = load_paper_words(), tuple(own)
    whole = plain(name)
    if any(_is_meant(words, whole, match) and not _is_own(match[0], own) for match in words.marked.finditer(whole)):
        return True
    before = ""
    for part in (name, *_PARTS_OF_NAME.split(name)):
        said = plain(part)
        if not words.carried_out.search(before) and _part_says_so(words, said, own):
            return True
        before = "" if part == name else said
    return False


def _part_says_so(words: PaperWords, part: str, own: Sequence[str]) -> bool:
    first, last = words.first.match(part), words.last.search(part)
    if first and not _is_own(first[0], own):
        return True
    if last and (_is_long(last["said"]) or last.start("said") == 0):
        return _is_meant(words, part, last) and not _is_own(last["said"], own)
    ends = words.only_last.search(part)
    if ends and not ends["before"]:
        return True
    short = (match for match in words.short.finditer(part))
    return any(not words.not_short.search(part[: match.start()]) for match in short)


def _is_long(said: str) -> bool:
    """Tell a phrase from a single word, which without its marks may be another one: "nhap" is also nhập."""
    return " " in said or not said.isascii()


def _is_meant(words: PaperWords, text: str, match: re.Match[str]) -> bool:
    return not words.carried_out.search(text[: match.start()])


def _is_own(said: str, own: Iterable[str]) -> bool:
    phrase = f" {fold_words(said)} "
    return any(phrase in f" {title} " for title in own)
