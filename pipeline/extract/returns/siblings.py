"""Several returns of one file: which of them count as returns, what they are called, and whose they are."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extract.context import Desk
from pipeline.extract.identify import Clues, identify
from pipeline.extract.locate import Labels, clue_of_name, load_around_words
from pipeline.extract.own.template import load_template_words
from pipeline.extract.periods import Bearing
from pipeline.extract.returns.sums import totals_apart
from pipeline.findings import codes, finding
from pipeline.model import Finding, Return
from schemas.rules import Severity
from schemas.text import fold, visible

_OTHER_YEAR = codes.DIFFERENT_FORM
OF_TITLES = frozenset({_OTHER_YEAR, codes.TITLE_OF_OTHER_FIGURES})
"""findings of what title, sheet or file are called"""
_OF_THE_FILE = ("F", "U")
"""kinds of findings that say nothing of what stands in a form"""
_OF_LABELS = frozenset(
    {codes.ROW_MISSING, codes.ROW_BY_SIMILAR_LABEL, codes.ROWS_IN_OTHER_ORDER, codes.OTHER_SPELLINGS}
)
"""findings of labels, which say the same wherever the table lies"""
_HOLDING = frozenset({codes.EXTRA_ROW, codes.TEXT_OUTSIDE})
"""findings of texts, told as a note"""


def those_that_count(returns: list[Return], desk: Desk) -> list[Return]:
    """Leave out the blank copies, and name each of several returns by its sheet."""
    returns = _named(_without_blank_copies(_of_this_period(returns, desk.labels)), desk)
    if len(returns) < 2:  # noqa: PLR2004 - one return bears the name of its file
        return returns
    return [replace(one, path=f"{one.path}#{name}") for one, name in zip(returns, _parts(returns), strict=True)]


def _of_this_period(returns: list[Return], labels: Labels) -> list[Return]:
    """Where one sheet is named after the form's own period, what stands on that of another one is another form."""
    clues = [clue_of_name(labels, one.sheet) for one in returns]
    if not any(Bearing.OWN in (clue.years, clue.period) for clue in clues):
        return returns
    both = zip(returns, clues, strict=True)
    return [_of_another_period(one) if clue.is_other else one for one, clue in both]


def _of_another_period(one: Return) -> Return:
    told = finding(_OTHER_YEAR, sheet=one.sheet, found=one.sheet, facts={"title": one.sheet})
    return replace(one, findings=(told, *(each for each in one.findings if each.code not in OF_TITLES)))


def _without_blank_copies(returns: list[Return]) -> list[Return]:
    """Beside a filled form, a truly blank copy that names no other unit is a sheet nobody used.

    Unless a program named its sheet it is told: the figures may have been meant for it.
    """
    filled = [one for one in returns if not one.is_empty and not _is_of_another_year(one)]
    if not filled:
        return returns
    units = {None, *(one.claim.unit for one in filled)}
    known = {_gist(told) for one in filled for told in one.findings}
    blank = [one for one in returns if one.is_empty and one.claim.unit in units and not _says_more(one, known)]
    kept = [one for one in returns if one not in blank]
    names = tuple(visible(one.sheet) for one in blank if _may_matter(one, filled))
    if names:
        told = finding(codes.BLANK_COPY_LEFT_OUT, sheet=filled[0].sheet, facts={"blank": names})
        kept = [replace(one, findings=(*one.findings, told)) if one is filled[0] else one for one in kept]
    return kept


def _may_matter(blank: Return, filled: Sequence[Return]) -> bool:
    """Tell whether the name of a blank sheet is somebody's own, and not that of another year."""
    own = fold(load_template_words().sheets["data"])
    is_plain = fold(blank.sheet).rstrip("0123456789") == own or load_around_words().is_plain_sheet(blank.sheet)
    return not is_plain and not _is_of_another_year(blank) and all(one.sheet != blank.sheet for one in filled)


def _is_of_another_year(one: Return) -> bool:
    return any(told.code == _OTHER_YEAR for told in one.findings)


def _says_more(one: Return, known: set[tuple[object, ...]]) -> bool:
    """Tell whether a form without any figure in its place still holds something: beside it, or in rows it lost."""
    ours = [each for each in one.findings if not each.code.startswith(_OF_THE_FILE) and each.code not in OF_TITLES]
    told = [each for each in ours if _gist(each) not in known]
    return any(each.severity is not Severity.INFO or each.code in _HOLDING for each in told)


def _gist(told: Finding) -> tuple[object, ...]:
    """What a finding says; of labels it says the same in any cell."""
    return told.code, None if told.code in _OF_LABELS else told.cell, told.found, told.row, told.measure


def _named(returns: list[Return], desk: Desk) -> list[Return]:
    """Where a file holds several returns, say of each whose it is without the file's name and folder.

    These name all of them alike. What no sheet says of itself they do not say either: among sheets of units one
    without a name may be a total of them, or anybody's.
    """
    filled = {one.claim.unit for one in returns if not one.is_empty}
    is_alone = sum(not one.is_empty for one in returns) == 1
    if len(returns) < 2 or (is_alone and {one.claim.unit for one in returns} <= {None, *filled}):  # noqa: PLR2004
        return returns
    apart = [_identified(one, desk) for one in returns]
    units = {one.claim.unit for one in apart} - {None}
    if len(units) == 1:
        # Several forms of one unit: what speaks against it in the name of the file speaks against them all.
        apart = [whole if whole.claim.unit in units else one for whole, one in zip(returns, apart, strict=True)]
    return totals_apart(apart, desk.names.register)


def _identified(one: Return, desk: Desk) -> Return:
    seen = one.claim.seen
    clues = Clues(seen.get("code", ""), seen.get("name", ""), one.sheet, one.claim.lines)
    claim, told = identify(clues, "", desk.names)
    others = [each for each in one.findings if not each.code.startswith("U")]
    stamps = {each.code: each.cell for each in one.findings}
    told = tuple(replace(each, sheet=one.sheet, cell=each.cell or stamps.get(each.code)) for each in told)
    return replace(one, claim=claim, findings=(*told, *others))


def _parts(returns: Sequence[Return]) -> list[str]:
    """Name each return of a workbook by its sheet, numbered where a sheet holds several."""
    names = [one.sheet for one in returns]
    return [
        name if names.count(name) == 1 else f"{name} ({names[: index + 1].count(name)})"
        for index, name in enumerate(names)
    ]
