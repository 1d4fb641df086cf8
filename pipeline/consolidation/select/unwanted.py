"""A return that counts although its folder, its file or its sheet says that it is not to be used."""

from collections.abc import Mapping

from pipeline.consolidation.select.case import Case
from pipeline.extract.identify import Names, says_not_to_use, sheet_says_not_to_use
from pipeline.findings import codes, finding
from schemas.text import visible


def tell_unwanted(names: Names, counted: Mapping[str, Case]) -> None:
    """Tell of a file in use that somebody put aside: it may be the only one of its unit, and is never so in silence."""
    for case in counted.values():
        sheet = case.one.sheet
        said = says_not_to_use(case.file.path, names) or (sheet if sheet_says_not_to_use(sheet, names) else None)
        if said and not case.one.preferred:
            case.told.append(finding(codes.SAID_NOT_TO_BE_USED, facts={"seen": visible(said)}))
