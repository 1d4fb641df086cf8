"""Sums of money that a text states, in figures or in words: "15 triệu đồng", "Mười lăm triệu đồng"."""

from pipeline.extract.numbers.amounts import read_amount
from pipeline.extract.numbers.text import TOKEN, ascii_digits
from pipeline.extract.numbers.vocabulary import vocabulary_of
from pipeline.extract.numbers.words import NumberWords, plain_text
from schemas.text import tidy

_LONGEST_NUMBER = 6
"""words of a number below a thousand: "chín trăm chín mươi chín", and one to spare"""


def sums_in(text: str, words: NumberWords) -> tuple[int, ...]:
    """Return the sums of money in a text that can be read for sure, in their order.

    A number is one of money if a size or the currency follows it.
    """
    vocabulary = vocabulary_of("money", words, (), None)
    tokens = _with_figures(TOKEN.findall(ascii_digits(plain_text(tidy(text)))), words)
    found: list[int] = []
    at = 0
    while at < len(tokens):
        if not tokens[at][0].isdecimal():
            at += 1
            continue
        amount, end = read_amount(tokens, at, vocabulary)
        is_money = end > at + 1 or (end < len(tokens) and tokens[end] in words.currency)
        found += [amount.value] if is_money and amount.value is not None else []
        at = end
    return tuple(found)


def _with_figures(tokens: list[str], words: NumberWords) -> list[str]:
    """Write numbers in words as figures, where what follows says that they are of money."""
    written: list[str] = []
    at = 0
    while at < len(tokens):
        number, end = _number_at(tokens, at, words)
        follows = tokens[end] if end < len(tokens) else ""
        if number is not None and (follows in words.magnitudes or follows in words.currency):
            written.append(str(number))
        else:
            end = at + 1
            written.append(tokens[at])
        at = end
    return written


def _number_at(tokens: list[str], at: int, words: NumberWords) -> tuple[int | None, int]:
    for end in range(min(len(tokens), at + _LONGEST_NUMBER), at, -1):
        number = words.in_letters.get(" ".join(tokens[at:end]))
        if number is not None:
            return number, end
    return None, at + 1
