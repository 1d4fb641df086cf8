"""The status line of the blank workbook: how complete the form is, and what is wrong in it, counted."""

from collections.abc import Mapping

from pipeline.extract.blanks import required_cells
from pipeline.extract.own.stamp import StampWords
from pipeline.extract.own.template import TemplateWords
from pipeline.writers.template.formulas import CheckedForm, spelt
from pipeline.writers.template.stamp_block import Stamp
from schemas.form import Form
from schemas.rules.formula import quoted


def status_formula(checked: CheckedForm, unit_code: str, remarks: str, letter: str) -> str:
    """The formula of the status line: unit chosen, blanks, errors, warnings, in this order.

    `unit_code` and `remarks` are the address of the code and the range of the column of remarks.
    """
    words = checked.words
    blanks = _blanks(checked)
    errors = _rows_beginning(words.remark["error"], remarks)
    warnings = _rows_beginning(words.remark["warning"], remarks)
    facts = {
        "blanks": blanks,
        "errors": errors,
        "warnings": warnings,
        "letter": quoted(letter),
    }
    # Whatever has to be done first is said first, and alone.
    texts = {name: spelt(text, facts) for name, text in words.status.items()}
    numbers = checked.count("COUNT", checked.form.number_cells)
    return (
        f"=IF(LEN({unit_code})=0,{texts['no_unit']},"
        f"IF({blanks}+{errors}>0,{texts['open']},"
        f"IF({numbers}=0,{texts['nothing']},"
        f"IF({warnings}>0,{texts['look']},{texts['done']}))))"
    )


def _rows_beginning(remark: str, remarks: str) -> str:
    """How many texts in the column of remarks begin so, as a formula."""
    return f"SUMPRODUCT(--(LEFT({remarks},{len(remark)})={quoted(remark)}))"


def status_of_blank(form: Form, words: TemplateWords, letter: str, *, unit_known: bool) -> str:
    """What the status formula gives in a form nobody has filled."""
    text = words.status["open" if unit_known else "no_unit"]
    return text.format(blanks=len(required_cells(form)), errors=0, letter=letter)


def contact_formula(checked: CheckedForm, stamps: Mapping[str, Stamp], stamp_words: StampWords) -> str:
    """The formula that reminds of name and phone, once figures are there: the office calls by them."""
    words = checked.words
    missing = ",".join(f"LEN({stamps[name].at})=0" for name in ("filled_by", "phone"))
    begun = f"OR({checked.count('COUNT', checked.form.number_cells)}>0,{checked.blanks_are_zero})"
    labels = {
        "filled_by": quoted(stamp_words.filled_by),
        "phone": quoted(stamp_words.phone),
    }
    text = f"{quoted(words.remark['warning'])}&{spelt(words.checks['no_contact'], labels)}"
    return f'=IF(AND({begun},OR({missing})),{text},"")'


def _blanks(checked: CheckedForm) -> str:
    """How many cells a run would count as blank; a total of parts is none, and is told in its row."""
    required = required_cells(checked.form)
    blanks = f"{len(required)}-{checked.count('COUNTA', required)}"
    for cell in required:
        if cell in checked.added_up:
            blanks += f"-IF({checked.is_of_parts(cell)},1,0)"
    return f"IF({checked.blanks_are_zero},0,{blanks})"
