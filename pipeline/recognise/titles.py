"""What titles, and the names of sheet and file, say of the figures: that they are another year's, or no results."""

from collections.abc import Iterator, Sequence

from pipeline.findings import finding
from pipeline.model import Finding
from pipeline.read import Sheet, cell_name
from pipeline.recognise.around_words import load_around_words
from pipeline.recognise.shape import Address
from pipeline.recognise.words import Labels
from schemas.text import fold_words, visible

Line = tuple[str, str]
"""a cell and its text"""


def told_of_titles(
    sheet: Sheet, labels: Labels, above: Sequence[Address], heads: Sequence[Address] = (), *, is_stamped: bool
) -> Iterator[Finding]:
    """Tell once that the title says that this is another year's form, a plan, or the figures of another period.

    `above` are cells above the table, `heads` those over its figures; the name of the sheet is a title too. A form
    that bears its stamp is the right one: a year beside it is told, and the figures are counted.
    """
    titles, over = _lines(sheet, above), _lines(sheet, heads)
    years = [(line, named) for line in titles if (named := _years(line[1]))]
    is_own = any(named & labels.years for _, named in years)
    refers = load_around_words().reference
    others = [] if is_own else [line for line, _ in years if not refers.search(fold_words(line[1]))]
    if others:
        yield _told("S018" if is_stamped else "F015", *others[0])
        return
    plans = [line for line in (*titles, *over) if _is_no_result(labels, line[1])]
    if plans:
        yield _told("S018", *plans[0])
    elif not (is_own and other_years_in_name(labels, sheet.name)):
        yield from told_of_name(labels, sheet.name, refuses=not is_stamped)


def told_of_name(labels: Labels, name: str, *, refuses: bool) -> Iterator[Finding]:
    """Tell that the name of a sheet or file says so: "2019", "Kế hoạch"; whether another year there refuses it."""
    if other_years_in_name(labels, name):
        yield _told("F015" if refuses else "S018", None, name)
    elif _is_no_result(labels, name):
        yield _told("S018", None, name)


def other_years_in_name(labels: Labels, name: str) -> bool:
    """Tell whether a name holds a year, and none in which the form is collected."""
    years = years_in_name(name)
    return bool(years) and not years & labels.years


def years_in_name(name: str) -> set[str]:
    """Find the years that a name of a sheet or file holds."""
    return set(load_around_words().year_in_name.findall(fold_words(name)))


def _lines(sheet: Sheet, places: Sequence[Address]) -> list[Line]:
    values = ((cell_name(*place), sheet.value(*place)) for place in sorted(places))
    return [(cell, value) for cell, value in values if isinstance(value, str)]


def _years(text: str) -> set[str]:
    """Find the years that a text names as those of its figures; the date of signing is none."""
    words, around = fold_words(text), load_around_words()
    return set() if around.dated.search(words) else set(around.named_year.findall(words))


def _is_no_result(labels: Labels, text: str) -> bool:
    """Tell whether a text says of figures that they are planned, or those of another period."""
    said = load_around_words().other_figures.search(fold_words(text))
    return said is not None and not any(said[0] in own for own in labels.own_titles)


def _told(code: str, cell: str | None, text: str) -> Finding:
    said = visible(text)
    return finding(code, cell=cell, found=said, facts={"title": said})
