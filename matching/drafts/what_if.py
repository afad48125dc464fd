"""How many offers would meet an indicator if it asked for more or for less. Pure.

The values tried are the offers' own: between two of them nothing changes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal

from matching.indicators import Claim, judge_all
from matching.lexical import count
from matching.sources import IndicatorLine
from park.quantities import (
    Comparator,
    Quantity,
    Verdict,
    compare,
    from_fields,
    named_as_change,
)
from park.quantities.compare import ABOUT

LOOSER, TIGHTER = 3, 2
"""Steps shown in either direction; where one has fewer, the other has more."""
SURE_SHARE = 0.6
"""Of an indicator's name, to stand beside a claim's number."""
FARTHEST = 1000
"""Times more or less than what is asked; beyond it nobody would call it the same request."""
DIGITS = 6
"""Of a value that is proposed; it is rounded so that the count holds."""
_ABOUT = (Decimal(1), 1 - ABOUT, 1 + ABOUT)


@dataclass(frozen=True, slots=True)
class Step:
    """What the indicator would ask, in its own unit, and how many offers would meet it."""

    value: Decimal
    value_max: Decimal | None
    count: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    met: int
    """Offers that meet the indicator as it stands."""
    speaking: int
    """Offers that say anything comparable of it."""
    steps: list[Step]
    """In the order of their values."""


def what_if(line: IndicatorLine, offers: Sequence[Sequence[Claim]]) -> WhatIf | None:
    """Of an indicator with a number, against what each offer claims; None without a number."""
    asked = _asked(line)
    if line.value is None or asked is None or asked.change:
        return None
    claims = [one for offer in offers if (one := _claim_of(line, asked, offer)) is not None]

    def meeting(changed: IndicatorLine) -> int:
        wanted = _asked(changed)
        if wanted is None:
            return 0
        return sum(compare(wanted, one) is Verdict.MET for one in claims)

    met = meeting(line)
    values = sorted(one for one in _values(line, claims) if _is_near(one, line))
    looser: list[Step] = []
    tighter: list[Step] = []
    for walk in _walks(line, values):
        for step in _changes(walk, meeting, met):
            (looser if step.count > met else tighter).append(step)
    steps = _chosen(looser, tighter)
    return WhatIf(met, len(claims), sorted(steps, key=lambda one: (one.value, one.value_max or 0)))


def _claim_of(line: IndicatorLine, asked: Quantity, claims: Sequence[Claim]) -> Quantity | None:
    """The number of the claim that the verdict on this offer would rest on. Half of a name is
    too little here: 银含量 would be offered the values of 碳含量 to choose from."""
    said = judge_all([replace(line, quantity=asked)], claims)[0].claimed
    if said is None:
        return None
    name = set(count([line.name]))
    if len(name & set(count([said.name]))) < SURE_SHARE * len(name):
        return None
    return said.quantity


def _asked(line: IndicatorLine) -> Quantity | None:
    """By the fields of the form, as they stand or as they are tried."""
    found = from_fields(line.comparator, line.value, line.value_max, line.unit)
    return None if found is None else named_as_change(found, line.name)


def _values(line: IndicatorLine, claims: Sequence[Quantity]) -> set[Decimal]:
    """The claims' values in the line's unit, each rounded both ways."""
    one = from_fields("eq", Decimal(1), None, line.unit)
    factor = one.low if one is not None else None
    if not factor:
        return set()
    found = set()
    for claim in claims:
        shares = _ABOUT if claim.comparator is Comparator.ABOUT else (Decimal(1),)
        for end in (claim.low, claim.high):
            for share in shares if end is not None else ():
                exact = (end or Decimal(0)) * share / factor
                for rounding in (ROUND_FLOOR, ROUND_CEILING):
                    found.add(Context(DIGITS, rounding).create_decimal(exact))
    return found


def _is_near(value: Decimal, line: IndicatorLine) -> bool:
    known = [abs(one) for one in (line.value, line.value_max) if one]
    if not known or not value:
        return True
    return min(known) / FARTHEST <= abs(value) <= max(known) * FARTHEST


def _walks(line: IndicatorLine, values: Sequence[Decimal]) -> Iterator[list[IndicatorLine]]:
    """Ways to move the indicator, each from where it stands outwards."""
    low, high = line.value, line.value_max
    if low is None:
        return
    if line.comparator == "range" and high is not None:
        low, high = min(low, high), max(low, high)
        ends = replace(line, value=low, value_max=high)
        yield [replace(ends, value_max=one) for one in values if one > high]
        yield [replace(ends, value_max=one) for one in reversed(values) if low <= one < high]
        yield [replace(ends, value=one) for one in reversed(values) if one < low]
        yield [replace(ends, value=one) for one in values if low < one <= high]
        return
    yield [replace(line, value=one) for one in values if one > low]
    yield [replace(line, value=one) for one in reversed(values) if one < low]


def _changes(
    walk: Sequence[IndicatorLine], count: Callable[[IndicatorLine], int], met: int
) -> Iterator[Step]:
    last = met
    for line in walk:
        number = count(line)
        if number != last and number != met and line.value is not None:
            yield Step(line.value, line.value_max, number)
        last = number


def _chosen(looser: list[Step], tighter: list[Step]) -> list[Step]:
    more = max(LOOSER, LOOSER + TIGHTER - len(tighter))
    less = max(TIGHTER, LOOSER + TIGHTER - len(looser))
    return [*_spread(looser, more), *_spread(tighter, less)]


def _spread(steps: list[Step], limit: int) -> list[Step]:
    """The nearest, the farthest, and some between."""
    if len(steps) <= limit:
        return steps
    return [steps[round(place * (len(steps) - 1) / (limit - 1))] for place in range(limit)]
