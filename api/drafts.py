"""Answers to authors who are writing, with what this reader may see of the entries found."""

from typing import Any

from api.schemas.drafts import CapabilityDraft, NeedDraft, WhatIfDraft
from market.listings import queries
from market.listings.kinds import ListingKind
from park.accounts.actors import Actor


def similar_listings(
    actor: Actor, kind: ListingKind, draft: NeedDraft | CapabilityDraft
) -> dict[str, Any]:
    found = queries.find_similar(
        actor=actor,
        kind=kind,
        content=draft.content.model_dump(exclude_unset=True),
        listing_id=draft.id,
    )
    items = [
        {
            "id": one.card.id,
            "listing_kind": one.card.listing_kind,
            "title": one.card.title,
            "summary": one.card.summary,
            "organisation": one.card.organisation,
            "status": one.card.status,
            "is_expired": one.card.is_expired,
            "is_example": one.card.is_example,
            "is_own": one.is_own,
            "closeness": one.closeness,
        }
        for one in found.items
    ]
    return {"mode": found.mode, "items": items}


def what_if(draft: WhatIfDraft) -> dict[str, Any]:
    told = queries.ask_what_if(
        content=draft.content.model_dump(exclude_unset=True), organisation_id=draft.organisation_id
    )
    indicators = [{**one, "position": one["ordinal"]} for one in told.indicators]
    return {"mode": told.mode, "offers": told.offers, "indicators": indicators}
