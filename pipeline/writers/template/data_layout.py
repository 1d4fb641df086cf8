"""Where everything stands on the data sheet of the blank workbook."""

from collections.abc import Mapping
from dataclasses import dataclass

from xlsxwriter.utility import xl_col_to_name

from pipeline.extract.own.stamp import StampWords, load_stamp_words
from pipeline.extract.own.template import TemplateWords, load_template_words
from pipeline.writers.form_layout import FormPlace, place_form, title_lines
from pipeline.writers.formats import Box, Format, Formats, Worksheet
from pipeline.writers.template.formulas import CheckedForm, address
from pipeline.writers.template.stamp_block import Stamp, place_stamps
from schemas.form import Form

HINT_ROW, STATUS_ROW, STAMP_ROW = 0, 1, 2


@dataclass(frozen=True, slots=True)
class DataLayout:
    """What is needed to write the data sheet."""

    form: Form
    place: FormPlace
    words: TemplateWords
    stamp_words: StampWords
    stamps: Mapping[str, Stamp]
    first_title: int
    formats: Formats

    @property
    def checks(self) -> int:
        """Column of what is wrong in each row."""
        return self.place.last_column + 1

    @property
    def keys(self) -> int:
        """Hidden column of the row keys."""
        return self.place.last_column + 2

    @property
    def letter(self) -> str:
        """Letter of the column of checks."""
        return xl_col_to_name(self.checks)

    @property
    def remarks(self) -> str:
        """Range of everything that is said in the column of checks."""
        return f"{address(STATUS_ROW, self.checks)}:{address(self.place.last_row, self.checks)}"

    @property
    def checked(self) -> CheckedForm:
        """The form as its formulas see it."""
        answer = self.stamps["blank_means_zero"].at
        return CheckedForm(
            self.form,
            self.place,
            self.words,
            f'{answer}="{self.stamp_words.blank_yes}"',
        )


def lay_out(form: Form, formats: Formats) -> DataLayout:
    """Lay out the data sheet: hint and status line, the stamp, and the form as printed in the letter."""
    stamps = place_stamps(form, STAMP_ROW)
    first_title = max(stamp.row for stamp in stamps.values()) + 2
    place = place_form(form, first_title + len(title_lines(form, formats)))
    return DataLayout(
        form,
        place,
        load_template_words(),
        load_stamp_words(),
        stamps,
        first_title,
        formats,
    )


def colour(sheet: Worksheet, box: Box, inks: Mapping[str, Format]) -> None:
    """Colour texts by how they begin; the words say the same without the colour."""
    for begins, ink in inks.items():
        sheet.conditional_format(
            *box,
            {"type": "text", "criteria": "begins with", "value": begins, "format": ink},
        )
