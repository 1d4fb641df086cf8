"""The rules of a form as formulas of Excel 2007: what is wrong in each row, and how complete the form is.

Text or an error value in a number cell must not break a formula, so a cell is compared only after COUNT has
found numbers in every cell concerned, and sums are taken with SUMIF, which passes over all else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.form_layout import FormPlace, boxes_of
from pipeline.template_words import TemplateWords
from schemas.form import NOTE, Form, Row, ValueKind
from schemas.rules import (
    Cell,
    Implies,
    Pair,
    PartAtMostTotal,
    Range,
    RatioLimit,
    Rule,
    SameNumber,
    Severity,
    SumOfParts,
)

LARGEST = 999_999_999_999
_LONGEST_CONSTANT = 255
"""Excel refuses a longer text constant within a formula"""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that may be wrong in a row: the condition and the text, both as formulas without "="."""

    row: str
    severity: Severity
    when: str
    text: str


class _Told(NamedTuple):
    """What one kind of rule says of one row, before its severity is known."""

    row: str
    outcome: str
    when: str
    text: str


@dataclass(frozen=True, slots=True)
class CheckedForm:
    """A form in its place in the template, with the cell that says whether blanks are zeros."""

    form: Form
    place: FormPlace
    words: TemplateWords
    blanks_are_zero: str
    """the condition, as a formula"""

    def ref(self, cell: Cell) -> str:
        """Address of a cell as a formula names it."""
        row, column = self.place.at(cell)
        return address(row, column)

    def refs(self, cells: Iterable[Cell]) -> tuple[str, ...]:
        """Addresses of cells, joined to ranges where they stand below one another."""
        return tuple(map(_range, boxes_of(map(self.place.at, cells))))

    def count(self, function: str, cells: Iterable[Cell]) -> str:
        """COUNT or COUNTA of cells as a formula."""
        refs = self.refs(cells)
        return f"{function}({','.join(refs)})" if refs else "0"

    def total(self, cells: Iterable[Cell]) -> str:
        """Sum of cells as a formula; what is no number counts nothing."""
        return "+".join(f'SUMIF({part},">0")' for part in self.refs(cells))

    def stated(self, cells: Sequence[Cell], condition: str) -> str:
        """A condition that is asked only where every one of the cells holds a number."""
        count = len({self.place.at(cell) for cell in cells})
        return f"IF({self.count('COUNT', cells)}={count},{condition},FALSE)"

    def say(self, wording: str, **facts: str) -> str:
        """A remark as a formula; its facts are formulas."""
        return spelt(self.words.checks[wording], facts)

    def label(self, key: str) -> str:
        """Short label of a row."""
        return self.form.by_key[key].short_label

    def head(self, measure: str) -> str:
        """Head of a measure column."""
        return self.form.column_by_key[measure].head[-1]


def checks_of(checked: CheckedForm) -> Mapping[str, tuple[Check, ...]]:
    """Every check by the row it is told at, errors before warnings; infos are not told in the form."""
    found = [
        *_whole_numbers(checked),
        *(check for rule in checked.form.rules if "unit" in rule.levels for check in _of_rule(checked, rule)),
    ]
    order = (Severity.ERROR, Severity.WARNING)
    return {
        row.key: tuple(
            check for severity in order for check in found if check.row == row.key and check.severity is severity
        )
        for row in checked.form.rows
    }


def row_formula(checks: Sequence[Check], words: TemplateWords) -> str:
    """The formula that tells the first of the checks that holds, or nothing."""
    formula = '""'
    for check in reversed(checks):
        remark = quoted(words.remark[check.severity.value])
        formula = f"IF({check.when},{remark}&{check.text},{formula})"
    return "=" + formula


def required_cells(form: Form) -> tuple[Cell, ...]:
    """Number cells that may not stay blank without remark."""
    return tuple(cell for cell in form.number_cells if cell.measure not in form.by_key[cell.row].optional)


def status_formula(checked: CheckedForm, unit_code: str, remarks: str, letter: str) -> str:
    """The formula of the status line: unit chosen, blanks, errors, warnings, in this order.

    `unit_code` and `remarks` are the address of the code and the range of the column of remarks.
    """
    words = checked.words
    required = required_cells(checked.form)
    blanks = f"IF({checked.blanks_are_zero},0,{len(required)}-{checked.count('COUNTA', required)})"
    errors, warnings = (
        f"SUMPRODUCT(--(LEFT({remarks},{len(words.remark[name])})={quoted(words.remark[name])}))"
        for name in ("error", "warning")
    )
    facts = {"blanks": blanks, "errors": errors, "warnings": warnings, "letter": quoted(letter)}
    texts = {name: spelt(text, facts) for name, text in words.status.items()}
    numbers = checked.count("COUNT", checked.form.number_cells)
    return (
        f"=IF(LEN({unit_code})=0,{texts['no_unit']},"
        f"IF({blanks}+{errors}>0,{texts['open']},"
        f"IF({numbers}=0,{texts['nothing']},"
        f"IF({warnings}>0,{texts['look']},{texts['done']}))))"
    )


def status_of_blank(form: Form, words: TemplateWords, letter: str, *, unit_known: bool) -> str:
    """What the status formula gives in a form nobody has filled."""
    text = words.status["open" if unit_known else "no_unit"]
    return text.format(blanks=len(required_cells(form)), errors=0, letter=letter)


def address(row: int, column: int, *, fixed: bool = False) -> str:
    """Address of a cell as Excel shows it, from row and column counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"${letters}${row + 1}" if fixed else f"{letters}{row + 1}"


def quoted(text: str) -> str:
    """A text constant of a formula, in pieces that Excel accepts."""
    pieces = [text[at : at + _LONGEST_CONSTANT] for at in range(0, len(text), _LONGEST_CONSTANT)] or [""]
    return "&".join('"' + piece.replace('"', '""') + '"' for piece in pieces)


def spelt(text: str, facts: Mapping[str, str]) -> str:
    """A wording as a formula: its braces are filled with formulas, never with text."""
    for name, formula in facts.items():
        text = text.replace("{" + name + "}", f"\0{formula}\0")
    parts = text.split("\0")
    # Every second part is a formula; a sum or a difference must be bracketed before "&".
    spelt_parts = (f"({part})" if index % 2 else quoted(part) for index, part in enumerate(parts) if part)
    return "&".join(spelt_parts)


def _range(box: tuple[int, int, int, int]) -> str:
    first, last = address(box[0], box[1]), address(box[2], box[3])
    return first if first == last else f"{first}:{last}"


def _whole_numbers(checked: CheckedForm) -> Iterator[Check]:
    for cell in checked.form.number_cells:
        at = checked.ref(cell)
        wrong = f"IF(ISNUMBER({at}),OR({at}<0,{at}>{LARGEST},{at}<>INT({at})),NOT(ISBLANK({at})))"
        text = checked.say("not_whole", column=quoted(checked.head(cell.measure)))
        yield Check(cell.row, Severity.ERROR, wrong, text)


def _of_rule(checked: CheckedForm, rule: Rule) -> Iterator[Check]:
    """The checks of one rule that its definition finds worth an error or a warning."""
    for told in _outcomes(checked, rule):
        severity = rule.severity.get(told.outcome)
        if severity in (Severity.ERROR, Severity.WARNING):
            yield Check(told.row, severity, told.when, told.text)


def _outcomes(checked: CheckedForm, rule: Rule) -> Iterator[_Told]:
    """What a rule may find; kinds that a formula cannot say find nothing."""
    match rule:
        case SumOfParts():
            yield from _sum_of_parts(checked, rule)
        case PartAtMostTotal():
            yield from _part_at_most_total(checked, rule)
        case Pair():
            for key in rule.rows:
                yield from _pair(checked, rule.measures, key)
        case RatioLimit():
            yield from _ratio_limit(checked, rule)
        case Range():
            yield from _range_limits(checked, rule)
        case SameNumber():
            yield from _same_number(checked, rule)
        case Implies():
            yield from _implies(checked, rule)
        case _:
            return


def _sum_of_parts(checked: CheckedForm, rule: SumOfParts) -> Iterator[_Told]:
    total, parts = checked.ref(rule.total), checked.total(rule.parts)
    count = checked.count("COUNT", rule.parts)
    stated, whole = f"{count}>0", f"OR({checked.blanks_are_zero},{count}={len(rule.parts)})"
    unexplained = f"{checked.count('COUNTA', _texts(checked.form, rule.explained_by))}=0"
    facts = {"sum": parts, "total": total}
    row = rule.total.row
    above = checked.stated([rule.total], f"AND({stated},{parts}>{total})")
    yield _Told(row, "above", above, checked.say("sum_above", **facts))
    below = checked.stated([rule.total], f"AND({stated},{whole},{parts}<{total},{unexplained})")
    yield _Told(row, "below_unexplained", below, checked.say("sum_below_unexplained", **facts))
    if rule.compute_blank:
        yield _Told(row, "computed", f"AND(ISBLANK({total}),{stated})", checked.say("sum_computed", sum=parts))


def _texts(form: Form, keys: Iterable[str]) -> Iterator[Cell]:
    """Cells of these rows that may hold an explanation."""
    has_note = NOTE in form.column_by_key
    for key in keys:
        kinds = form.by_key[key].kinds
        yield from (Cell(key, measure) for measure in form.measures if kinds.get(measure) is ValueKind.TEXT)
        if has_note:
            yield Cell(key, NOTE)


def _part_at_most_total(checked: CheckedForm, rule: PartAtMostTotal) -> Iterator[_Told]:
    total = checked.ref(rule.total)
    facts = {"label": quoted(checked.label(rule.total.row)), "total": total}
    for part in rule.parts:
        when = checked.stated([part, rule.total], f"{checked.ref(part)}>{total}")
        column = quoted(checked.head(part.measure))
        yield _Told(part.row, "above", when, checked.say("part_above", column=column, **facts))


def _pair(checked: CheckedForm, measures: tuple[str, str], key: str) -> Iterator[_Told]:
    one, two = (checked.ref(Cell(key, measure)) for measure in measures)
    first, second = (quoted(checked.head(measure)) for measure in measures)
    # A blank that the unit declared to be 0 stands for 0 here, as it will in the sum.
    no_first = f"OR(COUNTIF({one},0)=1,AND(ISBLANK({one}),{checked.blanks_are_zero}))"
    has_first, has_second = (f'COUNTIF({at},">0")=1' for at in (one, two))
    zero_with = f"AND({no_first},{has_second})"
    yield _Told(key, "zero_with", zero_with, checked.say("pair_zero_with", first=first, second=second))
    for has, at, stated, blank in ((has_first, two, first, second), (has_second, one, second, first)):
        when = f"AND({has},ISBLANK({at}))"
        yield _Told(key, "one_blank", when, checked.say("pair_one_blank", stated=stated, blank=blank))
    fewer = checked.stated([Cell(key, measure) for measure in measures], f"{two}<{one}")
    yield _Told(key, "fewer", fewer, checked.say("pair_fewer", first=first, second=second, high=one, low=two))


def _ratio_limit(checked: CheckedForm, rule: RatioLimit) -> Iterator[_Told]:
    first, second = (quoted(checked.head(measure)) for measure in rule.measures)
    facts = {"first": first, "second": second, "limit": str(rule.limit)}
    for key in rule.rows:
        cells = [Cell(key, measure) for measure in rule.measures]
        one, two = map(checked.ref, cells)
        when = checked.stated(cells, f"AND({one}>0,{two}>{rule.limit}*{one})")
        yield _Told(key, "over", when, checked.say("ratio_over", **facts))


def _range_limits(checked: CheckedForm, rule: Range) -> Iterator[_Told]:
    for cell in rule.cells:
        at = checked.ref(cell)
        money = "_money" if _is_money(checked.form.by_key[cell.row], cell) else ""
        small = checked.stated([cell], f"AND({at}>0,{at}<{rule.at_least})")
        yield _Told(cell.row, "too_small", small, checked.say("range_too_small" + money))
        large = checked.stated([cell], f"{at}>{rule.at_most}")
        yield _Told(cell.row, "too_large", large, checked.say("range_too_large" + money))


def _is_money(row: Row, cell: Cell) -> bool:
    return row.kinds.get(cell.measure) is ValueKind.MONEY


def _same_number(checked: CheckedForm, rule: SameNumber) -> Iterator[_Told]:
    seconds = [Cell(rule.second, measure) for measure in rule.measures]
    needed = Cell(rule.needs, rule.measures[0])
    equal = [
        f"{checked.total(Cell(key, second.measure) for key in rule.first)}={checked.ref(second)}" for second in seconds
    ]
    positive = [f"{checked.ref(cell)}>0" for cell in (needed, *seconds)]
    when = checked.stated([needed, *seconds], f"AND({','.join((*positive, *equal))})")
    yield _Told(rule.second, "same", when, checked.say("same_same", label=quoted(checked.label(rule.needs))))


def _implies(checked: CheckedForm, rule: Implies) -> Iterator[_Told]:
    causes = rule.if_all or rule.if_any
    positive = [f'COUNTIF({checked.ref(cell)},">0")=1' for cell in causes]
    cause = f"{'AND' if rule.if_all else 'OR'}({','.join(positive)})"
    none = f"{checked.total(rule.then_any)}=0"
    count = checked.count("COUNT", rule.then_any)
    all_zero = f"OR({checked.blanks_are_zero},{count}={len(rule.then_any)})"
    rows = list(dict.fromkeys(cell.row for cell in rule.then_any))
    if len(rows) == 1:
        row, many, facts = rows[0], "", {"label": quoted(checked.label(causes[0].row))}
    else:
        row, many = causes[0].row, "_many"
        facts = {"first": quoted(checked.label(rows[0])), "last": quoted(checked.label(rows[-1]))}
    yield _Told(row, "zero", f"AND({cause},{none},{all_zero})", checked.say("implies_zero" + many, **facts))
    yield _Told(row, "blank", f"AND({cause},{none},NOT({all_zero}))", checked.say("implies_blank" + many, **facts))
