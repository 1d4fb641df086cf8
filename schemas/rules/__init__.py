"""The rules of a form: what they are, and how they are read from a definition."""

from schemas.rules.base import Cell, Names, Severity
from schemas.rules.either_column import EitherColumn
from schemas.rules.heading import Heading
from schemas.rules.implies import Implies
from schemas.rules.kinds import KINDS, OUTCOMES, ReadingRule, ReturnRule, Rule, kind_of_rule
from schemas.rules.kinds_kept_apart import KindsKeptApart
from schemas.rules.loading import load_rules
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

__all__ = [
    "KINDS",
    "OUTCOMES",
    "Cell",
    "EitherColumn",
    "Heading",
    "Implies",
    "KindsKeptApart",
    "MovesTo",
    "Names",
    "Pair",
    "PartAtMostTotal",
    "Range",
    "RatioLimit",
    "ReadingRule",
    "RequiredText",
    "ReturnRule",
    "Rule",
    "SameNumber",
    "Severity",
    "SingleMeasure",
    "SumOfParts",
    "TextOnly",
    "kind_of_rule",
    "load_rules",
]
