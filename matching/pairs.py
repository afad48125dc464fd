"""One need and one offer: features, score, band and reasons, as an unsaved suggestion."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from matching import scoring
from matching.indicators import Claim, Judgement, judge_all
from matching.item_facts import facets_of, indicators_of, terms_of
from matching.models import Item, MatchSuggestion
from matching.ranker import current_weights
from matching.scoring import TextEvidence
from matching.sources import Side
from matching.trade import TRADED_KINDS, trade_data, trade_features
from park.quantities import Verdict


def score_pair(
    item: Item,
    other: Item,
    evidence: TextEvidence,
    claims: Mapping[UUID, Sequence[Claim]],
    shared: Sequence[str],
) -> MatchSuggestion:
    weights = current_weights()
    need, offer = (item, other) if Side(item.side) is Side.NEED else (other, item)
    judgements = judge_all(
        indicators_of(need), claims[offer.pk], need_title=need.title, offer_title=offer.title
    )
    # Read only where they count: most pairs have none.
    terms = (terms_of(need), terms_of(offer)) if need.sub_kind in TRADED_KINDS else ((), ())
    features = {
        **scoring.text_features(evidence),
        **scoring.fact_features(facets_of(need), facets_of(offer), judgements),
        **trade_features(need.sub_kind, *terms, need.region, offer.region),
    }
    suggestion = MatchSuggestion(
        need_item=need,
        offer_item=offer,
        score=scoring.score(features, weights),
        features=features,
        reasons={
            "reasons": scoring.reasons(
                features, {**_reason_data(need, offer, shared, judgements), **trade_data(*terms)}
            ),
            "indicators": [one.as_json() for one in judgements],
            "agreeing": None,  # until it is known which pairs are kept
        },
    )
    suggestion.band = scoring.band(suggestion.score, weights) or ""
    return suggestion


def _reason_data(
    need: Item, offer: Item, shared: Sequence[str], judgements: Sequence[Judgement]
) -> dict[str, Any]:
    return {
        "place": {"need": need.region, "offer": offer.region},
        "words": {"words": list(shared)},
        "chain": {
            "codes": sorted(set(need.chains) & set(offer.chains)),
            "need": list(need.chains),
            "offer": list(offer.chains),
        },
        "key_area": {"codes": sorted(set(need.key_areas) & set(offer.key_areas))},
        "region": {"code": need.region},
        "maturity": {"asked": need.maturity, "offered": offer.maturity},
        "indicators": {
            "met": sum(one.verdict is Verdict.MET for one in judgements),
            "known": sum(one.verdict is not Verdict.UNKNOWN for one in judgements),
            "all": len(judgements),
        },
        "musts": {
            "names": [one.name for one in judgements if one.must and one.verdict is Verdict.NOT_MET]
        },
    }
