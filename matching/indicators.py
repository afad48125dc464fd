"""A need's indicators against what the other side claims, one by one, with both sentences. Pure.

Numbers are read and compared by `park.quantities`; here it is decided which claim speaks of which
indicator. A claim of another thing, or none, leaves the indicator unknown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from matching.lexical import count
from matching.sources import IndicatorLine
from park.quantities import (
    Quantity,
    Verdict,
    compare,
    from_fields,
    is_comparable,
    named_as_change,
    read,
)

NAME_SHARE = 0.5
"""How much of an indicator's name must stand beside a number for it to be about the same thing."""

READ_SENTENCES = 50_000
"""An offer's sentences are compared with need after need: each is read once by a process."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Something said with a number: a structured indicator or a sentence."""

    name: str
    text: str
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    name: str
    verdict: Verdict
    must: bool
    need_text: str
    offer_text: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "verdict": str(self.verdict),
            "must": self.must,
            "need_text": self.need_text,
            "offer_text": self.offer_text,
        }


@lru_cache(maxsize=READ_SENTENCES)
def _read(text: str) -> tuple[Quantity, ...]:
    return tuple(read(text))


def quantity_of(line: IndicatorLine) -> Quantity | None:
    """From the structured fields, else from the line's own words."""
    found = from_fields(line.comparator, line.value, line.value_max, line.unit)
    if found is not None:
        return named_as_change(found, line.name)
    written = _read(line.text)
    return written[0] if len(written) == 1 else None


def claims_of(lines: Sequence[IndicatorLine], sentences: Sequence[str]) -> list[Claim]:
    claims = []
    for line in lines:
        quantity = quantity_of(line)
        if quantity is not None:
            claims.append(Claim(line.name, line.text, (quantity,)))
    for sentence in sentences:
        quantities = _read(sentence)
        if quantities:
            claims.append(Claim(sentence, sentence, quantities))
    return claims


def judge(line: IndicatorLine, claims: Sequence[Claim]) -> Judgement:
    """The verdict of the claim that speaks most clearly of the indicator."""
    unknown = Judgement(line.name, Verdict.UNKNOWN, line.must, line.text)
    asked = quantity_of(line)
    name = set(count([line.name]))
    if asked is None or not name:
        return unknown
    best: tuple[float, Judgement] | None = None
    for claim in claims:
        share = len(name & set(count([claim.name]))) / len(name)
        if share < NAME_SHARE:
            continue
        fitting = [one for one in claim.quantities if is_comparable(asked, one)]
        # Two numbers of one kind in a sentence: nobody knows which one is meant.
        if len(fitting) != 1 or (best is not None and share <= best[0]):
            continue
        verdict = compare(asked, fitting[0])
        best = share, Judgement(line.name, verdict, line.must, line.text, claim.text)
    return best[1] if best else unknown


def judge_all(lines: Sequence[IndicatorLine], claims: Sequence[Claim]) -> list[Judgement]:
    return [judge(line, claims) for line in lines]
