"""Features of a pair → score → band → reasons. Pure: the same features always give the same score.

What is unknown is None and takes no part; it is never replaced by a default.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from matching.indicators import Judgement
from matching.sources import Facets
from matching.trade import TRADE_CODES
from matching.weights import Weights, packaged
from park.quantities import Verdict

Features = dict[str, float | None]

# Cosines of the packaged model lie between 0.75 (nothing in common) and 0.95 (the same matter).
COSINE_FLOOR = 0.75
COSINE_SPAN = 0.20
_WORDS_SPAN = 1 / COSINE_SPAN
TYPICAL = 0.48
"""How much an offer resembles all needs, on the average of offers; stretched as a cosine is."""


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """Similarities of a need and an offer; None where a side has no such text."""

    title: float | None
    text: float | None
    title_in_text: float | None
    sentence: float | None
    """The need's title and the offer's best sentence."""
    goal_in_title: float | None
    """The need's best sentence and the offer's title."""
    words: float | None
    """BM25 as a share (see `matching.lexical.share`)."""
    common: float | None
    """How much the offer resembles needs in general (see `matching.lexical.Statistics`)."""


def text_features(evidence: TextEvidence) -> Features:
    """Cosines stretched so that 0 is nothing in common. Words as the root of their share, because
    the first shared rare words say more than the next."""
    return {
        "title": _stretch(evidence.title),
        "text": _stretch(evidence.text),
        "title_in_text": _stretch(evidence.title_in_text),
        "sentence": _stretch(evidence.sentence),
        "goal_in_title": _stretch(evidence.goal_in_title),
        "words": None if evidence.words is None else max(evidence.words, 0.0) ** 0.5,
        "common": _stretch(evidence.common),
    }


def _stretch(cosine: float | None) -> float | None:
    return None if cosine is None else (cosine - COSINE_FLOOR) / COSINE_SPAN


def fact_features(need: Facets, offer: Facets, judgements: Sequence[Judgement]) -> Features:
    """Each from −1 (speaks against) to 1 (speaks for), None when a side does not say."""
    return {
        "chain": _overlap(need.chains, offer.chains),
        "key_area": _overlap(need.key_areas, offer.key_areas),
        "region": _same(need.region, offer.region),
        "maturity": _maturity(need.maturity, offer.maturity),
        "budget": _budget(need, offer),
        "indicators": _indicators(judgements),
        "musts": _musts(judgements),
    }


def _overlap(one: Sequence[str], other: Sequence[str]) -> float | None:
    if not one or not other:
        return None
    return 1.0 if set(one) & set(other) else -1.0


def _same(one: str, other: str) -> float | None:
    # Another region is no argument against; the same one is a small one for.
    return None if not one or not other else float(one == other)


def _maturity(asked: int | None, offered: int | None) -> float | None:
    if asked is None or offered is None:
        return None
    return 1.0 if offered >= asked else max(-1.0, (offered - asked) / 3)


def _budget(need: Facets, offer: Facets) -> float | None:
    most, least = need.budget_max, offer.budget_min
    if least is None:
        least = offer.budget_max
    if most is None or least is None:
        return None
    return 1.0 if Decimal(least) <= Decimal(most) else -1.0


def _indicators(judgements: Sequence[Judgement]) -> float | None:
    values = {Verdict.MET: 1.0, Verdict.PARTLY: 0.0, Verdict.NOT_MET: -1.0}
    known = [values[one.verdict] for one in judgements if one.verdict in values]
    return sum(known) / len(known) if known else None


def _musts(judgements: Sequence[Judgement]) -> float | None:
    """Only ever against: a violated must counts beyond its share among the indicators."""
    known = [one for one in judgements if one.must and one.verdict is not Verdict.UNKNOWN]
    if not known:
        return None
    return -sum(one.verdict is Verdict.NOT_MET for one in known) / len(known)


def score(
    features: Mapping[str, float | None],
    weights: Weights | None = None,
    *,
    is_free_text: bool = False,
) -> float:
    """The weighted mean of the known text features, less what is common, plus what the known facts
    add or take; a violated must keeps it below `good`. Without `weights` the packaged ones."""
    weights = weights or packaged()
    total = weight_sum = 0.0
    for name, weight in (weights.free_text if is_free_text else weights.text).items():
        value = features.get(name)
        if value is not None:
            # A cosine's weight is meant before stretching; words come unstretched.
            weight = weight if name != "words" else weight * _WORDS_SPAN
            total += weight * value
            weight_sum += weight
    if not weight_sum:
        return 0.0
    value = total / weight_sum
    common = features.get("common")
    if common is not None:
        value -= weights.common * (common - TYPICAL)
    value += sum(
        weight * fact
        for name, weight in weights.facts.items()
        if (fact := features.get(name)) is not None
    )
    violated = features.get("musts")
    if violated is not None and violated < 0:
        value = min(value, weights.violated_ceiling) + weights.violated_each * violated
    return value


def band(value: float, weights: Weights | None = None) -> str | None:
    """None is too little to be suggested."""
    bands = (weights or packaged()).bands
    return next((name for name, least in bands if value >= least), None)


def reasons(features: Features, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What decided, strongest first, as codes with data; sentences are the front end's.

    `facts` gives the data of a code: shared words, chains, musts…
    """
    facts_weights = {**packaged().facts, "musts": _MUSTS_RANK}
    # Titles and texts that are alike say much the same; the two that say it most are enough.
    cosines = sorted(
        (
            name
            for name in _NOTABLE_COSINES
            if (features.get(name) or 0.0) >= _NOTABLE_COSINES[name]
        ),
        key=lambda name: -(features[name] or 0.0),
    )
    alike = set(cosines[:_MOST_ALIKE])
    if (features.get("words") or 0.0) >= _NOTABLE_WORDS:
        alike.add("words")
    weighed = [
        (facts_weights.get(name, _TEXT_RANK) * abs(value), name, value)
        for name, value in features.items()
        if value is not None and (name in facts_weights or name in alike)
    ]
    found = []
    for _, name, value in sorted(weighed, key=lambda one: (-one[0], one[1])):
        code = _code(name, value)
        if code is not None:
            found.append({"code": code, "data": facts.get(name, {})})
    return found


_TEXT_RANK = 0.1
_MUSTS_RANK = 0.5
"""Where similarities and a violated must stand among the reasons, beside the weights of facts."""
_NOTABLE_COSINES = {
    "title": 0.65,
    "text": 0.65,
    "title_in_text": 0.65,
    "sentence": 0.7,
    "goal_in_title": 0.7,
}
_NOTABLE_WORDS = 0.25
_MOST_ALIKE = 2
_CODES = {
    **TRADE_CODES,
    "title": ("titles_alike", None),
    "text": ("texts_alike", None),
    "title_in_text": ("title_found_in_text", None),
    "sentence": ("title_found_in_sentence", None),
    "goal_in_title": ("goal_found_in_title", None),
    "words": ("shared_words", None),
    "chain": ("same_chain", "other_chain"),
    "key_area": ("same_key_area", None),
    "region": ("same_region", None),
    "maturity": ("maturity_enough", "maturity_below"),
    "budget": ("within_budget", "above_budget"),
    "indicators": ("indicators_met", "indicators_not_met"),
    "musts": (None, "must_not_met"),
}


def _code(name: str, value: float) -> str | None:
    speaks_for, speaks_against = _CODES[name]
    if value > 0:
        return speaks_for
    return speaks_against if value < 0 else None


def is_current(expires_on: date | None, today: date) -> bool:
    return expires_on is None or expires_on >= today
