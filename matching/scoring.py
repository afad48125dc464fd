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
from matching.trade import TRADE_CODES, TRADE_WEIGHTS
from park.quantities import Verdict

Features = dict[str, float | None]

WEIGHTS_VERSION = "prior-2"
"""Changes with the weights and with how a feature is made: 2 reads and judges numbers anew."""

# How alike the texts are, by meaning and by words. Cosines of the packaged model lie between 0.75
# (nothing in common) and 0.95 (the same matter); `words` is the root of the BM25 share, because
# the first shared rare words say more than the next. Chosen on a plateau: between half and double
# the weight of `words` the development figure moves by less than 0.01.
TEXT_WEIGHTS = {"title": 1.0, "text": 1.0, "title_in_text": 1.0, "words": 0.4}
# A free text is a dozen words, and a single common one among them is a large share: on titles alone
# as queries 0.1 gave 0.68 nDCG@10 where 0.4 gave 0.62 (and no words at all 0.66).
FREE_TEXT_WEIGHTS = {**TEXT_WEIGHTS, "words": 0.1}
COSINE_FLOOR = 0.75
COSINE_SPAN = 0.20
_WORDS_SPAN = 1 / COSINE_SPAN

# What is known beyond the text moves the score by at most this much, up or down. Priors until
# there is feedback to fit them to.
FACT_WEIGHTS = {
    "chain": 0.04,
    "key_area": 0.02,
    "region": 0.01,
    "maturity": 0.03,
    "budget": 0.03,
    "indicators": 0.08,
    "musts": 0.15,
    **TRADE_WEIGHTS,
}

BANDS = (("strong", 0.70), ("good", 0.56), ("possible", 0.45))
"""Lowest scores of the bands; below the last nothing is suggested."""


@dataclass(frozen=True, slots=True)
class TextEvidence:
    """Similarities of a need and an offer; None where a side has no such text."""

    title: float | None
    text: float | None
    title_in_text: float | None
    words: float | None
    """BM25 as a share (see `matching.lexical.share`)."""


def text_features(evidence: TextEvidence) -> Features:
    """Cosines stretched so that 0 is nothing in common; words as the root of their share."""
    return {
        "title": _stretch(evidence.title),
        "text": _stretch(evidence.text),
        "title_in_text": _stretch(evidence.title_in_text),
        "words": None if evidence.words is None else max(evidence.words, 0.0) ** 0.5,
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
    features: Mapping[str, float | None], text_weights: Mapping[str, float] = TEXT_WEIGHTS
) -> float:
    """The weighted mean of the known text features plus what the known facts add or take."""
    total = weight_sum = 0.0
    for name, weight in text_weights.items():
        value = features.get(name)
        if value is not None:
            # A cosine's weight is meant before stretching; words come unstretched.
            weight = weight if name != "words" else weight * _WORDS_SPAN
            total += weight * value
            weight_sum += weight
    if not weight_sum:
        return 0.0
    facts = sum(
        weight * value
        for name, weight in FACT_WEIGHTS.items()
        if (value := features.get(name)) is not None
    )
    return total / weight_sum + facts


def band(value: float) -> str | None:
    """None is too little to be suggested."""
    return next((name for name, least in BANDS if value >= least), None)


def reasons(features: Features, facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What decided, strongest first, as codes with data; sentences are the front end's.

    `facts` gives the data of a code: shared words, chains, musts…
    """
    weighed = [
        (FACT_WEIGHTS.get(name, 0.1) * abs(value), name, value)
        for name, value in features.items()
        if value is not None and (name in FACT_WEIGHTS or value >= _NOTABLE.get(name, 1.0))
    ]
    found = []
    for _, name, value in sorted(weighed, key=lambda one: (-one[0], one[1])):
        code = _code(name, value)
        if code is not None:
            found.append({"code": code, "data": facts.get(name, {})})
    return found


_NOTABLE = {"title": 0.65, "text": 0.65, "title_in_text": 0.65, "words": 0.25}
_CODES = {
    **TRADE_CODES,
    "title": ("titles_alike", None),
    "text": ("texts_alike", None),
    "title_in_text": ("title_found_in_text", None),
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
