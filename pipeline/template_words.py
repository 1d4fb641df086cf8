"""The Vietnamese texts of the blank workbook, and which of them a returned copy still shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from schemas.definition import read_toml
from schemas.form import Column, Form

TEMPLATE_WORDS = Path(__file__).parent / "wording" / "template.toml"
_FIRST_LETTER = ord("A")


@dataclass(frozen=True, slots=True)
class GuideLine:
    """One line of the guide: its kind, its texts from left to right, and what the form must have for it."""

    kind: str
    texts: tuple[str, ...]
    needs: str


@dataclass(frozen=True, slots=True)
class TemplateWords:
    """Texts by section and name, as the file has them."""

    sheets: Mapping[str, str]
    top: Mapping[str, str]
    status: Mapping[str, str]
    remark: Mapping[str, str]
    checks: Mapping[str, str]
    validation: Mapping[str, str]
    file: Mapping[str, str]
    guide: Sequence[GuideLine]


@cache
def load_template_words() -> TemplateWords:
    """Load the texts once."""
    tables: dict[str, Any] = dict(read_toml(TEMPLATE_WORDS).values)
    guide = tuple(
        GuideLine(line.get("kind", "text"), tuple(line.get("texts") or (line["text"],)), line.get("needs", ""))
        for line in tables.pop("guide")
    )
    return TemplateWords(**tables, guide=guide)


def column_reminder(words: TemplateWords, column: Column, index: int) -> str:
    """The text above a measure column that stays on the screen when the head has scrolled away."""
    return words.top["column"].format(letter=chr(_FIRST_LETTER + index), head=column.head[-1])


def printed_texts(form: Form) -> tuple[str, ...]:
    """Every fixed text of the data sheet that is neither the form's table nor a stamp label.

    A reader finds these in a returned copy and need not tell them as something the unit wrote.
    """
    words = load_template_words()
    reminders = [
        column_reminder(words, column, index) for index, column in enumerate(form.columns) if column.role == "measure"
    ]
    titles = [form.appendix, *form.title_lines, *form.references]
    return tuple(text for text in (words.top["hint"], words.top["checks"], *reminders, *titles) if text)
