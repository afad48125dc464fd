# ruff: noqa: E501 (patterns and word lists are read by the row; a Chinese sign counts as two)
"""Orders, materials and shared capacity: how much, for how much, by when, and where. Pure.

The terms of both sides are read from their texts, once, on saving; each is compared only where both
sides state it. For other kinds of needs nothing here is a feature.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from matching.quantity_rows import quantity_from_json, quantity_to_json
from matching.sources import Passage, Side, SourceItem
from matching.text import clean, sentences
from park.core.levels import Level
from park.quantities import Quantity, read
from park.quantities.lexing import narrow
from park.quantities.units import YEAR

TRADED_KINDS = frozenset({"order", "material", "capacity"})
"""A need's own kind, of those that are bought and sold by amount."""

TRADE_WEIGHTS = {"amount": 0.05, "price": 0.05, "delivery": 0.04, "place": 0.02}
"""How much each may move a score, as `scoring.FACT_WEIGHTS`: priors until there is feedback."""
TRADE_CODES: dict[str, tuple[str | None, str | None]] = {
    "amount": ("amount_enough", "amount_short"),
    "price": ("price_within", "price_above"),
    "delivery": ("delivered_in_time", "delivered_late"),
    "place": ("same_place", "other_place"),
}
MAX_TERMS = 12


class Term(StrEnum):
    AMOUNT = "amount"
    PRICE = "price"
    LEAD_TIME = "lead_time"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class TradeTerm:
    """One thing that a side says about a trade, with its sentence."""

    term: Term
    text: str
    field: str
    level: Level
    quantity: Quantity | None = None
    on: date | None = None

    @property
    def written(self) -> str:
        return self.quantity.text if self.quantity is not None else str(self.on)

    def as_json(self) -> dict[str, Any]:
        return {
            "term": self.term.value,
            "text": self.text,
            "field": self.field,
            "level": self.level.value,
            "quantity": quantity_to_json(self.quantity),
            "on": None if self.on is None else self.on.isoformat(),
        }

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "TradeTerm":
        return cls(
            Term(row["term"]),
            row["text"],
            row["field"],
            Level(row["level"]),
            quantity_from_json(row["quantity"]),
            None if row["on"] is None else date.fromisoformat(row["on"]),
        )


# --- reading ---

_AMOUNT = re.compile(
    "数量|采购|需求量|求购|订购|订单|需要|需求|供应|可供|库存|现货|产能|年产|月产|日产|年需|月需|年供|月供|批量|用量|供货|富余|空余|闲置|产量|加工能力|能力|承接|可承接|每批|首批"
)
_PRICE = re.compile("价|报价|费用|加工费|费|元/|每[一-龥]{1,2}")
_LEAD = re.compile("交货|交期|交付|供货周期|供货期|到货|发货|生产周期|工期")
_DATE = re.compile(
    r"(?P<year>20[0-9]{2}) ?(?:年|[-/.]) ?(?P<month>1[0-2]|0?[1-9]) ?(?:月|[-/.])(?: ?(?P<day>3[01]|[12][0-9]|0?[1-9])[日号]?|(?P<end>底|末))?"
)
_BY = re.compile("交货|交付|供货|到货|发货|之前|前|起|开始|可供|完成")
_COUNTED = frozenset(
    {"count", "count_rate", "mass", "mass_rate", "volume", "volume_rate", "length", "area", "flow"}
)


def terms_worth_keeping(item: SourceItem) -> list[TradeTerm]:
    """Every offer's, and those of needs that are traded by amount."""
    is_traded = item.side is Side.OFFER or item.facets.sub_kind in TRADED_KINDS
    return trade_terms(item) if is_traded else []


def trade_terms(item: SourceItem) -> list[TradeTerm]:
    """What an item says of amounts, prices and dates, in the order of its texts."""
    found = []
    for passage in item.passages:
        for one in _terms_of(passage):
            found.append(one)
            if len(found) == MAX_TERMS:
                return found
    return found


def _terms_of(passage: Passage) -> Iterator[TradeTerm]:
    for span in sentences(clean(passage.text)):
        text = narrow(span.text)
        last = 0
        for one in read(span.text):
            before = text[max(last, one.start - 24) : one.start]
            term = _term(one, before, text[one.end : one.end + 6])
            last = one.end
            if term is not None:
                yield TradeTerm(term, span.text, passage.field, passage.level, one)
        for match in _DATE.finditer(text):
            if _BY.search(text[max(0, match.start() - 12) : match.end() + 8]):
                on = _day(match)
                if on is not None:
                    yield TradeTerm(Term.DATE, span.text, passage.field, passage.level, on=on)


def _term(one: Quantity, before: str, after: str) -> Term | None:
    if "CNY" in one.dimension or one.dimension.startswith("price"):
        return Term.PRICE if _PRICE.search(before + one.text) else None
    if one.dimension == "time":
        return Term.LEAD_TIME if _LEAD.search(before + after) else None
    if one.dimension in _COUNTED and _AMOUNT.search(before):
        return Term.AMOUNT
    return None


def _day(match: re.Match[str]) -> date | None:
    """The last day of the month where none is named: 9 月底前 and 9 月交货 alike."""
    year, month = int(match["year"]), int(match["month"])
    try:
        if match["day"]:
            return date(year, month, int(match["day"]))
    except ValueError:
        return None
    following = date(year + month // 12, month % 12 + 1, 1)
    return date.fromordinal(following.toordinal() - 1)


# --- comparing ---


def trade_features(
    need_kind: str,
    need: Sequence[TradeTerm],
    offer: Sequence[TradeTerm],
    need_region: str = "",
    offer_region: str = "",
) -> dict[str, float | None]:
    """Each from −1 (speaks against) to 1 (speaks for); None where a side does not say, or where the
    need is not of a kind that is traded by amount."""
    if need_kind not in TRADED_KINDS:
        return dict.fromkeys(TRADE_WEIGHTS)
    asked, offered = _public(need), _public(offer)
    place = None if not need_region or not offer_region else need_region == offer_region
    return {
        "amount": _best(_amount, asked, offered, Term.AMOUNT),
        "price": _best(_price, asked, offered, Term.PRICE),
        "delivery": _delivery(asked, offered),
        "place": None if place is None else (1.0 if place else -1.0),
    }


def trade_data(need: Sequence[TradeTerm], offer: Sequence[TradeTerm]) -> dict[str, Any]:
    """What both sides wrote, for the reasons' sentences."""
    kinds = {
        "amount": (Term.AMOUNT,),
        "price": (Term.PRICE,),
        "delivery": (Term.LEAD_TIME, Term.DATE),
    }
    asked, offered = _public(need), _public(offer)
    found = {}
    for name, terms in kinds.items():
        mine = [one.written for term in terms for one in asked.get(term, ())]
        theirs = [one.written for term in terms for one in offered.get(term, ())]
        if mine and theirs:
            found[name] = {"asked": mine[0], "offered": theirs[0]}
    return found


def _public(terms: Sequence[TradeTerm]) -> dict[Term, list[TradeTerm]]:
    found: dict[Term, list[TradeTerm]] = {}
    for one in terms:
        if one.level is Level.PUBLIC:
            found.setdefault(one.term, []).append(one)
    return found


def _best(
    compare: Any,
    asked: Mapping[Term, Sequence[TradeTerm]],
    offered: Mapping[Term, Sequence[TradeTerm]],
    term: Term,
) -> float | None:
    """The first thing asked, against the best that is offered."""
    for mine in asked.get(term, ()):
        found = [
            value
            for theirs in offered.get(term, ())
            if mine.quantity is not None and theirs.quantity is not None
            if (value := compare(mine.quantity, theirs.quantity, asked)) is not None
        ]
        if found:
            return max(found)
    return None


def _amount(
    asked: Quantity, offered: Quantity, terms: Mapping[Term, Sequence[TradeTerm]]
) -> float | None:
    wanted = asked.low if asked.low is not None else asked.high
    held = offered.high if offered.high is not None else offered.low
    if not wanted or held is None or asked.counts != offered.counts:
        return None
    if offered.dimension == f"{asked.dimension}_rate":
        # A yearly output answers an amount only where it is said by when.
        seconds = next(
            (
                one.quantity.high
                for one in terms.get(Term.LEAD_TIME, ())
                if one.quantity is not None
            ),
            None,
        )
        if seconds is None:
            return None
        held = held * seconds / YEAR * (1000 if asked.dimension == "mass" else 1)
    elif offered.dimension != asked.dimension:
        return None
    share = held / wanted
    return 1.0 if share >= 1 else float(max(Decimal(-1), 2 * share - 1))


def _price(asked: Quantity, offered: Quantity, _: Any) -> float | None:
    if asked.dimension != offered.dimension:
        return None
    most, least = asked.high, offered.low if offered.low is not None else offered.high
    if most is None or least is None:
        return None
    return 1.0 if least <= most else -1.0


def _delivery(
    asked: Mapping[Term, Sequence[TradeTerm]], offered: Mapping[Term, Sequence[TradeTerm]]
) -> float | None:
    """A span against a span, a day against a day: how both fit today changes with the day."""
    spans = [
        [one.quantity for one in side.get(Term.LEAD_TIME, ()) if one.quantity is not None]
        for side in (asked, offered)
    ]
    if spans[0] and spans[1]:
        most, least = spans[0][0].high, spans[1][0].low
        if least is None:
            least = spans[1][0].high
        return None if most is None or least is None else (1.0 if least <= most else -1.0)
    days = [[one.on for one in side.get(Term.DATE, ()) if one.on] for side in (asked, offered)]
    if days[0] and days[1]:
        return 1.0 if min(days[1]) <= max(days[0]) else -1.0
    return None
