"""Which words around a return say that its figures change: words of correction, and figures beside words of the form.

Nothing is read here as a number of the summary. What may be one is quoted to an officer.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.consolidation.select.wordings import (
    Index,
    Words,
    index,
    index_of,
    phrases,
    places_of,
    same_words,
    says,
    without,
    words_in,
)
from schemas.form import Form
from schemas.text import fold, tidy

_SENTENCE = re.compile(r"\n|(?<=[.!?;])\s+")
_FIGURE = re.compile(r"(?<![\w/.,+])(?:\d{1,3}(?:[., ]\d{3})+|\d+(?:[.,]\d+)?)(?![\d/:]|-\w)(?=([^\W\d_]*))")
"""a number, with the letters that are written right behind it"""
_GLUED = 3
"""so many letters right behind a number may be what it counts: "1350quyển", not "4A" """
_WRAPPED = 45
"""a line that is at least so long goes on in the next one, unless it ends a sentence"""
_TELEPHONE = re.compile(r"(?<!\d)(?:\+?84|0)[ .\d-]{7,14}\d(?!\d)")
_DAY = re.compile(r"\b\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?\b(?!\d)|\b\d{1,2}\s*(?:giờ|h|g|:)\s*\d{0,2}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_CODE = re.compile(r"0\d{3,}")
_AFTER = 2
"""what a figure counts stands among so many words behind it"""
_BEFORE = 6
"""the words that name what a figure is the number of stand among so many before it"""
_MOST_QUOTED = 3
_LENGTH = 160


@dataclass(frozen=True)
class FormWords:
    """The words of a form that figures may stand beside."""

    counted: Index
    """what its rows are counted in: người, quyển"""
    labels: Index
    """pairs of words of its labels that its own title and name do not hold: "hội thảo" """


def words_of_form(form: Form) -> FormWords:
    """Gather the words of a form."""
    common = words_in(" ".join([form.name, form.subject, form.appendix, form.summary_title, *form.title_lines]))
    ordinary = {*pairwise(common), *phrases("ordinary")}
    counted: set[Words] = set(phrases("counted_in"))
    labels: set[Words] = set()
    for row in form.rows:
        counted |= {words_in(part) for part in re.split(r"[/,]", row.unit_of_measure)}
        for label in (row.label, row.short_label):
            words = words_in(label)
            labels |= {*pairwise(words)} - ordinary
    return FormWords(index_of(sorted(counted - {()})), index_of(sorted(labels)))


def says_correction(text: str, *, of_picture: bool = False) -> bool:
    """Tell whether a name or subject says that figures were corrected or a paper comes again.

    Of a photograph, that it comes again says nothing, unless it shows the table.
    """
    if says_changed(text):
        return True
    words = without(words_in(text), "not_corrections")
    comes_again = says(words, "again") or _is_numbered(words)
    return comes_again and (not of_picture or says(words, "table"))


def says_changed(text: str) -> bool:
    """Tell whether a name says that figures were wrong or a paper was changed, not only that it comes again."""
    words = without(words_in(text), "not_corrections")
    return says(words, "wrong") or says(words, "mended")


def _is_numbered(words: Words) -> bool:
    """Tell "lần 2", "v3", "bản 2": a version from the second on."""
    first = ("1", "0", "01")
    for _, end in places_of(words, index("numbered")):
        if end < len(words) and words[end].isdecimal() and len(words[end]) < 3 and words[end] not in first:  # noqa: PLR2004
            return True
    return any(re.fullmatch(r"(?:v|ver)[2-9]", word) for word in words)


def quoted_corrections(form: FormWords, text: str) -> tuple[str, ...]:
    """Give the sentences that say of a figure or a row that it was wrong, wherever they stand."""
    return _quoted(sentence for sentence in _sentences(text) if _mends(form, sentence))


def quoted_figures(form: FormWords, text: str) -> tuple[str, ...]:
    """Give the sentences that correct something, or in which a figure stands beside words of the form."""
    return _quoted(
        sentence for sentence in _sentences(text) if _corrects(form, sentence) or _states(form, sentence, loosely=True)
    )


def quoted_reserves(text: str) -> tuple[str, ...]:
    """Give the sentences of a message that take back what it brings: not complete, not final, wrong, of last year."""
    return _quoted(sentence for sentence in _sentences(text) if _takes_back(words_in(sentence)))


def _takes_back(words: Words) -> bool:
    comes_again = says(words, "sent_again") and not says(words, "to_come")
    if says(words, "supposed") or comes_again:
        return False
    if says(words, "withdrawn") or says(words, "of_before"):
        return True
    is_of_form = not says(words, "not_the_form") or says(without(words, "not_the_form"), "figures")
    return says(words, "unfinished") and is_of_form


def is_ordinary(form: FormWords, text: str) -> bool:
    """Tell a message that asks or thanks and states nothing."""
    words = words_in(text)
    if not says(words, "courtesy") or _answers(words) or says_correction(text):
        return False
    if says(words, "withdrawn") or quoted_reserves(text):
        return False
    return not any(_figures_of(sentence) or _names_row(form, words_in(sentence)) for sentence in _sentences(text))


def _answers(words: Words) -> bool:
    """Tell words that may be an answer; in a text that is typed with marks, "sau" is not "sáu"."""
    is_marked = not all(map(str.isascii, words))
    said = [words[start:end] for start, end in places_of(words, index("answers"))]
    return any(not is_marked or phrase in phrases("answers") for phrase in said)


def _sentences(text: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(_unwrapped(text)):
        if tidy(sentence):
            yield tidy(sentence)


def _unwrapped(text: str) -> str:
    """Join the lines that a mail program broke."""
    whole = ""
    for line in text.splitlines():
        goes_on = len(whole.rpartition("\n")[2]) >= _WRAPPED and not whole.endswith((".", "!", "?", ";", ":"))
        whole += (" " if goes_on else "\n") + line.strip()
    return whole


def _quoted(sentences: Iterator[str]) -> tuple[str, ...]:
    found = [sentence[:_LENGTH] for sentence in sentences]
    return tuple(found[:_MOST_QUOTED])


def _mends(form: FormWords, sentence: str) -> bool:
    """Tell a word for a wrong figure beside a figure, or beside the name or number of a row."""
    words = words_in(sentence)
    return says(words, "wrong") and (
        bool(_figures_of(sentence)) or _names_row(form, words) or bool(places_of(words, form.counted))
    )


def _corrects(form: FormWords, sentence: str) -> bool:
    """Tell a word of correction beside a figure or beside the name or number of a row."""
    if _mends(form, sentence):
        return True
    words = without(words_in(sentence), "not_corrections")
    is_changed = says(words, "mended") or says(words, "again")
    return is_changed and (_states(form, sentence, loosely=False) or _names_place(words))


def _states(form: FormWords, sentence: str, *, loosely: bool) -> bool:
    """Tell whether a figure stands beside what the form counts; loosely, also in one sentence with a row's name."""
    for _, end in (figures := _figures_of(sentence)):
        if places_of(words_in(sentence[end:])[:_AFTER], form.counted):
            return True
    words = words_in(sentence)
    if any(places_of(words[end : end + 1], form.counted) for _, end in places_of(words, index("spelt"))):
        return True
    if any(_counts_before(form, words_in(sentence[:start])) for start, _ in figures):
        return True
    return loosely and bool(figures) and _names_row(form, words_in(sentence))


def _counts_before(form: FormWords, words: Words) -> bool:
    """Tell "số lớp phải là", "tổng số học viên": what a figure right behind would be the number of."""
    near = words[-_BEFORE:]
    before = {fold(phrase[-1]) for phrase in phrases("number_of")}
    return any(start and fold(near[start - 1]) in before for start, _ in places_of(near, form.counted))


def _names_row(form: FormWords, words: Words) -> bool:
    return _names_place(words) or bool(places_of(words, form.labels))


def _names_place(words: Words) -> bool:
    """Tell "mục 4", "dòng 12", "ô D34", "D34"."""
    if any(re.fullmatch(r"[a-h]\d{2}", word) for word in words):
        return True
    ends = (end for _, end in places_of(words, index("places")) if end < len(words))
    return any(re.fullmatch(r"\d{1,3}|[a-z]{1,2}\d{1,3}|i{1,3}|iv|v|vi{1,3}", words[end]) for end in ends)


def _figures_of(sentence: str) -> list[tuple[int, int]]:
    """Find the numbers that may be figures: no days, times, telephones, codes, nor numbers of files or pages."""
    others = [match.span() for pattern in (_TELEPHONE, _DAY) for match in pattern.finditer(sentence)]
    found = []
    for match in _FIGURE.finditer(sentence):
        start, end = match.span()
        if any(first < end and start < last for first, last in others) or _CODE.fullmatch(match[0]):
            continue
        before, behind = words_in(sentence[:start])[-2:], words_in(sentence[end:])[:2]
        is_year = bool(_YEAR.fullmatch(match[0])) and not _begins(behind, "counted_in")
        is_name = 0 < len(match[1]) < _GLUED
        names_thing = is_name or _ends(before, "numbered_things") or _ends(before, "places")
        if not (is_year or names_thing or _begins(behind, "counted_otherwise")):
            found.append((start, end))
    return found


def _begins(words: Words, name: str) -> bool:
    return any(same_words(words[: len(phrase)], phrase) for phrase in phrases(name))


def _ends(words: Words, name: str) -> bool:
    return any(len(phrase) <= len(words) and same_words(words[-len(phrase) :], phrase) for phrase in phrases(name))
