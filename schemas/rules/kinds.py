"""The closed set of rule kinds a form definition may use, each in its own file.

Two sorts: *reading rules* move, refuse or keep what one cell says and are applied while parsing; *return rules*
look at a return as a whole, each one vectorised check. Source of the rules of the shipped form: the letter of
25 September 2020 and the reading of its Phụ lục II in the definition's own comments.
"""

from collections.abc import Mapping

from schemas.rules.either_column import EitherColumn
from schemas.rules.heading import Heading
from schemas.rules.implies import Implies
from schemas.rules.kinds_kept_apart import KindsKeptApart
from schemas.rules.moves_to import MovesTo
from schemas.rules.pair import Pair
from schemas.rules.part_at_most_total import PartAtMostTotal
from schemas.rules.range import Range
from schemas.rules.ratio_limit import RatioLimit
from schemas.rules.required_text import RequiredText
from schemas.rules.same_number import SameNumber
from schemas.rules.single_measure import SingleMeasure
from schemas.rules.sum_of_parts import SumOfParts
from schemas.rules.text_only import TextOnly

ReadingRule = EitherColumn | MovesTo | SingleMeasure | KindsKeptApart | Heading | TextOnly
ReturnRule = SumOfParts | PartAtMostTotal | Pair | RatioLimit | Range | SameNumber | Implies | RequiredText
Rule = ReadingRule | ReturnRule

KINDS: Mapping[str, type[Rule]] = {
    kind.kind: kind
    for kind in (
        EitherColumn,
        MovesTo,
        SingleMeasure,
        KindsKeptApart,
        Heading,
        TextOnly,
        SumOfParts,
        PartAtMostTotal,
        Pair,
        RatioLimit,
        Range,
        SameNumber,
        Implies,
        RequiredText,
    )
}
"""what the definition calls a kind -> its class"""

OUTCOMES: Mapping[str, tuple[str, ...]] = {name: kind.outcomes for name, kind in KINDS.items()}
"""rule kind -> what it can find; one code of the catalogue belongs to each pair"""


def kind_of_rule(rule: Rule) -> str:
    """Name the kind of a rule as the definition writes it."""
    return rule.kind
