"""Periods and letters as values: what a text says of them, and whether it agrees with what the form asks for."""

from pipeline.extract.periods.letters import Letter, is_reference, letter_in
from pipeline.extract.periods.own import Bearing, OwnPeriod
from pipeline.extract.periods.period import NUMBERED, Kind, Period
from pipeline.extract.periods.period_words import any_of, load_period_words, plain
from pipeline.extract.periods.reading import begins_with_period, dates_in, periods_in

__all__ = [
    "NUMBERED",
    "Bearing",
    "Kind",
    "Letter",
    "OwnPeriod",
    "Period",
    "any_of",
    "begins_with_period",
    "dates_in",
    "is_reference",
    "letter_in",
    "load_period_words",
    "periods_in",
    "plain",
]
