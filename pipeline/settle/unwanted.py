"""A return that counts although its folder or its name says that it is not to be used."""

from collections.abc import Mapping

from pipeline.findings import finding
from pipeline.identify import Names, says_not_to_use
from pipeline.settle.case import Case
from schemas.text import visible


def tell_unwanted(names: Names, counted: Mapping[str, Case]) -> None:
    """Tell of a file in use that somebody put aside: it may be the only one of its unit, and is never so in silence."""
    for case in counted.values():
        said = says_not_to_use(case.file.path, names)
        if said and not case.one.preferred:
            case.told.append(finding("U014", facts={"seen": visible(said)}))
