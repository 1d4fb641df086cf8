"""Why a run was not done, in one sentence."""

from pipeline.account.words import Lang, words
from pipeline.errors import RunError
from schemas.definition import DefinitionError
from schemas.text import visible


def refusal(error: RunError | DefinitionError, lang: Lang) -> str:
    """Say in one sentence why a run was not done."""
    say = words(lang)["errors"]
    if isinstance(error, DefinitionError):
        line = say["definition_line"].format(line=error.line) if error.line else ""
        phrases = words(lang).get("phrases", {})
        field, allowed, found = (phrases.get(text, text) for text in (error.field, error.allowed, error.found))
        allowed = allowed.format(**error.facts) if error.facts else allowed
        parts = {"file": error.file, "field": field, "found": visible(found), "allowed": allowed}
        return str(say["prefix"] + say["definition"].format(line=line, **parts))
    return str(say["prefix"] + say[error.code].format(**error.facts))
