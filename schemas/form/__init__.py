"""The form definition: rows, columns and rules of one form, loaded from its folder into frozen types.

A form is a folder `schemas/forms/<id>/` with `form.toml` and `rows.csv`. Everything that depends on the form
(template, reading, checks, summary) derives from the values here; no row, label or unit stands in code.
"""

from schemas.form.loading import FORMS, form_folder, load_form, shipped_forms
from schemas.form.model import NOTE, Column, Form, Role, Row, ValueKind

__all__ = [
    "FORMS",
    "NOTE",
    "Column",
    "Form",
    "Role",
    "Row",
    "ValueKind",
    "form_folder",
    "load_form",
    "shipped_forms",
]
