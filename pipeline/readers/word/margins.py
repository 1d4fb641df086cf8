"""The headers and footers of a Word document, which say for a whole section what a line above its table would."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.readers.word.seen_text import Styles, paragraphs_of, text_of


@dataclass(frozen=True, slots=True)
class Margins:
    """The lines of the headers and footers that a section shows."""

    header: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


def margins_of(document: Any, styles: Styles) -> tuple[Margins, ...]:  # noqa: ANN401 - read_docx alone knows its type
    """Read the headers and footers of each section; one that has none of a kind goes on with those before it."""
    found: list[Margins] = []
    lines: dict[str, tuple[str, ...]] = {}
    is_even_apart = document.settings.odd_and_even_pages_header_footer
    for section in document.sections:
        shown = {"": True, "even_page_": is_even_apart, "first_page_": section.different_first_page_header_footer}
        for name in (kind + side for kind in shown for side in ("header", "footer")):
            margin = getattr(section, name)
            if not margin.is_linked_to_previous:
                lines[name] = tuple(_lines(margin._element, styles))
        both = (
            dict.fromkeys(line for kind, is_shown in shown.items() if is_shown for line in lines.get(kind + side, ()))
            for side in ("header", "footer")
        )
        found.append(Margins(*map(tuple, both)))
    return tuple(found)


def _lines(margin: Any, styles: Styles) -> Iterator[str]:  # noqa: ANN401
    """Give the lines of a header or footer; the bare number of a page is none."""
    for paragraph in paragraphs_of(margin):
        line = text_of(paragraph, styles)
        if any(map(str.isalpha, line)):
            yield line
