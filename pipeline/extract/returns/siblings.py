"""Several returns of one file: which of them count as returns, what they are called, and whose they are."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.context import ReadingContext
from pipeline.extract.identify import Clues, identify
from pipeline.extract.locate import Labels, clue_of_name, load_around_words
from pipeline.extract.own.template import load_template_words
from pipeline.extract.periods import Bearing
from pipeline.extract.returns.total_sheets import totals_apart
from pipeline.findings import codes, finding
from pipeline.model import Finding, Return
from schemas.rules import Severity
from schemas.text import fold, visible

_SEVERAL = 2
_OTHER_YEAR = codes.DIFFERENT_FORM
OF_TITLES = frozenset({_OTHER_YEAR, codes.TITLE_OF_OTHER_FIGURES})
"""findings of what title, sheet or file are called"""
_OF_THE_FILE = ("F", "U")
"""kinds of findings that say nothing of what stands in a form"""
_OF_LABELS = frozenset(
    {
        codes.ROW_MISSING,
        codes.ROW_BY_SIMILAR_LABEL,
        codes.ROWS_IN_OTHER_ORDER,
        codes.OTHER_SPELLINGS,
    }
)
"""findings of labels, which say the same wherever the table lies"""
_HOLDING = frozenset({codes.EXTRA_ROW, codes.TEXT_OUTSIDE})
"""findings of texts, told as a note"""


def those_that_count(returns: list[Return], context: ReadingContext) -> list[Return]:
    """Leave out the blank copies, and name each of several returns by its sheet."""
    of_period = _of_this_period(returns, context.labels)
    kept = _named(_without_blank_copies(of_period), context)
    if len(kept) < _SEVERAL:
        return kept
    named = []
    for returned, part in zip(kept, _parts(kept), strict=True):
        named.append(replace(returned, path=f"{returned.path}#{part}"))
    return named


def _of_this_period(returns: list[Return], labels: Labels) -> list[Return]:
    """Where one sheet is named after the form's own period, what stands on that of another one is another form."""
    clues = [clue_of_name(labels, returned.sheet) for returned in returns]
    if not any(Bearing.OWN in (clue.years, clue.period) for clue in clues):
        return returns
    found = []
    for returned, clue in zip(returns, clues, strict=True):
        found.append(_of_another_period(returned) if clue.is_other else returned)
    return found


def _of_another_period(returned: Return) -> Return:
    other = finding(
        _OTHER_YEAR,
        sheet=returned.sheet,
        found=returned.sheet,
        facts={"title": returned.sheet},
    )
    rest = (known for known in returned.findings if known.code not in OF_TITLES)
    return replace(returned, findings=(other, *rest))


def _without_blank_copies(returns: list[Return]) -> list[Return]:
    """Beside a filled form, a truly blank copy that names no other unit is a sheet nobody used.

    Unless a program named its sheet it is told: the figures may have been meant for it.
    """
    filled = [returned for returned in returns if not returned.is_empty and not _is_of_another_year(returned)]
    if not filled:
        return returns
    first = filled[0]
    kept, blank = _parted(returns, filled)
    names = tuple(visible(returned.sheet) for returned in blank if _may_matter(returned, filled))
    if not names:
        return kept
    left_out = finding(codes.BLANK_COPY_LEFT_OUT, sheet=first.sheet, facts={"blank": names})
    with_finding = replace(first, findings=(*first.findings, left_out))
    return [with_finding if returned is first else returned for returned in kept]


def _parted(returns: Sequence[Return], filled: Sequence[Return]) -> tuple[list[Return], list[Return]]:
    """Part the returns from the blank copies beside them."""
    units = {None, *(returned.claim.unit for returned in filled)}
    known = {_gist(of_filled) for returned in filled for of_filled in returned.findings}
    kept: list[Return] = []
    blank: list[Return] = []
    for returned in returns:
        names_another = returned.claim.unit not in units
        is_blank = returned.is_empty and not names_another and not _says_more(returned, known)
        part = blank if is_blank else kept
        part.append(returned)
    return kept, blank


def _may_matter(blank: Return, filled: Sequence[Return]) -> bool:
    """Whether the name of a blank sheet is somebody's own, and not that of another year."""
    own = fold(load_template_words().sheets["data"])
    if fold(blank.sheet).rstrip("0123456789") == own or load_around_words().is_plain_sheet(blank.sheet):
        return False
    if _is_of_another_year(blank):
        return False
    return all(returned.sheet != blank.sheet for returned in filled)


def _is_of_another_year(returned: Return) -> bool:
    return any(known.code == _OTHER_YEAR for known in returned.findings)


def _says_more(returned: Return, known: set[tuple[object, ...]]) -> bool:
    """Whether a form without any figure in its place still holds something: beside it, or in rows it lost."""
    for own in returned.findings:
        if own.code.startswith(_OF_THE_FILE) or own.code in OF_TITLES or _gist(own) in known:
            continue
        if own.severity is not Severity.INFO or own.code in _HOLDING:
            return True
    return False


def _gist(of_form: Finding) -> tuple[object, ...]:
    """What a finding says; of labels it says the same in any cell."""
    cell = None if of_form.code in _OF_LABELS else of_form.cell
    return of_form.code, cell, of_form.found, of_form.row, of_form.measure


def _named(returns: list[Return], context: ReadingContext) -> list[Return]:
    """Where a file holds several returns, say of each whose it is without the file's name and folder.

    These name all of them alike. What no sheet says of itself they do not say either: among sheets of units one
    without a name may be a total of them, or anybody's.
    """
    if len(returns) < _SEVERAL or _are_of_one_filled(returns):
        return returns
    apart = [_identified(returned, context) for returned in returns]
    units = {returned.claim.unit for returned in apart} - {None}
    if len(units) == 1:
        # Several forms of one unit: what speaks against it in the name of the file speaks against them all.
        pairs = zip(returns, apart, strict=True)
        apart = [whole if whole.claim.unit in units else returned for whole, returned in pairs]
    return totals_apart(apart, context.unit_names.register)


def _are_of_one_filled(returns: Sequence[Return]) -> bool:
    """Whether one form alone is filled, and no other names another unit."""
    filled = [returned.claim.unit for returned in returns if not returned.is_empty]
    return len(filled) == 1 and {returned.claim.unit for returned in returns} <= {
        None,
        *filled,
    }


def _identified(returned: Return, context: ReadingContext) -> Return:
    """Say whose a return is by what its own sheet says."""
    seen = returned.claim.seen
    clues = Clues(
        seen.get("code", ""),
        seen.get("name", ""),
        returned.sheet,
        returned.claim.lines,
    )
    claim, of_unit = identify(clues, "", context.unit_names)
    others = [known for known in returned.findings if not known.code.startswith("U")]
    # What is told of a stamp once more stands at the same cell.
    stamps = {known.code: known.cell for known in returned.findings}
    placed = []
    for known in of_unit:
        placed.append(
            replace(
                known,
                sheet=returned.sheet,
                cell=known.cell or stamps.get(known.code),
            )
        )
    return replace(returned, claim=claim, findings=(*placed, *others))


def _parts(returns: Sequence[Return]) -> Iterator[str]:
    """Name each return of a workbook by its sheet, numbered where a sheet holds several."""
    names = [returned.sheet for returned in returns]
    for index, name in enumerate(names):
        if names.count(name) == 1:
            yield name
        else:
            yield f"{name} ({names[: index + 1].count(name)})"
