"""A need's indicators against what the other side claims, one by one, with both sentences. Pure.

Numbers were read by `text_indicators` and are compared by `park.quantities`; here it is decided
which claim speaks of which indicator. A claim of another thing, or none, leaves it unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matching.names import alikeness
from matching.sources import IndicatorLine, SourceItem
from matching.text import normalise
from matching.text_indicators import indicator_lines
from park.core.levels import Level
from park.quantities import Comparator, Verdict, compare, is_comparable

Claim = IndicatorLine
"""Something an offer says with one number."""

SAME_WORDS = 0.7
"""Of the bigrams of two sentences, for them to say the same of the same thing."""

_ORDER = {Verdict.MET: 3, Verdict.PARTLY: 2, Verdict.NOT_MET: 1, Verdict.UNKNOWN: 0}


@dataclass(frozen=True, slots=True)
class Judgement:
    """One indicator of a need, and the claim that speaks of it; no claim leaves it unknown."""

    asked: IndicatorLine
    verdict: Verdict
    claimed: IndicatorLine | None = None

    @property
    def name(self) -> str:
        return self.asked.name

    @property
    def must(self) -> bool:
        return self.asked.must

    @property
    def need_text(self) -> str:
        return self.asked.text

    @property
    def offer_text(self) -> str:
        return self.claimed.text if self.claimed is not None else ""

    def as_json(self) -> dict[str, Any]:
        """{name, verdict, must, need, offer}; a side is {field, ordinal, start, end, text, value}
        with `value` {sign, text, change} in the side's own unit, or null where it gives none."""
        return {
            "name": self.name,
            "verdict": str(self.verdict),
            "must": self.must,
            "need": side_of(self.asked),
            "offer": side_of(self.claimed) if self.claimed is not None else None,
        }


def side_of(line: IndicatorLine) -> dict[str, Any]:
    return {
        "field": line.field,
        "ordinal": line.ordinal,
        "level": line.level.value,
        "text": line.text,
        "start": line.start,
        "end": line.end or len(line.text),
        "value": written_value(line),
    }


_SIGNS = {
    Comparator.GE: "ge",
    Comparator.GT: "gt",
    Comparator.LE: "le",
    Comparator.LT: "lt",
    Comparator.ABOUT: "about",
}


def written_value(line: IndicatorLine) -> dict[str, str] | None:
    """As the side wrote it: a comparator's code, number and unit, and the direction of a change."""
    one = line.quantity
    if one is None:
        return None
    text = one.text
    if not text:  # of a form
        numbers = [f"{value:f}" for value in (line.value, line.value_max) if value is not None]
        text = f"{'~'.join(numbers)} {line.unit}".strip()
    sign = _SIGNS.get(one.comparator, "")
    if one.comparator in (Comparator.CHANGE_BY, Comparator.CHANGE_TO) and one.low != one.high:
        sign = "ge" if one.high is None else "le" if one.low is None else ""
    return {"sign": sign, "text": text, "change": one.change}


def judge(
    line: IndicatorLine,
    claims: Sequence[Claim],
    *,
    need_title: str = "",
    offer_title: str = "",
) -> Judgement:
    """The verdict of the claim that is most surely of the same parameter.

    Of claims whose names fit equally well the one in the same words counts, else the best one: an
    offer that states several grades meets what any of them meets.
    """
    asked = line.quantity
    if asked is None:
        return Judgement(line, Verdict.UNKNOWN)
    need_context = normalise(f"{need_title} {line.text}")
    most, found = 0.0, list[tuple[Verdict, Claim]]()
    for claim in claims:
        if claim.quantity is None or not is_comparable(asked, claim.quantity):
            continue
        offer_context = normalise(f"{offer_title} {claim.text}")
        share = alikeness(line.name, claim.name, need_context, offer_context)
        if share > most:
            most, found = share, []
        if share and share == most:
            found.append((compare(asked, claim.quantity), claim))
    if len(found) > 1:
        found = [one for one in found if _are_same_words(line.text, one[1].text)] or found
    if not found:
        return Judgement(line, Verdict.UNKNOWN)
    return Judgement(line, *max(found, key=lambda one: _ORDER[one[0]]))


def _are_same_words(one: str, other: str) -> bool:
    mine, theirs = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(mine & theirs) >= SAME_WORDS * max(len(mine), len(theirs), 1)


def judge_all(
    lines: Sequence[IndicatorLine],
    claims: Sequence[Claim],
    *,
    need_title: str = "",
    offer_title: str = "",
) -> list[Judgement]:
    return [judge(line, claims, need_title=need_title, offer_title=offer_title) for line in lines]


def judge_texts(need: SourceItem, offer: SourceItem) -> list[Judgement]:
    """The same for two entries that no table holds; public lines only, as for stored ones."""
    asked, claimed = (
        [line for line in indicator_lines(one) if line.level is Level.PUBLIC]
        for one in (need, offer)
    )
    return judge_all(
        [line for line in asked if line.quantity is not None or line.field == "indicator"],
        claimed,
        need_title=need.title,
        offer_title=offer.title,
    )
