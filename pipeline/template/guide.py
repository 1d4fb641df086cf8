"""The second sheet of the blank workbook: in half a page how to fill it in, and where to send it."""

from collections.abc import Mapping

from pipeline.stamp import load_stamp_words
from pipeline.template_words import GuideLine, load_template_words
from pipeline.workbook_formats import (
    Format,
    Formats,
    Worksheet,
    lines_needed,
    row_height,
    set_up_page,
    write_box,
)
from schemas.form import Form, ValueKind
from schemas.register import Register

_WIDTHS = (30, 32, 36)
_WHOLE_WIDTH = sum(_WIDTHS)


def write_guide(sheet: Worksheet, form: Form, register: Register, formats: Formats, letter: str) -> None:
    """Write the guide; `letter` is that of the column of checks. Lines with an unknown fact are left out."""
    looks = {
        "title": formats.title,
        "subtitle": formats.subtitle,
        "section": formats.strong,
        "text": formats.plain,
        "example_head": formats.head,
        "example": formats.text,
    }
    facts = _facts(form, register, letter)
    row = 0
    for line in load_template_words().guide:
        texts = _filled(line, facts)
        if texts:
            _write_line(sheet, row, texts, looks[line.kind])
            row += 1
    for column, width in enumerate(_WIDTHS):
        sheet.set_column(column, column, width)
    set_up_page(sheet)
    sheet.print_area(0, 0, row - 1, len(_WIDTHS) - 1)
    sheet.protect()


def _facts(form: Form, register: Register, letter: str) -> Mapping[str, str]:
    """What the guide may name; an empty text is an unknown fact."""
    stamp, office = load_stamp_words(), register.office
    collector, note = register.collector, form.column_of("note")
    kinds = {kind for row in form.rows for kind in row.kinds.values()}
    return {
        "form": form.name,
        "unit_name": stamp.unit_name,
        "letter": letter,
        "receiver": office.returns_to or office.name or (collector.name if collector else ""),
        "email": office.email,
        "deadline": form.deadline_wording,
        "contact": collector.contact if collector else "",
        "phone": collector.phone if collector else "",
        "note": note.head[-1] if note else "",
        "money": "yes" if ValueKind.MONEY in kinds else "",
        "pair": "yes" if len(form.measures) > 1 else "",
    }


def _filled(line: GuideLine, facts: Mapping[str, str]) -> tuple[str, ...]:
    """Texts of a line with its facts; none if one is unknown or the form has no need of it."""
    used = [name for name in facts if any("{" + name + "}" in text for text in line.texts)]
    if not all(facts[name] for name in (*used, *filter(None, [line.needs]))):
        return ()
    return tuple(text.format_map(facts) for text in line.texts)


def _write_line(sheet: Worksheet, row: int, texts: tuple[str, ...], look: Format) -> None:
    """Write one text over the whole width, or several side by side."""
    size, bold = float(look.font_size), bool(look.bold)
    if len(texts) == 1:
        write_box(sheet, (row, 0, row, len(_WIDTHS) - 1), texts[0], look)
        lines = lines_needed(texts[0], _WHOLE_WIDTH, size, bold=bold)
    else:
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, look)
        lines = max(lines_needed(text, width, size, bold=bold) for text, width in zip(texts, _WIDTHS, strict=False))
    sheet.set_row(row, row_height(lines, size))
