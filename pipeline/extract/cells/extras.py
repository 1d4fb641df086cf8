"""Numbers in a measure that a row may state beside the one it counts: they are added, and told."""

from pipeline.extract.cells.form_page import FormPage
from pipeline.findings import codes
from pipeline.model import Fact
from schemas.form import Row
from schemas.rules import Cell, SingleMeasure


def tell_of_extras(page: FormPage, row: Row) -> None:
    """Tell of them where the row also states what it counts; without that the number is in question by itself."""
    level = "summary" if page.source.is_summary else "unit"
    for rule in page.rules.of_row.get(row.key, ()):
        if isinstance(rule, SingleMeasure) and level in rule.levels and "optional" in rule.severity:
            _tell_by_rule(page, row, rule)


def _tell_by_rule(page: FormPage, row: Row, rule: SingleMeasure) -> None:
    own = [page.drafts[Cell(row.key, measure)] for measure in row.kinds if measure not in row.optional]
    if not any(draft.value for draft in own):
        return
    facts: dict[str, Fact] = {"own_measure": tuple(draft.key.measure for draft in own)}
    for measure in page.form.measures:
        draft = page.drafts[Cell(row.key, measure)]
        if measure in row.optional and draft.value:
            page.tell(codes.OPTIONAL_MEASURE, draft, (rule, "optional"), facts=facts)
