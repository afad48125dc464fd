"""A need's indicators against what the other side claims, one by one, with both sentences. Pure.

Numbers were read by `text_indicators` and are compared by `park.quantities`; here it is decided
which claim speaks of which indicator. A claim of another thing, or none, leaves it unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
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
        ends = (line.value, line.value_max)
        numbers = [f"{value.normalize():f}" for value in ends if value is not None]
        text = f"{'~'.join(numbers)} {line.unit}".strip()
    sign = _SIGNS.get(one.comparator, "")
    if one.comparator in (Comparator.CHANGE_BY, Comparator.CHANGE_TO) and one.low != one.high:
        sign = "ge" if one.high is None else "le" if one.low is None else ""
    return {"sign": sign, "text": text, "change": one.change}


def judge_all(
    lines: Sequence[IndicatorLine],
    claims: Sequence[Claim],
    *,
    need_title: str = "",
    offer_title: str = "",
) -> list[Judgement]:
    """For each line the verdict of the claim that is most surely of the same parameter.

    A claim speaks of the line that its name fits best: 镀镍层厚度 is no answer to 厚度 where the
    need asks for both. Of claims that fit a line equally well the one in the same words counts,
    else the best one: an offer that states several grades meets what any of them meets.
    """
    shares = _shares(lines, claims, need_title, offer_title)
    most: dict[int, float] = {}
    for (_, at), share in shares.items():
        most[at] = max(share, most.get(at, 0.0))
    fitting: dict[int, list[tuple[float, Claim]]] = {}
    for (number, at), share in shares.items():
        if share == most[at]:
            fitting.setdefault(number, []).append((share, claims[at]))
    return [_judge(line, fitting.get(number, ())) for number, line in enumerate(lines)]


def _shares(
    lines: Sequence[IndicatorLine], claims: Sequence[Claim], need_title: str, offer_title: str
) -> dict[tuple[int, int], float]:
    """How well the names of a line and of a claim fit, by the places of both; none is left out."""
    found = {}
    for number, line in enumerate(lines):
        asked = line.quantity
        if asked is None:
            continue
        need_context = ""
        for at, claim in enumerate(claims):
            if claim.quantity is None or not is_comparable(asked, claim.quantity):
                continue
            need_context = need_context or _context(need_title, line.text)
            offer_context = _context(offer_title, claim.text)
            share = alikeness(line.name, claim.name, need_context, offer_context)
            if share:
                found[number, at] = share
    return found


@lru_cache(maxsize=50_000)
def _context(title: str, text: str) -> str:
    return normalise(f"{title} {text}")


def _judge(line: IndicatorLine, fitting: Sequence[tuple[float, Claim]]) -> Judgement:
    if line.quantity is None or not fitting:
        return Judgement(line, Verdict.UNKNOWN)
    most = max(share for share, _ in fitting)
    best = [claim for share, claim in fitting if share == most]
    if len(best) > 1:
        best = [one for one in best if _are_same_words(line.text, one.text)] or best
    verdicts = [(compare(line.quantity, one.quantity), one) for one in best if one.quantity]
    return Judgement(line, *max(verdicts, key=lambda one: _ORDER[one[0]]))


def _are_same_words(one: str, other: str) -> bool:
    mine, theirs = ({text[i : i + 2] for i in range(len(text) - 1)} for text in (one, other))
    return len(mine & theirs) >= SAME_WORDS * max(len(mine), len(theirs), 1)


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
