"""Why a run was not done, in one sentence."""

import re

from pipeline.cli.screen.words import words
from pipeline.model.errors import RunError
from pipeline.model.languages import Lang
from schemas.definition import DefinitionError
from schemas.text import visible


def refusal(error: RunError | DefinitionError, lang: Lang) -> str:
    """Say why a run was not done: in one sentence, or in one for each thing that is wrong in a definition."""
    if isinstance(error, DefinitionError):
        return "\n".join(_of_definition(one, lang) for one in error.every)
    say = words(lang)["errors"]
    facts = dict(error.facts)
    if "reason" in facts:
        # Only a reason that has words is given; the system's own are English.
        reasons = words(lang)["reasons"]
        known = reasons.get(facts["reason"])
        facts["reason"] = reasons["because"].format(reason=known) if known else ""
    return str(say["prefix"] + say[error.code].format(**facts))


def _of_definition(error: DefinitionError, lang: Lang) -> str:
    say = words(lang)["errors"]
    line = say["definition_line"].format(line=error.line) if error.line else ""
    phrases = words(lang).get("phrases", {})
    field, allowed, found = (phrases.get(text, text) for text in (error.field, error.allowed, error.found))
    allowed = allowed.format(**error.facts) if error.facts else allowed
    parts = {"file": error.file, "field": field, "found": visible(found), "allowed": allowed}
    return str(say["prefix"] + say["definition"].format(line=line, **parts))


def wrong_usage(said: str, usage: str, help_command: str, lang: Lang) -> str:
    """Say that the command was not given as it should be; what the command line itself says of it is put into words."""
    found = ((re.fullmatch(pattern, said), text) for pattern, text in words(lang).get("command_line", {}).items())
    told = next((text.format(*match.groups()) for match, text in found if match), said)
    return str(words(lang)["usage"]["wrong"].format(said=told, usage=usage, help=help_command))
