"""The rules of a form as formulas of Excel 2007: what is wrong in each row.

Text or an error value in a number cell must not break a formula, so a cell is compared only after COUNT has
found numbers in every cell concerned, and sums are taken with SUMIF, which passes over all else. Blanks and totals
left blank mean here what they mean in a run, so that neither says of them what the other does not.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pipeline.extract.own.template import TemplateWords
from pipeline.writers.template.cell_checks import checks_of_cells
from pipeline.writers.template.formulas import Check, CheckedForm, quoted
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
    SingleMeasure,
    SumOfParts,
)


class _Told(NamedTuple):
    """What one kind of rule says of one row, before its severity is known."""

    row: str
    outcome: str
    when: str
    text: str


def checks_of(checked: CheckedForm) -> Mapping[str, tuple[Check, ...]]:
    """Every check by the row it is told at, errors before warnings; infos are not told in the form."""
    found = [
        *checks_of_cells(checked),
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
        case SingleMeasure():
            yield from _single_measure(checked, rule)
        case _:
            return


def _sum_of_parts(checked: CheckedForm, rule: SumOfParts) -> Iterator[_Told]:
    total, parts, row = checked.ref(rule.total), checked.total(rule.parts), rule.total.row
    facts = {"sum": parts, "total": f"N({total})"}
    above = checked.stated([rule.total], f"AND({parts}>{total},{_no_part_above(checked, rule)})")
    yield _Told(row, "above", above, checked.say("sum_above", **facts))
    needed = [cell for cell in rule.parts if cell not in checked.form.optional_cells]
    # While parts are still to be typed, a smaller sum is no news.
    typed = f"{checked.count('COUNT', needed or rule.parts)}>={len(needed) or 1}"
    whole = f"OR({checked.blanks_are_zero},{typed})"
    rows = dict.fromkeys((*rule.explained_by, row))
    silent = f"{checked.count('COUNTA', _texts(checked.form, rows))}=0"
    smaller = f"AND({whole},{checked.known(rule.parts)},{parts}<{total},{silent})"
    below = checked.stated([rule.total], smaller)
    yield _Told(row, "below_unexplained", below, checked.say("sum_below_unexplained", **facts))
    if rule.compute_blank:
        yield from _blank_total(checked, rule)


def _blank_total(checked: CheckedForm, rule: SumOfParts) -> Iterator[_Told]:
    """What is said of a total left blank; nothing of one that may stay so and whose parts are all there."""
    added_up, text = checked.is_added_up(rule.total), checked.say("sum_computed", sum=checked.total(rule.parts))
    if rule.total in checked.form.optional_cells:
        stated = f"{checked.count('COUNT', rule.parts)}={len(rule.parts)}"
        added_up = f"AND({added_up},NOT(OR({checked.blanks_are_zero},{stated})))"
    else:
        unsure = f"AND({checked.is_of_parts(rule.total)},NOT({checked.known(rule.parts)}))"
        yield _Told(rule.total.row, "open", unsure, checked.say("sum_open"))
    yield _Told(rule.total.row, "computed", added_up, text)


def _no_part_above(checked: CheckedForm, rule: SumOfParts) -> str:
    """That no part alone is above the total, where a rule tells this at the part: its consequence is not told."""
    parts = [
        cell
        for other in checked.form.rules
        if isinstance(other, PartAtMostTotal) and other.total == rule.total and "above" in other.severity
        for cell in other.parts
    ]
    if not parts:
        return "TRUE"
    total = checked.ref(rule.total)
    above = "+".join(f'COUNTIF({part},">"&{total})' for part in checked.refs(parts))
    return f"OR(ISBLANK({total}),{above}=0)"


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
        yield _Told(part.row, "above", when, checked.say("part_above", where=checked.where(part), **facts))


def _pair(checked: CheckedForm, measures: tuple[str, str], key: str) -> Iterator[_Told]:
    cells = first, second = Cell(key, measures[0]), Cell(key, measures[1])
    heads = {"first": quoted(checked.head(first.measure)), "second": quoted(checked.head(second.measure))}
    zero_with = f"AND({checked.is_zero(first)},{checked.positive(second)})"
    yield _Told(key, "zero_with", zero_with, checked.say("pair_zero_with", **heads))
    optional = checked.form.by_key[key].optional
    for stated, blank in (cells, cells[::-1]):
        # The second may be left out where it need not be stated; it is asked for the first all the same.
        if blank == first or blank.measure not in optional:
            when = f"AND({checked.positive(stated)},{checked.is_open(blank)})"
            columns = {"stated": quoted(checked.head(stated.measure)), "blank": quoted(checked.head(blank.measure))}
            yield _Told(key, "one_blank", when, checked.say("pair_one_blank", **columns))
    high, low = checked.total([first]), checked.total([second])
    some = f"{low}>0" if second.measure in optional else f"OR({checked.is_zero(second)},{low}>0)"
    fewer = f"AND({some},{low}<{high})"
    yield _Told(key, "fewer", fewer, checked.say("pair_fewer", high=high, low=low, **heads))


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
    needed = [*seconds, *(Cell(rule.needs, measure) for measure in rule.measures)]
    firsts = [[Cell(key, second.measure) for key in rule.first] for second in seconds]
    equal = [f"{checked.total(first)}={checked.ref(second)}" for first, second in zip(firsts, seconds, strict=True)]
    positive = [f"{checked.ref(cell)}>0" for cell in needed]
    known = [checked.known(first) for first in firsts]
    when = checked.stated(needed, f"AND({','.join((*positive, *known, *equal))})")
    text = checked.say(_what_is_the_same(checked.form, rule), label=quoted(checked.label(rule.needs)))
    yield _Told(rule.second, "same", when, text)


def _what_is_the_same(form: Form, rule: SameNumber) -> str:
    """Name the wording: the number is that of one other row, of the row's own parts and one other, or of several."""
    others = [form.by_key[key] for key in rule.first if key != rule.needs]
    if not others:
        return "same_same"
    return "same_same_parts" if all(row.parent == rule.second for row in others) else "same_same_many"


def _implies(checked: CheckedForm, rule: Implies) -> Iterator[_Told]:
    causes = rule.if_all or rule.if_any
    cause = f"{'AND' if rule.if_all else 'OR'}({','.join(map(checked.positive, causes))})"
    unmet = f"{cause},{checked.total(rule.then_any)}=0,{checked.known(rule.then_any)}"
    all_zero = f"OR({checked.blanks_are_zero},{checked.numbers(rule.then_any)}={len(rule.then_any)})"
    first, last = rule.then_any[0].row, rule.then_any[-1].row
    many = "" if first == last else "_many"
    facts = {"label": quoted(checked.label(causes[0].row)), "last": quoted(checked.label(last))}
    for outcome, when in (("zero", all_zero), ("blank", f"NOT({all_zero})")):
        text = checked.say(f"implies_{outcome}{many}", **facts)
        yield _Told(first, outcome, f"AND({unmet},{when})", text)


def _single_measure(checked: CheckedForm, rule: SingleMeasure) -> Iterator[_Told]:
    """A further number beside the one that a row counts; cells that a row does not take are locked."""
    for row in map(checked.form.by_key.__getitem__, rule.rows):
        own = [Cell(row.key, measure) for measure in row.kinds if measure not in row.optional]
        for measure in (measure for measure in row.kinds if measure in row.optional):
            stated = f"OR({','.join(map(checked.positive, own))})"
            when = f"AND({stated},{checked.positive(Cell(row.key, measure))})"
            text = checked.say("single_optional", where=checked.where(Cell(row.key, measure)))
            yield _Told(row.key, "optional", when, text)
