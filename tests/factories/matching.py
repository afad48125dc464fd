"""Items and suggestions as matching stores them, without a model or an index."""

from typing import Any
from uuid import UUID

from matching.models import Item, MatchSuggestion
from matching.sources import get_source


def item_of(kind: str, object_id: UUID) -> Item:
    (source,) = get_source(kind).load([object_id])
    return Item.objects.create(
        kind=kind,
        side=source.side,
        object_id=object_id,
        organisation_id=source.organisation_id,
        title=source.title,
        updated_at=source.updated_at,
    )


def place(text: str, **more: Any) -> dict[str, Any]:
    return {
        "field": "problem",
        "ordinal": 0,
        "level": "public",
        "text": text,
        "start": 0,
        "end": len(text),
        **more,
    }


def indicator(
    name: str, verdict: str, *, must: bool = True, asked: str = "0.5 mg/L", claimed: str = ""
) -> dict[str, Any]:
    """A stored judgement: ≤ what is asked, against what is claimed."""
    return {
        "name": name,
        "verdict": verdict,
        "must": must,
        "need": place(f"{name} ≤ {asked}", value={"sign": "le", "text": asked, "change": ""}),
        "offer": place(f"{name} ≤ {claimed}", value={"sign": "le", "text": claimed, "change": ""})
        if claimed
        else None,
    }


def suggest(
    need: Item, offer: Item, score: float = 0.7, indicators: list[dict[str, Any]] | None = None
) -> MatchSuggestion:
    if indicators is None:
        indicators = [indicator("砷含量", "met", claimed="0.3 mg/L")]
    return MatchSuggestion.objects.create(
        need_item=need,
        offer_item=offer,
        score=score,
        band="strong",
        features={"title": score},
        versions={"weights": "prior-2"},
        reasons={
            "reasons": [{"code": "meaning", "data": {}}],
            "agreeing": [{"need": place("脱砷"), "offer": place("除砷"), "strength": 0.93}],
            "indicators": indicators,
        },
    )
