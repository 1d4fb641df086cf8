"""Numbers in a measure that a row may state beside the one it counts: they are added, and told."""

from pipeline.extract.cells.page import Page
from pipeline.findings import codes
from schemas.form import Row
from schemas.rules import Cell, SingleMeasure


def tell_of_extras(page: Page, row: Row) -> None:
    """Tell of them where the row also states what it counts; without that the number is in question by itself."""
    level = "summary" if page.source.is_summary else "unit"
    for rule in page.reader.rules.of_row.get(row.key, ()):
        if not isinstance(rule, SingleMeasure) or level not in rule.levels or "optional" not in rule.severity:
            continue
        own = [page.drafts[Cell(row.key, measure)] for measure in row.kinds if measure not in row.optional]
        for measure in page.form.measures:
            draft = page.drafts[Cell(row.key, measure)]
            if measure in row.optional and draft.value and any(one.value for one in own):
                page.tell(
                    codes.OPTIONAL_MEASURE,
                    draft,
                    (rule, "optional"),
                    facts={"own_measure": tuple(one.key.measure for one in own)},
                )
