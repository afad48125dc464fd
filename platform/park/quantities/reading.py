"""Reads quantities from text: numbers are found, given their units, then their comparators. Pure.

Linear in the text: each step looks at a window of fixed length around a number.
"""

import re
from bisect import bisect_right
from dataclasses import replace
from decimal import Context, Decimal

from park.quantities import lexing, words
from park.quantities.quantity import TOLERANCE, Quantity
from park.quantities.tokens import MONEY, RATIO, Token, token_at
from park.quantities.units import COUNT, NUMBER, Unit, Written, find_unit, per_time
from park.quantities.words import Comparator

_EXACT = Context(prec=15)
"""Digits kept of a value in base units, so that 1 t/a is the same however it is written."""
_START = re.compile(r"[0-9±]|[+]/-|[零一二两三四五六七八九十百千万亿]{1,20}")
_LIST = re.compile(r" ?\)? ?(?:、|,|和|与|或|及|以及|×|x|X|\*|/) ?\(?$")
_ITEM = re.compile(r"(?:^|[。;\n:,])[ (]*$")


def read(text: str, *, rates: bool = True) -> list[Quantity]:
    """All quantities of a text in order. What is no quantity for sure is left out.

    `rates`: whether 年产 10 万吨 is read as t/a; without, it is 10 万吨.
    """
    written, text = text, lexing.narrow(text)
    found: list[Quantity] = []
    waiting: list[Token] = []
    names = lexing.find_names(text)
    starts = [start for start, _ in names]
    place = 0
    while match := _START.search(text, place):
        place = match.start()
        at = bisect_right(starts, place) - 1
        if at >= 0 and place < names[at][1]:
            place, waiting = names[at][1], []
            continue
        token = token_at(text, place)
        if token is None:
            waiting = []
            place = _skip(text, match)
            continue
        place = token.end
        if waiting and not (
            len(waiting) < 12 and _LIST.fullmatch(text[waiting[-1].end : token.start])
        ):
            found += _bare(text, waiting, rates=rates)
            waiting = []
        if token.unit is None:
            waiting.append(token)
            continue
        if waiting and waiting[0].is_bare and (token.is_bare or token.unit == NUMBER):
            found += _bare(text, waiting, rates=rates)
        elif token.is_bare or token.unit == RATIO or token.is_nines:
            pass
        else:
            first = waiting[0] if waiting else token
            shared = [replace(one, written=token.written, unit=token.unit) for one in waiting]
            if len(shared) == 1 and _is_place_in_list(text, first):
                shared = []
            if token.written is not None and token.written.counts and len(shared) > 1:
                shared = []
            found += [_quantity(text, one, rates=rates, first=first) for one in shared]
        head = waiting[0] if waiting and not token.is_bare else token
        last = found[-1] if found else None
        found.append(_carry(text, last, _quantity(text, token, rates=rates, first=head)))
        waiting = []
    found += _bare(text, waiting, rates=rates)
    return [replace(one, text=written[one.start : one.end]) for one in found]


def _skip(text: str, match: re.Match[str]) -> int:
    """Behind the figures that are no number."""
    if match[0][0] in "±+":
        return match.end()
    run = re.compile(r"[0-9A-Za-z.]+").match(text, match.start())
    return max(run.end() if run else 0, match.end())


def _carry(text: str, last: Quantity | None, one: Quantity) -> Quantity:
    """分别降低了40%和16%: the second change has its words before the first."""
    if (
        last is not None
        and last.comparator is Comparator.CHANGE_BY
        and one.comparator is Comparator.EQ
        and last.dimension == one.dimension
        and re.fullmatch(" ?(?:、|和|与|及) ?", text[last.end : one.start][:4])
    ):
        return replace(one, comparator=Comparator.CHANGE_BY, change=last.change)
    return one


def _is_place_in_list(text: str, token: Token) -> bool:
    """3、5台设备: the third thing listed."""
    return (
        text[token.end : token.end + 1] in ("、", ",", ")")
        and token.low.value <= 20
        and "." not in text[token.start : token.end]
        and _ITEM.search(text[max(0, token.start - 4) : token.start]) is not None
    )


def _bare(text: str, tokens: list[Token], *, rates: bool) -> list[Quantity]:
    """Numbers in a row that no unit came for: figures, when the first is one."""
    if not tokens or not tokens[0].is_bare:
        return []
    return [
        _quantity(text, replace(one, unit=NUMBER), rates=rates, first=tokens[0]) for one in tokens
    ]


# --- meaning ---


def _quantity(text: str, token: Token, *, rates: bool, first: Token) -> Quantity:
    """`first`: the first number of its list, before which the words stand."""
    clause = words.clause_before(text, first.start)
    unit, written = token.unit or NUMBER, token.written
    if unit == MONEY:
        written = Written((("CNY", 1),), Decimal(1), token.end)
    if rates and written is not None and unit.dimension in ("mass", "money", COUNT, "volume"):
        seconds = words.seconds_of_rate(clause)
        if seconds is not None:
            unit = per_time(written, seconds).unit()
    if unit.dimension == "temperature_k" and token.is_lone_width:
        unit = Unit("temperature", unit.factor)
    comparator, change, low, high = _ends(text, token, clause, unit)
    dimension = unit.dimension
    if dimension == "temperature_k" and comparator is Comparator.CHANGE_BY:
        dimension = "temperature"
    if token.is_lone_width:
        dimension = TOLERANCE + dimension
    return Quantity(
        dimension,
        None if low is None else _EXACT.multiply(low, unit.factor).normalize(_EXACT),
        None if high is None else _EXACT.multiply(high, unit.factor).normalize(_EXACT),
        low_open=comparator is Comparator.GT,
        high_open=comparator is Comparator.LT,
        text=text[token.start : token.end],
        start=token.start,
        end=token.end,
        comparator=comparator,
        change=change,
        unit=token.unit_text,
        counts=written.counts if written is not None else "",
    )


def _ends(
    text: str, token: Token, clause: str, unit: Unit
) -> tuple[Comparator, str, Decimal | None, Decimal | None]:
    """Comparator, direction of a change, and both ends in the unit as written."""
    low = token.low.value * token.sign
    if token.is_nines:
        return Comparator.GE, "", low, None
    if token.is_lone_width:
        return Comparator.PM, "", Decimal(0), low
    if token.width is not None:
        return Comparator.PM, "", low - token.width, low + token.width
    bound, rest = _bound(text, token, clause, unit)
    kind, change = _change(text, token, (rest, clause) if bound is None else (rest,), unit)
    if token.high is not None:
        high = token.high.value * token.high_sign
        low, high = min(low, high), max(low, high)
        return kind or Comparator.RANGE, change, low, high
    if bound is Comparator.GE or bound is Comparator.GT:
        return kind or bound, change, low, None
    if bound is Comparator.LE or bound is Comparator.LT:
        return kind or bound, change, None, low
    return kind or bound or Comparator.EQ, change, low, low


def _bound(text: str, token: Token, clause: str, unit: Unit) -> tuple[Comparator | None, str]:
    """The comparator around a number, and the clause without it."""
    bound, rest = words.comparator_before(clause) or (None, clause)
    if bound is Comparator.ABOUT and unit.dimension == "time" and words.is_recent(clause):
        bound = None
    if bound is None or bound is Comparator.ABOUT:
        bound = words.comparator_after(text, token.end) or bound
    if bound is None and unit == RATIO and not token.unit_text and "约" in clause[-14:]:
        bound = Comparator.ABOUT  # 约是常规灌溉的1/3
    return (Comparator.GT if token.low.is_more else bound), rest


def _change(
    text: str, token: Token, clauses: tuple[str, ...], unit: Unit
) -> tuple[Comparator | None, str]:
    """Whether the words before tell of a change to or by the number, and its direction."""
    for clause in clauses:
        change = words.change_to(clause)
        if change is not None:
            return Comparator.CHANGE_TO, change
    is_share = unit.dimension in ("fraction", "ratio")
    after = text[token.end : token.end + 12]
    change = words.change_by(clauses[0], after, is_share=is_share)
    return (None, "") if change is None else (Comparator.CHANGE_BY, change)


# --- structured fields ---


def named_as_change(quantity: Quantity, name: str) -> Quantity:
    """The share of a structured indicator as a change where its name says so: 能耗降低 ≥ 20 %."""
    change = words.change_in_name(name)
    if not change or quantity.dimension not in ("fraction", "ratio"):
        return quantity
    return replace(quantity, comparator=Comparator.CHANGE_BY, change=change)


def from_fields(
    comparator: str, value: Decimal | None, value_max: Decimal | None, unit: str
) -> Quantity | None:
    """The quantity of a structured indicator, or None when it has no value.

    A unit that nobody listed is a dimension of its own: 64 张 can be compared with 80 张 and with
    nothing else.
    """
    if value is None:
        return None
    plain = "".join(lexing.narrow(unit).split())
    known = find_unit(lexing.narrow(unit)) or find_unit(plain)
    if known is None:
        known = Unit(f"unit:{plain}", Decimal(1))
    low = _EXACT.multiply(value, known.factor).normalize(_EXACT)
    if comparator == "range" and value_max is not None:
        high = _EXACT.multiply(value_max, known.factor).normalize(_EXACT)
        low, high = min(low, high), max(low, high)
        return Quantity(
            known.dimension, low, high, comparator=Comparator.RANGE, unit=unit, is_stated=True
        )
    kind = Comparator(comparator) if comparator in set(Comparator) else Comparator.EQ
    if kind is Comparator.RANGE:
        kind = Comparator.EQ
    return Quantity(
        known.dimension,
        None if kind in (Comparator.LE, Comparator.LT) else low,
        None if kind in (Comparator.GE, Comparator.GT) else low,
        low_open=kind is Comparator.GT,
        high_open=kind is Comparator.LT,
        comparator=kind,
        unit=unit,
        counts=plain.lstrip("十百千万亿") if known.dimension == COUNT else "",
        is_stated=comparator == "eq",
    )
