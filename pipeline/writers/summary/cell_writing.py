"""How texts, links and stamps get into the cells of the summary, whatever a unit or a file name brought along."""

from collections.abc import Mapping

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pipeline.writers.sheet_limits import fitted
from pipeline.writers.summary.summary_book import SummaryBook

_STAMP_WIDTHS = (12, 24)


def write_stamp(
    book: SummaryBook,
    sheet: Worksheet,
    column: int,
    unit: tuple[str, str],
    kind: str,
) -> Mapping[str, tuple[int, int]]:
    """Write what form, whose and of which kind the sheet is, beside fixed labels from the first row on.

    `unit` is code and name. Gives the place of each value by the name of its label.
    """
    plan, look = book.plan, book.styles.stamp
    form = plan.form
    code, name = unit
    values = {
        "form_id": form.id,
        "form_version": form.version,
        "unit_code": code,
        "unit_name": name,
        "kind": kind,
    }
    places: dict[str, tuple[int, int]] = {}
    # A reader finds them by their labels, wherever the form ends.
    for row, (key, value) in enumerate(values.items()):
        write_text(sheet, row, column, plan.stamp.spellings(key)[0], look)
        write_text(sheet, row, column + 1, value, look)
        places[key] = (row, column + 1)
    sheet.set_column(column, column, _STAMP_WIDTHS[0])
    sheet.set_column(column + 1, column + 1, _STAMP_WIDTHS[1])
    return places


def write_text(sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
    """Write a text as a text, whatever it begins with; without text the cell is blank."""
    # Not `write`, which guesses from a text whether it is a formula, a link or a number.
    if text:
        sheet.write_string(row, column, clean_text(text), look)
    else:
        sheet.write_blank(row, column, None, look)


def write_link(sheet: Worksheet, at: tuple[int, int], target: str, text: str, look: Format) -> None:
    """Write a text that leads to a place in this workbook, named as a formula names it.

    xlsxwriter repeats the text in an attribute of the link, where XML has no way to write a control character.
    """
    shown = "".join(letter if letter.isprintable() else " " for letter in fitted(text))
    sheet.write_url(*at, f"internal:{target}", look, shown)


def clean_text(text: str) -> str:
    """Return what a cell can hold of a text from outside.

    A text too long for a cell is cut and shows so. Half a surrogate pair, as a broken file name leaves it, cannot be
    written as UTF-8 and is shown as "?".
    """
    text = fitted(text)
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
