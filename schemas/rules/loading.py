"""The `[[rules]]` of a definition, read into frozen types; one that could never find anything is refused."""

from collections.abc import Sequence

from schemas.definition import Faults, Table
from schemas.rules.base import Names
from schemas.rules.kinds import KINDS, Rule


def load_rules(tables: Sequence[Table], names: Names) -> tuple[Rule, ...]:
    """Read the `[[rules]]` of a definition.

    Raises:
        DefinitionError: an unknown kind, outcome, row, measure, unit or parameter, or a rule that could never find
            anything, with its line.
    """
    faults = Faults()
    rules: list[Rule] = []
    for table in tables:
        rule = faults.keep(lambda: _rule(table, names, rules))  # noqa: B023 - called at once
        if rule:
            rules.append(rule)
    faults.refuse_any()
    return tuple(rules)


def _rule(table: Table, names: Names, earlier: Sequence[Rule]) -> Rule:
    kind = KINDS[table.choice("kind", tuple(KINDS))]
    table.known(kind.known_fields())
    rule = kind.load(table, names)
    if any(other.id == rule.id for other in earlier):
        raise table.refuse("id", rule.id, "an id that no other rule bears")
    return rule
