"""The rules of a form as formulas of Excel 2007: what is wrong in each row.

Text or an error value in a number cell must not break a formula, so a cell is compared only after COUNT has
found numbers in every cell concerned, and sums are taken with SUMIF, which passes over all else. Blanks and totals
left blank mean here what they mean in a run, so that neither says of them what the other does not.
"""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.extract.own.template import TemplateWords
from pipeline.writers.template.cell_checks import checks_of_cells
from pipeline.writers.template.formulas import Check, CheckedForm
from schemas.rules import Rule, Severity
from schemas.rules.formula import quoted


def checks_of(checked: CheckedForm) -> Mapping[str, tuple[Check, ...]]:
    """Every check by the row it is told at, errors before warnings; infos are not told in the form."""
    found = [
        *checks_of_cells(checked),
        *(check for rule in checked.form.rules if "unit" in rule.levels for check in _of_rule(checked, rule)),
    ]
    order = (Severity.ERROR, Severity.WARNING)
    return {
        row.key: tuple(
            check for severity in order for check in found if check.row == row.key and check.severity is severity
        )
        for row in checked.form.rows
    }


def row_formula(checks: Sequence[Check], words: TemplateWords) -> str:
    """The formula that tells the first of the checks that holds, or nothing."""
    formula = '""'
    for check in reversed(checks):
        remark = quoted(words.remark[check.severity.value])
        formula = f"IF({check.when},{remark}&{check.text},{formula})"
    return "=" + formula


def _of_rule(checked: CheckedForm, rule: Rule) -> Iterator[Check]:
    """The checks of one rule that its definition finds worth an error or a warning."""
    for found in rule.formulas(checked):
        severity = rule.severity.get(found.outcome)
        if severity in (Severity.ERROR, Severity.WARNING):
            yield Check(found.row, severity, found.when, found.text)
